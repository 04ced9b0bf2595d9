//! `city watch`.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use cloud_bridge::{Encoding, Watch, WatchConfig, WatchEvent, encode};
use serde_json::{Value, json};

use crate::line;
use crate::link::LinkArguments;

const EXAMPLES: &str = "Examples:
  city watch                                         the sites on this machine
  city watch --connect tcp/192.0.2.7:7447            a site elsewhere
  city watch --connect tcp/router:7447 --site demo/* all sites of one city, through a router
  city watch --count 1 --seconds 10 --json           wait for one state, as JSON; is the site there?

Exit code: 0 when at least one state came, or when no --count and no --seconds was given; 1 when none came;
2 when it could not begin.";

#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Which sites: CITY/SITE, each may be *.
    #[arg(long, value_name = "CITY/SITE", default_value = "*/*")]
    site: String,
    #[command(flatten)]
    link: LinkArguments,
    /// Print one JSON object per line.
    #[arg(long)]
    json: bool,
    /// End after this many states.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// End after this many seconds.
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u64).range(1..))]
    seconds: Option<u64>,
}

/// Watches until the count, the time, Ctrl-C or the reader's end of the pipe.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let bounded = arguments.count.is_some() || arguments.seconds.is_some();
    let states = runtime.block_on(async {
        let mut watch =
            Watch::open(WatchConfig { sites: arguments.site.clone(), link: arguments.link.config() }).await?;
        let states = print_events(&mut watch, &arguments).await?;
        if watch.lost() > 0 {
            eprintln!("city: {} events were lost because they were not printed fast enough", watch.lost());
        }
        watch.close().await;
        anyhow::Ok(states)
    })?;
    if bounded && states == 0 {
        eprintln!("city: no state came from {} through {}", arguments.site, arguments.link.connect.join(", "));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints until it is time to end; the number of states printed.
async fn print_events(watch: &mut Watch, arguments: &Arguments) -> anyhow::Result<u64> {
    let seconds = arguments.seconds.map_or(Duration::MAX, Duration::from_secs);
    let time_is_up = tokio::time::sleep(seconds);
    tokio::pin!(time_is_up);
    let mut states = 0;
    while arguments.count.is_none_or(|count| states < count) {
        let event = tokio::select! {
            biased;
            interrupted = tokio::signal::ctrl_c() => {
                interrupted.context("Ctrl-C can't be caught")?;
                break;
            }
            () = &mut time_is_up => break,
            event = watch.next() => event,
        };
        let Some(event) = event else { break };
        let text = if arguments.json { as_json(&event)?.to_string() } else { line::of_event(&event) };
        match writeln!(io::stdout(), "{text}") {
            Err(e) if e.kind() == io::ErrorKind::BrokenPipe => break,
            written => written.context("standard output")?,
        }
        states += u64::from(matches!(event, WatchEvent::State { .. }));
    }
    Ok(states)
}

fn as_json(event: &WatchEvent) -> anyhow::Result<Value> {
    Ok(match event {
        WatchEvent::Alive(site) => json!({"event": "alive", "city": site.city(), "site": site.site()}),
        WatchEvent::Gone(site) => json!({"event": "gone", "city": site.city(), "site": site.site()}),
        WatchEvent::Unreadable { key, problem } => json!({"event": "unreadable", "key": key, "problem": problem}),
        WatchEvent::State { key, message } => {
            let payload = encode(message, Encoding::Json).map_err(anyhow::Error::msg)?;
            let state: Value = serde_json::from_slice(&payload)?;
            json!({"event": "state", "key": key.to_string(), "state": state})
        }
    })
}
