//! What a worker counts: `docs/ref/city-api.md` lists it.

use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

use crate::inbox::Refusal;

/// The worker's counters.
pub struct Metrics {
    registry: Registry,
    pub stored: IntCounterVec,
    pub duplicates: IntCounter,
    refused: IntCounterVec,
    pub receipts: IntCounter,
    pub store_errors: IntCounter,
    pub batch_seconds: Histogram,
    pub queue: IntGauge,
    pub shards: IntGauge,
    pub sites: IntGauge,
    pub mqtt: IntCounterVec,
}

impl Metrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str| -> Result<IntCounter, prometheus::Error> {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok(counter)
        };
        let by = |name: &str, help: &str, label: &str| -> Result<IntCounterVec, prometheus::Error> {
            let counter = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(counter.clone()))?;
            Ok(counter)
        };
        let gauge = |name: &str, help: &str| -> Result<IntGauge, prometheus::Error> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let buckets = vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        let batch_seconds = Histogram::with_opts(
            HistogramOpts::new("lukou_city_batch_seconds", "Time to store one batch, seconds").buckets(buckets),
        )?;
        let metrics = Self {
            stored: by("lukou_city_stored_total", "Messages stored for the first time", "kind")?,
            duplicates: counter("lukou_city_duplicates_total", "Messages that were stored already")?,
            refused: by("lukou_city_refused_total", "Messages that were not taken and got no receipt", "reason")?,
            receipts: counter("lukou_city_receipts_total", "Receipts sent")?,
            store_errors: counter("lukou_city_store_errors_total", "Failed attempts to reach or to use the database")?,
            queue: gauge("lukou_city_queue", "Messages that wait for the store")?,
            shards: gauge("lukou_city_shards", "Shards that this worker leases, of 64")?,
            sites: gauge("lukou_city_sites", "Sites that this worker is subscribed to")?,
            mqtt: by("lukou_city_mqtt_total", "States for the MQTT broker", "outcome")?,
            batch_seconds: batch_seconds.clone(),
            registry: registry.clone(),
        };
        registry.register(Box::new(batch_seconds))?;
        let process = prometheus::process_collector::ProcessCollector::for_self();
        registry.register(Box::new(process))?;
        Ok(metrics)
    }

    pub fn refused(&self, refusal: Refusal) {
        self.refused.with_label_values(&[refusal.name()]).inc();
    }

    /// In Prometheus' text form.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
