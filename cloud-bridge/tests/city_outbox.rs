//! Nothing that is promised may be lost: not by a cut, a careless city, what comes twice or in the wrong order, or a clock that
//! steps. The long form of each is behind `make soak`, which sets `LUKOU_SOAK` to how many times as much is to be done.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cloud_bridge::{
    Bridge, BridgeConfig, BridgeError, BridgeStats, DropReason, Encoding, Kind, LimitsConfig, LinkMode, Receipt, State,
    Update, checksum, decode,
};
use support::city::{Book, City, Habits, apart, zenoh_config};
use support::{PATIENCE, free_endpoint, link, parking, site_config, soak, traffic, until_confirmed, until_connected};
use zenoh::Wait;

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
async fn partition_of_two_days_ends_with_all_windows_whole_in_order_and_once() {
    let router_at = free_endpoint();
    let days = 2 * 8640 * soak();
    // A site that is to bear so long a cut has room for it: a window is some 350 bytes here.
    let room = LimitsConfig { max_bytes: Some(512 * u64::from(days)), ..LimitsConfig::default() };
    let outbox = BTreeMap::from([(Kind::Traffic, room)]);
    let config = BridgeConfig { link: link(LinkMode::Client, &[], &[&router_at]), outbox, ..site_config(&router_at) };
    let bridge = Bridge::open(config.clone()).await.unwrap();
    publish(&bridge, 0..days / 2).await;
    bridge.close().await;
    let bridge = Bridge::open(config).await.unwrap();
    publish(&bridge, days / 2..days).await;
    for lot in ["p1", "p2", "p1", "p1"] {
        bridge.publish(parking(lot)).unwrap();
    }
    bridge.saved().await;
    let stats = bridge.stats();
    assert_eq!(stats.outbox[&Kind::Traffic].messages, u64::from(days));
    assert_eq!(stats.outbox[&Kind::Parking].messages, 2, "of each lot the newest");
    assert_eq!(stats.dropped, BTreeMap::from([((Kind::Parking, DropReason::Superseded), 2)]));

    let city = City::open(link(LinkMode::Router, &[&router_at], &[]), Habits::default()).await;
    until_confirmed(&bridge).await;
    city.until_stored(days as usize + 2).await;
    let book = city.book.lock().unwrap();
    came_in_order(&book, &bridge);
    let vehicles: Vec<u32> = book.stored.values().filter_map(vehicles).collect();
    assert!(vehicles.into_iter().eq(0..days), "each window as it was, in the order of the numbers");
    assert_eq!(bridge.stats().stored[&Kind::Traffic], u64::from(days));
}

/// First copies came in the order of their numbers, but for those that were lost on the way and went again.
fn came_in_order(book: &Book, bridge: &Bridge) {
    let windows: Vec<u64> = book.order.iter().filter(|(kind, _)| *kind == Kind::Traffic).map(|(_, seq)| *seq).collect();
    let steps_back = windows.windows(2).filter(|two| two[0] > two[1]).count();
    let resent = bridge.stats().resent.get(&Kind::Traffic).copied().unwrap_or_default();
    assert!(steps_back as u64 <= resent, "{steps_back} steps back, and {resent} went again");
}

fn vehicles(update: &Update) -> Option<u32> {
    match &update.state {
        State::Traffic(traffic) => Some(traffic.lanes[0].vehicles),
        _ => None,
    }
}

#[tokio::test]
async fn duplicate_messages_and_receipts_do_no_harm_nor_do_lost_ones() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let habits = Habits { forget_every: Some(3), silent_every: Some(5), ..Habits::default() };
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
async fn reorder_of_receipts_leaves_nothing_out() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let habits = Habits { turns_round: true, ..Habits::default() };
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), habits).await;
    publish(&bridge, 0..90 * soak()).await;
    until_confirmed(&bridge).await;
    let book = city.book.lock().unwrap();
    assert!(book.stored.values().filter_map(vehicles).eq(0..90 * soak()));
    came_in_order(&book, &bridge);
    assert_eq!((book.contradictions, bridge.stats().stored[&Kind::Traffic]), (0, u64::from(90 * soak())));
}

#[tokio::test]
async fn partition_again_and_again_ends_with_all_windows() {
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

#[tokio::test(flavor = "multi_thread")]
async fn partition_from_a_router_and_then_a_city_ends_as_soon_as_that_listens() {
    let router_at = free_endpoint();
    let config = BridgeConfig { link: link(LinkMode::Client, &[], &[&router_at]), ..site_config(&router_at) };
    let bridge = Bridge::open(config).await.unwrap();
    publish(&bridge, 0..1).await;
    // Nobody confirms it. By its own pace it would go again after 5, 10, 20, 20 s and so on, more than two minutes in all.
    let rounds = async {
        for _ in 0..8 {
            let router = zenoh_config(&link(LinkMode::Router, &[&router_at], &[]));
            let router = apart(move || zenoh::open(router).wait().unwrap()).await;
            until_connected(&bridge, true).await;
            let listener = router.declare_subscriber("lukou/demo/vtest/traffic").await.unwrap();
            listener.recv_async().await.unwrap();
            apart(move || router.close().wait().unwrap()).await;
            until_connected(&bridge, false).await;
        }
    };
    tokio::time::timeout(PATIENCE, rounds).await.expect("each listener gets it at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_receipt_that_came_garbled_takes_nothing_out() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let connect = zenoh_config(&link(LinkMode::Peer, &[], &[&endpoint]));
    let session = apart(move || zenoh::open(connect).wait().unwrap()).await;
    let listener = session.declare_subscriber("lukou/demo/vtest/traffic").await.unwrap();
    let key = Receipt::key(bridge.keys(), Kind::Traffic);
    let say = async |payload: &[u8], attached: Option<String>| {
        session.put(&key, payload.to_vec()).attachment(attached).await.unwrap();
    };
    let sent = async |n: u32| {
        let seq = bridge.publish(traffic(n)).unwrap();
        while decode(&listener.recv_async().await.unwrap().payload().to_bytes(), Encoding::Json).unwrap().seq != seq {}
        Receipt::new(Kind::Traffic, vec![seq]).to_bytes().unwrap()
    };
    let until = async |what: &str, is_so: fn(&BridgeStats) -> bool| {
        let look = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(5));
            while !is_so(&bridge.stats()) {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.unwrap_or_else(|_| panic!("{what}: {:?}", bridge.stats()));
    };
    let receipt = sent(1).await;
    say(&receipt, Some(checksum(b"another one"))).await;
    until("garbled", |stats| stats.refused_receipts.get("garbled") == Some(&1)).await;
    say(b"{", Some(checksum(b"{"))).await;
    until("malformed", |stats| stats.refused_receipts.get("malformed") == Some(&1)).await;
    assert_eq!(bridge.stats().outbox[&Kind::Traffic].messages, 1, "it waits on");
    say(&receipt, Some(checksum(&receipt))).await;
    until("stored", |stats| stats.stored.get(&Kind::Traffic) == Some(&1)).await;
    // A city that is older than the rule says no checksum.
    let receipt = sent(2).await;
    say(&receipt, None).await;
    until("stored too", |stats| stats.stored.get(&Kind::Traffic) == Some(&2)).await;
    bridge.close().await;
    apart(move || session.close().wait().unwrap()).await;
}

#[tokio::test]
async fn the_last_hours_are_told_to_whoever_asks() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let [first, _] = ["p1", "p2"].map(|lot| bridge.publish(parking(lot)).unwrap());
    publish(&bridge, 0..20).await;
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), Habits::default()).await;
    until_confirmed(&bridge).await;
    let ask = async |selector: &str| city.ask(&format!("lukou/demo/vtest/history/{selector}")).await;
    let all = ask("traffic/*").await;
    let said: Vec<u32> = all.iter().filter_map(|(_, update)| vehicles(update.as_ref().unwrap())).collect();
    assert!(said.into_iter().eq(0..20), "what was confirmed, the oldest first");
    let numbers = async |selector: &str| ask(selector).await.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    // The numbers of each kind begin with the same.
    let of = |kind: &str, n: u64| format!("lukou/demo/vtest/history/{kind}/{}", first + n);
    assert_eq!(all[19].0, of("traffic", 19));
    let after = format!("traffic/*?after={};limit=2", first + 15);
    assert_eq!(numbers(&after).await, [16, 17].map(|n| of("traffic", n)));
    assert_eq!(numbers("*/*?id=p2").await, [of("parking", 1)]);
    assert_eq!(numbers("traffic/*?hours=1").await, [""; 0], "these are about long ago");
    assert_eq!(ask("traffic/*?after=x").await, [("after=x: not a whole number".to_owned(), None)]);
}

#[tokio::test]
async fn clock_step_in_what_is_said_gives_nothing_up() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let mut clock = fastrand::Rng::with_seed(3);
    let count = 40 * soak();
    for n in 0..count {
        // From the year 1843 to 2096.
        let at_us = clock.i64(-4_000_000_000_000_000..4_000_000_000_000_000);
        bridge.publish(Update { from_us: at_us, to_us: at_us, ..traffic(n) }).unwrap();
    }
    bridge.saved().await;
    assert_eq!(bridge.stats().outbox[&Kind::Traffic].messages, u64::from(count));
    let city = City::open(link(LinkMode::Peer, &[], &[&endpoint]), Habits::default()).await;
    until_confirmed(&bridge).await;
    assert!(city.book.lock().unwrap().stored.values().filter_map(vehicles).eq(0..count));
    assert_eq!(bridge.stats().dropped, BTreeMap::new());
}

#[tokio::test]
async fn a_site_whose_disk_is_new_or_set_back_says_no_number_again() {
    let endpoint = free_endpoint();
    let city = City::open(link(LinkMode::Peer, &[&endpoint], &[]), Habits::default()).await;
    let config = BridgeConfig { link: link(LinkMode::Peer, &[], &[&endpoint]), ..site_config(&endpoint) };
    for n in 0..5 {
        let _ = std::fs::remove_dir_all(&config.state_dir);
        let bridge = Bridge::open(config.clone()).await.unwrap();
        publish(&bridge, n..n + 1).await;
        until_confirmed(&bridge).await;
        bridge.close().await;
    }
    let book = city.book.lock().unwrap();
    assert_eq!((book.stored.len(), book.contradictions), (5, 0), "the city takes none for a copy of another");
}

#[tokio::test]
async fn a_count_of_starts_that_is_lost_goes_on_behind_what_waits() {
    let nobody = free_endpoint();
    let config = BridgeConfig { link: link(LinkMode::Client, &[], &[&nobody]), ..site_config(&nobody) };
    let mut numbers = Vec::new();
    for n in 0..4 {
        let bridge = Bridge::open(config.clone()).await.unwrap();
        numbers.push(bridge.publish(traffic(n)).unwrap());
        bridge.close().await;
        std::fs::write(config.state_dir.join("city-starts.demo.vtest"), "0").unwrap();
    }
    assert!(numbers.windows(2).all(|two| two[0] < two[1]), "{numbers:?}");
    let bridge = Bridge::open(config).await.unwrap();
    bridge.saved().await;
    bridge.close().await;
    assert_eq!(bridge.stats().outbox[&Kind::Traffic].messages, 4, "each was written and none took another's place");
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
