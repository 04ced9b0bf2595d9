//! `city`: the city's side of the link, on the command line.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use cloud_bridge::Kind;
use tracing_subscriber::EnvFilter;

mod api;
mod command;
mod config;
mod evidence;
mod inbox;
mod keeper;
mod ledger;
mod line;
mod link;
mod met;
mod metrics;
mod mqtt;
mod order;
mod release;
mod router;
mod run;
mod signer;
mod sites;
mod store;
mod tls;
mod watch;

/// The city's side of Lukou.
#[derive(Parser)]
#[command(name = "city", version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Store what sites say in PostgreSQL, acknowledge it, and show it over HTTP. Several may run at once.
    #[command(after_help = "Example:\n  city run --config city.toml")]
    Run {
        /// The settings; docs/guide/city.md explains them.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Pass on between sites and workers.
    #[command(after_help = "Example:\n  city router --listen tcp/0.0.0.0:7447 --connect tcp/other:7447")]
    Router(router::Arguments),
    /// Print what sites say, as it comes, and which sites come and go.
    Watch(watch::Arguments),
    /// Send a signed command to a site or several, and wait for what becomes of it.
    Command(command::Arguments),
    /// Fetch the recording that a site keeps around an event.
    Evidence(evidence::Arguments),
    /// Sign a program, so that sites may run it: `city command --kind software` brings it to them.
    Release(release::Arguments),
    /// Write the JSON Schema of each kind of message, made from the types.
    #[command(after_help = "Example:\n  city schema --out cloud-bridge/schema")]
    Schema {
        /// Directory to write to; made if it is not there.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Zenoh tells much at `info` that only its own developers need.
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A file or journal of colour codes can't be searched.
    log.with_ansi(std::io::stderr().is_terminal()).init();
    let outcome = match arguments.verb {
        Verb::Run { config } => run::run(&config),
        Verb::Router(arguments) => router::run(arguments),
        Verb::Watch(arguments) => watch::run(arguments),
        Verb::Command(arguments) => command::run(arguments),
        Verb::Evidence(arguments) => evidence::run(arguments),
        Verb::Release(arguments) => release::run(&arguments),
        Verb::Schema { out } => write_schemas(&out),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("city: {error:#}");
        ExitCode::from(2)
    })
}

fn write_schemas(out: &std::path::Path) -> anyhow::Result<ExitCode> {
    use anyhow::Context;
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    for kind in Kind::ALL {
        let path = out.join(cloud_bridge::file_name(kind));
        std::fs::write(&path, cloud_bridge::json_schema(kind)).with_context(|| path.display().to_string())?;
        println!("{}", path.display());
    }
    Ok(ExitCode::SUCCESS)
}
