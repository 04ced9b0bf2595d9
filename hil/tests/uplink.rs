//! The link to the city over a bad uplink: what is promised arrives whole, once, and without being said again and again,
//! and what is news gets past what is large. `LUKOU_SOAK` (`make soak`) sets how many times as long it goes on.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use cloud_bridge::schema::{
    Aspect, Bay, BayStatus, Event, GroupState, Health, LaneTraffic, Parking, SensorHealth, Signal, SignalArrival,
    SignalPerformance, Traffic,
};
use cloud_bridge::{
    Bridge, BridgeConfig, Kind, LinkConfig, LinkMode, Receipt, State, StateKey, Update, open_session, read_sample,
};
use hil::relay::{Line, Relay, Spells};
use zenoh::Wait;
use zenoh::sample::Sample;

/// Only so that a test that would wait for ever fails instead.
const PATIENCE: Duration = Duration::from_secs(300);

/// How many times as long as in an ordinary run.
fn soak() -> u64 {
    std::env::var("LUKOU_SOAK").ok().and_then(|times| times.parse().ok()).unwrap_or(1)
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn link(mode: LinkMode, listen: &[SocketAddr], connect: &[SocketAddr]) -> LinkConfig {
    let endpoints = |of: &[SocketAddr]| of.iter().map(|address| format!("tcp/{address}")).collect();
    LinkConfig { mode, listen: endpoints(listen), connect: endpoints(connect), ..LinkConfig::default() }
}

/// What came to the city.
#[derive(Default)]
struct Book {
    /// Promised messages by kind and number; the first copy of each.
    stored: BTreeMap<(Kind, u64), Update>,
    /// The order in which those came.
    order: Vec<(Kind, u64)>,
    /// Their bytes of payload: all copies, and the first only.
    promised_bytes: u64,
    first_bytes: u64,
    /// Others, by kind.
    news: BTreeMap<Kind, u64>,
    news_bytes: u64,
}

/// A city in small, with its router: it keeps what is promised, and says so.
struct City {
    book: Arc<Mutex<Book>>,
    _session: zenoh::Session,
}

impl City {
    async fn open(at: SocketAddr) -> Self {
        let open = move || open_session(&link(LinkMode::Router, &[at], &[])).unwrap();
        let session = tokio::task::spawn_blocking(open).await.unwrap();
        let book = Arc::new(Mutex::new(Book::default()));
        let (samples, taken) = mpsc::channel::<Sample>();
        let (keeping, answering) = (Arc::clone(&book), session.clone());
        std::thread::spawn(move || taken.into_iter().for_each(|sample| keep(&keeping, &answering, &sample)));
        let on_sample = move |sample| drop(samples.send(sample));
        session.declare_subscriber("lukou/**").callback(on_sample).background().await.unwrap();
        Self { book, _session: session }
    }
}

fn keep(book: &Mutex<Book>, session: &zenoh::Session, sample: &Sample) {
    let Some(key) = StateKey::parse(sample.key_expr().as_str()) else { return };
    let (message, _) = read_sample(&key, sample).unwrap();
    let bytes = sample.payload().len() as u64;
    let mut book = book.lock().unwrap();
    if !key.kind.is_promised() {
        *book.news.entry(key.kind).or_default() += 1;
        book.news_bytes += bytes;
        return;
    }
    book.promised_bytes += bytes;
    if book.stored.insert((key.kind, message.seq), message.update).is_none() {
        book.order.push((key.kind, message.seq));
        book.first_bytes += bytes;
    }
    drop(book);
    let receipt = Receipt::new(key.kind, vec![message.seq]).to_bytes().unwrap();
    session.put(Receipt::key(&key.site, key.kind), receipt).wait().unwrap();
}

fn update(second: u64, state: State) -> Update {
    let at_us = 1_772_368_500_000_000 + i64::try_from(second).unwrap() * 1_000_000;
    Update { from_us: at_us, to_us: at_us, simulated: true, state }
}

/// A window of a site with five lanes on each of four approaches; with so many arrivals in its diagrams.
fn traffic(second: u64, arrivals: usize) -> Update {
    let lane = |n: u32| LaneTraffic {
        lane: format!("approach-{}/lane-{}", n / 5, n % 5),
        vehicles: n,
        by_class: BTreeMap::from([("car".to_owned(), n)]),
        flow_per_h: Some(360.0 * f64::from(n)),
        mean_speed_mps: Some(8.25),
        occupancy: Some(0.125),
        time_mean_speed_mps: Some(9.5),
        space_mean_speed_mps: Some(8.75),
        delay_s: Some(12.5),
        queue_max: Some(4),
        coverage: 1.0,
        sensors: vec!["cam-1".to_owned(), "radar-1".to_owned()],
        ..LaneTraffic::default()
    };
    let arrival = |n: usize| SignalArrival {
        at_us: 1_772_368_500_000_000 + i64::try_from(n).unwrap() * 1_234_567,
        in_cycle_s: Some(17.25),
        light: "green_protected".to_owned(),
    };
    let signals = vec![SignalPerformance {
        group: 1,
        arrivals: (0..arrivals).map(arrival).collect(),
        coverage: 1.0,
        ..SignalPerformance::default()
    }];
    let lanes = (0..20).map(lane).collect();
    update(second, State::Traffic(Traffic { lanes, signals, ..Traffic::default() }))
}

/// A car park whose message needs more than one of Zenoh's batches.
fn parking(second: u64) -> Update {
    let bay = |n: u64| Bay {
        bay: format!("level-1/{n:03}"),
        status: if (n + second).is_multiple_of(3) { BayStatus::Free } else { BayStatus::Occupied },
        since_us: Some(1_772_368_000_000_000),
        change_seen: Some(true),
        confidence: Some(0.97),
        sensors: vec!["cam-1".to_owned(), "cam-2".to_owned()],
        ..Bay::default()
    };
    let bays: Vec<Bay> = (0..450).map(bay).collect();
    let free = u32::try_from(bays.iter().filter(|bay| bay.status == BayStatus::Free).count()).unwrap();
    let lot = Parking { lot: "p1".to_owned(), total: 450, free, occupied: 450 - free, bays, ..Parking::default() };
    update(second, State::Parking(lot))
}

fn health(second: u64) -> Update {
    let sensor = |n: u32| SensorHealth { id: format!("cam-{n}"), kind: "camera".to_owned(), ..SensorHealth::default() };
    let sensors = (0..8).map(sensor).collect();
    update(second, State::Health(Health { sensors, version: "0.1.0".to_owned(), ..Health::default() }))
}

fn signal(second: u64) -> Update {
    let group = |group| GroupState { group, state: Aspect::Red, remaining_s: Some(12.5), ..GroupState::default() };
    update(second, State::Signal(Signal { source: "controller".to_owned(), groups: (1..=8).map(group).collect() }))
}

fn event(second: u64) -> Update {
    let event = Event {
        event: format!("e{second}"),
        slot: "7".to_owned(),
        kind: "queue_spillback".to_owned(),
        ..Event::default()
    };
    update(second, State::Event(event))
}

/// Waits until nothing waits in the outbox; there is no event for it.
async fn until_confirmed(bridge: &Bridge) {
    let look = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(50));
        while bridge.stats().outbox.values().any(|kind| kind.messages > 0) {
            ticks.tick().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, look).await;
    waited.unwrap_or_else(|_| panic!("all is confirmed in time: {:?}", bridge.stats()));
}

fn state_dir() -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("uplink-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_slow_line_with_stalls_and_cuts_all_that_is_promised_arrives_in_order_and_seldom_twice() {
    let [router_at, relay_at] = [free_address(), free_address()];
    let city = City::open(router_at).await;
    let spells =
        |every_s, length_s| Spells { every: Duration::from_secs(every_s), length: Duration::from_secs(length_s) };
    let (stalls, cuts) = if soak() == 1 { (spells(9, 3), spells(25, 2)) } else { (spells(20, 5), spells(120, 10)) };
    let line = Line { bytes_per_s: 8000.0, delay: Duration::from_millis(150), stalls, cuts, seed: 1 };
    let relay = Relay::start(relay_at, router_at, &line).unwrap();
    let link = link(LinkMode::Client, &[], &[relay.address]);
    let bridge = Bridge::open(BridgeConfig { link, ..BridgeConfig::new("demo", "far", state_dir()) }).await.unwrap();

    let seconds = 30 * soak();
    let mut promised = BTreeMap::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1));
    for second in 0..seconds {
        ticks.tick().await;
        for update in said_at(second) {
            let kind = update.state.kind();
            let seq = bridge.publish(update.clone()).unwrap();
            if kind.is_promised() {
                promised.insert((kind, seq), update);
            }
        }
        let lots = bridge.stats().outbox.get(&Kind::Parking).map_or(0, |waiting| waiting.messages);
        assert!(lots <= 1, "a newer state of the lot has taken the place of the one before");
    }
    until_confirmed(&bridge).await;

    let (carried, book) = (relay.carried(), city.book.lock().unwrap());
    let useful_bytes = book.first_bytes + book.news_bytes;
    println!(
        "{carried:?}; payloads {useful_bytes} bytes, of them promised {} ({} with copies); {:?} of {seconds} each",
        book.first_bytes, book.promised_bytes, book.news
    );
    assert!(carried.cuts > 0 && carried.connections > 1, "{carried:?}");
    for (name, update) in &book.stored {
        assert_eq!(promised.get(name), Some(update), "{name:?} as it was");
    }
    let newest_lot = promised.keys().rfind(|(kind, _)| *kind == Kind::Parking).unwrap();
    for name in promised.keys().filter(|(kind, _)| *kind != Kind::Parking).chain([newest_lot]) {
        assert!(book.stored.contains_key(name), "{name:?} arrived");
    }
    for kind in [Kind::Traffic, Kind::Parking, Kind::Event] {
        let numbers = book.order.iter().filter(|(of, _)| *of == kind).map(|(_, seq)| seq);
        assert!(numbers.is_sorted(), "{kind} in order");
    }
    // The line itself is as fast on any machine: what it carried in vain does not depend on how fast this one is.
    assert!(carried.up_bytes < 2 * useful_bytes, "{} bytes for {useful_bytes} of payload", carried.up_bytes);
    assert!(book.news[&Kind::Signal] > seconds / 10, "news gets past a car park: {:?}", book.news);
}

/// What a site of twenty lanes says: more than the line carries, of its car park.
fn said_at(second: u64) -> Vec<Update> {
    let mut said = vec![health(second), signal(second)];
    if second.is_multiple_of(10) {
        said.extend([traffic(second, 0), event(second)]);
    }
    if second % 60 == 5 {
        said.push(traffic(second, 450));
    }
    if second % 4 == 3 {
        said.push(parking(second));
    }
    said
}
