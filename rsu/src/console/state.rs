//! What the page shows: the JSON of `/api/v1/state` and `/api/v1/map` (`docs/ref/api.md`).
//!
//! Positions are in the site's frame, metres east and north of its origin. Unknown is `null`.

use perception::detection::Class;
use serde::{Deserialize, Serialize};

use crate::health::Level;
use crate::map::Maneuver;
use crate::signals::Light;

/// Name and version of [`ConsoleState`]'s shape. A change that old readers would misread raises the number.
pub const STATE_SCHEMA: &str = "lukou.console/1";
/// Name and version of [`ConsoleMap`]'s shape.
pub const MAP_SCHEMA: &str = "lukou.console-map/1";

/// The whole picture at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleState {
    /// [`STATE_SCHEMA`].
    pub schema: String,
    /// The moment that it describes, microseconds since 1970 UTC.
    pub t_us: i64,
    /// The site's name.
    pub site: String,
    /// The city's name.
    pub city: String,
    /// The program's version.
    pub version: String,
    /// How long the service has been running, seconds.
    pub uptime_s: f64,
    /// Road users.
    pub tracks: Vec<ConsoleTrack>,
    /// The signal, group by group; empty: no signal, or nothing known of it.
    pub signals: Vec<ConsoleSignal>,
    /// Age of the signal controller's newest word at `t_us`, seconds.
    pub signal_age_s: Option<f64>,
    /// Parking lots.
    pub parking: Vec<ConsoleLot>,
    /// Sensors, all that the site has.
    pub sensors: Vec<ConsoleSensor>,
    /// Links to vehicles and to the city.
    pub links: Vec<ConsoleLink>,
    /// Messages on the air, by kind.
    pub messages: Vec<ConsoleMessage>,
    /// How long it takes from a camera's shutter to a radio.
    pub latency: ConsoleLatency,
    /// What was given up since the service started, and why; empty: nothing.
    pub drops: Vec<ConsoleDrop>,
    /// What the gate held back since the service started, and why: `place` is the message.
    pub held: Vec<ConsoleDrop>,
    /// Traffic lane by lane, last finished window.
    pub lanes: Vec<ConsoleLaneTraffic>,
}

impl ConsoleState {
    /// A state in which nothing is known yet.
    pub fn new(t_us: i64, site: &str, city: &str) -> Self {
        Self {
            schema: STATE_SCHEMA.into(),
            t_us,
            site: site.into(),
            city: city.into(),
            version: env!("CARGO_PKG_VERSION").into(),
            uptime_s: 0.0,
            tracks: Vec::new(),
            signals: Vec::new(),
            signal_age_s: None,
            parking: Vec::new(),
            sensors: Vec::new(),
            links: Vec::new(),
            messages: Vec::new(),
            latency: ConsoleLatency::default(),
            drops: Vec::new(),
            held: Vec::new(),
            lanes: Vec::new(),
        }
    }
}

/// One road user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleTrack {
    /// The track's number.
    pub id: u64,
    /// What it most probably is.
    pub class: Class,
    /// How probable that is, 0 to 1.
    pub class_probability: f64,
    /// Centre of the footprint, metres east.
    pub east_m: f64,
    /// Centre of the footprint, metres north.
    pub north_m: f64,
    /// Where its front points, radians clockwise from true north.
    pub heading_rad: Option<f64>,
    /// Ground speed, m/s.
    pub speed_mps: f64,
    /// Length, metres.
    pub length_m: Option<f64>,
    /// Width, metres.
    pub width_m: Option<f64>,
    /// Probability that it exists, 0 to 1.
    pub existence: f64,
    /// Sensors that measured it in the last second.
    pub sources: Vec<String>,
    /// True when only simulated sensors saw it.
    pub simulated: bool,
    /// The lane that it is in.
    pub lane: Option<String>,
}

/// One signal group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleSignal {
    /// The group's number.
    pub group: u8,
    /// What it shows.
    pub light: Light,
    /// Likeliest time until that ends, seconds from the state's `t_us`.
    pub left_s: Option<f64>,
    /// Probability that it ends as predicted, 0 to 1; `None`: nothing was predicted.
    pub confidence: Option<f64>,
    /// Why its light or its times are not said, as in metrics; `None`: they are.
    pub held: Option<String>,
}

/// One parking lot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleLot {
    /// The lot's name in the map.
    pub lot: String,
    /// What people call it.
    pub name: String,
    /// Bays that are free.
    pub free: u32,
    /// Bays that are taken.
    pub occupied: u32,
    /// Bays of which nobody knows.
    pub unknown: u32,
    /// Each bay.
    pub bays: Vec<ConsoleBay>,
}

/// What is known of a parking bay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleBayStatus {
    /// Nobody stands there.
    Free,
    /// Somebody stands there.
    Occupied,
    /// Nobody knows.
    Unknown,
}

/// One bay of a lot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleBay {
    /// The bay's name within its lot.
    pub bay: String,
    /// How it is.
    pub status: ConsoleBayStatus,
}

/// One sensor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleSensor {
    /// Its name.
    pub id: String,
    /// `camera`, `radar`, `signal`, ….
    pub kind: String,
    /// How it is.
    pub state: Level,
    /// True when what it says comes from a simulation.
    pub simulated: bool,
    /// Frames or scans a second that reached the pipeline.
    pub per_s: f64,
    /// Age of its newest capture, seconds; `None`: it never delivered.
    pub age_s: Option<f64>,
    /// What else there is to say: the error when it is not well.
    pub detail: String,
}

/// One link to the outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleLink {
    /// Its name.
    pub id: String,
    /// `pc5`, `5g`, `city`, ….
    pub kind: String,
    /// How it is.
    pub state: Level,
    /// What else there is to say: peers, or the error when it is not well.
    pub detail: String,
}

/// One kind of message on the air.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleMessage {
    /// `cn` or `us`.
    pub set: String,
    /// `SPAT`, `MAP`, `RSM`, ….
    pub message: String,
    /// How many a second are handed to the radios.
    pub per_s: f64,
    /// Length of the newest one, octets.
    pub last_bytes: u32,
}

/// From the capture of the newest camera frame in a message to the message's hand-over to a radio, milliseconds,
/// over all messages since the service started. `None`: nothing measured yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConsoleLatency {
    /// Half of the messages were quicker.
    pub capture_to_radio_p50_ms: Option<f64>,
    /// 99 of 100 messages were quicker.
    pub capture_to_radio_p99_ms: Option<f64>,
}

/// Something that was given up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleDrop {
    /// Where.
    pub place: String,
    /// Why.
    pub reason: String,
    /// How often since the service started.
    pub count: u64,
}

/// Traffic on one lane in the last finished window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleLaneTraffic {
    /// The lane, as in the map.
    pub lane: String,
    /// Vehicles per hour.
    pub flow_per_h: Option<f64>,
    /// Mean speed, m/s; `None`: nobody drove.
    pub mean_speed_mps: Option<f64>,
    /// Share of the window in which the lane was occupied, 0 to 1.
    pub occupancy: Option<f64>,
    /// Vehicles that queue, now.
    pub queue: Option<u32>,
}

/// The road and the sensors, which do not change while the service runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleMap {
    /// [`MAP_SCHEMA`].
    pub schema: String,
    /// The site's name.
    pub site: String,
    /// The city's name.
    pub city: String,
    /// Lanes.
    pub lanes: Vec<ConsoleLane>,
    /// Ways across the junction.
    pub connections: Vec<ConsoleConnection>,
    /// Crosswalks.
    pub crosswalks: Vec<ConsoleCrosswalk>,
    /// Parking bays.
    pub bays: Vec<ConsoleBayOutline>,
    /// The junction that is served, and its neighbours.
    pub nodes: Vec<ConsoleNode>,
    /// Where the sensors stand and look.
    pub sensors: Vec<ConsoleSensorPose>,
    /// Least east, least north, greatest east, greatest north of all of it, metres; `None`: the map is empty.
    pub bounds_m: Option<[f64; 4]>,
}

/// A lane's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleLane {
    /// `<link>/<lane>`.
    pub id: String,
    /// Width, metres.
    pub width_m: f64,
    /// Centre line in travel direction, east and north, metres; the last point is on the stop line.
    pub points_m: Vec<[f64; 2]>,
    /// The group that rules its stop line.
    pub signal_group: Option<u32>,
    /// True when the lane leads into the junction.
    pub leads_on: bool,
}

/// A way from the end of a lane across the junction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleConnection {
    /// The lane that it leaves.
    pub from: String,
    /// The lane that it leads to.
    pub to: String,
    /// What one does on it.
    pub maneuver: Maneuver,
    /// The group that rules it.
    pub signal_group: Option<u8>,
    /// The path, east and north, metres.
    pub points_m: Vec<[f64; 2]>,
}

/// A crosswalk's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleCrosswalk {
    /// Its name.
    pub id: String,
    /// Outline, east and north, metres.
    pub outline_m: Vec<[f64; 2]>,
    /// The group that rules it.
    pub signal_group: Option<u8>,
}

/// A bay's shape.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleBayOutline {
    /// The lot.
    pub lot: String,
    /// The bay within it.
    pub bay: String,
    /// Outline, east and north, metres.
    pub outline_m: Vec<[f64; 2]>,
}

/// A junction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleNode {
    /// Number within its region.
    pub id: u16,
    /// Its name.
    pub name: Option<String>,
    /// Reference point, east and north, metres.
    pub position_m: [f64; 2],
    /// True for the one that this site serves.
    pub served: bool,
}

/// Where a sensor stands and what it looks at, seen from above.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsoleSensorPose {
    /// Its name.
    pub id: String,
    /// `camera` or `radar`.
    pub kind: String,
    /// Where it stands, east and north, metres.
    pub position_m: [f64; 2],
    /// Middle of its field of view, radians clockwise from true north.
    pub azimuth_rad: f64,
    /// Full horizontal field of view, radians.
    pub fov_rad: f64,
    /// How far it sees, metres; `None`: no fixed limit (a camera).
    pub range_m: Option<f64>,
}
