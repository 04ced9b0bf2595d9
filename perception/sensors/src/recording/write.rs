//! Writing a recording that survives being cut off.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::{Path, PathBuf};

use mcap::records::MessageHeader;
use mcap::{Compression, WriteOptions, Writer};
use perception::time::UtcMicros;

use super::body::{self, Topic};
use super::{Item, Recorded, RecordingError, TruthFrame};

/// A chunk is closed and written when its messages span this much, seconds: what a killed process loses.
const CHUNK_SPAN_S: f64 = 1.0;
/// A chunk is closed when it holds this much, bytes.
const CHUNK_BYTES: u64 = 1 << 20;

/// Writes a recording: chunks compressed with zstd, at most about a second of messages in memory.
///
/// Call [`tick`](Self::tick) now and then when messages may stop coming, so that the last ones do not stay in memory.
/// [`finish`](Self::finish) writes the summary; a file without one, cut off at any byte, can still be read up to there.
#[derive(Debug)]
pub struct RecordingWriter {
    path: PathBuf,
    writer: WriterDebug,
    file: File,
    channels: HashMap<String, u16>,
    sequence: u32,
    /// Arrival of the first message that is still in memory.
    chunk_began_at: Option<UtcMicros>,
}

/// `mcap::Writer` cannot be printed.
struct WriterDebug(Writer<File>);

impl std::fmt::Debug for WriterDebug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Writer")
    }
}

impl RecordingWriter {
    /// Begins a new recording. A file that is already there is never overwritten: recordings are evidence.
    ///
    /// # Errors
    /// The file exists or cannot be created.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref().to_owned();
        let created = File::options().write(true).create_new(true).open(&path);
        let opened = created.and_then(|file| Ok((file.try_clone()?, file)));
        let (file, output) = opened.map_err(|source| RecordingError::Io { path: path.clone(), source })?;
        let options = WriteOptions::new()
            .compression(Some(Compression::Zstd))
            .compression_threads(0)
            .chunk_size(Some(CHUNK_BYTES))
            // A chunk goes to the file whole and at once: a killed process leaves no half-written header behind.
            .disable_seeking(true)
            .library(concat!("lukou/", env!("CARGO_PKG_VERSION")));
        let writer = options.create(output).map_err(|source| {
            // On a full disk: an empty file would only be in the way.
            drop(std::fs::remove_file(&path));
            RecordingError::Write { path: path.clone(), source }
        })?;
        let writer = WriterDebug(writer);
        Ok(Self { path, writer, file, channels: HashMap::new(), sequence: 0, chunk_began_at: None })
    }

    /// Writes one message. Of camera frames and radar scans the capture time within counts.
    ///
    /// # Errors
    /// The disk refuses, or the item holds what JSON cannot.
    pub fn write(&mut self, recorded: &Recorded) -> Result<(), RecordingError> {
        let captured_at = match &recorded.item {
            Item::Camera(frame) => frame.captured_at,
            Item::Radar(scan) => scan.captured_at,
            Item::Site(_)
            | Item::Signal(_)
            | Item::SignalRaw { .. }
            | Item::V2xReceived { .. }
            | Item::Water { .. }
            | Item::Image { .. } => recorded.captured_at,
        };
        let topic = body::topic_of(&recorded.item);
        let body = body::encode(captured_at, &recorded.item);
        self.write_body(recorded.arrived_at, captured_at, &topic, body)
    }

    /// Writes what really was there: for simulators and surveyors.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub fn write_truth(&mut self, arrived_at: UtcMicros, truth: &TruthFrame) -> Result<(), RecordingError> {
        self.write_body(arrived_at, truth.captured_at, &Topic::Truth, body::encode_truth(truth))
    }

    fn write_body(
        &mut self,
        arrived_at: UtcMicros,
        captured_at: UtcMicros,
        topic: &Topic,
        body: Result<Vec<u8>, serde_json::Error>,
    ) -> Result<(), RecordingError> {
        let channel = topic.name();
        let encode = |source| RecordingError::Encode { path: self.path.clone(), channel: channel.to_string(), source };
        let body = body.map_err(encode)?;
        let channel_id = self.channel_id(topic, &channel)?;
        let (log_time, publish_time) = (nanoseconds(arrived_at), nanoseconds(captured_at));
        let header = MessageHeader { channel_id, sequence: self.sequence, log_time, publish_time };
        self.sequence = self.sequence.wrapping_add(1);
        self.writer.0.write_to_known_channel(&header, &body).map_err(|source| self.write_error(source))?;
        self.chunk_began_at.get_or_insert(arrived_at);
        self.tick(arrived_at)
    }

    fn channel_id(&mut self, topic: &Topic, name: &str) -> Result<u16, RecordingError> {
        if let Some(&id) = self.channels.get(name) {
            return Ok(id);
        }
        let (schema_name, schema) = topic.schema();
        let writer = &mut self.writer.0;
        let added = writer
            .add_schema(schema_name, "jsonschema", schema.as_bytes())
            .and_then(|schema_id| writer.add_channel(schema_id, name, "json", &BTreeMap::new()));
        let id = added.map_err(|source| self.write_error(source))?;
        self.channels.insert(name.to_owned(), id);
        Ok(id)
    }

    /// Writes to the file what has waited for a second or more.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn tick(&mut self, now: UtcMicros) -> Result<(), RecordingError> {
        // A clock that jumped back counts as due as well: how long has really passed is not known then.
        let due = |began_at| !(0.0..CHUNK_SPAN_S).contains(&now.seconds_since(began_at));
        if self.chunk_began_at.is_some_and(due) { self.flush() } else { Ok(()) }
    }

    /// Writes everything to the file; it then survives the process, but not yet a loss of power.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn flush(&mut self) -> Result<(), RecordingError> {
        self.chunk_began_at = None;
        self.writer.0.flush().map_err(|source| self.write_error(source))
    }

    /// Writes everything and waits until the disk has it; then it survives a loss of power. May take long.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn sync(&mut self) -> Result<(), RecordingError> {
        self.flush()?;
        self.file.sync_data().map_err(|source| RecordingError::Io { path: self.path.clone(), source })
    }

    /// Bytes in the file so far.
    ///
    /// # Errors
    /// The file system does not say.
    pub fn bytes(&self) -> Result<u64, RecordingError> {
        let metadata = self.file.metadata();
        Ok(metadata.map_err(|source| RecordingError::Io { path: self.path.clone(), source })?.len())
    }

    /// Ends the recording with its summary, and waits until the disk has it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(mut self) -> Result<(), RecordingError> {
        self.writer.0.finish().map_err(|source| self.write_error(source))?;
        self.file.sync_all().map_err(|source| RecordingError::Io { path: self.path.clone(), source })
    }

    fn write_error(&self, source: mcap::McapError) -> RecordingError {
        RecordingError::Write { path: self.path.clone(), source }
    }
}

/// Our microseconds as MCAP's nanoseconds; moments before 1970 become 1970 (the body keeps them).
fn nanoseconds(time: UtcMicros) -> u64 {
    u64::try_from(time.0).unwrap_or(0).saturating_mul(1000)
}
