//! `rsu check`: every mistake, explained.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::SiteArg;
use crate::config::{ConfigError, Site};
use crate::map::conflicts::Conflicts;
use crate::model_check::try_model;

/// Arguments of `rsu check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    site: SiteArg,
    /// Say whether this model would do for the site's cameras: a folder with model.toml. It is loaded and tried.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Machine-readable output: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Who may ask for priority, and whether the controller is asked.
fn priority_in_words(site: &Site) -> Option<String> {
    let policy = site.priority.as_ref()?;
    let commands = site.signal.as_ref().and_then(|signal| signal.settings().commands());
    let roles: Vec<_> = policy.allow.iter().map(|role| role.as_str()).collect();
    let who = if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") };
    Some(match (policy.pass_to_controller, commands) {
        (true, Some(commands)) => format!("priority for {who}: the controller is COMMANDED: {commands}"),
        (true, None) => format!("priority for {who}: passed on, but this source of the signal takes no commands"),
        (false, _) => format!("priority for {who}: the controller is not asked"),
    })
}

/// Exit 0 if the site could be run as far as its files tell, 1 otherwise.
pub fn run(args: &CheckArgs) -> ExitCode {
    let result = Site::load(&args.site.site);
    let problems = match &result {
        Ok(site) => {
            let tried = args.model.as_ref().map_or(Ok(()), |folder| try_model(site, folder));
            tried.err().map(|error| format!("{error:#}")).into_iter().collect()
        }
        Err(ConfigError::Problems { problems, .. }) => problems.clone(),
        Err(error) => vec![error.to_string()],
    };
    if args.json {
        println!("{}", serde_json::json!({ "site": args.site.site, "ok": problems.is_empty(), "problems": problems }));
    } else if let (Ok(site), true) = (&result, problems.is_empty()) {
        println!("{}: in order", args.site.site.display());
        println!("  site {} of {}", site.name, site.city);
        println!("  {} cameras, {} radars, {} radios", site.cameras.len(), site.radars.len(), site.radios.len());
        let lanes: usize = site.map.links.iter().map(|link| link.lanes.len()).sum();
        println!("  {} links with {lanes} lanes, signal groups {:?}", site.map.links.len(), site.map.signal_groups());
        let conflicts = Conflicts::of(&site.map, &site.geometry.origin, &site.limits().conflicts);
        for line in conflicts.in_words() {
            println!("  {line}");
        }
        for mapped in site.signal.iter().flat_map(|signal| signal.settings().mapping()) {
            println!("  signal group {}: {}", mapped.group, mapped.from);
        }
        if let Some(line) = priority_in_words(site) {
            println!("  {line}");
        }
        if let Some(guidance) = &site.parking_guidance {
            println!("  parking guidance for anybody within {} m who asks: nothing of it is signed", guidance.within_m);
        }
        if let Some(model) = &args.model {
            println!("  model {} would do", model.display());
        }
    } else {
        println!("{}: {} to mend", args.site.site.display(), problems.len());
        for problem in &problems {
            println!("  - {problem}");
        }
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
