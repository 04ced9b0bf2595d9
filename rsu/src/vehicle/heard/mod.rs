//! What a frame says, in one form for both message sets: SI units, `None` for unknown.

use asn1::Dialect;
use asn1::transport::{dsmp, wsmp};
use perception::frames::Wgs84;
use perception::time::UtcMicros;
use serde::Serialize;

use crate::map::NodeId;
use crate::radios::{MessageKind, MessageSet};
use crate::received::dialect_of;
use crate::signals::Light;

mod cn;
mod us;

/// A message, understood.
#[derive(Clone, Debug)]
pub struct Message {
    /// Family.
    pub set: MessageSet,
    /// Kind.
    pub kind: MessageKind,
    /// The sender's running number, 0 to 127, for the kinds that have one that counts messages.
    pub count: Option<u8>,
    /// When the sender says that it was made, to the millisecond; `None` where the message does not say.
    pub said_at: Option<UtcMicros>,
    /// The rest.
    pub content: Content,
}

/// What a message is about.
#[derive(Clone, Debug)]
pub enum Content {
    /// Lights.
    Lights(Vec<Lights>),
    /// Lanes.
    Lanes(Vec<Lanes>),
    /// Road users.
    Picture(Picture),
    /// A parking lot.
    CarPark(CarPark),
    /// Decoded, and of no interest to this vehicle.
    Other,
}

/// The lights of one junction.
#[derive(Clone, Debug)]
pub struct Lights {
    /// The junction.
    pub node: NodeId,
    /// The controller says that it runs a fixed plan.
    pub fixed_time: bool,
    /// Signal groups.
    pub groups: Vec<Group>,
}

/// A signal group: what it shows now.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Number (China: phase).
    pub id: u8,
    /// What it shows.
    pub light: Light,
    /// The likeliest end of it.
    pub ends_at: Option<UtcMicros>,
    /// What comes after.
    pub next: Option<Light>,
}

/// The lanes that lead to one junction.
#[derive(Clone, Debug)]
pub struct Lanes {
    /// The junction.
    pub node: NodeId,
    /// Its lanes.
    pub lanes: Vec<Lane>,
}

/// A lane that leads to a junction.
#[derive(Clone, Debug)]
pub struct Lane {
    /// For people: `link/lane` or the lane's number.
    pub name: String,
    /// Centre line in travel direction; the last point is on the stop line.
    pub points: Vec<Wgs84>,
    /// What one may do at its end, each with the signal group that rules it.
    pub ways: Vec<(&'static str, Option<u8>)>,
}

/// Road users.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The sender's reference point.
    pub reference: Option<Wgs84>,
    /// The objects, the sender itself left out.
    pub objects: Vec<Object>,
}

/// A road user.
#[derive(Clone, Debug)]
pub struct Object {
    /// The sender's number for it.
    pub id: u16,
    /// What it is, in a word.
    pub class: &'static str,
    /// Where.
    pub place: Wgs84,
    /// How fast, m/s.
    pub speed_mps: Option<f64>,
    /// Which way, degrees clockwise from true north.
    pub heading_cw_north_deg: Option<f64>,
    /// When it was so.
    pub at: Option<UtcMicros>,
}

/// A parking lot, and who is led through it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CarPark {
    /// Its number.
    pub id: Option<u16>,
    /// Drives, each with the nodes where it begins and ends.
    pub drives: Vec<(u16, u16)>,
    /// Its slots.
    pub slots: Vec<Slot>,
    /// Who is led.
    pub guides: Vec<Guide>,
}

/// A slot of a parking lot.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Number.
    pub id: u16,
    /// The drive that it is told at.
    pub drive: (u16, u16),
    /// Whether it is said to be available.
    pub is_free: bool,
}

/// The way of one vehicle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Guide {
    /// The vehicle, 16 hex digits.
    pub vehicle: String,
    /// Nodes in the order of travel.
    pub way: Vec<u16>,
    /// The slot that it is led to.
    pub slot: Option<u16>,
}

/// A frame that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeardError {
    /// It begins like no network layer known here.
    #[error("neither DSMP nor WSMP: first octet {}", .0.map_or("missing".into(), |octet| format!("{octet:02x}")))]
    Network(Option<u8>),
    /// The network layer's frame is broken.
    #[error("{layer}: {text}")]
    Frame {
        /// `DSMP` or `WSMP`.
        layer: &'static str,
        /// What is wrong.
        text: String,
    },
    /// The message in it is.
    #[error("{set} application {application_id:#x}, {octets} octets: {error}", set = .set.as_str())]
    Message {
        /// Family.
        set: MessageSet,
        /// AID or PSID.
        application_id: u32,
        /// How long the message was.
        octets: usize,
        /// Where it went wrong.
        error: asn1::CodecError,
    },
}

/// Understands a frame. `now` is when it came: some messages only say the second of a minute. `None`: it decoded, and
/// is a message that this unit has no use for.
pub fn understand(frame: &[u8], now: UtcMicros, cn: Dialect, us: Dialect) -> Result<Option<Message>, HeardError> {
    let (set, application_id, payload) = open(frame)?;
    let message = match set {
        MessageSet::Cn => asn1::cn::decode(payload, dialect_of(payload, cn)).map(|frame| cn::message(&frame, now)),
        MessageSet::Us if us.is_us() => asn1::us::decode(payload).map(|frame| us::message(&frame, now)),
        MessageSet::Us => Err(asn1::CodecError::new(format!("{us} is no dialect of the US set"))),
    };
    message.map_err(|error| HeardError::Message { set, application_id, octets: payload.len(), error })
}

/// DSMP's adaptation octet is 4; WSMP's first octet has its version, 3, in the last three bits.
fn open(frame: &[u8]) -> Result<(MessageSet, u32, &[u8]), HeardError> {
    match frame.first() {
        Some(4) => match dsmp::Frame::decode(frame) {
            Ok(opened) => Ok((MessageSet::Cn, opened.aid, opened.data)),
            Err(error) => Err(HeardError::Frame { layer: "DSMP", text: error.to_string() }),
        },
        Some(first) if first & 7 == 3 => match wsmp::Frame::decode(frame) {
            Ok(opened) => Ok((MessageSet::Us, opened.psid, opened.data)),
            Err(error) => Err(HeardError::Frame { layer: "WSMP", text: error.to_string() }),
        },
        first => Err(HeardError::Network(first.copied())),
    }
}
