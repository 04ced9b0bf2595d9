use super::*;
use crate::detection::Class;
use crate::testing::track_at;
use BayStatus::{Free, Occupied, Unknown};

/// A camera at the origin and a radar 100 m east look north. Bays of 2.5 m by 5 m.
fn site() -> SiteGeometry {
    serde_json::from_str(
        r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[
        {"id":"c","kind":"camera","width_px":1280,"height_px":960,"k":[1000,1000,640,480],
         "position_enu_m":[0,0,6],"enu_from_camera":[1,0,0,0,0,1,0,-1,0]},
        {"id":"r","kind":"radar","position_enu_m":[100,0,6],"boresight_azimuth_rad":0.0,"fov_rad":1.0,"max_range_m":80,
         "sigma":{"range_m":0.3,"azimuth_rad":0.01,"range_rate_mps":0.1}}]}"#,
    )
    .expect("well-formed")
}

fn bay(id: &str, east: f64, north: f64) -> Bay {
    let polygon_enu_m = vec![[east, north], [east + 2.5, north], [east + 2.5, north + 5.0], [east, north + 5.0]];
    Bay { id: id.into(), polygon_enu_m, max_stay_s: None }
}

fn lot(bays: Vec<Bay>) -> Lot {
    Lot { id: "p".into(), name: "P".into(), bays, capacity: None, max_stay_s: None, gates: vec![] }
}

/// Bays `near` and `far` one behind the other, `side` beside `near`, `back` behind the camera, `radar` before the radar.
fn bays() -> Vec<Bay> {
    let radar = bay("radar", 100.0, 30.0);
    vec![bay("near", 0.0, 30.0), bay("far", 0.0, 35.2), bay("side", 2.5, 30.0), bay("back", 0.0, -30.0), radar]
}

/// A lot, and the time.
struct Scene {
    monitor: ParkingMonitor,
    now_s: f64,
    live: Vec<SensorId>,
}

impl Scene {
    fn new(lot: &Lot) -> Self {
        Self { monitor: ParkingMonitor::new(lot, &site()), now_s: 1000.0, live: vec!["c".into(), "r".into()] }
    }

    /// The same picture for a while, in steps of 0.25 s; tracks are measured in each.
    fn pass(&mut self, seconds: f64, tracks: &[Track]) -> Vec<BayStatus> {
        let end_s = self.now_s + seconds;
        while self.now_s < end_s {
            let at = UtcMicros(0).plus_seconds(self.now_s);
            let tracks: Vec<Track> = tracks.iter().map(|t| Track { measured_at: at, ..t.clone() }).collect();
            self.monitor.update(at, &tracks, &self.live);
            self.now_s += 0.25;
        }
        self.monitor.state().bays.iter().map(|bay| bay.status).collect()
    }
}

fn seen_by(sensor: &str, track: Track) -> Track {
    Track { sources: vec![sensor.into()], ..track }
}

/// A car that stands there, pointing north, seen by the camera.
fn parked(id: u64, middle: [f64; 2]) -> Track {
    seen_by("c", Track { heading_cw_north_rad: Some(0.0), ..track_at(id, middle, [0.0, 0.0]) })
}

const NEAR: [f64; 2] = [1.25, 32.5];
const FAR: [f64; 2] = [1.25, 37.7];
const RADAR: [f64; 2] = [101.25, 32.5];

#[test]
fn a_bay_is_taken_by_what_stands_free_when_seen_empty_and_unknown_when_unseen() {
    let mut scene = Scene::new(&lot(bays()));
    assert_eq!(scene.pass(0.5, &[]), [Unknown; 5], "nothing is known at the start");
    assert_eq!(scene.pass(4.0, &[parked(1, NEAR)]), [Occupied, Unknown, Free, Unknown, Unknown]);
    let since = scene.monitor.state().bays[0].since;
    assert_eq!(scene.pass(1.0, &[])[0], Occupied, "a moment without its track changes nothing");
    assert_eq!(scene.pass(60.0, &[parked(1, NEAR)])[0], Occupied);
    let state = scene.monitor.state();
    assert_eq!((state.free, state.occupied, state.unknown), (2, 1, 2), "far is seen over the roof of the car in near");
    assert!(state.bays[0].confidence > 0.98 && state.bays[0].since >= since && !state.bays[0].change_seen);
    assert_eq!(state.bays[0].sensors, ["c".into()]);
    assert_eq!(scene.pass(10.0, &[])[..3], [Free, Free, Free]);
    let bay = scene.monitor.state().bays[0].clone();
    assert!(bay.change_seen && (bay.since.seconds_since(UtcMicros(0)) - 1065.5).abs() < 0.3, "{bay:?}");
}

#[test]
fn what_is_hidden_stays_and_what_nobody_looks_at_becomes_unknown() {
    let mut scene = Scene::new(&lot(bays()));
    scene.pass(10.0, &[parked(2, FAR)]);
    // A van comes between: the car behind it is not measured any more.
    let van =
        Track { class: Class::Van, height_m: Some(2.6), length_m: Some(5.2), width_m: Some(2.2), ..parked(3, NEAR) };
    assert_eq!(scene.pass(300.0, std::slice::from_ref(&van))[..2], [Occupied, Occupied]);
    let far = scene.monitor.state().bays[1].clone();
    assert!(far.hidden && far.confidence < 0.98 && far.confidence > 0.9, "less sure with time: {far:?}");
    assert_eq!(scene.pass(4000.0, std::slice::from_ref(&van))[..2], [Occupied, Unknown], "but not for ever");
    scene.live = vec!["r".into()];
    assert_eq!(scene.pass(9.0, &[])[0], Occupied);
    assert_eq!(scene.pass(2.0, &[])[..3], [Unknown, Unknown, Unknown], "the camera is gone");
}

#[test]
fn who_drives_through_walks_or_only_touches_takes_no_bay() {
    let mut scene = Scene::new(&lot(bays()));
    let driving = seen_by("c", track_at(1, NEAR, [0.0, 5.0]));
    let person = Track { class: Class::Pedestrian, length_m: Some(0.5), width_m: Some(0.5), ..parked(2, NEAR) };
    // Stands in the drive before the bay, 0.7 m of it in it.
    let waiting = parked(3, [1.25, 28.45]);
    scene.pass(6.0, &[]);
    for track in [driving, person, waiting] {
        assert_eq!(scene.pass(20.0, std::slice::from_ref(&track))[0], Free, "{track:?}");
    }
}

#[test]
fn nobody_frees_a_bay_that_something_of_no_known_class_stands_in() {
    let mut scene = Scene::new(&lot(bays()));
    let what = Track { class: Class::Unknown, ..parked(1, NEAR) };
    assert_eq!(scene.pass(30.0, &[what])[0], Unknown);
}

#[test]
fn a_truck_takes_both_bays_it_stands_on_and_a_motorcycle_takes_one() {
    let mut scene = Scene::new(&lot(bays()));
    let truck = Track {
        class: Class::Truck,
        length_m: Some(9.5),
        width_m: Some(2.5),
        height_m: Some(3.4),
        ..parked(1, [2.5, 33.0])
    };
    let both = scene.pass(10.0, &[truck]);
    assert_eq!([both[0], both[2]], [Occupied, Occupied]);
    let mut scene = Scene::new(&lot(bays()));
    let small = Track { class: Class::Motorcycle, length_m: Some(2.1), width_m: Some(0.8), ..parked(1, NEAR) };
    let one = scene.pass(10.0, &[small]);
    assert_eq!([one[0], one[2]], [Occupied, Free]);
}

#[test]
fn a_car_that_is_a_little_off_takes_its_own_bay_only() {
    let mut scene = Scene::new(&lot(bays()));
    let off = Track { cov_position_m2: [[0.16, 0.0], [0.0, 0.16]], ..parked(1, [1.95, 32.5]) };
    let statuses = scene.pass(10.0, &[off]);
    assert_eq!([statuses[0], statuses[2]], [Occupied, Free]);
}

#[test]
fn a_vehicle_that_is_seen_anew_beside_its_bay_has_not_moved() {
    let mut scene = Scene::new(&lot(bays()));
    let coming = Track { velocity_enu_mps: [0.0, 2.0], ..parked(1, [1.25, 27.0]) };
    scene.pass(5.0, &[]);
    scene.pass(1.0, &[coming]);
    assert_eq!(scene.pass(5.0, &[parked(1, NEAR)])[0], Occupied);
    let beside = [parked(9, [3.2, 32.5])];
    let statuses = scene.pass(60.0, &beside);
    assert_eq!([statuses[0], statuses[2]], [Occupied, Free]);
    // Another one that is seen to drive in beside it is another one.
    let comes = Track { velocity_enu_mps: [0.0, 2.0], ..parked(10, [3.75, 27.0]) };
    scene.pass(1.0, &[parked(9, [3.2, 32.5]), comes]);
    let statuses = scene.pass(5.0, &[parked(9, [3.2, 32.5]), parked(10, [3.75, 32.5])]);
    assert_eq!([statuses[0], statuses[2]], [Occupied, Occupied]);
}

#[test]
fn a_radar_tells_who_came_and_who_left_but_silence_tells_nothing() {
    let mut scene = Scene::new(&lot(bays()));
    let at = |middle, velocity| seen_by("r", track_at(7, middle, velocity));
    let post = seen_by("r", track_at(6, RADAR, [0.0, 0.0]));
    assert_eq!(scene.pass(60.0, &[post])[4], Unknown, "an echo that never drove");
    scene.pass(1.0, &[at([101.25, 22.0], [0.0, 4.0])]);
    assert_eq!(scene.pass(4.0, &[at(RADAR, [0.0, 0.0])])[4], Occupied);
    assert_eq!(scene.pass(120.0, &[])[4], Occupied, "radars lose what stands");
    assert!(scene.monitor.state().bays[4].confidence < 0.9);
    assert_eq!(scene.pass(4.0, &[at(RADAR, [0.0, 0.0])])[4], Occupied);
    assert_eq!(scene.pass(1.0, &[at([101.25, 20.0], [0.0, -4.0])])[4], Free, "it drove off");
    assert_eq!(scene.pass(4000.0, &[])[4], Unknown, "others may have come unseen since");
}

#[test]
fn overstay_counts_from_when_it_was_first_seen() {
    let mut all = lot(vec![Bay { max_stay_s: Some(60.0), ..bay("short", 0.0, 30.0) }, bay("long", 2.5, 30.0)]);
    all.max_stay_s = Some(7200.0);
    let mut scene = Scene::new(&all);
    let cars = [parked(1, NEAR), parked(2, [3.75, 32.5])];
    scene.pass(59.0, &cars);
    assert_eq!(scene.monitor.state().bays[0].overstay_s, None);
    scene.pass(31.0, &cars);
    let over: Vec<_> = scene.monitor.state().bays.iter().map(|bay| bay.overstay_s).collect();
    assert!(over[0].is_some_and(|s| (s - 30.0).abs() < 0.6) && over[1].is_none(), "{over:?}");
    scene.pass(10.0, &[]);
    assert_eq!(scene.monitor.state().bays[0].overstay_s, None);
}

#[test]
fn turnover_counts_changes_that_were_seen_and_forgets_after_an_hour() {
    let mut scene = Scene::new(&lot(vec![bay("a", 0.0, 30.0)]));
    let car = [parked(1, NEAR)];
    scene.pass(20.0, &car);
    scene.pass(20.0, &[]);
    scene.pass(300.0, &car);
    scene.pass(20.0, &[]);
    let told = scene.monitor.state().turnover;
    assert_eq!((told.arrivals, told.departures), (1, 2), "the first one's arrival was not seen");
    assert!(told.mean_stay_s.is_some_and(|s| (s - 300.0).abs() < 1.0), "{told:?}");
    assert!((told.window_s - 359.75).abs() < 0.1);
    scene.pass(3700.0, &[]);
    let told = scene.monitor.state().turnover;
    assert_eq!(told, Turnover { window_s: 3600.0, arrivals: 0, departures: 0, mean_stay_s: None });
}

fn gated() -> Lot {
    // The lot is north of the line: to the left of one that is drawn eastwards.
    let gate = Gate { id: "g".into(), line_enu_m: [[-2.0, 40.0], [4.0, 40.0]] };
    Lot { capacity: Some(3), gates: vec![gate], ..lot(vec![]) }
}

/// Somebody drives through the gate at 5 m/s.
fn drive(scene: &mut Scene, id: u64, in_: bool) {
    for step in 0..12 {
        let metres = f64::from(step) * 1.25 - 7.0;
        let (north, speed) = if in_ { (40.0 + metres, 5.0) } else { (40.0 - metres, -5.0) };
        scene.pass(0.25, &[seen_by("c", track_at(id, [1.0, north], [0.0, speed]))]);
    }
}

#[test]
fn gates_count_from_what_is_set_and_stay_between_empty_and_full() {
    let mut scene = Scene::new(&gated());
    drive(&mut scene, 1, true);
    let told = scene.monitor.state().counted.expect("it has a gate");
    assert_eq!((told.vehicles, told.entered, told.left, told.in_view), (None, 1, 0, true), "from what?");
    scene.monitor.set_count(1);
    drive(&mut scene, 2, true);
    drive(&mut scene, 3, false);
    drive(&mut scene, 4, true);
    let told = scene.monitor.state().counted.expect("it has a gate");
    assert_eq!((told.vehicles, told.entered, told.left, told.held), (Some(2), 3, 1, 0));
    assert!((told.sigma.expect("counted") - 0.06_f64.sqrt()).abs() < 1e-9, "three crossings, each wrong by chance");
    drive(&mut scene, 5, true);
    drive(&mut scene, 6, true);
    assert_eq!(scene.monitor.state().counted.map(|told| (told.vehicles, told.held)), Some((Some(3), 1)), "full");
    scene.monitor.set_count(0);
    drive(&mut scene, 7, false);
    assert_eq!(scene.monitor.state().counted.map(|told| (told.vehicles, told.held)), Some((Some(0), 2)), "empty");
}

#[test]
fn hovering_on_the_line_walking_and_passing_beside_it_count_for_nothing_and_blindness_is_doubt() {
    let mut scene = Scene::new(&gated());
    scene.monitor.set_count(2);
    for step in 0..40 {
        let north = 40.0 + if step % 2 == 0 { 0.4 } else { -0.4 };
        scene.pass(0.25, &[parked(1, [1.0, north])]);
    }
    for north in [38.0, 39.0, 41.0, 42.0] {
        let person = Track { class: Class::Pedestrian, ..parked(2, [1.0, north]) };
        scene.pass(0.25, &[person, parked(3, [20.0, north])]);
    }
    let told = scene.monitor.state().counted.expect("it has a gate");
    assert_eq!((told.vehicles, told.entered, told.left, told.sigma), (Some(2), 0, 0, Some(0.0)));
    scene.live.clear();
    scene.pass(240.0, &[]);
    let told = scene.monitor.state().counted.expect("it has a gate");
    assert!(!told.in_view && told.sigma.is_some_and(|sigma| (1.9..2.1).contains(&sigma)), "{told:?}");
}

#[test]
fn a_count_is_gone_on_with_after_nobody_has_looked_for_a_while() {
    let mut scene = Scene::new(&gated());
    assert_eq!(scene.monitor.kept_count(), None, "there is none");
    scene.monitor.set_count(1);
    drive(&mut scene, 1, true);
    let kept = scene.monitor.kept_count().expect("a count");
    assert!(kept.vehicles == 2 && kept.sigma > 0.1, "{kept:?}");
    let goes_on = |after_s: f64, kept: &KeptCount| {
        let mut monitor = ParkingMonitor::new(&gated(), &site());
        monitor.go_on_counting(kept.at.plus_seconds(after_s), kept);
        let told = monitor.state().counted.expect("it has a gate");
        (told.vehicles, told.sigma.expect("counted"))
    };
    assert_eq!(goes_on(0.0, &kept), (Some(2), kept.sigma));
    assert_eq!(goes_on(-3600.0, &kept), (Some(2), kept.sigma), "a clock that was set back");
    // One vehicle passes in a minute at least; or as many as passed before.
    let quiet = KeptCount { sigma: 1.0, crossings_per_s: 0.0, ..kept.clone() };
    assert!((goes_on(180.0, &quiet).1 - 2.0).abs() < 1e-9);
    let busy = KeptCount { sigma: 0.0, crossings_per_s: 0.25, ..kept };
    assert!((goes_on(100.0, &busy).1 - 5.0).abs() < 1e-9);
}

#[test]
fn a_clock_set_back_begins_anew() {
    let mut scene = Scene::new(&lot(bays()));
    assert_eq!(scene.pass(10.0, &[parked(1, NEAR)])[0], Occupied);
    scene.now_s = 500.0;
    assert_eq!(scene.pass(0.25, &[]), [Unknown; 5]);
    assert_eq!(scene.monitor.state().bays[0].since, UtcMicros(500_000_000));
}

#[test]
fn numbers_that_are_none_do_no_harm() {
    let mut scene =
        Scene::new(&lot([bays(), vec![Bay { id: "flat".into(), polygon_enu_m: vec![], max_stay_s: None }]].concat()));
    let odd = Track {
        length_m: Some(0.0),
        width_m: Some(f64::NAN),
        cov_position_m2: [[f64::NAN; 2]; 2],
        ..parked(1, [f64::NAN; 2])
    };
    let statuses = scene.pass(10.0, &[odd, parked(2, NEAR)]);
    assert_eq!(statuses[0], Occupied);
    assert!(scene.monitor.state().bays.iter().all(|bay| (0.0..=1.0).contains(&bay.confidence)));
}

#[test]
fn a_parked_car_does_not_move_sideways() {
    let mut scene = Scene::new(&lot(bays()));
    let both = |seen: [BayStatus; 5]| [seen[0], seen[2]];
    assert_eq!(both(scene.pass(10.0, &[parked(1, NEAR)]).try_into().expect("five")), [Occupied, Free]);
    // It covers more of the other bay, and its direction is known to be along neither.
    let moved = Track { heading_cw_north_rad: Some(0.6), ..parked(1, [2.9, 32.5]) };
    assert_eq!(both(scene.pass(30.0, &[moved]).try_into().expect("five")), [Occupied, Free]);
    // But if all of it lies there, the first word was wrong.
    assert_eq!(both(scene.pass(30.0, &[parked(1, [3.75, 32.5])]).try_into().expect("five")), [Free, Occupied]);
}
