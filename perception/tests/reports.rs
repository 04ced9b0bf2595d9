//! What road users say of themselves: what it adds to the picture, and what it must not.

mod scene;

use perception::detection::{Class, SelfReport, SenderId};
use perception::track::{Disbelief, Heard, Track, V2X};
use proptest::prelude::*;
use scene::{Mover, Noise, Rig, at_ms, camera_frame, check_invariants, radar_frame};

fn sender(name: u8) -> SenderId {
    SenderId::new(&[name, 2, 3, 4]).expect("four octets")
}

/// What a car says of itself, its place off by so much.
fn report(name: u8, ms: i64, car: &Mover, off_m: [f64; 2]) -> SelfReport {
    let [east, north] = car.position(ms);
    let speed_mps = car.velocity[0].hypot(car.velocity[1]);
    SelfReport {
        sender: sender(name),
        captured_at: at_ms(ms),
        position_enu_m: [east + off_m[0], north + off_m[1]],
        cov_position_m2: Some([[2.25, 0.0], [0.0, 2.25]]),
        speed_mps: Some(speed_mps),
        speed_sigma_mps: None,
        heading_cw_north_rad: Some(if speed_mps > 0.0 { car.velocity[0].atan2(car.velocity[1]) } else { 0.0 }),
        heading_sigma_rad: None,
        size_m: car.size.map(Some),
        class: car.class,
    }
}

/// Frames of both sensors of one step.
fn look(rig: &mut Rig, ms: i64, movers: &[Mover], noise: &mut Noise) -> Vec<Track> {
    rig.feed(&camera_frame(ms, movers, 0.02, noise));
    rig.feed(&radar_frame(ms, movers, noise))
}

fn told(track: &Track) -> bool {
    track.sources.iter().any(|source| &**source == V2X)
}

fn error_m(track: &Track, truth: [f64; 2]) -> f64 {
    (track.position_enu_m[0] - truth[0]).hypot(track.position_enu_m[1] - truth[1])
}

const DRIVER: fn() -> Mover = || Mover::car([3.0, 90.0], [0.0, -7.0]);
/// Nobody looks there: the sensors look north.
const BEHIND: fn() -> Mover = || Mover::car([3.0, -20.0], [0.0, -3.0]);

#[test]
fn a_car_that_is_seen_and_speaks_is_one_track_whatever_it_calls_itself() {
    let (mut rig, mut noise, car) = (Rig::new(), Noise(3), DRIVER());
    let mut ids = Vec::new();
    for ms in (0..8000).step_by(100) {
        let name = if ms < 4000 { 1 } else { 2 };
        let _ = rig.tracker.hear(&report(name, ms - 20, &car, [0.8, -0.6]));
        let picture = look(&mut rig, ms, &[car], &mut noise);
        if ms >= 2000 {
            assert_eq!(picture.len(), 1, "at {ms} ms: {picture:#?}");
            ids.push(picture[0].id);
            // A new name is a stranger for less than a second.
            assert!(told(&picture[0]) || (4900..5500).contains(&ms), "at {ms} ms: {:?}", picture[0].sources);
        }
        if ms == 7900 {
            assert!(told(&picture[0]) && error_m(&picture[0], car.position(ms)) < 0.5, "the bias does not pull it");
            assert_eq!(picture[0].sources.len(), 3);
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "one identity");
}

#[test]
fn what_it_says_carries_a_track_through_where_nobody_sees_it() {
    let (mut rig, mut noise, car) = (Rig::new(), Noise(5), Mover::car([3.0, 60.0], [0.0, -8.0]));
    let mut born = None;
    for ms in (0..12_000).step_by(100) {
        let _ = rig.tracker.hear(&report(1, ms - 20, &car, [1.0, 0.5]));
        let seen = car.position(ms)[1] > 15.0;
        let picture = if seen { look(&mut rig, ms, &[car], &mut noise) } else { rig.tracker.picture(at_ms(ms)) };
        check_invariants(&picture);
        if ms >= 2000 {
            assert_eq!(picture.len(), 1, "at {ms} ms, {:?}", car.position(ms));
            assert_eq!(*born.get_or_insert(picture[0].id), picture[0].id);
            let [[var, _], _] = picture[0].cov_position_m2;
            assert!(error_m(&picture[0], car.position(ms)) < 1.5 + 2.0 * var.sqrt());
        }
    }
}

/// What became of reports every 100 ms, and the picture after them, while the sensors see nobody.
fn only_said(reports: impl Fn(i64) -> Vec<SelfReport>) -> (Vec<Result<Heard, Disbelief>>, Vec<Track>) {
    let (mut rig, mut noise, mut outcomes) = (Rig::new(), Noise(7), Vec::new());
    for ms in (0..4000).step_by(100) {
        outcomes.extend(reports(ms).iter().map(|report| rig.tracker.hear(report)));
        look(&mut rig, ms, &[], &mut noise);
    }
    (outcomes, rig.tracker.picture(at_ms(3900)))
}

#[test]
fn who_nobody_can_see_is_believed_with_less_existence() {
    let (outcomes, picture) = only_said(|ms| vec![report(1, ms, &BEHIND(), [0.0; 2])]);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Ok(Heard::Born)).count(), 1);
    assert_eq!(picture.len(), 1);
    assert_eq!(picture[0].sources, [V2X.into()]);
    assert!((0.5..0.75).contains(&picture[0].existence), "{}", picture[0].existence);
    assert_eq!(picture[0].class, Class::Car);
}

#[test]
fn a_ghost_in_full_view_is_no_track() {
    let ghost = Mover::car([2.0, 30.0], [0.0, 0.0]);
    let (outcomes, picture) = only_said(|ms| vec![report(1, ms, &ghost, [0.0; 2])]);
    assert_eq!(outcomes.last(), Some(&Err(Disbelief::Contradicted)));
    assert!(picture.is_empty() && !outcomes.contains(&Ok(Heard::Born)), "{outcomes:?}");
}

#[test]
fn who_jumps_or_says_it_twice_or_nonsense_is_no_track() {
    let jumps = |ms: i64| vec![report(1, ms, &BEHIND(), [0.0, if ms % 200 == 0 { 30.0 } else { 0.0 }])];
    let (outcomes, picture) = only_said(jumps);
    assert!(picture.is_empty() && outcomes[1..].iter().all(|outcome| *outcome == Err(Disbelief::Teleport)));
    let (outcomes, _) = only_said(|ms| vec![report(1, ms, &BEHIND(), [0.0; 2]); 2]);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Disbelief::Repeated)).count(), 40);
    let good = report(1, 0, &BEHIND(), [0.0; 2]);
    let hear = |report: SelfReport| Rig::new().tracker.hear(&report);
    assert_eq!(hear(SelfReport { speed_mps: Some(90.0), ..good }), Err(Disbelief::Absurd));
    assert_eq!(hear(SelfReport { position_enu_m: [f64::NAN, 0.0], ..good }), Err(Disbelief::Absurd));
    assert_eq!(hear(SelfReport { cov_position_m2: Some([[1.0, 2.0], [2.0, 1.0]]), ..good }), Err(Disbelief::Absurd));
    assert_eq!(hear(SelfReport { cov_position_m2: Some([[100.0, 0.0], [0.0, 1.0]]), ..good }), Err(Disbelief::Vague));
}

#[test]
fn many_names_in_one_place_are_one_track_and_many_places_are_few() {
    let at_one = |ms: i64| (0..20).map(|name| report(name, ms, &BEHIND(), [0.1 * f64::from(name), 0.0])).collect();
    assert_eq!(only_said(at_one).1.len(), 1);
    let everywhere = |ms: i64| {
        let place = |name: u8| [15.0 * f64::from(name % 16), -15.0 * f64::from(name / 16)];
        (0..200).map(|name| report(name, ms, &BEHIND(), place(name))).collect()
    };
    let (outcomes, picture) = only_said(everywhere);
    assert!(picture.len() <= 64 && outcomes.contains(&Err(Disbelief::TooManyUnseen)), "{}", picture.len());
}

#[test]
fn a_shifted_place_does_not_move_the_car_that_is_seen() {
    let drive = |off_m: Option<[f64; 2]>| {
        let (mut rig, mut noise, car) = (Rig::new(), Noise(9), DRIVER());
        let mut last = Vec::new();
        for ms in (0..8000).step_by(100) {
            if let Some(off_m) = off_m {
                let _ = rig.tracker.hear(&report(1, ms, &car, off_m));
            }
            last = look(&mut rig, ms, &[car], &mut noise);
        }
        assert_eq!(last.len(), 1, "{last:#?}");
        error_m(&last[0], car.position(7900))
    };
    let without_m = drive(None);
    for off_m in [[5.0, 0.0], [0.0, 5.0], [3.0, 0.0], [12.0, 12.0]] {
        assert!(drive(Some(off_m)) < without_m + 0.15, "{off_m:?}: {} after {without_m}", drive(Some(off_m)));
    }
}

/// Mean of eᵀP⁻¹e of tracks that only reports with a wandering bias know, over many senders and their last ten seconds.
#[test]
fn a_bias_that_lasts_is_not_averaged_away() {
    let (mut sum, mut count) = (0.0, 0.0);
    for seed in 1..=40 {
        let (mut rig, mut noise) = (Rig::new(), Noise(seed));
        let kept = (-0.1_f64 / 60.0).exp();
        let mut bias = [0; 2].map(|_| 1.5 * noise.normal());
        let car = Mover::car([3.0, -20.0], [0.0, -6.0]);
        for ms in (0..30_000).step_by(100) {
            bias = bias.map(|bias| kept * bias + 1.5 * (1.0 - kept * kept).sqrt() * noise.normal());
            let mut said = report(1, ms, &car, bias.map(|bias| bias + 0.3 * noise.normal()));
            said.speed_mps = said.speed_mps.map(|speed| speed + 0.1 * noise.normal());
            said.heading_cw_north_rad = said.heading_cw_north_rad.map(|heading| heading + 0.02 * noise.normal());
            let _ = rig.tracker.hear(&said);
            if ms >= 20_000 {
                let picture = rig.tracker.picture(at_ms(ms));
                assert_eq!(picture.len(), 1, "at {ms} ms");
                let truth = car.position(ms);
                let e = [0, 1].map(|axis: usize| picture[0].position_enu_m[axis] - truth[axis]);
                let [[ee, en], [_, nn]] = picture[0].cov_position_m2;
                sum += (e[0] * e[0] * nn - 2.0 * e[0] * e[1] * en + e[1] * e[1] * ee) / (ee * nn - en * en);
                count += 1.0;
            }
        }
    }
    let nees = sum / count;
    assert!((0.8..3.0).contains(&nees), "{nees}; 2 is honest");
}

/// By how much farther off the nearest track is in the picture of [`DRIVER`], seen all along, for what is said; the worst
/// from the third second on, metres.
fn led_astray_m(seed: u64, mut say: impl FnMut(&mut Rig, i64)) -> f64 {
    let (mut rig, mut noise) = (Rig::new(), Noise(seed));
    let (mut unheard, mut same_noise) = (Rig::new(), Noise(seed));
    let mut worst_m = 0.0_f64;
    for ms in (0..4000).step_by(100) {
        say(&mut rig, ms);
        let nearest_m = |picture: Vec<Track>| {
            let errors_m = picture.iter().map(|track| error_m(track, DRIVER().position(ms)));
            errors_m.fold(f64::INFINITY, f64::min)
        };
        let heard_m = nearest_m(look(&mut rig, ms, &[DRIVER()], &mut noise));
        let unheard_m = nearest_m(look(&mut unheard, ms, &[DRIVER()], &mut same_noise));
        if ms >= 2000 {
            worst_m = worst_m.max(heard_m - unheard_m);
        }
    }
    worst_m
}

/// It tells the truth for a second, until it is believed, and then drifts away.
#[test]
fn who_is_believed_and_then_lies_does_not_take_the_car_along() {
    for seed in 0..300 {
        let mut chance = Noise(seed + 1000);
        let [east, north, faster_mps, turned_rad] = [1.5, 1.5, 3.0, 0.5].map(|sigma| sigma * chance.normal());
        let class = Class::ALL[seed as usize % Class::ALL.len()];
        let astray_m = led_astray_m(seed, |rig, ms| {
            let share = ((ms - 1000) as f64 / 1500.0).clamp(0.0, 1.0);
            let truth = report(1, ms, &DRIVER(), [east, north]);
            let _ = rig.tracker.hear(&SelfReport {
                speed_mps: truth.speed_mps.map(|speed| speed + share * faster_mps),
                heading_cw_north_rad: truth.heading_cw_north_rad.map(|heading| heading + share * turned_rad),
                class,
                ..truth
            });
        });
        assert!(astray_m < 0.5, "seed {seed}: {astray_m} m");
    }
}

fn any_report() -> impl Strategy<Value = SelfReport> {
    let number = || prop_oneof![8 => -80.0..80.0f64, 1 => prop::sample::select(vec![f64::NAN, 1e300, -1e9, 0.0])];
    let maybe = move || prop::option::of(number());
    let class = prop::sample::select(Class::ALL.to_vec());
    let place = (number(), number(), prop::option::of((number(), number(), number())));
    (0..4u8, 0..4000i64, place, (maybe(), maybe(), maybe(), maybe()), (maybe(), maybe(), maybe()), class).prop_map(
        |(name, ms, (east, north, cov), (speed, speed_sigma, heading, heading_sigma), size, class)| SelfReport {
            sender: sender(name),
            captured_at: at_ms(ms),
            position_enu_m: [east, north],
            cov_position_m2: cov.map(|(ee, en, nn)| [[ee, en], [en, nn]]),
            speed_mps: speed,
            speed_sigma_mps: speed_sigma,
            heading_cw_north_rad: heading,
            heading_sigma_rad: heading_sigma,
            size_m: size.into(),
            class,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_said_the_picture_holds_and_what_is_seen_stays(
        said in prop::collection::vec(any_report(), 80),
        seed in any::<u64>(),
    ) {
        let mut said = said.chunks(2);
        let mut checked = |rig: &mut Rig, ms| {
            for report in said.next().unwrap_or_default() {
                let _ = rig.tracker.hear(report);
                check_invariants(&rig.tracker.picture(at_ms(ms)));
            }
        };
        let astray_m = led_astray_m(seed, &mut checked);
        prop_assert!(astray_m < 1.0, "{astray_m} m");
    }
}
