//! Frames of reference: WGS-84, the site's east-north-up frame, cameras, radars; compass and mathematical angles.
//!
//! WGS-84 constants from NIMA TR8350.2; geodetic to ECEF in closed form, back by Bowring's start and a fixed
//! number of Newton-like refinements (sub-micrometre at any height a road has).

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use nalgebra::{Matrix3, Rotation3, Vector3};

use crate::calibration::{CameraModel, Origin, RadarModel, SensorModel};

/// Semi-major axis of the WGS-84 ellipsoid, metres.
pub const WGS84_A_M: f64 = 6_378_137.0;
/// Flattening of the WGS-84 ellipsoid.
pub const WGS84_F: f64 = 1.0 / 298.257_223_563;
const E2: f64 = WGS84_F * (2.0 - WGS84_F);

/// A place on or above the WGS-84 ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wgs84 {
    /// Latitude, degrees north.
    pub lat_deg: f64,
    /// Longitude, degrees east.
    pub lon_deg: f64,
    /// Height above the ellipsoid, metres.
    pub ellipsoidal_height_m: f64,
}

impl From<Origin> for Wgs84 {
    fn from(origin: Origin) -> Self {
        Self { lat_deg: origin.lat_deg, lon_deg: origin.lon_deg, ellipsoidal_height_m: origin.ellipsoidal_height_m }
    }
}

/// Geodetic to earth-centred, earth-fixed coordinates, metres.
pub fn ecef_from_wgs84(place: Wgs84) -> [f64; 3] {
    let (sin_lat, cos_lat) = place.lat_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = place.lon_deg.to_radians().sin_cos();
    let normal_m = WGS84_A_M / (1.0 - E2 * sin_lat * sin_lat).sqrt();
    let h = place.ellipsoidal_height_m;
    [(normal_m + h) * cos_lat * cos_lon, (normal_m + h) * cos_lat * sin_lon, (normal_m * (1.0 - E2) + h) * sin_lat]
}

/// Earth-centred, earth-fixed coordinates (metres) to geodetic.
pub fn wgs84_from_ecef(ecef_m: [f64; 3]) -> Wgs84 {
    let [x, y, z] = ecef_m;
    let from_axis = x.hypot(y);
    let mut lat = z.atan2(from_axis * (1.0 - E2));
    let mut height = 0.0;
    for _ in 0..6 {
        let (sin_lat, cos_lat) = lat.sin_cos();
        let normal_m = WGS84_A_M / (1.0 - E2 * sin_lat * sin_lat).sqrt();
        height = if cos_lat.abs() > 0.1 { from_axis / cos_lat - normal_m } else { z / sin_lat - normal_m * (1.0 - E2) };
        lat = z.atan2(from_axis * (1.0 - E2 * normal_m / (normal_m + height)));
    }
    Wgs84 { lat_deg: lat.to_degrees(), lon_deg: y.atan2(x).to_degrees(), ellipsoidal_height_m: height }
}

/// The site's east-north-up frame: a plane that touches the ellipsoid's parallel surface at the origin.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteFrame {
    origin_ecef_m: Vector3<f64>,
    enu_from_ecef: Matrix3<f64>,
}

impl SiteFrame {
    /// The frame with its origin there.
    pub fn new(origin: Origin) -> Self {
        let (sin_lat, cos_lat) = origin.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = origin.lon_deg.to_radians().sin_cos();
        let enu_from_ecef = Matrix3::new(
            -sin_lon,
            cos_lon,
            0.0,
            -sin_lat * cos_lon,
            -sin_lat * sin_lon,
            cos_lat,
            cos_lat * cos_lon,
            cos_lat * sin_lon,
            sin_lat,
        );
        Self { origin_ecef_m: Vector3::from(ecef_from_wgs84(origin.into())), enu_from_ecef }
    }

    /// East, north, up of a place, metres.
    pub fn enu_from_wgs84(&self, place: Wgs84) -> [f64; 3] {
        (self.enu_from_ecef * (Vector3::from(ecef_from_wgs84(place)) - self.origin_ecef_m)).into()
    }

    /// The place at east, north, up, metres.
    pub fn wgs84_from_enu(&self, enu_m: [f64; 3]) -> Wgs84 {
        wgs84_from_ecef((self.enu_from_ecef.transpose() * Vector3::from(enu_m) + self.origin_ecef_m).into())
    }
}

/// Angle in 0 to 2π, radians.
pub fn wrap_tau(angle_rad: f64) -> f64 {
    let wrapped = angle_rad.rem_euclid(TAU);
    if wrapped >= TAU { 0.0 } else { wrapped }
}

/// Angle in −π to π, radians.
pub fn wrap_pi(angle_rad: f64) -> f64 {
    wrap_tau(angle_rad + PI) - PI
}

/// Compass heading (clockwise from north, 0 to 2π) of a mathematical yaw (counter-clockwise from east), radians.
pub fn heading_from_yaw(yaw_ccw_east_rad: f64) -> f64 {
    wrap_tau(FRAC_PI_2 - yaw_ccw_east_rad)
}

/// Mathematical yaw (counter-clockwise from east, −π to π) of a compass heading (clockwise from north), radians.
pub fn yaw_from_heading(heading_cw_north_rad: f64) -> f64 {
    wrap_pi(FRAC_PI_2 - heading_cw_north_rad)
}

/// Compass heading of an east-north vector, radians clockwise from north, 0 to 2π.
pub fn heading_of(east_north: [f64; 2]) -> f64 {
    wrap_tau(east_north[0].atan2(east_north[1]))
}

/// Unit vector east-north of a compass heading.
pub fn unit_from_heading(heading_cw_north_rad: f64) -> [f64; 2] {
    let (sin, cos) = heading_cw_north_rad.sin_cos();
    [sin, cos]
}

/// A camera ready to project: OpenCV's pinhole model with `k1, k2, p1, p2, k3`.
#[derive(Clone, Debug)]
pub struct CameraView {
    /// Width of the picture, pixels.
    pub width_px: f64,
    /// Height of the picture, pixels.
    pub height_px: f64,
    /// Optical centre, site ENU, metres.
    pub position_enu_m: [f64; 3],
    k: [f64; 4],
    distortion: [f64; 5],
    enu_from_camera: Matrix3<f64>,
    /// Squared radius on the normalised image plane up to which the distortion polynomial still grows.
    max_radius2: f64,
}

/// Nearest depth that is projected, metres in front of the optical centre.
const MIN_DEPTH_M: f64 = 0.3;

/// How the pixel of a point moves, the pixel's way across first, then down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelSlopes {
    /// With the point, px per metre east, north and up.
    pub per_metre: [[f64; 3]; 2],
    /// With the camera's turning about its own x (right), y (down) and z (forward) axes, px per radian.
    pub per_radian: [[f64; 3]; 2],
}

impl CameraView {
    /// The view of a camera model.
    pub fn new(model: &CameraModel) -> Self {
        let mut view = Self {
            width_px: f64::from(model.width_px),
            height_px: f64::from(model.height_px),
            position_enu_m: model.position_enu_m,
            k: model.k,
            distortion: model.distortion,
            enu_from_camera: Matrix3::from_row_slice(&model.enu_from_camera),
            max_radius2: f64::INFINITY,
        };
        view.max_radius2 = view.radius_limit2();
        view
    }

    /// Where the radial polynomial folds back; beyond it a projection would be a lie.
    fn radius_limit2(&self) -> f64 {
        let [k1, k2, _, _, k3] = self.distortion;
        let slope = |r2: f64| 1.0 + 3.0 * k1 * r2 + 5.0 * k2 * r2 * r2 + 7.0 * k3 * r2 * r2 * r2;
        let mut r2 = 0.0;
        while r2 < 25.0 {
            if slope(r2) <= 0.05 {
                return r2;
            }
            r2 += 0.01;
        }
        25.0
    }

    fn distort(&self, x: f64, y: f64) -> (f64, f64) {
        let [k1, k2, p1, p2, k3] = self.distortion;
        let r2 = x * x + y * y;
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        (
            x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
            y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
        )
    }

    /// How tall something that stands on the road is in the picture, pixels; 0 where it is not in front of the camera.
    pub fn height_px(&self, [east_m, north_m]: [f64; 2], up_m: f64) -> f64 {
        let [foot, top] = [0.0, up_m].map(|up_m| self.project([east_m, north_m, up_m]));
        foot.zip(top).map_or(0.0, |(foot, top)| foot[1] - top[1])
    }

    /// Pixel of a point in the site's ENU frame, also outside the picture. `None`: behind the camera or so far off
    /// its axis that the distortion model no longer holds.
    pub fn project(&self, enu_m: [f64; 3]) -> Option<[f64; 2]> {
        let p = self.enu_from_camera.tr_mul(&(Vector3::from(enu_m) - Vector3::from(self.position_enu_m)));
        if p.z.is_nan() || p.z < MIN_DEPTH_M {
            return None;
        }
        let (x, y) = (p.x / p.z, p.y / p.z);
        if x * x + y * y > self.max_radius2 {
            return None;
        }
        let (xd, yd) = self.distort(x, y);
        Some([self.k[0] * xd + self.k[2], self.k[1] * yd + self.k[3]])
    }

    /// How the pixel of a point moves. `None`: where [`Self::project`] gives none.
    pub fn slopes(&self, enu_m: [f64; 3]) -> Option<PixelSlopes> {
        let p = self.enu_from_camera.tr_mul(&(Vector3::from(enu_m) - Vector3::from(self.position_enu_m)));
        if p.z.is_nan() || p.z < MIN_DEPTH_M {
            return None;
        }
        let (x, y) = (p.x / p.z, p.y / p.z);
        let r2 = x * x + y * y;
        if r2 > self.max_radius2 {
            return None;
        }
        let [k1, k2, p1, p2, k3] = self.distortion;
        let radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3));
        let slope = 2.0 * (k1 + r2 * (2.0 * k2 + 3.0 * r2 * k3));
        let xx = x * x * slope + radial + 2.0 * p1 * y + 6.0 * p2 * x;
        let yy = y * y * slope + radial + 6.0 * p1 * y + 2.0 * p2 * x;
        let xy = x * y * slope + 2.0 * p1 * x + 2.0 * p2 * y;
        let across = Vector3::new(xx, xy, -(xx * x + xy * y)) * (self.k[0] / p.z);
        let down = Vector3::new(xy, yy, -(xy * x + yy * y)) * (self.k[1] / p.z);
        let per_metre = [across, down].map(|row| (self.enu_from_camera * row).into());
        // A camera that turns by ω sees the point move by p × ω.
        let per_radian = [across, down].map(|row| row.cross(&p).into());
        Some(PixelSlopes { per_metre, per_radian })
    }

    /// The same camera turned a little: `turn_rad` about its own x (right), y (down) and z (forward) axes.
    pub fn turned(&self, turn_rad: [f64; 3]) -> Self {
        let turn = Rotation3::new(Vector3::from(turn_rad));
        Self { enu_from_camera: self.enu_from_camera * turn.matrix(), ..self.clone() }
    }

    /// Direction in the site's ENU frame in which a pixel looks, of unit length. The distortion is undone by fixed-point
    /// iteration.
    pub fn ray(&self, pixel: [f64; 2]) -> [f64; 3] {
        let xd = (pixel[0] - self.k[2]) / self.k[0];
        let yd = (pixel[1] - self.k[3]) / self.k[1];
        let (mut x, mut y) = (xd, yd);
        for _ in 0..20 {
            let (gx, gy) = self.distort(x, y);
            let (dx, dy) = (xd - gx, yd - gy);
            x += dx;
            y += dy;
            if dx.abs() + dy.abs() < 1e-12 {
                break;
            }
        }
        (self.enu_from_camera * Vector3::new(x, y, 1.0)).normalize().into()
    }

    /// East and north at which a pixel's ray meets the level `up_m`. `None`: at or above the horizon.
    pub fn ground(&self, pixel: [f64; 2], up_m: f64) -> Option<[f64; 2]> {
        let ray = self.ray(pixel);
        let fall_m = up_m - self.position_enu_m[2];
        let scale = fall_m / ray[2];
        if !scale.is_finite() || scale <= 0.0 || scale > 5_000.0 {
            return None;
        }
        Some([self.position_enu_m[0] + scale * ray[0], self.position_enu_m[1] + scale * ray[1]])
    }
}

/// A radar ready to convert: slant range and azimuth clockwise from boresight, antenna above the road.
#[derive(Clone, Debug)]
pub struct RadarView {
    /// Antenna, site ENU, metres.
    pub position_enu_m: [f64; 3],
    /// Direction of boresight, radians clockwise from true north.
    pub boresight_azimuth_rad: f64,
    /// Full horizontal field of view, radians.
    pub fov_rad: f64,
    /// Farthest range reported, metres.
    pub max_range_m: f64,
}

impl RadarView {
    /// The view of a radar model.
    pub fn new(model: &RadarModel) -> Self {
        Self {
            position_enu_m: model.position_enu_m,
            boresight_azimuth_rad: model.boresight_azimuth_rad,
            fov_rad: model.fov_rad,
            max_range_m: model.max_range_m,
        }
    }

    /// East and north of a reflection at `up_m` above the site's plane. `None`: the range is shorter than the antenna
    /// is high above that level.
    pub fn ground(&self, range_m: f64, azimuth_rad: f64, up_m: f64) -> Option<[f64; 2]> {
        let fall_m = self.position_enu_m[2] - up_m;
        let ground2 = range_m * range_m - fall_m * fall_m;
        if ground2.is_nan() || ground2 <= 0.0 {
            return None;
        }
        let ground_m = ground2.sqrt();
        let [east, north] = unit_from_heading(self.boresight_azimuth_rad + azimuth_rad);
        Some([self.position_enu_m[0] + ground_m * east, self.position_enu_m[1] + ground_m * north])
    }

    /// Slant range (metres) and azimuth from boresight (radians, clockwise, −π to π) of a point.
    pub fn polar(&self, enu_m: [f64; 3]) -> [f64; 2] {
        let d = [0, 1, 2].map(|axis: usize| enu_m[axis] - self.position_enu_m[axis]);
        let range_m = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt();
        [range_m, wrap_pi(heading_of([d[0], d[1]]) - self.boresight_azimuth_rad)]
    }

    /// Whether a point on the ground lies in the field of view.
    pub fn sees(&self, position_enu_m: [f64; 2]) -> bool {
        let [range_m, azimuth_rad] = self.polar([position_enu_m[0], position_enu_m[1], 0.0]);
        range_m <= self.max_range_m && azimuth_rad.abs() <= self.fov_rad / 2.0
    }
}

/// Height at which a road user is best seen, metres.
const ROAD_USER_MIDDLE_UP_M: f64 = 0.5;

/// Whether a sensor looks at a place on the ground; what stands in between is not asked.
pub fn in_field_of_view(sensor: &SensorModel, at_enu_m: [f64; 2]) -> bool {
    match sensor {
        SensorModel::Camera(model) => {
            let view = CameraView::new(model);
            view.project([at_enu_m[0], at_enu_m[1], ROAD_USER_MIDDLE_UP_M])
                .is_some_and(|[u, v]| (0.0..view.width_px).contains(&u) && (0.0..view.height_px).contains(&v))
        }
        SensorModel::Radar(model) => RadarView::new(model).sees(at_enu_m),
    }
}

/// The mean of some places, in their unit, such as of an outline's corners; `None`: there are none.
pub fn mean(places: impl IntoIterator<Item = [f64; 2]>) -> Option<[f64; 2]> {
    let add = |(count, sum): (f64, [f64; 2]), place: [f64; 2]| (count + 1.0, [sum[0] + place[0], sum[1] + place[1]]);
    let (count, sum) = places.into_iter().fold((0.0, [0.0; 2]), add);
    (count > 0.0).then(|| sum.map(|axis| axis / count))
}

/// Whether a point lies in a polygon (open: its last point joins the first), by the number of edges to its east.
pub fn inside(polygon: &[[f64; 2]], p: [f64; 2]) -> bool {
    let mut within = false;
    for (index, a) in polygon.iter().enumerate() {
        let b = &polygon[(index + 1) % polygon.len()];
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0] + (p[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0]) {
            within = !within;
        }
    }
    within
}

/// What a polygon (open: its last point joins the first) encloses, square metres (shoelace formula); what it goes round the other way
/// counts against that.
pub fn area_m2(polygon: &[[f64; 2]]) -> f64 {
    let twice = polygon.iter().zip(polygon.iter().cycle().skip(1)).map(|(a, b)| a[0] * b[1] - b[0] * a[1]);
    twice.sum::<f64>().abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} and {b} differ by more than {tolerance}");
    }

    #[test]
    fn ecef_of_places_that_can_be_worked_out_by_hand() {
        let at = |lat_deg, lon_deg, h| ecef_from_wgs84(Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m: h });
        assert_eq!(at(0.0, 0.0, 0.0), [WGS84_A_M, 0.0, 0.0]);
        close(at(0.0, 90.0, 100.0)[1], WGS84_A_M + 100.0, 1e-6);
        // The pole is one semi-minor axis away: 6 356 752.3142 m.
        close(at(90.0, 0.0, 0.0)[2], 6_356_752.314_2, 1e-4);
        // 45° N: N = a / sqrt(1 - e²/2) = 6 388 838.2901 m.
        close(at(45.0, 0.0, 0.0)[0], 4_517_590.878_8, 1e-3);
        close(at(45.0, 0.0, 0.0)[2], 4_487_348.408_8, 1e-3);
    }

    #[test]
    fn enu_axes_point_where_their_names_say() {
        let origin = Origin { lat_deg: 31.2304, lon_deg: 121.4737, ellipsoidal_height_m: 50.0 };
        let frame = SiteFrame::new(origin);
        let north = frame.enu_from_wgs84(Wgs84 { lat_deg: 31.2314, lon_deg: 121.4737, ellipsoidal_height_m: 50.0 });
        // Meridian radius at 31.23° N is 6 352 650 m or so; 0.001° is 110.87 m.
        close(north[0], 0.0, 1e-6);
        close(north[1], 110.87, 0.02);
        close(north[2], -110.87 * 110.87 / (2.0 * 6.353e6), 1e-4);
        let east = frame.enu_from_wgs84(Wgs84 { lat_deg: 31.2304, lon_deg: 121.4747, ellipsoidal_height_m: 50.0 });
        // Prime vertical radius 6 383 881 m + 50 m, times cos 31.2304°, times 0.001°: 95.27 m.
        close(east[0], 95.27, 0.02);
    }

    #[test]
    fn compass_and_yaw() {
        close(heading_from_yaw(0.0), FRAC_PI_2, 1e-15);
        close(heading_from_yaw(FRAC_PI_2), 0.0, 1e-15);
        close(yaw_from_heading(PI), -FRAC_PI_2, 1e-15);
        close(heading_of([-1.0, 0.0]), 1.5 * PI, 1e-15);
    }

    fn camera() -> CameraView {
        // Ten metres up, looking north, 30° down.
        let (s, c) = (0.5, 0.75_f64.sqrt());
        CameraView::new(&CameraModel {
            id: "c".into(),
            width_px: 1920,
            height_px: 1080,
            k: [1000.0, 1000.0, 960.0, 540.0],
            distortion: [-0.12, 0.03, 0.0005, -0.0003, 0.0],
            position_enu_m: [0.0, 0.0, 10.0],
            enu_from_camera: [1.0, 0.0, 0.0, 0.0, -s, c, 0.0, -c, -s],
        })
    }

    #[test]
    fn optical_axis_meets_the_ground_where_trigonometry_says() {
        let view = camera();
        let ground = view.ground([960.0, 540.0], 0.0).expect("below the horizon");
        close(ground[0], 0.0, 1e-9);
        close(ground[1], 10.0 / 30f64.to_radians().tan(), 1e-9);
        assert_eq!(view.ground([960.0, -100.0], 0.0), None, "30° and more above the axis is sky");
        assert_eq!(view.project([0.0, -5.0, 0.0]), None, "behind");
    }

    /// Difference quotient of the pixel, both ways.
    fn quotient(pixel: impl Fn(f64) -> Option<[f64; 2]>) -> [f64; 2] {
        let step = 1e-5;
        let (ahead, back) = (pixel(step).expect("in front"), pixel(-step).expect("in front"));
        [0, 1].map(|way| (ahead[way] - back[way]) / (2.0 * step))
    }

    #[test]
    fn slopes_are_what_moving_the_point_and_turning_the_camera_do() {
        let view = camera();
        for point in [[0.0, 20.0, 0.0], [9.0, 25.0, 1.5], [-14.0, 40.0, 3.0], [5.0, 12.0, 0.5]] {
            let slopes = view.slopes(point).expect("in front");
            for axis in 0..3 {
                let moved = |step: f64| {
                    let mut moved = point;
                    moved[axis] += step;
                    view.project(moved)
                };
                let turned = |step: f64| {
                    let mut turn = [0.0; 3];
                    turn[axis] = step;
                    view.turned(turn).project(point)
                };
                let (metre, radian) = (quotient(moved), quotient(turned));
                for way in 0..2 {
                    close(slopes.per_metre[way][axis], metre[way], 1e-4 * metre[way].abs().max(1.0));
                    close(slopes.per_radian[way][axis], radian[way], 1e-4 * radian[way].abs().max(1.0));
                }
            }
        }
    }

    #[test]
    fn a_camera_turned_there_and_back_is_as_it_was() {
        let (view, point) = (camera(), [3.0, 30.0, 1.0]);
        let turn = [0.01, -0.02, 0.03];
        let there = view.turned(turn);
        assert!(there.project(point) != view.project(point));
        let back = there.turned(turn.map(|angle| -angle)).project(point).expect("in front");
        let was = view.project(point).expect("in front");
        (0..2).for_each(|way| close(back[way], was[way], 1e-9));
    }

    #[test]
    fn radar_azimuth_is_clockwise_and_range_is_slant() {
        let view = RadarView {
            position_enu_m: [1.0, 2.0, 6.0],
            boresight_azimuth_rad: FRAC_PI_2,
            fov_rad: 2.0,
            max_range_m: 100.0,
        };
        let straight = view.ground(10.0, 0.0, 0.0).expect("longer than the mast");
        close(straight[0], 9.0, 1e-12);
        close(straight[1], 2.0, 1e-12);
        let right = view.ground(10.0, FRAC_PI_2, 0.0).expect("longer than the mast");
        close(right[1], -6.0, 1e-12);
        assert_eq!(view.ground(5.9, 0.0, 0.0), None);
        assert!(view.sees([50.0, 2.0]) && !view.sees([-50.0, 2.0]) && !view.sees([150.0, 2.0]));
    }

    proptest! {
        #[test]
        fn wgs84_and_enu_round_trip(lat in -89.9..89.9f64, lon in -180.0..180.0f64, h in -100.0..4000.0f64,
                                    e in -5e3..5e3f64, n in -5e3..5e3f64, u in -50.0..50.0f64) {
            let frame = SiteFrame::new(Origin { lat_deg: lat, lon_deg: lon, ellipsoidal_height_m: h });
            let back = frame.enu_from_wgs84(frame.wgs84_from_enu([e, n, u]));
            for (a, b) in back.iter().zip([e, n, u]) {
                prop_assert!((a - b).abs() < 1e-5, "{back:?}");
            }
        }

        #[test]
        fn a_pixel_on_the_road_projects_back(u in 0.0..1920.0f64, v in 300.0..1080.0f64) {
            let view = camera();
            let ground = view.ground([u, v], 0.0);
            prop_assert!(ground.is_some());
            let ground = ground.unwrap_or_default();
            let pixel = view.project([ground[0], ground[1], 0.0]);
            prop_assert!(pixel.is_some_and(|p| (p[0] - u).abs() < 1e-4 && (p[1] - v).abs() < 1e-4), "{pixel:?}");
        }

        #[test]
        fn polar_round_trip(e in -80.0..80.0f64, n in -80.0..80.0f64) {
            let view = RadarView { position_enu_m: [1.0, 2.0, 6.0], boresight_azimuth_rad: 1.0, fov_rad: 2.0, max_range_m: 200.0 };
            let [range_m, azimuth_rad] = view.polar([e, n, 0.5]);
            if let Some(back) = view.ground(range_m, azimuth_rad, 0.5) {
                prop_assert!((back[0] - e).abs() < 1e-6 && (back[1] - n).abs() < 1e-6);
            }
        }

        #[test]
        fn angles_wrap(a in -100.0..100.0f64) {
            prop_assert!((0.0..TAU).contains(&wrap_tau(a)));
            prop_assert!(wrap_pi(yaw_from_heading(heading_from_yaw(a)) - a).abs() < 1e-9);
        }
    }
}
