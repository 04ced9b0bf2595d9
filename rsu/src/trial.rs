//! A new site file on trial: it stays only if the service comes up with it; else the old one is put back.
//!
//! Beside `site.toml` lie, while that is so, `site.toml.before` (the old one, kept afterwards as well) and `site.toml.trial`, a
//! note of how far it is. Each step is on the disk before the next, so that a crash or a power cut at any moment leaves a file
//! that can be run, and the next start knows what to do: whoever finds the note of a start that did not come up puts the old
//! file back.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::durable;

const BEFORE: &str = ".before";
const NOTE: &str = ".trial";

/// What became of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The new file stays.
    Kept,
    /// The old one is back.
    Restored {
        /// A name of the vocabulary in `docs/ref/city-data.md`.
        reason: String,
        /// What exactly was wrong.
        detail: String,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Note {
    /// The command that brought the file.
    command: String,
    /// Components that had failed before: they are not the new file's fault.
    troubled: Vec<String>,
    /// Whether a start was made with it.
    started: bool,
    /// `None`: it is not decided.
    verdict: Option<Verdict>,
}

/// A trial under way, or one of which the city is still to be told.
#[derive(Debug)]
pub struct Trial {
    site_file: PathBuf,
    note: Note,
}

impl Trial {
    /// Puts `text` in place of the site file, to be tried at the next start, for the command of that id. `troubled` are the
    /// components that do not work now.
    ///
    /// # Errors
    /// The disk's; then the old file is in place and nothing is tried.
    pub fn begin(site_file: &Path, text: &str, command: &str, troubled: Vec<String>) -> io::Result<()> {
        let note = Note { command: command.to_owned(), troubled, started: false, verdict: None };
        let trial = Self { site_file: site_file.into(), note };
        durable::replace(&durable::beside(site_file, BEFORE), &std::fs::read(site_file)?)?;
        trial.write()?;
        durable::replace(site_file, text.as_bytes()).inspect_err(|_| {
            if let Err(error) = durable::remove(&durable::beside(site_file, NOTE)) {
                tracing::error!(%error, "the note of a trial that did not begin is still there");
            }
        })
    }

    /// Whether there is one.
    pub fn is_under_way(site_file: &Path) -> bool {
        durable::beside(site_file, NOTE).exists()
    }

    /// What is to be gone on with at the start of the service; `None`: nothing. When an earlier start did not come to a
    /// verdict the old file is put back here.
    ///
    /// # Errors
    /// The disk's.
    pub fn resume(site_file: &Path) -> io::Result<Option<Self>> {
        let Some(note) = durable::read_json(&durable::beside(site_file, NOTE))? else { return Ok(None) };
        let mut trial = Self { site_file: site_file.into(), note };
        if trial.note.verdict.is_some() {
            return Ok(Some(trial));
        }
        if std::fs::read(site_file)? == std::fs::read(trial.before())? {
            trial.decide(Verdict::Restored {
                reason: "interrupted".into(),
                detail: "the service ended before the new file was in place".into(),
            })?;
        } else if trial.note.started {
            trial.restore("does_not_run", "the service ended before it came up with the new file")?;
        } else {
            trial.note.started = true;
            trial.write()?;
        }
        Ok(Some(trial))
    }

    /// The id of the command.
    pub fn command(&self) -> &str {
        &self.note.command
    }

    /// Components that had failed before.
    pub fn troubled(&self) -> &[String] {
        &self.note.troubled
    }

    /// `None`: the new file is on trial.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.note.verdict.as_ref()
    }

    /// The new file stays.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(&mut self) -> io::Result<()> {
        self.decide(Verdict::Kept)
    }

    /// Puts the old file back, for the next start.
    ///
    /// # Errors
    /// The disk's.
    pub fn restore(&mut self, reason: &str, detail: &str) -> io::Result<()> {
        tracing::error!(reason, detail, "the new site file is not kept, the one before is back");
        durable::replace(&self.site_file, &std::fs::read(self.before())?)?;
        self.decide(Verdict::Restored { reason: reason.into(), detail: detail.into() })
    }

    /// The city knows: nothing is left to be done.
    ///
    /// # Errors
    /// The disk's.
    pub fn close(self) -> io::Result<()> {
        durable::remove(&durable::beside(&self.site_file, NOTE))
    }

    fn decide(&mut self, verdict: Verdict) -> io::Result<()> {
        self.note.verdict = Some(verdict);
        self.write()
    }

    fn before(&self) -> PathBuf {
        durable::beside(&self.site_file, BEFORE)
    }

    fn write(&self) -> io::Result<()> {
        durable::replace(&durable::beside(&self.site_file, NOTE), &serde_json::to_vec(&self.note)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Place(PathBuf);

    impl Place {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("lukou-trial-{name}-{}", std::process::id()));
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).unwrap();
            let place = Self(folder.join("site.toml"));
            std::fs::write(&place.0, "old").unwrap();
            place
        }

        fn text(&self) -> String {
            std::fs::read_to_string(&self.0).unwrap()
        }

        fn resume(&self) -> Option<Trial> {
            Trial::resume(&self.0).unwrap()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
        }
    }

    fn reason(trial: &Trial) -> Option<&str> {
        match trial.verdict() {
            Some(Verdict::Restored { reason, .. }) => Some(reason),
            _ => None,
        }
    }

    #[test]
    fn a_file_that_comes_up_stays_and_the_city_is_told_once() {
        let place = Place::new("stays");
        assert!(place.resume().is_none());
        Trial::begin(&place.0, "new", "c1", vec!["cam-n".into()]).unwrap();
        let mut trial = place.resume().unwrap();
        assert_eq!((place.text().as_str(), trial.command(), trial.verdict()), ("new", "c1", None));
        assert_eq!(trial.troubled(), ["cam-n"]);
        trial.keep().unwrap();
        // Killed before it could say so: the next start says it.
        let trial = place.resume().unwrap();
        assert_eq!(trial.verdict(), Some(&Verdict::Kept));
        trial.close().unwrap();
        assert!(place.resume().is_none() && !Trial::is_under_way(&place.0));
        assert_eq!(place.text(), "new");
        assert_eq!(std::fs::read_to_string(place.0.with_file_name("site.toml.before")).unwrap(), "old");
    }

    #[test]
    fn a_start_that_dies_puts_the_old_file_back() {
        let place = Place::new("dies");
        Trial::begin(&place.0, "new", "c1", Vec::new()).unwrap();
        assert_eq!(place.resume().unwrap().verdict(), None);
        let trial = place.resume().unwrap();
        assert_eq!((place.text().as_str(), reason(&trial)), ("old", Some("does_not_run")));
        assert_eq!(reason(&place.resume().unwrap()), Some("does_not_run"), "until the city is told");
    }

    #[test]
    fn a_file_that_never_was_in_place_is_not_said_to_be_done() {
        let place = Place::new("never");
        Trial::begin(&place.0, "new", "c1", Vec::new()).unwrap();
        std::fs::write(&place.0, "old").unwrap();
        assert_eq!(reason(&place.resume().unwrap()), Some("interrupted"));
    }
}
