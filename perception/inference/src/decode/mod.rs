//! From the network's output tensors to boxes in network pixels; one file per family of networks.

mod centernet;
mod nanodet;
mod yolox;

use perception::detection::Class;

use crate::model::{DecoderKind, DecoderSpec};
use crate::nms::Candidate;

/// One output tensor, batch of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output<'a> {
    pub name: &'a str,
    pub shape: &'a [i64],
    pub data: &'a [f32],
}

/// An output tensor is not what the decoder named in `model.toml` reads.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("output `{name}` has shape {shape:?}, but the decoder `{decoder}` reads {expected}")]
pub(crate) struct ShapeError {
    name: String,
    shape: Vec<i64>,
    decoder: DecoderKind,
    expected: String,
}

impl Output<'_> {
    /// Checks the shape, whatever leading ones it has, and that the data fill it.
    fn expect(&self, decoder: DecoderKind, expected: &[usize]) -> Result<(), ShapeError> {
        let values: usize = expected.iter().product();
        let leading = self.shape.len().saturating_sub(expected.len());
        let fits = self.shape.len() >= expected.len()
            && self.shape[..leading].iter().all(|&n| n == 1)
            && self.shape[leading..].iter().zip(expected).all(|(&a, &b)| usize::try_from(a) == Ok(b))
            && self.data.len() == values;
        if fits { Ok(()) } else { Err(self.error(decoder, format!("{expected:?}"))) }
    }

    fn error(&self, decoder: DecoderKind, expected: String) -> ShapeError {
        ShapeError { name: self.name.to_owned(), shape: self.shape.to_vec(), decoder, expected }
    }
}

/// Which of the network's classes are ours, and from which score on.
#[derive(Clone, Debug)]
pub(crate) struct ClassTable {
    /// Number of classes the network knows.
    pub count: usize,
    /// The network's index, our class, lowest score that counts.
    pub ours: Vec<(usize, Class, f32)>,
}

impl ClassTable {
    /// Best of our classes that reaches its threshold when class `i` scores `score_of(i)`. NaN reaches none.
    fn best(&self, score_of: impl Fn(usize) -> f32) -> Option<(Class, f32)> {
        let mut best: Option<(Class, f32)> = None;
        for &(index, class, threshold) in &self.ours {
            let score = score_of(index);
            if score >= threshold && best.is_none_or(|(_, other)| score > other) {
                best = Some((class, score));
            }
        }
        best
    }
}

/// Decodes one picture's outputs, in the order of `spec.outputs`, onto the end of `candidates`.
pub(crate) fn decode(
    spec: &DecoderSpec,
    input_px: [u32; 2],
    classes: &ClassTable,
    outputs: &[Output<'_>],
    candidates: &mut Vec<Candidate>,
) -> Result<(), ShapeError> {
    match spec.kind {
        DecoderKind::NanoDet => nanodet::decode(&spec.strides_px, input_px, classes, outputs, candidates),
        DecoderKind::CenterNet => centernet::decode(&spec.strides_px, input_px, classes, outputs, candidates),
        DecoderKind::Yolox => yolox::decode(&spec.strides_px, input_px, classes, outputs, candidates),
    }
}

/// Cells across and down at a stride; `model.toml` was checked for input sizes that strides divide.
fn grid(input_px: [u32; 2], stride_px: u32) -> [usize; 2] {
    input_px.map(|side| (side / stride_px) as usize)
}

/// Adds the box unless a coordinate is not finite or it has no area.
fn push(candidates: &mut Vec<Candidate>, ltrb: [f32; 4], score: f32, class: Class) {
    if ltrb.iter().all(|v| v.is_finite()) && ltrb[2] > ltrb[0] && ltrb[3] > ltrb[1] {
        candidates.push(Candidate { ltrb, score, class });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_may_have_leading_ones_only() {
        let data = [0.0; 6];
        let output = |shape: &'static [i64]| Output { name: "o", shape, data: &data };
        assert!(output(&[1, 2, 3]).expect(DecoderKind::Yolox, &[2, 3]).is_ok());
        assert!(output(&[2, 3]).expect(DecoderKind::Yolox, &[2, 3]).is_ok());
        for shape in [&[2i64, 2, 3][..], &[3, 2], &[3], &[-1, 3], &[]] {
            let output = Output { name: "o", shape, data: &data };
            assert!(output.expect(DecoderKind::Yolox, &[2, 3]).is_err(), "{shape:?}");
        }
        let error = output(&[3, 2]).expect(DecoderKind::Yolox, &[2, 3]).unwrap_err();
        assert_eq!(error.to_string(), "output `o` has shape [3, 2], but the decoder `yolox` reads [2, 3]");
    }

    #[test]
    fn the_best_class_above_its_own_threshold_wins() {
        let table = ClassTable { count: 4, ours: vec![(0, Class::Pedestrian, 0.5), (2, Class::Car, 0.3)] };
        let best = |scores: [f32; 4]| table.best(|i| scores[i]);
        // The network's class 1 is not ours, however sure it is; 0.45 is too little for a pedestrian.
        assert_eq!(best([0.45, 0.99, 0.31, 0.0]), Some((Class::Car, 0.31)));
        assert_eq!(best([0.5, 0.0, 0.4, 0.0]), Some((Class::Pedestrian, 0.5)));
        assert_eq!(best([0.49, 0.0, 0.29, 0.9]), None);
        assert_eq!(best([f32::NAN, 0.0, f32::NAN, 0.0]), None);
    }

    #[test]
    fn boxes_without_area_or_with_nan_are_not_boxes() {
        let mut candidates = Vec::new();
        push(&mut candidates, [0.0, 0.0, f32::NAN, 1.0], 0.9, Class::Car);
        push(&mut candidates, [0.0, 0.0, f32::INFINITY, 1.0], 0.9, Class::Car);
        push(&mut candidates, [2.0, 0.0, 2.0, 1.0], 0.9, Class::Car);
        push(&mut candidates, [0.0, 3.0, 2.0, 1.0], 0.9, Class::Car);
        assert!(candidates.is_empty());
        push(&mut candidates, [0.0, 0.0, 2.0, 1.0], 0.9, Class::Car);
        assert_eq!(candidates.len(), 1);
    }
}
