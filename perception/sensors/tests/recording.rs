//! Recordings: written and read back, cut off, damaged, and one of a simulated junction.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use mcap::records::MessageHeader;
use mcap::{Compression, WriteOptions};
use perception::calibration::SiteGeometry;
use perception::detection::{BoxDetection, CameraFrame, Class, RadarScan, RadarTarget};
use perception::time::UtcMicros;
use sensors::recording::{
    FaultReason, Item, NextSignal, Recorded, RecordingError, RecordingFault, RecordingReader, RecordingWriter,
    SignalGroupRecord, SignalRecord, SignalState, TruthFrame, TruthObject, TruthReader,
};

const START: UtcMicros = UtcMicros(1_750_000_000_000_000);

/// A path of its own for each test, with no file there.
fn fresh(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.mcap"));
    let _ = std::fs::remove_file(&path);
    path
}

fn read(path: &Path) -> (Vec<Recorded>, Vec<RecordingFault>) {
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for next in RecordingReader::open(path).unwrap() {
        match next {
            Ok(recorded) => items.push(recorded),
            Err(fault) => faults.push(fault),
        }
    }
    (items, faults)
}

fn site() -> SiteGeometry {
    serde_json::from_str(
        r#"{"name":"corner","origin":{"lat_deg":31.2,"lon_deg":121.5,"ellipsoidal_height_m":8.25},
        "sensors":[{"id":"cam","kind":"camera","width_px":640,"height_px":480,"k":[500,500,320,240],
          "distortion":[0.1,-0.2,0,0,0.05],"position_enu_m":[1,2,6],"enu_from_camera":[1,0,0,0,0,1,0,-1,0]},
         {"id":"radar","kind":"radar","position_enu_m":[1,2,5],"boresight_azimuth_rad":0.5,"fov_rad":1.9,
          "max_range_m":180,"sigma":{"range_m":0.3,"azimuth_rad":0.01,"range_rate_mps":0.1}}],
        "lanes":[{"id":"a/0","width_m":3.5,"centerline_enu_m":[[0,0],[0,50]],"signal_group":3}]}"#,
    )
    .unwrap()
}

fn at(arrived_s: f64, latency_s: f64, item: impl FnOnce(UtcMicros) -> Item) -> Recorded {
    let arrived_at = START.plus_seconds(arrived_s);
    let captured_at = arrived_at.plus_seconds(-latency_s);
    Recorded { arrived_at, captured_at, item: item(captured_at) }
}

fn scan(arrived_s: f64) -> Recorded {
    at(arrived_s, 0.05, |captured_at| {
        let target =
            RadarTarget { range_m: 10.0 + arrived_s, azimuth_rad: -0.1, range_rate_mps: None, rcs_dbsm: Some(9.7) };
        Item::Radar(RadarScan { sensor: "radar".into(), captured_at, targets: vec![target] })
    })
}

fn one_of_each() -> Vec<Recorded> {
    let third = 1.0 / 3.0;
    let boxed = BoxDetection { x_px: 0.1 + 0.2, y_px: third, w_px: 1e-7, h_px: 1e7, score: 0.93, class: Class::Bus };
    let groups = vec![
        SignalGroupRecord {
            id: 3,
            state: SignalState::RedYellow,
            min_end_s: Some(third),
            max_end_s: None,
            likely_end_s: None,
            protected: Some(false),
            next: vec![NextSignal { state: SignalState::Green, lasts_s: third }],
        },
        SignalGroupRecord {
            id: 4,
            state: SignalState::Unavailable,
            min_end_s: None,
            max_end_s: None,
            likely_end_s: None,
            protected: None,
            next: Vec::new(),
        },
    ];
    vec![
        at(0.0, 0.0, |_| Item::Site(site())),
        at(0.01, 0.12, |captured_at| {
            Item::Camera(CameraFrame { sensor: "cam".into(), captured_at, boxes: vec![boxed] })
        }),
        // A clock that runs ahead: captured after it arrived.
        at(0.02, -7.0, |captured_at| Item::Camera(CameraFrame { sensor: "cam".into(), captured_at, boxes: vec![] })),
        scan(0.03),
        at(0.04, 0.2, |_| Item::Signal(SignalRecord { control: Some("fixed_time".into()), plan: Some(7), groups })),
        at(0.045, 0.0, |_| Item::SignalRaw { source: "gat1743".into(), hex: "c0c0".into() }),
        at(0.05, 0.01, |_| Item::V2xReceived { radio: "pc5".into(), hex: "00a1ff".into() }),
        at(0.055, 0.4, |_| Item::Water { gauge: "dip".into(), depth_m: 0.1 + 0.2 }),
        at(0.06, 0.3, |_| Item::Image { sensor: "pole/2/cam".into(), jpeg: vec![0xff, 0xd8, 0, 1, 2, 0xff, 0xd9] }),
    ]
}

#[test]
fn everything_comes_back_to_the_last_bit_and_truth_only_to_scorers() {
    let path = fresh("round_trip");
    let mut writer = RecordingWriter::create(&path).unwrap();
    let items = one_of_each();
    let truth = TruthFrame {
        captured_at: START,
        objects: vec![TruthObject {
            id: 17,
            class: Class::Car,
            east_m: 0.1,
            north_m: -3.0,
            speed_mps: Some(1.0 / 3.0),
            heading_cw_north_rad: Some(1.5),
            length_m: Some(4.6),
            width_m: None,
            height_m: None,
            seen_2s: Some(4),
        }],
    };
    for item in &items {
        writer.write(item).unwrap();
        writer.write_truth(item.arrived_at, &truth).unwrap();
    }
    writer.finish().unwrap();
    let (back, faults) = read(&path);
    assert_eq!(faults, []);
    assert_eq!(back, items);
    let truths: Vec<_> = TruthReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert_eq!(truths, vec![truth; items.len()]);
}

#[test]
fn messages_come_in_order_of_arrival_whatever_their_order_in_the_file() {
    let path = fresh("order");
    let mut writer = RecordingWriter::create(&path).unwrap();
    // Over several chunks, with a clock that jumps back and forth, and two of the same time.
    let arrivals = [5.0, 5.5, 7.0, 6.2, 0.5, 0.4, 6.2, 9.0, 3.0, 8.0];
    for arrived_s in arrivals {
        writer.write(&scan(arrived_s)).unwrap();
    }
    writer.finish().unwrap();
    let (back, faults) = read(&path);
    assert_eq!(faults, []);
    let mut expected = arrivals.map(scan).to_vec();
    expected.sort_by_key(|recorded| recorded.arrived_at);
    assert_eq!(back, expected);
}

#[test]
fn a_recording_cut_off_anywhere_is_read_up_to_there() {
    let path = fresh("torn");
    let mut writer = RecordingWriter::create(&path).unwrap();
    let items: Vec<_> = (0..40).map(|n| scan(f64::from(n) * 0.1)).collect();
    for item in &items {
        writer.write(item).unwrap();
    }
    writer.finish().unwrap();
    let whole = std::fs::read(&path).unwrap();
    let cut_path = fresh("torn_cut");
    let mut most = 0;
    for cut in (8..whole.len()).rev().step_by(7) {
        std::fs::write(&cut_path, &whole[..cut]).unwrap();
        let (back, faults) = read(&cut_path);
        assert_eq!(back, items[..back.len()], "cut at {cut}");
        most = most.max(back.len());
        match faults.as_slice() {
            [RecordingFault { reason: FaultReason::Torn, offset, .. }] => assert!(*offset <= cut as u64),
            // Only the magic at the very end is missing.
            [] => assert!(cut >= whole.len() - 8, "cut at {cut}"),
            faults => panic!("cut at {cut}: {faults:?}"),
        }
    }
    assert_eq!(most, items.len());
}

#[test]
fn a_writer_that_is_killed_has_all_but_the_last_second_in_the_file() {
    let path = fresh("killed");
    let mut writer = RecordingWriter::create(&path).unwrap();
    for n in 0..100 {
        writer.write(&scan(f64::from(n) * 0.1)).unwrap();
        let (back, _) = read(&path);
        assert!(back.len() + 11 > usize::try_from(n).unwrap(), "{} of {n}", back.len());
    }
    // Nothing comes any more, but time goes on.
    writer.tick(START.plus_seconds(11.0)).unwrap();
    assert_eq!(read(&path).0.len(), 100);
    // As kill -9 does: no destructor runs.
    std::mem::forget(writer);
    let (back, faults) = read(&path);
    assert_eq!((back.len(), faults.len()), (100, 1));
}

/// Writes bodies as they are, one chunk each with so many messages, by the format's own writer.
fn write_raw(path: &Path, options: WriteOptions, chunks: &[&[(&str, u64, &[u8])]]) {
    let mut writer = options.create(std::fs::File::create(path).unwrap()).unwrap();
    for chunk in chunks {
        for (topic, log_time, body) in *chunk {
            let channel_id = writer.add_channel(0, topic, "json", &Default::default()).unwrap();
            let header = MessageHeader { channel_id, sequence: 0, log_time: *log_time, publish_time: 0 };
            writer.write_to_known_channel(&header, body).unwrap();
        }
        writer.flush().unwrap();
    }
    writer.finish().unwrap();
}

const GOOD: &[u8] = br#"{"captured_at_us":1,"groups":[]}"#;

#[test]
fn a_bad_message_is_reported_with_channel_time_and_place_and_the_rest_is_read() {
    let path = fresh("bad_message");
    let first: &[(&str, u64, &[u8])] =
        &[("/signal", 1000, GOOD), ("/signal", 2000, b"{\"captured_at_us\":"), ("/tf", 2500, b"?")];
    write_raw(&path, WriteOptions::new(), &[first, &[("/signal", 3000, GOOD)]]);
    let (back, faults) = read(&path);
    assert_eq!(back.iter().map(|recorded| recorded.arrived_at.0).collect::<Vec<_>>(), [1, 3]);
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!((fault.channel.as_deref(), fault.arrived_at), (Some("/signal"), Some(UtcMicros(2))));
    let text = fault.to_string();
    assert!(text.contains("message 1 of its chunk") && text.contains("line 1 column"), "{text}");
}

#[test]
fn lz4_plain_and_no_chunks_are_read_as_well() {
    for (name, options) in [
        ("lz4", WriteOptions::new().compression(Some(Compression::Lz4))),
        ("plain", WriteOptions::new().compression(None)),
        ("no_chunks", WriteOptions::new().use_chunks(false)),
        ("no_summary", WriteOptions::new().emit_summary_records(false).emit_summary_offsets(false)),
    ] {
        let path = fresh(name);
        let first: &[(&str, u64, &[u8])] = &[("/signal", 5000, GOOD), ("/signal", 1000, GOOD)];
        write_raw(&path, options, &[first, &[("/truth", 3000, b"{}")], &[("/signal", 3000, GOOD)]]);
        let (back, faults) = read(&path);
        assert_eq!(faults, [], "{name}");
        assert_eq!(back.iter().map(|recorded| recorded.arrived_at.0).collect::<Vec<_>>(), [1, 3, 5], "{name}");
    }
}

#[test]
fn a_flipped_byte_loses_at_most_its_chunk_and_never_changes_a_number() {
    for (name, compression) in
        [("flip_zstd", Some(Compression::Zstd)), ("flip_lz4", Some(Compression::Lz4)), ("flip_plain", None)]
    {
        let path = fresh(name);
        let bodies: Vec<String> = (0..6).map(|n| format!(r#"{{"captured_at_us":{n},"groups":[]}}"#)).collect();
        let chunks: Vec<[(&str, u64, &[u8]); 2]> = bodies
            .chunks(2)
            .zip(1_u64..)
            .map(|(pair, n)| {
                [("/signal", n * 2000, pair[0].as_bytes()), ("/signal", n * 2000 + 1000, pair[1].as_bytes())]
            })
            .collect();
        let chunks: Vec<&[(&str, u64, &[u8])]> = chunks.iter().map(|chunk| chunk.as_slice()).collect();
        write_raw(&path, WriteOptions::new().compression(compression), &chunks);
        let whole = std::fs::read(&path).unwrap();
        let (items, _) = read(&path);
        assert_eq!(items.len(), 6);
        let mut hurt = 0;
        for place in (8..whole.len()).step_by(5) {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x15;
            std::fs::write(&path, &damaged).unwrap();
            let (back, faults) = read(&path);
            hurt += usize::from(!faults.is_empty());
            // Whatever is read was written; the index of a message is not protected by any check sum, its body is.
            for recorded in &back {
                assert!(items.iter().any(|item| item.captured_at == recorded.captured_at), "{name} byte {place}");
            }
        }
        assert!(hurt > whole.len() / 50, "{name}: {hurt}");
    }
}

#[test]
fn what_is_no_recording_is_refused_with_its_name() {
    let path = fresh("not_mcap");
    let missing = RecordingReader::open(&path).unwrap_err();
    assert!(matches!(missing, RecordingError::Io { .. }) && missing.to_string().contains("not_mcap"));
    for content in [&b""[..], b"\x89MCAP", b"RIFF....AVI LIST"] {
        std::fs::File::create(&path).unwrap().write_all(content).unwrap();
        assert!(matches!(RecordingReader::open(&path), Err(RecordingError::NotMcap { .. })));
    }
    assert!(matches!(RecordingWriter::create(&path), Err(RecordingError::Io { .. })), "a file is never overwritten");
}

/// The first 10 s of a simulated junction with four cameras and four radars.
#[test]
fn a_simulated_junction_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/xsyn-clean-10s.mcap");
    let (items, faults) = read(&path);
    assert_eq!(faults, []);
    let Item::Site(site) = &items[0].item else { panic!("{:?}", items[0]) };
    assert_eq!((site.sensors.len(), site.lanes.is_empty()), (8, false));
    assert!(items.is_sorted_by_key(|recorded| recorded.arrived_at));
    let span_s = items.last().unwrap().arrived_at.seconds_since(items[0].arrived_at);
    assert!((9.0..10.0).contains(&span_s), "{span_s}");
    let of = |id: &str| {
        let from = |item: &Item| match item {
            Item::Camera(frame) => &*frame.sensor == id,
            Item::Radar(scan) => &*scan.sensor == id,
            _ => false,
        };
        items.iter().filter(|recorded| from(&recorded.item)).count()
    };
    for sensor in &site.sensors {
        assert!(of(sensor.id()) > 50, "{}: {}", sensor.id(), of(sensor.id()));
    }
    let truth: Vec<_> = TruthReader::open(&path).unwrap().map(Result::unwrap).collect();
    assert!(truth.len() > 50 && truth.iter().all(|frame| !frame.objects.is_empty()), "{}", truth.len());
}
