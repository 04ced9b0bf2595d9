use super::*;
use crate::calibration::{CameraModel, Lane, Origin, RadarModel, RadarSigma, SensorModel};
use crate::detection::Class;
use crate::hindsight::Hindsight;
use crate::lanes::LaneMap;
use crate::testing::{straight_lane, track_at};
use crate::track::Track;

mod jams;

const T0: UtcMicros = UtcMicros(1_800_000_000_000_000);
const ORIGIN: Origin = Origin { lat_deg: 30.0, lon_deg: 114.0, ellipsoidal_height_m: 20.0 };

fn at(s: f64) -> UtcMicros {
    T0.plus_seconds(s)
}

/// `in`, northbound at east 0 with its stop line at north 200; `out` beyond it from 220 to 400; `back`, southbound at
/// east -3.5; a pavement at east 4.
fn site() -> SiteGeometry {
    let vehicles = vec![Class::Car, Class::Truck, Class::Bus, Class::Van, Class::Motorcycle, Class::Bicycle];
    let lane = |id: &str, points: [[f64; 2]; 2]| Lane {
        centerline_enu_m: points.to_vec(),
        allowed: vehicles.clone(),
        speed_limit_mps: Some(15.0),
        ..straight_lane(id, 1.0)
    };
    let radar = RadarModel {
        id: "radar".into(),
        position_enu_m: [0.0, 210.0, 6.0],
        boresight_azimuth_rad: std::f64::consts::PI,
        fov_rad: 1.5,
        max_range_m: 150.0,
        sigma: RadarSigma { range_m: 0.3, azimuth_rad: 0.01, range_rate_mps: 0.1 },
    };
    let camera = CameraModel {
        id: "camera".into(),
        width_px: 640,
        height_px: 360,
        k: [500.0, 500.0, 320.0, 180.0],
        distortion: [0.0; 5],
        position_enu_m: [0.0, 210.0, 6.0],
        enu_from_camera: [-1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0, 0.0],
    };
    let pavement = Lane { allowed: vec![Class::Pedestrian], ..lane("walk/1", [[4.0, 0.0], [4.0, 200.0]]) };
    SiteGeometry {
        name: "t".into(),
        origin: ORIGIN,
        sensors: vec![SensorModel::Radar(radar), SensorModel::Camera(camera)],
        lanes: vec![
            Lane {
                maneuvers: vec!["straight".into(), "right".into()],
                signal_group: Some(1),
                ..lane("in/1", [[0.0, 0.0], [0.0, 200.0]])
            },
            lane("out/1", [[0.0, 220.0], [0.0, 400.0]]),
            lane("back/1", [[-3.5, 200.0], [-3.5, 0.0]]),
            pavement,
        ],
    }
}

/// Ten pictures a second of scripted road users.
struct Film {
    monitor: EventMonitor,
    hindsight: Hindsight,
    lanes: LaneMap,
    lights: BTreeMap<SensorId, LaneLight>,
    news: Vec<(f64, Event)>,
}

impl Film {
    fn new(settings: EventSettings) -> Self {
        let crosswalk = vec![[-6.0, 205.0], [6.0, 205.0], [6.0, 209.0], [-6.0, 209.0]];
        let mut lights = BTreeMap::new();
        lights.insert("in/1".into(), LaneLight { stop: false, since: at(-600.0) });
        Self {
            monitor: EventMonitor::new(&site(), vec![crosswalk], settings),
            hindsight: Hindsight::default(),
            lanes: LaneMap::new(&site().lanes),
            lights,
            news: Vec::new(),
        }
    }

    /// Shows `seconds`, from second `from`; `who` says who is there.
    fn show(&mut self, from: u32, to: u32, who: impl Fn(f64) -> Vec<Track>) {
        for tenth in from * 10..to * 10 {
            let s = f64::from(tenth) / 10.0;
            let seen = |track: Track| Track {
                born_at: track.born_at.max(T0),
                measured_at: if track.measured_at > T0 { track.measured_at } else { at(s) },
                sources: if track.sources.is_empty() { vec!["camera".into()] } else { track.sources.clone() },
                ..track
            };
            let tracks = who(s).into_iter().map(seen).collect();
            let tracks = self.lanes.locate_all(tracks);
            let live = ["radar".into()];
            let past = self.hindsight.look(at(s), &tracks);
            let scene = Scene { tracks: &tracks, past: past.as_ref(), live: &live, lights: &self.lights };
            self.monitor.look(at(s), scene);
            self.news.extend(self.monitor.take_news().into_iter().map(|event| (s, event)));
        }
    }

    /// What was told of beginnings and ends: kind, told at, began at, how it ended.
    fn told(&self) -> Vec<(EventKind, f64, f64, Option<Ending>)> {
        let mut begun: Vec<u8> = Vec::new();
        let mut told = Vec::new();
        for (s, event) in &self.news {
            let new = !begun.contains(&event.number);
            if new || event.ended.is_some() {
                let began_s = (event.began_at.seconds_since(T0) * 10.0).round() / 10.0;
                told.push((event.kind, *s, began_s, event.ended.map(|(_, ending)| ending)));
            }
            if new {
                begun.push(event.number);
            }
        }
        told
    }
}

fn car(id: u64, place: [f64; 2], north_mps: f64) -> Track {
    let heading_cw_north_rad = Some(if north_mps < 0.0 { std::f64::consts::PI } else { 0.0 });
    let cov = [[0.04, 0.0], [0.0, 0.04]];
    Track {
        heading_cw_north_rad,
        cov_position_m2: cov,
        cov_velocity_m2ps2: cov,
        ..track_at(id, place, [0.0, north_mps])
    }
}

fn walker(id: u64, place: [f64; 2]) -> Track {
    Track { class: Class::Pedestrian, length_m: Some(0.5), width_m: Some(0.5), ..car(id, place, 1.0) }
}

/// Every kind on.
fn all_kinds() -> EventSettings {
    EventSettings::default()
}

#[test]
fn who_drives_against_the_lane_is_told_until_gone_for_ten_seconds() {
    let mut film = Film::new(all_kinds());
    // At 8 m/s southward in the northbound lane, from second 1 until it is out of sight at 9.
    let who =
        |s: f64| if (1.0..9.0).contains(&s) { vec![car(7, [0.1, 150.0 - 8.0 * (s - 1.0)], -8.0)] } else { vec![] };
    film.show(0, 30, who);
    assert_eq!(
        film.told(),
        [(EventKind::WrongWay, 3.5, 1.0, None), (EventKind::WrongWay, 18.9, 1.0, Some(Ending::Lost))]
    );
    let (_, event) = &film.news[0];
    assert_eq!((event.tracks.as_slice(), event.lane.as_deref(), event.measure), (&[7][..], Some("in/1"), Some(8.0)));
    assert!((event.place.lat_deg - 30.0 - 130.0 / 110_852.0).abs() < 1e-5, "{:?}", event.place);
    let told: Vec<f64> = film.news.iter().map(|(s, _)| *s).collect();
    assert!(told.windows(2).all(|pair| pair[1] - pair[0] >= 0.99), "at most once a second: {told:?}");
    let unseen = film.news.iter().find(|(_, event)| event.unseen).expect("told as unseen");
    assert!((9.0..11.0).contains(&unseen.0), "{}", unseen.0);
}

#[test]
fn backing_up_a_little_or_driving_where_both_ways_are_open_is_no_wrong_way() {
    let mut film = Film::new(all_kinds());
    film.show(0, 20, |s| {
        let backs = car(1, [0.0, 100.0 - 2.5 * s.min(2.5)], if s < 2.5 { -2.5 } else { 0.0 });
        vec![backs, car(2, [-1.9, 190.0 - 8.0 * s], -8.0), car(3, [-3.5, 150.0 - 6.0 * s], -6.0)]
    });
    assert_eq!(film.told(), []);
}

#[test]
fn a_track_that_jumps_from_one_vehicle_to_another_drives_no_wrong_way() {
    let mut film = Film::new(all_kinds());
    // Southbound in its own lane, then, every two seconds, taken for somebody in the other one and back.
    let jumps = |s: f64| car(1, [if (s as u32) % 4 < 2 { -3.5 } else { 0.0 }, 190.0 - 8.0 * s], -8.0);
    // In the other lane by half a metre, and by no more than what is known of its place.
    let unsure = |s: f64| Track { cov_position_m2: [[0.5, 0.0], [0.0, 0.5]], ..car(2, [-0.6, 190.0 - 8.0 * s], -8.0) };
    film.show(0, 20, |s| vec![jumps(s), unsure(s)]);
    assert_eq!(film.told(), []);
}

#[test]
fn who_stood_in_front_and_was_lost_is_waited_for_until_somebody_drives_there() {
    let mut film = Film::new(all_kinds());
    let waits = || car(2, [0.0, 100.0], 0.0);
    film.show(0, 5, |_| vec![car(1, [0.0, 107.0], 0.0), waits()]);
    film.show(5, 60, |_| vec![waits()]);
    assert_eq!(film.told(), []);
    film.show(60, 73, |s| vec![waits(), car(3, [0.0, 80.0 + 10.0 * (s - 60.0)], 10.0)]);
    assert_eq!(film.told().iter().map(|told| (told.0, told.2)).collect::<Vec<_>>(), [(EventKind::StoppedVehicle, 0.0)]);
}

#[test]
fn a_stopped_vehicle_is_told_after_twenty_seconds_and_survives_flicker_red_and_hiding() {
    let mut film = Film::new(all_kinds());
    let stands = |s: f64| {
        // The tracker thinks now and then that it creeps.
        let wiggle = if ((s * 10.0) as u32).is_multiple_of(37) { 1.2 } else { 0.0 };
        car(1, [0.0, 100.0], wiggle)
    };
    film.show(0, 30, |s| vec![stands(s)]);
    assert_eq!(film.told(), [(EventKind::StoppedVehicle, 20.1, 0.1, None)]);
    // Red and a queue behind it change nothing.
    film.lights.insert("in/1".into(), LaneLight { stop: true, since: at(30.0) });
    film.show(30, 60, |s| vec![stands(s), car(2, [0.0, 92.0], 0.0)]);
    // A lorry hides it for 30 s; when it is seen again it has another number.
    film.lights.insert("in/1".into(), LaneLight { stop: false, since: at(60.0) });
    film.show(60, 90, |_| vec![]);
    assert!(film.monitor.active().all(|event| event.unseen));
    film.show(90, 115, |_| vec![car(9, [0.3, 100.4], 0.0)]);
    let event = film.monitor.active().next().expect("still there");
    assert_eq!((event.unseen, event.tracks.as_slice()), (false, &[9, 1][..]));
    assert_eq!(film.told().len(), 1, "{:?}", film.told());
    film.show(115, 120, |s| vec![car(9, [0.3, 100.4 + 5.0 * (s - 115.0)], 5.0)]);
    assert_eq!(film.told()[1..], [(EventKind::StoppedVehicle, 118.0, 0.1, Some(Ending::Cleared))]);
}

#[test]
fn what_is_hidden_too_long_is_lost_and_what_is_driven_over_is_over() {
    for (driven_over, told_s, ending) in [(false, 90.0, Ending::Lost), (true, 36.6, Ending::Cleared)] {
        let mut film = Film::new(all_kinds());
        film.show(0, 30, |_| vec![car(1, [0.0, 100.0], 0.0)]);
        film.show(30, 100, |s| if driven_over { vec![car(2, [0.0, 10.0 * (s - 26.7)], 10.0)] } else { vec![] });
        let told = film.told();
        let last = told.last().expect("told");
        assert_eq!((told.len(), last.3), (2, Some(ending)));
        assert!((last.1 - told_s).abs() <= 0.21, "{told:?}");
    }
}

#[test]
fn who_has_a_reason_to_wait_is_not_told() {
    let mut film = Film::new(EventSettings { off: vec![EventKind::Congestion], ..all_kinds() });
    film.lights.insert("in/1".into(), LaneLight { stop: true, since: at(-5.0) });
    let queue = |_| (1..=6).map(|id| car(id, [0.0, 204.0 - 7.0 * id as f64], 0.0)).collect::<Vec<_>>();
    film.show(0, 100, queue);
    // Green: the last goes when the wave has come to it.
    film.lights.insert("in/1".into(), LaneLight { stop: false, since: at(100.0) });
    film.show(100, 119, queue);
    // Nobody knows what the signal shows.
    film.lights.clear();
    film.show(119, 219, queue);
    assert_eq!(film.told(), []);
}

#[test]
fn who_starts_behind_others_has_not_stopped_for_nothing() {
    let mut film = Film::new(all_kinds());
    // Green for long. The first has broken down, and drives off after a minute; the second follows two seconds later.
    let goes = |s: f64, from_s: f64| (s - from_s).max(0.0);
    let one = |id: u64, from_m: f64, after_s: f64| car(id, [0.0, from_m + 0.75 * after_s * after_s], 1.5 * after_s);
    film.show(0, 68, |s| {
        vec![one(1, 120.0, goes(s, 60.0)), one(2, 112.0, goes(s, 62.0)), one(3, 104.0, goes(s, 64.0))]
    });
    let stopped = |(_, event): &&(f64, Event)| event.kind == EventKind::StoppedVehicle;
    let tracks: Vec<&[u64]> = film.news.iter().filter(stopped).map(|(_, event)| event.tracks.as_slice()).collect();
    assert!(!tracks.is_empty() && tracks.iter().all(|tracks| *tracks == [1]), "{tracks:?}");
}

#[test]
fn who_crosses_at_red_and_goes_on_is_told_and_nobody_else() {
    let run = |red_since_s: f64, who: &dyn Fn(f64) -> Track| {
        let mut film = Film::new(all_kinds());
        film.lights.insert("in/1".into(), LaneLight { stop: true, since: at(red_since_s) });
        film.show(0, 25, |s| vec![who(s)]);
        film.told()
    };
    // Its front is at the line at 197.75 / 10 m/s.
    let through = |s: f64| car(1, [0.0, 100.0 + 10.0 * s], 10.0);
    let told = run(5.0, &through);
    assert_eq!(
        told,
        [(EventKind::RedLightRunning, 11.0, 9.8, None), (EventKind::RedLightRunning, 21.0, 9.8, Some(Ending::Passed))]
    );
    assert_eq!(run(9.3, &through), [], "half a second of red");
    let stops_late = |s: f64| car(1, [0.0, (100.0 + 10.0 * s).min(204.0)], if s < 10.4 { 10.0 } else { 0.0 });
    assert_eq!(run(5.0, &stops_late), [], "on the crosswalk it stands");
    let turns_right = |s: f64| {
        if s < 10.5 { through(s) } else { track_at(1, [7.0 * (s - 10.5), 205.0], [7.0, 0.0]) }
    };
    assert_eq!(run(5.0, &turns_right), [], "right turns are free");
}

#[test]
fn people_in_the_lane_are_told_and_on_crosswalk_or_pavement_not() {
    let mut film = Film::new(all_kinds());
    film.show(0, 20, |s| {
        vec![walker(1, [4.0, 10.0 + s]), walker(2, [-5.0 + 0.5 * s, 207.0]), walker(3, [1.9, 60.0 + s])]
    });
    assert_eq!(film.told(), []);
    // Across the road from one side to the other, at 1 m/s: in the two lanes from -4.75 to 1.25.
    film.show(20, 40, |s| vec![walker(4, [-6.0 + (s - 20.0), 100.0])]);
    let told = film.told();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].0, told[1].3), (EventKind::Pedestrian, Some(Ending::Cleared)));
    assert!((23.0..25.0).contains(&told[0].1) && (29.0..32.0).contains(&told[1].1), "{told:?}");
}

#[test]
fn who_is_badly_seen_is_in_the_road_where_lanes_lie_beside_and_who_is_fast_is_not_on_foot() {
    let unsure = |track: Track| Track { cov_position_m2: [[0.2, 0.0], [0.0, 0.2]], ..track };
    let mut film = Film::new(all_kinds());
    // 1.2 m from the edge to be sure: about a second at a time in either lane, over four in both.
    film.show(0, 20, |s| vec![unsure(walker(1, [-8.0 + s, 100.0]))]);
    assert_eq!(film.told().first().map(|told| told.0), Some(EventKind::Pedestrian));
    let mut film = Film::new(all_kinds());
    film.show(0, 20, |s| vec![unsure(walker(1, [1.0, 60.0 + s])), walker(2, [-5.1, 60.0 + s])]);
    film.show(20, 40, |s| vec![Track { velocity_enu_mps: [0.0, 4.6], ..walker(3, [0.0, 4.6 * (s - 20.0)]) }]);
    assert_eq!(film.told(), [], "at the edge, or as fast as a bicycle");
}

#[test]
fn speed_is_judged_by_the_lanes_limit() {
    let mut film = Film::new(all_kinds());
    film.show(0, 8, |s| vec![car(1, [0.0, 20.0 * s], 20.0), car(2, [-3.5, 200.0 - 17.0 * s], -17.0)]);
    let told = film.told();
    assert_eq!(told[0], (EventKind::Speeding, 1.5, 0.0, None));
    assert!(film.news.iter().all(|(_, event)| event.tracks == [1]));
    let mut film = Film::new(all_kinds());
    film.show(0, 20, |s| vec![car(1, [0.0, 3.0 * s], 3.0), car(2, [-3.5, 190.0 - 10.0 * s], -10.0)]);
    assert_eq!(film.told(), [(EventKind::SlowVehicle, 8.0, 0.0, None)]);
    // As fast as a bicycle that it may follow; or it may be beside the lane.
    let unsure = |track: Track| Track { cov_position_m2: [[4.0, 0.0], [0.0, 4.0]], ..track };
    let mut film = Film::new(all_kinds());
    film.show(0, 20, |s| vec![car(1, [0.0, 4.0 * s], 4.0), unsure(car(2, [-3.5, 190.0 - 3.0 * s], -3.0))]);
    assert_eq!(film.told(), []);
}

#[test]
fn two_that_nearly_meet_and_two_that_met() {
    let mut film = Film::new(all_kinds());
    // One crosses at 8 m/s, the other comes at 12 m/s and brakes so that it stands 1 m before it.
    film.show(0, 12, |s| {
        let crosses = track_at(1, [-40.0 + 8.0 * s, 210.0], [8.0, 0.0]);
        let brakes_s = (s - 4.2).clamp(0.0, 1.5);
        let north = 150.0 + 12.0 * s - 12.0 * (s - 4.2).max(0.0) + 12.0 * brakes_s - 4.0 * brakes_s * brakes_s;
        vec![crosses, car(2, [0.0, north], 12.0 - 8.0 * brakes_s)]
    });
    let kinds: Vec<EventKind> = film.told().iter().map(|told| told.0).collect();
    assert!(kinds.contains(&EventKind::NearMiss), "{:?}", film.told());
    assert!(!kinds.contains(&EventKind::AccidentSuspected));
    let mut film = Film::new(all_kinds());
    // It runs into one that stands.
    film.show(0, 20, |s| {
        let hits = s >= 5.0;
        vec![
            car(1, [0.0, 154.7], 0.0),
            car(2, [0.0, if hits { 150.0 } else { 100.0 + 10.0 * s }], if hits { 0.0 } else { 10.0 }),
        ]
    });
    let accident = film.told().into_iter().find(|told| told.0 == EventKind::AccidentSuspected);
    assert_eq!(accident, Some((EventKind::AccidentSuspected, 8.0, 5.0, None)));
}

#[test]
fn who_is_stopped_so_abruptly_that_its_track_goes_on_has_met_somebody_unless_both_wait() {
    let crash = |red: bool| {
        let mut film = Film::new(EventSettings { off: vec![EventKind::StoppedVehicle], ..all_kinds() });
        film.lights.insert("in/1".into(), LaneLight { stop: red, since: at(-600.0) });
        film.show(0, 20, |s| {
            // It stands from second 5 on, and is another track from then on; the first is last measured there.
            let came = Track { measured_at: at(s.min(5.0)), ..car(2, [0.0, 100.0 + 10.0 * s], 10.0) };
            let stands = Track { born_at: at(5.0), ..car(3, [0.0, 150.0], 0.0) };
            let met = [Some(came).filter(|_| s < 7.0), Some(stands).filter(|_| s >= 5.3)];
            std::iter::once(car(1, [0.0, 154.7], 0.0)).chain(met.into_iter().flatten()).collect()
        });
        film.told().iter().map(|told| told.0).collect::<Vec<_>>()
    };
    assert_eq!(crash(false), [EventKind::AccidentSuspected]);
    assert_eq!(crash(true), []);
}

#[test]
fn queues_that_spill_back_and_are_not_seen_to_go() {
    let off = vec![EventKind::StoppedVehicle];
    let mut film = Film::new(EventSettings { congestion_window_s: 60.0, off, ..all_kinds() });
    let queue =
        |most: u64| move |_: f64| (0..most).map(|id| car(id + 1, [0.0, 224.0 + 8.0 * id as f64], 0.0)).collect();
    film.show(0, 20, queue(2));
    film.show(20, 90, queue(6));
    film.show(90, 130, |_| vec![]);
    let told = film.told();
    // `out` is behind the sensors: nobody sees that the queue is gone, nor how fast the lane moves.
    assert_eq!(told[0], (EventKind::QueueSpillback, 25.0, 20.0, None));
    assert_eq!((told[1].1, told[1].3), (119.9, Some(Ending::Lost)));
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_queue_that_creeps_back_to_the_begin_of_its_lane_spills_back_too() {
    for (mps, told) in [(0.7, vec![(EventKind::QueueSpillback, 5.0, 0.0, None)]), (3.0, vec![])] {
        let mut film = Film::new(EventSettings { off: vec![EventKind::SlowVehicle], ..all_kinds() });
        film.show(0, 20, |s| {
            // One every 8 m, from the begin of `out` on, for ever.
            let last = (-mps * s / 8.0).ceil() as i64;
            let one = |n: i64| car((1000 + n) as u64, [0.0, 221.0 + mps * s + 8.0 * n as f64], mps);
            (last..last + 6).map(one).collect()
        });
        assert_eq!(film.told(), told, "at {mps} m/s");
    }
}

#[test]
fn an_animal_in_a_lane_is_told_whether_it_goes_or_stands() {
    let cow =
        |id, place, mps| Track { class: Class::Animal, length_m: Some(2.3), width_m: Some(0.7), ..car(id, place, mps) };
    let mut film = Film::new(all_kinds());
    film.show(0, 20, |s| {
        // One grazes, another of its herd comes to it; a car that brakes for them nearly meets nobody.
        let herd = [cow(1, [0.0, 100.0], 0.0), cow(2, [0.2, 90.0 + 0.3 * s], 0.3)];
        let brakes = car(3, [0.0, (20.0 + 12.0 * s).min(86.0)], if s < 5.5 { 12.0 } else { 0.0 });
        let beside = cow(4, [4.5, 60.0], 0.0);
        let led_over = cow(5, [0.0, 207.0], 0.0);
        let far = Track { cov_position_m2: [[0.04, 0.0], [0.0, 0.8]], ..cow(8, [0.0, 160.0], 0.0) };
        let unsure = Track { class_probability: 0.5, ..cow(6, [0.0, 40.0], 0.0) };
        let echo = Track { sources: vec!["radar".into()], ..cow(7, [0.0, 130.0], 0.0) };
        herd.into_iter().chain([brakes, beside, led_over, far, unsure, echo]).collect()
    });
    assert_eq!(
        film.told(),
        [(EventKind::Animal, 2.0, 0.0, None); 2],
        "the herd, and one of which only its lane is known"
    );
    let herd = film.monitor.active().next().expect("lasts");
    assert_eq!((herd.lane.as_deref(), herd.tracks.len()), (Some("in/1"), 2), "it has a lane, though it is in none");
    film.show(20, 25, |s| vec![cow(1, [-(s - 17.0), 100.0], 1.0)]);
    assert_eq!(film.told().last().map(|told| told.3), Some(Some(Ending::Cleared)), "{:?}", film.told());
}

#[test]
fn things_and_parked_cars_and_water() {
    let gauge = WaterGauge { id: "dip".into(), place_enu_m: [0.0, 50.0], lane: Some("in/1".into()) };
    let polygon_enu_m = vec![[-8.0, 20.0], [-5.5, 20.0], [-5.5, 60.0], [-8.0, 60.0]];
    let no_stopping = vec![NoStopping { polygon_enu_m, after_s: 30.0, ..NoStopping::default() }];
    let mut film = Film::new(EventSettings { no_stopping, gauges: vec![gauge], ..all_kinds() });
    film.show(0, 40, |_| {
        let thing = |id, north| Track {
            class: Class::Unknown,
            class_probability: 0.2,
            length_m: None,
            ..car(id, [0.0, north], 0.0)
        };
        // What only a radar knows may be a manhole's lid.
        let echo = Track { sources: vec!["radar".into()], ..thing(3, 140.0) };
        vec![thing(1, 120.0), car(2, [-6.5, 40.0], 0.0), echo]
    });
    assert_eq!(film.told(), [(EventKind::Debris, 8.0, 0.0, None), (EventKind::IllegalParking, 30.0, 0.0, None)]);
    let water = |film: &mut Film, s: u32, depth_m| {
        let level = WaterLevel { gauge: "dip".into(), depth_m, measured_at: at(f64::from(s)) };
        film.monitor.water(level).expect("taken");
        film.show(s, s + 5, |_| vec![]);
        film.monitor
            .active()
            .filter(|event| event.kind == EventKind::Flooding)
            .map(|event| event.measure)
            .collect::<Vec<_>>()
    };
    assert_eq!(water(&mut film, 50, 0.14), []);
    assert_eq!(water(&mut film, 60, 0.16), [Some(0.16)]);
    assert_eq!(water(&mut film, 70, 0.12), [Some(0.12)], "it goes on until it is clearly over");
    assert_eq!(water(&mut film, 80, 0.09), []);
    let refused = |gauge: &str, depth_m| {
        let mut monitor = film.monitor.clone();
        monitor.water(WaterLevel { gauge: gauge.into(), depth_m, measured_at: at(90.0) }).expect_err("refused")
    };
    assert_eq!((refused("dip", f64::NAN), refused("other", 0.1)), ("impossible", "unknown_gauge"));
}

#[test]
fn kinds_that_are_off_are_not_told_and_incidents_are_bounded() {
    let mut film = Film::new(EventSettings { off: vec![EventKind::StoppedVehicle], ..all_kinds() });
    film.show(0, 40, |_| vec![car(1, [0.0, 100.0], 0.0)]);
    assert_eq!(film.told(), []);
    let mut film = Film::new(all_kinds());
    film.show(0, 4, |s| (0..100).map(|id| car(id, [0.0, 195.0 - 8.0 * s - id as f64 * 0.01], -8.0)).collect());
    // All within one place: one incident.
    assert_eq!(film.told().len(), 1);
    film.show(4, 8, |s| (200..300).map(|id| car(id, [0.0, 20.0 * (s - 4.0) + id as f64 * 0.3], 20.0)).collect());
    assert_eq!(film.monitor.active().count(), 64);
    assert!(film.monitor.take_refused() > 0);
}

#[test]
fn a_clock_that_was_set_loses_everything_and_begins_anew() {
    let mut film = Film::new(all_kinds());
    film.show(0, 30, |_| vec![car(1, [0.0, 100.0], 0.0)]);
    film.show(1000, 1030, |_| vec![car(1, [0.0, 100.0], 0.0)]);
    let told: Vec<_> = film.told().iter().map(|told| (told.1, told.3)).collect();
    assert_eq!(told, [(20.0, None), (1000.0, Some(Ending::Lost)), (1020.0, None)]);
    film.show(0, 3, |_| vec![Track { velocity_enu_mps: [f64::NAN; 2], ..car(1, [f64::INFINITY, f64::NAN], 0.0) }]);
}

#[test]
fn settings_out_of_range_are_named() {
    assert_eq!(EventSettings::default().problems(), []);
    let bad = EventSettings { red_after_s: f64::NAN, parked_after_s: 1.0, ..all_kinds() };
    let keys: Vec<_> = bad.problems().into_iter().map(|problem| problem.key).collect();
    assert_eq!(keys, ["red_after_s", "parked_after_s"]);
}
