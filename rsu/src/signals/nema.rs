//! What controllers of the NEMA kind speak of: phases, overlaps and pedestrian signals, numbered 1 to 16 each, and what
//! their lamps say together. Sources: NTCIP 1202 (phaseStatusGroup, overlapStatusGroup), TSCBM.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use super::{GroupState, Light, Mapped};

/// How many of each kind a controller has in these protocols.
pub const HEADS: u8 = 16;

/// One signal head, as the controller numbers it: 1 to [`HEADS`] of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Head {
    /// The vehicles of a phase.
    Phase(u8),
    /// An overlap: a head that follows several phases.
    Overlap(u8),
    /// Those on foot of a phase.
    Pedestrian(u8),
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase(number) => write!(f, "phase {number}"),
            Self::Overlap(number) => write!(f, "overlap {number}"),
            Self::Pedestrian(number) => write!(f, "pedestrian {number}"),
        }
    }
}

impl FromStr for Head {
    type Err = String;

    /// `phase 2`, `overlap 1`, `pedestrian 4`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || format!("{text:?} is no head: write \"phase 2\", \"overlap 1\" or \"pedestrian 4\", up to 16");
        let (kind, number) = text.split_once(' ').ok_or_else(refuse)?;
        let number = number.parse().ok().filter(|number| (1..=HEADS).contains(number)).ok_or_else(refuse)?;
        match kind {
            "phase" => Ok(Self::Phase(number)),
            "overlap" => Ok(Self::Overlap(number)),
            "pedestrian" => Ok(Self::Pedestrian(number)),
            _ => Err(refuse()),
        }
    }
}

impl TryFrom<String> for Head {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// One `[[signal.group]]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadFile {
    /// Signal group of the map.
    pub group: u8,
    /// The head that it is, such as `phase 2`.
    pub head: Head,
}

/// Each group with what it is heard from, in words.
pub fn mapping(files: &[HeadFile]) -> Vec<Mapped> {
    files.iter().map(|file| Mapped { group: file.group, from: file.head.to_string() }).collect()
}

/// Groups ascending, each with its head.
pub fn pairs(files: &[HeadFile]) -> Vec<(u8, Head)> {
    let mut pairs: Vec<_> = files.iter().map(|file| (file.group, file.head)).collect();
    pairs.sort_unstable();
    pairs
}

/// What one head shows, and until when; `None` is unknown. Seconds count from the moment of the state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indication {
    /// What it shows.
    pub light: Light,
    /// Earliest end.
    pub min_end_s: Option<f64>,
    /// Latest end.
    pub max_end_s: Option<f64>,
}

impl Indication {
    /// The group that this head is. Where the earliest end is the latest, it is the likely one too.
    pub fn group(self, id: u8) -> GroupState {
        let Self { light, min_end_s, max_end_s } = self;
        let likely_end_s = min_end_s.filter(|_| min_end_s == max_end_s);
        GroupState { min_end_s, max_end_s, likely_end_s, ..GroupState::new(id, light) }
    }
}

/// Lamps of one kind of head that are lit: bit 0 is head 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lamps {
    /// Red; for those on foot *don't walk*.
    pub reds: u16,
    /// Yellow; for those on foot *pedestrian clearance*.
    pub yellows: u16,
    /// Green; for those on foot *walk*.
    pub greens: u16,
}

/// Whether the lamp of a head, 1 to 16, is on. Head 0 and those above 16 have none.
pub fn is_lit(bits: u16, number: u8) -> bool {
    number.checked_sub(1).and_then(|bit| bits.checked_shr(u32::from(bit))).is_some_and(|rest| rest & 1 == 1)
}

impl Lamps {
    /// What a vehicle head shows; `None` when its lamps contradict one another, as green and red do. No lamp is *dark*.
    pub fn vehicle(&self, number: u8) -> Option<Light> {
        match self.of(number) {
            (false, false, false) => Some(Light::Dark),
            (true, false, false) => Some(Light::Red),
            (false, true, false) => Some(Light::Yellow),
            (false, false, true) => Some(Light::Green),
            (true, true, false) => Some(Light::RedYellow),
            _ => None,
        }
    }

    /// What a pedestrian head shows; `None` when its lamps contradict one another. The clearance (the flashing *don't
    /// walk*: finish, don't start) is said as yellow, which both message sets carry as clearance; the *don't walk* lamp
    /// may be on or off within it.
    pub fn pedestrian(&self, number: u8) -> Option<Light> {
        match self.of(number) {
            (false, false, false) => Some(Light::Dark),
            (true, false, false) => Some(Light::Red),
            (_, true, false) => Some(Light::Yellow),
            (false, false, true) => Some(Light::Green),
            _ => None,
        }
    }

    fn of(&self, number: u8) -> (bool, bool, bool) {
        (is_lit(self.reds, number), is_lit(self.yellows, number), is_lit(self.greens, number))
    }
}

/// Remembers which colour a flashing head has, through the moments when its lamp is off.
#[derive(Clone, Debug, Default)]
pub struct Flashing([Option<Light>; HEADS as usize]);

impl Flashing {
    /// What a vehicle head shows that is, or is not, said to be flashing. Flashing green has no word in either message set
    /// and is green. Flashing of an unknown colour is *unavailable*.
    pub fn light(&mut self, number: u8, steady: Light, flashes: bool) -> Light {
        let Some(memory) = number.checked_sub(1).and_then(|index| self.0.get_mut(usize::from(index))) else {
            return steady;
        };
        if !flashes {
            *memory = None;
            return steady;
        }
        match steady {
            Light::Red => *memory = Some(Light::FlashingRed),
            Light::Yellow => *memory = Some(Light::FlashingYellow),
            Light::Dark => {}
            other => *memory = Some(other),
        }
        memory.unwrap_or(Light::Unavailable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bit_zero_is_head_one() {
        assert!(is_lit(0x0001, 1) && is_lit(0x8000, 16));
        assert!(!is_lit(0xffff, 0) && !is_lit(0xffff, 17) && !is_lit(0xfffe, 1));
    }

    #[test]
    fn lamps_that_contradict_one_another_say_nothing() {
        let lamps = Lamps { reds: 0b01_1011, yellows: 0b00_1100, greens: 0b00_0011 };
        let vehicle = [None, None, Some(Light::Yellow), Some(Light::RedYellow), Some(Light::Red), Some(Light::Dark)];
        let pedestrian = [None, None, Some(Light::Yellow), Some(Light::Yellow), Some(Light::Red), Some(Light::Dark)];
        assert_eq!([1, 2, 3, 4, 5, 6].map(|number| lamps.vehicle(number)), vehicle);
        assert_eq!([1, 2, 3, 4, 5, 6].map(|number| lamps.pedestrian(number)), pedestrian);
        assert_eq!(Lamps { greens: 4, ..Lamps::default() }.vehicle(3), Some(Light::Green));
    }

    #[test]
    fn a_flashing_head_keeps_its_colour_while_its_lamp_is_off() {
        let mut flashing = Flashing::default();
        let said =
            [(Light::Dark, true), (Light::Red, true), (Light::Dark, true), (Light::Red, false), (Light::Dark, true)];
        let shown = said.map(|(steady, flashes)| flashing.light(16, steady, flashes));
        assert_eq!(shown, [Light::Unavailable, Light::FlashingRed, Light::FlashingRed, Light::Red, Light::Unavailable]);
        assert_eq!(flashing.light(17, Light::Red, true), Light::Red);
    }

    #[test]
    fn heads_are_written_as_they_are_read() {
        for head in [Head::Phase(1), Head::Overlap(16), Head::Pedestrian(8)] {
            assert_eq!(head.to_string().parse(), Ok(head));
        }
        for wrong in ["phase 0", "phase 17", "phase", "lamp 3", "phase x"] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
