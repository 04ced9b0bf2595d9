//! One bay: evidence for and against a vehicle in it, summed up over time as log odds (a Bayes filter of two states).

use super::view::{Block, Seen, Sight, block_of};
use super::{Bay, BayState, BayStatus};
use crate::calibration::SiteGeometry;
use crate::detection::{Class, SensorId};
use crate::frames::{area_m2, inside};
use crate::priors::{class_prior, is_motor_vehicle};
use crate::time::UtcMicros;
use crate::track::Track;

/// Log odds a second that a vehicle standing in the bay adds, and that a bay in full view without one takes away.
/// A detector's misses come in runs, so that a look without a vehicle says less than one with it.
const STANDS_PER_S: f64 = 2.0;
const EMPTY_PER_S: f64 = 1.0;
/// Log odds are kept within this: what was so for hours can change within seconds.
const SUREST: f64 = 4.0;
/// What is known by radar alone, or by a vehicle's having left, is less sure.
const SUREST_BY_MOTION: f64 = 2.0;
/// Beyond this a bay is taken or free (0.88); within the smaller one nobody knows (0.65).
const DECIDED: f64 = 2.0;
const UNDECIDED: f64 = 0.62;
/// Of a hidden bay half is forgotten after so long: about the time that vehicles stay, seconds.
const HIDDEN_HALF_S: f64 = 1200.0;
/// A bay that no working sensor looks at is unknown after this, seconds.
const UNKNOWN_AFTER_S: f64 = 10.0;
/// Faster than this a vehicle only passes, m/s.
const STANDING_MPS: f64 = 0.7;
/// One that moved faster has come or gone, m/s.
pub(super) const DRIVES_MPS: f64 = 1.2;
/// What was measured longer ago is no evidence, seconds.
const FRESH_S: f64 = 1.5;
/// A vehicle takes the bay that it covers most if it covers this share of it, or lies in it with half of itself; and each
/// other bay of which it covers this share for certain.
const COVERS: f64 = 0.3;
const LIES_IN: f64 = 0.5;
const COVERS_TOO: f64 = 0.25;
/// Less than this of a possible vehicle in view says nothing: detectors find hardly any of those.
const LEAST_IN_VIEW: f64 = 0.15;
/// A vehicle that is this far from where it stood has left, metres.
const LEFT_M: f64 = 4.0;

/// A bay and all that is remembered of it.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub state: BayState,
    pub max_stay_s: Option<f64>,
    polygon: Vec<[f64; 2]>,
    block: Block,
    area_m2: f64,
    sight: Sight,
    log_odds: f64,
    /// What evidence points to at present, and since when.
    looks: Option<(BayStatus, UtcMicros)>,
    unwatched_s: f64,
    occupant: Option<Occupant>,
}

/// The vehicle that was last seen standing in the bay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occupant {
    pub id: u64,
    pub block: Block,
    pub seen_at: UtcMicros,
}

/// A change from free to taken or back, both known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    Arrived,
    /// After so many seconds, if its arrival was seen.
    Left(Option<f64>),
}

/// A road user beside a bay.
pub(super) struct Claim<'a> {
    pub track: &'a Track,
    /// Whether it was seen to drive: a radar's echo of a post never was.
    pub has_driven: bool,
    /// Whether a camera, or the vehicle itself, vouches for it.
    pub is_seen: bool,
}

impl Watched {
    pub(super) fn new(bay: &Bay, lot_max_stay_s: Option<f64>, site: &SiteGeometry) -> Self {
        let block = block_of(&bay.polygon_enu_m);
        let state = BayState {
            id: bay.id.clone(),
            middle_enu_m: block.middle,
            status: BayStatus::Unknown,
            since: UtcMicros(0),
            change_seen: false,
            confidence: 0.5,
            hidden: false,
            sensors: Vec::new(),
            overstay_s: None,
        };
        Self {
            sight: Sight::of(&block, site),
            area_m2: area_m2(&bay.polygon_enu_m).max(1e-3),
            max_stay_s: bay.max_stay_s.or(lot_max_stay_s),
            polygon: bay.polygon_enu_m.clone(),
            log_odds: 0.0,
            looks: None,
            unwatched_s: 0.0,
            occupant: None,
            state,
            block,
        }
    }

    /// Nothing is known of it any more: time was set, or the service began.
    pub(super) fn forget(&mut self, at: UtcMicros) {
        (self.log_odds, self.looks, self.unwatched_s, self.occupant) = (0.0, None, 0.0, None);
        self.turn(at, BayStatus::Unknown, false);
    }

    /// The vehicle that stands here, as it was last seen, if the bay is taken.
    pub(super) fn kept(&self) -> Option<Occupant> {
        self.occupant.filter(|_| self.state.status == BayStatus::Occupied)
    }

    /// The share of the bay that a vehicle covers, the share of it that must lie in it for certain, and its own inside.
    pub(super) fn covered_by(&self, track: &Track) -> Covered {
        let reach_m = 0.5 * (track.length_m.unwrap_or(10.0) + self.block.size_m[0]) + self.block.size_m[1];
        let [e, n] = [0, 1].map(|axis: usize| track.position_enu_m[axis] - self.block.middle[axis]);
        if e.hypot(n) > reach_m {
            return Covered::default();
        }
        let block = Block::of(track, self.block.along);
        let [[ee, _], [_, nn]] = track.cov_position_m2;
        let sigma_m = (0.5 * (ee + nn)).max(0.0).sqrt();
        let lies_in = block.share_inside(&self.polygon, 0.0);
        let surely = block.share_inside(&self.polygon, sigma_m.min(1.0));
        let of_bay = block.area_m2() / self.area_m2;
        Covered { bay: lies_in * of_bay, bay_surely: surely * of_bay, lies_in }
    }

    /// One look after `after_s` seconds. `claims` stand or drive in this bay, `others` are all there is.
    pub(super) fn look(
        &mut self,
        at: UtcMicros,
        after_s: f64,
        claims: &[Claim<'_>],
        tracks: &[Track],
        (blocks, live): (&[Block], &[SensorId]),
    ) -> Option<Change> {
        let elsewhere: Vec<Block> =
            blocks.iter().filter(|block| !inside(&self.polygon, block.middle)).copied().collect();
        let seen = self.sight.now(&elsewhere, live);
        self.state.hidden = seen.watched && seen.share < LEAST_IN_VIEW;
        let stands = |claim: &&Claim<'_>| {
            let track = claim.track;
            let is_fresh = at.seconds_since(track.measured_at) <= FRESH_S;
            is_motor_vehicle(track.class)
                && track.speed_mps() < STANDING_MPS
                && is_fresh
                && (claim.is_seen || claim.has_driven)
        };
        if let Some(claim) = claims.iter().find(stands) {
            self.taken(at, after_s, claim);
        } else if self.has_left(tracks) {
            self.occupant = None;
            self.evidence(at, BayStatus::Free, -SUREST_BY_MOTION - self.log_odds, SUREST_BY_MOTION, &[]);
        } else if seen.share >= LEAST_IN_VIEW && claims.is_empty() {
            self.evidence(at, BayStatus::Free, -EMPTY_PER_S * seen.share * after_s, SUREST, &seen.cameras);
        } else {
            self.fade(after_s, seen.watched);
        }
        self.judge(at, &seen)
    }

    fn taken(&mut self, at: UtcMicros, after_s: f64, claim: &Claim<'_>) {
        let block = Block::of(claim.track, self.block.along);
        // One that is seen anew beside its bay is no reason to think that it stands there.
        let block =
            if inside(&self.polygon, block.middle) { block } else { Block { middle: self.block.middle, ..block } };
        self.occupant = Some(Occupant { id: claim.track.id, block, seen_at: at });
        let most = if claim.is_seen { SUREST } else { SUREST_BY_MOTION };
        self.evidence(at, BayStatus::Occupied, STANDS_PER_S * after_s, most, &claim.track.sources);
    }

    /// The vehicle that stood here drives somewhere else now.
    fn has_left(&self, tracks: &[Track]) -> bool {
        let Some(Occupant { id, block, .. }) = self.occupant else { return false };
        tracks.iter().any(|track| {
            let away = [0, 1].map(|axis: usize| track.position_enu_m[axis] - block.middle[axis]);
            track.id == id
                && track.speed_mps() > DRIVES_MPS
                && away[0].hypot(away[1]) > LEFT_M
                && !inside(&self.polygon, track.position_enu_m)
        })
    }

    fn evidence(&mut self, at: UtcMicros, towards: BayStatus, step: f64, most: f64, sensors: &[SensorId]) {
        if self.looks.is_none_or(|(looks, _)| looks != towards) {
            self.looks = Some((towards, at));
        }
        // What is surer already stays so: weak evidence for the same does not weaken it.
        let after = self.log_odds + step;
        let bound = if step > 0.0 { after.min(most.max(self.log_odds)) } else { after.max((-most).min(self.log_odds)) };
        self.log_odds = bound.clamp(-SUREST, SUREST);
        self.unwatched_s = 0.0;
        self.state.sensors = sensors.to_vec();
    }

    /// Nobody can tell at the moment.
    fn fade(&mut self, after_s: f64, watched: bool) {
        if watched {
            self.unwatched_s = 0.0;
            self.log_odds *= 0.5_f64.powf(after_s / HIDDEN_HALF_S);
        } else {
            self.unwatched_s += after_s;
        }
    }

    fn judge(&mut self, at: UtcMicros, seen: &Seen) -> Option<Change> {
        let before = (self.state.status, self.state.since, self.state.change_seen);
        if self.unwatched_s >= UNKNOWN_AFTER_S {
            self.log_odds = 0.0;
            self.looks = None;
        }
        let decided = if self.log_odds >= DECIDED - 1e-9 {
            BayStatus::Occupied
        } else if self.log_odds <= -DECIDED + 1e-9 {
            BayStatus::Free
        } else if self.log_odds.abs() < UNDECIDED
            && (self.unwatched_s > 0.0 || self.state.hidden || seen.cameras.is_empty())
        {
            BayStatus::Unknown
        } else {
            before.0
        };
        if decided != before.0 {
            let since = self.looks.filter(|(looks, _)| *looks == decided).map_or(at, |(_, since)| since);
            self.turn(since, decided, before.0 != BayStatus::Unknown && decided != BayStatus::Unknown);
        }
        let of_taken = 1.0 / (1.0 + (-self.log_odds).exp());
        self.state.confidence = match self.state.status {
            BayStatus::Occupied => of_taken,
            BayStatus::Free => 1.0 - of_taken,
            BayStatus::Unknown => of_taken.max(1.0 - of_taken),
        };
        let over_s = self.max_stay_s.map(|most_s| at.seconds_since(self.state.since) - most_s);
        self.state.overstay_s = over_s.filter(|over_s| self.state.status == BayStatus::Occupied && *over_s > 0.0);
        match (before.0, decided) {
            (BayStatus::Free, BayStatus::Occupied) => Some(Change::Arrived),
            (BayStatus::Occupied, BayStatus::Free) => {
                Some(Change::Left(before.2.then(|| self.state.since.seconds_since(before.1))))
            }
            _ => None,
        }
    }

    fn turn(&mut self, since: UtcMicros, status: BayStatus, change_seen: bool) {
        self.state.status = status;
        self.state.since = since;
        self.state.change_seen = change_seen;
        if status != BayStatus::Occupied {
            self.state.overstay_s = None;
        }
        if status == BayStatus::Unknown {
            self.occupant = None;
            self.state.sensors = Vec::new();
            self.state.confidence = 0.5;
        }
    }
}

/// How a vehicle lies to a bay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Covered {
    /// Share of the bay that it covers.
    pub bay: f64,
    /// The same, if it is smaller by how far off it may be.
    pub bay_surely: f64,
    /// Share of it that lies in the bay.
    pub lies_in: f64,
}

impl Covered {
    /// Whether it takes the bay; `most`: none covers it more of those that it lies in.
    pub(super) fn takes(&self, most: bool) -> bool {
        if most { self.bay >= COVERS || self.lies_in >= LIES_IN } else { self.bay_surely >= COVERS_TOO }
    }
}

/// Longest step that counts as evidence, seconds: a gap says nothing.
pub(super) const LONGEST_STEP_S: f64 = 1.0;

/// Whether a road user may be a vehicle in a bay. One whose class nobody knows takes no bay, and frees none either.
pub(super) fn may_take(track: &Track) -> bool {
    is_motor_vehicle(track.class) || track.class == Class::Unknown
}

/// Whether a vehicle may stand on more than one bay.
pub(super) fn is_long(track: &Track) -> bool {
    track.length_m.unwrap_or(class_prior(track.class).length_m) > 7.0
}

/// Whether a road user could hide a parked car.
pub(super) fn is_tall(track: &Track) -> bool {
    track.height_m.unwrap_or(class_prior(track.class).height_m) > 1.2 && is_motor_vehicle(track.class)
}
