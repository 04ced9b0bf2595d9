//! The city's worker against a real PostgreSQL, with real routers between it and the sites.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
#[path = "city_store/database.rs"]
mod database;
mod support;

use std::time::Duration;

use city::postgres::Postgres;
use city::{City, PATIENCE, Scene, Sites};
use cloud_bridge::{Encoding, SiteKeys, StateMessage, Update, checksum, encode};
use support::{free_endpoint, parking, soak, traffic};

const DAY_US: i64 = 86_400_000_000;

fn keys(site: &str) -> SiteKeys {
    SiteKeys::new("test", site).unwrap()
}

async fn count(client: &tokio_postgres::Client, of: &str) -> i64 {
    client.query_one(&format!("SELECT count(*) FROM {of}"), &[]).await.unwrap().get(0)
}

/// Waits until the query's count is this; there is no event for it.
async fn until_count(client: &tokio_postgres::Client, of: &str, wanted: i64) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while count(client, of).await != wanted {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{wanted} times {of}"));
}

/// An update moved to now: only then it may be the latest, and has a table of its day.
async fn now(client: &tokio_postgres::Client, update: Update) -> Update {
    let now_us: i64 =
        client.query_one("SELECT (extract(epoch FROM now()) * 1000000)::bigint", &[]).await.unwrap().get(0);
    let length_us = update.to_us - update.from_us;
    Update { from_us: now_us - length_us, to_us: now_us, ..update }
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicate_messages_are_stored_once_and_acknowledged_each_time() {
    let Scene { worker, site, sites, router: _router, postgres } = Scene::start("").await;
    let client = postgres.client().await;
    for (n, encoding) in [(0, Encoding::Json), (10, Encoding::Cbor)] {
        let messages: Vec<(SiteKeys, u64, Update)> = [traffic(7), traffic(8), parking("p1")]
            .into_iter()
            .enumerate()
            .map(|(i, update)| (site.clone(), n + i as u64, update))
            .collect();
        sites.deliver(&messages, 3 * soak() as usize, encoding).await;
    }
    assert_eq!(count(&client, "message").await, 6);
    assert!(worker.metric("lukou_city_duplicates_total").await >= 6.0 * f64::from(3 * soak() - 1));
    assert_eq!(worker.metric("lukou_city_stored_total{kind=\"traffic\"}").await, 4.0);
    let rows = "SELECT seq, payload ->> 'schema', id FROM message ORDER BY seq";
    let rows = client.query(rows, &[]).await.unwrap();
    let rows: Vec<(i64, &str, &str)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    let expected = |n| [(n, "lukou.traffic/1", ""), (n + 1, "lukou.traffic/1", ""), (n + 2, "lukou.parking/1", "p1")];
    assert_eq!(rows, [expected(0), expected(10)].concat());
    let lanes = "SELECT lane, vehicles, mean_speed_mps FROM traffic WHERE seq = 11 ORDER BY lane";
    let lanes = client.query(lanes, &[]).await.unwrap();
    let lanes: Vec<(&str, i64, Option<f64>)> = lanes.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(lanes, [("n1", 8, Some(8.3)), ("s1", 0, None)]);
    assert_eq!(worker.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn reorder_of_messages_ends_in_their_order_with_the_newest_as_the_latest() {
    let Scene { worker: _worker, site, sites, router: _router, postgres } = Scene::start("").await;
    let client = postgres.client().await;
    let (newest, count) = (now(&client, traffic(0)).await, 100 * soak());
    let message = |n: u32| {
        let ago_us = i64::from(count - 1 - n) * 1_000_000;
        let (from_us, to_us) = (newest.from_us - ago_us, newest.to_us - ago_us);
        (site.clone(), u64::from(n), Update { from_us, to_us, ..traffic(n) })
    };
    // Each twice, in no order.
    let mut numbers: Vec<u32> = (0..count).chain(0..count).collect();
    fastrand::Rng::with_seed(5).shuffle(&mut numbers);
    let messages: Vec<(SiteKeys, u64, Update)> = numbers.into_iter().map(message).collect();
    for some in messages.chunks(50) {
        sites.deliver(some, 1, Encoding::Cbor).await;
    }
    let rows = client.query("SELECT seq FROM message ORDER BY to_us", &[]).await.unwrap();
    assert!(rows.iter().map(|row| row.get::<_, i64>(0)).eq(0..i64::from(count)));
    let latest: i64 = client.query_one("SELECT seq FROM latest", &[]).await.unwrap().get(0);
    assert_eq!(latest, i64::from(count) - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn late_history_is_not_taken_for_news_nor_is_the_future() {
    let Scene { worker: _worker, site, sites, router: _router, postgres } = Scene::start("").await;
    let client = postgres.client().await;
    let fresh = now(&client, traffic(2)).await;
    let old = Update { from_us: fresh.from_us - DAY_US, to_us: fresh.to_us - DAY_US, ..traffic(1) };
    let future = Update { to_us: fresh.to_us + 400 * DAY_US, ..fresh.clone() };
    for message in [(site.clone(), 5, fresh), (site.clone(), 6, old), (site.clone(), 7, future)] {
        sites.deliver(&[message], 1, Encoding::Json).await;
    }
    let latest: i64 = client.query_one("SELECT seq FROM latest", &[]).await.unwrap().get(0);
    assert_eq!(latest, 5);
    // Each is kept all the same: two in tables of their day, one among the strays.
    assert_eq!((count(&client, "message").await, count(&client, "message_stray").await), (3, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_is_counted_by_its_reason_and_never_acknowledged() {
    let Scene { worker, site, sites, router: _router, postgres } = Scene::start("").await;
    let client = postgres.client().await;
    // Once this has arrived, the subscription stands.
    sites.deliver(&[(site.clone(), 0, traffic(1))], 1, Encoding::Json).await;
    let message =
        |text: &str| format!(r#"{{"schema":"lukou.traffic/1","site":"s","seq":1,"from_us":0,"to_us":0,{text}}}"#);
    let garbage = [
        ("traffic", Vec::from(*b"\x00\xff{"), "malformed"),
        ("traffic", message(r#""lanes":7"#).into(), "malformed"),
        ("traffic", message(r#""lanes":[],"later":"\u0000""#).into(), "nul_character"),
        ("traffic", message(r#""lanes":[],"later":"\ud800""#).into(), "malformed"),
        ("parking", message(r#""lanes":[]"#).into(), "invalid"),
        ("weather", message(r#""lanes":[]"#).into(), "unknown_kind"),
        ("traffic", message(r#""lanes":[]"#).replace("\"seq\":1", "\"seq\":18446744073709551615").into(), "invalid"),
    ];
    for (kind, payload, _) in &garbage {
        sites.put_raw(&format!("lukou/test/s/{kind}"), payload.clone(), Encoding::Json).await;
    }
    // A field of a later version is kept; order is kept too, so that what came before has been looked at.
    let later = message(r#""lanes":[],"later":{"a":[1,2.5,"\u0001"]}"#).replace("\"seq\":1", "\"seq\":2");
    sites.put_raw("lukou/test/s/traffic", later.into(), Encoding::Json).await;
    until_count(&client, "message WHERE payload -> 'later' -> 'a' ->> 1 = '2.5'", 1).await;
    for reason in ["malformed", "nul_character", "invalid", "unknown_kind"] {
        let expected = garbage.iter().filter(|(_, _, of)| *of == reason).count();
        let counted = worker.metric(&format!("lukou_city_refused_total{{reason=\"{reason}\"}}")).await;
        assert_eq!(counted, expected as f64, "{reason}");
    }
    assert_eq!(sites.receipts(&site, &traffic(1), 1), 0);
    assert_eq!(count(&client, "message").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_garbled_but_readable_is_refused_and_stored_when_it_comes_as_it_was_sent() {
    let Scene { worker, site, sites, router: _router, postgres } = Scene::start("").await;
    let client = postgres.client().await;
    // Once this has arrived, the subscription stands.
    sites.deliver(&[(site.clone(), 0, traffic(1))], 1, Encoding::Json).await;
    let message = StateMessage { site: "s".into(), seq: 1, update: traffic(20) };
    let said = encode(&message, Encoding::Json).unwrap();
    let garbled = String::from_utf8(said.clone()).unwrap().replacen("\"vehicles\":20", "\"vehicles\":26", 1);
    let attached = checksum(&said);
    sites.put_attached("lukou/test/s/traffic", garbled.into(), Encoding::Json, &attached).await;
    // Order is kept: once this has arrived, what came before has been looked at.
    sites.deliver(&[(site.clone(), 2, traffic(1))], 1, Encoding::Json).await;
    assert_eq!(worker.metric("lukou_city_refused_total{reason=\"garbled\"}").await, 1.0);
    assert_eq!((sites.receipts(&site, &traffic(20), 1), count(&client, "message").await), (0, 2));
    sites.put_attached("lukou/test/s/traffic", said, Encoding::Json, &attached).await;
    until_count(&client, "message WHERE seq = 1 AND (payload #>> '{lanes,0,vehicles}')::int = 20", 1).await;
    assert_eq!(count(&client, "message").await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_while_the_database_was_down_is_acknowledged_when_it_is_stored() {
    let Scene { worker, site, sites, router: _router, mut postgres } = Scene::start("").await;
    sites.deliver(&[(site.clone(), 0, traffic(1))], 1, Encoding::Json).await;
    postgres.halt();
    let errors = worker.metric("lukou_city_store_errors_total").await;
    sites.put(&site, 1, &traffic(2), Encoding::Json).await;
    let failed = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        while worker.metric("lukou_city_store_errors_total").await < errors + 3.0 {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, failed).await.unwrap();
    assert_eq!(sites.receipts(&site, &traffic(2), 1), 0);
    postgres.go().await;
    sites.deliver(&[(site.clone(), 1, traffic(2))], 1, Encoding::Json).await;
    assert_eq!(count(&postgres.client().await, "message").await, 2);
    assert_eq!(worker.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_and_a_router_that_dies_lose_nothing() {
    let postgres = Postgres::start().await;
    let (left_at, right_at) = (free_endpoint(), free_endpoint());
    let mut left = City::router(&left_at, &[]);
    let _right = City::router(&right_at, &[&left_at]);
    // Three at once on a database without tables.
    let mut workers: Vec<City> =
        (0..3).map(|_| City::worker(&[&left_at, &right_at], &postgres.database(), "")).collect();
    let names: Vec<SiteKeys> = (0..40).map(|n| keys(&format!("s{n}"))).collect();
    let by_left = Sites::connect(&[&left_at, &right_at], &names[..20]).await;
    let by_right = Sites::connect(&[&right_at, &left_at], &names[20..]).await;
    let client = postgres.client().await;
    until_count(&client, "pg_class WHERE relname = 'latest'", 1).await;
    until_count(&client, "(SELECT owner FROM shard WHERE until > now() GROUP BY owner HAVING count(*) >= 20) o", 3)
        .await;
    until_count(&client, "site WHERE alive", 40).await;
    for round in 0..4_u64 {
        let messages = |names: &[SiteKeys]| -> Vec<(SiteKeys, u64, Update)> {
            let of =
                |site: &SiteKeys| (0..5).map(move |n| (site.clone(), round * 5 + n, traffic(1))).collect::<Vec<_>>();
            names.iter().flat_map(of).collect()
        };
        let (a, b) = (messages(&names[..20]), messages(&names[20..]));
        let (a, b) = (by_left.deliver(&a, 1, Encoding::Json), by_right.deliver(&b, 1, Encoding::Cbor));
        match round {
            1 => {
                workers[0].kill();
                tokio::join!(a, b);
            }
            2 => {
                left.kill();
                tokio::join!(a, b);
            }
            _ => {
                tokio::join!(a, b);
            }
        }
    }
    assert_eq!(count(&client, "message").await, 40 * 20);
    assert_eq!(count(&client, "(SELECT DISTINCT site_id, seq FROM message) m").await, 40 * 20);
    until_count(&client, "(SELECT owner FROM shard WHERE until > now() GROUP BY owner HAVING count(*) = 32) o", 2)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_worker_is_known_by_its_connection_and_one_that_stands_still_by_its_lease() {
    let postgres = Postgres::start().await;
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let worker = || City::worker(&[&router_at], &postgres.database(), "");
    let still = worker();
    let mut client = postgres.client().await;
    let owners_of = |shards: i64| format!("(SELECT owner FROM shard GROUP BY owner HAVING count(owner) = {shards}) o");
    until_count(&client, "pg_class WHERE relname = 'latest'", 1).await;
    until_count(&client, &owners_of(64), 1).await;
    let name: String = client.query_one("SELECT DISTINCT owner FROM shard", &[]).await.unwrap().get(0);
    let mut dead = worker();
    until_count(&client, &owners_of(32), 2).await;

    // It stands still at the worst moment: with its shards locked.
    let held_up = client.transaction().await.unwrap();
    held_up.execute("SELECT FROM shard WHERE owner = $1 FOR UPDATE", &[&name]).await.unwrap();
    let waits = format!("pg_stat_activity WHERE application_name = 'lukou city {name}' AND wait_event_type = 'Lock'");
    until_count(&postgres.client().await, &waits, 1).await;
    still.signal("STOP");
    held_up.rollback().await.unwrap();
    until_count(&client, &owners_of(64), 1).await;
    still.signal("CONT");
    until_count(&client, &owners_of(32), 2).await;

    dead.kill();
    // Its lease would end after the test's patience.
    client.execute("UPDATE shard SET until = now() + interval '1 hour'", &[]).await.unwrap();
    until_count(&client, &owners_of(64), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn days_are_dropped_when_their_time_is_over_and_strays_move_in_when_their_day_is_kept() {
    let postgres = Postgres::start().await;
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let worker = |retention_days: i32| {
        City::worker(&[&router_at], &postgres.database(), &format!("retention_days = {retention_days}"))
    };
    let site = keys("s");
    let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
    let client = postgres.client().await;
    let short = worker(5);
    until_count(&client, "pg_class WHERE relname = 'latest'", 1).await;
    let fresh = now(&client, traffic(2)).await;
    let moved = |days: i64| Update { from_us: 0, to_us: fresh.to_us + days * DAY_US, ..fresh.clone() };
    let messages: Vec<(SiteKeys, u64, Update)> =
        [-9, -1, 0, 5].into_iter().zip(0..).map(|(days, seq)| (site.clone(), seq, moved(days))).collect();
    sites.deliver(&messages, 1, Encoding::Json).await;
    assert_eq!((count(&client, "message").await, count(&client, "message_stray").await), (4, 2));
    assert_eq!(short.stop(), Some(0));
    // A copy of the oldest: now its day is kept, and the first must be found there.
    let long = worker(400);
    let times = sites.receipts(&site, &fresh, 0) + 1;
    sites.deliver(&messages[..1], times, Encoding::Json).await;
    assert_eq!((count(&client, "message").await, count(&client, "message_stray").await), (4, 1));
    assert_eq!(long.stop(), Some(0));
    let _short = worker(5);
    until_count(&client, "message", 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_the_first_version_are_brought_up_to_date_with_what_is_in_them() {
    let postgres = Postgres::start().await;
    let client = postgres.client().await;
    client.batch_execute(include_str!("../migrations/0001_store.sql")).await.unwrap();
    let before = "CREATE TABLE schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
        INSERT INTO schema_version (version) VALUES (1);
        CREATE TABLE message_20513 PARTITION OF message FOR VALUES FROM (20513) TO (20514);
        INSERT INTO site (city, site, shard) VALUES ('test', 's', 0);
        INSERT INTO message (day, site_id, kind, seq, id, from_us, to_us, simulated, payload) SELECT 20513, 1, 'traffic',
            seq, '', 1772368490000000, 1772368500000000, false, '{\"lanes\": [{\"lane\": \"n1\", \"vehicles\": 4}]}'
            FROM generate_series(1, 3) AS seq;
        INSERT INTO message (day, site_id, kind, seq, id, from_us, to_us, simulated, payload) VALUES (7, 1, 'event', 1, '0',
            700000000000, 700000000000, false, '{\"event\": \"e\", \"kind\": \"debris\"}');";
    client.batch_execute(before).await.unwrap();
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let worker = City::worker(&[&router_at], &postgres.database(), "");
    until_count(&client, "schema_version", 3).await;
    let range = "from_us=1772368500000000&to_us=1772368500000001";
    let (_, csv) = worker.get(&format!("/api/v1/traffic.csv?{range}&window_s=10")).await;
    assert_eq!(csv.lines().filter(|line| line.starts_with("test,s,n1,10,")).count(), 3, "{csv}");
    let told = worker.json("/api/v1/events?from_us=0").await;
    assert_eq!(told["messages"][0]["message"]["kind"], "debris");
    // Tables that were there before have the indexes too, and so have those that are made from now on.
    for table in [
        "message_20513".to_owned(),
        "message_stray".to_owned(),
        format!("message_{}", postgres.now_us().await / DAY_US),
    ] {
        until_count(&client, &format!("pg_indexes WHERE tablename = '{table}'"), 3).await;
    }
}

/// The plans of queries that hold this text, once there are so many: the server writes them down after it has answered.
async fn until_plans(postgres: &Postgres, query: &str, least: usize) -> Vec<String> {
    let wait = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(20));
        loop {
            let plans = postgres.plans(query);
            if plans.len() >= least {
                return plans;
            }
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("plans in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_of_many_sites_and_days_is_found_by_an_index() {
    let postgres = Postgres::start_explaining().await;
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let worker = City::worker(&[&router_at], &postgres.database(), "");
    let client = postgres.client().await;
    until_count(&client, "pg_class WHERE relname = 'message_event'", 1).await;
    let today = postgres.now_us().await / DAY_US;
    until_count(&client, &format!("pg_class WHERE relname = 'message_{today}'"), 1).await;
    // A hundred sites, three days, 120 000 messages of traffic, and 2000 of events.
    let fill = format!(
        "CREATE TABLE message_{0} PARTITION OF message FOR VALUES FROM ({0}) TO ({1});
         CREATE TABLE message_{1} PARTITION OF message FOR VALUES FROM ({1}) TO ({2});
         INSERT INTO site (city, site, shard) SELECT 'test', 's' || n, 0 FROM generate_series(1, 100) AS n;
         INSERT INTO message SELECT to_us / {DAY_US}, site_id, 'traffic', n, CASE n % 6 WHEN 0 THEN '60' ELSE '' END,
             to_us - 10000000, to_us, true, now(), '{{\"window_s\": 60, \"lanes\": []}}' FROM site, generate_series(0, 1199) AS n,
             LATERAL (SELECT {0} * {DAY_US} + n::bigint * 200000000 AS to_us) AS t;
         INSERT INTO message SELECT to_us / {DAY_US}, site_id, 'event', n, '0', to_us, to_us, true, now(),
             '{{\"kind\": \"debris\"}}' FROM site, generate_series(0, 19) AS n,
             LATERAL (SELECT {0} * {DAY_US} + n::bigint * 12000000000 AS to_us) AS t;
         ANALYZE;",
        today - 2,
        today - 1,
        today
    );
    client.batch_execute(&fill).await.unwrap();
    let all = format!("from_us={}", (today - 2) * DAY_US);
    for path in [
        "events".to_owned(),
        format!("events?{all}"),
        format!("events?{all}&city=test&kind=debris&lasting=true"),
        "sites/test/s7/history/traffic".to_owned(),
        format!("sites/test/s7/history/traffic?{all}"),
        format!("sites/test/s7/history/traffic?{all}&window_s=60"),
    ] {
        let answer = worker.json(&format!("/api/v1/{path}")).await;
        assert!(!answer["messages"].as_array().unwrap().is_empty(), "{path}");
    }
    let (_, csv) = worker.get(&format!("/api/v1/traffic.csv?{all}&to_us={}&city=test&site=s7", i64::MAX)).await;
    assert!(csv.starts_with("city,site,lane"));
    for (query, least) in [("FROM message m JOIN site s", 6), ("FROM traffic WHERE", 1)] {
        for plan in until_plans(&postgres, query, least).await {
            for day in today - 2..=today {
                assert!(!plan.contains(&format!("Seq Scan on message_{day} ")), "{plan}");
            }
            // In the order of the index, unless few are picked out of what it gives.
            let is_picky = plan.contains("= 'debris'") || plan.contains("= '60'");
            assert!(is_picky || !plan.contains("Sort  (cost"), "{plan}");
        }
    }
}

/// How many rows of the newest states a plan has read, those that were of no use included.
fn newest_read(plan: &str) -> u64 {
    let number = |text: &str| -> u64 { text.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap() };
    let after = |line: &str, what: &str| line.split_once(what).map(|(_, rest)| number(rest));
    let given = |line: &str| {
        let (_, actual) = line.split_once("(actual ")?;
        Some(after(actual, "rows=")? * after(actual, "loops=")?)
    };
    let of_latest = plan.lines().filter(|line| line.contains(" on latest")).filter_map(given).sum::<u64>();
    of_latest + plan.lines().filter_map(|line| after(line, "Rows Removed by Filter: ")).sum::<u64>()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entity_is_read_from_its_site_alone_and_pages_follow_each_other() {
    let postgres = Postgres::start_explaining().await;
    let router_at = free_endpoint();
    let _router = City::router(&router_at, &[]);
    let worker = City::worker(&[&router_at], &postgres.database(), "");
    let client = postgres.client().await;
    until_count(&client, "pg_class WHERE relname = 'usual_window'", 1).await;
    // Of each of 200 sites 16 states.
    let fill = "INSERT INTO site (city, site, shard) SELECT 'test', 's' || n, 0 FROM generate_series(1, 200) AS n;
         INSERT INTO latest SELECT site_id, kind, id, 1, 0, 60000000, true, now(), payload::jsonb FROM site, (VALUES
             ('traffic', '', '{\"window_s\": 10, \"lanes\": [{\"lane\": \"n/1\"}]}'),
             ('traffic', '60', '{\"window_s\": 60, \"lanes\": [{\"lane\": \"n/1\"}]}'),
             ('traffic', '300', '{\"window_s\": 300, \"lanes\": [{\"lane\": \"n/1\"}]}'),
             ('parking', 'p', '{\"lot\": \"p\", \"to_us\": 60000000, \"bays\": [{\"bay\": \"1\"}]}'),
             ('health', '', '{}'), ('signal', '', '{}')) AS t(kind, id, payload);
         INSERT INTO latest SELECT site_id, 'event', n, 1, 0, 60000000, true, now(), '{\"kind\": \"congestion\"}'
             FROM site, generate_series(0, 9) AS n;
         ANALYZE;";
    client.batch_execute(fill).await.unwrap();
    for entity in ["TrafficFlowObserved:test:s7:n%2F1", "OffStreetParking:test:s8:p", "ParkingSpot:test:s9:p:1"] {
        let id = format!("urn:ngsi-ld:{entity}");
        let listed = worker.json(&format!("/ngsi-ld/v1/entities?id={}", id.replace('%', "%25"))).await;
        assert_eq!((listed.as_array().unwrap().len(), &listed[0]["id"]), (1, &id.clone().into()));
        assert_eq!(worker.json(&format!("/ngsi-ld/v1/entities/{}", id.replace('%', "%25"))).await, listed[0]);
    }
    // Congestion, traffic and lots.
    for (query, least) in
        [("payload ->> 'kind' = 'congestion'", 2), ("FROM usual_window WHERE", 2), ("l.kind = 'parking'", 4)]
    {
        let plans = until_plans(&postgres, query, least).await;
        plans.iter().for_each(|plan| assert!((1..=32).contains(&newest_read(plan)), "{}: {plan}", newest_read(plan)));
    }
    // Pages go on where one read ends and the next begins.
    let lots = "/ngsi-ld/v1/entities?type=OffStreetParking,ParkingSpot&options=keyValues";
    let mut ids = Vec::new();
    for offset in (0..420).step_by(70) {
        let (head, body) = worker.answer("GET", &format!("{lots}&limit=70&offset={offset}&count=true"), "").await;
        assert!(head.contains("ngsild-results-count: 400"), "{head}");
        let page: Vec<serde_json::Value> = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            worker.json(&format!("{lots}&limit=70&offset={offset}")).await,
            serde_json::Value::Array(page.clone())
        );
        ids.extend(page.into_iter().map(|entity| entity["id"].as_str().unwrap().to_owned()));
    }
    let of = |kind: &str, more: &str| {
        let mut all: Vec<String> = (1..=200).map(|n| format!("urn:ngsi-ld:{kind}:test:s{n}:p{more}")).collect();
        all.sort_unstable();
        all
    };
    ids.sort_unstable();
    assert_eq!(ids, [of("OffStreetParking", ""), of("ParkingSpot", ":1")].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_is_late_what_is_missing_and_who_is_silent() {
    let Scene { worker, site, sites, router: _router, postgres } = Scene::start("").await;
    let client = postgres.client().await;
    let fresh = now(&client, traffic(1)).await;
    let run = 3_u64 << 32;
    for seq in [0, 1, 5, 3] {
        sites.deliver(&[(site.clone(), run + seq, fresh.clone())], 1, Encoding::Json).await;
    }
    let hour_ago = Update { to_us: fresh.to_us - 3_600_000_000, ..parking("p1") };
    let hour_ago = Update { from_us: hour_ago.to_us, ..hour_ago };
    sites.deliver(&[(site.clone(), 9, hour_ago)], 1, Encoding::Json).await;
    let until = async |name: &str, wanted: f64| {
        let look = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            while worker.metric(name).await != wanted {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{name} is {wanted}"));
    };
    until("lukou_city_gaps_total{kind=\"traffic\"}", 3.0).await;
    until("lukou_city_late_total{kind=\"traffic\"}", 1.0).await;
    until("lukou_city_silent_sites{kind=\"parking\"}", 1.0).await;
    assert!(worker.metric("lukou_city_newest_age_seconds{kind=\"parking\"}").await >= 3600.0);
    let delay = async |kind: &str, bound: &str| {
        worker.metric(&format!("lukou_city_delay_seconds_bucket{{kind=\"{kind}\",le=\"{bound}\"}}")).await
    };
    assert_eq!((delay("traffic", "+Inf").await, delay("traffic", "3600").await), (4.0, 4.0));
    assert_eq!((delay("parking", "+Inf").await, delay("parking", "3600").await), (1.0, 0.0));
}
