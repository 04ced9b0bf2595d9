//! Which fixed-time plan runs when: the one that runs, and perhaps one that takes over at a moment that is known.
//!
//! What the first says of the time after that moment is not true any more: ends that lie beyond it are those of the second.

use perception::time::UtcMicros;

use super::fixed_time::FixedTimePlan;
use super::{GroupState, SignalState};

/// Ends that are as close as this to the change are at the change, seconds.
const AT_THE_CHANGE_S: f64 = 1e-3;

/// A plan, and those that take its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    first: FixedTimePlan,
    /// In the order of time.
    changes: Vec<(UtcMicros, FixedTimePlan)>,
}

impl Schedule {
    /// One plan for good.
    pub fn new(plan: FixedTimePlan) -> Self {
        Self { first: plan, changes: Vec::new() }
    }

    /// The same, and another plan from `from` on, in place of all that were to begin later.
    pub fn then(mut self, from: UtcMicros, plan: FixedTimePlan) -> Self {
        self.changes.retain(|(earlier, _)| *earlier < from);
        self.changes.push((from, plan));
        self
    }

    /// The same without what is past and without what has not begun at `now`.
    pub fn only(&self, now: UtcMicros) -> Self {
        Self::new(self.plan_at(now).clone())
    }

    /// The plan that runs.
    pub fn plan_at(&self, at: UtcMicros) -> &FixedTimePlan {
        self.changes.iter().rfind(|(from, _)| *from <= at).map_or(&self.first, |(_, plan)| plan)
    }

    /// The next change; `None`: there will be none.
    pub fn change_after(&self, at: UtcMicros) -> Option<&(UtcMicros, FixedTimePlan)> {
        self.changes.iter().find(|(from, _)| *from > at)
    }

    /// What the signal shows at `at`.
    pub fn state(&self, at: UtcMicros) -> SignalState {
        let mut state = self.plan_at(at).state(at);
        if let Some((from, plan)) = self.change_after(at) {
            let after = plan.state(*from);
            let until_s = from.seconds_since(at);
            for group in &mut state.groups {
                let after = after.groups.iter().find(|after| after.id == group.id);
                change(group, until_s, after);
            }
        }
        state
    }
}

/// Puts the group's ends right where another plan takes over in `until_s`, in which it shows `after` then.
fn change(group: &mut GroupState, until_s: f64, after: Option<&GroupState>) {
    let Some(end_s) = group.likely_end_s else { return };
    let is_before = |ends_s: f64| ends_s < until_s - AT_THE_CHANGE_S;
    if is_before(end_s) {
        let mut ends_s = end_s;
        group.next.retain(|(_, lasts_s)| {
            ends_s += lasts_s;
            is_before(ends_s)
        });
        return;
    }
    let Some(after) = after else { return };
    let lasts_s = after.likely_end_s.unwrap_or_default();
    let end_s = if after.light == group.light {
        group.next.clone_from(&after.next);
        until_s + lasts_s
    } else {
        group.next = std::iter::once((after.light, lasts_s)).chain(after.next.iter().copied()).collect();
        until_s
    };
    (group.min_end_s, group.likely_end_s, group.max_end_s) = (Some(end_s), Some(end_s), Some(end_s));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Light::{self, Green, Red, Yellow};
    use crate::signals::fixed_time::Stage;

    fn plan(first_s: f64, second_s: f64) -> FixedTimePlan {
        let stage = |group, green_s| Stage { groups: vec![group], green_s, yellow_s: 3.0, all_red_s: 2.0 };
        FixedTimePlan::new(vec![stage(1, first_s), stage(2, second_s)], 0.0).unwrap()
    }

    /// Group, light, its end, and what follows for how long.
    type Shown = (u8, Light, f64, Vec<(Light, f64)>);

    fn shown(schedule: &Schedule, at_s: f64) -> Vec<Shown> {
        let rounded = |s: f64| (s * 1000.0).round() / 1000.0;
        let state = schedule.state(UtcMicros(0).plus_seconds(at_s));
        let group = |group: &GroupState| {
            let next = group.next.iter().map(|(light, s)| (*light, rounded(*s))).collect();
            (group.id, group.light, rounded(group.likely_end_s.unwrap()), next)
        };
        state.groups.iter().map(group).collect()
    }

    #[test]
    fn ends_beyond_the_change_are_those_of_the_plan_that_follows() {
        // 30 s, and from 60 s on 40 s, which then is 20 s into its cycle: the second stage begins.
        let from = UtcMicros(60_000_000);
        let schedule = Schedule::new(plan(10.0, 10.0)).then(from, plan(15.0, 15.0));
        assert_eq!(
            shown(&schedule, 50.0),
            [(1, Red, 30.0, vec![(Green, 15.0), (Yellow, 3.0)]), (2, Green, 5.0, vec![(Yellow, 3.0)])]
        );
        assert_eq!(shown(&schedule, 59.0)[1], (2, Red, 1.0, vec![(Green, 15.0), (Yellow, 3.0), (Red, 22.0)]));
        assert_eq!(shown(&schedule, 60.0), shown(&Schedule::new(plan(15.0, 15.0)), 60.0));
        assert_eq!(schedule.only(from), Schedule::new(plan(15.0, 15.0)));
    }

    #[test]
    fn what_is_far_off_changes_nothing() {
        let alone = Schedule::new(plan(10.0, 10.0));
        let schedule = alone.clone().then(UtcMicros(600_000_000), plan(15.0, 15.0));
        assert_eq!(shown(&schedule, 7.0), shown(&alone, 7.0));
    }
}
