//! What the service counted beside what there was.

use std::collections::BTreeMap;
use std::fmt;

use cloud_bridge::schema::{LaneTraffic, Traffic};
use perception::risk::SafetyWindow;
use serde::{Deserialize, Serialize};

use super::kerb::KerbTruth;
use super::served::SignalComparison;
use super::traffic::{LaneTruth, WindowTruth};

/// How far off each figure of a lane's window may be: shares, shares, share of the time, road users.
const VOLUME: f64 = 0.02;
const SPEED: f64 = 0.05;
const OCCUPANCY: f64 = 0.02;
const QUEUE: f64 = 1.0;
/// And a turning count.
const TURNS: f64 = 0.03;
/// What a count of a few dozen can be off by at best, road users.
pub(super) const ONE: f64 = 1.0;
/// Lanes that were seen for less of the window are not compared.
pub(super) const MIN_COVERAGE: f64 = 0.9;

/// A line of `rsu replay --traffic`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct CountedWindow {
    /// Begin of the window, microseconds since the Unix epoch, UTC.
    pub from_us: i64,
    /// What was counted in it.
    #[serde(flatten)]
    pub traffic: Traffic,
}

/// One lane over one window; each figure as counted, and as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LaneComparison {
    /// Begin of the window, microseconds since the Unix epoch, UTC.
    pub from_us: i64,
    /// Its name.
    pub lane: String,
    /// Road users over the counting line.
    pub vehicles: [u32; 2],
    /// Mean of the speeds there, m/s.
    pub time_mean_speed_mps: [Option<f64>; 2],
    /// Way over time in the section, m/s.
    pub space_mean_speed_mps: [Option<f64>; 2],
    /// Share of the time in which somebody was over the line.
    pub occupancy: [Option<f64>; 2],
    /// Most in the queue.
    pub queue_max: [u32; 2],
}

/// One way across the junction, over all windows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MovementComparison {
    /// Link that it comes from.
    pub from_link: String,
    /// Link that it leads to.
    pub to_link: String,
    /// Who took it: counted, and true.
    pub vehicles: [u32; 2],
}

/// One kind of what nearly happened, over all windows; each as counted, and as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SafetyComparison {
    /// Conflicts on a collision course.
    pub ttc: [u32; 2],
    /// Places taken soon after another one left them.
    pub pet: [u32; 2],
}

/// One crosswalk over one window; each figure as counted, and as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrosswalkComparison {
    /// Begin of the window, microseconds since the Unix epoch, UTC.
    pub from_us: i64,
    /// Its name.
    pub crosswalk: String,
    /// People who stepped onto it.
    pub pedestrians: [u32; 2],
    /// Mean time at the kerb before, seconds.
    pub delay_mean_s: [Option<f64>; 2],
    /// The longest of these, seconds.
    pub delay_max_s: [Option<f64>; 2],
}

/// What errors are told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorUnit {
    /// Shares of the truth.
    Share,
    /// Shares of the time.
    Points,
    /// Road users.
    RoadUsers,
    /// Greens of a group.
    Splits,
}

impl ErrorUnit {
    /// A value in words: percent, points, or a number.
    fn show(self, value: f64, signed: bool) -> String {
        let (value, unit) = match self {
            Self::Share => (value * 100.0, " %"),
            Self::Points => (value * 100.0, " points"),
            Self::RoadUsers | Self::Splits => (value, ""),
        };
        if signed { format!("{value:+.1}{unit}") } else { format!("{value:.1}{unit}") }
    }
}

/// How far off one figure was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// How far off it may be.
    pub target: f64,
    /// The unit of that and of the errors.
    pub unit: ErrorUnit,
    /// How many were compared.
    pub compared: u32,
    /// Of them, how many are within the target.
    pub within_target: u32,
    /// Mean of the errors, with sign; shares of the truth for counts and speeds.
    pub bias: f64,
    /// Mean of the errors without sign.
    pub mean_abs: f64,
    /// The largest of them.
    pub worst: f64,
    /// All that was counted over all that there was, less one; for counts only.
    pub total: Option<f64>,
}

impl Summary {
    /// The heads of the columns that [`fmt::Display`] writes.
    pub const HEADS: &'static str = "  target       within      mean error        bias      in all";
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = format!("± {}", self.unit.show(self.target, false).replace(".0", ""));
        let within = format!("{} of {}", self.within_target, self.compared);
        let [mean, bias] = [self.unit.show(self.mean_abs, false), self.unit.show(self.bias, true)];
        let total = self.total.map_or(String::new(), |total| ErrorUnit::Share.show(total, true));
        write!(f, "{target:>10} {within:>11} {mean:>14} {bias:>12} {total:>10}")
    }
}

/// The comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TrafficScore {
    /// Lanes, window by window.
    pub lanes: Vec<LaneComparison>,
    /// Movements, over all windows.
    pub movements: Vec<MovementComparison>,
    /// By the kind of conflict, as [`score_safety`] gives it.
    pub safety: BTreeMap<String, SafetyComparison>,
    /// Hard braking, likewise.
    pub hard_braking: [u32; 2],
    /// Signal groups, window by window, where the recording has lights.
    pub signals: Vec<SignalComparison>,
    /// Crosswalks, window by window, where the map has them.
    pub crosswalks: Vec<CrosswalkComparison>,
    /// By figure: `volume`, `time_mean_speed`, `space_mean_speed`, `occupancy`, `queue`, `turns`; `volume_by_one` and `turns_by_one`
    /// ask of the same counts whether they are right to one. Those of signals: [`signal_summaries`](super::signal_summaries).
    pub summary: BTreeMap<&'static str, Summary>,
}

/// How long the section of each lane is, metres, as the windows say it.
pub fn sections_m(counted: &BTreeMap<i64, Traffic>) -> BTreeMap<String, f64> {
    let lanes = counted.values().flat_map(|traffic| &traffic.lanes);
    lanes.filter_map(|lane| Some((lane.lane.clone(), lane.section_m?))).collect()
}

/// Compares windows of `window_s` seconds that are in both.
pub fn score_traffic(
    counted: &BTreeMap<i64, Traffic>,
    truth: &BTreeMap<i64, WindowTruth>,
    window_s: u32,
) -> TrafficScore {
    let mut score = TrafficScore::default();
    let mut turns: BTreeMap<(String, String), [u32; 2]> = BTreeMap::new();
    for (from_us, traffic) in counted {
        let Some(truth) = truth.get(from_us) else { continue };
        for lane in traffic.lanes.iter().filter(|lane| lane.coverage >= MIN_COVERAGE) {
            // Where nobody drove there is nothing to compare.
            if let Some(was) = truth.lanes.get(&lane.lane).filter(|was| !was.people) {
                score.lanes.push(compare(*from_us, lane, was, window_s));
            }
        }
        for movement in &traffic.movements {
            let to = movement.to_link.clone().unwrap_or_else(|| "unknown".to_owned());
            turns.entry((movement.from_link.clone(), to)).or_default()[0] += movement.vehicles;
        }
        for (turn, count) in &truth.turns {
            turns.entry(turn.clone()).or_default()[1] += count;
        }
    }
    let movement = |((from_link, to_link), vehicles)| MovementComparison { from_link, to_link, vehicles };
    score.movements = turns.into_iter().map(movement).collect();
    score.summary = summaries(&score);
    score
}

/// Compares surrogate safety of the windows that are in both: by kind of conflict, and hard braking.
pub fn score_safety(
    counted: &BTreeMap<i64, Traffic>,
    truth: &BTreeMap<i64, SafetyWindow>,
) -> (BTreeMap<String, SafetyComparison>, [u32; 2]) {
    let (mut kinds, mut braking): (BTreeMap<String, SafetyComparison>, _) = (BTreeMap::new(), [0; 2]);
    for (from_us, traffic) in counted {
        let (Some(safety), Some(was)) = (&traffic.safety, truth.get(from_us)) else { continue };
        for conflicts in &safety.conflicts {
            let kind = kinds.entry(conflicts.kind.clone()).or_default();
            kind.ttc[0] += conflicts.ttc.iter().map(|within| within.count).sum::<u32>();
            kind.pet[0] += conflicts.pet.iter().map(|within| within.count).sum::<u32>();
        }
        for ((of_kind, _), count) in &was.conflicts {
            let kind = kinds.entry(of_kind.as_str().to_owned()).or_default();
            kind.ttc[1] += count.by_ttc.iter().sum::<u32>();
            kind.pet[1] += count.by_pet.iter().sum::<u32>();
        }
        braking[0] += safety.hard_braking.iter().map(|one| one.count).sum::<u32>();
        braking[1] += was.braking.values().map(|one| one.count).sum::<u32>();
    }
    (kinds, braking)
}

/// Compares the crosswalks of windows that are in both.
pub fn compare_kerbs(counted: &BTreeMap<i64, Traffic>, truth: &KerbTruth) -> Vec<CrosswalkComparison> {
    let in_both = counted.iter().filter_map(|(from_us, traffic)| Some((from_us, traffic, truth.get(from_us)?)));
    let compared = in_both.flat_map(|(from_us, traffic, truth)| {
        traffic.crosswalks.iter().filter(|crosswalk| crosswalk.coverage >= MIN_COVERAGE).map(|crosswalk| {
            let was = truth.get(&crosswalk.crosswalk).copied().unwrap_or_default();
            let of_any = |seconds: f64| (was.pedestrians > 0).then_some(seconds);
            CrosswalkComparison {
                from_us: *from_us,
                crosswalk: crosswalk.crosswalk.clone(),
                pedestrians: [crosswalk.pedestrians, was.pedestrians],
                delay_mean_s: [crosswalk.delay_mean_s, of_any(was.waited_s / f64::from(was.pedestrians))],
                delay_max_s: [crosswalk.delay_max_s, of_any(was.longest_s)],
            }
        })
    });
    compared.collect()
}

fn compare(from_us: i64, lane: &LaneTraffic, was: &LaneTruth, window_s: u32) -> LaneComparison {
    LaneComparison {
        from_us,
        lane: lane.lane.clone(),
        vehicles: [lane.vehicles, was.vehicles],
        time_mean_speed_mps: [
            lane.time_mean_speed_mps,
            (was.vehicles > 0).then(|| was.speed_sum_mps / f64::from(was.vehicles)),
        ],
        space_mean_speed_mps: [lane.space_mean_speed_mps, (was.time_s > 0.0).then(|| was.way_m / was.time_s)],
        occupancy: [lane.occupancy, Some(was.occupied_s / f64::from(window_s))],
        queue_max: [lane.queue_max.unwrap_or(0), was.queue_max],
    }
}

fn summaries(score: &TrafficScore) -> BTreeMap<&'static str, Summary> {
    let share = |[counted, was]: [Option<f64>; 2]| {
        Some((counted?, was?)).filter(|(_, was)| *was > 0.0).map(|(c, w)| c / w - 1.0)
    };
    let difference = |[counted, was]: [Option<f64>; 2]| Some(counted? - was?);
    let counts = |counts: [u32; 2]| counts.map(|count| Some(f64::from(count)));
    let lanes = || score.lanes.iter();
    let all = |pairs: &mut dyn Iterator<Item = [u32; 2]>| {
        let [counted, was] = pairs.fold([0_u32; 2], |sum, pair| [sum[0] + pair[0], sum[1] + pair[1]]);
        share(counts([counted, was]))
    };
    let shares = |pairs: &mut dyn Iterator<Item = [Option<f64>; 2]>, target| {
        summary(pairs.filter_map(share), target, ErrorUnit::Share)
    };
    let by_one = |pairs: &mut dyn Iterator<Item = [u32; 2]>| {
        let known = pairs.filter(|[_, was]| *was > 0).map(counts);
        summary(known.filter_map(difference), ONE, ErrorUnit::RoadUsers)
    };
    let vehicles = || lanes().map(|lane| lane.vehicles);
    let turned = || score.movements.iter().map(|movement| movement.vehicles);
    let occupancies = lanes().filter_map(|lane| difference(lane.occupancy));
    let queues = lanes().filter_map(|lane| difference(counts(lane.queue_max)));
    BTreeMap::from([
        ("volume", Summary { total: all(&mut vehicles()), ..shares(&mut vehicles().map(counts), VOLUME) }),
        ("volume_by_one", by_one(&mut vehicles())),
        ("time_mean_speed", shares(&mut lanes().map(|lane| lane.time_mean_speed_mps), SPEED)),
        ("space_mean_speed", shares(&mut lanes().map(|lane| lane.space_mean_speed_mps), SPEED)),
        ("occupancy", summary(occupancies, OCCUPANCY, ErrorUnit::Points)),
        ("queue", summary(queues, QUEUE, ErrorUnit::RoadUsers)),
        ("turns", Summary { total: all(&mut turned()), ..shares(&mut turned().map(counts), TURNS) }),
        ("turns_by_one", by_one(&mut turned())),
    ])
}

/// An error of just its target is within it, whatever the last bit says.
const ROUNDING: f64 = 1e-9;

/// Of errors, how they lie about nought.
pub(super) fn summary(errors: impl Iterator<Item = f64>, target: f64, unit: ErrorUnit) -> Summary {
    let mut summary =
        Summary { target, unit, compared: 0, within_target: 0, bias: 0.0, mean_abs: 0.0, worst: 0.0, total: None };
    for error in errors {
        summary.compared += 1;
        summary.within_target += u32::from(error.abs() <= target + ROUNDING);
        summary.bias += error;
        summary.mean_abs += error.abs();
        summary.worst = summary.worst.max(error.abs());
    }
    let count = f64::from(summary.compared.max(1));
    summary.bias /= count;
    summary.mean_abs /= count;
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_within_its_target_or_not() {
        let lane = LaneTraffic {
            lane: "n/1".into(),
            vehicles: 51,
            time_mean_speed_mps: Some(9.0),
            occupancy: Some(0.5),
            queue_max: Some(4),
            coverage: 1.0,
            ..LaneTraffic::default()
        };
        let was =
            LaneTruth { vehicles: 50, speed_sum_mps: 500.0, occupied_s: 156.0, queue_max: 3, ..LaneTruth::default() };
        let counted = BTreeMap::from([(0, Traffic { lanes: vec![lane], ..Traffic::default() })]);
        let turns = BTreeMap::from([(("n".to_owned(), "s".to_owned()), 10)]);
        let truth = BTreeMap::from([(0, WindowTruth { lanes: BTreeMap::from([("n/1".to_owned(), was)]), turns })]);
        let score = score_traffic(&counted, &truth, 300);
        let within = |name| (score.summary[name].compared, score.summary[name].within_target);
        assert_eq!([within("volume"), within("queue"), within("occupancy")], [(1, 1); 3]);
        assert_eq!([within("time_mean_speed"), within("turns")], [(1, 0); 2]);
        assert_eq!((within("volume_by_one"), within("turns_by_one")), ((1, 1), (1, 0)));
        assert_eq!(within("space_mean_speed"), (0, 0), "nobody said one");
        assert!((score.summary["volume"].bias - 0.02).abs() < 1e-9);
        let words = score.summary["volume"].to_string();
        assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), "± 2 % 1 of 1 2.0 % +2.0 % +2.0 %");
    }
}
