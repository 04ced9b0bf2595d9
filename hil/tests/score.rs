//! `hil score` as a program, on a recording of ours and on files that are none.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hil::score::{Settings, TruthObject, read_truth, score};
use mcap::records::MessageHeader;
use serde_json::{Value, json};

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("perception/sensors/tests/data/xsyn-clean-10s.mcap")
}

fn fresh(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("score-{name}"))
}

/// What a tracker that knows the truth would say, but for what `change` makes of it.
fn pictures(path: &Path, change: impl Fn(usize, &TruthObject) -> Option<Value>) {
    let frames = read_truth(&recording()).unwrap().frames;
    let lines = frames.iter().enumerate().map(|(number, frame)| {
        let tracks: Vec<Value> = frame.objects.iter().filter_map(|object| change(number, object)).collect();
        json!({"t_us": frame.t_us, "sent_at_us": frame.t_us, "tracks": tracks}).to_string()
    });
    fs::write(path, lines.collect::<Vec<_>>().join("\n")).unwrap();
}

fn track(object: &TruthObject) -> Value {
    json!({"id": object.id, "class": object.class, "east_m": object.east_m, "north_m": object.north_m, "existence": 1.0})
}

fn hil_score(tracks: &Path, recording: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hil")).arg("score").args([tracks, recording]).args(more).output().unwrap()
}

fn all_of(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["all"].take()
}

#[test]
fn the_truth_itself_is_perfect_and_less_is_less() {
    let path = fresh("perfect.jsonl");
    pictures(&path, |_, object| Some(track(object)));
    let all = all_of(&hil_score(&path, &recording(), &["--json"]));
    assert!(all["truths"].as_u64().unwrap() > 1000, "{all}");
    let near = |value: &Value, expected: f64| assert!((value.as_f64().unwrap() - expected).abs() < 1e-9, "{all}");
    near(&all["hota"]["hota"], 1.0);
    near(&all["clear"]["mota"], 1.0);
    near(&all["identity"]["idf1"], 1.0);
    near(&all["gospa"]["mean_m"], 0.0);
    assert_eq!(all["errors"]["nees"], Value::Null);

    pictures(&path, |number, object| (number % 2 == 0).then(|| track(object)));
    let half = all_of(&hil_score(&path, &recording(), &["--json"]));
    assert!((0.45..0.55).contains(&half["hota"]["det_a"].as_f64().unwrap()), "{half}");
    let table = hil_score(&path, &recording(), &[]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.starts_with("class") && table.lines().any(|line| line.starts_with("pedestrian ")), "{table}");
}

#[test]
fn no_pictures_at_all_are_all_missed() {
    let frames = read_truth(&recording()).unwrap().frames;
    let score = score(&frames, &[], &Settings::default());
    assert_eq!((score.frames_without_picture, score.all.tracks), (score.frames, 0));
    assert_eq!((score.all.clear.misses, score.all.clear.mota), (score.all.truths, Some(0.0)));
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_exits_with_1() {
    let path = fresh("good.jsonl");
    pictures(&path, |_, object| Some(track(object)));
    let broken = fresh("broken.jsonl");
    fs::write(&broken, "{\"t_us\":0,\"tracks\":[]}\n\n{\"t_us\":1,\"tracks\":[{\"id\":1}]}\n").unwrap();
    let twice = fresh("twice.jsonl");
    let one = json!({"id": 4, "east_m": 0, "north_m": 0});
    fs::write(&twice, json!({"t_us": 0, "tracks": [one, one]}).to_string()).unwrap();
    let torn = fresh("torn.mcap");
    fs::write(&torn, &fs::read(recording()).unwrap()[..200_000]).unwrap();
    let no_mcap = fresh("no.mcap");
    fs::write(&no_mcap, "not a recording").unwrap();
    let (no_truth, bad_truth) = (fresh("no_truth.mcap"), fresh("bad_truth.mcap"));
    write_recording(&no_truth, "/site", &json!({"name": "nowhere"}));
    write_recording(&bad_truth, "/truth", &json!({"captured_at_us": 7}));
    for (tracks, recording, said) in [
        (&fresh("absent.jsonl"), &recording(), "absent.jsonl: No such file"),
        (&broken, &recording(), "broken.jsonl:3: missing field"),
        (&twice, &recording(), "twice.jsonl:1: id 4 stands twice"),
        (&path, &fresh("absent.mcap"), "absent.mcap: No such file"),
        (&path, &torn, "torn.mcap: "),
        (&path, &no_mcap, "no.mcap: Bad magic number\n"),
        (&path, &no_truth, "no_truth.mcap: no /truth"),
        (&path, &bad_truth, "bad_truth.mcap: /truth, log time 5 ns: missing field"),
    ] {
        let output = hil_score(tracks, recording, &[]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && stderr.contains(said), "{said}: {stderr}");
    }
    let no_gate = hil_score(&path, &recording(), &["--gate-m", "0"]);
    assert_eq!(no_gate.status.code(), Some(1));
}

fn write_recording(path: &Path, topic: &str, body: &Value) {
    let mut writer = mcap::Writer::new(fs::File::create(path).unwrap()).unwrap();
    let channel_id = writer.add_channel(0, topic, "json", &BTreeMap::new()).unwrap();
    let header = MessageHeader { channel_id, sequence: 0, log_time: 5, publish_time: 5 };
    writer.write_to_known_channel(&header, body.to_string().as_bytes()).unwrap();
    writer.finish().unwrap();
}
