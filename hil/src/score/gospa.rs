//! GOSPA: how far apart two sets of points are, misses and false ones included.
//!
//! A. S. Rahmathullah, Á. F. García-Fernández, L. Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017, with
//! alpha = 2 and p = 2.

use serde::Serialize;

use super::assign::{Candidate, best_pairs};
use super::scene::Frame;

/// Means over all frames.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gospa {
    /// Of the metric, metres.
    pub mean_m: f64,
    /// Of the metric's square, m²: the sum of the three parts that follow.
    pub mean_square_m2: f64,
    /// Squared distances of matched pairs, m² a frame.
    pub localisation_m2: f64,
    /// c²/2 for each object without a track, m² a frame.
    pub missed_m2: f64,
    /// c²/2 for each track without an object, m² a frame.
    pub false_m2: f64,
    /// Objects without a track, a frame.
    pub missed: f64,
    /// Tracks without an object, a frame.
    pub false_tracks: f64,
}

/// One frame's metric to the power of p, in its parts.
struct Parts {
    localisation_m2: f64,
    missed: usize,
    false_tracks: usize,
}

/// `None`: no frames.
pub(super) fn gospa(frames: &[Frame], cutoff_m: f64) -> Option<Gospa> {
    if frames.is_empty() {
        return None;
    }
    let half_square_m2 = cutoff_m * cutoff_m / 2.0;
    let count = frames.len() as f64;
    let (mut metric_m, mut localisation_m2, mut missed, mut false_tracks) = (0.0, 0.0, 0, 0);
    for frame in frames {
        let parts = parts(frame, cutoff_m);
        localisation_m2 += parts.localisation_m2;
        missed += parts.missed;
        false_tracks += parts.false_tracks;
        metric_m += (parts.localisation_m2 + half_square_m2 * (parts.missed + parts.false_tracks) as f64).sqrt();
    }
    let (missed, false_tracks) = (missed as f64 / count, false_tracks as f64 / count);
    let localisation_m2 = localisation_m2 / count;
    Some(Gospa {
        mean_m: metric_m / count,
        mean_square_m2: localisation_m2 + half_square_m2 * (missed + false_tracks),
        localisation_m2,
        missed_m2: half_square_m2 * missed,
        false_m2: half_square_m2 * false_tracks,
        missed,
        false_tracks,
    })
}

fn parts(frame: &Frame, cutoff_m: f64) -> Parts {
    // What a pair is worth is what it saves: a miss and a false one together cost c².
    let candidates = frame.pairs.iter().filter(|pair| pair.distance_m < cutoff_m).map(|pair| {
        let weight = (cutoff_m - pair.distance_m) * (cutoff_m + pair.distance_m);
        Candidate { row: pair.truth, column: pair.track, weight }
    });
    let chosen = best_pairs(&candidates.collect::<Vec<_>>());
    let is_chosen = |truth, track| chosen.binary_search(&(truth, track)).is_ok();
    let matched = frame.pairs.iter().filter(|pair| is_chosen(pair.truth, pair.track));
    Parts {
        localisation_m2: matched.map(|pair| pair.distance_m * pair.distance_m).sum(),
        missed: frame.truths.len() - chosen.len(),
        false_tracks: frame.tracks.len() - chosen.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::{Point, assert_near, still, with_frames};
    use super::*;

    fn of(objects: &[Vec<Point>], tracks: &[Vec<Point>]) -> Gospa {
        with_frames(objects, tracks, |frames, settings| gospa(frames, settings.gospa_cutoff_m)).unwrap()
    }

    #[test]
    fn a_frame_costs_its_distances_its_misses_and_its_false_ones() {
        let one = still(1, &[(1, 0.0, 0.0)]);
        assert_near(of(&one, &one).mean_m, 0.0);
        assert_near(of(&one, &still(1, &[(7, 0.6, 0.8)])).mean_m, 1.0);
        assert_near(of(&one, &still(1, &[])).mean_m, 4.5_f64.sqrt());
        assert_near(of(&still(1, &[]), &one).mean_m, 4.5_f64.sqrt());
        let apart = of(&one, &still(1, &[(7, 3.1, 0.0)]));
        assert_near(apart.mean_m, 3.0);
        assert_near(apart.missed, 1.0);
        assert_near(apart.false_tracks, 1.0);
    }

    #[test]
    fn frames_are_averaged_after_the_root_and_parts_before_it() {
        let objects = [vec![(1, 0.0, 0.0)], vec![(1, 0.0, 0.0), (2, 9.0, 0.0)]];
        let gospa = of(&objects, &[vec![(7, 2.5, 0.0)], vec![(7, 0.0, 1.0), (8, -9.0, 0.0)]]);
        assert_near(gospa.mean_m, (2.5 + 10_f64.sqrt()) / 2.0);
        assert_near(gospa.localisation_m2, (6.25 + 1.0) / 2.0);
        assert_near(gospa.missed_m2, 2.25);
        assert_near(gospa.false_m2, 2.25);
        assert_near(gospa.mean_square_m2, (6.25 + 10.0) / 2.0);
        assert_eq!(super::gospa(&[], 3.0), None);
    }

    fn points() -> impl Strategy<Value = Vec<Vec<Point>>> {
        proptest::collection::vec((-4.0_f64..4.0, -4.0_f64..4.0), 0..7)
            .prop_map(|points| vec![(1..).zip(points).map(|(id, (east_m, north_m))| (id, east_m, north_m)).collect()])
    }

    proptest! {
        #[test]
        fn it_is_a_metric(a in points(), b in points(), c in points()) {
            let distance = |a, b| of(a, b).mean_m;
            prop_assert!(distance(&a, &a) < 1e-6);
            prop_assert!((distance(&a, &b) - distance(&b, &a)).abs() < 1e-9);
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c) + 1e-9);
        }
    }
}
