//! A step over a scene where nobody comes or goes asks for no memory, once its buffers have grown.

#[path = "../../asn1/tests/support/memory.rs"]
mod memory;
#[path = "../benches/fusion/scene.rs"]
mod traffic;

use memory::watch;
use perception::detection::{Class, SelfReport, SenderId};
use perception::lift::{LiftSettings, Lifter};
use perception::time::UtcMicros;
use perception::track::{Heard, Tracker, TrackerSettings};
use traffic::Scene;

#[test]
fn the_counter_counts() {
    let (_, memory) = watch(|| drop(Vec::<u8>::with_capacity(100)));
    assert_eq!(memory.requests, 1);
}

#[test]
fn a_step_over_a_steady_scene_asks_for_no_memory() {
    let mut scene = Scene::at_rest(120);
    let lifter = Lifter::new(&scene.site, LiftSettings::default()).expect("sound");
    let mut tracker = Tracker::new(&scene.site, TrackerSettings::default()).expect("sound");
    // One second over and over, so that the buffers come to be as large as they get.
    let second = scene.play(1.0);
    let mut steady = 0;
    for lap in 0..48 {
        for arrival in &second {
            let mut scan = lifter.lift(&arrival.frame).expect("of the site");
            scan.captured_at = scan.captured_at.plus_seconds(f64::from(lap));
            let before = tracker.counts();
            let (report, memory) = watch(|| tracker.step(&scan));
            // Births may, and so may two that become one.
            if lap > 11 && report.born == 0 && tracker.counts() == before {
                assert_eq!(memory.requests, 0, "lap {lap}: {report:?} {memory:?}");
                steady += 1;
            }
        }
    }
    assert!(steady > 50, "{steady} steps without a birth or an end are too few to tell");
}

#[test]
fn a_report_of_a_known_road_user_asks_for_no_memory() {
    let mut tracker = Tracker::new(&Scene::at_rest(1).site, TrackerSettings::default()).expect("sound");
    let mut steady = 0;
    for step in 0..200 {
        let report = SelfReport {
            sender: SenderId::new(&[1, 2, 3, 4]).expect("four octets"),
            captured_at: UtcMicros(1_800_000_000_000_000).plus_seconds(0.1 * f64::from(step)),
            position_enu_m: [1500.0, 1000.0 + f64::from(step)],
            cov_position_m2: None,
            speed_mps: Some(10.0),
            speed_sigma_mps: None,
            heading_cw_north_rad: Some(0.0),
            heading_sigma_rad: None,
            size_m: [Some(4.5), Some(1.8), None],
            class: Class::Car,
        };
        let (heard, memory) = watch(|| tracker.hear(&report));
        if heard == Ok(Heard::Updated) {
            assert_eq!(memory.requests, 0, "step {step}: {memory:?}");
            steady += 1;
        }
    }
    assert!(steady > 180, "{steady}");
}
