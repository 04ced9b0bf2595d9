//! `site.toml` as written: one type for each of its tables, with the defaults (`docs/ref/config.md`).

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use perception::calibration::Origin;
use perception::detection::SensorId;
use perception::events::EventSettings;
use perception::track::TrackerSettings;
use serde::Deserialize;

use super::cloud::CloudFile;
use super::signal::SignalFile;
use crate::evidence::EvidenceSettings;
use crate::gate::{EventCodes, Limits, SignalLimits};
use crate::guidance::GuidanceSettings;
use crate::map::conflicts::Overrides;
use crate::priority::Policy;

/// The version of the file's format that this program reads.
pub const SITE_FILE_VERSION: u32 = 1;

/// `site.toml` as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteFile {
    /// Format version: [`SITE_FILE_VERSION`].
    pub version: u32,
    /// The site's name: letters, digits, `-`, `_`, `.`; part of the city's keys.
    pub name: String,
    /// The city's name, likewise.
    pub city: String,
    /// Where the site's ENU frame has its origin.
    pub origin: OriginFile,
    /// The road: a GeoJSON file, relative to `site.toml`.
    pub map: PathBuf,
    /// What is broadcast.
    #[serde(default)]
    pub broadcast: Broadcast,
    /// Cameras.
    #[serde(default, rename = "camera")]
    pub cameras: Vec<CameraFile>,
    /// Radars.
    #[serde(default, rename = "radar")]
    pub radars: Vec<RadarFile>,
    /// The detector; needed when there is a camera.
    pub detector: Option<DetectorFile>,
    /// How sensors become one picture.
    #[serde(default)]
    pub fusion: FusionFile,
    /// The signal; absent: SPAT says *unavailable* of every group of the map.
    pub signal: Option<SignalFile>,
    /// What the gate lets through.
    #[serde(default)]
    pub gate: GateFile,
    /// When something on the road is an event.
    #[serde(default)]
    pub events: EventSettings,
    /// Which events and signs go on the air.
    #[serde(default)]
    pub event_codes: EventCodes,
    /// Recordings around events; absent: none.
    pub evidence: Option<EvidenceSettings>,
    /// Radios.
    #[serde(default, rename = "radio")]
    pub radios: Vec<RadioFile>,
    /// Where messages of vehicles and people arrive.
    #[serde(default, rename = "receiver")]
    pub receivers: Vec<ReceiverFile>,
    /// Where words of water gauges arrive.
    #[serde(default)]
    pub water: Vec<ReceiverFile>,
    /// Who may ask for signal priority; absent: nobody is answered.
    pub priority: Option<Policy>,
    /// That vehicles are led through parking lots; absent: they are not.
    pub parking_guidance: Option<GuidanceSettings>,
    /// The link to the city; absent: none.
    pub cloud: Option<CloudFile>,
    /// Console, metrics and health.
    #[serde(default)]
    pub console: ConsoleFile,
    /// Where the service keeps what must survive a restart, relative to `site.toml`.
    #[serde(default = "default_state_dir")]
    pub state_dir: PathBuf,
}

/// WGS-84 origin of the site's frame.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginFile {
    /// Latitude, degrees north.
    pub lat_deg: f64,
    /// Longitude, degrees east.
    pub lon_deg: f64,
    /// Height above the ellipsoid, metres.
    pub ellipsoidal_height_m: f64,
}

impl From<OriginFile> for Origin {
    fn from(file: OriginFile) -> Self {
        let OriginFile { lat_deg, lon_deg, ellipsoidal_height_m } = file;
        Self { lat_deg, lon_deg, ellipsoidal_height_m }
    }
}

/// Which editions go on the air. `None` leaves a family out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Broadcast {
    /// China dialect: `cn-gbt31024-2019` or `cn-n4`; `""` for none.
    pub cn: String,
    /// US dialect: `us-j2735-2024`; `""` for none.
    pub us: String,
    /// The roadside unit's identity in messages: 16 hex digits (China 8 octets; US uses the last 4).
    pub rsu_id: String,
    /// The most octets of a MAP message, 300 to 2301: a larger map is divided.
    pub map_max_octets: u16,
    /// AID of PAM (China's phase 2, parking); absent: it is not sent.
    pub pam_aid: Option<u32>,
    /// Object identifier of the road's authority (US), dotted; absent: RSM is not sent.
    pub road_authority: Option<String>,
}

impl Default for Broadcast {
    fn default() -> Self {
        Self {
            cn: "cn-gbt31024-2019".into(),
            us: String::new(),
            rsu_id: "4c554b4f55000001".into(),
            map_max_octets: crate::messages::MAP_MAX_OCTETS,
            pam_aid: None,
            road_authority: None,
        }
    }
}

/// A camera: where its pictures come from and how it looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraFile {
    /// Its name.
    pub id: SensorId,
    /// A file (relative to `site.toml`), or an `rtsp://`, `http://`, … URL.
    pub url: String,
    /// Files only: begin again at the end.
    #[serde(default)]
    pub repeat: bool,
    /// Its calibration: JSON with the recording format's camera object under `sensor`, relative to `site.toml`.
    pub calibration: PathBuf,
}

/// A radar on UDP (`docs/ref/radar-udp.md`) and its pose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RadarFile {
    /// Its name.
    pub id: SensorId,
    /// The address at which its packets arrive.
    pub listen: SocketAddr,
    /// Antenna, site ENU, metres.
    pub position_enu_m: [f64; 3],
    /// Boresight, degrees clockwise from true north.
    pub boresight_azimuth_deg: f64,
    /// Full horizontal field of view, degrees.
    pub fov_deg: f64,
    /// Farthest range, metres.
    pub max_range_m: f64,
    /// Standard deviation of range, metres.
    #[serde(default = "default_sigma_range_m")]
    pub sigma_range_m: f64,
    /// Standard deviation of azimuth, degrees.
    #[serde(default = "default_sigma_azimuth_deg")]
    pub sigma_azimuth_deg: f64,
    /// Standard deviation of range rate, m/s.
    #[serde(default = "default_sigma_range_rate_mps")]
    pub sigma_range_rate_mps: f64,
}

/// The detector for all cameras.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectorFile {
    /// Folder with `model.toml`, relative to `site.toml`.
    pub model: PathBuf,
    /// Threads for one run.
    #[serde(default = "default_detector_threads")]
    pub threads: usize,
    /// The ONNX Runtime library; absent: looked for where `make setup` puts it.
    pub onnxruntime: Option<PathBuf>,
}

/// How sensors become one picture.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FusionFile {
    /// Whether a camera or radar found turned by up to 2°, or its clock found off by up to 0.5 s, is put right in what it
    /// measures. It is told in metrics and health either way.
    pub correct_sensors: bool,
    /// Folder of a model that judges which tracks are real, relative to `site.toml`; absent: the tracker's own rules do.
    pub ghost_model: Option<PathBuf>,
    /// Whether what road users say of themselves is fused. It is not signed, and what is in the picture goes on the air in
    /// this unit's name.
    pub vehicle_reports: bool,
}

impl From<&FusionFile> for TrackerSettings {
    fn from(file: &FusionFile) -> Self {
        Self { correct_sensors: file.correct_sensors, ..Self::default() }
    }
}

impl Default for FusionFile {
    fn default() -> Self {
        Self { correct_sensors: true, ghost_model: None, vehicle_reports: false }
    }
}

/// What the gate lets through (`docs/adr/0006-the-gate-on-lies.md`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateFile {
    /// Pairs of groups that must not have green together, whatever the map says.
    pub conflict: Vec<[u8; 2]>,
    /// Pairs that may, as permissive green.
    pub no_conflict: Vec<[u8; 2]>,
    /// How long what lied must be consistent until it is believed again, seconds, 1 to 600.
    pub recover_s: f64,
    /// How long a group must have been red before one that it conflicts with turns green, seconds, 0 to 30.
    pub min_clearance_s: f64,
    /// How far a promised end may shift, seconds, 0.2 to 10.
    pub countdown_tolerance_s: f64,
    /// Whether the greens of vehicles end with yellow.
    pub require_yellow: bool,
    /// Whether a green is said as protected where the map proves it.
    pub say_protected: bool,
}

impl Default for GateFile {
    fn default() -> Self {
        let SignalLimits { age_s: _, recover_s, min_clearance_s, countdown_tolerance_s, require_yellow, say_protected } =
            SignalLimits::default();
        Self {
            conflict: Vec::new(),
            no_conflict: Vec::new(),
            recover_s,
            min_clearance_s,
            countdown_tolerance_s,
            require_yellow,
            say_protected,
        }
    }
}

impl From<&GateFile> for Limits {
    fn from(file: &GateFile) -> Self {
        Self {
            signal: SignalLimits {
                recover_s: file.recover_s,
                min_clearance_s: file.min_clearance_s,
                countdown_tolerance_s: file.countdown_tolerance_s,
                require_yellow: file.require_yellow,
                say_protected: file.say_protected,
                ..SignalLimits::default()
            },
            conflicts: Overrides { conflict: file.conflict.clone(), no_conflict: file.no_conflict.clone() },
            ..Self::default()
        }
    }
}

/// A way out to the vehicles.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RadioFile {
    /// A PC5 radio behind UDP: DSMP for China, WSMP for US, one frame a datagram.
    Pc5Udp {
        /// Its name in metrics.
        id: String,
        /// Where the radio listens.
        to: SocketAddr,
    },
    /// A US roadside unit's Immediate Forward text interface over UDP (US messages only).
    ImmediateForward {
        /// Its name in metrics.
        id: String,
        /// Where the unit listens (usually port 1516).
        to: SocketAddr,
    },
    /// 5G: vehicles connect with QUIC and subscribe.
    UuQuic {
        /// Its name in metrics.
        id: String,
        /// Address to listen at.
        listen: SocketAddr,
        /// Host names for the certificate that is made when there is none.
        #[serde(default = "default_uu_names")]
        names: Vec<String>,
        /// Most vehicles at once.
        #[serde(default = "default_max_vehicles")]
        max_vehicles: usize,
    },
}

impl RadioFile {
    /// Its name.
    pub fn id(&self) -> &str {
        match self {
            Self::Pc5Udp { id, .. } | Self::ImmediateForward { id, .. } | Self::UuQuic { id, .. } => id,
        }
    }
}

/// A UDP port at which a radio hands over what it receives, or a water gauge speaks, one message a datagram.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiverFile {
    /// Its name in metrics and recordings.
    pub id: SensorId,
    /// Address to listen at.
    pub listen: SocketAddr,
    /// The radios or gauges that may send to it; none: anybody.
    #[serde(default)]
    pub from: Vec<IpAddr>,
}

/// Console, `/metrics`, `/healthz`, `/readyz`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleFile {
    /// Address to listen at; loopback unless the network around the box is trusted.
    pub listen: SocketAddr,
}

impl Default for ConsoleFile {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)) }
    }
}

pub(crate) fn default_state_dir() -> PathBuf {
    "state".into()
}
fn default_sigma_range_m() -> f64 {
    0.3
}
fn default_sigma_azimuth_deg() -> f64 {
    0.6
}
fn default_sigma_range_rate_mps() -> f64 {
    0.1
}
fn default_detector_threads() -> usize {
    1
}
fn default_uu_names() -> Vec<String> {
    vec!["localhost".into(), "127.0.0.1".into()]
}
fn default_max_vehicles() -> usize {
    1000
}
