//! The pipeline in simulated time: rhythms, silence, clocks that are set, sensors that lie.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::{BTreeMap, BTreeSet};

use asn1::cn::rsm::ParticipantType;
use asn1::cn::spat::LightState;
use perception::detection::{BoxDetection, CameraFrame, RadarScan, RadarTarget, SensorId};
use perception::time::UtcMicros;
use rsu::config::Site;
use rsu::gate::Reason;
use rsu::pipeline::{Input, Output};
use rsu::radios::{MessageKind, MessageSet, Transmission};

mod support;
use support::{Sim, camera, camera_input, demo_site, movers_seen, people_seen, radar, radar_input, rsm, spat};

/// From shutter to detections.
const INFERENCE_MS: i64 = 40;

/// What arrives in a millisecond at the demo site while all is well. Two people walk, one vehicle drives.
struct Everything<'a> {
    site: &'a Site,
    camera_period_ms: i64,
}

impl Everything<'_> {
    fn signal(&self, ms: i64, now: UtcMicros, arrived: &mut Vec<Input>) {
        if ms % 100 == 13 {
            arrived.push(Input::Signal(self.site.fixed_time_plan().unwrap().state(now)));
        }
    }

    fn camera(&self, ms: i64, now: UtcMicros, arrived: &mut Vec<Input>) {
        if ms % self.camera_period_ms == 7 {
            let walked_m = ms as f64 * 1e-3 * 1.2;
            let people = [[-6.0 + 0.3 * walked_m, -3.0], [-4.0, 1.0 - 0.3 * walked_m]];
            let captured_at = UtcMicros(now.0 - INFERENCE_MS * 1000);
            arrived.push(camera_input(people_seen(camera(self.site), captured_at, &people)));
        }
    }

    fn radar(&self, ms: i64, now: UtcMicros, arrived: &mut Vec<Input>) {
        if ms % 50 == 21 {
            // There and back, so that it stays in sight: 80 m at 8 m/s.
            let phase_s = (ms as f64 * 1e-3).rem_euclid(20.0);
            let (along_m, speed_mps) =
                if phase_s < 10.0 { (8.0 * phase_s, 8.0) } else { (160.0 - 8.0 * phase_s, -8.0) };
            let vehicle = ([20.0 + along_m, 38.0], [speed_mps, 0.0]);
            arrived.push(radar_input(movers_seen(radar(self.site), UtcMicros(now.0 - 2000), &[vehicle])));
        }
    }

    fn all(&self, ms: i64, now: UtcMicros, arrived: &mut Vec<Input>) {
        self.signal(ms, now, arrived);
        self.camera(ms, now, arrived);
        self.radar(ms, now, arrived);
    }
}

fn gaps(ms: &[i64]) -> impl Iterator<Item = i64> + '_ {
    ms.windows(2).map(|pair| pair[1] - pair[0])
}

/// The most messages in any second.
fn most_in_a_second(ms: &[i64]) -> usize {
    ms.iter().map(|from| ms.iter().filter(|at| (*from..from + 1000).contains(at)).count()).max().unwrap_or(0)
}

#[test]
fn every_message_keeps_its_rate() {
    let site = demo_site();
    let world = Everything { site: &site, camera_period_ms: 40 };
    let mut sim = Sim::new(&site);
    sim.run(20_000, |ms, now, arrived| world.all(ms, now, arrived));
    for (set, kind, count, slack) in [
        (MessageSet::Cn, MessageKind::Spat, 200, 2),
        (MessageSet::Us, MessageKind::Spat, 200, 2),
        (MessageSet::Cn, MessageKind::Map, 20, 1),
        (MessageSet::Us, MessageKind::Map, 20, 1),
        (MessageSet::Cn, MessageKind::Rsm, 200, 3),
    ] {
        let sent = sim.sent_ms(set, kind).len();
        assert!(sent.abs_diff(count) <= slack, "{set:?} {kind:?}: {sent} in 20 s");
    }
    let spat = sim.sent_ms(MessageSet::Cn, MessageKind::Spat);
    assert!(gaps(&spat).skip(3).all(|gap| gap == 100), "SPAT leaves with the controller's words");
    assert!(sim.sent_ms(MessageSet::Us, MessageKind::Sdsm).len() > 190);
    assert_eq!(sim.dropped("align", "late") + sim.dropped("align", "duplicate"), 0);
}

#[test]
fn pictures_of_people_leave_with_the_cameras_frames_and_no_faster() {
    let site = demo_site();
    let world = Everything { site: &site, camera_period_ms: 40 };
    let mut sim = Sim::new(&site);
    sim.run(20_000, |ms, now, arrived| world.all(ms, now, arrived));
    let sent = sim.sent(MessageSet::Cn, MessageKind::Rsm);
    let steady: Vec<_> = sent.iter().filter(|(ms, ..)| *ms > 1000).collect();
    for (ms, now, transmission) in &steady {
        // A frame arrives at 7 ms of every 40 and may wait 3 ms for an older one of the radar.
        assert!((0..=3).contains(&((ms - 7) % 40)), "left at {ms} ms, with no frame");
        let age_s = now.seconds_since(transmission.captured_at.expect("it tells of a new frame"));
        assert!((0.039..=0.044).contains(&age_s), "{age_s} s old at {ms} ms");
        assert!(transmission.arrived_at.is_some_and(|arrived_at| now.seconds_since(arrived_at) < 0.004));
    }
    let ms: Vec<i64> = steady.iter().map(|(ms, ..)| *ms).collect();
    assert!(gaps(&ms).all(|gap| (75..=125).contains(&gap)), "{:?}", gaps(&ms).collect::<BTreeSet<_>>());
    assert!(most_in_a_second(&ms) <= 11, "{}", most_in_a_second(&ms));
    // The people of the camera and the vehicle of the radar are in one picture.
    let last = rsm(sent.last().unwrap().2);
    let types: Vec<_> = last.participants.iter().map(|participant| participant.ptc_type).collect();
    assert_eq!(types.iter().filter(|kind| **kind == ParticipantType::Pedestrian).count(), 2, "{types:?}");
    assert_eq!(types.len(), 4, "the unit, two people, a vehicle: {types:?}");
}

#[test]
fn latency_is_told_once_for_each_frame() {
    let site = demo_site();
    // Slower than the messages: every second one tells of nothing new.
    for camera_period_ms in [40, 200] {
        let world = Everything { site: &site, camera_period_ms };
        let mut sim = Sim::new(&site);
        sim.run(10_000, |ms, now, arrived| world.all(ms, now, arrived));
        let mut told: BTreeMap<UtcMicros, BTreeSet<i64>> = BTreeMap::new();
        for said in &sim.said {
            if let Output::Send(Transmission { captured_at: Some(captured_at), arrived_at, .. }) = &said.output {
                assert!(arrived_at.is_some(), "both times or none");
                told.entry(*captured_at).or_default().insert(said.ms);
            }
        }
        assert!(told.len() > 40, "{camera_period_ms} ms: {} frames", told.len());
        assert!(told.values().all(|moments| moments.len() == 1), "a frame was counted at two moments");
    }
}

#[test]
fn pictures_go_on_when_the_camera_and_then_every_sensor_falls_silent() {
    let site = demo_site();
    let world = Everything { site: &site, camera_period_ms: 40 };
    let mut sim = Sim::new(&site);
    sim.run(15_000, |ms, now, arrived| {
        if ms < 5_000 {
            world.camera(ms, now, arrived);
        }
        if ms < 10_000 {
            world.radar(ms, now, arrived);
        }
    });
    let sent = sim.sent(MessageSet::Cn, MessageKind::Rsm);
    let ms: Vec<i64> = sent.iter().map(|(ms, ..)| *ms).collect();
    assert!(gaps(&ms).all(|gap| gap <= 200), "{:?}", gaps(&ms).max());
    for (from, to) in [(6_000, 10_000), (11_000, 15_000)] {
        let count = ms.iter().filter(|at| (from..to).contains(*at)).count();
        assert!((39..=41).contains(&count), "{count} from {from} to {to} ms");
    }
    let stale = sent.iter().filter(|(ms, ..)| *ms > 5_200);
    assert!(stale.clone().all(|(.., sent)| sent.captured_at.is_none()), "no frame, no latency");
    let participants = |at_ms: i64| {
        let (.., sent) = sent.iter().find(|(ms, ..)| *ms >= at_ms).unwrap();
        rsm(sent).participants.len()
    };
    assert_eq!(participants(4_500), 4);
    assert_eq!(participants(6_500), 2, "who nobody sees any more is not told of");
    assert_eq!(participants(12_000), 1, "only the unit itself");
}

#[test]
fn a_silent_controller_makes_every_group_unavailable() {
    let site = demo_site();
    let world = Everything { site: &site, camera_period_ms: 40 };
    let mut sim = Sim::new(&site);
    sim.run(2_000, |_, _, _| {});
    sim.run(5_000, |ms, now, arrived| world.signal(ms, now, arrived));
    sim.run(5_000, |_, _, _| {});
    let last_word_ms = 6_913;
    let sent = sim.sent(MessageSet::Cn, MessageKind::Spat);
    let groups: Vec<u8> = site.map.signal_groups();
    for (ms, _, transmission) in &sent {
        let spat = spat(transmission);
        let phases = &spat.intersections[0].phases;
        assert_eq!(phases.iter().map(|phase| phase.id).collect::<Vec<_>>(), groups, "all groups of the map, always");
        let known = phases.iter().filter(|phase| phase.phase_states[0].light != LightState::Unavailable).count();
        let spoken = (2_013..=last_word_ms + 300).contains(ms);
        assert_eq!(known, if spoken { groups.len() } else { 0 }, "at {ms} ms");
        let unavailable_with_time = phases
            .iter()
            .flat_map(|phase| &phase.phase_states)
            .any(|state| state.light == LightState::Unavailable && state.timing.is_some());
        assert!(!unavailable_with_time, "a countdown of nothing at {ms} ms");
    }
    let first_unavailable = sent.iter().map(|(ms, ..)| *ms).find(|ms| *ms > last_word_ms + 300).unwrap();
    assert!(first_unavailable <= last_word_ms + 300 + 100, "{first_unavailable}");
    let ms = sim.sent_ms(MessageSet::Cn, MessageKind::Spat);
    assert!(gaps(&ms).all(|gap| gap <= 180), "SPAT says so at its rate: {:?}", gaps(&ms).max());
    let held = sim.said.iter().filter(|said| {
        matches!(said.output, Output::Suppressed { message: MessageKind::Spat, reason: Reason::SignalStale })
    });
    let stale = ms.iter().filter(|at| **at > last_word_ms + 300).count();
    assert_eq!(held.count(), stale, "counted once for each SPAT that lacks it");
}

#[test]
fn many_road_users_are_told_in_several_messages_under_numbers_that_stay() {
    let site = demo_site();
    let mut sim = Sim::new(&site);
    // Five rows of eight that drive east.
    let start: Vec<[f64; 2]> =
        (0..40).map(|i| [-10.0 + 14.0 * f64::from(i % 8), 5.0 + 14.0 * f64::from(i / 8)]).collect();
    sim.run(4_000, |ms, now, arrived| {
        if ms % 50 == 0 {
            let east_m = ms as f64 * 1e-3 * 7.0;
            let movers: Vec<_> = start.iter().map(|[e, n]| ([e + east_m, *n], [7.0, 0.0])).collect();
            arrived.push(radar_input(movers_seen(radar(&site), now, &movers)));
        }
    });
    let mut moments: BTreeMap<i64, Vec<&Transmission>> = BTreeMap::new();
    for (ms, _, sent) in sim.sent(MessageSet::Cn, MessageKind::Rsm) {
        moments.entry(ms).or_default().push(sent);
    }
    let mut named: Vec<BTreeSet<u16>> = Vec::new();
    for (ms, messages) in moments.iter().filter(|(ms, _)| **ms > 2_000) {
        assert!(messages.len() >= 3, "{} messages at {ms} ms", messages.len());
        let mut ids = BTreeSet::new();
        for sent in messages {
            let participants = rsm(sent).participants;
            assert!(participants.len() <= 16);
            assert_eq!((participants[0].ptc_id, participants[0].ptc_type), (0, ParticipantType::Rsu));
            for participant in &participants[1..] {
                assert!((1..=255).contains(&participant.ptc_id), "{}", participant.ptc_id);
                assert!(ids.insert(participant.ptc_id), "{} is told twice at {ms} ms", participant.ptc_id);
            }
        }
        assert!(ids.len() >= 36, "{} of 40 are told of at {ms} ms", ids.len());
        named.push(ids);
    }
    assert!(named.len() > 15);
    let stayed = named[0].intersection(named.last().unwrap()).count();
    assert!(stayed >= 34, "{stayed} keep their number");
    let counts: Vec<u8> =
        sim.sent(MessageSet::Cn, MessageKind::Rsm).iter().map(|(.., sent)| rsm(sent).msg_cnt).collect();
    assert!(counts.windows(2).all(|pair| pair[1] == (pair[0] + 1) % 128), "every message has the next number");
}

#[test]
fn a_clock_that_is_set_neither_silences_nor_floods() {
    let site = demo_site();
    for by_s in [3600, -3600] {
        let world = Everything { site: &site, camera_period_ms: 40 };
        let mut sim = Sim::new(&site);
        sim.run(5_000, |ms, now, arrived| world.all(ms, now, arrived));
        sim.set_clock(by_s);
        sim.run(5_000, |ms, now, arrived| world.all(ms, now, arrived));
        assert_eq!(sim.dropped("pipeline", "clock_step"), 1, "{by_s} s");
        for kind in [MessageKind::Spat, MessageKind::Rsm] {
            let ms = sim.sent_ms(MessageSet::Cn, kind);
            assert!(gaps(&ms).all(|gap| gap <= 250), "{kind:?} after {by_s} s: {:?}", gaps(&ms).max());
            assert!(most_in_a_second(&ms) <= 12, "{kind:?} after {by_s} s: {}", most_in_a_second(&ms));
        }
        let maps = sim.sent_ms(MessageSet::Cn, MessageKind::Map).len();
        assert!((9..=12).contains(&maps), "{maps} MAP after {by_s} s");
        for (ms, now, sent) in sim.sent(MessageSet::Cn, MessageKind::Spat).iter().filter(|(ms, ..)| *ms > 5_200) {
            let state = spat(sent);
            let light = state.intersections[0].phases[0].phase_states[0].light;
            assert_ne!(light, LightState::Unavailable, "{ms} ms, {by_s} s");
            assert_eq!(state.time_stamp, Some(asn1::time::dsecond(now.0)), "the new time is told");
        }
        let last = sim.sent(MessageSet::Cn, MessageKind::Rsm).last().map(|(.., sent)| rsm(sent)).unwrap();
        assert_eq!(last.participants.len(), 4, "everybody is back after {by_s} s");
    }
}

#[test]
fn the_same_inputs_give_the_same_outputs() {
    let site = demo_site();
    let run = || {
        let world = Everything { site: &site, camera_period_ms: 40 };
        let mut sim = Sim::new(&site);
        sim.run(8_000, |ms, now, arrived| world.all(ms, now, arrived));
        format!("{:?}", sim.said)
    };
    let first = run();
    assert!(first.len() > 100_000);
    assert!(first == run(), "two runs of one history differ");
}

fn boxed(site: &Site, captured_at: UtcMicros, change: impl FnOnce(&mut BoxDetection)) -> Input {
    let mut frame = people_seen(camera(site), captured_at, &[[-5.0, -3.0]]);
    change(&mut frame.boxes[0]);
    camera_input(frame)
}

fn target(site: &Site, captured_at: UtcMicros, change: impl FnOnce(&mut RadarTarget)) -> Input {
    let mut scan = movers_seen(radar(site), captured_at, &[([60.0, 40.0], [8.0, 0.0])]);
    change(&mut scan.targets[0]);
    radar_input(scan)
}

#[test]
fn what_cannot_be_is_dropped_for_a_named_reason_and_nothing_else_suffers() {
    let site = demo_site();
    let (cam, rad): (SensorId, SensorId) = (camera(&site).id.clone(), radar(&site).id.clone());
    type Bad<'a> = Box<dyn Fn(UtcMicros) -> Input + 'a>;
    let later = |at: UtcMicros, s: f64| at.plus_seconds(s);
    let empty = |sensor: &SensorId, captured_at| {
        camera_input(CameraFrame { sensor: sensor.clone(), captured_at, boxes: Vec::new() })
    };
    let cases: Vec<(&str, &[&str], Bad<'_>)> = vec![
        ("lift", &["not_finite"], Box::new(|at| boxed(&site, at, |b| b.x_px = f64::NAN))),
        ("lift", &["not_finite"], Box::new(|at| boxed(&site, at, |b| b.h_px = f64::INFINITY))),
        ("lift", &["absurd", "out_of_picture"], Box::new(|at| boxed(&site, at, |b| b.w_px = -4.0))),
        ("lift", &["absurd", "out_of_picture"], Box::new(|at| boxed(&site, at, |b| b.x_px = 1e9))),
        ("lift", &["absurd", "above_horizon", "out_of_picture"], Box::new(|at| boxed(&site, at, |b| b.y_px = -1e6))),
        ("lift", &["not_finite"], Box::new(|at| target(&site, at, |t| t.range_m = f64::NAN))),
        ("lift", &["not_finite"], Box::new(|at| target(&site, at, |t| t.azimuth_rad = f64::NEG_INFINITY))),
        ("lift", &["not_finite"], Box::new(|at| target(&site, at, |t| t.range_rate_mps = Some(f64::NAN)))),
        ("lift", &["absurd", "too_far"], Box::new(|at| target(&site, at, |t| t.range_m = 1e12))),
        ("lift", &["absurd", "below_mast"], Box::new(|at| target(&site, at, |t| t.range_m = -5.0))),
        ("lift", &["wrong_kind"], Box::new(|at| empty(&rad, at))),
        (
            "lift",
            &["wrong_kind"],
            Box::new(|at| radar_input(RadarScan { sensor: cam.clone(), captured_at: at, targets: Vec::new() })),
        ),
        ("align", &["unknown_sensor"], Box::new(|at| empty(&"nobody".into(), at))),
        ("align", &["future"], Box::new(|at| empty(&cam, later(at, 30.0)))),
        ("align", &["ancient"], Box::new(|at| empty(&cam, later(at, -30.0)))),
        ("align", &["ancient"], Box::new(|_| empty(&cam, UtcMicros(i64::MIN)))),
        ("align", &["future"], Box::new(|_| empty(&cam, UtcMicros(i64::MAX)))),
    ];
    for (index, (place, reasons, bad)) in cases.iter().enumerate() {
        let mut sim = Sim::new(&site);
        let world = Everything { site: &site, camera_period_ms: 40 };
        sim.run(3_000, |ms, now, arrived| {
            world.all(ms, now, arrived);
            if ms == 1_500 {
                arrived.push(bad(now));
            }
        });
        let drops: Vec<(&str, &str)> = sim
            .said
            .iter()
            .filter_map(|said| match said.output {
                Output::Dropped { place, reason, .. } => Some((place, reason)),
                _ => None,
            })
            .collect();
        assert!(
            matches!(drops[..], [(where_, why)] if where_ == *place && reasons.contains(&why)),
            "case {index}: {drops:?}, expected {place} {reasons:?}"
        );
        let ms = sim.sent_ms(MessageSet::Cn, MessageKind::Rsm);
        assert!(gaps(&ms).all(|gap| gap <= 180), "case {index}");
        let last = rsm(sim.sent(MessageSet::Cn, MessageKind::Rsm).last().unwrap().2);
        assert_eq!(last.participants.len(), 4, "case {index}: the others are still told of");
    }
}

#[test]
fn signals_that_cannot_be_are_never_said() {
    let site = demo_site();
    let plan = site.fixed_time_plan().unwrap();
    let mut sim = Sim::new(&site);
    sim.run(3_000, |ms, now, arrived| {
        if ms % 100 == 0 {
            let mut state = plan.state(now);
            match ms / 1000 {
                // A clock an hour ahead; then numbers that are none; then groups that the map does not know.
                0 => state.captured_at = now.plus_seconds(3600.0),
                1 => {
                    for group in &mut state.groups {
                        group.likely_end_s = Some(f64::NAN);
                        group.min_end_s = Some(f64::NEG_INFINITY);
                        group.max_end_s = Some(1e300);
                    }
                }
                _ => state.groups.iter_mut().for_each(|group| group.id += 100),
            }
            arrived.push(Input::Signal(state));
        }
    });
    for (ms, _, sent) in sim.sent(MessageSet::Cn, MessageKind::Spat) {
        let known = spat(sent).intersections[0]
            .phases
            .iter()
            .filter(|phase| phase.phase_states[0].light != LightState::Unavailable)
            .count();
        assert_eq!(known, if (1_000..2_000).contains(&ms) { 6 } else { 0 }, "at {ms} ms");
    }
    assert_eq!(sim.sent_ms(MessageSet::Cn, MessageKind::Spat).len(), 30, "said or not, SPAT keeps its rate");
    let reasons: BTreeSet<Reason> = sim
        .said
        .iter()
        .filter_map(|said| match said.output {
            Output::Suppressed { message: MessageKind::Spat, reason } => Some(reason),
            _ => None,
        })
        .collect();
    assert_eq!(
        reasons.into_iter().collect::<Vec<_>>(),
        [Reason::SignalFuture, Reason::GroupNotInMap, Reason::GroupSilent, Reason::CountdownImpossible]
    );
}
