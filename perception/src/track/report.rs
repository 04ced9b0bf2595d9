//! What road users say of themselves, fused into the same tracks.
//!
//! Anybody with a radio can say anything, so a report never stands against the sensors: it is taken for a track that fits
//! it, or by itself where no sensor would see who sent it, and nowhere else. Its sender is bound to the track as long as
//! it calls itself the same and fits. The bias of its place (`claim.rs`) makes a report after another one worth little as a
//! place; what it says of velocity, size and class is what carries a track through where no sensor sees it.

use nalgebra::{Matrix2, Vector2};

use super::claim::{Claim, Disbelief};
use super::history::Observation;
use super::lifecycle::{NEVER, Tracked};
use super::motion::{Gaussian, Radial};
use super::senders::{Candidate, Candidates};
use super::step::Tracker;
use crate::detection::{Class, SelfReport};
use crate::frames::unit_from_heading;
use crate::lift::View;
use crate::priors::class_prior;
use crate::time::UtcMicros;

/// What tells of itself, among the sources of a track.
pub const V2X: &str = "v2x";

/// For how long the bias of satellite positioning lasts, seconds: an autocorrelation measured over 20 days bends at about a
/// minute (D. L. Wilson, "GPS horizontal position accuracy: correlation of errors").
const BIAS_MEMORY_S: f64 = 60.0;
/// Squared Mahalanobis distance of place beyond which a report is not of a track, and beyond which no sender is bound to
/// it; and of velocity.
const GATE: f64 = 20.0;
const BIND_GATE: f64 = 6.0;
const PACE_GATE: f64 = 36.0;
/// How far a bias wanders while an offset is averaged, m², and how alike two velocities may be measured, (m/s)².
const WANDER_M2: f64 = 0.15;
const SAME_PACE_M2PS2: f64 = 0.1;
/// Share of the newest report in the mean of offset and strain; how many independent reports such a mean is worth.
const NEWEST_SHARE: f64 = 0.1;
const WORTH: f64 = 4.0;
/// Squared distance of offset and velocity of one report from what they were and should be: as usual, and beyond what is
/// believed of a sender's own track.
const USUAL_STRAIN: f64 = 4.0;
const STRAINED: f64 = 9.0;
/// The most that one of the two says.
const MOST_STRAIN: f64 = 16.0;
/// Cost by which a sender's track must fit better than the next.
const CLEARLY: f64 = 10.0;
/// No track farther away is looked at, metres.
const REACH_M: f64 = 40.0;
/// Nothing is born nearer to a track than this many standard deviations of the report, nor than this, metres.
const APART_SIGMA: f64 = 4.0;
const APART_M: f64 = 3.0;
/// Reports on end that go together before a sender is bound, and before it is a track of its own.
const BIND_RUN: u32 = 3;
const BIND_COUNT: u32 = 5;
const BIRTH_RUN: u32 = 8;
/// Reports on end that do not fit before a sender is let go.
const MISFITS: u32 = 10;
/// Log odds that a report adds, and no more than which it makes, where nothing but reports is known: 0.7.
const GAIN: f64 = 0.2;
const UNSEEN_LOG_ODDS: f64 = 0.85;
/// Most tracks that only reports know.
const MOST_UNSEEN: usize = 64;
/// Who says what it is knows that better than a detector: how many detections it counts for where tracks are compared.
const CLASS_WORTH: f64 = 4.0;
/// Variance of what is said of a size, m², and the most that a size that does not fit costs.
const SIZE_NOISE_M2: f64 = 0.04;
const MOST_SIZE_COST: f64 = 4.0;
/// While a sensor has measured it within so long, seconds, it is the sensors that say how a track moves, and what a report
/// says of that is worth so much less, (m/s)². In full, it would drag a young track along, and then fit what it has dragged.
const GLANCE_S: f64 = 0.5;
const GUEST_PACE_M2PS2: f64 = 9.0;
/// Without a word of any sensor for so long, a track where sensors see is no longer what is reported, seconds.
const SILENCE_S: f64 = 2.0;
/// A sensor that has said nothing for so long sees nothing, seconds.
const DEAD_S: f64 = 1.0;
/// Height in a picture, and radial speed to a radar, above which a thing must be found, pixels, m/s; height of the line of
/// sight that must be free, metres.
const SURE_PX: f64 = 40.0;
const SURE_MPS: f64 = 2.0;
const SIGHT_UP_M: f64 = 1.0;

/// What became of a self-report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It updated the track that its sender is.
    Updated,
    /// Its sender was found among the tracks, which it then updated.
    Bound,
    /// Nobody else knew of its sender: a new track.
    Born,
}

impl Tracker {
    /// Takes what a road user says of itself, at the time of which it says it. It moves no clock: scans are in time or late
    /// whatever is reported.
    ///
    /// # Errors
    /// Why it is not used.
    pub fn hear(&mut self, report: &SelfReport) -> Result<Heard, Disbelief> {
        let claim = Claim::of(report)?;
        if self.newest != NEVER && self.newest.seconds_since(claim.at) > self.settings.max_late_s {
            return Err(Disbelief::Late);
        }
        let sender = self.senders.hear(report.sender, &claim)?;
        let near = self.weigh(sender, &claim);
        if let Some(track) = self.senders.get(sender).track {
            return self.keep(sender, track, &claim).map(|()| Heard::Updated);
        }
        if self.senders.get(sender).run < BIND_RUN {
            return Err(Disbelief::NotPlaced);
        }
        match self.choose(sender, &claim, near)? {
            Some(track) => self.bind(sender, track, &claim).map(|()| Heard::Bound),
            None => self.begin_from_report(sender, &claim).map(|()| Heard::Born),
        }
    }

    /// Compares a report with every track that it may be of. What tells them apart is not how near they are, as the bias
    /// may be anything, but whether the offset stays the same and whether both go the same way. Gives whether a track is
    /// too near for another one to be born.
    fn weigh(&mut self, sender: usize, claim: &Claim) -> bool {
        let apart_m = APART_M + APART_SIGMA * claim.position_cov_m2().trace().sqrt();
        let mut found = Candidates::default();
        let known = self.senders.get(sender).candidates;
        let mut near = false;
        for track in &self.tracks {
            if (track.filter.latest().position() - claim.position).amax() > REACH_M {
                continue;
            }
            let state = track.state_at(claim.at);
            let offset = claim.position - state.position();
            near |= offset.norm() < apart_m;
            if let Some(candidate) = candidate(track, &state, claim, known.of(track.id)) {
                found.add(candidate);
            }
        }
        self.senders.get(sender).candidates = found;
        near
    }

    /// Updates the track that a sender is, or the one that it turns out to be.
    fn keep(&mut self, sender: usize, track: u64, claim: &Claim) -> Result<(), Disbelief> {
        let bound = self.senders.get(sender);
        let held = bound.candidates.of(track);
        let best = bound.candidates.best();
        if let (Some(held), Some((best, _))) = (held, best)
            && best.track != track
            && best.count >= BIND_COUNT
            && held.cost - best.cost > CLEARLY
            && self.may_take(best, sender, claim)
        {
            return self.bind(sender, best.track, claim);
        }
        let bound = self.senders.get(sender);
        let Some(held) = held.filter(|held| held.strain < STRAINED) else {
            bound.misfits += 1;
            if bound.misfits >= MISFITS || self.tracks.binary_search_by_key(&track, |track| track.id).is_err() {
                self.senders.get(sender).let_go();
            }
            return Err(Disbelief::Misfit);
        };
        bound.misfits = 0;
        self.follow(sender, held.track, claim)
    }

    /// The track that a sender is, if there is one beyond doubt; `None` if there is none near.
    fn choose(&mut self, sender: usize, claim: &Claim, near: bool) -> Result<Option<u64>, Disbelief> {
        let Some((best, second)) = self.senders.get(sender).candidates.best() else {
            return if near { Err(Disbelief::NotPlaced) } else { Ok(None) };
        };
        let doubtful = best.count < BIND_COUNT || best.strain > STRAINED || best.bias > BIND_GATE;
        if doubtful || second - best.cost < CLEARLY {
            return Err(Disbelief::NotPlaced);
        }
        if self.may_take(best, sender, claim) { Ok(Some(best.track)) } else { Err(Disbelief::Taken) }
    }

    /// Whether no other sender that still speaks is this track, or fits it much worse.
    fn may_take(&self, wanted: Candidate, sender: usize, claim: &Claim) -> bool {
        let other = self.senders.who_is(wanted.track, sender, claim.at);
        other.is_none_or(|other| other.candidates.of(wanted.track).is_none_or(|held| held.cost - wanted.cost > CLEARLY))
    }

    fn bind(&mut self, sender: usize, track: u64, claim: &Claim) -> Result<(), Disbelief> {
        self.senders.free(track);
        let bound = self.senders.get(sender);
        (bound.track, bound.misfits) = (Some(track), 0);
        self.follow(sender, track, claim)
    }

    /// Updates a sender's track.
    fn follow(&mut self, sender: usize, track: u64, claim: &Claim) -> Result<(), Disbelief> {
        let Ok(index) = self.tracks.binary_search_by_key(&track, |track| track.id) else {
            return Err(Disbelief::Misfit);
        };
        let unsensed_s = self.tracks[index].unsensed_s(claim.at);
        let alone = unsensed_s > SILENCE_S;
        if alone && self.must_be_seen(claim, index) {
            return Err(Disbelief::Contradicted);
        }
        let cov = claim.place_cov_m2(self.senders.get(sender).since_counted_s(claim.at), BIAS_MEMORY_S);
        let doubt = if unsensed_s < GLANCE_S { GUEST_PACE_M2PS2 } else { 0.0 };
        let doubted = |one: Radial| Some(Radial { variance: one.variance + doubt, ..one });
        let [radial, beside] = claim.velocity.map_or([None; 2], |both| both.map(doubted));
        let observation = Observation { at: claim.at, position: claim.position, cov, radial, beside };
        if !self.tracks[index].hear_report(observation, claim, alone) {
            return Err(Disbelief::Late);
        }
        self.senders.get(sender).counted_at = Some(claim.at);
        Ok(())
    }

    /// A track of its own, where no sensor would see it.
    fn begin_from_report(&mut self, sender: usize, claim: &Claim) -> Result<(), Disbelief> {
        if self.must_be_seen(claim, usize::MAX) {
            return Err(Disbelief::Contradicted);
        }
        if self.senders.get(sender).run < BIRTH_RUN {
            return Err(Disbelief::NotPlaced);
        }
        let unseen = self.tracks.iter().filter(|track| track.is_only_reported()).count();
        if unseen >= MOST_UNSEEN || self.tracks.len() >= self.settings.max_tracks {
            return Err(Disbelief::TooManyUnseen);
        }
        let id = self.take_id();
        self.tracks.push(Box::new(Tracked::from_report(id, claim, self.names.len())));
        let bound = self.senders.get(sender);
        (bound.track, bound.counted_at) = (Some(id), Some(claim.at));
        Ok(())
    }

    /// Whether a sensor that delivers could not but see who stands or drives where the report says. `track` is its own,
    /// which hides nothing from itself.
    fn must_be_seen(&self, claim: &Claim, track: usize) -> bool {
        let height_m = claim.size_m[2].unwrap_or(class_prior(claim.class).height_m);
        self.views.iter().zip(&self.scanned_at).any(|(view, scanned_at)| {
            if *scanned_at == NEVER || claim.at.seconds_since(*scanned_at) > DEAD_S {
                return false;
            }
            let from = match view {
                View::Camera(camera) => {
                    let [foot, head] =
                        [0.0, height_m].map(|up| camera.project([claim.position.x, claim.position.y, up]));
                    let (Some(foot), Some(head)) = (foot, head) else { return false };
                    let inside = |[u, v]: [f64; 2]| {
                        (0.05 * camera.width_px..0.95 * camera.width_px).contains(&u)
                            && (0.0..0.95 * camera.height_px).contains(&v)
                    };
                    if !(inside(foot) && inside(head) && foot[1] - head[1] > SURE_PX) {
                        return false;
                    }
                    camera.position_enu_m
                }
                View::Radar(radar, _) => {
                    let antenna = Vector2::new(radar.position_enu_m[0], radar.position_enu_m[1]);
                    let toward = (claim.position - antenna).try_normalize(1e-6).unwrap_or_default();
                    let radial = claim.velocity_mps().map_or(0.0, |velocity| velocity.dot(&toward).abs());
                    let small = matches!(claim.class, Class::Pedestrian | Class::Bicycle);
                    if small || radial < SURE_MPS || !radar.sees(claim.position.into()) {
                        return false;
                    }
                    radar.position_enu_m
                }
            };
            !self.is_hidden(from, claim, track)
        })
    }

    /// Whether a road user stands in the line of sight from a sensor.
    fn is_hidden(&self, from: [f64; 3], claim: &Claim, track: usize) -> bool {
        let (mast, up_m) = (Vector2::new(from[0], from[1]), from[2]);
        let line = claim.position - mast;
        let reach_m = line.norm();
        let Some(toward) = line.try_normalize(1e-6) else { return false };
        let aside = Vector2::new(toward.y, -toward.x);
        self.tracks.iter().enumerate().any(|(index, other)| {
            if index == track || !other.confirmed || other.is_only_reported() {
                return false;
            }
            let offset = other.filter.latest().position() - mast;
            let (ahead_m, beside_m) = (offset.dot(&toward), offset.dot(&aside));
            let [length_m, width_m, height_m] = other.attributes.size_m();
            let half_m = other.attributes.heading().map_or(0.5 * width_m, |heading| {
                let front = Vector2::from(unit_from_heading(heading));
                0.5 * (length_m * front.dot(&aside).abs() + width_m * front.dot(&toward).abs())
            });
            let sight_m = up_m + (SIGHT_UP_M - up_m) * ahead_m / reach_m;
            ahead_m > 1.0 && ahead_m < reach_m - 1.5 && beside_m.abs() < half_m + 0.5 && height_m > sight_m
        })
    }
}

/// What a report says of whether its sender is a track, after what `known` says. `None`: it is not.
fn candidate(track: &Tracked, state: &Gaussian, claim: &Claim, known: Option<Candidate>) -> Option<Candidate> {
    let squared = |z: Vector2<f64>, s: Matrix2<f64>| s.try_inverse().map_or(f64::MAX, |inverse| z.dot(&(inverse * z)));
    let offset = claim.position - state.position();
    let shape = track.attributes.shape_cov_m2(track.attributes.heading());
    let bias = squared(offset, state.position_cov() + claim.position_cov_m2() + shape);
    let pace = match (claim.velocity_mps(), claim.velocity_cov_m2ps2()) {
        (Some(velocity), Some(cov)) => {
            squared(velocity - state.velocity(), state.velocity_cov() + cov + Matrix2::identity() * SAME_PACE_M2PS2)
        }
        _ => 2.0,
    };
    if bias > GATE || pace > PACE_GATE {
        return None;
    }
    let unknown = Candidate { track: track.id, offset, strain: USUAL_STRAIN, count: 0, bias, cost: 0.0 };
    let mut one = known.unwrap_or(unknown);
    let moved = squared(offset - one.offset, state.position_cov() + claim.fresh_m2 + Matrix2::identity() * WANDER_M2);
    (one.count, one.bias) = (one.count.saturating_add(1), bias);
    let share = (1.0 / f64::from(one.count)).max(NEWEST_SHARE);
    one.offset += (offset - one.offset) * share;
    one.strain += (moved.min(MOST_STRAIN) + pace.min(MOST_STRAIN) - one.strain) * NEWEST_SHARE;
    let class = if claim.class == Class::Unknown {
        0.0
    } else {
        (CLASS_WORTH * track.attributes.class_cost(claim.class)).clamp(-4.0, 12.0)
    };
    one.cost = bias + WORTH * one.strain + class + size_cost(track, claim);
    Some(one)
}

/// How badly what it says of its size fits.
fn size_cost(track: &Tracked, claim: &Claim) -> f64 {
    let known = track.attributes.size_m().into_iter().zip(track.attributes.size_var_m2());
    let off = claim.size_m.into_iter().zip(known).filter_map(|(said_m, (size_m, var_m2))| {
        let off_m = said_m? - size_m;
        Some((off_m * off_m / (var_m2 + SIZE_NOISE_M2)).min(MOST_SIZE_COST))
    });
    off.sum()
}

impl Tracked {
    /// One that only its own reports know of.
    fn from_report(id: u64, claim: &Claim, sensors: usize) -> Self {
        let prior = class_prior(claim.class);
        let guess = Matrix2::identity() * (prior.speed_mps * prior.speed_mps);
        let (velocity, cov) = (claim.velocity_mps().unwrap_or_default(), claim.velocity_cov_m2ps2().unwrap_or(guess));
        let mut track = Self::begun(id, claim.at, (claim.position, claim.position_cov_m2()), (velocity, cov), sensors);
        (track.confirmed, track.introduced) = (true, true);
        track.reported_at = claim.at;
        track.attributes.hear_report(claim);
        track
    }

    /// Takes a report that is of it. `alone`: no sensor has measured it of late.
    fn hear_report(&mut self, observation: Observation, claim: &Claim, alone: bool) -> bool {
        if !self.take(observation) {
            return false;
        }
        self.reported_at = self.reported_at.max(claim.at);
        if self.is_only_reported() {
            self.hits += 1;
        }
        if alone && self.log_odds < UNSEEN_LOG_ODDS {
            self.log_odds = (self.log_odds + GAIN).min(UNSEEN_LOG_ODDS);
        }
        self.attributes.hear_report(claim);
        true
    }

    /// For how long no sensor has measured it, seconds.
    fn unsensed_s(&self, at: UtcMicros) -> f64 {
        let newest = self.last_hit.iter().copied().fold(NEVER, UtcMicros::max);
        at.seconds_since(newest)
    }

    /// Whether no sensor ever measured it.
    pub(super) fn is_only_reported(&self) -> bool {
        self.reported_at != NEVER && self.last_hit.iter().all(|hit| *hit == NEVER)
    }
}
