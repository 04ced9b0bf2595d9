//! When a light will end, from how long it lasted before. For controllers that decide as they go and do not say it themselves.
//!
//! Of each group and light the last durations are kept, by plan and by hour of the day. The prediction is their median and
//! their 80 % interval among those that were longer than the light already lasts. How wide the interval must be for that to be
//! true is learnt from what comes true (adaptive conformal inference: Gibbs and Candès, NeurIPS 2021). Sans-IO.

use std::collections::BTreeMap;

use perception::time::UtcMicros;

use super::history::{Durations, History, Kind};
use super::{GroupState, SignalState};

/// What the interval leaves out before anything is learnt: 10 % at either end.
const MISSED: f64 = 0.2;
/// How fast the interval's width follows what comes true, and its limits.
const LEARNING_RATE: f64 = 0.02;
const MISSED_LIMITS: (f64, f64) = (0.01, 0.6);
/// Fewer durations than this say nothing.
const FEWEST: usize = 12;
/// A word this long after the one before leaves open what was in between, seconds.
const GAP_S: f64 = 2.5;
/// Predictions are checked once in so many seconds of a light.
const CHECK_S: f64 = 1.0;
/// ... and no more than this of one light.
const MOST_CHECKS: usize = 600;
/// An end within this of what was said is no contradiction, seconds: words come ten times a second, some once.
const SLACK_S: f64 = 0.5;
/// Durations are kept in tenths of a second: half of one.
const TICK_S: f64 = 0.05 + 1e-6;
/// How long the published coverage remembers, checks: some hours of a junction.
const MEMORY: f64 = 100_000.0;
/// Confidences of this range are published as those of 80 %.
const EIGHTY: std::ops::RangeInclusive<f64> = 0.75..=0.85;

/// An end that is not known, seconds from the word it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Median of the ends that are possible.
    pub likely_s: f64,
    /// Where the interval begins.
    pub from_s: f64,
    /// Where it ends.
    pub to_s: f64,
    /// Probability that the end lies in the interval, 0 to 1.
    pub confidence: f64,
}

/// What came true of the predictions of about 80 % confidence on one kind of light.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Ends within the interval.
    pub inside: u64,
    /// Ends before it.
    pub early: u64,
    /// Ends after it.
    pub late: u64,
    /// Share of ends within the interval lately, 0 to 1; `None`: nothing checked yet.
    pub ratio: Option<f64>,
    checks: f64,
}

/// How often a light changed against what had been said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Contradictions {
    /// Against the controller's own times.
    pub of_controller: u64,
    /// Against a prediction.
    pub of_prediction: u64,
}

/// How true predictions were so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Foresight {
    /// By light.
    pub coverage: BTreeMap<Kind, Coverage>,
    /// Of what was said.
    pub contradictions: Contradictions,
}

/// Learns, and completes what the controller leaves open.
#[derive(Clone, Debug, Default)]
pub struct Predictor {
    history: History,
    live: BTreeMap<u8, Live>,
    coverage: BTreeMap<Kind, Coverage>,
    contradictions: Contradictions,
    last: UtcMicros,
}

/// The light that a group shows.
#[derive(Clone, Debug)]
struct Live {
    kind: Kind,
    plan: Option<u16>,
    since: UtcMicros,
    /// Whether it was seen to begin.
    began_seen: bool,
    /// What was predicted, seconds after `since`, and with what confidence.
    checks: Vec<(f64, f64, f64)>,
    said: Option<Said>,
    /// Whether it has outlasted what was said, which is counted once.
    overdue: bool,
}

/// The bounds that were said last.
#[derive(Clone, Copy, Debug)]
struct Said {
    min: Option<UtcMicros>,
    max: Option<UtcMicros>,
    predicted: bool,
}

impl Predictor {
    /// One that goes on from what an earlier one has learnt.
    pub fn new(history: History) -> Self {
        Self { history, ..Self::default() }
    }

    /// What has been learnt, to be kept.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// What came true so far.
    pub fn foresight(&self) -> Foresight {
        Foresight { coverage: self.coverage.clone(), contradictions: self.contradictions }
    }

    /// Learns from a word of the controller and adds to it what it leaves open: where it names no likely end, the median, and
    /// the interval where it names no bounds of its own. Groups of `leave` stay as they are.
    pub fn complete(&mut self, state: &mut SignalState, leave: &[u8]) {
        let at = state.captured_at;
        let passed_s = at.seconds_since(self.last);
        if !(0.0..=GAP_S).contains(&passed_s) {
            self.live.clear();
        }
        self.last = at;
        let fixed_time = state.is_fixed_time();
        let plan = state.plan;
        for group in &mut state.groups {
            self.observe(at, plan, group);
            if !fixed_time && group.likely_end_s.is_none() && !leave.contains(&group.id) {
                self.add(at, group);
            } else {
                self.said(at, group, false);
            }
        }
    }

    fn observe(&mut self, at: UtcMicros, plan: Option<u16>, group: &GroupState) {
        let Some(kind) = Kind::of(group.light) else {
            self.live.remove(&group.id);
            return;
        };
        let fresh = Live { kind, plan, since: at, began_seen: false, checks: Vec::new(), said: None, overdue: false };
        let live = self.live.entry(group.id).or_insert_with(|| fresh.clone());
        if live.kind == kind {
            if let Some(late) = live.said.filter(|said| said.max.is_some_and(|max| at.seconds_since(max) > SLACK_S)) {
                self.contradictions.count(late.predicted);
                (live.said, live.overdue) = (None, true);
            }
            return;
        }
        let ended = std::mem::replace(live, Live { began_seen: true, ..fresh });
        if let Some(early) = ended.said.filter(|said| said.min.is_some_and(|min| min.seconds_since(at) > SLACK_S)) {
            self.contradictions.count(early.predicted);
        }
        if ended.began_seen {
            self.learn(group.id, at, &ended);
        }
    }

    fn learn(&mut self, group: u8, at: UtcMicros, ended: &Live) {
        let lasted_s = at.seconds_since(ended.since);
        let coverage = self.coverage.entry(ended.kind).or_default();
        let mut surprises = [(0.0, 0.0); 2];
        for &(from_s, to_s, confidence) in &ended.checks {
            let (early, late) = (lasted_s < from_s - TICK_S, lasted_s > to_s + TICK_S);
            let (surprise, checks) = &mut surprises[usize::from(is_sure(confidence))];
            *surprise += if early || late { 0.0 } else { 1.0 } - confidence;
            *checks += 1.0;
            if EIGHTY.contains(&confidence) {
                coverage.count(early, late);
            }
        }
        self.history.learn(group, ended.kind, ended.plan, ended.since, lasted_s);
        for (sure, (surprise, checks)) in [(false, surprises[0]), (true, surprises[1])] {
            if checks > 0.0 {
                let missed = self.history.missed_mut(group, ended.kind, sure, MISSED);
                *missed = (*missed + LEARNING_RATE * surprise / checks).clamp(MISSED_LIMITS.0, MISSED_LIMITS.1);
            }
        }
    }

    fn add(&mut self, at: UtcMicros, group: &mut GroupState) {
        let predicted = self.predict(at, group);
        if let Some(Prediction { likely_s, from_s, to_s, confidence }) = predicted {
            if let Some(live) = self.live.get_mut(&group.id) {
                let lasts_s = at.seconds_since(live.since);
                let due = lasts_s >= CHECK_S * live.checks.len() as f64;
                if due && live.checks.len() < MOST_CHECKS {
                    live.checks.push((lasts_s + from_s, lasts_s + to_s, confidence));
                }
            }
            group.likely_end_s = Some(likely_s);
            group.min_end_s = group.min_end_s.or(Some(from_s));
            group.max_end_s = group.max_end_s.or(Some(to_s));
            group.confidence = Some(confidence);
        }
        self.said(at, group, predicted.is_some());
    }

    /// When what `group` shows at `at` will end; `None`: too little is known.
    fn predict(&self, at: UtcMicros, group: &GroupState) -> Option<Prediction> {
        let live = self.live.get(&group.id).filter(|live| live.began_seen)?;
        let lasts_s = at.seconds_since(live.since);
        // What the controller promises, no history contradicts.
        let least_s = lasts_s.max(group.min_end_s.map_or(0.0, |min_s| lasts_s + min_s - SLACK_S));
        let most_s = group.max_end_s.map_or(f64::INFINITY, |max_s| lasts_s + max_s + SLACK_S);
        let possible = |durations: &Durations| {
            let mut all: Vec<f64> = durations.iter_s().filter(|s| (least_s..=most_s).contains(s)).collect();
            all.sort_by(f64::total_cmp);
            Some(all).filter(|all| all.len() >= FEWEST)
        };
        let ends = self.history.of(group.id, live.kind, live.plan, live.since).find_map(possible)?;
        let (usual_from_s, usual_to_s) = interval(&ends, lasts_s, MISSED);
        let confidence = mass(&ends, usual_from_s, usual_to_s, lasts_s);
        let missed = self.history.missed(group.id, live.kind, is_sure(confidence)).unwrap_or(MISSED);
        let (from_s, to_s) = interval(&ends, lasts_s, missed);
        let within = |end_s: f64| {
            let left_s = end_s - lasts_s;
            let left_s = group.min_end_s.map_or(left_s, |min_s| left_s.max(min_s));
            group.max_end_s.map_or(left_s, |max_s| left_s.min(max_s)).max(0.0)
        };
        let median_s = ends[ends.len() / 2];
        Some(Prediction {
            likely_s: within(median_s.clamp(from_s, to_s)),
            from_s: within(from_s),
            to_s: within(to_s),
            confidence,
        })
    }

    fn said(&mut self, at: UtcMicros, group: &GroupState, predicted: bool) {
        let Some(live) = self.live.get_mut(&group.id) else { return };
        let bound = |end_s: Option<f64>| end_s.map(|end_s| at.plus_seconds(end_s));
        let (min, mut max) = (bound(group.min_end_s), bound(group.max_end_s).filter(|_| !live.overdue));
        // The longer a light lasts the later we say that it ends, and then nothing: that does not make what we said true.
        if let Some(before) = live.said.filter(|before| before.predicted) {
            if min.or(max).is_none() {
                return;
            }
            max = max.zip(before.max).filter(|_| predicted).map(|(max, before)| max.min(before)).or(max);
        }
        live.said = Some(Said { min, max, predicted });
    }
}

impl Coverage {
    fn count(&mut self, early: bool, late: bool) {
        self.early += u64::from(early);
        self.late += u64::from(late);
        self.inside += u64::from(!early && !late);
        self.checks = (self.checks + 1.0).min(MEMORY);
        let came_true = if early || late { 0.0 } else { 1.0 };
        let ratio = self.ratio.unwrap_or(came_true);
        self.ratio = Some(ratio + (came_true - ratio) / self.checks);
    }
}

impl Contradictions {
    fn count(&mut self, predicted: bool) {
        *if predicted { &mut self.of_prediction } else { &mut self.of_controller } += 1;
    }
}

/// Where many lights lasted equally long, the interval holds more than 80 %: that is another promise, learnt by itself.
fn is_sure(confidence: f64) -> bool {
    confidence > *EIGHTY.end()
}

/// What is left when half of `missed` is cut off either end of ascending `ends`; what has not come by `lasts_s` may come at once.
fn interval(ends: &[f64], lasts_s: f64, missed: f64) -> (f64, f64) {
    let places = ends.len() as f64 + 1.0;
    (
        quantile(ends, 0.5 * missed * places).unwrap_or(lasts_s),
        quantile(ends, (1.0 - 0.5 * missed) * places).unwrap_or(lasts_s),
    )
}

/// The value at a place of an ascending list, counted from 1, between two of them if need be. Before the first: `None`.
fn quantile(ends: &[f64], place: f64) -> Option<f64> {
    let last = *ends.last()?;
    let mut below = None;
    let mut counted = 0.0;
    for &end in ends {
        counted += 1.0;
        if counted >= place {
            let share = place - (counted - 1.0);
            return below.map(|below: f64| below + share * (end - below)).or((share >= 1.0).then_some(end));
        }
        below = Some(end);
    }
    Some(last)
}

/// The share of `ends` in a closed interval, with a place for the one to come.
fn mass(ends: &[f64], from_s: f64, to_s: f64, lasts_s: f64) -> f64 {
    let inside = ends.iter().filter(|end| (from_s - TICK_S..=to_s + TICK_S).contains(*end)).count() as f64;
    let open_below = if from_s <= lasts_s { 1.0 } else { 0.0 };
    (inside + open_below) / (ends.len() as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::{Control, Light};
    use super::*;

    /// Green of 10 to 29 s, one after the other, red of 5 s between them, words ten times a second.
    struct Scene {
        predictor: Predictor,
        at: UtcMicros,
    }

    impl Scene {
        fn new() -> Self {
            Self { predictor: Predictor::default(), at: UtcMicros(0) }
        }

        fn show(&mut self, light: Light, for_s: f64, shape: impl Fn(f64, &mut GroupState)) -> GroupState {
            let mut group = GroupState::new(1, light);
            let mut t = 0.0;
            while t < for_s - 1e-6 {
                self.at = self.at.plus_seconds(0.1);
                group = GroupState::new(1, light);
                shape(t, &mut group);
                let control = Some(Control::Actuated);
                let mut state = SignalState { captured_at: self.at, control, plan: None, groups: vec![group] };
                self.predictor.complete(&mut state, &[]);
                group = state.groups.remove(0);
                t += 0.1;
            }
            group
        }

        fn learn(&mut self) {
            for cycle in 0..40 {
                self.show(Light::Red, 5.0, |_, _| {});
                self.show(Light::Green, 10.0 + f64::from(cycle % 20), |_, _| {});
            }
            self.show(Light::Red, 5.0, |_, _| {});
        }
    }

    #[test]
    fn unknown_is_said_as_unknown() {
        let mut scene = Scene::new();
        let first = scene.show(Light::Green, 3.0, |_, _| {});
        assert_eq!((first.likely_end_s, first.confidence), (None, None), "nothing was ever seen");
        scene.learn();
        let late = scene.show(Light::Green, 28.0, |_, _| {});
        assert_eq!((late.likely_end_s, late.confidence), (None, None), "hardly a green lasted so long");
        let flashing = scene.show(Light::FlashingYellow, 5.0, |_, _| {});
        assert_eq!(flashing.likely_end_s, None);
        scene.at = scene.at.plus_seconds(60.0);
        let unseen = scene.show(Light::Green, 5.0, |_, _| {});
        assert_eq!(unseen.likely_end_s, None, "nobody saw when it began");
    }

    #[test]
    fn the_longer_it_lasts_the_less_is_left_of_the_short_ones() {
        let mut scene = Scene::new();
        scene.learn();
        let young = scene.show(Light::Green, 0.1, |_, _| {});
        let old = scene.show(Light::Green, 15.0, |_, _| {});
        assert!((18.0..=21.0).contains(&young.likely_end_s.expect("known")), "{young:?}");
        // 15.0 s have passed: of 15 to 29 s, the middle is 22.
        assert!((6.0..=8.5).contains(&old.likely_end_s.expect("known")), "{old:?}");
        for group in [&young, &old] {
            let [min, likely, max] =
                [group.min_end_s, group.likely_end_s, group.max_end_s].map(|end_s| end_s.expect("known"));
            assert!(0.0 <= min && min <= likely && likely <= max, "{group:?}");
            assert!((0.75..=0.9).contains(&group.confidence.expect("known")), "{group:?}");
        }
    }

    #[test]
    fn what_the_controller_promises_is_kept() {
        let mut scene = Scene::new();
        scene.learn();
        let bounded = scene.show(Light::Green, 4.0, |t, group| {
            (group.min_end_s, group.max_end_s) = (Some(16.0 - t), Some(21.0 - t));
        });
        let bounds = [bounded.min_end_s, bounded.max_end_s].map(|end_s| (end_s.expect("known") * 10.0).round());
        assert_eq!(bounds, [121.0, 171.0], "as it said them");
        assert!((12.1..=17.1).contains(&bounded.likely_end_s.expect("known")), "{bounded:?}");
        let exact = scene.show(Light::Red, 1.0, |_, group| group.likely_end_s = Some(3.0));
        assert_eq!((exact.likely_end_s, exact.min_end_s, exact.confidence), (Some(3.0), None, None), "left alone");
    }

    #[test]
    fn a_change_against_what_was_said_is_counted_and_corrected_at_once() {
        let mut scene = Scene::new();
        scene.show(Light::Red, 2.0, |_, _| {});
        scene.show(Light::Green, 5.0, |t, group| group.min_end_s = Some(10.0 - t));
        let after = scene.show(Light::Yellow, 0.1, |_, _| {});
        assert_eq!((after.light, after.min_end_s), (Light::Yellow, None));
        assert_eq!(scene.predictor.foresight().contradictions, Contradictions { of_controller: 1, of_prediction: 0 });
        scene.show(Light::Red, 5.0, |t, group| group.max_end_s = (t < 1.0).then_some(3.0 - t));
        assert_eq!(scene.predictor.foresight().contradictions.of_controller, 1, "what is no longer said binds nobody");
        scene.show(Light::Green, 5.0, |_, group| group.max_end_s = Some(-0.6));
        assert_eq!(scene.predictor.foresight().contradictions.of_controller, 2, "still there after its latest end");
        scene.learn();
        let before = scene.predictor.foresight().contradictions.of_prediction;
        scene.show(Light::Green, 1.0, |_, _| {});
        scene.show(Light::Red, 0.1, |_, _| {});
        assert_eq!(scene.predictor.foresight().contradictions.of_prediction, before + 1, "too early");
        scene.show(Light::Red, 20.0, |_, _| {});
        assert_eq!(scene.predictor.foresight().contradictions.of_prediction, before + 2, "too late, once");
    }

    #[test]
    fn quantiles_of_few() {
        let ends = [1.0, 2.0, 3.0, 4.0];
        assert_eq!(quantile(&ends, 0.9), None, "before the first");
        assert_eq!(quantile(&ends, 1.0), Some(1.0));
        assert_eq!(quantile(&ends, 2.5), Some(2.5));
        assert_eq!(quantile(&ends, 4.0), Some(4.0));
        assert_eq!(quantile(&ends, 9.0), Some(4.0), "after the last");
        assert_eq!(quantile(&[], 1.0), None);
        assert_eq!(mass(&ends, 2.0, 3.0, 0.0), 0.4, "two of four, and one to come");
    }
}
