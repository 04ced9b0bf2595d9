//! Who has been heard: which sensors deliver, and which camera sets the rhythm of the object messages.

use perception::detection::{SensorFrame, SensorId};
use perception::time::UtcMicros;

/// A camera that has been silent this long no longer sets the rhythm of the object messages.
const CAMERA_SILENT_S: f64 = 0.5;
/// A sensor that has been silent this long sees nothing: bays that only it sees become unknown.
const SENSOR_SILENT_S: f64 = 1.0;

/// Which sensors deliver, and who leads.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    heard: Vec<Heard>,
    leading: Option<Leading>,
}

/// When a sensor was last heard, and capture and arrival of what it said.
#[derive(Clone, Debug)]
struct Heard {
    sensor: SensorId,
    at: UtcMicros,
    newest: (UtcMicros, UtcMicros),
}

/// The newest frame of the leading camera that is in the picture.
#[derive(Clone, Debug)]
struct Leading {
    sensor: SensorId,
    captured_at: UtcMicros,
    arrived_at: UtcMicros,
    fused_at: UtcMicros,
    /// Whether a message has told of it already: latency is counted for the first only.
    said: bool,
}

impl Presence {
    /// None of these has been heard.
    pub(super) fn new<'a>(sensors: impl Iterator<Item = &'a SensorId>) -> Self {
        let never = UtcMicros(i64::MIN);
        let heard = sensors.map(|sensor| Heard { sensor: sensor.clone(), at: never, newest: (never, never) });
        Self { heard: heard.collect(), leading: None }
    }

    /// A frame has come.
    pub(super) fn hear(&mut self, now: UtcMicros, arrived_at: UtcMicros, frame: &SensorFrame) {
        if let Some(heard) = self.heard.iter_mut().find(|heard| heard.sensor == *frame.sensor()) {
            heard.at = now;
            heard.newest = (frame.captured_at(), arrived_at);
        }
    }

    /// The sensors that still deliver.
    pub(super) fn live(&self, now: UtcMicros) -> Vec<SensorId> {
        let live = |heard: &&Heard| (0.0..SENSOR_SILENT_S).contains(&now.seconds_since(heard.at));
        self.heard.iter().filter(live).map(|heard| heard.sensor.clone()).collect()
    }

    /// Whether the object messages are to leave with this frame, which is in the picture now. They leave with the frames of
    /// one camera, so that they carry its pictures while they are young.
    pub(super) fn leads(&mut self, now: UtcMicros, frame: &SensorFrame) -> bool {
        match frame {
            SensorFrame::Camera(camera) => self.camera_leads(now, &camera.sensor, camera.captured_at),
            SensorFrame::Radar(_) => self.silent_cameras(now),
        }
    }

    fn camera_leads(&mut self, now: UtcMicros, sensor: &SensorId, captured_at: UtcMicros) -> bool {
        let takes_over = self.silent_cameras(now);
        let heard = self.heard.iter().find(|heard| heard.sensor == *sensor && heard.newest.0 == captured_at);
        let arrived_at = heard.map_or(now, |heard| heard.newest.1);
        match &mut self.leading {
            Some(leading) if !takes_over && leading.sensor != *sensor => false,
            leading => {
                *leading =
                    Some(Leading { sensor: sensor.clone(), captured_at, arrived_at, fused_at: now, said: false });
                true
            }
        }
    }

    fn silent_cameras(&self, now: UtcMicros) -> bool {
        self.leading.as_ref().is_none_or(|leading| now.seconds_since(leading.fused_at) > CAMERA_SILENT_S)
    }

    /// Capture and arrival of the leading camera's newest frame; told once for each frame, to the first message that
    /// carries it.
    pub(super) fn take_times(&mut self) -> Option<(UtcMicros, UtcMicros)> {
        let leading = self.leading.as_mut().filter(|leading| !leading.said)?;
        leading.said = true;
        Some((leading.captured_at, leading.arrived_at))
    }

    /// Nobody leads any more: time was set.
    pub(super) fn forget_leader(&mut self) {
        self.leading = None;
    }
}
