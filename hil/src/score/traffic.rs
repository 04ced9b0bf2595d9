//! What traffic there really was, from a recording's ground truth: the other side of what the service counts.
//!
//! From [whole ways](super::ways), one road user after the other, it is interpolated when each front and rear passed a line.

use std::collections::BTreeMap;

use perception::calibration::Lane;

use super::truth::TruthFrame;
use super::ways::{Line, Step, lines, passed, ways};

/// Below this a road user stands, m/s; and a queue ends at a gap longer than this, metres.
const STANDING_MPS: f64 = 1.0;
const QUEUE_GAP_M: f64 = 20.0;

/// One lane over one window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneTruth {
    /// Road users whose centre went over the counting line.
    pub vehicles: u32,
    /// Sum of their speeds there, m/s.
    pub speed_sum_mps: f64,
    /// Time in which somebody was over the line, seconds.
    pub occupied_s: f64,
    /// Way and time of all in the section, metres, seconds.
    pub way_m: f64,
    /// See `way_m`.
    pub time_s: f64,
    /// Most that stood in the queue.
    pub queue_max: u32,
    /// It is for people on foot.
    pub people: bool,
}

/// One window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowTruth {
    /// By the lane's name.
    pub lanes: BTreeMap<String, LaneTruth>,
    /// Who went from which link to which other.
    pub turns: BTreeMap<(String, String), u32>,
}

/// Sums up the truth over windows of `window_s` seconds, aligned to UTC; by the begin of the window, microseconds. `sections_m` says how long
/// the section of each lane is over which the service measured.
pub fn traffic_truth(
    lanes: &[Lane],
    frames: &[TruthFrame],
    window_s: u32,
    sections_m: &BTreeMap<String, f64>,
) -> BTreeMap<i64, WindowTruth> {
    let lines = lines(lanes, sections_m);
    let ways = ways(&lines, frames);
    let mut sums = Sums { window_us: i64::from(window_s.max(1)) * 1_000_000, lines: &lines, windows: BTreeMap::new() };
    for way in ways.values() {
        sums.turn(way);
        way.windows(2).for_each(|pair| sums.step(pair[0], pair[1]));
    }
    sums.occupy(&ways);
    sums.queue(&ways);
    sums.windows
}

struct Sums<'a> {
    window_us: i64,
    lines: &'a [Line],
    windows: BTreeMap<i64, WindowTruth>,
}

impl Sums<'_> {
    fn window(&mut self, t_us: i64) -> &mut WindowTruth {
        self.windows.entry(t_us.div_euclid(self.window_us) * self.window_us).or_default()
    }

    fn lane(&mut self, t_us: i64, lane: usize) -> &mut LaneTruth {
        let (id, people) = (self.lines[lane].id.clone(), self.lines[lane].people);
        let tally = self.window(t_us).lanes.entry(id).or_default();
        tally.people = people;
        tally
    }

    /// What happened between two truths of one road user.
    fn step(&mut self, from: Step, to: Step) {
        let (Some(lane), Some(lane_before)) = (to.lane, from.lane) else { return };
        let line = &self.lines[lane];
        if line.link != self.lines[lane_before].link {
            return;
        }
        let ([first_m, last_m], line_m) = (line.section_m, line.line_m);
        if let Some(t_us) = passed(from, to, line_m) {
            let tally = self.lane(t_us, lane);
            tally.vehicles += 1;
            tally.speed_sum_mps += (from.speed_mps + to.speed_mps) / 2.0;
        }
        if (first_m..=last_m).contains(&to.along_m) {
            let dt_s = (to.t_us - from.t_us) as f64 * 1e-6;
            let tally = self.lane(to.t_us, lane);
            tally.time_s += dt_s;
            tally.way_m += dt_s * (from.speed_mps + to.speed_mps) / 2.0;
        }
    }

    /// The turn is counted when the road user is first on a link that leads away.
    fn turn(&mut self, way: &[Step]) {
        let mut came_by: Option<usize> = None;
        for step in way {
            let Some(lane) = step.lane.filter(|lane| !self.lines[*lane].people) else { continue };
            if self.lines[lane].approach {
                // Whoever was past the line when the recording began can't be known to have gone over it.
                let before_line = step.along_m < self.lines[lane].line_m;
                came_by = came_by.map(|_| lane).or(before_line.then_some(lane));
            } else if let Some(from) = came_by.take() {
                let turn = (self.lines[from].link.clone(), self.lines[lane].link.clone());
                *self.window(step.t_us).turns.entry(turn).or_default() += 1;
            }
        }
    }

    /// The union of the times in which each covers the line of the lane in which it is.
    fn occupy(&mut self, ways: &BTreeMap<u64, Vec<Step>>) {
        let mut spans: Vec<(usize, i64, i64)> = Vec::new();
        for way in ways.values() {
            let mut since: Option<(usize, i64)> = None;
            for pair in way.windows(2) {
                let [from, to] = [pair[0], pair[1]];
                let over = to.lane.filter(|lane| (to.along_m - self.lines[*lane].line_m).abs() <= to.half_m);
                match (since, over) {
                    (Some((was, _)), Some(is)) if was == is => {}
                    (ended, began) => {
                        let edge_us = |lane: usize, shift_m: f64| {
                            passed(from, to, self.lines[lane].line_m + shift_m).unwrap_or(to.t_us)
                        };
                        if let Some((lane, since_us)) = ended {
                            spans.push((lane, since_us, edge_us(lane, to.half_m)));
                        }
                        since = began.map(|lane| (lane, edge_us(lane, -to.half_m)));
                    }
                }
            }
            if let (Some((lane, since_us)), Some(last)) = (since, way.last()) {
                spans.push((lane, since_us, last.t_us));
            }
        }
        spans.sort_unstable();
        let mut done: (usize, i64) = (usize::MAX, i64::MIN);
        for (lane, from_us, to_us) in spans {
            let mut from_us = if done.0 == lane { from_us.max(done.1) } else { from_us };
            while from_us < to_us {
                let end_us = (from_us.div_euclid(self.window_us) + 1) * self.window_us;
                let until_us = to_us.min(end_us);
                self.lane(from_us, lane).occupied_s += (until_us - from_us) as f64 * 1e-6;
                from_us = until_us;
            }
            done = (lane, if done.0 == lane { done.1.max(to_us) } else { to_us });
        }
    }

    fn queue(&mut self, ways: &BTreeMap<u64, Vec<Step>>) {
        let mut standing: BTreeMap<(i64, usize), Vec<(f64, f64)>> = BTreeMap::new();
        for step in ways.values().flatten().filter(|step| step.speed_mps < STANDING_MPS) {
            let Some(lane) = step.lane else { continue };
            let to_end_m = self.lines[lane].length_m - step.along_m;
            let ends_m = (to_end_m - step.half_m, to_end_m + step.half_m);
            standing.entry((step.t_us, lane)).or_default().push(ends_m);
        }
        for ((t_us, lane), mut ends) in standing {
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut rear_m = 0.0_f64;
            let queued = ends.iter().take_while(|(front_m, back_m)| {
                let joins = front_m - rear_m <= QUEUE_GAP_M;
                rear_m = rear_m.max(*back_m);
                joins
            });
            let queued = u32::try_from(queued.count()).unwrap_or(u32::MAX);
            let tally = self.lane(t_us, lane);
            tally.queue_max = tally.queue_max.max(queued);
        }
    }
}
