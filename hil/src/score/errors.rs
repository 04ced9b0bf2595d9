//! How wrong the tracks are that match an object, over the matches of [`clear`](super::clear).

use std::f64::consts::TAU;

use serde::Serialize;

use super::scene::{Frame, Pair, PlacedTrack};
use super::{Track, TruthObject};

/// Over all matches of all frames. `None`: nothing to compare.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Errors {
    /// Root of the mean squared distance of the centres, metres.
    pub position_rmse_m: Option<f64>,
    /// Mean distance of the centres, metres.
    pub position_mean_m: Option<f64>,
    /// Root of the mean squared difference of the speeds (not of the velocities), m/s.
    pub speed_rmse_mps: Option<f64>,
    /// Root of the mean squared difference of the headings, of objects that move, radians.
    pub heading_rmse_rad: Option<f64>,
    /// Normalised estimation error squared: the mean of eᵀP⁻¹e over east and north. 2 is honest, more is too sure of itself
    /// (Y. Bar-Shalom, X. R. Li, T. Kirubarajan, "Estimation with Applications to Tracking and Navigation", 2001, section 5.4).
    pub nees: Option<f64>,
    /// Share of matches in which the track's class is the object's.
    pub class_right: Option<f64>,
}

/// A mean as it grows.
#[derive(Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, value: Option<f64>) {
        if let Some(value) = value {
            self.sum += value;
            self.count += 1.0;
        }
    }

    fn value(&self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}

/// `matches` are those of each frame.
pub(super) fn errors(frames: &[Frame], matches: &[Vec<Pair>], heading_min_speed_mps: f64) -> Errors {
    let [mut square_m2, mut distance_m, mut speed, mut heading, mut nees, mut right] =
        std::array::from_fn(|_| Mean::default());
    for (frame, matches) in frames.iter().zip(matches) {
        for pair in matches {
            let (truth, placed) = (frame.truths[pair.truth], frame.tracks[pair.track]);
            square_m2.add(Some(pair.distance_m * pair.distance_m));
            distance_m.add(Some(pair.distance_m));
            speed.add(speed_error_mps(truth, placed.track).map(|error| error * error));
            heading.add(heading_error_rad(truth, placed.track, heading_min_speed_mps).map(|error| error * error));
            nees.add(nees_of(truth, &placed));
            right.add(Some(f64::from(u8::from(truth.class == placed.track.class))));
        }
    }
    Errors {
        position_rmse_m: square_m2.value().map(f64::sqrt),
        position_mean_m: distance_m.value(),
        speed_rmse_mps: speed.value().map(f64::sqrt),
        heading_rmse_rad: heading.value().map(f64::sqrt),
        nees: nees.value(),
        class_right: right.value(),
    }
}

fn speed_error_mps(truth: &TruthObject, track: &Track) -> Option<f64> {
    Some(track.vel_east_mps?.hypot(track.vel_north_mps?) - truth.speed_mps?.abs())
}

/// From 0 to π; only of an object that moves.
fn heading_error_rad(truth: &TruthObject, track: &Track, min_speed_mps: f64) -> Option<f64> {
    let difference = (track.heading_cw_north_rad? - truth.heading_cw_north_rad?).rem_euclid(TAU);
    (truth.speed_mps?.abs() >= min_speed_mps).then_some(difference.min(TAU - difference))
}

/// `None` also if the covariance is none: not positive definite.
fn nees_of(truth: &TruthObject, placed: &PlacedTrack) -> Option<f64> {
    let [[ee, en], [ne, nn]] = placed.track.cov_position_m2?;
    let (en, determinant) = ((en + ne) / 2.0, ee * nn - en * ne);
    let (east_m, north_m) = (placed.east_m - truth.east_m, placed.north_m - truth.north_m);
    let square = (nn * east_m * east_m - 2.0 * en * east_m * north_m + ee * north_m * north_m) / determinant;
    (ee > 0.0 && determinant > 0.0).then_some(square)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{assert_near, object, track};
    use super::super::{PictureFrame, Settings, TruthFrame, score};
    use super::*;

    fn of(truth: &TruthObject, track: &Track) -> Errors {
        let truth = TruthFrame { t_us: 0, objects: vec![truth.clone()] };
        let picture = PictureFrame { t_us: 0, tracks: vec![track.clone()] };
        score(&[truth], &[picture], &Settings::default()).all.errors
    }

    fn moving() -> (TruthObject, Track) {
        let truth = TruthObject {
            speed_mps: Some(4.0),
            heading_cw_north_rad: Some(350_f64.to_radians()),
            ..object((1, 0.0, 0.0))
        };
        let track = Track {
            vel_east_mps: Some(3.0),
            vel_north_mps: Some(4.0),
            heading_cw_north_rad: Some(-710_f64.to_radians()),
            cov_position_m2: Some([[0.09, 0.0], [0.0, 0.04]]),
            ..track((9, 0.3, 0.4))
        };
        (truth, track)
    }

    #[test]
    fn each_error_is_what_the_hand_computes() {
        let (truth, track) = moving();
        let errors = of(&truth, &track);
        assert_near(errors.position_rmse_m.unwrap(), 0.5);
        assert_near(errors.position_mean_m.unwrap(), 0.5);
        assert_near(errors.speed_rmse_mps.unwrap(), 1.0);
        assert_near(errors.heading_rmse_rad.unwrap().to_degrees(), 20.0);
        assert_near(errors.nees.unwrap(), 1.0 + 4.0);
        assert_near(errors.class_right.unwrap(), 1.0);
        let tilted = Track { cov_position_m2: Some([[2.0, 1.0], [1.0, 2.0]]), ..track };
        assert_near(of(&truth, &tilted).nees.unwrap(), (2.0 * 0.09 - 2.0 * 0.12 + 2.0 * 0.16) / 3.0);
    }

    #[test]
    fn what_is_not_known_is_not_compared() {
        let (truth, track) = moving();
        let standing = TruthObject { speed_mps: Some(0.0), ..truth.clone() };
        assert_eq!(of(&standing, &track).heading_rmse_rad, None);
        let bare = Track {
            vel_east_mps: None,
            heading_cw_north_rad: None,
            cov_position_m2: None,
            class: "unknown".to_owned(),
            ..track.clone()
        };
        let errors = of(&truth, &bare);
        assert_eq!((errors.speed_rmse_mps, errors.heading_rmse_rad, errors.nees), (None, None, None));
        assert_eq!(errors.class_right, Some(0.0));
        for cov in [[[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0], [2.0, 1.0]], [[-1.0, 0.0], [0.0, -1.0]]] {
            assert_eq!(of(&truth, &Track { cov_position_m2: Some(cov), ..track.clone() }).nees, None);
        }
        let far = Track { north_m: 9.0, ..track };
        assert_eq!(of(&truth, &far), Errors::default());
    }
}
