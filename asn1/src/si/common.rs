//! Groups that both message sets have with the same members.

use super::{At, ConfidenceClass, Si, bound_of};
use crate::units::{
    ACCELERATION_MPS2, SECOND_OF_MINUTE_S, SEMI_AXIS_ACCURACY_M, SEMI_MAJOR_ORIENTATION_RAD, UTC_OFFSET_S,
    VERTICAL_ACCELERATION_MPS2, YAW_RATE_RADPS, second_to_wire,
};
use crate::{CodecError, cn, time, us, vehicle_state};

/// Acceleration along three axes, and yaw rate. ASN.1 `AccelerationSet4Way`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Acceleration4Way {
    /// Along the vehicle, m/s², forwards positive; ±20 and beyond is ±20.
    pub long_mps2: Option<f64>,
    /// Across it, m/s², to the right positive; ±20 and beyond is ±20.
    pub lat_mps2: Option<f64>,
    /// Upwards, m/s²; -24.7 and 24.9 stand for what is beyond.
    pub vert_mps2: Option<f64>,
    /// Yaw rate, rad/s, ±5.7, clockwise seen from above positive; the wire has no word for unknown.
    pub yaw_radps: f64,
}

/// How good a position is in 95 % of cases. ASN.1 `PositionConfidenceSet`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PositionConfidenceSet {
    /// Horizontal error, metres; classes from 0.01 to 500.
    pub pos_m: Option<f64>,
    /// Error of the height, metres; classes from 0.01 to 500.
    pub elevation_m: Option<f64>,
}

/// The error ellipse of a position, at one standard deviation. ASN.1 `PositionalAccuracy`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PositionalAccuracy {
    /// Longer half axis, metres; 12.7 stands for that and more.
    pub semi_major_m: Option<f64>,
    /// Shorter half axis, metres; 12.7 stands for that and more.
    pub semi_minor_m: Option<f64>,
    /// Direction of the longer axis, radians clockwise from true north, 0 to a full turn.
    pub orientation_cw_north_rad: Option<f64>,
}

/// A date and time in UTC; every part may be unknown. ASN.1 `DDateTime`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DateTime {
    /// Year of our era, 1 to 4095.
    pub year: Option<u16>,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
    /// 0 to 23; SAE J2735 allows 24 to 30 for hours after midnight of the day before.
    pub hour: Option<u8>,
    /// 0 to 59.
    pub minute: Option<u8>,
    /// Seconds within the minute, 0 to below 61.
    pub second_s: Option<f64>,
    /// Local time less UTC, seconds, ±50400 in whole minutes.
    pub offset_s: Option<f64>,
}

impl DateTime {
    /// The moment that is `utc_us` microseconds after 1970 as POSIX counts them, to the millisecond below.
    pub fn from_utc_us(utc_us: i64) -> Self {
        let civil = time::civil(utc_us);
        Self {
            year: u16::try_from(civil.year).ok(),
            month: Some(civil.month),
            day: Some(civil.day),
            hour: Some(civil.hour),
            minute: Some(civil.minute),
            second_s: SECOND_OF_MINUTE_S.from_wire(civil.millisecond),
            offset_s: None,
        }
    }
}

/// `DHour` that says "unknown" in SAE J2735 2024-09.
pub(crate) const HOUR_UNKNOWN_US: u8 = 31;
/// `DMinute` that says "unknown". Source: SAE J2735 2024-09.
pub(crate) const MINUTE_UNKNOWN: u8 = 60;

impl Si<us::common::DDateTime> for DateTime {
    fn to_wire(&self) -> Result<us::common::DDateTime, CodecError> {
        Ok(us::common::DDateTime {
            year: self.year,
            month: self.month,
            day: self.day,
            hour: self.hour,
            minute: self.minute,
            second: self.second_s.map(|second| second_to_wire(Some(second))).transpose().at("second")?,
            offset: UTC_OFFSET_S.to_wire_optional(self.offset_s).at("offset")?,
        })
    }

    fn from_wire(wire: &us::common::DDateTime) -> Self {
        Self {
            year: wire.year.filter(|year| *year != 0),
            month: wire.month.filter(|month| *month != 0),
            day: wire.day.filter(|day| *day != 0),
            hour: wire.hour.filter(|hour| *hour != HOUR_UNKNOWN_US),
            minute: wire.minute.filter(|minute| *minute != MINUTE_UNKNOWN),
            second_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.second),
            offset_s: UTC_OFFSET_S.from_wire_optional(wire.offset),
        }
    }
}

impl Si<vehicle_state::AccelerationSet4Way> for Acceleration4Way {
    fn to_wire(&self) -> Result<vehicle_state::AccelerationSet4Way, CodecError> {
        Ok(vehicle_state::AccelerationSet4Way {
            long: ACCELERATION_MPS2.to_wire_or_unknown(self.long_mps2).at("long")?,
            lat: ACCELERATION_MPS2.to_wire_or_unknown(self.lat_mps2).at("lat")?,
            vert: VERTICAL_ACCELERATION_MPS2.to_wire_or_unknown(self.vert_mps2).at("vert")?,
            yaw: YAW_RATE_RADPS.to_wire(self.yaw_radps).at("yaw")?,
        })
    }

    fn from_wire(wire: &vehicle_state::AccelerationSet4Way) -> Self {
        Self {
            long_mps2: ACCELERATION_MPS2.from_wire(wire.long),
            lat_mps2: ACCELERATION_MPS2.from_wire(wire.lat),
            vert_mps2: VERTICAL_ACCELERATION_MPS2.from_wire(wire.vert),
            yaw_radps: YAW_RATE_RADPS.value(wire.yaw),
        }
    }
}

impl Si<vehicle_state::PositionalAccuracy> for PositionalAccuracy {
    fn to_wire(&self) -> Result<vehicle_state::PositionalAccuracy, CodecError> {
        let orientation = SEMI_MAJOR_ORIENTATION_RAD.to_wire_or_unknown(self.orientation_cw_north_rad);
        Ok(vehicle_state::PositionalAccuracy {
            semi_major: SEMI_AXIS_ACCURACY_M.to_wire_or_unknown(self.semi_major_m).at("semiMajor")?,
            semi_minor: SEMI_AXIS_ACCURACY_M.to_wire_or_unknown(self.semi_minor_m).at("semiMinor")?,
            orientation: orientation.at("orientation")?,
        })
    }

    fn from_wire(wire: &vehicle_state::PositionalAccuracy) -> Self {
        Self {
            semi_major_m: SEMI_AXIS_ACCURACY_M.from_wire(wire.semi_major),
            semi_minor_m: SEMI_AXIS_ACCURACY_M.from_wire(wire.semi_minor),
            orientation_cw_north_rad: SEMI_MAJOR_ORIENTATION_RAD.from_wire(wire.orientation),
        }
    }
}

impl Si<cn::common::PositionConfidenceSet> for PositionConfidenceSet {
    fn to_wire(&self) -> Result<cn::common::PositionConfidenceSet, CodecError> {
        Ok(cn::common::PositionConfidenceSet {
            pos: ConfidenceClass::of(self.pos_m),
            elevation: ConfidenceClass::of_optional(self.elevation_m),
        })
    }

    fn from_wire(wire: &cn::common::PositionConfidenceSet) -> Self {
        Self { pos_m: wire.pos.bound(), elevation_m: bound_of(wire.elevation) }
    }
}

impl Si<us::common::PositionConfidenceSet> for PositionConfidenceSet {
    fn to_wire(&self) -> Result<us::common::PositionConfidenceSet, CodecError> {
        Ok(us::common::PositionConfidenceSet {
            pos: ConfidenceClass::of(self.pos_m),
            elevation: ConfidenceClass::of(self.elevation_m),
        })
    }

    fn from_wire(wire: &us::common::PositionConfidenceSet) -> Self {
        Self { pos_m: wire.pos.bound(), elevation_m: wire.elevation.bound() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_calendars() {
        let date = DateTime::from_utc_us(1_709_251_198_765_432);
        let wire: us::common::DDateTime = date.to_wire().unwrap();
        assert_eq!((wire.year, wire.month, wire.day), (Some(2024), Some(2), Some(29)));
        assert_eq!((wire.hour, wire.minute, wire.second), (Some(23), Some(59), Some(58_765)));
        assert_eq!(DateTime::from_wire(&wire), date);
    }
}
