//! What the lights show.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, not_negative};

/// What the lights show at `to_us`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signal {
    /// Where it is known from: the controller's protocol, or `fixed_time` for a plan; readers must accept other names.
    pub source: String,
    /// The signal groups, each once.
    pub groups: Vec<GroupState>,
}

/// What one signal group shows, and for how long. Times are from `to_us`; a time that is not known is absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GroupState {
    /// The group's number in the site's map.
    pub group: u16,
    /// What it shows.
    pub state: Aspect,
    /// Likely time until it changes, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_s: Option<f64>,
    /// It will not change before this many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_min_s: Option<f64>,
    /// It will have changed after this many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining_max_s: Option<f64>,
}

/// What a signal group shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aspect {
    /// Red.
    Red,
    /// Red and amber together: green comes next.
    RedAmber,
    /// Green, and nobody who conflicts has green.
    GreenProtected,
    /// Green, give way to those with priority.
    GreenPermissive,
    /// Amber after green.
    Amber,
    /// Flashing amber: cross with care.
    AmberFlashing,
    /// Flashing red: stop, then go.
    RedFlashing,
    /// No lamp is on.
    Dark,
    /// Not known. An aspect that a reader does not know is to be read as this.
    #[default]
    #[serde(other)]
    Unavailable,
}

impl Signal {
    pub(crate) fn check(&self) -> Result<(), InvalidState> {
        for (i, group) in self.groups.iter().enumerate() {
            if self.groups[..i].iter().any(|earlier| earlier.group == group.group) {
                return Err(InvalidState::new(
                    format!("groups[{i}].group"),
                    format!("{} is listed twice", group.group),
                ));
            }
            let times = [
                ("remaining_s", group.remaining_s),
                ("remaining_min_s", group.remaining_min_s),
                ("remaining_max_s", group.remaining_max_s),
            ];
            for (name, time_s) in times {
                if let Some(time_s) = time_s {
                    not_negative(|| format!("groups[{i}].{name}"), time_s)?;
                }
            }
        }
        Ok(())
    }
}
