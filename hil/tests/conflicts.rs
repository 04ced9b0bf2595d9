//! Conflicts and hard brakings of a whole recording, one by one, against its truth: `rsu replay --conflicts` and
//! `hil conflicts` as they are typed.
//!
//! `recordings/junction-dense.mcap`: a minute of a simulated signalised junction. `docs/ref/traffic.md` has a quarter of an hour.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Parser;
use serde_json::Value;

#[test]
fn conflicts_of_a_short_recording_are_told_one_by_one() {
    let recording = support::recording("junction-dense.mcap");
    let told = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conflicts.jsonl");
    let replay =
        ["rsu", "--log", "error", "replay", recording.to_str().unwrap(), "--conflicts", told.to_str().unwrap()];
    rsu::cli::Cli::parse_from(replay).run().unwrap();

    let lines: Vec<Value> =
        fs::read_to_string(&told).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let tracks = line["tracks"].as_array().unwrap().len();
        match line["kind"].as_str().unwrap() {
            "hard_braking" => assert!(tracks == 1 && line["deceleration_mps2"].is_f64(), "{line}"),
            _ => assert!(tracks == 2 && (line["ttc_s"].is_f64() || line["pet_s"].is_f64()), "{line}"),
        }
        assert!(line["at_us"].as_i64() < line["t_us"].as_i64(), "known half a second later: {line}");
    }

    let compare = |recording: &Path| {
        let hil =
            Command::new(env!("CARGO_BIN_EXE_hil")).arg("conflicts").args([&told, recording]).arg("--json").output();
        hil.unwrap()
    };
    let score: Value = serde_json::from_slice(&compare(&recording).stdout).unwrap();
    let hard = |line: &&Value| line["kind"] == "hard_braking";
    assert_eq!(score["hard_braking"]["told"], lines.iter().filter(hard).count(), "{score:#}");
    // Measured: 15 of 16 brakings are right, of 27; and by encroachment 6 of 8 conflicts, of 8.
    let is = |figure: &str, name: &str| score[figure][name].as_u64().unwrap();
    assert_eq!((is("hard_braking", "true_ones"), is("pet", "true_ones")), (27, 8), "{score:#}");
    assert!(is("hard_braking", "right") >= 14 && is("hard_braking", "told") <= 18, "{score:#}");
    assert!(is("pet", "right") >= 5 && is("pet", "told") <= 9, "{score:#}");

    let without = compare(&told);
    assert!(!without.status.success() && String::from_utf8_lossy(&without.stderr).contains("conflicts.jsonl"));
}
