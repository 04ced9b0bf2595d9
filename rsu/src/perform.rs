//! Does what the pipeline asks for. Nothing here waits: radios, city and console each have a queue of their own.

mod lots_told;
mod shown;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use cloud_bridge::Update;
use perception::detection::Class;
use perception::events::Event;
use perception::frames::SiteFrame;
use perception::parking::LotState;
use perception::time::UtcMicros;
use perception::track::SensorHealth;
use perception::traffic::{LaneWindow, TrafficWindow};

use crate::audit::AuditLog;
use crate::board::{self, SharedBoard};
use crate::city::{self, CityLink};
use crate::clock::Clock;
use crate::commands::Answer;
use crate::console::state::{ConsoleLaneTraffic, ConsoleSignal, ConsoleState};
use crate::console::{ConsoleFeed, SentMessages};
use crate::evidence::Evidence;
use crate::gate::SaidSignal;
use crate::health::{Health, Level};
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::pipeline::{Input, Output, Picture};
use crate::priority::{Command, Control, Decision, Refusal};
use crate::radios::Radios;
use crate::signals::predict::Foresight;

pub use lots_told::LotsTold;
pub use shown::Rates;

/// The signal is told to the city this often; vehicles hear it ten times as often by radio.
const SIGNAL_TO_CITY_S: f64 = 1.0;

/// A sensor found turned, or a clock found off, by more than this is told as trouble: radians, seconds.
const ALARM_TURN_RAD: f64 = 0.0087;
const ALARM_CLOCK_S: f64 = 0.05;
/// If it is as sure as this, standard deviations.
const SURE_TURN_RAD: f64 = 0.002;
const SURE_CLOCK_S: f64 = 0.015;

/// Where outputs go.
pub struct Performer {
    /// To the vehicles.
    pub radios: Radios,
    /// To the city.
    pub city: CityLink,
    /// To the console.
    pub feed: ConsoleFeed,
    /// The newest messages, for the console's inspector.
    pub sent: SentMessages,
    /// Told when the first message goes out.
    pub health: Arc<Health>,
    /// Counted here.
    pub metrics: Metrics,
    /// For how long the service has run.
    pub clock: Arc<Clock>,
    /// Which sensors are simulated, and how everything does.
    pub board: SharedBoard,
    /// What the console shows, kept up to date piece by piece.
    pub shown: ConsoleState,
    /// Rates of the messages.
    pub rates: Rates,
    /// What was last known of the predictions.
    pub foresight: Foresight,
    /// When the signal was last told to the city.
    pub signal_told_at: UtcMicros,
    /// Lengths of the traffic windows that the city is told of, seconds. `None`: all.
    pub windows_told_s: Option<BTreeSet<u32>>,
    /// Where the site is.
    pub frame: SiteFrame,
    /// What was last told to the city of each lot.
    pub lots_told: LotsTold,
    /// Where decisions on priority are kept.
    pub audit: Option<AuditLog>,
    /// Keeps a recording around each event.
    pub evidence: Option<Evidence>,
    /// The way to the signal controller.
    pub control: Box<dyn Control>,
    /// For the controller's word.
    pub inlet: Inlet,
    /// Where the word on the city's commands goes.
    pub answers: SyncSender<Answer>,
}

impl Performer {
    /// One output at `now`.
    pub fn perform(&mut self, now: UtcMicros, output: Output) {
        match output {
            Output::Send(transmission) => {
                self.rates.count(now, &transmission);
                self.radios.offer(&transmission);
                self.sent.keep(now, &transmission);
                self.health.broadcast_went_out();
            }
            Output::Picture(picture) => self.picture(now, picture),
            Output::Signal(said) => self.signal(now, &said),
            Output::Foresight(foresight) => self.foresight(foresight),
            Output::Traffic(windows) => self.traffic(&windows),
            Output::Parking(lots) => self.parking(now, &lots),
            Output::Sensors(sensors) => self.sensors(&sensors),
            Output::Events(events) => self.events(now, &events),
            Output::Water(level) => {
                let gauge = [&*level.gauge];
                self.metrics.water_depth_m.with_label_values(&gauge).set(level.depth_m);
                self.metrics.water_measured_s.with_label_values(&gauge).set(level.measured_at.0 as f64 * 1e-6);
            }
            Output::Notice { id, outcome } => self.answer("notice", id, outcome),
            Output::LotCount { lot, outcome } => self.answer("parking", lot.to_string(), outcome),
            Output::Received { receiver, outcome: Ok(message) } => {
                self.metrics.received.with_label_values(&[&*receiver, message]).inc();
            }
            Output::Received { receiver, outcome: Err(reason) } => {
                self.metrics.count_drop(&format!("receiver {receiver}"), reason, 1);
            }
            Output::Command(command) => self.command(now, &command),
            Output::Priority(decision) => self.decision(&decision),
            Output::Guidance(outcome) => {
                self.metrics.parking_guidance.with_label_values(&[&*outcome.lot, outcome.what]).inc();
            }
            Output::Dropped { place, reason, count } => self.metrics.count_drop(place, reason, count),
            Output::Suppressed { message, reason } => {
                self.metrics.messages_suppressed.with_label_values(&[message.as_str(), reason.as_str()]).inc();
            }
        }
    }

    /// The word on something that the city has sent.
    fn answer(&self, place: &str, about: String, outcome: Result<(), &'static str>) {
        if let Err(reason) = outcome {
            self.metrics.count_drop(place, reason, 1);
        }
        // Who does not listen any more asks again.
        let _ = self.answers.try_send(Answer { about, outcome });
    }

    fn decision(&self, decision: &Decision) {
        let role = decision.role.map_or("unknown", |role| role.as_str());
        self.metrics.priority_requests.with_label_values(&[role, decision.why.outcome()]).inc();
        if let Some(audit) = &self.audit {
            audit.decision(decision);
        }
    }

    fn command(&mut self, now: UtcMicros, command: &Command) {
        let word = self.control.ask(command);
        if let Some(audit) = &self.audit {
            let answer = match word {
                None => "asked",
                Some(Ok(())) => "took",
                Some(Err(Refusal::Refused)) => "refused",
                Some(Err(Refusal::Silent)) => "silent",
                Some(Err(Refusal::NotSupported)) => "not_supported_by_this_source",
            };
            audit.command(now, command, answer);
        }
        if let Some(word) = word.filter(|_| command.serve) {
            self.inlet.offer(Input::Commanded { number: command.number, word });
        }
    }

    fn picture(&mut self, now: UtcMicros, picture: Picture) {
        for class in Class::ALL {
            let count = picture.tracks.iter().filter(|located| located.track.class == class).count();
            self.metrics.tracks.with_label_values(&[class.as_str()]).set(count as f64);
        }
        let board = board::lock(&self.board);
        self.shown.tracks = picture.tracks.iter().map(|located| shown::track(located, &board.simulated)).collect();
        self.shown.sensors.clone_from(&board.sensors);
        self.shown.links.clone_from(&board.links);
        self.shown.drops.clone_from(&board.drops);
        self.shown.held.clone_from(&board.held);
        self.shown.latency = board.latency;
        drop(board);
        self.shown.t_us = now.0;
        self.shown.uptime_s = self.clock.uptime_s();
        self.shown.messages = self.rates.shown();
        if let Err(error) = self.feed.publish(&self.shown) {
            tracing::error!(%error, "the console's state cannot be written");
        }
    }

    fn sensors(&mut self, sensors: &[SensorHealth]) {
        for found in sensors {
            let sensor = &*found.sensor;
            self.metrics.sensor_clock_offset_s.with_label_values(&[sensor]).set(found.clock_ahead_s);
            for (axis, turn_rad) in ["pitch", "yaw", "roll"].into_iter().zip(found.turn_rad) {
                self.metrics.sensor_turn_rad.with_label_values(&[sensor, axis]).set(turn_rad);
            }
            if let Some(residual_px) = found.residual_px {
                self.metrics.calibration_residual_px.with_label_values(&[sensor]).set(residual_px);
            }
            let id = format!("{sensor}.calibration");
            match alarm(found) {
                Some(reason) => self.health.set(&id, Level::Degraded, &reason),
                None => self.health.recover(&id),
            }
        }
    }

    fn foresight(&mut self, foresight: Foresight) {
        let before = std::mem::replace(&mut self.foresight, foresight);
        for (kind, coverage) in &self.foresight.coverage {
            let old = before.coverage.get(kind).copied().unwrap_or_default();
            let outcomes = [("inside", coverage.inside - old.inside), ("early", coverage.early - old.early)];
            for (outcome, count) in outcomes.into_iter().chain([("late", coverage.late - old.late)]) {
                self.metrics.signal_predictions.with_label_values(&[kind.as_str(), outcome]).inc_by(count);
            }
            if let Some(ratio) = coverage.ratio {
                self.metrics.signal_prediction_coverage.with_label_values(&[kind.as_str()]).set(ratio);
            }
        }
        let (new, old) = (self.foresight.contradictions, before.contradictions);
        let sources = [("controller", new.of_controller - old.of_controller)];
        for (by, count) in sources.into_iter().chain([("prediction", new.of_prediction - old.of_prediction)]) {
            self.metrics.signal_contradicted.with_label_values(&[by]).inc_by(count);
        }
    }

    fn signal(&mut self, now: UtcMicros, said: &SaidSignal) {
        let state = &said.state;
        let age_s = now.seconds_since(state.captured_at);
        self.metrics.signal_age_s.set(age_s);
        self.shown.signal_age_s = Some(age_s);
        let group = |group: &crate::signals::GroupState| ConsoleSignal {
            group: group.id,
            light: group.light,
            left_s: group.likely_end_s.map(|end_s| (end_s - age_s).max(0.0)),
            confidence: group.confidence,
            held: said.of_group(group.id).map(|held| held.reason.as_str().to_owned()),
        };
        self.shown.signals = state.groups.iter().map(group).collect();
        if now.seconds_since(self.signal_told_at).abs() >= SIGNAL_TO_CITY_S {
            self.signal_told_at = now;
            let simulated = self.simulated();
            self.publish(city::signal(state, simulated));
        }
    }

    fn traffic(&mut self, windows: &[TrafficWindow]) {
        let simulated = self.simulated();
        let told =
            |window: &&TrafficWindow| self.windows_told_s.as_ref().is_none_or(|told| told.contains(&window.window_s));
        for window in windows.iter().filter(told) {
            self.publish(city::traffic(window, simulated));
        }
        // Gauges and console show the shortest.
        let Some(shortest) = windows.iter().min_by_key(|window| window.window_s) else { return };
        for window in &shortest.lanes {
            let lane = [&*window.lane];
            self.metrics.lane_flow_per_h.with_label_values(&lane).set(window.flow_per_h.unwrap_or(f64::NAN));
            self.metrics.lane_occupancy.with_label_values(&lane).set(window.occupancy.unwrap_or(f64::NAN));
            self.metrics.lane_speed_mps.with_label_values(&lane).set(window.mean_speed_mps.unwrap_or(f64::NAN));
        }
        let shown = |window: &LaneWindow| ConsoleLaneTraffic {
            lane: window.lane.to_string(),
            flow_per_h: window.flow_per_h,
            mean_speed_mps: window.mean_speed_mps,
            occupancy: window.occupancy,
            queue: Some(window.stopped_max),
        };
        self.shown.lanes = shortest.lanes.iter().map(shown).collect();
    }

    fn parking(&mut self, now: UtcMicros, lots: &[LotState]) {
        let simulated = self.simulated();
        for lot in lots {
            for (status, count) in [("free", lot.free), ("occupied", lot.occupied), ("unknown", lot.unknown)] {
                self.metrics.parking_bays.with_label_values(&[&*lot.id, status]).set(f64::from(count));
            }
            let overstays = lot.bays.iter().filter(|bay| bay.overstay_s.is_some()).count();
            self.metrics.parking_overstays.with_label_values(&[&*lot.id]).set(overstays as f64);
            if let Some(counted) = &lot.counted {
                let vehicles = counted.vehicles.map_or(f64::NAN, f64::from);
                self.metrics.parking_counted.with_label_values(&[&*lot.id]).set(vehicles);
            }
            let turnover = [lot.turnover.arrivals, lot.turnover.departures];
            for (metric, count) in self.metrics.parking_turnover.iter().zip(turnover) {
                metric.with_label_values(&[&*lot.id]).set(f64::from(count));
            }
            if self.city.bridge().is_some() && self.lots_told.is_news(now, lot) {
                self.publish(city::parking(now, lot, &self.frame, simulated));
            }
        }
        self.shown.parking = lots.iter().map(shown::lot).collect();
    }

    /// Counted once, when it is over: how it ended is known then.
    fn events(&mut self, now: UtcMicros, events: &[Event]) {
        let simulated = self.simulated();
        for event in events {
            if let Some((_, ending)) = event.ended {
                self.metrics.events.with_label_values(&[event.kind.as_str(), ending.as_str()]).inc();
            }
            let evidence = self.evidence.as_mut().and_then(|evidence| evidence.follow(now, event));
            self.publish(city::event(event, evidence, simulated));
        }
    }

    fn simulated(&self) -> bool {
        !board::lock(&self.board).simulated.is_empty()
    }

    fn publish(&self, update: Update) {
        if let Some(bridge) = self.city.bridge()
            && let Err(error) = bridge.publish(update)
        {
            tracing::debug!(%error, "a state was not published; the bridge has counted it");
        }
    }
}

/// What there is to say of a sensor that is too far off. `None`: nothing.
fn alarm(found: &SensorHealth) -> Option<String> {
    let axes = [("pitch", 0), ("yaw", 1)];
    let turned = axes
        .into_iter()
        .find(|(_, axis)| found.turn_rad[*axis].abs() > ALARM_TURN_RAD && found.turn_sigma_rad[*axis] < SURE_TURN_RAD);
    if let Some((axis, index)) = turned {
        let degrees = found.turn_rad[index].to_degrees();
        return Some(format!("turned by {degrees:.1}° ({axis}) from how it was installed"));
    }
    let late = found.clock_ahead_s.abs() > ALARM_CLOCK_S && found.clock_sigma_s < SURE_CLOCK_S;
    late.then(|| format!("its clock is {:.0} ms ahead of the other sensors'", 1e3 * found.clock_ahead_s))
}
