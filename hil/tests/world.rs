//! The simulated world obeys its own rules: nobody overlaps, nobody runs a red, traffic flows, a seed is a history.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hil::route::{Route, routes};
use hil::world::{Vehicle, World};
use perception::time::UtcMicros;
use rsu::config::Site;
use rsu::signals::Light;

const START: UtcMicros = UtcMicros(1_785_412_800_000_000);
const STEP_US: i64 = 50_000;

fn site() -> Site {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy/demo/site.toml");
    Site::load(&path).unwrap()
}

fn ways(site: &Site) -> Vec<Route> {
    routes(&site.map, &site.geometry.origin)
}

fn world(site: &Site, vehicles_per_min: f64, seed: u64) -> World {
    World::new(ways(site), site.fixed_time_plan(), vehicles_per_min / 60.0, seed, START)
}

/// Twenty times a second for so long: `look` sees every moment.
fn run(world: &mut World, seconds: i64, mut look: impl FnMut(UtcMicros, &[Vehicle])) {
    for step in 1..=seconds * 1_000_000 / STEP_US {
        let now = UtcMicros(START.0 + step * STEP_US);
        world.advance(now);
        look(now, world.vehicles());
    }
}

fn corners(vehicle: &Vehicle) -> [[f64; 2]; 4] {
    let [[e, n], [de, dn]] = [vehicle.position_enu_m, vehicle.direction];
    let (half_length, half_width) = (vehicle.length_m / 2.0, vehicle.width_m / 2.0);
    [(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (-1.0, 1.0)].map(|(along, across)| {
        let (l, w) = (along * half_length, across * half_width);
        [e + de * l - dn * w, n + dn * l + de * w]
    })
}

/// How deep two footprints overlap, metres; 0 or less: not at all (separating axes).
fn overlap_m(a: &Vehicle, b: &Vehicle) -> f64 {
    let (corners_a, corners_b) = (corners(a), corners(b));
    let across = |[e, n]: [f64; 2]| [-n, e];
    let axes = [a.direction, across(a.direction), b.direction, across(b.direction)];
    let reach = |corners: &[[f64; 2]; 4], axis: [f64; 2]| {
        let along = corners.map(|[e, n]| e * axis[0] + n * axis[1]);
        (along.iter().copied().fold(f64::INFINITY, f64::min), along.iter().copied().fold(f64::NEG_INFINITY, f64::max))
    };
    let depth = axes.map(|axis| {
        let ((min_a, max_a), (min_b, max_b)) = (reach(&corners_a, axis), reach(&corners_b, axis));
        max_a.min(max_b) - min_a.max(min_b)
    });
    depth.into_iter().fold(f64::INFINITY, f64::min)
}

#[test]
fn no_two_vehicles_are_in_one_place() {
    let site = site();
    for (seed, vehicles_per_min) in [(1, 20.0), (2, 40.0)] {
        let mut overlaps: BTreeMap<(u64, u64), (UtcMicros, f64, Vehicle, Vehicle)> = BTreeMap::new();
        run(&mut world(&site, vehicles_per_min, seed), 600, |now, vehicles| {
            for (index, a) in vehicles.iter().enumerate() {
                for b in &vehicles[index + 1..] {
                    let depth_m = overlap_m(a, b);
                    if depth_m > 0.05 {
                        overlaps.entry((a.id, b.id)).or_insert_with(|| (now, depth_m, a.clone(), b.clone()));
                    }
                }
            }
        });
        assert!(overlaps.is_empty(), "seed {seed}: {} pairs: {:#?}", overlaps.len(), overlaps);
    }
}

#[test]
fn nobody_crosses_a_stop_line_on_red() {
    let site = site();
    let plan = site.fixed_time_plan().unwrap();
    let ways = ways(&site);
    assert_eq!(ways.len(), 12, "four arms, three ways each");
    let mut fronts: BTreeMap<u64, [f64; 2]> = BTreeMap::new();
    let (mut crossed, mut red) = (0, Vec::new());
    run(&mut world(&site, 30.0, 7), 600, |now, vehicles| {
        let lights = plan.state(now);
        for vehicle in vehicles {
            let front = [0, 1].map(|i| vehicle.position_enu_m[i] + vehicle.direction[i] * vehicle.length_m / 2.0);
            let Some(before) = fronts.insert(vehicle.id, front) else { continue };
            // Both ways of a lane end at one line and are ruled by the group of the lane.
            for way in &ways {
                let ((from_m, away_m), (to_m, _)) = (way.path.nearest(before), way.path.nearest(front));
                if away_m < 0.5 && from_m < way.stop_line_m && to_m >= way.stop_line_m && to_m - from_m < 3.0 {
                    crossed += 1;
                    let light = lights.groups.iter().find(|group| Some(group.id) == way.signal_group).unwrap().light;
                    if light == Light::Red {
                        red.push((now, vehicle.id, vehicle.speed_mps));
                    }
                    break;
                }
            }
        }
    });
    assert!(crossed > 100, "{crossed} crossed a line in ten minutes");
    assert!(red.is_empty(), "{} of {crossed} on red, first {:?}", red.len(), red.first());
}

#[test]
fn traffic_keeps_flowing_and_stays_within_the_law() {
    let site = site();
    let mut born: BTreeSet<u64> = BTreeSet::new();
    let mut last: Vec<u64> = Vec::new();
    let (mut left_early, mut left_late) = (0, 0);
    run(&mut world(&site, 20.0, 3), 600, |now, vehicles| {
        let ids: Vec<u64> = vehicles.iter().map(|vehicle| vehicle.id).collect();
        let left = last.iter().filter(|id| !ids.contains(id)).count();
        if now.seconds_since(START) < 300.0 {
            left_early += left
        } else {
            left_late += left
        }
        born.extend(&ids);
        for vehicle in vehicles {
            assert!((0.0..=13.9 * 1.05).contains(&vehicle.speed_mps), "{vehicle:?}");
            assert!((vehicle.direction[0].hypot(vehicle.direction[1]) - 1.0).abs() < 1e-9);
            assert!(vehicle.position_enu_m.iter().all(|metres| metres.is_finite() && metres.abs() < 400.0));
        }
        last = ids;
    });
    // Twenty a minute want in; some find their lane taken.
    assert!((120..=260).contains(&born.len()), "{} came", born.len());
    assert!(left_early >= 60 && left_late >= 60, "{left_early} left in the first half, {left_late} in the second");
}

#[test]
fn a_seed_is_a_history() {
    let site = site();
    let history = |seed| {
        let mut seen = Vec::new();
        run(&mut world(&site, 20.0, seed), 120, |_, vehicles| seen.push(vehicles.to_vec()));
        seen
    };
    let first = history(5);
    assert!(first.iter().any(|vehicles| vehicles.len() > 5));
    assert!(first == history(5), "one seed, two histories");
    assert!(first != history(6), "two seeds, one history");
}

#[test]
fn a_clock_that_is_set_moves_nobody() {
    let site = site();
    let mut world = world(&site, 20.0, 5);
    run(&mut world, 60, |_, _| {});
    let before = world.vehicles().to_vec();
    assert!(!before.is_empty());
    for by_s in [3600.0, -7200.0] {
        world.advance(START.plus_seconds(60.0 + by_s));
        assert_eq!(world.vehicles(), before);
    }
}
