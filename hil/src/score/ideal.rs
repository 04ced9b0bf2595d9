//! The picture that perfect sensors would give: everybody as they really were. What the same rules find in it is what they
//! should have found.

use std::collections::BTreeMap;

use perception::calibration::{Lane, Origin, SiteGeometry};
use perception::detection::Class;
use perception::events::{Event, EventKind, EventMonitor, EventSettings, Scene};
use perception::frames::unit_from_heading;
use perception::hindsight::Hindsight;
use perception::lanes::{LaneMap, LocatedTrack};
use perception::risk::{RiskMonitor, SafetyWindow};
use perception::time::UtcMicros;
use perception::track::Track;

use super::conflicts::ToldConflict;
use super::truth::{TruthFrame, TruthObject};

/// Kinds whose rule is their definition, so that what it finds in the true picture happened.
const DEFINED: [EventKind; 3] = [EventKind::Speeding, EventKind::QueueSpillback, EventKind::NearMiss];

/// Everybody at one time; who has no heading or no speed is not there.
fn ideal_picture(map: &LaneMap, frame: &TruthFrame) -> Vec<LocatedTrack> {
    let at = UtcMicros(frame.t_us);
    map.locate_all(frame.objects.iter().filter_map(|object| ideal_track(at, object)).collect())
}

fn ideal_track(at: UtcMicros, object: &TruthObject) -> Option<Track> {
    let (heading, speed_mps) = (object.heading_cw_north_rad?, object.speed_mps?);
    Some(Track {
        id: object.id,
        class: Class::ALL.into_iter().find(|class| class.as_str() == object.class).unwrap_or_default(),
        class_probability: 1.0,
        position_enu_m: [object.east_m, object.north_m],
        cov_position_m2: [[0.0; 2]; 2],
        velocity_enu_mps: unit_from_heading(heading).map(|axis| axis * speed_mps),
        cov_velocity_m2ps2: [[0.0; 2]; 2],
        heading_cw_north_rad: Some(heading),
        length_m: object.length_m,
        width_m: object.width_m,
        height_m: None,
        existence: 1.0,
        sources: Vec::new(),
        measured_at: at,
        // Known for ever.
        born_at: UtcMicros(0),
    })
}

/// What happened by itself, whole incidents as they stood at their end, or at the end of the recording. Only kinds that are
/// defined by what the rule looks for: speeding, spill-back, near misses.
pub fn natural_events(lanes: &[Lane], frames: &[TruthFrame]) -> Vec<(Event, [f64; 2])> {
    let site = SiteGeometry {
        name: String::new(),
        origin: Origin { lat_deg: 0.0, lon_deg: 0.0, ellipsoidal_height_m: 0.0 },
        sensors: Vec::new(),
        lanes: lanes.to_vec(),
    };
    let off = EventKind::ALL.into_iter().filter(|kind| !DEFINED.contains(kind)).collect();
    let mut monitor = EventMonitor::new(&site, Vec::new(), EventSettings { off, ..EventSettings::default() });
    let (map, mut hindsight) = (LaneMap::new(lanes), Hindsight::default());
    let mut events: Vec<(Event, [f64; 2])> = Vec::new();
    for frame in frames {
        let tracks = ideal_picture(&map, frame);
        let (at, lights) = (UtcMicros(frame.t_us), BTreeMap::new());
        let past = hindsight.look(at, &tracks);
        monitor.look(at, Scene { tracks: &tracks, past: past.as_ref(), live: &[], lights: &lights });
        for event in monitor.take_news().into_iter().chain(monitor.active().cloned()) {
            let same =
                |(known, _): &&mut (Event, [f64; 2])| (known.number, known.began_at) == (event.number, event.began_at);
            match events.iter_mut().rev().find(same) {
                Some((known, _)) => *known = event,
                None => {
                    let from = event.place_enu_m;
                    events.push((event, from));
                }
            }
        }
    }
    events
}

/// Looks at those that sensors saw, as they really were; `then` hears of each time and what is known by it.
fn watch(lanes: &[Lane], frames: &[TruthFrame], mut then: impl FnMut(UtcMicros, &RiskMonitor)) {
    let (map, mut monitor) = (LaneMap::new(lanes), RiskMonitor::default());
    for frame in frames {
        let seen = |object: &&TruthObject| object.seen_2s != Some(0);
        let objects = frame.objects.iter().filter(seen).cloned().collect();
        let at = UtcMicros(frame.t_us);
        monitor.look_at_truth(at, &ideal_picture(&map, &TruthFrame { t_us: frame.t_us, objects }));
        then(at, &monitor);
    }
}

/// Conflicts and hard brakings of those that sensors saw.
pub fn ideal_conflicts(lanes: &[Lane], frames: &[TruthFrame]) -> Vec<ToldConflict> {
    let mut found = Vec::new();
    watch(lanes, frames, |at, monitor| {
        let (conflicts, brakings) = monitor.news(at);
        found.extend(conflicts.map(ToldConflict::from));
        found.extend(brakings.map(ToldConflict::from));
    });
    found
}

/// Surrogate safety of those that sensors saw, over windows of `window_s` seconds aligned to UTC, as far as they are over by the
/// end; by the begin of the window, microseconds.
pub fn ideal_safety(lanes: &[Lane], frames: &[TruthFrame], window_s: u32) -> BTreeMap<i64, SafetyWindow> {
    let mut windows = BTreeMap::new();
    let window_us = i64::from(window_s.max(1)) * 1_000_000;
    let mut from_us: Option<i64> = None;
    watch(lanes, frames, |at, monitor| {
        let begin_us = at.0.div_euclid(window_us) * window_us;
        if let Some(over_us) = from_us.replace(begin_us).filter(|from_us| *from_us != begin_us) {
            let window = monitor.between(UtcMicros(over_us), UtcMicros(over_us + window_us));
            windows.insert(over_us, window);
        }
    });
    windows
}
