//! Two tracks of one thing become one.

use nalgebra::{Matrix2, Vector2};

use super::expected::Expected;
use super::lifecycle::Tracked;
use super::step::Tracker;
use crate::detection::Class;
use crate::frames::unit_from_heading;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Two that both have been known for so long are two, however near they come, seconds.
const ESTABLISHED_S: f64 = 6.0;
/// Farther apart on either axis no two tracks are of one thing, metres.
const REACH_M: f64 = 8.0;
/// A track that no camera has seen for so long is blind, seconds.
const BLIND_S: f64 = 2.0;
/// How near two vehicles' centres must be along and across the body, in lengths and widths, if both were seen, and if
/// one of them is blind: radars measure parts of a body, and two bodies can't share a footprint.
const SEEN_SHARE: [f64; 2] = [0.6, 0.7];
const BLIND_SHARE: [f64; 2] = [0.75, 1.1];

impl Tracker {
    /// Of two tracks of one thing the better known stays, or else the older; it takes the better state. Goes by where the
    /// tracks were expected in the scan just taken.
    pub(super) fn merge_duplicates(&mut self) {
        let mut gone: Vec<usize> = Vec::new();
        let (expected, mut sweep) = (std::mem::take(&mut self.expected), std::mem::take(&mut self.sweep));
        sweep.clear();
        for (index, expected) in expected.iter().enumerate() {
            sweep.add_around(expected.state.position(), REACH_M / 2.0, index);
        }
        for (a, b) in sweep.pairs() {
            let (a, b) = (&expected[*a], &expected[*b]);
            // What would not be one even if it were blind is far the most, and no track need be looked at for it.
            if !are_one(a, b, true) {
                continue;
            }
            let (older, younger) = (&self.tracks[a.track], &self.tracks[b.track]);
            let one_is_blind = older.is_blind(self.newest) || younger.is_blind(self.newest);
            let established =
                older.introduced && younger.introduced && self.newest.seconds_since(younger.born_at) > ESTABLISHED_S;
            if (one_is_blind || are_one(a, b, false))
                && !established
                && !older.seen_apart(younger)
                && !gone.contains(&a.track)
                && !gone.contains(&b.track)
            {
                gone.push(self.absorb(a.track, b.track));
            }
        }
        (self.expected, self.sweep) = (expected, sweep);
        gone.sort_unstable();
        for index in gone.into_iter().rev() {
            self.tracks.remove(index);
        }
    }

    /// Merges the second of two tracks into the first, or the other way round if that one alone is known outside; gives
    /// the index of the one to remove.
    fn absorb(&mut self, older: usize, younger: usize) -> usize {
        let known = |index: usize| (self.tracks[index].introduced, self.tracks[index].confirmed);
        let (keep, drop) = if known(younger) > known(older) { (younger, older) } else { (older, younger) };
        let newest = self.newest;
        let Ok([into, from]) = self.tracks.get_disjoint_mut([keep, drop]) else { return drop };
        let better = into.is_blind(newest) && !from.is_blind(newest);
        if better || from.measured_at.seconds_since(into.measured_at) > 0.5 {
            std::mem::swap(&mut into.filter, &mut from.filter);
        }
        if better {
            std::mem::swap(&mut into.attributes, &mut from.attributes);
        }
        into.measured_at = into.measured_at.max(from.measured_at);
        into.reported_at = into.reported_at.max(from.reported_at);
        into.seen_at = into.seen_at.max(from.seen_at);
        into.log_odds = into.log_odds.max(from.log_odds);
        for (a, b) in into.last_hit.iter_mut().zip(&from.last_hit) {
            *a = (*a).max(*b);
        }
        drop
    }
}

impl Tracked {
    /// Whether no camera has seen it lately.
    pub(super) fn is_blind(&self, now: UtcMicros) -> bool {
        now.seconds_since(self.seen_at) > BLIND_S
    }
}

/// Whether two tracks are of one thing: as near as their uncertainty and size let one thing be, moving alike.
fn are_one(a: &Expected, b: &Expected, one_is_blind: bool) -> bool {
    let apart = a.state.position() - b.state.position();
    let driven = |expected: &Expected| is_motor_vehicle(expected.class) || expected.class == Class::Unknown;
    let near = if driven(a) && driven(b) {
        let [length_m, width_m] = [0, 1].map(|axis: usize| 0.5 * (a.size_m[axis] + b.size_m[axis]));
        let [along, across] = if one_is_blind { BLIND_SHARE } else { SEEN_SHARE };
        match a.heading.or(b.heading) {
            Some(heading) => {
                let ahead = Vector2::from(unit_from_heading(heading));
                let side = Vector2::new(ahead.y, -ahead.x);
                apart.dot(&ahead).abs() < along * length_m && apart.dot(&side).abs() < across * width_m
            }
            None => apart.norm() < across * width_m,
        }
    } else {
        let s = a.state.position_cov() + b.state.position_cov() + Matrix2::identity() * 0.02;
        let squared = s.try_inverse().map_or(f64::MAX, |inverse| apart.dot(&(inverse * apart)));
        apart.norm() < 1.0 && squared < 4.0
    };
    let drift = a.state.velocity() - b.state.velocity();
    let sv = a.state.velocity_cov() + b.state.velocity_cov() + Matrix2::identity() * 0.3;
    near && sv.try_inverse().is_some_and(|inverse| drift.dot(&(inverse * drift)) < 9.0)
}
