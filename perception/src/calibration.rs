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

impl Lane {
    /// Length of the centre line, metres.
    pub fn length_m(&self) -> f64 {
        self.centerline_enu_m.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum()
    }
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

/// What is wrong with a site's geometry, and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what} `{id}`, field `{field}`: {problem}")]
pub struct GeometryError {
    /// `site`, `sensor` or `lane`.
    pub what: &'static str,
    /// Its name.
    pub id: SensorId,
    /// The field at fault.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl SiteGeometry {
    /// Checks that the geometry can be computed with: finite numbers, positive sizes, true rotations, unique names.
    ///
    /// # Errors
    /// The first fault found, with the sensor's or lane's name and the field.
    pub fn validate(&self) -> Result<(), GeometryError> {
        let site = Check { what: "site", id: &self.name };
        site.that((-90.0..=90.0).contains(&self.origin.lat_deg), "origin.lat_deg", "must be within ±90")?;
        site.that((-180.0..=180.0).contains(&self.origin.lon_deg), "origin.lon_deg", "must be within ±180")?;
        site.finite(&[self.origin.ellipsoidal_height_m], "origin.ellipsoidal_height_m")?;
        for (index, sensor) in self.sensors.iter().enumerate() {
            let check = Check { what: "sensor", id: sensor.id() };
            check.that(!sensor.id().is_empty(), "id", "must not be empty")?;
            let repeated = self.sensors[..index].iter().any(|other| other.id() == sensor.id());
            check.that(!repeated, "id", "is used twice")?;
            match sensor {
                SensorModel::Camera(camera) => validate_camera(camera, &check)?,
                SensorModel::Radar(radar) => validate_radar(radar, &check)?,
            }
        }
        for (index, lane) in self.lanes.iter().enumerate() {
            let check = Check { what: "lane", id: &lane.id };
            check.that(!self.lanes[..index].iter().any(|other| other.id == lane.id), "id", "is used twice")?;
            validate_lane(lane, &check)?;
        }
        Ok(())
    }
}

struct Check<'a> {
    what: &'static str,
    id: &'a str,
}

impl Check<'_> {
    fn that(&self, holds: bool, field: &'static str, problem: &str) -> Result<(), GeometryError> {
        if holds {
            return Ok(());
        }
        Err(GeometryError { what: self.what, id: self.id.into(), field, problem: problem.to_owned() })
    }

    fn finite(&self, values: &[f64], field: &'static str) -> Result<(), GeometryError> {
        self.that(values.iter().all(|value| value.is_finite() && value.abs() < 1e7), field, "must be finite numbers")
    }

    fn positive(&self, values: &[f64], field: &'static str) -> Result<(), GeometryError> {
        self.finite(values, field)?;
        self.that(values.iter().all(|value| *value > 0.0), field, "must be more than 0")
    }
}

fn validate_camera(camera: &CameraModel, check: &Check<'_>) -> Result<(), GeometryError> {
    check.that((16..=32_768).contains(&camera.width_px), "width_px", "must be 16 to 32768")?;
    check.that((16..=32_768).contains(&camera.height_px), "height_px", "must be 16 to 32768")?;
    check.positive(&camera.k[..2], "k")?;
    check.finite(&camera.k, "k")?;
    check.finite(&camera.distortion, "distortion")?;
    check.finite(&camera.position_enu_m, "position_enu_m")?;
    check.that(camera.position_enu_m[2] > 0.0, "position_enu_m", "the camera must be above the ground (up > 0)")?;
    check.finite(&camera.enu_from_camera, "enu_from_camera")?;
    let rotation = nalgebra::Matrix3::from_row_slice(&camera.enu_from_camera);
    let residual = (rotation * rotation.transpose() - nalgebra::Matrix3::identity()).abs().max();
    check.that(residual < 1e-3, "enu_from_camera", "rows must be of length 1 and at right angles (within 0.001)")?;
    check.that(rotation.determinant() > 0.0, "enu_from_camera", "is a mirror image, not a rotation")
}

fn validate_radar(radar: &RadarModel, check: &Check<'_>) -> Result<(), GeometryError> {
    check.finite(&radar.position_enu_m, "position_enu_m")?;
    check.finite(&[radar.boresight_azimuth_rad], "boresight_azimuth_rad")?;
    check.positive(&[radar.fov_rad], "fov_rad")?;
    check.that(radar.fov_rad <= std::f64::consts::TAU, "fov_rad", "must be at most 2π")?;
    check.positive(&[radar.max_range_m], "max_range_m")?;
    check.positive(&[radar.sigma.range_m], "sigma.range_m")?;
    check.positive(&[radar.sigma.azimuth_rad], "sigma.azimuth_rad")?;
    check.positive(&[radar.sigma.range_rate_mps], "sigma.range_rate_mps")
}

fn validate_lane(lane: &Lane, check: &Check<'_>) -> Result<(), GeometryError> {
    check.that(!lane.id.is_empty(), "id", "must not be empty")?;
    check.positive(&[lane.width_m], "width_m")?;
    check.that(lane.centerline_enu_m.len() >= 2, "centerline_enu_m", "needs two points or more")?;
    for point in &lane.centerline_enu_m {
        check.finite(point, "centerline_enu_m")?;
    }
    check.that(lane.length_m() > 0.1, "centerline_enu_m", "must be longer than 0.1 m")?;
    if let Some(limit) = lane.speed_limit_mps {
        check.positive(&[limit], "speed_limit_mps")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteGeometry {
        serde_json::from_str(
            r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[
            {"id":"c","kind":"camera","width_px":640,"height_px":480,"k":[500,500,320,240],
             "position_enu_m":[0,0,6],"enu_from_camera":[1,0,0,0,0,1,0,-1,0]},
            {"id":"r","kind":"radar","position_enu_m":[0,0,6],"boresight_azimuth_rad":0.0,"fov_rad":1.9,
             "max_range_m":180.0,"sigma":{"range_m":0.3,"azimuth_rad":0.01,"range_rate_mps":0.1}}],
            "lanes":[{"id":"a/0","width_m":3.5,"centerline_enu_m":[[0,0],[0,9]]}]}"#,
        )
        .expect("well-formed")
    }

    fn fault(change: impl FnOnce(&mut SiteGeometry)) -> String {
        let mut site = site();
        change(&mut site);
        site.validate().expect_err("must be refused").to_string()
    }

    fn camera(site: &mut SiteGeometry) -> &mut CameraModel {
        match &mut site.sensors[0] {
            SensorModel::Camera(camera) => camera,
            SensorModel::Radar(_) => unreachable!("the first is the camera"),
        }
    }

    #[test]
    fn a_good_site_passes() {
        assert_eq!(site().validate(), Ok(()));
    }

    #[test]
    fn faults_name_the_sensor_and_the_field() {
        let text = fault(|s| camera(s).enu_from_camera[0] = 0.5);
        assert!(text.starts_with("sensor `c`, field `enu_from_camera`"), "{text}");
        let text = fault(|s| camera(s).k[0] = f64::NAN);
        assert!(text.starts_with("sensor `c`, field `k`"), "{text}");
        let text = fault(|s| camera(s).enu_from_camera = [1.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, -1.0, 0.0]);
        assert!(text.contains("mirror"), "{text}");
        let text = fault(|s| camera(s).id = "r".into());
        assert!(text.starts_with("sensor `r`, field `id`"), "{text}");
        let text = fault(|s| s.lanes[0].centerline_enu_m.truncate(1));
        assert!(text.starts_with("lane `a/0`, field `centerline_enu_m`"), "{text}");
        let text = fault(|s| s.origin.lat_deg = 91.0);
        assert!(text.starts_with("site `t`, field `origin.lat_deg`"), "{text}");
    }
}
