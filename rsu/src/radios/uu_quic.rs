//! 5G Uu: vehicles connect with QUIC, say what they want, and get it as datagrams (`docs/ref/radios.md`).
//!
//! Each vehicle has a bounded queue and a task of its own. Messages wait there, where they can expire and be counted,
//! and not in QUIC's buffer, where they could not: that buffer is kept at a few packets.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use quinn::{Connection, SendDatagramError, VarInt};
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::queue::{Losses, SharedQueue, time_left};
use super::{
    BoxFuture, Handover, Ledger, MessageKind, MessageSet, Radio, RadioError, SendError, Shutdown, Transmission,
    network_frame, stopped, uu_identity,
};

/// The application protocol that TLS negotiates.
pub const ALPN: &[u8] = b"lukou-uu/1";
/// The version of the subscription line.
pub const VERSION: u32 = 1;
/// The longest subscription or answer line, octets.
pub const MAX_LINE: usize = 4096;
/// Messages that wait for one vehicle.
const VEHICLE_CAPACITY: usize = 32;
/// QUIC's own buffer of datagrams for a vehicle, octets: a few packets, so that waiting happens in our queue.
const DATAGRAM_BUFFER: usize = 4096;
/// How long a vehicle may take for its handshake, and again to say what it wants.
const SUBSCRIBE_WITHIN: Duration = Duration::from_secs(5);
/// A vehicle that says nothing for so long is gone.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// Short enough for the address translation of mobile networks, and for three tries before the idle timeout.
const KEEP_ALIVE: Duration = Duration::from_secs(4);
/// Close codes of the application.
const CLOSE_END: VarInt = VarInt::from_u32(0);
const CLOSE_REFUSED: VarInt = VarInt::from_u32(1);

/// What a vehicle asks for: one JSON line on a stream of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// [`VERSION`].
    pub version: u32,
    /// Families; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets: Option<Vec<MessageSet>>,
    /// Kinds; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<MessageKind>>,
}

impl Subscription {
    /// Reads the line; the error is for the vehicle to read.
    pub fn parse(line: &[u8]) -> Result<Self, String> {
        let subscription: Self = serde_json::from_slice(line).map_err(|error| format!("subscription: {error}"))?;
        if subscription.version != VERSION {
            return Err(format!("version {} is not spoken here, {VERSION} is", subscription.version));
        }
        if subscription.sets.as_ref().is_some_and(Vec::is_empty) {
            return Err("sets is empty; leave it out for all".into());
        }
        if subscription.messages.as_ref().is_some_and(Vec::is_empty) {
            return Err("messages is empty; leave it out for all".into());
        }
        Ok(subscription)
    }

    /// Whether it asks for this message.
    pub fn wants(&self, set: MessageSet, kind: MessageKind) -> bool {
        self.sets.as_ref().is_none_or(|sets| sets.contains(&set))
            && self.messages.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }
}

/// The service's answer: one JSON line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// [`VERSION`], where the answer is yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// Whether messages will come.
    pub ok: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct UuSettings {
    /// Address to listen at.
    pub listen: SocketAddr,
    /// Host names for the certificate that is made when there is none.
    pub names: Vec<String>,
    /// Most vehicles at once, those that are still shaking hands included.
    pub max_vehicles: usize,
    /// Where certificate and key are kept.
    pub directory: PathBuf,
}

/// See the module.
#[derive(Debug)]
pub struct UuQuic {
    settings: UuSettings,
    config: quinn::ServerConfig,
    hub: Arc<Hub>,
    shutdown: Shutdown,
    endpoint: quinn::Endpoint,
    accepting: JoinHandle<()>,
}

/// What the radio and the vehicles' tasks share.
#[derive(Debug)]
struct Hub {
    ledger: Ledger,
    places: Arc<Semaphore>,
    vehicles: Mutex<HashMap<usize, Arc<Vehicle>>>,
}

#[derive(Debug)]
struct Vehicle {
    subscription: Subscription,
    queue: SharedQueue<Parcel>,
}

/// A message for many vehicles: framed once, reported once.
#[derive(Clone, Debug)]
struct Parcel {
    transmission: Transmission,
    frame: Arc<[u8]>,
    reported: Arc<AtomicBool>,
}

impl AsRef<Transmission> for Parcel {
    fn as_ref(&self) -> &Transmission {
        &self.transmission
    }
}

impl UuQuic {
    /// Listens, and accepts vehicles from now on.
    pub fn start(settings: UuSettings, ledger: Ledger, shutdown: Shutdown) -> Result<Self, RadioError> {
        let config = server_config(&settings).map_err(|(path, text)| {
            let id = ledger.id().to_owned();
            RadioError::Identity { id, path, text }
        })?;
        let endpoint = quinn::Endpoint::server(config.clone(), settings.listen).map_err(|error| {
            let id = ledger.id().to_owned();
            RadioError::Listen { id, address: settings.listen, error }
        })?;
        let places = Arc::new(Semaphore::new(settings.max_vehicles.min(Semaphore::MAX_PERMITS)));
        let hub = Arc::new(Hub { ledger, places, vehicles: Mutex::new(HashMap::new()) });
        let accepting = tokio::spawn(accept(endpoint.clone(), hub.clone(), shutdown.clone()));
        Ok(Self { settings, config, hub, shutdown, endpoint, accepting })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.endpoint.local_addr().ok()
    }

    /// The system can take a socket away; then a new one is opened with the next message.
    fn listen_again(&mut self) -> Result<(), SendError> {
        let endpoint = quinn::Endpoint::server(self.config.clone(), self.settings.listen).map_err(|error| {
            let detail = format!("cannot listen at {} again: {error}", self.settings.listen);
            SendError { reason: "listen", detail }
        })?;
        self.endpoint = endpoint.clone();
        self.accepting = tokio::spawn(accept(endpoint, self.hub.clone(), self.shutdown.clone()));
        Ok(())
    }

    fn hand_out(&mut self, transmission: &Transmission) -> Result<Handover, SendError> {
        if self.accepting.is_finished() && !*self.shutdown.borrow() {
            self.listen_again()?;
        }
        let wants = |vehicle: &&Arc<Vehicle>| vehicle.subscription.wants(transmission.set, transmission.kind);
        let vehicles: Vec<_> = self.hub.vehicles().values().filter(wants).cloned().collect();
        if vehicles.is_empty() {
            return Ok(Handover::NobodyListens);
        }
        let frame = network_frame(transmission)?.into();
        let parcel = Parcel { transmission: transmission.clone(), frame, reported: Arc::default() };
        let now = self.hub.ledger.now();
        for vehicle in vehicles {
            self.hub.count(vehicle.queue.push(parcel.clone(), now));
        }
        Ok(Handover::Underway)
    }
}

impl Radio for UuQuic {
    fn send<'a>(&'a mut self, transmission: &'a Transmission) -> BoxFuture<'a, Result<Handover, SendError>> {
        Box::pin(async move { self.hand_out(transmission) })
    }

    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.endpoint.close(CLOSE_END, b"the service ends");
            self.endpoint.wait_idle().await;
        })
    }
}

fn server_config(settings: &UuSettings) -> Result<quinn::ServerConfig, uu_identity::IdentityError> {
    let identity = uu_identity::load_or_make(&settings.directory, &settings.names)?;
    let unusable = |error: &dyn std::fmt::Display| {
        let path = settings.directory.join(uu_identity::CERTIFICATE_FILE);
        (path, format!("cannot be used together with {}: {error}", uu_identity::KEY_FILE))
    };
    let mut tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| unusable(&error))?
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .map_err(|error| unusable(&error))?;
    tls.alpn_protocols = vec![ALPN.to_vec()];
    let crypto = quinn::crypto::rustls::QuicServerConfig::try_from(tls).map_err(|error| unusable(&error))?;
    let mut config = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    config.transport_config(Arc::new(transport()));
    Ok(config)
}

/// What one vehicle may cost: one stream to subscribe on, small windows, little in flight.
fn transport() -> quinn::TransportConfig {
    let mut transport = quinn::TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(VarInt::from_u32(1))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(2 * MAX_LINE as u32))
        .receive_window(VarInt::from_u32(4 * MAX_LINE as u32))
        .send_window(256 * 1024)
        .datagram_send_buffer_size(DATAGRAM_BUFFER)
        .datagram_receive_buffer_size(Some(DATAGRAM_BUFFER))
        .keep_alive_interval(Some(KEEP_ALIVE))
        .max_idle_timeout(quinn::IdleTimeout::try_from(IDLE_TIMEOUT).ok());
    transport
}

async fn accept(endpoint: quinn::Endpoint, hub: Arc<Hub>, mut shutdown: Shutdown) {
    loop {
        let incoming = tokio::select! {
            biased;
            () = stopped(&mut shutdown) => return,
            incoming = endpoint.accept() => incoming,
        };
        let Some(incoming) = incoming else { return };
        match hub.places.clone().try_acquire_owned() {
            Ok(place) => drop(tokio::spawn(serve(incoming, hub.clone(), place))),
            Err(_) => {
                incoming.refuse();
                hub.ledger.lost("vehicle_limit", 1);
            }
        }
    }
}

/// One vehicle from handshake to farewell. The task ends with its connection, the connection with the endpoint.
async fn serve(incoming: quinn::Incoming, hub: Arc<Hub>, _place: OwnedSemaphorePermit) {
    let address = incoming.remote_address();
    let handshake = async { incoming.accept()?.await };
    let connection = match timeout(SUBSCRIBE_WITHIN, handshake).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return hub.refused("vehicle_handshake", address, &error.to_string()),
        Err(_) => return hub.refused("vehicle_handshake", address, "took too long"),
    };
    let subscription = match timeout(SUBSCRIBE_WITHIN, subscribe(&connection)).await {
        Ok(Ok(subscription)) => subscription,
        Ok(Err(error)) => {
            connection.close(CLOSE_REFUSED, error.as_bytes());
            return hub.refused("vehicle_refused", address, &error);
        }
        Err(_) => {
            connection.close(CLOSE_REFUSED, b"no subscription");
            return hub.refused("vehicle_refused", address, "no subscription came");
        }
    };
    tracing::debug!(radio = hub.ledger.id(), %address, ?subscription, "vehicle connected");
    let vehicle = Arc::new(Vehicle { subscription, queue: SharedQueue::new(VEHICLE_CAPACITY) });
    hub.join(connection.stable_id(), vehicle.clone());
    let reason = tokio::select! {
        biased;
        reason = connection.closed() => reason,
        reason = deliver_all(&connection, &vehicle, &hub) => reason,
    };
    hub.leave(connection.stable_id());
    tracing::debug!(radio = hub.ledger.id(), %address, %reason, "vehicle gone");
}

/// Reads the subscription and answers it. The error has been sent to the vehicle.
async fn subscribe(connection: &Connection) -> Result<Subscription, String> {
    let (mut send, mut receive) = connection.accept_bi().await.map_err(|error| error.to_string())?;
    let subscription = match read_line(&mut receive).await {
        Ok(line) => Subscription::parse(&line),
        Err(error) => Err(error),
    };
    let answer = match &subscription {
        Ok(_) => Answer { version: Some(VERSION), ok: true, error: None },
        Err(error) => Answer { version: None, ok: false, error: Some(error.clone()) },
    };
    let mut line = serde_json::to_vec(&answer).map_err(|error| error.to_string())?;
    line.push(b'\n');
    send.write_all(&line).await.map_err(|error| error.to_string())?;
    let _ = send.finish();
    if subscription.is_err() {
        // Closing at once would throw the answer away; the caller's timeout bounds the wait.
        let _ = timeout(Duration::from_secs(1), send.stopped()).await;
    }
    subscription
}

/// One line of at most [`MAX_LINE`] octets, without its end. A stream that ends without a line feed ends the line.
pub async fn read_line(receive: &mut quinn::RecvStream) -> Result<Vec<u8>, String> {
    let mut line = Vec::new();
    let mut part = [0; 512];
    loop {
        let Some(length) = receive.read(&mut part).await.map_err(|error| error.to_string())? else { return Ok(line) };
        let part = &part[..length];
        if let Some(end) = part.iter().position(|octet| *octet == b'\n') {
            line.extend_from_slice(&part[..end]);
            return Ok(line);
        }
        line.extend_from_slice(part);
        if line.len() > MAX_LINE {
            return Err(format!("the line is longer than {MAX_LINE} octets"));
        }
    }
}

async fn deliver_all(connection: &Connection, vehicle: &Vehicle, hub: &Hub) -> quinn::ConnectionError {
    loop {
        let parcel = vehicle.queue.pop(|| hub.ledger.now(), |losses| hub.count(losses)).await;
        let limit = time_left(&parcel.transmission, hub.ledger.now());
        match deliver(connection, &parcel.frame, limit).await {
            Ok(true) if !parcel.reported.swap(true, Ordering::Relaxed) => {
                hub.ledger.handed_over(&parcel.transmission);
            }
            Ok(true) => {}
            Ok(false) => hub.ledger.lost("vehicle_expired", 1),
            Err(error) => return error,
        }
    }
}

/// Hands a frame to QUIC; `false` if it could not be before `limit`. An error means that the connection is lost.
async fn deliver(connection: &Connection, frame: &[u8], limit: Duration) -> Result<bool, quinn::ConnectionError> {
    let fits = |max: usize| frame.len() <= max.min(DATAGRAM_BUFFER / 2);
    if connection.max_datagram_size().is_some_and(fits) {
        match timeout(limit, connection.send_datagram_wait(frame.to_vec().into())).await {
            Ok(Ok(())) => return Ok(true),
            Ok(Err(SendDatagramError::ConnectionLost(error))) => return Err(error),
            // The path's packets have just become smaller: as a stream, then.
            Ok(Err(_)) => {}
            Err(_) => return Ok(false),
        }
    }
    let Ok(stream) = timeout(limit, connection.open_uni()).await else { return Ok(false) };
    let mut stream = stream?;
    match timeout(limit, stream.write_all(frame)).await {
        Ok(Ok(())) => Ok(stream.finish().is_ok()),
        Ok(Err(quinn::WriteError::ConnectionLost(error))) => Err(error),
        Ok(Err(_)) => Ok(false),
        Err(_) => {
            // Half a message is worth nothing.
            let _ = stream.reset(CLOSE_REFUSED);
            Ok(false)
        }
    }
}

impl Hub {
    fn vehicles(&self) -> MutexGuard<'_, HashMap<usize, Arc<Vehicle>>> {
        self.vehicles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, key: usize, vehicle: Arc<Vehicle>) {
        self.vehicles().insert(key, vehicle);
        self.ledger.metrics().vehicles_connected.inc();
    }

    fn leave(&self, key: usize) {
        if self.vehicles().remove(&key).is_some() {
            self.ledger.metrics().vehicles_connected.dec();
        }
    }

    fn count(&self, losses: Losses) {
        self.ledger.lost("vehicle_expired", losses.expired);
        self.ledger.lost("vehicle_queue_full", losses.queue_full);
    }

    /// Counted, and not logged where the operator reads: anyone on the network can cause it as often as he likes.
    fn refused(&self, reason: &str, address: SocketAddr, why: &str) {
        self.ledger.lost(reason, 1);
        tracing::debug!(radio = self.ledger.id(), %address, reason, why, "vehicle refused");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscription_says_what_is_wrong_with_it() {
        let parse = |text: &str| Subscription::parse(text.as_bytes());
        let all = parse(r#"{"version":1}"#).expect("everything");
        assert!(all.wants(MessageSet::Us, MessageKind::Sdsm));
        let some = parse(r#"{"version":1,"sets":["cn"],"messages":["SPAT","RSM"]}"#).expect("some");
        assert!(some.wants(MessageSet::Cn, MessageKind::Rsm));
        assert!(!some.wants(MessageSet::Us, MessageKind::Spat) && !some.wants(MessageSet::Cn, MessageKind::Map));
        for (text, word) in [
            ("", "subscription"),
            ("GET / HTTP/1.1", "subscription"),
            (r#"{"sets":["cn"]}"#, "version"),
            (r#"{"version":2}"#, "version 2"),
            (r#"{"version":1,"message":["SPAT"]}"#, "message"),
            (r#"{"version":1,"messages":["DENM"]}"#, "DENM"),
            (r#"{"version":1,"messages":[]}"#, "messages is empty"),
            (r#"{"version":1,"sets":[]}"#, "sets is empty"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(word), "{error}");
        }
    }
}
