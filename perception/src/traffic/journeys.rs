//! Whole journeys out of tracks that end, begin anew and swap: who came by which lane, and where to.
//!
//! A track's identity is the tracker's; a *journey* outlives it. When a track ends, its journey waits where it should be;
//! a track that begins near there goes on with it. So a road user that was lost before the counting line and found behind
//! it is counted, once. A track that begins behind the line and goes on with nobody is not counted: where that was tried,
//! nearly all were road users that had been counted before (`docs/ref/traffic.md`).

use crate::lanes::LocatedTrack;
use crate::time::UtcMicros;

use super::exits::Exits;
use super::hidden;
use super::journey::{Journey, STANDING_MPS};
use super::news::{Event, News};
use super::road::Road;

/// How long a journey waits for its track, seconds: when it moved, and when it stood.
const WAITS_MOVING_S: f64 = 4.0;
const WAITS_STANDING_S: f64 = 15.0;
/// In the first seconds everybody is new.
const BEGINNING_S: f64 = 5.0;
/// Most journeys kept; more than that are not followed.
const MAX_JOURNEYS: usize = 2048;

/// All journeys under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Journeys {
    /// In ascending order of the track.
    live: Vec<Journey>,
    lost: Vec<Journey>,
    exits: Exits,
    pub news: News,
    /// When the first picture came.
    since: Option<UtcMicros>,
    /// Tracks that were not followed because there were too many.
    pub not_followed: u64,
}

impl Journeys {
    /// Those in the newest picture.
    pub fn live(&self) -> impl Iterator<Item = &Journey> {
        self.live.iter().filter(|journey| journey.shadow_of.is_none())
    }

    /// Time was set, or nobody looked for long: nobody is known any more.
    pub fn forget(&mut self) {
        let not_followed = self.not_followed;
        *self = Self { not_followed, exits: std::mem::take(&mut self.exits), ..Self::default() };
    }

    /// Takes the picture of a time.
    pub fn step(&mut self, at: UtcMicros, dt_s: f64, tracks: &[LocatedTrack], road: &Road) {
        self.news.events.clear();
        self.since.get_or_insert(at);
        let mut born: Vec<&LocatedTrack> = Vec::new();
        for located in tracks {
            match self.live.binary_search_by_key(&located.track.id, |journey| journey.track) {
                Ok(index) => self.live[index].follow(at, dt_s, false, located, road, &mut self.news),
                Err(_) => born.push(located),
            }
        }
        let ended = self.live.extract_if(.., |journey| journey.seen_at != at).collect();
        self.lose(ended);
        for located in born {
            self.begin(at, located, road);
        }
        self.live.sort_unstable_by_key(|journey| journey.track);
        for event in &self.news.events {
            if let Event::Turned { lane, to: Some(to), .. } = event {
                self.exits.see(*lane, *to);
            }
        }
        hidden::hold(at, &mut self.live, &mut self.lost, road);
        self.expire(at, road);
    }

    /// Writes down who went over a line though it is too early for what is seen after it: the window ends.
    pub fn settle(&mut self, road: &Road) {
        self.news.events.clear();
        for journey in self.live.iter_mut().chain(&mut self.lost) {
            journey.settle(road, &mut self.news);
        }
    }

    /// Those that no sensor sees, and that yet must stand in a queue.
    pub fn hidden(&self, at: UtcMicros) -> impl Iterator<Item = &Journey> {
        self.lost.iter().filter(move |lost| lost.stands_hidden_at == Some(at))
    }

    /// Tracks that ended. What another track of the same road user knows goes on with that.
    fn lose(&mut self, ended: Vec<Journey>) {
        for journey in ended {
            if let Some(heir) = self.live.iter_mut().find(|heir| heir.shadow_of == Some(journey.track)) {
                heir.inherit(&journey);
                heir.shadow_of = None;
            } else if journey.shadow_of.is_none() {
                self.lost.push(journey);
            }
        }
    }

    fn begin(&mut self, at: UtcMicros, located: &LocatedTrack, road: &Road) {
        let mut journey = Journey::new(at, &located.track);
        let near = self.lost.iter().enumerate().filter_map(|(index, lost)| Some((index, lost.misfit(at, &journey)?)));
        let best = near.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index);
        if let Some(index) = best {
            let lost = self.lost.swap_remove(index);
            journey.inherit(&lost);
        } else if let Some(same) = self.live.iter().find(|other| other.shadow_of.is_none() && other.covers(&journey)) {
            journey.shadow_of = Some(same.track);
        }
        journey.follow(at, 0.0, best.is_some(), located, road, &mut self.news);
        if best.is_none() && self.since.is_some_and(|since| at.seconds_since(since) > BEGINNING_S) {
            journey.appear(road, &mut self.news);
        }
        let past = journey.place.filter(|place| place.offset_m >= road.lanes[place.lane].line_m);
        if let (None, Some(place)) = (best, past) {
            journey.counted_on = Some(place.link);
        }
        if self.live.len() < MAX_JOURNEYS {
            self.live.push(journey);
        } else {
            self.not_followed += 1;
        }
    }

    /// Journeys whose track never came back.
    fn expire(&mut self, at: UtcMicros, road: &Road) {
        let (news, exits) = (&mut self.news, &mut self.exits);
        self.lost.retain_mut(|lost| {
            lost.settle_due(at, road, news);
            let waits_s = if lost.speed_mps < STANDING_MPS { WAITS_STANDING_S } else { WAITS_MOVING_S };
            let waits = at.seconds_since(lost.stands_hidden_at.unwrap_or(lost.seen_at)) < waits_s;
            if !waits && let Some(turned) = lost.give_up(road, exits) {
                news.push(turned);
            }
            waits
        });
        let excess = self.lost.len().saturating_sub(MAX_JOURNEYS);
        self.lost.drain(..excess);
        // A shadow that went its own way is somebody.
        for index in 0..self.live.len() {
            let Some(caster) = self.live[index].shadow_of else { continue };
            let apart =
                self.live.iter().find(|other| other.track == caster).is_none_or(|c| c.is_far_from(&self.live[index]));
            if apart {
                self.live[index].shadow_of = None;
            }
        }
    }
}
