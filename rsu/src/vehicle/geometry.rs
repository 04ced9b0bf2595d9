//! Where things are as seen from the vehicle. A plane through it is good for the few hundred metres that matter.

use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84, heading_of, unit_from_heading, wrap_pi};

use super::Pose;

/// How far from a lane's centre a vehicle may be to count as in it, metres.
const LANE_REACH_M: f64 = 3.5;
/// How far its heading may be from the lane's, radians.
const LANE_TURN_RAD: f64 = 0.8;

/// The vehicle's surroundings as a plane: east and north of it, metres.
#[derive(Clone, Debug)]
pub struct Plane {
    frame: SiteFrame,
    heading_cw_north_rad: f64,
}

/// Where a vehicle is on a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OnLane {
    /// Along the lane to its end, the stop line, metres.
    pub to_stop_line_m: f64,
    /// Off its centre, metres, never negative.
    pub off_centre_m: f64,
}

impl Plane {
    /// Around a pose.
    pub fn around(pose: &Pose) -> Self {
        let origin = Origin { lat_deg: pose.lat_deg, lon_deg: pose.lon_deg, ellipsoidal_height_m: 0.0 };
        Self { frame: SiteFrame::new(origin), heading_cw_north_rad: pose.heading_cw_north_deg.to_radians() }
    }

    /// Around a place, looking north.
    pub fn at(place: &Wgs84) -> Self {
        Self::around(&Pose { lat_deg: place.lat_deg, lon_deg: place.lon_deg, heading_cw_north_deg: 0.0 })
    }

    fn east_north_m(&self, place: &Wgs84) -> [f64; 2] {
        let [east_m, north_m, _] = self.frame.enu_from_wgs84(Wgs84 { ellipsoidal_height_m: 0.0, ..*place });
        [east_m, north_m]
    }

    /// Distance in metres, and direction in degrees clockwise from where the vehicle looks, −180 to 180.
    pub fn distance_and_bearing(&self, place: &Wgs84) -> (f64, f64) {
        let there = self.east_north_m(place);
        let bearing_rad = wrap_pi(heading_of(there) - self.heading_cw_north_rad);
        (there[0].hypot(there[1]), bearing_rad.to_degrees())
    }

    /// Where on the lane the vehicle is; `None` when it is beside it, past it, or looks elsewhere.
    pub fn on_lane(&self, points: &[Wgs84]) -> Option<OnLane> {
        let line: Vec<[f64; 2]> = points.iter().map(|point| self.east_north_m(point)).collect();
        let mut to_stop_line_m = 0.0;
        let mut best: Option<OnLane> = None;
        for pair in line.windows(2).rev() {
            let along = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
            let length_m = along[0].hypot(along[1]);
            if length_m < 1e-6 {
                continue;
            }
            // The vehicle is at the plane's origin.
            let done = ((-pair[0][0] * along[0] - pair[0][1] * along[1]) / (length_m * length_m)).clamp(0.0, 1.0);
            let nearest = [pair[0][0] + done * along[0], pair[0][1] + done * along[1]];
            let off_centre_m = nearest[0].hypot(nearest[1]);
            let turned = wrap_pi(heading_of(along) - self.heading_cw_north_rad).abs() > LANE_TURN_RAD;
            if !turned && off_centre_m <= LANE_REACH_M && best.is_none_or(|best| off_centre_m < best.off_centre_m) {
                best = Some(OnLane { to_stop_line_m: to_stop_line_m + (1.0 - done) * length_m, off_centre_m });
            }
            to_stop_line_m += length_m;
        }
        best
    }
}

/// On the lane's centre, `back_m` before its end (or at its beginning if it is shorter), looking along it.
pub fn before_stop_line(points: &[Wgs84], back_m: f64) -> Option<Pose> {
    let end = points.last()?;
    let plane = Plane::at(end);
    let line: Vec<[f64; 2]> = points.iter().map(|point| plane.east_north_m(point)).collect();
    let mut left_m = back_m;
    let mut pose = None;
    for pair in line.windows(2).rev() {
        let along = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
        let length_m = along[0].hypot(along[1]);
        if length_m < 1e-6 {
            continue;
        }
        let step_m = left_m.min(length_m);
        let heading_rad = heading_of(along);
        let ahead = unit_from_heading(heading_rad);
        let [east_m, north_m] = [pair[1][0] - step_m * ahead[0], pair[1][1] - step_m * ahead[1]];
        let place = plane.frame.wgs84_from_enu([east_m, north_m, 0.0]);
        let heading_cw_north_deg = heading_rad.to_degrees();
        pose = Some(Pose { lat_deg: place.lat_deg, lon_deg: place.lon_deg, heading_cw_north_deg });
        left_m -= step_m;
        if left_m <= 0.0 {
            break;
        }
    }
    pose
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lane that comes from the south and bends east: 60 m north, then 30 m east to the stop line.
    fn lane() -> (SiteFrame, Vec<Wgs84>) {
        let frame = SiteFrame::new(Origin { lat_deg: 31.0, lon_deg: 121.0, ellipsoidal_height_m: 0.0 });
        let points = [[0.0, 0.0, 0.0], [0.0, 60.0, 0.0], [30.0, 60.0, 0.0]].map(|enu| frame.wgs84_from_enu(enu));
        (frame, points.to_vec())
    }

    #[test]
    fn stands_before_the_stop_line_round_the_bend() {
        let (frame, points) = lane();
        let pose = before_stop_line(&points, 40.0).expect("long enough");
        let place = Wgs84 { lat_deg: pose.lat_deg, lon_deg: pose.lon_deg, ellipsoidal_height_m: 0.0 };
        let enu = frame.enu_from_wgs84(place);
        assert!(enu[0].abs() < 0.01 && (enu[1] - 50.0).abs() < 0.01, "{enu:?}");
        assert!(pose.heading_cw_north_deg.min(360.0 - pose.heading_cw_north_deg) < 0.01, "{pose:?}");
        let on_lane = Plane::around(&pose).on_lane(&points).expect("on it");
        assert!((on_lane.to_stop_line_m - 40.0).abs() < 0.01 && on_lane.off_centre_m < 0.01, "{on_lane:?}");
        let other_way = Pose { heading_cw_north_deg: 180.0, ..pose };
        assert_eq!(Plane::around(&other_way).on_lane(&points), None);
        let beside = frame.wgs84_from_enu([-6.0, 30.0, 0.0]);
        let beside = Pose { lat_deg: beside.lat_deg, lon_deg: beside.lon_deg, heading_cw_north_deg: 0.0 };
        assert_eq!(Plane::around(&beside).on_lane(&points), None);
    }

    #[test]
    fn bearings_turn_with_the_vehicle() {
        let (_, points) = lane();
        let pose = Pose { lat_deg: points[1].lat_deg, lon_deg: points[1].lon_deg, heading_cw_north_deg: 350.0 };
        let (distance_m, bearing_deg) = Plane::around(&pose).distance_and_bearing(&points[2]);
        assert!((distance_m - 30.0).abs() < 0.01 && (bearing_deg - 100.0).abs() < 0.05, "{distance_m} {bearing_deg}");
    }
}
