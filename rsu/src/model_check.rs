//! Whether a model would do at a site: it is the one that its description says, loads, knows what the present one knows, sees
//! nothing in a blank picture, and is not blind where the present one sees road users.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use inference::{BgrImage, Detector, ModelFile};
use sensors::LatestFrame;
use sensors::camera::CameraSource;

use crate::clock::Clock;
use crate::config::{Camera, Site};
use crate::sensing;

/// A pixel of the blank picture: middle grey.
const BLANK: u8 = 114;
/// Frames of each camera that both models look at, and how long one may take to come.
const FRAMES: usize = 10;
const FRAME_WAIT: Duration = Duration::from_secs(5);
/// Fewer road users, over all these frames, prove nothing.
const ENOUGH: usize = 10;
/// One that sees less than this share of what the present one sees is blind. A guess: what the present one sees may be wrong.
const LEAST_SHARE: f64 = 0.25;

/// Loads it and tries it, on a blank picture and on the next frames of each camera that gives some. A network is native code's
/// input: whoever is afraid of it does so in a process of its own.
///
/// # Errors
/// Why it would not do.
pub fn try_model(site: &Site, folder: &Path) -> anyhow::Result<()> {
    let settings = site.detector.as_ref().context("the site has no detector")?;
    let model = ModelFile::load(folder)?;
    // One that can't be read has nothing to lose.
    let present = ModelFile::load(&settings.model).ok();
    if let Some(present) = &present {
        let lost = present.classes.keys().filter(|class| !model.classes.contains_key(class));
        let lost: Vec<&str> = lost.map(|class| class.as_str()).collect();
        ensure!(lost.is_empty(), "{} does not know what the present model knows: {}", model.name, lost.join(", "));
    }
    let mut detector = sensing::detector(settings, &model)?;
    for camera in &site.cameras {
        let found = look_at_nothing(&mut detector, camera).with_context(|| format!("camera {}", camera.model.id))?;
        ensure!(found == 0, "{} sees {found} things in a blank picture", model.name);
    }
    let Some(mut present) = present.and_then(|present| sensing::detector(settings, &present).ok()) else {
        return Ok(());
    };
    for camera in &site.cameras {
        let id = &camera.model.id;
        let [before, after] = both_look(&mut present, &mut detector, camera).with_context(|| format!("camera {id}"))?;
        let is_blind = before >= ENOUGH && (after as f64) < LEAST_SHARE * before as f64;
        ensure!(!is_blind, "camera {id}: {} sees {after} where the present model sees {before}", model.name);
    }
    Ok(())
}

fn look_at_nothing(detector: &mut Detector, camera: &Camera) -> anyhow::Result<usize> {
    let (width_px, height_px) = (camera.model.width_px, camera.model.height_px);
    let blank = vec![BLANK; width_px as usize * height_px as usize * 3];
    Ok(detector.detect(&BgrImage::new(width_px, height_px, &blank)?)?.len())
}

/// How many road users each of two models sees, over the same frames; none of a camera that gives none.
fn both_look(one: &mut Detector, other: &mut Detector, camera: &Camera) -> anyhow::Result<[usize; 2]> {
    let (frames, clock) = (Arc::new(LatestFrame::new()), Clock::new());
    let _source = CameraSource::start(sensing::camera_config(camera), Arc::new(move || clock.now()), frames.clone())?;
    let mut seen = [0, 0];
    for _ in 0..FRAMES {
        let Some(frame) = frames.take_timeout(FRAME_WAIT) else { break };
        seen[0] += one.detect_mat(&frame.mat)?.len();
        seen[1] += other.detect_mat(&frame.mat)?.len();
    }
    Ok(seen)
}
