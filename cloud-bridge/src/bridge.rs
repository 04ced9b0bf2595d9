//! A site's side of the link.
//!
//! A thread of its own owns the Zenoh session: Zenoh's calls may wait on the network for seconds (congestion control
//! `Block`), which must hold up neither the caller nor an async runtime. Between the two stands a queue that holds the
//! latest state of each key; a durable outbox takes that queue's place for the kinds of which no message may be lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::{oneshot, watch};
use tracing::{info, warn};
use zenoh::qos::{CongestionControl, Priority};
use zenoh::query::Query;
use zenoh::{Session, Wait};

use crate::codec::{Encoding, MAX_PAYLOAD_BYTES, encode};
use crate::config::{BridgeConfig, BridgeError};
use crate::keys::{NameError, SiteKeys, StateKey};
use crate::latest::{LatestOfEachKey, Pushed};
use crate::schema::{InvalidState, Kind, StateMessage, Update};
use crate::sequence::Sequences;
use crate::stats::{BridgeStats, DropReason};
use crate::{link, lock};

/// The most keys a site has: its kinds, and its parking lots.
const MAX_KEYS: usize = 1024;

/// A site's link to the city. Dropping it closes it without waiting; [`Bridge::close`] waits until all is said.
#[derive(Debug)]
pub struct Bridge {
    shared: Arc<Shared>,
    finished: watch::Receiver<()>,
}

/// Why an update was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A value out of its range.
    #[error(transparent)]
    Invalid(#[from] InvalidState),
    /// A name that can't be part of a key.
    #[error(transparent)]
    Name(#[from] NameError),
    /// More different keys than the bridge keeps.
    #[error("more than {MAX_KEYS} different keys")]
    TooManyKeys,
    /// The bridge was closed.
    #[error("the bridge is closed")]
    Closed,
    /// All 2^32 sequence numbers of this run are used up; a restart gives new ones.
    #[error("no sequence number is left for {0}; restart the service")]
    SequenceExhausted(Kind),
}

/// What the caller, the link's thread and Zenoh's callbacks share. Each lock is held for a few instructions only.
#[derive(Debug)]
struct Shared {
    keys: SiteKeys,
    encoding: Encoding,
    queue: LatestOfEachKey<StateKey, StateMessage>,
    sequences: Mutex<Sequences>,
    counts: Mutex<Counts>,
    connected: Arc<AtomicUsize>,
    /// What was last said under each key, for those who ask.
    last: Mutex<BTreeMap<String, Vec<u8>>>,
}

#[derive(Debug, Default)]
struct Counts {
    published: BTreeMap<Kind, u64>,
    dropped: BTreeMap<(Kind, DropReason), u64>,
    answered: u64,
    last_error: Option<String>,
}

impl Bridge {
    /// Opens the link. Returns once the site can be reached (peer, router), or once the first attempt to reach the router is
    /// over (client: the attempts go on, and states wait as in any outage). Reads and writes one small file in `state_dir`.
    pub async fn open(config: BridgeConfig) -> Result<Self, BridgeError> {
        let keys = SiteKeys::new(&config.city, &config.site)?;
        config.link.check()?;
        let sequences = Sequences::open(&config.state_dir, &keys)?;
        let shared = Arc::new(Shared {
            keys,
            encoding: config.encoding,
            queue: LatestOfEachKey::new(MAX_KEYS),
            sequences: Mutex::new(sequences),
            counts: Mutex::default(),
            connected: Arc::default(),
            last: Mutex::default(),
        });
        let (finish, finished) = watch::channel(());
        let (opened, when_opened) = oneshot::channel();
        let bridge = Self { shared: Arc::clone(&shared), finished };
        let run = move || {
            run_link(&shared, &config, opened);
            drop(finish);
        };
        let no_thread = |reason: String| BridgeError::Session { endpoints: "the link's thread".to_owned(), reason };
        std::thread::Builder::new().name("city-link".to_owned()).spawn(run).map_err(|e| no_thread(e.to_string()))?;
        when_opened.await.map_err(|_| no_thread("ended before the session was open".to_owned()))??;
        Ok(bridge)
    }

    /// Queues an update and returns its sequence number. Never waits. Each update that is not sent in the end is counted
    /// with its reason.
    pub fn publish(&self, update: Update) -> Result<u64, PublishError> {
        let kind = update.state.kind();
        let drop_as = |reason| self.shared.count_drop(kind, reason);
        update.check().inspect_err(|_| drop_as(DropReason::Invalid))?;
        let key = self.shared.keys.state(&update.state).inspect_err(|_| drop_as(DropReason::Invalid))?;
        // The lock is held until the message is queued, so that numbers go into the queue in their order.
        let mut sequences = lock(&self.shared.sequences);
        let Some(seq) = sequences.next(kind) else {
            drop_as(DropReason::SequenceExhausted);
            return Err(PublishError::SequenceExhausted(kind));
        };
        let site = self.shared.keys.site().to_owned();
        match self.shared.queue.push(key, StateMessage { site, seq, update }) {
            Pushed::Queued => {}
            Pushed::Superseded => drop_as(DropReason::Superseded),
            Pushed::Full => {
                drop_as(DropReason::TooManyKeys);
                return Err(PublishError::TooManyKeys);
            }
            Pushed::Closed => {
                drop_as(DropReason::Closed);
                return Err(PublishError::Closed);
            }
        }
        Ok(seq)
    }

    /// The counters now.
    pub fn stats(&self) -> BridgeStats {
        let counts = lock(&self.shared.counts);
        BridgeStats {
            published: counts.published.clone(),
            dropped: counts.dropped.clone(),
            answered: counts.answered,
            waiting: self.shared.queue.len(),
            connected_peers: self.shared.connected.load(Ordering::Relaxed),
            last_error: counts.last_error.clone(),
        }
    }

    /// The keys of this site.
    pub fn keys(&self) -> &SiteKeys {
        &self.shared.keys
    }

    /// Takes no more updates, sends those that wait, says good-bye and returns when the session is closed.
    pub async fn close(&self) {
        self.shared.queue.close();
        // An error says that the thread, which held the sender, is gone: that is what was waited for.
        let _ = self.finished.clone().changed().await;
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}

impl Shared {
    fn count_drop(&self, kind: Kind, reason: DropReason) {
        *lock(&self.counts).dropped.entry((kind, reason)).or_default() += 1;
    }

    fn note_error(&self, error: String) {
        warn!(site = %self.keys, "city link: {error}");
        lock(&self.counts).last_error = Some(error);
    }
}

/// The link's thread: opens the session, sends until the queue is closed and empty, closes the session.
fn run_link(shared: &Arc<Shared>, config: &BridgeConfig, opened: oneshot::Sender<Result<(), BridgeError>>) {
    let mut opened = Some(opened);
    if let Some(session) = open_session(shared, config, &mut opened) {
        info!(site = %shared.keys, link = link::describe(&config.link), "city link open");
        if let Some(opened) = opened.take() {
            // Whoever opened the bridge may have stopped waiting; then it is dropped, and the queue is closed.
            let _ = opened.send(Ok(()));
        }
        while let Some((key, message)) = shared.queue.pop() {
            send(shared, &session, &key, &message);
        }
        // Closing ends the liveliness token and the queryable.
        if let Err(e) = session.close().wait() {
            shared.note_error(format!("closing: {e}"));
        }
    }
    shared.connected.store(0, Ordering::Relaxed);
    shared.queue.close();
    for (key, _) in shared.queue.drain() {
        shared.count_drop(key.kind, DropReason::Closed);
    }
}

/// Opens and declares, again and again where that may help; `None` when it can't or the bridge is closed meanwhile.
fn open_session(
    shared: &Arc<Shared>,
    config: &BridgeConfig,
    opened: &mut Option<oneshot::Sender<Result<(), BridgeError>>>,
) -> Option<Session> {
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
        if let Some(opened) = opened.take() {
            let _ = opened.send(Ok(()));
        }
        if shared.queue.closed_within(pause) {
            return None;
        }
    }
    None
}

/// Declares what others see of the site: answers first, then the token, so that whoever sees the token can ask.
fn declare(shared: &Arc<Shared>, config: &BridgeConfig, session: Session) -> Result<Session, BridgeError> {
    let declared = || -> zenoh::Result<()> {
        let site = shared.keys.to_string();
        link::count_transports(&session, &shared.connected, move |n| info!(site, connected = n, "city link changed"))?;
        let answering = Arc::clone(shared);
        let answer = move |query: Query| answer(&answering, &query);
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

fn send(shared: &Shared, session: &Session, key: &StateKey, message: &StateMessage) {
    let payload = match encode(message, shared.encoding) {
        Ok(payload) if payload.len() <= MAX_PAYLOAD_BYTES => payload,
        Ok(payload) => {
            shared.note_error(format!("{key}: {} bytes, more than the {MAX_PAYLOAD_BYTES} allowed", payload.len()));
            return shared.count_drop(key.kind, DropReason::Unencodable);
        }
        Err(e) => {
            shared.note_error(format!("{key}: {e}"));
            return shared.count_drop(key.kind, DropReason::Unencodable);
        }
    };
    // Kept before it is sent: who asks in between gets it twice, who asks too early would not get it at all.
    lock(&shared.last).insert(key.to_string(), payload.clone());
    let (congestion, priority, express) = quality(key.kind);
    let sent = session
        .put(key.to_string(), payload)
        .encoding(link::encoding_to_zenoh(shared.encoding))
        .congestion_control(congestion)
        .priority(priority)
        .express(express)
        .wait();
    match sent {
        Err(e) => {
            shared.note_error(format!("{key}: {e}"));
            shared.count_drop(key.kind, DropReason::LinkError);
        }
        Ok(()) if shared.connected.load(Ordering::Relaxed) == 0 => {
            shared.count_drop(key.kind, DropReason::NotConnected)
        }
        Ok(()) => *lock(&shared.counts).published.entry(key.kind).or_default() += 1,
    }
}

/// How each kind travels. `Drop` gives a message up when the queue stays full for a millisecond, and a message larger than
/// one batch (64 kB) sooner; `Block` waits, and may hold up a router behind one slow reader until it is cut off (5 s).
fn quality(kind: Kind) -> (CongestionControl, Priority, bool) {
    match kind {
        // Small, ten a second, each overtaken by the next: late is worse than never. Express: not held back for a batch.
        Kind::Signal => (CongestionControl::Drop, Priority::InteractiveHigh, true),
        // Small, and the next one says as much.
        Kind::Health => (CongestionControl::Drop, Priority::Data, false),
        // A window is never repeated, so one that is lost is a gap for ever; and they are few.
        Kind::Traffic => (CongestionControl::Block, Priority::Data, false),
        // Few, and with hundreds of bays large: just what `Drop` loses.
        Kind::Parking => (CongestionControl::Block, Priority::DataLow, false),
    }
}

/// Answers a query with the last state under each key that it asks for.
fn answer(shared: &Shared, query: &Query) {
    let last = lock(&shared.last);
    let asked = |key: &str| zenoh::key_expr::keyexpr::new(key).is_ok_and(|key| query.key_expr().intersects(key));
    let found: Vec<(String, Vec<u8>)> =
        last.iter().filter(|(key, _)| asked(key)).map(|(key, payload)| (key.clone(), payload.clone())).collect();
    drop(last);
    for (key, payload) in found {
        let reply = query.reply(key.as_str(), payload).encoding(link::encoding_to_zenoh(shared.encoding));
        match reply.wait() {
            Ok(()) => lock(&shared.counts).answered += 1,
            Err(e) => shared.note_error(format!("answering {key}: {e}")),
        }
    }
}
