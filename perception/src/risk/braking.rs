//! Who brakes hard.

use std::collections::VecDeque;

use crate::time::UtcMicros;
use crate::track::Track;

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
    /// When, how fast, m/s, and how sure, (m/s)².
    speeds: VecDeque<(UtcMicros, f64, f64)>,
    brakes: bool,
}

impl Braking {
    /// Takes its speed; gives how hard it brakes, m/s², when it begins to brake hard.
    pub(super) fn note(&mut self, now: UtcMicros, track: &Track) -> Option<f64> {
        let (speed_mps, variance) =
            (track.speed_mps(), track.cov_velocity_m2ps2[0][0].max(track.cov_velocity_m2ps2[1][1]));
        self.speeds.push_back((now, speed_mps, variance));
        while self.speeds.len() > 2 && self.speeds.get(1).is_some_and(|next| now.seconds_since(next.0) >= OVER_S) {
            self.speeds.pop_front();
        }
        let (then, before_mps, variance_before) = *self.speeds.front()?;
        let passed_s = now.seconds_since(then);
        if !(OVER_S..=2.0 * OVER_S).contains(&passed_s) {
            return None;
        }
        let deceleration_mps2 = (before_mps - speed_mps) / passed_s;
        let sigma_mps2 = (variance + variance_before).max(0.0).sqrt() / passed_s;
        let hard = deceleration_mps2 - sigma_mps2 > HARD_MPS2 && deceleration_mps2 < IMPOSSIBLE_MPS2;
        let begins = hard && !self.brakes;
        self.brakes = hard || (self.brakes && deceleration_mps2 > AGAIN * HARD_MPS2);
        begins.then_some(deceleration_mps2)
    }
}
