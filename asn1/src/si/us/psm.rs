//! PSM in SI units: a vulnerable road user about itself.

use alloc::vec::Vec;

use super::common::Position3D;
use super::path::{PathHistory, PathPrediction};
use crate::si::{Acceleration4Way, At, PositionalAccuracy, Si};
use crate::units::{
    ATTACHMENT_RADIUS_M, CLUSTER_RADIUS_M, HEADING_CW_NORTH_RAD, SECOND_OF_MINUTE_S, SPEED_MPS, heading_to_wire,
    second_to_wire,
};
use crate::us::common::RegionalExtension;
use crate::us::person::{Attachment, PersonalDeviceUserType, PropelledInformation};
use crate::us::psm as wire;
use crate::us::psm::{
    AnimalType, NumberOfParticipantsInCluster, PersonalAssistive, PersonalDeviceUsageState,
    PublicSafetyAndRoadWorkerActivity, PublicSafetyDirectingTrafficSubType, PublicSafetyEventResponderWorkerType,
    UserSizeAndBehaviour,
};
use crate::{CodecError, Octets4};

/// PSM: what a vulnerable road user says about itself.
///
/// ASN.1 `PersonalSafetyMessage`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonalSafetyMessage {
    /// What kind of road user.
    pub basic_type: PersonalDeviceUserType,
    /// When it was so: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// Its identity, which it changes from time to time.
    pub id: Octets4,
    /// Where it is.
    pub position: Position3D,
    /// How good that is.
    pub accuracy: PositionalAccuracy,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Acceleration and yaw rate.
    pub accel_set: Option<Acceleration4Way>,
    /// Where it has been.
    pub path_history: Option<PathHistory>,
    /// Where it will go.
    pub path_prediction: Option<PathPrediction>,
    /// What moves it.
    pub propulsion: Option<PropelledInformation>,
    /// What it does with its device.
    pub use_state: Option<PersonalDeviceUsageState>,
    /// Whether it wants to cross.
    pub cross_request: Option<bool>,
    /// Whether it is crossing.
    pub cross_state: Option<bool>,
    /// How many there are, when it speaks for a group.
    pub cluster_size: Option<NumberOfParticipantsInCluster>,
    /// How far the group reaches, metres, 0 to 100.
    pub cluster_radius_m: Option<f64>,
    /// What kind of helper at an incident.
    pub event_responder_type: Option<PublicSafetyEventResponderWorkerType>,
    /// What a worker on the road is doing.
    pub activity_type: Option<PublicSafetyAndRoadWorkerActivity>,
    /// Who directs the traffic.
    pub activity_sub_type: Option<PublicSafetyDirectingTrafficSubType>,
    /// What help it needs.
    pub assist_type: Option<PersonalAssistive>,
    /// Its size and ways.
    pub sizing: Option<UserSizeAndBehaviour>,
    /// What it pushes or pulls.
    pub attachment: Option<Attachment>,
    /// How far that reaches, metres, 0 to 20.
    pub attachment_radius_m: Option<f64>,
    /// What kind of animal.
    pub animal_type: Option<AnimalType>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

impl Si<wire::PersonalSafetyMessage> for PersonalSafetyMessage {
    fn to_wire(&self) -> Result<wire::PersonalSafetyMessage, CodecError> {
        Ok(wire::PersonalSafetyMessage {
            basic_type: self.basic_type,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            msg_cnt: self.msg_cnt,
            id: self.id,
            position: self.position.to_wire().at("position")?,
            accuracy: self.accuracy.to_wire().at("accuracy")?,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            path_history: self.path_history.to_wire().at("pathHistory")?,
            path_prediction: self.path_prediction.to_wire().at("pathPrediction")?,
            propulsion: self.propulsion.clone(),
            use_state: self.use_state,
            cross_request: self.cross_request,
            cross_state: self.cross_state,
            cluster_size: self.cluster_size,
            cluster_radius: CLUSTER_RADIUS_M.to_wire_optional(self.cluster_radius_m).at("clusterRadius")?,
            event_responder_type: self.event_responder_type,
            activity_type: self.activity_type,
            activity_sub_type: self.activity_sub_type,
            assist_type: self.assist_type,
            sizing: self.sizing,
            attachment: self.attachment,
            attachment_radius: ATTACHMENT_RADIUS_M.to_wire_optional(self.attachment_radius_m).at("attachmentRadius")?,
            animal_type: self.animal_type,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::PersonalSafetyMessage) -> Self {
        Self {
            basic_type: wire.basic_type,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            position: Si::from_wire(&wire.position),
            accuracy: Si::from_wire(&wire.accuracy),
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            accel_set: Si::from_wire(&wire.accel_set),
            path_history: Si::from_wire(&wire.path_history),
            path_prediction: Si::from_wire(&wire.path_prediction),
            propulsion: wire.propulsion.clone(),
            use_state: wire.use_state,
            cross_request: wire.cross_request,
            cross_state: wire.cross_state,
            cluster_size: wire.cluster_size,
            cluster_radius_m: CLUSTER_RADIUS_M.from_wire_optional(wire.cluster_radius),
            event_responder_type: wire.event_responder_type,
            activity_type: wire.activity_type,
            activity_sub_type: wire.activity_sub_type,
            assist_type: wire.assist_type,
            sizing: wire.sizing,
            attachment: wire.attachment,
            attachment_radius_m: ATTACHMENT_RADIUS_M.from_wire_optional(wire.attachment_radius),
            animal_type: wire.animal_type,
            regional: wire.regional.clone(),
        }
    }
}
