//! `rsu replay` as a program: the same bytes each time, recordings that are torn or none at all, and our own recordings.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::path::Path;
use std::process::{Command, Output};

use perception::detection::{CameraFrame, RadarScan};
use perception::time::UtcMicros;
use rsu::record::signal_record;
use sensors::recording::{Item, Recorded, RecordingWriter};
use serde_json::Value;

mod support;
use support::{Folder, START, camera, demo_site, movers_seen, people_seen, radar, repository};

fn clean() -> std::path::PathBuf {
    repository().join("perception/sensors/tests/data/xsyn-clean-10s.mcap")
}

struct Replayed {
    output: Output,
    tracks: String,
    messages: String,
}

impl Replayed {
    fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

fn replay(folder: &Folder, recording: &Path, more: &[&str]) -> Replayed {
    let (tracks, messages) = (folder.join("tracks.jsonl"), folder.join("messages.jsonl"));
    let output = Command::new(env!("CARGO_BIN_EXE_rsu"))
        .arg("replay")
        .arg(recording)
        .arg("--tracks")
        .arg(&tracks)
        .arg("--messages")
        .arg(&messages)
        .args(more)
        .output()
        .unwrap();
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    Replayed { output, tracks: read(tracks), messages: read(messages) }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

/// Every message is one, of the kind that the line says.
fn check_messages(messages: &[Value]) {
    for line in messages {
        let hex = line["hex"].as_str().unwrap();
        let (set, kind) = (line["set"].as_str().unwrap(), line["message"].as_str().unwrap());
        let named = match set {
            "cn" => match asn1::cn::decode(&bytes(hex), asn1::Dialect::default()).unwrap() {
                asn1::cn::MessageFrame::MapFrame(_) => "MAP",
                asn1::cn::MessageFrame::SpatFrame(_) => "SPAT",
                asn1::cn::MessageFrame::RsmFrame(_) => "RSM",
                other => panic!("{other:?}"),
            },
            "us" => asn1::us::decode(&bytes(hex)).unwrap().name(),
            other => panic!("{other}"),
        };
        assert_eq!(named, kind);
    }
}

#[test]
fn a_recording_replays_to_the_same_bytes_at_ten_pictures_a_second() {
    let folder = Folder::new("replay-twice");
    let first = replay(&folder, &clean(), &[]);
    let second = replay(&folder, &clean(), &[]);
    assert_eq!((first.output.status.code(), second.output.status.code()), (Some(0), Some(0)), "{}", first.stderr());
    assert!(first.tracks == second.tracks && first.messages == second.messages, "two replays differ");
    let tracks = lines(&first.tracks);
    let times: Vec<i64> = tracks.iter().map(|line| line["t_us"].as_i64().unwrap()).collect();
    for line in &tracks {
        let (t_us, sent_at_us) = (line["t_us"].as_i64().unwrap(), line["sent_at_us"].as_i64().unwrap());
        assert!((0..100_000).contains(&(sent_at_us - t_us)), "a picture is young when it is sent: {t_us} {sent_at_us}");
        for track in line["tracks"].as_array().unwrap() {
            for field in ["id", "class", "east_m", "north_m", "vel_east_mps", "vel_north_mps", "existence", "sources"] {
                assert!(!track[field].is_null(), "{field}: {track}");
            }
            assert!(track["cov_position_m2"][0][0].as_f64().unwrap() > 0.0);
        }
    }
    assert!(times.windows(2).all(|pair| (1..=100_000).contains(&(pair[1] - pair[0]))), "a gap of over 100 ms");
    let seconds = (times.last().unwrap() - times[0]) as f64 * 1e-6;
    assert!((9.0..12.0).contains(&seconds), "{seconds} s of ten");
    let busy = tracks.iter().filter(|line| !line["tracks"].as_array().unwrap().is_empty()).count();
    assert!(busy * 10 > tracks.len() * 9, "somebody is there nearly always: {busy} of {}", tracks.len());
    let messages = lines(&first.messages);
    check_messages(&messages);
    let rsm = messages.iter().filter(|line| line["message"] == "RSM").count();
    assert!(rsm >= 95, "{rsm} RSM in ten seconds");
    assert!(messages.iter().any(|line| line["message"] == "SPAT"), "the recording has a signal");
    assert!(messages.windows(2).all(|pair| pair[0]["t_us"].as_i64() <= pair[1]["t_us"].as_i64()));
}

#[test]
fn with_a_site_its_map_and_sets_are_told_too() {
    let folder = Folder::new("replay-site");
    let site = repository().join("deploy/demo/site.toml");
    let replayed = replay(&folder, &clean(), &["--site", site.to_str().unwrap()]);
    assert_eq!(replayed.output.status.code(), Some(0), "{}", replayed.stderr());
    let messages = lines(&replayed.messages);
    check_messages(&messages);
    for (set, kind) in [("cn", "MAP"), ("us", "MAP"), ("us", "SPAT")] {
        assert!(messages.iter().any(|line| line["set"] == set && line["message"] == kind), "no {set} {kind}");
    }
}

#[test]
fn a_torn_recording_replays_up_to_the_tear_and_says_so() {
    let folder = Folder::new("replay-torn");
    let whole = std::fs::read(clean()).unwrap();
    let torn = folder.join("torn.mcap");
    std::fs::write(&torn, &whole[..whole.len() * 6 / 10]).unwrap();
    let replayed = replay(&folder, &torn, &[]);
    assert_eq!(replayed.output.status.code(), Some(1));
    assert!(replayed.stderr().contains("torn.mcap: "), "the file is named: {}", replayed.stderr());
    assert!(replayed.stderr().contains(" at byte "), "the place is named: {}", replayed.stderr());
    assert!(!replayed.stderr().contains("panicked"), "{}", replayed.stderr());
    let complete = replay(&folder, &clean(), &[]);
    assert!(lines(&replayed.tracks).len() > 10, "what was before the tear is there");
    assert!(replayed.tracks.len() < complete.tracks.len());
    let same = replayed.tracks.lines().zip(complete.tracks.lines()).take_while(|(a, b)| a == b).count();
    assert!(same + 3 >= replayed.tracks.lines().count(), "the same up to the tear: {same}");
}

#[test]
fn what_is_no_recording_is_refused_in_a_sentence() {
    let folder = Folder::new("replay-none");
    let text = folder.join("notes.txt");
    std::fs::write(&text, "Not a recording, though long enough to be looked at.").unwrap();
    std::fs::write(folder.join("empty.mcap"), "").unwrap();
    for (path, says) in [
        (text, "not an MCAP file"),
        (folder.join("empty.mcap"), "not an MCAP file"),
        (folder.join("missing.mcap"), "No such file"),
        (folder.0.clone(), "directory"),
    ] {
        let replayed = replay(&folder, &path, &[]);
        assert_eq!(replayed.output.status.code(), Some(1), "{path:?}");
        let stderr = replayed.stderr();
        assert!(stderr.contains(says) && stderr.contains(path.to_str().unwrap()), "{stderr}");
        assert_eq!(stderr.trim_end().lines().count(), 1, "one sentence: {stderr}");
    }
}

#[test]
fn settings_of_events_come_from_a_file_whose_mistakes_are_named() {
    let folder = Folder::new("replay-settings");
    let file = folder.join("events.toml");
    for (text, says) in [
        ("off = [\"near_miss\"]", ""),
        ("speeding_ratio = 9.0", "speeding_ratio is 9"),
        ("speeding = 2.0", "speeding"),
        ("off = [\"rain\"]", "rain"),
    ] {
        std::fs::write(&file, text).unwrap();
        let replayed = replay(&folder, &clean(), &["--event-settings", file.to_str().unwrap()]);
        let stderr = replayed.stderr();
        assert_eq!(replayed.output.status.success(), says.is_empty(), "{stderr}");
        assert!(says.is_empty() || stderr.contains(says) && stderr.contains("events.toml"), "{stderr}");
    }
}

/// Two people walk, a vehicle drives by, the light changes; as sensors of the demo site would have it.
fn write_scene(path: &Path) {
    let site = demo_site();
    let plan = site.fixed_time_plan().unwrap();
    let mut writer = RecordingWriter::create(path).unwrap();
    let mut write = |arrived_at: UtcMicros, captured_at, item| {
        writer.write(&Recorded { arrived_at, captured_at, item }).unwrap();
    };
    write(START, START, Item::Site(site.geometry.clone()));
    for ms in 0..6_000_i64 {
        let at = UtcMicros(START.0 + ms * 1000);
        let s = ms as f64 * 1e-3;
        if ms % 100 == 45 {
            let captured_at = UtcMicros(at.0 - 40_000);
            let people = [[-6.0 + 0.5 * s, -3.0], [-4.0, 1.0 - 0.5 * s]];
            let frame: CameraFrame = people_seen(camera(&site), captured_at, &people);
            write(at, captured_at, Item::Camera(frame));
        }
        if ms % 50 == 10 {
            let captured_at = UtcMicros(at.0 - 2_000);
            let scan: RadarScan = movers_seen(radar(&site), captured_at, &[([20.0 + 9.0 * s, 38.0], [9.0, 0.0])]);
            write(at, captured_at, Item::Radar(scan));
        }
        if ms % 100 == 0 {
            write(at, at, Item::Signal(signal_record(&plan.state(at))));
        }
    }
    writer.finish().unwrap();
}

#[test]
fn what_was_recorded_here_replays_to_what_was_there() {
    let folder = Folder::new("replay-own");
    let recording = folder.join("scene.mcap");
    write_scene(&recording);
    let site = repository().join("deploy/demo/site.toml");
    let replayed = replay(&folder, &recording, &["--site", site.to_str().unwrap()]);
    assert_eq!(replayed.output.status.code(), Some(0), "{}", replayed.stderr());
    let pictures = lines(&replayed.tracks);
    let last = pictures.iter().rfind(|line| line["t_us"].as_i64().unwrap() <= START.0 + 5_950_000).unwrap();
    let s = (last["t_us"].as_i64().unwrap() - START.0) as f64 * 1e-6;
    let tracks = last["tracks"].as_array().unwrap();
    assert_eq!(tracks.len(), 3, "{last}");
    for (class, east_m, north_m, within_m) in [
        ("pedestrian", -6.0 + 0.5 * s, -3.0, 0.5),
        ("pedestrian", -4.0, 1.0 - 0.5 * s, 0.5),
        // Its middle is up to half its length from the reflection.
        ("", 20.0 + 9.0 * s, 38.0, 3.5),
    ] {
        let near = tracks.iter().filter(|track| {
            let (e, n) = (track["east_m"].as_f64().unwrap() - east_m, track["north_m"].as_f64().unwrap() - north_m);
            e.hypot(n) < within_m && track["class"].as_str().unwrap().contains(class)
        });
        assert_eq!(near.count(), 1, "{class} at {east_m} {north_m}: {last}");
    }
    let messages = lines(&replayed.messages);
    check_messages(&messages);
    let count = |kind: &str| messages.iter().filter(|m| m["message"] == kind && m["set"] == "cn").count();
    assert!((58..=62).contains(&count("SPAT")) && (5..=7).contains(&count("MAP")), "{}", count("SPAT"));
    assert!((58..=62).contains(&count("RSM")), "{}", count("RSM"));
    // A recording is evidence: nobody writes over it.
    assert!(RecordingWriter::create(&recording).is_err());
}
