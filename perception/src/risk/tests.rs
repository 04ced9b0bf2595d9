use super::*;
use crate::detection::Class;
use crate::hindsight::Hindsight;
use crate::lanes::LanePosition;
use crate::testing::track_at;
use crate::track::Track;

/// Ten pictures a second from second 2 on of who is where; gives what was found.
fn film(seconds: f64, who: impl Fn(f64) -> Vec<(Track, &'static str)>) -> RiskMonitor {
    let (mut hindsight, mut monitor) = (Hindsight::default(), RiskMonitor::default());
    for tenth in 20..(seconds * 10.0) as i64 {
        let now = UtcMicros(tenth * 100_000);
        let located = |(track, lane): (Track, &str)| {
            let place = LanePosition {
                lane: lane.into(),
                offset_m: 0.0,
                lateral_m: 0.0,
                to_stop_line_m: 0.0,
                heading_cw_north_rad: 0.0,
            };
            LocatedTrack { track, lane: (!lane.is_empty()).then_some(place) }
        };
        let tracks: Vec<LocatedTrack> = who(tenth as f64 / 10.0).into_iter().map(located).collect();
        if let Some(past) = hindsight.look(now, &tracks) {
            monitor.look(now, &past);
        }
    }
    monitor
}

fn sure(track: Track, sigma_m: f64) -> Track {
    let cov = [[sigma_m * sigma_m, 0.0], [0.0, sigma_m * sigma_m]];
    Track { cov_position_m2: cov, cov_velocity_m2ps2: [[0.01, 0.0], [0.0, 0.01]], ..track }
}

/// At 12 m/s towards a car that stands at north 0, braking with 8 m/s² from 9 m before its middle on.
fn catches_up(s: f64, sigma_m: f64) -> Vec<(Track, &'static str)> {
    let brakes_at_s = 5.0;
    let (north_m, mps) = if s < brakes_at_s {
        (-15.0 + 12.0 * (s - brakes_at_s), 12.0)
    } else {
        let t = (s - brakes_at_s).min(1.5);
        (-15.0 + 12.0 * t - 4.0 * t * t, (12.0 - 8.0 * t).max(0.0))
    };
    let stands = Track { heading_cw_north_rad: Some(0.0), ..track_at(1, [0.0, 0.0], [0.0, 0.0]) };
    vec![(sure(stands, sigma_m), "n/1"), (sure(track_at(2, [0.2, north_m], [0.0, mps]), sigma_m), "n/1")]
}

#[test]
fn who_brakes_late_behind_another_is_a_rear_end_conflict_and_brakes_hard() {
    let monitor = film(12.0, |s| catches_up(s, 0.1));
    let [conflict] = monitor.conflicts().cloned().collect::<Vec<_>>().try_into().expect("one conflict");
    assert_eq!(conflict.tracks, [1, 2]);
    assert_eq!(
        (conflict.kind, conflict.links.as_slice(), conflict.pet_s),
        (ConflictKind::RearEnd, &["n".into()][..], None)
    );
    // 10.5 m between the two at 12 m/s, and a little less while it brakes.
    let ttc_s = conflict.ttc_s.expect("a collision course");
    assert!((0.7..0.95).contains(&ttc_s) && (1.5..2.5).contains(&conflict.under_s), "{conflict:?}");
    let window = monitor.between(UtcMicros(0), UtcMicros(20_000_000));
    let count = &window.conflicts[&(ConflictKind::RearEnd, vec!["n".into()])];
    assert_eq!((count.by_ttc, count.by_pet), ([0, 1, 0], [0; 4]));
    assert_eq!(window.braking[&Some("n".into())].count, 1);
    assert!((window.braking[&Some("n".into())].most_mps2 - 4.0).abs() < 1.5);
    assert_eq!(monitor.between(UtcMicros(0), UtcMicros(5_000_000)), SafetyWindow::default(), "it was not over yet");
}

#[test]
fn who_may_well_pass_is_no_conflict() {
    // Beside each other by half a metre if both are where they seem to be.
    let beside = |sigma_m: f64| {
        film(12.0, move |s| {
            let mut tracks = catches_up(s, sigma_m);
            tracks[1].0.position_enu_m[0] = 1.5;
            tracks
        })
    };
    assert_eq!(beside(0.1).conflicts().count(), 1);
    assert_eq!(beside(0.6).conflicts().count(), 0);
}

#[test]
fn who_crosses_what_another_has_just_left_does_so_after_a_time() {
    // Northbound over the origin at second 5, eastbound at second 7.
    let monitor = film(15.0, |s| {
        let north = sure(track_at(1, [0.0, 10.0 * (s - 5.0)], [0.0, 10.0]), 0.1);
        let east = sure(track_at(2, [10.0 * (s - 7.0), 0.0], [10.0, 0.0]), 0.1);
        vec![(north, "s/1"), (east, "w/1")]
    });
    let [conflict] = monitor.conflicts().cloned().collect::<Vec<_>>().try_into().expect("one");
    assert_eq!((conflict.kind, conflict.ttc_s), (ConflictKind::Crossing, None));
    assert_eq!(conflict.links, ["s".into(), "w".into()] as [SensorId; 2]);
    // The first's rear leaves the other's way 0.31 s after its middle, the other's front comes 0.31 s before its own.
    let pet_s = conflict.pet_s.expect("their ways cross");
    assert!((pet_s - 1.37).abs() < 0.25, "{conflict:?}");
}

#[test]
fn people_among_themselves_and_followers_are_none() {
    let monitor = film(15.0, |s| {
        let walker = |id, place, velocity| Track { class: Class::Pedestrian, ..track_at(id, place, velocity) };
        vec![
            (sure(walker(1, [0.0, s - 5.0], [0.0, 1.0]), 0.1), ""),
            (sure(walker(2, [s - 5.5, 0.0], [1.0, 0.0]), 0.1), ""),
            (sure(track_at(3, [50.0, 10.0 * s], [0.0, 10.0]), 0.1), "n/1"),
            (sure(track_at(4, [50.0, 10.0 * s - 8.0], [0.0, 10.0]), 0.1), "n/1"),
        ]
    });
    assert_eq!(monitor.conflicts().count(), 0);
    assert!(monitor.between(UtcMicros(0), UtcMicros(20_000_000)).braking.is_empty());
}

#[test]
fn one_road_user_with_two_tracks_does_not_meet_itself() {
    let through = |until_m: f64| {
        film(15.0, move |s| {
            let stands = sure(track_at(1, [0.0, 0.0], [0.0, 0.0]), 0.1);
            let north_m = 5.0 * s - 40.0;
            let speed_mps = if north_m < until_m { 5.0 } else { 0.0 };
            let comes = sure(track_at(2, [0.3, north_m.min(until_m)], [0.0, speed_mps]), 0.1);
            vec![(stands, "n/1"), (comes, "n/1")]
        })
    };
    assert_eq!(through(-5.0).conflicts().count(), 1, "it comes near");
    assert_eq!(through(-2.0).conflicts().count(), 0, "it comes to where the other is");
}

#[test]
fn hard_is_what_is_harder_than_comfortable() {
    let braking = |mps2: f64| {
        let monitor = film(12.0, move |s| {
            let t = (s - 5.0).clamp(0.0, 3.0);
            let way_m = 15.0 * (s.min(8.0) - t) + 15.0 * t - mps2 * t * t / 2.0;
            let track = track_at(1, [0.0, way_m], [0.0, 15.0 - mps2 * t]);
            vec![(Track { cov_velocity_m2ps2: [[0.5, 0.0], [0.0, 0.5]], ..track }, "n/1")]
        });
        monitor.hard_brakings().cloned().collect::<Vec<_>>()
    };
    assert_eq!(braking(2.9), []);
    let [hard] = braking(3.8).try_into().expect("once");
    assert!((3.2..3.9).contains(&hard.deceleration_mps2), "{hard:?}");
    let [known_s, at_s] = [hard.known_at, hard.at].map(|at| at.seconds_since(UtcMicros(0)));
    assert!((5.5..6.5).contains(&at_s) && (known_s - at_s - 0.5).abs() < 0.11, "{hard:?}");
}

#[test]
fn a_clock_that_was_set_forgets_everybody() {
    let mut monitor = film(6.0, |s| catches_up(s, 0.1));
    monitor.look(UtcMicros(104_000_000), &PastPicture { at: UtcMicros(103_500_000), tracks: vec![] });
    assert_eq!(monitor.conflicts().count(), 0);
}
