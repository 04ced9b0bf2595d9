//! `lot_count`: somebody has counted the vehicles in a lot that is counted at its gates. What is counted from there is kept in
//! `state_dir`, so that a restart does not forget it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_bridge::CommandEnd;
use perception::detection::SensorId;
use perception::parking::{KeptCount, Lot};
use serde::{Deserialize, Serialize};

use super::{Clerk, not_kept};
use crate::durable::{self, Upkeep};
use crate::pipeline::Input;

/// The file's name in `state_dir`.
pub const NAME: &str = "lot-counts.json";
/// How often it is written, seconds: of what a crash forgets no more is unseen than this.
const EVERY_S: f64 = 10.0;

/// One lot in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    count: KeptCount,
    /// The lot's capacity and gates as JSON: of other ones the count says nothing.
    drawn: String,
}

/// What lots held, and the file. Clones are the same book.
#[derive(Clone, Debug)]
pub struct LotBook {
    path: PathBuf,
    /// As the map has them now.
    drawn: Arc<BTreeMap<SensorId, String>>,
    kept: Arc<Mutex<BTreeMap<SensorId, Kept>>>,
}

impl LotBook {
    /// Reads what earlier runs have kept of lots that are drawn as they were. A file that cannot be read is told of once.
    pub fn open(state_dir: &Path, lots: &[Lot]) -> Self {
        let path = state_dir.join(NAME);
        let drawn: BTreeMap<SensorId, String> = lots.iter().map(|lot| (lot.id.clone(), drawn(lot))).collect();
        let read = durable::read_json(&path).map(Option::unwrap_or_default);
        let mut kept: BTreeMap<SensorId, Kept> = read.unwrap_or_else(|error| {
            tracing::error!(path = %path.display(), %error, "what lots held is not read: somebody must count again");
            BTreeMap::new()
        });
        kept.retain(|lot, kept| {
            let same = drawn.get(lot) == Some(&kept.drawn);
            if !same {
                tracing::warn!(%lot, "its gates or its capacity have changed: somebody must count again");
            }
            same
        });
        Self { path, drawn: Arc::new(drawn), kept: Arc::new(Mutex::new(kept)) }
    }

    /// What is kept.
    pub fn counts(&self) -> BTreeMap<SensorId, KeptCount> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(lot, kept)| (lot.clone(), kept.count.clone())).collect()
    }

    /// Keeps what is newer than what is kept. Waits for the disk; without news it is not written to.
    ///
    /// # Errors
    /// The disk's.
    pub fn keep(&self, counts: &BTreeMap<SensorId, KeptCount>) -> io::Result<()> {
        // Locked until it is written: of two who keep something, neither puts older news over the other's.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut after = kept.clone();
        let mut is_news = false;
        for (lot, count) in counts {
            let Some(drawn) = self.drawn.get(lot) else { continue };
            if after.get(lot).is_none_or(|kept| kept.count.at < count.at) {
                after.insert(lot.clone(), Kept { count: count.clone(), drawn: drawn.clone() });
                is_news = true;
            }
        }
        if is_news {
            durable::replace(&self.path, &serde_json::to_vec(&after)?)?;
            *kept = after;
        }
        Ok(())
    }

    fn keep_or_warn(&self, counts: &BTreeMap<SensorId, KeptCount>) {
        if let Err(error) = self.keep(counts) {
            tracing::warn!(path = %self.path.display(), %error, "what lots hold is not written");
        }
    }
}

/// Keeps what the pipeline counts in the book, now and then.
#[derive(Debug)]
pub struct LotKeeper {
    book: LotBook,
    upkeep: Upkeep,
}

impl LotKeeper {
    /// `uptime_s`: of the service.
    pub fn new(book: LotBook, uptime_s: f64) -> Self {
        Self { book, upkeep: Upkeep::new("lot-counts", EVERY_S, uptime_s) }
    }

    /// Writes if it is time to.
    pub fn write_if_due(&mut self, uptime_s: f64, counts: impl FnOnce() -> BTreeMap<SensorId, KeptCount>) {
        self.upkeep.if_due(uptime_s, || {
            let (book, counts) = (self.book.clone(), counts());
            move || book.keep_or_warn(&counts)
        });
    }

    /// Writes, and waits for it: the service ends.
    pub fn write_now(&mut self, counts: &BTreeMap<SensorId, KeptCount>) {
        self.upkeep.finish();
        self.book.keep_or_warn(counts);
    }
}

fn drawn(lot: &Lot) -> String {
    serde_json::json!({ "capacity": lot.capacity, "gates": lot.gates }).to_string()
}

/// The payload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LotCount {
    /// The lot's name in the map.
    lot: SensorId,
    /// How many vehicles are in it.
    vehicles: u32,
}

impl Clerk {
    /// Written down first: what is answered as done outlives a restart.
    pub(super) fn lot_count(&self, count: &LotCount) -> Result<(), CommandEnd> {
        let LotCount { lot, vehicles } = count;
        let known = self.site.map.lots.iter().find(|known| known.id == *lot);
        let known = known.ok_or_else(|| CommandEnd::rejected("unknown_lot"))?;
        if known.gates.is_empty() {
            return Err(CommandEnd::rejected("no_gates").with_detail("its bays are seen one by one"));
        }
        if let Some(capacity) = known.capacity.filter(|capacity| vehicles > capacity) {
            return Err(CommandEnd::rejected("above_capacity").with_detail(format!("it holds {capacity}")));
        }
        let counted = KeptCount { at: self.clock.now(), vehicles: *vehicles, sigma: 0.0, crossings_per_s: 0.0 };
        self.lots.keep(&BTreeMap::from([(lot.clone(), counted)])).map_err(|error| not_kept(&error))?;
        self.pipeline.ask(&Input::LotCount { lot: lot.clone(), vehicles: *vehicles }, lot)
    }
}

#[cfg(test)]
mod tests {
    use perception::parking::Gate;
    use perception::time::UtcMicros;

    use super::*;

    #[test]
    fn newer_counts_are_kept_and_those_of_a_lot_that_was_redrawn_are_forgotten() {
        let folder = std::env::temp_dir().join(format!("lukou-lots-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let gate = |east_m: f64| Gate { id: "g".into(), line_enu_m: [[east_m, 0.1], [east_m + 5.0, 0.1]] };
        let lot = |capacity, east_m| Lot {
            id: "yard".into(),
            name: "Yard".into(),
            bays: Vec::new(),
            capacity: Some(capacity),
            max_stay_s: None,
            gates: vec![gate(east_m)],
        };
        let at = |s: i64, vehicles| {
            let count = KeptCount { at: UtcMicros(s), vehicles, sigma: 0.5, crossings_per_s: 0.1 };
            BTreeMap::from([("yard".into(), count)])
        };
        let book = LotBook::open(&folder, &[lot(20, 1.0 / 3.0)]);
        book.keep(&at(10, 5)).unwrap();
        book.keep(&at(9, 4)).unwrap();
        let kept = |lot: Lot| LotBook::open(&folder, &[lot]).counts();
        assert_eq!(kept(lot(20, 1.0 / 3.0)), at(10, 5));
        assert_eq!(kept(lot(21, 1.0 / 3.0)), BTreeMap::new());
        assert_eq!(kept(lot(20, 0.3)), BTreeMap::new());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
