//! A whole service between vehicles that ask for priority and a controller: requests come by the radio, the controller's objects
//! are written over SNMP, answers go out by the radio, and every decision is in the audit log.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use asn1::cn::day2::vir::ReqStatus;
use asn1::transport::{dsmp, wsmp};
use asn1::us::srm::PriorityRequestType;
use asn1::us::ssm::PrioritizationResponseStatus as Status;
use async_snmp::message::CommunityMessage;
use async_snmp::{DecodeConfig, PduType};
use hil::controllers::nema::{DualRing, Told};
use hil::controllers::ntcip::{Access, Shared, agent};
use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::config::Site;
use rsu::run::Service;
use rsu::signals::Light;
use rsu::signals::nema::Head;
use rsu::vehicle::heard::{Content, understand};
use serde_json::Value;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::bench::{IN_VAIN, Shown};
use super::ntcip::{Secrets, access, secrets};
use super::relay::{Relay, Way};
use super::requests::{AMBULANCE, BUS, rsc, srm, ssm, vir};

const TENTH: Duration = Duration::from_millis(100);
/// A vehicle asks again after so long without an answer that it waits for.
const ASKS_AGAIN: Duration = Duration::from_millis(300);
/// The groups of the demo's junction, each with its phase: no two that conflict are ever green together.
const PHASES: [(u8, u8); 6] = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 7)];
/// The bus goes straight on from the north, group 1; the ambulance turns left to the east, group 2.
const BUS_IS_HELD: Told = Told { calls: 0b1, holds: 0b1 };
const AMBULANCE_IS_HELD: Told = Told { calls: 0b10, holds: 0b10 };

/// Late answers of a busy machine are no matter.
const PATIENT: &str = "stale_after_s = 10.0";
const ALL_THAT_ASKS: &str = "allow = [\"emergency\", \"bus\"]\nvehicle = [\n\
    { id = \"a102030405060708\", role = \"emergency\" }, { id = \"b1020304\", role = \"bus\" }]\n";

struct Junction {
    site: Site,
    service: Service,
    /// Hears what is on the air, and speaks there.
    vehicle: UdpSocket,
    controller: Shared,
    /// What its phases showed.
    shown: Arc<Mutex<Shown>>,
    agent: JoinHandle<()>,
    relay: Relay,
    folder: Secrets,
}

impl Junction {
    /// With this in `[signal]` and `[priority]`, besides what must be there, and a controller that lets these write.
    async fn start(name: &str, signal: &str, priority: &str, access: &Access) -> Self {
        let folder = secrets(name);
        let vehicle = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let controller: Shared = Arc::new(Mutex::new(DualRing::default()));
        let agent = agent("127.0.0.1:0".parse().unwrap(), access, controller.clone()).await.unwrap();
        let relay = Relay::start(agent.local_addr(), 1).await;
        std::fs::write(folder.join("site.toml"), site_file(&vehicle, &relay, signal, priority)).unwrap();
        let site = Site::load(&folder.join("site.toml")).unwrap();
        let service = Service::start(&site, None).await.unwrap();
        let shown = Arc::new(Mutex::new(Shown::default()));
        let runs = run(controller.clone(), shown.clone(), service.clock.clone());
        let agent = tokio::spawn(async move {
            tokio::select! { () = runs => {}, stopped = agent.run() => stopped.unwrap() }
        });
        Self { site, service, vehicle, controller, shown, agent, relay, folder }
    }

    fn told(&self) -> Told {
        self.controller.lock().unwrap().told
    }

    async fn says(&self, frame: Vec<u8>) {
        self.vehicle.send_to(&frame, self.service.receivers.addresses()[0]).await.unwrap();
    }

    async fn bus(&self, kind: PriorityRequestType) {
        let octets = srm(&self.site, self.service.clock.now(), BUS, kind);
        self.says(wsmp::Frame::new(0x20_4096, &octets).encode().unwrap()).await;
    }

    async fn ambulance(&self, status: ReqStatus) {
        let octets = vir(&self.site, self.service.clock.now(), AMBULANCE, status);
        self.says(dsmp::Frame::new(24, &octets).encode().unwrap()).await;
    }

    /// The next datagram on the air.
    async fn hears(&self) -> Vec<u8> {
        let mut buffer = vec![0; 4096];
        let length = self.vehicle.recv(&mut buffer).await.unwrap();
        buffer.truncate(length);
        buffer
    }

    /// How the bus stands, as the next SSM says it.
    async fn bus_stands(&self) -> Status {
        loop {
            let frame = self.hears().await;
            let Ok(frame) = wsmp::Frame::decode(&frame) else { continue };
            if frame.psid == 0x20_4095 {
                let said = ssm(frame.data);
                let [junction] = &said.status[..] else { panic!("one junction") };
                let [answer] = &junction.sig_status[..] else { panic!("one request") };
                return answer.status;
            }
        }
    }

    /// Whether the next RSC suggests that the ambulance may go.
    async fn ambulance_may_go(&self) -> bool {
        loop {
            let frame = self.hears().await;
            let Ok(frame) = dsmp::Frame::decode(&frame) else { continue };
            if frame.aid == 21 {
                let vehicles = rsc(frame.data).coordinates.unwrap();
                let [vehicle] = &vehicles[..] else { panic!("one vehicle") };
                assert_eq!(vehicle.veh_id, AMBULANCE.into());
                return vehicle.drive_suggestion.is_some();
            }
        }
    }

    /// The lights of the next SPAT, and when it says that they are so.
    async fn lights(&self) -> (UtcMicros, Vec<Light>) {
        loop {
            let frame = self.hears().await;
            let editions = (self.site.cn.unwrap(), self.site.us.unwrap());
            let message = understand(&frame, self.service.clock.now(), editions.0, editions.1).unwrap();
            let Some(message) = message else { continue };
            if let Content::Lights(junctions) = message.content {
                let groups = junctions.iter().flat_map(|junction| &junction.groups).map(|group| group.light);
                return (message.said_at.unwrap(), groups.collect());
            }
        }
    }

    /// Listens until all lights are, or none is, known.
    async fn until_known(&self, known: bool) {
        let listens =
            async { while self.lights().await.1.iter().any(|light| (*light != Light::Unavailable) != known) {} };
        tokio::time::timeout(IN_VAIN, listens).await.expect("the lights stay as they are");
    }

    /// The bus asks, again and again as buses do, until it stands so; all that it was told until then, each once.
    async fn bus_asks_until(&self, wanted: Status) -> Vec<Status> {
        let mut heard = Vec::new();
        let asks = async {
            while heard.last() != Some(&wanted) {
                match tokio::time::timeout(ASKS_AGAIN, self.bus_stands()).await {
                    Ok(status) if heard.last() != Some(&status) => heard.push(status),
                    Ok(_) => {}
                    Err(_) => self.bus(PriorityRequestType::PriorityRequest).await,
                }
            }
        };
        tokio::time::timeout(IN_VAIN, asks).await.unwrap_or_else(|_| panic!("never {wanted:?}: {heard:?}"));
        heard
    }

    /// The ambulance asks until an RSC says so.
    async fn ambulance_asks_until(&self, may_go: bool) {
        let asks = async {
            loop {
                match tokio::time::timeout(ASKS_AGAIN, self.ambulance_may_go()).await {
                    Ok(may) if may == may_go => return,
                    Ok(_) => {}
                    Err(_) => self.ambulance(ReqStatus::Request).await,
                }
            }
        };
        tokio::time::timeout(IN_VAIN, asks).await.expect("never answered so");
    }

    async fn until_told(&self, wanted: Told) {
        let told = async {
            while self.told() != wanted {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(IN_VAIN, told).await.unwrap_or_else(|_| panic!("still {:?}", self.told()));
    }

    /// How many requests to write went to the controller.
    fn writes(&self) -> usize {
        let is_set = |datagram: &Vec<u8>| {
            let message = CommunityMessage::decode(datagram.clone().into(), DecodeConfig::default()).unwrap();
            message.value.into_pdu().unwrap().pdu_type() == PduType::SetRequest
        };
        self.relay.asked().iter().filter(|datagram| is_set(datagram)).count()
    }

    /// Stops the service. What the audit log says of one who asked: decisions with their reasons, commands with their answers.
    /// What only says that the controller had not been heard yet is left out.
    async fn log_of(self, who: &str) -> Vec<[String; 2]> {
        let Self { service, agent, folder, .. } = self;
        service.stop().await;
        agent.abort();
        let log = std::fs::read_to_string(folder.join("state").join(rsu::audit::NAME)).unwrap();
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let text = |line: &Value, key: &str| line[key].as_str().map(str::to_owned);
        let lines = lines.filter(|line| line["who"] == who).map(|line| match text(&line, "command") {
            Some(command) => [command, text(&line, "controller").unwrap()],
            None => [text(&line, "decided").unwrap(), text(&line, "why").unwrap()],
        });
        lines.filter(|[_, why]| why != "signal_unknown").collect()
    }
}

/// The controller goes on, a tenth of a second at a time, and what it shows is noted.
async fn run(controller: Shared, shown: Arc<Mutex<Shown>>, clock: Arc<Clock>) {
    let mut every = tokio::time::interval(TENTH);
    loop {
        every.tick().await;
        let mut controller = controller.lock().unwrap();
        controller.step();
        let lights = PHASES.map(|(_, phase)| controller.shows(Head::Phase(phase)).light);
        shown.lock().unwrap().add(clock.now(), lights.to_vec());
    }
}

fn site_file(vehicle: &UdpSocket, relay: &Relay, signal: &str, priority: &str) -> String {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/demo/map.geojson").canonicalize().unwrap();
    let groups = PHASES.map(|(group, phase)| format!("{{ group = {group}, head = \"phase {phase}\" }}")).join(", ");
    format!(
        "version = 1\nname = \"junction\"\ncity = \"bench\"\nmap = {map:?}\n\
         origin = {{ lat_deg = 31.4912, lon_deg = 120.3119, ellipsoidal_height_m = 8.0 }}\n\
         [broadcast]\nus = \"us-j2735-2024\"\n\
         [[radio]]\nkind = \"pc5_udp\"\nid = \"pc5\"\nto = \"{}\"\n\
         [[receiver]]\nid = \"obu\"\nlisten = \"127.0.0.1:0\"\n\
         [console]\nlisten = \"127.0.0.1:0\"\n\
         [signal]\nsource = \"ntcip1202\"\nlink = {{ to = \"{}\" }}\n{signal}\n\
         snmp = {{ community = {{ file = \"community\" }} }}\ncommand = {{}}\ngroup = [{groups}]\n\
         [priority]\n{ALL_THAT_ASKS}{priority}\n",
        vehicle.local_addr().unwrap(),
        relay.at,
    )
}

/// Lines of the audit log.
fn lines(lines: &[[&str; 2]]) -> Vec<[String; 2]> {
    lines.iter().map(|line| line.map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bus_is_granted_its_phase_on_the_controllers_word_and_gives_it_back() {
    let junction = Junction::start("granted", PATIENT, "pass_to_controller = true", &access()).await;
    let heard = junction.bus_asks_until(Status::Granted).await;
    assert!(heard.iter().all(|status| [Status::Requested, Status::Processing, Status::Granted].contains(status)));
    assert_eq!(junction.told(), BUS_IS_HELD);
    junction.bus(PriorityRequestType::PriorityCancellation).await;
    junction.until_told(Told::default()).await;
    let log = junction.log_of("b1020304").await;
    let expected = [
        ["requested", "early"],
        ["processing", "controller_asked"],
        ["serve", "asked"],
        ["granted", "controller_took"],
        ["let_go", "asked"],
        ["cancelled", "cancelled"],
    ];
    assert_eq!(log, lines(&expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_refuses_is_answered_for_and_nothing_is_granted() {
    let access = Access { writer: Some("boss".into()), ..access() };
    let junction = Junction::start("refused", PATIENT, "pass_to_controller = true", &access).await;
    let heard = junction.bus_asks_until(Status::WatchOtherTraffic).await;
    assert!(!heard.contains(&Status::Granted), "{heard:?}");
    assert_eq!(junction.told(), Told::default());
    assert!(junction.writes() > 0);
    let log = junction.log_of("b1020304").await;
    assert!(log.contains(&["watch_other_traffic", "controller_refused"].map(str::to_owned)), "{log:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controller_that_dies_takes_the_grant_with_it() {
    let junction = Junction::start("dies", PATIENT, "pass_to_controller = true", &access()).await;
    junction.bus_asks_until(Status::Granted).await;
    junction.agent.abort();
    let heard = junction.bus_asks_until(Status::WatchOtherTraffic).await;
    assert_eq!(heard.last(), Some(&Status::WatchOtherTraffic));
    let log = junction.log_of("b1020304").await;
    let fates = log.iter().map(|[_, why]| why.as_str()).filter(|why| why.starts_with("controller_"));
    assert_eq!(fates.collect::<Vec<_>>(), ["controller_asked", "controller_took", "controller_silent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_switch_off_vehicles_of_both_sets_are_answered_and_nothing_is_written() {
    let junction = Junction::start("off", PATIENT, "pass_to_controller = false", &access()).await;
    junction.bus_asks_until(Status::WatchOtherTraffic).await;
    junction.bus(PriorityRequestType::PriorityCancellation).await;
    junction.ambulance_asks_until(false).await;
    assert_eq!((junction.writes(), junction.told()), (0, Told::default()));
    let log = junction.log_of("a102030405060708").await;
    assert_eq!(log, lines(&[["requested", "early"], ["watch_other_traffic", "not_passed_on"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ambulance_of_the_other_set_takes_the_place_of_a_bus_and_hands_it_back() {
    let junction = Junction::start("both", PATIENT, "pass_to_controller = true\nmin_interval_s = 0", &access()).await;
    junction.bus_asks_until(Status::Granted).await;
    junction.ambulance_asks_until(true).await;
    assert_eq!(junction.told(), AMBULANCE_IS_HELD);
    junction.bus_asks_until(Status::Processing).await;
    junction.ambulance(ReqStatus::Complete).await;
    junction.bus_asks_until(Status::Granted).await;
    assert_eq!(junction.told(), BUS_IS_HELD);
    junction.bus(PriorityRequestType::PriorityCancellation).await;
    junction.until_told(Told::default()).await;
    let log = junction.log_of("a102030405060708").await;
    let fates = log.iter().map(|[_, why]| why.as_str()).filter(|why| *why != "controller_asked" && *why != "early");
    assert_eq!(fates.collect::<Vec<_>>(), ["asked", "controller_took", "asked", "cancelled"]);
}

/// Of the default: how old a state may be that is said.
const STALE_AFTER_S: f64 = 0.3;

#[tokio::test(flavor = "multi_thread")]
async fn over_a_bad_way_no_wrong_light_is_said_and_a_cut_makes_all_unavailable() {
    let junction = Junction::start("air", "", "", &access()).await;
    junction.until_known(true).await;
    junction.relay.becomes(Way::BAD);
    for _ in 0..200 {
        let (said_at, lights) = junction.lights().await;
        // It is said to the millisecond.
        let (from, to) = (said_at.plus_seconds(-STALE_AFTER_S), said_at.plus_seconds(0.001));
        assert!(junction.shown.lock().unwrap().had(from, to, &lights), "at {to:?}: {lights:?}");
    }
    junction.relay.becomes(Way::CUT);
    junction.until_known(false).await;
    junction.relay.becomes(Way::default());
    junction.until_known(true).await;
    junction.service.stop().await;
    junction.agent.abort();
}
