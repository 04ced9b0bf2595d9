//! A city written in another language, on Zenoh's own Python client (`.ci/setup test` puts it into `.cache/`).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::Read;
use std::process::{Command, Stdio};

use cloud_bridge::{Bridge, Kind};
use support::{free_endpoint, site_config, traffic, until_confirmed};

#[tokio::test]
async fn a_city_in_python_reads_states_confirms_them_and_asks_about_the_past() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let client = format!("{root}/.cache/zenoh-python");
    assert!(std::path::Path::new(&client).is_dir(), "{client} is not there; run .ci/setup test");
    let endpoint = free_endpoint();
    let bridge = Bridge::open(site_config(&endpoint)).await.unwrap();
    for n in 0..3 {
        bridge.publish(traffic(n)).unwrap();
    }
    bridge.saved().await;
    let mut city = Command::new("python3")
        .arg(format!("{root}/cloud-bridge/tests/python/city.py"))
        .args([&endpoint, "demo/vtest", "3"])
        .env("PYTHONPATH", client)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    until_confirmed(&bridge).await;
    assert_eq!(bridge.stats().stored[&Kind::Traffic], 3);
    drop(city.stdin.take());
    let mut said = String::new();
    city.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(city.wait().unwrap().success());
    let expected = "stored 0 0\nstored 1 1\nstored 2 2\n\
                    last lukou/demo/vtest/traffic 2\n\
                    history lukou/demo/vtest/history/traffic/0 0\n\
                    history lukou/demo/vtest/history/traffic/1 1\n";
    assert_eq!(said, expected);
}
