//! The threads that put on the line what is promised, one for each kind.
//!
//! A put waits for as long as a slow line takes: 12 s for a car park of 100 kB at 64 kbit/s. So each kind waits by itself, with
//! a priority of its own (`publishers.rs`), and what is small goes between two pieces of what is large. The outbox hands each
//! thread no more than the line soon takes: the rest keeps its place there, where a newer state still takes an older one's.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use zenoh::Session;

use crate::bridge::{Shared, thread};
use crate::config::BridgeError;
use crate::keys::StateKey;
use crate::lock;
use crate::outbox::{MessageId, Stored, WINDOW};
use crate::promised::Order;
use crate::publishers::Publishers;
use crate::schema::Kind;

/// How long a bridge that closes waits for what was handed over: on a slow line the rest goes after the next start.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A message that goes.
#[derive(Debug)]
pub(crate) struct Handed {
    pub message: MessageId,
    pub stored: Stored,
    /// Whether it goes for the first time.
    pub first: bool,
}

/// Where the outbox's thread puts what goes next.
#[derive(Debug)]
pub(crate) struct Hands {
    to: BTreeMap<Kind, SyncSender<Handed>>,
    /// Each line holds the other end: it is closed when all have ended.
    running: Receiver<Infallible>,
}

/// The other end: one kind's messages, in their order.
#[derive(Debug)]
pub(crate) struct Line {
    kind: Kind,
    handed: Receiver<Handed>,
    _running: Sender<Infallible>,
}

/// A line for each promised kind; none carries before it is started.
pub(crate) fn lines() -> (Hands, Vec<Line>) {
    let (run, running) = channel();
    let kinds = Kind::ALL.into_iter().filter(|kind| kind.is_promised());
    let line = |kind| {
        let (to, handed) = sync_channel(WINDOW);
        ((kind, to), Line { kind, handed, _running: run.clone() })
    };
    let (to, lines) = kinds.map(line).unzip();
    (Hands { to, running }, lines)
}

impl Hands {
    /// Hands a message over. False: nobody takes it now; it goes again some time.
    pub(crate) fn hand(&self, handed: Handed) -> bool {
        self.to.get(&handed.message.0).is_some_and(|to| to.try_send(handed).is_ok())
    }

    /// Waits a little until all that was handed over has gone. Nothing more comes.
    pub(crate) fn finish(self) {
        drop(self.to);
        // Nothing is ever said here: either all have ended, or they take too long.
        let _ = self.running.recv_timeout(LAST_WORDS);
    }
}

impl Line {
    /// Carries until no more comes.
    pub(crate) fn start(self, shared: &Arc<Shared>, session: Session) -> Result<(), BridgeError> {
        let shared = Arc::clone(shared);
        thread(&format!("city-{}", self.kind), move || self.carry(&shared, session)).map(|_| ())
    }

    fn carry(&self, shared: &Shared, session: Session) {
        let mut publishers = Publishers::new(session);
        for Handed { message, stored, first } in &self.handed {
            let key = StateKey { site: shared.keys.clone(), kind: self.kind, id: stored.id };
            match publishers.put(key, stored.payload, stored.encoding) {
                Ok(()) => {
                    let mut counts = lock(&shared.counts);
                    let counted = if first { &mut counts.published } else { &mut counts.resent };
                    *counted.entry(self.kind).or_default() += 1;
                }
                Err(error) => shared.note_error(error),
            }
            // Whatever became of it: without a receipt it goes again.
            shared.orders.push_own(Order::Went(message));
        }
    }
}
