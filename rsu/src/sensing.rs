//! Sensors at work: a thread per camera decodes, a thread per camera detects, a thread per radar socket listens; what
//! they find goes into the [`Inlet`].

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use inference::{Detector, DetectorSettings, ModelFile};
use perception::detection::{CameraFrame, SensorFrame, SensorId};
use perception::time::UtcMicros;
use sensors::camera::{CameraConfig, CameraSource, CameraStatus};
use sensors::radar::{RadarConfig, RadarSource, RadarSourceStatus, ReceivedScan};
use sensors::{LatestFrame, Now, VideoFrame};

use crate::clock::{Clock, Stopwatch};
use crate::config::{Camera, DetectorFile, Site};
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::pipeline::Input;

/// How long a detector waits for a frame before it looks whether it should end.
const FRAME_WAIT: Duration = Duration::from_millis(200);
/// Of a picture for evidence: enough to see what happened.
const PICTURE_WIDTH_PX: i32 = 960;
const PICTURE_QUALITY: i32 = 75;
/// Scans that may wait between the socket and the inlet.
const SCAN_QUEUE: usize = 64;

/// All sensors of the site; dropping it stops them.
pub struct Sensing {
    cameras: Vec<(CameraSource, Arc<LatestFrame>)>,
    radars: Vec<RadarSource>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// How the sensors do.
pub struct SensingStatus {
    /// Cameras in the order of the site.
    pub cameras: Vec<(SensorId, CameraStatus)>,
    /// Radar sockets, each with its radars.
    pub radars: Vec<RadarSourceStatus>,
}

impl Sensing {
    /// Opens everything. A camera that cannot be opened is retried for ever; a model or a socket that cannot be had is
    /// an error now, because no retry would mend it.
    pub fn start(site: &Site, inlet: &Inlet, clock: &Arc<Clock>, metrics: &Metrics) -> anyhow::Result<Self> {
        let now: Now = {
            let clock = clock.clone();
            Arc::new(move || clock.now())
        };
        let mut threads = Vec::new();
        let mut sensing = Self { cameras: Vec::new(), radars: Vec::new(), threads: Mutex::default() };
        if let Some(file) = &site.detector {
            let model = ModelFile::load(&file.model).context("site.toml, detector.model")?;
            for camera in &site.cameras {
                let detector = self::detector(file, &model)?;
                let frames = Arc::new(LatestFrame::new());
                let source = CameraSource::start(camera_config(camera), now.clone(), frames.clone())?;
                let worker = DetectionWorker {
                    frames: frames.clone(),
                    detector,
                    pictures: site.evidence.as_ref().and_then(|evidence| evidence.picture_every_s).map(Pictures::new),
                    inlet: inlet.clone(),
                    metrics: metrics.clone(),
                };
                threads.push(spawn(format!("detect {}", camera.model.id), move || worker.run())?);
                sensing.cameras.push((source, frames));
            }
        }
        // Radars that share an address share its socket.
        let mut sockets: BTreeMap<SocketAddr, Vec<SensorId>> = BTreeMap::new();
        for radar in &site.radars {
            sockets.entry(radar.listen).or_default().push(radar.model.id.clone());
        }
        for (listen, ids) in sockets {
            let (scans, received) = sync_channel(SCAN_QUEUE);
            let source = RadarSource::start(RadarConfig::new(listen, ids), now.clone(), scans)
                .with_context(|| format!("site.toml, radar.listen {listen}"))?;
            sensing.radars.push(source);
            let (inlet, metrics) = (inlet.clone(), metrics.clone());
            threads.push(spawn(format!("radar {listen}"), move || forward(&received, &inlet, &metrics))?);
        }
        sensing.threads = Mutex::new(threads);
        Ok(sensing)
    }

    /// How each sensor does now.
    pub fn status(&self) -> SensingStatus {
        SensingStatus {
            cameras: self.cameras.iter().map(|(source, _)| (source.sensor().clone(), source.status())).collect(),
            radars: self.radars.iter().map(RadarSource::status).collect(),
        }
    }

    /// Stops all sensors and waits for their threads.
    pub fn stop(&self) {
        for (source, frames) in &self.cameras {
            source.stop();
            frames.close();
        }
        for radar in &self.radars {
            radar.stop();
        }
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a sensor's thread panicked");
            }
        }
    }
}

/// A camera as the site has it.
pub(crate) fn camera_config(camera: &Camera) -> CameraConfig {
    CameraConfig {
        repeat: camera.repeat,
        expected_size_px: Some((camera.model.width_px, camera.model.height_px)),
        ..CameraConfig::new(camera.model.id.clone(), camera.url.clone())
    }
}

/// A detector as the site wants it.
pub(crate) fn detector(file: &DetectorFile, model: &ModelFile) -> anyhow::Result<Detector> {
    let settings = DetectorSettings {
        threads: file.threads,
        runtime_library: file.onnxruntime.clone(),
        ..DetectorSettings::default()
    };
    Detector::new(model, settings).context("site.toml, detector")
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> anyhow::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name.clone()).spawn(work).with_context(|| format!("thread {name:?}"))
}

/// Turns one camera's frames into detections.
struct DetectionWorker {
    frames: Arc<LatestFrame>,
    detector: Detector,
    pictures: Option<Pictures>,
    inlet: Inlet,
    metrics: Metrics,
}

/// Takes a picture now and then, for evidence.
struct Pictures {
    every_s: f64,
    taken_at: Option<UtcMicros>,
}

impl Pictures {
    fn new(every_s: f64) -> Self {
        Self { every_s, taken_at: None }
    }

    /// `None`: none is due, or OpenCV cannot.
    fn take(&mut self, frame: &VideoFrame) -> Option<Vec<u8>> {
        // A clock that was set back counts as late.
        let lately = |then| (0.0..self.every_s).contains(&frame.captured_at.seconds_since(then));
        if self.taken_at.is_some_and(lately) {
            return None;
        }
        self.taken_at = Some(frame.captured_at);
        let jpeg = frame.jpeg(PICTURE_WIDTH_PX, PICTURE_QUALITY);
        jpeg.inspect_err(|error| tracing::warn!(sensor = %frame.sensor, %error, "no picture for evidence")).ok()
    }
}

impl DetectionWorker {
    fn run(mut self) {
        let mut failing = false;
        loop {
            let Some(frame) = self.frames.take_timeout(FRAME_WAIT) else {
                if self.frames.is_closed() {
                    return;
                }
                continue;
            };
            let watch = Stopwatch::start();
            let found = self.detector.detect_mat(&frame.mat);
            self.metrics.stage_s.with_label_values(&["detect"]).observe(watch.seconds());
            match found {
                Ok(boxes) => {
                    failing = false;
                    for found in &boxes {
                        self.metrics.count_detection(&frame.sensor, found.class);
                    }
                    let seen = CameraFrame { sensor: frame.sensor.clone(), captured_at: frame.captured_at, boxes };
                    if !self.inlet.offer(Input::Sensor(SensorFrame::Camera(seen))) {
                        return;
                    }
                }
                Err(error) => {
                    self.metrics.count_drop("detect", "failed", 1);
                    if !failing {
                        tracing::error!(sensor = %frame.sensor, %error, "the detector fails on this camera's frames");
                    }
                    failing = true;
                }
            }
            // Last: vehicles wait for what was found.
            if let Some(jpeg) = self.pictures.as_mut().and_then(|pictures| pictures.take(&frame)) {
                self.inlet.keep_picture(frame.sensor, frame.captured_at, jpeg);
            }
        }
    }
}

fn forward(received: &Receiver<ReceivedScan>, inlet: &Inlet, metrics: &Metrics) {
    while let Ok(ReceivedScan { scan, .. }) = received.recv() {
        metrics.detections.with_label_values(&[&scan.sensor, "radar_target"]).inc_by(scan.targets.len() as u64);
        if !inlet.offer(Input::Sensor(SensorFrame::Radar(scan))) {
            return;
        }
    }
}
