//! One parking lot.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, on_earth};

/// One parking lot at `to_us`; its name on the wire is the last chunk of the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parking {
    /// The lot's identifier; stable, and fit for a key chunk.
    pub lot: String,
    /// The lot's name for people.
    pub name: String,
    /// Where its middle is: latitude, degrees north (WGS-84). Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat_deg: Option<f64>,
    /// Longitude, degrees east. Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon_deg: Option<f64>,
    /// All bays; of a lot that is only counted, what it holds.
    pub total: u32,
    /// Bays known to be free.
    pub free: u32,
    /// Bays known to be occupied.
    pub occupied: u32,
    /// Bays of which neither is known; `free + occupied + unknown = total`.
    pub unknown: u32,
    /// The bays one by one; empty when the lot is only counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bays: Vec<Bay>,
    /// Who came and went, as far as bays were seen before and after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Turnover>,
    /// What the lot's gates say; absent when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
}

/// Arrivals and departures over a window that ends now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Turnover {
    /// Its length, seconds: an hour, less after the start.
    pub window_s: f64,
    /// Bays seen free, then occupied.
    pub arrivals: u32,
    /// Bays seen occupied, then free.
    pub departures: u32,
    /// Mean stay of those that left and whose arrival was seen, seconds. Absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean_stay_s: Option<f64>,
}

/// A lot that is counted at its gates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Counted {
    /// Vehicles in the lot. Absent until somebody has told how many there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicles: Option<u32>,
    /// One standard deviation of it: drift since it was told, as far as it is assumed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sigma: Option<f64>,
    /// Vehicles that drove in since the site started.
    pub entered: u64,
    /// Vehicles that drove out since the site started.
    pub left: u64,
    /// How often the count was held at 0 or at what the lot holds.
    pub held: u64,
    /// Whether working sensors see every gate.
    pub in_view: bool,
}

/// One bay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bay {
    /// The bay's identifier within its lot.
    pub bay: String,
    /// Where its middle is: latitude, degrees north (WGS-84). Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat_deg: Option<f64>,
    /// Longitude, degrees east. Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon_deg: Option<f64>,
    /// Whether something stands on it.
    pub status: BayStatus,
    /// Since when it has been so, microseconds since 1970-01-01T00:00:00Z. Absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_us: Option<i64>,
    /// Whether the change at `since_us` was seen; if not, it may have been so before. Absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_seen: Option<bool>,
    /// How probable the status is, 0.5 to 1. Absent when it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// True while nothing but radars sees the bay, or something hides it: the status is remembered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The sensors on whose word the status last rested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
    /// By how much a vehicle has stayed longer than it may, seconds. Absent when it has not, or there is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overstay_s: Option<f64>,
}

/// Whether something stands on a bay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BayStatus {
    /// Nothing stands there.
    Free,
    /// Something stands there.
    Occupied,
    /// Not seen, or not sure. A status that a reader does not know is to be read as this.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Parking {
    pub(crate) fn check(&self) -> Result<(), InvalidState> {
        on_earth(str::to_owned, [self.lat_deg, self.lon_deg])?;
        for (i, bay) in self.bays.iter().enumerate() {
            on_earth(|name| format!("bays[{i}].{name}"), [bay.lat_deg, bay.lon_deg])?;
        }
        let sum = u64::from(self.free) + u64::from(self.occupied) + u64::from(self.unknown);
        if sum != u64::from(self.total) {
            let problem = format!("is {}, but free + occupied + unknown = {sum}", self.total);
            return Err(InvalidState::new("total", problem));
        }
        if self.bays.len() as u64 > u64::from(self.total) {
            return Err(InvalidState::new("bays", format!("{} listed of a total of {}", self.bays.len(), self.total)));
        }
        let counted = self.counted.as_ref().and_then(|counted| counted.vehicles);
        if counted.is_some_and(|vehicles| vehicles > self.total && self.bays.is_empty()) {
            return Err(InvalidState::new("counted.vehicles", format!("is more than the total of {}", self.total)));
        }
        Ok(())
    }
}
