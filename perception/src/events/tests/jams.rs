//! What a jam is, and what those who stand in one are not.

use super::*;

/// A queue of six that moves at `mps` for 200 s, and, for ever, one that drives freely 120 m before the stop line or farther.
fn congested(mps: f64) -> Film {
    let settings = EventSettings { congestion_window_s: 60.0, off: vec![EventKind::SlowVehicle], ..all_kinds() };
    let mut film = Film::new(settings);
    let comes = |s: f64| car(99, [0.0, (12.0 * s) % 80.0], 12.0);
    film.show(0, 100, |s| std::iter::once(comes(s)).collect());
    film.show(100, 300, |s| {
        let last = (-mps * s / 8.0).ceil() as i64;
        let one = |n: i64| car((1000 + n) as u64, [0.0, 150.0 + mps * s + 8.0 * n as f64], mps);
        (last..last + 6).map(one).chain([comes(s)]).collect()
    });
    film.show(300, 400, |s| vec![comes(s)]);
    film
}

#[test]
fn a_lane_whose_section_hardly_moves_is_congested_however_fast_one_comes_to_it() {
    let congested = |mps| congested(mps).told();
    // Six are four on average after 40 s. With the last of them gone, it is over in half a minute.
    let told = congested(0.7);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].0 == EventKind::Congestion && (140.0..145.0).contains(&told[0].1), "{told:?}");
    assert!((329.0..332.0).contains(&told[1].1) && told[1].3 == Some(Ending::Cleared), "{told:?}");
    assert_eq!(congested(1.3), [], "who gets over with the next green");
}

#[test]
fn what_was_before_the_window_does_not_hide_that_a_lane_is_congested() {
    let settings = EventSettings { congestion_window_s: 60.0, off: vec![EventKind::StoppedVehicle], ..all_kinds() };
    let mut film = Film::new(settings);
    let row = |mps: f64| {
        move |s: f64| (0..6).map(|id| car(id + 1, [0.0, 150.0 + 8.0 * id as f64 + (mps * s) % 2.0], mps)).collect()
    };
    film.show(0, 100, row(12.0));
    film.show(100, 200, row(0.0));
    let jam = film.told().into_iter().find(|told| told.0 == EventKind::Congestion).expect("told");
    assert!((154.0..160.0).contains(&jam.1), "when 11 of 12 parts of the window stand: {jam:?}");
}

#[test]
fn who_comes_along_freely_counts_from_where_the_section_begins_though_it_is_seen_late() {
    // How far from its stop line the lane is seen, and where in the 100 m before that who comes is found.
    let told = |seen_m: f64, found_m: f64| {
        let off = vec![EventKind::StoppedVehicle, EventKind::SlowVehicle];
        let settings = EventSettings { congestion_window_s: 80.0, off, ..all_kinds() };
        let mut site = site();
        if let SensorModel::Radar(radar) = &mut site.sensors[0] {
            radar.max_range_m = 10.5 + seen_m;
        }
        let mut film = Film { monitor: EventMonitor::new(&site, Vec::new(), settings.clone()), ..Film::new(settings) };
        // Six at 0.9 m/s; behind them one comes each 40 s over the first 50 m of the 100. Way over time of all of it is 1.09 m/s.
        film.show(0, 200, |s| {
            let row = (0..6).map(|id| car(id + 1, [0.0, 153.0 + 8.0 * id as f64 + (0.9 * s) % 2.0], 0.9));
            let came_m = 12.0 * (s % 40.0);
            let comes = car(100 + (s / 40.0) as u64, [0.0, 100.0 + came_m], 12.0);
            row.chain(Some(comes).filter(|_| (found_m..50.0).contains(&came_m))).collect()
        });
        film.told().iter().map(|told| told.0).collect::<Vec<_>>()
    };
    assert_eq!([told(100.0, 0.0), told(100.0, 25.0), told(60.0, 42.0)], [[], [], []]);
    assert_eq!(told(100.0, 42.0), [EventKind::Congestion], "it may have turned in there");
}

#[test]
fn one_vehicle_of_two_tracks_is_one_vehicle() {
    let told = |apart_m: f64| {
        let off = vec![EventKind::StoppedVehicle, EventKind::AccidentSuspected];
        let mut film = Film::new(EventSettings { congestion_window_s: 60.0, off, ..all_kinds() });
        let pair =
            |id: u64, rear_m: f64| [(id, rear_m), (id + 1, rear_m + apart_m)].map(|(id, m)| car(id, [0.0, m], 0.0));
        film.show(0, 100, |_| [pair(1, 4.0), pair(3, 20.0)].concat());
        film.show(100, 200, |_| [pair(5, 130.0), pair(7, 150.0), pair(9, 170.0)].concat());
        film.told().iter().filter(|told| told.3.is_none()).map(|told| told.0).collect::<Vec<_>>()
    };
    assert_eq!(told(1.5), []);
    assert_eq!(told(8.0), [EventKind::QueueSpillback, EventKind::Congestion]);
}

#[test]
fn the_first_at_a_green_light_waits_while_the_junction_is_full() {
    let film = |blocks: bool| {
        let mut film = Film::new(all_kinds());
        let first = car(1, [0.0, 197.0], 0.0);
        let in_junction = Some(car(2, [0.4, 206.0], 0.0)).filter(|_| blocks);
        film.show(0, 200, |_| std::iter::once(first.clone()).chain(in_junction.clone()).collect());
        film.told().iter().map(|told| told.0).collect::<Vec<_>>()
    };
    assert_eq!(film(true), []);
    assert_eq!(film(false), [EventKind::StoppedVehicle]);
}

#[test]
fn who_is_called_something_else_for_a_moment_is_that_for_a_moment_only() {
    let film = |class: Class, called_s: f64| {
        let mut film = Film::new(EventSettings { off: vec![EventKind::StoppedVehicle], ..all_kinds() });
        // A motorcycle that stands in the lane, called that class in the first half second and from the thirtieth on for a while.
        let of = |s: f64| if s < 0.5 || (30.0..30.0 + called_s).contains(&s) { class } else { Class::Motorcycle };
        film.show(0, 45, |s| vec![Track { class: of(s), length_m: Some(2.0), ..car(1, [0.0, 100.0], 0.0) }]);
        film.told().iter().map(|told| told.0).collect::<Vec<_>>()
    };
    let kinds = [
        (Class::Unknown, 9.0, EventKind::Debris),
        (Class::Animal, 2.5, EventKind::Animal),
        (Class::Pedestrian, 3.0, EventKind::Pedestrian),
    ];
    for (class, long_enough_s, kind) in kinds {
        assert_eq!(film(class, 1.0), [], "{kind:?}");
        assert_eq!(film(class, long_enough_s).first(), Some(&kind));
    }
}

#[test]
fn what_is_seen_among_those_who_queue_is_one_of_them() {
    let film = |class: Class, queue_mps: f64| {
        let mut film = Film::new(EventSettings { off: vec![EventKind::SlowVehicle], ..all_kinds() });
        // At red, behind one car and before another.
        film.lights.insert("in/1".into(), LaneLight { stop: true, since: at(-10.0) });
        film.show(0, 12, |s| {
            let [before, behind] = [5.0, -4.6].map(|ahead_m| ahead_m + queue_mps * (s - 6.0));
            let seen = Track { class, length_m: None, width_m: None, ..car(3, [0.3, 100.0], 0.0) };
            vec![car(1, [0.0, 100.0 + before], queue_mps), car(2, [0.0, 100.0 + behind], queue_mps), seen]
        });
        film.told().iter().map(|told| told.0).collect::<Vec<_>>()
    };
    for (class, kind) in [
        (Class::Unknown, EventKind::Debris),
        (Class::Animal, EventKind::Animal),
        (Class::Pedestrian, EventKind::Pedestrian),
    ] {
        assert_eq!(film(class, 0.0), []);
        assert_eq!(film(class, 8.0).first(), Some(&kind), "they drive by");
    }
}

#[test]
fn who_crosses_between_those_who_queue_is_told() {
    let mut film = Film::new(EventSettings { off: vec![EventKind::StoppedVehicle], ..all_kinds() });
    film.show(0, 12, |s| {
        let velocity = [1.0, 0.0];
        let crosses = Track { velocity_enu_mps: velocity, ..walker(3, [s - 8.0, 100.0]) };
        vec![car(1, [0.0, 103.0], 0.0), car(2, [0.0, 97.0], 0.0), crosses]
    });
    assert_eq!(film.told().first().map(|told| told.0), Some(EventKind::Pedestrian));
}

#[test]
fn an_animal_that_goes_the_way_of_the_lane_as_fast_as_a_bicycle_is_none() {
    let film = |east_mps: f64, north_mps: f64| {
        let mut film = Film::new(all_kinds());
        film.show(0, 4, |s| {
            let place = [east_mps * (s - 2.0), 100.0 + north_mps * s];
            let animal = track_at(1, place, [east_mps, north_mps]);
            vec![Track { class: Class::Animal, length_m: Some(1.8), ..animal }]
        });
        film.told().len()
    };
    assert_eq!([film(0.1, 4.0), film(0.1, 1.3), film(0.5, -4.0)], [0, 1, 1]);
}
