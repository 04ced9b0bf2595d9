//! The city's commands at a whole service: sent with the `city` program over a real link, heard on a real socket, and what
//! becomes of them when the service is killed.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;

use asn1::cn::MessageFrame;
use asn1::si::Si;
use asn1::si::cn::rsi::RoadSideInformation;
use rsu::clock::Clock;
use serde_json::{Value, json};

mod support;
use support::{Folder, repository};

#[path = "service/bench.rs"]
#[allow(dead_code, reason = "cameras, radars and vehicles are not needed here")]
mod bench;
use bench::{Console, Ear, Process, free_tcp, text, wait_for};

#[path = "commands/corridor.rs"]
mod corridor;
#[path = "commands/model.rs"]
mod model;
#[path = "commands/software.rs"]
mod software;

/// `openssl genpkey -algorithm ed25519`, and its public half.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGqsQvsoe4dcLBa2VeQKpfvoW5tI631fpo6qYgsJLZMQ\n-----END PRIVATE KEY-----\n";
const PUBLIC_KEY: &str = "bcN27viqCRMuFFESzALgs4mt1xZPavXTlMdkFes6wW4=";
/// A lot that is counted at its gate, for the demo's map.
const YARD: &str = r#"
{"type": "Feature", "properties": {"kind": "lot", "lot": "yard", "capacity": 20}, "geometry": {"type": "Point", "coordinates": [120.312, 31.4913]}},
{"type": "Feature", "properties": {"kind": "gate", "lot": "yard", "gate": "g1"}, "geometry": {"type": "LineString", "coordinates": [[120.312, 31.4913], [120.31205, 31.4913]]}},
"#;

/// A site without sensors or with one camera, and everything around it.
struct Town {
    folder: Folder,
    ear: Ear,
    city: String,
    console: Console,
    service: Process,
}

impl Town {
    fn new(name: &str) -> Self {
        Self::built(name, "demo", "")
    }

    /// The demo's camera and its detector.
    fn with_camera(name: &str) -> Self {
        let demo = repository().join("deploy/demo");
        let demo_text = std::fs::read_to_string(demo.join("site.toml")).unwrap();
        let (_, rest) = demo_text.split_once("[[camera]]").unwrap();
        let (camera, _) = rest.split_once("# On the corner").unwrap();
        let mut camera = format!("[[camera]]{camera}");
        let files = [
            ("../../.cache/video/vtest.avi", bench::video()),
            ("vtest-camera.json", demo.join("vtest-camera.json")),
            ("../../models/nanodet", repository().join("models/nanodet")),
        ];
        for (from, to) in files {
            assert!(camera.contains(from) && to.exists(), "{}: `make setup` puts it there", to.display());
            camera = camera.replace(from, text(&to));
        }
        Self::built(name, "demo", &camera)
    }

    /// `site`: what it is called, of the city `demo-city`.
    fn built(name: &str, site: &str, sensors: &str) -> Self {
        let (folder, ear) = (Folder::new(name), Ear::open());
        let (city, console) = (format!("tcp/127.0.0.1:{}", free_tcp()), Console(free_tcp()));
        let demo = repository().join("deploy/demo");
        let map = std::fs::read_to_string(demo.join("map.geojson")).unwrap();
        let map = map.replacen("\"features\": [", &format!("\"features\": [{YARD}"), 1);
        assert!(map.contains("yard"));
        std::fs::write(folder.join("map.geojson"), map).unwrap();
        std::fs::write(folder.join("city-1.pem"), KEY).unwrap();
        let demo = std::fs::read_to_string(demo.join("site.toml")).unwrap();
        let (head, rest) = demo.split_once("[[camera]]").unwrap();
        let (_, rest) = rest.split_once("[signal]").unwrap();
        let (signal, _) = rest.split_once("[[radio]]").unwrap();
        let head = head.replace("\"../../.cache/demo-state\"", "\"state\"");
        let head = head.replacen("name = \"demo\"", &format!("name = \"{site}\""), 1);
        let site = format!(
            "{head}{sensors}[signal]{signal}[[radio]]\nkind = \"pc5_udp\"\nid = \"ear\"\nto = \"{}\"\n\n\
             [cloud]\nlisten = [\"{city}\"]\ncommands.allow = [\"rsi\", \"lot_count\", \"plan\", \"config\", \"model\", \"software\"]\n\
             commands.release_key = \"{}\"\ncommands.ready_within_s = 15\ncommands.ready_for_s = 1\ncommand_keys.city-1 = \"{PUBLIC_KEY}\"\n\n[console]\nlisten = \"127.0.0.1:{}\"\n",
            ear.address,
            software::RELEASE_PUBLIC_KEY,
            console.0
        );
        std::fs::write(folder.join("site.toml"), site).unwrap();
        let service = start(&folder.join("site.toml"), console);
        Self { folder, ear, city, console, service }
    }

    fn site_file(&self) -> PathBuf {
        self.folder.join("site.toml")
    }

    fn site_text(&self) -> String {
        std::fs::read_to_string(self.site_file()).unwrap()
    }

    /// Killed, as by a power cut, and started by whoever supervises it.
    fn kill_and_start(&mut self) {
        self.service.signal("KILL");
        self.service.end_within(30.0);
        self.service = start(&self.site_file(), self.console);
    }

    /// Sends a command; exit code and answer.
    fn send(&self, kind: &str, payload: &str) -> (i32, Value) {
        finish(self.sending(kind, payload))
    }

    fn sending(&self, kind: &str, payload: &str) -> std::process::Child {
        let file = self.folder.join(&format!("{kind}.payload"));
        std::fs::write(&file, payload).unwrap();
        self.sending_file(kind, &file)
    }

    fn sending_file(&self, kind: &str, payload: &Path) -> std::process::Child {
        Command::new(city_program())
            .args(["command", "--json", "--site", "demo-city/demo", "--connect", &self.city, "--kind", kind, "--key"])
            .args([&self.folder.join("city-1.pem"), payload])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Whether RSI with this sign goes on the air now.
    fn hears_sign(&self, sign: i64) {
        self.ear.take();
        wait_for("RSI on the air", || self.ear.take().iter().any(|message| has_sign(message, sign)).then_some(()));
    }

    /// Every kind of RSI would have been said several times.
    fn hears_no_rsi(&self) {
        self.ear.hears_spat(1);
        self.ear.take();
        let mut heard = Vec::new();
        wait_for("25 SPAT", || {
            heard.extend(self.ear.take());
            let spat = heard.iter().filter(|message| matches!(message, MessageFrame::SpatFrame(_)));
            (spat.count() >= 25).then_some(())
        });
        assert!(!heard.iter().any(|message| matches!(message, MessageFrame::RsiFrame(_))));
    }
}

fn city_program() -> PathBuf {
    let city = Path::new(env!("CARGO_BIN_EXE_rsu")).with_file_name("city");
    assert!(city.exists(), "{}: build with --workspace --features cloud-bridge/city", city.display());
    city
}

fn start(site_file: &Path, console: Console) -> Process {
    let mut service = Process::start(&["run", "--site", text(site_file)]);
    wait_for("the console", || {
        assert!(service.is_running(), "it ended: {}", service.errors());
        console.get("/healthz").filter(|(status, _)| *status == 200)
    });
    service
}

fn finish(city: std::process::Child) -> (i32, Value) {
    let output = city.wait_with_output().unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

fn has_sign(message: &MessageFrame, sign: i64) -> bool {
    let MessageFrame::RsiFrame(rsi) = message else { return false };
    RoadSideInformation::from_wire(rsi).rtss.iter().flatten().any(|told| i64::from(told.sign_type) == sign)
}

fn notice(id: &str, sign: u16, lasts_s: i64) -> String {
    let now_us = Clock::new().now().0;
    json!({
        "id": id, "code": {"sign": sign}, "timing": "semi_static", "place": {"lat_deg": 31.4913, "lon_deg": 120.312},
        "from_us": now_us - 1_000_000, "until_us": now_us + lasts_s * 1_000_000, "text": "道路施工",
    })
    .to_string()
}

fn is(answer: &(i32, Value), code: i32, state: &str, reason: Option<&str>) {
    let (found, ack) = answer;
    assert_eq!((*found, ack["state"].as_str(), ack["reason"].as_str()), (code, Some(state), reason), "{ack}");
}

#[test]
fn what_the_city_wants_told_is_on_the_air_also_after_the_service_was_killed() {
    let mut town = Town::new("commands-rsi");
    is(&town.send("rsi", &notice("works-7", 38, 3600)), 0, "done", None);
    town.hears_sign(38);
    is(&town.send("rsi", &notice("works-8", 77, 3600)), 1, "rejected", Some("code_unknown"));
    is(&town.send("rsi", &notice("works-9", 38, -1)), 0, "done", None);
    is(&town.send("rsi", "{\"id\": \"works-9\"}"), 1, "rejected", Some("bad_payload"));
    is(&finish(town.sending_file("model", &repository().join("models/ghost"))), 1, "rejected", Some("no_detector"));

    town.kill_and_start();
    town.hears_sign(38);
    is(&town.send("rsi", &notice("works-7", 85, 3600)), 0, "done", None);
    town.hears_sign(85);
    // Withdrawn.
    is(&town.send("rsi", &notice("works-7", 85, -1)), 0, "done", None);
    town.hears_no_rsi();
    town.kill_and_start();
    town.hears_no_rsi();
    let answered = |answer: &str, reason: &str| {
        let labels = [format!("answer=\"{answer}\""), format!("reason=\"{reason}\"")];
        town.console.metric("lukou_city_commands_total", &[labels[0].as_str(), labels[1].as_str()])
    };
    assert_eq!(answered("done", ""), None, "a new process counts anew");
    is(&town.send("rsi", &notice("works-8", 77, 3600)), 1, "rejected", Some("code_unknown"));
    assert_eq!((answered("accepted", ""), answered("rejected", "code_unknown")), (Some(1.0), Some(1.0)));
}

#[test]
fn a_lot_is_counted_and_a_plan_is_kept() {
    let mut town = Town::new("commands-lot");
    let count = |lot: &str, vehicles: u32| json!({"lot": lot, "vehicles": vehicles}).to_string();
    is(&town.send("lot_count", &count("yard", 12)), 0, "done", None);
    wait_for("12 vehicles", || {
        town.console.metric("lukou_parking_counted_vehicles", &["lot=\"yard\""]).filter(|vehicles| *vehicles == 12.0)
    });
    is(&town.send("lot_count", &count("P1", 1)), 1, "rejected", Some("no_gates"));
    is(&town.send("lot_count", &count("yard", 21)), 1, "rejected", Some("above_capacity"));
    is(&town.send("lot_count", &count("P2", 0)), 1, "rejected", Some("unknown_lot"));

    // Killed: the count goes on. Redrawn: it is another lot.
    let counted = |town: &Town| town.console.metric("lukou_parking_counted_vehicles", &["lot=\"yard\""]);
    town.kill_and_start();
    wait_for("12 vehicles again", || counted(&town).filter(|vehicles| *vehicles == 12.0));
    let map = std::fs::read_to_string(town.folder.join("map.geojson")).unwrap();
    std::fs::write(town.folder.join("map.geojson"), map.replacen("\"capacity\": 20", "\"capacity\": 21", 1)).unwrap();
    town.kill_and_start();
    assert!(wait_for("the lot", || counted(&town)).is_nan());

    let plan = |from_us: i64, green_s: f64, groups: [&[u8]; 4]| {
        let stage = |groups: &&[u8]| json!({"groups": groups, "green_s": green_s, "yellow_s": 3.0, "all_red_s": 2.0});
        let cycle_us = (4.0 * (green_s + 5.0) * 1e6) as i64;
        let offset_s = from_us.rem_euclid(cycle_us) as f64 * 1e-6;
        json!({"from_us": from_us, "offset_s": offset_s, "stage": groups.iter().map(stage).collect::<Vec<_>>()})
            .to_string()
    };
    let stages: [&[u8]; 4] = [&[1, 5], &[2], &[3, 6], &[4]];
    // The demo's cycle is 56 s and begins with the first stage.
    let now_us = Clock::new().now().0;
    let from_us = (now_us / 56_000_000 + 3) * 56_000_000;
    is(&town.send("plan", &plan(now_us + 1_000_000, 10.0, stages)), 1, "rejected", Some("too_soon"));
    is(&town.send("plan", &plan(from_us, 10.0, [&[1, 3], &[2], &[5, 6], &[4]])), 1, "rejected", Some("conflict"));
    is(&town.send("plan", &plan(from_us, 10.0, [&[1, 5], &[2], &[3, 6], &[]])), 1, "rejected", Some("bad_plan"));
    is(&town.send("plan", &plan(from_us + 20_000_000, 10.0, stages)), 1, "rejected", Some("bad_change"));
    is(&town.send("plan", &plan(from_us, 10.0, stages)), 0, "done", None);
    let kept = std::fs::read(town.folder.join("state/city-plan.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["plans"][0]["from_us"], from_us);
    town.kill_and_start();
    town.ear.hears_spat(3);
    assert!(!town.service.errors().contains("plan"), "{}", town.service.errors());
}

#[test]
fn a_site_file_is_tried_and_the_old_one_comes_back_when_it_does_not_do() {
    let mut town = Town::new("commands-config");
    let old = town.site_text();
    let changed = |from: &str, to: &str| {
        assert!(old.contains(from));
        old.replacen(from, to, 1)
    };
    is(
        &town.send("config", &changed("version = 1", "version = 1\nsurprise = 1")),
        1,
        "rejected",
        Some("bad_site_file"),
    );
    let (_, ack) = town.send("config", &changed("version = 1", "version = 1\nsurprise = 1"));
    assert!(ack["detail"].as_str().unwrap().contains("surprise"), "{ack}");
    is(&town.send("config", &changed("name = \"demo\"", "name = \"other\"")), 1, "rejected", Some("fixed_key"));
    is(&town.send("config", &old), 0, "done", None);
    assert_eq!(town.site_text(), old);

    // Another identity on the air; in the same process.
    let new = changed("4c554b4f55000001", "4c554b4f55000002");
    is(&town.send("config", &new), 0, "done", None);
    assert_eq!(town.site_text(), new);
    assert_eq!(std::fs::read_to_string(town.folder.join("site.toml.before")).unwrap(), old);
    assert!(town.service.is_running() && !town.folder.join("site.toml.trial").exists());

    // An address that is taken: the service does not start.
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let receiver = format!("[[receiver]]\nid = \"obu\"\nlisten = \"{}\"\n\n[signal]", taken.local_addr().unwrap());
    let dead = new.replacen("[signal]", &receiver, 1);
    is(&town.send("config", &dead), 1, "failed", Some("does_not_start"));
    assert_eq!(town.site_text(), new);
    town.ear.hears_spat(3);

    // A radar that never speaks: it starts, and does not do.
    let radar = "[[radar]]\nid = \"r1\"\nlisten = \"127.0.0.1:0\"\nposition_enu_m = [0.0, 0.0, 6.0]\n\
                 boresight_azimuth_deg = 0.0\nfov_deg = 90.0\nmax_range_m = 100.0\n\n[signal]";
    let mute = new.replacen("[signal]", radar, 1);
    let (code, ack) = town.send("config", &mute);
    is(&(code, ack.clone()), 1, "failed", Some("unhealthy"));
    assert!(ack["detail"].as_str().unwrap().contains("r1"), "{ack}");
    assert_eq!(town.site_text(), new);

    // Killed while it is on trial.
    let sending = town.sending("config", &old);
    wait_for("the trial", || {
        let note = std::fs::read_to_string(town.folder.join("site.toml.trial")).ok()?;
        note.contains("\"started\":true").then_some(())
    });
    town.kill_and_start();
    is(&finish(sending), 1, "failed", Some("does_not_run"));
    assert_eq!(town.site_text(), new);
}
