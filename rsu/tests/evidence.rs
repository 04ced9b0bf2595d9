//! Recordings around events: cut from what came in, replayed by the program itself, bounded on the disk.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use cloud_bridge::State;
use perception::calibration::Lane;
use perception::events::{Ending, Event, EventKind, WaterGauge, WaterLevel};
use perception::frames::Wgs84;
use perception::time::UtcMicros;
use rsu::city;
use rsu::clock::Clock;
use rsu::config::Site;
use rsu::evidence::{Evidence, EvidenceSettings, EvidenceTap, FOLDER, NoRecording, recording_of};
use rsu::metrics::Metrics;
use rsu::pipeline::{Input, Output};
use rsu::run::Service;
use sensors::radar::encode;
use sensors::recording::{Item, RecordingReader, RecordingWriter};
use serde_json::Value;

#[path = "../../cloud-bridge/tests/support/small_disk.rs"]
mod small_disk;
mod support;
use small_disk::{fill, run_on_small_disk};
use support::{Folder, START, Sim, camera, camera_input, demo_site, movers_seen, people_seen, quiet_site};

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
    run_on_small_disk("child_on_a_full_disk", &Folder::new("evidence-full").0, 2);
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

#[test]
fn nothing_but_a_whole_recording_of_an_event_is_given_away() {
    let folder = Folder::new("evidence-names");
    let evidence = folder.join(FOLDER);
    std::fs::create_dir_all(&evidence).unwrap();
    let write = |path: &Path| RecordingWriter::create(path).unwrap().finish().unwrap();
    write(&evidence.join("1-1.mcap"));
    write(&folder.join("2-2.mcap"));
    assert_eq!(recording_of(&folder.0, "1-1").unwrap(), evidence.join("1-1.mcap"));
    let others =
        ["", ".", "..", "../2-2", "../evidence/1-1", "/etc/passwd", "1-1/../1-1", "1-1.mcap", "+1-1", "1-01", "1-1\0"];
    for name in others {
        assert!(matches!(recording_of(&folder.0, name), Err(NoRecording::NoEvent)), "{name:?}");
    }
    assert!(matches!(recording_of(&folder.0, "2-2"), Err(NoRecording::NoFile)));
    let whole = std::fs::read(evidence.join("1-1.mcap")).unwrap();
    for length in 0..whole.len() {
        std::fs::write(evidence.join("1-1.mcap"), &whole[..length]).unwrap();
        assert!(matches!(recording_of(&folder.0, "1-1"), Err(NoRecording::NotWhole)), "{length} bytes");
    }
}

/// `openssl genpkey -algorithm ed25519`, and its public half.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGqsQvsoe4dcLBa2VeQKpfvoW5tI631fpo6qYgsJLZMQ\n-----END PRIVATE KEY-----\n";
const PUBLIC_KEY: &str = "bcN27viqCRMuFFESzALgs4mt1xZPavXTlMdkFes6wW4=";

/// Who asks the site for recordings, with the `city` program.
struct City {
    folder: Folder,
    endpoint: String,
}

impl City {
    fn new(name: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder: Folder::new(name), endpoint: format!("tcp/127.0.0.1:{port}") }
    }

    /// What `city evidence` says, and the file that it has written.
    fn fetch(&self, event: &str) -> (i32, Value, PathBuf) {
        let city = Path::new(env!("CARGO_BIN_EXE_rsu")).with_file_name("city");
        assert!(city.exists(), "{}: build with --workspace --features cloud-bridge/city", city.display());
        let out = self.folder.join("fetched.mcap");
        let asked = Command::new(city)
            .args(["evidence", "--json", "--site", "demo-city/demo", "--connect", &self.endpoint, "--event", event])
            .args([Path::new("--key"), &self.folder.join("city-1.pem"), Path::new("--out"), &out])
            .output()
            .unwrap();
        let ack = serde_json::from_slice(&asked.stdout).unwrap_or_default();
        (asked.status.code().unwrap(), ack, out)
    }

    fn is_refused(&self, event: &str, why: &str) {
        let (code, ack, out) = self.fetch(event);
        assert_eq!((code, &ack["state"], &ack["reason"]), (1, &"rejected".into(), &why.into()), "{event}: {ack}");
        assert!(!out.exists());
    }
}

/// A site whose radar looks along a road where 5 m/s are allowed, which keeps evidence that this city may fetch.
fn site_on_a_road(folder: &Folder, city: &City) -> Site {
    std::fs::write(city.folder.join("city-1.pem"), KEY).unwrap();
    let mut site = quiet_site(folder);
    site.radars[0].listen = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let cloud = format!(
        "listen = [\"{}\"]\ncommand_keys.city-1 = \"{PUBLIC_KEY}\"\ncommands.allow = [\"evidence\"]\n",
        city.endpoint
    );
    site.cloud = Some(toml::from_str(&cloud).unwrap());
    site.geometry.lanes = vec![Lane {
        id: "road/1".into(),
        width_m: 6.0,
        centerline_enu_m: vec![[10.0, 38.0], [110.0, 38.0]],
        speed_limit_mps: Some(5.0),
        ..site.geometry.lanes[0].clone()
    }];
    site.evidence = Some(EvidenceSettings { after_s: 1.0, ..EvidenceSettings::default() });
    site
}

/// Somebody drives along the road too fast until that is told; then nobody comes, until its recording is closed. `early` is
/// told the event's name meanwhile.
async fn drive_too_fast(service: &Service, site: &Site, mut early: impl FnMut(&str)) -> String {
    let radar = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut rhythm = tokio::time::interval(Duration::from_millis(50));
    let began_s = service.clock.uptime_s();
    let (mut sequence, mut told) = (0, false);
    loop {
        rhythm.tick().await;
        let for_s = service.clock.uptime_s() - began_s;
        assert!(for_s < 90.0, "nothing is kept whole: {}", service.metrics.render().unwrap());
        let first = files(&site.state_dir).first().map(|name| name.strip_suffix(".mcap").unwrap().to_owned());
        // Along the road for 7 s, and again.
        let east_m = 20.0 + 12.0 * for_s.rem_euclid(7.0);
        let movers = [([east_m, 38.0], [12.0, 0.0])];
        let seen = &movers[..usize::from(first.is_none())];
        for packet in encode(&movers_seen(&site.radars[0].model, service.clock.now(), seen), true, sequence).unwrap() {
            radar.send_to(&packet, site.radars[0].listen).unwrap();
        }
        sequence += 1;
        let Some(event) = first else { continue };
        if !told {
            early(&event);
            told = true;
        }
        if !matches!(recording_of(&site.state_dir, &event), Err(NoRecording::NotWhole)) {
            return event;
        }
    }
}

/// The whole service, in time: a radar over UDP sees somebody drive too fast, what led to it lies in the folder, and the city gets it.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_keeps_what_its_radar_said_around_an_event_and_gives_it_to_the_city() {
    let (folder, city) = (Folder::new("evidence-service"), City::new("evidence-city"));
    let site = site_on_a_road(&folder, &city);
    let service = Service::start(&site, None).await.unwrap();
    let event = drive_too_fast(&service, &site, |event| city.is_refused(event, "not_whole")).await;
    city.is_refused("1-1", "no_evidence");
    city.is_refused("passwd", "bad_event");
    let (code, ack, fetched) = city.fetch(&event);
    assert_eq!((code, &ack["state"]), (0, &"done".into()), "{ack}");
    let path = site.state_dir.join(FOLDER).join(format!("{event}.mcap"));
    assert_eq!(std::fs::read(&fetched).unwrap(), std::fs::read(&path).unwrap());
    assert_eq!(city.fetch(&event).0, 2, "what is there is not overwritten");
    service.stop().await;
    let audit = std::fs::read_to_string(site.state_dir.join("command-audit.jsonl")).unwrap();
    let told = format!("\"key\":\"city-1\",\"kind\":\"evidence\",\"event\":\"{event}\",\"answered\":\"accepted\"");
    assert_eq!(audit.matches(&told).count(), 2, "{audit}");

    let again = replayed(&fetched, &folder, &[]);
    let began_us: i64 = event.split_once('-').unwrap().0.parse().unwrap();
    assert_eq!((&again["kind"], &again["lane"]), (&"speeding".into(), &"road/1".into()));
    assert!((again["began_at_us"].as_i64().unwrap() - began_us).abs() < 500_000, "{again}");

    let entries: Vec<_> = RecordingReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert!(matches!(entries[0].item, Item::Site(_)));
    let scans = entries.iter().filter(|entry| matches!(entry.item, Item::Radar(_))).count();
    assert!(scans >= 20, "{scans} of {} entries", entries.len());
    assert!(entries.iter().any(|entry| matches!(entry.item, Item::Signal(_))), "and the lights meanwhile");
}

/// Pictures are kept if the site allows them, about as often as it says, and then the city does not get the file.
#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_kept_if_the_site_allows_them_and_stay_on_the_box() {
    let (folder, city) = (Folder::new("evidence-pictures"), City::new("evidence-blind-city"));
    let mut site = site_on_a_road(&folder, &city);
    (site.cameras, site.detector) = (demo_site().cameras, demo_site().detector);
    site.evidence.as_mut().unwrap().picture_every_s = Some(0.5);
    let service = Service::start(&site, None).await.unwrap();
    let event = drive_too_fast(&service, &site, |_| {}).await;
    city.is_refused(&event, "has_pictures");
    service.stop().await;
    let path = site.state_dir.join(FOLDER).join(format!("{event}.mcap"));
    assert!(matches!(recording_of(&site.state_dir, &event), Err(NoRecording::Pictures)));
    let entries: Vec<_> = RecordingReader::open(&path).unwrap().map(Result::unwrap).collect();
    let pictures = entries.iter().filter_map(|entry| match &entry.item {
        Item::Image { sensor, jpeg } => Some((entry.captured_at, sensor, jpeg)),
        _ => None,
    });
    let pictures: Vec<_> = pictures.collect();
    assert!(pictures.len() >= 3, "{} in {} entries", pictures.len(), entries.len());
    assert!(pictures.windows(2).all(|two| two[1].0.seconds_since(two[0].0) >= 0.5));
    for (_, sensor, jpeg) in &pictures {
        assert_eq!(&***sensor, "cam-plaza");
        assert!(
            jpeg.starts_with(&[0xff, 0xd8, 0xff]) && jpeg.ends_with(&[0xff, 0xd9]),
            "a JPEG of {} octets",
            jpeg.len()
        );
    }
    let seen = entries.iter().filter(|entry| matches!(entry.item, Item::Camera(_))).count();
    assert!(seen > pictures.len(), "every picture is looked at, few are kept");
}
