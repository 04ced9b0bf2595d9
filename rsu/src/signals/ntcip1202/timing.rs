//! When a light ends, as far as it can be known from looking at it now and then.
//!
//! A change that is seen lies between two looks: after the earlier question, before the later answer. With the times of the
//! phase table that bounds the end. A light whose beginning was not seen has no earliest end.

use crate::signals::Light;
use crate::signals::nema::{Head, Indication};

/// Looks further apart than this, seconds, may have missed a light: no light that is looked at lasts less.
const LONGEST_GAP_S: f64 = 2.0;

/// The times of one phase, seconds; `None`: the controller does not say, or says 0 of what cannot be 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row {
    walk_s: Option<f64>,
    pedestrian_clear_s: Option<f64>,
    min_green_s: Option<f64>,
    max_green_s: Option<f64>,
    yellow_s: Option<f64>,
    red_clear_s: Option<f64>,
}

impl Row {
    /// The row of values in the order of [`super::objects::row`]: the first four in seconds, yellow and red clear in units
    /// of `clearance_unit_s`.
    pub fn of(values: &[Option<u8>], clearance_unit_s: f64) -> Self {
        let at = |index: usize| values.get(index).copied().flatten().map(f64::from);
        let above_zero = |value_s: Option<f64>| value_s.filter(|value_s| *value_s > 0.0);
        Self {
            walk_s: above_zero(at(0)),
            pedestrian_clear_s: above_zero(at(1)),
            min_green_s: above_zero(at(2)),
            max_green_s: above_zero(at(3)),
            yellow_s: above_zero(at(4)).map(|units| units * clearance_unit_s),
            red_clear_s: at(5).map(|units| units * clearance_unit_s),
        }
    }

    /// How long a light lasts at least and at most.
    fn lasts_s(&self, head: Head, light: Light) -> [Option<f64>; 2] {
        match (head, light) {
            (Head::Phase(_), Light::Green) => [self.min_green_s, self.max_green_s],
            (Head::Phase(_), Light::Yellow) => [self.yellow_s, self.yellow_s],
            (Head::Phase(_), Light::Red) => [self.red_clear_s, None],
            (Head::Pedestrian(_), Light::Green) => [self.walk_s, None],
            (Head::Pedestrian(_), Light::Yellow) => [self.pedestrian_clear_s, self.pedestrian_clear_s],
            _ => [None, None],
        }
    }
}

/// One look at the lamps, seconds of uptime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// When we asked.
    pub asked_s: f64,
    /// When the answer came.
    pub answered_s: f64,
}

/// What one head showed at the last look, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    last: Option<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    light: Light,
    /// It did not begin before; `None`: nobody saw it begin.
    not_before_s: Option<f64>,
    /// It did not begin after.
    not_after_s: f64,
    /// When it was last asked for.
    asked_s: f64,
}

impl Memory {
    /// What the head shows at this look, with the bounds of its end counted from the question.
    pub fn see(&mut self, head: Head, light: Light, look: Look, row: &Row) -> Indication {
        let last = self.last.filter(|last| look.answered_s - last.asked_s <= LONGEST_GAP_S);
        let seen = match last {
            Some(last) if last.light == light => Seen { asked_s: look.asked_s, ..last },
            _ => Seen {
                light,
                not_before_s: last.map(|last| last.asked_s),
                not_after_s: look.answered_s,
                asked_s: look.asked_s,
            },
        };
        self.last = Some(seen);
        let [at_least_s, at_most_s] = row.lasts_s(head, light);
        let min_end_s = at_least_s.zip(seen.not_before_s).map(|(lasts_s, from_s)| from_s + lasts_s - look.asked_s);
        let max_end_s = at_most_s.map(|lasts_s| seen.not_after_s + lasts_s - look.asked_s);
        Indication {
            light,
            min_end_s: min_end_s.map(|end_s| end_s.max(0.0)),
            // One that has passed was none: the phase rests in green, or another maximum is in force.
            max_end_s: max_end_s.filter(|end_s| *end_s >= 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        Row::of(&[Some(7), Some(12), Some(10), Some(40), Some(35), Some(15)], 0.1)
    }

    fn look(asked_s: f64) -> Look {
        Look { asked_s, answered_s: asked_s + 0.02 }
    }

    fn ends(memory: &mut Memory, head: Head, light: Light, asked_s: f64) -> (Option<f64>, Option<f64>) {
        let Indication { min_end_s, max_end_s, .. } = memory.see(head, light, look(asked_s), &row());
        let milli = |end_s: Option<f64>| end_s.map(|end_s| (end_s * 1000.0).round() / 1000.0);
        (milli(min_end_s), milli(max_end_s))
    }

    #[test]
    fn a_change_lies_between_two_looks() {
        let (mut memory, head) = (Memory::default(), Head::Phase(2));
        // First seen: it may end at any moment, and cannot have begun later.
        assert_eq!(ends(&mut memory, head, Light::Green, 100.0), (None, Some(40.02)));
        assert_eq!(ends(&mut memory, head, Light::Yellow, 100.1), (Some(3.4), Some(3.52)));
        assert_eq!(ends(&mut memory, head, Light::Yellow, 101.1), (Some(2.4), Some(2.52)));
        assert_eq!(ends(&mut memory, head, Light::Red, 101.2), (Some(1.4), None));
        assert_eq!(ends(&mut memory, head, Light::Red, 103.2), (None, None), "a gap of two seconds hides a light");
        assert_eq!(ends(&mut memory, head, Light::Green, 103.3), (Some(9.9), Some(40.02)));
        assert_eq!(ends(&mut memory, head, Light::Green, 104.3), (Some(8.9), Some(39.02)));
    }

    #[test]
    fn a_bound_that_has_passed_is_none() {
        let (mut memory, head) = (Memory::default(), Head::Phase(2));
        ends(&mut memory, head, Light::Red, 0.0);
        for tenth in 1..=400 {
            ends(&mut memory, head, Light::Green, f64::from(tenth) * 0.1);
        }
        assert_eq!(ends(&mut memory, head, Light::Green, 40.1), (Some(0.0), Some(0.02)));
        assert_eq!(ends(&mut memory, head, Light::Green, 40.2), (Some(0.0), None));
    }

    #[test]
    fn those_on_foot_have_their_own_times_and_overlaps_none() {
        let mut memory = Memory::default();
        ends(&mut memory, Head::Pedestrian(2), Light::Red, 0.0);
        assert_eq!(ends(&mut memory, Head::Pedestrian(2), Light::Green, 0.1), (Some(6.9), None));
        assert_eq!(ends(&mut memory, Head::Pedestrian(2), Light::Yellow, 0.2), (Some(11.9), Some(12.02)));
        assert_eq!(ends(&mut memory, Head::Overlap(2), Light::Green, 0.3), (None, None));
    }

    #[test]
    fn zeros_and_holes_are_unknown() {
        let row = Row::of(&[None, Some(0), Some(0), None, Some(0), Some(0)], 0.1);
        assert_eq!(row, Row { red_clear_s: Some(0.0), ..Row::default() });
        assert_eq!(Row::of(&[], 0.1), Row::default());
    }
}
