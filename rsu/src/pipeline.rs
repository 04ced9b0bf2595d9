//! The data's way through the house, on one screen: align, lift, track, locate, assess, compose, gate, encode.
//!
//! Sans-IO: [`Pipeline::handle`] takes one input and the time, [`Pipeline::poll_output`] gives what follows from it,
//! [`Pipeline::wake_at`] says when time alone will matter. The same inputs give the same outputs, bit for bit.

use std::collections::VecDeque;
use std::sync::Arc;

use perception::align::{AlignSettings, Aligner};
use perception::calibration::{GeometryError, SiteGeometry};
use perception::detection::{SensorFrame, SensorId};
use perception::lanes::{LaneMap, LocatedTrack};
use perception::lift::{LiftError, LiftSettings, Lifter};
use perception::parking::{LotState, ParkingMonitor};
use perception::time::UtcMicros;
use perception::track::{Disbelief, SensorHealth, Track, Tracker, TrackerSettings};
use perception::traffic::{LaneWindow, TrafficCounter};

use crate::cadence::Cadence;
use crate::gate::{Limits, ObjectGate, Reason, SaidSignal, SignalGate};
use crate::ghosts::Ghosts;
use crate::map::SiteMap;
use crate::map::conflicts::Conflicts;
use crate::messages::{Composed, Composer, Edition, ObjectPicture};
use crate::priority::{Arbiter, Command, Decision, Event, Refusal};
use crate::radios::{MessageKind, Transmission};
use crate::reports::{ReportReader, Unread};
use crate::signals::SignalState;
use crate::signals::history::History;
use crate::signals::predict::{Foresight, Predictor};

const SPAT_PERIOD_S: f64 = 0.1;
const OBJECTS_PERIOD_S: f64 = 0.1;
const MAP_PERIOD_S: f64 = 1.0;
const PARKING_PERIOD_S: f64 = 1.0;
const SENSORS_PERIOD_S: f64 = 1.0;
/// A camera that has been silent this long no longer sets the rhythm of the object messages.
const CAMERA_SILENT_S: f64 = 0.5;
/// A sensor that has been silent this long sees nothing: bays that only it sees become unknown.
const SENSOR_SILENT_S: f64 = 1.0;
/// Time that jumps by more than this, or runs back by more than [`CLOCK_BACK_S`], was set: rhythms begin anew.
const CLOCK_FORWARD_S: f64 = 5.0;
const CLOCK_BACK_S: f64 = 0.5;

/// Everything that can happen to the site.
#[derive(Clone, Debug)]
pub enum Input {
    /// A camera's detections or a radar's scan has arrived.
    Sensor(SensorFrame),
    /// The signal controller has spoken.
    Signal(SignalState),
    /// A radio has received something from a vehicle or a person.
    Received {
        /// By which receiver.
        receiver: SensorId,
        /// As it came: a message, bare or in its network layer's frame.
        frame: Arc<[u8]>,
    },
    /// The signal controller's word on a [`Output::Command`].
    Commanded {
        /// The command's number.
        number: u32,
        /// Whether it does it.
        word: Result<(), Refusal>,
    },
    /// Time has passed.
    Tick,
}

/// Everything that follows.
#[derive(Clone, Debug)]
pub enum Output {
    /// Broadcast this.
    Send(Transmission),
    /// The fused picture, as it was just broadcast.
    Picture(Picture),
    /// What the gate let through of the signal, and what it held back.
    Signal(SaidSignal),
    /// How true predictions of the lights were so far.
    Foresight(Foresight),
    /// Traffic windows that have ended.
    Traffic(Vec<LaneWindow>),
    /// Parking lots as they are.
    Parking(Vec<LotState>),
    /// How far each sensor is found to be off.
    Sensors(Vec<SensorHealth>),
    /// What became of something received.
    Received {
        /// By which receiver.
        receiver: SensorId,
        /// Which message was fused or heard as a request, or why it was not.
        outcome: Result<&'static str, &'static str>,
    },
    /// The controller is to serve, or to let go of, a request for priority.
    Command(Command),
    /// A request for priority stands otherwise than before.
    Priority(Decision),
    /// Something was given up.
    Dropped {
        /// Where.
        place: &'static str,
        /// Why.
        reason: &'static str,
        /// How many.
        count: u64,
    },
    /// Something was not said.
    Suppressed {
        /// Which message.
        message: MessageKind,
        /// Why.
        reason: Reason,
    },
}

/// The fused picture at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// When it is valid, and when it was said.
    pub at: UtcMicros,
    /// Road users in ascending order of id.
    pub tracks: Vec<LocatedTrack>,
}

/// What a pipeline is made from.
#[derive(Clone, Debug)]
pub struct PipelineSettings {
    /// Sensors and lanes.
    pub geometry: SiteGeometry,
    /// The road as broadcast; `None`: no MAP goes out.
    pub map: Option<SiteMap>,
    /// What goes on the air.
    pub edition: Edition,
    /// Length of the traffic windows, seconds.
    pub traffic_window_s: u32,
    /// How long frames wait for each other.
    pub align: AlignSettings,
    /// How measurements become tracks.
    pub tracker: TrackerSettings,
    /// What the gate lets through.
    pub limits: Limits,
    /// When the pipeline begins.
    pub start: UtcMicros,
}

/// One site's pipeline.
#[derive(Debug)]
pub struct Pipeline {
    aligner: Aligner,
    lifter: Lifter,
    tracker: Tracker,
    ghosts: Option<Ghosts>,
    reports: Option<ReportReader>,
    priority: Option<Arbiter>,
    lanes: LaneMap,
    traffic: TrafficCounter,
    lots: Vec<ParkingMonitor>,
    composer: Composer,
    gate: SignalGate,
    object_gate: ObjectGate,
    predictor: Predictor,
    rhythm: Rhythm,
    newest_camera: Option<Newest>,
    heard: Vec<Heard>,
    picture_due: UtcMicros,
    last_now: UtcMicros,
    outputs: VecDeque<Output>,
}

/// The rhythms of everything periodic.
#[derive(Debug)]
struct Rhythm {
    spat: Cadence,
    objects: Cadence,
    map: Cadence,
    parking: Cadence,
    sensors: Cadence,
}

impl Rhythm {
    fn new(start: UtcMicros) -> Self {
        Self {
            spat: Cadence::new(SPAT_PERIOD_S, start),
            objects: Cadence::new(OBJECTS_PERIOD_S, start),
            map: Cadence::new(MAP_PERIOD_S, start),
            parking: Cadence::new(PARKING_PERIOD_S, start),
            sensors: Cadence::new(SENSORS_PERIOD_S, start),
        }
    }

    fn deadline(&self) -> UtcMicros {
        let all = [&self.objects, &self.map, &self.parking, &self.sensors];
        all.into_iter().fold(self.spat.deadline(), |least, cadence| least.min(cadence.deadline()))
    }
}

/// When a sensor was last heard, and capture and arrival of what it said.
#[derive(Clone, Debug)]
struct Heard {
    sensor: SensorId,
    at: UtcMicros,
    newest: (UtcMicros, UtcMicros),
}

impl Heard {
    fn never(sensor: &SensorId) -> Self {
        let never = UtcMicros(i64::MIN);
        Self { sensor: sensor.clone(), at: never, newest: (never, never) }
    }
}

/// The newest camera frame that is in the picture; which camera sets the rhythm.
#[derive(Clone, Debug)]
struct Newest {
    sensor: SensorId,
    captured_at: UtcMicros,
    arrived_at: UtcMicros,
    fused_at: UtcMicros,
    /// Whether a message has told of it already: latency is counted for the first only.
    said: bool,
}

impl Pipeline {
    /// A pipeline with an empty picture; fails if the geometry cannot be.
    pub fn new(settings: PipelineSettings) -> Result<Self, GeometryError> {
        let PipelineSettings { geometry, map, edition, traffic_window_s, align, tracker, limits, start } = settings;
        let conflicts = map.as_ref().map(|map| Conflicts::of(map, &geometry.origin, &limits.conflicts));
        let region_enu_m = map.as_ref().map_or(Vec::new(), |map| map.region_enu_m.clone());
        let lots = map.as_ref().map_or(&[][..], |map| &map.lots);
        Ok(Self {
            aligner: Aligner::new(&geometry, align),
            lifter: Lifter::new(&geometry, LiftSettings::default())?,
            tracker: Tracker::new(&geometry, tracker)?,
            ghosts: None,
            reports: None,
            priority: None,
            lanes: LaneMap::new(&geometry.lanes),
            traffic: TrafficCounter::new(&geometry, traffic_window_s),
            lots: lots.iter().map(|lot| ParkingMonitor::new(lot, &geometry)).collect(),
            composer: Composer::new(edition, &geometry, map),
            gate: SignalGate::new(limits.signal, conflicts.unwrap_or_default()),
            object_gate: ObjectGate::new(limits.objects, region_enu_m),
            predictor: Predictor::default(),
            rhythm: Rhythm::new(start),
            newest_camera: None,
            heard: geometry.sensors.iter().map(|sensor| Heard::never(sensor.id())).collect(),
            picture_due: start,
            last_now: start,
            outputs: VecDeque::new(),
        })
    }

    /// The same, with a model that judges which tracks are in the picture.
    pub fn with_ghosts(self, ghosts: Option<Ghosts>) -> Self {
        Self { ghosts, ..self }
    }

    /// The same, with what was learnt of the lights before.
    pub fn with_history(self, history: History) -> Self {
        Self { predictor: Predictor::new(history), ..self }
    }

    /// What has been learnt of the lights, to be kept.
    pub fn history(&self) -> &History {
        self.predictor.history()
    }

    /// The same, with what road users say of themselves in the picture.
    pub fn with_reports(self, reports: Option<ReportReader>) -> Self {
        Self { reports, ..self }
    }

    /// The same, with somebody who answers requests for signal priority.
    pub fn with_priority(self, priority: Option<Arbiter>) -> Self {
        Self { priority, ..self }
    }

    /// One input at `now`; `arrived_at` is when it reached the service, at or before `now`.
    pub fn handle(&mut self, now: UtcMicros, arrived_at: UtcMicros, input: Input) {
        self.notice_clock_steps(now);
        match input {
            Input::Sensor(frame) => {
                if let Some(heard) = self.heard.iter_mut().find(|heard| heard.sensor == *frame.sensor()) {
                    heard.at = now;
                    heard.newest = (frame.captured_at(), arrived_at);
                }
                if let Err(drop) = self.aligner.push(now, frame) {
                    self.dropped("align", drop.as_str(), 1);
                }
            }
            Input::Signal(state) => match self.gate.hear(now, state) {
                Ok(()) if self.rhythm.spat.fresh(now) => self.say_signal(now),
                Ok(()) => {}
                Err(reason) => self.dropped("signal", reason.as_str(), 1),
            },
            Input::Received { receiver, frame } => {
                let outcome = self.hear(now, arrived_at, &frame);
                self.outputs.push_back(Output::Received { receiver, outcome });
            }
            Input::Commanded { number, word } => {
                if let Some(priority) = &mut self.priority {
                    priority.controller_said(number, word);
                }
            }
            Input::Tick => {}
        }
        while let Some(frame) = self.aligner.pop_ready(now) {
            self.fuse(now, &frame);
        }
        self.keep_time(now);
    }

    /// What follows from the inputs so far, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Input::Tick`] is due if nothing else comes.
    pub fn wake_at(&self) -> UtcMicros {
        let answers = self.priority.as_ref().and_then(Arbiter::answer_at);
        let deadline = self.rhythm.deadline().min(self.picture_due).min(answers.unwrap_or(self.picture_due));
        self.aligner.next_deadline().map_or(deadline, |frames| frames.min(deadline))
    }

    /// What a road user says of itself or asks for; which message it was, or why it was not taken. Of a VIR that does both
    /// it is told what became of the first, where that is wanted.
    fn hear(&mut self, now: UtcMicros, arrived_at: UtcMicros, frame: &[u8]) -> Result<&'static str, &'static str> {
        let asked = self.priority.as_mut().and_then(|priority| priority.receive(now, arrived_at, frame));
        match (self.fuse_report(arrived_at, frame), asked) {
            (Err("not_wanted" | "not_a_report"), Some(asked)) => asked,
            (fused, _) => fused,
        }
    }

    fn fuse_report(&mut self, arrived_at: UtcMicros, frame: &[u8]) -> Result<&'static str, &'static str> {
        let reader = self.reports.as_ref().ok_or("not_wanted")?;
        let (message, report) = reader.read(arrived_at, frame).map_err(Unread::as_str)?;
        self.tracker.hear(&report).map(|_| message).map_err(Disbelief::as_str)
    }

    /// Who goes first, what the controller is asked, what those who ask are told.
    fn arbitrate(&mut self, now: UtcMicros) {
        let Some(priority) = &mut self.priority else { return };
        let gate = &self.gate;
        priority.advance(now, |a, b| gate.may_not_go_together(a, b));
        self.outputs.extend(priority.take_events().into_iter().map(|event| match event {
            Event::Decided(decision) => Output::Priority(decision),
            Event::Command(command) => Output::Command(command),
        }));
        if let Some(answers) = priority.answers_due(now) {
            let composed = self.composer.answers(now, &answers);
            self.send(composed);
        }
    }

    /// Lifts one frame onto the ground and into the picture; a fresh frame of the leading sensor sends the picture out.
    fn fuse(&mut self, now: UtcMicros, frame: &SensorFrame) {
        match self.lifter.lift(frame) {
            Ok(scan) => {
                for (reason, count) in scan.dropped.iter().filter(|(_, count)| *count > 0) {
                    self.dropped("lift", reason.as_str(), u64::from(count));
                }
                if let Some(refusal) = self.tracker.step(&scan).refused {
                    self.dropped("track", refusal.as_str(), 1);
                }
            }
            Err(LiftError::UnknownSensor(_)) => self.dropped("lift", "unknown_sensor", 1),
            Err(LiftError::WrongKind(_)) => self.dropped("lift", "wrong_kind", 1),
        }
        let leads = match frame {
            SensorFrame::Camera(camera) => self.camera_leads(now, &camera.sensor, camera.captured_at),
            SensorFrame::Radar(_) => self.silent_cameras(now),
        };
        if leads && self.rhythm.objects.fresh(now) {
            self.say_objects(now);
        }
    }

    /// Object messages leave with the frames of one camera, so that they carry its pictures while they are young.
    fn camera_leads(&mut self, now: UtcMicros, sensor: &SensorId, captured_at: UtcMicros) -> bool {
        let takes_over = self.silent_cameras(now);
        let heard = self.heard.iter().find(|heard| heard.sensor == *sensor && heard.newest.0 == captured_at);
        let arrived_at = heard.map_or(now, |heard| heard.newest.1);
        match &mut self.newest_camera {
            Some(newest) if !takes_over && newest.sensor != *sensor => false,
            newest => {
                *newest = Some(Newest { sensor: sensor.clone(), captured_at, arrived_at, fused_at: now, said: false });
                true
            }
        }
    }

    fn silent_cameras(&self, now: UtcMicros) -> bool {
        self.newest_camera.as_ref().is_none_or(|newest| now.seconds_since(newest.fused_at) > CAMERA_SILENT_S)
    }

    /// Whatever is due by time alone.
    fn keep_time(&mut self, now: UtcMicros) {
        if self.rhythm.spat.elapsed(now) {
            self.say_signal(now);
        }
        self.arbitrate(now);
        if self.rhythm.objects.elapsed(now) {
            self.say_objects(now);
        }
        if now >= self.picture_due {
            let tracks = self.look(now);
            self.outputs.push_back(Output::Picture(Picture { at: now, tracks }));
        }
        if self.rhythm.map.elapsed(now) {
            let composed = self.composer.map(now);
            self.send(composed);
        }
        if self.rhythm.parking.elapsed(now) {
            self.outputs.push_back(Output::Parking(self.lots.iter().map(ParkingMonitor::state).collect()));
        }
        if self.rhythm.sensors.elapsed(now) {
            self.outputs.push_back(Output::Sensors(self.tracker.health().collect()));
            self.outputs.push_back(Output::Foresight(self.predictor.foresight()));
        }
        let finished = self.traffic.take_finished(now);
        if !finished.is_empty() {
            self.outputs.push_back(Output::Traffic(finished));
        }
    }

    fn say_signal(&mut self, now: UtcMicros) {
        let mut said = self.gate.say(now);
        let leave = said.without_times();
        self.predictor.complete(&mut said.state, &leave);
        self.suppressed(MessageKind::Spat, said.held.iter().map(|held| held.reason).collect());
        if !said.state.groups.is_empty() {
            let composed = self.composer.spat(now, &said.state);
            self.send(composed);
        }
        if let Some(priority) = &mut self.priority {
            priority.signal(&said.state);
        }
        self.outputs.push_back(Output::Signal(said));
    }

    /// The picture now, and what follows from it for traffic and parking.
    fn look(&mut self, now: UtcMicros) -> Vec<LocatedTrack> {
        self.picture_due = now.plus_seconds(OBJECTS_PERIOD_S);
        self.tracker.advance(now);
        let tracks = self.shown(now);
        let live = self.heard.iter().filter(|heard| is_live(now, heard.at)).map(|heard| heard.sensor.clone());
        let live: Vec<SensorId> = live.collect();
        for lot in &mut self.lots {
            lot.update(now, &tracks, &live);
        }
        let tracks = self.lanes.locate_all(tracks);
        self.traffic.update(now, &tracks, &live);
        tracks
    }

    fn shown(&mut self, now: UtcMicros) -> Vec<Track> {
        let Some(ghosts) = &mut self.ghosts else { return self.tracker.picture(now) };
        let (tracks, judged) = ghosts.picture(self.tracker.candidates(now));
        if !judged {
            self.dropped("ghosts", "not_judged", 1);
        }
        tracks
    }

    fn say_objects(&mut self, now: UtcMicros) {
        let tracks = self.look(now);
        let mut held = Vec::new();
        let said = self.object_gate.pass(now, tracks.iter().map(|located| &located.track), &mut held);
        // Latency is told once for each frame, by the first message that carries it.
        let newest = self.newest_camera.as_mut().filter(|newest| !newest.said);
        let newest = newest.map(|newest| {
            newest.said = true;
            (newest.captured_at, newest.arrived_at)
        });
        let picture = ObjectPicture {
            tracks: &said,
            captured_at: newest.map(|(captured_at, _)| captured_at),
            arrived_at: newest.map(|(_, arrived_at)| arrived_at),
        };
        let composed = self.composer.objects(now, &picture);
        self.suppressed(self.composer.object_kind(), held);
        self.send(composed);
        self.outputs.push_back(Output::Picture(Picture { at: now, tracks }));
    }

    fn send(&mut self, composed: Vec<Composed>) {
        for result in composed {
            self.outputs.push_back(match result {
                Ok(transmission) => Output::Send(transmission),
                Err((message, reason)) => Output::Suppressed { message, reason },
            });
        }
    }

    fn dropped(&mut self, place: &'static str, reason: &'static str, count: u64) {
        self.outputs.push_back(Output::Dropped { place, reason, count });
    }

    fn suppressed(&mut self, message: MessageKind, reasons: Vec<Reason>) {
        self.outputs.extend(reasons.into_iter().map(|reason| Output::Suppressed { message, reason }));
    }

    /// A clock that was set must neither silence the site until the old time comes again nor flood the air.
    fn notice_clock_steps(&mut self, now: UtcMicros) {
        let passed_s = now.seconds_since(self.last_now);
        if !(-CLOCK_BACK_S..=CLOCK_FORWARD_S).contains(&passed_s) {
            self.rhythm = Rhythm::new(now);
            self.picture_due = now;
            self.newest_camera = None;
            if let Some(priority) = &mut self.priority {
                priority.forget(now);
            }
            self.dropped("pipeline", "clock_step", 1);
        }
        self.last_now = now;
    }
}

/// Whether a sensor last heard at `heard_at` still delivers.
fn is_live(now: UtcMicros, heard_at: UtcMicros) -> bool {
    (0.0..SENSOR_SILENT_S).contains(&now.seconds_since(heard_at))
}
