//! Nothing that is promised may be lost: not by a cut, a kill, a full disk, a careless city or a clock that steps. The long
//! form of each is behind `make soak`, which sets `LUKOU_SOAK` to how many times as much is to be done.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use cloud_bridge::{Bridge, BridgeConfig, BridgeError, DropReason, Kind, LimitsConfig, LinkMode, State};
use support::city::{City, Habits};
use support::{free_endpoint, link, parking, site_config, soak, traffic, until_confirmed};

async fn publish(bridge: &Bridge, numbers: impl Iterator<Item = u32>) {
    for n in numbers {
        bridge.publish(traffic(n)).unwrap();
        if n % 1000 == 0 {
            bridge.saved().await;
        }
    }
    bridge.saved().await;
}

#[tokio::test]
async fn a_day_of_windows_queued_while_cut_arrives_whole_in_order_and_once() {
    let router_at = free_endpoint();
    let day = 2 * 8640 * soak();
    // A site that is to bear so long a cut has room for it: a window is some 350 bytes here.
    let room = LimitsConfig { max_bytes: Some(512 * u64::from(day)), ..LimitsConfig::default() };
    let outbox = BTreeMap::from([(Kind::Traffic, room)]);
    let config = BridgeConfig { link: link(LinkMode::Client, &[], &[&router_at]), outbox, ..site_config(&router_at) };
    let bridge = Bridge::open(config.clone()).await.unwrap();
    publish(&bridge, 0..day / 2).await;
    bridge.close().await;
    let bridge = Bridge::open(config).await.unwrap();
    publish(&bridge, day / 2..day).await;
    for lot in ["p1", "p2", "p1", "p1"] {
        bridge.publish(parking(lot)).unwrap();
    }
    bridge.saved().await;
    let stats = bridge.stats();
    assert_eq!(stats.outbox[&Kind::Traffic].messages, u64::from(day));
    assert_eq!(stats.outbox[&Kind::Parking].messages, 2, "of each lot the newest");
    assert_eq!(stats.dropped, BTreeMap::from([((Kind::Parking, DropReason::Superseded), 2)]));

    let city = City::open(link(LinkMode::Router, &[&router_at], &[]), Habits::default()).await;
    until_confirmed(&bridge).await;
    city.until_stored(day as usize + 2).await;
    let book = city.book.lock().unwrap();
    let windows: Vec<u64> = book.order.iter().filter(|(kind, _)| *kind == Kind::Traffic).map(|(_, seq)| *seq).collect();
    assert!(windows.is_sorted());
    let vehicles: Vec<u32> = book.stored.values().filter_map(vehicles).collect();
    assert!(vehicles.into_iter().eq(0..day), "each window as it was, in the order of the numbers");
    assert_eq!(bridge.stats().stored[&Kind::Traffic], u64::from(day));
}

fn vehicles(update: &cloud_bridge::Update) -> Option<u32> {
    match &update.state {
        State::Traffic(traffic) => Some(traffic.lanes[0].vehicles),
        _ => None,
    }
}

#[tokio::test]
async fn a_city_that_forgets_and_is_silent_and_repeats_itself_has_all_in_the_end() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let habits = Habits { forget_every: Some(3), silent_every: Some(5) };
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), habits).await;
    publish(&bridge, 0..90 * soak()).await;
    until_confirmed(&bridge).await;
    let book = city.book.lock().unwrap();
    assert!(book.stored.values().filter_map(vehicles).eq(0..90 * soak()));
    assert_eq!(book.contradictions, 0);
    assert!(book.copies > 0, "what it was silent about came again");
    assert!(bridge.stats().resent[&Kind::Traffic] > 0);
}

#[tokio::test]
async fn a_city_that_comes_and_goes_gets_the_rest_each_time() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let mut all = BTreeSet::new();
    for round in 0..3 * soak() {
        publish(&bridge, round * 100..round * 100 + 50).await;
        let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), Habits::default()).await;
        publish(&bridge, round * 100 + 50..round * 100 + 100).await;
        // Closed in the middle of it.
        city.until_stored(20).await;
        let book = city.book.clone();
        city.close().await;
        all.extend(book.lock().unwrap().stored.values().filter_map(vehicles));
    }
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), Habits::default()).await;
    until_confirmed(&bridge).await;
    all.extend(city.book.lock().unwrap().stored.values().filter_map(vehicles));
    assert!(all.into_iter().eq(0..300 * soak()));
}

#[tokio::test]
async fn the_last_hours_are_told_to_whoever_asks() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    publish(&bridge, 0..20).await;
    for lot in ["p1", "p2"] {
        bridge.publish(parking(lot)).unwrap();
    }
    bridge.saved().await;
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), Habits::default()).await;
    until_confirmed(&bridge).await;
    let ask = async |selector: &str| city.ask(&format!("lukou/demo/vtest/history/{selector}")).await;
    let all = ask("traffic/*").await;
    let said: Vec<u32> = all.iter().filter_map(|(_, update)| vehicles(update.as_ref().unwrap())).collect();
    assert!(said.into_iter().eq(0..20), "what was confirmed, the oldest first");
    let numbers = async |selector: &str| ask(selector).await.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(all[19].0, "lukou/demo/vtest/history/traffic/19");
    assert_eq!(
        numbers("traffic/*?after=15;limit=2").await,
        [16, 17].map(|n| format!("lukou/demo/vtest/history/traffic/{n}"))
    );
    assert_eq!(numbers("*/*?id=p2").await, ["lukou/demo/vtest/history/parking/1"]);
    assert_eq!(numbers("traffic/*?hours=1").await, [""; 0], "these are about long ago");
    assert_eq!(ask("traffic/*?after=x").await, [("after=x: not a whole number".to_owned(), None)]);
}

#[tokio::test]
async fn a_clock_that_steps_gives_nothing_up() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    for (n, at_us) in [4_000_000_000_000_000, 0, 1_772_368_500_000_000, -1].into_iter().enumerate() {
        let mut update = traffic(u32::try_from(n).unwrap());
        (update.from_us, update.to_us) = (at_us, at_us);
        bridge.publish(update).unwrap();
    }
    bridge.saved().await;
    assert_eq!(bridge.stats().outbox[&Kind::Traffic].messages, 4);
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), Habits::default()).await;
    until_confirmed(&bridge).await;
    assert!(city.book.lock().unwrap().stored.values().filter_map(vehicles).eq(0..4));
    assert_eq!(bridge.stats().dropped, BTreeMap::new());
}

#[tokio::test]
async fn one_site_has_one_owner() {
    let config = site_config(&free_endpoint());
    let bridge = Bridge::open(config.clone()).await.unwrap();
    let error = Bridge::open(config.clone()).await.unwrap_err();
    assert!(
        matches!(error, BridgeError::Outbox(_)) && error.to_string().contains("in use by another process"),
        "{error}"
    );
    bridge.close().await;
    Bridge::open(config).await.unwrap();
}
