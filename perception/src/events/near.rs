//! Two road users who nearly met: they were about to, and one of them braked for it.
//!
//! Both are taken to go on as they go (constant velocity), as in the surrogate safety measures of SSAM (FHWA-HRT-08-051). It is looked
//! at half a second later, when what came after tells more of who braked: a filter's own doubt hides it.

use std::collections::BTreeMap;

use nalgebra::Vector2;

use super::ledger::Sign;
use super::memory::{Dwell, Memories};
use super::pairs::{is_far, is_sure, sigma_m};
use super::places::half_length_m;
use super::{EventKind, EventSettings};
use crate::hindsight::PastPicture;
use crate::lanes::LocatedTrack;
use crate::outline::Outline;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Less sure places and velocities say nothing of who would have met, metres and m/s.
const NEAR_SIGMA_M: f64 = 0.8;
const NEAR_SIGMA_MPS: f64 = 1.5;
/// Pairs farther apart do not meet in time, metres.
const REACH_M: f64 = 40.0;
/// The sign must hold for so long, seconds.
const NEAR_MISS_S: f64 = 0.3;
/// Who brakes does so this long after the sign at most, and began at most that long before it, seconds.
const EVADES_S: f64 = 1.5;
/// The track of one that stops dead jumps back; one that jumps may as well be taken for another. It did stop if it was so near to meeting
/// somebody, seconds.
const DEAD_S: f64 = 0.5;
/// Who is slower than this hardly moves, m/s.
const CREEPS_MPS: f64 = 2.0;
/// Pairs that are remembered, at most.
const MOST_PAIRS: usize = 256;

#[derive(Clone, Debug, Default)]
struct Pair {
    meets: Dwell,
    near: Option<Near>,
    seen_at: UtcMicros,
}

/// They would have met.
#[derive(Clone, Copy, Debug)]
struct Near {
    since: UtcMicros,
    last: UtcMicros,
    /// The shortest time to collision, seconds.
    ttc_s: f64,
    /// If one of them hardly moved: which way the first came towards the second, a unit vector.
    approach: Option<Vector2<f64>>,
}

impl Near {
    /// Whether one was in the other's way: a motorcycle drives along those who wait, and brakes for something else, beside or
    /// beyond them. Of two that both move it is taken to be so: one that lets the other cross is passed by it, too. `None`: it
    /// still comes.
    fn was_in_the_way(&self, a: &Sure<'_>, b: &Sure<'_>, settings: &EventSettings) -> Option<bool> {
        let Some(approach) = self.approach else { return Some(true) };
        let before_m = approach.dot(&(b.place() - a.place()));
        let closing_mps = approach.dot(&(a.velocity() - b.velocity()));
        let beside_m = 0.5 * (half_length_m(a.located) + half_length_m(b.located));
        (closing_mps <= settings.near_miss_closing_mps).then_some(before_m >= beside_m)
    }
}

/// Somebody who may be compared.
struct Sure<'a> {
    located: &'a LocatedTrack,
    outline: Outline,
    precise: bool,
}

/// All pairs that were about to meet half a second ago.
#[derive(Clone, Debug, Default)]
pub(super) struct NearMisses {
    memories: Memories,
    pairs: BTreeMap<(u64, u64), Pair>,
}

impl NearMisses {
    /// Takes the picture of half a second ago.
    pub(super) fn look(&mut self, past: &PastPicture, settings: &EventSettings, signs: &mut Vec<Sign>) {
        let PastPicture { at, tracks } = past;
        let at = *at;
        self.memories.remember(at, tracks, settings);
        self.pairs.retain(|_, pair| at.seconds_since(pair.seen_at) < 2.0);
        let sure = tracks.iter().filter(|located| is_sure(at, located));
        let sure: Vec<Sure<'_>> = sure.map(Sure::new).collect();
        for (index, a) in sure.iter().enumerate() {
            for b in &sure[index + 1..] {
                // Two people who bump into each other are nobody's business.
                if is_motor_vehicle(a.located.track.class) || is_motor_vehicle(b.located.track.class) {
                    signs.extend(self.compare(at, a, b, settings));
                }
            }
        }
    }

    fn compare(&mut self, at: UtcMicros, a: &Sure<'_>, b: &Sure<'_>, settings: &EventSettings) -> Option<Sign> {
        let [track_a, track_b] = [a, b].map(|one| &one.located.track);
        let key = (track_a.id, track_b.id);
        let known = self.pairs.contains_key(&key);
        // Most are far from each other, and there are many pairs.
        if !known && is_far(a.located, b.located, REACH_M) {
            return None;
        }
        let meets = if a.precise && b.precise { meets(a, b, settings) } else { None };
        if (meets.is_none() && !known) || self.pairs.len() >= MOST_PAIRS {
            return None;
        }
        let pair = self.pairs.entry(key).or_default();
        let place = [0, 1].map(|axis: usize| (track_a.position_enu_m[axis] + track_b.position_enu_m[axis]) / 2.0);
        let held = pair.meets.hold(meets.is_some(), at, place);
        if let Some(ttc_s) = meets {
            pair.seen_at = at;
            if let Some(held) = held.filter(|held| held.for_s(at) >= NEAR_MISS_S) {
                let least_s = pair.near.map_or(ttc_s, |near| near.ttc_s.min(ttc_s));
                let approach = pair.near.map_or_else(|| approach(a, b), |near| near.approach);
                pair.near = Some(Near { since: held.since, last: at, ttc_s: least_s, approach });
            }
        }
        // Ways that bend meet in a straight line's forecast all the time: somebody had to brake for it.
        let near = pair.near.filter(|near| at.seconds_since(near.last) <= EVADES_S)?;
        if !near.was_in_the_way(a, b, settings)? {
            pair.near = None;
            return None;
        }
        if ![a, b].into_iter().any(|one| braked_since(at, one.located, &near, &self.memories)) {
            return None;
        }
        pair.near = None;
        Some(Sign {
            begins: true,
            measure: Some(near.ttc_s),
            lane: a.located.lane.as_ref().or(b.located.lane.as_ref()).map(|place| place.lane.clone()),
            tracks: vec![track_a.id, track_b.id],
            confidence: track_a.existence.min(track_b.existence),
            ..Sign::new(EventKind::NearMiss, place, near.since)
        })
    }
}

impl<'a> Sure<'a> {
    fn new(located: &'a LocatedTrack) -> Self {
        let precise = sigma_m(located) <= NEAR_SIGMA_M && variance_m2ps2(located) <= NEAR_SIGMA_MPS * NEAR_SIGMA_MPS;
        Self { located, outline: Outline::of(&located.track), precise }
    }

    fn place(&self) -> Vector2<f64> {
        self.located.track.position_enu_m.into()
    }

    fn velocity(&self) -> Vector2<f64> {
        self.located.track.velocity_enu_mps.into()
    }
}

/// Which way `a` comes towards `b`, a unit vector. `None`: both move, or neither.
fn approach(a: &Sure<'_>, b: &Sure<'_>) -> Option<Vector2<f64>> {
    let hardly_moves = a.velocity().norm().min(b.velocity().norm()) < CREEPS_MPS;
    (a.velocity() - b.velocity()).try_normalize(CREEPS_MPS).filter(|_| hardly_moves)
}

/// Variance of a velocity, along the axis where it is larger, m²/s².
fn variance_m2ps2(located: &LocatedTrack) -> f64 {
    let cov = located.track.cov_velocity_m2ps2;
    cov[0][0].max(cov[1][1]).max(0.0)
}

/// Seconds until their outlines overlap, if they approach each other by one standard deviation slower than measured: the track of one
/// that brakes is too fast. `None`: not within the limit, they overlap already (a doubtful picture, or an accident), or they approach
/// each other too slowly to matter.
fn meets(a: &Sure<'_>, b: &Sure<'_>, settings: &EventSettings) -> Option<f64> {
    let [track_a, track_b] = [a, b].map(|one| &one.located.track);
    let [apart, closing] = [0, 1].map(|which: usize| {
        [0, 1].map(|axis: usize| match which {
            0 => track_b.position_enu_m[axis] - track_a.position_enu_m[axis],
            _ => track_b.velocity_enu_mps[axis] - track_a.velocity_enu_mps[axis],
        })
    });
    let apart_m = apart[0].hypot(apart[1]);
    let closing_mps = -(apart[0] * closing[0] + apart[1] * closing[1]) / apart_m.max(0.1);
    let speed_mps = closing[0].hypot(closing[1]);
    let surely = (1.0 - (variance_m2ps2(a.located) + variance_m2ps2(b.located)).sqrt() / speed_mps.max(0.1)).max(0.0);
    if apart_m > REACH_M || surely * closing_mps < settings.near_miss_closing_mps {
        return None;
    }
    let approach_mps = closing.map(|axis| surely * axis);
    let contact = a.outline.meets(&[0.0, 0.0], &b.outline, &approach_mps, settings.near_miss_ttc_s);
    contact.map(|contact| contact.after_s)
}

/// Whether it braked abruptly, and did not only jump: a track that is taken for another one stops at once.
fn braked_since(at: UtcMicros, located: &LocatedTrack, near: &Near, memories: &Memories) -> bool {
    memories.get(located.track.id).is_some_and(|memory| {
        let braked =
            memory.braked_abruptly_at.is_some_and(|braked_at| braked_at.seconds_since(near.since) >= -EVADES_S);
        braked && (near.ttc_s <= DEAD_S || memory.followed_s(at) >= at.seconds_since(near.since))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hindsight::Hindsight;
    use crate::testing::track_at;
    use crate::track::Track;

    #[test]
    fn who_may_be_slower_than_measured_may_not_meet() {
        let meets_with = |variance_m2ps2: f64| {
            let [stands, comes] = [(1, [0.0, 0.0], 0.0), (2, [0.0, -9.0], 4.8)].map(|(id, place, north_mps)| {
                let cov_velocity_m2ps2 = [[variance_m2ps2, 0.0], [0.0, variance_m2ps2]];
                let track = Track { cov_velocity_m2ps2, ..track_at(id, place, [0.0, north_mps]) };
                LocatedTrack { track, lane: None }
            });
            meets(&Sure::new(&stands), &Sure::new(&comes), &EventSettings::default())
        };
        assert!(meets_with(0.01).is_some_and(|ttc_s| (0.9..=1.0).contains(&ttc_s)), "4.5 m at 4.8 m/s");
        assert_eq!(meets_with(0.5), None, "4.8 m/s or one less");
    }

    #[test]
    fn who_drives_past_one_that_waits_has_not_braked_for_it() {
        // A motorcycle comes at 15 m/s, and brakes at 7 m/s² from `brakes_m` before the middle of a car, just touching its side.
        let comes = |brakes_m: f64| {
            let (mut hindsight, mut near_misses) = (Hindsight::default(), NearMisses::default());
            let (mut signs, mut at_m, mut mps) = (Vec::new(), -60.0, 15.0);
            for tenth in 0..80 {
                let waits = track_at(1, [0.0, 0.0], [0.0, 0.0]);
                let rides = Track { length_m: Some(2.0), width_m: Some(0.8), ..track_at(2, [1.2, at_m], [0.0, mps]) };
                let tracks = [waits, rides].map(|track| {
                    let cov = [[0.01, 0.0], [0.0, 0.01]];
                    let track = Track { cov_position_m2: cov, cov_velocity_m2ps2: cov, ..track };
                    LocatedTrack { track, lane: None }
                });
                let now = UtcMicros(0).plus_seconds(f64::from(tenth) / 10.0);
                if let Some(past) = hindsight.look(now, &tracks) {
                    near_misses.look(&past, &EventSettings::default(), &mut signs);
                }
                at_m += 0.1 * mps;
                if at_m > -brakes_m {
                    mps = f64::max(mps - 0.7, 0.0);
                }
            }
            (signs.iter().map(|sign| sign.kind).collect::<Vec<_>>(), at_m)
        };
        let (signs, at_m) = comes(20.0);
        assert!(at_m < -3.0, "stands before it: {at_m}");
        assert_eq!(signs, [EventKind::NearMiss]);
        for (brakes_m, stands_m) in [(16.0, -1.0..1.0), (8.0, 3.0..12.0)] {
            let (signs, at_m) = comes(brakes_m);
            assert!(stands_m.contains(&at_m), "stands beside it, or beyond: {at_m}");
            assert_eq!(signs, []);
        }
    }

    #[test]
    fn a_track_that_jumps_is_believed_to_stop_only_just_before_it_meets_somebody() {
        // Comes at 10 m/s to where their outlines are `gap_m` apart, and stands 4 m before that at once.
        let stops_dead = |gap_m: f64| {
            let stands = track_at(1, [0.0, 100.0], [0.0, 0.0]);
            let to_m = 100.0 - stands.length_m.unwrap_or_default() - gap_m;
            let (mut hindsight, mut near_misses) = (Hindsight::default(), NearMisses::default());
            let mut signs = Vec::new();
            for tenth in 0..130 {
                let way_m = f64::from(tenth);
                let (north_m, mps) = if way_m < to_m { (way_m, 10.0) } else { (to_m - 4.0, 0.0) };
                let tracks = [stands.clone(), track_at(2, [0.0, north_m], [0.0, mps])].map(|track| {
                    let cov = [[0.01, 0.0], [0.0, 0.01]];
                    let track = Track { cov_position_m2: cov, cov_velocity_m2ps2: cov, ..track };
                    LocatedTrack { track, lane: None }
                });
                if let Some(past) = hindsight.look(UtcMicros(0).plus_seconds(way_m / 10.0), &tracks) {
                    near_misses.look(&past, &EventSettings::default(), &mut signs);
                }
            }
            signs.iter().map(|sign| (sign.kind, sign.tracks.clone())).collect::<Vec<_>>()
        };
        assert_eq!(stops_dead(1.0), [(EventKind::NearMiss, vec![1, 2])]);
        assert_eq!(stops_dead(4.0), []);
    }
}
