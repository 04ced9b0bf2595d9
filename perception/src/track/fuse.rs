//! What a track is: class, size and heading, made of many measurements.

use crate::detection::Class;
use nalgebra::{Matrix2, Vector2};

use crate::frames::{heading_of, unit_from_heading, wrap_pi};
use crate::priors::{CLASSES, RCS_SPREAD_DB, class_index, class_prior, confusion, is_long};

use super::motion::{Gaussian, Noise};

/// How many real classes there are (all but "unknown").
const KINDS: usize = 7;
/// One detection's weight as evidence of class: a detector repeats its mistakes, so frames are not independent.
const CLASS_WEIGHT: f64 = 0.35;
/// Radar cross-sections say no more than this many independent ones would.
const RCS_WORTH: f64 = 4.0;
/// Evidence fades by this factor a measurement, so that a wrong beginning can be put right.
const FADE: f64 = 0.985;
/// Which part of a body was measured is never quite sure: standard deviation as a share of the length.
const REFLECTION_SHARE: f64 = 0.07;
/// Speed above which the direction of motion is the heading, m/s: for people, and for what has wheels.
const HEADING_SPEED_MPS: [f64; 2] = [0.5, 0.8];

#[derive(Clone, Debug)]
pub(crate) struct Attributes {
    /// Logarithm of each class's evidence, without the common constant.
    log_evidence: [f64; KINDS],
    /// Whether anything but the absence of a name spoke of class.
    named: bool,
    class: Class,
    class_probability: f64,
    /// Mean radar cross-section, dBsm, and of how many returns.
    rcs_dbsm: f64,
    rcs_count: f64,
    /// Measured over typical height, length: mean and how much evidence it has.
    height_factor: Factor,
    length_factor: Factor,
    heading: Option<f64>,
    /// Direction of the lane it is in, where that is certain.
    pub lane_heading: Option<f64>,
    /// Highest speed that was beyond doubt, m/s.
    sure_speed_mps: f64,
}

/// A running mean of a ratio, held at 1 by a prior.
#[derive(Clone, Copy, Debug)]
struct Factor {
    mean: f64,
    weight: f64,
}

impl Factor {
    const START: Self = Self { mean: 1.0, weight: 6.0 };

    fn learn(&mut self, ratio: f64) {
        self.weight = (self.weight + 1.0).min(60.0);
        self.mean += (ratio - self.mean) / self.weight;
    }
}

impl Attributes {
    pub(crate) fn new() -> Self {
        Self {
            // Before anything is known: cars and people are met most.
            log_evidence: [0.3_f64, 0.1, 0.08, 0.4, 0.06, 0.04, 0.02].map(f64::ln),
            named: false,
            class: Class::Unknown,
            class_probability: 0.0,
            rcs_dbsm: 0.0,
            rcs_count: 0.0,
            height_factor: Factor::START,
            length_factor: Factor::START,
            heading: None,
            lane_heading: None,
            sure_speed_mps: 0.0,
        }
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }

    /// Where its front points: as it moved, or else as its lane goes.
    pub(crate) fn heading(&self) -> Option<f64> {
        self.heading.or(self.lane_heading)
    }

    pub(crate) fn class_probability(&self) -> f64 {
        self.class_probability
    }

    /// How improbable it is to be called `said`, as a cost (−2 ln).
    pub(crate) fn class_cost(&self, said: Class) -> f64 {
        if self.class == Class::Unknown {
            return 0.0;
        }
        let probability = self.class_probability * confusion(self.class, said) + (1.0 - self.class_probability) * 0.125;
        -2.0 * (probability / 0.125).ln() * 0.5
    }

    pub(crate) fn hear_camera(&mut self, said: Class, score: f64) {
        if said != Class::Unknown {
            self.named = true;
            let trust = CLASS_WEIGHT * (0.3 + score);
            for (log, is) in self.log_evidence.iter_mut().zip(CLASSES) {
                *log = *log * FADE + trust * confusion(is, said).ln();
            }
        }
        self.conclude();
    }

    pub(crate) fn hear_radar(&mut self, rcs_dbsm: Option<f64>) {
        if let Some(rcs) = rcs_dbsm {
            self.rcs_count = (self.rcs_count + 1.0).min(50.0);
            self.rcs_dbsm += (rcs - self.rcs_dbsm) / self.rcs_count;
        }
        self.conclude();
    }

    /// Learns the heading and what the speed rules out.
    /// `moved`: it has left the place where it was first seen; before that, speed is noise.
    pub(crate) fn hear_motion(&mut self, state: &Gaussian, moved: bool) {
        let velocity = state.velocity();
        let speed = velocity.norm();
        let sigma = (state.velocity_cov().trace() / 2.0).max(0.0).sqrt();
        let threshold = HEADING_SPEED_MPS[usize::from(self.class != Class::Pedestrian)];
        let moving = heading_of([velocity.x, velocity.y]);
        // Slow and across its lane: noise.
        let across = speed < 3.0 && self.lane_heading.is_some_and(|lane| wrap_pi(moving - lane).abs() > 0.8);
        if speed > threshold.max(3.0 * sigma) && moved && !across {
            self.heading = Some(match self.heading {
                // What is slow turns its velocity faster than its body: follow at a pace that grows with speed.
                Some(held) => {
                    let turn = wrap_pi(moving - held);
                    let pace = if turn.abs() > 2.0 { 1.0 } else { (speed / 4.0).clamp(0.1, 1.0) };
                    crate::frames::wrap_tau(held + pace * turn)
                }
                None => moving,
            });
        }
        if speed - 3.0 * sigma > self.sure_speed_mps {
            self.sure_speed_mps = speed - 3.0 * sigma;
            self.conclude();
        }
    }

    pub(crate) fn hear_height(&mut self, ratio: f64) {
        self.height_factor.learn(ratio * self.height_factor.mean);
        self.height_factor.mean = self.height_factor.mean.clamp(0.75, 1.35);
    }

    /// A radar looks along the body and sees a reflection this far behind the near end: the length is what few lie
    /// beyond (a running quantile).
    pub(crate) fn hear_depth(&mut self, depth_m: f64) {
        let prior = class_prior(self.class);
        if !is_long(self.class) {
            return;
        }
        let step = 0.02;
        let beyond = depth_m / prior.length_m > self.length_factor.mean;
        self.length_factor.mean += if beyond { 0.94 * step } else { -0.06 * step };
        self.bound_length();
        self.length_factor.weight = (self.length_factor.weight + 0.05).min(60.0);
    }

    /// What not knowing the shape adds to the covariance of a position, m²: along the body half the doubt about its
    /// length, across it half that about its width.
    pub(crate) fn shape_cov_m2(&self, heading: Option<f64>) -> Matrix2<f64> {
        let prior = class_prior(self.class);
        let learned_m = 0.5
            * prior.length_spread
            * prior.length_m
            * (Factor::START.weight / self.length_factor.weight).sqrt().max(0.5);
        let along_m = learned_m.hypot(REFLECTION_SHARE * prior.length_m);
        let across_m = 0.05 * prior.width_m + 0.03;
        match heading {
            Some(heading) => {
                let ahead = Vector2::from(unit_from_heading(heading));
                let lengthwise = ahead * ahead.transpose();
                lengthwise * (along_m * along_m) + (Matrix2::identity() - lengthwise) * (across_m * across_m)
            }
            None => Matrix2::identity() * (0.5 * along_m * along_m + across_m * across_m),
        }
    }

    fn bound_length(&mut self) {
        let reach = (2.5 * class_prior(self.class).length_spread).min(0.6);
        self.length_factor.mean = self.length_factor.mean.clamp(1.0 - reach, 1.0 + reach);
    }

    pub(crate) fn hear_length(&mut self, ratio: f64) {
        self.length_factor.learn(ratio * self.length_factor.mean);
        self.bound_length();
    }

    fn conclude(&mut self) {
        let top = self.log_evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut weights = [0.0; KINDS];
        for ((weight, log), class) in weights.iter_mut().zip(&mut self.log_evidence).zip(CLASSES) {
            // Bounded, so that no amount of evidence takes for ever to overturn.
            *log = (*log - top).max(-14.0);
            let off = (self.rcs_dbsm - class_prior(class).rcs_dbsm) / RCS_SPREAD_DB;
            let rcs = -0.5 * (off * off).min(9.0) * self.rcs_count.min(RCS_WORTH);
            *weight = (*log + rcs).exp() * Self::speed_allows(self.sure_speed_mps, class);
        }
        let sum: f64 = weights.iter().sum();
        let mut best = 0;
        for index in 1..KINDS {
            if weights[index] > weights[best] {
                best = index;
            }
        }
        let probability = if sum > 0.0 { weights[best] / sum } else { 0.0 };
        let known = self.named || probability > 0.5;
        let class = if known { CLASSES[best] } else { Class::Unknown };
        if class_index(class) != class_index(self.class) {
            self.height_factor = Factor::START;
            self.length_factor = Factor::START;
        }
        self.class = class;
        self.class_probability = probability;
    }

    fn speed_allows(sure_speed_mps: f64, class: Class) -> f64 {
        let limit = match class {
            Class::Pedestrian => 4.0,
            Class::Bicycle => 11.0,
            _ => return 1.0,
        };
        if sure_speed_mps > limit { 1e-3 } else { 1.0 }
    }

    /// Length, width, height, metres.
    pub(crate) fn size_m(&self) -> [f64; 3] {
        let prior = class_prior(self.class);
        [prior.length_m * self.length_factor.mean, prior.width_m, prior.height_m * self.height_factor.mean]
    }

    pub(crate) fn noise(&self) -> Noise {
        let prior = class_prior(self.class);
        Noise { density_m2ps3: [prior.quiet_m2ps3, prior.agile_m2ps3], dwell_s: [4.0, 1.5] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix4, Vector4};

    #[test]
    fn the_majority_of_detections_names_the_class() {
        let mut attributes = Attributes::new();
        for said in [Class::Van, Class::Car, Class::Car, Class::Van, Class::Car, Class::Car, Class::Car] {
            attributes.hear_camera(said, 0.8);
        }
        assert_eq!(attributes.class(), Class::Car);
        assert!(attributes.class_probability() > 0.7);
        for _ in 0..40 {
            attributes.hear_camera(Class::Van, 0.8);
        }
        assert_eq!(attributes.class(), Class::Van, "a wrong beginning is put right");
    }

    #[test]
    fn nothing_that_does_ten_metres_a_second_is_on_foot() {
        let mut attributes = Attributes::new();
        for _ in 0..5 {
            attributes.hear_camera(Class::Pedestrian, 0.5);
        }
        assert_eq!(attributes.class(), Class::Pedestrian);
        attributes
            .hear_motion(&Gaussian { mean: Vector4::new(0.0, 0.0, 0.0, 10.0), cov: Matrix4::identity() * 0.1 }, true);
        assert_ne!(attributes.class(), Class::Pedestrian);
        assert_eq!(attributes.heading(), Some(0.0));
    }

    #[test]
    fn heading_is_held_at_a_stop() {
        let mut attributes = Attributes::new();
        let moving = |v: f64| Gaussian { mean: Vector4::new(0.0, 0.0, v, 0.0), cov: Matrix4::identity() * 0.01 };
        attributes.hear_motion(&moving(5.0), true);
        let before = attributes.heading();
        attributes.hear_motion(&moving(-0.05), true);
        assert_eq!(attributes.heading(), before);
    }
}
