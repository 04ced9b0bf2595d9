//! Recordings around events: cut from what came in, replayed by the program itself, bounded on the disk.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use cloud_bridge::State;
use perception::calibration::Lane;
use perception::events::{Event, EventKind, WaterGauge, WaterLevel};
use perception::time::UtcMicros;
use rsu::city;
use rsu::config::Site;
use rsu::evidence::{Evidence, EvidenceSettings, EvidenceTap, FOLDER};
use rsu::metrics::Metrics;
use rsu::pipeline::{Input, Output};
use sensors::recording::{Item, RecordingReader};
use serde_json::Value;

#[path = "evidence/bounds.rs"]
mod bounds;
#[path = "evidence/given.rs"]
mod given;
#[path = "../../cloud-bridge/tests/support/small_disk.rs"]
mod small_disk;
mod support;
use support::{Folder, START, Sim, camera, camera_input, demo_site, people_seen};

/// In the lane of [`site`], 18 m in front of the camera.
const PLACE_ENU_M: [f64; 2] = [-14.9, -9.4];

/// The demo site with a lane where its camera looks.
fn site() -> Site {
    let mut site = demo_site();
    let lane = Lane {
        id: "plaza/1".into(),
        width_m: 5.0,
        centerline_enu_m: vec![[-26.1, -17.4], [20.0, 15.7]],
        ..site.geometry.lanes[0].clone()
    };
    site.geometry.lanes = vec![lane];
    site
}

/// Everything counted as given up for a reason.
fn dropped(metrics: &Metrics) -> BTreeMap<String, u64> {
    let of_evidence = metrics.drops().into_iter().filter(|(place, ..)| place == "evidence");
    of_evidence.map(|(_, reason, count)| (reason, count)).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.join(FOLDER))
        .map(|entries| entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect())
        .unwrap_or_default();
    names.sort();
    names
}

/// What a site tells in a minute in which something happens, each word with its file's name. The files are whole then.
fn told_in_a_minute(
    site: &Site,
    folder: &Folder,
    happens: impl Fn(i64, UtcMicros) -> Option<Input>,
) -> Vec<(Event, Option<String>)> {
    let metrics = Metrics::new().unwrap();
    let settings = EvidenceSettings { before_s: 5.0, after_s: 3.0, ..EvidenceSettings::default() };
    let tap = EvidenceTap::start(&settings, &folder.0, &site.geometry, metrics.clone()).unwrap();
    let mut evidence = Evidence::new(settings, tap.clone());
    let mut sim = Sim::new(site);
    let mut told = Vec::new();
    for _ in 0..60_000 {
        sim.run(1, |ms, now, arrived| {
            arrived.extend(happens(ms, now));
            arrived.iter().for_each(|input| tap.take(now, input));
        });
        for said in sim.said.drain(..) {
            if let Output::Events(events) = said.output {
                told.extend(events.into_iter().map(|event| (event.clone(), evidence.follow(said.now, &event))));
            }
        }
    }
    drop(evidence);
    tap.finish();
    assert_eq!(dropped(&metrics), BTreeMap::new());
    told
}

/// The first event that `rsu replay` says, with these options.
fn replayed(recording: &Path, folder: &Folder, options: &[&Path]) -> Value {
    let said = folder.join("said.jsonl");
    let mut replay = Command::new(env!("CARGO_BIN_EXE_rsu"));
    replay.arg("replay").arg(recording).arg("--events").arg(&said).args(options);
    assert!(replay.stderr(Stdio::null()).status().unwrap().success());
    let lines = std::fs::read_to_string(&said).unwrap();
    serde_json::from_str(lines.lines().next().expect("it is said again")).unwrap()
}

#[test]
fn what_is_cut_around_an_event_says_it_again() {
    let (site, folder) = (site(), Folder::new("evidence-again"));
    // Nobody; somebody who stands in the lane from the 20th to the 30th second; nobody.
    let told = told_in_a_minute(&site, &folder, |ms, now| {
        let people = if (20_000..30_000).contains(&ms) { vec![PLACE_ENU_M] } else { Vec::new() };
        let seen = || camera_input(people_seen(camera(&site), now.plus_seconds(-0.02), &people));
        (ms % 100 == 0).then(seen)
    });
    let (first, name) = told.first().expect("somebody in the lane is told of");
    assert_eq!(first.kind, EventKind::Pedestrian);
    let name = name.clone().expect("it has a file");
    assert!(told.iter().all(|(_, named)| named.as_ref() == Some(&name)), "every word of it names the file: {told:?}");
    let State::Event(to_the_city) = city::event(first, Some(name.clone()), false).state else { panic!("an event") };
    assert_eq!(format!("{}.mcap", to_the_city.event), name, "who knows the event knows the file");
    let ended_s = told.last().unwrap().0.ended.expect("it ends").0.seconds_since(START);
    assert_eq!(files(&folder.0), std::slice::from_ref(&name));

    let path = folder.0.join(FOLDER).join(&name);
    let entries: Vec<_> = RecordingReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert!(matches!(&entries[0].item, Item::Site(geometry) if *geometry == site.geometry));
    let at_s = |index: usize| entries[index].arrived_at.seconds_since(START);
    assert!((at_s(1) - (first.began_at.seconds_since(START) - 5.0)).abs() <= 0.1, "from {} s", at_s(1));
    assert!((at_s(entries.len() - 1) - (ended_s + 3.0)).abs() <= 0.1, "until {} s", at_s(entries.len() - 1));

    let again = replayed(&path, &folder, &[]);
    assert_eq!((&again["kind"], &again["began_at_us"]), (&"pedestrian".into(), &first.began_at.0.into()));
    assert_eq!(again["lane"], Value::from(first.lane.as_deref().unwrap()));
}

#[test]
fn what_gauges_said_of_a_flood_is_in_it_too() {
    let (mut site, folder) = (site(), Folder::new("evidence-flood"));
    site.events.gauges.push(WaterGauge { id: "dip".into(), place_enu_m: [0.0, 0.0], lane: None });
    let told = told_in_a_minute(&site, &folder, |ms, now| {
        let depth_m = if (20_000..40_000).contains(&ms) { 0.2 } else { 0.05 };
        let measured_at = now.plus_seconds(-0.3);
        (ms % 1000 == 5).then(|| Input::Water(WaterLevel { gauge: "dip".into(), depth_m, measured_at }))
    });
    let (first, name) = told.first().expect("water on the road is told of");
    let path = folder.0.join(FOLDER).join(name.as_ref().expect("it has a file"));
    let gauges = folder.join("events.toml");
    std::fs::write(&gauges, "[[gauges]]\nid = \"dip\"\nplace_enu_m = [0.0, 0.0]\n").unwrap();
    let again = replayed(&path, &folder, &[Path::new("--event-settings"), &gauges]);
    assert_eq!((&again["kind"], &again["began_at_us"]), (&"flooding".into(), &first.began_at.0.into()));
}
