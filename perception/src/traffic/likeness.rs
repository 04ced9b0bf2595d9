//! Whether two tracks are of one road user.

use crate::detection::Class;
use crate::time::UtcMicros;

use super::journey::Journey;

/// How far from where it should be a journey may go on, metres; and how that grows, m/s; and where it ends.
const REACH_M: f64 = 2.0;
const REACH_MPS: f64 = 2.0;
const REACH_MOST_M: f64 = 8.0;
/// Two tracks of one road user overlap by more than this share of their sizes.
pub(super) const SAME: f64 = 0.7;

impl Journey {
    /// How badly a track that begins at `at` fits the journey that was lost, metres; `None`: not at all.
    pub fn misfit(&self, at: UtcMicros, born: &Self) -> Option<f64> {
        let age_s = at.seconds_since(self.seen_at);
        if (self.class() == Class::Pedestrian) != (born.class() == Class::Pedestrian) {
            return None;
        }
        let d = [0, 1].map(|i| born.position_enu_m[i] - self.position_enu_m[i] - self.velocity_enu_mps[i] * age_s);
        let miss_m = d[0].hypot(d[1]);
        // It may also have braked since.
        let stayed = [0, 1].map(|i| born.position_enu_m[i] - self.position_enu_m[i]);
        let along = stayed[0] * self.velocity_enu_mps[0] + stayed[1] * self.velocity_enu_mps[1];
        let miss_m = if along >= -1.0 { miss_m.min(stayed[0].hypot(stayed[1]) + 1.0) } else { miss_m };
        (miss_m < (REACH_M + REACH_MPS * age_s).min(REACH_MOST_M)).then_some(miss_m)
    }

    fn offsets(&self, other: &Self) -> [f64; 2] {
        let d = [0, 1].map(|i| other.position_enu_m[i] - self.position_enu_m[i]);
        let speed = self.speed_mps.max(other.speed_mps);
        let fastest = if self.speed_mps >= other.speed_mps { self } else { other };
        if speed < 0.5 {
            return [d[0].hypot(d[1]), 0.0];
        }
        let unit = fastest.velocity_enu_mps.map(|v| v / speed);
        [d[0] * unit[0] + d[1] * unit[1], d[0] * unit[1] - d[1] * unit[0]].map(f64::abs)
    }

    /// Whether the other can't be a road user beside this one: they overlap.
    pub fn covers(&self, other: &Self) -> bool {
        let [along_m, across_m] = self.offsets(other);
        along_m < SAME * (self.half_m[0] + other.half_m[0]) && across_m < SAME * (self.half_m[1] + other.half_m[1])
    }

    pub fn is_far_from(&self, other: &Self) -> bool {
        let [along_m, across_m] = self.offsets(other);
        along_m > 1.2 * (self.half_m[0] + other.half_m[0]) || across_m > 1.2 * (self.half_m[1] + other.half_m[1])
    }
}
