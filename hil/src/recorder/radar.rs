//! A simulated radar: several returns of a vehicle by its size, weak ones of what stands or crosses, shadow, a wall that
//! mirrors, things at the roadside, clutter.

use std::collections::BTreeMap;

use fastrand::Rng;
use perception::calibration::RadarModel;
use perception::detection::{Class, RadarTarget};
use perception::frames::{RadarView, unit_from_heading, wrap_pi};

use super::traffic::RoadUser;
use super::weather::{RadarConditions, Weather};
use crate::cuboid::Cuboid;
use crate::noise::{Runs, normal, poisson, rise};

/// Height of reflections above the road, metres.
const REFLECTION_UP_M: f64 = 0.6;
/// A cross-section and the range at which half of its echoes are found.
const HALF_RCS_DBSM: f64 = -5.0;
const HALF_RANGE_M: f64 = 90.0;
/// Share found of what has no radial speed: it drowns in the road's own echo.
const STANDING: f64 = 0.33;
/// Radial speed at which half of that disadvantage is gone, m/s.
const MOVES_MPS: f64 = 0.5;
/// Share found behind something as high as the line of sight.
const SHADOWED: f64 = 0.3;
/// Mean length of a run of misses, seconds.
const MISS_S: f64 = 0.15;
/// Share of the scans in which a moving vehicle near the wall is also seen in it.
const MIRRORED: f64 = 0.08;
/// What a mirror image loses, dB.
const MIRROR_LOSS_DB: f64 = 8.0;
/// Standing things at the roadside that echo now and then.
const POSTS: usize = 12;
const POST_SHARE: f64 = 0.1;

/// One radar.
#[derive(Debug)]
pub struct SimulatedRadar {
    model: RadarModel,
    view: RadarView,
    conditions: RadarConditions,
    random: Rng,
    /// Of each road user and of its mirror image.
    runs: BTreeMap<u64, [Runs; 2]>,
    last_s: f64,
    /// Range and azimuth.
    posts: Vec<[f64; 2]>,
    /// A wall along the radar's boresight, this far to its right, metres.
    wall_right_m: f64,
}

impl SimulatedRadar {
    /// The same seed gives the same errors, posts and wall. `model` is how the radar really hangs.
    pub fn new(model: RadarModel, weather: Weather, seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let posts = (0..POSTS).map(|_| anywhere(&model, &mut random)).collect();
        let side = if random.bool() { 1.0 } else { -1.0 };
        let wall_right_m = side * (15.0 + 15.0 * random.f64());
        let view = RadarView::new(&model);
        let conditions = weather.radar();
        Self { view, conditions, random, runs: BTreeMap::new(), last_s: f64::NEG_INFINITY, posts, wall_right_m, model }
    }

    /// What comes back in the scan of `at_s`, later than the last one, and from which road users.
    pub fn scan(&mut self, at_s: f64, users: &[RoadUser]) -> (Vec<RadarTarget>, Vec<u64>) {
        let after_s = (at_s - self.last_s).min(1.0);
        self.last_s = at_s;
        let (mut targets, mut found) = (Vec::new(), Vec::new());
        let mut runs = BTreeMap::new();
        for user in users {
            let mut chains = self.runs.get(&user.id).copied().unwrap_or_default();
            let before = targets.len();
            if chains[0].next(self.share(user, users), after_s, MISS_S, &mut self.random) {
                self.returns(user, 0.0, &mut targets);
            }
            if targets.len() > before {
                found.push(user.id);
            }
            if let Some(image) = self.mirrored(user)
                && chains[1].next(MIRRORED, after_s, MISS_S, &mut self.random)
            {
                self.returns(&image, -MIRROR_LOSS_DB, &mut targets);
            }
            runs.insert(user.id, chains);
        }
        self.runs = runs;
        self.clutter(&mut targets);
        (targets, found)
    }

    /// Chance that any echo of it is found.
    fn share(&self, user: &RoadUser, users: &[RoadUser]) -> f64 {
        let [range_m, _] = self.polar(user.cuboid.position_enu_m);
        let margin_db = usual_rcs_dbsm(user.class) - HALF_RCS_DBSM - 40.0 * (range_m / HALF_RANGE_M).log10()
            + self.conditions.gain_db;
        let radial_mps = self.range_rate_mps(user, user.cuboid.position_enu_m).abs();
        let moving = STANDING + (1.0 - STANDING) * rise(radial_mps, MOVES_MPS, 0.12);
        let shadow = if users.iter().any(|other| self.shadows(other, user, range_m)) { SHADOWED } else { 1.0 };
        0.98 * rise(margin_db, 0.0, 4.0) * moving * shadow
    }

    /// Whether `other` stands in the line of sight.
    fn shadows(&self, other: &RoadUser, user: &RoadUser, range_m: f64) -> bool {
        let [other_m, other_rad] = self.polar(other.cuboid.position_enu_m);
        let [_, user_rad] = self.polar(user.cuboid.position_enu_m);
        let antenna_m = self.view.position_enu_m[2];
        let sight_up_m = antenna_m + (REFLECTION_UP_M - antenna_m) * (other_m / range_m).min(1.0);
        other_m < range_m - 2.0
            && wrap_pi(other_rad - user_rad).abs() * other_m < other.cuboid.size_m[1] / 2.0
            && other.cuboid.size_m[2] > sight_up_m
    }

    /// Returns from the corner or face that looks towards the radar, and from along the near side of long vehicles.
    fn returns(&mut self, user: &RoadUser, gain_db: f64, targets: &mut Vec<RadarTarget>) {
        let Cuboid { position_enu_m, heading_cw_north_rad, size_m: [length_m, width_m, _] } = user.cuboid;
        let [east, north] = unit_from_heading(heading_cw_north_rad);
        let [to_e, to_n] = [0, 1].map(|axis: usize| self.view.position_enu_m[axis] - position_enu_m[axis]);
        let near_end_m = (to_e * east + to_n * north).signum() * length_m / 2.0;
        let near_side_m = (to_e * north - to_n * east).signum() * width_m / 2.0;
        let more = 0.22 * length_m * (-to_e.hypot(to_n) / 70.0).exp();
        for index in 0..=poisson(more, &mut self.random) {
            let random = &mut self.random;
            let (forward_m, right_m) = if index == 0 {
                (near_end_m, near_side_m * random.f64())
            } else {
                (near_end_m * (2.0 * random.f64() - 1.0), near_side_m)
            };
            let [e, n, _] = user.cuboid.point_enu_m(forward_m, right_m, 0.0);
            targets.extend(self.target(user, [e, n], gain_db));
        }
    }

    /// `None`: outside the field of view.
    fn target(&mut self, user: &RoadUser, point_enu_m: [f64; 2], gain_db: f64) -> Option<RadarTarget> {
        let [range_m, azimuth_rad] = self.polar(point_enu_m);
        if range_m > self.view.max_range_m || azimuth_rad.abs() > self.view.fov_rad / 2.0 {
            return None;
        }
        // Legs and pedals have speeds of their own.
        let limbs_mps = match user.class {
            Class::Pedestrian | Class::Animal | Class::Bicycle => 0.3,
            _ => 0.0,
        };
        let range_rate_mps = self.range_rate_mps(user, point_enu_m);
        let (sigma, random) = (self.model.sigma, &mut self.random);
        Some(RadarTarget {
            range_m: (range_m + sigma.range_m * normal(random)).max(0.5),
            azimuth_rad: azimuth_rad + sigma.azimuth_rad * normal(random),
            range_rate_mps: Some(range_rate_mps + sigma.range_rate_mps.hypot(limbs_mps) * normal(random)),
            rcs_dbsm: Some(usual_rcs_dbsm(user.class) + gain_db + 3.3 * normal(random)),
        })
    }

    fn polar(&self, [east, north]: [f64; 2]) -> [f64; 2] {
        self.view.polar([east, north, REFLECTION_UP_M])
    }

    /// Of a point of the user, positive when moving away.
    fn range_rate_mps(&self, user: &RoadUser, point_enu_m: [f64; 2]) -> f64 {
        let [range_m, _] = self.polar(point_enu_m);
        let [east, north] = unit_from_heading(user.cuboid.heading_cw_north_rad);
        let [from_e, from_n] = [0, 1].map(|axis: usize| point_enu_m[axis] - self.view.position_enu_m[axis]);
        user.speed_mps * (east * from_e + north * from_n) / range_m.max(0.1)
    }

    /// The user as the wall shows it: as far behind the wall as it is before it. `None`: too slow, too far, behind it.
    fn mirrored(&self, user: &RoadUser) -> Option<RoadUser> {
        let boresight_rad = self.view.boresight_azimuth_rad;
        let [east, north] = unit_from_heading(boresight_rad);
        let [e, n] = user.cuboid.position_enu_m;
        let right_m = (e - self.view.position_enu_m[0]) * north - (n - self.view.position_enu_m[1]) * east;
        let to_wall_m = self.wall_right_m - right_m;
        let before_it = to_wall_m * self.wall_right_m.signum() > 0.5;
        if user.speed_mps < 2.0 || !before_it || self.polar([e, n])[0] > 90.0 {
            return None;
        }
        let position_enu_m = [e + 2.0 * to_wall_m * north, n - 2.0 * to_wall_m * east];
        let heading_cw_north_rad = 2.0 * boresight_rad - user.cuboid.heading_cw_north_rad;
        Some(RoadUser { cuboid: Cuboid { position_enu_m, heading_cw_north_rad, ..user.cuboid }, ..*user })
    }

    fn clutter(&mut self, targets: &mut Vec<RadarTarget>) {
        let random = &mut self.random;
        let echo = |[range_m, azimuth_rad]: [f64; 2], spread_mps: f64, rcs_dbsm: f64, random: &mut Rng| RadarTarget {
            range_m: (range_m + 0.3 * normal(random)).max(0.5),
            azimuth_rad: azimuth_rad + 0.01 * normal(random),
            range_rate_mps: Some(spread_mps * normal(random)),
            rcs_dbsm: Some(rcs_dbsm + 4.0 * normal(random)),
        };
        for post in &self.posts {
            if random.f64() < POST_SHARE {
                targets.push(echo(*post, 0.1, 3.0, random));
            }
        }
        for _ in 0..poisson(self.conditions.clutter, random) {
            let spread_mps = if random.f64() < 0.7 { 0.3 } else { 3.0 };
            targets.push(echo(anywhere(&self.model, random), spread_mps, -5.0, random));
        }
    }
}

/// Range and azimuth of any place in the field of view.
fn anywhere(model: &RadarModel, random: &mut Rng) -> [f64; 2] {
    [8.0 + (model.max_range_m - 8.0) * random.f64(), model.fov_rad * (random.f64() - 0.5)]
}

/// Order of magnitude of radar cross-sections at 77 GHz, dBsm.
pub(crate) fn usual_rcs_dbsm(class: Class) -> f64 {
    match class {
        Class::Pedestrian | Class::Animal => -5.0,
        Class::Bicycle => -2.0,
        Class::Motorcycle => 4.0,
        Class::Truck | Class::Bus => 19.0,
        Class::Van => 13.0,
        Class::Car | Class::Unknown => 10.0,
    }
}

#[cfg(test)]
mod tests {
    use perception::calibration::RadarSigma;

    use super::*;

    fn radar(weather: Weather) -> SimulatedRadar {
        let sigma = RadarSigma { range_m: 0.3, azimuth_rad: 0.01, range_rate_mps: 0.1 };
        let model = RadarModel {
            id: "r".into(),
            position_enu_m: [0.0, 0.0, 6.0],
            boresight_azimuth_rad: 0.0,
            fov_rad: 1.9,
            max_range_m: 180.0,
            sigma,
        };
        SimulatedRadar::new(model, weather, 4)
    }

    fn user(id: u64, class: Class, north_m: f64, speed_mps: f64, size_m: [f64; 3]) -> RoadUser {
        let cuboid = Cuboid { position_enu_m: [0.0, north_m], heading_cw_north_rad: 0.0, size_m };
        RoadUser { id, class, cuboid, speed_mps }
    }

    const CAR: [f64; 3] = [4.5, 1.8, 1.5];

    /// Share of 2000 scans in which user 1 is found, and targets a scan.
    fn found(weather: Weather, users: &[RoadUser]) -> [f64; 2] {
        let mut radar = radar(weather);
        let scans: Vec<_> = (0..2000).map(|k| radar.scan(f64::from(k) * 0.05, users)).collect();
        let hits = scans.iter().filter(|(_, ids)| ids.contains(&1)).count();
        [hits, scans.iter().map(|(targets, _)| targets.len()).sum()].map(|count| count as f64 / 2000.0)
    }

    #[test]
    fn moving_cars_are_found_and_standing_ones_often_not() {
        let [moving, _] = found(Weather::Clear, &[user(1, Class::Car, 50.0, 10.0, CAR)]);
        let [standing, _] = found(Weather::Clear, &[user(1, Class::Car, 50.0, 0.0, CAR)]);
        assert!(moving > 0.95 && (0.25..0.42).contains(&standing), "{moving} {standing}");
        let mut crossing = user(1, Class::Car, 50.0, 10.0, CAR);
        crossing.cuboid.heading_cw_north_rad = std::f64::consts::FRAC_PI_2;
        let [crossing, _] = found(Weather::Clear, &[crossing]);
        assert!((crossing - standing).abs() < 0.1, "no radial speed either: {crossing}");
    }

    #[test]
    fn long_vehicles_give_more_returns_and_shadow_what_is_behind() {
        let [_, none] = found(Weather::Clear, &[]);
        let [_, car] = found(Weather::Clear, &[user(1, Class::Car, 30.0, 10.0, CAR)]);
        let bus = user(2, Class::Bus, 30.0, 10.0, [12.0, 2.5, 3.2]);
        let [_, with_bus] = found(Weather::Clear, &[bus]);
        assert!(with_bus - none > 1.5 * (car - none), "{none} {car} {with_bus}");
        let behind = user(1, Class::Car, 45.0, 10.0, CAR);
        assert!(found(Weather::Clear, &[behind, bus])[0] < 0.5);
    }

    #[test]
    fn rain_is_clutter_and_shortens_the_range() {
        let pedestrian = [user(1, Class::Pedestrian, 70.0, 1.5, [0.4, 0.5, 1.7])];
        let ([clear, few], [rain, many]) = (found(Weather::Clear, &pedestrian), found(Weather::Rain, &pedestrian));
        assert!(rain < clear - 0.2 && many > few + 4.0, "{clear} {few} {rain} {many}");
    }

    #[test]
    fn speeds_and_places_are_the_users_within_the_noise() {
        let mut radar = radar(Weather::Clear);
        let car = [user(1, Class::Car, 40.0, 10.0, CAR)];
        let near = |target: &&RadarTarget| (target.range_m - 38.0).abs() < 2.0 && target.azimuth_rad.abs() < 0.06;
        let of_the_car: Vec<RadarTarget> =
            (0..500).flat_map(|k| radar.scan(f64::from(k) * 0.05, &car).0).filter(|target| near(&target)).collect();
        let mean_mps = of_the_car.iter().filter_map(|t| t.range_rate_mps).sum::<f64>() / of_the_car.len() as f64;
        // 10 m/s along the ground; the antenna is 5.4 m above the bumper, 37.75 m away.
        assert!(of_the_car.len() > 400 && (mean_mps - 9.9).abs() < 0.1, "{mean_mps}");
    }

    #[test]
    fn the_wall_shows_vehicles_where_they_are_not() {
        let radar = radar(Weather::Clear);
        let image = radar.mirrored(&user(1, Class::Car, 40.0, 10.0, CAR)).expect("near and fast");
        let [east, north] = image.cuboid.position_enu_m;
        assert!((east - 2.0 * radar.wall_right_m).abs() < 1e-9 && (north - 40.0).abs() < 1e-9);
        assert_eq!(radar.mirrored(&user(1, Class::Car, 40.0, 0.0, CAR)), None);
    }
}
