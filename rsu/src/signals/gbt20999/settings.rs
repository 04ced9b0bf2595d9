//! The `[signal]` table for a controller that speaks GB/T 20999.

use serde::Deserialize;

use super::Gbt20999;
use super::frame::{Crc, kind};
use crate::signals::countdown::Countdown;
use crate::signals::link::{LinkFile, Transport};
use crate::signals::{Mapped, SignalSource, SourceSettings};

/// `[signal]` with `source = "gbt20999"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the controller is.
    pub link: LinkFile,
    /// Oldest state that may be said, seconds.
    #[serde(default = "default_stale_after_s")]
    pub stale_after_s: f64,
    /// Which lamp group is which group.
    pub group: Vec<GroupFile>,
    /// How the seconds that are left of a stage are rounded.
    #[serde(default)]
    pub countdown: Countdown,
    /// How often it is asked, seconds.
    #[serde(default = "default_poll_s")]
    pub poll_s: f64,
    /// How long before the end of a stage its greens end, seconds: yellow and all red, if the controller counts them to the
    /// stage.
    #[serde(default)]
    pub transition_s: f64,
    /// Our number.
    #[serde(default = "default_host")]
    pub host: u8,
    /// The controller's number; 0: any.
    #[serde(default)]
    pub controller: u32,
    /// The crossing's number in the header; 0: any.
    #[serde(default)]
    pub crossing: u8,
    /// The crossing's number in the table of run states.
    #[serde(default = "default_crossing_element")]
    pub crossing_element: u8,
    /// The protocol version in what we say.
    #[serde(default = "default_version")]
    pub version: u16,
    /// The check sum.
    #[serde(default)]
    pub crc: Crc,
    /// The attribute that holds the state of a lamp group: 2, with some 1.
    #[serde(default = "default_lamp_attribute")]
    pub lamp_attribute: u8,
    /// How often we ask whether it is there, seconds.
    #[serde(default = "default_heartbeat_s")]
    pub heartbeat_s: f64,
    /// What we answer when it asks: 0x80, with some 0x71.
    #[serde(default = "default_heartbeat_reply")]
    pub heartbeat_reply: u8,
    /// Whether an answer must have the number of a query.
    #[serde(default = "default_check_sequence")]
    pub check_sequence: bool,
}

/// One `[[signal.group]]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    /// Signal group of the map.
    pub group: u8,
    /// The controller's lamp group.
    pub lamp_group: u8,
}

fn default_stale_after_s() -> f64 {
    2.0
}
fn default_poll_s() -> f64 {
    0.2
}
fn default_host() -> u8 {
    1
}
fn default_crossing_element() -> u8 {
    1
}
fn default_version() -> u16 {
    0x0100
}
fn default_lamp_attribute() -> u8 {
    2
}
fn default_heartbeat_s() -> f64 {
    5.0
}
fn default_heartbeat_reply() -> u8 {
    kind::HEARTBEAT_REPLY
}
fn default_check_sequence() -> bool {
    true
}

impl SourceSettings for Settings {
    fn link(&self) -> Option<&LinkFile> {
        Some(&self.link)
    }

    fn stale_after_s(&self) -> f64 {
        self.stale_after_s
    }

    fn mapping(&self) -> Vec<Mapped> {
        let mapped = |file: &GroupFile| Mapped { group: file.group, from: format!("lamp group {}", file.lamp_group) };
        self.group.iter().map(mapped).collect()
    }

    fn source(&self) -> Result<Box<dyn SignalSource>, String> {
        let seconds = |value: f64, least: f64, most: f64| (least..=most).contains(&value);
        let wrong = if self.link.to.is_none() && self.link.transport == Transport::Udp {
            Some("link.to is missing: the controller must be asked".to_owned())
        } else if !seconds(self.poll_s, 0.05, 10.0) || self.poll_s >= self.stale_after_s {
            Some(format!("poll_s is {}; 0.05 to 10, and less than stale_after_s", self.poll_s))
        } else if !seconds(self.transition_s, 0.0, 60.0) {
            Some(format!("transition_s is {}; 0 to 60", self.transition_s))
        } else if !seconds(self.heartbeat_s, 0.5, 600.0) {
            Some(format!("heartbeat_s is {}; 0.5 to 600", self.heartbeat_s))
        } else if !(1..=2).contains(&self.lamp_attribute) {
            Some(format!("lamp_attribute is {}; 1 or 2", self.lamp_attribute))
        } else {
            let zero = self.group.iter().find(|file| !(1..=64).contains(&file.lamp_group));
            zero.map(|file| format!("group {}: lamp_group is {}; 1 to 64", file.group, file.lamp_group))
        };
        wrong.map_or_else(|| Ok(Box::new(Gbt20999::new(self.clone())) as Box<dyn SignalSource>), Err)
    }
}
