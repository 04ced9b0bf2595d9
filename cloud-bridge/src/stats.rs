//! What the bridge has done, for metrics and the console.

use std::collections::BTreeMap;

use crate::schema::Kind;

/// Why a state did not go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropReason {
    /// A newer state of the same key came before this one was sent.
    Superseded,
    /// Nobody was connected. The state is kept, and given to whoever asks for the last one.
    NotConnected,
    /// A value out of its range, or a name that can't be part of a key.
    Invalid,
    /// Larger than [`crate::MAX_PAYLOAD_BYTES`], or not to be written at all.
    Unencodable,
    /// More different keys than the bridge keeps.
    TooManyKeys,
    /// All sequence numbers of this run are used up.
    SequenceExhausted,
    /// The outbox holds as much as it may, and this was the oldest.
    OutboxFull,
    /// It waited in the outbox for as long as it may.
    TooOld,
    /// The disk refuses, memory holds as much as it may, and this was the oldest.
    DiskRefused,
    /// It lay in a store that is damaged.
    DiskDamaged,
    /// It came faster than the disk takes it.
    QueueFull,
    /// Zenoh refused it.
    LinkError,
    /// The bridge was closed.
    Closed,
}

impl DropReason {
    /// The name for a metric's label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::NotConnected => "not_connected",
            Self::Invalid => "invalid",
            Self::Unencodable => "unencodable",
            Self::TooManyKeys => "too_many_keys",
            Self::SequenceExhausted => "sequence_exhausted",
            Self::OutboxFull => "outbox_full",
            Self::TooOld => "too_old",
            Self::DiskRefused => "disk_refused",
            Self::DiskDamaged => "disk_damaged",
            Self::QueueFull => "queue_full",
            Self::LinkError => "link_error",
            Self::Closed => "closed",
        }
    }

    /// Whether a message of a promised kind that was given up for it is lost: no later one says what it said.
    pub fn loses(self) -> bool {
        use DropReason::{DiskDamaged, DiskRefused, OutboxFull, QueueFull, TooManyKeys, TooOld};
        matches!(self, TooManyKeys | OutboxFull | TooOld | DiskRefused | DiskDamaged | QueueFull)
    }
}

/// What waits of one kind until the city says that it has it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OutboxStats {
    /// Messages.
    pub messages: u64,
    /// Their payloads, bytes.
    pub bytes: u64,
    /// How long the oldest has waited, seconds of service time; 0 when none waits.
    pub oldest_s: f64,
}

/// A reading of the bridge's counters, all since it was opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BridgeStats {
    /// States handed to Zenoh while somebody was connected, by kind; each counts once.
    pub published: BTreeMap<Kind, u64>,
    /// States that did not go out, by kind and reason.
    pub dropped: BTreeMap<(Kind, DropReason), u64>,
    /// Messages of promised kinds that went again, because no receipt came.
    pub resent: BTreeMap<Kind, u64>,
    /// Messages of promised kinds that the city says it has stored.
    pub stored: BTreeMap<Kind, u64>,
    /// Receipts that were not believed: `garbled`, `malformed`, or of messages that were `never_sent`.
    pub refused_receipts: BTreeMap<&'static str, u64>,
    /// What waits in the outbox; each promised kind is there.
    pub outbox: BTreeMap<Kind, OutboxStats>,
    /// Whether the disk takes what is to wait there.
    pub disk_refuses: bool,
    /// Last states given to those who asked.
    pub answered: u64,
    /// States that wait to be sent.
    pub waiting: usize,
    /// Routers, peers and clients connected now.
    pub connected_peers: usize,
    /// The last error of the link, in words; kept after it has recovered.
    pub last_error: Option<String>,
}

impl BridgeStats {
    /// Whether anybody is connected now.
    pub fn connected(&self) -> bool {
        self.connected_peers > 0
    }
}
