//! NTCIP 1202 over SNMP: the controller is asked ten times a second which lamps are lit.
//!
//! One request takes all columns. Nothing is written, unless the site wants requests for priority to be passed on
//! ([`command`]). The phase table is read beside it, a phase at a time, again every
//! minute: with it the ends are bounded, as far as looking now and then allows ([`timing`]).

use std::collections::BTreeMap;

use async_snmp::{Oid, Value};
use perception::time::UtcMicros;
use serde::Deserialize;

use super::link::{LinkFile, Transport};
use super::nema::{Flashing, Head, HeadFile, Indication, mapping, pairs};
use super::snmp::settings::SnmpFile;
use super::snmp::{Heard, Manager, Request};
use super::{Control, Light, Mapped, Moment, Refusal, SignalSource, SignalState, SourceSettings, Talk};
use crate::priority::Command;

pub mod command;
pub mod objects;
pub mod timing;

use command::{CommandFile, Step, Writer};
use objects::{AllLamps, Column};
use timing::{Look, Memory, Row};

/// How often the phase table is read, seconds.
const TABLE_PERIOD_S: f64 = 60.0;
/// After so many requests without an answer what the agent said of itself is forgotten.
const FORGET_AFTER: u32 = 5;

/// `[signal]` with `source = "ntcip1202"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The controller's address; the agent listens on port 161.
    pub link: LinkFile,
    /// Who we are to the agent.
    pub snmp: SnmpFile,
    /// How often it is asked, seconds.
    #[serde(default = "default_poll_s")]
    pub poll_s: f64,
    /// How long an answer may take before the question is given up and another put, seconds.
    #[serde(default = "default_answer_within_s")]
    pub answer_within_s: f64,
    /// How long before the same question is sent once more: it, or its answer, may be lost, seconds.
    #[serde(default = "default_again_s")]
    pub again_s: f64,
    /// Oldest state that may be said, seconds.
    #[serde(default = "default_stale_after_s")]
    pub stale_after_s: f64,
    /// What yellow change and red clear of the phase table count in, seconds.
    #[serde(default = "default_clearance_unit_s")]
    pub clearance_unit_s: f64,
    /// How the controller is asked to serve a request for priority; absent: it is not.
    pub command: Option<CommandFile>,
    /// Which head is which group.
    pub group: Vec<HeadFile>,
}

fn default_poll_s() -> f64 {
    0.1
}
fn default_answer_within_s() -> f64 {
    0.5
}
fn default_again_s() -> f64 {
    0.1
}
fn default_stale_after_s() -> f64 {
    0.3
}
fn default_clearance_unit_s() -> f64 {
    0.1
}

impl SourceSettings for Settings {
    fn link(&self) -> Option<&LinkFile> {
        Some(&self.link)
    }

    fn stale_after_s(&self) -> f64 {
        self.stale_after_s
    }

    fn mapping(&self) -> Vec<Mapped> {
        mapping(&self.group)
    }

    fn commands(&self) -> Option<String> {
        self.command.as_ref().map(|_| Writer::in_words(&self.group))
    }

    fn source(&self) -> Result<Box<dyn SignalSource>, String> {
        if !(0.1..=10.0).contains(&self.poll_s) {
            return Err(format!("poll_s is {}; 0.1 to 10", self.poll_s));
        }
        if !(0.05..=10.0).contains(&self.answer_within_s) {
            return Err(format!("answer_within_s is {}; 0.05 to 10", self.answer_within_s));
        }
        if !(0.02..=10.0).contains(&self.again_s) {
            return Err(format!("again_s is {}; 0.02 to 10", self.again_s));
        }
        if self.poll_s > self.stale_after_s {
            return Err(format!("poll_s is {}, and a state is stale after {} s", self.poll_s, self.stale_after_s));
        }
        if !(self.clearance_unit_s > 0.0 && self.clearance_unit_s <= 1.0) {
            return Err(format!("clearance_unit_s is {}; above 0, at most 1", self.clearance_unit_s));
        }
        if self.link.transport == Transport::Tcp {
            return Err("link.transport is tcp: SNMP goes over udp".into());
        }
        if self.link.to.is_none() {
            return Err("link.to is missing: where the agent listens".into());
        }
        let writer = self.command.as_ref().map(|file| Writer::new(file, &self.snmp, &self.group)).transpose()?;
        Ok(Box::new(Ntcip1202 { writer, ..Ntcip1202::new(self, self.snmp.manager()?) }))
    }
}

/// What is under way.
#[derive(Debug)]
enum Asked {
    Lamps,
    Row(u8),
    Step(Step),
}

/// A controller that is asked, as signal states.
#[derive(Debug)]
pub struct Ntcip1202 {
    manager: Manager,
    poll_s: f64,
    answer_within_s: f64,
    again_s: f64,
    clearance_unit_s: f64,
    /// Groups ascending, each with its head, and what it showed.
    groups: Vec<(u8, Head, Memory)>,
    columns: Vec<Column>,
    /// Not every controller has it.
    has_flash_status: bool,
    flashing_phases: Flashing,
    flashing_overlaps: Flashing,
    rows: BTreeMap<u8, Row>,
    /// Phases whose rows are to be read.
    unread: Vec<u8>,
    asked: Option<(Asked, Moment)>,
    /// When it is sent once more, seconds of uptime.
    again_at_s: f64,
    /// It asks the controller to serve; `None`: nobody does.
    writer: Option<Writer>,
    /// Nothing but letting go is asked.
    lets_go: bool,
    unanswered: u32,
    lamps_due_s: f64,
    table_due_s: f64,
}

impl Ntcip1202 {
    /// A source by these settings.
    fn new(settings: &Settings, manager: Manager) -> Self {
        let groups = pairs(&settings.group);
        Self {
            manager,
            poll_s: settings.poll_s,
            answer_within_s: settings.answer_within_s,
            again_s: settings.again_s,
            clearance_unit_s: settings.clearance_unit_s,
            columns: objects::columns(groups.iter().map(|(_, head)| *head)),
            groups: groups.into_iter().map(|(id, head)| (id, head, Memory::default())).collect(),
            has_flash_status: true,
            flashing_phases: Flashing::default(),
            flashing_overlaps: Flashing::default(),
            rows: BTreeMap::new(),
            unread: Vec::new(),
            asked: None,
            again_at_s: 0.0,
            writer: None,
            lets_go: false,
            unanswered: 0,
            lamps_due_s: 0.0,
            table_due_s: 0.0,
        }
    }

    fn ask(&mut self, now: Moment, what: Asked, talk: &mut Talk) {
        let request = match &what {
            Asked::Lamps => {
                let flash = self.has_flash_status.then(objects::flash_status);
                Request::Get(self.columns.iter().map(|column| column.oid.clone()).chain(flash).collect())
            }
            Asked::Row(phase) => Request::Get(objects::row(*phase)),
            Asked::Step(step) => step.request(),
        };
        self.asked = Some((what, now));
        self.again_at_s = now.uptime_s + self.again_s;
        match self.speaker().ask(now.uptime_s, request) {
            Ok(octets) => talk.send.push(octets),
            Err(refusal) => talk.refused.push(refusal),
        }
    }

    /// Who we are in what is under way.
    fn speaker(&mut self) -> &mut Manager {
        let other = match (&self.asked, &mut self.writer) {
            (Some((Asked::Step(_), _)), Some(writer)) => writer.manager(),
            _ => None,
        };
        other.unwrap_or(&mut self.manager)
    }

    /// What the controller is to be told next, if it is its turn. True: it was asked.
    fn write(&mut self, now: Moment, talk: &mut Talk) -> bool {
        let step = self.writer.as_mut().and_then(|writer| writer.step(now.uptime_s, talk));
        let asks = step.is_some();
        if let Some(step) = step {
            self.ask(now, Asked::Step(step), talk);
        }
        asks
    }

    /// When the question is given up: the lamps must not wait for long for an agent that does not take writes.
    fn given_up_at_s(&self) -> Option<f64> {
        self.asked.as_ref().map(|(what, asked)| match what {
            Asked::Step(_) => asked.uptime_s + self.again_s,
            Asked::Lamps | Asked::Row(_) => asked.uptime_s + self.answer_within_s,
        })
    }

    fn give_up(&mut self, talk: &mut Talk) {
        self.speaker().give_up();
        if let Some((Asked::Step(_), _)) = self.asked.take() {
            let again_s = self.again_s;
            let text = format!("no answer within {again_s} s: the agent does not know who writes, or is slower");
            talk.refuse("command_timeout", text);
            return;
        }
        let within_s = self.answer_within_s;
        let text = format!("no answer within {within_s} s: the agent is away, or does not know the community or user");
        talk.refuse("timeout", text);
        self.unanswered += 1;
        if let Some(writer) = self.writer.as_mut().filter(|_| self.unanswered > 1) {
            writer.lost(talk);
        }
        if self.unanswered.is_multiple_of(FORGET_AFTER) {
            self.manager.forget();
        }
    }

    fn answered(&mut self, now: Moment, values: Vec<(Oid, Value)>, talk: &mut Talk) {
        let Some((what, asked)) = self.asked.take() else { return };
        talk.frames += 1;
        self.unanswered = 0;
        match what {
            Asked::Row(phase) => {
                let values: Vec<_> = values.iter().map(|(_, value)| byte(value)).collect();
                self.rows.insert(phase, Row::of(&values, self.clearance_unit_s));
            }
            Asked::Step(step) => {
                if let Some(writer) = &mut self.writer {
                    writer.answered(now.uptime_s, step, &values, talk);
                }
                self.write(now, talk);
            }
            Asked::Lamps => {
                let look = Look { asked_s: asked.uptime_s, answered_s: now.uptime_s };
                match self.lamps(&values) {
                    Ok((lamps, flashes)) => self.tell(asked.utc, look, &lamps, flashes, talk),
                    Err(refusal) => talk.refused.push(refusal),
                }
                // One row between two looks at the lamps, so that these stay even; a command goes before it.
                if !self.write(now, talk)
                    && let Some(phase) = self.unread.pop()
                {
                    self.ask(now, Asked::Row(phase), talk);
                }
            }
        }
    }

    /// What the request failed with. A row that cannot be read is unknown; a flash status that is not there is not asked for.
    fn failed(&mut self, refusal: Refusal, talk: &mut Talk) {
        let flash = refusal.0 == "no_such_object" && refusal.1 == objects::flash_status().to_string();
        match self.asked.take() {
            Some((Asked::Row(phase), _)) => {
                self.rows.insert(phase, Row::default());
            }
            Some((Asked::Step(step), _)) => {
                if let Some(writer) = &mut self.writer {
                    writer.refused(step, talk);
                }
                talk.refuse("command_refused", refusal.1);
                return;
            }
            _ if flash => {
                self.has_flash_status = false;
                return;
            }
            _ => {}
        }
        self.unanswered = 0;
        talk.refused.push(refusal);
    }

    fn lamps(&mut self, values: &[(Oid, Value)]) -> Result<(AllLamps, bool), Refusal> {
        let mut lamps = AllLamps::default();
        for (column, (oid, value)) in self.columns.iter().zip(values) {
            let bits = byte(value).ok_or_else(|| match value {
                Value::NoSuchObject | Value::NoSuchInstance => ("no_such_object", oid.to_string()),
                other => ("bad_value", format!("{oid} is {other}")),
            })?;
            lamps.set(column, bits);
        }
        let flash = values.get(self.columns.len()).map(|(_, value)| value);
        if flash.is_some_and(Value::is_exception) {
            self.has_flash_status = false;
        }
        Ok((lamps, flash.and_then(byte).is_some_and(objects::is_flashing)))
    }

    fn tell(&mut self, captured_at: UtcMicros, look: Look, lamps: &AllLamps, flashes: bool, talk: &mut Talk) {
        let mut groups = Vec::with_capacity(self.groups.len());
        for (id, head, memory) in &mut self.groups {
            let (light, row) = match *head {
                Head::Phase(number) => (lamps.phases.vehicle(number), self.rows.get(&number)),
                Head::Overlap(number) => (lamps.overlaps.vehicle(number), None),
                Head::Pedestrian(number) => (lamps.pedestrians.pedestrian(number), self.rows.get(&number)),
            };
            let light = light.unwrap_or_else(|| {
                talk.refuse("contradictory_lamps", format!("{head} shows colours that exclude one another"));
                Light::Unavailable
            });
            let light = match *head {
                Head::Phase(number) => self.flashing_phases.light(number, colour(light, flashes), flashes),
                Head::Overlap(number) => self.flashing_overlaps.light(number, colour(light, flashes), flashes),
                // Signals for those on foot are dark while the unit flashes, whatever the bits say.
                Head::Pedestrian(_) if flashes => Light::Dark,
                Head::Pedestrian(_) => light,
            };
            let indication = memory.see(*head, light, look, row.unwrap_or(&Row::default()));
            groups.push(Indication::group(indication, *id));
        }
        let control = flashes.then_some(Control::Flashing);
        talk.states.push(SignalState { captured_at, control, plan: None, groups });
    }
}

/// A unit that flashes shows no green, whatever the bits say.
fn colour(light: Light, flashes: bool) -> Light {
    if flashes && !matches!(light, Light::Red | Light::Yellow | Light::Dark) { Light::Unavailable } else { light }
}

/// A bitmap or a time: 0 to 255.
fn byte(value: &Value) -> Option<u8> {
    match value {
        Value::Integer(value) => u8::try_from(*value).ok(),
        Value::Gauge32(value) => u8::try_from(*value).ok(),
        _ => None,
    }
}

impl SignalSource for Ntcip1202 {
    fn name(&self) -> &'static str {
        "ntcip1202"
    }

    fn open(&mut self, now: Moment, _talk: &mut Talk) {
        self.manager.start_ids(now.utc);
        self.manager.give_up();
        if let Some(writer) = &mut self.writer {
            writer.open(now);
        }
        self.asked = None;
        self.lets_go = false;
        self.lamps_due_s = now.uptime_s;
        self.table_due_s = now.uptime_s;
    }

    fn receive(&mut self, now: Moment, bytes: &[u8], talk: &mut Talk) {
        match self.speaker().hear(now.uptime_s, bytes) {
            Ok(Heard::Values(values)) => self.answered(now, values, talk),
            Ok(Heard::Again(octets)) => {
                // The state is as old as the question that was answered.
                if let Some((_, asked)) = &mut self.asked {
                    *asked = now;
                    self.again_at_s = now.uptime_s + self.again_s;
                }
                talk.send.push(octets);
            }
            Err(refusal) if self.asked.is_none() || self.speaker().awaits() => talk.refused.push(refusal),
            Err(refusal) => self.failed(refusal, talk),
        }
    }

    fn may_keep(&self, _bytes: &[u8]) -> bool {
        !self.manager.speaks_openly() && self.writer.as_ref().is_none_or(|writer| !writer.speaks_openly())
    }

    fn wake_at_s(&self) -> Option<f64> {
        Some(self.given_up_at_s().map_or(self.lamps_due_s, |at_s| at_s.min(self.again_at_s)))
    }

    fn tick(&mut self, now: Moment, talk: &mut Talk) {
        if let Some(given_up_at_s) = self.given_up_at_s() {
            if now.uptime_s < given_up_at_s {
                if now.uptime_s >= self.again_at_s {
                    self.again_at_s = now.uptime_s + self.again_s;
                    let again = self.speaker().repeat(now.uptime_s);
                    talk.send.extend(again);
                }
                return;
            }
            self.give_up(talk);
        }
        if self.lets_go {
            self.lamps_due_s = now.uptime_s + self.again_s;
            self.write(now, talk);
            return;
        }
        if now.uptime_s < self.lamps_due_s {
            return;
        }
        if now.uptime_s >= self.table_due_s {
            self.table_due_s = now.uptime_s + TABLE_PERIOD_S;
            self.unread = self.groups.iter().filter_map(|(_, head, _)| phase(*head)).collect();
            self.unread.sort_unstable();
            self.unread.dedup();
        }
        // Evenly, but without catching up after a pause.
        self.lamps_due_s = (self.lamps_due_s + self.poll_s).max(now.uptime_s);
        self.ask(now, Asked::Lamps, talk);
    }

    fn command(&mut self, now: Moment, command: &Command, talk: &mut Talk) {
        match &mut self.writer {
            Some(writer) => writer.take(now.uptime_s, command, talk),
            None => talk.words.push((command.number, Err(crate::priority::Refusal::NotSupported))),
        }
        if self.asked.is_none() {
            self.write(now, talk);
        }
    }

    fn let_go(&mut self, now: Moment, talk: &mut Talk) {
        self.lets_go = true;
        if self.asked.is_some() {
            self.speaker().give_up();
            self.asked = None;
        }
        if let Some(writer) = &mut self.writer {
            writer.lost(talk);
        }
        self.write(now, talk);
    }

    fn holds(&self, now: Moment) -> bool {
        self.writer.as_ref().is_some_and(|writer| writer.may_hold(now.uptime_s))
    }
}

/// The phase whose row bounds the head's times.
fn phase(head: Head) -> Option<u8> {
    match head {
        Head::Phase(number) | Head::Pedestrian(number) => Some(number),
        Head::Overlap(_) => None,
    }
}

#[cfg(test)]
mod tests;
