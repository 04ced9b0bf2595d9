//! `rsu check`: every mistake, explained.

use std::process::ExitCode;

use clap::Args;

use super::SiteArg;
use crate::config::{ConfigError, Site};
use crate::map::conflicts::Conflicts;

/// Arguments of `rsu check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    site: SiteArg,
    /// Machine-readable output: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Exit 0 if the site could be run as far as its files tell, 1 otherwise.
pub fn run(args: &CheckArgs) -> ExitCode {
    let result = Site::load(&args.site.site);
    let problems = match &result {
        Ok(_) => Vec::new(),
        Err(ConfigError::Problems { problems, .. }) => problems.clone(),
        Err(error) => vec![error.to_string()],
    };
    if args.json {
        println!("{}", serde_json::json!({ "site": args.site.site, "ok": problems.is_empty(), "problems": problems }));
    } else if let Ok(site) = &result {
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
    } else {
        println!("{}: {} to mend", args.site.site.display(), problems.len());
        for problem in &problems {
            println!("  - {problem}");
        }
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
