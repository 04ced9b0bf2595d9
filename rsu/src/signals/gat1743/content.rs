//! GA/T 1743-2020, the contents that are read: lamps, plan steps, run state, control mode.

use serde::Deserialize;

use super::frame::{Error, object};
use crate::signals::{Control, Light};

/// Where the state or mode stands in objects 0x0101 and 0x0102: after length, six octets and a time. One source.
const STATE_AT: usize = 12;
/// Where the number of entrances stands in 0x0103: after length, longitude, latitude, altitude.
const ENTRANCES_AT: usize = 12;

/// What a lamp is for: `lamp` of `[[signal.group]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum LampType {
    /// Straight on.
    Straight = 1,
    /// Left.
    Left = 2,
    /// Right.
    Right = 3,
    /// All motor vehicles of the entrance.
    Motor = 4,
    /// Non-motorised, left.
    NonMotorLeft = 5,
    /// Non-motorised, right.
    NonMotorRight = 6,
    /// Non-motorised.
    NonMotor = 7,
    /// Pedestrians.
    Crosswalk = 8,
    /// U-turn.
    UTurn = 9,
    /// A lane.
    Lane = 10,
    /// Railway crossing.
    Railway = 11,
    /// Flashing warning.
    FlashingWarning = 12,
    /// Tram, straight on.
    TramStraight = 13,
    /// Tram, left.
    TramLeft = 14,
    /// Tram, right.
    TramRight = 15,
}

/// One lamp as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lamp {
    /// Direction of its entrance, degrees clockwise from north.
    pub direction_deg: u16,
    /// Its number.
    pub id: u8,
    /// What it is for, as on the wire.
    pub kind: u8,
    /// What it shows. `None`: a combination that no lamp shows.
    pub light: Option<Light>,
    /// Whole seconds until that ends. `None`: not valid.
    pub countdown_s: Option<u8>,
}

/// The steps of one lamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LampSteps {
    /// Direction of its entrance, degrees clockwise from north.
    pub direction_deg: u16,
    /// Its number.
    pub id: u8,
    /// What it is for, as on the wire.
    pub kind: u8,
    /// What it shows through the cycle, each for so many seconds.
    pub steps: Vec<(Option<Light>, u16)>,
}

/// What a content says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// 0x0101: 1 in order, 2 fault, others.
    RunState(u8),
    /// 0x0102.
    ControlMode(Option<Control>),
    /// 0x0103.
    Lamps(Vec<Lamp>),
    /// 0x0301.
    Plan(Vec<LampSteps>),
    /// 0x0302.
    NextPlan(Vec<LampSteps>),
}

/// The content of an object.
///
/// # Errors
/// An object that is not read; a content that ends too early. What stands behind it (a signature) is ignored.
pub fn decode(object: u16, content: &[u8]) -> Result<Content, Error> {
    let mut reader = Reader { object, content, at: 0 };
    match object {
        object::RUN_STATE => Ok(Content::RunState(reader.skip(STATE_AT)?.u8()?)),
        object::CONTROL_MODE => Ok(Content::ControlMode(control(reader.skip(STATE_AT)?.u8()?))),
        object::LAMPS => Ok(Content::Lamps(lamps(reader.skip(ENTRANCES_AT)?)?)),
        object::PLAN => Ok(Content::Plan(plan(reader.skip(ENTRANCES_AT)?)?)),
        object::NEXT_PLAN => Ok(Content::NextPlan(plan(reader.skip(ENTRANCES_AT)?)?)),
        _ => Err(Error::Object(object)),
    }
}

fn lamps(reader: &mut Reader) -> Result<Vec<Lamp>, Error> {
    let mut lamps = Vec::new();
    for _ in 0..reader.u8()? {
        let (direction_deg, count) = (reader.u16()?, reader.u8()?);
        for _ in 0..count {
            let (id, kind, light) = (reader.u8()?, reader.u8()?, light(reader.u8()?));
            let countdown_s = Some(reader.u8()?).filter(|seconds| *seconds != 0);
            lamps.push(Lamp { direction_deg, id, kind, light, countdown_s });
        }
    }
    Ok(lamps)
}

fn plan(reader: &mut Reader) -> Result<Vec<LampSteps>, Error> {
    let mut lamps = Vec::new();
    // The total of lamp groups comes first; it is the sum of the counts below.
    reader.u8()?;
    for _ in 0..reader.u8()? {
        let (direction_deg, count) = (reader.u16()?, reader.u8()?);
        for _ in 0..count {
            let (id, kind) = (reader.u8()?, reader.u8()?);
            let mut steps = Vec::new();
            for _ in 0..reader.u8()? {
                steps.push((light(reader.u8()?), reader.u16()?));
            }
            lamps.push(LampSteps { direction_deg, id, kind, steps });
        }
    }
    Ok(lamps)
}

/// Three pairs of bits, red, yellow, green from the lowest: 0 there is none, 1 off, 2 on, 3 flashing. A flashing green
/// is still a green. `None`: nothing that a lamp shows.
fn light(colour: u8) -> Option<Light> {
    const ON: u8 = 2;
    const FLASHING: u8 = 3;
    let lit = |shift: u8| Some(colour >> shift & 3).filter(|state| *state >= ON);
    if colour & 0xc0 != 0 {
        return None;
    }
    match (lit(0), lit(2), lit(4)) {
        (None, None, None) => Some(Light::Dark),
        (Some(ON), None, None) => Some(Light::Red),
        (Some(FLASHING), None, None) => Some(Light::FlashingRed),
        (None, Some(ON), None) => Some(Light::Yellow),
        (None, Some(FLASHING), None) => Some(Light::FlashingYellow),
        (None, None, Some(_)) => Some(Light::Green),
        (Some(ON), Some(ON), None) => Some(Light::RedYellow),
        _ => None,
    }
}

fn control(mode: u8) -> Option<Control> {
    match mode {
        1 => Some(Control::Flashing),
        // Several periods of the day, and coordination without a cable: plans by the clock.
        2 | 5 => Some(Control::FixedTime),
        3 => Some(Control::Manual),
        4 => Some(Control::Actuated),
        // Optimisation, bus priority, emergency: ends may change.
        6..=8 => Some(Control::Adaptive),
        _ => None,
    }
}

struct Reader<'a> {
    object: u16,
    content: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn u8(&mut self) -> Result<u8, Error> {
        let octet = self.content.get(self.at).copied();
        self.at += 1;
        octet.ok_or(Error::Content { object: self.object, at: self.content.len() })
    }

    fn u16(&mut self) -> Result<u16, Error> {
        Ok(u16::from_le_bytes([self.u8()?, self.u8()?]))
    }

    fn skip(&mut self, octets: usize) -> Result<&mut Self, Error> {
        self.at += octets;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_those_of_the_table() {
        let shown = [0x16, 0x19, 0x25, 0x17, 0x1d, 0x35].map(light);
        let expected =
            [Light::Red, Light::Yellow, Light::Green, Light::FlashingRed, Light::FlashingYellow, Light::Green];
        assert_eq!(shown, expected.map(Some));
        assert_eq!([0x1a, 0x15, 0x00].map(light), [Some(Light::RedYellow), Some(Light::Dark), Some(Light::Dark)]);
        // Red and green at once, bits above the three pairs.
        assert_eq!([0x26, 0x96, 0xff].map(light), [None; 3]);
    }
}
