//! The city's page as a browser sees it: a real worker on a real PostgreSQL, a real Chromium, a small city.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

// The console's, since there is no other way to drive it: a test's file, which no crate depends on.
#[path = "../../rsu/tests/console/browser.rs"]
mod browser;

use std::fmt::Write;

use browser::Browser;
use city::postgres::Postgres;
use city::{City, PATIENCE, Sites};
use cloud_bridge::schema::{Bay, BayStatus, Ending, Event, Health, Parking, Wellness};
use cloud_bridge::{Command, CommandKind, Encoding, SigningKey, SiteKeys, State, Update, ack_key, command_key};
use support::free_endpoint;

/// What the browser's file asks its server for.
mod server {
    pub const IN_VAIN: std::time::Duration = super::PATIENCE;
}

/// Junctions of a grid of streets, 5 by 6; of the last two the settings name no place, and one of them says its own.
const SITES: usize = 30;
const SAYS_ITS_PLACE: usize = SITES - 2;
const TOKEN: &str = "a token for the test of the page";

fn name(n: usize) -> String {
    let across = ["Renmin", "Fuxing", "Yan'an", "Huaihai", "Zhaojiabang"];
    let along = ["Xizang", "Huangpi", "Chongqing", "Shaanxi", "Changshu", "Wulumuqi"];
    format!("{} Road / {} Road", across[n / along.len()], along[n % along.len()])
}

/// Latitude and longitude of a junction, degrees; streets are not quite straight.
fn place(n: usize) -> (f64, f64) {
    let (row, column) = ((n / 6) as f64, (n % 6) as f64);
    (31.2050 + row * 0.0075 + column * 0.0011, 121.4450 + column * 0.0092 - row * 0.0016)
}

/// Where the junctions are, for the worker's settings.
fn places() -> String {
    let mut settings = String::new();
    for n in 0..SAYS_ITS_PLACE {
        let (latitude_deg, longitude_deg) = place(n);
        let name = name(n);
        writeln!(
            settings,
            "[sites.\"shanghai/j{n:02}\"]\nname = {name:?}\nlatitude_deg = {latitude_deg:.4}\nlongitude_deg = {longitude_deg:.4}",
        )
        .unwrap();
    }
    settings
}

fn health(n: usize) -> State {
    let (state, reasons) = match n {
        4 => (Wellness::Failed, vec!["signal controller: no frame for 12 s".to_owned()]),
        9 | 17 => (Wellness::Degraded, vec!["cam-ne: 4 of 10 frames a second".to_owned()]),
        _ => (Wellness::Ok, Vec::new()),
    };
    let (lat_deg, lon_deg) = (n == SAYS_ITS_PLACE).then(|| place(n)).unzip();
    State::Health(Health { state, lat_deg, lon_deg, reasons, version: "0.1.0".into(), ..Health::default() })
}

fn lot(n: usize, free: usize) -> State {
    let bays = (0..40).map(|bay| Bay {
        bay: format!("{bay}"),
        status: if bay < free { BayStatus::Free } else { BayStatus::Occupied },
        ..Bay::default()
    });
    let [free, taken] = [free, 40 - free].map(|bays| u32::try_from(bays).unwrap());
    let name = format!("P{n} {}", name(n).split(' ').next().unwrap());
    let (lot, bays) = (format!("p{n}"), bays.collect());
    State::Parking(Parking { lot, name, total: 40, free, occupied: taken, bays, ..Parking::default() })
}

fn event(n: usize, kind: &str, now_us: i64, ending: Option<Ending>) -> State {
    let (lat_deg, lon_deg) = place(n);
    State::Event(Event {
        event: format!("e-{n}-{kind}"),
        slot: n.to_string(),
        kind: kind.into(),
        lat_deg: lat_deg + 0.0004,
        lon_deg: lon_deg + 0.0005,
        lane: Some("n-in/1".into()),
        confidence: 0.9,
        began_at_us: now_us - 90_000_000,
        seen_at_us: now_us,
        ended_at_us: ending.map(|_| now_us),
        ending,
        ..Event::default()
    })
}

/// A command to a site, and what it answers.
async fn commanded(sites: &Sites, site: &SiteKeys, id: &str, kind: CommandKind, state: &str, reason: Option<&str>) {
    let command = Command::issued_now(site, Some(id.to_owned()), kind, 3600, serde_json::json!({}));
    let signed = command.sign("city-1", &SigningKey::from_seed_unchecked(&[1; 32]).unwrap()).unwrap();
    sites.put_raw(&command_key(site, id).unwrap(), signed, Encoding::Json).await;
    let ack = serde_json::json!({"schema": "lukou.ack/1", "id": id, "state": state, "reason": reason});
    sites.put_raw(&ack_key(site, id).unwrap(), ack.to_string().into_bytes(), Encoding::Json).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_sites_health_parking_and_events() {
    let postgres = Postgres::start().await;
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let token_file = city::file("token");
    std::fs::write(&token_file, TOKEN).unwrap();
    let api = format!("token_file = {token_file:?}");
    let worker = City::worker_with_api(&[&router_at], &postgres.database(), &api, &places());
    let keys: Vec<SiteKeys> = (0..SITES).map(|n| SiteKeys::new("shanghai", &format!("j{n:02}")).unwrap()).collect();
    let (gone, standing) = keys.split_last().unwrap();
    let sites = Sites::connect(&[&router_at], standing).await;
    let leaving = Sites::connect(&[&router_at], std::slice::from_ref(gone)).await;
    let now_us = postgres.now_us().await;
    let mut messages: Vec<(usize, State)> =
        [(3, 12), (8, 0), (14, 31), (22, 5)].map(|(n, free)| (n, lot(n, free))).into();
    messages.push((6, event(6, "congestion", now_us, None)));
    messages.push((11, event(11, "stopped_vehicle", now_us, None)));
    messages.push((19, event(19, "wrong_way", now_us - 60_000_000, None)));
    messages.push((19, event(19, "wrong_way", now_us, Some(Ending::Cleared))));
    let message = |(seq, (n, state)): (usize, (usize, State))| {
        let update = Update { from_us: now_us - 1_000_000, to_us: now_us, simulated: true, state };
        (keys[n].clone(), seq as u64, update)
    };
    let messages: Vec<(SiteKeys, u64, Update)> = messages.into_iter().enumerate().map(message).collect();
    sites.deliver(&messages, 1, Encoding::Json).await;
    for (n, site) in keys.iter().enumerate() {
        let of = if n + 1 < SITES { &sites } else { &leaving };
        of.put(site, 0, &message((0, (n, health(n)))).2, Encoding::Json).await;
    }
    commanded(&sites, &keys[6], "closure-6", CommandKind::Rsi, "done", None).await;
    commanded(&sites, &keys[12], "plan-12", CommandKind::Plan, "rejected", Some("too_soon")).await;

    let mut browser = Browser::start();
    browser.open(&worker.said);
    browser.wait_for("!document.getElementById('login').hidden");
    browser.evaluate(&format!("document.getElementById('token').value = {TOKEN:?}"));
    browser.evaluate("document.getElementById('token').focus()");
    browser.press("Enter");
    browser.wait_for(&format!("document.getElementById('alive').textContent === '{SITES}'"));
    browser.wait_for(&format!("document.querySelectorAll('#sites li .dot.ok').length === {}", SITES - 3));
    leaving.session.close().await.unwrap();
    browser.wait_for("document.querySelectorAll('#sites li .dot.gone').length === 1");
    let figures = ["#alive", "#all", "#bad", "#free"].map(|figure| browser.text(figure));
    assert_eq!(figures, ["29", "30", "4", "48"]);
    // All but the one that has no place.
    assert_eq!(browser.evaluate("document.querySelectorAll('#map circle:not(.event)').length"), SITES - 1);
    for (class, count) in [("ok", SITES - 4), ("degraded", 2), ("failed", 1)] {
        let shown = browser.evaluate(&format!("document.querySelectorAll('#map circle.{class}').length"));
        assert_eq!(shown, count, "{class}");
    }
    assert!(browser.text("#nowhere").starts_with("1 site"), "{}", browser.text("#nowhere"));
    // The worst first, and why.
    assert!(browser.text("#sites li").contains("gone"));
    assert!(browser.text("#sites li:nth-child(2)").contains("no frame for 12 s"));
    assert!(browser.text("#lots li").contains("0 of 40 free"), "the fullest first: {}", browser.text("#lots li"));
    for list in ["#sites li:nth-child(2)", "#lots li", "#events li"] {
        assert!(browser.text(list).contains("simulated"), "{list}: {}", browser.text(list));
    }
    // One line an event, however often it was told.
    assert_eq!(browser.evaluate("document.querySelectorAll('#events li').length"), 3);
    assert_eq!(browser.evaluate("document.querySelectorAll('#map .event').length"), 2, "those that last");
    browser.wait_for("document.querySelectorAll('#commands li .dot').length === 2");
    let ended = browser.text("#commands");
    assert!(ended.contains("rejected: too_soon") && ended.contains(&name(6)), "{ended}");
    picture(&mut browser, "city-page.png");

    browser.resize(390, 844);
    browser.wait_for("window.innerWidth === 390");
    assert_eq!(browser.evaluate("document.documentElement.scrollWidth"), 390, "a phone must not scroll sideways");
    picture(&mut browser, "city-page-phone.png");
    let base = worker.said.as_str();
    assert_eq!(browser.requests().iter().filter(|url| !url.starts_with(base)).collect::<Vec<_>>(), [""; 0]);
    // The one that asked for the token.
    let errors: Vec<String> = browser.errors().into_iter().filter(|error| !error.contains("401")).collect();
    assert_eq!(errors, [""; 0]);
}

/// What the page looks like, for people: beside the test's other files.
fn picture(browser: &mut Browser, file: &str) {
    use base64::Engine;
    let picture = browser.command("Page.captureScreenshot", serde_json::json!({"format": "png"}));
    let picture = base64::engine::general_purpose::STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
    std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(file), picture).unwrap();
}
