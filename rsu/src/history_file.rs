//! What was learnt of the lights, kept in `state_dir` across restarts.

use std::path::{Path, PathBuf};

use crate::durable::{self, Upkeep};
use crate::signals::history::History;

/// The file's name in `state_dir`.
const NAME: &str = "signal-history.json";
/// A crash forgets no more than this, seconds.
const EVERY_S: f64 = 600.0;

/// The file, written now and then.
#[derive(Debug)]
pub struct HistoryFile {
    path: PathBuf,
    upkeep: Upkeep,
}

impl HistoryFile {
    /// In `state_dir`; `uptime_s`: of the service.
    pub fn new(state_dir: &Path, uptime_s: f64) -> Self {
        Self { path: state_dir.join(NAME), upkeep: Upkeep::new("signal-history", EVERY_S, uptime_s) }
    }

    /// What an earlier run has learnt. A file that cannot be read is told of once and begun anew.
    pub fn read(state_dir: &Path) -> History {
        let path = state_dir.join(NAME);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return History::default(),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "the history of the lights is not read");
                return History::default();
            }
        };
        History::from_json(&text).unwrap_or_else(|error| {
            tracing::warn!(path = %path.display(), %error, "the history of the lights begins anew");
            History::default()
        })
    }

    /// Writes if it is time to.
    pub fn write_if_due(&mut self, uptime_s: f64, history: &History) {
        self.upkeep.if_due(uptime_s, || {
            let (path, history) = (self.path.clone(), history.clone());
            move || write(&path, &history)
        });
    }

    /// Writes, and waits for it: the service ends.
    pub fn write_now(&mut self, history: &History) {
        self.upkeep.finish();
        write(&self.path, history);
    }
}

fn write(path: &Path, history: &History) {
    if history.is_empty() {
        return;
    }
    let text = history.to_json().map_err(std::io::Error::other);
    let written = text.and_then(|text| durable::replace(path, text.as_bytes()));
    if let Err(error) = written {
        tracing::warn!(path = %path.display(), %error, "the history of the lights is not written");
    }
}
