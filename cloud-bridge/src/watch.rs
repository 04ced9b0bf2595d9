//! A city's side of the link: what the sites say, who comes and who goes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::sync::mpsc as queue;
use tokio::sync::{oneshot, watch};
use tracing::{debug, info, warn};
use zenoh::query::{ConsolidationMode, QueryTarget, Reply};
use zenoh::sample::{Sample, SampleKind};
use zenoh::{Session, Wait};

use crate::config::{BridgeError, LinkConfig};
use crate::keys::{SiteKeys, StateKey, patterns};
use crate::schema::StateMessage;
use crate::session::read_sample;
use crate::{link, lock};

/// Events that wait to be read; beyond it the newest are lost and counted, so that a slow reader can't hold up a router.
const MAX_WAITING: usize = 4096;
/// Keys whose last sequence number is remembered; a city has fewer, a flood of made-up ones must not fill the memory.
const MAX_REMEMBERED: usize = 1 << 17;
/// How long a site has to answer when it is asked for its last states.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// What to watch, and how to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchConfig {
    /// `<city>/<site>`; each may be `*`.
    pub sites: String,
    /// How to get at the sites or the router.
    pub link: LinkConfig,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one event at a time: a box would cost more than it saves")]
pub enum WatchEvent {
    /// A site came; its last states follow.
    Alive(SiteKeys),
    /// A site went, or the way to it is cut.
    Gone(SiteKeys),
    /// A state, new to this watch.
    State {
        /// Under which key it came.
        key: StateKey,
        /// What it says.
        message: StateMessage,
    },
    /// Something under a state's key that is not a state message of that key.
    Unreadable {
        /// The key as it came.
        key: String,
        /// What is wrong.
        problem: String,
    },
}

/// A running watch. Dropping it ends it without waiting.
#[derive(Debug)]
pub struct Watch {
    events: queue::Receiver<WatchEvent>,
    orders: mpsc::Sender<Order>,
    shared: Arc<Shared>,
    finished: watch::Receiver<()>,
}

enum Order {
    /// Ask a site for its last states.
    Ask(SiteKeys),
    Stop,
}

#[derive(Debug)]
struct Shared {
    events: queue::Sender<WatchEvent>,
    /// The last number seen under each key: states come twice when they are both asked for and sent.
    last_seq: Mutex<HashMap<StateKey, u64>>,
    lost: AtomicU64,
    connected: Arc<AtomicUsize>,
}

impl Watch {
    /// Opens a session and begins to watch. Like [`crate::Bridge::open`], it goes on trying to reach what it connects to.
    pub async fn open(config: WatchConfig) -> Result<Self, BridgeError> {
        config.link.check()?;
        patterns(&config.sites)?;
        let (events, received) = queue::channel(MAX_WAITING);
        let shared =
            Arc::new(Shared { events, last_seq: Mutex::default(), lost: AtomicU64::new(0), connected: Arc::default() });
        let (orders, taken) = mpsc::channel();
        let (finish, finished) = watch::channel(());
        let (opened, when_opened) = oneshot::channel();
        let watch = Self { events: received, orders: orders.clone(), shared: Arc::clone(&shared), finished };
        let run = move || {
            run_watch(&shared, &config, &orders, &taken, opened);
            drop(finish);
        };
        let no_thread = |reason: String| BridgeError::Session { endpoints: "the watch's thread".to_owned(), reason };
        std::thread::Builder::new().name("city-watch".to_owned()).spawn(run).map_err(|e| no_thread(e.to_string()))?;
        when_opened.await.map_err(|_| no_thread("ended before the session was open".to_owned()))??;
        Ok(watch)
    }

    /// Waits for the next event. May be dropped while it waits without losing one. `None`: the watch has ended.
    pub async fn next(&mut self) -> Option<WatchEvent> {
        self.events.recv().await
    }

    /// Events lost because they were not read in time.
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }

    /// Routers, peers and clients connected now.
    pub fn connected_peers(&self) -> usize {
        self.shared.connected.load(Ordering::Relaxed)
    }

    /// Ends the watch and returns when its session is closed.
    pub async fn close(self) {
        // Both errors say that the thread is gone already, which is what is wanted.
        let _ = self.orders.send(Order::Stop);
        let _ = self.finished.clone().changed().await;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
    }
}

impl Shared {
    fn tell(&self, event: WatchEvent) {
        if self.events.try_send(event).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether `seq` is newer than what was seen under `key`, which it then becomes.
    fn is_news(&self, key: &StateKey, seq: u64) -> bool {
        let mut last_seq = lock(&self.last_seq);
        if last_seq.get(key).is_some_and(|&last| seq <= last) {
            return false;
        }
        if last_seq.len() >= MAX_REMEMBERED && !last_seq.contains_key(key) {
            warn!("more than {MAX_REMEMBERED} different keys: forgetting them, states may come twice");
            last_seq.clear();
        }
        last_seq.insert(key.clone(), seq);
        true
    }

    fn on_sample(&self, sample: &Sample) {
        let key_text = sample.key_expr().as_str();
        // Commands, acknowledgements and kinds of a later version pass by here too.
        let Some(key) = StateKey::parse(key_text) else {
            debug!(key = key_text, "not a state this version knows");
            return;
        };
        let message = match read_sample(&key, sample) {
            Ok((message, _)) => message,
            Err(error) => {
                let problem = error.to_string();
                return self.tell(WatchEvent::Unreadable { key: key_text.to_owned(), problem });
            }
        };
        if self.is_news(&key, message.seq) {
            self.tell(WatchEvent::State { key, message });
        }
    }

    fn on_token(&self, sample: &Sample, orders: &mpsc::Sender<Order>) {
        let Some(site) = SiteKeys::parse_alive(sample.key_expr().as_str()) else { return };
        match sample.kind() {
            SampleKind::Put => {
                self.tell(WatchEvent::Alive(site.clone()));
                // Asking is left to the watch's thread: a callback must not wait on the session that runs it.
                let _ = orders.send(Order::Ask(site));
            }
            SampleKind::Delete => {
                // Should the site come back with a new disk, its numbers begin anew: they are news then.
                lock(&self.last_seq).retain(|key, _| key.site != site);
                self.tell(WatchEvent::Gone(site));
            }
        }
    }
}

fn run_watch(
    shared: &Arc<Shared>,
    config: &WatchConfig,
    orders: &mpsc::Sender<Order>,
    taken: &mpsc::Receiver<Order>,
    opened: oneshot::Sender<Result<(), BridgeError>>,
) {
    let mut opened = Some(opened);
    let open_and_declare = || link::open(&config.link).and_then(|session| declare(shared, config, orders, session));
    let session = 'open: {
        for pause in link::pauses() {
            let error = match open_and_declare() {
                Ok(session) => break 'open session,
                Err(error) if link::may_come_later(&config.link) => error,
                Err(error) => {
                    // The caller has stopped waiting: nobody is left to tell.
                    let _ = opened.take().map(|opened| opened.send(Err(error)));
                    return;
                }
            };
            warn!("city watch: {error}");
            let _ = opened.take().map(|opened| opened.send(Ok(())));
            match taken.recv_timeout(pause) {
                Ok(Order::Ask(_)) | Err(mpsc::RecvTimeoutError::Timeout) => {}
                Ok(Order::Stop) | Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
        }
        return;
    };
    let _ = opened.take().map(|opened| opened.send(Ok(())));
    while let Ok(Order::Ask(site)) = taken.recv() {
        if let Err(e) = ask(shared, &session, &site) {
            warn!(%site, "can't ask for the last states: {e}");
        }
    }
    if let Err(e) = session.close().wait() {
        warn!("closing the watch: {e}");
    }
}

fn declare(
    shared: &Arc<Shared>,
    config: &WatchConfig,
    orders: &mpsc::Sender<Order>,
    session: Session,
) -> Result<Session, BridgeError> {
    let (everything, alive) = patterns(&config.sites)?;
    let declared = || -> zenoh::Result<()> {
        link::count_transports(&session, &shared.connected, |_, n| info!(connected = n, "city watch link changed"))?;
        let told = Arc::clone(shared);
        session.declare_subscriber(everything).callback(move |sample| told.on_sample(&sample)).background().wait()?;
        let (told, orders) = (Arc::clone(shared), orders.clone());
        let on_token = move |sample: Sample| told.on_token(&sample, &orders);
        session.liveliness().declare_subscriber(alive).history(true).callback(on_token).background().wait()
    };
    match declared() {
        Ok(()) => Ok(session),
        Err(e) => Err(BridgeError::Session { endpoints: link::describe(&config.link), reason: e.to_string() }),
    }
}

/// Asks a site for the last state under each of its keys; the answers come in as samples do.
fn ask(shared: &Arc<Shared>, session: &Session, site: &SiteKeys) -> zenoh::Result<()> {
    let told = Arc::clone(shared);
    let on_reply = move |reply: Reply| match reply.result() {
        Ok(sample) => told.on_sample(sample),
        Err(e) => debug!("a site answered with an error: {e:?}"),
    };
    session
        .get(site.everything())
        .target(QueryTarget::All)
        .consolidation(ConsolidationMode::None)
        .timeout(ANSWER_TIMEOUT)
        .callback(on_reply)
        .wait()
}
