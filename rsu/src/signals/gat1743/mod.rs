//! GA/T 1743-2020: the controller tells roadside V2X devices what its lamps show.
//!
//! Broadcast or reported about once a second, over UDP or TCP; asked for where the controller doesn't speak by itself.

use perception::time::UtcMicros;

use super::link::Transport;
use super::{Control, GroupState, Light, Moment, SignalSource, SignalState, Talk};

pub mod content;
pub mod frame;
mod settings;

pub use settings::{CaptureClock, GroupFile, OwnFile, Settings};

use content::{Content, Lamp, LampSteps};
use frame::{Deframer, Error, Frame, Party, object, operation};
use settings::{default_own_kind, word};

/// How often the run state, the control mode and a plan that is not known are asked for, seconds.
const ASK_STATE_S: f64 = 10.0;
/// How often the lamps are asked for if they don't come by themselves, seconds.
const ASK_LAMPS_S: f64 = 1.0;
/// They don't come by themselves if none came for so long, seconds.
const LAMPS_SILENT_S: f64 = 1.5;
/// Run state: a fault.
const FAULT: u8 = 2;
/// A frame that is older than the one before by less than this was overtaken on its way; by more, the clock was set, seconds.
const OVERTAKEN_S: f64 = 10.0;
/// For how long what we say is valid, seconds.
const TTL_S: u8 = 60;

/// The source.
#[derive(Debug)]
pub struct Gat1743 {
    settings: Settings,
    deframer: Deframer,
    /// Who the controller says it is.
    controller: Party,
    control: Option<Control>,
    in_fault: bool,
    plan: Vec<LampSteps>,
    next_plan: Vec<LampSteps>,
    /// Lamps of no group that were told of already.
    unmapped: Vec<(u16, u8, u8)>,
    lamps_at_s: f64,
    /// The controller's time of the newest lamps.
    lamps_sent_at: Option<UtcMicros>,
    ask_lamps_at_s: f64,
    ask_state_at_s: f64,
}

impl Gat1743 {
    /// A source that has heard nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            deframer: Deframer::default(),
            controller: Party { number: frame::EVERYBODY, kind: frame::CONTROLLER, ..Party::default() },
            control: None,
            in_fault: false,
            plan: Vec::new(),
            next_plan: Vec::new(),
            unmapped: Vec::new(),
            lamps_at_s: f64::NEG_INFINITY,
            lamps_sent_at: None,
            ask_lamps_at_s: 0.0,
            ask_state_at_s: 0.0,
        }
    }

    /// One frame; what follows from it goes into `talk`.
    fn take(&mut self, now: Moment, frame: &Frame, talk: &mut Talk) -> Result<(), Error> {
        self.check(frame)?;
        let content = content::decode(frame.object, &frame.content)?;
        talk.frames += 1;
        talk.clock_ahead_s = Some(frame.sent_at.seconds_since(now.utc));
        self.controller = frame.sender;
        if frame.operation == operation::REPORT {
            talk.send.push(self.frame(now, operation::REPORT_ACK, frame.object));
        }
        match content {
            Content::RunState(state) => self.in_fault = state == FAULT,
            Content::ControlMode(control) => self.control = control,
            Content::Plan(plan) => {
                self.plan = plan;
                self.next_plan.clear();
            }
            Content::NextPlan(plan) => self.next_plan = plan,
            Content::Lamps(lamps) => {
                self.in_order(frame.sent_at)?;
                self.lamps_at_s = now.uptime_s;
                let captured_at = match self.settings.clock {
                    CaptureClock::Arrival => now.utc,
                    CaptureClock::Controller => frame.sent_at,
                };
                self.tell_unmapped(&lamps, talk);
                let state = self.state(captured_at, &lamps, talk);
                talk.states.push(state);
            }
        }
        Ok(())
    }

    /// A light of before must not replace one of after.
    fn in_order(&mut self, sent_at: UtcMicros) -> Result<(), Error> {
        let newest = self.lamps_sent_at.map_or(sent_at, |newest| newest.max(sent_at));
        let late_s = newest.seconds_since(sent_at);
        if late_s > 0.0 && late_s < OVERTAKEN_S {
            return Err(Error::Late(late_s));
        }
        self.lamps_sent_at = Some(sent_at);
        Ok(())
    }

    fn check(&self, frame: &Frame) -> Result<(), Error> {
        if frame.version != frame::VERSION {
            return Err(Error::Version(frame.version));
        }
        if frame.sender.kind & frame::CONTROLLER == 0 {
            return Err(Error::Sender(frame.sender.kind));
        }
        let for_us = |own: OwnFile| (frame.receiver.region, frame.receiver.number) == (own.region, own.number);
        if frame.receiver.number != frame::EVERYBODY && !self.settings.own.is_none_or(for_us) {
            return Err(Error::Receiver(frame.receiver.number));
        }
        match frame.operation {
            operation::REPORT | operation::REPLY | operation::BROADCAST => Ok(()),
            operation::ERROR => Err(Error::Refused(frame.object)),
            other => Err(Error::Operation(other)),
        }
    }

    /// What the installer must know of lamps that are no group: once each.
    fn tell_unmapped(&mut self, lamps: &[Lamp], talk: &mut Talk) {
        for lamp in lamps {
            let key = (lamp.direction_deg, lamp.kind, lamp.id);
            let mapped = self.settings.group.iter().any(|file| file.is(key.0, key.1, key.2));
            if !mapped && !self.unmapped.contains(&key) && self.unmapped.len() < usize::from(u8::MAX) {
                self.unmapped.push(key);
                let (direction_deg, kind, id) = (key.0, word(key.1), key.2);
                talk.refuse("unmapped_lamp", format!("lamp {kind} number {id} of the entrance at {direction_deg}°"));
            }
        }
    }

    fn state(&self, captured_at: UtcMicros, lamps: &[Lamp], talk: &mut Talk) -> SignalState {
        let group = |file: &GroupFile| {
            let lamps = lamps.iter().filter(|lamp| file.is(lamp.direction_deg, lamp.kind, lamp.id));
            let states = lamps.map(|lamp| self.lamp(file.group, lamp));
            states.reduce(|all, state| agreed(all, state, talk))
        };
        let mut groups: Vec<GroupState> = self.settings.group.iter().filter_map(group).collect();
        groups.sort_by_key(|group| group.id);
        SignalState { captured_at, control: self.control, plan: None, groups }
    }

    /// What one lamp says of a group. Of a controller in fault, and of colours that cannot be, nothing is believed.
    fn lamp(&self, group: u8, lamp: &Lamp) -> GroupState {
        let Some(light) = lamp.light.filter(|_| !self.in_fault) else {
            return GroupState::new(group, Light::Unavailable);
        };
        let mut state = GroupState::new(group, light);
        let firm = matches!(self.control, None | Some(Control::FixedTime));
        if let Some(seconds) = lamp.countdown_s.filter(|_| self.control != Some(Control::Manual)) {
            let (min_s, max_s) = self.settings.countdown.window_s(seconds.into());
            state.likely_end_s = Some((min_s + max_s) / 2.0);
            // Where traffic decides, the countdown is the controller's best guess and binds it to nothing.
            state.min_end_s = firm.then_some(min_s);
            state.max_end_s = firm.then_some(max_s);
            if firm {
                state.next = self.next(lamp, light);
            }
        }
        state
    }

    /// What follows, by the plan; empty where the plan leaves it open.
    fn next(&self, lamp: &Lamp, light: Light) -> Vec<(Light, f64)> {
        let steps_of = |plan: &[LampSteps]| {
            let same = |s: &&LampSteps| (s.direction_deg, s.kind, s.id) == (lamp.direction_deg, lamp.kind, lamp.id);
            plan.iter().find(same).map(|lamp| merged(&lamp.steps)).unwrap_or_default()
        };
        let steps = steps_of(&self.plan);
        // Another plan from the next cycle on: where in the cycle the junction is nobody says, so what follows is open.
        if !self.next_plan.is_empty() && steps_of(&self.next_plan) != steps {
            return Vec::new();
        }
        let mut now = steps.iter().enumerate().filter(|(_, (shown, _))| *shown == light);
        let (Some((index, _)), None) = (now.next(), now.next()) else { return Vec::new() };
        let following = steps.iter().cycle().skip(index + 1).take(steps.len() - 1);
        following.map(|(light, seconds)| (*light, f64::from(*seconds))).collect()
    }

    /// A frame of ours to the controller, without content.
    fn frame(&self, now: Moment, operation: u8, object: u16) -> Vec<u8> {
        let own = self.settings.own.unwrap_or(OwnFile {
            region: self.controller.region,
            number: 1,
            kind: default_own_kind(),
        });
        frame::encode(&Frame {
            link_code: self.settings.link_code,
            sender: Party { region: own.region, kind: own.kind, number: own.number },
            receiver: self.controller,
            sent_at: now.utc,
            ttl_s: TTL_S,
            version: frame::VERSION,
            operation,
            object,
            signed: false,
            content: Vec::new(),
        })
    }
}

/// The steps with neighbours of the same light as one, the last and the first of the cycle too. Empty: a step is nothing
/// that a lamp shows.
fn merged(steps: &[(Option<Light>, u16)]) -> Vec<(Light, u32)> {
    let mut merged: Vec<(Light, u32)> = Vec::new();
    for (light, seconds) in steps.iter().filter(|(_, seconds)| *seconds > 0) {
        let Some(light) = *light else { return Vec::new() };
        match merged.last_mut() {
            Some((last, total)) if *last == light => *total += u32::from(*seconds),
            _ => merged.push((light, (*seconds).into())),
        }
    }
    if merged.len() > 1
        && let (Some(first), Some(last)) = (merged.first().copied(), merged.last_mut())
        && first.0 == last.0
    {
        last.1 += first.1;
        merged.remove(0);
    }
    merged
}

/// Two lamps of one group: what both say. If they show different things, nothing.
fn agreed(one: GroupState, other: GroupState, talk: &mut Talk) -> GroupState {
    if one.light != other.light {
        talk.refuse("lamps_disagree", format!("group {}: {:?} and {:?}", one.id, one.light, other.light));
        return GroupState::new(one.id, Light::Unavailable);
    }
    let both = |a: Option<f64>, b: Option<f64>, choose: fn(f64, f64) -> f64| Some(choose(a?, b?));
    GroupState {
        min_end_s: both(one.min_end_s, other.min_end_s, f64::min),
        max_end_s: both(one.max_end_s, other.max_end_s, f64::max),
        likely_end_s: both(one.likely_end_s, other.likely_end_s, f64::min),
        next: if one.next == other.next { one.next } else { Vec::new() },
        ..GroupState::new(one.id, one.light)
    }
}

impl SignalSource for Gat1743 {
    fn name(&self) -> &'static str {
        "gat1743"
    }

    fn open(&mut self, now: Moment, _talk: &mut Talk) {
        *self = Self { unmapped: std::mem::take(&mut self.unmapped), ..Self::new(self.settings.clone()) };
        // A controller that speaks by itself gets the time to do so.
        self.ask_lamps_at_s = now.uptime_s + LAMPS_SILENT_S;
        self.ask_state_at_s = now.uptime_s;
    }

    fn receive(&mut self, now: Moment, bytes: &[u8], talk: &mut Talk) {
        let mut frames = self.deframer.push(bytes);
        if self.settings.link.transport == Transport::Udp {
            frames.extend(self.deframer.finish().map(Err));
        }
        for frame in frames {
            if let Err(error) = frame.and_then(|frame| self.take(now, &frame, talk)) {
                talk.refuse(error.reason(), error.to_string());
            }
        }
    }

    fn wake_at_s(&self) -> Option<f64> {
        self.settings.ask.then(|| self.ask_lamps_at_s.min(self.ask_state_at_s))
    }

    fn tick(&mut self, now: Moment, talk: &mut Talk) {
        if now.uptime_s >= self.ask_state_at_s {
            self.ask_state_at_s = now.uptime_s + ASK_STATE_S;
            let plan = self.plan.is_empty().then_some(object::PLAN);
            for object in [object::RUN_STATE, object::CONTROL_MODE].into_iter().chain(plan) {
                talk.send.push(self.frame(now, operation::QUERY, object));
            }
        }
        if now.uptime_s >= self.ask_lamps_at_s {
            self.ask_lamps_at_s = now.uptime_s + ASK_LAMPS_S;
            if now.uptime_s - self.lamps_at_s > LAMPS_SILENT_S {
                talk.send.push(self.frame(now, operation::QUERY, object::LAMPS));
            }
        }
    }
}

#[cfg(test)]
mod tests;
