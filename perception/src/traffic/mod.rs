//! What the roads carried: counts, flow, speed, occupancy, density, queues, delay and turning counts, over windows of
//! several lengths aligned to UTC. Definitions and what was measured of them: `docs/ref/traffic.md`.
//!
//! Everything is summed up over the shortest window; longer ones are sums of those.

use std::collections::BTreeMap;

use crate::calibration::SiteGeometry;
use crate::detection::{Class, SensorId};
use crate::hindsight::PastPicture;
use crate::lanes::LocatedTrack;
use crate::risk::RiskMonitor;
use crate::time::UtcMicros;

mod crosswalk;
mod exits;
mod hidden;
mod journey;
mod journeys;
mod lane;
mod likeness;
mod news;
mod road;
mod signal;
mod tally;
mod trail;
mod window;

pub use crosswalk::Crosswalk;
use crosswalk::CrosswalkTally;
use journeys::Journeys;
use lane::LaneCount;
use news::{Event, Travel};
use road::Road;
pub use signal::{Arrival, Change, Phase};
use signal::{GroupTally, GroupWatch};
use tally::{LaneTally, WayTally};
pub use window::{ApproachWindow, CrosswalkWindow, LaneWindow, MovementWindow, SignalWindow, TrafficWindow, Watched};

/// Pictures farther apart than this leave a gap in the coverage, seconds.
const MAX_GAP_S: f64 = 0.5;
/// Time that goes back by more than this was set, seconds.
const CLOCK_BACK_S: f64 = 2.0;
/// After a gap of this length nobody is known any more, seconds.
const FORGET_S: f64 = 5.0;
/// Lengths of the longer windows, seconds.
const LONG_WINDOWS_S: [u32; 3] = [60, 300, 900];
/// Most finished windows kept when nobody takes them; the oldest go.
const MAX_FINISHED: usize = 256;

/// Lengths of the windows that there are beside the shortest, of `shortest_s`, and that one itself; seconds, ascending.
pub fn windows_s(shortest_s: u32) -> impl Iterator<Item = u32> {
    let shortest_s = shortest_s.max(1);
    let longer = LONG_WINDOWS_S.into_iter().filter(move |long_s| *long_s > shortest_s && long_s % shortest_s == 0);
    std::iter::once(shortest_s).chain(longer)
}

/// Who went from a lane to which link; a link of `None` is not known.
type Ways = BTreeMap<(usize, Option<usize>), WayTally>;

/// What is summed up over a stretch of time.
#[derive(Clone, Debug, Default)]
struct Sums {
    lanes: Vec<LaneTally>,
    ways: Ways,
    groups: Vec<GroupTally>,
    crosswalks: Vec<CrosswalkTally>,
}

impl Sums {
    fn new(road: &Road, groups: usize) -> Self {
        Self {
            lanes: vec![LaneTally::default(); road.lanes.len()],
            ways: Ways::new(),
            groups: vec![GroupTally::default(); groups],
            crosswalks: vec![CrosswalkTally::default(); road.crosswalks.len()],
        }
    }

    fn absorb(&mut self, other: &Self) {
        self.lanes.iter_mut().zip(&other.lanes).for_each(|(mine, theirs)| mine.absorb(theirs));
        self.groups.iter_mut().zip(&other.groups).for_each(|(mine, theirs)| mine.absorb(theirs));
        self.crosswalks.iter_mut().zip(&other.crosswalks).for_each(|(mine, theirs)| mine.absorb(theirs));
        for (way, theirs) in &other.ways {
            self.ways.entry(*way).or_default().absorb(theirs);
        }
    }
}

/// A window that runs.
#[derive(Clone, Debug)]
struct Running {
    window_s: u32,
    from: Option<UtcMicros>,
    sums: Sums,
}

/// Counts over windows of fixed lengths, aligned to UTC.
#[derive(Clone, Debug)]
pub struct TrafficCounter {
    road: Road,
    lanes: Vec<LaneCount>,
    journeys: Journeys,
    risk: RiskMonitor,
    groups: Vec<GroupWatch>,
    /// The shortest first, which is summed up; the others are sums of it.
    windows: Vec<Running>,
    last: Option<UtcMicros>,
    finished: Vec<TrafficWindow>,
}

impl TrafficCounter {
    /// For the lanes and crosswalks of a site. The shortest windows have `window_s` seconds (at least one); beside them there are such of
    /// 1, 5 and 15 minutes, where these are longer and whole multiples. Which sensors can see each lane's counting line
    /// follows from their geometry.
    pub fn new(site: &SiteGeometry, crosswalks: Vec<Crosswalk>, window_s: u32) -> Self {
        let road = Road::new(site, crosswalks);
        let groups = GroupWatch::all(&road);
        let running = |window_s| Running { window_s, from: None, sums: Sums::new(&road, groups.len()) };
        Self {
            lanes: road.lanes.iter().map(|_| LaneCount::default()).collect(),
            windows: windows_s(window_s).map(running).collect(),
            groups,
            road,
            journeys: Journeys::default(),
            risk: RiskMonitor::default(),
            last: None,
            finished: Vec::new(),
        }
    }

    /// Takes the picture of a time and the names of the sensors that deliver. Pictures that do not come in order of time
    /// are not counted.
    pub fn update(&mut self, at: UtcMicros, tracks: &[LocatedTrack], live: &[SensorId]) {
        let stepped_back = self.last.is_some_and(|last| last.seconds_since(at) > CLOCK_BACK_S);
        if self.last.is_some_and(|last| at <= last) && !stepped_back {
            return;
        }
        if stepped_back {
            self.restart();
        } else {
            self.end_windows(at);
        }
        for window in &mut self.windows {
            window.from.get_or_insert(begin_of(at, window.window_s));
        }
        let gap_s = self.last.map_or(0.0, |last| at.seconds_since(last));
        self.last = Some(at);
        if gap_s > FORGET_S {
            self.forget();
        }
        let dt_s = if gap_s <= MAX_GAP_S { gap_s } else { 0.0 };
        self.journeys.step(at, gap_s, tracks, &self.road);
        self.note_events(at);
        self.note_lanes(at, dt_s, live);
    }

    /// Takes the picture of half a second before `now`, for surrogate safety.
    pub fn look_back(&mut self, now: UtcMicros, past: &PastPicture) {
        self.risk.look(now, past);
    }

    /// What the groups show from `at` on, as it is broadcast; a group that is not there is not known.
    pub fn signal(&mut self, at: UtcMicros, shown: &[(u32, Phase)]) {
        let Some(shortest) = self.windows.first_mut() else { return };
        for (group, tally) in self.groups.iter_mut().zip(&mut shortest.sums.groups) {
            let phase = shown.iter().find(|(id, _)| *id == group.id).map(|(_, phase)| *phase);
            group.hear(at, phase, tally);
        }
    }

    /// Windows that ended by `at`, oldest first, the shorter before the longer; each is handed out once.
    pub fn take_finished(&mut self, at: UtcMicros) -> Vec<TrafficWindow> {
        self.end_windows(at);
        std::mem::take(&mut self.finished)
    }

    /// The shortest window that still runs, as far as it has come.
    pub fn current(&self) -> Option<TrafficWindow> {
        let shortest = self.windows.first()?;
        Some(self.window(shortest, shortest.from?, self.last?))
    }

    /// Tracks that were not followed because there were too many at once.
    pub fn not_followed(&self) -> u64 {
        self.journeys.not_followed
    }

    fn note_events(&mut self, at: UtcMicros) {
        let Some(shortest) = self.windows.first_mut() else { return };
        for event in &self.journeys.news.events {
            match *event {
                // It was taken for a road user first.
                Event::Counted { class: Class::Animal, .. } | Event::Turned { class: Class::Animal, .. } => {}
                Event::Counted { at, lane, class, speed_mps, inferred } => {
                    let tally = &mut shortest.sums.lanes[lane];
                    tally.counted.add(class);
                    tally.inferred += u32::from(inferred);
                    tally.speed_mps.add(speed_mps);
                    if let Some(headway_s) = self.lanes[lane].headway_s(at) {
                        tally.headway_s.add(headway_s);
                    }
                }
                Event::Entered { lane, left_m } => {
                    let free = &self.road.lanes[lane];
                    let group = self.groups.iter_mut().zip(&mut shortest.sums.groups);
                    if let Some((group, tally)) = group.into_iter().find(|(group, _)| group.lanes.contains(&lane)) {
                        group.expect(at.plus_seconds(left_m / free.free_mps), tally);
                    }
                }
                Event::Turned { lane, to, class, travel, inferred } => {
                    let tally = shortest.sums.ways.entry((lane, to)).or_default();
                    tally.counted.add(class);
                    tally.inferred += u32::from(inferred);
                    if let Some(Travel { took_s, way_m }) = travel {
                        tally.travel_s.add(took_s);
                        tally.delay_s.add((took_s - way_m / self.road.lanes[lane].free_mps).max(0.0));
                        tally.way_m += way_m;
                    }
                }
                Event::Stepped { crosswalk, waited_s } => shortest.sums.crosswalks[crosswalk].waited_s.add(waited_s),
            }
        }
    }

    fn note_lanes(&mut self, at: UtcMicros, dt_s: f64, live: &[SensorId]) {
        let Some(shortest) = self.windows.first_mut() else { return };
        for lane in &mut self.lanes {
            lane.clear();
        }
        for journey in self.journeys.live().chain(self.journeys.hidden(at)) {
            let Some(place) = journey.place else { continue };
            if journey.in_lane {
                self.lanes[place.lane].hold(place.offset_m, journey);
            } else {
                self.lanes[place.lane].leave(journey, &self.road.lanes[place.lane]);
            }
        }
        for ((lane, road), tally) in self.lanes.iter_mut().zip(&self.road.lanes).zip(&mut shortest.sums.lanes) {
            lane.note(dt_s, live, road, tally);
        }
        for (crosswalk, tally) in self.road.crosswalks.iter().zip(&mut shortest.sums.crosswalks) {
            tally.watch(dt_s, crosswalk.watchers(live));
        }
        for (group, tally) in self.groups.iter_mut().zip(&mut shortest.sums.groups) {
            group.note(at, dt_s, &self.lanes, tally);
        }
    }

    /// Ends the windows that are over by `at`.
    fn end_windows(&mut self, at: UtcMicros) {
        let over = |window: &Running| {
            let end_us = window.from?.0.saturating_add(length_us(window.window_s));
            (at.0 >= end_us).then_some(UtcMicros(end_us))
        };
        // Who has just gone over a line belongs to this window, though it is early to say how.
        if self.windows.first().and_then(over).is_some() {
            self.journeys.settle(&self.road);
            self.note_events(at);
            self.journeys.news.events.clear();
        }
        // What the shortest sums up belongs to the longer ones before any of them ends.
        if self.windows.first().and_then(over).is_some()
            && let Some((shortest, longer)) = self.windows.split_first_mut()
        {
            longer.iter_mut().for_each(|window| window.sums.absorb(&shortest.sums));
        }
        for index in 0..self.windows.len() {
            let Some(to) = over(&self.windows[index]) else { continue };
            let from = self.windows[index].from.unwrap_or(to);
            self.finished.push(self.window(&self.windows[index], from, to));
            self.windows[index].from = None;
            self.windows[index].sums = Sums::new(&self.road, self.groups.len());
        }
        let excess = self.finished.len().saturating_sub(MAX_FINISHED);
        self.finished.drain(..excess);
    }

    /// The clock went back: what was counted can't be said to belong to any window.
    fn restart(&mut self) {
        for window in &mut self.windows {
            window.from = None;
            window.sums = Sums::new(&self.road, self.groups.len());
        }
        self.last = None;
        self.forget();
    }

    fn forget(&mut self) {
        self.journeys.forget();
        self.lanes.iter_mut().for_each(LaneCount::forget);
        self.groups.iter_mut().for_each(GroupWatch::forget);
    }

    fn window(&self, running: &Running, from: UtcMicros, to: UtcMicros) -> TrafficWindow {
        let Running { window_s, sums, .. } = running;
        let whole_s = f64::from(*window_s);
        let lanes = self.road.lanes.iter().zip(&sums.lanes);
        let lanes: Vec<_> = lanes.map(|(road, tally)| window::of_lane(road, tally, whole_s, [from, to])).collect();
        let ways = window::by_link(&self.road, &sums.ways);
        let approaches = window::of_approaches(&self.road, &sums.lanes, &lanes, &ways);
        let movements = window::of_movements(&self.road, ways, &approaches, whole_s);
        let groups = self.groups.iter().zip(&sums.groups).filter(|(_, tally)| tally.shown_s.iter().sum::<f64>() > 0.0);
        let signals = groups.map(|(group, tally)| window::of_signal(group, tally, &lanes, whole_s)).collect();
        let crosswalks = self.road.crosswalks.iter().zip(&sums.crosswalks);
        let crosswalks = crosswalks.map(|(road, tally)| window::of_crosswalk(road, tally, whole_s)).collect();
        let safety = self.risk.between(from, to);
        let watched = window::watched(&self.road, &lanes);
        TrafficWindow {
            window_s: *window_s,
            from,
            to,
            lanes,
            approaches,
            movements,
            signals,
            crosswalks,
            safety,
            watched,
        }
    }
}

fn length_us(window_s: u32) -> i64 {
    i64::from(window_s) * 1_000_000
}

fn begin_of(at: UtcMicros, window_s: u32) -> UtcMicros {
    UtcMicros(at.0.div_euclid(length_us(window_s)) * length_us(window_s))
}

#[cfg(test)]
mod tests;
