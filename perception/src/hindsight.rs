//! The picture of half a second ago, as it is known now.
//!
//! A tracker's velocity lags when somebody brakes, and is noisy when nobody does. What came after corrects both: places and
//! velocities are smoothed backwards in time (Rauch, Tung and Striebel 1965), each as a random walk, since a track doesn't
//! tell how the errors of the two go together. For what can wait as long: surrogate safety and near misses.

use std::collections::{BTreeMap, VecDeque};

use nalgebra::{Matrix2, Vector2};

use crate::lanes::LocatedTrack;
use crate::time::UtcMicros;
use crate::track::Track;

/// How long after it a picture is looked at, and how often, seconds.
const DELAY_S: f64 = 0.5;
const EVERY_S: f64 = 0.08;
/// Time that runs back, or ahead by more than this, was set, seconds.
const LEAP_S: f64 = 5.0;
/// Road users followed at a time, at most.
const MOST_USERS: usize = 1024;
/// How far velocities and places wander beyond what is known, m²/s³ and m²/s.
const VELOCITY_WANDERS: f64 = 10.0;
const PLACE_WANDERS: f64 = 0.05;

/// The picture of a moment, as it is known half a second later.
#[derive(Clone, Debug, PartialEq)]
pub struct PastPicture {
    /// The moment.
    pub at: UtcMicros,
    /// Who was there: places, velocities and their covariances smoothed, all else as it was then.
    pub tracks: Vec<LocatedTrack>,
}

/// The tracks of the last half second.
#[derive(Clone, Debug, Default)]
pub struct Hindsight {
    times: VecDeque<UtcMicros>,
    users: BTreeMap<u64, VecDeque<(UtcMicros, LocatedTrack)>>,
    told: Option<UtcMicros>,
}

impl Hindsight {
    /// Takes the picture at `now`; gives that of half a second ago, if it is due.
    pub fn look(&mut self, now: UtcMicros, tracks: &[LocatedTrack]) -> Option<PastPicture> {
        match self.times.back().map(|newest| now.seconds_since(*newest)) {
            Some(0.0) => return None,
            Some(passed_s) if !(0.0..=LEAP_S).contains(&passed_s) => *self = Self::default(),
            _ => {}
        }
        self.times.push_back(now);
        for located in tracks {
            let id = located.track.id;
            if self.users.len() < MOST_USERS || self.users.contains_key(&id) {
                self.users.entry(id).or_default().push_back((now, located.clone()));
            }
        }
        let is_old = |at: UtcMicros| now.seconds_since(at) >= DELAY_S;
        while self.times.get(1).is_some_and(|next| is_old(*next)) {
            self.times.pop_front();
        }
        let at = self.times.front().copied().filter(|at| is_old(*at))?;
        for steps in self.users.values_mut() {
            while steps.front().is_some_and(|(seen_at, _)| *seen_at < at) {
                steps.pop_front();
            }
        }
        self.users.retain(|_, steps| !steps.is_empty());
        if self.told.is_some_and(|told| at.seconds_since(told) < EVERY_S) {
            return None;
        }
        self.told = Some(at);
        let there = self.users.values().filter(|steps| steps.front().is_some_and(|(seen_at, _)| *seen_at == at));
        Some(PastPicture { at, tracks: there.filter_map(first_smoothed).collect() })
    }
}

/// The first of a track's steps, as the later ones have it.
fn first_smoothed(steps: &VecDeque<(UtcMicros, LocatedTrack)>) -> Option<LocatedTrack> {
    let mut newest_first = steps.iter().rev();
    let (newest_at, newest) = newest_first.next()?;
    let (mut later_at, mut known) = (*newest_at, Known::of(&newest.track));
    for (at, located) in newest_first {
        known = known.before(later_at.seconds_since(*at), &located.track);
        later_at = *at;
    }
    let mut located = steps.front()?.1.clone();
    let track = &mut located.track;
    (track.position_enu_m, track.velocity_enu_mps) = (known.place_m.mean.into(), known.velocity_mps.mean.into());
    track.cov_position_m2 = known.place_m.rows();
    track.cov_velocity_m2ps2 = known.velocity_mps.rows();
    Some(located)
}

/// Mean and covariance.
#[derive(Clone, Copy, Debug)]
struct Estimate {
    mean: Vector2<f64>,
    cov: Matrix2<f64>,
}

impl Estimate {
    fn new(mean: [f64; 2], cov: [[f64; 2]; 2]) -> Self {
        Self { mean: mean.into(), cov: Matrix2::from_fn(|row, column| cov[row][column]) }
    }

    fn rows(&self) -> [[f64; 2]; 2] {
        [0, 1].map(|row| [0, 1].map(|column| self.cov[(row, column)]))
    }

    /// This one, corrected by what is known of the same `later`, having wandered by a variance since.
    fn corrected(self, later: Self, wandered: f64) -> Self {
        let predicted = self.cov + Matrix2::identity() * wandered;
        let Some(inverse) = predicted.try_inverse() else { return self };
        let gain = self.cov * inverse;
        Self {
            mean: self.mean + gain * (later.mean - self.mean),
            cov: self.cov + gain * (later.cov - predicted) * gain.transpose(),
        }
    }
}

/// What is known of one road user at one time.
#[derive(Clone, Copy, Debug)]
struct Known {
    place_m: Estimate,
    velocity_mps: Estimate,
}

impl Known {
    fn of(track: &Track) -> Self {
        Self {
            place_m: Estimate::new(track.position_enu_m, track.cov_position_m2),
            velocity_mps: Estimate::new(track.velocity_enu_mps, track.cov_velocity_m2ps2),
        }
    }

    /// What this says of the step before, `passed_s` earlier, which the tracker had as `track`.
    fn before(self, passed_s: f64, track: &Track) -> Self {
        let then = Self::of(track);
        let velocity_mps = then.velocity_mps.corrected(self.velocity_mps, VELOCITY_WANDERS * passed_s);
        let came_from = Estimate { mean: self.place_m.mean - velocity_mps.mean * passed_s, ..self.place_m };
        Self { place_m: then.place_m.corrected(came_from, PLACE_WANDERS * passed_s), velocity_mps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::track_at;

    #[test]
    fn what_came_after_tells_how_fast_somebody_was_and_where() {
        let mut hindsight = Hindsight::default();
        let mut errors = [0.0_f64; 2];
        for tenth in 0..40 {
            // At 10 m/s, with 0.3 m and 0.5 m/s of noise.
            let (s, sign) = (f64::from(tenth) / 10.0, if tenth % 2 == 0 { 1.0 } else { -1.0 });
            let track = Track {
                cov_position_m2: [[0.09, 0.0], [0.0, 0.09]],
                cov_velocity_m2ps2: [[0.25, 0.0], [0.0, 0.25]],
                ..track_at(1, [0.3 * sign, 10.0 * s], [0.0, 10.0 + 0.5 * sign])
            };
            let now = UtcMicros(0).plus_seconds(s);
            let Some(past) = hindsight.look(now, &[LocatedTrack { track, lane: None }]) else { continue };
            assert_eq!(past.at.plus_seconds(0.5), now);
            let track = &past.tracks[0].track;
            let off = [track.position_enu_m[0].abs(), (track.velocity_enu_mps[1] - 10.0).abs()];
            errors = [0, 1].map(|index: usize| errors[index].max(off[index]));
            assert!(track.cov_position_m2[0][0] < 0.09 && track.cov_velocity_m2ps2[1][1] < 0.25);
        }
        assert!((1e-6..0.25).contains(&errors[0]) && (1e-6..0.4).contains(&errors[1]), "{errors:?}");
    }

    #[test]
    fn whoever_is_gone_is_as_last_seen_and_a_clock_that_was_set_forgets_everybody() {
        let mut hindsight = Hindsight::default();
        let there = [LocatedTrack { track: track_at(1, [0.0, 0.0], [0.0, 10.0]), lane: None }];
        assert!(hindsight.look(UtcMicros(0), &there).is_none());
        let past = hindsight.look(UtcMicros(500_000), &[]).expect("it is half a second later");
        assert_eq!((past.at, past.tracks[0].track.position_enu_m), (UtcMicros(0), [0.0, 0.0]));
        assert!(hindsight.look(UtcMicros(60_000_000), &[]).is_none());
        assert!(hindsight.look(UtcMicros(50_000_000), &[]).is_none());
    }
}
