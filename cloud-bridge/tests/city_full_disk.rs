//! A disk that is really full, at the site and in the city: nothing stops, and nothing is lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use city::postgres::Postgres;
use city::{City, PATIENCE, Sites};
use cloud_bridge::{Bridge, BridgeConfig, Encoding, Kind, SiteKeys, Update};
use support::small_disk::{fill, run_on_small_disk};
use support::{free_endpoint, site_config, soak, state_dir, traffic};
use tokio::time::{interval, timeout};

/// Fills the disk that its folder is on, goes on publishing, and makes room again.
#[tokio::test]
#[ignore = "runs in a process of its own"]
async fn child_site_on_a_full_disk() {
    let Some(folder) = std::env::var_os("LUKOU_FULL") else { return };
    let (dir, filler) = (Path::new(&folder).join("state"), Path::new(&folder).join("filler"));
    for _ in 0..soak() {
        full_and_empty_again(BridgeConfig { state_dir: dir.clone(), ..site_config(&free_endpoint()) }, &filler).await;
        std::fs::remove_dir_all(&dir).unwrap();
    }
}

async fn full_and_empty_again(config: BridgeConfig, filler: &Path) {
    let bridge = Bridge::open(config.clone()).await.unwrap();
    let (mut n, mut ticks) = (0, interval(Duration::from_millis(1)));
    let mut publish = |times| {
        for _ in 0..times {
            bridge.publish(traffic(n)).unwrap();
            n += 1;
        }
        u64::from(n)
    };
    publish(10);
    bridge.saved().await;
    fill(filler);
    while !bridge.stats().disk_refuses {
        let published = publish(20);
        while bridge.stats().outbox[&Kind::Traffic].messages < published {
            ticks.tick().await;
        }
    }
    let published = publish(100);
    std::fs::remove_file(filler).unwrap();
    bridge.saved().await;
    assert_eq!(bridge.stats().dropped, BTreeMap::new());
    bridge.close().await;
    // A start on a full disk waits for room.
    fill(filler);
    let mut opening = tokio::spawn(Bridge::open(config));
    assert!(timeout(Duration::from_millis(300), &mut opening).await.is_err(), "it waits");
    std::fs::remove_file(filler).unwrap();
    let bridge = opening.await.unwrap().unwrap();
    bridge.saved().await;
    assert_eq!(bridge.stats().outbox[&Kind::Traffic].messages, published);
    bridge.close().await;
}

#[test]
fn disk_full_at_a_site_stops_nothing_and_loses_nothing() {
    run_on_small_disk("child_site_on_a_full_disk", &state_dir(), 4);
}

/// PostgreSQL's tables are on the small disk; what else it writes is not.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "runs in a process of its own"]
async fn child_store_on_a_full_disk() {
    let Some(folder) = std::env::var_os("LUKOU_FULL") else { return };
    let folder = Path::new(&folder);
    let (router_at, postgres) = (free_endpoint(), Postgres::start_with_tables_in(folder).await);
    let _router = City::router(&router_at, &[]);
    let worker = City::worker(&[&router_at], &postgres.database(), "");
    let site = SiteKeys::new("test", "s").unwrap();
    let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
    let messages = |numbers: std::ops::Range<u32>| -> Vec<(SiteKeys, u64, Update)> {
        numbers.map(|n| (site.clone(), u64::from(n), traffic(n))).collect()
    };
    let client = postgres.client().await;
    let count = async || -> i64 { client.query_one("SELECT count(*) FROM message", &[]).await.unwrap().get(0) };
    for round in 0..soak() {
        let first = 1000 * round;
        sites.deliver(&messages(first..first + 10), 1, Encoding::Json).await;
        let filler = folder.join("filler");
        fill(&filler);
        let errors = worker.metric("lukou_city_store_errors_total").await;
        let late = messages(first + 10..first + 1000);
        for (site, seq, update) in &late {
            sites.put(site, *seq, update, Encoding::Json).await;
        }
        let failed = async {
            let mut ticks = interval(Duration::from_millis(20));
            while worker.metric("lukou_city_store_errors_total").await < errors + 2.0 {
                ticks.tick().await;
            }
        };
        timeout(PATIENCE, failed).await.expect("the store fails");
        let told = late.iter().filter(|(site, seq, update)| sites.receipts(site, update, *seq) > 0).count();
        assert!(told < late.len(), "there was no room for all");
        assert!(
            count().await >= i64::from(first) + 10 + i64::try_from(told).unwrap(),
            "no receipt for what is not there"
        );
        std::fs::remove_file(&filler).unwrap();
        sites.deliver(&late, 1, Encoding::Json).await;
        assert_eq!(count().await, i64::from(first) + 1000);
    }
}

#[test]
fn disk_full_under_postgresql_gives_no_receipt_and_loses_nothing() {
    run_on_small_disk("child_store_on_a_full_disk", &state_dir(), 16 + 4 * soak());
}
