//! What the signal controller says, whatever protocol it speaks. One file per source.

use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};

pub mod fixed_time;

/// What a signal group shows; the words are those of the recording format.
pub use sensors::recording::SignalState as Light;

/// One group at one moment. Times are seconds from [`SignalState::captured_at`]; `None` is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupState {
    /// Signal group (China: phase id), 1 to 255.
    pub id: u8,
    /// What it shows.
    pub light: Light,
    /// Earliest end of what it shows, seconds from capture.
    pub min_end_s: Option<f64>,
    /// Latest end, seconds from capture.
    pub max_end_s: Option<f64>,
    /// Likeliest end, seconds from capture.
    pub likely_end_s: Option<f64>,
    /// What comes after, in order, each with how long it lasts, seconds; empty when unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<(Light, f64)>,
}

/// What the controller said, all groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalState {
    /// When the controller said it.
    pub captured_at: UtcMicros,
    /// True for a fixed-time plan, false when the controller decides as it goes.
    pub fixed_time: bool,
    /// Groups in ascending order of id.
    pub groups: Vec<GroupState>,
}
