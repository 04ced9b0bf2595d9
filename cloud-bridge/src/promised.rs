//! The thread that owns the outbox: it writes, says what goes next, takes receipts, and rules on commands.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::bridge::Shared;
use crate::carriers::{Handed, Hands};
use crate::clock::Monotonic;
use crate::command::CommandEnd;
use crate::commanded::Office;
use crate::keys::StateKey;
use crate::lock;
use crate::outbox::{MessageId, Outbox, Received, Stored};
use crate::receipt::Receipt;
use crate::schema::StateMessage;
use crate::sender::encode_for;

/// How much of a kind is handed to the line at once, bytes of payload; one message at least.
const AT_ONCE_BYTES: u64 = 8192;

/// What the outbox's thread is asked to do.
#[derive(Debug)]
pub(crate) enum Order {
    /// A message that must not be lost.
    Put(StateKey, Box<StateMessage>),
    /// The city has stored something.
    Receipt(Receipt),
    /// A command came under this id.
    Command(String, Vec<u8>),
    /// A command that was handed over has ended.
    Finished(String, CommandEnd),
    /// The line has taken a message.
    Went(MessageId),
    /// Somebody listens who did not, or one of several lines has come or gone: what was under way may be lost.
    Reconnected,
    /// Tell when all before this is on the disk.
    TellWhenSaved(oneshot::Sender<()>),
}

/// Runs until the inbox is closed; then saves what is left, hands over what may still go, and closes the queue.
pub(crate) fn run_outbox(shared: &Arc<Shared>, mut outbox: Outbox, mut office: Office, hands: Hands) {
    let (before, clock) = (outbox.service_time(), Monotonic::start());
    let service_time = || before.saturating_add(clock.elapsed());
    let mut ask: Vec<oneshot::Sender<()>> = Vec::new();
    let mut refused = false;
    loop {
        let connected = shared.connected.load(Ordering::Relaxed) > 0;
        let (orders, goes_on) = shared.orders.take_within(outbox.idle_for(service_time(), connected));
        let now = service_time();
        office.load(shared, outbox.store());
        for order in orders {
            match order {
                Order::Put(key, message) => put(shared, &mut outbox, &key, &message, now),
                Order::Receipt(receipt) => receive(shared, &mut outbox, &receipt, now),
                Order::Command(id, bytes) => office.rule(shared, outbox.store(), &id, &bytes),
                Order::Finished(id, end) => office.finish(shared, outbox.store(), id, end),
                Order::Went(message) => outbox.went(message, now),
                Order::Reconnected => outbox.reconnected(now),
                Order::TellWhenSaved(tell) => ask.push(tell),
            }
        }
        outbox.give_up(now);
        let saved = outbox.save(now, !goes_on);
        for (kind, reason) in outbox.take_dropped() {
            shared.count_drop(kind, reason);
        }
        if let Err(error) = &saved {
            shared.note_error(error.to_string());
        }
        refused = saved.is_err() || (refused && !outbox.is_saved());
        if shared.connected.load(Ordering::Relaxed) > 0 {
            hand_over(shared, &mut outbox, &hands, if goes_on { AT_ONCE_BYTES } else { u64::MAX }, now);
        }
        let stats = outbox.stats(now);
        let mut counts = lock(&shared.counts);
        (counts.outbox, counts.disk_refuses) = (stats, refused);
        drop(counts);
        if outbox.is_saved() {
            for tell in ask.drain(..) {
                // Who has stopped waiting does not want to know.
                let _ = tell.send(());
            }
        }
        if !goes_on {
            break;
        }
    }
    if lock(&shared.session).is_some() {
        hands.finish();
    }
    shared.queue.close();
    shared.questions.close();
    outbox.store().close();
}

fn put(shared: &Shared, outbox: &mut Outbox, key: &StateKey, message: &StateMessage, now: Duration) {
    let Some(payload) = encode_for(shared, key, message) else { return };
    lock(&shared.last).insert(key.to_string(), (shared.encoding, payload.clone()));
    let (encoding, to_us, id) = (shared.encoding, message.update.to_us, key.id.clone());
    outbox.put((key.kind, message.seq), Stored { encoding, at: now, to_us, id, payload });
}

fn receive(shared: &Shared, outbox: &mut Outbox, receipt: &Receipt, now: Duration) {
    let Received { stored, never_sent } = outbox.receive(receipt.kind, &receipt.stored, now);
    *lock(&shared.counts).stored.entry(receipt.kind).or_default() += stored;
    if never_sent > 0 {
        let kind = receipt.kind;
        let error = format!(
            "a receipt names {never_sent} messages of {kind} that were not sent yet: is there a second site of this name?"
        );
        shared.refuse_receipt("never_sent", error);
    }
}

/// Hands over what is due, of each kind no more than so many bytes.
fn hand_over(shared: &Shared, outbox: &mut Outbox, hands: &Hands, at_once_bytes: u64, now: Duration) {
    for (message, first) in outbox.due(at_once_bytes, now) {
        let is_handed = match outbox.read(message) {
            Ok(Some(stored)) => hands.hand(Handed { message, stored, first }),
            Ok(None) => {
                shared.note_error(format!("{} {} is not in the outbox any more", message.0, message.1));
                false
            }
            Err(error) => {
                shared.note_error(error.to_string());
                false
            }
        };
        if !is_handed {
            outbox.went(message, now);
        }
    }
}
