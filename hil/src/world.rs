//! A small world: vehicles that follow lanes and each other, and obey the site's signal.
//!
//! Sans-IO and deterministic: the same seed and the same times give the same traffic. Car following is the Intelligent
//! Driver Model (Treiber, Hennecke, Helbing 2000).

use fastrand::Rng;
use perception::detection::Class;
use perception::time::UtcMicros;
use rsu::signals::fixed_time::FixedTimePlan;
use rsu::signals::{Light, SignalState};

use crate::route::{Path, Route};

/// A vehicle of the world; its reference point is the middle of its footprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Vehicle {
    /// Unique in the world.
    pub id: u64,
    /// What it is.
    pub class: Class,
    /// Middle of the footprint, site ENU, metres.
    pub position_enu_m: [f64; 2],
    /// Unit vector of its heading, east and north.
    pub direction: [f64; 2],
    /// Speed, m/s.
    pub speed_mps: f64,
    /// Length, metres.
    pub length_m: f64,
    /// Width, metres.
    pub width_m: f64,
    /// Height, metres.
    pub height_m: f64,
    route: usize,
    offset_m: f64,
}

/// The world.
#[derive(Debug)]
pub struct World {
    routes: Vec<Route>,
    plan: Option<FixedTimePlan>,
    vehicles: Vec<Vehicle>,
    random: Rng,
    next_id: u64,
    time: UtcMicros,
    next_birth: UtcMicros,
    births_per_s: f64,
}

/// Intelligent Driver Model, usual values for cities.
const ACCELERATION_MPS2: f64 = 1.8;
const BRAKING_MPS2: f64 = 2.5;
const HEADWAY_S: f64 = 1.3;
const STANDING_GAP_M: f64 = 2.0;
/// Nobody brakes harder, m/s².
const HARDEST_MPS2: f64 = 8.0;
/// How far ahead one looks, metres.
const SIGHT_M: f64 = 60.0;
/// Sideways distance within which another vehicle is in the way, metres.
const IN_THE_WAY_M: f64 = 1.9;
/// From the middle to either axle, in lengths of the vehicle.
const AXLES: f64 = 0.3;
/// Speed on the bends of the junction, m/s.
const BEND_MPS: f64 = 6.0;
const MOST_VEHICLES: usize = 60;
const LONGEST_STEP_S: f64 = 0.2;

impl World {
    /// An empty world at `start`; `births_per_s` vehicles enter a second on average.
    pub fn new(
        routes: Vec<Route>,
        plan: Option<FixedTimePlan>,
        births_per_s: f64,
        seed: u64,
        start: UtcMicros,
    ) -> Self {
        Self {
            routes,
            plan,
            vehicles: Vec::new(),
            random: Rng::with_seed(seed),
            next_id: 1,
            time: start,
            next_birth: start,
            births_per_s,
        }
    }

    /// Vehicles now, in the order in which they came.
    pub fn vehicles(&self) -> &[Vehicle] {
        &self.vehicles
    }

    /// Moves the world to `now` in steps of at most 0.2 s; a jump of over 10 s is a clock that was set, not time passed.
    pub fn advance(&mut self, now: UtcMicros) {
        let passed_s = now.seconds_since(self.time);
        if !(0.0..=10.0).contains(&passed_s) {
            self.time = now;
            self.next_birth = now;
            return;
        }
        let steps = (passed_s / LONGEST_STEP_S).ceil().max(1.0);
        for _ in 0..steps as u32 {
            self.step(passed_s / steps);
        }
        self.time = now;
    }

    fn step(&mut self, dt_s: f64) {
        self.time = self.time.plus_seconds(dt_s);
        let signal = self.plan.as_ref().map(|plan| plan.state(self.time));
        let wanted: Vec<f64> = (0..self.vehicles.len()).map(|i| self.acceleration_mps2(i, signal.as_ref())).collect();
        let routes = &self.routes;
        for (vehicle, acceleration_mps2) in self.vehicles.iter_mut().zip(wanted) {
            vehicle.speed_mps = (vehicle.speed_mps + acceleration_mps2 * dt_s).max(0.0);
            vehicle.offset_m += vehicle.speed_mps * dt_s;
            let path = &routes[vehicle.route].path;
            (vehicle.position_enu_m, vehicle.direction) = pose(path, vehicle.offset_m, vehicle.length_m);
        }
        self.vehicles.retain(|vehicle| vehicle.offset_m < routes[vehicle.route].path.length_m() - 1.0);
        if self.time >= self.next_birth {
            self.birth();
            let pause_s = -(1.0 - self.random.f64()).ln() / self.births_per_s;
            self.next_birth = self.time.plus_seconds(pause_s);
        }
    }

    fn acceleration_mps2(&self, index: usize, signal: Option<&SignalState>) -> f64 {
        let vehicle = &self.vehicles[index];
        let route = &self.routes[vehicle.route];
        let front_m = vehicle.offset_m + vehicle.length_m / 2.0;
        let mut acceleration = follow(vehicle.speed_mps, self.limit_mps(vehicle, route), None);
        let mut consider = |gap_m: f64, speed_mps: f64| {
            acceleration = acceleration.min(follow(vehicle.speed_mps, route.speed_limit_mps, Some((gap_m, speed_mps))));
        };
        if let Some(gap_m) = self.red_ahead_m(vehicle, route, front_m, signal) {
            consider(gap_m, 0.0);
        }
        for (other_index, other) in self.vehicles.iter().enumerate() {
            let (offset_m, away_m) = route.path.nearest(other.position_enu_m);
            let gap_m = offset_m - other.length_m / 2.0 - front_m;
            let ahead = offset_m > vehicle.offset_m && gap_m < SIGHT_M;
            // Two abreast on crossing or merging ways: the one that came first goes first.
            let first = offset_m - vehicle.offset_m > 1.0 || other_index < index;
            if other_index != index && ahead && first && away_m < IN_THE_WAY_M {
                let along = other.direction[0] * vehicle.direction[0] + other.direction[1] * vehicle.direction[1];
                consider(gap_m, (other.speed_mps * along).max(0.0));
            }
        }
        acceleration.max(-HARDEST_MPS2)
    }

    fn limit_mps(&self, vehicle: &Vehicle, route: &Route) -> f64 {
        let (_, here) = route.path.at(vehicle.offset_m);
        let (_, soon) = route.path.at(vehicle.offset_m + 12.0);
        let bends = here[0] * soon[0] + here[1] * soon[1] < 0.97;
        if bends { BEND_MPS.min(route.speed_limit_mps) } else { route.speed_limit_mps }
    }

    /// Distance to the stop line if one must stop there.
    fn red_ahead_m(&self, vehicle: &Vehicle, route: &Route, front_m: f64, signal: Option<&SignalState>) -> Option<f64> {
        let group = signal?.groups.iter().find(|group| Some(group.id) == route.signal_group)?;
        let gap_m = route.stop_line_m - front_m;
        if gap_m < -1.0 {
            return None;
        }
        let can_stop = vehicle.speed_mps.powi(2) / (2.0 * BRAKING_MPS2) <= gap_m;
        let must_stop = match group.light {
            Light::Green | Light::FlashingYellow | Light::Dark | Light::Unavailable => false,
            Light::Yellow => can_stop,
            Light::Red | Light::RedYellow | Light::FlashingRed => true,
        };
        must_stop.then_some(gap_m.max(0.1) + STANDING_GAP_M - 0.5)
    }

    /// A vehicle beside the start of a route is not in the way of a birth on it.
    fn is_on_another_lane(&self, route: usize, other: &Vehicle) -> bool {
        self.routes[route].path.nearest(other.position_enu_m).1 > IN_THE_WAY_M
    }

    fn birth(&mut self) {
        if self.routes.is_empty() || self.vehicles.len() >= MOST_VEHICLES {
            return;
        }
        let route = self.random.usize(..self.routes.len());
        let way = &self.routes[route];
        let (class, [length_m, width_m, height_m]) = match self.random.u32(..20) {
            0 => (Class::Bus, [11.5, 2.55, 3.2]),
            1 | 2 => (Class::Truck, [8.5, 2.5, 3.4]),
            3 | 4 => (Class::Van, [5.4, 2.0, 2.3]),
            5 => (Class::Motorcycle, [2.2, 0.8, 1.5]),
            _ => (Class::Car, [4.5, 1.8, 1.5]),
        };
        let offset_m = length_m / 2.0;
        let (position_enu_m, direction) = pose(&way.path, offset_m, length_m);
        let free = self.vehicles.iter().all(|other| {
            let [e, n] = [other.position_enu_m[0] - position_enu_m[0], other.position_enu_m[1] - position_enu_m[1]];
            e.hypot(n) > 18.0 + other.length_m / 2.0 || self.is_on_another_lane(route, other)
        });
        if free {
            let speed_mps = 0.8 * way.speed_limit_mps;
            self.vehicles.push(Vehicle {
                id: self.next_id,
                class,
                position_enu_m,
                direction,
                speed_mps,
                length_m,
                width_m,
                height_m,
                route,
                offset_m,
            });
            self.next_id += 1;
        }
    }
}

/// Middle and direction of a vehicle whose axles are on the path: a long one does not swing its tail out of its lane.
fn pose(path: &Path, offset_m: f64, length_m: f64) -> ([f64; 2], [f64; 2]) {
    let reach_m = AXLES * length_m;
    let (front, _) = path.at(offset_m + reach_m);
    let (rear, _) = path.at(offset_m - reach_m);
    let along = [front[0] - rear[0], front[1] - rear[1]];
    let length_m = along[0].hypot(along[1]);
    // At the ends of the path the axles would be off it.
    if offset_m < reach_m || offset_m + reach_m > path.length_m() || length_m < 1e-6 {
        return path.at(offset_m);
    }
    ([(front[0] + rear[0]) / 2.0, (front[1] + rear[1]) / 2.0], along.map(|d| d / length_m))
}

/// IDM: acceleration towards the wanted speed, held back by what is in front (gap, speed).
fn follow(speed_mps: f64, wanted_mps: f64, front: Option<(f64, f64)>) -> f64 {
    let free = 1.0 - (speed_mps / wanted_mps).powi(4);
    let held = front.map_or(0.0, |(gap_m, front_mps)| {
        let closing = speed_mps * (speed_mps - front_mps) / (2.0 * (ACCELERATION_MPS2 * BRAKING_MPS2).sqrt());
        let wanted_gap_m = STANDING_GAP_M + (speed_mps * HEADWAY_S + closing).max(0.0);
        (wanted_gap_m / gap_m.max(0.1)).powi(2)
    });
    ACCELERATION_MPS2 * (free - held)
}
