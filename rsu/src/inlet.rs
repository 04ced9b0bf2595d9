//! The one way into the pipeline: everything that arrives is recorded first and queued second.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use perception::detection::SensorId;
use perception::time::UtcMicros;

use crate::clock::Clock;
use crate::evidence::EvidenceTap;
use crate::metrics::Metrics;
use crate::pipeline::Input;
use crate::record::Recorder;

/// Inputs that may wait for the pipeline. At 4 cameras and 4 radars of 20 Hz this is over 3 s: the pipeline is then
/// so far behind that anything more is only memory.
const QUEUE: usize = 512;

/// An input and when it arrived.
#[derive(Debug)]
pub struct Arrival {
    /// When.
    pub at: UtcMicros,
    /// What.
    pub input: Input,
}

/// Takes what arrives, from any thread. What does not fit is lost and counted as `queue_full`.
#[derive(Clone, Debug)]
pub struct Inlet {
    queue: SyncSender<Arrival>,
    recorder: Option<Recorder>,
    evidence: Option<EvidenceTap>,
    clock: Arc<Clock>,
    metrics: Metrics,
}

impl Inlet {
    /// The inlet and the pipeline's end of it.
    pub fn new(recorder: Option<Recorder>, clock: Arc<Clock>, metrics: Metrics) -> (Self, Receiver<Arrival>) {
        let (queue, inputs) = sync_channel(QUEUE);
        (Self { queue, recorder, evidence: None, clock, metrics }, inputs)
    }

    /// The same, and what arrives may become evidence.
    pub fn with_evidence(self, evidence: Option<EvidenceTap>) -> Self {
        Self { evidence, ..self }
    }

    /// Bytes of the signal controller, for the recording only.
    pub fn record_signal_bytes(&self, source: &str, bytes: &[u8]) {
        if let Some(recorder) = &self.recorder {
            recorder.record_signal_bytes(self.clock.now(), source, bytes);
        }
    }

    /// A camera's picture, as JPEG, for the evidence only.
    pub fn keep_picture(&self, sensor: SensorId, captured_at: UtcMicros, jpeg: Vec<u8>) {
        if let Some(evidence) = &self.evidence {
            evidence.take_picture(self.clock.now(), sensor, captured_at, jpeg);
        }
    }

    /// Never waits. False once the pipeline is gone.
    pub fn offer(&self, input: Input) -> bool {
        let at = self.clock.now();
        if let Some(recorder) = &self.recorder {
            recorder.record(at, &input);
        }
        if let Some(evidence) = &self.evidence {
            evidence.take(at, &input);
        }
        if let Input::Sensor(frame) = &input {
            self.metrics.sensor_frames.with_label_values(&[&**frame.sensor()]).inc();
        }
        match self.queue.try_send(Arrival { at, input }) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                self.metrics.count_drop("pipeline", "queue_full", 1);
                true
            }
            Err(TrySendError::Disconnected(_)) => false,
        }
    }
}
