//! `hil jam`: what SUMO is told so that exits jam.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use hil::recorder::jams::{additional, incidents, plan};
use hil::recorder::net::read_lanes;

use super::text::write_lines;

/// Arguments of `hil jam`.
#[derive(Debug, Args)]
pub struct JamArgs {
    /// SUMO's net.
    #[arg(long, value_name = "NET.xml")]
    net: PathBuf,
    /// What SUMO's clock shows when the recording begins, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 300.0)]
    from_s: f64,
    /// How long the recording is, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 900.0)]
    lasts_s: f64,
    /// Which share of the vehicles SUMO lets drive (its --scale).
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    scale: f64,
    /// The same seed jams the same exits.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write what is to be told of them, a line each, as `hil events` reads it.
    #[arg(long, value_name = "FILE")]
    incidents: PathBuf,
    /// The additional file of SUMO to write.
    out: PathBuf,
}

/// Reads the net and writes both files.
///
/// # Errors
/// A share that can't be, or a file that cannot be read or written.
pub fn jam(args: &JamArgs) -> anyhow::Result<()> {
    if !(0.01..=10.0).contains(&args.scale) {
        bail!("--scale must be 0.01 to 10");
    }
    let net = || args.net.display().to_string();
    let lanes = read_lanes(BufReader::new(File::open(&args.net).with_context(net)?)).with_context(net)?;
    let jams = plan(&lanes, args.lasts_s, args.seed);
    write_lines(&args.incidents, &incidents(&jams))?;
    std::fs::write(&args.out, additional(&jams, args.from_s, args.scale))
        .with_context(|| args.out.display().to_string())
}
