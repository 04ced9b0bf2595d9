//! What sensors say, in their own frames, before anything is concluded from it.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::UtcMicros;

/// A sensor's name as in `site.toml` (`cam-n`, `radar-n`); cheap to clone.
pub type SensorId = Arc<str>;

/// What kind of road user a thing is. The names are those of the recording format, but see [`recorded_class`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A person on foot.
    Pedestrian,
    /// A pedal cycle with its rider.
    Bicycle,
    /// A motorcycle or moped with its rider.
    Motorcycle,
    /// A passenger car.
    Car,
    /// A van.
    Van,
    /// A lorry.
    Truck,
    /// A bus or coach.
    Bus,
    /// An animal, by itself or led; with a rider or a carriage, too.
    Animal,
    /// Something, but no one said what.
    #[default]
    #[serde(other)]
    Unknown,
}

impl Class {
    /// All classes, in the order of the type.
    pub const ALL: [Self; 9] = [
        Self::Pedestrian,
        Self::Bicycle,
        Self::Motorcycle,
        Self::Car,
        Self::Van,
        Self::Truck,
        Self::Bus,
        Self::Animal,
        Self::Unknown,
    ];

    /// The name in recordings, metrics and the city's data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pedestrian => "pedestrian",
            Self::Bicycle => "bicycle",
            Self::Motorcycle => "motorcycle",
            Self::Car => "car",
            Self::Van => "van",
            Self::Truck => "truck",
            Self::Bus => "bus",
            Self::Animal => "animal",
            Self::Unknown => "unknown",
        }
    }

    /// Whether its members take part in traffic, so that lanes, counts and conflicts are about them.
    pub fn is_road_user(self) -> bool {
        !matches!(self, Self::Animal | Self::Unknown)
    }
}

/// A class in recordings, for `#[serde(flatten, with = …)]`. Their `class` has no name for an animal: it is `unknown` to whoever does
/// not know the field `animal`. A class that is absent, `null` or of another name is unknown.
pub mod recorded_class {
    use super::{Class, Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Fields {
        #[serde(default)]
        class: Option<Class>,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        animal: bool,
    }

    /// Writes `class`, and `animal` if it is one.
    ///
    /// # Errors
    /// The serializer's.
    pub fn serialize<S: Serializer>(class: &Class, serializer: S) -> Result<S::Ok, S::Error> {
        let animal = *class == Class::Animal;
        Fields { class: Some(if animal { Class::Unknown } else { *class }), animal }.serialize(serializer)
    }

    /// Reads both.
    ///
    /// # Errors
    /// What is no name, or no truth value.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Class, D::Error> {
        let Fields { class, animal } = Fields::deserialize(deserializer)?;
        Ok(if animal { Class::Animal } else { class.unwrap_or_default() })
    }
}

/// One box in a camera frame, in that frame's pixels: top left corner, width, height.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoxDetection {
    /// Left edge, pixels from the left of the picture.
    pub x_px: f64,
    /// Top edge, pixels from the top of the picture.
    pub y_px: f64,
    /// Width, pixels.
    pub w_px: f64,
    /// Height, pixels.
    pub h_px: f64,
    /// Detector's score, 0 to 1.
    pub score: f64,
    /// What the detector takes it for.
    #[serde(flatten, with = "recorded_class")]
    pub class: Class,
}

/// All that a camera's detector found in one frame. Empty `boxes`: looked, found nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct CameraFrame {
    /// Which camera.
    pub sensor: SensorId,
    /// When the shutter was open, as the camera's clock has it.
    pub captured_at: UtcMicros,
    /// What was found.
    pub boxes: Vec<BoxDetection>,
}

/// One radar return, polar, in the radar's own frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RadarTarget {
    /// Slant range from the antenna to the reflection, metres.
    pub range_m: f64,
    /// Horizontal angle from boresight, radians, positive clockwise seen from above.
    pub azimuth_rad: f64,
    /// Doppler along the line of sight, m/s, positive when moving away. `None`: not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range_rate_mps: Option<f64>,
    /// Radar cross-section, dBsm. `None`: not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rcs_dbsm: Option<f64>,
}

/// All returns of one radar scan.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarScan {
    /// Which radar.
    pub sensor: SensorId,
    /// When the scan was taken, as the radar's clock has it.
    pub captured_at: UtcMicros,
    /// What came back.
    pub targets: Vec<RadarTarget>,
}

/// What any sensor hands over.
#[derive(Clone, Debug, PartialEq)]
pub enum SensorFrame {
    /// A camera's detections.
    Camera(CameraFrame),
    /// A radar's returns.
    Radar(RadarScan),
}

impl SensorFrame {
    /// Which sensor it is from.
    pub fn sensor(&self) -> &SensorId {
        match self {
            Self::Camera(frame) => &frame.sensor,
            Self::Radar(scan) => &scan.sensor,
        }
    }

    /// When it was captured, by the sensor's own clock.
    pub fn captured_at(&self) -> UtcMicros {
        match self {
            Self::Camera(frame) => frame.captured_at,
            Self::Radar(scan) => scan.captured_at,
        }
    }
}

/// The identity that a road user gives itself in its messages, and changes every few minutes: 1 to 8 octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SenderId {
    octets: [u8; 8],
    length: usize,
}

impl SenderId {
    /// `None`: none, or more than 8 octets.
    pub fn new(octets: &[u8]) -> Option<Self> {
        let mut padded = [0; 8];
        padded.get_mut(..octets.len()).filter(|_| !octets.is_empty())?.copy_from_slice(octets);
        Some(Self { octets: padded, length: octets.len() })
    }
}

/// What a road user says of itself: a vehicle's BSM, a person's PSM. Nothing in it can be relied on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfReport {
    /// Who says so.
    pub sender: SenderId,
    /// When it was so, as the sender's clock has it.
    pub captured_at: UtcMicros,
    /// Centre of its footprint, site ENU east and north, metres.
    pub position_enu_m: [f64; 2],
    /// Covariance of that as the sender states it, m². `None`: it does not.
    pub cov_position_m2: Option<[[f64; 2]; 2]>,
    /// Speed over ground, m/s. `None`: not said, or forwards and backwards can't be told apart.
    pub speed_mps: Option<f64>,
    /// Standard deviation of that, m/s.
    pub speed_sigma_mps: Option<f64>,
    /// Where its front points, radians clockwise from true north, any turn.
    pub heading_cw_north_rad: Option<f64>,
    /// Standard deviation of that, radians.
    pub heading_sigma_rad: Option<f64>,
    /// Length, width, height, metres.
    pub size_m: [Option<f64>; 3],
    /// What it is; [`Class::Unknown`]: not said.
    pub class: Class,
}
