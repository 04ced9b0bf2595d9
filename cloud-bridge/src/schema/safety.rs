//! Surrogate safety over a traffic window. Definitions: `docs/ref/traffic.md`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, fraction, not_negative};

/// Who nearly met whom, and who braked hard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Safety {
    /// Conflicts by kind and by the links that both came by; what did not happen is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflicts>,
    /// Hard braking by link; where nobody did, it is not there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hard_braking: Vec<HardBraking>,
    /// How far the road was seen: mean coverage of the lanes for vehicles, 0 to 1. Absent from sites that don't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coverage: Option<f64>,
    /// The sensors that looked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sensors: Vec<String>,
}

/// Conflicts of one kind between those who came by the same links. One with both times is in both distributions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conflicts {
    /// `rear_end`, `lane_change`, `turning`, `crossing`, `pedestrian`. Readers must accept names they do not know.
    pub kind: String,
    /// The links that the two came by: two names, one if it is the same, none if it is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// By least time to collision; empty: there was no collision course.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ttc: Vec<Within>,
    /// The least time to collision, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttc_min_s: Option<f64>,
    /// Time spent under the longest of these limits by all, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under_s: Option<f64>,
    /// By least post-encroachment time; empty: no ways crossed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pet: Vec<Within>,
    /// The least post-encroachment time, s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pet_min_s: Option<f64>,
}

/// How many lie within a limit and above the one before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Within {
    /// The limit, s.
    pub within_s: f64,
    /// How many.
    pub count: u32,
}

/// Hard braking on one link.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HardBraking {
    /// The link that they were on last. Absent: on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// How often.
    pub count: u32,
    /// The hardest, m/s².
    pub most_mps2: f64,
}

impl Safety {
    pub(super) fn check(&self) -> Result<(), InvalidState> {
        if let Some(coverage) = self.coverage {
            fraction(|| "safety.coverage".to_owned(), coverage)?;
        }
        for (i, conflicts) in self.conflicts.iter().enumerate() {
            let field = |name: &str| format!("safety.conflicts[{i}].{name}");
            if conflicts.links.len() > 2 {
                return Err(InvalidState::new(field("links"), format!("{}; 2 at most", conflicts.links.len())));
            }
            not_negative(|| field("ttc_min_s"), conflicts.ttc_min_s.unwrap_or(0.0))?;
            not_negative(|| field("under_s"), conflicts.under_s.unwrap_or(0.0))?;
            not_negative(|| field("pet_min_s"), conflicts.pet_min_s.unwrap_or(0.0))?;
            for within in conflicts.ttc.iter().chain(&conflicts.pet) {
                not_negative(|| field("within_s"), within.within_s)?;
            }
        }
        for (i, braking) in self.hard_braking.iter().enumerate() {
            not_negative(|| format!("safety.hard_braking[{i}].most_mps2"), braking.most_mps2)?;
        }
        Ok(())
    }
}
