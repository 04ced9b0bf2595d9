//! Another version of the service, from the city (`docs/adr/0009-how-software-comes.md`): where it lies, what is known of it, and
//! which one runs.
//!
//! What is installed is always started first. It reads a note in `state_dir` and goes over to the version that the city brought
//! (`exec`), if the release key has signed that one. A version that was not at work yet is started as a child and watched, since only another
//! process can end one that hangs. Nothing here keeps the service from running: in doubt it is the one that is installed.

mod note;

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use cloud_bridge::{FileSum, RELEASE_PROGRAM, Release, ReleaseError, SignedRelease, Version, key_octets};
use serde::Deserialize;

use crate::config::{default_ready_within_s, default_state_dir};

use note::Note;
pub use note::{Brought, SoftwareTrial};

/// Where versions lie in `state_dir`.
pub const SHELF: &str = "software";
/// In the environment of one that the city brought: its folder on the shelf.
const FOLDER: &str = "LUKOU_SOFTWARE";
/// In the environment of one on trial: the process that watches it.
const WATCHED_BY: &str = "LUKOU_SOFTWARE_WATCHED_BY";
/// How often one on trial looks whether it is watched still.
const LOOK_PERIOD: Duration = Duration::from_secs(1);

/// What this program runs on, as Rust calls it.
pub fn target() -> String {
    format!("{}-unknown-linux-{}", std::env::consts::ARCH, if cfg!(target_env = "musl") { "musl" } else { "gnu" })
}

/// The version of this program; `None`: it has none that can be compared.
pub fn own_version() -> Option<Version> {
    env!("CARGO_PKG_VERSION").parse().ok()
}

/// The folder on the shelf that this program was started from; `None`: it is the one that is installed.
fn own_folder() -> Option<String> {
    std::env::var(FOLDER).ok()
}

/// Whether this program is on trial: then another one waits for its end.
pub fn is_on_trial() -> bool {
    std::env::var_os(WATCHED_BY).is_some()
}

/// Returns when this program is on trial and nobody watches it any more.
pub async fn nobody_watches() {
    let Some(watcher) = std::env::var(WATCHED_BY).ok() else { return std::future::pending().await };
    while std::os::unix::process::parent_id().to_string() == watcher {
        tokio::time::sleep(LOOK_PERIOD).await;
    }
}

/// Starts this program anew, as the same process. Returns only if that can't be done.
pub fn start_anew() -> std::io::Error {
    match std::env::current_exe() {
        Ok(program) => Command::new(program).args(std::env::args_os().skip(1)).exec(),
        Err(error) => error,
    }
}

/// Where a site keeps versions, and whom it believes about them.
#[derive(Clone, Debug)]
pub struct Shelf {
    state_dir: PathBuf,
    release_key: [u8; 32],
    /// How long a version on trial may take to come to a word on itself and to end, all in all.
    tried_within: Duration,
}

impl Shelf {
    /// What the site file says, whatever else it holds: a newer version may know keys that this one does not. `None`: it names no
    /// release key, so nothing is run but what is installed.
    pub fn of(site_file: &Path) -> Option<Self> {
        #[derive(Deserialize)]
        struct File {
            #[serde(default = "default_state_dir")]
            state_dir: PathBuf,
            cloud: Cloud,
        }
        #[derive(Deserialize)]
        struct Cloud {
            commands: Commands,
        }
        #[derive(Deserialize)]
        struct Commands {
            release_key: String,
            #[serde(default = "default_ready_within_s")]
            ready_within_s: u32,
        }
        let file: File = toml::from_str(&std::fs::read_to_string(site_file).ok()?).ok()?;
        let commands = file.cloud.commands;
        let release_key = key_octets("release_key", &commands.release_key).ok()?;
        // Half as long again as it has to be ready: for its start and its end.
        let tried_within = Duration::from_secs(u64::from(commands.ready_within_s)) * 3 / 2;
        Some(Self { state_dir: site_file.parent()?.join(file.state_dir), release_key, tried_within })
    }

    /// What was signed, if the site's release key has.
    ///
    /// # Errors
    /// Why it is not to be believed.
    pub fn verify(&self, release: &SignedRelease) -> Result<Release, ReleaseError> {
        release.verify(&self.release_key)
    }

    /// The folder that this program was started from; `None`: it is not from the shelf.
    pub fn in_use(&self) -> Option<PathBuf> {
        own_folder().map(|folder| self.state_dir.join(SHELF).join(folder))
    }

    /// The program, if it is what its release says. Nobody runs anything from the shelf without, but a program itself anew.
    ///
    /// # Errors
    /// Why it is not.
    pub fn program(&self, brought: &Brought) -> Result<PathBuf, String> {
        let release = self.verify(&brought.release).map_err(|error| error.to_string())?;
        let program = self.state_dir.join(SHELF).join(&brought.folder).join(RELEASE_PROGRAM);
        let sum = FileSum::of(&program).map_err(|error| format!("{}: {error}", program.display()))?;
        if release.target != target() || release.sha256 != sum.sha256 {
            return Err(format!("{} is not what its release says", program.display()));
        }
        Ok(program)
    }

    /// What a start of the service begins with. Does not return when it goes over to another version.
    pub fn at_start(&self) -> Option<Attempt> {
        if is_on_trial() {
            return None;
        }
        let mut note = Note::read(&self.state_dir)
            .inspect_err(|error| tracing::error!(%error, "it is not known what software the city has brought"))
            .ok()?;
        if let Some(brought) = note.untried().cloned() {
            let begun = note.begin_trial().map_err(|error| error.to_string());
            match begun.and_then(|()| self.program(&brought)) {
                Ok(program) => return Some(Attempt { shelf: self.clone(), program, folder: brought.folder }),
                Err(error) => note.fail("does_not_run", &error),
            }
        }
        if note.is_on_trial() {
            note.fail("does_not_run", "the service ended while it was on trial");
        }
        self.go_over(&mut note);
        None
    }

    /// Goes over to what the city has brought. Returns if there is no such thing, or it can't be run.
    fn go_over(&self, note: &mut Note) {
        let Some(brought) = note.to_be_run().cloned() else { return };
        let own = own_folder();
        if own.as_ref() == Some(&brought.folder) {
            return;
        }
        let release = match self.verify(&brought.release) {
            Ok(release) => release,
            Err(error) => return tracing::error!(%error, "the software that the city has brought is not run"),
        };
        // One from the shelf goes over to what it has seen through a trial.
        if own.is_none() && !gives_way(own_version(), note.installed(), &release) {
            tracing::info!(brought = %release.version, "what is installed is newer than what the city has brought");
            return note.fail("not_newer", "another version was installed meanwhile");
        }
        let error = match self.program(&brought) {
            Ok(program) => {
                tracing::info!(version = %release.version, "going over to the software that the city has brought");
                let mut over = Command::new(program);
                over.args(std::env::args_os().skip(1)).env(FOLDER, &brought.folder).exec().to_string()
            }
            Err(error) => error,
        };
        tracing::error!(error, "the software that the city has brought is not run");
        note.fail("does_not_run", &error);
    }
}

/// Whether a program that is installed lets another one run in its place. `installed`: what was there when that one came; a version
/// that was put there later, by hand, does not give way to an older one.
fn gives_way(own: Option<Version>, installed: Option<Version>, release: &Release) -> bool {
    own.is_some_and(|own| release.version > own) || (release.may_go_back && own == installed)
}

/// A version that is to be started for the first time.
#[derive(Debug)]
pub struct Attempt {
    shelf: Shelf,
    program: PathBuf,
    folder: String,
}

impl Attempt {
    /// Starts it as a child and waits for its end; one that takes too long is killed. What it came to is in the note then. False:
    /// the service was `told` to end meanwhile, and the next start takes the trial for failed.
    ///
    /// # Errors
    /// Of `told`.
    pub async fn watch<T>(self, told: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<bool> {
        let mut version = tokio::process::Command::new(&self.program);
        version.args(std::env::args_os().skip(1)).env(FOLDER, &self.folder);
        version.env(WATCHED_BY, std::process::id().to_string()).kill_on_drop(true);
        tracing::info!(program = %self.program.display(), "starting another version, on trial");
        let within = self.shelf.tried_within;
        let ended = async {
            let mut child = version.spawn()?;
            let Ok(status) = tokio::time::timeout(within, child.wait()).await else {
                child.kill().await?;
                return Ok(format!("it was neither well nor at its end within {} s", within.as_secs()));
            };
            std::io::Result::Ok(format!("it ended by itself: {}", status?))
        };
        let ended = tokio::select! {
            biased;
            told = told => return told.map(|_| false),
            ended = ended => ended,
        };
        let trouble = ended.unwrap_or_else(|error| error.to_string());
        match Note::read(&self.shelf.state_dir) {
            Ok(mut note) if note.is_on_trial() => note.fail("does_not_run", &trouble),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "it is not known what a version on trial came to"),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use cloud_bridge::RELEASE_SCHEMA;

    use super::*;

    #[test]
    fn what_is_installed_gives_way_to_newer_ones_and_to_older_ones_only_if_it_was_there_when_they_came() {
        let version = |text: &str| text.parse::<Version>().ok();
        let gives_way = |own: &str, installed: &str, brought: &str, may_go_back| {
            let release = Release {
                schema: RELEASE_SCHEMA.to_owned(),
                version: version(brought).unwrap(),
                target: target(),
                sha256: String::new(),
                may_go_back,
            };
            gives_way(version(own), version(installed), &release)
        };
        assert!(gives_way("0.1.0", "0.1.0", "0.2.0", false));
        assert!(gives_way("0.1.5", "0.1.0", "0.2.0", false));
        assert!(!gives_way("0.2.0", "0.1.0", "0.2.0", false));
        assert!(!gives_way("0.3.0", "0.1.0", "0.2.0", true));
        assert!(gives_way("0.3.0", "0.3.0", "0.2.0", true));
        assert!(!gives_way("0.3.0", "0.3.0", "0.2.0", false));
    }
}
