//! Who tells of itself: what each sender said last, whether that goes together, and which track it is.

use nalgebra::Vector2;

use super::claim::{Claim, Disbelief};
use super::lifecycle::NEVER;
use crate::detection::SenderId;
use crate::time::UtcMicros;

/// Most tracks that a sender is compared with.
const CANDIDATES: usize = 6;
/// Most senders remembered; the junction of a city is reached by fewer within a radio's range.
const CAPACITY: usize = 512;
/// A sender is forgotten after so long, seconds.
const KEPT_S: f64 = 5.0;
/// A sender that has been silent for so long may have changed its name: another may take its track, seconds.
const SILENT_S: f64 = 0.35;
/// What a step from one report to the next may be off by what speeds and accelerations allow: metres, m/s².
const JUMP_M: f64 = 2.5;
const ACCELERATION_MPS2: f64 = 12.0;
/// A step is looked at when it takes no longer, seconds.
const STEP_S: f64 = 1.5;
/// Speed assumed of who says none, m/s.
const UNKNOWN_SPEED_MPS: f64 = 15.0;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sender {
    pub id: SenderId,
    /// The track that it is.
    pub track: Option<u64>,
    /// Reports on end that go together.
    pub run: u32,
    /// Reports on end that did not fit its track.
    pub misfits: u32,
    /// When its place last was taken for one.
    pub counted_at: Option<UtcMicros>,
    /// The tracks that it may be.
    pub candidates: Candidates,
    at: UtcMicros,
    position: Vector2<f64>,
    velocity: Option<Vector2<f64>>,
}

/// A track that a sender may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub track: u64,
    /// How far what it says lies from the track, mean of late, metres.
    pub offset: Vector2<f64>,
    /// Squared distances of offset and velocity of one report from what they should be, mean of late.
    pub strain: f64,
    /// Reports compared.
    pub count: u32,
    /// Squared distance of the place of what was said last.
    pub bias: f64,
    /// How badly it fits in all.
    pub cost: f64,
}

/// The few best of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Candidates([Option<Candidate>; CANDIDATES]);

impl Candidates {
    pub(crate) fn of(&self, track: u64) -> Option<Candidate> {
        self.0.iter().flatten().find(|one| one.track == track).copied()
    }

    /// Adds one, in the place of the worst if there is no room.
    pub(crate) fn add(&mut self, one: Candidate) {
        let rank = |slot: &Option<Candidate>| slot.map_or(f64::MAX, |held| held.cost);
        if let Some(worst) = self.0.iter_mut().max_by(|a, b| rank(a).total_cmp(&rank(b)))
            && rank(worst) > one.cost
        {
            *worst = Some(one);
        }
    }

    /// The best, and the cost of the next.
    pub(crate) fn best(&self) -> Option<(Candidate, f64)> {
        let best = self.0.iter().flatten().min_by(|a, b| a.cost.total_cmp(&b.cost))?;
        let others = self.0.iter().flatten().filter(|other| other.track != best.track);
        Some((*best, others.map(|other| other.cost).fold(f64::MAX, f64::min)))
    }
}

/// Looked through from end to end: there are a few hundred at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Senders(Vec<Sender>);

impl Senders {
    /// The sender's place in the list, after what it says now was compared with what it said before.
    pub(crate) fn hear(&mut self, id: SenderId, claim: &Claim) -> Result<usize, Disbelief> {
        let Some(index) = self.0.iter().position(|sender| sender.id == id) else { return self.add(id, claim) };
        let sender = &mut self.0[index];
        let passed_s = claim.at.seconds_since(sender.at);
        if passed_s <= 0.0 {
            // A clock that was set far back begins anew.
            if passed_s < -KEPT_S {
                *sender = first(id, claim);
                return Ok(index);
            }
            return Err(Disbelief::Repeated);
        }
        let follows = passed_s > STEP_S || follows(sender, claim, passed_s);
        sender.run = if passed_s > STEP_S || !follows { 1 } else { sender.run.saturating_add(1) };
        (sender.at, sender.position, sender.velocity) = (claim.at, claim.position, claim.velocity_mps());
        if follows { Ok(index) } else { Err(Disbelief::Teleport) }
    }

    fn add(&mut self, id: SenderId, claim: &Claim) -> Result<usize, Disbelief> {
        if self.0.len() >= CAPACITY {
            self.0.retain(|sender| claim.at.seconds_since(sender.at).abs() < KEPT_S);
        }
        if self.0.len() >= CAPACITY {
            return Err(Disbelief::TooManySenders);
        }
        self.0.push(first(id, claim));
        Ok(self.0.len() - 1)
    }

    pub(crate) fn get(&mut self, index: usize) -> &mut Sender {
        &mut self.0[index]
    }

    /// The sender that is this track and still speaks, other than the one at `index`.
    pub(crate) fn who_is(&self, track: u64, index: usize, at: UtcMicros) -> Option<&Sender> {
        let speaks = |sender: &Sender| at.seconds_since(sender.at).abs() < SILENT_S;
        let others = self.0.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, sender)| sender);
        others.into_iter().find(|sender| sender.track == Some(track) && speaks(sender))
    }

    /// Lets go of a track, whoever is it.
    pub(crate) fn free(&mut self, track: u64) {
        self.0.iter_mut().filter(|sender| sender.track == Some(track)).for_each(Sender::let_go);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

fn first(id: SenderId, claim: &Claim) -> Sender {
    let (at, position, velocity) = (claim.at, claim.position, claim.velocity_mps());
    let candidates = Candidates::default();
    Sender { id, track: None, run: 1, misfits: 0, counted_at: None, candidates, at, position, velocity }
}

/// Whether it can have come from there to here.
fn follows(sender: &Sender, claim: &Claim, passed_s: f64) -> bool {
    let moved = claim.position - sender.position;
    let swerve_m = 0.5 * ACCELERATION_MPS2 * passed_s * passed_s;
    match (sender.velocity, claim.velocity_mps()) {
        (Some(before), Some(now)) => {
            let expected = (before + now) * (0.5 * passed_s);
            (now - before).norm() <= ACCELERATION_MPS2 * passed_s.max(0.1) + 1.0
                && (moved - expected).norm() <= JUMP_M + swerve_m
        }
        _ => moved.norm() <= JUMP_M + UNKNOWN_SPEED_MPS * passed_s,
    }
}

impl Sender {
    /// It is no track any more, and begins anew.
    pub(crate) fn let_go(&mut self) {
        (self.track, self.misfits, self.run) = (None, 0, 0);
    }

    /// How long ago its place was last taken, seconds.
    pub(crate) fn since_counted_s(&self, at: UtcMicros) -> Option<f64> {
        self.counted_at.map(|counted| at.seconds_since(counted).abs()).filter(|_| self.counted_at != Some(NEVER))
    }
}
