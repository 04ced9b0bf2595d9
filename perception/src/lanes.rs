//! Which lane a road user is in, how far along, and how far from the stop line.

use crate::calibration::Lane;
use crate::detection::{Class, SensorId};
use crate::frames::{heading_of, wrap_pi};
use crate::track::Track;

/// A place in a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct LanePosition {
    /// `<link>/<lane>`.
    pub lane: SensorId,
    /// Distance along the centre line from its first point, metres.
    pub offset_m: f64,
    /// Distance from the centre line, metres, positive to the right of the direction of travel.
    pub lateral_m: f64,
    /// Distance left to the end of the centre line, which is the stop line where the lane has one, metres.
    pub to_stop_line_m: f64,
    /// Direction of the lane there, radians clockwise from true north.
    pub heading_cw_north_rad: f64,
}

/// A track and where it is in the lanes.
#[derive(Clone, Debug, PartialEq)]
pub struct LocatedTrack {
    /// The track.
    pub track: Track,
    /// Its lane. `None`: in none.
    pub lane: Option<LanePosition>,
}

#[derive(Clone, Debug)]
struct Segment {
    from: [f64; 2],
    unit: [f64; 2],
    length_m: f64,
    offset_m: f64,
}

#[derive(Clone, Debug)]
struct MappedLane {
    id: SensorId,
    half_width_m: f64,
    length_m: f64,
    allowed: Vec<Class>,
    segments: Vec<Segment>,
    /// West, south, east, north limits, metres, the lane's width included.
    bounds: [f64; 4],
}

/// A site's lanes, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct LaneMap {
    lanes: Vec<MappedLane>,
}

/// How far outside a lane's edge one still counts as in it, metres.
const MARGIN_M: f64 = 0.4;
/// Largest angle between a road user's heading and its lane's, radians.
const MAX_TURN_RAD: f64 = 1.2;

struct Foot {
    offset_m: f64,
    lateral_m: f64,
    heading_cw_north_rad: f64,
}

impl LaneMap {
    /// Of these lanes; such with fewer than two distinct points are left out.
    pub fn new(lanes: &[Lane]) -> Self {
        Self { lanes: lanes.iter().map(MappedLane::new).filter(|lane| !lane.segments.is_empty()).collect() }
    }

    /// The lane that fits best: allowed for the class, heading along it where the heading is known, nearest to its
    /// centre line. `None`: in no lane.
    pub fn locate(
        &self,
        position_enu_m: [f64; 2],
        heading_cw_north_rad: Option<f64>,
        class: Class,
    ) -> Option<LanePosition> {
        let mut best: Option<(f64, &MappedLane, Foot)> = None;
        for lane in &self.lanes {
            if !lane.may_use(class) || !lane.near(position_enu_m) {
                continue;
            }
            let Some(foot) = lane.foot(position_enu_m) else { continue };
            if foot.lateral_m.abs() > lane.half_width_m + MARGIN_M {
                continue;
            }
            let turn = heading_cw_north_rad.map_or(0.0, |heading| wrap_pi(heading - foot.heading_cw_north_rad).abs());
            // People walk along a path either way.
            let turn = if class == Class::Pedestrian { turn.min(std::f64::consts::PI - turn) } else { turn };
            if turn > MAX_TURN_RAD {
                continue;
            }
            let misfit = foot.lateral_m.abs() / lane.half_width_m + turn;
            if best.as_ref().is_none_or(|(least, ..)| misfit < *least) {
                best = Some((misfit, lane, foot));
            }
        }
        best.map(|(_, lane, foot)| LanePosition {
            lane: lane.id.clone(),
            offset_m: foot.offset_m,
            lateral_m: foot.lateral_m,
            to_stop_line_m: lane.length_m - foot.offset_m,
            heading_cw_north_rad: foot.heading_cw_north_rad,
        })
    }

    /// Locates each track of a picture, in the same order.
    pub fn locate_all(&self, tracks: Vec<Track>) -> Vec<LocatedTrack> {
        let locate = |track: Track| LocatedTrack {
            lane: self.locate(track.position_enu_m, track.heading_cw_north_rad, track.class),
            track,
        };
        tracks.into_iter().map(locate).collect()
    }

    /// Length of a lane's centre line, metres. `None`: no such lane.
    pub fn length_m(&self, lane: &str) -> Option<f64> {
        self.lanes.iter().find(|mapped| &*mapped.id == lane).map(|mapped| mapped.length_m)
    }
}

impl MappedLane {
    fn new(lane: &Lane) -> Self {
        let mut segments = Vec::with_capacity(lane.centerline_enu_m.len());
        let mut offset_m = 0.0;
        for pair in lane.centerline_enu_m.windows(2) {
            let d = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
            let length_m = d[0].hypot(d[1]);
            if length_m > 1e-6 {
                segments.push(Segment { from: pair[0], unit: [d[0] / length_m, d[1] / length_m], length_m, offset_m });
                offset_m += length_m;
            }
        }
        let half_width_m = lane.width_m / 2.0;
        let reach_m = half_width_m + MARGIN_M;
        let mut bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for point in &lane.centerline_enu_m {
            bounds[0] = bounds[0].min(point[0] - reach_m);
            bounds[1] = bounds[1].min(point[1] - reach_m);
            bounds[2] = bounds[2].max(point[0] + reach_m);
            bounds[3] = bounds[3].max(point[1] + reach_m);
        }
        Self { id: lane.id.clone(), half_width_m, length_m: offset_m, allowed: lane.allowed.clone(), segments, bounds }
    }

    /// An animal takes no lane: it is none of the lane's traffic.
    fn may_use(&self, class: Class) -> bool {
        let anybody = self.allowed.is_empty() && class != Class::Animal;
        anybody || class == Class::Unknown || self.allowed.contains(&class)
    }

    fn near(&self, p: [f64; 2]) -> bool {
        p[0] >= self.bounds[0] && p[1] >= self.bounds[1] && p[0] <= self.bounds[2] && p[1] <= self.bounds[3]
    }

    /// The nearest place on the centre line. `None`: before its beginning or past its end.
    fn foot(&self, p: [f64; 2]) -> Option<Foot> {
        let last = self.segments.len() - 1;
        let mut best: Option<(f64, Foot)> = None;
        for (index, segment) in self.segments.iter().enumerate() {
            let d = [p[0] - segment.from[0], p[1] - segment.from[1]];
            let along = d[0] * segment.unit[0] + d[1] * segment.unit[1];
            if (index == 0 && along < -0.5) || (index == last && along > segment.length_m + 0.5) {
                continue;
            }
            let lateral_m = d[0] * segment.unit[1] - d[1] * segment.unit[0];
            let beyond = (along - along.clamp(0.0, segment.length_m)).abs();
            let distance = lateral_m.hypot(beyond);
            if best.as_ref().is_none_or(|(least, _)| distance < *least) {
                let offset_m = segment.offset_m + along.clamp(0.0, segment.length_m);
                best = Some((distance, Foot { offset_m, lateral_m, heading_cw_north_rad: heading_of(segment.unit) }));
            }
        }
        best.map(|(_, foot)| foot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(id: &str, allowed: &[Class], points: &[[f64; 2]]) -> Lane {
        Lane {
            id: id.into(),
            width_m: 3.0,
            centerline_enu_m: points.to_vec(),
            maneuvers: vec![],
            signal_group: None,
            allowed: allowed.to_vec(),
            speed_limit_mps: None,
        }
    }

    fn map() -> LaneMap {
        LaneMap::new(&[
            lane("in/0", &[Class::Car], &[[0.0, 100.0], [0.0, 10.0]]),
            lane("out/0", &[Class::Car], &[[3.5, 10.0], [3.5, 100.0]]),
            lane("walk/0", &[Class::Pedestrian], &[[7.0, 0.0], [7.0, 50.0], [27.0, 50.0]]),
        ])
    }

    #[test]
    fn offset_lateral_and_stop_line() {
        let place = map().locate([0.5, 40.0], Some(std::f64::consts::PI), Class::Car).expect("in lane");
        assert_eq!(&*place.lane, "in/0");
        assert!((place.offset_m - 60.0).abs() < 1e-9 && (place.to_stop_line_m - 30.0).abs() < 1e-9);
        // Southbound, so east is to the left.
        assert!((place.lateral_m + 0.5).abs() < 1e-9);
        assert!((place.heading_cw_north_rad - std::f64::consts::PI).abs() < 1e-9);
    }

    #[test]
    fn heading_decides_between_neighbours() {
        let between = [1.75, 50.0];
        let lane = |heading| map().locate(between, Some(heading), Class::Car).expect("in lane").lane;
        assert_eq!(&*lane(0.0), "out/0");
        assert_eq!(&*lane(3.1), "in/0");
    }

    #[test]
    fn class_and_bend() {
        assert_eq!(map().locate([7.0, 20.0], None, Class::Car), None);
        let place = map().locate([17.0, 50.2], Some(4.7), Class::Pedestrian).expect("either way on a path");
        assert!((place.offset_m - 60.0).abs() < 1e-9);
        assert_eq!(map().locate([0.0, 120.0], None, Class::Car), None, "before the lane begins");
        assert_eq!(map().locate([f64::NAN, 0.0], None, Class::Car), None);
    }
}
