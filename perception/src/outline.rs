//! The rectangle that a road user covers on the ground, how much two of them share, and when they would touch.

use crate::frames::unit_from_heading;
use crate::priors::class_prior;
use crate::track::Track;

/// How finely the future is looked at, seconds.
const STEP_S: f64 = 0.1;
/// What two share is looked at in a grid of this many points a side.
const GRID: u32 = 5;

/// A road user's rectangle on the ground.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    pub(crate) centre_m: [f64; 2],
    pub(crate) ahead: [f64; 2],
    half_m: [f64; 2],
    /// From its middle to a corner.
    pub(crate) radius_m: f64,
}

/// Two rectangles that touch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Contact {
    /// In how many seconds.
    pub(crate) after_s: f64,
    /// Whether it is the first one's or the other's front or rear that touches; false: sides touch.
    pub(crate) endwise: bool,
}

impl Outline {
    /// Of a track: as large as the track says, else as usual for its class; to the north if its heading is not known.
    pub fn of(track: &Track) -> Self {
        let usual = class_prior(track.class);
        let half_m = [track.length_m.unwrap_or(usual.length_m) / 2.0, track.width_m.unwrap_or(usual.width_m) / 2.0];
        Self {
            centre_m: track.position_enu_m,
            ahead: unit_from_heading(track.heading_cw_north_rad.unwrap_or_default()),
            half_m,
            radius_m: half_m[0].hypot(half_m[1]),
        }
    }

    pub(crate) fn moved(&self, velocity_enu_mps: &[f64; 2], ahead_s: f64) -> Self {
        let centre_m = [0, 1].map(|axis: usize| self.centre_m[axis] + ahead_s * velocity_enu_mps[axis]);
        Self { centre_m, ..*self }
    }

    fn area_m2(&self) -> f64 {
        4.0 * self.half_m[0] * self.half_m[1]
    }

    fn covers(&self, point: [f64; 2]) -> bool {
        let [east, north] = [point[0] - self.centre_m[0], point[1] - self.centre_m[1]];
        let along = east * self.ahead[0] + north * self.ahead[1];
        let across = east * self.ahead[1] - north * self.ahead[0];
        along.abs() <= self.half_m[0] && across.abs() <= self.half_m[1]
    }

    /// The share of the smaller of two that the larger covers, 0 to 1, to 0.04.
    pub fn shared(&self, other: &Self) -> f64 {
        let [east, north] = [0, 1].map(|axis: usize| self.centre_m[axis] - other.centre_m[axis]);
        let radius_m = self.radius_m + other.radius_m;
        // Nearly all pairs are far apart on one axis.
        if east.abs() > radius_m || north.abs() > radius_m || east.hypot(north) > radius_m {
            return 0.0;
        }
        let (small, large) = if self.area_m2() <= other.area_m2() { (self, other) } else { (other, self) };
        let offset = |step: u32| (f64::from(step) + 0.5) / f64::from(GRID) * 2.0 - 1.0;
        let mut covered = 0;
        for (along, across) in (0..GRID).flat_map(|along| (0..GRID).map(move |across| (along, across))) {
            let [along_m, across_m] = [offset(along) * small.half_m[0], offset(across) * small.half_m[1]];
            let point = [
                small.centre_m[0] + along_m * small.ahead[0] + across_m * small.ahead[1],
                small.centre_m[1] + along_m * small.ahead[1] - across_m * small.ahead[0],
            ];
            covered += u32::from(large.covers(point));
        }
        f64::from(covered) / f64::from(GRID * GRID)
    }

    /// Half of its extent along a direction, metres.
    fn reach_m(&self, axis: [f64; 2]) -> f64 {
        let along = (self.ahead[0] * axis[0] + self.ahead[1] * axis[1]).abs();
        let across = (self.ahead[1] * axis[0] - self.ahead[0] * axis[1]).abs();
        self.half_m[0] * along + self.half_m[1] * across
    }

    /// The widest gap along any of their sides, metres: at most their distance; negative where they overlap.
    pub(crate) fn gap_m(&self, other: &Self) -> f64 {
        self.gap_beyond_m(other, &[[0.0; 2]; 2])
    }

    /// The same, each side's gap widened by one standard deviation of their distance along it, whose covariance is `cov_m2`:
    /// where it is negative they overlap, and not only perhaps.
    pub(crate) fn gap_beyond_m(&self, other: &Self, cov_m2: &[[f64; 2]; 2]) -> f64 {
        self.widest(other, cov_m2).1
    }

    /// Which side has the widest gap (even: along the one's or the other's length), and how wide that is, metres.
    fn widest(&self, other: &Self, cov_m2: &[[f64; 2]; 2]) -> (usize, f64) {
        let apart = [0, 1].map(|axis: usize| other.centre_m[axis] - self.centre_m[axis]);
        let sides = [self.ahead, [self.ahead[1], -self.ahead[0]], other.ahead, [other.ahead[1], -other.ahead[0]]];
        let gap = |side: [f64; 2]| {
            let variance_m2 = side[0] * side[0] * cov_m2[0][0]
                + 2.0 * side[0] * side[1] * cov_m2[0][1]
                + side[1] * side[1] * cov_m2[1][1];
            (apart[0] * side[0] + apart[1] * side[1]).abs() - self.reach_m(side) - other.reach_m(side)
                + variance_m2.max(0.0).sqrt()
        };
        let gaps = sides.into_iter().map(gap).enumerate();
        gaps.fold((0, f64::NEG_INFINITY), |widest, next| if next.1 > widest.1 { next } else { widest })
    }

    /// When both touch if each goes on at its velocity. `None`: not within `horizon_s`, or they overlap already.
    pub(crate) fn meets(
        &self,
        velocity: &[f64; 2],
        other: &Self,
        theirs: &[f64; 2],
        horizon_s: f64,
    ) -> Option<Contact> {
        let (mut side, gap_m) = self.widest(other, &[[0.0; 2]; 2]);
        if gap_m <= 0.0 {
            return None;
        }
        let mut after_s = STEP_S;
        while after_s <= horizon_s + 1e-9 {
            let (next, gap_m) = self.moved(velocity, after_s).widest(&other.moved(theirs, after_s), &[[0.0; 2]; 2]);
            if gap_m <= 0.0 {
                return Some(Contact { after_s, endwise: side % 2 == 0 });
            }
            side = next;
            after_s += STEP_S;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::track_at;

    fn outline(place: [f64; 2], velocity: [f64; 2]) -> Outline {
        Outline::of(&track_at(1, place, velocity))
    }

    #[test]
    fn a_car_that_catches_up_touches_endwise_and_one_that_drifts_aside_does_not() {
        let (ahead, behind) = (outline([0.0, 20.0], [0.0, 1.0]), outline([0.0, 0.0], [0.0, 11.0]));
        // 15.5 m of gap at 10 m/s.
        let contact = behind.meets(&[0.0, 11.0], &ahead, &[0.0, 1.0], 3.0).expect("they meet");
        assert!((contact.after_s - 1.6).abs() < 1e-6 && contact.endwise, "{contact:?}");
        assert_eq!(behind.meets(&[0.0, 11.0], &ahead, &[0.0, 1.0], 1.5), None);
        let beside = outline([3.0, 0.0], [0.0, 10.0]);
        let contact = behind.meets(&[1.0, 10.0], &beside, &[0.0, 10.0], 3.0).expect("they meet");
        assert!(!contact.endwise && (contact.after_s - 1.2).abs() < 0.11, "{contact:?}");
    }

    #[test]
    fn a_doubtful_place_must_overlap_more() {
        let (a, b) = (outline([0.0, 0.0], [0.0, 1.0]), outline([0.0, 4.0], [0.0, 1.0]));
        assert!((a.gap_m(&b) + 0.5).abs() < 1e-9);
        assert!(
            a.gap_beyond_m(&b, &[[0.0, 0.0], [0.0, 0.36]]) > 0.0
                && a.gap_beyond_m(&b, &[[0.36, 0.0], [0.0, 0.04]]) < 0.0
        );
    }
}
