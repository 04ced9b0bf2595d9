//! `config`: another site file, tried by a restart ([`crate::trial`]).

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_bridge::CommandEnd;
use serde::Deserialize;
use tokio::sync::Notify;

use super::not_kept;
use crate::config::{ConfigError, Site};
use crate::health::{Health, Level};
use crate::software::{Brought, Shelf};
use crate::trial::Trial;

/// What the city may not change, since it decides who the site is, whom it believes, what can be reached from outside, which
/// native code is loaded, what the gate lets through, whom a signal controller is commanded for, and by whom.
const FIXED: [&[&str]; 11] = [
    &["name"],
    &["city"],
    &["state_dir"],
    &["cloud"],
    &["console"],
    &["detector", "onnxruntime"],
    &["gate"],
    &["signal", "command"],
    &["priority"],
    &["parking_guidance"],
    &["fusion", "vehicle_reports"],
];

/// Who runs the service and can start it anew.
#[derive(Clone, Debug)]
pub struct Host {
    /// The site file.
    pub site_file: PathBuf,
    /// Told when the service is to be started anew.
    pub restart: Arc<Notify>,
    /// A command that the start before has begun and this one ends.
    pub resumes: Option<String>,
}

/// The payload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSiteFile {
    /// The whole file.
    site_toml: String,
}

/// Takes site files.
#[derive(Debug)]
pub struct SiteFileDesk {
    /// Who starts the service anew.
    pub host: Host,
    /// What works now.
    pub health: Arc<Health>,
    /// Where other versions of the service lie; `None`: the site believes nobody about them.
    pub shelf: Option<Shelf>,
    /// One at a time: the thread that does commands, and the one that fetches bundles.
    turn: Mutex<()>,
}

impl SiteFileDesk {
    /// For the service that `host` can start anew, and that is as `health` says.
    pub fn new(host: Host, health: Arc<Health>) -> Self {
        let shelf = Shelf::of(&host.site_file);
        Self { host, health, shelf, turn: Mutex::default() }
    }

    /// While something is on trial nothing else is begun with: what the site file before names must be there, and of two changes
    /// at once nobody could say which one does not do.
    pub(super) fn is_free(&self) -> Result<(), CommandEnd> {
        if Trial::is_under_way(&self.host.site_file) {
            return Err(CommandEnd::rejected("busy").with_detail("another site file is on trial"));
        }
        if self.shelf.as_ref().is_some_and(Shelf::is_busy) {
            return Err(CommandEnd::rejected("busy").with_detail("another version of the service is on trial"));
        }
        Ok(())
    }

    /// The same as [`Self::take`] for the file that is there with another model for its detector.
    pub(super) fn take_model(&self, command: &str, folder: &Path) -> Result<bool, CommandEnd> {
        let mut text = std::fs::read_to_string(&self.host.site_file).map_err(|error| not_kept(&error))?;
        let folder = std::path::absolute(folder).map_err(|error| not_kept(&error))?;
        let place = model_in(&text).ok_or_else(|| CommandEnd::failed("no_detector"))?;
        let folder =
            folder.to_str().ok_or_else(|| CommandEnd::failed("not_kept").with_detail("its path is not UTF-8"))?;
        text.replace_range(place, &toml::Value::from(folder).to_string());
        self.take(command, &NewSiteFile { site_toml: text })
    }

    /// Whether the service is started anew, to try it; false: it is the file that is there.
    pub(super) fn take(&self, command: &str, asked: &NewSiteFile) -> Result<bool, CommandEnd> {
        let Host { site_file, restart, .. } = &self.host;
        let text = &asked.site_toml;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_free()?;
        let now = std::fs::read_to_string(site_file).map_err(|error| not_kept(&error))?;
        if now == *text {
            return Ok(false);
        }
        Site::parse(site_file, text).map_err(|error| {
            let detail = match error {
                ConfigError::Problems { problems, .. } => problems.join("; "),
                ConfigError::Syntax { text, .. } => text,
                error @ ConfigError::Read { .. } => error.to_string(),
            };
            CommandEnd::rejected("bad_site_file").with_detail(detail)
        })?;
        let changed = fixed_that_change(&now, text);
        if !changed.is_empty() {
            return Err(CommandEnd::rejected("fixed_key").with_detail(changed.join(", ")));
        }
        Trial::begin(site_file, text, command, self.troubled()).map_err(|error| not_kept(&error))?;
        restart.notify_one();
        Ok(true)
    }

    /// Has the service started anew, to try another version of it.
    pub(super) fn try_software(&self, shelf: &Shelf, brought: Brought, command: &str) -> Result<(), CommandEnd> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_free()?;
        shelf.try_next(brought, command, self.troubled()).map_err(|error| not_kept(&error))?;
        self.host.restart.notify_one();
        Ok(())
    }

    /// Components that do not work now: that is not the fault of what is tried.
    fn troubled(&self) -> Vec<String> {
        let failed = self.health.components().into_iter().filter(|component| component.level == Level::Failed);
        failed.map(|component| component.id).collect()
    }
}

/// Where the site file names the detector's model, bytes with the quotation marks. The rest stays as it was written.
fn model_in(site_toml: &str) -> Option<Range<usize>> {
    #[derive(Deserialize)]
    struct File {
        detector: Detector,
    }
    #[derive(Deserialize)]
    struct Detector {
        model: toml::Spanned<String>,
    }
    toml::from_str::<File>(site_toml).ok().map(|file| file.detector.model.span())
}

/// Keys that are not the same in both; all, where one of them can't be read.
fn fixed_that_change(before: &str, after: &str) -> Vec<String> {
    let tables = before.parse::<toml::Table>().ok().zip(after.parse::<toml::Table>().ok());
    let is_same =
        |path: &&[&str]| tables.as_ref().is_some_and(|(before, after)| value_at(before, path) == value_at(after, path));
    FIXED.iter().filter(|path| !is_same(path)).map(|path| path.join(".")).collect()
}

fn value_at<'a>(table: &'a toml::Table, path: &[&str]) -> Option<&'a toml::Value> {
    let (last, tables) = path.split_last()?;
    tables.iter().try_fold(table, |table, key| table.get(*key)?.as_table())?.get(*last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_model_is_exchanged_in_the_text() {
        for text in [
            "# eyes\n[detector]\nthreads = 2 # two\nmodel = \"a\" # here\n",
            "detector = { model = 'a', threads = 2 }\n",
            "detector.model = \"\"\"a\"\"\"\n",
        ] {
            let mut new = text.to_owned();
            new.replace_range(model_in(text).unwrap(), "\"/b\"");
            let put = text.replace("\"\"\"a\"\"\"", "\"/b\"").replace("\"a\"", "\"/b\"").replace("'a'", "\"/b\"");
            assert_eq!(new, put);
        }
        assert_eq!(model_in("name = 'x'"), None);
    }

    #[test]
    fn what_decides_whom_the_site_believes_is_not_changed_from_afar() {
        let before = "name = 'a'\n[cloud]\nmode = 'peer'\n[cloud.command_keys]\nc = 'x'\n[detector]\nmodel = 'm'\n";
        let changed = |from: &str, to: &str| fixed_that_change(before, &before.replace(from, to));
        assert_eq!(changed("'m'", "'n'"), [""; 0], "a model may be");
        assert_eq!(changed("'a'", "'b'"), ["name"]);
        assert_eq!(changed("'x'", "'y'"), ["cloud"]);
        assert_eq!(changed("[cloud]\nmode = 'peer'", "[cloud]\nmode = 'peer'\nlisten = []"), ["cloud"]);
        assert_eq!(changed("model", "onnxruntime = '/tmp/evil.so'\nmodel"), ["detector.onnxruntime"]);
        assert_eq!(changed("[detector]", "[signal.command]\nto = 'x'\n[detector]"), ["signal.command"]);
        assert_eq!(fixed_that_change(before, "= nonsense").len(), FIXED.len());
    }
}
