//! One road user's way: by which lane it came, over which counting line it went, and where to.

use crate::detection::Class;
use crate::lanes::LocatedTrack;
use crate::priors::{CLASSES, class_index};
use crate::section::SEEN_LATE_M;
use crate::time::UtcMicros;
use crate::track::Track;

use super::crosswalk::Walk;
use super::exits::Exits;
use super::news::{Body, Event, News, Travel};
use super::road::{Road, RoadLane};
use super::trail::{REACH_S, Trail};

/// The lane is that in which it was most over about this time, seconds.
const LANE_MEMORY_S: f64 = 2.0;
/// Who stands on a counting line has gone over it once it is so far beyond, metres.
const BEYOND_M: f64 = 0.5;
/// Below this a road user stands, m/s.
pub(super) const STANDING_MPS: f64 = 1.0;
/// Lanes that are remembered of a journey at a time.
const VOTES: usize = 3;

/// Where it was last found in a lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub link: usize,
    /// The lane in which it mostly was of late.
    pub lane: usize,
    pub offset_m: f64,
}

/// The lane by which it went towards the junction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub lane: usize,
    entry: Option<Entry>,
}

/// Where and when it came into its lane's section.
#[derive(Clone, Copy, Debug)]
struct Entry {
    at: UtcMicros,
    offset_m: f64,
}

/// That a road user went over a counting line.
#[derive(Clone, Copy, Debug)]
struct Passage {
    at: UtcMicros,
    /// The lane in which it mostly was before.
    lane: usize,
    inferred: bool,
}

/// One road user's way.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    pub track: u64,
    pub seen_at: UtcMicros,
    pub position_enu_m: [f64; 2],
    pub velocity_enu_mps: [f64; 2],
    pub speed_mps: f64,
    /// How far it came along its link since the picture before; `None`: it was not there.
    pub advanced_m: Option<f64>,
    pub half_m: [f64; 2],
    classes: [f64; CLASSES.len()],
    pub place: Option<Place>,
    /// In this picture it was in a lane.
    pub in_lane: bool,
    votes: [(usize, f64); VOTES],
    /// `None`: it was not seen to come into the section.
    entry: Option<Entry>,
    origin: Option<Origin>,
    walk: Walk,
    /// The link on which it was counted last.
    pub counted_on: Option<usize>,
    /// Where it was of late on its link.
    trail: Trail,
    /// It went over a counting line, and what is seen after that is still waited for.
    passage: Option<Passage>,
    /// It is lost, and must have stood in a queue then.
    pub stands_hidden_at: Option<UtcMicros>,
    /// The track whose place it shares: another track of the same road user.
    pub shadow_of: Option<u64>,
}

impl Journey {
    pub fn new(at: UtcMicros, track: &Track) -> Self {
        let mut classes = [0.0; CLASSES.len()];
        classes[class_index(track.class)] = 0.01;
        Self {
            track: track.id,
            seen_at: at,
            position_enu_m: track.position_enu_m,
            velocity_enu_mps: track.velocity_enu_mps,
            speed_mps: track.speed_mps(),
            advanced_m: None,
            half_m: [track.length_m.unwrap_or(0.0) / 2.0, track.width_m.unwrap_or(0.0) / 2.0],
            classes,
            place: None,
            in_lane: false,
            votes: [(0, 0.0); VOTES],
            entry: None,
            origin: None,
            walk: Walk::default(),
            counted_on: None,
            trail: Trail::default(),
            passage: None,
            stands_hidden_at: None,
            shadow_of: None,
        }
    }

    /// What it mostly was taken for.
    pub fn class(&self) -> Class {
        let best = self.classes.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        best.map_or(Class::Unknown, |(index, _)| CLASSES[index])
    }

    /// `found`: it was lost, and this is the first that is seen of it.
    pub fn follow(
        &mut self,
        at: UtcMicros,
        dt_s: f64,
        found: bool,
        located: &LocatedTrack,
        road: &Road,
        news: &mut News,
    ) {
        let track = &located.track;
        self.track = track.id;
        self.seen_at = at;
        self.position_enu_m = track.position_enu_m;
        self.velocity_enu_mps = track.velocity_enu_mps;
        self.speed_mps = track.speed_mps();
        self.half_m = [track.length_m.unwrap_or(0.0) / 2.0, track.width_m.unwrap_or(0.0) / 2.0];
        self.classes[class_index(track.class)] += track.class_probability.max(0.01) * dt_s.max(0.01);
        if self.class() == Class::Pedestrian
            && let Some((crosswalk, waited_s)) =
                self.walk.step(at, self.position_enu_m, self.speed_mps, &road.crosswalks)
            && self.shadow_of.is_none()
        {
            news.push(Event::Stepped { crosswalk, waited_s });
        }
        let place = located.lane.as_ref().and_then(|place| Some((road.lane(&place.lane)?, place.offset_m)));
        self.in_lane = place.is_some();
        self.advanced_m = None;
        self.settle_due(at, road, news);
        let Some((lane, offset_m)) = place else { return };
        let link = road.lanes[lane].link;
        let before = self.place.filter(|place| place.link == link);
        self.advanced_m = before.filter(|_| !found).map(|before| offset_m - before.offset_m);
        if before.is_none() {
            self.settle(road, news);
            self.trail.clear();
            self.votes = [(0, 0.0); VOTES];
        }
        self.trail.push(at, offset_m, self.position_enu_m);
        self.vote(lane, dt_s);
        let lane = self.voted(road, link).unwrap_or(lane);
        let came_from = self.place.is_some_and(|place| place.link != link);
        self.place = Some(Place { link, lane, offset_m });
        if came_from {
            self.arrive(link, at, road, news);
        }
        let past = |offset_m: f64, lane: usize| {
            let RoadLane { line_m, length_m, .. } = road.lanes[lane];
            offset_m >= line_m + BEYOND_M.min((length_m - line_m) / 2.0)
        };
        let over = past(offset_m, lane) && before.is_some_and(|before| !past(before.offset_m, lane));
        let late = past(offset_m, lane) && before.is_none() && came_from;
        if (over || late) && self.counted_on != Some(link) {
            self.pass(at, lane, late || found, road);
        }
        let [from_m, to_m] = road.lanes[lane].section_m;
        if before.is_none() || (offset_m < from_m && self.origin.is_none()) {
            self.entry = None;
        }
        if before.is_some_and(|before| before.offset_m < from_m) && (from_m..to_m).contains(&offset_m) {
            self.entry = Some(Entry { at, offset_m });
            self.enter(lane, offset_m, road, news);
        }
    }

    fn enter(&self, lane: usize, offset_m: f64, road: &Road, news: &mut News) {
        if self.shadow_of.is_none() {
            news.push(Event::Entered { lane, left_m: road.lanes[lane].length_m - offset_m });
        }
    }

    /// It is seen for the first time: where it drives and is a little inside a section, it has just come into that.
    pub fn appear(&self, road: &Road, news: &mut News) {
        let Some(Place { lane, offset_m, .. }) = self.place.filter(|_| self.speed_mps >= STANDING_MPS) else { return };
        let [from_m, to_m] = road.lanes[lane].section_m;
        if (from_m..to_m.min(from_m + SEEN_LATE_M)).contains(&offset_m) {
            self.enter(lane, offset_m, road, news);
        }
    }

    fn vote(&mut self, lane: usize, dt_s: f64) {
        let keep = (-dt_s / LANE_MEMORY_S).exp();
        self.votes.iter_mut().for_each(|(_, weight)| *weight *= keep);
        let slot = self.votes.iter().position(|(voted, weight)| *voted == lane && *weight > 0.0);
        let weakest = || (0..VOTES).min_by(|a, b| self.votes[*a].1.total_cmp(&self.votes[*b].1)).unwrap_or(0);
        let slot = slot.unwrap_or_else(weakest);
        let weight = if self.votes[slot].0 == lane { self.votes[slot].1 } else { 0.0 };
        self.votes[slot] = (lane, weight + dt_s.max(0.01));
    }

    fn voted(&self, road: &Road, link: usize) -> Option<usize> {
        let of_link = self.votes.iter().filter(|(lane, weight)| *weight > 0.0 && road.lanes[*lane].link == link);
        of_link.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(lane, _)| *lane)
    }

    /// It is on another link than before: where that leads away, it has gone across the junction.
    fn arrive(&mut self, link: usize, at: UtcMicros, road: &Road, news: &mut News) {
        if road.links[link].approach {
            return;
        }
        if let Some(origin) = self.origin.take() {
            let lane = &road.lanes[origin.lane];
            let travel = origin.entry.map(|entry| Travel {
                took_s: at.seconds_since(entry.at),
                way_m: lane.way_m(entry.offset_m, self.position_enu_m),
            });
            news.push(Event::Turned {
                lane: origin.lane,
                to: Some(link),
                class: self.class(),
                travel,
                inferred: false,
            });
        }
    }

    /// It went over its link's counting line, which is written down once more is known.
    fn pass(&mut self, at: UtcMicros, lane: usize, inferred: bool, road: &Road) {
        let RoadLane { link, line_m, approach, .. } = road.lanes[lane];
        self.counted_on = Some(link);
        if self.shadow_of.is_some() {
            return;
        }
        self.passage = Some(Passage { at: self.trail.passed(line_m).unwrap_or(at), lane, inferred });
        if approach {
            self.origin = Some(Origin { lane, entry: self.entry });
        }
    }

    pub fn settle_due(&mut self, at: UtcMicros, road: &Road, news: &mut News) {
        if self.passage.is_some_and(|passage| at.seconds_since(passage.at) >= REACH_S) {
            self.settle(road, news);
        }
    }

    /// Writes down that it went over a line: in which lane it was there, and how fast, by what was seen before and after.
    pub fn settle(&mut self, road: &Road, news: &mut News) {
        let Some(Passage { at, lane, inferred }) = self.passage.take() else { return };
        let moment = self.trail.at(at);
        let there = moment.map_or(lane, |moment| road.lane_beside(lane, moment.position_enu_m));
        let speed_mps = moment.map_or(self.speed_mps, |moment| moment.speed_mps.max(0.0));
        let is_another = news.passes(there, Body { at, speed_mps, half_m: self.half_m });
        if is_another {
            news.push(Event::Counted { at, lane: there, class: self.class(), speed_mps, inferred });
        }
        if let Some(origin) = self.origin.filter(|origin| origin.lane == lane) {
            self.origin = is_another.then_some(Origin { lane: there, ..origin });
        }
    }

    /// Nobody goes on with it: what can be said of its end.
    pub fn give_up(&self, road: &Road, exits: &mut Exits) -> Option<Event> {
        let lane = self.origin?.lane;
        let to = road.only_way(lane).or_else(|| exits.presume(lane));
        Some(Event::Turned { lane, to, class: self.class(), travel: None, inferred: true })
    }

    /// Goes on with the journey of a track that ended.
    pub fn inherit(&mut self, lost: &Self) {
        for (mine, theirs) in self.classes.iter_mut().zip(lost.classes) {
            *mine += theirs;
        }
        self.place = lost.place;
        self.votes = lost.votes;
        self.entry = lost.entry;
        self.origin = lost.origin;
        self.walk = lost.walk;
        self.trail = lost.trail.clone();
        self.passage = lost.passage;
        self.counted_on = lost.counted_on;
    }

    /// It is seen in the place of one that was lost: if nobody knows where it came from, it is that one.
    pub fn stand_in_for(&mut self, lost: &Self) {
        self.origin = self.origin.or(lost.origin);
    }
}
