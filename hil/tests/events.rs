//! Events from whole recordings: ordinary traffic must raise hardly any alarm.
//!
//! `recordings/junction-*.mcap`: a minute each of a simulated signalised junction.

use std::path::Path;

use perception::align::AlignSettings;
use perception::detection::SensorFrame;
use perception::events::{Event, EventKind, EventSettings};
use perception::track::TrackerSettings;
use rsu::gate::Limits;
use rsu::messages::Edition;
use rsu::pipeline::{Input, Output, Pipeline, PipelineSettings};
use rsu::signals::{GroupState, SignalState};
use sensors::recording::{Item, RecordingReader};

/// What was told of the beginnings and ends of events.
fn events(name: &str) -> Vec<Event> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name);
    let (mut pipeline, mut told) = (None, Vec::new());
    for recorded in RecordingReader::open(&path).expect("a recording") {
        let recorded = recorded.expect("a whole one");
        let now = recorded.arrived_at;
        let input = match recorded.item {
            Item::Site(geometry) => {
                let settings = PipelineSettings {
                    geometry,
                    map: None,
                    edition: Edition { cn: None, us: None, rsu_id: *b"LUKOU\0\0\x01", map_max_octets: 2000 },
                    traffic_window_s: 10,
                    align: AlignSettings::default(),
                    tracker: TrackerSettings::default(),
                    limits: Limits::default(),
                    events: EventSettings::default(),
                    start: now,
                };
                pipeline = Some(Pipeline::new(settings).expect("sound geometry"));
                continue;
            }
            Item::Camera(frame) => Input::Sensor(SensorFrame::Camera(frame)),
            Item::Radar(scan) => Input::Sensor(SensorFrame::Radar(scan)),
            Item::Signal(said) => {
                let group = |group: &sensors::recording::SignalGroupRecord| {
                    Some(GroupState::new(u8::try_from(group.id).ok()?, group.state))
                };
                let groups = said.groups.iter().filter_map(group).collect();
                Input::Signal(SignalState { captured_at: recorded.captured_at, control: None, plan: None, groups })
            }
            _ => continue,
        };
        let pipeline: &mut Pipeline = pipeline.as_mut().expect("the site comes first");
        pipeline.handle(now, now, input);
        while let Some(output) = pipeline.poll_output() {
            if let Output::Events(events) = output {
                told.extend(events);
            }
        }
    }
    told
}

#[test]
fn three_minutes_of_ordinary_traffic_raise_one_near_miss_at_most() {
    let told = ["junction-clean.mcap", "junction-dense.mcap", "junction-dropout.mcap"].map(events).concat();
    let mut kinds: Vec<_> = told.iter().map(|event| (event.kind, event.began_at)).collect();
    kinds.dedup();
    assert!(kinds.len() <= 1 && kinds.iter().all(|(kind, _)| *kind == EventKind::NearMiss), "{kinds:?}");
}
