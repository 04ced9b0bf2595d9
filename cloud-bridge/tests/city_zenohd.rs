//! Zenoh's own router, twice, with the settings in `deploy/zenoh/`: site, router, router, worker, PostgreSQL, and the
//! receipt back. Who may say and hear what is tried by `city_access.rs`, against one `zenohd` too where there is one.
//!
//! `zenohd` takes ten minutes to build, so this runs only where somebody asks for it; `deploy/zenoh/README.md` says how.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use std::time::Duration;

use city::postgres::Postgres;
use city::{City, PATIENCE};
use cloud_bridge::{Bridge, BridgeConfig, Encoding, LinkConfig, LinkMode, StateMessage, encode};
use support::city::{apart, zenoh_config};
use support::router::Zenohd;
use support::{Authority, free_endpoint_of, link, state_dir, traffic, until_confirmed};
use zenoh::{Session, Wait};

/// A session that says it is the site `south`, and speaks for `vtest` too.
async fn rogue(link: LinkConfig) -> Session {
    apart(move || {
        let session = zenoh::open(zenoh_config(&link)).wait().unwrap();
        std::mem::forget(session.liveliness().declare_token("lukou/demo/south/alive").wait().unwrap());
        session
    })
    .await
}

#[ignore = "needs zenohd, see deploy/zenoh/README.md"]
#[tokio::test(flavor = "multi_thread")]
async fn two_zenohd_pass_on_what_a_site_may_say_and_nothing_else() {
    let (authority, postgres) = (Authority::new(), Postgres::start().await);
    let (left, right) = (free_endpoint_of("tls"), free_endpoint_of("tls"));
    let _left = Zenohd::start(&left, &[], &authority).await;
    let _right = Zenohd::start(&right, &[&left], &authority).await;
    let city = authority.issue("city.demo");
    let [certificate, key] = [&city.certificate_file, &city.private_key_file].map(|file| file.as_ref().unwrap());
    let tls = format!(
        "[link.tls]\nroot_ca_file = {:?}\ncertificate_file = {certificate:?}\nprivate_key_file = {key:?}\n",
        city.root_ca_file
    );
    let _worker = City::worker(&[&right], &postgres.database(), &tls);
    let client = |name: &str| LinkConfig { tls: Some(authority.issue(name)), ..link(LinkMode::Client, &[], &[&left]) };
    let config = BridgeConfig::new("demo", "vtest", state_dir());
    let bridge = Bridge::open(BridgeConfig { link: client("vtest.demo"), ..config }).await.unwrap();
    bridge.publish(traffic(1)).unwrap();
    bridge.saved().await;
    until_confirmed(&bridge).await;

    let session = rogue(client("south.demo")).await;
    let database = postgres.client().await;
    let stored = async |site: &str| -> i64 {
        let count = "SELECT count(*) FROM message JOIN site USING (site_id) WHERE site = $1";
        database.query_one(count, &[&site]).await.unwrap().get(0)
    };
    let both = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        while stored("south").await == 0 {
            for site in ["vtest", "south"] {
                let message = StateMessage { site: site.to_owned(), seq: 1 << 40, update: traffic(99) };
                let put = session.put(format!("lukou/demo/{site}/traffic"), encode(&message, Encoding::Json).unwrap());
                put.encoding("application/json").await.unwrap();
            }
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, both).await.expect("what it says of itself is stored");
    assert_eq!(stored("vtest").await, 1, "what it says of another is not");
    session.close().await.unwrap();
    bridge.close().await;
}
