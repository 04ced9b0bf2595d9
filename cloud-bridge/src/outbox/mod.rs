//! What must not be lost, until the city says that it has it.
//!
//! A message of a promised kind is written to the [`Store`] before it is sent, and waits there until a receipt names its
//! number. When the disk refuses (it is full), messages wait in memory and are sent from there, and are written once it
//! takes them. What was received stays for a while, to answer questions about the last hours.
//!
//! Ages are counted in *service time*: the time that the service has run, over all its starts. A step of the system's
//! clock makes no message older, and a box that was switched off for a month gives nothing up when it starts.
//!
//! No clock in here: service time is an argument.

mod lane;
mod limits;
mod pace;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

pub use limits::{Limits, LimitsConfig};
pub use store::StoreError;
pub(crate) use store::{MessageId, Store, Stored};

use self::lane::{Lane, Waiting};
use self::limits::Kept;
pub(crate) use self::pace::WINDOW;
pub use self::pace::{Due, Pace};
use self::store::{Changes, SERVICE_MS};
use crate::receipt::named;
use crate::schema::Kind;
use crate::stats::{DropReason, OutboxStats};

/// The most that waits in memory while the disk refuses, bytes of payload.
const MAX_HELD_BYTES: u64 = 16 << 20;
/// How long receipts may wait to be written with the next message: when they are lost, messages go twice, and each write
/// costs the disk some of its life.
const LAZY: Duration = Duration::from_secs(10);
/// First and longest pause before a disk that refused is tried again.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LONGEST: Duration = Duration::from_secs(30);

/// All that waits, by kind, and where it lies.
#[derive(Debug)]
pub(crate) struct Outbox {
    store: Arc<Store>,
    limits: BTreeMap<Kind, LimitsConfig>,
    lanes: BTreeMap<Kind, Lane>,
    received: Vec<MessageId>,
    gone: Vec<MessageId>,
    dropped: Vec<(Kind, DropReason)>,
    /// Since when something waits to be written that can wait.
    lazy_since: Option<Duration>,
    loaded: bool,
    retry_at: Duration,
    retry_pause: Duration,
    max_held_bytes: u64,
}

/// Of the numbers in a receipt those that waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Received {
    /// They wait no more.
    pub stored: u64,
    /// They wait on: nobody can have them.
    pub never_sent: u64,
}

impl Outbox {
    /// Opens the store and finds what waits. A disk that refuses is tried again later.
    ///
    /// # Errors
    /// [`StoreError::InUse`]: another process owns it.
    pub(crate) fn open(store: Arc<Store>, limits: BTreeMap<Kind, LimitsConfig>) -> Result<Self, StoreError> {
        let mut outbox = Self {
            store,
            limits,
            lanes: BTreeMap::new(),
            received: Vec::new(),
            gone: Vec::new(),
            dropped: Vec::new(),
            lazy_since: None,
            loaded: false,
            retry_at: Duration::ZERO,
            retry_pause: RETRY_FIRST,
            max_held_bytes: MAX_HELD_BYTES,
        };
        match outbox.heal(Self::make_ready) {
            Err(error @ StoreError::InUse(_)) => Err(error),
            Err(error) => {
                tracing::error!(%error, "the outbox is kept in memory until the disk takes it");
                Ok(outbox)
            }
            Ok(()) => Ok(outbox),
        }
    }

    /// The service time at which the store was last written: where this run's begins.
    pub(crate) fn service_time(&self) -> Duration {
        let written = self.store.fact(SERVICE_MS).ok().flatten();
        Duration::from_millis(written.unwrap_or_default())
    }

    /// The greatest number of those that it was opened with.
    pub(crate) fn newest(&self) -> Option<u64> {
        self.lanes.values().filter_map(|lane| lane.earlier_through.checked_sub(1)).max()
    }

    /// Where it lies.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Does `work` with the store; one that is found to be damaged is set aside, and a new one begun.
    fn heal(&mut self, work: impl Fn(&mut Self) -> Result<(), StoreError>) -> Result<(), StoreError> {
        match work(self) {
            Err(StoreError::Damaged { .. }) => {
                self.store.set_aside()?;
                self.forget_written();
                work(self)
            }
            done => done,
        }
    }

    /// Gives up what lay in a store that is gone.
    fn forget_written(&mut self) {
        for (kind, lane) in &mut self.lanes {
            let written: Vec<u64> = lane.waiting.range(..lane.unwritten_from).map(|(seq, _)| *seq).collect();
            for seq in written {
                lane.remove(seq);
                self.dropped.push((*kind, DropReason::DiskDamaged));
            }
            lane.kept = Kept::default();
        }
        self.received.clear();
        self.gone.clear();
    }

    /// Opens the store and finds what waits, if that is not done yet.
    fn make_ready(&mut self) -> Result<(), StoreError> {
        if !self.store.is_open() {
            self.store.open()?;
        }
        if self.loaded { Ok(()) } else { self.load() }
    }

    fn load(&mut self) -> Result<(), StoreError> {
        let mut sent_through = BTreeMap::new();
        for kind in Kind::ALL {
            sent_through.insert(kind, self.store.fact(&sent_fact(kind))?.unwrap_or_default());
        }
        for found in self.store.scan()? {
            let (kind, seq) = found.message;
            let lane = self.lanes.entry(kind).or_default();
            if found.waiting {
                lane.bytes = lane.bytes.saturating_add(found.bytes);
                let waiting = Waiting { id: found.id, bytes: found.bytes, at: found.at, held: None };
                lane.waiting.insert(seq, waiting);
            } else {
                lane.kept.insert(seq, found.bytes, found.at);
            }
            // What came while the disk could not be read has greater numbers: they grow with each start.
            lane.unwritten_from = lane.unwritten_from.max(seq.saturating_add(1));
            lane.earlier_through = lane.unwritten_from;
        }
        for (kind, lane) in &mut self.lanes {
            let sent_through = sent_through.get(kind).copied().unwrap_or_default();
            lane.pace = Pace::new(sent_through.max(lane.pace.sent_through()));
        }
        self.loaded = true;
        Ok(())
    }

    /// Takes a message in. Of a kind of which only the newest counts it takes the place of the one before.
    pub(crate) fn put(&mut self, (kind, seq): MessageId, stored: Stored) {
        let lane = self.lanes.entry(kind).or_default();
        if kind.is_superseded() {
            let same = |(_, waiting): &(&u64, &Waiting)| waiting.id == stored.id;
            if let Some(older) = lane.waiting.iter().find(same).map(|(older, _)| *older) {
                lane.remove(older);
                self.gone.push((kind, older));
                if older >= lane.pace.sent_through() && !lane.on_line.contains_key(&older) {
                    self.dropped.push((kind, DropReason::Superseded));
                }
            }
        }
        let bytes = u64::try_from(stored.payload.len()).unwrap_or(u64::MAX);
        lane.bytes = lane.bytes.saturating_add(bytes);
        let waiting = Waiting { id: stored.id.clone(), bytes, at: stored.at, held: Some(stored) };
        lane.waiting.insert(seq, waiting);
    }

    /// The city has stored these runs of numbers, both ends of each included. What was never sent can't be stored: it waits on.
    pub(crate) fn receive(&mut self, kind: Kind, runs: &[[u64; 2]], now: Duration) -> Received {
        let Some(lane) = self.lanes.get_mut(&kind) else { return Received::default() };
        let mut numbers = named(runs, &lane.waiting);
        let unsent = numbers.split_off(&lane.unsent_from());
        for &seq in &numbers {
            let Some(waiting) = lane.remove(seq) else { continue };
            if waiting.held.is_none() {
                lane.kept.insert(seq, waiting.bytes, waiting.at);
            }
            self.received.push((kind, seq));
            self.lazy_since.get_or_insert(now);
        }
        lane.pace.received(&numbers, now);
        let count = |numbers: &BTreeSet<u64>| u64::try_from(numbers.len()).unwrap_or(u64::MAX);
        Received { stored: count(&numbers), never_sent: count(&unsent) }
    }

    /// Somebody came: what is not received goes again.
    pub(crate) fn reconnected(&mut self, now: Duration) {
        for lane in self.lanes.values_mut() {
            let kept_back = lane.kept_back();
            lane.due.clear();
            lane.pace.reconnected(kept_back, now);
        }
    }

    /// Gives up what is too much or too old, the oldest first.
    pub(crate) fn give_up(&mut self, now: Duration) {
        for (kind, lane) in &mut self.lanes {
            let limits = Limits::of(*kind).with(&self.limits.get(kind).copied().unwrap_or_default());
            let too_old = |at: Duration| at.saturating_add(Duration::from_secs(limits.max_age_s)) < now;
            while let Some((&seq, oldest)) = lane.waiting.first_key_value() {
                let reason = match (lane.bytes > limits.max_bytes, too_old(oldest.at)) {
                    (true, _) => DropReason::OutboxFull,
                    (false, true) => DropReason::TooOld,
                    (false, false) => break,
                };
                lane.remove(seq);
                self.gone.push((*kind, seq));
                self.dropped.push((*kind, reason));
            }
            let purged = lane.kept.purge(&limits, now);
            if !purged.is_empty() {
                self.lazy_since.get_or_insert(now);
            }
            self.gone.extend(purged.into_iter().map(|seq| (*kind, seq)));
        }
        while self.lanes.values().map(Lane::held_bytes).sum::<u64>() > self.max_held_bytes {
            let oldest = self.lanes.iter().filter_map(|(kind, lane)| Some((lane.oldest_held()?, *kind))).min();
            let Some(((_, seq), kind)) = oldest else { break };
            self.lanes.get_mut(&kind).and_then(|lane| lane.remove(seq));
            self.dropped.push((kind, DropReason::DiskRefused));
        }
    }

    /// Writes what is new, and what has waited long enough; all of it when `now_or_never`. Afterwards it is on the disk.
    ///
    /// # Errors
    /// The disk refuses; everything stays as it is, and is tried again after a pause.
    pub(crate) fn save(&mut self, now: Duration, now_or_never: bool) -> Result<(), StoreError> {
        let is_new = self.lanes.values().any(|lane| lane.oldest_held().is_some());
        let is_late = self.lazy_since.is_some_and(|since| since.saturating_add(LAZY) <= now);
        if !(is_new || is_late || now_or_never) || (!self.store.is_open() && now < self.retry_at && !now_or_never) {
            return Ok(());
        }
        let saved = self.heal(|outbox| outbox.write(now));
        if saved.is_err() {
            self.retry_at = now.saturating_add(self.retry_pause);
            self.retry_pause = self.retry_pause.saturating_mul(2).min(RETRY_LONGEST);
        } else {
            self.retry_pause = RETRY_FIRST;
        }
        saved
    }

    fn write(&mut self, now: Duration) -> Result<(), StoreError> {
        self.make_ready()?;
        let mut changes = Changes { received: self.received.clone(), gone: self.gone.clone(), ..Changes::default() };
        changes.facts.push((SERVICE_MS.to_owned(), u64::try_from(now.as_millis()).unwrap_or(u64::MAX)));
        for (kind, lane) in &self.lanes {
            changes.facts.push((sent_fact(*kind), lane.pace.sent_through()));
            let held = lane.waiting.range(lane.unwritten_from..);
            changes.put.extend(held.filter_map(|(seq, waiting)| Some(((*kind, *seq), waiting.held.as_ref()?))));
        }
        self.store.commit(&changes)?;
        for lane in self.lanes.values_mut() {
            for (seq, waiting) in lane.waiting.range_mut(lane.unwritten_from..) {
                waiting.held = None;
                lane.unwritten_from = seq.saturating_add(1);
            }
        }
        self.received.clear();
        self.gone.clear();
        self.lazy_since = None;
        Ok(())
    }

    /// Whether all that came is on the disk.
    pub(crate) fn is_saved(&self) -> bool {
        self.lanes.values().all(|lane| lane.oldest_held().is_none())
    }

    /// What goes now, in order, and whether it goes for the first time; of each kind one message at least and `at_once_bytes`
    /// at most. What has to wait for the line waits here.
    pub(crate) fn due(&mut self, at_once_bytes: u64, now: Duration) -> Vec<(MessageId, bool)> {
        let mut all = Vec::new();
        for (kind, lane) in &mut self.lanes {
            let due = lane.pace.due(&lane.waiting, now);
            lane.due.extend(due.again.into_iter().map(|seq| (seq, false)));
            lane.due.extend(due.fresh.into_iter().map(|seq| (seq, true)));
            while let Some((seq, first)) = lane.due.pop_front() {
                // Meanwhile it may have been received after all, or superseded; or the line is still about to take it.
                let Some(waiting) = lane.waiting.get(&seq).filter(|_| !lane.on_line.contains_key(&seq)) else {
                    continue;
                };
                let bytes = lane.on_line.values().fold(waiting.bytes, |sum, bytes| sum.saturating_add(*bytes));
                if bytes > at_once_bytes && !lane.on_line.is_empty() {
                    lane.due.push_front((seq, first));
                    break;
                }
                lane.on_line.insert(seq, waiting.bytes);
                all.push(((*kind, seq), first));
            }
        }
        all
    }

    /// The line has taken a message that was due.
    pub(crate) fn went(&mut self, (kind, seq): MessageId, now: Duration) {
        let Some(lane) = self.lanes.get_mut(&kind) else { return };
        lane.on_line.remove(&seq);
        lane.pace.went(seq, now);
    }

    /// A message that waits.
    ///
    /// # Errors
    /// It lies on the disk, and that can't be read.
    pub(crate) fn read(&self, message: MessageId) -> Result<Option<Stored>, StoreError> {
        let waiting = self.lanes.get(&message.0).and_then(|lane| lane.waiting.get(&message.1));
        match waiting {
            Some(Waiting { held: Some(stored), .. }) => Ok(Some(stored.clone())),
            Some(_) => self.store.read(message),
            None => Ok(None),
        }
    }

    /// How long nothing needs to be done unless something happens; `connected`: whether anything can be sent.
    pub(crate) fn idle_for(&self, now: Duration, connected: bool) -> Duration {
        let lanes = self.lanes.values().filter(|_| connected);
        let wake = lanes.filter_map(|lane| lane.pace.wake_at(&lane.waiting));
        let held = self.lanes.values().any(|lane| lane.oldest_held().is_some());
        let retry = held.then_some(self.retry_at).filter(|_| !self.store.is_open());
        let lazy = self.lazy_since.map(|since| since.saturating_add(LAZY));
        let lazy = lazy.map(|at| if self.store.is_open() { at } else { at.max(self.retry_at) });
        let at = wake.chain(retry).chain(lazy).min();
        at.map_or(LAZY, |at| at.saturating_sub(now).min(LAZY))
    }

    /// What was given up since this was last asked.
    pub(crate) fn take_dropped(&mut self) -> Vec<(Kind, DropReason)> {
        std::mem::take(&mut self.dropped)
    }

    /// What waits now.
    pub(crate) fn stats(&self, now: Duration) -> BTreeMap<Kind, OutboxStats> {
        let stats = |lane: &Lane| OutboxStats {
            messages: u64::try_from(lane.waiting.len()).unwrap_or(u64::MAX),
            bytes: lane.bytes,
            oldest_s: lane.waiting.values().next().map_or(0.0, |oldest| now.saturating_sub(oldest.at).as_secs_f64()),
        };
        let promised = Kind::ALL.into_iter().filter(|kind| kind.is_promised());
        promised.map(|kind| (kind, self.lanes.get(&kind).map(stats).unwrap_or_default())).collect()
    }
}

fn sent_fact(kind: Kind) -> String {
    format!("sent.{kind}")
}

#[cfg(test)]
mod tests;
