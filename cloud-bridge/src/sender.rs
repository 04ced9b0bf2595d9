//! The thread that owns the Zenoh session: it opens it, sends the latest states and answers to commands, and closes it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use tracing::info;
use zenoh::matching::MatchingStatus;
use zenoh::qos::CongestionControl;
use zenoh::query::Query;
use zenoh::sample::{Locality, Sample};
use zenoh::{Session, Wait};

use crate::bridge::{Outgoing, OutgoingKey, Shared};
use crate::carriers::Line;
use crate::checksum::checksum;
use crate::codec::{Encoding, MAX_PAYLOAD_BYTES, encode};
use crate::command::{MAX_COMMAND_BYTES, ack_key, commands_of};
use crate::config::{BridgeConfig, BridgeError};
use crate::keys::{StateKey, check_name};
use crate::promised::Order;
use crate::publishers::Publishers;
use crate::receipt::{Receipt, ReceiptError};
use crate::schema::{Kind, StateMessage};
use crate::stats::DropReason;
use crate::{link, lock};

/// The link's thread: opens the session, sends until the queue is closed and empty, closes the session.
pub(crate) fn run_link(
    shared: &Arc<Shared>,
    config: &BridgeConfig,
    opened: oneshot::Sender<Result<(), BridgeError>>,
    lines: Vec<Line>,
) {
    let mut opened = Some(opened);
    if let Some(session) = open_session(shared, config, &mut opened) {
        let mut publishers = Publishers::new(session.clone());
        for line in lines {
            if let Err(error) = line.start(shared, session.clone()) {
                shared.note_error(error.to_string());
            }
        }
        *lock(&shared.session) = Some(session.clone());
        info!(site = %shared.keys, link = link::describe(&config.link), "city link open");
        if let Some(opened) = opened.take() {
            // Whoever opened the bridge may have stopped waiting; then it is dropped, and the queue is closed.
            let _ = opened.send(Ok(()));
        }
        while let Some((key, outgoing)) = shared.queue.pop() {
            match (key, outgoing) {
                (OutgoingKey::Latest(key), Outgoing::Latest(message)) => send(shared, &mut publishers, key, &message),
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
        let error = match link::open_for_site(&config.link).and_then(|session| declare(shared, config, session)) {
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
        let changed = move |before, connected| {
            info!(site = %changing.keys, connected, "city link changed");
            // The first to come carries nothing yet; that somebody listens tells when it does.
            if before > 0 {
                send_again(&changing);
            }
        };
        link::count_transports(&session, &shared.connected, changed)?;
        notice_listeners(shared, &session)?;
        for key in Receipt::keys(&shared.keys) {
            let receiving = Arc::clone(shared);
            let on_receipt = move |sample: Sample| on_receipt(&receiving, &sample);
            session.declare_subscriber(key).callback(on_receipt).background().wait()?;
        }
        let commanded = Arc::clone(shared);
        let on_command = move |sample: Sample| on_command(&commanded, &sample);
        session.declare_subscriber(commands_of(&shared.keys)).callback(on_command).background().wait()?;
        let answering = Arc::clone(shared);
        // Answering waits for the disk and the line, and has a thread of its own: this one takes receipts. Who asks when there
        // is too much to do gets nothing.
        let answer = move |query: Query| {
            let _ = answering.questions.push(query);
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

/// Has all that waits sent again as soon as somebody listens: after a cut, or when the city or a worker of it comes back.
fn notice_listeners(shared: &Arc<Shared>, session: &Session) -> zenoh::Result<()> {
    let key = StateKey { site: shared.keys.clone(), kind: Kind::Traffic, id: None };
    let publisher = session.declare_publisher(key.to_string()).allowed_destination(Locality::Remote).wait()?;
    let listened = Arc::clone(shared);
    let on_change = move |status: MatchingStatus| {
        if status.matching() {
            send_again(&listened);
        }
    };
    publisher.matching_listener().callback(on_change).background().wait()?;
    // It is told as long as the session stands; forgetting its publisher's handle spares us carrying it along.
    std::mem::forget(publisher);
    Ok(())
}

fn send_again(shared: &Shared) {
    // An inbox that is full or closed has more urgent things to do.
    let _ = shared.orders.push(Order::Reconnected);
}

/// A receipt that is lost costs a message sent twice, no more; one that is wrong would cost the message.
fn on_receipt(shared: &Shared, sample: &Sample) {
    match Receipt::from_sample(sample) {
        Ok(receipt) => drop(shared.orders.push_foreign(Order::Receipt(receipt))),
        Err(error) => {
            let reason = if matches!(error, ReceiptError::Garbled) { "garbled" } else { "malformed" };
            shared.refuse_receipt(reason, format!("{}: {error}", sample.key_expr()));
        }
    }
}

/// A command that does not fit in the inbox is not answered; the city sends it again.
fn on_command(shared: &Shared, sample: &Sample) {
    let Some((_, id)) = sample.key_expr().as_str().rsplit_once('/') else { return };
    let payload = sample.payload();
    // Nothing, which is no command, in place of one that is too large.
    let payload = if payload.len() > MAX_COMMAND_BYTES { Vec::new() } else { payload.to_bytes().into_owned() };
    if check_name("command", id).is_ok() && shared.orders.push_foreign(Order::Command(id.to_owned(), payload)).is_err()
    {
        shared.note_error(format!("command {id} came while there was too much to do"));
    }
}

fn send_ack(shared: &Shared, session: &Session, id: &str, ack: Vec<u8>) {
    let sent = ack_key(&shared.keys, id).map_err(|e| e.to_string()).and_then(|key| {
        let checksum = checksum(&ack);
        let put = session.put(key, ack).attachment(checksum).encoding(link::encoding_to_zenoh(Encoding::Json));
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
