//! What the height of a box says: how high a body looks, and where it stands when only its upper part is seen.

use nalgebra::{Matrix2, Vector2};

use crate::detection::BoxDetection;
use crate::frames::CameraView;
use crate::priors::class_prior;

/// How high something looks that stands at a box's contact point. It is lower than that: a body reaches back, and the
/// far end of its roof is higher in the picture than the near one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApparentHeight {
    /// Height of a pole at the contact point that is as high in the picture, metres.
    pub height_m: f64,
    /// Standard deviation of that, metres.
    pub sigma_m: f64,
    /// The camera's height, metres.
    pub camera_m: f64,
    /// From the camera to the contact point on the ground, metres.
    pub distance_m: f64,
}

impl ApparentHeight {
    /// How many standard deviations it is off a body's whose height, and how far it reaches back, lie within limits; metres.
    pub fn misfit(&self, height_m: [f64; 2], reach_m: [f64; 2]) -> f64 {
        let of = |height_m: f64, reach_m: f64| {
            height_m + (self.camera_m - height_m).max(0.0) * reach_m / (self.distance_m + reach_m)
        };
        let (least, most) = (of(height_m[0], reach_m[0]), of(height_m[1], reach_m[1]));
        (least - self.height_m).max(self.height_m - most).max(0.0) / self.sigma_m
    }
}

/// Where something stands whose top is where the box says, and that is as high as its class is.
pub(crate) fn below_top(
    view: &CameraView,
    detection: &BoxDetection,
    sigma_px: f64,
    behind_m: f64,
    spread_m: f64,
) -> Option<(Vector2<f64>, Matrix2<f64>)> {
    let prior = class_prior(detection.class);
    let above_m = view.position_enu_m[2] - prior.height_m;
    if above_m < 1.0 {
        return None;
    }
    let top = [detection.x_px + detection.w_px / 2.0, detection.y_px];
    let roof = Vector2::from(view.ground(top, prior.height_m)?);
    let lower = Vector2::from(view.ground([top[0], top[1] + 1.0], prior.height_m)?);
    let away = roof - Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
    let along = away.try_normalize(0.1)?;
    // A body that is higher by some share of what the camera is above it stands nearer by the same share.
    let height_m = away.norm() * prior.size_spread[2] * prior.height_m / above_m;
    let beside = Vector2::from(view.ground([top[0] + 1.0, top[1]], prior.height_m)?);
    let across_m = (beside - roof).norm() * sigma_px;
    let along_m = height_m.hypot((lower - roof).norm() * sigma_px).hypot(spread_m);
    let lengthwise = along * along.transpose();
    let cov = lengthwise * (along_m * along_m)
        + (Matrix2::identity() - lengthwise) * (across_m * across_m + spread_m * spread_m);
    // What is highest in the picture is the far end of the roof.
    Some((roof - along * behind_m, cov))
}

pub(crate) fn expected_height_px(view: &CameraView, contact: Vector2<f64>, height_m: f64) -> Option<f64> {
    let foot = view.project([contact.x, contact.y, 0.0])?;
    let head = view.project([contact.x, contact.y, height_m])?;
    Some(foot[1] - head[1])
}
