//! The map as a picture: one scene in pixels, written as SVG or PNG.

use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};

use super::geometry::{self, Point};
use super::{LaneKind, Link, MapLane, SiteMap, enu2};

mod png;
mod svg;

pub use png::PngError;

/// A colour: red, green, blue.
pub(super) type Rgb = [u8; 3];

const GROUND: Rgb = [244, 243, 238];
const ROAD: Rgb = [96, 99, 104];
const BICYCLE: Rgb = [146, 92, 82];
const FOOT: Rgb = [178, 174, 162];
const GROUND_OF_JUNCTION: Rgb = [206, 207, 208];
const EDGE: Rgb = [222, 222, 222];
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [32, 33, 36];
const PALE: Rgb = [196, 199, 204];
const NO_GROUP: Rgb = [130, 134, 140];
const BAY: Rgb = [206, 222, 240];
const REGION: Rgb = [120, 150, 120];

/// What is longer than this is drawn without dashes, and marks end there, metres.
const LONGEST_M: f64 = 2000.0;

/// Room for the list of signal groups on the left, pixels.
const LEGEND_PX: f64 = 200.0;

/// Something drawn; points in pixels from the top left.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    Area { points: Vec<Point>, fill: Rgb },
    Line { points: Vec<Point>, colour: Rgb, width_px: f64 },
    Text { at: Point, text: String, size_px: f64, colour: Rgb, middle: bool },
}

/// The map as drawn.
#[derive(Clone, Debug)]
pub struct Scene {
    width_px: f64,
    height_px: f64,
    shapes: Vec<Shape>,
}

impl Scene {
    /// Draws a map so many pixels wide (200 to 4000; its height follows): all of it, or what is within so many metres of
    /// the served node.
    pub fn new(map: &SiteMap, origin: &Origin, width_px: u32, around_m: Option<f64>) -> Self {
        let width_px = f64::from(width_px.clamp(200, 4000));
        let mut painter = Painter::new(map, origin, width_px, around_m);
        painter.ground(map);
        painter.connections(map);
        painter.lanes(map);
        painter.crosswalks(map);
        painter.ways(map);
        painter.stop_lines(map);
        painter.names(map);
        painter.frame(map);
        Self { width_px, height_px: painter.height_px, shapes: painter.shapes }
    }

    /// As SVG.
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }

    /// As PNG. Letters outside ASCII are drawn as `?`.
    ///
    /// # Errors
    /// OpenCV can't.
    pub fn to_png(&self) -> Result<Vec<u8>, PngError> {
        png::write(self)
    }
}

/// The colour of a signal group: hues a golden angle apart, so that neighbours differ most.
fn colour_of(group: Option<u8>) -> Rgb {
    let Some(group) = group else { return NO_GROUP };
    let hue = (f64::from(group) * 137.508) % 360.0;
    // Three lightnesses, for when the hues come near each other.
    let light: f64 = [0.42, 0.55, 0.34][usize::from(group % 3)];
    let part = |shift: f64| {
        let k = (shift + hue / 30.0) % 12.0;
        let value = light - 0.85 * light.min(1.0 - light) * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0);
        byte(value * 255.0)
    };
    [part(0.0), part(8.0), part(4.0)]
}

/// A number from 0 to 255 as an octet.
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

struct Painter {
    frame: SiteFrame,
    west_m: f64,
    north_m: f64,
    scale_px: f64,
    width_px: f64,
    height_px: f64,
    shapes: Vec<Shape>,
}

impl Painter {
    fn new(map: &SiteMap, origin: &Origin, width_px: f64, around_m: Option<f64>) -> Self {
        let frame = SiteFrame::new(*origin);
        let lanes = map.links.iter().flat_map(|link| &link.lanes).flat_map(|lane| &lane.points);
        let served: Vec<Point> = map.served_nodes().map(|node| enu2(&frame, &node.position)).collect();
        let crosswalks = map.crosswalks.iter().flat_map(|crosswalk| &crosswalk.polygon);
        let bays = map.lots.iter().flat_map(|lot| &lot.bays).flat_map(|bay| &bay.polygon_enu_m).copied();
        let points = lanes.chain(crosswalks).map(|point| enu2(&frame, point)).chain(bays).chain(served.iter().copied());
        let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let bounds = points
            .fold(start, |[west, south, east, north], [x, y]| [west.min(x), south.min(y), east.max(x), north.max(y)]);
        let [west, south, east, north] = if bounds[0] <= bounds[2] { bounds } else { [-50.0, -50.0, 50.0, 50.0] };
        let [west, south, east, north] = match around_m.filter(|around_m| *around_m > 0.0) {
            Some(around_m) if !served.is_empty() => served.iter().fold(start, |[west, south, east, north], [x, y]| {
                [west.min(x - around_m), south.min(y - around_m), east.max(x + around_m), north.max(y + around_m)]
            }),
            _ => [west, south, east, north],
        };
        let margin_m = ((east - west).max(north - south) * 0.05).max(8.0);
        let (wide_m, high_m) = (east - west + 2.0 * margin_m, north - south + 2.0 * margin_m);
        // A road that only runs north would make an endless page: show it smaller instead.
        let legend_px = if width_px < 3.0 * LEGEND_PX || map.signal_groups().is_empty() { 0.0 } else { LEGEND_PX };
        let room_px = width_px - legend_px;
        let scale_px = (room_px / wide_m).min(2.0 * width_px / high_m);
        let west_m = f64::midpoint(west, east) - (room_px / 2.0 + legend_px) / scale_px;
        let height_px = (high_m * scale_px).max(width_px / 3.0);
        let north_m = f64::midpoint(south, north) + height_px / scale_px / 2.0;
        Self { frame, west_m, north_m, scale_px, width_px, height_px, shapes: Vec::new() }
    }

    fn px(&self, [east_m, north_m]: Point) -> Point {
        [(east_m - self.west_m) * self.scale_px, (self.north_m - north_m) * self.scale_px]
    }

    fn enu(&self, points: &[Wgs84]) -> Vec<Point> {
        points.iter().map(|point| enu2(&self.frame, point)).collect()
    }

    fn area(&mut self, points_m: &[Point], fill: Rgb) {
        let points = points_m.iter().map(|point| self.px(*point)).collect();
        self.shapes.push(Shape::Area { points, fill });
    }

    fn line(&mut self, points_m: &[Point], colour: Rgb, width_px: f64) {
        let points = points_m.iter().map(|point| self.px(*point)).collect();
        self.shapes.push(Shape::Line { points, colour, width_px });
    }

    fn dashes(&mut self, points_m: &[Point], colour: Rgb, width_px: f64, dash_m: f64) {
        let length_m = geometry::length_m(points_m);
        if length_m > LONGEST_M {
            return self.line(points_m, colour, width_px);
        }
        let mut from_m = 0.0;
        while from_m < length_m {
            self.line(&geometry::part(points_m, from_m, from_m + dash_m), colour, width_px);
            from_m += 1.7 * dash_m;
        }
    }

    fn text(&mut self, at_m: Point, text: impl Into<String>, size_px: f64, colour: Rgb) {
        let at = self.px(at_m);
        self.shapes.push(Shape::Text { at, text: text.into(), size_px, colour, middle: true });
    }

    fn ground(&mut self, map: &SiteMap) {
        let (w, h) = (self.width_px, self.height_px);
        self.shapes.push(Shape::Area { points: vec![[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]], fill: GROUND });
        if let Some(first) = map.region_enu_m.first() {
            let ring: Vec<Point> = map.region_enu_m.iter().chain([first]).copied().collect();
            self.dashes(&ring, REGION, 1.5, 4.0);
        }
        for lot in &map.lots {
            for bay in &lot.bays {
                self.area(&bay.polygon_enu_m, BAY);
                let ring: Vec<Point> = bay.polygon_enu_m.iter().chain(bay.polygon_enu_m.first()).copied().collect();
                self.line(&ring, NO_GROUP, 1.0);
                self.text(geometry::middle(&bay.polygon_enu_m), bay.id.to_string(), 9.0, INK);
            }
        }
    }

    fn lanes(&mut self, map: &SiteMap) {
        for lane in map.links.iter().flat_map(|link| &link.lanes) {
            let fill = match lane.kind() {
                LaneKind::Vehicle => ROAD,
                LaneKind::Bicycle => BICYCLE,
                LaneKind::Foot => FOOT,
            };
            let line = self.enu(&lane.points);
            self.area(&geometry::band(&line, lane.width_m), fill);
        }
        for lane in map.links.iter().flat_map(|link| &link.lanes) {
            let line = self.enu(&lane.points);
            for side_m in [lane.width_m / 2.0, -lane.width_m / 2.0] {
                self.line(&geometry::offset(&line, side_m), EDGE, 1.0);
            }
            self.arrows(&line, lane.width_m);
        }
    }

    /// One arrow every 30 m, in the direction of travel.
    fn arrows(&mut self, line: &[Point], width_m: f64) {
        let size_m = width_m * 0.28;
        let mut along_m = 24.0;
        let length_m = geometry::length_m(line).min(LONGEST_M);
        while along_m < length_m - 20.0 {
            if let Some((at, way)) = geometry::at(line, along_m) {
                let corner = |ahead: f64, left: f64| geometry::beside(at, way, ahead * size_m, left * size_m);
                self.area(&[corner(1.4, 0.0), corner(-0.6, 0.7), corner(-0.6, -0.7)], PALE);
            }
            along_m += 30.0;
        }
    }

    fn crosswalks(&mut self, map: &SiteMap) {
        for crosswalk in &map.crosswalks {
            let outline = self.enu(&crosswalk.polygon);
            self.area(&outline, [120, 123, 128]);
            if let Some((line, width_m)) = geometry::axis(&outline) {
                let (mut from_m, length_m) = (0.4, geometry::length_m(&line).min(LONGEST_M));
                while from_m + 0.5 < length_m {
                    let stripe = geometry::part(&line, from_m, from_m + 0.5);
                    self.area(&geometry::band(&stripe, width_m * 0.9), WHITE);
                    from_m += 1.1;
                }
            }
            let ring: Vec<Point> = outline.iter().chain(outline.first()).copied().collect();
            if crosswalk.confirmed {
                self.line(&ring, colour_of(crosswalk.signal_group), 2.5);
            } else {
                self.dashes(&ring, colour_of(crosswalk.signal_group), 2.5, 1.5);
            }
        }
    }

    fn connections(&mut self, map: &SiteMap) {
        // The ground of the junction, on which the ways are drawn.
        for lane in map.links.iter().flat_map(|link| &link.lanes) {
            for connection in &lane.connections {
                let line = self.enu(&connection.points);
                self.area(&geometry::band(&line, lane.width_m * 0.95), GROUND_OF_JUNCTION);
            }
        }
    }

    fn ways(&mut self, map: &SiteMap) {
        for connection in map.links.iter().flat_map(|link| &link.lanes).flat_map(|lane| &lane.connections) {
            let line = self.enu(&connection.points);
            let colour = colour_of(connection.signal_group);
            if connection.confirmed {
                self.line(&line, colour, 2.0);
            } else {
                self.dashes(&line, colour, 2.0, 1.5);
            }
            let (Some(tip), way) = (line.last(), geometry::end_direction(&line)) else { continue };
            let corner = |ahead: f64, left: f64| geometry::beside(*tip, way, ahead, left);
            self.area(&[corner(0.3, 0.0), corner(-1.5, 0.6), corner(-1.5, -0.6)], colour);
        }
    }

    /// Across the end of each lane that leads on, and where the map has one of its own.
    fn stop_lines(&mut self, map: &SiteMap) {
        for lane in map.links.iter().flat_map(|link| &link.lanes).filter(|lane| !lane.connections.is_empty()) {
            let line = self.enu(&lane.points);
            let way = geometry::end_direction(&line);
            let Some(end) = line.last() else { continue };
            let corner = |ahead_m: f64, side: f64| geometry::beside(*end, way, ahead_m, side * lane.width_m * 0.46);
            self.area(&[corner(0.0, 1.0), corner(0.0, -1.0), corner(-0.7, -1.0), corner(-0.7, 1.0)], WHITE);
        }
        for stop in &map.stop_lines {
            let line = self.enu(&stop.points);
            self.line(&line, [226, 60, 50], 1.5);
        }
    }

    fn names(&mut self, map: &SiteMap) {
        for link in &map.links {
            for lane in &link.lanes {
                self.lane_number(map, link, lane);
            }
            let inbound = map.is_inbound(link);
            let line = self.enu(&link.points);
            // The two directions of a road, not on top of each other.
            let at_m = geometry::length_m(&line) * if inbound { 0.25 } else { 0.6 };
            if let Some((at, _)) = geometry::at(&line, at_m) {
                self.text(at, link.id.clone(), 13.0, INK);
            }
        }
        for crosswalk in &map.crosswalks {
            if let Some(group) = crosswalk.signal_group {
                let at = geometry::middle(&self.enu(&crosswalk.polygon));
                self.text(at, group.to_string(), 12.0, colour_of(Some(group)));
            }
        }
        for node in map.served_nodes() {
            let at = enu2(&self.frame, &node.position);
            for (radius_px, colour) in [(7.0, WHITE), (5.0, [200, 30, 30])] {
                let corner = |turn: u8| {
                    let (sin, cos) = (f64::from(turn) * std::f64::consts::TAU / 24.0).sin_cos();
                    let radius_m = radius_px / self.scale_px;
                    geometry::beside(at, [1.0, 0.0], radius_m * cos, radius_m * sin)
                };
                self.area(&(0..24).map(corner).collect::<Vec<_>>(), colour);
            }
            self.text(
                geometry::beside(at, [1.0, 0.0], 0.0, 16.0 / self.scale_px),
                format!("node {}", node.id.id),
                13.0,
                INK,
            );
        }
    }

    /// The number in the link, and farther from the junction the one in the whole map.
    fn lane_number(&mut self, map: &SiteMap, link: &Link, lane: &MapLane) {
        let line = self.enu(&lane.points);
        let inbound = map.is_inbound(link);
        let from_junction = |distance_m: f64| if inbound { geometry::length_m(&line) - distance_m } else { distance_m };
        for (distance_m, text, colour) in
            [(4.5, lane.number.to_string(), WHITE), (12.0, format!("#{}", lane.intersection_lane), PALE)]
        {
            let size_px = (lane.width_m * self.scale_px * 0.55).min(15.0);
            if let Some((at, _)) = geometry::at(&line, from_junction(distance_m)).filter(|_| size_px >= 6.0) {
                self.text(at, text, size_px, colour);
            }
        }
    }

    /// Scale bar, north, and which colour is which group.
    fn frame(&mut self, map: &SiteMap) {
        let room_m = self.width_px * 0.2 / self.scale_px;
        let bar_m =
            [1000.0, 500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0].into_iter().find(|m| *m <= room_m).unwrap_or(2.0);
        let (x, y, bar_px) = (20.0, self.height_px - 20.0, bar_m * self.scale_px);
        for (points, width_px) in [(vec![[x, y], [x + bar_px, y]], 3.0), (vec![[x, y - 6.0], [x, y]], 2.0)] {
            self.shapes.push(Shape::Line { points, colour: INK, width_px });
        }
        self.shapes.push(Shape::Line {
            points: vec![[x + bar_px, y - 6.0], [x + bar_px, y]],
            colour: INK,
            width_px: 2.0,
        });
        self.label([x, y - 10.0], format!("{bar_m} m"), 14.0, INK);
        let x = self.width_px - 36.0;
        self.shapes
            .push(Shape::Area { points: vec![[x, 14.0], [x + 9.0, 44.0], [x, 37.0], [x - 9.0, 44.0]], fill: INK });
        self.shapes.push(Shape::Text { at: [x, 56.0], text: "N".into(), size_px: 16.0, colour: INK, middle: true });
        let unconfirmed = if map.groups_are_confirmed() { "" } else { "dashed: to be confirmed" };
        self.label([20.0, 26.0], "signal groups".into(), 14.0, INK);
        self.label([20.0, 44.0], unconfirmed.into(), 12.0, INK);
        let mut at = [20.0, 66.0];
        for group in map.signal_groups() {
            self.shapes.push(Shape::Line {
                points: vec![[at[0], at[1] - 5.0], [at[0] + 18.0, at[1] - 5.0]],
                colour: colour_of(Some(group)),
                width_px: 4.0,
            });
            self.label([at[0] + 24.0, at[1]], group.to_string(), 13.0, INK);
            at[1] += 18.0;
            if at[1] > 66.0 + 18.0 * 23.0 {
                at = [at[0] + 60.0, 66.0];
            }
        }
    }

    /// Text that begins at a place of the page.
    fn label(&mut self, at: Point, text: String, size_px: f64, colour: Rgb) {
        self.shapes.push(Shape::Text { at, text, size_px, colour, middle: false });
    }
}

/// What is drawn around letters so that they stand out from the ground.
fn halo(colour: Rgb) -> Rgb {
    let light = colour.iter().map(|part| u32::from(*part)).sum::<u32>() > 420;
    if light { ROAD } else { WHITE }
}
