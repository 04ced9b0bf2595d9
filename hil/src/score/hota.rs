//! HOTA: detection and association in one figure.
//!
//! J. Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-object Tracking", IJCV 2021; computed as TrackEval does, on
//! the similarity `max(0, 1 - distance / gate)`.

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
pub(super) fn hota(frames: &[Frame], gate_m: f64) -> Option<Hota> {
    let truths: usize = frames.iter().map(|frame| frame.truths.len()).sum();
    let tracks: usize = frames.iter().map(|frame| frame.tracks.len()).sum();
    if truths + tracks == 0 {
        return None;
    }
    let acquaintances = acquaintances(frames, gate_m);
    let mut matches: Vec<(&Acquaintance, f64)> = Vec::new();
    for frame in frames {
        let similar = frame.similar(gate_m, 0.0);
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

/// The identities behind a candidate: of the object, of the track.
fn ids(frame: &Frame, candidate: &Candidate) -> (u64, u64) {
    (frame.truths[candidate.row].id, frame.tracks[candidate.column].track.id)
}

fn acquaintances(frames: &[Frame], gate_m: f64) -> BTreeMap<(u64, u64), Acquaintance> {
    let mut acquaintances = BTreeMap::<(u64, u64), Acquaintance>::new();
    let (mut truth_frames, mut track_frames) = (BTreeMap::<u64, f64>::new(), BTreeMap::<u64, f64>::new());
    for frame in frames {
        frame.truths.iter().for_each(|truth| *truth_frames.entry(truth.id).or_default() += 1.0);
        frame.tracks.iter().for_each(|placed| *track_frames.entry(placed.track.id).or_default() += 1.0);
        let similar = frame.similar(gate_m, 0.0);
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
