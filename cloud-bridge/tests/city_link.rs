//! Sites and watches over real Zenoh sessions on this machine. The tests run on a single-threaded runtime, on which Zenoh
//! itself would panic: the link must not hand that on.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use cloud_bridge::{
    Bridge, BridgeConfig, BridgeError, DropReason, Encoding, Kind, LinkConfig, LinkMode, PublishError, TlsConfig,
    Watch, WatchConfig, WatchEvent,
};
use support::router::router;
use support::{
    Authority, free_endpoint, free_endpoint_of, health, link, next, next_state, next_states, next_that, one_of_each,
    parking, signal, site_config, traffic, until_connected, until_state, watch, watch_by,
};
use zenoh::Wait;

fn alive(event: WatchEvent) -> Option<()> {
    matches!(event, WatchEvent::Alive(_)).then_some(())
}

fn gone(event: WatchEvent) -> Option<()> {
    matches!(event, WatchEvent::Gone(_)).then_some(())
}

#[tokio::test]
async fn every_kind_arrives_as_it_was_sent_in_both_encodings() {
    for encoding in [Encoding::Json, Encoding::Cbor] {
        let endpoint = free_endpoint();
        let bridge = Bridge::open(BridgeConfig { encoding, ..site_config(&endpoint) }).await.unwrap();
        let mut watch = watch(&endpoint).await;
        assert_eq!(next(&mut watch).await, WatchEvent::Alive(bridge.keys().clone()));
        let mut before = None;
        for _ in 0..2 {
            let numbers: Vec<u64> = one_of_each().into_iter().map(|update| bridge.publish(update).unwrap()).collect();
            let first = *before.get_or_insert(numbers[0]);
            // The two lots share one sequence.
            let round = numbers[0] - first;
            assert_eq!(numbers, [0, round, round + 1, 0, 0].map(|n| first + round + n));
            let states = next_states(&mut watch, 5).await;
            for (number, update) in numbers.into_iter().zip(one_of_each()) {
                let key = bridge.keys().state(&update.state).unwrap().to_string();
                assert_eq!(states[&key], (number, update));
            }
        }
        bridge.close().await;
        next_that(&mut watch, gone).await;
        let stats = bridge.stats();
        assert_eq!(stats.published[&Kind::Parking], 4);
        assert_eq!((stats.dropped.len(), stats.waiting, stats.last_error), (0, 0, None));
        assert_eq!(watch.lost(), 0);
    }
}

#[tokio::test]
async fn who_comes_late_gets_the_last_state_of_each_key_once() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let mut first = watch(&endpoint).await;
    for n in 1..=3 {
        bridge.publish(traffic(n)).unwrap();
        assert_eq!(next_state(&mut first).await.2, traffic(n));
    }
    bridge.publish(parking("p1")).unwrap();
    next_state(&mut first).await;

    let mut late = watch(&endpoint).await;
    let mut wanted = vec![traffic(3), parking("p1")];
    // What nobody has confirmed may go again meanwhile, older states too.
    while !wanted.is_empty() {
        let came = next_state(&mut late).await.2;
        wanted.retain(|state| *state != came);
    }
    bridge.publish(health()).unwrap();
    assert_eq!(next_state(&mut late).await.2, health(), "nothing came twice");
    assert_eq!(next_state(&mut first).await.2, health());
}

#[tokio::test]
async fn states_of_before_anybody_came_are_given_when_somebody_does() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    bridge.publish(signal()).unwrap();
    let mut watch = watch(&endpoint).await;
    assert_eq!(next_state(&mut watch).await.2, signal());
}

#[tokio::test]
async fn a_watch_that_goes_and_comes_back_is_served_again() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    for n in 1..=3 {
        let mut watch = watch(&endpoint).await;
        next_that(&mut watch, alive).await;
        bridge.publish(traffic(n)).unwrap();
        until_state(&mut watch, &traffic(n)).await;
        watch.close().await;
        until_connected(&bridge, false).await;
    }
    bridge.publish(health()).unwrap();
    bridge.close().await;
    assert_eq!(bridge.stats().dropped[&(Kind::Health, DropReason::NotConnected)], 1);
}

#[tokio::test]
async fn a_site_that_goes_and_comes_back_goes_on_with_greater_numbers() {
    let endpoint = free_endpoint();
    let config = site_config(&endpoint);
    let mut watch = watch(&endpoint).await;
    let mut last_seq = None;
    for n in 1..=3 {
        let bridge = Bridge::open(config.clone()).await.unwrap();
        next_that(&mut watch, alive).await;
        bridge.publish(traffic(n)).unwrap();
        // What no city has confirmed comes again.
        let seq = loop {
            let (_, seq, update) = next_state(&mut watch).await;
            if update == traffic(n) {
                break seq;
            }
        };
        assert!(last_seq < Some(seq), "{last_seq:?}, then {seq}");
        last_seq = Some(seq);
        bridge.close().await;
        next_that(&mut watch, gone).await;
    }
}

#[tokio::test]
async fn a_site_that_connects_to_the_city_finds_it_again() {
    let city = free_endpoint();
    let link_out = link(LinkMode::Peer, &[], &[&city]);
    let bridge = Bridge::open(BridgeConfig { link: link_out, ..site_config(&city) }).await.unwrap();
    for n in 1..=2 {
        bridge.publish(traffic(n)).unwrap();
        let mut watch = watch_by(link(LinkMode::Peer, &[&city], &[])).await;
        until_state(&mut watch, &traffic(n)).await; // sent before the city was there
        bridge.publish(signal()).unwrap();
        next_that(&mut watch, |event| match event {
            WatchEvent::State { key, .. } => (key.kind == Kind::Signal).then_some(()),
            _ => None,
        })
        .await;
        watch.close().await;
        until_connected(&bridge, false).await;
    }
}

#[tokio::test]
async fn states_pass_a_router_that_comes_late_and_comes_back() {
    let router_at = free_endpoint();
    let client = link(LinkMode::Client, &[], &[&router_at]);
    let bridge = Bridge::open(BridgeConfig { link: client.clone(), ..site_config(&router_at) }).await.unwrap();
    for n in 1..=3 {
        bridge.publish(traffic(n)).unwrap();
    }
    bridge.saved().await;
    let stats = bridge.stats();
    assert_eq!((stats.outbox[&Kind::Traffic].messages, stats.connected()), (3, false));
    assert_eq!(stats.dropped, BTreeMap::new());

    let router = || watch_by(link(LinkMode::Router, &[&router_at], &[]));
    let mut running = router().await;
    let mut by_client = watch_by(client).await;
    let mut by_peer = watch(&router_at).await;
    for watch in [&mut running, &mut by_client, &mut by_peer] {
        until_state(watch, &traffic(3)).await;
    }
    running.close().await;
    for watch in [&mut by_client, &mut by_peer] {
        next_that(watch, gone).await;
    }
    until_connected(&bridge, false).await;
    bridge.publish(traffic(4)).unwrap();

    let mut running = router().await;
    for watch in [&mut running, &mut by_client, &mut by_peer] {
        until_state(watch, &traffic(4)).await;
    }
}

#[tokio::test]
async fn closing_counts_what_could_not_be_sent() {
    let nobody = free_endpoint();
    let config = BridgeConfig { link: link(LinkMode::Client, &[], &[&nobody]), ..site_config(&nobody) };
    let bridge = Bridge::open(config).await.unwrap();
    bridge.publish(traffic(1)).unwrap();
    bridge.publish(parking("p1")).unwrap();
    bridge.publish(parking("p2")).unwrap();
    bridge.publish(signal()).unwrap();
    bridge.close().await;
    assert!(matches!(bridge.publish(health()), Err(PublishError::Closed)));
    let stats = bridge.stats();
    assert_eq!(stats.waiting, 0);
    let closed = BTreeMap::from([((Kind::Signal, DropReason::Closed), 1), ((Kind::Health, DropReason::Closed), 1)]);
    assert_eq!(stats.dropped, closed);
    let kept = [Kind::Traffic, Kind::Parking].map(|kind| stats.outbox[&kind].messages);
    assert_eq!(kept, [1, 2], "what is promised waits for the next start");
}

#[tokio::test]
async fn a_state_that_cannot_be_is_refused_and_counted() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    let mut backwards = traffic(1);
    backwards.to_us = 0;
    let error = bridge.publish(backwards).unwrap_err();
    assert_eq!(error.to_string(), "to_us: 0 is before from_us, 1772368490000000");
    let error = bridge.publish(parking("north/*")).unwrap_err();
    assert_eq!(error.to_string(), r#"lot "north/*": contains '/'"#);
    let stats = bridge.stats();
    assert_eq!(stats.dropped[&(Kind::Traffic, DropReason::Invalid)], 1);
    assert_eq!(stats.dropped[&(Kind::Parking, DropReason::Invalid)], 1);
    let [traffic, parking] = [traffic(1), parking("north")].map(|update| bridge.publish(update).unwrap());
    assert_eq!(traffic, parking, "each the first of its kind: what is refused takes no number");
}

#[tokio::test]
async fn a_lot_too_many_is_refused() {
    let nobody = free_endpoint();
    let config = BridgeConfig { link: link(LinkMode::Client, &[], &[&nobody]), ..site_config(&nobody) };
    let bridge = Bridge::open(config).await.unwrap();
    for n in 0..1024 {
        bridge.publish(parking(&n.to_string())).unwrap();
    }
    assert!(matches!(bridge.publish(parking("one-more")), Err(PublishError::TooManyKeys)));
    bridge.publish(parking("7")).unwrap();
}

#[tokio::test]
async fn what_is_not_a_state_is_told_and_harms_nothing() {
    let endpoint = free_endpoint();
    let mut watch = watch_by(link(LinkMode::Peer, &[&endpoint], &[])).await;
    let connect = link(LinkMode::Peer, &[], &[&endpoint]);
    let bridge = Bridge::open(BridgeConfig { link: connect, ..site_config(&endpoint) }).await.unwrap();
    next_that(&mut watch, alive).await;

    let rogue_endpoint = endpoint.clone();
    let rogue = std::thread::spawn(move || {
        let mut config = zenoh::Config::default();
        config.insert_json5("mode", r#""client""#).unwrap();
        config.insert_json5("connect/endpoints", &format!("[{rogue_endpoint:?}]")).unwrap();
        config.insert_json5("scouting/multicast/enabled", "false").unwrap();
        let session = zenoh::open(config).wait().unwrap();
        let put = |key: &str, payload: &[u8], encoding: &str| {
            session.put(key, payload.to_vec()).encoding(encoding).wait().unwrap();
        };
        put("lukou/demo/vtest/traffic", b"{", "application/json");
        put("lukou/demo/vtest/traffic", b"{}", "text/plain");
        let foreign =
            br#"{"schema":"lukou.signal/1","site":"other","seq":1,"from_us":0,"to_us":0,"source":"x","groups":[]}"#;
        put("lukou/demo/vtest/signal", foreign, "application/json");
        let misplaced =
            br#"{"schema":"lukou.signal/1","site":"vtest","seq":1,"from_us":0,"to_us":0,"source":"x","groups":[]}"#;
        put("lukou/demo/vtest/health", misplaced, "application/json");
        put("lukou/demo/vtest/track/9", b"\xff", "zenoh/bytes");
        session.close().wait().unwrap();
    });
    let mut problems = Vec::new();
    while problems.len() < 4 {
        if let WatchEvent::Unreadable { problem, .. } = next(&mut watch).await {
            problems.push(problem);
        }
    }
    rogue.join().unwrap();
    assert!(problems[0].starts_with("not a state message in Json: EOF"), "{problems:?}");
    assert_eq!(problems[1], "encoding text/plain");
    assert_eq!(problems[2], r#"the message is of site "other""#);
    assert_eq!(problems[3], "the message is of kind signal");
    bridge.publish(traffic(1)).unwrap();
    assert_eq!(next_state(&mut watch).await.2, traffic(1));
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_by_name() {
    let good = free_endpoint();
    type Change<'a> = &'a dyn Fn(&mut BridgeConfig);
    let refused = async |change: Change<'_>| {
        let mut config = site_config(&good);
        change(&mut config);
        Bridge::open(config).await.unwrap_err().to_string()
    };
    let cases: [(Change<'_>, &str); 10] = [
        (&|c| c.city = "a/b".into(), r#"city "a/b": contains '/'"#),
        (&|c| c.site.clear(), r#"site "": is empty"#),
        (&|c| c.link.listen = vec!["127.0.0.1:7447".into()], "link.listen[0]: \"127.0.0.1:7447\": expected"),
        (&|c| c.link.connect = vec![String::new()], "link.connect[0]: \"\": expected"),
        (&|c| c.link.connect = vec!["carrier-pigeon/x:1".into()], "transport \"carrier-pigeon\" is none of"),
        (&|c| c.link.listen = vec!["tcp/127.0.0.1".into()], "link.listen[0]: \"tcp/127.0.0.1\": expected"),
        (&|c| c.link.listen = vec!["tls/127.0.0.1:1".into()], "tls needs certificates: set link.tls"),
        (&|c| c.link.listen.clear(), "nobody could ever be reached"),
        (&|c| c.link.mode = LinkMode::Client, "client mode needs a router"),
        (&|c| c.state_dir = "/dev/null/x".into(), "/dev/null/x"),
    ];
    for (change, expected) in cases {
        let error = refused(change).await;
        assert!(error.contains(expected), "{error:?} should contain {expected:?}");
    }
    let taken = Bridge::open(site_config(&good)).await.unwrap();
    let error = Bridge::open(site_config(&good)).await.unwrap_err();
    assert!(matches!(&error, BridgeError::Session { .. }) && error.to_string().contains(&good), "{error}");
    drop(taken);
    for sites in ["demo", "a/b/c", "de*/x", "/x", "**/x"] {
        let config = WatchConfig { sites: sites.into(), link: link(LinkMode::Peer, &[], &[&good]) };
        assert!(Watch::open(config).await.unwrap_err().to_string().contains(sites));
    }
}

// Zenoh panics when a session is dropped on a single-threaded runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_certificate_that_is_renewed_while_the_site_runs_is_the_one_it_shows_next() {
    let (endpoint, authority) = (free_endpoint_of("tls"), Authority::new());
    let router = router(&endpoint, &authority).await;
    let life = Duration::from_secs(8);
    let tls = authority.issue_for("vtest.demo", life);
    let link = LinkConfig { tls: Some(tls.clone()), ..link(LinkMode::Client, &[], &[&endpoint]) };
    let bridge = Bridge::open(BridgeConfig { link, ..site_config(&endpoint) }).await.unwrap();
    // A slow machine may need more than one.
    while tokio::time::timeout(life, until_connected(&bridge, true)).await.is_err() {
        authority.issue_for("vtest.demo", life);
    }
    // Over, and nobody lets it in with that any more.
    until_connected(&bridge, false).await;
    assert_eq!(authority.issue("vtest.demo"), tls, "in the same files");
    until_connected(&bridge, true).await;
    bridge.close().await;
    router.close().await;
}

#[tokio::test]
async fn mutual_tls_lets_in_only_who_has_a_certificate() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let endpoint = free_endpoint_of("tls");
    let mut config = site_config(&endpoint);
    config.link.tls = Some(ours.issue("site"));
    let bridge = Bridge::open(config.clone()).await.unwrap();
    bridge.publish(traffic(1)).unwrap();
    let connect = |tls| LinkConfig { tls: Some(tls), ..link(LinkMode::Peer, &[], &[&endpoint]) };

    let stranger = watch_by(connect(theirs.issue("stranger"))).await;
    // Believes in our authority, but has only another's certificate to show.
    let impostor_tls = TlsConfig { root_ca_file: ours.dir.join("ca.pem"), ..theirs.issue("impostor") };
    let impostor = watch_by(connect(impostor_tls)).await;
    let mut city = watch_by(connect(ours.issue("city"))).await;
    assert_eq!(next_state(&mut city).await.2, traffic(1));
    assert_eq!([&stranger, &impostor, &city].map(Watch::connected_peers), [0, 0, 1]);
    assert_eq!(bridge.stats().connected_peers, 1);

    config.link.tls = Some(TlsConfig { private_key_file: Some("/nowhere/key".into()), ..ours.issue("site") });
    let error = Bridge::open(config).await.unwrap_err().to_string();
    assert!(error.starts_with("link.tls.private_key_file: /nowhere/key: "), "{error}");
}
