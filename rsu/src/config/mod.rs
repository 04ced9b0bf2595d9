//! `site.toml`: the file as written ([`SiteFile`]) and what it means once checked ([`Site`]).
//!
//! Unknown keys are refused with their line; units are in the keys; every mistake is reported, not only the first.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use perception::calibration::{CameraModel, RadarModel, SiteGeometry};
use perception::events::EventSettings;

use crate::evidence::EvidenceSettings;
use crate::gate::{EventCodes, Limits};
use crate::guidance::GuidanceSettings;
use crate::map::SiteMap;
use crate::priority::Policy;
use crate::signals::fixed_time::FixedTimePlan;

mod check;
mod cloud;
mod events;
mod file;
mod signal;

pub use cloud::{CloudFile, CommandsFile, default_ready_within_s};
pub(crate) use file::default_state_dir;
pub use file::{
    Broadcast, CameraFile, ConsoleFile, DetectorFile, FusionFile, GateFile, OriginFile, RadarFile, RadioFile,
    ReceiverFile, SITE_FILE_VERSION, SiteFile,
};
pub use signal::SignalFile;

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
    /// The most octets of a MAP message.
    pub map_max_octets: u16,
    /// AID of PAM; `None`: it is not sent.
    pub pam_aid: Option<u32>,
    /// The road's authority, for RSM of the US set; `None`: that is not sent.
    pub road_authority: Option<asn1::ObjectIdentifier>,
    /// Cameras.
    pub cameras: Vec<Camera>,
    /// Radars.
    pub radars: Vec<Radar>,
    /// Detector with absolute paths.
    pub detector: Option<DetectorFile>,
    /// How sensors become one picture.
    pub fusion: FusionFile,
    /// How the signal controller is heard.
    pub signal: Option<SignalFile>,
    /// What the gate is told against its defaults and the map.
    pub gate: GateFile,
    /// When something on the road is an event.
    pub events: EventSettings,
    /// Which events and signs go on the air.
    pub event_codes: EventCodes,
    /// Recordings around events.
    pub evidence: Option<EvidenceSettings>,
    /// Radios.
    pub radios: Vec<RadioFile>,
    /// Where messages of vehicles and people arrive.
    pub receivers: Vec<ReceiverFile>,
    /// Where words of water gauges arrive.
    pub water: Vec<ReceiverFile>,
    /// Who may ask for signal priority.
    pub priority: Option<Policy>,
    /// That vehicles are led through parking lots; `None`: they are not.
    pub parking_guidance: Option<GuidanceSettings>,
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
        Self::parse(path, &read(path)?)
    }

    /// The same for a `site.toml` that lies, or will lie, at `path` and says `text`.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let file: SiteFile =
            toml::from_str(text).map_err(|error| ConfigError::Syntax { path: path.into(), text: error.to_string() })?;
        let base = path.parent().unwrap_or(Path::new("."));
        check::Checker::new(base).site(file).map_err(|problems| ConfigError::Problems { path: path.into(), problems })
    }

    /// What the gate lets through: the signal's staleness limit is that of its source.
    pub fn limits(&self) -> Limits {
        let stale_after_s = self.signal.as_ref().map(|signal| signal.settings().stale_after_s());
        let mut limits = Limits { events: self.event_codes.clone(), ..Limits::from(&self.gate) };
        limits.signal.age_s = stale_after_s.unwrap_or(limits.signal.age_s);
        limits
    }

    /// The plan, if the signal is a fixed-time plan of this site.
    pub fn fixed_time_plan(&self) -> Option<FixedTimePlan> {
        match &self.signal {
            Some(SignalFile::FixedTime(settings)) => settings.plan().ok(),
            _ => None,
        }
    }

    /// Where ONNX Runtime is, if the detector says so: there is one for all models.
    pub fn onnxruntime(&self) -> Option<&Path> {
        self.detector.as_ref()?.onnxruntime.as_deref()
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::Read { path: path.into(), error })
}
