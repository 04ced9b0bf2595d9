//! PSM in SI units: what a person on the road says about itself.

use alloc::vec::Vec;

use super::common::PathPlanningPoint;
use crate::cn::day2::non_motor::NonMotorData;
use crate::cn::day2::psm as wire;
use crate::si::cn::bsm::PathHistory;
use crate::si::{Acceleration4Way, At, ConfidenceClass, Position, PositionalAccuracy, Si, bound_of};
use crate::units::{
    HEADING_CW_NORTH_RAD, OVERALL_RADIUS_M, SECOND_OF_MINUTE_S, SPEED_MPS, heading_to_wire, second_to_wire,
};
use crate::{CodecError, Octets8};

/// PSM: what a person on the road says about itself.
///
/// ASN.1 `PersonalSafetyMessage`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonalSafetyMessage {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The person's identity.
    pub id: Octets8,
    /// When it was so: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Error of that time, seconds; classes from 1e-11 to 100.
    pub time_confidence_s: Option<f64>,
    /// Where it is, and from where other places are counted on the wire.
    pub pos: Option<Position>,
    /// How good that is, at one standard deviation.
    pub pos_accuracy: PositionalAccuracy,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Acceleration and yaw rate.
    pub accel_set: Option<Acceleration4Way>,
    /// Where it was.
    pub path_history: Option<PathHistory>,
    /// The way it means to take: 1 to 100 points.
    pub path_planning: Option<Vec<PathPlanningPoint>>,
    /// How far it reaches around its place, metres, 0 to 20.
    pub overall_radius_m: f64,
    /// What kind of road user, and what it is with.
    pub non_motor_data: NonMotorData,
}

impl Si<wire::PersonalSafetyMessage> for PersonalSafetyMessage {
    fn to_wire(&self) -> Result<wire::PersonalSafetyMessage, CodecError> {
        let pos = self.pos.to_wire().at("pos")?;
        let way = PathPlanningPoint::way_to_wire(self.path_planning.as_deref(), &pos);
        Ok(wire::PersonalSafetyMessage {
            msg_cnt: self.msg_cnt,
            id: self.id,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            time_confidence: ConfidenceClass::of_optional(self.time_confidence_s),
            pos,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            path_history: PathHistory::optional_to_n4(self.path_history.as_ref(), &pos).at("pathHistory")?,
            path_planning: way.at("path-Planning")?,
            overall_radius: OVERALL_RADIUS_M.to_wire(self.overall_radius_m).at("overallRadius")?,
            non_motor_data: self.non_motor_data.clone(),
        })
    }

    fn from_wire(wire: &wire::PersonalSafetyMessage) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            time_confidence_s: bound_of(wire.time_confidence),
            pos: Si::from_wire(&wire.pos),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            accel_set: Si::from_wire(&wire.accel_set),
            path_history: wire.path_history.as_ref().map(|history| PathHistory::from_n4(history, &wire.pos)),
            path_planning: PathPlanningPoint::way_from_wire(wire.path_planning.as_deref(), &wire.pos),
            overall_radius_m: OVERALL_RADIUS_M.value(wire.overall_radius),
            non_motor_data: wire.non_motor_data.clone(),
        }
    }
}
