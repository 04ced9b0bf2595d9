//! How the site itself is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{InvalidState, not_negative, on_earth};

/// How the site is at `to_us`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// The whole site.
    pub state: Wellness,
    /// Where the site is: latitude, degrees north (WGS-84). Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat_deg: Option<f64>,
    /// Longitude, degrees east. Absent: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon_deg: Option<f64>,
    /// Why it is not `ok`, in words for a maintainer; empty when it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The sensors.
    pub sensors: Vec<SensorHealth>,
    /// Radios, signal controller, city link.
    pub links: Vec<LinkHealth>,
    /// Version of the service.
    pub version: String,
    /// Time since the service started, seconds.
    pub uptime_s: f64,
    /// Camera frames through the detector, per second, all cameras. Absent when there is no camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frames_per_s: Option<f64>,
    /// 99th percentile of the time from capture to radio since the service started, seconds. Absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture_to_radio_p99_s: Option<f64>,
    /// Resident memory of the service, bytes. Absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// How something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Wellness {
    /// It does all it should.
    #[default]
    Ok,
    /// It does less than it should.
    Degraded,
    /// It does nothing.
    Failed,
}

/// One sensor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SensorHealth {
    /// The sensor's name in the site file.
    pub id: String,
    /// What it is: `camera`, `radar`, …; readers must accept names they do not know.
    pub kind: String,
    /// How it is.
    pub state: Wellness,
    /// Age of its newest data, seconds. Absent when it has given none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_s: Option<f64>,
    /// Whether its data is simulated.
    pub simulated: bool,
    /// Why it is not `ok`, in words for a maintainer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// One link out of the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LinkHealth {
    /// The link's name in the site file.
    pub id: String,
    /// What it is: `pc5`, `5g`, `immediate_forward`, `city`, …; readers must accept names they do not know.
    pub kind: String,
    /// How it is.
    pub state: Wellness,
    /// Why it is not `ok`, in words for a maintainer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Health {
    pub(crate) fn check(&self) -> Result<(), InvalidState> {
        on_earth(str::to_owned, [self.lat_deg, self.lon_deg])?;
        not_negative(|| "uptime_s".into(), self.uptime_s)?;
        if let Some(frames_per_s) = self.frames_per_s {
            not_negative(|| "frames_per_s".into(), frames_per_s)?;
        }
        if let Some(p99_s) = self.capture_to_radio_p99_s {
            not_negative(|| "capture_to_radio_p99_s".into(), p99_s)?;
        }
        for (i, sensor) in self.sensors.iter().enumerate() {
            // A sensor whose clock runs ahead has a negative age: that is a fact worth telling, not a mistake of ours.
            if sensor.age_s.is_some_and(|age_s| !age_s.is_finite()) {
                return Err(InvalidState::new(format!("sensors[{i}].age_s"), "is not a finite number"));
            }
        }
        Ok(())
    }
}
