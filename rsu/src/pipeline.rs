//! The data's way through the house, on one screen: align, lift, track, locate, assess, compose, gate, encode.
//!
//! Sans-IO: [`Pipeline::handle`] takes one input and the time, [`Pipeline::poll_output`] gives what follows from it,
//! [`Pipeline::wake_at`] says when time alone will matter. The same inputs give the same outputs, bit for bit.

mod ports;
mod presence;
mod rhythm;

use std::collections::{BTreeMap, VecDeque};

use asn1::ObjectIdentifier;
use perception::align::Aligner;
use perception::calibration::GeometryError;
use perception::detection::{SensorFrame, SensorId};
use perception::frames::SiteFrame;
use perception::lanes::LocatedTrack;
use perception::lift::{LiftError, LiftSettings, Lifter};
use perception::parking::KeptCount;
use perception::time::UtcMicros;
use perception::track::{Disbelief, Track, Tracker};

use crate::assess::Assessor;
use crate::gate::{EventGate, ObjectGate, Reason, SignalGate};
use crate::ghosts::Ghosts;
use crate::guidance::Guides;
use crate::map::bays_as_lanes;
use crate::map::conflicts::Conflicts;
use crate::messages::{Composed, Composer, ObjectPicture};
use crate::notice::Notices;
use crate::priority::{Arbiter, Event};
use crate::radios::MessageKind;
use crate::received::{Received, Unread};
use crate::reports::ReportReader;
use crate::signals::history::History;
use crate::signals::predict::Predictor;

pub use ports::{Input, Output, Picture, PipelineSettings};
use presence::Presence;
use rhythm::Rhythm;

/// One site's pipeline.
#[derive(Debug)]
pub struct Pipeline {
    aligner: Aligner,
    lifter: Lifter,
    tracker: Tracker,
    ghosts: Option<Ghosts>,
    reports: Option<ReportReader>,
    priority: Option<Arbiter>,
    guides: Option<Guides>,
    assessor: Assessor,
    composer: Composer,
    gate: SignalGate,
    object_gate: ObjectGate,
    event_gate: EventGate,
    notices: Notices,
    predictor: Predictor,
    rhythm: Rhythm,
    presence: Presence,
    outputs: VecDeque<Output>,
}

impl Pipeline {
    /// A pipeline with an empty picture; fails if the geometry cannot be.
    pub fn new(settings: PipelineSettings) -> Result<Self, GeometryError> {
        let PipelineSettings { geometry, map, edition, traffic_window_s, align, tracker, limits, events, start } =
            settings;
        let conflicts = map.as_ref().map(|map| Conflicts::of(map, &geometry.origin, &limits.conflicts));
        let region_enu_m = map.as_ref().map_or(Vec::new(), |map| map.region_enu_m.clone());
        Ok(Self {
            aligner: Aligner::new(&geometry, align),
            lifter: Lifter::new(&geometry, LiftSettings::default())?,
            tracker: Tracker::new(&geometry, tracker)?.with_bays(&map.as_ref().map_or(Vec::new(), bays_as_lanes)),
            ghosts: None,
            reports: None,
            priority: None,
            guides: None,
            assessor: Assessor::new(&geometry, map.as_ref(), traffic_window_s, events),
            composer: Composer::new(edition, &geometry, map),
            gate: SignalGate::new(limits.signal, conflicts.unwrap_or_default()),
            object_gate: ObjectGate::new(limits.objects, region_enu_m.clone()),
            event_gate: EventGate::new(limits.events, SiteFrame::new(geometry.origin), region_enu_m),
            notices: Notices::default(),
            predictor: Predictor::default(),
            rhythm: Rhythm::new(start),
            presence: Presence::new(geometry.sensors.iter().map(|sensor| sensor.id())),
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

    /// The same, which goes on from what lots held when that was kept.
    pub fn with_lot_counts(mut self, kept: &BTreeMap<SensorId, KeptCount>) -> Self {
        self.assessor.go_on_counting(self.rhythm.last_now(), kept);
        self
    }

    /// What lots hold that are counted at their gates, to be kept.
    pub fn lot_counts(&self) -> BTreeMap<SensorId, KeptCount> {
        self.assessor.lot_counts()
    }

    /// The same, with what the city wanted told before.
    pub fn with_notices(self, notices: Notices) -> Self {
        Self { notices, ..self }
    }

    /// The same, with what road users say of themselves in the picture.
    pub fn with_reports(self, reports: Option<ReportReader>) -> Self {
        Self { reports, ..self }
    }

    /// The same, and it tells of parking lots under this AID.
    pub fn with_pam(self, aid: Option<u32>) -> Self {
        Self { composer: self.composer.with_pam(aid), ..self }
    }

    /// The same, and events and notices go out in RSM of the US set, too, as this road authority's.
    pub fn with_road_authority(self, authority: Option<ObjectIdentifier>) -> Self {
        Self { composer: self.composer.with_road_authority(authority), ..self }
    }

    /// The same, with somebody who answers requests for signal priority.
    pub fn with_priority(self, priority: Option<Arbiter>) -> Self {
        Self { priority, ..self }
    }

    /// The same, with somebody who leads vehicles through parking lots.
    pub fn with_guides(self, guides: Option<Guides>) -> Self {
        Self { guides, ..self }
    }

    /// One input at `now`; `arrived_at` is when it reached the service, at or before `now`.
    pub fn handle(&mut self, now: UtcMicros, arrived_at: UtcMicros, input: Input) {
        self.notice_clock_steps(now);
        match input {
            Input::Sensor(frame) => {
                self.presence.hear(now, arrived_at, &frame);
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
                let outcome = self.hear(now, &Received::open(arrived_at, &frame));
                self.outputs.push_back(Output::Received { receiver, outcome });
            }
            Input::Commanded { number, word } => {
                if let Some(priority) = &mut self.priority {
                    priority.controller_said(number, word);
                }
            }
            Input::LotCount { lot, vehicles } => {
                let known = self.assessor.set_lot_count(&lot, vehicles);
                let outcome = if known { Ok(()) } else { Err("unknown_lot") };
                self.outputs.push_back(Output::LotCount { lot, outcome });
            }
            Input::Water(level) => match self.assessor.water(level.clone()) {
                Ok(()) => self.outputs.push_back(Output::Water(level)),
                Err(reason) => self.dropped("water", reason, 1),
            },
            Input::Notice(notice) => {
                let id = notice.id.clone();
                let outcome = self.notices.take(now, notice);
                self.outputs.push_back(Output::Notice { id, outcome });
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
        let others = [answers, self.aligner.next_deadline()];
        others.into_iter().flatten().fold(self.rhythm.deadline(), UtcMicros::min)
    }

    /// What a road user says of itself or asks for; which message it was, or why it was not taken. Of a VIR that does several
    /// of these it is told what became of the first that is wanted.
    fn hear(&mut self, now: UtcMicros, frame: &Received<'_>) -> Result<&'static str, &'static str> {
        let asked = self.priority.as_mut().and_then(|priority| priority.receive(now, frame));
        let guided = self.guides.as_mut().and_then(|guides| guides.receive(now, frame));
        match (self.fuse_report(frame), asked.or(guided)) {
            (Err("not_wanted" | "not_a_report"), Some(asked)) => asked,
            (fused, _) => fused,
        }
    }

    fn fuse_report(&mut self, frame: &Received<'_>) -> Result<&'static str, &'static str> {
        let reader = self.reports.as_ref().ok_or("not_wanted")?;
        let (message, report) = reader.read(frame).map_err(Unread::as_str)?;
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
        if self.presence.leads(now, frame) && self.rhythm.objects.fresh(now) {
            self.say_objects(now);
        }
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
        if self.rhythm.picture_elapsed(now) {
            let tracks = self.look(now);
            self.outputs.push_back(Output::Picture(Picture { at: now, tracks }));
        }
        if self.rhythm.map.elapsed(now) {
            let composed = self.composer.map(now);
            self.send(composed);
        }
        if self.rhythm.parking.elapsed(now) {
            self.tell_parking(now);
        }
        if self.rhythm.sensors.elapsed(now) {
            self.outputs.push_back(Output::Sensors(self.tracker.health().collect()));
            self.outputs.push_back(Output::Foresight(self.predictor.foresight()));
        }
        self.tell_events(now);
        let finished = self.assessor.take_traffic(now);
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
        self.assessor.signal(now, &said.state);
        if let Some(priority) = &mut self.priority {
            priority.signal(&said.state);
        }
        self.outputs.push_back(Output::Signal(said));
    }

    /// Which bays are free, and the ways of those who asked.
    fn tell_parking(&mut self, now: UtcMicros) {
        let lots = self.assessor.lots();
        if let Some(guides) = &mut self.guides {
            guides.advance(now, &lots, |lot| self.composer.may_tell_of(now, lot).is_ok());
            self.outputs.extend(guides.take_outcomes().into_iter().map(Output::Guidance));
        }
        let composed = self.composer.parking(now, &lots, self.guides.as_ref());
        self.send(composed);
        self.outputs.push_back(Output::Parking(lots));
    }

    /// What happens on the road, and what the city wants told.
    fn tell_events(&mut self, now: UtcMicros) {
        let (news, refused) = self.assessor.take_events();
        if !news.is_empty() {
            self.outputs.push_back(Output::Events(news));
        }
        if refused > 0 {
            self.dropped("events", "too_many", refused);
        }
        for (timing, period_s) in self.rhythm.information_due(now) {
            for set in self.composer.sets() {
                let mut held = Vec::new();
                let (events, notices) = (self.assessor.events(), self.notices.kept(now));
                let told = self.event_gate.pass(now, set, timing, events, notices, &mut held);
                let composed = self.composer.information(now, set, timing, &told, period_s);
                self.suppressed(MessageKind::of_information(set), held);
                self.send(composed);
            }
        }
    }

    /// The picture now, and what follows from it for traffic, parking and events.
    fn look(&mut self, now: UtcMicros) -> Vec<LocatedTrack> {
        self.rhythm.picture_seen(now);
        self.tracker.advance(now);
        let tracks = self.shown(now);
        let live = self.presence.live(now);
        self.assessor.look(now, tracks, &live)
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
        let (captured_at, arrived_at) = self.presence.take_times().unzip();
        let picture = ObjectPicture { tracks: &said, captured_at, arrived_at };
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
        if !self.rhythm.was_set(now) {
            return;
        }
        self.presence.forget_leader();
        if let Some(priority) = &mut self.priority {
            priority.forget(now);
        }
        if let Some(guides) = &mut self.guides {
            guides.forget();
        }
        self.dropped("pipeline", "clock_step", 1);
    }
}
