//! How each kind travels.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use zenoh::pubsub::Publisher;
use zenoh::qos::{CongestionControl, Priority};
use zenoh::{Session, Wait};

use crate::checksum::checksum;
use crate::codec::Encoding;
use crate::keys::StateKey;
use crate::link;
use crate::schema::Kind;

/// A publisher for each key there has been: routers look a declared key up, and compare any other with the keys of all
/// sites. There are no more than the bridge keeps keys.
pub(crate) struct Publishers {
    session: Session,
    /// By key, and whether what goes there is too large for one batch.
    of: BTreeMap<(StateKey, bool), Publisher<'static>>,
}

impl Publishers {
    pub(crate) fn new(session: Session) -> Self {
        Self { session, of: BTreeMap::new() }
    }

    /// Waits until the line has taken it, or has broken.
    pub(crate) fn put(&mut self, key: StateKey, payload: Vec<u8>, encoding: Encoding) -> Result<(), String> {
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
        let checksum = checksum(&payload);
        publisher.put(payload).attachment(checksum).encoding(link::encoding_to_zenoh(encoding)).wait().map_err(failed)
    }
}

/// What surely fits into one of Zenoh's batches between routers (65 535 bytes), key and all.
const ONE_BATCH_BYTES: usize = 60_000;

/// What a router does when the next one takes no more. `Drop` gives a message up after a moment, and one of several batches
/// nearly always. `Block` waits, holding up all that comes in by the same link, and cuts the other off after 5 s: two routers
/// that wait for each other stand still for as long. So what is promised is rather dropped, for it goes again
/// ([`crate::Pace`]), unless it would never get through.
fn congestion(kind: Kind, is_large: bool) -> CongestionControl {
    if kind.is_promised() && is_large { CongestionControl::Block } else { CongestionControl::Drop }
}

/// How each kind travels, and whether it is held back for a batch (no, if express). Who waits for the line holds up all of
/// the same priority: what may be large has one of its own.
fn quality(kind: Kind) -> (Priority, bool) {
    match kind {
        // Ten a second, each overtaken by the next: late is worse than never.
        Kind::Signal => (Priority::InteractiveHigh, true),
        // Few and urgent.
        Kind::Event => (Priority::InteractiveLow, true),
        Kind::Health => (Priority::DataHigh, false),
        Kind::Traffic => (Priority::Data, false),
        // It may be large, and nobody waits for it.
        Kind::Parking => (Priority::DataLow, false),
    }
}
