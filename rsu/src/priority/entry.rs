//! A request that is stood by, and its place among the others.

use std::cmp::Reverse;

use perception::time::UtcMicros;

use super::request::{Command, Key, Refusal, Request, Role, Why};

/// A request and what is remembered of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The request and how it stands.
    pub request: Request,
    /// Its place among those that may ask, or why it may not.
    pub(super) place: Result<usize, Why>,
    /// When it was heard last.
    pub(super) heard_at: UtcMicros,
    /// Since when it goes before others.
    pub(super) ahead_since: Option<UtcMicros>,
    /// It has had its time.
    pub(super) spent: bool,
    /// How it stands between us and the controller.
    pub(super) word: Word,
}

/// How it stands between us and the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    NotAsked,
    Asked(u32),
    Took(u32),
    Refused(Refusal),
}

impl Entry {
    /// Smaller goes first: who may ask, by role; then whom the controller has been asked for already; then who arrives first.
    pub(super) fn precedence(&self) -> (usize, Reverse<bool>, UtcMicros, Key) {
        let place = self.place.unwrap_or(usize::MAX);
        let eta = self.request.ask.eta.unwrap_or(UtcMicros(i64::MIN));
        (place, Reverse(self.word.number().is_some()), eta, self.request.ask.key)
    }

    pub(super) fn command(&self, number: u32, serve: bool, role: Role) -> Command {
        let Request { ask, groups, .. } = &self.request;
        Command { number, key: ask.key, serve, groups: groups.clone(), role, eta: ask.eta }
    }
}

impl Word {
    /// The command that the controller may be acting on.
    pub(super) fn number(self) -> Option<u32> {
        match self {
            Self::Asked(number) | Self::Took(number) => Some(number),
            Self::NotAsked | Self::Refused(_) => None,
        }
    }
}
