//! What is too large for a command: its files are fetched, one bundle at a time, on a thread of their own, while other commands
//! are done.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use cloud_bridge::{Bundle, CommandEnd, FetchError};
use serde::Deserialize;

use super::not_kept;
use crate::city::WeakLink;
use crate::clock::Stopwatch;
use crate::durable;

/// Where what has come so far lies, in `state_dir`.
const INCOMING: &str = "incoming";
/// How often a child is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Of what a child says is wrong the city is told so many characters.
const LONGEST_DETAIL: usize = 1000;

/// Where one bundle at a time is worked on.
#[derive(Debug)]
pub(super) struct Workbench {
    tools: Tools,
    worker: Option<JoinHandle<()>>,
}

/// What is needed for it.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    link: WeakLink,
    state_dir: PathBuf,
    /// Whether the service ends.
    stop: Arc<AtomicBool>,
}

impl Workbench {
    pub(super) fn new(link: WeakLink, state_dir: PathBuf) -> Self {
        Self { tools: Tools { link, state_dir, stop: Arc::default() }, worker: None }
    }

    /// Begins with the work for a command, and tells its end, if it has one before a restart.
    pub(super) fn begin(
        &mut self,
        command: &str,
        work: impl FnOnce(&Tools) -> Result<Outcome, CommandEnd> + Send + 'static,
    ) -> Result<(), CommandEnd> {
        if self.worker.as_ref().is_some_and(|worker| !worker.is_finished()) {
            return Err(CommandEnd::rejected("busy").with_detail("another bundle is being fetched"));
        }
        let (tools, id) = (self.tools.clone(), command.to_owned());
        let work = move || match work(&tools) {
            Ok(Outcome::Restarts) => {}
            Ok(Outcome::Done) => tools.link.finish(&id, CommandEnd::done()),
            Err(end) => tools.link.finish(&id, end),
        };
        let spawned = std::thread::Builder::new().name("bundle".into()).spawn(work);
        self.worker = Some(spawned.map_err(|error| CommandEnd::failed("no_thread").with_detail(error.to_string()))?);
        Ok(())
    }

    /// Ends what is under way: the next attempt goes on from there.
    pub(super) fn close(self) {
        self.tools.stop.store(true, Ordering::Relaxed);
        if self.worker.is_some_and(|worker| worker.join().is_err()) {
            tracing::error!("the thread that fetches bundles panicked");
        }
    }
}

/// How work on a bundle has ended without trouble.
pub(super) enum Outcome {
    /// Nothing was left to be done.
    Done,
    /// The service is started anew, and the trial tells the end.
    Restarts,
}

impl Tools {
    /// The folder with a bundle, on this shelf of `state_dir`; fetched, if it is not there. Whatever else lies there goes,
    /// `in_use` aside, so that there is room.
    pub(super) fn bring(&self, bundle: &Bundle, shelf: &str, in_use: &Path) -> Result<PathBuf, CommandEnd> {
        let (id, shelf) = (bundle.id(), self.state_dir.join(shelf));
        let (incoming, folder) = (self.state_dir.join(INCOMING), shelf.join(&id));
        if folder.is_dir() {
            return Ok(folder);
        }
        let coming = incoming.join(&id);
        let make = || {
            std::fs::create_dir_all(&shelf)?;
            std::fs::create_dir_all(&coming)?;
            keep_only(&shelf, in_use)?;
            keep_only(&incoming, &coming)
        };
        make().map_err(|error| not_kept(&error))?;
        for (name, file) in &bundle.files {
            self.link.fetch(file, &coming.join(name)).map_err(|error| match error {
                FetchError::Disk(error) => not_kept(&error),
                FetchError::NoAnswer(_) | FetchError::Refused(_) => {
                    CommandEnd::failed("no_answer").with_detail(format!("{name}: {error}"))
                }
                FetchError::Closed => CommandEnd::failed("interrupted"),
                FetchError::Whole(_) => CommandEnd::failed("bad_sum").with_detail(format!("{name}: {error}")),
            })?;
        }
        durable::move_folder(&coming, &folder).map_err(|error| not_kept(&error))?;
        Ok(folder)
    }

    /// Runs a child to its end. `None`: it took longer, or the service ends; it is killed.
    ///
    /// # Errors
    /// It can't be run.
    pub(super) fn run_child(&self, command: &mut Command, within_s: f64) -> std::io::Result<Option<Output>> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let watch = Stopwatch::start();
        while child.try_wait()?.is_none() {
            if watch.seconds() > within_s || self.stop.load(Ordering::Relaxed) {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            std::thread::sleep(LOOK_AGAIN);
        }
        child.wait_with_output().map(Some)
    }

    /// What `rsu check --json`, run as a child, says is wrong, or what is wrong with the child; `None`: nothing.
    ///
    /// # Errors
    /// It can't be run.
    pub(super) fn problem(&self, check: &mut Command, within_s: f64) -> Result<Option<String>, CommandEnd> {
        #[derive(Deserialize)]
        struct Checked {
            problems: Vec<String>,
        }
        let problem = match self.run_child(check, within_s).map_err(not_tried)? {
            Some(output) if output.status.success() => return Ok(None),
            Some(output) => match serde_json::from_slice::<Checked>(&output.stdout) {
                Ok(checked) => checked.problems.join("; "),
                Err(_) => format!("it ends the process that tries it: {}", output.status),
            },
            None => format!("it was not loaded and tried within {within_s} s"),
        };
        Ok(Some(problem.chars().take(LONGEST_DETAIL).collect()))
    }
}

/// A child could not be run.
pub(super) fn not_tried(error: std::io::Error) -> CommandEnd {
    CommandEnd::failed("not_tried").with_detail(error.to_string())
}

/// Removes what would not do. Kept, it would be fetched no more and refused again.
pub(super) fn discard(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        tracing::warn!(folder = %folder.display(), %error, "what would not do is still there");
    }
}

/// Removes what lies in a folder but for one.
fn keep_only(folder: &Path, kept: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if !is_same(&path, kept) {
            if path.is_dir() { std::fs::remove_dir_all(&path)? } else { std::fs::remove_file(&path)? }
        }
    }
    Ok(())
}

/// Whether two paths lead to the same place, which is there.
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    a.canonicalize().is_ok_and(|a| b.canonicalize().is_ok_and(|b| a == b))
}
