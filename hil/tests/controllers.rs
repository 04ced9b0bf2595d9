//! Signal controllers on real sockets: the service hears what the emulated controller shows, through garbage, silence and
//! reboots.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use hil::controllers::gat1743::{self, Gat1743, Speaks};
use hil::controllers::gbt20999::{self, Gbt20999};
use hil::controllers::{Controller, Fault, Program, run};
use perception::calibration::{Origin, SiteGeometry};
use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::config::Site;
use rsu::health::{Health, Level};
use rsu::inlet::{Arrival, Inlet};
use rsu::metrics::Metrics;
use rsu::pipeline::Input;
use rsu::record::Recorder;
use rsu::run::Service;
use rsu::signals::fixed_time::{FixedTimePlan, Stage};
use rsu::signals::link::{Endpoint, LinkFile, Transport};
use rsu::signals::runner::{COMPONENT, Runner};
use rsu::signals::{Control, Light, Moment, SignalState, SourceSettings, Talk};
use rsu::vehicle::heard::{Content, Group, understand};
use sensors::recording::{Item, RecordingReader};
use tokio::runtime::Runtime;
use tokio::sync::watch;

#[path = "support/relay.rs"]
mod relay;
use relay::{Relay, Way};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn plan(stages: &[(&[u8], f64, f64, f64)]) -> FixedTimePlan {
    let stage = |&(groups, green_s, yellow_s, all_red_s): &(&[u8], f64, f64, f64)| Stage {
        groups: groups.to_vec(),
        green_s,
        yellow_s,
        all_red_s,
    };
    FixedTimePlan::new(stages.iter().map(stage).collect(), 0.0).unwrap()
}

/// Quick: a light changes every second.
fn quick() -> FixedTimePlan {
    plan(&[(&[1, 3], 2.0, 1.0, 1.0), (&[2], 2.0, 1.0, 1.0)])
}

/// The edge's side of a link, and the controller's.
struct Bench {
    _runtime: Runtime,
    clock: Arc<Clock>,
    metrics: Metrics,
    health: Arc<Health>,
    states: Receiver<Arrival>,
    faults: watch::Sender<Fault>,
    name: &'static str,
    _stop: watch::Sender<bool>,
}

impl Bench {
    fn new<S: SourceSettings>(
        controller: Box<dyn Controller>,
        controller_link: impl FnOnce(SocketAddr) -> LinkFile,
        edge_listens: Option<Transport>,
        edge: impl FnOnce(SocketAddr) -> S,
    ) -> Self {
        Self::with_recorder(controller, controller_link, edge_listens, edge, |_, _| None)
    }

    /// `edge` makes the settings once it is known where the controller listens, if it does.
    fn with_recorder<S: SourceSettings>(
        controller: Box<dyn Controller>,
        controller_link: impl FnOnce(SocketAddr) -> LinkFile,
        edge_listens: Option<Transport>,
        edge: impl FnOnce(SocketAddr) -> S,
        recorder: impl FnOnce(Arc<Clock>, Metrics) -> Option<Recorder>,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let (clock, metrics, health) = (Arc::new(Clock::new()), Metrics::new().unwrap(), Arc::new(Health::new()));
        let (inlet, states) = Inlet::new(recorder(clock.clone(), metrics.clone()), clock.clone(), metrics.clone());
        let (stop, shutdown) = watch::channel(false);
        let (faults, faults_seen) = watch::channel(Fault::None);
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let bind = |link: LinkFile| runtime.block_on(Endpoint::bind(Some(&link))).unwrap();
        // Whoever listens is bound first, so that the other knows where.
        let (settings, edge_end, controller_end) = match edge_listens {
            Some(transport) => {
                let edge_end = bind(LinkFile { transport, listen: Some(any_port), to: None });
                let at = edge_end.local_addr().unwrap();
                (edge(at), edge_end, bind(controller_link(at)))
            }
            None => {
                let controller_end = bind(controller_link(any_port));
                let settings = edge(controller_end.local_addr().unwrap());
                let edge_end = bind(settings.link().unwrap().clone());
                (settings, edge_end, controller_end)
            }
        };
        let source = settings.source().unwrap();
        let name = source.name();
        let runner =
            Runner::new(source, settings.stale_after_s(), inlet, health.clone(), metrics.clone(), clock.clone());
        runtime.spawn(runner.run(edge_end, shutdown));
        runtime.spawn(run(controller, controller_end, faults_seen, clock.clone()));
        Self { _runtime: runtime, clock, metrics, health, states, faults, name, _stop: stop }
    }

    /// The next state and when it arrived.
    fn next(&self) -> (SignalState, Arrival) {
        let arrival = self.states.recv_timeout(PATIENCE).unwrap();
        let Input::Signal(state) = &arrival.input else { panic!("{arrival:?}") };
        (state.clone(), arrival)
    }

    /// Takes states until one is as wanted.
    fn until(&self, what: &str, wanted: impl Fn(&SignalState) -> bool) -> SignalState {
        let begun = self.clock.uptime_s();
        while self.clock.uptime_s() - begun < PATIENCE.as_secs_f64() {
            let (state, _) = self.next();
            if wanted(&state) {
                return state;
            }
        }
        panic!("no state in which {what}");
    }

    /// Looks again and again until it is so; states that come are thrown away.
    fn wait(&self, what: &str, is_so: impl Fn() -> bool) {
        let begun = self.clock.uptime_s();
        while !is_so() {
            assert!(self.clock.uptime_s() - begun < PATIENCE.as_secs_f64(), "{what} never came about");
            let _ = self.states.recv_timeout(Duration::from_millis(50));
        }
    }

    fn refused(&self, reason: &str) -> u64 {
        let place = format!("signal {}", self.name);
        self.metrics.drops().into_iter().filter(|(w, r, _)| *w == place && r == reason).map(|drop| drop.2).sum()
    }

    fn connected(&self) -> bool {
        self.metrics.signal_connected.with_label_values(&[self.name]).get() > 0.0
    }

    fn reconnects(&self) -> u64 {
        self.metrics.signal_reconnects.with_label_values(&[self.name]).get()
    }

    fn level(&self) -> Level {
        self.health.components().into_iter().find(|component| component.id == COMPONENT).unwrap().level
    }

    /// With the fault states go on, and what is wrong is counted for its reason.
    fn survives(&self, fault: Fault, reasons: &[&str]) {
        self.faults.send(fault).unwrap();
        self.wait("a refusal", || reasons.iter().any(|reason| self.refused(reason) > 0));
        self.until("the controller is heard", |state| !state.groups.is_empty());
        self.faults.send(Fault::None).unwrap();
    }

    /// Silence is noticed, told, and over when the controller speaks again.
    fn notices_silence(&self) {
        self.until("the controller is heard", |state| !state.groups.is_empty());
        assert!(self.connected());
        self.faults.send(Fault::Silence).unwrap();
        self.wait("silence", || !self.connected());
        assert_eq!(self.level(), Level::Failed);
        self.faults.send(Fault::None).unwrap();
        self.wait("an end of the silence", || self.connected());
        assert_eq!(self.level(), Level::Ok);
    }
}

fn gat1743(speaks: Speaks, program: Program) -> Box<dyn Controller> {
    let lamp = |group, direction_deg, kind| gat1743::Lamp { group, direction_deg, kind, id: group };
    // South has two straight lamps, which show the same; its left is no group of the site.
    let lamps = vec![lamp(1, 0, 1), lamp(2, 0, 2), lamp(3, 180, 1), lamp(2, 180, 2)];
    Box::new(Gat1743::new(gat1743::Settings { lamps, speaks, number: 0xc0db }, program))
}

fn gat1743_site(link: LinkFile, more: &str) -> rsu::signals::gat1743::Settings {
    let text = format!(
        "{more}\nlink = {{ listen = \"127.0.0.1:0\" }}\n\
         [[group]]\ngroup = 1\ndirection_deg = 0\nlamp = \"straight\"\n\
         [[group]]\ngroup = 2\ndirection_deg = 0\nlamp = \"left\"\n\
         [[group]]\ngroup = 3\ndirection_deg = 180\nlamp = \"straight\"\n"
    );
    rsu::signals::gat1743::Settings { link, ..toml::from_str(&text).unwrap() }
}

/// Where a way like this to an address begins; it lasts as long as the runtime.
fn way_to(to: SocketAddr, way: Way, runtime: &Runtime) -> SocketAddr {
    let relay = runtime.block_on(Relay::start(to, 1743));
    relay.becomes(way);
    relay.at
}

fn udp(listen: Option<SocketAddr>, to: Option<SocketAddr>) -> LinkFile {
    LinkFile { transport: Transport::Udp, listen, to }
}

fn tcp(listen: Option<SocketAddr>, to: Option<SocketAddr>) -> LinkFile {
    LinkFile { transport: Transport::Tcp, listen, to }
}

#[test]
fn gat1743_broadcasts_over_udp_are_the_lights_and_ends_of_the_plan() {
    let bench = Bench::new(
        gat1743(Speaks::Broadcasts, Program::fixed(quick())),
        |edge| udp(None, Some(edge)),
        Some(Transport::Udp),
        |at| gat1743_site(udp(Some(at), None), "clock = \"controller\"\nask = false"),
    );
    let mut seen = std::collections::BTreeSet::new();
    let mut followed = false;
    while seen.len() < 6 || !followed {
        let (state, arrival) = bench.next();
        assert!(state.captured_at <= arrival.at);
        // The controller's stamp is cut to milliseconds.
        let truth = [0.0, 0.001].map(|later_s| quick().state(state.captured_at.plus_seconds(later_s)));
        assert_eq!(state.groups.iter().map(|group| group.id).collect::<Vec<_>>(), [1, 2, 3]);
        for (index, group) in state.groups.iter().enumerate() {
            assert!(truth.iter().any(|truth| truth.groups[index].light == group.light), "{state:?}");
            seen.insert((group.id.min(2), format!("{:?}", group.light)));
            let (min_s, max_s) = (group.min_end_s.unwrap(), group.max_end_s.unwrap());
            assert_eq!(max_s - min_s, 1.0);
            let true_s = truth.each_ref().map(|truth| truth.groups[index].likely_end_s.unwrap());
            assert!(true_s.iter().any(|s| (min_s - 0.0011..=max_s + 0.0011).contains(s)), "{group:?} {true_s:?}");
            if group.light == Light::Green && !group.next.is_empty() {
                assert_eq!(group.next, [(Light::Yellow, 1.0), (Light::Red, 5.0)]);
                followed = true;
            }
        }
    }
    // The first frame told of the control mode.
    assert_eq!(bench.next().0.control, Some(Control::FixedTime));
    assert_eq!(bench.refused("unmapped_lamp"), 1);
}

#[test]
fn gat1743_over_a_bad_way_tells_no_light_that_was_not_shown() {
    let runtime = Runtime::new().unwrap();
    // One word a second: what is to be overtaken must be later than that.
    let slow = Way { late_s: 2.5, ..Way::BAD };
    let bench = Bench::new(
        gat1743(Speaks::Broadcasts, Program::fixed(quick())),
        |edge| udp(None, Some(way_to(edge, slow, &runtime))),
        Some(Transport::Udp),
        |at| gat1743_site(udp(Some(at), None), "clock = \"controller\"\nask = false"),
    );
    let mut last = None;
    while bench.refused("late") == 0 || last.is_none() {
        let (state, _) = bench.next();
        // The controller's stamp is cut to milliseconds.
        let truth = [0.0, 0.001].map(|later_s| quick().state(state.captured_at.plus_seconds(later_s)));
        for (index, group) in state.groups.iter().enumerate() {
            assert!(truth.iter().any(|truth| truth.groups[index].light == group.light), "{state:?}");
        }
        assert!(last.is_none_or(|last| last <= state.captured_at), "what was overtaken is not told");
        last = Some(state.captured_at);
    }
}

#[test]
fn gat1743_survives_damage_and_silence() {
    let bench = Bench::new(
        gat1743(Speaks::Broadcasts, Program::fixed(quick())),
        |edge| udp(None, Some(edge)),
        Some(Transport::Udp),
        |at| gat1743_site(udp(Some(at), None), "ask = false"),
    );
    bench.survives(Fault::WrongCrc, &["crc"]);
    bench.survives(Fault::HalfFrame, &["half_frame"]);
    bench.survives(Fault::Garbage, &["too_short", "escape"]);
    bench.notices_silence();
    assert_eq!(bench.reconnects(), 0, "there is no connection to lose");
}

#[test]
fn gat1743_over_tcp_is_asked_and_found_again_after_its_reboot() {
    let bench = Bench::new(
        gat1743(Speaks::Never, Program::actuated(quick(), 1)),
        |at| tcp(Some(at), None),
        None,
        |at| gat1743_site(tcp(None, Some(at)), "own = { region = 110115, number = 7 }"),
    );
    let state = bench.until("the mode is known", |state| state.control.is_some());
    assert_eq!(state.control, Some(Control::Actuated));
    assert!(state.groups.iter().all(|group| group.min_end_s.is_none() && group.likely_end_s.is_some()));
    bench.survives(Fault::HalfFrame, &["too_short", "crc"]);
    bench.faults.send(Fault::Reboot).unwrap();
    bench.wait("a lost link", || bench.reconnects() > 0);
    bench.until("the controller is heard", |state| state.groups.len() == 3);
}

#[test]
fn gat1743_reports_from_a_controller_that_connects_are_acknowledged() {
    let bench = Bench::new(
        gat1743(Speaks::Reports, Program::fixed(quick())),
        |edge| tcp(None, Some(edge)),
        Some(Transport::Tcp),
        |at| gat1743_site(tcp(Some(at), None), ""),
    );
    bench.until("the plan is known", |state| state.groups.iter().any(|group| !group.next.is_empty()));
    // It says no more than four frames that nobody acknowledges, and three go out in the first second.
    for _ in 0..3 {
        assert_eq!(bench.next().0.groups.len(), 3);
    }
}

#[test]
fn what_the_controller_sent_is_in_the_recording_as_it_came() {
    let path = std::env::temp_dir().join(format!("lukou-controllers-{}.mcap", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let origin = Origin { lat_deg: 31.0, lon_deg: 120.0, ellipsoidal_height_m: 8.0 };
    let geometry = SiteGeometry { name: "bench".into(), origin, sensors: Vec::new(), lanes: Vec::new() };
    let mut kept = None;
    let bench = Bench::with_recorder(
        gat1743(Speaks::Broadcasts, Program::fixed(quick())),
        |edge| udp(None, Some(edge)),
        Some(Transport::Udp),
        |at| gat1743_site(udp(Some(at), None), "ask = false"),
        |clock, metrics| {
            kept = Some(Recorder::start(path.clone(), &geometry, clock, metrics).unwrap());
            kept.clone()
        },
    );
    bench.faults.send(Fault::HalfFrame).unwrap();
    bench.wait("a refusal", || bench.refused("half_frame") > 0);
    let (state, _) = bench.next();
    drop(bench);
    kept.unwrap().finish();
    let (mut halves, mut heard, mut replayed) = (0, 0, Vec::new());
    let settings = gat1743_site(udp(Some(SocketAddr::from(([127, 0, 0, 1], 9))), None), "");
    let mut source = settings.source().unwrap();
    for recorded in RecordingReader::open(&path).unwrap() {
        let recorded = recorded.unwrap();
        match recorded.item {
            Item::SignalRaw { source: name, hex } => {
                assert_eq!(name, "gat1743");
                let octets = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
                let mut talk = Talk::default();
                source.receive(
                    Moment { utc: recorded.arrived_at, uptime_s: 0.0 },
                    &octets.collect::<Vec<_>>(),
                    &mut talk,
                );
                halves += talk.refused.iter().filter(|(reason, _)| *reason == "half_frame").count();
                replayed.extend(talk.states);
            }
            Item::Signal(_) => heard += 1,
            _ => {}
        }
    }
    // The bytes alone say what the service said.
    assert!(halves > 0 && heard > 0 && replayed.len() >= heard, "{halves} {heard} {}", replayed.len());
    assert!(replayed.iter().any(|other| other.groups == state.groups));
    std::fs::remove_file(&path).unwrap();
}

/// A whole service on the demo's junction, with a controller instead of a plan; its SPAT, as a vehicle hears it.
struct Junction {
    runtime: Runtime,
    service: Service,
    faults: watch::Sender<Fault>,
    ear: UdpSocket,
    folder: PathBuf,
}

impl Junction {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("lukou-junction-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let ear = UdpSocket::bind("127.0.0.1:0").unwrap();
        ear.set_read_timeout(Some(PATIENCE)).unwrap();
        let listen = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let lamp = |group: u8| {
            let direction_deg = 30 * u16::from(group);
            gat1743::Lamp { group, direction_deg, kind: 1, id: group }
        };
        let lamps: Vec<_> = (1..=6).map(lamp).collect();
        let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/demo/map.geojson").canonicalize().unwrap();
        let mut text = format!(
            "version = 1\nname = \"junction\"\ncity = \"bench\"\nmap = {map:?}\n\
             origin = {{ lat_deg = 31.4912, lon_deg = 120.3119, ellipsoidal_height_m = 8.0 }}\n\
             [[radio]]\nkind = \"pc5_udp\"\nid = \"pc5\"\nto = \"{}\"\n[console]\nlisten = \"127.0.0.1:0\"\n\
             [signal]\nsource = \"gat1743\"\nlink = {{ listen = \"{listen}\" }}\n",
            ear.local_addr().unwrap()
        );
        for gat1743::Lamp { group, direction_deg, .. } in &lamps {
            let lines = format!("group = {group}\ndirection_deg = {direction_deg}\nlamp = \"straight\"\n");
            text.push_str(&format!("[[signal.group]]\n{lines}"));
        }
        std::fs::write(folder.join("site.toml"), text).unwrap();
        let site = Site::load(&folder.join("site.toml")).unwrap();
        let runtime = Runtime::new().unwrap();
        let service = runtime.block_on(Service::start(&site, None)).unwrap();
        let program =
            plan(&[(&[1, 5], 3.0, 1.0, 1.0), (&[2], 3.0, 1.0, 1.0), (&[3, 6], 3.0, 1.0, 1.0), (&[4], 3.0, 1.0, 1.0)]);
        let settings = gat1743::Settings { lamps, speaks: Speaks::Broadcasts, number: 1 };
        let controller = Box::new(Gat1743::new(settings, Program::fixed(program)));
        let end = runtime.block_on(Endpoint::bind(Some(&udp(None, Some(listen))))).unwrap();
        let (faults, faults_seen) = watch::channel(Fault::None);
        runtime.spawn(run(controller, end, faults_seen, service.clock.clone()));
        Self { runtime, service, faults, ear, folder }
    }

    /// Listens until a SPAT is as wanted.
    fn until(&self, what: &str, wanted: impl Fn(&[Group]) -> bool) {
        let begun = self.service.clock.uptime_s();
        let mut frame = [0; 4096];
        while self.service.clock.uptime_s() - begun < PATIENCE.as_secs_f64() {
            let length = self.ear.recv(&mut frame).unwrap();
            let dialect = asn1::Dialect::default();
            let message = understand(&frame[..length], self.service.clock.now(), dialect, dialect).unwrap();
            if let Some(Content::Lights(lights)) = message.map(|message| message.content) {
                let [junction] = &lights[..] else { panic!("{lights:?}") };
                assert_eq!(junction.groups.iter().map(|group| group.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
                // Whatever is said, it is never green for two stages.
                let green = |id: usize| junction.groups[id - 1].light == Light::Green;
                assert!([1, 2, 3, 4].into_iter().filter(|id| green(*id)).count() <= 1, "{junction:?}");
                if wanted(&junction.groups) {
                    return;
                }
            }
        }
        panic!("no SPAT in which {what}");
    }
}

#[test]
fn what_the_controller_shows_reaches_the_vehicles_and_its_silence_makes_it_unavailable() {
    let junction = Junction::new();
    let unavailable = |groups: &[Group]| groups.iter().all(|group| group.light == Light::Unavailable);
    for id in 1..=4 {
        junction.until("the stage runs", |groups| {
            let group = &groups[id - 1];
            group.light == Light::Green && group.ends_at.is_some()
        });
    }
    junction.faults.send(Fault::Silence).unwrap();
    junction.until("nothing is known", unavailable);
    junction.faults.send(Fault::Garbage).unwrap();
    junction.until("all is known again", |groups| groups.iter().all(|group| group.light != Light::Unavailable));
    let Junction { runtime, service, folder, .. } = junction;
    runtime.block_on(service.stop());
    std::fs::remove_dir_all(folder).unwrap();
}

fn gbt20999(settings: gbt20999::Settings, program: Program) -> Box<dyn Controller> {
    Box::new(Gbt20999::new(settings, program))
}

fn gbt20999_site(link: LinkFile, more: &str) -> rsu::signals::gbt20999::Settings {
    let text = format!(
        "{more}\nlink = {{ to = \"127.0.0.1:9\" }}\n\
         [[group]]\ngroup = 11\nlamp_group = 1\n[[group]]\ngroup = 12\nlamp_group = 2\n[[group]]\ngroup = 13\nlamp_group = 3\n"
    );
    rsu::signals::gbt20999::Settings { link, ..toml::from_str(&text).unwrap() }
}

/// Whether the state is what the plan had at one time between the question and its answer, ends included.
fn is_of_plan(state: &SignalState, arrived_at: UtcMicros, plan: &FixedTimePlan, end_within_s: f64) -> bool {
    let hundredths = (arrived_at.seconds_since(state.captured_at) * 100.0).ceil() as u32;
    let told = (0..=hundredths)
        .map(|later| plan.state(state.captured_at.plus_seconds(0.01 * f64::from(later)).min(arrived_at)));
    let same = |truth: SignalState| {
        truth.groups.iter().zip(&state.groups).all(|(truth, group)| {
            let left_s = truth.likely_end_s.unwrap();
            let within = |end_s: Option<f64>| end_s.is_none_or(|end_s| (end_s - left_s).abs() <= end_within_s);
            truth.id + 10 == group.id && truth.light == group.light && within(group.likely_end_s)
        })
    };
    state.groups.len() == 3 && told.into_iter().any(same)
}

#[test]
fn gbt20999_over_udp_tells_when_lamps_change_from_its_own_tables() {
    // Greens end 2 s before their stage: the controller counts yellow and all red to the stage.
    let program = plan(&[(&[1, 3], 4.0, 1.0, 1.0), (&[2], 4.0, 1.0, 1.0)]);
    let bench = Bench::new(
        gbt20999(gbt20999::Settings::default(), Program::fixed(program.clone())),
        |at| udp(Some(at), None),
        None,
        |at| gbt20999_site(udp(None, Some(at)), "transition_s = 2.0\nheartbeat_s = 0.5"),
    );
    let mut with_end = std::collections::BTreeSet::new();
    while with_end.len() < 6 {
        let (state, arrival) = bench.next();
        assert!(is_of_plan(&state, arrival.at, &program, 1.5), "{state:?}");
        assert!(state.control.is_none_or(|control| control == Control::FixedTime));
        for group in state.groups.iter().filter(|group| group.likely_end_s.is_some()) {
            with_end.insert((group.id, format!("{:?}", group.light)));
        }
    }
    let (state, _) = bench.next();
    assert_eq!((state.control, state.plan), (Some(Control::FixedTime), Some(gbt20999::PLAN.into())));
    assert!(with_end.iter().all(|(_, light)| light == "Green" || light == "Red"), "{with_end:?}");
}

#[test]
fn gbt20999_over_a_bad_way_tells_no_light_that_was_not_shown() {
    let program = plan(&[(&[1, 3], 4.0, 1.0, 1.0), (&[2], 4.0, 1.0, 1.0)]);
    let runtime = Runtime::new().unwrap();
    let bench = Bench::new(
        gbt20999(gbt20999::Settings::default(), Program::fixed(program.clone())),
        |at| udp(Some(at), None),
        None,
        |at| gbt20999_site(udp(None, Some(way_to(at, Way::BAD, &runtime))), "transition_s = 2.0"),
    );
    for _ in 0..50 {
        let (state, arrival) = bench.next();
        let all_said = state.groups.len() == 3;
        // What is left of the stage may be a second old when it comes.
        assert!(!all_said || is_of_plan(&state, arrival.at, &program, 2.5), "{state:?}");
    }
}

#[test]
fn gbt20999_survives_damage_and_silence_on_both_transports() {
    for stream in [false, true] {
        let settings = gbt20999::Settings { stream, traps: true, heartbeat_reply: 0x71, ..Default::default() };
        let link = if stream { tcp } else { udp };
        let bench = Bench::new(
            gbt20999(settings, Program::actuated(quick(), 2)),
            |at| link(Some(at), None),
            None,
            |at| gbt20999_site(link(None, Some(at)), "heartbeat_reply = 0x71"),
        );
        bench.survives(Fault::WrongCrc, &["crc"]);
        bench.survives(Fault::HalfFrame, &["half_frame"]);
        bench.survives(Fault::Garbage, &["outside", "half_frame"]);
        bench.notices_silence();
        let state = bench.until("the mode is known", |state| state.control.is_some());
        assert_eq!(state.control, Some(Control::Actuated));
    }
}

#[test]
fn gbt20999_over_tcp_is_found_again_after_its_reboot_and_attribute_1_is_a_setting() {
    let settings = gbt20999::Settings { stream: true, lamp_attribute: 1, ..Default::default() };
    let bench = Bench::new(
        gbt20999(settings, Program::fixed(plan(&[(&[1, 3], 900.0, 3.0, 2.0), (&[2], 900.0, 3.0, 2.0)]))),
        |at| tcp(Some(at), None),
        None,
        |at| gbt20999_site(tcp(None, Some(at)), "lamp_attribute = 1"),
    );
    let known = |state: &SignalState| state.groups.len() == 3 && state.groups[0].max_end_s.is_some();
    bench.until("ends are known", known);
    bench.faults.send(Fault::Reboot).unwrap();
    bench.wait("a lost link", || bench.reconnects() > 0);
    bench.until("ends are known", known);
    assert_eq!(bench.level(), Level::Ok);
}
