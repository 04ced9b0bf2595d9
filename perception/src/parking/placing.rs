//! Which bay a vehicle stands in.
//!
//! Where a vehicle is seen whole, that is the bay that it covers. Half hidden, it may appear a bay beside its own, or across
//! two. Then it is told from what is known: parked vehicles do not move sideways, lie along their bays, and do not
//! stand where another does.

use std::collections::BTreeMap;

use super::Known;
use super::bay::{self, Claim, Covered, Watched};
use crate::detection::SensorId;
use crate::track::Track;

/// A parked vehicle may seem to stand this far from where it stood before, metres;
const BESIDE_M: f64 = 3.0;
/// unless this share of it lies in another bay: then it stands there.
const SURELY: f64 = 0.9;
/// A vehicle that seems to lie across bays may stand in each of those of which it covers this share.
const MAY_BE_IN: f64 = 0.15;

/// Bays, and those who may stand in them.
pub(super) struct Placing<'a, 'b> {
    pub bays: &'b [Watched],
    pub known: &'b BTreeMap<u64, Known>,
    /// The cameras, and where they hang.
    pub eyes: &'b [(SensorId, [f64; 2])],
    pub tracks: &'a [Track],
}

/// A vehicle and how it lies to each bay.
struct Lying<'a> {
    track: &'a Track,
    known: Known,
    covered: Vec<Covered>,
}

impl<'a> Placing<'a, '_> {
    /// Whom each bay must reckon with.
    pub fn claims(&self) -> Vec<Vec<Claim<'a>>> {
        let lying = |track: &'a Track| Lying {
            track,
            known: self.known.get(&track.id).copied().unwrap_or_default(),
            covered: self.bays.iter().map(|bay| bay.covered_by(track)).collect(),
        };
        let all: Vec<Lying<'_>> = self.tracks.iter().filter(|track| bay::may_take(track)).map(lying).collect();
        let mut claims: Vec<Vec<Claim<'_>>> = self.bays.iter().map(|_| Vec::new()).collect();
        for one in &all {
            let places = self.places(one, &all);
            let is_sure = places.is_sure;
            for index in places.bays {
                claims[index].push(Claim {
                    track: one.track,
                    has_driven: one.known.drove_at.is_some(),
                    is_seen: one.known.is_seen,
                    is_sure,
                });
            }
        }
        claims
    }

    /// The bays that one takes; or, if that is not sure, of which it takes one.
    fn places(&self, one: &Lying<'_>, all: &[Lying<'_>]) -> Places {
        let sure = |bays| Places { bays, is_sure: true };
        if !bay::is_long(one.track) {
            let perhaps = self.across(one, all);
            if let Some([only]) = perhaps.as_deref() {
                return sure(vec![*only]);
            }
            let own = self.own(one).filter(|own| one.surely_in().is_none_or(|surely| surely == *own));
            if let Some(own) = own {
                return sure(vec![own]);
            }
            if let Some(bays) = perhaps {
                return Places { bays, is_sure: false };
            }
        }
        let most = one.covered.iter().map(|covered| covered.bay).fold(0.0, f64::max);
        let takes = |index: &usize| most > 0.0 && one.covered[*index].takes(one.covered[*index].bay >= most);
        sure((0..self.bays.len()).filter(takes).collect())
    }

    /// The bay in which it was seen to stand before; or else, if it was not seen to drive since, the nearest one whose vehicle
    /// lost its track: it is that vehicle.
    fn own(&self, one: &Lying<'_>) -> Option<usize> {
        let place = |bay: &Watched| {
            let kept = bay.kept()?;
            let [e, n] = [0, 1].map(|axis: usize| kept.block.middle[axis] - one.track.position_enu_m[axis]);
            let is_own = kept.id == one.track.id;
            let is_lost = || !self.tracks.iter().any(|other| other.id == kept.id);
            let has_stood = || one.known.drove_at.is_none_or(|drove_at| drove_at < kept.seen_at);
            (e.hypot(n) < BESIDE_M && (is_own || (is_lost() && has_stood()))).then_some((!is_own, e.hypot(n)))
        };
        let places = self.bays.iter().enumerate().filter_map(|(index, bay)| Some((place(bay)?, index)));
        let nearest = places.min_by(|(a, _), (b, _)| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        nearest.map(|(_, index)| index)
    }

    /// Nobody parks across bays: what seems to do so was given a wrong direction by those who passed, and its middle is wrong
    /// with it. It stands in one of the bays that it touches, and in none where somebody else surely stands. `None`: it does
    /// not lie so.
    fn across(&self, one: &Lying<'_>, all: &[Lying<'_>]) -> Option<Vec<usize>> {
        let touches = |index: &usize| one.covered[*index].bay >= MAY_BE_IN && self.bays[*index].lies_across(one.track);
        let mut bays: Vec<usize> = (0..self.bays.len()).filter(touches).collect();
        if bays.len() < 2 {
            return None;
        }
        bays.retain(|index| !all.iter().any(|other| other.surely_in() == Some(*index)));
        let mut eyes = self.eyes.iter().filter(|(eye, _)| one.track.sources.contains(eye)).map(|(_, place)| *place);
        if let (Some(eye), None) = (eyes.next(), eyes.next()) {
            // One camera sees how far it reaches away from it; how far towards it follows from the direction, and is wrong.
            let far_m = |index: &usize| self.bays[*index].distance_m(eye);
            let farthest = bays.iter().copied().max_by(|a, b| far_m(a).total_cmp(&far_m(b)));
            bays.retain(|index| Some(*index) == farthest);
        }
        Some(bays)
    }
}

struct Places {
    bays: Vec<usize>,
    is_sure: bool,
}

impl Lying<'_> {
    /// The bay in which nearly all of it lies.
    fn surely_in(&self) -> Option<usize> {
        self.covered.iter().position(|covered| covered.lies_in >= SURELY)
    }
}
