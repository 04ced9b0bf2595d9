//! What the city has heard of parking lots, and what is news to it.

use std::collections::BTreeMap;

use perception::detection::SensorId;
use perception::parking::{BayStatus, LotState};
use perception::time::UtcMicros;

/// A lot that does not change is told to the city this often, seconds.
const LOTS_TO_CITY_S: f64 = 60.0;

/// What the city last heard of each lot: every message of parking is written to the disk and synced, so only news is told.
#[derive(Debug, Default)]
pub struct LotsTold(BTreeMap<SensorId, (UtcMicros, LotNews)>);

/// What of a lot is news when it changes.
#[derive(Debug, PartialEq)]
struct LotNews {
    bays: Vec<(BayStatus, bool)>,
    counted: Option<u32>,
}

impl LotsTold {
    /// Whether the city is to hear of it: it changed, or was told [`LOTS_TO_CITY_S`] ago.
    pub(super) fn is_news(&mut self, now: UtcMicros, lot: &LotState) -> bool {
        let news = LotNews {
            bays: lot.bays.iter().map(|bay| (bay.status, bay.overstay_s.is_some())).collect(),
            counted: lot.counted.as_ref().and_then(|counted| counted.vehicles),
        };
        let is_old = |(at, told): &(UtcMicros, LotNews)| {
            *told == news && (0.0..LOTS_TO_CITY_S).contains(&now.seconds_since(*at))
        };
        if self.0.get(&lot.id).is_some_and(is_old) {
            return false;
        }
        self.0.insert(lot.id.clone(), (now, news));
        true
    }
}
