//! Small things that several modules' tests share.

use crate::calibration::Lane;
use crate::detection::Class;
use crate::frames::heading_of;
use crate::time::UtcMicros;
use crate::track::Track;

/// A northbound lane that begins at the origin.
pub(crate) fn straight_lane(id: &str, length_m: f64) -> Lane {
    Lane {
        id: id.into(),
        width_m: 3.5,
        centerline_enu_m: vec![[0.0, 0.0], [0.0, length_m]],
        maneuvers: vec![],
        signal_group: None,
        allowed: vec![],
        speed_limit_mps: None,
    }
}

/// A well-known car.
pub(crate) fn track_at(id: u64, position_enu_m: [f64; 2], velocity_enu_mps: [f64; 2]) -> Track {
    Track {
        id,
        class: Class::Car,
        class_probability: 0.9,
        position_enu_m,
        cov_position_m2: [[0.1, 0.0], [0.0, 0.1]],
        velocity_enu_mps,
        cov_velocity_m2ps2: [[0.1, 0.0], [0.0, 0.1]],
        heading_cw_north_rad: Some(heading_of(velocity_enu_mps)),
        length_m: Some(4.5),
        width_m: Some(1.8),
        height_m: Some(1.5),
        existence: 0.99,
        sources: vec![],
        measured_at: UtcMicros(0),
        born_at: UtcMicros(0),
    }
}
