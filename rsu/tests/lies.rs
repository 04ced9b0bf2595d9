//! A controller that lies, in every way that we know of: what of it goes on the air. The table is the gate's specification.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use asn1::cn::spat::LightState;
use asn1::us::spat::MovementPhaseState;
use perception::time::UtcMicros;
use proptest::collection::vec;
use proptest::prelude::*;
use rsu::gate::{Limits, Reason, SaidSignal, SignalGate};
use rsu::map::conflicts::{Conflicts, Relation};
use rsu::pipeline::{Input, Output};
use rsu::radios::{MessageKind, MessageSet};
use rsu::signals::fixed_time::{FixedTimePlan, Settings};
use rsu::signals::{Control, GroupState, Light, SignalState};

mod support;
use support::{START, Sim, demo_site, spat, us_spat};

/// What is withheld.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// Every group is unavailable.
    All,
    /// One group is; the others are said.
    Light(u8),
    /// One group is said without times; the others are said in full.
    Times(u8),
    /// Only what the map does not have is left out.
    Stranger,
}
use Outcome::{All, Light as OnlyLight, Stranger, Times};

/// One lie: `tell` says what the controller says `t` seconds after the cycle's start, from `from_s` to `to_s`.
struct Lie {
    name: &'static str,
    from_s: f64,
    to_s: f64,
    tell: fn(&Honest, f64) -> Option<SignalState>,
    reason: Reason,
    outcome: Outcome,
    /// The gate may take so long to notice, seconds.
    within_s: f64,
}

/// The demo's plan: 1 and crosswalk 5 are green from 0 to 12 s, 2 (lefts) from 17 to 23, 3 and crosswalk 6 from 28 to 40,
/// 4 (lefts) from 45 to 51; 3 s of yellow, 2 s of red between them; 56 s.
struct Honest(FixedTimePlan);

impl Honest {
    fn new() -> Self {
        let plan = demo_site().signal.as_ref().map(|signal| match signal {
            rsu::config::SignalFile::FixedTime(Settings { stage, .. }) => stage.clone(),
            other => panic!("the demo has a plan: {other:?}"),
        });
        Self(FixedTimePlan::new(plan.unwrap(), START.0 as f64 * 1e-6).unwrap())
    }

    fn at(&self, t: f64) -> SignalState {
        self.0.state(at(t))
    }

    fn with(&self, t: f64, change: impl FnOnce(&mut SignalState)) -> Option<SignalState> {
        let mut state = self.at(t);
        change(&mut state);
        Some(state)
    }

    /// One group changed.
    fn group(&self, t: f64, id: u8, change: impl FnOnce(&mut GroupState)) -> Option<SignalState> {
        self.with(t, |state| change(state.groups.iter_mut().find(|group| group.id == id).unwrap()))
    }

    /// One group shows something else, and names no times.
    fn light(&self, t: f64, id: u8, light: Light) -> Option<SignalState> {
        self.group(t, id, |group| *group = GroupState::new(id, light))
    }

    /// One group's countdown is something else.
    fn left(&self, t: f64, id: u8, left_s: impl FnOnce(f64) -> f64) -> Option<SignalState> {
        self.group(t, id, |group| {
            let left_s = Some(left_s(group.likely_end_s.unwrap()));
            (group.min_end_s, group.likely_end_s, group.max_end_s) = (left_s, left_s, left_s);
        })
    }
}

fn at(t: f64) -> UtcMicros {
    START.plus_seconds(t)
}

/// Every one must be caught. Where the reason is of a countdown, the light itself is what the lamps show, and is said.
#[rustfmt::skip]
fn lies() -> Vec<Lie> {
    let lie = |name, (from_s, to_s), tell, reason, outcome, within_s| Lie { name, from_s, to_s, tell, reason, outcome, within_s };
    vec![
        // name, when, what it says instead of the truth, why it is held back, what is held back, noticed within
        lie("conflicting greens", (5.0, 10.0), |h, t| h.light(t, 3, Light::Green), Reason::Conflict, All, 0.0),
        lie("yellow against a conflicting green", (5.0, 10.0), |h, t| h.light(t, 3, Light::Yellow), Reason::Conflict, All, 0.0),
        lie("red and yellow against a conflicting green", (5.0, 10.0), |h, t| h.light(t, 3, Light::RedYellow), Reason::Conflict, All, 0.0),
        lie("flashing yellow against a conflicting green", (5.0, 10.0), |h, t| h.light(t, 3, Light::FlashingYellow), Reason::Conflict, All, 0.0),
        lie("walk across a straight green", (5.0, 10.0), |h, t| h.light(t, 6, Light::Green), Reason::Conflict, All, 0.0),
        lie("all green", (5.0, 10.0), |h, t| h.with(t, |state| state.groups.iter_mut().for_each(|g| g.light = Light::Green)), Reason::Conflict, All, 0.0),
        lie("one conflicting green for a single word", (5.0, 5.1), |h, t| h.light(t, 3, Light::Green), Reason::Conflict, All, 0.0),
        lie("green half a second after a conflicting yellow", (15.5, 16.5), |h, t| h.light(t, 3, Light::Green), Reason::ClearanceShort, All, 0.0),
        lie("no yellow", (9.0, 11.0), |h, t| h.light(t, 1, Light::Red), Reason::ClearanceSkipped, OnlyLight(1), 0.0),
        lie("green again out of yellow", (13.0, 14.0), |h, t| h.light(t, 1, Light::Green), Reason::ClearanceSkipped, OnlyLight(1), 0.0),
        lie("yellow without end", (12.0, 24.0), |h, t| h.light(t, 1, Light::Yellow), Reason::YellowStuck, OnlyLight(1), 10.2),
        lie("flickering", (3.0, 8.0), |h, t| h.light(t, 5, if (t * 4.0) as i64 % 2 == 0 { Light::Dark } else { Light::Green }), Reason::StateFlicker, OnlyLight(5), 0.6),
        lie("one group dark while others run", (3.0, 8.0), |h, t| h.light(t, 4, Light::Dark), Reason::GroupDark, OnlyLight(4), 0.0),
        lie("a group vanishes", (3.0, 8.0), |h, t| h.with(t, |state| state.groups.retain(|g| g.id != 2)), Reason::GroupSilent, OnlyLight(2), 0.0),
        lie("a group said twice, differently", (3.0, 8.0), |h, t| h.with(t, |state| state.groups.push(GroupState::new(2, Light::Yellow))), Reason::GroupTwice, OnlyLight(2), 0.0),
        lie("a group that is not there", (3.0, 8.0), |h, t| h.with(t, |state| state.groups.push(GroupState::new(9, Light::Green))), Reason::GroupNotInMap, Stranger, 0.0),
        lie("silence", (3.0, 8.0), |_, _| None, Reason::SignalStale, All, 0.4),
        lie("the same word again and again", (3.0, 8.0), |h, _| Some(h.at(3.0)), Reason::SignalFrozen, All, 0.4),
        lie("the same word under new stamps", (3.0, 8.0), |h, t| h.with(3.0, |state| state.captured_at = at(t)), Reason::SignalFrozen, All, 1.7),
        lie("words from the future", (3.0, 8.0), |h, t| h.with(t, |state| state.captured_at = at(t + 3600.0)), Reason::SignalFuture, All, 0.4),
        lie("old words", (20.0, 28.0), |h, t| Some(h.at(t - 10.0)), Reason::SignalReplayed, All, 0.4),
        lie("old words under new stamps", (14.0, 16.0), |h, t| h.with(t - 20.0, |state| state.captured_at = at(t)), Reason::ClearanceShort, All, 0.0),
        lie("one countdown stands still", (3.0, 8.0), |h, t| h.left(t, 3, |_| 25.0), Reason::CountdownFrozen, Times(3), 1.7),
        lie("a countdown runs backwards", (3.0, 8.0), |h, t| h.left(t, 1, |left_s| left_s + 2.0 * (t - 3.0)), Reason::CountdownBackwards, Times(1), 1.0),
        lie("an end jumps forward", (3.0, 4.0), |h, t| h.left(t, 1, |left_s| left_s - 4.0), Reason::CountdownJump, Times(1), 0.0),
        lie("an end jumps back", (3.0, 4.0), |h, t| h.left(t, 3, |left_s| left_s + 30.0), Reason::CountdownBackwards, Times(3), 0.0),
        lie("the earliest end comes nearer, of an actuated controller", (0.0, 9.0), |h, t| h.with(t, |state| {
            state.control = Some(Control::Actuated);
            let end_s = if t < 4.0 { 10.0 - t } else { 7.0 - t };
            state.groups[0] = GroupState { min_end_s: Some(end_s.max(0.0)), ..GroupState::new(1, Light::Green) };
        }), Reason::CountdownJump, Times(1), 4.1),
        lie("a countdown below zero", (3.0, 8.0), |h, t| h.left(t, 1, |_| -5.0), Reason::CountdownImpossible, Times(1), 0.0),
        lie("a countdown that is no number", (3.0, 8.0), |h, t| h.left(t, 1, |_| f64::NAN), Reason::CountdownImpossible, Times(1), 0.0),
        lie("an infinite countdown", (3.0, 8.0), |h, t| h.left(t, 1, |_| f64::INFINITY), Reason::CountdownImpossible, Times(1), 0.0),
        lie("a countdown of a week", (3.0, 8.0), |h, t| h.left(t, 1, |_| 604_800.0), Reason::CountdownImpossible, Times(1), 0.0),
        lie("the earliest end after the latest", (3.0, 8.0), |h, t| h.group(t, 3, |g| g.min_end_s = Some(60.0)), Reason::CountdownImpossible, Times(3), 0.0),
        lie("the likeliest end after the latest", (3.0, 8.0), |h, t| h.group(t, 3, |g| g.max_end_s = Some(5.0)), Reason::CountdownImpossible, Times(3), 0.0),
        lie("green past its latest end", (12.0, 12.8), |h, t| h.group(t, 1, |g| *g = GroupState { max_end_s: Some(12.0 - t), ..GroupState::new(1, Light::Green) }), Reason::CountdownOverrun, Times(1), 0.6),
        lie("a red that ends before the green that it waits for", (0.0, 3.0), |h, t| h.with(t, |state| {
            // Told so from the start: no jump gives it away.
            state.control = Some(Control::Actuated);
            state.groups[2] = GroupState { max_end_s: Some(5.0 - t), ..GroupState::new(3, Light::Red) };
        }), Reason::CountdownContradiction, Times(3), 0.0),
    ]
}

fn gate() -> (SignalGate, Conflicts) {
    let site = demo_site();
    let conflicts = Conflicts::of(&site.map, &site.geometry.origin, &site.limits().conflicts);
    let mut limits = Limits::default().signal;
    limits.min_clearance_s = 1.0;
    (SignalGate::new(limits, conflicts.clone()), conflicts)
}

fn light_of(said: &SaidSignal, id: u8) -> &GroupState {
    said.state.groups.iter().find(|group| group.id == id).unwrap()
}

fn is_withheld(said: &SaidSignal, outcome: Outcome) -> bool {
    let is_known = |group: &GroupState| group.light != Light::Unavailable;
    let has_times = |group: &GroupState| group.min_end_s.or(group.likely_end_s).or(group.max_end_s).is_some();
    let others = |id: u8| said.state.groups.iter().filter(move |group| group.id != id);
    match outcome {
        All => said.state.groups.iter().all(|group| !is_known(group) && !has_times(group)),
        OnlyLight(id) => !is_known(light_of(said, id)) && !has_times(light_of(said, id)) && others(id).all(is_known),
        Times(id) => is_known(light_of(said, id)) && !has_times(light_of(said, id)) && others(id).all(is_known),
        Stranger => said.state.groups.iter().all(|group| group.id <= 6 && is_known(group) && has_times(group)),
    }
}

fn in_use(light: Light) -> bool {
    matches!(light, Light::Green | Light::Yellow | Light::RedYellow)
}

#[test]
fn every_lie_is_caught() {
    let honest = Honest::new();
    let table = lies();
    assert!(table.len() >= 20);
    for Lie { name, from_s, to_s, tell, reason, outcome, within_s } in table {
        let (mut gate, conflicts) = gate();
        let mut noticed: Option<f64> = None;
        let end = ((to_s + 30.0) * 10.0).round() as i64;
        for tenth in -100..end {
            let t = tenth as f64 * 0.1;
            let lies_now = (from_s - 1e-6..to_s - 1e-6).contains(&t);
            let word = if lies_now { tell(&honest, t) } else { Some(honest.at(t)) };
            if let Some(word) = word {
                let _ = gate.hear(at(t), word);
            }
            let said = gate.say(at(t));
            for a in &said.state.groups {
                for b in &said.state.groups {
                    let both = in_use(a.light) && in_use(b.light);
                    assert!(!both || conflicts.relation(a.id, b.id) != Relation::Conflict, "{name}: said at {t:.1} s");
                }
            }
            if t < from_s - 1e-6 {
                assert_eq!(said.held, [], "{name}: nothing is held back before, at {t:.1} s");
            } else if said.held.iter().any(|held| held.reason == reason) {
                noticed.get_or_insert(t);
            }
            if noticed.is_some() && lies_now {
                assert!(is_withheld(&said, outcome), "{name}: at {t:.1} s {outcome:?}, but {said:?}");
            }
            if t > to_s + 12.0 {
                assert_eq!(said.held, [], "{name}: believed again, at {t:.1} s");
            }
        }
        let noticed = noticed.unwrap_or_else(|| panic!("{name}: {reason:?} was not noticed"));
        assert!(noticed <= from_s + within_s + 1e-6, "{name}: noticed at {noticed:.1} s");
    }
}

#[test]
fn what_is_not_a_lie_is_said() {
    type Tell = fn(&Honest, f64) -> Option<SignalState>;
    let honest = Honest::new();
    let cases: [(&str, Tell); 7] = [
        ("the truth", |h, t| Some(h.at(t))),
        ("whole seconds", |h, t| {
            h.with(t, |state| {
                for group in &mut state.groups {
                    let left_s = group.likely_end_s.map(f64::ceil);
                    (group.min_end_s, group.likely_end_s, group.max_end_s) = (None, left_s, None);
                }
            })
        }),
        ("lights without times", |h, t| {
            h.with(t, |state| state.groups.iter_mut().for_each(|g| *g = GroupState::new(g.id, g.light)))
        }),
        ("every other word is lost", |h, t| ((t * 10.0).round() as i64 % 2 == 0).then(|| h.at(t))),
        ("a group twice, alike", |h, t| h.with(t, |state| state.groups.push(state.groups[0].clone()))),
        ("an actuated green that is extended", |h, t| {
            h.with(t, |state| {
                state.control = Some(Control::Actuated);
                for group in &mut state.groups {
                    let min_end_s = Some(group.min_end_s.unwrap().min(4.0));
                    *group = GroupState { min_end_s, ..GroupState::new(group.id, group.light) };
                }
            })
        }),
        ("all dark", |h, t| {
            h.with(t, |state| state.groups.iter_mut().for_each(|g| *g = GroupState::new(g.id, Light::Dark)))
        }),
    ];
    for (name, tell) in cases {
        let (mut gate, _) = gate();
        for tenth in 0..1200 {
            let t = f64::from(tenth) * 0.1;
            if let Some(word) = tell(&honest, t) {
                assert_eq!(gate.hear(at(t), word), Ok(()), "{name} at {t:.1} s");
            }
            assert_eq!(gate.say(at(t)).held, [], "{name} at {t:.1} s");
        }
    }
}

#[test]
fn two_words_that_change_places_cost_one_of_them_and_nothing_else() {
    let honest = Honest::new();
    let (mut gate, _) = gate();
    for tenth in 0..100 {
        let t = f64::from(tenth) * 0.1;
        let swapped = match tenth {
            50 => honest.at(t + 0.1),
            51 => honest.at(t - 0.1),
            _ => honest.at(t),
        };
        let heard = gate.hear(at(t), swapped);
        assert_eq!(heard, if tenth == 51 { Err(Reason::SignalReplayed) } else { Ok(()) });
        assert_eq!(gate.say(at(t)).held, []);
    }
}

#[test]
fn a_source_of_one_word_a_second_is_believed_within_its_own_limit() {
    let honest = Honest::new();
    let site = demo_site();
    let conflicts = Conflicts::of(&site.map, &site.geometry.origin, &site.limits().conflicts);
    let mut limits = Limits::default().signal;
    limits.age_s = 2.0;
    let mut gate = SignalGate::new(limits, conflicts);
    for tenth in 0..1500 {
        let t = f64::from(tenth) * 0.1;
        if tenth % 10 == 0 && t < 120.0 {
            assert_eq!(gate.hear(at(t), honest.at(t)), Ok(()));
        }
        let held: Vec<Reason> = gate.say(at(t)).held.iter().map(|held| held.reason).collect();
        let stale = t > 121.05;
        assert!(
            if stale { held == [Reason::SignalStale] } else { !held.contains(&Reason::SignalStale) },
            "{t}: {held:?}"
        );
        assert!(held.iter().all(|reason| *reason == Reason::SignalStale || reason.is_of_times()), "{t}: {held:?}");
    }
}

#[test]
fn green_is_protected_only_where_nobody_who_has_the_right_of_way_may_come() {
    let honest = Honest::new();
    let (mut gate, _) = gate();
    let mut protected_at = |t: f64, change: &dyn Fn(&mut SignalState)| {
        let mut word = honest.at(t);
        change(&mut word);
        gate.hear(at(t), word).unwrap();
        let said = gate.say(at(t)).state;
        let protected = said.groups.iter().filter(|group| group.protected == Some(true));
        protected.map(|group| group.id).collect::<Vec<_>>()
    };
    // The right turns of 1 give way to those who walk with 5.
    assert_eq!(protected_at(1.0, &|_| {}), [5]);
    // The lefts of 2 have the junction for themselves.
    assert_eq!(protected_at(18.0, &|_| {}), [2]);
    // ... unless the controller says that they have not, or nobody knows of those to whom they give way.
    assert_eq!(protected_at(19.0, &|word| word.groups[1].protected = Some(false)), [0_u8; 0]);
    assert_eq!(protected_at(20.0, &|word| word.groups[0].light = Light::Unavailable), [0_u8; 0]);
}

#[test]
fn lies_do_not_reach_the_air() {
    let site = demo_site();
    let honest = Honest::new();
    for Lie { name, from_s, to_s, tell, reason, outcome, within_s } in lies() {
        let shown = match outcome {
            All | OnlyLight(_) => outcome,
            Times(_) | Stranger => continue,
        };
        if reason == Reason::ClearanceShort {
            continue; // Not asked for by this site.
        }
        let mut sim = Sim::new(&site);
        let end_ms = ((to_s + 1.0) * 1000.0) as i64;
        sim.run(end_ms, |ms, _, arrived| {
            if ms % 100 == 0 {
                let t = ms as f64 * 1e-3;
                let lies_now = (from_s - 1e-6..to_s - 1e-6).contains(&t);
                let word = if lies_now { tell(&honest, t) } else { Some(honest.at(t)) };
                arrived.extend(word.map(Input::Signal));
            }
        });
        let from_ms = ((from_s + within_s) * 1000.0).ceil() as i64 + 100;
        let is_told = |said: &&support::Said| {
            let is_it =
                matches!(said.output, Output::Suppressed { message: MessageKind::Spat, reason: r } if r == reason);
            is_it && said.ms >= (from_s * 1000.0) as i64
        };
        assert!(sim.said.iter().any(|said| is_told(&said)), "{name}: {reason:?} is counted");
        let mut seen = 0;
        for set in [MessageSet::Cn, MessageSet::Us] {
            for (ms, _, sent) in sim.sent(set, MessageKind::Spat) {
                if !(from_ms..(to_s * 1000.0) as i64).contains(&ms) {
                    continue;
                }
                seen += 1;
                let dark: Vec<u8> = match set {
                    MessageSet::Cn => {
                        let phases = spat(sent).intersections[0].phases.clone();
                        let dark = phases.iter().filter(|p| p.phase_states[0].light == LightState::Unavailable);
                        dark.map(|phase| phase.id).collect()
                    }
                    MessageSet::Us => {
                        let states = us_spat(sent).intersections[0].states.clone();
                        let dark = states
                            .iter()
                            .filter(|s| s.state_time_speed[0].event_state == MovementPhaseState::Unavailable);
                        dark.map(|state| state.signal_group).collect()
                    }
                };
                let all = vec![1, 2, 3, 4, 5, 6];
                let expected = if let OnlyLight(id) = shown { vec![id] } else { all };
                assert_eq!(dark, expected, "{name}: {set:?} at {ms} ms");
            }
        }
        assert!(seen > 0 || to_s - from_s < 0.2, "{name}: no SPAT was looked at");
    }
}

fn any_time() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![Just(None), (-10.0..100.0).prop_map(Some), prop::num::f64::ANY.prop_map(Some),]
}

fn any_group() -> impl Strategy<Value = GroupState> {
    use Light::{Dark, FlashingRed, FlashingYellow, Green, Red, RedYellow, Unavailable, Yellow};
    let light = prop::sample::select(vec![
        Red,
        Red,
        Red,
        Green,
        Yellow,
        RedYellow,
        FlashingRed,
        FlashingYellow,
        Dark,
        Unavailable,
    ]);
    let next = vec((Just(Red), prop::num::f64::ANY), 0..3);
    (0..9_u8, light, [any_time(), any_time(), any_time()], any::<Option<bool>>(), next).prop_map(
        |(id, light, [min_end_s, likely_end_s, max_end_s], protected, next)| GroupState {
            protected,
            min_end_s,
            likely_end_s,
            max_end_s,
            next,
            ..GroupState::new(id, light)
        },
    )
}

fn any_word() -> impl Strategy<Value = (i64, i64, SignalState)> {
    use Control::{Actuated, Adaptive, AllRed, FixedTime, Flashing, Manual, Off};
    let control = prop::sample::select(vec![FixedTime, Actuated, Adaptive, Manual, Flashing, AllRed, Off]);
    let step_us = prop_oneof![Just(100_000), -1_000_000..5_000_000_i64, Just(-3_600_000_000), Just(i64::MAX / 4)];
    let off_us = prop_oneof![4 => Just(0), 1 => -500_000..500_000_i64, 1 => any::<i64>()];
    (step_us, off_us, prop::option::of(control), vec(any_group(), 0..9)).prop_map(
        |(step_us, off_us, control, groups)| {
            (step_us, off_us, SignalState { captured_at: START, control, plan: None, groups })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_heard_exactly_the_groups_of_the_map_are_said_and_no_conflict(words in vec(any_word(), 1..60)) {
        let (mut gate, conflicts) = gate();
        let mut now = START;
        for (step_us, off_us, mut word) in words {
            now = UtcMicros(now.0.saturating_add(step_us));
            word.captured_at = UtcMicros(now.0.saturating_add(off_us));
            let _ = gate.hear(now, word);
            let said = gate.say(now).state;
            let ids: Vec<u8> = said.groups.iter().map(|group| group.id).collect();
            prop_assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
            let used: Vec<u8> = said.groups.iter().filter(|group| in_use(group.light)).map(|group| group.id).collect();
            prop_assert_eq!(conflicts.within(&used), Vec::<[u8; 2]>::new());
            for group in &said.groups {
                let times = [group.min_end_s, group.likely_end_s, group.max_end_s];
                let of_next = group.next.iter().map(|(_, lasts_s)| *lasts_s);
                prop_assert!(times.into_iter().flatten().chain(of_next).all(f64::is_finite), "{:?}", group);
                let nothing = times == [None; 3] && group.next.is_empty() && group.protected.is_none();
                prop_assert!(group.light != Light::Unavailable || nothing, "{:?}", group);
            }
        }
    }
}
