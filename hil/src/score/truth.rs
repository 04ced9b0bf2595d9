//! The ground truth of a recording (`docs/ref/recording.md`, channels `/truth`, `/signal` and `/site`).

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use mcap::records::{self, Record, op};
use mcap::sans_io::linear_reader::{LinearReadEvent, LinearReader, LinearReaderOptions};
use perception::calibration::{Lane, Origin};
use sensors::recording::SignalState;
use serde::Deserialize;

use super::{ReadError, class, each_once, unknown};

/// No record of a recording is larger: a length above is damage.
const MAX_RECORD_BYTES: usize = 256 << 20;

/// All objects at one time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TruthFrame {
    /// Microseconds since the Unix epoch, UTC.
    #[serde(rename = "captured_at_us")]
    pub t_us: i64,
    /// Whatever was there, seen or not.
    pub objects: Vec<TruthObject>,
}

/// One object at one time, in the site's ENU frame.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TruthObject {
    /// The same for its whole life.
    pub id: u64,
    /// As in the recording: `car`, `pedestrian`, … or `unknown`.
    #[serde(default = "unknown", deserialize_with = "class")]
    pub class: String,
    /// Centre of its footprint, metres east of the site's origin.
    pub east_m: f64,
    /// Centre of its footprint, metres north of the site's origin.
    pub north_m: f64,
    /// Along its heading, m/s. `None`: unknown.
    pub speed_mps: Option<f64>,
    /// Where its front points, clockwise from true north, radians. `None`: unknown.
    #[serde(rename = "heading_rad")]
    pub heading_cw_north_rad: Option<f64>,
    /// Length, metres. `None`: unknown.
    #[serde(default)]
    pub length_m: Option<f64>,
    /// Width, metres. `None`: unknown.
    #[serde(default)]
    pub width_m: Option<f64>,
    /// Sensor messages of the last 2 s that hold a detection of it. `None`: nobody counted, so it is asked for.
    pub seen_2s: Option<u32>,
}

/// What the signal showed from one time on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct LightFrame {
    /// Microseconds since the Unix epoch, UTC.
    #[serde(rename = "captured_at_us")]
    pub t_us: i64,
    /// The groups that it named.
    pub groups: Vec<GroupLight>,
}

/// What one group showed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct GroupLight {
    /// Its number.
    pub id: u32,
    /// Its light.
    pub state: SignalState,
}

/// What a scorer needs of a recording.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TruthRecording {
    /// The site's name.
    pub site: Option<String>,
    /// The origin of its ENU frame.
    pub origin: Option<Origin>,
    /// Its lanes.
    pub lanes: Vec<Lane>,
    /// In file order.
    pub frames: Vec<TruthFrame>,
    /// In file order.
    pub lights: Vec<LightFrame>,
}

#[derive(Deserialize)]
struct Site {
    name: Option<String>,
    origin: Option<Origin>,
    #[serde(default)]
    lanes: Vec<Lane>,
}

/// Reads the truth, and nothing else, of an MCAP recording; of whatever size, since it is never in memory as a whole.
///
/// # Errors
///
/// A file that cannot be opened, is not MCAP, is cut off, or has a damaged chunk; a `/truth`, `/signal` or `/site` that does not parse; no truth.
pub fn read_truth(path: &Path) -> Result<TruthRecording, ReadError> {
    let io = |reason| ReadError::Io { path: path.to_owned(), reason };
    let damaged = |reason| ReadError::Mcap { path: path.to_owned(), reason };
    let mut file = BufReader::new(File::open(path).map_err(io)?);
    let options =
        LinearReaderOptions::default().with_prevalidate_chunk_crcs(true).with_record_length_limit(MAX_RECORD_BYTES);
    let mut reader = LinearReader::new_with_options(options);
    let mut channels = Channels::default();
    let mut recording = TruthRecording::default();
    while let Some(event) = reader.next_event() {
        let (opcode, data) = match event.map_err(damaged)? {
            LinearReadEvent::ReadRequest(wanted) => {
                let count = file.read(reader.insert(wanted)).map_err(io)?;
                reader.notify_read(count);
                continue;
            }
            LinearReadEvent::Record { opcode, data } => (opcode, data),
        };
        if !matches!(opcode, op::CHANNEL | op::MESSAGE) {
            continue;
        }
        match mcap::parse_record(opcode, data).map_err(damaged)? {
            Record::Channel(channel) => channels.declare(&channel),
            Record::Message { header, data } => {
                take(&mut recording, &channels, header.channel_id, &data).map_err(|(channel, reason)| {
                    ReadError::Message { path: path.to_owned(), channel, log_time_ns: header.log_time, reason }
                })?;
            }
            _ => {}
        }
    }
    if recording.frames.is_empty() {
        return Err(ReadError::NoTruth { path: path.to_owned() });
    }
    Ok(recording)
}

/// The numbers under which the channels that matter are declared.
#[derive(Default)]
struct Channels {
    truth: HashSet<u16>,
    signal: HashSet<u16>,
    site: HashSet<u16>,
}

const TRUTH: &str = "/truth";
const SIGNAL: &str = "/signal";
const SITE: &str = "/site";

impl Channels {
    fn declare(&mut self, channel: &records::Channel) {
        match channel.topic.as_str() {
            TRUTH => self.truth.insert(channel.id),
            SIGNAL => self.signal.insert(channel.id),
            SITE => self.site.insert(channel.id),
            _ => false,
        };
    }
}

/// What a message adds; or what is wrong with it, and on which channel.
fn take(
    recording: &mut TruthRecording,
    channels: &Channels,
    channel: u16,
    body: &[u8],
) -> Result<(), (&'static str, serde_json::Error)> {
    if channels.truth.contains(&channel) {
        let frame: TruthFrame = serde_json::from_slice(body).map_err(|error| (TRUTH, error))?;
        each_once(frame.objects.iter().map(|object| object.id)).map_err(|error| (TRUTH, error))?;
        recording.frames.push(frame);
    } else if channels.signal.contains(&channel) {
        recording.lights.push(serde_json::from_slice(body).map_err(|error| (SIGNAL, error))?);
    } else if channels.site.contains(&channel) {
        let site: Site = serde_json::from_slice(body).map_err(|error| (SITE, error))?;
        (recording.site, recording.origin, recording.lanes) = (site.name, site.origin, site.lanes);
    }
    Ok(())
}
