//! The recording: one MCAP file that holds everything a site saw.
//!
//! [`RecordingReader`] yields what a live service would have received, in the order of arrival; [`RecordingWriter`]
//! writes it. What really was there (`/truth`, only in simulated or surveyed recordings) is never among it: scorers
//! read that with [`TruthReader`]. The format is described in `docs/ref/recording.md`.

use std::path::PathBuf;

use perception::calibration::SiteGeometry;
use perception::detection::{CameraFrame, Class, RadarScan, SensorId};
use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};
use thiserror::Error;

mod body;
mod container;
mod read;
mod write;

pub use read::{RecordingReader, TruthReader, has_pictures, is_whole};
pub use write::RecordingWriter;

/// One message of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// When the edge received it.
    pub arrived_at: UtcMicros,
    /// When it was captured, by the clock of who captured it; that clock may lie.
    pub captured_at: UtcMicros,
    /// What it says.
    pub item: Item,
}

/// What a message of a recording says.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// The place: sensors, lanes. Comes first; a later one replaces it.
    Site(SiteGeometry),
    /// A camera frame's detections.
    Camera(CameraFrame),
    /// A radar scan.
    Radar(RadarScan),
    /// What the signal controller said.
    Signal(SignalRecord),
    /// What the signal controller sent, as it came: a datagram, or a piece of a stream. For those who look for a fault.
    SignalRaw {
        /// By which protocol (`gat1743`).
        source: String,
        /// Its bytes, in hexadecimal.
        hex: String,
    },
    /// A message received from a vehicle, as it came.
    V2xReceived {
        /// By which radio (`pc5`, `uu`).
        radio: String,
        /// Its bytes, in hexadecimal.
        hex: String,
    },
    /// What a water gauge said.
    Water {
        /// Which gauge.
        gauge: SensorId,
        /// How deep the water is, metres.
        depth_m: f64,
    },
    /// A picture.
    Image {
        /// Which camera took it.
        sensor: SensorId,
        /// JPEG.
        jpeg: Vec<u8>,
    },
}

/// The state of every group of a signal controller at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SignalRecord {
    /// How the controller decides, in the service's word for it. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<String>,
    /// The number of the plan that runs. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<u16>,
    /// The groups, in the controller's order.
    pub groups: Vec<SignalGroupRecord>,
}

/// One signal group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalGroupRecord {
    /// The group's number, as in the lanes' `signal_group`.
    pub id: u32,
    /// What it shows.
    pub state: SignalState,
    /// Seconds from capture to the earliest end of this state. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_end_s: Option<f64>,
    /// Seconds from capture to the latest end of this state. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_end_s: Option<f64>,
    /// Seconds from capture to the likely end of this state. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likely_end_s: Option<f64>,
    /// Of a green: whether conflicting movements are held back. `None`: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<bool>,
    /// What comes after, in order; empty: not said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<NextSignal>,
}

/// A light that comes later.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NextSignal {
    /// What it is.
    pub state: SignalState,
    /// How long it lasts, seconds.
    pub lasts_s: f64,
}

/// What a signal group shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalState {
    /// Stop.
    Red,
    /// Clearance before red.
    Yellow,
    /// Go.
    Green,
    /// Red and yellow together, just before green.
    RedYellow,
    /// Stop, then go with care.
    FlashingRed,
    /// Go with care.
    FlashingYellow,
    /// The lamps are off.
    Dark,
    /// Nobody knows.
    Unavailable,
}

/// What really was there at one moment: simulated or surveyed. For scorers only.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthFrame {
    /// When it is valid.
    pub captured_at: UtcMicros,
    /// Every road user.
    pub objects: Vec<TruthObject>,
}

/// One road user as it really was.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TruthObject {
    /// The same in every frame.
    pub id: u64,
    /// What it is.
    #[serde(flatten, with = "perception::detection::recorded_class")]
    pub class: Class,
    /// Centre of its footprint on the ground, metres east of the site's origin.
    pub east_m: f64,
    /// Centre of its footprint on the ground, metres north of the site's origin.
    pub north_m: f64,
    /// Speed over ground, m/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mps: Option<f64>,
    /// Where its front points, radians clockwise from true north.
    #[serde(default, rename = "heading_rad", skip_serializing_if = "Option::is_none")]
    pub heading_cw_north_rad: Option<f64>,
    /// Length, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_m: Option<f64>,
    /// Width, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width_m: Option<f64>,
    /// Height, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_m: Option<f64>,
    /// How many sensor messages captured in the last 2 s hold a detection of it; only simulated truth knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_2s: Option<u32>,
}

/// Why a recording cannot be opened or written at all.
#[derive(Debug, Error)]
pub enum RecordingError {
    /// The file system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// The file does not begin like an MCAP file.
    #[error("{path}: not an MCAP file (its first 8 bytes are not the MCAP magic)")]
    NotMcap {
        /// Which file.
        path: PathBuf,
    },
    /// The MCAP writer gave up (a full disk, for one); the file is readable up to the last flush.
    #[error("{path}: {source}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: mcap::McapError,
    },
    /// A body that JSON cannot hold.
    #[error("{path}: channel {channel}: {source}")]
    Encode {
        /// Which file.
        path: PathBuf,
        /// For which channel.
        channel: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// One part of a recording that could not be read. The rest is still read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}{}at byte {offset}: {reason}", channel.as_deref().map(|c| format!("{c} ")).unwrap_or_default(),
    arrived_at.map(|t| format!("(log time {} µs) ", t.0)).unwrap_or_default())]
pub struct RecordingFault {
    /// The channel of the message. `None`: it was not even possible to tell.
    pub channel: Option<String>,
    /// The log time of the message.
    pub arrived_at: Option<UtcMicros>,
    /// Where the record, or the chunk that holds it, begins in the file, bytes.
    pub offset: u64,
    /// What is wrong with it.
    pub reason: FaultReason,
}

/// What can be wrong with a part of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FaultReason {
    /// The body is not what the channel promises.
    #[error("message {index} of its chunk: {error}")]
    Body {
        /// Counts the chunk's messages from 0.
        index: usize,
        /// What is wrong.
        error: String,
    },
    /// No channel record says what the message is about.
    #[error("message {index} of its chunk refers to channel {channel_id}, which nobody declared")]
    UnknownChannel {
        /// Counts the chunk's messages from 0.
        index: usize,
        /// The number it refers to.
        channel_id: u16,
    },
    /// A chunk that cannot be decompressed, or fails its check sum: none of its messages can be trusted.
    #[error("chunk: {0}")]
    Chunk(String),
    /// The file ends in the middle of a record: power was lost or the writer killed. All before it was read.
    #[error("the file ends here, in the middle of a record (the recorder was cut off)")]
    Torn,
    /// Reading from the disk failed.
    #[error("{0}")]
    Io(String),
}
