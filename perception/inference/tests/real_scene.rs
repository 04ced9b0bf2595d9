//! Detector, lift and tracker together on real footage: the first 40 s of `vtest.avi` (PETS 2009, view 1).
//!
//! People walk through and some stand and talk for up to 12 s. A traffic cone, a rock and a board stand there all the time, and
//! the detector half takes them for people.

#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inference::{Detector, DetectorSettings, ModelFile};
use opencv::core::Mat;
use opencv::prelude::*;
use opencv::videoio::{CAP_FFMPEG, VideoCapture};
use perception::calibration::{CameraModel, Origin, SensorModel, SiteGeometry};
use perception::detection::{BoxDetection, CameraFrame, Class, SensorFrame};
use perception::lift::{LiftSettings, Lifter};
use perception::time::UtcMicros;
use perception::track::{Tracker, TrackerSettings};
use serde::Deserialize;

const FRAMES: usize = 398;
const FRAME_US: i64 = 100_000;
/// Low enough for the standing things to be found in most frames, and the model's own.
const LOW_THRESHOLD: f64 = 0.3;
const THRESHOLD: f64 = 0.48;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// What the detector finds in every so manyth frame, people from the low threshold on, by time in microseconds.
fn detect(model: &str, every: usize) -> Vec<(i64, Vec<BoxDetection>)> {
    let library = repository(".cache/onnxruntime");
    let settings = DetectorSettings {
        runtime_library: library.is_dir().then_some(library),
        thresholds: BTreeMap::from([(Class::Pedestrian, LOW_THRESHOLD)]),
        ..DetectorSettings::default()
    };
    let model = ModelFile::load(&repository(model)).unwrap_or_else(|error| panic!("{error}"));
    let mut detector = Detector::new(&model, settings).unwrap_or_else(|error| panic!("{error}"));
    let places =
        [repository(".cache/video/vtest.avi"), PathBuf::from("/usr/share/doc/opencv-doc/examples/data/vtest.avi")];
    let path = places.iter().find(|path| path.is_file()).expect("the video vtest.avi is missing: run `make setup`");
    let mut video = VideoCapture::from_file(path.to_str().unwrap(), CAP_FFMPEG).unwrap();
    let mut found = Vec::new();
    for number in 0..FRAMES {
        let mut picture = Mat::default();
        assert!(video.read(&mut picture).unwrap(), "the video has no frame {number}");
        if number % every == 0 {
            let at_us = i64::try_from(number).unwrap() * FRAME_US;
            found.push((at_us, detector.detect_mat(&picture).unwrap()));
        }
    }
    found
}

fn site() -> SiteGeometry {
    #[derive(Deserialize)]
    struct Calibration {
        sensor: CameraModel,
    }
    let text = fs::read_to_string(repository("deploy/demo/vtest-camera.json")).unwrap();
    let Calibration { sensor } = serde_json::from_str(&text).unwrap();
    SiteGeometry {
        name: "plaza".into(),
        origin: Origin { lat_deg: 31.0, lon_deg: 120.0, ellipsoidal_height_m: 0.0 },
        sensors: vec![SensorModel::Camera(sensor)],
        lanes: Vec::new(),
    }
}

/// Where each person in the picture was, by id: seconds, metres east and north.
fn people(found: &[(i64, Vec<BoxDetection>)], threshold: f64) -> BTreeMap<u64, Vec<(f64, [f64; 2])>> {
    let site = site();
    let lifter = Lifter::new(&site, LiftSettings::default()).unwrap();
    let mut tracker = Tracker::new(&site, TrackerSettings::default()).unwrap();
    let mut paths: BTreeMap<u64, Vec<(f64, [f64; 2])>> = BTreeMap::new();
    for (at_us, boxes) in found {
        let boxes = boxes.iter().filter(|found| found.class != Class::Pedestrian || found.score >= threshold);
        let captured_at = UtcMicros(1_700_000_000_000_000 + at_us);
        let frame = CameraFrame { sensor: site.sensors[0].id().clone(), captured_at, boxes: boxes.copied().collect() };
        tracker.step(&lifter.lift(&SensorFrame::Camera(frame)).unwrap());
        for track in tracker.picture(captured_at).into_iter().filter(|track| track.class == Class::Pedestrian) {
            paths.entry(track.id).or_default().push((*at_us as f64 * 1e-6, track.position_enu_m));
        }
    }
    paths
}

/// The longest time within 1.2 m of a place, seconds.
fn stood_s(path: &[(f64, [f64; 2])]) -> f64 {
    let near = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) <= 1.2;
    let spans = (0..path.len()).map(|first| {
        let (from_s, place) = path[first];
        path[first..].iter().take_while(|(_, at)| near(*at, place)).last().map_or(0.0, |(until_s, _)| until_s - from_s)
    });
    spans.fold(0.0, f64::max)
}

#[test]
fn what_only_stands_about_leaves_the_picture() {
    let found = detect("models/nanodet", 2);
    let stood: Vec<f64> = people(&found, LOW_THRESHOLD).values().map(|path| stood_s(path)).collect();
    let longest_s = stood.iter().copied().fold(0.0, f64::max);
    // Things that are found again and again for half a minute and more; the rule takes them out 15 s after they last seemed
    // to move, and boxes jitter.
    assert!((13.0..20.0).contains(&longest_s), "{stood:?}");

    let walked = people(&found, THRESHOLD);
    assert!(walked.len() >= 9, "{walked:#?}");
    for (id, path) in &walked {
        let (first, last) = (path[0], path[path.len() - 1]);
        let farthest_m = path.iter().map(|(_, at)| (at[0] - first.1[0]).hypot(at[1] - first.1[1])).fold(0.0, f64::max);
        assert!(last.0 - first.0 < 5.0 || farthest_m > 3.0, "{id} stands from {} to {} s", first.0, last.0);
    }
}

fn iou(a: &BoxDetection, b: &BoxDetection) -> f64 {
    let w = (a.x_px + a.w_px).min(b.x_px + b.w_px) - a.x_px.max(b.x_px);
    let h = (a.y_px + a.h_px).min(b.y_px + b.h_px) - a.y_px.max(b.y_px);
    let both = w.max(0.0) * h.max(0.0);
    both / (a.w_px * a.h_px + b.w_px * b.h_px - both)
}

#[test]
fn in_integers_the_network_finds_what_it_finds_in_floats() {
    let (floats, integers) = (detect("models/nanodet", 40), detect("models/nanodet-int8", 40));
    let (mut all, mut missed) = (0, Vec::new());
    for ((at_us, boxes), (_, others)) in floats.iter().zip(&integers) {
        for found in boxes.iter().filter(|found| found.score >= 0.6) {
            all += 1;
            if !others.iter().any(|other| other.class == found.class && iou(found, other) >= 0.5) {
                missed.push((at_us, found));
            }
        }
    }
    assert!(all >= 50, "{all}");
    assert_eq!(missed, []);
}
