//! `hil conflicts`: how true conflicts and hard brakings are, one by one.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use hil::score::{ToldConflict, TruthRecording, ideal_conflicts, read_truth, score_conflicts};

use super::text::{print, read_lines};

/// Which files.
#[derive(Debug, Args)]
pub struct ConflictsArgs {
    /// What was told, as `rsu replay RECORDING --conflicts CONFLICTS` writes it.
    conflicts: PathBuf,
    /// The recording with its ground truth.
    recording: PathBuf,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// Compares and prints.
///
/// # Errors
/// A file that cannot be read.
pub fn run(args: &ConflictsArgs) -> anyhow::Result<()> {
    let told: Vec<ToldConflict> = read_lines(&args.conflicts)?;
    let TruthRecording { lanes, frames, .. } = read_truth(&args.recording)?;
    let score = score_conflicts(&told, &ideal_conflicts(&lanes, &frames));
    let text = if args.json {
        format!("{}\n", serde_json::to_string_pretty(&score)?)
    } else {
        let mut text = "figure           told  true  right  precision  recall    F1\n".to_owned();
        let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.2}"));
        for (figure, tally) in &score {
            let [precision, recall, f1] = [tally.precision(), tally.recall(), tally.f1()].map(share);
            writeln!(
                text,
                "{figure:<15} {:>5} {:>5}  {:>5}  {precision:>9}  {recall:>6}  {f1:>4}",
                tally.told, tally.true_ones, tally.right
            )?;
        }
        text
    };
    print("comparison", &text)
}
