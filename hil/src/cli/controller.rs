//! `hil controller`: a signal controller on a real socket.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use hil::controllers::gat1743::{self, Gat1743, Speaks};
use hil::controllers::gbt20999::{self, Gbt20999};
use hil::controllers::j2735::Pusher;
use hil::controllers::tscbm::Tscbm;
use hil::controllers::{Controller, Fault, Program, ntcip, run};
use rsu::clock::Clock;
use rsu::config::{SignalFile, Site};
use rsu::signals::fixed_time;
use rsu::signals::link::{Endpoint, LinkFile, Transport};
use tokio::sync::watch;

/// The protocols that are spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Protocol {
    /// GA/T 1743-2020: broadcasts its lamps once a second.
    Gat1743,
    /// GB/T 20999-2017: answers.
    Gbt20999,
    /// NTCIP 1202: an SNMP agent with the community `public`.
    Ntcip1202,
    /// SPAT of SAE J2735, pushed; junction 1.
    J2735Push,
    /// TSCBM: broadcasts ten times a second.
    Tscbm,
}

/// Arguments of `hil controller`.
#[derive(Debug, Args)]
pub struct ControllerArgs {
    /// What it speaks.
    protocol: Protocol,
    /// Its plan: TOML with `offset_s` and `stage`, as in a fixed-time site. With gbt20999 the groups are its lamp groups.
    /// The US protocols have none: their controller runs eight phases in two rings.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// gat1743: the site whose `[[signal.group]]` says which lamps there are.
    #[arg(long)]
    site: Option<PathBuf>,
    /// Where it listens.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Where it speaks to; UDP without it: to whoever spoke last.
    #[arg(long)]
    to: Option<SocketAddr>,
    /// TCP instead of UDP: with --listen the edge connects, with --to it does.
    #[arg(long)]
    tcp: bool,
    /// End greens early by chance, from this seed; the plan runs by the clock otherwise.
    #[arg(long)]
    actuated: Option<u64>,
    /// What goes wrong on the way.
    #[arg(long, value_enum, default_value = "none")]
    fault: Fault,
    /// End by itself after this many seconds.
    #[arg(long)]
    seconds: Option<u64>,
}

/// Speaks until it is told to end, or the time is up.
pub fn controller(args: &ControllerArgs) -> anyhow::Result<()> {
    let controller: Box<dyn Controller> = match args.protocol {
        Protocol::Gat1743 => {
            let site = args.site.as_deref().context("gat1743 needs --site")?;
            let settings = gat1743::Settings { lamps: lamps(site)?, speaks: Speaks::Broadcasts, number: 1 };
            Box::new(Gat1743::new(settings, program(args)?))
        }
        Protocol::Gbt20999 => {
            let settings = gbt20999::Settings { stream: args.tcp, ..gbt20999::Settings::default() };
            Box::new(Gbt20999::new(settings, program(args)?))
        }
        Protocol::J2735Push => Box::new(Pusher::new(1)),
        Protocol::Tscbm => Box::new(Tscbm::default()),
        Protocol::Ntcip1202 => return agent(args),
    };
    let transport = if args.tcp { Transport::Tcp } else { Transport::Udp };
    let link = LinkFile { transport, listen: args.listen, to: args.to };
    link.check().map_err(anyhow::Error::msg)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let endpoint = Endpoint::bind(Some(&link)).await.context("the controller's address")?;
        let (_keep, faults) = watch::channel(args.fault);
        let running = run(controller, endpoint, faults, Arc::new(Clock::new()));
        match args.seconds {
            Some(seconds) => _ = tokio::time::timeout(Duration::from_secs(seconds), running).await,
            None => running.await,
        }
        Ok(())
    })
}

fn program(args: &ControllerArgs) -> anyhow::Result<Program> {
    let path = args.plan.as_deref().context("this protocol needs --plan")?;
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let settings: fixed_time::Settings = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let plan = settings.plan().map_err(anyhow::Error::msg).with_context(|| path.display().to_string())?;
    Ok(match args.actuated {
        Some(seed) => Program::actuated(plan, seed),
        None => Program::fixed(plan),
    })
}

/// An agent has a socket of its own, and knows no faults.
fn agent(args: &ControllerArgs) -> anyhow::Result<()> {
    let listen = args.listen.context("ntcip1202 needs --listen")?;
    let access = ntcip::Access { community: "public".into(), writer: None, user: None, boots: 1 };
    tokio::runtime::Runtime::new()?.block_on(async {
        let running = ntcip::run(listen, &access);
        match args.seconds {
            Some(seconds) => tokio::time::timeout(Duration::from_secs(seconds), running).await.unwrap_or(Ok(()))?,
            None => running.await?,
        }
        Ok(())
    })
}

fn lamps(site: &Path) -> anyhow::Result<Vec<gat1743::Lamp>> {
    let Some(SignalFile::Gat1743(settings)) = Site::load(site)?.signal else {
        bail!("{}: the site's signal is no gat1743", site.display());
    };
    let lamp = |(number, file): (u8, &rsu::signals::gat1743::GroupFile)| gat1743::Lamp {
        group: file.group,
        direction_deg: file.direction_deg,
        kind: file.lamp as u8,
        id: file.lamp_id.unwrap_or(number),
    };
    let mut lamps: Vec<_> = (1..).zip(&settings.group).map(lamp).collect();
    lamps.sort_by_key(|lamp| (lamp.direction_deg, lamp.id));
    Ok(lamps)
}
