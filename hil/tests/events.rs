//! Events from whole recordings: ordinary traffic must raise hardly any alarm.
//!
//! `recordings/junction-*.mcap`: a minute each of a simulated signalised junction.

mod support;

use perception::events::{Event, EventKind};
use rsu::pipeline::Output;
use support::{play, recording, seen};

/// What was told of the beginnings and ends of events.
fn events(name: &str) -> Vec<Event> {
    let mut told = Vec::new();
    play(&recording(name), seen, |output| {
        if let Output::Events(events) = output {
            told.extend(events);
        }
    });
    told
}

#[test]
fn three_minutes_of_ordinary_traffic_raise_one_near_miss_at_most() {
    let told = ["junction-clean.mcap", "junction-dense.mcap", "junction-dropout.mcap"].map(events).concat();
    let mut kinds: Vec<_> = told.iter().map(|event| (event.kind, event.began_at)).collect();
    kinds.dedup();
    assert!(kinds.len() <= 1 && kinds.iter().all(|(kind, _)| *kind == EventKind::NearMiss), "{kinds:?}");
}
