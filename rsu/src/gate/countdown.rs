//! Whether a group's countdown can be believed.

use perception::time::UtcMicros;

use super::Reason;
use crate::signals::GroupState;

/// No light lasts longer, seconds.
const LONGEST_S: f64 = 86_400.0;
/// A countdown that moved by less has not moved, seconds.
const UNMOVED_S: f64 = 0.05;

/// The end that a group has promised for the light that it shows.
#[derive(Clone, Debug)]
pub(super) struct Countdown {
    /// When it ends (strict), or when it can end at the earliest.
    end: UtcMicros,
    left_s: f64,
    moved_at: UtcMicros,
    /// Whether the end is known for good: the controller does not decide as it goes.
    strict: bool,
}

impl Countdown {
    /// What `group` promises at `at`; `None`: nothing that could be held against it.
    pub(super) fn new(at: UtcMicros, group: &GroupState, strict: bool) -> Option<Self> {
        let left_s = if strict { fixed_end_s(group) } else { group.min_end_s }?;
        Some(Self { end: at.plus_seconds(left_s), left_s, moved_at: at, strict })
    }

    /// The next word on the same light. What is wrong with it, if anything; then the new end is the promise.
    pub(super) fn follow(&mut self, at: UtcMicros, group: &GroupState, tolerance_s: f64) -> Option<Reason> {
        let Some(next) = Self::new(at, group, self.strict) else {
            // It says none now: nothing stands still.
            self.moved_at = at;
            return None;
        };
        let moved_s = next.left_s - self.left_s;
        let shift_s = next.end.seconds_since(self.end);
        if moved_s.abs() > UNMOVED_S {
            self.moved_at = at;
        }
        self.left_s = next.left_s;
        // Who decides as it goes may put the end off, and not bring it forward.
        if shift_s >= -tolerance_s && (!self.strict || shift_s <= tolerance_s) {
            if !self.strict && shift_s > 0.0 {
                self.end = next.end;
            }
            return None;
        }
        if self.stands_still(at, tolerance_s) {
            return Some(Reason::CountdownFrozen);
        }
        self.end = next.end;
        Some(if moved_s > UNMOVED_S { Reason::CountdownBackwards } else { Reason::CountdownJump })
    }

    /// True if it should have counted for longer than the tolerance and has not.
    pub(super) fn stands_still(&self, at: UtcMicros, tolerance_s: f64) -> bool {
        self.strict && at.seconds_since(self.moved_at) > tolerance_s
    }
}

/// The end where there is only one: the likely one, or the earliest and latest where they are the same.
fn fixed_end_s(group: &GroupState) -> Option<f64> {
    let same = group.min_end_s.zip(group.max_end_s).filter(|(min_s, max_s)| max_s - min_s < UNMOVED_S);
    group.likely_end_s.or(same.map(|(_, max_s)| max_s))
}

/// True if the times of one word cannot be, each for itself or together.
pub(super) fn is_impossible(group: &GroupState, tolerance_s: f64) -> bool {
    let bounds = -tolerance_s..=LONGEST_S;
    let times = [group.min_end_s, group.likely_end_s, group.max_end_s];
    if times.iter().flatten().any(|end_s| !bounds.contains(end_s)) {
        return true;
    }
    let in_order = |early: Option<f64>, late: Option<f64>| early.zip(late).is_none_or(|(a, b)| a <= b + tolerance_s);
    let [min, likely, max] = times;
    !(in_order(min, likely) && in_order(likely, max) && in_order(min, max))
}
