//! Our tracker and Similari's SORT on the same boxes, in turn, in one process: `cargo run --release` in this folder.
//!
//! One camera high above a square on which 100 or 500 cars stand in rows and creep. Both get the same boxes of a frame,
//! 15 a second: Similari as boxes in pixels, ours as the lifted frame. Only the calls that update the tracks are timed.

use std::time::Instant;

use perception::calibration::{CameraModel, Origin, SensorModel, SiteGeometry};
use perception::detection::{BoxDetection, CameraFrame, Class, SensorFrame};
use perception::frames::CameraView;
use perception::lift::{LiftSettings, Lifter};
use perception::time::UtcMicros;
use perception::track::{Tracker, TrackerSettings};
use similari::trackers::sort::PositionalMetricType::IoU;
use similari::trackers::sort::metric::DEFAULT_MINIMAL_SORT_CONFIDENCE;
use similari::trackers::sort::simple_api::Sort;
use similari::trackers::sort::{DEFAULT_SORT_IOU_THRESHOLD, SortTrack};
use similari::utils::bbox::{BoundingBox, Universal2DBox};

const WARM_UP: usize = 45;
const FRAMES: usize = 300;
const RATE_HZ: f64 = 15.0;
/// Cars stand so far apart, metres: between rows, and in a row.
const APART_M: [f64; 2] = [4.0, 7.0];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("{:>6} {:>14} {:>14} {:>10} {:>8} {:>8}", "boxes", "similari us", "ours us", "ratio", "tracks", "tracks");
    for count in [100, 500] {
        race(count)?;
    }
    Ok(())
}

fn race(count: usize) -> Result<(), Box<dyn std::error::Error>> {
    let site = site();
    let SensorModel::Camera(model) = &site.sensors[0] else { return Err("no camera".into()) };
    let view = CameraView::new(model);
    let lifter = Lifter::new(&site, LiftSettings::default())?;
    let mut ours = Tracker::new(&site, TrackerSettings::default())?;
    let mut theirs = Sort::new(1, 10, 5, IoU(DEFAULT_SORT_IOU_THRESHOLD), DEFAULT_MINIMAL_SORT_CONFIDENCE, None);
    let (mut our_us, mut their_us) = (Vec::new(), Vec::new());
    let mut their_tracks: Vec<SortTrack> = Vec::new();
    let mut noise = 1_u64;
    for frame in 0..WARM_UP + FRAMES {
        let t = frame as f64 / RATE_HZ;
        let boxes: Vec<BoxDetection> =
            (0..count).filter_map(|index| outline(&view, index, count, t, &mut noise)).collect();
        if boxes.len() != count {
            return Err(format!("{} of {count} are in the picture", boxes.len()).into());
        }
        let in_pixels: Vec<(Universal2DBox, Option<i64>)> = boxes
            .iter()
            .map(|b| (BoundingBox::new(b.x_px as f32, b.y_px as f32, b.w_px as f32, b.h_px as f32).into(), None))
            .collect();
        let captured_at = UtcMicros(1_790_000_000_000_000).plus_seconds(t);
        let scan = lifter.lift(&SensorFrame::Camera(CameraFrame { sensor: "camera".into(), captured_at, boxes }))?;
        let start = Instant::now();
        their_tracks = theirs.predict(&in_pixels);
        let between = Instant::now();
        ours.step(&scan);
        let end = Instant::now();
        if frame >= WARM_UP {
            their_us.push((between - start).as_secs_f64() * 1e6);
            our_us.push((end - between).as_secs_f64() * 1e6);
        }
    }
    let (our_us, their_us) = (median(our_us), median(their_us));
    let ratio = their_us / our_us;
    let (a, b) = (their_tracks.len(), ours.counts().0);
    println!("{count:>6} {their_us:>14.0} {our_us:>14.0} {ratio:>10.2} {a:>8} {b:>8}");
    Ok(())
}

/// 120 m up, looking north and down.
fn site() -> SiteGeometry {
    let (s, c) = 50f64.to_radians().sin_cos();
    SiteGeometry {
        name: "square".into(),
        origin: Origin { lat_deg: 31.23, lon_deg: 121.47, ellipsoidal_height_m: 5.0 },
        sensors: vec![SensorModel::Camera(CameraModel {
            id: "camera".into(),
            width_px: 3840,
            height_px: 2160,
            k: [1500.0, 1500.0, 1920.0, 1080.0],
            distortion: [0.0; 5],
            position_enu_m: [0.0, 0.0, 120.0],
            enu_from_camera: [1.0, 0.0, 0.0, 0.0, -s, c, 0.0, -c, -s],
        })],
        lanes: vec![],
    }
}

fn outline(view: &CameraView, index: usize, count: usize, t: f64, noise: &mut u64) -> Option<BoxDetection> {
    let columns = if count > 100 { 25 } else { 10 };
    let rows = count / columns;
    let (row, column) = ((index / columns) as f64, (index % columns) as f64);
    let middle = [
        (column - (columns as f64 - 1.0) / 2.0) * APART_M[0],
        100.0 + (row - (rows as f64 - 1.0) / 2.0) * APART_M[1] + (0.4 * t).sin(),
    ];
    let (mut low, mut high) = ([f64::MAX; 2], [f64::MIN; 2]);
    for corner in 0..8 {
        let [a, s, up] = [1, 2, 4].map(|bit| f64::from(u8::from(corner & bit != 0)));
        let pixel = view.project([middle[0] + 1.8 * (a - 0.5), middle[1] + 4.5 * (s - 0.5), 1.5 * up])?;
        for axis in 0..2 {
            (low[axis], high[axis]) = (low[axis].min(pixel[axis]), high[axis].max(pixel[axis]));
        }
    }
    let mut off = || {
        *noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        2.0 * ((*noise >> 11) as f64 / (1u64 << 53) as f64) - 1.0
    };
    let inside = low[0] > 2.0 && low[1] > 2.0 && high[0] < view.width_px - 2.0 && high[1] < view.height_px - 2.0;
    inside.then(|| BoxDetection {
        x_px: low[0] + off(),
        y_px: low[1] + off(),
        w_px: high[0] - low[0] + off(),
        h_px: high[1] - low[1] + off(),
        score: 0.9,
        class: Class::Car,
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
