//! What waits of one kind, what of it is on the line, and what is kept.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::limits::Kept;
use super::pace::Pace;
use super::store::Stored;

/// One kind.
#[derive(Debug)]
pub(super) struct Lane {
    pub waiting: BTreeMap<u64, Waiting>,
    pub bytes: u64,
    /// From this number on nothing is on the disk yet.
    pub unwritten_from: u64,
    /// Below this number all is of earlier runs, and may have been sent more than they lived to write down.
    pub earlier_through: u64,
    pub pace: Pace,
    /// What is due and waits for the line, and whether it goes for the first time.
    pub due: VecDeque<(u64, bool)>,
    /// What the line is taking, and its bytes.
    pub on_line: BTreeMap<u64, u64>,
    pub kept: Kept,
}

/// One message.
#[derive(Debug)]
pub(super) struct Waiting {
    pub id: Option<String>,
    pub bytes: u64,
    pub at: Duration,
    /// Until it is on the disk.
    pub held: Option<Stored>,
}

impl Default for Lane {
    fn default() -> Self {
        let (waiting, due, kept) = (BTreeMap::new(), VecDeque::new(), Kept::default());
        let (pace, on_line) = (Pace::new(0), BTreeMap::new());
        Self { waiting, bytes: 0, unwritten_from: 0, earlier_through: 0, pace, due, on_line, kept }
    }
}

impl Lane {
    pub(super) fn remove(&mut self, seq: u64) -> Option<Waiting> {
        let waiting = self.waiting.remove(&seq)?;
        self.bytes = self.bytes.saturating_sub(waiting.bytes);
        Some(waiting)
    }

    /// The first of those that are due and that the line was not given yet.
    pub(super) fn kept_back(&self) -> Option<u64> {
        self.due.iter().find_map(|(seq, first)| first.then_some(*seq))
    }

    /// From this number on nothing was ever given to the line.
    pub(super) fn unsent_from(&self) -> u64 {
        self.kept_back().unwrap_or(self.pace.due_through()).max(self.earlier_through)
    }

    pub(super) fn held_bytes(&self) -> u64 {
        self.waiting.range(self.unwritten_from..).map(|(_, waiting)| waiting.bytes).sum()
    }

    /// The number and age of the oldest that is not on the disk.
    pub(super) fn oldest_held(&self) -> Option<(Duration, u64)> {
        self.waiting.range(self.unwritten_from..).next().map(|(seq, waiting)| (waiting.at, *seq))
    }
}
