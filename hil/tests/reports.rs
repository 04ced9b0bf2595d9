//! Equipped road users of the bench and those that lie, through the pipeline: what the picture gains, and what it keeps.

mod support;

use hil::cuboid::Cuboid;
use hil::fault::{Faults, Liar, Message, apply};
use hil::recorder::place::Place;
use hil::recorder::reports::{Equipped, said};
use hil::recorder::signals::Signals;
use hil::recorder::traffic::{RoadUser, Traffic};
use hil::recorder::weather::Weather;
use hil::recorder::{Simulated, simulate};
use hil::said::Family;
use perception::detection::{Class, SensorFrame};
use perception::time::UtcMicros;
use rsu::pipeline::{Input, Output, Pipeline};
use rsu::reports::ReportReader;
use sensors::recording::{Item, Recorded};
use support::settings;

const START: UtcMicros = UtcMicros(1_800_000_000_000_000);
const SITE: &str = r#"{"name":"t","origin":{"lat_deg":30.0,"lon_deg":114.0,"ellipsoidal_height_m":0.0},"sensors":[
    {"id":"cam","kind":"camera","position_enu_m":[0,0,7],"azimuth_deg":0,"down_deg":12,"field_deg":80,"rate_hz":10},
    {"id":"radar","kind":"radar","position_enu_m":[0,0,6],"azimuth_deg":0,"field_deg":110,"rate_hz":20}]}"#;

/// A car that comes from the north past the sensors, and after 6 s drives where none of them looks; one far behind.
fn traffic() -> Traffic {
    let car = |id, north_m| RoadUser {
        id,
        class: Class::Car,
        cuboid: Cuboid {
            position_enu_m: [3.0, north_m],
            heading_cw_north_rad: std::f64::consts::PI,
            size_m: [4.5, 1.8, 1.5],
        },
        speed_mps: 10.0,
    };
    let at = |step: u32| f64::from(step) / 10.0;
    Traffic::new(
        (0..=120)
            .map(|step| (at(step), vec![car(1, 70.0 - 10.0 * at(step)), car(2, -60.0 - 10.0 * at(step))]))
            .collect(),
    )
}

fn recorded(family: Family) -> Simulated {
    let place: Place = serde_json::from_str(SITE).expect("well-formed");
    let equipped = Equipped { share: 1.0, family };
    let mut simulated = simulate(&place, vec![], &traffic(), &Signals::default(), Weather::Clear, 3, START);
    simulated.hear(said(equipped, place.origin, &traffic(), 3, START).expect("sayable"));
    simulated
}

/// How many cars there are, how many of them in full view, and how far the nearest is from the first car: every second
/// from the third on.
fn fuse(messages: &[Recorded], reports: bool) -> Vec<(usize, usize, f64)> {
    let mut pipeline = None;
    let mut seconds = Vec::new();
    for recorded in messages {
        let now = recorded.arrived_at;
        let input = match &recorded.item {
            Item::Site(geometry) => {
                let reader = ReportReader::new(
                    geometry.origin,
                    Some(asn1::Dialect::default()),
                    Some(asn1::Dialect::UsJ27352024),
                );
                pipeline = Some(
                    Pipeline::new(settings(geometry.clone(), now))
                        .expect("sound")
                        .with_reports(reports.then_some(reader)),
                );
                continue;
            }
            Item::Camera(frame) => Input::Sensor(SensorFrame::Camera(frame.clone())),
            Item::Radar(scan) => Input::Sensor(SensorFrame::Radar(scan.clone())),
            Item::V2xReceived { radio, hex } => {
                let octets: Vec<u8> =
                    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex")).collect();
                Input::Received { receiver: radio.as_str().into(), frame: octets.into() }
            }
            _ => continue,
        };
        let pipeline = pipeline.as_mut().expect("the site comes first");
        pipeline.handle(now, now, input);
        while let Some(output) = pipeline.poll_output() {
            let Output::Picture(picture) = output else { continue };
            let passed_s = picture.at.seconds_since(START);
            if passed_s >= 3.0 + seconds.len() as f64 {
                let north_m = 70.0 - 10.0 * passed_s;
                let off = |[e, n]: [f64; 2]| (e - 3.0).hypot(n - north_m);
                let nearest =
                    picture.tracks.iter().map(|located| off(located.track.position_enu_m)).fold(99.0, f64::min);
                let in_view = |north_m: f64| (25.0..80.0).contains(&north_m);
                let seen = picture.tracks.iter().filter(|located| in_view(located.track.position_enu_m[1])).count();
                // The simulated detector sees somebody where nobody is now and then, on foot mostly.
                let cars = picture.tracks.iter().filter(|located| located.track.class == Class::Car).count();
                seconds.push((cars, seen, nearest));
            }
        }
    }
    seconds
}

#[test]
fn who_tells_of_itself_is_not_lost_where_no_sensor_looks() {
    for family in [Family::Cn, Family::Us] {
        let Simulated { messages, .. } = recorded(family);
        assert!(messages.iter().filter(|one| matches!(one.item, Item::V2xReceived { .. })).count() > 200);
        let (without, with) = (fuse(&messages, false), fuse(&messages, true));
        assert!(without[..2].iter().all(|(count, _, off_m)| *count == 1 && *off_m < 1.0), "{without:?}");
        assert!(without.last().is_some_and(|(.., off_m)| *off_m > 50.0), "gone: {without:?}");
        // The other car is far behind: only it knows of itself.
        assert!(with.iter().all(|(count, _, off_m)| *count == 2 && *off_m < 4.0), "{with:?}");
        assert!(with[..2].iter().all(|(.., off_m)| *off_m < 1.0), "{with:?}");
    }
}

#[test]
fn liars_are_heard_and_nobody_new_is_seen() {
    let Simulated { messages, truth } = recorded(Family::Cn);
    let raw = |topic: &str, at: UtcMicros, arrived: UtcMicros, body| Message {
        topic: topic.to_owned(),
        log_time_ns: arrived.0.unsigned_abs() * 1000,
        publish_time_ns: at.0.unsigned_abs() * 1000,
        body,
    };
    // As a recording has them, as far as lies need it: the site, the truth and what was said.
    let mut list: Vec<Message> = Vec::new();
    for recorded in &messages {
        if let Item::Site(site) = &recorded.item {
            list.push(raw("/site", START, START, serde_json::to_value(site).expect("JSON")));
        }
    }
    for frame in &truth {
        let objects = serde_json::to_value(&frame.objects).expect("JSON");
        let body = serde_json::json!({"captured_at_us": frame.captured_at.0, "objects": objects});
        list.push(raw("/truth", frame.captured_at, frame.captured_at, body));
    }
    let honest = fuse(&messages, true);
    for (liar, least) in [(Liar::Ghost, 100), (Liar::Swarm, 2000)] {
        let lies = apply(&Faults { liars: vec![liar], ..Faults::default() }, list.clone()).expect("applied");
        let mut spoilt = messages.clone();
        for lie in lies.iter().filter(|message| message.topic == "/v2x/rx") {
            let at = UtcMicros(i64::try_from(lie.publish_time_ns / 1000).expect("a time"));
            let arrived_at = UtcMicros(i64::try_from(lie.log_time_ns / 1000).expect("a time"));
            let hex = lie.body["hex"].as_str().expect("hex").to_owned();
            spoilt.push(Recorded { arrived_at, captured_at: at, item: Item::V2xReceived { radio: "pc5".into(), hex } });
        }
        assert!(spoilt.len() >= messages.len() + least, "{liar:?}");
        spoilt[1..].sort_by_key(|recorded| recorded.arrived_at);
        let fused = fuse(&spoilt, true);
        // Where the sensors look, nothing of it is seen.
        for (second, (was, is)) in honest.iter().zip(&fused).enumerate() {
            assert!(is.1 <= was.1, "{liar:?}, second {second}: {is:?} after {was:?}");
            assert!(second > 1 || is.2 < was.2 + 0.5, "{liar:?}, second {second}: {is:?} after {was:?}");
        }
    }
}
