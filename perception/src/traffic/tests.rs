use super::*;
use crate::calibration::Lane;
use crate::detection::Class;
use crate::lanes::LaneMap;
use crate::testing::{straight_lane, track_at};

fn seen_by_a_radar(lanes: &[Lane]) -> SiteGeometry {
    let mut site: SiteGeometry = serde_json::from_str(
        r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[
        {"id":"r","kind":"radar","position_enu_m":[5,50,6],"boresight_azimuth_rad":0.0,"fov_rad":6.3,
         "max_range_m":150.0,"sigma":{"range_m":0.3,"azimuth_rad":0.01,"range_rate_mps":0.1}}]}"#,
    )
    .expect("a site");
    site.lanes = lanes.to_vec();
    site
}

fn first_lane(counter: &TrafficCounter) -> LaneWindow {
    counter.current().expect("a window runs").lanes.remove(0)
}

/// Two cars 40 m apart drive up a 100 m lane at 10 m/s from `start_s`; pictures ten times a second.
fn drive(counter: &mut TrafficCounter, map: &LaneMap, from_ds: i64, to_ds: i64) {
    for ds in from_ds..to_ds {
        let at = UtcMicros(ds * 100_000);
        let tracks =
            [(1, 0.0), (2, -40.0)].map(|(id, head)| track_at(id, [0.0, head + (ds - 600) as f64], [0.0, 10.0]));
        counter.update(at, &map.locate_all(tracks.to_vec()), &["r".into()]);
    }
}

#[test]
fn counts_flow_speed_and_coverage() {
    let lanes = [straight_lane("n/0", 100.0)];
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    let map = LaneMap::new(&lanes);
    drive(&mut counter, &map, 600, 800);
    let now = &first_lane(&counter);
    assert_eq!(now.from, UtcMicros(60_000_000), "aligned to the minute");
    assert_eq!(now.vehicles.get(&Class::Car), Some(&2));
    assert!((now.mean_speed_mps.expect("cars were there") - 10.0).abs() < 1e-9);
    assert!((now.coverage - 19.9 / 60.0).abs() < 1e-9);
    assert!((now.flow_per_h.expect("covered") - 2.0 * 3600.0 / 19.9).abs() < 1e-6);
    // Each 4.5 m car takes 0.45 s to pass over the line; the time step is 0.1 s.
    let occupied_s = now.occupancy.expect("covered") * 19.9;
    assert!((0.7..=1.2).contains(&occupied_s), "{occupied_s}");
    let done = counter.take_finished(UtcMicros(120_000_000));
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].to, UtcMicros(120_000_000));
    assert!(counter.take_finished(UtcMicros(121_000_000)).is_empty(), "handed out once");
}

#[test]
fn the_way_is_the_one_that_was_gone_and_not_what_a_lagging_speed_says() {
    let lanes = [straight_lane("n/0", 100.0)];
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    let map = LaneMap::new(&lanes);
    for ds in 600..690 {
        picture(&mut counter, &map, ds, vec![track_at(1, [0.0, (ds - 600) as f64], [0.0, 9.0])]);
    }
    let lane = first_lane(&counter);
    assert!(lane.space_mean_speed_mps.is_some_and(|mps| (mps - 10.0).abs() < 0.05), "{lane:?}");
}

#[test]
fn a_lane_that_no_living_sensor_sees_is_not_covered_and_has_no_flow() {
    let lanes = [straight_lane("n/0", 100.0)];
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    for ds in 600..700 {
        counter.update(UtcMicros(ds * 100_000), &[], &["another".into()]);
    }
    let now = &first_lane(&counter);
    assert_eq!((now.coverage, now.flow_per_h, now.occupancy), (0.0, None, None));
}

#[test]
fn a_queue_reaches_back_to_its_last_car_and_not_to_one_far_behind() {
    let lanes = [straight_lane("n/0", 100.0)];
    let map = LaneMap::new(&lanes);
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    let standing = |id, north| track_at(id, [0.0, north], [0.0, 0.0]);
    let tracks = vec![standing(1, 96.0), standing(2, 89.0), standing(3, 50.0)];
    counter.update(UtcMicros(60_000_000), &map.locate_all(tracks), &["r".into()]);
    let now = &first_lane(&counter);
    assert!((now.queue_max_m - (100.0 - 89.0 + 2.25)).abs() < 1e-9);
    assert_eq!(now.stopped_max, 3);
    assert_eq!((now.flow_per_h, now.coverage), (None, 0.0), "one picture covers no time");
}

/// Up a lane of 100 m to a red light: the first stands at 96 m, the second at 87 m, the third at 80 m. A sensor sees one of two.
fn queue_of_three(seen: impl Fn(u64, i64) -> bool) -> LaneWindow {
    let mut lane = straight_lane("n/0", 100.0);
    lane.signal_group = Some(3);
    let map = LaneMap::new(&[lane.clone()]);
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&[lane]), vec![], 60);
    for ds in 600..1000 {
        let standing = [(1, 96.0), (2, 88.0), (3, 80.0)].into_iter().filter(|(id, _)| seen(*id, ds));
        picture(&mut counter, &map, ds, standing.map(|(id, north)| track_at(id, [0.0, north], [0.0, 0.0])).collect());
    }
    first_lane(&counter)
}

#[test]
fn who_is_lost_in_a_queue_stands_there_still() {
    // The last is lost after 2 s, and would be forgotten after 15.
    let lane = queue_of_three(|id, ds| id != 3 || ds < 620);
    assert!((lane.queue_mean.expect("seen") - 3.0).abs() < 0.01, "{lane:?}");
    // When the first two go, nothing holds it.
    let lane = queue_of_three(|id, ds| ds < if id == 3 { 620 } else { 700 });
    assert!(lane.queue_mean.is_some_and(|mean| (0.7..0.8).contains(&mean)), "{lane:?}");
}

#[test]
fn a_gap_of_a_vehicles_length_in_a_queue_holds_one() {
    let lane = queue_of_three(|id, _| id != 2);
    assert_eq!(lane.queue_max, 3);
    // The line, at 85 m, lies under it, and under neither of those that are seen.
    assert_eq!(lane.occupancy, Some(1.0));
    assert_eq!(queue_of_three(|id, _| id == 1).queue_max, 1);
}

#[test]
fn who_changes_lanes_at_the_line_is_counted_where_it_was_then() {
    let mut right = straight_lane("n/1", 100.0);
    right.centerline_enu_m = vec![[3.0, 0.0], [3.0, 100.0]];
    let lanes = [straight_lane("n/0", 100.0), right];
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    let map = LaneMap::new(&lanes);
    for ds in 600..700 {
        // At 10 m/s; from the left lane to the right one between 80 m and 88 m.
        let north = (ds - 600) as f64;
        let east = 3.0 * ((north - 80.0) / 8.0).clamp(0.0, 1.0);
        picture(&mut counter, &map, ds, vec![track_at(1, [east, north], [0.0, 10.0])]);
    }
    let counted: Vec<u32> =
        counter.current().expect("a window runs").lanes.iter().map(|lane| lane.vehicles.values().sum()).collect();
    assert_eq!(counted, [0, 1]);
}

#[test]
fn who_stands_on_the_line_is_counted_when_it_goes() {
    let lanes = [straight_lane("n/0", 100.0)];
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    let map = LaneMap::new(&lanes);
    for ds in 600..1000 {
        // The tracker is not sure by 0.3 m where it stands; from 80 s on it goes, at 5 m/s.
        let speed = if ds < 800 { 0.0 } else { 5.0 };
        let north = 85.0 + if ds < 800 { 0.3 * f64::from((ds % 2) as u8) - 0.2 } else { (ds - 800) as f64 * 0.5 };
        picture(&mut counter, &map, ds, vec![track_at(1, [0.0, north], [0.0, speed])]);
    }
    let lane = first_lane(&counter);
    assert_eq!(lane.vehicles.get(&Class::Car), Some(&1));
    assert!(lane.time_mean_speed_mps.is_some_and(|speed_mps| speed_mps > 1.5), "{lane:?}");
}

#[test]
fn a_clock_that_steps_back_starts_a_new_window() {
    let lanes = [straight_lane("n/0", 100.0)];
    let map = LaneMap::new(&lanes);
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60);
    drive(&mut counter, &map, 600, 700);
    counter.update(UtcMicros(6_000_000), &[], &["r".into()]);
    assert_eq!(first_lane(&counter).from, UtcMicros(0));
    assert!(first_lane(&counter).vehicles.is_empty());
}

fn picture(counter: &mut TrafficCounter, map: &LaneMap, ds: i64, tracks: Vec<crate::track::Track>) {
    counter.update(UtcMicros(ds * 100_000), &map.locate_all(tracks), &["r".into()]);
}

/// A crossing with one way: from a lane that ends at north 100 to one that begins at 120.
fn crossing() -> (TrafficCounter, LaneMap) {
    let mut into = straight_lane("s_in/1", 100.0);
    into.maneuvers = vec!["straight".into()];
    into.signal_group = Some(3);
    let mut away = straight_lane("n_out/1", 100.0);
    away.centerline_enu_m = vec![[0.0, 120.0], [0.0, 220.0]];
    let lanes = [into, away];
    (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 10), LaneMap::new(&lanes))
}

#[test]
fn a_track_lost_before_the_line_and_found_behind_it_is_counted_once_and_keeps_its_way() {
    let (mut counter, map) = crossing();
    // 10 m/s; from 80 m to 90 m, over the line at 85 m, nobody sees it, and in the junction its track is another again.
    for ds in 600..750 {
        let north = (ds - 600) as f64;
        let id = if north < 80.0 {
            1
        } else if north < 110.0 {
            2
        } else {
            3
        };
        let seen = !(80.0..90.0).contains(&north);
        let tracks = if seen { vec![track_at(id, [0.0, north], [0.0, 10.0])] } else { vec![] };
        picture(&mut counter, &map, ds, tracks);
    }
    let windows = counter.take_finished(UtcMicros(120_000_000));
    let lanes = |index: usize| windows.iter().filter(|w| w.window_s == 10).map(move |w| &w.lanes[index]);
    assert_eq!(lanes(0).map(|lane| lane.vehicles.values().sum::<u32>()).sum::<u32>(), 1);
    assert_eq!(lanes(0).map(|lane| lane.inferred).sum::<u32>(), 1);
    let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
    let [movement] = minute.movements.as_slice() else { panic!("one way: {:?}", minute.movements) };
    assert_eq!((&*movement.from_link, movement.to_link.as_deref()), ("s_in", Some("n_out")));
    assert_eq!(
        (movement.turn, movement.inferred, movement.travel_times),
        (Some("straight"), 0, 0),
        "in the section from the start"
    );
    assert_eq!(minute.lanes[1].vehicles.get(&Class::Car), Some(&1), "and where it went it is counted as well");
}

#[test]
fn who_is_seen_in_the_place_of_one_that_was_lost_goes_on_with_its_way() {
    let (mut counter, map) = crossing();
    for ds in 600..900 {
        // To the stop line at 70 s, there until 80 s; from 75 s on it is another track, which began 3 s before.
        let north = ((ds - 600).min(95) + (ds - 800).max(0)) as f64;
        let speed = if (695..800).contains(&ds) { 0.0 } else { 10.0 };
        let mut tracks = vec![];
        if ds < 750 {
            tracks.push(track_at(1, [0.0, north], [0.0, speed]));
        }
        if ds >= 720 {
            tracks.push(track_at(2, [0.0, north + if ds < 750 { 4.0 } else { 1.0 }], [0.0, speed]));
        }
        picture(&mut counter, &map, ds, tracks);
    }
    let windows = counter.take_finished(UtcMicros(120_000_000));
    let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
    let [movement] = minute.movements.as_slice() else { panic!("one way: {:?}", minute.movements) };
    assert_eq!((movement.to_link.as_deref(), movement.vehicles.get(&Class::Car)), (Some("n_out"), Some(&1)));
    assert_eq!(movement.inferred, 0, "it was seen to come out");
}

#[test]
fn two_tracks_of_one_road_user_are_counted_once() {
    let (mut counter, map) = crossing();
    for ds in 600..700 {
        let north = (ds - 600) as f64;
        let mut tracks = vec![track_at(1, [0.0, north], [0.0, 10.0])];
        if north > 40.0 {
            tracks.push(track_at(2, [0.3, north - 1.5], [0.0, 10.0]));
        }
        // The first is given up before the line; the second goes on with what it knew.
        if north > 60.0 {
            tracks.remove(0);
        }
        picture(&mut counter, &map, ds, tracks);
    }
    assert_eq!(counter.take_finished(UtcMicros(70_000_000))[0].lanes[0].vehicles.get(&Class::Car), Some(&1));
}

#[test]
fn a_longer_window_is_the_sum_of_the_shorter_and_a_part_of_it_unseen_is_said() {
    let (mut counter, map) = crossing();
    for ds in 900..1200 {
        picture(&mut counter, &map, ds, vec![track_at(1, [0.0, (ds - 900) as f64], [0.0, 10.0])]);
    }
    let windows = counter.take_finished(UtcMicros(120_000_000));
    assert_eq!(windows.iter().map(|window| window.window_s).collect::<Vec<_>>(), [10, 10, 10, 60]);
    let minute = &windows[3].lanes[0];
    assert!((minute.coverage - 29.9 / 60.0).abs() < 1e-6, "{}", minute.coverage);
    assert_eq!(minute.vehicles, windows[0].lanes[0].vehicles);
    assert!((minute.space_mean_speed_mps.expect("somebody was there") - 10.0).abs() < 1e-9);
}

#[test]
fn a_green_that_leaves_somebody_over_did_not_suffice() {
    let (mut counter, map) = crossing();
    for ds in 600..1200 {
        // Red to 65 s, green to 75 s, red again.
        let phase = if (650..750).contains(&ds) { Phase::Green } else { Phase::Red };
        counter.signal(UtcMicros(ds * 100_000), &[(3, phase)]);
        // Somebody stands at the stop line all the time.
        let tracks = vec![track_at(1, [0.0, 97.0], [0.0, 0.0])];
        picture(&mut counter, &map, ds, tracks);
    }
    let windows = counter.take_finished(UtcMicros(120_000_000));
    let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
    let [signal] = minute.signals.as_slice() else { panic!("one group: {:?}", minute.signals) };
    assert_eq!((signal.group, signal.splits, signal.split_failures), (3, 1, 1));
    assert!((signal.shown_s[0] - 10.0).abs() < 0.11 && (signal.shown_s[2] - 49.9).abs() < 0.11, "{signal:?}");
    assert_eq!(
        signal.changes.iter().map(|change| change.phase).collect::<Vec<_>>(),
        [Phase::Red, Phase::Green, Phase::Red]
    );
}

#[test]
fn one_comes_when_it_would_be_at_the_stop_line_if_nobody_held_it_up() {
    let mut lane = straight_lane("s_in/1", 150.0);
    lane.signal_group = Some(3);
    let lanes = [lane];
    let (mut counter, map) = (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60), LaneMap::new(&lanes));
    for ds in 600..750 {
        let phase = if ds < 700 { Phase::Red } else { Phase::Green };
        counter.signal(UtcMicros(ds * 100_000), &[(3, phase)]);
        picture(&mut counter, &map, ds, vec![track_at(1, [0.0, (ds - 600) as f64], [0.0, 10.0])]);
    }
    let signals = counter.take_finished(UtcMicros(120_000_000)).remove(0).signals;
    let [arrival] = signals[0].arrivals.as_slice() else { panic!("one came: {signals:?}") };
    // It comes into the section, 100 m before the line, at 65 s, and 50 km/h takes 7.2 s for that.
    assert!((arrival.at.seconds_since(UtcMicros(65_000_000)) - 100.0 / 13.9).abs() < 1e-5, "{arrival:?}");
    assert_eq!((signals[0].arrived, arrival.phase, arrival.in_cycle_s), ([1, 0, 0], Phase::Green, None));
}

#[test]
fn who_is_first_seen_a_little_inside_the_section_has_come_too_but_not_who_is_found_near_its_end() {
    let mut lane = straight_lane("s_in/1", 150.0);
    lane.signal_group = Some(3);
    let lanes = [lane];
    let (mut counter, map) = (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60), LaneMap::new(&lanes));
    for ds in 600..800 {
        counter.signal(UtcMicros(ds * 100_000), &[(3, Phase::Green)]);
        // The section begins at 50 m. One is first seen at 60 m, one at 90 m; one stands at 70 m.
        let drives = |id, from_m| track_at(id, [0.0, from_m + (ds - 660) as f64 / 2.0], [0.0, 5.0]);
        let tracks = vec![drives(1, 60.0), drives(2, 90.0), track_at(3, [0.0, 70.0], [0.0, 0.0])];
        picture(&mut counter, &map, ds, if ds < 660 { vec![] } else { tracks });
    }
    let signals = counter.take_finished(UtcMicros(120_000_000)).remove(0).signals;
    assert_eq!(signals[0].arrived, [1, 0, 0], "{signals:?}");
}

#[test]
fn the_stop_line_is_occupied_until_the_rear_has_left_it() {
    let (mut counter, map) = crossing();
    for ds in 600..1200 {
        let phase = if (650..750).contains(&ds) { Phase::Green } else { Phase::Red };
        counter.signal(UtcMicros(ds * 100_000), &[(3, phase)]);
        // Over the stop line at 70 s, at 5 m/s; another one has left the lane half-way, and stands beside it.
        let goes = track_at(1, [0.0, 100.0 + (ds - 700) as f64 / 2.0], [0.0, 5.0]);
        let parks = track_at(2, [if ds < 640 { 0.0 } else { 6.0 }, 40.0], [0.0, 0.0]);
        picture(&mut counter, &map, ds, vec![goes, parks]);
    }
    let windows = counter.take_finished(UtcMicros(120_000_000));
    let minute = windows.iter().find(|window| window.window_s == 60).expect("a minute ended");
    // A car of 4.5 m takes 10.5 m from its front at 94 m to its rear at 100 m: 2.1 s of 10.
    let green = minute.signals[0].green_occupancy.expect("a split");
    assert!((green - 0.21).abs() < 0.015, "{green}");
}

#[test]
fn who_is_lost_at_the_kerb_and_found_again_has_waited_all_the_time() {
    let outline_enu_m = vec![[-2.0, 20.0], [2.0, 20.0], [2.0, 30.0], [-2.0, 30.0]];
    let crosswalk = Crosswalk { id: "north".into(), outline_enu_m, signal_group: Some(7) };
    let mut counter = TrafficCounter::new(&seen_by_a_radar(&[]), vec![crosswalk], 60);
    let map = LaneMap::new(&[]);
    for ds in 600..900 {
        // To the kerb at 61 s, on from 81 s; from 70 to 74 s a van hides them.
        let north = 18.0 + ((ds - 600).min(10) + (ds - 810).max(0)) as f64 * 0.1;
        let id = if ds < 700 { 1 } else { 2 };
        let speed = if (610..=810).contains(&ds) { 0.0 } else { 1.0 };
        let person = crate::track::Track {
            class: Class::Pedestrian,
            length_m: Some(0.4),
            width_m: Some(0.5),
            ..track_at(id, [0.0, north], [0.0, speed])
        };
        picture(&mut counter, &map, ds, if (700..740).contains(&ds) { vec![] } else { vec![person] });
    }
    let [crosswalk] = &counter.take_finished(UtcMicros(120_000_000))[0].crosswalks[..] else { panic!("one") };
    assert_eq!((crosswalk.pedestrians, crosswalk.signal_group), (1, Some(7)));
    // They stand from 61 s on, and are half a metre past the kerb, which is 1 m ahead, at 82.6 s.
    assert!(crosswalk.delay_mean_s.is_some_and(|waited_s| (waited_s - 21.6).abs() < 0.11), "{crosswalk:?}");
    assert_eq!(crosswalk.delay_max_s, crosswalk.delay_mean_s);
}

#[test]
fn a_dog_that_runs_along_a_lane_is_none_of_its_traffic_whoever_may_use_it() {
    let lane = straight_lane("s_in/1", 150.0);
    for allowed in [vec![], vec![Class::Car]] {
        let lanes = [Lane { allowed, ..lane.clone() }];
        let (mut counter, map) = (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60), LaneMap::new(&lanes));
        for ds in 600..800 {
            // For the first second it is taken for a car.
            let class = if ds < 610 { Class::Car } else { Class::Animal };
            let dog = crate::track::Track { class, ..track_at(1, [0.0, (ds - 600) as f64], [0.0, 10.0]) };
            picture(&mut counter, &map, ds, vec![dog]);
        }
        let minute = counter.take_finished(UtcMicros(120_000_000)).remove(0);
        assert!(minute.lanes[0].vehicles.is_empty() && minute.movements.is_empty(), "{minute:?}");
        assert_eq!(minute.lanes[0].occupancy, Some(0.0));
    }
}

#[test]
fn an_unknown_light_is_not_known_for_long() {
    let (mut counter, map) = crossing();
    counter.signal(UtcMicros(60_000_000), &[(3, Phase::Red)]);
    for ds in 600..700 {
        counter.signal(UtcMicros(ds * 100_000), &[]);
        picture(&mut counter, &map, ds, vec![]);
    }
    let signals = counter.take_finished(UtcMicros(70_000_000)).remove(0).signals;
    assert!((signals[0].shown_s[2] - 2.0).abs() < 0.11, "{signals:?}");
}

#[test]
fn an_approach_and_a_way_across_are_told_with_their_speed_delay_and_sensors() {
    let mut into = straight_lane("s_in/1", 150.0);
    into.maneuvers = vec!["straight".into()];
    let mut away = straight_lane("n_out/1", 100.0);
    away.centerline_enu_m = vec![[0.0, 170.0], [0.0, 270.0]];
    let lanes = [into, away];
    let (mut counter, map) = (TrafficCounter::new(&seen_by_a_radar(&lanes), vec![], 60), LaneMap::new(&lanes));
    for ds in 600..800 {
        let tracks = [(1, 0), (2, -40)]
            .map(|(id, head_m)| track_at(id, [0.0, (ds - 600 + head_m) as f64], [0.0, 10.0]))
            .to_vec();
        picture(&mut counter, &map, ds, tracks);
    }
    let minute = counter.take_finished(UtcMicros(120_000_000)).remove(0);
    let [approach] = &minute.approaches[..] else { panic!("one: {:?}", minute.approaches) };
    assert_eq!((approach.vehicles.get(&Class::Car), &approach.sensors[..]), (Some(&2), &["r".into()][..]));
    assert!(approach.flow_per_h.is_some_and(|per_h| (per_h - 2.0 * 3600.0 / 19.9).abs() < 1e-6), "{approach:?}");
    assert!(approach.space_mean_speed_mps.is_some_and(|mps| (mps - 10.0).abs() < 1e-6), "{approach:?}");
    assert!(approach.headway_mean_s.is_some_and(|s| (s - 4.0).abs() < 0.05), "{approach:?}");
    assert_eq!(approach.density_per_km, minute.lanes[0].density_per_km);
    // Only the first is on its new link by 80 s; from 50 m before its lane's end to there it is 120 m, in 12 s where 8.6 s would do.
    let [way] = &minute.movements[..] else { panic!("one: {:?}", minute.movements) };
    assert_eq!((way.turn, way.travel_times, way.level_of_service), (Some("straight"), 1, Some('A')));
    assert!(way.speed_mps.is_some_and(|mps| (mps - 10.0).abs() < 0.1), "{way:?}");
    assert!(way.delay_s.is_some_and(|s| (s - (12.0 - 120.0 / 13.9)).abs() < 0.1), "{way:?}");
    assert_eq!((approach.travel_time_s, approach.travel_times), (way.travel_time_s, 1));
    assert_eq!((&way.sensors, &minute.watched.sensors), (&approach.sensors, &approach.sensors));
    assert!(minute.watched.coverage > 0.3 && minute.watched.coverage < 0.34, "{:?}", minute.watched);
}
