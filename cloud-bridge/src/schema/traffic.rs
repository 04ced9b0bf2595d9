//! Traffic over a window: per lane, approach and movement. Definitions: `docs/ref/traffic.md`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, Safety, fraction, not_negative};

/// Traffic per lane between `from_us` and `to_us`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Traffic {
    /// Length of the window, seconds. A window of which less was seen says so in `coverage`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_s: Option<u32>,
    /// The lanes, each once.
    pub lanes: Vec<LaneTraffic>,
    /// The links that lead to the junction, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approaches: Vec<ApproachTraffic>,
    /// Who went which way across the junction; a way that nobody took is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub movements: Vec<MovementTraffic>,
    /// How the signal served those who came; a group of which no light was known is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalPerformance>,
    /// How long people on foot waited at crosswalks; each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crosswalks: Vec<CrosswalkTraffic>,
    /// Who nearly met whom, and who braked hard. Absent: nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<Safety>,
}

/// What went through one lane. A figure that was not measured is absent; it is never 0 for "not seen".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LaneTraffic {
    /// The lane's name in the site's map.
    pub lane: String,
    /// Road users counted in the window, of all classes.
    pub vehicles: u32,
    /// The same by class: `pedestrian`, `bicycle`, `motorcycle`, `car`, `van`, `truck`, `bus`, `unknown`; a class that is not
    /// there was not counted. Readers must accept names they do not know.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_class: BTreeMap<String, u32>,
    /// Counted road users over the covered time, scaled to one hour. Absent when none was covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_per_h: Option<f64>,
    /// Mean speed over all road users in the lane and the time they were in it, m/s. Absent when there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_speed_mps: Option<f64>,
    /// Fraction of the covered time in which the counting line was occupied, 0 to 1. Absent when none was covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<f64>,
    /// Of `vehicles`, how many were lost before the counting line and found behind it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inferred: u32,
    /// Arithmetic mean of the speeds at the counting line, m/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_mean_speed_mps: Option<f64>,
    /// Way over time of all road users in the section, m/s (Edie).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_mean_speed_mps: Option<f64>,
    /// Road users per kilometre of the section (Edie), 1/km.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density_per_km: Option<f64>,
    /// Mean time from one road user to the next at the counting line, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headway_mean_s: Option<f64>,
    /// The least of these times, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headway_min_s: Option<f64>,
    /// Time lost against the speed limit in the section, a counted road user, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_s: Option<f64>,
    /// Most road users in the queue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_max: Option<u32>,
    /// Mean number of road users in the queue over the covered time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_mean: Option<f64>,
    /// From the lane's end to the rear of the last one in the longest queue, m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_max_m: Option<f64>,
    /// Length of the section, m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section_m: Option<f64>,
    /// Largest number of road users that stood still at the same time.
    pub stopped_max: u32,
    /// Fraction of the window in which a sensor looked at the counting line, 0 to 1: what the other figures rest on.
    pub coverage: f64,
    /// The sensors that looked at the counting line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
}

/// What came on one link that leads to the junction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ApproachTraffic {
    /// The link's name in the site's map.
    pub link: String,
    /// Road users counted on its lanes for vehicles.
    pub vehicles: u32,
    /// The same by class, as for a lane.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_class: BTreeMap<String, u32>,
    /// Of `vehicles`, how many were lost before the counting line and found behind it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inferred: u32,
    /// Of its lanes together, scaled to one hour. Absent, as density, occupancy and the mean queue, when one of them was not covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_per_h: Option<f64>,
    /// Arithmetic mean of the speeds at the counting lines, m/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_mean_speed_mps: Option<f64>,
    /// Way over time of all road users in the sections, m/s (Edie).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub space_mean_speed_mps: Option<f64>,
    /// Road users per kilometre, its lanes together (Edie), 1/km.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density_per_km: Option<f64>,
    /// Mean time from one road user to the next at the counting lines, each lane for itself, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headway_mean_s: Option<f64>,
    /// The least of these times, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headway_min_s: Option<f64>,
    /// Mean of its lanes' occupancy, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occupancy: Option<f64>,
    /// Time lost against the speed limit in the section, a counted road user, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_s: Option<f64>,
    /// Level of service by that delay, `A` to `F` (Highway Capacity Manual, signalised).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_of_service: Option<String>,
    /// Longest queue of its lanes, m.
    pub queue_max_m: f64,
    /// Most road users in the queue of one lane.
    pub queue_max: u32,
    /// Mean number of road users in the queues of all its lanes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue_mean: Option<f64>,
    /// Mean time from the begin of the section to the link that it leads to, over all ways, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel_time_s: Option<f64>,
    /// How many that is the mean of.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub travel_times: u32,
    /// Least of its lanes' coverage, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked at its counting lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
}

/// Who went one way across the junction.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MovementTraffic {
    /// Link that it comes from.
    pub from_link: String,
    /// Link that it leads to. Absent: lost on the way, and its lane leads to several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_link: Option<String>,
    /// `left`, `straight`, `right`, `u_turn`, by the angle between the two links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<String>,
    /// How many took it.
    pub vehicles: u32,
    /// The same by class, as for a lane.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_class: BTreeMap<String, u32>,
    /// Of `vehicles`, how many were lost on the way and put here by their lane.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub inferred: u32,
    /// How many took it, over the covered time, scaled to one hour. Absent when none was covered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_per_h: Option<f64>,
    /// Mean time from the begin of the approach's section to the link that it leads to, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travel_time_s: Option<f64>,
    /// How many that is the mean of, and speed and delay here.
    pub travel_times: u32,
    /// That way over that time, m/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mps: Option<f64>,
    /// Time lost against the speed limit on that way, s a vehicle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_s: Option<f64>,
    /// Level of service by that delay, as for an approach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level_of_service: Option<String>,
    /// Least of the coverage of the approach's lanes, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked at the approach's counting lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
}

/// How one signal group served those who came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignalPerformance {
    /// Its number in the site's map.
    pub group: u32,
    /// Time in green, s.
    pub green_s: f64,
    /// Time in yellow, s.
    pub yellow_s: f64,
    /// Time in red, s.
    pub red_s: f64,
    /// How many would have been at the stop line on green if nobody had held them up.
    pub arrivals_on_green: u32,
    /// The same on yellow.
    pub arrivals_on_yellow: u32,
    /// The same on red.
    pub arrivals_on_red: u32,
    /// Greens of which the whole, and the begin of red after it, were seen.
    pub splits: u32,
    /// Of these, such as did not suffice: a lane's stop line was occupied for 80 % of green and of the first 5 s of red.
    pub split_failures: u32,
    /// Mean share of green in which a lane's stop line was occupied, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub green_occupancy_ratio: Option<f64>,
    /// Mean share of the first 5 s of red in which it was, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub red_occupancy_ratio: Option<f64>,
    /// Those who came, one by one: the points of the Purdue coordination diagram.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arrivals: Vec<SignalArrival>,
    /// The lights, change by change: the lines of that diagram.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<SignalChange>,
    /// How many of both are not listed, where they are very many.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub not_listed: u32,
    /// Fraction of the window in which its light was known and its lanes were seen, 0 to 1.
    pub coverage: f64,
    /// The sensors that looked at its lanes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
}

/// Who stepped onto one crosswalk, and how long they had stood at its kerb.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CrosswalkTraffic {
    /// Its name in the site's map.
    pub crosswalk: String,
    /// The signal group that rules it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<u32>,
    /// People on foot that stepped onto it from a kerb.
    pub pedestrians: u32,
    /// Mean time that they had stood at the kerb before, s; of those who walked on it is 0. Absent when there were none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_mean_s: Option<f64>,
    /// The longest of these times, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_max_s: Option<f64>,
    /// Fraction of the window in which a sensor looked at its middle, 0 to 1.
    pub coverage: f64,
    /// The sensors that did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
}

/// One that came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignalArrival {
    /// When it would have been at the stop line if nobody had held it up, microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
    /// That, after the last begin of red, s. Absent: none was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_cycle_s: Option<f64>,
    /// What the light was then: `green`, `yellow`, `red`.
    pub light: String,
}

/// A light that changed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignalChange {
    /// When, microseconds since 1970-01-01T00:00:00Z.
    pub at_us: i64,
    /// What it shows from then on: `green`, `yellow`, `red`.
    pub light: String,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Traffic {
    pub(crate) fn check(&self) -> Result<(), InvalidState> {
        for (i, lane) in self.lanes.iter().enumerate() {
            let field = |name: &str| format!("lanes[{i}].{name}");
            if self.lanes[..i].iter().any(|earlier| earlier.lane == lane.lane) {
                return Err(InvalidState::new(field("lane"), format!("{:?} is listed twice", lane.lane)));
            }
            let by_class: u64 = lane.by_class.values().map(|&n| u64::from(n)).sum();
            if by_class > u64::from(lane.vehicles) {
                let problem = format!("the classes add up to {by_class}, more than vehicles, {}", lane.vehicles);
                return Err(InvalidState::new(field("by_class"), problem));
            }
            amounts(field, &lane.amounts())?;
            fraction(|| field("occupancy"), lane.occupancy.unwrap_or(0.0))?;
            fraction(|| field("coverage"), lane.coverage)?;
        }
        for (i, approach) in self.approaches.iter().enumerate() {
            let field = |name: &str| format!("approaches[{i}].{name}");
            amounts(field, &approach.amounts())?;
            fraction(|| field("occupancy"), approach.occupancy.unwrap_or(0.0))?;
            fraction(|| field("coverage"), approach.coverage)?;
        }
        for (i, movement) in self.movements.iter().enumerate() {
            let field = |name: &str| format!("movements[{i}].{name}");
            amounts(field, &movement.amounts())?;
            fraction(|| field("coverage"), movement.coverage)?;
        }
        for (i, signal) in self.signals.iter().enumerate() {
            let field = |name: &str| format!("signals[{i}].{name}");
            for (name, value) in [("green_s", signal.green_s), ("yellow_s", signal.yellow_s), ("red_s", signal.red_s)] {
                not_negative(|| field(name), value)?;
            }
            fraction(|| field("green_occupancy_ratio"), signal.green_occupancy_ratio.unwrap_or(0.0))?;
            fraction(|| field("red_occupancy_ratio"), signal.red_occupancy_ratio.unwrap_or(0.0))?;
            fraction(|| field("coverage"), signal.coverage)?;
        }
        for (i, crosswalk) in self.crosswalks.iter().enumerate() {
            let field = |name: &str| format!("crosswalks[{i}].{name}");
            not_negative(|| field("delay_mean_s"), crosswalk.delay_mean_s.unwrap_or(0.0))?;
            not_negative(|| field("delay_max_s"), crosswalk.delay_max_s.unwrap_or(0.0))?;
            fraction(|| field("coverage"), crosswalk.coverage)?;
        }
        self.safety.as_ref().map_or(Ok(()), Safety::check)
    }
}

/// What may be any number from 0 on, by its field's name.
type Amount = (&'static str, Option<f64>);

fn amounts(field: impl Fn(&str) -> String, amounts: &[Amount]) -> Result<(), InvalidState> {
    amounts.iter().try_for_each(|(name, value)| not_negative(|| field(name), value.unwrap_or(0.0)))
}

impl ApproachTraffic {
    fn amounts(&self) -> [Amount; 10] {
        [
            ("flow_per_h", self.flow_per_h),
            ("time_mean_speed_mps", self.time_mean_speed_mps),
            ("space_mean_speed_mps", self.space_mean_speed_mps),
            ("density_per_km", self.density_per_km),
            ("headway_mean_s", self.headway_mean_s),
            ("headway_min_s", self.headway_min_s),
            ("delay_s", self.delay_s),
            ("queue_max_m", Some(self.queue_max_m)),
            ("queue_mean", self.queue_mean),
            ("travel_time_s", self.travel_time_s),
        ]
    }
}

impl MovementTraffic {
    fn amounts(&self) -> [Amount; 4] {
        [
            ("flow_per_h", self.flow_per_h),
            ("travel_time_s", self.travel_time_s),
            ("speed_mps", self.speed_mps),
            ("delay_s", self.delay_s),
        ]
    }
}

impl LaneTraffic {
    fn amounts(&self) -> [Amount; 11] {
        [
            ("flow_per_h", self.flow_per_h),
            ("mean_speed_mps", self.mean_speed_mps),
            ("time_mean_speed_mps", self.time_mean_speed_mps),
            ("space_mean_speed_mps", self.space_mean_speed_mps),
            ("density_per_km", self.density_per_km),
            ("headway_mean_s", self.headway_mean_s),
            ("headway_min_s", self.headway_min_s),
            ("delay_s", self.delay_s),
            ("queue_mean", self.queue_mean),
            ("queue_max_m", self.queue_max_m),
            ("section_m", self.section_m),
        ]
    }
}
