//! A router with the very settings of `deploy/zenoh/`: only where it listens, whom it connects to, and its certificates are the
//! test's.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use zenoh::{Session, Wait};

use super::city::apart;
use super::{Authority, PATIENCE};

const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/zenoh/router.json5");

/// Runs for as long as the value is there.
pub enum Router {
    /// In the test's own process.
    Session(Session),
    /// Zenoh's own program.
    Zenohd(Zenohd),
}

impl Router {
    pub async fn close(self) {
        if let Self::Session(session) = self {
            apart(move || session.close().wait().unwrap()).await;
        }
    }
}

/// Zenoh's own router where `ZENOHD` names it, and else a session in its mode: it takes ten minutes to build.
pub async fn router(endpoint: &str, authority: &Authority) -> Router {
    if std::env::var_os("ZENOHD").is_some() {
        return Router::Zenohd(Zenohd::start(endpoint, &[], authority).await);
    }
    let tls = authority.issue("router");
    let mut config = zenoh::Config::from_file(SETTINGS).unwrap();
    let mut set = |key: &str, value: serde_json::Value| config.insert_json5(key, &value.to_string()).unwrap();
    set("listen/endpoints", serde_json::json!([endpoint]));
    set("transport/link/tls/root_ca_certificate", serde_json::json!(tls.root_ca_file));
    set("transport/link/tls/listen_certificate", serde_json::json!(tls.certificate_file));
    set("transport/link/tls/listen_private_key", serde_json::json!(tls.private_key_file));
    Router::Session(apart(move || zenoh::open(config).wait().unwrap()).await)
}

/// A `zenohd`, killed with the value.
pub struct Zenohd(Child);

impl Zenohd {
    /// The one that `ZENOHD` names, once it listens.
    pub async fn start(listen: &str, others: &[&str], authority: &Authority) -> Self {
        let program = std::env::var("ZENOHD").expect("ZENOHD says where zenohd is");
        let mut router = Command::new(program);
        router.args(["-c", SETTINGS, "-l", listen]);
        for other in others {
            router.args(["-e", other]);
        }
        // All have this common name: that is how they know each other.
        let tls = authority.issue("router");
        let [certificate, key] = [tls.certificate_file, tls.private_key_file].map(Option::unwrap);
        let files = [
            ("root_ca_certificate", &tls.root_ca_file),
            ("listen_certificate", &certificate),
            ("listen_private_key", &key),
            ("connect_certificate", &certificate),
            ("connect_private_key", &key),
        ];
        for (name, file) in files {
            router.arg("--cfg").arg(format!("transport/link/tls/{name}:{file:?}"));
        }
        let started = Self(router.stdout(Stdio::null()).spawn().unwrap());
        let (_, address) = listen.split_once('/').unwrap();
        let listens = async {
            let mut ticks = tokio::time::interval(Duration::from_millis(50));
            while tokio::net::TcpStream::connect(address).await.is_err() {
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, listens).await.expect("zenohd listens");
        started
    }
}

impl Drop for Zenohd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
