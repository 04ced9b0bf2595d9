//! Random numbers of the distributions that sensors need.

use fastrand::Rng;

/// Standard normal, Box–Muller.
pub fn normal(random: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.f64()).cos()
}

/// Number of events when `mean` are expected; by waiting times. At most 1000.
pub fn poisson(mean: f64, random: &mut Rng) -> u32 {
    let mut waited = -(1.0 - random.f64()).ln();
    let mut count = 0;
    while waited < mean && count < 1000 {
        waited -= (1.0 - random.f64()).ln();
        count += 1;
    }
    count
}

/// Hits and misses that come in runs: a Markov chain of two states.
#[derive(Clone, Copy, Debug, Default)]
pub struct Runs {
    hit: Option<bool>,
}

impl Runs {
    /// Whether the next attempt, `after_s` later, is a hit. In the long run `share` of the attempts are (0 to 1), and a run
    /// of misses lasts `miss_s` on average, longer when hits are rare.
    pub fn next(&mut self, share: f64, after_s: f64, miss_s: f64, random: &mut Rng) -> bool {
        let ends = 1.0 - (-after_s / miss_s).exp();
        let begins = ends * (1.0 - share) / share.max(1e-9);
        // Rare hits: each lasts one attempt, and misses as long as the share asks for.
        let (begins, ends) = if begins > 1.0 { (1.0, share / (1.0 - share).max(1e-9)) } else { (begins, ends) };
        let hit = match self.hit {
            None => random.f64() < share,
            Some(true) => random.f64() >= begins,
            Some(false) => random.f64() < ends,
        };
        self.hit = Some(hit);
        hit
    }
}

/// Rises from 0 to 1, is 0.5 at `middle`, and steepest there: half of the way within about 1.1 `width` on either side.
pub fn rise(value: f64, middle: f64, width: f64) -> f64 {
    1.0 / (1.0 + (-(value - middle) / width).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_come_in_runs_and_hits_keep_their_share() {
        for (share, miss_s) in [(0.9, 0.4), (0.5, 0.4), (0.1, 0.1)] {
            let mut random = Rng::with_seed(1);
            let mut runs = Runs::default();
            let hits: Vec<bool> = (0..200_000).map(|_| runs.next(share, 0.1, miss_s, &mut random)).collect();
            let hit_share = hits.iter().filter(|hit| **hit).count() as f64 / 200_000.0;
            assert!((hit_share - share).abs() < 0.02, "{hit_share} of {share}");
            let after_miss: Vec<bool> = hits.windows(2).filter(|pair| !pair[0]).map(|pair| pair[1]).collect();
            let stays = after_miss.iter().filter(|hit| !**hit).count() as f64 / after_miss.len() as f64;
            assert!(stays >= (-0.1 / miss_s).exp() - 0.02, "a miss follows a miss: {stays}");
        }
    }

    #[test]
    fn poisson_and_normal_have_their_moments() {
        let mut random = Rng::with_seed(1);
        let mean = (0..20_000).map(|_| f64::from(poisson(3.0, &mut random))).sum::<f64>() / 20_000.0;
        assert!((mean - 3.0).abs() < 0.05, "{mean}");
        let variance = (0..20_000).map(|_| normal(&mut random).powi(2)).sum::<f64>() / 20_000.0;
        assert!((variance - 1.0).abs() < 0.05, "{variance}");
        assert_eq!(poisson(0.0, &mut random), 0);
    }
}
