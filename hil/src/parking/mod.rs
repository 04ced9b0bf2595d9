//! A simulated car park: who comes and goes is scripted, seen by the recorder's cameras, and known bay by bay.
//!
//! SUMO's vehicles appear in their parking spaces and vanish from them; here they turn in and back out, which is what a
//! tracker must follow. Two rows of bays face each other across a drive, eastwards and one way, with a camera at each end.

use std::collections::BTreeMap;

use fastrand::Rng;
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};
use perception::parking::{Bay, Gate, Lot};
use perception::time::UtcMicros;
use rsu::map::{CarPark, Drive, LotNode, Node, NodeId, SiteMap};
use serde::{Deserialize, Serialize};

use crate::cuboid::Cuboid;
use crate::recorder::place::Place;
use crate::recorder::traffic::{RoadUser, Traffic};

pub mod score;

/// A step of the script, seconds.
const STEP_S: f64 = 0.2;
const BAY_M: [f64; 2] = [2.5, 5.0];
/// Half of the width of the drive, metres.
const HALF_DRIVE_M: f64 = 3.0;
/// Where vehicles come from and go to, metres east.
const FAR_M: f64 = 45.0;
/// Radius of the turn into a bay; where in it a vehicle stops, metres beyond the end of the turn.
const TURN_M: f64 = 4.0;
const DEEPER_M: f64 = 1.5;
const DRIVE_MPS: f64 = 5.0;
const TURN_MPS: f64 = 2.0;
/// From one manoeuvre to the next, seconds.
const APART_S: f64 = 1.0;
/// Mean and least stay, seconds.
const STAY_S: f64 = 720.0;
const LEAST_STAY_S: f64 = 60.0;
/// Share of the bays that are taken on average.
const TAKEN: f64 = 0.65;

/// How much of it, and for how long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Script {
    /// Bays of each row.
    pub bays_a_row: u32,
    /// How long it lasts, seconds.
    pub seconds: f64,
    /// Whether it begins with an empty lot, as in the morning; if not, with vehicles that nobody has seen arrive.
    pub opens_empty: bool,
    /// The same seed gives the same script.
    pub seed: u64,
}

/// What was so in one second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BayTruth {
    /// When, microseconds since 1970, UTC.
    pub t_us: i64,
    /// Whether a vehicle stood in each bay.
    pub taken: BTreeMap<String, bool>,
}

/// A car park's life.
#[derive(Clone, Debug)]
pub struct Played {
    /// Sensors.
    pub place: Place,
    /// The map with its lot, whose name is `lot`.
    pub map: SiteMap,
    /// Who was where.
    pub traffic: Traffic,
    /// Every second of it.
    pub truth: Vec<BayTruth>,
}

/// Where the car park is.
pub const ORIGIN: Origin = Origin { lat_deg: 30.592, lon_deg: 114.305, ellipsoidal_height_m: 21.0 };

/// A vehicle that stands in, or is on its way into or out of, a bay.
#[derive(Clone, Copy, Debug)]
struct Visit {
    id: u64,
    class: Class,
    size_m: [f64; 3],
    bay: usize,
    /// When it begins to come; `None`: it stood there from the beginning.
    comes_s: Option<f64>,
    leaves_s: f64,
}

/// Plays a script from `start` on.
pub fn play(script: Script, start: UtcMicros) -> Played {
    let bays = bays(script.bays_a_row);
    let visits = visits(script, bays.len());
    let steps = (script.seconds / STEP_S) as u32;
    let per_second = (1.0 / STEP_S) as u32;
    let (mut traffic, mut truth) = (Vec::new(), Vec::new());
    for step in 0..=steps {
        let at_s = f64::from(step) * STEP_S;
        let mut users: Vec<RoadUser> = visits.iter().filter_map(|visit| visit.at(at_s, &bays)).collect();
        users.push(walker(at_s, script.bays_a_row));
        users.sort_by_key(|user| user.id);
        traffic.push((at_s, users));
        if step.is_multiple_of(per_second) {
            let stands = |bay: usize| visits.iter().any(|visit| visit.bay == bay && visit.stands(at_s, &bays));
            let taken = bays.iter().enumerate().map(|(index, bay)| (bay.id.to_string(), stands(index))).collect();
            truth.push(BayTruth { t_us: start.plus_seconds(at_s).0, taken });
        }
    }
    Played { place: place(), map: map(bays), traffic: Traffic::new(traffic), truth }
}

fn bays(a_row: u32) -> Vec<Bay> {
    let [width_m, length_m] = BAY_M;
    let west_m = -width_m * f64::from(a_row) / 2.0;
    let bay = |row: &str, index: u32, south_m: f64| {
        let west_m = west_m + width_m * f64::from(index);
        let (east_m, north_m) = (west_m + width_m, south_m + length_m);
        let polygon_enu_m = vec![[west_m, south_m], [east_m, south_m], [east_m, north_m], [west_m, north_m]];
        Bay { id: format!("{row}{:02}", index + 1).as_str().into(), polygon_enu_m, max_stay_s: None }
    };
    let rows = [("n", HALF_DRIVE_M), ("s", -HALF_DRIVE_M - length_m)];
    rows.into_iter().flat_map(|(row, south_m)| (0..a_row).map(move |index| bay(row, index, south_m))).collect()
}

fn middle(bay: &Bay) -> [f64; 2] {
    [0, 1].map(|axis: usize| bay.polygon_enu_m.iter().map(|corner| corner[axis]).sum::<f64>() / 4.0)
}

/// Who comes when, and leaves when: one manoeuvre at a time.
fn visits(script: Script, bays: usize) -> Vec<Visit> {
    let mut random = Rng::with_seed(script.seed);
    let mut free_from: Vec<f64> = vec![0.0; bays];
    let mut visits: Vec<Visit> = Vec::new();
    let stay_s = |random: &mut Rng| LEAST_STAY_S - (STAY_S - LEAST_STAY_S) * (1.0 - random.f64()).ln();
    for (bay, free_from) in free_from.iter_mut().enumerate() {
        if random.f64() < TAKEN && !script.opens_empty {
            // Of those that stand there the rest of the stay is as long as a whole one: it is exponential.
            *free_from = stay_s(&mut random);
            visits.push(visit(bay, None, *free_from, visits.len(), &mut random));
        }
    }
    let every_s = STAY_S / (TAKEN * bays as f64);
    let mut next_s = 5.0;
    while next_s < script.seconds {
        next_s += -every_s * (1.0 - random.f64()).ln() + APART_S;
        let open: Vec<usize> = (0..bays).filter(|bay| free_from[*bay] + 60.0 < next_s).collect();
        if let Some(bay) = random.choice(open) {
            free_from[bay] = next_s + stay_s(&mut random);
            visits.push(visit(bay, Some(next_s), free_from[bay], visits.len(), &mut random));
        }
    }
    one_at_a_time(visits)
}

fn visit(bay: usize, comes_s: Option<f64>, leaves_s: f64, index: usize, random: &mut Rng) -> Visit {
    let (class, size_m) = match random.u8(0..20) {
        0 => (Class::Motorcycle, [2.1, 0.8, 1.4]),
        1 | 2 => (Class::Van, [5.0, 1.95, 2.2]),
        _ => (Class::Car, [4.2 + 0.5 * random.f64(), 1.75 + 0.1 * random.f64(), 1.45 + 0.15 * random.f64()]),
    };
    // 1 is the walker.
    Visit { id: index as u64 + 2, class, size_m, bay, comes_s, leaves_s }
}

/// Puts manoeuvres off until the one before is over.
fn one_at_a_time(mut visits: Vec<Visit>) -> Vec<Visit> {
    let mut order: Vec<(f64, usize, bool)> = Vec::new();
    for (index, visit) in visits.iter().enumerate() {
        order.extend(visit.comes_s.map(|at_s| (at_s, index, true)));
        order.push((visit.leaves_s, index, false));
    }
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut busy_until_s = 0.0_f64;
    for (at_s, index, comes) in order {
        let visit = &mut visits[index];
        let begins_s = at_s.max(busy_until_s);
        if comes {
            visit.comes_s = Some(begins_s);
            busy_until_s = begins_s + 2.0 * FAR_M / DRIVE_MPS;
        } else {
            visit.leaves_s = begins_s.max(visit.comes_s.map_or(0.0, |comes_s| comes_s + LEAST_STAY_S));
            busy_until_s = visit.leaves_s + 2.0 * FAR_M / DRIVE_MPS;
        }
    }
    visits
}

/// A place on the way into a bay: how far the vehicle has come, metres, to where and which way it points then.
struct Way {
    east_m: f64,
    side: f64,
}

impl Way {
    fn of(bay: &Bay) -> Self {
        let [east_m, north_m] = middle(bay);
        Self { east_m, side: north_m.signum() }
    }

    fn straight_m(&self) -> f64 {
        self.east_m - TURN_M + FAR_M
    }

    fn turn_m() -> f64 {
        TURN_M * std::f64::consts::FRAC_PI_2
    }

    fn all_m(&self) -> f64 {
        self.straight_m() + Self::turn_m() + DEEPER_M
    }

    /// When a vehicle that began at 0 s is in its bay.
    fn takes_s(&self) -> f64 {
        self.straight_m() / DRIVE_MPS + (Self::turn_m() + DEEPER_M) / TURN_MPS
    }

    /// How far and how fast after some time.
    fn come(&self, after_s: f64) -> (f64, f64) {
        let straight_s = self.straight_m() / DRIVE_MPS;
        if after_s < straight_s {
            return (DRIVE_MPS * after_s, DRIVE_MPS);
        }
        let far_m = self.straight_m() + TURN_MPS * (after_s - straight_s);
        if far_m < self.all_m() { (far_m, TURN_MPS) } else { (self.all_m(), 0.0) }
    }

    /// Position and heading at a distance from the beginning.
    fn at(&self, far_m: f64) -> ([f64; 2], f64) {
        let quarter = std::f64::consts::FRAC_PI_2;
        let turned = ((far_m - self.straight_m()) / TURN_M).clamp(0.0, quarter);
        let deeper_m = (far_m - self.straight_m() - Self::turn_m()).max(0.0);
        let east_m = (far_m.min(self.straight_m()) - FAR_M) + TURN_M * turned.sin();
        let aside_m = TURN_M * (1.0 - turned.cos()) + deeper_m;
        ([east_m, self.side * aside_m], quarter - self.side * turned)
    }
}

impl Visit {
    fn stands(&self, at_s: f64, bays: &[Bay]) -> bool {
        let way = Way::of(&bays[self.bay]);
        self.comes_s.is_none_or(|comes_s| at_s >= comes_s + way.takes_s()) && at_s < self.leaves_s
    }

    fn at(&self, at_s: f64, bays: &[Bay]) -> Option<RoadUser> {
        let way = Way::of(&bays[self.bay]);
        let (position_enu_m, heading_cw_north_rad, speed_mps) = if at_s < self.leaves_s {
            let (far_m, speed_mps) = match self.comes_s {
                Some(comes_s) if at_s < comes_s => return None,
                Some(comes_s) => way.come(at_s - comes_s),
                None => (way.all_m(), 0.0),
            };
            let (position, heading) = way.at(far_m);
            (position, heading, speed_mps)
        } else {
            self.leave(&way, at_s - self.leaves_s)?
        };
        let cuboid = Cuboid { position_enu_m, heading_cw_north_rad, size_m: self.size_m };
        Some(RoadUser { id: self.id, class: self.class, cuboid, speed_mps })
    }

    /// Backwards out of the bay, then on along the drive. `None`: it is gone.
    fn leave(&self, way: &Way, after_s: f64) -> Option<([f64; 2], f64, f64)> {
        let back_m = Way::turn_m() + DEEPER_M;
        let back_s = back_m / TURN_MPS;
        if after_s < back_s {
            let (position, heading) = way.at(way.all_m() - TURN_MPS * after_s);
            return Some((position, heading, -TURN_MPS));
        }
        let east_m = way.east_m - TURN_M + DRIVE_MPS * (after_s - back_s - APART_S).max(0.0);
        (east_m < FAR_M).then_some(([east_m, 0.0], std::f64::consts::FRAC_PI_2, DRIVE_MPS))
    }
}

/// Somebody walks up and down through the bays, and stands still now and then.
fn walker(at_s: f64, bays_a_row: u32) -> RoadUser {
    let half_m = BAY_M[0] * f64::from(bays_a_row) / 2.0;
    let walks_s = 2.0 * half_m / 1.2;
    let phase = at_s.rem_euclid(2.0 * (walks_s + 20.0));
    let leg = |after_s: f64| (after_s.min(walks_s) / walks_s * 2.0 - 1.0) * half_m;
    let back = phase > walks_s + 20.0;
    let after_s = if back { phase - walks_s - 20.0 } else { phase };
    let (east_m, heading) = if back { (-leg(after_s), -1.0) } else { (leg(after_s), 1.0) };
    let speed_mps = if after_s < walks_s { 1.2 } else { 0.0 };
    let cuboid = Cuboid {
        position_enu_m: [east_m, HALF_DRIVE_M + 0.4],
        heading_cw_north_rad: heading * std::f64::consts::FRAC_PI_2,
        size_m: [0.4, 0.5, 1.7],
    };
    RoadUser { id: 1, class: Class::Pedestrian, cuboid, speed_mps }
}

fn place() -> Place {
    let camera = |id: &str, east_m: f64, azimuth_deg: f64| crate::recorder::place::Placed {
        id: id.into(),
        kind: crate::recorder::place::Kind::Camera,
        position_enu_m: [east_m, 0.0, 9.0],
        azimuth_deg,
        down_deg: 22.0,
        field_deg: 84.0,
        max_range_m: 0.0,
        rate_hz: 5.0,
    };
    let sensors = vec![camera("cam-west", -24.0, 90.0), camera("cam-east", 24.0, 270.0)];
    Place { name: "car-park".into(), origin: ORIGIN, sensors }
}

fn map(bays: Vec<Bay>) -> SiteMap {
    let frame = SiteFrame::new(ORIGIN);
    let on_earth = |east_m: f64| Wgs84 { ellipsoidal_height_m: 0.0, ..frame.wgs84_from_enu([east_m, 0.0, 0.0]) };
    let gate = |id: &str, ends: [f64; 2], east_m: f64| Gate {
        id: id.into(),
        line_enu_m: ends.map(|north_m| [east_m, north_m]),
    };
    let gates =
        vec![gate("in", [HALF_DRIVE_M, -HALF_DRIVE_M], -18.0), gate("out", [-HALF_DRIVE_M, HALF_DRIVE_M], 18.0)];
    let capacity = u32::try_from(bays.len()).ok();
    let lot = Lot { id: "lot".into(), name: "lot".into(), bays, capacity, max_stay_s: None, gates };
    let node = |id, east_m, entrance| LotNode { id, position: on_earth(east_m), entrance, exit: !entrance };
    let drive = Drive {
        id: 1,
        from: 1,
        to: 2,
        points: vec![on_earth(-18.0), on_earth(18.0)],
        width_m: Some(2.0 * HALF_DRIVE_M),
        speed_limit_mps: None,
    };
    let nodes = vec![node(1, -18.0, true), node(2, 18.0, false)];
    let served =
        Node { id: NodeId { region: 0, id: 1 }, name: None, position: on_earth(0.0), source: None, served: true };
    SiteMap {
        nodes: vec![served],
        lots: vec![lot],
        car_parks: vec![CarPark { lot: "lot".into(), number: Some(1), nodes, drives: vec![drive] }],
        ..SiteMap::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: Script = Script { bays_a_row: 12, seconds: 900.0, opens_empty: false, seed: 1 };

    #[test]
    fn the_script_is_the_seeds_and_its_truth_is_where_vehicles_are() {
        let played = play(SCRIPT, UtcMicros(0));
        assert_eq!(played.truth, play(SCRIPT, UtcMicros(0)).truth);
        assert_ne!(played.truth, play(Script { seed: 2, ..SCRIPT }, UtcMicros(0)).truth);
        assert_eq!((played.truth.len(), played.truth[0].taken.len()), (901, 24));
        let bays = &played.map.lots[0].bays;
        for (truth, (_, users)) in played.truth.iter().zip(played.traffic.steps().iter().step_by(5)) {
            for bay in bays {
                let here = |user: &&RoadUser| {
                    user.speed_mps == 0.0
                        && user.class != Class::Pedestrian
                        && perception::frames::inside(&bay.polygon_enu_m, user.cuboid.position_enu_m)
                };
                assert_eq!(users.iter().filter(here).count(), usize::from(truth.taken[&*bay.id]), "{truth:?}");
            }
        }
        let changes = played
            .truth
            .windows(2)
            .map(|pair| pair[0].taken.iter().filter(|(bay, taken)| pair[1].taken[*bay] != **taken).count());
        assert!(changes.sum::<usize>() > 20, "they come and go");
    }

    #[test]
    fn vehicles_drive_without_jumps_until_they_are_out_of_sight() {
        let played = play(SCRIPT, UtcMicros(0));
        for pair in played.traffic.steps().windows(2) {
            for user in &pair[0].1 {
                let Some(later) = pair[1].1.iter().find(|later| later.id == user.id) else {
                    assert!(user.cuboid.position_enu_m[0] > 40.0, "gone within sight: {user:?}");
                    continue;
                };
                let [e, n] =
                    [0, 1].map(|axis: usize| later.cuboid.position_enu_m[axis] - user.cuboid.position_enu_m[axis]);
                assert!(e.hypot(n) < 1.1, "{user:?} {later:?}");
            }
        }
    }
}
