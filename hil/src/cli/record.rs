//! `hil record`: a recording of simulated traffic.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use hil::recorder::incidents;
use hil::recorder::net::read_lanes;
use hil::recorder::place::Place;
use hil::recorder::reports::{self, Equipped};
use hil::recorder::signals::Signals;
use hil::recorder::traffic::{Traffic, VehicleTypes, read_types};
use hil::recorder::weather::Weather;
use hil::recorder::{Simulated, simulate};
use hil::said::Family;
use perception::events::{EventKind, EventSettings};
use perception::time::UtcMicros;
use sensors::recording::RecordingWriter;

use super::text::write_lines;

/// Arguments of `hil record`.
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// Who drove and walked: SUMO's floating car data (--fcd-output).
    #[arg(long, value_name = "FCD.xml")]
    traffic: PathBuf,
    /// SUMO's vehicle types: classes and sizes; may come several times.
    #[arg(long, value_name = "TYPES.xml", required = true)]
    types: Vec<PathBuf>,
    /// SUMO's net, for the lanes; without it the recording has none.
    #[arg(long, value_name = "NET.xml")]
    net: Option<PathBuf>,
    /// What the signal showed: SUMO's saved states (SaveTLSStates); without it the recording has no signal.
    #[arg(long, value_name = "TLS.xml")]
    signals: Option<PathBuf>,
    /// Where the sensors are.
    #[arg(long, value_name = "SITE.json")]
    site: PathBuf,
    /// The recording to write; must not exist.
    out: PathBuf,
    /// Weather or hour.
    #[arg(long, value_enum, default_value_t)]
    weather: Weather,
    /// The same seed gives the same recording.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Share of the road users that tell of themselves, 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    equipped: f64,
    /// Stage incidents in the traffic, and write what was done, a line each.
    #[arg(long, value_name = "FILE")]
    incidents: Option<PathBuf>,
    /// Kinds of incidents to stage, in turn, instead of the usual ones (all but animals): `animal,debris`.
    #[arg(long, value_name = "KINDS", requires = "incidents", value_delimiter = ',', value_parser = parse_kind)]
    stage: Vec<EventKind>,
    /// Where nobody may stand, as a TOML file with the keys of `[events]`: who is staged to park does so there.
    #[arg(long, value_name = "EVENTS.toml", requires = "incidents")]
    event_settings: Option<PathBuf>,
    /// In which message set they do.
    #[arg(long, value_enum, default_value_t)]
    set: Family,
    /// Time of the first step, seconds since 1970, UTC.
    #[arg(long, value_name = "SECONDS", default_value_t = 1_800_000_000)]
    start: u32,
}

/// Reads, simulates, writes.
///
/// # Errors
/// A file that cannot be read or written, or a place that perception refuses.
pub fn record(args: &RecordArgs) -> anyhow::Result<()> {
    let mut types = VehicleTypes::new();
    for file in &args.types {
        types.extend(read(file, read_types)?);
    }
    let traffic = read(&args.traffic, |input| Traffic::read(input, &types))?;
    if traffic.steps().is_empty() {
        bail!("{}: no timestep", args.traffic.display());
    }
    let lanes = args.net.as_deref().map(|net| read(net, read_lanes)).transpose()?.unwrap_or_default();
    let signals = args.signals.as_deref().map(|file| read(file, Signals::read)).transpose()?.unwrap_or_default();
    let place: Place = read(&args.site, |input| Ok(serde_json::from_reader(input)?))?;
    let in_site = || args.site.display().to_string();
    place.geometry(lanes.clone()).validate().with_context(in_site)?;
    if let Some(sensor) = place.sensors.iter().find(|sensor| !(0.1..=100.0).contains(&sensor.rate_hz)) {
        bail!("{}: sensor `{}`, field `rate_hz`: must be 0.1 to 100", in_site(), sensor.id);
    }
    let start = UtcMicros(i64::from(args.start) * 1_000_000);
    if !(0.0..=1.0).contains(&args.equipped) {
        bail!("--equipped must be 0 to 1");
    }
    let traffic = match &args.incidents {
        Some(file) => {
            let settings: EventSettings = match &args.event_settings {
                Some(file) => read(file, |mut input| Ok(toml::from_str(&std::io::read_to_string(&mut input)?)?))?,
                None => EventSettings::default(),
            };
            let no_stopping: Vec<_> = settings.no_stopping.into_iter().flat_map(|place| place.lanes).collect();
            let kinds = if args.stage.is_empty() { incidents::USUAL } else { &args.stage };
            let (traffic, staged) = incidents::stage(&traffic, &lanes, &no_stopping, &signals, args.seed, kinds);
            write_lines(file, &staged)?;
            traffic
        }
        None => traffic,
    };
    let mut simulated = simulate(&place, lanes, &traffic, &signals, args.weather, args.seed, start);
    let equipped = Equipped { share: args.equipped, family: args.set };
    simulated.hear(reports::said(equipped, place.origin, &traffic, args.seed, start)?);
    write(&args.out, simulated)
}

fn parse_kind(name: &str) -> Result<EventKind, String> {
    let kind = incidents::CAN_BE_STAGED.into_iter().find(|kind| kind.as_str() == name);
    kind.ok_or_else(|| {
        format!("{name} can't be staged; what can: {}", incidents::CAN_BE_STAGED.map(EventKind::as_str).join(", "))
    })
}

fn read<T>(path: &Path, parse: impl FnOnce(BufReader<File>) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    parse(BufReader::new(file)).with_context(|| path.display().to_string())
}

/// A frame of the truth comes before what arrives at the same moment; the site before everything.
pub(super) fn write(path: &Path, simulated: Simulated) -> anyhow::Result<()> {
    let mut writer = RecordingWriter::create(path)?;
    let mut truth = simulated.truth.iter().peekable();
    for (index, recorded) in simulated.messages.iter().enumerate() {
        while let Some(frame) = truth.next_if(|frame| index > 0 && frame.captured_at <= recorded.arrived_at) {
            writer.write_truth(frame.captured_at, frame)?;
        }
        writer.write(recorded)?;
    }
    for frame in truth {
        writer.write_truth(frame.captured_at, frame)?;
    }
    Ok(writer.finish()?)
}
