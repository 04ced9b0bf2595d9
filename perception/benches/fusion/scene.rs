//! A junction amid a grid of streets, made up for benches: traffic that drives, queues and walks at the same density
//! however large the area, and what four cameras and four radars on poles at its middle report of it.
//!
//! Simple on purpose: straight lanes, cars that leave at one end and come in at the other, a box that nearer ones cover
//! is not reported, a body gives a radar one or two returns. All from a fixed seed.

use perception::calibration::{CameraModel, Lane, Origin, RadarModel, RadarSigma, SensorModel, SiteGeometry};
use perception::detection::{BoxDetection, CameraFrame, Class, RadarScan, RadarTarget, SensorFrame};
use perception::frames::{CameraView, RadarView, unit_from_heading};
use perception::time::UtcMicros;

/// When the scene begins.
pub const START: UtcMicros = UtcMicros(1_790_000_000_000_000);
/// Capture rates, as full rate is meant.
pub const CAMERA_HZ: f64 = 15.0;
/// Of a radar.
pub const RADAR_HZ: f64 = 20.0;
/// From capture to arrival: cameras detect first.
const CAMERA_LATENCY_S: f64 = 0.06;
const RADAR_LATENCY_S: f64 = 0.03;

/// Road users on a hectare.
const PER_HECTARE: f64 = 64.0;
/// From one street's middle to the next, metres.
const BLOCK_M: f64 = 50.0;
const LANE_M: f64 = 3.5;
/// Poles stand so far east or west, and north or south, of the middle, metres.
const POLE_M: f64 = 10.0;
/// A detector gives no box that is lower, pixels.
const LEAST_BOX_PX: f64 = 9.0;
/// A box of which nearer ones cover more than this share is not reported.
const HIDDEN_SHARE: f64 = 0.7;

/// Noise from a fixed seed.
pub struct Noise(u64);

impl Noise {
    /// 0 to 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Standard deviation 1, as good as normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Goes straight along its lane, or stands in it.
struct User {
    class: Class,
    size_m: [f64; 3],
    /// East and north at the start.
    from_m: [f64; 2],
    ahead: [f64; 2],
    speed_mps: f64,
}

/// A frame and when it arrives.
pub struct Arrival {
    /// When.
    pub at: UtcMicros,
    /// What.
    pub frame: SensorFrame,
}

/// A junction with its traffic.
pub struct Scene {
    /// Sensors and lanes.
    pub site: SiteGeometry,
    users: Vec<User>,
    side_m: f64,
    noise: Noise,
}

impl Scene {
    /// With so many road users.
    pub fn new(count: usize) -> Self {
        let side_m = (count as f64 / PER_HECTARE).sqrt() * 100.0;
        let lanes = lanes(side_m);
        let mut noise = Noise(7);
        let users = (0..count).map(|index| user(index, count, &lanes, side_m, &mut noise)).collect();
        Self { site: site(lanes), users, side_m, noise }
    }

    /// The same, but nothing moves.
    #[allow(dead_code, reason = "of the test of allocations")]
    pub fn at_rest(count: usize) -> Self {
        let mut scene = Self::new(count);
        scene.users.iter_mut().for_each(|user| user.speed_mps = 0.0);
        scene
    }

    /// All that the sensors send in so many seconds, in the order of arrival.
    pub fn play(&mut self, seconds: f64) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for sensor in self.site.sensors.clone() {
            // Sensors are not triggered together.
            let (hz, latency_s) = match sensor {
                SensorModel::Camera(_) => (CAMERA_HZ, CAMERA_LATENCY_S),
                SensorModel::Radar(_) => (RADAR_HZ, RADAR_LATENCY_S),
            };
            let mut t = self.noise.uniform() / hz;
            while t < seconds {
                let frame = match &sensor {
                    SensorModel::Camera(model) => SensorFrame::Camera(self.picture(model, t)),
                    SensorModel::Radar(model) => SensorFrame::Radar(self.scan(model, t)),
                };
                arrivals.push(Arrival { at: START.plus_seconds(t + latency_s), frame });
                t += 1.0 / hz;
            }
        }
        arrivals.sort_by_key(|arrival| arrival.at);
        arrivals
    }

    /// Where one is: what leaves at one side comes in at the other.
    fn place(&self, user: &User, t: f64) -> [f64; 2] {
        let half = self.side_m / 2.0;
        [0, 1].map(|axis| {
            let straight = user.from_m[axis] + user.ahead[axis] * user.speed_mps * t;
            (straight + half).rem_euclid(self.side_m) - half
        })
    }

    fn picture(&mut self, model: &CameraModel, t: f64) -> CameraFrame {
        let view = CameraView::new(model);
        let mut boxes: Vec<(f64, BoxDetection)> = Vec::new();
        for user in &self.users {
            let place = self.place(user, t);
            let far_m = (place[0] - view.position_enu_m[0]).hypot(place[1] - view.position_enu_m[1]);
            if let Some(found) = outline(&view, user, place).filter(|found| found.h_px > LEAST_BOX_PX) {
                boxes.push((far_m, found));
            }
        }
        boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let seen = |index: usize| !boxes[..index].iter().any(|(_, near)| share(&boxes[index].1, near) > HIDDEN_SHARE);
        let mut seen: Vec<BoxDetection> = (0..boxes.len()).filter(|index| seen(*index)).map(|i| boxes[i].1).collect();
        let noise = &mut self.noise;
        for found in &mut seen {
            let mut off = |size_px: f64| (1.0 + 0.02 * size_px) * noise.normal();
            let (x, y) = (off(found.w_px), off(found.h_px));
            (found.x_px, found.y_px) = (found.x_px + x, found.y_px + y);
            found.w_px = (found.w_px - x + off(found.w_px)).max(3.0);
            found.h_px = (found.h_px - y + off(found.h_px)).max(3.0);
        }
        CameraFrame { sensor: model.id.clone(), captured_at: START.plus_seconds(t), boxes: seen }
    }

    fn scan(&mut self, model: &RadarModel, t: f64) -> RadarScan {
        let view = RadarView::new(model);
        let mut targets = Vec::new();
        for index in 0..self.users.len() {
            let user = &self.users[index];
            let place = self.place(user, t);
            let noise = &mut self.noise;
            if !view.sees(place) || noise.uniform() > 0.7 {
                continue;
            }
            let away = [place[0] - view.position_enu_m[0], place[1] - view.position_enu_m[1]];
            let near_end = if away[0] * user.ahead[0] + away[1] * user.ahead[1] > 0.0 { -0.5 } else { 0.5 };
            let returns = if user.size_m[0] > 3.0 && noise.uniform() < 0.4 { 2 } else { 1 };
            for _ in 0..returns {
                let along_m = user.size_m[0] * if noise.uniform() < 0.6 { near_end } else { noise.uniform() - 0.5 };
                let at = [0, 1].map(|axis| place[axis] + along_m * user.ahead[axis]);
                let [range_m, azimuth_rad] = view.polar([at[0], at[1], 0.5]);
                let radial = [0, 1].map(|axis| (at[axis] - view.position_enu_m[axis]) * user.ahead[axis]);
                targets.push(RadarTarget {
                    range_m: range_m + 0.2 * noise.normal(),
                    azimuth_rad: azimuth_rad + 0.005 * noise.normal(),
                    range_rate_mps: Some(
                        (radial[0] + radial[1]) * user.speed_mps / range_m.max(1.0) + 0.1 * noise.normal(),
                    ),
                    rcs_dbsm: Some(if user.class == Class::Pedestrian { -5.0 } else { 10.0 } + 3.0 * noise.normal()),
                });
            }
        }
        RadarScan { sensor: model.id.clone(), captured_at: START.plus_seconds(t), targets }
    }
}

/// In a row of its kind along a lane: those that drive all at the lane's speed, so that nobody drives through another;
/// beside them bicycles, every third vehicle parked at the kerb, and people behind it.
fn user(index: usize, count: usize, lanes: &[Lane], side_m: f64, noise: &mut Noise) -> User {
    let (lane, place) = (&lanes[index % lanes.len()], index / lanes.len());
    let [from, to] = [lane.centerline_enu_m[0], lane.centerline_enu_m[1]];
    let ahead = [(to[0] - from[0]) / side_m, (to[1] - from[1]) / side_m];
    let apart_m = side_m / count.div_ceil(lanes.len()) as f64;
    let along_m = place as f64 * apart_m + 0.5 * noise.uniform();
    let (class, size_m, beside_m, speed_mps) = match place % 10 {
        0 | 1 => (Class::Pedestrian, [0.5, 0.5, 1.7], 1.6 * LANE_M, 1.3),
        2 => (Class::Bicycle, [1.8, 0.6, 1.7], 1.4, 4.5),
        3 => (Class::Truck, [8.0, 2.5, 3.4], 0.0, 10.0),
        4 => (Class::Van, [5.3, 2.0, 2.2], 0.0, 10.0),
        _ => (Class::Car, [4.5, 1.8, 1.5], 0.0, 10.0),
    };
    let stands = place.is_multiple_of(3) && class != Class::Bicycle;
    let beside_m = if stands { beside_m.max(0.8 * LANE_M) } else { beside_m };
    User {
        class,
        size_m,
        from_m: [
            from[0] + along_m * ahead[0] + beside_m * ahead[1],
            from[1] + along_m * ahead[1] - beside_m * ahead[0],
        ],
        ahead,
        speed_mps: if stands { 0.0 } else { speed_mps },
    }
}

/// Two lanes a street, one each way, from side to side.
fn lanes(side_m: f64) -> Vec<Lane> {
    let half = side_m / 2.0;
    let mut lanes = Vec::new();
    let mut middle_m = -(half / BLOCK_M).floor() * BLOCK_M;
    while middle_m < half {
        for heading in [0.0, 90.0, 180.0, 270.0_f64] {
            let ahead = unit_from_heading(heading.to_radians()).map(f64::round);
            let beside = [ahead[1], -ahead[0]];
            let at = |along_m: f64| {
                [0, 1].map(|axis: usize| {
                    along_m * ahead[axis] + beside[axis].abs() * middle_m + beside[axis] * LANE_M / 2.0
                })
            };
            lanes.push(Lane {
                id: format!("{heading}/{middle_m}").into(),
                width_m: LANE_M,
                centerline_enu_m: vec![at(-half), at(half)],
                maneuvers: vec![],
                signal_group: None,
                allowed: vec![],
                speed_limit_mps: None,
            });
        }
        middle_m += BLOCK_M;
    }
    lanes
}

fn site(lanes: Vec<Lane>) -> SiteGeometry {
    let sensors = [0.0, 90.0, 180.0, 270.0_f64].into_iter().flat_map(|heading| {
        let [east, north] = unit_from_heading(heading.to_radians());
        let pole = [POLE_M * east, POLE_M * north];
        [SensorModel::Camera(camera(heading, pole)), SensorModel::Radar(radar(heading, pole))]
    });
    SiteGeometry {
        name: "bench".into(),
        origin: Origin { lat_deg: 31.23, lon_deg: 121.47, ellipsoidal_height_m: 5.0 },
        sensors: sensors.collect(),
        lanes,
    }
}

/// 7 m up, 8° down.
fn camera(heading_deg: f64, [east, north]: [f64; 2]) -> CameraModel {
    let (s, c) = 8f64.to_radians().sin_cos();
    let [e, n] = unit_from_heading(heading_deg.to_radians());
    CameraModel {
        id: format!("camera-{heading_deg}").into(),
        width_px: 1920,
        height_px: 1080,
        k: [1000.0, 1000.0, 960.0, 540.0],
        distortion: [-0.1, 0.02, 0.0, 0.0, 0.0],
        position_enu_m: [east, north, 7.0],
        enu_from_camera: [n, -s * e, c * e, -e, -s * n, c * n, 0.0, -c, -s],
    }
}

fn radar(heading_deg: f64, [east, north]: [f64; 2]) -> RadarModel {
    RadarModel {
        id: format!("radar-{heading_deg}").into(),
        position_enu_m: [east, north, 6.0],
        boresight_azimuth_rad: heading_deg.to_radians(),
        fov_rad: 1.7,
        max_range_m: 250.0,
        sigma: RadarSigma { range_m: 0.2, azimuth_rad: 0.005, range_rate_mps: 0.1 },
    }
}

/// The box around it. `None`: not in the picture.
fn outline(view: &CameraView, user: &User, place: [f64; 2]) -> Option<BoxDetection> {
    let (mut low, mut high) = ([f64::MAX; 2], [f64::MIN; 2]);
    for corner in 0..8 {
        let [a, s, up] = [1, 2, 4].map(|bit| f64::from(u8::from(corner & bit != 0)));
        let (along_m, beside_m) = (user.size_m[0] * (a - 0.5), user.size_m[1] * (s - 0.5));
        let east = place[0] + along_m * user.ahead[0] + beside_m * user.ahead[1];
        let north = place[1] + along_m * user.ahead[1] - beside_m * user.ahead[0];
        let pixel = view.project([east, north, up * user.size_m[2]])?;
        for axis in 0..2 {
            (low[axis], high[axis]) = (low[axis].min(pixel[axis]), high[axis].max(pixel[axis]));
        }
    }
    let inside = low[0] < view.width_px && low[1] < view.height_px && high[0] > 0.0 && high[1] > 0.0;
    inside.then(|| BoxDetection {
        x_px: low[0],
        y_px: low[1],
        w_px: high[0] - low[0],
        h_px: high[1] - low[1],
        score: 0.85,
        class: user.class,
    })
}

/// Share of a box that another covers.
fn share(of: &BoxDetection, by: &BoxDetection) -> f64 {
    let w = (of.x_px + of.w_px).min(by.x_px + by.w_px) - of.x_px.max(by.x_px);
    let h = (of.y_px + of.h_px).min(by.y_px + by.h_px) - of.y_px.max(by.y_px);
    w.max(0.0) * h.max(0.0) / (of.w_px * of.h_px)
}
