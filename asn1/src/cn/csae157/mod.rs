//! The phase-2 dialect (`cn-csae157`): the types of T/CSAE 157-2020 that differ from those of `cn-n4`, and the frame with
//! the messages of phase 2.
//!
//! [`cn::decode`](crate::cn::decode) reads this dialect too, into the types that all dialects have in common, which leave
//! out what only this one says: of MAP `inLinks-ex` and `prohibitedzone` of a [`Node`](map::Node), of RSI `auxiliarySign`
//! of an [`RTSData`](rsi::RTSData). Who wants those takes [`decode`] and [`encode`] of this module.

mod convert;
pub mod map;
pub mod rsi;

use alloc::vec::Vec;

use rasn::prelude::*;

use self::map::MapData;
use self::rsi::RoadSideInformation;
use super::day2::MessageFrameExt;
use super::n4::types::BasicSafetyMessage;
use super::rsm::RoadsideSafetyMessage;
use super::spat::Spat;
use crate::{CodecError, uper};

/// Any message, in the types of this dialect.
///
/// ASN.1 `MessageFrame`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // One frame at a time: a box would cost more than it saves.
pub enum MessageFrame {
    /// `bsmFrame`.
    #[rasn(identifier = "bsmFrame")]
    BsmFrame(BasicSafetyMessage),
    /// `mapFrame`.
    #[rasn(identifier = "mapFrame")]
    MapFrame(MapData),
    /// `rsmFrame`.
    #[rasn(identifier = "rsmFrame")]
    RsmFrame(RoadsideSafetyMessage),
    /// `spatFrame`.
    #[rasn(identifier = "spatFrame")]
    SpatFrame(Spat),
    /// `rsiFrame`.
    #[rasn(identifier = "rsiFrame")]
    RsiFrame(RoadSideInformation),
    /// `msgFrameExt`: a message of phase 2.
    #[rasn(extension_addition, identifier = "msgFrameExt")]
    MsgFrameExt(MessageFrameExt),
}

/// The message in UPER.
///
/// # Errors
/// When a member is out of range; `at` names it.
pub fn encode(frame: &MessageFrame) -> Result<Vec<u8>, CodecError> {
    uper::encode(frame)
}

/// The same into a buffer, which is cleared first and keeps its memory.
///
/// # Errors
/// As [`encode`]; the buffer is then empty.
pub fn encode_into(frame: &MessageFrame, octets: &mut Vec<u8>) -> Result<(), CodecError> {
    uper::encode_into(frame, octets)
}

/// The message that the octets encode, all of them.
///
/// # Errors
/// When they don't encode one.
pub fn decode(octets: &[u8]) -> Result<MessageFrame, CodecError> {
    uper::decode(octets)
}
