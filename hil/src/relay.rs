//! A bad line between a site and its city: what goes in at one end of a TCP connection comes out at the other, at the pace
//! of a slow modem, late, with stalls in which nothing moves and cuts that end every connection.
//!
//! All connections share the line, as they share a modem. It holds back who sends: the relay reads no faster than the line
//! carries, and asks the system for a small receive buffer, so that the queue grows in the sender and not in here.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use rsu::clock::Clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep_until;

/// What goes as one: about an Ethernet frame.
const PACKET_BYTES: usize = 1400;
/// What the system may hold for the relay before it reads, a connection.
const RECEIVE_BUFFER_BYTES: u32 = 8192;
/// Connections that wait to be accepted.
const BACKLOG: u32 = 64;
/// Packets of a connection that are on their way: more than any line here has within its delay.
const MAX_UNDER_WAY: usize = 4096;

/// How bad a line is, the same each way.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// What it carries.
    pub bytes_per_s: f64,
    /// From one end to the other, once it has left.
    pub delay: Duration,
    /// Nothing moves, and nothing is lost.
    pub stalls: Spells,
    /// Every connection ends, and none is made.
    pub cuts: Spells,
    /// The same seed gives the same spells.
    pub seed: u64,
}

/// Something that comes again and again, at moments drawn from the line's seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spells {
    /// From the end of one to the beginning of the next, on average: half as long to half as long again. Zero: there is none.
    pub every: Duration,
    /// How long each lasts.
    pub length: Duration,
}

impl Spells {
    /// Beginnings and ends, from the relay's start on.
    fn drawn(self, seed: u64) -> impl Iterator<Item = (Duration, Duration)> + Send {
        let mut rng = Rng::with_seed(seed);
        let spell = move |&(_, end): &(Duration, Duration)| {
            let begin = end.saturating_add(self.every.mul_f64(0.5 + rng.f64()));
            Some((begin, begin.saturating_add(self.length)))
        };
        let some = !self.every.is_zero() && !self.length.is_zero();
        std::iter::successors(some.then_some((Duration::ZERO, Duration::ZERO)), spell).skip(1)
    }
}

/// One direction of the line. No clock in here: time is an argument, counted from the relay's start.
struct Way {
    bytes_per_s: f64,
    /// When the last byte so far has left.
    free_at: Duration,
    stalls: Box<dyn Iterator<Item = (Duration, Duration)> + Send>,
    stall: Option<(Duration, Duration)>,
}

impl Way {
    fn new(line: &Line) -> Self {
        // Both directions stall together, as when a radio has lost its cell.
        let mut stalls = Box::new(line.stalls.drawn(line.seed));
        let stall = stalls.next();
        Self { bytes_per_s: line.bytes_per_s, free_at: Duration::ZERO, stalls, stall }
    }

    /// When the last of so many bytes leaves that come `now`.
    fn leaves_at(&mut self, now: Duration, bytes: usize) -> Duration {
        let mut begin = now.max(self.free_at);
        while let Some((_, end)) = self.stall.filter(|(from, _)| *from <= begin) {
            begin = begin.max(end);
            self.stall = self.stalls.next();
        }
        self.free_at = begin.saturating_add(Duration::from_secs_f64(bytes as f64 / self.bytes_per_s));
        self.free_at
    }
}

/// What a relay has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Bytes from who connects (a site) to whom the relay connects (a city).
    pub up_bytes: u64,
    /// Bytes the other way.
    pub down_bytes: u64,
    /// Connections that were made.
    pub connections: u64,
    /// Cuts that have begun.
    pub cuts: u64,
}

/// One direction, and how much it has carried.
struct Direction {
    way: Mutex<Way>,
    bytes: AtomicU64,
}

struct Shared {
    clock: Clock,
    delay: Duration,
    up: Direction,
    down: Direction,
    connections: AtomicU64,
    cuts: AtomicU64,
}

impl Shared {
    fn now(&self) -> Duration {
        Duration::from_secs_f64(self.clock.uptime_s())
    }

    /// Waits until that long after the relay's start.
    async fn until(&self, at: Duration) {
        sleep_until((self.clock.started() + at).into()).await;
    }
}

/// A relay that runs; dropping it ends it, and every connection.
pub struct Relay {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _running: JoinSet<()>,
}

impl Relay {
    /// Listens, and carries what comes over `line` to `to`, where somebody may listen sooner or later.
    ///
    /// # Errors
    /// The address can't be listened on.
    pub fn start(listen: SocketAddr, to: SocketAddr, line: &Line) -> io::Result<Self> {
        let socket = small_socket(listen)?;
        socket.set_reuseaddr(true)?;
        socket.bind(listen)?;
        let listener = socket.listen(BACKLOG)?;
        let direction = || Direction { way: Mutex::new(Way::new(line)), bytes: AtomicU64::new(0) };
        let [connections, cuts] = [0, 0].map(AtomicU64::new);
        let (up, down) = (direction(), direction());
        let shared = Arc::new(Shared { clock: Clock::new(), delay: line.delay, up, down, connections, cuts });
        let address = listener.local_addr()?;
        let (cut, is_cut) = watch::channel(false);
        let mut running = JoinSet::new();
        running.spawn(keep_cutting(Arc::clone(&shared), line.cuts.drawn(!line.seed), cut));
        running.spawn(accept(Arc::clone(&shared), listener, to, is_cut));
        Ok(Self { address, shared, _running: running })
    }

    /// What it has done so far.
    pub fn carried(&self) -> Carried {
        let [up_bytes, down_bytes, connections, cuts] =
            [&self.shared.up.bytes, &self.shared.down.bytes, &self.shared.connections, &self.shared.cuts]
                .map(|count| count.load(Ordering::Relaxed));
        Carried { up_bytes, down_bytes, connections, cuts }
    }
}

fn small_socket(of: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if of.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    Ok(socket)
}

async fn keep_cutting(shared: Arc<Shared>, cuts: impl Iterator<Item = (Duration, Duration)>, cut: watch::Sender<bool>) {
    for (begin, end) in cuts {
        shared.until(begin).await;
        shared.cuts.fetch_add(1, Ordering::Relaxed);
        cut.send_replace(true);
        shared.until(end).await;
        cut.send_replace(false);
    }
    // Who waits for a cut waits for as long as there may be one.
    std::future::pending().await
}

async fn accept(shared: Arc<Shared>, listener: TcpListener, to: SocketAddr, is_cut: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        // What can't be accepted (too many open files) is the connecting side's to try again.
        let Ok((near, _)) = listener.accept().await else { continue };
        while connections.try_join_next().is_some() {}
        if *is_cut.borrow() {
            continue;
        }
        let (shared, mut is_cut) = (Arc::clone(&shared), is_cut.clone());
        connections.spawn(async move {
            tokio::select! {
                // An end that fails takes the other with it, as dropping both does.
                _ = connect(&shared, near, to) => {}
                _ = is_cut.wait_for(|is_cut| *is_cut) => {}
            }
        });
    }
}

async fn connect(shared: &Shared, near: TcpStream, to: SocketAddr) -> io::Result<()> {
    let far = small_socket(to)?.connect(to).await?;
    shared.connections.fetch_add(1, Ordering::Relaxed);
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let up = carry(shared, &shared.up, from_near, to_far);
    let down = carry(shared, &shared.down, from_far, to_near);
    tokio::try_join!(up, down).map(|_| ())
}

/// Carries one direction of one connection, to its end.
async fn carry(
    shared: &Shared,
    direction: &Direction,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
) -> io::Result<()> {
    let (send, mut under_way) = mpsc::channel(MAX_UNDER_WAY);
    let reading = async move {
        let mut packet = [0; PACKET_BYTES];
        loop {
            let length = from.read(&mut packet).await?;
            let now = shared.now();
            let left = direction.way.lock().unwrap_or_else(PoisonError::into_inner).leaves_at(now, length);
            shared.until(left).await;
            direction.bytes.fetch_add(length as u64, Ordering::Relaxed);
            let bytes = packet[..length].to_vec();
            if length == 0 || send.send((left.saturating_add(shared.delay), bytes)).await.is_err() {
                return Ok::<(), io::Error>(());
            }
        }
    };
    let writing = async move {
        while let Some((arrives, bytes)) = under_way.recv().await {
            shared.until(arrives).await;
            to.write_all(&bytes).await?;
        }
        to.shutdown().await
    };
    tokio::try_join!(reading, writing).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn what_comes_faster_than_the_line_carries_waits_and_a_stall_holds_up_what_follows() {
        let stalls = Spells { every: ms(10_000), length: ms(3000) };
        let line = Line { bytes_per_s: 1000.0, delay: ms(0), stalls, cuts: Spells::default(), seed: 7 };
        let (begin, end) = stalls.drawn(7).next().unwrap();
        assert!((ms(5000)..=ms(15_000)).contains(&begin) && end == begin + ms(3000));
        let mut way = Way::new(&line);
        assert_eq!([way.leaves_at(ms(0), 100), way.leaves_at(ms(0), 100)], [ms(100), ms(200)]);
        assert_eq!(way.leaves_at(ms(1000), 50), ms(1050), "an idle line saves nothing up");
        assert_eq!(way.leaves_at(begin, 100), end + ms(100));
        assert_eq!(way.leaves_at(begin, 100), end + ms(200));
        let third = stalls.drawn(7).nth(2).unwrap();
        assert_eq!(way.leaves_at(third.0 + ms(1), 100), third.1 + ms(100), "the second had nothing to hold up");
    }

    #[test]
    fn without_a_length_there_are_no_spells() {
        assert_eq!(Spells { every: ms(1), length: ms(0) }.drawn(1).next(), None);
        assert_eq!(Spells { every: ms(0), length: ms(1) }.drawn(1).next(), None);
    }
}
