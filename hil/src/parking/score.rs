//! How much of what was said of bays is true.

use std::collections::BTreeMap;

use perception::parking::BayStatus;
use serde::{Deserialize, Serialize};

use super::BayTruth;

/// What was said of a lot at one time: a line of `rsu replay --parking`.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    /// When, microseconds since 1970, UTC.
    pub t_us: i64,
    /// Each bay.
    pub bays: Vec<SaidBay>,
}

/// What was said of a bay.
#[derive(Clone, Debug, Deserialize)]
pub struct SaidBay {
    /// The bay.
    pub id: String,
    /// Its status.
    pub status: BayStatus,
    /// How probable that is.
    pub confidence: f64,
}

/// The result.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BayScore {
    /// Minutes of bays: each is taken or free by what it was for most of the minute.
    pub minutes: u64,
    /// Of those, said rightly for most of the minute.
    pub minutes_right: u64,
    /// Said to be unknown for most of the minute.
    pub minutes_unknown: u64,
    /// Free, and said to be taken.
    pub minutes_said_taken: u64,
    /// Taken, and said to be free.
    pub minutes_said_free: u64,
    /// Seconds of bays.
    pub seconds: u64,
    /// Of those, said rightly.
    pub seconds_right: u64,
    /// How often a bay came to be taken, or free.
    pub changes: u64,
    /// Mean confidence of what was said as taken or free, and the share of it that was right.
    pub mean_confidence: f64,
    /// The share of it that was right.
    pub known_right: f64,
}

impl BayScore {
    /// Share of minutes that are right, 0 to 1.
    pub fn share_right(&self) -> f64 {
        self.minutes_right as f64 / self.minutes.max(1) as f64
    }
}

#[derive(Clone, Copy, Default)]
struct Minute {
    taken: [u32; 2],
    said: [u32; 3],
}

/// Compares each second of the truth with the newest that was said until then, at most two seconds old.
pub fn score(truth: &[BayTruth], said: &[Said]) -> BayScore {
    let mut score = BayScore::default();
    let mut minutes: BTreeMap<(i64, &str), Minute> = BTreeMap::new();
    let (mut confidence, mut known, mut known_right) = (0.0, 0_u64, 0_u64);
    let start_us = truth.first().map_or(0, |first| first.t_us);
    let mut before: Option<&BayTruth> = None;
    for second in truth {
        let newest = said.partition_point(|said| said.t_us <= second.t_us);
        let newest = newest.checked_sub(1).map(|index| &said[index]);
        let newest = newest.filter(|said| second.t_us - said.t_us <= 2_000_000);
        for (bay, taken) in &second.taken {
            let found = newest.and_then(|said| said.bays.iter().find(|said| said.id == *bay));
            let status = found.map_or(BayStatus::Unknown, |found| found.status);
            let is_right = status == if *taken { BayStatus::Occupied } else { BayStatus::Free };
            score.seconds += 1;
            score.seconds_right += u64::from(is_right);
            score.changes += u64::from(before.is_some_and(|before| before.taken.get(bay) != Some(taken)));
            if let Some(found) = found.filter(|found| found.status != BayStatus::Unknown) {
                confidence += found.confidence;
                known += 1;
                known_right += u64::from(is_right);
            }
            let minute = minutes.entry(((second.t_us - start_us) / 60_000_000, bay)).or_default();
            minute.taken[usize::from(*taken)] += 1;
            minute.said[match status {
                BayStatus::Free => 0,
                BayStatus::Occupied => 1,
                BayStatus::Unknown => 2,
            }] += 1;
        }
        before = Some(second);
    }
    for minute in minutes.values().filter(|minute| minute.taken.iter().sum::<u32>() == 60) {
        let taken = minute.taken[1] * 2 >= 60;
        let most = minute.said.iter().max().copied().unwrap_or(0);
        score.minutes += 1;
        if minute.said[usize::from(taken)] == most {
            score.minutes_right += 1;
        } else if minute.said[2] == most {
            score.minutes_unknown += 1;
        } else if taken {
            score.minutes_said_free += 1;
        } else {
            score.minutes_said_taken += 1;
        }
    }
    let per = |sum: f64| if known == 0 { 0.0 } else { sum / known as f64 };
    (score.mean_confidence, score.known_right) = (per(confidence), per(known_right as f64));
    score
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_right_by_what_was_said_for_most_of_them() {
        let second = |s: i64| BayTruth {
            t_us: s * 1_000_000,
            taken: [("a".to_owned(), s >= 70), ("b".to_owned(), false)].into(),
        };
        let truth: Vec<BayTruth> = (0..180).map(second).collect();
        let said = |s: i64| {
            let a = if s < 20 {
                BayStatus::Unknown
            } else if s < 74 {
                BayStatus::Free
            } else {
                BayStatus::Occupied
            };
            let b = if s < 60 {
                BayStatus::Free
            } else if s < 120 {
                BayStatus::Occupied
            } else {
                BayStatus::Unknown
            };
            let bay = |id: &str, status| SaidBay { id: id.to_owned(), status, confidence: 0.9 };
            Said { t_us: s * 1_000_000, bays: vec![bay("a", a), bay("b", b)] }
        };
        let all: Vec<Said> = (0..180).map(said).collect();
        let scored = score(&truth, &all);
        assert_eq!((scored.minutes, scored.minutes_right), (6, 4));
        assert_eq!((scored.minutes_unknown, scored.minutes_said_taken, scored.minutes_said_free), (1, 1, 0));
        assert_eq!((scored.seconds, scored.seconds_right, scored.changes), (360, 180 - 20 - 4 + 60, 1));
        assert!((scored.mean_confidence - 0.9).abs() < 1e-12);
        assert_eq!(score(&truth, &all[..61]).minutes_right, 2, "what is old is not said any more");
    }
}
