//! How well a signal serves those who come: arrivals on green and red, the Purdue coordination diagram, split failures.
//!
//! After Day et al., "Performance Measures for Traffic Signal Systems" (Purdue, 2014), with a track's passage in the place of
//! a detector's. The light is the one that is broadcast.

use std::collections::VecDeque;

use crate::time::UtcMicros;

use super::lane::LaneCount;
use super::road::Road;
use super::tally::Values;

/// What a group shows, as far as counting cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Go.
    Green,
    /// The green is over.
    Yellow,
    /// Stop; red with yellow as well.
    Red,
}

/// One that came, as the Purdue coordination diagram has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// When it would have been at the stop line if nobody had held it up.
    pub at: UtcMicros,
    /// That, after the last begin of red, seconds. `None`: there was none.
    pub in_cycle_s: Option<f64>,
    /// What the light was then.
    pub phase: Phase,
}

/// A light that changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// When.
    pub at: UtcMicros,
    /// What it shows from then on.
    pub phase: Phase,
}

/// An unknown light is taken for the last one for so long, seconds: sources stutter.
const HOLD_S: f64 = 2.0;
/// A lane's stop line is occupied while somebody is within this distance before it, metres.
pub(super) const STOP_BAR_M: f64 = 6.0;
/// How long after the begin of red those left over are looked for, seconds.
const RED_START_S: f64 = 5.0;
/// From this share of the green, and of that time, occupied, a split is a failure.
const FULL: f64 = 0.8;
/// Most arrivals and changes listed in a window, and arrivals on their way at a time.
const MAX_LISTED: usize = 1024;
const MAX_COMING: usize = 256;

/// One group over a stretch of time.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupTally {
    /// Time in green, yellow, red, seconds.
    pub shown_s: [f64; 3],
    pub arrived: [u32; 3],
    pub splits: u32,
    pub split_failures: u32,
    pub green_occupancy: Values,
    pub red_occupancy: Values,
    pub arrivals: Vec<Arrival>,
    pub changes: Vec<Change>,
    pub not_listed: u32,
}

impl GroupTally {
    pub fn absorb(&mut self, other: &Self) {
        for index in 0..3 {
            self.shown_s[index] += other.shown_s[index];
            self.arrived[index] = self.arrived[index].saturating_add(other.arrived[index]);
        }
        self.splits += other.splits;
        self.split_failures += other.split_failures;
        self.green_occupancy.absorb(&other.green_occupancy);
        self.red_occupancy.absorb(&other.red_occupancy);
        self.not_listed = self.not_listed.saturating_add(other.not_listed);
        other.arrivals.iter().for_each(|arrival| list(&mut self.arrivals, *arrival, &mut self.not_listed));
        other.changes.iter().for_each(|change| list(&mut self.changes, *change, &mut self.not_listed));
    }
}

fn list<T>(listed: &mut Vec<T>, one: T, not_listed: &mut u32) {
    if listed.len() < MAX_LISTED {
        listed.push(one);
    } else {
        *not_listed = not_listed.saturating_add(1);
    }
}

/// How long a lane's stop line was occupied in the present green, and in the first seconds of the red after it.
#[derive(Clone, Copy, Debug, Default)]
struct Split {
    green_s: f64,
    green_occupied_s: f64,
    red_s: f64,
    red_occupied_s: f64,
}

/// Watches one group.
#[derive(Clone, Debug)]
pub(super) struct GroupWatch {
    pub id: u32,
    pub lanes: Vec<usize>,
    phase: Option<Phase>,
    heard_at: Option<UtcMicros>,
    red_since: Option<UtcMicros>,
    /// One for each lane; only of a green whose begin was seen.
    splits: Option<Vec<Split>>,
    coming: VecDeque<UtcMicros>,
}

impl GroupWatch {
    /// The groups that rule lanes of a road.
    pub fn all(road: &Road) -> Vec<Self> {
        let mut groups: Vec<u32> = road.lanes.iter().filter_map(|lane| lane.signal_group).collect();
        groups.sort_unstable();
        groups.dedup();
        let of_group = |id: u32| Self {
            id,
            lanes: (0..road.lanes.len())
                .filter(|lane| road.lanes[*lane].signal_group == Some(id) && !road.lanes[*lane].on_foot)
                .collect(),
            phase: None,
            heard_at: None,
            red_since: None,
            splits: None,
            coming: VecDeque::new(),
        };
        groups.into_iter().map(of_group).filter(|group| !group.lanes.is_empty()).collect()
    }

    /// Nothing is known any more.
    pub fn forget(&mut self) {
        (self.phase, self.heard_at, self.red_since, self.splits) = (None, None, None, None);
        self.coming.clear();
    }

    /// The group shows this. `None`: it is not known what.
    pub fn hear(&mut self, at: UtcMicros, phase: Option<Phase>, tally: &mut GroupTally) {
        let Some(phase) = phase else { return };
        self.heard_at = Some(at);
        if self.phase == Some(phase) {
            return;
        }
        let was_known = self.phase.is_some();
        self.phase = Some(phase);
        match phase {
            Phase::Green => self.splits = was_known.then(|| vec![Split::default(); self.lanes.len()]),
            Phase::Yellow => {}
            Phase::Red => self.red_since = was_known.then_some(at),
        }
        list(&mut tally.changes, Change { at, phase }, &mut tally.not_listed);
    }

    /// Somebody is on the way to the stop line.
    pub fn expect(&mut self, at: UtcMicros, tally: &mut GroupTally) {
        if self.coming.len() < MAX_COMING {
            let place = self.coming.partition_point(|other| *other <= at);
            self.coming.insert(place, at);
        } else {
            tally.not_listed = tally.not_listed.saturating_add(1);
        }
    }

    /// Time has passed: `dt_s` since the last picture, with these lanes.
    pub fn note(&mut self, at: UtcMicros, dt_s: f64, lanes: &[LaneCount], tally: &mut GroupTally) {
        if self.heard_at.is_none_or(|heard_at| at.seconds_since(heard_at) > HOLD_S) {
            self.forget();
        }
        let Some(phase) = self.phase else { return };
        tally.shown_s[phase as usize] += dt_s;
        while let Some(arrived_at) = self.coming.pop_front_if(|coming| *coming <= at) {
            tally.arrived[phase as usize] = tally.arrived[phase as usize].saturating_add(1);
            let in_cycle_s = self.red_since.map(|since| arrived_at.seconds_since(since)).filter(|in_s| *in_s >= 0.0);
            list(&mut tally.arrivals, Arrival { at: arrived_at, in_cycle_s, phase }, &mut tally.not_listed);
        }
        self.note_split(phase, dt_s, lanes, tally);
    }

    fn note_split(&mut self, phase: Phase, dt_s: f64, lanes: &[LaneCount], tally: &mut GroupTally) {
        let Some(splits) = &mut self.splits else { return };
        for (split, lane) in splits.iter_mut().zip(&self.lanes) {
            let occupied_s = if lanes[*lane].stop_bar_taken { dt_s } else { 0.0 };
            match phase {
                Phase::Green => {
                    split.green_s += dt_s;
                    split.green_occupied_s += occupied_s;
                }
                Phase::Red => {
                    split.red_s += dt_s;
                    split.red_occupied_s += occupied_s;
                }
                Phase::Yellow => {}
            }
        }
        if phase != Phase::Red || splits.iter().any(|split| split.red_s < RED_START_S) {
            return;
        }
        let share = |part_s: f64, whole_s: f64| if whole_s > 0.0 { part_s / whole_s } else { 0.0 };
        let ratios = splits
            .iter()
            .map(|split| [share(split.green_occupied_s, split.green_s), share(split.red_occupied_s, split.red_s)]);
        let mut failed = false;
        for [green, red] in ratios {
            tally.green_occupancy.add(green);
            tally.red_occupancy.add(red);
            failed |= green >= FULL && red >= FULL;
        }
        tally.splits += 1;
        tally.split_failures += u32::from(failed);
        self.splits = None;
    }
}
