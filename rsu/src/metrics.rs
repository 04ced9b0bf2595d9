//! What Prometheus sees: names of `docs/ref/metrics.md`, base units, low cardinality (never a track's number).

use perception::detection::Class;
use prometheus::core::Collector;
use prometheus::{
    Encoder, Gauge, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// Bucket bounds for latencies, seconds: fine around the promises (10 ms without inference, 100 ms with it).
const LATENCY_BUCKETS_S: &[f64] = &[
    0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.010, 0.015, 0.020, 0.030, 0.040, 0.050, 0.060, 0.070, 0.080, 0.090,
    0.100, 0.125, 0.150, 0.200, 0.300, 0.500, 1.0, 2.0,
];
/// Bucket bounds for a stage of the pipeline, seconds.
const STAGE_BUCKETS_S: &[f64] =
    &[0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002, 0.005, 0.010, 0.020, 0.050, 0.100, 0.200];

/// Every figure of the service, each in one place.
#[derive(Clone, Debug)]
pub struct Metrics {
    registry: Registry,
    /// `lukou_capture_to_radio_seconds{message}`: newest camera frame in a message → the message handed to a radio.
    pub capture_to_radio_s: HistogramVec,
    /// `lukou_arrival_to_radio_seconds{message}`: the same without inference: detections at the pipeline → radio.
    pub arrival_to_radio_s: HistogramVec,
    /// `lukou_stage_seconds{stage}`.
    pub stage_s: HistogramVec,
    /// `lukou_messages_sent_total{radio,message}`.
    pub messages_sent: IntCounterVec,
    /// `lukou_messages_suppressed_total{message,reason}`.
    pub messages_suppressed: IntCounterVec,
    /// `lukou_received_total{receiver,message}`: what road users say of themselves, fused, or ask for.
    pub received: IntCounterVec,
    /// `lukou_priority_requests_total{role,outcome}`: decisions on requests for priority.
    pub priority_requests: IntCounterVec,
    /// `lukou_parking_guidance_total{lot,outcome}`: how requests for a way through a lot stand.
    pub parking_guidance: IntCounterVec,
    /// `lukou_detections_total{sensor,class}`.
    pub detections: IntCounterVec,
    /// `lukou_sensor_frames_total{sensor}`.
    pub sensor_frames: IntCounterVec,
    /// `lukou_sensor_restarts_total{sensor}`: times a stream was opened anew.
    pub sensor_restarts: IntCounterVec,
    /// `lukou_tracks{class}`.
    pub tracks: GaugeVec,
    /// `lukou_dropped_total{where,reason}`.
    pub dropped: IntCounterVec,
    /// `lukou_sensor_age_seconds{sensor}`: since the newest capture.
    pub sensor_age_s: GaugeVec,
    /// `lukou_sensor_up{sensor}`.
    pub sensor_up: GaugeVec,
    /// `lukou_sensor_simulated{sensor}`: 1 when its data are made, not measured.
    pub sensor_simulated: GaugeVec,
    /// `lukou_sensor_clock_offset_seconds{sensor}`: ahead of most others.
    pub sensor_clock_offset_s: GaugeVec,
    /// `lukou_sensor_turn_radians{sensor,axis}`: from how it was installed.
    pub sensor_turn_rad: GaugeVec,
    /// `lukou_calibration_residual_px{sensor}`.
    pub calibration_residual_px: GaugeVec,
    /// `lukou_signal_age_seconds`.
    pub signal_age_s: Gauge,
    /// `lukou_signal_connected{source}`: 1 while the controller's states come.
    pub signal_connected: GaugeVec,
    /// `lukou_signal_frames_total{source}`: frames that were understood.
    pub signal_frames: IntCounterVec,
    /// `lukou_signal_commands_total{source,word}`: words of the controller on commands.
    pub signal_commands: IntCounterVec,
    /// `lukou_signal_reconnects_total{source}`: times its link was lost, or could not be made.
    pub signal_reconnects: IntCounterVec,
    /// `lukou_signal_clock_offset_seconds{source}`: how far its clock is ahead of ours.
    pub signal_clock_offset_s: GaugeVec,
    /// `lukou_signal_predictions_total{light,outcome}`: of about 80 % confidence: `inside`, `early`, `late`.
    pub signal_predictions: IntCounterVec,
    /// `lukou_signal_prediction_coverage_ratio{light}`: share that came true lately.
    pub signal_prediction_coverage: GaugeVec,
    /// `lukou_signal_contradicted_total{by}`: changes against what was said: of the `controller`, of a `prediction`.
    pub signal_contradicted: IntCounterVec,
    /// `lukou_cloud_connected`: 1 while a city peer or router is connected.
    pub cloud_connected: IntGauge,
    /// `lukou_cloud_published_total{kind}`.
    pub cloud_published: IntCounterVec,
    /// `lukou_city_commands_total{answer,reason}`: answers to commands of the city.
    pub city_commands: IntCounterVec,
    /// `lukou_outbox_messages{kind}`: messages that wait for the city's receipt.
    pub outbox_messages: GaugeVec,
    /// `lukou_outbox_bytes{kind}`: their payloads.
    pub outbox_bytes: GaugeVec,
    /// `lukou_outbox_oldest_seconds{kind}`: how long the oldest has waited.
    pub outbox_oldest_s: GaugeVec,
    /// `lukou_vehicles_connected`: vehicles subscribed over 5G.
    pub vehicles_connected: IntGauge,
    /// `lukou_clock_offset_seconds`: system UTC − service time.
    pub clock_offset_s: Gauge,
    /// `lukou_clock_steps`: times the system's clock was found set.
    pub clock_steps: IntGauge,
    /// `lukou_lane_flow_per_hour{lane}`, last finished window.
    pub lane_flow_per_h: GaugeVec,
    /// `lukou_lane_speed_mps{lane}`, last finished window; NaN when nobody drove.
    pub lane_speed_mps: GaugeVec,
    /// `lukou_lane_occupancy_ratio{lane}`, last finished window.
    pub lane_occupancy: GaugeVec,
    /// `lukou_parking_bays{lot,status}`.
    pub parking_bays: GaugeVec,
    /// `lukou_parking_overstays{lot}`: vehicles that have stayed longer than they may.
    pub parking_overstays: GaugeVec,
    /// `lukou_parking_counted_vehicles{lot}`: by the gates; NaN: nobody knows from what to count.
    pub parking_counted: GaugeVec,
    /// `lukou_parking_arrivals{lot}` and `lukou_parking_departures{lot}`: of the last hour.
    pub parking_turnover: [GaugeVec; 2],
    /// `lukou_water_depth_m{gauge}`, as the gauge last said.
    pub water_depth_m: GaugeVec,
    /// `lukou_water_measured_timestamp_seconds{gauge}`: when it measured that, since 1970 UTC.
    pub water_measured_s: GaugeVec,
    /// `lukou_events_total{kind,ending}`: events that are over.
    pub events: IntCounterVec,
    /// `lukou_evidence_files`: recordings around events that are kept.
    pub evidence_files: IntGauge,
    /// `lukou_evidence_bytes`: what they take.
    pub evidence_bytes: IntGauge,
    /// `lukou_info{version,site}`: always 1.
    pub info: GaugeVec,
}

impl Metrics {
    /// All figures, registered; fails only if two had the same name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let make = Maker(&registry);
        Ok(Self {
            capture_to_radio_s: make.histogram("lukou_capture_to_radio_seconds", "From the capture of the newest camera frame in a message to its hand-over to a radio, inference included", &["message"], LATENCY_BUCKETS_S)?,
            arrival_to_radio_s: make.histogram("lukou_arrival_to_radio_seconds", "From the arrival of detections at the pipeline to the hand-over of the message to a radio", &["message"], LATENCY_BUCKETS_S)?,
            stage_s: make.histogram("lukou_stage_seconds", "Time spent in one stage for one input", &["stage"], STAGE_BUCKETS_S)?,
            messages_sent: make.counter("lukou_messages_sent_total", "Messages handed to a radio", &["radio", "message"])?,
            messages_suppressed: make.counter("lukou_messages_suppressed_total", "Messages or parts of them that the gate or the encoder held back", &["message", "reason"])?,
            received: make.counter("lukou_received_total", "Messages of vehicles and people that were fused or heard as requests", &["receiver", "message"])?,
            priority_requests: make.counter("lukou_priority_requests_total", "Decisions on requests for signal priority", &["role", "outcome"])?,
            parking_guidance: make.counter("lukou_parking_guidance_total", "Requests for a way through a parking lot, one each time that one stands otherwise than before", &["lot", "outcome"])?,
            detections: make.counter("lukou_detections_total", "Detections by sensor and class", &["sensor", "class"])?,
            sensor_frames: make.counter("lukou_sensor_frames_total", "Frames or scans that reached the pipeline", &["sensor"])?,
            sensor_restarts: make.counter("lukou_sensor_restarts_total", "Times a sensor's stream was opened anew", &["sensor"])?,
            tracks: make.gauges("lukou_tracks", "Road users in the picture", &["class"])?,
            dropped: make.counter("lukou_dropped_total", "Things given up, by place and reason", &["where", "reason"])?,
            sensor_age_s: make.gauges("lukou_sensor_age_seconds", "Age of a sensor's newest capture", &["sensor"])?,
            sensor_up: make.gauges("lukou_sensor_up", "1 while a sensor delivers", &["sensor"])?,
            sensor_simulated: make.gauges("lukou_sensor_simulated", "1 when a sensor's data are made, not measured", &["sensor"])?,
            sensor_clock_offset_s: make.gauges("lukou_sensor_clock_offset_seconds", "How much a sensor's clock is found to be ahead of most others'", &["sensor"])?,
            sensor_turn_rad: make.gauges("lukou_sensor_turn_radians", "How far a sensor is found to be turned from how it was installed", &["sensor", "axis"])?,
            calibration_residual_px: make.gauges("lukou_calibration_residual_px", "Root mean square distance of a camera's box edges from where the fused picture has them", &["sensor"])?,
            signal_age_s: make.gauge("lukou_signal_age_seconds", "Age of the signal controller's newest word")?,
            signal_connected: make.gauges("lukou_signal_connected", "1 while the signal controller's states come", &["source"])?,
            signal_frames: make.counter("lukou_signal_frames_total", "Frames of the signal controller that were understood", &["source"])?,
            signal_commands: make.counter("lukou_signal_commands_total", "Words of the signal controller on commands", &["source", "word"])?,
            signal_reconnects: make.counter("lukou_signal_reconnects_total", "Times the link to the signal controller was lost or could not be made", &["source"])?,
            signal_clock_offset_s: make.gauges("lukou_signal_clock_offset_seconds", "How far the signal controller's clock is ahead of ours", &["source"])?,
            signal_predictions: make.counter("lukou_signal_predictions_total", "Predicted ends of lights with about 80 % confidence, and where the true end was", &["light", "outcome"])?,
            signal_prediction_coverage: make.gauges("lukou_signal_prediction_coverage_ratio", "Share of the ends predicted with about 80 % confidence that lately came true", &["light"])?,
            signal_contradicted: make.counter("lukou_signal_contradicted_total", "Lights that changed against what had been said", &["by"])?,
            cloud_connected: make.int_gauge("lukou_cloud_connected", "1 while a city peer or router is connected")?,
            outbox_messages: make.gauges("lukou_outbox_messages", "Messages that wait for the city's receipt", &["kind"])?,
            outbox_bytes: make.gauges("lukou_outbox_bytes", "Payload bytes that wait for the city's receipt", &["kind"])?,
            outbox_oldest_s: make.gauges("lukou_outbox_oldest_seconds", "How long the oldest has waited for the city's receipt", &["kind"])?,
            city_commands: make.counter("lukou_city_commands_total", "Answers to commands of the city", &["answer", "reason"])?,
            cloud_published: make.counter("lukou_cloud_published_total", "State messages published to the city", &["kind"])?,
            vehicles_connected: make.int_gauge("lukou_vehicles_connected", "Vehicles subscribed over 5G")?,
            clock_offset_s: make.gauge("lukou_clock_offset_seconds", "System UTC minus the service's time")?,
            clock_steps: make.int_gauge("lukou_clock_steps", "Times the system's clock was found to have been set")?,
            lane_flow_per_h: make.gauges("lukou_lane_flow_per_hour", "Vehicles per hour in the last finished window", &["lane"])?,
            lane_speed_mps: make.gauges("lukou_lane_speed_mps", "Mean speed in the last finished window", &["lane"])?,
            lane_occupancy: make.gauges("lukou_lane_occupancy_ratio", "Share of the last finished window in which the lane was occupied", &["lane"])?,
            parking_bays: make.gauges("lukou_parking_bays", "Bays of a lot by status", &["lot", "status"])?,
            parking_overstays: make.gauges("lukou_parking_overstays", "Vehicles that have stayed longer than they may", &["lot"])?,
            parking_counted: make.gauges("lukou_parking_counted_vehicles", "Vehicles in the lot by its gates", &["lot"])?,
            parking_turnover: [
                make.gauges("lukou_parking_arrivals", "Bays of a lot that were taken in the last hour", &["lot"])?,
                make.gauges("lukou_parking_departures", "Bays of a lot that were left in the last hour", &["lot"])?,
            ],
            water_depth_m: make.gauges("lukou_water_depth_m", "Depth of water on the road, as a gauge last said", &["gauge"])?,
            water_measured_s: make.gauges("lukou_water_measured_timestamp_seconds", "When a gauge measured its newest depth, since 1970 UTC", &["gauge"])?,
            events: make.counter("lukou_events_total", "Events on the road that are over, by kind and how they ended", &["kind", "ending"])?,
            evidence_files: make.int_gauge("lukou_evidence_files", "Recordings around events that are kept")?,
            evidence_bytes: make.int_gauge("lukou_evidence_bytes", "Bytes of the recordings around events")?,
            info: make.gauges("lukou_info", "What runs here", &["version", "site"])?,
            registry,
        })
    }

    /// Counts something given up at a place for a reason.
    pub fn count_drop(&self, place: &str, reason: &str, count: u64) {
        self.dropped.with_label_values(&[place, reason]).inc_by(count);
    }

    /// Counts one detection of a camera.
    pub fn count_detection(&self, sensor: &str, class: Class) {
        self.detections.with_label_values(&[sensor, class.as_str()]).inc();
    }

    /// Everything given up so far: place, reason, count.
    pub fn drops(&self) -> Vec<(String, String, u64)> {
        counted(&self.dropped, "where")
    }

    /// Everything held back so far: message, reason, count.
    pub fn suppressed(&self) -> Vec<(String, String, u64)> {
        counted(&self.messages_suppressed, "message")
    }

    /// The text exposition format, version 0.0.4.
    pub fn render(&self) -> Result<String, prometheus::Error> {
        let mut bytes = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut bytes)?;
        String::from_utf8(bytes).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

/// A counter's values by one label and the reason.
fn counted(counter: &IntCounterVec, place: &str) -> Vec<(String, String, u64)> {
    let label = |metric: &prometheus::proto::Metric, name: &str| {
        let pair = metric.get_label().iter().find(|pair| pair.name() == name);
        pair.map_or(String::new(), |pair| pair.value().to_owned())
    };
    let families = counter.collect();
    let metrics = families.iter().flat_map(|family| family.get_metric());
    metrics.map(|m| (label(m, place), label(m, "reason"), m.get_counter().get_value() as u64)).collect()
}

/// A quantile of everything that a histogram has seen under all its labels, interpolated within its bucket; `None` before
/// the first value. Values beyond the last bound count as that bound.
pub fn quantile(histogram: &HistogramVec, q: f64) -> Option<f64> {
    let mut cumulative: Vec<(f64, u64)> = Vec::new();
    let mut total = 0;
    for family in histogram.collect() {
        for metric in family.get_metric() {
            let seen = metric.get_histogram();
            total += seen.get_sample_count();
            for (index, bucket) in seen.get_bucket().iter().enumerate() {
                match cumulative.get_mut(index) {
                    Some((_, count)) => *count += bucket.cumulative_count(),
                    None => cumulative.push((bucket.upper_bound(), bucket.cumulative_count())),
                }
            }
        }
    }
    let rank = (total > 0).then_some(q * total as f64)?;
    let (mut lower, mut below) = (0.0, 0);
    for (bound, count) in cumulative {
        if count as f64 >= rank && count > below {
            return Some(lower + (bound - lower) * (rank - below as f64) / (count - below) as f64);
        }
        (lower, below) = (bound, count);
    }
    Some(lower)
}

/// Makes and registers in one step.
struct Maker<'a>(&'a Registry);

impl Maker<'_> {
    fn histogram(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: &[f64],
    ) -> Result<HistogramVec, prometheus::Error> {
        let metric = HistogramVec::new(HistogramOpts::new(name, help).buckets(buckets.to_vec()), labels)?;
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn counter(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, prometheus::Error> {
        let metric = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> Result<GaugeVec, prometheus::Error> {
        let metric = GaugeVec::new(Opts::new(name, help), labels)?;
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn gauge(&self, name: &str, help: &str) -> Result<Gauge, prometheus::Error> {
        let metric = Gauge::new(name, help)?;
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }

    fn int_gauge(&self, name: &str, help: &str) -> Result<IntGauge, prometheus::Error> {
        let metric = IntGauge::new(name, help)?;
        self.0.register(Box::new(metric.clone()))?;
        Ok(metric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_interpolated_over_all_labels() {
        let metrics = Metrics::new().unwrap();
        let histogram = &metrics.capture_to_radio_s;
        assert_eq!(quantile(histogram, 0.5), None);
        for _ in 0..50 {
            histogram.with_label_values(&["RSM"]).observe(0.045);
            histogram.with_label_values(&["SDSM"]).observe(0.055);
        }
        let median = quantile(histogram, 0.5).unwrap();
        assert!((median - 0.050).abs() < 1e-9, "{median}");
        let p75 = quantile(histogram, 0.75).unwrap();
        assert!((p75 - 0.055).abs() < 1e-9, "{p75}");
    }

    #[test]
    fn drops_are_told_with_place_and_reason() {
        let metrics = Metrics::new().unwrap();
        metrics.count_drop("align", "late", 3);
        assert_eq!(metrics.drops(), [("align".to_owned(), "late".to_owned(), 3)]);
        assert!(metrics.render().unwrap().contains("lukou_dropped_total{reason=\"late\",where=\"align\"} 3"));
    }
}
