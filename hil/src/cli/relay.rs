//! `hil relay`: a bad line, to put between a site and its city.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use hil::relay::{Line, Relay, Spells};

/// Arguments of `hil relay`.
#[derive(Debug, Args)]
pub struct RelayArgs {
    /// Where to listen; the site's `connect` names it.
    #[arg(long)]
    listen: SocketAddr,
    /// Where the city's router listens.
    #[arg(long)]
    to: SocketAddr,
    /// What the line carries each way, kbit/s.
    #[arg(long, default_value_t = 64.0)]
    kbit_s: f64,
    /// From one end to the other, milliseconds: half a round trip.
    #[arg(long, default_value_t = 150)]
    delay_ms: u64,
    /// From the end of one stall to the next, seconds on average; 0 for none.
    #[arg(long, default_value_t = 20)]
    stall_every_s: u64,
    /// How long nothing moves in a stall, seconds.
    #[arg(long, default_value_t = 5)]
    stall_s: u64,
    /// From the end of one cut to the next, seconds on average; 0 for none.
    #[arg(long, default_value_t = 120)]
    cut_every_s: u64,
    /// How long a cut lasts, seconds.
    #[arg(long, default_value_t = 10)]
    cut_s: u64,
    /// The same seed gives stalls and cuts at the same moments.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Carries until Ctrl-C, then says how much.
pub fn relay(args: &RelayArgs) -> anyhow::Result<()> {
    if !(0.1..=1e6).contains(&args.kbit_s) {
        bail!("--kbit-s: within 0.1 and 1000000");
    }
    let spells =
        |every_s, length_s| Spells { every: Duration::from_secs(every_s), length: Duration::from_secs(length_s) };
    let line = Line {
        bytes_per_s: args.kbit_s * 125.0,
        delay: Duration::from_millis(args.delay_ms),
        stalls: spells(args.stall_every_s, args.stall_s),
        cuts: spells(args.cut_every_s, args.cut_s),
        seed: args.seed,
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let relay = Relay::start(args.listen, args.to, &line).with_context(|| format!("--listen {}", args.listen))?;
        tokio::signal::ctrl_c().await?;
        let carried = relay.carried();
        println!(
            "{} bytes up, {} down, {} connections, {} cuts",
            carried.up_bytes, carried.down_bytes, carried.connections, carried.cuts
        );
        Ok(())
    })
}
