//! Who was lost and comes back keeps the id.
//!
//! A road user that is hidden, or turns or brakes while nobody looks, is not where its track coasts to; its boxes then
//! begin a new one. Before a new track is first shown it is compared with those that nothing measures: if it is where one
//! of them may be by now, as fast and of a like class, the two are one road user, and the new track goes on under the old
//! id. An id that has been shown is never changed.

use nalgebra::{Matrix4, Vector4};

use super::lifecycle::Tracked;
use super::step::Tracker;
use crate::time::UtcMicros;

/// What nothing has measured for so long may be lost, seconds.
const LOST_S: f64 = 0.2;
/// For so long after a new track began the old one may still have been measured: a neighbour's box may have come between.
const OVERLAP_S: f64 = 0.3;
/// Farther than this from where its last velocity leads no lost one is looked for, metres.
const REACH_M: f64 = 25.0;
/// Cost beyond which they are not taken for one: squared Mahalanobis distance, logarithm of the determinant, class.
const MOST_COST: f64 = 12.0;
/// Variances of place, m², and of velocity, (m/s)², of what was lost because it did not move as expected.
const UNEXPECTED_M2: f64 = 1.0;
const UNEXPECTED_M2PS2: f64 = 0.5;

impl Tracker {
    /// Gives tracks that are sure enough for the picture their id for good: that of a lost one which they go on with, or
    /// else their own.
    pub(super) fn introduce(&mut self) {
        let mut gone: Vec<usize> = Vec::new();
        for index in 0..self.tracks.len() {
            let new = &self.tracks[index];
            if new.introduced || !new.confirmed || new.is_thing() || !new.is_placed(self.newest) {
                continue;
            }
            let costs = self.tracks.iter().enumerate().filter(|(other, _)| !gone.contains(other));
            let costs = costs.filter_map(|(other, old)| Some((cost(old, new, self.newest)?, other)));
            let lost = costs.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, lost)| lost);
            self.tracks[index].introduced = true;
            if let Some(lost) = lost {
                let (id, born_at) = (self.tracks[lost].id, self.tracks[lost].born_at);
                // The list is in order of the ids.
                self.tracks.swap(lost, index);
                (self.tracks[lost].id, self.tracks[lost].born_at) = (id, born_at);
                gone.push(index);
            }
        }
        gone.sort_unstable();
        for index in gone.into_iter().rev() {
            self.tracks.remove(index);
        }
    }
}

/// What it costs to say that a new track goes on with an old one (−2 ln of a density). `None`: they are two.
fn cost(old: &Tracked, new: &Tracked, now: UtcMicros) -> Option<f64> {
    let passed_s = now.seconds_since(old.measured_at);
    let is_lost = old.introduced && passed_s >= LOST_S;
    let (last, newest) = (old.filter.latest(), new.filter.latest());
    let away = newest.position() - last.position() - last.velocity() * passed_s;
    if !is_lost
        || away.amax() > REACH_M
        || old.measured_at.seconds_since(new.born_at) > OVERLAP_S
        || old.seen_apart(new)
    {
        return None;
    }
    let (was, is) = (old.state_at(now), new.state_at(now));
    let unexpected = Vector4::new(UNEXPECTED_M2, UNEXPECTED_M2, UNEXPECTED_M2PS2, UNEXPECTED_M2PS2);
    let spread = (was.cov + is.cov + Matrix4::from_diagonal(&unexpected)).cholesky()?;
    let apart = is.mean - was.mean;
    let squared = apart.dot(&spread.solve(&apart));
    let class = old.attributes.class_cost(new.attributes.class());
    let cost = squared + spread.determinant().ln() + class;
    (cost < MOST_COST).then_some(cost)
}
