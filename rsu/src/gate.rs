//! The safety gate: may this be said? If not, why. Nothing reaches an encoder that has not passed here.

use perception::frames::inside;
use perception::time::UtcMicros;
use perception::track::Track;

use crate::signals::{GroupState, Light, SignalState};

/// Why something was held back. One counter each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The controller has not spoken for too long.
    SignalStale,
    /// The controller's word is from the future.
    SignalFuture,
    /// A group that the map does not know.
    GroupNotInMap,
    /// A group of the map of which the controller says nothing.
    GroupSilent,
    /// An object outside the region in which this site may report.
    OutsideRegion,
    /// No road user is that fast.
    SpeedImpossible,
    /// No road user is that large.
    SizeImpossible,
    /// No sensor has measured it lately.
    ObjectStale,
    /// Its position is not known well enough to be of use.
    PositionUncertain,
    /// It could not be encoded.
    NotEncodable,
}

impl Reason {
    /// The label in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignalStale => "signal_stale",
            Self::SignalFuture => "signal_future",
            Self::GroupNotInMap => "group_not_in_map",
            Self::GroupSilent => "group_silent",
            Self::OutsideRegion => "outside_region",
            Self::SpeedImpossible => "speed_impossible",
            Self::SizeImpossible => "size_impossible",
            Self::ObjectStale => "object_stale",
            Self::PositionUncertain => "position_uncertain",
            Self::NotEncodable => "not_encodable",
        }
    }
}

/// The limits. Defaults are those of a 10 Hz signal source and of T/CSAE 53-2020's 100 ms service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Oldest signal state that may be said, seconds.
    pub signal_age_s: f64,
    /// Oldest measurement of an object that may be said, seconds.
    pub object_age_s: f64,
    /// Fastest road user, m/s.
    pub speed_mps: f64,
    /// Longest road user, metres (a road train).
    pub length_m: f64,
    /// Largest standard deviation of a position, metres.
    pub position_sigma_m: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { signal_age_s: 0.3, object_age_s: 0.3, speed_mps: 70.0, length_m: 60.0, position_sigma_m: 10.0 }
    }
}

/// The gate of one site.
#[derive(Clone, Debug)]
pub struct Gate {
    limits: Limits,
    groups: Vec<u8>,
    region_enu_m: Vec<[f64; 2]>,
}

impl Gate {
    /// `groups`: all signal groups of the MAP, ascending. `region_enu_m`: where objects may be said; empty: anywhere.
    pub fn new(limits: Limits, groups: Vec<u8>, region_enu_m: Vec<[f64; 2]>) -> Self {
        Self { limits, groups, region_enu_m }
    }

    /// What may be said of the signal now: exactly the groups of the MAP, those that nobody vouches for *unavailable*.
    /// With no MAP (a replayed recording) the controller's own groups are taken.
    pub fn signal(&self, now: UtcMicros, said: Option<&SignalState>, held: &mut Vec<Reason>) -> SignalState {
        let fresh = said.filter(|state| {
            let age_s = now.seconds_since(state.captured_at);
            if age_s > self.limits.signal_age_s {
                held.push(Reason::SignalStale);
            } else if age_s < -self.limits.signal_age_s {
                held.push(Reason::SignalFuture);
            }
            age_s.abs() <= self.limits.signal_age_s
        });
        let said_groups = fresh.map_or(&[][..], |state| &state.groups);
        let known: Vec<u8> = if self.groups.is_empty() {
            said.map_or(Vec::new(), |state| state.groups.iter().map(|group| group.id).collect())
        } else {
            self.groups.clone()
        };
        held.extend(said_groups.iter().filter(|group| !known.contains(&group.id)).map(|_| Reason::GroupNotInMap));
        let groups = known
            .into_iter()
            .map(|id| {
                said_groups.iter().find(|group| group.id == id).cloned().map(with_finite_times).unwrap_or_else(|| {
                    if fresh.is_some() {
                        held.push(Reason::GroupSilent);
                    }
                    unavailable(id)
                })
            })
            .collect();
        SignalState {
            captured_at: said.map_or(now, |state| state.captured_at),
            control: said.and_then(|state| state.control),
            plan: said.and_then(|state| state.plan),
            groups,
        }
    }

    /// May this object be said now?
    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "a comparison with NaN must hold the object back")]
    pub fn object(&self, now: UtcMicros, track: &Track) -> Result<(), Reason> {
        let limits = &self.limits;
        let [[var_east, _], [_, var_north]] = track.cov_position_m2;
        if !(now.seconds_since(track.measured_at) <= limits.object_age_s) {
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

/// A time that is no number is a time that nobody knows.
fn with_finite_times(mut group: GroupState) -> GroupState {
    for end_s in [&mut group.min_end_s, &mut group.max_end_s, &mut group.likely_end_s] {
        *end_s = end_s.filter(|end_s| end_s.is_finite());
    }
    group
}

fn unavailable(id: u8) -> GroupState {
    GroupState::new(id, Light::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use perception::detection::Class;

    const NOW: UtcMicros = UtcMicros(1_000_000_000);

    fn gate() -> Gate {
        Gate::new(Limits::default(), vec![1, 2], vec![[-10.0, -10.0], [10.0, -10.0], [10.0, 10.0], [-10.0, 10.0]])
    }

    fn said(age_s: f64, ids: &[u8]) -> SignalState {
        let groups = ids
            .iter()
            .map(|&id| GroupState { light: Light::Green, likely_end_s: Some(5.0), ..unavailable(id) })
            .collect();
        SignalState { captured_at: NOW.plus_seconds(-age_s), control: None, plan: None, groups }
    }

    fn lights(said: Option<&SignalState>) -> (Vec<(u8, Light)>, Vec<Reason>) {
        let mut held = Vec::new();
        let state = gate().signal(NOW, said, &mut held);
        (state.groups.iter().map(|group| (group.id, group.light)).collect(), held)
    }

    #[test]
    fn a_stale_signal_is_unavailable_at_once_and_never_held() {
        let unavailable = vec![(1, Light::Unavailable), (2, Light::Unavailable)];
        assert_eq!(lights(Some(&said(0.29, &[1, 2]))).0, [(1, Light::Green), (2, Light::Green)]);
        assert_eq!(lights(Some(&said(0.31, &[1, 2]))), (unavailable.clone(), vec![Reason::SignalStale]));
        assert_eq!(lights(Some(&said(-3600.0, &[1, 2]))), (unavailable.clone(), vec![Reason::SignalFuture]));
        assert_eq!(lights(None).0, unavailable);
    }

    #[test]
    fn exactly_the_groups_of_the_map_are_said() {
        let (lights, held) = lights(Some(&said(0.0, &[1, 7])));
        assert_eq!(lights, [(1, Light::Green), (2, Light::Unavailable)]);
        assert_eq!(held, [Reason::GroupNotInMap, Reason::GroupSilent]);
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

    #[test]
    fn absurd_objects_are_held_back_each_for_its_reason() {
        let gate = gate();
        assert_eq!(gate.object(NOW, &car()), Ok(()));
        let cases = [
            (Track { measured_at: NOW.plus_seconds(-0.4), ..car() }, Reason::ObjectStale),
            (Track { velocity_enu_mps: [100.0, 0.0], ..car() }, Reason::SpeedImpossible),
            (Track { velocity_enu_mps: [f64::NAN, 0.0], ..car() }, Reason::SpeedImpossible),
            (Track { length_m: Some(-1.0), ..car() }, Reason::SizeImpossible),
            (Track { cov_position_m2: [[400.0, 0.0], [0.0, 0.1]], ..car() }, Reason::PositionUncertain),
            (Track { position_enu_m: [11.0, 0.0], ..car() }, Reason::OutsideRegion),
        ];
        for (track, reason) in cases {
            assert_eq!(gate.object(NOW, &track), Err(reason), "{track:?}");
        }
    }
}
