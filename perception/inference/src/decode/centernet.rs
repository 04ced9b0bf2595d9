//! CenterNet: a heat map of box centres for each class, and the distances to the box's sides.
//!
//! `outputs[0]`, `[rows, columns, classes]`, holds probabilities; a centre is a value that no neighbour in the 3x3
//! window exceeds. `outputs[1]`, `[rows, columns, 4]`, holds the distances to the left, top, right and bottom edge in
//! network pixels. The centre of cell `(x, y)` is `(x s, y s)` at stride `s` ("Objects as Points", Zhou et al. 2019).

use super::{ClassTable, Output, ShapeError, grid, push};
use crate::model::DecoderKind;
use crate::nms::Candidate;

const KIND: DecoderKind = DecoderKind::CenterNet;

/// `outputs`: the heat map, then the distances.
pub(super) fn decode(
    strides_px: &[u32],
    input_px: [u32; 2],
    classes: &ClassTable,
    outputs: &[Output<'_>],
    candidates: &mut Vec<Candidate>,
) -> Result<(), ShapeError> {
    let (heat, sides) = (&outputs[0], &outputs[1]);
    let [across, down] = grid(input_px, strides_px[0]);
    heat.expect(KIND, &[down, across, classes.count])?;
    sides.expect(KIND, &[down, across, 4])?;
    let stride = strides_px[0] as f32;
    for (cell, (scores, sides)) in heat.data.chunks_exact(classes.count).zip(sides.data.chunks_exact(4)).enumerate() {
        let (column, row) = (cell % across, cell / across);
        for &(index, class, threshold) in &classes.ours {
            let score = scores[index];
            let is_centre =
                score >= threshold && is_peak(heat.data, [across, down], classes.count, [column, row], index);
            if is_centre {
                let (x, y) = (column as f32 * stride, row as f32 * stride);
                push(candidates, [x - sides[0], y - sides[1], x + sides[2], y + sides[3]], score, class);
            }
        }
    }
    Ok(())
}

/// Whether no neighbour has a higher value; of equal neighbours the first in reading order is the peak.
fn is_peak(heat: &[f32], size: [usize; 2], classes: usize, at: [usize; 2], index: usize) -> bool {
    let value_at = |column: usize, row: usize| heat[(row * size[0] + column) * classes + index];
    let value = value_at(at[0], at[1]);
    for row in at[1].saturating_sub(1)..(at[1] + 2).min(size[1]) {
        for column in at[0].saturating_sub(1)..(at[0] + 2).min(size[0]) {
            let other = value_at(column, row);
            let is_earlier = (row, column) < (at[1], at[0]);
            if other > value || (is_earlier && other == value) {
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;

    use super::*;

    fn classes() -> ClassTable {
        ClassTable { count: 2, ours: vec![(0, Class::Pedestrian, 0.3), (1, Class::Bus, 0.3)] }
    }

    /// 4 x 3 cells at stride 4.
    fn run(heat: &[((usize, usize, usize), f32)], sides: [f32; 4]) -> Vec<Candidate> {
        let mut map = vec![0.0; 4 * 3 * 2];
        for &((column, row, class), value) in heat {
            map[(row * 4 + column) * 2 + class] = value;
        }
        let sides: Vec<f32> = sides.into_iter().cycle().take(4 * 3 * 4).collect();
        let outputs = [
            Output { name: "heat", shape: &[1, 3, 4, 2], data: &map },
            Output { name: "sides", shape: &[1, 3, 4, 4], data: &sides },
        ];
        let mut found = Vec::new();
        decode(&[4], [16, 12], &classes(), &outputs, &mut found).unwrap();
        found
    }

    #[test]
    fn a_peak_becomes_a_box_around_its_corner() {
        let found = run(&[((2, 1, 1), 0.9), ((3, 1, 1), 0.8), ((1, 2, 1), 0.5)], [3.0, 2.0, 5.0, 6.0]);
        // Centre (8, 4); its neighbours are lower and so are no centres.
        assert_eq!(found, [Candidate { ltrb: [5.0, 2.0, 13.0, 10.0], score: 0.9, class: Class::Bus }]);
    }

    #[test]
    fn classes_have_their_own_peaks_and_corners_count() {
        let found = run(&[((0, 0, 0), 0.4), ((1, 0, 1), 0.9), ((3, 2, 0), 0.31), ((2, 2, 0), 0.3)], [1.0; 4]);
        let got: Vec<_> = found.iter().map(|c| (c.class, c.score)).collect();
        assert_eq!(got, [(Class::Pedestrian, 0.4), (Class::Bus, 0.9), (Class::Pedestrian, 0.31)]);
    }

    #[test]
    fn a_plateau_is_one_centre_and_two_cells_apart_are_two() {
        assert_eq!(run(&[((1, 1, 0), 0.5), ((2, 1, 0), 0.5)], [1.0; 4]).len(), 1);
        assert_eq!(run(&[((0, 1, 0), 0.5), ((2, 1, 0), 0.5)], [1.0; 4]).len(), 2);
    }

    #[test]
    fn wrong_shapes_are_named() {
        let data = [0.0; 24];
        let outputs = [
            Output { name: "heat", shape: &[1, 2, 3, 4], data: &data },
            Output { name: "sides", shape: &[1, 3, 4, 4], data: &data },
        ];
        let error = decode(&[4], [16, 12], &classes(), &outputs, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("output `heat` has shape [1, 2, 3, 4]"), "{error}");
    }
}
