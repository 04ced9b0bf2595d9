//! `hil latency`: how long after a frame of the controller SPAT that shows it leaves on the radio, for every protocol.
//!
//! Each protocol has a whole service of its own, on real sockets, all at once. A change begins when the frame that first shows it
//! is sent to the service, and ends when the first SPAT that shows other lights than the one before is heard.

use std::future::pending;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use async_snmp::message::CommunityMessage;
use async_snmp::{DecodeConfig, VarBind};
use clap::Args;
use hil::controllers::gat1743::{self, Gat1743, Speaks};
use hil::controllers::gbt20999::{self, Gbt20999};
use hil::controllers::j2735::Pusher;
use hil::controllers::nema::{DualRing, Times};
use hil::controllers::ntcip::{self, Access, Shared};
use hil::controllers::tscbm::Tscbm;
use hil::controllers::{Controller, Program};
use rsu::config::Site;
use rsu::run::Service;
use rsu::signals::fixed_time::{FixedTimePlan, Stage};
use rsu::signals::{Light, Moment, SignalSource, Talk};
use rsu::vehicle::heard::{Content, understand};
use serde::Serialize;
use tokio::net::UdpSocket;

const TICK: Duration = Duration::from_millis(100);
/// The demo's junction in phases or stages: which groups are green together.
const STAGES: [&[u8]; 4] = [&[1, 5], &[2], &[3, 6], &[4]];

/// Arguments of `hil latency`.
#[derive(Debug, Args)]
pub struct LatencyArgs {
    /// How many changes of lights are measured of each protocol.
    #[arg(long, default_value_t = 100)]
    changes: usize,
    /// The junction: one with the signal groups of the demo's.
    #[arg(long, default_value = "deploy/demo/map.geojson")]
    map: PathBuf,
    /// Machine-readable output: one JSON object a protocol.
    #[arg(long)]
    json: bool,
}

/// What came of one protocol, milliseconds.
#[derive(Debug, Serialize)]
struct Figures {
    protocol: &'static str,
    poll_ms: Option<u32>,
    changes: usize,
    median_ms: f64,
    p99_ms: f64,
    longest_ms: f64,
    /// Changes of which no SPAT was heard before the next.
    missed: usize,
}

/// Measures and prints.
pub fn latency(args: &LatencyArgs) -> anyhow::Result<()> {
    let map = args.map.canonicalize().with_context(|| args.map.display().to_string())?;
    let runtime = tokio::runtime::Runtime::new()?;
    let all = runtime.block_on(async {
        let one = |protocol| measure(protocol, args.changes, &map);
        tokio::try_join!(one("gat1743"), one("gbt20999"), one("tscbm"), one("j2735_push"), one("ntcip1202"))
    })?;
    if !args.json {
        println!("| source | poll | changes | median | p99 | longest | missed |\n|---|---|---|---|---|---|---|");
    }
    for figures in [all.0, all.1, all.2, all.3, all.4] {
        if args.json {
            println!("{}", serde_json::to_string(&figures)?);
            continue;
        }
        let Figures { protocol, poll_ms, changes, median_ms, p99_ms, longest_ms, missed } = figures;
        let poll = poll_ms.map_or("–".to_owned(), |ms| format!("{ms} ms"));
        println!(
            "| `{protocol}` | {poll} | {changes} | {median_ms:.1} ms | {p99_ms:.1} ms | {longest_ms:.1} ms | {missed} |"
        );
    }
    Ok(())
}

/// The controller's end.
struct Far {
    socket: UdpSocket,
    /// Where the service is, as far as it is known.
    service: Option<SocketAddr>,
    speaks: Speaker,
}

enum Speaker {
    /// It makes frames; the reader tells what they show.
    Frames(Box<dyn Controller>, Box<dyn SignalSource>),
    /// An agent with a socket of its own, through which everything goes.
    Agent(Shared, UdpSocket),
}

impl Speaker {
    /// The lights that a frame tells of, in no particular form. `None`: of none.
    fn lights(&mut self, now: Moment, frame: &[u8]) -> Option<Vec<String>> {
        match self {
            Self::Frames(_, reader) => {
                let mut talk = Talk::default();
                reader.receive(now, frame, &mut talk);
                let state = talk.states.pop()?;
                Some(state.groups.iter().map(|group| format!("{} {:?}", group.id, group.light)).collect())
            }
            Self::Agent(..) => {
                let message = CommunityMessage::decode(frame.to_vec().into(), DecodeConfig::default()).ok()?.value;
                let (_, _, varbinds) = message.into_pdu()?.into_raw_parts();
                // Reds, yellows and greens of all phases, then whether it flashes; rows of the phase table have more.
                let [lamps @ .., _] = &varbinds[..] else { return None };
                // Of phases that are no groups no SPAT tells.
                let groups = phases().fold(0, |bits, (_, phase)| bits | 1 << (phase - 1));
                let lit = |lamps: &VarBind| lamps.value.as_i32().map(|lit| format!("{:b}", lit & groups));
                (lamps.len() == 3).then(|| lamps.iter().filter_map(lit).collect())
            }
        }
    }
}

async fn from_agent(speaker: &Speaker, buffer: &mut [u8]) -> std::io::Result<usize> {
    match speaker {
        Speaker::Agent(_, agent) => agent.recv(buffer).await,
        Speaker::Frames(..) => pending().await,
    }
}

async fn measure(protocol: &'static str, wanted: usize, map: &Path) -> anyhow::Result<Figures> {
    let folder = std::env::temp_dir().join(format!("lukou-latency-{}-{protocol}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let ear = UdpSocket::bind("127.0.0.1:0").await?;
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    // A port that is free now; nobody else asks for it in the meantime.
    let listen = UdpSocket::bind("127.0.0.1:0").await?.local_addr()?;
    let signal = table(protocol, socket.local_addr()?, listen);
    let text = format!(
        "version = 1\nname = \"latency\"\ncity = \"bench\"\nmap = {map:?}\n\
         origin = {{ lat_deg = 31.4912, lon_deg = 120.3119, ellipsoidal_height_m = 8.0 }}\n\
         [[radio]]\nkind = \"pc5_udp\"\nid = \"pc5\"\nto = \"{}\"\n[console]\nlisten = \"127.0.0.1:0\"\n\
         [signal]\nsource = \"{protocol}\"\n{signal}",
        ear.local_addr()?
    );
    std::fs::write(folder.join("site.toml"), text)?;
    std::fs::write(folder.join("community"), "public")?;
    let site = Site::load(&folder.join("site.toml"))?;
    let is_asked = matches!(protocol, "gbt20999" | "ntcip1202");
    let mut far = Far { socket, service: (!is_asked).then_some(listen), speaks: speaker(protocol, &site).await? };
    let service = Service::start(&site, None).await?;
    let run = Run { wanted, ..Run::default() }.until_enough(&service, &ear, &mut far).await;
    service.stop().await;
    std::fs::remove_dir_all(&folder)?;
    let Run { mut taken_s, missed, .. } = run?;
    taken_s.sort_by(f64::total_cmp);
    let at = |share: f64| {
        // The smallest that so large a share does not exceed.
        let rank = (share * taken_s.len() as f64).ceil().max(1.0) as usize;
        taken_s.get(rank - 1).copied().unwrap_or(f64::NAN) * 1000.0
    };
    let poll_ms = match protocol {
        "gbt20999" => Some(200),
        "ntcip1202" => Some(100),
        _ => None,
    };
    let changes = taken_s.len();
    Ok(Figures { protocol, poll_ms, changes, median_ms: at(0.5), p99_ms: at(0.99), longest_ms: at(1.0), missed })
}

#[derive(Default)]
struct Run {
    wanted: usize,
    taken_s: Vec<f64>,
    missed: usize,
    /// What the controller said last, and when a change of it was sent that no SPAT has shown yet.
    said: Vec<String>,
    sent_at_s: Option<f64>,
    heard: Vec<(u8, Light)>,
}

impl Run {
    async fn until_enough(mut self, service: &Service, ear: &UdpSocket, far: &mut Far) -> anyhow::Result<Self> {
        let (mut message, mut bytes, mut answer) = (vec![0; 8192], vec![0; 8192], vec![0; 8192]);
        let mut every = tokio::time::interval(TICK);
        let Far { socket, service: to, speaks } = far;
        while self.taken_s.len() < self.wanted {
            let now = || Moment { utc: service.clock.now(), uptime_s: service.clock.uptime_s() };
            let mut frames = Vec::new();
            tokio::select! {
                biased;
                length = ear.recv(&mut message) => {
                    self.hear(now(), message.get(..length?).unwrap_or_default());
                }
                received = socket.recv_from(&mut bytes) => {
                    let (length, from) = received?;
                    *to = Some(from);
                    let question = bytes.get(..length).unwrap_or_default();
                    match speaks {
                        Speaker::Frames(controller, _) => frames = controller.receive(now().utc, question),
                        Speaker::Agent(_, agent) => _ = agent.send(question).await?,
                    }
                }
                length = from_agent(speaks, &mut answer) => frames.push(answer.get(..length?).unwrap_or_default().to_vec()),
                _ = every.tick() => match speaks {
                    Speaker::Frames(controller, _) => frames = controller.tick(now().utc),
                    Speaker::Agent(ring, _) => ring.lock().unwrap_or_else(PoisonError::into_inner).step(),
                },
            }
            for frame in frames {
                let lights = speaks.lights(now(), &frame);
                let Some(to) = *to else { continue };
                let at_s = now().uptime_s;
                socket.send_to(&frame, to).await?;
                self.say(at_s, lights);
            }
        }
        Ok(self)
    }

    fn say(&mut self, at_s: f64, lights: Option<Vec<String>>) {
        let Some(lights) = lights.filter(|lights| *lights != self.said) else { return };
        self.said = lights;
        let all_known = !self.heard.is_empty() && self.heard.iter().all(|(_, light)| *light != Light::Unavailable);
        if all_known && self.sent_at_s.replace(at_s).is_some() {
            self.missed += 1;
        }
    }

    fn hear(&mut self, now: Moment, frame: &[u8]) {
        let dialect = asn1::Dialect::default();
        let message = understand(frame, now.utc, dialect, dialect).ok().flatten();
        let Some(Content::Lights(junctions)) = message.map(|message| message.content) else { return };
        let groups = junctions.iter().flat_map(|junction| &junction.groups);
        let lights: Vec<_> = groups.map(|group| (group.id, group.light)).collect();
        if lights == self.heard {
            return;
        }
        self.heard = lights;
        if let Some(at_s) = self.sent_at_s.take() {
            self.taken_s.push(now.uptime_s - at_s);
        }
    }
}

/// Groups of the site, each with the phase that shows it to the US controllers.
fn phases() -> impl Iterator<Item = (u8, u8)> {
    (1u8..).zip(STAGES).flat_map(|(stage, groups)| groups.iter().copied().zip([stage, stage + 4]))
}

/// `[signal]` without its source.
fn table(protocol: &str, controller: SocketAddr, listen: SocketAddr) -> String {
    let mut text = match protocol {
        "gat1743" => format!("link = {{ listen = \"{listen}\" }}\n"),
        "gbt20999" => format!("link = {{ to = \"{controller}\" }}\npoll_s = 0.2\ncheck_sequence = false\n"),
        "j2735_push" => format!("link = {{ listen = \"{listen}\" }}\nintersection = 1\n"),
        "ntcip1202" => {
            format!(
                "link = {{ to = \"{controller}\" }}\npoll_s = 0.1\nsnmp = {{ community = {{ file = \"community\" }} }}\n"
            )
        }
        _ => format!("link = {{ listen = \"{listen}\" }}\n"),
    };
    for (group, phase) in phases() {
        let from = match protocol {
            "gat1743" => format!("direction_deg = {}\nlamp = \"straight\"", 30 * u16::from(group)),
            "gbt20999" => format!("lamp_group = {group}"),
            "j2735_push" => format!("signal_group = {phase}"),
            _ => format!("head = \"phase {phase}\""),
        };
        text.push_str(&format!("[[signal.group]]\ngroup = {group}\n{from}\n"));
    }
    text
}

async fn speaker(protocol: &str, site: &Site) -> anyhow::Result<Speaker> {
    let times = Times {
        min_green: 20,
        max_green: 30,
        wanted_green: 20,
        yellow: 10,
        red_clear: 10,
        walk: 0,
        pedestrian_clear: 0,
    };
    let ring = DualRing::new([times; 8]);
    let program = || {
        let stage = |groups: &[u8]| Stage { groups: groups.to_vec(), green_s: 2.0, yellow_s: 1.0, all_red_s: 1.0 };
        let plan = FixedTimePlan::new(STAGES.map(stage).to_vec(), 0.0);
        plan.map(Program::fixed).map_err(anyhow::Error::msg)
    };
    let controller: Box<dyn Controller> = match protocol {
        "gat1743" => {
            let lamp = |id: u8| gat1743::Lamp { group: id, direction_deg: 30 * u16::from(id), kind: 1, id };
            let lamps = (1..=6).map(lamp).collect();
            Box::new(Gat1743::new(gat1743::Settings { lamps, speaks: Speaks::Broadcasts, number: 1 }, program()?))
        }
        "gbt20999" => Box::new(Gbt20999::new(gbt20999::Settings::default(), program()?)),
        "tscbm" => Box::new(Tscbm::of(ring)),
        "j2735_push" => Box::new(Pusher::of(ring, 1)),
        _ => {
            let ring = Arc::new(Mutex::new(ring));
            let access = Access { community: "public".into(), writer: None, user: None, boots: 1 };
            let agent = ntcip::agent(SocketAddr::from(([127, 0, 0, 1], 0)), &access, ring.clone()).await?;
            let socket = UdpSocket::bind("127.0.0.1:0").await?;
            socket.connect(agent.local_addr()).await?;
            tokio::spawn(async move { agent.run().await });
            return Ok(Speaker::Agent(ring, socket));
        }
    };
    let reader = site.signal.as_ref().context("no signal")?.settings().source().map_err(anyhow::Error::msg)?;
    Ok(Speaker::Frames(controller, reader))
}
