//! Two road users who nearly meet, or have met.
//!
//! Both are taken to go on as they go (constant velocity), as in the surrogate safety measures of SSAM (FHWA-HRT-08-051).

use std::collections::BTreeMap;

use super::ledger::Sign;
use super::memory::{Dwell, Memories};
use super::{EventKind, EventSettings};
use crate::detection::Class;
use crate::lanes::LocatedTrack;
use crate::outline::Outline;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Less sure tracks, or younger ones, are not compared.
const EXISTENCE: f64 = 0.9;
const AGE_S: f64 = 1.5;
const SIGMA_M: f64 = 1.2;
/// Less sure places and velocities say nothing of who would have met, metres and m/s; nor do tracks that jumped just before,
/// seconds.
const NEAR_SIGMA_M: f64 = 0.8;
const NEAR_SIGMA_MPS: f64 = 1.5;
const FOLLOWED_S: f64 = 1.5;
/// Pairs farther apart do not meet in time, metres.
const REACH_M: f64 = 40.0;
/// The sign must hold for so long, seconds.
const NEAR_MISS_S: f64 = 0.3;
/// Who brakes does so this long after the sign at most, and began at most that long before it, seconds.
const EVADES_S: f64 = 1.5;
/// Standing this near is against each other, metres.
const TOUCH_M: f64 = 0.8;
/// What overlaps more is one road user with two tracks, metres.
const OVERLAP_M: f64 = 0.6;
/// Abrupt braking was at most this long before or after one stood, seconds.
const BEFORE_S: f64 = 3.0;
/// Pairs that are remembered, at most.
const MOST_PAIRS: usize = 256;

#[derive(Clone, Debug, Default)]
struct Pair {
    meets: Dwell,
    near: Option<Near>,
    touches: Dwell,
    seen_at: UtcMicros,
}

/// They would have met.
#[derive(Clone, Copy, Debug)]
struct Near {
    since: UtcMicros,
    last: UtcMicros,
    /// The shortest time to collision, seconds.
    ttc_s: f64,
}

/// All pairs that are near each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(BTreeMap<(u64, u64), Pair>);

impl Pairs {
    pub(super) fn look(
        &mut self,
        now: UtcMicros,
        tracks: &[LocatedTrack],
        memories: &Memories,
        settings: &EventSettings,
        signs: &mut Vec<Sign>,
    ) {
        self.0.retain(|_, pair| now.seconds_since(pair.seen_at) < 2.0);
        let sure: Vec<(&LocatedTrack, Outline, bool)> = tracks
            .iter()
            .filter(|located| is_sure(now, located))
            .map(|located| (located, Outline::of(&located.track), is_precise(now, located, memories)))
            .collect();
        for (index, (a, outline_a, a_precise)) in sure.iter().enumerate() {
            for (b, outline_b, b_precise) in sure.iter().skip(index + 1) {
                // Two people who bump into each other are nobody's business.
                if !is_motor_vehicle(a.track.class) && !is_motor_vehicle(b.track.class) {
                    continue;
                }
                let key = (a.track.id, b.track.id);
                // Most are far from each other, and there are many pairs.
                if is_far(a, b) && !self.0.contains_key(&key) {
                    continue;
                }
                let precise = *a_precise && *b_precise;
                let meets = if precise { meets(a, b, outline_a, outline_b, settings) } else { None };
                let touches = stands_against(now, a, b, outline_a, outline_b, memories);
                if (meets.is_none() && !touches && !self.0.contains_key(&key)) || self.0.len() >= MOST_PAIRS {
                    continue;
                }
                let pair = self.0.entry(key).or_default();
                let place =
                    [0, 1].map(|axis: usize| (a.track.position_enu_m[axis] + b.track.position_enu_m[axis]) / 2.0);
                let held = pair.meets.hold(meets.is_some(), now, place);
                let stood = pair.touches.hold(touches, now, place);
                if meets.is_some() || touches {
                    pair.seen_at = now;
                }
                let sign = |kind, begins, since| Sign {
                    begins,
                    lane: a.lane.as_ref().or(b.lane.as_ref()).map(|place| place.lane.clone()),
                    tracks: vec![a.track.id, b.track.id],
                    confidence: a.track.existence.min(b.track.existence),
                    ..Sign::new(kind, place, since)
                };
                if let (Some(held), Some(ttc_s)) = (held.filter(|held| held.for_s(now) >= NEAR_MISS_S), meets) {
                    let least_s = pair.near.map_or(ttc_s, |near| near.ttc_s.min(ttc_s));
                    pair.near = Some(Near { since: held.since, last: now, ttc_s: least_s });
                }
                // Ways that bend meet in a straight line's forecast all the time: somebody had to brake for it.
                let near = pair.near.filter(|near| now.seconds_since(near.last) <= EVADES_S);
                if let Some(near) =
                    near.filter(|near| [a, b].into_iter().any(|one| braked_since(now, one, near, memories)))
                {
                    let since = near.since;
                    signs.push(Sign { measure: Some(near.ttc_s), ..sign(EventKind::NearMiss, true, since) });
                    pair.near = None;
                }
                if let Some(stood) = stood {
                    let braked = [a, b].into_iter().any(|one| braked_into_standing(one, memories));
                    // In a queue both wait, and the tracks of one that is half hidden may touch another's.
                    let waits = |one: &LocatedTrack| {
                        !is_motor_vehicle(one.track.class)
                            || memories.get(one.track.id).is_none_or(|memory| memory.may_wait)
                    };
                    let begins = braked && !(waits(a) && waits(b)) && stood.for_s(now) >= settings.accident_after_s;
                    signs.push(sign(EventKind::AccidentSuspected, begins, stood.since));
                }
            }
        }
    }
}

/// Standard deviation of a place, along the axis where it is larger, metres.
pub(super) fn sigma_m(located: &LocatedTrack) -> f64 {
    let cov_m2 = located.track.cov_position_m2;
    cov_m2[0][0].max(cov_m2[1][1]).max(0.0).sqrt()
}

/// Variance of a velocity, along the axis where it is larger, m²/s².
fn variance_m2ps2(located: &LocatedTrack) -> f64 {
    let cov = located.track.cov_velocity_m2ps2;
    cov[0][0].max(cov[1][1]).max(0.0)
}

/// Whether its place and velocity are sure enough to say whom it would meet.
fn is_precise(now: UtcMicros, located: &LocatedTrack, memories: &Memories) -> bool {
    sigma_m(located) <= NEAR_SIGMA_M
        && variance_m2ps2(located) <= NEAR_SIGMA_MPS * NEAR_SIGMA_MPS
        && memories.get(located.track.id).is_some_and(|memory| memory.followed_s(now) >= FOLLOWED_S)
}

fn is_sure(now: UtcMicros, located: &LocatedTrack) -> bool {
    let track = &located.track;
    track.class != Class::Unknown
        && track.existence >= EXISTENCE
        && now.seconds_since(track.born_at) >= AGE_S
        && sigma_m(located) <= SIGMA_M
}

/// On one axis alone farther apart than anything is looked for.
fn is_far(a: &LocatedTrack, b: &LocatedTrack) -> bool {
    let [a, b] = [a, b].map(|located| located.track.position_enu_m);
    a.iter().zip(b).any(|(a, b)| (a - b).abs() > REACH_M)
}

/// Seconds until their outlines overlap, if they approach each other by one standard deviation slower than measured: the track of one
/// that brakes is too fast. `None`: not within the limit, they overlap already (a doubtful picture, or an accident), or they approach
/// each other too slowly to matter.
fn meets(
    a: &LocatedTrack,
    b: &LocatedTrack,
    outline_a: &Outline,
    outline_b: &Outline,
    settings: &EventSettings,
) -> Option<f64> {
    let [apart, closing] = [0, 1].map(|which: usize| {
        [0, 1].map(|axis: usize| match which {
            0 => b.track.position_enu_m[axis] - a.track.position_enu_m[axis],
            _ => b.track.velocity_enu_mps[axis] - a.track.velocity_enu_mps[axis],
        })
    });
    let apart_m = apart[0].hypot(apart[1]);
    let closing_mps = -(apart[0] * closing[0] + apart[1] * closing[1]) / apart_m.max(0.1);
    let speed_mps = closing[0].hypot(closing[1]);
    let surely = (1.0 - (variance_m2ps2(a) + variance_m2ps2(b)).sqrt() / speed_mps.max(0.1)).max(0.0);
    if apart_m > REACH_M || surely * closing_mps < settings.near_miss_closing_mps {
        return None;
    }
    let approach_mps = closing.map(|axis| surely * axis);
    let contact = outline_a.meets(&[0.0, 0.0], outline_b, &approach_mps, settings.near_miss_ttc_s);
    contact.map(|contact| contact.after_s)
}

fn stands_against(
    now: UtcMicros,
    a: &LocatedTrack,
    b: &LocatedTrack,
    outline_a: &Outline,
    outline_b: &Outline,
    memories: &Memories,
) -> bool {
    let stands = |located: &LocatedTrack| memories.stands_s(located.track.id, now).is_some();
    stands(a) && stands(b) && (-OVERLAP_M..=TOUCH_M).contains(&outline_a.gap_m(outline_b))
}

/// Whether it braked abruptly, and did not only jump: a track that is taken for another one stops at once.
fn braked_since(now: UtcMicros, located: &LocatedTrack, near: &Near, memories: &Memories) -> bool {
    memories.get(located.track.id).is_some_and(|memory| {
        let braked = memory.braked_abruptly_at.is_some_and(|at| at.seconds_since(near.since) >= -EVADES_S);
        braked && memory.followed_s(now) >= now.seconds_since(near.since)
    })
}

fn braked_into_standing(located: &LocatedTrack, memories: &Memories) -> bool {
    let memory = memories.get(located.track.id);
    memory.is_some_and(|memory| {
        let (Some(standing), Some(braked_at)) = (memory.standing, memory.braked_abruptly_at) else { return false };
        standing.since.seconds_since(braked_at).abs() <= BEFORE_S
    })
}

#[cfg(test)]
mod tests {
    use super::*;
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
            let [a, b] = [&stands, &comes].map(|located| Outline::of(&located.track));
            meets(&stands, &comes, &a, &b, &EventSettings::default())
        };
        assert!(meets_with(0.01).is_some_and(|ttc_s| (0.9..=1.0).contains(&ttc_s)), "4.5 m at 4.8 m/s");
        assert_eq!(meets_with(0.5), None, "4.8 m/s or one less");
    }
}
