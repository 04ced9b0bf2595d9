//! The router's settings in `deploy/zenoh/`, as they are: who may say and hear what.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::PathBuf;
use std::time::Duration;

use cloud_bridge::{
    Bridge, BridgeConfig, Encoding, FetchError, FileSum, Kind, LinkConfig, LinkMode, Receipt, StateMessage, encode,
};
use support::city::{City, Habits, apart, zenoh_config};
use support::{
    Authority, PATIENCE, free_endpoint_of, link, next_that, serve_chunks, site_config, state_dir, traffic,
    until_confirmed, until_connected, watch_by,
};
use zenoh::sample::Locality;
use zenoh::{Session, Wait};

/// A router with the very file; only where it listens and its certificates are the test's.
async fn router(endpoint: &str, authority: &Authority) -> Session {
    let tls = authority.issue("router");
    let mut config =
        zenoh::Config::from_file(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/zenoh/router.json5")).unwrap();
    let mut set = |key: &str, value: serde_json::Value| config.insert_json5(key, &value.to_string()).unwrap();
    set("listen/endpoints", serde_json::json!([endpoint]));
    set("transport/link/tls/root_ca_certificate", serde_json::json!(tls.root_ca_file));
    set("transport/link/tls/listen_certificate", serde_json::json!(tls.certificate_file));
    set("transport/link/tls/listen_private_key", serde_json::json!(tls.private_key_file));
    apart(move || zenoh::open(config).wait().unwrap()).await
}

/// A file of one chunk that is not there yet, and its sum.
fn some_file(contents: &str) -> (PathBuf, FileSum) {
    let folder = state_dir();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("there"), contents).unwrap();
    (folder.join("incoming"), FileSum::of(&folder.join("there")).unwrap())
}

// Zenoh panics when a session is dropped on a single-threaded runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_site_says_and_hears_only_what_is_its_own() {
    let (endpoint, authority) = (free_endpoint_of("tls"), Authority::new());
    let _router = router(&endpoint, &authority).await;
    let client =
        |name: &str| LinkConfig { tls: Some(authority.issue(name)), ..link(LinkMode::Client, &[], &[&endpoint]) };
    let bridge = Bridge::open(BridgeConfig { link: client("vtest.demo"), ..site_config(&endpoint) }).await.unwrap();
    until_connected(&bridge, true).await;
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
        let message = |site: &str| {
            let message = StateMessage { site: site.to_owned(), seq: 9, update: traffic(99) };
            encode(&message, Encoding::Json).unwrap()
        };
        for site in ["vtest", "south"] {
            let put = session.put(format!("lukou/demo/{site}/traffic"), message(site));
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
    until_confirmed(&bridge).await;
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
    let bridge = std::sync::Arc::new(bridge);
    let fetching = bridge.clone();
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
