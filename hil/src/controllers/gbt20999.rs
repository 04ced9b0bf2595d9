//! A controller that speaks GB/T 20999-2017.
//!
//! Each stage of its plan is one stage of the protocol, with one phase, whose lamp groups are the stage's groups.

use perception::time::UtcMicros;
use rsu::signals::Light;

use super::{Controller, Program};

/// What the emulated controller is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Whether it speaks over a stream: then marks within a frame are escaped.
    pub stream: bool,
    /// The attribute of the lamp groups' states: 2, or 1 as some have it.
    pub lamp_attribute: u8,
    /// How it answers a heartbeat: 0x80, or 0x71 as one vendor has it.
    pub heartbeat_reply: u8,
    /// How often it asks whether the host is there, seconds.
    pub heartbeat_s: f64,
    /// Whether it reports lamp groups by itself when they change.
    pub traps: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { stream: false, lamp_attribute: 2, heartbeat_reply: 0x80, heartbeat_s: 1.0, traps: false }
    }
}

/// The number of the one plan that it has.
pub const PLAN: u8 = 3;

/// The controller.
#[derive(Debug)]
pub struct Gbt20999 {
    settings: Settings,
    program: Program,
    held: Vec<u8>,
    escaped: bool,
    heartbeat_at: UtcMicros,
    sequence: u8,
    shown: Vec<(u8, u8)>,
    /// Heartbeats of its own that were not answered yet.
    unanswered: u32,
}

/// Class, object, attribute, element.
type Address = [u8; 4];

impl Gbt20999 {
    /// A controller at the beginning of its life.
    pub fn new(settings: Settings, program: Program) -> Self {
        Self {
            settings,
            program,
            held: Vec::new(),
            escaped: false,
            heartbeat_at: UtcMicros::default(),
            sequence: 0,
            shown: Vec::new(),
            unanswered: 0,
        }
    }

    /// What stands at an address; `None`: nothing.
    fn value(&self, at: UtcMicros, [class, object, attribute, element]: Address) -> Option<Vec<u8>> {
        let plan = self.program.plan();
        let (stage, left_s) = plan.stage_at(at);
        let number = u8::try_from(stage + 1).ok()?;
        let stages = plan.stages();
        let of_element = || stages.get(usize::from(element).checked_sub(1)?);
        match (class, object, attribute) {
            (3, 3, attribute) if attribute == self.settings.lamp_attribute => {
                let state = plan.state(at);
                state.groups.iter().find(|group| group.id == element).map(|group| vec![code(group.light)])
            }
            // The number itself, where the state stands behind it.
            (3, 3, 1) => plan.group_ids().any(|id| id == element).then(|| vec![element]),
            (4, 2, 2) => of_element().map(|stage| bits(&stage.groups)),
            (6, 2, 2) => of_element().map(|_| bits(&[element])),
            (6, 3, 1) => of_element().map(|_| vec![element]),
            (6, 3, 2) => of_element().map(|_| vec![if element == number { 0x20 } else { 0x10 }]),
            (6, 3, 4) => of_element().map(|_| {
                let left_s = if element == number { left_s.ceil().clamp(0.0, 65_535.0) as u16 } else { 0 };
                left_s.to_be_bytes().to_vec()
            }),
            (9, 2, 6) if element == PLAN => {
                Some((1..=16).map(|n| if usize::from(n) <= stages.len() { n } else { 0 }).collect())
            }
            (9, 2, 7) if element == PLAN => {
                let seconds = |n: usize| stages.get(n).map_or(0, |stage| stage.length_s().round() as u16);
                Some((0..16).flat_map(|n| seconds(n).to_be_bytes()).collect())
            }
            (13, 2, 2) if element == 1 => Some(vec![if self.program.is_actuated() { 0x22 } else { 0x21 }]),
            (13, 2, 3) if element == 1 => Some(vec![PLAN]),
            (13, 2, 4) if element == 1 => Some(vec![number]),
            _ => None,
        }
    }

    fn frame(&self, head: &[u8], sequence: u8, kind: u8, values: &[(Address, Vec<u8>)]) -> Vec<u8> {
        let mut body = Vec::new();
        for (index, (address, data)) in values.iter().enumerate() {
            body.push(u8::try_from(index + 1).unwrap_or_default());
            body.push(u8::try_from(4 + data.len()).unwrap_or_default());
            body.extend(address);
            body.extend(data);
        }
        let count = u8::try_from(values.len()).unwrap_or_default();
        let length = u16::try_from(13 + body.len()).unwrap_or_default();
        framed(&[&length.to_be_bytes()[..], head, &[sequence, kind, count], &body].concat(), self.settings.stream)
    }

    /// One whole frame, without marks and escapes.
    fn hear(&mut self, now: UtcMicros, inner: &[u8]) -> Option<Vec<u8>> {
        let at = self.program.plan_time(now);
        let body = inner.get(..inner.len().checked_sub(2)?)?;
        let is_whole = body.len() >= 13 && inner[body.len()..] == sum(body).to_be_bytes();
        if !is_whole || usize::from(u16::from_be_bytes([body[0], body[1]])) != body.len() {
            return None;
        }
        let (head, sequence, kind) = (&body[2..10], body[10], body[11]);
        match kind {
            // A host that does not answer heartbeats is not served.
            0x10 if self.unanswered > 3 => None,
            0x10 => {
                let asked = body[13..].chunks_exact(6).map(|value| [value[2], value[3], value[4], value[5]]);
                let found: Vec<_> = asked.map(|address| (address, self.value(at, address))).collect();
                let missing: Vec<_> =
                    found.iter().filter(|(_, data)| data.is_none()).map(|(a, _)| (*a, vec![0x30])).collect();
                if missing.is_empty() {
                    let values: Vec<_> = found.into_iter().filter_map(|(a, data)| Some((a, data?))).collect();
                    Some(self.frame(head, sequence, 0x20, &values))
                } else {
                    Some(self.frame(head, sequence, 0x21, &missing))
                }
            }
            0x70 => Some(self.frame(head, sequence, self.settings.heartbeat_reply, &[])),
            // Only the one that it speaks itself.
            kind if kind == self.settings.heartbeat_reply => {
                self.unanswered = 0;
                None
            }
            _ => None,
        }
    }
}

/// Version, host, controller, crossing, as the captured device has them.
const HEAD: [u8; 8] = [0x01, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00];

impl Controller for Gbt20999 {
    fn receive(&mut self, now: UtcMicros, bytes: &[u8]) -> Vec<Vec<u8>> {
        if !self.settings.stream {
            let inner = bytes.strip_prefix(&[0x7e]).and_then(|rest| rest.strip_suffix(&[0x7d]));
            return inner.and_then(|inner| self.hear(now, inner)).into_iter().collect();
        }
        let mut answers = Vec::new();
        for octet in bytes {
            match octet {
                _ if std::mem::take(&mut self.escaped) => self.held.push(*octet),
                0x5c => self.escaped = true,
                0x7e => self.held.clear(),
                0x7d => {
                    let inner = std::mem::take(&mut self.held);
                    answers.extend(self.hear(now, &inner));
                }
                _ => self.held.push(*octet),
            }
        }
        answers
    }

    fn tick(&mut self, now: UtcMicros) -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        self.sequence = self.sequence.wrapping_add(1);
        if now >= self.heartbeat_at {
            self.heartbeat_at = now.plus_seconds(self.settings.heartbeat_s);
            self.unanswered += 1;
            frames.push(self.frame(&HEAD, self.sequence, 0x70, &[]));
        }
        let at = self.program.plan_time(now);
        let shown: Vec<(u8, u8)> =
            self.program.plan().state(at).groups.iter().map(|group| (group.id, code(group.light))).collect();
        if self.settings.traps && shown != self.shown {
            let address = |lamp| [3, 3, self.settings.lamp_attribute, lamp];
            let values: Vec<_> = shown.iter().map(|(lamp, code)| (address(*lamp), vec![*code])).collect();
            frames.push(self.frame(&HEAD, self.sequence, 0x60, &values));
        }
        self.shown = shown;
        frames
    }

    fn reboot(&mut self) {
        *self = Self::new(self.settings, self.program.clone());
    }
}

fn code(light: Light) -> u8 {
    match light {
        Light::Dark | Light::Unavailable => 0x01,
        Light::Red => 0x10,
        Light::FlashingRed => 0x11,
        Light::Green => 0x20,
        Light::Yellow => 0x30,
        Light::FlashingYellow => 0x31,
        Light::RedYellow => 0x40,
    }
}

/// Eight octets, the bit of number 1 the lowest of the last.
fn bits(numbers: &[u8]) -> Vec<u8> {
    let mut octets = vec![0; 8];
    for number in numbers {
        if let Some(octet) = octets.get_mut(7 - usize::from((number - 1) / 8 % 8)) {
            *octet |= 1 << ((number - 1) % 8);
        }
    }
    octets
}

fn framed(body: &[u8], stream: bool) -> Vec<u8> {
    let mut wire = vec![0x7e];
    for octet in body.iter().chain(&sum(body).to_be_bytes()) {
        if stream && [0x7e, 0x7d, 0x5c].contains(octet) {
            wire.push(0x5c);
        }
        wire.push(*octet);
    }
    wire.push(0x7d);
    wire
}

/// CRC-16 of 0x1005 from 0 by long division: the message, with 16 zeros behind it, as one long number.
fn sum(bytes: &[u8]) -> u16 {
    let mut rest: u32 = 0;
    for octet in bytes.iter().chain(&[0, 0]) {
        for bit in (0..8).rev() {
            rest = rest << 1 | u32::from(octet >> bit & 1);
            if rest & 0x1_0000 != 0 {
                rest ^= 0x1_1005;
            }
        }
    }
    u16::try_from(rest).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rsu::signals::fixed_time::{FixedTimePlan, Stage};

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|octet| format!("{octet:02x}")).collect()
    }

    fn controller(settings: Settings) -> Gbt20999 {
        let stage = Stage { groups: vec![1, 20], green_s: 20.0, yellow_s: 3.0, all_red_s: 2.0 };
        Gbt20999::new(settings, Program::fixed(FixedTimePlan::new(vec![stage], 0.0).unwrap()))
    }

    #[test]
    fn writes_the_frames_that_were_captured() {
        let controller = controller(Settings::default());
        let say = |sequence, kind, address, data: &[u8]| {
            hex(&controller.frame(&HEAD, sequence, kind, &[(address, data.to_vec())]))
        };
        assert_eq!(say(1, 0x10, [3, 3, 1, 1], &[]), "7e001301000500000000000110010104030301017dc17d");
        assert_eq!(say(2, 0x20, [3, 3, 1, 1], &[1]), "7e001401000500000000000220010105030301010197047d");
        assert_eq!(say(2, 0x20, [6, 3, 4, 1], &[0, 5]), "7e001501000500000000000220010106060304010005acdd7d");
    }

    #[test]
    fn answers_the_captured_query_by_what_its_tables_say() {
        let query = framed(&[0, 19, 1, 0, 5, 0, 0, 0, 0, 0, 1, 0x10, 1, 1, 4, 3, 3, 1, 1], false);
        // Attribute 1 is the number; the state, where a device has it there, is green.
        let said = |settings| controller(settings).receive(UtcMicros(0), &query).remove(0);
        let values = |frame: &[u8]| hex(&frame[11..frame.len() - 3]);
        assert_eq!(values(&said(Settings::default())), "01200101050303010101");
        assert_eq!(values(&said(Settings { lamp_attribute: 1, ..Settings::default() })), "01200101050303010120");
        assert_eq!(bits(&[1, 20]), [0, 0, 0, 0, 0, 8, 0, 1]);
    }
}
