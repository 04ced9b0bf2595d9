//! What the driver sees.

use serde::Serialize;

use super::Pose;
use super::heard::Guide;
use crate::signals::Light;

/// One moment, as seen from the vehicle.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// The moment, UTC, microseconds.
    pub at_us: i64,
    /// Where the vehicle is; `None` until a MAP says where one could be.
    pub pose: Option<Pose>,
    /// The lane that it is on.
    pub lane: Option<LaneView>,
    /// Road users, nearest first.
    pub objects: Vec<ObjectView>,
    /// Parking lots.
    pub lots: Vec<LotView>,
    /// What came since the last view.
    pub heard: Vec<HeardView>,
    /// Mistakes found since the start, all kinds together.
    pub faults: u64,
    /// The last mistake.
    pub last_fault: Option<String>,
}

/// The lane that the vehicle is on.
#[derive(Clone, Debug, Serialize)]
pub struct LaneView {
    /// `cn` or `us`: whose MAP says so.
    pub set: &'static str,
    /// Region of the junction ahead.
    pub region: u16,
    /// Number of the junction ahead.
    pub node: u16,
    /// The lane's name.
    pub lane: String,
    /// Along the lane, metres.
    pub to_stop_line_m: f64,
    /// Its lights.
    pub lights: Vec<LightView>,
}

/// A light and what it is for.
#[derive(Clone, Debug, Serialize)]
pub struct LightView {
    /// Signal group.
    pub group: u8,
    /// `straight`, `left`, `right`, `u-turn`, `on`.
    pub ways: Vec<&'static str>,
    /// What it shows.
    pub light: Light,
    /// For how long still, seconds.
    pub ends_in_s: Option<f64>,
    /// What comes then.
    pub next: Option<Light>,
}

/// A road user as seen from the vehicle.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectView {
    /// `cn` or `us`.
    pub set: &'static str,
    /// The sender's number for it.
    pub id: u16,
    /// What it is.
    pub class: &'static str,
    /// Metres.
    pub distance_m: f64,
    /// Degrees clockwise from where the vehicle looks, −180 to 180.
    pub bearing_deg: f64,
    /// m/s.
    pub speed_mps: Option<f64>,
    /// Degrees clockwise from true north.
    pub heading_cw_north_deg: Option<f64>,
    /// Seconds since it was so.
    pub age_s: Option<f64>,
}

/// A parking lot.
#[derive(Clone, Debug, Serialize)]
pub struct LotView {
    /// Its number.
    pub lot: Option<u16>,
    /// How many of its slots are free.
    pub free: usize,
    /// How many it has.
    pub slots: usize,
    /// Who is led through it.
    pub guides: Vec<Guide>,
}

/// What came by a radio since the last view.
#[derive(Clone, Debug, Serialize)]
pub struct HeardView {
    /// `pc5` or `uu`.
    pub radio: &'static str,
    /// `cn` or `us`.
    pub set: &'static str,
    /// `SPAT`, ….
    pub message: &'static str,
    /// Messages a second since the last view.
    pub rate_hz: f64,
    /// Messages lost since the start, where they are numbered.
    pub lost: Option<u64>,
}
