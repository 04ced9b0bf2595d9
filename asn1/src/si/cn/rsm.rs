//! RSM in SI units: the participants that the roadside sees.

use alloc::vec::Vec;

use super::common::{MotionConfidenceSet, VehicleSize, offset_from_wire, offset_to_wire};
use crate::cn::common::{Position3D, TransmissionState, VehicleClassification};
use crate::cn::rsm as wire;
use crate::cn::rsm::{ParticipantType, SourceType};
use crate::si::{Acceleration4Way, At, Position, PositionConfidenceSet, Si, each};
use crate::units::{
    HEADING_CW_NORTH_RAD, SECOND_OF_MINUTE_S, SPEED_MPS, STEERING_WHEEL_ANGLE_RAD, heading_to_wire, second_to_wire,
};
use crate::{CodecError, Octets8};

/// RSM: the participants that the roadside sees.
///
/// ASN.1 `RoadsideSafetyMessage`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadsideSafetyMessage {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The roadside unit's identity.
    pub id: Octets8,
    /// From where the participants' places are counted on the wire.
    pub ref_pos: Option<Position>,
    /// 1 to 16 participants.
    pub participants: Vec<ParticipantData>,
}

/// One road user seen by the roadside.
///
/// ASN.1 `ParticipantData`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct ParticipantData {
    /// What kind of participant.
    pub ptc_type: ParticipantType,
    /// Number that the roadside unit gave it; 0 is the unit itself.
    pub ptc_id: u16,
    /// What saw it.
    pub source: SourceType,
    /// The identity it gives itself in its own messages.
    pub id: Option<Octets8>,
    /// When it was there: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Where it is.
    pub pos: Option<Position>,
    /// How good that is.
    pub pos_confidence: PositionConfidenceSet,
    /// Gear.
    pub transmission: Option<TransmissionState>,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Angle of the steering wheel, radians, to the right positive; ±3.3 (189°) stands for that and more.
    pub angle_rad: Option<f64>,
    /// How good the motion is.
    pub motion_cfd: Option<MotionConfidenceSet>,
    /// Acceleration and yaw rate.
    pub accel_set: Option<Acceleration4Way>,
    /// How large it is.
    pub size: VehicleSize,
    /// What kind of vehicle, and what drives it.
    pub vehicle_class: Option<VehicleClassification>,
}

impl Si<wire::RoadsideSafetyMessage> for RoadsideSafetyMessage {
    fn to_wire(&self) -> Result<wire::RoadsideSafetyMessage, CodecError> {
        let ref_pos = self.ref_pos.to_wire().at("refPos")?;
        Ok(wire::RoadsideSafetyMessage {
            msg_cnt: self.msg_cnt,
            id: self.id,
            ref_pos,
            participants: each(&self.participants, |one| one.to_wire(&ref_pos)).at("participants")?,
        })
    }

    fn from_wire(wire: &wire::RoadsideSafetyMessage) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            ref_pos: Si::from_wire(&wire.ref_pos),
            participants: wire.participants.iter().map(|one| ParticipantData::from_wire(one, &wire.ref_pos)).collect(),
        }
    }
}

impl ParticipantData {
    pub(super) fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::ParticipantData, CodecError> {
        Ok(wire::ParticipantData {
            ptc_type: self.ptc_type,
            ptc_id: self.ptc_id,
            source: self.source,
            id: self.id,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            pos: offset_to_wire(self.pos, ref_pos).at("pos")?,
            pos_confidence: self.pos_confidence.to_wire().at("posConfidence")?,
            transmission: self.transmission,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            angle: STEERING_WHEEL_ANGLE_RAD.to_wire_optional(self.angle_rad).at("angle")?,
            motion_cfd: self.motion_cfd.to_wire().at("motionCfd")?,
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            size: self.size.to_wire().at("size")?,
            vehicle_class: self.vehicle_class,
        })
    }

    pub(super) fn from_wire(wire: &wire::ParticipantData, ref_pos: &Position3D) -> Self {
        Self {
            ptc_type: wire.ptc_type,
            ptc_id: wire.ptc_id,
            source: wire.source,
            id: wire.id,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            pos: offset_from_wire(&wire.pos, ref_pos),
            pos_confidence: Si::from_wire(&wire.pos_confidence),
            transmission: wire.transmission,
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            angle_rad: STEERING_WHEEL_ANGLE_RAD.from_wire_optional(wire.angle),
            motion_cfd: Si::from_wire(&wire.motion_cfd),
            accel_set: Si::from_wire(&wire.accel_set),
            size: Si::from_wire(&wire.size),
            vehicle_class: wire.vehicle_class,
        }
    }
}
