//! One event on the road.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, fraction, not_negative, on_earth};

/// One event, as it stood at `to_us`: told when it begins, when it has changed, and when it is over. The last chunk of the key
/// is `slot`, so that a site has a bounded number of keys; `event` tells one event from the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// The event's identifier; another one never has it.
    pub event: String,
    /// The number that vehicles hear (`rteId` of RSI), 0 to 255 as text, used again after many others.
    pub slot: String,
    /// What it is: `wrong_way`, `stopped_vehicle`, `slow_vehicle`, `speeding`, `pedestrian`, `animal`, `debris`,
    /// `queue_spillback`, `congestion`, `red_light_running`, `near_miss`, `accident_suspected`, `illegal_parking`, `flooding`;
    /// readers must accept other names.
    pub kind: String,
    /// Where, degrees north.
    pub lat_deg: f64,
    /// Where, degrees east.
    pub lon_deg: f64,
    /// The same in the site's frame, metres east of its origin.
    pub east_m: f64,
    /// The same, metres north.
    pub north_m: f64,
    /// The lane, `<link>/<lane>`. Absent: in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// Evidence: tracks that showed it, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<u64>,
    /// The recording around it: the name of a file that the site keeps for a while. Whole soon after the event's end, unless the
    /// site's disk refused. Absent: the site keeps none of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Speed of a moving vehicle or of a congested lane, m/s; length of a queue or depth of water, m; time to collision, s.
    /// Absent for other kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<f64>,
    /// How sure it is, 0 to 1.
    pub confidence: f64,
    /// When it began, microseconds since 1970-01-01T00:00:00Z.
    pub began_at_us: i64,
    /// When it was last seen, microseconds since 1970-01-01T00:00:00Z.
    pub seen_at_us: i64,
    /// Whether nothing shows it now, and nothing shows that it is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unseen: bool,
    /// When it ended, microseconds since 1970-01-01T00:00:00Z. Absent: it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at_us: Option<i64>,
    /// How it ended. Absent: it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was seen to be over.
    Cleared,
    /// It was of a moment, and is past.
    Passed,
    /// Nothing was seen of it for too long: whether it is over is not known. An ending that a reader does not know is to be
    /// read as this.
    #[serde(other)]
    Lost,
}

impl Event {
    pub(crate) fn check(&self) -> Result<(), InvalidState> {
        if self.slot.parse::<u8>().is_err() {
            return Err(InvalidState::new("slot", format!("{:?} is not 0 to 255", self.slot)));
        }
        fraction(|| "confidence".to_owned(), self.confidence)?;
        if let Some(measure) = self.measure {
            not_negative(|| "measure".to_owned(), measure)?;
        }
        on_earth(str::to_owned, [Some(self.lat_deg), Some(self.lon_deg)])?;
        if !(self.east_m.is_finite() && self.north_m.is_finite()) {
            return Err(InvalidState::new("east_m", "is no place"));
        }
        if self.ended_at_us.is_some() != self.ending.is_some() {
            return Err(InvalidState::new("ending", "and ended_at_us come together"));
        }
        Ok(())
    }
}
