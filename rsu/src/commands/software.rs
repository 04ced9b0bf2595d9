//! `software`: another version of the service. Who signs commands can't bring one alone: it must be a release, signed with another
//! key. It is fetched, asked who it is, and then tried at work ([`crate::software`]).

use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use cloud_bridge::{
    Bundle, CommandEnd, FileSum, RELEASE_PROGRAM, Release, ReleaseError, SignedRelease, SoftwareUpdate,
};

use super::bundles::{Outcome, Tools, Workbench, discard, is_same, not_tried};
use super::{Clerk, SiteFileDesk, not_kept};
use crate::software::{Brought, SHELF, Shelf, own_version, target};

/// How long it may take to say who it is, and what it thinks of the site, seconds.
const ANSWERS_WITHIN_S: f64 = 60.0;

impl Clerk {
    /// Begins with it; its end is told later.
    pub(super) fn software(
        &self,
        bench: &mut Workbench,
        command: &str,
        update: SoftwareUpdate,
    ) -> Result<(), CommandEnd> {
        let desk = self.site_file.clone().ok_or_else(|| CommandEnd::rejected("cannot_restart"))?;
        let shelf = desk.shelf.clone().ok_or_else(|| CommandEnd::rejected("no_release_key"))?;
        let release = shelf.verify(&update.release).map_err(|error| {
            let reason = match error {
                ReleaseError::BadSignature => "bad_release_signature",
                ReleaseError::Malformed(_) => "bad_payload",
            };
            CommandEnd::rejected(reason).with_detail(error.to_string())
        })?;
        let bundle = update.bundle(release.version.to_string());
        bundle.check().map_err(|error| CommandEnd::rejected("bad_payload").with_detail(error.to_string()))?;
        if release.target != target() {
            return Err(CommandEnd::rejected("other_target").with_detail(format!("this is {}", target())));
        }
        if release.sha256 != update.program.sha256 {
            return Err(CommandEnd::rejected("bad_sum").with_detail("the release is of another program"));
        }
        desk.is_free()?;
        let order = Order { command: command.to_owned(), bundle, release, signed: update.release };
        bench.begin(command, move |tools| order.carry_out(tools, &desk, &shelf))
    }
}

/// What is to be brought.
struct Order {
    command: String,
    bundle: Bundle,
    release: Release,
    signed: SignedRelease,
}

impl Order {
    fn carry_out(self, tools: &Tools, desk: &Arc<SiteFileDesk>, shelf: &Shelf) -> Result<Outcome, CommandEnd> {
        let own = own_version();
        let in_use = shelf.in_use();
        if in_use.is_none() && own == Some(self.release.version) && self.is_installed() {
            return Ok(Outcome::Done);
        }
        if !self.release.may_go_back && own.is_none_or(|own| self.release.version <= own) {
            let detail = format!("this is {}", env!("CARGO_PKG_VERSION"));
            return Err(CommandEnd::rejected("not_newer").with_detail(detail));
        }
        let in_use = in_use.unwrap_or_default();
        let folder = tools.bring(&self.bundle, SHELF, &in_use)?;
        if is_same(&folder, &in_use) {
            return Ok(Outcome::Done);
        }
        let brought = Brought { folder: self.bundle.id(), release: self.signed };
        let tried = || {
            let program = shelf.program(&brought).map_err(|why| CommandEnd::failed("bad_sum").with_detail(why))?;
            make_executable(&program).map_err(|error| not_kept(&error))?;
            try_apart(tools, &desk.host.site_file, &program, &self.release)?;
            desk.try_software(shelf, brought, &self.command)
        };
        tried().inspect_err(|_| discard(&folder))?;
        Ok(Outcome::Restarts)
    }

    /// Whether it is this very program.
    fn is_installed(&self) -> bool {
        let sum = std::env::current_exe().and_then(|program| FileSum::of(&program));
        sum.is_ok_and(|sum| sum.sha256 == self.release.sha256)
    }
}

fn make_executable(program: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(program, Permissions::from_mode(0o755))?;
    File::open(program)?.sync_all()
}

/// Whether it can be run at all, is the version that it was signed as, and would run the site.
fn try_apart(tools: &Tools, site_file: &Path, program: &Path, release: &Release) -> Result<(), CommandEnd> {
    let bad = |detail: String| Err(CommandEnd::rejected("bad_software").with_detail(detail));
    let expected = format!("{RELEASE_PROGRAM} {}", release.version);
    let asked = tools.run_child(Command::new(program).arg("--version"), ANSWERS_WITHIN_S).map_err(not_tried)?;
    let says = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if says != expected {
        return bad(format!("asked for its version it says {says:?}, not {expected:?}"));
    }
    let mut check = Command::new(program);
    check.args(["check", "--json", "--site"]).arg(site_file);
    tools.problem(&mut check, ANSWERS_WITHIN_S)?.map_or(Ok(()), bad)
}
