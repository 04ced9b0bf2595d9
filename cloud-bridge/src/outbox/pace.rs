//! When a message goes, and when it goes again.
//!
//! New messages go at once and in their order, as long as fewer than [`WINDOW`] are under way. Those that were sent and of
//! which no receipt has come go again: the [`PROBE`] oldest after a pause that doubles as long as nothing comes back, and a
//! window of them as soon as something does. So a city that is not there costs little, what is new does not wait behind
//! what nobody answers, and a city that comes back gets everything at the speed at which it answers.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Messages of one kind under way at once.
pub(crate) const WINDOW: usize = 64;
/// Messages that ask whether a city is there that stores them.
const PROBE: usize = 4;
/// How long a message counts as under way; the first pause before it goes again.
const FIRST: Duration = Duration::from_secs(2);
/// The longest pause: how late a city that comes back behind a router is noticed, unless something new is sent.
const LONGEST: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Pace {
    /// Numbers under way, and since when, the oldest first.
    flight: VecDeque<(u64, Duration)>,
    /// Below this number all have been sent once.
    sent_through: u64,
    pause: Duration,
    again_at: Option<Duration>,
    /// How many go again at [`Self::again_at`].
    again: usize,
}

/// What goes now.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    pub again: Vec<u64>,
    pub fresh: Vec<u64>,
}

impl Pace {
    /// `sent_through`: below this number all have been sent once.
    pub(super) fn new(sent_through: u64) -> Self {
        Self { flight: VecDeque::new(), sent_through, pause: FIRST, again_at: None, again: PROBE }
    }

    pub(super) fn sent_through(&self) -> u64 {
        self.sent_through
    }

    /// Somebody came: nothing of what was under way may be counted on, and whoever it is may have a store.
    pub(super) fn reconnected(&mut self, now: Duration) {
        self.flight.clear();
        self.hurry(now);
    }

    fn hurry(&mut self, now: Duration) {
        (self.pause, self.again, self.again_at) = (FIRST, WINDOW, Some(now));
    }

    /// A receipt for `seq`, which waited, came.
    pub(super) fn received(&mut self, seq: u64, now: Duration) {
        self.flight.retain(|(under_way, _)| *under_way != seq);
        self.hurry(now);
    }

    /// Which of `waiting` go now; they count as sent.
    pub(super) fn due<T>(&mut self, waiting: &BTreeMap<u64, T>, now: Duration) -> Due {
        self.forget_flight(now);
        let mut room = WINDOW.saturating_sub(self.flight.len());
        let mut due = Due::default();
        if self.again_at.is_some_and(|at| at <= now) {
            let unanswered = waiting.range(..self.sent_through).map(|(seq, _)| *seq);
            let under_way = |seq: &u64| self.flight.iter().any(|(other, _)| other == seq);
            due.again = unanswered.filter(|seq| !under_way(seq)).take(self.again.min(room)).collect();
            if !due.again.is_empty() {
                self.pause_after(now);
            }
        }
        room = room.saturating_sub(due.again.len());
        due.fresh = waiting.range(self.sent_through..).map(|(seq, _)| *seq).take(room).collect();
        if let Some(last) = due.fresh.last() {
            self.sent_through = last.saturating_add(1);
        }
        self.flight.extend(due.again.iter().chain(&due.fresh).map(|seq| (*seq, now)));
        if self.again_at.is_none_or(|at| at <= now) {
            // All that was sent is under way; it goes again if nothing comes of it.
            self.again_at = (!waiting.is_empty()).then(|| now.saturating_add(self.pause));
        }
        due
    }

    fn pause_after(&mut self, now: Duration) {
        self.again_at = Some(now.saturating_add(self.pause));
        self.pause = self.pause.saturating_mul(2).min(LONGEST);
        self.again = PROBE;
    }

    fn forget_flight(&mut self, now: Duration) {
        while self.flight.front().is_some_and(|(_, since)| since.saturating_add(FIRST) <= now) {
            self.flight.pop_front();
        }
    }

    /// When [`Self::due`] should be asked again, if nothing happens before.
    pub(super) fn wake_at<T>(&self, waiting: &BTreeMap<u64, T>) -> Option<Duration> {
        let (_, newest) = (waiting.first_key_value()?, waiting.last_key_value()?.0);
        let room_at = self.flight.front().map(|(_, since)| since.saturating_add(FIRST));
        let full = self.flight.len() >= WINDOW && *newest >= self.sent_through;
        [self.again_at, room_at.filter(|_| full)].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn waiting(numbers: impl IntoIterator<Item = u64>) -> BTreeMap<u64, ()> {
        numbers.into_iter().map(|seq| (seq, ())).collect()
    }

    #[test]
    fn without_an_answer_the_oldest_go_again_after_growing_pauses_and_what_is_new_at_once() {
        let mut pace = Pace::new(0);
        let mut waiting = waiting(0..6);
        assert_eq!(pace.due(&waiting, s(0)), Due { again: vec![], fresh: (0..6).collect() });
        let mut again_at = Vec::new();
        for _ in 0..8 {
            let at = pace.wake_at(&waiting).unwrap();
            assert_eq!(pace.due(&waiting, at), Due { again: vec![0, 1, 2, 3], fresh: vec![] });
            again_at.push(at.as_secs());
        }
        assert_eq!(again_at, [2, 4, 8, 16, 32, 64, 124, 184]);
        waiting.insert(9, ());
        assert_eq!(pace.due(&waiting, s(190)), Due { again: vec![], fresh: vec![9] });
    }

    #[test]
    fn each_answer_lets_more_go() {
        let mut pace = Pace::new(1000);
        let mut waiting = waiting(0..2000);
        pace.reconnected(s(0));
        let first: Vec<u64> = (0..64).collect();
        assert_eq!(pace.due(&waiting, s(0)), Due { again: first.clone(), fresh: vec![] });
        assert_eq!(pace.due(&waiting, s(1)), Due::default(), "the window is full");
        for seq in 0..10 {
            waiting.remove(&seq);
            pace.received(seq, s(1));
        }
        assert_eq!(pace.due(&waiting, s(1)), Due { again: (64..74).collect(), fresh: vec![] });
        for seq in 10..1000 {
            waiting.remove(&seq);
            pace.received(seq, s(1));
        }
        assert_eq!(pace.due(&waiting, s(1)).fresh, (1000..1064).collect::<Vec<_>>());
    }

    #[test]
    fn a_full_window_opens_again_without_an_answer() {
        let mut pace = Pace::new(0);
        let waiting = waiting(0..100);
        assert_eq!(pace.due(&waiting, s(0)).fresh.len(), WINDOW);
        assert_eq!(pace.wake_at(&waiting), Some(s(2)));
        assert_eq!(pace.due(&waiting, s(2)), Due { again: vec![0, 1, 2, 3], fresh: (64..100).collect() });
    }
}
