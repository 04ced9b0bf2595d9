//! Ways through the junction: a lane in, a connection, a lane out, as one polyline with arc length.

use perception::calibration::Origin;
use perception::frames::SiteFrame;
use rsu::map::{Connection, Link, MapLane, SiteMap, enu2};

/// A polyline on the ground with arc length.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    points_enu_m: Vec<[f64; 2]>,
    offsets_m: Vec<f64>,
}

impl Path {
    /// Joins the pieces; points closer than a centimetre are one.
    pub fn new(points: impl IntoIterator<Item = [f64; 2]>) -> Self {
        let mut path = Self { points_enu_m: Vec::new(), offsets_m: Vec::new() };
        for point in points {
            match path.points_enu_m.last() {
                None => path.push(point, 0.0),
                Some(last) => {
                    let step_m = distance(*last, point);
                    if step_m > 0.01 {
                        path.push(point, path.length_m() + step_m);
                    }
                }
            }
        }
        path
    }

    fn push(&mut self, point: [f64; 2], offset_m: f64) {
        self.points_enu_m.push(point);
        self.offsets_m.push(offset_m);
    }

    /// Length, metres.
    pub fn length_m(&self) -> f64 {
        self.offsets_m.last().copied().unwrap_or(0.0)
    }

    /// Place and direction (unit vector) at an arc length; clamped to the ends.
    pub fn at(&self, offset_m: f64) -> ([f64; 2], [f64; 2]) {
        let last = self.points_enu_m.len().saturating_sub(1);
        let end = self.offsets_m.partition_point(|offset| *offset < offset_m).clamp(1.min(last), last);
        let begin = end.saturating_sub(1);
        let (from, to) = (self.points_enu_m[begin], self.points_enu_m[end]);
        let length_m = distance(from, to);
        if length_m == 0.0 {
            return (from, [0.0, 1.0]);
        }
        let unit = [(to[0] - from[0]) / length_m, (to[1] - from[1]) / length_m];
        let along_m = (offset_m - self.offsets_m[begin]).clamp(0.0, length_m);
        ([from[0] + unit[0] * along_m, from[1] + unit[1] * along_m], unit)
    }

    /// The nearest place on the path: arc length and distance from it, metres.
    pub fn nearest(&self, [east, north]: [f64; 2]) -> (f64, f64) {
        let mut best = (0.0, f64::INFINITY);
        for (index, pair) in self.points_enu_m.windows(2).enumerate() {
            let ([x, y], [x2, y2]) = (pair[0], pair[1]);
            let (dx, dy) = (x2 - x, y2 - y);
            let share = (((east - x) * dx + (north - y) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
            let away_m = distance([x + share * dx, y + share * dy], [east, north]);
            if away_m < best.1 {
                best = (self.offsets_m[index] + share * dx.hypot(dy), away_m);
            }
        }
        best
    }
}

/// A way that vehicles take.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// The polyline.
    pub path: Path,
    /// Where one stops at red, arc length, metres.
    pub stop_line_m: f64,
    /// The group that rules the stop line.
    pub signal_group: Option<u8>,
    /// Speed limit, m/s.
    pub speed_limit_mps: f64,
}

/// Speed where the map names no limit, m/s (50 km/h).
const USUAL_LIMIT_MPS: f64 = 13.9;

/// Every way through the junction.
pub fn routes(map: &SiteMap, origin: &Origin) -> Vec<Route> {
    let frame = SiteFrame::new(*origin);
    let mut routes = Vec::new();
    for link in &map.links {
        for lane in &link.lanes {
            for connection in &lane.connections {
                routes.extend(route(map, &frame, link, lane, connection));
            }
        }
    }
    routes
}

fn route(map: &SiteMap, frame: &SiteFrame, link: &Link, lane: &MapLane, connection: &Connection) -> Option<Route> {
    let to = map.link(&connection.to_link)?.lanes.iter().find(|to| to.number == connection.to_lane)?;
    let enu = |points: &[perception::frames::Wgs84]| points.iter().map(|point| enu2(frame, point)).collect::<Vec<_>>();
    let (before, across, after) = (enu(&lane.points), enu(&connection.points), enu(&to.points));
    Some(Route {
        stop_line_m: Path::new(before.iter().copied()).length_m(),
        path: Path::new(before.into_iter().chain(across).chain(after)),
        signal_group: connection.signal_group,
        speed_limit_mps: link.speed_limit_mps.unwrap_or(USUAL_LIMIT_MPS),
    })
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arc_length_and_back() {
        let path = Path::new([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0], [3.0, 14.0]]);
        assert_eq!(path.length_m(), 15.0);
        assert_eq!(path.at(10.0), ([3.0, 9.0], [0.0, 1.0]));
        assert_eq!(path.at(99.0).0, [3.0, 14.0]);
        let (offset_m, away_m) = path.nearest([5.0, 9.0]);
        assert!((offset_m - 10.0).abs() < 1e-9 && (away_m - 2.0).abs() < 1e-9);
    }
}
