//! `model`: another network for the site's cameras. It is fetched, tried in a process of its own, and then tried at work, as
//! another site file is: the file names the folder that it lies in.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use cloud_bridge::{Bundle, CommandEnd};

use super::bundles::{Outcome, Tools, Workbench, discard, is_same, not_tried};
use super::{Clerk, SiteFileDesk};

/// Where models lie in `state_dir`.
const SHELF: &str = "models";
/// How long a network may take to load and to look at what the cameras show, seconds.
const TRIED_WITHIN_S: f64 = 120.0;

impl Clerk {
    /// Begins with it; its end is told later.
    pub(super) fn model(&self, bench: &mut Workbench, command: &str, bundle: Bundle) -> Result<(), CommandEnd> {
        let desk = self.site_file.clone().ok_or_else(|| CommandEnd::rejected("cannot_restart"))?;
        let detector = self.site.detector.as_ref().ok_or_else(|| CommandEnd::rejected("no_detector"))?;
        bundle.check().map_err(|error| CommandEnd::rejected("bad_payload").with_detail(error.to_string()))?;
        desk.is_free()?;
        let (in_use, id) = (detector.model.clone(), command.to_owned());
        bench.begin(command, move |tools| exchange(tools, &desk, &id, &bundle, &in_use))
    }
}

fn exchange(
    tools: &Tools,
    desk: &Arc<SiteFileDesk>,
    command: &str,
    bundle: &Bundle,
    in_use: &Path,
) -> Result<Outcome, CommandEnd> {
    let folder = tools.bring(bundle, SHELF, in_use)?;
    if is_same(&folder, in_use) {
        return Ok(Outcome::Done);
    }
    try_apart(tools, &desk.host.site_file, &folder).inspect_err(|_| discard(&folder))?;
    Ok(if desk.take_model(command, &folder)? { Outcome::Restarts } else { Outcome::Done })
}

/// Tried by a child: a network that ends the process that loads it must not end this one.
fn try_apart(tools: &Tools, site_file: &Path, folder: &Path) -> Result<(), CommandEnd> {
    let mut check = Command::new(std::env::current_exe().map_err(not_tried)?);
    check.args(["check", "--json", "--site"]).arg(site_file).arg("--model").arg(folder);
    match tools.problem(&mut check, TRIED_WITHIN_S)? {
        Some(problem) => Err(CommandEnd::rejected("bad_model").with_detail(problem)),
        None => Ok(()),
    }
}
