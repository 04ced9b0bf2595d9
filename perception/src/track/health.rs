//! How far a sensor is off: a camera's turn away from how it was installed, and how late or early a clock is.
//!
//! Each measurement of a track that other sensors measure as well tells a little of both: what does not fit is shared
//! out between the track, the box's noise, the track's shape and these, each by how doubtful it is. The estimates are a
//! Kalman filter of unconnected scalars; as the errors of one track last, a measurement counts only as a share of one,
//! and the less the more its track has told already from where it is. Hundreds of tracks that tell at once are not hundreds
//! of witnesses, and what may be of several tracks tells nothing: else a crowd of false matches turns a camera to where
//! they seem true, and they stay.

use super::camera::{Nuisance, TURN};
use crate::detection::SensorId;

/// What is not known of a sensor before it has measured anything, standard deviations. Pitch is what installers know best:
/// the horizon and the road's far end show it.
const TURN_SIGMA_RAD: [f64; 3] = [0.0025, 0.004, 0.002];
const RADAR_TURN_SIGMA_RAD: f64 = 0.0015;
const CLOCK_SIGMA_S: f64 = 0.045;
/// How far a camera may be put right, radians, and a clock, seconds.
const MOST_TURN_RAD: f64 = 0.035;
const MOST_CLOCK_S: f64 = 0.5;
/// A clock found to be off by more is not believed at all.
const REFUSED_CLOCK_S: f64 = 0.3;
/// Over how many boxes the residual is averaged.
const RESIDUAL_MEMORY: f64 = 500.0;
/// Growth of doubt, a second: masts bend in the sun, clocks drift.
const TURN_WALK_RAD2PS: f64 = 1e-9;
/// So many shares a second tell half of what they would alone.
const TOLD_ENOUGH: f64 = 10.0;
const CLOCK_WALK_S2PS: f64 = 1e-8;

/// How far a sensor is found to be off.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorHealth {
    /// Which sensor.
    pub sensor: SensorId,
    /// Turn from how it was installed, radians about a camera's own axes: right (pitch), down (yaw), forward (roll). A
    /// radar turns about the axis that points down only.
    pub turn_rad: [f64; 3],
    /// Standard deviations of that, radians.
    pub turn_sigma_rad: [f64; 3],
    /// How much its clock is ahead of most of the others', seconds.
    pub clock_ahead_s: f64,
    /// Standard deviation of that, seconds.
    pub clock_sigma_s: f64,
    /// Root of the mean squared distance of a camera's box edges from where the fused picture has them, pixels, over the
    /// last few hundred boxes. `None`: no camera, or none compared yet.
    pub residual_px: Option<f64>,
}

/// Estimated errors of one sensor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Health {
    /// Turn about the camera's own axes, radians: what must be added to its orientation.
    pub turn_rad: [f64; 3],
    pub turn_var: [f64; 3],
    first_turn_var: [f64; 3],
    /// How much the sensor's clock is ahead of the others', seconds.
    pub clock_s: f64,
    pub clock_var: f64,
    first_clock_var: f64,
    /// Mean squared residual of box edges, px², and of how many boxes.
    residual_px2: f64,
    compared: f64,
    /// How much has been told of it in about the last second.
    told: f64,
}

impl Health {
    pub(crate) fn camera() -> Self {
        Self::new(TURN_SIGMA_RAD, CLOCK_SIGMA_S)
    }

    /// A radar turns in the plane only: about the axis that points down.
    pub(crate) fn radar() -> Self {
        Self::new([0.0, RADAR_TURN_SIGMA_RAD, 0.0], CLOCK_SIGMA_S)
    }

    fn new(turn_sigma_rad: [f64; 3], clock_sigma_s: f64) -> Self {
        Self {
            turn_rad: [0.0; 3],
            turn_var: turn_sigma_rad.map(|sigma| sigma * sigma),
            first_turn_var: turn_sigma_rad.map(|sigma| sigma * sigma),
            clock_s: 0.0,
            clock_var: clock_sigma_s * clock_sigma_s,
            first_clock_var: clock_sigma_s * clock_sigma_s,
            residual_px2: 0.0,
            compared: 0.0,
            told: 0.0,
        }
    }

    /// What is left of a share when many tell at once: they are wrong together as often as not, as all follow one picture.
    pub(crate) fn among_many(&mut self, share: f64) -> f64 {
        self.told += share;
        share / (1.0 + self.told / TOLD_ENOUGH)
    }

    /// The same, as if it were known exactly.
    pub(crate) fn beyond_doubt(self) -> Self {
        Self { turn_var: [0.0; 3], clock_var: 0.0, ..self }
    }

    /// Takes what a camera's box says.
    pub(crate) fn hear_box(&mut self, step: &Nuisance, share: f64) {
        for axis in 0..3 {
            let (add, gone) = step[TURN + axis];
            learn(&mut self.turn_rad[axis], &mut self.turn_var[axis], (add, gone), share, MOST_TURN_RAD);
        }
        self.hear_clock(step[TURN + 3], share);
    }

    /// Takes how far a box's edges were from where they should be, px² each.
    pub(crate) fn hear_residual(&mut self, residual_px2: f64) {
        self.compared = (self.compared + 1.0).min(RESIDUAL_MEMORY);
        self.residual_px2 += (residual_px2 - self.residual_px2) / self.compared;
    }

    /// Whether the clock may still be put right.
    pub(crate) fn clock_can_be_trusted(&self) -> bool {
        self.clock_s.abs() < REFUSED_CLOCK_S
    }

    pub(crate) fn describe(&self, sensor: &SensorId) -> SensorHealth {
        SensorHealth {
            sensor: sensor.clone(),
            turn_rad: self.turn_rad,
            turn_sigma_rad: self.turn_var.map(f64::sqrt),
            clock_ahead_s: self.clock_s,
            clock_sigma_s: self.clock_var.sqrt(),
            residual_px: (self.compared > 0.0).then(|| self.residual_px2.sqrt()),
        }
    }

    /// Takes what a radar's return says of its turn.
    pub(crate) fn hear_turn(&mut self, step: (f64, f64), share: f64) {
        learn(&mut self.turn_rad[1], &mut self.turn_var[1], step, share, MOST_TURN_RAD);
    }

    /// Takes what a measurement says of the clock: what to add, and the share of the variance that goes.
    pub(crate) fn hear_clock(&mut self, step: (f64, f64), share: f64) {
        learn(&mut self.clock_s, &mut self.clock_var, step, share, MOST_CLOCK_S);
    }

    /// Lets time pass.
    pub(crate) fn grow(&mut self, passed_s: f64) {
        for (var, first) in self.turn_var.iter_mut().zip(self.first_turn_var) {
            *var = (*var + TURN_WALK_RAD2PS * passed_s).min(first);
        }
        self.clock_var = (self.clock_var + CLOCK_WALK_S2PS * passed_s).min(self.first_clock_var);
        self.told *= (-passed_s).exp();
    }
}

fn learn(value: &mut f64, var: &mut f64, (add, gone): (f64, f64), share: f64, most: f64) {
    // A filter whose measurement noise is 1 / share times as large.
    let gone = gone.clamp(0.0, 0.99);
    let scaled = share / (1.0 - gone * (1.0 - share));
    *value = (*value + add * scaled).clamp(-most, most);
    *var *= 1.0 - gone * scaled;
}

/// Takes out what all clocks share: nothing here can tell it from the truth.
pub(crate) fn settle_clocks(sensors: &mut [Health], order: &mut Vec<f64>) {
    order.clear();
    order.extend(sensors.iter().map(|sensor| sensor.clock_s));
    order.sort_unstable_by(f64::total_cmp);
    let Some(last) = order.len().checked_sub(1) else { return };
    let median = 0.5 * (order[last / 2] + order[last.div_ceil(2)]);
    for sensor in sensors {
        sensor.clock_s -= median;
    }
}
