//! The thread that owns the Zenoh session: it opens it, sends what is queued, and answers.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use tracing::info;
use zenoh::pubsub::Publisher;
use zenoh::qos::{CongestionControl, Priority};
use zenoh::query::Query;
use zenoh::sample::Sample;
use zenoh::{Session, Wait};

use crate::bridge::{Outgoing, OutgoingKey, Shared};
use crate::codec::{Encoding, MAX_PAYLOAD_BYTES, encode};
use crate::command::{MAX_COMMAND_BYTES, ack_key, commands_of};
use crate::config::{BridgeConfig, BridgeError};
use crate::history::History;
use crate::keys::{StateKey, check_name};
use crate::outbox::Stored;
use crate::promised::Order;
use crate::receipt::Receipt;
use crate::schema::{Kind, StateMessage};
use crate::stats::DropReason;
use crate::{link, lock};

/// The link's thread: opens the session, sends until the queue is closed and empty, closes the session.
pub(crate) fn run_link(shared: &Arc<Shared>, config: &BridgeConfig, opened: oneshot::Sender<Result<(), BridgeError>>) {
    let mut opened = Some(opened);
    if let Some(session) = open_session(shared, config, &mut opened) {
        let mut publishers = Publishers { session: session.clone(), of: BTreeMap::new() };
        *lock(&shared.session) = Some(session.clone());
        info!(site = %shared.keys, link = link::describe(&config.link), "city link open");
        if let Some(opened) = opened.take() {
            // Whoever opened the bridge may have stopped waiting; then it is dropped, and the queue is closed.
            let _ = opened.send(Ok(()));
        }
        while let Some((key, outgoing)) = shared.queue.pop() {
            match (key, outgoing) {
                (OutgoingKey::Latest(key), Outgoing::Latest(message)) => send(shared, &mut publishers, key, &message),
                (OutgoingKey::Promised((kind, _)), Outgoing::Promised { stored, first }) => {
                    send_promised(shared, &mut publishers, kind, stored, first);
                }
                (OutgoingKey::Ack(id), Outgoing::Ack(ack)) => send_ack(shared, &session, &id, ack),
                (key, _) => shared.note_error(format!("{key:?} is not what was queued")),
            }
        }
        *lock(&shared.session) = None;
        // Closing ends the liveliness token and the queryable.
        if let Err(e) = session.close().wait() {
            shared.note_error(format!("closing: {e}"));
        }
    }
    shared.connected.store(0, Ordering::Relaxed);
    shared.orders.close();
    shared.queue.close();
    for (key, _) in shared.queue.drain() {
        // The others are in the outbox.
        if let OutgoingKey::Latest(key) = key {
            shared.count_drop(key.kind, DropReason::Closed);
        }
    }
}

/// Opens and declares, again and again where that may help; `None` when it can't or the bridge is closed meanwhile.
fn open_session(
    shared: &Arc<Shared>,
    config: &BridgeConfig,
    opened: &mut Option<oneshot::Sender<Result<(), BridgeError>>>,
) -> Option<Session> {
    if link::may_come_later(&config.link)
        && let Some(opened) = opened.take()
    {
        // What is promised can be taken in while the router is looked for, however long that takes.
        let _ = opened.send(Ok(()));
    }
    for pause in link::pauses() {
        let error = match link::open(&config.link).and_then(|session| declare(shared, config, session)) {
            Ok(session) => return Some(session),
            Err(error) => error,
        };
        if !link::may_come_later(&config.link) {
            if let Some(opened) = opened.take() {
                let _ = opened.send(Err(error));
            }
            return None;
        }
        shared.note_error(error.to_string());
        if shared.queue.closed_within(pause) {
            return None;
        }
    }
    None
}

/// Declares what others see of the site: answers first, then the token, so that whoever sees the token can ask.
fn declare(shared: &Arc<Shared>, config: &BridgeConfig, session: Session) -> Result<Session, BridgeError> {
    let declared = || -> zenoh::Result<()> {
        let changing = Arc::clone(shared);
        let changed = move |connected| {
            info!(site = %changing.keys, connected, "city link changed");
            // An inbox that is full or closed has more urgent things to do.
            let _ = changing.orders.push(Order::Reconnected);
        };
        link::count_transports(&session, &shared.connected, changed)?;
        for key in Receipt::keys(&shared.keys) {
            let receiving = Arc::clone(shared);
            let on_receipt = move |sample: Sample| on_receipt(&receiving, &sample);
            session.declare_subscriber(key).callback(on_receipt).background().wait()?;
        }
        let commanded = Arc::clone(shared);
        let on_command = move |sample: Sample| on_command(&commanded, &sample);
        session.declare_subscriber(commands_of(&shared.keys)).callback(on_command).background().wait()?;
        let answering = Arc::clone(shared);
        let answer = move |query: Query| match History::is_asked(&answering.keys, &query) {
            // Reading takes its time, and has a thread of its own; who asks when it has too much to do gets nothing.
            true => drop(answering.questions.push(query)),
            false => answer(&answering, &query),
        };
        session.declare_queryable(shared.keys.everything()).complete(true).callback(answer).background().wait()?;
        let token = session.liveliness().declare_token(shared.keys.alive()).wait()?;
        // The token stands as long as the session; forgetting its handle spares us carrying it along.
        std::mem::forget(token);
        Ok(())
    };
    match declared() {
        Ok(()) => Ok(session),
        Err(e) => Err(BridgeError::Session { endpoints: link::describe(&config.link), reason: e.to_string() }),
    }
}

/// A receipt that is lost costs a message sent twice, no more.
fn on_receipt(shared: &Shared, sample: &Sample) {
    match Receipt::from_bytes(&in_bounds(sample)) {
        Ok(receipt) => drop(shared.orders.push_foreign(Order::Receipt(receipt))),
        Err(error) => shared.note_error(format!("{}: {error}", sample.key_expr())),
    }
}

/// A receipt's or command's payload; nothing, which is none, for one that is too large.
fn in_bounds(sample: &Sample) -> Vec<u8> {
    let payload = sample.payload();
    if payload.len() > MAX_COMMAND_BYTES { Vec::new() } else { payload.to_bytes().into_owned() }
}

/// A command that does not fit in the inbox is not answered; the city sends it again.
fn on_command(shared: &Shared, sample: &Sample) {
    let Some((_, id)) = sample.key_expr().as_str().rsplit_once('/') else { return };
    let payload = in_bounds(sample);
    if check_name("command", id).is_ok() && shared.orders.push_foreign(Order::Command(id.to_owned(), payload)).is_err()
    {
        shared.note_error(format!("command {id} came while there was too much to do"));
    }
}

fn send_ack(shared: &Shared, session: &Session, id: &str, ack: Vec<u8>) {
    let sent = ack_key(&shared.keys, id).map_err(|e| e.to_string()).and_then(|key| {
        let put = session.put(key, ack).encoding(link::encoding_to_zenoh(Encoding::Json));
        put.congestion_control(CongestionControl::Block).wait().map_err(|e| e.to_string())
    });
    if let Err(problem) = sent {
        shared.note_error(format!("answering command {id}: {problem}"));
    }
}

fn send(shared: &Shared, publishers: &mut Publishers, key: StateKey, message: &StateMessage) {
    let payload = match encode_for(shared, &key, message) {
        Some(payload) => payload,
        None => return,
    };
    // Kept before it is sent: who asks in between gets it twice, who asks too early would not get it at all.
    lock(&shared.last).insert(key.to_string(), (shared.encoding, payload.clone()));
    let kind = key.kind;
    match publishers.put(key, payload, shared.encoding) {
        Err(e) => {
            shared.note_error(e);
            shared.count_drop(kind, DropReason::LinkError);
        }
        Ok(()) if shared.connected.load(Ordering::Relaxed) == 0 => shared.count_drop(kind, DropReason::NotConnected),
        Ok(()) => *lock(&shared.counts).published.entry(kind).or_default() += 1,
    }
}

/// Encodes a message; what can't be said is counted.
pub(crate) fn encode_for(shared: &Shared, key: &StateKey, message: &StateMessage) -> Option<Vec<u8>> {
    let problem = match encode(message, shared.encoding) {
        Ok(payload) if payload.len() <= MAX_PAYLOAD_BYTES => return Some(payload),
        Ok(payload) => format!("{} bytes, more than the {MAX_PAYLOAD_BYTES} allowed", payload.len()),
        Err(e) => e,
    };
    shared.note_error(format!("{key}: {problem}"));
    shared.count_drop(key.kind, DropReason::Unencodable);
    None
}

/// Sends from the outbox. Whatever becomes of it: without a receipt it goes again.
fn send_promised(shared: &Shared, publishers: &mut Publishers, kind: Kind, stored: Stored, first: bool) {
    let key = StateKey { site: shared.keys.clone(), kind, id: stored.id };
    if let Err(e) = publishers.put(key, stored.payload, stored.encoding) {
        return shared.note_error(e);
    }
    let mut counts = lock(&shared.counts);
    let counted = if first { &mut counts.published } else { &mut counts.resent };
    *counted.entry(kind).or_default() += 1;
}

/// A publisher for each key there has been: routers look a declared key up, and compare any other with the keys of all
/// sites. There are no more than the bridge keeps keys.
struct Publishers {
    session: Session,
    /// By key, and whether what goes there is too large for one batch.
    of: BTreeMap<(StateKey, bool), Publisher<'static>>,
}

impl Publishers {
    fn put(&mut self, key: StateKey, payload: Vec<u8>, encoding: Encoding) -> Result<(), String> {
        let failed = |e: zenoh::Error| format!("{key}: {e}");
        let is_large = payload.len() > ONE_BATCH_BYTES;
        let publisher = match self.of.entry((key.clone(), is_large)) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(new) => {
                let (priority, express) = quality(key.kind);
                let congestion = congestion(key.kind, is_large);
                let publisher = self.session.declare_publisher(key.to_string()).congestion_control(congestion);
                new.insert(publisher.priority(priority).express(express).wait().map_err(failed)?)
            }
        };
        publisher.put(payload).encoding(link::encoding_to_zenoh(encoding)).wait().map_err(failed)
    }
}

/// What surely fits into one of Zenoh's batches (65 535 bytes), key and all.
const ONE_BATCH_BYTES: usize = 60_000;

/// What a router does when the next one takes no more. `Drop` gives a message up after a moment, and one of several batches
/// nearly always. `Block` waits, holding up all that comes in by the same link, and cuts the other off after 5 s: two routers
/// that wait for each other stand still for as long. So what is promised is rather dropped, for it goes again
/// ([`crate::Pace`]), unless it would never get through.
fn congestion(kind: Kind, is_large: bool) -> CongestionControl {
    if kind.is_promised() && is_large { CongestionControl::Block } else { CongestionControl::Drop }
}

/// How each kind travels, and whether it is held back for a batch (no, if express).
fn quality(kind: Kind) -> (Priority, bool) {
    match kind {
        // Ten a second, each overtaken by the next: late is worse than never.
        Kind::Signal => (Priority::InteractiveHigh, true),
        Kind::Health | Kind::Traffic => (Priority::Data, false),
        // Few and urgent.
        Kind::Event => (Priority::DataHigh, true),
        // It may be large, and nobody waits for it.
        Kind::Parking => (Priority::DataLow, false),
    }
}

/// Answers a query with the last state under each key that it asks for.
fn answer(shared: &Shared, query: &Query) {
    let last = lock(&shared.last);
    let asked = |key: &str| zenoh::key_expr::keyexpr::new(key).is_ok_and(|key| query.key_expr().intersects(key));
    let found: Vec<_> =
        last.iter().filter(|(key, _)| asked(key)).map(|(key, last)| (key.clone(), last.clone())).collect();
    drop(last);
    for (key, (encoding, payload)) in found {
        let reply = query.reply(key.as_str(), payload).encoding(link::encoding_to_zenoh(encoding));
        match reply.wait() {
            Ok(()) => lock(&shared.counts).answered += 1,
            Err(e) => shared.note_error(format!("answering {key}: {e}")),
        }
    }
}
