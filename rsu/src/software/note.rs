//! The note of what the city has brought, in `state_dir/software.json`. Versions read what others have written: fields may come, and
//! those that are there keep their meaning.

use std::io;
use std::path::{Path, PathBuf};

use cloud_bridge::{SignedRelease, Version};
use serde::{Deserialize, Serialize};

use super::{SHELF, Shelf, own_folder, own_version};
use crate::durable;
use crate::trial::Verdict;

/// The note's name.
const NOTE: &str = "software.json";

/// A version that the city has brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// Its folder on the shelf.
    pub folder: String,
    /// What is signed of it.
    pub release: SignedRelease,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Text {
    /// What was installed when the city's came.
    installed: Option<Version>,
    /// What is run in its place.
    good: Option<Brought>,
    /// Another one, until the city knows how it does.
    trial: Option<Tried>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Tried {
    brought: Brought,
    /// The command that brought it.
    command: String,
    /// Components that had failed before: they are not its fault.
    troubled: Vec<String>,
    /// Whether it was started.
    started: bool,
    /// `None`: it is not decided.
    verdict: Option<Verdict>,
}

/// The note, as it is on the disk.
#[derive(Debug)]
pub(super) struct Note {
    state_dir: PathBuf,
    text: Text,
}

impl Note {
    pub(super) fn read(state_dir: &Path) -> io::Result<Self> {
        let text = durable::read_json(&state_dir.join(NOTE))?.unwrap_or_default();
        Ok(Self { state_dir: state_dir.into(), text })
    }

    /// What is to be started for the first time.
    pub(super) fn untried(&self) -> Option<&Brought> {
        let trial = self.text.trial.as_ref().filter(|trial| !trial.started && trial.verdict.is_none());
        trial.map(|trial| &trial.brought)
    }

    /// Whether one was started, and it is not decided whether it stays.
    pub(super) fn is_on_trial(&self) -> bool {
        self.text.trial.as_ref().is_some_and(|trial| trial.started && trial.verdict.is_none())
    }

    /// What is to be run in place of the one that is installed.
    pub(super) fn to_be_run(&self) -> Option<&Brought> {
        let kept = self.text.trial.as_ref().filter(|trial| trial.verdict == Some(Verdict::Kept));
        kept.map(|trial| &trial.brought).or(self.text.good.as_ref())
    }

    /// What was installed when the city's came.
    pub(super) fn installed(&self) -> Option<Version> {
        self.text.installed
    }

    /// Says that it is started, before it is.
    pub(super) fn begin_trial(&mut self) -> io::Result<()> {
        if let Some(trial) = &mut self.text.trial {
            trial.started = true;
        }
        self.write()
    }

    /// What was tried, or was to be, is not run. Where that can't be written down, the next start comes to the same.
    pub(super) fn fail(&mut self, reason: &str, detail: &str) {
        let is_open = |trial: &&mut Tried| !matches!(trial.verdict, Some(Verdict::Restored { .. }));
        let Some(trial) = self.text.trial.as_mut().filter(is_open) else { return };
        tracing::error!(reason, detail, "another version is not kept");
        trial.verdict = Some(Verdict::Restored { reason: reason.to_owned(), detail: detail.to_owned() });
        if let Err(error) = self.write() {
            tracing::error!(%error, "what a trial came to is not written down");
        }
    }

    fn write(&self) -> io::Result<()> {
        durable::replace(&self.state_dir.join(NOTE), &serde_json::to_vec(&self.text)?)
    }
}

impl Shelf {
    /// Whether a trial is under way, or the city is still to be told of one.
    pub fn is_busy(&self) -> bool {
        // One that can't be read is not written over.
        Note::read(&self.state_dir).map_or(true, |note| note.text.trial.is_some())
    }

    /// Says that a version is to be tried at the next start, for the command of that id. `troubled` are the components that do
    /// not work now.
    ///
    /// # Errors
    /// The disk's; then nothing is tried.
    pub fn try_next(&self, brought: Brought, command: &str, troubled: Vec<String>) -> io::Result<()> {
        let mut note = Note::read(&self.state_dir)?;
        if own_folder().is_none() {
            // Whatever else was brought before is not in use.
            note.text = Text { installed: own_version(), ..Text::default() };
        }
        note.text.trial = Some(Tried { brought, command: command.to_owned(), troubled, started: false, verdict: None });
        note.write()
    }

    /// What the service is to go on with once it runs; `None`: nothing.
    pub fn trial(&self) -> Option<SoftwareTrial> {
        let Note { state_dir, mut text } = Note::read(&self.state_dir).ok()?;
        let trial = text.trial.take()?;
        let rest = Note { state_dir, text };
        (trial.verdict.is_some() || super::is_on_trial()).then_some(SoftwareTrial { rest, trial })
    }
}

/// This program on trial, or one of whose trial the city is still to be told.
#[derive(Debug)]
pub struct SoftwareTrial {
    /// The note, but for the trial.
    rest: Note,
    trial: Tried,
}

impl SoftwareTrial {
    /// The id of the command.
    pub fn command(&self) -> &str {
        &self.trial.command
    }

    /// Components that had failed before.
    pub fn troubled(&self) -> &[String] {
        &self.trial.troubled
    }

    /// `None`: this program is on trial.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.trial.verdict.as_ref()
    }

    /// Says whether this program stays. It is to end then: whoever watches it goes over to it, or goes on.
    ///
    /// # Errors
    /// The disk's.
    pub fn decide(mut self, verdict: Verdict) -> io::Result<()> {
        self.trial.verdict = Some(verdict);
        self.rest.text.trial = Some(self.trial);
        self.rest.write()
    }

    /// The city knows: what did not do is removed.
    ///
    /// # Errors
    /// The disk's.
    pub fn close(mut self) -> io::Result<()> {
        if self.trial.verdict == Some(Verdict::Kept) {
            self.rest.text.good = Some(self.trial.brought);
            return self.rest.write();
        }
        self.rest.write()?;
        let shelf = self.rest.state_dir.join(SHELF);
        match std::fs::remove_dir_all(shelf.join(&self.trial.brought.folder)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
