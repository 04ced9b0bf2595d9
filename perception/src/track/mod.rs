//! One picture of all road users, from measurements that arrive one sensor frame at a time.
//!
//! Scans may come out of order by up to [`TrackerSettings::max_late_s`]: each is compared with where the tracks were
//! when it was captured, and each track takes it at that time.

mod assign;
mod camera;
mod claim;
mod doubt;
mod evidence;
mod expected;
mod fuse;
mod health;
mod history;
mod lifecycle;
mod merge;
mod motion;
mod radar;
mod recall;
mod report;
mod senders;
mod sight;
mod step;
mod sweep;

pub use claim::Disbelief;
pub use evidence::Evidence;
pub use health::SensorHealth;
pub use report::{Heard, V2X};
pub use step::{Refusal, StepReport, Tracker, TrackerSettings};

use crate::detection::{Class, SensorId};
use crate::frames::heading_of;
use crate::time::UtcMicros;

/// One road user, as the fused picture has it at a stated time.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Never reused while the service runs; 1 and up.
    pub id: u64,
    /// What it most probably is.
    pub class: Class,
    /// How probable that class is, 0 to 1.
    pub class_probability: f64,
    /// Centre of the footprint, site ENU east and north, metres.
    pub position_enu_m: [f64; 2],
    /// Covariance of the position, m², symmetric.
    pub cov_position_m2: [[f64; 2]; 2],
    /// Velocity east and north, m/s.
    pub velocity_enu_mps: [f64; 2],
    /// Covariance of the velocity, (m/s)², symmetric.
    pub cov_velocity_m2ps2: [[f64; 2]; 2],
    /// Where its front points, radians clockwise from true north, 0 to 2π. `None`: it never moved fast enough to tell.
    pub heading_cw_north_rad: Option<f64>,
    /// Length, metres. `None`: not measured nor implied by the class.
    pub length_m: Option<f64>,
    /// Width, metres.
    pub width_m: Option<f64>,
    /// Height, metres.
    pub height_m: Option<f64>,
    /// Probability that it exists, 0 to 1.
    pub existence: f64,
    /// Sensors that measured it in the last second, by name, in alphabetical order; [`V2X`] among them when it has told of
    /// itself.
    pub sources: Vec<SensorId>,
    /// Capture time of the newest measurement in it.
    pub measured_at: UtcMicros,
    /// When it was born.
    pub born_at: UtcMicros,
}

impl Track {
    /// Ground speed, m/s.
    pub fn speed_mps(&self) -> f64 {
        self.velocity_enu_mps[0].hypot(self.velocity_enu_mps[1])
    }

    /// Where it goes, radians clockwise from north. `None`: slower than `least_mps`.
    pub fn course_rad(&self, least_mps: f64) -> Option<f64> {
        (self.speed_mps() >= least_mps).then(|| heading_of(self.velocity_enu_mps))
    }
}
