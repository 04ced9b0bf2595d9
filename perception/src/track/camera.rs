//! A track in a camera's eyes: the box it should give, whether a box may be of it, and what that box then says.
//!
//! A box has four edges, and each is one measurement of where the track is: the edge is the picture of one corner of
//! an upright cuboid, and moves with it. Edges that the picture's border cuts off or that something hides say nothing.
//! What is not known of the cuboid's size is carried as a doubt of its own (Schmidt's "consider" parameters), and taken
//! out of the position bit by bit as boxes tell of the size.

use nalgebra::{Matrix2, Matrix2x4, Matrix4, SMatrix, SVector, Vector2, Vector4};

use super::assign::Pair;
use super::evidence::Kind;
use super::expected::Expected;
use super::fuse::Attributes;
use super::health::Health;
use super::history::Observation;
use super::lifecycle::{Tracked, camera_gain};
use super::step::{Refusal, StepReport, Tracker};
use super::sweep::Sweep;
use crate::frames::{CameraView, unit_from_heading};
use crate::lift::{CameraMeasurement, Cut};
use crate::time::UtcMicros;

/// Cost beyond which a box is not of a track.
const GATE: f64 = 24.0;
/// What it costs to say that the lower part of a box is hidden.
const HIDDEN_COST: f64 = 2.5;
/// Squared Mahalanobis distance of a box's edges beyond which its cost is not worth working out.
const MISFIT_GATE: f64 = GATE + 6.0;
/// A track of which no more than this share lies in the picture, or that is farther away, has no box.
const LEAST_INSIDE: f64 = 0.02;
pub(crate) const FARTHEST_M: f64 = 250.0;
/// Variance that takes an edge out of a computation, px².
const NO_EDGE_PX2: f64 = 1e8;
/// A box that is lower than this share of a typical member of its class has its foot hidden.
const LEAST_HEIGHT: f64 = 0.6;
/// A place on the ground and its covariance: metres, m².
pub(crate) type Place = (Vector2<f64>, Matrix2<f64>);
/// Height of a box below which a camera's silence means nothing, and above which it means most, pixels.
const SMALL_PX: f64 = 12.0;
const LARGE_PX: f64 = 80.0;
/// A detector's errors last: half their variance is new in each frame, the rest fades with this time, seconds.
const NOISE_MEMORY_S: f64 = 0.2;

/// What is not known besides the position: length, width, height; two that say how the body stands; three turns of the
/// camera; its clock.
pub(crate) const NUISANCES: usize = 9;
/// Where the turns begin.
pub(crate) const TURN: usize = 5;
/// For each of them: what to add, and the share of its variance that goes.
pub(crate) type Nuisance = [(f64, f64); NUISANCES];

/// The box around a track's expected outline in a picture, not clipped, and how it moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExpectedBox {
    /// Left, upper, right, lower edge, pixels.
    pub edges_px: Vector4<f64>,
    /// How each edge moves with the centre, px per metre east and north.
    per_position: SMatrix<f64, 4, 2>,
    /// How each edge moves with the nuisances: px per metre of length, width and height; px per radian of heading or,
    /// where that is not known, px per metre of half extent along and across the line of sight; px per radian of the
    /// camera's turn; px per second that its clock is ahead.
    per_nuisance: SMatrix<f64, 4, NUISANCES>,
    /// Variances of the nuisances.
    variances: [f64; NUISANCES],
    /// Covariance of the edges from the nuisances, and from these and the track's own doubt, px².
    nuisance_spread: Matrix4<f64>,
    spread: Matrix4<f64>,
    /// From the camera on the ground, metres.
    pub distance_m: f64,
}

impl ExpectedBox {
    /// Outline of an upright cuboid on the ground. `None`: not in the picture.
    pub(crate) fn of(
        view: &CameraView,
        health: &Health,
        expected: &Expected,
        size_m: [f64; 3],
        size_var_m2: [f64; 3],
    ) -> Option<Self> {
        let (centre, velocity, heading) = (expected.state.position(), expected.state.velocity(), expected.heading);
        let [length_m, width_m, height_m] = size_m;
        let camera = Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
        let distance_m = (centre - camera).norm();
        if distance_m >= FARTHEST_M {
            return None;
        }
        // Any heading: a square of mean size that faces the camera.
        let (ahead, half_m) = match heading {
            Some(heading) => (Vector2::from(unit_from_heading(heading)), [length_m / 2.0, width_m / 2.0]),
            None => ((centre - camera).try_normalize(1e-9)?, [(length_m + width_m) / 4.0; 2]),
        };
        let side = Vector2::new(ahead.y, -ahead.x);
        let mut edges = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        let mut corners = [(0.0, 0.0, 0.0); 4];
        for (a, s) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let ground = centre + ahead * (a * half_m[0]) + side * (s * half_m[1]);
            for up in [0.0, 1.0] {
                let [u, v] = view.project([ground.x, ground.y, up * height_m])?;
                for (edge, value) in [(0, u), (1, v)] {
                    if value < edges[edge] {
                        (edges[edge], corners[edge]) = (value, (a, s, up));
                    }
                    if value > edges[edge + 2] {
                        (edges[edge + 2], corners[edge + 2]) = (value, (a, s, up));
                    }
                }
            }
        }
        if share_within(edges, [0.0, 0.0, view.width_px, view.height_px]) <= LEAST_INSIDE {
            return None;
        }
        let mut per_position = SMatrix::<f64, 4, 2>::zeros();
        let mut per_nuisance = SMatrix::<f64, 4, NUISANCES>::zeros();
        for (edge, (a, s, up)) in corners.into_iter().enumerate() {
            let ground = centre + ahead * (a * half_m[0]) + side * (s * half_m[1]);
            let slopes = view.slopes([ground.x, ground.y, up * height_m])?;
            let (moves, turns) = (slopes.per_metre[edge % 2], slopes.per_radian[edge % 2]);
            let on_ground = Vector2::new(moves[0], moves[1]);
            per_position.set_row(edge, &on_ground.transpose());
            let (along, across) = (on_ground.dot(&ahead), on_ground.dot(&side));
            let [long, wide, turn, spare] = match heading {
                Some(_) => {
                    let turn = a * half_m[0] * across - s * half_m[1] * along;
                    [0.5 * a * along, 0.5 * s * across, turn, 0.0]
                }
                None => {
                    let both = 0.25 * (a * along + s * across);
                    [both, both, a * along, s * across]
                }
            };
            // A clock that is ahead shows the thing where it was before: the track is looked for too late.
            let late = -on_ground.dot(&velocity);
            let row = [long, wide, up * moves[2], turn, spare, turns[0], turns[1], turns[2], late];
            per_nuisance.set_row(edge, &SVector::<f64, NUISANCES>::from(row).transpose());
        }
        let stance_var = match heading {
            Some(_) => [expected.heading_var_rad2, 0.0],
            None => [((length_m - width_m) / 4.0).powi(2); 2],
        };
        let [l, w, h] = size_var_m2;
        let [t, o] = stance_var;
        let [x, y, z] = health.turn_var;
        let variances = [l, w, h, t, o, x, y, z, health.clock_var];
        let mut scaled = per_nuisance;
        for (mut column, variance) in scaled.column_iter_mut().zip(variances) {
            column *= variance;
        }
        let nuisance_spread = scaled * per_nuisance.transpose();
        let spread = per_position * expected.state.position_cov() * per_position.transpose() + nuisance_spread;
        let edges_px = edges.into();
        Some(Self { edges_px, per_position, per_nuisance, variances, nuisance_spread, spread, distance_m })
    }

    pub(crate) fn height(&self) -> f64 {
        self.edges_px[3] - self.edges_px[1]
    }

    /// Share of the box's area that lies within the picture.
    pub(crate) fn share_inside(&self, view: &CameraView) -> f64 {
        share_within(self.edges_px.into(), [0.0, 0.0, view.width_px, view.height_px])
    }

    /// Share of this box that `other` covers.
    pub(crate) fn share_covered_by(&self, other: &Self) -> f64 {
        share_within(self.edges_px.into(), other.edges_px.into())
    }
}

/// Share of a box's area that lies within another: left, upper, right, lower edges.
fn share_within(of: [f64; 4], other: [f64; 4]) -> f64 {
    let w = of[2].min(other[2]) - of[0].max(other[0]);
    let h = of[3].min(other[3]) - of[1].max(other[1]);
    (w.max(0.0) * h.max(0.0)) / ((of[2] - of[0]) * (of[3] - of[1])).max(1e-9)
}

/// Which edges speak, as variances, px².
fn edge_variances(measured: &CameraMeasurement, hidden: bool) -> Vector4<f64> {
    let [upright, level] = measured.edge_sigma_px.map(|sigma| sigma * sigma);
    let cut = measured.cut;
    let of = |speaks: bool, variance: f64| if speaks { variance } else { NO_EDGE_PX2 };
    Vector4::new(
        of(!cut.left, upright),
        of(!cut.top, level),
        of(!cut.right, upright),
        of(!cut.bottom && !hidden, level),
    )
}

/// A box may be of a track: what it costs to say so, and whether its lower part must then be hidden.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BoxFit {
    pub cost: f64,
    pub hidden: bool,
}

/// Adds where the left and upper edges may be: overlap is needed for a fit.
fn add_corner(sweep: &mut Sweep, edges_px: &Vector4<f64>, variances: &Vector4<f64>, index: usize) {
    let reach = |axis: usize| (MISFIT_GATE * variances[axis]).sqrt();
    let [low, high] = [-1.0, 1.0].map(|sign| [0, 1].map(|axis| edges_px[axis] + sign * reach(axis)));
    sweep.add(low, high, index);
}

/// Whether a box stands on the ground near enough to a track.
fn near(expected: &Expected, measured: &CameraMeasurement) -> bool {
    let deviation_m = expected.state.position_cov().trace().sqrt() + measured.contact_cov_m2.trace().sqrt();
    let apart = measured.contact_enu_m - expected.state.position();
    apart.amax() <= 4.0 * deviation_m + 8.0
}

/// Compares a box with a track. `None`: it is not of it.
fn fit(expected: &Expected, attributes: &Attributes, measured: &CameraMeasurement) -> Option<BoxFit> {
    let picture = expected.picture.as_ref()?;
    let residual = Vector4::from(measured.edges_px) - picture.edges_px;
    let base = &picture.spread;
    let variances = edge_variances(measured, false);
    // No edge alone is farther off than all are together; the lower one may be hidden.
    if (0..3).any(|edge| residual[edge] * residual[edge] > MISFIT_GATE * (base[(edge, edge)] + variances[edge])) {
        return None;
    }
    let whole = misfit(&residual, base, &variances);
    // Detectors draw what they see: of a thing that stands behind another, often the upper part only.
    let short = !measured.cut.bottom && measured.detection.h_px < 0.85 * picture.height();
    let upper = short.then(|| misfit(&residual, base, &edge_variances(measured, true))).flatten();
    let upper = upper.map(|cost| cost + HIDDEN_COST + if expected.covered > 0.2 { 0.0 } else { 2.0 });
    let (cost, hidden) = match (whole, upper) {
        (Some(whole), Some(upper)) if upper < whole => (upper, true),
        (Some(whole), _) => (whole, false),
        (None, Some(upper)) => (upper, true),
        (None, None) => return None,
    };
    let cost = cost + attributes.class_cost(measured.detection.class) + expected.handicap;
    (cost < GATE).then_some(BoxFit { cost, hidden })
}

/// Squared Mahalanobis distance, and how much wider the track's own doubt makes the search.
fn misfit(residual: &Vector4<f64>, base: &Matrix4<f64>, variances: &Vector4<f64>) -> Option<f64> {
    let s = base + Matrix4::from_diagonal(variances);
    let cholesky = s.cholesky()?;
    let squared = residual.dot(&cholesky.solve(residual));
    let silent = variances.iter().filter(|variance| **variance >= NO_EDGE_PX2).count();
    if silent > 2 || squared > MISFIT_GATE {
        return None;
    }
    let mut wider = 0.0;
    for edge in 0..4 {
        wider += 2.0 * cholesky.l_dirty()[(edge, edge)].ln() - variances[edge].ln();
    }
    // An edge that says nothing fits as well as one that fits.
    Some(squared + silent as f64 + wider)
}

/// What a box says of its track.
#[derive(Clone, Copy, Debug)]
struct Seen {
    observation: Observation,
    nuisance: Nuisance,
    /// Mean squared distance of its edges from the expected ones, px².
    residual_px2: f64,
}

/// What a box assigned to a track says: where the centre is, and what it tells of the nuisances. What is known of the
/// sensor's errors but not put right is `uncorrected`.
fn observe(
    at: UtcMicros,
    expected: &Expected,
    measured: &CameraMeasurement,
    hidden: bool,
    since_last_s: f64,
    uncorrected: &Health,
) -> Option<Seen> {
    let picture = expected.picture.as_ref()?;
    let residual = Vector4::from(measured.edges_px) - picture.edges_px;
    let variances = Matrix4::from_diagonal(&(edge_variances(measured, hidden) * repeated(since_last_s)));
    let noise = (picture.nuisance_spread + variances).try_inverse()?;
    let weighted = picture.per_position.transpose() * noise;
    // Without a word from a side, nothing is known along it but that it is near.
    let information: Matrix2<f64> = weighted * picture.per_position + Matrix2::identity() * 1e-3;
    let cov = information.try_inverse()?;
    let position = expected.state.position() + cov * (weighted * residual);
    let whole = picture.spread + variances;
    let inverse = whole.try_inverse()?;
    let [x, y, z] = uncorrected.turn_rad;
    let known = [0.0, 0.0, 0.0, 0.0, 0.0, x, y, z, uncorrected.clock_s];
    let unexplained = residual - picture.per_nuisance * SVector::<f64, NUISANCES>::from(known);
    let mut nuisance = [(0.0, 0.0); NUISANCES];
    for (index, step) in nuisance.iter_mut().enumerate().skip(TURN) {
        let column = picture.per_nuisance.column(index);
        let spread = inverse * column;
        let variance = picture.variances[index];
        *step = (variance * spread.dot(&unexplained), variance * spread.dot(&column));
    }
    // Width and height of the box tell of the size whatever the place; its edges would mix the two up for good.
    let extent = Matrix2x4::new(-1.0, 0.0, 1.0, 0.0, 0.0, -1.0, 0.0, 1.0);
    let inverse = (extent * whole * extent.transpose()).try_inverse()?;
    for (index, step) in nuisance.iter_mut().enumerate().take(3) {
        let column = extent * picture.per_nuisance.column(index);
        let spread = inverse * column;
        let variance = picture.variances[index];
        *step = (variance * spread.dot(&(extent * residual)), variance * spread.dot(&column));
    }
    let residual_px2 = residual.norm_squared() / 4.0;
    Some(Seen { observation: Observation { at, position, cov, radial: None, beside: None }, nuisance, residual_px2 })
}

/// How much a box's noise must be raised for it to count as new.
fn repeated(since_last_s: f64) -> f64 {
    let kept = (-since_last_s.clamp(0.03, 10.0) / NOISE_MEMORY_S).exp();
    0.5 + 0.5 * (1.0 + kept) / (1.0 - kept)
}

impl Tracker {
    pub(super) fn step_camera(
        &mut self,
        sensor: usize,
        view: &CameraView,
        at: UtcMicros,
        list: &[CameraMeasurement],
    ) -> StepReport {
        self.expect(sensor, at);
        self.imagine(sensor, view, at);
        self.compare(list);
        self.count_rivals(list.len());
        self.assign(list.len(), GATE);
        let uncorrected = self.uncorrected(sensor);
        let mut report = StepReport::default();
        for (row, measured) in list.iter().enumerate() {
            let Some(fit) = self.fits.get(self.chosen[row]).copied() else { continue };
            let expected = &mut self.expected[self.pairs[self.chosen[row]].track];
            expected.detection_probability = 0.0;
            let track = &mut self.tracks[expected.track];
            let since_s = at.seconds_since(track.last_hit[sensor]).abs();
            let sure = expected.candidates == 1 && self.claimants[row] == 1;
            let heard = sure && track.confirmed && track.measured_by_others(sensor, at);
            if let Some(seen) = observe(at, expected, measured, fit.hidden, since_s, &uncorrected) {
                let health = &mut self.health[sensor];
                if heard {
                    let share = health.among_many(track.tells(expected.state.position()));
                    health.hear_box(&seen.nuisance, share);
                }
                if heard && !fit.hidden && measured.cut == Cut::default() {
                    health.hear_residual(seen.residual_px2);
                }
                if !health.clock_can_be_trusted() {
                    continue;
                }
                track.hit(sensor, seen.observation, camera_gain(measured.detection.score));
                let hidden_m = expected.covered * 0.25 * (expected.size_m[0] + expected.size_m[1]);
                track.words[sensor].hear(&seen.observation.cov, hidden_m * hidden_m);
                track.attributes.hear_size([seen.nuisance[0], seen.nuisance[1], seen.nuisance[2]]);
            }
            track.seen_at = track.seen_at.max(at);
            track.hear_score(at, measured.detection.score);
            track.attributes.hear_camera(measured.detection.class, measured.detection.score);
            if let Some(apparent) = measured.apparent.as_ref().filter(|_| !fit.hidden) {
                track.attributes.hear_height(apparent);
            }
            report.assigned += 1;
        }
        if !self.health[sensor].clock_can_be_trusted() {
            return StepReport { refused: Some(Refusal::Clock), ..report };
        }
        self.note_misses(at, Kind::Camera);
        for (row, measured) in list.iter().enumerate() {
            if self.chosen[row] != usize::MAX {
                continue;
            }
            // What is no road user has no usual height that would tell of a hidden foot.
            let hidden = measured.detection.class.is_road_user() && measured.height_ratio < LEAST_HEIGHT;
            let place = if hidden {
                measured.below_top.filter(|_| stands_behind(measured, list))
            } else {
                Some((measured.position_enu_m, measured.position_cov_m2))
            };
            if let Some(place) = place.filter(|place| self.may_begin(measured, place, list, row)) {
                let id = self.take_id();
                let mut track = Tracked::from_camera(id, at, measured, place, self.names.len());
                track.last_hit[sensor] = at;
                self.tracks.push(Box::new(track));
                report.born += 1;
            }
        }
        report
    }

    /// Finds the boxes that may be of each track.
    fn compare(&mut self, list: &[CameraMeasurement]) {
        self.pairs.clear();
        self.fits.clear();
        self.sweep.clear();
        let columns = self.expected.len();
        for (column, expected) in self.expected.iter().enumerate() {
            if let Some(picture) = &expected.picture {
                add_corner(&mut self.sweep, &picture.edges_px, &picture.spread.diagonal(), column);
            }
        }
        for (row, measured) in list.iter().enumerate() {
            let (edges_px, variances) = (measured.edges_px.into(), edge_variances(measured, false));
            add_corner(&mut self.sweep, &edges_px, &variances, columns + row);
        }
        for (column, row) in self.sweep.pairs_across(columns) {
            let (expected, row) = (&self.expected[*column], row - columns);
            if !near(expected, &list[row]) {
                continue;
            }
            if let Some(fit) = fit(expected, &self.tracks[expected.track].attributes, &list[row]) {
                self.pairs.push(Pair { measurement: row, track: *column, cost: fit.cost });
                self.fits.push(fit);
            }
        }
    }

    /// Fills in how each expected track should look, and how probably this camera reports it.
    fn imagine(&mut self, sensor: usize, view: &CameraView, at: UtcMicros) {
        let health = self.health[sensor];
        for expected in &mut self.expected {
            let track = &self.tracks[expected.track];
            // A camera that is turned moves all that it alone sees alike: none of its boxes is the less true beside another.
            let health = if track.measured_only_by(sensor, at) { health.beyond_doubt() } else { health };
            let size_var_m2 = track.attributes.size_var_m2();
            let size_m = if expected.size_m[0] > 0.0 { expected.size_m } else { [1.0; 3] };
            expected.picture = ExpectedBox::of(view, &health, expected, size_m, size_var_m2);
        }
        self.cover();
        for index in 0..self.expected.len() {
            let Some(picture) = self.expected[index].picture else { continue };
            let inside = picture.share_inside(view);
            // Small pictures of things are missed more often.
            let large = ((picture.height() - SMALL_PX) / (LARGE_PX - SMALL_PX)).clamp(0.0, 1.0);
            let hidden = self.expected[index].covered > 0.4;
            self.expected[index].detection_probability = match (inside > 0.7, hidden) {
                (true, false) => 0.5 * large,
                (true, true) => 0.05 * large,
                _ => 0.0,
            };
        }
    }

    /// Finds how much of each track's picture those before it hide.
    fn cover(&mut self) {
        self.sweep.clear();
        for (index, expected) in self.expected.iter().enumerate() {
            if let Some(picture) = &expected.picture {
                let [left, top, right, bottom] = picture.edges_px.into();
                self.sweep.add([left, top], [right, bottom], index);
            }
        }
        for pair in self.sweep.pairs() {
            for (front, behind) in [(pair.0, pair.1), (pair.1, pair.0)] {
                let (front, behind) = (&self.expected[front], behind);
                let (Some(near), Some(far)) = (&front.picture, &self.expected[behind].picture) else { continue };
                if front.handicap == 0.0 && near.distance_m < far.distance_m {
                    let covered = far.share_covered_by(near);
                    self.expected[behind].covered = self.expected[behind].covered.max(covered);
                }
            }
        }
    }

    fn assign(&mut self, measurements: usize, unassigned: f64) {
        let solved = self.assigner.solve(&self.pairs, measurements, self.expected.len(), unassigned);
        self.chosen.clear();
        self.chosen.extend_from_slice(solved);
    }

    /// Whether a box that no track took may begin one.
    fn may_begin(&self, measured: &CameraMeasurement, place: &Place, list: &[CameraMeasurement], row: usize) -> bool {
        if measured.detection.score < self.settings.birth_score
            || self.tracks.len() >= self.settings.max_tracks
            || place.1.trace() > 80.0
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
}

/// Whether another box hides the foot of what this one is of.
fn stands_behind(measured: &CameraMeasurement, list: &[CameraMeasurement]) -> bool {
    let [left, _, right, bottom] = measured.edges_px;
    list.iter().any(|other| {
        let [other_left, other_top, other_right, other_bottom] = other.edges_px;
        let beside_px = right.min(other_right) - left.max(other_left);
        let touch_px = 0.2 * measured.detection.h_px;
        beside_px > 0.5 * (right - left) && other_top < bottom + touch_px && other_bottom > bottom + touch_px
    })
}

/// Intersection over union of two boxes.
fn overlap(a: &CameraMeasurement, b: &CameraMeasurement) -> f64 {
    let (a, b) = (&a.detection, &b.detection);
    let w = (a.x_px + a.w_px).min(b.x_px + b.w_px) - a.x_px.max(b.x_px);
    let h = (a.y_px + a.h_px).min(b.y_px + b.h_px) - a.y_px.max(b.y_px);
    let inner = w.max(0.0) * h.max(0.0);
    inner / (a.w_px * a.h_px + b.w_px * b.h_px - inner).max(1e-9)
}
