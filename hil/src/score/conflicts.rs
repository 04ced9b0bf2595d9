//! What conflicts and hard brakings that were told one by one are worth (`docs/ref/traffic.md`, surrogate safety).

use std::collections::BTreeMap;

use perception::risk::{Conflict, HardBraking};
use serde::{Deserialize, Serialize};

use super::assign::{Candidate, best_pairs};

/// One that is told is a true one that is no farther off, seconds and metres.
const WITHIN_S: f64 = 1.5;
const WITHIN_M: f64 = 5.0;
const HARD_BRAKING: &str = "hard_braking";

/// A conflict or a hard braking: of a line that `rsu replay --conflicts` writes, what is compared.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ToldConflict {
    /// How two met, or `hard_braking`.
    pub kind: String,
    /// When they were nearest in time, or one had begun to brake hard, microseconds since the Unix epoch, UTC.
    pub at_us: i64,
    /// Metres east of the site's origin.
    pub east_m: f64,
    /// Metres north of the site's origin.
    pub north_m: f64,
    /// Least time to collision, seconds. `None`: no collision course.
    pub ttc_s: Option<f64>,
    /// Least post-encroachment time, seconds. `None`: their ways did not cross.
    pub pet_s: Option<f64>,
}

impl From<&Conflict> for ToldConflict {
    fn from(conflict: &Conflict) -> Self {
        let [east_m, north_m] = conflict.place_enu_m;
        let (ttc_s, pet_s) = (conflict.ttc_s, conflict.pet_s);
        Self { kind: conflict.kind.as_str().to_owned(), at_us: conflict.at.0, east_m, north_m, ttc_s, pet_s }
    }
}

impl From<&HardBraking> for ToldConflict {
    fn from(braking: &HardBraking) -> Self {
        let [east_m, north_m] = braking.place_enu_m;
        Self { kind: HARD_BRAKING.to_owned(), at_us: braking.at.0, east_m, north_m, ttc_s: None, pet_s: None }
    }
}

impl ToldConflict {
    /// What it counts for: a conflict by each of its times, in all and in its kind.
    fn figures(&self) -> Vec<String> {
        if self.kind == HARD_BRAKING {
            return vec![self.kind.clone()];
        }
        let times = [("ttc", self.ttc_s), ("pet", self.pet_s)].into_iter().filter(|(_, time_s)| time_s.is_some());
        times.flat_map(|(by, _)| [by.to_owned(), format!("{by} {}", self.kind)]).collect()
    }

    fn is_near(&self, other: &Self) -> bool {
        let apart_s = (self.at_us - other.at_us) as f64 * 1e-6;
        apart_s.abs() <= WITHIN_S && (self.east_m - other.east_m).hypot(self.north_m - other.north_m) <= WITHIN_M
    }
}

/// How many were told, how many there were, and how many of both can be paired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ConflictTally {
    /// Told.
    pub told: usize,
    /// In the true picture.
    pub true_ones: usize,
    /// Pairs of one each, as many as can be made.
    pub right: usize,
}

impl ConflictTally {
    /// Share of those told that are right. `None`: none was told.
    pub fn precision(&self) -> Option<f64> {
        (self.told > 0).then(|| self.right as f64 / self.told as f64)
    }

    /// Share of the true ones that were told. `None`: there was none.
    pub fn recall(&self) -> Option<f64> {
        (self.true_ones > 0).then(|| self.right as f64 / self.true_ones as f64)
    }

    /// Harmonic mean of precision and recall. `None`: there was nothing to tell, and nothing told.
    pub fn f1(&self) -> Option<f64> {
        let all = self.told + self.true_ones;
        (all > 0).then(|| 2.0 * self.right as f64 / all as f64)
    }
}

/// Pairs what was told with what there was: hard braking, conflicts by time to collision (`ttc`) and by encroachment (`pet`),
/// these two also by kind.
pub fn score_conflicts(told: &[ToldConflict], truth: &[ToldConflict]) -> BTreeMap<String, ConflictTally> {
    let mut figures: BTreeMap<String, [Vec<&ToldConflict>; 2]> = BTreeMap::new();
    for (side, conflicts) in [told, truth].into_iter().enumerate() {
        for conflict in conflicts {
            for figure in conflict.figures() {
                figures.entry(figure).or_default()[side].push(conflict);
            }
        }
    }
    figures.into_iter().map(|(figure, [told, truth])| (figure, tally(&told, &truth))).collect()
}

fn tally(told: &[&ToldConflict], truth: &[&ToldConflict]) -> ConflictTally {
    let near = |(row, one): (usize, &&ToldConflict)| {
        let columns = truth.iter().enumerate().filter(|(_, other)| one.is_near(other)).map(|(column, _)| column);
        columns.map(|column| Candidate { row, column, weight: 1.0 }).collect::<Vec<_>>()
    };
    let candidates: Vec<Candidate> = told.iter().enumerate().flat_map(near).collect();
    ConflictTally { told: told.len(), true_ones: truth.len(), right: best_pairs(&candidates).len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn braking(at_s: f64, north_m: f64) -> ToldConflict {
        let at_us = (at_s * 1e6) as i64;
        ToldConflict { kind: HARD_BRAKING.to_owned(), at_us, east_m: 0.0, north_m, ttc_s: None, pet_s: None }
    }

    #[test]
    fn each_counts_once_and_only_near_by() {
        // The first could be either of the true ones, the second only the first.
        let told = [braking(10.0, 0.0), braking(9.0, -4.0), braking(20.0, 0.0), braking(30.0, 0.0)];
        let truth = [braking(10.0, 0.5), braking(10.5, 1.5), braking(21.6, 0.0), braking(30.0, 5.1)];
        let tally = score_conflicts(&told, &truth)[HARD_BRAKING];
        assert_eq!(tally, ConflictTally { told: 4, true_ones: 4, right: 2 });
        assert_eq!((tally.precision(), tally.recall(), tally.f1()), (Some(0.5), Some(0.5), Some(0.5)));
    }

    #[test]
    fn a_conflict_counts_by_each_of_its_times_and_in_its_kind() {
        let conflict =
            |kind: &str, ttc_s, pet_s| ToldConflict { kind: kind.to_owned(), ttc_s, pet_s, ..braking(10.0, 0.0) };
        let told = [conflict("crossing", Some(1.0), Some(2.0))];
        let truth = [conflict("turning", Some(1.2), None)];
        let score = score_conflicts(&told, &truth);
        let of = |figure: &str| score.get(figure).map(|tally| (tally.told, tally.true_ones, tally.right));
        assert_eq!(
            (of("ttc"), of("ttc crossing"), of("ttc turning")),
            (Some((1, 1, 1)), Some((1, 0, 0)), Some((0, 1, 0)))
        );
        assert_eq!((of("pet"), of("pet crossing"), of("pet turning")), (Some((1, 0, 0)), Some((1, 0, 0)), None));
    }
}
