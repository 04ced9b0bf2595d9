//! One parking lot.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::InvalidState;

/// One parking lot at `to_us`; its name on the wire is the last chunk of the key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Parking {
    /// The lot's identifier; stable, and fit for a key chunk.
    pub lot: String,
    /// The lot's name for people.
    pub name: String,
    /// All bays.
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
}

/// One bay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bay {
    /// The bay's identifier within its lot.
    pub bay: String,
    /// Whether something stands on it.
    pub status: BayStatus,
    /// Since when it has been so, microseconds since 1970-01-01T00:00:00Z. Absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_us: Option<i64>,
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
        let sum = u64::from(self.free) + u64::from(self.occupied) + u64::from(self.unknown);
        if sum != u64::from(self.total) {
            let problem = format!("is {}, but free + occupied + unknown = {sum}", self.total);
            return Err(InvalidState::new("total", problem));
        }
        if self.bays.len() as u64 > u64::from(self.total) {
            return Err(InvalidState::new("bays", format!("{} listed of a total of {}", self.bays.len(), self.total)));
        }
        Ok(())
    }
}
