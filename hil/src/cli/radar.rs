//! `hil radar`: a site's radars over UDP, as they would see simulated traffic.

use std::net::UdpSocket;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use hil::radar::SimulatedRadar;
use hil::route::routes;
use hil::world::World;
use rsu::clock::Clock;
use rsu::config::Site;
use sensors::radar::encode;

/// Arguments of `hil radar`.
#[derive(Debug, Args)]
pub struct RadarArgs {
    /// The site whose roads, signal and radars are simulated.
    #[arg(long)]
    site: PathBuf,
    /// Scans a second.
    #[arg(long, default_value_t = 20.0)]
    rate_hz: f64,
    /// Vehicles that enter a minute.
    #[arg(long, default_value_t = 20.0)]
    vehicles_per_min: f64,
    /// The same seed gives the same traffic and noise.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End by itself after this many seconds.
    #[arg(long)]
    seconds: Option<f64>,
}

/// Sends until it is told to end, or the time is up.
pub fn radar(args: &RadarArgs) -> anyhow::Result<()> {
    if !(args.rate_hz > 0.0 && args.rate_hz <= 100.0 && args.vehicles_per_min > 0.0) {
        bail!("--rate-hz must be above 0 and at most 100, --vehicles-per-min above 0");
    }
    let site = Site::load(&args.site)?;
    if site.radars.is_empty() {
        bail!("{}: the site has no radar", args.site.display());
    }
    let ways = routes(&site.map, &site.geometry.origin);
    if ways.is_empty() {
        bail!("{}: the map has no way through the junction", args.site.display());
    }
    let clock = Clock::new();
    let mut world = World::new(ways, site.fixed_time_plan(), args.vehicles_per_min / 60.0, args.seed, clock.now());
    let mut radars: Vec<(SimulatedRadar, std::net::SocketAddr)> = Vec::new();
    for (index, radar) in (0_u64..).zip(&site.radars) {
        radars.push((SimulatedRadar::new(radar.model.clone(), args.seed.wrapping_add(1 + index)), radar.listen));
    }
    let socket = UdpSocket::bind(("0.0.0.0", 0)).context("a UDP socket to send from")?;
    for sequence in 0_u32.. {
        let due_s = f64::from(sequence) / args.rate_hz;
        if args.seconds.is_some_and(|seconds| due_s >= seconds) {
            break;
        }
        if let Ok(wait) = Duration::try_from_secs_f64(due_s - clock.uptime_s()) {
            std::thread::sleep(wait);
        }
        clock.discipline();
        let now = clock.now();
        world.advance(now);
        for (radar, listen) in &mut radars {
            for packet in encode(&radar.scan(now, world.vehicles()), true, sequence)? {
                // Nobody listening yet, or no longer: a real radar sends on, and so does this one.
                let _ = socket.send_to(&packet, *listen);
            }
        }
    }
    Ok(())
}
