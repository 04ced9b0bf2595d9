//! What the city's HTTP interface and its brokers are told, by a worker on a real PostgreSQL: here sites, states, events and who is let
//! in; the rest has a file each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../city/mod.rs"]
mod city;
#[path = "../support/mod.rs"]
mod support;

mod context_broker;
mod described;
mod exports;
mod mqtt;
mod ngsi;

use std::process::Command;
use std::time::Duration;

use city::postgres::Postgres;
use city::{City, PATIENCE, Scene, file};
use cloud_bridge::schema::{Ending, Event, LaneTraffic, Traffic};
use cloud_bridge::{Encoding, State, StateMessage, Update, encode};
use exports::csv;
use serde_json::{Value, json};
use support::{free_endpoint, health, parking, traffic};

/// A city with one site that has said something of each kind.
async fn scene(settings: &str) -> Scene {
    told(Scene::start(settings).await).await
}

async fn told(scene: Scene) -> Scene {
    let Scene { worker, site, sites, .. } = &scene;
    let messages = [(0, traffic(7)), (1, traffic(8)), (0, parking("p1"))];
    let messages: Vec<_> = messages.into_iter().map(|(seq, update)| (site.clone(), seq, update)).collect();
    sites.deliver(&messages, 1, Encoding::Json).await;
    sites.put(site, 0, &health(), Encoding::Json).await;
    let seen = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while worker.json("/api/v1/sites").await["sites"][0]["state"].is_null() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("the site's health");
    scene
}

const PLACE: &str = "[sites.\"test/s\"]\nname = \"S\"\nlatitude_deg = 31.25\nlongitude_deg = 121.5\n";
/// Around the messages of `support`.
const RANGE: &str = "from_us=1772368500000000&to_us=1772368500000001";

/// Traffic over a window of this length that ends with `of`.
fn window(of: &Update, window_s: u32, vehicles: u32) -> Update {
    let lane = LaneTraffic {
        lane: "n-in/1".into(),
        vehicles,
        headway_mean_s: Some(2.5),
        coverage: 1.0,
        ..LaneTraffic::default()
    };
    let state = State::Traffic(Traffic { window_s: Some(window_s), lanes: vec![lane], ..Traffic::default() });
    Update { from_us: of.to_us - i64::from(window_s) * 1_000_000, state, ..of.clone() }
}

/// An event that lasts; `slot` may be used again.
fn event(of: &Update, slot: u32, kind: &str, lon_deg: f64) -> Event {
    Event {
        event: format!("{kind}-{slot}"),
        slot: slot.to_string(),
        kind: kind.into(),
        lat_deg: 31.2,
        lon_deg,
        lane: Some("n-in/1".into()),
        confidence: 0.9,
        began_at_us: of.from_us,
        seen_at_us: of.to_us,
        ..Event::default()
    }
}

/// Waits until a metric has this value; there is no event for it.
async fn until_metric(worker: &City, name: &str, wanted: f64) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while !worker.get("/metrics").await.1.contains(&format!("{name} {wanted}\n")) {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{name} is {wanted}"));
}

/// What a worker says that refuses its settings: `store`'s, and `more`.
fn refusal(store: &str, more: &str) -> String {
    let path = file("toml");
    let store = format!("[store]\ndatabase = \"host=127.0.0.1\"\n{store}\n");
    std::fs::write(&path, format!("[link]\n[api]\nlisten = \"127.0.0.1:0\"\n{store}{more}")).unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_city")).args(["run", "--config"]).arg(&path).output().unwrap();
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{stderr}");
    stderr
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_states_and_history_are_told() {
    let Scene { worker, sites: _sites, .. } = &scene(PLACE).await;
    let said = worker.json("/api/v1/sites").await["sites"][0].clone();
    assert_eq!((&said["site"], &said["name"], &said["alive"]), (&json!("s"), &json!("S"), &json!(true)));
    assert_eq!((&said["latitude_deg"], &said["longitude_deg"]), (&json!(31.25), &json!(121.5)));
    let latest = worker.json("/api/v1/sites/test/s/latest").await;
    let kinds: Vec<&Value> = latest["latest"].as_array().unwrap().iter().map(|state| &state["kind"]).collect();
    assert_eq!(kinds, ["health", "parking", "traffic"]);
    assert_eq!(latest["latest"][2]["message"]["seq"], 1);

    let path = format!("/api/v1/sites/test/s/history/traffic?{RANGE}&limit=1");
    let first = worker.json(&path).await;
    assert_eq!(first["messages"][0]["message"]["lanes"][0]["vehicles"], 7);
    let second = worker.json(&format!("{path}&after={}", first["next"].as_str().unwrap())).await;
    assert_eq!(second["messages"][0]["message"]["seq"], 1);
    let third = worker.json(&format!("{path}&after={}", second["next"].as_str().unwrap())).await;
    assert_eq!(third, json!({"messages": [], "next": null}));

    let lots = worker.json("/api/v1/parking.geojson").await;
    assert_eq!(lots["features"][0]["geometry"], json!({"type": "Point", "coordinates": [121.5, 31.25]}));
    assert_eq!(lots["features"][0]["properties"]["free"], 1);
    assert_eq!(worker.json("/api/v1/events").await["messages"], json!([]));
    let stored = worker.json("/api/v1/stored?city=test").await;
    let traffic = json!({"kind": "traffic", "messages": 2, "numbers": 2});
    assert!(stored["stored"].as_array().unwrap().contains(&traffic), "{stored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_settings_do_not_say_a_site_is_it_is_where_it_says() {
    let Scene { worker, sites: _sites, .. } = &scene("").await;
    let here = json!({"type": "Point", "coordinates": [121.4737, 31.2304]});
    let said = worker.json("/api/v1/sites").await["sites"][0].clone();
    assert_eq!((&said["latitude_deg"], &said["longitude_deg"]), (&json!(31.2304), &json!(121.4737)));
    for (file, found) in [("sites", 1), ("parking", 1)] {
        let features = worker.json(&format!("/api/v1/{file}.geojson?bbox=121.4,31.2,121.5,31.3")).await;
        let features = features["features"].as_array().unwrap();
        assert_eq!((features.len(), &features[0]["geometry"]), (found, &here), "{file}");
    }
    for entity in ["TrafficFlowObserved&window_s=10", "OffStreetParking", "ParkingSpot"] {
        let entities = worker.json(&format!("/ngsi-ld/v1/entities?type={entity}")).await;
        assert_eq!(entities[0]["location"]["value"], here, "{entity}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_found_by_kind_place_and_whether_they_last() {
    let Scene { worker, site, sites, router: _router, postgres } = &Scene::start(PLACE).await;
    let at = Update { to_us: postgres.now_us().await, ..traffic(0) };
    let of = |event: Event| Update { state: State::Event(event), ..at.clone() };
    let ended =
        Event { ended_at_us: Some(at.to_us), ending: Some(Ending::Cleared), ..event(&at, 1, "wrong_way", 121.6) };
    let told =
        [event(&at, 0, "congestion", 121.5), event(&at, 1, "wrong_way", 121.6), ended, event(&at, 2, "debris", -179.5)];
    let told: Vec<_> = (0..).zip(told).map(|(seq, event)| (site.clone(), seq, of(event))).collect();
    sites.deliver(&told, 1, Encoding::Json).await;
    let found = async |path: &str, list: &str| {
        let answer = worker.json(&format!("/api/v1/{path}")).await;
        let list = answer[list].as_array().unwrap_or_else(|| panic!("{path}: {answer}")).clone();
        let name = |item: &Value| {
            [&item["message"], &item["properties"]].iter().find_map(|of| of["event"].as_str().map(str::to_owned))
        };
        let mut names: Vec<String> = list.iter().map(|item| name(item).unwrap()).collect();
        names.sort_unstable();
        names.join(" ")
    };
    // Without a range the last day is told.
    for (path, expected) in [
        ("events", "congestion-0 debris-2 wrong_way-1 wrong_way-1"),
        ("events?city=test&kind=wrong_way", "wrong_way-1 wrong_way-1"),
        ("events?city=test&site=s&lasting=false", "wrong_way-1"),
        ("events?lasting=true", "congestion-0 debris-2 wrong_way-1"),
        ("events?city=other", ""),
        ("events?to_us=1", ""),
        ("sites/test/s/history/event?id=1", "wrong_way-1 wrong_way-1"),
    ] {
        assert_eq!(found(path, "messages").await, expected, "{path}");
    }
    for (query, expected) in [
        ("", "congestion-0 debris-2 wrong_way-1"),
        ("?lasting=true", "congestion-0 debris-2"),
        ("?lasting=false&city=test&site=s", "wrong_way-1"),
        ("?kind=debris", "debris-2"),
        ("?bbox=121,31,121.55,32", "congestion-0"),
        ("?bbox=179,31,-179,32&lasting=true", "debris-2"),
        ("?city=test&site=other", ""),
    ] {
        assert_eq!(found(&format!("events/newest{query}"), "events").await, expected, "{query}");
        assert_eq!(found(&format!("events.geojson{query}"), "features").await, expected, "{query}");
    }
    let point = worker.json("/api/v1/events.geojson?kind=debris").await["features"][0]["geometry"].clone();
    assert_eq!(point, json!({"type": "Point", "coordinates": [-179.5, 31.2]}));
    for (query, found) in [("", 1), ("?bbox=121,31,122,32", 1), ("?bbox=122,31,123,32", 0)] {
        let sites = worker.json(&format!("/api/v1/sites.geojson{query}")).await;
        assert_eq!(sites["features"].as_array().unwrap().len(), found, "{query}");
    }
    let rows = csv(worker, &format!("events.csv?from_us=0&to_us={}", i64::MAX)).await;
    let endings: Vec<&str> = rows.iter().map(|row| row["ending"].as_str()).collect();
    assert_eq!(endings, ["", "", "cleared", ""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_requests_are_told_what_is_wrong_and_nothing_is_written() {
    let Scene { worker, sites: _sites, .. } = &scene("").await;
    for (path, status, said) in [
        ("/api/v1/events?limit=0", 400, "limit: 0 is not between 1 and 1000"),
        ("/api/v1/events?limit=many", 400, "limit"),
        ("/api/v1/events?form_us=1", 400, "form_us"),
        ("/api/v1/events?from_us=2&to_us=1", 400, "to_us: 1 is not after from_us, 2"),
        ("/api/v1/events?after=x", 400, "after"),
        ("/api/v1/events?site=s", 400, "give its city too"),
        ("/api/v1/events?lasting=perhaps", 400, "lasting"),
        ("/api/v1/events.geojson?bbox=1,2,3", 400, "west,south,east,north"),
        ("/api/v1/traffic.csv", 400, "from_us"),
        ("/api/v1/traffic.csv?from_us=2&to_us=2", 400, "to_us: 2 is not after from_us, 2"),
        ("/api/v1/parking.csv?from_us=1&to_us=2&window_s=60", 400, "window_s: is of traffic only"),
        ("/api/v1/sites/test/s/history/parking?window_s=60", 400, "window_s: is of traffic only"),
        ("/api/v1/stored", 400, "city"),
        ("/api/v1/sites?city=test", 400, "city"),
        ("/api/v1/sites/test/s/latest?kind=health", 400, "kind"),
        ("/api/v1/sites/test/%ff/latest", 400, "UTF-8"),
        ("/api/v1/traffic.csv?from_us=1&to_us=2&site=s", 400, "give its city too"),
        ("/api/v1/sites/test/other/latest", 404, "no site test/other"),
        ("/api/v1/sites/test/s/history/weather", 404, "no kind weather"),
        ("/api/v1/sites/test/%00/latest", 400, "a parameter"),
        ("/elsewhere", 404, "openapi.json"),
    ] {
        let (got, body) = worker.get(path).await;
        let message: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{path}: {body}"));
        assert_eq!(got, status, "{path}: {body}");
        assert!(message["error"]["message"].as_str().unwrap().contains(said), "{path}: {body}");
    }
    for (query, status, kind, said) in [
        ("", 400, "BadRequestData", "one of type, id and attrs"),
        ("?type=Sausage", 400, "BadRequestData", "TrafficFlowObserved"),
        ("?type=ParkingSpot&window_s=60", 400, "BadRequestData", "window_s"),
        ("?type=ParkingSpot&options=short", 400, "BadRequestData", "options"),
        ("?type=ParkingSpot&limit=0", 400, "BadRequestData", "limit: 0"),
        ("?type=ParkingSpot&georel=near", 400, "BadRequestData", "georel"),
        ("/urn:ngsi-ld:ParkingSpot:test:s:p:none", 404, "ResourceNotFound", "test:s:p:none"),
        ("/%ff", 400, "BadRequestData", "UTF-8"),
        ("/urn:ngsi-ld:Sausage:x", 404, "ResourceNotFound", "Sausage"),
    ] {
        let (got, body) = worker.get(&format!("/ngsi-ld/v1/entities{query}")).await;
        let problem: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{query}: {body}"));
        assert_eq!(
            (got, &problem["type"]),
            (status, &json!(format!("https://uri.etsi.org/ngsi-ld/errors/{kind}"))),
            "{query}"
        );
        assert!(problem["detail"].as_str().unwrap().contains(said), "{query}: {body}");
    }
    let (status, _) = worker.ask("POST", "/api/v1/sites", "content-length: 0\r\n").await;
    assert_eq!(status, 405);
    // The page needs nothing from elsewhere.
    for path in ["/", "/assets/style.css", "/assets/main.js"] {
        let (status, body) = worker.get(path).await;
        assert_eq!((status, body.replace("http://www.w3.org/2000/svg", "").contains("://")), (200, false), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_no_reader_can_hold_spoils_no_answer() {
    let Scene { worker, site, sites, router: _router, postgres } = &scene("").await;
    let at = Update { to_us: postgres.now_us().await, ..traffic(0) };
    let of = |slot, lon_deg| Update { state: State::Event(event(&at, slot, "debris", lon_deg)), ..at.clone() };
    // JSON has numbers of any size, and so has the database: too small for a field that is read, too large in one that is skipped.
    for (seq, update, number, instead) in
        [(0, of(0, 121.5), "\"lon_deg\":121.5", "\"lon_deg\":1e-400"), (1, of(1, 0.0), "{", "{\"later\":1e400,")]
    {
        let message = StateMessage { site: site.site().to_owned(), seq, update };
        let text = String::from_utf8(encode(&message, Encoding::Json).unwrap()).unwrap();
        assert!(text.contains(number), "{text}");
        let key = site.state(&message.update.state).unwrap().to_string();
        sites.put_raw(&key, text.replacen(number, instead, 1).into_bytes(), Encoding::Json).await;
    }
    until_metric(worker, "lukou_city_refused_total{reason=\"malformed\"}", 1.0).await;
    until_metric(worker, "lukou_city_stored_total{kind=\"event\"}", 1.0).await;
    let told = worker.json("/api/v1/events/newest?bbox=-1,31,1,32").await;
    assert_eq!(told["events"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(worker.json("/api/v1/sites/test/s/latest").await["latest"][0]["kind"], "event");
    let rows = csv(worker, &format!("events.csv?from_us=0&to_us={}", i64::MAX)).await;
    assert_eq!(rows.iter().map(|row| row["lon_deg"].as_str()).collect::<Vec<_>>(), ["0"]);
}

#[test]
fn settings_that_would_be_of_no_use_are_refused_at_the_start() {
    let mqtt = |settings: &str| format!("[mqtt]\nhost = \"127.0.0.1\"\n{settings}\n");
    let place = |site: &str| format!("[sites.{site:?}]\nlatitude_deg = 31.25\nlongitude_deg = 121.5\n");
    for (store, more, said) in [
        ("retention_days = 1000000", String::new(), "store.retention_days: not between 1 and 36500"),
        ("newest_only = [\"signals\"]", String::new(), "unknown variant `signals`"),
        ("", mqtt("topic = \"city/#\""), "mqtt.topic: \"city/#\""),
        ("", mqtt("topic = \"{city}/{junction}\""), "mqtt.topic: \"{city}/{junction}\""),
        ("", mqtt("topic = \"\""), "mqtt.topic: \"\""),
        ("", mqtt("password_file = \"/nowhere\""), "mqtt.password_file: mqtt.user is missing"),
        ("", place("demo"), "sites.\"demo\": not \"city/site\""),
        ("", place("demo/a/b"), "sites.\"demo/a/b\": site \"a/b\": contains '/'"),
        ("", place("demo/"), "sites.\"demo/\": site \"\": is empty"),
    ] {
        let stderr = refusal(store, &more);
        assert!(stderr.contains(said), "{stderr}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_token_nobody_is_let_in() {
    let token = file("token");
    std::fs::write(&token, "a-token-of-some-length\n").unwrap();
    let postgres = Postgres::start().await;
    let settings = format!("[api]\nlisten = \"0.0.0.0:0\"\ntoken_file = {token:?}\n");
    let config = format!(
        "[link]\nmode = \"client\"\nconnect = [\"{}\"]\n{settings}[store]\ndatabase = {:?}\n",
        free_endpoint(),
        postgres.database()
    );
    let path = file("toml");
    std::fs::write(&path, &config).unwrap();
    let mut worker = City::start(&["run", "--config", path.to_str().unwrap()]);
    worker.said = worker.said.replace("0.0.0.0", "127.0.0.1");
    for headers in ["", "authorization: Bearer a-token-of-some-lengtH\r\n", "authorization: Basic YTpi\r\n"] {
        assert_eq!(worker.ask("GET", "/metrics", headers).await.0, 401);
    }
    let borne = "authorization: Bearer a-token-of-some-length\r\n";
    assert_eq!(worker.ask("GET", "/metrics", borne).await.0, 200);
    assert_eq!(worker.get("/healthz").await.0, 200);
    // Open to others without a token: it does not start.
    std::fs::write(&path, config.replace("token_file", "#")).unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_city")).args(["run", "--config"]).arg(&path).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("api.listen: 0.0.0.0:0 can be reached by others"));
}
