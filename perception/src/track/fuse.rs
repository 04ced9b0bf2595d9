//! What a track is: class, size and heading, made of many measurements.

use std::f64::consts::{FRAC_PI_2, PI};

use crate::detection::Class;
use nalgebra::{Matrix2, Vector2};

use crate::frames::{heading_of, unit_from_heading, wrap_pi, wrap_tau};
use crate::lift::ApparentHeight;
use crate::priors::{
    CLASSES, ClassPrior, RCS_SPREAD_DB, class_prior, confusion, has_legs, is_long, is_motor_vehicle, seen_prior,
};

use super::claim::Claim;
use super::motion::{Gaussian, Noise};

/// How many real classes there are (all but "unknown").
const KINDS: usize = 8;
/// One detection's weight as evidence of class: a detector repeats its mistakes, so frames are not independent.
const CLASS_WEIGHT: f64 = 0.35;
/// Radar cross-sections say no more than this many independent ones would.
const RCS_WORTH: f64 = 4.0;
/// So many of the newest boxes say for which share of them there is a name, and from which share on it is the rule.
const NAMES_OF_LATE: f64 = 20.0;
const MOSTLY: f64 = 0.5;
/// How a body looks in height says no more than this many independent boxes would; and the most that one may be off,
/// squared standard deviations.
const HEIGHT_WORTH: f64 = 2.0;
const HEIGHT_GATE: f64 = 9.0;
/// Evidence fades by this factor a measurement, so that a wrong beginning can be put right.
const FADE: f64 = 0.985;
/// Which part of a body was measured is never quite sure: standard deviation as a share of the length.
const REFLECTION_SHARE: f64 = 0.07;
/// Share of a body's length that few of its reflections lie beyond: they come from along the side, not from the far end.
const DEPTH_OF_FAR_END: f64 = 0.87;
/// How much of what a box says of the size counts: its errors last.
const SIZE_SHARE: f64 = 0.3;
/// Standard deviation of a size that no box takes away, as a share of what it was at first.
const SIZE_DOUBT_LEFT: f64 = 0.25;
/// Score that a road user's own word of its class is worth, and variance of what it says of its size, m².
const REPORT_SCORE: f64 = 0.5;
const REPORTED_SIZE_M2: f64 = 0.01;
/// Speed above which the direction of motion is the heading, m/s: for what has legs, and for what has wheels.
const HEADING_SPEED_MPS: [f64; 2] = [0.5, 0.8];
/// So many directions of motion in a row say no more than one: the velocity's error lasts.
const REPEATED: f64 = 4.0;
/// A body's axis is never known better than this, rad²; and what a road user says of its heading is this good.
const LEAST_HEADING_VAR_RAD2: f64 = 0.0064;
const REPORTED_HEADING_VAR_RAD2: f64 = 0.01;

/// Where a front points.
#[derive(Clone, Copy, Debug)]
struct Heading {
    /// Clockwise from true north.
    rad: f64,
    /// Variance, rad².
    var: f64,
    /// Where it was last learned, site ENU, metres.
    at: Vector2<f64>,
}

impl Heading {
    /// What is known when it is `seen` again; in between it may have turned by so much, rad² a metre.
    fn turned(self, seen: &Self, turns_rad2pm: f64) -> Self {
        let var = self.var + turns_rad2pm * (seen.at - self.at).norm();
        let gain = var / (var + seen.var);
        Self { rad: wrap_tau(self.rad + gain * wrap_pi(seen.rad - self.rad)), var: (1.0 - gain) * var, at: seen.at }
    }
}

/// How much a body of this class may turn, as a variance that grows with the way it goes, rad²/m. Wheels turn no body that
/// stands: at low speed, where the direction of motion is mostly noise, little of it counts.
fn turns_rad2pm(class: Class) -> f64 {
    match class {
        Class::Pedestrian | Class::Animal => 3.0,
        Class::Bicycle => 0.1,
        _ => 0.02,
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Attributes {
    /// Logarithm of each class's evidence, without the common constant.
    log_evidence: [f64; KINDS],
    /// Whether a camera, or itself, called it a road user.
    named: bool,
    /// A camera called it an animal; until one does, it is none, however it looks to a radar.
    maybe_animal: bool,
    /// How many boxes of late are of it, and for which share of them there was no name.
    boxes: f64,
    nameless_share: f64,
    class: Class,
    class_probability: f64,
    /// What it is expected to be like, by its class.
    prior: &'static ClassPrior,
    /// How well the height in pictures suits each class, mean logarithm, and of how many boxes.
    height_evidence: [f64; KINDS],
    heights: f64,
    /// Mean radar cross-section, dBsm, and of how many returns.
    rcs_dbsm: f64,
    rcs_count: f64,
    /// Length, width, height, metres, and their variances, m².
    size_m: [f64; 3],
    size_var_m2: [f64; 3],
    /// What not knowing the class adds to these, m².
    class_var_m2: [f64; 3],
    heading: Option<Heading>,
    /// Direction of the lane or the parking bay it is in, where that is certain.
    pub lane_heading: Option<f64>,
    /// Direction of the long side of the parking bay it is in, if that is in no lane.
    pub bay_heading: Option<f64>,
    /// Highest speed that was beyond doubt, m/s.
    sure_speed_mps: f64,
}

impl Attributes {
    pub(crate) fn new() -> Self {
        let prior = class_prior(Class::Unknown);
        Self {
            // Before anything is known: cars and people are met most. The first camera that names it should prevail.
            log_evidence: [0.3_f64, 0.1, 0.08, 0.4, 0.06, 0.04, 0.02, 0.02].map(f64::ln),
            named: false,
            maybe_animal: false,
            boxes: 0.0,
            nameless_share: 0.0,
            class: Class::Unknown,
            class_probability: 0.0,
            prior,
            height_evidence: [0.0; KINDS],
            heights: 0.0,
            rcs_dbsm: 0.0,
            rcs_count: 0.0,
            size_m: prior.size_m(),
            size_var_m2: prior.size_var_m2(),
            class_var_m2: [0.0; 3],
            heading: None,
            lane_heading: None,
            bay_heading: None,
            sure_speed_mps: 0.0,
        }
    }

    pub(crate) fn class(&self) -> Class {
        self.class
    }

    /// Where its front points: as it moved, or else as its lane goes.
    pub(crate) fn heading(&self) -> Option<f64> {
        self.heading.map(|held| held.rad).or(self.lane_heading)
    }

    /// Variance of that, rad²: of a lane's direction, the least.
    pub(crate) fn heading_var_rad2(&self) -> f64 {
        self.heading.map_or(0.0, |held| held.var).max(LEAST_HEADING_VAR_RAD2)
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
        self.boxes = (self.boxes + 1.0).min(NAMES_OF_LATE);
        self.nameless_share += (f64::from(u8::from(said == Class::Unknown)) - self.nameless_share) / self.boxes;
        if said != Class::Unknown {
            // The first name is no repetition.
            let weight = if self.named || self.maybe_animal { CLASS_WEIGHT } else { 0.85 };
            self.named |= said.is_road_user();
            self.maybe_animal |= said == Class::Animal;
            let trust = weight * (0.3 + score);
            for (log, is) in self.log_evidence.iter_mut().zip(CLASSES) {
                *log = *log * FADE + trust * confusion(is, said).ln();
            }
        }
        self.conclude();
    }

    /// Takes how high it looks in a picture. How a body is built does not change from box to box, so that many say no more
    /// than [`HEIGHT_WORTH`].
    pub(crate) fn hear_height(&mut self, apparent: &ApparentHeight) {
        self.heights = (self.heights + 1.0).min(50.0);
        for (evidence, class) in self.height_evidence.iter_mut().zip(CLASSES) {
            let prior = class_prior(class);
            let spread_m = prior.size_spread[2] * prior.height_m;
            let heights_m = [prior.height_m - 1.5 * spread_m, prior.height_m + 1.5 * spread_m];
            let off = apparent.misfit(heights_m, [0.5 * prior.width_m, prior.length_m]);
            *evidence += (-0.5 * (off * off).min(HEIGHT_GATE) - *evidence) / self.heights;
        }
        self.conclude();
    }

    /// How much more its radar cross-section is than its class usually has, dB. `None`: no radar said.
    pub(crate) fn rcs_off_db(&self) -> Option<f64> {
        (self.rcs_count > 0.0).then_some(self.rcs_dbsm - self.prior.rcs_dbsm)
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
        let threshold = HEADING_SPEED_MPS[usize::from(!has_legs(self.class))];
        let moving = heading_of([velocity.x, velocity.y]);
        // Slow and across its lane: noise.
        let across = speed < 3.0 && self.lane_heading.is_some_and(|lane| wrap_pi(moving - lane).abs() > 0.8);
        if speed > threshold.max(3.0 * sigma) && moved && !across {
            let beside = Vector2::new(-velocity.y, velocity.x) / speed;
            let across_var = beside.dot(&(state.velocity_cov() * beside)) / (speed * speed);
            let seen = Heading { rad: moving, var: REPEATED * across_var + 1e-4, at: state.position() };
            self.heading = Some(match self.heading {
                Some(held) if wrap_pi(moving - held.rad).abs() < 2.0 => held.turned(&seen, turns_rad2pm(self.class)),
                _ => seen,
            });
        }
        if speed - 3.0 * sigma > self.sure_speed_mps {
            self.sure_speed_mps = speed - 3.0 * sigma;
            self.conclude();
        }
    }

    /// What stands in a bay lies along it, one way or the other. Gives by how much it was thought to lie otherwise, radians.
    pub(crate) fn lie_along_bay(&mut self, position: Vector2<f64>) -> Option<f64> {
        let (held, bay) = (self.heading?, self.bay_heading?);
        let off = wrap_pi(bay - held.rad);
        let off = if off.abs() > FRAC_PI_2 { wrap_pi(off + PI) } else { off };
        self.heading = Some(Heading { rad: wrap_tau(held.rad + off), var: LEAST_HEADING_VAR_RAD2, at: position });
        Some(off)
    }

    /// Takes what a box says of the size: for each of length, width, height what to add, and the share of variance gone.
    pub(crate) fn hear_size(&mut self, step: [(f64, f64); 3]) {
        let (typical, spread) = (self.prior.size_m(), self.prior.size_var_m2());
        for (axis, (add_m, gone)) in step.into_iter().enumerate() {
            let add_m = add_m * SIZE_SHARE;
            let reach_m = 2.5 * spread[axis].sqrt();
            self.size_m[axis] = (self.size_m[axis] + add_m).clamp(typical[axis] - reach_m, typical[axis] + reach_m);
            // The position learns from the same box; what both would claim is left in doubt.
            let least = SIZE_DOUBT_LEFT * SIZE_DOUBT_LEFT * spread[axis];
            self.size_var_m2[axis] = (self.size_var_m2[axis] * (1.0 - gone.clamp(0.0, 0.9))).max(least);
        }
    }

    /// Takes what it says of itself: its class as a detector's word, its size as measured, its heading if it has not moved.
    pub(crate) fn hear_report(&mut self, claim: &Claim) {
        self.hear_camera(claim.class, REPORT_SCORE);
        let (typical, spread) = (self.prior.size_m(), self.prior.size_var_m2());
        for (axis, said_m) in claim.size_m.into_iter().enumerate() {
            let reach_m = 2.5 * spread[axis].sqrt();
            let Some(said_m) = said_m.filter(|said_m| (said_m - typical[axis]).abs() <= reach_m) else { continue };
            let gain = self.size_var_m2[axis] / (self.size_var_m2[axis] + REPORTED_SIZE_M2);
            self.size_m[axis] += gain * (said_m - self.size_m[axis]);
            self.size_var_m2[axis] = (self.size_var_m2[axis] * (1.0 - gain)).max(REPORTED_SIZE_M2);
        }
        let said = claim.heading.filter(|_| is_motor_vehicle(self.class));
        self.heading =
            self.heading.or(said.map(|rad| Heading { rad, var: REPORTED_HEADING_VAR_RAD2, at: claim.position }));
    }

    /// A radar looks along the body and sees a reflection this far behind the near end: the length is what few lie
    /// beyond (a running quantile).
    pub(crate) fn hear_depth(&mut self, depth_m: f64) {
        if !is_long(self.class) {
            return;
        }
        let step_m = 0.02 * self.prior.length_m;
        self.size_m[0] += if depth_m > DEPTH_OF_FAR_END * self.size_m[0] { 0.94 * step_m } else { -0.06 * step_m };
        self.hear_size([(0.0, 0.01), (0.0, 0.0), (0.0, 0.0)]);
    }

    /// What not knowing the shape adds to the covariance of a position, m²: along the body half the doubt about its
    /// length, across it half that about its width.
    pub(crate) fn shape_cov_m2(&self, heading: Option<f64>) -> Matrix2<f64> {
        let along_m = (0.5 * self.size_var_m2[0].sqrt()).hypot(REFLECTION_SHARE * self.prior.length_m);
        let across_m = 0.05 * self.prior.width_m + 0.03;
        match heading {
            Some(heading) => {
                let ahead = Vector2::from(unit_from_heading(heading));
                let lengthwise = ahead * ahead.transpose();
                lengthwise * (along_m * along_m) + (Matrix2::identity() - lengthwise) * (across_m * across_m)
            }
            None => Matrix2::identity() * (0.5 * along_m * along_m + across_m * across_m),
        }
    }

    fn conclude(&mut self) {
        let top = self.log_evidence.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut weights: [f64; KINDS] = std::array::from_fn(|index| self.allows(CLASSES[index]));
        let evidence = self.log_evidence.iter_mut().zip(self.height_evidence);
        for ((weight, (log, height)), class) in weights.iter_mut().zip(evidence).zip(CLASSES) {
            // Bounded, so that no amount of evidence takes for ever to overturn.
            *log = (*log - top).max(-14.0);
            let off = (self.rcs_dbsm - class_prior(class).rcs_dbsm) / RCS_SPREAD_DB;
            let rcs = -0.5 * (off * off).min(9.0) * self.rcs_count.min(RCS_WORTH);
            *weight *= (*log + rcs + HEIGHT_WORTH * height).exp();
        }
        let sum: f64 = weights.iter().sum();
        let mut best = 0;
        for index in 1..KINDS {
            if weights[index] > weights[best] {
                best = index;
            }
        }
        let probability = if sum > 0.0 { weights[best] / sum } else { 0.0 };
        let nameless = self.nameless_share > 0.0;
        let known = match CLASSES[best] {
            // What mostly has no name is a thing that was taken for an animal.
            Class::Animal => self.nameless_share < MOSTLY,
            // How strongly a radar sees it names it only as long as no camera that looks at it has no name for it.
            _ => self.named || (probability > 0.5 && !nameless),
        };
        let class = if known { CLASSES[best] } else { Class::Unknown };
        let prior = if nameless { seen_prior(class) } else { class_prior(class) };
        if self.prior != prior {
            self.prior = prior;
            self.size_m = prior.size_m();
            self.size_var_m2 = prior.size_var_m2();
        }
        self.class = class;
        self.class_probability = probability;
        self.class_var_m2 = [0.0; 3];
        if known {
            for (weight, other) in weights.iter().zip(CLASSES).filter(|(_, other)| *other != class) {
                for (var, (of_other, size)) in
                    self.class_var_m2.iter_mut().zip(class_prior(other).size_m().iter().zip(self.size_m))
                {
                    *var += weight / sum * (of_other - size).powi(2);
                }
            }
        }
    }

    /// A factor by which what it did, and was never called, makes a class improbable.
    fn allows(&self, class: Class) -> f64 {
        let limit_mps = match class {
            Class::Animal if !self.maybe_animal => return 0.0,
            Class::Pedestrian => 4.0,
            Class::Bicycle | Class::Animal => 11.0,
            _ => return 1.0,
        };
        if self.sure_speed_mps > limit_mps { 1e-3 } else { 1.0 }
    }

    /// Length, width, height, metres.
    pub(crate) fn size_m(&self) -> [f64; 3] {
        self.size_m
    }

    /// Variances of length, width, height, m².
    pub(crate) fn size_var_m2(&self) -> [f64; 3] {
        [0, 1, 2].map(|axis: usize| self.size_var_m2[axis] + self.class_var_m2[axis])
    }

    pub(crate) fn noise(&self) -> Noise {
        Noise {
            density_m2ps3: [self.prior.quiet_m2ps3, self.prior.agile_m2ps3],
            rate_hz: [[0.0, 0.25, 0.02], [0.6, 0.0, 0.1], [0.0, 0.03, 0.0]],
        }
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
    fn an_animal_is_what_a_camera_calls_one_and_neither_a_slip_nor_a_radar() {
        let named = |said: &[(Class, u32)]| {
            let mut attributes = Attributes::new();
            for (class, times) in said {
                (0..*times).for_each(|_| attributes.hear_camera(*class, 0.6));
            }
            attributes
        };
        assert_eq!(
            named(&[(Class::Animal, 1)]).class(),
            Class::Animal,
            "from the first box on, so that it is followed as one"
        );
        let mostly = named(&[(Class::Animal, 8), (Class::Pedestrian, 2), (Class::Animal, 5)]);
        assert!(mostly.class() == Class::Animal && mostly.class_probability() > 0.9, "{}", mostly.class_probability());
        assert_eq!(named(&[(Class::Pedestrian, 8), (Class::Animal, 2)]).class(), Class::Pedestrian);
        let thing = named(&[(Class::Unknown, 3), (Class::Animal, 2), (Class::Unknown, 3)]);
        assert_eq!(thing.class(), Class::Unknown, "taken for an animal, which names it nothing else either");
        let mut fast = named(&[(Class::Animal, 3)]);
        fast.hear_motion(&Gaussian { mean: Vector4::new(0.0, 0.0, 0.0, 14.0), cov: Matrix4::identity() * 0.1 }, true);
        assert_ne!(fast.class(), Class::Animal, "a motorcycle");
        let mut echo = Attributes::new();
        (0..50).for_each(|_| echo.hear_radar(Some(class_prior(Class::Animal).rcs_dbsm)));
        assert_ne!(echo.class(), Class::Animal);
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

    #[test]
    fn what_stands_in_a_bay_lies_along_it_the_way_round_it_came() {
        let mut attributes = Attributes::new();
        attributes.bay_heading = Some(0.0);
        assert_eq!(attributes.lie_along_bay(Vector2::zeros()), None, "its lane's direction stands for the bay's");
        attributes.hear_camera(Class::Car, 0.8);
        for (came, lies) in [(0.7, 0.0), (2.6, PI), (PI + 0.9, PI), (5.9, 0.0)] {
            attributes.heading = Some(Heading { rad: came, var: 0.3, at: Vector2::zeros() });
            let off = attributes.lie_along_bay(Vector2::zeros()).expect("it came from somewhere");
            assert!((wrap_pi(came + off - lies)).abs() < 1e-12 && off.abs() < FRAC_PI_2, "{came}: {off}");
            assert!(attributes.heading().is_some_and(|heading| wrap_pi(heading - lies).abs() < 1e-12));
            assert_eq!(attributes.heading_var_rad2(), LEAST_HEADING_VAR_RAD2);
        }
    }

    #[test]
    fn a_car_turns_where_it_goes_and_not_by_the_noise_of_a_slow_one() {
        let mut attributes = Attributes::new();
        attributes.hear_camera(Class::Car, 0.8);
        let at = |east_m: f64, velocity: [f64; 2]| Gaussian {
            mean: Vector4::new(east_m, 0.0, velocity[0], velocity[1]),
            cov: Matrix4::identity() * 0.04,
        };
        // Half a second at 10 m/s to the east, then 0.3 m at 1 m/s that seem to lead south-east.
        for step in 0..10 {
            attributes.hear_motion(&at(0.5 * f64::from(step), [10.0, 0.0]), true);
        }
        for step in 0..6 {
            attributes.hear_motion(&at(4.5 + 0.05 * f64::from(step), [0.7, -0.7]), true);
        }
        let east = std::f64::consts::FRAC_PI_2;
        let turned = |attributes: &Attributes| attributes.heading().map(|heading| heading - east);
        assert!(turned(&attributes).is_some_and(|turned| (0.0..0.15).contains(&turned)), "{:?}", turned(&attributes));
        // At speed the same direction is true within a few metres.
        for step in 0..6 {
            attributes.hear_motion(&at(4.8 + 0.5 * f64::from(step), [7.0, -7.0]), true);
        }
        assert!(turned(&attributes).is_some_and(|turned| (turned - 0.785).abs() < 0.05), "{:?}", turned(&attributes));
    }
}
