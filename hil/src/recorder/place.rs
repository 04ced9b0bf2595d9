//! Where the sensors of a place stand and look, and what a recording's `/site` says about them.

use fastrand::Rng;
use nalgebra::{Matrix3, Rotation3, Vector3};
use perception::calibration::{CameraModel, Lane, Origin, RadarModel, RadarSigma, SensorModel, SiteGeometry};
use perception::detection::SensorId;
use serde::Deserialize;

use crate::noise::normal;

/// A place, as its `site.json` describes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Origin of its east-north-up frame.
    pub origin: Origin,
    /// Its sensors.
    pub sensors: Vec<Placed>,
}

/// One sensor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placed {
    /// Its name.
    pub id: SensorId,
    /// What it is.
    pub kind: Kind,
    /// Where it hangs, metres east, north, up.
    pub position_enu_m: [f64; 3],
    /// Where it looks, degrees clockwise from north.
    pub azimuth_deg: f64,
    /// How far below the horizon a camera looks, degrees.
    #[serde(default)]
    pub down_deg: f64,
    /// Full horizontal field of view, degrees.
    pub field_deg: f64,
    /// How far a radar reports, metres.
    #[serde(default = "usual_range_m")]
    pub max_range_m: f64,
    /// Frames or scans a second.
    pub rate_hz: f64,
}

fn usual_range_m() -> f64 {
    180.0
}

/// Which kind of sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Full HD, with the distortion of a usual lens.
    Camera,
    /// 77 GHz, one plane.
    Radar,
}

const WIDTH_PX: u32 = 1920;
const HEIGHT_PX: u32 = 1080;
const DISTORTION: [f64; 5] = [-0.1, 0.02, 0.0002, -0.0001, 0.0];
const SIGMA: RadarSigma = RadarSigma { range_m: 0.3, azimuth_rad: 0.01, range_rate_mps: 0.1 };
/// How well the sensors' directions were surveyed, standard deviation, degrees.
const CAMERA_SURVEY_DEG: f64 = 0.05;
const RADAR_SURVEY_DEG: f64 = 0.15;

impl Place {
    /// What the recording says of the place.
    pub fn geometry(&self, lanes: Vec<Lane>) -> SiteGeometry {
        let sensors = self.sensors.iter().map(Placed::model).collect();
        SiteGeometry { name: self.name.clone(), origin: self.origin, sensors, lanes }
    }
}

impl Placed {
    /// The sensor as it was surveyed.
    pub fn model(&self) -> SensorModel {
        self.turned([0.0; 3])
    }

    /// The sensor as it really hangs: a little off what the survey says.
    pub fn really(&self, random: &mut Rng) -> SensorModel {
        let deg = match self.kind {
            Kind::Camera => CAMERA_SURVEY_DEG,
            Kind::Radar => RADAR_SURVEY_DEG,
        };
        self.turned([0; 3].map(|_| deg * normal(random)))
    }

    /// Off by this much: azimuth, elevation, roll, degrees.
    fn turned(&self, [right_deg, up_deg, roll_deg]: [f64; 3]) -> SensorModel {
        let azimuth_rad = (self.azimuth_deg + right_deg).to_radians();
        if self.kind == Kind::Radar {
            return SensorModel::Radar(RadarModel {
                id: self.id.clone(),
                position_enu_m: self.position_enu_m,
                boresight_azimuth_rad: azimuth_rad,
                fov_rad: self.field_deg.to_radians(),
                max_range_m: self.max_range_m,
                sigma: SIGMA,
            });
        }
        // A level camera that looks north, tilted, turned to its azimuth.
        let level = Matrix3::new(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0);
        let turn = |axis, rad| Rotation3::from_axis_angle(&axis, rad).into_inner();
        let tilted = level
            * turn(Vector3::x_axis(), (up_deg - self.down_deg).to_radians())
            * turn(Vector3::z_axis(), roll_deg.to_radians());
        let enu_from_camera = turn(Vector3::z_axis(), -azimuth_rad) * tilted;
        let (width, height) = (f64::from(WIDTH_PX), f64::from(HEIGHT_PX));
        let focal_px = width / 2.0 / (self.field_deg.to_radians() / 2.0).tan();
        let mut rows = [0.0; 9];
        rows.copy_from_slice(enu_from_camera.transpose().as_slice());
        SensorModel::Camera(CameraModel {
            id: self.id.clone(),
            width_px: WIDTH_PX,
            height_px: HEIGHT_PX,
            k: [focal_px, focal_px, width / 2.0, height / 2.0],
            distortion: DISTORTION,
            position_enu_m: self.position_enu_m,
            enu_from_camera: rows,
        })
    }
}

#[cfg(test)]
mod tests {
    use perception::frames::{CameraView, heading_of};

    use super::*;

    #[test]
    fn a_camera_looks_where_its_angles_say() {
        let placed = Placed {
            id: "c".into(),
            kind: Kind::Camera,
            position_enu_m: [3.0, -2.0, 8.0],
            azimuth_deg: 250.0,
            down_deg: 20.0,
            field_deg: 80.0,
            max_range_m: 0.0,
            rate_hz: 10.0,
        };
        let place = Place {
            name: "p".into(),
            origin: Origin { lat_deg: 30.0, lon_deg: 114.0, ellipsoidal_height_m: 0.0 },
            sensors: vec![placed.clone()],
        };
        assert_eq!(place.geometry(vec![]).validate(), Ok(()));
        let SensorModel::Camera(model) = placed.model() else { panic!("a camera") };
        let [east, north] = CameraView::new(&model).ground([960.0, 540.0], 0.0).expect("it looks down");
        let look = [east - 3.0, north + 2.0];
        assert!((heading_of(look).to_degrees() - 250.0).abs() < 1e-6);
        assert!((look[0].hypot(look[1]) - 8.0 / 20_f64.to_radians().tan()).abs() < 1e-6);
    }
}
