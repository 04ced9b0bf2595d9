//! The tracker: a scan in, a better picture out.

use nalgebra::Vector2;

use super::Track;
use super::assign::{Assigner, Pair};
use super::gate::{Expected, Match, PictureBox, UNASSIGNED_COST, camera_match, depth, radar_match};
use super::lifecycle::{NEVER, Tracked, are_one, camera_gain};
use crate::calibration::{GeometryError, SiteGeometry};
use crate::detection::SensorId;
use crate::frames::{CameraView, RadarView};
use crate::lanes::LaneMap;
use crate::lift::{CameraMeasurement, LiftedScan, Measurements, RadarMeasurement, View};
use crate::priors::{is_long, is_motor_vehicle};
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
}

impl Refusal {
    /// The reason as a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::UnknownSensor => "unknown_sensor",
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

/// Height of a box below which a camera's silence means nothing, and above which it means most, pixels.
const SMALL_PX: f64 = 12.0;
const LARGE_PX: f64 = 80.0;
/// After so many late scans on end the tracker's own idea of the time must be wrong, and it begins anew.
const LATE_BEFORE_RESET: u32 = 20;

/// Fuses the scans of one site's sensors into tracks.
#[derive(Clone, Debug)]
pub struct Tracker {
    settings: TrackerSettings,
    names: Vec<SensorId>,
    views: Vec<View>,
    /// Sensor indices in alphabetical order of their names.
    alphabetical: Vec<usize>,
    lanes: LaneMap,
    tracks: Vec<Tracked>,
    next_id: u64,
    newest: UtcMicros,
    late_on_end: u32,
    assigner: Assigner,
    expected: Vec<Expected>,
    pairs: Vec<Pair>,
    matches: Vec<Match>,
    chosen: Vec<usize>,
}

impl Tracker {
    /// For a site, which is validated first.
    ///
    /// # Errors
    /// What is wrong with the geometry.
    pub fn new(site: &SiteGeometry, settings: TrackerSettings) -> Result<Self, GeometryError> {
        site.validate()?;
        let names: Vec<SensorId> = site.sensors.iter().map(|sensor| sensor.id().clone()).collect();
        let mut alphabetical: Vec<usize> = (0..names.len()).collect();
        alphabetical.sort_by(|a, b| names[*a].cmp(&names[*b]));
        Ok(Self {
            settings,
            views: site.sensors.iter().map(View::of).collect(),
            names,
            alphabetical,
            lanes: LaneMap::new(&site.lanes),
            tracks: Vec::new(),
            next_id: 1,
            newest: NEVER,
            late_on_end: 0,
            assigner: Assigner::default(),
            expected: Vec::new(),
            pairs: Vec::new(),
            matches: Vec::new(),
            chosen: Vec::new(),
        })
    }

    /// Takes a scan, at the time at which it was captured.
    pub fn step(&mut self, scan: &LiftedScan) -> StepReport {
        let at = scan.captured_at;
        if self.newest != NEVER && self.newest.seconds_since(at) > self.settings.max_late_s {
            return self.refuse_late();
        }
        self.late_on_end = 0;
        self.newest = self.newest.max(at);
        // Tells the borrow checker that views and tracks are apart; put back below.
        let views = std::mem::take(&mut self.views);
        let report = match (views.get(scan.sensor_index), &scan.measurements) {
            (Some(View::Camera(view)), Measurements::Camera(list)) => {
                self.step_camera(scan.sensor_index, view, at, list)
            }
            (Some(View::Radar(view, _)), Measurements::Radar(list)) => {
                self.step_radar(scan.sensor_index, view, at, list)
            }
            _ => StepReport { refused: Some(Refusal::UnknownSensor), ..StepReport::default() },
        };
        self.views = views;
        self.merge_duplicates();
        self.bury(self.newest);
        report
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
            self.newest = NEVER;
            self.late_on_end = 0;
        }
        StepReport { refused: Some(Refusal::Late), ..StepReport::default() }
    }

    fn shows(&self, track: &Tracked, at: UtcMicros) -> bool {
        track.confirmed
            && track.log_odds > -1.0
            && at.seconds_since(track.measured_at) < self.settings.show_unseen_s
            && !track.is_statue()
            && !track.is_furniture()
    }

    fn describe(&self, track: &Tracked, at: UtcMicros) -> Track {
        let state = track.state_at(at);
        let p = state.position_cov() + track.attributes.shape_cov_m2(track.attributes.heading());
        let v = state.velocity_cov();
        let size_m = track.attributes.size_m();
        let known = track.attributes.class() != crate::detection::Class::Unknown;
        let lately = |index: &&usize| at.seconds_since(track.last_hit[**index]) <= 1.0;
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
            sources: self.alphabetical.iter().filter(lately).map(|index| self.names[*index].clone()).collect(),
            measured_at: track.measured_at,
            born_at: track.born_at,
        }
    }

    /// Where each track should be at `at`, in no sensor's eyes yet.
    fn expect(&mut self, at: UtcMicros) {
        self.expected.clear();
        for (index, track) in self.tracks.iter_mut().enumerate() {
            let state = track.state_at(at);
            if !state.is_sound() {
                continue;
            }
            let class = track.attributes.class();
            if self.settings.use_lanes && is_motor_vehicle(class) {
                let place = self.lanes.locate(state.position().into(), None, class);
                track.attributes.lane_heading = place.map(|place| place.heading_cw_north_rad);
            }
            let heading = track.attributes.heading();
            let handicap = if track.confirmed { 0.0 } else { 2.0 };
            self.expected.push(Expected {
                track: index,
                state,
                heading,
                size_m: track.attributes.size_m(),
                class,
                shape_cov_m2: track.attributes.shape_cov_m2(heading),
                handicap,
                picture: None,
                detection_probability: 0.0,
            });
        }
    }

    fn step_camera(
        &mut self,
        sensor: usize,
        view: &CameraView,
        at: UtcMicros,
        list: &[CameraMeasurement],
    ) -> StepReport {
        self.expect(at);
        self.imagine(view);
        self.pairs.clear();
        self.matches.clear();
        for (column, expected) in self.expected.iter().enumerate() {
            if expected.picture.is_none() {
                continue;
            }
            let reach_m = 4.0 * expected.state.position_cov().trace().sqrt() + 8.0;
            let attributes = &self.tracks[expected.track].attributes;
            for (row, measured) in list.iter().enumerate() {
                let far_m = reach_m + 4.0 * measured.contact_cov_m2.trace().sqrt();
                let d = measured.contact_enu_m - expected.state.position();
                if d.x.abs() > far_m || d.y.abs() > far_m {
                    continue;
                }
                if let Some(found) = camera_match(view, at, expected, attributes, measured) {
                    self.pairs.push(Pair { measurement: row, track: column, cost: found.cost });
                    self.matches.push(found);
                }
            }
        }
        self.assign(list.len());
        let mut report = StepReport::default();
        for (row, measured) in list.iter().enumerate() {
            let Some(found) = self.matches.get(self.chosen[row]).copied() else { continue };
            let expected = &mut self.expected[self.pairs[self.chosen[row]].track];
            expected.detection_probability = 0.0;
            let track = &mut self.tracks[expected.track];
            track.hit(sensor, found.observation, camera_gain(measured.detection.score));
            track.hear_score(measured.detection.score);
            track.attributes.hear_camera(measured.detection.class, measured.detection.score);
            if let Some(ratio) = found.height_ratio {
                track.attributes.hear_height(ratio);
            }
            if let Some(ratio) = found.length_ratio {
                track.attributes.hear_length(ratio);
            }
            report.assigned += 1;
        }
        self.note_misses();
        for (row, measured) in list.iter().enumerate() {
            if self.chosen[row] == usize::MAX && self.may_begin(measured, list, row) {
                let id = self.take_id();
                let mut track = Tracked::from_camera(id, at, measured, self.names.len());
                track.last_hit[sensor] = at;
                self.tracks.push(track);
                report.born += 1;
            }
        }
        report
    }

    /// Fills in how each expected track should look, and how probably this camera reports it.
    fn imagine(&mut self, view: &CameraView) {
        for expected in &mut self.expected {
            let centre = expected.state.position();
            let size_m = if expected.size_m[0] > 0.0 { expected.size_m } else { [1.0; 3] };
            expected.picture = PictureBox::of(view, centre, expected.heading, size_m)
                .filter(|picture| picture.share_inside(view) > 0.02 && picture.distance_m < 250.0);
        }
        for index in 0..self.expected.len() {
            let Some(picture) = self.expected[index].picture else { continue };
            let inside = picture.share_inside(view);
            // Small pictures of things are missed more often.
            let large = ((picture.height() - SMALL_PX) / (LARGE_PX - SMALL_PX)).clamp(0.0, 1.0);
            let hidden = self.expected.iter().enumerate().any(|(other, before)| {
                other != index
                    && before.handicap == 0.0
                    && before.picture.as_ref().is_some_and(|front| {
                        front.distance_m < picture.distance_m && picture.share_covered_by(front) > 0.4
                    })
            });
            self.expected[index].detection_probability = match (inside > 0.7, hidden) {
                (true, false) => 0.5 * large,
                (true, true) => 0.05 * large,
                _ => 0.0,
            };
        }
    }

    fn step_radar(&mut self, sensor: usize, view: &RadarView, at: UtcMicros, list: &[RadarMeasurement]) -> StepReport {
        self.expect(at);
        let antenna = Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
        self.pairs.clear();
        self.matches.clear();
        for (column, expected) in self.expected.iter_mut().enumerate() {
            let centre = expected.state.position();
            if !view.sees(centre.into()) {
                continue;
            }
            let toward = (centre - antenna).try_normalize(1e-9).unwrap_or_default();
            let radial = toward.dot(&expected.state.velocity()).abs();
            expected.detection_probability = if radial > 1.0 { 0.35 } else { 0.05 };
            let reach_m = 4.0 * expected.state.position_cov().trace().sqrt() + 8.0;
            for (row, measured) in list.iter().enumerate() {
                let far_m = reach_m + 4.0 * measured.cov_m2.trace().sqrt();
                let d = measured.position_enu_m - centre;
                if d.x.abs() > far_m || d.y.abs() > far_m {
                    continue;
                }
                if let Some(found) = radar_match(at, expected, measured) {
                    self.pairs.push(Pair { measurement: row, track: column, cost: found.cost });
                    self.matches.push(found);
                }
            }
        }
        self.assign(list.len());
        let mut report = StepReport::default();
        for (row, measured) in list.iter().enumerate() {
            let Some(found) = self.matches.get(self.chosen[row]).copied() else { continue };
            let expected = &mut self.expected[self.pairs[self.chosen[row]].track];
            expected.detection_probability = 0.0;
            let track = &mut self.tracks[expected.track];
            let moves = measured.radial_speed_mps.is_some_and(|speed| speed.abs() > 0.6);
            track.hit(sensor, found.observation, if moves { 0.8 } else { 0.4 });
            track.hear_radar();
            if let Some(depth_m) = found.depth_m {
                track.attributes.hear_depth(depth_m);
            }
            track.attributes.hear_radar(measured.rcs_dbsm);
            report.assigned += 1;
        }
        self.hear_other_returns(list);
        self.note_misses();
        self.begin_from_radar(sensor, at, list, &mut report);
        report
    }

    /// Returns that no track took but that lie in line with a long body and move like it still tell how long it is.
    fn hear_other_returns(&mut self, list: &[RadarMeasurement]) {
        for expected in self.expected.iter().filter(|expected| is_long(expected.class) && expected.handicap == 0.0) {
            for (row, measured) in list.iter().enumerate() {
                if self.chosen[row] != usize::MAX {
                    continue;
                }
                let Some(depth_m) = depth(expected, measured.line_of_sight, measured) else { continue };
                let drift =
                    measured.radial_speed_mps.map(|v| v - measured.line_of_sight.dot(&expected.state.velocity()));
                if (0.0..16.0).contains(&depth_m) && drift.is_none_or(|drift| drift.abs() < 0.7) {
                    self.tracks[expected.track].attributes.hear_depth(depth_m);
                }
            }
        }
    }

    /// Returns that no track took and that lie on no track's body begin new ones.
    fn begin_from_radar(&mut self, sensor: usize, at: UtcMicros, list: &[RadarMeasurement], report: &mut StepReport) {
        let before = self.tracks.len();
        for (row, measured) in list.iter().enumerate() {
            let explained = self.chosen[row] != usize::MAX || self.pairs.iter().any(|pair| pair.measurement == row);
            if explained || self.tracks.len() >= self.settings.max_tracks {
                continue;
            }
            // Another return of the same body in this scan has begun one already.
            let near = self.tracks[before..]
                .iter()
                .any(|other| (other.filter.newest().1.combined().position() - measured.position_enu_m).norm() < 3.0);
            if near {
                continue;
            }
            let id = self.take_id();
            let mut track = Tracked::from_radar(id, at, measured, self.names.len());
            track.last_hit[sensor] = at;
            self.tracks.push(track);
            report.born += 1;
        }
    }

    fn assign(&mut self, measurements: usize) {
        let solved = self.assigner.solve(&self.pairs, measurements, self.expected.len(), UNASSIGNED_COST);
        self.chosen.clear();
        self.chosen.extend_from_slice(solved);
    }

    fn note_misses(&mut self) {
        for expected in &self.expected {
            if expected.detection_probability > 0.0 {
                self.tracks[expected.track].miss(expected.detection_probability);
            }
        }
    }

    /// Whether a box that no track took may begin one.
    fn may_begin(&self, measured: &CameraMeasurement, list: &[CameraMeasurement], row: usize) -> bool {
        if measured.detection.score < self.settings.birth_score
            || measured.height_ratio < 0.6
            || self.tracks.len() >= self.settings.max_tracks
            || measured.position_cov_m2.trace() > 80.0
        {
            return false;
        }
        // A second box about the same thing in the same picture.
        !list.iter().enumerate().any(|(other, box_)| {
            other != row
                && (self.chosen[other] != usize::MAX || box_.detection.score > measured.detection.score)
                && overlap(measured, box_) > 0.6
        })
    }

    fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Of two tracks of one thing the younger goes; the older keeps its id and takes the better state.
    fn merge_duplicates(&mut self) {
        let at = self.newest;
        self.expect(at);
        let mut gone: Vec<usize> = Vec::new();
        let expected = std::mem::take(&mut self.expected);
        for (i, a) in expected.iter().enumerate() {
            for b in &expected[i + 1..] {
                let apart = a.state.position() - b.state.position();
                if apart.x.abs() > 8.0 || apart.y.abs() > 8.0 || gone.contains(&a.track) || gone.contains(&b.track) {
                    continue;
                }
                let heading = a.heading.or(b.heading);
                if are_one(&a.state, &b.state, [a.class, b.class], [a.size_m, b.size_m], heading)
                    && !self.tracks[a.track].seen_apart(&self.tracks[b.track])
                {
                    gone.push(self.absorb(a.track, b.track));
                }
            }
        }
        self.expected = expected;
        if !gone.is_empty() {
            gone.sort_unstable();
            for index in gone.into_iter().rev() {
                self.tracks.remove(index);
            }
        }
    }

    /// Merges the second of two tracks into the first or the other way round; gives the index of the one to remove.
    fn absorb(&mut self, older: usize, younger: usize) -> usize {
        let (keep, drop) = if self.tracks[younger].confirmed && !self.tracks[older].confirmed {
            (younger, older)
        } else {
            (older, younger)
        };
        let from = self.tracks[drop].clone();
        let into = &mut self.tracks[keep];
        if from.measured_at.seconds_since(into.measured_at) > 0.5 {
            into.filter = from.filter;
        }
        into.measured_at = into.measured_at.max(from.measured_at);
        into.log_odds = into.log_odds.max(from.log_odds);
        for (a, b) in into.last_hit.iter_mut().zip(&from.last_hit) {
            *a = (*a).max(*b);
        }
        drop
    }

    fn bury(&mut self, now: UtcMicros) {
        let keep_s = self.settings.keep_unseen_s;
        self.tracks.retain(|track| track.lives(now, keep_s));
    }
}

/// Intersection over union of two boxes.
fn overlap(a: &CameraMeasurement, b: &CameraMeasurement) -> f64 {
    let (a, b) = (&a.detection, &b.detection);
    let w = (a.x_px + a.w_px).min(b.x_px + b.w_px) - a.x_px.max(b.x_px);
    let h = (a.y_px + a.h_px).min(b.y_px + b.h_px) - a.y_px.max(b.y_px);
    let inner = w.max(0.0) * h.max(0.0);
    inner / (a.w_px * a.h_px + b.w_px * b.h_px - inner).max(1e-9)
}
