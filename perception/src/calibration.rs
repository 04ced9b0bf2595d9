//! Where the sensors stand, how they look, and what the road under them is like.
//!
//! The serde shapes are the recording format's `/site` message, so that a recording carries its own geometry.

use serde::{Deserialize, Serialize};

use crate::detection::{Class, SensorId};

/// Where the site's ENU frame has its origin, WGS-84.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Latitude, degrees north.
    pub lat_deg: f64,
    /// Longitude, degrees east.
    pub lon_deg: f64,
    /// Height above the ellipsoid, metres.
    pub ellipsoidal_height_m: f64,
}

/// A camera: OpenCV's pinhole model with five distortion terms, and its pose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CameraModel {
    /// The camera's name.
    pub id: SensorId,
    /// Width of the picture that `k` is for, pixels.
    pub width_px: u32,
    /// Height of the picture that `k` is for, pixels.
    pub height_px: u32,
    /// `fx, fy, cx, cy`, pixels.
    pub k: [f64; 4],
    /// OpenCV's `k1, k2, p1, p2, k3`.
    #[serde(default)]
    pub distortion: [f64; 5],
    /// Optical centre in the site's ENU frame, metres.
    pub position_enu_m: [f64; 3],
    /// Rotation, row by row: `p_enu = R p_cam + position`; camera x right, y down, z forward.
    pub enu_from_camera: [f64; 9],
}

/// Standard deviations of a radar's measurements.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RadarSigma {
    /// Of the range, metres.
    pub range_m: f64,
    /// Of the azimuth, radians.
    pub azimuth_rad: f64,
    /// Of the range rate, m/s.
    pub range_rate_mps: f64,
}

/// A radar and its pose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RadarModel {
    /// The radar's name.
    pub id: SensorId,
    /// Antenna in the site's ENU frame, metres.
    pub position_enu_m: [f64; 3],
    /// Direction of boresight, radians clockwise from true north.
    pub boresight_azimuth_rad: f64,
    /// Full horizontal field of view, radians.
    pub fov_rad: f64,
    /// Farthest range reported, metres.
    pub max_range_m: f64,
    /// How good its measurements are.
    pub sigma: RadarSigma,
}

/// Any sensor of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SensorModel {
    /// A camera.
    Camera(CameraModel),
    /// A radar.
    Radar(RadarModel),
}

impl SensorModel {
    /// The sensor's name.
    pub fn id(&self) -> &SensorId {
        match self {
            Self::Camera(camera) => &camera.id,
            Self::Radar(radar) => &radar.id,
        }
    }
}

/// A lane of the road, as a centre line in travel direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// `<link>/<lane>`, unique in the site.
    pub id: SensorId,
    /// Width, metres.
    pub width_m: f64,
    /// Centre line in the site's ENU frame, east and north, metres, in travel direction; two points or more.
    pub centerline_enu_m: Vec<[f64; 2]>,
    /// `straight`, `left`, `right`, `u_turn`.
    #[serde(default)]
    pub maneuvers: Vec<String>,
    /// The signal group that rules the lane's stop line.
    #[serde(default)]
    pub signal_group: Option<u32>,
    /// Who may use it; empty: anyone.
    #[serde(default)]
    pub allowed: Vec<Class>,
    /// Speed limit, m/s.
    #[serde(default)]
    pub speed_limit_mps: Option<f64>,
}

/// Everything that perception must know of a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteGeometry {
    /// The site's name.
    pub name: String,
    /// Origin of the ENU frame.
    pub origin: Origin,
    /// Cameras and radars.
    pub sensors: Vec<SensorModel>,
    /// Lanes; may be empty.
    #[serde(default)]
    pub lanes: Vec<Lane>,
}
