//! `rsu vehicle`: a virtual on-board unit that shows what a driver would see.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use asn1::Dialect;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior};

use crate::clock::Clock;
use crate::radios::uu_quic::{Subscription, VERSION};
use crate::radios::{MessageKind, MessageSet};
use crate::vehicle::links::{self, Event, Outlet, UuLink};
use crate::vehicle::{Obu, ObuSettings, Pose, Via, text};

/// Frames that wait to be decoded: several seconds of what one site sends.
const WAITING_FRAMES: usize = 512;

/// Receive messages as a vehicle would, check them, and show what a driver would see.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Ends by itself with --seconds or --count, with a summary; the exit status is 0 only if every radio asked for brought
SPAT, MAP and RSM (or SDSM) and nothing that did not decode. Without --lat, --lon and --heading the vehicle stands 40 m
before the stop line of the first lane of the MAP that has a light.

Examples:
  rsu vehicle --pc5 0.0.0.0:5510
  rsu vehicle --uu rsu.example:4433 --ca state/uu/certificate.pem --seconds 10 --json")]
pub struct VehicleArgs {
    /// Receive DSMP or WSMP frames as UDP datagrams at this address.
    #[arg(long, value_name = "ADDR")]
    pub pc5: Option<SocketAddr>,
    /// Subscribe over 5G (QUIC) at this server.
    #[arg(long, value_name = "HOST:PORT", requires = "ca")]
    pub uu: Option<String>,
    /// The certificate to trust for --uu: the service's state/uu/certificate.pem.
    #[arg(long, value_name = "FILE", requires = "uu")]
    pub ca: Option<PathBuf>,
    /// The name in the server's certificate, if it is not HOST.
    #[arg(long, value_name = "NAME", requires = "uu")]
    pub uu_name: Option<String>,
    /// Over 5G, ask only for these families (cn, us); may be given again.
    #[arg(long = "set", value_name = "SET", requires = "uu", value_parser = parse_name::<MessageSet>)]
    pub sets: Vec<MessageSet>,
    /// Over 5G, ask only for these messages (SPAT, MAP, RSM, RSI, SDSM); may be given again.
    #[arg(long = "message", value_name = "MESSAGE", requires = "uu", value_parser = parse_name::<MessageKind>)]
    pub messages: Vec<MessageKind>,
    /// Edition of the China messages.
    #[arg(long, value_name = "D", default_value = "cn-gbt31024-2019")]
    pub cn: Dialect,
    /// Edition of the US messages.
    #[arg(long, value_name = "D", default_value = "us-j2735-2024")]
    pub us: Dialect,
    /// Own latitude, degrees north.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, requires_all = ["lon", "heading"])]
    pub lat: Option<f64>,
    /// Own longitude, degrees east.
    #[arg(long, value_name = "DEG", allow_negative_numbers = true, requires = "lat")]
    pub lon: Option<f64>,
    /// Own heading, degrees clockwise from true north.
    #[arg(long, value_name = "DEG", requires = "lat")]
    pub heading: Option<f64>,
    /// End after so many seconds.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub seconds: Option<u64>,
    /// End after so many messages.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,
    /// One JSON object a line: a view a second, the summary at the end.
    #[arg(long)]
    pub json: bool,
}

/// The names that configuration and subscriptions use.
fn parse_name<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, String> {
    serde_json::from_value(name.into()).map_err(|error| error.to_string())
}

impl VehicleArgs {
    fn settings(&self) -> anyhow::Result<ObuSettings> {
        let radios: Vec<Via> = [(Via::Pc5, self.pc5.is_some()), (Via::Uu, self.uu.is_some())]
            .iter()
            .filter(|(_, on)| *on)
            .map(|(via, _)| *via)
            .collect();
        if radios.is_empty() {
            bail!("nothing to receive from: give --pc5 ADDR, --uu HOST:PORT --ca FILE, or both");
        }
        if !self.cn.is_cn() || !self.us.is_us() {
            bail!("--cn {} --us {}: each takes a dialect of its own family", self.cn, self.us);
        }
        let pose = match (self.lat, self.lon, self.heading) {
            (Some(lat_deg), Some(lon_deg), Some(heading_deg)) => {
                if !((-90.0..=90.0).contains(&lat_deg)
                    && (-180.0..=180.0).contains(&lon_deg)
                    && heading_deg.is_finite())
                {
                    bail!("--lat {lat_deg} --lon {lon_deg} --heading {heading_deg} is no place and direction on earth");
                }
                Some(Pose { lat_deg, lon_deg, heading_cw_north_deg: heading_deg.rem_euclid(360.0) })
            }
            _ => None,
        };
        Ok(ObuSettings { cn: self.cn, us: self.us, pose, radios })
    }

    fn uu_link(&self) -> anyhow::Result<Option<UuLink>> {
        let (Some(server), Some(ca)) = (&self.uu, &self.ca) else { return Ok(None) };
        let subscription = Subscription {
            version: VERSION,
            sets: (!self.sets.is_empty()).then(|| self.sets.clone()),
            messages: (!self.messages.is_empty()).then(|| self.messages.clone()),
        };
        let mut link = UuLink::new(server.clone(), ca.clone(), subscription).map_err(anyhow::Error::msg)?;
        if let Some(name) = &self.uu_name {
            link.name.clone_from(name);
        }
        Ok(Some(link))
    }
}

/// Runs the command; an error is about the arguments or a socket.
pub fn run(args: VehicleArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(drive(args))
}

async fn drive(args: VehicleArgs) -> anyhow::Result<ExitCode> {
    let settings = args.settings()?;
    let uu = args.uu_link()?;
    let clock = Arc::new(Clock::new());
    let (stop, shutdown) = watch::channel(false);
    let (events, mut received) = mpsc::channel(WAITING_FRAMES);
    let outlet = Outlet { events, clock: clock.clone(), shutdown };
    let mut tasks = tokio::task::JoinSet::new();
    if let Some(address) = args.pc5 {
        let socket = tokio::net::UdpSocket::bind(address).await.with_context(|| format!("--pc5 {address}"))?;
        tasks.spawn(links::receive_pc5(socket, outlet.clone()));
    }
    if let Some(link) = uu {
        tasks.spawn(links::receive_uu(link, outlet.clone()));
    }
    drop(outlet);

    let mut obu = Obu::new(settings);
    obu.begin(clock.now());
    let begin = Instant::from_std(clock.started());
    let end = args.seconds.map(|seconds| begin + Duration::from_secs(seconds));
    let mut second = tokio::time::interval_at(begin + Duration::from_secs(1), Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            biased;
            _ = &mut interrupt => break,
            () = until(end) => break,
            _ = second.tick() => show(&mut obu, &clock, args.json)?,
            event = received.recv() => match event {
                Some(Event::Frame { via, at, frame }) => {
                    if let Err(error) = obu.receive(at, via, &frame) {
                        tracing::debug!(radio = via.as_str(), %error, "frame not understood");
                    }
                    if args.count.is_some_and(|count| obu.received() >= count) {
                        break;
                    }
                }
                Some(Event::Link { via, text }) => eprintln!("{}: {text}", via.as_str()),
                None => break,
            },
        }
    }
    let _ = stop.send(true);
    let summary = obu.summary(clock.now());
    say(match args.json {
        true => format!("{}\n", serde_json::json!({ "summary": &summary })),
        false => format!("\n{}", text::summary(&summary)),
    })?;
    let _ = tokio::time::timeout(Duration::from_secs(1), async { while tasks.join_next().await.is_some() {} }).await;
    Ok(if summary.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Pauses until then; for ever without a then.
async fn until(end: Option<Instant>) {
    match end {
        Some(end) => tokio::time::sleep_until(end).await,
        None => std::future::pending().await,
    }
}

fn show(obu: &mut Obu, clock: &Clock, json: bool) -> anyhow::Result<()> {
    let view = obu.view(clock.now());
    say(match json {
        true => format!("{}\n", serde_json::json!({ "view": view })),
        false => text::view(&view),
    })
}

/// Standard output, at once. A reader that has gone away is an error and ends the command.
fn say(text: String) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("standard output")
}
