//! Three hours of a gauge in a dip of the road: a dry hour, then showers of which some flood it, with the waves that vehicles make.

use std::f64::consts::TAU;

use fastrand::Rng;
use hil::noise::normal;
use hil::recorder::incidents::Incident;
use hil::score::{Tally, ToldEvent, tally};
use perception::calibration::{Origin, SiteGeometry};
use perception::events::{EventKind, EventMonitor, EventSettings, Scene, WaterGauge, WaterLevel};
use perception::time::UtcMicros;

const PLACE_ENU_M: [f64; 2] = [10.0, 40.0];
/// As `docs/ref/events.md` has it: from this depth on the road is flooded, until the water is under the other, metres.
const FLOODED_M: f64 = 0.15;
const OVER_M: f64 = 0.10;
/// How high waves are at most, metres.
const WAVES_M: f64 = 0.02;
/// Showers begin a quarter of an hour apart after an hour; each rises for 3 min, stays for 3 and falls for 6. How high, metres.
const SHOWERS_M: [f64; 8] = [0.20, 0.08, 0.25, 0.12, 0.17, 0.30, 0.10, 0.18];
const DRY_S: f64 = 3600.0;
const EVERY_S: f64 = 900.0;
const RISES_S: f64 = 180.0;
const STAYS_S: f64 = 180.0;
const FALLS_S: f64 = 360.0;

/// How deep the water is where nobody drives.
fn still_m(at_s: f64) -> f64 {
    let shower = ((at_s - DRY_S) / EVERY_S).floor();
    let most_m = if shower < 0.0 { 0.0 } else { SHOWERS_M.get(shower as usize).copied().unwrap_or(0.0) };
    let in_s = (at_s - DRY_S).rem_euclid(EVERY_S);
    most_m * (in_s / RISES_S).min((RISES_S + STAYS_S + FALLS_S - in_s) / FALLS_S).clamp(0.0, 1.0)
}

/// What is to be told: each time that the still water reaches the depth, from when the first wave may until the last one is
/// under where it is over.
fn floods() -> Vec<Incident> {
    let kind = EventKind::Flooding;
    let (from_enu_m, until_enu_m) = (PLACE_ENU_M, PLACE_ENU_M);
    let flood = |(number, most_m): (u32, &f64)| Incident {
        kind,
        from_s: DRY_S + EVERY_S * f64::from(number) + RISES_S * (FLOODED_M - WAVES_M) / most_m,
        until_s: DRY_S
            + EVERY_S * f64::from(number)
            + RISES_S
            + STAYS_S
            + FALLS_S * (1.0 - (OVER_M - WAVES_M) / most_m),
        from_enu_m,
        until_enu_m,
        lanes: Vec::new(),
    };
    (0..).zip(&SHOWERS_M).filter(|(_, most_m)| **most_m >= FLOODED_M).map(flood).collect()
}

/// The waves of vehicles that drive through the water, one each 8 s on average: up to 2 cm high, gone after some seconds.
struct Waves {
    random: Rng,
    next_s: f64,
    last: (f64, f64),
}

impl Waves {
    fn height_m(&mut self, at_s: f64, depth_m: f64) -> f64 {
        if at_s >= self.next_s {
            self.last = (at_s, WAVES_M * self.random.f64());
            self.next_s = at_s - 8.0 * (1.0 - self.random.f64()).ln();
        }
        let (since_s, most_m) = (at_s - self.last.0, self.last.1.min(depth_m));
        most_m * (-since_s / 2.0).exp() * (TAU * since_s / 1.7).cos()
    }
}

#[test]
fn each_flood_is_told_once_and_no_shower_that_floods_nothing() {
    let until_s = (DRY_S + EVERY_S * SHOWERS_M.len() as f64) as u32;
    let gauge = WaterGauge { id: "dip".into(), place_enu_m: PLACE_ENU_M, lane: None };
    let origin = Origin { lat_deg: 30.0, lon_deg: 114.0, ellipsoidal_height_m: 0.0 };
    let site = SiteGeometry { name: "dip".into(), origin, sensors: vec![], lanes: vec![] };
    let (mut all, mut beginnings) = (Tally::default(), 0);
    for seed in 1..=4 {
        let settings = EventSettings { gauges: vec![gauge.clone()], ..EventSettings::default() };
        let mut monitor = EventMonitor::new(&site, vec![], settings);
        let mut waves = Waves { random: Rng::with_seed(seed), next_s: 0.0, last: (0.0, 0.0) };
        let mut told = Vec::new();
        for second in 0..until_s {
            let at_s = f64::from(second);
            let measured_at = UtcMicros(0).plus_seconds(at_s);
            let depth_m = still_m(at_s);
            let read_m = depth_m + waves.height_m(at_s, depth_m) + 0.003 * normal(&mut waves.random);
            let level = WaterLevel { gauge: gauge.id.clone(), depth_m: read_m.max(0.0), measured_at };
            monitor.water(level).expect("a gauge of the site");
            monitor.look(measured_at, Scene { tracks: &[], past: None, live: &[], lights: &Default::default() });
            let began = monitor.take_news().into_iter().filter(|event| event.began_at == measured_at);
            told.extend(began.map(|event| ToldEvent {
                kind: event.kind,
                began_s: at_s,
                place_enu_m: event.place_enu_m,
                lane: None,
            }));
        }
        all.absorb(tally(EventKind::Flooding, &floods(), &[], &told));
        beginnings += told.len();
    }
    assert_eq!(all, Tally { done: 20, told: 20, natural: 0, false_alarms: 0 }, "in four times three hours");
    assert_eq!(beginnings, 20, "none twice");
}
