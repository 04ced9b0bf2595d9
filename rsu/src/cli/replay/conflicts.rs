//! `rsu replay --conflicts`: who nearly met whom and who braked hard, one by one, where the city gets counts
//! (`docs/ref/traffic.md`).
//!
//! The same rules look at the same pictures as those that count.

use std::fs::File;
use std::io::BufWriter;

use perception::hindsight::Hindsight;
use perception::risk::{Conflict, HardBraking, RiskMonitor};
use serde::Serialize;

use super::write_line;
use crate::pipeline::Picture;

/// The file, and what is known so far.
pub(super) struct ConflictsFile {
    file: BufWriter<File>,
    hindsight: Hindsight,
    monitor: RiskMonitor,
}

impl ConflictsFile {
    pub(super) fn new(file: BufWriter<File>) -> Self {
        Self { file, hindsight: Hindsight::default(), monitor: RiskMonitor::default() }
    }

    /// Takes the next picture and writes what it made known.
    pub(super) fn look(&mut self, picture: &Picture) -> anyhow::Result<()> {
        let Some(past) = self.hindsight.look(picture.at, &picture.tracks) else { return Ok(()) };
        self.monitor.look(picture.at, &past);
        let (mut conflicts, mut brakings) = self.monitor.news(picture.at);
        conflicts.try_for_each(|conflict| write_line(&mut self.file, &ConflictLine::of(conflict)))?;
        brakings.try_for_each(|braking| write_line(&mut self.file, &ConflictLine::of_braking(braking)))
    }

    pub(super) fn into_file(self) -> BufWriter<File> {
        self.file
    }
}

#[derive(Serialize)]
struct ConflictLine<'a> {
    /// When it was known.
    t_us: i64,
    kind: &'static str,
    /// When two were nearest in time, or one had begun to brake hard.
    at_us: i64,
    east_m: f64,
    north_m: f64,
    tracks: &'a [u64],
    links: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttc_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pet_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deceleration_mps2: Option<f64>,
}

impl<'a> ConflictLine<'a> {
    fn of(conflict: &'a Conflict) -> Self {
        Self {
            t_us: conflict.over_at.0,
            kind: conflict.kind.as_str(),
            at_us: conflict.at.0,
            east_m: conflict.place_enu_m[0],
            north_m: conflict.place_enu_m[1],
            tracks: &conflict.tracks,
            links: conflict.links.iter().map(|link| &**link).collect(),
            ttc_s: conflict.ttc_s,
            pet_s: conflict.pet_s,
            deceleration_mps2: None,
        }
    }

    fn of_braking(braking: &'a HardBraking) -> Self {
        Self {
            t_us: braking.known_at.0,
            kind: "hard_braking",
            at_us: braking.at.0,
            east_m: braking.place_enu_m[0],
            north_m: braking.place_enu_m[1],
            tracks: std::slice::from_ref(&braking.track),
            links: braking.link.iter().map(|link| &**link).collect(),
            ttc_s: None,
            pet_s: None,
            deceleration_mps2: Some(braking.deceleration_mps2),
        }
    }
}
