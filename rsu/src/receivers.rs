//! Where messages of vehicles and people arrive, and words of water gauges: UDP ports, each with a thread of its own, one
//! message a datagram.
//!
//! What is received goes to the [`Inlet`] as it came: it is recorded first, and understood in the pipeline. A flood takes
//! nothing from the sensors, whose frames wait in the same queue: there is a most that is taken in a tenth of a second.

use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use perception::time::UtcMicros;

use crate::clock::Clock;
use crate::config::ReceiverFile;
use crate::inlet::Inlet;
use crate::metrics::Metrics;
use crate::pipeline::Input;
use crate::water;

/// How often a thread looks whether it should end, and how long it rests after an error of the system's.
const LOOK_FOR_STOP: Duration = Duration::from_millis(100);
/// Longer than any message of a vehicle: DSMP's length has two octets, and radios send about 1400.
const LONGEST_OCTETS: usize = 2304;
/// Most messages taken in [`WINDOW_S`]: 3000 a second, 300 vehicles at 10 Hz.
const MOST: u32 = 300;
const WINDOW_S: f64 = 0.1;

/// What comes to a port.
#[derive(Clone, Copy)]
enum Speaks {
    V2x,
    Water,
}

/// All receivers of a site.
pub struct Receivers {
    stop: Arc<AtomicBool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    addresses: Vec<SocketAddr>,
}

impl Receivers {
    /// Opens all ports: those of radios, then those of water gauges.
    ///
    /// # Errors
    /// An address that cannot be listened at.
    pub fn start(
        radios: &[ReceiverFile],
        gauges: &[ReceiverFile],
        inlet: &Inlet,
        clock: &Arc<Clock>,
        metrics: &Metrics,
    ) -> anyhow::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (mut threads, mut addresses) = (Vec::new(), Vec::new());
        let radios = radios.iter().map(|receiver| (receiver, Speaks::V2x, "receiver"));
        let gauges = gauges.iter().map(|receiver| (receiver, Speaks::Water, "water"));
        for (receiver, speaks, table) in radios.chain(gauges) {
            let listen = || format!("site.toml, {table}.listen {}", receiver.listen);
            let socket = UdpSocket::bind(receiver.listen).with_context(listen)?;
            socket.set_read_timeout(Some(LOOK_FOR_STOP)).with_context(listen)?;
            addresses.push(socket.local_addr().with_context(listen)?);
            let port = Port {
                socket,
                speaks,
                place: format!("{table} {}", receiver.id),
                receiver: receiver.clone(),
                inlet: inlet.clone(),
                clock: clock.clone(),
                metrics: metrics.clone(),
                stop: stop.clone(),
                window: Window::default(),
            };
            threads.push(std::thread::Builder::new().name(port.place.clone()).spawn(move || port.run())?);
        }
        Ok(Self { stop, threads: Mutex::new(threads), addresses })
    }

    /// Where they listen, in the order of the site file.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Stops all and waits for their threads.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner)) {
            if thread.join().is_err() {
                tracing::error!("a receiver's thread panicked");
            }
        }
    }
}

struct Port {
    socket: UdpSocket,
    speaks: Speaks,
    place: String,
    receiver: ReceiverFile,
    inlet: Inlet,
    clock: Arc<Clock>,
    metrics: Metrics,
    stop: Arc<AtomicBool>,
    window: Window,
}

impl Port {
    fn run(mut self) {
        let mut datagram = vec![0; LONGEST_OCTETS + 1];
        while !self.stop.load(Ordering::Relaxed) {
            match self.socket.recv_from(&mut datagram) {
                Ok((length, from)) => {
                    if !self.take(datagram.get(..length).unwrap_or_default(), from) {
                        return;
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => {
                    tracing::debug!(receiver = %self.receiver.id, %error, "nothing received");
                    self.metrics.count_drop(&self.place, "io", 1);
                    std::thread::sleep(LOOK_FOR_STOP);
                }
            }
        }
    }

    /// False once the pipeline is gone.
    fn take(&mut self, datagram: &[u8], from: SocketAddr) -> bool {
        let stranger = !self.receiver.from.is_empty() && !self.receiver.from.contains(&from.ip());
        let now = self.clock.now();
        let input = if stranger {
            Err("stranger")
        } else if datagram.len() > LONGEST_OCTETS {
            Err("too_long")
        } else if !self.window.has_room(now) {
            Err("flood")
        } else {
            self.understand(datagram, now)
        };
        match input {
            Ok(input) => self.inlet.offer(input),
            Err(reason) => {
                self.metrics.count_drop(&self.place, reason, 1);
                true
            }
        }
    }

    fn understand(&self, datagram: &[u8], now: UtcMicros) -> Result<Input, &'static str> {
        match self.speaks {
            Speaks::V2x => Ok(Input::Received { receiver: self.receiver.id.clone(), frame: datagram.into() }),
            Speaks::Water => water::read(datagram, now).map(Input::Water),
        }
    }
}

/// How many were taken in this tenth of a second.
#[derive(Debug, Default)]
struct Window {
    began_at: UtcMicros,
    taken: u32,
}

impl Window {
    fn has_room(&mut self, now: UtcMicros) -> bool {
        if !(0.0..WINDOW_S).contains(&now.seconds_since(self.began_at)) {
            *self = Self { began_at: now, taken: 0 };
        }
        self.taken += 1;
        self.taken <= MOST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_off_and_what_comes_after_it_is_taken() {
        let mut window = Window::default();
        let at = UtcMicros(1_800_000_000_000_000);
        let taken = (0..5000).filter(|_| window.has_room(at)).count();
        assert_eq!(taken, 300);
        assert!(window.has_room(at.plus_seconds(0.2)) && window.has_room(at.plus_seconds(-60.0)));
    }
}
