//! The shipped model on real footage: PETS 2009, view 1, as `vtest.avi` of Debian's `opencv-doc`.
//!
//! The expected boxes were drawn by eye on frames with a grid over them, to a few pixels, and not taken from any
//! detector. In every frame the same things stand about that detectors like to take for people: a traffic cone at
//! (164, 188), a rock at (162, 252), a cone at (289, 190) and a board on posts at (740, 134).

#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use inference::{DetectError, Detector, DetectorSettings, ModelFile};
use opencv::core::{Mat, Rect};
use opencv::prelude::*;
use opencv::videoio::{CAP_FFMPEG, VideoCapture};
use perception::detection::{BoxDetection, Class};

/// Left, top, width, height, pixels.
type Ltwh = [f64; 4];

const STANDING_THINGS: [Ltwh; 4] =
    [[164.0, 188.0, 15.0, 20.0], [162.0, 252.0, 30.0, 26.0], [289.0, 190.0, 18.0, 23.0], [740.0, 134.0, 28.0, 70.0]];
/// Parked in every frame; a van, which COCO knows as car or truck.
const PARKED_VAN: Ltwh = [652.0, 44.0, 72.0, 56.0];
/// Parked in every frame, cut by the picture's right edge.
const PARKED_CAR: Ltwh = [735.0, 51.0, 33.0, 43.0];

const PEOPLE_IN_FRAME_0: [Ltwh; 3] =
    [[254.0, 220.0, 29.0, 87.0], [500.0, 158.0, 30.0, 74.0], [640.0, 241.0, 45.0, 81.0]];
const PEOPLE_IN_FRAME_400: [Ltwh; 3] =
    [[273.0, 201.0, 29.0, 84.0], [591.0, 141.0, 26.0, 62.0], [688.0, 301.0, 55.0, 109.0]];
const PEOPLE_IN_FRAME_650: [Ltwh; 6] = [
    [143.0, 150.0, 21.0, 69.0],
    [224.0, 157.0, 16.0, 65.0],
    [318.0, 158.0, 30.0, 71.0],
    [470.0, 226.0, 30.0, 87.0],
    [640.0, 194.0, 29.0, 87.0],
    [334.0, 371.0, 48.0, 143.0],
];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn model() -> ModelFile {
    ModelFile::load(&repository("models/nanodet")).unwrap_or_else(|error| panic!("{error}"))
}

fn settings() -> DetectorSettings {
    let library = repository(".cache/onnxruntime");
    DetectorSettings { runtime_library: library.is_dir().then_some(library), ..DetectorSettings::default() }
}

fn detector(settings: DetectorSettings) -> Detector {
    Detector::new(&model(), settings).unwrap_or_else(|error| panic!("{error}"))
}

/// The frame with this number, from 0.
fn frame(number: usize) -> Mat {
    let places =
        [repository(".cache/video/vtest.avi"), PathBuf::from("/usr/share/doc/opencv-doc/examples/data/vtest.avi")];
    let path = places.iter().find(|path| path.is_file()).expect("the video vtest.avi is missing: run `make setup`");
    let mut video = VideoCapture::from_file(path.to_str().unwrap(), CAP_FFMPEG).unwrap();
    assert!(video.is_opened().unwrap(), "{} cannot be opened: run `make setup`", path.display());
    for before in 0..number {
        assert!(video.grab().unwrap(), "the video ends at frame {before}");
    }
    let mut picture = Mat::default();
    assert!(video.read(&mut picture).unwrap(), "the video has no frame {number}");
    assert_eq!((picture.cols(), picture.rows()), (768, 576));
    picture
}

fn ltwh(found: &BoxDetection) -> Ltwh {
    [found.x_px, found.y_px, found.w_px, found.h_px]
}

fn iou(a: Ltwh, b: Ltwh) -> f64 {
    let side = |i: usize| ((a[i] + a[i + 2]).min(b[i] + b[i + 2]) - a[i].max(b[i])).max(0.0);
    let both = side(0) * side(1);
    both / (a[2] * a[3] + b[2] * b[3] - both)
}

fn people(boxes: &[BoxDetection]) -> Vec<BoxDetection> {
    boxes.iter().filter(|found| found.class == Class::Pedestrian).copied().collect()
}

/// Each expected thing has a box of its own that overlaps it by half or more.
fn assert_found(boxes: &[BoxDetection], expected: &[Ltwh]) {
    let mut left: Vec<Ltwh> = boxes.iter().map(ltwh).collect();
    for &thing in expected {
        let best = (0..left.len()).max_by(|&a, &b| iou(left[a], thing).total_cmp(&iou(left[b], thing)));
        match best.filter(|&i| iou(left[i], thing) >= 0.5) {
            Some(i) => drop(left.swap_remove(i)),
            None => panic!("nothing found at {thing:?}; found {boxes:#?}"),
        }
    }
}

fn assert_sound(boxes: &[BoxDetection], width: f64, height: f64) {
    for found in boxes {
        assert!(found.x_px >= 0.0 && found.y_px >= 0.0 && found.w_px >= 1.0 && found.h_px >= 1.0, "{found:?}");
        assert!(found.x_px + found.w_px <= width + 1e-9 && found.y_px + found.h_px <= height + 1e-9, "{found:?}");
        assert!(found.score > 0.0 && found.score <= 1.0, "{found:?}");
    }
    assert!(boxes.windows(2).all(|pair| pair[0].score >= pair[1].score), "not sorted by score");
}

#[test]
fn people_are_found_where_they_are_and_nowhere_else() {
    let mut detector = detector(settings());
    for (number, expected) in
        [(0, &PEOPLE_IN_FRAME_0[..]), (400, &PEOPLE_IN_FRAME_400[..]), (650, &PEOPLE_IN_FRAME_650[..])]
    {
        let boxes = detector.detect_mat(&frame(number)).unwrap();
        assert_sound(&boxes, 768.0, 576.0);
        let people = people(&boxes);
        assert_found(&people, expected);
        assert!(people.len() <= expected.len() + 1, "frame {number}: {people:#?}");
        for thing in STANDING_THINGS {
            assert!(people.iter().all(|found| iou(ltwh(found), thing) < 0.3), "frame {number}: a person at {thing:?}");
        }
        let two_wheelers = boxes.iter().filter(|found| matches!(found.class, Class::Bicycle | Class::Motorcycle));
        assert_eq!(two_wheelers.count(), 0, "frame {number}: there is no bicycle or motorcycle");
    }
}

#[test]
fn the_parked_vehicles_are_found_once_each() {
    let mut detector = detector(settings());
    for number in [0, 400, 650] {
        let boxes = detector.detect_mat(&frame(number)).unwrap();
        let vehicles: Vec<BoxDetection> = boxes
            .into_iter()
            .filter(|found| matches!(found.class, Class::Car | Class::Van | Class::Truck | Class::Bus))
            .collect();
        assert_found(&vehicles, &[PARKED_VAN, PARKED_CAR]);
        assert_eq!(vehicles.len(), 2, "frame {number}: {vehicles:#?}");
    }
}

#[test]
fn the_lawn_is_empty() {
    // Left of the lamp and below the road; on it lie two yellow jackets, and nobody stands on it in these frames.
    let mut detector = detector(settings());
    for number in [0, 150, 400] {
        for found in detector.detect_mat(&frame(number)).unwrap() {
            let (x, y) = (found.x_px + found.w_px / 2.0, found.y_px + found.h_px / 2.0);
            assert!(!(x < 420.0 && y > 400.0), "frame {number}: {found:?} on the lawn");
        }
    }
}

#[test]
fn in_a_crowd_the_count_is_about_right() {
    // Eight people, one of them half hidden behind another and behind the sign.
    let boxes = detector(settings()).detect_mat(&frame(150)).unwrap();
    let count = people(&boxes).len();
    assert!((7..=9).contains(&count), "{count} people instead of 8: {boxes:#?}");
}

#[test]
fn a_wide_cut_out_gives_the_same_people_moved_by_the_cut() {
    // 760 x 260 fills less of the square input, so the padding is another; and a cut-out's rows have gaps.
    let whole = frame(650);
    let top_px = 135;
    let cut = Mat::roi(&whole, Rect::new(0, top_px, 760, 260)).unwrap();
    assert!(!cut.is_continuous());
    let boxes = detector(settings()).detect_mat(&cut).unwrap();
    assert_sound(&boxes, 760.0, 260.0);
    let inside = PEOPLE_IN_FRAME_650[..5].iter().map(|&[x, y, w, h]| [x, y - f64::from(top_px), w, h]);
    assert_found(&people(&boxes), &inside.collect::<Vec<_>>());
}

#[test]
fn the_same_picture_gives_the_same_boxes_whatever_came_before() {
    let (first, other) = (frame(0), frame(650));
    let mut used = detector(settings());
    let before = used.detect_mat(&first).unwrap();
    used.detect_mat(&other).unwrap();
    assert_eq!(used.detect_mat(&first).unwrap(), before);
    assert_eq!(detector(settings()).detect_mat(&first).unwrap(), before);
}

#[test]
fn thresholds_can_be_set_by_class() {
    let picture = frame(0);
    // Low enough for the standing things to appear, which is what the model's own threshold is there to prevent.
    let low = DetectorSettings { thresholds: BTreeMap::from([(Class::Pedestrian, 0.25)]), ..settings() };
    let boxes = detector(low).detect_mat(&picture).unwrap();
    assert!(people(&boxes).iter().any(|found| iou(ltwh(found), STANDING_THINGS[0]) > 0.5), "{boxes:#?}");
    assert_found(&people(&boxes), &PEOPLE_IN_FRAME_0);

    let high = DetectorSettings { thresholds: BTreeMap::from([(Class::Pedestrian, 0.99)]), ..settings() };
    let boxes = detector(high).detect_mat(&picture).unwrap();
    assert!(people(&boxes).is_empty() && !boxes.is_empty(), "only the vehicles are left: {boxes:#?}");

    for (class, threshold, problem) in [
        (Class::Car, 0.0, "is 0, must be above 0"),
        (Class::Car, f64::NAN, "NaN"),
        (Class::Van, 0.5, "van: the model nanodet-g-416 does not know this class"),
    ] {
        let wrong = DetectorSettings { thresholds: BTreeMap::from([(class, threshold)]), ..settings() };
        let error = Detector::new(&model(), wrong).unwrap_err();
        assert!(matches!(error, DetectError::Setting { .. }) && error.to_string().contains(problem), "{error}");
        assert!(error.to_string().starts_with("detector setting thresholds."), "{error}");
    }
}

/// A copy of the model with `model.toml` changed, removed at the end.
struct ChangedModel(PathBuf);

impl ChangedModel {
    fn new(name: &str, from: &str, to: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("lukou-changed-{name}-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let description = fs::read_to_string(repository("models/nanodet/model.toml")).unwrap();
        assert!(description.contains(from), "{from}");
        fs::write(directory.join("model.toml"), description.replace(from, to)).unwrap();
        fs::copy(repository("models/nanodet/model.onnx"), directory.join("model.onnx")).unwrap();
        Self(directory)
    }
}

impl Drop for ChangedModel {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_description_that_does_not_fit_the_network_is_refused() {
    for (name, from, to, problem) in [
        (
            "input",
            "name = \"image\"",
            "name = \"picture\"",
            "input.name is `picture`, but the network's input is `image`",
        ),
        ("size", "width_px = 416", "width_px = 320", "`input` describes float32 [1, 3, 416, 320]"),
        ("output", "\"boxes_32\"]", "\"boxes_64\"]", "decoder.outputs has `boxes_64`, but the network's outputs are"),
    ] {
        let changed = ChangedModel::new(name, from, to);
        let model = ModelFile::load(&changed.0).unwrap();
        let error = Detector::new(&model, settings()).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
}

#[test]
fn outputs_that_the_decoder_cannot_read_are_an_error_and_no_panic() {
    let picture = frame(0);
    for (name, from, to) in [
        ("order", "\"scores_8\", \"scores_16\"", "\"scores_16\", \"scores_8\""),
        ("classes", "class_count = 80", "class_count = 90"),
        ("strides", "strides_px = [8, 16, 32]", "strides_px = [32, 16, 8]"),
    ] {
        let changed = ChangedModel::new(name, from, to);
        let model = ModelFile::load(&changed.0).unwrap();
        let mut detector = Detector::new(&model, settings()).unwrap();
        let error = detector.detect_mat(&picture).unwrap_err().to_string();
        assert!(error.contains("nanodet-g-416: output `scores_"), "{error}");
    }
}

#[test]
fn a_network_of_another_kind_of_file_is_refused() {
    let changed = ChangedModel::new("bytes", "ff482490a28b4354", "ff482490a28b4355");
    let error = ModelFile::load(&changed.0).unwrap_err().to_string();
    assert!(error.contains("model.onnx: sha256 is ff482490a28b4354"), "{error}");
    // Honestly described, but no network at all.
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let whole = "ff482490a28b4354a47efce057572b3dee7ec5f16c78a75bc633b05b3e174134";
    let changed = ChangedModel::new("empty", whole, nothing);
    fs::write(changed.0.join("model.onnx"), b"").unwrap();
    let error = Detector::new(&ModelFile::load(&changed.0).unwrap(), settings()).unwrap_err();
    assert!(matches!(error, DetectError::Network { .. }), "{error}");
}
