//! A track's last measurements and the states after each, so that one that comes late is used at its own time: the
//! state before it is taken up again and what followed is filtered once more.

use std::collections::VecDeque;

use nalgebra::{Matrix2, Vector2};

use super::motion::{Gaussian, Imm, Noise, Radial};
use crate::time::UtcMicros;

/// Most measurements remembered.
const CAPACITY: usize = 48;

/// A measurement as the filter takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Observation {
    pub at: UtcMicros,
    /// Centre of the footprint, site ENU, metres.
    pub position: Vector2<f64>,
    pub cov: Matrix2<f64>,
    pub radial: Option<Radial>,
    /// Another, at right angles to it: of who says how fast it goes.
    pub beside: Option<Radial>,
}

#[derive(Clone, Debug)]
pub(crate) struct Filter {
    /// The state before the oldest measurement remembered.
    base_at: UtcMicros,
    base: Imm,
    /// In order of measurement time.
    steps: VecDeque<(Observation, Imm)>,
    /// Time and state after the newest measurement, as in `steps`, and the state as one Gaussian. Most questions are about
    /// these: here they need no trip to where `steps` lie.
    newest: (UtcMicros, Imm),
    latest: Gaussian,
}

impl Filter {
    pub(crate) fn new(at: UtcMicros, start: Gaussian) -> Self {
        let base = Imm::new(start);
        let steps = VecDeque::with_capacity(CAPACITY + 1);
        Self { base_at: at, base, steps, newest: (at, base), latest: base.combined() }
    }

    /// Time and state after the newest measurement.
    pub(crate) fn newest(&self) -> (UtcMicros, &Imm) {
        (self.newest.0, &self.newest.1)
    }

    /// The state after the newest measurement.
    pub(crate) fn latest(&self) -> &Gaussian {
        &self.latest
    }

    /// The state at a time, from what was measured until then. Before the oldest state remembered: that one, moved back.
    pub(crate) fn at(&self, at: UtcMicros, noise: &Noise) -> Imm {
        let (from, state) = if at >= self.newest.0 { self.newest() } else { self.before(self.place(at)) };
        state.predicted(at.seconds_since(from), noise)
    }

    /// How many measurements are not after `at`. Looked for from the newest on: most scans are about as new, and a look at
    /// each old one costs a trip to memory.
    fn place(&self, at: UtcMicros) -> usize {
        self.steps.iter().rposition(|(observation, _)| observation.at <= at).map_or(0, |last| last + 1)
    }

    fn before(&self, index: usize) -> (UtcMicros, &Imm) {
        match index.checked_sub(1).and_then(|previous| self.steps.get(previous)) {
            Some((observation, state)) => (observation.at, state),
            None => (self.base_at, &self.base),
        }
    }

    /// Takes a measurement at its own time. One from before the oldest state remembered is not used: gives `false`.
    pub(crate) fn insert(&mut self, observation: Observation, noise: &Noise) -> bool {
        if observation.at < self.base_at {
            return false;
        }
        let place = self.place(observation.at);
        self.steps.insert(place, (observation, self.base));
        for index in place..self.steps.len() {
            let (from, state) = self.before(index);
            let step = self.steps[index].0;
            let mut state = state.predicted(step.at.seconds_since(from), noise);
            state.update(step.position, &step.cov, [step.radial.as_ref(), step.beside.as_ref()]);
            self.steps[index].1 = state;
        }
        if self.steps.len() > CAPACITY {
            self.forget_oldest();
        }
        if let Some((observation, state)) = self.steps.back() {
            self.newest = (observation.at, *state);
            self.latest = state.combined();
        }
        true
    }

    /// From now on the place is less sure by this variance, m², than the measurements made it.
    pub(crate) fn doubt(&mut self, variance_m2: f64) {
        self.newest.1.doubt(variance_m2);
        self.latest = self.newest.1.combined();
        if let Some((_, state)) = self.steps.back_mut() {
            *state = self.newest.1;
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((observation, state)) = self.steps.pop_front() {
            self.base_at = observation.at;
            self.base = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{Matrix4, Vector4};

    const NOISE: Noise =
        Noise { density_m2ps3: [0.2, 4.0], rate_hz: [[0.0, 0.25, 0.02], [0.6, 0.0, 0.1], [0.0, 0.03, 0.0]] };

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let start = Gaussian { mean: Vector4::new(0.0, 0.0, 1.0, 0.0), cov: Matrix4::identity() };
        let observation = |ms: i64| Observation {
            at: UtcMicros(ms * 1000),
            position: Vector2::new(ms as f64 * 1.1e-3, 0.01 * (ms % 7) as f64),
            cov: Matrix2::identity() * 0.1,
            radial: (ms % 2 == 0).then_some(Radial {
                direction: Vector2::new(1.0, 0.0),
                speed_mps: 1.1,
                variance: 0.04,
            }),
            beside: None,
        };
        let in_order = [40, 90, 100, 150, 210, 260];
        let mixed = [100, 40, 210, 90, 260, 150];
        let run = |order: [i64; 6]| {
            let mut filter = Filter::new(UtcMicros(0), start);
            for ms in order {
                assert!(filter.insert(observation(ms), &NOISE));
            }
            filter.newest().1.combined()
        };
        assert_eq!(run(in_order), run(mixed));
    }
}
