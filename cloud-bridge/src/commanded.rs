//! Commands at the site: ruled on, remembered on the disk, answered, and handed over as values.

use tokio::sync::mpsc;

use crate::bridge::{Outgoing, OutgoingKey, Shared};
use crate::clock::utc_us;
use crate::command::{Ack, Command, CommandEnd, CommandKind, Desk, Rejection, Remembered};
use crate::outbox::Store;

/// Commands that wait to be done or written down.
pub(crate) const MAX_EVENTS: usize = 64;

/// A command that came or has ended, and what was answered: for the audit log, and, when it was accepted, to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandEvent {
    /// When it was answered, microseconds since 1970 UTC, by the system's clock.
    pub at_us: i64,
    /// The name of the key that signed it; `None` when that is not proved, and at its end.
    pub key: Option<String>,
    /// What is asked for; `None` when that is not proved, and at its end.
    pub kind: Option<CommandKind>,
    /// The answer, with the command's id.
    pub ack: Ack,
    /// To be done; then [`crate::Bridge::finish_command`] is to be called.
    pub command: Option<Command>,
}

/// What the outbox's thread needs for commands.
#[derive(Debug)]
pub(crate) struct Office {
    desk: Desk,
    events: mpsc::Sender<CommandEvent>,
    loaded: bool,
    /// Ends that came before it was loaded.
    early: Vec<(String, CommandEnd)>,
}

impl Office {
    pub(crate) fn new(desk: Desk, events: mpsc::Sender<CommandEvent>) -> Self {
        Self { desk, events, loaded: false, early: Vec::new() }
    }

    /// Reads what earlier runs remembered. Until the disk lets it, nothing is begun.
    pub(crate) fn load(&mut self, shared: &Shared, store: &Store) {
        if self.loaded || !store.is_open() {
            return;
        }
        let (known, floor_us) = match store.commands() {
            Ok(found) => found,
            Err(error) => return shared.note_error(error.to_string()),
        };
        self.loaded = true;
        for (id, ended) in self.desk.load(known, floor_us) {
            self.remember(shared, store, &id, ended);
        }
        for (id, end) in std::mem::take(&mut self.early) {
            self.finish(shared, store, id, end);
        }
    }

    /// Rules on a command that came, writes it down, answers and hands it over.
    pub(crate) fn rule(&mut self, shared: &Shared, store: &Store, id: &str, bytes: &[u8]) {
        let at_us = utc_us();
        let room = self.loaded && self.events.capacity() > 0;
        let mut ruling = self.desk.rule(id, bytes, at_us, room);
        if let Some(remember) = ruling.remember
            && !self.remember(shared, store, id, remember)
        {
            // What can't be remembered can't be done just once. The city sends it again.
            (ruling.ack, ruling.accepted) = (Ack::rejected(id, Rejection::Busy), None);
        }
        answer(shared, &ruling.ack);
        self.tell(CommandEvent {
            at_us,
            key: ruling.key,
            kind: ruling.kind,
            ack: ruling.ack,
            command: ruling.accepted,
        });
    }

    fn tell(&self, event: CommandEvent) {
        if let Err(error) = self.events.try_send(event) {
            tracing::warn!(%error, "an answer to a command is not in the audit log");
        }
    }

    /// A command that was begun has ended.
    pub(crate) fn finish(&mut self, shared: &Shared, store: &Store, id: String, end: CommandEnd) {
        if !self.loaded {
            return self.early.push((id, end));
        }
        match self.desk.finish(&id, &end) {
            Some(ended) => {
                let ack = ended.ack.clone();
                self.remember(shared, store, &id, ended);
                answer(shared, &ack);
                self.tell(CommandEvent { at_us: utc_us(), key: None, kind: None, ack, command: None });
            }
            None => tracing::warn!(id, "no such command is being done"),
        }
    }

    /// Whether it is written.
    fn remember(&mut self, shared: &Shared, store: &Store, id: &str, what: Remembered) -> bool {
        let forgotten = self.desk.forget().filter(|(other, _)| other != id);
        match store.remember(id, &what, forgotten.as_ref()) {
            Ok(()) => self.desk.remember(id.to_owned(), what, forgotten),
            Err(error) => {
                shared.note_error(error.to_string());
                return false;
            }
        }
        true
    }
}

fn answer(shared: &Shared, ack: &Ack) {
    // A queue that is full or closed loses an answer; the city asks again.
    let _ = shared.queue.push(OutgoingKey::Ack(ack.id.clone()), Outgoing::Ack(ack.to_bytes()));
}
