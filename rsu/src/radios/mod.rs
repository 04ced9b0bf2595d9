//! Ways out to the vehicles. One file per radio; all take the same [`Transmission`].
//!
//! Each radio has a task of its own behind a bounded queue with deadlines ([`queue`]), so that a slow or dead radio
//! delays neither the pipeline nor its neighbours. [`start_radios`] makes them from the site's file.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use asn1::transport::{dsmp, wsmp};
use perception::time::UtcMicros;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::config::RadioFile;
use crate::metrics::Metrics;

pub mod immediate_forward;
pub mod ledger;
pub mod loopback;
pub mod pc5_udp;
pub mod queue;
mod udp;
pub mod uu_identity;
pub mod uu_quic;

pub use ledger::{Ledger, RadioState, RadioStatus};
pub use queue::RadioHandle;

/// Which family of messages: they differ in encoding, network layer and application identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageSet {
    /// China: CSAE / GB/T 31024 messages, DSMP network layer.
    Cn,
    /// United States: SAE J2735 messages, IEEE 1609.3 WSMP network layer.
    Us,
}

impl MessageSet {
    /// `cn` or `us`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cn => "cn",
            Self::Us => "us",
        }
    }
}

/// What kind of message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageKind {
    /// Signal phase and timing.
    Spat,
    /// Road geometry.
    Map,
    /// Roadside safety message: the picture of road users (China). Road safety message: events and notices (US).
    Rsm,
    /// Roadside information: events and signs (China).
    Rsi,
    /// Traveller information: events and notices (US).
    Tim,
    /// Basic safety message, sent by vehicles.
    Bsm,
    /// Sensor data sharing message: the picture of road users (US).
    Sdsm,
    /// Signal status message: answers to requests for priority (US).
    Ssm,
    /// Roadside coordination: answers to requests for priority (China).
    Rsc,
    /// Parking area: bays of a lot and which are free (China).
    Pam,
}

impl MessageKind {
    /// The message that tells of events and notices.
    pub fn of_information(set: MessageSet) -> Self {
        match set {
            MessageSet::Cn => Self::Rsi,
            MessageSet::Us => Self::Tim,
        }
    }

    /// The name in metrics, logs and subscriptions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Spat => "SPAT",
            Self::Map => "MAP",
            Self::Rsm => "RSM",
            Self::Rsi => "RSI",
            Self::Tim => "TIM",
            Self::Bsm => "BSM",
            Self::Sdsm => "SDSM",
            Self::Ssm => "SSM",
            Self::Rsc => "RSC",
            Self::Pam => "PAM",
        }
    }
}

/// One message on its way to the radios.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// Family.
    pub set: MessageSet,
    /// Kind.
    pub kind: MessageKind,
    /// The UPER MessageFrame (signed, once there are keys).
    pub payload: Arc<[u8]>,
    /// China: AID. US: PSID. Raw value; radios p-encode it.
    pub application_id: u32,
    /// Network layer priority, China 0–255; US radios map it to 0–7.
    pub priority: u8,
    /// Capture time of the newest camera frame that went into it, if it is the first message with that frame.
    pub captured_at: Option<UtcMicros>,
    /// When that frame's detections reached the pipeline.
    pub arrived_at: Option<UtcMicros>,
    /// After this it must not be sent any more.
    pub valid_until: UtcMicros,
}

impl AsRef<Transmission> for Transmission {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// `true` once the service ends. Every task that waits takes [`stopped`] as the first arm of its `select!`. A sender
/// that has gone away means the same.
pub type Shutdown = watch::Receiver<bool>;

/// Waits until the service ends.
pub async fn stopped(shutdown: &mut Shutdown) {
    // An error says that the sender is gone: nobody is left who could tell us to go on.
    let _ = shutdown.wait_for(|stop| *stop).await;
}

/// What became of a message that a radio took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handover {
    /// It is on its way.
    Done,
    /// It waits for vehicles, each in a queue of its own; the radio reports to its [`Ledger`] itself.
    Underway,
    /// Nobody is there who wants it.
    NobodyListens,
}

/// A message that a radio could not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct SendError {
    /// Why, as `lukou_dropped_total` counts it.
    pub reason: &'static str,
    /// The same for a person, with the address.
    pub detail: String,
}

/// The future of a radio's work on one message.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A way out. An error concerns one message: the radio's task counts it and goes on with the next.
pub trait Radio: Send + 'static {
    /// Whether messages of this family are for this radio at all.
    fn takes(&self, _set: MessageSet) -> bool {
        true
    }

    /// Sends one message. Dropped unfinished when the message's deadline passes.
    fn send<'a>(&'a mut self, transmission: &'a Transmission) -> BoxFuture<'a, Result<Handover, SendError>>;

    /// Says goodbye to peers; called once, after the last message.
    fn close(&mut self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// The message in its network layer's frame: DSMP for China, WSMP for the US.
pub fn network_frame(transmission: &Transmission) -> Result<Vec<u8>, SendError> {
    let (id, payload) = (transmission.application_id, &*transmission.payload);
    let framed = match transmission.set {
        MessageSet::Cn => dsmp::Frame::new(id, payload).encode(),
        MessageSet::Us => wsmp::Frame::new(id, payload).encode(),
    };
    framed.map_err(|error| SendError {
        reason: "frame",
        detail: format!("{} of {} octets: {error}", transmission.kind.as_str(), payload.len()),
    })
}

/// A radio that cannot even begin.
#[derive(Debug, thiserror::Error)]
pub enum RadioError {
    /// Two radios of one name could not be told apart in the metrics.
    #[error("radio {id:?} is there twice in site.toml")]
    Twice {
        /// The name.
        id: String,
    },
    /// The address to listen at cannot be had.
    #[error("radio {id:?} cannot listen at {address} (site.toml, radio.listen): {error}")]
    Listen {
        /// The radio.
        id: String,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// Certificate or key cannot be made, read or used.
    #[error("radio {id:?}: {path}: {text}")]
    Identity {
        /// The radio.
        id: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        text: String,
    },
}

/// All radios of the site. Cheap to clone; the clones are the same radios.
#[derive(Clone, Debug, Default)]
pub struct Radios {
    handles: Arc<[RadioHandle]>,
    tasks: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Radios {
    /// Radios whose tasks run already.
    pub fn from_parts(parts: Vec<(RadioHandle, JoinHandle<()>)>) -> Self {
        let (handles, tasks): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        Self { handles: handles.into(), tasks: Arc::new(Mutex::new(tasks)) }
    }

    /// Gives the message to every radio that takes its family. Never waits.
    pub fn offer(&self, transmission: &Transmission) {
        for handle in self.handles.iter() {
            handle.offer(transmission.clone());
        }
    }

    /// How each radio is, in the order of `site.toml`.
    pub fn statuses(&self) -> Vec<RadioStatus> {
        self.handles.iter().map(RadioHandle::status).collect()
    }

    /// The address at which the radio of that name listens, if it is one that listens.
    pub fn listens_at(&self, id: &str) -> Option<SocketAddr> {
        self.handles.iter().find(|handle| handle.id() == id).and_then(RadioHandle::listens_at)
    }

    /// After the shutdown has been signalled: waits until every radio has sent what was still valid and said goodbye.
    /// Bounded by [`queue::DRAIN_WITHIN`] and [`queue::CLOSE_WITHIN`]; a task that takes longer is ended.
    pub async fn finished(&self) {
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for mut task in tasks {
            let limit = queue::DRAIN_WITHIN + queue::CLOSE_WITHIN + Duration::from_millis(500);
            if tokio::time::timeout(limit, &mut task).await.is_err() {
                task.abort();
            }
        }
    }
}

/// Starts every radio of the site. To be called inside a tokio runtime. Those that send to an address start even
/// when the network is not there yet, and find their way when it is; one that cannot listen is an error.
pub fn start_radios(
    files: &[RadioFile],
    state_dir: &Path,
    clock: Arc<Clock>,
    metrics: Metrics,
    shutdown: Shutdown,
) -> Result<Radios, RadioError> {
    let mut parts: Vec<(RadioHandle, JoinHandle<()>)> = Vec::new();
    for file in files {
        let (id, kind) = match file {
            RadioFile::Pc5Udp { id, .. } => (id, "pc5_udp"),
            RadioFile::ImmediateForward { id, .. } => (id, "immediate_forward"),
            RadioFile::UuQuic { id, .. } => (id, "uu_quic"),
        };
        if parts.iter().any(|(handle, _)| handle.id() == id) {
            return Err(RadioError::Twice { id: id.clone() });
        }
        let ledger = Ledger::new(id, kind, clock.clone(), metrics.clone());
        let mut listens_at = None;
        let radio: Box<dyn Radio> = match file {
            RadioFile::Pc5Udp { to, .. } => Box::new(pc5_udp::Pc5Udp::new(*to)),
            RadioFile::ImmediateForward { to, .. } => Box::new(immediate_forward::ImmediateForward::new(*to)),
            RadioFile::UuQuic { listen, names, max_vehicles, .. } => {
                let settings = uu_quic::UuSettings {
                    listen: *listen,
                    names: names.clone(),
                    max_vehicles: *max_vehicles,
                    directory: state_dir.join("uu"),
                };
                let radio = uu_quic::UuQuic::start(settings, ledger.clone(), shutdown.clone())?;
                listens_at = radio.local_addr();
                Box::new(radio)
            }
        };
        parts.push(queue::start_radio(radio, ledger, listens_at, shutdown.clone()));
    }
    Ok(Radios::from_parts(parts))
}
