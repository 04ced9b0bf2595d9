//! Tables as CSV and Parquet, and which of several windows is told.

use std::collections::BTreeMap;

use cloud_bridge::{Encoding, SiteKeys, State, Update};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;
use serde_json::{Value, json};

use crate::city::{City, Scene, file};
use crate::support::traffic;
use crate::{RANGE, event, scene, window};

/// The rows of a table by column; none of these tests' names needs quotes.
pub async fn csv(worker: &City, path: &str) -> Vec<BTreeMap<String, String>> {
    let (status, text) = worker.get(&format!("/api/v1/{path}")).await;
    assert_eq!(status, 200, "{path}: {text}");
    let mut lines = text.strip_suffix("\r\n").unwrap().split("\r\n").map(|line| line.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next().unwrap().collect();
    lines.map(|line| names.iter().cloned().zip(line).collect()).collect()
}

/// How many groups of rows a file has, and the rows.
pub async fn parquet(worker: &City, path: &str) -> (usize, Vec<parquet::record::Row>) {
    let (status, table) = worker.ask("GET", &format!("/api/v1/{path}"), "").await;
    assert_eq!(status, 200, "{path}");
    let path = file("parquet");
    std::fs::write(&path, table).unwrap();
    let table = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    (table.num_row_groups(), table.get_row_iter(None).unwrap().map(Result::unwrap).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_is_a_table() {
    let Scene { worker, site, sites: _sites, .. } = &scene("").await;
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
    let lots = self::csv(worker, &format!("parking.csv?{RANGE}&city=test&site={}", site.site())).await;
    assert_eq!(["lot", "total", "free", "left"].map(|figure| lots[0][figure].as_str()), ["p1", "3", "1", ""]);
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
