//! Two routers, and a site that names them both: one may die.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod city;
mod support;

use city::City as Program;
use cloud_bridge::{Bridge, BridgeConfig, LinkMode, Update};
use support::city::{City, Habits};
use support::{free_endpoint, link, state_dir, traffic, until_confirmed, until_connected};

/// Says one thing, kills the router that stands first, says another.
async fn goes_on_by_the_other_router(mode: LinkMode) {
    let (left_at, right_at) = (free_endpoint(), free_endpoint());
    let mut left = Program::router(&left_at, &[]);
    let _right = Program::router(&right_at, &[&left_at]);
    let city = City::open(link(LinkMode::Client, &[], &[&right_at]), Habits::default()).await;
    let config = BridgeConfig::new("demo", "vtest", state_dir());
    let link = link(mode, &[], &[&left_at, &right_at]);
    let bridge = Bridge::open(BridgeConfig { link, ..config }).await.unwrap();
    until_connected(&bridge, true).await;
    for (said, router) in [(traffic(1), Some(&mut left)), (traffic(2), None)] {
        bridge.publish(said).unwrap();
        bridge.saved().await;
        until_confirmed(&bridge).await;
        if let Some(router) = router {
            router.kill();
        }
    }
    let stored: Vec<Update> = city.book.lock().unwrap().stored.values().cloned().collect();
    assert_eq!(stored, [traffic(1), traffic(2)]);
    bridge.close().await;
    city.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_goes_to_the_other_router() {
    goes_on_by_the_other_router(LinkMode::Client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_goes_on_with_the_other_router() {
    goes_on_by_the_other_router(LinkMode::Peer).await;
}
