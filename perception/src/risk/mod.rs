//! Surrogate safety: who nearly met whom, how closely, and who had to brake hard.
//!
//! Crashes are rare; what nearly became one is not, and is counted instead: time to collision (TTC) while two are on a
//! collision course, post-encroachment time (PET) where one crosses what another has just left, and hard braking. Conflict
//! types and limits are those of SSAM (FHWA-HRT-08-051). What may only be an error of the tracks is not counted: two must
//! overlap by more than one standard deviation of where they are. And it is looked at half a second later, when what came
//! after tells more of it (`crate::hindsight`).
//!
//! Sans-IO: pictures go in; [`RiskMonitor::between`] says what was found over a stretch of time. `docs/ref/traffic.md`.

mod braking;
mod encounter;
mod trail;
mod window;

use std::collections::{BTreeMap, VecDeque};

use crate::detection::SensorId;
use crate::hindsight::PastPicture;
use crate::lanes::LocatedTrack;
use crate::outline::Outline;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

use braking::{Braking, HARD_MPS2};
use encounter::{Encounter, MOVES_MPS, Nearing};
use trail::Trail;
pub use window::{BrakingCount, ConflictCount, PET_LIMITS_S, SafetyWindow, TTC_LIMITS_S};

/// Less sure tracks, or younger ones, are not compared.
const EXISTENCE: f64 = 0.9;
const AGE_S: f64 = 1.5;
const SIGMA_M: f64 = 0.8;
/// And for who is to meet whom, metres.
const PAIR_SIGMA_M: f64 = 0.5;
/// What overlaps more is one road user with two tracks, metres.
const OVERLAP_M: f64 = 0.6;
/// So much of a deceleration smoothing takes away, m/s²; chosen on one recording, `docs/ref/traffic.md`.
const FLATTENED_MPS2: f64 = 0.2;
/// Time that runs back, or ahead by more than this, was set, seconds.
const LEAP_S: f64 = 5.0;
/// An encounter is over when nothing more was found of it for so long, seconds.
const OVER_S: f64 = 3.0;
/// What was found is kept for the longest window and a little more, seconds; and at most so much of it.
const KEPT_S: f64 = 930.0;
const MOST_KEPT: usize = 8192;
/// Road users and encounters followed at a time, at most.
const MOST_USERS: usize = 1024;
const MOST_ENCOUNTERS: usize = 1024;

/// How two came near each other, by the angle between their courses (SSAM: 30° and 85°).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictKind {
    /// One behind the other, within 30°.
    RearEnd,
    /// Beside each other within 30°, or within 85° on the same link.
    LaneChange,
    /// Of different links, 30° to 85°: one turns into the other's way.
    Turning,
    /// More than 85°.
    Crossing,
    /// One of them is on foot.
    Pedestrian,
}

impl ConflictKind {
    /// Its name in the city's data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RearEnd => "rear_end",
            Self::LaneChange => "lane_change",
            Self::Turning => "turning",
            Self::Crossing => "crossing",
            Self::Pedestrian => "pedestrian",
        }
    }
}

/// Two road users that came near each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// How.
    pub kind: ConflictKind,
    /// When they were nearest in time.
    pub at: UtcMicros,
    /// When nothing more came of it: it counts in the window that holds this time.
    pub over_at: UtcMicros,
    /// Their tracks, the lower number first.
    pub tracks: [u64; 2],
    /// Between the two, site ENU, metres.
    pub place_enu_m: [f64; 2],
    /// The links that they came by, in order of name; one, if both came by the same; none, if they came by none.
    pub links: Vec<SensorId>,
    /// Least time to collision, seconds, [`TTC_LIMITS_S`] at most. `None`: they were on no collision course.
    pub ttc_s: Option<f64>,
    /// Time spent under the longest of [`TTC_LIMITS_S`], seconds.
    pub under_s: f64,
    /// Least time from when one left a place to when the other came there, seconds, [`PET_LIMITS_S`] at most. `None`: their
    /// ways did not cross.
    pub pet_s: Option<f64>,
}

/// Somebody who braked hard.
#[derive(Clone, Debug, PartialEq)]
pub struct HardBraking {
    /// When it had become hard.
    pub at: UtcMicros,
    /// When that was known: it counts in the window that holds this time.
    pub known_at: UtcMicros,
    /// Its track.
    pub track: u64,
    /// Where it was then, site ENU, metres.
    pub place_enu_m: [f64; 2],
    /// The link that it was on. `None`: on none.
    pub link: Option<SensorId>,
    /// How hard, m/s².
    pub deceleration_mps2: f64,
}

/// What is remembered of one road user.
#[derive(Clone, Debug, Default)]
struct User {
    seen_at: UtcMicros,
    link: Option<SensorId>,
    trail: Trail,
    braking: Braking,
}

/// Looks for conflicts in one picture after the other.
#[derive(Clone, Debug, Default)]
pub struct RiskMonitor {
    users: BTreeMap<u64, User>,
    encounters: BTreeMap<(u64, u64), Encounter>,
    conflicts: VecDeque<Conflict>,
    brakings: VecDeque<HardBraking>,
    last: Option<UtcMicros>,
}

/// Somebody in the picture who is sure enough to be compared.
struct Sure<'a> {
    located: &'a LocatedTrack,
    outline: Outline,
    /// Where it goes. `None`: it stands.
    course_rad: Option<f64>,
}

impl RiskMonitor {
    /// Takes the picture of half a second before `now`.
    pub fn look(&mut self, now: UtcMicros, past: &PastPicture) {
        self.judge(now, past.at, &past.tracks, HARD_MPS2 - FLATTENED_MPS2);
    }

    /// Takes everybody as they truly are at `now`: no hindsight tells more.
    pub fn look_at_truth(&mut self, now: UtcMicros, tracks: &[LocatedTrack]) {
        self.judge(now, now, tracks, HARD_MPS2);
    }

    /// Takes the picture at a time that may be a little before `now`; `hard_mps2` is the least deceleration that is hard.
    fn judge(&mut self, now: UtcMicros, at: UtcMicros, tracks: &[LocatedTrack], hard_mps2: f64) {
        let passed_s = self.last.map_or(0.0, |last| at.seconds_since(last));
        if !(0.0..=LEAP_S).contains(&passed_s) {
            *self = Self::default();
        } else if self.last == Some(at) {
            return;
        }
        self.last = Some(at);
        self.follow(now, at, tracks, hard_mps2);
        let sure: Vec<Sure<'_>> =
            tracks.iter().filter(|located| is_sure(at, located, PAIR_SIGMA_M)).map(Sure::new).collect();
        for (index, a) in sure.iter().enumerate() {
            for b in &sure[index + 1..] {
                // Two people who bump into each other are nobody's business.
                if is_motor_vehicle(a.located.track.class) || is_motor_vehicle(b.located.track.class) {
                    self.compare(at, passed_s, a, b);
                }
            }
        }
        self.conclude(now, at);
    }

    /// What was found from one time until before another, as far back as the longest traffic window.
    pub fn between(&self, from: UtcMicros, to: UtcMicros) -> SafetyWindow {
        let within = |at: UtcMicros| from <= at && at < to;
        let mut window = SafetyWindow::default();
        self.conflicts.iter().filter(|conflict| within(conflict.over_at)).for_each(|conflict| window.add(conflict));
        self.brakings.iter().filter(|one| within(one.known_at)).for_each(|one| window.add_braking(one));
        window
    }

    /// Conflicts that are over, oldest first, of the last quarter of an hour.
    pub fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.conflicts.iter()
    }

    /// Who braked hard, oldest first, in the last quarter of an hour.
    pub fn hard_brakings(&self) -> impl Iterator<Item = &HardBraking> {
        self.brakings.iter()
    }

    /// What the picture at `now`, the newest, made known: conflicts that were over by then, and who had braked hard.
    pub fn news(&self, now: UtcMicros) -> (impl Iterator<Item = &Conflict>, impl Iterator<Item = &HardBraking>) {
        (
            self.conflicts.iter().rev().take_while(move |conflict| conflict.over_at == now),
            self.brakings.iter().rev().take_while(move |braking| braking.known_at == now),
        )
    }

    fn follow(&mut self, now: UtcMicros, at: UtcMicros, tracks: &[LocatedTrack], hard_mps2: f64) {
        for located in tracks {
            let track = &located.track;
            if self.users.len() >= MOST_USERS && !self.users.contains_key(&track.id) {
                continue;
            }
            let user = self.users.entry(track.id).or_default();
            user.seen_at = at;
            if let Some(place) = &located.lane {
                let link = place.lane.rsplit_once('/').map_or(&*place.lane, |(link, _)| link);
                if user.link.as_deref() != Some(link) {
                    user.link = Some(link.into());
                }
            }
            if !is_sure(at, located, SIGMA_M) {
                continue;
            }
            user.trail.note(at, track);
            if is_motor_vehicle(track.class)
                && let Some(deceleration_mps2) = user.braking.note(at, track.speed_mps(), hard_mps2)
            {
                let link = user.link.clone();
                self.brakings.push_back(HardBraking {
                    at,
                    known_at: now,
                    track: track.id,
                    place_enu_m: track.position_enu_m,
                    link,
                    deceleration_mps2,
                });
            }
        }
        self.users.retain(|_, user| at.seconds_since(user.seen_at) < trail::KEPT_S);
    }

    fn compare(&mut self, at: UtcMicros, passed_s: f64, a: &Sure<'_>, b: &Sure<'_>) {
        // Nobody's trail is longer than this, and nobody goes farther until the longest time to collision that counts.
        if a.apart_m2(b) > trail::REACH_M * trail::REACH_M {
            return;
        }
        let double = a.is_double(b);
        let nearing = Nearing::ahead(a, b).or_else(|| self.encroachment(at, a, b).map(Nearing::behind));
        let key = (a.located.track.id, b.located.track.id);
        let full = self.encounters.len() >= MOST_ENCOUNTERS && !self.encounters.contains_key(&key);
        if full || (nearing.is_none() && !double) {
            return;
        }
        let mut links: Vec<SensorId> =
            [key.0, key.1].iter().filter_map(|id| self.users.get(id)?.link.clone()).collect();
        links.sort_unstable();
        links.dedup();
        let encounter = self.encounters.entry(key).or_default();
        let Some(nearing) = nearing.filter(|_| !double) else { return encounter.refute(at) };
        encounter.hear(at, passed_s, &nearing, || (nearing.kind(a, b, &links), a.between(b), links.clone()));
    }

    /// Time since one of them left the place that the other has come to, seconds, and the angle between their courses there.
    fn encroachment(&self, at: UtcMicros, a: &Sure<'_>, b: &Sure<'_>) -> Option<(f64, f64)> {
        let left = |first: &Sure<'_>, then: &Sure<'_>| {
            let trail = &self.users.get(&first.located.track.id)?.trail;
            trail.left(at, &then.outline, then.course_rad?, &then.located.track.cov_position_m2)
        };
        let least = [left(a, b), left(b, a)].into_iter().flatten().min_by(|a, b| a.0.total_cmp(&b.0))?;
        // While they touch nobody has left; and one of two such tracks may be the other's double.
        (a.outline.gap_m(&b.outline) > 0.0).then_some(least)
    }

    /// Takes the encounters that are over.
    fn conclude(&mut self, now: UtcMicros, at: UtcMicros) {
        let conflicts = &mut self.conflicts;
        self.encounters.retain(|(a, b), encounter| {
            let over = at.seconds_since(encounter.seen_at) >= OVER_S;
            if over {
                conflicts.extend(encounter.conclude(now, [*a, *b]));
            }
            !over
        });
        let old = |at: UtcMicros| now.seconds_since(at) > KEPT_S;
        while conflicts.len() > MOST_KEPT || conflicts.front().is_some_and(|conflict| old(conflict.over_at)) {
            conflicts.pop_front();
        }
        while self.brakings.len() > MOST_KEPT || self.brakings.front().is_some_and(|braking| old(braking.known_at)) {
            self.brakings.pop_front();
        }
    }
}

fn is_sure(at: UtcMicros, located: &LocatedTrack, sigma_m: f64) -> bool {
    let track = &located.track;
    let variance_m2 = track.cov_position_m2[0][0].max(track.cov_position_m2[1][1]);
    track.class.is_road_user()
        && track.existence >= EXISTENCE
        && at.seconds_since(track.born_at) >= AGE_S
        && variance_m2 <= sigma_m * sigma_m
}

impl<'a> Sure<'a> {
    fn new(located: &'a LocatedTrack) -> Self {
        Self { located, outline: Outline::of(&located.track), course_rad: located.track.course_rad(MOVES_MPS) }
    }

    /// The square of how far they are apart.
    fn apart_m2(&self, other: &Self) -> f64 {
        let [a, b] = [self, other].map(|one| one.located.track.position_enu_m);
        (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
    }

    /// Whether it is the same road user once more.
    fn is_double(&self, other: &Self) -> bool {
        let near_m = self.outline.radius_m + other.outline.radius_m;
        self.apart_m2(other) < near_m * near_m && self.outline.gap_m(&other.outline) < -OVERLAP_M
    }

    fn between(&self, other: &Self) -> [f64; 2] {
        let [a, b] = [self, other].map(|one| one.located.track.position_enu_m);
        [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
    }
}

#[cfg(test)]
mod tests;
