//! Sums over a stretch of time that can be added up to those over a longer one.

use std::collections::BTreeSet;

use crate::detection::{Class, SensorId};
use crate::priors::{CLASSES, class_index};

/// Counts by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ByClass([u32; CLASSES.len()]);

impl ByClass {
    pub fn add(&mut self, class: Class) {
        self.0[class_index(class)] = self.0[class_index(class)].saturating_add(1);
    }

    pub fn total(&self) -> u32 {
        self.0.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    pub fn absorb(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(mine, theirs)| *mine = mine.saturating_add(theirs));
    }

    /// Those of which there were any.
    pub fn iter(&self) -> impl Iterator<Item = (Class, u32)> {
        CLASSES.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }
}

/// How many, their sum, and the least and the most of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Values {
    pub count: u32,
    sum: f64,
    least: Option<f64>,
    most: Option<f64>,
}

impl Values {
    pub fn add(&mut self, value: f64) {
        self.absorb(&Self { count: 1, sum: value, least: Some(value), most: Some(value) });
    }

    pub fn absorb(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.sum += other.sum;
        let either = |mine: Option<f64>, theirs: Option<f64>, best: fn(f64, f64) -> f64| match (mine, theirs) {
            (Some(mine), Some(theirs)) => Some(best(mine, theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        self.least = either(self.least, other.least, f64::min);
        self.most = either(self.most, other.most, f64::max);
    }

    pub fn sum(&self) -> f64 {
        self.sum
    }

    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }

    pub fn least(&self) -> Option<f64> {
        self.least
    }

    pub fn most(&self) -> Option<f64> {
        self.most
    }
}

/// One lane.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneTally {
    pub counted: ByClass,
    pub inferred: u32,
    pub speed_mps: Values,
    pub headway_s: Values,
    pub covered_s: f64,
    pub occupied_s: f64,
    /// In the whole lane: time, and way.
    pub presence_s: f64,
    pub way_m: f64,
    /// In the section: time, way, and time beyond that which free travel takes.
    pub section_s: f64,
    pub section_way_m: f64,
    pub delay_s: f64,
    pub queue_max_m: f64,
    pub queue_max: u32,
    pub queue_seconds: f64,
    pub stopped_max: u32,
    pub sensors: BTreeSet<SensorId>,
}

impl LaneTally {
    /// Way over time of all that were in the section, m/s.
    pub fn space_mean_speed_mps(&self) -> Option<f64> {
        (self.section_s > 0.0).then(|| (self.section_way_m / self.section_s).max(0.0))
    }

    pub fn absorb(&mut self, other: &Self) {
        self.counted.absorb(&other.counted);
        self.inferred = self.inferred.saturating_add(other.inferred);
        self.speed_mps.absorb(&other.speed_mps);
        self.headway_s.absorb(&other.headway_s);
        self.covered_s += other.covered_s;
        self.occupied_s += other.occupied_s;
        self.presence_s += other.presence_s;
        self.way_m += other.way_m;
        self.section_s += other.section_s;
        self.section_way_m += other.section_way_m;
        self.delay_s += other.delay_s;
        self.queue_max_m = self.queue_max_m.max(other.queue_max_m);
        self.queue_max = self.queue_max.max(other.queue_max);
        self.queue_seconds += other.queue_seconds;
        self.stopped_max = self.stopped_max.max(other.stopped_max);
        self.sensors.extend(other.sensors.iter().cloned());
    }
}

/// One way across the junction: from a lane to a link.
#[derive(Clone, Debug, Default)]
pub(super) struct WayTally {
    pub counted: ByClass,
    pub inferred: u32,
    /// From the begin of the lane's section to the link: time, and time beyond that which free travel takes.
    pub travel_s: Values,
    pub delay_s: Values,
    /// The way of those whose time is known.
    pub way_m: f64,
}

impl WayTally {
    pub fn absorb(&mut self, other: &Self) {
        self.counted.absorb(&other.counted);
        self.inferred = self.inferred.saturating_add(other.inferred);
        self.travel_s.absorb(&other.travel_s);
        self.delay_s.absorb(&other.delay_s);
        self.way_m += other.way_m;
    }
}
