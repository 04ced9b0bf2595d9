//! The `[signal]` table for a controller that speaks GA/T 1743.

use serde::Deserialize;

use super::Gat1743;
use super::content::LampType;
use crate::signals::countdown::Countdown;
use crate::signals::link::LinkFile;
use crate::signals::{Mapped, SignalSource, SourceSettings};

/// Which clock says when a state was captured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaptureClock {
    /// Ours, at arrival: right for a cable in the same cabinet, whatever the controller's clock says.
    #[default]
    Arrival,
    /// The controller's.
    Controller,
}

/// `[signal]` with `source = "gat1743"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the controller is.
    pub link: LinkFile,
    /// Oldest state that may be said, seconds.
    #[serde(default = "default_stale_after_s")]
    pub stale_after_s: f64,
    /// Which lamp is which group.
    pub group: Vec<GroupFile>,
    /// How the countdown is rounded.
    #[serde(default)]
    pub countdown: Countdown,
    /// Which clock counts.
    #[serde(default)]
    pub clock: CaptureClock,
    /// Whether the controller is asked for what it doesn't say by itself.
    #[serde(default = "default_ask")]
    pub ask: bool,
    /// The link code in what we say.
    #[serde(default = "default_link_code")]
    pub link_code: u16,
    /// Who we are. Absent: everything is taken, whoever it is for.
    pub own: Option<OwnFile>,
}

/// Who we are to the controller.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnFile {
    /// Region, six digits of GB/T 2260.
    pub region: u32,
    /// Number.
    pub number: u16,
    /// Kind of device, by bits; a roadside V2X device unless said otherwise.
    #[serde(default = "default_own_kind")]
    pub kind: u16,
}

/// One `[[signal.group]]`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupFile {
    /// Signal group of the map.
    pub group: u8,
    /// Direction of the lamp's entrance as the controller has it, degrees clockwise from north.
    pub direction_deg: u16,
    /// What the lamp is for.
    pub lamp: LampType,
    /// Its number, where an entrance has several for the same.
    pub lamp_id: Option<u8>,
}

impl GroupFile {
    /// Whether this lamp is meant.
    pub(super) fn is(&self, direction_deg: u16, kind: u8, id: u8) -> bool {
        self.direction_deg == direction_deg && self.lamp as u8 == kind && self.lamp_id.is_none_or(|own| own == id)
    }
}

fn default_stale_after_s() -> f64 {
    2.0
}
fn default_ask() -> bool {
    true
}
fn default_link_code() -> u16 {
    1
}
/// A roadside V2X device.
pub(super) fn default_own_kind() -> u16 {
    0x8000
}

impl SourceSettings for Settings {
    fn link(&self) -> Option<&LinkFile> {
        Some(&self.link)
    }

    fn stale_after_s(&self) -> f64 {
        self.stale_after_s
    }

    fn mapping(&self) -> Vec<Mapped> {
        let mapped = |file: &GroupFile| {
            let id = file.lamp_id.map_or(String::new(), |id| format!(" number {id}"));
            let from = format!("lamp {}{id} of the entrance at {}°", word(file.lamp as u8), file.direction_deg);
            Mapped { group: file.group, from }
        };
        self.group.iter().map(mapped).collect()
    }

    fn source(&self) -> Result<Box<dyn SignalSource>, String> {
        if let Some(wrong) = self.group.iter().find(|file| file.direction_deg >= 360) {
            return Err(format!("group {}: direction_deg is {}, 0 to 359 is meant", wrong.group, wrong.direction_deg));
        }
        if let Some(own) = self.own.filter(|own| own.region > 999_999) {
            return Err(format!("own.region is {}, six digits are meant", own.region));
        }
        Ok(Box::new(Gat1743::new(self.clone())))
    }
}

/// A lamp's type in the words of the site file.
pub(super) fn word(kind: u8) -> String {
    let words = [
        "straight",
        "left",
        "right",
        "motor",
        "non_motor_left",
        "non_motor_right",
        "non_motor",
        "crosswalk",
        "u_turn",
        "lane",
        "railway",
        "flashing_warning",
        "tram_straight",
        "tram_left",
        "tram_right",
    ];
    let known = usize::from(kind).checked_sub(1).and_then(|index| words.get(index));
    known.map_or_else(|| format!("type {kind}"), |word| (*word).to_owned())
}
