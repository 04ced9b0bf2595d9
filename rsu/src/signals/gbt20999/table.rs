//! GB/T 20999-2017, the values that are read: their addresses, and what they mean.

use std::collections::BTreeMap;

use super::frame::Address;
use crate::signals::{Control, Light, Moment};

/// What is read, by class, object, attribute; the element is the number of lamp group, phase, stage, plan or crossing.
pub mod read {
    use super::Address;

    /// State of a lamp group. Most have it in attribute 2, behind the number; some in 1.
    pub fn lamp(attribute: u8, lamp: u8) -> Address {
        Address(3, 3, attribute, lamp)
    }
    /// Lamp groups of a phase, bits from the lowest.
    pub fn lamps_of_phase(phase: u8) -> Address {
        Address(4, 2, 2, phase)
    }
    /// Phases of a stage, bits from the lowest.
    pub fn phases_of_stage(stage: u8) -> Address {
        Address(6, 2, 2, stage)
    }
    /// Whether a stage runs.
    pub fn stage_state(stage: u8) -> Address {
        Address(6, 3, 2, stage)
    }
    /// Seconds that are left of a stage.
    pub fn stage_left(stage: u8) -> Address {
        Address(6, 3, 4, stage)
    }
    /// Stages of a plan in their order, 0 for none.
    pub fn chain(plan: u8) -> Address {
        Address(9, 2, 6, plan)
    }
    /// Their lengths, seconds.
    pub fn chain_times(plan: u8) -> Address {
        Address(9, 2, 7, plan)
    }
    /// How a crossing is controlled.
    pub fn mode(crossing: u8) -> Address {
        Address(13, 2, 2, crossing)
    }
    /// The plan that runs.
    pub fn plan(crossing: u8) -> Address {
        Address(13, 2, 3, crossing)
    }
    /// The stage that runs.
    pub fn stage(crossing: u8) -> Address {
        Address(13, 2, 4, crossing)
    }
}

/// A stage's state while its lamps change over to the next.
const IN_TRANSITION: u16 = 0x30;

/// What the controller has said so far, by address. Bounded: only addresses of the tables above are kept.
#[derive(Debug, Default)]
pub struct Table {
    values: BTreeMap<Address, (Moment, Vec<u8>)>,
}

impl Table {
    /// Keeps a value, said at this moment, if it is one that is read.
    pub fn keep(&mut self, said_at: Moment, address: Address, data: &[u8]) {
        let Address(class, object, attribute, _) = address;
        let is_read = matches!(
            (class, object, attribute),
            (3, 3, 1 | 2) | (4 | 6, 2, 2) | (6, 3, 2 | 4) | (9, 2, 6 | 7) | (13, 2, 2..=4)
        );
        if is_read {
            self.values.insert(address, (said_at, data.to_vec()));
        }
    }

    /// Whether what is known of it was said after this.
    pub fn is_newer(&self, address: Address, said_at: Moment) -> bool {
        self.values.get(&address).is_some_and(|(at, _)| at.uptime_s > said_at.uptime_s)
    }

    /// Forgets a value, which the controller says it does not have.
    pub fn forget(&mut self, address: Address) {
        self.values.remove(&address);
    }

    /// Whether there is such a value.
    pub fn has(&self, address: Address) -> bool {
        self.values.contains_key(&address)
    }

    /// A value as a number, and when it was said; `None`: it was not, or it is no number of 1 to 8 octets.
    pub fn number(&self, address: Address) -> Option<(Moment, u64)> {
        let (at, data) = self.values.get(&address)?;
        let number = data.iter().fold(0, |number: u64, octet| number << 8 | u64::from(*octet));
        (1..=8).contains(&data.len()).then_some((*at, number))
    }

    /// The same if it was said at most `age_s` ago and fits.
    pub fn fresh<T: TryFrom<u64>>(&self, address: Address, now: Moment, age_s: f64) -> Option<T> {
        let (at, number) = self.number(address)?;
        (now.uptime_s - at.uptime_s <= age_s).then_some(T::try_from(number).ok()?)
    }

    /// Stages of a plan with their lengths, seconds, in order. `None`: not known yet, or of lengths that don't match.
    pub fn chain(&self, plan: u8) -> Option<Vec<(u8, u16)>> {
        let (_, stages) = self.values.get(&read::chain(plan))?;
        let (_, times) = self.values.get(&read::chain_times(plan))?;
        // One octet a length, or two: no text says, the lengths do.
        let width = times.len().checked_div(stages.len()).filter(|width| width * stages.len() == times.len())?;
        if !(1..=2).contains(&width) {
            return None;
        }
        let lengths = times.chunks(width).map(|time| time.iter().fold(0, |all: u16, o| all << 8 | u16::from(*o)));
        Some(stages.iter().copied().zip(lengths).filter(|(stage, _)| *stage != 0).collect())
    }

    /// Phases of a stage; `None`: not known.
    pub fn phases(&self, stage: u8) -> Option<Vec<u8>> {
        self.number(read::phases_of_stage(stage)).map(|(_, bits)| numbers(bits))
    }

    /// Lamp groups that have green in a stage; `None`: not all is known.
    pub fn greens(&self, stage: u8) -> Option<u64> {
        let phases = self.phases(stage)?;
        phases.into_iter().try_fold(0, |all, phase| Some(all | self.number(read::lamps_of_phase(phase))?.1))
    }

    /// Whether the lamps of a stage change over just now.
    pub fn in_transition(&self, stage: u8) -> bool {
        self.number(read::stage_state(stage)).is_some_and(|(_, state)| state == u64::from(IN_TRANSITION))
    }
}

/// The numbers of the bits that are set, from 1.
fn numbers(bits: u64) -> Vec<u8> {
    (1..=64).filter(|number| is_set(bits, *number)).collect()
}

/// Whether the bit of this number, from 1, is set.
pub fn is_set(bits: u64, number: u8) -> bool {
    number.checked_sub(1).and_then(|shift| bits.checked_shr(shift.into())).is_some_and(|bits| bits & 1 == 1)
}

/// What a lamp group shows. A flashing green is still a green. `None`: no code of the table.
pub fn light(code: u8) -> Option<Light> {
    match code {
        0x01 => Some(Light::Dark),
        0x10 => Some(Light::Red),
        0x11 | 0x12 => Some(Light::FlashingRed),
        0x20..=0x22 => Some(Light::Green),
        0x30 => Some(Light::Yellow),
        0x31 | 0x32 => Some(Light::FlashingYellow),
        0x40 => Some(Light::RedYellow),
        _ => None,
    }
}

/// How the controller decides, by the run mode of the crossing.
pub fn control(mode: u8) -> Option<Control> {
    match mode {
        // By the centre's time table; locally by a fixed cycle, or coordinated.
        0x11 | 0x21 | 0x23 => Some(Control::FixedTime),
        0x22 => Some(Control::Actuated),
        0x10 | 0x12..=0x14 | 0x24 => Some(Control::Adaptive),
        0x15 | 0x25 => Some(Control::Manual),
        0x31 => Some(Control::Flashing),
        0x32 => Some(Control::AllRed),
        0x33 => Some(Control::Off),
        _ => None,
    }
}
