//! Sensor frames in the order of their capture, after a wait that has a bound, or dropped with a reason.
//!
//! A frame leaves as soon as no live sensor is expected to bring an older one within the allowed wait. One that comes
//! later than that still leaves, at once: the tracker uses it at its own time. Only what is older than the tracker
//! can go back to is dropped.

use std::collections::VecDeque;

use crate::calibration::SiteGeometry;
use crate::detection::{SensorFrame, SensorId};
use crate::time::UtcMicros;

/// Limits and waits of an [`Aligner`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlignSettings {
    /// Longest that a frame is held back for an older one of another sensor, seconds.
    pub max_wait_s: f64,
    /// How far a capture time may lie after `now`, seconds.
    pub max_future_s: f64,
    /// How far a capture time may lie before `now`, seconds.
    pub max_age_s: f64,
    /// How far a capture time may lie before that of the newest frame handed out, seconds.
    pub max_late_s: f64,
    /// After this long without a frame a sensor is not waited for, seconds.
    pub silent_after_s: f64,
    /// Most frames held.
    pub capacity: usize,
}

impl Default for AlignSettings {
    fn default() -> Self {
        Self {
            max_wait_s: 0.003,
            max_future_s: 0.1,
            max_age_s: 1.0,
            max_late_s: 0.5,
            silent_after_s: 0.5,
            capacity: 64,
        }
    }
}

/// Why a frame was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[error("frame dropped: {}", self.as_str())]
pub enum Drop {
    /// Of no sensor of the site.
    UnknownSensor,
    /// Captured after now, by more than clocks may differ.
    Future,
    /// Captured so long ago that it is of no use.
    Ancient,
    /// Captured too long before what was already handed out.
    Late,
    /// This sensor's frame of that time was there before.
    Duplicate,
    /// More frames wait than are allowed to.
    QueueFull,
}

impl Drop {
    /// All reasons, for counters that start at 0.
    pub const ALL: [Self; 6] =
        [Self::UnknownSensor, Self::Future, Self::Ancient, Self::Late, Self::Duplicate, Self::QueueFull];

    /// The reason as a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownSensor => "unknown_sensor",
            Self::Future => "future",
            Self::Ancient => "ancient",
            Self::Late => "late",
            Self::Duplicate => "duplicate",
            Self::QueueFull => "queue_full",
        }
    }
}

/// Capture times remembered per sensor to know a duplicate.
const REMEMBERED: usize = 16;

#[derive(Debug)]
struct Source {
    id: SensorId,
    /// Capture times of the last frames, in order of arrival.
    recent: VecDeque<UtcMicros>,
    newest_capture: UtcMicros,
    newest_arrival: UtcMicros,
    /// The shortest time from capture to arrival of late, seconds; forgets slowly.
    latency_floor_s: f64,
}

#[derive(Debug)]
struct Waiting {
    frame: SensorFrame,
    arrived_at: UtcMicros,
}

/// Puts the frames of all sensors in order of capture.
#[derive(Debug)]
pub struct Aligner {
    settings: AlignSettings,
    sources: Vec<Source>,
    /// In order of capture time, then arrival.
    waiting: VecDeque<Waiting>,
    newest_released: Option<UtcMicros>,
    last_now: Option<UtcMicros>,
}

impl Aligner {
    /// For the sensors of a site.
    pub fn new(site: &SiteGeometry, settings: AlignSettings) -> Self {
        let sources = site
            .sensors
            .iter()
            .map(|sensor| Source {
                id: sensor.id().clone(),
                recent: VecDeque::with_capacity(REMEMBERED),
                newest_capture: UtcMicros(i64::MIN),
                newest_arrival: UtcMicros(i64::MIN),
                latency_floor_s: 0.0,
            })
            .collect();
        Self { settings, sources, waiting: VecDeque::new(), newest_released: None, last_now: None }
    }

    /// Takes a frame that arrived at `now`.
    ///
    /// # Errors
    /// The reason why it was dropped.
    pub fn push(&mut self, now: UtcMicros, frame: SensorFrame) -> Result<(), Drop> {
        self.note_clock(now);
        let captured_at = frame.captured_at();
        let source = self.sources.iter_mut().find(|source| source.id == *frame.sensor()).ok_or(Drop::UnknownSensor)?;
        let age_s = now.seconds_since(captured_at);
        if age_s < -self.settings.max_future_s {
            return Err(Drop::Future);
        }
        if age_s > self.settings.max_age_s {
            return Err(Drop::Ancient);
        }
        if source.recent.contains(&captured_at) {
            return Err(Drop::Duplicate);
        }
        if self.newest_released.is_some_and(|newest| newest.seconds_since(captured_at) > self.settings.max_late_s) {
            return Err(Drop::Late);
        }
        if self.waiting.len() >= self.settings.capacity {
            return Err(Drop::QueueFull);
        }
        source.note(now, captured_at);
        let place = self.waiting.partition_point(|other| other.frame.captured_at() <= captured_at);
        self.waiting.insert(place, Waiting { frame, arrived_at: now });
        Ok(())
    }

    /// The oldest frame, if it need not wait any longer.
    pub fn pop_ready(&mut self, now: UtcMicros) -> Option<SensorFrame> {
        self.note_clock(now);
        let oldest = self.waiting.front()?;
        let waited_out = now >= oldest.arrived_at.plus_seconds(self.settings.max_wait_s);
        if !waited_out && self.sources.iter().any(|source| self.could_bring_older(source, oldest, now)) {
            return None;
        }
        let frame = self.waiting.pop_front()?.frame;
        self.newest_released = self.newest_released.max(Some(frame.captured_at()));
        Some(frame)
    }

    /// When [`Self::pop_ready`] should be asked again if nothing arrives before.
    pub fn next_deadline(&self) -> Option<UtcMicros> {
        // The front leaves first, whatever those behind it are allowed.
        self.waiting.front().map(|oldest| oldest.arrived_at.plus_seconds(self.settings.max_wait_s))
    }

    /// How many frames wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    fn could_bring_older(&self, source: &Source, oldest: &Waiting, now: UtcMicros) -> bool {
        let captured_at = oldest.frame.captured_at();
        if source.id == *oldest.frame.sensor() || source.newest_capture >= captured_at {
            return false;
        }
        if source.newest_arrival.plus_seconds(self.settings.silent_after_s) < now {
            return false;
        }
        // What it captured just before would be here this much after the frame's own capture at the earliest.
        let until = oldest.arrived_at.plus_seconds(self.settings.max_wait_s);
        captured_at.plus_seconds(source.latency_floor_s) <= until
    }

    /// A clock that stepped back makes what was remembered meaningless.
    fn note_clock(&mut self, now: UtcMicros) {
        if self.last_now.is_some_and(|last| last.seconds_since(now) > self.settings.max_age_s) {
            self.waiting.clear();
            self.newest_released = None;
            for source in &mut self.sources {
                source.recent.clear();
                source.newest_capture = UtcMicros(i64::MIN);
                source.newest_arrival = UtcMicros(i64::MIN);
            }
        }
        self.last_now = Some(now);
    }
}

impl Source {
    fn note(&mut self, now: UtcMicros, captured_at: UtcMicros) {
        let latency_s = now.seconds_since(captured_at);
        self.latency_floor_s = if self.newest_arrival == UtcMicros(i64::MIN) {
            latency_s
        } else {
            latency_s.min(self.latency_floor_s + 0.01 * (latency_s - self.latency_floor_s).max(0.0))
        };
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(captured_at);
        self.newest_capture = self.newest_capture.max(captured_at);
        self.newest_arrival = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::{Origin, RadarModel, RadarSigma, SensorModel};
    use crate::detection::RadarScan;

    fn site(names: &[&str]) -> SiteGeometry {
        let radar = |name: &&str| {
            SensorModel::Radar(RadarModel {
                id: (*name).into(),
                position_enu_m: [0.0, 0.0, 6.0],
                boresight_azimuth_rad: 0.0,
                fov_rad: 2.0,
                max_range_m: 100.0,
                sigma: RadarSigma { range_m: 0.3, azimuth_rad: 0.01, range_rate_mps: 0.1 },
            })
        };
        SiteGeometry {
            name: "t".into(),
            origin: Origin { lat_deg: 31.0, lon_deg: 121.0, ellipsoidal_height_m: 0.0 },
            sensors: names.iter().map(radar).collect(),
            lanes: vec![],
        }
    }

    fn scan(name: &str, at_ms: i64) -> SensorFrame {
        SensorFrame::Radar(RadarScan { sensor: name.into(), captured_at: ms(at_ms), targets: vec![] })
    }

    fn ms(at: i64) -> UtcMicros {
        UtcMicros(at * 1000)
    }

    fn popped(aligner: &mut Aligner, now_ms: i64) -> Vec<i64> {
        std::iter::from_fn(|| aligner.pop_ready(ms(now_ms))).map(|frame| frame.captured_at().0 / 1000).collect()
    }

    #[test]
    fn one_sensor_never_waits() {
        let mut aligner = Aligner::new(&site(&["a"]), AlignSettings::default());
        for at in 0..10 {
            assert_eq!(aligner.push(ms(100 * at + 30), scan("a", 100 * at)), Ok(()));
            assert_eq!(popped(&mut aligner, 100 * at + 30), [100 * at]);
        }
    }

    #[test]
    fn two_of_like_latency_come_in_order_of_capture() {
        let mut aligner = Aligner::new(&site(&["a", "b"]), AlignSettings { max_wait_s: 0.02, ..Default::default() });
        aligner.push(ms(1030), scan("a", 1000)).expect("good");
        aligner.push(ms(1040), scan("b", 1010)).expect("good");
        assert_eq!(popped(&mut aligner, 1060), [1000, 1010]);
        aligner.push(ms(1130), scan("a", 1100)).expect("good");
        assert_eq!(popped(&mut aligner, 1130), [0; 0], "b may have something from before");
        assert_eq!(aligner.next_deadline(), Some(ms(1150)));
        aligner.push(ms(1135), scan("b", 1090)).expect("good");
        assert_eq!(popped(&mut aligner, 1135), [1090], "older first");
        assert_eq!(popped(&mut aligner, 1150), [1100], "the wait has an end");
    }

    #[test]
    fn a_slow_camera_is_not_waited_for() {
        let mut aligner = Aligner::new(&site(&["cam", "radar"]), AlignSettings::default());
        aligner.push(ms(1100), scan("cam", 1000)).expect("good");
        aligner.push(ms(1101), scan("radar", 1071)).expect("good");
        assert_eq!(popped(&mut aligner, 1104), [1000, 1071]);
        aligner.push(ms(1151), scan("radar", 1121)).expect("good");
        assert_eq!(popped(&mut aligner, 1151), [1121], "the camera's frames are always 100 ms old");
        aligner.push(ms(1200), scan("cam", 1100)).expect("older than what left, but of use");
        assert_eq!(popped(&mut aligner, 1200), [1100]);
    }

    #[test]
    fn every_drop_has_its_reason() {
        let mut aligner = Aligner::new(&site(&["a", "b"]), AlignSettings { capacity: 2, ..Default::default() });
        let now = ms(100_000);
        assert_eq!(aligner.push(now, scan("x", 99_990)), Err(Drop::UnknownSensor));
        assert_eq!(aligner.push(now, scan("a", 100_200)), Err(Drop::Future));
        assert_eq!(aligner.push(now, scan("a", 98_000)), Err(Drop::Ancient));
        assert_eq!(aligner.push(now, scan("a", 99_990)), Ok(()));
        assert_eq!(aligner.push(now, scan("a", 99_990)), Err(Drop::Duplicate));
        assert_eq!(popped(&mut aligner, 100_003), [99_990]);
        assert_eq!(aligner.push(now, scan("b", 99_400)), Err(Drop::Late));
        assert_eq!(aligner.push(now, scan("b", 99_980)), Ok(()));
        assert_eq!(aligner.push(now, scan("b", 99_981)), Ok(()));
        assert_eq!(aligner.push(now, scan("b", 99_982)), Err(Drop::QueueFull));
    }

    #[test]
    fn goes_on_after_a_clock_step_of_an_hour_either_way() {
        let mut aligner = Aligner::new(&site(&["a"]), AlignSettings::default());
        for base in [10_000_000, 6_400_000, 10_000_000] {
            for at in 0..5 {
                let now = base + 100 * at;
                assert_eq!(aligner.push(ms(now), scan("a", now - 30)), Ok(()));
                assert_eq!(popped(&mut aligner, now).len(), 1);
            }
        }
    }
}
