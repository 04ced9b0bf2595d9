//! The router's settings in `deploy/zenoh/`, as they are: who may say and hear what. With `ZENOHD`, of Zenoh's own program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloud_bridge::{
    Bridge, BridgeConfig, Encoding, FetchError, FileSum, Kind, LinkConfig, LinkMode, Receipt, StateMessage, encode,
};
use support::city::{City, Habits, apart, zenoh_config};
use support::router::{Router, router};
use support::{
    Authority, PATIENCE, free_endpoint_of, link, next_that, serve_chunks, site_config, state_dir, traffic,
    until_confirmed, until_connected, watch_by,
};
use zenoh::query::{ConsolidationMode, Query, QueryTarget};
use zenoh::sample::{Locality, Sample, SampleKind};
use zenoh::{Session, Wait};

/// A file of one chunk that is not there yet, and its sum.
fn some_file(contents: &str) -> (PathBuf, FileSum) {
    let folder = state_dir();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("there"), contents).unwrap();
    (folder.join("incoming"), FileSum::of(&folder.join("there")).unwrap())
}

/// A window that no site has seen.
fn lie(site: &str) -> Vec<u8> {
    let message = StateMessage { site: site.to_owned(), seq: 9, update: traffic(99) };
    encode(&message, Encoding::Json).unwrap()
}

/// A router, and a site that is connected to it.
struct Scene {
    endpoint: String,
    authority: Authority,
    _router: Router,
    bridge: Arc<Bridge>,
}

impl Scene {
    async fn open() -> Self {
        let (endpoint, authority) = (free_endpoint_of("tls"), Authority::new());
        let router = router(&endpoint, &authority).await;
        let link = client(&endpoint, &authority, "vtest.demo");
        let bridge = Bridge::open(BridgeConfig { link, ..site_config(&endpoint) }).await.unwrap();
        until_connected(&bridge, true).await;
        Self { endpoint, authority, _router: router, bridge: Arc::new(bridge) }
    }

    fn client(&self, name: &str) -> LinkConfig {
        client(&self.endpoint, &self.authority, name)
    }
}

/// The link of somebody with a certificate of this name.
fn client(endpoint: &str, authority: &Authority, name: &str) -> LinkConfig {
    LinkConfig { tls: Some(authority.issue(name)), ..link(LinkMode::Client, &[], &[endpoint]) }
}

// Zenoh panics when a session is dropped on a single-threaded runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_site_says_and_hears_only_what_is_its_own() {
    let scene = Scene::open().await;
    let (client, bridge) = (|name: &str| scene.client(name), &scene.bridge);
    let seq = bridge.publish(traffic(1)).unwrap();
    bridge.saved().await;

    // Another site of the same city, with a good certificate, gone bad.
    let rogue_link = client("south.demo");
    let mut watch = watch_by(client("city.demo")).await;
    let heard = apart(move || {
        let session = zenoh::open(zenoh_config(&rogue_link)).wait().unwrap();
        let everything = session.declare_subscriber("lukou/**").allowed_origin(Locality::Remote).wait().unwrap();
        let forged = Receipt::new(Kind::Traffic, vec![seq]).to_bytes().unwrap();
        session.put("lukou/demo/vtest/stored/traffic", forged).wait().unwrap();
        for site in ["vtest", "south"] {
            let put = session.put(format!("lukou/demo/{site}/traffic"), lie(site));
            put.encoding("application/json").wait().unwrap();
        }
        (session, everything)
    })
    .await;
    // What the rogue said of itself comes through, and nothing that it said before.
    let said = next_that(&mut watch, |event| match event {
        cloud_bridge::WatchEvent::State { key, message } => (message.update == traffic(99)).then(|| key.to_string()),
        _ => None,
    })
    .await;
    assert_eq!(said, "lukou/demo/south/traffic");
    assert_eq!(bridge.stats().stored.get(&Kind::Traffic).copied().unwrap_or_default(), 0);

    // The city gets what it was to be cheated of, and its receipts count.
    let city = City::open(client("city.demo"), Habits::default()).await;
    until_confirmed(bridge).await;
    assert_eq!(city.book.lock().unwrap().stored[&(Kind::Traffic, seq)], traffic(1));
    let (session, everything) = heard;

    // Files come from the city, to whichever site asks, and from nobody else.
    let (of_city, of_rogue) = (some_file("city"), some_file("rogue"));
    let city_link = client("city.demo");
    let (rogue, served) = (session.clone(), (of_city.1.clone(), of_rogue.1.clone()));
    let city_session = apart(move || {
        let session = zenoh::open(zenoh_config(&city_link)).wait().unwrap();
        serve_chunks(&session, &served.0, |_, _| Some(b"city".to_vec()));
        serve_chunks(&rogue, &served.1, |_, _| Some(b"rogue".to_vec()));
        session
    })
    .await;
    let fetching = Arc::clone(bridge);
    let (came, forged) = apart(move || {
        let fetch = |(path, sum): &(PathBuf, FileSum), patience| fetching.fetch(sum, path, patience);
        (fetch(&of_city, PATIENCE), fetch(&of_rogue, Duration::from_secs(2)))
    })
    .await;
    came.unwrap();
    assert!(matches!(forged, Err(FetchError::NoAnswer(_))), "{forged:?}");
    apart(move || city_session.close().wait().unwrap()).await;
    let overheard = apart(move || {
        let keys: Vec<String> = everything.drain().map(|sample| sample.key_expr().to_string()).collect();
        session.close().wait().unwrap();
        keys
    })
    .await;
    assert_eq!(overheard, Vec::<String>::new());
}

/// Keys and payloads of what comes until the first of this key and kind, that one included; nothing if it is not there soon.
fn until(heard: &zenoh::handlers::FifoChannelHandler<Sample>, key: &str, kind: SampleKind) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    while let Ok(Some(sample)) = heard.recv_timeout(Duration::from_secs(1)) {
        all.push((sample.key_expr().to_string(), sample.payload().to_bytes().into_owned()));
        if sample.key_expr().as_str() == key && sample.kind() == kind {
            return all;
        }
    }
    Vec::new()
}

/// Does something until it is answered by what is looked for.
fn again_until<T>(what: &str, mut go: impl FnMut() -> Vec<T>) -> Vec<T> {
    (0..PATIENCE.as_secs()).map(|_| go()).find(|found| !found.is_empty()).unwrap_or_else(|| panic!("{what} in time"))
}

/// Answers questions about the past of both sites.
fn answer_for_both(query: Query) {
    for site in ["vtest", "south"] {
        // An error says that the question was about another.
        let _ = query.reply(format!("lukou/demo/{site}/history/traffic/9"), lie(site)).wait();
    }
}

/// The keys of what others tell, where anything is told.
fn past(session: &Session, selector: &str) -> Vec<String> {
    let get = session.get(selector).target(QueryTarget::All).consolidation(ConsolidationMode::None);
    // Not what the asker itself answers.
    let replies = get.allowed_destination(Locality::Remote).timeout(Duration::from_secs(2)).wait().unwrap();
    let key = |reply: zenoh::query::Reply| Some(reply.result().ok()?.key_expr().to_string());
    replies.into_iter().filter_map(key).collect()
}

/// The site `south` says all that it can in the name of `vtest`, and asks for what is not its own; what it says of itself comes
/// through each time, after what must not. `vtest` itself has said one window, of this number.
fn says_what_is_anothers(city: &Session, rogue: &Session, said: u64) {
    let heard = city.declare_subscriber("lukou/**").wait().unwrap();
    let forged = [
        ("traffic", lie("vtest")),
        ("stored/traffic", Receipt::new(Kind::Traffic, vec![said]).to_bytes().unwrap()),
        ("ack/c1", br#"{"schema":"lukou.ack/1","id":"c1","state":"done"}"#.to_vec()),
        ("command/c2", b"{}".to_vec()),
    ];
    let is_of_rogue = |payload: &Vec<u8>| forged.iter().any(|(_, of_rogue)| of_rogue == payload);
    let came = again_until("what a site says of itself", || {
        for (what, payload) in &forged {
            rogue.put(format!("lukou/demo/vtest/{what}"), payload.clone()).wait().unwrap();
        }
        // Nor is it told anything that the city has not told it.
        rogue.put("lukou/demo/south/command/c4", b"{}".to_vec()).wait().unwrap();
        rogue.put("lukou/demo/south/stored/traffic", forged[1].1.clone()).wait().unwrap();
        rogue.put("lukou/demo/south/traffic", lie("south")).encoding("application/json").wait().unwrap();
        until(&heard, "lukou/demo/south/traffic", SampleKind::Put)
    });
    // The true site may say again what nobody has confirmed.
    let is_forged = |(key, payload): &&(String, Vec<u8>)| key != "lukou/demo/south/traffic" && is_of_rogue(payload);
    assert_eq!(came.iter().find(is_forged), None);
    // The very command, from who may send it, is answered.
    let acks = again_until("an answer to a command", || {
        city.put("lukou/demo/vtest/command/c3", b"{}".to_vec()).wait().unwrap();
        until(&heard, "lukou/demo/vtest/ack/c3", SampleKind::Put)
    });
    assert!(!acks.iter().any(|(key, _)| key.ends_with("/c1") || key.ends_with("/c2")), "{acks:?}");

    for keys in ["lukou/demo/vtest/history/**", "lukou/demo/south/**"] {
        rogue.declare_queryable(keys).complete(true).callback(answer_for_both).background().wait().unwrap();
    }
    let of_itself =
        again_until("what the site says of its own past", || past(city, "lukou/demo/south/history/traffic/*"));
    assert_eq!(of_itself, ["lukou/demo/south/history/traffic/9"]);
    assert_eq!(past(city, "lukou/demo/vtest/history/traffic/*"), [format!("lukou/demo/vtest/history/traffic/{said}")]);
    for what in ["history/traffic/*", "**"] {
        assert_eq!(past(rogue, &format!("lukou/demo/vtest/{what}")), [""; 0], "a site learns nothing of another");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_rogue_site_can_be_no_other_in_anything() {
    let scene = Scene::open().await;
    let (client, bridge) = (|name: &str| scene.client(name), &scene.bridge);
    let said = bridge.publish(traffic(1)).unwrap();
    bridge.saved().await;
    let links = [client("city.demo"), client("south.demo")];
    let (sessions, alive) = apart(move || {
        let [city, rogue] = links.map(|link| zenoh::open(zenoh_config(&link)).wait().unwrap());
        says_what_is_anothers(&city, &rogue, said);
        let alive = city.liveliness().declare_subscriber("lukou/*/*/alive").history(true).wait().unwrap();
        for site in ["vtest", "south"] {
            std::mem::forget(rogue.liveliness().declare_token(format!("lukou/demo/{site}/alive")).wait().unwrap());
        }
        again_until("the token of the rogue itself", || until(&alive, "lukou/demo/south/alive", SampleKind::Put));
        ([city, rogue], alive)
    })
    .await;
    assert_eq!(bridge.stats().stored.get(&Kind::Traffic).copied().unwrap_or_default(), 0, "no receipt was believed");
    bridge.close().await;
    apart(move || {
        // Did the forged token stand, the site would still be there.
        again_until("the site's end", || until(&alive, "lukou/demo/vtest/alive", SampleKind::Delete));
        drop(alive);
        sessions.iter().for_each(|session| session.close().wait().unwrap());
    })
    .await;
}
