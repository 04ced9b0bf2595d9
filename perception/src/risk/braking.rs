//! Who brakes hard.

use std::collections::VecDeque;

use crate::time::UtcMicros;

/// Deceleration beyond what most drivers find comfortable, m/s²: the design value for stopping sight distance of AASHTO's *A
/// Policy on Geometric Design of Highways and Streets*.
pub(super) const HARD_MPS2: f64 = 3.4;
/// Harder than this nobody brakes on a dry road: the track has jumped, m/s².
const IMPOSSIBLE_MPS2: f64 = 10.0;
/// Over this time, seconds; it is over at half of that.
const OVER_S: f64 = 1.0;
const AGAIN: f64 = 0.5;

/// The speeds of one road user over the last second.
#[derive(Clone, Debug, Default)]
pub(super) struct Braking {
    /// When, and how fast, m/s.
    speeds: VecDeque<(UtcMicros, f64)>,
    brakes: bool,
}

impl Braking {
    /// Takes its speed; gives how hard it brakes, m/s², when it begins to do so by more than `hard_mps2`.
    pub(super) fn note(&mut self, at: UtcMicros, speed_mps: f64, hard_mps2: f64) -> Option<f64> {
        self.speeds.push_back((at, speed_mps));
        while self.speeds.len() > 2 && self.speeds.get(1).is_some_and(|next| at.seconds_since(next.0) >= OVER_S) {
            self.speeds.pop_front();
        }
        let (then, before_mps) = *self.speeds.front()?;
        let passed_s = at.seconds_since(then);
        if !(OVER_S..=2.0 * OVER_S).contains(&passed_s) {
            return None;
        }
        let deceleration_mps2 = (before_mps - speed_mps) / passed_s;
        let hard = deceleration_mps2 > hard_mps2 && deceleration_mps2 < IMPOSSIBLE_MPS2;
        let begins = hard && !self.brakes;
        self.brakes = hard || (self.brakes && deceleration_mps2 > AGAIN * hard_mps2);
        begins.then_some(deceleration_mps2)
    }
}
