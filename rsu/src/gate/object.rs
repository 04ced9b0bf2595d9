//! May this road user be told of?

use std::collections::BTreeMap;

use perception::frames::inside;
use perception::outline::Outline;
use perception::time::UtcMicros;
use perception::track::Track;

use super::Reason;

/// Two tracks whose outlines share this much of the smaller one may be one road user.
const SHARED: f64 = 0.5;
/// ... if their velocities differ by no more than this, m/s: two people who meet do not move as one.
const SAME_VELOCITY_MPS: f64 = 1.5;
/// A reason for which nobody was held back for so long is news when it comes again, seconds.
const QUIET_S: f64 = 60.0;

/// The limits. Defaults are those of T/CSAE 53-2020's 100 ms service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObjectLimits {
    /// Oldest measurement of an object that may be said, seconds.
    pub age_s: f64,
    /// Fastest road user, m/s.
    pub speed_mps: f64,
    /// Longest road user, metres (a road train).
    pub length_m: f64,
    /// Largest standard deviation of a position, metres.
    pub position_sigma_m: f64,
}

impl Default for ObjectLimits {
    fn default() -> Self {
        Self { age_s: 0.3, speed_mps: 70.0, length_m: 60.0, position_sigma_m: 10.0 }
    }
}

/// The gate for road users.
#[derive(Clone, Debug)]
pub struct ObjectGate {
    limits: ObjectLimits,
    region_enu_m: Vec<[f64; 2]>,
    /// Reasons that the log has, and when they last held.
    told: BTreeMap<Reason, UtcMicros>,
}

impl ObjectGate {
    /// `region_enu_m`: where objects may be said; empty: anywhere.
    pub fn new(limits: ObjectLimits, region_enu_m: Vec<[f64; 2]>) -> Self {
        Self { limits, region_enu_m, told: BTreeMap::new() }
    }

    /// Those of the picture that may be said now, in its order; why each of the others may not.
    pub fn pass<'a>(
        &mut self,
        now: UtcMicros,
        tracks: impl Iterator<Item = &'a Track>,
        held: &mut Vec<Reason>,
    ) -> Vec<&'a Track> {
        let mut said = Vec::new();
        for track in tracks {
            match self.judge(now, track) {
                Ok(()) => said.push(track),
                Err(reason) => held.push(reason),
            }
        }
        let twice: Vec<u64> = duplicates(&said);
        held.extend(twice.iter().map(|_| Reason::Duplicate));
        said.retain(|track| !twice.contains(&track.id));
        self.log(now, held);
        said
    }

    /// One line when a reason begins to hold; it ends when nobody was held back for it for a while.
    fn log(&mut self, now: UtcMicros, held: &[Reason]) {
        self.told.retain(|_, last| (0.0..=QUIET_S).contains(&now.seconds_since(*last)));
        for &reason in held {
            if self.told.insert(reason, now).is_none() {
                tracing::info!(reason = reason.as_str(), "road users are held back: {}", reason.in_words());
            }
        }
    }

    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "a comparison with NaN must hold the object back")]
    fn judge(&self, now: UtcMicros, track: &Track) -> Result<(), Reason> {
        let limits = &self.limits;
        let [[var_east, _], [_, var_north]] = track.cov_position_m2;
        if !(now.seconds_since(track.measured_at) <= limits.age_s) {
            return Err(Reason::ObjectStale);
        }
        if !(track.speed_mps() <= limits.speed_mps) {
            return Err(Reason::SpeedImpossible);
        }
        if track.length_m.into_iter().chain(track.width_m).any(|size| !(size > 0.0 && size <= limits.length_m)) {
            return Err(Reason::SizeImpossible);
        }
        if !(var_east.max(var_north) <= limits.position_sigma_m * limits.position_sigma_m) {
            return Err(Reason::PositionUncertain);
        }
        if !self.region_enu_m.is_empty() && !inside(&self.region_enu_m, track.position_enu_m) {
            return Err(Reason::OutsideRegion);
        }
        Ok(())
    }
}

/// Of each two that are one road user the lesser: it exists less surely, fewer sensors see it, it is younger.
fn duplicates(tracks: &[&Track]) -> Vec<u64> {
    let outlines: Vec<Outline> = tracks.iter().map(|track| Outline::of(track)).collect();
    let mut order: Vec<usize> = (0..tracks.len()).collect();
    order.sort_by(|a, b| {
        let [a, b] = [tracks[*a], tracks[*b]];
        let firmer = b.existence.total_cmp(&a.existence).then(b.sources.len().cmp(&a.sources.len()));
        firmer.then(a.born_at.cmp(&b.born_at)).then(a.id.cmp(&b.id))
    });
    let mut kept: Vec<usize> = Vec::new();
    let mut lesser = Vec::new();
    for index in order {
        let is_one_with = |other: &usize| {
            let apart =
                [0, 1].map(|axis: usize| tracks[index].velocity_enu_mps[axis] - tracks[*other].velocity_enu_mps[axis]);
            outlines[index].shared(&outlines[*other]) >= SHARED && apart[0].hypot(apart[1]) <= SAME_VELOCITY_MPS
        };
        if kept.iter().any(is_one_with) {
            lesser.push(tracks[index].id);
        } else {
            kept.push(index);
        }
    }
    lesser
}

#[cfg(test)]
mod tests {
    use super::*;
    use perception::detection::Class;

    const NOW: UtcMicros = UtcMicros(1_000_000_000);

    fn gate() -> ObjectGate {
        let region = vec![[-10.0, -10.0], [10.0, -10.0], [10.0, 10.0], [-10.0, 10.0]];
        ObjectGate::new(ObjectLimits::default(), region)
    }

    fn car() -> Track {
        Track {
            id: 1,
            class: Class::Car,
            class_probability: 0.9,
            position_enu_m: [0.0, 0.0],
            cov_position_m2: [[0.1, 0.0], [0.0, 0.1]],
            velocity_enu_mps: [10.0, 0.0],
            cov_velocity_m2ps2: [[0.1, 0.0], [0.0, 0.1]],
            heading_cw_north_rad: Some(1.57),
            length_m: Some(4.5),
            width_m: Some(1.8),
            height_m: None,
            existence: 0.99,
            sources: vec!["cam".into()],
            measured_at: NOW,
            born_at: NOW,
        }
    }

    fn passed(tracks: &[Track]) -> (Vec<u64>, Vec<Reason>) {
        let mut held = Vec::new();
        let said = gate().pass(NOW, tracks.iter(), &mut held).iter().map(|track| track.id).collect();
        (said, held)
    }

    #[test]
    fn absurd_objects_are_held_back_each_for_its_reason() {
        assert_eq!(passed(&[car()]), (vec![1], vec![]));
        let cases = [
            (Track { measured_at: NOW.plus_seconds(-0.4), ..car() }, Reason::ObjectStale),
            (Track { velocity_enu_mps: [100.0, 0.0], ..car() }, Reason::SpeedImpossible),
            (Track { velocity_enu_mps: [f64::NAN, 0.0], ..car() }, Reason::SpeedImpossible),
            (Track { length_m: Some(-1.0), ..car() }, Reason::SizeImpossible),
            (Track { cov_position_m2: [[400.0, 0.0], [0.0, 0.1]], ..car() }, Reason::PositionUncertain),
            (Track { position_enu_m: [11.0, 0.0], ..car() }, Reason::OutsideRegion),
        ];
        for (track, reason) in cases {
            assert_eq!(passed(std::slice::from_ref(&track)), (vec![], vec![reason]), "{track:?}");
        }
    }

    #[test]
    fn of_two_tracks_of_one_road_user_the_lesser_is_held_back() {
        let ghost = Track { id: 2, position_enu_m: [1.0, 0.4], existence: 0.7, ..car() };
        assert_eq!(passed(&[ghost.clone(), car()]), (vec![1], vec![Reason::Duplicate]));
        let equal = Track { existence: 0.99, ..ghost.clone() };
        assert_eq!(passed(&[equal.clone(), car()]).0, [1], "the lower number, all else alike");
        let seen_by_two = Track { sources: vec!["cam".into(), "radar".into()], ..equal };
        assert_eq!(passed(&[car(), seen_by_two]).0, [2], "more sensors");
        let third = Track { id: 3, position_enu_m: [-1.0, 0.4], existence: 0.6, ..car() };
        assert_eq!(passed(&[car(), ghost.clone(), third]), (vec![1], vec![Reason::Duplicate; 2]));
        let unsized_ = Track { length_m: None, width_m: None, heading_cw_north_rad: Some(1.57), ..ghost };
        assert_eq!(passed(&[car(), unsized_]).0, [1], "the usual size of its class");
    }

    #[test]
    fn neighbours_are_not_duplicates() {
        let others = [
            ("behind it", Track { id: 2, position_enu_m: [-5.5, 0.0], ..car() }),
            ("in the next lane", Track { id: 2, position_enu_m: [0.5, 3.0], ..car() }),
            ("crossing it", Track { id: 2, position_enu_m: [0.2, 0.2], velocity_enu_mps: [0.0, 10.0], ..car() }),
        ];
        for (what, other) in others {
            assert_eq!(passed(&[car(), other]), (vec![1, 2], vec![]), "{what}");
        }
        let walker = |id, east_m| Track {
            id,
            class: Class::Pedestrian,
            position_enu_m: [east_m, 0.0],
            velocity_enu_mps: [1.0, 0.0],
            length_m: Some(0.5),
            width_m: Some(0.5),
            ..car()
        };
        assert_eq!(passed(&[walker(1, 0.0), walker(2, 0.4)]).0, [1, 2], "two who walk arm in arm");
    }
}
