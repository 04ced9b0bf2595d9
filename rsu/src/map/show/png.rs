//! A scene as PNG, drawn by OpenCV at twice its size and then made smaller, which smooths edges.

use opencv::core::{CV_8UC3, Mat, Point, Scalar, Size, Vector};
use opencv::{imgcodecs, imgproc};

use super::{Rgb, Scene, Shape};

/// OpenCV could not draw or write the picture.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be drawn: {0}")]
pub struct PngError(#[from] opencv::Error);

/// How much larger it is drawn.
const TIMES: f64 = 2.0;
/// Binary digits of a coordinate after the point.
const SHIFT: i32 = 4;
/// Height of OpenCV's plain letters at scale 1, pixels.
const LETTER_PX: f64 = 30.0;

pub(super) fn write(scene: &Scene) -> Result<Vec<u8>, PngError> {
    let (rows, columns) = (int(scene.height_px * TIMES), int(scene.width_px * TIMES));
    let mut large = Mat::new_rows_cols_with_default(rows, columns, CV_8UC3, Scalar::all(255.0))?;
    for shape in &scene.shapes {
        draw(&mut large, shape)?;
    }
    let mut picture = Mat::default();
    let size = Size::new(int(scene.width_px), int(scene.height_px));
    imgproc::resize(&large, &mut picture, size, 0.0, 0.0, imgproc::INTER_AREA)?;
    let mut png = Vector::<u8>::new();
    imgcodecs::imencode(".png", &picture, &mut png, &Vector::new())?;
    Ok(png.into())
}

fn draw(picture: &mut Mat, shape: &Shape) -> opencv::Result<()> {
    match shape {
        Shape::Area { points, fill } => {
            imgproc::fill_poly(picture, &lines(points), bgr(*fill), imgproc::LINE_AA, SHIFT, Point::new(0, 0))
        }
        Shape::Line { points, colour, width_px } => {
            let thickness = int(width_px * TIMES).max(1);
            imgproc::polylines(picture, &lines(points), false, bgr(*colour), thickness, imgproc::LINE_AA, SHIFT)
        }
        Shape::Text { at, text, size_px, colour, middle } => {
            let scale = size_px * TIMES / LETTER_PX;
            let font = imgproc::FONT_HERSHEY_SIMPLEX;
            let thickness = int(scale * 2.2).max(1);
            let mut below = 0;
            let size = imgproc::get_text_size(text, font, scale, thickness, &mut below)?;
            let mut place = Point::new(int(at[0] * TIMES), int(at[1] * TIMES));
            if *middle {
                place = Point::new(place.x - size.width / 2, place.y + size.height / 2);
            }
            for (colour, thickness) in [(super::halo(*colour), thickness + 4), (*colour, thickness)] {
                imgproc::put_text(picture, text, place, font, scale, bgr(colour), thickness, imgproc::LINE_AA, false)?;
            }
            Ok(())
        }
    }
}

fn lines(points: &[[f64; 2]]) -> Vector<Vector<Point>> {
    let fine = TIMES * f64::from(1 << SHIFT);
    let line: Vector<Point> =
        points.iter().map(|point| Point::new(int(point[0] * fine), int(point[1] * fine))).collect();
    Vector::from_iter([line])
}

fn bgr([red, green, blue]: Rgb) -> Scalar {
    Scalar::new(f64::from(blue), f64::from(green), f64::from(red), 0.0)
}

/// A coordinate far outside of the picture is as good as one a little outside.
fn int(value: f64) -> i32 {
    value.round().clamp(-1e8, 1e8) as i32
}
