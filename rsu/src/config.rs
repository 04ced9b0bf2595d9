//! `site.toml`: the file as written ([`SiteFile`]) and what it means once checked ([`Site`]).
//!
//! Unknown keys are refused with their line; units are in the keys; every mistake is reported, not only the first.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use perception::calibration::{CameraModel, Origin, RadarModel, SensorModel, SiteGeometry};
use perception::detection::SensorId;
use serde::Deserialize;

use crate::map::SiteMap;
use crate::signals::fixed_time::{FixedTimePlan, Stage};

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
    /// The signal; absent: SPAT says *unavailable* of every group of the map.
    pub signal: Option<SignalFile>,
    /// Radios.
    #[serde(default, rename = "radio")]
    pub radios: Vec<RadioFile>,
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
}

impl Default for Broadcast {
    fn default() -> Self {
        Self { cn: "cn-gbt31024-2019".into(), us: String::new(), rsu_id: "4c554b4f55000001".into() }
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

/// Where the signal state comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
pub enum SignalFile {
    /// A fixed-time plan, run from UTC.
    FixedTime {
        /// Start of the first stage: seconds after 1970-01-01T00:00:00Z, modulo the cycle.
        #[serde(default)]
        offset_s: f64,
        /// The stages in order.
        stage: Vec<Stage>,
    },
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

/// The link to the city.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CloudFile {
    /// `peer` (no router needed) or `client` (connects to routers).
    #[serde(default = "default_cloud_mode")]
    pub mode: String,
    /// Zenoh endpoints to listen at, e.g. `tcp/127.0.0.1:17447`.
    #[serde(default = "default_cloud_listen")]
    pub listen: Vec<String>,
    /// Zenoh endpoints to connect to.
    #[serde(default)]
    pub connect: Vec<String>,
    /// `json` (default) or `cbor`.
    #[serde(default = "default_cloud_encoding")]
    pub encoding: String,
    /// Find peers by multicast.
    #[serde(default)]
    pub scouting: bool,
    /// Length of the traffic window, seconds.
    #[serde(default = "default_traffic_window_s")]
    pub traffic_window_s: u32,
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

fn default_state_dir() -> PathBuf {
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
fn default_cloud_mode() -> String {
    "peer".into()
}
fn default_cloud_listen() -> Vec<String> {
    vec!["tcp/127.0.0.1:7447".into()]
}
fn default_cloud_encoding() -> String {
    "json".into()
}
fn default_traffic_window_s() -> u32 {
    10
}

/// A camera that has been checked.
#[derive(Clone, Debug)]
pub struct Camera {
    /// Model and pose.
    pub model: CameraModel,
    /// Absolute path or URL.
    pub url: String,
    /// Begin again at the end of a file.
    pub repeat: bool,
}

/// A radar that has been checked.
#[derive(Clone, Debug)]
pub struct Radar {
    /// Model and pose.
    pub model: RadarModel,
    /// Where its packets arrive.
    pub listen: SocketAddr,
}

/// Everything the service needs, checked.
#[derive(Clone, Debug)]
pub struct Site {
    /// The site's name.
    pub name: String,
    /// The city's name.
    pub city: String,
    /// Sensors and lanes in ENU, as perception wants them.
    pub geometry: SiteGeometry,
    /// The road as it is broadcast.
    pub map: SiteMap,
    /// China dialect on the air, if any.
    pub cn: Option<asn1::Dialect>,
    /// US dialect on the air, if any.
    pub us: Option<asn1::Dialect>,
    /// The unit's identity.
    pub rsu_id: [u8; 8],
    /// Cameras.
    pub cameras: Vec<Camera>,
    /// Radars.
    pub radars: Vec<Radar>,
    /// Detector with absolute paths.
    pub detector: Option<DetectorFile>,
    /// The signal's plan.
    pub signal: Option<FixedTimePlan>,
    /// Radios.
    pub radios: Vec<RadioFile>,
    /// City link.
    pub cloud: Option<CloudFile>,
    /// Console's address.
    pub console_listen: SocketAddr,
    /// Where state is kept.
    pub state_dir: PathBuf,
}

/// What is wrong with a site, all of it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file could not be read.
    #[error("{path}: {error}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file is not the TOML that is expected; the text names line and column.
    #[error("{path}: {text}")]
    Syntax {
        /// Which.
        path: PathBuf,
        /// What and where.
        text: String,
    },
    /// It reads, but what it says cannot be.
    #[error("{path}: {}", .problems.join("; "))]
    Problems {
        /// Which.
        path: PathBuf,
        /// Each with its key.
        problems: Vec<String>,
    },
}

impl Site {
    /// Reads and checks `site.toml` and the files that it names.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = read(path)?;
        let file: SiteFile = toml::from_str(&text)
            .map_err(|error| ConfigError::Syntax { path: path.into(), text: error.to_string() })?;
        let base = path.parent().unwrap_or(Path::new("."));
        Checker { base, problems: Vec::new() }
            .site(file)
            .map_err(|problems| ConfigError::Problems { path: path.into(), problems })
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.into(), error })
}

/// Collects problems while it turns the file into a [`Site`].
struct Checker<'a> {
    base: &'a Path,
    problems: Vec<String>,
}

impl Checker<'_> {
    fn site(mut self, file: SiteFile) -> Result<Site, Vec<String>> {
        if file.version != SITE_FILE_VERSION {
            self.problem("version", format!("is {}, this program reads {SITE_FILE_VERSION}", file.version));
        }
        self.name("name", &file.name);
        self.name("city", &file.city);
        let cn = self.dialect("broadcast.cn", &file.broadcast.cn, asn1::Dialect::is_cn);
        let us = self.dialect("broadcast.us", &file.broadcast.us, asn1::Dialect::is_us);
        let rsu_id = self.rsu_id(&file.broadcast.rsu_id);
        let origin = Origin::from(file.origin);
        let map = self.map(&file.map, &origin);
        let cameras: Vec<Camera> = file.cameras.iter().filter_map(|camera| self.camera(camera)).collect();
        let radars: Vec<Radar> = file.radars.iter().map(radar).collect();
        if !cameras.is_empty() && file.detector.is_none() {
            self.problem("detector", "is missing, and there is a camera".into());
        }
        let detector = file.detector.map(|detector| DetectorFile {
            model: self.base.join(&detector.model),
            onnxruntime: detector.onnxruntime.map(|path| self.base.join(path)),
            ..detector
        });
        let signal = self.signal(file.signal);
        self.signal_and_map(signal.as_ref(), map.as_ref());
        if let Some(cloud) = &file.cloud {
            self.one_of("cloud.mode", &cloud.mode, &["peer", "client"]);
            self.one_of("cloud.encoding", &cloud.encoding, &["json", "cbor"]);
            if let Err(error) = crate::city::link(cloud).check() {
                self.problem("cloud", error.to_string());
            }
            if cloud.traffic_window_s == 0 || 3600 % cloud.traffic_window_s != 0 {
                self.problem("cloud.traffic_window_s", "must divide an hour".into());
            }
        }
        self.component_names(&file.cameras, &file.radars, &file.radios);
        let map = map.unwrap_or_default();
        let geometry = SiteGeometry {
            name: file.name.clone(),
            origin,
            sensors: cameras
                .iter()
                .map(|camera| SensorModel::Camera(camera.model.clone()))
                .chain(radars.iter().map(|radar| SensorModel::Radar(radar.model.clone())))
                .collect(),
            lanes: map.lanes_enu(&origin),
        };
        if let Err(error) = geometry.validate() {
            self.problem("sensors and lanes", error.to_string());
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        Ok(Site {
            name: file.name,
            city: file.city,
            geometry,
            map,
            cn,
            us,
            rsu_id,
            cameras,
            radars,
            detector,
            signal,
            radios: file.radios,
            cloud: file.cloud,
            console_listen: file.console.listen,
            state_dir: self.base.join(file.state_dir),
        })
    }

    fn problem(&mut self, key: &str, text: String) {
        self.problems.push(format!("{key} {text}"));
    }

    fn name(&mut self, key: &str, name: &str) {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > 63 || !name.chars().all(plain) {
            self.problem(key, format!("is {name:?}; use 1 to 63 letters, digits, '-', '_', '.'"));
        }
    }

    /// Health, metrics and console tell components apart by name alone.
    fn component_names(&mut self, cameras: &[CameraFile], radars: &[RadarFile], radios: &[RadioFile]) {
        let cameras = cameras.iter().map(|camera| camera.id.to_string());
        let radars = radars.iter().map(|radar| radar.id.to_string());
        let mut seen = vec!["city".to_owned()];
        for id in cameras.chain(radars).chain(radios.iter().map(|radio| radio.id().to_owned())) {
            self.name("id", &id);
            if seen.contains(&id) {
                self.problem("id", format!("{id:?} is there twice, or is the city's"));
            }
            seen.push(id);
        }
    }

    fn one_of(&mut self, key: &str, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.problem(key, format!("is {value:?}; use one of {}", allowed.join(", ")));
        }
    }

    fn dialect(&mut self, key: &str, text: &str, family: fn(asn1::Dialect) -> bool) -> Option<asn1::Dialect> {
        if text.is_empty() {
            return None;
        }
        match text.parse::<asn1::Dialect>() {
            Ok(dialect) if family(dialect) => Some(dialect),
            Ok(_) => {
                self.problem(key, format!("is {text:?}, which belongs to the other family"));
                None
            }
            Err(error) => {
                self.problem(key, format!("is {text:?}: {error}"));
                None
            }
        }
    }

    fn rsu_id(&mut self, hex: &str) -> [u8; 8] {
        let digits_ok = hex.len() == 16 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        match u64::from_str_radix(hex, 16) {
            Ok(id) if digits_ok => id.to_be_bytes(),
            _ => {
                self.problem("broadcast.rsu_id", format!("is {hex:?}; use 16 hex digits"));
                [0; 8]
            }
        }
    }

    fn map(&mut self, path: &Path, origin: &Origin) -> Option<SiteMap> {
        let path = self.base.join(path);
        let result = std::fs::read_to_string(&path)
            .map_err(|error| vec![error.to_string()])
            .and_then(|text| SiteMap::parse(&text, origin));
        result
            .map_err(|problems| {
                for text in problems {
                    self.problem("map", format!("{}: {text}", path.display()));
                }
            })
            .ok()
    }

    fn camera(&mut self, camera: &CameraFile) -> Option<Camera> {
        #[derive(Deserialize)]
        struct CalibrationFile {
            sensor: SensorModel,
        }
        let path = self.base.join(&camera.calibration);
        let key = format!("camera {:?} calibration {}:", camera.id, path.display());
        let parsed = std::fs::read_to_string(&path)
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_str::<CalibrationFile>(&text).map_err(|error| error.to_string()));
        match parsed {
            Ok(CalibrationFile { sensor: SensorModel::Camera(model) }) => {
                let is_url = camera.url.contains("://");
                let url = if is_url { camera.url.clone() } else { self.base.join(&camera.url).display().to_string() };
                Some(Camera { model: CameraModel { id: camera.id.clone(), ..model }, url, repeat: camera.repeat })
            }
            Ok(_) => {
                self.problem(&key, "it is not a camera's".into());
                None
            }
            Err(error) => {
                self.problem(&key, error);
                None
            }
        }
    }

    fn signal(&mut self, signal: Option<SignalFile>) -> Option<FixedTimePlan> {
        let SignalFile::FixedTime { offset_s, stage } = signal?;
        FixedTimePlan::new(stage, offset_s).map_err(|error| self.problem("signal", error)).ok()
    }

    /// Every group of the map must be in the plan and the other way round: a lane with no light is a mistake.
    fn signal_and_map(&mut self, signal: Option<&FixedTimePlan>, map: Option<&SiteMap>) {
        let (Some(signal), Some(map)) = (signal, map) else { return };
        let in_map = map.signal_groups();
        let in_plan: Vec<u8> = signal.group_ids().collect();
        for id in in_map.iter().filter(|id| !in_plan.contains(id)) {
            self.problem("signal", format!("has no stage for group {id} of the map"));
        }
        for id in in_plan.iter().filter(|id| !in_map.contains(id)) {
            self.problem("signal", format!("group {id} is not in the map"));
        }
    }
}

fn radar(file: &RadarFile) -> Radar {
    let model = RadarModel {
        id: file.id.clone(),
        position_enu_m: file.position_enu_m,
        boresight_azimuth_rad: file.boresight_azimuth_deg.to_radians(),
        fov_rad: file.fov_deg.to_radians(),
        max_range_m: file.max_range_m,
        sigma: perception::calibration::RadarSigma {
            range_m: file.sigma_range_m,
            azimuth_rad: file.sigma_azimuth_deg.to_radians(),
            range_rate_mps: file.sigma_range_rate_mps,
        },
    };
    Radar { model, listen: file.listen }
}
