//! The socket that radars send to.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use perception::detection::{RadarScan, SensorId};
use perception::time::UtcMicros;

use super::packet::{self, MAX_PACKET_BYTES};
use super::reassemble::{Reassembler, WholeScan};
use crate::Now;
use crate::stop::StopSignal;

/// How often the thread looks whether it shall stop.
const LOOK_FOR_STOP: Duration = Duration::from_millis(100);
/// The pause after the operating system reported an error, so that a broken network does not burn a core, seconds.
const PAUSE_AFTER_ERROR_S: f64 = 0.2;

/// What a radar source needs to know.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarConfig {
    /// Where the radars send to.
    pub listen: SocketAddr,
    /// The radars that are expected; packets of others are counted and dropped.
    pub sensors: Vec<SensorId>,
    /// From where packets are accepted. Empty: from anywhere.
    pub allowed_from: Vec<IpAddr>,
    /// A radar of which no scan came for so long is silent, seconds.
    pub silent_after_s: f64,
}

impl RadarConfig {
    /// Radars that may send from anywhere, and are silent after 2 s.
    pub fn new(listen: SocketAddr, sensors: impl IntoIterator<Item = SensorId>) -> Self {
        Self { listen, sensors: sensors.into_iter().collect(), allowed_from: Vec::new(), silent_after_s: 2.0 }
    }
}

/// A scan as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedScan {
    /// When its last packet arrived.
    pub arrived_at: UtcMicros,
    /// Whether a simulation made it; wherever it is shown, this must be said.
    pub simulated: bool,
    /// The scan.
    pub scan: RadarScan,
}

/// What a radar is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RadarState {
    /// Nothing ever came from it.
    #[default]
    Waiting,
    /// Scans come.
    Receiving,
    /// Scans came, but no more.
    Silent,
}

impl RadarState {
    /// The state's name as logs, metrics and pages have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Receiving => "receiving",
            Self::Silent => "silent",
        }
    }
}

/// How one radar is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarStatus {
    /// The radar's name.
    pub sensor: SensorId,
    /// What it is doing.
    pub state: RadarState,
    /// Whole scans received.
    pub scans: u64,
    /// Scans that, by their numbers, never came or never came whole.
    pub lost: u64,
    /// Scans that found the pipeline's queue full: drop reason `queue_full`.
    pub dropped_queue_full: u64,
    /// When the last scan arrived.
    pub last_scan_at: Option<UtcMicros>,
    /// Whether the last scan was made by a simulation.
    pub simulated: bool,
}

/// How the socket and its radars are doing.
#[derive(Clone, Debug, PartialEq)]
pub struct RadarSourceStatus {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Packets that were of no use, by reason.
    pub bad_packets: BTreeMap<&'static str, u64>,
    /// What was wrong with the last of them, and who sent it; or what the operating system said.
    pub last_error: Option<String>,
    /// The radars, in the order of the configuration.
    pub radars: Vec<RadarStatus>,
}

/// A UDP socket that receives radar scans on its own thread until it is stopped or dropped.
pub struct RadarSource {
    shared: Arc<Shared>,
    now: Now,
    silent_after_s: f64,
}

struct Shared {
    stop: StopSignal,
    status: Mutex<RadarSourceStatus>,
}

impl RadarSource {
    /// Opens the socket and starts to deliver scans into `scans`; when that queue is full the scan is dropped and
    /// counted, so the newest scans are the ones that are lost: make it a few scans deep.
    ///
    /// # Errors
    /// The address cannot be listened on, or the operating system gives no thread.
    pub fn start(config: RadarConfig, now: Now, scans: SyncSender<ReceivedScan>) -> std::io::Result<Self> {
        let socket = UdpSocket::bind(config.listen)?;
        socket.set_read_timeout(Some(LOOK_FOR_STOP))?;
        let radars = config.sensors.iter().map(|sensor| RadarStatus {
            sensor: sensor.clone(),
            state: RadarState::Waiting,
            scans: 0,
            lost: 0,
            dropped_queue_full: 0,
            last_scan_at: None,
            simulated: false,
        });
        let status = RadarSourceStatus {
            listen: socket.local_addr()?,
            bad_packets: BTreeMap::new(),
            last_error: None,
            radars: radars.collect(),
        };
        let shared = Arc::new(Shared { stop: StopSignal::default(), status: Mutex::new(status) });
        let receiver = Receiver {
            socket,
            allowed_from: config.allowed_from,
            reassembler: Reassembler::new(config.sensors),
            shared: shared.clone(),
            now: now.clone(),
            scans,
        };
        std::thread::Builder::new().name("radar".to_owned()).spawn(move || receiver.run())?;
        Ok(Self { shared, now, silent_after_s: config.silent_after_s })
    }

    /// How the socket and its radars are doing now.
    pub fn status(&self) -> RadarSourceStatus {
        let now = (self.now)();
        let mut status = self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for radar in &mut status.radars {
            radar.state = match radar.last_scan_at {
                None => RadarState::Waiting,
                Some(at) if now.seconds_since(at) <= self.silent_after_s => RadarState::Receiving,
                Some(_) => RadarState::Silent,
            };
        }
        status
    }

    /// Asks it to stop; it does within a tenth of a second.
    pub fn stop(&self) {
        self.shared.stop.stop();
    }
}

impl Drop for RadarSource {
    fn drop(&mut self) {
        self.stop();
    }
}

impl std::fmt::Debug for RadarSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RadarSource").field("status", &self.status()).finish_non_exhaustive()
    }
}

struct Receiver {
    socket: UdpSocket,
    allowed_from: Vec<IpAddr>,
    reassembler: Reassembler,
    shared: Arc<Shared>,
    now: Now,
    scans: SyncSender<ReceivedScan>,
}

impl Receiver {
    fn run(mut self) {
        // One byte more than a packet may have: a longer one shows by its length.
        let mut buffer = [0; MAX_PACKET_BYTES + 1];
        while !self.shared.stop.is_stopped() {
            match self.socket.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    let arrived_at = (self.now)();
                    if !self.receive(buffer.get(..length).unwrap_or_default(), from, arrived_at) {
                        return;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.shared.status.lock().unwrap_or_else(PoisonError::into_inner).last_error =
                        Some(format!("socket: {error}"));
                    self.shared.stop.wait(PAUSE_AFTER_ERROR_S);
                }
            }
        }
    }

    /// One packet. `false`: nobody wants scans any more.
    fn receive(&mut self, bytes: &[u8], from: SocketAddr, arrived_at: UtcMicros) -> bool {
        match self.whole_scan(bytes, from) {
            Ok(Some(whole)) => self.deliver(whole, arrived_at),
            Ok(None) => true,
            Err((reason, error)) => {
                let mut status = self.shared.status.lock().unwrap_or_else(PoisonError::into_inner);
                *status.bad_packets.entry(reason).or_default() += 1;
                status.last_error = Some(format!("packet from {from}: {error}"));
                true
            }
        }
    }

    fn whole_scan(&mut self, bytes: &[u8], from: SocketAddr) -> Result<Option<WholeScan>, (&'static str, String)> {
        let sender = from.ip().to_canonical();
        if !self.allowed_from.is_empty() && !self.allowed_from.contains(&sender) {
            return Err(("source_address", "this address is not allowed to send".to_owned()));
        }
        if bytes.len() > MAX_PACKET_BYTES {
            return Err(("too_long", format!("longer than {MAX_PACKET_BYTES} bytes")));
        }
        let packet = packet::decode(bytes).map_err(|error| (error.reason(), error.to_string()))?;
        let sensor = packet.sensor.clone();
        self.reassembler.push(packet).map_err(|drop| (drop.reason(), format!("{} of {sensor:?}", drop.reason())))
    }

    fn deliver(&mut self, whole: WholeScan, arrived_at: UtcMicros) -> bool {
        let WholeScan { scan, simulated, .. } = whole;
        let sensor = scan.sensor.clone();
        let sent = self.scans.try_send(ReceivedScan { arrived_at, simulated, scan });
        let mut status = self.shared.status.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(radar) = status.radars.iter_mut().find(|radar| radar.sensor == sensor) {
            radar.scans += 1;
            radar.lost = self.reassembler.lost(&sensor);
            radar.last_scan_at = Some(arrived_at);
            radar.simulated = simulated;
            radar.dropped_queue_full += u64::from(matches!(sent, Err(TrySendError::Full(_))));
        }
        !matches!(sent, Err(TrySendError::Disconnected(_)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};
    use std::sync::mpsc::{Receiver as Queue, sync_channel};

    use perception::detection::RadarTarget;

    use super::super::packet::encode;
    use super::*;

    /// Far longer than any of this takes; a test that waits so long has failed.
    const FOR_EVER: Duration = Duration::from_secs(60);

    struct Bench {
        source: RadarSource,
        queue: Queue<ReceivedScan>,
        sender: UdpSocket,
        clock: Arc<AtomicI64>,
    }

    impl Bench {
        fn new(depth: usize, allowed_from: Vec<IpAddr>) -> Self {
            let clock = Arc::new(AtomicI64::new(1_000_000));
            let now: Now = {
                let clock = clock.clone();
                Arc::new(move || UtcMicros(clock.load(Ordering::SeqCst)))
            };
            let (scans, queue) = sync_channel(depth);
            let mut config = RadarConfig::new("127.0.0.1:0".parse().unwrap(), ["radar-n".into(), "radar-s".into()]);
            config.allowed_from = allowed_from;
            let source = RadarSource::start(config, now, scans).unwrap();
            let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
            sender.connect(source.status().listen).unwrap();
            Self { source, queue, sender, clock }
        }

        fn send(&self, sensor: &str, sequence: u32, count: usize) {
            let target = RadarTarget { range_m: 50.0, azimuth_rad: 0.1, range_rate_mps: Some(-3.0), rcs_dbsm: None };
            let scan = RadarScan { sensor: sensor.into(), captured_at: UtcMicros(42), targets: vec![target; count] };
            for packet in encode(&scan, true, sequence).unwrap() {
                self.sender.send(&packet).unwrap();
            }
        }

        /// UDP on one machine keeps order: when this scan has come, all before it was dealt with.
        fn until(&self, sequence: u32) -> RadarSourceStatus {
            self.send("radar-s", sequence, 0);
            while self.queue.recv_timeout(FOR_EVER).unwrap().scan.sensor != "radar-s".into() {}
            // The status is written just after the scan is handed over.
            loop {
                let status = self.source.status();
                if status.radars[1].scans > 0 {
                    return status;
                }
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn scans_come_whole_with_their_label_and_the_radar_falls_silent_by_the_clock() {
        let bench = Bench::new(8, Vec::new());
        assert_eq!(bench.source.status().radars[0].state, RadarState::Waiting);
        bench.send("radar-n", 1, 300);
        let received = bench.queue.recv_timeout(FOR_EVER).unwrap();
        assert_eq!(
            (received.scan.targets.len(), received.simulated, received.arrived_at),
            (300, true, UtcMicros(1_000_000))
        );
        bench.send("radar-n", 4, 1);
        let status = bench.until(1);
        let radar = &status.radars[0];
        assert_eq!((radar.state, radar.scans, radar.lost, radar.simulated), (RadarState::Receiving, 2, 2, true));
        bench.clock.store(3_100_000, Ordering::SeqCst);
        assert_eq!(bench.source.status().radars[0].state, RadarState::Silent);
    }

    #[test]
    fn bad_packets_are_counted_by_reason_and_harm_nothing() {
        let bench = Bench::new(8, Vec::new());
        bench.sender.send(b"").unwrap();
        bench.sender.send(b"hello radar").unwrap();
        bench.sender.send(b"LKRD\x02........................").unwrap();
        bench.sender.send(&[0; 1500]).unwrap();
        bench.send("radar-x", 1, 1);
        let status = bench.until(1);
        let expected = [("magic", 1), ("short", 1), ("too_long", 1), ("unknown_sensor", 1), ("version", 1)];
        assert_eq!(status.bad_packets, BTreeMap::from(expected));
        assert!(status.last_error.unwrap().contains("radar-x"));
    }

    #[test]
    fn a_full_queue_drops_and_counts() {
        let bench = Bench::new(1, Vec::new());
        for sequence in 1..=3 {
            bench.send("radar-n", sequence, 1);
        }
        let dropped = loop {
            let status = bench.source.status();
            if status.radars[0].scans == 3 {
                break status.radars[0].dropped_queue_full;
            }
            std::thread::yield_now();
        };
        assert_eq!(dropped, 2);
        assert_eq!(bench.queue.try_iter().count(), 1);
    }

    #[test]
    fn only_allowed_addresses_are_heard() {
        let bench = Bench::new(8, vec!["192.0.2.1".parse().unwrap()]);
        bench.send("radar-n", 1, 1);
        while bench.source.status().bad_packets.is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(bench.source.status().bad_packets, BTreeMap::from([("source_address", 1)]));
        assert!(bench.queue.try_recv().is_err());
    }

    #[test]
    fn an_address_in_use_is_an_error_at_once() {
        let bench = Bench::new(1, Vec::new());
        let config = RadarConfig::new(bench.source.status().listen, []);
        let (scans, _queue) = sync_channel(1);
        assert!(RadarSource::start(config, Arc::new(|| UtcMicros(0)), scans).is_err());
    }
}
