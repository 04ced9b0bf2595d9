//! When a message goes, and when it goes again.
//!
//! New messages go at once and in their order, as long as fewer than [`WINDOW`] are under way. A message is under way from
//! when its turn comes until its receipt comes, until a receipt comes for one that was sent later (the link keeps the order, so
//! it is lost), or until its time is up; that begins when the line has taken it ([`Pace::went`]), for on a slow one those
//! before it may take a minute. What has no receipt and is not under way goes again: after each receipt, the more the longer
//! nothing is lost; without any the [`PROBE`] oldest, after a pause that doubles. So a city that is not there costs little,
//! what is new does not wait behind what nobody answers, and a city that comes back gets everything at the speed at which it
//! answers.
//!
//! A message is given twice as long as receipts took of late, the longest counting most. Else thousands of sites would say
//! everything again and again to a city that is merely slow, and it would never catch up. As in TCP (RFC 6298), a message that
//! was sent twice tells nothing of how long a receipt takes, and a pause that has doubled stays until one that was sent once is
//! answered.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// Messages of one kind under way at once.
pub(crate) const WINDOW: usize = 64;
/// Messages that ask whether a city is there that stores them.
const PROBE: usize = 4;
/// The first pause: while nothing is known of the line, it may be a slow one.
const FIRST: Duration = Duration::from_secs(5);
/// The least time that a message is given.
const LEAST: Duration = Duration::from_secs(2);
/// The longest pause: how late a city that comes back behind a router is noticed, unless something new is sent.
const LONGEST: Duration = Duration::from_secs(20);

/// The pace of one kind of one site. No clock in here: time is an argument, from any fixed moment on.
#[derive(Debug)]
pub struct Pace {
    /// What is under way, in the order in which it was sent.
    flight: VecDeque<Sent>,
    /// Below this number all have had their turn once.
    due_through: u64,
    /// The time a message is given, and until the oldest go again without a receipt.
    pause: Duration,
    again_at: Option<Duration>,
    /// How many that go again may be under way.
    room: usize,
    /// Whether something came back since messages last went again.
    answered: bool,
}

#[derive(Clone, Copy, Debug)]
struct Sent {
    seq: u64,
    /// When the line had taken it; `None`: it waits for those before it.
    at: Option<Duration>,
    once: bool,
}

/// What goes now.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Sent before, in their order.
    pub again: Vec<u64>,
    /// For the first time, after those.
    pub fresh: Vec<u64>,
}

impl Pace {
    /// `sent_through`: below this number all have been sent once.
    pub fn new(sent_through: u64) -> Self {
        let (flight, pause) = (VecDeque::new(), FIRST);
        Self { flight, due_through: sent_through, pause, again_at: None, room: PROBE, answered: false }
    }

    /// Below this number all have had their turn.
    pub(super) fn due_through(&self) -> u64 {
        self.due_through
    }

    /// Below this number the line has taken all once.
    pub(super) fn sent_through(&self) -> u64 {
        let waits = self.flight.iter().find(|sent| sent.once && sent.at.is_none());
        waits.map_or(self.due_through, |first| first.seq)
    }

    /// Somebody came: nothing of what was under way may be counted on, and whoever it is may have a store. The line is as
    /// fast as it was. `kept_back`: the first of those that were due and that the line was not given yet.
    pub fn reconnected(&mut self, kept_back: Option<u64>, now: Duration) {
        let (given_through, pause) = (kept_back.unwrap_or(self.due_through), self.pause);
        *self = Self { again_at: Some(now), answered: true, pause, ..Self::new(given_through) };
    }

    /// A receipt came for these numbers, which waited; for none, it changes nothing.
    pub fn received(&mut self, numbers: &BTreeSet<u64>, now: Duration) {
        if numbers.is_empty() {
            return;
        }
        (self.answered, self.again_at) = (true, Some(now));
        let is_named = |sent: &Sent| numbers.contains(&sent.seq);
        let last = self.flight.iter().rposition(|sent| sent.at.is_some() && is_named(sent));
        let mut done: Vec<Sent> = self.flight.drain(..last.map_or(0, |last| last + 1)).collect();
        // A receipt may be quicker than the line's own word. It may also be for an earlier copy: it tells nothing of the others.
        done.extend(self.flight.iter().filter(|sent| is_named(sent)));
        self.flight.retain(|sent| !is_named(sent));
        if done.is_empty() {
            return;
        }
        let timed = |sent: &Sent| sent.at.filter(|_| sent.once && is_named(sent));
        if let Some(at) = done.iter().rev().find_map(timed) {
            self.take_time(now.saturating_sub(at));
        }
        let all_there = done.iter().all(is_named);
        self.room = if all_there { (self.room + done.len()).min(WINDOW) } else { (self.room / 2).max(PROBE) };
    }

    /// A receipt took so long. What is given after it grows at once and shrinks little by little: a small message that was quick
    /// says nothing of the large one behind it.
    fn take_time(&mut self, took: Duration) {
        let twice = took.saturating_mul(2).clamp(LEAST, LONGEST);
        self.pause = twice.max((self.pause.saturating_mul(7).saturating_add(twice)) / 8);
    }

    /// Which of `waiting` go now, one after the other as the line takes them; each is [`Self::went`] then.
    pub fn due<T>(&mut self, waiting: &BTreeMap<u64, T>, now: Duration) -> Due {
        self.give_up(waiting, now);
        let mut due = Due::default();
        if self.again_at.is_some_and(|at| at <= now) {
            if !self.answered {
                self.room = PROBE;
            }
            let under_way = |seq: &u64| self.flight.iter().any(|sent| sent.seq == *seq);
            let unanswered = waiting.range(..self.due_through).map(|(seq, _)| *seq).filter(|seq| !under_way(seq));
            let again = self.flight.iter().filter(|sent| !sent.once).count();
            let room = self.room.saturating_sub(again).min(WINDOW.saturating_sub(self.flight.len()));
            due.again = unanswered.take(room).collect();
            if !due.again.is_empty() && !self.answered {
                self.pause = self.pause.saturating_mul(2).min(LONGEST);
            }
            self.answered = false;
        }
        let room = WINDOW.saturating_sub(self.flight.len() + due.again.len());
        due.fresh = waiting.range(self.due_through..).map(|(seq, _)| *seq).take(room).collect();
        if let Some(last) = due.fresh.last() {
            self.due_through = last.saturating_add(1);
        }
        let sent = |once: bool| move |&seq: &u64| Sent { seq, at: None, once };
        self.flight.extend(due.again.iter().map(sent(false)).chain(due.fresh.iter().map(sent(true))));
        if self.again_at.is_none_or(|at| at <= now) {
            // All that was sent is under way; it goes again if nothing comes of it.
            self.again_at = (!waiting.is_empty()).then(|| now.saturating_add(self.pause));
        }
        due
    }

    /// The line has taken a message that was due: from now on its receipt is waited for.
    pub fn went(&mut self, seq: u64, now: Duration) {
        if let Some(sent) = self.flight.iter_mut().rfind(|sent| sent.seq == seq) {
            sent.at = Some(now);
        }
    }

    /// What was given its time is not under way any more, nor is what nobody waits for.
    fn give_up<T>(&mut self, waiting: &BTreeMap<u64, T>, now: Duration) {
        let pause = self.pause;
        let has_time = |sent: &Sent| sent.at.is_none_or(|at| at.saturating_add(pause) > now);
        self.flight.retain(|sent| has_time(sent) && waiting.contains_key(&sent.seq));
    }

    /// When [`Self::due`] should be asked again, if nothing happens before.
    pub fn wake_at<T>(&self, waiting: &BTreeMap<u64, T>) -> Option<Duration> {
        let (_, newest) = (waiting.first_key_value()?, waiting.last_key_value()?.0);
        let room_at = self.flight.front().and_then(|sent| sent.at).map(|at| at.saturating_add(self.pause));
        let full = self.flight.len() >= WINDOW && *newest >= self.due_through;
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

    /// What is due, on a line that takes all at once.
    fn due(pace: &mut Pace, waiting: &BTreeMap<u64, ()>, now: Duration) -> Due {
        let due = pace.due(waiting, now);
        due.again.iter().chain(&due.fresh).for_each(|seq| pace.went(*seq, now));
        due
    }

    fn receive(
        pace: &mut Pace,
        waiting: &mut BTreeMap<u64, ()>,
        numbers: impl IntoIterator<Item = u64>,
        now: Duration,
    ) {
        let numbers: BTreeSet<u64> = numbers.into_iter().filter(|seq| waiting.remove(seq).is_some()).collect();
        pace.received(&numbers, now);
    }

    #[test]
    fn without_an_answer_the_oldest_go_again_after_growing_pauses_and_what_is_new_at_once() {
        let mut pace = Pace::new(0);
        let mut waiting = waiting(0..6);
        assert_eq!(due(&mut pace, &waiting, s(0)), Due { again: vec![], fresh: (0..6).collect() });
        let mut again_at = Vec::new();
        for _ in 0..8 {
            let at = pace.wake_at(&waiting).unwrap();
            assert_eq!(due(&mut pace, &waiting, at), Due { again: vec![0, 1, 2, 3], fresh: vec![] });
            again_at.push(at.as_secs());
        }
        assert_eq!(again_at, [5, 15, 35, 55, 75, 95, 115, 135]);
        waiting.insert(9, ());
        assert_eq!(due(&mut pace, &waiting, s(140)), Due { again: vec![], fresh: vec![9] });
        receive(&mut pace, &mut waiting, [9], s(141));
        assert_eq!(due(&mut pace, &waiting, s(141)).again, [0, 1, 2, 3], "overtaken");
    }

    #[test]
    fn each_answer_lets_more_go() {
        let mut pace = Pace::new(1000);
        let mut waiting = waiting(0..2000);
        pace.reconnected(None, s(0));
        let mut gone = due(&mut pace, &waiting, s(0));
        assert_eq!(gone.again, [0, 1, 2, 3]);
        assert_eq!(gone.fresh, (1000..1060).collect::<Vec<_>>());
        assert_eq!(due(&mut pace, &waiting, s(1)), Due::default(), "the window is full");
        let mut rounds = 0;
        while !waiting.is_empty() {
            receive(&mut pace, &mut waiting, gone.again.into_iter().chain(gone.fresh), s(1));
            gone = due(&mut pace, &waiting, s(1));
            assert!(gone.again.len() + gone.fresh.len() <= WINDOW);
            rounds += 1;
        }
        assert!((2000 / WINDOW..40).contains(&rounds), "{rounds}");
    }

    #[test]
    fn a_full_window_opens_again_without_an_answer() {
        let mut pace = Pace::new(0);
        let waiting = waiting(0..100);
        assert_eq!(due(&mut pace, &waiting, s(0)).fresh.len(), WINDOW);
        assert_eq!(pace.wake_at(&waiting), Some(s(5)));
        assert_eq!(due(&mut pace, &waiting, s(5)), Due { again: vec![0, 1, 2, 3], fresh: (64..100).collect() });
    }

    #[test]
    fn what_was_overtaken_is_lost_and_goes_at_once() {
        let mut pace = Pace::new(0);
        let mut waiting = waiting(0..1);
        for second in 0..2 {
            waiting.insert(second, ());
            assert_eq!(due(&mut pace, &waiting, s(second)).fresh, [second]);
        }
        receive(&mut pace, &mut waiting, [1], Duration::from_millis(1100));
        assert_eq!(due(&mut pace, &waiting, Duration::from_millis(1100)).again, [0]);
    }

    #[test]
    fn on_a_slow_line_time_runs_from_when_a_message_has_gone_and_a_quick_one_does_not_shorten_it_much() {
        let (mut pace, mut waiting) = (Pace::new(0), waiting(0..2));
        assert_eq!(pace.due(&waiting, s(0)).fresh, [0, 1]);
        assert_eq!(pace.due(&waiting, s(60)), Due::default(), "both wait for the line");
        pace.went(0, s(60));
        receive(&mut pace, &mut waiting, [0], s(68));
        pace.went(1, s(70));
        assert_eq!(pace.due(&waiting, s(85)), Due::default(), "twice 8 s are not over");
        receive(&mut pace, &mut waiting, [1], s(85));
        waiting.extend([(2, ()), (3, ())]);
        assert_eq!(due(&mut pace, &waiting, s(90)).fresh, [2, 3]);
        receive(&mut pace, &mut waiting, [2], s(91));
        assert_eq!(pace.due(&waiting, s(91)), Due::default());
        assert_eq!(pace.wake_at(&waiting), Some(Duration::from_millis(108_750)));
        assert_eq!(pace.due(&waiting, s(109)).again, [3]);
    }

    /// Sites that say something once a second to a city that stores `per_s` messages a second in the order in which they
    /// come. Returns how many were sent, copies included, and how many were stored once `seconds` are over.
    fn overloaded(sites: usize, per_s: usize, says_s: u64, seconds: u64) -> (usize, usize) {
        let mut paces: Vec<_> = (0..sites).map(|_| (Pace::new(0), BTreeMap::new())).collect();
        let mut queue = VecDeque::new();
        let (mut sent, mut stored) = (0, 0);
        for second in 0..seconds {
            for (site, (pace, waiting)) in paces.iter_mut().enumerate() {
                if second < says_s {
                    waiting.insert(second, ());
                }
                let due = due(pace, waiting, s(second));
                sent += due.again.len() + due.fresh.len();
                queue.extend(due.again.into_iter().chain(due.fresh).map(|seq| (site, seq)));
            }
            for (site, seq) in queue.drain(..per_s.min(queue.len())) {
                let (pace, waiting) = &mut paces[site];
                if waiting.remove(&seq).is_some() {
                    pace.received(&BTreeSet::from([seq]), s(second + 1));
                    stored += 1;
                }
            }
        }
        (sent, stored)
    }

    #[test]
    fn a_city_that_is_too_slow_is_not_buried_in_copies() {
        let (sent, stored) = overloaded(100, 60, 60, 160);
        assert_eq!(stored, 6000, "it takes 100 s at least");
        assert!(sent < 2 * stored, "{sent}");
    }
}
