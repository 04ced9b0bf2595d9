//! What came in all, and whether it was what a vehicle needs.

use std::collections::BTreeMap;

use serde::Serialize;

/// The whole run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Seconds from the beginning to the end.
    pub seconds: f64,
    /// True when every radio asked for brought SPAT, MAP and RSM (or SDSM), and nothing that did not decode.
    pub ok: bool,
    /// Why not, one sentence each.
    pub missing: Vec<String>,
    /// By radio, family and kind.
    pub messages: Vec<MessageSummary>,
    /// Frames that did not decode, by radio, with the last one's error.
    pub errors: BTreeMap<&'static str, ErrorSummary>,
    /// Mistakes in what decoded, by kind, with the last one's detail.
    pub faults: BTreeMap<&'static str, ErrorSummary>,
}

/// Messages of one kind by one radio.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MessageSummary {
    /// `pc5` or `uu`.
    pub radio: &'static str,
    /// `cn` or `us`.
    pub set: &'static str,
    /// `SPAT`, ….
    pub message: &'static str,
    /// Decoded.
    pub received: u64,
    /// Messages a second between the first and the last.
    pub rate_hz: Option<f64>,
    /// Numbers that never came, where messages are numbered.
    pub lost: Option<u64>,
    /// Numbers that came twice.
    pub duplicates: u64,
    /// Numbers that came after a later one.
    pub late: u64,
    /// Median of arrival minus the message's own time, milliseconds; honest only when the clocks agree.
    pub latency_ms: Option<f64>,
}

/// Something wrong: how often, and the last time how.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ErrorSummary {
    /// How often.
    pub count: u64,
    /// The last one.
    pub last: String,
}

impl ErrorSummary {
    pub(super) fn note(&mut self, text: String) {
        self.count += 1;
        self.last = text;
    }
}

/// Most latencies that are kept for the median: the newest.
const MAX_LATENCIES: usize = 4096;
/// A pause so long may be a restart of the sender: numbers begin anew, seconds.
const RESTART_S: f64 = 3.0;

/// The count of one stream of messages.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) received: u64,
    pub(super) since_view: u64,
    pub(super) lost: u64,
    pub(super) duplicates: u64,
    pub(super) late: u64,
    pub(super) numbered: bool,
    last_number: Option<u8>,
    first_and_last_us: Option<(i64, i64)>,
    latencies_us: Vec<i64>,
}

impl Tally {
    /// Counts a message that came at `now_us`, with its running number and age if it has them.
    pub(super) fn note(&mut self, number: Option<u8>, now_us: i64, latency_us: Option<i64>) {
        let last_us = self.first_and_last_us.map(|(_, last_us)| last_us);
        if last_us.is_some_and(|last_us| (now_us - last_us) as f64 * 1e-6 > RESTART_S) {
            self.last_number = None;
        }
        if let Some(number) = number {
            self.number(number);
        }
        if let Some(latency_us) = latency_us {
            if self.latencies_us.len() == MAX_LATENCIES {
                self.latencies_us.remove(0);
            }
            self.latencies_us.push(latency_us);
        }
        let first_us = self.first_and_last_us.map_or(now_us, |(first_us, _)| first_us);
        self.first_and_last_us = Some((first_us, now_us));
        self.received += 1;
        self.since_view += 1;
    }

    /// Numbers run from 0 to 127 and begin again; half of them count as ahead, half as behind.
    fn number(&mut self, number: u8) {
        self.numbered = true;
        let step = self.last_number.map(|last| number.wrapping_sub(last) & 127);
        match step {
            None | Some(1) => {}
            Some(0) => self.duplicates += 1,
            Some(ahead @ 2..=63) => self.lost += u64::from(ahead - 1),
            Some(_) => {
                // It had been counted as lost when its successor came.
                self.lost = self.lost.saturating_sub(1);
                self.late += 1;
                return;
            }
        }
        self.last_number = Some(number);
    }

    pub(super) fn rate_hz(&self) -> Option<f64> {
        let (first_us, last_us) = self.first_and_last_us?;
        let seconds = (last_us - first_us) as f64 * 1e-6;
        (self.received > 1 && seconds > 0.0).then(|| (self.received - 1) as f64 / seconds)
    }

    pub(super) fn median_latency_ms(&self) -> Option<f64> {
        let mut sorted = self.latencies_us.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).map(|latency_us| *latency_us as f64 * 1e-3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(numbers: &[u8]) -> (u64, u64, u64) {
        let mut tally = Tally::default();
        for (index, number) in numbers.iter().enumerate() {
            tally.note(Some(*number), index as i64 * 100_000, None);
        }
        (tally.lost, tally.duplicates, tally.late)
    }

    #[test]
    fn numbers_wrap_go_missing_repeat_and_overtake() {
        assert_eq!(tally(&[125, 126, 127, 0, 1]), (0, 0, 0));
        assert_eq!(tally(&[5, 6, 9, 10]), (2, 0, 0));
        assert_eq!(tally(&[5, 6, 6, 7]), (0, 1, 0));
        assert_eq!(tally(&[5, 7, 6, 8]), (0, 0, 1));
    }

    #[test]
    fn a_sender_that_starts_again_has_lost_nothing() {
        let mut tally = Tally::default();
        tally.note(Some(90), 0, Some(5_000));
        tally.note(Some(3), 10_000_000, Some(7_000));
        tally.note(Some(4), 10_100_000, Some(9_000));
        assert_eq!((tally.lost, tally.late), (0, 0));
        assert_eq!(tally.median_latency_ms(), Some(7.0));
    }
}
