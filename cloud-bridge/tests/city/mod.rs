//! What the tests of the city's side share: its programs as processes, and sites that keep what has no receipt.
#![allow(dead_code)] // each test file uses a part of it

pub mod postgres;
pub mod way;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_bridge::{Encoding, LinkConfig, LinkMode, Receipt, SiteKeys, StateMessage, Update, encode, open_session};
use tokio::time::interval;
use zenoh::Session;

use self::postgres::Postgres;
use crate::support::free_endpoint;

/// Only so that a test that would wait for ever fails instead.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A database, a router, a worker, and one site.
pub struct Scene {
    pub worker: City,
    pub site: SiteKeys,
    pub sites: Sites,
    pub router: City,
    pub postgres: Postgres,
}

impl Scene {
    /// `settings`: more of the worker's file.
    pub async fn start(settings: &str) -> Self {
        Self::start_with_api("", settings).await
    }

    /// The same, with `api` more of its interface's settings.
    pub async fn start_with_api(api: &str, settings: &str) -> Self {
        let postgres = Postgres::start().await;
        let router_at = free_endpoint();
        let router = City::router(&router_at, &[]);
        let worker = City::worker_with_api(&[&router_at], &postgres.database(), api, settings);
        let site = SiteKeys::new("test", "s").unwrap();
        let sites = Sites::connect(&[&router_at], std::slice::from_ref(&site)).await;
        Self { worker, site, sites, router, postgres }
    }
}

/// A `city` process, killed with the value.
pub struct City {
    process: Child,
    /// What its first line says: where it listens.
    pub said: String,
}

impl City {
    pub fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(program("city")).args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
        assert!(!said.is_empty(), "city {arguments:?} ended at once");
        Self { process, said: said.trim().to_owned() }
    }

    pub fn router(listen: &str, connect: &[&str]) -> Self {
        let mut arguments = vec!["router", "--listen", listen];
        arguments.extend(connect.iter().flat_map(|other| ["--connect", other]));
        Self::start(&arguments)
    }

    /// A worker; `more` is put into its settings, first of all those of the store.
    pub fn worker(routers: &[&str], database: &str, more: &str) -> Self {
        Self::worker_with_api(routers, database, "", more)
    }

    /// The same, with `api` more of its interface's settings.
    pub fn worker_with_api(routers: &[&str], database: &str, api: &str, more: &str) -> Self {
        let config = format!(
            "[link]\nmode = \"client\"\nlisten = []\nconnect = {routers:?}\n[api]\nlisten = \"127.0.0.1:0\"\n{api}\n\
             [store]\ndatabase = {database:?}\nlease_s = 2\nlinger_ms = 20\n{more}"
        );
        let path = file("toml");
        std::fs::write(&path, config).unwrap();
        Self::start(&["run", "--config", path.to_str().unwrap()])
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM; the exit code.
    pub fn stop(mut self) -> Option<i32> {
        self.signal("TERM");
        self.process.wait().unwrap().code()
    }

    /// The exit code, once it has ended.
    pub async fn end(&mut self) -> Option<i32> {
        let ended = async {
            let mut ticks = interval(Duration::from_millis(20));
            loop {
                if let Some(status) = self.process.try_wait().unwrap() {
                    return status.code();
                }
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, ended).await.expect("it ends in time")
    }

    /// Any other, by its name.
    pub fn signal(&self, name: &str) {
        let (name, process) = (format!("-{name}"), self.process.id().to_string());
        assert!(Command::new("kill").args([name, process]).status().unwrap().success());
    }

    /// The answer to a GET: status and body.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let (status, body) = self.ask("GET", path, "").await;
        (status, String::from_utf8(body).unwrap())
    }

    /// The answer to a request; `headers` end with a line end each.
    pub async fn ask(&self, method: &str, path: &str, headers: &str) -> (u16, Vec<u8>) {
        let (head, body) = self.answer(method, path, headers).await;
        (head[9..12].parse().unwrap(), body)
    }

    /// The head and the body of the answer.
    pub async fn answer(&self, method: &str, path: &str, headers: &str) -> (String, Vec<u8>) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let host = self.said.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let body = &answer[end + 4..];
        let body = if head.contains("chunked") { joined(body) } else { body.to_vec() };
        (head, body)
    }

    /// The JSON that a GET is answered with.
    pub async fn json(&self, path: &str) -> serde_json::Value {
        let (status, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The value of a metric, with its labels as they stand there; 0 when it is not there.
    pub async fn metric(&self, name: &str) -> f64 {
        let (_, body) = self.get("/metrics").await;
        let line = body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.map_or(0.0, |value| value.parse().unwrap())
    }
}

/// What chunks hold (RFC 9112, 7.1); an answer that breaks off has no last one.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let line = chunks.windows(2).position(|two| two == b"\r\n").expect("the answer does not break off");
        let length = usize::from_str_radix(std::str::from_utf8(&chunks[..line]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&chunks[line + 2..line + 2 + length]);
        chunks = &chunks[line + 2 + length + 2..];
    }
}

impl Drop for City {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program of the build that this test belongs to.
pub fn program(name: &str) -> PathBuf {
    let build = std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().to_owned();
    let path = build.join(name);
    assert!(path.exists(), "{}: build with --workspace --features cloud-bridge/city", path.display());
    path
}

/// A path of this test's own.
pub fn file(extension: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("city-file-{}-{n}.{extension}", std::process::id()))
}

fn zenoh_name(encoding: Encoding) -> zenoh::bytes::Encoding {
    match encoding {
        Encoding::Json => zenoh::bytes::Encoding::APPLICATION_JSON,
        Encoding::Cbor => zenoh::bytes::Encoding::APPLICATION_CBOR,
    }
}

/// Some sites on one session.
pub struct Sites {
    pub session: Session,
    receipts: Arc<Mutex<Vec<(String, Receipt)>>>,
}

impl Sites {
    pub async fn connect(routers: &[&str], sites: &[SiteKeys]) -> Self {
        let connect = routers.iter().map(|&router| router.to_owned()).collect();
        let link = LinkConfig { mode: LinkMode::Client, listen: Vec::new(), connect, ..LinkConfig::default() };
        let session = tokio::task::spawn_blocking(move || open_session(&link)).await.unwrap().unwrap();
        let receipts: Arc<Mutex<Vec<(String, Receipt)>>> = Arc::default();
        let told = Arc::clone(&receipts);
        let on_receipt = move |sample: zenoh::sample::Sample| {
            assert!(sample.attachment().is_some(), "a receipt has a checksum");
            let receipt = Receipt::from_sample(&sample).unwrap();
            told.lock().unwrap().push((sample.key_expr().to_string(), receipt));
        };
        let city = sites[0].city();
        let keys = format!("lukou/{city}/*/stored/*");
        session.declare_subscriber(keys).callback(on_receipt).background().await.unwrap();
        for site in sites {
            let token = session.liveliness().declare_token(site.alive()).await.unwrap();
            std::mem::forget(token);
        }
        Self { session, receipts }
    }

    pub async fn put(&self, site: &SiteKeys, seq: u64, update: &Update, encoding: Encoding) {
        let key = site.state(&update.state).unwrap().to_string();
        let message = StateMessage { site: site.site().to_owned(), seq, update: update.clone() };
        self.put_raw(&key, encode(&message, encoding).unwrap(), encoding).await;
    }

    /// As a site does that says no checksum.
    pub async fn put_raw(&self, key: &str, payload: Vec<u8>, encoding: Encoding) {
        self.session.put(key, payload).encoding(zenoh_name(encoding)).await.unwrap();
    }

    /// As a site does that says this checksum.
    pub async fn put_attached(&self, key: &str, payload: Vec<u8>, encoding: Encoding, checksum: &str) {
        self.session.put(key, payload).encoding(zenoh_name(encoding)).attachment(checksum).await.unwrap();
    }

    /// How many receipts have named this message.
    pub fn receipts(&self, site: &SiteKeys, update: &Update, seq: u64) -> usize {
        let key = Receipt::key(site, update.state.kind());
        let named = |receipt: &Receipt| receipt.stored.iter().any(|&[first, last]| (first..=last).contains(&seq));
        self.receipts.lock().unwrap().iter().filter(|(at, receipt)| *at == key && named(receipt)).count()
    }

    /// Sends each message again and again until it has `times` receipts, as an outbox does until it has one.
    pub async fn deliver(&self, messages: &[(SiteKeys, u64, Update)], times: usize, encoding: Encoding) {
        let sending = async {
            let mut ticks = interval(Duration::from_millis(200));
            loop {
                let mut waiting: BTreeMap<usize, &(SiteKeys, u64, Update)> = messages.iter().enumerate().collect();
                waiting.retain(|_, (site, seq, update)| self.receipts(site, update, *seq) < times);
                if waiting.is_empty() {
                    return;
                }
                for (site, seq, update) in waiting.into_values() {
                    self.put(site, *seq, update, encoding).await;
                }
                ticks.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, sending).await.expect("receipts for all in time");
    }
}
