//! `hil fleet`: many sites at once, against a city that runs.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use cloud_bridge::{LinkConfig, LinkMode, SiteKeys};
use rsu::clock::Clock;
use tokio::task::JoinSet;
use tokio::time::sleep;
use zenoh::Session;

use super::fleet_report::{Counts, Report, cpu_seconds, stored};
use super::fleet_sites::{Part, lock};

/// Arguments of `hil fleet`.
#[derive(Debug, Args)]
pub struct FleetArgs {
    /// How many sites.
    #[arg(long, default_value_t = 100)]
    sites: usize,
    /// Routers, comma-separated; each session prefers another one and goes to the next when it dies.
    #[arg(long, value_delimiter = ',', required = true)]
    routers: Vec<String>,
    /// How long each site says something once a second, seconds.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Over how long the sites begin to speak, one session after the other, seconds; at once if 0. All end together.
    #[arg(long, default_value_t = 0)]
    arrive: u64,
    /// Of these the first that are left out of latency and CPU time, seconds: who meets a site does more than who knows it.
    #[arg(long, default_value_t = 0)]
    warm_up: u64,
    /// Sites that share one Zenoh session.
    #[arg(long, default_value_t = 50)]
    per_session: usize,
    /// The city's name.
    #[arg(long, default_value = "fleet")]
    city: String,
    /// How long to wait until the city listens, and for the last receipts, seconds.
    #[arg(long, default_value_t = 60)]
    patience: u64,
    /// A worker's API (host:port, no token), asked in the end what is stored.
    #[arg(long)]
    api: Option<String>,
    /// Processes whose CPU time is to be told, with their children: `name=PID`; may be repeated.
    #[arg(long)]
    pid: Vec<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the fleet and reports; an error when a message was lost or is there twice.
pub fn fleet(args: &FleetArgs) -> anyhow::Result<()> {
    if args.sites == 0 || args.per_session == 0 {
        bail!("--sites and --per-session: at least 1");
    }
    if args.warm_up.max(args.arrive) >= args.seconds {
        bail!("--warm-up, --arrive: less than --seconds");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(run(args))?;
    println!("{}", if args.json { report.json() } else { report.text() });
    report.verdict()
}

async fn run(args: &FleetArgs) -> anyhow::Result<Report> {
    let clock = Arc::new(Clock::new());
    let counts = Arc::new(Mutex::new(Counts::default()));
    let names: Vec<SiteKeys> =
        (0..args.sites).map(|n| SiteKeys::new(&args.city, &format!("site-{n:06}"))).collect::<Result<_, _>>()?;
    // Numbers that no earlier run used: microseconds since 1970 at the start.
    let base = u64::try_from(clock.now().0)?;
    let mut parts = Vec::new();
    for (n, names) in names.chunks(args.per_session).enumerate() {
        let mut routers = args.routers.clone();
        routers.rotate_left(n % args.routers.len());
        parts.push(Part::declare(open(routers).await?, names, &clock, &counts).await?);
    }
    for part in &parts {
        part.until_listened_to(args.patience).await?;
    }
    let processes: Vec<String> =
        args.pid.iter().cloned().chain([format!("the fleet={}", std::process::id())]).collect();
    let mut running = JoinSet::new();
    let (sessions, seconds, patience) = (parts.len() as u64, args.seconds, args.patience);
    for (n, part) in (0..).zip(parts) {
        let late = args.arrive * n / sessions;
        running.spawn(async move {
            sleep(Duration::from_secs(late)).await;
            part.run(base, seconds - late, patience).await
        });
    }
    sleep(Duration::from_secs(args.warm_up)).await;
    lock(&counts).warmed_up();
    let cpu_before = cpu_seconds(&processes)?;
    let began_s = clock.uptime_s();
    let mut lost = 0;
    while let Some(done) = running.join_next().await {
        lost += done??;
    }
    let seconds = clock.uptime_s() - began_s;
    let spent = |((name, after), (_, before)): ((String, f64), (String, f64))| (name, after - before);
    let cpu = cpu_seconds(&processes)?.into_iter().zip(cpu_before).map(spent).collect();
    let stored = match &args.api {
        Some(api) => Some(stored(api, &args.city, base).await.with_context(|| format!("--api {api}"))?),
        None => None,
    };
    let counts = std::mem::take(&mut *lock(&counts));
    Ok(Report { sites: args.sites, seconds, lost, counts, stored, cpu })
}

async fn open(routers: Vec<String>) -> anyhow::Result<Session> {
    let link = LinkConfig { mode: LinkMode::Client, listen: Vec::new(), connect: routers, ..LinkConfig::default() };
    Ok(tokio::task::spawn_blocking(move || cloud_bridge::open_session(&link)).await??)
}
