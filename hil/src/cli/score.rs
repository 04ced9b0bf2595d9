//! `hil score`: what a fused picture is worth.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use hil::score::{Settings, TruthRecording, read_tracks, read_truth, score, table};

use super::text::print;

/// Which files, and how near is near.
#[derive(Debug, Args)]
pub struct ScoreArgs {
    /// The pictures, as `rsu replay RECORDING --tracks TRACKS` writes them.
    tracks: PathBuf,
    /// The recording with its ground truth.
    recording: PathBuf,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// How far a track may be from its object, metres; also where HOTA's similarity ends.
    #[arg(long, default_value_t = Settings::default().gate_m)]
    gate_m: f64,
    /// GOSPA's cut-off c, metres.
    #[arg(long, default_value_t = Settings::default().gospa_cutoff_m)]
    cutoff_m: f64,
    /// How far from the site's origin objects are asked for, metres.
    #[arg(long, default_value_t = Settings::default().radius_m)]
    radius_m: f64,
}

/// Scores and prints.
///
/// # Errors
///
/// A file that cannot be read, or a distance that is none.
pub fn run(args: &ScoreArgs) -> anyhow::Result<()> {
    for (name, value_m) in [("gate-m", args.gate_m), ("cutoff-m", args.cutoff_m), ("radius-m", args.radius_m)] {
        if !(value_m > 0.0 && value_m.is_finite()) {
            bail!("--{name} must be above 0");
        }
    }
    let settings =
        Settings { gate_m: args.gate_m, gospa_cutoff_m: args.cutoff_m, radius_m: args.radius_m, ..Settings::default() };
    let pictures = read_tracks(&args.tracks)?;
    let TruthRecording { site, frames, .. } = read_truth(&args.recording)?;
    let score = score(&frames, &pictures, &settings);
    let text = if args.json {
        format!("{}\n", serde_json::to_string_pretty(&score)?)
    } else {
        let site = site.unwrap_or_else(|| args.recording.display().to_string());
        let (frames, bare) = (score.frames, score.frames_without_picture);
        format!("{}{site}: {frames} truth times, {bare} without a picture\n", table(&score))
    };
    print("score", &text)
}
