//! How much of a kind waits, and how much is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::schema::Kind;

/// Bounds of one kind in the outbox, as a site sets them; what is absent has the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// [`Limits::max_bytes`].
    pub max_bytes: Option<u64>,
    /// [`Limits::max_age_s`].
    pub max_age_s: Option<u64>,
    /// [`Limits::kept_bytes`].
    pub kept_bytes: Option<u64>,
    /// [`Limits::kept_age_s`].
    pub kept_age_s: Option<u64>,
}

/// Bounds of one kind in the outbox. Bytes are of payload: the file is up to twice as large as all bounds together. Ages are
/// in service time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What waits for a receipt, bytes; beyond it the oldest are given up. Default 64 MiB, of parking 8 MiB.
    pub max_bytes: u64,
    /// How long a message waits, s. Default 30 days, of parking one.
    pub max_age_s: u64,
    /// What is kept after its receipt, to answer questions about the last hours, bytes. Default 32 MiB.
    pub kept_bytes: u64,
    /// For how long, s, counted from when the message came. Default one day.
    pub kept_age_s: u64,
}

const MIB: u64 = 1 << 20;
const DAY_S: u64 = 86_400;

impl Limits {
    /// The defaults for `kind`. A day of traffic windows of 10 s with eight lanes is about 20 MiB.
    pub fn of(kind: Kind) -> Self {
        let (max_bytes, max_age_s) = if kind.is_superseded() { (8 * MIB, DAY_S) } else { (64 * MIB, 30 * DAY_S) };
        Self { max_bytes, max_age_s, kept_bytes: 32 * MIB, kept_age_s: DAY_S }
    }

    /// With what a site sets.
    pub fn with(self, config: &LimitsConfig) -> Self {
        Self {
            max_bytes: config.max_bytes.unwrap_or(self.max_bytes),
            max_age_s: config.max_age_s.unwrap_or(self.max_age_s),
            kept_bytes: config.kept_bytes.unwrap_or(self.kept_bytes),
            kept_age_s: config.kept_age_s.unwrap_or(self.kept_age_s),
        }
    }
}

/// What was received and is still there.
#[derive(Debug, Default)]
pub(super) struct Kept {
    messages: BTreeMap<u64, (u64, Duration)>,
    bytes: u64,
}

impl Kept {
    pub(super) fn insert(&mut self, seq: u64, bytes: u64, at: Duration) {
        if self.messages.insert(seq, (bytes, at)).is_none() {
            self.bytes = self.bytes.saturating_add(bytes);
        }
    }

    /// Takes out what is too much or too old.
    pub(super) fn purge(&mut self, limits: &Limits, now: Duration) -> Vec<u64> {
        let mut purged = Vec::new();
        while let Some(oldest) = self.messages.first_entry() {
            let (bytes, at) = *oldest.get();
            let too_old = at.saturating_add(Duration::from_secs(limits.kept_age_s)) < now;
            if self.bytes <= limits.kept_bytes && !too_old {
                break;
            }
            purged.push(*oldest.key());
            oldest.remove();
            self.bytes = self.bytes.saturating_sub(bytes);
        }
        purged
    }
}
