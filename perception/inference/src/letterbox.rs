//! Fitting a picture into the network's input: aspect kept, padding on the right and below.
//!
//! Stretching instead costs a third of the recall on wide pictures.

use opencv::core::{Mat, Size};
use opencv::imgproc::{INTER_AREA, INTER_LINEAR, resize};
use opencv::prelude::*;

use crate::image::{BgrImage, ImageError};
use crate::model::{ColourOrder, InputSpec, Layout};

/// Below this scale, bilinear sampling skips source pixels, so whole areas are averaged instead.
const AREA_BELOW_SCALE: f64 = 0.5;

/// Where a picture lies inside the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placement {
    /// Size of the source picture, pixels.
    pub source_px: [u32; 2],
    /// Size of the scaled picture, network pixels.
    pub inner_px: [u32; 2],
}

impl Placement {
    /// Fits `source_px` (width, height) into `input_px`; at least one pixel a side whatever the aspect.
    pub fn fit(source_px: [u32; 2], input_px: [u32; 2]) -> Self {
        let scale =
            (f64::from(input_px[0]) / f64::from(source_px[0])).min(f64::from(input_px[1]) / f64::from(source_px[1]));
        let side = |i: usize| ((f64::from(source_px[i]) * scale).round() as u32).clamp(1, input_px[i]);
        Self { source_px, inner_px: [side(0), side(1)] }
    }

    /// Network pixels to source pixels. The two axes differ a little because the inner size is whole pixels.
    pub fn to_source(self, x: f64, y: f64) -> (f64, f64) {
        let axis = |i: usize, v: f64| v * f64::from(self.source_px[i]) / f64::from(self.inner_px[i]);
        (axis(0, x), axis(1, y))
    }
}

/// The network's input tensor, kept and refilled for each picture.
#[derive(Debug)]
pub(crate) struct Letterbox {
    spec: InputSpec,
    /// Normalised value of each of 256 byte values, by input channel.
    lookup: [[f32; 256]; 3],
    resized: Mat,
    tensor: Vec<f32>,
    /// What the tensor holds; its padding is refilled only when this changes.
    placement: Option<Placement>,
}

impl Letterbox {
    pub fn new(spec: &InputSpec) -> Self {
        let lookup = std::array::from_fn(|channel| {
            std::array::from_fn(|value| ((value as f64 - spec.mean[channel]) / spec.std[channel]) as f32)
        });
        let values = 3 * spec.width_px as usize * spec.height_px as usize;
        Self { spec: spec.clone(), lookup, resized: Mat::default(), tensor: vec![0.0; values], placement: None }
    }

    /// The tensor's shape, batch of one.
    pub fn shape(&self) -> [i64; 4] {
        let (width, height) = (i64::from(self.spec.width_px), i64::from(self.spec.height_px));
        match self.spec.layout {
            Layout::Nchw => [1, 3, height, width],
            Layout::Nhwc => [1, height, width, 3],
        }
    }

    /// The values last filled in.
    pub fn tensor(&self) -> &[f32] {
        &self.tensor
    }

    /// Scales and normalises `image` into the tensor and says where it lies.
    pub fn fill(&mut self, image: &BgrImage<'_>) -> Result<Placement, ImageError> {
        let source_px = [image.width_px(), image.height_px()];
        let placement = Placement::fit(source_px, [self.spec.width_px, self.spec.height_px]);
        if self.placement.is_none_or(|old| old.inner_px != placement.inner_px) {
            self.fill_padding();
        }
        self.placement = Some(placement);
        if placement.inner_px == source_px {
            self.copy_pixels(image.data(), placement.inner_px);
            return Ok(placement);
        }
        let mut resized = std::mem::take(&mut self.resized);
        let flat = Mat::from_slice(image.data())?;
        let source = flat.reshape(3, image.height_px() as i32)?;
        let size = Size::new(placement.inner_px[0] as i32, placement.inner_px[1] as i32);
        let scale = f64::from(placement.inner_px[0]) / f64::from(source_px[0]);
        let interpolation = if scale < AREA_BELOW_SCALE { INTER_AREA } else { INTER_LINEAR };
        resize(&source, &mut resized, size, 0.0, 0.0, interpolation)?;
        self.copy_pixels(resized.data_bytes()?, placement.inner_px);
        self.resized = resized;
        Ok(placement)
    }

    fn fill_padding(&mut self) {
        let pad = usize::from(self.spec.pad);
        match self.spec.layout {
            Layout::Nchw => {
                let plane = self.tensor.len() / 3;
                for (channel, values) in self.tensor.chunks_exact_mut(plane).enumerate() {
                    values.fill(self.lookup[channel][pad]);
                }
            }
            Layout::Nhwc => {
                for pixel in self.tensor.chunks_exact_mut(3) {
                    for (channel, value) in pixel.iter_mut().enumerate() {
                        *value = self.lookup[channel][pad];
                    }
                }
            }
        }
    }

    fn copy_pixels(&mut self, bgr: &[u8], inner_px: [u32; 2]) {
        let width = self.spec.width_px as usize;
        let inner_width = inner_px[0] as usize;
        // Source byte of each input channel.
        let byte_of: [usize; 3] = match self.spec.colour {
            ColourOrder::Bgr => [0, 1, 2],
            ColourOrder::Rgb => [2, 1, 0],
        };
        let plane = self.tensor.len() / 3;
        for (y, row) in bgr.chunks_exact(inner_width * 3).enumerate() {
            match self.spec.layout {
                Layout::Nchw => {
                    for channel in 0..3 {
                        let start = channel * plane + y * width;
                        let lookup = &self.lookup[channel];
                        let out = &mut self.tensor[start..start + inner_width];
                        for (value, pixel) in out.iter_mut().zip(row.chunks_exact(3)) {
                            *value = lookup[usize::from(pixel[byte_of[channel]])];
                        }
                    }
                }
                Layout::Nhwc => {
                    let out = &mut self.tensor[y * width * 3..(y * width + inner_width) * 3];
                    for (values, pixel) in out.chunks_exact_mut(3).zip(row.chunks_exact(3)) {
                        for channel in 0..3 {
                            values[channel] = self.lookup[channel][usize::from(pixel[byte_of[channel]])];
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(width_px: u32, height_px: u32, layout: Layout, colour: ColourOrder) -> InputSpec {
        InputSpec {
            name: "x".into(),
            width_px,
            height_px,
            layout,
            colour,
            mean: [1.0, 2.0, 3.0],
            std: [2.0, 4.0, 8.0],
            pad: 9,
        }
    }

    #[test]
    fn the_longer_side_decides_and_corners_come_back() {
        for source_px in [[768, 576], [1920, 1080], [640, 352], [100, 400], [3, 5000], [416, 416], [33, 17]] {
            let placement = Placement::fit(source_px, [416, 416]);
            assert_eq!(*placement.inner_px.iter().max().unwrap(), 416, "{source_px:?}");
            let [inner_w, inner_h] = placement.inner_px.map(f64::from);
            let (x, y) = placement.to_source(inner_w, inner_h);
            assert!((x - f64::from(source_px[0])).abs() < 1e-9 && (y - f64::from(source_px[1])).abs() < 1e-9);
            assert_eq!(placement.to_source(0.0, 0.0), (0.0, 0.0));
        }
        assert_eq!(Placement::fit([768, 576], [416, 416]).inner_px, [416, 312]);
        assert_eq!(Placement::fit([100, 400], [416, 416]).inner_px, [104, 416]);
    }

    #[test]
    fn pixels_are_normalised_by_channel_and_padding_lies_right_and_below() {
        // Two pixels side by side in a 2x2 input: the second row is padding.
        let image = [10, 20, 30, 40, 50, 60];
        let image = BgrImage::new(2, 1, &image).unwrap();
        let mut planes = Letterbox::new(&spec(2, 2, Layout::Nchw, ColourOrder::Bgr));
        assert_eq!(planes.fill(&image).unwrap().inner_px, [2, 1]);
        // (value - mean) / std by channel: blue (10-1)/2, (40-1)/2, then two of padding (9-1)/2, and so on.
        let expected = [4.5, 19.5, 4.0, 4.0, 4.5, 12.0, 1.75, 1.75, 3.375, 7.125, 0.75, 0.75];
        assert_eq!(planes.tensor(), expected);
        assert_eq!(planes.shape(), [1, 3, 2, 2]);

        let mut pixels = Letterbox::new(&spec(2, 2, Layout::Nhwc, ColourOrder::Rgb));
        pixels.fill(&image).unwrap();
        // Red first: (30-1)/2, (20-2)/4, (10-3)/8.
        let expected = [14.5, 4.5, 0.875, 29.5, 12.0, 4.625, 4.0, 1.75, 0.75, 4.0, 1.75, 0.75];
        assert_eq!(pixels.tensor(), expected);
        assert_eq!(pixels.shape(), [1, 2, 2, 3]);
    }

    #[test]
    fn a_smaller_picture_leaves_nothing_of_the_larger_one() {
        let mut letterbox = Letterbox::new(&spec(4, 4, Layout::Nchw, ColourOrder::Bgr));
        letterbox.fill(&BgrImage::new(4, 4, &[255; 48]).unwrap()).unwrap();
        letterbox.fill(&BgrImage::new(4, 2, &[255; 24]).unwrap()).unwrap();
        assert_eq!(letterbox.tensor()[8..16], [4.0; 8]);
        assert_eq!(letterbox.tensor()[..8], [127.0; 8]);
    }

    #[test]
    fn a_picture_is_scaled_not_cut() {
        // Left half black, right half white, twice as large as the input.
        let mut data = Vec::new();
        for _ in 0..8 {
            data.extend([0; 12]);
            data.extend([255; 12]);
        }
        let mut letterbox = Letterbox::new(&spec(4, 4, Layout::Nchw, ColourOrder::Bgr));
        letterbox.fill(&BgrImage::new(8, 8, &data).unwrap()).unwrap();
        assert_eq!(letterbox.tensor()[..4], [-0.5, -0.5, 127.0, 127.0]);
    }
}
