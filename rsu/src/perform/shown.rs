//! What the console shows of road users, parking lots and messages.

use std::collections::BTreeMap;

use perception::detection::SensorId;
use perception::lanes::LocatedTrack;
use perception::parking::{BayState, BayStatus, LotState};
use perception::time::UtcMicros;

use crate::console::state::{ConsoleBay, ConsoleBayStatus, ConsoleLot, ConsoleMessage, ConsoleTrack};
use crate::radios::{MessageKind, MessageSet, Transmission};

/// A road user.
pub(super) fn track(located: &LocatedTrack, simulated: &[SensorId]) -> ConsoleTrack {
    let track = &located.track;
    ConsoleTrack {
        id: track.id,
        class: track.class,
        class_probability: track.class_probability,
        east_m: track.position_enu_m[0],
        north_m: track.position_enu_m[1],
        heading_rad: track.heading_cw_north_rad,
        speed_mps: track.speed_mps(),
        length_m: track.length_m,
        width_m: track.width_m,
        existence: track.existence,
        sources: track.sources.iter().map(ToString::to_string).collect(),
        simulated: !track.sources.is_empty() && track.sources.iter().all(|source| simulated.contains(source)),
        lane: located.lane.as_ref().map(|place| place.lane.to_string()),
    }
}

/// A parking lot.
pub(super) fn lot(lot: &LotState) -> ConsoleLot {
    let bay = |bay: &BayState| ConsoleBay {
        bay: bay.id.to_string(),
        status: match bay.status {
            BayStatus::Free => ConsoleBayStatus::Free,
            BayStatus::Occupied => ConsoleBayStatus::Occupied,
            BayStatus::Unknown => ConsoleBayStatus::Unknown,
        },
    };
    ConsoleLot {
        lot: lot.id.to_string(),
        name: lot.name.clone(),
        free: lot.free,
        occupied: lot.occupied,
        unknown: lot.unknown,
        bays: lot.bays.iter().map(bay).collect(),
    }
}

/// How often each message goes out, over the last whole second.
#[derive(Debug, Default)]
pub struct Rates {
    second: i64,
    messages: BTreeMap<(&'static str, MessageKind), Rate>,
}

#[derive(Debug, Default)]
struct Rate {
    this_second: u32,
    last_second: u32,
    bytes: usize,
}

impl Rates {
    pub(super) fn count(&mut self, now: UtcMicros, transmission: &Transmission) {
        let second = now.0.div_euclid(1_000_000);
        if second != self.second {
            self.second = second;
            for rate in self.messages.values_mut() {
                rate.last_second = std::mem::take(&mut rate.this_second);
            }
        }
        let set: MessageSet = transmission.set;
        let rate = self.messages.entry((set.as_str(), transmission.kind)).or_default();
        rate.this_second += 1;
        rate.bytes = transmission.payload.len();
    }

    pub(super) fn shown(&self) -> Vec<ConsoleMessage> {
        let shown = |((set, kind), rate): (&(&'static str, MessageKind), &Rate)| ConsoleMessage {
            set: (*set).to_owned(),
            message: kind.as_str().to_owned(),
            per_s: f64::from(rate.last_second),
            last_bytes: u32::try_from(rate.bytes).unwrap_or(u32::MAX),
        };
        self.messages.iter().map(shown).collect()
    }
}
