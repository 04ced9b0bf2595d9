//! A city written in another language, on Zenoh's own Python client (`.ci/setup test` puts it into `.cache/`).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use cloud_bridge::{Bridge, BridgeConfig, Encoding, LinkConfig, LinkMode, TlsConfig};
use support::router::router;
use support::{
    Authority, event, free_endpoint, free_endpoint_of, link, parking, site_config, traffic, until_confirmed,
};

/// What the city in Python says of a site that publishes three windows, the state of a lot and an event, and then goes.
async fn told_in_python(bridge: &Bridge, endpoint: &str, tls: Option<TlsConfig>) -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let client = format!("{root}/.cache/zenoh-python");
    assert!(std::path::Path::new(&client).is_dir(), "{client} is not there; run .ci/setup test");
    let updates = [traffic(0), traffic(1), traffic(2), parking("p1"), event(7)];
    // The numbers of each kind begin with the same.
    let [first, ..] = updates.map(|update| bridge.publish(update).unwrap());
    bridge.saved().await;
    let mut city = Command::new("python3");
    city.arg(format!("{root}/cloud-bridge/tests/python/city.py"));
    city.args([endpoint, "demo/vtest", r#"{"traffic": 3, "parking": 1, "event": 1}"#]);
    if let Some(tls) = tls {
        city.arg(tls.root_ca_file).args([tls.certificate_file, tls.private_key_file].map(Option::unwrap));
    }
    let mut city = city.env("PYTHONPATH", client).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(city.stdout.take().unwrap()).lines().map(Result::unwrap);
    until_confirmed(bridge).await;
    let mut said: Vec<String> = lines.by_ref().take_while(|line| line != "asked").collect();
    bridge.close().await;
    said.extend(lines);
    assert!(city.wait().unwrap().success());
    let from_first = |word: &str| {
        let (before, number) = word.rsplit_once('/').map_or(("", word), |(path, number)| (path, number));
        let n = number.parse::<u64>().ok()?.checked_sub(first)?;
        Some(if before.is_empty() { n.to_string() } else { format!("{before}/{n}") })
    };
    let words = |line: &String| -> Vec<String> {
        line.split(' ').map(|word| from_first(word).unwrap_or_else(|| word.to_owned())).collect()
    };
    said.iter().map(|line| words(line).join(" ")).collect()
}

fn expected(encoding: &str) -> Vec<String> {
    let said = format!(
        "came SampleKind.PUT\n\
         stored event 0 {encoding} 7\n\
         stored parking 0 {encoding} 路口停车场\n\
         stored traffic 0 {encoding} 0\nstored traffic 1 {encoding} 1\nstored traffic 2 {encoding} 2\n\
         last lukou/demo/vtest/traffic 2\n\
         history lukou/demo/vtest/history/traffic/0 0\n\
         history lukou/demo/vtest/history/traffic/1 1\n\
         went SampleKind.DELETE"
    );
    said.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_city_in_python_reads_states_confirms_them_and_asks_about_the_past() {
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    assert_eq!(told_in_python(&bridge, &endpoint, None).await, expected("application/json"));
}

// Zenoh panics when a session is dropped on a single-threaded runtime.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_city_in_python_does_so_in_cbor_through_a_router_that_lets_it() {
    let (endpoint, authority) = (free_endpoint_of("tls"), Authority::new());
    let _router = router(&endpoint, &authority).await;
    let link = LinkConfig { tls: Some(authority.issue("vtest.demo")), ..link(LinkMode::Client, &[], &[&endpoint]) };
    let config = BridgeConfig { link, encoding: Encoding::Cbor, ..site_config(&endpoint) };
    let bridge = Bridge::open(config).await.unwrap();
    let said = told_in_python(&bridge, &endpoint, Some(authority.issue("city.demo"))).await;
    assert_eq!(said, expected("application/cbor"));
}
