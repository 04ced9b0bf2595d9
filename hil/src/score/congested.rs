//! Which lanes were congested, from [whole ways](super::ways) and over exactly the window: nothing of the rule that is judged.

use std::collections::BTreeMap;

use perception::calibration::Lane;
use perception::detection::Class;
use perception::events::{EventKind, EventSettings};
use perception::priors::is_motor_vehicle;

use super::traffic::{WindowTruth, traffic_truth};
use super::truth::{TruthFrame, TruthObject};
use crate::recorder::incidents::Incident;

/// The window slides by this, seconds.
const STEP_S: u32 = 10;
/// What is congested stays so until it is this much faster, as `docs/ref/events.md` has it.
const KEEP: f64 = 1.5;

/// Lanes that were congested by the default limits, times in seconds after the first truth: by the mean speed and number (Edie 1963) of
/// the motor vehicles that were in the 100 m next to the junction, seen or not, in the minutes before.
pub fn congested(lanes: &[Lane], frames: &[TruthFrame]) -> Vec<Incident> {
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return Vec::new() };
    let motor: Vec<_> = frames.iter().map(motor_vehicles).collect();
    let windows = traffic_truth(lanes, &motor, STEP_S, &BTreeMap::new());
    let since_s = |us: i64| (us - first.t_us) as f64 * 1e-6;
    let incident = |lane: &Lane, [from_us, until_us]: [i64; 2]| {
        let [from_enu_m, .., until_enu_m] = lane.centerline_enu_m.as_slice() else { return None };
        Some(Incident {
            kind: EventKind::Congestion,
            from_s: since_s(from_us),
            until_s: since_s(until_us),
            from_enu_m: *from_enu_m,
            until_enu_m: *until_enu_m,
            lanes: vec![lane.id.clone()],
        })
    };
    let of =
        |lane| spans(lane, &windows, [first.t_us, last.t_us]).into_iter().filter_map(move |span| incident(lane, span));
    lanes.iter().flat_map(of).collect()
}

/// From when until when a lane was congested, microseconds.
fn spans(lane: &Lane, windows: &BTreeMap<i64, WindowTruth>, [first_us, last_us]: [i64; 2]) -> Vec<[i64; 2]> {
    let limits = EventSettings::default();
    let slow_mps = limits.congestion_mps.min(lane.speed_limit_mps.map_or(f64::INFINITY, |limit| limit / 3.0));
    let window_us = (limits.congestion_window_s * 1e6) as i64;
    let (mut spans, mut since_us) = (Vec::new(), None);
    for at_us in (first_us + window_us..=last_us).step_by(STEP_S as usize * 1_000_000) {
        let within = windows.range(at_us - window_us..at_us).filter_map(|(_, window)| window.lanes.get(&*lane.id));
        let (time_s, way_m) =
            within.fold((0.0, 0.0), |(time_s, way_m), lane| (time_s + lane.time_s, way_m + lane.way_m));
        let crowded = time_s >= limits.congestion_vehicles * limits.congestion_window_s;
        if crowded && way_m < slow_mps * time_s {
            since_us.get_or_insert(at_us);
        } else if way_m >= KEEP * slow_mps * time_s {
            spans.extend(since_us.take().map(|since_us| [since_us, at_us]));
        }
    }
    spans.extend(since_us.map(|since_us| [since_us, last_us]));
    spans
}

fn motor_vehicles(frame: &TruthFrame) -> TruthFrame {
    let motor = |object: &&TruthObject| {
        Class::ALL.into_iter().any(|class| class.as_str() == object.class && is_motor_vehicle(class))
    };
    TruthFrame { t_us: frame.t_us, objects: frame.objects.iter().filter(motor).cloned().collect() }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::object;
    use super::*;

    #[test]
    fn a_lane_in_whose_last_100_m_many_are_slow_over_the_window_is_congested() {
        let lane: Lane = serde_json::from_value(serde_json::json!({
            "id": "n_in/1", "width_m": 3.5, "centerline_enu_m": [[0.0, 0.0], [0.0, 200.0]], "maneuvers": ["straight"],
            "allowed": ["car", "bicycle"], "speed_limit_mps": 15.0
        }))
        .expect("a lane");
        // Five at 0.8 m/s from the 200th second until the 600th; before that and after it at 8 m/s; one that comes is fast.
        let frames: Vec<_> = (0..900_i64)
            .map(|s| {
                let slow = (200..600).contains(&s);
                let moved_m = if slow { 0.8 } else { 8.0 } * s as f64;
                let of = |id: u64, north_m, mps, class: &str| TruthObject {
                    speed_mps: Some(mps),
                    heading_cw_north_rad: Some(0.0),
                    class: class.to_owned(),
                    ..object((id, 0.0, north_m))
                };
                let queue = (0..5_u32).map(|n| {
                    let north_m = 100.0 + (moved_m + 20.0 * f64::from(n)) % 100.0;
                    of(n.into(), north_m, if slow { 0.8 } else { 8.0 }, "car")
                });
                let comes = of(8, (12.0 * s as f64) % 90.0, 12.0, "car");
                let rides = of(9, (4.0 * s as f64) % 200.0, 4.0, "bicycle");
                TruthFrame { t_us: 1_000_000 * s, objects: queue.chain([comes, rides]).collect() }
            })
            .collect();
        let found = congested(std::slice::from_ref(&lane), &frames);
        // (8 x + 0.8 (300 - x)) / 300 is 1 m/s 8 s before the window is all slow, and 1.5 m/s 29 s after it was.
        let times: Vec<_> = found.iter().map(|one| (one.from_s, one.until_s)).collect();
        assert_eq!((times, &*found[0].lanes[0]), (vec![(500.0, 630.0)], "n_in/1"));
        assert_eq!(congested(&[lane], &frames[..450]), []);
    }
}
