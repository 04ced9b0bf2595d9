//! The outermost message of SAE J2735: a number that says which message follows, and the message as an open type.

use alloc::format;
use alloc::vec::Vec;

use rasn::prelude::*;
use serde_json::{Value, json};

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
use crate::{CodecError, jer, uper};

/// ASN.1 `MessageFrame`: SEQUENCE, extensible, as it lies on the wire. Source: SAE J2735 2024-09.
#[derive(AsnType, Decode, Encode)]
#[rasn(automatic_tags)]
#[non_exhaustive]
struct Wire {
    #[rasn(identifier = "messageId", value("0..=32767"))]
    message_id: u16,
    value: Any,
}

macro_rules! messages {
    ($($(#[$meta:meta])* $variant:ident($type:ty) = $id:literal, $short:literal;)+) => {
        /// Any message, by its type.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant)] // One frame at a time: a box would cost more than it saves.
        pub enum MessageFrame {
            $($(#[$meta])* $variant($type),)+
        }

        impl MessageFrame {
            /// `messageId`.
            pub const fn message_id(&self) -> u16 {
                match self {
                    $(Self::$variant(_) => $id,)+
                }
            }

            /// The usual short name, such as `SPAT`.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $short,)+
                }
            }

            fn body_to_uper(&self) -> Result<Vec<u8>, CodecError> {
                match self {
                    $(Self::$variant(body) => uper::encode(body),)+
                }
            }

            fn body_from_uper(id: u16, octets: &[u8]) -> Option<Result<Self, CodecError>> {
                match id {
                    $($id => Some(uper::decode(octets).map(Self::$variant)),)+
                    _ => None,
                }
            }

            fn body_to_json(&self) -> Result<Value, CodecError> {
                match self {
                    $(Self::$variant(body) => jer::to_json(body),)+
                }
            }

            fn body_from_json(id: u64, body: &Value) -> Option<Result<Self, CodecError>> {
                match id {
                    $($id => Some(jer::from_json(body).map(Self::$variant)),)+
                    _ => None,
                }
            }
        }
    };
}

messages! {
    /// MAP.
    MapData(MapData) = 18, "MAP";
    /// SPAT.
    Spat(Spat) = 19, "SPAT";
    /// BSM.
    BasicSafetyMessage(BasicSafetyMessage) = 20, "BSM";
    /// RTCM.
    RtcmCorrections(RTCMcorrections) = 28, "RTCM";
    /// SRM.
    SignalRequest(SignalRequestMessage) = 29, "SRM";
    /// SSM.
    SignalStatus(SignalStatusMessage) = 30, "SSM";
    /// TIM.
    TravelerInformation(TravelerInformation) = 31, "TIM";
    /// PSM.
    PersonalSafetyMessage(PersonalSafetyMessage) = 32, "PSM";
    /// RSM.
    RoadSafetyMessage(RoadSafetyMessage) = 33, "RSM";
    /// SDSM.
    SensorDataSharingMessage(SensorDataSharingMessage) = 41, "SDSM";
}

/// The message in UPER.
///
/// # Errors
/// When a member is out of range; `at` names it.
pub fn encode(frame: &MessageFrame) -> Result<Vec<u8>, CodecError> {
    let body = frame.body_to_uper().map_err(|error| error.within("value", 0))?;
    uper::encode(&Wire { message_id: frame.message_id(), value: Any::new(body) })
}

/// The message that the octets encode, all of them.
///
/// # Errors
/// When they don't encode one, or one that this version does not support.
pub fn decode(octets: &[u8]) -> Result<MessageFrame, CodecError> {
    let wire: Wire = uper::decode(octets)?;
    match MessageFrame::body_from_uper(wire.message_id, wire.value.as_bytes()) {
        Some(frame) => frame.map_err(|error| error.within("value", body_start(wire.value.as_bytes().len()))),
        None => Err(CodecError { bit: Some(16), ..not_supported(wire.message_id.into()) }),
    }
}

/// Where a body of so many octets starts: after the number and its length determinant (not of a fragmented one).
fn body_start(length: usize) -> usize {
    if length < 128 { 24 } else { 32 }
}

fn not_supported(id: u64) -> CodecError {
    CodecError::at("messageId", format!("message {id} not supported in this version"))
}

pub(crate) fn to_json(frame: &MessageFrame) -> Result<Value, CodecError> {
    let body = frame.body_to_json().map_err(|error| error.within("value", 0))?;
    Ok(json!({ "messageId": frame.message_id(), "value": body }))
}

pub(crate) fn from_json(frame: &Value) -> Result<MessageFrame, CodecError> {
    let members = frame.as_object().ok_or_else(|| CodecError::new("an object was expected"))?;
    if let Some(unknown) = members.keys().find(|key| !matches!(key.as_str(), "messageId" | "value")) {
        return Err(CodecError::new(format!("a member {unknown:?} that the type does not have")));
    }
    let id = members.get("messageId").and_then(Value::as_u64);
    let id = id.ok_or_else(|| CodecError::at("messageId", "missing, or not a number"))?;
    let body = members.get("value").ok_or_else(|| CodecError::at("value", "missing"))?;
    match MessageFrame::body_from_json(id, body) {
        Some(frame) => frame.map_err(|error| error.within("value", 0)),
        None => Err(not_supported(id)),
    }
}
