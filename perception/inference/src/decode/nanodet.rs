//! NanoDet: class probabilities and, for each side of the box, a distribution over distances.
//!
//! Per stride `s`, cells row by row. Scores `[cells, classes]` are probabilities. Boxes `[cells, 4 x bins]` are
//! logits: softmax over the bins, expected bin number x `s` = distance from the cell's centre to the left, top,
//! right and bottom edge ("Generalized Focal Loss", Li et al. 2020, section 3.1).

use super::{ClassTable, Output, ShapeError, grid, push};
use crate::model::DecoderKind;
use crate::nms::Candidate;

const KIND: DecoderKind = DecoderKind::NanoDet;

/// `outputs`: the scores of each stride, then the boxes of each stride.
pub(super) fn decode(
    strides_px: &[u32],
    input_px: [u32; 2],
    classes: &ClassTable,
    outputs: &[Output<'_>],
    candidates: &mut Vec<Candidate>,
) -> Result<(), ShapeError> {
    let (scores, boxes) = outputs.split_at(strides_px.len());
    for ((&stride_px, scores), boxes) in strides_px.iter().zip(scores).zip(boxes) {
        let [across, down] = grid(input_px, stride_px);
        let cells = across * down;
        scores.expect(KIND, &[cells, classes.count])?;
        let bins = boxes.data.len() / (cells * 4);
        if bins < 2 || boxes.data.len() != cells * 4 * bins {
            return Err(boxes.error(KIND, format!("[{cells}, 4 x (2 bins or more)]")));
        }
        let stride = stride_px as f32;
        let rows = scores.data.chunks_exact(classes.count).zip(boxes.data.chunks_exact(4 * bins));
        for (cell, (probabilities, logits)) in rows.enumerate() {
            let Some((class, score)) = classes.best(|i| probabilities[i]) else { continue };
            let x = ((cell % across) as f32 + 0.5) * stride;
            let y = ((cell / across) as f32 + 0.5) * stride;
            let [left, top, right, bottom] =
                std::array::from_fn(|side| expected_bin(&logits[side * bins..(side + 1) * bins]) * stride);
            push(candidates, [x - left, y - top, x + right, y + bottom], score, class);
        }
    }
    Ok(())
}

/// Mean of the distribution that softmax makes of `logits`, in bins.
fn expected_bin(logits: &[f32]) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut weighted, mut total) = (0.0, 0.0);
    for (bin, logit) in logits.iter().enumerate() {
        let weight = (logit - largest).exp();
        weighted += bin as f32 * weight;
        total += weight;
    }
    weighted / total
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;

    use super::*;

    fn classes() -> ClassTable {
        ClassTable { count: 3, ours: vec![(0, Class::Pedestrian, 0.4), (2, Class::Car, 0.4)] }
    }

    #[test]
    fn expectation_by_hand() {
        // Weights 1 and 3: (0 x 1 + 1 x 3) / 4.
        assert!((expected_bin(&[0.0, 3.0_f32.ln()]) - 0.75).abs() < 1e-6);
        assert!((expected_bin(&[1.0; 11]) - 5.0).abs() < 1e-6);
        assert!((expected_bin(&[0.0, 0.0, 900.0]) - 2.0).abs() < 1e-6);
    }

    #[test]
    fn boxes_by_hand_at_two_strides() {
        // Input 32 x 16: stride 8 has 4 x 2 cells, stride 16 has 2 x 1. Three bins.
        let mut scores8 = vec![0.0; 8 * 3];
        let mut boxes8 = vec![0.0; 8 * 12];
        let scores16 = [0.1, 0.9, 0.39, 0.0, 0.2, 0.7];
        let mut boxes16 = vec![0.0; 2 * 12];
        // Cell 6 = column 2, row 1: centre (20, 12). Sharp logits put the sides at bins 1, 0, 2, 1.
        scores8[6 * 3] = 0.8;
        for (side, bin) in [1, 0, 2, 1].into_iter().enumerate() {
            boxes8[6 * 12 + side * 3 + bin] = 100.0;
        }
        // Stride 16, cell 1: centre (24, 8). Flat logits over 0, 1, 2 mean bin 1 on every side.
        boxes16[..12].fill(5.0);
        let outputs = [
            Output { name: "s8", shape: &[1, 8, 3], data: &scores8 },
            Output { name: "s16", shape: &[1, 2, 3], data: &scores16 },
            Output { name: "b8", shape: &[1, 8, 12], data: &boxes8 },
            Output { name: "b16", shape: &[1, 2, 4, 3], data: &boxes16 },
        ];
        let mut found = Vec::new();
        decode(&[8, 16], [32, 16], &classes(), &outputs, &mut found).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].class, found[0].score), (Class::Pedestrian, 0.8));
        assert_eq!(found[0].ltrb, [12.0, 12.0, 36.0, 20.0]);
        assert_eq!((found[1].class, found[1].score), (Class::Car, 0.7));
        for (got, expected) in found[1].ltrb.iter().zip([8.0, -8.0, 40.0, 24.0]) {
            assert!((got - expected).abs() < 1e-4, "{:?}", found[1].ltrb);
        }
    }

    #[test]
    fn wrong_shapes_are_named() {
        let scores = [0.0; 12];
        let boxes = [0.0; 4 * 12];
        let run = |scores_shape: &[i64], boxes: &[f32]| {
            let outputs = [
                Output { name: "scores", shape: scores_shape, data: &scores },
                Output { name: "boxes", shape: &[4, 12], data: boxes },
            ];
            decode(&[8], [16, 16], &classes(), &outputs, &mut Vec::new()).map_err(|e| e.to_string())
        };
        assert_eq!(run(&[1, 4, 3], &boxes), Ok(()));
        assert!(run(&[1, 3, 4], &boxes).unwrap_err().contains("output `scores` has shape [1, 3, 4]"));
        assert!(run(&[1, 4, 3], &boxes[..47]).unwrap_err().contains("output `boxes`"));
        assert!(run(&[1, 4, 3], &boxes[..16]).unwrap_err().contains("2 bins or more"));
    }
}
