//! What is remembered of each track from one picture to the next.

use std::collections::{BTreeMap, VecDeque};

use super::EventSettings;
use super::light::Crossing;
use crate::detection::{Class, SensorId};
use crate::lanes::LocatedTrack;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;
use crate::track::Track;

/// A condition that does not hold for less than this has held all the time, seconds.
const GAP_S: f64 = 0.6;
/// Who stands goes again once it is this much faster than one who stands, or this far away, m/s and metres.
const GOES_MPS: f64 = 1.0;
const GONE_M: f64 = 4.0;
/// A younger track's speed says nothing of braking; what began longer ago is nobody that was just lost, seconds.
const AGE_S: f64 = 0.5;
const YOUNG_S: f64 = 2.0;
/// Speeds and places are kept for this long, and at most so many.
const SPEEDS_S: f64 = 1.2;
const MOST_STEPS: usize = 32;
/// A track that was not measured for so long, and no longer, seconds, may be the one that begins this near to it, metres.
const SILENT_S: f64 = 0.2;
const LOST_S: f64 = 2.0;
const INTO_M: f64 = 3.0;
/// A track that lands this far from where its velocity leads has been taken for another road user, metres.
const JUMP_M: f64 = 0.7;

/// Since when and where a condition has held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) since: UtcMicros,
    pub(super) from: [f64; 2],
    last: UtcMicros,
}

impl Held {
    pub(super) fn for_s(&self, now: UtcMicros) -> f64 {
        now.seconds_since(self.since)
    }
}

/// A condition in time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dwell(Option<Held>);

impl Dwell {
    /// Whether it holds now; gives since when it has, if it does.
    pub(super) fn hold(&mut self, holds: bool, now: UtcMicros, at: [f64; 2]) -> Option<Held> {
        if holds {
            let held = self.0.get_or_insert(Held { since: now, from: at, last: now });
            held.last = now;
            return Some(*held);
        }
        if self.0.is_some_and(|held| now.seconds_since(held.last) > GAP_S) {
            self.0 = None;
        }
        None
    }
}

/// Who stood in a lane when it was lost from sight is believed to stand there for so long, seconds, unless a vehicle is seen this
/// near: the same one, or another where it was, metres.
const HIDDEN_S: f64 = 120.0;
const THERE_M: f64 = 2.0;
/// Who was slower than this when it was lost was about to stand, m/s.
const CREEPS_MPS: f64 = 2.0;
/// So many are remembered, at most.
const MOST_HIDDEN: usize = 256;

/// Somebody who stood in a lane, and whom nobody saw leave.
#[derive(Clone, Debug)]
pub(super) struct Hidden {
    pub(super) lane: SensorId,
    pub(super) offset_m: f64,
    at: [f64; 2],
    lost_at: UtcMicros,
}

/// A track as it was when something last measured it.
#[derive(Clone, Copy, Debug)]
struct Measured {
    at: UtcMicros,
    place: [f64; 2],
    /// How fast it was at least, m/s.
    least_mps: f64,
}

/// How fast somebody went of late. A filter's own deviation is that of a moment, in which anything may begin to brake.
#[derive(Clone, Copy, Debug)]
pub(super) struct Travel {
    /// Over this time, seconds.
    pub(super) over_s: f64,
    /// Way over time, m/s, and its standard deviation.
    pub(super) mps: f64,
    /// See above.
    pub(super) sigma_mps: f64,
}

/// What is remembered of one track.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    /// Its lane and offset while it stands or creeps there.
    waits_at: Option<(SensorId, f64, [f64; 2])>,
    pub(super) standing: Option<Held>,
    /// Since when the lane in front of it has been seen to flow while it stands: by then it should have gone.
    pub(super) should_go_at: Option<UtcMicros>,
    /// Since when nobody has stood or crept in front of it while it stands.
    pub(super) clear_since: Option<UtcMicros>,
    /// It stands where there may be something that it waits for.
    pub(super) may_wait: bool,
    pub(super) braked_abruptly_at: Option<UtcMicros>,
    pub(super) wrong_way: Dwell,
    pub(super) slow: Dwell,
    pub(super) speeding: Dwell,
    pub(super) walks: Dwell,
    pub(super) strays: Dwell,
    pub(super) nameless: Dwell,
    pub(super) crossing: Crossing,
    measured: Option<Measured>,
    /// When, and how fast at least, m/s.
    speeds: VecDeque<(UtcMicros, f64)>,
    /// Where it was of late, oldest first, and the variance of that, m².
    places: VecDeque<(UtcMicros, [f64; 2], f64)>,
    /// Since when it has gone from place to place as its speed says.
    followed_since: Option<UtcMicros>,
}

/// Of all tracks in the picture, and of those that were lost from it while they stood.
#[derive(Clone, Debug, Default)]
pub(super) struct Memories {
    tracks: BTreeMap<u64, Memory>,
    hidden: VecDeque<Hidden>,
}

impl Memories {
    /// Follows everybody, forgets who is gone.
    pub(super) fn remember(&mut self, now: UtcMicros, tracks: &[LocatedTrack], settings: &EventSettings) {
        let hidden = &mut self.hidden;
        self.tracks.retain(|id, memory| {
            let seen = tracks.iter().any(|located| located.track.id == *id);
            if !seen && let Some((lane, offset_m, at)) = memory.waits_at.take() {
                hidden.push_back(Hidden { lane, offset_m, at, lost_at: now });
            }
            seen
        });
        hidden.retain(|hidden| {
            let kept = now.seconds_since(hidden.lost_at) < HIDDEN_S;
            kept && !tracks.iter().any(|LocatedTrack { track, .. }| {
                let [east_m, north_m] = [0, 1].map(|axis: usize| track.position_enu_m[axis] - hidden.at[axis]);
                is_motor_vehicle(track.class) && east_m.abs() < THERE_M && east_m.hypot(north_m) < THERE_M
            })
        });
        let excess = hidden.len().saturating_sub(MOST_HIDDEN);
        hidden.drain(..excess);
        for located in tracks {
            let track = &located.track;
            let young = now.seconds_since(track.born_at) < YOUNG_S;
            let drove_into_at = if young { self.drove_into(now, track, settings) } else { None };
            let memory = self.tracks.entry(track.id).or_default();
            memory.braked_abruptly_at = memory.braked_abruptly_at.max(drove_into_at);
            memory.follow(now, located, settings);
        }
    }

    /// When somebody drove to where a new track stands and has not been measured since: it is the same one, stopped so abruptly
    /// that its track went on without it.
    fn drove_into(&self, now: UtcMicros, born: &Track, settings: &EventSettings) -> Option<UtcMicros> {
        let measured = self.tracks.values().filter_map(|memory| memory.measured);
        let lost = measured.filter(|measured| {
            let silent_s = now.seconds_since(measured.at);
            let [east_m, north_m] = [0, 1].map(|axis: usize| born.position_enu_m[axis] - measured.place[axis]);
            (SILENT_S..=LOST_S).contains(&silent_s)
                && measured.least_mps - born.speed_mps() >= settings.abrupt_mps
                && east_m.hypot(north_m) < INTO_M
        });
        lost.map(|measured| measured.at).max()
    }

    /// Those who stood when they were lost.
    pub(super) fn hidden(&self) -> impl Iterator<Item = &Hidden> {
        self.hidden.iter()
    }

    pub(super) fn get(&self, id: u64) -> Option<&Memory> {
        self.tracks.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Memory> {
        self.tracks.get_mut(&id)
    }

    /// For how long it has stood, seconds.
    pub(super) fn stands_s(&self, id: u64, now: UtcMicros) -> Option<f64> {
        self.get(id)?.standing.map(|held| held.for_s(now))
    }
}

impl Memory {
    fn follow(&mut self, now: UtcMicros, located: &LocatedTrack, settings: &EventSettings) {
        let LocatedTrack { track, lane } = located;
        self.waits_at = lane
            .as_ref()
            .filter(|_| is_motor_vehicle(track.class) && track.speed_mps() < CREEPS_MPS)
            .map(|place| (place.lane.clone(), place.offset_m, track.position_enu_m));
        let (at, speed_mps) = (track.position_enu_m, track.speed_mps());
        self.note_class(now, track.class);
        self.note_jump(now, track);
        let goes = |held: &Held| {
            speed_mps > settings.standing_mps + GOES_MPS || (held.from[0] - at[0]).hypot(held.from[1] - at[1]) > GONE_M
        };
        if self.standing.as_ref().is_some_and(goes) {
            self.standing = None;
            (self.should_go_at, self.clear_since, self.may_wait) = (None, None, false);
        }
        if self.standing.is_none() && speed_mps < settings.standing_mps {
            self.standing = Some(Held { since: now, from: at, last: now });
        }
        self.note_braking(now, track, settings);
    }

    /// Notes when it has lost much speed abruptly, each of both speeds being off by one standard deviation.
    fn note_braking(&mut self, now: UtcMicros, track: &Track, settings: &EventSettings) {
        let variance = track.cov_velocity_m2ps2[0][0].max(track.cov_velocity_m2ps2[1][1]);
        let (speed_mps, sigma_mps) = (track.speed_mps(), variance.max(0.0).sqrt());
        if self.measured.is_none_or(|measured| measured.at < track.measured_at) {
            let (at, place) = (track.measured_at, track.position_enu_m);
            self.measured = Some(Measured { at, place, least_mps: speed_mps - sigma_mps });
        }
        if now.seconds_since(track.born_at) < AGE_S {
            return;
        }
        self.speeds.retain(|(then, _)| now.seconds_since(*then) <= SPEEDS_S);
        let fastest_mps = self.speeds.iter().fold(0.0, |most: f64, (_, mps)| most.max(*mps));
        if fastest_mps - (speed_mps + sigma_mps) >= settings.abrupt_mps {
            self.braked_abruptly_at = Some(now);
        }
        if self.speeds.len() < MOST_STEPS {
            self.speeds.push_back((now, speed_mps - sigma_mps));
        }
    }

    /// Nobody asks whether it walks while it is taken for a motorcycle: what is held of another class ends here.
    fn note_class(&mut self, now: UtcMicros, class: Class) {
        let of = [
            (Class::Pedestrian, &mut self.walks),
            (Class::Animal, &mut self.strays),
            (Class::Unknown, &mut self.nameless),
        ];
        for (_, dwell) in of.into_iter().filter(|(held_of, _)| *held_of != class) {
            dwell.hold(false, now, [0.0; 2]);
        }
    }

    fn note_jump(&mut self, now: UtcMicros, track: &Track) {
        let jumped = self.places.back().is_none_or(|(then, before, _)| {
            let passed_s = now.seconds_since(*then);
            let off = |axis: usize| track.position_enu_m[axis] - before[axis] - passed_s * track.velocity_enu_mps[axis];
            off(0).hypot(off(1)) > JUMP_M
        });
        if jumped {
            self.followed_since = Some(now);
            self.places.clear();
        }
        let variance_m2 = track.cov_position_m2[0][0].max(track.cov_position_m2[1][1]).max(0.0);
        self.places.push_back((now, track.position_enu_m, variance_m2));
        while self.places.len() > MOST_STEPS
            || self.places.get(1).is_some_and(|next| now.seconds_since(next.0) >= SPEEDS_S)
        {
            self.places.pop_front();
        }
    }

    /// Its speed as way over time. `None`: it has not been followed for so long.
    pub(super) fn travel(&self) -> Option<Travel> {
        let ((from_at, from, from_m2), (to_at, to, to_m2)) = (self.places.front()?, self.places.back()?);
        let over_s = to_at.seconds_since(*from_at);
        (over_s >= SPEEDS_S).then(|| {
            let way_m = (to[0] - from[0]).hypot(to[1] - from[1]);
            Travel { over_s, mps: way_m / over_s, sigma_mps: (from_m2 + to_m2).sqrt() / over_s }
        })
    }

    /// For how long it has been followed without a jump, seconds.
    pub(super) fn followed_s(&self, now: UtcMicros) -> f64 {
        self.followed_since.map_or(0.0, |since| now.seconds_since(since))
    }
}
