//! Where somebody was of late: who comes there after them does so after their post-encroachment time.

use std::collections::VecDeque;

use super::encounter::{MOVES_MPS, REAR_END_RAD};
use crate::frames::wrap_pi;
use crate::outline::Outline;
use crate::time::UtcMicros;
use crate::track::Track;

/// How often a place is noted, seconds, and for how long it is kept: SSAM looks no farther back.
const EVERY_S: f64 = 0.2;
pub(super) const KEPT_S: f64 = 5.0;
/// No trail reaches farther from where its maker is now, metres.
pub(super) const REACH_M: f64 = 100.0;

#[derive(Clone, Copy, Debug)]
struct Step {
    at: UtcMicros,
    outline: Outline,
    cov_m2: [[f64; 2]; 2],
    course_rad: f64,
}

/// The last seconds of one road user, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    steps: VecDeque<Step>,
    /// West, south, east, north limits, metres.
    bounds: [f64; 4],
}

impl Trail {
    pub(super) fn note(&mut self, now: UtcMicros, track: &Track) {
        if self.steps.back().is_some_and(|step| now.seconds_since(step.at) < EVERY_S - 1e-3) {
            return;
        }
        while self.steps.front().is_some_and(|step| now.seconds_since(step.at) > KEPT_S) {
            self.steps.pop_front();
        }
        // Where it stood it is once more as it goes; and its course is better known then.
        if let Some(course_rad) = track.course_rad(MOVES_MPS) {
            let (outline, cov_m2) = (Outline::of(track), track.cov_position_m2);
            self.steps.push_back(Step { at: now, outline, cov_m2, course_rad });
        }
        let [mut west, mut south, mut east, mut north] = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for Step { outline, .. } in &self.steps {
            let ([e, n], r) = (outline.centre_m, outline.radius_m);
            (west, south) = (west.min(e - r), south.min(n - r));
            (east, north) = (east.max(e + r), north.max(n + r));
        }
        self.bounds = [west, south, east, north];
    }

    /// How long ago its maker was last where somebody, going `course_rad`, now is, seconds, and the angle between both courses
    /// there, radians. `None`: it was not, it may not have been, or it went the same way.
    pub(super) fn left(
        &self,
        now: UtcMicros,
        outline: &Outline,
        course_rad: f64,
        cov_m2: &[[f64; 2]; 2],
    ) -> Option<(f64, f64)> {
        let ([e, n], r, [west, south, east, north]) = (outline.centre_m, outline.radius_m, self.bounds);
        if e + r < west || e - r > east || n + r < south || n - r > north {
            return None;
        }
        let there = self.steps.iter().rev().find(|step| {
            let cov_m2 = [0, 1].map(|i: usize| [0, 1].map(|j: usize| cov_m2[i][j] + step.cov_m2[i][j]));
            step.outline.gap_beyond_m(outline, &cov_m2) <= 0.0
        })?;
        let angle_rad = wrap_pi(course_rad - there.course_rad).abs();
        // Whoever goes the same way, or back on it, follows or meets; neither crosses.
        let crosses = angle_rad > REAR_END_RAD && angle_rad < std::f64::consts::PI - REAR_END_RAD;
        crosses.then(|| (now.seconds_since(there.at), angle_rad))
    }
}
