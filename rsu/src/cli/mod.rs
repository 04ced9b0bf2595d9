//! The command line: one file per subcommand.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

pub mod allocations;
pub mod check;
pub mod codec;
pub mod demo;
pub mod detect;
pub mod map;
pub mod replay;
pub mod serve;
pub mod vehicle;

mod codec_bench;

/// Lukou (路口): one process on a roadside box that fuses cameras and radars, tells vehicles what it knows, and keeps
/// the city informed.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Cli {
    /// How logs are written to standard error.
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
    /// What is logged: a level, or `tracing` directives such as `info,rsu::radios=debug`.
    #[arg(long, global = true, env = "LUKOU_LOG", default_value = "info,zenoh=warn,zenoh_transport=error,ort=warn")]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service of a site.
    #[command(after_help = "Example:\n  rsu run --site /etc/lukou/site.toml --log-format json")]
    Run(serve::RunArgs),
    /// Run the service and record everything that arrives.
    #[command(after_help = "Example:\n  rsu record --site /etc/lukou/site.toml --out today.mcap --seconds 600")]
    Record(serve::RecordArgs),
    /// Run the demo site with everything around it: a simulated radar, a vehicle, a city.
    #[command(after_help = "Example:\n  rsu demo --seconds 60")]
    Demo(demo::DemoArgs),
    /// Explain every mistake in a site's configuration; exit 1 if there is one.
    #[command(after_help = "Example:\n  rsu check --site /etc/lukou/site.toml")]
    Check(check::CheckArgs),
    /// Run a recording through the same pipeline, as fast as it can, to the same bytes each time.
    #[command(after_help = "Example:\n  rsu replay today.mcap --tracks tracks.jsonl --messages messages.jsonl")]
    Replay(replay::ReplayArgs),
    /// A virtual on-board unit: receive, decode, check and show what a driver would see.
    Vehicle(vehicle::VehicleArgs),
    /// Messages between bytes and JSON.
    Codec(codec::CodecArgs),
    /// Maps: import, check, draw, encode.
    Map(map::MapArgs),
    /// Run the detector over pictures or videos and draw what it finds.
    #[command(after_help = "Example:\n  rsu detect street.mp4 --out /tmp/out --every 25")]
    Detect(detect::DetectArgs),
}

/// Which site.
#[derive(Clone, Debug, Args)]
pub struct SiteArg {
    /// The site's configuration.
    #[arg(long, default_value = "/etc/lukou/site.toml")]
    pub site: PathBuf,
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        start_logs(&self.log, self.log_format)?;
        match self.command {
            Command::Run(args) => serve::run(args),
            Command::Record(args) => serve::record(args),
            Command::Demo(args) => demo::run(args),
            Command::Check(args) => Ok(check::run(&args)),
            Command::Replay(args) => replay::run(args),
            Command::Vehicle(args) => vehicle::run(args),
            Command::Codec(args) => codec::run(args),
            Command::Map(args) => map::run(args),
            Command::Detect(args) => detect::run(args).map(|()| ExitCode::SUCCESS),
        }
    }
}

fn start_logs(directives: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives)?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A file or journal of colour codes can't be searched.
    let logs = logs.with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}
