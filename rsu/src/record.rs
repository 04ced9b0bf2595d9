//! Writes a recording while the service runs, on a thread of its own: a slow disk delays no vehicle.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use perception::calibration::SiteGeometry;
use perception::detection::SensorFrame;
use perception::time::UtcMicros;
use sensors::recording::{
    Item, NextSignal, Recorded, RecordingError, RecordingWriter, SignalGroupRecord, SignalRecord,
};

use crate::cli::codec::hex;
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::pipeline::Input;
use crate::signals::{GroupState, SignalState};

/// Entries that may wait for the disk.
const QUEUE: usize = 4096;
/// How often the writer looks at the clock when nothing arrives, so that what is written reaches the disk.
const IDLE: Duration = Duration::from_millis(500);

/// A recording under way; clones share it.
#[derive(Clone, Debug)]
pub struct Recorder {
    queue: SyncSender<Recorded>,
    metrics: Metrics,
    writer: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Recorder {
    /// Creates the file, which must not exist yet, and writes the site into it.
    pub fn start(
        path: PathBuf,
        geometry: &SiteGeometry,
        clock: Arc<Clock>,
        metrics: Metrics,
    ) -> Result<Self, RecordingError> {
        let mut writer = RecordingWriter::create(&path)?;
        let now = clock.now();
        writer.write(&Recorded { arrived_at: now, captured_at: now, item: Item::Site(geometry.clone()) })?;
        let (queue, entries) = sync_channel(QUEUE);
        let thread_metrics = metrics.clone();
        let run = move || write_all(writer, &entries, &clock, &thread_metrics);
        let thread = std::thread::Builder::new()
            .name("recorder".into())
            .spawn(run)
            .map_err(|source| RecordingError::Io { path, source })?;
        Ok(Self { queue, metrics, writer: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Never waits; what the disk cannot take is counted.
    pub fn record(&self, arrived_at: UtcMicros, input: &Input) {
        if let Some((captured_at, item)) = item(arrived_at, input) {
            self.queue(Recorded { arrived_at, captured_at, item });
        }
    }

    /// What a signal controller sent, as it came.
    pub fn record_signal_bytes(&self, arrived_at: UtcMicros, source: &str, bytes: &[u8]) {
        let item = Item::SignalRaw { source: source.to_owned(), hex: hex(bytes) };
        self.queue(Recorded { arrived_at, captured_at: arrived_at, item });
    }

    fn queue(&self, entry: Recorded) {
        match self.queue.try_send(entry) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => self.metrics.count_drop("recorder", "queue_full", 1),
            Err(TrySendError::Disconnected(_)) => self.metrics.count_drop("recorder", "write_failed", 1),
        }
    }

    /// Lets go of the recording; the last one to do so waits until the file is whole.
    pub fn finish(self) {
        let Self { queue, writer, .. } = self;
        drop(queue);
        let thread = writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the recorder's thread panicked; the recording may end early");
        }
    }
}

fn write_all(mut writer: RecordingWriter, entries: &Receiver<Recorded>, clock: &Clock, metrics: &Metrics) {
    loop {
        let written = match entries.recv_timeout(IDLE) {
            Ok(entry) => writer.write(&entry),
            Err(RecvTimeoutError::Timeout) => writer.tick(clock.now()),
            Err(RecvTimeoutError::Disconnected) => break,
        };
        if let Err(error) = written {
            // A full or dead disk: recording ends here, the service goes on, and every entry from now on is counted.
            tracing::error!(%error, "recording ends");
            metrics.count_drop("recorder", "write_failed", 1);
            return;
        }
    }
    if let Err(error) = writer.finish() {
        tracing::error!(%error, "recording is not whole; it can be read up to its last chunk");
    }
}

fn item(arrived_at: UtcMicros, input: &Input) -> Option<(UtcMicros, Item)> {
    match input {
        Input::Sensor(SensorFrame::Camera(frame)) => Some((frame.captured_at, Item::Camera(frame.clone()))),
        Input::Sensor(SensorFrame::Radar(scan)) => Some((scan.captured_at, Item::Radar(scan.clone()))),
        Input::Signal(state) => Some((state.captured_at, Item::Signal(signal_record(state)))),
        // What is in it is not known before it is decoded: it counts as captured when it came.
        Input::Received { receiver, frame } => {
            Some((arrived_at, Item::V2xReceived { radio: receiver.to_string(), hex: hex(frame) }))
        }
        // A replayed controller is not asked again; counts of lots, gauges and the city's notices have no channel in a recording.
        Input::Commanded { .. } | Input::LotCount { .. } | Input::Water(_) | Input::Notice(_) | Input::Tick => None,
    }
}

/// A state of the signal as the recording has it.
pub fn signal_record(state: &SignalState) -> SignalRecord {
    let control = state.control.map(|control| control.as_str().to_owned());
    SignalRecord { control, plan: state.plan, groups: state.groups.iter().map(group).collect() }
}

fn group(group: &GroupState) -> SignalGroupRecord {
    SignalGroupRecord {
        id: u32::from(group.id),
        state: group.light,
        min_end_s: group.min_end_s,
        max_end_s: group.max_end_s,
        likely_end_s: group.likely_end_s,
        protected: group.protected,
        next: group.next.iter().map(|&(state, lasts_s)| NextSignal { state, lasts_s }).collect(),
    }
}
