//! A short recording around each event, so that somebody can look later whether it was one: what sensors, signal controller and
//! vehicles said from before it began until after it ended. `rsu replay` says the event again from it.
//!
//! What is kept is what [`crate::record`] keeps, and pictures only if the site allows them: then the files stay on the box. A
//! thread of its own holds the last minutes in memory and writes the files, so a slow disk delays nobody and a full one costs
//! the evidence only.

mod cut;
mod ring;
mod settings;
mod shelf;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use perception::calibration::SiteGeometry;
use perception::detection::SensorId;
use perception::events::Event;
use perception::time::UtcMicros;
use sensors::recording::{self, Item, Recorded, RecordingError};

use crate::metrics::Metrics;
use crate::pipeline::Input;
use crate::record;
use cut::Cutter;
pub use settings::EvidenceSettings;
use shelf::FileName;

/// The folder in `state_dir`.
pub const FOLDER: &str = "evidence";
/// Entries that may wait for the thread.
const QUEUE: usize = 4096;
/// Files that are written at a time, at most: each holds all that comes in.
const MOST_OPEN: usize = 8;
/// In `lukou_dropped_total{where}`.
const PLACE: &str = "evidence";

/// Why there is no recording to give away.
#[derive(Debug, thiserror::Error)]
pub enum NoRecording {
    /// The text names no event.
    #[error("an event is called as its messages say: its beginning in microseconds, '-', its slot")]
    NoEvent,
    /// The event got none, or it is gone.
    #[error("the event has none, or has it no more")]
    NoFile,
    /// It is being written, or was cut off.
    #[error("it is still being written, or was cut off when the service was killed")]
    NotWhole,
    /// People may be seen in it.
    #[error("it has pictures, and these stay on the box")]
    Pictures,
    /// It is no recording after all.
    #[error(transparent)]
    Spoiled(#[from] RecordingError),
    /// The disk's.
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// Where the recording of an event lies, by the event's name (`event` of its messages). Never anything but such a file.
///
/// # Errors
/// Why there is none.
pub fn recording_of(state_dir: &Path, event: &str) -> Result<PathBuf, NoRecording> {
    let name: FileName = format!("{event}.mcap").parse().map_err(|()| NoRecording::NoEvent)?;
    let path = state_dir.join(FOLDER).join(name.to_string());
    match recording::is_whole(&path) {
        Ok(true) if recording::has_pictures(&path)? => Err(NoRecording::Pictures),
        Ok(true) => Ok(path),
        Ok(false) => Err(NoRecording::NotWhole),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(NoRecording::NoFile),
        Err(error) => Err(error.into()),
    }
}

/// What the thread is told.
#[derive(Debug)]
enum Entry {
    /// Something came in.
    Input(Recorded),
    /// An event began: what came in between the two times is its evidence.
    Begin { name: FileName, from: UtcMicros, until: UtcMicros },
    /// It is over: its evidence ends then.
    End { name: FileName, until: UtcMicros },
}

/// Takes what comes in, from any thread; clones share it.
#[derive(Clone, Debug)]
pub struct EvidenceTap {
    queue: SyncSender<Entry>,
    metrics: Metrics,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

/// Follows the events.
#[derive(Debug)]
pub struct Evidence {
    tap: EvidenceTap,
    settings: EvidenceSettings,
    /// Of each event that lasts: until when its file is written at the latest. `None`: it has no file.
    asked: BTreeMap<FileName, Option<UtcMicros>>,
}

impl EvidenceTap {
    /// Starts the thread. Files go to [`FOLDER`] in `state_dir`, which is made when the first is written.
    ///
    /// # Errors
    /// There can be no more threads.
    pub fn start(
        settings: &EvidenceSettings,
        state_dir: &Path,
        geometry: &SiteGeometry,
        metrics: Metrics,
    ) -> std::io::Result<Self> {
        let (queue, entries) = sync_channel(QUEUE);
        let mut cutter = Cutter::new(settings, &state_dir.join(FOLDER), geometry.clone(), metrics.clone());
        let run = move || {
            entries.iter().for_each(|entry| cutter.take(entry));
            cutter.finish();
        };
        let thread = std::thread::Builder::new().name(PLACE.into()).spawn(run)?;
        Ok(Self { queue, metrics, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Never waits; what the thread cannot take is counted.
    pub fn take(&self, arrived_at: UtcMicros, input: &Input) {
        if let Some(recorded) = record::recorded(arrived_at, input) {
            self.send(Entry::Input(recorded));
        }
    }

    /// A camera's picture, as JPEG; likewise.
    pub fn take_picture(&self, arrived_at: UtcMicros, sensor: SensorId, captured_at: UtcMicros, jpeg: Vec<u8>) {
        self.send(Entry::Input(Recorded { arrived_at, captured_at, item: Item::Image { sensor, jpeg } }));
    }

    fn send(&self, entry: Entry) -> bool {
        let reason = match self.queue.try_send(entry) {
            Ok(()) => return true,
            Err(TrySendError::Full(_)) => "queue_full",
            Err(TrySendError::Disconnected(_)) => "thread_ended",
        };
        self.metrics.count_drop(PLACE, reason, 1);
        false
    }

    /// Lets go of it; the last one to do so waits until the files are whole.
    pub fn finish(self) {
        let Self { queue, thread, .. } = self;
        drop(queue);
        let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that keeps evidence panicked; its last files may end early");
        }
    }
}

impl Evidence {
    /// For the events of the site that `tap` listens at.
    pub fn new(settings: EvidenceSettings, tap: EvidenceTap) -> Self {
        Self { tap, settings, asked: BTreeMap::new() }
    }

    /// Takes an event that began, changed or ended; gives its file's name. `None`: it has none, since its kind is not wanted or there
    /// are too many at a time.
    pub fn follow(&mut self, now: UtcMicros, event: &Event) -> Option<String> {
        if !self.settings.kinds.contains(&event.kind) {
            return None;
        }
        let name = FileName::of(event);
        let until = match self.asked.remove(&name) {
            Some(until) => until,
            None => self.ask(now, name, event.began_at),
        };
        if event.ended.is_none() {
            self.asked.insert(name, until);
        } else if let Some(until) = until {
            self.tap.send(Entry::End { name, until: until.min(now.plus_seconds(self.settings.after_s)) });
        }
        until.map(|_| name.to_string())
    }

    /// Has a file begun; until when it is written at the latest.
    fn ask(&self, now: UtcMicros, name: FileName, began_at: UtcMicros) -> Option<UtcMicros> {
        if self.asked.values().flatten().filter(|until| **until > now).count() >= MOST_OPEN {
            self.tap.metrics.count_drop(PLACE, "too_many", 1);
            return None;
        }
        // What takes minutes to recognise has its beginning beyond what is remembered.
        let earliest = now.plus_seconds(self.settings.after_s - self.settings.longest_s);
        let from = began_at.plus_seconds(-self.settings.before_s).max(earliest);
        let until = from.plus_seconds(self.settings.longest_s);
        self.tap.send(Entry::Begin { name, from, until }).then_some(until)
    }
}
