//! Reading a recording in the order in which a live service would have received it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::fs::File;
use std::path::Path;

use perception::time::UtcMicros;

use super::body::{self, Topic};
use super::container::{self, ChannelInfo, Channels, Piece, RawMessage};
use super::{FaultReason, Recorded, RecordingError, RecordingFault, TruthFrame};

/// Which channels a reader is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Audience {
    Service,
    Scorer,
}

impl Audience {
    /// A message on a channel that nobody declared is wanted as well: it is a fault to report.
    fn wants(self, channel: Option<&ChannelInfo>) -> bool {
        match channel.map(|channel| &channel.topic) {
            None => true,
            Some(Topic::Foreign) => false,
            Some(Topic::Truth) => self == Self::Scorer,
            Some(_) => self == Self::Service,
        }
    }
}

/// A message's place in line: log time, then place in the file.
type Key = (u64, usize, usize);

/// Messages of one audience by log time. Holds only the chunks whose times overlap.
#[derive(Debug)]
struct Messages {
    file: File,
    audience: Audience,
    channels: Channels,
    /// Pieces not yet read, by the time of their first message, with their place in the file.
    ahead: VecDeque<(usize, Piece)>,
    /// Offsets of all pieces, by their place in the file.
    offsets: Vec<u64>,
    line: BinaryHeap<Reverse<Key>>,
    waiting: HashMap<(usize, usize), RawMessage>,
    faults: VecDeque<RecordingFault>,
    torn_at: Option<u64>,
}

/// A message with what is needed to report a fault in it.
struct Found {
    message: RawMessage,
    index: usize,
    offset: u64,
}

/// Whether a recording was ended by [`RecordingWriter::finish`](super::RecordingWriter::finish), and so is neither still being
/// written nor cut off.
///
/// # Errors
/// The file can't be read.
pub fn is_whole(path: impl AsRef<Path>) -> std::io::Result<bool> {
    container::ends_with_magic(&mut File::open(path)?)
}

/// Whether a whole recording has pictures in it.
///
/// # Errors
/// The file can't be read, or is no recording.
pub fn has_pictures(path: impl AsRef<Path>) -> Result<bool, RecordingError> {
    let channels = Messages::open(path.as_ref(), Audience::Service)?.channels;
    Ok(channels.values().any(|channel| matches!(channel.topic, Topic::Image(_))))
}

impl Messages {
    fn open(path: &Path, audience: Audience) -> Result<Self, RecordingError> {
        let io = |source| RecordingError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        if !container::has_magic(&mut file).map_err(io)? {
            return Err(RecordingError::NotMcap { path: path.to_owned() });
        }
        let mut layout = container::scan(&mut file).map_err(io)?;
        if !layout.has_summary {
            // Chunks are read by time, so one may be read before the one that declares its channels. A summary would
            // have them all; without one (the writer was cut off) they are collected first.
            for piece in &layout.pieces {
                container::read_piece(&mut file, piece, &mut layout.channels, |_| false);
            }
        }
        let offsets = layout.pieces.iter().map(|piece| piece.offset).collect();
        let mut ahead: Vec<_> = layout.pieces.into_iter().enumerate().collect();
        ahead.sort_by_key(|(place, piece)| (piece.first_log_time_ns, *place));
        Ok(Self {
            file,
            audience,
            channels: layout.channels,
            ahead: ahead.into(),
            offsets,
            line: BinaryHeap::new(),
            waiting: HashMap::new(),
            faults: VecDeque::new(),
            torn_at: layout.torn_at,
        })
    }

    /// Reads every piece that may hold a message older than the first in line.
    fn fill(&mut self) {
        while let Some((_, next)) = self.ahead.front() {
            if self.line.peek().is_some_and(|Reverse(first)| first.0 < next.first_log_time_ns) {
                return;
            }
            let Some((place, piece)) = self.ahead.pop_front() else { return };
            let audience = self.audience;
            let wanted = |channel: Option<&ChannelInfo>| audience.wants(channel);
            let contents = container::read_piece(&mut self.file, &piece, &mut self.channels, wanted);
            for (index, message) in contents.messages {
                self.line.push(Reverse((message.log_time_ns, place, index)));
                self.waiting.insert((place, index), message);
            }
            let fault = |reason| RecordingFault { channel: None, arrived_at: None, offset: piece.offset, reason };
            self.faults.extend(contents.fault.map(fault));
        }
    }

    fn next_found(&mut self) -> Option<Result<Found, RecordingFault>> {
        self.fill();
        if let Some(fault) = self.faults.pop_front() {
            return Some(Err(fault));
        }
        if let Some(Reverse((_, place, index))) = self.line.pop() {
            let message = self.waiting.remove(&(place, index))?;
            let offset = self.offsets.get(place).copied().unwrap_or_default();
            return Some(Ok(Found { message, index, offset }));
        }
        let offset = self.torn_at.take()?;
        Some(Err(RecordingFault { channel: None, arrived_at: None, offset, reason: FaultReason::Torn }))
    }

    /// Decodes the next message with `decode`, which may say that it is not for this reader.
    fn next_decoded<T>(
        &mut self,
        decode: impl Fn(&ChannelInfo, &RawMessage) -> Result<Option<T>, String>,
    ) -> Option<Result<T, RecordingFault>> {
        loop {
            let Found { message, index, offset } = match self.next_found()? {
                Ok(found) => found,
                Err(fault) => return Some(Err(fault)),
            };
            let arrived_at = Some(micros(message.log_time_ns));
            let Some(channel) = self.channels.get(&message.channel_id) else {
                let reason = FaultReason::UnknownChannel { index, channel_id: message.channel_id };
                return Some(Err(RecordingFault { channel: None, arrived_at, offset, reason }));
            };
            let decoded = if channel.message_encoding == "json" {
                decode(channel, &message)
            } else {
                Err(format!("message encoding is {:?}, not json", channel.message_encoding))
            };
            match decoded {
                Ok(Some(value)) => return Some(Ok(value)),
                Ok(None) => {}
                Err(error) => {
                    let channel = Some(channel.name.clone());
                    let reason = FaultReason::Body { index, error };
                    return Some(Err(RecordingFault { channel, arrived_at, offset, reason }));
                }
            }
        }
    }
}

/// MCAP's nanoseconds as our microseconds, rounded down.
fn micros(nanoseconds: u64) -> UtcMicros {
    UtcMicros((nanoseconds / 1000).cast_signed())
}

/// Everything that the service would have received, by log time; messages of the same log time in file order.
///
/// A part that cannot be read comes as a [`RecordingFault`] in its place, and reading goes on behind it. Memory is
/// bounded by the chunks whose times overlap: one or two of a recording as the service writes it. `/truth` is never
/// among the items.
#[derive(Debug)]
pub struct RecordingReader {
    messages: Messages,
}

impl RecordingReader {
    /// Opens a recording, finished or cut off.
    ///
    /// # Errors
    /// The file cannot be read, or is no MCAP file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Messages::open(path.as_ref(), Audience::Service).map(|messages| Self { messages })
    }
}

impl Iterator for RecordingReader {
    type Item = Result<Recorded, RecordingFault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.messages.next_decoded(|channel, message| {
            let published_at = micros(message.publish_time_ns);
            let decoded = body::decode(&channel.topic, published_at, &message.data)?;
            let arrived_at = micros(message.log_time_ns);
            Ok(decoded.map(|(captured_at, item)| Recorded { arrived_at, captured_at, item }))
        })
    }
}

/// What really was there, by log time. For those who score the service, never for the service.
#[derive(Debug)]
pub struct TruthReader {
    messages: Messages,
}

impl TruthReader {
    /// Opens a recording. One without truth yields nothing.
    ///
    /// # Errors
    /// The file cannot be read, or is no MCAP file.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        Messages::open(path.as_ref(), Audience::Scorer).map(|messages| Self { messages })
    }
}

impl Iterator for TruthReader {
    type Item = Result<TruthFrame, RecordingFault>;

    fn next(&mut self) -> Option<Self::Item> {
        self.messages.next_decoded(|_, message| body::decode_truth(&message.data).map(Some))
    }
}
