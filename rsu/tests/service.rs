//! The whole service as it runs on a pole: real video, real sockets, every part a process of its own; and each part
//! taken away in turn.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeSet;

use asn1::cn::MessageFrame;
use asn1::cn::rsm::{ParticipantData, ParticipantType, RoadsideSafetyMessage};
use cloud_bridge::{Kind, LinkConfig, LinkMode, State, Watch, WatchConfig, WatchEvent};
use perception::frames::{SiteFrame, Wgs84};
use rsu::config::Site;
use sensors::recording::{Item, RecordingReader};

mod support;
use support::{Folder, offset_1e7deg};

#[path = "service/bench.rs"]
mod bench;
use bench::{Console, Ear, Ports, Process, free_tcp, radar, text, video, wait_for, write_site};
#[path = "service/camera.rs"]
mod camera;
use camera::{network_camera, pictures};

/// A service that lives.
fn start(args: &[&str], console: Console) -> Process {
    let mut service = Process::start(args);
    wait_for("the console", || {
        assert!(service.is_running(), "it ended: {}", service.errors());
        console.get("/healthz").filter(|(status, _)| *status == 200)
    });
    service
}

fn vehicle(ports: &Ports, folder: &Folder) -> Process {
    let certificate = folder.join("state/uu/certificate.pem");
    let (pc5, uu) = (format!("127.0.0.1:{}", ports.pc5), format!("127.0.0.1:{}", ports.uu));
    Process::start(&["vehicle", "--json", "--pc5", &pc5, "--uu", &uu, "--ca", text(&certificate)])
}

/// Waits until the vehicle has decoded every message by every radio.
fn vehicle_understands(vehicle: &Process, radios: &[&str]) {
    let needed: BTreeSet<(String, String, String)> = radios
        .iter()
        .flat_map(|radio| {
            let all = [("cn", "SPAT"), ("cn", "MAP"), ("cn", "RSM"), ("us", "SPAT"), ("us", "MAP"), ("us", "SDSM")];
            all.map(|(set, message)| ((*radio).to_owned(), set.to_owned(), message.to_owned()))
        })
        .collect();
    wait_for("every message by every radio at the vehicle", || {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let lines = vehicle.lines();
        let heard = lines.iter().filter_map(|line| line["view"]["heard"].as_array()).flatten();
        let heard: BTreeSet<_> = heard.map(|h| (text(&h["radio"]), text(&h["set"]), text(&h["message"]))).collect();
        needed.is_subset(&heard).then_some(())
    });
}

async fn watch(ports: &Ports) -> Watch {
    let link = LinkConfig {
        mode: LinkMode::Peer,
        listen: Vec::new(),
        connect: vec![format!("tcp/127.0.0.1:{}", ports.city)],
        scouting: false,
        ..LinkConfig::default()
    };
    Watch::open(WatchConfig { sites: "demo-city/demo".into(), link }).await.unwrap()
}

/// Waits until the city has every kind of state, and that what it is told makes sense.
async fn city_is_told(watch: &mut Watch, site: &Site) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    let all = [Kind::Traffic, Kind::Parking, Kind::Health, Kind::Signal].map(Kind::name);
    let listening = async {
        while told.len() < all.len() {
            let Some(WatchEvent::State { message, .. }) = watch.next().await else { continue };
            assert_eq!(message.site, "demo");
            match &message.update.state {
                State::Traffic(traffic) => {
                    assert_eq!(traffic.lanes.len(), 16);
                    let window_s = i64::from(traffic.window_s.unwrap());
                    assert_eq!(message.update.to_us - message.update.from_us, window_s * 1_000_000);
                }
                State::Parking(parking) => {
                    assert_eq!((parking.lot.as_str(), parking.total), ("P1", 4));
                    let bays = parking.bays.iter().map(|bay| [bay.lat_deg, bay.lon_deg]);
                    let origin = site.geometry.origin;
                    for place in bays.chain([[parking.lat_deg, parking.lon_deg]]) {
                        let near = |told: Option<f64>, deg: f64| told.is_some_and(|told| (told - deg).abs() < 2e-3);
                        assert!(near(place[0], origin.lat_deg) && near(place[1], origin.lon_deg), "{place:?}");
                    }
                    assert_ne!(parking.bays[0].lon_deg, parking.bays[1].lon_deg);
                }
                State::Health(health) => {
                    let origin = site.geometry.origin;
                    assert_eq!((health.sensors.len(), health.lat_deg), (2, Some(origin.lat_deg)));
                    assert_eq!(health.lon_deg, Some(origin.lon_deg));
                }
                State::Signal(signal) => assert_eq!(signal.groups.len(), 6),
                // What people on the demo video do is not scripted.
                State::Event(event) => assert!(event.confidence > 0.0),
            }
            told.insert(message.update.state.kind().name());
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(90), listening).await.expect("all states at the city");
}

/// Whether somebody told of is in the camera's picture and walks.
fn is_plausible(rsm: &RoadsideSafetyMessage, person: &ParticipantData, site: &Site) -> bool {
    let camera = &site.cameras[0].model;
    let (lat, lon) = offset_1e7deg(&person.pos.offset_ll);
    let degrees = |reference: i32, offset: i64| (i64::from(reference) + offset) as f64 * 1e-7;
    let [east, north, _] = SiteFrame::new(site.geometry.origin).enu_from_wgs84(Wgs84 {
        lat_deg: degrees(rsm.ref_pos.lat, lat),
        lon_deg: degrees(rsm.ref_pos.long, lon),
        ellipsoidal_height_m: site.geometry.origin.ellipsoidal_height_m,
    });
    let [e, n] = [east - camera.position_enu_m[0], north - camera.position_enu_m[1]];
    // East and north of where it looks.
    let [re, rn] = [camera.enu_from_camera[2], camera.enu_from_camera[5]];
    let cos_off_axis = (e * re + n * rn) / (e.hypot(n) * re.hypot(rn));
    (5.0..90.0).contains(&e.hypot(n)) && cos_off_axis > 0.85 && f64::from(person.speed) * 0.02 < 4.0
}

/// People of the video, as a vehicle hears of them: several, in front of the camera, at a walk.
fn people_are_told_of(ear: &Ear, site: &Site) {
    ear.take();
    let (mut told, mut plausible, mut messages) = (0, 0, 0);
    wait_for("ten RSM of three people or more", || {
        for message in ear.take() {
            let MessageFrame::RsmFrame(rsm) = message else { continue };
            let people = || rsm.participants.iter().filter(|p| p.ptc_type == ParticipantType::Pedestrian);
            told += people().count();
            let these = people().filter(|person| is_plausible(&rsm, person, site)).count();
            plausible += these;
            messages += usize::from(these >= 3);
        }
        (messages >= 10).then_some(())
    });
    // A detector errs now and then.
    assert!(plausible * 10 >= told * 9, "{plausible} of {told} are where and what people can be");
}

/// The names of the design that exist so far.
const METRICS: [&str; 23] = [
    "lukou_capture_to_radio_seconds_bucket",
    "lukou_stage_seconds_bucket",
    "lukou_messages_sent_total",
    "lukou_detections_total",
    "lukou_tracks",
    "lukou_dropped_total",
    "lukou_sensor_age_seconds",
    "lukou_sensor_up",
    "lukou_sensor_frames_total",
    "lukou_sensor_simulated",
    "lukou_signal_age_seconds",
    "lukou_cloud_connected",
    "lukou_cloud_published_total",
    "lukou_outbox_messages",
    "lukou_outbox_bytes",
    "lukou_outbox_oldest_seconds",
    "lukou_vehicles_connected",
    "lukou_clock_offset_seconds",
    "lukou_lane_flow_per_hour",
    "lukou_lane_occupancy_ratio",
    "lukou_parking_bays",
    "lukou_info",
    "process_resident_memory_bytes",
];

fn metrics_are_there_and_grow(console: Console) {
    for name in METRICS {
        wait_for(name, || console.metric(name, &[]));
    }
    for (name, labels) in [
        ("lukou_messages_sent_total", vec!["radio=\"ear\"", "message=\"SPAT\""]),
        ("lukou_messages_sent_total", vec!["radio=\"uu\"", "message=\"RSM\""]),
        ("lukou_capture_to_radio_seconds_count", vec!["message=\"RSM\""]),
        ("lukou_stage_seconds_count", vec!["stage=\"detect\""]),
        ("lukou_detections_total", vec!["class=\"pedestrian\""]),
        ("lukou_sensor_frames_total", vec!["sensor=\"radar-junction\""]),
        ("lukou_cloud_published_total", vec!["kind=\"health\""]),
    ] {
        let before = wait_for(name, || console.metric(name, &labels));
        wait_for(&format!("{name} {labels:?} to grow from {before}"), || {
            console.metric(name, &labels).filter(|now| *now > before)
        });
    }
    assert_eq!(console.metric("lukou_sensor_simulated", &["radar-junction"]), Some(1.0));
    assert_eq!(console.metric("lukou_sensor_simulated", &["cam-plaza"]), Some(0.0));
}

/// What the unit says can be looked into: every message of both sets, decoded as it went out.
fn inspector_reads_what_is_said(console: Console) {
    let listed = wait_for("six messages in the inspector", || {
        let list = console.json("/api/v1/messages")?;
        list["messages"].as_array().filter(|messages| messages.len() == 6).cloned()
    });
    for entry in listed {
        let (set, message) = (entry["set"].as_str().unwrap(), entry["message"].as_str().unwrap());
        let said = wait_for("a decoded message", || console.json(&format!("/api/v1/messages/{set}/{message}")));
        assert_eq!((&said["message"], &said["dialect"]), (&entry["message"], &entry["dialect"]));
        assert!(said["json"].is_object() && said["sent_us"].as_i64() >= entry["sent_us"].as_i64(), "{said}");
    }
}

fn state_of(console: Console, list: &str, id: &str, state: &str) {
    wait_for(&format!("{list} {id} to be {state}"), || {
        console.row(list, id).filter(|row| row["state"] == state).map(drop)
    });
}

#[test]
fn everything_delivers_and_whatever_is_taken_away_the_rest_goes_on() {
    let folder = Folder::new("service");
    let ear = Ear::open();
    let (site_path, ports) = write_site(&folder, ear.address, &[]);
    let site = Site::load(&site_path).unwrap();
    let recording = folder.join("recording.mcap");
    let console = Console(ports.console);
    let model = &site.radars[0].model;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();

    let mut service = start(&["run", "--site", text(&site_path), "--record", text(&recording)], console);
    let (status, _) = wait_for("an answer", || console.get("/readyz"));
    assert_eq!(status, 503, "not ready: nobody has heard of the radar");
    let sender = radar(model, ports.radar);
    let first = vehicle(&ports, &folder);
    wait_for("readiness", || console.get("/readyz").filter(|(status, _)| *status == 200));

    vehicle_understands(&first, &["pc5", "uu"]);
    let mut city = runtime.block_on(watch(&ports));
    runtime.block_on(city_is_told(&mut city, &site));
    people_are_told_of(&ear, &site);
    metrics_are_there_and_grow(console);
    inspector_reads_what_is_said(console);
    let state =
        wait_for("the signal", || console.json("/api/v1/state").filter(|state| state["signals"][5].is_object()));
    let held: Vec<_> = state["signals"].as_array().unwrap().iter().filter(|signal| !signal["held"].is_null()).collect();
    assert!(held.is_empty(), "the demo's plan is believed: {held:?}, {}", state["held"]);
    wait_for("a simulated track and a real one", || {
        let state = console.json("/api/v1/state")?;
        let tracks = state["tracks"].as_array()?;
        let simulated = |yes: bool| tracks.iter().any(|track| track["simulated"] == yes);
        (simulated(true) && simulated(false)).then_some(())
    });

    // The radar dies.
    drop(sender);
    state_of(console, "sensors", "radar-junction", "failed");
    ear.hears_spat(10);
    assert_eq!(wait_for("an answer", || console.get("/readyz")).0, 503);
    let sender = radar(model, ports.radar);
    state_of(console, "sensors", "radar-junction", "ok");

    // The vehicle dies, and another one comes.
    drop(first);
    state_of(console, "links", "pc5", "failed");
    ear.hears_spat(10);
    wait_for("nobody subscribed", || console.metric("lukou_vehicles_connected", &[]).filter(|n| *n == 0.0));
    let mut second = vehicle(&ports, &folder);
    vehicle_understands(&second, &["pc5", "uu"]);
    state_of(console, "links", "pc5", "ok");
    wait_for("one subscribed", || console.metric("lukou_vehicles_connected", &[]).filter(|n| *n == 1.0));

    // The city goes, and comes back.
    state_of(console, "links", "city", "ok");
    runtime.block_on(city.close());
    wait_for("no city", || console.metric("lukou_cloud_connected", &[]).filter(|n| *n == 0.0));
    state_of(console, "links", "city", "degraded");
    ear.hears_spat(10);
    let mut city = runtime.block_on(watch(&ports));
    wait_for("the city", || console.metric("lukou_cloud_connected", &[]).filter(|n| *n == 1.0));
    runtime.block_on(city_is_told(&mut city, &site));
    runtime.block_on(city.close());

    // The vehicle says how it went.
    second.signal("INT");
    let status = second.end_within(30.0);
    let summary = second.lines().pop().unwrap();
    assert!(status.success() && summary["summary"]["ok"] == true, "{summary}");
    // Whether messages came late depends on the machine; what they say does not.
    for fault in ["unknown_junction", "lane_without_light", "duplicate_object", "far_object"] {
        assert!(summary["summary"]["faults"][fault].is_null(), "{summary}");
    }
    assert_eq!(summary["summary"]["errors"], serde_json::json!({}), "everything decoded");

    assert!(service.is_running(), "it ended: {}", service.errors());
    service.signal("TERM");
    let status = service.end_within(10.0);
    assert!(status.success(), "{status}: {}", service.errors());
    assert!(!service.errors().contains("panicked"), "{}", service.errors());
    drop(sender);
    recording_is_whole(&recording, &folder);
}

fn recording_is_whole(recording: &std::path::Path, folder: &Folder) {
    let (mut sites, mut boxes, mut scans, mut signals, mut last_us) = (0, 0, 0, 0, i64::MIN);
    for entry in RecordingReader::open(recording).unwrap() {
        let recorded = entry.expect("every part can be read");
        assert!(recorded.arrived_at.0 >= last_us, "in order of arrival");
        last_us = recorded.arrived_at.0;
        match recorded.item {
            Item::Site(geometry) => sites += usize::from(geometry.name == "demo"),
            Item::Camera(frame) => boxes += frame.boxes.len(),
            Item::Radar(_) => scans += 1,
            Item::Signal(signal) => signals += usize::from(signal.groups.len() == 6),
            other => panic!("nobody sent {other:?}"),
        }
    }
    assert_eq!(sites, 1);
    assert!(boxes > 100 && scans > 100 && signals > 100, "{boxes} boxes, {scans} scans, {signals} signals");
    let tracks = folder.join("tracks.jsonl");
    let replay = Process::start(&["replay", text(recording), "--tracks", text(&tracks)]).end_within(90.0);
    assert!(replay.success());
    let told = std::fs::read_to_string(tracks).unwrap();
    assert!(told.contains("\"pedestrian\"") && told.contains("radar-junction"), "both sensors are in the replay");
}

#[test]
fn without_its_camera_the_service_tries_again_and_the_lights_are_told() {
    let folder = Folder::new("service-blind");
    let ear = Ear::open();
    let video = video();
    let missing = folder.join("video.avi");
    let (site_path, ports) = write_site(&folder, ear.address, &[(text(&video), text(&missing))]);
    let console = Console(ports.console);
    let mut service = start(&["run", "--site", text(&site_path)], console);
    state_of(console, "sensors", "cam-plaza", "failed");
    ear.hears_spat(10);
    wait_for("tries to be counted", || {
        console.metric("lukou_sensor_restarts_total", &["cam-plaza"]).filter(|tries| *tries >= 2.0)
    });
    let row = wait_for("the sensor's row", || console.row("sensors", "cam-plaza"));
    let detail = row["detail"].as_str().unwrap();
    assert!(detail.contains("video.avi"), "what is wrong is shown: {detail}");
    let (status, reasons) = wait_for("an answer", || console.get("/readyz"));
    assert!(status == 503 && reasons.contains("cam-plaza"), "{reasons}");
    assert_eq!(wait_for("an answer", || console.get("/healthz")).0, 200, "it lives");

    // The camera comes.
    std::fs::copy(&video, &missing).unwrap();
    state_of(console, "sensors", "cam-plaza", "ok");
    wait_for("its frames", || console.metric("lukou_sensor_frames_total", &["cam-plaza"]).filter(|n| *n > 5.0));
    service.signal("TERM");
    assert!(service.end_within(10.0).success(), "{}", service.errors());
}

#[test]
fn a_camera_that_is_unplugged_is_missed_and_taken_back() {
    let folder = Folder::new("service-unplugged");
    let ear = Ear::open();
    let port = free_tcp();
    let url = format!("http://127.0.0.1:{port}/video.mjpg");
    let (site_path, ports) = write_site(&folder, ear.address, &[(text(&video()), &url)]);
    let console = Console(ports.console);
    let pictures = pictures(&video(), 30);
    let plugged = network_camera(port, pictures.clone());
    let mut service = start(&["run", "--site", text(&site_path)], console);
    let frames = || console.metric("lukou_sensor_frames_total", &["cam-plaza"]);
    state_of(console, "sensors", "cam-plaza", "ok");
    wait_for("its frames", || frames().filter(|count| *count > 10.0));

    drop(plugged);
    state_of(console, "sensors", "cam-plaza", "failed");
    ear.hears_spat(10);
    ear.take();
    wait_for("pictures without it", || {
        let rsm = ear.take().into_iter().filter(|message| matches!(message, MessageFrame::RsmFrame(_))).count();
        (rsm > 0).then_some(())
    });
    let unplugged_at = wait_for("its frames", frames);

    let _plugged = network_camera(port, pictures);
    state_of(console, "sensors", "cam-plaza", "ok");
    wait_for("new frames", || frames().filter(|count| *count > unplugged_at + 5.0));
    assert!(console.metric("lukou_sensor_restarts_total", &["cam-plaza"]).is_some_and(|tries| tries >= 1.0));
    service.signal("TERM");
    assert!(service.end_within(10.0).success(), "{}", service.errors());
}
