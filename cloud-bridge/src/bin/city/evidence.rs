//! `city evidence`: the recording around an event, from the site that keeps it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, ensure};
use cloud_bridge::{
    AckState, Command, CommandError, CommandKind, EvidenceError, FetchError, check_name, fetch_evidence,
};
use serde_json::json;

use crate::command::site_keys;
use crate::link::LinkArguments;
use crate::signer::Signer;

const EXAMPLES: &str = "Example:
  city evidence --key city-1.pem --site demo/vtest --event 1785412800000000-7      writes 1785412800000000-7.mcap

What has come so far lies beside the file, with .part after its name; asked again it goes on from there. The site must allow the
kind of command: [cloud.commands] allow = [\"evidence\"].

Exit code: 0 it is there; 1 the site refuses, the answer says why; 2 it could not begin; 3 no answer, or nothing more came in
time.";

/// How long the site may begin with it, seconds.
const EXPIRES_S: i64 = 3600;

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Which event, as its messages and the API name it (`event`).
    #[arg(long, value_name = "EVENT")]
    event: String,
    /// Which site.
    #[arg(long, value_name = "CITY/SITE")]
    site: String,
    /// Where to write it; by default EVENT.mcap. A file that is there is not overwritten.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    signer: Signer,
    /// Give up when nothing has come for so long.
    #[arg(long, value_name = "S", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
    /// Print the answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    link: LinkArguments,
}

/// Signs, sends, fetches, prints.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let site = site_keys(&arguments.site)?;
    // It becomes a file's name, and may come from a site.
    check_name("event", &arguments.event).context("--event")?;
    let out = arguments.out.unwrap_or_else(|| format!("{}.mcap", arguments.event).into());
    ensure!(!out.exists(), "{}: is there already", out.display());
    let part = out.with_added_extension("part");

    let payload = json!({"event": arguments.event});
    let command = Command::issued_now(&site, None, CommandKind::Evidence, EXPIRES_S, payload);
    let signed = arguments.signer.sign(&command)?;
    let patience = Duration::from_secs(arguments.seconds);
    let fetching = fetch_evidence(arguments.link.config(), site, command.id, signed, part.clone(), patience);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ack = match runtime.block_on(fetching) {
        Ok(ack) => ack,
        Err(error) if may_come_later(&error) => {
            eprintln!("city: {error}");
            return Ok(ExitCode::from(3));
        }
        Err(error) => return Err(error.into()),
    };
    let is_there = ack.state == AckState::Done;
    if is_there {
        std::fs::rename(&part, &out).with_context(|| out.display().to_string())?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&ack)?);
    } else if is_there {
        println!("{}", out.display());
    } else {
        let words = [Some(ack.state.name().to_owned()), ack.reason, ack.detail];
        eprintln!("city: {}", words.into_iter().flatten().collect::<Vec<_>>().join(": "));
    }
    Ok(if is_there { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether asking once more may help.
fn may_come_later(error: &EvidenceError) -> bool {
    use EvidenceError::{Command, Fetch};
    matches!(
        error,
        Command(CommandError::NoAnswer(_) | CommandError::NotFinished(_))
            | Fetch(FetchError::NoAnswer(_) | FetchError::Refused(_))
    )
}
