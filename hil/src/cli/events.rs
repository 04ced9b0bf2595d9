//! `hil events`: what the events that were said are worth.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use hil::recorder::incidents::Incident;
use hil::score::{Tally, ToldEvent, natural_incidents, read_truth, tally};
use perception::events::EventKind;
use serde::Deserialize;

use super::text::read_lines;

/// Which files.
#[derive(Debug, Args)]
pub struct EventsArgs {
    /// The events, as `rsu replay RECORDING --events FILE` writes them; several recordings are summed up.
    #[arg(required = true)]
    events: Vec<PathBuf>,
    /// What was done in them, as `hil record --incidents FILE` writes it, in the same order; without: everything is a false
    /// alarm.
    #[arg(long, value_name = "FILE")]
    incidents: Vec<PathBuf>,
    /// The recordings, in the same order: what happened in them by itself (speeding, spill-back, congestion, near misses) is no
    /// false alarm then.
    #[arg(long, value_name = "RECORDING")]
    truth: Vec<PathBuf>,
    /// How long each recording is, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0)]
    length_s: f64,
    /// Time of the first step, as `hil record --start` had it.
    #[arg(long, value_name = "SECONDS", default_value_t = 1_800_000_000)]
    start: u32,
}

#[derive(Deserialize)]
struct Line {
    kind: EventKind,
    number: u8,
    began_at_us: i64,
    east_m: f64,
    north_m: f64,
    lane: Option<String>,
}

/// Counts and prints a table.
///
/// # Errors
/// A file that cannot be read.
pub fn run(args: &EventsArgs) -> anyhow::Result<()> {
    for (what, files) in [("incidents", &args.incidents), ("truth", &args.truth)] {
        if !files.is_empty() && files.len() != args.events.len() {
            bail!("{} files of events and {} of {what}", args.events.len(), files.len());
        }
    }
    let hours = args.length_s * args.events.len() as f64 / 3600.0;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{hours:.2} h\nkind                 done  told  recall  natural  false  per hour")?;
    let mut recordings = Vec::new();
    for (index, path) in args.events.iter().enumerate() {
        let incidents: Vec<Incident> =
            args.incidents.get(index).map(|path| read_lines(path)).transpose()?.unwrap_or_default();
        let truth = args.truth.get(index).map(|path| read_truth(path)).transpose()?;
        let natural = truth.as_ref().map(natural_incidents).unwrap_or_default();
        let mut lines: Vec<Line> = read_lines(path)?;
        // The first line of an incident has where it was recognised.
        let mut seen = std::collections::BTreeSet::new();
        lines.retain(|line| seen.insert((line.number, line.began_at_us)));
        let since_s = |us: i64| (us - i64::from(args.start) * 1_000_000) as f64 * 1e-6;
        let event = |line: Line| ToldEvent {
            kind: line.kind,
            began_s: since_s(line.began_at_us),
            place_enu_m: [line.east_m, line.north_m],
            lane: line.lane,
        };
        let events: Vec<_> = lines.into_iter().map(event).collect();
        recordings.push((incidents, natural, events));
    }
    for kind in EventKind::ALL {
        let mut all = Tally::default();
        for (incidents, natural, events) in &recordings {
            all.absorb(tally(kind, incidents, natural, events));
        }
        let Tally { done, told, natural, false_alarms } = all;
        let recall = if done > 0 { format!("{:.2}", f64::from(told) / f64::from(done)) } else { "-".to_owned() };
        let per_hour = f64::from(false_alarms) / hours;
        writeln!(
            out,
            "{:<20} {done:>4}  {told:>4}  {recall:>6}  {natural:>7}  {false_alarms:>5}  {per_hour:>8.1}",
            kind.as_str()
        )?;
    }
    Ok(())
}
