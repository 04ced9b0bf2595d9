//! Scales that only the US set has, and what the integers beside them mean. Source, where no other is named: SAE J2735
//! 2024-09, data elements of the same name.

use super::{DEGREE, OutOfRange, Scale, ZONE_LENGTH_M, open_ended, scale};
use crate::us::common::DistanceUnits;

/// `TimeMark` within the UTC hour, seconds; 3600 stands for an hour or more to come. [`time_mark_to_wire`] brings a second
/// into it.
pub const TIME_MARK_S: Scale<u16> = scale("time_mark_s", 0.1, 0, 36_000, Some(36_111));
/// `MinutesDuration`, seconds, on the wire in minutes; that 32000 means "for ever" is from memory, not confirmed.
pub const MINUTES_DURATION_S: Scale<u16> = scale("duration_s", 60.0, 0, 31_999, None);
/// `OffsetLL-Bnn` of nodes, degrees; the widest, `OffsetLL-B24`.
pub const NODE_OFFSET_DEG: Scale<i32> = scale("node_offset_deg", 1e-7, -8_388_608, 8_388_607, None);
/// `OffsetLL-B18` of a path driven, degrees; the ends mean that or more.
pub const PATH_OFFSET_DEG: Scale<i32> = open_ended("path_offset_deg", 1e-7, -131_071, 131_071, Some(-131_072));
/// `Offset-B10` of a lane's width and height along its nodes, metres.
pub const LANE_CHANGE_M: Scale<i16> = scale("lane_change_m", 0.01, -512, 511, None);
/// `DrivenLineOffsetLg`, metres; `DrivenLineOffsetSm` is the part of it to ±20.47 m.
pub const DRIVEN_LINE_OFFSET_M: Scale<i16> = scale("driven_line_offset_m", 0.01, -32767, 32767, None);
/// `Scale-B12`: what is added to a scale of 1.
pub const SCALE_CHANGE: Scale<i16> = scale("scale_change", 5e-4, -2048, 2047, None);
/// `DeltaAngle`, radians.
pub const PATH_END_ANGLE_RAD: Scale<i16> = scale("path_end_angle_rad", DEGREE, -150, 150, None);
/// `RoadwayCrownAngle`, radians.
pub const ROADWAY_CROWN_RAD: Scale<i8> = scale("roadway_crown_rad", 0.3 * DEGREE, -127, 127, Some(-128));
/// `MergeDivergeNodeAngle`, radians clockwise from true north.
pub const LANE_ANGLE_CW_NORTH_RAD: Scale<i16> = scale("lane_angle_cw_north_rad", 1.5 * DEGREE, -179, 180, Some(-180));
/// `BumperHeight`, metres.
pub const BUMPER_HEIGHT_M: Scale<u8> = scale("bumper_height_m", 0.01, 0, 127, None);
/// `Offset-B11` of a trailer's pivot, metres.
pub const PIVOT_OFFSET_M: Scale<i16> = scale("pivot_offset_m", 0.01, -1024, 1023, None);
/// `PersonalClusterRadius`, metres.
pub const CLUSTER_RADIUS_M: Scale<u8> = scale("cluster_radius_m", 1.0, 0, 100, None);
/// `DeltaTime`, seconds off the schedule; the ends mean that or more.
pub const SCHEDULE_OFFSET_S: Scale<i8> = open_ended("schedule_offset_s", 10.0, -121, 120, Some(-122));
/// `HeadingDeg`, radians clockwise from true north.
pub const HEADING_DEG_CW_NORTH_RAD: Scale<u16> = scale("heading_cw_north_rad", DEGREE, 0, 359, None);
/// `Tolerance` of a heading, radians to either side; that the wire counts degrees is not confirmed.
pub const HEADING_TOLERANCE_RAD: Scale<u8> = scale("heading_tolerance_rad", DEGREE, 0, 180, None);
/// `Radius` of SAE J2945/4, metres.
pub const CURVE_RADIUS_M: Scale<u16> = scale("curve_radius_m", 1.0, 0, 65535, None);
/// `ObstacleDistance`, metres; from memory, not confirmed.
pub const OBSTACLE_DISTANCE_M: Scale<u16> = scale("obstacle_distance_m", 1.0, 0, 32767, None);
/// `NTCIPEssVisibility`, metres; unit and "unknown" are those of NTCIP 1204's object of that name, from memory, not confirmed.
pub const VISIBILITY_M: Scale<u32> = scale("visibility_m", 0.1, 0, 1_000_000, Some(1_000_001));

/// `Radius-B12` of a circle, metres, in the unit that the message names beside it.
pub const fn circle_radius_m(unit: DistanceUnits) -> Scale<u16> {
    let step = match unit {
        DistanceUnits::Centimeter => 0.01,
        DistanceUnits::Cm2_5 => 0.025,
        DistanceUnits::Decimeter => 0.1,
        DistanceUnits::Meter => 1.0,
        DistanceUnits::Kilometer => 1000.0,
        // The international foot, yard and mile of 1959.
        DistanceUnits::Foot => 0.3048,
        DistanceUnits::Yard => 0.9144,
        DistanceUnits::Mile => 1609.344,
    };
    scale("circle_radius_m", step, 0, 4095, None)
}

/// A second of the UTC hour as `TimeMark` of SAE J2735.
///
/// # Errors
/// When it is negative, more than 3600, or not a number.
pub fn time_mark_to_wire(second_of_hour_s: Option<f64>) -> Result<u16, OutOfRange> {
    let wire = TIME_MARK_S.to_wire_or_unknown(second_of_hour_s)?;
    // The last half tenth of the hour must not round up into "an hour or more".
    let in_the_hour = second_of_hour_s.is_some_and(|second| second < 3600.0);
    Ok(if in_the_hour { wire.min(35_999) } else { wire })
}

/// `ZoneLength` that means "no limit".
const ZONE_LENGTH_UNLIMITED: u16 = 10_000;
/// `MinutesDuration` that means "for ever".
const MINUTES_DURATION_UNLIMITED: u16 = 32_000;

/// A length as `ZoneLength`; infinity is "no limit".
///
/// # Errors
/// When it is negative, more than 9999 m but not infinite, or not a number.
pub fn zone_length_to_wire(length_m: f64) -> Result<u16, OutOfRange> {
    if length_m == f64::INFINITY { Ok(ZONE_LENGTH_UNLIMITED) } else { ZONE_LENGTH_M.to_wire(length_m) }
}

/// What a `ZoneLength` means, metres; infinity for "no limit".
pub fn zone_length_from_wire(wire: u16) -> Option<f64> {
    if wire == ZONE_LENGTH_UNLIMITED { Some(f64::INFINITY) } else { ZONE_LENGTH_M.from_wire(wire) }
}

/// A duration as `MinutesDuration`; infinity is "for ever".
///
/// # Errors
/// When it is negative, more than 31999 minutes but not infinite, or not a number.
pub fn minutes_duration_to_wire(duration_s: f64) -> Result<u16, OutOfRange> {
    if duration_s == f64::INFINITY { Ok(MINUTES_DURATION_UNLIMITED) } else { MINUTES_DURATION_S.to_wire(duration_s) }
}

/// What a `MinutesDuration` means, seconds; infinity for "for ever".
pub fn minutes_duration_from_wire(wire: u16) -> f64 {
    if wire >= MINUTES_DURATION_UNLIMITED { f64::INFINITY } else { MINUTES_DURATION_S.value(wire) }
}
