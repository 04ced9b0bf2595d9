//! What the city's HTTP interface and its MQTT broker are told, by a worker on a real PostgreSQL and a real Mosquitto.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use city::postgres::Postgres;
use city::{City, PATIENCE, Scene, file};
use cloud_bridge::schema::{Ending, Event, LaneTraffic, Traffic};
use cloud_bridge::{CommandKind, Encoding, SigningKey, SiteKeys, State, Update, command_key};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
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

#[tokio::test(flavor = "multi_thread")]
async fn sites_states_history_and_exports_are_told() {
    let Scene { worker, site, sites: _sites, .. } = &scene(PLACE).await;
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

    // These do not say how long their windows are: 10 s, by their ends.
    let csv = csv(worker, &format!("traffic.csv?{RANGE}&city=test&window_s=10")).await;
    let figures = ["lane", "seq", "vehicles", "cars", "trucks", "mean_speed_mps", "occupancy", "queue_max", "coverage"];
    let row = |n: usize| figures.map(|figure| csv[n][figure].as_str());
    assert_eq!(row(0), ["n1", "0", "7", "7", "0", "8.3", "0.125", "", "0.9"]);
    assert_eq!(row(1), ["s1", "0", "0", "0", "0", "", "", "", "0"]);
    assert_eq!(csv.len(), 4);
    let rows = parquet(worker, &format!("traffic.parquet?{RANGE}&window_s=10")).await.1;
    assert_eq!(rows.len(), 4);
    let speed = |row: &parquet::record::Row| {
        row.get_column_iter().find(|(name, _)| *name == "mean_speed_mps").unwrap().1.to_string()
    };
    assert_eq!((rows[0].get_string(2).unwrap().as_str(), speed(&rows[0]).as_str()), ("n1", "8.3"));
    assert_eq!((rows[1].get_string(2).unwrap().as_str(), speed(&rows[1]).as_str()), ("s1", "null"));
    let lots = self::csv(worker, &format!("parking.csv?{RANGE}&site={}", site.site())).await;
    assert_eq!(["lot", "total", "free", "left"].map(|figure| lots[0][figure].as_str()), ["p1", "3", "1", ""]);
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

/// The rows of a table by column; none of these tests' names needs quotes.
async fn csv(worker: &City, path: &str) -> Vec<BTreeMap<String, String>> {
    let (status, text) = worker.get(&format!("/api/v1/{path}")).await;
    assert_eq!(status, 200, "{path}: {text}");
    let mut lines = text.strip_suffix("\r\n").unwrap().split("\r\n").map(|line| line.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|line| names.iter().cloned().zip(line).collect()).collect()
}

/// How many groups of rows a file has, and the rows.
async fn parquet(worker: &City, path: &str) -> (usize, Vec<parquet::record::Row>) {
    let (status, table) = worker.ask("GET", &format!("/api/v1/{path}"), "").await;
    assert_eq!(status, 200, "{path}");
    let path = file("parquet");
    std::fs::write(&path, table).unwrap();
    let table = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    (table.num_row_groups(), table.get_row_iter(None).unwrap().map(Result::unwrap).collect())
}

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

#[tokio::test(flavor = "multi_thread")]
async fn of_windows_of_several_lengths_one_is_told() {
    let Scene { worker, site, sites, router: _router, postgres: _postgres } = &Scene::start("").await;
    let at = traffic(0);
    let windows =
        [(10, 3), (60, 20), (300, 90), (900, 270)].map(|(window_s, vehicles)| window(&at, window_s, vehicles));
    let mut messages: Vec<_> = (0..).zip(windows).map(|(seq, window)| (site.clone(), seq, window)).collect();
    let lasting = Update { state: State::Event(event(&at, 0, "congestion", 121.5)), ..at.clone() };
    messages.push((site.clone(), 0, lasting));
    sites.deliver(&messages, 1, Encoding::Json).await;
    for (window_s, vehicles) in [("", "20"), ("&window_s=10", "3"), ("&window_s=300", "90"), ("&window_s=900", "270")] {
        let rows = csv(worker, &format!("traffic.csv?{RANGE}{window_s}")).await;
        let counted: Vec<&str> = rows.iter().map(|row| row["vehicles"].as_str()).collect();
        assert_eq!(counted, [vehicles], "{window_s}");
        let rows = parquet(worker, &format!("traffic.parquet?{RANGE}{window_s}")).await.1;
        assert_eq!((rows.len(), rows[0].get_long(8).unwrap().to_string()), (1, vehicles.to_owned()), "{window_s}");
    }
    let history = |of: &str| format!("/api/v1/sites/test/s/history/traffic?{RANGE}{of}");
    for (of, found) in [("", 4), ("&window_s=10", 1), ("&window_s=900", 1), ("&id=300", 1), ("&window_s=7", 0)] {
        assert_eq!(worker.json(&history(of)).await["messages"].as_array().unwrap().len(), found, "{of}");
    }
    // Each lane once.
    let flow = "/ngsi-ld/v1/entities?type=TrafficFlowObserved";
    let flows = worker.json(flow).await;
    assert_eq!(flows.as_array().unwrap().len(), 1);
    let value = |name: &str| &flows[0][name]["value"];
    assert_eq!(
        [value("laneId"), value("averageHeadwayTime"), value("congested")],
        [&json!(1), &json!(2.5), &json!(true)]
    );
    assert_eq!(value("dateObservedFrom")["@value"], "2026-03-01T12:34:00.000Z");
    let quarter = worker.json(&format!("{flow}&window_s=900")).await;
    assert_eq!((quarter.as_array().unwrap().len(), &quarter[0]["id"]), (1, &flows[0]["id"]));
    assert_eq!(quarter[0]["dateObservedFrom"]["value"]["@value"], "2026-03-01T12:20:00.000Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_site_that_says_no_minute_its_own_windows_are_told() {
    let Scene { worker, sites, router: _router, postgres: _postgres, .. } = &Scene::start("").await;
    let at = traffic(0);
    for (name, windows) in [("coarse", [180, 900].as_slice()), ("fine", &[5]), ("usual", &[10, 60, 300])] {
        let site = SiteKeys::new("test", name).unwrap();
        std::mem::forget(sites.session.liveliness().declare_token(site.alive()).await.unwrap());
        let windows = (0..).zip(windows).map(|(seq, &window_s)| (site.clone(), seq, window(&at, window_s, 1)));
        sites.deliver(&windows.collect::<Vec<_>>(), 1, Encoding::Json).await;
    }
    let rows = csv(worker, &format!("traffic.csv?{RANGE}")).await;
    let told: Vec<[&str; 2]> = rows.iter().map(|row| ["site", "window_s"].map(|column| row[column].as_str())).collect();
    assert_eq!(told, [["coarse", "180"], ["fine", "5"], ["usual", "60"]]);
    let flows = worker.json("/ngsi-ld/v1/entities?type=TrafficFlowObserved").await;
    let from: Vec<&Value> = (0..3).map(|n| &flows[n]["dateObservedFrom"]["value"]["@value"]).collect();
    assert_eq!(from, ["2026-03-01T12:32:00.000Z", "2026-03-01T12:34:55.000Z", "2026-03-01T12:34:00.000Z"]);
    assert_eq!(flows.as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_longer_than_memory_should_hold_is_exported_whole() {
    let Scene { worker, site, sites, router: _router, postgres } = &Scene::start("").await;
    sites.deliver(&[(site.clone(), 0, window(&traffic(0), 60, 1))], 1, Encoding::Json).await;
    // Lanes by the dozen, two messages with one end each time: a page must not part them.
    let (messages, lanes) = (9000_i64, 30_i64);
    let client = postgres.client().await;
    let fill = "INSERT INTO message (day, site_id, kind, seq, id, from_us, to_us, simulated, payload) SELECT 20600, site_id, \
        'traffic', seq, '60', 20600 * 86400000000 + seq / 2, 20600 * 86400000000 + 60000000 + seq / 2, true, \
        jsonb_build_object('window_s', 60, 'lanes', lanes) FROM site, generate_series(1, $1::bigint) AS seq, (SELECT \
        jsonb_agg(jsonb_build_object('lane', n, 'vehicles', n)) AS lanes FROM generate_series(1, $2::bigint) AS n) AS l";
    client.execute(fill, &[&messages, &lanes]).await.unwrap();
    let day = format!("from_us={}&to_us={}", 20_600 * 86_400_000_000_i64, 20_601 * 86_400_000_000_i64);
    let (_, text) = worker.get(&format!("/api/v1/traffic.csv?{day}")).await;
    let rows: Vec<(i64, i64)> = text
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            (fields[4].parse().unwrap(), fields[2].parse().unwrap())
        })
        .collect();
    let expected: Vec<(i64, i64)> = (1..=messages).flat_map(|seq| (1..=lanes).map(move |lane| (seq, lane))).collect();
    assert!(rows == expected, "{} rows of {}, each once and in order", rows.len(), expected.len());
    let (groups, rows) = parquet(worker, &format!("traffic.parquet?{day}&city=test&site=s")).await;
    assert!(groups > 20 && rows.len() == expected.len(), "{groups} groups of {} rows", rows.len());
    let read = rows.iter().map(|row| (row.get_long(4).unwrap(), row.get_string(2).unwrap().parse().unwrap()));
    assert!(read.eq(expected));
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
async fn open_data_is_in_the_shapes_of_fiware() {
    let Scene { worker, sites: _sites, .. } = &scene(PLACE).await;
    let flows = worker.json("/ngsi-ld/v1/entities?type=TrafficFlowObserved&window_s=10").await;
    assert_eq!(flows[0]["id"], "urn:ngsi-ld:TrafficFlowObserved:test:s:n1");
    assert_eq!(flows[0]["dateObserved"]["value"]["@value"], "2026-03-01T12:35:00.000Z");
    assert_eq!(flows[0]["intensity"]["value"], 2880.0);
    let speed_kmh = flows[0]["averageVehicleSpeed"]["value"].as_f64().unwrap();
    assert!((speed_kmh - 8.3 * 3.6).abs() < 1e-9);
    assert_eq!(flows[1].get("averageVehicleSpeed"), None);
    let parkings = worker.json("/ngsi-ld/v1/entities?type=OffStreetParking").await;
    assert_eq!(parkings[0]["availableSpotNumber"]["value"], 1);
    assert_eq!(parkings[0]["location"]["value"]["coordinates"], json!([121.5, 31.25]));
    let spots = worker.json("/ngsi-ld/v1/entities?type=ParkingSpot&offset=1&limit=1").await;
    assert_eq!(spots.as_array().unwrap().len(), 1);
    assert_eq!(
        (&spots[0]["status"]["value"], &spots[0]["refParkingSite"]["object"]),
        (&json!("occupied"), &parkings[0]["id"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_context_broker_gets_entities_in_the_forms_that_it_asks_for() {
    let context = "https://example.org/context.jsonld";
    let scene = Scene::start_with_api(&format!("ngsi_context = {context:?}"), PLACE).await;
    let Scene { worker, sites: _sites, .. } = &told(scene).await;
    let lots = worker.json("/ngsi-ld/v1/entities?type=OffStreetParking,ParkingSpot,ParkingSpot&count=true").await;
    let (lot, of_lots) = (&lots[0], lots.as_array().unwrap().len());
    assert_eq!(lot["@context"][0], context);
    let id = lot["id"].as_str().unwrap();
    let path = format!("/ngsi-ld/v1/entities/{id}");
    assert_eq!(&worker.json(&path).await, lot);
    let by_id = worker.json(&format!("/ngsi-ld/v1/entities?id={id},urn:ngsi-ld:ParkingSpot:none")).await;
    assert_eq!(by_id, json!([lot]));
    // Whoever has the attribute, with nothing else of it.
    let free = worker.json("/ngsi-ld/v1/entities?attrs=availableSpotNumber&options=keyValues").await;
    let values = json!({"id": id, "type": "OffStreetParking", "@context": lot["@context"], "availableSpotNumber": 1});
    assert_eq!(free, json!([values]));
    let (head, body) =
        worker.answer("GET", &format!("{path}?options=simplified"), "accept: application/json\r\n").await;
    assert!(
        head.contains("content-type: application/json") && head.contains(&format!("link: <{context}>; rel=")),
        "{head}"
    );
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((body.get("@context"), &body["availableSpotNumber"]), (None, &json!(1)));
    let none = "/ngsi-ld/v1/entities?type=OffStreetParking,ParkingSpot&count=true&limit=0";
    let (head, body) = worker.answer("GET", none, "").await;
    assert!(head.contains(&format!("ngsild-results-count: {of_lots}")) && body == b"[]", "{head}");
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
async fn every_path_answers_as_it_is_described() {
    let Scene { worker, site, sites, router: _router, postgres } = &scene(PLACE).await;
    let at = Update { to_us: postgres.now_us().await, ..traffic(0) };
    let told = Update { state: State::Event(event(&at, 0, "debris", 121.5)), ..at };
    sites.deliver(&[(site.clone(), 0, told)], 1, Encoding::Json).await;
    let asked = cloud_bridge::Command::issued_now(site, Some("c1".to_owned()), CommandKind::Rsi, 60, json!({}));
    let signed = asked.sign("city-1", &SigningKey::from_seed_unchecked(&[1; 32]).unwrap()).unwrap();
    sites.put_raw(&command_key(site, "c1").unwrap(), signed, Encoding::Json).await;
    until_metric(worker, "lukou_city_commands_kept_total{kind=\"rsi\",state=\"sent\"}", 1.0).await;
    let mut files = BTreeMap::new();
    for kind in cloud_bridge::Kind::ALL {
        let name = format!("schemas/{}", cloud_bridge::file_name(kind));
        let schema = worker.json(&format!("/api/v1/{name}")).await;
        files.insert(name, schema);
    }
    let described = worker.json("/api/v1/openapi.json").await;
    for (path, item) in described["paths"].as_object().unwrap() {
        assert_eq!(item.as_object().unwrap().keys().collect::<Vec<_>>(), ["get"], "{path}");
        let id = if path.starts_with("/ngsi-ld") { "urn:ngsi-ld:OffStreetParking:test:s:p1" } else { "c1" };
        let of = path.replace("{city}", "test").replace("{site}", "s").replace("{kind}", "traffic").replace("{id}", id);
        let queries: &[&str] = match of.rsplit('/').next().unwrap() {
            "stored" => &["?city=test"],
            "history" | "traffic" => &["?from_us=0"],
            table if table.ends_with(".csv") || table.ends_with(".parquet") => &["?from_us=0&to_us=1"],
            "entities" => &[
                "?attrs=location",
                "?type=ParkingSpot",
                "?type=OffStreetParking",
                "?type=TrafficFlowObserved&window_s=10",
            ],
            _ => &[""],
        };
        for query in queries {
            let asked = format!("{}{query}", of.replace("{file}", "event.1.schema.json"));
            let (status, body) = worker.ask("GET", &asked, "").await;
            assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
            let content = item["get"]["responses"]["200"]["content"].as_object().unwrap();
            let (media, described_as) = content.iter().next().unwrap();
            if media.ends_with("json") {
                let answer = serde_json::from_slice(&body).unwrap();
                let schema = &described_as["schema"];
                check(&answer, schema, &described, &files).unwrap_or_else(|e| panic!("{path}{query}: {e}: {answer}"));
                let listed = ["sites", "latest", "messages", "events", "commands", "sent", "stored", "features"]
                    .iter()
                    .find_map(|list| answer[list].as_array());
                assert!(listed.is_none_or(|list| !list.is_empty()), "{path}{query}: nothing to compare");
            }
        }
        for status in item["get"]["responses"].as_object().unwrap().values() {
            assert!(status["$ref"].as_str().is_none_or(|at| described.pointer(&at[1..]).is_some()), "{path}: {status}");
        }
    }
}

/// Whether a value is of a JSON Schema, as far as the ones here go; `root` is the file that the schema stands in.
fn check(value: &Value, schema: &Value, root: &Value, files: &BTreeMap<String, Value>) -> Result<(), String> {
    if let Some(at) = schema["$ref"].as_str() {
        return match at.strip_prefix('#') {
            Some(pointer) => check(value, root.pointer(pointer).ok_or(at)?, root, files),
            None => check(value, files.get(at).ok_or(at)?, &files[at], files),
        };
    }
    let of_type = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("type {other}"),
    };
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !types.is_empty() && !types.iter().any(|name| of_type(name)) {
        return Err(format!("{value} is not of {types:?}"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return Err(format!("{value} is not {}", schema["const"]));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        value.get(name).ok_or_else(|| format!("{name} is missing"))?;
    }
    for (name, of) in schema["properties"].as_object().into_iter().flatten() {
        let field = value.get(name).map_or(Ok(()), |value| check(value, of, root, files));
        field.map_err(|e| format!("{name}: {e}"))?;
    }
    for item in value.as_array().into_iter().flatten().filter(|_| schema.get("items").is_some()) {
        check(item, &schema["items"], root, files)?;
    }
    for of in schema["allOf"].as_array().into_iter().flatten() {
        check(value, of, root, files)?;
    }
    let choices = ["anyOf", "oneOf"].iter().find_map(|of| schema[of].as_array());
    if let Some(choices) = choices {
        let refused: Result<Vec<String>, ()> =
            choices.iter().map(|of| check(value, of, root, files).err().ok_or(())).collect();
        refused.map_or(Ok(()), |why| Err(why.join(" and ")))?;
    }
    Ok(())
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

/// A Mosquitto of the test's own.
struct Broker {
    process: Child,
    port: u16,
    log: PathBuf,
}

impl Broker {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (config, log) = (file("conf"), file("log"));
        let text = format!("listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n");
        std::fs::write(&config, text).unwrap();
        let mut broker = Command::new("/usr/sbin/mosquitto");
        let broker = broker.arg("-c").arg(config).stdout(Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
        Self { process: broker.spawn().expect("Debian's package mosquitto"), port, log }
    }

    /// What it has said of who came.
    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The next message that the broker passes on.
async fn heard(events: &mut rumqttc::EventLoop) -> (String, Value) {
    use rumqttc::{Event, Packet};
    let hear = async {
        loop {
            if let Ok(Event::Incoming(Packet::Publish(publish))) = events.poll().await {
                return (publish.topic, serde_json::from_slice(&publish.payload).unwrap());
            }
        }
    };
    tokio::time::timeout(PATIENCE, hear).await.expect("the broker passes something on")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_told_what_is_new_and_no_history() {
    use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
    let broker = Broker::start();
    let (client, mut events) = AsyncClient::new(MqttOptions::new("reader", "127.0.0.1", broker.port), 10);
    client.subscribe("V2X/RSU/#", QoS::AtLeastOnce).await.unwrap();
    // Refused until the broker listens, then connected, and subscribed before the city speaks.
    let subscribed = async { while !matches!(events.poll().await, Ok(Event::Incoming(Packet::SubAck(_)))) {} };
    tokio::time::timeout(PATIENCE, subscribed).await.unwrap();
    let settings = format!("[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n", broker.port);
    let Scene { worker, site, sites, router: _router, postgres } = &Scene::start(&settings).await;
    let connected = format!("lukou_city_mqtt_connected{{broker=\"127.0.0.1:{}\"}}", broker.port);
    until_metric(worker, &connected, 1.0).await;
    until_metric(worker, "lukou_city_shards", 64.0).await;
    // A worker's name is its own also where its process has the number of another's, as in two containers.
    let name: String = postgres.client().await.query_one("SELECT name FROM worker", &[]).await.unwrap().get(0);
    assert!(broker.log().contains(&format!(" as lukou{} ", &name[..18])), "{}", broker.log());

    let now_us = postgres.now_us().await;
    let at = |ago_s: i64, update: Update| {
        let to_us = now_us - ago_s * 1_000_000;
        Update { from_us: to_us - (update.to_us - update.from_us), to_us, ..update }
    };
    // A backlog of a site that was cut off: one by one the newest that is there, and yet no news.
    let backlog: Vec<_> =
        [7200, 3600].into_iter().zip(0..).map(|(ago_s, seq)| (site.clone(), seq, at(ago_s, traffic(1)))).collect();
    for message in &backlog {
        sites.deliver(std::slice::from_ref(message), 1, Encoding::Json).await;
    }
    let news = [
        (2, at(20, traffic(7)), "FLOW", 1),
        (0, at(20, parking("p1")), "PARKING", 2),
        (4, at(0, traffic(8)), "FLOW", 1),
    ];
    for (seq, update, topic, copies) in news {
        sites.deliver(&[(site.clone(), seq, update.clone())], copies, Encoding::Json).await;
        let (told, message) = heard(&mut events).await;
        assert_eq!((told, message["seq"].as_u64()), (format!("V2X/RSU/test/s/{topic}/UP"), Some(seq)));
    }
    // One of the last minute that was overtaken, and a copy.
    sites.deliver(&[(site.clone(), 3, at(10, traffic(9)))], 2, Encoding::Json).await;
    sites.deliver(&[(site.clone(), 5, at(-1, traffic(10)))], 1, Encoding::Json).await;
    assert_eq!(heard(&mut events).await.1["seq"], 5);
    assert_eq!(worker.metric("lukou_city_mqtt_total{outcome=\"stale\"}").await, 2.0);
    assert_eq!(worker.metric("lukou_city_mqtt_total{outcome=\"queued\"}").await, 4.0);
    drop(broker);
    until_metric(worker, &connected, 0.0).await;
    sites.deliver(&[(site.clone(), 6, at(-2, traffic(11)))], 1, Encoding::Json).await;
    until_metric(worker, "lukou_city_mqtt_total{outcome=\"not_connected\"}", 1.0).await;
}
