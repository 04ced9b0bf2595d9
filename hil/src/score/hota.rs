//! HOTA: detection and association in one figure.
//!
//! J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-object Tracking", IJCV 2021; computed as TrackEval does, on
//! the similarity `max(0, 1 - distance / zero distance)`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::assign::{Candidate, best_pairs};
use super::scene::Frame;

/// Means over the similarity thresholds 0.05, 0.10, … 0.95; each from 0 to 1, more is better.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hota {
    /// Of the geometric mean of the next two.
    pub hota: f64,
    /// Detection: matches among matches, misses and false ones.
    pub det_a: f64,
    /// Association: how much of both lives a matched pair shares.
    pub ass_a: f64,
    /// Localisation: the similarity of matched pairs.
    pub loc_a: f64,
}

const THRESHOLDS: usize = 19;

/// What is known of an object and a track that were ever near each other.
#[derive(Default)]
struct Acquaintance {
    number: usize,
    /// Similarities, each divided by all that the two have in that frame.
    potential: f64,
    /// Frames of the object, and of the track.
    truth_frames: f64,
    track_frames: f64,
}

impl Acquaintance {
    /// The share of both lives that `common` frames are.
    fn jaccard(&self, common: f64) -> f64 {
        common / (self.truth_frames + self.track_frames - common)
    }
}

/// `None`: neither object nor track in any frame.
pub(super) fn hota(frames: &[Frame], zero_distance_m: f64) -> Option<Hota> {
    let truths: usize = frames.iter().map(|frame| frame.truths.len()).sum();
    let tracks: usize = frames.iter().map(|frame| frame.tracks.len()).sum();
    if truths + tracks == 0 {
        return None;
    }
    let acquaintances = acquaintances(frames, zero_distance_m);
    let matches = matches(frames, zero_distance_m, &acquaintances);
    let mut mean = Hota { hota: 0.0, det_a: 0.0, ass_a: 0.0, loc_a: 0.0 };
    for step in 1..=THRESHOLDS {
        let threshold = 0.05 * step as f64 - f64::EPSILON;
        let [det_a, ass_a, loc_a] = at_threshold(&matches, threshold, truths + tracks, acquaintances.len());
        let share = 1.0 / THRESHOLDS as f64;
        mean.hota += (det_a * ass_a).sqrt() * share;
        mean.det_a += det_a * share;
        mean.ass_a += ass_a * share;
        mean.loc_a += loc_a * share;
    }
    Some(mean)
}

/// Who is matched in each frame, and how similar the two are: the pairing does not depend on the threshold.
fn matches<'a>(
    frames: &[Frame],
    zero_distance_m: f64,
    acquaintances: &'a BTreeMap<(u64, u64), Acquaintance>,
) -> Vec<(&'a Acquaintance, f64)> {
    let mut matches = Vec::new();
    for frame in frames {
        let similar = frame.similar(zero_distance_m, 0.0);
        let known: Vec<_> = similar.iter().map(|similar| acquaintances.get(&ids(frame, similar))).collect();
        let weighted = similar.iter().zip(&known).filter_map(|(similar, known)| {
            let known = (*known)?;
            Some(Candidate { weight: similar.weight * known.jaccard(known.potential), ..*similar })
        });
        let chosen = best_pairs(&weighted.collect::<Vec<_>>());
        let chosen = |one: &Candidate| chosen.binary_search(&(one.row, one.column)).is_ok();
        let pairs = similar.iter().zip(known).filter(|(similar, _)| chosen(similar));
        matches.extend(pairs.filter_map(|(similar, known)| Some((known?, similar.weight))));
    }
    matches
}

/// The identities behind a candidate: of the object, of the track.
fn ids(frame: &Frame, candidate: &Candidate) -> (u64, u64) {
    (frame.truths[candidate.row].id, frame.tracks[candidate.column].track.id)
}

fn acquaintances(frames: &[Frame], zero_distance_m: f64) -> BTreeMap<(u64, u64), Acquaintance> {
    let mut acquaintances = BTreeMap::<(u64, u64), Acquaintance>::new();
    let (mut truth_frames, mut track_frames) = (BTreeMap::<u64, f64>::new(), BTreeMap::<u64, f64>::new());
    for frame in frames {
        frame.truths.iter().for_each(|truth| *truth_frames.entry(truth.id).or_default() += 1.0);
        frame.tracks.iter().for_each(|placed| *track_frames.entry(placed.track.id).or_default() += 1.0);
        let similar = frame.similar(zero_distance_m, 0.0);
        let (mut of_truth, mut of_track) = (vec![0.0; frame.truths.len()], vec![0.0; frame.tracks.len()]);
        for one in &similar {
            of_truth[one.row] += one.weight;
            of_track[one.column] += one.weight;
        }
        for one in &similar {
            acquaintances.entry(ids(frame, one)).or_default().potential +=
                one.weight / (of_truth[one.row] + of_track[one.column] - one.weight);
        }
    }
    for (number, ((truth, track), acquaintance)) in acquaintances.iter_mut().enumerate() {
        acquaintance.number = number;
        acquaintance.truth_frames = truth_frames.get(truth).copied().unwrap_or(0.0);
        acquaintance.track_frames = track_frames.get(track).copied().unwrap_or(0.0);
    }
    acquaintances
}

/// DetA, AssA, LocA of the matches that are at least as similar as `threshold`; LocA is 1 where there are none, as in TrackEval.
fn at_threshold(matches: &[(&Acquaintance, f64)], threshold: f64, detections: usize, known: usize) -> [f64; 3] {
    let mut common = vec![0.0; known];
    let similar = || matches.iter().filter(|(_, similarity)| *similarity >= threshold);
    similar().for_each(|(acquaintance, _)| common[acquaintance.number] += 1.0);
    let count = similar().count() as f64;
    if count == 0.0 {
        return [0.0, 0.0, 1.0];
    }
    let association: f64 = similar().map(|(acquaintance, _)| acquaintance.jaccard(common[acquaintance.number])).sum();
    let localisation: f64 = similar().map(|(_, similarity)| similarity).sum();
    [count / (detections as f64 - count), association / count, localisation / count]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::fixtures::{Point, assert_near, still, swapped, with_frames};
    use super::*;

    fn of(objects: &[Vec<Point>], tracks: &[Vec<Point>]) -> Hota {
        with_frames(objects, tracks, |frames, settings| hota(frames, settings.gate_m)).unwrap()
    }

    #[test]
    fn perfect_is_one_and_nothing_is_none() {
        let Hota { hota, det_a, ass_a, loc_a } = of(&swapped(5, 0), &still(5, &[(8, 0.0, 0.0), (9, 20.0, 0.0)]));
        for value in [hota, det_a, ass_a, loc_a] {
            assert_near(value, 1.0);
        }
        assert_eq!(with_frames(&still(3, &[]), &[], |frames, _| super::hota(frames, 2.0)), None);
        assert_near(of(&swapped(5, 0), &[]).hota, 0.0);
    }

    #[test]
    fn a_miss_and_a_false_one_cost_detection_and_association() {
        let (here, absent) = (still(9, &[(1, 0.0, 0.0)]), still(1, &[]));
        let (ten, nine) = (still(10, &[(1, 0.0, 0.0)]), [here, absent].concat());
        for hota in [of(&ten, &nine), of(&nine, &ten)] {
            assert_near(hota.det_a, 0.9);
            assert_near(hota.ass_a, 0.9);
            assert_near(hota.hota, 0.9);
        }
    }

    #[test]
    fn identities_swapped_half_way_leave_a_third_of_association() {
        let hota = of(&swapped(10, 0), &swapped(5, 5));
        assert_near(hota.det_a, 1.0);
        assert_near(hota.ass_a, 1.0 / 3.0);
        assert_near(hota.hota, (1.0_f64 / 3.0).sqrt());
    }

    #[test]
    fn distance_fails_the_thresholds_above_its_similarity() {
        // 0.55 m of 2 m: similarity 0.725, which 14 of the 19 thresholds let pass.
        let hota = of(&still(4, &[(1, 0.0, 0.0)]), &still(4, &[(1, 0.0, 0.55)]));
        assert_near(hota.hota, 14.0 / 19.0);
        assert_near(hota.loc_a, (14.0 * 0.725 + 5.0) / 19.0);
    }

    #[test]
    fn a_longer_acquaintance_wins_over_a_nearer_track() {
        let objects = still(10, &[(1, 0.0, 0.0)]);
        let mut tracks = still(10, &[(1, 0.5, 0.0)]);
        tracks[4].push((2, 0.2, 0.0));
        let hota = of(&objects, &tracks);
        assert_near(hota.ass_a * 19.0, 15.0);
    }

    proptest! {
        #[test]
        fn it_is_one_only_if_perfect(count in 1_usize..6, frames in 1_usize..6, broken in 0_usize..5, which in any::<prop::sample::Index>()) {
            let objects: Vec<Point> = (1..).take(count).map(|id: u64| (id, 5.0 * id as f64, 0.0)).collect();
            let (objects, mut tracks) = (still(frames, &objects), still(frames, &objects));
            let frame = &mut tracks[which.index(frames)];
            let index = which.index(count);
            match broken {
                0 => {}
                1 => { frame.remove(index); }
                2 => frame.push((99, 0.0, 50.0)),
                3 => frame[index].2 += 0.3,
                _ if frames > 1 => frame[index].0 = 99,
                _ => frame[index].2 += 3.0,
            }
            let hota = of(&objects, &tracks).hota;
            prop_assert_eq!(broken == 0, hota > 1.0 - 1e-9, "{}", hota);
            prop_assert!((0.0..1.0 + 1e-9).contains(&hota));
        }
    }
}
