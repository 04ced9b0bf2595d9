//! A controller that speaks GA/T 1743-2020.

use perception::time::UtcMicros;
use rsu::signals::Light;

use super::{Controller, Program};

/// What the emulated controller is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its lamps, in the order in which they are told; those of one entrance side by side.
    pub lamps: Vec<Lamp>,
    /// Whether it speaks by itself, and then whether it wants to be acknowledged.
    pub speaks: Speaks,
    /// The number it says it has.
    pub number: u16,
}

/// When the controller speaks by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// Never: it answers only.
    Never,
    /// Once a second, to everybody.
    Broadcasts,
    /// Once a second, and each frame is to be acknowledged: with four that are not, it says no more.
    Reports,
}

/// One lamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lamp {
    /// Group of the program whose light it shows.
    pub group: u8,
    /// Direction of its entrance, degrees clockwise from north.
    pub direction_deg: u16,
    /// Type, as the standard numbers them: 1 straight, 2 left, …
    pub kind: u8,
    /// Its number.
    pub id: u8,
}

/// The controller.
#[derive(Debug)]
pub struct Gat1743 {
    settings: Settings,
    program: Program,
    heard: Vec<u8>,
    said_second: Option<i64>,
    said_cycle: Option<usize>,
    /// Reports that nobody has acknowledged yet.
    unacknowledged: usize,
}

/// See [`Speaks::Reports`].
const MOST_UNACKNOWLEDGED: usize = 4;

const REGION: u32 = 110_115;

impl Gat1743 {
    /// A controller at the beginning of its life.
    pub fn new(settings: Settings, program: Program) -> Self {
        Self { settings, program, heard: Vec::new(), said_second: None, said_cycle: None, unacknowledged: 0 }
    }

    /// One frame of the controller.
    fn say(&self, now: UtcMicros, operation: u8, object: u16, content: &[u8]) -> Vec<u8> {
        let seconds = u32::try_from(now.0 / 1_000_000).unwrap_or_default().to_le_bytes();
        let millis = u16::try_from(now.0 / 1000 % 1000).unwrap_or_default().to_le_bytes();
        let region = REGION.to_le_bytes();
        let number = self.settings.number.to_le_bytes();
        let [low, high] = object.to_le_bytes();
        let body = [
            // Link code; sender; receiver: everybody.
            &[4, 0][..],
            &region[..3],
            &[0x00, 0x10],
            &number,
            &region[..3],
            &[0x00, 0x20, 0xff, 0xff],
            &seconds,
            &millis,
            // Time to live, version, what for, about what, not signed.
            &[60, 0x10, operation, low, high, 0, 0, 0, 0],
            content,
        ]
        .concat();
        framed(&body)
    }

    fn lamps(&mut self, now: UtcMicros) -> Vec<u8> {
        let at = self.program.plan_time(now);
        let state = self.program.plan().state(at);
        let entry = |lamp: &Lamp| {
            let group = state.groups.iter().find(|group| group.id == lamp.group);
            let colour = group.map_or(0x15, |group| colour(group.light));
            let left_s = group.and_then(|group| group.likely_end_s).unwrap_or_default();
            // 1 in the last second; 0 would say that it is not valid.
            vec![lamp.id, lamp.kind, colour, left_s.ceil().clamp(1.0, 255.0) as u8]
        };
        let entrances = self.entrances();
        let mut content = position();
        content.push(u8::try_from(entrances.len()).unwrap_or_default());
        for (direction_deg, lamps) in entrances {
            content.extend(u16::to_le_bytes(direction_deg));
            content.push(u8::try_from(lamps.len()).unwrap_or_default());
            content.extend(lamps.iter().flat_map(entry));
        }
        with_length(content)
    }

    fn plan(&self) -> Vec<u8> {
        let plan = self.program.plan();
        let entrances = self.entrances();
        let mut content = position();
        content.push(u8::try_from(self.settings.lamps.len()).unwrap_or_default());
        content.push(u8::try_from(entrances.len()).unwrap_or_default());
        for (direction_deg, lamps) in entrances {
            content.extend(u16::to_le_bytes(direction_deg));
            content.push(u8::try_from(lamps.len()).unwrap_or_default());
            for lamp in lamps {
                let steps = steps(plan, lamp.group);
                content.extend([lamp.id, lamp.kind, u8::try_from(steps.len()).unwrap_or_default()]);
                for (light, seconds) in steps {
                    content.push(colour(light));
                    content.extend((seconds.round() as u16).to_le_bytes());
                }
            }
        }
        with_length(content)
    }

    fn entrances(&self) -> Vec<(u16, Vec<Lamp>)> {
        let mut entrances: Vec<(u16, Vec<Lamp>)> = Vec::new();
        for lamp in &self.settings.lamps {
            match entrances.last_mut() {
                Some((direction_deg, lamps)) if *direction_deg == lamp.direction_deg => lamps.push(*lamp),
                _ => entrances.push((lamp.direction_deg, vec![*lamp])),
            }
        }
        entrances
    }

    fn content(&mut self, now: UtcMicros, object: u16) -> Option<Vec<u8>> {
        let state = |value: u8| [&[15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, value][..], &[0; 4]].concat();
        match object {
            0x0101 => Some(state(1)),
            0x0102 => Some(state(if self.program.is_actuated() { 4 } else { 2 })),
            0x0103 => Some(self.lamps(now)),
            0x0301 => Some(self.plan()),
            _ => None,
        }
    }

    /// The answer to one whole frame between its flags.
    fn answer(&mut self, now: UtcMicros, stuffed: &[u8]) -> Option<Vec<u8>> {
        let body = unstuffed(stuffed)?;
        let sum_at = body.len().checked_sub(2).filter(|at| *at >= 31)?;
        if sum(&body[..sum_at]).to_le_bytes() != body[sum_at..] {
            return None;
        }
        let object = u16::from_le_bytes([body[25], body[26]]);
        match body[24] {
            0x80 => Some(match self.content(now, object) {
                Some(content) => self.say(now, 0x83, object, &content),
                None => self.say(now, 0x86, object, &[]),
            }),
            0x85 => {
                self.unacknowledged = self.unacknowledged.saturating_sub(1);
                None
            }
            _ => None,
        }
    }
}

impl Controller for Gat1743 {
    fn receive(&mut self, now: UtcMicros, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut answers = Vec::new();
        for byte in bytes {
            if *byte == 0xc0 {
                let frame = std::mem::take(&mut self.heard);
                answers.extend(self.answer(now, &frame));
            } else if self.heard.len() < 4096 {
                self.heard.push(*byte);
            }
        }
        answers
    }

    fn tick(&mut self, now: UtcMicros) -> Vec<Vec<u8>> {
        let at = self.program.plan_time(now);
        let operation = match self.settings.speaks {
            Speaks::Never => return Vec::new(),
            Speaks::Reports if self.unacknowledged >= MOST_UNACKNOWLEDGED => return Vec::new(),
            Speaks::Broadcasts => 0x87,
            Speaks::Reports => 0x82,
        };
        let second = Some(now.0.div_euclid(1_000_000));
        if std::mem::replace(&mut self.said_second, second) == second {
            return Vec::new();
        }
        let mut objects = Vec::new();
        if self.said_cycle.is_none() {
            objects.push(0x0102);
        }
        let stage = self.program.plan().stage_at(at).0;
        if self.said_cycle.replace(stage).is_none_or(|before| before > stage) {
            objects.push(0x0301);
        }
        objects.push(0x0103);
        let mut frames = Vec::new();
        for object in objects {
            let content = self.content(now, object).unwrap_or_default();
            frames.push(self.say(now, operation, object, &content));
        }
        if self.settings.speaks == Speaks::Reports {
            self.unacknowledged += frames.len();
        }
        frames
    }

    fn reboot(&mut self) {
        *self = Self::new(self.settings.clone(), self.program.clone());
    }
}

/// The steps of one group through a cycle, from the beginning of the first stage.
fn steps(plan: &rsu::signals::fixed_time::FixedTimePlan, group: u8) -> Vec<(Light, f64)> {
    let mut steps: Vec<(Light, f64)> = Vec::new();
    let mut push = |light: Light, seconds: f64| match steps.last_mut() {
        Some((last, total)) if *last == light => *total += seconds,
        _ => steps.push((light, seconds)),
    };
    for stage in plan.stages() {
        if stage.groups.contains(&group) {
            push(Light::Green, stage.green_s);
            push(Light::Yellow, stage.yellow_s);
            push(Light::Red, stage.all_red_s);
        } else {
            push(Light::Red, stage.length_s());
        }
    }
    steps
}

/// Pairs of bits: red, yellow, green from the lowest; 1 off, 2 on, 3 flashing.
fn colour(light: Light) -> u8 {
    match light {
        Light::Red => 0b01_01_10,
        Light::Yellow => 0b01_10_01,
        Light::Green => 0b10_01_01,
        Light::RedYellow => 0b01_10_10,
        Light::FlashingRed => 0b01_01_11,
        Light::FlashingYellow => 0b01_11_01,
        Light::Dark | Light::Unavailable => 0b01_01_01,
    }
}

/// Longitude and latitude, 1e-7 degrees; altitude.
fn position() -> Vec<u8> {
    [&1_165_013_145_i32.to_le_bytes()[..], &397_948_989_i32.to_le_bytes(), &43_u16.to_le_bytes()].concat()
}

fn with_length(content: Vec<u8>) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_le_bytes();
    [&length[..], &content].concat()
}

fn framed(body: &[u8]) -> Vec<u8> {
    let sum = sum(body).to_le_bytes();
    let mut wire = vec![0xc0];
    for octet in body.iter().chain(&sum) {
        match octet {
            0xc0 => wire.extend([0xdb, 0xdc]),
            0xdb => wire.extend([0xdb, 0xdd]),
            other => wire.push(*other),
        }
    }
    wire.push(0xc0);
    wire
}

fn unstuffed(stuffed: &[u8]) -> Option<Vec<u8>> {
    let mut octets = stuffed.iter();
    let mut body = Vec::new();
    while let Some(octet) = octets.next() {
        body.push(match octet {
            0xdb => match octets.next()? {
                0xdc => 0xc0,
                0xdd => 0xdb,
                _ => return None,
            },
            other => *other,
        });
    }
    Some(body)
}

/// CRC-16 of 0x8005 from 0xFFFF by long division: the message, with 16 zeros behind it, as one long number.
fn sum(bytes: &[u8]) -> u16 {
    let mut rest: u32 = 0;
    let inverted = bytes.iter().enumerate().map(|(at, octet)| if at < 2 { !octet } else { *octet });
    for octet in inverted.chain([0, 0]) {
        for bit in (0..8).rev() {
            rest = rest << 1 | u32::from(octet >> bit & 1);
            if rest & 0x1_0000 != 0 {
                rest ^= 0x1_8005;
            }
        }
    }
    u16::try_from(rest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_catalogues() {
        assert_eq!(sum(b"123456789"), 0xaee7);
    }

    #[test]
    fn a_frame_is_as_a_program_of_its_own_writes_it() {
        let lamp = |direction_deg, kind, id| Lamp { group: id, direction_deg, kind, id };
        let settings = Settings { lamps: vec![lamp(0, 1, 1)], speaks: Speaks::Broadcasts, number: 0xc0db };
        let stage = rsu::signals::fixed_time::Stage { groups: vec![1], green_s: 20.0, yellow_s: 3.0, all_red_s: 2.0 };
        let plan = rsu::signals::fixed_time::FixedTimePlan::new(vec![stage], 0.0).unwrap();
        let controller = Gat1743::new(settings, Program::fixed(plan));
        // The lamps of the service's own vector.
        let content = "210099b070453d38b8172b00020000020101250c020216c0b400020301250c09081600";
        let content: Vec<u8> =
            (0..content.len()).step_by(2).map(|at| u8::from_str_radix(&content[at..at + 2], 16).unwrap()).collect();
        let said = controller.say(UtcMicros(1_700_000_000_250_000), 0x87, 0x0103, &content);
        let hex: String = said.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(
            hex,
            "c0040023ae010010dbdddbdc23ae010020ffff00f15365fa003c1087030100000000210099b070453d38b8172b000200000201012\
             50c020216dbdcb400020301250c090816007bbec0"
        );
    }
}
