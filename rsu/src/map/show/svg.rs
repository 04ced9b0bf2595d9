//! A scene as SVG 1.1.

use std::fmt::Write as _;

use super::{Rgb, Scene, Shape};
use crate::map::geometry::Point;

pub(super) fn write(scene: &Scene) -> String {
    let (width, height) = (scene.width_px.round(), scene.height_px.round());
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
    );
    for shape in &scene.shapes {
        let _ = match shape {
            Shape::Area { points, fill } => {
                writeln!(svg, "<polygon points=\"{}\" fill=\"{}\"/>", list(points), hex(*fill))
            }
            Shape::Line { points, colour, width_px } => writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width_px}\"/>",
                list(points),
                hex(*colour)
            ),
            Shape::Text { at, text, size_px, colour, middle } => writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" font-family=\"sans-serif\" font-size=\"{size_px:.1}\" fill=\"{}\" \
                 stroke=\"{}\" stroke-width=\"2\" paint-order=\"stroke\"{}>{}</text>",
                at[0],
                at[1],
                hex(*colour),
                hex(super::halo(*colour)),
                if *middle { " text-anchor=\"middle\" dominant-baseline=\"central\"" } else { "" },
                escaped(text)
            ),
        };
    }
    svg.push_str("</svg>\n");
    svg
}

fn list(points: &[Point]) -> String {
    points.iter().map(|point| format!("{:.2},{:.2}", point[0], point[1])).collect::<Vec<_>>().join(" ")
}

fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
