//! Every scale factor of the message sets, once, and the integer that says "unknown".
//!
//! [`Scale::to_wire`] rounds to the nearest step and refuses what does not fit; nothing here clips, wraps or truncates
//! unless its name says so. Unknown is `None` on this side and the standard's own integer on the wire.

use core::fmt;

use rasn::types::Enumerated;

mod us;

pub use us::*;

/// A quantity that can't be said in the message.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{quantity} {value} is outside {min} to {max}")]
pub struct OutOfRange {
    /// Which quantity.
    pub quantity: &'static str,
    /// The value that was to be sent, in the unit of the scale; NaN when it was unknown and may not be.
    pub value: f64,
    /// The least that can be sent.
    pub min: f64,
    /// The most that can be sent.
    pub max: f64,
}

/// How a quantity lies on the wire: an integer `W`, times a step.
#[derive(Clone, Copy, Debug)]
pub struct Scale<W> {
    /// The quantity with its unit, as in `speed_mps`.
    pub quantity: &'static str,
    /// One step on the wire, in that unit.
    pub step: f64,
    /// The least integer that stands for a value.
    pub min: W,
    /// The greatest integer that stands for a value.
    pub max: W,
    /// The integer that stands for "unknown", where there is one.
    pub unknown: Option<W>,
    /// Whether the least and the greatest integer also stand for everything beyond them ("this much or more").
    pub open_ended: bool,
}

impl<W: Copy + PartialEq + PartialOrd + Into<i64> + TryFrom<i64> + fmt::Debug> Scale<W> {
    /// The integer nearest to `value`.
    ///
    /// # Errors
    /// When that is outside the scale and the scale is not [open-ended](Self::open_ended), or `value` is not a number.
    pub fn to_wire(&self, value: f64) -> Result<W, OutOfRange> {
        let (min, max): (i64, i64) = (self.min.into(), self.max.into());
        let nearest = libm::round(value / self.step);
        let steps = if self.open_ended { nearest.clamp(min as f64, max as f64) } else { nearest };
        if steps >= min as f64 && steps <= max as f64 {
            // Within an i64's range, by the check; `as` of a whole number is then exact.
            W::try_from(steps as i64).map_err(|_| self.refuse(value))
        } else {
            Err(self.refuse(value))
        }
    }

    /// The integer nearest to `value`, or the one that says "unknown".
    ///
    /// # Errors
    /// As [`Self::to_wire`]; and for `None` when the scale has no integer for it.
    pub fn to_wire_or_unknown(&self, value: Option<f64>) -> Result<W, OutOfRange> {
        match (value, self.unknown) {
            (Some(value), _) => self.to_wire(value),
            (None, Some(unknown)) => Ok(unknown),
            (None, None) => Err(self.refuse(f64::NAN)),
        }
    }

    /// The integer nearest to `value`, for a member that may be missing: missing when it is unknown.
    ///
    /// # Errors
    /// As [`Self::to_wire`].
    pub fn to_wire_optional(&self, value: Option<f64>) -> Result<Option<W>, OutOfRange> {
        value.map(|value| self.to_wire(value)).transpose()
    }

    /// The integer nearest to `value` that the scale has: for quantities whose ends mean "this much or more".
    /// "Unknown" for NaN and `None`, where the scale has it; the least value where it does not.
    pub fn to_wire_clipped(&self, value: Option<f64>) -> W {
        match value {
            Some(value) if !value.is_nan() => {
                let (min, max): (i64, i64) = (self.min.into(), self.max.into());
                let steps = libm::round(value / self.step).clamp(min as f64, max as f64);
                W::try_from(steps as i64).unwrap_or(self.max)
            }
            _ => self.unknown.unwrap_or(self.min),
        }
    }

    /// The value nearest to `value` that the scale has, for quantities of which the end says more than nothing; `None` for
    /// NaN.
    pub fn clip(&self, value: f64) -> Option<f64> {
        (!value.is_nan()).then(|| value.clamp(self.value(self.min), self.value(self.max)))
    }

    /// The value of an integer; `None` when it says "unknown" or is outside the scale.
    pub fn from_wire(&self, wire: W) -> Option<f64> {
        if Some(wire) == self.unknown || wire < self.min || wire > self.max {
            return None;
        }
        Some(self.value(wire))
    }

    /// The value of an integer, for a quantity that can't be unknown.
    pub fn value(&self, wire: W) -> f64 {
        let steps: i64 = wire.into();
        steps as f64 * self.step
    }

    /// The value of a member that may be missing; `None` also when it is.
    pub fn from_wire_optional(&self, wire: Option<W>) -> Option<f64> {
        wire.and_then(|wire| self.from_wire(wire))
    }

    fn refuse(&self, value: f64) -> OutOfRange {
        OutOfRange { quantity: self.quantity, value, min: self.value(self.min), max: self.value(self.max) }
    }
}

const fn scale<W>(quantity: &'static str, step: f64, min: W, max: W, unknown: Option<W>) -> Scale<W> {
    Scale { quantity, step, min, max, unknown, open_ended: false }
}

/// A scale whose ends stand for everything beyond them too.
const fn open_ended<W>(quantity: &'static str, step: f64, min: W, max: W, unknown: Option<W>) -> Scale<W> {
    Scale { quantity, step, min, max, unknown, open_ended: true }
}

const DEGREE: f64 = core::f64::consts::PI / 180.0;
/// Standard gravity, ISO 80000-3.
const GRAVITY_MPS2: f64 = 9.80665;

// Source of all that follow, where no other is named: SAE J2735 2024-09, data elements of the same name; T/CSAE 53-2020
// and GB/T 31024.3-2019 have the same steps and ranges.

/// `Latitude`, degrees.
pub const LATITUDE_DEG: Scale<i32> = scale("latitude_deg", 1e-7, -900_000_000, 900_000_000, Some(900_000_001));
/// `Longitude`, degrees.
pub const LONGITUDE_DEG: Scale<i32> = scale("longitude_deg", 1e-7, -1_799_999_999, 1_800_000_000, Some(1_800_000_001));
/// `Elevation`, metres above the ellipsoid.
pub const ELEVATION_M: Scale<i32> = scale("elevation_m", 0.1, -4095, 61439, Some(ELEVATION_UNKNOWN));
/// `Elevation` that says "unknown", for members that can't be missing.
pub(crate) const ELEVATION_UNKNOWN: i32 = -4096;
/// `Speed` and `Velocity`, metres a second.
pub const SPEED_MPS: Scale<u16> = scale("speed_mps", 0.02, 0, 8190, Some(8191));
/// `Heading` and `Angle`, radians clockwise from true north; [`heading_to_wire`] brings any angle into it.
pub const HEADING_CW_NORTH_RAD: Scale<u16> = scale("heading_cw_north_rad", 0.0125 * DEGREE, 0, 28799, Some(28800));
/// `CoarseHeading`, radians clockwise from true north.
pub const COARSE_HEADING_CW_NORTH_RAD: Scale<u8> = scale("heading_cw_north_rad", 1.5 * DEGREE, 0, 239, Some(240));
/// `SteeringWheelAngle`, radians, to the right positive; the ends mean that or more.
pub const STEERING_WHEEL_ANGLE_RAD: Scale<i8> =
    open_ended("steering_wheel_angle_rad", 1.5 * DEGREE, -126, 126, Some(127));
/// `Acceleration`, metres a second squared; the ends mean that or more.
pub const ACCELERATION_MPS2: Scale<i16> = open_ended("acceleration_mps2", 0.01, -2000, 2000, Some(2001));
/// `VerticalAcceleration`, metres a second squared; on the wire in hundredths of g, by twos. The ends mean that or more.
pub const VERTICAL_ACCELERATION_MPS2: Scale<i8> =
    open_ended("vertical_acceleration_mps2", 0.02 * GRAVITY_MPS2, -126, 127, Some(-127));
/// `VertOffset-B12`, metres from the reference height; the widest, and the narrower ones are parts of it, but for their own
/// most negative integer, which says "unknown".
pub const VERTICAL_OFFSET_M: Scale<i16> = scale("vertical_offset_m", 0.1, -2047, 2047, Some(-2048));
/// `DSecond`, seconds within the UTC minute, 60 and more in a leap second; [`second_to_wire`] brings a second into it.
pub const SECOND_OF_MINUTE_S: Scale<u16> = scale("second_of_minute_s", 0.001, 0, 60_999, Some(65_535));
/// `TimeMark` of the China set's `counting`, seconds to come: what has passed is 0, and the end means an hour or more.
/// Source: T/CSAE 53-2020.
pub const TIME_TO_COME_S: Scale<u16> = open_ended("time_to_come_s", 0.1, 0, 36_000, Some(36_001));
/// `TimeMark` of the China set's `utcTiming`, seconds within the UTC hour; 3600 stands for what is more than an hour away.
/// Source: T/CSAE 53-2020.
pub const SECOND_OF_HOUR_CN_S: Scale<u16> = scale("second_of_hour_s", 0.1, 0, 36_000, Some(36_001));
/// `DOffset`, seconds from UTC, on the wire in minutes.
pub const UTC_OFFSET_S: Scale<i16> = scale("utc_offset_s", 60.0, -840, 840, None);
/// `YawRate`, radians a second; there is no integer for "unknown".
pub const YAW_RATE_RADPS: Scale<i16> = scale("yaw_rate_radps", 0.01 * DEGREE, -32767, 32767, None);
/// `SemiMajorAxisAccuracy` and `SemiMinorAxisAccuracy`, metres at one standard deviation; the end means that or more.
pub const SEMI_AXIS_ACCURACY_M: Scale<u8> = open_ended("semi_axis_accuracy_m", 0.05, 0, 254, Some(255));
/// `SemiMajorAxisOrientation`, radians clockwise from true north.
pub const SEMI_MAJOR_ORIENTATION_RAD: Scale<u16> =
    scale("semi_major_orientation_rad", 360.0 / 65535.0 * DEGREE, 0, 65534, Some(65535));
/// `VehicleWidth`, metres.
pub const VEHICLE_WIDTH_M: Scale<u16> = scale("vehicle_width_m", 0.01, 1, 1023, Some(0));
/// `VehicleLength`, metres.
pub const VEHICLE_LENGTH_M: Scale<u16> = scale("vehicle_length_m", 0.01, 1, 4095, Some(0));
/// `VehicleHeight`, metres.
pub const VEHICLE_HEIGHT_M: Scale<u8> = scale("vehicle_height_m", 0.05, 1, 127, Some(0));
/// `LaneWidth`, metres.
pub const LANE_WIDTH_M: Scale<u16> = scale("lane_width_m", 0.01, 0, 32767, None);
/// `RadiusOfCurvature`, metres, to the right positive; 32767 on the wire means straight ahead.
pub const RADIUS_OF_CURVATURE_M: Scale<i16> = scale("radius_of_curvature_m", 0.1, -32766, 32766, Some(32767));
/// `Confidence`, as a share of 1.
pub const CONFIDENCE: Scale<u8> = scale("confidence", 0.005, 0, 200, None);
/// `TimeOffset`, seconds.
pub const TIME_OFFSET_S: Scale<u16> = scale("time_offset_s", 0.01, 1, 65534, Some(65535));
/// `Radius` of the China set, metres. Source: T/CSAE 53-2020.
pub const RADIUS_M: Scale<u16> = scale("radius_m", 0.1, 0, 65535, None);
/// `ZoneLength`, metres; 10000 on the wire means no limit.
pub const ZONE_LENGTH_M: Scale<u16> = scale("zone_length_m", 1.0, 0, 9999, None);
/// `SpeedAdvice`, metres a second.
pub const SPEED_ADVICE_MPS: Scale<u16> = scale("speed_advice_mps", 0.1, 0, 499, Some(500));
/// `ObjectDistance`, metres from the reference position. Source: SAE J3224.
pub const OBJECT_DISTANCE_M: Scale<i16> = scale("object_distance_m", 0.1, -32767, 32767, None);
/// `SizeValue` of an obstacle, metres. Source: SAE J3224.
pub const OBSTACLE_SIZE_M: Scale<u16> = scale("obstacle_size_m", 0.1, 0, 1023, None);
/// `MeasurementTimeOffset`, seconds from the message's time. Source: SAE J3224.
pub const MEASUREMENT_TIME_OFFSET_S: Scale<i16> = scale("measurement_time_offset_s", 0.001, -1500, 1500, None);
/// `ClassificationConfidence`, as a share of 1. Source: SAE J3224.
pub const CLASSIFICATION_CONFIDENCE: Scale<u8> = scale("classification_confidence", 0.01, 0, 100, Some(101));
/// `AttachmentRadius`, metres.
pub const ATTACHMENT_RADIUS_M: Scale<u8> = scale("attachment_radius_m", 0.1, 0, 200, None);
/// `overallRadius` of a road user of the China set, metres. Source: T/CSAE 157-2020.
pub const OVERALL_RADIUS_M: Scale<u8> = scale("overall_radius_m", 0.1, 0, 200, None);
/// `Offset-Bnn` of lane nodes, metres; the widest, `Offset-B16`.
pub const NODE_OFFSET_M: Scale<i16> = scale("node_offset_m", 0.01, -32768, 32767, None);

/// `PitchDetected`, radians. Source: SAE J3224.
pub const PITCH_RAD: Scale<i16> = scale("pitch_rad", 0.0125 * DEGREE, -7200, 7200, None);
/// `RollDetected`, radians. Source: SAE J3224.
pub const ROLL_RAD: Scale<i16> = scale("roll_rad", 0.0125 * DEGREE, -14400, 14400, None);
/// `Roll` of the China set, radians. Source: T/CSAE 157-2020.
pub const ROLL_CN_RAD: Scale<i16> = scale("roll_rad", 0.0125 * DEGREE, -7200, 7200, None);
/// `YawDetected`, radians. Source: SAE J3224.
pub const YAW_RAD: Scale<i16> = scale("yaw_rad", 0.0125 * DEGREE, -14400, 14400, None);
/// `PitchRate`, radians a second. Source: SAE J3224.
pub const PITCH_RATE_RADPS: Scale<i16> = scale("pitch_rate_radps", 0.01 * DEGREE, -32767, 32767, None);
/// `RollRate`, radians a second. Source: SAE J3224.
pub const ROLL_RATE_RADPS: Scale<i16> = scale("roll_rate_radps", 0.01 * DEGREE, -32767, 32767, None);

/// A second of the minute as `DSecond`.
///
/// # Errors
/// When it is negative, 61 or more, or not a number.
pub fn second_to_wire(second_of_minute_s: Option<f64>) -> Result<u16, OutOfRange> {
    let wire = SECOND_OF_MINUTE_S.to_wire_or_unknown(second_of_minute_s)?;
    // The last half millisecond of a minute must not round up into a leap second.
    let in_the_minute = second_of_minute_s.is_some_and(|second| second < 60.0);
    Ok(if in_the_minute { wire.min(59_999) } else { wire })
}

/// A second of the minute as a `DSecond` that may be missing: missing when it is unknown.
///
/// # Errors
/// As [`second_to_wire`].
pub fn second_to_wire_optional(second_of_minute_s: Option<f64>) -> Result<Option<u16>, OutOfRange> {
    second_of_minute_s.map(|second| second_to_wire(Some(second))).transpose()
}

/// A heading of any turn as `Heading`.
///
/// # Errors
/// When it is infinite or not a number.
pub fn heading_to_wire(heading_cw_north_rad: Option<f64>) -> Result<u16, OutOfRange> {
    match heading_cw_north_rad {
        Some(heading) => turn_to_wire(&HEADING_CW_NORTH_RAD, heading),
        None => HEADING_CW_NORTH_RAD.to_wire_or_unknown(None),
    }
}

/// An angle of any turn on a scale whose steps make up one full turn.
///
/// # Errors
/// When it is infinite or not a number.
pub fn turn_to_wire<W>(scale: &Scale<W>, angle_rad: f64) -> Result<W, OutOfRange>
where
    W: Copy + PartialEq + PartialOrd + Into<i64> + TryFrom<i64> + fmt::Debug,
{
    let rest = angle_rad % core::f64::consts::TAU;
    let turn = if rest < 0.0 { rest + core::f64::consts::TAU } else { rest };
    // The last half step below a full turn rounds up to it, which is the start again.
    let max: i64 = scale.max.into();
    let past_the_last = turn / scale.step >= max as f64 + 0.5;
    scale.to_wire(if past_the_last { 0.0 } else { turn })
}

/// A heading of any turn as a `Heading` that may be missing: missing when it is unknown.
///
/// # Errors
/// As [`heading_to_wire`].
pub fn heading_to_wire_optional(heading_cw_north_rad: Option<f64>) -> Result<Option<u16>, OutOfRange> {
    heading_cw_north_rad.map(|heading| heading_to_wire(Some(heading))).transpose()
}

/// The bounds of `PositionConfidence`, metres at 95 %, from index 1 (index 0 is unavailable).
pub const POSITION_CONFIDENCE_M: [f64; 15] =
    [500.0, 200.0, 100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
/// The bounds of `ElevationConfidence`, metres at 95 %, from index 1.
pub const ELEVATION_CONFIDENCE_M: [f64; 15] = POSITION_CONFIDENCE_M;
/// The bounds of `SpeedConfidence`, metres a second at 95 %, from index 1.
pub const SPEED_CONFIDENCE_MPS: [f64; 7] = [100.0, 10.0, 5.0, 1.0, 0.1, 0.05, 0.01];
/// The bounds of `HeadingConfidence`, radians at 95 %, from index 1; the last is coarser than the one before.
pub const HEADING_CONFIDENCE_RAD: [f64; 7] =
    [10.0 * DEGREE, 5.0 * DEGREE, DEGREE, 0.1 * DEGREE, 0.05 * DEGREE, 0.01 * DEGREE, 0.0125 * DEGREE];
/// The bounds of `SteeringWheelAngleConfidence`, radians at 95 %, from index 1.
pub const STEERING_CONFIDENCE_RAD: [f64; 3] = [2.0 * DEGREE, DEGREE, 0.02 * DEGREE];
/// The bounds of `AccelerationConfidence`, metres a second squared at 95 %, from index 1. Source: SAE J3224.
pub const ACCELERATION_CONFIDENCE_MPS2: [f64; 7] = SPEED_CONFIDENCE_MPS;
/// The bounds of `YawRateConfidence`, radians a second at 95 %, from index 1. Source: SAE J3224.
pub const YAW_RATE_CONFIDENCE_RADPS: [f64; 7] =
    [100.0 * DEGREE, 10.0 * DEGREE, 5.0 * DEGREE, DEGREE, 0.1 * DEGREE, 0.05 * DEGREE, 0.01 * DEGREE];
/// The bounds of `PitchRateConfidence` and `RollRateConfidence`, radians a second at 95 %, from index 1. Source: SAE J3224.
pub const TILT_RATE_CONFIDENCE_RADPS: [f64; 7] = YAW_RATE_CONFIDENCE_RADPS;
/// The bounds of `SizeValueConfidence`, metres at 95 %, from index 1. Source: SAE J3224.
pub const SIZE_CONFIDENCE_M: [f64; 13] = [100.0, 50.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
/// The bounds of `ThrottleConfidence`, as a share of 1 at 95 %, from index 1.
pub const THROTTLE_CONFIDENCE: [f64; 3] = [0.1, 0.01, 0.005];
/// The bounds of `TimeConfidence`, seconds at 95 %, from index 1.
pub const TIME_CONFIDENCE_S: [f64; 39] = [
    100.0, 50.0, 20.0, 10.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4, 5e-5, 2e-5,
    1e-5, 5e-6, 2e-6, 1e-6, 5e-7, 2e-7, 1e-7, 5e-8, 2e-8, 1e-8, 5e-9, 2e-9, 1e-9, 5e-10, 2e-10, 1e-10, 5e-11, 2e-11,
    1e-11,
];

/// The probabilities of `TimeIntervalConfidence`, from index 0; 15 is certainty. Source: SAE J2735, whose classes are those of
/// 10^(x / 82.5) − 1.3 for x in percent; the figures are those of public implementations, not confirmed against its text.
pub const TIME_INTERVAL_CONFIDENCE: [f64; 15] =
    [0.21, 0.36, 0.47, 0.56, 0.62, 0.68, 0.73, 0.77, 0.81, 0.85, 0.88, 0.91, 0.94, 0.96, 0.98];

/// The class of a probability, 0 to 1: the highest that does not promise more. `None`: below the lowest.
pub fn time_interval_confidence(share: f64) -> Option<u8> {
    let classes = TIME_INTERVAL_CONFIDENCE.iter().filter(|class| share >= **class).count();
    u8::try_from(classes).ok()?.checked_sub(1)
}

/// The confidence class that an error at 95 % lies in: the one with the tightest bound that holds. Unavailable when the
/// error is unknown, not a number, or larger than every bound: never a better class than is true.
///
/// `bounds` is the table of this module that belongs to `E`.
pub fn confidence<E: Enumerated>(bounds: &[f64], error_95: Option<f64>) -> Option<E> {
    let holds = |bound: f64| error_95.is_some_and(|error| error.abs() <= bound);
    let tightest = bounds.iter().enumerate().filter(|&(_, &bound)| holds(bound)).min_by(|a, b| a.1.total_cmp(b.1));
    E::VARIANTS.get(tightest.map_or(0, |(index, _)| index + 1)).copied()
}

/// The bound at 95 % that a confidence class promises; `None` for unavailable.
pub fn confidence_bound<E: Enumerated>(bounds: &[f64], class: E) -> Option<f64> {
    let index = E::VARIANTS.iter().position(|variant| *variant == class)?;
    index.checked_sub(1).and_then(|index| bounds.get(index)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cn::confidence::{HeadingConfidence, PositionConfidence, SpeedConfidence, TimeConfidence};
    use core::f64::consts::{PI, TAU};

    #[test]
    fn speed_rounds_to_the_nearest_step_and_refuses_what_does_not_fit() {
        assert_eq!(SPEED_MPS.to_wire(13.889), Ok(694));
        assert_eq!(SPEED_MPS.to_wire(0.0299), Ok(1));
        assert_eq!(SPEED_MPS.to_wire_or_unknown(None), Ok(8191));
        assert_eq!(SPEED_MPS.from_wire(8191), None);
        for impossible in [-1.0, 163.9, f64::INFINITY, f64::NAN] {
            assert!(SPEED_MPS.to_wire(impossible).is_err(), "{impossible}");
        }
        assert_eq!(SPEED_MPS.to_wire_clipped(Some(500.0)), 8190);
        assert_eq!(SPEED_MPS.to_wire_clipped(Some(f64::NAN)), 8191);
    }

    #[test]
    fn an_open_end_stands_for_all_beyond_it() {
        assert_eq!(SEMI_AXIS_ACCURACY_M.to_wire(20.0), Ok(254));
        assert_eq!(ACCELERATION_MPS2.to_wire(f64::NEG_INFINITY), Ok(-2000));
        assert!(ACCELERATION_MPS2.to_wire(f64::NAN).is_err());
    }

    #[test]
    fn the_end_of_a_minute_does_not_become_a_leap_second() {
        assert_eq!(second_to_wire(Some(58.7654)), Ok(58_765));
        assert_eq!(second_to_wire(Some(59.9999)), Ok(59_999));
        assert_eq!(second_to_wire(Some(60.5)), Ok(60_500));
        assert_eq!(second_to_wire(None), Ok(65_535));
        assert!(second_to_wire(Some(61.0)).is_err());
        assert_eq!(SECOND_OF_MINUTE_S.from_wire(61_000), None);
    }

    #[test]
    fn an_unknown_that_the_wire_has_no_word_for_is_refused() {
        assert!(YAW_RATE_RADPS.to_wire_or_unknown(None).is_err());
        assert_eq!(VEHICLE_WIDTH_M.to_wire_or_unknown(None), Ok(0));
    }

    #[test]
    fn headings_of_any_turn_come_into_range() {
        assert_eq!(heading_to_wire(Some(PI)), Ok(14400));
        assert_eq!(heading_to_wire(Some(-PI / 2.0)), Ok(21600));
        assert_eq!(heading_to_wire(Some(5.0 * TAU)), Ok(0));
        assert_eq!(heading_to_wire(Some(TAU - 1e-6)), Ok(0));
        assert_eq!(heading_to_wire(Some(-1e-20)), Ok(0));
        assert_eq!(heading_to_wire(None), Ok(28800));
        assert!(heading_to_wire(Some(f64::NAN)).is_err());
    }

    #[test]
    fn so_do_coarse_ones() {
        let coarse = |heading_rad| turn_to_wire(&COARSE_HEADING_CW_NORTH_RAD, heading_rad);
        assert_eq!([-PI / 2.0, TAU - 0.013, TAU - 0.014].map(coarse), [Ok(180), Ok(0), Ok(239)]);
    }

    #[test]
    fn a_confidence_never_promises_more_than_is_true() {
        let position = |error| confidence::<PositionConfidence>(&POSITION_CONFIDENCE_M, error);
        assert_eq!(position(Some(0.8)), Some(PositionConfidence::A1m));
        assert_eq!(position(Some(1.0)), Some(PositionConfidence::A1m));
        assert_eq!(position(Some(1.01)), Some(PositionConfidence::A2m));
        assert_eq!(position(Some(0.0)), Some(PositionConfidence::A1cm));
        for unknown in [None, Some(f64::NAN), Some(600.0)] {
            assert_eq!(position(unknown), Some(PositionConfidence::Unavailable));
        }
        let heading = confidence::<HeadingConfidence>(&HEADING_CONFIDENCE_RAD, Some(0.012 * DEGREE));
        assert_eq!(heading, Some(HeadingConfidence::Prec0_0125deg));
        assert_eq!(confidence_bound(&SPEED_CONFIDENCE_MPS, SpeedConfidence::Prec0_1ms), Some(0.1));
        assert_eq!(confidence_bound(&SPEED_CONFIDENCE_MPS, SpeedConfidence::Unavailable), None);
        assert_eq!(confidence::<TimeConfidence>(&TIME_CONFIDENCE_S, Some(0.001)), Some(TimeConfidence::Time000_001));
    }

    #[test]
    fn every_table_has_a_bound_for_every_class() {
        assert_eq!(PositionConfidence::VARIANTS.len(), POSITION_CONFIDENCE_M.len() + 1);
        assert_eq!(SpeedConfidence::VARIANTS.len(), SPEED_CONFIDENCE_MPS.len() + 1);
        assert_eq!(HeadingConfidence::VARIANTS.len(), HEADING_CONFIDENCE_RAD.len() + 1);
        assert_eq!(TimeConfidence::VARIANTS.len(), TIME_CONFIDENCE_S.len() + 1);
    }
}
