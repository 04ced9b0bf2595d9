//! `hil parking`: a simulated car park, and how much of what was said of it is true.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use hil::parking::score::{BayScore, Said, score};
use hil::parking::{BayTruth, ORIGIN, Played, Script, play};
use hil::recorder::signals::Signals;
use hil::recorder::simulate;
use hil::recorder::weather::Weather;
use perception::time::UtcMicros;

use super::text::{print, read_lines};

/// What is wanted.
#[derive(Debug, Args)]
pub struct ParkingArgs {
    #[command(subcommand)]
    command: ParkingCommand,
}

#[derive(Debug, Subcommand)]
enum ParkingCommand {
    /// Make a recording of a car park (lot.mcap), its site (site.toml, map.geojson) and its truth (truth.jsonl).
    Make(MakeArgs),
    /// Compare what `rsu replay --parking` wrote with the truth.
    Score(ScoreArgs),
}

#[derive(Debug, Args)]
struct MakeArgs {
    /// The folder to write; must not exist.
    out: PathBuf,
    /// How long, minutes.
    #[arg(long, default_value_t = 30)]
    minutes: u32,
    /// Bays of each of the two rows.
    #[arg(long, default_value_t = 12)]
    bays_a_row: u32,
    /// Begin with an empty lot; otherwise vehicles stand in it that nobody has seen arrive.
    #[arg(long)]
    opens_empty: bool,
    /// The same seed gives the same car park.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Weather or hour.
    #[arg(long, value_enum, default_value_t)]
    weather: Weather,
}

#[derive(Debug, Args)]
struct ScoreArgs {
    /// What was said: `rsu replay lot.mcap --site site.toml --parking PARKING`.
    parking: PathBuf,
    /// What was so.
    truth: PathBuf,
    /// One JSON object instead of a sentence.
    #[arg(long)]
    json: bool,
}

/// Does it.
///
/// # Errors
/// A file that cannot be read or written.
pub fn parking(args: &ParkingArgs) -> anyhow::Result<()> {
    match &args.command {
        ParkingCommand::Make(args) => make(args),
        ParkingCommand::Score(args) => tell(args),
    }
}

const SITE: &str = r#"version = 1
name = "car-park"
city = "simulated"
origin = { lat_deg = LAT, lon_deg = LON, ellipsoidal_height_m = UP }
map = "map.geojson"

[broadcast]
cn = "cn-gbt31024-2019"
pam_aid = 18
"#;

fn make(args: &MakeArgs) -> anyhow::Result<()> {
    if !(1..=14).contains(&args.bays_a_row) || !(1..=600).contains(&args.minutes) {
        bail!("--bays-a-row must be 1 to 14, --minutes 1 to 600");
    }
    fs::create_dir(&args.out).with_context(|| args.out.display().to_string())?;
    let start = UtcMicros(1_800_000_000_000_000);
    let seconds = f64::from(args.minutes) * 60.0;
    let script = Script { bays_a_row: args.bays_a_row, seconds, opens_empty: args.opens_empty, seed: args.seed };
    let Played { place, map, traffic, truth } = play(script, start);
    let simulated = simulate(&place, Vec::new(), &traffic, &Signals::default(), args.weather, args.seed, start);
    super::record::write(&args.out.join("lot.mcap"), simulated)?;
    let site = SITE
        .replace("LAT", &ORIGIN.lat_deg.to_string())
        .replace("LON", &ORIGIN.lon_deg.to_string())
        .replace("UP", &ORIGIN.ellipsoidal_height_m.to_string());
    let lines: Vec<String> = truth.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let texts =
        [("site.toml", site), ("map.geojson", map.to_geojson(&ORIGIN)), ("truth.jsonl", lines.join("\n") + "\n")];
    for (name, text) in texts {
        fs::write(args.out.join(name), text).with_context(|| name.to_owned())?;
    }
    Ok(())
}

fn tell(args: &ScoreArgs) -> anyhow::Result<()> {
    let said: Vec<Said> = read_lines(&args.parking)?;
    let truth: Vec<BayTruth> = read_lines(&args.truth)?;
    let score = score(&truth, &said);
    let text = if args.json { serde_json::to_string_pretty(&score)? } else { in_words(&score) };
    print("score", &format!("{text}\n"))
}

fn in_words(score: &BayScore) -> String {
    format!(
        "{:.2} % of {} bay-minutes right ({} unknown, {} free said taken, {} taken said free), {:.2} % of bay-seconds; {} \
         changes; said with {:.3}, of that {:.3} right",
        100.0 * score.share_right(),
        score.minutes,
        score.minutes_unknown,
        score.minutes_said_taken,
        score.minutes_said_free,
        100.0 * score.seconds_right as f64 / score.seconds.max(1) as f64,
        score.changes,
        score.mean_confidence,
        score.known_right,
    )
}
