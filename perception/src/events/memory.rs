//! What is remembered of each track from one picture to the next.

use std::collections::{BTreeMap, VecDeque};

use super::EventSettings;
use super::light::Crossing;
use crate::lanes::LocatedTrack;
use crate::time::UtcMicros;
use crate::track::Track;

/// A condition that does not hold for less than this has held all the time, seconds.
const GAP_S: f64 = 0.6;
/// Who stands goes again once it is this much faster than one who stands, or this far away, m/s and metres.
const GOES_MPS: f64 = 1.0;
const GONE_M: f64 = 4.0;
/// A speed less sure than this, or of a younger track, says nothing of braking, m/s and seconds.
const SURE_MPS: f64 = 0.8;
const AGE_S: f64 = 1.5;
/// Speeds are kept for this long, and at most so many.
const SPEEDS_S: f64 = 1.2;
const MOST_SPEEDS: usize = 32;

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

/// What is remembered of one track.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub(super) standing: Option<Held>,
    pub(super) braked_abruptly_at: Option<UtcMicros>,
    pub(super) wrong_way: Dwell,
    pub(super) slow: Dwell,
    pub(super) speeding: Dwell,
    pub(super) walks: Dwell,
    pub(super) crossing: Crossing,
    speeds: VecDeque<(UtcMicros, f64)>,
}

/// Of all tracks in the picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Memories(BTreeMap<u64, Memory>);

impl Memories {
    /// Follows everybody, forgets who is gone.
    pub(super) fn remember(&mut self, now: UtcMicros, tracks: &[LocatedTrack], settings: &EventSettings) {
        self.0.retain(|id, _| tracks.iter().any(|located| located.track.id == *id));
        for LocatedTrack { track, .. } in tracks {
            self.0.entry(track.id).or_default().follow(now, track, settings);
        }
    }

    pub(super) fn get(&self, id: u64) -> Option<&Memory> {
        self.0.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Memory> {
        self.0.get_mut(&id)
    }

    /// For how long it has stood, seconds.
    pub(super) fn stands_s(&self, id: u64, now: UtcMicros) -> Option<f64> {
        self.get(id)?.standing.map(|held| held.for_s(now))
    }
}

impl Memory {
    fn follow(&mut self, now: UtcMicros, track: &Track, settings: &EventSettings) {
        let (at, speed_mps) = (track.position_enu_m, track.speed_mps());
        let variance = track.cov_velocity_m2ps2[0][0].max(track.cov_velocity_m2ps2[1][1]);
        let sure = variance < SURE_MPS * SURE_MPS && now.seconds_since(track.born_at) >= AGE_S;
        let goes = |held: &Held| {
            speed_mps > settings.standing_mps + GOES_MPS || (held.from[0] - at[0]).hypot(held.from[1] - at[1]) > GONE_M
        };
        if self.standing.as_ref().is_some_and(goes) {
            self.standing = None;
        }
        if self.standing.is_none() && speed_mps < settings.standing_mps {
            self.standing = Some(Held { since: now, from: at, last: now });
        }
        if !sure {
            return;
        }
        self.speeds.retain(|(then, _)| now.seconds_since(*then) <= SPEEDS_S);
        let fastest_mps = self.speeds.iter().fold(0.0, |most: f64, (_, mps)| most.max(*mps));
        if fastest_mps - speed_mps >= settings.abrupt_mps {
            self.braked_abruptly_at = Some(now);
        }
        if self.speeds.len() < MOST_SPEEDS {
            self.speeds.push_back((now, speed_mps));
        }
    }
}
