//! From the queue into the store, and a receipt for what is there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cloud_bridge::{Kind, Receipt, SiteKeys};
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::api::Untold;
use crate::config::StoreConfig;
use crate::inbox::{Incoming, Refusal};
use crate::met::Met;
use crate::metrics::Metrics;
use crate::mqtt::Mqtt;
use crate::order::{Order, Step};
use crate::store::{Database, Writer, Written, explain, is_poison, pauses};

/// The most messages in one transaction.
const MAX_BATCH: usize = 4000;
/// How often tables are made ahead and old ones dropped.
const MAINTENANCE: Duration = Duration::from_secs(600);

/// Stores what comes and acknowledges it.
pub struct Keeper {
    pub config: StoreConfig,
    pub database: Database,
    pub met: Met,
    pub metrics: Arc<Metrics>,
    pub mqtt: Option<Mqtt>,
    /// For a context broker, where there is one.
    pub untold: Option<Arc<Untold>>,
    pub order: Order,
    pub stop: watch::Receiver<bool>,
}

impl Keeper {
    /// Until the queue is closed and empty. While the database is away, the batch at hand waits; it is given up only when
    /// the service stops, and stays with its sites.
    pub async fn run(mut self, mut queue: mpsc::Receiver<Incoming>) {
        let Some(mut writer) = self.reach().await else { return };
        let mut maintenance = interval(MAINTENANCE);
        maintenance.set_missed_tick_behavior(MissedTickBehavior::Delay);
        maintenance.reset();
        loop {
            let mut batch = Vec::new();
            tokio::select! {
                _ = maintenance.tick() => {
                    if let Err(error) = writer.maintain().await {
                        self.note(&error);
                    }
                    continue;
                }
                received = queue.recv_many(&mut batch, MAX_BATCH) => if received == 0 { return },
            }
            self.gather(&mut queue, &mut batch).await;
            self.metrics.queue.set(i64::try_from(queue.len()).unwrap_or(i64::MAX));
            while let Err(error) = self.store(&mut writer, &batch).await {
                self.note(&error);
                let Some(again) = self.reach().await else { return };
                writer = again;
            }
        }
    }

    /// Waits a moment for company: a transaction costs the same for one message and for a hundred.
    async fn gather(&self, queue: &mut mpsc::Receiver<Incoming>, batch: &mut Vec<Incoming>) {
        let fill = async {
            while batch.len() < MAX_BATCH {
                let room = MAX_BATCH - batch.len();
                if queue.recv_many(batch, room).await == 0 {
                    return;
                }
            }
        };
        // The time being up is the usual end.
        let _ = timeout(Duration::from_millis(self.config.linger_ms), fill).await;
    }

    /// A connection to a database whose tables are in order; `None` when the service stops first.
    async fn reach(&mut self) -> Option<Writer> {
        for pause in pauses() {
            let attempt = async {
                let client = self.database.connect().await?;
                Writer::new(client, self.config.retention_days, self.config.newest_only.clone()).await
            };
            match attempt.await {
                Ok(writer) => return Some(writer),
                Err(error) => self.note(&error),
            }
            tokio::select! {
                biased;
                _ = self.stop.wait_for(|&stop| stop) => return None,
                () = sleep(pause) => {}
            }
        }
        None
    }

    fn note(&self, error: &tokio_postgres::Error) {
        self.metrics.store_errors.inc();
        tracing::warn!("database: {}", explain(error));
    }

    /// Stores the batch; what the database refuses for its content is found by halving, and left out.
    async fn store(&mut self, writer: &mut Writer, batch: &[Incoming]) -> Result<(), tokio_postgres::Error> {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            let timer = self.metrics.batch_seconds.start_timer();
            match writer.write(part).await {
                Ok(written) => {
                    timer.observe_duration();
                    self.acknowledge(part).await;
                    part.iter().for_each(|incoming| self.met.state(&incoming.key));
                    self.count(part, &written);
                    self.tell(part, &written);
                }
                Err(error) if is_poison(&error) && part.len() > 1 => {
                    let (a, b) = part.split_at(part.len() / 2);
                    parts.extend([a, b]);
                }
                Err(error) if is_poison(&error) => {
                    self.note(&error);
                    self.metrics.refused(Refusal::RefusedByStore);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn count(&mut self, batch: &[Incoming], written: &Written) {
        self.metrics.duplicates.inc_by(written.duplicates);
        for (Incoming { key, seq, to_us, .. }, fate) in batch.iter().zip(&written.fates) {
            let kind = key.kind;
            if fate.is_new || fate.is_latest {
                self.metrics.delay(kind, written.stored_us.saturating_sub(*to_us));
            }
            if fate.is_new {
                self.metrics.stored.with_label_values(&[kind.name()]).inc();
            }
            if fate.is_new && kind.is_promised() && !kind.is_superseded() {
                match self.order.step(&key.site, kind, *seq) {
                    Step::Next => {}
                    Step::Gap(between) => self.metrics.gaps.with_label_values(&[kind.name()]).inc_by(between),
                    Step::Late => self.metrics.late.with_label_values(&[kind.name()]).inc(),
                }
            }
        }
    }

    /// Passes on what has become the newest of its key.
    fn tell(&self, batch: &[Incoming], written: &Written) {
        let latest = || batch.iter().zip(&written.fates).filter(|(_, fate)| fate.is_latest).map(|(state, _)| state);
        if let Some(mqtt) = &self.mqtt {
            latest().for_each(|state| mqtt.tell(state, written.stored_us, &self.metrics));
        }
        if let Some(untold) = &self.untold {
            untold.add(latest().filter(|state| Untold::concerns(state.key.kind)).map(|state| state.key.site.clone()));
        }
    }

    /// Receipts for all of it, those that were there before included: the first receipt may have been lost.
    async fn acknowledge(&mut self, batch: &[Incoming]) {
        let mut numbers: BTreeMap<(&SiteKeys, Kind), Vec<u64>> = BTreeMap::new();
        for Incoming { key, seq, .. } in batch.iter().filter(|incoming| incoming.key.kind.is_promised()) {
            let Ok(seq) = u64::try_from(*seq) else { continue };
            numbers.entry((&key.site, key.kind)).or_default().push(seq);
        }
        for ((site, kind), numbers) in numbers {
            let sent = match Receipt::new(kind, numbers).to_bytes() {
                Ok(bytes) => self.met.put_receipt(site, kind, bytes).await.map_err(|e| e.to_string()),
                Err(e) => Err(e.to_string()),
            };
            match sent {
                Ok(()) => self.metrics.receipts.inc(),
                // The site sends the message again and gets its receipt then.
                Err(error) => tracing::warn!(%site, "no receipt: {error}"),
            }
        }
    }
}
