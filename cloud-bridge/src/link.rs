//! Opening a Zenoh session as a site or a city needs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use zenoh::bytes::Encoding as ZenohEncoding;
use zenoh::sample::SampleKind;
use zenoh::{Config, Session, Wait};

use crate::codec::{Encoding, MAX_PAYLOAD_BYTES};
use crate::config::{BridgeError, LinkConfig, LinkMode};

/// First and longest pause between two attempts to open a client session, as Zenoh itself has them for peers.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LONGEST: Duration = Duration::from_secs(4);

/// Opens a session. Blocks: for the link's own threads only, since Zenoh panics when it has to wait on a single-threaded
/// async runtime.
pub(crate) fn open(link: &LinkConfig) -> Result<Session, BridgeError> {
    open_with(link, |_| Ok(()))
}

/// The same for a site. With one line it waits for it however slow it is. With several it does not: one that is slow must not hold up
/// the others.
pub(crate) fn open_for_site(link: &LinkConfig) -> Result<Session, BridgeError> {
    if link.has_one_line() { open_with(link, wait_for_the_line) } else { open(link) }
}

fn open_with(link: &LinkConfig, adapt: impl FnOnce(&mut Config) -> zenoh::Result<()>) -> Result<Session, BridgeError> {
    let failed = |reason: zenoh::Error| BridgeError::Session { endpoints: describe(link), reason: reason.to_string() };
    let mut config = zenoh_config(link).map_err(failed)?;
    adapt(&mut config).map_err(failed)?;
    zenoh::open(config).wait().map_err(failed)
}

/// What goes over a site's line in one piece, bytes: 1 s at 64 kbit/s. What is urgent waits for one piece, and a piece that takes
/// longer than a lease (10 s) lets the other side believe that the line is dead.
const PIECE_BYTES: u32 = 8192;
/// What the system may hold of what was sent, bytes (it takes twice as much): what is urgent waits for that, too.
const SEND_BUFFER_BYTES: u32 = 16_384;
/// How long a put may wait for the line to take all of it, µs: 200 kB at 64 kbit/s. When the line falls silent while a put waits, Zenoh
/// makes a new one only after that, since the put holds what it wants to clear.
const LINE_WITHIN_US: u64 = 30_000_000;

/// Lets who sends wait for a slow line. By default Zenoh drops what the line does not take within 1 ms, or cuts it when it has
/// not taken all of a message within 5 s, both for the sake of others; who has one line has none.
fn wait_for_the_line(config: &mut Config) -> zenoh::Result<()> {
    let mut set = |key: &str, value: serde_json::Value| config.insert_json5(key, &value.to_string());
    set("transport/link/tx/batch_size", json!(PIECE_BYTES))?;
    set("transport/link/tcp/so_sndbuf", json!(SEND_BUFFER_BYTES))?;
    set("transport/link/tls/so_sndbuf", json!(SEND_BUFFER_BYTES))?;
    set("transport/link/tx/queue/congestion_control/drop/wait_before_drop", json!(LINE_WITHIN_US))?;
    set("transport/link/tx/queue/congestion_control/block/wait_before_close", json!(LINE_WITHIN_US))
}

/// Whether a failure to open is worth another attempt. A peer or router opens without anybody to talk to, so when it
/// fails, something is wrong here (an address in use); a client needs its router, which may come later.
pub(crate) fn may_come_later(link: &LinkConfig) -> bool {
    link.mode == LinkMode::Client
}

/// The pauses between attempts, without end.
pub(crate) fn pauses() -> impl Iterator<Item = Duration> {
    std::iter::successors(Some(RETRY_FIRST), |&pause| Some((pause * 2).min(RETRY_LONGEST)))
}

/// Where a session listens and connects, for people.
pub(crate) fn describe(link: &LinkConfig) -> String {
    let join = |endpoints: &[String]| if endpoints.is_empty() { "none".to_owned() } else { endpoints.join(", ") };
    let listen = if link.mode == LinkMode::Client { "none".to_owned() } else { join(&link.listen) };
    format!("{}, listen {listen}, connect {}", link.mode.name(), join(&link.connect))
}

fn zenoh_config(link: &LinkConfig) -> zenoh::Result<Config> {
    let mut config = Config::default();
    let mut set = |key: &str, value: serde_json::Value| config.insert_json5(key, &value.to_string());
    set("mode", json!(link.mode.name()))?;
    // A client does not listen, and Zenoh's own default for a peer is every interface.
    let listen: &[String] = if link.mode == LinkMode::Client { &[] } else { &link.listen };
    set("listen/endpoints", json!(listen))?;
    set("connect/endpoints", json!(link.connect))?;
    set("scouting/multicast/enabled", json!(link.scouting))?;
    if !link.scouting {
        // Gossip stays, routing needs it; but all sites that share a city peer would connect to each other by it.
        set("scouting/gossip/autoconnect", json!({"router": [], "peer": [], "client": []}))?;
    }
    // The default search path holds the working directory.
    set("plugins_loading/enabled", json!(false))?;
    set("adminspace/enabled", json!(false))?;
    set("transport/link/tx/threads", json!(1))?;
    if link.mode != LinkMode::Router {
        // Who speaks first may wait for a slow line; a router may not, since others wait for the thread that would (1 ms).
        set("transport/link/tx/queue/congestion_control/drop/wait_before_drop", json!(100_000))?;
    }
    // The default lets anybody make us hold 1 GiB; twice the payload leaves room for what surrounds it.
    set("transport/link/rx/max_message_size", json!(2 * MAX_PAYLOAD_BYTES))?;
    if let Some(tls) = &link.tls {
        set("transport/link/tls/root_ca_certificate", json!(tls.root_ca_file.to_string_lossy()))?;
        set("transport/link/tls/enable_mtls", json!(tls.mutual))?;
        set("transport/link/tls/verify_name_on_connect", json!(tls.verify_name))?;
        set("transport/link/tls/close_link_on_expiration", json!(true))?;
        for side in ["listen", "connect"] {
            for (name, file) in [("certificate", &tls.certificate_file), ("private_key", &tls.private_key_file)] {
                let file = file.as_ref().map(|file| file.to_string_lossy());
                set(&format!("transport/link/tls/{side}_{name}"), json!(file))?;
            }
        }
    }
    Ok(config)
}

/// Keeps `connected` at the number of transports that are open, for as long as the session lives. `on_change` is told how many there were
/// and are. Zenoh says that one has come before anything can be sent by it: what is sent at once is gone.
pub(crate) fn count_transports(
    session: &Session,
    connected: &Arc<AtomicUsize>,
    on_change: impl Fn(usize, usize) + Send + Sync + 'static,
) -> zenoh::Result<()> {
    let connected = Arc::clone(connected);
    let listener = move |event: zenoh::session::TransportEvent| {
        let change = |n: usize| match event.kind() {
            SampleKind::Put => n.saturating_add(1),
            SampleKind::Delete => n.saturating_sub(1),
        };
        // The closure never returns None, so the update can't fail.
        let before =
            connected.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| Some(change(n))).unwrap_or_default();
        on_change(before, change(before));
    };
    session.info().transport_events_listener().history(true).callback(listener).background().wait()
}

/// How Zenoh names the encoding.
pub(crate) fn encoding_to_zenoh(encoding: Encoding) -> ZenohEncoding {
    match encoding {
        Encoding::Json => ZenohEncoding::APPLICATION_JSON,
        Encoding::Cbor => ZenohEncoding::APPLICATION_CBOR,
    }
}

/// The encoding that Zenoh names; `None` for one that carries no state message.
pub(crate) fn encoding_from_zenoh(encoding: &ZenohEncoding) -> Option<Encoding> {
    let text = encoding.to_string();
    // After a semicolon a sender may name a schema; the message does so itself.
    match text.split(';').next() {
        Some("application/json") => Some(Encoding::Json),
        Some("application/cbor") => Some(Encoding::Cbor),
        _ => None,
    }
}
