//! What no number of measurements takes away from the doubt about a track's place.
//!
//! A filter takes each measurement's error for new. Much of it is not: a box's edge, the place on a body that reflects,
//! the pose of a camera and what hides a part of a body stay wrong the same way for as long as the thing is seen from the
//! same side, and longest while it stands. So each sensor's word has a lasting part beside what the filter knows. The
//! lasting parts of different sensors have nothing to do with each other, and are taken together as measurements would be.
//! This is said of the place and not used to find it.

use nalgebra::{Matrix2, Vector2};

use super::lifecycle::{NEVER, Tracked};
use super::step::Tracker;
use crate::lift::View;
use crate::time::UtcMicros;

/// Share of a measurement's covariance that lasts, of what moves, and how much more of what stands.
const LASTS_MOVING: f64 = 0.03;
const LASTS_STANDING: f64 = 0.1;
/// A sensor's word counts for so long, seconds.
const SPEAKS_S: f64 = 3.0;
/// Over how many measurements what they are worth is averaged.
const MEMORY: f64 = 10.0;
/// How well a sensor's pose is usually known before the traffic has told more, standard deviation, radians.
const POSE_SIGMA_RAD: f64 = 0.001;
/// Maps are only so good, m².
const FLOOR_M2: f64 = 0.004;

/// How good one sensor's measurements of a track are, averaged over the last few.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Word {
    /// Covariance of one, m².
    cov: Matrix2<f64>,
    /// By how much of the body others hide, its middle may be elsewhere, m².
    hidden_m2: f64,
    heard: bool,
}

impl Word {
    /// Takes one more measurement of this covariance and so much hidden, m².
    pub(crate) fn hear(&mut self, cov: &Matrix2<f64>, hidden_m2: f64) {
        let gain = if self.heard { 1.0 / MEMORY } else { 1.0 };
        self.heard = true;
        self.cov += (cov - self.cov) * gain;
        self.hidden_m2 += (hidden_m2 - self.hidden_m2) * gain;
    }

    /// Covariance of the part that the next measurement repeats, of what stands this probably, m².
    fn lasting_m2(&self, standing: f64) -> Matrix2<f64> {
        self.cov * (LASTS_MOVING + LASTS_STANDING * standing) + Matrix2::identity() * self.hidden_m2
    }
}

impl Tracker {
    /// What must be added to the filter's covariance of a track's place, m².
    pub(super) fn lasting_m2(&self, track: &Tracked, at: UtcMicros, position: Vector2<f64>) -> Matrix2<f64> {
        let standing = track.filter.newest().1.standing();
        let mut information = Matrix2::zeros();
        for (sensor, (hit, word)) in track.last_hit.iter().zip(&track.words).enumerate() {
            if *hit == NEVER || at.seconds_since(*hit) > SPEAKS_S {
                continue;
            }
            let lasting = word.lasting_m2(standing) + self.pose_m2(sensor, position);
            information += lasting.try_inverse().unwrap_or_default();
        }
        information.try_inverse().unwrap_or_default() + Matrix2::identity() * FLOOR_M2
    }

    /// What not knowing exactly how a sensor looks adds to a place that it measures, m².
    fn pose_m2(&self, sensor: usize, position: Vector2<f64>) -> Matrix2<f64> {
        let turn_var = self.health[sensor].turn_var.map(|var| var.min(POSE_SIGMA_RAD * POSE_SIGMA_RAD));
        let ([east, north, up_m], pitch_var) = match &self.views[sensor] {
            View::Camera(view) => (view.position_enu_m, turn_var[0]),
            View::Radar(view, _) => (view.position_enu_m, 0.0),
        };
        let offset = position - Vector2::new(east, north);
        let distance_m = offset.norm().max(0.1);
        let along = offset / distance_m;
        let lengthwise = along * along.transpose();
        let along_m2 = (distance_m * distance_m / up_m.max(1.0)).powi(2) * pitch_var;
        lengthwise * along_m2 + (Matrix2::identity() - lengthwise) * (distance_m * distance_m * turn_var[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lasting_part_grows_with_standing_and_with_what_is_hidden() {
        let mut word = Word::default();
        for _ in 0..50 {
            word.hear(&Matrix2::new(4.0, 0.0, 0.0, 1.0), 0.0);
        }
        assert!((word.lasting_m2(0.0) - Matrix2::new(0.12, 0.0, 0.0, 0.03)).amax() < 1e-12);
        assert!((word.lasting_m2(1.0) - Matrix2::new(0.52, 0.0, 0.0, 0.13)).amax() < 1e-12);
        word.hear(&Matrix2::new(4.0, 0.0, 0.0, 1.0), 1.0);
        assert!((word.lasting_m2(0.0) - Matrix2::new(0.22, 0.0, 0.0, 0.13)).amax() < 1e-12, "a tenth of 1 m²");
    }
}
