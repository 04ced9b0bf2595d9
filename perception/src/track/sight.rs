//! A cone that holds all that a sensor sees, so that what it can't see is not worked out for it.

use nalgebra::{Vector2, Vector3};

use super::camera::FARTHEST_M;
use crate::frames::unit_from_heading;
use crate::lift::View;

/// By how much the cone is wider than the sensor's, for its being turned, radians.
const SPARE_RAD: f64 = 0.05;

/// A sensor's cone.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    at_m: Vector3<f64>,
    axis: Vector3<f64>,
    half_angle_rad: f64,
    range_m: f64,
}

impl Sight {
    pub(crate) fn of(view: &View) -> Self {
        match view {
            View::Camera(view) => {
                let (w, h) = (view.width_px, view.height_px);
                let axis = Vector3::from(view.ray([w / 2.0, h / 2.0]));
                let corners = [[0.0, 0.0], [w, 0.0], [0.0, h], [w, h]].map(|corner| Vector3::from(view.ray(corner)));
                let widest = corners.into_iter().map(|ray| ray.angle(&axis)).fold(0.0, f64::max);
                let at_m = view.position_enu_m.into();
                Self { at_m, axis, half_angle_rad: widest + SPARE_RAD, range_m: FARTHEST_M }
            }
            View::Radar(view, _) => {
                let ([x, y, _], [east, north]) = (view.position_enu_m, unit_from_heading(view.boresight_azimuth_rad));
                Self {
                    at_m: Vector3::new(x, y, 0.0),
                    axis: Vector3::new(east, north, 0.0),
                    half_angle_rad: view.fov_rad / 2.0 + SPARE_RAD,
                    range_m: view.max_range_m,
                }
            }
        }
    }

    /// Whether something at a place on the ground, or within `reach_m` of it, may be seen. A place that is no number may.
    pub(crate) fn may_see(&self, place_m: Vector2<f64>, reach_m: f64) -> bool {
        let away = Vector3::new(place_m.x, place_m.y, 0.0) - self.at_m;
        let distance_m = away.norm();
        if distance_m > self.range_m + reach_m {
            return false;
        }
        let widened_rad = self.half_angle_rad + (reach_m / distance_m).min(1.0).asin();
        let out = widened_rad < std::f64::consts::PI && away.dot(&self.axis) < distance_m * widened_rad.cos();
        !out
    }
}
