//! Which sites there are, and a subscription for each that is ours.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cloud_bridge::SiteKeys;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};
use zenoh::Session;
use zenoh::pubsub::Subscriber;
use zenoh::query::{ConsolidationMode, QueryTarget, Reply};
use zenoh::sample::{Sample, SampleKind};

use crate::api::Untold;
use crate::config::StoreConfig;
use crate::inbox::{self, Incoming};
use crate::metrics::Metrics;
use crate::store::{Database, Shards, explain, shard_of};

/// How often leases are renewed.
const TICK: Duration = Duration::from_millis(500);
/// Ticks between two looks at all sites: which went while nobody watched their shard, and how far behind they are.
const LOOK_AT_ALL: u32 = 20;
/// A site that is connected says something of each kind that it has at least once a minute.
const SILENT_S: f64 = 120.0;
/// The most sites that are subscribed to between two looks at the leases.
const AT_ONCE: usize = 50;
/// More sites than a city has; a flood of made-up tokens must not fill the memory.
const MAX_SITES: usize = 1 << 18;
/// How long the database may take to hand the shards over.
const LEAVE: Duration = Duration::from_secs(2);
/// How long a site has to answer when it is asked for its last states.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The sites seen so far, and whether their token stands.
#[derive(Default)]
struct Seen {
    sites: Mutex<BTreeMap<SiteKeys, bool>>,
    changed: Notify,
}

impl Seen {
    fn on_token(&self, sample: &Sample) {
        let Some(site) = SiteKeys::parse_alive(sample.key_expr().as_str()) else { return };
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if sites.len() < MAX_SITES || sites.contains_key(&site) {
            sites.insert(site, sample.kind() == SampleKind::Put);
        }
        drop(sites);
        self.changed.notify_one();
    }

    fn of(&self, shards: &BTreeSet<i32>) -> BTreeMap<SiteKeys, bool> {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let own = |site: &SiteKeys| shards.contains(&shard_of(site));
        sites.iter().filter(|(site, _)| own(site)).map(|(site, &alive)| (site.clone(), alive)).collect()
    }
}

/// Serves the sites of the shards that this worker leases.
pub struct Sites {
    pub config: StoreConfig,
    pub database: Database,
    pub session: Session,
    pub queue: mpsc::Sender<Incoming>,
    pub metrics: Arc<Metrics>,
    /// For a context broker, where there is one.
    pub untold: Option<Arc<Untold>>,
}

/// What the loop carries along.
#[derive(Default)]
struct Served {
    shards: BTreeSet<i32>,
    subscriptions: BTreeMap<SiteKeys, Subscriber<()>>,
    noted: BTreeMap<SiteKeys, bool>,
}

impl Sites {
    /// Until `stop`; then hands its shards over.
    pub async fn run(self, mut stop: watch::Receiver<bool>) -> zenoh::Result<()> {
        let seen = Arc::new(Seen::default());
        let told = Arc::clone(&seen);
        let on_token = move |sample: Sample| told.on_token(&sample);
        let tokens = self.session.liveliness().declare_subscriber("lukou/*/*/alive").history(true);
        let _tokens = tokens.callback(on_token).await?;
        let (mut place, mut served) = (None, Served::default());
        // Also out of the middle of what it does: the database may take for ever.
        let ended = tokio::select! {
            biased;
            _ = stop.wait_for(|&stop| stop) => Ok(()),
            ended = self.serve(&seen, &mut place, &mut served) => ended,
        };
        for (_, subscription) in served.subscriptions {
            subscription.undeclare().await?;
        }
        if let Some(shards) = &place {
            match timeout(LEAVE, shards.leave()).await {
                Ok(left) => left.unwrap_or_else(|error| self.note(&error)),
                Err(_) => tracing::warn!("leases: the database does not answer; they end by themselves"),
            }
        }
        ended
    }

    /// Serves the sites of its shards, for ever.
    async fn serve(&self, seen: &Seen, place: &mut Option<Shards>, served: &mut Served) -> zenoh::Result<()> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut ticked = 0_u32;
        loop {
            let mut look_at_all = false;
            tokio::select! {
                biased;
                _ = ticks.tick() => {
                    ticked = ticked.wrapping_add(1);
                    look_at_all = ticked.is_multiple_of(LOOK_AT_ALL);
                    self.tick(place, served).await;
                }
                () = seen.changed.notified() => {}
            }
            let own = seen.of(&served.shards);
            if !self.subscribe(served, &own).await? {
                seen.changed.notify_one();
            }
            if let Some(shards) = place
                && let Err(error) = self.note_sites(shards, served, &own, look_at_all).await
            {
                self.note(&error);
                *place = None;
            }
        }
    }

    fn note(&self, error: &tokio_postgres::Error) {
        self.metrics.store_errors.inc();
        tracing::warn!("leases: {}", explain(error));
    }

    /// Renews the leases. While the database is away the worker serves on: what it can't store it does not acknowledge.
    async fn tick(&self, place: &mut Option<Shards>, served: &mut Served) {
        let renewed = async {
            if place.is_none() {
                let client = self.database.connect().await?;
                *place = Some(Shards::new(client, self.session.zid().to_string(), self.config.lease_s).await?);
                served.noted.clear();
            }
            let Some(shards) = place else { return Ok(served.shards.clone()) };
            let mine = shards.tick().await?;
            if let Some(untold) = &self.untold {
                let gained: Vec<i32> = mine.difference(&served.shards).copied().collect();
                if !gained.is_empty() {
                    untold.add(shards.sites_of(&gained).await?);
                }
            }
            Ok(mine)
        };
        match renewed.await {
            Ok(shards) => {
                if shards != served.shards {
                    tracing::info!(shards = shards.len(), "shards changed");
                }
                self.metrics.shards.set(i64::try_from(shards.len()).unwrap_or(i64::MAX));
                served.shards = shards;
            }
            Err(error) => {
                self.note(&error);
                *place = None;
            }
        }
    }

    /// One subscription a site. It stands also while the site is away, so that nothing is missed when it comes back. Returns
    /// whether all is done: the leases must not wait for a thousand of them.
    async fn subscribe(&self, served: &mut Served, own: &BTreeMap<SiteKeys, bool>) -> zenoh::Result<bool> {
        let left: Vec<SiteKeys> = served.subscriptions.keys().filter(|site| !own.contains_key(site)).cloned().collect();
        for site in left {
            served.noted.remove(&site);
            if let Some(subscription) = served.subscriptions.remove(&site) {
                subscription.undeclare().await?;
            }
        }
        let new: Vec<&SiteKeys> = own.keys().filter(|site| !served.subscriptions.contains_key(site)).collect();
        for &site in new.iter().take(AT_ONCE) {
            let (queue, metrics) = (self.queue.clone(), Arc::clone(&self.metrics));
            let on_sample = move |sample: Sample| inbox::take(&sample, &queue, &metrics);
            let subscription = self.session.declare_subscriber(site.everything()).callback(on_sample).await?;
            served.subscriptions.insert(site.clone(), subscription);
            self.ask(site).await?;
        }
        self.metrics.sites.set(i64::try_from(served.subscriptions.len()).unwrap_or(i64::MAX));
        Ok(new.len() <= AT_ONCE)
    }

    /// Asks a site for its last states: what is not promised would else be unknown until it changes.
    async fn ask(&self, site: &SiteKeys) -> zenoh::Result<()> {
        let (queue, metrics) = (self.queue.clone(), Arc::clone(&self.metrics));
        let on_reply = move |reply: Reply| match reply.result() {
            Ok(sample) => inbox::take(sample, &queue, &metrics),
            Err(error) => tracing::debug!("a site answered with an error: {error:?}"),
        };
        let get = self.session.get(site.everything()).target(QueryTarget::All);
        get.consolidation(ConsolidationMode::None).timeout(ANSWER_TIMEOUT).callback(on_reply).await
    }

    /// Writes down which sites came and went, and now and then how far behind they are.
    async fn note_sites(
        &self,
        shards: &Shards,
        served: &mut Served,
        own: &BTreeMap<SiteKeys, bool>,
        look_at_all: bool,
    ) -> Result<(), tokio_postgres::Error> {
        let is_news = |&(site, alive): &(&SiteKeys, &bool)| served.noted.get(site) != Some(alive);
        let changed: Vec<(SiteKeys, bool)> =
            own.iter().filter(is_news).map(|(site, &alive)| (site.clone(), alive)).collect();
        if !changed.is_empty() {
            shards.note_alive(&changed).await?;
            served.noted.extend(changed);
        }
        if look_at_all {
            shards.note_others_gone(&served.shards, own).await?;
            let behind = shards.behind(&served.shards, SILENT_S).await?;
            // Of a kind that is with other workers now nothing is said here any more.
            self.metrics.newest_age_seconds.reset();
            self.metrics.silent_sites.reset();
            for (kind, age_s, silent) in behind {
                self.metrics.newest_age_seconds.with_label_values(&[&kind]).set(age_s);
                self.metrics.silent_sites.with_label_values(&[&kind]).set(silent);
            }
        }
        Ok(())
    }
}
