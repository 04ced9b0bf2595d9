//! Small scenes for tests: a frame each 100 ms, everything a car.

use super::scene::{Frame, align};
use super::{PictureFrame, Settings, Track, TruthFrame, TruthObject};

/// Id, east and north, metres.
pub(super) type Point = (u64, f64, f64);

pub(super) fn object((id, east_m, north_m): Point) -> TruthObject {
    TruthObject {
        id,
        class: "car".to_owned(),
        east_m,
        north_m,
        speed_mps: None,
        heading_cw_north_rad: None,
        length_m: None,
        width_m: None,
        seen_2s: None,
    }
}

pub(super) fn track((id, east_m, north_m): Point) -> Track {
    Track {
        id,
        class: "car".to_owned(),
        east_m,
        north_m,
        vel_east_mps: None,
        vel_north_mps: None,
        heading_cw_north_rad: None,
        cov_position_m2: None,
    }
}

pub(super) fn truth(frames: &[Vec<Point>]) -> Vec<TruthFrame> {
    let frames = (0..).step_by(100_000).zip(frames);
    frames.map(|(t_us, frame)| TruthFrame { t_us, objects: frame.iter().copied().map(object).collect() }).collect()
}

pub(super) fn pictures(frames: &[Vec<Point>]) -> Vec<PictureFrame> {
    let frames = (0..).step_by(100_000).zip(frames);
    frames.map(|(t_us, frame)| PictureFrame { t_us, tracks: frame.iter().copied().map(track).collect() }).collect()
}

/// What a metric says of truth and picture.
pub(super) fn with_frames<T>(
    objects: &[Vec<Point>],
    tracks: &[Vec<Point>],
    metric: impl Fn(&[Frame], &Settings) -> T,
) -> T {
    let (truth, pictures, settings) = (truth(objects), pictures(tracks), Settings::default());
    let frames: Vec<_> = align(&truth, &pictures, &settings).iter().map(|scene| scene.of_all()).collect();
    metric(&frames, &settings)
}

/// The same points in each of `count` frames.
pub(super) fn still(count: usize, points: &[Point]) -> Vec<Vec<Point>> {
    vec![points.to_vec(); count]
}

/// Two points 20 m apart for `before` frames as tracks 1 and 2, then for `after` frames with their ids swapped.
pub(super) fn swapped(before: usize, after: usize) -> Vec<Vec<Point>> {
    [still(before, &[(1, 0.0, 0.0), (2, 20.0, 0.0)]), still(after, &[(2, 0.0, 0.0), (1, 20.0, 0.0)])].concat()
}

pub(super) fn assert_near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
}
