//! What the tests share: a pipeline with everything at its default, and a recording played through it.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::path::{Path, PathBuf};

use perception::align::AlignSettings;
use perception::calibration::SiteGeometry;
use perception::detection::SensorFrame;
use perception::events::EventSettings;
use perception::time::UtcMicros;
use perception::track::TrackerSettings;
use rsu::gate::Limits;
use rsu::messages::Edition;
use rsu::pipeline::{Input, Output, Pipeline, PipelineSettings};
use rsu::record::signal_state;
use sensors::recording::{Item, Recorded, RecordingReader};

/// One of `tests/recordings/`.
pub fn recording(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)
}

/// Nothing on the air, traffic windows of 10 s, all else at its default.
pub fn settings(geometry: SiteGeometry, start: UtcMicros) -> PipelineSettings {
    PipelineSettings {
        geometry,
        map: None,
        edition: Edition { cn: None, us: None, rsu_id: *b"LUKOU\0\0\x01", map_max_octets: 2000 },
        traffic_window_s: 10,
        align: AlignSettings::default(),
        tracker: TrackerSettings::default(),
        limits: Limits::default(),
        events: EventSettings::default(),
        start,
    }
}

/// What sensors saw.
pub fn sensed(recorded: Recorded) -> Option<Input> {
    match recorded.item {
        Item::Camera(frame) => Some(Input::Sensor(SensorFrame::Camera(frame))),
        Item::Radar(scan) => Some(Input::Sensor(SensorFrame::Radar(scan))),
        _ => None,
    }
}

/// What sensors saw, and which lights were shown.
pub fn seen(recorded: Recorded) -> Option<Input> {
    let Item::Signal(said) = &recorded.item else { return sensed(recorded) };
    Some(Input::Signal(signal_state(recorded.captured_at, said)))
}

/// Plays what `input` makes of a recording through a pipeline of its site, time's own wake-ups included, and gives `told`
/// all that comes out.
pub fn play(path: &Path, input: impl Fn(Recorded) -> Option<Input>, mut told: impl FnMut(Output)) {
    let mut pipeline: Option<Pipeline> = None;
    for recorded in RecordingReader::open(path).expect("a recording") {
        let recorded = recorded.expect("a whole one");
        let now = recorded.arrived_at;
        if let Item::Site(geometry) = recorded.item {
            pipeline = Some(Pipeline::new(settings(geometry, now)).expect("sound geometry"));
            continue;
        }
        let Some(input) = input(recorded) else { continue };
        let pipeline = pipeline.as_mut().expect("the site comes first");
        while pipeline.wake_at() < now {
            let then = pipeline.wake_at();
            pipeline.handle(then, then, Input::Tick);
            std::iter::from_fn(|| pipeline.poll_output()).for_each(&mut told);
        }
        pipeline.handle(now, now, input);
        std::iter::from_fn(|| pipeline.poll_output()).for_each(&mut told);
    }
}
