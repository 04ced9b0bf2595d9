//! The link to the city over a bad uplink: what is promised arrives whole, once, and without being said again and again,
//! and what is news gets past what is large. `LUKOU_SOAK` (`make soak`) sets how many times as long it goes on, `LUKOU_SEED` when the
//! line stalls and is cut, `LUKOU_KBIT_S` what it carries, and `LUKOU_CITY` names the router (host:port) of a city that runs, which then
//! stores in place of the test's own.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use cloud_bridge::schema::{
    Aspect, Bay, BayStatus, Event, GroupState, Health, LaneTraffic, Parking, SensorHealth, Signal, SignalArrival,
    SignalPerformance, Traffic,
};
use cloud_bridge::{
    AckState, Bridge, BridgeConfig, Bundle, Command, CommandEnd, CommandKind, Kind, LinkConfig, LinkMode, Receipt,
    SigningKey, SiteKeys, State, StateKey, Update, checksum, fetch_evidence, open_session, public_key, read_sample,
    send_command,
};
use hil::relay::{Line, Relay, Spells};
use rsu::clock::Stopwatch;
use tokio::task::JoinHandle;
use zenoh::Wait;
use zenoh::query::ConsolidationMode;
use zenoh::sample::Sample;

/// Only so that a test that would wait for ever fails instead.
const PATIENCE: Duration = Duration::from_secs(300);

/// A number that a run may set, by its name.
fn set<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

/// How many times as long as in an ordinary run.
fn soak() -> u64 {
    set("LUKOU_SOAK").unwrap_or(1)
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

/// A city in small, with its router: it keeps what is promised, and says so. Or who listens in at the router of one that does.
struct City {
    book: Arc<Mutex<Book>>,
    router: SocketAddr,
    session: zenoh::Session,
}

impl City {
    async fn open(site: &str) -> Self {
        let large = set("LUKOU_CITY");
        let router: SocketAddr = large.unwrap_or_else(free_address);
        let open = move || match large {
            None => open_session(&link(LinkMode::Router, &[router], &[])).unwrap(),
            Some(router) => open_session(&link(LinkMode::Client, &[], &[router])).unwrap(),
        };
        let session = tokio::task::spawn_blocking(open).await.unwrap();
        let book = Arc::new(Mutex::new(Book::default()));
        let (samples, taken) = mpsc::channel::<Sample>();
        let (keeping, answering) = (Arc::clone(&book), session.clone());
        std::thread::spawn(move || {
            for sample in taken {
                if let Some((key, seq)) = keep(&keeping, &sample)
                    && large.is_none()
                {
                    let receipt = Receipt::new(key.kind, vec![seq]).to_bytes().unwrap();
                    let put = answering.put(Receipt::key(&key.site, key.kind), receipt.clone());
                    put.attachment(checksum(&receipt)).wait().unwrap();
                }
            }
        });
        let on_sample = move |sample| drop(samples.send(sample));
        session.declare_subscriber(format!("lukou/demo/{site}/**")).callback(on_sample).background().await.unwrap();
        Self { book, router, session }
    }
}

/// Writes down what came; what is promised is to be confirmed.
fn keep(book: &Mutex<Book>, sample: &Sample) -> Option<(StateKey, u64)> {
    let key = StateKey::parse(sample.key_expr().as_str())?;
    let (message, _) = read_sample(&key, sample).unwrap();
    let bytes = sample.payload().len() as u64;
    let mut book = book.lock().unwrap();
    if !key.kind.is_promised() {
        *book.news.entry(key.kind).or_default() += 1;
        book.news_bytes += bytes;
        return None;
    }
    book.promised_bytes += bytes;
    if book.stored.insert((key.kind, message.seq), message.update).is_none() {
        book.order.push((key.kind, message.seq));
        book.first_bytes += bytes;
    }
    Some((key, message.seq))
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
    let waited = tokio::time::timeout(PATIENCE * u32::try_from(soak()).unwrap(), look).await;
    waited.unwrap_or_else(|_| panic!("all is confirmed in time: {:?}", bridge.stats()));
}

fn state_dir(site: &str) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("uplink-{site}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_slow_line_with_stalls_and_cuts_all_that_is_promised_arrives_and_seldom_twice_or_out_of_order() {
    cross("far", LinkMode::Client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_connects_to_one_and_listens_nowhere_crosses_it_as_well() {
    cross("far-peer", LinkMode::Peer).await;
}

async fn cross(site: &str, mode: LinkMode) {
    let (seed, kbit_s) = (set("LUKOU_SEED").unwrap_or(1), set("LUKOU_KBIT_S").unwrap_or(64.0));
    let site = format!("{site}-{seed}");
    let city = City::open(&site).await;
    let spells =
        |every_s, length_s| Spells { every: Duration::from_secs(every_s), length: Duration::from_secs(length_s) };
    let (stalls, cuts) = if soak() == 1 { (spells(9, 3), spells(25, 2)) } else { (spells(20, 5), spells(120, 10)) };
    let line = Line { bytes_per_s: 125.0 * kbit_s, delay: Duration::from_millis(150), stalls, cuts, seed };
    let relay = Relay::start(free_address(), city.router, &line).unwrap();
    let link = link(mode, &[], &[relay.address]);
    let config = BridgeConfig { link, ..BridgeConfig::new("demo", &site, state_dir(&site)) };
    let bridge = Bridge::open(config).await.unwrap();

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
    let since_last = Stopwatch::start();
    until_confirmed(&bridge).await;

    println!("seed {seed}: all there {:.1} s after the last was said; {:?}", since_last.seconds(), bridge.stats());
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
        let numbers: Vec<u64> = book.order.iter().filter(|(of, _)| *of == kind).map(|(_, seq)| *seq).collect();
        // What a cut has swallowed comes later than what was said after it.
        let (late, resent) =
            (numbers.windows(2).filter(|two| two[0] > two[1]).count(), bridge.stats().resent.get(&kind).copied());
        assert!(late as u64 <= resent.unwrap_or_default(), "{kind} in order but for those sent again: {numbers:?}");
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

/// A file of a chunk and a bit, in a folder of its own.
fn file_in(folder: &Path, name: &str) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(1);
    let contents: Vec<u8> = std::iter::repeat_with(|| rng.u8(..)).take(300_000).collect();
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), &contents).unwrap();
    contents
}

/// A site behind a line that is cut, which does what is asked of it, and the city.
struct Far {
    city: City,
    relay: Relay,
    bridge: Arc<Bridge>,
    folder: PathBuf,
    key: SigningKey,
}

impl Far {
    async fn open(site: &str, does: CommandKind) -> Self {
        let city = City::open(site).await;
        // A chunk takes longer than the 10 s that an answer may take.
        let cuts = Spells { every: Duration::from_secs(12), length: Duration::from_secs(2) };
        let bytes_per_s = 125.0 * set("LUKOU_KBIT_S").unwrap_or(192.0);
        let delay = Duration::from_millis(150);
        let line = Line { bytes_per_s, delay, stalls: Spells::default(), cuts, seed: set("LUKOU_SEED").unwrap_or(1) };
        let relay = Relay::start(free_address(), city.router, &line).unwrap();
        let (folder, key) = (state_dir(site), SigningKey::from_seed_unchecked(&[1; 32]).unwrap());
        let config = BridgeConfig {
            link: link(LinkMode::Client, &[], &[relay.address]),
            command_keys: BTreeMap::from([("city-1".to_owned(), public_key(&key))]),
            executes: BTreeSet::from([does]),
            allows: BTreeSet::from([does]),
            ..BridgeConfig::new("demo", site, folder.join("state"))
        };
        Self { city, relay, bridge: Arc::new(Bridge::open(config).await.unwrap()), folder, key }
    }

    /// The city's link, the site, and a command that it has signed, by its name.
    fn signed(&self, kind: CommandKind, payload: serde_json::Value) -> (LinkConfig, SiteKeys, String, Vec<u8>) {
        let site = self.bridge.keys().clone();
        let command = Command::issued_now(&site, None, kind, 600, payload);
        let signed = command.sign("city-1", &self.key).unwrap();
        (link(LinkMode::Client, &[], &[self.city.router]), site, command.id, signed)
    }

    /// Says what is promised, and news, each second while a file is under way, and gives what came of that.
    async fn says_until<T>(&self, under_way: JoinHandle<T>) -> T {
        let (mut second, mut promised, mut longest_s) = (0, 0, 0.0_f64);
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        while !under_way.is_finished() {
            ticks.tick().await;
            let waiting = self.bridge.stats().outbox.into_values();
            longest_s = waiting.map(|kind| kind.oldest_s).fold(longest_s, f64::max);
            let mut said = vec![health(second), signal(second), event(second)];
            said.extend(second.is_multiple_of(10).then(|| traffic(second, 0)));
            promised += said.len() as u64 - 2;
            for update in said {
                self.bridge.publish(update).unwrap();
            }
            second += 1;
        }
        let (carried, stats) = (self.relay.carried(), self.bridge.stats());
        println!("{second} s; what is promised waited up to {longest_s:.1} s; {carried:?}; {stats:?}");
        assert!(carried.cuts > 0 && carried.connections > 1, "{carried:?}");
        let confirmed = stats.stored.values().sum::<u64>();
        assert!(2 * confirmed > promised, "half of what was promised meanwhile is there: {confirmed} of {promised}");
        self.bridge.saved().await;
        until_confirmed(&self.bridge).await;
        assert_eq!(self.city.book.lock().unwrap().stored.len() as u64, promised);
        under_way.await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_crosses_a_slow_line_that_is_cut_while_what_is_promised_goes_on() {
    let far = Far::open("far-fetches", CommandKind::Model).await;
    let (served, into) = (far.folder.join("model"), far.folder.join("incoming"));
    let contents = file_in(&served, "model.onnx");
    let bundle = Bundle::of(&served).unwrap();
    let sum = bundle.files["model.onnx"].clone();
    let (by, to, id, signed) = far.signed(CommandKind::Model, serde_json::to_value(&bundle).unwrap());
    let sent = tokio::spawn(send_command(by, to, id.clone(), signed, Some((bundle, served)), PATIENCE));
    assert!(far.bridge.commands().unwrap().recv().await.unwrap().command.is_some());

    let (fetching, came) = (Arc::clone(&far.bridge), into.clone());
    let fetched = tokio::task::spawn_blocking(move || fetching.fetch(&sum, &into, Duration::from_secs(60)));
    far.says_until(fetched).await.unwrap();
    assert!(std::fs::read(&came).unwrap() == contents);
    far.bridge.finish_command(&id, CommandEnd::done()).unwrap();
    assert_eq!(sent.await.unwrap().unwrap().state, AckState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_crosses_it_the_other_way_behind_what_is_promised() {
    let far = Far::open("far-gives", CommandKind::Evidence).await;
    let contents = file_in(&far.folder, "1-1.mcap");
    let (file, into) = (far.folder.join("1-1.mcap"), far.folder.join("incoming"));
    let (by, to, id, signed) = far.signed(CommandKind::Evidence, serde_json::json!({"event": "1-1"}));
    let fetched = tokio::spawn(fetch_evidence(by, to, id.clone(), signed, into.clone(), PATIENCE));
    assert!(far.bridge.commands().unwrap().recv().await.unwrap().command.is_some());
    let sum = far.bridge.offer(&file).unwrap();
    far.bridge.finish_command(&id, CommandEnd::done().with_file(sum)).unwrap();
    assert_eq!(far.says_until(fetched).await.unwrap().state, AckState::Done);
    assert!(std::fs::read(&into).unwrap() == contents);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_about_the_past_goes_behind_what_is_promised() {
    let (city, folder) = (City::open("far-asked").await, state_dir("far-asked"));
    let config = |to| BridgeConfig {
        link: link(LinkMode::Client, &[], &[to]),
        ..BridgeConfig::new("demo", "far-asked", folder.clone())
    };
    // More than the line carries while somebody waits, said and confirmed beside it.
    let bridge = Bridge::open(config(city.router)).await.unwrap();
    for second in 0..60 {
        bridge.publish(traffic(second, 450)).unwrap();
    }
    bridge.saved().await;
    until_confirmed(&bridge).await;
    bridge.close().await;

    let (stalls, cuts) = (Spells::default(), Spells::default());
    let line = Line { bytes_per_s: 24_000.0, delay: Duration::from_millis(150), stalls, cuts, seed: 1 };
    let relay = Relay::start(free_address(), city.router, &line).unwrap();
    let bridge = Bridge::open(config(relay.address)).await.unwrap();
    let history = |limit| {
        let question = city.session.get(format!("lukou/demo/far-asked/history/traffic/*?limit={limit}"));
        question.consolidation(ConsolidationMode::None)
    };
    // Until the router knows whom to ask.
    while history(1).await.unwrap().recv_async().await.is_err() {}
    let answers = history(1000).await.unwrap();
    let mut answered = 0;
    let asking = tokio::spawn(async move {
        while answers.recv_async().await.is_ok_and(|answer| answer.result().is_ok()) {
            answered += 1;
        }
        answered
    });
    let (mut second, mut ticks) = (0, tokio::time::interval(Duration::from_secs(1)));
    while !asking.is_finished() {
        ticks.tick().await;
        bridge.publish(traffic(1000 + second, 0)).unwrap();
        second += 1;
    }
    let confirmed = bridge.stats().stored.get(&Kind::Traffic).copied().unwrap_or_default();
    let answered = asking.await.unwrap();
    println!("{answered} answers in {second} s, and {confirmed} windows confirmed; {:?}", relay.carried());
    // Those said last are still under way; behind the answers, hardly one would have come.
    assert!(answered < 60 && 3 * confirmed > second, "{answered} answers, {confirmed} of {second} windows confirmed");
    bridge.close().await;
}
