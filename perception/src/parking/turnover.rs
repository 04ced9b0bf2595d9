//! How many came and went, and how long they stayed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::bay::Change;
use crate::time::UtcMicros;

/// Over how long it is counted, seconds.
pub(super) const WINDOW_S: f64 = 3600.0;
/// More than this of an hour are not kept; the oldest go first.
const MOST: usize = 4096;

/// Arrivals and departures of the last hour, of those bays that were seen both before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Turnover {
    /// Over how long, seconds: an hour, less after the start.
    pub window_s: f64,
    /// Bays that were seen free, then taken.
    pub arrivals: u32,
    /// Bays that were seen taken, then free.
    pub departures: u32,
    /// Mean stay of those that left and whose arrival was seen, seconds.
    pub mean_stay_s: Option<f64>,
}

/// Keeps the last hour's changes; of more than [`MOST`] the oldest are lost.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    since: Option<UtcMicros>,
    changes: VecDeque<(UtcMicros, Change)>,
}

impl Ledger {
    pub(super) fn begin(&mut self, at: UtcMicros) {
        *self = Self { since: Some(at), changes: VecDeque::new() };
    }

    pub(super) fn take(&mut self, at: UtcMicros, change: Change) {
        if self.changes.len() == MOST {
            self.changes.pop_front();
        }
        self.changes.push_back((at, change));
    }

    pub(super) fn forget_before(&mut self, now: UtcMicros) {
        while self.changes.front().is_some_and(|(at, _)| now.seconds_since(*at) > WINDOW_S) {
            self.changes.pop_front();
        }
    }

    pub(super) fn told(&self, now: UtcMicros) -> Turnover {
        let stays_s = self.changes.iter().filter_map(|(_, change)| match change {
            Change::Left(stay_s) => *stay_s,
            Change::Arrived => None,
        });
        let (count, sum_s) = stays_s.fold((0_u32, 0.0), |(count, sum_s), stay_s| (count + 1, sum_s + stay_s));
        let arrivals = self.changes.iter().filter(|(_, change)| *change == Change::Arrived).count();
        Turnover {
            window_s: self.since.map_or(0.0, |since| now.seconds_since(since).clamp(0.0, WINDOW_S)),
            arrivals: u32::try_from(arrivals).unwrap_or(u32::MAX),
            departures: u32::try_from(self.changes.len() - arrivals).unwrap_or(u32::MAX),
            mean_stay_s: (count > 0).then(|| sum_s / f64::from(count)),
        }
    }
}
