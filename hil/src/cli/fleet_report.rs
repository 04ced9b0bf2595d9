//! What `hil fleet` tells: how much was sent, stored and lost, how fast, at what cost.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, bail};
use cloud_bridge::Kind;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The kernel's unit of CPU time, `USER_HZ`: 100 on every Linux that Rust runs on.
const TICKS_PER_S: f64 = 100.0;

/// What all sites count together.
#[derive(Debug, Default)]
pub struct Counts {
    /// Messages, each once, by kind.
    pub sent: BTreeMap<Kind, u64>,
    /// Messages sent again because no receipt had come.
    pub sent_again: u64,
    /// What the messages hold, bytes, each once.
    pub payload_bytes: u64,
    /// Of these, sent while the city warmed up.
    pub sent_before: u64,
    /// From first sent to acknowledged, microseconds: the database has committed in between.
    pub latencies_us: Vec<i64>,
}

impl Counts {
    fn all_sent(&self) -> u64 {
        self.sent.values().sum()
    }

    /// From now on latency is measured.
    pub fn warmed_up(&mut self) {
        self.sent_before = self.all_sent();
        self.latencies_us.clear();
    }
}

/// What a city says it has.
#[derive(Debug, Default)]
pub struct Stored {
    /// Rows by kind.
    pub rows: BTreeMap<String, u64>,
    /// Different numbers by kind.
    pub different: BTreeMap<String, u64>,
}

/// The whole of it.
#[derive(Debug)]
pub struct Report {
    pub sites: usize,
    /// After the warm-up.
    pub seconds: f64,
    /// Messages without a receipt in the end.
    pub lost: usize,
    pub counts: Counts,
    pub stored: Option<Stored>,
    /// CPU seconds by process.
    pub cpu: Vec<(String, f64)>,
}

impl Report {
    fn latency_ms(&self, fraction: f64) -> f64 {
        let mut sorted = self.counts.latencies_us.clone();
        sorted.sort_unstable();
        // In 0..=len: the fraction is between 0 and 1.
        let rank = (fraction * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).map_or(0.0, |&us| us as f64 * 1e-3)
    }

    /// Rows more than numbers.
    fn duplicates(&self) -> Option<u64> {
        let stored = self.stored.as_ref()?;
        Some(stored.rows.values().sum::<u64>() - stored.different.values().sum::<u64>())
    }

    /// Numbers that were sent and are not stored, by kind.
    fn missing(&self) -> Option<BTreeMap<&'static str, u64>> {
        let stored = self.stored.as_ref()?;
        let missing = |(kind, &sent): (&Kind, &u64)| {
            let there = stored.different.get(kind.name()).copied().unwrap_or_default();
            (kind.name(), sent.saturating_sub(there))
        };
        Some(self.counts.sent.iter().map(missing).collect())
    }

    pub fn json(&self) -> String {
        let sent: BTreeMap<&str, u64> = self.counts.sent.iter().map(|(kind, &n)| (kind.name(), n)).collect();
        json!({
            "sites": self.sites, "seconds": self.seconds, "sent": sent, "sent_before": self.counts.sent_before,
            "sent_again": self.counts.sent_again,
            "payload_bytes": self.counts.payload_bytes, "acknowledged": self.counts.latencies_us.len(), "lost": self.lost,
            "latency_ms": {"p50": self.latency_ms(0.5), "p99": self.latency_ms(0.99), "max": self.latency_ms(1.0)},
            "missing": self.missing(), "duplicates": self.duplicates(),
            "cpu_s": self.cpu.iter().cloned().collect::<BTreeMap<String, f64>>(),
        })
        .to_string()
    }

    pub fn text(&self) -> String {
        let sent = self.counts.all_sent();
        let measured = sent - self.counts.sent_before;
        let mut text = format!(
            "{} sites: {sent} messages ({:.0} bytes each), {} sent again, {} lost\n\
             after the warm-up, {:.0} s: {measured} messages, {} acknowledged\n\
             first sent to acknowledged: p50 {:.0} ms, p99 {:.0} ms, longest {:.0} ms",
            self.sites,
            self.counts.payload_bytes as f64 / sent.max(1) as f64,
            self.counts.sent_again,
            self.lost,
            self.seconds,
            self.counts.latencies_us.len(),
            self.latency_ms(0.5),
            self.latency_ms(0.99),
            self.latency_ms(1.0),
        );
        if let (Some(missing), Some(duplicates)) = (self.missing(), self.duplicates()) {
            // Writing to a String can't fail.
            let _ = write!(text, "\nin the store: {duplicates} twice; missing {missing:?} (health is not promised)");
        }
        for (name, cpu_s) in &self.cpu {
            let _ =
                write!(text, "\n{name}: {cpu_s:.1} s of CPU, {:.3} ms a message", cpu_s * 1e3 / measured.max(1) as f64);
        }
        text
    }

    /// An error when something promised is lost or something is there twice.
    pub fn verdict(&self) -> anyhow::Result<()> {
        let promised = |kind: &&str| Kind::from_name(kind).is_some_and(Kind::is_promised);
        let missing: u64 = self.missing().iter().flatten().filter(|(kind, _)| promised(kind)).map(|(_, n)| n).sum();
        if self.lost > 0 || missing > 0 || self.duplicates().is_some_and(|n| n > 0) {
            bail!("lost or stored twice: see above");
        }
        Ok(())
    }
}

/// Asks a worker what it has of this city from number `from_seq` on.
pub async fn stored(api: &str, city: &str, from_seq: u64) -> anyhow::Result<Stored> {
    let mut stream = TcpStream::connect(api).await?;
    let path = format!("/api/v1/stored?city={city}&from_seq={from_seq}");
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").context("not HTTP")?;
    if head.split(' ').nth(1) != Some("200") {
        bail!("{}: {body}", head.lines().next().unwrap_or_default());
    }
    let answer: Value = serde_json::from_str(body)?;
    let mut stored = Stored::default();
    for row in answer["stored"].as_array().context("no `stored`")? {
        let kind = row["kind"].as_str().context("no kind")?;
        stored.rows.insert(kind.to_owned(), row["messages"].as_u64().context("no messages")?);
        stored.different.insert(kind.to_owned(), row["numbers"].as_u64().context("no numbers")?);
    }
    Ok(stored)
}

/// CPU time so far of each `name=PID` and its children, seconds.
pub fn cpu_seconds(processes: &[String]) -> anyhow::Result<Vec<(String, f64)>> {
    let all = stats()?;
    processes
        .iter()
        .map(|process| {
            let (name, pid) = process.split_once('=').context("--pid: expected name=PID")?;
            let pid: u32 = pid.parse().context("--pid: expected name=PID")?;
            let ticks: u64 =
                all.iter().filter(|stat| stat.pid == pid || stat.parent == pid).map(|stat| stat.ticks).sum();
            Ok((name.to_owned(), ticks as f64 / TICKS_PER_S))
        })
        .collect()
}

struct Stat {
    pid: u32,
    parent: u32,
    ticks: u64,
}

/// `/proc/*/stat` (proc(5)); a process that ends meanwhile is left out.
fn stats() -> anyhow::Result<Vec<Stat>> {
    let read = |entry: std::fs::DirEntry| -> Option<Stat> {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let text = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name before it may hold blanks and parentheses.
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |n: usize| fields.get(n)?.parse::<u64>().ok();
        // user, system, and those of children that have ended
        let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
        Some(Stat { pid, parent: fields.get(1)?.parse().ok()?, ticks })
    };
    Ok(std::fs::read_dir("/proc")?.flatten().filter_map(read).collect())
}
