//! The tracker: a scan in, a better picture out.

use super::Track;
use super::assign::{Assigner, Pair};
use super::camera::BoxFit;
use super::evidence::Kind;
use super::expected::Expected;
use super::health::{Health, SensorHealth, settle_clocks};
use super::lifecycle::{NEVER, Tracked};
use super::radar::Match;
use super::report::V2X;
use super::senders::Senders;
use super::sight::Sight;
use super::sweep::Sweep;
use crate::calibration::{GeometryError, Lane, SensorModel, SiteGeometry};
use crate::detection::SensorId;
use crate::lanes::LaneMap;
use crate::lift::{LiftedScan, Measurements, RadarMeasurement, View};
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;

/// Limits of a [`Tracker`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackerSettings {
    /// How long before the newest scan a late one may have been captured, seconds.
    pub max_late_s: f64,
    /// For how long a confirmed track stays in the picture when nothing measures it, seconds.
    pub show_unseen_s: f64,
    /// For how long it is remembered, to be taken up again with its id, seconds.
    pub keep_unseen_s: f64,
    /// Most tracks, tentative ones included.
    pub max_tracks: usize,
    /// Least detector score that starts a track.
    pub birth_score: f64,
    /// Whether the heading of a vehicle that has not moved is taken from its lane.
    pub use_lanes: bool,
    /// Whether what is found of a sensor's turn and clock is put right in its measurements. It is found either way.
    pub correct_sensors: bool,
}

impl Default for TrackerSettings {
    fn default() -> Self {
        Self {
            max_late_s: 0.5,
            show_unseen_s: 2.0,
            keep_unseen_s: 6.0,
            max_tracks: 2048,
            birth_score: 0.3,
            use_lanes: true,
            correct_sensors: true,
        }
    }
}

/// Why a scan was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Captured longer before the newest scan than the tracker can go back.
    Late,
    /// Of a sensor that the site does not have, or of another kind than the site says.
    UnknownSensor,
    /// The sensor's clock is off by more than can be put right. It is still compared, so that it may recover.
    Clock,
}

impl Refusal {
    /// The reason as a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::UnknownSensor => "unknown_sensor",
            Self::Clock => "clock",
        }
    }
}

/// What became of a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepReport {
    /// Not used at all, because.
    pub refused: Option<Refusal>,
    /// Measurements that updated a track.
    pub assigned: usize,
    /// Tracks begun.
    pub born: usize,
}

/// After so many late scans on end the tracker's own idea of the time must be wrong, and it begins anew.
const LATE_BEFORE_RESET: u32 = 20;

/// Fuses the scans of one site's sensors into tracks.
#[derive(Clone, Debug)]
pub struct Tracker {
    pub(super) settings: TrackerSettings,
    pub(super) names: Vec<SensorId>,
    pub(super) views: Vec<View>,
    pub(super) sights: Vec<Sight>,
    /// How far each sensor is off.
    pub(super) health: Vec<Health>,
    /// Scratch of [`settle_clocks`].
    pub(super) order: Vec<f64>,
    /// A radar's returns, put right.
    pub(super) turned: Vec<RadarMeasurement>,
    /// Sensor indices in alphabetical order of their names.
    pub(super) alphabetical: Vec<usize>,
    pub(super) lanes: LaneMap,
    /// Parking bays, along their long sides.
    bays: LaneMap,
    /// Oldest first.
    #[expect(clippy::vec_box, reason = "tracks are large, and when one of many goes the others must not be moved")]
    pub(super) tracks: Vec<Box<Tracked>>,
    pub(super) next_id: u64,
    pub(super) newest: UtcMicros,
    /// When each sensor captured what it said last.
    pub(super) scanned_at: Vec<UtcMicros>,
    pub(super) senders: Senders,
    v2x: SensorId,
    pub(super) late_on_end: u32,
    pub(super) assigner: Assigner,
    pub(super) sweep: Sweep,
    pub(super) expected: Vec<Expected>,
    pub(super) pairs: Vec<Pair>,
    pub(super) matches: Vec<Match>,
    pub(super) fits: Vec<BoxFit>,
    pub(super) chosen: Vec<usize>,
    /// Of how many tracks each measurement may be.
    pub(super) claimants: Vec<usize>,
}

impl Tracker {
    /// For a site, which is validated first.
    ///
    /// # Errors
    /// What is wrong with the geometry.
    pub fn new(site: &SiteGeometry, settings: TrackerSettings) -> Result<Self, GeometryError> {
        site.validate()?;
        let views: Vec<View> = site.sensors.iter().map(View::of).collect();
        let names: Vec<SensorId> = site.sensors.iter().map(|sensor| sensor.id().clone()).collect();
        let mut alphabetical: Vec<usize> = (0..names.len()).collect();
        alphabetical.sort_by(|a, b| names[*a].cmp(&names[*b]));
        Ok(Self {
            settings,
            sights: views.iter().map(Sight::of).collect(),
            views,
            names,
            health: site.sensors.iter().map(health_of).collect(),
            order: Vec::new(),
            turned: Vec::new(),
            alphabetical,
            lanes: LaneMap::new(&site.lanes),
            bays: LaneMap::default(),
            tracks: Vec::new(),
            next_id: 1,
            newest: NEVER,
            scanned_at: vec![NEVER; site.sensors.len()],
            senders: Senders::default(),
            v2x: V2X.into(),
            late_on_end: 0,
            assigner: Assigner::default(),
            sweep: Sweep::default(),
            expected: Vec::new(),
            pairs: Vec::new(),
            matches: Vec::new(),
            fits: Vec::new(),
            chosen: Vec::new(),
            claimants: Vec::new(),
        })
    }

    /// Tells it of parking bays, as lanes along their long sides: a vehicle that stands in one lies along it, which way round
    /// it seems to. Without them a camera misplaces one that has never been seen to drive by up to half of its length.
    #[must_use]
    pub fn with_bays(self, bays: &[Lane]) -> Self {
        Self { bays: LaneMap::new(bays), ..self }
    }

    /// Takes a scan, at the time at which it was captured.
    pub fn step(&mut self, scan: &LiftedScan) -> StepReport {
        let sensor = scan.sensor_index;
        let Some(health) = self.health.get(sensor).copied() else {
            return StepReport { refused: Some(Refusal::UnknownSensor), ..StepReport::default() };
        };
        let correction = if self.settings.correct_sensors { health } else { Health::default() };
        let at = scan.captured_at.plus_seconds(-correction.clock_s);
        if self.newest != NEVER && self.newest.seconds_since(at) > self.settings.max_late_s {
            return self.refuse_late();
        }
        self.late_on_end = 0;
        let before = if self.newest == NEVER { at } else { self.newest };
        self.newest = self.newest.max(at);
        self.scanned_at[sensor] = self.scanned_at[sensor].max(at);
        // Tells the borrow checker that views and tracks are apart; put back below.
        let views = std::mem::take(&mut self.views);
        let report = match (views.get(sensor), &scan.measurements) {
            (Some(View::Camera(view)), Measurements::Camera(list)) => {
                self.step_camera(sensor, &view.turned(correction.turn_rad), at, list)
            }
            (Some(View::Radar(view, _)), Measurements::Radar(list)) => {
                let mut turned = std::mem::take(&mut self.turned);
                turned.clear();
                let antenna = view.position_enu_m;
                turned.extend(list.iter().map(|measured| measured.turned(antenna, correction.turn_rad[1])));
                let report = self.step_radar(sensor, view, at, &turned);
                self.turned = turned;
                report
            }
            _ => StepReport { refused: Some(Refusal::UnknownSensor), ..StepReport::default() },
        };
        self.views = views;
        let passed_s = self.newest.seconds_since(before).clamp(0.0, 1.0);
        for health in &mut self.health {
            health.grow(passed_s);
        }
        settle_clocks(&mut self.health, &mut self.order);
        self.merge_duplicates();
        self.bury(self.newest);
        self.introduce();
        report
    }

    /// How far each sensor is found to be off, in the site's order.
    pub fn health(&self) -> impl Iterator<Item = SensorHealth> + '_ {
        self.names.iter().zip(&self.health).map(|(name, health)| health.describe(name))
    }

    /// Lets time pass without a scan: what nobody sees any more is forgotten.
    pub fn advance(&mut self, now: UtcMicros) {
        if self.newest != NEVER && now > self.newest {
            self.bury(now);
        }
    }

    /// All confirmed tracks as they should be at a time, sorted by id.
    pub fn picture(&self, at: UtcMicros) -> Vec<Track> {
        self.tracks.iter().filter(|track| self.shows(track, at)).map(|track| self.describe(track, at)).collect()
    }

    /// How many tracks there are: confirmed ones, and all.
    pub fn counts(&self) -> (usize, usize) {
        (self.tracks.iter().filter(|track| track.confirmed).count(), self.tracks.len())
    }

    fn refuse_late(&mut self) -> StepReport {
        self.late_on_end += 1;
        if self.late_on_end >= LATE_BEFORE_RESET {
            self.tracks.clear();
            self.senders.clear();
            self.scanned_at.fill(NEVER);
            self.newest = NEVER;
            self.late_on_end = 0;
        }
        StepReport { refused: Some(Refusal::Late), ..StepReport::default() }
    }

    pub(super) fn shows(&self, track: &Tracked, at: UtcMicros) -> bool {
        track.introduced
            && track.is_placed(at)
            && track.log_odds > -1.0
            && at.seconds_since(track.measured_at) < self.settings.show_unseen_s
            && !track.is_thing()
    }

    pub(super) fn describe(&self, track: &Tracked, at: UtcMicros) -> Track {
        let state = track.state_at(at);
        let p = state.position_cov() + self.lasting_m2(track, at, state.position());
        let v = state.velocity_cov();
        let size_m = track.attributes.size_m();
        let known = track.attributes.class() != crate::detection::Class::Unknown;
        Track {
            id: track.id,
            class: track.attributes.class(),
            class_probability: track.attributes.class_probability(),
            position_enu_m: state.position().into(),
            cov_position_m2: [[p.m11, p.m12], [p.m12, p.m22]],
            velocity_enu_mps: state.velocity().into(),
            cov_velocity_m2ps2: [[v.m11, v.m12], [v.m12, v.m22]],
            heading_cw_north_rad: track.attributes.heading(),
            length_m: known.then_some(size_m[0]),
            width_m: known.then_some(size_m[1]),
            height_m: known.then_some(size_m[2]),
            existence: track.existence(),
            sources: self.sources(track, at),
            measured_at: track.measured_at,
            born_at: track.born_at,
        }
    }

    /// Who has measured it in the last second, itself included, in alphabetical order.
    fn sources(&self, track: &Tracked, at: UtcMicros) -> Vec<SensorId> {
        let lately = |hit: UtcMicros| at.seconds_since(hit) <= 1.0;
        let sensors = self.alphabetical.iter().filter(|index| lately(track.last_hit[**index]));
        let mut sources: Vec<SensorId> = sensors.map(|index| self.names[*index].clone()).collect();
        if lately(track.reported_at)
            && let Err(place) = sources.binary_search_by(|name| (**name).cmp(V2X))
        {
            sources.insert(place, self.v2x.clone());
        }
        sources
    }

    /// Where each track that a sensor may see should be at `at`.
    pub(super) fn expect(&mut self, sensor: usize, at: UtcMicros) {
        self.expected.clear();
        let sight = &self.sights[sensor];
        for (index, track) in self.tracks.iter_mut().enumerate() {
            if !track.may_be_seen(sight, at) {
                continue;
            }
            let state = track.state_at(at);
            if !state.is_sound() {
                continue;
            }
            let class = track.attributes.class();
            if self.settings.use_lanes && is_motor_vehicle(class) && track.has_left(state.position()) {
                let along = |lanes: &LaneMap| {
                    lanes.locate(state.position().into(), None, class).map(|place| place.heading_cw_north_rad)
                };
                let lane = along(&self.lanes);
                let bay = if lane.is_none() { along(&self.bays) } else { None };
                (track.attributes.lane_heading, track.attributes.bay_heading) = (lane.or(bay), bay);
            }
            let heading = track.attributes.heading();
            let handicap = if track.confirmed { 0.0 } else { 2.0 };
            self.expected.push(Expected {
                track: index,
                state,
                heading,
                heading_var_rad2: track.attributes.heading_var_rad2(),
                size_m: track.attributes.size_m(),
                class,
                shape_cov_m2: track.attributes.shape_cov_m2(heading),
                handicap,
                picture: None,
                covered: 0.0,
                detection_probability: 0.0,
                least_cost: f64::MAX,
                candidates: 0,
            });
        }
    }

    /// What is known of a sensor's errors but not put right in its measurements.
    pub(super) fn uncorrected(&self, sensor: usize) -> Health {
        if self.settings.correct_sensors { Health::default() } else { self.health[sensor] }
    }

    pub(super) fn note_misses(&mut self, at: UtcMicros, kind: Kind) {
        for expected in &self.expected {
            if expected.detection_probability > 0.0 {
                self.tracks[expected.track].miss(at, kind, expected.detection_probability);
            }
        }
    }

    /// Counts how many measurements each track has to choose from, and how many tracks each measurement.
    pub(super) fn count_rivals(&mut self, measurements: usize) {
        self.claimants.clear();
        self.claimants.resize(measurements, 0);
        for pair in &self.pairs {
            self.claimants[pair.measurement] += 1;
            self.expected[pair.track].candidates += 1;
        }
    }

    pub(super) fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    fn bury(&mut self, now: UtcMicros) {
        let keep_s = self.settings.keep_unseen_s;
        self.tracks.retain(|track| track.lives(now, keep_s));
    }
}

fn health_of(sensor: &SensorModel) -> Health {
    match sensor {
        SensorModel::Camera(_) => Health::camera(),
        SensorModel::Radar(_) => Health::radar(),
    }
}
