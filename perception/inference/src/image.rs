//! The picture as a detector takes it: borrowed BGR bytes.

use opencv::core::CV_8UC3;
use opencv::prelude::*;

/// OpenCV counts elements in 32 bits with sign.
const MAX_BYTES: u64 = i32::MAX as u64;

/// A borrowed picture: 8-bit blue, green, red, row by row without gaps.
#[derive(Clone, Copy, Debug)]
pub struct BgrImage<'a> {
    width_px: u32,
    height_px: u32,
    data: &'a [u8],
}

/// Why bytes are not a picture that a detector can read.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// No pixels.
    #[error("the picture is empty ({width_px} x {height_px} pixels)")]
    Empty {
        /// Width, pixels.
        width_px: i64,
        /// Height, pixels.
        height_px: i64,
    },
    /// More pixels than OpenCV can count.
    #[error("a {width_px} x {height_px} picture is too large: at most {MAX_BYTES} bytes")]
    TooLarge {
        /// Width, pixels.
        width_px: u32,
        /// Height, pixels.
        height_px: u32,
    },
    /// The number of bytes is not width x height x 3.
    #[error("a {width_px} x {height_px} BGR picture has {expected} bytes, not {got}")]
    WrongLength {
        /// Width, pixels.
        width_px: u32,
        /// Height, pixels.
        height_px: u32,
        /// Bytes needed.
        expected: u64,
        /// Bytes given.
        got: u64,
    },
    /// Not three channels of 8 bits.
    #[error("the picture must have three 8-bit channels (OpenCV type {CV_8UC3}), not OpenCV type {0}")]
    WrongType(i32),
    /// Rows with gaps between them, as a cut-out of a larger picture has.
    #[error("the picture's rows are not contiguous: copy the cut-out first")]
    NotContiguous,
    /// OpenCV would not hand over the pixels.
    #[error("OpenCV could not read the picture: {0}")]
    OpenCv(String),
}

impl From<opencv::Error> for ImageError {
    fn from(error: opencv::Error) -> Self {
        Self::OpenCv(error.to_string())
    }
}

impl<'a> BgrImage<'a> {
    /// Bytes as a picture of `width_px` x `height_px`; `data` must be exactly that long.
    pub fn new(width_px: u32, height_px: u32, data: &'a [u8]) -> Result<Self, ImageError> {
        if width_px == 0 || height_px == 0 {
            return Err(ImageError::Empty { width_px: i64::from(width_px), height_px: i64::from(height_px) });
        }
        let expected = (u64::from(width_px) * u64::from(height_px)).saturating_mul(3);
        if expected > MAX_BYTES {
            return Err(ImageError::TooLarge { width_px, height_px });
        }
        if data.len() as u64 != expected {
            return Err(ImageError::WrongLength { width_px, height_px, expected, got: data.len() as u64 });
        }
        Ok(Self { width_px, height_px, data })
    }

    /// An OpenCV matrix of type `CV_8UC3` as a picture, without copying.
    pub fn from_mat(mat: &'a impl MatTraitConstManual) -> Result<Self, ImageError> {
        let (columns, rows) = (mat.cols(), mat.rows());
        let (Ok(width_px @ 1..), Ok(height_px @ 1..)) = (u32::try_from(columns), u32::try_from(rows)) else {
            return Err(ImageError::Empty { width_px: i64::from(columns), height_px: i64::from(rows) });
        };
        if mat.typ() != CV_8UC3 {
            return Err(ImageError::WrongType(mat.typ()));
        }
        if !mat.is_continuous() {
            return Err(ImageError::NotContiguous);
        }
        Self::new(width_px, height_px, mat.data_bytes()?)
    }

    /// Width, pixels.
    pub fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Height, pixels.
    pub fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The bytes: blue, green, red, row by row.
    pub fn data(&self) -> &'a [u8] {
        self.data
    }
}

#[cfg(test)]
mod tests {
    use opencv::core::{CV_8UC1, Mat, Rect, Scalar};

    use super::*;

    #[test]
    fn length_must_fit_the_size() {
        assert!(BgrImage::new(2, 2, &[0; 12]).is_ok());
        let error = BgrImage::new(2, 2, &[0; 11]).unwrap_err();
        assert_eq!(error.to_string(), "a 2 x 2 BGR picture has 12 bytes, not 11");
        assert!(matches!(BgrImage::new(0, 2, &[]), Err(ImageError::Empty { .. })));
        // Large enough to overflow 64 bits.
        assert!(matches!(BgrImage::new(u32::MAX, u32::MAX, &[0; 3]), Err(ImageError::TooLarge { .. })));
    }

    #[test]
    fn matrices_that_are_no_bgr_picture_are_refused() {
        let grey = Mat::new_rows_cols_with_default(4, 4, CV_8UC1, Scalar::all(0.0)).unwrap();
        assert!(matches!(BgrImage::from_mat(&grey), Err(ImageError::WrongType(CV_8UC1))));
        assert!(matches!(BgrImage::from_mat(&Mat::default()), Err(ImageError::Empty { .. })));
        let whole = Mat::new_rows_cols_with_default(4, 6, CV_8UC3, Scalar::all(7.0)).unwrap();
        assert_eq!(BgrImage::from_mat(&whole).unwrap().data(), &[7; 72]);
        let cut = Mat::roi(&whole, Rect::new(1, 1, 2, 2)).unwrap().try_clone().unwrap();
        assert_eq!(BgrImage::from_mat(&cut).unwrap().width_px(), 2);
    }
}
