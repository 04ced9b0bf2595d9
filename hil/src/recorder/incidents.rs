//! Incidents in the traffic, by a script: who drives against the lane, stands in it, walks on it, runs a red light; and the
//! list of what was done, to compare what was said with.
//!
//! SUMO knows nothing of them and drives on: whoever comes too near to an actor of the script is left out meanwhile. So each is
//! staged where that concerns few.

use fastrand::Rng;
use perception::calibration::Lane;
use perception::detection::{Class, SensorId};
use perception::events::EventKind;
use perception::frames::{heading_of, unit_from_heading};
use perception::priors::is_motor_vehicle;
use sensors::recording::SignalState;
use serde::{Deserialize, Serialize};

use super::signals::Signals;
use super::traffic::{RoadUser, Traffic};
use crate::cuboid::Cuboid;
use crate::route::Path;

/// What was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// As what it is to be told.
    pub kind: EventKind,
    /// When it is so, seconds after the first step.
    pub from_s: f64,
    /// Until when, likewise.
    pub until_s: f64,
    /// Where it begins, site ENU, metres.
    pub from_enu_m: [f64; 2],
    /// Where it ends, likewise.
    pub until_enu_m: [f64; 2],
    /// In which lanes it is told; empty: that is known by the place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<SensorId>,
}

/// The kinds that can be staged, in the order in which they come.
pub const CAN_BE_STAGED: [EventKind; 10] = [
    EventKind::WrongWay,
    EventKind::StoppedVehicle,
    EventKind::Pedestrian,
    EventKind::RedLightRunning,
    EventKind::Debris,
    EventKind::Speeding,
    EventKind::SlowVehicle,
    EventKind::AccidentSuspected,
    EventKind::IllegalParking,
    EventKind::Animal,
];
/// Those that are if nobody says which: not animals, which came later, so that a seed still stages what it did.
pub const USUAL: &[EventKind] = CAN_BE_STAGED.split_at(9).0;
/// Actors have ids from here on.
const FIRST_ID: u64 = 1_000_000;
/// Whoever comes nearer to an actor than this is left out, metres: ahead or behind from middle to middle, aside from side to side.
const TOO_NEAR_M: f64 = 7.0;
const TOO_NEAR_ASIDE_M: f64 = 0.5;
/// Incidents are this near to the site's origin, where sensors see them, metres.
const NEAR_M: [f64; 2] = [12.0, 65.0];
const SLOW_NEAR_M: [f64; 2] = [12.0, 130.0];
/// Of so many places for an incident the one is taken that is in the fewest people's way.
const TRIED: usize = 12;
/// One begins so long after the one before has, seconds.
const EVERY_S: f64 = 45.0;
const STANDS_S: f64 = 35.0;
/// Who parks stands so long, and somebody so far in front of it who only drops a passenger so long: no event, seconds and metres.
const PARKS_S: f64 = 100.0;
const DROPS_S: f64 = 40.0;
const DROPS_AHEAD_M: f64 = 25.0;
/// Who is slow is so over this way, behind the beginning of a lane and before its end as far as nobody need be, metres.
const SLOW_M: f64 = 40.0;
const UNDER_WAY_M: f64 = 20.0;
const UNHURRIED_M: f64 = 60.0;
/// Nobody is staged on foot so near to the ends of a lane, and nobody stands so near to its end, metres: `docs/ref/events.md` says
/// why these can't be told there.
const CROSSES_M: f64 = 14.0;
const WAITS_M: f64 = 42.0;
/// Nothing is staged in a lane that is shorter, metres.
const SHORTEST_M: f64 = 20.0;
const CAR_M: [f64; 3] = [4.5, 1.8, 1.5];
const DOG_M: [f64; 3] = [0.9, 0.35, 0.65];
const COW_M: [f64; 3] = [2.3, 0.75, 1.45];
/// An animal comes from so far beside the lane, this fast; every other stands in it for a while, metres, m/s and seconds.
const STRAYS_FROM_M: f64 = 6.0;
const STRAYS_MPS: f64 = 1.3;
const GRAZES_S: f64 = 15.0;

/// Where somebody is at a moment, as offset in metres along a way; and how fast, m/s.
type Script = Box<dyn Fn(f64) -> Option<(f64, f64)>>;

/// One actor.
struct Actor {
    id: u64,
    class: Class,
    size_m: [f64; 3],
    way: Path,
    script: Script,
}

/// Puts incidents of these kinds into traffic, one after the other until its end. Who parks does so in a lane of `no_stopping`; if
/// there is none, nobody does.
pub fn stage(
    traffic: &Traffic,
    lanes: &[Lane],
    no_stopping: &[SensorId],
    signals: &Signals,
    seed: u64,
    kinds: &[EventKind],
) -> (Traffic, Vec<Incident>) {
    let mut random = Rng::with_seed(seed);
    let (Some((first_s, _)), Some((last_s, _))) = (traffic.steps().first(), traffic.steps().last()) else {
        return (traffic.clone(), Vec::new());
    };
    let (mut actors, mut incidents) = (Vec::new(), Vec::new());
    let mut at_s = 10.0;
    for kind in kinds.iter().copied().cycle() {
        let lasts_s = if kind == EventKind::IllegalParking { PARKS_S } else { STANDS_S };
        if first_s + at_s + EVERY_S + lasts_s > *last_s {
            break;
        }
        let stage = Stage { lanes, no_stopping, signals, first_s: *first_s, at_s, id: FIRST_ID + actors.len() as u64 };
        let tried = (0..TRIED).filter_map(|_| stage.set(kind, &mut random));
        let first = tried.min_by_key(|staged| in_the_way(traffic, *first_s, at_s, staged));
        // A place that has no signal has nobody who runs a red light.
        if let Some((mut staged, mut cast)) = first {
            incidents.append(&mut staged);
            actors.append(&mut cast);
            at_s += EVERY_S + lasts_s - STANDS_S;
        }
    }
    let steps = traffic.steps().iter().map(|(step_s, users)| {
        let acting: Vec<RoadUser> = actors.iter().filter_map(|actor| actor.at(step_s - first_s)).collect();
        let free = |user: &&RoadUser| !acting.iter().any(|actor| is_too_near(user, actor));
        let mut all: Vec<RoadUser> = users.iter().filter(free).copied().collect();
        all.extend(&acting);
        (*step_s, all)
    });
    (Traffic::new(steps.collect()), incidents)
}

/// How often somebody is too near to an actor from a time until the end of what is staged; looked at once a second.
fn in_the_way(traffic: &Traffic, first_s: f64, from_s: f64, (staged, cast): &Staged) -> usize {
    let until_s = staged.iter().map(|incident| incident.until_s).fold(from_s, f64::max);
    let seconds = from_s as i64..=until_s.ceil() as i64;
    let at = |second: i64| {
        let at_s = second as f64;
        let users = traffic.at(first_s + at_s);
        let acting: Vec<RoadUser> = cast.iter().filter_map(|actor| actor.at(at_s)).collect();
        users.iter().filter(|user| acting.iter().any(|actor| is_too_near(user, actor))).count()
    };
    seconds.map(at).sum()
}

fn is_too_near(user: &RoadUser, actor: &RoadUser) -> bool {
    let [east, north] = unit_from_heading(actor.cuboid.heading_cw_north_rad);
    let [e, n] = [0, 1].map(|axis: usize| user.cuboid.position_enu_m[axis] - actor.cuboid.position_enu_m[axis]);
    let aside_m = (e * north - n * east).abs() - (user.cuboid.size_m[1] + actor.cuboid.size_m[1]) / 2.0;
    (e * east + n * north).abs() <= TOO_NEAR_M && aside_m <= TOO_NEAR_ASIDE_M
}

impl Actor {
    fn at(&self, at_s: f64) -> Option<RoadUser> {
        let (offset_m, speed_mps) = (self.script)(at_s)?;
        let (position_enu_m, direction) = self.way.at(offset_m);
        let cuboid = Cuboid { position_enu_m, heading_cw_north_rad: heading_of(direction), size_m: self.size_m };
        Some(RoadUser { id: self.id, class: self.class, cuboid, speed_mps })
    }
}

/// What is to be told of, and who plays it.
type Staged = (Vec<Incident>, Vec<Actor>);

struct Stage<'a> {
    lanes: &'a [Lane],
    no_stopping: &'a [SensorId],
    signals: &'a Signals,
    first_s: f64,
    at_s: f64,
    id: u64,
}

impl Stage<'_> {
    fn set(&self, kind: EventKind, random: &mut Rng) -> Option<Staged> {
        if kind == EventKind::RedLightRunning {
            return self.runs_red(random);
        }
        let (lane, offset_m) = self.place(kind, random)?;
        let way = Path::new(lane.centerline_enu_m.iter().copied());
        let limit_mps = lane.speed_limit_mps.unwrap_or(13.9);
        let here = way.at(offset_m).0;
        match kind {
            EventKind::WrongWay => {
                let back = Path::new(lane.centerline_enu_m.iter().rev().copied());
                let from_m = (back.length_m() - offset_m - 50.0).max(0.0);
                Some(self.drives(kind, back, from_m, 100.0, 9.0))
            }
            EventKind::Speeding => Some(self.drives(kind, way, (offset_m - 60.0).max(0.0), 110.0, 1.5 * limit_mps)),
            EventKind::SlowVehicle => {
                let free_m = if lane.maneuvers.is_empty() { 0.0 } else { UNHURRIED_M };
                let until_m = offset_m + SLOW_M;
                (offset_m > UNDER_WAY_M && until_m + free_m < way.length_m())
                    .then(|| self.drives(kind, way, offset_m, SLOW_M, 2.5))
            }
            EventKind::StoppedVehicle => {
                let (arrives_s, car) = self.comes_and_stands(self.id, &way, offset_m, STANDS_S);
                Some((vec![self.incident(kind, arrives_s, STANDS_S, here, here)], vec![car]))
            }
            EventKind::AccidentSuspected => {
                let (arrives_s, stands) = self.comes_and_stands(self.id, &way, offset_m, STANDS_S);
                let hits_s = self.at_s + 20.0;
                let until_s = self.at_s + STANDS_S;
                let rear_m = offset_m - CAR_M[0] - 0.2;
                let script = move |at_s: f64| match at_s {
                    _ if at_s > until_s => None,
                    _ if at_s >= hits_s => Some((rear_m, 0.0)),
                    _ => Some(rear_m - 10.0 * (hits_s - at_s)).filter(|m| *m > 0.0).map(|m| (m, 10.0)),
                };
                let hits = self.car(self.id + 1, way, Box::new(script));
                // Until it is hit, the first one is a stopped vehicle; and who hits it would have met it a moment before.
                let stopped = self.incident(EventKind::StoppedVehicle, arrives_s, STANDS_S, here, here);
                let hit = self.incident(kind, hits_s, until_s - hits_s, here, here);
                let meets = self.incident(EventKind::NearMiss, hits_s - 1.0, 1.0, here, here);
                Some((vec![stopped, hit, meets], vec![stands, hits]))
            }
            EventKind::IllegalParking => {
                let ahead_m = offset_m + DROPS_AHEAD_M;
                let (parks_s, parks) = self.comes_and_stands(self.id, &way, offset_m, PARKS_S);
                let (drops_s, drops) = self.comes_and_stands(self.id + 1, &way, ahead_m, DROPS_S);
                let ahead = way.at(ahead_m).0;
                // Both stand in a lane, too.
                let stopped =
                    |from_s, lasts_s, place| self.incident(EventKind::StoppedVehicle, from_s, lasts_s, place, place);
                let parked = self.incident(kind, parks_s, PARKS_S, here, here);
                let staged = vec![parked, stopped(parks_s, PARKS_S, here), stopped(drops_s, DROPS_S, ahead)];
                Some((staged, vec![parks, drops]))
            }
            EventKind::Debris => {
                let until_s = self.at_s + STANDS_S;
                let from_s = self.at_s;
                let script = move |at_s: f64| (from_s..until_s).contains(&at_s).then_some((offset_m, 0.0));
                let car = self.car(self.id, way, Box::new(script));
                let thing = Actor { class: Class::Unknown, size_m: [0.9, 0.7, 0.7], ..car };
                Some((vec![self.incident(kind, from_s, STANDS_S, here, here)], vec![thing]))
            }
            EventKind::Pedestrian => {
                let [east, north] = way.at(offset_m).1;
                let aside = |m: f64| [here[0] + m * north, here[1] - m * east];
                let across = Path::new([aside(6.0), aside(-6.0)]);
                let (staged, mut cast) = self.drives(kind, across, 0.0, 12.0, 1.2);
                for walker in &mut cast {
                    (walker.class, walker.size_m) = (Class::Pedestrian, [0.4, 0.5, 1.72]);
                }
                Some((staged, cast))
            }
            EventKind::Animal => Some(self.strays(&way, offset_m, random)),
            _ => None,
        }
    }

    fn incident(&self, kind: EventKind, from_s: f64, lasts_s: f64, from: [f64; 2], until: [f64; 2]) -> Incident {
        Incident { kind, from_s, until_s: from_s + lasts_s, from_enu_m: from, until_enu_m: until, lanes: Vec::new() }
    }

    fn car(&self, id: u64, way: Path, script: Script) -> Actor {
        Actor { id, class: Class::Car, size_m: CAR_M, way, script }
    }

    /// Somebody who goes along a way at one speed.
    fn drives(&self, kind: EventKind, way: Path, from_m: f64, most_m: f64, mps: f64) -> Staged {
        let until_m = (from_m + most_m).min(way.length_m() - 0.1);
        let (from_s, lasts_s) = (self.at_s, (until_m - from_m).max(0.0) / mps);
        let incident = self.incident(kind, from_s, lasts_s, way.at(from_m).0, way.at(until_m).0);
        let script = move |at_s: f64| {
            (from_s..from_s + lasts_s).contains(&at_s).then_some((from_m + mps * (at_s - from_s), mps))
        };
        (vec![incident], vec![self.car(self.id, way, Box::new(script))])
    }

    /// A dog or a cow that comes over a lane, or stands in it first.
    fn strays(&self, way: &Path, offset_m: f64, random: &mut Rng) -> Staged {
        let (here, [east, north]) = way.at(offset_m);
        let aside = |m: f64| [here[0] + m * north, here[1] - m * east];
        let across = Path::new([aside(STRAYS_FROM_M), aside(-STRAYS_FROM_M)]);
        let size_m = if random.bool() { DOG_M } else { COW_M };
        let (from_s, comes_s) = (self.at_s, STRAYS_FROM_M / STRAYS_MPS);
        // By number and not by chance: of the places that are tried those win where it is gone soon.
        let stands_s = if (self.id / 2).is_multiple_of(2) { 0.0 } else { GRAZES_S };
        let lasts_s = 2.0 * comes_s + stands_s;
        let script = move |at_s: f64| match at_s - from_s {
            after_s if !(0.0..lasts_s).contains(&after_s) => None,
            after_s if after_s < comes_s => Some((STRAYS_MPS * after_s, STRAYS_MPS)),
            after_s if after_s < comes_s + stands_s => Some((STRAYS_FROM_M, 0.0)),
            after_s => Some((STRAYS_MPS * (after_s - stands_s), STRAYS_MPS)),
        };
        let incident = self.incident(EventKind::Animal, from_s, lasts_s, aside(STRAYS_FROM_M), aside(-STRAYS_FROM_M));
        let animal = Actor { id: self.id, class: Class::Animal, size_m, way: across, script: Box::new(script) };
        (vec![incident], vec![animal])
    }

    /// A car that comes at 8 m/s, brakes at 4 m/s², stands for a time, and goes; when it stands.
    fn comes_and_stands(&self, id: u64, way: &Path, offset_m: f64, lasts_s: f64) -> (f64, Actor) {
        let (mps, brakes_m) = (8.0, 8.0);
        let from_m = (offset_m - 60.0).max(0.0);
        let brakes_s = self.at_s + (offset_m - brakes_m - from_m).max(0.0) / mps;
        let stands_s = brakes_s + 2.0;
        let goes_s = stands_s + lasts_s;
        let (from_s, end_m) = (self.at_s, way.length_m() - 0.1);
        let script = move |at_s: f64| match at_s {
            _ if at_s < from_s => None,
            _ if at_s < brakes_s => Some((offset_m - brakes_m - mps * (brakes_s - at_s), mps)),
            _ if at_s < stands_s => Some((offset_m - 2.0 * (stands_s - at_s).powi(2), 4.0 * (stands_s - at_s))),
            _ if at_s < goes_s => Some((offset_m, 0.0)),
            _ => Some(offset_m + (at_s - goes_s).powi(2)).filter(|m| *m < end_m).map(|m| (m, 2.0 * (at_s - goes_s))),
        };
        (stands_s, self.car(id, way.clone(), Box::new(script)))
    }

    /// A lane for vehicles only, and a place in it that sensors see and where the incident can be told from what is usual.
    fn place(&self, kind: EventKind, random: &mut Rng) -> Option<(&Lane, f64)> {
        let near_m = if kind == EventKind::SlowVehicle { SLOW_NEAR_M } else { NEAR_M };
        for _ in 0..200 {
            let lane = self.lanes.get(random.usize(..self.lanes.len().max(1)))?;
            let motor = lane.allowed.iter().any(|class| is_motor_vehicle(*class));
            let way = Path::new(lane.centerline_enu_m.iter().copied());
            // From its beginning and to its end: where people may cross, or one may have to wait.
            let [from_m, to_m] = match kind {
                EventKind::StoppedVehicle | EventKind::AccidentSuspected => [CROSSES_M, WAITS_M],
                EventKind::IllegalParking => [CROSSES_M, WAITS_M + DROPS_AHEAD_M],
                EventKind::Pedestrian | EventKind::Animal => [CROSSES_M; 2],
                _ => [0.0; 2],
            };
            let free_m = way.length_m() - from_m - to_m;
            let forbidden = kind != EventKind::IllegalParking || self.no_stopping.contains(&lane.id);
            if way.length_m() < SHORTEST_M || free_m <= 0.0 || !forbidden {
                continue;
            }
            let offset_m = from_m + random.f64() * free_m;
            let [east_m, north_m] = way.at(offset_m).0;
            let near = (near_m[0]..near_m[1]).contains(&east_m.hypot(north_m));
            if motor && !lane.allowed.contains(&Class::Pedestrian) && near {
                return Some((lane, offset_m));
            }
        }
        None
    }

    /// Straight on at 11 m/s over a stop line that has been red for 3 s, and is for another 2.
    fn runs_red(&self, random: &mut Rng) -> Option<Staged> {
        let (mps, before_m, beyond_m) = (11.0, 60.0, 40.0);
        for _ in 0..100 {
            let lane = self.lanes.get(random.usize(..self.lanes.len().max(1)))?;
            let (Some(group), true) = (lane.signal_group, lane.maneuvers.iter().any(|way| way == "straight")) else {
                continue;
            };
            let line_s = self.at_s + before_m / mps + random.f64() * 20.0;
            let red = |at_s: f64| {
                let said = self.signals.at(self.first_s + at_s, self.lanes);
                let shown = said.and_then(|said| said.groups.into_iter().find(|shown| shown.id == group));
                shown.is_some_and(|shown| shown.state == SignalState::Red)
            };
            if !(0..=10).all(|step| red(line_s - 3.0 + 0.5 * f64::from(step))) {
                continue;
            }
            let mut points = lane.centerline_enu_m.clone();
            let way = Path::new(points.iter().copied());
            if way.length_m() < SHORTEST_M {
                continue;
            }
            let (end, ahead) = way.at(way.length_m());
            let length_m = way.length_m();
            points.push([end[0] + beyond_m * ahead[0], end[1] + beyond_m * ahead[1]]);
            let way = Path::new(points);
            let front_m = CAR_M[0] / 2.0;
            let from_s = line_s - before_m / mps;
            let until_s = line_s + beyond_m / mps;
            let script = move |at_s: f64| {
                let offset_m = length_m - front_m + mps * (at_s - line_s);
                ((from_s..until_s).contains(&at_s) && offset_m > 0.0).then_some((offset_m, mps))
            };
            let incident = self.incident(EventKind::RedLightRunning, line_s, 3.0, end, end);
            return Some((vec![incident], vec![self.car(self.id, way, Box::new(script))]));
        }
        None
    }
}

/// How early or late an event may begin, seconds, and how far away it may be, metres, to be of an incident.
const EARLY_S: f64 = 5.0;
const LATE_S: f64 = 5.0;
const AWAY_M: f64 = 15.0;
/// A jam is known by a mean over minutes: by so many seconds one may be off about when it begins.
const JAM_EARLY_S: f64 = 30.0;

impl Incident {
    /// Whether an event of its kind that began at a moment, place and lane is of it.
    pub fn explains(&self, began_s: f64, place_enu_m: [f64; 2], lane: Option<&str>) -> bool {
        let early_s = if self.kind == EventKind::Congestion { JAM_EARLY_S } else { EARLY_S };
        let in_time = (self.from_s - early_s..=self.until_s + LATE_S).contains(&began_s);
        in_time
            && if self.lanes.is_empty() {
                self.is_near(place_enu_m)
            } else {
                lane.is_some_and(|lane| self.lanes.iter().any(|of| **of == *lane))
            }
    }

    fn is_near(&self, place_enu_m: [f64; 2]) -> bool {
        let [along, to] = [0, 1].map(|which: usize| {
            [0, 1].map(|axis: usize| match which {
                0 => self.until_enu_m[axis] - self.from_enu_m[axis],
                _ => place_enu_m[axis] - self.from_enu_m[axis],
            })
        });
        let length_2 = along[0] * along[0] + along[1] * along[1];
        let share = if length_2 > 0.0 { (along[0] * to[0] + along[1] * to[1]) / length_2 } else { 0.0 };
        let share = share.clamp(0.0, 1.0);
        (to[0] - share * along[0]).hypot(to[1] - share * along[1]) <= AWAY_M
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(id: &str, points: Vec<[f64; 2]>) -> Lane {
        Lane {
            id: id.into(),
            width_m: 3.3,
            centerline_enu_m: points,
            maneuvers: vec!["straight".into()],
            signal_group: Some(1),
            allowed: vec![Class::Car],
            speed_limit_mps: Some(13.9),
        }
    }

    #[test]
    fn what_is_staged_is_in_the_traffic_at_its_time_and_place() {
        let empty = Traffic::new((0..6000).map(|step| (f64::from(step) / 10.0, vec![])).collect());
        let lanes = [lane("a/0", vec![[2.0, -150.0], [2.0, -12.0]]), lane("b/0", vec![[-2.0, -12.0], [-2.0, -150.0]])];
        let no_stopping = ["b/0".into()];
        let red = r#"<tlsStates><tlsState time="0.0" id="m" state="r"/></tlsStates>"#;
        let signals = Signals::read(red.as_bytes()).expect("well-formed");
        let (traffic, incidents) = stage(&empty, &lanes, &no_stopping, &signals, 1, &CAN_BE_STAGED);
        let kinds: std::collections::BTreeSet<_> = incidents.iter().map(|incident| incident.kind).collect();
        assert_eq!(kinds.len(), CAN_BE_STAGED.len() + 1, "who hits somebody nearly missed them before: {incidents:?}");
        for incident in &incidents {
            let middle_s = (incident.from_s + incident.until_s) / 2.0;
            let there = traffic.at(middle_s);
            let near = |user: &RoadUser| incident.explains(middle_s, user.cuboid.position_enu_m, None);
            // Who runs a red light has gone on by then.
            let told = incident.kind == EventKind::RedLightRunning || there.iter().any(near);
            assert!(told && !there.is_empty(), "{incident:?}: {there:?}");
        }
        assert_eq!(stage(&empty, &lanes, &no_stopping, &signals, 1, &CAN_BE_STAGED).1, incidents, "the seed decides");
        let (_, others) = stage(&empty, &lanes, &[], &signals, 1, USUAL);
        assert!(
            others.iter().all(|incident| incident.kind != EventKind::IllegalParking),
            "nowhere to park: {others:?}"
        );
    }
}
