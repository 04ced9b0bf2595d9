//! Which bay a vehicle stands in.
//!
//! Where a vehicle is seen whole, that is the bay that it covers. Half hidden, it may appear a bay beside its own. Then it is
//! told from what is known: parked vehicles do not move sideways.

use std::collections::BTreeMap;

use super::Known;
use super::bay::{self, Claim, Covered, Watched};
use crate::track::Track;

/// A parked vehicle may seem to stand this far from where it stood before, metres;
const BESIDE_M: f64 = 3.0;
/// unless this share of it lies in another bay: then it stands there.
const SURELY: f64 = 0.9;

/// Bays, and those who may stand in them.
pub(super) struct Placing<'a, 'b> {
    pub bays: &'b [Watched],
    pub known: &'b BTreeMap<u64, Known>,
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
        let mut claims: Vec<Vec<Claim<'_>>> = self.bays.iter().map(|_| Vec::new()).collect();
        for one in self.tracks.iter().filter(|track| bay::may_take(track)).map(lying) {
            for index in self.places(&one) {
                claims[index].push(Claim {
                    track: one.track,
                    has_driven: one.known.drove_at.is_some(),
                    is_seen: one.known.is_seen,
                });
            }
        }
        claims
    }

    /// The bays that one takes.
    fn places(&self, one: &Lying<'_>) -> Vec<usize> {
        if !bay::is_long(one.track)
            && let Some(own) = self.own(one)
            && one.surely_in().is_none_or(|surely| surely == own)
        {
            return vec![own];
        }
        let most = one.covered.iter().map(|covered| covered.bay).fold(0.0, f64::max);
        let takes = |index: &usize| most > 0.0 && one.covered[*index].takes(one.covered[*index].bay >= most);
        (0..self.bays.len()).filter(takes).collect()
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
}

impl Lying<'_> {
    /// The bay in which nearly all of it lies.
    fn surely_in(&self) -> Option<usize> {
        self.covered.iter().position(|covered| covered.lies_in >= SURELY)
    }
}
