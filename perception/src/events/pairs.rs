//! Two road users who nearly meet, or have met.
//!
//! Both are taken to go on as they go (constant velocity), as in the surrogate safety measures of SSAM (FHWA-HRT-08-051).

use std::collections::BTreeMap;

use super::ledger::Sign;
use super::memory::{Dwell, Memories};
use super::{EventKind, EventSettings};
use crate::detection::Class;
use crate::frames::unit_from_heading;
use crate::lanes::LocatedTrack;
use crate::priors::{class_prior, is_motor_vehicle};
use crate::time::UtcMicros;

/// Less sure tracks, or younger ones, are not compared.
const EXISTENCE: f64 = 0.9;
const AGE_S: f64 = 1.5;
const SIGMA_M: f64 = 0.8;
/// Pairs farther apart do not meet in time, metres.
const REACH_M: f64 = 40.0;
/// How finely the future is looked at, seconds.
const STEP_S: f64 = 0.1;
/// The sign must hold for so long, seconds.
const NEAR_MISS_S: f64 = 0.3;
/// Who brakes does so this long after the sign at most, and began at most that long before it, seconds.
const EVADES_S: f64 = 1.5;
/// Standing this near is against each other, metres.
const TOUCH_M: f64 = 0.3;
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
        let sure: Vec<(&LocatedTrack, Outline)> = tracks
            .iter()
            .filter(|located| is_sure(now, located))
            .map(|located| (located, Outline::of(located)))
            .collect();
        for (index, (a, outline_a)) in sure.iter().enumerate() {
            for (b, outline_b) in sure.iter().skip(index + 1) {
                // Two people who bump into each other are nobody's business.
                if !is_motor_vehicle(a.track.class) && !is_motor_vehicle(b.track.class) {
                    continue;
                }
                let meets = meets(a, b, outline_a, outline_b, settings);
                let touches = stands_against(now, a, b, outline_a, outline_b, memories);
                let key = (a.track.id, b.track.id);
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
                if let Some(near) = near.filter(|near| [a, b].into_iter().any(|one| braked_since(one, near, memories)))
                {
                    let since = near.since;
                    signs.push(Sign { measure: Some(near.ttc_s), ..sign(EventKind::NearMiss, true, since) });
                    pair.near = None;
                }
                if let Some(stood) = stood {
                    let braked = [a, b].into_iter().any(|one| braked_into_standing(one, memories));
                    let begins = braked && stood.for_s(now) >= settings.accident_after_s;
                    signs.push(sign(EventKind::AccidentSuspected, begins, stood.since));
                }
            }
        }
    }
}

fn is_sure(now: UtcMicros, located: &LocatedTrack) -> bool {
    let track = &located.track;
    let variance_m2 = track.cov_position_m2[0][0].max(track.cov_position_m2[1][1]);
    track.class != Class::Unknown
        && track.existence >= EXISTENCE
        && now.seconds_since(track.born_at) >= AGE_S
        && variance_m2 <= SIGMA_M * SIGMA_M
}

/// Seconds until their outlines overlap. `None`: not within the limit, they overlap already (a doubtful picture, or an accident),
/// or they approach each other too slowly to matter.
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
    if apart_m > REACH_M || closing_mps < settings.near_miss_closing_mps || outline_a.gap_m(outline_b) <= 0.0 {
        return None;
    }
    let mut ahead_s = STEP_S;
    while ahead_s <= settings.near_miss_ttc_s + 1e-9 {
        if outline_a
            .moved(&a.track.velocity_enu_mps, ahead_s)
            .gap_m(&outline_b.moved(&b.track.velocity_enu_mps, ahead_s))
            <= 0.0
        {
            return Some(ahead_s);
        }
        ahead_s += STEP_S;
    }
    None
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

fn braked_since(located: &LocatedTrack, near: &Near, memories: &Memories) -> bool {
    let braked_at = memories.get(located.track.id).and_then(|memory| memory.braked_abruptly_at);
    braked_at.is_some_and(|at| at.seconds_since(near.since) >= -EVADES_S)
}

fn braked_into_standing(located: &LocatedTrack, memories: &Memories) -> bool {
    let memory = memories.get(located.track.id);
    memory.is_some_and(|memory| {
        let (Some(standing), Some(braked_at)) = (memory.standing, memory.braked_abruptly_at) else { return false };
        standing.since.seconds_since(braked_at).abs() <= BEFORE_S
    })
}

/// A road user's rectangle on the ground.
struct Outline {
    centre_m: [f64; 2],
    ahead: [f64; 2],
    half_m: [f64; 2],
}

impl Outline {
    fn of(located: &LocatedTrack) -> Self {
        let track = &located.track;
        let usual = class_prior(track.class);
        Self {
            centre_m: track.position_enu_m,
            ahead: unit_from_heading(track.heading_cw_north_rad.unwrap_or_default()),
            half_m: [track.length_m.unwrap_or(usual.length_m) / 2.0, track.width_m.unwrap_or(usual.width_m) / 2.0],
        }
    }

    fn moved(&self, velocity_enu_mps: &[f64; 2], ahead_s: f64) -> Self {
        let centre_m = [0, 1].map(|axis: usize| self.centre_m[axis] + ahead_s * velocity_enu_mps[axis]);
        Self { centre_m, ..*self }
    }

    /// Half of its extent along a direction, metres.
    fn reach_m(&self, axis: [f64; 2]) -> f64 {
        let along = (self.ahead[0] * axis[0] + self.ahead[1] * axis[1]).abs();
        let across = (self.ahead[1] * axis[0] - self.ahead[0] * axis[1]).abs();
        self.half_m[0] * along + self.half_m[1] * across
    }

    /// The widest gap along any of their sides, metres: at most their distance; negative where they overlap.
    fn gap_m(&self, other: &Self) -> f64 {
        let apart = [0, 1].map(|axis: usize| other.centre_m[axis] - self.centre_m[axis]);
        let sides = [self.ahead, [self.ahead[1], -self.ahead[0]], other.ahead, [other.ahead[1], -other.ahead[0]]];
        let gap =
            |side: [f64; 2]| (apart[0] * side[0] + apart[1] * side[1]).abs() - self.reach_m(side) - other.reach_m(side);
        sides.into_iter().map(gap).fold(f64::NEG_INFINITY, f64::max)
    }
}
