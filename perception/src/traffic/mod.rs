//! What the roads carried: counts, flow, speed, occupancy, density, queues, delay and turning counts, over windows of
//! several lengths aligned to UTC. Definitions and what was measured of them: `docs/ref/traffic.md`.
//!
//! Everything is summed up over the shortest window; longer ones are sums of those.

use std::collections::BTreeMap;

use crate::calibration::SiteGeometry;
use crate::detection::SensorId;
use crate::lanes::LocatedTrack;
use crate::risk::RiskMonitor;
use crate::time::UtcMicros;

mod crosswalk;
mod exits;
mod hidden;
mod journey;
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
use journey::Journeys;
use lane::LaneCount;
use news::Event;
use road::Road;
pub use signal::{Arrival, Change, Phase};
use signal::{GroupTally, GroupWatch};
use tally::{LaneTally, WayTally};
pub use window::{ApproachWindow, CrosswalkWindow, LaneWindow, MovementWindow, SignalWindow, TrafficWindow};

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
        let shortest_s = window_s.max(1);
        let longer = LONG_WINDOWS_S.into_iter().filter(|long_s| *long_s > shortest_s && long_s % shortest_s == 0);
        let groups = GroupWatch::all(&road);
        let running = |window_s| Running { window_s, from: None, sums: Sums::new(&road, groups.len()) };
        Self {
            lanes: road.lanes.iter().map(|_| LaneCount::default()).collect(),
            windows: std::iter::once(shortest_s).chain(longer).map(running).collect(),
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
        self.risk.look(at, tracks);
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
                Event::Turned { lane, to, class, travel_s, inferred } => {
                    let tally = shortest.sums.ways.entry((lane, to)).or_default();
                    tally.counted.add(class);
                    tally.inferred += u32::from(inferred);
                    if let Some(travel_s) = travel_s {
                        tally.travel_s.add(travel_s);
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
        let seen = self.journeys.live().filter(|journey| journey.in_lane);
        for journey in seen.chain(self.journeys.hidden(at)) {
            if let Some(place) = journey.place {
                self.lanes[place.lane].hold(place.offset_m, journey);
            }
        }
        for ((lane, road), tally) in self.lanes.iter_mut().zip(&self.road.lanes).zip(&mut shortest.sums.lanes) {
            lane.note(dt_s, live, road, tally);
        }
        for (crosswalk, tally) in self.road.crosswalks.iter().zip(&mut shortest.sums.crosswalks) {
            tally.covered_s += if crosswalk.is_watched(live) { dt_s } else { 0.0 };
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
        let approaches = window::of_approaches(&self.road, &sums.lanes, &lanes);
        let movements = window::of_movements(&self.road, &sums.ways, &approaches);
        let groups = self.groups.iter().zip(&sums.groups).filter(|(_, tally)| tally.shown_s.iter().sum::<f64>() > 0.0);
        let signals = groups.map(|(group, tally)| window::of_signal(group, tally, &lanes, whole_s)).collect();
        let crosswalks = self.road.crosswalks.iter().zip(&sums.crosswalks);
        let crosswalks = crosswalks.map(|(road, tally)| window::of_crosswalk(road, tally, whole_s)).collect();
        let safety = self.risk.between(from, to);
        TrafficWindow { window_s: *window_s, from, to, lanes, approaches, movements, signals, crosswalks, safety }
    }
}

fn length_us(window_s: u32) -> i64 {
    i64::from(window_s) * 1_000_000
}

fn begin_of(at: UtcMicros, window_s: u32) -> UtcMicros {
    UtcMicros(at.0.div_euclid(length_us(window_s)) * length_us(window_s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::Lane;
    use crate::detection::Class;
    use crate::lanes::LaneMap;
    use crate::testing::{straight_lane, track_at};

    fn seen_by_a_radar(lanes: &[Lane]) -> SiteGeometry {
        let mut site: SiteGeometry = serde_json::from_str(
            r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[
            {"id":"r","kind":"radar","position_enu_m":[5,50,6],"boresight_azimuth_rad":0.0,"fov_rad":6.3,
             "max_range_m":150.0,"sigma":{"range_m":0.3,"azimuth_rad":0.01,"range_rate_mps":0.1}}]}"#,
        )
        .expect("a site");
        site.lanes = lanes.to_vec();
        site
    }

    fn first_lane(counter: &TrafficCounter) -> LaneWindow {
        counter.current().expect("a window runs").lanes.remove(0)
    }

    /// Two cars 40 m apart drive up a 100 m lane at 10 m/s from `start_s`; pictures ten times a second.
    fn drive(counter: &mut TrafficCounter, map: &LaneMap, from_ds: i64, to_ds: i64) {
        for ds in from_ds..to_ds {
            let at = UtcMicros(ds * 100_000);
            let tracks =
                [(1, 0.0), (2, -40.0)].map(|(id, head)| track_at(id, [0.0, head + (ds - 600) as f64], [0.0, 10.0]));
            counter.update(at, &map.locate_all(tracks.to_vec()), &["r".into()]);
        }
    }

    #[test]
    fn counts_flow_speed_and_coverage() {
        let lanes = [straight_lane("n/0", 100.0)];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        let map = LaneMap::new(&lanes);
        drive(&mut counter, &map, 600, 800);
        let now = &first_lane(&counter);
        assert_eq!(now.from, UtcMicros(60_000_000), "aligned to the minute");
        assert_eq!(now.vehicles.get(&Class::Car), Some(&2));
        assert!((now.mean_speed_mps.expect("cars were there") - 10.0).abs() < 1e-9);
        assert!((now.coverage - 19.9 / 60.0).abs() < 1e-9);
        assert!((now.flow_per_h.expect("covered") - 2.0 * 3600.0 / 19.9).abs() < 1e-6);
        // Each 4.5 m car takes 0.45 s to pass over the line; the time step is 0.1 s.
        let occupied_s = now.occupancy.expect("covered") * 19.9;
        assert!((0.7..=1.2).contains(&occupied_s), "{occupied_s}");
        let done = counter.take_finished(UtcMicros(120_000_000));
        assert_eq!(done.len(), 1);
        assert_eq!(done[0].to, UtcMicros(120_000_000));
        assert!(counter.take_finished(UtcMicros(121_000_000)).is_empty(), "handed out once");
    }

    #[test]
    fn the_way_is_the_one_that_was_gone_and_not_what_a_lagging_speed_says() {
        let lanes = [straight_lane("n/0", 100.0)];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        let map = LaneMap::new(&lanes);
        for ds in 600..690 {
            picture(&mut counter, &map, ds, vec![track_at(1, [0.0, (ds - 600) as f64], [0.0, 9.0])]);
        }
        let lane = first_lane(&counter);
        assert!(lane.space_mean_speed_mps.is_some_and(|mps| (mps - 10.0).abs() < 0.05), "{lane:?}");
    }

    #[test]
    fn a_lane_that_no_living_sensor_sees_is_not_covered_and_has_no_flow() {
        let lanes = [straight_lane("n/0", 100.0)];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        for ds in 600..700 {
            counter.update(UtcMicros(ds * 100_000), &[], &["another".into()]);
        }
        let now = &first_lane(&counter);
        assert_eq!((now.coverage, now.flow_per_h, now.occupancy), (0.0, None, None));
    }

    #[test]
    fn a_queue_reaches_back_to_its_last_car_and_not_to_one_far_behind() {
        let lanes = [straight_lane("n/0", 100.0)];
        let map = LaneMap::new(&lanes);
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        let standing = |id, north| track_at(id, [0.0, north], [0.0, 0.0]);
        let tracks = vec![standing(1, 96.0), standing(2, 89.0), standing(3, 50.0)];
        counter.update(UtcMicros(60_000_000), &map.locate_all(tracks), &["r".into()]);
        let now = &first_lane(&counter);
        assert!((now.queue_max_m - (100.0 - 89.0 + 2.25)).abs() < 1e-9);
        assert_eq!(now.stopped_max, 3);
        assert_eq!((now.flow_per_h, now.coverage), (None, 0.0), "one picture covers no time");
    }

    /// Up a lane of 100 m to a red light: the first stands at 96 m, the second at 87 m, the third at 80 m. A sensor sees one of two.
    fn queue_of_three(seen: impl Fn(u64, i64) -> bool) -> LaneWindow {
        let mut lane = straight_lane("n/0", 100.0);
        lane.signal_group = Some(3);
        let map = LaneMap::new(&[lane.clone()]);
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&[lane]), vec![], 60);
        for ds in 600..1000 {
            let standing = [(1, 96.0), (2, 88.0), (3, 80.0)].into_iter().filter(|(id, _)| seen(*id, ds));
            picture(
                &mut counter,
                &map,
                ds,
                standing.map(|(id, north)| track_at(id, [0.0, north], [0.0, 0.0])).collect(),
            );
        }
        first_lane(&counter)
    }

    #[test]
    fn who_is_lost_in_a_queue_stands_there_still() {
        // The last is lost after 2 s, and would be forgotten after 15.
        let lane = queue_of_three(|id, ds| id != 3 || ds < 620);
        assert!((lane.queue_mean.expect("seen") - 3.0).abs() < 0.01, "{lane:?}");
        // When the first two go, nothing holds it.
        let lane = queue_of_three(|id, ds| ds < if id == 3 { 620 } else { 700 });
        assert!(lane.queue_mean.is_some_and(|mean| (0.7..0.8).contains(&mean)), "{lane:?}");
    }

    #[test]
    fn a_gap_of_a_vehicles_length_in_a_queue_holds_one() {
        let lane = queue_of_three(|id, _| id != 2);
        assert_eq!(lane.queue_max, 3);
        // The line, at 85 m, lies under it, and under neither of those that are seen.
        assert_eq!(lane.occupancy, Some(1.0));
        assert_eq!(queue_of_three(|id, _| id == 1).queue_max, 1);
    }

    #[test]
    fn who_changes_lanes_at_the_line_is_counted_where_it_was_then() {
        let mut right = straight_lane("n/1", 100.0);
        right.centerline_enu_m = vec![[3.0, 0.0], [3.0, 100.0]];
        let lanes = [straight_lane("n/0", 100.0), right];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        let map = LaneMap::new(&lanes);
        for ds in 600..700 {
            // At 10 m/s; from the left lane to the right one between 80 m and 88 m.
            let north = (ds - 600) as f64;
            let east = 3.0 * ((north - 80.0) / 8.0).clamp(0.0, 1.0);
            picture(&mut counter, &map, ds, vec![track_at(1, [east, north], [0.0, 10.0])]);
        }
        let counted: Vec<u32> =
            counter.current().expect("a window runs").lanes.iter().map(|lane| lane.vehicles.values().sum()).collect();
        assert_eq!(counted, [0, 1]);
    }

    #[test]
    fn who_stands_on_the_line_is_counted_when_it_goes() {
        let lanes = [straight_lane("n/0", 100.0)];
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        let map = LaneMap::new(&lanes);
        for ds in 600..1000 {
            // The tracker is not sure by 0.3 m where it stands; from 80 s on it goes, at 5 m/s.
            let speed = if ds < 800 { 0.0 } else { 5.0 };
            let north = 85.0 + if ds < 800 { 0.3 * f64::from((ds % 2) as u8) - 0.2 } else { (ds - 800) as f64 * 0.5 };
            picture(&mut counter, &map, ds, vec![track_at(1, [0.0, north], [0.0, speed])]);
        }
        let lane = first_lane(&counter);
        assert_eq!(lane.vehicles.get(&Class::Car), Some(&1));
        assert!(lane.time_mean_speed_mps.is_some_and(|speed_mps| speed_mps > 1.5), "{lane:?}");
    }

    #[test]
    fn a_clock_that_steps_back_starts_a_new_window() {
        let lanes = [straight_lane("n/0", 100.0)];
        let map = LaneMap::new(&lanes);
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
        drive(&mut counter, &map, 600, 700);
        counter.update(UtcMicros(6_000_000), &[], &["r".into()]);
        assert_eq!(first_lane(&counter).from, UtcMicros(0));
        assert!(first_lane(&counter).vehicles.is_empty());
    }

    fn picture(counter: &mut TrafficCounter, map: &LaneMap, ds: i64, tracks: Vec<crate::track::Track>) {
        counter.update(UtcMicros(ds * 100_000), &map.locate_all(tracks), &["r".into()]);
    }

    /// A crossing with one way: from a lane that ends at north 100 to one that begins at 120.
    fn crossing() -> (TrafficCounter, LaneMap) {
        let mut into = straight_lane("s_in/1", 100.0);
        into.maneuvers = vec!["straight".into()];
        into.signal_group = Some(3);
        let mut away = straight_lane("n_out/1", 100.0);
        away.centerline_enu_m = vec![[0.0, 120.0], [0.0, 220.0]];
        let lanes = [into, away];
        (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 10), LaneMap::new(&lanes))
    }

    #[test]
    fn a_track_lost_before_the_line_and_found_behind_it_is_counted_once_and_keeps_its_way() {
        let (mut counter, map) = crossing();
        // 10 m/s; from 80 m to 90 m, over the line at 85 m, nobody sees it, and in the junction its track is another again.
        for ds in 600..750 {
            let north = (ds - 600) as f64;
            let id = if north < 80.0 {
                1
            } else if north < 110.0 {
                2
            } else {
                3
            };
            let seen = !(80.0..90.0).contains(&north);
            let tracks = if seen { vec![track_at(id, [0.0, north], [0.0, 10.0])] } else { vec![] };
            picture(&mut counter, &map, ds, tracks);
        }
        let windows = counter.take_finished(UtcMicros(120_000_000));
        let lanes = |index: usize| windows.iter().filter(|w| w.window_s == 10).map(move |w| &w.lanes[index]);
        assert_eq!(lanes(0).map(|lane| lane.vehicles.values().sum::<u32>()).sum::<u32>(), 1);
        assert_eq!(lanes(0).map(|lane| lane.inferred).sum::<u32>(), 1);
        let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
        let [movement] = minute.movements.as_slice() else { panic!("one way: {:?}", minute.movements) };
        assert_eq!((&*movement.from_link, movement.to_link.as_deref()), ("s_in", Some("n_out")));
        assert_eq!(
            (movement.turn, movement.inferred, movement.travel_times),
            (Some("straight"), 0, 0),
            "in the section from the start"
        );
        assert_eq!(minute.lanes[1].vehicles.get(&Class::Car), Some(&1), "and where it went it is counted as well");
    }

    #[test]
    fn who_is_seen_in_the_place_of_one_that_was_lost_goes_on_with_its_way() {
        let (mut counter, map) = crossing();
        for ds in 600..900 {
            // To the stop line at 70 s, there until 80 s; from 75 s on it is another track, which began 3 s before.
            let north = ((ds - 600).min(95) + (ds - 800).max(0)) as f64;
            let speed = if (695..800).contains(&ds) { 0.0 } else { 10.0 };
            let mut tracks = vec![];
            if ds < 750 {
                tracks.push(track_at(1, [0.0, north], [0.0, speed]));
            }
            if ds >= 720 {
                tracks.push(track_at(2, [0.0, north + if ds < 750 { 4.0 } else { 1.0 }], [0.0, speed]));
            }
            picture(&mut counter, &map, ds, tracks);
        }
        let windows = counter.take_finished(UtcMicros(120_000_000));
        let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
        let [movement] = minute.movements.as_slice() else { panic!("one way: {:?}", minute.movements) };
        assert_eq!((movement.to_link.as_deref(), movement.vehicles.get(&Class::Car)), (Some("n_out"), Some(&1)));
        assert_eq!(movement.inferred, 0, "it was seen to come out");
    }

    #[test]
    fn two_tracks_of_one_road_user_are_counted_once() {
        let (mut counter, map) = crossing();
        for ds in 600..700 {
            let north = (ds - 600) as f64;
            let mut tracks = vec![track_at(1, [0.0, north], [0.0, 10.0])];
            if north > 40.0 {
                tracks.push(track_at(2, [0.3, north - 1.5], [0.0, 10.0]));
            }
            // The first is given up before the line; the second goes on with what it knew.
            if north > 60.0 {
                tracks.remove(0);
            }
            picture(&mut counter, &map, ds, tracks);
        }
        assert_eq!(counter.take_finished(UtcMicros(70_000_000))[0].lanes[0].vehicles.get(&Class::Car), Some(&1));
    }

    #[test]
    fn a_longer_window_is_the_sum_of_the_shorter_and_a_part_of_it_unseen_is_said() {
        let (mut counter, map) = crossing();
        for ds in 900..1200 {
            picture(&mut counter, &map, ds, vec![track_at(1, [0.0, (ds - 900) as f64], [0.0, 10.0])]);
        }
        let windows = counter.take_finished(UtcMicros(120_000_000));
        assert_eq!(windows.iter().map(|window| window.window_s).collect::<Vec<_>>(), [10, 10, 10, 60]);
        let minute = &windows[3].lanes[0];
        assert!((minute.coverage - 29.9 / 60.0).abs() < 1e-6, "{}", minute.coverage);
        assert_eq!(minute.vehicles, windows[0].lanes[0].vehicles);
        assert!((minute.space_mean_speed_mps.expect("somebody was there") - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_green_that_leaves_somebody_over_did_not_suffice() {
        let (mut counter, map) = crossing();
        for ds in 600..1200 {
            // Red to 65 s, green to 75 s, red again.
            let phase = if (650..750).contains(&ds) { Phase::Green } else { Phase::Red };
            counter.signal(UtcMicros(ds * 100_000), &[(3, phase)]);
            // Somebody stands at the stop line all the time.
            let tracks = vec![track_at(1, [0.0, 97.0], [0.0, 0.0])];
            picture(&mut counter, &map, ds, tracks);
        }
        let windows = counter.take_finished(UtcMicros(120_000_000));
        let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
        let [signal] = minute.signals.as_slice() else { panic!("one group: {:?}", minute.signals) };
        assert_eq!((signal.group, signal.splits, signal.split_failures), (3, 1, 1));
        assert!((signal.shown_s[0] - 10.0).abs() < 0.11 && (signal.shown_s[2] - 49.9).abs() < 0.11, "{signal:?}");
        assert_eq!(
            signal.changes.iter().map(|change| change.phase).collect::<Vec<_>>(),
            [Phase::Red, Phase::Green, Phase::Red]
        );
    }

    #[test]
    fn one_comes_when_it_would_be_at_the_stop_line_if_nobody_held_it_up() {
        let mut lane = straight_lane("s_in/1", 150.0);
        lane.signal_group = Some(3);
        let lanes = [lane];
        let (mut counter, map) = (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60), LaneMap::new(&lanes));
        for ds in 600..750 {
            let phase = if ds < 700 { Phase::Red } else { Phase::Green };
            counter.signal(UtcMicros(ds * 100_000), &[(3, phase)]);
            picture(&mut counter, &map, ds, vec![track_at(1, [0.0, (ds - 600) as f64], [0.0, 10.0])]);
        }
        let signals = counter.take_finished(UtcMicros(120_000_000)).remove(0).signals;
        let [arrival] = signals[0].arrivals.as_slice() else { panic!("one came: {signals:?}") };
        // It comes into the section, 100 m before the line, at 65 s, and 50 km/h takes 7.2 s for that.
        assert!((arrival.at.seconds_since(UtcMicros(65_000_000)) - 100.0 / 13.9).abs() < 1e-5, "{arrival:?}");
        assert_eq!((signals[0].arrived, arrival.phase, arrival.in_cycle_s), ([1, 0, 0], Phase::Green, None));
    }

    #[test]
    fn who_is_lost_at_the_kerb_and_found_again_has_waited_all_the_time() {
        let outline_enu_m = vec![[-2.0, 20.0], [2.0, 20.0], [2.0, 30.0], [-2.0, 30.0]];
        let crosswalk = Crosswalk { id: "north".into(), outline_enu_m, signal_group: Some(7) };
        let mut counter = TrafficCounter::new(&seen_by_a_radar(&[]), vec![crosswalk], 60);
        let map = LaneMap::new(&[]);
        for ds in 600..900 {
            // To the kerb at 61 s, on from 81 s; from 70 to 74 s a van hides them.
            let north = 18.0 + ((ds - 600).min(10) + (ds - 810).max(0)) as f64 * 0.1;
            let id = if ds < 700 { 1 } else { 2 };
            let speed = if (610..=810).contains(&ds) { 0.0 } else { 1.0 };
            let person = crate::track::Track {
                class: Class::Pedestrian,
                length_m: Some(0.4),
                width_m: Some(0.5),
                ..track_at(id, [0.0, north], [0.0, speed])
            };
            picture(&mut counter, &map, ds, if (700..740).contains(&ds) { vec![] } else { vec![person] });
        }
        let [crosswalk] = &counter.take_finished(UtcMicros(120_000_000))[0].crosswalks[..] else { panic!("one") };
        assert_eq!((crosswalk.pedestrians, crosswalk.signal_group), (1, Some(7)));
        // They stand from 61 s on, and are half a metre past the kerb, which is 1 m ahead, at 82.6 s.
        assert!(crosswalk.delay_mean_s.is_some_and(|waited_s| (waited_s - 21.6).abs() < 0.11), "{crosswalk:?}");
        assert_eq!(crosswalk.delay_max_s, crosswalk.delay_mean_s);
    }

    #[test]
    fn an_unknown_light_is_not_known_for_long() {
        let (mut counter, map) = crossing();
        counter.signal(UtcMicros(60_000_000), &[(3, Phase::Red)]);
        for ds in 600..700 {
            counter.signal(UtcMicros(ds * 100_000), &[]);
            picture(&mut counter, &map, ds, vec![]);
        }
        let signals = counter.take_finished(UtcMicros(70_000_000)).remove(0).signals;
        assert!((signals[0].shown_s[2] - 2.0).abs() < 0.11, "{signals:?}");
    }
}
