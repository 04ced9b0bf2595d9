//! Signal performance as the service told it beside what it was.

use std::collections::BTreeMap;

use cloud_bridge::schema::{SignalPerformance, Traffic};
use serde::Serialize;

use super::assign::{Candidate, best_pairs};
use super::counted::{ErrorUnit, MIN_COVERAGE, ONE, Summary, summary};
use super::signal::{GroupTruth, Shown, SignalTruth};

/// A point of the coordination diagram is right if a true one lies within this time of it, microseconds.
const NEAR_US: i64 = 2_000_000;
/// How far off may be: the share of arrivals that came on green, and the occupancy ratios; shares.
const SHARE: f64 = 0.05;

/// One group over one window; each figure as counted, and as it was.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignalComparison {
    /// Begin of the window, microseconds since the Unix epoch, UTC.
    pub from_us: i64,
    /// Its number.
    pub group: u32,
    /// Arrivals.
    pub arrivals: [u32; 2],
    /// Of these, such as came on green.
    pub arrivals_on_green: [u32; 2],
    /// Of those told, such as there was a true one of within 2 s; each counts once.
    pub arrivals_paired: u32,
    /// Greens that were seen as a whole.
    pub splits: [u32; 2],
    /// Of these, such as did not suffice.
    pub split_failures: [u32; 2],
    /// Mean share of green in which a lane's stop line was occupied.
    pub green_occupancy_ratio: [Option<f64>; 2],
    /// The same of the first 5 s of red.
    pub red_occupancy_ratio: [Option<f64>; 2],
}

/// Compares the groups of windows that are in both.
pub fn compare_signals(counted: &BTreeMap<i64, Traffic>, truth: &SignalTruth) -> Vec<SignalComparison> {
    let in_both = counted.iter().filter_map(|(from_us, traffic)| Some((*from_us, traffic, truth.get(from_us)?)));
    let nobody = GroupTruth::default();
    let compared = in_both.flat_map(|(from_us, traffic, truth)| {
        let seen = traffic.signals.iter().filter(|signal| signal.coverage >= MIN_COVERAGE);
        seen.map(|signal| compare(from_us, signal, truth.get(&signal.group).unwrap_or(&nobody))).collect::<Vec<_>>()
    });
    compared.collect()
}

fn compare(from_us: i64, told: &SignalPerformance, was: &GroupTruth) -> SignalComparison {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let on_green = was.arrivals.iter().filter(|(_, shown)| *shown == Shown::Green).count();
    let mean = |shares: &[f64]| (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64);
    SignalComparison {
        from_us,
        group: told.group,
        arrivals: [told.arrivals_on_green + told.arrivals_on_yellow + told.arrivals_on_red, count(was.arrivals.len())],
        arrivals_on_green: [told.arrivals_on_green, count(on_green)],
        arrivals_paired: count(pairs(told, was)),
        splits: [told.splits, was.splits],
        split_failures: [told.split_failures, was.failures],
        green_occupancy_ratio: [told.green_occupancy_ratio, mean(&was.green_occupancy)],
        red_occupancy_ratio: [told.red_occupancy_ratio, mean(&was.red_occupancy)],
    }
}

/// As many points of the diagram as can be paired.
fn pairs(told: &SignalPerformance, was: &GroupTruth) -> usize {
    let mut candidates = Vec::new();
    for (row, one) in told.arrivals.iter().enumerate() {
        for (column, (at_us, _)) in was.arrivals.iter().enumerate() {
            if (one.at_us - at_us).abs() <= NEAR_US {
                candidates.push(Candidate { row, column, weight: 1.0 });
            }
        }
    }
    best_pairs(&candidates).len()
}

/// By figure: `arrivals`, `arrivals_on_green` (both to one), `percent_on_green`, `split_failures`, `green_occupancy`, `red_occupancy`.
pub fn signal_summaries(signals: &[SignalComparison]) -> BTreeMap<&'static str, Summary> {
    let by_one = |figure: fn(&SignalComparison) -> [u32; 2]| {
        let all: Vec<[u32; 2]> = signals.iter().map(figure).collect();
        let [told, was] = all.iter().fold([0_u32; 2], |sum, pair| [sum[0] + pair[0], sum[1] + pair[1]]);
        let errors = all.iter().map(|[told, was]| f64::from(*told) - f64::from(*was));
        let total = (was > 0).then(|| f64::from(told) / f64::from(was) - 1.0);
        Summary { total, ..summary(errors, ONE, ErrorUnit::RoadUsers) }
    };
    let shares = |figure: fn(&SignalComparison) -> [Option<f64>; 2]| {
        let errors = signals.iter().map(figure).filter_map(|[told, was]| Some(told? - was?));
        summary(errors, SHARE, ErrorUnit::Points)
    };
    let failures = signals.iter().map(|one| one.split_failures);
    let failures = failures.map(|[told, was]| f64::from(told) - f64::from(was));
    BTreeMap::from([
        ("arrivals", by_one(|one| one.arrivals)),
        ("arrivals_on_green", by_one(|one| one.arrivals_on_green)),
        ("percent_on_green", shares(|one| on_green(one.arrivals_on_green, one.arrivals))),
        ("split_failures", summary(failures, 0.0, ErrorUnit::Splits)),
        ("green_occupancy", shares(|one| one.green_occupancy_ratio)),
        ("red_occupancy", shares(|one| one.red_occupancy_ratio)),
    ])
}

fn on_green(green: [u32; 2], all: [u32; 2]) -> [Option<f64>; 2] {
    [0, 1].map(|side: usize| (all[side] > 0).then(|| f64::from(green[side]) / f64::from(all[side])))
}

#[cfg(test)]
mod tests {
    use cloud_bridge::schema::SignalArrival;

    use super::*;

    #[test]
    fn what_was_told_of_a_group_stands_beside_what_was() {
        let arrival = |at_us| SignalArrival { at_us, in_cycle_s: None, light: "green".into() };
        let told = SignalPerformance {
            group: 3,
            arrivals_on_green: 2,
            arrivals_on_red: 1,
            arrivals: vec![arrival(1_000_000), arrival(1_200_000), arrival(20_000_000)],
            splits: 1,
            split_failures: 1,
            green_occupancy_ratio: Some(0.9),
            coverage: 1.0,
            ..SignalPerformance::default()
        };
        let unseen = SignalPerformance { group: 4, coverage: 0.5, ..told.clone() };
        let counted = BTreeMap::from([(0, Traffic { signals: vec![told, unseen], ..Traffic::default() })]);
        let was = GroupTruth {
            arrivals: vec![(2_500_000, Shown::Green), (40_000_000, Shown::Red), (50_000_000, Shown::Red)],
            splits: 1,
            green_occupancy: vec![0.8, 0.6],
            ..GroupTruth::default()
        };
        let compared = compare_signals(&counted, &SignalTruth::from([(0, BTreeMap::from([(3, was)]))]));
        let [one] = compared.as_slice() else { panic!("{compared:?}") };
        assert_eq!((one.arrivals, one.arrivals_on_green, one.arrivals_paired), ([3, 3], [2, 1], 1));
        assert_eq!((one.splits, one.split_failures), ([1, 1], [1, 0]));
        let summary = signal_summaries(&compared);
        let within = |name| (summary[name].compared, summary[name].within_target);
        assert_eq!([within("arrivals"), within("arrivals_on_green")], [(1, 1); 2]);
        assert_eq!([within("percent_on_green"), within("split_failures"), within("green_occupancy")], [(1, 0); 3]);
        assert!((summary["green_occupancy"].bias - 0.2).abs() < 1e-9);
        assert_eq!(within("red_occupancy"), (0, 0), "nobody said one");
    }
}
