//! A bad way between two UDP ends: datagrams are lost, doubled, held up and so overtaken, each direction by a seed of its own.
#![allow(dead_code, reason = "each test takes what it needs")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use tokio::net::UdpSocket;

/// What happens on the way; shares of all datagrams.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    /// So many are lost.
    pub lost: f64,
    /// So many of the others come twice.
    pub twice: f64,
    /// So many copies are held up: those that follow overtake them.
    pub late: f64,
    /// By so much at the longest, seconds.
    pub late_s: f64,
}

impl Way {
    /// As bad as a way gets on which a service still has to work.
    pub const BAD: Self = Self { lost: 0.2, twice: 0.2, late: 0.3, late_s: 0.4 };
    /// Nothing gets through.
    pub const CUT: Self = Self { lost: 1.0, twice: 0.0, late: 0.0, late_s: 0.0 };

    /// After how long each copy of a datagram goes on, seconds.
    fn copies(self, rng: &mut Rng) -> Vec<f64> {
        if rng.f64() < self.lost {
            return Vec::new();
        }
        let copies = if rng.f64() < self.twice { 2 } else { 1 };
        let mut delay_s = || if rng.f64() < self.late { rng.f64() * self.late_s } else { 0.0 };
        (0..copies).map(|_| delay_s()).collect()
    }
}

/// The relay; it ends with the runtime.
pub struct Relay {
    /// Where who speaks first sends to.
    pub at: SocketAddr,
    way: Arc<Mutex<Way>>,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Relay {
    /// Between whoever sends to [`Relay::at`] and `to`. At first nothing is wrong with the way.
    pub async fn start(to: SocketAddr, seed: u64) -> Self {
        let front = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let back = Arc::new(UdpSocket::bind("127.0.0.1:0").await.unwrap());
        let at = front.local_addr().unwrap();
        let (way, asked) = (Arc::new(Mutex::new(Way::default())), Arc::new(Mutex::new(Vec::new())));
        tokio::spawn(run(front, back, to, way.clone(), asked.clone(), [seed, !seed].map(Rng::with_seed)));
        Self { at, way, asked }
    }

    /// From now on the way is like this.
    pub fn becomes(&self, way: Way) {
        *self.way.lock().unwrap() = way;
    }

    /// What came from who speaks first, whether it got through or not.
    pub fn asked(&self) -> Vec<Vec<u8>> {
        self.asked.lock().unwrap().clone()
    }
}

async fn run(
    front: Arc<UdpSocket>,
    back: Arc<UdpSocket>,
    to: SocketAddr,
    way: Arc<Mutex<Way>>,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
    [mut there, mut again]: [Rng; 2],
) {
    let (mut first, mut from_front, mut from_back) = (None, vec![0; 65_536], vec![0; 65_536]);
    loop {
        // An end that is not there yet refuses what is sent to it: that is no end of the way.
        tokio::select! {
            Ok((length, from)) = front.recv_from(&mut from_front) => {
                first = Some(from);
                let datagram = from_front[..length].to_vec();
                asked.lock().unwrap().push(datagram.clone());
                send(&back, to, &datagram, way.lock().unwrap().copies(&mut there));
            }
            Ok((length, _)) = back.recv_from(&mut from_back) => {
                let Some(first) = first else { continue };
                send(&front, first, &from_back[..length], way.lock().unwrap().copies(&mut again));
            }
            else => {}
        }
    }
}

fn send(from: &Arc<UdpSocket>, to: SocketAddr, datagram: &[u8], after_s: Vec<f64>) {
    for after_s in after_s {
        let (from, datagram) = (from.clone(), datagram.to_vec());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(after_s)).await;
            let _ = from.send_to(&datagram, to).await;
        });
    }
}
