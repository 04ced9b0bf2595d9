//! A site's side of the link.
//!
//! Threads of its own do the work, so that neither the network nor the disk holds up the caller or an async runtime. One owns the
//! Zenoh session, whose calls may wait for seconds (`sender.rs`); before it stands a queue with the latest state of each
//! key. Another owns the outbox (`promised.rs`): messages of promised kinds go to it, and from it to a thread for each kind
//! (`carriers.rs`). One more answers questions (`answers.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tracing::warn;
use zenoh::Session;
use zenoh::query::Query;

use crate::answers::answer_questions;
use crate::bundle::{self, Asker, FetchError, FileSum, Offers, Owner};
use crate::carriers::lines;
use crate::clock::Monotonic;
use crate::codec::Encoding;
use crate::command::{CommandEnd, Desk, command_keys};
use crate::commanded::{CommandEvent, MAX_EVENTS, Office};
use crate::config::{BridgeConfig, BridgeError};
use crate::inbox::{Inbox, Refused};
use crate::keys::{NameError, SiteKeys, StateKey};
use crate::latest::{LatestOfEachKey, Pushed};
use crate::lock;
use crate::outbox::{Outbox, Store};
use crate::promised::{Order, run_outbox};
use crate::schema::{InvalidState, Kind, StateMessage, Update};
use crate::sender::run_link;
use crate::sequence::{SequenceError, Sequences};
use crate::stats::{BridgeStats, DropReason};

/// The most keys a site has: its kinds, and its parking lots.
const MAX_KEYS: usize = 1024;
/// Messages and receipts that wait for the outbox's thread: a disk that hesitates for seconds loses nothing.
const MAX_ORDERS: usize = 4096;
/// Questions about the last hours that wait for an answer.
const MAX_QUESTIONS: usize = 16;
/// How long a start waits for a full disk before it tries again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A site's link to the city. Dropping it closes it without waiting; [`Bridge::close`] waits until all is said.
#[derive(Debug)]
pub struct Bridge {
    shared: Arc<Shared>,
    commands: Mutex<Option<mpsc::Receiver<CommandEvent>>>,
    link_finished: watch::Receiver<()>,
    outbox_finished: watch::Receiver<()>,
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
    /// The disk does not keep up.
    #[error("the outbox has too much to write")]
    QueueFull,
    /// The bridge was closed.
    #[error("the bridge is closed")]
    Closed,
    /// All sequence numbers of this run are used up; a restart gives new ones.
    #[error("no sequence number is left for {0}; restart the service")]
    SequenceExhausted(Kind),
}

/// What the caller, the threads and Zenoh's callbacks share. Each lock is held for a few instructions only.
#[derive(Debug)]
pub(crate) struct Shared {
    pub keys: SiteKeys,
    pub encoding: Encoding,
    /// What goes out next.
    pub queue: LatestOfEachKey<OutgoingKey, Outgoing>,
    /// What the outbox's thread is to do.
    pub orders: Inbox<Order>,
    /// Where the last hours are.
    pub store: Arc<Store>,
    /// Questions about them, and about what was said last.
    pub questions: Inbox<Query>,
    sequences: Mutex<Sequences>,
    /// Keys of promised kinds there have been.
    promised_keys: Mutex<BTreeSet<StateKey>>,
    pub counts: Mutex<BridgeStats>,
    pub connected: Arc<AtomicUsize>,
    /// While the link is open.
    pub session: Mutex<Option<Session>>,
    /// What was last said under each key, for those who ask.
    pub last: Mutex<BTreeMap<String, (Encoding, Vec<u8>)>>,
    /// Files that the city may fetch.
    pub offers: Mutex<Offers>,
    /// When all of this began.
    pub opened: Monotonic,
}

/// What the queue keeps apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OutgoingKey {
    /// Of these only the latest goes.
    Latest(StateKey),
    /// The answer to a command.
    Ack(String),
}

/// What goes out.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Latest(Box<StateMessage>),
    Ack(Vec<u8>),
}

impl Bridge {
    /// Opens the link. Returns once the site can be reached (peer, router), or at once (client: it is tried until the
    /// router is there, and states wait as in any outage). Reads and writes in `state_dir`; while the disk is full it waits.
    pub async fn open(config: BridgeConfig) -> Result<Self, BridgeError> {
        let keys = SiteKeys::new(&config.city, &config.site)?;
        config.link.check()?;
        let store = outbox_file(&config, &keys);
        let mut sequences = begin_sequences(&config, &keys, None).await?;
        let desk = Desk::new(keys.clone(), command_keys(&config.command_keys)?, config.executes.clone())
            .allowing(config.allows.clone())
            .resuming(config.resumes.clone());
        let store = Arc::new(Store::new(store));
        let outbox = Outbox::open(Arc::clone(&store), config.outbox.clone())?;
        let newest = outbox.newest();
        if newest.is_some_and(|newest| !sequences.come_after(newest)) {
            warn!(site = %keys, ?newest, "the count of starts is behind the outbox, and goes on from there");
            sequences = begin_sequences(&config, &keys, newest).await?;
        }
        let (events, commands) = mpsc::channel(MAX_EVENTS);
        let office = Office::new(desk, events);
        let shared = Arc::new(Shared {
            keys,
            encoding: config.encoding,
            queue: LatestOfEachKey::new(MAX_KEYS + MAX_EVENTS),
            orders: Inbox::new(MAX_ORDERS),
            store,
            questions: Inbox::new(MAX_QUESTIONS),
            sequences: Mutex::new(sequences),
            promised_keys: Mutex::default(),
            counts: Mutex::default(),
            connected: Arc::default(),
            session: Mutex::default(),
            last: Mutex::default(),
            offers: Mutex::default(),
            opened: Monotonic::start(),
        });
        let (opened, when_opened) = oneshot::channel();
        let [of_outbox, of_link, of_answers] = [(); 3].map(|()| Arc::clone(&shared));
        let (hands, lines) = lines();
        let outbox_finished = thread("city-outbox", move || run_outbox(&of_outbox, outbox, office, hands))?;
        thread("city-answers", move || answer_questions(&of_answers))?;
        // From here on the bridge closes the outbox, whatever happens.
        let (_, not_yet) = watch::channel(());
        let commands = Mutex::new(Some(commands));
        let mut bridge = Self { shared, commands, link_finished: not_yet, outbox_finished };
        bridge.link_finished = thread("city-link", move || run_link(&of_link, &config, opened, lines))?;
        let opened = when_opened.await;
        opened.map_err(|_| no_thread("city-link", "ended before the session was open"))??;
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
        let message = StateMessage { site: self.shared.keys.site().to_owned(), seq, update };
        let queued = if kind.is_promised() { self.promise(key, message) } else { self.say(key, message) };
        let refused = |reason| match reason {
            DropReason::TooManyKeys => PublishError::TooManyKeys,
            DropReason::QueueFull => PublishError::QueueFull,
            _ => PublishError::Closed,
        };
        queued.map(|()| seq).map_err(|reason| {
            drop_as(reason);
            refused(reason)
        })
    }

    /// Hands a message to the outbox.
    fn promise(&self, key: StateKey, message: StateMessage) -> Result<(), DropReason> {
        let mut keys = lock(&self.shared.promised_keys);
        if keys.len() >= MAX_KEYS && !keys.contains(&key) {
            return Err(DropReason::TooManyKeys);
        }
        keys.insert(key.clone());
        self.shared.orders.push(Order::Put(key, Box::new(message))).map_err(|refused| match refused {
            Refused::Full => DropReason::QueueFull,
            Refused::Closed => DropReason::Closed,
        })
    }

    /// Queues a message to be sent, unless a newer one comes before.
    fn say(&self, key: StateKey, message: StateMessage) -> Result<(), DropReason> {
        let kind = key.kind;
        match self.shared.queue.push(OutgoingKey::Latest(key), Outgoing::Latest(Box::new(message))) {
            Pushed::Queued => Ok(()),
            Pushed::Superseded => {
                self.shared.count_drop(kind, DropReason::Superseded);
                Ok(())
            }
            Pushed::Full => Err(DropReason::TooManyKeys),
            Pushed::Closed => Err(DropReason::Closed),
        }
    }

    /// Returns when all that was published before is on the disk or given up. While the disk refuses it waits.
    pub async fn saved(&self) {
        let (tell, told) = oneshot::channel();
        if self.shared.orders.push(Order::TellWhenSaved(tell)).is_ok() {
            // An error says that the outbox's thread has ended, after it has saved all.
            let _ = told.await;
        }
    }

    /// The commands that come, for whoever asks first; `None` for others. Whoever takes it must read it: what is not read is
    /// answered as `busy`.
    pub fn commands(&self) -> Option<mpsc::Receiver<CommandEvent>> {
        lock(&self.commands).take()
    }

    /// Says how a command that was handed over has ended, by this run or ([`BridgeConfig::resumes`]) an earlier one.
    pub fn finish_command(&self, id: &str, end: CommandEnd) -> Result<(), PublishError> {
        let finished = self.shared.orders.push(Order::Finished(id.to_owned(), end));
        finished.map_err(|refused| match refused {
            Refused::Full => PublishError::QueueFull,
            Refused::Closed => PublishError::Closed,
        })
    }

    /// Fetches a file that a command names, into a file that may hold the beginning of it. Waits, for minutes if need be: not for
    /// a thread of an async runtime. Gives up when nothing of it has come for `patience`.
    ///
    /// # Errors
    /// Why it is not there.
    pub fn fetch(&self, file: &FileSum, into: &Path, patience: Duration) -> Result<(), FetchError> {
        bundle::fetch(&*self.shared, Owner::City(self.keys().city()), file, into, patience)
    }

    /// Lets the city fetch a file that a command has asked for, until nobody has asked for a piece of it for an hour. Reads all of
    /// it. What is returned is to go to the city with the command's end ([`CommandEnd::with_file`]): without it nobody knows what to
    /// ask for.
    ///
    /// # Errors
    /// It can't be read.
    pub fn offer(&self, file: &Path) -> io::Result<FileSum> {
        let sum = FileSum::of(file)?;
        lock(&self.shared.offers).add(file.to_owned(), &sum, self.shared.opened.elapsed());
        Ok(sum)
    }

    /// The counters now.
    pub fn stats(&self) -> BridgeStats {
        BridgeStats {
            waiting: self.shared.queue.len(),
            connected_peers: self.shared.connected.load(Ordering::Relaxed),
            ..lock(&self.shared.counts).clone()
        }
    }

    /// The keys of this site.
    pub fn keys(&self) -> &SiteKeys {
        &self.shared.keys
    }

    /// Takes no more updates, sends those that wait, says good-bye and returns when the session is closed. What the city
    /// has not confirmed by then stays in the outbox.
    pub async fn close(&self) {
        self.shared.orders.close();
        // An error says that the thread, which held the sender, is gone: that is what was waited for.
        let _ = self.outbox_finished.clone().changed().await;
        let _ = self.link_finished.clone().changed().await;
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        // The outbox's thread then closes the queue, which ends the link's.
        self.shared.orders.close();
    }
}

/// Without a number of starts on the disk no number would be unique: the link waits until the disk takes it.
async fn begin_sequences(
    config: &BridgeConfig,
    keys: &SiteKeys,
    said: Option<u64>,
) -> Result<Sequences, SequenceError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match Sequences::open(&config.state_dir, keys, said) {
            Err(error) if error.is_for_want_of_room() => {
                warn!(%error, "no link to the city until the disk takes something");
                tokio::time::sleep(pause).await;
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
            begun => return begun,
        }
    }
}

/// Where the outbox of a site lies.
fn outbox_file(config: &BridgeConfig, keys: &SiteKeys) -> PathBuf {
    config.state_dir.join(format!("outbox.{}.{}.redb", keys.city(), keys.site()))
}

/// Starts a thread; the receiver learns when it has ended.
pub(crate) fn thread(name: &str, run: impl FnOnce() + Send + 'static) -> Result<watch::Receiver<()>, BridgeError> {
    let (finish, finished) = watch::channel(());
    let run = move || {
        run();
        drop(finish);
    };
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    spawned.map(|_| finished).map_err(|e| no_thread(name, &e.to_string()))
}

fn no_thread(name: &str, reason: &str) -> BridgeError {
    BridgeError::Session { endpoints: format!("the thread {name}"), reason: reason.to_owned() }
}

impl Asker for Shared {
    fn line(&self) -> Option<Session> {
        if self.connected.load(Ordering::Relaxed) > 0 { lock(&self.session).clone() } else { None }
    }

    fn closed_within(&self, pause: Duration) -> bool {
        self.queue.closed_within(pause)
    }
}

impl Shared {
    pub fn count_drop(&self, kind: Kind, reason: DropReason) {
        *lock(&self.counts).dropped.entry((kind, reason)).or_default() += 1;
    }

    /// A receipt, or a part of one, is not believed: what it names waits on.
    pub fn refuse_receipt(&self, reason: &'static str, error: String) {
        *lock(&self.counts).refused_receipts.entry(reason).or_default() += 1;
        self.note_error(error);
    }

    pub fn note_error(&self, error: String) {
        warn!(site = %self.keys, "city link: {error}");
        lock(&self.counts).last_error = Some(error);
    }
}
