//! The keys that this worker has met, made known to its router and to its own session.
//!
//! Both look a declared key up. One that nobody has declared they compare with the keys of all sites, again for each message.
//! Sites declare their keys to the router that they are connected to, and the worker declares them to its own.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use cloud_bridge::{Kind, Receipt, SiteKeys, StateKey};
use zenoh::Session;
use zenoh::bytes::Encoding;
use zenoh::key_expr::KeyExpr;
use zenoh::pubsub::Publisher;
use zenoh::qos::CongestionControl;
use zenoh::sample::Locality;

/// Keys kept; beyond it all are forgotten and met anew, so that a flood of made-up ones fills no memory.
const MAX_KEYS: usize = 1 << 18;

/// What has been declared.
pub struct Met {
    session: Session,
    /// Nothing is ever published there: a publisher is what makes a key known to a router.
    states: HashMap<StateKey, Publisher<'static>>,
    /// Known to the session only: sites subscribe to them by name, and so every router knows them.
    receipts: HashMap<(SiteKeys, Kind), KeyExpr<'static>>,
}

impl Met {
    pub fn new(session: Session) -> Self {
        Self { session, states: HashMap::new(), receipts: HashMap::new() }
    }

    /// Whether a state's key is known already.
    pub fn knows(&self, key: &StateKey) -> bool {
        self.states.contains_key(key)
    }

    /// A state came under this key.
    pub async fn state(&mut self, key: &StateKey) -> zenoh::Result<()> {
        if self.knows(key) {
            return Ok(());
        }
        if self.states.len() >= MAX_KEYS {
            self.states.clear();
        }
        let publisher = self.session.declare_publisher(key.to_string()).await?;
        self.states.insert(key.clone(), publisher);
        Ok(())
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
        let put = self.session.put(&*key, receipt).encoding(Encoding::APPLICATION_JSON);
        put.congestion_control(CongestionControl::Drop).allowed_destination(Locality::Remote).await
    }
}
