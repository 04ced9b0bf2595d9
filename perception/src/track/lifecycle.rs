//! How tracks are born, believed, doubted, hidden, merged and buried.

use nalgebra::{Matrix2, Matrix4, Vector2, Vector4};

use super::camera::Place;
use super::doubt::Word;
use super::evidence::{Kind, Tally};
use super::fuse::Attributes;
use super::history::{Filter, Observation};
use super::motion::{Gaussian, Noise};
use super::sight::Sight;
use crate::lift::{CameraMeasurement, RadarMeasurement};
use crate::priors::{class_prior, is_motor_vehicle, seen_prior};
use crate::time::UtcMicros;

/// Log odds of existence are kept within these.
const LOG_ODDS_RANGE: [f64; 2] = [-4.0, 5.0];
/// At or above this, and with enough hits, a track is confirmed.
const CONFIRM_LOG_ODDS: f64 = 2.0;
const CONFIRM_HITS: u32 = 3;
/// A track's place is sure enough to be shown when its variance is below this, m², or after more hits than this.
const SHOW_M2: f64 = 0.5;
const SHOW_HITS: u32 = 6;
/// Time constant of the mean detector score, in detections.
const SCORE_MEMORY: f64 = 30.0;
/// A person that the detector is never sure of and that has not moved this far for [`STATUE_AFTER_S`] is a thing.
const STATUE_REACH_M: f64 = 1.2;
const STATUE_AFTER_S: f64 = 15.0;
const STATUE_SCORE: f64 = 0.6;

/// A track that is not confirmed goes when nothing measures it for this long.
const TENTATIVE_UNSEEN_S: f64 = 1.2;

/// Of a track that has not told of its sensors' errors yet, how much of a measurement counts; after how many the share
/// has halved; and how far it must go to be as good as new, metres.
const TELLS: f64 = 0.1;
const TELLS_OFTEN: f64 = 20.0;
const TELLS_ANEW_M: f64 = 20.0;
/// After so long without a word of another sensor a track is one sensor's own.
const ALONE_S: f64 = 3.0;
/// How far a track goes until its lane is looked up again, metres.
const LOOK_AGAIN_M: f64 = 0.5;
/// A track whose place is less sure than this is lost, m².
const LOST_M2: f64 = 60.0;
/// No road user reaches farther from its middle, metres, and by so much its speed is guessed wrong, m/s.
const LONGEST_M: f64 = 10.0;
const SWERVE_MPS: f64 = 6.0;
/// For so long no number of misses ends a confirmed track: they come in bursts.
const BELIEVE_UNSEEN_S: f64 = 3.0;

/// A radar's return this soon after the last one is of the next scan, and for how long clutter stays where it is, seconds.
const AT_ONCE_S: f64 = 0.1;
const CLUTTER_LASTS_S: f64 = 0.5;

pub(crate) const NEVER: UtcMicros = UtcMicros(i64::MIN);

/// A track and all that is remembered of it.
#[derive(Clone, Debug)]
pub(crate) struct Tracked {
    pub id: u64,
    pub born_at: UtcMicros,
    pub filter: Filter,
    pub attributes: Attributes,
    pub log_odds: f64,
    pub tally: Tally,
    pub hits: u32,
    pub confirmed: bool,
    /// Whether its id is known outside: it has been sure enough to be in the picture.
    pub introduced: bool,
    /// Capture time of the last hit, by sensor index.
    pub last_hit: Vec<UtcMicros>,
    /// How good each sensor's measurements of it are, by sensor index.
    pub words: Vec<Word>,
    pub measured_at: UtcMicros,
    /// When it last told of itself.
    pub reported_at: UtcMicros,
    mean_score: f64,
    radar_hits: u32,
    /// When a camera last saw it.
    pub seen_at: UtcMicros,
    /// Where it was when it last was found to have moved, and when.
    anchor: Vector2<f64>,
    anchored_at: UtcMicros,
    has_moved: bool,
    /// How often it has told of its sensors' errors from about here.
    told: f64,
    told_at: Vector2<f64>,
    /// Where its lane was last looked up.
    located_at: Vector2<f64>,
}

impl Tracked {
    pub(crate) fn from_camera(
        id: u64,
        at: UtcMicros,
        measured: &CameraMeasurement,
        place: Place,
        sensors: usize,
    ) -> Self {
        let prior = seen_prior(measured.detection.class);
        let start =
            gaussian(place.0, Vector2::zeros(), &place.1, &(Matrix2::identity() * (prior.speed_mps * prior.speed_mps)));
        let mut track = Self::new(id, at, start, sensors);
        track.seen_at = at;
        track.attributes.hear_camera(measured.detection.class, measured.detection.score);
        if let Some(apparent) = &measured.apparent {
            track.attributes.hear_height(apparent);
        }
        track.mean_score = measured.detection.score;
        track.log_odds = -1.0 + camera_gain(measured.detection.score);
        track
    }

    pub(crate) fn from_radar(id: u64, at: UtcMicros, measured: &RadarMeasurement, sensors: usize) -> Self {
        let toward = measured.line_of_sight;
        let mut attributes = Attributes::new();
        attributes.hear_radar(measured.rcs_dbsm);
        let prior = class_prior(attributes.class());
        let speed = measured.radial_speed_mps.unwrap_or(0.0);
        let along = if measured.radial_speed_mps.is_some() { 0.5 } else { prior.speed_mps };
        let lengthwise = toward * toward.transpose();
        let crosswise = Matrix2::identity() - lengthwise;
        let velocity_cov = lengthwise * (along * along) + crosswise * (0.25 * prior.speed_mps * prior.speed_mps + 1.0);
        let half_m = 0.25 * (prior.length_m + prior.width_m);
        let cov = measured.cov_m2 + Matrix2::identity() * (0.5 * half_m * half_m + 0.04);
        let start = gaussian(measured.position_enu_m + toward * half_m, toward * speed, &cov, &velocity_cov);
        let mut track = Self::new(id, at, start, sensors);
        track.attributes = attributes;
        track.radar_hits = 1;
        track.log_odds = -1.5;
        track
    }

    fn new(id: u64, at: UtcMicros, start: Gaussian, sensors: usize) -> Self {
        Self {
            id,
            born_at: at,
            filter: Filter::new(at, start),
            attributes: Attributes::new(),
            log_odds: 0.0,
            tally: Tally::new(at),
            hits: 1,
            confirmed: false,
            introduced: false,
            last_hit: vec![NEVER; sensors],
            words: vec![Word::default(); sensors],
            measured_at: at,
            reported_at: NEVER,
            mean_score: 0.5,
            radar_hits: 0,
            seen_at: NEVER,
            anchor: start.position(),
            anchored_at: at,
            has_moved: false,
            told: 0.0,
            told_at: start.position(),
            located_at: Vector2::repeat(f64::INFINITY),
        }
    }

    /// One begun with this place and velocity, each with its covariance.
    pub(crate) fn begun(
        id: u64,
        at: UtcMicros,
        (position, position_cov): (Vector2<f64>, Matrix2<f64>),
        (velocity, velocity_cov): (Vector2<f64>, Matrix2<f64>),
        sensors: usize,
    ) -> Self {
        Self::new(id, at, gaussian(position, velocity, &position_cov, &velocity_cov), sensors)
    }

    pub(crate) fn noise(&self) -> Noise {
        self.attributes.noise()
    }

    /// The state at a time, one Gaussian.
    pub(crate) fn state_at(&self, at: UtcMicros) -> Gaussian {
        self.filter.at(at, &self.noise()).combined()
    }

    /// Whether a sensor may see it at a time: by where its newest state leads to, and how sure that is.
    pub(crate) fn may_be_seen(&self, sight: &Sight, at: UtcMicros) -> bool {
        let latest = self.filter.latest();
        let passed_s = at.seconds_since(self.measured_at);
        let reach_m = LONGEST_M + 4.0 * latest.position_cov().trace().sqrt() + SWERVE_MPS * passed_s.abs();
        sight.may_see(latest.position() + latest.velocity() * passed_s, reach_m)
    }

    /// Takes a measurement that was assigned to it.
    pub(crate) fn hit(&mut self, sensor: usize, observation: Observation, gain: f64) {
        if !self.take(observation) {
            return;
        }
        self.hits += 1;
        self.log_odds = (self.log_odds + gain).min(LOG_ODDS_RANGE[1]);
        self.last_hit[sensor] = self.last_hit[sensor].max(observation.at);
        if self.hits >= CONFIRM_HITS && self.log_odds >= CONFIRM_LOG_ODDS {
            self.confirmed = true;
        }
    }

    /// Filters a measurement at its own time. One that comes too late for that is not used: gives `false`.
    pub(crate) fn take(&mut self, observation: Observation) -> bool {
        let noise = self.noise();
        if !self.filter.insert(observation, &noise) {
            return false;
        }
        self.measured_at = self.measured_at.max(observation.at);
        let newest = *self.filter.latest();
        self.note_place(&newest);
        // Left its place lately: what stands long again may only be jittering.
        let moved = self.has_moved && self.measured_at.seconds_since(self.anchored_at) < 3.0;
        self.attributes.hear_motion(&newest, moved);
        if self.filter.newest().1.standing() > 0.5
            && let Some(off) = self.attributes.lie_along_bay(newest.position())
        {
            // Its middle was worked out from how it seemed to lie.
            let off_m = 0.5 * self.attributes.size_m()[0] * off.sin();
            self.filter.doubt(off_m * off_m);
        }
        true
    }

    pub(crate) fn hear_score(&mut self, at: UtcMicros, score: f64) {
        self.tally.hit(at, Kind::Camera);
        self.mean_score += (score - self.mean_score) / SCORE_MEMORY.min(f64::from(self.hits) + 1.0);
    }

    pub(crate) fn hear_radar(&mut self, at: UtcMicros) {
        self.tally.hit(at, Kind::Radar);
        self.radar_hits += 1;
    }

    pub(crate) fn miss(&mut self, at: UtcMicros, kind: Kind, detection_probability: f64) {
        self.tally.miss(at, kind, detection_probability);
        let doubt = (1.0 - detection_probability.clamp(0.0, 0.95)).ln();
        self.log_odds = (self.log_odds + doubt).max(LOG_ODDS_RANGE[0]);
    }

    fn note_place(&mut self, state: &Gaussian) {
        let sigma_m = (state.position_cov().trace() / 2.0).sqrt();
        if (state.position() - self.anchor).norm() > STATUE_REACH_M + 3.0 * sigma_m {
            self.anchor = state.position();
            self.anchored_at = self.measured_at;
            // What a radar alone measures from afar wanders without moving: it must also have had the speed for it.
            let sigma_mps = (state.velocity_cov().trace() / 2.0).sqrt();
            self.has_moved |= state.velocity().norm() > (3.0 * sigma_mps).max(0.5);
        }
    }

    /// Whether its place is sure enough for the picture.
    pub(crate) fn is_placed(&self, at: UtcMicros) -> bool {
        self.hits > SHOW_HITS || self.state_at(at).position_cov().trace() < SHOW_M2
    }

    /// Whether it is no road user, however real.
    pub(crate) fn is_thing(&self) -> bool {
        self.is_statue() || self.is_furniture()
    }

    /// A sign or a tripod that a detector half takes for a person: it stands, and no one is ever sure of it.
    fn is_statue(&self) -> bool {
        !is_motor_vehicle(self.attributes.class())
            && self.radar_hits == 0
            && self.seen_at != NEVER
            && self.mean_score < STATUE_SCORE
            && self.measured_at.seconds_since(self.anchored_at) > STATUE_AFTER_S
    }

    /// Radars see posts and kerbs for ever: what no camera ever saw and what never moved is no road user.
    fn is_furniture(&self) -> bool {
        self.radar_hits >= self.hits && !self.has_moved
    }

    /// When it last was found to have moved.
    pub(crate) fn anchored_at(&self) -> UtcMicros {
        self.anchored_at
    }

    pub(crate) fn has_moved(&self) -> bool {
        self.has_moved
    }

    /// Mean score of its detections, 0 to 1.
    pub(crate) fn mean_score(&self) -> f64 {
        self.mean_score
    }

    /// Share of its measurements that are radars', 0 to 1.
    pub(crate) fn radar_share(&self) -> f64 {
        f64::from(self.radar_hits) / f64::from(self.hits.max(1))
    }

    pub(crate) fn existence(&self) -> f64 {
        1.0 / (1.0 + (-self.log_odds).exp())
    }

    /// Whether it is worth keeping at `now`.
    pub(crate) fn lives(&self, now: UtcMicros, keep_unseen_s: f64) -> bool {
        let unseen_s = now.seconds_since(self.measured_at);
        if unseen_s > 1.0 {
            let (newest_at, newest) = self.filter.newest();
            let state = newest.predicted(now.seconds_since(newest_at).max(0.0), &self.noise()).combined();
            if !state.is_sound() || state.position_cov().trace() > LOST_M2 {
                return false;
            }
        }
        if self.confirmed {
            (self.log_odds > -3.0 || unseen_s < BELIEVE_UNSEEN_S) && unseen_s < keep_unseen_s
        } else {
            self.log_odds > -2.5 && unseen_s < TENTATIVE_UNSEEN_S
        }
    }

    /// Whether it is far enough from where its lane was last looked up for another look; notes that it is taken.
    pub(crate) fn has_left(&mut self, position: Vector2<f64>) -> bool {
        let left = (position - self.located_at).norm() >= LOOK_AGAIN_M;
        if left {
            self.located_at = position;
        }
        left
    }

    /// How much what it tells of its sensors' errors counts now; notes that it has told. What is wrong with a track stays
    /// wrong while it stands, and changes as it goes and is seen from elsewhere.
    pub(crate) fn tells(&mut self, position: Vector2<f64>) -> f64 {
        self.told *= (-(position - self.told_at).norm() / TELLS_ANEW_M).exp();
        self.told_at = position;
        self.told += 1.0;
        TELLS / (1.0 + self.told / TELLS_OFTEN)
    }

    /// Whether another sensor has measured it just before.
    pub(crate) fn measured_by_others(&self, sensor: usize, at: UtcMicros) -> bool {
        self.last_hit.iter().enumerate().any(|(other, hit)| other != sensor && at.seconds_since(*hit).abs() < 0.5)
    }

    /// Whether this sensor alone has measured it for [`ALONE_S`], so that its place is as that sensor has it.
    pub(crate) fn measured_only_by(&self, sensor: usize, at: UtcMicros) -> bool {
        let silent = |hit: UtcMicros| hit == NEVER || at.seconds_since(hit) > ALONE_S;
        self.last_hit[sensor] != NEVER
            && self.last_hit.iter().enumerate().all(|(other, hit)| other == sensor || silent(*hit))
    }

    /// Whether both were seen as two by one camera in one frame lately.
    pub(crate) fn seen_apart(&self, other: &Self) -> bool {
        let newest = self.measured_at.max(other.measured_at);
        self.last_hit.iter().zip(&other.last_hit).any(|(a, b)| a == b && *a != NEVER && newest.seconds_since(*a) < 1.0)
    }
}

/// What a detection of this score adds to the log odds of existence.
pub(crate) fn camera_gain(score: f64) -> f64 {
    (0.5 + 2.5 * (score - 0.3)).clamp(0.1, 2.0)
}

/// What a radar's return adds to them, so long after its last one: up to twice as much if that was not just before. Clutter
/// is seldom in the same place again after a while; what a radar hardly sees, a person in rain, is known by coming again.
pub(crate) fn radar_gain(moves: bool, since_last_s: f64) -> f64 {
    let at_once = if moves { 0.8 } else { 0.4 };
    let silent_s = (since_last_s - AT_ONCE_S).max(0.0);
    at_once * (2.0 - (-silent_s / CLUTTER_LASTS_S).exp())
}

fn gaussian(p: Vector2<f64>, v: Vector2<f64>, cov_p: &Matrix2<f64>, cov_v: &Matrix2<f64>) -> Gaussian {
    let mut cov = Matrix4::zeros();
    cov.fixed_view_mut::<2, 2>(0, 0).copy_from(cov_p);
    cov.fixed_view_mut::<2, 2>(2, 2).copy_from(cov_v);
    Gaussian { mean: Vector4::new(p.x, p.y, v.x, v.y), cov }
}
