//! A whole service in a process of its own, and what stands around it: a radar, vehicles, a radio that the test hears.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use asn1::cn::MessageFrame;
use asn1::cn::spat::LightState;
use asn1::transport::dsmp;
use perception::calibration::RadarModel;
use rsu::clock::Clock;
use sensors::radar::encode;
use serde_json::Value;

use crate::support::{Folder, movers_seen, repository};

/// Longer than anything here takes on the slowest machine; a test that waits so long has failed.
const PATIENCE_S: f64 = 90.0;
/// How often a test looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Looks again and again until there is something; fails in the end with what it waited for.
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    wait_within(PATIENCE_S, what, look)
}

pub fn wait_within<T>(seconds: f64, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let clock = Clock::new();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(clock.uptime_s() < seconds, "waited {seconds} s in vain for: {what}");
        std::thread::sleep(LOOK_AGAIN);
    }
}

pub fn free_tcp() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn free_udp() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The addresses of one site.
pub struct Ports {
    pub radar: u16,
    pub pc5: u16,
    pub uu: u16,
    pub city: u16,
    pub console: u16,
}

/// The demo's video, as the site names it.
pub fn video() -> PathBuf {
    repository().join("deploy/demo/../../.cache/video/vtest.avi")
}

/// The demo's site with addresses and a state folder of its own, a second PC5 radio, and `more` changes.
pub fn write_site(folder: &Folder, ear: SocketAddr, more: &[(&str, &str)]) -> (PathBuf, Ports) {
    let ports = Ports { radar: free_udp(), pc5: free_udp(), uu: free_udp(), city: free_tcp(), console: free_tcp() };
    let demo = repository().join("deploy/demo");
    assert!(video().exists(), "{} is missing: `make setup` puts it there", video().display());
    let mut text = std::fs::read_to_string(demo.join("site.toml")).unwrap();
    let mut change = |from: &str, to: &str| {
        assert!(text.contains(from), "the demo's site has no {from:?}");
        text = text.replacen(from, to, 1);
    };
    let absolute = |relative: &str| format!("\"{}\"", demo.join(relative).display());
    for file in ["../../.cache/video/vtest.avi", "map.geojson", "vtest-camera.json", "../../models/nanodet"] {
        change(&format!("\"{file}\""), &absolute(file));
    }
    change("\"../../.cache/demo-state\"", "\"state\"");
    let moved =
        [(17400, ports.radar), (17500, ports.pc5), (17443, ports.uu), (17447, ports.city), (8080, ports.console)];
    for (from, to) in moved {
        change(&format!("127.0.0.1:{from}\""), &format!("127.0.0.1:{to}\""));
    }
    // What the authority sees comes every second here.
    change("mode = \"peer\"", "mode = \"peer\"\ntraffic_window_s = 1");
    change("[cloud]", &format!("[[radio]]\nkind = \"pc5_udp\"\nid = \"ear\"\nto = \"{ear}\"\n\n[cloud]"));
    more.iter().for_each(|(from, to)| change(from, to));
    let path = folder.join("site.toml");
    std::fs::write(&path, text).unwrap();
    (path, ports)
}

/// A program of ours that ends with the test.
pub struct Process {
    child: Child,
    lines: Arc<Mutex<Vec<Value>>>,
    errors: Arc<Mutex<String>>,
}

impl Process {
    pub fn start(args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_rsu"))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (lines, errors) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(String::new())));
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (kept_lines, kept_errors) = (lines.clone(), errors.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                kept_lines.lock().unwrap().extend(serde_json::from_str::<Value>(&line));
            }
        });
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                kept_errors.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { child, lines, errors }
    }

    /// JSON objects printed so far.
    pub fn lines(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    pub fn errors(&self) -> String {
        self.errors.lock().unwrap().clone()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "kill -s {name}");
    }

    pub fn end_within(&mut self, seconds: f64) -> ExitStatus {
        wait_within(seconds, "the process to end", || self.child.try_wait().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The console's interface.
#[derive(Clone, Copy)]
pub struct Console(pub u16);

impl Console {
    /// Status and body; `None` while nobody answers.
    pub fn get(self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.0)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8(answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        Some((status, if chunked { unchunked(body)? } else { body.to_owned() }))
    }

    pub fn json(self, path: &str) -> Option<Value> {
        serde_json::from_str(&self.get(path)?.1).ok()
    }

    /// A row of the state: a sensor or a link by its name.
    pub fn row(self, list: &str, id: &str) -> Option<Value> {
        let state = self.json("/api/v1/state")?;
        state[list].as_array()?.iter().find(|row| row["id"] == id).cloned()
    }

    /// The sum of a metric over all label sets that hold these labels; `None`: there is no such metric.
    pub fn metric(self, name: &str, labels: &[&str]) -> Option<f64> {
        let (_, text) = self.get("/metrics")?;
        let rows = text.lines().filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{']) && labels.iter().all(|label| rest.contains(label)))
        });
        let values: Vec<f64> = rows.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
        (!values.is_empty()).then(|| values.iter().sum())
    }
}

fn unchunked(mut body: &str) -> Option<String> {
    let mut whole = String::new();
    loop {
        let (length, rest) = body.split_once("\r\n")?;
        let length = usize::from_str_radix(length, 16).ok()?;
        if length == 0 {
            return Some(whole);
        }
        whole.push_str(rest.get(..length)?);
        body = rest.get(length + 2..)?;
    }
}

/// A thread that goes on until it is dropped.
pub struct Going {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Going {
    pub fn start(mut once: impl FnMut() + Send + 'static) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                once();
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A radar that sees one vehicle drive along the road and back, twenty times a second.
pub fn radar(model: &RadarModel, to: u16) -> Going {
    let (clock, model) = (Clock::new(), model.clone());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut sequence = 0;
    Going::start(move || {
        let phase_s = clock.uptime_s().rem_euclid(20.0);
        let (along_m, speed_mps) = if phase_s < 10.0 { (8.0 * phase_s, 8.0) } else { (160.0 - 8.0 * phase_s, -8.0) };
        let scan = movers_seen(&model, clock.now(), &[([20.0 + along_m, 38.0], [speed_mps, 0.0])]);
        for packet in encode(&scan, true, sequence).unwrap() {
            let _ = socket.send_to(&packet, ("127.0.0.1", to));
        }
        sequence += 1;
        // The radar's own rhythm.
        std::thread::sleep(Duration::from_millis(50));
    })
}

/// What the test itself hears on the second PC5 radio: China messages, decoded.
pub struct Ear {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<MessageFrame>>>,
    _thread: Going,
}

impl Ear {
    pub fn open() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let address = socket.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = heard.clone();
        let mut buffer = vec![0; 2048];
        let thread = Going::start(move || {
            let Ok(length) = socket.recv(&mut buffer) else { return };
            let Ok(frame) = dsmp::Frame::decode(&buffer[..length]) else { return };
            let message = asn1::cn::decode(frame.data, asn1::Dialect::default()).expect("what is sent decodes");
            kept.lock().unwrap().push(message);
        });
        Self { address, heard, _thread: thread }
    }

    /// Everything heard since the last call.
    pub fn take(&self) -> Vec<MessageFrame> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    /// Waits until so many SPAT with lights in them have come from now on.
    pub fn hears_spat(&self, count: usize) {
        self.take();
        wait_for("SPAT on the air", || {
            let heard = self.heard.lock().unwrap();
            let lit = heard.iter().filter(|message| match message {
                MessageFrame::SpatFrame(spat) => {
                    spat.intersections[0].phases.iter().all(|p| p.phase_states[0].light != LightState::Unavailable)
                }
                _ => false,
            });
            (lit.count() >= count).then_some(())
        });
    }
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
