//! The outermost message of the China set.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec::Vec;

use rasn::prelude::*;
use serde_json::Value;

use super::bsm::BasicSafetyMessage;
use super::csae157;
use super::day2::MessageFrameExt;
use super::map::MapData;
use super::n4;
use super::rsi::RoadSideInformation;
use super::rsm::RoadsideSafetyMessage;
use super::spat::Spat;
use crate::macros::decode_by_place;
use crate::{CodecError, Dialect, jer, uper};

/// Any message of any dialect: those of phase 1 in the types of GB/T 31024.3-2019, those of phase 2 in their own.
///
/// What only one of the later dialects says in a message of phase 1 is left out, see [`csae157`].
///
/// ASN.1 `MessageFrame`: CHOICE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020; T/CSAE 157-2020 (`msgFrameExt`).
#[derive(AsnType, Clone, Debug, Encode, PartialEq, Eq)]
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
    /// `msgFrameExt`: a message of phase 2, which only `cn-csae157` has.
    #[rasn(extension_addition, identifier = "msgFrameExt")]
    MsgFrameExt(MessageFrameExt),
}

decode_by_place! {
    MessageFrame {
        0 => BsmFrame,
        1 => MapFrame,
        2 => RsmFrame,
        3 => SpatFrame,
        4 => RsiFrame,
        5 => MsgFrameExt,
    }
}

impl MessageFrame {
    /// The usual short name: `BSM`, `MAP`, `RSM`, `SPAT`, `RSI`, or that of a [message of phase 2](MessageFrameExt::name).
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BsmFrame(_) => "BSM",
            Self::MapFrame(_) => "MAP",
            Self::RsmFrame(_) => "RSM",
            Self::SpatFrame(_) => "SPAT",
            Self::RsiFrame(_) => "RSI",
            Self::MsgFrameExt(message) => message.name(),
        }
    }
}

/// Which of the families of types a dialect encodes with.
enum Family {
    Gbt,
    N4,
    Csae157,
}

fn family(dialect: Dialect) -> Result<Family, CodecError> {
    match dialect {
        Dialect::CnGbt31024_2019 => Ok(Family::Gbt),
        Dialect::CnN4 => Ok(Family::N4),
        Dialect::CnCsae157 => Ok(Family::Csae157),
        Dialect::UsJ27352024 => Err(CodecError::new("us-j2735-2024 is no dialect of the China set")),
    }
}

/// The message in UPER.
///
/// # Errors
/// When a member is out of range, or can't be said in the dialect; `at` names it.
pub fn encode(frame: &MessageFrame, dialect: Dialect) -> Result<Vec<u8>, CodecError> {
    let mut octets = Vec::with_capacity(uper::USUAL_OCTETS);
    encode_into(frame, dialect, &mut octets)?;
    Ok(octets)
}

/// The message in UPER, in a buffer that is cleared first and keeps its memory: once that is large enough, nothing is
/// allocated but what turning a MAP, RSI or BSM into the types of a later dialect needs.
///
/// # Errors
/// As [`encode`]; the buffer is then empty.
pub fn encode_into(frame: &MessageFrame, dialect: Dialect, octets: &mut Vec<u8>) -> Result<(), CodecError> {
    octets.clear();
    match (family(dialect)?, frame) {
        (Family::Gbt | Family::N4, MessageFrame::MsgFrameExt(message)) => Err(not_of(dialect, message)),
        // The same bits in every dialect.
        (_, MessageFrame::SpatFrame(_) | MessageFrame::RsmFrame(_) | MessageFrame::MsgFrameExt(_))
        | (Family::Gbt, _) => uper::encode_into(frame, octets),
        (Family::N4, frame) => uper::encode_into(&n4::MessageFrame::try_from(frame)?, octets),
        (Family::Csae157, frame) => csae157::encode_into(&csae157::MessageFrame::try_from(frame)?, octets),
    }
}

/// The message that the octets encode, all of them.
///
/// # Errors
/// When they don't encode one, or one that this version does not support.
pub fn decode(octets: &[u8], dialect: Dialect) -> Result<MessageFrame, CodecError> {
    match family(dialect)? {
        Family::Gbt => refuse_extension(octets).and_then(|()| uper::decode(octets)),
        Family::N4 => decode_n4(octets).map(MessageFrame::from),
        Family::Csae157 => csae157::decode(octets).map(MessageFrame::from),
    }
}

/// The message in UPER as JSON, with the dialect's own members.
pub(crate) fn decode_to_json(octets: &[u8], dialect: Dialect) -> Result<Value, CodecError> {
    match family(dialect)? {
        Family::Gbt => jer::to_json(&decode(octets, dialect)?),
        Family::N4 => jer::to_json(&decode_n4(octets)?),
        Family::Csae157 => jer::to_json(&csae157::decode(octets)?),
    }
}

/// The message in JSON, with the dialect's own members, as UPER.
pub(crate) fn encode_from_json(json: &Value, dialect: Dialect) -> Result<Vec<u8>, CodecError> {
    match family(dialect)? {
        Family::Csae157 => csae157::encode(&jer::from_json(json)?),
        _ if json.get("msgFrameExt").is_some() => {
            Err(CodecError::at("msgFrameExt", format!("{dialect} has no messages of phase 2")))
        }
        Family::Gbt => uper::encode(&jer::from_json::<MessageFrame>(json)?),
        Family::N4 => uper::encode(&jer::from_json::<n4::MessageFrame>(json)?),
    }
}

fn decode_n4(octets: &[u8]) -> Result<n4::MessageFrame, CodecError> {
    refuse_extension(octets).and_then(|()| uper::decode(octets))
}

/// A message of phase 2 in a dialect of phase 1.
pub(super) fn not_of(dialect: Dialect, message: &MessageFrameExt) -> CodecError {
    let text = format!("{dialect} has no {} (message {})", message.name(), message.number());
    CodecError::at("msgFrameExt", text)
}

/// Phase-2 messages start with the extension bit: a plain word about them beats a failed alternative.
fn refuse_extension(octets: &[u8]) -> Result<(), CodecError> {
    match octets {
        [first, rest @ ..] if first & 0x80 != 0 => {
            let inside = match rest {
                [length, inside @ ..] if length & 0x80 == 0 => inside,
                [_, _, inside @ ..] => inside,
                _ => &[],
            };
            let message = match inside {
                [high, low, ..] if *first == 0x80 => {
                    let id = u16::from_be_bytes([high & 0x7f, *low]);
                    format!("message {id} not supported in this version")
                }
                _ => "message not supported in this version".to_owned(),
            };
            Err(CodecError { bit: Some(1), ..CodecError::at("msgFrameExt", message) })
        }
        _ => Ok(()),
    }
}
