//! Traffic per lane over a window.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, fraction, not_negative};

/// Traffic per lane between `from_us` and `to_us`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Traffic {
    /// The lanes, each once.
    pub lanes: Vec<LaneTraffic>,
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
    /// Largest number of road users that stood still at the same time.
    pub stopped_max: u32,
    /// Fraction of the window in which a sensor looked at the counting line, 0 to 1: what the other figures rest on.
    pub coverage: f64,
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
            if let Some(flow_per_h) = lane.flow_per_h {
                not_negative(|| field("flow_per_h"), flow_per_h)?;
            }
            if let Some(mean_speed_mps) = lane.mean_speed_mps {
                not_negative(|| field("mean_speed_mps"), mean_speed_mps)?;
            }
            if let Some(occupancy) = lane.occupancy {
                fraction(|| field("occupancy"), occupancy)?;
            }
            fraction(|| field("coverage"), lane.coverage)?;
        }
        Ok(())
    }
}
