//! `city watch`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use cloud_bridge::{Encoding, LinkConfig, LinkMode, TlsConfig, Watch, WatchConfig, WatchEvent, encode};
use serde_json::{Value, json};

use crate::line;

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
    /// Site or router to connect to; may be repeated. Tried again for ever.
    #[arg(long, value_name = "ENDPOINT", default_values_t = ["tcp/127.0.0.1:7447".to_owned()])]
    connect: Vec<String>,
    /// Where sites can connect to; may be repeated.
    #[arg(long, value_name = "ENDPOINT")]
    listen: Vec<String>,
    /// Find sites by multicast too.
    #[arg(long)]
    scouting: bool,
    /// Authority whose certificates are believed (PEM), for tls/ and quic/ endpoints.
    #[arg(long, value_name = "FILE")]
    root_ca: Option<PathBuf>,
    /// Our certificate (PEM), for mutual TLS.
    #[arg(long, value_name = "FILE", requires = "root_ca", requires = "private_key")]
    certificate: Option<PathBuf>,
    /// Our private key (PEM), for mutual TLS.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    private_key: Option<PathBuf>,
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

impl Arguments {
    fn config(&self) -> WatchConfig {
        let tls = self.root_ca.clone().map(|root_ca_file| TlsConfig {
            root_ca_file,
            mutual: self.certificate.is_some(),
            certificate_file: self.certificate.clone(),
            private_key_file: self.private_key.clone(),
            verify_name: true,
        });
        let link = LinkConfig {
            mode: LinkMode::Peer,
            listen: self.listen.clone(),
            connect: self.connect.clone(),
            scouting: self.scouting,
            tls,
        };
        WatchConfig { sites: self.site.clone(), link }
    }
}

/// Watches until the count, the time, Ctrl-C or the reader's end of the pipe.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let bounded = arguments.count.is_some() || arguments.seconds.is_some();
    let states = runtime.block_on(async {
        let mut watch = Watch::open(arguments.config()).await?;
        let states = print_events(&mut watch, &arguments).await?;
        if watch.lost() > 0 {
            eprintln!("city: {} events were lost because they were not printed fast enough", watch.lost());
        }
        watch.close().await;
        anyhow::Ok(states)
    })?;
    if bounded && states == 0 {
        eprintln!("city: no state came from {} through {}", arguments.site, arguments.connect.join(", "));
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
