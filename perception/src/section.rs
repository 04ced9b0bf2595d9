//! The section of a lane: the stretch next to the junction that sensors can follow vehicles on. Density, delay and mean speeds are
//! of a stretch of road; of the whole lane they would say where a surveyor cut it, and how far a camera sees.

use crate::calibration::{Lane, SensorModel, SiteGeometry};
use crate::frames::{CameraView, in_field_of_view};

/// Distance of the counting line from the lane's end (from its beginning where it leads away from the junction), metres;
/// half the lane where it is shorter than twice that.
pub(crate) const COUNTING_LINE_M: f64 = 15.0;
/// Longest section, metres.
pub(crate) const SECTION_M: f64 = 100.0;
/// Who drives and is first seen within this distance of the begin of a section has just come into it, metres: far off one is seen late.
pub(crate) const SEEN_LATE_M: f64 = 30.0;
/// Distance between the places at which it is asked whether a sensor sees them, metres.
const SECTION_STEP_M: f64 = 5.0;
/// A vehicle is followed as far as a car is so tall in a camera's picture, pixels; and how tall it is, metres.
const CAR_PX: f64 = 16.0;
const CAR_UP_M: f64 = 1.5;

/// Whether a lane leads to the junction; where nobody says of any lane where it leads, all do.
pub(crate) fn is_approach(site: &SiteGeometry, lane: &Lane) -> bool {
    leads_on(lane) || !site.lanes.iter().any(leads_on)
}

fn leads_on(lane: &Lane) -> bool {
    !lane.maneuvers.is_empty() || lane.signal_group.is_some()
}

/// Where a lane's section begins and ends, metres from the lane's beginning: from the junction outwards, as far as some sensor can
/// follow a vehicle there without a gap.
pub(crate) fn section_m(site: &SiteGeometry, lane: &Lane) -> [f64; 2] {
    let approach = is_approach(site, lane);
    let length_m = lane.length_m();
    let mut reach_m: f64 = 0.0;
    while reach_m < SECTION_M.min(length_m) {
        let next_m = (reach_m + SECTION_STEP_M).min(SECTION_M).min(length_m);
        let at_m = if approach { length_m - next_m } else { next_m };
        let place = point_at(&lane.centerline_enu_m, at_m);
        let followed = place.is_some_and(|place| site.sensors.iter().any(|sensor| follows(sensor, place)));
        // The first steps may lie under the sensors' eyes: the line decides whether anything is known.
        if next_m > COUNTING_LINE_M && !followed {
            break;
        }
        reach_m = next_m;
    }
    if approach { [length_m - reach_m, length_m] } else { [0.0, reach_m] }
}

/// A place that a sensor sees, and not too far off for a vehicle to be found in most pictures.
fn follows(sensor: &SensorModel, place: [f64; 2]) -> bool {
    in_field_of_view(sensor, place)
        && match sensor {
            SensorModel::Camera(model) => CameraView::new(model).height_px(place, CAR_UP_M) >= CAR_PX,
            SensorModel::Radar(_) => true,
        }
}

/// The place on a centre line after `offset_m`.
pub(crate) fn point_at(line: &[[f64; 2]], offset_m: f64) -> Option<[f64; 2]> {
    let mut left_m = offset_m;
    for pair in line.windows(2) {
        let [east, north] = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
        let length_m = east.hypot(north);
        if left_m <= length_m && length_m > 0.0 {
            return Some([pair[0][0] + east * left_m / length_m, pair[0][1] + north * left_m / length_m]);
        }
        left_m -= length_m;
    }
    line.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::straight_lane;

    #[test]
    fn the_section_ends_where_a_car_is_too_small_in_the_picture() {
        let of = |focal_px: f64| -> f64 {
            let mut site: SiteGeometry = serde_json::from_value(serde_json::json!({
                "name": "t", "origin": {"lat_deg": 31.0, "lon_deg": 121.0, "ellipsoidal_height_m": 5.0},
                "sensors": [{"id": "c", "kind": "camera", "width_px": 1920, "height_px": 1080,
                    "k": [focal_px, focal_px, 960.0, 540.0], "distortion": [0.0, 0.0, 0.0, 0.0, 0.0],
                    "position_enu_m": [0.0, 110.0, 6.0], "enu_from_camera": [-1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0, 0.0]}],
            }))
            .expect("a site");
            site.lanes = vec![straight_lane("n/0", 100.0)];
            let [from_m, to_m] = section_m(&site, &site.lanes[0]);
            to_m - from_m
        };
        // 10 m before the camera the lane ends; a car of 1.5 m is 16 px tall 75 m and 150 m before it.
        assert_eq!([of(800.0), of(1600.0)], [65.0, 100.0]);
    }
}
