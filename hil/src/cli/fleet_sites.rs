//! The sites of `hil fleet`.
//!
//! Each does what a real one does as far as the city can tell: a liveliness token, growing numbers, an outbox (in memory)
//! from which a message goes only when its receipt comes, and a real site's pace in sending it, and in sending it again.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{anyhow, bail};
use cloud_bridge::schema::{Bay, BayStatus, Health, LaneTraffic, Parking, SensorHealth, Traffic};
use cloud_bridge::{Encoding, Kind, Pace, Receipt, SiteKeys, State, StateMessage, Update, checksum, encode};
use rsu::clock::Clock;
use tokio::time::{MissedTickBehavior, interval, sleep};
use zenoh::Session;
use zenoh::bytes::ZBytes;
use zenoh::matching::MatchingStatus;
use zenoh::pubsub::Publisher;
use zenoh::qos::CongestionControl;
use zenoh::sample::Sample;

use super::fleet_report::Counts;

/// A site looks into its outbox whenever so many sites of its session have spoken: ten times a second, of 50 sites.
const LOOK_EVERY: usize = 5;
/// How often it is looked whether the city listens.
const LOOK: Duration = Duration::from_millis(100);

/// A message that waits for its receipt.
struct Waiting {
    payload: ZBytes,
    first_sent_us: i64,
}

/// What waits of one kind, by its number.
struct Lane {
    waiting: BTreeMap<u64, Waiting>,
    pace: Pace,
}

type Outbox = Arc<Mutex<BTreeMap<Kind, Lane>>>;

struct SimulatedSite {
    keys: SiteKeys,
    outbox: Outbox,
    publishers: BTreeMap<Kind, Publisher<'static>>,
}

/// Some sites on one session.
pub struct Part {
    session: Session,
    sites: Vec<SimulatedSite>,
    clock: Arc<Clock>,
    counts: Arc<Mutex<Counts>>,
}

impl Part {
    /// Makes the sites known to their router.
    pub async fn declare(
        session: Session,
        names: &[SiteKeys],
        clock: &Arc<Clock>,
        counts: &Arc<Mutex<Counts>>,
    ) -> anyhow::Result<Self> {
        let (clock, counts) = (Arc::clone(clock), Arc::clone(counts));
        let mut part = Self { session, sites: Vec::new(), clock, counts };
        for keys in names {
            let site = part.declare_site(keys).await.map_err(|e| anyhow!("zenoh: {e}"))?;
            part.sites.push(site);
        }
        Ok(part)
    }

    async fn declare_site(&self, keys: &SiteKeys) -> zenoh::Result<SimulatedSite> {
        let promised = Kind::ALL.into_iter().filter(|kind| kind.is_promised());
        let lane = || Lane { waiting: BTreeMap::new(), pace: Pace::new(0) };
        let outbox: Outbox = Arc::new(Mutex::new(promised.map(|kind| (kind, lane())).collect()));
        for key in Receipt::keys(keys) {
            let (theirs, clock, counts) = (Arc::clone(&outbox), Arc::clone(&self.clock), Arc::clone(&self.counts));
            let on_receipt = move |sample: Sample| {
                let Ok(receipt) = Receipt::from_sample(&sample) else { return };
                take(&theirs, &receipt, &clock, &counts);
            };
            self.session.declare_subscriber(key).callback(on_receipt).background().await?;
        }
        let mut publishers = BTreeMap::new();
        for Update { state, .. } in say(0) {
            let publisher = self.session.declare_publisher(keys.state(&state)?.to_string());
            let publisher = publisher.encoding(zenoh::bytes::Encoding::APPLICATION_JSON);
            publishers.insert(state.kind(), publisher.congestion_control(CongestionControl::Drop).await?);
        }
        if let Some(traffic) = publishers.get(&Kind::Traffic) {
            let (theirs, clock) = (Arc::clone(&outbox), Arc::clone(&self.clock));
            let on_change = move |status: MatchingStatus| {
                // As soon as somebody listens again, what waits goes again.
                if status.matching() {
                    let now = uptime(&clock);
                    lock(&theirs).values_mut().for_each(|lane| lane.pace.reconnected(None, now));
                }
            };
            traffic.matching_listener().callback(on_change).background().await?;
        }
        let token = self.session.liveliness().declare_token(keys.alive()).await?;
        // It stands as long as the session.
        std::mem::forget(token);
        Ok(SimulatedSite { keys: keys.clone(), outbox, publishers })
    }

    /// Waits until somebody is subscribed to each site.
    pub async fn until_listened_to(&self, patience_s: u64) -> anyhow::Result<()> {
        let deadline_s = self.clock.uptime_s() + patience_s as f64;
        for publisher in self.sites.iter().flat_map(|site| site.publishers.values()) {
            while !publisher.matching_status().await.map_err(|e| anyhow!("zenoh: {e}"))?.matching() {
                if self.clock.uptime_s() > deadline_s {
                    bail!("nobody listens to {}", publisher.key_expr());
                }
                sleep(LOOK).await;
            }
        }
        Ok(())
    }

    /// Each site speaks once a second, one after the other, with numbers from `base` on; then until all is acknowledged.
    /// Returns how much is not.
    pub async fn run(self, base: u64, seconds: u64, patience_s: u64) -> anyhow::Result<usize> {
        let count = u32::try_from(self.sites.len())?;
        let mut ticks = interval(Duration::from_secs(1) / count);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for second in 0..seconds {
            let mut messages =
                say(self.clock.now().0).map(|update| StateMessage { site: String::new(), seq: base + second, update });
            for (n, site) in self.sites.iter().enumerate() {
                ticks.tick().await;
                for message in &mut messages {
                    message.site = site.keys.site().to_owned();
                    self.say(site, message).await?;
                }
                self.look(n).await?;
            }
        }
        for tick in 0..patience_s * u64::from(count) {
            if self.sites.iter().all(|site| site.waiting() == 0) {
                break;
            }
            ticks.tick().await;
            self.look(usize::try_from(tick)?).await?;
        }
        let left = self.sites.iter().map(SimulatedSite::waiting).sum();
        drop(self.sites);
        self.session.close().await.map_err(|e| anyhow!("zenoh: {e}"))?;
        Ok(left)
    }

    /// What is promised goes into the outbox, anything else at once.
    async fn say(&self, site: &SimulatedSite, message: &StateMessage) -> anyhow::Result<()> {
        let kind = message.update.state.kind();
        let payload = encode(message, Encoding::Json).map_err(anyhow::Error::msg)?;
        {
            let mut counts = lock(&self.counts);
            *counts.sent.entry(kind).or_default() += 1;
            counts.payload_bytes += payload.len() as u64;
        }
        let payload = ZBytes::from(payload);
        if let Some(lane) = lock(&site.outbox).get_mut(&kind) {
            lane.waiting.insert(message.seq, Waiting { payload, first_sent_us: self.clock.now().0 });
            return Ok(());
        }
        put(site, kind, payload).await
    }

    /// Every so many sites, the `n`th among them, look whether something is due.
    async fn look(&self, n: usize) -> anyhow::Result<()> {
        for site in self.sites.iter().skip(n % LOOK_EVERY).step_by(LOOK_EVERY) {
            self.send_due(site).await?;
        }
        Ok(())
    }

    /// Sends what is due from the outbox.
    async fn send_due(&self, site: &SimulatedSite) -> anyhow::Result<()> {
        let now = uptime(&self.clock);
        let mut due = Vec::new();
        for (&kind, lane) in lock(&site.outbox).iter_mut() {
            let now_due = lane.pace.due(&lane.waiting, now);
            lock(&self.counts).sent_again += now_due.again.len() as u64;
            for seq in now_due.again.into_iter().chain(now_due.fresh) {
                lane.pace.went(seq, now);
                due.extend(lane.waiting.get(&seq).map(|waiting| (kind, waiting.payload.clone())));
            }
        }
        for (kind, payload) in due {
            put(site, kind, payload).await?;
        }
        Ok(())
    }
}

impl SimulatedSite {
    /// How many messages have no receipt yet.
    fn waiting(&self) -> usize {
        lock(&self.outbox).values().map(|lane| lane.waiting.len()).sum()
    }
}

/// The time of the paces.
fn uptime(clock: &Clock) -> Duration {
    Duration::from_secs_f64(clock.uptime_s())
}

async fn put(site: &SimulatedSite, kind: Kind, payload: ZBytes) -> anyhow::Result<()> {
    let Some(publisher) = site.publishers.get(&kind) else { bail!("{kind} was not declared") };
    let checksum = checksum(&payload.to_bytes());
    publisher.put(payload).attachment(checksum).await.map_err(|e| anyhow!("zenoh: {e}"))
}

/// What a receipt names waits no more.
fn take(outbox: &Outbox, receipt: &Receipt, clock: &Clock, counts: &Mutex<Counts>) {
    let mut outbox = lock(outbox);
    let Some(lane) = outbox.get_mut(&receipt.kind) else { return };
    let (now, now_us) = (uptime(clock), clock.now().0);
    let named = receipt.named(&lane.waiting);
    lane.pace.received(&named, now);
    let answered = named.iter().filter_map(|seq| lane.waiting.remove(seq));
    lock(counts).latencies_us.extend(answered.map(|waiting| now_us - waiting.first_sent_us));
}

/// Whoever panicked with it held nothing half done.
pub fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
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
