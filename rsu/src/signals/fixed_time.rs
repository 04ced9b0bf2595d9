//! A fixed-time plan: the signal state is a function of UTC alone.
//!
//! Stages run one after the other; each gives its groups green, then yellow, then all groups are red for the clearance.

use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::link::LinkFile;
use super::schedule::Schedule;
use super::{Control, GroupState, Light, Mapped, Moment, SignalSource, SignalState, SourceSettings, Talk};

/// A plan has no age; this is the gate's own limit.
const STALE_AFTER_S: f64 = 0.3;
/// How often the plan says its state, seconds: a controller's rhythm, and so SPAT's.
const PERIOD_S: f64 = 0.1;

/// `[signal]` with `source = "fixed_time"`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Start of the first stage: seconds after 1970-01-01T00:00:00Z, modulo the cycle.
    #[serde(default)]
    pub offset_s: f64,
    /// The stages in order.
    pub stage: Vec<Stage>,
}

impl Settings {
    /// The checked plan; the error says which stage is wrong and why.
    pub fn plan(&self) -> Result<FixedTimePlan, String> {
        FixedTimePlan::new(self.stage.clone(), self.offset_s)
    }
}

impl SourceSettings for Settings {
    fn link(&self) -> Option<&LinkFile> {
        None
    }

    fn stale_after_s(&self) -> f64 {
        STALE_AFTER_S
    }

    fn mapping(&self) -> Vec<Mapped> {
        let stages = (1..).zip(&self.stage);
        let mapped = |(number, group): (usize, u8)| Mapped { group, from: format!("green in stage {number}") };
        stages.flat_map(|(number, stage)| stage.groups.iter().map(move |group| (number, *group))).map(mapped).collect()
    }

    fn source(&self) -> Result<Box<dyn SignalSource>, String> {
        let (_, schedule) = watch::channel(Schedule::new(self.plan()?));
        Ok(source(schedule))
    }
}

/// The source of a schedule that may change while it runs.
pub fn source(schedule: watch::Receiver<Schedule>) -> Box<dyn SignalSource> {
    Box::new(FixedTime { schedule, due_s: 0.0 })
}

/// The plan as a source: speaks by itself, ten times a second.
#[derive(Debug)]
struct FixedTime {
    schedule: watch::Receiver<Schedule>,
    due_s: f64,
}

impl SignalSource for FixedTime {
    fn name(&self) -> &'static str {
        "fixed_time"
    }

    fn open(&mut self, now: Moment, _talk: &mut Talk) {
        self.due_s = now.uptime_s;
    }

    fn receive(&mut self, _now: Moment, _bytes: &[u8], _talk: &mut Talk) {}

    fn wake_at_s(&self) -> Option<f64> {
        Some(self.due_s)
    }

    fn tick(&mut self, now: Moment, talk: &mut Talk) {
        // Evenly, but without catching up after a pause.
        let late = now.uptime_s - self.due_s > PERIOD_S;
        self.due_s = if late { now.uptime_s } else { self.due_s } + PERIOD_S;
        talk.frames += 1;
        talk.states.push(self.schedule.borrow().state(now.utc));
    }
}

/// One stage of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Groups that have green in this stage.
    pub groups: Vec<u8>,
    /// Green time, seconds.
    pub green_s: f64,
    /// Yellow time after it, seconds.
    pub yellow_s: f64,
    /// Clearance after that, seconds: all red.
    pub all_red_s: f64,
}

impl Stage {
    /// Its length, clearance included, seconds.
    pub fn length_s(&self) -> f64 {
        self.green_s + self.yellow_s + self.all_red_s
    }
}

/// A checked plan: at least one stage, each group in exactly one stage, times positive.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedTimePlan {
    stages: Vec<Stage>,
    offset_s: f64,
    cycle_s: f64,
    /// Every group with when its green begins in the cycle, and its stage.
    groups: Vec<(u8, f64, usize)>,
}

impl FixedTimePlan {
    /// Checks and takes the plan; the error says which stage is wrong and why.
    pub fn new(stages: Vec<Stage>, offset_s: f64) -> Result<Self, String> {
        if !offset_s.is_finite() {
            return Err("offset_s is not a number".into());
        }
        let mut groups: Vec<(u8, f64, usize)> = Vec::new();
        let mut begin_s = 0.0;
        for (index, stage) in stages.iter().enumerate() {
            let where_ = format!("stage {}", index + 1);
            if !(stage.green_s > 0.0 && stage.yellow_s > 0.0 && stage.all_red_s >= 0.0 && stage.length_s() < 3600.0) {
                return Err(format!(
                    "{where_}: green_s and yellow_s must be above 0, all_red_s 0 or more, together under an hour"
                ));
            }
            for &id in &stage.groups {
                if id == 0 {
                    return Err(format!("{where_}: group 0 is reserved"));
                }
                if groups.iter().any(|(other, ..)| *other == id) {
                    return Err(format!("{where_}: group {id} is in two stages"));
                }
                groups.push((id, begin_s, index));
            }
            begin_s += stage.length_s();
        }
        if groups.is_empty() {
            return Err("the plan gives green to no group".into());
        }
        groups.sort_by_key(|(id, ..)| *id);
        Ok(Self { stages, offset_s, cycle_s: begin_s, groups })
    }

    /// Length of the cycle, seconds.
    pub fn cycle_s(&self) -> f64 {
        self.cycle_s
    }

    /// The stages in order.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// The stage that runs at `at`, from 0, and how much of it is left, seconds.
    pub fn stage_at(&self, at: UtcMicros) -> (usize, f64) {
        let mut left_s = self.in_cycle_s(at);
        for (index, stage) in self.stages.iter().enumerate() {
            if left_s < stage.length_s() {
                return (index, stage.length_s() - left_s);
            }
            left_s -= stage.length_s();
        }
        // Only by rounding: the end of the cycle.
        (0, self.stages.first().map_or(0.0, Stage::length_s))
    }

    /// Groups of the plan, ascending.
    pub fn group_ids(&self) -> impl Iterator<Item = u8> + '_ {
        self.groups.iter().map(|(id, ..)| *id)
    }

    /// What the signal shows at `at`.
    pub fn state(&self, at: UtcMicros) -> SignalState {
        let in_cycle_s = self.in_cycle_s(at);
        let groups =
            self.groups.iter().map(|&(id, begin_s, stage)| self.group(id, begin_s, stage, in_cycle_s)).collect();
        SignalState { captured_at: at, control: Some(Control::FixedTime), plan: None, groups }
    }

    /// Seconds since the cycle that runs at `at` began.
    fn in_cycle_s(&self, at: UtcMicros) -> f64 {
        // Integer arithmetic first: a double holds today's microseconds, but not their product with anything.
        let cycle_us = ((self.cycle_s * 1e6).round() as i64).max(1);
        let offset_us = (self.offset_s * 1e6).round() as i64;
        (at.0.wrapping_sub(offset_us)).rem_euclid(cycle_us) as f64 * 1e-6
    }

    fn group(&self, id: u8, begin_s: f64, stage: usize, in_cycle_s: f64) -> GroupState {
        let stage = &self.stages[stage];
        let red_s = self.cycle_s - stage.green_s - stage.yellow_s;
        let since_green_s = (in_cycle_s - begin_s).rem_euclid(self.cycle_s);
        let (green, yellow, red) =
            ((Light::Green, stage.green_s), (Light::Yellow, stage.yellow_s), (Light::Red, red_s));
        let (light, end_s, next) = if since_green_s < stage.green_s {
            (Light::Green, stage.green_s, vec![yellow, red])
        } else if since_green_s < stage.green_s + stage.yellow_s {
            (Light::Yellow, stage.green_s + stage.yellow_s, vec![red, green])
        } else {
            (Light::Red, self.cycle_s, vec![green, yellow])
        };
        let left_s = Some(end_s - since_green_s);
        GroupState { min_end_s: left_s, max_end_s: left_s, likely_end_s: left_s, next, ..GroupState::new(id, light) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> FixedTimePlan {
        let stage = |groups: &[u8], green_s| Stage { groups: groups.to_vec(), green_s, yellow_s: 3.0, all_red_s: 2.0 };
        FixedTimePlan::new(vec![stage(&[1, 3], 15.0), stage(&[2], 10.0)], 0.0).unwrap()
    }

    fn lights(at_s: f64) -> Vec<(u8, Light, f64)> {
        let state = plan().state(UtcMicros(0).plus_seconds(at_s));
        state.groups.iter().map(|g| (g.id, g.light, (g.likely_end_s.unwrap() * 1000.0).round() / 1000.0)).collect()
    }

    #[test]
    fn runs_through_its_stages() {
        use Light::{Green, Red, Yellow};
        assert_eq!(plan().cycle_s(), 35.0);
        assert_eq!(lights(0.0), [(1, Green, 15.0), (2, Red, 20.0), (3, Green, 15.0)]);
        assert_eq!(lights(15.0), [(1, Yellow, 3.0), (2, Red, 5.0), (3, Yellow, 3.0)]);
        assert_eq!(lights(18.5), [(1, Red, 16.5), (2, Red, 1.5), (3, Red, 16.5)]);
        assert_eq!(lights(20.0), [(1, Red, 15.0), (2, Green, 10.0), (3, Red, 15.0)]);
        assert_eq!(lights(35.0), lights(0.0));
        assert_eq!(lights(-35.0), lights(0.0));
    }

    #[test]
    fn says_which_stage_runs() {
        let stage = |at_s| plan().stage_at(UtcMicros(0).plus_seconds(at_s));
        assert_eq!([stage(0.0), stage(19.0), stage(20.0), stage(34.5)], [(0, 20.0), (0, 1.0), (1, 15.0), (1, 0.5)]);
    }

    #[test]
    fn never_shows_green_to_two_stages() {
        for tenth in 0..700 {
            let green: Vec<_> =
                lights(f64::from(tenth) * 0.1).into_iter().filter(|l| l.1 != Light::Red).map(|l| l.0).collect();
            assert!(green.is_empty() || green == [1, 3] || green == [2], "{green:?} at {tenth}");
        }
    }

    #[test]
    fn speaks_evenly_and_does_not_catch_up() {
        let (_, schedule) = watch::channel(Schedule::new(plan()));
        let mut source = FixedTime { schedule, due_s: 0.0 };
        let mut talk = Talk::default();
        let mut due_after = |uptime_s| {
            source.tick(Moment { utc: UtcMicros(0), uptime_s }, &mut talk);
            source.wake_at_s().unwrap()
        };
        assert_eq!([due_after(0.0), due_after(0.125), due_after(3.0)], [0.1, 0.2, 3.1]);
        assert_eq!(talk.states, vec![plan().state(UtcMicros(0)); 3]);
    }

    #[test]
    fn refuses_a_group_in_two_stages() {
        let stage = Stage { groups: vec![1], green_s: 5.0, yellow_s: 3.0, all_red_s: 1.0 };
        let error = FixedTimePlan::new(vec![stage.clone(), stage], 0.0).unwrap_err();
        assert_eq!(error, "stage 2: group 1 is in two stages");
    }
}
