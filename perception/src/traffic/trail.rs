//! Where a road user was in the last seconds on its link, and from that where and how fast it was at a moment between: what came
//! after says it better than the tracker could at the time.

use std::collections::VecDeque;

use crate::time::UtcMicros;

/// How much is kept, seconds.
const KEPT_S: f64 = 4.0;
/// How much of it, before and after a moment, tells of that moment, seconds.
pub(super) const REACH_S: f64 = 1.0;
const LEAST_S: f64 = 0.25;

#[derive(Clone, Copy, Debug)]
struct Point {
    at: UtcMicros,
    offset_m: f64,
    position_enu_m: [f64; 2],
}

/// Places in order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail(VecDeque<Point>);

/// Where a road user was, and how fast along its lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub position_enu_m: [f64; 2],
    pub speed_mps: f64,
}

impl Trail {
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn push(&mut self, at: UtcMicros, offset_m: f64, position_enu_m: [f64; 2]) {
        while self.0.front().is_some_and(|first| at.seconds_since(first.at) > KEPT_S) {
            self.0.pop_front();
        }
        self.0.push_back(Point { at, offset_m, position_enu_m });
    }

    /// When it last went over a place of its link.
    pub fn passed(&self, place_m: f64) -> Option<UtcMicros> {
        let mut pairs = self.0.iter().zip(self.0.iter().skip(1)).rev();
        let (from, to) = pairs.find(|(from, to)| from.offset_m < place_m && place_m <= to.offset_m)?;
        let share = (place_m - from.offset_m) / (to.offset_m - from.offset_m);
        Some(from.at.plus_seconds(to.at.seconds_since(from.at) * share))
    }

    /// Straight lines through what is known around a moment. `None`: too little.
    pub fn at(&self, at: UtcMicros) -> Option<Moment> {
        let [first, last] = [self.0.front()?, self.0.back()?].map(|end| end.at.seconds_since(at).abs());
        // Who speeds up was slower before: as much after the moment must tell of it as before.
        let around_s = first.min(last).clamp(LEAST_S, REACH_S);
        let line = |reach_s: f64, value: fn(&Point) -> f64| {
            let seconds = |point: &Point| point.at.seconds_since(at);
            let near = self.0.iter().filter(|point| seconds(point).abs() <= reach_s);
            fitted(near.map(|point| (seconds(point), value(point))))
        };
        let (east_m, _) = line(REACH_S, |point| point.position_enu_m[0])?;
        let (north_m, _) = line(REACH_S, |point| point.position_enu_m[1])?;
        let (_, speed_mps) =
            line(around_s, |point| point.offset_m).or_else(|| line(REACH_S, |point| point.offset_m))?;
        Some(Moment { position_enu_m: [east_m, north_m], speed_mps })
    }
}

/// The least-squares line through points: its value at 0, and its slope. `None`: they are all at one abscissa.
fn fitted(points: impl Iterator<Item = (f64, f64)> + Clone) -> Option<(f64, f64)> {
    let (count, sum_x, sum_y) = points.clone().fold((0.0, 0.0, 0.0), |(n, sx, sy), (x, y)| (n + 1.0, sx + x, sy + y));
    let [mean_x, mean_y] = [sum_x, sum_y].map(|sum| sum / f64::max(count, 1.0));
    let (xx, xy) =
        points.fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + (x - mean_x).powi(2), xy + (x - mean_x) * (y - mean_y)));
    (xx > 1e-3).then(|| (mean_y - mean_x * xy / xx, xy / xx))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_known_from_what_came_before_and_after() {
        let mut trail = Trail::default();
        for ds in 0..30 {
            // 5 m/s, changing lanes by 1 m/s, with 0.2 m of noise.
            let (s, noise_m) = (f64::from(ds) / 10.0, if ds % 2 == 0 { 0.2 } else { -0.2 });
            trail.push(UtcMicros(0).plus_seconds(s), 5.0 * s, [s + noise_m, 5.0 * s]);
        }
        let at = trail.passed(7.5).expect("it went over");
        assert_eq!(at, UtcMicros(1_500_000));
        let moment = trail.at(at).expect("enough is known");
        assert!((moment.speed_mps - 5.0).abs() < 1e-6 && (moment.position_enu_m[0] - 1.5).abs() < 0.05, "{moment:?}");
        assert_eq!((trail.passed(20.0), trail.at(UtcMicros(9_000_000)).is_none()), (None, true));
    }
}
