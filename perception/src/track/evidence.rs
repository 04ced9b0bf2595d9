//! What speaks for and against each track, as plain numbers: from them a learned model can say how probably a track is a
//! real road user. The tracker itself makes no use of them.

use nalgebra::Vector2;

use super::Track;
use super::lifecycle::{NEVER, Tracked};
use super::motion::Gaussian;
use super::step::Tracker;
use crate::detection::Class;
use crate::frames::unit_from_heading;
use crate::lift::View;
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Time constant with which [`Tally`] forgets, seconds.
const MEMORY_S: f64 = 1.0;
/// Times and distances beyond these say nothing more, seconds and metres.
const LONG_S: f64 = 30.0;
const FAR_M: f64 = 150.0;
const GAP_MOST: f64 = 4.0;
/// How far away others are company, metres.
const COMPANY_M: f64 = 12.0;
/// A sensor that measured it within this has it now, seconds.
const NOW_S: f64 = 0.3;

/// What speaks for and against a track. Everything is finite, whatever the track is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Whether the picture shows it by the rules of the tracker alone.
    pub shown: bool,
    /// Whether it stands as signs, posts and kerbs do.
    pub is_thing: bool,
    /// Whether it is in a lane for motor vehicles.
    pub in_lane: bool,
    /// Since it was born, seconds, 0 to 30.
    pub age_s: f64,
    /// Since anything measured it, seconds, 0 to 30.
    pub unmeasured_s: f64,
    /// Since a camera saw it, seconds, 0 to 30. `None`: none ever did.
    pub unseen_s: Option<f64>,
    /// Since it was last found to have moved, seconds, 0 to 30.
    pub still_s: f64,
    /// Whether it ever was fast enough to have moved beyond doubt.
    pub has_moved: bool,
    /// Measurements of it by cameras and by radars, fading with a time constant of 1 s.
    pub camera_hits: f64,
    /// See `camera_hits`.
    pub radar_hits: f64,
    /// How often a camera or a radar should have reported it and did not: sum of the probabilities, fading likewise.
    pub camera_misses: f64,
    /// See `camera_misses`.
    pub radar_misses: f64,
    /// All measurements in it.
    pub hits: f64,
    /// Share of them that are radars', 0 to 1.
    pub radar_share: f64,
    /// Mean score of the detections in it, 0 to 1; 0.5 without any.
    pub mean_score: f64,
    /// Log odds that it exists, -4 to 5.
    pub log_odds: f64,
    /// Ground speed, m/s, and its standard deviation.
    pub speed_mps: f64,
    /// Standard deviation of the velocity on either axis, m/s.
    pub velocity_sigma_mps: f64,
    /// Standard deviation of the position on either axis, metres.
    pub position_sigma_m: f64,
    /// What it most probably is.
    pub class: Class,
    /// How probable that class is, 0 to 1.
    pub class_probability: f64,
    /// Probability that it stands, 0 to 1.
    pub standing: f64,
    /// Mean radar cross-section less what its class usually has, dB. `None`: no radar said.
    pub rcs_off_db: Option<f64>,
    /// Cameras and radars that measured it in the last 0.3 s.
    pub cameras_now: f64,
    /// See `cameras_now`.
    pub radars_now: f64,
    /// Cameras and radars within whose field of view it is.
    pub cameras_in_view: f64,
    /// See `cameras_in_view`.
    pub radars_in_view: f64,
    /// To the nearest sensor in whose view it is, metres, 0 to 150; 150 if there is none.
    pub sensor_distance_m: f64,
    /// To the nearest other track of the picture, in footprints: 0 the same centre, 1 touching, 4 far or none.
    pub gap: f64,
    /// How many more `camera_hits` that other has.
    pub neighbour_camera_hits: f64,
    /// How much older that other is, seconds, -30 to 30.
    pub neighbour_older_s: f64,
    /// Other tracks of the picture within 12 m.
    pub company: f64,
}

impl Evidence {
    /// Names of [`values`](Self::values), in the same order.
    pub const NAMES: [&str; 36] = [
        "shown",
        "is_thing",
        "in_lane",
        "age",
        "unmeasured",
        "unseen",
        "never_seen",
        "still",
        "has_moved",
        "camera_hits",
        "radar_hits",
        "camera_misses",
        "radar_misses",
        "hits",
        "radar_share",
        "mean_score",
        "log_odds",
        "speed",
        "velocity_sigma",
        "position_sigma",
        "is_pedestrian",
        "is_two_wheeler",
        "is_motor_vehicle",
        "class_probability",
        "standing",
        "rcs_off",
        "has_rcs",
        "cameras_now",
        "radars_now",
        "cameras_in_view",
        "radars_in_view",
        "sensor_distance",
        "gap",
        "neighbour_camera_hits",
        "neighbour_older",
        "company",
    ];

    /// The numbers as a model takes them: times, counts and standard deviations as ln(1 + x), so that small differences
    /// of small ones count; yes as 1, no as 0.
    pub fn values(&self) -> [f32; Self::NAMES.len()] {
        let flag = |yes: bool| if yes { 1.0 } else { 0.0 };
        let log = |value: f64| value.max(0.0).ln_1p();
        [
            flag(self.shown),
            flag(self.is_thing),
            flag(self.in_lane),
            log(self.age_s),
            log(self.unmeasured_s),
            log(self.unseen_s.unwrap_or(LONG_S)),
            flag(self.unseen_s.is_none()),
            log(self.still_s),
            flag(self.has_moved),
            log(self.camera_hits),
            log(self.radar_hits),
            log(self.camera_misses),
            log(self.radar_misses),
            log(self.hits.min(200.0)),
            self.radar_share,
            self.mean_score,
            self.log_odds,
            log(self.speed_mps.min(40.0)),
            log(self.velocity_sigma_mps.min(20.0)),
            log(self.position_sigma_m.min(20.0)),
            flag(self.class == Class::Pedestrian),
            flag(matches!(self.class, Class::Bicycle | Class::Motorcycle)),
            flag(is_motor_vehicle(self.class) && self.class != Class::Motorcycle),
            self.class_probability,
            self.standing,
            self.rcs_off_db.unwrap_or(0.0).clamp(-30.0, 30.0) / 10.0,
            flag(self.rcs_off_db.is_some()),
            self.cameras_now,
            self.radars_now,
            self.cameras_in_view,
            self.radars_in_view,
            self.sensor_distance_m / 50.0,
            self.gap,
            self.neighbour_camera_hits / 5.0,
            self.neighbour_older_s / 10.0,
            log(self.company),
        ]
        .map(|value| value as f32)
    }
}

/// Hits and misses of late.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tally {
    at: UtcMicros,
    /// By cameras and by radars.
    hits: [f64; 2],
    misses: [f64; 2],
}

/// Which kind of sensor a [`Tally`] is told of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Camera,
    Radar,
}

impl Tally {
    pub(crate) fn new(at: UtcMicros) -> Self {
        Self { at, hits: [0.0; 2], misses: [0.0; 2] }
    }

    pub(crate) fn hit(&mut self, at: UtcMicros, kind: Kind) {
        *self = self.faded(at);
        self.hits[kind as usize] += 1.0;
    }

    pub(crate) fn miss(&mut self, at: UtcMicros, kind: Kind, detection_probability: f64) {
        *self = self.faded(at);
        self.misses[kind as usize] += detection_probability;
    }

    /// As it is at a time; before the newest entry it counts as if nothing had faded.
    fn faded(&self, at: UtcMicros) -> Self {
        let kept = (-at.seconds_since(self.at).max(0.0) / MEMORY_S).exp();
        Self {
            at: self.at.max(at),
            hits: self.hits.map(|count| count * kept),
            misses: self.misses.map(|count| count * kept),
        }
    }
}

/// A track of the picture where it is at the picture's time.
struct Placed<'a> {
    track: &'a Tracked,
    state: Gaussian,
    tally: Tally,
    shown: bool,
}

impl Tracker {
    /// Every track that was measured twice and not forgotten yet, as it should be at a time, with what speaks for and
    /// against it; sorted by id. Those whose evidence says `shown` are [`picture`](Self::picture).
    pub fn candidates(&self, at: UtcMicros) -> Vec<(Track, Evidence)> {
        let alive =
            |track: &&Tracked| track.hits >= 2 && at.seconds_since(track.measured_at) < self.settings.keep_unseen_s;
        let placed = self.tracks.iter().map(|track| &**track).filter(alive).map(|track| Placed {
            track,
            state: track.state_at(at),
            tally: track.tally.faded(at),
            shown: self.shows(track, at),
        });
        let placed: Vec<Placed<'_>> = placed.filter(|one| one.state.is_sound()).collect();
        placed.iter().map(|one| (self.describe(one.track, at), self.evidence_of(one, &placed, at))).collect()
    }

    fn evidence_of(&self, one: &Placed<'_>, all: &[Placed<'_>], at: UtcMicros) -> Evidence {
        let Placed { track, state, tally, shown } = one;
        let since_s = |then: UtcMicros| at.seconds_since(then).clamp(0.0, LONG_S);
        let view = self.in_view(track, state.position(), at);
        let others = all.iter().filter(|other| other.shown && other.track.id != track.id);
        let beside = |other: &&Placed<'_>| (other.state.position() - state.position()).norm() < COMPANY_M;
        let company = others.clone().filter(beside).fold(0.0, |count, _| count + 1.0);
        let nearest = others.map(|other| (gap(one, other), other)).min_by(|a, b| a.0.total_cmp(&b.0));
        let nearest = nearest.filter(|(gap, _)| *gap < GAP_MOST);
        let sigma = |trace: f64| (trace.max(0.0) / 2.0).sqrt();
        Evidence {
            shown: *shown,
            is_thing: track.is_thing(),
            in_lane: self.lanes.locate(state.position().into(), None, Class::Car).is_some(),
            age_s: since_s(track.born_at),
            unmeasured_s: since_s(track.measured_at),
            unseen_s: (track.seen_at != NEVER).then(|| since_s(track.seen_at)),
            still_s: since_s(track.anchored_at()),
            has_moved: track.has_moved(),
            camera_hits: tally.hits[0],
            radar_hits: tally.hits[1],
            camera_misses: tally.misses[0],
            radar_misses: tally.misses[1],
            hits: f64::from(track.hits),
            radar_share: track.radar_share(),
            mean_score: track.mean_score(),
            log_odds: track.log_odds,
            speed_mps: state.velocity().norm(),
            velocity_sigma_mps: sigma(state.velocity_cov().trace()),
            position_sigma_m: sigma(state.position_cov().trace()),
            class: track.attributes.class(),
            class_probability: track.attributes.class_probability(),
            standing: track.filter.at(at, &track.noise()).standing(),
            rcs_off_db: track.attributes.rcs_off_db(),
            cameras_now: view.now[0],
            radars_now: view.now[1],
            cameras_in_view: view.in_view[0],
            radars_in_view: view.in_view[1],
            sensor_distance_m: view.distance_m,
            gap: nearest.map_or(GAP_MOST, |(gap, _)| gap),
            neighbour_camera_hits: nearest.map_or(0.0, |(_, other)| other.tally.hits[0] - tally.hits[0]),
            neighbour_older_s: nearest.map_or(0.0, |(_, other)| since_s(other.track.born_at) - since_s(track.born_at)),
            company,
        }
    }

    fn in_view(&self, track: &Tracked, place: Vector2<f64>, at: UtcMicros) -> InView {
        let mut seen = InView { now: [0.0; 2], in_view: [0.0; 2], distance_m: FAR_M };
        for (view, hit) in self.views.iter().zip(&track.last_hit) {
            let (kind, sees, from) = match view {
                View::Camera(camera) => {
                    let pixel = camera.project([place.x, place.y, 0.0]);
                    let inside =
                        |[u, v]: [f64; 2]| (0.0..camera.width_px).contains(&u) && (0.0..camera.height_px).contains(&v);
                    (Kind::Camera, pixel.is_some_and(inside), camera.position_enu_m)
                }
                View::Radar(radar, _) => (Kind::Radar, radar.sees(place.into()), radar.position_enu_m),
            };
            if sees {
                seen.in_view[kind as usize] += 1.0;
                seen.distance_m = seen.distance_m.min((place.x - from[0]).hypot(place.y - from[1]));
            }
            if at.seconds_since(*hit) <= NOW_S {
                seen.now[kind as usize] += 1.0;
            }
        }
        seen
    }
}

/// Cameras and radars that have a track, and in whose view it is; distance to the nearest of these.
struct InView {
    now: [f64; 2],
    in_view: [f64; 2],
    distance_m: f64,
}

/// Distance of two tracks in footprints: along the body in mean lengths or across it in mean widths, whichever is more.
fn gap(a: &Placed<'_>, b: &Placed<'_>) -> f64 {
    let apart = b.state.position() - a.state.position();
    let (size, other) = (a.track.attributes.size_m(), b.track.attributes.size_m());
    let [length_m, width_m] = [0, 1].map(|axis: usize| (0.5 * (size[axis] + other[axis])).max(0.1));
    match a.track.attributes.heading().or(b.track.attributes.heading()) {
        Some(heading) => {
            let ahead = Vector2::from(unit_from_heading(heading));
            let side = Vector2::new(ahead.y, -ahead.x);
            (apart.dot(&ahead).abs() / length_m).max(apart.dot(&side).abs() / width_m)
        }
        None => apart.norm() / (0.5 * (length_m + width_m)),
    }
    .min(GAP_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_fades_and_late_entries_count() {
        let at = UtcMicros(10_000_000);
        let mut tally = Tally::new(at);
        tally.hit(at, Kind::Camera);
        tally.miss(at, Kind::Radar, 0.5);
        tally.hit(at.plus_seconds(1.0), Kind::Camera);
        tally.hit(at.plus_seconds(0.5), Kind::Camera);
        let kept = (-1.0_f64).exp();
        assert!((tally.hits[Kind::Camera as usize] - (kept + 2.0)).abs() < 1e-12);
        assert!((tally.misses[Kind::Radar as usize] - 0.5 * kept).abs() < 1e-12);
        assert!(tally.faded(at.plus_seconds(60.0)).hits[0] < 1e-9);
    }
}
