//! What was found over a stretch of time, added up.

use std::collections::BTreeMap;

use super::{Conflict, ConflictKind, HardBraking};
use crate::detection::SensorId;

/// Conflicts are counted by how short their time to collision was: up to each of these, seconds (SSAM takes 1.5 s).
pub const TTC_LIMITS_S: [f64; 3] = [0.5, 1.0, 1.5];
/// And by how short the post-encroachment time was: up to each of these, seconds (SSAM takes 5 s).
pub const PET_LIMITS_S: [f64; 4] = [1.0, 2.0, 3.0, 5.0];

/// Conflicts of one kind between those who came by the same links.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConflictCount {
    /// How many had a time to collision within each of [`TTC_LIMITS_S`] and above the one before.
    pub by_ttc: [u32; 3],
    /// The least of these times, seconds.
    pub ttc_min_s: Option<f64>,
    /// Time spent under the longest of them by all, seconds.
    pub under_s: f64,
    /// How many had a post-encroachment time within each of [`PET_LIMITS_S`] and above the one before.
    pub by_pet: [u32; 4],
    /// The least of these times, seconds.
    pub pet_min_s: Option<f64>,
}

/// Hard braking on one link.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BrakingCount {
    /// How often.
    pub count: u32,
    /// The hardest, m/s².
    pub most_mps2: f64,
}

/// Surrogate safety over a stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SafetyWindow {
    /// By kind, and by the links that both came by.
    pub conflicts: BTreeMap<(ConflictKind, Vec<SensorId>), ConflictCount>,
    /// By the link that one was on. `None`: on none.
    pub braking: BTreeMap<Option<SensorId>, BrakingCount>,
}

impl SafetyWindow {
    pub(super) fn add(&mut self, conflict: &Conflict) {
        let count = self.conflicts.entry((conflict.kind, conflict.links.clone())).or_default();
        if let Some(ttc_s) = conflict.ttc_s {
            add_within(ttc_s, &TTC_LIMITS_S, &mut count.by_ttc, &mut count.ttc_min_s);
            count.under_s += conflict.under_s;
        }
        if let Some(pet_s) = conflict.pet_s {
            add_within(pet_s, &PET_LIMITS_S, &mut count.by_pet, &mut count.pet_min_s);
        }
    }

    pub(super) fn add_braking(&mut self, one: &HardBraking) {
        let count = self.braking.entry(one.link.clone()).or_default();
        count.count += 1;
        count.most_mps2 = count.most_mps2.max(one.deceleration_mps2);
    }
}

fn add_within(value_s: f64, limits_s: &[f64], counts: &mut [u32], least_s: &mut Option<f64>) {
    // A limit that is reached in steps of a tenth is within, whatever the last bit says.
    if let Some(index) = limits_s.iter().position(|limit_s| value_s <= limit_s + 1e-6) {
        counts[index] += 1;
    }
    *least_s = Some(least_s.map_or(value_s, |least_s| least_s.min(value_s)));
}
