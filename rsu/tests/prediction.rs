//! Ends of lights that a controller decides as it goes: whether what is said with 80 % confidence comes true in 80 %.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;

use perception::time::UtcMicros;
use rsu::pipeline::Input;
use rsu::radios::{MessageKind, MessageSet};
use rsu::signals::history::{History, Kind};
use rsu::signals::predict::Predictor;
use rsu::signals::{Control, GroupState, Light, SignalState};

#[path = "support/actuated.rs"]
mod actuated;
mod support;
use actuated::{Actuated, Adaptive, STEP_S};
use support::{START, Sim, demo_site, spat, us_spat};

/// The simulated day begins at 05:00 UTC.
const BEGIN: UtcMicros = UtcMicros(START.0 - 7 * 3_600_000_000);
const HOURS: i32 = 16;
/// What is said in the first hours is not counted: nothing is known yet.
const WARM_UP_S: f64 = 2.0 * 3600.0;

/// What was said with about 80 % confidence, and what came true of it, by kind of group and light.
#[derive(Debug, Default)]
struct Score(BTreeMap<(&'static str, &'static str), (f64, f64)>);

impl Score {
    /// A day of one controller.
    fn day(&mut self, kind_of: fn(u8) -> &'static str, mut step: impl FnMut(UtcMicros) -> SignalState) -> Predictor {
        let mut predictor = Predictor::default();
        let mut open: BTreeMap<u8, (Light, Vec<[f64; 2]>)> = BTreeMap::new();
        for number in 0..HOURS * 7200 {
            let t = f64::from(number) * STEP_S;
            let mut state = step(BEGIN.plus_seconds(t));
            predictor.complete(&mut state, &[]);
            for group in &state.groups {
                let (light, said) = open.entry(group.id).or_insert((group.light, Vec::new()));
                if *light != group.light {
                    if t > WARM_UP_S {
                        self.count(kind_of(group.id), *light, t, said);
                    }
                    (*light, *said) = (group.light, Vec::new());
                }
                if group.confidence.is_some_and(|confidence| (0.75..=0.85).contains(&confidence)) {
                    said.push([group.min_end_s, group.max_end_s].map(|end_s| t + end_s.unwrap()));
                }
            }
        }
        predictor
    }

    fn count(&mut self, kind: &'static str, light: Light, t: f64, said: &[[f64; 2]]) {
        let (all, inside) = self.0.entry((kind, Kind::of(light).unwrap().as_str())).or_default();
        *all += said.len() as f64;
        *inside += said.iter().filter(|[from, to]| (from - 0.06..=to + 0.06).contains(&t)).count() as f64;
    }

    fn assert_80(&self, kinds: &[(&str, &str)]) {
        for kind in kinds {
            let (all, inside) = self.0[kind];
            assert!(all > 2000.0, "{kind:?}: {all} predictions");
            let share = inside / all;
            assert!((0.75..=0.85).contains(&share), "{kind:?}: {share:.3} of {all} came true; {self:?}");
        }
    }
}

#[test]
fn of_the_ends_said_with_80_percent_80_percent_come_true() {
    let mut score = Score::default();
    // None of the seeds was used to choose a constant.
    for seed in [20_260_731, 4_711, 99_990] {
        let mut two_rings = Actuated::new(seed, 5.0 * 3600.0);
        let kind_of = |id: u8| if id % 2 == 1 { "left" } else { "through" };
        let predictor = score.day(kind_of, |utc| two_rings.step(utc));
        let foresight = predictor.foresight();
        for kind in [Kind::Red, Kind::Green] {
            let coverage = foresight.coverage[&kind];
            let all = coverage.inside + coverage.early + coverage.late;
            for published in [coverage.ratio.unwrap(), coverage.inside as f64 / all as f64] {
                assert!((0.75..=0.85).contains(&published), "{kind:?}: {published:.3} is published");
            }
        }
        assert!(foresight.contradictions.of_prediction > 0, "some 10 % at either end");
    }
    score.assert_80(&[("left", "red"), ("left", "green"), ("through", "red"), ("through", "green")]);
}

#[test]
fn so_do_those_of_an_adaptive_controller_that_changes_its_plan() {
    let mut score = Score::default();
    for seed in [31, 20_270_101] {
        let mut adaptive = Adaptive::new(seed);
        score.day(|_| "stage", |utc| adaptive.step(utc));
    }
    score.assert_80(&[("stage", "red"), ("stage", "green")]);
}

#[test]
fn what_was_learnt_survives_a_restart() {
    let mut score = Score::default();
    let mut two_rings = Actuated::new(7, 5.0 * 3600.0);
    let predictor = score.day(|_| "any", |utc| two_rings.step(utc));
    let text = predictor.history().to_json().unwrap();
    assert!(text.len() < 2_000_000, "{} octets", text.len());
    let mut again = Predictor::new(History::from_json(&text).unwrap());
    let mut known = 0;
    for number in 0..600 {
        let mut state = two_rings.step(START.plus_seconds(f64::from(number) * STEP_S));
        again.complete(&mut state, &[]);
        known += state.groups.iter().filter(|group| group.confidence.is_some()).count();
    }
    assert!(known > 1000, "{known} predictions in the first five minutes");
}

#[test]
fn a_prediction_goes_on_the_air_with_its_confidence() {
    let site = demo_site();
    let tenths: Vec<String> = (0..40).map(|i| (100 + 10 * (i % 20)).to_string()).collect();
    let list = format!(r#"{{"group":1,"light":"green","tenths":[{}]}}"#, tenths.join(","));
    let text = format!(r#"{{"schema":"lukou.signal-history/1","durations":[{list}],"missed":[]}}"#);
    let mut sim = Sim::with_history(&site, History::from_json(&text).unwrap());
    sim.run(6_000, |ms, now, arrived| {
        if ms % 100 == 0 {
            let light = |id| if id == 1 && ms >= 1000 { Light::Green } else { Light::Red };
            let groups = site.map.signal_groups().into_iter().map(|id| GroupState::new(id, light(id))).collect();
            arrived.push(Input::Signal(SignalState {
                captured_at: now,
                control: Some(Control::Actuated),
                plan: None,
                groups,
            }));
        }
    });
    let (ms, now, sent) = *sim.sent(MessageSet::Cn, MessageKind::Spat).last().unwrap();
    let phase = spat(sent).intersections[0].phases[0].clone();
    let Some(asn1::cn::spat::TimeChangeDetails::Counting(times)) = &phase.phase_states[0].timing else {
        panic!("a countdown: {phase:?}")
    };
    let lasted = u16::try_from((ms - 1000) / 100).unwrap();
    let share = f64::from(times.time_confidence.unwrap()) * 0.005;
    assert!((0.75..=0.9).contains(&share), "{share}");
    let bounds = [times.min_end_time.unwrap(), times.likely_end_time, times.max_end_time.unwrap()];
    assert!(bounds.is_sorted(), "{bounds:?}");
    assert!((100..=130).contains(&(bounds[0] + lasted)) && (260..=290).contains(&(bounds[2] + lasted)), "{bounds:?}");
    let red = &spat(sent).intersections[0].phases[1].phase_states[0];
    assert_eq!(red.timing, None, "nothing is known of it, and nothing is said");

    let (_, us_now, sent) = *sim.sent(MessageSet::Us, MessageKind::Spat).last().unwrap();
    assert_eq!(us_now, now);
    let timing = us_spat(sent).intersections[0].states[0].state_time_speed[0].timing.unwrap();
    let class = usize::from(timing.confidence.unwrap());
    assert!(asn1::units::TIME_INTERVAL_CONFIDENCE[class] <= share + 1e-9, "no more than is true");
}
