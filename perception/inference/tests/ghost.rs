//! The shipped ghost model, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};

use inference::GhostModel;
use perception::detection::Class;
use perception::track::Evidence;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn load(folder: &Path) -> Result<GhostModel, String> {
    let library = repository(".cache/onnxruntime");
    GhostModel::load(folder, library.is_dir().then_some(library).as_deref()).map_err(|error| error.to_string())
}

/// A car that two cameras and a radar have followed for ten seconds.
fn car() -> Evidence {
    Evidence {
        shown: true,
        in_lane: true,
        age_s: 10.0,
        unseen_s: Some(0.05),
        has_moved: true,
        camera_hits: 15.0,
        radar_hits: 5.0,
        hits: 200.0,
        radar_share: 0.25,
        mean_score: 0.8,
        log_odds: 5.0,
        speed_mps: 10.0,
        velocity_sigma_mps: 0.3,
        position_sigma_m: 0.2,
        class: Class::Car,
        class_probability: 1.0,
        rcs_off_db: Some(0.0),
        cameras_now: 2.0,
        radars_now: 1.0,
        cameras_in_view: 2.0,
        radars_in_view: 2.0,
        sensor_distance_m: 40.0,
        gap: 4.0,
        ..Evidence::default()
    }
}

/// A post that one radar hears now and then.
fn post() -> Evidence {
    Evidence {
        is_thing: true,
        age_s: 30.0,
        unmeasured_s: 0.5,
        still_s: 30.0,
        radar_hits: 1.0,
        radar_misses: 0.5,
        camera_misses: 3.0,
        hits: 40.0,
        radar_share: 1.0,
        mean_score: 0.5,
        log_odds: 0.0,
        velocity_sigma_mps: 0.2,
        position_sigma_m: 0.3,
        standing: 1.0,
        rcs_off_db: Some(-5.0),
        cameras_in_view: 2.0,
        radars_in_view: 2.0,
        sensor_distance_m: 40.0,
        gap: 4.0,
        ..Evidence::default()
    }
}

#[test]
fn a_car_is_real_and_a_post_is_not_in_batches_of_any_size() {
    let mut model = load(&repository("models/ghost")).unwrap();
    let thresholds = model.thresholds();
    assert!(model.score(&[]).unwrap().is_empty());
    let many: Vec<Evidence> = [car(), post()].into_iter().cycle().take(301).collect();
    let scores = model.score(&many).unwrap();
    assert_eq!(scores.len(), 301);
    for pair in scores.chunks(2) {
        assert!(pair[0] > thresholds.show, "{pair:?}");
        assert!(pair.get(1).is_none_or(|post| *post < thresholds.keep), "{pair:?}");
    }
}

#[test]
fn a_model_of_other_features_or_bytes_is_refused_with_the_place() {
    let folder = std::env::temp_dir().join(format!("lukou-ghost-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let text = fs::read_to_string(repository("models/ghost/model.toml")).unwrap();
    fs::copy(repository("models/ghost/model.onnx"), folder.join("model.onnx")).unwrap();
    let refused = |text: &str| {
        fs::write(folder.join("model.toml"), text).unwrap();
        load(&folder).unwrap_err()
    };
    let features = refused(&text.replace("\"in_lane\"", "\"on_lane\""));
    assert!(features.contains("`features`") && features.contains("place 2"), "{features}");
    let keep = refused(&text.replace("keep = 0.4", "keep = 1.4"));
    assert!(keep.contains("thresholds.keep"), "{keep}");
    let output = refused(&text.replace("output = \"real\"", "output = \"unreal\""));
    assert!(output.contains("`unreal`"), "{output}");
    fs::write(folder.join("model.onnx"), b"another").unwrap();
    assert!(refused(&text).contains("sha256"));
    fs::remove_dir_all(&folder).unwrap();
}
