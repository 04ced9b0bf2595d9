//! A self-report as the tracker takes it: checked, with covariances that do not trust what the sender says of itself.
//!
//! The error of satellite positioning is mostly one that lasts: satellite orbits, ionosphere and reflections change over a
//! minute, not from one report to the next. So a report's place has two errors: a bias, as large as the sender states, and
//! a small new one. What a report says of its velocity comes from Doppler shifts and does not share the bias.

use nalgebra::{Matrix2, Vector2};

use super::motion::Radial;
use crate::detection::{Class, SelfReport};
use crate::frames::unit_from_heading;
use crate::time::UtcMicros;

/// What a place is worth whose sender does not say: SAE J2945/1 asks its senders for 1.5 m at one standard deviation.
const UNSTATED_SIGMA_M: f64 = 1.5;
/// Better than this no sender is believed (where its antenna is, when its receiver measured), and worse is of no use, metres.
const LEAST_SIGMA_M: f64 = 0.5;
const MOST_SIGMA_M: f64 = 8.0;
/// The part of the error that is new in each report, standard deviation, metres.
const FRESH_SIGMA_M: f64 = 0.3;
/// How well the time in a message is that of the measurement, standard deviation, seconds.
const TIME_SIGMA_S: f64 = 0.02;
/// Standard deviations of speed and heading when they are not stated, and the least that is believed: SAE J2945/1 asks for
/// 0.28 m/s and for 2° when driving.
const SPEED_SIGMA_MPS: [f64; 2] = [0.28, 0.15];
const HEADING_SIGMA_RAD: [f64; 2] = [0.05, 0.035];
/// By how much a body moves otherwise than its front points: in a curve, or a person's.
const DRIFT_RAD: [f64; 2] = [0.07, 0.35];
const DRIFT_MPS: [f64; 2] = [0.1, 0.3];
/// Nobody is faster: as the gate of the messages has it.
const FASTEST_MPS: f64 = 70.0;
/// Sizes that road users can have, metres.
const SIZES_M: std::ops::RangeInclusive<f64> = 0.2..=30.0;

/// Why a self-report was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disbelief {
    /// A number in it is not finite or cannot be.
    Absurd,
    /// Its place is too vague to be of use.
    Vague,
    /// From longer ago than the tracker can go back.
    Late,
    /// Not newer than the sender's last one.
    Repeated,
    /// Its sender cannot have got there from where it said it was.
    Teleport,
    /// More senders than are remembered.
    TooManySenders,
    /// Which track it is of is not clear yet.
    NotPlaced,
    /// Its track is another sender's.
    Taken,
    /// It does not fit the track that its sender is.
    Misfit,
    /// Sensors see the place and find nobody.
    Contradicted,
    /// More road users that only tell of themselves than are taken.
    TooManyUnseen,
}

impl Disbelief {
    /// All reasons, for counters that start at 0.
    pub const ALL: [Self; 11] = [
        Self::Absurd,
        Self::Vague,
        Self::Late,
        Self::Repeated,
        Self::Teleport,
        Self::TooManySenders,
        Self::NotPlaced,
        Self::Taken,
        Self::Misfit,
        Self::Contradicted,
        Self::TooManyUnseen,
    ];

    /// The reason as a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absurd => "absurd",
            Self::Vague => "vague",
            Self::Late => "late",
            Self::Repeated => "repeated",
            Self::Teleport => "teleport",
            Self::TooManySenders => "too_many_senders",
            Self::NotPlaced => "not_placed",
            Self::Taken => "taken",
            Self::Misfit => "misfit",
            Self::Contradicted => "contradicted",
            Self::TooManyUnseen => "too_many_unseen",
        }
    }
}

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Claim {
    pub at: UtcMicros,
    pub position: Vector2<f64>,
    /// Of the bias, m².
    pub bias_m2: Matrix2<f64>,
    /// Of what is new in this report, m².
    pub fresh_m2: Matrix2<f64>,
    /// Velocity along two directions at right angles. `None`: not said.
    pub velocity: Option<[Radial; 2]>,
    pub heading: Option<f64>,
    pub size_m: [Option<f64>; 3],
    pub class: Class,
}

impl Claim {
    pub(crate) fn of(report: &SelfReport) -> Result<Self, Disbelief> {
        let stated =
            report.cov_position_m2.map_or(Matrix2::identity() * UNSTATED_SIGMA_M.powi(2), |[[ee, en], [ne, nn]]| {
                Matrix2::new(ee, en, ne, nn)
            });
        let optional =
            [report.speed_mps, report.speed_sigma_mps, report.heading_cw_north_rad, report.heading_sigma_rad];
        let said = optional.into_iter().chain(report.size_m).flatten();
        let numbers = report.position_enu_m.into_iter().chain(stated.iter().copied()).chain(said);
        if !numbers.clone().all(f64::is_finite)
            || report.position_enu_m.iter().any(|metres| metres.abs() > 1e5)
            || !report.speed_mps.is_none_or(|speed| (0.0..=FASTEST_MPS).contains(&speed))
            || report.speed_sigma_mps.into_iter().chain(report.heading_sigma_rad).any(|sigma| sigma < 0.0)
            || !report.size_m.into_iter().flatten().all(|metres| SIZES_M.contains(&metres))
            || stated.m12 != stated.m21
            || stated.determinant() < 0.0
            || stated.m11.min(stated.m22) < 0.0
        {
            return Err(Disbelief::Absurd);
        }
        if stated.m11.max(stated.m22) > MOST_SIGMA_M.powi(2) {
            return Err(Disbelief::Vague);
        }
        let velocity = velocity(report);
        let blurred = velocity.map_or(Matrix2::zeros(), |[ahead, _]| {
            ahead.direction * ahead.direction.transpose() * (ahead.speed_mps * TIME_SIGMA_S).powi(2)
        });
        let floor = Matrix2::identity() * LEAST_SIGMA_M.powi(2);
        // As large as stated and not less than the floor along any axis, near enough.
        let bias_m2 = if stated.m11.min(stated.m22) < LEAST_SIGMA_M.powi(2) { stated + floor } else { stated };
        Ok(Self {
            at: report.captured_at,
            position: report.position_enu_m.into(),
            bias_m2: bias_m2 + blurred,
            fresh_m2: Matrix2::identity() * FRESH_SIGMA_M.powi(2),
            velocity,
            heading: report.heading_cw_north_rad.map(crate::frames::wrap_tau),
            size_m: report.size_m,
            class: report.class,
        })
    }

    /// The error of its place in all, m².
    pub(crate) fn position_cov_m2(&self) -> Matrix2<f64> {
        self.bias_m2 + self.fresh_m2
    }

    /// East and north, m/s.
    pub(crate) fn velocity_mps(&self) -> Option<Vector2<f64>> {
        self.velocity.map(|[ahead, beside]| ahead.direction * ahead.speed_mps + beside.direction * beside.speed_mps)
    }

    /// Covariance of that, (m/s)².
    pub(crate) fn velocity_cov_m2ps2(&self) -> Option<Matrix2<f64>> {
        let part = |radial: Radial| radial.direction * radial.direction.transpose() * radial.variance;
        self.velocity.map(|[ahead, beside]| part(ahead) + part(beside))
    }

    /// Its place as the filter takes it, so long after the sender's last report that it took: how much of the bias is new
    /// is how much counts.
    pub(crate) fn place_cov_m2(&self, since_last_s: Option<f64>, memory_s: f64) -> Matrix2<f64> {
        let repeated = since_last_s.map_or(1.0, |since_s| {
            let kept = (-since_s.clamp(0.02, 1e3) / memory_s).exp();
            (1.0 + kept) / (1.0 - kept)
        });
        self.bias_m2 * repeated + self.fresh_m2
    }
}

fn velocity(report: &SelfReport) -> Option<[Radial; 2]> {
    let speed_mps = report.speed_mps?;
    let on_foot = usize::from(report.class == Class::Pedestrian);
    // Who stands may say no heading, and goes no way.
    let heading = match report.heading_cw_north_rad {
        Some(heading) => heading,
        None if speed_mps < 0.3 => 0.0,
        None => return None,
    };
    let of = |stated: Option<f64>, [usual, least]: [f64; 2]| stated.unwrap_or(usual).max(least);
    let along = of(report.speed_sigma_mps, SPEED_SIGMA_MPS);
    let turned = of(report.heading_sigma_rad, HEADING_SIGMA_RAD).hypot(DRIFT_RAD[on_foot]);
    let across = (speed_mps * turned).hypot(DRIFT_MPS[on_foot]);
    let ahead = Vector2::from(unit_from_heading(heading));
    let radial = |direction, speed_mps, sigma: f64| Radial { direction, speed_mps, variance: sigma * sigma };
    Some([radial(ahead, speed_mps, along), radial(Vector2::new(ahead.y, -ahead.x), 0.0, across)])
}
