//! A frame as it came over a radio: opened at once, decoded when somebody first asks, and once for all who listen (reports,
//! requests for signal priority, requests for a way).
//!
//! A frame is a UPER MessageFrame of either set, bare or in DSMP or WSMP. Nothing is verified: who uses what it says must not
//! rely on it.

use std::cell::OnceCell;

use asn1::cn::day2::MessageFrameExt;
use asn1::si::Si;
use asn1::si::cn::bsm::BasicSafetyMessage;
use asn1::si::cn::day2::psm::PersonalSafetyMessage;
use asn1::si::cn::day2::vir::VehIntentionAndRequest;
use asn1::transport::{dsmp, wsmp};
use asn1::{Dialect, cn, us};
use perception::time::UtcMicros;

use crate::radios::MessageSet;

/// A message older than this when it arrives is of no use, seconds; the sender's minute is found by its nearness.
const MAX_AGE_S: f64 = 1.0;
/// And one from this far after its arrival is of a clock that is wrong, the sender's or ours.
const MAX_FUTURE_S: f64 = 0.2;

/// Why nothing was taken from a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unread {
    /// It is no message of either set.
    Undecodable,
    /// Of a set that the site does not use.
    WrongSet,
    /// A message, but not of who speaks of itself.
    NotAReport,
    /// It does not say when.
    NoTime,
    /// It was so more than a second before it came.
    TooOld,
    /// It was so only after it came.
    Future,
    /// It does not say where.
    NoPosition,
    /// From beyond a radio's reach.
    TooFar,
}

impl Unread {
    /// The reason as a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::WrongSet => "wrong_set",
            Self::NotAReport => "not_a_report",
            Self::NoTime => "no_time",
            Self::TooOld => "too_old",
            Self::Future => "future",
            Self::NoPosition => "no_position",
            Self::TooFar => "too_far",
        }
    }
}

/// What road users of the China set send, in SI units.
#[derive(Debug)]
pub(crate) enum CnMessage {
    Bsm(Box<BasicSafetyMessage>),
    Psm(Box<PersonalSafetyMessage>),
    Vir(Box<VehIntentionAndRequest>),
    Other,
}

/// One frame.
#[derive(Debug)]
pub struct Received<'a> {
    /// When it reached the service.
    pub arrived_at: UtcMicros,
    set: MessageSet,
    payload: &'a [u8],
    cn: OnceCell<Result<CnMessage, Unread>>,
    us: OnceCell<Result<us::MessageFrame, Unread>>,
}

impl<'a> Received<'a> {
    /// Opens a frame.
    pub fn open(arrived_at: UtcMicros, frame: &'a [u8]) -> Self {
        let (set, payload) = open(frame);
        Self { arrived_at, set, payload, cn: OnceCell::new(), us: OnceCell::new() }
    }

    /// Of which set its message must be.
    pub(crate) fn set(&self) -> MessageSet {
        self.set
    }

    /// The message in it, with its number before it is decoded.
    pub(crate) fn payload(&self) -> &[u8] {
        self.payload
    }

    /// What it says if it is of the China set, on a site with this dialect.
    pub(crate) fn cn(&self, site: Dialect) -> Result<&CnMessage, Unread> {
        let decoded = self.cn.get_or_init(|| read_cn(self.payload, dialect_of(self.payload, site)));
        decoded.as_ref().map_err(|unread| *unread)
    }

    /// A VIR, which only one dialect has. `None`: another message.
    pub(crate) fn vir(&self) -> Option<Result<&VehIntentionAndRequest, Unread>> {
        let may_be = self.set == MessageSet::Cn && is_phase_2(self.payload);
        match may_be.then(|| self.cn(Dialect::CnCsae157))? {
            Ok(CnMessage::Vir(vir)) => Some(Ok(vir)),
            Ok(_) => None,
            Err(unread) => Some(Err(unread)),
        }
    }

    /// What it says if it is of the US set.
    pub(crate) fn us(&self) -> Result<&us::MessageFrame, Unread> {
        let decoded = self.us.get_or_init(|| us::decode(self.payload).map_err(|_| Unread::Undecodable));
        decoded.as_ref().map_err(|unread| *unread)
    }

    /// The moment that its message tells by the second of its minute, if it came fresh.
    pub(crate) fn moment(&self, second_s: Option<f64>) -> Result<UtcMicros, Unread> {
        let second_s = second_s.ok_or(Unread::NoTime)?;
        let said_at = asn1::time::from_second(second_s, self.arrived_at.0).map(UtcMicros).ok_or(Unread::NoTime)?;
        let age_s = self.arrived_at.seconds_since(said_at);
        if age_s > MAX_AGE_S {
            return Err(Unread::TooOld);
        }
        if age_s < -MAX_FUTURE_S {
            return Err(Unread::Future);
        }
        Ok(said_at)
    }
}

/// The dialect that a message is of on a site with this one. A message of phase 2 begins with the extension bit, and only one
/// dialect has any.
pub(crate) fn dialect_of(payload: &[u8], site: Dialect) -> Dialect {
    if is_phase_2(payload) { Dialect::CnCsae157 } else { site }
}

fn is_phase_2(payload: &[u8]) -> bool {
    payload.first().is_some_and(|first| first & 0x80 != 0)
}

fn read_cn(payload: &[u8], dialect: Dialect) -> Result<CnMessage, Unread> {
    Ok(match cn::decode(payload, dialect).map_err(|_| Unread::Undecodable)? {
        cn::MessageFrame::BsmFrame(bsm) => CnMessage::Bsm(Box::new(Si::from_wire(&bsm))),
        cn::MessageFrame::MsgFrameExt(MessageFrameExt::Psm(psm)) => CnMessage::Psm(Box::new(Si::from_wire(&psm))),
        cn::MessageFrame::MsgFrameExt(MessageFrameExt::Vir(vir)) => CnMessage::Vir(Box::new(Si::from_wire(&vir))),
        _ => CnMessage::Other,
    })
}

/// The message within a frame, and of which set it must be. DSMP and WSMP frames say their length, which a bare message
/// does not meet by chance; and so does a bare message of the US set.
fn open(frame: &[u8]) -> (MessageSet, &[u8]) {
    if let Ok(opened) = dsmp::Frame::decode(frame) {
        return (MessageSet::Cn, opened.data);
    }
    if let Ok(opened) = wsmp::Frame::decode(frame) {
        return (MessageSet::Us, opened.data);
    }
    (if is_us(frame) { MessageSet::Us } else { MessageSet::Cn }, frame)
}

/// The numbers of the US set's messages, MAP to the last: as first octets a BSM of China's could begin with.
const US_NUMBERS: std::ops::RangeInclusive<u8> = 18..=43;

/// A US MessageFrame is an extension bit, a number of 15 bits, and an open type with its length.
fn is_us(frame: &[u8]) -> bool {
    let rest = match frame {
        [_, _, short, rest @ ..] if short & 0x80 == 0 => (usize::from(*short), rest),
        [_, _, high, low, rest @ ..] if high & 0xc0 == 0x80 => {
            (usize::from(*high & 0x3f) << 8 | usize::from(*low), rest)
        }
        _ => return false,
    };
    frame[0] == 0 && US_NUMBERS.contains(&frame[1]) && rest.0 == rest.1.len()
}
