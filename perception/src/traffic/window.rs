//! What is told of a stretch of time.

use std::collections::{BTreeMap, BTreeSet};

use crate::detection::{Class, SensorId};
use crate::risk::SafetyWindow;
use crate::time::UtcMicros;

use super::Ways;
use super::crosswalk::{CrosswalkTally, RoadCrosswalk};
use super::road::{Road, RoadLane, RoadLink, Turn};
use super::signal::{Arrival, Change, GroupTally, GroupWatch};
use super::tally::{LaneTally, WayTally};

/// One stretch of time, all lanes.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficWindow {
    /// Its length, seconds.
    pub window_s: u32,
    /// Begin, a whole multiple of the length since the epoch.
    pub from: UtcMicros,
    /// End; for one that still runs, the newest picture in it.
    pub to: UtcMicros,
    /// Lanes in the site's order.
    pub lanes: Vec<LaneWindow>,
    /// Links that lead to the junction.
    pub approaches: Vec<ApproachWindow>,
    /// Ways across the junction that somebody took.
    pub movements: Vec<MovementWindow>,
    /// Signal groups that rule lanes, where anything was heard of their lights.
    pub signals: Vec<SignalWindow>,
    /// Crosswalks in the map's order.
    pub crosswalks: Vec<CrosswalkWindow>,
    /// Who nearly met whom, and who braked hard.
    pub safety: SafetyWindow,
    /// What that rests on: how far the lanes for vehicles were seen.
    pub watched: Watched,
}

/// How far something was seen in a window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Watched {
    /// Share of the window, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked, in order of name.
    pub sensors: Vec<SensorId>,
}

/// One crosswalk over one window.
#[derive(Clone, Debug, PartialEq)]
pub struct CrosswalkWindow {
    /// Its name in the map.
    pub id: SensorId,
    /// The signal group that rules it.
    pub signal_group: Option<u32>,
    /// People on foot that stepped onto it from a kerb.
    pub pedestrians: u32,
    /// Mean time that they had stood at the kerb before, seconds; of those who walked on it is 0.
    pub delay_mean_s: Option<f64>,
    /// The longest of these times, seconds.
    pub delay_max_s: Option<f64>,
    /// Share of the window in which a working sensor looked at its middle, 0 to 1.
    pub coverage: f64,
    /// The sensors that did, in order of name.
    pub sensors: Vec<SensorId>,
}

/// One signal group over one window.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalWindow {
    /// Its number in the map.
    pub group: u32,
    /// Time in green, yellow and red, seconds.
    pub shown_s: [f64; 3],
    /// Who came on green, yellow and red: when they would have been at the stop line if nobody had held them up.
    pub arrived: [u32; 3],
    /// Greens of which the whole, and the begin of red after it, were seen.
    pub splits: u32,
    /// Of these, such as did not suffice: a lane's stop line was occupied for 80 % of green and of the first 5 s of red.
    pub split_failures: u32,
    /// Mean share of green in which a lane's stop line was occupied.
    pub green_occupancy: Option<f64>,
    /// Mean share of the first 5 s of red in which it was.
    pub red_occupancy: Option<f64>,
    /// Those who came, one by one; at most 1024.
    pub arrivals: Vec<Arrival>,
    /// The lights, change by change; at most 1024.
    pub changes: Vec<Change>,
    /// How many of both are not listed.
    pub not_listed: u32,
    /// Share of the window in which its light was known and its lanes were seen, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked at its lanes, in order of name.
    pub sensors: Vec<SensorId>,
}

/// One lane over one window. `None`: nothing is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneWindow {
    /// `<link>/<lane>`.
    pub lane: SensorId,
    /// Begin of the window.
    pub from: UtcMicros,
    /// End of the window.
    pub to: UtcMicros,
    /// Road users that crossed the counting line, by class.
    pub vehicles: BTreeMap<Class, u32>,
    /// Of these, such as were not seen to cross it: lost before it and found behind it, or first seen just behind it.
    pub inferred: u32,
    /// The count as a rate over the time that was covered, per hour.
    pub flow_per_h: Option<f64>,
    /// Mean speed over all road users in the lane and the time they were in it, m/s.
    pub mean_speed_mps: Option<f64>,
    /// Arithmetic mean of the speeds at the counting line, m/s.
    pub time_mean_speed_mps: Option<f64>,
    /// Way over time of all road users in the section, m/s (Edie 1963).
    pub space_mean_speed_mps: Option<f64>,
    /// Time spent in the section over its length and the covered time, 1/km (Edie 1963).
    pub density_per_km: Option<f64>,
    /// Mean time from one front to the next at the counting line, seconds.
    pub headway_mean_s: Option<f64>,
    /// The least of them, seconds.
    pub headway_min_s: Option<f64>,
    /// Share of the covered time in which a road user stood or moved over the counting line, 0 to 1.
    pub occupancy: Option<f64>,
    /// Longest queue: from the stop line to the rear of the last standing road user, metres.
    pub queue_max_m: f64,
    /// Most road users in the queue.
    pub queue_max: u32,
    /// Mean number of road users in the queue over the covered time.
    pub queue_mean: Option<f64>,
    /// Most road users that stood at one time.
    pub stopped_max: u32,
    /// Time lost against the speed limit in the section, seconds a counted road user.
    pub delay_s: Option<f64>,
    /// Length of the section, metres.
    pub section_m: f64,
    /// Share of the window in which there was a picture to count from, 0 to 1.
    pub coverage: f64,
    /// Sensors that looked at the counting line, in order of name.
    pub sensors: Vec<SensorId>,
}

/// One link that leads to the junction.
#[derive(Clone, Debug, PartialEq)]
pub struct ApproachWindow {
    /// The link.
    pub link: SensorId,
    /// Counted on its lanes for vehicles, by class.
    pub vehicles: BTreeMap<Class, u32>,
    /// Of these, such as were not seen to cross a counting line.
    pub inferred: u32,
    /// Of its lanes together, per hour. `None` here and below where one of them was not covered.
    pub flow_per_h: Option<f64>,
    /// Arithmetic mean of the speeds at the counting lines, m/s.
    pub time_mean_speed_mps: Option<f64>,
    /// Way over time of all road users in the sections, m/s.
    pub space_mean_speed_mps: Option<f64>,
    /// Of its lanes together, 1/km.
    pub density_per_km: Option<f64>,
    /// Mean time from one front to the next at the counting lines, each lane for itself, seconds.
    pub headway_mean_s: Option<f64>,
    /// The least of them, seconds.
    pub headway_min_s: Option<f64>,
    /// Mean of its lanes' occupancy, 0 to 1.
    pub occupancy: Option<f64>,
    /// Time lost against the speed limit in the section, seconds a counted vehicle.
    pub delay_s: Option<f64>,
    /// By the delay, `A` to `F`.
    pub level_of_service: Option<char>,
    /// Longest queue of its lanes, metres.
    pub queue_max_m: f64,
    /// Most vehicles in the queue of one lane.
    pub queue_max: u32,
    /// Mean number of vehicles in the queues of all its lanes.
    pub queue_mean: Option<f64>,
    /// Mean time from the begin of the section to the link that it leads to, seconds.
    pub travel_time_s: Option<f64>,
    /// How many that is the mean of.
    pub travel_times: u32,
    /// Least of its lanes' coverage, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked at its counting lines, in order of name.
    pub sensors: Vec<SensorId>,
}

/// One way across the junction.
#[derive(Clone, Debug, PartialEq)]
pub struct MovementWindow {
    /// Link that it comes from.
    pub from_link: SensorId,
    /// Link that it leads to. `None`: lost in the junction, and its lane leads to several.
    pub to_link: Option<SensorId>,
    /// `left`, `straight`, `right` or `u_turn`, by the angle between the two.
    pub turn: Option<&'static str>,
    /// Who took it, by class.
    pub vehicles: BTreeMap<Class, u32>,
    /// Of these, such as were lost on the way and put here by the lane that they were in.
    pub inferred: u32,
    /// The count as a rate over the time that the approach was covered, per hour.
    pub flow_per_h: Option<f64>,
    /// Mean time from the begin of the approach's section to the link that it leads to, seconds.
    pub travel_time_s: Option<f64>,
    /// How many that, and what follows, is the mean of.
    pub travel_times: u32,
    /// That way over that time, m/s.
    pub speed_mps: Option<f64>,
    /// Time lost against the speed limit on that way, seconds a vehicle.
    pub delay_s: Option<f64>,
    /// By the delay, `A` to `F`.
    pub level_of_service: Option<char>,
    /// Least of the coverage of the approach's lanes, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked at the approach's counting lines, in order of name.
    pub sensors: Vec<SensorId>,
}

pub(super) fn of_lane(road: &RoadLane, tally: &LaneTally, whole_s: f64, [from, to]: [UtcMicros; 2]) -> LaneWindow {
    let covered_s = tally.covered_s;
    let covered = |value: f64| (covered_s > 0.0).then(|| value / covered_s);
    let count = tally.counted.total();
    let section_m = road.section_m[1] - road.section_m[0];
    LaneWindow {
        lane: road.id.clone(),
        from,
        to,
        vehicles: tally.counted.iter().collect(),
        inferred: tally.inferred,
        flow_per_h: covered(f64::from(count) * 3600.0),
        mean_speed_mps: (tally.presence_s > 0.0).then(|| (tally.way_m / tally.presence_s).max(0.0)),
        time_mean_speed_mps: tally.speed_mps.mean(),
        space_mean_speed_mps: tally.space_mean_speed_mps(),
        density_per_km: covered(tally.section_s * 1e3 / section_m.max(1.0)),
        headway_mean_s: tally.headway_s.mean(),
        headway_min_s: tally.headway_s.least(),
        occupancy: covered(tally.occupied_s).map(|share| share.min(1.0)),
        queue_max_m: tally.queue_max_m,
        queue_max: tally.queue_max,
        queue_mean: covered(tally.queue_seconds),
        stopped_max: tally.stopped_max,
        delay_s: (count > 0 && covered_s > 0.0).then(|| tally.delay_s / f64::from(count)),
        section_m,
        coverage: (covered_s / whole_s).min(1.0),
        sensors: tally.sensors.iter().cloned().collect(),
    }
}

/// Who went from a link to which other, on lanes for vehicles; a link of `None` is not known.
pub(super) type LinkWays = BTreeMap<(usize, Option<usize>), WayTally>;

pub(super) fn by_link(road: &Road, ways: &Ways) -> LinkWays {
    let mut of_links = LinkWays::new();
    for ((lane, to), tally) in ways.iter().filter(|((lane, _), _)| !road.lanes[*lane].on_foot) {
        of_links.entry((road.lanes[*lane].link, *to)).or_default().absorb(tally);
    }
    of_links
}

pub(super) fn of_approaches(
    road: &Road,
    tallies: &[LaneTally],
    lanes: &[LaneWindow],
    ways: &LinkWays,
) -> Vec<ApproachWindow> {
    let approach = |(index, link): (usize, &RoadLink)| {
        let mine =
            || (0..lanes.len()).filter(move |lane| road.lanes[*lane].link == index && !road.lanes[*lane].on_foot);
        let mut all = LaneTally::default();
        mine().for_each(|lane| all.absorb(&tallies[lane]));
        let mut gone = WayTally::default();
        ways.iter().filter(|((from, _), _)| *from == index).for_each(|(_, way)| gone.absorb(way));
        let together = |figure: fn(&LaneWindow) -> Option<f64>| mine().map(|lane| figure(&lanes[lane])).sum();
        let count = all.counted.total();
        let delay_s = (count > 0).then(|| all.delay_s / f64::from(count));
        ApproachWindow {
            link: link.id.clone(),
            vehicles: all.counted.iter().collect(),
            inferred: all.inferred,
            flow_per_h: together(|lane| lane.flow_per_h),
            time_mean_speed_mps: all.speed_mps.mean(),
            space_mean_speed_mps: all.space_mean_speed_mps(),
            density_per_km: together(|lane| lane.density_per_km),
            headway_mean_s: all.headway_s.mean(),
            headway_min_s: all.headway_s.least(),
            occupancy: together(|lane| lane.occupancy).map(|sum: f64| sum / mine().count().max(1) as f64),
            delay_s,
            level_of_service: delay_s.map(level_of_service),
            queue_max_m: all.queue_max_m,
            queue_max: all.queue_max,
            queue_mean: together(|lane| lane.queue_mean),
            travel_time_s: gone.travel_s.mean(),
            travel_times: gone.travel_s.count,
            coverage: mine().map(|lane| lanes[lane].coverage).reduce(f64::min).unwrap_or(0.0),
            sensors: all.sensors.into_iter().collect(),
        }
    };
    road.links.iter().enumerate().filter(|(_, link)| link.approach).map(approach).collect()
}

/// How far the lanes for vehicles were seen: their mean coverage, and all sensors that looked at one.
pub(super) fn watched(road: &Road, lanes: &[LaneWindow]) -> Watched {
    let for_vehicles = || road.lanes.iter().zip(lanes).filter(|(road, _)| !road.on_foot).map(|(_, lane)| lane);
    let count = for_vehicles().count();
    Watched {
        coverage: for_vehicles().map(|lane| lane.coverage).sum::<f64>() / count.max(1) as f64,
        sensors: names(for_vehicles().flat_map(|lane| &lane.sensors)),
    }
}

fn names<'a>(sensors: impl Iterator<Item = &'a SensorId>) -> Vec<SensorId> {
    sensors.collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

/// Level of service of a signalised junction by control delay a vehicle (Highway Capacity Manual).
fn level_of_service(delay_s: f64) -> char {
    let limits_s = [(10.0, 'A'), (20.0, 'B'), (35.0, 'C'), (55.0, 'D'), (80.0, 'E')];
    limits_s.into_iter().find(|(limit_s, _)| delay_s <= *limit_s).map_or('F', |(_, level)| level)
}

pub(super) fn of_movements(
    road: &Road,
    ways: LinkWays,
    approaches: &[ApproachWindow],
    whole_s: f64,
) -> Vec<MovementWindow> {
    let movement = |((from, to), tally): ((usize, Option<usize>), WayTally)| {
        let link = &road.links[from].id;
        let approach = approaches.iter().find(|approach| approach.link == *link);
        let (count, took_s) = (tally.counted.total(), tally.travel_s.sum());
        let covered_s = approach.map_or(0.0, |approach| approach.coverage * whole_s);
        let delay_s = tally.delay_s.mean();
        MovementWindow {
            from_link: link.clone(),
            to_link: to.map(|to| road.links[to].id.clone()),
            turn: to.and_then(|to| road.turn(from, to)).map(Turn::as_str),
            vehicles: tally.counted.iter().collect(),
            inferred: tally.inferred,
            flow_per_h: (covered_s > 0.0).then(|| f64::from(count) * 3600.0 / covered_s),
            travel_time_s: tally.travel_s.mean(),
            travel_times: tally.travel_s.count,
            speed_mps: (took_s > 0.0).then(|| tally.way_m / took_s),
            delay_s,
            level_of_service: delay_s.map(level_of_service),
            coverage: approach.map_or(0.0, |approach| approach.coverage),
            sensors: approach.map_or_else(Vec::new, |approach| approach.sensors.clone()),
        }
    };
    ways.into_iter().map(movement).collect()
}

pub(super) fn of_signal(watch: &GroupWatch, tally: &GroupTally, lanes: &[LaneWindow], whole_s: f64) -> SignalWindow {
    let seen = watch.lanes.iter().map(|lane| lanes[*lane].coverage).fold(1.0, f64::min);
    SignalWindow {
        group: watch.id,
        shown_s: tally.shown_s,
        arrived: tally.arrived,
        splits: tally.splits,
        split_failures: tally.split_failures,
        green_occupancy: tally.green_occupancy.mean(),
        red_occupancy: tally.red_occupancy.mean(),
        arrivals: tally.arrivals.clone(),
        changes: tally.changes.clone(),
        not_listed: tally.not_listed,
        coverage: (tally.shown_s.iter().sum::<f64>() / whole_s).min(seen),
        sensors: names(watch.lanes.iter().flat_map(|lane| &lanes[*lane].sensors)),
    }
}

pub(super) fn of_crosswalk(road: &RoadCrosswalk, tally: &CrosswalkTally, whole_s: f64) -> CrosswalkWindow {
    CrosswalkWindow {
        id: road.crosswalk.id.clone(),
        signal_group: road.crosswalk.signal_group,
        pedestrians: tally.waited_s.count,
        delay_mean_s: tally.waited_s.mean(),
        delay_max_s: tally.waited_s.most(),
        coverage: (tally.covered_s / whole_s).min(1.0),
        sensors: tally.sensors.iter().cloned().collect(),
    }
}
