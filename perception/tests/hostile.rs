//! Whatever sensors send, the tracker neither panics nor draws nonsense.

mod scene;

use perception::detection::{BoxDetection, CameraFrame, Class, RadarScan, RadarTarget, SensorFrame};
use perception::lift::{LiftDrop, Measurements};
use perception::track::Tracker;
use proptest::prelude::*;
use scene::{Mover, Noise, Rig, at_ms, camera_frame, check_invariants, radar_frame};

/// Mostly sane numbers, and all that are not.
fn number(low: f64, high: f64) -> impl Strategy<Value = f64> {
    prop_oneof![
        12 => low..high,
        1 => prop::sample::select(vec![
            f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, f64::MAX, f64::MIN, f64::MIN_POSITIVE, -1.0, 1e9,
        ]),
    ]
}

fn class() -> impl Strategy<Value = Class> {
    prop::sample::select(perception::priors::CLASSES.to_vec())
}

fn a_box() -> impl Strategy<Value = BoxDetection> {
    (number(-100.0, 2000.0), number(-100.0, 1100.0), number(1.0, 600.0), number(1.0, 600.0), number(0.0, 1.0), class())
        .prop_map(|(x_px, y_px, w_px, h_px, score, class)| BoxDetection { x_px, y_px, w_px, h_px, score, class })
}

fn a_target() -> impl Strategy<Value = RadarTarget> {
    (
        number(1.0, 200.0),
        number(-1.0, 1.0),
        prop::option::of(number(-30.0, 30.0)),
        prop::option::of(number(-20.0, 30.0)),
    )
        .prop_map(|(range_m, azimuth_rad, range_rate_mps, rcs_dbsm)| RadarTarget {
            range_m,
            azimuth_rad,
            range_rate_mps,
            rcs_dbsm,
        })
}

fn a_frame() -> impl Strategy<Value = SensorFrame> {
    let time = prop_oneof![10 => 0..6000i64, 1 => prop::sample::select(vec![-3_600_000i64, 3_600_000, 0])];
    prop_oneof![
        (time.clone(), prop::collection::vec(a_box(), 0..25)).prop_map(|(ms, boxes)| {
            SensorFrame::Camera(CameraFrame { sensor: "cam".into(), captured_at: at_ms(ms), boxes })
        }),
        (time, prop::collection::vec(a_target(), 0..25)).prop_map(|(ms, targets)| {
            SensorFrame::Radar(RadarScan { sensor: "radar".into(), captured_at: at_ms(ms), targets })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn invariants_hold_whatever_comes(mut frames in prop::collection::vec(a_frame(), 1..60), sorted in any::<bool>()) {
        if sorted {
            frames.sort_by_key(SensorFrame::captured_at);
        }
        let mut rig = Rig::new();
        for frame in &frames {
            rig.feed(frame);
            rig.feed(frame);
            check_invariants(&rig.tracker.picture(at_ms(0)));
            check_invariants(&rig.tracker.picture(at_ms(10_000)));
        }
    }

    #[test]
    fn a_good_scene_survives_garbage_beside_it(garbage in prop::collection::vec(a_box(), 60), seed in any::<u64>()) {
        let car = Mover::car([2.0, 60.0], [0.0, -6.0]);
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        for (step, bad) in (0..60).zip(&garbage) {
            let ms = step * 50;
            let frame = if step % 2 == 0 {
                let mut frame = camera_frame(ms, &[car], 0.02, &mut noise);
                if let SensorFrame::Camera(frame) = &mut frame {
                    frame.boxes.push(*bad);
                }
                frame
            } else {
                radar_frame(ms, &[car], &mut noise)
            };
            let picture = rig.feed(&frame);
            let truth = car.position(ms);
            let near = |track: &perception::track::Track| {
                (track.position_enu_m[0] - truth[0]).hypot(track.position_enu_m[1] - truth[1]) < 2.5
            };
            prop_assert!(step < 20 || picture.iter().any(near), "lost at {ms} ms: {picture:?}");
        }
    }
}

/// A car and a person on foot: what the scenes below are about.
fn traffic() -> [Mover; 2] {
    [Mover::car([2.0, 70.0], [0.0, -3.0]), Mover::person([-5.0, 25.0], [0.5, 0.0])]
}

/// The sensors' frames of a step of 50 ms; `ms` is when they were captured, `stamped` by how much each is stamped wrongly.
fn good_frames(ms: i64, noise: &mut Noise, stamped: [i64; 2]) -> [SensorFrame; 2] {
    let mut frames = [camera_frame(ms, &traffic(), 0.02, noise), radar_frame(ms, &traffic(), noise)];
    for (frame, off_ms) in frames.iter_mut().zip(stamped) {
        let at = match frame {
            SensorFrame::Camera(frame) => &mut frame.captured_at,
            SensorFrame::Radar(frame) => &mut frame.captured_at,
        };
        *at = at.plus_seconds(off_ms as f64 * 1e-3);
    }
    frames
}

fn shows(rig: &Rig, ms: i64, stamped_ms: i64) -> bool {
    let picture = rig.tracker.picture(at_ms(ms + stamped_ms));
    traffic().iter().all(|mover| {
        let truth = mover.position(ms);
        let near = |p: [f64; 2]| (p[0] - truth[0]).hypot(p[1] - truth[1]) < 2.5;
        picture.iter().filter(|track| near(track.position_enu_m)).count() == 1
    })
}

const HOUR_MS: i64 = 3_600_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// From 4 s to 6 s both sensors send rubbish, or nothing, or with their clocks an hour off; then all is well.
    #[test]
    fn two_seconds_after_the_last_rubbish_the_picture_is_right(
        rubbish in prop::collection::vec(a_frame(), 40),
        kind in 0..7usize,
        seed in any::<u64>(),
    ) {
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        for ms in (0..8000).step_by(50) {
            let bad = (4000..6000).contains(&ms);
            let index = usize::try_from((ms - 4000) / 50).unwrap_or(0);
            // All clocks step for good; one steps and comes back.
            let stamped = match kind {
                0 if ms >= 4000 => [HOUR_MS; 2],
                1 if ms >= 4000 => [-HOUR_MS; 2],
                2 if bad => [0, -HOUR_MS],
                6 if bad => [0, HOUR_MS],
                _ => [0; 2],
            };
            for frame in good_frames(ms, &mut noise, stamped) {
                let camera = matches!(frame, SensorFrame::Camera(_));
                match kind {
                    // Garbage, empty frames or a dead camera take the place of what is good.
                    3 if bad => { rig.feed(&rubbish[index]); }
                    4 if bad => {
                        let empty = match frame {
                            SensorFrame::Camera(frame) => SensorFrame::Camera(CameraFrame { boxes: vec![], ..frame }),
                            SensorFrame::Radar(scan) => SensorFrame::Radar(RadarScan { targets: vec![], ..scan }),
                        };
                        rig.feed(&empty);
                    }
                    5 if bad && camera => {}
                    _ => {
                        rig.feed(&frame);
                        // Twice the same.
                        if ms % 400 == 0 { rig.feed(&frame); }
                    }
                }
            }
            let off_ms = stamped[0];
            check_invariants(&rig.tracker.picture(at_ms(ms + off_ms)));
        }
        let off_ms = match kind { 0 => HOUR_MS, 1 => -HOUR_MS, _ => 0 };
        prop_assert!(shows(&rig, 7950, off_ms), "kind {kind}: {:#?}", rig.tracker.picture(at_ms(7950 + off_ms)));
    }

    #[test]
    fn no_more_is_shown_than_was_fed(frames in prop::collection::vec(a_frame(), 1..80)) {
        let mut rig = Rig::new();
        let mut fed = 0;
        for frame in &frames {
            fed += match frame {
                SensorFrame::Camera(frame) => frame.boxes.len(),
                SensorFrame::Radar(scan) => scan.targets.len(),
            };
            // Three hits make a track.
            prop_assert!(rig.feed(frame).len() <= fed / 3);
        }
        prop_assert!(rig.tracker.counts().1 <= fed);
    }
}

fn dropped(rig: &Rig, bad: BoxDetection) -> Vec<LiftDrop> {
    let frame = SensorFrame::Camera(CameraFrame { sensor: "cam".into(), captured_at: at_ms(0), boxes: vec![bad] });
    let scan = rig.lifter.lift(&frame).expect("of the site");
    assert!(scan.is_empty());
    scan.dropped.iter().map(|(reason, _)| reason).collect()
}

#[test]
fn what_is_left_out_has_its_reason() {
    let rig = Rig::new();
    let good = BoxDetection { x_px: 900.0, y_px: 500.0, w_px: 60.0, h_px: 150.0, score: 0.9, class: Class::Pedestrian };
    assert_eq!(dropped(&rig, BoxDetection { x_px: f64::NAN, ..good }), [LiftDrop::NotFinite]);
    assert_eq!(dropped(&rig, BoxDetection { w_px: -3.0, ..good }), [LiftDrop::Absurd]);
    assert_eq!(dropped(&rig, BoxDetection { score: 1.5, ..good }), [LiftDrop::Absurd]);
    assert_eq!(dropped(&rig, BoxDetection { x_px: 1950.0, ..good }), [LiftDrop::OutOfPicture]);
    assert_eq!(dropped(&rig, BoxDetection { y_px: 50.0, ..good }), [LiftDrop::AboveHorizon]);
    assert_eq!(dropped(&rig, BoxDetection { y_px: 163.0, ..good }), [LiftDrop::TooFar]);
    let scan = SensorFrame::Radar(RadarScan {
        sensor: "radar".into(),
        captured_at: at_ms(0),
        targets: [3.0, 400.0, -1.0, f64::INFINITY]
            .map(|range_m| RadarTarget { range_m, azimuth_rad: 0.0, range_rate_mps: None, rcs_dbsm: None })
            .to_vec(),
    });
    let lifted = rig.lifter.lift(&scan).expect("of the site");
    for reason in [LiftDrop::BelowMast, LiftDrop::TooFar, LiftDrop::Absurd, LiftDrop::NotFinite] {
        assert_eq!(lifted.dropped.count(reason), 1, "{}", reason.as_str());
    }
}

#[test]
fn measurements_spoiled_after_lifting_do_not_spoil_the_picture() {
    let car = [Mover::car([2.0, 40.0], [0.0, -6.0])];
    let (mut rig, mut noise) = (Rig::new(), Noise(4));
    for step in 0..30 {
        let mut scan = rig.lifter.lift(&camera_frame(step * 100, &car, 0.02, &mut noise)).expect("of the site");
        if let (Measurements::Camera(list), 1) = (&mut scan.measurements, step % 2) {
            for measured in list {
                measured.contact_enu_m.x = f64::NAN;
                measured.position_cov_m2.m11 = f64::INFINITY;
            }
        }
        rig.tracker.step(&scan);
        check_invariants(&rig.tracker.picture(at_ms(step * 100)));
    }
    assert_eq!(rig.tracker.picture(at_ms(2900)).len(), 1);
}

#[test]
fn a_site_with_bad_geometry_makes_no_tracker() {
    let mut site = scene::site();
    site.sensors.push(site.sensors[0].clone());
    let error = Tracker::new(&site, Default::default()).expect_err("a name used twice");
    assert_eq!(error.to_string(), "sensor `cam`, field `id`: is used twice");
}
