//! Two road users while they are near each other.

use super::{Conflict, ConflictKind, PET_LIMITS_S, Sure, TTC_LIMITS_S};
use crate::detection::{Class, SensorId};
use crate::frames::wrap_pi;
use crate::time::UtcMicros;

/// A collision course lasts this long to count, seconds.
const LASTS_S: f64 = 0.2;
/// Slower than this one goes nowhere, m/s; approaching each other more slowly is no course to collide.
pub(super) const MOVES_MPS: f64 = 1.0;
const CLOSING_MPS: f64 = 1.0;
/// Conflict angles of SSAM, radians.
pub(super) const REAR_END_RAD: f64 = std::f64::consts::FRAC_PI_6;
const CROSSING_RAD: f64 = 85.0 / 180.0 * std::f64::consts::PI;

/// How two come near each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearing {
    /// Until they touch, if they are on a collision course, seconds.
    ttc_s: Option<f64>,
    /// Since one left where the other is, if their ways crossed, seconds.
    pet_s: Option<f64>,
    /// Between their courses, radians.
    angle_rad: f64,
    /// Their sides would touch, and no end of either.
    sidewise: bool,
}

impl Nearing {
    /// One has come to where the other was.
    pub(super) fn behind((pet_s, angle_rad): (f64, f64)) -> Self {
        Self { ttc_s: None, pet_s: Some(pet_s), angle_rad, sidewise: false }
    }

    /// A collision course. `None`: they are on none, or may well be on none.
    pub(super) fn ahead(a: &Sure<'_>, b: &Sure<'_>) -> Option<Self> {
        let horizon_s = TTC_LIMITS_S[TTC_LIMITS_S.len() - 1];
        let [ours, theirs] = [a, b].map(|one| one.located.track.velocity_enu_mps);
        let [apart, closing] = [
            [0, 1].map(|axis: usize| b.outline.centre_m[axis] - a.outline.centre_m[axis]),
            [0, 1].map(|axis: usize| theirs[axis] - ours[axis]),
        ];
        let approach = -(apart[0] * closing[0] + apart[1] * closing[1]);
        if approach <= 0.0 {
            return None;
        }
        let apart_m = apart[0].hypot(apart[1]).max(0.1);
        let closing_mps = approach / apart_m;
        let touching_m = a.outline.radius_m + b.outline.radius_m;
        if closing_mps < CLOSING_MPS || apart_m - touching_m > closing[0].hypot(closing[1]) * horizon_s {
            return None;
        }
        let contact = a.outline.meets(&ours, &b.outline, &theirs, horizon_s)?;
        // By the horizon they overlap although each may be off by what is not known of its place. What is not known of
        // velocities makes collision courses as often as it hides them.
        let cov_m2 = add(a.located.track.cov_position_m2, b.located.track.cov_position_m2);
        let surely = |after_s: f64| {
            let (a, b) = (a.outline.moved(&ours, after_s), b.outline.moved(&theirs, after_s));
            a.gap_beyond_m(&b, &cov_m2) <= 0.0
        };
        let steps = ((horizon_s - contact.after_s) / 0.1).round().max(0.0) as u32;
        if !(0..=steps).any(|step| surely(contact.after_s + 0.1 * f64::from(step))) {
            return None;
        }
        // Who stands goes where it points.
        let courses = [a, b].map(|one| one.course_rad.or(one.located.track.heading_cw_north_rad));
        let angle_rad = match courses {
            [Some(a), Some(b)] => wrap_pi(a - b).abs(),
            _ => 0.0,
        };
        Some(Self { ttc_s: Some(contact.after_s), pet_s: None, angle_rad, sidewise: !contact.endwise })
    }

    /// What it is called; `links` are those that both came by.
    pub(super) fn kind(&self, a: &Sure<'_>, b: &Sure<'_>, links: &[SensorId]) -> ConflictKind {
        if [a, b].iter().any(|one| one.located.track.class == Class::Pedestrian) {
            return ConflictKind::Pedestrian;
        }
        match self.angle_rad {
            angle_rad if angle_rad > CROSSING_RAD => ConflictKind::Crossing,
            angle_rad if angle_rad >= REAR_END_RAD && links.len() > 1 => ConflictKind::Turning,
            angle_rad if angle_rad >= REAR_END_RAD || self.sidewise => ConflictKind::LaneChange,
            _ => ConflictKind::RearEnd,
        }
    }
}

fn add(a: [[f64; 2]; 2], b: [[f64; 2]; 2]) -> [[f64; 2]; 2] {
    [0, 1].map(|row: usize| [0, 1].map(|column: usize| a[row][column] + b[row][column]))
}

/// What is known of one.
#[derive(Clone, Debug, Default)]
pub(super) struct Encounter {
    pub(super) seen_at: UtcMicros,
    ttc_s: Option<f64>,
    under_s: f64,
    pet_s: Option<f64>,
    /// How, when and where they were nearest, and what they came by.
    nearest: Option<(ConflictKind, UtcMicros, [f64; 2], Vec<SensorId>)>,
    /// They are one road user.
    refuted: bool,
}

impl Encounter {
    /// Takes what there is of it `passed_s` after the picture before; `how` is asked if that is nearer than all before.
    pub(super) fn hear(
        &mut self,
        now: UtcMicros,
        passed_s: f64,
        nearing: &Nearing,
        how: impl FnOnce() -> (ConflictKind, [f64; 2], Vec<SensorId>),
    ) {
        self.seen_at = now;
        let nearer = |new: Option<f64>, old: Option<f64>| new.is_some_and(|new| old.is_none_or(|old| new < old));
        // A collision course says more of how they meet than what was left behind.
        if nearer(nearing.ttc_s, self.ttc_s) || (self.ttc_s.is_none() && nearer(nearing.pet_s, self.pet_s)) {
            let (kind, place, links) = how();
            self.nearest = Some((kind, now, place, links));
        }
        self.under_s += if nearing.ttc_s.is_some() { passed_s } else { 0.0 };
        let least = |a: Option<f64>, b: Option<f64>| a.into_iter().chain(b).min_by(f64::total_cmp);
        (self.ttc_s, self.pet_s) = (least(self.ttc_s, nearing.ttc_s), least(self.pet_s, nearing.pet_s));
    }

    /// They overlap too much to be two.
    pub(super) fn refute(&mut self, at: UtcMicros) {
        (self.seen_at, self.refuted) = (at, true);
    }

    /// What it was, now that it is over. `None`: nothing that counts.
    pub(super) fn conclude(&mut self, over_at: UtcMicros, tracks: [u64; 2]) -> Option<Conflict> {
        let ttc_s = self.ttc_s.filter(|_| self.under_s > LASTS_S - 1e-6);
        let pet_s = self.pet_s.filter(|pet_s| *pet_s <= PET_LIMITS_S[PET_LIMITS_S.len() - 1]);
        let (kind, at, place_enu_m, links) = self.nearest.take()?;
        (!self.refuted && (ttc_s.is_some() || pet_s.is_some())).then_some(Conflict {
            kind,
            at,
            over_at,
            tracks,
            place_enu_m,
            links,
            ttc_s,
            under_s: self.under_s,
            pet_s,
        })
    }
}
