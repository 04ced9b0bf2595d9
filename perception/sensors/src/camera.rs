//! Cameras: files and network streams, decoded by OpenCV (FFmpeg) on a thread of their own.
//!
//! A file and an RTSP address go through the same code. A file is paced by its own time stamps; a live stream is
//! taken as it comes. Either way only the newest frame waits in the [`LatestFrame`] mailbox. A stream that cannot be
//! opened, ends, stalls, or shows pictures of another size than the calibration is for is tried again with growing
//! pauses, counted, and shown in [`CameraStatus`].

use std::sync::{Arc, Mutex, Once, PoisonError};

use perception::detection::SensorId;
use perception::time::UtcMicros;

use crate::Now;
use crate::mailbox::{LatestFrame, VideoFrame};
use crate::stop::StopSignal;

mod pace;
mod stream;

use pace::Pace;
use stream::{Stream, StreamError};

/// The first pause after a failure, seconds; each further one is twice as long.
const FIRST_PAUSE_S: f64 = 0.5;
/// The longest pause, seconds.
const LONGEST_PAUSE_S: f64 = 30.0;
/// A connection that gave this many frames was a good one: the next failure begins with the first pause again.
const FRAMES_OF_A_GOOD_CONNECTION: u64 = 10;

/// What a camera source needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraConfig {
    /// The camera's name.
    pub sensor: SensorId,
    /// A file's path, or the address of a stream (`rtsp://user:password@host/path`, `http://…`).
    pub url: String,
    /// Whether a file begins again at its end. Of no meaning for a stream.
    pub repeat: bool,
    /// Width and height that the calibration is for, pixels; a stream of another size is refused. `None`: any.
    pub expected_size_px: Option<(u32, u32)>,
    /// A stream that gives no frame for so long, or cannot be opened within it, has failed, seconds.
    pub stall_timeout_s: f64,
}

impl CameraConfig {
    /// A camera that plays once, of any size, with 3 s until a stall counts as a failure.
    pub fn new(sensor: impl Into<SensorId>, url: impl Into<String>) -> Self {
        Self { sensor: sensor.into(), url: url.into(), repeat: false, expected_size_px: None, stall_timeout_s: 3.0 }
    }
}

/// What a camera source is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CameraState {
    /// It opens the stream.
    #[default]
    Connecting,
    /// Frames come.
    Streaming,
    /// It failed, and pauses before it tries again.
    Retrying,
    /// It was told to stop.
    Stopped,
    /// The file is over and was not to be repeated.
    Ended,
}

impl CameraState {
    /// The state's name as logs, metrics and pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Streaming => "streaming",
            Self::Retrying => "retrying",
            Self::Stopped => "stopped",
            Self::Ended => "ended",
        }
    }
}

/// How a camera source is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CameraStatus {
    /// What it is doing.
    pub state: CameraState,
    /// Frames decoded and put in the mailbox.
    pub frames: u64,
    /// Of these, frames that a newer one replaced before anybody took them: drop reason `overwritten`.
    pub dropped_overwritten: u64,
    /// Frames of a size that the calibration is not for, never put in the mailbox: drop reason `wrong_size`.
    pub dropped_wrong_size: u64,
    /// How often it tried again after a failure.
    pub reconnects: u64,
    /// Capture time of the last frame.
    pub last_frame_at: Option<UtcMicros>,
    /// What went wrong last, even if it is well now.
    pub last_error: Option<String>,
    /// Frames per second, by the capture times of the last second or two. `None`: not two frames yet.
    pub fps: Option<f64>,
}

/// A camera that decodes on its own thread until it is stopped or dropped.
#[derive(Debug)]
pub struct CameraSource {
    sensor: SensorId,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    stop: StopSignal,
    status: Mutex<CameraStatus>,
}

impl Shared {
    fn update(&self, change: impl FnOnce(&mut CameraStatus)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl CameraSource {
    /// Starts to decode into `frames`; the state of the stream shows in [`status`](Self::status).
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start(config: CameraConfig, now: Now, frames: Arc<LatestFrame>) -> std::io::Result<Self> {
        quiet_opencv();
        let shared = Arc::new(Shared::default());
        let sensor = config.sensor.clone();
        let worker = Worker { config, now, frames, shared: shared.clone(), sequence: 0, last_captured_at: None };
        std::thread::Builder::new().name(format!("camera {sensor}")).spawn(move || worker.run())?;
        Ok(Self { sensor, shared })
    }

    /// The camera's name.
    pub fn sensor(&self) -> &SensorId {
        &self.sensor
    }

    /// How it is doing.
    pub fn status(&self) -> CameraStatus {
        self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks it to stop and returns at once. Pauses end at once; a read from a silent network within the stall timeout.
    pub fn stop(&self) {
        self.shared.stop.stop();
    }
}

impl Drop for CameraSource {
    fn drop(&mut self) {
        self.stop();
    }
}

/// One OpenCV thread for each source (the box has few cores), and OpenCV's chatter off: failures show in the status.
fn quiet_opencv() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Err(error) = opencv::core::set_num_threads(1) {
            tracing::warn!(%error, "OpenCV keeps its own number of threads");
        }
        if let Err(error) = opencv::core::set_log_level(opencv::core::LogLevel::LOG_LEVEL_SILENT) {
            tracing::warn!(%error, "OpenCV keeps its own log level");
        }
    });
}

/// Why a connection came to its end.
enum End {
    Stopped,
    /// The file is over.
    Over,
    Failed(String),
}

struct Worker {
    config: CameraConfig,
    now: Now,
    frames: Arc<LatestFrame>,
    shared: Arc<Shared>,
    sequence: u64,
    last_captured_at: Option<UtcMicros>,
}

impl Worker {
    fn run(mut self) {
        let mut pause_s = FIRST_PAUSE_S;
        let mut pace = Pace::default();
        let state = loop {
            let before = self.sequence;
            match self.run_once(&mut pace) {
                End::Stopped => break CameraState::Stopped,
                End::Over if !self.config.repeat => break CameraState::Ended,
                End::Over => continue,
                End::Failed(error) => {
                    if self.sequence - before >= FRAMES_OF_A_GOOD_CONNECTION {
                        pause_s = FIRST_PAUSE_S;
                    }
                    self.failed(error, pause_s);
                    if self.shared.stop.wait(pause_s) {
                        break CameraState::Stopped;
                    }
                    pause_s = (pause_s * 2.0).min(LONGEST_PAUSE_S);
                    self.shared.update(|status| {
                        status.state = CameraState::Connecting;
                        status.reconnects += 1;
                    });
                    pace = Pace::default();
                }
            }
        };
        tracing::info!(sensor = %self.config.sensor, state = state.name(), "camera done");
        self.shared.update(|status| status.state = state);
    }

    fn failed(&mut self, error: String, pause_s: f64) {
        tracing::warn!(sensor = %self.config.sensor, error, pause_s, "camera failed, will be tried again");
        self.shared.update(|status| {
            status.state = CameraState::Retrying;
            status.last_error = Some(error);
            status.fps = None;
        });
        self.last_captured_at = None;
    }

    /// Opens the stream and delivers its frames until something ends it.
    fn run_once(&mut self, pace: &mut Pace) -> End {
        let mut stream = match Stream::open(&self.config.url, self.config.stall_timeout_s) {
            Ok(stream) => stream,
            Err(error) => return End::Failed(error.to_string()),
        };
        pace.begin_stream();
        let mut frames = 0_u64;
        loop {
            if self.shared.stop.is_stopped() {
                return End::Stopped;
            }
            let picture = match stream.read() {
                Ok(picture) => picture,
                Err(StreamError::Over) if frames > 0 => return End::Over,
                Err(error) => return End::Failed(error.to_string()),
            };
            frames += 1;
            if let Err(error) = self.check_size(picture.size_px) {
                return End::Failed(error);
            }
            let captured_at = match picture.position_s {
                None => (self.now)(),
                Some(position_s) => match pace.wait_for(position_s, &self.now, &self.shared.stop) {
                    Some(due) => due,
                    None => return End::Stopped,
                },
            };
            self.deliver(VideoFrame {
                sensor: self.config.sensor.clone(),
                captured_at,
                mat: picture.mat,
                sequence: self.sequence,
            });
        }
    }

    fn check_size(&self, (width, height): (u32, u32)) -> Result<(), String> {
        match self.config.expected_size_px {
            Some((w, h)) if (w, h) != (width, height) => {
                self.shared.update(|status| status.dropped_wrong_size += 1);
                Err(format!("its pictures are {width} x {height} px, but the calibration is for {w} x {h} px"))
            }
            _ => Ok(()),
        }
    }

    fn deliver(&mut self, frame: VideoFrame) {
        let captured_at = frame.captured_at;
        let interval_s = self.last_captured_at.replace(captured_at).map(|last| captured_at.seconds_since(last));
        self.sequence += 1;
        let overwritten = self.frames.put(frame);
        self.shared.update(|status| {
            status.state = CameraState::Streaming;
            status.frames += 1;
            status.dropped_overwritten += u64::from(overwritten);
            status.last_frame_at = Some(captured_at);
            status.fps = smoothed_rate(status.fps, interval_s);
        });
    }
}

/// Frames per second after one more interval: an average that forgets within a second or two.
fn smoothed_rate(rate_hz: Option<f64>, interval_s: Option<f64>) -> Option<f64> {
    let Some(interval_s) = interval_s.filter(|interval_s| *interval_s > 1e-4) else { return rate_hz };
    let Some(rate_hz) = rate_hz else { return Some(1.0 / interval_s) };
    let weight = interval_s.min(1.0);
    Some(1.0 / ((1.0 - weight) / rate_hz + weight * interval_s))
}
