//! `rsu replay`: a recording through the same pipeline as live traffic (`docs/ref/recording.md`).

mod conflicts;
mod lines;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use perception::align::AlignSettings;
use perception::calibration::{Origin, SiteGeometry};
use perception::detection::SensorFrame;
use perception::events::{EventSettings, WaterLevel};
use perception::time::UtcMicros;
use perception::track::TrackerSettings;
use sensors::recording::{Item, RecordingReader};
use serde::Serialize;

use self::conflicts::ConflictsFile;
use self::lines::{EventLine, MessageLine, ParkingLine, TracksLine, TrafficLine};
use super::codec::unhex;
use crate::config::Site;
use crate::gate::Limits;
use crate::ghosts::{self, Ghosts};
use crate::guidance::Guides;
use crate::messages::{Edition, MAP_MAX_OCTETS};
use crate::pipeline::{Input, Output, Pipeline, PipelineSettings};
use crate::record::signal_state;
use crate::reports::ReportReader;

/// Arguments of `rsu replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// The MCAP file.
    recording: PathBuf,
    /// Write one line for each fused picture.
    #[arg(long, value_name = "FILE")]
    tracks: Option<PathBuf>,
    /// Write one line for each message that would have been sent.
    #[arg(long, value_name = "FILE")]
    messages: Option<PathBuf>,
    /// Write one line a second for each parking lot (needs --site).
    #[arg(long, value_name = "FILE", requires = "site")]
    parking: Option<PathBuf>,
    /// Write one line for each event that begins, changes or ends.
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// When something is an event: a TOML file with the keys of `[events]`; instead of the site's.
    #[arg(long, value_name = "EVENTS_TOML")]
    event_settings: Option<PathBuf>,
    /// Write one line for each traffic window that ended, as the city gets it.
    #[arg(long, value_name = "FILE")]
    traffic: Option<PathBuf>,
    /// Write one line for each conflict that is over, and for each hard braking.
    #[arg(long, value_name = "FILE")]
    conflicts: Option<PathBuf>,
    /// Take map, parking lots and message sets from this site; sensors and lanes still come from the recording.
    #[arg(long, value_name = "SITE_TOML")]
    site: Option<PathBuf>,
    /// Let this model judge which tracks are in the picture (models/ghost); instead of the site's `ghost_model`.
    #[arg(long, value_name = "DIR")]
    ghost_model: Option<PathBuf>,
    /// Whether what road users said of themselves is fused; instead of the site's `vehicle_reports`.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    vehicle_reports: Option<bool>,
}

/// Exit 0 if the whole file was read, 1 if parts of it could not be (they are named).
pub fn run(args: ReplayArgs) -> anyhow::Result<ExitCode> {
    let site = args.site.as_deref().map(Site::load).transpose()?;
    let ghosts = match (&args.ghost_model, &site) {
        (Some(folder), site) => Some(ghosts::load(folder, site.as_ref().and_then(Site::onnxruntime))?),
        (None, Some(site)) => ghosts::of_site(site)?,
        (None, None) => None,
    };
    let events = match (&args.event_settings, &site) {
        (Some(file), _) => read_events(file)?,
        (None, Some(site)) => site.events.clone(),
        (None, None) => EventSettings::default(),
    };
    let mut replay = Replay {
        pipeline: None,
        events,
        ghosts,
        site,
        vehicle_reports: args.vehicle_reports,
        files: Files {
            tracks: args.tracks.as_deref().map(create).transpose()?,
            messages: args.messages.as_deref().map(create).transpose()?,
            parking: args.parking.as_deref().map(create).transpose()?,
            events: args.events.as_deref().map(create).transpose()?,
            traffic: args.traffic.as_deref().map(create).transpose()?,
            conflicts: args.conflicts.as_deref().map(create).transpose()?.map(ConflictsFile::new),
        },
        counts: Counts::default(),
        last: UtcMicros::default(),
    };
    let reader = RecordingReader::open(&args.recording)?;
    for entry in reader {
        match entry {
            Ok(recorded) => replay.take(recorded.arrived_at, recorded.captured_at, recorded.item)?,
            Err(fault) => {
                replay.counts.faults += 1;
                eprintln!("rsu replay: {}: {fault}", args.recording.display());
            }
        }
    }
    replay.drain()?;
    replay.finish(&args.recording)
}

fn read_events(path: &Path) -> anyhow::Result<EventSettings> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let events: EventSettings = toml::from_str(&text).with_context(|| path.display().to_string())?;
    if let Some(problem) = events.problems().first() {
        bail!("{}: {problem}", path.display());
    }
    Ok(events)
}

fn create(path: &Path) -> anyhow::Result<BufWriter<File>> {
    Ok(BufWriter::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?))
}

#[derive(Debug, Default)]
struct Counts {
    inputs: u64,
    pictures: u64,
    messages: u64,
    dropped: u64,
    /// What road users say of themselves, by why it was not fused.
    refused: BTreeMap<&'static str, u64>,
    faults: u64,
}

/// What is asked for.
struct Files {
    tracks: OutFile,
    messages: OutFile,
    parking: OutFile,
    events: OutFile,
    traffic: OutFile,
    conflicts: Option<ConflictsFile>,
}

struct Replay {
    pipeline: Option<Pipeline>,
    /// Until the pipeline is made.
    ghosts: Option<Ghosts>,
    site: Option<Site>,
    events: EventSettings,
    vehicle_reports: Option<bool>,
    files: Files,
    counts: Counts,
    last: UtcMicros,
}

/// How long after the last message the pipeline goes on: what still waits in it comes out.
const DRAIN_S: f64 = 0.1;

impl Replay {
    fn drain(&mut self) -> anyhow::Result<()> {
        let end = self.last.plus_seconds(DRAIN_S);
        let Some(pipeline) = &mut self.pipeline else { return Ok(()) };
        while pipeline.wake_at() <= end {
            let now = pipeline.wake_at();
            pipeline.handle(now, now, Input::Tick);
            write_outputs(pipeline, now, &mut self.files, &mut self.counts)?;
        }
        Ok(())
    }

    fn take(&mut self, arrived_at: UtcMicros, captured_at: UtcMicros, item: Item) -> anyhow::Result<()> {
        let input = match item {
            Item::Site(geometry) => {
                let geometry_origin = geometry.origin;
                let pipeline = Pipeline::new(self.settings(geometry, arrived_at)).context("the recording's /site")?;
                let reports = self.reports(geometry_origin);
                let pam_aid = self.site.as_ref().and_then(|site| site.pam_aid);
                let road_authority = self.site.as_ref().and_then(|site| site.road_authority.clone());
                let guides = self.site.as_ref().and_then(Guides::of_site);
                let pipeline = pipeline.with_ghosts(self.ghosts.take()).with_reports(reports).with_pam(pam_aid);
                self.pipeline = Some(pipeline.with_road_authority(road_authority).with_guides(guides));
                return Ok(());
            }
            Item::Camera(frame) => Input::Sensor(SensorFrame::Camera(frame)),
            Item::Radar(scan) => Input::Sensor(SensorFrame::Radar(scan)),
            Item::Signal(record) => Input::Signal(signal_state(captured_at, &record)),
            // What is no hexadecimal gives nothing, which then cannot be decoded.
            Item::V2xReceived { radio, hex } => {
                Input::Received { receiver: radio.into(), frame: unhex(hex.as_bytes()).unwrap_or_default().into() }
            }
            Item::Water { gauge, depth_m } => Input::Water(WaterLevel { gauge, depth_m, measured_at: captured_at }),
            // Pictures are for people.
            Item::SignalRaw { .. } | Item::Image { .. } => return Ok(()),
        };
        self.counts.inputs += 1;
        let Some(pipeline) = &mut self.pipeline else { bail!("the recording has data before its /site") };
        // What the live service would have done by itself while it waited for this message. A gap of more than a
        // minute is a stop of the recording, not a silent site: time then jumps.
        if arrived_at.seconds_since(pipeline.wake_at()) < 60.0 {
            while pipeline.wake_at() < arrived_at {
                let now = pipeline.wake_at();
                pipeline.handle(now, now, Input::Tick);
                write_outputs(pipeline, now, &mut self.files, &mut self.counts)?;
            }
        }
        self.last = arrived_at;
        pipeline.handle(arrived_at, arrived_at, input);
        write_outputs(pipeline, arrived_at, &mut self.files, &mut self.counts)
    }

    /// Without a site both sets are understood: a recording does not say which its vehicles speak.
    fn reports(&self, origin: Origin) -> Option<ReportReader> {
        let wanted = self.vehicle_reports.or(self.site.as_ref().map(|site| site.fusion.vehicle_reports));
        let (cn, us) = match &self.site {
            Some(site) => (site.cn, site.us),
            None => (Some(asn1::Dialect::default()), Some(asn1::Dialect::UsJ27352024)),
        };
        wanted.unwrap_or(false).then(|| ReportReader::new(origin, cn, us))
    }

    fn settings(&self, geometry: SiteGeometry, start: UtcMicros) -> PipelineSettings {
        let edition = match &self.site {
            Some(site) => {
                Edition { cn: site.cn, us: site.us, rsu_id: site.rsu_id, map_max_octets: site.map_max_octets }
            }
            None => Edition {
                cn: Some(asn1::Dialect::default()),
                us: None,
                rsu_id: *b"LUKOU\0\0\x01",
                map_max_octets: MAP_MAX_OCTETS,
            },
        };
        PipelineSettings {
            geometry,
            map: self.site.as_ref().map(|site| site.map.clone()),
            edition,
            traffic_window_s: 10,
            align: AlignSettings::default(),
            tracker: self.site.as_ref().map_or_else(TrackerSettings::default, |site| (&site.fusion).into()),
            limits: self.site.as_ref().map_or_else(Limits::default, Site::limits),
            events: self.events.clone(),
            start,
        }
    }

    fn finish(self, recording: &Path) -> anyhow::Result<ExitCode> {
        let Files { tracks, messages, parking, events, traffic, conflicts } = self.files;
        let conflicts = conflicts.map(ConflictsFile::into_file);
        for mut file in [tracks, messages, parking, events, traffic, conflicts].into_iter().flatten() {
            file.flush().context("writing the output")?;
        }
        let Counts { inputs, pictures, messages, dropped, refused, faults } = self.counts;
        if self.pipeline.is_none() {
            bail!("{}: there is no /site in it", recording.display());
        }
        eprintln!("{inputs} inputs, {pictures} pictures, {messages} messages, {dropped} dropped, {faults} unreadable");
        if !refused.is_empty() {
            let list: Vec<String> = refused.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            eprintln!("received and not fused: {}", list.join(", "));
        }
        Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

type OutFile = Option<BufWriter<File>>;

fn write_outputs(
    pipeline: &mut Pipeline,
    now: UtcMicros,
    files: &mut Files,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    while let Some(output) = pipeline.poll_output() {
        match output {
            Output::Picture(picture) => {
                counts.pictures += 1;
                if let Some(file) = &mut files.tracks {
                    write_line(file, &TracksLine::new(&picture, now))?;
                }
                if let Some(file) = &mut files.conflicts {
                    file.look(&picture)?;
                }
            }
            Output::Send(transmission) => {
                counts.messages += 1;
                if let Some(file) = &mut files.messages {
                    write_line(file, &MessageLine::new(&transmission, now))?;
                }
            }
            Output::Parking(lots) => {
                if let Some(file) = &mut files.parking {
                    lots.iter().try_for_each(|lot| write_line(file, &ParkingLine { t_us: now.0, lot }))?;
                }
            }
            Output::Events(events) => {
                if let Some(file) = &mut files.events {
                    events.iter().try_for_each(|event| write_line(file, &EventLine::new(event, now)))?;
                }
            }
            Output::Dropped { count, .. } => counts.dropped += count,
            Output::Received { outcome: Err(reason), .. } => *counts.refused.entry(reason).or_default() += 1,
            Output::Traffic(windows) => {
                if let Some(file) = &mut files.traffic {
                    windows.iter().try_for_each(|window| write_line(file, &TrafficLine::new(window)))?;
                }
            }
            Output::Signal(_)
            | Output::Foresight(_)
            | Output::Sensors(_)
            | Output::Received { outcome: Ok(_), .. }
            | Output::Command(_)
            | Output::Priority(_)
            | Output::Guidance(_)
            | Output::Notice { .. }
            | Output::LotCount { .. }
            | Output::Water(_)
            | Output::Suppressed { .. } => {}
        }
    }
    Ok(())
}

fn write_line(file: &mut BufWriter<File>, line: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *file, line).context("writing the output")?;
    file.write_all(b"\n").context("writing the output")
}
