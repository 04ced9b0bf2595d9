//! What the tracker finds of its sensors' errors.

mod scene;
#[path = "../benches/fusion/scene.rs"]
mod traffic;

use perception::calibration::SensorModel;
use perception::detection::{CameraFrame, SensorFrame};
use perception::frames::CameraView;
use perception::lift::{LiftSettings, Lifter};
use perception::track::{SensorHealth, Tracker, TrackerSettings};
use scene::{Mover, Noise, at_ms, camera, check_invariants, radar_frame, site};

/// Cars along two lanes and across, one after the other for a minute and more.
fn drivers() -> Vec<Mover> {
    let lines = (0..24).flat_map(|k| {
        let gap = f64::from(k) * 26.0;
        [
            Mover::car([2.0, 70.0 + gap], [0.0, -9.0]),
            Mover::car([-6.0, 10.0 - gap], [0.0, 8.0]),
            Mover::car([-30.0 - gap, 38.0], [7.0, 0.0]),
            Mover::car([40.0 + gap, 44.0], [-7.0, 0.0]),
        ]
    });
    lines.collect()
}

/// A minute and a half of a camera that is turned and whose clock is ahead, another that looks back and a radar.
fn watch(turn_rad: [f64; 3], ahead_ms: i64, correct_sensors: bool) -> Vec<SensorHealth> {
    let mut site = site();
    let mut second = camera();
    second.id = "second".into();
    // On a pole of its own, looking back: sensors on one pole that turn together can't be told from a site that turns.
    let (s, c) = 12f64.to_radians().sin_cos();
    (second.position_enu_m, second.enu_from_camera) = ([0.0, 90.0, 7.0], [-1.0, 0.0, 0.0, 0.0, s, -c, 0.0, -c, -s]);
    let back = CameraView::new(&second);
    site.sensors.push(SensorModel::Camera(second));
    let lifter = Lifter::new(&site, LiftSettings::default()).expect("sound");
    let settings = TrackerSettings { correct_sensors, ..TrackerSettings::default() };
    let mut tracker = Tracker::new(&site, settings).expect("sound");
    let (straight, movers, mut noise) = (CameraView::new(&camera()), drivers(), Noise(5));
    let turned = straight.turned(turn_rad);
    for ms in (0..90_000).step_by(66) {
        let near: Vec<Mover> = movers.iter().copied().filter(|mover| in_sight(mover.position(ms))).collect();
        let mut look = |sensor: &str, view: &CameraView, ahead_ms: i64| {
            let boxes = near.iter().filter_map(|mover| mover.seen_through(view, ms, 0.015, &mut noise)).collect();
            SensorFrame::Camera(CameraFrame { sensor: sensor.into(), captured_at: at_ms(ms + ahead_ms), boxes })
        };
        let frames = [look("cam", &turned, ahead_ms), look("second", &back, 0), radar_frame(ms, &near, &mut noise)];
        for frame in frames {
            tracker.step(&lifter.lift(&frame).expect("of the site"));
        }
        check_invariants(&tracker.picture(at_ms(ms)));
    }
    tracker.health().collect()
}

fn in_sight([east, north]: [f64; 2]) -> bool {
    (10.0..110.0).contains(&north) && east.abs() < 0.7 * north
}

/// What was found of the first camera, after the others have been seen not to be blamed.
fn found(turn_rad: f64, ahead_ms: i64) -> SensorHealth {
    let found = watch([0.0, turn_rad, 0.0], ahead_ms, true);
    for honest in &found[1..] {
        assert!(honest.turn_rad[1].abs() < 0.003 && honest.clock_ahead_s.abs() < 0.03, "{honest:?}");
    }
    found[0].clone()
}

#[test]
fn a_camera_that_is_turned_is_found() {
    let cam = found(0.008, 0);
    assert!((cam.turn_rad[1] - 0.008).abs() < 0.002 && cam.clock_ahead_s.abs() < 0.03, "{cam:?}");
}

#[test]
fn a_clock_that_is_ahead_is_found() {
    let cam = found(0.0, 100);
    assert!((cam.clock_ahead_s - 0.1).abs() < 0.02 && cam.turn_rad[1].abs() < 0.002, "{cam:?}");
}

#[test]
fn both_at_once_are_found() {
    let cam = found(0.008, 100);
    // In a minute and a half more than half of the turn, as the clock moves what drives across as well.
    assert!((cam.turn_rad[1] - 0.008).abs() < 0.0035 && (cam.clock_ahead_s - 0.1).abs() < 0.03, "{cam:?}");
}

#[test]
fn honest_sensors_are_found_honest_whether_or_not_they_are_put_right() {
    for correct_sensors in [true, false] {
        for sensor in watch([0.0; 3], 0, correct_sensors) {
            assert!(sensor.turn_rad.iter().all(|turn| turn.abs() < 0.003), "{correct_sensors}: {sensor:?}");
            assert!(sensor.clock_ahead_s.abs() < 0.02, "{correct_sensors}: {sensor:?}");
        }
    }
}

#[test]
fn a_crowd_does_not_turn_the_cameras_that_watch_it() {
    let mut crowd = traffic::Scene::new(500);
    let lifter = Lifter::new(&crowd.site, LiftSettings::default()).expect("sound");
    let mut tracker = Tracker::new(&crowd.site, TrackerSettings::default()).expect("sound");
    let (mut boxes, mut assigned) = (0, 0);
    for arrival in crowd.play(4.0) {
        let scan = lifter.lift(&arrival.frame).expect("of the site");
        let report = tracker.step(&scan);
        if let SensorFrame::Camera(frame) = &arrival.frame
            && arrival.at.seconds_since(traffic::START) > 2.0
        {
            boxes += frame.boxes.len();
            assigned += report.assigned;
        }
    }
    for sensor in tracker.health() {
        assert!(sensor.turn_rad.iter().all(|turn_rad| turn_rad.abs() < 0.0025), "{sensor:?}");
    }
    assert!(assigned * 20 > boxes * 19, "{assigned} of {boxes} boxes belong to a track");
}
