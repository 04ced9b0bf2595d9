//! The `city` program as people and scripts use it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use cloud_bridge::Bridge;
use serde_json::Value;
use support::{free_endpoint, one_of_each, parking, site_config, state_dir, traffic, until_connected};

fn city(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_city"));
    command.args(arguments).env_remove("RUST_LOG");
    command
}

fn run(arguments: &[&str]) -> Output {
    city(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn run_beside(arguments: Vec<String>) -> Output {
    let run = move || run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
async fn watch_prints_each_state_on_one_readable_line() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    for update in one_of_each() {
        bridge.publish(update).unwrap();
    }
    let arguments = ["watch", "--connect", &endpoint, "--site", "demo/*", "--count", "5"].map(str::to_owned);
    let output = run_beside(arguments.to_vec()).await;
    assert!(output.status.success(), "{output:?}");
    let printed = text(&output.stdout);
    let mut lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.remove(0), "demo/vtest is alive");
    lines.sort_unstable();
    let at = "2026-03-01T12:35:00.";
    let expected = [
        format!(
            "{at}000Z demo/vtest health: degraded, version 0.1.0, up 12 s, 9.9 frames/s; camera cam-n degraded; uu obu ok; cam-n"
        ),
        format!("{at}000Z demo/vtest parking p1: 1 of 3 free, 1 unknown, free bays a1"),
        format!("{at}000Z demo/vtest parking p2: 1 of 3 free, 1 unknown, free bays a1"),
        format!(
            "{at}000Z demo/vtest traffic over 10 s (simulated): lane n1 12 counted (12 car), 4320/h, 8.3 m/s, \
             occupied 12 %, 2 stood, seen 90 % of the time; lane s1 0 counted, seen 0 % of the time"
        ),
        format!("{at}100Z demo/vtest signal: 1 green protected 12.3 s, 2 unavailable"),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn watch_prints_json_that_carries_the_message_as_it_is() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    bridge.publish(parking("p1")).unwrap();
    let arguments = ["watch", "--connect", &endpoint, "--json", "--count", "1"].map(str::to_owned);
    let output = run_beside(arguments.to_vec()).await;
    assert!(output.status.success(), "{output:?}");
    let lines: Vec<Value> = text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], serde_json::json!({"event": "alive", "city": "demo", "site": "vtest"}));
    assert_eq!(lines[1]["key"], "lukou/demo/vtest/parking/p1");
    assert_eq!(lines[1]["state"]["schema"], "lukou.parking/1");
    assert_eq!(lines[1]["state"]["bays"][0]["since_us"], 1_772_368_000_000_000_i64);
}

#[test]
fn watch_fails_when_nothing_came_and_says_so() {
    let nobody = free_endpoint();
    let output = run(&["watch", "--connect", &nobody, "--seconds", "1"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(text(&output.stderr).contains(&format!("no state came from */* through {nobody}")), "{output:?}");
    assert!(output.stdout.is_empty());
}

#[test]
fn watch_that_cannot_begin_says_which_setting_is_wrong() {
    for (arguments, expected) in [
        (&["watch", "--connect", "nonsense"][..], "link.connect[0]: \"nonsense\": expected"),
        (&["watch", "--site", "demo"], "sites \"demo\": is not of the form <city>/<site>"),
        (&["watch", "--count", "0"], "--count"),
        (&["watch", "--certificate", "x"], "--root-ca"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(text(&output.stderr).contains(expected), "{output:?}");
    }
}

#[test]
fn a_command_that_cannot_be_sent_or_is_not_answered_says_so() {
    let folder = state_dir();
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGqsQvsoe4dcLBa2VeQKpfvoW5tI631fpo6qYgsJLZMQ\n-----END PRIVATE KEY-----\n";
    let (key, no_key) = (write("city-1.pem", pem), write("no-key.pem", "AAAA"));
    let (good, bad, large) =
        (write("good.json", "{}"), write("bad.json", "{"), write("large.toml", &"#".repeat(70_000)));
    let nobody = free_endpoint();
    let send = |site: &str, kind: &str, key: &str, payload: &str| {
        let link = ["--connect", &nobody, "--seconds", "1"];
        run(&[&["command", "--site", site, "--kind", kind, "--key", key, payload][..], &link].concat())
    };
    for (output, code, expected) in [
        (send("demo", "rsi", &key, &good), 2, "--site demo: not CITY/SITE"),
        (send("demo/vtest", "weather", &key, &good), 2, "--kind"),
        (send("demo/vtest", "rsi", &no_key, &good), 2, "no-key.pem: private key: not an Ed25519 key"),
        (send("demo/vtest", "rsi", &key, &bad), 2, "bad.json: EOF"),
        (send("demo/vtest", "config", &key, &large), 2, "a site takes 65536 at most"),
        (send("demo/vtest", "rsi", &key, &good), 3, "no answer from demo/vtest"),
    ] {
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(text(&output.stderr).contains(expected), "{output:?}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
}

#[test]
fn help_has_examples() {
    for arguments in [&["watch", "--help"][..], &["command", "--help"], &["schema", "--help"]] {
        let output = run(arguments);
        assert!(output.status.success() && text(&output.stdout).contains("Example"), "{output:?}");
    }
}

#[test]
fn schema_writes_the_committed_files() {
    let out = state_dir();
    let output = run(&["schema", "--out", out.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    let committed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
    let mut names = 0;
    for entry in std::fs::read_dir(committed).unwrap() {
        let entry = entry.unwrap();
        let written = std::fs::read_to_string(out.join(entry.file_name())).unwrap();
        assert_eq!(written, std::fs::read_to_string(entry.path()).unwrap());
        names += 1;
    }
    assert_eq!(names, text(&output.stdout).lines().count());
}

/// A watch as a process of its own, and its first line that holds `expected`.
fn spawn_until(endpoint: &str, expected: &str) -> Child {
    let mut child = city(&["watch", "--connect", endpoint]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let found = lines.map(Result::unwrap).any(|line| line.contains(expected));
    assert!(found, "the watch ended without a line with {expected:?}");
    child
}

#[tokio::test]
async fn a_killed_watch_does_not_disturb_the_site() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    for n in 1..=2 {
        bridge.publish(traffic(n)).unwrap();
        let (at, expected) = (endpoint.clone(), format!("lane n1 {n} counted"));
        let mut child = tokio::task::spawn_blocking(move || spawn_until(&at, &expected)).await.unwrap();
        assert!(bridge.stats().connected());
        child.kill().unwrap();
        child.wait().unwrap();
        until_connected(&bridge, false).await;
    }
    assert_eq!(bridge.stats().last_error, None);
}
