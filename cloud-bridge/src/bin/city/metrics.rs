//! What a worker counts: `docs/ref/city-api.md` lists it.

use cloud_bridge::Kind;
use prometheus::core::Collector;
use prometheus::{
    GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

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
    delay_seconds: HistogramVec,
    pub gaps: IntCounterVec,
    pub late: IntCounterVec,
    pub newest_age_seconds: GaugeVec,
    pub silent_sites: IntGaugeVec,
    pub queue: IntGauge,
    pub shards: IntGauge,
    pub sites: IntGauge,
    commands: IntCounterVec,
    pub mqtt: IntCounterVec,
    pub mqtt_connected: IntGaugeVec,
    pub ngsi: IntCounterVec,
    pub ngsi_failures: IntCounter,
    pub ngsi_waiting: IntGauge,
}

fn register<M: Collector + Clone + 'static>(registry: &Registry, metric: M) -> Result<M, prometheus::Error> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

impl Metrics {
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counter = |name: &str, help: &str| register(&registry, IntCounter::new(name, help)?);
        let by = |name: &str, help: &str, label: &str| {
            register(&registry, IntCounterVec::new(Opts::new(name, help), &[label])?)
        };
        let gauge = |name: &str, help: &str| register(&registry, IntGauge::new(name, help)?);
        let gauge_by = |name: &str, help: &str, label: &str| {
            register(&registry, IntGaugeVec::new(Opts::new(name, help), &[label])?)
        };
        let batch = HistogramOpts::new("lukou_city_batch_seconds", "Time to store one batch, seconds")
            .buckets(vec![0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
        let delay =
            HistogramOpts::new("lukou_city_delay_seconds", "From a message's own end to its being stored, seconds")
                .buckets(vec![0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0, 86_400.0]);
        let age = Opts::new("lukou_city_newest_age_seconds", "Age of the newest state of the site that is behind most");
        let metrics = Self {
            stored: by("lukou_city_stored_total", "Messages stored for the first time", "kind")?,
            duplicates: counter("lukou_city_duplicates_total", "Messages that were stored already")?,
            refused: by("lukou_city_refused_total", "Messages that were not taken and got no receipt", "reason")?,
            receipts: counter("lukou_city_receipts_total", "Receipts sent")?,
            store_errors: counter("lukou_city_store_errors_total", "Failed attempts to reach or to use the database")?,
            batch_seconds: register(&registry, Histogram::with_opts(batch)?)?,
            delay_seconds: register(&registry, HistogramVec::new(delay, &["kind"])?)?,
            gaps: by("lukou_city_gaps_total", "Numbers of messages that later ones have overtaken", "kind")?,
            late: by("lukou_city_late_total", "Of those, messages that came after all", "kind")?,
            newest_age_seconds: register(&registry, GaugeVec::new(age, &["kind"])?)?,
            silent_sites: gauge_by(
                "lukou_city_silent_sites",
                "Sites of which nothing newer than 120 s is there",
                "kind",
            )?,
            queue: gauge("lukou_city_queue", "Messages that wait for the store")?,
            shards: gauge("lukou_city_shards", "Shards that this worker leases, of 64")?,
            sites: gauge("lukou_city_sites", "Sites that this worker is subscribed to")?,
            commands: register(
                &registry,
                IntCounterVec::new(
                    Opts::new("lukou_city_commands_kept_total", "Commands and answers written down for the first time"),
                    &["kind", "state"],
                )?,
            )?,
            mqtt: by("lukou_city_mqtt_total", "States for the MQTT broker", "outcome")?,
            mqtt_connected: gauge_by(
                "lukou_city_mqtt_connected",
                "Whether the broker has taken the connection",
                "broker",
            )?,
            ngsi: by("lukou_city_ngsi_total", "Entities for the context broker", "outcome")?,
            ngsi_failures: counter("lukou_city_ngsi_failures_total", "Failed attempts to tell the context broker")?,
            ngsi_waiting: gauge("lukou_city_ngsi_waiting", "Sites that the context broker has yet to be told of")?,
            registry: registry.clone(),
        };
        let process = prometheus::process_collector::ProcessCollector::for_self();
        registry.register(Box::new(process))?;
        Ok(metrics)
    }

    /// A message was stored so long after its own end, microseconds; a site's clock may be ahead of the database's.
    pub fn delay(&self, kind: Kind, delay_us: i64) {
        self.delay_seconds.with_label_values(&[kind.name()]).observe(delay_us.max(0) as f64 / 1e6);
    }

    /// A command of this kind was written down, `sent` or with this answer.
    pub fn commanded(&self, kind: &str, state: &str) {
        self.commands.with_label_values(&[kind, state]).inc();
    }

    pub fn refused(&self, refusal: Refusal) {
        self.refused.with_label_values(&[refusal.name()]).inc();
    }

    /// In Prometheus' text form.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}
