//! Requests for signal priority (SRM, China's VIR): heard, arbitrated by the site's policy, answered (SSM, RSC), and passed
//! on to the controller where the site wants it (`docs/ref/priority.md`).
//!
//! Sans-IO. Nothing that is heard is signed: by default nobody may ask, and the controller is not asked. *Granted* is only said
//! on the controller's word.

use perception::time::UtcMicros;

use crate::map::SiteMap;
use crate::messages::Edition;
use crate::received::{Received, Unread};
use crate::signals::{Light, SignalState};

use entry::Word;

mod control;
mod entry;
mod junction;
mod policy;
mod read;
mod request;

pub use control::{Control, NoControl, ToSource};
pub use entry::Entry;
pub use junction::Junction;
pub(crate) use policy::LARGEST_AID;
pub use policy::{Policy, Vehicle};
pub use request::{Ask, Asked, Command, Decision, Key, Movement, Refusal, Request, Requester, Role, Status, Why};

/// Most requests that are stood by: one SSM has room for as many.
pub const MOST_REQUESTS: usize = 32;
/// Answers go out at least this often while anybody asks: over once a second, whatever the thread's delay, seconds.
const ANSWER_PERIOD_S: f64 = 0.9;
/// And no more often than this however fast requests change, seconds.
const ANSWER_GAP_S: f64 = 0.1;

/// What follows from requests.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// For the audit log.
    Decided(Decision),
    /// For the controller.
    Command(Command),
}

/// What is to be said to those who ask.
#[derive(Clone, Copy, Debug)]
pub struct Answers<'a> {
    /// Requests that are stood by, at most [`MOST_REQUESTS`].
    pub requests: &'a [Entry],
    /// Counts changes, 0 to 127, and wraps.
    pub revision: u8,
    /// AID of RSC.
    pub rsc_aid: u32,
}

/// The arbiter of one junction.
#[derive(Clone, Debug)]
pub struct Arbiter {
    policy: Policy,
    junction: Junction,
    entries: Vec<Entry>,
    /// Until when a group does not serve the next request.
    locks: Vec<(u8, UtcMicros)>,
    /// Groups that the controller vouches for.
    signalled: Vec<u8>,
    commands: u32,
    events: Vec<Event>,
    revision: u8,
    changed: bool,
    answered_at: UtcMicros,
}

impl Arbiter {
    /// For what the map's site serves, in the sets that it speaks. `None`: it serves none.
    pub fn new(policy: Policy, map: &SiteMap, edition: Edition) -> Option<Self> {
        Some(Self {
            policy,
            junction: Junction::new(map, edition)?,
            entries: Vec::new(),
            locks: Vec::new(),
            signalled: Vec::new(),
            commands: 0,
            events: Vec::new(),
            revision: 0,
            changed: false,
            answered_at: UtcMicros(i64::MIN),
        })
    }

    /// A frame as it was received. `None`: no message that asks; else which one it is, or why nothing was taken from it.
    pub fn receive(&mut self, now: UtcMicros, frame: &Received<'_>) -> Option<Result<&'static str, &'static str>> {
        let (message, asks) = match read::read(&self.junction, frame)? {
            Ok(read) => read,
            Err(error) => return Some(Err(Unread::as_str(error))),
        };
        let mut outcome = Err("not_asked_of_us");
        for ask in asks {
            let taken = self.hear(now, ask).map(|()| message);
            if taken.is_ok() || outcome.is_err() {
                outcome = taken;
            }
        }
        Some(outcome)
    }

    /// One request.
    ///
    /// # Errors
    /// Why nothing becomes of it: `unknown_request` (cancelled, and none such), `passed` (it should have gone by), `table_full`.
    pub fn hear(&mut self, now: UtcMicros, ask: Ask) -> Result<(), &'static str> {
        let known = self.entries.iter().position(|entry| entry.request.ask.key == ask.key);
        if ask.asked == Asked::Cancel {
            let index = known.ok_or("unknown_request")?;
            if let Some(entry) = self.entries.get_mut(index) {
                entry.request.ask.asked = Asked::Cancel;
            }
            self.end(now, index, Why::Cancelled);
            return Ok(());
        }
        if self.is_over(now, &ask).is_some() {
            return Err("passed");
        }
        match known {
            Some(index) => self.renew(now, index, ask),
            None => self.admit(now, ask)?,
        }
        Ok(())
    }

    /// What may be said of the signal now.
    pub fn signal(&mut self, state: &SignalState) {
        let runs = |light| matches!(light, Light::Red | Light::Yellow | Light::Green | Light::RedYellow);
        self.signalled = state.groups.iter().filter(|group| runs(group.light)).map(|group| group.id).collect();
    }

    /// The controller's word on a command. One on a command that is not open any more changes nothing.
    pub fn controller_said(&mut self, number: u32, word: Result<(), Refusal>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.word.number() == Some(number)) {
            entry.word = match word {
                Ok(()) => Word::Took(number),
                Err(refusal) => Word::Refused(refusal),
            };
        }
    }

    /// Ends what is over and decides who goes before whom. `conflicts` says whether two groups must not be green together.
    pub fn advance(&mut self, now: UtcMicros, conflicts: impl Fn(u8, u8) -> bool) {
        while let Some((index, why)) = self.first_over(now) {
            self.end(now, index, why);
        }
        self.locks.retain(|(_, until)| *until > now);
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|index| self.entries.get(*index).map(Entry::precedence));
        let (mut ahead, mut judged) = (Vec::new(), Vec::new());
        for index in order {
            let why = self.judge(now, index, &ahead, &conflicts);
            if why.holds() {
                ahead.push(index);
            }
            judged.push((index, why));
        }
        // The controller is told to let go before it is asked for what conflicts with it.
        judged.sort_by_key(|(_, why)| why.holds());
        for (index, why) in judged {
            self.settle(now, index, why);
        }
    }

    /// What has followed since the last call, in order.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Answers, if they are due: at a change, and again while anybody asks.
    pub fn answers_due(&mut self, now: UtcMicros) -> Option<Answers<'_>> {
        if self.answer_at().is_none_or(|at| now < at) {
            return None;
        }
        if self.changed {
            self.revision = (self.revision + 1) & 0x7f;
        }
        self.changed = false;
        self.answered_at = now;
        Some(Answers { requests: &self.entries, revision: self.revision, rsc_aid: self.policy.rsc_aid })
    }

    /// When answers are due if nothing else comes. `None`: nobody asks.
    pub fn answer_at(&self) -> Option<UtcMicros> {
        let wait_s = if self.changed { ANSWER_GAP_S } else { ANSWER_PERIOD_S };
        let never = self.answered_at == UtcMicros(i64::MIN);
        (!self.entries.is_empty()).then(|| if never { self.answered_at } else { self.answered_at.plus_seconds(wait_s) })
    }

    /// The clock was set: no time that was heard means anything.
    pub fn forget(&mut self, now: UtcMicros) {
        while !self.entries.is_empty() {
            self.end(now, 0, Why::ClockStep);
        }
        self.locks.clear();
        self.answered_at = UtcMicros(i64::MIN);
    }

    fn admit(&mut self, now: UtcMicros, ask: Ask) -> Result<(), &'static str> {
        let (role, place) = self.policy.place(ask.key.who, ask.us_role.and_then(Role::of_us));
        let groups = self.junction.groups(ask.node, &ask.movement);
        let request = Request { ask, role, groups, why: Why::Early };
        let entry = Entry { request, place, heard_at: now, ahead_since: None, spent: false, word: Word::NotAsked };
        if self.entries.len() >= MOST_REQUESTS {
            // Who may not ask makes room for who may; nobody makes room for who may not.
            let last = (0..self.entries.len()).max_by_key(|index| self.entries.get(*index).map(Entry::precedence));
            let goes_before = |last: &usize| {
                place.is_ok() && self.entries.get(*last).is_some_and(|last| entry.precedence() < last.precedence())
            };
            let index = last.filter(goes_before).ok_or("table_full")?;
            self.end(now, index, Why::CrowdedOut);
        }
        self.entries.push(entry);
        // Decided at the next `advance`, and told even if it is decided so.
        self.decide(now, self.entries.len() - 1, Why::Early);
        Ok(())
    }

    fn renew(&mut self, now: UtcMicros, index: usize, ask: Ask) {
        let groups = self.junction.groups(ask.node, &ask.movement);
        let Some(entry) = self.entries.get_mut(index) else { return };
        entry.heard_at = now;
        entry.request.ask = ask;
        if entry.request.groups != groups {
            self.let_go(now, index, true);
            if let Some(entry) = self.entries.get_mut(index) {
                entry.request.groups = groups;
            }
        }
    }

    fn first_over(&self, now: UtcMicros) -> Option<(usize, Why)> {
        let over = |entry: &Entry| {
            let silent = now.seconds_since(entry.heard_at) > self.policy.timeout_s;
            self.is_over(now, &entry.request.ask).or(silent.then_some(Why::Silent))
        };
        self.entries.iter().enumerate().find_map(|(index, entry)| over(entry).map(|why| (index, why)))
    }

    fn is_over(&self, now: UtcMicros, ask: &Ask) -> Option<Why> {
        let gone_s = ask.duration_s.unwrap_or(0.0) + self.policy.passed_after_s;
        if ask.until.is_some_and(|until| now > until) {
            return Some(Why::Expired);
        }
        ask.eta.is_some_and(|eta| now.seconds_since(eta) > gone_s).then_some(Why::Passed)
    }

    fn judge(&self, now: UtcMicros, index: usize, ahead: &[usize], conflicts: &impl Fn(u8, u8) -> bool) -> Why {
        let Some(entry) = self.entries.get(index) else { return Why::CrowdedOut };
        let groups = &entry.request.groups;
        let clash = |others: &[u8]| groups.iter().any(|a| others.iter().any(|b| a != b && conflicts(*a, *b)));
        let holds_too_long = |since| now.seconds_since(since) > self.policy.max_presence_s;
        let waits = || self.locks.iter().any(|(group, _)| groups.contains(group));
        if let Err(refusal) = entry.place {
            return refusal;
        }
        if groups.is_empty() {
            return Why::NoSignalGroup;
        }
        if clash(groups) {
            return Why::Ambiguous;
        }
        if entry.spent || entry.ahead_since.is_some_and(holds_too_long) {
            return Why::PresentTooLong;
        }
        if entry.request.ask.eta.is_some_and(|eta| eta.seconds_since(now) > self.policy.horizon_s) {
            return Why::Early;
        }
        if entry.ahead_since.is_none() && entry.request.role != Some(Role::Emergency) && waits() {
            return Why::ServedLately;
        }
        if groups.iter().any(|group| !self.signalled.contains(group)) {
            return Why::SignalUnknown;
        }
        if ahead.iter().filter_map(|other| self.entries.get(*other)).any(|other| clash(&other.request.groups)) {
            return Why::Waits;
        }
        if ahead.len() >= self.policy.max_concurrent {
            return Why::TooManyAtOnce;
        }
        match entry.word {
            _ if !self.policy.pass_to_controller => Why::NotPassedOn,
            Word::NotAsked | Word::Asked(_) => Why::ControllerAsked,
            Word::Took(_) => Why::ControllerTook,
            Word::Refused(Refusal::NotSupported) => Why::NotSupported,
            Word::Refused(Refusal::Refused) => Why::ControllerRefused,
            Word::Refused(Refusal::Silent) => Why::ControllerSilent,
        }
    }

    /// What follows from a judgement, if anything.
    fn settle(&mut self, now: UtcMicros, index: usize, why: Why) {
        if !why.holds() {
            // Whose turn was taken by another is not locked out by its own.
            self.let_go(now, index, why == Why::PresentTooLong);
        }
        let Some(entry) = self.entries.get_mut(index) else { return };
        entry.spent |= why == Why::PresentTooLong;
        if why.holds() && entry.ahead_since.is_none() {
            entry.ahead_since = Some(now);
        }
        let asks = why == Why::ControllerAsked && entry.word == Word::NotAsked;
        let command = entry.request.role.filter(|_| asks).map(|role| {
            self.commands = self.commands.wrapping_add(1);
            entry.word = Word::Asked(self.commands);
            entry.command(self.commands, true, role)
        });
        if entry.request.why != why {
            self.decide(now, index, why);
        }
        self.events.extend(command.map(Event::Command));
    }

    /// It does not go before others any more: the controller is told, and groups that served may have to rest.
    fn let_go(&mut self, now: UtcMicros, index: usize, rest: bool) {
        let Some(entry) = self.entries.get_mut(index) else { return };
        entry.ahead_since = None;
        let word = std::mem::replace(&mut entry.word, Word::NotAsked);
        if let (Some(number), Some(role)) = (word.number(), entry.request.role) {
            let command = entry.command(number, false, role);
            self.events.push(Event::Command(command));
        }
        if rest && matches!(word, Word::Took(_)) {
            let until = now.plus_seconds(self.policy.min_interval_s);
            self.locks.extend(entry.request.groups.iter().map(|group| (*group, until)));
        }
    }

    fn end(&mut self, now: UtcMicros, index: usize, why: Why) {
        self.let_go(now, index, true);
        self.decide(now, index, why);
        self.entries.remove(index);
    }

    fn decide(&mut self, at: UtcMicros, index: usize, why: Why) {
        let Some(Entry { request, .. }) = self.entries.get_mut(index) else { return };
        request.why = why;
        self.changed = true;
        self.events.push(Event::Decided(Decision {
            at,
            key: request.ask.key,
            asked: request.ask.asked,
            role: request.role,
            groups: request.groups.clone(),
            eta: request.ask.eta,
            why,
        }));
    }
}

#[cfg(test)]
mod tests;
