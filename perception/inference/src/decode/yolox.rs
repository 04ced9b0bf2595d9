//! YOLOX: one row per cell, `x, y, w, h, objectness, class scores`, strides one after the other.
//!
//! `x` and `y` are offsets from the cell's corner in strides, `w` and `h` the logarithms of sizes in strides;
//! objectness and class scores are probabilities and the box's score is their product ("YOLOX", Ge et al. 2021).

use super::{ClassTable, Output, ShapeError, grid, push};
use crate::model::DecoderKind;
use crate::nms::Candidate;

/// `outputs`: the one output, `[cells of all strides, 5 + classes]`.
pub(super) fn decode(
    strides_px: &[u32],
    input_px: [u32; 2],
    classes: &ClassTable,
    outputs: &[Output<'_>],
    candidates: &mut Vec<Candidate>,
) -> Result<(), ShapeError> {
    let row_length = 5 + classes.count;
    let cells = strides_px.iter().map(|&s| grid(input_px, s).into_iter().product::<usize>()).sum();
    outputs[0].expect(DecoderKind::Yolox, &[cells, row_length])?;
    let mut rows = outputs[0].data.chunks_exact(row_length);
    for &stride_px in strides_px {
        let [across, down] = grid(input_px, stride_px);
        let stride = stride_px as f32;
        for (cell, row) in rows.by_ref().take(across * down).enumerate() {
            let Some((class, score)) = classes.best(|i| row[4] * row[5 + i]) else { continue };
            let x = (row[0] + (cell % across) as f32) * stride;
            let y = (row[1] + (cell / across) as f32) * stride;
            let (half_w, half_h) = (row[2].exp() * stride / 2.0, row[3].exp() * stride / 2.0);
            push(candidates, [x - half_w, y - half_h, x + half_w, y + half_h], score, class);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;

    use super::*;

    fn classes() -> ClassTable {
        ClassTable { count: 2, ours: vec![(0, Class::Pedestrian, 0.3), (1, Class::Truck, 0.3)] }
    }

    #[test]
    fn boxes_by_hand_at_two_strides() {
        // Input 32 x 16: 4 x 2 cells at stride 8, then 2 x 1 at stride 16.
        let mut rows = vec![0.0; 10 * 7];
        // Stride 8, cell 5 = column 1, row 1; sizes 2 and 3 strides.
        rows[5 * 7..6 * 7].copy_from_slice(&[0.5, 0.25, 2.0_f32.ln(), 3.0_f32.ln(), 0.8, 0.5, 0.1]);
        // Stride 16, cell 1 = column 1, row 0; size one stride.
        rows[9 * 7..].copy_from_slice(&[0.0, 1.0, 0.0, 0.0, 0.9, 0.9, 1.0]);
        // Sure of an object, not of its class: 0.5 x 0.5 < 0.3.
        rows[..7].copy_from_slice(&[0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 0.5]);
        let outputs = [Output { name: "o", shape: &[1, 10, 7], data: &rows }];
        let mut found = Vec::new();
        decode(&[8, 16], [32, 16], &classes(), &outputs, &mut found).unwrap();
        assert_eq!(found.len(), 2);
        // Centre (12, 10), 16 x 24.
        assert_eq!((found[0].class, found[0].score), (Class::Pedestrian, 0.4));
        for (got, expected) in found[0].ltrb.iter().zip([4.0, -2.0, 20.0, 22.0]) {
            assert!((got - expected).abs() < 1e-4, "{:?}", found[0].ltrb);
        }
        // Centre (16, 16), 16 x 16.
        assert_eq!((found[1].class, found[1].score), (Class::Truck, 0.9));
        assert_eq!(found[1].ltrb, [8.0, 8.0, 24.0, 24.0]);
    }

    #[test]
    fn sizes_beyond_all_measure_are_no_boxes() {
        let mut rows = vec![0.0; 7];
        rows.copy_from_slice(&[0.5, 0.5, 500.0, 0.0, 1.0, 1.0, 0.0]);
        let outputs = [Output { name: "o", shape: &[1, 1, 7], data: &rows }];
        let mut found = Vec::new();
        decode(&[8], [8, 8], &classes(), &outputs, &mut found).unwrap();
        assert!(found.is_empty());
    }

    #[test]
    fn a_wrong_shape_is_named() {
        let data = [0.0; 70];
        let outputs = [Output { name: "o", shape: &[1, 7, 10], data: &data }];
        let error = decode(&[8, 16], [32, 16], &classes(), &outputs, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("reads [10, 7]"), "{error}");
    }
}
