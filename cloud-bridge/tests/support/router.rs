//! A router with the very settings of `deploy/zenoh/`.

use zenoh::{Session, Wait};

use super::Authority;
use super::city::apart;

/// Only where it listens and its certificates are the test's.
pub async fn router(endpoint: &str, authority: &Authority) -> Session {
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
