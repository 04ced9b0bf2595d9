//! GA/T 1743-2020, the frame: flags, stuffing, header, check sum. Integers are little-endian.

use perception::time::UtcMicros;

use crate::signals::crc16::crc16;

/// Begins and ends a frame.
pub const FLAG: u8 = 0xc0;
const ESCAPE: u8 = 0xdb;
const ESCAPED_FLAG: u8 = 0xdc;
const ESCAPED_ESCAPE: u8 = 0xdd;

/// The protocol version of the 2020 edition.
pub const VERSION: u8 = 0x10;
/// The receiver number that means everybody.
pub const EVERYBODY: u16 = 0xffff;
/// The bit of [`Party::kind`] that a signal controller has.
pub const CONTROLLER: u16 = 0x1000;

/// Octets before the content, without the flag.
const HEADER_BYTES: usize = 31;
const CRC_BYTES: usize = 2;
/// Content that no junction fills: 255 lamps of 8 steps. Longer frames are garbage.
const MAX_BYTES: usize = 8192;

/// What a frame asks for or answers.
pub mod operation {
    /// Query.
    pub const QUERY: u8 = 0x80;
    /// Active report, which is acknowledged.
    pub const REPORT: u8 = 0x82;
    /// Answer to a query.
    pub const REPLY: u8 = 0x83;
    /// Acknowledges an active report.
    pub const REPORT_ACK: u8 = 0x85;
    /// The controller refuses.
    pub const ERROR: u8 = 0x86;
    /// Broadcast.
    pub const BROADCAST: u8 = 0x87;
}

/// What the content is about.
pub mod object {
    /// Whether the controller is in order.
    pub const RUN_STATE: u16 = 0x0101;
    /// How it decides.
    pub const CONTROL_MODE: u16 = 0x0102;
    /// What every lamp shows, and for how long.
    pub const LAMPS: u16 = 0x0103;
    /// The steps of the plan that runs.
    pub const PLAN: u16 = 0x0301;
    /// The steps of the plan of the next cycle.
    pub const NEXT_PLAN: u16 = 0x0302;
}

/// Sender or receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Administrative region, six digits of GB/T 2260; 24 bits on the wire.
    pub region: u32,
    /// Bit 15 roadside V2X device, 14 platform, 13 other roadside device, 12 signal controller.
    pub kind: u16,
    /// Its number; [`EVERYBODY`] for a broadcast.
    pub number: u16,
}

/// A frame whose check sum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Which links pass it on, by bits.
    pub link_code: u16,
    /// Who speaks.
    pub sender: Party,
    /// To whom.
    pub receiver: Party,
    /// The sender's clock.
    pub sent_at: UtcMicros,
    /// For how long it is valid, seconds.
    pub ttl_s: u8,
    /// Protocol version: [`VERSION`].
    pub version: u8,
    /// See [`operation`].
    pub operation: u8,
    /// See [`object`].
    pub object: u16,
    /// Whether a signature follows the content. It is not verified.
    pub signed: bool,
    /// The content.
    pub content: Vec<u8>,
}

/// Why bytes are no frame, or a frame says nothing that can be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// Shorter than a frame without content.
    #[error("{0} octets, a frame has at least 33")]
    TooShort(usize),
    /// Longer than any frame.
    #[error("more than 8192 octets without a flag")]
    TooLong,
    /// The datagram ends within a frame.
    #[error("the datagram ends within a frame, after {0} octets")]
    Half(usize),
    /// 0xDB before something else than 0xDC or 0xDD.
    #[error("0xDB is followed by {0:#04x} at octet {1}")]
    Escape(u8, usize),
    /// Damaged on the way.
    #[error("check sum is {found:#06x}, the frame says {said:#06x}")]
    Crc {
        /// In the frame.
        said: u16,
        /// Of its octets.
        found: u16,
    },
    /// Another edition.
    #[error("protocol version {0:#04x}")]
    Version(u8),
    /// The sender does not say that it is a signal controller.
    #[error("the sender's kind is {0:#06x}, not a signal controller")]
    Sender(u16),
    /// It is for somebody else.
    #[error("it is for number {0}")]
    Receiver(u16),
    /// A newer one of the same object has come already.
    #[error("{0:.3} s older than one that has come already")]
    Late(f64),
    /// The controller refuses a query.
    #[error("the controller refuses the query of object {0:#06x}")]
    Refused(u16),
    /// Not one of those that a controller sends to us.
    #[error("operation {0:#04x}")]
    Operation(u8),
    /// Not one of those that are read.
    #[error("object {0:#06x}")]
    Object(u16),
    /// The content ends too early.
    #[error("the content of object {object:#06x} ends at octet {at}, where there is more to come")]
    Content {
        /// Which.
        object: u16,
        /// Octet of the content.
        at: usize,
    },
}

impl Error {
    /// The word for metrics.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong => "too_long",
            Self::Half(_) => "half_frame",
            Self::Escape(..) => "escape",
            Self::Crc { .. } => "crc",
            Self::Version(_) => "version",
            Self::Sender(_) => "sender",
            Self::Receiver(_) => "receiver",
            Self::Late(_) => "late",
            Self::Refused(_) => "error_reply",
            Self::Operation(_) => "operation",
            Self::Object(_) => "object",
            Self::Content { .. } => "content",
        }
    }
}

/// One frame from the stuffed octets between two flags.
///
/// # Errors
/// Too short, a wrong escape, a wrong check sum.
pub fn decode(stuffed: &[u8]) -> Result<Frame, Error> {
    let bytes = unstuff(stuffed)?;
    let content_end = bytes.len().checked_sub(CRC_BYTES).filter(|end| *end >= HEADER_BYTES);
    let Some((body, sum)) = content_end.and_then(|end| bytes.split_at_checked(end)) else {
        return Err(Error::TooShort(bytes.len()));
    };
    let (said, found) = (u16_at(sum, 0), crc(body));
    if said != found {
        return Err(Error::Crc { said, found });
    }
    let octet = |at: usize| body.get(at).copied().unwrap_or_default();
    let seconds = u32::from(u16_at(body, 16)) | u32::from(u16_at(body, 18)) << 16;
    // The last two octets are reserved; those who use them send milliseconds.
    let millis = Some(u16_at(body, 20)).filter(|ms| *ms < 1000).unwrap_or_default();
    Ok(Frame {
        link_code: u16_at(body, 0),
        sender: party_at(body, 2),
        receiver: party_at(body, 9),
        sent_at: UtcMicros(i64::from(seconds) * 1_000_000 + i64::from(millis) * 1000),
        ttl_s: octet(22),
        version: octet(23),
        operation: octet(24),
        object: u16_at(body, 25),
        signed: octet(27) & 1 == 1,
        content: body.get(HEADER_BYTES..).unwrap_or_default().to_vec(),
    })
}

/// A frame with its flags, as it goes on the wire.
pub fn encode(frame: &Frame) -> Vec<u8> {
    let mut body = Vec::with_capacity(HEADER_BYTES + frame.content.len() + CRC_BYTES);
    body.extend(frame.link_code.to_le_bytes());
    for party in [&frame.sender, &frame.receiver] {
        body.extend(party.region.to_le_bytes().into_iter().take(3));
        body.extend(party.kind.to_le_bytes());
        body.extend(party.number.to_le_bytes());
    }
    let seconds = u32::try_from(frame.sent_at.0.div_euclid(1_000_000)).unwrap_or_default();
    let millis = u16::try_from(frame.sent_at.0.rem_euclid(1_000_000) / 1000).unwrap_or_default();
    body.extend(seconds.to_le_bytes());
    body.extend(millis.to_le_bytes());
    body.extend([frame.ttl_s, frame.version, frame.operation]);
    body.extend(frame.object.to_le_bytes());
    body.extend([u8::from(frame.signed), 0, 0, 0]);
    body.extend(&frame.content);
    let sum = crc(&body);
    body.extend(sum.to_le_bytes());
    let mut wire = vec![FLAG];
    for byte in body {
        match byte {
            FLAG => wire.extend([ESCAPE, ESCAPED_FLAG]),
            ESCAPE => wire.extend([ESCAPE, ESCAPED_ESCAPE]),
            other => wire.push(other),
        }
    }
    wire.push(FLAG);
    wire
}

fn crc(bytes: &[u8]) -> u16 {
    crc16(0x8005, 0xffff, bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn party_at(bytes: &[u8], at: usize) -> Party {
    let high = bytes.get(at + 2).copied().map_or(0, u32::from);
    Party {
        region: u32::from(u16_at(bytes, at)) | high << 16,
        kind: u16_at(bytes, at + 3),
        number: u16_at(bytes, at + 5),
    }
}

fn unstuff(stuffed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(stuffed.len());
    let mut octets = stuffed.iter().copied().enumerate();
    while let Some((at, octet)) = octets.next() {
        bytes.push(match octet {
            ESCAPE => match octets.next() {
                Some((_, ESCAPED_FLAG)) => FLAG,
                Some((_, ESCAPED_ESCAPE)) => ESCAPE,
                Some((at, other)) => return Err(Error::Escape(other, at)),
                None => return Err(Error::Escape(FLAG, at + 1)),
            },
            other => other,
        });
    }
    Ok(bytes)
}

/// Cuts a stream at the flags. The flag never stands within a frame, so after garbage the next frame is whole again.
#[derive(Debug, Default)]
pub struct Deframer {
    held: Vec<u8>,
    /// Until the next flag everything is thrown away.
    skips: bool,
}

impl Deframer {
    /// Takes more of the stream, gives what frames it completes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Result<Frame, Error>> {
        let mut frames = Vec::new();
        for byte in bytes {
            if *byte == FLAG {
                let stuffed = std::mem::take(&mut self.held);
                if !std::mem::take(&mut self.skips) && !stuffed.is_empty() {
                    frames.push(decode(&stuffed));
                }
            } else if self.held.len() == MAX_BYTES {
                self.held.clear();
                self.skips = true;
                frames.push(Err(Error::TooLong));
            } else if !self.skips {
                self.held.push(*byte);
            }
        }
        frames
    }

    /// The datagram ends: what is left of it is no frame.
    pub fn finish(&mut self) -> Option<Error> {
        let left = std::mem::take(&mut self.held).len();
        self.skips = false;
        (left > 0).then_some(Error::Half(left))
    }
}
