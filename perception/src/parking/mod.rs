//! Parking: which bays of a lot are taken, free, or unknown, for how long and how surely; who comes and goes; and lots
//! that are counted at their gates.
//!
//! A bay is a filter of two states (`bay.rs`): a motor vehicle that stands in it is evidence for one, a camera that would
//! see a vehicle there and sees none is evidence for the other (`view.rs`). Nothing in view is no evidence: what is hidden
//! behind another vehicle stays as it was and is slowly forgotten, what no working sensor looks at is unknown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::{SensorModel, SiteGeometry};
use crate::detection::SensorId;
use crate::frames::mean;
use crate::time::UtcMicros;
use crate::track::{Track, V2X};

mod bay;
mod gates;
mod placing;
mod turnover;
mod view;

use bay::{DRIVES_MPS, LONGEST_STEP_S, Watched};
use gates::Gates;
pub use gates::{Counted, Gate, KeptCount};
use placing::Placing;
use turnover::Ledger;
pub use turnover::Turnover;
use view::Block;

/// One parking bay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bay {
    /// Unique in the lot.
    pub id: SensorId,
    /// Outline, site ENU, metres; three corners or more.
    pub polygon_enu_m: Vec<[f64; 2]>,
    /// How long one may stay, seconds; `None`: as the lot says.
    pub max_stay_s: Option<f64>,
}

/// A parking lot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lot {
    /// Unique in the site.
    pub id: SensorId,
    /// What people call it.
    pub name: String,
    /// Its bays, as far as they are drawn.
    pub bays: Vec<Bay>,
    /// How many vehicles it holds. `None`: as many as it has bays.
    pub capacity: Option<u32>,
    /// How long one may stay, seconds; `None`: for ever.
    pub max_stay_s: Option<f64>,
    /// Where those who come and go are counted.
    pub gates: Vec<Gate>,
}

/// Whether a bay is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BayStatus {
    /// Nobody knows.
    Unknown,
    /// Seen, and empty.
    Free,
    /// A vehicle stands in it.
    Occupied,
}

/// One bay's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BayState {
    /// The bay.
    pub id: SensorId,
    /// Its middle, site ENU, metres.
    pub middle_enu_m: [f64; 2],
    /// Its status.
    pub status: BayStatus,
    /// Since when it is known to be so.
    pub since: UtcMicros,
    /// Whether the change itself was seen: if not, it may have been so before.
    pub change_seen: bool,
    /// How probable the status is, 0.5 to 1; of an unknown bay, how probable the likelier one is.
    pub confidence: f64,
    /// Whether something hides the bay from the cameras that look at it, or only radars do.
    pub hidden: bool,
    /// The sensors on whose word the status last rested; [`V2X`] among them for the vehicle's own.
    pub sensors: Vec<SensorId>,
    /// By how much a vehicle has stayed longer than it may, seconds; at least, where its arrival was not seen.
    pub overstay_s: Option<f64>,
}

/// A lot's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LotState {
    /// The lot.
    pub id: SensorId,
    /// What people call it.
    pub name: String,
    /// The middle of its bays, or of its gates where it has no bays; site ENU, metres. `None`: it has neither.
    pub middle_enu_m: Option<[f64; 2]>,
    /// When it was last looked at; `None`: never.
    pub at: Option<UtcMicros>,
    /// How many of its bays are free.
    pub free: u32,
    /// How many are taken.
    pub occupied: u32,
    /// How many are unknown.
    pub unknown: u32,
    /// How many vehicles it holds; `None`: as many as it has bays.
    pub capacity: Option<u32>,
    /// Each bay, in the lot's order.
    pub bays: Vec<BayState>,
    /// Who came and went in the last hour.
    pub turnover: Turnover,
    /// What its gates say; `None`: it has none.
    pub counted: Option<Counted>,
}

/// Looks nearer to each other than this are one, seconds.
const LEAST_STEP_S: f64 = 0.2;
/// Time that runs back by more than this was set, seconds.
const STEPPED_BACK_S: f64 = 1.0;

/// Watches one lot.
#[derive(Clone, Debug)]
pub struct ParkingMonitor {
    lot_id: SensorId,
    name: String,
    middle_enu_m: Option<[f64; 2]>,
    capacity: Option<u32>,
    bays: Vec<Watched>,
    gates: Gates,
    ledger: Ledger,
    cameras: Vec<SensorId>,
    /// What is remembered of the tracks in the picture, by id.
    known: BTreeMap<u64, Known>,
    last: Option<UtcMicros>,
}

/// What a track has once been.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// When it was last seen to drive.
    drove_at: Option<UtcMicros>,
    is_seen: bool,
}

impl ParkingMonitor {
    /// For a lot of a site; which sensors can see each bay follows from their geometry.
    pub fn new(lot: &Lot, site: &SiteGeometry) -> Self {
        let camera = |sensor: &SensorModel| match sensor {
            SensorModel::Camera(model) => Some(model.id.clone()),
            SensorModel::Radar(_) => None,
        };
        let bays: Vec<_> = lot.bays.iter().map(|bay| Watched::new(bay, lot.max_stay_s, site)).collect();
        let of_bays = mean(bays.iter().map(|bay| bay.state.middle_enu_m));
        Self {
            lot_id: lot.id.clone(),
            name: lot.name.clone(),
            middle_enu_m: of_bays.or_else(|| mean(lot.gates.iter().flat_map(|gate| gate.line_enu_m))),
            capacity: lot.capacity,
            bays,
            gates: Gates::new(&lot.gates, lot.capacity, site),
            ledger: Ledger::default(),
            cameras: site.sensors.iter().filter_map(camera).collect(),
            known: BTreeMap::new(),
            last: None,
        }
    }

    /// The lot's name in the map.
    pub fn id(&self) -> &SensorId {
        &self.lot_id
    }

    /// Somebody has counted: so many vehicles are in the lot (0: it is empty; its capacity: it is full).
    pub fn set_count(&mut self, vehicles: u32) {
        self.gates.set(vehicles);
    }

    /// What is to be kept of the count at the gates; `None`: there is none, or nobody has looked yet.
    pub fn kept_count(&self) -> Option<KeptCount> {
        self.gates.kept(self.last?)
    }

    /// Goes on from a count that was kept: as sure as it was, less what may have passed unseen until `now`.
    pub fn go_on_counting(&mut self, now: UtcMicros, kept: &KeptCount) {
        self.gates.go_on(now, kept);
    }

    /// Takes the picture of a time and the names of the sensors that deliver.
    pub fn update(&mut self, at: UtcMicros, tracks: &[Track], live: &[SensorId]) {
        let passed_s = self.last.map(|last| at.seconds_since(last));
        let after_s = match passed_s {
            Some(passed_s) if passed_s >= -STEPPED_BACK_S => passed_s,
            _ => {
                self.forget(at);
                0.0
            }
        };
        if after_s < LEAST_STEP_S - 1e-6 && self.last.is_some() {
            return;
        }
        self.last = Some(at);
        self.remember(at, tracks);
        self.gates.look(after_s, tracks, live);
        self.look_at_bays(at, after_s.min(LONGEST_STEP_S), tracks, live);
        self.ledger.forget_before(at);
    }

    fn forget(&mut self, at: UtcMicros) {
        self.last = None;
        self.ledger.begin(at);
        self.gates.forget();
        self.bays.iter_mut().for_each(|bay| bay.forget(at));
    }

    fn remember(&mut self, at: UtcMicros, tracks: &[Track]) {
        let is_camera = |sensor: &SensorId| self.cameras.contains(sensor);
        let vouches = |sensor: &SensorId| &**sensor == V2X || is_camera(sensor);
        let of = |track: &Track| {
            let before = self.known.get(&track.id).copied().unwrap_or_default();
            let drove_at = if track.speed_mps() > DRIVES_MPS { Some(at) } else { before.drove_at };
            (track.id, Known { drove_at, is_seen: before.is_seen || track.sources.iter().any(vouches) })
        };
        self.known = tracks.iter().map(of).collect();
    }

    fn look_at_bays(&mut self, at: UtcMicros, after_s: f64, tracks: &[Track], live: &[SensorId]) {
        let blocks = self.blocks(tracks);
        let claims = Placing { bays: &self.bays, known: &self.known, tracks }.claims();
        for (bay, claims) in self.bays.iter_mut().zip(&claims) {
            if let Some(change) = bay.look(at, after_s, claims, tracks, (&blocks, live)) {
                self.ledger.take(at, change);
            }
        }
    }

    /// What stands in the way of looks: vehicles, and those that are remembered where no track is any more.
    fn blocks(&self, tracks: &[Track]) -> Vec<Block> {
        let there: Vec<Block> =
            tracks.iter().filter(|track| bay::is_tall(track)).map(|track| Block::of(track, [0.0, 1.0])).collect();
        let near = |a: &Block, b: &Block| (a.middle[0] - b.middle[0]).hypot(a.middle[1] - b.middle[1]) < 1.5;
        let remembered = self.bays.iter().filter_map(|bay| Some(bay.kept()?.block));
        let hidden: Vec<Block> = remembered.filter(|kept| !there.iter().any(|block| near(block, kept))).collect();
        there.into_iter().chain(hidden).collect()
    }

    /// The lot as it is.
    pub fn state(&self) -> LotState {
        let count = |status| {
            let n = self.bays.iter().filter(|bay| bay.state.status == status).count();
            u32::try_from(n).unwrap_or(u32::MAX)
        };
        LotState {
            id: self.lot_id.clone(),
            name: self.name.clone(),
            middle_enu_m: self.middle_enu_m,
            at: self.last,
            free: count(BayStatus::Free),
            occupied: count(BayStatus::Occupied),
            unknown: count(BayStatus::Unknown),
            capacity: self.capacity,
            bays: self.bays.iter().map(|bay| bay.state.clone()).collect(),
            turnover: self.last.map_or_else(Turnover::default, |last| self.ledger.told(last)),
            counted: self.gates.told(),
        }
    }
}

#[cfg(test)]
mod tests;
