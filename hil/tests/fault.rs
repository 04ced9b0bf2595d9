//! Each fault does what it says, to what it names, and nothing else.

use hil::fault::{ClockError, Faults, Message, Silence, apply};
use perception::calibration::{CameraModel, SensorModel, SiteGeometry};
use perception::frames::CameraView;
use serde_json::{Value, json};

const BEGAN_US: i64 = 1_800_000_000_000_000;
/// A car 40 m north of a camera and a radar, both 6 m up and looking north; the camera level.
const CAR_NORTH_M: f64 = 40.0;

fn message(topic: &str, captured_ms: i64, latency_ms: i64, mut body: Value) -> Message {
    let captured_us = BEGAN_US + captured_ms * 1000;
    body["captured_at_us"] = captured_us.into();
    Message {
        topic: topic.into(),
        log_time_ns: ((captured_us + latency_ms * 1000) * 1000) as u64,
        publish_time_ns: (captured_us * 1000) as u64,
        body,
    }
}

/// Ten seconds of that car and nothing else.
fn recording() -> Vec<Message> {
    let site = json!({
        "name": "t", "origin": {"lat_deg": 31.0, "lon_deg": 121.0, "ellipsoidal_height_m": 5.0}, "sensors": [
            {"id": "cam", "kind": "camera", "width_px": 1000, "height_px": 800, "k": [1000.0, 1000.0, 500.0, 400.0],
             "position_enu_m": [0, 0, 6], "enu_from_camera": [1, 0, 0, 0, 0, 1, 0, -1, 0]},
            {"id": "radar", "kind": "radar", "position_enu_m": [0, 0, 6], "boresight_azimuth_rad": 0.0, "fov_rad": 1.9,
             "max_range_m": 150.0, "sigma": {"range_m": 0.3, "azimuth_rad": 0.01, "range_rate_mps": 0.1}}]});
    let mut messages = vec![message("/site", 0, 0, site)];
    for step in 0..100 {
        // From the front and rear faces, 38 and 42 m away, of a car 4 m long, 2 m wide and 1.5 m high.
        let car = json!({"x_px": 473.7, "y_px": 507.1, "w_px": 52.6, "h_px": 50.8, "score": 0.9, "class": "car"});
        let echo = json!({"range_m": 38.4, "azimuth_rad": 0.0, "range_rate_mps": 0.0});
        let truth = json!({"id": 7, "class": "car", "east_m": 0.0, "north_m": CAR_NORTH_M, "speed_mps": 0.0,
            "heading_rad": 0.0, "length_m": 4.0, "width_m": 2.0, "height_m": 1.5, "seen_2s": 40});
        messages.push(message("/truth", step * 100, 0, json!({"objects": [truth]})));
        messages.push(message("/sensor/radar/targets", step * 100 + 10, 30, json!({"targets": [echo]})));
        messages.push(message("/sensor/cam/detections", step * 100 + 20, 90, json!({"boxes": [car]})));
    }
    messages.sort_by_key(|message| message.log_time_ns);
    messages
}

fn with(faults: Faults) -> Vec<Message> {
    let changed = apply(&faults, recording()).expect("no fault of ours");
    assert!(changed.is_sorted_by_key(|message| message.log_time_ns), "in the order of arrival");
    assert_eq!(changed, apply(&faults, recording()).expect("twice"), "the same seed, the same faults");
    changed
}

fn on<'a>(messages: &'a [Message], topic: &str) -> Vec<&'a Message> {
    messages.iter().filter(|message| message.topic == topic).collect()
}

fn cam(messages: &[Message]) -> Vec<&Message> {
    on(messages, "/sensor/cam/detections")
}

fn radar(messages: &[Message]) -> Vec<&Message> {
    on(messages, "/sensor/radar/targets")
}

fn count(messages: &[&Message], list: &str) -> usize {
    messages.iter().map(|message| message.body[list].as_array().map_or(0, Vec::len)).sum()
}

fn seen(messages: &[Message]) -> Vec<u64> {
    on(messages, "/truth").iter().map(|truth| truth.body["objects"][0]["seen_2s"].as_u64().expect("kept")).collect()
}

#[test]
fn no_fault_changes_nothing() {
    assert_eq!(with(Faults::default()), recording());
}

#[test]
fn a_wrong_clock_shifts_and_drifts_what_its_sensor_says_of_time() {
    let clock = ClockError { fast_s: 0.12, drift_ppm: 1000.0, from_s: f64::NEG_INFINITY };
    let changed = with(Faults { clocks: vec![("cam".into(), clock)], ..Faults::default() });
    let (was, is) = (recording(), changed);
    for (was, is) in cam(&was).iter().zip(cam(&is)) {
        let [was_us, is_us] = [*was, is].map(|message| message.body["captured_at_us"].as_i64().unwrap());
        // A thousandth of the time since the beginning, to the nearest microsecond.
        let gained_us = (was_us - BEGAN_US + 500) / 1000;
        assert_eq!(is_us, was_us + 120_000 + gained_us);
        assert_eq!(i64::try_from(is.publish_time_ns).unwrap(), is_us * 1000, "header and body agree");
        assert_eq!(is.log_time_ns, was.log_time_ns, "it arrives when it did");
    }
    assert_eq!(radar(&is), radar(&was), "the other clock is right");
    assert_eq!(on(&is, "/truth"), on(&was, "/truth"));
}

#[test]
fn a_clock_that_is_set_jumps_once() {
    let clock = ClockError { fast_s: -2.0, drift_ppm: 0.0, from_s: 5.0 };
    let changed = with(Faults { clocks: vec![("radar".into(), clock)], ..Faults::default() });
    let (was, is) = (recording(), changed);
    let shifts_us: Vec<i64> = radar(&was)
        .iter()
        .zip(radar(&is))
        .map(|(was, is)| is.body["captured_at_us"].as_i64().unwrap() - was.body["captured_at_us"].as_i64().unwrap())
        .collect();
    assert_eq!(shifts_us, [[0; 50], [-2_000_000; 50]].concat());
}

#[test]
fn a_turned_camera_looks_further_right_and_up_than_the_site_says() {
    let turned = Faults {
        yaw_deg: vec![("cam".into(), 1.0), ("radar".into(), 1.0)],
        pitch_deg: vec![("cam".into(), 0.5)],
        ..Faults::default()
    };
    let camera = |messages: &[Message]| -> CameraModel {
        let site: SiteGeometry = serde_json::from_value(on(messages, "/site")[0].body.clone()).unwrap();
        site.validate().unwrap();
        site.sensors.iter().find_map(|s| if let SensorModel::Camera(c) = s { Some(c.clone()) } else { None }).unwrap()
    };
    let (true_view, said) = (CameraView::new(&camera(&recording())), with(turned));
    let said_view = CameraView::new(&camera(&said));
    let car = [0.0, CAR_NORTH_M, 0.0];
    let ([u, v], [said_u, said_v]) = (true_view.project(car).unwrap(), said_view.project(car).unwrap());
    // In the true picture the car stands further left and lower than where the site would have it.
    assert!((said_u - u - 1000.0 * 1_f64.to_radians().tan()).abs() < 0.5, "{u} {said_u}");
    let below = (6.0_f64 / CAR_NORTH_M).atan();
    assert!((said_v - 400.0 - 1000.0 * (below - 0.5_f64.to_radians()).tan()).abs() < 0.2, "{v} {said_v}");
    let boresight = on(&said, "/site")[0].body["sensors"][1]["boresight_azimuth_rad"].as_f64().unwrap();
    assert!((boresight + 1_f64.to_radians()).abs() < 1e-12);
}

#[test]
fn a_silent_sensor_is_not_asked_for() {
    let silences = ["cam", "radar"].map(|id| (id.to_owned(), Silence { from_s: 3.0, to_s: 6.0 })).to_vec();
    let changed = with(Faults { silences, ..Faults::default() });
    assert_eq!((cam(&changed).len(), radar(&changed).len()), (70, 70));
    let seen = seen(&changed);
    assert_eq!((seen[29], seen[40], seen[60], seen[99]), (40, 20, 0, 40), "halved a second into the silence");

    let one = with(Faults { silences: vec![("cam".into(), Silence { from_s: 3.0, to_s: 6.0 })], ..Faults::default() });
    assert_eq!(radar(&one), radar(&recording()));
    assert_eq!(self::seen(&one)[55], 20, "the radar still sees it");
}

#[test]
fn losses_take_their_share_and_lower_what_was_seen() {
    let changed = with(Faults { lose: 0.4, ..Faults::default() });
    let left = count(&cam(&changed), "boxes") + count(&radar(&changed), "targets");
    assert!((100..140).contains(&left), "{left} of 200");
    assert_eq!(cam(&changed).len(), 100, "the frames still come, empty");
    let seen = seen(&changed);
    let mean = seen.iter().sum::<u64>() as f64 / 100.0;
    assert!((19.0..29.0).contains(&mean), "{mean} of 40");
    assert_eq!(self::seen(&with(Faults { lose: 1.0, ..Faults::default() }))[50], 0);
}

#[test]
fn noise_moves_edges_by_its_sigma() {
    let changed = with(Faults { noise_px: 2.0, ..Faults::default() });
    let moved: Vec<f64> = cam(&changed).iter().map(|m| m.body["boxes"][0]["x_px"].as_f64().unwrap() - 473.7).collect();
    let sigma = (moved.iter().map(|d| d * d).sum::<f64>() / 100.0).sqrt();
    assert!((1.5..2.5).contains(&sigma), "{sigma}");
    assert_eq!(radar(&changed), radar(&recording()));
}

#[test]
fn clutter_lies_in_the_radars_field() {
    let changed = with(Faults { clutter: 6.0, ..Faults::default() });
    let scans = radar(&changed);
    let false_targets = count(&scans, "targets") - 100;
    assert!((520..680).contains(&false_targets), "{false_targets} in 100 scans");
    for target in scans.iter().flat_map(|scan| scan.body["targets"].as_array().unwrap()) {
        assert!(target["range_m"].as_f64().unwrap() <= 150.0 && target["azimuth_rad"].as_f64().unwrap().abs() <= 0.95);
    }
    assert_eq!(cam(&changed), cam(&recording()));
}

#[test]
fn late_messages_are_overtaken() {
    let changed = with(Faults { late_s: vec![("cam".into(), 0.25)], ..Faults::default() });
    let (was, is) = (recording(), changed);
    for (was, is) in cam(&was).iter().zip(cam(&is)) {
        assert_eq!((is.log_time_ns - was.log_time_ns, &is.body), (250_000_000, &was.body));
    }
}

#[test]
fn absurd_values_are_of_every_kind_and_cost_what_they_spoil() {
    let changed = with(Faults { absurd: 0.5, ..Faults::default() });
    let text = serde_json::to_string(&changed.iter().map(|message| &message.body).collect::<Vec<_>>()).unwrap();
    for value in ["null", "1e+300", "-1e+300", "-1.0"] {
        assert!(text.contains(&format!(":{value}")), "no {value}");
    }
    let seen = seen(&changed);
    assert!(seen[50] < 40, "a spoilt detection is not one");
    assert_eq!(cam(&changed).len(), 100);
}

#[test]
fn repeated_messages_come_soon_after_the_first() {
    let changed = with(Faults { duplicate: 0.3, ..Faults::default() });
    let copies = cam(&changed).len() + radar(&changed).len() - 200;
    assert!((40..80).contains(&copies), "{copies}");
    assert_eq!(on(&changed, "/truth").len(), 100, "the truth is told once");
}

#[test]
fn another_fault_beside_it_does_not_change_what_is_lost() {
    let lost = |clutter| {
        let changed = with(Faults { lose: 0.4, clutter, ..Faults::default() });
        cam(&changed).iter().map(|message| message.body["boxes"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(lost(0.0), lost(5.0));
    let other_seed = with(Faults { lose: 0.4, seed: 2, ..Faults::default() });
    assert_ne!(lost(0.0), cam(&other_seed).iter().map(|message| message.body["boxes"].clone()).collect::<Vec<_>>());
}

#[test]
fn a_sensor_that_is_not_there_is_named_with_those_that_are() {
    let error = apply(&Faults { late_s: vec![("cam-9".into(), 0.1)], ..Faults::default() }, recording());
    assert_eq!(error.unwrap_err().to_string(), "the recording has no sensor `cam-9`, but cam, radar");
}
