//! What a fused picture is worth: tracks against the ground truth of a recording.
//!
//! [`score`] takes values and gives values; [`read_truth`] and [`read_tracks`] get them from files, [`table`] says the result
//! to people. Every definition, and what differs from others, is in `docs/ref/score.md`.

mod assign;
mod clear;
mod conflicts;
mod congested;
mod counted;
mod errors;
mod gospa;
mod hota;
mod ideal;
mod identity;
mod kerb;
mod labels;
mod report;
mod scene;
mod served;
mod signal;
mod told;
mod tracks;
mod traffic;
mod truth;
mod ways;

#[cfg(test)]
mod fixtures;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

pub use clear::Clear;
pub use conflicts::{ConflictTally, ToldConflict, score_conflicts};
pub use counted::{
    CountedWindow, CrosswalkComparison, LaneComparison, MovementComparison, SafetyComparison, Summary, TrafficScore,
    compare_kerbs, score_safety, score_traffic, sections_m,
};
pub use errors::Errors;
pub use gospa::Gospa;
pub use hota::Hota;
pub use ideal::{ideal_conflicts, ideal_safety, natural_events};
pub use identity::Identity;
pub use kerb::{CrosswalkTruth, KerbTruth, kerb_truth};
pub use labels::labels;
pub use report::table;
pub use served::{SignalComparison, compare_signals, signal_summaries};
pub use signal::{GroupTruth, Shown, SignalTruth, signal_truth};
pub use told::{Tally, ToldEvent, natural_incidents, tally};
pub use tracks::{PictureFrame, Track, read_tracks};
pub use traffic::{LaneTruth, WindowTruth, traffic_truth};
pub use truth::{GroupLight, LightFrame, TruthFrame, TruthObject, TruthRecording, read_truth};

/// What is asked for, and how near is near.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    /// A track can be an object's only within this distance of its centre, metres; above 0. HOTA's similarity is 0.5 there.
    pub gate_m: f64,
    /// GOSPA's cut-off c, metres; above 0. Its p is 2, its alpha 2.
    pub gospa_cutoff_m: f64,
    /// Objects farther than this from the site's origin are not asked for, metres.
    pub radius_m: f64,
    /// A picture farther than this from a truth time does not speak for it, microseconds.
    pub max_picture_gap_us: i64,
    /// Headings are compared of objects that are at least this fast, m/s.
    pub heading_min_speed_mps: f64,
}

impl Default for Settings {
    /// 2 m, c = 3 m, 110 m, half of the longest output period (100 ms) and 10 ms of slack, 0.5 m/s.
    fn default() -> Self {
        Self {
            gate_m: 2.0,
            gospa_cutoff_m: 3.0,
            radius_m: 110.0,
            max_picture_gap_us: 60_000,
            heading_min_speed_mps: 0.5,
        }
    }
}

/// A picture against the truth, in all and for each class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// With what it was computed.
    pub settings: Settings,
    /// Truth times compared.
    pub frames: usize,
    /// Those for which no picture was near enough in time: all objects missed.
    pub frames_without_picture: usize,
    /// Whatever their class.
    pub all: ClassScore,
    /// By the truth's class; only classes of which anything was asked for or claimed.
    pub classes: BTreeMap<String, ClassScore>,
}

/// Every figure over one choice of objects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassScore {
    /// Objects asked for, summed over the frames.
    pub truths: usize,
    /// Different objects asked for.
    pub objects: usize,
    /// Tracks that counted, summed over the frames.
    pub tracks: usize,
    /// Distance between the sets. `None`: there were no frames.
    pub gospa: Option<Gospa>,
    /// `None`: neither object nor track.
    pub hota: Option<Hota>,
    /// Matches frame by frame.
    pub clear: Clear,
    /// Matches of whole lives.
    pub identity: Identity,
    /// How wrong the matched tracks are.
    pub errors: Errors,
}

/// Scores pictures against truth, both in any order. Never fails: where there is nothing to compare, figures are `None`.
pub fn score(truth: &[TruthFrame], pictures: &[PictureFrame], settings: &Settings) -> Score {
    let scenes = scene::align(truth, pictures, settings);
    let classes = scene::classes(&scenes).into_iter().map(|class| {
        let frames: Vec<_> = scenes.iter().map(|scene| scene.of_class(class)).collect();
        (class.to_owned(), class_score(&frames, settings))
    });
    let classes = classes.filter(|(_, score)| score.truths + score.tracks > 0).collect();
    let all: Vec<_> = scenes.iter().map(scene::Scene::of_all).collect();
    Score {
        settings: settings.clone(),
        frames: scenes.len(),
        frames_without_picture: scenes.iter().filter(|scene| !scene.has_picture).count(),
        all: class_score(&all, settings),
        classes,
    }
}

fn class_score(frames: &[scene::Frame], settings: &Settings) -> ClassScore {
    let (clear, matches) = clear::clear(frames, settings.gate_m);
    let mut objects: Vec<u64> = frames.iter().flat_map(|frame| frame.truths.iter().map(|truth| truth.id)).collect();
    objects.sort_unstable();
    objects.dedup();
    ClassScore {
        truths: frames.iter().map(|frame| frame.truths.len()).sum(),
        objects: objects.len(),
        tracks: frames.iter().map(|frame| frame.tracks.len()).sum(),
        gospa: gospa::gospa(frames, settings.gospa_cutoff_m),
        // One similarity for all, as TrackEval has it: 0.5 of it lies on the gate.
        hota: hota::hota(frames, 2.0 * settings.gate_m),
        clear,
        identity: identity::identity(frames, settings.gate_m),
        errors: errors::errors(frames, &matches, settings.heading_min_speed_mps),
    }
}

/// The class of what names none.
fn unknown() -> String {
    "unknown".to_owned()
}

/// A class, or `null`.
fn class<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(unknown))
}

/// An object or a track that is in two places at once is refused.
fn each_once(ids: impl Iterator<Item = u64>) -> Result<(), serde_json::Error> {
    let mut known = HashSet::new();
    for id in ids {
        if !known.insert(id) {
            return Err(serde_json::Error::custom(format!("id {id} stands twice")));
        }
    }
    Ok(())
}

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// The file system refused.
    #[error("{path}: {reason}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        reason: std::io::Error,
    },
    /// Not a whole MCAP file.
    #[error("{path}: {reason}")]
    Mcap {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: mcap::McapError,
    },
    /// A message that is not what its channel promises.
    #[error("{path}: {channel}, log time {log_time_ns} ns: {reason}")]
    Message {
        /// Which file.
        path: PathBuf,
        /// On which channel.
        channel: &'static str,
        /// Which message, nanoseconds since the Unix epoch, UTC.
        log_time_ns: u64,
        /// What is wrong.
        reason: serde_json::Error,
    },
    /// A line that is not a picture.
    #[error("{path}:{line}: {reason}")]
    Line {
        /// Which file.
        path: PathBuf,
        /// Counts from 1.
        line: usize,
        /// What is wrong.
        reason: serde_json::Error,
    },
    /// A recording without ground truth.
    #[error("{path}: no /truth in this recording, so there is nothing to score against")]
    NoTruth {
        /// Which file.
        path: PathBuf,
    },
}
