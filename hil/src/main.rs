//! `hil`: the bench from the command line.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The bench: a simulated world, what its sensors send, and what became of it.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Send the site's radars over UDP what they would see of simulated traffic.
    #[command(after_help = "Example:\n  hil radar --site deploy/demo/site.toml")]
    Radar(cli::radar::RadarArgs),
    /// Be a signal controller that speaks a real protocol.
    #[command(
        after_help = "Example:\n  hil controller gbt20999 --plan plan.toml --listen 127.0.0.1:4050\n  hil controller gat1743 --plan plan.toml --site site.toml --to 127.0.0.1:10050"
    )]
    Controller(cli::controller::ControllerArgs),
    /// Measure how long after a frame of the controller SPAT that shows it leaves on the radio, for every protocol.
    #[command(after_help = "Example:\n  hil latency --changes 100")]
    Latency(cli::latency::LatencyArgs),
    /// Make a recording: traffic from SUMO, seen by simulated cameras and radars, with the truth.
    #[command(after_help = "Example: see hil/places/make, which runs SUMO and this")]
    Record(cli::record::RecordArgs),
    /// Copy a recording with faults put in: clocks, geometry, silence, losses, noise, clutter, delays.
    #[command(after_help = "Example:\n  hil fault dense.mcap clock.mcap --clock cam-2=0.12 --clock radar-3=-0.08")]
    Fault(Box<cli::fault::FaultArgs>),
    /// Write what makes exits jam in SUMO's traffic, and what is then to be told.
    #[command(after_help = "Example: see hil/places/make, which runs this and SUMO")]
    Jam(cli::jam::JamArgs),
    /// Compare conflicts and hard brakings, one by one, with those of a recording's ground truth.
    #[command(
        after_help = "Example:\n  rsu replay scene.mcap --conflicts said.jsonl && hil conflicts said.jsonl scene.mcap"
    )]
    Conflicts(cli::conflicts::ConflictsArgs),
    /// Compare the events that were said with the incidents that were staged.
    #[command(
        after_help = "Example:\n  rsu replay scene.mcap --events said.jsonl && hil events said.jsonl --incidents staged.jsonl --length-s 600"
    )]
    Events(cli::events::EventsArgs),
    /// Write what speaks for and against each track of a recording, and whether it is real: to train models/ghost.
    #[command(after_help = "Example: see models/ghost/train")]
    Evidence(cli::evidence::EvidenceArgs),
    /// Be many sites at once, against a city that runs; says what was lost, how long it took and what it cost.
    #[command(
        after_help = "Example: see docs/guide/city.md\n  hil fleet --sites 2000 --routers tcp/127.0.0.1:7447,tcp/127.0.0.1:7448"
    )]
    Fleet(cli::fleet::FleetArgs),
    /// Be a bad line between a site and its city: slow, late, with stalls and cuts.
    #[command(
        after_help = "Example:\n  hil relay --listen 127.0.0.1:7450 --to 127.0.0.1:7447 --kbit-s 64 --delay-ms 150"
    )]
    Relay(cli::relay::RelayArgs),
    /// Score fused pictures against a recording's ground truth.
    #[command(
        after_help = "Example:\n  rsu replay scene.mcap --tracks tracks.jsonl && hil score tracks.jsonl scene.mcap"
    )]
    Score(cli::score::ScoreArgs),
    /// Simulate a car park, or score what was said of it.
    #[command(
        after_help = "Example:\n  hil parking make lot && rsu replay lot/lot.mcap --site lot/site.toml --parking said.jsonl\n  hil parking score said.jsonl lot/truth.jsonl"
    )]
    Parking(cli::parking::ParkingArgs),
    /// Compare traffic windows with a recording's ground truth.
    #[command(
        after_help = "Example:\n  rsu replay scene.mcap --traffic traffic.jsonl && hil traffic traffic.jsonl scene.mcap"
    )]
    Traffic(cli::traffic::TrafficArgs),
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Radar(args) => cli::radar::radar(&args),
        Command::Controller(args) => cli::controller::controller(&args),
        Command::Latency(args) => cli::latency::latency(&args),
        Command::Record(args) => cli::record::record(&args),
        Command::Fault(args) => cli::fault::fault(*args),
        Command::Jam(args) => cli::jam::jam(&args),
        Command::Conflicts(args) => cli::conflicts::run(&args),
        Command::Events(args) => cli::events::run(&args),
        Command::Evidence(args) => cli::evidence::run(&args),
        Command::Fleet(args) => cli::fleet::fleet(&args),
        Command::Relay(args) => cli::relay::relay(&args),
        Command::Score(args) => cli::score::run(&args),
        Command::Parking(args) => cli::parking::parking(&args),
        Command::Traffic(args) => cli::traffic::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hil: {error:#}");
            ExitCode::FAILURE
        }
    }
}
