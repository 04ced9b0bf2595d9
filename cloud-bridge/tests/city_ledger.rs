//! What sites are told and answer, over real sessions, in the city's database and its interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command as Process, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use city::postgres::Postgres;
use city::way::Way;
use city::{City, PATIENCE, Sites, file, program};
use cloud_bridge::{
    Bridge, BridgeConfig, Command, CommandEnd, CommandKind, Encoding, LinkConfig, LinkMode, SigningKey, SiteKeys,
    checksum, public_key, signing_key,
};
use serde_json::{Value, json};
use support::city::{apart, zenoh_config};
use support::router::router;
use support::{Authority, free_endpoint_of, link, state_dir, until_connected};
use zenoh::Wait;

/// `openssl genpkey -algorithm ed25519`.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGqsQvsoe4dcLBa2VeQKpfvoW5tI631fpo6qYgsJLZMQ\n-----END PRIVATE KEY-----\n";

const PAYLOAD: &str = r#"{"id": "closure", "text": "道路施工"}"#;

fn key() -> SigningKey {
    signing_key(KEY).unwrap()
}

/// A site that does all that it is told, and allows notices only.
async fn site(router_at: &str, name: &str) -> Arc<Bridge> {
    site_by(link(LinkMode::Client, &[], &[router_at]), name).await
}

async fn site_by(link: LinkConfig, name: &str) -> Arc<Bridge> {
    let (city, site) = name.split_once('/').unwrap();
    let config = BridgeConfig {
        link,
        command_keys: BTreeMap::from([("city-1".to_owned(), public_key(&key()))]),
        executes: BTreeSet::from([CommandKind::Rsi, CommandKind::Config]),
        allows: BTreeSet::from([CommandKind::Rsi]),
        ..BridgeConfig::new(city, site, state_dir())
    };
    let bridge = Arc::new(Bridge::open(config).await.unwrap());
    until_connected(&bridge, true).await;
    let (mut commands, desk) = (bridge.commands().unwrap(), Arc::downgrade(&bridge));
    tokio::spawn(async move {
        while let Some(event) = commands.recv().await {
            if let (Some(command), Some(desk)) = (event.command, desk.upgrade()) {
                desk.finish_command(&command.id, CommandEnd::done()).unwrap();
            }
        }
    });
    bridge
}

async fn close(site: Arc<Bridge>) {
    // Its desk may have hold of it for a moment.
    let mut site = Some(site);
    while let Some(held) = site.take() {
        match Arc::try_unwrap(held) {
            Ok(bridge) => bridge.close().await,
            Err(held) => {
                tokio::task::yield_now().await;
                site = Some(held);
            }
        }
    }
}

/// `city command` with one payload to these sites.
async fn command(router_at: &str, sites: &[&str], more: &[&str]) -> Output {
    let (key, payload) = (file("pem"), file("json"));
    std::fs::write(&key, KEY).unwrap();
    std::fs::write(&payload, PAYLOAD).unwrap();
    let mut city = Process::new(program("city"));
    city.args(["command", "--key-name", "city-1", "--connect", router_at, "--key"]).arg(&key).arg(&payload);
    for site in sites {
        city.args(["--site", site]);
    }
    city.args(more).stdin(Stdio::null());
    tokio::task::spawn_blocking(move || city.output().unwrap()).await.unwrap()
}

fn ack(id: &str, state: &str, reason: &str) -> Vec<u8> {
    json!({"schema": "lukou.ack/1", "id": id, "state": state, "reason": reason}).to_string().into_bytes()
}

/// The lines of an output, in order of the alphabet.
fn lines(bytes: &[u8]) -> Vec<String> {
    let mut lines: Vec<String> = std::str::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect();
    lines.sort_unstable();
    lines
}

/// Asks until the answer is as wanted; there is no event for it.
async fn until(worker: &City, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            ticks.tick().await;
            let (_, body) = worker.get(&format!("/api/v1/{path}")).await;
            let answer = serde_json::from_str(&body).unwrap_or_default();
            if wanted(&answer) {
                return answer;
            }
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{path} in time"))
}

/// Sites and states of a list, in order of the alphabet.
fn states(list: &Value) -> Vec<String> {
    let state =
        |command: &Value| format!("{} {}", command["site"].as_str().unwrap(), command["state"].as_str().unwrap());
    let mut states: Vec<String> = list["commands"].as_array().into_iter().flatten().map(state).collect();
    states.sort_unstable();
    states
}

/// Waits until a worker hears what is said; there is no event for it.
async fn until_listening(worker: &City) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while worker.metric("lukou_city_shards").await == 0.0 {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the worker has its place in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_several_sites_are_told_and_how_it_ended_is_kept_once_whoever_heard_it() {
    let Way { router_at, router: _router, worker, postgres } = &Way::start().await;
    let other = City::worker(&[router_at], &postgres.database(), "");
    until_listening(worker).await;
    until_listening(&other).await;
    let (a, b) = (site(router_at, "test/a").await, site(router_at, "test/b").await);

    let closure = command(router_at, &["test/b", "test/a"], &["--kind", "rsi", "--id", "closure-7"]).await;
    assert_eq!(lines(&closure.stdout), ["test/a closure-7: done", "test/b closure-7: done"], "{closure:?}");
    assert_eq!(closure.status.code(), Some(0));
    for worker in [worker, &other] {
        let list = until(worker, "commands?id=closure-7", |list| states(list) == ["a done", "b done"]).await;
        assert_eq!(list["commands"][0]["key"], "city-1");
    }
    // What is kept proves by itself who asked for what.
    let whole = worker.json("/api/v1/sites/test/a/commands/closure-7").await;
    let sent = &whole["sent"][0];
    let wire = json!({"schema": "lukou.command/1", "key": sent["key"], "signature": sent["signature"], "signed": sent["signed"]});
    let keys = BTreeMap::from([("city-1".to_owned(), {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(public_key(&key())).unwrap().try_into().unwrap()
    })]);
    let (proved, by, _) = Command::verify(wire.to_string().as_bytes(), &keys).unwrap();
    assert_eq!((by.as_str(), proved.site.as_str(), &proved.payload["text"]), ("city-1", "a", &json!("道路施工")));
    // One that is done at once may be accepted without a word.
    let ends = |of: &&Value| of["state"] != "accepted";
    let ends: Vec<&Value> = whole["answers"].as_array().unwrap().iter().filter(ends).collect();
    assert_eq!((ends.len(), &ends[0]["state"]), (1, &json!("done")));

    // One of them is down meanwhile: that is said, and the other does it.
    close(b).await;
    let corridor =
        command(router_at, &["test/a", "test/b"], &["--kind", "rsi", "--id", "corridor-1", "--seconds", "4"]).await;
    assert_eq!(lines(&corridor.stdout), ["test/a corridor-1: done"], "{corridor:?}");
    let said = String::from_utf8_lossy(&corridor.stderr);
    assert!(said.contains("city: corridor-1: no answer from test/b\n"), "{said}");
    assert_eq!(corridor.status.code(), Some(3));
    until(worker, "commands?state=unanswered&kind=rsi", |list| states(list) == ["b unanswered"]).await;
    let _b = site(router_at, "test/b").await;
    let again = command(router_at, &["test/b"], &["--kind", "rsi", "--id", "corridor-2", "--json"]).await;
    let answer: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&answer["site"], &answer["state"]), (&json!("b"), &json!("done")));

    // A site file is not kept, only what proves that it was this one.
    let refused = command(router_at, &["test/a", "test/b"], &["--kind", "config", "--id", "file-1"]).await;
    assert_eq!(
        lines(&refused.stdout),
        ["test/a file-1: rejected: not_allowed", "test/b file-1: rejected: not_allowed"]
    );
    assert_eq!(refused.status.code(), Some(1));
    until(worker, "commands?city=test&site=b&state=rejected", |list| states(list) == ["b rejected"]).await;
    let sent = worker.json("/api/v1/sites/test/b/commands/file-1").await["sent"][0].clone();
    assert_eq!(sent["signed"], Value::Null);
    let time = |name: &str| sent[name].as_i64().unwrap();
    let told = Command {
        id: "file-1".to_owned(),
        city: "test".to_owned(),
        site: "b".to_owned(),
        kind: CommandKind::Config,
        issued_us: time("issued_us"),
        expires_us: time("expires_us"),
        payload: json!({"site_toml": PAYLOAD}),
    };
    let text = serde_json::to_string(&told).unwrap();
    let sum = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let sum: String = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((time("bytes"), &sent["sha256"]), (i64::try_from(text.len()).unwrap(), &json!(sum)));

    // Each once, though both workers heard all of it and some of it came again.
    until(worker, "commands", |list| states(list).len() == 7).await;
    let count = async |state: &str| {
        let name = format!("lukou_city_commands_kept_total{{kind=\"rsi\",state=\"{state}\"}}");
        worker.metric(&name).await + other.metric(&name).await
    };
    assert_eq!((count("sent").await, count("done").await), (5.0, 4.0));
    // In pages, the last heard first.
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let page = worker.json(&format!("/api/v1/commands?limit=3{after}")).await;
        ids.extend(page["commands"].as_array().unwrap().iter().map(|of| of["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(ids[..3], ["file-1", "file-1", "corridor-2"]);
    assert_eq!((ids.len(), &ids[6][..]), (7, "closure-7"));
    close(a).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_heard_while_the_database_is_away_is_written_down_and_old_things_are_forgotten() {
    let mut way = Way::start().await;
    until_listening(&way.worker).await;
    let _a = site(&way.router_at, "test/a").await;
    way.postgres.halt();
    let sent = command(&way.router_at, &["test/a"], &["--kind", "rsi", "--id", "c1"]).await;
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    way.postgres.go().await;
    until(&way.worker, "commands?id=c1", |list| states(list) == ["a done"]).await;

    let client = way.postgres.client().await;
    let age = "UPDATE command SET heard_us = heard_us - 5 * 86400000000; UPDATE command_answer SET heard_us = heard_us - 5 * 86400000000";
    client.batch_execute(age).await.unwrap();
    let (six, four) = ("retention_days = 6\n", "retention_days = 4\n");
    for (days, kept) in [(six, ["a done"].as_slice()), (four, &[])] {
        way.worker.kill();
        way.worker = City::worker(&[&way.router_at], &way.postgres.database(), days);
        until_listening(&way.worker).await;
        until(&way.worker, "commands?from_us=0", |list| states(list) == kept).await;
    }
    let answers = client.query_one("SELECT count(*) FROM command_answer", &[]).await.unwrap();
    assert_eq!(answers.get::<_, i64>(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_command_or_answer_is_counted_and_nothing_hides_what_was_done() {
    let Way { router_at, router: _router, worker, postgres: _postgres } = &Way::start().await;
    until_listening(worker).await;
    let a = SiteKeys::new("test", "a").unwrap();
    let sites = Sites::connect(&[router_at], std::slice::from_ref(&a)).await;
    let put = async |key: &str, payload: &[u8]| {
        sites.put_raw(&format!("lukou/test/a/{key}"), payload.to_vec(), Encoding::Json).await;
    };
    let asked = Command::issued_now(&a, Some("c1".to_owned()), CommandKind::Plan, 60, json!({}));
    let signed = asked.sign("city-1", &key()).unwrap();
    put("command/c1", &signed).await;
    put("ack/c1", &ack("c1", "done", "")).await;
    // Somebody else says something else under the same id, and is refused.
    let other = Command { payload: json!({"offset_s": 1.0}), ..asked.clone() };
    put("command/c1", &other.sign("nobody", &SigningKey::from_seed_unchecked(&[9; 32]).unwrap()).unwrap()).await;
    put("ack/c1", &ack("c1", "rejected", "unknown_key")).await;
    // An answer to what nobody has heard.
    put("ack/c9", &ack("c9", "failed", "interrupted")).await;
    // None of it, and what contradicts its key.
    put("command/c2", b"{").await;
    put("command/c3", &signed).await;
    put("ack/c4", &ack("c5", "done", "")).await;
    put("ack/c6", &ack("c6", "failed", "\0")).await;
    let other = checksum(&ack("c10", "failed", ""));
    sites.put_attached("lukou/test/a/ack/c10", ack("c10", "done", ""), Encoding::Json, &other).await;
    // Longer than the database's index takes.
    let mut random = fastrand::Rng::with_seed(7);
    let long: String = (0..9000).map(|_| random.alphanumeric()).collect();
    put("ack/c7", &ack("c7", "failed", &long)).await;
    put("ack/c8", &ack("c8", "done", "")).await;

    until(worker, "sites/test/a/commands/c8", |whole| whole["answers"].as_array().is_some_and(|of| of.len() == 1))
        .await;
    let whole = worker.json("/api/v1/sites/test/a/commands/c1").await;
    let sent: Vec<(&str, &str)> = whole["sent"]
        .as_array()
        .unwrap()
        .iter()
        .map(|of| (of["key"].as_str().unwrap(), of["state"].as_str().unwrap()))
        .collect();
    assert_eq!(sent, [("city-1", "done"), ("nobody", "done")]);
    assert_eq!(whole["answers"].as_array().unwrap().len(), 2);
    let unheard = worker.json("/api/v1/sites/test/a/commands/c9").await;
    assert_eq!((&unheard["sent"], &unheard["answers"][0]["reason"]), (&json!([]), &json!("interrupted")));
    let refused = async |reason: &str| worker.metric(&format!("lukou_city_refused_total{{reason=\"{reason}\"}}")).await;
    for (reason, times) in [("malformed", 1.0), ("invalid", 2.0), ("nul_character", 1.0), ("refused_by_store", 1.0)] {
        assert_eq!(refused(reason).await, times, "{reason}");
    }
    assert_eq!(refused("garbled").await, 1.0);
    for (path, status, said) in [
        ("commands?state=over", 400, "unanswered, accepted, rejected, done, failed"),
        ("commands?after=1", 400, "`next` of a page"),
        ("commands?site=a", 400, "give its city too"),
        ("commands?limit=0", 400, "limit"),
        ("sites/test/a/commands/c2", 404, "no command c2 to test/a"),
    ] {
        let (got, body) = worker.get(&format!("/api/v1/{path}")).await;
        assert!(got == status && body.contains(said), "{path}: {got} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn through_the_routers_rules_a_worker_hears_both_sides_and_no_site_answers_for_another() {
    let (endpoint, authority, postgres) = (free_endpoint_of("tls"), Authority::new(), Postgres::start().await);
    let _router = router(&endpoint, &authority).await;
    let city = authority.issue("city.demo");
    let [root_ca, certificate, private_key] = [Some(city.root_ca_file), city.certificate_file, city.private_key_file]
        .map(|file| file.unwrap().display().to_string());
    let tls = format!(
        "[link.tls]\nroot_ca_file = {root_ca:?}\ncertificate_file = {certificate:?}\nprivate_key_file = {private_key:?}\n"
    );
    let worker = City::worker(&[&endpoint], &postgres.database(), &tls);
    until_listening(&worker).await;
    let client =
        |name: &str| LinkConfig { tls: Some(authority.issue(name)), ..link(LinkMode::Client, &[], &[&endpoint]) };
    let _vtest = site_by(client("vtest.demo"), "demo/vtest").await;

    // South, gone bad: it ends what vtest was told, and says that vtest was told more. What it says of itself comes last.
    let rogue = client("south.demo");
    let session = apart(move || zenoh::open(zenoh_config(&rogue)).wait().unwrap()).await;
    let told = Command::issued_now(
        &SiteKeys::new("demo", "vtest").unwrap(),
        Some("c2".to_owned()),
        CommandKind::Plan,
        60,
        json!({}),
    );
    let said = [
        ("vtest/ack/c1", ack("c1", "failed", "interrupted")),
        ("vtest/command/c2", told.sign("city-1", &key()).unwrap()),
        ("south/command/c2", told.sign("city-1", &key()).unwrap()),
        ("south/ack/c3", ack("c3", "done", "")),
    ];
    let heard = async {
        while worker.get("/api/v1/sites/demo/south/commands/c3").await.0 != 200 {
            for (key, payload) in &said {
                session.put(format!("lukou/demo/{key}"), payload.clone()).await.unwrap();
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("what a site answers for itself is kept");
    apart(move || session.close().wait().unwrap()).await;

    let by = ["--root-ca", &root_ca, "--certificate", &certificate, "--private-key", &private_key];
    let sent = command(&endpoint, &["demo/vtest"], &[["--kind", "rsi", "--id", "c1"].as_slice(), &by].concat()).await;
    assert_eq!(sent.status.code(), Some(0), "{sent:?}");
    let list = until(&worker, "commands", |list| states(list) == ["vtest done"]).await;
    assert_eq!(list["commands"][0]["id"], "c1");
    let failed =
        postgres.client().await.query_one("SELECT count(*) FROM command_answer WHERE state = 'failed'", &[]).await;
    assert_eq!(failed.unwrap().get::<_, i64>(0), 0, "nothing of what was said for another is there");
}
