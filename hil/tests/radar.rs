//! The simulated radar against the world that it looks at: geometry, noise, Doppler, and the label on the wire.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::f64::consts::PI;
use std::path::Path;

use hil::radar::SimulatedRadar;
use hil::route::routes;
use hil::world::{Vehicle, World};
use perception::calibration::RadarModel;
use perception::detection::RadarTarget;
use perception::frames::RadarView;
use perception::time::UtcMicros;
use rsu::config::Site;
use sensors::radar::{decode, encode};

const START: UtcMicros = UtcMicros(1_785_412_800_000_000);

fn site() -> Site {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("deploy/demo/site.toml");
    Site::load(&path).unwrap()
}

/// A minute of traffic: `look` sees every scan and who was there.
fn watch(site: &Site, model: &RadarModel, mut look: impl FnMut(&[RadarTarget], &[Vehicle])) {
    let ways = routes(&site.map, &site.geometry.origin);
    let mut world = World::new(ways, site.fixed_time_plan(), 0.5, 1, START);
    let mut radar = SimulatedRadar::new(model.clone(), 2);
    for step in 1..=1200 {
        let now = UtcMicros(START.0 + step * 50_000);
        world.advance(now);
        let scan = radar.scan(now, world.vehicles());
        assert_eq!((&scan.sensor, scan.captured_at), (&model.id, now));
        look(&scan.targets, world.vehicles());
    }
}

/// How far a point is from a vehicle's footprint, metres; 0 within.
fn away_m(vehicle: &Vehicle, [e, n]: [f64; 2]) -> f64 {
    let [de, dn] = vehicle.direction;
    let (e, n) = (e - vehicle.position_enu_m[0], n - vehicle.position_enu_m[1]);
    let (along, across) = ((e * de + n * dn).abs(), (n * de - e * dn).abs());
    (along - vehicle.length_m / 2.0).max(0.0).hypot((across - vehicle.width_m / 2.0).max(0.0))
}

/// The vehicle nearest to a target, how far away, and how far it may be: four standard deviations.
fn nearest<'a>(model: &RadarModel, target: &RadarTarget, vehicles: &'a [Vehicle]) -> Option<(&'a Vehicle, f64, f64)> {
    let place = RadarView::new(model).ground(target.range_m, target.azimuth_rad, 0.6)?;
    let near = vehicles.iter().map(|vehicle| (vehicle, away_m(vehicle, place)));
    let (vehicle, away_m) = near.min_by(|a, b| a.1.total_cmp(&b.1))?;
    let sigma_m = model.sigma.range_m.hypot(model.sigma.azimuth_rad * target.range_m);
    Some((vehicle, away_m, 4.0 * sigma_m))
}

#[test]
fn returns_lie_on_vehicles_within_the_noise_that_the_model_states() {
    let site = site();
    let model = &site.radars[0].model;
    let (mut on, mut off, mut scans, mut vehicle_scans) = (0_u32, 0_u32, 0_u32, 0_u32);
    watch(&site, model, |targets, vehicles| {
        scans += 1;
        vehicle_scans += u32::try_from(vehicles.len()).unwrap();
        for target in targets {
            assert!((0.1..=model.max_range_m + 2.0).contains(&target.range_m), "{target:?}");
            assert!(target.azimuth_rad.abs() <= PI);
            // What is weak is clutter; it may be anywhere.
            let strong = target.rcs_dbsm.unwrap() > 4.0;
            match nearest(model, target, vehicles) {
                Some((_, away_m, within_m)) if away_m <= within_m => on += 1,
                _ if strong => off += 1,
                _ => {}
            }
        }
    });
    assert!(on > vehicle_scans / 2, "{on} returns of {vehicle_scans} vehicles in {scans} scans");
    // Four standard deviations: a few in ten thousand, and as many of the weaker vehicles' strong clutter.
    assert!(f64::from(off) <= 0.005 * f64::from(on), "{off} of {on} lie beside every vehicle");
}

#[test]
fn doppler_is_negative_for_what_comes_and_positive_for_what_goes() {
    let site = site();
    let model = &site.radars[0].model;
    let [e, n, _] = model.position_enu_m;
    let (mut coming, mut going) = (0, 0);
    watch(&site, model, |targets, vehicles| {
        for target in targets.iter().filter(|target| target.rcs_dbsm.unwrap() > 4.0) {
            let Some((vehicle, away_m, _)) = nearest(model, target, vehicles) else { continue };
            let place = vehicle.position_enu_m;
            let range_m = (place[0] - e).hypot(place[1] - n);
            // Where the line of sight to any part of it is much the same, and nobody else is near.
            let alone = vehicles.iter().filter(|other| away_m_of(other, place) < 8.0).count() == 1;
            if range_m < 30.0 || away_m > 1.0 || !alone {
                continue;
            }
            let speed = vehicle.direction.map(|d| d * vehicle.speed_mps);
            let radial_mps = (speed[0] * (place[0] - e) + speed[1] * (place[1] - n)) / range_m;
            let told_mps = target.range_rate_mps.unwrap();
            // 15 degrees of difference in the line of sight along the longest vehicle, and the noise.
            let within_mps = 0.26 * vehicle.speed_mps + 5.0 * model.sigma.range_rate_mps;
            assert!((told_mps - radial_mps).abs() <= within_mps, "{told_mps} of {radial_mps}: {vehicle:?}");
            if radial_mps < -4.0 {
                assert!(told_mps < 0.0);
                coming += 1;
            } else if radial_mps > 4.0 {
                assert!(told_mps > 0.0);
                going += 1;
            }
        }
    });
    assert!(coming > 100 && going > 100, "{coming} came, {going} went");
}

fn away_m_of(vehicle: &Vehicle, place: [f64; 2]) -> f64 {
    (vehicle.position_enu_m[0] - place[0]).hypot(vehicle.position_enu_m[1] - place[1])
}

#[test]
fn nothing_is_seen_outside_the_field_of_view() {
    let site = site();
    let narrow = RadarModel { fov_rad: 1.0, max_range_m: 60.0, ..site.radars[0].model.clone() };
    let mut seen = 0;
    watch(&site, &narrow, |targets, _| {
        for target in targets {
            seen += 1;
            let slack_rad = 5.0 * narrow.sigma.azimuth_rad;
            assert!(target.azimuth_rad.abs() <= 0.5 + slack_rad, "{target:?}");
            assert!(target.range_m <= 60.0 + 5.0 * narrow.sigma.range_m, "{target:?}");
        }
    });
    assert!(seen > 100, "{seen}");
}

#[test]
fn every_packet_says_that_it_is_simulated() {
    let site = site();
    let model = &site.radars[0].model;
    let ways = routes(&site.map, &site.geometry.origin);
    let mut world = World::new(ways, site.fixed_time_plan(), 0.5, 1, START);
    let mut radar = SimulatedRadar::new(model.clone(), 2);
    for sequence in 0..400_u32 {
        let now = UtcMicros(START.0 + i64::from(sequence) * 50_000);
        world.advance(now);
        let scan = radar.scan(now, world.vehicles());
        let mut told = 0;
        for bytes in encode(&scan, true, sequence).unwrap() {
            let packet = decode(&bytes).unwrap();
            assert!(packet.simulated);
            assert_eq!((&packet.sensor, packet.sequence, packet.captured_at), (&model.id, sequence, now));
            told += packet.targets.len();
        }
        assert_eq!(told, scan.targets.len());
    }
}

#[test]
fn one_seed_gives_one_noise() {
    let site = site();
    let model = &site.radars[0].model;
    let scans = || {
        let mut all = Vec::new();
        watch(&site, model, |targets, _| all.push(targets.to_vec()));
        all
    };
    assert!(scans() == scans());
}
