//! Which tracks are in the picture when a ghost model judges them.

use std::fmt;
use std::path::Path;

use anyhow::Context;
use inference::{GhostModel, GhostThresholds};
use perception::track::{Evidence, Track};

use crate::config::Site;

/// Gives for each evidence the probability that it is of a real road user, in the same order; or why it cannot.
pub type Score = dyn FnMut(&[Evidence]) -> Result<Vec<f64>, String> + Send;

/// A score and what follows from it.
pub struct Ghosts {
    score: Box<Score>,
    thresholds: GhostThresholds,
}

impl fmt::Debug for Ghosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ghosts").field("thresholds", &self.thresholds).finish_non_exhaustive()
    }
}

impl Ghosts {
    /// Judges by this score.
    pub fn new(score: Box<Score>, thresholds: GhostThresholds) -> Self {
        Self { score, thresholds }
    }

    /// The candidates that are probable enough, each with its probability as `existence`. A score that fails leaves the
    /// picture to the tracker's own rules: gives `false` with it.
    pub fn picture(&mut self, candidates: Vec<(Track, Evidence)>) -> (Vec<Track>, bool) {
        let (tracks, evidence): (Vec<Track>, Vec<Evidence>) = candidates.into_iter().unzip();
        let scores = match (self.score)(&evidence) {
            Ok(scores) if scores.len() == tracks.len() => scores,
            _ => {
                let shown = tracks.into_iter().zip(&evidence).filter(|(_, evidence)| evidence.shown);
                return (shown.map(|(track, _)| track).collect(), false);
            }
        };
        let judged = tracks.into_iter().zip(&evidence).zip(scores);
        let probable = judged.filter(|((_, evidence), score)| {
            *score >= if evidence.shown { self.thresholds.keep } else { self.thresholds.show }
        });
        (probable.map(|((track, _), existence)| Track { existence, ..track }).collect(), true)
    }
}

/// Loads a model from its folder; ONNX Runtime as for the detector.
///
/// # Errors
/// A model or a runtime that cannot be had.
pub fn load(folder: &Path, runtime_library: Option<&Path>) -> anyhow::Result<Ghosts> {
    let mut model = GhostModel::load(folder, runtime_library).context("ghost_model")?;
    let thresholds = model.thresholds();
    let score = move |evidence: &[Evidence]| model.score(evidence).map_err(|error| error.to_string());
    Ok(Ghosts::new(Box::new(score), thresholds))
}

/// The model that the site names, if it names one.
///
/// # Errors
/// See [`load`].
pub fn of_site(site: &Site) -> anyhow::Result<Option<Ghosts>> {
    site.fusion.ghost_model.as_deref().map(|folder| load(folder, site.onnxruntime()).context("site.toml")).transpose()
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;
    use perception::time::UtcMicros;

    use super::*;

    fn candidate(id: u64, shown: bool) -> (Track, Evidence) {
        let track = Track {
            id,
            class: Class::Car,
            class_probability: 1.0,
            position_enu_m: [0.0; 2],
            cov_position_m2: [[0.1, 0.0], [0.0, 0.1]],
            velocity_enu_mps: [0.0; 2],
            cov_velocity_m2ps2: [[0.1, 0.0], [0.0, 0.1]],
            heading_cw_north_rad: None,
            length_m: None,
            width_m: None,
            height_m: None,
            existence: 0.5,
            sources: Vec::new(),
            measured_at: UtcMicros(0),
            born_at: UtcMicros(0),
        };
        (track, Evidence { shown, ..Evidence::default() })
    }

    fn ids(judged: &(Vec<Track>, bool)) -> Vec<u64> {
        judged.0.iter().map(|track| track.id).collect()
    }

    #[test]
    fn what_is_shown_needs_less_than_what_is_hidden_and_a_failing_score_changes_nothing() {
        let thresholds = GhostThresholds { keep: 0.4, show: 0.9 };
        let candidates = || vec![candidate(1, true), candidate(2, true), candidate(3, false), candidate(4, false)];
        let mut ghosts = Ghosts::new(Box::new(|_| Ok(vec![0.3, 0.5, 0.8, 0.95])), thresholds);
        let judged = ghosts.picture(candidates());
        assert!(judged.1);
        assert_eq!(ids(&judged), [2, 4]);
        assert!((judged.0[1].existence - 0.95).abs() < 1e-12);
        let fails: [Box<Score>; 2] = [Box::new(|_| Err("no".into())), Box::new(|_| Ok(vec![1.0]))];
        for score in fails {
            let judged = Ghosts::new(score, thresholds).picture(candidates());
            assert!(!judged.1);
            assert_eq!(ids(&judged), [1, 2]);
            assert!((judged.0[0].existence - 0.5).abs() < 1e-12);
        }
    }
}
