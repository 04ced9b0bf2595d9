//! What was learnt of the lights, kept in `state_dir` across restarts.

use std::path::{Path, PathBuf};

use crate::durable;
use crate::signals::history::History;

/// The file's name in `state_dir`.
const NAME: &str = "signal-history.json";
/// A crash forgets no more than this, seconds.
const EVERY_S: f64 = 600.0;

/// Writes the file now and then, on a thread of its own: the pipeline does not wait for a disk.
#[derive(Debug)]
pub struct HistoryFile {
    path: PathBuf,
    due_s: f64,
    writing: Option<std::thread::JoinHandle<()>>,
}

impl HistoryFile {
    /// In `state_dir`; `uptime_s`: of the service.
    pub fn new(state_dir: &Path, uptime_s: f64) -> Self {
        Self { path: state_dir.join(NAME), due_s: uptime_s + EVERY_S, writing: None }
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

    /// Writes if it is time to, unless the last time is still being written.
    pub fn write_if_due(&mut self, uptime_s: f64, history: &History) {
        let idle = self.writing.as_ref().is_none_or(std::thread::JoinHandle::is_finished);
        if uptime_s >= self.due_s && idle {
            self.due_s = uptime_s + EVERY_S;
            let (path, history) = (self.path.clone(), history.clone());
            let thread = std::thread::Builder::new().name("signal-history".into());
            match thread.spawn(move || write(&path, &history)) {
                Ok(thread) => self.writing = Some(thread),
                Err(error) => tracing::warn!(%error, "the history of the lights is not written"),
            }
        }
    }

    /// Writes, and waits for it: the service ends.
    pub fn write_now(&mut self, history: &History) {
        if self.writing.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that writes the history of the lights panicked");
        }
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
