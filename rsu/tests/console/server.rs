//! The real router on a free port, fed by hand, and the smallest client that can ask it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use asn1::Dialect;
use rsu::api::{ApiState, router, serve};
use rsu::clock::Clock;
use rsu::console::{ConsoleFeed, SentMessages};
use rsu::health::Health;
use rsu::metrics::Metrics;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::world;

/// Nothing here takes a minute: whoever waits for so long waits in vain.
pub const IN_VAIN: Duration = Duration::from_secs(60);

/// A running service without a pipeline.
pub struct Server {
    runtime: Runtime,
    pub address: SocketAddr,
    pub feed: ConsoleFeed,
    pub sent: SentMessages,
    pub health: Arc<Health>,
    pub clock: Arc<Clock>,
    pub metrics: Metrics,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<std::io::Result<()>>>,
}

impl Server {
    /// At a free port.
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    pub fn start_at(address: SocketAddr) -> Self {
        let runtime = Runtime::new().unwrap();
        let (feed, health, clock) = (ConsoleFeed::new(), Arc::new(Health::new()), Arc::new(Clock::new()));
        let metrics = Metrics::new().unwrap();
        let sent = SentMessages::new(Some(Dialect::CnGbt31024_2019), Some(Dialect::UsJ27352024));
        let state =
            ApiState::new(feed.clone(), sent.clone(), &world::map(), health.clone(), metrics.clone(), clock.clone())
                .unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind(address)).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let shutdown = async move { drop(stopped.await) };
        let serving = Some(runtime.spawn(serve(listener, router(state), shutdown)));
        Self { runtime, address, feed, sent, health, clock, metrics, stop: Some(stop), serving }
    }

    /// Publishes the world as it moves, ten times a second, until the handle is aborted.
    pub fn publish(&self) -> JoinHandle<()> {
        let (feed, clock) = (self.feed.clone(), self.clock.clone());
        self.runtime.spawn(async move {
            let mut tick = tokio::time::interval(Duration::from_millis(100));
            loop {
                tick.tick().await;
                feed.publish(&world::state(clock.now().0)).unwrap();
            }
        })
    }

    /// As on SIGTERM; returns once `serve` has returned.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        self.runtime.block_on(self.serving.take().unwrap()).unwrap().unwrap();
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path)
    }

    pub fn ask(&self, method: &str, path: &str) -> Answer {
        let mut reader = self.open(method, path, "close");
        let mut answer = Answer::head(&mut reader);
        reader.read_to_string(&mut answer.body).unwrap();
        answer
    }

    /// Sends a request and leaves the answer to be read.
    pub fn open(&self, method: &str, path: &str, connection: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(IN_VAIN)).unwrap();
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: {connection}\r\n\r\n", self.address)
            .unwrap();
        BufReader::new(stream)
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// Reads the status line and the headers.
    pub fn head(reader: &mut impl BufRead) -> Self {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let line = line.trim_end().to_owned();
            if line.is_empty() {
                break;
            }
            lines.push(line);
        }
        let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        Self { status, headers: lines[1..].iter().filter_map(header).collect(), body: String::new() }
    }

    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}
