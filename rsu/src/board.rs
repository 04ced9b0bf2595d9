//! How the site does, looked at once a second: sensors, links, clock. Kept for the console, `/metrics`, `/readyz` and
//! the city.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_bridge::schema::{self, LinkHealth, SensorHealth, Wellness};
use cloud_bridge::{Bridge, BridgeStats, State, Update};
use perception::calibration::Origin;
use perception::detection::SensorId;
use perception::time::UtcMicros;
use sensors::camera::CameraState;
use sensors::radar::RadarState;

use crate::city::CityLink;
use crate::clock::Clock;
use crate::console::state::{ConsoleDrop, ConsoleLatency, ConsoleLink, ConsoleSensor};
use crate::health::{Health, Level};
use crate::metrics::{Metrics, quantile};
use crate::radios::Radios;
use crate::radios::ledger::RadioState;
use crate::sensing::{Sensing, SensingStatus};

/// What was last seen of everything.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Sensors in the order of the site.
    pub sensors: Vec<ConsoleSensor>,
    /// Radios and the city.
    pub links: Vec<ConsoleLink>,
    /// Everything given up so far.
    pub drops: Vec<ConsoleDrop>,
    /// Everything held back so far.
    pub held: Vec<ConsoleDrop>,
    /// Latency so far.
    pub latency: ConsoleLatency,
    /// Sensors whose data are made, not measured.
    pub simulated: Vec<SensorId>,
}

/// A board that several threads share.
pub type SharedBoard = Arc<Mutex<Board>>;

/// The board, whatever a panicking thread did: it is replaced as a whole.
pub fn lock(board: &SharedBoard) -> MutexGuard<'_, Board> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks around once a second.
pub struct Lookout {
    /// Where it is kept.
    pub board: SharedBoard,
    /// What is looked at.
    pub sensing: Arc<Sensing>,
    /// What is looked at.
    pub radios: Radios,
    /// The city link, if the site has one.
    pub city: CityLink,
    /// Where reasons are told.
    pub health: Arc<Health>,
    /// Where figures are told.
    pub metrics: Metrics,
    /// Disciplined here.
    pub clock: Arc<Clock>,
    /// Where the site is.
    pub origin: Origin,
    /// What was counted before, to tell counters only what is new.
    pub counted: Counted,
}

/// How long it is told that promised messages were given up, seconds.
const GAVE_UP_TOLD_S: f64 = 600.0;

/// Totals at the last look.
#[derive(Debug, Default)]
pub struct Counted {
    frames: Vec<(SensorId, u64)>,
    restarts: Vec<(SensorId, u64)>,
    lost: Vec<(String, u64)>,
    published: Vec<(String, u64)>,
    /// When something that was promised to the city was last given up, in seconds of the service's run.
    broke_promise_s: Option<f64>,
}

impl Lookout {
    /// One look.
    pub fn look(&mut self) {
        self.metrics.clock_offset_s.set(self.clock.discipline());
        self.metrics.clock_steps.set(i64::try_from(self.clock.steps()).unwrap_or(i64::MAX));
        let now = self.clock.now();
        let status = self.sensing.status();
        let mut board = Board::default();
        self.cameras(now, &status, &mut board);
        self.radars(now, &status, &mut board);
        self.radios(&mut board);
        self.city(&mut board);
        let drop = |(place, reason, count)| ConsoleDrop { place, reason, count };
        board.drops = self.metrics.drops().into_iter().map(drop).collect();
        board.held = self.metrics.suppressed().into_iter().map(drop).collect();
        let milliseconds = |q| quantile(&self.metrics.capture_to_radio_s, q).map(|s| s * 1e3);
        board.latency =
            ConsoleLatency { capture_to_radio_p50_ms: milliseconds(0.50), capture_to_radio_p99_ms: milliseconds(0.99) };
        self.tell_city(now, &board);
        *lock(&self.board) = board;
    }

    fn cameras(&mut self, now: UtcMicros, status: &SensingStatus, board: &mut Board) {
        for (id, camera) in &status.cameras {
            let level = match camera.state {
                CameraState::Streaming => Level::Ok,
                CameraState::Connecting => Level::Degraded,
                CameraState::Retrying | CameraState::Stopped | CameraState::Ended => Level::Failed,
            };
            let detail = match (&camera.last_error, level) {
                (Some(error), Level::Degraded | Level::Failed) => format!("{}: {error}", camera.state.name()),
                _ => camera.state.name().to_owned(),
            };
            self.metrics.sensor_restarts.with_label_values(&[id]).inc_by(new(
                &mut self.counted.restarts,
                id,
                camera.reconnects,
            ));
            self.lost(&format!("camera {id}"), "overwritten", camera.dropped_overwritten);
            self.lost(&format!("camera {id}"), "wrong_size", camera.dropped_wrong_size);
            let age_s = camera.last_frame_at.map(|at| now.seconds_since(at));
            self.sensor(id, "camera", level, false, age_s, detail, board);
        }
    }

    fn radars(&mut self, now: UtcMicros, status: &SensingStatus, board: &mut Board) {
        for socket in &status.radars {
            for (reason, count) in &socket.bad_packets {
                self.lost(&format!("radar {}", socket.listen), reason, *count);
            }
            for radar in &socket.radars {
                let level = if radar.state == RadarState::Receiving { Level::Ok } else { Level::Failed };
                let at = socket.listen;
                let detail = match (&socket.last_error, level) {
                    (_, Level::Ok) => "receiving".to_owned(),
                    (Some(error), _) => format!("{} at {at}: {error}", radar.state.name()),
                    (None, _) => format!("{} at {at}", radar.state.name()),
                };
                self.lost(&format!("radar {}", radar.sensor), "lost_on_the_way", radar.lost);
                self.lost(&format!("radar {}", radar.sensor), "queue_full", radar.dropped_queue_full);
                let age_s = radar.last_scan_at.map(|at| now.seconds_since(at));
                self.sensor(&radar.sensor, "radar", level, radar.simulated, age_s, detail, board);
                if radar.simulated {
                    board.simulated.push(radar.sensor.clone());
                }
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one row of the board, told once for cameras and once for radars")]
    fn sensor(
        &mut self,
        id: &SensorId,
        kind: &str,
        level: Level,
        simulated: bool,
        age_s: Option<f64>,
        detail: String,
        board: &mut Board,
    ) {
        // What reached the pipeline, not what was decoded: a dead detector must show.
        let fresh = new(&mut self.counted.frames, id, self.metrics.sensor_frames.with_label_values(&[id]).get());
        if let Some(age_s) = age_s {
            self.metrics.sensor_age_s.with_label_values(&[id]).set(age_s);
        }
        let up = if level == Level::Ok { 1.0 } else { 0.0 };
        self.metrics.sensor_up.with_label_values(&[id]).set(up);
        self.metrics.sensor_simulated.with_label_values(&[id]).set(if simulated { 1.0 } else { 0.0 });
        self.health.set(id, level, &detail);
        board.sensors.push(ConsoleSensor {
            id: id.to_string(),
            kind: kind.to_owned(),
            state: level,
            simulated,
            // One look a second: what is new since the last is the rate.
            per_s: fresh as f64,
            age_s,
            detail,
        });
    }

    fn radios(&self, board: &mut Board) {
        for radio in self.radios.statuses() {
            let level = match radio.state {
                RadioState::Ok | RadioState::Idle => Level::Ok,
                RadioState::Failing => Level::Failed,
            };
            self.health.set(&radio.id, level, &radio.detail);
            let kind = match radio.kind.as_str() {
                "uu_quic" => "5g",
                "immediate_forward" => "immediate_forward",
                _ => "pc5",
            };
            board.links.push(ConsoleLink { id: radio.id, kind: kind.to_owned(), state: level, detail: radio.detail });
        }
    }

    fn city(&mut self, board: &mut Board) {
        if !self.city.is_wanted() {
            return;
        }
        let uptime_s = self.clock.uptime_s();
        let stats = self.city.bridge().map_or_else(BridgeStats::default, Bridge::stats);
        self.metrics.cloud_connected.set(i64::from(stats.connected()));
        for (kind, total) in &stats.published {
            let fresh = new(&mut self.counted.published, &kind.name().to_owned(), *total);
            self.metrics.cloud_published.with_label_values(&[kind.name()]).inc_by(fresh);
        }
        for ((kind, reason), total) in &stats.dropped {
            let place = format!("city {}", kind.name());
            let fresh = new(&mut self.counted.lost, &format!("{place} {}", reason.name()), *total);
            self.metrics.count_drop(&place, reason.name(), fresh);
            if fresh > 0 && kind.is_promised() && reason.loses() {
                self.counted.broke_promise_s = Some(uptime_s);
            }
        }
        for (reason, total) in &stats.refused_receipts {
            self.lost("city receipts", reason, *total);
        }
        for (kind, waiting) in &stats.outbox {
            let kind = [kind.name()];
            self.metrics.outbox_messages.with_label_values(&kind).set(waiting.messages as f64);
            self.metrics.outbox_bytes.with_label_values(&kind).set(waiting.bytes as f64);
            self.metrics.outbox_oldest_s.with_label_values(&kind).set(waiting.oldest_s);
        }
        let gave_up = self.counted.broke_promise_s.is_some_and(|at_s| uptime_s - at_s < GAVE_UP_TOLD_S);
        let (level, detail) = match (stats.connected(), stats.last_error) {
            (true, Some(error)) if stats.disk_refuses => {
                (Level::Degraded, format!("the outbox is in memory only: {error}"))
            }
            (true, _) if gave_up => (Level::Degraded, "gave up messages that were promised to the city".to_owned()),
            (true, _) => (Level::Ok, format!("{} connected", stats.connected_peers)),
            (false, Some(error)) => (Level::Degraded, format!("nobody connected: {error}")),
            (false, None) => (Level::Degraded, "nobody connected".to_owned()),
        };
        self.health.set("city", level, &detail);
        board.links.push(ConsoleLink { id: "city".into(), kind: "city".into(), state: level, detail });
    }

    fn lost(&mut self, place: &str, reason: &str, total: u64) {
        let fresh = new(&mut self.counted.lost, &format!("{place} {reason}"), total);
        if fresh > 0 {
            self.metrics.count_drop(place, reason, fresh);
        }
    }

    fn tell_city(&self, now: UtcMicros, board: &Board) {
        let Some(bridge) = self.city.bridge() else { return };
        let uptime_s = self.clock.uptime_s();
        let cameras = board.sensors.iter().filter(|sensor| sensor.kind == "camera");
        let unwell = self.health.components().into_iter().filter(|component| component.level != Level::Ok);
        let health = schema::Health {
            state: wellness(self.health.overall(uptime_s)),
            lat_deg: Some(self.origin.lat_deg),
            lon_deg: Some(self.origin.lon_deg),
            reasons: unwell.map(|component| format!("{}: {}", component.id, component.reason)).collect(),
            sensors: board.sensors.iter().map(sensor_health).collect(),
            links: board.links.iter().map(link_health).collect(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            uptime_s,
            frames_per_s: cameras.map(|camera| camera.per_s).reduce(|sum, per_s| sum + per_s),
            capture_to_radio_p99_s: board.latency.capture_to_radio_p99_ms.map(|ms| ms * 1e-3),
            memory_bytes: None,
        };
        let simulated = !board.simulated.is_empty();
        let update = Update { from_us: now.0, to_us: now.0, simulated, state: State::Health(health) };
        if let Err(error) = bridge.publish(update) {
            tracing::debug!(%error, "health was not published; the bridge has counted it");
        }
    }
}

/// What is new of a total since it was last asked for; a total that fell began anew.
fn new<K: Clone + PartialEq>(counted: &mut Vec<(K, u64)>, key: &K, total: u64) -> u64 {
    match counted.iter_mut().find(|(known, _)| known == key) {
        Some((_, before)) => {
            let fresh = total.checked_sub(*before).unwrap_or(total);
            *before = total;
            fresh
        }
        None => {
            counted.push((key.clone(), total));
            total
        }
    }
}

fn wellness(level: Level) -> Wellness {
    match level {
        Level::Ok => Wellness::Ok,
        Level::Degraded => Wellness::Degraded,
        Level::Failed => Wellness::Failed,
    }
}

fn sensor_health(sensor: &ConsoleSensor) -> SensorHealth {
    SensorHealth {
        id: sensor.id.clone(),
        kind: sensor.kind.clone(),
        state: wellness(sensor.state),
        age_s: sensor.age_s,
        simulated: sensor.simulated,
        detail: Some(sensor.detail.clone()),
    }
}

fn link_health(link: &ConsoleLink) -> LinkHealth {
    LinkHealth {
        id: link.id.clone(),
        kind: link.kind.clone(),
        state: wellness(link.state),
        detail: Some(link.detail.clone()),
    }
}
