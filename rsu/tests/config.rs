//! `rsu check` on site files with mistakes: each is named with its place, all at once, and the exit code tells.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::process::Command;

use serde_json::Value;

#[path = "config/drawn.rs"]
mod drawn;
mod support;
use support::{Folder, repository};

/// The demo's site, changed, beside the files that it names.
fn check(name: &str, changes: &[(&str, &str)]) -> (i32, Value, String) {
    let folder = Folder::new(&format!("config-{name}"));
    let demo = repository().join("deploy/demo");
    for file in ["map.geojson", "vtest-camera.json"] {
        std::fs::copy(demo.join(file), folder.join(file)).unwrap();
    }
    let mut text = std::fs::read_to_string(demo.join("site.toml")).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "the demo's site has no {from:?}");
        text = text.replacen(from, to, 1);
    }
    let path = folder.join("site.toml");
    std::fs::write(&path, text).unwrap();
    let run = |more: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_rsu")).args(["check", "--site"]).arg(&path).args(more).output().unwrap()
    };
    let (json, plain) = (run(&["--json"]), run(&[]));
    assert_eq!(json.status.code(), plain.status.code());
    let said: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(said["site"], path.to_str().unwrap());
    (plain.status.code().unwrap(), said, String::from_utf8(plain.stdout).unwrap())
}

/// The problems of a site with these changes; each must be told in both forms.
fn problems(name: &str, changes: &[(&str, &str)]) -> Vec<String> {
    let (code, said, plain) = check(name, changes);
    assert_eq!((code, &said["ok"]), (1, &Value::Bool(false)), "{said}");
    let problems: Vec<String> =
        said["problems"].as_array().unwrap().iter().map(|p| p.as_str().unwrap().to_owned()).collect();
    assert!(!problems.is_empty());
    for problem in &problems {
        assert!(plain.contains(problem.trim_end()), "{problem} is not in {plain}");
    }
    problems
}

/// One mistake gives one problem, which holds these words.
fn one(name: &str, changes: &[(&str, &str)], words: &[&str]) {
    let problems = problems(name, changes);
    assert_eq!(problems.len(), 1, "{problems:?}");
    for word in words {
        assert!(problems[0].contains(word), "{word:?} is not in {:?}", problems[0]);
    }
}

#[test]
fn the_demo_site_is_in_order() {
    let (code, said, plain) = check("good", &[]);
    assert_eq!(code, 0, "{plain}");
    assert_eq!(said["ok"], true);
    assert_eq!(said["problems"], serde_json::json!([]));
    assert!(plain.contains("in order") && plain.contains("1 cameras, 1 radars, 2 radios"), "{plain}");
    assert!(plain.contains("8 links with 16 lanes, signal groups [1, 2, 3, 4, 5, 6]"), "{plain}");
    assert!(plain.contains("  signal group 5: green in stage 1\n"), "{plain}");
}

#[test]
fn a_key_that_nobody_knows_is_named_with_its_line() {
    let problem = problems("key", &[("threads = 1", "threads = 1\nthreds = 2")]).remove(0);
    let text = std::fs::read_to_string(repository().join("deploy/demo/site.toml")).unwrap();
    let line = text.lines().position(|line| line == "threads = 1").unwrap() + 2;
    assert!(problem.contains("threds") && problem.contains(&format!("line {line}")), "{problem}");
}

#[test]
fn what_is_not_toml_or_of_the_wrong_type_is_named_with_its_line() {
    one("syntax", &[("name = \"demo\"", "name = demo")], &["line 5"]);
    one("type", &[("fov_deg = 360.0", "fov_deg = \"wide\"")], &["fov_deg"]);
    one("address", &[("to = \"127.0.0.1:17500\"", "to = \"radio\"")], &["socket address"]);
    one("missing", &[("name = \"demo\"\n", "")], &["name"]);
    one("radio", &[("kind = \"pc5_udp\"", "kind = \"pigeon\"")], &["pigeon", "pc5_udp"]);
}

#[test]
fn each_mistake_is_named_by_its_key() {
    one("version", &[("version = 1", "version = 2")], &["version", "is 2", "reads 1"]);
    one("dialect", &[("\"cn-gbt31024-2019\"", "\"cn-2019\"")], &["broadcast.cn", "cn-2019", "cn-n4"]);
    one("family", &[("us = \"us-j2735-2024\"", "us = \"cn-n4\"")], &["broadcast.us", "cn-n4", "other family"]);
    one("rsu-id", &[("4c554b4f55000001", "4c554b")], &["broadcast.rsu_id", "16 hex digits"]);
    one("rsu-sign", &[("4c554b4f55000001", "+c554b4f55000001")], &["broadcast.rsu_id"]);
    let too_small = "4c554b4f55000001\"\nmap_max_octets = 299";
    one("map-octets", &[("4c554b4f55000001\"", too_small)], &["broadcast.map_max_octets", "is 299"]);
    one("name", &[("name = \"demo\"", "name = \"de/mo\"")], &["name", "de/mo"]);
    one("city", &[("city = \"demo-city\"", "city = \"\"")], &["city"]);
    one("camera-id", &[("id = \"cam-plaza\"", "id = \"uu\"")], &["\"uu\"", "twice"]);
    one("radio-id", &[("id = \"uu\"", "id = \"pc5\"")], &["\"pc5\"", "twice"]);
    one("citys-name", &[("id = \"uu\"", "id = \"city\"")], &["\"city\""]);
    one("mode", &[("mode = \"peer\"", "mode = \"mesh\"")], &["cloud.mode", "mesh", "peer, client"]);
    one("window", &[("mode = \"peer\"", "mode = \"peer\"\ntraffic_window_s = 7")], &["cloud.traffic_window_s"]);
    let peer = |more: &str| format!("mode = \"peer\"\n{more}");
    let told = peer("traffic_told_s = [60, 120]");
    one("told", &[("mode = \"peer\"", &told)], &["cloud.traffic_told_s", "120", "[10, 60, 300, 900]"]);
    let outbox = peer("outbox.health.max_bytes = 1");
    one("outbox", &[("mode = \"peer\"", &outbox)], &["cloud.outbox.health", "not kept"]);
    let tls = peer("tls.root_ca_file = \"none.pem\"\ntls.mutual = false");
    one("tls", &[("mode = \"peer\"", &tls)], &["link.tls.root_ca_file", "none.pem", "No such file"]);
    let key = peer("command_keys.city-1 = \"AAAA\"");
    one("command-key", &[("mode = \"peer\"", &key)], &["cloud.command_keys", "city-1", "32 octets"]);
    let allow = |kind: &str, more: &str| format!("mode = \"peer\"\n{more}commands.allow = [\"{kind}\"]");
    one("keyless", &[("mode = \"peer\"", &allow("rsi", ""))], &["cloud.commands.allow", "command_keys is empty"]);
    let key = "command_keys.city-1 = \"bcN27viqCRMuFFESzALgs4mt1xZPavXTlMdkFes6wW4=\"\n";
    one("no-release", &[("mode = \"peer\"", &allow("software", key))], &["cloud.commands.allow", "no release_key"]);
    let release = |public: &str| peer(&format!("{key}commands.release_key = \"{public}\""));
    one("release-key", &[("mode = \"peer\"", &release("AAAA"))], &["cloud.commands", "release_key", "32 octets"]);
    let same = release("bcN27viqCRMuFFESzALgs4mt1xZPavXTlMdkFes6wW4=");
    one("one-key", &[("mode = \"peer\"", &same)], &["cloud.commands.release_key", "use another"]);
    one("calibration", &[("vtest-camera.json", "none.json")], &["cam-plaza", "none.json", "No such file"]);
    one("not-calibration", &[("\"vtest-camera.json\"", "\"map.geojson\"")], &["cam-plaza", "map.geojson"]);
    one("detector", &[("[detector]\nmodel = \"../../models/nanodet\"\nthreads = 1\n", "")], &["detector", "missing"]);
    one("fov", &[("fov_deg = 360.0", "fov_deg = 0.0")], &["radar-junction", "fov_rad"]);
    one("sigma", &[("fov_deg = 360.0", "fov_deg = 360.0\nsigma_range_m = nan")], &["radar-junction", "sigma"]);
    let authority = |dotted: &str| format!("[broadcast]\nroad_authority = \"{dotted}\"");
    one(
        "authority",
        &[("[broadcast]", &authority("city hall"))],
        &["broadcast.road_authority", "city hall", "object identifier"],
    );
    one("origin", &[("lat_deg = 31.4912", "lat_deg = 131.4912")], &["lat_deg"]);
}

#[test]
fn a_group_that_an_import_guessed_is_not_broadcast() {
    let folder = Folder::new("config-guessed-map");
    let map = std::fs::read_to_string(repository().join("deploy/demo/map.geojson")).unwrap();
    let guessed = map.replacen("\"signal_group\": 2", "\"confirmed\": false, \"signal_group\": 2", 1);
    std::fs::write(folder.join("guessed.geojson"), guessed).unwrap();
    let path = format!("map = {:?}", folder.join("guessed.geojson"));
    one("guessed", &[("map = \"map.geojson\"", &path)], &["map", "guessed.geojson", "rsu map check"]);
}

#[test]
fn whether_vehicles_can_be_led_is_checked() {
    let with = |name: &str, lines: &str, pam: &str, words: &[&str]| {
        let table = format!("[parking_guidance]\n{lines}\n\n[cloud]");
        one(name, &[("[cloud]", &table), ("[broadcast]", pam)], words);
    };
    let pam = "[broadcast]\npam_aid = 18";
    with("guidance-time", "timeout_s = 0.0", pam, &["parking_guidance.timeout_s", "is 0; use 1 to 600"]);
    with("guidance-far", "within_m = nan", pam, &["parking_guidance.within_m"]);
    with("guidance-mute", "", "[broadcast]", &["parking_guidance", "broadcast.pam_aid"]);
}

#[test]
fn who_may_ask_for_priority_is_checked() {
    let with = |name: &str, lines: &str, words: &[&str]| {
        one(name, &[("[cloud]", &format!("[priority]\n{lines}\n\n[cloud]"))], words);
    };
    let bus = "[[priority.vehicle]]\nid = \"b1020304\"\nrole = \"bus\"";
    with("priority-role", "allow = [\"taxi\"]", &["taxi", "emergency_logistics"]);
    with("priority-twice", "allow = [\"bus\", \"bus\"]", &["priority.allow", "bus twice"]);
    with("priority-time", "timeout_s = -1.0", &["priority.timeout_s", "is -1"]);
    with("priority-nan", "horizon_s = nan", &["priority.horizon_s"]);
    with("priority-none", "max_concurrent = 0", &["priority.max_concurrent"]);
    with("priority-aid", "rsc_aid = 16512", &["priority.rsc_aid", "16511"]);
    with("priority-id", &bus.replace("b1020304", "b10203"), &["priority.vehicle.id", "\"b10203\"", "8 hex digits"]);
    with("priority-station", &bus.replace("b1020304", "station-007"), &["priority.vehicle.id", "station-"]);
    with("priority-same", &format!("{bus}\n{}", bus.replace("b1", "B1")), &["\"B1020304\" is there twice"]);
    let (code, _, plain) =
        check("priority-good", &[("[cloud]", &format!("[priority]\nallow = [\"bus\"]\n{bus}\n[cloud]"))]);
    assert_eq!(code, 0, "{plain}");
}

#[test]
fn how_much_evidence_is_kept_is_checked() {
    let with = |name: &str, lines: &str, words: &[&str]| {
        one(name, &[("[cloud]", &format!("[evidence]\n{lines}\n\n[cloud]"))], words);
    };
    with("evidence-long", "longest_s = 35.0", &["evidence.longest_s", "40 to 3600"]);
    with("evidence-before", "before_s = -1.0", &["evidence.before_s", "is -1"]);
    with("evidence-bytes", "max_bytes = 10", &["evidence.max_bytes", "is 10"]);
    with("evidence-pictures", "picture_every_s = 0.01", &["evidence.picture_every_s", "is 0.01; 0.2 to 60"]);
    let (exit, ..) = check("evidence-good", &[("[cloud]", "[evidence]\nkinds = [\"near_miss\"]\n\n[cloud]")]);
    assert_eq!(exit, 0);
}

#[test]
fn a_map_that_is_missing_or_wrong_is_named_with_its_file() {
    let problems_of = |changes: &[(&str, &str)]| problems("map", changes).join("\n");
    let missing = problems_of(&[("map = \"map.geojson\"", "map = \"roads.geojson\"")]);
    assert!(missing.contains("roads.geojson") && missing.contains("No such file"), "{missing}");
    let other = problems_of(&[("map = \"map.geojson\"", "map = \"vtest-camera.json\"")]);
    assert!(other.contains("map") && other.contains("vtest-camera.json"), "{other}");
}

#[test]
fn lights_and_map_must_agree() {
    one("no-stage", &[("groups = [1, 5]", "groups = [1]")], &["signal", "says nothing of group 5"]);
    one("no-lane", &[("groups = [4]", "groups = [4, 9]")], &["signal", "group 9 is not in the map"]);
    one("two-stages", &[("groups = [4]", "groups = [4, 1]")], &["signal", "group 1 is in two stages"]);
    one("zero", &[("green_s = 12.0", "green_s = 0.0")], &["signal", "stage 1"]);
    one("nan", &[("yellow_s = 3.0", "yellow_s = nan")], &["signal", "stage 1"]);
    one("offset", &[("offset_s = 0.0", "offset_s = inf")], &["signal", "offset_s"]);
}

/// The demo's `[signal]` as it is written.
fn demo_signal() -> String {
    let text = std::fs::read_to_string(repository().join("deploy/demo/site.toml")).unwrap();
    let from = text.find("[signal]").unwrap();
    text[from..from + text[from..].find("[[radio]]").unwrap()].to_owned()
}

/// A controller with one lamp for each of these groups, in the entrances at 0°, 10°, 20°, …
fn controller(more: &str, groups: &[u8]) -> String {
    let group = |(index, group): (usize, &u8)| {
        format!("[[signal.group]]\ngroup = {group}\ndirection_deg = {}\nlamp = \"straight\"\n", 10 * index)
    };
    let groups: String = groups.iter().enumerate().map(group).collect();
    format!("[signal]\nsource = \"gat1743\"\nlink = {{ listen = \"0.0.0.0:10050\" }}\n{more}\n{groups}\n")
}

#[test]
fn what_of_the_controller_is_which_group_is_told_in_words() {
    let (code, _, plain) = check("lamps", &[(&demo_signal(), &controller("", &[1, 2, 3, 4, 5, 6]))]);
    assert_eq!(code, 0, "{plain}");
    assert!(plain.contains("  signal group 3: lamp straight of the entrance at 20°\n"), "{plain}");
}

#[test]
fn each_group_is_heard_from_one_lamp() {
    let wrong = |name: &str, signal: &str, words: &[&str]| one(name, &[(&demo_signal(), signal)], words);
    let all = [1, 2, 3, 4, 5, 6];
    wrong("unmapped", &controller("", &[1, 2, 3, 4, 5]), &["signal", "says nothing of group 6 of the map"]);
    wrong("twice", &controller("", &[1, 2, 3, 4, 5, 6, 2]), &["group 2 is there twice", "at 10°", "at 60°"]);
    wrong("unknown", &controller("", &[1, 2, 3, 4, 5, 6, 9]), &["signal", "group 9 is not in the map"]);
    wrong("stale", &controller("stale_after_s = 0.0", &all), &["signal", "stale_after_s is 0"]);
    let nowhere = controller("", &all).replace("listen = \"0.0.0.0:10050\"", "");
    wrong("nowhere", &nowhere, &["signal", "link: udp needs listen, to, or both"]);
    let both = controller("", &all).replace("listen", "transport = \"tcp\", to = \"192.0.2.5:1\", listen");
    wrong("both", &both, &["signal", "link: tcp needs either"]);
    wrong("typo", &controller("countdwn = \"nearest\"", &all), &["countdwn", "countdown"]);
    wrong("source", &controller("", &all).replace("gat1743", "gat1049"), &["gat1049", "gat1743", "gbt20999"]);
}

/// A US controller whose phases 1 to 6 are the groups.
fn nema(table: &str) -> String {
    let groups = (1..=6).map(|number| format!("[[signal.group]]\ngroup = {number}\nhead = \"phase {number}\"\n"));
    format!("[signal]\n{table}\n{}\n", groups.collect::<String>())
}

#[test]
fn heads_and_secrets_of_us_controllers_are_found() {
    let tscbm = nema("source = \"tscbm\"\nlink = { listen = \"0.0.0.0:6053\" }");
    let (code, _, plain) = check("tscbm", &[(&demo_signal(), &tscbm)]);
    assert_eq!(code, 0, "{plain}");
    assert!(plain.contains("  signal group 3: phase 3\n"), "{plain}");
    let wrong = |name: &str, signal: &str, words: &[&str]| one(name, &[(&demo_signal(), signal)], words);
    let tcp = tscbm.replace("listen", "transport = \"tcp\", listen");
    wrong("tcp", &tcp, &["signal link.transport is tcp: blocks come over udp"]);
    wrong("head", &tscbm.replace("phase 6", "phase 17"), &["phase 17", "is no head"]);
    let ask =
        "source = \"ntcip1202\"\nlink = { to = \"192.0.2.5:161\" }\nsnmp = { community = { file = \"community\" } }";
    wrong("secret", &nema(ask), &["signal snmp.community: ", "lukou-config-secret-", "/community: No such file"]);
    wrong("slow", &nema(&format!("{ask}\npoll_s = 1.0")), &["poll_s is 1, and a state is stale after 0.3 s"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let found = problems(
        "many",
        &[
            ("version = 1", "version = 3"),
            ("\"cn-gbt31024-2019\"", "\"cn\""),
            ("4c554b4f55000001", "xyz"),
            ("id = \"uu\"", "id = \"pc5\""),
            ("groups = [4]", "groups = [4, 9]"),
            ("mode = \"peer\"", "mode = \"mesh\""),
        ],
    );
    assert_eq!(found.len(), 6, "{found:?}");
}

#[test]
fn a_site_that_is_not_there_is_named() {
    let run = Command::new(env!("CARGO_BIN_EXE_rsu"))
        .args(["check", "--json", "--site", "/nowhere/site.toml"])
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(said["ok"], false);
    let problem = said["problems"][0].as_str().unwrap();
    assert!(problem.contains("/nowhere/site.toml") && problem.contains("No such file"), "{problem}");
}

#[test]
fn a_service_with_such_a_site_does_not_start() {
    let folder = Folder::new("config-run");
    let path = folder.join("site.toml");
    std::fs::write(&path, "version = 1\n").unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_rsu")).args(["run", "--site"]).arg(&path).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let stderr = String::from_utf8(run.stderr).unwrap();
    assert!(stderr.contains("site.toml") && stderr.contains("name"), "{stderr}");
}
