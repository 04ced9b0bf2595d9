//! Entities to a context broker as they change.
//!
//! What the broker lacks is kept as a set of sites, no list of changes: their entities are read from the store when it is their turn, so
//! that however long the broker was away it is told the newest, and nothing but that. Only the worker that serves a site tells of it.
//! One that takes a site over tells all of it, since nobody knows how far the other came.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use cloud_bridge::{Kind, SiteKeys};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::broker::Broker;
use super::entity::Entity;
use super::page::sites_named;
use super::{KINDS, context_link, models};
use crate::api::Shared;
use crate::api::error::ApiError;
use crate::config::NgsiConfig;
use crate::store::pauses;

/// Sites whose entities are read at once.
const SITES_AT_ONCE: usize = 20;
/// The most entities of one request.
const BATCH: usize = 200;
/// From one look at what is untold to the next; what changes in between is read once.
const ROUND: Duration = Duration::from_secs(2);

/// Sites of which the broker may not know the newest; no more than there are sites.
#[derive(Default)]
pub struct Untold {
    sites: Mutex<BTreeSet<SiteKeys>>,
    some: Notify,
}

impl Untold {
    /// Whether a state of this kind is told in entities. Of health only the place is, which comes with the next of these.
    pub fn concerns(kind: Kind) -> bool {
        matches!(kind, Kind::Traffic | Kind::Parking | Kind::Event)
    }

    /// Adds sites that have changed, or of which it isn't known.
    pub fn add(&self, sites: impl IntoIterator<Item = SiteKeys>) {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).extend(sites);
        self.some.notify_one();
    }

    fn take(&self) -> BTreeSet<SiteKeys> {
        std::mem::take(&mut *self.sites.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn count(&self) -> usize {
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Tells a broker for as long as the service runs what becomes untold.
///
/// # Errors
/// The settings or a file that they name.
pub fn tell_broker(config: &NgsiConfig, api: Shared) -> anyhow::Result<Arc<Untold>> {
    let context = context_link(&api).context("api.ngsi_context")?;
    let (broker, untold) = (Broker::new(config, context)?, Arc::new(Untold::default()));
    let push = Push { api, broker, untold: Arc::clone(&untold), told: HashMap::new() };
    tokio::spawn(push.run());
    Ok(untold)
}

struct Push {
    api: Shared,
    broker: Broker,
    untold: Arc<Untold>,
    /// What each entity was when the broker last had it, as a hash: of windows of several lengths only one is told, and a state may change
    /// in what no entity has.
    told: HashMap<String, u64>,
}

impl Push {
    async fn run(mut self) {
        let mut waits = pauses();
        loop {
            self.untold.some.notified().await;
            let sites: Vec<SiteKeys> = self.untold.take().into_iter().collect();
            for (n, some) in sites.chunks(SITES_AT_ONCE).enumerate() {
                self.count_waiting(sites.len() - n * SITES_AT_ONCE);
                match self.tell(some).await {
                    Ok(()) => waits = pauses(),
                    Err(error) => {
                        self.api.metrics.ngsi_failures.inc();
                        tracing::warn!("ngsi: {error:#}");
                        // The others have their turn first: it may lie in these alone.
                        self.untold.add(some.iter().cloned());
                        sleep(waits.next().unwrap_or(ROUND)).await;
                    }
                }
            }
            self.count_waiting(0);
            sleep(ROUND).await;
        }
    }

    fn count_waiting(&self, taken: usize) {
        self.api.metrics.ngsi_waiting.set(i64::try_from(taken + self.untold.count()).unwrap_or(i64::MAX));
    }

    /// Tells what is new of these sites as they now are.
    async fn tell(&mut self, sites: &[SiteKeys]) -> anyhow::Result<()> {
        let mut news = Vec::new();
        for entity in self.entities(sites).await.map_err(|error| anyhow!("{}", error.parts().2))? {
            let (id, entity) = (entity.id().to_owned(), entity.into_json(false, None));
            let mut hasher = DefaultHasher::new();
            entity.to_string().hash(&mut hasher);
            let hash = hasher.finish();
            if self.told.get(&id) != Some(&hash) {
                news.push((id, hash, entity));
            }
        }
        for batch in news.chunks(BATCH) {
            let entities: Vec<&Value> = batch.iter().map(|(_, _, entity)| entity).collect();
            let refused = self.broker.upsert(&entities).await.context("ngsi.broker")?;
            for (id, hash, _) in batch {
                // Also of what is refused: it is said again when it has changed.
                self.told.insert(id.clone(), *hash);
                let outcome = if refused.contains(id) { "refused" } else { "told" };
                self.api.metrics.ngsi.with_label_values(&[outcome]).inc();
            }
        }
        Ok(())
    }

    async fn entities(&self, sites: &[SiteKeys]) -> Result<Vec<Entity>, ApiError> {
        let names = sites.iter().map(|site| (site.city().to_owned(), site.site().to_owned())).collect();
        let sites = sites_named(&self.api, names).await?;
        models::entities(&self.api, &KINDS, &sites, None).await
    }
}
