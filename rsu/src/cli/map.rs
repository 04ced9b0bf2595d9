//! `rsu map`: other people's maps into `map.geojson`, what is wrong with one, how it looks, what is broadcast of it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use asn1::Dialect;
use clap::{Args, Subcommand};
use serde_json::json;

use super::codec::hex;
use crate::clock::Clock;
use crate::map::check::{Against, Finding, Severity, check};
use crate::map::gcj02::Datum;
use crate::map::import::{Format, Wish, import};
use crate::map::show::Scene;
use crate::map::{NodeId, SiteMap, origin_of};
use crate::messages::{MAP_MAX_OCTETS, encode_map};

/// Import, check, draw and encode `map.geojson`.
#[derive(Debug, Args)]
pub struct MapArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a map of a junction, or of several under one controller, from OpenStreetMap, a SUMO network, OpenDRIVE or MAP messages.
    #[command(after_help = "\
What was left out, made up or guessed goes to standard error. Signal groups are marked \"confirmed\": false.

Examples:
  rsu map import town.net.xml --junction 335525545 --out map.geojson
  rsu map import town.net.xml --junction 30624898 --junction 30503246 --out map.geojson
  rsu map import town.osm.pbf --at 52.2690,10.5267 --out map.geojson
  rsu map import shifted.osm --gcj02 --at 31.4912,120.3119 --out map.geojson
  rsu map import map.hex --dialect us-j2735-2024 --out map.geojson")]
    Import(ImportArgs),
    /// Find what is wrong or doubtful in a map, and where.
    #[command(after_help = "\
The exit status is 1 if something is wrong; what is only doubtful leaves it at 0.

Example:
  rsu map check map.geojson --against survey.geojson")]
    Check(CheckArgs),
    /// Draw a map.
    #[command(after_help = "Example:\n  rsu map show map.geojson --svg map.svg --png map.png")]
    Show(ShowArgs),
    /// MAP as it would be broadcast: hex, one message a line.
    #[command(after_help = "\
Example:
  rsu map encode map.geojson --dialect us-j2735-2024 | rsu codec decode --dialect us-j2735-2024")]
    Encode(EncodeArgs),
}

#[derive(Debug, Args)]
struct ImportArgs {
    /// `.osm`, `.pbf`, `.net.xml`, `.xodr`, `.hex`; any of them packed as `.gz`.
    source: PathBuf,
    /// The format, when the name doesn't tell.
    #[arg(long, value_enum)]
    from: Option<Format>,
    /// The junction by its id in the source: OSM node, SUMO or OpenDRIVE junction, number of the intersection. SUMO: again for
    /// each that the same controller runs.
    #[arg(long)]
    junction: Vec<String>,
    /// The junction nearest to this place.
    #[arg(long, value_name = "LAT,LON", value_parser = place, allow_hyphen_values = true)]
    at: Option<[f64; 2]>,
    /// How much of each road, metres.
    #[arg(long, default_value_t = 150.0, value_name = "M")]
    reach: f64,
    /// The number that the junction gets; further ones get those that follow.
    #[arg(long, default_value_t = 1)]
    id: u16,
    /// The road regulator's number.
    #[arg(long, default_value_t = 0)]
    region: u16,
    /// Where zero is in a source without a projection.
    #[arg(long, value_name = "LAT,LON", value_parser = place, allow_hyphen_values = true)]
    origin: Option<[f64; 2]>,
    /// The source is in GCJ-02 (Amap, Tencent): convert it.
    #[arg(long)]
    gcj02: bool,
    /// The source is in BD-09 (Baidu): convert it.
    #[arg(long, conflicts_with = "gcj02")]
    bd09: bool,
    /// Message set and edition of MAP messages.
    #[arg(long, value_name = "D", default_value_t = Dialect::default())]
    dialect: Dialect,
    /// Traffic drives on the left (OpenStreetMap; other sources say so themselves).
    #[arg(long)]
    left_hand: bool,
    /// SUMO: one signal group for all links that always show the same, not one for each link.
    #[arg(long)]
    merge_groups: bool,
    /// Where to write the map; without it, standard output.
    #[arg(long)]
    out: Option<PathBuf>,
    /// What was made, and the notes, as one JSON object on standard error.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct CheckArgs {
    /// The map.
    map: PathBuf,
    /// Another map of the junction, from another source: is one of them in GCJ-02?
    #[arg(long, value_name = "MAP")]
    against: Option<PathBuf>,
    /// The groups that the controller has: 1,2,5.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    groups: Option<Vec<u8>>,
    /// The most octets of a MAP message.
    #[arg(long, default_value_t = MAP_MAX_OCTETS)]
    max_octets: u16,
    /// Machine-readable output: one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ShowArgs {
    /// The map.
    map: PathBuf,
    /// Write SVG there.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Write PNG there.
    #[arg(long)]
    png: Option<PathBuf>,
    /// Width of the picture, pixels.
    #[arg(long, default_value_t = 1600, value_parser = clap::value_parser!(u32).range(200..=4000))]
    width: u32,
    /// Only what is within so many metres of the served node.
    #[arg(long, value_name = "M")]
    around: Option<f64>,
}

#[derive(Debug, Args)]
struct EncodeArgs {
    /// The map.
    map: PathBuf,
    /// Message set and edition.
    #[arg(long, value_name = "D", default_value_t = Dialect::default())]
    dialect: Dialect,
    /// The most octets of a message; a larger map is divided.
    #[arg(long, default_value_t = MAP_MAX_OCTETS)]
    max_octets: u16,
}

/// Runs the command.
pub fn run(args: MapArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Import(args) => self::import_map(&args),
        Command::Check(args) => check_map(&args),
        Command::Show(args) => show(&args),
        Command::Encode(args) => encode(&args),
    }
}

fn place(text: &str) -> Result<[f64; 2], String> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    match numbers.as_deref() {
        Some([lat, lon]) if lat.abs() <= 90.0 && lon.abs() <= 180.0 => Ok([*lat, *lon]),
        _ => Err("use LAT,LON in degrees, such as 31.4912,120.3119".into()),
    }
}

fn import_map(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let name = args.source.display().to_string();
    let format = args.from.or_else(|| Format::of_name(&name));
    let format = format.with_context(|| format!("{name}: tell the format with --from"))?;
    let source = fs::read(&args.source).with_context(|| name.clone())?;
    let wish = Wish {
        junctions: args.junction.clone(),
        at_deg: args.at,
        reach_m: args.reach,
        node: NodeId { region: args.region, id: args.id },
        origin_deg: args.origin,
        datum: match (args.gcj02, args.bd09) {
            (true, _) => Datum::Gcj02,
            (_, true) => Datum::Bd09,
            _ => Datum::Wgs84,
        },
        dialect: args.dialect,
        left_hand: args.left_hand,
        merge_groups: args.merge_groups,
    };
    let made = import(&source, format, &wish).with_context(|| name.clone())?;
    let text = made.map.to_geojson(&made.origin);
    match &args.out {
        Some(path) => fs::write(path, &text).with_context(|| path.display().to_string())?,
        None => std::io::stdout().write_all(text.as_bytes())?,
    }
    let lanes: usize = made.map.links.iter().map(|link| link.lanes.len()).sum();
    let groups = made.map.signal_groups();
    let (links, crosswalks) = (made.map.links.len(), made.map.crosswalks.len());
    if args.json {
        let summary = json!({ "links": links, "lanes": lanes, "crosswalks": crosswalks, "signal_groups": groups, "notes": made.notes });
        eprintln!("{summary}");
    } else {
        eprintln!("{links} links, {lanes} lanes, {crosswalks} crosswalks, {} signal groups", groups.len());
        for note in &made.notes {
            eprintln!("  - {note}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check_map(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let text = read(&args.map)?;
    let other = args.against.as_deref().map(read).transpose()?;
    let against =
        Against { other: other.as_deref(), max_octets: args.max_octets.into(), groups: args.groups.as_deref() };
    let findings = check(&text, &against);
    let wrong = findings.iter().filter(|finding| finding.severity == Severity::Wrong).count();
    if args.json {
        println!("{}", json!({ "map": args.map, "ok": wrong == 0, "findings": findings }));
    } else {
        println!("{}: {wrong} wrong, {} doubtful", args.map.display(), findings.len() - wrong);
        for finding in &findings {
            println!("{}", line_of(&args.map, finding));
        }
    }
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn line_of(file: &Path, finding: &Finding) -> String {
    let severity = if finding.severity == Severity::Wrong { "wrong" } else { "doubtful" };
    let feature = finding.feature.map_or_else(String::new, |number| format!(" feature {number}"));
    let name = format!(" {} {}", finding.kind, finding.id);
    let at = finding.at_deg.map_or_else(String::new, |[lat, lon]| format!(" (at {lat:.7}, {lon:.7})"));
    format!("{severity}: {}:{feature}{}: {}{at}", file.display(), name.trim_end(), finding.text)
}

fn show(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    if args.svg.is_none() && args.png.is_none() {
        bail!("say where to write: --svg FILE, --png FILE or both");
    }
    let scene = load(&args.map).map(|(map, origin)| Scene::new(&map, &origin, args.width, args.around))?;
    if let Some(path) = &args.svg {
        fs::write(path, scene.to_svg()).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = &args.png {
        fs::write(path, scene.to_png()?).with_context(|| path.display().to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn encode(args: &EncodeArgs) -> anyhow::Result<ExitCode> {
    let (map, _) = load(&args.map)?;
    let now = Clock::new().now();
    let parts = encode_map(&map, args.dialect, args.max_octets.into(), 0, now)
        .with_context(|| format!("{} as {}", args.map.display(), args.dialect))?;
    for part in parts {
        println!("{}", hex(&part));
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

/// A map that stands alone, or everything that keeps it from being one.
fn load(path: &Path) -> anyhow::Result<(SiteMap, perception::calibration::Origin)> {
    let text = read(path)?;
    let origin = origin_of(&text).with_context(|| format!("{}: no point in it", path.display()))?;
    match SiteMap::parse(&text, &origin) {
        Ok(map) => Ok((map, origin)),
        Err(problems) => bail!("{}: {}", path.display(), problems.join("; ")),
    }
}
