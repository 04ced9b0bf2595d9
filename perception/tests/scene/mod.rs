//! A small world for tests: a camera and a radar on one pole, things that move, and noise from a fixed seed.
#![allow(dead_code, reason = "each test file uses its own part")]

use perception::calibration::{CameraModel, Origin, RadarModel, RadarSigma, SensorModel, SiteGeometry};
use perception::detection::{BoxDetection, CameraFrame, Class, RadarScan, RadarTarget, SensorFrame, SensorId};
use perception::frames::{CameraView, RadarView};
use perception::lift::{LiftSettings, Lifter};
use perception::time::UtcMicros;
use perception::track::{Track, Tracker, TrackerSettings};

pub const START: UtcMicros = UtcMicros(1_790_000_000_000_000);

pub fn at_ms(ms: i64) -> UtcMicros {
    UtcMicros(START.0 + ms * 1000)
}

/// A camera 7 m up at the origin that looks north, 12° down.
pub fn camera() -> CameraModel {
    let (s, c) = 12f64.to_radians().sin_cos();
    CameraModel {
        id: "cam".into(),
        width_px: 1920,
        height_px: 1080,
        k: [1100.0, 1100.0, 960.0, 540.0],
        distortion: [-0.1, 0.02, 0.0, 0.0, 0.0],
        position_enu_m: [0.0, 0.0, 7.0],
        enu_from_camera: [1.0, 0.0, 0.0, 0.0, -s, c, 0.0, -c, -s],
    }
}

pub fn radar() -> RadarModel {
    RadarModel {
        id: "radar".into(),
        position_enu_m: [0.0, 0.0, 6.0],
        boresight_azimuth_rad: 0.0,
        fov_rad: 1.9,
        max_range_m: 180.0,
        sigma: RadarSigma { range_m: 0.3, azimuth_rad: 0.01, range_rate_mps: 0.1 },
    }
}

pub fn site() -> SiteGeometry {
    SiteGeometry {
        name: "test".into(),
        origin: Origin { lat_deg: 31.23, lon_deg: 121.47, ellipsoidal_height_m: 5.0 },
        sensors: vec![SensorModel::Camera(camera()), SensorModel::Radar(radar())],
        lanes: vec![],
    }
}

/// Noise from a fixed seed: sums of uniform numbers of a 64-bit linear congruential generator.
pub struct Noise(pub u64);

impl Noise {
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Something that moves in a straight line.
#[derive(Clone, Copy)]
pub struct Mover {
    pub class: Class,
    pub from: [f64; 2],
    pub velocity: [f64; 2],
    pub size: [f64; 3],
    pub score: f64,
}

impl Mover {
    pub fn car(from: [f64; 2], velocity: [f64; 2]) -> Self {
        Self { class: Class::Car, from, velocity, size: [4.5, 1.8, 1.5], score: 0.9 }
    }

    pub fn person(from: [f64; 2], velocity: [f64; 2]) -> Self {
        Self { class: Class::Pedestrian, from, velocity, size: [0.5, 0.5, 1.72], score: 0.85 }
    }

    pub fn position(&self, ms: i64) -> [f64; 2] {
        let t = ms as f64 * 1e-3;
        [self.from[0] + t * self.velocity[0], self.from[1] + t * self.velocity[1]]
    }

    fn ahead(&self) -> [f64; 2] {
        let speed = self.velocity[0].hypot(self.velocity[1]);
        if speed > 0.0 { [self.velocity[0] / speed, self.velocity[1] / speed] } else { [0.0, 1.0] }
    }

    /// Its box, with noise of `share` of its size.
    pub fn seen_by_camera(&self, ms: i64, share: f64, noise: &mut Noise) -> Option<BoxDetection> {
        self.seen_through(&CameraView::new(&camera()), ms, share, noise)
    }

    /// The same through another camera.
    pub fn seen_through(&self, view: &CameraView, ms: i64, share: f64, noise: &mut Noise) -> Option<BoxDetection> {
        let (p, a) = (self.position(ms), self.ahead());
        let (mut low, mut high) = ([f64::MAX; 2], [f64::MIN; 2]);
        for (f, s, up) in (0..8).map(|i| (f64::from(i & 1) - 0.5, f64::from(i >> 1 & 1) - 0.5, f64::from(i >> 2 & 1))) {
            let e = p[0] + self.size[0] * f * a[0] + self.size[1] * s * a[1];
            let n = p[1] + self.size[0] * f * a[1] - self.size[1] * s * a[0];
            let pixel = view.project([e, n, up * self.size[2]])?;
            for axis in 0..2 {
                low[axis] = low[axis].min(pixel[axis]);
                high[axis] = high[axis].max(pixel[axis]);
            }
        }
        let (w, h) = (high[0] - low[0], high[1] - low[1]);
        Some(BoxDetection {
            x_px: low[0] + share * w * noise.normal(),
            y_px: low[1] + share * h * noise.normal(),
            w_px: w * (1.0 + share * noise.normal()),
            h_px: h * (1.0 + share * noise.normal()),
            score: self.score,
            class: self.class,
        })
    }

    /// A return from the end that faces the radar.
    pub fn seen_by_radar(&self, ms: i64, noise: &mut Noise) -> RadarTarget {
        let view = RadarView::new(&radar());
        let (p, a) = (self.position(ms), self.ahead());
        let sign = if p[0] * a[0] + p[1] * a[1] > 0.0 { -1.0 } else { 1.0 };
        // Bodies reflect with their near end mostly, else from anywhere along the near side.
        let at_end = noise.uniform() < 0.6;
        let half = sign * self.size[0] / 2.0 * if at_end { 1.0 } else { 2.0 * noise.uniform() - 1.0 };
        let across = [a[1], -a[0]];
        let near_side = if p[0] * across[0] + p[1] * across[1] > 0.0 { -0.5 } else { 0.5 };
        let beside = self.size[1] * if at_end { noise.uniform() - 0.5 } else { near_side };
        let slant = [0, 1].map(|axis| p[axis] + half * a[axis] + beside * across[axis]);
        let [range_m, azimuth_rad] = view.polar([slant[0], slant[1], 0.5]);
        let radial = (slant[0] * self.velocity[0] + slant[1] * self.velocity[1]) / range_m;
        RadarTarget {
            range_m: range_m + 0.3 * noise.normal(),
            azimuth_rad: azimuth_rad + 0.01 * noise.normal(),
            range_rate_mps: Some(radial + 0.1 * noise.normal()),
            rcs_dbsm: Some(if self.class == Class::Pedestrian { -5.0 } else { 10.0 }),
        }
    }
}

pub fn camera_frame(ms: i64, movers: &[Mover], share: f64, noise: &mut Noise) -> SensorFrame {
    let boxes = movers.iter().filter_map(|mover| mover.seen_by_camera(ms, share, noise)).collect();
    SensorFrame::Camera(CameraFrame { sensor: "cam".into(), captured_at: at_ms(ms), boxes })
}

pub fn radar_frame(ms: i64, movers: &[Mover], noise: &mut Noise) -> SensorFrame {
    let targets = movers.iter().map(|mover| mover.seen_by_radar(ms, noise)).collect();
    SensorFrame::Radar(RadarScan { sensor: "radar".into(), captured_at: at_ms(ms), targets })
}

pub struct Rig {
    pub lifter: Lifter,
    pub tracker: Tracker,
}

impl Rig {
    pub fn new() -> Self {
        let site = site();
        Self {
            lifter: Lifter::new(&site, LiftSettings::default()).expect("the test site is sound"),
            tracker: Tracker::new(&site, TrackerSettings::default()).expect("the test site is sound"),
        }
    }

    pub fn feed(&mut self, frame: &SensorFrame) -> Vec<Track> {
        let scan = self.lifter.lift(frame).expect("a sensor of the site");
        self.tracker.step(&scan);
        let picture = self.tracker.picture(frame.captured_at());
        check_invariants(&picture);
        picture
    }
}

/// What must hold of every picture, whatever was fed.
pub fn check_invariants(picture: &[Track]) {
    for pair in picture.windows(2) {
        assert!(pair[0].id < pair[1].id, "ids are unique and sorted");
    }
    for track in picture {
        let p = track.cov_position_m2;
        let v = track.cov_velocity_m2ps2;
        let numbers = [track.position_enu_m, track.velocity_enu_mps, p[0], p[1], v[0], v[1]];
        assert!(numbers.as_flattened().iter().all(|value| value.is_finite()), "{track:?}");
        for cov in [p, v] {
            assert_eq!(cov[0][1], cov[1][0], "symmetric");
            assert!(cov[0][0] > 0.0 && cov[0][0] * cov[1][1] - cov[0][1] * cov[1][0] > 0.0, "positive: {track:?}");
        }
        assert!((0.0..=1.0).contains(&track.existence) && (0.0..=1.0).contains(&track.class_probability));
        assert!(track.heading_cw_north_rad.is_none_or(|heading| (0.0..std::f64::consts::TAU).contains(&heading)));
        assert!(track.id > 0 && track.born_at <= track.measured_at);
        let mut sources: Vec<SensorId> = track.sources.clone();
        sources.sort();
        sources.dedup();
        assert_eq!(sources, track.sources, "in alphabetical order, each once");
        for size in [track.length_m, track.width_m, track.height_m].into_iter().flatten() {
            assert!(size > 0.1 && size < 30.0, "{track:?}");
        }
    }
}
