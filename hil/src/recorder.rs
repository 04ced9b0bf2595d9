//! Recordings of our own: traffic from SUMO, seen by simulated cameras and radars, with the truth.
//!
//! Deterministic: the same traffic, place, weather and seed give the same recording. SUMO itself (EPL-2.0) runs as a
//! process of its own before this; only its files are read.

use std::collections::BTreeSet;

use fastrand::Rng;
use perception::calibration::{Lane, SensorModel};
use perception::detection::{BoxDetection, CameraFrame, RadarScan, RadarTarget};
use perception::frames::{CameraView, wrap_tau};
use perception::time::UtcMicros;
use sensors::recording::{Item, Recorded, TruthFrame, TruthObject};

use crate::noise::normal;
use camera::SimulatedCamera;
use place::{Kind, Place, Placed};
use radar::SimulatedRadar;
use signals::Signals;
use traffic::{RoadUser, Traffic};
use weather::Weather;

pub mod camera;
pub mod incidents;
pub mod jams;
pub mod net;
pub mod place;
pub mod radar;
pub mod reports;
pub mod signals;
pub mod traffic;
pub mod weather;
mod xml;

/// Share of frames and scans that never arrive.
const LOST: f64 = 0.015;
/// A truth's `seen_2s` looks back this far, seconds.
const SEEN_S: f64 = 2.0;

/// How often the signal controller speaks, and how long that takes to arrive, seconds.
const SIGNAL_EVERY_S: f64 = 0.5;
const SIGNAL_LATENCY_S: f64 = 0.02;

/// A recording before it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// What the service receives, in the order of arrival; the site first.
    pub messages: Vec<Recorded>,
    /// What was there, in ascending time.
    pub truth: Vec<TruthFrame>,
}

impl Simulated {
    /// Puts in what road users said of themselves. The truth stays: it counts what sensors saw.
    pub fn hear(&mut self, said: Vec<Recorded>) {
        self.messages.extend(said);
        // The site comes first, whatever arrives with it.
        if let Some((_, rest)) = self.messages.split_first_mut() {
            rest.sort_by_key(|recorded| recorded.arrived_at);
        }
    }
}

/// A sensor message, and whom it is about.
struct Sensed {
    recorded: Recorded,
    users: BTreeSet<u64>,
}

/// Lets the sensors of a place look at the traffic from its first step to its last. `start` is the time of the first.
pub fn simulate(
    place: &Place,
    lanes: Vec<Lane>,
    traffic: &Traffic,
    signals: &Signals,
    weather: Weather,
    seed: u64,
    start: UtcMicros,
) -> Simulated {
    let mut sensed: Vec<Sensed> = Vec::new();
    for (index, placed) in (1..).zip(&place.sensors) {
        let random = Rng::with_seed(seed.wrapping_mul(1000).wrapping_add(index));
        sensed.extend(Timetable::new(placed, random).run(placed, traffic, weather, start));
    }
    sensed.sort_by_key(|sensed| sensed.recorded.captured_at);
    let truth = truth(traffic, start, &sensed);
    let said = said_by_the_signal(traffic, signals, &lanes, start);
    let site = Recorded { arrived_at: start, captured_at: start, item: Item::Site(place.geometry(lanes)) };
    let mut messages: Vec<Recorded> = sensed.into_iter().map(|sensed| sensed.recorded).collect();
    messages.extend(said);
    messages.sort_by_key(|recorded| recorded.arrived_at);
    messages.insert(0, site);
    Simulated { messages, truth }
}

fn said_by_the_signal(traffic: &Traffic, signals: &Signals, lanes: &[Lane], start: UtcMicros) -> Vec<Recorded> {
    let (Some((first_s, _)), Some((last_s, _))) = (traffic.steps().first(), traffic.steps().last()) else {
        return Vec::new();
    };
    let count = ((last_s - first_s) / SIGNAL_EVERY_S) as u32;
    let said = (0..=count).filter_map(|index| {
        let after_s = f64::from(index) * SIGNAL_EVERY_S;
        let captured_at = start.plus_seconds(after_s);
        let item = Item::Signal(signals.at(first_s + after_s, lanes)?);
        Some(Recorded { arrived_at: captured_at.plus_seconds(SIGNAL_LATENCY_S), captured_at, item })
    });
    said.collect()
}

/// When a sensor looks, and when what it saw arrives.
struct Timetable {
    random: Rng,
    latency_s: f64,
    jitter_s: f64,
    /// Now and then a message is held up this much longer, on average.
    hold_up_s: f64,
}

enum Sensor {
    Camera(SimulatedCamera),
    Radar(SimulatedRadar),
}

impl Timetable {
    fn new(placed: &Placed, mut random: Rng) -> Self {
        let [least_s, spread_s, jitter_s, hold_up_s] = match placed.kind {
            Kind::Camera => [0.075, 0.02, 0.02, 0.08],
            Kind::Radar => [0.022, 0.01, 0.008, 0.04],
        };
        let latency_s = least_s + spread_s * random.f64();
        Self { random, latency_s, jitter_s, hold_up_s }
    }

    fn run(mut self, placed: &Placed, traffic: &Traffic, weather: Weather, start: UtcMicros) -> Vec<Sensed> {
        let (Some((first_s, _)), Some((last_s, _))) = (traffic.steps().first(), traffic.steps().last()) else {
            return Vec::new();
        };
        let really = placed.really(&mut self.random);
        let seed = self.random.u64(..);
        let mut sensor = match really {
            SensorModel::Camera(model) => Sensor::Camera(SimulatedCamera::new(CameraView::new(&model), weather, seed)),
            SensorModel::Radar(model) => Sensor::Radar(SimulatedRadar::new(model, weather, seed)),
        };
        let period_s = 1.0 / placed.rate_hz;
        let mut due_s = first_s + period_s * (0.1 + 0.8 * self.random.f64());
        let mut sensed = Vec::new();
        while due_s < *last_s {
            let at_s = due_s + 0.02 * period_s * self.random.f64();
            let captured_at = start.plus_seconds(at_s - first_s);
            let (item, users) = sensor.look(placed, at_s, captured_at, &traffic.at(at_s));
            let arrived_at = captured_at.plus_seconds(self.latency_s());
            if self.random.f64() >= LOST {
                sensed.push(Sensed { recorded: Recorded { arrived_at, captured_at, item }, users });
            }
            due_s += period_s;
        }
        sensed
    }

    fn latency_s(&mut self) -> f64 {
        let held_up = self.random.f64() < 0.015;
        let more_s = if held_up { -self.hold_up_s * (1.0 - self.random.f64()).ln() } else { 0.0 };
        self.latency_s + self.jitter_s * normal(&mut self.random).abs() + more_s
    }
}

impl Sensor {
    fn look(
        &mut self,
        placed: &Placed,
        at_s: f64,
        captured_at: UtcMicros,
        users: &[RoadUser],
    ) -> (Item, BTreeSet<u64>) {
        let sensor = placed.id.clone();
        match self {
            Self::Camera(camera) => {
                let (mut boxes, ids) = camera.frame(at_s, users);
                boxes.iter_mut().for_each(round_box);
                (Item::Camera(CameraFrame { sensor, captured_at, boxes }), ids.into_iter().collect())
            }
            Self::Radar(radar) => {
                let (mut targets, ids) = radar.scan(at_s, users);
                targets.iter_mut().for_each(round_target);
                (Item::Radar(RadarScan { sensor, captured_at, targets }), ids.into_iter().collect())
            }
        }
    }
}

/// Sensors do not report more digits than these; and files are a third of the size.
fn round(value: f64, steps_per_unit: f64) -> f64 {
    (value * steps_per_unit).round() / steps_per_unit
}

fn round_box(found: &mut BoxDetection) {
    for pixels in [&mut found.x_px, &mut found.y_px, &mut found.w_px, &mut found.h_px] {
        *pixels = round(*pixels, 100.0);
    }
    found.score = round(found.score, 1e3);
}

fn round_target(target: &mut RadarTarget) {
    target.range_m = round(target.range_m, 1e3);
    target.azimuth_rad = round(target.azimuth_rad, 1e5);
    target.range_rate_mps = target.range_rate_mps.map(|mps| round(mps, 1e3));
    target.rcs_dbsm = target.rcs_dbsm.map(|dbsm| round(dbsm, 10.0));
}

/// The traffic's steps, with how many of the messages of the last 2 s hold each road user.
fn truth(traffic: &Traffic, start: UtcMicros, sensed: &[Sensed]) -> Vec<TruthFrame> {
    let first_s = traffic.steps().first().map_or(0.0, |(first_s, _)| *first_s);
    let frames = traffic.steps().iter().map(|(at_s, users)| {
        let captured_at = start.plus_seconds(at_s - first_s);
        let since = captured_at.plus_seconds(-SEEN_S);
        let from = sensed.partition_point(|sensed| sensed.recorded.captured_at <= since);
        let to = sensed.partition_point(|sensed| sensed.recorded.captured_at <= captured_at);
        let recent = sensed.get(from..to).unwrap_or_default();
        let seen = |id: u64| recent.iter().map(|sensed| u32::from(sensed.users.contains(&id))).sum();
        let objects = users.iter().map(|user| truth_object(user, seen(user.id))).collect();
        TruthFrame { captured_at, objects }
    });
    frames.collect()
}

fn truth_object(user: &RoadUser, seen_2s: u32) -> TruthObject {
    let [length_m, width_m, height_m] = user.cuboid.size_m;
    TruthObject {
        id: user.id,
        class: user.class,
        east_m: round(user.cuboid.position_enu_m[0], 1e3),
        north_m: round(user.cuboid.position_enu_m[1], 1e3),
        speed_mps: Some(round(user.speed_mps, 1e3)),
        heading_cw_north_rad: Some(round(wrap_tau(user.cuboid.heading_cw_north_rad), 1e4)),
        length_m: Some(length_m),
        width_m: Some(width_m),
        height_m: Some(height_m),
        seen_2s: Some(seen_2s),
    }
}

#[cfg(test)]
mod tests {
    use perception::detection::Class;

    use super::*;
    use crate::cuboid::Cuboid;

    fn place() -> Place {
        let text = r#"{"name":"t","origin":{"lat_deg":30.0,"lon_deg":114.0,"ellipsoidal_height_m":0.0},"sensors":[
            {"id":"cam","kind":"camera","position_enu_m":[0,0,7],"azimuth_deg":0,"down_deg":12,"field_deg":80,"rate_hz":10},
            {"id":"radar","kind":"radar","position_enu_m":[0,0,6],"azimuth_deg":0,"field_deg":110,"rate_hz":20}]}"#;
        serde_json::from_str(text).expect("well-formed")
    }

    /// A car that drives north at 10 m/s past the sensors, and one south of them that they can't see.
    fn traffic() -> Traffic {
        let car = |id, north_m| RoadUser {
            id,
            class: Class::Car,
            cuboid: Cuboid { position_enu_m: [3.0, north_m], heading_cw_north_rad: 0.0, size_m: [4.5, 1.8, 1.5] },
            speed_mps: 10.0,
        };
        let at = |step: u32| f64::from(step) / 10.0;
        Traffic::new((0..=100).map(|step| (at(step), vec![car(1, 15.0 + 10.0 * at(step)), car(2, -60.0)])).collect())
    }

    fn simulated(seed: u64) -> Simulated {
        simulate(
            &place(),
            vec![],
            &traffic(),
            &Signals::default(),
            Weather::Clear,
            seed,
            UtcMicros(1_800_000_000_000_000),
        )
    }

    #[test]
    fn the_seed_decides_everything() {
        assert_eq!(simulated(1), simulated(1));
        assert_ne!(simulated(1), simulated(2));
    }

    #[test]
    fn messages_arrive_late_and_some_out_of_order() {
        let Simulated { messages, .. } = simulate(
            &place(),
            vec![],
            &Traffic::new((0..=6000).map(|step| (f64::from(step) / 10.0, vec![])).collect()),
            &Signals::default(),
            Weather::Clear,
            1,
            UtcMicros(0),
        );
        assert!(matches!(messages[0].item, Item::Site(_)));
        assert!(messages.is_sorted_by_key(|recorded| recorded.arrived_at));
        let frames: Vec<&Recorded> = messages.iter().filter(|r| matches!(r.item, Item::Camera(_))).collect();
        assert!((5800..6000).contains(&frames.len()), "{} of 6000: some are lost", frames.len());
        let late = frames.iter().map(|r| r.arrived_at.seconds_since(r.captured_at));
        assert!(late.clone().all(|s| s > 0.07) && late.clone().any(|s| s > 0.2) && late.sum::<f64>() < 700.0);
        assert!(!frames.is_sorted_by_key(|recorded| recorded.captured_at), "some overtake others");
    }

    #[test]
    fn the_truth_counts_what_held_the_object() {
        let simulated = simulated(1);
        let frame = &simulated.truth[60];
        assert_eq!(simulated.truth.len(), 101);
        assert_eq!(frame.captured_at, UtcMicros(1_800_000_006_000_000));
        // 20 frames and 40 scans in 2 s, of which a car in full view is in almost all.
        assert!((45..=60).contains(&frame.objects[0].seen_2s.expect("known")), "{frame:?}");
        assert_eq!(frame.objects[1].seen_2s, Some(0), "behind the sensors");
        assert!((frame.objects[0].north_m - 75.0).abs() < 1e-9);
    }
}
