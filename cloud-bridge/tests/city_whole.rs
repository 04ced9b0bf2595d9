//! The promise from end to end, with the real parts: a site with its outbox on the disk, a router, a worker and PostgreSQL, each
//! a process of its own, and each killed again and again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use std::time::Duration;

use city::postgres::Postgres;
use city::way::Way;
use cloud_bridge::{Bridge, BridgeConfig, Kind, LinkMode};
use support::child::{self, Child, Habit, Saved, newest_lot};
use support::{link, soak, state_dir, until_confirmed};

#[tokio::test]
#[ignore = "runs in a process of its own"]
async fn child_site() {
    child::run().await;
}

/// Each message that the store has, and what it says; fails when it has one twice.
async fn stored(postgres: &Postgres) -> Saved {
    let said = "CASE kind WHEN 'traffic' THEN payload -> 'lanes' -> 0 ->> 'vehicles' WHEN 'event' THEN payload ->> 'event' \
                ELSE payload ->> 'name' END";
    let rows = format!("SELECT kind, seq, ({said})::bigint FROM message ORDER BY kind, seq");
    let rows = postgres.client().await.query(&rows, &[]).await.unwrap();
    let of = |row: &tokio_postgres::Row| {
        let (kind, seq, number): (&str, i64, i64) = (row.get(0), row.get(1), row.get(2));
        ((Kind::from_name(kind).unwrap(), seq.try_into().unwrap()), number.try_into().unwrap())
    };
    let stored: Saved = rows.iter().map(of).collect();
    assert_eq!(stored.len(), rows.len(), "each message once");
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_of_any_part_leaves_each_promise_in_the_store_exactly_once() {
    let (mut way, dir) = (Way::start().await, state_dir());
    let mut times = fastrand::Rng::with_seed(6);
    let mut pause = async |most_ms: u64| tokio::time::sleep(Duration::from_millis(times.u64(0..most_ms))).await;
    let mut saved = Saved::new();
    for round in 0..9 * soak() {
        let site = Child::start(LinkMode::Client, &way.router_at, &dir, Habit::Steady, round * 100_000);
        pause(1000).await;
        way.break_one(round).await;
        pause(1000).await;
        saved.extend(site.kill().saved);
    }
    let config = BridgeConfig::new("demo", "vtest", dir);
    let link = link(LinkMode::Client, &[], &[&way.router_at]);
    let bridge = Bridge::open(BridgeConfig { link, ..config }).await.unwrap();
    until_confirmed(&bridge).await;
    let stored = stored(&way.postgres).await;
    println!("{} saved, {} stored", saved.len(), stored.len());
    for kind in [Kind::Traffic, Kind::Event] {
        let mut promised = saved.iter().filter(|(name, _)| name.0 == kind).peekable();
        assert!(promised.peek().is_some() && promised.all(|(name, n)| stored.get(name) == Some(n)), "every {kind}");
        let said = stored.iter().filter(|(name, _)| name.0 == kind).map(|(_, n)| n);
        assert!(said.is_sorted(), "the numbers of {kind} are in the order of what was said");
    }
    assert!(newest_lot(&saved).is_some() && newest_lot(&stored) >= newest_lot(&saved), "the newest of the lot");
}
