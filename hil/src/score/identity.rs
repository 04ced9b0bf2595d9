//! IDF1: one track for each object's whole life, and what that leaves over.
//!
//! E. Ristani et al., "Performance Measures and a Data Set for Multi-Target, Multi-Camera Tracking", ECCV workshops 2016; computed as
//! TrackEval does.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assign::{Candidate, best_pairs};
use super::scene::Frame;

/// Sums over all frames under the best pairing of objects with tracks.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Identity {
    /// 2 true / (objects + tracks), from 0 to 1. `None`: neither object nor track.
    pub idf1: Option<f64>,
    /// Objects that were within the gate of their own track.
    pub id_true: usize,
    /// Objects that were not.
    pub id_missed: usize,
    /// Tracks that were not at their own object.
    pub id_false: usize,
}

pub(super) fn identity(frames: &[Frame], gate_m: f64) -> Identity {
    let mut common = BTreeMap::<(u64, u64), usize>::new();
    let (mut truths, mut tracks) = (0, 0);
    for frame in frames {
        truths += frame.truths.len();
        tracks += frame.tracks.len();
        for pair in frame.pairs.iter().filter(|pair| pair.distance_m <= gate_m) {
            *common.entry((frame.truths[pair.truth].id, frame.tracks[pair.track].track.id)).or_default() += 1;
        }
    }
    let (mut rows, mut columns) = (BTreeMap::new(), BTreeMap::new());
    let mut candidates = Vec::with_capacity(common.len());
    let mut frames_of = BTreeMap::new();
    for ((truth, track), frames) in common {
        let (next_row, next_column) = (rows.len(), columns.len());
        let (row, column) = (*rows.entry(truth).or_insert(next_row), *columns.entry(track).or_insert(next_column));
        candidates.push(Candidate { row, column, weight: frames as f64 });
        frames_of.insert((row, column), frames);
    }
    let id_true = best_pairs(&candidates).iter().filter_map(|pair| frames_of.get(pair)).sum();
    Identity {
        idf1: (truths + tracks > 0).then(|| 2.0 * id_true as f64 / (truths + tracks) as f64),
        id_true,
        // Below 0 only if an id stands twice in a frame, which a caller may do and a file may not.
        id_missed: truths.saturating_sub(id_true),
        id_false: tracks.saturating_sub(id_true),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Point, assert_near, still, swapped, with_frames};
    use super::*;

    fn of(objects: &[Vec<Point>], tracks: &[Vec<Point>]) -> Identity {
        with_frames(objects, tracks, |frames, settings| identity(frames, settings.gate_m))
    }

    #[test]
    fn an_object_has_one_track_and_the_longer_one_is_it() {
        let perfect = of(&swapped(10, 0), &swapped(10, 0));
        assert_eq!(perfect, Identity { idf1: Some(1.0), id_true: 20, id_missed: 0, id_false: 0 });
        let swapped = of(&swapped(10, 0), &swapped(7, 3));
        assert_eq!((swapped.id_true, swapped.id_missed, swapped.id_false), (14, 6, 6));
        assert_near(swapped.idf1.unwrap(), 0.7);
    }

    #[test]
    fn misses_and_false_ones_are_half_each() {
        let missed = of(&still(4, &[(1, 0.0, 0.0)]), &still(2, &[(1, 0.0, 0.0)]));
        assert_eq!((missed.id_true, missed.id_missed, missed.id_false), (2, 2, 0));
        assert_near(missed.idf1.unwrap(), 4.0 / 6.0);
        let wrong = of(&still(1, &[(1, 0.0, 0.0)]), &still(1, &[(1, 2.1, 0.0)]));
        assert_eq!(wrong, Identity { idf1: Some(0.0), id_true: 0, id_missed: 1, id_false: 1 });
        assert_eq!(of(&[], &[]).idf1, None);
    }
}
