//! The outermost message of SAE J2735: a number that says which message follows, and the message as an open type.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::bsm::BasicSafetyMessage;
use super::map::MapData;
use super::psm::PersonalSafetyMessage;
use super::rsm::RoadSafetyMessage;
use super::rtcm::RTCMcorrections;
use super::sdsm::SensorDataSharingMessage;
use super::spat::Spat;
use super::srm::SignalRequestMessage;
use super::ssm::SignalStatusMessage;
use super::tim::TravelerInformation;
use crate::numbered::numbered;
use crate::{CodecError, uper};

numbered! {
    /// Any message, by its type.
    ///
    /// ASN.1 `MessageFrame`: SEQUENCE, extensible, of `messageId` and `value`. Source: SAE J2735 2024-09.
    pub enum MessageFrame {
        "messageId": 32767, "value", extensible true,
        /// MAP.
        MapData(MapData) = 18,
        /// SPAT.
        Spat(Spat) = 19,
        /// BSM.
        BasicSafetyMessage(BasicSafetyMessage) = 20,
        /// RTCM.
        RtcmCorrections(RTCMcorrections) = 28,
        /// SRM.
        SignalRequest(SignalRequestMessage) = 29,
        /// SSM.
        SignalStatus(SignalStatusMessage) = 30,
        /// TIM.
        TravelerInformation(TravelerInformation) = 31,
        /// PSM.
        PersonalSafetyMessage(PersonalSafetyMessage) = 32,
        /// RSM.
        RoadSafetyMessage(RoadSafetyMessage) = 33,
        /// SDSM.
        SensorDataSharingMessage(SensorDataSharingMessage) = 41,
    }
}

impl MessageFrame {
    /// The usual short name, such as `SPAT`; `unknown` for a message that this version knows no type of.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MapData(_) => "MAP",
            Self::Spat(_) => "SPAT",
            Self::BasicSafetyMessage(_) => "BSM",
            Self::RtcmCorrections(_) => "RTCM",
            Self::SignalRequest(_) => "SRM",
            Self::SignalStatus(_) => "SSM",
            Self::TravelerInformation(_) => "TIM",
            Self::PersonalSafetyMessage(_) => "PSM",
            Self::RoadSafetyMessage(_) => "RSM",
            Self::SensorDataSharingMessage(_) => "SDSM",
            Self::Other(..) => "unknown",
        }
    }
}

/// The message in UPER.
///
/// # Errors
/// When a member is out of range; `at` names it.
pub fn encode(frame: &MessageFrame) -> Result<Vec<u8>, CodecError> {
    uper::encode(frame)
}

/// The message in UPER, in a buffer that is cleared first and keeps its memory: once that is large enough, nothing is
/// allocated.
///
/// # Errors
/// As [`encode`]; the buffer is then empty.
pub fn encode_into(frame: &MessageFrame, octets: &mut Vec<u8>) -> Result<(), CodecError> {
    uper::encode_into(frame, octets)
}

/// The message that the octets encode, all of them. One of an unknown number is kept as octets.
///
/// # Errors
/// When they don't encode one.
pub fn decode(octets: &[u8]) -> Result<MessageFrame, CodecError> {
    uper::decode(octets)
}
