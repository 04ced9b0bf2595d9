//! GB/T 20999-2017, the frame: marks, escapes, header, values, check sum. Integers are big-endian.

use serde::Deserialize;

use crate::signals::crc16::crc16;

const START: u8 = 0x7e;
const END: u8 = 0x7d;
const ESCAPE: u8 = 0x5c;

/// From the length field to the number of values.
const HEADER_BYTES: usize = 13;
/// Class, object, attribute, element.
const ADDRESS_BYTES: usize = 4;
/// Start mark, check sum, end mark: what the length does not count.
const AROUND_BYTES: usize = 4;
/// 255 values of 255 octets fit in less.
const MAX_BYTES: usize = 68_000;

/// What a frame asks for or answers.
pub mod kind {
    /// Query.
    pub const QUERY: u8 = 0x10;
    /// Answer to a query.
    pub const REPLY: u8 = 0x20;
    /// The query is refused.
    pub const QUERY_ERROR: u8 = 0x21;
    /// Broadcast.
    pub const BROADCAST: u8 = 0x50;
    /// Active report.
    pub const TRAP: u8 = 0x60;
    /// Are you there?
    pub const HEARTBEAT: u8 = 0x70;
    /// I am, as one vendor says it.
    pub const HEARTBEAT_REPLY_VENDOR: u8 = 0x71;
    /// I am.
    pub const HEARTBEAT_REPLY: u8 = 0x80;
}

/// The check sum. Captured frames have the first; two public programs compute the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crc {
    /// x^16 + x^12 + x^2 + 1 (0x1005), from 0.
    #[default]
    Poly1005,
    /// 0x1021, from 0xFFFF.
    Poly1021Ffff,
    /// 0x1021, from 0.
    Poly1021Zero,
}

impl Crc {
    fn of(self, bytes: &[u8]) -> u16 {
        match self {
            Self::Poly1005 => crc16(0x1005, 0, bytes),
            Self::Poly1021Ffff => crc16(0x1021, 0xffff, bytes),
            Self::Poly1021Zero => crc16(0x1021, 0, bytes),
        }
    }
}

/// How frames go on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wire {
    /// Which check sum.
    pub crc: Crc,
    /// Whether 0x5C goes before marks within a frame: on streams, not in datagrams.
    pub escapes: bool,
}

/// Which value is meant: class, object, attribute, element; 0 is *all*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(pub u8, pub u8, pub u8, pub u8);

/// One value of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Which.
    pub address: Address,
    /// What it is; empty in a query, the error code where it is refused.
    pub data: Vec<u8>,
}

/// A frame whose check sum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Protocol version; devices send 0x0100, the text says 0x0102.
    pub version: u16,
    /// The host's number.
    pub host: u8,
    /// The controller's number.
    pub controller: u32,
    /// The crossing's number.
    pub crossing: u8,
    /// Sequence number; an answer has that of its query.
    pub sequence: u8,
    /// See [`kind`].
    pub kind: u8,
    /// Its values, at most 255, each of at most 251 octets.
    pub values: Vec<Value>,
}

/// Why bytes are no frame, or a frame is not for us.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Octets between frames.
    #[error("{0} octets outside of a frame")]
    Outside(usize),
    /// The next frame begins, or the datagram ends, within a frame.
    #[error("a frame breaks off after {0} octets")]
    Half(usize),
    /// Longer than any frame.
    #[error("more than 68000 octets without an end mark")]
    TooLong,
    /// The escape stands before something that is none of the marks.
    #[error("0x5C is followed by {0:#04x}")]
    Escape(u8),
    /// The length field and the frame disagree.
    #[error("length is {said}, the frame has {found}")]
    Length {
        /// In the frame.
        said: usize,
        /// Counted.
        found: usize,
    },
    /// Damaged on the way, or another check sum than the site says.
    #[error("check sum is {found:#06x}, the frame says {said:#06x}")]
    Crc {
        /// In the frame.
        said: u16,
        /// Of its octets.
        found: u16,
    },
    /// The values do not fill the frame.
    #[error("value {0} does not fit into the frame")]
    Values(usize),
    /// Another edition.
    #[error("protocol version {0:#06x}")]
    Version(u16),
    /// Another controller or crossing.
    #[error("it is of controller {0}, crossing {1}")]
    Controller(u32, u8),
    /// No query of ours has that number.
    #[error("answers a query number {0}, which is none of the last second")]
    Sequence(u8),
    /// Something newer has been said of one of its values.
    #[error("answer number {0} was overtaken by a newer one")]
    Late(u8),
    /// Not one of those that a controller sends to us.
    #[error("frame type {0:#04x}")]
    Kind(u8),
}

impl Error {
    /// The word for metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Outside(_) => "outside",
            Self::Half(_) => "half_frame",
            Self::TooLong => "too_long",
            Self::Escape(_) => "escape",
            Self::Length { .. } => "length",
            Self::Crc { .. } => "crc",
            Self::Values(_) => "values",
            Self::Version(_) => "version",
            Self::Controller(..) => "controller",
            Self::Sequence(_) => "sequence",
            Self::Late(_) => "late",
            Self::Kind(_) => "frame_type",
        }
    }
}

/// One frame from the octets between its marks, escapes taken out.
///
/// # Errors
/// Wrong length or check sum, values that don't fit.
pub fn decode(bytes: &[u8], crc: Crc) -> Result<Frame, Error> {
    let body_end = bytes.len().checked_sub(2).filter(|end| *end >= HEADER_BYTES);
    let (body, sum) = body_end.and_then(|end| bytes.split_at_checked(end)).ok_or(Error::Half(bytes.len()))?;
    let said = usize::from(u16_at(body, 0));
    if said != body.len() {
        return Err(Error::Length { said, found: body.len() });
    }
    let (said, found) = (u16_at(sum, 0), crc.of(body));
    if said != found {
        return Err(Error::Crc { said, found });
    }
    let octet = |at: usize| body.get(at).copied().unwrap_or_default();
    Ok(Frame {
        version: u16_at(body, 2),
        host: octet(4),
        controller: u32::from(u16_at(body, 5)) << 16 | u32::from(u16_at(body, 7)),
        crossing: octet(9),
        sequence: octet(10),
        kind: octet(11),
        values: values(octet(12), body.get(HEADER_BYTES..).unwrap_or_default())?,
    })
}

fn values(count: u8, mut bytes: &[u8]) -> Result<Vec<Value>, Error> {
    let mut values = Vec::new();
    for number in 1..=usize::from(count) {
        let value = match bytes {
            [_index, length, rest @ ..] => rest.split_at_checked((*length).into()),
            _ => None,
        };
        let Some(([class, object, attribute, element, data @ ..], rest)) = value else {
            return Err(Error::Values(number));
        };
        let address = Address(*class, *object, *attribute, *element);
        values.push(Value { address, data: data.to_vec() });
        bytes = rest;
    }
    if bytes.is_empty() { Ok(values) } else { Err(Error::Values(values.len() + 1)) }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_be_bytes)
}

/// A frame as it goes on the wire. `None`: more values, or longer ones, than a frame can hold.
pub fn encode(frame: &Frame, wire: Wire) -> Option<Vec<u8>> {
    let mut values = Vec::new();
    for (index, value) in (1_u8..).zip(&frame.values) {
        let Address(class, object, attribute, element) = value.address;
        values.extend([index, u8::try_from(ADDRESS_BYTES + value.data.len()).ok()?, class, object, attribute, element]);
        values.extend(&value.data);
    }
    let count = u8::try_from(frame.values.len()).ok()?;
    let mut body = u16::try_from(HEADER_BYTES + values.len()).ok()?.to_be_bytes().to_vec();
    body.extend(frame.version.to_be_bytes());
    body.push(frame.host);
    body.extend(frame.controller.to_be_bytes());
    body.extend([frame.crossing, frame.sequence, frame.kind, count]);
    body.extend(values);
    body.extend(wire.crc.of(&body).to_be_bytes());
    let mut bytes = vec![START];
    for octet in body {
        if wire.escapes && matches!(octet, START | END | ESCAPE) {
            bytes.push(ESCAPE);
        }
        bytes.push(octet);
    }
    bytes.push(END);
    Some(bytes)
}

/// The frames of one datagram, one behind the other: without escapes only the length tells where one ends.
pub fn decode_datagram(mut bytes: &[u8], crc: Crc) -> Vec<Result<Frame, Error>> {
    let mut frames = Vec::new();
    while !bytes.is_empty() {
        let [START, rest @ ..] = bytes else {
            frames.push(Err(Error::Outside(bytes.len())));
            break;
        };
        let length = usize::from(u16_at(rest, 0)) + AROUND_BYTES;
        let Some((frame, behind)) = bytes.split_at_checked(length) else {
            frames.push(Err(Error::Half(bytes.len())));
            break;
        };
        let [START, inner @ .., END] = frame else {
            let found = bytes.len().saturating_sub(AROUND_BYTES);
            frames.push(Err(Error::Length { said: length - AROUND_BYTES, found }));
            break;
        };
        frames.push(decode(inner, crc));
        bytes = behind;
    }
    frames
}

/// Cuts a stream at the marks. After garbage it finds the next start mark.
#[derive(Debug)]
pub struct Deframer {
    crc: Crc,
    /// Octets since the start mark; `None`: outside of a frame.
    held: Option<Vec<u8>>,
    escaped: bool,
    outside: usize,
}

impl Deframer {
    /// A deframer at the beginning of a stream.
    pub fn new(crc: Crc) -> Self {
        Self { crc, held: None, escaped: false, outside: 0 }
    }

    /// Takes more of the stream, gives what frames it completes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Result<Frame, Error>> {
        let mut frames = Vec::new();
        for octet in bytes {
            self.octet(*octet, &mut frames);
        }
        frames
    }

    fn octet(&mut self, octet: u8, frames: &mut Vec<Result<Frame, Error>>) {
        let Some(held) = &mut self.held else {
            if octet == START {
                let outside = std::mem::take(&mut self.outside);
                frames.extend((outside > 0).then_some(Err(Error::Outside(outside))));
                self.held = Some(Vec::new());
            } else {
                self.outside = self.outside.saturating_add(1);
            }
            return;
        };
        let wrong = match (std::mem::take(&mut self.escaped), octet) {
            (true, START | END | ESCAPE) => {
                held.push(octet);
                None
            }
            (true, other) => Some(Error::Escape(other)),
            (false, ESCAPE) => {
                self.escaped = true;
                None
            }
            (false, START) => {
                // The frame before was never finished; this one begins.
                frames.push(Err(Error::Half(held.len())));
                held.clear();
                None
            }
            (false, END) => {
                frames.push(decode(held, self.crc));
                self.held = None;
                None
            }
            (false, other) => {
                held.push(other);
                (held.len() > MAX_BYTES).then_some(Error::TooLong)
            }
        };
        if let Some(error) = wrong {
            frames.push(Err(error));
            self.held = None;
        }
    }
}
