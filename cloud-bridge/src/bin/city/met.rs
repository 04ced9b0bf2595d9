//! The keys that this worker has met, made known to its router and to its own session.
//!
//! Both look a declared key up. One that nobody has declared they compare with the keys of all sites, again for each message.
//! Sites declare their keys to the router that they are connected to, and the worker declares them to its own. When it takes over
//! the sites of another there are thousands at once: so a task of its own does that, and what comes meanwhile is stored.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use cloud_bridge::{Kind, Receipt, SiteKeys, StateKey, checksum};
use tokio::sync::mpsc;
use zenoh::Session;
use zenoh::bytes::Encoding;
use zenoh::key_expr::KeyExpr;
use zenoh::qos::CongestionControl;
use zenoh::sample::Locality;

/// Keys kept; beyond it all are forgotten and met anew, so that a flood of made-up ones fills no memory.
const MAX_KEYS: usize = 1 << 18;
/// Keys that wait to be declared to the router.
const MAX_WAITING: usize = 1 << 14;

/// What has been declared.
pub struct Met {
    session: Session,
    states: HashSet<StateKey>,
    /// Into the task that declares.
    new: mpsc::Sender<StateKey>,
    /// Known to the session only: sites subscribe to them by name, and so every router knows them.
    receipts: HashMap<(SiteKeys, Kind), KeyExpr<'static>>,
}

impl Met {
    /// Within a runtime, on which it declares until this is dropped.
    pub fn new(session: Session) -> Self {
        let (new, waiting) = mpsc::channel(MAX_WAITING);
        tokio::spawn(declare(session.clone(), waiting));
        Self { session, states: HashSet::new(), new, receipts: HashMap::new() }
    }

    /// A state came under this key, which is soon known. A key that finds no room to wait is met again with its next state.
    pub fn state(&mut self, key: &StateKey) {
        if self.states.contains(key) {
            return;
        }
        if self.states.len() >= MAX_KEYS {
            self.states.clear();
        }
        if self.new.try_send(key.clone()).is_ok() {
            self.states.insert(key.clone());
        }
    }

    /// Sends a receipt. One that is lost costs a message sent twice; one that is waited for may hold up a router.
    pub async fn put_receipt(&mut self, site: &SiteKeys, kind: Kind, receipt: Vec<u8>) -> zenoh::Result<()> {
        if self.receipts.len() >= MAX_KEYS {
            self.receipts.clear();
        }
        let key = match self.receipts.entry((site.clone(), kind)) {
            Entry::Occupied(there) => there.into_mut(),
            Entry::Vacant(new) => new.insert(self.session.declare_keyexpr(Receipt::key(site, kind)).await?),
        };
        let checksum = checksum(&receipt);
        let put = self.session.put(&*key, receipt).attachment(checksum).encoding(Encoding::APPLICATION_JSON);
        put.congestion_control(CongestionControl::Drop).allowed_destination(Locality::Remote).await
    }
}

/// Nothing is ever published there: a publisher is what makes a key known to a router.
async fn declare(session: Session, mut waiting: mpsc::Receiver<StateKey>) {
    let mut publishers = Vec::new();
    while let Some(key) = waiting.recv().await {
        if publishers.len() >= MAX_KEYS {
            publishers.clear();
        }
        match session.declare_publisher(key.to_string()).await {
            Ok(publisher) => publishers.push(publisher),
            // It is only slower without.
            Err(error) => tracing::debug!(%key, "not declared: {error}"),
        }
    }
}
