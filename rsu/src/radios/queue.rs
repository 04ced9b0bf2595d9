//! The bounded queue with deadlines before each radio, and the task that empties it.
//!
//! What is given up when there is too much is fixed: the least important message first, the oldest of its kind first.
//! SPAT, RSI and TIM go last, before them RSM and SDSM, before those MAP. A message whose deadline has passed dies.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use perception::time::UtcMicros;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{Handover, Ledger, MessageKind, Radio, RadioStatus, SendError, Shutdown, Transmission, stopped};

/// Messages that wait for one radio: over a second of everything that a site sends.
pub const CAPACITY: usize = 64;
/// How long a radio may go on sending what is still valid once the service ends.
pub const DRAIN_WITHIN: Duration = Duration::from_millis(500);
/// How long a radio may take to say goodbye.
pub const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// How long messages of this kind are held on to when not all can be sent; higher is longer.
pub fn importance(kind: MessageKind) -> u8 {
    match kind {
        MessageKind::Spat | MessageKind::Rsi | MessageKind::Tim => 3,
        MessageKind::Rsm | MessageKind::Sdsm | MessageKind::Ssm | MessageKind::Rsc => 2,
        MessageKind::Map => 1,
        MessageKind::Pam | MessageKind::Bsm => 0,
    }
}

/// What a queue lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Past their deadline.
    pub expired: u64,
    /// No room.
    pub queue_full: u64,
}

/// A bounded queue of transmissions, or of things that carry one. Sans-IO: time is an argument.
#[derive(Debug)]
pub struct DeadlineQueue<T> {
    waiting: VecDeque<T>,
    capacity: usize,
}

impl<T: AsRef<Transmission>> DeadlineQueue<T> {
    /// An empty queue for `capacity` messages, at least one.
    pub fn new(capacity: usize) -> Self {
        Self { waiting: VecDeque::with_capacity(capacity), capacity: capacity.max(1) }
    }

    /// Takes a message in. When there is no room: the expired go, then the oldest of the least important, which may
    /// be the new one.
    pub fn push(&mut self, item: T, now: UtcMicros) -> Losses {
        let mut losses = Losses::default();
        if self.waiting.len() >= self.capacity {
            losses.expired = self.drop_expired(now);
        }
        if self.waiting.len() >= self.capacity {
            losses.queue_full = 1;
            let least = self.waiting.iter().map(|item| importance(item.as_ref().kind)).min().unwrap_or(0);
            if importance(item.as_ref().kind) < least {
                return losses;
            }
            let victim = self.waiting.iter().position(|item| importance(item.as_ref().kind) == least);
            victim.and_then(|index| self.waiting.remove(index));
        }
        self.waiting.push_back(item);
        losses
    }

    /// The next to send: the oldest of the most important. The expired go first.
    pub fn pop(&mut self, now: UtcMicros) -> (Option<T>, Losses) {
        let losses = Losses { expired: self.drop_expired(now), queue_full: 0 };
        let most = self.waiting.iter().map(|item| importance(item.as_ref().kind)).max();
        let index = self.waiting.iter().position(|item| Some(importance(item.as_ref().kind)) == most);
        (index.and_then(|index| self.waiting.remove(index)), losses)
    }

    fn drop_expired(&mut self, now: UtcMicros) -> u64 {
        let before = self.waiting.len();
        self.waiting.retain(|item| now <= item.as_ref().valid_until);
        (before - self.waiting.len()) as u64
    }
}

/// A [`DeadlineQueue`] between a producer that must not wait and a task that may. The lock is held for one push or
/// pop of a short queue, and never across an await.
#[derive(Debug)]
pub(super) struct SharedQueue<T> {
    queue: Mutex<DeadlineQueue<T>>,
    ready: Notify,
}

impl<T: AsRef<Transmission>> SharedQueue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { queue: Mutex::new(DeadlineQueue::new(capacity)), ready: Notify::new() }
    }

    pub(super) fn push(&self, item: T, now: UtcMicros) -> Losses {
        let losses = self.lock().push(item, now);
        self.ready.notify_one();
        losses
    }

    pub(super) fn try_pop(&self, now: UtcMicros, count: impl Fn(Losses)) -> Option<T> {
        let (item, losses) = self.lock().pop(now);
        count(losses);
        item
    }

    /// Waits for the next. Loses nothing when it is dropped half-way.
    pub(super) async fn pop(&self, now: impl Fn() -> UtcMicros, count: impl Fn(Losses)) -> T {
        loop {
            if let Some(item) = self.try_pop(now(), &count) {
                return item;
            }
            self.ready.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, DeadlineQueue<T>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pipeline's end of a radio. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RadioHandle {
    queue: Arc<SharedQueue<Transmission>>,
    ledger: Ledger,
    takes_cn: bool,
    takes_us: bool,
    listens_at: Option<SocketAddr>,
}

impl RadioHandle {
    /// Gives a message to the radio, unless it is of a family that the radio does not carry. Never waits.
    pub fn offer(&self, transmission: Transmission) {
        let takes = match transmission.set {
            super::MessageSet::Cn => self.takes_cn,
            super::MessageSet::Us => self.takes_us,
        };
        if takes {
            let losses = self.queue.push(transmission, self.ledger.now());
            count(&self.ledger, losses);
        }
    }

    /// The radio's name.
    pub fn id(&self) -> &str {
        self.ledger.id()
    }

    /// How it is.
    pub fn status(&self) -> RadioStatus {
        self.ledger.status()
    }

    /// Where it listens, if it is a radio that listens.
    pub fn listens_at(&self) -> Option<SocketAddr> {
        self.listens_at
    }
}

fn count(ledger: &Ledger, losses: Losses) {
    ledger.lost("expired", losses.expired);
    ledger.lost("queue_full", losses.queue_full);
}

/// Starts the task of a radio.
pub fn start_radio(
    radio: Box<dyn Radio>,
    ledger: Ledger,
    listens_at: Option<SocketAddr>,
    shutdown: Shutdown,
) -> (RadioHandle, JoinHandle<()>) {
    let handle = RadioHandle {
        queue: Arc::new(SharedQueue::new(CAPACITY)),
        takes_cn: radio.takes(super::MessageSet::Cn),
        takes_us: radio.takes(super::MessageSet::Us),
        ledger,
        listens_at,
    };
    let task = tokio::spawn(run(radio, handle.clone(), shutdown));
    (handle, task)
}

async fn run(mut radio: Box<dyn Radio>, handle: RadioHandle, mut shutdown: Shutdown) {
    let RadioHandle { queue, ledger, .. } = handle;
    loop {
        let transmission = tokio::select! {
            biased;
            () = stopped(&mut shutdown) => break,
            transmission = queue.pop(|| ledger.now(), |losses| count(&ledger, losses)) => transmission,
        };
        send(&mut *radio, &ledger, &transmission).await;
    }
    let drain = async {
        while let Some(transmission) = queue.try_pop(ledger.now(), |losses| count(&ledger, losses)) {
            send(&mut *radio, &ledger, &transmission).await;
        }
    };
    let _ = tokio::time::timeout(DRAIN_WITHIN, drain).await;
    let _ = tokio::time::timeout(CLOSE_WITHIN, radio.close()).await;
}

/// Sends one message, for as long as it is valid.
async fn send(radio: &mut dyn Radio, ledger: &Ledger, transmission: &Transmission) {
    let limit = time_left(transmission, ledger.now());
    let outcome = tokio::time::timeout(limit, radio.send(transmission)).await;
    match outcome {
        Ok(Ok(Handover::Done)) => ledger.handed_over(transmission),
        Ok(Ok(Handover::Underway)) => {}
        Ok(Ok(Handover::NobodyListens)) => ledger.nobody_listens(),
        Ok(Err(error)) => ledger.failed(&error),
        Err(_) => {
            let kind = transmission.kind.as_str();
            ledger.failed(&SendError { reason: "timeout", detail: format!("{kind} was not taken before it expired") });
        }
    }
}

/// How long the message may still be sent.
pub(super) fn time_left(transmission: &Transmission, now: UtcMicros) -> Duration {
    let left_us = transmission.valid_until.0.saturating_sub(now.0);
    Duration::from_micros(u64::try_from(left_us).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::radios::MessageSet;

    fn message(kind: MessageKind, tag: u8, valid_until_us: i64) -> Transmission {
        Transmission {
            set: MessageSet::Cn,
            kind,
            payload: Arc::from([tag]),
            application_id: 3619,
            priority: 176,
            captured_at: None,
            arrived_at: None,
            valid_until: UtcMicros(valid_until_us),
        }
    }

    fn drain(queue: &mut DeadlineQueue<Transmission>, now: i64) -> Vec<u8> {
        std::iter::from_fn(|| queue.pop(UtcMicros(now)).0).map(|t| t.payload[0]).collect()
    }

    #[test]
    fn gives_up_the_least_important_and_oldest_and_sends_the_most_important_first() {
        use MessageKind::{Map, Rsi, Rsm, Spat};
        let mut queue = DeadlineQueue::new(4);
        let full = Losses { expired: 0, queue_full: 1 };
        for (kind, tag) in [(Map, 1), (Rsm, 2), (Rsm, 3), (Spat, 4)] {
            assert_eq!(queue.push(message(kind, tag, 100), UtcMicros(0)), Losses::default());
        }
        assert_eq!(queue.push(message(Spat, 5, 100), UtcMicros(0)), full, "MAP 1 goes");
        assert_eq!(queue.push(message(Map, 6, 100), UtcMicros(0)), full, "MAP 6 is the least important");
        assert_eq!(queue.push(message(Rsm, 7, 100), UtcMicros(0)), full, "RSM 2 goes");
        assert_eq!(queue.push(message(Rsi, 8, 100), UtcMicros(0)), full, "RSM 3 goes");
        assert_eq!(queue.push(message(Rsi, 9, 100), UtcMicros(0)), full, "RSM 7 goes");
        assert_eq!(queue.push(message(Rsm, 10, 100), UtcMicros(0)), full, "RSM 10 itself goes");
        assert_eq!(drain(&mut queue, 0), [4, 5, 8, 9]);
    }

    #[test]
    fn the_expired_die_first_and_are_counted() {
        use MessageKind::{Map, Spat};
        let mut queue = DeadlineQueue::new(2);
        queue.push(message(Spat, 1, 10), UtcMicros(0));
        queue.push(message(Map, 2, 100), UtcMicros(0));
        assert_eq!(queue.push(message(Map, 3, 100), UtcMicros(11)), Losses { expired: 1, queue_full: 0 });
        assert_eq!(queue.pop(UtcMicros(100)).0.map(|t| t.payload[0]), Some(2), "valid at its last moment");
        let (none, losses) = queue.pop(UtcMicros(101));
        assert!(none.is_none());
        assert_eq!(losses, Losses { expired: 1, queue_full: 0 });
    }
}
