//! The fused picture of a whole recording against its truth: what was reached must not be lost.
//!
//! `recordings/junction-dropout.mcap`: a minute of a simulated signalised junction, four poles with a camera and a radar
//! each, one pole silent for ten seconds.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use hil::score::{ClassScore, PictureFrame, Settings, Track, read_truth, score};
use perception::time::UtcMicros;
use perception::track::SensorHealth;
use rsu::pipeline::Output;
use support::{play, sensed};

fn recording() -> PathBuf {
    support::recording("junction-dropout.mcap")
}

/// Score and what was found of the sensors, as `rsu replay` and `hil score` would have it.
fn fuse(path: &Path) -> (ClassScore, Vec<SensorHealth>) {
    let (mut pictures, mut health) = (Vec::new(), Vec::new());
    play(path, sensed, |output| match output {
        Output::Picture(picture) => pictures.push(frame(picture.at, &picture.tracks)),
        Output::Sensors(sensors) => health = sensors,
        _ => {}
    });
    let truth = read_truth(path).expect("with truth").frames;
    (score(&truth, &pictures, &Settings::default()).all, health)
}

fn frame(at: UtcMicros, tracks: &[perception::lanes::LocatedTrack]) -> PictureFrame {
    PictureFrame { t_us: at.0, tracks: tracks.iter().map(|located| Track::from(&located.track)).collect() }
}

fn hota(score: &ClassScore) -> f64 {
    score.hota.as_ref().map_or(0.0, |hota| hota.hota)
}

#[test]
fn a_minute_at_a_junction_with_a_pole_silent_for_ten_seconds() {
    let (score, health) = fuse(&recording());
    // Measured: HOTA 0.947, IDF1 0.970, GOSPA 2.4 m, 4 switches, 0.23 m, NEES 0.95.
    assert!(hota(&score) > 0.93, "{score:#?}");
    assert!(score.identity.idf1.is_some_and(|idf1| idf1 > 0.95), "{score:#?}");
    assert!(score.gospa.as_ref().is_some_and(|gospa| gospa.mean_m < 2.8), "{score:#?}");
    assert!(score.clear.id_switches <= 10, "{score:#?}");
    assert!(score.errors.position_rmse_m.is_some_and(|rmse_m| rmse_m < 0.3), "{score:#?}");
    assert!(score.errors.nees.is_some_and(|nees| (0.8..2.0).contains(&nees)), "{score:#?}");
    for found in &health {
        assert!(found.turn_rad.iter().all(|turn| turn.abs() < 0.004), "nobody was turned: {found:?}");
        assert!(found.clock_ahead_s.abs() < 0.03, "all clocks were right: {found:?}");
    }
}

#[test]
fn a_turned_camera_and_a_clock_that_is_ahead_are_found_and_put_right() {
    let spoilt = spoil(&["--yaw", "cam-1=0.6", "--clock", "cam-4=0.12"]);
    let (score, health) = fuse(&spoilt);
    std::fs::remove_file(&spoilt).expect("written above");
    assert!(hota(&score) > 0.9, "{score:#?}");
    let of = |name: &str| health.iter().find(|found| &*found.sensor == name).expect("a sensor of the site");
    let yaw_deg = of("cam-1").turn_rad[1].to_degrees().abs();
    // A part of it within 40 s, as a clock is wrong at the same time; the radar beside it takes the rest. Measured: 0.17°.
    assert!((0.12..0.75).contains(&yaw_deg), "{yaw_deg}°");
    assert!((0.06..0.15).contains(&of("cam-4").clock_ahead_s), "{:?}", of("cam-4"));
}

/// The recording with faults put in by `hil fault`, in a file of its own.
fn spoil(faults: &[&str]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("lukou-fusion-{}.mcap", std::process::id()));
    let mut hil = Command::new(env!("CARGO_BIN_EXE_hil"));
    let status = hil.arg("fault").arg(recording()).arg(&path).args(faults).status().expect("hil runs");
    assert!(status.success());
    path
}
