//! How much is kept: the oldest go, a file ends at its longest, and a disk that is full costs the evidence only.

use std::collections::BTreeMap;
use std::path::Path;

use perception::events::{Ending, Event, EventKind};
use perception::frames::Wgs84;
use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::config::Site;
use rsu::evidence::{Evidence, EvidenceSettings, EvidenceTap, FOLDER};
use rsu::metrics::Metrics;
use rsu::pipeline::Input;
use sensors::recording::RecordingReader;

use super::small_disk::{fill, run_on_small_disk};
use super::support::{Folder, START, camera, camera_input, people_seen};
use super::{PLACE_ENU_M, dropped, files, site};

/// An event of nobody.
fn event(began_s: f64, number: u8) -> Event {
    Event {
        number,
        kind: EventKind::Debris,
        place_enu_m: [0.0, 0.0],
        place: Wgs84 { lat_deg: 30.0, lon_deg: 114.0, ellipsoidal_height_m: 0.0 },
        lane: None,
        tracks: Vec::new(),
        measure: None,
        confidence: 1.0,
        began_at: START.plus_seconds(began_s),
        seen_at: START.plus_seconds(began_s),
        unseen: false,
        ended: None,
    }
}

/// Events of a minute each, one after the other, while somebody is seen all the time.
struct Day {
    evidence: Evidence,
    tap: EvidenceTap,
    site: Site,
}

impl Day {
    fn new(settings: EvidenceSettings, folder: &Path, metrics: &Metrics) -> Self {
        let site = site();
        let tap = EvidenceTap::start(&settings, folder, &site.geometry, metrics.clone()).unwrap();
        Self { evidence: Evidence::new(settings, tap.clone()), tap, site }
    }

    /// Something comes in ten times a second.
    fn pass(&self, from_s: f64, to_s: f64) {
        for step in 0..((to_s - from_s) * 10.0) as i32 {
            let now = START.plus_seconds(from_s + f64::from(step) / 10.0);
            self.tap.take(now, &camera_input(people_seen(camera(&self.site), now, &[PLACE_ENU_M; 20])));
            // The queue is bounded: a test that outruns the thread would lose entries.
            std::thread::yield_now();
        }
    }

    fn follow(&mut self, at_s: f64, event: &Event) -> Option<String> {
        self.evidence.follow(START.plus_seconds(at_s), event)
    }

    fn end(&mut self, at_s: f64, event: &Event) {
        let at = START.plus_seconds(at_s);
        self.evidence.follow(at, &Event { ended: Some((at, Ending::Cleared)), ..event.clone() });
    }

    fn finish(self) {
        drop(self.evidence);
        self.tap.finish();
    }
}

#[test]
fn the_oldest_go_when_there_are_too_many_bytes_or_days() {
    let folder = Folder::new("evidence-bounds");
    let metrics = Metrics::new().unwrap();
    std::fs::create_dir_all(folder.0.join(FOLDER)).unwrap();
    let old = format!("{}-0.mcap", START.0 - 100_000_000_000);
    std::fs::write(folder.0.join(FOLDER).join(&old), "of yesterday").unwrap();
    std::fs::write(folder.0.join(FOLDER).join("notes.txt"), "not ours").unwrap();
    let settings = EvidenceSettings { max_bytes: 100_000, max_age_s: 86_400.0, ..EvidenceSettings::default() };
    let mut day = Day::new(settings, &folder.0, &metrics);
    for minute in 0..6 {
        let at_s = f64::from(minute) * 60.0;
        let one = event(at_s + 30.0, minute as u8);
        day.pass(at_s, at_s + 31.0);
        assert!(day.follow(at_s + 31.0, &one).is_some());
        day.pass(at_s + 31.0, at_s + 40.0);
        day.end(at_s + 40.0, &one);
        day.pass(at_s + 40.0, at_s + 60.0);
    }
    day.finish();
    let names = files(&folder.0);
    let (notes, kept) = names.split_last().unwrap();
    assert_eq!(notes, "notes.txt", "others' files are left alone");
    assert!((1..6).contains(&kept.len()), "{kept:?}");
    assert_eq!(*kept.last().unwrap(), format!("{}-5.mcap", START.plus_seconds(330.0).0), "the newest is kept");
    let bytes: u64 = kept.iter().map(|name| folder.0.join(FOLDER).join(name).metadata().unwrap().len()).sum();
    assert!(bytes <= 100_000, "{bytes} bytes");
    let reasons = dropped(&metrics);
    assert_eq!((reasons["max_age"], reasons["max_bytes"] + kept.len() as u64), (1, 6), "{reasons:?}");
}

#[test]
fn a_file_ends_at_its_longest_and_so_many_are_written_at_a_time() {
    let folder = Folder::new("evidence-longest");
    let metrics = Metrics::new().unwrap();
    let kinds = [EventKind::Debris].into();
    let settings = EvidenceSettings { kinds, longest_s: 60.0, before_s: 10.0, ..EvidenceSettings::default() };
    let mut day = Day::new(settings, &folder.0, &metrics);
    day.pass(0.0, 30.0);
    let named: Vec<bool> = (0..10).map(|number| day.follow(30.0, &event(29.0, number)).is_some()).collect();
    assert_eq!(named, [true, true, true, true, true, true, true, true, false, false]);
    let other = Event { kind: EventKind::Congestion, ..event(29.0, 77) };
    assert_eq!(day.follow(30.0, &other), None, "its kind is not wanted");
    day.pass(30.0, 120.0);
    // The first ones still last, but their files are written.
    assert!(day.follow(120.0, &event(119.0, 11)).is_some());
    day.finish();
    assert_eq!(dropped(&metrics), BTreeMap::from([("too_many".to_owned(), 2)]));
    let names = files(&folder.0);
    assert_eq!(names.len(), 9);
    let first = RecordingReader::open(folder.0.join(FOLDER).join(&names[0])).unwrap();
    let times: Vec<UtcMicros> = first.map(|entry| entry.unwrap().arrived_at).collect();
    let lasts_s = times.last().unwrap().seconds_since(times[0]);
    assert!((59.0..=60.0).contains(&lasts_s), "{lasts_s} s");
}

/// On the little disk that [`a_disk_that_is_full_costs_the_evidence_only`] gives it.
#[test]
#[ignore = "runs in a process of its own"]
fn child_on_a_full_disk() {
    let Ok(folder) = std::env::var("LUKOU_FULL") else { return };
    let (folder, metrics) = (Path::new(&folder), Metrics::new().unwrap());
    let mut day = Day::new(EvidenceSettings::default(), folder, &metrics);
    day.pass(0.0, 31.0);
    fill(&folder.join("filler"));
    day.follow(31.0, &event(31.0, 1));
    day.pass(31.0, 60.0);
    let clock = Clock::new();
    while dropped(&metrics).is_empty() {
        assert!(clock.uptime_s() < 60.0, "in vain");
        std::thread::yield_now();
    }
    std::fs::remove_file(folder.join("filler")).unwrap();
    let second = day.follow(60.0, &event(60.0, 2)).unwrap();
    day.pass(60.0, 90.0);
    day.finish();
    assert_eq!(dropped(&metrics), BTreeMap::from([("write_failed".to_owned(), 1)]));
    assert_eq!(files(folder), [second]);
}

#[test]
fn a_disk_that_is_full_costs_the_evidence_only() {
    run_on_small_disk("bounds::child_on_a_full_disk", &Folder::new("evidence-full").0, 2);
}

#[test]
fn a_folder_that_cannot_be_made_costs_the_evidence_only() {
    let folder = Folder::new("evidence-blocked");
    std::fs::write(folder.join(FOLDER), "a file").unwrap();
    let metrics = Metrics::new().unwrap();
    let mut day = Day::new(EvidenceSettings::default(), &folder.0, &metrics);
    day.pass(0.0, 30.0);
    assert!(day.follow(30.0, &event(29.0, 1)).is_some());
    day.pass(30.0, 31.0);
    day.tap.take(START.plus_seconds(31.0), &Input::Tick);
    day.finish();
    assert_eq!(dropped(&metrics)["write_failed"], 1);
}
