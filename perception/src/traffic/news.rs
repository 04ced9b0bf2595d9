//! What becomes known of journeys, picture by picture.

use std::collections::BTreeMap;

use crate::detection::Class;
use crate::time::UtcMicros;

/// Two bodies pass a line one after the other; who comes sooner than this share of both half lengths takes is the same one again.
const APART: f64 = 0.9;
/// Narrower road users pass a line side by side in one lane, metres.
const BESIDE_M: f64 = 1.2;

/// What became known of a journey.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Event {
    /// It went over a lane's counting line.
    Counted { at: UtcMicros, lane: usize, class: Class, speed_mps: f64, inferred: bool },
    /// It came into a lane's section, `left_m` before the lane's end.
    Entered { lane: usize, left_m: f64 },
    /// It went from a lane to another link. `to` is `None` where it was lost on the way.
    Turned { lane: usize, to: Option<usize>, class: Class, travel: Option<Travel>, inferred: bool },
    /// It stepped onto a crosswalk, having stood at its kerb so long.
    Stepped { crosswalk: usize, waited_s: f64 },
}

/// How long it took from the begin of its lane's section to another link, and how far that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Travel {
    pub took_s: f64,
    pub way_m: f64,
}

/// A body that went over a lane's counting line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Body {
    pub at: UtcMicros,
    pub speed_mps: f64,
    /// Half of its length and of its width.
    pub half_m: [f64; 2],
}

impl Body {
    /// Whether both would have been over the line at once.
    fn overlaps(&self, other: &Self) -> bool {
        let narrow = [self, other].iter().any(|body| 2.0 * body.half_m[1] < BESIDE_M);
        let apart_m = self.at.seconds_since(other.at).abs() * self.speed_mps.max(other.speed_mps);
        !narrow && apart_m < APART * (self.half_m[0] + other.half_m[0])
    }
}

/// The events of a picture, and who was the last over each lane's line.
#[derive(Clone, Debug, Default)]
pub(super) struct News {
    pub events: Vec<Event>,
    passed: BTreeMap<usize, Body>,
}

impl News {
    pub fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Somebody goes over a lane's line. `false`: it is the one that was counted there last, seen twice.
    pub fn passes(&mut self, lane: usize, body: Body) -> bool {
        let another = self.passed.get(&lane).is_none_or(|last| !last.overlaps(&body));
        if another {
            self.passed.insert(lane, body);
        }
        another
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_cars_are_not_in_one_place_but_two_bicycles_ride_side_by_side() {
        let body = |s: f64, half_m| Body { at: UtcMicros(0).plus_seconds(s), speed_mps: 10.0, half_m };
        let car = |s| body(s, [2.25, 0.9]);
        let mut news = News::default();
        assert!(news.passes(0, car(0.0)));
        assert!(!news.passes(0, car(0.3)), "3 m behind the last one");
        assert!(news.passes(1, car(0.3)), "in another lane");
        assert!(news.passes(0, car(0.6)), "6 m behind the last one that was counted");
        assert!(news.passes(0, body(0.7, [0.9, 0.3])));
    }
}
