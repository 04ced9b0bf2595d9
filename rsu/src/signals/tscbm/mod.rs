//! TSCBM, the *traffic signal controller broadcast message* of US controllers: binary UDP, 10 a second, big-endian.
//!
//! Layout as in a captured block of 241 octets and two public implementations (V2X-Hub, MMITSS). A second form has four
//! octets more, calls and detections of those on foot, which say nothing of lamps and are left aside.

use perception::time::UtcMicros;
use serde::Deserialize;

use super::link::{LinkFile, Transport};
use super::nema::{Flashing, HEADS, Head, HeadFile, Indication, Lamps, is_lit, mapping, pairs};
use super::stamp::{DAY_US, StampClock, age_within_us};
use super::{Control, Light, Mapped, Moment, Refusal, SignalSource, SignalState, SourceSettings, Talk};

pub mod enable;

use enable::{Enable, EnableFile};

/// The octet that a block begins with.
pub const MARK: u8 = 0xcd;
/// Octets of the plain form, and of the one with calls and detections of those on foot.
pub const LENGTHS: [usize; 2] = [241, 245];
/// Octets of a phase's block.
const PHASE_OCTETS: usize = 13;
/// The time that says "unknown".
const UNKNOWN: u16 = 0xffff;

/// Earliest and latest change of a head, tenths of a second from now; `None` is unknown.
type Times = [Option<u16>; 2];

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// By phase: vehicles, those on foot, and the overlap of the same number.
    times: [[Times; 3]; HEADS as usize],
    phases: Lamps,
    pedestrians: Lamps,
    overlaps: Lamps,
    flashing_phases: u16,
    flashing_overlaps: u16,
    /// The times have jumped, as after a preemption.
    pub discontinuous: bool,
    /// Counts blocks, and wraps after 255.
    pub sequence: u8,
    /// The controller's time of day, microseconds; `None` when it is no time of day.
    pub within_day_us: Option<i64>,
}

impl Block {
    /// The block in a datagram.
    ///
    /// # Errors
    /// It has another length, mark or number of phases, or does not have each phase once.
    pub fn decode(datagram: &[u8]) -> Result<Self, Refusal> {
        if !LENGTHS.contains(&datagram.len()) {
            return Err(("length", format!("{} octets, not 241 or 245", datagram.len())));
        }
        let octets = Octets(datagram);
        if octets.u8(0) != MARK || octets.u8(1) != HEADS {
            let text = format!("begins with {:02x} {:02x}, not cd 10", octets.u8(0), octets.u8(1));
            return Err(("header", text));
        }
        Ok(Self {
            times: times(&octets)?,
            phases: octets.lamps(210),
            // Don't walk, clearance, walk: the order of red, yellow, green.
            pedestrians: octets.lamps(216),
            overlaps: octets.lamps(222),
            flashing_phases: octets.u16(228),
            flashing_overlaps: octets.u16(230),
            discontinuous: octets.u8(234) != 0,
            sequence: octets.u8(235),
            within_day_us: within_day_us([octets.u8(236), octets.u8(237), octets.u8(238)], octets.u16(239)),
        })
    }

    /// The earliest and the latest change of a head, seconds. When the latest comes before the earliest, neither is known.
    fn ends_s(&self, head: Head) -> [Option<f64>; 2] {
        let (number, kind) = match head {
            Head::Phase(number) => (number, 0),
            Head::Pedestrian(number) => (number, 1),
            Head::Overlap(number) => (number, 2),
        };
        let index = usize::from(number).wrapping_sub(1);
        match self.times.get(index).map(|times| times[kind]) {
            Some([Some(min), Some(max)]) if max < min => [None, None],
            Some(ends) => ends.map(|tenths| tenths.map(|tenths| f64::from(tenths) / 10.0)),
            None => [None, None],
        }
    }
}

fn times(octets: &Octets) -> Result<[[Times; 3]; HEADS as usize], Refusal> {
    let mut times = [None; HEADS as usize];
    for index in 0..usize::from(HEADS) {
        let start = 2 + index * PHASE_OCTETS;
        let number = octets.u8(start);
        let place = times.get_mut(usize::from(number).wrapping_sub(1)).filter(|place| place.is_none());
        let Some(place) = place else {
            return Err(("phase_number", format!("block {} is of phase {number}", index + 1)));
        };
        let time = |offset| Some(octets.u16(start + offset)).filter(|tenths| *tenths != UNKNOWN);
        *place = Some([[time(1), time(3)], [time(5), time(7)], [time(9), time(11)]]);
    }
    // Sixteen different numbers of sixteen: none is left out.
    Ok(times.map(Option::unwrap_or_default))
}

fn within_day_us([hour, minute, second]: [u8; 3], millisecond: u16) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 59 || millisecond > 999 {
        return None;
    }
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    Some((seconds * 1000 + i64::from(millisecond)) * 1000)
}

/// Octets by their place. Those beyond the end are 0, and nobody asks for them: the length is checked first.
struct Octets<'a>(&'a [u8]);

impl Octets<'_> {
    fn u8(&self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.u8(at), self.u8(at + 1)])
    }

    fn lamps(&self, at: usize) -> Lamps {
        Lamps { reds: self.u16(at), yellows: self.u16(at + 2), greens: self.u16(at + 4) }
    }
}

/// `[signal]` with `source = "tscbm"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the blocks come: the port is the controller's setting.
    pub link: LinkFile,
    /// Oldest state that may be said, seconds.
    #[serde(default = "default_stale_after_s")]
    pub stale_after_s: f64,
    /// Whether the controller is told to broadcast, which writes to it; absent: it is not.
    pub enable: Option<EnableFile>,
    /// Which head is which group.
    pub group: Vec<HeadFile>,
}

fn default_stale_after_s() -> f64 {
    0.3
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

    fn source(&self) -> Result<Box<dyn SignalSource>, String> {
        if self.link.transport == Transport::Tcp {
            return Err("link.transport is tcp: blocks come over udp".into());
        }
        if self.link.listen.is_none() {
            return Err("link.listen is missing: where the controller sends its blocks".into());
        }
        if self.enable.is_some() && self.link.to.is_none() {
            return Err("enable needs link.to: where the controller's SNMP agent listens".into());
        }
        let enable = self.enable.as_ref().map(Enable::new).transpose()?;
        Ok(Box::new(Tscbm { enable, ..Tscbm::new(pairs(&self.group)) }))
    }
}

/// A controller's broadcasts as signal states.
#[derive(Debug)]
pub struct Tscbm {
    /// Groups ascending, each with its head.
    groups: Vec<(u8, Head)>,
    sequence: Option<u8>,
    clock: StampClock,
    flashing_phases: Flashing,
    flashing_overlaps: Flashing,
    enable: Option<Enable>,
}

impl Tscbm {
    /// A source for these groups, ascending, each heard from its head. It only listens.
    pub fn new(groups: Vec<(u8, Head)>) -> Self {
        Self {
            groups,
            sequence: None,
            clock: StampClock::default(),
            flashing_phases: Flashing::default(),
            flashing_overlaps: Flashing::default(),
            enable: None,
        }
    }

    fn block(&mut self, now: Moment, block: &Block, talk: &mut Talk) {
        self.count(block, talk);
        let Some(captured_at) = self.captured_at(now, block, talk) else { return };
        let groups = self.groups.clone().into_iter();
        let groups: Vec<_> = groups.map(|(id, head)| self.shown(block, head, talk).group(id)).collect();
        let flashes = |light| matches!(light, Light::FlashingRed | Light::FlashingYellow);
        let control = groups.iter().any(|group| flashes(group.light)).then_some(Control::Flashing);
        talk.states.push(SignalState { captured_at, control, plan: None, groups });
    }

    /// Counts what is missing, and what the controller says of jumps.
    fn count(&mut self, block: &Block, talk: &mut Talk) {
        let step = self.sequence.map(|last| block.sequence.wrapping_sub(last));
        self.sequence = Some(block.sequence);
        // Half a round or more is no gap: the controller began anew, or a datagram was overtaken.
        if let Some(step @ 2..=127) = step {
            talk.refuse("sequence_gap", format!("{} blocks are missing before {}", step - 1, block.sequence));
        }
        if block.discontinuous {
            talk.refuse("times_jumped", "the controller says that its times have jumped");
        }
    }

    /// `None`: a newer block came before it, and stands.
    fn captured_at(&mut self, now: Moment, block: &Block, talk: &mut Talk) -> Option<UtcMicros> {
        let Some(within_day_us) = block.within_day_us else {
            talk.refuse("stamp", "the time stamp is no time of day");
            return Some(now.utc);
        };
        let age_us = age_within_us(now.utc, within_day_us, DAY_US);
        talk.clock_ahead_s = Some(-(age_us as f64) * 1e-6);
        let placed = self.clock.place(now.utc, age_us);
        if placed.clock_off {
            talk.refuse("clock_off", "the controller's time of day is not UTC's: only its differences are used");
        }
        if placed.overtaken {
            talk.refuse("overtaken", "older than the block before it");
        }
        (!placed.overtaken).then_some(placed.at)
    }

    fn shown(&mut self, block: &Block, head: Head, talk: &mut Talk) -> Indication {
        let light = match head {
            Head::Phase(number) => block
                .phases
                .vehicle(number)
                .map(|light| self.flashing_phases.light(number, light, is_lit(block.flashing_phases, number))),
            Head::Overlap(number) => block
                .overlaps
                .vehicle(number)
                .map(|light| self.flashing_overlaps.light(number, light, is_lit(block.flashing_overlaps, number))),
            Head::Pedestrian(number) => block.pedestrians.pedestrian(number),
        };
        let Some(light) = light else {
            talk.refuse("contradictory_lamps", format!("{head} shows colours that exclude one another"));
            return Indication { light: Light::Unavailable, min_end_s: None, max_end_s: None };
        };
        let [min_end_s, max_end_s] = block.ends_s(head);
        Indication { light, min_end_s, max_end_s }
    }
}

impl SignalSource for Tscbm {
    fn name(&self) -> &'static str {
        "tscbm"
    }

    fn open(&mut self, now: Moment, _talk: &mut Talk) {
        self.sequence = None;
        if let Some(enable) = &mut self.enable {
            enable.open(now);
        }
    }

    fn receive(&mut self, now: Moment, bytes: &[u8], talk: &mut Talk) {
        match (&mut self.enable, bytes.first()) {
            (Some(enable), Some(&enable::MARK)) => enable.hear(now, bytes, talk),
            _ => match Block::decode(bytes) {
                Ok(block) => {
                    talk.frames += 1;
                    if let Some(enable) = &mut self.enable {
                        enable.block_came(now);
                    }
                    self.block(now, &block, talk);
                }
                Err(refusal) => talk.refused.push(refusal),
            },
        }
    }

    fn may_keep(&self, bytes: &[u8]) -> bool {
        bytes.first() != Some(&enable::MARK) || !self.enable.as_ref().is_some_and(Enable::speaks_openly)
    }

    fn wake_at_s(&self) -> Option<f64> {
        self.enable.as_ref().map(Enable::due_s)
    }

    fn tick(&mut self, now: Moment, talk: &mut Talk) {
        if let Some(enable) = &mut self.enable {
            enable.tick(now, talk);
        }
    }
}

#[cfg(test)]
mod tests;
