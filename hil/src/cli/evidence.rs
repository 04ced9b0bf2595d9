//! `hil evidence`: what a ghost model learns from.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use hil::score::{Settings, Track, TruthFrame, labels, read_truth};
use perception::align::{AlignSettings, Aligner};
use perception::detection::SensorFrame;
use perception::lift::{LiftSettings, Lifter};
use perception::time::UtcMicros;
use perception::track::{Evidence, Tracker, TrackerSettings};
use sensors::recording::{Item, RecordingReader};
use serde::Serialize;

/// Which recording, and where to.
#[derive(Debug, Args)]
pub struct EvidenceArgs {
    /// The recording with its ground truth.
    recording: PathBuf,
    /// JSON lines: first the names of the features, then one line for each candidate at each truth time.
    out: PathBuf,
}

#[derive(Serialize)]
struct Header {
    features: Vec<&'static str>,
}

#[derive(Serialize)]
struct Line {
    t_us: i64,
    id: u64,
    real: u8,
    features: Vec<f32>,
}

/// Replays and writes.
///
/// # Errors
///
/// A recording that cannot be read or has no truth or no site; a file that cannot be written.
pub fn run(args: &EvidenceArgs) -> anyhow::Result<()> {
    let mut frames = read_truth(&args.recording)?.frames;
    frames.sort_by_key(|frame| frame.t_us);
    let mut out =
        BufWriter::new(File::create(&args.out).with_context(|| format!("cannot write {}", args.out.display()))?);
    write_line(&mut out, &Header { features: Evidence::NAMES.to_vec() })?;
    let mut truth = frames.iter().peekable();
    let mut fusion: Option<Fusion> = None;
    for entry in RecordingReader::open(&args.recording)? {
        let recorded = entry.with_context(|| args.recording.display().to_string())?;
        let frame = match recorded.item {
            Item::Site(geometry) => {
                fusion = Some(Fusion {
                    aligner: Aligner::new(&geometry, AlignSettings::default()),
                    lifter: Lifter::new(&geometry, LiftSettings::default())?,
                    tracker: Tracker::new(&geometry, TrackerSettings::default())?,
                });
                continue;
            }
            Item::Camera(frame) => SensorFrame::Camera(frame),
            Item::Radar(scan) => SensorFrame::Radar(scan),
            _ => continue,
        };
        let Some(fusion) = &mut fusion else { bail!("{}: data before its /site", args.recording.display()) };
        while let Some(due) = truth.next_if(|frame| frame.t_us < recorded.arrived_at.0) {
            fusion.until(UtcMicros(due.t_us));
            write_candidates(&mut out, &fusion.tracker, due)?;
        }
        fusion.until(recorded.arrived_at);
        // One that is refused is not in the live picture either.
        let _ = fusion.aligner.push(recorded.arrived_at, frame);
        fusion.until(recorded.arrived_at);
    }
    out.flush().context("writing the output")
}

/// As in the pipeline, without what comes after the tracker.
struct Fusion {
    aligner: Aligner,
    lifter: Lifter,
    tracker: Tracker,
}

impl Fusion {
    fn until(&mut self, now: UtcMicros) {
        while let Some(due) = self.aligner.next_deadline().filter(|due| *due < now) {
            self.fuse(due);
            // A deadline that nothing came of must not hold up the others for ever.
            if self.aligner.next_deadline() == Some(due) {
                break;
            }
        }
        self.fuse(now);
        self.tracker.advance(now);
    }

    fn fuse(&mut self, now: UtcMicros) {
        while let Some(frame) = self.aligner.pop_ready(now) {
            if let Ok(scan) = self.lifter.lift(&frame) {
                self.tracker.step(&scan);
            }
        }
    }
}

fn write_candidates(out: &mut impl Write, tracker: &Tracker, truth: &TruthFrame) -> anyhow::Result<()> {
    let candidates = tracker.candidates(UtcMicros(truth.t_us));
    let tracks: Vec<Track> = candidates.iter().map(|(track, _)| Track::from(track)).collect();
    let shown: Vec<bool> = candidates.iter().map(|(_, evidence)| evidence.shown).collect();
    let labels = labels(truth, &tracks, &shown, &Settings::default());
    for ((track, evidence), label) in candidates.iter().zip(labels) {
        let Some(real) = label else { continue };
        let features = evidence.values().to_vec();
        write_line(out, &Line { t_us: truth.t_us, id: track.id, real: u8::from(real), features })?;
    }
    Ok(())
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, line).context("writing the output")?;
    out.write_all(b"\n").context("writing the output")
}
