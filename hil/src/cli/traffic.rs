//! `hil traffic`: how true the service's traffic windows are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use cloud_bridge::schema::Traffic;
use hil::score::{
    CountedWindow, Summary, TrafficScore, TruthRecording, compare_kerbs, compare_signals, ideal_safety, kerb_truth,
    read_truth, score_safety, score_traffic, sections_m, signal_summaries, signal_truth, traffic_truth,
};
use perception::frames::SiteFrame;
use rsu::config::Site;

use super::text::{print, read_lines};

/// Which files, and which windows.
#[derive(Debug, Args)]
pub struct TrafficArgs {
    /// The windows, as `rsu replay RECORDING --traffic TRAFFIC` writes them.
    traffic: PathBuf,
    /// The recording with its ground truth.
    recording: PathBuf,
    /// The site that was given to `rsu replay`: crosswalks are compared as well.
    #[arg(long)]
    site: Option<PathBuf>,
    /// Length of the windows to compare, seconds.
    #[arg(long, default_value_t = 300)]
    window_s: u32,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

/// Compares and prints.
///
/// # Errors
/// A file that cannot be read, or no window of that length.
pub fn run(args: &TrafficArgs) -> anyhow::Result<()> {
    let windows: Vec<CountedWindow> = read_lines(&args.traffic)?;
    let asked_for = windows.into_iter().filter(|window| window.traffic.window_s == Some(args.window_s));
    let windows: BTreeMap<i64, Traffic> = asked_for.map(|window| (window.from_us, window.traffic)).collect();
    let recording = read_truth(&args.recording)?;
    let sections_m = sections_m(&windows);
    let TruthRecording { origin, lanes, frames, .. } = &recording;
    let truth = traffic_truth(lanes, frames, args.window_s, &sections_m);
    let mut score = score_traffic(&windows, &truth, args.window_s);
    score.signals = compare_signals(&windows, &signal_truth(&recording, args.window_s, &sections_m));
    score.summary.extend(signal_summaries(&score.signals));
    (score.safety, score.hard_braking) = score_safety(&windows, &ideal_safety(lanes, frames, args.window_s));
    if let Some(site) = &args.site {
        let origin =
            origin.as_ref().with_context(|| format!("{}: its /site has no origin", args.recording.display()))?;
        let crosswalks = rsu::assess::crosswalks(&Site::load(site)?.map, &SiteFrame::new(*origin));
        score.crosswalks = compare_kerbs(&windows, &kerb_truth(&crosswalks, frames, args.window_s));
    }
    if score.lanes.is_empty() {
        bail!("no window of {} s is in both files", args.window_s);
    }
    let text = if args.json { format!("{}\n", serde_json::to_string_pretty(&score)?) } else { table(&score) };
    print("comparison", &text)
}

fn table(score: &TrafficScore) -> String {
    let mut text = format!(
        "{:<12} {:>5} {:>5} {:>12} {:>12} {:>14} {:>6}\n",
        "lane", "count", "true", "m/s", "m/s section", "occupancy", "queue"
    );
    let value = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
    for lane in &score.lanes {
        let pair = |pair: [Option<f64>; 2]| format!("{} {}", value(pair[0]), value(pair[1]));
        text += &format!(
            "{:<12} {:>5} {:>5} {:>12} {:>12} {:>14} {:>6}\n",
            lane.lane,
            lane.vehicles[0],
            lane.vehicles[1],
            pair(lane.time_mean_speed_mps),
            pair(lane.space_mean_speed_mps),
            pair(lane.occupancy),
            format!("{} {}", lane.queue_max[0], lane.queue_max[1]),
        );
    }
    for movement in &score.movements {
        text += &format!(
            "{} > {}: {} of {}\n",
            movement.from_link, movement.to_link, movement.vehicles[0], movement.vehicles[1]
        );
    }
    for (kind, conflicts) in &score.safety {
        let ([ttc, ttc_true], [pet, pet_true]) = (conflicts.ttc, conflicts.pet);
        text += &format!(
            "conflicts, {kind}: {ttc} of {ttc_true} by time to collision, {pet} of {pet_true} by encroachment\n"
        );
    }
    text += &format!("hard braking: {} of {}\n", score.hard_braking[0], score.hard_braking[1]);
    for signal in &score.signals {
        let pair = |[told, was]: [u32; 2]| format!("{told} of {was}");
        let ratios = |[told, was]: [Option<f64>; 2]| format!("{}, true {}", value(told), value(was));
        text += &format!(
            "signal group {}: arrivals {}, {} paired, on green {}; splits {}, failures {}; occupied green {}, red {}\n",
            signal.group,
            pair(signal.arrivals),
            signal.arrivals_paired,
            pair(signal.arrivals_on_green),
            pair(signal.splits),
            pair(signal.split_failures),
            ratios(signal.green_occupancy_ratio),
            ratios(signal.red_occupancy_ratio)
        );
    }
    for crosswalk in &score.crosswalks {
        let pair = |pair: [Option<f64>; 2]| format!("{} s, true {} s", value(pair[0]), value(pair[1]));
        let [counted, was] = crosswalk.pedestrians;
        text += &format!(
            "crosswalk {}: {counted} of {was} on foot, delay mean {}, longest {}\n",
            crosswalk.crosswalk,
            pair(crosswalk.delay_mean_s),
            pair(crosswalk.delay_max_s)
        );
    }
    text += &format!("\n{:<18}{}\n", "figure", Summary::HEADS);
    for (name, summary) in &score.summary {
        text += &format!("{name:<18}{summary}\n");
    }
    text
}
