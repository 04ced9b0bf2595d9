//! GB/T 20999-2017: the protocol between a controller and its host. We are a host that only asks.
//!
//! Lamp groups, run mode, plan and stage are asked for several times a second; the plan's stages, their phases and the
//! phases' lamp groups once, and again every minute: from these follows when a lamp changes.

use std::collections::{BTreeSet, VecDeque};

use super::link::Transport;
use super::{Control, GroupState, Light, Moment, SignalSource, SignalState, Talk};

pub mod frame;
mod settings;
pub mod table;

pub use settings::{GroupFile, Settings};

use frame::{Address, Deframer, Error, Frame, Value, Wire, kind};
use table::{Table, read};

/// Versions that are understood: what devices send, what the text says.
const VERSIONS: [u16; 2] = [0x0100, 0x0102];
/// Values in one query; some controllers take no long ones.
const VALUES_PER_QUERY: usize = 32;
/// Queries whose answers may still come, and for how long, seconds: what comes later is of a light of before.
const OPEN_QUERIES: usize = 32;
const OPEN_S: f64 = 1.0;
/// Lamps are told together if they were heard of within so many polls: a lamp of before and one of after a change would be
/// a picture that never was.
const TOGETHER_POLLS: f64 = 3.0;
/// How often plan, stages and phases are asked for anew, seconds; they may be edited.
const PLAN_AGAIN_S: f64 = 60.0;
/// A controller that says nothing for so many heartbeats is gone.
const HEARTBEATS_MISSED: f64 = 3.0;

/// The source.
#[derive(Debug)]
pub struct Gbt20999 {
    settings: Settings,
    deframer: Deframer,
    table: Table,
    /// What the controller says it does not have.
    absent: BTreeSet<Address>,
    /// Queries that may still be answered, oldest first: number, and when it was asked.
    open: VecDeque<(u8, Moment)>,
    sequence: u8,
    heard_at_s: f64,
    poll_at_s: f64,
    heartbeat_at_s: f64,
    plan_again_at_s: f64,
}

/// Where the junction is in its plan, as long as that is plain.
struct Ahead {
    /// The stages from the one that runs: lamp groups with green, and its length, seconds.
    stages: Vec<(u64, f64)>,
    /// Earliest and latest end of the one that runs, seconds from now.
    left_s: (f64, f64),
    /// Whether the plan binds the controller.
    firm: bool,
}

impl Gbt20999 {
    /// A source that has heard nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            deframer: Deframer::new(settings.crc),
            settings,
            table: Table::default(),
            absent: BTreeSet::new(),
            open: VecDeque::new(),
            sequence: 0,
            heard_at_s: 0.0,
            poll_at_s: 0.0,
            heartbeat_at_s: 0.0,
            plan_again_at_s: 0.0,
        }
    }

    fn take(&mut self, now: Moment, frame: &Frame, talk: &mut Talk) -> Result<(), Error> {
        let said_at = self.check(now, frame)?;
        talk.frames += 1;
        self.heard_at_s = now.uptime_s;
        match frame.kind {
            kind::REPLY | kind::BROADCAST | kind::TRAP => self.keep(said_at, now, frame, talk)?,
            kind::QUERY_ERROR => {
                let once = self.once();
                for Value { address, data } in &frame.values {
                    self.table.forget(*address);
                    if once.contains(address) {
                        self.absent.insert(*address);
                    }
                    talk.refuse("error_reply", format!("{address:?} is refused with {data:02x?}"));
                }
            }
            kind::HEARTBEAT => {
                let reply = self.frame(self.settings.heartbeat_reply, frame.sequence, Vec::new());
                self.send(&reply, talk);
            }
            kind::HEARTBEAT_REPLY | kind::HEARTBEAT_REPLY_VENDOR => {}
            other => return Err(Error::Kind(other)),
        }
        Ok(())
    }

    /// Whether the frame is one for us, and since when at the latest what it says was so: an answer may be as old as its query.
    fn check(&self, now: Moment, frame: &Frame) -> Result<Moment, Error> {
        let Settings { controller, crossing, .. } = self.settings;
        if !VERSIONS.contains(&frame.version) {
            return Err(Error::Version(frame.version));
        }
        if (controller != 0 && frame.controller != controller) || (crossing != 0 && frame.crossing != crossing) {
            return Err(Error::Controller(frame.controller, frame.crossing));
        }
        if !self.settings.check_sequence || !matches!(frame.kind, kind::REPLY | kind::QUERY_ERROR) {
            return Ok(now);
        }
        let is_open =
            |(number, asked): &&(u8, Moment)| *number == frame.sequence && now.uptime_s - asked.uptime_s <= OPEN_S;
        let query = self.open.iter().find(is_open);
        query.map(|(_, asked)| *asked).ok_or(Error::Sequence(frame.sequence))
    }

    /// Values of a reply or report; a state follows if a lamp group of ours is among them.
    ///
    /// # Errors
    /// A newer one has overtaken it.
    fn keep(&mut self, said_at: Moment, now: Moment, frame: &Frame, talk: &mut Talk) -> Result<(), Error> {
        if frame.values.iter().any(|value| self.table.is_newer(value.address, said_at)) {
            return Err(Error::Late(frame.sequence));
        }
        for value in &frame.values {
            self.table.keep(said_at, value.address, &value.data);
        }
        let ours = |address: Address| self.lamps().any(|lamp| self.lamp(lamp) == address);
        if frame.values.iter().any(|value| ours(value.address)) {
            let state = self.state(now, talk);
            talk.states.extend(state);
        }
        Ok(())
    }

    /// Lamp groups that the site maps, in the order of the file.
    fn lamps(&self) -> impl Iterator<Item = u8> + '_ {
        self.settings.group.iter().map(|file| file.lamp_group)
    }

    fn lamp(&self, lamp: u8) -> Address {
        read::lamp(self.settings.lamp_attribute, lamp)
    }

    /// All lamps that were heard of in the last polls, as old as the oldest of them. `None`: there is none.
    fn state(&self, now: Moment, talk: &mut Talk) -> Option<SignalState> {
        let (stale_after_s, element) = (self.settings.stale_after_s, self.settings.crossing_element);
        let fresh = |address| self.table.fresh::<u8>(address, now, stale_after_s);
        let together_s = (TOGETHER_POLLS * self.settings.poll_s).min(stale_after_s);
        let control = fresh(read::mode(element)).and_then(table::control);
        let ahead = self.ahead(now, control);
        let mut groups = Vec::new();
        let mut captured = now;
        for file in &self.settings.group {
            let address = self.lamp(file.lamp_group);
            let code = self.table.fresh::<u8>(address, now, together_s);
            let (Some(code), Some((at, _))) = (code, self.table.number(address)) else { continue };
            if at.uptime_s < captured.uptime_s {
                captured = at;
            }
            let light = table::light(code).unwrap_or_else(|| {
                talk.refuse("lamp_code", format!("lamp group {} shows {code:#04x}", file.lamp_group));
                Light::Unavailable
            });
            let group = GroupState::new(file.group, light);
            groups.push(
                ahead.as_ref().map_or_else(|| group.clone(), |ahead| self.with_end(&group, file.lamp_group, ahead)),
            );
        }
        // Ends are from now, a state's times from its capture.
        let age_s = now.uptime_s - captured.uptime_s;
        for group in &mut groups {
            for end_s in [&mut group.min_end_s, &mut group.max_end_s, &mut group.likely_end_s] {
                *end_s = end_s.map(|end_s| end_s + age_s);
            }
        }
        groups.sort_by_key(|group| group.id);
        let plan = fresh(read::plan(element)).map(u16::from);
        (!groups.is_empty()).then_some(SignalState { captured_at: captured.utc, control, plan, groups })
    }

    /// Where the junction is in its plan. `None`: not known, between two stages, or by hand.
    fn ahead(&self, now: Moment, control: Option<Control>) -> Option<Ahead> {
        let firm = match control? {
            Control::FixedTime => true,
            Control::Actuated | Control::Adaptive => false,
            Control::Manual | Control::Flashing | Control::AllRed | Control::Off => return None,
        };
        let (stale_after_s, element) = (self.settings.stale_after_s, self.settings.crossing_element);
        let plan = self.table.fresh(read::plan(element), now, stale_after_s)?;
        let stage: u8 = self.table.fresh(read::stage(element), now, stale_after_s)?;
        let seconds: u16 = self.table.fresh(read::stage_left(stage), now, stale_after_s)?;
        let (said_at, _) = self.table.number(read::stage_left(stage))?;
        let chain = self.table.chain(plan)?;
        let mut places = chain.iter().enumerate().filter(|(_, (other, _))| *other == stage);
        // A stage that comes twice a cycle does not say where the cycle is.
        let (Some((place, _)), None) = (places.next(), places.next()) else { return None };
        if self.table.in_transition(stage) {
            return None;
        }
        let from_here = chain.iter().cycle().skip(place).take(chain.len());
        let stages = from_here.map(|(stage, seconds)| Some((self.table.greens(*stage)?, f64::from(*seconds))));
        let (min_s, max_s) = self.settings.countdown.window_s(seconds);
        let age_s = now.uptime_s - said_at.uptime_s;
        let left_s = ((min_s - age_s).max(0.0), (max_s - age_s).max(0.0));
        Some(Ahead { stages: stages.collect::<Option<_>>()?, left_s, firm })
    }

    /// The group with the end of its green or red, if the plan has one.
    fn with_end(&self, group: &GroupState, lamp: u8, ahead: &Ahead) -> GroupState {
        let green = match group.light {
            Light::Green => true,
            Light::Red => false,
            _ => return group.clone(),
        };
        let shows = |(greens, _): &&(u64, f64)| table::is_set(*greens, lamp) == green;
        let same = ahead.stages.iter().take_while(shows).count();
        // The lamp does not do what the plan says of this stage, or never changes.
        if same == 0 || same == ahead.stages.len() {
            return group.clone();
        }
        let more_s: f64 = ahead.stages.iter().take(same).skip(1).map(|(_, seconds)| seconds).sum();
        let before_s = if green { self.settings.transition_s } else { 0.0 };
        let end = |left_s: f64| (left_s + more_s - before_s).max(0.0);
        let (min_s, max_s) = (end(ahead.left_s.0), end(ahead.left_s.1));
        GroupState {
            min_end_s: ahead.firm.then_some(min_s),
            max_end_s: ahead.firm.then_some(max_s),
            likely_end_s: Some((min_s + max_s) / 2.0),
            ..group.clone()
        }
    }

    /// The lamp groups that the site maps, asked for at every poll.
    fn lamp_addresses(&self) -> Vec<Address> {
        let lamps: BTreeSet<u8> = self.lamps().collect();
        lamps.into_iter().map(|lamp| self.lamp(lamp)).collect()
    }

    /// Run mode, plan, stage and what is left of it, asked for at every poll. A query of its own: a controller that has no
    /// such table refuses it, and tells of its lamps all the same.
    fn run_addresses(&self) -> Vec<Address> {
        let element = self.settings.crossing_element;
        let mut wanted = vec![read::mode(element), read::plan(element), read::stage(element)];
        if let Some(stage) = self.small(read::stage(element)) {
            wanted.extend([read::stage_state(stage), read::stage_left(stage)]);
        }
        wanted
    }

    /// What is asked for once: the plan that runs, its stages, their phases.
    fn once(&self) -> Vec<Address> {
        let Some(plan) = self.small(read::plan(self.settings.crossing_element)) else { return Vec::new() };
        let mut wanted = vec![read::chain(plan), read::chain_times(plan)];
        let stages: BTreeSet<u8> =
            self.table.chain(plan).unwrap_or_default().into_iter().map(|(stage, _)| stage).collect();
        let phases: BTreeSet<u8> =
            stages.iter().flat_map(|stage| self.table.phases(*stage).unwrap_or_default()).collect();
        wanted.extend(stages.into_iter().map(read::phases_of_stage));
        wanted.extend(phases.into_iter().map(read::lamps_of_phase));
        wanted
    }

    fn small(&self, address: Address) -> Option<u8> {
        u8::try_from(self.table.number(address)?.1).ok()
    }

    fn ask(&mut self, now: Moment, wanted: &[Address], talk: &mut Talk) {
        for part in wanted.chunks(VALUES_PER_QUERY) {
            self.sequence = self.sequence.wrapping_add(1);
            self.open.push_back((self.sequence, now));
            if self.open.len() > OPEN_QUERIES {
                self.open.pop_front();
            }
            let values = part.iter().map(|address| Value { address: *address, data: Vec::new() }).collect();
            self.send(&self.frame(kind::QUERY, self.sequence, values), talk);
        }
    }

    fn frame(&self, kind: u8, sequence: u8, values: Vec<Value>) -> Frame {
        let Settings { version, host, controller, crossing, .. } = self.settings;
        Frame { version, host, controller, crossing, sequence, kind, values }
    }

    fn send(&self, frame: &Frame, talk: &mut Talk) {
        let escapes = self.settings.link.transport == Transport::Tcp;
        talk.send.extend(frame::encode(frame, Wire { crc: self.settings.crc, escapes }));
    }
}

impl SignalSource for Gbt20999 {
    fn name(&self) -> &'static str {
        "gbt20999"
    }

    fn open(&mut self, now: Moment, _talk: &mut Talk) {
        *self = Self::new(self.settings.clone());
        self.heard_at_s = now.uptime_s;
        self.poll_at_s = now.uptime_s;
        self.heartbeat_at_s = now.uptime_s;
        self.plan_again_at_s = now.uptime_s + PLAN_AGAIN_S;
    }

    fn receive(&mut self, now: Moment, bytes: &[u8], talk: &mut Talk) {
        let frames = match self.settings.link.transport {
            Transport::Udp => frame::decode_datagram(bytes, self.settings.crc),
            Transport::Tcp => self.deframer.push(bytes),
        };
        for frame in frames {
            if let Err(error) = frame.and_then(|frame| self.take(now, &frame, talk)) {
                talk.refuse(error.reason(), error.to_string());
            }
        }
    }

    fn wake_at_s(&self) -> Option<f64> {
        Some(self.poll_at_s.min(self.heartbeat_at_s))
    }

    fn tick(&mut self, now: Moment, talk: &mut Talk) {
        if now.uptime_s >= self.heartbeat_at_s {
            self.heartbeat_at_s = now.uptime_s + self.settings.heartbeat_s;
            self.sequence = self.sequence.wrapping_add(1);
            self.send(&self.frame(kind::HEARTBEAT, self.sequence, Vec::new()), talk);
            let silent_s = now.uptime_s - self.heard_at_s;
            if silent_s > HEARTBEATS_MISSED * self.settings.heartbeat_s {
                talk.lost = Some(format!("no heartbeat for {silent_s:.0} s"));
            }
        }
        if now.uptime_s >= self.poll_at_s {
            self.poll_at_s = now.uptime_s + self.settings.poll_s;
            // The lamps last: when they are answered, the rest is known.
            self.ask(now, &self.run_addresses(), talk);
            self.ask(now, &self.lamp_addresses(), talk);
            let again = now.uptime_s >= self.plan_again_at_s;
            if again {
                self.plan_again_at_s = now.uptime_s + PLAN_AGAIN_S;
                self.absent.clear();
            }
            let missing = |address: &Address| again || !self.table.has(*address) && !self.absent.contains(address);
            let once: Vec<Address> = self.once().into_iter().filter(missing).collect();
            self.ask(now, &once, talk);
        }
    }
}

#[cfg(test)]
mod tests;
