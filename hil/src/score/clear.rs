//! CLEAR MOT: matches frame by frame, and what of them breaks.
//!
//! K. Bernardin, R. Stiefelhagen, "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics", 2008; computed as TrackEval
//! does, so that figures can be compared.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assign::best_pairs;
use super::scene::{Frame, Pair};

/// Sums over all frames.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Clear {
    /// (matches - false - switches) / objects; 1 at best, no lower bound. `None`: no objects.
    pub mota: Option<f64>,
    /// Objects with a track within the gate.
    pub matches: usize,
    /// Objects without.
    pub misses: usize,
    /// Tracks without an object.
    pub false_tracks: usize,
    /// An object's track is another one than at its last match.
    pub id_switches: usize,
    /// Times that an object was taken up again after a gap.
    pub fragments: usize,
}

/// Makes a pair of the frame before worth more than any number of others, as in TrackEval.
const KEEP: f64 = 1000.0;

/// The figures, and for each frame its matches.
pub(super) fn clear(frames: &[Frame], gate_m: f64) -> (Clear, Vec<Vec<Pair>>) {
    let mut clear = Clear::default();
    let mut before = BTreeMap::<u64, u64>::new();
    let mut last = BTreeMap::<u64, u64>::new();
    let mut pickups = BTreeMap::<u64, usize>::new();
    let mut all_matches = Vec::with_capacity(frames.len());
    for frame in frames {
        let matches = matches(frame, gate_m, &before);
        clear.matches += matches.len();
        clear.misses += frame.truths.len() - matches.len();
        clear.false_tracks += frame.tracks.len() - matches.len();
        let now: BTreeMap<u64, u64> = matches.iter().map(|pair| ids(frame, pair)).collect();
        for (truth, track) in &now {
            clear.id_switches += usize::from(last.insert(*truth, *track).is_some_and(|other| other != *track));
            *pickups.entry(*truth).or_default() += usize::from(!before.contains_key(truth));
        }
        // TrackEval passes over a frame in which one side is empty: the one before it stays the one before.
        if !frame.truths.is_empty() && !frame.tracks.is_empty() {
            before = now;
        }
        all_matches.push(matches);
    }
    clear.fragments = pickups.values().map(|pickups| pickups.saturating_sub(1)).sum();
    let truths = clear.matches + clear.misses;
    let wrong = (clear.false_tracks + clear.id_switches) as f64;
    clear.mota = (truths > 0).then(|| (clear.matches as f64 - wrong) / truths as f64);
    (clear, all_matches)
}

fn ids(frame: &Frame, pair: &Pair) -> (u64, u64) {
    (frame.truths[pair.truth].id, frame.tracks[pair.track].track.id)
}

/// Keeps the pairs of the frame before that still are within the gate, then makes as many and as near ones as can be.
fn matches(frame: &Frame, gate_m: f64, before: &BTreeMap<u64, u64>) -> Vec<Pair> {
    // From 1 down to 0.5 on the gate: TrackEval's threshold.
    let mut candidates = frame.similar(gate_m, 0.5);
    for candidate in &mut candidates {
        let (truth, track) = (frame.truths[candidate.row].id, frame.tracks[candidate.column].track.id);
        if before.get(&truth) == Some(&track) {
            candidate.weight += KEEP;
        }
    }
    let chosen = best_pairs(&candidates);
    let is_chosen = |pair: &&Pair| chosen.binary_search(&(pair.truth, pair.track)).is_ok();
    frame.pairs.iter().filter(is_chosen).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{Point, assert_near, still, swapped, with_frames};
    use super::*;

    fn of(objects: &[Vec<Point>], tracks: &[Vec<Point>]) -> Clear {
        with_frames(objects, tracks, |frames, settings| clear(frames, settings.gate_m).0)
    }

    #[test]
    fn misses_and_false_ones_count_against_the_objects() {
        let perfect = of(&swapped(5, 0), &swapped(5, 0));
        assert_eq!(perfect, Clear { mota: Some(1.0), matches: 10, ..Clear::default() });
        let mut tracks = swapped(5, 0);
        tracks[4].pop();
        tracks[0].push((9, -20.0, 0.0));
        let clear = of(&swapped(5, 0), &tracks);
        assert_eq!(clear, Clear { mota: Some(0.8), matches: 9, misses: 1, false_tracks: 1, ..Clear::default() });
        assert_eq!(of(&[], &[]).mota, None);
    }

    #[test]
    fn swapped_identities_are_two_switches() {
        let clear = of(&swapped(10, 0), &swapped(5, 5));
        assert_eq!((clear.matches, clear.id_switches, clear.fragments), (20, 2, 0));
        assert_near(clear.mota.unwrap(), 0.9);
    }

    #[test]
    fn a_gap_is_a_fragment_and_with_another_track_behind_it_a_switch_too() {
        let others = |id| vec![(id, 0.0, 0.0), (50, 40.0, 0.0)];
        let objects = vec![others(1); 9];
        let gap = |id| [vec![others(1); 3], vec![vec![(50, 40.0, 0.0)]; 2], vec![others(id); 4]].concat();
        let same = of(&objects, &gap(1));
        assert_eq!((same.misses, same.id_switches, same.fragments), (2, 0, 1));
        let other = of(&objects, &gap(2));
        assert_eq!((other.misses, other.id_switches, other.fragments), (2, 1, 1));
    }

    #[test]
    fn a_match_is_kept_though_another_track_comes_nearer() {
        let objects = still(4, &[(1, 0.0, 0.0)]);
        let mut tracks = still(4, &[(1, 1.5, 0.0)]);
        tracks[2].push((2, 0.1, 0.0));
        let clear = of(&objects, &tracks);
        assert_eq!((clear.matches, clear.false_tracks, clear.id_switches), (4, 1, 0));
    }

    #[test]
    fn the_gate_itself_is_within_the_gate() {
        assert_eq!(of(&still(1, &[(1, 0.0, 0.0)]), &still(1, &[(1, 2.0, 0.0)])).matches, 1);
        assert_eq!(of(&still(1, &[(1, 0.0, 0.0)]), &still(1, &[(1, 2.001, 0.0)])).matches, 0);
    }
}
