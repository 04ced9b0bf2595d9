//! `rsu demo`: the demo site with everything around it, each in a process of its own and over real sockets: a simulated
//! radar (`hil radar`), a vehicle on both radios (`rsu vehicle`), a city (`city watch`).

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::serve::{runtime, until_told};
use crate::board;
use crate::config::{RadioFile, Site};
use crate::metrics::quantile;
use crate::radios::uu_identity::CERTIFICATE_FILE;
use crate::run::Service;

/// Arguments of `rsu demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// End by itself after this many seconds, with a summary; exit 0 only if every part delivered.
    #[arg(long)]
    seconds: Option<u64>,
    /// The site to show; by default the one in `deploy/demo`, looked for from here and from the program upwards.
    #[arg(long)]
    site: Option<PathBuf>,
    /// Record everything that arrives into this MCAP file.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// Seconds at the end that the companions need to say how it went.
const COMPANIONS_END_S: u64 = 2;
/// A track that a camera has followed this long is one that persists.
const PERSISTS_S: f64 = 3.0;

/// Runs until Ctrl-C or the end of the time.
pub fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    if args.seconds.is_some_and(|seconds| seconds < 10) {
        bail!("--seconds must be 10 or more: everything must start and end within it");
    }
    let path = match args.site {
        Some(path) => path,
        None => find("deploy/demo/site.toml").context("deploy/demo/site.toml is not here; give --site")?,
    };
    let site = Site::load(&path)?;
    runtime()?.block_on(async move {
        let service = Service::start(&site, args.record).await?;
        println!("Lukou demo: console at http://{}/  (metrics at /metrics; Ctrl-C ends)", service.console_address);
        println!("People and video are real; the radar, its vehicles and the junction are simulated.");
        let mut companions = Companions::start(&path, &site, args.seconds)?;
        let mut seen = Seen::default();
        let mut line = LiveLine::new();
        let told = {
            let watching = async {
                let mut every = tokio::time::interval(Duration::from_secs(1));
                loop {
                    every.tick().await;
                    seen.look(&service);
                    line.show(&figures(&service, &seen, &companions));
                    companions.notice_ends();
                }
            };
            tokio::select! {
                told = until_told(args.seconds) => told?,
                () = watching => unreachable!("it never ends by itself"),
            }
        };
        line.end();
        if told || args.seconds.is_none() {
            companions.kill().await;
            service.stop().await;
            return Ok(ExitCode::SUCCESS);
        }
        let checks = summary(&service, &seen, &mut companions).await;
        service.stop().await;
        for check in &checks {
            println!("  {} {}", if check.ok { "ok  " } else { "FAIL" }, check.text);
        }
        let failed = checks.iter().filter(|check| !check.ok).count();
        println!("demo: {} of {} parts delivered", checks.len() - failed, checks.len());
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// A file of the repository, from the working directory or the program's folder upwards.
fn find(relative: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().ok();
    let starts = [std::env::current_dir().ok(), program];
    starts
        .iter()
        .flatten()
        .flat_map(|start| start.ancestors())
        .map(|folder| folder.join(relative))
        .find(|path| path.is_file())
}

/// What was seen of the service over time.
#[derive(Debug, Default)]
struct Seen {
    /// Longest time that one track of a camera was in the picture, seconds.
    longest_camera_track_s: f64,
    /// First sight of tracks now in the picture.
    first_sight: Vec<(u64, f64)>,
    people_most: usize,
    simulated_most: usize,
    tracks: usize,
    messages: String,
    frames_per_s: f64,
}

impl Seen {
    fn look(&mut self, service: &Service) {
        let Some(state) = service.feed.latest() else { return };
        let Ok(state) = serde_json::from_slice::<crate::console::ConsoleState>(&state.json()) else { return };
        let now_s = service.clock.uptime_s();
        let real: Vec<u64> = state.tracks.iter().filter(|track| !track.simulated).map(|track| track.id).collect();
        self.first_sight.retain(|(id, _)| real.contains(id));
        for id in &real {
            if !self.first_sight.iter().any(|(known, _)| known == id) {
                self.first_sight.push((*id, now_s));
            }
        }
        let longest = self.first_sight.iter().map(|(_, since_s)| now_s - since_s).fold(0.0, f64::max);
        self.longest_camera_track_s = self.longest_camera_track_s.max(longest);
        self.tracks = state.tracks.len();
        self.people_most = self.people_most.max(real.len());
        self.simulated_most = self.simulated_most.max(state.tracks.len() - real.len());
        let cameras = state.sensors.iter().filter(|sensor| sensor.kind == "camera");
        self.frames_per_s = cameras.fold(0.0, |sum, camera| sum + camera.per_s);
        let messages = state.messages.iter().map(|m| format!("{}-{} {:.0}/s", m.set, m.message, m.per_s));
        self.messages = messages.collect::<Vec<_>>().join(" ");
    }
}

fn figures(service: &Service, seen: &Seen, companions: &Companions) -> String {
    let p99 = quantile(&service.metrics.capture_to_radio_s, 0.99);
    let p99 = p99.map_or_else(|| "-".to_owned(), |s| format!("{:.0} ms", s * 1e3));
    format!(
        "{:4.0} s | {:.0} frames/s | {} tracks | {} | capture to radio p99 {p99} | {}",
        service.clock.uptime_s(),
        seen.frames_per_s,
        seen.tracks,
        seen.messages,
        companions.figures(),
    )
}

/// One line of figures: rewritten in place on a terminal, every tenth one printed otherwise.
struct LiveLine {
    terminal: bool,
    shown: u64,
}

impl LiveLine {
    fn new() -> Self {
        Self { terminal: std::io::stdout().is_terminal(), shown: 0 }
    }

    fn show(&mut self, text: &str) {
        if self.terminal {
            print!("\r\x1b[K{text}");
        } else if self.shown.is_multiple_of(10) {
            println!("{text}");
        }
        self.shown += 1;
        // A closed pipe is no reason to end the demo.
        let _ = std::io::stdout().flush();
    }

    fn end(&self) {
        if self.terminal {
            println!();
        }
    }
}

/// One process beside the service.
struct Companion {
    name: &'static str,
    child: Child,
    lines: Arc<Mutex<Lines>>,
    ended: bool,
}

#[derive(Debug, Default)]
struct Lines {
    count: u64,
    kinds: std::collections::BTreeMap<String, u64>,
    last: Option<Value>,
}

struct Companions(Vec<Companion>);

impl Companions {
    fn start(site_path: &Path, site: &Site, seconds: Option<u64>) -> anyhow::Result<Self> {
        let mut commands: Vec<(&'static str, &'static str, Vec<String>)> = Vec::new();
        let text = |value: &dyn std::fmt::Display| value.to_string();
        if !site.radars.is_empty() {
            commands.push(("radar", "hil", vec!["radar".into(), "--site".into(), text(&site_path.display())]));
        }
        let limit =
            seconds.map(|s| vec!["--seconds".to_owned(), (s - COMPANIONS_END_S).to_string()]).unwrap_or_default();
        let mut vehicle = vec!["vehicle".to_owned(), "--json".into()];
        for radio in &site.radios {
            match radio {
                RadioFile::Pc5Udp { to, .. } => vehicle.extend(["--pc5".into(), text(to)]),
                RadioFile::UuQuic { listen, .. } => {
                    let ca = site.state_dir.join("uu").join(CERTIFICATE_FILE);
                    vehicle.extend(["--uu".into(), text(listen), "--ca".into(), text(&ca.display())]);
                }
                RadioFile::ImmediateForward { .. } => {}
            }
        }
        vehicle.extend(limit.clone());
        commands.push(("vehicle", "rsu", vehicle));
        if let Some(endpoint) = site.cloud.as_ref().and_then(|cloud| cloud.listen.first()) {
            let mut city = vec!["watch".to_owned(), "--json".into(), "--connect".into(), endpoint.clone()];
            city.extend(limit);
            commands.push(("city", "city", city));
        }
        let folder = std::env::current_exe().context("where this program is")?;
        let folder = folder.parent().context("where this program is")?.to_owned();
        let start = |(name, program, args)| Companion::start(name, &folder.join(program), args);
        Ok(Self(commands.into_iter().map(start).collect::<anyhow::Result<_>>()?))
    }

    fn figures(&self) -> String {
        let one = |companion: &Companion| {
            let lines = companion.lines();
            let state = if companion.ended { "ended" } else { "runs" };
            format!("{} {state} ({} lines)", companion.name, lines.count)
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    /// Says once when a companion is gone; the service goes on.
    fn notice_ends(&mut self) {
        for companion in self.0.iter_mut().filter(|companion| !companion.ended) {
            if let Ok(Some(status)) = companion.child.try_wait() {
                companion.ended = true;
                tracing::warn!(companion = companion.name, %status, "has ended; the service goes on");
            }
        }
    }

    async fn kill(&mut self) {
        for companion in &mut self.0 {
            // It may have ended by itself, which is as good.
            let _ = companion.child.kill().await;
        }
    }
}

impl Companion {
    fn start(name: &'static str, program: &Path, args: Vec<String>) -> anyhow::Result<Self> {
        let mut command = Command::new(program);
        command.args(["--log", "warn"].iter().filter(|_| program.ends_with("rsu")));
        command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| {
            format!("cannot start {} (build it with `cargo build --release --workspace`)", program.display())
        })?;
        let lines = Arc::new(Mutex::new(Lines::default()));
        if let Some(output) = child.stdout.take() {
            tokio::spawn(read_lines(output, lines.clone()));
        }
        Ok(Self { name, child, lines, ended: false })
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read_lines(output: tokio::process::ChildStdout, lines: Arc<Mutex<Lines>>) {
    let mut reader = BufReader::new(output).lines();
    while let Ok(Some(line)) = reader.next_line().await {
        let value = serde_json::from_str::<Value>(&line).ok();
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.count += 1;
        if let Some(schema) = value.as_ref().and_then(|value| value.pointer("/state/schema")).and_then(Value::as_str) {
            *lines.kinds.entry(schema.to_owned()).or_default() += 1;
        }
        lines.last = value;
    }
}

struct Check {
    ok: bool,
    text: String,
}

/// Did every part deliver?
async fn summary(service: &Service, seen: &Seen, companions: &mut Companions) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut check = |ok: bool, text: String| checks.push(Check { ok, text });
    check(seen.frames_per_s > 0.0, format!("camera and detector: {:.0} frames/s", seen.frames_per_s));
    check(seen.people_most > 0, format!("people from the video: up to {} at once", seen.people_most));
    let longest_s = seen.longest_camera_track_s;
    check(longest_s >= PERSISTS_S, format!("tracks persist: the longest of a camera {longest_s:.0} s"));
    for sensor in &board::lock(&service.board).sensors {
        let simulated = if sensor.simulated { " (simulated)" } else { "" };
        check(
            sensor.per_s > 0.0,
            format!("{} {}{simulated}: {:.0}/s, {}", sensor.kind, sensor.id, sensor.per_s, sensor.detail),
        );
    }
    check(seen.simulated_most > 0, format!("simulated vehicles: up to {} at once", seen.simulated_most));
    check(!seen.messages.is_empty(), format!("messages: {}", seen.messages));
    let milliseconds = |histogram, q| quantile(histogram, q).map_or(f64::NAN, |s| s * 1e3);
    let total = &service.metrics.capture_to_radio_s;
    let without = &service.metrics.arrival_to_radio_s;
    check(
        quantile(total, 0.99).is_some_and(|s| s <= 0.100),
        format!(
            "capture to radio: p50 {:.1} ms, p99 {:.1} ms (limit 100)",
            milliseconds(total, 0.5),
            milliseconds(total, 0.99)
        ),
    );
    check(
        quantile(without, 0.99).is_some_and(|s| s <= 0.010),
        format!(
            "all but inference: p50 {:.1} ms, p99 {:.1} ms (limit 10)",
            milliseconds(without, 0.5),
            milliseconds(without, 0.99)
        ),
    );
    check(
        service.metrics.render().is_ok_and(|text| text.contains("lukou_capture_to_radio_seconds_bucket")),
        "figures in /metrics".to_owned(),
    );
    for companion in &mut companions.0 {
        match companion.name {
            "radar" => {
                let _ = companion.child.kill().await;
            }
            name => {
                let wait = tokio::time::timeout(Duration::from_secs(5), companion.child.wait()).await;
                let ok = matches!(&wait, Ok(Ok(status)) if status.success());
                let said = companion.lines().tell();
                check(ok, format!("{name}: {said}"));
            }
        }
    }
    checks
}

impl Lines {
    fn tell(&self) -> String {
        if self.kinds.len() > 1 {
            return self.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect::<Vec<_>>().join(", ");
        }
        self.last.as_ref().map_or_else(|| format!("{} lines", self.count), ToString::to_string)
    }
}
