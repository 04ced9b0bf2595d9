//! How road users move: an interacting-multiple-model filter of two constant-velocity models, one for steady motion
//! and one for turning, braking and starting.
//!
//! State east, north, east speed, north speed (m, m/s). Blom and Bar-Shalom, "The interacting multiple model algorithm
//! for systems with Markovian switching coefficients", IEEE Trans. Automatic Control 33(8), 1988.

use nalgebra::{Matrix2, Matrix4, Vector2, Vector4};

/// How many models run side by side.
pub(crate) const MODELS: usize = 3;
/// The model of what stands; the others move, the steady one first.
const STANDING: usize = 2;
/// Of what stands: standard deviation of the speed, m/s, and spectral density of the place, m²/s.
const STANDING_SPEED_MPS: f64 = 0.05;
const STANDING_DRIFT_M2PS: f64 = 1e-4;

/// Process noise of the models and how often they change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Noise {
    /// Spectral density of the acceleration in steady and in agile motion, m²/s³.
    pub density_m2ps3: [f64; 2],
    /// How often each model gives way to each other, 1/s, row by row from steady, agile, standing.
    pub rate_hz: [[f64; MODELS]; MODELS],
}

/// Mean and covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gaussian {
    pub mean: Vector4<f64>,
    pub cov: Matrix4<f64>,
}

impl Gaussian {
    pub(crate) fn position(&self) -> Vector2<f64> {
        self.mean.fixed_rows::<2>(0).into()
    }

    pub(crate) fn velocity(&self) -> Vector2<f64> {
        self.mean.fixed_rows::<2>(2).into()
    }

    pub(crate) fn position_cov(&self) -> Matrix2<f64> {
        self.cov.fixed_view::<2, 2>(0, 0).into()
    }

    pub(crate) fn velocity_cov(&self) -> Matrix2<f64> {
        self.cov.fixed_view::<2, 2>(2, 2).into()
    }

    pub(crate) fn is_sound(&self) -> bool {
        self.mean.iter().chain(self.cov.iter()).all(|value| value.is_finite())
            && (0..4).all(|axis| self.cov[(axis, axis)] > 0.0)
    }

    fn predict(&mut self, dt_s: f64, density: f64) {
        let (mean, cov) = (self.mean, &mut self.cov);
        self.mean[0] += dt_s * mean[2];
        self.mean[1] += dt_s * mean[3];
        // P <- F P F', written out: F adds dt times the velocity rows to the position rows.
        for col in 0..4 {
            cov[(0, col)] += dt_s * cov[(2, col)];
            cov[(1, col)] += dt_s * cov[(3, col)];
        }
        for row in 0..4 {
            cov[(row, 0)] += dt_s * cov[(row, 2)];
            cov[(row, 1)] += dt_s * cov[(row, 3)];
        }
        let dt = dt_s.abs();
        for axis in 0..2 {
            cov[(axis, axis)] += density * dt * dt * dt / 3.0;
            cov[(axis, axis + 2)] += density * dt * dt_s / 2.0;
            cov[(axis + 2, axis)] += density * dt * dt_s / 2.0;
            cov[(axis + 2, axis + 2)] += density * dt;
        }
    }

    /// As it will be if it stands.
    fn stand(&mut self, dt_s: f64) {
        for axis in 0..2 {
            self.mean[axis + 2] = 0.0;
            for other in 0..4 {
                self.cov[(axis + 2, other)] = 0.0;
                self.cov[(other, axis + 2)] = 0.0;
            }
            self.cov[(axis, axis)] += STANDING_DRIFT_M2PS * dt_s.abs();
            self.cov[(axis + 2, axis + 2)] = STANDING_SPEED_MPS * STANDING_SPEED_MPS;
        }
    }

    /// Updates with a position; gives the log likelihood.
    fn update_position(&mut self, z: Vector2<f64>, noise: &Matrix2<f64>) -> f64 {
        let s = self.position_cov() + noise;
        let Some(inverse) = s.try_inverse() else { return -50.0 };
        let innovation = z - self.position();
        let gain = self.cov.fixed_view::<4, 2>(0, 0) * inverse;
        self.mean += gain * innovation;
        self.cov -= gain * s * gain.transpose();
        self.settle();
        -0.5 * (innovation.dot(&(inverse * innovation)) + s.determinant().max(1e-30).ln())
    }

    /// Updates with a speed along a direction; gives the log likelihood.
    fn update_radial(&mut self, radial: &Radial) -> f64 {
        let h = Vector4::new(0.0, 0.0, radial.direction.x, radial.direction.y);
        let ph = self.cov * h;
        let s = h.dot(&ph) + radial.variance;
        let innovation = radial.speed_mps - h.dot(&self.mean);
        self.mean += ph * (innovation / s);
        self.cov -= ph * ph.transpose() / s;
        self.settle();
        -0.5 * (innovation * innovation / s + s.ln())
    }

    /// Keeps the covariance symmetric and above zero against rounding.
    fn settle(&mut self) {
        self.cov = (self.cov + self.cov.transpose()) * 0.5;
        for axis in 0..4 {
            self.cov[(axis, axis)] = self.cov[(axis, axis)].max(1e-5);
        }
    }
}

/// A measured speed along a direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Radial {
    /// Unit vector.
    pub direction: Vector2<f64>,
    pub speed_mps: f64,
    /// (m/s)².
    pub variance: f64,
}

/// The models and how probable each is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Imm {
    pub modes: [Gaussian; MODELS],
    pub weight: [f64; MODELS],
}

impl Imm {
    pub(crate) fn new(start: Gaussian) -> Self {
        let mut modes = [start; MODELS];
        modes[STANDING].stand(0.0);
        let speed2 = start.velocity().norm_squared();
        let spread2 = start.velocity_cov().trace() + STANDING_SPEED_MPS * STANDING_SPEED_MPS;
        let standing = 0.3 * (-0.5 * speed2 / spread2).exp() + 0.01;
        Self { modes, weight: [0.6 * (1.0 - standing), 0.4 * (1.0 - standing), standing] }
    }

    /// The state `dt_s` later (earlier when negative: then only moved and blurred, without mixing).
    pub(crate) fn predicted(&self, dt_s: f64, noise: &Noise) -> Self {
        let mut next = if dt_s > 0.0 { self.mixed(dt_s, noise) } else { *self };
        for (mode, density) in next.modes.iter_mut().zip(noise.density_m2ps3) {
            mode.predict(dt_s, density);
        }
        next.modes[STANDING].stand(dt_s);
        next
    }

    /// The interaction step: each model starts from a blend of all, as they may have changed in `dt_s`.
    fn mixed(&self, dt_s: f64, noise: &Noise) -> Self {
        let mut next = *self;
        let leaves = noise.rate_hz.map(|rates| rates.iter().sum::<f64>());
        let gone = leaves.map(|leaves| 1.0 - (-leaves * dt_s).exp());
        for to in 0..MODELS {
            let mut share = [0.0; MODELS];
            for (from, share) in share.iter_mut().enumerate() {
                let comes = if from == to {
                    1.0 - gone[from]
                } else {
                    gone[from] * noise.rate_hz[from][to] / leaves[from].max(1e-9)
                };
                *share = self.weight[from] * comes;
            }
            let sum = share.iter().sum::<f64>().max(1e-12);
            next.weight[to] = sum;
            next.modes[to] = blend(&self.modes, share.map(|part| part / sum));
        }
        next
    }

    pub(crate) fn update(&mut self, z: Vector2<f64>, noise: &Matrix2<f64>, speeds: [Option<&Radial>; 2]) {
        let mut log_likelihood = [0.0; MODELS];
        for (mode, log) in self.modes.iter_mut().zip(&mut log_likelihood) {
            *log = mode.update_position(z, noise);
            for radial in speeds.into_iter().flatten() {
                *log += mode.update_radial(radial);
            }
        }
        let top = log_likelihood.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for (weight, log) in self.weight.iter_mut().zip(log_likelihood) {
            *weight = (*weight * (log - top).exp()).max(0.01);
            sum += *weight;
        }
        self.weight = self.weight.map(|weight| weight / sum);
    }

    /// Makes the place less sure by this variance, m².
    pub(crate) fn doubt(&mut self, variance_m2: f64) {
        for mode in &mut self.modes {
            for axis in 0..2 {
                mode.cov[(axis, axis)] += variance_m2;
            }
        }
    }

    /// Probability that it stands.
    pub(crate) fn standing(&self) -> f64 {
        self.weight[STANDING]
    }

    /// One Gaussian for all models together.
    pub(crate) fn combined(&self) -> Gaussian {
        blend(&self.modes, self.weight)
    }
}

fn blend(parts: &[Gaussian; MODELS], share: [f64; MODELS]) -> Gaussian {
    let mut mean = Vector4::zeros();
    for (part, share) in parts.iter().zip(share) {
        mean += part.mean * share;
    }
    let mut cov = Matrix4::zeros();
    for (part, share) in parts.iter().zip(share).filter(|(_, share)| *share > 1e-6) {
        let spread = part.mean - mean;
        cov += (part.cov + spread * spread.transpose()) * share;
    }
    Gaussian { mean, cov }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOISE: Noise =
        Noise { density_m2ps3: [0.2, 4.0], rate_hz: [[0.0, 0.25, 0.02], [0.6, 0.0, 0.1], [0.0, 0.03, 0.0]] };

    fn start() -> Gaussian {
        Gaussian {
            mean: Vector4::new(0.0, 0.0, 10.0, 0.0),
            cov: Matrix4::from_diagonal(&Vector4::new(1.0, 1.0, 4.0, 4.0)),
        }
    }

    #[test]
    fn predicts_the_mean_by_velocity_and_the_covariance_by_hand() {
        let mut g = start();
        g.predict(0.5, 0.0);
        assert_eq!(g.mean, Vector4::new(5.0, 0.0, 10.0, 0.0));
        // var + dt² var_v = 1 + 0.25 · 4; covariance dt · var_v.
        assert!((g.cov[(0, 0)] - 2.0).abs() < 1e-12 && (g.cov[(0, 2)] - 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_position_halves_equal_uncertainty() {
        let mut g = start();
        g.update_position(Vector2::new(2.0, 0.0), &Matrix2::identity());
        assert!((g.mean[0] - 1.0).abs() < 1e-12 && (g.cov[(0, 0)] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_stands_does_not_drift() {
        let mut imm = Imm::new(Gaussian {
            mean: Vector4::zeros(),
            cov: Matrix4::from_diagonal(&Vector4::new(1.0, 1.0, 4.0, 4.0)),
        });
        // Noise that repeats and has no mean.
        let noise = [[0.3, -0.2], [-0.25, 0.3], [0.15, 0.1], [-0.2, -0.2]];
        for step in 0..2000 {
            imm = imm.predicted(0.05, &NOISE);
            imm.update(noise[step % 4].into(), &(Matrix2::identity() * 0.09), [None; 2]);
        }
        assert!(imm.weight[STANDING] > 0.8, "{:?}", imm.weight);
        let unseen = imm.predicted(10.0, &NOISE);
        for state in [imm.combined(), unseen.combined()] {
            assert!(state.position().norm() < 0.1 && state.velocity().norm() < 0.05, "{:?}", state.mean);
        }
        let mut alone = imm.modes[STANDING];
        alone.stand(10.0);
        assert_eq!(alone.position(), imm.modes[STANDING].position());
    }

    #[test]
    fn braking_raises_the_agile_model() {
        let mut imm = Imm::new(start());
        for _ in 0..30 {
            imm = imm.predicted(0.1, &NOISE);
            let z = imm.modes[0].position();
            imm.update(z, &(Matrix2::identity() * 0.04), [None; 2]);
        }
        let steady = imm.weight[1];
        let (mut x, mut v) = (imm.combined().mean[0], 10.0);
        for _ in 0..10 {
            v -= 0.5;
            x += v * 0.1;
            imm = imm.predicted(0.1, &NOISE);
            imm.update(Vector2::new(x, 0.0), &(Matrix2::identity() * 0.04), [None; 2]);
        }
        assert!(imm.weight[1] > steady + 0.1, "{} after {steady}", imm.weight[1]);
        assert!((imm.combined().mean[2] - v).abs() < 1.5);
    }
}
