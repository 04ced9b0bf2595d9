//! Lines of a plan: what of a lane is kept, and the middle of a road.

use super::plan::{PlanLane, Way};
use crate::map::geometry::{self, Point};

/// Points nearer than this to the line through their neighbours say nothing, metres.
const TOLERANCE_M: f64 = 0.02;
/// Points nearer to each other than this are one: where two pieces of a road meet they may lie a little crosswise, metres.
const LEAST_M: f64 = 0.25;

/// Keeps what is within reach of the junction, and of that the points that say something.
pub(super) fn trim(line: &mut Vec<Point>, inbound: bool, reach_m: f64) {
    let length_m = geometry::length_m(line);
    let (from_m, to_m) = if inbound { (length_m - reach_m, length_m) } else { (0.0, reach_m) };
    *line = geometry::thin(&geometry::part(line, from_m.max(0.0), to_m.min(length_m)), LEAST_M);
    *line = geometry::simplify(line, TOLERANCE_M);
}

/// The longest lane, moved to the middle of all of them where they meet the junction.
pub(super) fn centre_line(way: &Way) -> Vec<Point> {
    let longest = way.lanes.iter().max_by(|a, b| geometry::length_m(&a.line).total_cmp(&geometry::length_m(&b.line)));
    let Some(longest) = longest else { return Vec::new() };
    let end = |lane: &PlanLane| if way.inbound { lane.line.last().copied() } else { lane.line.first().copied() };
    let Some(own) = end(longest) else { return Vec::new() };
    let ahead =
        if way.inbound { geometry::end_direction(&longest.line) } else { geometry::start_direction(&longest.line) };
    let sides = way.lanes.iter().filter_map(|lane| {
        let at = end(lane)?;
        let left_m = ahead[0] * (at[1] - own[1]) - ahead[1] * (at[0] - own[0]);
        Some([left_m - lane.width_m / 2.0, left_m + lane.width_m / 2.0])
    });
    let [right_m, left_m] = sides.fold([f64::INFINITY, f64::NEG_INFINITY], |a, b| [a[0].min(b[0]), a[1].max(b[1])]);
    // An offset of a line with short pieces folds over; the middle of a road needs no centimetres.
    let plain = geometry::simplify(&geometry::thin(&longest.line, 4.0), 0.1);
    geometry::offset(&plain, f64::midpoint(right_m, left_m))
}
