//! Which tracks are real, to learn from.

use super::scene::judge;
use super::{PictureFrame, Settings, Track, TruthFrame};

/// Whether each track is an object that is asked for (`true`) or none at all, in the same order. `None`: it does not count,
/// because it best matches an object that is not asked for, or matches none and lies outside the radius. Tracks that are
/// `shown` choose their objects before the others do: a second track of an object is none. Tracks are compared where they are
/// at the truth's time; both slices have the same length.
pub fn labels(truth: &TruthFrame, tracks: &[Track], shown: &[bool], settings: &Settings) -> Vec<Option<bool>> {
    let mut labels = vec![None; tracks.len()];
    let mut truth = truth.clone();
    for round in [true, false] {
        let of_round = || shown.iter().enumerate().filter(|(_, shown)| **shown == round).map(|(index, _)| index);
        let chosen: Vec<Track> = of_round().filter_map(|index| tracks.get(index).cloned()).collect();
        let picture = PictureFrame { t_us: truth.t_us, tracks: chosen };
        let judged = judge(&truth, &picture, settings);
        let mut taken = Vec::new();
        for (index, (object, label)) in of_round().zip(judged) {
            labels[index] = label;
            taken.extend(object);
        }
        let mut index = 0..;
        truth.objects.retain(|_| !index.next().is_some_and(|index| taken.contains(&index)));
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{track, truth};
    use super::*;

    #[test]
    fn a_shown_track_has_its_object_before_a_nearer_hidden_one() {
        let mut truth = truth(&[vec![(1, 0.0, 0.0), (2, 50.0, 0.0), (3, 20.0, 0.0)]]).remove(0);
        truth.objects[2].seen_2s = Some(0);
        let tracks = [(7, 0.5, 0.0), (8, 1.0, 0.0), (9, 50.0, 0.5), (10, 20.0, 0.0), (11, 0.0, 300.0)].map(track);
        let labels = labels(&truth, &tracks, &[false, true, false, true, true], &Settings::default());
        assert_eq!(labels, [Some(false), Some(true), Some(true), None, None]);
    }
}
