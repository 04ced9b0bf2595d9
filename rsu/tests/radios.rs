//! Radios on real sockets: what leaves the box, byte for byte, and what happens when the other end misbehaves.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use perception::time::UtcMicros;
use rsu::clock::Clock;
use rsu::config::RadioFile;
use rsu::metrics::Metrics;
use rsu::radios::uu_quic::{self, Subscription, VERSION};
use rsu::radios::{
    Ledger, MessageKind, MessageSet, RadioState, RadioStatus, Radios, Transmission, loopback, queue, start_radios,
};
use rsu::vehicle::links::{self, Event, Outlet, UuLink};
use rsu::vehicle::{Obu, ObuSettings, Via};
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};

/// Longer than anything here takes on the slowest machine; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of a test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lukou-radios-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn certificate(&self) -> PathBuf {
        self.0.join("uu/certificate.pem")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Radios, and what they are made with.
struct Bench {
    clock: Arc<Clock>,
    metrics: Metrics,
    stop: watch::Sender<bool>,
    radios: Radios,
    folder: Folder,
}

impl Bench {
    fn new(name: &str, files: &[RadioFile]) -> Self {
        Self::within(Folder::new(name), files)
    }

    fn within(folder: Folder, files: &[RadioFile]) -> Self {
        let (clock, metrics) = (Arc::new(Clock::new()), Metrics::new().unwrap());
        let (stop, shutdown) = watch::channel(false);
        let radios = start_radios(files, &folder.0, clock.clone(), metrics.clone(), shutdown).unwrap();
        Self { clock, metrics, stop, radios, folder }
    }

    fn message(&self, set: MessageSet, kind: MessageKind, payload: &[u8]) -> Transmission {
        let application_id = match (set, kind) {
            (MessageSet::Cn, MessageKind::Map) => 3618,
            (MessageSet::Cn, MessageKind::Spat) => 3619,
            (MessageSet::Cn, _) => 3623,
            (MessageSet::Us, MessageKind::Sdsm) => 0x90,
            (MessageSet::Us, _) => 0x82,
        };
        let now = self.clock.now();
        Transmission {
            set,
            kind,
            payload: payload.into(),
            application_id,
            priority: 176,
            captured_at: Some(now.plus_seconds(-0.05)),
            arrived_at: Some(now.plus_seconds(-0.005)),
            valid_until: now.plus_seconds(PATIENCE.as_secs_f64()),
        }
    }

    fn sent(&self, radio: &str, message: &str) -> u64 {
        self.metrics.messages_sent.with_label_values(&[radio, message]).get()
    }

    fn dropped(&self, radio: &str, reason: &str) -> u64 {
        self.metrics.dropped.with_label_values(&[format!("radio:{radio}").as_str(), reason]).get()
    }

    fn status(&self, id: &str) -> RadioStatus {
        self.radios.statuses().into_iter().find(|status| status.id == id).unwrap()
    }

    /// Waits for something that other tasks bring about.
    async fn eventually(&self, what: &str, mut happened: impl FnMut(&Self) -> bool) {
        let waiting = async {
            while !happened(self) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let outcome = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(outcome.is_ok(), "never: {what}; {:?}\n{}", self.radios.statuses(), self.metrics.render().unwrap());
    }

    async fn vehicles(&self, count: i64) {
        self.eventually("vehicles", |bench| bench.metrics.vehicles_connected.get() == count).await;
    }

    fn uu_address(&self) -> SocketAddr {
        self.radios.listens_at("uu").unwrap()
    }
}

async fn listener() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

async fn datagram(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = vec![0; 65_536];
    let length = tokio::time::timeout(PATIENCE, socket.recv(&mut buffer)).await.unwrap().unwrap();
    buffer.truncate(length);
    buffer
}

fn pc5(id: &str, to: SocketAddr) -> RadioFile {
    RadioFile::Pc5Udp { id: id.into(), to }
}

fn uu(max_vehicles: usize) -> RadioFile {
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    RadioFile::UuQuic { id: "uu".into(), listen, names: vec!["localhost".into()], max_vehicles }
}

async fn connect(bench: &Bench) -> (quinn::Endpoint, quinn::Connection) {
    let config = links::client_config(&bench.folder.certificate()).unwrap();
    let endpoint = quinn::Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let connection = endpoint.connect_with(config, bench.uu_address(), "localhost").unwrap().await.unwrap();
    (endpoint, connection)
}

fn wants(sets: &[MessageSet], messages: &[MessageKind]) -> Subscription {
    Subscription { version: VERSION, sets: Some(sets.into()), messages: Some(messages.into()) }
}

const CN_SPAT_FRAME: [u8; 9] = [0x04, 0x00, 0x8d, 0xa3, 0x00, 0x03, 0x30, 0xaa, 0xbb];

#[tokio::test]
async fn pc5_sends_one_frame_a_datagram_byte_for_byte() {
    let (socket, address) = listener().await;
    let bench = Bench::new("pc5", &[pc5("pc5", address)]);
    assert_eq!(bench.status("pc5").state, RadioState::Idle);
    bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Spat, &[0x30, 0xaa, 0xbb]));
    assert_eq!(datagram(&socket).await, CN_SPAT_FRAME);
    bench.radios.offer(&bench.message(MessageSet::Us, MessageKind::Spat, &[0x00, 0x13, 0x01, 0x00]));
    assert_eq!(datagram(&socket).await, [0x03, 0x00, 0x80, 0x02, 0x04, 0x00, 0x13, 0x01, 0x00]);
    bench.eventually("counted", |bench| bench.sent("pc5", "SPAT") == 2).await;
    assert_eq!(bench.metrics.capture_to_radio_s.with_label_values(&["SPAT"]).get_sample_count(), 2);
    let mean_s = bench.metrics.capture_to_radio_s.with_label_values(&["SPAT"]).get_sample_sum() / 2.0;
    assert!(mean_s >= 0.05, "{mean_s}");
    assert_eq!(bench.metrics.arrival_to_radio_s.with_label_values(&["SPAT"]).get_sample_count(), 2);
    let status = bench.status("pc5");
    assert_eq!((status.state, status.sent, status.kind.as_str()), (RadioState::Ok, 2, "pc5_udp"));
}

#[tokio::test]
async fn immediate_forward_carries_us_messages_only_as_text() {
    let (socket, address) = listener().await;
    let bench = Bench::new("ifm", &[RadioFile::ImmediateForward { id: "ifm".into(), to: address }]);
    bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Spat, &[0x30]));
    bench.radios.offer(&bench.message(MessageSet::Us, MessageKind::Spat, &[0x00, 0x13, 0x01, 0xaf]));
    let text = String::from_utf8(datagram(&socket).await).unwrap();
    let expected = "Version=0.7\nType=SPAT\nPSID=0x8002\nPriority=5\nTxMode=CONT\nTxChannel=183\nTxInterval=0\n\
                    DeliveryStart=\nDeliveryStop=\nSignature=True\nEncryption=False\nPayload=001301AF\n";
    assert_eq!(text.trim_end(), expected.trim_end());
    bench.eventually("counted", |bench| bench.sent("ifm", "SPAT") == 1).await;
}

#[tokio::test]
async fn an_expired_message_is_counted_and_never_sent() {
    let (socket, address) = listener().await;
    let bench = Bench::new("expired", &[pc5("pc5", address)]);
    let mut old = bench.message(MessageSet::Cn, MessageKind::Spat, &[1, 1, 1]);
    old.valid_until = bench.clock.now().plus_seconds(-0.001);
    bench.radios.offer(&old);
    bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Spat, &[0x30, 0xaa, 0xbb]));
    assert_eq!(datagram(&socket).await, CN_SPAT_FRAME);
    assert_eq!(bench.dropped("pc5", "expired"), 1);
    bench.eventually("counted", |bench| bench.sent("pc5", "SPAT") == 1).await;
}

#[tokio::test]
async fn a_peer_that_dies_is_counted_and_one_that_returns_is_served() {
    let (socket, address) = listener().await;
    let bench = Bench::new("peer", &[pc5("pc5", address)]);
    let message = || bench.message(MessageSet::Cn, MessageKind::Spat, &[0x30, 0xaa, 0xbb]);
    bench.radios.offer(&message());
    datagram(&socket).await;
    drop(socket);
    bench
        .eventually("refused", |bench| {
            bench.radios.offer(&message());
            bench.dropped("pc5", "refused") >= 3
        })
        .await;
    let status = bench.status("pc5");
    assert_eq!(status.state, RadioState::Failing);
    assert!(status.last_error.unwrap().contains(&address.to_string()));

    let socket = UdpSocket::bind(address).await.unwrap();
    bench.radios.offer(&message());
    assert_eq!(datagram(&socket).await, CN_SPAT_FRAME);
    bench
        .eventually("recovered", |bench| {
            bench.radios.offer(&message());
            bench.status("pc5").state == RadioState::Ok
        })
        .await;
}

#[tokio::test]
async fn a_radio_that_hangs_loses_its_own_messages_only() {
    let (clock, metrics) = (Arc::new(Clock::new()), Metrics::new().unwrap());
    let (_stop, shutdown) = watch::channel(false);
    let start = |id: &str, capacity| {
        let (radio, out) = loopback::Loopback::new(capacity);
        let ledger = Ledger::new(id, "loopback", clock.clone(), metrics.clone());
        (queue::start_radio(Box::new(radio), ledger, None, shutdown.clone()), out)
    };
    let ((hangs, mut never_read), (works, mut read)) = (start("hangs", 1), start("works", 1));
    let radios = Radios::from_parts(vec![hangs, works]);
    let total = 3 * queue::CAPACITY as u64;
    for index in 0..total {
        radios.offer(&Transmission {
            set: MessageSet::Cn,
            kind: MessageKind::Rsm,
            payload: index.to_be_bytes().into(),
            application_id: 3623,
            priority: 208,
            captured_at: None,
            arrived_at: None,
            valid_until: UtcMicros(i64::MAX),
        });
        let got = tokio::time::timeout(PATIENCE, read.recv()).await.unwrap().unwrap();
        assert_eq!(*got.payload, index.to_be_bytes());
    }
    // One waits in the channel, one in the radio's hands, a queue full behind it: the rest is counted.
    let dropped = metrics.dropped.with_label_values(&["radio:hangs", "queue_full"]).get();
    assert_eq!(dropped, total - queue::CAPACITY as u64 - 2);
    assert_eq!(metrics.dropped.with_label_values(&["radio:works", "queue_full"]).get(), 0);
    assert_eq!(*never_read.recv().await.unwrap().payload, 0_u64.to_be_bytes());
}

#[tokio::test]
async fn what_is_valid_still_goes_out_at_the_end() {
    let (socket, address) = listener().await;
    let bench = Bench::new("drain", &[pc5("pc5", address), uu(4)]);
    let (_endpoint, connection) = connect(&bench).await;
    links::subscribe(&connection, &wants(&[MessageSet::Cn], &[MessageKind::Map])).await.unwrap();
    bench.vehicles(1).await;
    // On this single thread the radio's task cannot have run between the offer and the signal.
    bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Spat, &[0x30, 0xaa, 0xbb]));
    bench.stop.send(true).unwrap();
    tokio::time::timeout(PATIENCE, bench.radios.finished()).await.unwrap();
    assert_eq!(datagram(&socket).await, CN_SPAT_FRAME);
    let closed = tokio::time::timeout(PATIENCE, connection.closed()).await.unwrap();
    assert!(matches!(closed, quinn::ConnectionError::ApplicationClosed(_)), "{closed}");
    bench.vehicles(0).await;
}

#[tokio::test]
async fn a_vehicle_gets_what_it_asked_for_and_nothing_else() {
    let bench = Bench::new("uu", &[uu(4)]);
    let (_endpoint, connection) = connect(&bench).await;
    let offer = |set, kind, payload: &[u8]| bench.radios.offer(&bench.message(set, kind, payload));
    offer(MessageSet::Cn, MessageKind::Spat, &[9, 9, 9]);
    bench.eventually("nobody", |bench| bench.status("uu").detail == "nobody listens").await;
    assert_eq!(bench.status("uu").state, RadioState::Idle);

    links::subscribe(&connection, &wants(&[MessageSet::Cn], &[MessageKind::Spat, MessageKind::Rsm])).await.unwrap();
    bench.vehicles(1).await;
    offer(MessageSet::Us, MessageKind::Spat, &[1]);
    offer(MessageSet::Cn, MessageKind::Map, &[2]);
    offer(MessageSet::Cn, MessageKind::Spat, &[0x30, 0xaa, 0xbb]);
    let first = tokio::time::timeout(PATIENCE, connection.read_datagram()).await.unwrap().unwrap();
    assert_eq!(first[..], CN_SPAT_FRAME);
    offer(MessageSet::Cn, MessageKind::Rsm, &[0x20]);
    let second = tokio::time::timeout(PATIENCE, connection.read_datagram()).await.unwrap().unwrap();
    assert_eq!(second[..], [0x04, 0x00, 0x8d, 0xa7, 0x00, 0x01, 0x20]);
    bench.eventually("counted", |bench| bench.sent("uu", "RSM") == 1).await;
    assert_eq!((bench.sent("uu", "SPAT"), bench.sent("uu", "MAP")), (1, 0), "counted once, for whoever got it first");
    connection.close(0_u32.into(), b"bye");
    bench.vehicles(0).await;
}

#[tokio::test]
async fn a_message_too_long_for_a_datagram_comes_by_a_stream_of_its_own() {
    let bench = Bench::new("stream", &[uu(4)]);
    let (_endpoint, connection) = connect(&bench).await;
    links::subscribe(&connection, &Subscription { version: VERSION, sets: None, messages: None }).await.unwrap();
    bench.vehicles(1).await;
    let payload: Vec<u8> = (0..7_000_u32).map(|index| index as u8).collect();
    bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Map, &payload));
    let mut stream = tokio::time::timeout(PATIENCE, connection.accept_uni()).await.unwrap().unwrap();
    let frame = tokio::time::timeout(PATIENCE, stream.read_to_end(16_384)).await.unwrap().unwrap();
    assert_eq!(frame[..6], [0x04, 0x00, 0x8d, 0xa2, 0x1b, 0x58]);
    assert_eq!(frame[6..], payload);
    bench.eventually("counted", |bench| bench.sent("uu", "MAP") == 1).await;
}

#[tokio::test]
async fn who_speaks_garbage_is_told_so_and_disturbs_nobody() {
    let bench = Bench::new("garbage", &[uu(4)]);
    let (_endpoint, good) = connect(&bench).await;
    links::subscribe(&good, &wants(&[MessageSet::Cn], &[MessageKind::Spat])).await.unwrap();
    let long = vec![b'x'; 2 * uu_quic::MAX_LINE];
    let lines: [(&[u8], &str); 4] = [
        (b"GET / HTTP/1.1\r\n\r\n", "subscription"),
        (b"\xff\xfe\x00\n", "subscription"),
        (br#"{"version":7}"#, "version 7"),
        (&long, "longer than"),
    ];
    for (line, word) in lines {
        let (_endpoint, connection) = connect(&bench).await;
        let (mut send, mut receive) = connection.open_bi().await.unwrap();
        send.write_all(line).await.unwrap();
        let _ = send.finish();
        let answer = tokio::time::timeout(PATIENCE, uu_quic::read_line(&mut receive)).await.unwrap().unwrap();
        let answer: uu_quic::Answer = serde_json::from_slice(&answer).unwrap();
        assert!(!answer.ok);
        assert!(answer.error.as_ref().is_some_and(|error| error.contains(word)), "{answer:?}");
        tokio::time::timeout(PATIENCE, connection.closed()).await.unwrap();
    }
    bench.eventually("refused", |bench| bench.dropped("uu", "vehicle_refused") == 4).await;
    // And one that does not even speak QUIC.
    let (socket, _) = listener().await;
    socket.send_to(&[0xc0; 1200], bench.uu_address()).await.unwrap();
    bench.vehicles(1).await;
    bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Spat, &[0x30, 0xaa, 0xbb]));
    let datagram = tokio::time::timeout(PATIENCE, good.read_datagram()).await.unwrap().unwrap();
    assert_eq!(datagram[..], CN_SPAT_FRAME);
}

#[tokio::test]
async fn there_is_room_for_so_many_vehicles_and_a_place_is_free_again_afterwards() {
    let bench = Bench::new("limit", &[uu(1)]);
    let everything = Subscription { version: VERSION, sets: None, messages: None };
    let (_endpoint, first) = connect(&bench).await;
    links::subscribe(&first, &everything).await.unwrap();
    bench.vehicles(1).await;
    let config = links::client_config(&bench.folder.certificate()).unwrap();
    let endpoint = quinn::Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let second = endpoint.connect_with(config, bench.uu_address(), "localhost").unwrap().await;
    assert!(matches!(second, Err(quinn::ConnectionError::ConnectionClosed(_))), "{second:?}");
    assert_eq!(bench.dropped("uu", "vehicle_limit"), 1);
    first.close(0_u32.into(), b"bye");
    bench.vehicles(0).await;
    let (_endpoint, third) = connect(&bench).await;
    links::subscribe(&third, &everything).await.unwrap();
}

#[tokio::test]
async fn a_vehicle_that_takes_nothing_holds_up_nobody() {
    let bench = Bench::new("slow", &[uu(4)]);
    // Its streams are never opened to the server: a message too long for a datagram can wait for ever.
    let mut config = links::client_config(&bench.folder.certificate()).unwrap();
    let mut transport = quinn::TransportConfig::default();
    transport.max_concurrent_uni_streams(0_u32.into());
    config.transport_config(Arc::new(transport));
    let endpoint = quinn::Endpoint::client((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let slow = endpoint.connect_with(config, bench.uu_address(), "localhost").unwrap().await.unwrap();
    let everything = Subscription { version: VERSION, sets: None, messages: None };
    links::subscribe(&slow, &everything).await.unwrap();
    let (_endpoint, quick) = connect(&bench).await;
    links::subscribe(&quick, &everything).await.unwrap();
    bench.vehicles(2).await;
    let long = vec![7; 6_000];
    for _ in 0..100 {
        bench.radios.offer(&bench.message(MessageSet::Cn, MessageKind::Map, &long));
        let mut stream = tokio::time::timeout(PATIENCE, quick.accept_uni()).await.unwrap().unwrap();
        tokio::time::timeout(PATIENCE, stream.read_to_end(16_384)).await.unwrap().unwrap();
    }
    assert!(bench.dropped("uu", "vehicle_queue_full") >= 60, "{}", bench.dropped("uu", "vehicle_queue_full"));
    assert_eq!(bench.dropped("uu", "queue_full"), 0);
}

#[tokio::test]
async fn certificate_and_key_are_made_once_and_kept() {
    let first = Bench::new("identity", &[uu(4)]);
    let key_file = first.folder.0.join("uu/key.pem");
    let mode = std::fs::metadata(&key_file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let read = |folder: &Folder| {
        (std::fs::read(folder.certificate()).unwrap(), std::fs::read(folder.0.join("uu/key.pem")).unwrap())
    };
    let before = read(&first.folder);
    first.stop.send(true).unwrap();
    first.radios.finished().await;
    let Bench { folder, .. } = first;
    let second = Bench::within(folder, &[uu(4)]);
    assert_eq!(read(&second.folder), before);
    let (_endpoint, connection) = connect(&second).await;
    links::subscribe(&connection, &wants(&[MessageSet::Us], &[MessageKind::Spat])).await.unwrap();
}

#[tokio::test]
async fn two_radios_of_one_name_are_refused() {
    let (_, address) = listener().await;
    let (_stop, shutdown) = watch::channel(false);
    let files = [pc5("a", address), pc5("a", address)];
    let folder = Folder::new("twice");
    let result = start_radios(&files, &folder.0, Arc::new(Clock::new()), Metrics::new().unwrap(), shutdown);
    assert_eq!(result.unwrap_err().to_string(), "radio \"a\" is there twice in site.toml");
}

/// Messages of one moment at one junction, as the service would send them.
#[path = "radios/said.rs"]
mod said;

#[tokio::test]
async fn the_vehicle_understands_what_both_radios_send() {
    let (socket, address) = listener().await;
    let bench = Bench::new("obu", &[pc5("pc5", address), uu(4)]);
    let (events, mut received) = mpsc::channel(64);
    let outlet = Outlet { events, clock: bench.clock.clone(), shutdown: bench.stop.subscribe() };
    let server = format!("localhost:{}", bench.uu_address().port());
    let subscription = Subscription { version: VERSION, sets: None, messages: None };
    let link = UuLink::new(server, bench.folder.certificate(), subscription).unwrap();
    let uu_task = tokio::spawn(links::receive_uu(link, outlet.clone()));
    let pc5_task = tokio::spawn(links::receive_pc5(socket, outlet));
    bench.vehicles(1).await;

    let now = bench.clock.now();
    for (set, kind, payload) in said::everything(now) {
        bench.radios.offer(&bench.message(set, kind, &payload));
    }
    let mut obu = Obu::new(ObuSettings { radios: vec![Via::Pc5, Via::Uu], ..ObuSettings::default() });
    while obu.received() < 2 * said::COUNT {
        match tokio::time::timeout(PATIENCE, received.recv()).await.unwrap().unwrap() {
            Event::Frame { via, frame, .. } => drop(obu.receive(now, via, &frame).unwrap()),
            Event::Link { .. } => {}
        }
    }
    let summary = obu.summary(now);
    assert!(summary.ok, "{summary:?}");
    assert!(summary.faults.is_empty(), "{summary:?}");
    assert_eq!(summary.messages.len() as u64, 2 * said::COUNT);
    let view = obu.view(now);
    said::check(&view);
    bench.stop.send(true).unwrap();
    for task in [uu_task, pc5_task] {
        tokio::time::timeout(PATIENCE, task).await.unwrap().unwrap();
    }
}
