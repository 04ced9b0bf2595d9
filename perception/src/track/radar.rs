//! A track in a radar's eyes: where on its body a return may come from, whether a return may be of it, and what that
//! return then says.
//!
//! A body reflects with the end that faces the radar, with the side that does, or from anywhere. Which of them it was is
//! not known, so a return speaks for all of them at once, each as probable as it fits; and as a body likes to reflect
//! from where it did just now, returns that follow each other soon are not taken for new.

use nalgebra::{Matrix2, Vector2};

use super::assign::Pair;
use super::evidence::Kind;
use super::expected::Expected;
use super::health::Health;
use super::history::Observation;
use super::lifecycle::{Tracked, radar_gain};
use super::motion::Radial;
use super::step::{Refusal, StepReport, Tracker};
use crate::frames::{RadarView, unit_from_heading};
use crate::lift::RadarMeasurement;
use crate::priors::class_prior;
use crate::time::UtcMicros;

/// Cost of leaving a return without a track.
const UNASSIGNED_COST: f64 = 14.0;
/// Added to a return's cost when no camera has seen the track of late.
const UNKNOWN_TO_CAMERAS: f64 = 3.0;
/// Squared Mahalanobis distance beyond which a place on the body is out of the question.
const GATE_2D: f64 = 14.0;
/// And a radial speed.
const GATE_1D: f64 = 12.0;
/// For how long a body goes on reflecting from the same place, seconds.
const PLACE_MEMORY_S: f64 = 0.4;

/// What a measurement that was assigned to a track says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Match {
    pub observation: Observation,
    /// What it says of the radar's turn, radians, and of its clock, seconds: what to add, and the share of the variance
    /// that goes.
    pub turn: (f64, f64),
    pub clock: (f64, f64),
    /// How far behind the near end the reflection lies, metres, where the radar looks along the body.
    pub depth_m: Option<f64>,
}

/// Where on a body a reflection may lie: offset of the centre from it, covariance of that, and how probable it is.
type Reflection = (Vector2<f64>, Matrix2<f64>, f64);

/// Compares a return with a track; gives the cost of saying that it is of it, and what it then says.
fn fit(
    at: UtcMicros,
    expected: &Expected,
    measured: &RadarMeasurement,
    since_last_s: f64,
    health: &Health,
    uncorrected: &Health,
) -> Option<(f64, Match)> {
    let toward = measured.line_of_sight;
    let mut cost = expected.handicap;
    let radial = measured.radial_speed_mps.map(|speed_mps| {
        let (noise, spread) = (measured.radial_speed_sigma_mps, class_prior(expected.class).micro_doppler_mps);
        Radial { direction: toward, speed_mps, variance: noise * noise + spread * spread }
    });
    if let Some(radial) = &radial {
        let s = toward.dot(&(expected.state.velocity_cov() * toward)) + radial.variance;
        let off = radial.speed_mps - toward.dot(&expected.state.velocity());
        if off * off / s > GATE_1D {
            return None;
        }
        cost += off * off / s + s.ln() * 0.5;
    }
    let reflections = reflections(expected, toward);
    let prior_cov = expected.state.position_cov() + expected.shape_cov_m2;
    let mut distances = [(0.0, 0.0); 3];
    let mut least = f64::MAX;
    for (distance, (offset, spread, _)) in distances.iter_mut().zip(&reflections) {
        let s = prior_cov + measured.cov_m2 + spread;
        let innovation = measured.position_enu_m + offset - expected.state.position();
        let squared = innovation.dot(&(s.try_inverse()? * innovation));
        least = least.min(squared);
        *distance = (squared, s.determinant());
    }
    // Most returns are of something else: before anything dear is worked out.
    if least.is_nan() || least >= GATE_2D {
        return None;
    }
    let mut weights = [0.0; 3];
    for (weight, ((squared, determinant), (_, _, share))) in weights.iter_mut().zip(distances.iter().zip(&reflections))
    {
        *weight = share * (-0.5 * squared).exp() / determinant.max(1e-12).sqrt();
    }
    let total: f64 = weights.iter().sum();
    if total.is_nan() || total <= 0.0 {
        return None;
    }
    cost += 3.0 - 2.0 * total.ln();
    if cost >= UNASSIGNED_COST {
        return None;
    }
    // Each place speaks as loud as it is probable and sharp: what is vague must not drag along what is sure.
    let repeated = repeated(since_last_s);
    let (mut information, mut sum) = (Matrix2::zeros(), Vector2::zeros());
    for (weight, (offset, spread, _)) in weights.iter().zip(&reflections) {
        let inverse = (measured.cov_m2 + spread * repeated).try_inverse()? * (weight / total);
        information += inverse;
        sum += inverse * offset;
    }
    let cov = information.try_inverse()?;
    let position = measured.position_enu_m + cov * sum;
    // What the clock may be off by blurs the place along the way the track goes, what the radar may be turned across its
    // line of sight.
    let late = -expected.state.velocity();
    let turned = Vector2::new(-toward.y, toward.x) * measured.distance_m;
    let [turn_var, clock_var] = [health.turn_var[1], health.clock_var];
    let cov = cov + late * late.transpose() * clock_var + turned * turned.transpose() * turn_var;
    let inverse = (prior_cov + cov).try_inverse()?;
    let residual = position - expected.state.position() - turned * uncorrected.turn_rad[1] - late * uncorrected.clock_s;
    let step = |column: Vector2<f64>, variance: f64| {
        let spread = inverse * column * variance;
        (spread.dot(&residual), spread.dot(&column))
    };
    let (turn, clock) = (step(turned, turn_var), step(late, clock_var));
    Some((
        cost,
        Match {
            observation: Observation { at, position, cov, radial, beside: None },
            turn,
            clock,
            depth_m: depth(expected, toward, measured),
        },
    ))
}

fn repeated(since_last_s: f64) -> f64 {
    let kept = (-since_last_s.clamp(0.03, 10.0) / PLACE_MEMORY_S).exp();
    (1.0 + kept) / (1.0 - kept)
}

/// How far behind the near end of the body, along it, a reflection lies.
fn depth(expected: &Expected, toward: Vector2<f64>, measured: &RadarMeasurement) -> Option<f64> {
    let ahead = Vector2::from(unit_from_heading(expected.heading?));
    let cosine = ahead.dot(&toward);
    let [length_m, width_m, _] = expected.size_m;
    let offset = measured.position_enu_m - expected.state.position();
    let beside_m = (offset.x * ahead.y - offset.y * ahead.x).abs();
    (cosine.abs() > 0.9 && beside_m < width_m).then(|| offset.dot(&ahead) * cosine.signum() + length_m / 2.0)
}

fn reflections(expected: &Expected, toward: Vector2<f64>) -> [Reflection; 3] {
    let [length_m, width_m, _] = expected.size_m;
    let Some(heading) = expected.heading else {
        // It may stand any way: the near face lies between half a width and half a length before the centre.
        let (near_m, far_m) = (0.5 * width_m.min(length_m), 0.5 * length_m.max(width_m));
        let face =
            |at_m: f64, sigma_m: f64, share: f64| (toward * at_m, Matrix2::identity() * (sigma_m * sigma_m), share);
        let wide_m = 0.3 * (far_m - near_m) + 0.2 * near_m + 0.05;
        return [
            face(0.9 * near_m, 0.3 * near_m + 0.05, 0.3),
            face(0.5 * (near_m + far_m), wide_m, 0.4),
            face(0.0, 0.5 * far_m + 0.05, 0.3),
        ];
    };
    let ahead = Vector2::from(unit_from_heading(heading));
    let side = Vector2::new(ahead.y, -ahead.x);
    let (along, beside) = (toward.dot(&ahead), toward.dot(&side));
    let body = |sigma_along: f64, sigma_side: f64| {
        ahead * ahead.transpose() * (sigma_along * sigma_along) + side * side.transpose() * (sigma_side * sigma_side)
    };
    let end_share = 0.1 + 0.5 * along * along;
    let to_end = ahead * (along.signum() * length_m / 2.0);
    let to_side = side * (beside.signum() * width_m / 2.0);
    [
        (to_end * 0.97, body(0.04 * length_m + 0.1, 0.3 * width_m), end_share),
        (to_side * 0.95, body(0.29 * length_m, 0.1 * width_m + 0.05), 0.9 - end_share),
        (to_end * (0.2 * along.abs()), body(0.35 * length_m + 0.1, 0.3 * width_m), 0.1),
    ]
}

impl Tracker {
    pub(super) fn step_radar(
        &mut self,
        sensor: usize,
        view: &RadarView,
        at: UtcMicros,
        list: &[RadarMeasurement],
    ) -> StepReport {
        self.expect(sensor, at);
        let (health, uncorrected) = (self.health[sensor], self.uncorrected(sensor));
        let antenna = Vector2::new(view.position_enu_m[0], view.position_enu_m[1]);
        self.pairs.clear();
        self.matches.clear();
        self.sweep.clear();
        for (column, expected) in self.expected.iter_mut().enumerate() {
            let centre = expected.state.position();
            if !view.sees(centre.into()) {
                continue;
            }
            let toward = (centre - antenna).try_normalize(1e-9).unwrap_or_default();
            let radial = toward.dot(&expected.state.velocity()).abs();
            expected.detection_probability = if radial > 1.0 { 0.15 } else { 0.05 };
            // What no camera knows gets what the others leave: most often it is a part of one of them.
            if self.tracks[expected.track].is_blind(at) {
                expected.handicap += UNKNOWN_TO_CAMERAS;
            }
            self.sweep.add_around(centre, 4.0 * expected.state.position_cov().trace().sqrt() + 8.0, column);
        }
        let columns = self.expected.len();
        for (row, measured) in list.iter().enumerate() {
            self.sweep.add_around(measured.position_enu_m, 4.0 * measured.cov_m2.trace().sqrt(), columns + row);
        }
        for (column, row) in self.sweep.pairs_across(columns) {
            let (expected, row) = (&self.expected[*column], row - columns);
            let since_s = at.seconds_since(self.tracks[expected.track].last_hit[sensor]).abs();
            if let Some((cost, found)) = fit(at, expected, &list[row], since_s, &health, &uncorrected) {
                self.pairs.push(Pair { measurement: row, track: *column, cost });
                self.matches.push(found);
            }
        }
        self.count_rivals(list.len());
        self.claim(list.len());
        let mut report = StepReport::default();
        for (row, measured) in list.iter().enumerate() {
            let Some(found) = self.matches.get(self.chosen[row]).copied() else { continue };
            let pair = self.pairs[self.chosen[row]];
            let best = pair.cost <= self.expected[pair.track].least_cost;
            if let Some(depth_m) = found.depth_m {
                self.tracks[self.expected[pair.track].track].attributes.hear_depth(depth_m);
            }
            if !best {
                continue;
            }
            let expected = &mut self.expected[pair.track];
            expected.detection_probability = 0.0;
            let track = &mut self.tracks[expected.track];
            // What no camera knows may be a part of another body, which reflects now and then.
            let again_s = if track.is_blind(at) { 0.0 } else { at.seconds_since(track.last_hit[sensor]).abs() };
            let moves = measured.radial_speed_mps.is_some_and(|speed| speed.abs() > 0.6);
            let sure = self.claimants[row] == 1;
            if sure && track.confirmed && track.measured_by_others(sensor, at) {
                let share = self.health[sensor].among_many(track.tells(expected.state.position()));
                self.health[sensor].hear_clock(found.clock, share);
                self.health[sensor].hear_turn(found.turn, share);
            }
            if !self.health[sensor].clock_can_be_trusted() {
                continue;
            }
            track.hit(sensor, found.observation, radar_gain(moves, again_s));
            track.words[sensor].hear(&found.observation.cov, 0.0);
            track.hear_radar(at);
            track.attributes.hear_radar(measured.rcs_dbsm);
            report.assigned += 1;
        }
        if !self.health[sensor].clock_can_be_trusted() {
            return StepReport { refused: Some(Refusal::Clock), ..report };
        }
        self.note_misses(at, Kind::Radar);
        self.begin_from_radar(sensor, at, list, &mut report);
        report
    }

    /// Each return goes to the track that it fits best: a body may give several.
    fn claim(&mut self, measurements: usize) {
        self.chosen.clear();
        self.chosen.resize(measurements, usize::MAX);
        for (index, pair) in self.pairs.iter().enumerate() {
            let held = self.chosen[pair.measurement];
            if pair.cost < self.pairs.get(held).map_or(UNASSIGNED_COST, |held| held.cost) {
                self.chosen[pair.measurement] = index;
            }
        }
        for pair in self.chosen.iter().filter_map(|index| self.pairs.get(*index)) {
            let least = &mut self.expected[pair.track].least_cost;
            *least = least.min(pair.cost);
        }
    }

    /// Returns that no track took and that lie on no track's body begin new ones.
    fn begin_from_radar(&mut self, sensor: usize, at: UtcMicros, list: &[RadarMeasurement], report: &mut StepReport) {
        let before = self.tracks.len();
        for (row, measured) in list.iter().enumerate() {
            // A pair costs less than no track does, so what fits one has chosen one.
            if self.chosen[row] != usize::MAX || self.tracks.len() >= self.settings.max_tracks {
                continue;
            }
            // Another return of the same body in this scan has begun one already.
            let near = self.tracks[before..]
                .iter()
                .any(|other| (other.filter.latest().position() - measured.position_enu_m).norm() < 3.0);
            if near {
                continue;
            }
            let id = self.take_id();
            let mut track = Tracked::from_radar(id, at, measured, self.names.len());
            track.last_hit[sensor] = at;
            self.tracks.push(Box::new(track));
            report.born += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detection::Class;
    use crate::track::motion::Gaussian;
    use nalgebra::{Matrix4, Vector4};

    /// Uniform from 0 to 1, from a fixed seed.
    struct Random(u64);

    impl Random {
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// Mean of where the returns say that a standing car is, from where it is, metres: along it and across.
    fn mean_error_m(centre: Vector2<f64>, heading: f64) -> [f64; 2] {
        let size_m = [4.5, 1.8, 1.5];
        let ahead = Vector2::from(unit_from_heading(heading));
        let side = Vector2::new(ahead.y, -ahead.x);
        let expected = Expected {
            track: 0,
            state: Gaussian {
                mean: Vector4::new(centre.x, centre.y, 0.0, 0.0),
                cov: Matrix4::from_diagonal(&Vector4::new(0.3, 0.3, 0.05, 0.05)),
            },
            heading: Some(heading),
            heading_var_rad2: 0.0,
            size_m,
            class: Class::Car,
            shape_cov_m2: Matrix2::identity() * 0.02,
            handicap: 0.0,
            picture: None,
            covered: 0.0,
            detection_probability: 0.0,
            least_cost: f64::MAX,
            candidates: 0,
        };
        let mut random = Random(7);
        let (toward, mut sum, mut information) = (centre.normalize(), Vector2::zeros(), Matrix2::zeros());
        let (near_end, near_side) = (-toward.dot(&ahead).signum(), -toward.dot(&side).signum());
        for _ in 0..500 {
            let anywhere = random.uniform() - 0.5;
            // From the near end, anywhere across it; or from the near side, anywhere along it.
            let (along, across) =
                if random.uniform() < 0.6 { (0.5 * near_end, anywhere) } else { (anywhere, 0.5 * near_side) };
            let mut noise = || (0..12).map(|_| random.uniform()).sum::<f64>() - 6.0;
            let position = centre + ahead * (along * size_m[0]) + side * (across * size_m[1]);
            let position_enu_m = position + Vector2::new(0.2 * noise(), 0.2 * noise());
            let measured = RadarMeasurement {
                position_enu_m,
                cov_m2: Matrix2::identity() * 0.04,
                line_of_sight: position_enu_m.normalize(),
                radial_speed_mps: Some(0.05 * noise()),
                radial_speed_sigma_mps: 0.1,
                distance_m: position_enu_m.norm(),
                rcs_dbsm: None,
            };
            let sure = Health::default();
            if let Some((_, found)) = fit(UtcMicros(0), &expected, &measured, 1.0, &sure, &sure) {
                let inverse = found.observation.cov.try_inverse().expect("a covariance");
                information += inverse;
                sum += inverse * (found.observation.position - centre);
            }
        }
        let mean = information.try_inverse().expect("many returns") * sum;
        [mean.dot(&ahead), mean.dot(&side)]
    }

    #[test]
    fn a_standing_car_is_where_it_is_though_it_reflects_from_its_near_end_and_side() {
        for heading in [0.0, 0.5, 1.2, 2.5, 3.2] {
            let [along_m, across_m] = mean_error_m(Vector2::new(6.0, 40.0), heading);
            assert!(along_m.hypot(across_m) < 0.15, "heading {heading}: {along_m} along, {across_m} across");
        }
    }
}
