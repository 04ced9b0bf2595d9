//! The controller as it broadcasts TSCBM. The layout is written here anew, after the same description as the service's
//! decoder: what both agree on is tested.

use perception::time::UtcMicros;
use rsu::signals::Light;
use rsu::signals::nema::Head;

use super::Controller;
use super::nema::{DualRing, bits};

/// The word that says "unknown".
const UNKNOWN: u16 = 0xffff;

/// One block of 241 octets.
pub fn block(controller: &DualRing, sequence: u8, now: UtcMicros) -> Vec<u8> {
    let tenths = |end: Option<u32>| end.and_then(|end| u16::try_from(end).ok()).unwrap_or(UNKNOWN);
    let mut octets = vec![0xcd, 16];
    for number in 1..=16 {
        octets.push(number);
        for head in [Head::Phase, Head::Pedestrian, Head::Overlap] {
            let shown = controller.shows(head(number));
            octets.extend(tenths(shown.min_end).to_be_bytes());
            octets.extend(tenths(shown.max_end).to_be_bytes());
        }
    }
    for head in [Head::Phase, Head::Pedestrian, Head::Overlap] {
        for light in [Light::Red, Light::Yellow, Light::Green] {
            octets.extend(bits(controller, head, light).to_be_bytes());
        }
    }
    // Nothing flashes; status, action and discontinuity are quiet.
    octets.extend([0; 7]);
    octets.push(sequence);
    let day_ms = now.0.rem_euclid(86_400_000_000) / 1000;
    let part = |unit_ms: i64, of: i64| u8::try_from(day_ms / unit_ms % of).unwrap_or_default();
    octets.extend([part(3_600_000, 24), part(60_000, 60), part(1000, 60)]);
    octets.extend(u16::try_from(day_ms % 1000).unwrap_or_default().to_be_bytes());
    octets
}

/// A controller that broadcasts.
#[derive(Debug, Default)]
pub struct Tscbm {
    ring: DualRing,
    sequence: u8,
}

impl Tscbm {
    /// With these phases.
    pub fn of(ring: DualRing) -> Self {
        Self { ring, sequence: 0 }
    }
}

impl Controller for Tscbm {
    fn receive(&mut self, _now: UtcMicros, _bytes: &[u8]) -> Vec<Vec<u8>> {
        Vec::new()
    }

    fn tick(&mut self, now: UtcMicros) -> Vec<Vec<u8>> {
        self.ring.step();
        self.sequence = self.sequence.wrapping_add(1);
        vec![block(&self.ring, self.sequence, now)]
    }

    fn reboot(&mut self) {
        *self = Self::default();
    }
}
