//! The newest message of each set and kind, as it went to the radios: what the page's inspector looks into.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asn1::Dialect;
use perception::time::UtcMicros;

use crate::radios::{MessageKind, MessageSet, Transmission};
use crate::received::dialect_of;

/// One message that was handed to the radios. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Family.
    pub set: MessageSet,
    /// Its edition.
    pub dialect: Dialect,
    /// Kind.
    pub kind: MessageKind,
    /// When the radios got it.
    pub at: UtcMicros,
    /// The UPER MessageFrame, the very octets that the radios send.
    pub octets: Arc<[u8]>,
}

type Newest = BTreeMap<(&'static str, MessageKind), Sent>;

/// Keeps one message of each set and kind and forgets the one before: as many as there are kinds, however long the
/// service runs. Cheap to clone; all clones are the same.
#[derive(Clone, Debug, Default)]
pub struct SentMessages {
    cn: Option<Dialect>,
    us: Option<Dialect>,
    newest: Arc<Mutex<Newest>>,
}

impl SentMessages {
    /// Nothing yet, of a site that speaks these dialects.
    pub fn new(cn: Option<Dialect>, us: Option<Dialect>) -> Self {
        Self { cn, us, newest: Arc::default() }
    }

    /// Keeps a message that went to the radios at `at`. The octets are shared, not copied. A set that the site has no
    /// dialect for is not kept, because nobody could say what it says.
    pub fn keep(&self, at: UtcMicros, transmission: &Transmission) {
        let set = transmission.set;
        let dialect = match set {
            MessageSet::Cn => self.cn.map(|site| dialect_of(&transmission.payload, site)),
            MessageSet::Us => self.us,
        };
        let Some(dialect) = dialect else { return };
        let kind = transmission.kind;
        let sent = Sent { set, dialect, kind, at, octets: transmission.payload.clone() };
        // The message before is freed after the lock.
        let _before = self.lock().insert((set.as_str(), kind), sent);
    }

    /// All of them, by set and kind.
    pub fn all(&self) -> Vec<Sent> {
        self.lock().values().cloned().collect()
    }

    /// The newest of a set (`cn`, `us`) and kind (`SPAT`, …); `None` if none was sent.
    pub fn newest(&self, set: &str, kind: &str) -> Option<Sent> {
        let newest = self.lock();
        newest.values().find(|sent| sent.set.as_str() == set && sent.kind.as_str() == kind).cloned()
    }

    /// Held for a look or an insertion; whatever a panicking thread did, an insertion is whole.
    fn lock(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transmission(set: MessageSet, kind: MessageKind, payload: &[u8]) -> Transmission {
        let payload = payload.into();
        let (captured_at, arrived_at, valid_until) = (None, None, UtcMicros(0));
        Transmission { set, kind, payload, application_id: 1, priority: 0, captured_at, arrived_at, valid_until }
    }

    #[test]
    fn the_newest_of_each_set_and_kind_is_kept() {
        let sent = SentMessages::new(Some(Dialect::CnN4), None);
        for at in 0..1000 {
            sent.keep(UtcMicros(at), &transmission(MessageSet::Cn, MessageKind::Spat, &[1]));
            sent.keep(UtcMicros(at), &transmission(MessageSet::Cn, MessageKind::Map, &[2, 3]));
            sent.keep(UtcMicros(at), &transmission(MessageSet::Us, MessageKind::Map, &[4]));
        }
        let kept: Vec<_> =
            sent.all().into_iter().map(|sent| (sent.set, sent.kind, sent.at.0, sent.octets.len())).collect();
        assert_eq!(kept, [(MessageSet::Cn, MessageKind::Spat, 999, 1), (MessageSet::Cn, MessageKind::Map, 999, 2)]);
        assert_eq!(sent.newest("cn", "MAP").unwrap().dialect, Dialect::CnN4);
        sent.keep(UtcMicros(0), &transmission(MessageSet::Cn, MessageKind::Rsc, &[0x80, 1]));
        assert_eq!(sent.newest("cn", "RSC").unwrap().dialect, Dialect::CnCsae157, "phase 2, whichever phase 1 is");
        assert_eq!(sent.newest("us", "MAP"), None, "the site has no US dialect");
        assert_eq!(sent.newest("cn", "map"), None);
    }
}
