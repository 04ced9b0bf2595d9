//! Where commands come in at a site: what is believed, what was asked before, what was answered.
//!
//! No clock and no disk in here: the time is an argument, and who asks writes what is to be remembered before it acts on it.

use std::collections::{BTreeMap, BTreeSet};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{Ack, AckState, Command, CommandEnd, CommandKind, MAX_LIFE_US, Rejection};
use crate::keys::SiteKeys;

/// Commands that are remembered. When more come, the one signed first is forgotten, and what was signed before it is
/// refused from then on.
const MAX_REMEMBERED: usize = 1024;

/// What is kept of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    issued_us: i64,
    /// SHA-256 of what was signed.
    digest: Vec<u8>,
    pub ack: Ack,
}

/// What becomes of a command that came.
#[derive(Debug, PartialEq)]
pub(crate) struct Ruling {
    pub ack: Ack,
    /// Whose key, when it is known.
    pub key: Option<String>,
    pub kind: Option<CommandKind>,
    /// To be remembered, before it is answered or done.
    pub remember: Option<Remembered>,
    /// To be done.
    pub accepted: Option<Command>,
}

#[derive(Debug)]
pub(crate) struct Desk {
    site: SiteKeys,
    keys: BTreeMap<String, [u8; 32]>,
    /// What the site can do.
    executes: BTreeSet<CommandKind>,
    /// What it does when it is asked to.
    allows: BTreeSet<CommandKind>,
    /// What an earlier run has begun and this one ends.
    resumes: BTreeSet<String>,
    known: BTreeMap<String, Remembered>,
    /// What was signed at this time or before and is not known was forgotten.
    floor_us: i64,
}

impl Desk {
    pub(crate) fn new(site: SiteKeys, keys: BTreeMap<String, [u8; 32]>, executes: BTreeSet<CommandKind>) -> Self {
        let (allows, resumes) = (BTreeSet::new(), BTreeSet::new());
        Self { site, keys, executes, allows, resumes, known: BTreeMap::new(), floor_us: i64::MIN }
    }

    /// The same, where commands of these kinds are allowed.
    pub(crate) fn allowing(self, allows: BTreeSet<CommandKind>) -> Self {
        Self { allows, ..self }
    }

    /// The same, which goes on with these commands of an earlier run, by their ids.
    pub(crate) fn resuming(self, resumes: BTreeSet<String>) -> Self {
        Self { resumes, ..self }
    }

    /// Takes in what an earlier run remembered. What it had begun and is not gone on with is not begun again: it has failed,
    /// and that is to be remembered in its place.
    pub(crate) fn load(
        &mut self,
        known: Vec<(String, Remembered)>,
        floor_us: Option<i64>,
    ) -> Vec<(String, Remembered)> {
        self.floor_us = floor_us.unwrap_or(i64::MIN);
        self.known = known.into_iter().collect();
        let is_over =
            |id: &String, known: &Remembered| known.ack.state == AckState::Accepted && !self.resumes.contains(id);
        let begun = self.known.iter_mut().filter(|(id, known)| is_over(id, known));
        let end = |(id, known): (&String, &mut Remembered)| {
            known.ack = Ack::ended(id, &CommandEnd::failed(Rejection::Interrupted.name()));
            (id.clone(), known.clone())
        };
        begun.map(end).collect()
    }

    /// Rules on what came under `id`. `room`: whether something more can be begun.
    pub(crate) fn rule(&self, id: &str, bytes: &[u8], now_us: i64, room: bool) -> Ruling {
        let reject = |why: Rejection| Ack::rejected(id, why);
        let (command, key, signed) = match Command::verify(bytes, &self.keys) {
            Ok(verified) => verified,
            Err(why) => return Ruling { ack: reject(why), key: None, kind: None, remember: None, accepted: None },
        };
        let (key, kind) = (Some(key), Some(command.kind));
        let rule = |ack, remember, accepted| Ruling { ack, key: key.clone(), kind, remember, accepted };
        if command.id != id || command.city != self.site.city() || command.site != self.site.site() {
            return rule(reject(Rejection::WrongAddress), None, None);
        }
        let digest = digest(&SHA256, &signed).as_ref().to_vec();
        if let Some(known) = self.known.get(id) {
            let same = known.digest == digest;
            return rule(if same { known.ack.clone() } else { reject(Rejection::IdReused) }, None, None);
        }
        if command.expires_us < now_us || command.issued_us <= self.floor_us {
            return rule(reject(Rejection::Expired), None, None);
        }
        if command.expires_us.saturating_sub(command.issued_us) > MAX_LIFE_US {
            return rule(reject(Rejection::LivesTooLong), None, None);
        }
        let remembered = |ack: &Ack| Some(Remembered { issued_us: command.issued_us, digest, ack: ack.clone() });
        let unwilling = match command.kind {
            kind if !self.executes.contains(&kind) => Some(Rejection::NotSupported),
            kind if !self.allows.contains(&kind) => Some(Rejection::NotAllowed),
            _ => None,
        };
        if let Some(why) = unwilling {
            let ack = reject(why);
            return rule(ack.clone(), remembered(&ack), None);
        }
        if !room {
            return rule(reject(Rejection::Busy), None, None);
        }
        let ack = Ack::new(id, AckState::Accepted);
        rule(ack.clone(), remembered(&ack), Some(command))
    }

    /// Whom to forget before one more is remembered, and the time before which nothing is believed then.
    pub(crate) fn forget(&self) -> Option<(String, i64)> {
        let oldest = || self.known.iter().min_by_key(|(_, known)| known.issued_us);
        (self.known.len() >= MAX_REMEMBERED).then(oldest)?.map(|(id, known)| (id.clone(), known.issued_us))
    }

    /// Remembers what has been written, and forgets what [`Self::forget`] named.
    pub(crate) fn remember(&mut self, id: String, remembered: Remembered, forgotten: Option<(String, i64)>) {
        if let Some((forgotten, floor_us)) = forgotten {
            self.known.remove(&forgotten);
            self.floor_us = self.floor_us.max(floor_us);
        }
        self.known.insert(id, remembered);
    }

    /// How a command that was accepted has ended; to be remembered. `None`: none such is being done.
    pub(crate) fn finish(&self, id: &str, end: &CommandEnd) -> Option<Remembered> {
        let known = self.known.get(id).filter(|known| known.ack.state == AckState::Accepted)?;
        Some(Remembered { ack: Ack::ended(id, end), ..known.clone() })
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    const NOW_US: i64 = 1_772_368_500_000_000;

    fn key(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn command(id: &str) -> Command {
        Command {
            id: id.into(),
            city: "demo".into(),
            site: "vtest".into(),
            kind: CommandKind::Rsi,
            issued_us: NOW_US - 5,
            expires_us: NOW_US + 5,
            payload: json!({"text": "路滑"}),
        }
    }

    fn desk() -> Desk {
        let keys = BTreeMap::from([("city-1".to_owned(), key(1).public_key().as_ref().try_into().unwrap())]);
        let executes = BTreeSet::from([CommandKind::Rsi, CommandKind::Plan]);
        Desk::new(SiteKeys::new("demo", "vtest").unwrap(), keys, executes).allowing([CommandKind::Rsi].into())
    }

    fn said(desk: &Desk, id: &str, bytes: &[u8]) -> String {
        let ack = desk.rule(id, bytes, NOW_US, true).ack;
        format!("{:?} {}", ack.state, ack.reason.unwrap_or_default())
    }

    #[test]
    fn only_what_is_signed_for_this_site_and_time_is_accepted() {
        let signed = |command: &Command| command.sign("city-1", &key(1)).unwrap();
        let with = |change: &dyn Fn(&mut Command)| {
            let mut command = command("a");
            change(&mut command);
            said(&desk(), "a", &signed(&command))
        };
        assert_eq!(with(&|_| {}), "Accepted ");
        assert_eq!(with(&|c| c.site = "other".into()), "Rejected wrong_address");
        assert_eq!(with(&|c| c.city = "other".into()), "Rejected wrong_address");
        assert_eq!(with(&|c| c.id = "b".into()), "Rejected wrong_address");
        assert_eq!(with(&|c| c.expires_us = NOW_US - 1), "Rejected expired");
        assert_eq!(with(&|c| c.expires_us = c.issued_us + MAX_LIFE_US + 1), "Rejected lives_too_long");
        assert_eq!(with(&|c| c.kind = CommandKind::Model), "Rejected not_supported");
        assert_eq!(with(&|c| c.kind = CommandKind::Plan), "Rejected not_allowed");
        let by = |name: &str, seed: u8| said(&desk(), "a", &command("a").sign(name, &key(seed)).unwrap());
        assert_eq!(by("city-2", 1), "Rejected unknown_key");
        assert_eq!(by("city-1", 2), "Rejected bad_signature");
        let whole = signed(&command("a"));
        for cut in 0..whole.len() {
            assert_eq!(said(&desk(), "a", &whole[..cut]), "Rejected malformed");
        }
        let text = String::from_utf8(whole).unwrap();
        assert_eq!(said(&desk(), "a", text.replace("路滑", "路好").as_bytes()), "Rejected bad_signature");
    }

    #[test]
    fn a_repeat_gets_the_same_answer_and_is_not_done_again() {
        let mut desk = desk();
        let bytes = command("a").sign("city-1", &key(1)).unwrap();
        let ruling = desk.rule("a", &bytes, NOW_US, true);
        assert_eq!(ruling.accepted, Some(command("a")));
        desk.remember("a".into(), ruling.remember.unwrap(), None);
        // Long after it has expired, and however much there is to do.
        let again = desk.rule("a", &bytes, i64::MAX, false);
        assert_eq!((again.ack.state, again.accepted, again.remember), (AckState::Accepted, None, None));
        let done = desk.finish("a", &CommandEnd::done()).unwrap();
        desk.remember("a".into(), done, None);
        assert_eq!(said(&desk, "a", &bytes), "Done ");
        assert_eq!(desk.finish("a", &CommandEnd::done()), None);
        let other = Command { payload: json!(null), ..command("a") }.sign("city-1", &key(1)).unwrap();
        assert_eq!(said(&desk, "a", &other), "Rejected id_reused");
    }

    #[test]
    fn what_is_forgotten_is_not_done_again() {
        let mut desk = desk();
        let mut first = None;
        for n in 0..=MAX_REMEMBERED {
            let issued_us = NOW_US - 5000 + i64::try_from(n).unwrap();
            let bytes = Command { issued_us, ..command(&n.to_string()) }.sign("city-1", &key(1)).unwrap();
            let ruling = desk.rule(&n.to_string(), &bytes, NOW_US, true);
            let forgotten = desk.forget();
            assert_eq!(forgotten.is_some(), n == MAX_REMEMBERED);
            desk.remember(n.to_string(), ruling.remember.unwrap(), forgotten);
            first.get_or_insert(bytes);
        }
        assert_eq!(said(&desk, "0", &first.unwrap()), "Rejected expired");
    }

    #[test]
    fn what_was_begun_before_a_restart_has_failed() {
        let mut desk = desk();
        let bytes = command("a").sign("city-1", &key(1)).unwrap();
        let begun = desk.rule("a", &bytes, NOW_US, true).remember.unwrap();
        let ended = desk.load(vec![("a".into(), begun)], None);
        assert_eq!(ended.len(), 1);
        assert_eq!(said(&desk, "a", &bytes), "Failed interrupted");
    }

    #[test]
    fn what_outlives_a_restart_ends_after_it() {
        let mut desk = desk().resuming(["a".to_owned()].into());
        let bytes = command("a").sign("city-1", &key(1)).unwrap();
        let begun = desk.rule("a", &bytes, NOW_US, true).remember.unwrap();
        assert_eq!(desk.load(vec![("a".into(), begun)], None), []);
        let ended = desk.finish("a", &CommandEnd::failed("unhealthy").with_detail("cam-n")).unwrap();
        assert_eq!((ended.ack.reason.as_deref(), ended.ack.detail.as_deref()), (Some("unhealthy"), Some("cam-n")));
    }
}
