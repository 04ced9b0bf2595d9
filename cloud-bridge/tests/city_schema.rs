//! The messages as bytes, the schema files, names and sequence numbers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use cloud_bridge::schema::BayStatus;
use cloud_bridge::{
    DecodeError, Encoding, InvalidState, Kind, Sequences, SiteKeys, State, StateKey, StateMessage, Update, check_name,
    decode, encode, file_name, json_schema,
};
use serde_json::{Value, json};
use support::{health, one_of_each, parking, signal, state_dir, traffic};

fn message(update: Update) -> StateMessage {
    StateMessage { site: "vtest".into(), seq: (7 << 32) + 3, update }
}

fn as_json(update: Update) -> Value {
    serde_json::from_slice(&encode(&message(update), Encoding::Json).unwrap()).unwrap()
}

fn from_json(value: &Value) -> Result<StateMessage, DecodeError> {
    decode(value.to_string().as_bytes(), Encoding::Json)
}

#[test]
fn every_kind_reads_back_equal_in_json_and_cbor() {
    for update in one_of_each() {
        for encoding in [Encoding::Json, Encoding::Cbor] {
            let bytes = encode(&message(update.clone()), encoding).unwrap();
            assert_eq!(decode(&bytes, encoding).unwrap(), message(update.clone()), "{encoding:?}");
        }
    }
}

#[test]
fn json_stands_as_the_data_catalogue_says() {
    let expected = json!({
        "schema": "lukou.traffic/1", "site": "vtest", "seq": 30_064_771_075_u64,
        "from_us": 1_772_368_490_000_000_i64, "to_us": 1_772_368_500_000_000_i64, "simulated": true,
        "lanes": [
            {"lane": "n1", "vehicles": 12, "by_class": {"car": 12}, "flow_per_h": 4320.0, "mean_speed_mps": 8.3,
             "occupancy": 0.125, "stopped_max": 2, "coverage": 0.9},
            {"lane": "s1", "vehicles": 0, "stopped_max": 0, "coverage": 0.0},
        ],
    });
    assert_eq!(as_json(traffic(12)), expected);
    let lot = as_json(parking("p1"));
    assert_eq!(lot["bays"][2], json!({"bay": "a3", "status": "unknown"}));
    assert_eq!(lot.get("simulated"), None);
    assert_eq!(as_json(signal())["groups"][0], json!({"group": 1, "state": "green_protected", "remaining_s": 12.3}));
    assert_eq!(as_json(health())["sensors"][0]["state"], "degraded");
}

#[test]
fn schema_files_are_up_to_date() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    for kind in Kind::ALL {
        let path = dir.join(file_name(kind));
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let same = committed == json_schema(kind);
        assert!(same, "{} is out of date: run `city schema --out cloud-bridge/schema`", path.display());
    }
    let files = std::fs::read_dir(dir).unwrap().count();
    assert_eq!(files, Kind::ALL.len(), "a schema file for each kind and no other");
}

/// Each key that a message has must stand in its schema, and each that the schema requires in the message.
#[test]
fn messages_and_schema_files_name_the_same_fields() {
    for update in one_of_each() {
        let kind = update.state.kind();
        let schema: Value = serde_json::from_str(&json_schema(kind)).unwrap();
        let message = as_json(update);
        assert_eq!(schema["properties"]["schema"]["const"], message["schema"]);
        for key in message.as_object().unwrap().keys() {
            assert!(schema["properties"].get(key).is_some(), "{kind}: {key} is not in the schema");
        }
        for required in schema["required"].as_array().unwrap() {
            assert!(message.get(required.as_str().unwrap()).is_some(), "{kind}: {required} is not in the message");
        }
    }
}

#[test]
fn what_a_later_version_adds_is_skipped() {
    for update in one_of_each() {
        let mut later = as_json(update.clone());
        later["weather"] = json!({"rain_mm_per_h": 3});
        for list in ["lanes", "bays", "sensors", "links", "groups"] {
            if let Some(first) = later.get_mut(list).and_then(|list| list.get_mut(0)) {
                first["added_later"] = json!([1, "two", null]);
            }
        }
        assert_eq!(from_json(&later).unwrap(), message(update.clone()));
        let mut cbor = Vec::new();
        ciborium::into_writer(&later, &mut cbor).unwrap();
        assert_eq!(decode(&cbor, Encoding::Cbor).unwrap(), message(update));
    }
    let mut later = as_json(parking("p1"));
    later["bays"][0]["status"] = json!("reserved");
    let State::Parking(lot) = from_json(&later).unwrap().update.state else { panic!("a lot") };
    assert_eq!(lot.bays[0].status, BayStatus::Unknown);
}

#[test]
fn what_cannot_be_read_says_why() {
    let why = |value: Value| from_json(&value).unwrap_err().to_string();
    let changed = |field: &str, value: Value| {
        let mut message = as_json(traffic(12));
        message[field] = value;
        message
    };
    assert_eq!(
        why(changed("schema", json!("lukou.traffic/2"))),
        r#"schema "lukou.traffic/2" is not one that this version reads"#
    );
    assert!(why(changed("seq", json!(-1))).contains("-1"));
    assert!(why(json!({"schema": "lukou.traffic/1"})).contains("site"));
    assert_eq!(why(changed("to_us", json!(0))), "to_us: 0 is before from_us, 1772368490000000");
    assert!(decode(b"\x80\xff", Encoding::Json).is_err());
    assert!(decode(&[0xbf; 100_000], Encoding::Cbor).is_err());
    assert!(decode("[".repeat(100_000).as_bytes(), Encoding::Json).is_err());
    assert!(matches!(decode(&vec![b' '; (4 << 20) + 1], Encoding::Json), Err(DecodeError::TooLarge(_))));
    let bytes = encode(&message(health()), Encoding::Cbor).unwrap();
    for end in 0..bytes.len() {
        assert!(decode(&bytes[..end], Encoding::Cbor).is_err(), "cut at {end}");
    }
}

#[test]
fn values_out_of_range_are_refused_with_the_path_of_the_field() {
    let traffic_with = |change: fn(&mut cloud_bridge::schema::LaneTraffic)| {
        let mut update = traffic(12);
        let State::Traffic(traffic) = &mut update.state else { unreachable!() };
        change(&mut traffic.lanes[1]);
        update
    };
    let parking_with = |change: fn(&mut cloud_bridge::schema::Parking)| {
        let mut update = parking("p1");
        let State::Parking(parking) = &mut update.state else { unreachable!() };
        change(parking);
        update
    };
    let signal_with = |change: fn(&mut cloud_bridge::schema::GroupState)| {
        let mut update = signal();
        let State::Signal(signal) = &mut update.state else { unreachable!() };
        change(&mut signal.groups[1]);
        update
    };
    let cases = [
        (traffic_with(|lane| lane.occupancy = Some(1.01)), "lanes[1].occupancy"),
        (traffic_with(|lane| lane.occupancy = Some(f64::NAN)), "lanes[1].occupancy"),
        (traffic_with(|lane| lane.coverage = -0.1), "lanes[1].coverage"),
        (traffic_with(|lane| lane.mean_speed_mps = Some(f64::INFINITY)), "lanes[1].mean_speed_mps"),
        (traffic_with(|lane| lane.flow_per_h = Some(-1.0)), "lanes[1].flow_per_h"),
        (traffic_with(|lane| lane.by_class.extend([("car".into(), 1)])), "lanes[1].by_class"),
        (traffic_with(|lane| lane.lane = "n1".into()), "lanes[1].lane"),
        (parking_with(|lot| lot.free = 2), "total"),
        (parking_with(|lot| (lot.total, lot.unknown) = (2, 0)), "bays"),
        (parking_with(|lot| lot.lat_deg = Some(31.0)), "lat_deg"),
        (parking_with(|lot| (lot.lat_deg, lot.lon_deg) = (Some(31.0), Some(180.1))), "lon_deg"),
        (
            parking_with(|lot| (lot.bays[1].lat_deg, lot.bays[1].lon_deg) = (Some(f64::NAN), Some(0.0))),
            "bays[1].lat_deg",
        ),
        (signal_with(|group| group.remaining_s = Some(-0.1)), "groups[1].remaining_s"),
        (signal_with(|group| group.group = 1), "groups[1].group"),
    ];
    for (update, path) in cases {
        let InvalidState { field, problem } = update.check().unwrap_err();
        assert_eq!(field, path, "{problem}");
    }
}

#[test]
fn names_that_cannot_be_a_key_chunk_are_refused() {
    let long = "x".repeat(65);
    for bad in ["", "a/b", "*", "a*", "a$", "a?", "#", "a b", "a\n", "\0", "@admin", &long] {
        let error = check_name("site", bad).unwrap_err().to_string();
        assert!(error.starts_with("site "), "{error}");
    }
    for good in ["vtest", "demo-2", "路口", "a.b_c:d", &"x".repeat(64)] {
        assert_eq!(check_name("site", good), Ok(()));
    }
}

#[test]
fn keys_are_written_and_read_alike() {
    let site = SiteKeys::new("demo", "vtest").unwrap();
    assert_eq!(site.alive(), "lukou/demo/vtest/alive");
    assert_eq!(SiteKeys::parse_alive(&site.alive()), Some(site.clone()));
    let keys: Vec<String> = one_of_each()
        .iter()
        .map(|update| {
            let key = site.state(&update.state).unwrap();
            assert_eq!(StateKey::parse(&key.to_string()), Some(key.clone()));
            key.to_string()
        })
        .collect();
    let expected = ["traffic", "parking/p1", "parking/p2", "health", "signal"];
    assert_eq!(keys, expected.map(|tail| format!("lukou/demo/vtest/{tail}")));
    assert!(site.state(&parking("p/1").state).is_err());
    for other in ["lukou/demo/vtest", "lukou/demo/vtest/alive", "lukou/demo/vtest/command/7", "x/demo/vtest/traffic"] {
        assert_eq!(StateKey::parse(other), None, "{other}");
    }
}

#[test]
fn sequence_numbers_never_come_twice() {
    let dir = state_dir();
    let site = SiteKeys::new("demo", "vtest").unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for start in 0..3_u64 {
        let mut sequences = Sequences::open(&dir, &site, None).unwrap();
        let first = sequences.next(Kind::Health).unwrap();
        assert_eq!(first >> 32, start);
        for n in 0..4 {
            let seq = sequences.next(Kind::Traffic).unwrap();
            assert_eq!(seq, first + n, "each kind counts for itself");
            assert!(seen.insert(seq));
        }
    }
    let opened: Vec<_> = std::thread::scope(|scope| {
        let open = || scope.spawn(|| Sequences::open(&dir, &site, None).unwrap().next(Kind::Traffic).unwrap());
        let threads: Vec<_> = (0..8).map(|_| open()).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for seq in opened {
        assert!(seen.insert(seq), "{seq} came twice");
    }
    let other = SiteKeys::new("demo", "other").unwrap();
    let starts = |said| Sequences::open(&dir, &other, said).unwrap().next(Kind::Traffic).unwrap() >> 32;
    assert_eq!(starts(None), 0, "each site counts for itself");
    assert_eq!([starts(Some((7 << 32) + 5)), starts(Some(0)), starts(None)], [8, 9, 10]);
}

#[test]
fn a_count_of_starts_that_cannot_be_trusted_is_refused() {
    let dir = state_dir();
    let site = SiteKeys::new("demo", "vtest").unwrap();
    std::fs::create_dir_all(&dir).unwrap();
    let file = dir.join("city-starts.demo.vtest");
    for content in ["", "seven", "-1", "2097152", "99999999999999999999"] {
        std::fs::write(&file, content).unwrap();
        let error = Sequences::open(&dir, &site, None).unwrap_err().to_string();
        assert!(error.contains("city-starts.demo.vtest") && error.contains(&format!("{content:?}")), "{error}");
    }
    let blocked = dir.join("file");
    std::fs::write(&blocked, "").unwrap();
    let error = Sequences::open(&blocked, &site, None).unwrap_err().to_string();
    assert!(error.contains("/file"), "{error}");
}

fn event() -> Update {
    let event = cloud_bridge::schema::Event {
        event: "1772368500000000-7".into(),
        slot: "7".into(),
        kind: "wrong_way".into(),
        lat_deg: 30.5,
        lon_deg: 114.3,
        east_m: 4.0,
        north_m: -20.5,
        lane: Some("n_in/1".into()),
        tracks: vec![41, 40],
        evidence: Some("1772368500000000-7.mcap".into()),
        measure: Some(8.0),
        confidence: 0.97,
        began_at_us: 1_772_368_500_000_000,
        seen_at_us: 1_772_368_509_000_000,
        unseen: true,
        ..cloud_bridge::schema::Event::default()
    };
    let state = State::Event(event);
    Update { from_us: 1_772_368_500_000_000, to_us: 1_772_368_509_000_000, simulated: false, state }
}

#[test]
fn an_event_is_read_as_it_was_written_and_nonsense_is_refused() {
    let message = |update| cloud_bridge::StateMessage { site: "s".into(), seq: 1, update };
    for encoding in [Encoding::Json, Encoding::Cbor] {
        let bytes = encode(&message(event()), encoding).unwrap();
        assert_eq!(decode(&bytes, encoding).unwrap(), message(event()));
    }
    let text = String::from_utf8(encode(&message(event()), Encoding::Json).unwrap()).unwrap();
    for (from, to, field) in [
        ("0.97", "1.1", "confidence"),
        ("30.5", "91", "lat_deg"),
        (r#""slot":"7""#, r#""slot":"256""#, "slot"),
        (r#""unseen""#, r#""ending":"teleported","unseen""#, "ending"),
    ] {
        let bad = text.replace(from, to);
        assert_ne!(bad, text);
        let error = decode(bad.as_bytes(), Encoding::Json).unwrap_err().to_string();
        assert!(error.starts_with(field), "{error}");
    }
    assert!(Kind::Event.is_promised());
    assert_eq!(event().state.id(), Some("7"));
}
