//! A simulated radar: several returns from the near side of each vehicle, noise, misses, weak returns of standing and
//! crossing objects, clutter.

use fastrand::Rng;
use perception::calibration::RadarModel;
use perception::detection::{RadarScan, RadarTarget};
use perception::frames::wrap_pi;
use perception::time::UtcMicros;

use crate::noise::normal;
use crate::recorder::radar::usual_rcs_dbsm;
use crate::world::Vehicle;

/// Chance that a moving vehicle gives no return in a scan.
const MISS: f64 = 0.08;
/// Chance that one without radial speed gives none: it drowns in the road's own echo.
const MISS_STANDING: f64 = 0.35;
/// False returns in a scan, on average.
const CLUTTER: f64 = 0.3;
/// Height of a vehicle's reflection above the road, metres.
const REFLECTION_UP_M: f64 = 0.6;

/// One radar with its noise.
#[derive(Debug)]
pub struct SimulatedRadar {
    model: RadarModel,
    random: Rng,
}

impl SimulatedRadar {
    /// The same seed gives the same noise.
    pub fn new(model: RadarModel, seed: u64) -> Self {
        Self { model, random: Rng::with_seed(seed) }
    }

    /// What the radar sees of the vehicles at `at`.
    pub fn scan(&mut self, at: UtcMicros, vehicles: &[Vehicle]) -> RadarScan {
        let mut targets = Vec::new();
        for vehicle in vehicles {
            self.returns(vehicle, &mut targets);
        }
        let mut more = self.random.f64();
        while more < CLUTTER {
            targets.push(self.clutter());
            more += self.random.f64();
        }
        RadarScan { sensor: self.model.id.clone(), captured_at: at, targets }
    }

    fn returns(&mut self, vehicle: &Vehicle, targets: &mut Vec<RadarTarget>) {
        let radar = self.model.position_enu_m;
        let along = vehicle.direction;
        let across = [-along[1], along[0]];
        let towards = [radar[0] - vehicle.position_enu_m[0], radar[1] - vehicle.position_enu_m[1]];
        let near_end = sign(dot(towards, along)) * vehicle.length_m / 2.0;
        let near_side = sign(dot(towards, across)) * vehicle.width_m / 2.0;
        let radial_share = dot(along, towards) / towards[0].hypot(towards[1]).max(1e-6);
        let standing = (vehicle.speed_mps * radial_share).abs() < 0.5;
        if self.random.f64() < if standing { MISS_STANDING } else { MISS } {
            return;
        }
        // Bumper, and on longer vehicles points along the near side.
        let count = 1 + self.random.usize(..=(vehicle.length_m / 4.0) as usize);
        for index in 0..count {
            let share = if index == 0 { 1.0 } else { 2.0 * self.random.f64() - 1.0 };
            let (forward, sideways) = (near_end * share, near_side * if index == 0 { self.random.f64() } else { 1.0 });
            let point = [0, 1].map(|i| vehicle.position_enu_m[i] + along[i] * forward + across[i] * sideways);
            targets.extend(self.target(point, vehicle));
        }
    }

    /// Noisy polar form of a reflection; `None` outside the field of view.
    fn target(&mut self, point_enu_m: [f64; 2], vehicle: &Vehicle) -> Option<RadarTarget> {
        let [east, north, up] = self.model.position_enu_m;
        let (de, dn, du) = (point_enu_m[0] - east, point_enu_m[1] - north, REFLECTION_UP_M - up);
        let range_m = (de * de + dn * dn + du * du).sqrt();
        let azimuth_rad = wrap_pi(de.atan2(dn) - self.model.boresight_azimuth_rad);
        if range_m > self.model.max_range_m || azimuth_rad.abs() > self.model.fov_rad / 2.0 || range_m < 1.0 {
            return None;
        }
        let speed = vehicle.direction.map(|d| d * vehicle.speed_mps);
        let range_rate_mps = (speed[0] * de + speed[1] * dn) / range_m;
        let sigma = self.model.sigma;
        Some(RadarTarget {
            range_m: (range_m + sigma.range_m * normal(&mut self.random)).max(0.1),
            azimuth_rad: wrap_pi(azimuth_rad + sigma.azimuth_rad * normal(&mut self.random)),
            range_rate_mps: Some(range_rate_mps + sigma.range_rate_mps * normal(&mut self.random)),
            rcs_dbsm: Some(usual_rcs_dbsm(vehicle.class) + 3.0 * normal(&mut self.random)),
        })
    }

    fn clutter(&mut self) -> RadarTarget {
        RadarTarget {
            range_m: 5.0 + (self.model.max_range_m - 5.0) * self.random.f64(),
            azimuth_rad: wrap_pi(self.model.fov_rad * (self.random.f64() - 0.5)),
            range_rate_mps: Some(0.3 * normal(&mut self.random)),
            rcs_dbsm: Some(-8.0 + 4.0 * normal(&mut self.random)),
        }
    }
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn sign(value: f64) -> f64 {
    if value < 0.0 { -1.0 } else { 1.0 }
}
