//! `rsu codec` as a shell sees it: the built program, standard input, standard output, exit status.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A line each of every message type: `{"dialect":…,"hex":…,"jer":…}`.
const VECTORS: &str = include_str!("codec_cli/vectors.jsonl");

fn codec(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rsu"))
        .arg("codec")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that takes its message as an argument does not read.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| line.into())).collect()
}

struct Vector {
    dialect: String,
    hex: String,
    jer: Value,
}

fn vectors() -> Vec<Vector> {
    let vector = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        Vector { dialect: text("dialect"), hex: text("hex"), jer: value["jer"].clone() }
    };
    VECTORS.lines().map(vector).collect()
}

#[test]
fn every_vector_goes_both_ways() {
    for dialect in ["cn-gbt31024-2019", "cn-n4", "us-j2735-2024"] {
        let of_dialect: Vec<Vector> = vectors().into_iter().filter(|vector| vector.dialect == dialect).collect();
        assert!(of_dialect.len() >= 4, "{dialect}");
        let hex: String = of_dialect.iter().map(|vector| format!("{}\n", vector.hex.to_uppercase())).collect();
        let decoded = codec(&["decode", "--dialect", dialect], hex.as_bytes());
        assert!(decoded.status.success(), "{}", String::from_utf8_lossy(&decoded.stdout));
        let expected: Vec<Value> = of_dialect.iter().map(|vector| vector.jer.clone()).collect();
        assert_eq!(lines(&decoded), expected);
        let json: String = of_dialect.iter().map(|vector| format!("{}\n", vector.jer)).collect();
        let encoded = codec(&["encode", "--dialect", dialect], json.as_bytes());
        assert!(encoded.status.success());
        let expected: String = of_dialect.iter().map(|vector| format!("{}\n", vector.hex.to_lowercase())).collect();
        assert_eq!(String::from_utf8(encoded.stdout).unwrap(), expected);
    }
}

#[test]
fn the_default_dialect_and_a_message_as_argument() {
    let vector = vectors().into_iter().find(|vector| vector.dialect == "cn-gbt31024-2019").unwrap();
    let decoded = codec(&["decode", &vector.hex], b"");
    assert!(decoded.status.success());
    assert_eq!(lines(&decoded), std::slice::from_ref(&vector.jer));
    let encoded = codec(&["encode", &vector.jer.to_string()], b"");
    assert_eq!(String::from_utf8(encoded.stdout).unwrap().trim_end(), vector.hex.to_lowercase());
}

#[test]
fn a_line_that_fails_says_so_in_its_place_and_the_others_go_on() {
    let vector = vectors().into_iter().find(|vector| vector.dialect == "cn-gbt31024-2019").unwrap();
    let half = &vector.hex[..vector.hex.len() / 2 / 2 * 2];
    let input = format!("{0}\nzz\n\n{half}\n8008\n{0}\n", vector.hex);
    let output = codec(&["decode"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!(answers.len(), 6);
    assert_eq!((&answers[0], &answers[5]), (&vector.jer, &vector.jer));
    for failed in &answers[1..5] {
        assert!(failed["error"].as_str().is_some_and(|error| !error.is_empty()), "{failed}");
        assert!(failed["at"].is_string() && failed.get("bit").is_some(), "{failed}");
    }
}

#[test]
fn json_that_is_none_or_says_the_impossible_names_the_member() {
    let mut wrong = vectors().into_iter().find(|vector| vector.jer.get("spatFrame").is_some()).unwrap().jer;
    wrong["spatFrame"]["msgCnt"] = 128.into();
    let input = format!("{{\n{wrong}\n[]\n\u{fffd}\n");
    let output = codec(&["encode"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!(answers.len(), 4);
    assert!(answers.iter().all(|answer| answer["error"].is_string()), "{answers:?}");
    assert_eq!(answers[1]["at"], "spatFrame.msgCnt");
}

#[test]
fn whatever_comes_in_nothing_panics() {
    // Bytes of a small generator, the same every time: raw, and as hex.
    let mut state = 0x9e37_79b9_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let mut raw = Vec::new();
    let mut hex = String::new();
    for length in 0..200 {
        raw.extend((0..length).map(|_| byte()).filter(|byte| *byte != b'\n'));
        raw.push(b'\n');
        hex.extend((0..length).map(|_| format!("{:02x}", byte())));
        hex.push('\n');
    }
    for arguments in [
        ["decode", "--dialect", "us-j2735-2024"],
        ["decode", "--dialect", "cn-n4"],
        ["encode", "--dialect", "cn-gbt31024-2019"],
    ] {
        for input in [&raw[..], hex.as_bytes()] {
            let output = codec(&arguments, input);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{:?}", output.status);
            assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 200);
        }
    }
}

#[test]
fn an_unknown_dialect_is_refused_before_anything_is_read() {
    let output = codec(&["decode", "--dialect", "cn-2017"], b"00\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("cn-gbt31024-2019"));
}

#[test]
fn the_bench_measures_every_message_type_and_counts_allocations() {
    const PHASE_1: &[&str] = &["BSM", "MAP", "RSI", "RSM", "SPAT"];
    const PHASE_2: &[&str] = &["CLPMM", "PAM", "PSM", "RSC", "RTCM", "SSM", "TEST", "VIR", "VPM"];
    const US: &[&str] = &["BSM", "MAP", "PSM", "RSM", "RTCM", "SDSM", "SPAT", "SRM", "SSM", "TIM"];
    for (dialect, expected) in
        [("cn-gbt31024-2019", PHASE_1), ("cn-n4", PHASE_1), ("cn-csae157", PHASE_2), ("us-j2735-2024", US)]
    {
        let output = codec(&["bench", "--dialect", dialect, "--seconds", "0.05", "--json"], b"");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let rows = lines(&output);
        let names: Vec<&str> = rows.iter().filter_map(|row| row["message"].as_str()).collect();
        assert_eq!(names, expected);
        for row in &rows {
            for direction in ["decode", "encode"] {
                assert!(row[direction]["messages_per_s"].as_f64().is_some_and(|rate| rate > 0.0), "{row}");
                assert!(row[direction]["ns_per_message"].as_f64().is_some_and(|ns| ns > 0.0), "{row}");
                assert!(row[direction]["allocations_per_message"].is_f64(), "{row}");
            }
        }
    }
    // Encoding uses its buffer again; decoding takes memory for lists.
    let rows = lines(&codec(&["bench", "--seconds", "0.05", "--json"], b""));
    for row in rows.iter().filter(|row| row["message"] == "SPAT" || row["message"] == "RSM") {
        assert_eq!(row["encode"]["allocations_per_message"], 0.0, "{row}");
        assert!(row["decode"]["allocations_per_message"].as_f64().is_some_and(|count| count > 0.0), "{row}");
    }
}
