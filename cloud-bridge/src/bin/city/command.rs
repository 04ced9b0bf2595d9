//! `city command`: a signed command to one site or to several, and what becomes of it at each.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use cloud_bridge::{
    Ack, AckState, Bundle, Command, CommandError, CommandKind, MAX_LIFE_US, RELEASE_PROGRAM, SiteKeys, SoftwareUpdate,
    send_commands,
};
use serde_json::{Value, json};

use crate::link::LinkArguments;
use crate::signer::Signer;

const EXAMPLES: &str = "Examples:
  city command --key city-1.pem --site demo/vtest --kind rsi works.json    road works, as docs/ref/events.md has them
  city command --key city-1.pem --site demo/vtest --kind config site.toml  another site file; the site restarts with it
  city command --key city-1.pem --site demo/vtest --kind model models/mine another model for its cameras, tried with a restart
  city command --key city-1.pem --site demo/vtest --kind software 0.2.0    another version of the service (city release)
  city command --key city-1.pem --site demo/a --site demo/b --kind rsi corridor.json    the same to all sites along a road
  echo '{\"lot\": \"P1\", \"vehicles\": 0}' | city command --key city-1.pem --site demo/vtest --kind lot_count -

Exit code: 0 done, by all sites; 1 rejected or failed by one at least, its answer says why; 2 it could not begin; 3 no answer in
time from one at least, or accepted and not ended in time.";

/// How long a command may take, seconds: one with a restart, and one for which the site fetches files.
const WITHIN_S: u64 = 150;
const WITH_FILES_S: u64 = 3600;

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// What the kind needs: JSON; of `config` the site file itself; of `model` and `software` its folder, whose files the site
    /// fetches from here meanwhile. `-`: standard input.
    #[arg(value_name = "FILE|DIR")]
    payload: PathBuf,
    /// Which site; may be repeated. Each gets the command under the same id, signed for itself.
    #[arg(long, value_name = "CITY/SITE", required = true)]
    site: Vec<String>,
    /// What is asked for.
    #[arg(long, value_enum)]
    kind: Kind,
    #[command(flatten)]
    signer: Signer,
    /// What the command is called; by default its kind and the time.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// How long the site may still begin it, at most a week.
    #[arg(long, value_name = "S", default_value_t = 3600,
        value_parser = clap::value_parser!(i64).range(1..=MAX_LIFE_US / 1_000_000))]
    expires_s: i64,
    /// How long to wait for its end; by default 150, since a new site file takes up to two minutes, and with files that the site
    /// has to fetch an hour.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
    /// Print the answers as JSON, one a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    link: LinkArguments,
}

/// [`CommandKind`] on the command line.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Kind {
    Config,
    Plan,
    Rsi,
    LotCount,
    Model,
    Software,
}

impl From<Kind> for CommandKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Config => Self::Config,
            Kind::Plan => Self::Plan,
            Kind::Rsi => Self::Rsi,
            Kind::LotCount => Self::LotCount,
            Kind::Model => Self::Model,
            Kind::Software => Self::Software,
        }
    }
}

/// Signs, sends, waits, prints.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let sites = arguments.site.iter().map(|site| site_keys(site)).collect::<anyhow::Result<BTreeSet<_>>>()?;
    let kind = CommandKind::from(arguments.kind);
    let (payload, files) = payload(&arguments, kind)?;
    let within = if files.is_some() { WITH_FILES_S } else { WITHIN_S };
    let within = Duration::from_secs(arguments.seconds.unwrap_or(within));
    let mut id = arguments.id;
    let mut signed = Vec::new();
    for site in sites {
        let command = Command::issued_now(&site, id, kind, arguments.expires_s, payload.clone());
        signed.push((site, arguments.signer.sign(&command)?));
        // The first has found the name, if none was given.
        id = Some(command.id);
    }
    let id = id.context("--site: none")?;
    let files = files.map(|bundle| (bundle, arguments.payload));
    let (mut refused, mut silent) = (false, false);
    send_commands(&arguments.link.config(), &id, &signed, files.as_ref(), within, |site, end| {
        refused |= end.as_ref().is_ok_and(|ack| ack.state != AckState::Done);
        silent |= end.is_err();
        if arguments.json { println!("{}", as_json(site, &id, &end)) } else { print_line(site, &id, end) }
    })?;
    Ok(match (refused, silent) {
        (true, _) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// A site as it is named in options.
pub fn site_keys(name: &str) -> anyhow::Result<SiteKeys> {
    let (city, site) = name.split_once('/').with_context(|| format!("--site {name}: not CITY/SITE"))?;
    SiteKeys::new(city, site).with_context(|| format!("--site {name}"))
}

fn print_line(site: &SiteKeys, id: &str, end: Result<Ack, CommandError>) {
    match end {
        Ok(ack) => {
            let words = [Some(ack.state.name().to_owned()), ack.reason, ack.detail];
            println!("{site} {id}: {}", words.into_iter().flatten().collect::<Vec<_>>().join(": "));
        }
        Err(error) => eprintln!("city: {id}: {error}"),
    }
}

/// The answer as it came, and whose it is; without one, `error`.
fn as_json(site: &SiteKeys, id: &str, end: &Result<Ack, CommandError>) -> Value {
    let mut told = match end {
        Ok(ack) => json!(ack),
        Err(error) => json!({"id": id, "error": error.to_string()}),
    };
    told["city"] = site.city().into();
    told["site"] = site.site().into();
    told
}

/// What the command says, and the files that the site will ask for.
fn payload(arguments: &Arguments, kind: CommandKind) -> anyhow::Result<(Value, Option<Bundle>)> {
    let path = &arguments.payload;
    Ok(match kind {
        CommandKind::Config => (json!({ "site_toml": read(path)? }), None),
        CommandKind::Model => {
            let bundle = Bundle::of(path)?;
            (serde_json::to_value(&bundle)?, Some(bundle))
        }
        CommandKind::Software => {
            let update = SoftwareUpdate::of(path)?;
            (serde_json::to_value(&update)?, Some(update.bundle(RELEASE_PROGRAM.to_owned())))
        }
        _ => (serde_json::from_str(&read(path)?).with_context(|| path.display().to_string())?, None),
    })
}

pub fn read(path: &Path) -> anyhow::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}
