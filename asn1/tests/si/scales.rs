//! Every scale of the table.

use std::fmt::Debug;

use asn1::units::{self, Scale};
use proptest::prelude::*;

/// A value within range comes back within half a step, an integer as itself, and what is beyond is refused or the end.
fn holds<W>(scale: &Scale<W>, share: f64) -> Result<(), TestCaseError>
where
    W: Copy + PartialEq + PartialOrd + Into<i64> + TryFrom<i64> + Debug,
{
    let (least, greatest) = (scale.value(scale.min), scale.value(scale.max));
    let value = least + share * (greatest - least);
    let wire = scale.to_wire(value).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let back = scale.from_wire(wire).unwrap();
    prop_assert!((back - value).abs() <= scale.step * 0.500_001, "{}: {value} became {back}", scale.quantity);
    prop_assert_eq!(scale.to_wire(back), Ok(wire), "{}", scale.quantity);
    prop_assert_eq!(scale.to_wire_optional(Some(back)), Ok(Some(wire)));
    for (beyond, end) in [(greatest + scale.step, scale.max), (least - scale.step, scale.min)] {
        prop_assert_eq!(scale.to_wire(beyond).ok(), Some(end).filter(|_| scale.open_ended), "{}", scale.quantity);
    }
    if let Some(unknown) = scale.unknown {
        prop_assert_eq!(scale.from_wire(unknown), None);
        prop_assert_eq!(scale.to_wire_or_unknown(None), Ok(unknown));
    }
    Ok(())
}

macro_rules! every {
    ($share:ident: $($scale:ident)*) => { $(holds(&units::$scale, $share)?;)* };
}

proptest! {
    #[test]
    fn a_value_comes_back_within_half_a_step(share in 0.0..=1.0_f64) {
        every!(share: LATITUDE_DEG LONGITUDE_DEG ELEVATION_M SPEED_MPS HEADING_CW_NORTH_RAD COARSE_HEADING_CW_NORTH_RAD
            STEERING_WHEEL_ANGLE_RAD ACCELERATION_MPS2 VERTICAL_ACCELERATION_MPS2 VERTICAL_OFFSET_M SECOND_OF_MINUTE_S
            UTC_OFFSET_S YAW_RATE_RADPS SEMI_AXIS_ACCURACY_M SEMI_MAJOR_ORIENTATION_RAD VEHICLE_WIDTH_M VEHICLE_LENGTH_M
            VEHICLE_HEIGHT_M LANE_WIDTH_M RADIUS_OF_CURVATURE_M CONFIDENCE TIME_OFFSET_S RADIUS_M ZONE_LENGTH_M
            SPEED_ADVICE_MPS OBJECT_DISTANCE_M OBSTACLE_SIZE_M MEASUREMENT_TIME_OFFSET_S CLASSIFICATION_CONFIDENCE
            ATTACHMENT_RADIUS_M NODE_OFFSET_M PITCH_RAD ROLL_RAD YAW_RAD PITCH_RATE_RADPS ROLL_RATE_RADPS TIME_TO_COME_S
            SECOND_OF_HOUR_CN_S OVERALL_RADIUS_M ROLL_CN_RAD
            TIME_MARK_S MINUTES_DURATION_S NODE_OFFSET_DEG PATH_OFFSET_DEG LANE_CHANGE_M DRIVEN_LINE_OFFSET_M SCALE_CHANGE
            PATH_END_ANGLE_RAD ROADWAY_CROWN_RAD LANE_ANGLE_CW_NORTH_RAD BUMPER_HEIGHT_M PIVOT_OFFSET_M CLUSTER_RADIUS_M
            SCHEDULE_OFFSET_S HEADING_DEG_CW_NORTH_RAD HEADING_TOLERANCE_RAD CURVE_RADIUS_M OBSTACLE_DISTANCE_M VISIBILITY_M);
    }
}
