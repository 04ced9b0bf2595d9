//! What the tests of the link share.
#![allow(dead_code)] // each test file uses a part of it

pub mod child;
pub mod city;
pub mod router;
pub mod small_disk;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cloud_bridge::schema::{
    Aspect, Bay, BayStatus, Event, GroupState, Health, LaneTraffic, LinkHealth, Parking, SensorHealth, Signal, Traffic,
    Wellness,
};
use cloud_bridge::{
    Bridge, BridgeConfig, FileSum, LinkConfig, LinkMode, State, TlsConfig, Update, Watch, WatchConfig, WatchEvent,
};
use zenoh::Wait;

/// Only so that a test that would wait for ever fails instead.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// How many times as much as in an ordinary run: `make soak` sets it.
pub fn soak() -> u32 {
    std::env::var("LUKOU_SOAK").map_or(1, |times| times.parse().expect("LUKOU_SOAK is a whole number"))
}

/// An endpoint on this machine that nobody listens on.
pub fn free_endpoint() -> String {
    free_endpoint_of("tcp")
}

pub fn free_endpoint_of(transport: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("{transport}/127.0.0.1:{}", listener.local_addr().unwrap().port())
}

/// A directory of this test's own, empty.
pub fn state_dir() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("city-{}-{n}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

pub fn link(mode: LinkMode, listen: &[&str], connect: &[&str]) -> LinkConfig {
    let owned = |endpoints: &[&str]| endpoints.iter().map(|&e| e.to_owned()).collect();
    LinkConfig { mode, listen: owned(listen), connect: owned(connect), ..LinkConfig::default() }
}

/// A site in peer mode that listens.
pub fn site_config(listen: &str) -> BridgeConfig {
    BridgeConfig { link: link(LinkMode::Peer, &[listen], &[]), ..BridgeConfig::new("demo", "vtest", state_dir()) }
}

/// A watch in peer mode that connects.
pub async fn watch(connect: &str) -> Watch {
    watch_by(link(LinkMode::Peer, &[], &[connect])).await
}

pub async fn watch_by(link: LinkConfig) -> Watch {
    Watch::open(WatchConfig { sites: "*/*".into(), link }).await.unwrap()
}

pub async fn next(watch: &mut Watch) -> WatchEvent {
    let event = tokio::time::timeout(PATIENCE, watch.next()).await;
    event.expect("an event in time").expect("the watch goes on")
}

/// Waits for the event that `wanted` picks out; the others are let go.
pub async fn next_that<T>(watch: &mut Watch, wanted: impl Fn(WatchEvent) -> Option<T>) -> T {
    loop {
        if let Some(found) = wanted(next(watch).await) {
            return found;
        }
    }
}

/// The next state's key, number and content; the others are let go.
pub async fn next_state(watch: &mut Watch) -> (String, u64, Update) {
    next_that(watch, |event| match event {
        WatchEvent::State { key, message } => Some((key.to_string(), message.seq, message.update)),
        _ => None,
    })
    .await
}

/// Waits for a state with this content, in whatever order it and others come.
pub async fn until_state(watch: &mut Watch, wanted: &Update) {
    while next_state(watch).await.2 != *wanted {}
}

/// States by key, until there are `n` keys.
pub async fn next_states(watch: &mut Watch, n: usize) -> BTreeMap<String, (u64, Update)> {
    let mut states = BTreeMap::new();
    while states.len() < n {
        let (key, seq, update) = next_state(watch).await;
        states.insert(key, (seq, update));
    }
    states
}

/// Waits until the link says `connected` of the bridge; there is no event for it.
pub async fn until_connected(bridge: &Bridge, connected: bool) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while bridge.stats().connected() != connected {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the connection changes in time");
}

pub fn traffic(vehicles: u32) -> Update {
    let lane = LaneTraffic {
        lane: "n1".into(),
        vehicles,
        by_class: BTreeMap::from([("car".into(), vehicles)]),
        flow_per_h: Some(f64::from(vehicles) * 360.0),
        mean_speed_mps: Some(8.3),
        occupancy: Some(0.125),
        stopped_max: 2,
        coverage: 0.9,
        ..LaneTraffic::default()
    };
    let unseen = LaneTraffic { lane: "s1".into(), ..LaneTraffic::default() };
    let state = State::Traffic(Traffic { lanes: vec![lane, unseen], ..Traffic::default() });
    Update { from_us: 1_772_368_490_000_000, to_us: 1_772_368_500_000_000, simulated: true, state }
}

pub fn parking(lot: &str) -> Update {
    let bay = |bay: &str, status, since_us| Bay { bay: bay.into(), status, since_us, ..Bay::default() };
    let state = State::Parking(Parking {
        lot: lot.into(),
        name: "路口停车场".into(),
        total: 3,
        free: 1,
        occupied: 1,
        unknown: 1,
        bays: vec![
            bay("a1", BayStatus::Free, Some(1_772_368_000_000_000)),
            bay("a2", BayStatus::Occupied, Some(1_772_368_100_000_000)),
            bay("a3", BayStatus::Unknown, None),
        ],
        ..Parking::default()
    });
    Update { from_us: 1_772_368_500_000_000, to_us: 1_772_368_500_000_000, simulated: false, state }
}

pub fn event(number: u32) -> Update {
    let state = State::Event(Event {
        event: number.to_string(),
        slot: (number % 256).to_string(),
        kind: "stopped_vehicle".into(),
        lat_deg: 30.5,
        lon_deg: 114.25,
        lane: Some("n1/1".into()),
        confidence: 0.9,
        began_at_us: 1_772_368_490_000_000,
        seen_at_us: 1_772_368_500_000_000,
        ..Event::default()
    });
    Update { from_us: 1_772_368_490_000_000, to_us: 1_772_368_500_000_000, simulated: false, state }
}

pub fn health() -> Update {
    let sensor = SensorHealth {
        id: "cam-n".into(),
        kind: "camera".into(),
        state: Wellness::Degraded,
        age_s: Some(0.07),
        simulated: false,
        detail: Some("no frame for 2 s".into()),
    };
    let radio = LinkHealth { id: "obu".into(), kind: "uu".into(), ..LinkHealth::default() };
    let state = State::Health(Health {
        state: Wellness::Degraded,
        lat_deg: Some(31.2304),
        lon_deg: Some(121.4737),
        reasons: vec!["cam-n".into()],
        sensors: vec![sensor],
        links: vec![radio],
        version: "0.1.0".into(),
        uptime_s: 12.5,
        frames_per_s: Some(9.9),
        capture_to_radio_p99_s: None,
        memory_bytes: Some(1 << 28),
    });
    Update { from_us: 1_772_368_500_000_000, to_us: 1_772_368_500_000_000, simulated: false, state }
}

pub fn signal() -> Update {
    let group = |group, state, remaining_s| GroupState { group, state, remaining_s, ..GroupState::default() };
    let groups = vec![group(1, Aspect::GreenProtected, Some(12.3)), group(2, Aspect::Unavailable, None)];
    let state = State::Signal(Signal { source: "fixed_time".into(), groups });
    Update { from_us: 1_772_368_500_000_000, to_us: 1_772_368_500_100_000, simulated: false, state }
}

/// One update of each kind, and a second lot.
pub fn one_of_each() -> Vec<Update> {
    vec![traffic(12), parking("p1"), parking("p2"), health(), signal()]
}

/// Waits until nothing waits in the outbox; there is no event for it.
pub async fn until_confirmed(bridge: &Bridge) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        loop {
            let outbox = bridge.stats().outbox;
            if !outbox.is_empty() && outbox.values().all(|kind| kind.messages == 0) {
                return;
            }
            ticks.tick().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE * soak(), look).await;
    waited.unwrap_or_else(|_| panic!("all is confirmed in time: {:?}", bridge.stats()));
}

/// Answers who asks for chunks of a file: `chunk` is given the chunk's number and how often it was asked for before.
pub fn serve_chunks(
    session: &zenoh::Session,
    file: &FileSum,
    chunk: impl Fn(usize, usize) -> Option<Vec<u8>> + Send + Sync + 'static,
) {
    let asked = Mutex::new(BTreeMap::<usize, usize>::new());
    let answer = move |query: zenoh::query::Query| {
        let key = query.key_expr().as_str();
        let number = key.rsplit_once('/').unwrap().1.parse().unwrap();
        let mut asked = asked.lock().unwrap();
        let times = asked.entry(number).or_default();
        if let Some(chunk) = chunk(number, *times) {
            query.reply(key, chunk).wait().unwrap();
        }
        *times += 1;
    };
    let keys = format!("lukou/demo/@bundle/{}/*", file.sha256);
    session.declare_queryable(keys).callback(answer).background().wait().unwrap();
}

/// A certificate authority of the test's own, with PEM files for each name.
pub struct Authority {
    pub dir: std::path::PathBuf,
    issuer: rcgen::Issuer<'static, rcgen::KeyPair>,
}

impl Authority {
    pub fn new() -> Self {
        let dir = state_dir();
        std::fs::create_dir_all(&dir).unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        std::fs::write(dir.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { dir, issuer: rcgen::Issuer::new(params, key) }
    }

    /// A certificate whose common name is `name`.
    pub fn issue(&self, name: &str) -> TlsConfig {
        self.issue_with(name, rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap())
    }

    /// The same, over soon.
    pub fn issue_for(&self, name: &str, life: Duration) -> TlsConfig {
        let mut params = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(1970, 1, 1) + std::time::UNIX_EPOCH.elapsed().unwrap() + life;
        self.issue_with(name, params)
    }

    fn issue_with(&self, name: &str, mut params: rcgen::CertificateParams) -> TlsConfig {
        let key = rcgen::KeyPair::generate().unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let [certificate_file, private_key_file] =
            ["crt", "key"].map(|extension| self.dir.join(format!("{name}.{extension}")));
        std::fs::write(&certificate_file, certificate.pem()).unwrap();
        std::fs::write(&private_key_file, key.serialize_pem()).unwrap();
        TlsConfig {
            root_ca_file: self.dir.join("ca.pem"),
            certificate_file: Some(certificate_file),
            private_key_file: Some(private_key_file),
            mutual: true,
            verify_name: true,
        }
    }
}
