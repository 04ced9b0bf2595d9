//! `hil fleet`: many sites at once, against a city that runs.
//!
//! Each simulated site does what a real one does as far as the city can tell: a liveliness token, growing numbers, an outbox
//! (in memory) from which a message goes only when its receipt comes, and which is sent again when none does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use cloud_bridge::schema::{Bay, BayStatus, Health, LaneTraffic, Parking, SensorHealth, Traffic};
use cloud_bridge::{Encoding, Kind, LinkConfig, LinkMode, Receipt, SiteKeys, State, StateMessage, Update, encode};
use rsu::clock::Clock;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use zenoh::Session;
use zenoh::qos::CongestionControl;
use zenoh::sample::Sample;

use super::fleet_report::{Counts, Report, cpu_seconds, stored};

/// Sent again when no receipt came within this time.
const RESEND_US: i64 = 5_000_000;
/// The most messages of one site that are sent again at once.
const RESEND_AT_ONCE: usize = 20;

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
    /// Sites that share one Zenoh session.
    #[arg(long, default_value_t = 50)]
    per_session: usize,
    /// The city's name.
    #[arg(long, default_value = "fleet")]
    city: String,
    /// How long to wait for the last receipts, seconds.
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

/// A message that waits for its receipt.
struct Waiting {
    key: String,
    payload: Vec<u8>,
    first_sent_us: i64,
    last_sent_us: i64,
}

type Outbox = Arc<Mutex<BTreeMap<(Kind, u64), Waiting>>>;

struct SimulatedSite {
    keys: SiteKeys,
    outbox: Outbox,
}

/// Runs the fleet and reports; an error when a message was lost or is there twice.
pub fn fleet(args: &FleetArgs) -> anyhow::Result<()> {
    if args.sites == 0 || args.per_session == 0 {
        bail!("--sites and --per-session: at least 1");
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
    let mut running = JoinSet::new();
    for (n, names) in names.chunks(args.per_session).enumerate() {
        let mut routers = args.routers.clone();
        routers.rotate_left(n % args.routers.len());
        let session = open(routers).await?;
        let part = Part { session, clock: Arc::clone(&clock), counts: Arc::clone(&counts), base };
        running.spawn(part.run(names.to_vec(), args.seconds, args.patience));
    }
    let cpu_before: Vec<(String, f64)> = cpu_seconds(&args.pid)?;
    let began_s = clock.uptime_s();
    let mut lost = 0;
    while let Some(done) = running.join_next().await {
        lost += done??;
    }
    let spent_s = clock.uptime_s() - began_s;
    let cpu =
        cpu_seconds(&args.pid)?.into_iter().zip(cpu_before).map(|((name, after), (_, before))| (name, after - before));
    let cpu = cpu.collect();
    let stored = match &args.api {
        Some(api) => Some(stored(api, &args.city, base).await.with_context(|| format!("--api {api}"))?),
        None => None,
    };
    let counts = std::mem::take(&mut *counts.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Report { sites: args.sites, seconds: spent_s, lost, counts, stored, cpu })
}

async fn open(routers: Vec<String>) -> anyhow::Result<Session> {
    let link = LinkConfig { mode: LinkMode::Client, listen: Vec::new(), connect: routers, ..LinkConfig::default() };
    Ok(tokio::task::spawn_blocking(move || cloud_bridge::open_session(&link)).await??)
}

/// Some sites on one session.
struct Part {
    session: Session,
    clock: Arc<Clock>,
    counts: Arc<Mutex<Counts>>,
    base: u64,
}

impl Part {
    /// Each site speaks once a second, one after the other; then until all is acknowledged. Returns how much is not.
    async fn run(self, names: Vec<SiteKeys>, seconds: u64, patience: u64) -> anyhow::Result<usize> {
        let mut sites = Vec::new();
        for keys in names {
            sites.push(self.declare(keys).await.map_err(|e| anyhow!("zenoh: {e}"))?);
        }
        let count = u32::try_from(sites.len())?;
        let mut ticks = interval(Duration::from_secs(1) / count);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for second in 0..seconds {
            for site in &sites {
                ticks.tick().await;
                for update in say(self.clock.now().0) {
                    self.publish(site, self.base + second, &update).await?;
                }
                self.resend(site).await?;
            }
        }
        for _ in 0..patience * u64::from(count) {
            if sites.iter().all(|site| lock(&site.outbox).is_empty()) {
                break;
            }
            for site in &sites {
                self.resend(site).await?;
            }
            ticks.tick().await;
        }
        self.session.close().await.map_err(|e| anyhow!("zenoh: {e}"))?;
        Ok(sites.iter().map(|site| lock(&site.outbox).len()).sum())
    }

    async fn declare(&self, keys: SiteKeys) -> zenoh::Result<SimulatedSite> {
        let outbox = Outbox::default();
        let (theirs, clock, counts) = (Arc::clone(&outbox), Arc::clone(&self.clock), Arc::clone(&self.counts));
        let on_receipt = move |sample: Sample| {
            let Ok(receipt) = Receipt::from_bytes(&sample.payload().to_bytes()) else { return };
            let now_us = clock.now().0;
            for [first, last] in receipt.stored {
                let mut outbox = lock(&theirs);
                let range = (receipt.kind, first)..=(receipt.kind, last);
                let named: Vec<(Kind, u64)> = outbox.range(range).map(|(&number, _)| number).collect();
                for number in named {
                    if let Some(waiting) = outbox.remove(&number) {
                        lock(&counts).latencies_us.push(now_us - waiting.first_sent_us);
                    }
                }
            }
        };
        self.session.declare_subscriber(Receipt::keys_of(&keys)).callback(on_receipt).background().await?;
        let token = self.session.liveliness().declare_token(keys.alive()).await?;
        // It stands as long as the session.
        std::mem::forget(token);
        Ok(SimulatedSite { keys, outbox })
    }

    async fn publish(&self, site: &SimulatedSite, seq: u64, update: &Update) -> anyhow::Result<()> {
        let kind = update.state.kind();
        let key = site.keys.state(&update.state)?.to_string();
        let message = StateMessage { site: site.keys.site().to_owned(), seq, update: update.clone() };
        let payload = encode(&message, Encoding::Json).map_err(anyhow::Error::msg)?;
        {
            let mut counts = lock(&self.counts);
            *counts.sent.entry(kind).or_default() += 1;
            counts.payload_bytes += payload.len() as u64;
        }
        if kind.is_promised() {
            let (first_sent_us, last_sent_us) = (update.to_us, update.to_us);
            let waiting = Waiting { key: key.clone(), payload: payload.clone(), first_sent_us, last_sent_us };
            lock(&site.outbox).insert((kind, seq), waiting);
        }
        self.put(key, payload).await
    }

    async fn resend(&self, site: &SimulatedSite) -> anyhow::Result<()> {
        let now_us = self.clock.now().0;
        let due: Vec<(String, Vec<u8>)> = lock(&site.outbox)
            .values_mut()
            .filter(|waiting| now_us - waiting.last_sent_us >= RESEND_US)
            .take(RESEND_AT_ONCE)
            .map(|waiting| {
                waiting.last_sent_us = now_us;
                (waiting.key.clone(), waiting.payload.clone())
            })
            .collect();
        lock(&self.counts).sent_again += due.len() as u64;
        for (key, payload) in due {
            self.put(key, payload).await?;
        }
        Ok(())
    }

    async fn put(&self, key: String, payload: Vec<u8>) -> anyhow::Result<()> {
        let put = self.session.put(key, payload).encoding(zenoh::bytes::Encoding::APPLICATION_JSON);
        put.congestion_control(CongestionControl::Block).await.map_err(|e| anyhow!("zenoh: {e}"))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a junction of eight lanes with a lot of ten bays says, of the last second.
fn say(now_us: i64) -> [Update; 3] {
    let lane = |n: u32| LaneTraffic {
        lane: format!("lane-{n}"),
        vehicles: n,
        by_class: BTreeMap::from([("car".to_owned(), n)]),
        flow_per_h: Some(f64::from(n) * 3600.0),
        mean_speed_mps: Some(9.25),
        occupancy: Some(0.125),
        coverage: 1.0,
        ..LaneTraffic::default()
    };
    let bay = |n: u32| Bay { bay: format!("b{n}"), status: BayStatus::Free, since_us: Some(now_us), ..Bay::default() };
    let parking = Parking {
        lot: "p1".to_owned(),
        name: "P1".to_owned(),
        total: 10,
        free: 10,
        bays: (0..10).map(bay).collect(),
        ..Parking::default()
    };
    let sensor = |n: u32| SensorHealth {
        id: format!("cam-{n}"),
        kind: "camera".to_owned(),
        age_s: Some(0.05),
        ..SensorHealth::default()
    };
    let health = Health { sensors: (0..4).map(sensor).collect(), version: "fleet".to_owned(), ..Health::default() };
    let traffic = Traffic { lanes: (0..8).map(lane).collect(), ..Traffic::default() };
    [State::Traffic(traffic), State::Parking(parking), State::Health(health)].map(|state| Update {
        from_us: now_us - 1_000_000,
        to_us: now_us,
        simulated: true,
        state,
    })
}
