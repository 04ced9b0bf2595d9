//! A simulated camera with a detector behind it: occlusion, misses in runs, edges that wander, scores, confused classes,
//! things that are not there.

use std::collections::BTreeMap;

use fastrand::Rng;
use perception::detection::{BoxDetection, Class};
use perception::frames::CameraView;

use super::traffic::RoadUser;
use super::weather::{CameraConditions, Weather};
use crate::cuboid::PixelBox;
use crate::noise::{Runs, normal, poisson, rise};

/// Cells along each side of a box in which occlusion is looked for.
const CELLS: usize = 12;
/// Below this visible share half of the objects are missed.
const HALF_VISIBLE: f64 = 0.25;
/// Mean length of a run of misses, seconds.
const MISS_S: f64 = 0.4;
/// Correlation time of the error of a box's edges, seconds.
const EDGE_S: f64 = 0.12;
/// How long a detector keeps to a class on average, and to a thing that is not there, seconds.
const CLASS_S: f64 = 0.5;
const FALSE_S: f64 = 0.3;
/// Scores below are not reported.
const LOWEST_SCORE: f64 = 0.3;

/// One camera with its detector.
#[derive(Debug)]
pub struct SimulatedCamera {
    view: CameraView,
    conditions: CameraConditions,
    random: Rng,
    memories: BTreeMap<u64, Memory>,
    false_boxes: Vec<BoxDetection>,
    last_s: f64,
}

/// What the detector's errors about one object depend on.
#[derive(Debug)]
struct Memory {
    runs: Runs,
    /// Errors of the left, top, right, bottom edge, in standard deviations.
    edges: [f64; 4],
    /// How far its score is from that of others like it.
    score: f64,
    /// 0: boxes end where something hides the object; 1: they hold all of it.
    completes: f64,
    said: Class,
    last_s: f64,
}

/// An object in the picture.
struct InPicture<'a> {
    user: &'a RoadUser,
    /// All of it.
    full: PixelBox,
    /// Around what nothing nearer hides.
    visible: PixelBox,
    visible_share: f64,
}

impl SimulatedCamera {
    /// The same seed gives the same errors. `view` is how the camera really hangs.
    pub fn new(view: CameraView, weather: Weather, seed: u64) -> Self {
        Self {
            view,
            conditions: weather.camera(),
            random: Rng::with_seed(seed),
            memories: BTreeMap::new(),
            false_boxes: Vec::new(),
            last_s: f64::NEG_INFINITY,
        }
    }

    /// What is found in the frame of `at_s`, later than the last one's, and which road users are among it.
    pub fn frame(&mut self, at_s: f64, users: &[RoadUser]) -> (Vec<BoxDetection>, Vec<u64>) {
        let (mut boxes, mut found) = (Vec::new(), Vec::new());
        for seen in in_picture(&self.view, users) {
            if let Some(detection) = self.detect(at_s, &seen) {
                boxes.push(detection);
                found.push(seen.user.id);
            }
        }
        self.imagine(at_s);
        boxes.extend(&self.false_boxes);
        self.memories.retain(|_, memory| at_s - memory.last_s < 5.0);
        self.last_s = at_s;
        (boxes, found)
    }

    fn detect(&mut self, at_s: f64, seen: &InPicture<'_>) -> Option<BoxDetection> {
        let Self { conditions, random, view, .. } = self;
        let size_px = seen.full.area_px2().sqrt();
        let memory = self.memories.entry(seen.user.id).or_insert_with(|| Memory::new(at_s, seen.user.class, random));
        let after_s = at_s - memory.last_s;
        memory.last_s = at_s;
        memory.wander(after_s, seen.user.class, random);
        let by_size = conditions.most * rise(size_px, conditions.half_px, 6.0);
        let by_view = rise(seen.visible_share, HALF_VISIBLE, 0.07);
        if seen.visible_share == 0.0 || !memory.runs.next(by_size * by_view, after_s, MISS_S, random) {
            return None;
        }
        let usual = 0.35 + 0.53 * rise(size_px, 28.0, 9.0);
        let score =
            usual * (0.75 + 0.25 * seen.visible_share) + conditions.score + memory.score + 0.06 * normal(random);
        let sigma_px = conditions.noise * (0.9 + 0.017 * (seen.full.bottom - seen.full.top));
        let edge = |index: usize, all: f64, visible: f64| {
            visible + memory.completes * (all - visible) + sigma_px * memory.edges[index]
        };
        let (all, part) = (&seen.full, &seen.visible);
        let noisy = PixelBox {
            left: edge(0, all.left, part.left),
            top: edge(1, all.top, part.top),
            right: edge(2, all.right, part.right),
            bottom: edge(3, all.bottom, part.bottom),
        };
        let picture = PixelBox { left: 0.0, top: 0.0, right: view.width_px, bottom: view.height_px };
        let PixelBox { left, top, right, bottom } = noisy.overlap(&picture)?;
        (score >= LOWEST_SCORE && right - left >= 1.0 && bottom - top >= 1.0).then_some(BoxDetection {
            x_px: left,
            y_px: top,
            w_px: right - left,
            h_px: bottom - top,
            score: score.min(0.99),
            class: memory.said,
        })
    }

    /// Things that are not there come, stay a few frames, and go.
    fn imagine(&mut self, at_s: f64) {
        let after_s = (at_s - self.last_s).min(1.0);
        let random = &mut self.random;
        self.false_boxes.retain(|_| random.f64() < (-after_s / FALSE_S).exp());
        for _ in 0..poisson(self.conditions.false_per_s * after_s, random) {
            let h_px = (80.0 * (0.8 * normal(random)).exp()).clamp(15.0, 500.0);
            let (class, w_px) = match random.u32(..3) {
                0 => (Class::Pedestrian, 0.4 * h_px),
                1 => (Class::Car, 1.4 * h_px),
                _ => (Class::Truck, 1.1 * h_px),
            };
            let x_px = random.f64() * (self.view.width_px - w_px).max(0.0);
            let y_px = random.f64() * (self.view.height_px - h_px).max(0.0);
            let score = (0.45 + 0.1 * normal(random)).clamp(LOWEST_SCORE, 0.9);
            self.false_boxes.push(BoxDetection { x_px, y_px, w_px, h_px, score, class });
        }
    }
}

impl Memory {
    fn new(at_s: f64, class: Class, random: &mut Rng) -> Self {
        Self {
            runs: Runs::default(),
            edges: [0; 4].map(|_| normal(random)),
            score: 0.04 * normal(random),
            completes: random.f64(),
            said: confused(class, random),
            last_s: at_s,
        }
    }

    fn wander(&mut self, after_s: f64, class: Class, random: &mut Rng) {
        let keeps = (-after_s / EDGE_S).exp();
        self.edges = self.edges.map(|error| keeps * error + (1.0 - keeps * keeps).sqrt() * normal(random));
        if random.f64() >= (-after_s / CLASS_S).exp() {
            self.said = confused(class, random);
        }
    }
}

/// What a detector takes a class for.
fn confused(class: Class, random: &mut Rng) -> Class {
    use Class::{Animal, Bicycle, Bus, Car, Motorcycle, Pedestrian, Truck, Unknown, Van};
    let instead: &[(Class, f64)] = match class {
        Pedestrian => &[(Bicycle, 0.04), (Unknown, 0.01), (Animal, 0.01)],
        Bicycle => &[(Motorcycle, 0.09), (Pedestrian, 0.09), (Unknown, 0.01), (Animal, 0.02)],
        Motorcycle => &[(Bicycle, 0.08), (Car, 0.02), (Pedestrian, 0.01), (Unknown, 0.01), (Animal, 0.02)],
        Car => &[(Van, 0.06), (Truck, 0.01), (Unknown, 0.01)],
        Van => &[(Car, 0.12), (Truck, 0.08), (Bus, 0.02)],
        Truck => &[(Bus, 0.07), (Van, 0.06), (Unknown, 0.01)],
        Bus => &[(Truck, 0.06), (Van, 0.015), (Unknown, 0.01)],
        Animal => &[(Unknown, 0.1), (Pedestrian, 0.05), (Bicycle, 0.05), (Car, 0.02)],
        Unknown => &[(Animal, 0.03)],
    };
    let mut chance = random.f64();
    for (other, share) in instead {
        chance -= share;
        if chance < 0.0 {
            return *other;
        }
    }
    class
}

/// What is in the picture, nearest first, with what nearer things hide of it.
fn in_picture<'a>(view: &CameraView, users: &'a [RoadUser]) -> Vec<InPicture<'a>> {
    let distance_m = |user: &RoadUser| {
        let [east, north] = user.cuboid.position_enu_m;
        (east - view.position_enu_m[0]).hypot(north - view.position_enu_m[1])
    };
    let mut there: Vec<(f64, &RoadUser, PixelBox)> =
        users.iter().filter_map(|user| Some((distance_m(user), user, user.cuboid.seen_by(view)?))).collect();
    there.sort_by(|a, b| a.0.total_cmp(&b.0));
    let hidden = there.iter().enumerate().map(|(index, (_, user, full))| {
        let nearer: Vec<PixelBox> = there[..index].iter().filter_map(|(_, _, other)| other.overlap(full)).collect();
        let (visible_share, visible) = what_is_left(full, &nearer);
        InPicture { user, full: *full, visible, visible_share }
    });
    hidden.collect()
}

/// Share of a box that others leave visible, and the box around that part.
fn what_is_left(full: &PixelBox, others: &[PixelBox]) -> (f64, PixelBox) {
    let step = [(full.right - full.left) / CELLS as f64, (full.bottom - full.top) / CELLS as f64];
    let mut left = PixelBox { left: full.right, top: full.bottom, right: full.left, bottom: full.top };
    let mut cells = 0_u32;
    for (column, row) in (0..CELLS).flat_map(|column| (0..CELLS).map(move |row| (column, row))) {
        let [x, y] = [full.left + step[0] * column as f64, full.top + step[1] * row as f64];
        let [mid_x, mid_y] = [x + step[0] / 2.0, y + step[1] / 2.0];
        let covers = |o: &PixelBox| o.left <= mid_x && mid_x <= o.right && o.top <= mid_y && mid_y <= o.bottom;
        if others.iter().any(covers) {
            continue;
        }
        cells += 1;
        left.left = left.left.min(x);
        left.top = left.top.min(y);
        left.right = left.right.max(x + step[0]);
        left.bottom = left.bottom.max(y + step[1]);
    }
    (f64::from(cells) / (CELLS * CELLS) as f64, left)
}

#[cfg(test)]
mod tests {
    use perception::calibration::CameraModel;

    use super::*;
    use crate::cuboid::Cuboid;

    fn view() -> CameraView {
        CameraView::new(&CameraModel {
            id: "c".into(),
            width_px: 1920,
            height_px: 1080,
            k: [1100.0, 1100.0, 960.0, 540.0],
            distortion: [0.0; 5],
            position_enu_m: [0.0, 0.0, 4.0],
            enu_from_camera: [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0],
        })
    }

    fn user(id: u64, class: Class, north_m: f64, size_m: [f64; 3]) -> RoadUser {
        let cuboid = Cuboid { position_enu_m: [0.0, north_m], heading_cw_north_rad: 0.0, size_m };
        RoadUser { id, class, cuboid, speed_mps: 0.0 }
    }

    /// In how many of 2000 frames at 10 Hz each of the users 1 and 2 is found.
    fn found(weather: Weather, users: &[RoadUser]) -> [usize; 2] {
        let mut camera = SimulatedCamera::new(view(), weather, 3);
        let frames: Vec<Vec<u64>> = (0..2000).map(|k| camera.frame(f64::from(k) * 0.1, users).1).collect();
        [1, 2].map(|id| frames.iter().filter(|ids| ids.contains(&id)).count())
    }

    #[test]
    fn a_bus_hides_the_car_behind_it() {
        let car = user(1, Class::Car, 45.0, [4.5, 1.8, 1.5]);
        let bus = user(2, Class::Bus, 30.0, [12.0, 2.5, 3.2]);
        let [alone, _] = found(Weather::Clear, &[car]);
        let [hidden, in_front] = found(Weather::Clear, &[car, bus]);
        assert!(alone > 1800 && in_front > 1800 && hidden == 0, "{alone} {in_front} {hidden}");
    }

    #[test]
    fn small_things_and_dark_are_hard_to_see() {
        let car = |north_m| [user(1, Class::Car, north_m, [4.5, 1.8, 1.5])];
        let counts = [30.0, 90.0, 150.0].map(|north_m| found(Weather::Clear, &car(north_m))[0]);
        assert!(counts.is_sorted_by(|near, far| near > far), "{counts:?}");
        for weather in [Weather::Night, Weather::Rain] {
            assert!(found(weather, &car(70.0))[0] < found(Weather::Clear, &car(70.0))[0] - 100, "{weather:?}");
        }
    }

    #[test]
    fn misses_and_edge_errors_last() {
        let mut camera = SimulatedCamera::new(view(), Weather::Clear, 5);
        let users = [user(1, Class::Car, 60.0, [4.5, 1.8, 1.5])];
        let truth = users[0].cuboid.seen_by(&view()).expect("ahead");
        let frames: Vec<Option<f64>> = (0..5000)
            .map(|k| {
                let (boxes, ids) = camera.frame(f64::from(k) * 0.05, &users);
                ids.first().map(|_| boxes[0].x_px - truth.left)
            })
            .collect();
        let after_miss: Vec<bool> = frames.windows(2).filter(|w| w[0].is_none()).map(|w| w[1].is_none()).collect();
        let stays = after_miss.iter().filter(|missed| **missed).count() as f64 / after_miss.len() as f64;
        assert!(stays > 0.7, "{stays} of {} misses are followed by one", after_miss.len());
        let pairs: Vec<[f64; 2]> = frames.windows(2).filter_map(|w| Some([w[0]?, w[1]?])).collect();
        let product = pairs.iter().map(|[a, b]| a * b).sum::<f64>() / pairs.iter().map(|[a, _]| a * a).sum::<f64>();
        assert!((0.5..0.8).contains(&product), "one frame's error is {product} of the last one's");
    }

    #[test]
    fn occlusion_is_by_area_and_the_rest_is_boxed() {
        let full = PixelBox { left: 100.0, top: 100.0, right: 220.0, bottom: 160.0 };
        let over_its_left_half = PixelBox { left: 0.0, top: 0.0, right: 160.0, bottom: 500.0 };
        let (share, rest) = what_is_left(&full, &[over_its_left_half]);
        assert_eq!((share, rest.left, rest.right, rest.bottom), (0.5, 160.0, 220.0, 160.0));
        assert_eq!(what_is_left(&full, &[full]).0, 0.0);
        assert_eq!(what_is_left(&full, &[]), (1.0, full));
    }

    #[test]
    fn scores_and_boxes_stay_in_range() {
        let mut camera = SimulatedCamera::new(view(), Weather::Night, 9);
        let users = [user(1, Class::Truck, 9.0, [8.0, 2.5, 3.5]), user(2, Class::Pedestrian, 25.0, [0.4, 0.5, 1.7])];
        let boxes = (0..2000).flat_map(|k| camera.frame(f64::from(k) * 0.1, &users).0).collect::<Vec<_>>();
        assert!(boxes.iter().all(|b| b.x_px >= 0.0 && b.x_px + b.w_px <= 1920.0 && b.y_px + b.h_px <= 1080.0));
        assert!(boxes.iter().all(|b| b.w_px > 0.0 && b.h_px > 0.0 && (0.3..=0.99).contains(&b.score)));
        assert!(boxes.iter().any(|b| b.class == Class::Bicycle || b.class == Class::Bus), "classes are confused");
    }
}
