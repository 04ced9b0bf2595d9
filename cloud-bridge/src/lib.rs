//! What the city sees: the schema of every state message, and the link that carries it over Zenoh.
//!
//! A site opens a [`Bridge`] and gives it [`Update`]s; whoever watches (a city, the `city` tool, a test) opens a
//! [`Watch`] and gets [`WatchEvent`]s. Keys are `lukou/<city>/<site>/<kind>[/<id>]` ([`SiteKeys`]); payloads are JSON, or
//! CBOR by setting ([`Encoding`]); `docs/ref/city-data.md` is the data catalogue and says how the schema may change.
//!
//! A message of a promised kind ([`Kind::is_promised`]) waits in an outbox on disk until the city says that it has stored it
//! ([`Receipt`]). The others are *latest-only*: an update that could not be sent before the next one of its key came is
//! superseded, counted, and not sent later. Whoever comes late asks for the last state of each key and gets it.

mod answers;
mod bridge;
mod bundle;
mod carriers;
mod checksum;
mod clock;
mod codec;
mod command;
mod commanded;
mod config;
mod evidence;
mod history;
mod inbox;
mod json_schema;
mod keys;
mod latest;
mod link;
mod outbox;
mod promised;
mod publishers;
mod receipt;
mod release;
pub mod schema;
mod sender;
mod sequence;
mod session;
mod stats;
mod watch;

pub use bridge::{Bridge, PublishError};
pub use bundle::{Bundle, BundleError, CHUNK_BYTES, FetchError, FileSum, MAX_BUNDLE_BYTES};
pub use checksum::{checksum, is_whole};
pub use codec::{DecodeError, Encoding, MAX_PAYLOAD_BYTES, decode, encode};
pub use command::{
    ACK_SCHEMA, Ack, AckState, COMMAND_SCHEMA, Command, CommandEnd, CommandError, CommandKind, KeyError,
    MAX_COMMAND_BYTES, MAX_LIFE_US, Rejection, SignedCommand, SigningKey, ack_key, command_key, command_keys,
    key_octets, public_key, send_command, send_commands, signing_key,
};
pub use commanded::CommandEvent;
pub use config::{BridgeConfig, BridgeError, LinkConfig, LinkMode, TlsConfig};
pub use evidence::{EvidenceError, fetch_evidence};
pub use json_schema::{file_name, json_schema};
pub use keys::{NameError, SiteKeys, StateKey, check_name};
pub use outbox::{Due, Limits, LimitsConfig, Pace, StoreError};
pub use receipt::{RECEIPT_SCHEMA, Receipt, ReceiptError};
pub use release::{
    RELEASE_FILE, RELEASE_PROGRAM, RELEASE_SCHEMA, Release, ReleaseError, SignedRelease, SoftwareUpdate, Version,
    VersionError,
};
pub use schema::{InvalidState, Kind, State, StateMessage, Update};
pub use sequence::{SequenceError, Sequences};
pub use session::{SampleError, open_session, read_sample};
pub use stats::{BridgeStats, DropReason, OutboxStats};
pub use watch::{Watch, WatchConfig, WatchEvent};

/// Locks a mutex; what a panicking thread left behind is still whole here, since no update spans two statements that can
/// panic.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
