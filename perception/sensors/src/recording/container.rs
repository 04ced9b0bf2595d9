//! The MCAP container: where its records lie, and what is in one piece of it.
//!
//! Opening walks over the record headers once and skips their contents (one seek for each chunk), which needs no summary
//! and so works as well on a file whose writer was cut off. Only then are chunks read, one at a time.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::ops::Range;

use mcap::MAGIC;
use mcap::records::op;
use mcap::sans_io::linear_reader::{LinearReadEvent, LinearReader, LinearReaderOptions};

use super::FaultReason;
use super::body::Topic;

/// The most that one chunk may hold, uncompressed; a larger one is refused as damaged.
const MAX_CHUNK_BYTES: u64 = 256 << 20;
/// Records outside chunks are read in pieces of about this size.
const LOOSE_PIECE_BYTES: u64 = 1 << 20;
/// The largest channel record that is believed.
const MAX_CHANNEL_RECORD_BYTES: u64 = 1 << 20;
const RECORD_HEADER_BYTES: u64 = 9;
const MESSAGE_HEADER_BYTES: usize = 22;

/// A piece of the file that is read at once: a chunk, or a run of records outside chunks.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Where its record begins in the file.
    pub(super) offset: u64,
    /// No message in it is older, as the file has it, nanoseconds.
    pub(super) first_log_time_ns: u64,
    /// Where its contents lie.
    data: Range<u64>,
    encoding: Encoding,
}

#[derive(Clone, Debug)]
enum Encoding {
    /// Records as they are, not in a chunk.
    Loose,
    /// A chunk's records; `torn`: the file ends within them, so sizes and check sum are not to be had.
    Chunk { compression: String, uncompressed_bytes: u64, crc: u32, torn: bool },
}

/// What a channel number stands for.
#[derive(Clone, Debug)]
pub(super) struct ChannelInfo {
    pub(super) topic: Topic,
    pub(super) name: String,
    pub(super) message_encoding: String,
}

/// Channels by their number.
pub(super) type Channels = HashMap<u16, ChannelInfo>;

/// The file's pieces in file order, and what is known of its channels before any chunk is read.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) pieces: Vec<Piece>,
    pub(super) channels: Channels,
    /// Where the file is torn, if it is.
    pub(super) torn_at: Option<u64>,
    /// Whether the summary named the channels.
    pub(super) has_summary: bool,
}

/// One message, not yet decoded.
#[derive(Clone, Debug)]
pub(super) struct RawMessage {
    pub(super) channel_id: u16,
    pub(super) log_time_ns: u64,
    pub(super) publish_time_ns: u64,
    pub(super) data: Vec<u8>,
}

/// Whether the file begins like an MCAP file; leaves it just behind the magic.
pub(super) fn has_magic(file: &mut File) -> std::io::Result<bool> {
    let mut magic = Vec::with_capacity(MAGIC.len());
    file.seek(SeekFrom::Start(0))?;
    file.by_ref().take(MAGIC.len() as u64).read_to_end(&mut magic)?;
    Ok(magic == MAGIC)
}

/// Whether the file ends like an MCAP file: what [`RecordingWriter::finish`](super::RecordingWriter::finish) writes last.
pub(super) fn ends_with_magic(file: &mut File) -> std::io::Result<bool> {
    let length = MAGIC.len() as i64;
    if file.metadata()?.len() < 2 * MAGIC.len() as u64 {
        return Ok(false);
    }
    let mut magic = [0; MAGIC.len()];
    file.seek(SeekFrom::End(-length))?;
    file.read_exact(&mut magic)?;
    Ok(magic == *MAGIC)
}

/// Walks over all record headers.
pub(super) fn scan(file: &mut File) -> std::io::Result<Layout> {
    let end_of_file = file.metadata()?.len();
    let mut layout = Layout::default();
    let mut position = MAGIC.len() as u64;
    let mut reader = BufReader::with_capacity(4096, file);
    reader.seek(SeekFrom::Start(position))?;
    let mut after_data = false;
    loop {
        let mut header = [0_u8; RECORD_HEADER_BYTES as usize];
        if end_of_file - position < RECORD_HEADER_BYTES {
            layout.torn_at = Some(position);
            return Ok(layout);
        }
        reader.read_exact(&mut header)?;
        let [opcode, length @ ..] = header;
        let begin = position + RECORD_HEADER_BYTES;
        let claimed_end = begin.checked_add(u64::from_le_bytes(length));
        let whole_end = claimed_end.filter(|&end| end <= end_of_file);
        let end = whole_end.unwrap_or(end_of_file);
        match opcode {
            op::CHUNK => {
                let torn = whole_end.is_none();
                let piece = read_chunk_header(&mut reader, position, begin..end, torn)?;
                layout.pieces.extend(piece);
            }
            op::MESSAGE if whole_end.is_some() => {
                add_loose(&mut layout, &mut reader, position, end)?;
            }
            op::CHANNEL if whole_end.is_some() && end - begin <= MAX_CHANNEL_RECORD_BYTES => {
                let mut record = Vec::new();
                reader.by_ref().take(end - begin).read_to_end(&mut record)?;
                add_channel(&mut layout.channels, &record);
                layout.has_summary |= after_data;
            }
            op::DATA_END => after_data = true,
            op::FOOTER if whole_end.is_some() => return Ok(layout),
            _ => {}
        }
        if whole_end.is_none() {
            layout.torn_at = Some(position);
            return Ok(layout);
        }
        position = end;
        let here = reader.stream_position()?;
        reader.seek_relative(i64::try_from(end).unwrap_or(i64::MAX) - i64::try_from(here).unwrap_or(i64::MAX))?;
    }
}

/// A chunk's header: start, end, uncompressed size, CRC, compression's name, compressed size. `None`: cut off in it.
fn read_chunk_header(
    reader: &mut impl Read,
    offset: u64,
    record: Range<u64>,
    torn: bool,
) -> std::io::Result<Option<Piece>> {
    const FIXED: u64 = 8 + 8 + 8 + 4 + 4;
    const LONGEST_NAME: u64 = 64;
    let mut header = Vec::new();
    let available = (record.end - record.start).min(FIXED + LONGEST_NAME + 8);
    reader.take(available).read_to_end(&mut header)?;
    let mut fields = Fields(&header);
    let parsed = (|| {
        let (start_ns, _end_ns, uncompressed_bytes) = (fields.u64()?, fields.u64()?, fields.u64()?);
        let (crc, compression) = (fields.u32()?, fields.text()?);
        Some((start_ns, uncompressed_bytes, crc, compression, fields.u64()?))
    })();
    let Some((start_ns, uncompressed_bytes, crc, compression, compressed_bytes)) = parsed else { return Ok(None) };
    let begin = record.start + (header.len() - fields.0.len()) as u64;
    let whole = begin.checked_add(compressed_bytes).filter(|&end| end <= record.end);
    let torn = torn || whole.is_none();
    Ok(Some(Piece {
        offset,
        // A writer fills in the header when the chunk is complete, so a torn chunk's times mean nothing: read it early.
        first_log_time_ns: if torn { 0 } else { start_ns },
        data: begin..whole.unwrap_or(record.end),
        encoding: Encoding::Chunk { compression, uncompressed_bytes, crc, torn },
    }))
}

/// Adds a message that is in no chunk to the piece before it, or begins a new piece.
fn add_loose(layout: &mut Layout, reader: &mut impl Read, offset: u64, end: u64) -> std::io::Result<()> {
    let mut header = Vec::new();
    let available = (end - offset - RECORD_HEADER_BYTES).min(MESSAGE_HEADER_BYTES as u64);
    reader.take(available).read_to_end(&mut header)?;
    let mut fields = Fields(&header);
    let parsed = (|| Some((fields.u16()?, fields.u32()?, fields.u64()?)))();
    let Some((_channel, _sequence, log_time_ns)) = parsed else { return Ok(()) };
    match layout.pieces.last_mut() {
        Some(piece)
            if matches!(piece.encoding, Encoding::Loose)
                && piece.data.end == offset
                && piece.data.end - piece.data.start < LOOSE_PIECE_BYTES =>
        {
            piece.data.end = end;
            piece.first_log_time_ns = piece.first_log_time_ns.min(log_time_ns);
        }
        _ => layout.pieces.push(Piece {
            offset,
            first_log_time_ns: log_time_ns,
            data: offset..end,
            encoding: Encoding::Loose,
        }),
    }
    Ok(())
}

fn add_channel(channels: &mut Channels, record: &[u8]) {
    let mut fields = Fields(record);
    let parsed = (|| Some((fields.u16()?, fields.u16()?, fields.text()?, fields.text()?)))();
    if let Some((id, _schema, name, message_encoding)) = parsed {
        let topic = Topic::parse(&name);
        channels.entry(id).or_insert(ChannelInfo { topic, name, message_encoding });
    }
}

/// What came out of a piece.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) messages: Vec<(usize, RawMessage)>,
    pub(super) fault: Option<FaultReason>,
}

/// Reads a piece: its channels are added to `channels`, its messages kept where `wanted` says so of their channel.
/// Each message comes with its number within the piece.
pub(super) fn read_piece(
    file: &mut File,
    piece: &Piece,
    channels: &mut Channels,
    wanted: impl Fn(Option<&ChannelInfo>) -> bool,
) -> Contents {
    let mut contents = Contents::default();
    let mut count = 0;
    let result = for_each_record(file, piece, |opcode, record| match opcode {
        op::CHANNEL => add_channel(channels, record),
        op::MESSAGE => {
            let index = count;
            count += 1;
            let mut fields = Fields(record);
            let header = (|| Some((fields.u16()?, fields.u32()?, fields.u64()?, fields.u64()?)))();
            let Some((channel_id, _sequence, log_time_ns, publish_time_ns)) = header else { return };
            if wanted(channels.get(&channel_id)) {
                let data = fields.0.to_vec();
                let message = RawMessage { channel_id, log_time_ns, publish_time_ns, data };
                contents.messages.push((index, message));
            }
        }
        _ => {}
    });
    contents.fault = result.err();
    contents
}

fn for_each_record(file: &mut File, piece: &Piece, each: impl FnMut(u8, &[u8])) -> Result<(), FaultReason> {
    let length = piece.data.end - piece.data.start;
    if length > MAX_CHUNK_BYTES {
        return Err(FaultReason::Chunk(format!("{length} bytes, more than the {MAX_CHUNK_BYTES} that are believed")));
    }
    let io = |error: std::io::Error| FaultReason::Io(error.to_string());
    file.seek(SeekFrom::Start(piece.data.start)).map_err(io)?;
    let mut data = Vec::new();
    file.take(length).read_to_end(&mut data).map_err(io)?;
    match &piece.encoding {
        Encoding::Loose => walk(&data, each).map_err(FaultReason::Chunk),
        Encoding::Chunk { compression, torn, .. } if compression.is_empty() => {
            // The reader below trusts that plain records fit their chunk, so that is made sure of first.
            match walk(&data, |_, _| {}) {
                Ok(()) if !torn => decompress(piece, &data, each),
                Err(error) if !torn => Err(FaultReason::Chunk(error)),
                Ok(()) | Err(_) => walk(&data, each).or(Ok(())),
            }
        }
        Encoding::Chunk { .. } => decompress(piece, &data, each),
    }
}

/// Plain records one behind the other.
fn walk(mut data: &[u8], mut each: impl FnMut(u8, &[u8])) -> Result<(), String> {
    while !data.is_empty() {
        let Some((header, rest)) = data.split_first_chunk::<{ RECORD_HEADER_BYTES as usize }>() else {
            return Err("the last record has no whole header".to_owned());
        };
        let [opcode, length @ ..] = *header;
        let length = usize::try_from(u64::from_le_bytes(length)).unwrap_or(usize::MAX);
        let Some((record, rest)) = rest.split_at_checked(length) else {
            return Err(format!("a record of {length} bytes overruns its chunk"));
        };
        each(opcode, record);
        data = rest;
    }
    Ok(())
}

/// A chunk's records, through `mcap`'s reader: check sum first, then records. Of a torn chunk, as many as there are.
fn decompress(piece: &Piece, data: &[u8], mut each: impl FnMut(u8, &[u8])) -> Result<(), FaultReason> {
    let Encoding::Chunk { compression, uncompressed_bytes, crc, torn } = &piece.encoding else { return Ok(()) };
    let (uncompressed_bytes, crc) = if *torn { (MAX_CHUNK_BYTES, 0) } else { (*uncompressed_bytes, *crc) };
    let options = LinearReaderOptions::default()
        .with_skip_start_magic(true)
        .with_skip_end_magic(true)
        .with_prevalidate_chunk_crcs(true)
        .with_record_length_limit(MAX_CHUNK_BYTES as usize);
    let mut reader = LinearReader::new_with_options(options);
    let header = chunk_header(compression, uncompressed_bytes, crc, data.len());
    let mut input = header.as_slice().chain(data);
    let mut read_bytes = 0;
    loop {
        match reader.next_event() {
            None => return Ok(()),
            Some(Ok(LinearReadEvent::ReadRequest(wanted))) => {
                let count = input.read(reader.insert(wanted)).unwrap_or(0);
                reader.notify_read(count);
            }
            Some(Ok(LinearReadEvent::Record { opcode, data })) => {
                read_bytes += data.len() as u64 + RECORD_HEADER_BYTES;
                if read_bytes > MAX_CHUNK_BYTES {
                    return Err(FaultReason::Chunk(format!("unpacks to more than {MAX_CHUNK_BYTES} bytes")));
                }
                each(opcode, data);
            }
            Some(Err(_)) if *torn => return Ok(()),
            Some(Err(error)) => return Err(FaultReason::Chunk(error.to_string())),
        }
    }
}

/// The chunk record's head as it should have been written.
fn chunk_header(compression: &str, uncompressed_bytes: u64, crc: u32, compressed_bytes: usize) -> Vec<u8> {
    let head_bytes = 8 + 8 + 8 + 4 + 4 + compression.len() + 8;
    let mut head = vec![op::CHUNK];
    head.extend(((head_bytes + compressed_bytes) as u64).to_le_bytes());
    head.extend([0; 16]);
    head.extend(uncompressed_bytes.to_le_bytes());
    head.extend(crc.to_le_bytes());
    head.extend((compression.len() as u32).to_le_bytes());
    head.extend(compression.as_bytes());
    head.extend((compressed_bytes as u64).to_le_bytes());
    head
}

/// MCAP's little-endian fields, taken from the front.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.u32()? as usize;
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(taken.to_vec()).ok()
    }
}
