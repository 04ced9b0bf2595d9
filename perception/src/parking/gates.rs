//! Lots that are counted at their gates: who drives in, who drives out, and how far the count may have drifted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::SiteGeometry;
use crate::detection::SensorId;
use crate::frames::in_field_of_view;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;
use crate::track::Track;

/// A line that vehicles cross on their way in or out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Unique in the lot.
    pub id: SensorId,
    /// From one side of the drive to the other, site ENU, metres; the lot lies to the left of it.
    pub line_enu_m: [[f64; 2]; 2],
}

/// Share of crossings that are taken to be missed or doubled. Assumed, not measured at a real gate.
const WRONG_SHARE: f64 = 0.02;
/// A vehicle must be so far beyond the line to have crossed it, metres.
const BEYOND_M: f64 = 0.5;
/// One that jumps farther between two looks is not followed, metres.
const JUMP_M: f64 = 15.0;
/// While a gate is not seen at least so many vehicles are taken to pass it, a second.
const LEAST_BLIND_PER_S: f64 = 1.0 / 60.0;

/// What gates say of a lot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Vehicles in the lot; `None` until somebody has said how many there are ([`super::ParkingMonitor::set_count`]).
    pub vehicles: Option<u32>,
    /// One standard deviation of it: what was missed or doubled since it was set, as far as that is assumed.
    pub sigma: Option<f64>,
    /// Drove in since the start.
    pub entered: u64,
    /// Drove out since the start.
    pub left: u64,
    /// How often the count was held at 0 or at the capacity: proof that it had drifted.
    pub held: u64,
    /// Whether a working sensor sees every gate.
    pub in_view: bool,
}

/// What of a count is kept, so that it can be gone on with after nobody has looked for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptCount {
    /// When it was so.
    pub at: UtcMicros,
    /// Vehicles in the lot.
    pub vehicles: u32,
    /// One standard deviation of it.
    pub sigma: f64,
    /// How many pass the gates, a second: so fast it grows uncertain while nobody looks.
    pub crossings_per_s: f64,
}

/// Counts at the gates of one lot.
#[derive(Clone, Debug)]
pub(super) struct Gates {
    gates: Vec<(Gate, Vec<SensorId>)>,
    capacity: Option<u32>,
    /// Where each vehicle was last clearly on one side, by gate and track.
    sides: BTreeMap<(usize, u64), [f64; 2]>,
    told: Counted,
    variance: f64,
    watched_s: f64,
}

impl Gates {
    pub(super) fn new(gates: &[Gate], capacity: Option<u32>, site: &SiteGeometry) -> Self {
        let watch = |gate: &Gate| {
            let [a, b] = gate.line_enu_m;
            let middle = [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])];
            let seeing = site.sensors.iter().filter(|sensor| in_field_of_view(sensor, middle));
            (gate.clone(), seeing.map(|sensor| sensor.id().clone()).collect())
        };
        let told = Counted { vehicles: None, sigma: None, entered: 0, left: 0, held: 0, in_view: false };
        let gates = gates.iter().map(watch).collect();
        Self { gates, capacity, sides: BTreeMap::new(), told, variance: 0.0, watched_s: 0.0 }
    }

    /// `None`: the lot has no gate.
    pub(super) fn told(&self) -> Option<Counted> {
        let sigma = self.told.vehicles.map(|_| self.variance.sqrt());
        (!self.gates.is_empty()).then(|| Counted { sigma, ..self.told.clone() })
    }

    pub(super) fn set(&mut self, vehicles: u32) {
        self.told.vehicles = Some(self.capacity.map_or(vehicles, |most| vehicles.min(most)));
        self.variance = 0.0;
    }

    /// `None`: there is no count. `at`: when the lot was last looked at.
    pub(super) fn kept(&self, at: UtcMicros) -> Option<KeptCount> {
        let (vehicles, sigma) = (self.told.vehicles?, self.variance.sqrt());
        Some(KeptCount { at, vehicles, sigma, crossings_per_s: self.crossings_per_s() })
    }

    /// Goes on from a count since which nobody has looked.
    pub(super) fn go_on(&mut self, now: UtcMicros, kept: &KeptCount) {
        self.set(kept.vehicles);
        let unseen_s = now.seconds_since(kept.at).max(0.0);
        self.variance = kept.sigma.powi(2) + unseen_s * kept.crossings_per_s.max(LEAST_BLIND_PER_S);
    }

    /// Time was set: who was on which side is not known any more.
    pub(super) fn forget(&mut self) {
        self.sides.clear();
    }

    pub(super) fn look(&mut self, after_s: f64, tracks: &[Track], live: &[SensorId]) {
        let is_seen = |(_, seeing): &(Gate, Vec<SensorId>)| seeing.iter().any(|sensor| live.contains(sensor));
        self.told.in_view = !self.gates.is_empty() && self.gates.iter().all(is_seen);
        if self.told.in_view {
            self.watched_s += after_s;
        } else {
            self.variance += after_s * self.crossings_per_s().max(LEAST_BLIND_PER_S);
        }
        let mut sides = BTreeMap::new();
        let (mut entered, mut left) = (0, 0);
        for track in tracks.iter().filter(|track| is_motor_vehicle(track.class)) {
            for (index, (gate, _)) in self.gates.iter().enumerate() {
                let before = self.sides.get(&(index, track.id)).copied();
                let (kept, crossed) = pass(gate, before, track.position_enu_m);
                sides.extend(kept.map(|at| ((index, track.id), at)));
                entered += u32::from(crossed == Some(true));
                left += u32::from(crossed == Some(false));
            }
        }
        self.sides = sides;
        self.count(entered, left);
    }

    fn crossings_per_s(&self) -> f64 {
        let crossings = u32::try_from(self.told.entered + self.told.left).unwrap_or(u32::MAX);
        f64::from(crossings) / self.watched_s.max(60.0)
    }

    fn count(&mut self, entered: u32, left: u32) {
        self.told.entered += u64::from(entered);
        self.told.left += u64::from(left);
        self.variance += WRONG_SHARE * f64::from(entered + left);
        if let Some(vehicles) = self.told.vehicles {
            let sum = i64::from(vehicles) + i64::from(entered) - i64::from(left);
            let most = self.capacity.map_or(i64::from(u32::MAX), i64::from);
            self.told.held += u64::from(!(0..=most).contains(&sum));
            self.told.vehicles = u32::try_from(sum.clamp(0, most)).ok();
        }
    }
}

/// Where the vehicle is to be kept as having clearly been on a side, and whether it has just driven in (true) or out.
fn pass(gate: &Gate, before: Option<[f64; 2]>, at: [f64; 2]) -> (Option<[f64; 2]>, Option<bool>) {
    let [a, b] = gate.line_enu_m;
    let length_m = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-6);
    let along = [(b[0] - a[0]) / length_m, (b[1] - a[1]) / length_m];
    let left_m = |p: [f64; 2]| (p[1] - a[1]) * along[0] - (p[0] - a[0]) * along[1];
    let (now_m, distance_m) = (left_m(at), |p: [f64; 2]| (at[0] - p[0]).hypot(at[1] - p[1]));
    if now_m.abs() < BEYOND_M {
        return (before, None);
    }
    let Some(before) = before.filter(|before| distance_m(*before) < JUMP_M) else { return (Some(at), None) };
    let before_m = left_m(before);
    if before_m.signum() == now_m.signum() {
        return (Some(at), None);
    }
    let share = before_m / (before_m - now_m);
    let met = [0, 1].map(|axis: usize| before[axis] + share * (at[axis] - before[axis]));
    let on_line_m = (met[0] - a[0]) * along[0] + (met[1] - a[1]) * along[1];
    let through = (-BEYOND_M..=length_m + BEYOND_M).contains(&on_line_m);
    (Some(at), through.then_some(now_m > 0.0))
}
