//! What the fused picture must be for scenes whose truth is known.

mod scene;

use perception::align::{AlignSettings, Aligner};
use perception::detection::{CameraFrame, Class, SensorFrame};
use perception::frames::CameraView;
use perception::lift::Lifter;
use perception::time::UtcMicros;
use perception::track::{Refusal, Track};
use scene::{Mover, Noise, Rig, at_ms, camera, camera_frame, check_invariants, radar_frame, site};

fn error_m(track: &Track, truth: [f64; 2]) -> f64 {
    (track.position_enu_m[0] - truth[0]).hypot(track.position_enu_m[1] - truth[1])
}

/// Root mean square error over drives with several noises.
fn drives(with_camera: bool, with_radar: bool) -> f64 {
    let squares: f64 = (1..=20).map(|seed| drive(with_camera, with_radar, seed).0.powi(2)).sum();
    (squares / 20.0).sqrt()
}

/// The car as a camera sees it that is turned a little: one that is not turned at all is better alone.
fn turned_camera_frame(ms: i64, car: Mover, noise: &mut Noise) -> SensorFrame {
    let view = CameraView::new(&camera()).turned([0.0015, 0.0015, 0.0]);
    let boxes = car.seen_through(&view, ms, 0.03, noise).into_iter().collect();
    SensorFrame::Camera(CameraFrame { sensor: "cam".into(), captured_at: at_ms(ms), boxes })
}

/// Root mean square error over a drive, after three seconds; with a camera the picture must hold one track throughout.
fn drive(with_camera: bool, with_radar: bool, seed: u64) -> (f64, Vec<Track>) {
    let car = Mover::car([6.0, 95.0], [-0.6, -9.0]);
    let (mut rig, mut noise) = (Rig::new(), Noise(seed));
    let (mut squares, mut last) = (Vec::new(), Vec::new());
    for ms in (0..7000).step_by(50) {
        let mut pictures = Vec::new();
        if with_camera && ms % 100 == 0 {
            pictures.push(rig.feed(&turned_camera_frame(ms, car, &mut noise)));
        }
        if with_radar {
            pictures.push(rig.feed(&radar_frame(ms, &[car], &mut noise)));
        }
        for picture in pictures.into_iter().filter(|_| ms >= 3000) {
            // A radar alone, with one return a scan from now here and now there, may take its parts for two for a while.
            let most = if with_camera { 1 } else { 2 };
            assert!((1..=most).contains(&picture.len()), "one car, at {ms} ms: {picture:#?}");
            let error = picture.iter().map(|track| error_m(track, car.position(ms))).fold(f64::MAX, f64::min);
            squares.push(error.powi(2));
            last = picture;
        }
    }
    ((squares.iter().sum::<f64>() / squares.len() as f64).sqrt(), last)
}

#[test]
fn a_car_seen_by_camera_and_radar_is_one_track_and_better_than_by_either() {
    let (camera_m, radar_m, both_m) = (drives(true, false), drives(false, true), drives(true, true));
    let (_, last) = drive(true, true, 7);
    let sources: Vec<&str> = last[0].sources.iter().map(|name| &**name).collect();
    assert_eq!(sources, ["cam", "radar"]);
    assert_eq!(last[0].class, Class::Car);
    assert!(both_m < camera_m && both_m < radar_m, "both {both_m}, camera {camera_m}, radar {radar_m}");
    assert!(both_m < 0.5, "{both_m}");
    assert!((last[0].speed_mps() - 9.0_f64.hypot(0.6)).abs() < 0.5);
    let heading = last[0].heading_cw_north_rad.expect("it drives");
    assert!((heading - 3.208).abs() < 0.1, "{heading}");
}

#[test]
fn a_lorry_that_the_radar_took_for_a_car_becomes_what_the_camera_sees() {
    let lorry = Mover { class: Class::Truck, size: [8.0, 2.5, 3.4], ..Mover::car([4.0, 90.0], [0.0, -7.0]) };
    for seed in 1..=12 {
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        // The radar sees it first, and it reflects no more than a car does.
        for ms in (0..1500).step_by(50) {
            rig.feed(&radar_frame(ms, &[lorry], &mut noise));
        }
        let mut born = 0;
        for ms in (1500..6000).step_by(50) {
            let frame = if ms % 100 == 0 {
                camera_frame(ms, &[lorry], 0.02, &mut noise)
            } else {
                radar_frame(ms, &[lorry], &mut noise)
            };
            let before = rig.tracker.counts().1;
            let picture = rig.feed(&frame);
            born += rig.tracker.counts().1.saturating_sub(before);
            if ms > 4000 {
                let [track] = &picture[..] else { panic!("one lorry, seed {seed}, at {ms} ms: {picture:#?}") };
                assert_eq!(track.class, Class::Truck, "seed {seed}, at {ms} ms");
                assert!(
                    track.height_m.is_some_and(|height_m| (height_m - 3.4).abs() < 0.5),
                    "seed {seed}, at {ms} ms: {track:?}"
                );
            }
        }
        assert!(born < 8, "seed {seed}: {born} tracks begun for one lorry: its boxes are taken for something else");
    }
}

const BEHIND_THE_CAR: [f64; 2] = [0.3, 34.0];

/// Someone of whom a car in front leaves the upper part to be seen, and the car if `with_car`.
fn half_a_person(ms: i64, with_car: bool, noise: &mut Noise) -> SensorFrame {
    let car = Mover::car([0.0, 30.0], [0.0, 0.0]);
    let mut frame = camera_frame(ms, &[car, Mover::person(BEHIND_THE_CAR, [0.0, 0.0])], 0.01, noise);
    if let SensorFrame::Camera(picture) = &mut frame {
        let top_of_car_px = picture.boxes[0].y_px;
        picture.boxes[1].h_px = top_of_car_px - picture.boxes[1].y_px;
        if !with_car {
            picture.boxes.remove(0);
        }
    }
    frame
}

#[test]
fn who_stands_behind_something_is_known_by_the_upper_part() {
    for with_car in [true, false] {
        let (mut rig, mut noise) = (Rig::new(), Noise(3));
        let mut picture = Vec::new();
        for ms in (0..2000).step_by(100) {
            picture = rig.feed(&half_a_person(ms, with_car, &mut noise));
        }
        // Alone it is a box without a foot, and nothing says that one is hidden.
        assert_eq!(picture.len(), if with_car { 2 } else { 0 }, "{picture:#?}");
        if let Some(person) = picture.iter().find(|track| track.class == Class::Pedestrian) {
            assert!(error_m(person, BEHIND_THE_CAR) < 1.0, "{person:?}");
        }
    }
}

#[test]
fn people_who_cross_keep_their_ids() {
    let people = [Mover::person([-4.0, 20.0], [1.3, 0.0]), Mover::person([4.0, 21.2], [-1.3, 0.0])];
    let (mut rig, mut noise) = (Rig::new(), Noise(11));
    let mut ids = [0; 2];
    for ms in (0..6000).step_by(100) {
        let picture = rig.feed(&camera_frame(ms, &people, 0.02, &mut noise));
        if ms < 600 {
            continue;
        }
        assert_eq!(picture.len(), 2, "at {ms} ms");
        for (id, person) in ids.iter_mut().zip(&people) {
            let truth = person.position(ms);
            let nearest = picture.iter().min_by(|a, b| error_m(a, truth).total_cmp(&error_m(b, truth)));
            let nearest = nearest.expect("two tracks");
            assert!(error_m(nearest, truth) < 0.8, "at {ms} ms");
            if *id == 0 {
                *id = nearest.id;
            }
            assert_eq!(*id, nearest.id, "at {ms} ms");
        }
    }
    assert_ne!(ids[0], ids[1]);
}

/// As detectors' boxes of people who walk: wider with each step, to `swing` of the width more.
fn swing_limbs(frame: &mut SensorFrame, swing: f64, ms: i64) {
    let SensorFrame::Camera(picture) = frame else { return };
    for (found, phase) in picture.boxes.iter_mut().zip(0_u8..) {
        let wider_px = found.w_px * swing * (ms as f64 * 5.7e-3 + f64::from(phase)).sin().abs();
        found.x_px -= wider_px / 2.0;
        found.w_px += wider_px;
    }
}

#[test]
fn a_person_is_where_it_stands_however_its_limbs_swing() {
    for seed in 1..=5 {
        let person = Mover::person([-5.0, 28.0], [1.3, -0.4]);
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        for ms in (0..8000).step_by(100) {
            let mut frame = camera_frame(ms, &[person], 0.02, &mut noise);
            swing_limbs(&mut frame, 1.0, ms);
            let picture = rig.feed(&frame);
            if ms >= 1000 {
                assert_eq!(picture.len(), 1, "at {ms} ms: {picture:#?}");
                assert!(error_m(&picture[0], person.position(ms)) < 0.5, "at {ms} ms: {picture:#?}");
            }
        }
    }
}

/// Whether two who pass one metre apart, the farther one hidden for a moment, keep their ids before one camera.
fn pass_each_other(seed: u64) -> bool {
    let farther = Mover { size: [0.5, 0.5, 1.6], ..Mover::person([4.0, 31.0], [-0.6, 0.0]) };
    let people = [Mover::person([-4.0, 30.0], [0.6, 0.0]), farther];
    let (mut rig, mut noise) = (Rig::new(), Noise(seed));
    let mut ids = [0; 2];
    for ms in (0..13_300).step_by(100) {
        let mut frame = camera_frame(ms, &people, 0.035, &mut noise);
        swing_limbs(&mut frame, 0.6, ms);
        let [near, far] = people.map(|person| person.position(ms));
        let apart_m = (near[0] - far[0]).abs();
        if let SensorFrame::Camera(picture) = &mut frame
            && apart_m < 0.4
        {
            picture.boxes.truncate(1);
        }
        let picture = rig.feed(&frame);
        if ms < 1000 || apart_m < 1.5 {
            continue;
        }
        for (id, truth) in ids.iter_mut().zip([near, far]) {
            let nearest = picture.iter().min_by(|a, b| error_m(a, truth).total_cmp(&error_m(b, truth)));
            let nearest = nearest.expect("two tracks");
            assert!(error_m(nearest, truth) < 1.2, "at {ms} ms: {picture:#?}");
            if *id == 0 {
                *id = nearest.id;
            }
            if *id != nearest.id {
                return false;
            }
        }
    }
    ids[0] != ids[1]
}

#[test]
fn before_a_camera_alone_those_who_pass_close_by_keep_their_ids() {
    let kept = (1..=40).filter(|seed| pass_each_other(*seed)).count();
    assert!(kept >= 36, "{kept} of 40");
}

/// Whether one who slowly overtakes another behind whom he is hidden for more than three seconds keeps his id.
fn overtakes_hidden(seed: u64) -> bool {
    let people = [Mover::person([-9.0, 25.0], [1.0, 0.0]), Mover::person([-12.0, 25.8], [1.25, 0.0])];
    let (mut rig, mut noise) = (Rig::new(), Noise(seed));
    let mut ids = [0; 2];
    for ms in (0..18_000).step_by(100) {
        let mut frame = camera_frame(ms, &people, 0.03, &mut noise);
        let [near, far] = people.map(|person| person.position(ms));
        if let SensorFrame::Camera(picture) = &mut frame
            && (near[0] - far[0]).abs() < 0.45
        {
            picture.boxes.truncate(1);
        }
        let picture = rig.feed(&frame);
        for (id, truth) in ids.iter_mut().zip([near, far]) {
            let nearest = picture.iter().min_by(|a, b| error_m(a, truth).total_cmp(&error_m(b, truth)));
            match ms {
                3000 => *id = nearest.map_or(0, |track| track.id),
                17_900 if nearest.is_none_or(|track| track.id != *id) => return false,
                _ => {}
            }
        }
    }
    ids[0] != ids[1]
}

#[test]
fn two_long_known_are_not_taken_for_one_while_one_hides_the_other() {
    let kept = (1..=20).filter(|seed| overtakes_hidden(*seed)).count();
    assert!(kept >= 18, "{kept} of 20");
}

/// Whether a car keeps its id that nobody sees for a second and a half in which it brakes.
fn brakes_unseen(seed: u64) -> bool {
    let driving = Mover::car([4.0, 80.0], [-0.3, -12.0]);
    let [east, north] = driving.position(2500);
    let braked = Mover::car([east - 0.1 - 4.0 * -0.1, north - 6.0 - 4.0 * -3.0], [-0.1, -3.0]);
    let (mut rig, mut noise) = (Rig::new(), Noise(seed));
    let mut before = None;
    for ms in (0..5500).step_by(100) {
        let seen = match ms {
            ..2500 => vec![driving],
            2500..4000 => vec![],
            _ => vec![braked],
        };
        let picture = rig.feed(&camera_frame(ms, &seen, 0.02, &mut noise));
        match ms {
            2400 => before = picture.first().map(|track| track.id),
            5400 => return picture.len() == 1 && before == picture.first().map(|track| track.id),
            _ => {}
        }
    }
    false
}

#[test]
fn who_brakes_while_nobody_looks_keeps_its_id() {
    let kept = (1..=20).filter(|seed| brakes_unseen(*seed)).count();
    assert!(kept >= 18, "{kept} of 20");
}

#[test]
fn one_camera_alone_gives_a_track_within_three_frames_more() {
    let (mut rig, mut noise) = (Rig::new(), Noise(3));
    let person = [Mover::person([0.0, 18.0], [1.0, 0.2])];
    let born = (0..1000).step_by(100).find(|ms| !rig.feed(&camera_frame(*ms, &person, 0.03, &mut noise)).is_empty());
    assert!(born.is_some_and(|ms| ms <= 300), "{born:?}");
}

#[test]
fn a_thing_half_taken_for_a_person_that_never_moves_leaves_the_picture_and_a_person_stays() {
    let sign = Mover { score: 0.45, ..Mover::person([-3.0, 20.0], [0.0, 0.0]) };
    let waiting = Mover::person([3.0, 20.0], [0.0, 0.0]);
    let (mut rig, mut noise) = (Rig::new(), Noise(5));
    let mut picture = Vec::new();
    for ms in (0..30_000).step_by(100) {
        picture = rig.feed(&camera_frame(ms, &[sign, waiting], 0.02, &mut noise));
    }
    assert_eq!(picture.len(), 1, "{picture:#?}");
    assert!(error_m(&picture[0], [3.0, 20.0]) < 0.5);
}

#[test]
fn a_small_thing_without_a_name_is_where_it_lies() {
    let (box_m, tyre_m, crate_m) = ([0.9, 0.7, 0.7], [0.5, 0.5, 0.35], [1.6, 1.2, 1.1]);
    let things = [(box_m, 18.0), (box_m, 40.0), (tyre_m, 30.0), (tyre_m, 45.0), (crate_m, 18.0), (crate_m, 40.0)];
    for (seed, (size, north_m)) in (1..).zip(things) {
        let thing = Mover { class: Class::Unknown, size, score: 0.7, ..Mover::person([3.0, north_m], [0.0, 0.0]) };
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        for ms in (0..8000).step_by(100) {
            let picture = rig.feed(&camera_frame(ms, &[thing], 0.03, &mut noise));
            let lies = |track: &Track| track.class == Class::Unknown && error_m(track, thing.from) < 0.5;
            assert!(ms < 2000 || matches!(&picture[..], [track] if lies(track)), "{size:?} {ms} ms: {picture:#?}");
        }
    }
}

#[test]
fn a_dog_and_a_cow_are_followed_where_they_go_and_stand() {
    let (dog_m, cow_m) = ([0.9, 0.35, 0.65], [2.3, 0.75, 1.45]);
    let cases = [(dog_m, 20.0, 2.0), (dog_m, 35.0, 0.0), (cow_m, 20.0, 1.0), (cow_m, 45.0, 0.0)];
    for (seed, (size, north_m, mps)) in (1..).zip(cases) {
        let animal = Mover { class: Class::Animal, size, score: 0.7, ..Mover::person([-6.0, north_m], [mps, 0.0]) };
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        for ms in (0..6000).step_by(100) {
            let picture = rig.feed(&camera_frame(ms, &[animal], 0.03, &mut noise));
            let follows = |track: &Track| {
                let sure = track.class == Class::Animal && track.class_probability > 0.7;
                sure && error_m(track, animal.position(ms)) < 1.0
            };
            assert!(ms < 2000 || matches!(&picture[..], [track] if follows(track)), "{size:?} {ms} ms: {picture:#?}");
        }
    }
}

#[test]
fn a_person_of_whom_each_sensor_says_little_stays_in_the_picture() {
    let person = Mover { score: 0.45, ..Mover::person([-8.0, 60.0], [1.2, 0.0]) };
    let (mut rig, mut noise) = (Rig::new(), Noise(5));
    // Well seen for a second, then by the camera in each seventh frame and by the radar in each fifteenth scan.
    for tick in 0..280_i64 {
        let (ms, well) = (tick * 50, tick < 20);
        let seen = |every: i64| if well || tick % every == 0 { vec![person] } else { vec![] };
        let picture = rig.feed(&radar_frame(ms, &seen(15), &mut noise));
        if tick % 2 == 0 {
            rig.feed(&camera_frame(ms, &seen(14), 0.03, &mut noise));
        }
        assert!(well || picture.iter().any(|track| error_m(track, person.position(ms)) < 1.5), "{ms} ms: {picture:#?}");
    }
}

#[test]
fn what_is_seen_no_more_leaves_the_picture_and_its_id_is_not_used_again() {
    let (mut rig, mut noise) = (Rig::new(), Noise(9));
    let first = [Mover::car([3.0, 40.0], [0.0, -5.0])];
    let mut last_id = 0;
    for ms in (0..2000).step_by(100) {
        if let Some(track) = rig.feed(&camera_frame(ms, &first, 0.02, &mut noise)).first() {
            last_id = track.id;
        }
    }
    assert!(last_id > 0);
    rig.tracker.advance(at_ms(20_000));
    assert_eq!(rig.tracker.counts(), (0, 0));
    let second = [Mover::car([3.0, 140.0], [0.0, -5.0])];
    let mut picture = Vec::new();
    for ms in (20_000..22_000).step_by(100) {
        picture = rig.feed(&camera_frame(ms, &second, 0.02, &mut noise));
    }
    assert_eq!(picture.len(), 1);
    assert!(picture[0].id > last_id);
}

/// The frames of a drive with the camera's 120 ms late, in order of capture or of arrival.
fn frames(in_order_of_arrival: bool) -> Vec<SensorFrame> {
    let car = [Mover::car([4.0, 80.0], [0.3, -8.0])];
    let mut noise = Noise(21);
    let mut list: Vec<(i64, SensorFrame)> = Vec::new();
    for ms in (0..5000).step_by(50) {
        if ms % 100 == 0 {
            let late = if in_order_of_arrival { 120 } else { 0 };
            list.push((ms + late, camera_frame(ms, &car, 0.03, &mut noise)));
        }
        list.push((ms, radar_frame(ms, &car, &mut noise)));
    }
    list.sort_by_key(|(arrival, _)| *arrival);
    list.into_iter().map(|(_, frame)| frame).collect()
}

#[test]
fn late_frames_are_used_at_their_own_time() {
    let picture = |late: bool| {
        let mut rig = Rig::new();
        for frame in frames(late) {
            rig.feed(&frame);
        }
        rig.tracker.picture(at_ms(5000))
    };
    let (in_order, late) = (picture(false), picture(true));
    assert_eq!((in_order.len(), late.len()), (1, 1));
    // 120 ms at 8 m/s would be a metre.
    assert!(error_m(&late[0], in_order[0].position_enu_m) < 0.3, "{late:?} {in_order:?}");
    assert_eq!(late[0].sources.len(), 2);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let run = || {
        let mut rig = Rig::new();
        frames(true).iter().map(|frame| format!("{:?}\n", rig.feed(frame))).collect::<String>()
    };
    assert_eq!(run(), run());
}

/// Runs a scene through aligner, lifter and tracker with the wall clock, and every sensor's with it, moved by `step_s`
/// at `at_ms`; gives the number of tracks in each picture after that, by time since the step in ms.
fn with_clock_step(step_s: i64) -> Vec<(i64, usize)> {
    let people = [Mover::person([-3.0, 20.0], [0.5, 0.0]), Mover::car([3.0, 70.0], [0.0, -6.0])];
    let site = site();
    let mut aligner = Aligner::new(&site, AlignSettings::default());
    let lifter = Lifter::new(&site, Default::default()).expect("sound");
    let (mut rig, mut noise, mut counts) = (Rig::new(), Noise(2), Vec::new());
    for ms in (0..8000).step_by(50) {
        let shift_us = if ms >= 3000 { step_s * 1_000_000 } else { 0 };
        let mut frame = if ms % 100 == 0 {
            camera_frame(ms, &people, 0.02, &mut noise)
        } else {
            radar_frame(ms, &people, &mut noise)
        };
        match &mut frame {
            SensorFrame::Camera(frame) => frame.captured_at.0 += shift_us,
            SensorFrame::Radar(scan) => scan.captured_at.0 += shift_us,
        }
        let now = UtcMicros(at_ms(ms).0 + shift_us + 20_000);
        aligner.push(now, frame).expect("in time by the clock as it is now");
        while let Some(frame) = aligner.pop_ready(UtcMicros(now.0 + 10_000)) {
            rig.tracker.step(&lifter.lift(&frame).expect("of the site"));
        }
        let picture = rig.tracker.picture(now);
        let candidates = rig.tracker.candidates(now);
        assert!(candidates.iter().flat_map(|(_, evidence)| evidence.values()).all(f32::is_finite));
        let shown = candidates.into_iter().filter(|(_, evidence)| evidence.shown).map(|(track, _)| track);
        assert_eq!(shown.collect::<Vec<_>>(), picture);
        check_invariants(&picture);
        if ms >= 3000 {
            counts.push((ms - 3000, picture.len()));
        }
    }
    counts
}

#[test]
fn recovers_from_clock_steps_of_an_hour_within_two_seconds() {
    for step_s in [3600, -3600] {
        for (since_ms, count) in with_clock_step(step_s) {
            assert!(count <= 2, "no ghosts: {count} tracks {since_ms} ms after a step of {step_s} s");
            assert!(since_ms < 2000 || count == 2, "{count} tracks {since_ms} ms after a step of {step_s} s");
        }
    }
}

#[test]
fn scans_that_are_too_old_or_of_no_known_sensor_are_refused_with_the_reason() {
    let (mut rig, mut noise) = (Rig::new(), Noise(1));
    let person = [Mover::person([0.0, 20.0], [1.0, 0.0])];
    let mut lifted = |ms| rig.lifter.lift(&camera_frame(ms, &person, 0.02, &mut noise)).expect("of the site");
    let (new, old, mut strange) = (lifted(5000), lifted(4000), lifted(5100));
    strange.sensor_index = 9;
    assert_eq!(rig.tracker.step(&new).refused, None);
    assert_eq!(rig.tracker.step(&old).refused, Some(Refusal::Late));
    assert_eq!(rig.tracker.step(&strange).refused, Some(Refusal::UnknownSensor));
    strange.sensor_index = 1;
    assert_eq!(rig.tracker.step(&strange).refused, Some(Refusal::UnknownSensor), "a camera's scan in a radar's name");
}
