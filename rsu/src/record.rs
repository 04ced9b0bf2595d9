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
use crate::signals::{Control, GroupState, SignalState};

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
        if let Some(entry) = recorded(arrived_at, input) {
            self.queue(entry);
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

/// An input as a recording has it. `None`: it has no channel there.
pub fn recorded(arrived_at: UtcMicros, input: &Input) -> Option<Recorded> {
    let (captured_at, item) = match input {
        Input::Sensor(SensorFrame::Camera(frame)) => (frame.captured_at, Item::Camera(frame.clone())),
        Input::Sensor(SensorFrame::Radar(scan)) => (scan.captured_at, Item::Radar(scan.clone())),
        Input::Signal(state) => (state.captured_at, Item::Signal(signal_record(state))),
        // What is in it is not known before it is decoded: it counts as captured when it came.
        Input::Received { receiver, frame } => {
            (arrived_at, Item::V2xReceived { radio: receiver.to_string(), hex: hex(frame) })
        }
        Input::Water(level) => (level.measured_at, Item::Water { gauge: level.gauge.clone(), depth_m: level.depth_m }),
        // A replayed controller is not asked again; counts of lots and the city's notices have no channel in a recording.
        Input::Commanded { .. } | Input::LotCount { .. } | Input::Notice(_) | Input::Tick => return None,
    };
    Some(Recorded { arrived_at, captured_at, item })
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

/// What was recorded of the signal, as the controller said it at `captured_at`; the inverse of [`signal_record`].
pub fn signal_state(captured_at: UtcMicros, record: &SignalRecord) -> SignalState {
    let group = |group: &SignalGroupRecord| {
        Some(GroupState {
            min_end_s: group.min_end_s,
            max_end_s: group.max_end_s,
            likely_end_s: group.likely_end_s,
            protected: group.protected,
            next: group.next.iter().map(|next| (next.state, next.lasts_s)).collect(),
            ..GroupState::new(u8::try_from(group.id).ok()?, group.state)
        })
    };
    let mut groups: Vec<GroupState> = record.groups.iter().filter_map(group).collect();
    groups.sort_by_key(|group| group.id);
    // A word of another version is none of ours.
    let control = record.control.as_deref().and_then(Control::of_str);
    SignalState { captured_at, control, plan: record.plan, groups }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Light;

    #[test]
    fn what_was_said_of_the_signal_is_what_is_replayed() {
        let captured_at = UtcMicros(1_700_000_000_000_000);
        let group = GroupState {
            protected: Some(true),
            min_end_s: Some(1.5),
            max_end_s: Some(9.0),
            likely_end_s: Some(4.0),
            next: vec![(Light::Yellow, 3.0), (Light::Red, 30.5)],
            ..GroupState::new(2, Light::Green)
        };
        let groups = vec![GroupState::new(1, Light::Red), group];
        for control in [None, Some(Control::Adaptive), Some(Control::AllRed)] {
            let state = SignalState { captured_at, control, plan: control.map(|_| 7), groups: groups.clone() };
            assert_eq!(signal_state(captured_at, &signal_record(&state)), state);
        }
        let record = SignalRecord { control: Some("by_moonlight".into()), ..SignalRecord::default() };
        assert_eq!(signal_state(captured_at, &record).control, None);
    }
}
