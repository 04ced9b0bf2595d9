//! Two road users who stand against each other after one of them stopped abruptly.

use std::collections::BTreeMap;

use super::ledger::Sign;
use super::memory::{Dwell, Memories};
use super::{EventKind, EventSettings};
use crate::lanes::LocatedTrack;
use crate::outline::Outline;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Less sure tracks, or younger ones, are not compared.
const EXISTENCE: f64 = 0.9;
const AGE_S: f64 = 1.5;
const SIGMA_M: f64 = 1.2;
/// Pairs farther apart do not touch, metres: the longest road users are shorter.
const REACH_M: f64 = 40.0;
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
    touches: Dwell,
    seen_at: UtcMicros,
}

/// All pairs that stand against each other.
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
            .map(|located| (located, Outline::of(&located.track)))
            .collect();
        for (index, (a, outline_a)) in sure.iter().enumerate() {
            for (b, outline_b) in sure.iter().skip(index + 1) {
                // Two people who bump into each other are nobody's business.
                if !is_motor_vehicle(a.track.class) && !is_motor_vehicle(b.track.class) {
                    continue;
                }
                let key = (a.track.id, b.track.id);
                // Most are far from each other, and there are many pairs.
                if is_far(a, b, REACH_M) && !self.0.contains_key(&key) {
                    continue;
                }
                let touches = stands_against(now, a, b, outline_a, outline_b, memories);
                if (!touches && !self.0.contains_key(&key)) || self.0.len() >= MOST_PAIRS {
                    continue;
                }
                let pair = self.0.entry(key).or_default();
                let place =
                    [0, 1].map(|axis: usize| (a.track.position_enu_m[axis] + b.track.position_enu_m[axis]) / 2.0);
                let Some(stood) = pair.touches.hold(touches, now, place) else { continue };
                pair.seen_at = now;
                let braked = [a, b].into_iter().any(|one| braked_into_standing(one, memories));
                // In a queue both wait, and the tracks of one that is half hidden may touch another's.
                let waits = |one: &LocatedTrack| {
                    !is_motor_vehicle(one.track.class)
                        || memories.get(one.track.id).is_none_or(|memory| memory.may_wait)
                };
                signs.push(Sign {
                    begins: braked && !(waits(a) && waits(b)) && stood.for_s(now) >= settings.accident_after_s,
                    lane: a.lane.as_ref().or(b.lane.as_ref()).map(|place| place.lane.clone()),
                    tracks: vec![a.track.id, b.track.id],
                    confidence: a.track.existence.min(b.track.existence),
                    ..Sign::new(EventKind::AccidentSuspected, place, stood.since)
                });
            }
        }
    }
}

/// Standard deviation of a place, along the axis where it is larger, metres.
pub(super) fn sigma_m(located: &LocatedTrack) -> f64 {
    let cov_m2 = located.track.cov_position_m2;
    cov_m2[0][0].max(cov_m2[1][1]).max(0.0).sqrt()
}

/// Whether it is sure enough to be compared with others.
pub(super) fn is_sure(now: UtcMicros, located: &LocatedTrack) -> bool {
    let track = &located.track;
    track.class.is_road_user()
        && track.existence >= EXISTENCE
        && now.seconds_since(track.born_at) >= AGE_S
        && sigma_m(located) <= SIGMA_M
}

/// On one axis alone farther apart than `reach_m`.
pub(super) fn is_far(a: &LocatedTrack, b: &LocatedTrack, reach_m: f64) -> bool {
    let [a, b] = [a, b].map(|located| located.track.position_enu_m);
    a.iter().zip(b).any(|(a, b)| (a - b).abs() > reach_m)
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

fn braked_into_standing(located: &LocatedTrack, memories: &Memories) -> bool {
    let memory = memories.get(located.track.id);
    memory.is_some_and(|memory| {
        let (Some(standing), Some(braked_at)) = (memory.standing, memory.braked_abruptly_at) else { return false };
        standing.since.seconds_since(braked_at).abs() <= BEFORE_S
    })
}
