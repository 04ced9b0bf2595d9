//! A lane that hardly moves for minutes: how many are in its section, and how fast, over a window that slides.

use std::collections::VecDeque;

use super::ledger::Sign;
use super::places::RoadLane;
use super::{EventKind, EventSettings};
use crate::detection::SensorId;
use crate::lanes::LocatedTrack;
use crate::section::{SECTION_M, SEEN_LATE_M};
use crate::time::UtcMicros;

/// Congestion that is told goes on until the mean speed is this much higher.
const KEEP: f64 = 1.5;
/// The window slides by this share of it.
const SLIDES: f64 = 1.0 / 30.0;

/// Who is faster than this and has just come has come as fast over what lies before, m/s: who comes along freely is found late in rain,
/// and where sensors see the end of the 100 m only, everybody is.
const DRIVES_MPS: f64 = 2.0;

/// Sums over a part of the window.
#[derive(Clone, Copy, Debug)]
struct Part {
    from: UtcMicros,
    covered_s: f64,
    vehicles_s: f64,
    way_m: f64,
}

/// What is remembered of one lane's section.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    parts: VecDeque<Part>,
}

impl Crowd {
    /// Takes those who are in the lane, and where, for `dt_s`.
    pub(super) fn take(
        &mut self,
        now: UtcMicros,
        dt_s: f64,
        lane: &RoadLane,
        inside: &[(&LocatedTrack, f64)],
        is_new: impl Fn(u64) -> bool,
        window_s: f64,
    ) {
        if self.parts.back().is_none_or(|part| now.seconds_since(part.from) >= SLIDES * window_s) {
            self.parts.push_back(Part { from: now, covered_s: 0.0, vehicles_s: 0.0, way_m: 0.0 });
        }
        while self.parts.get(1).is_some_and(|next| now.seconds_since(next.from) >= window_s) {
            self.parts.pop_front();
        }
        let Some(part) = self.parts.back_mut() else { return };
        part.covered_s += dt_s;
        for (located, offset_m) in inside.iter().filter(|one| lane.is_in_section(one)) {
            let speed_mps = located.track.speed_mps();
            part.vehicles_s += dt_s;
            part.way_m += dt_s * speed_mps;
            if speed_mps > DRIVES_MPS && is_new(located.track.id) && offset_m - lane.section_m[0] < SEEN_LATE_M {
                let unseen_m = offset_m - (lane.section_m[1] - SECTION_M).max(0.0);
                part.vehicles_s += unseen_m / speed_mps;
                part.way_m += unseen_m;
            }
        }
    }

    /// What the window says.
    pub(super) fn sign(
        &self,
        now: UtcMicros,
        (id, lane): (&SensorId, &RoadLane),
        inside: &[(&LocatedTrack, f64)],
        settings: &EventSettings,
    ) -> Option<Sign> {
        let section: Vec<_> =
            inside.iter().filter(|one| lane.is_in_section(one)).map(|(located, _)| *located).collect();
        let covered =
            self.parts.front().is_some_and(|part| now.seconds_since(part.from) >= settings.congestion_window_s);
        let sum = |of: fn(&Part) -> f64| self.parts.iter().map(of).sum::<f64>();
        let (covered_s, vehicles_s) = (sum(|part| part.covered_s), sum(|part| part.vehicles_s));
        let mean_mps = sum(|part| part.way_m) / vehicles_s;
        // A slow street is not congested for being slow.
        let limit_mps = lane.limit_mps.map_or(f64::INFINITY, |limit_mps| limit_mps / 3.0);
        let below_mps = settings.congestion_mps.min(limit_mps);
        let middle = section.get(section.len() / 2)?;
        // Nobody was there: no mean.
        if !covered || mean_mps.is_nan() || mean_mps >= KEEP * below_mps {
            return None;
        }
        let crowded = vehicles_s >= settings.congestion_vehicles * covered_s;
        Some(Sign {
            begins: crowded && mean_mps < below_mps,
            lane: Some(id.clone()),
            key: Some(id.clone()),
            tracks: section.iter().map(|located| located.track.id).collect(),
            measure: Some(mean_mps),
            confidence: section.iter().map(|located| located.track.existence).fold(1.0, f64::min),
            ..Sign::new(EventKind::Congestion, middle.track.position_enu_m, now)
        })
    }
}
