//! Which numbers of a site's messages are still missing.
//!
//! A site numbers the messages of a kind one by one; of traffic and events each must arrive. One that is passed over is to
//! come yet, or was given up: what was passed over less what came late is what is missing.

use std::collections::HashMap;

use cloud_bridge::{Kind, SiteKeys};

/// Runs of sites that are remembered; beyond it all are forgotten and begin anew, so that made-up names fill no memory.
const MAX_RUNS: usize = 1 << 19;
/// No site passes over as many at once. Its disk is new or set back: it counts a start again, and numbers begin at random.
const LEAP: u64 = 1 << 20;

/// How far the numbers of each site, kind and run of its service have come.
#[derive(Default)]
pub struct Order {
    newest: HashMap<(SiteKeys, Kind, i64), i64>,
}

/// Where a message stands among those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The next one, or the first that is known of its run.
    Next,
    /// So many numbers before it have not come.
    Gap(u64),
    /// Others have overtaken it.
    Late,
}

impl Order {
    /// A message that was not there before has come.
    pub fn step(&mut self, site: &SiteKeys, kind: Kind, seq: i64) -> Step {
        if self.newest.len() >= MAX_RUNS {
            self.newest.clear();
        }
        // A number is `starts * 2^32 + n`: docs/ref/city-data.md.
        let run = (site.clone(), kind, seq >> 32);
        let Some(newest) = self.newest.get_mut(&run) else {
            self.newest.insert(run, seq);
            return Step::Next;
        };
        if seq.abs_diff(*newest) > LEAP {
            *newest = seq;
            return Step::Next;
        }
        if seq < *newest {
            return Step::Late;
        }
        let between = u64::try_from(seq - *newest - 1).unwrap_or_default();
        *newest = seq;
        if between == 0 { Step::Next } else { Step::Gap(between) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_passed_over_and_comes_late_is_not_missing() {
        let (mut order, site) = (Order::default(), SiteKeys::new("c", "s").unwrap());
        let run = 7 << 32;
        let numbers = [run + 3, run + 4, run + 9, run + 6, (8 << 32) + 1, run + 10, run + 8];
        let steps = numbers.map(|seq| order.step(&site, Kind::Traffic, seq));
        assert_eq!(steps, [Step::Next, Step::Next, Step::Gap(4), Step::Late, Step::Next, Step::Next, Step::Late]);
        assert_eq!(order.step(&site, Kind::Event, run + 20), Step::Next);
        for begin in [run + (1 << 30), run + (1 << 22)] {
            let steps = [begin, begin + 2, begin + 1].map(|seq| order.step(&site, Kind::Traffic, seq));
            assert_eq!(steps, [Step::Next, Step::Gap(1), Step::Late], "a start that was counted before");
        }
    }
}
