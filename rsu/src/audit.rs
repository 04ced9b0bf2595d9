//! Audit logs in the site's state folder, each on a thread of its own: `priority-audit.jsonl`, a line for each decision and
//! each command, and `command-audit.jsonl`, a line for each answer to a command of the city. Lines are on the disk before the next are taken; a log of 1 MiB is set aside, and four such are kept.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use cloud_bridge::CommandKind;
use perception::time::UtcMicros;
use serde::Serialize;

use crate::metrics::Metrics;
use crate::priority::{Asked, Command, Decision};

/// The log's name; those set aside have `.1` (the newest) to `.4` after it.
pub const NAME: &str = "priority-audit.jsonl";
/// The name of the log of the city's commands.
pub const COMMANDS_NAME: &str = "command-audit.jsonl";
const SET_ASIDE: u32 = 4;
const LARGEST_OCTETS: u64 = 1 << 20;
/// Lines that may wait for the disk.
const QUEUE: usize = 1024;

/// A log under way. Dropping it waits until everything is written.
#[derive(Debug)]
pub struct AuditLog {
    queue: Option<SyncSender<String>>,
    writer: Option<JoinHandle<()>>,
    place: &'static str,
    metrics: Metrics,
}

impl AuditLog {
    /// Opens the log of priority in a folder, or begins it.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn start(folder: &Path, metrics: Metrics) -> io::Result<Self> {
        Self::start_with(folder, LARGEST_OCTETS, metrics)
    }

    /// The same for the city's commands.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn of_commands(folder: &Path, metrics: Metrics) -> io::Result<Self> {
        Self::start_at(folder.join(COMMANDS_NAME), "command audit", LARGEST_OCTETS, metrics)
    }

    fn start_with(folder: &Path, largest_octets: u64, metrics: Metrics) -> io::Result<Self> {
        Self::start_at(folder.join(NAME), "priority audit", largest_octets, metrics)
    }

    fn start_at(path: PathBuf, place: &'static str, largest_octets: u64, metrics: Metrics) -> io::Result<Self> {
        let mut log = Log::open(path, place, largest_octets)?;
        let (queue, lines) = sync_channel(QUEUE);
        let counted = metrics.clone();
        let writer = std::thread::Builder::new().name("audit".into()).spawn(move || log.write_all(&lines, &counted))?;
        Ok(Self { queue: Some(queue), writer: Some(writer), place, metrics })
    }

    /// Never waits; what the disk cannot take is counted.
    pub fn decision(&self, decision: &Decision) {
        self.write(&DecisionLine {
            at: utc(decision.at),
            set: decision.key.who.set().as_str(),
            who: decision.key.who.to_string(),
            request: decision.key.number,
            role: decision.role.map(|role| role.as_str()),
            asked: decision.asked,
            groups: &decision.groups,
            eta: decision.eta.map(utc),
            decided: decision.why.outcome(),
            why: decision.why.as_str(),
        });
    }

    /// The same for what the controller was asked; `answer` is what became of it at once.
    pub fn command(&self, at: UtcMicros, command: &Command, answer: &'static str) {
        self.write(&CommandLine {
            at: utc(at),
            set: command.key.who.set().as_str(),
            who: command.key.who.to_string(),
            request: command.key.number,
            role: command.role.as_str(),
            command: if command.serve { "serve" } else { "let_go" },
            number: command.number,
            groups: &command.groups,
            controller: answer,
        });
    }

    /// The same for what became of a command of the city.
    pub fn of_city(&self, event: &cloud_bridge::CommandEvent) {
        self.write(&CityLine {
            at: utc(UtcMicros(event.at_us)),
            id: &event.ack.id,
            key: event.key.as_deref(),
            kind: event.kind,
            event: event
                .command
                .as_ref()
                .filter(|command| command.kind == CommandKind::Evidence)
                .and_then(|command| command.payload["event"].as_str()),
            answered: event.ack.state,
            why: event.ack.reason.as_deref(),
        });
    }

    fn write(&self, line: &impl Serialize) {
        let reason = match (serde_json::to_string(line), &self.queue) {
            (Ok(line), Some(queue)) => match queue.try_send(line + "\n") {
                Ok(()) => return,
                Err(TrySendError::Full(_)) => "queue_full",
                Err(TrySendError::Disconnected(_)) => "write_failed",
            },
            _ => "write_failed",
        };
        self.metrics.count_drop(self.place, reason, 1);
    }
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        self.queue = None;
        if self.writer.take().is_some_and(|writer| writer.join().is_err()) {
            tracing::error!("the audit log's thread panicked");
        }
    }
}

#[derive(Serialize)]
struct DecisionLine<'a> {
    at: String,
    set: &'a str,
    who: String,
    request: u8,
    role: Option<&'a str>,
    asked: Asked,
    groups: &'a [u8],
    eta: Option<String>,
    decided: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct CommandLine<'a> {
    at: String,
    set: &'a str,
    who: String,
    request: u8,
    role: &'a str,
    command: &'a str,
    number: u32,
    groups: &'a [u8],
    controller: &'a str,
}

#[derive(Serialize)]
struct CityLine<'a> {
    at: String,
    id: &'a str,
    key: Option<&'a str>,
    kind: Option<CommandKind>,
    /// Whose recording is asked for: who was told what of road users is to be found here.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    answered: cloud_bridge::AckState,
    why: Option<&'a str>,
}

/// RFC 3339, milliseconds, UTC.
fn utc(at: UtcMicros) -> String {
    let asn1::time::Civil { year, month, day, hour, minute, millisecond } = asn1::time::civil(at.0);
    let (second, millisecond) = (millisecond / 1000, millisecond % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

/// The file and how long it is.
struct Log {
    path: PathBuf,
    place: &'static str,
    file: File,
    octets: u64,
    largest_octets: u64,
}

impl Log {
    fn open(path: PathBuf, place: &'static str, largest_octets: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        let mut octets = file.metadata()?.len();
        if octets > 0 {
            // A line that was cut off by a power failure must not take the next one with it.
            let mut last = [0];
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
                octets += 1;
            }
        }
        Ok(Self { path, place, file, octets, largest_octets })
    }

    fn write_all(&mut self, lines: &Receiver<String>, metrics: &Metrics) {
        while let Ok(first) = lines.recv() {
            for line in std::iter::once(first).chain(lines.try_iter()) {
                let written = self.append(&line);
                self.told(written, metrics);
            }
            self.told(self.file.sync_data(), metrics);
        }
    }

    fn told(&self, written: io::Result<()>, metrics: &Metrics) {
        if let Err(error) = written {
            tracing::error!(path = %self.path.display(), %error, "the audit log is not written");
            metrics.count_drop(self.place, "write_failed", 1);
        }
    }

    fn append(&mut self, line: &str) -> io::Result<()> {
        let octets = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.octets > 0 && self.octets.saturating_add(octets) > self.largest_octets {
            self.file.sync_data()?;
            self.set_aside()?;
        }
        self.octets = self.octets.saturating_add(octets);
        self.file.write_all(line.as_bytes())
    }

    fn set_aside(&mut self) -> io::Result<()> {
        let numbered = |number: u32| PathBuf::from(format!("{}.{number}", self.path.display()));
        for number in (1..SET_ASIDE).rev().filter(|number| numbered(*number).exists()) {
            std::fs::rename(numbered(number), numbered(number + 1))?;
        }
        std::fs::rename(&self.path, numbered(1))?;
        *self = Self::open(self.path.clone(), self.place, self.largest_octets)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::priority::{Key, Requester, Role, Why};

    fn decision(number: u8) -> Decision {
        Decision {
            at: UtcMicros(1_785_412_800_123_000),
            key: Key { who: Requester::Entity([1, 2, 3, 0xab]), number },
            asked: Asked::Request,
            role: Some(Role::Bus),
            groups: vec![1],
            eta: None,
            why: Why::NotPassedOn,
        }
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("lukou-audit-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn an_answer_to_the_city_is_a_line() {
        let folder = folder("city");
        let log = AuditLog::of_commands(&folder, Metrics::new().unwrap()).unwrap();
        let ack = br#"{"schema":"lukou.ack/1","id":"c1","state":"rejected","reason":"not_supported"}"#;
        log.of_city(&cloud_bridge::CommandEvent {
            at_us: 1_785_412_800_123_000,
            key: Some("city-1".into()),
            kind: Some(CommandKind::Software),
            ack: cloud_bridge::Ack::from_bytes(ack).unwrap(),
            command: None,
        });
        drop(log);
        let expected = concat!(
            r#"{"at":"2026-07-30T12:00:00.123Z","id":"c1","key":"city-1","kind":"software","#,
            r#""answered":"rejected","why":"not_supported"}"#,
            "\n"
        );
        assert_eq!(std::fs::read_to_string(folder.join(COMMANDS_NAME)).unwrap(), expected);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_decision_and_a_command_are_a_line_each_after_what_was_there() {
        let folder = folder("lines");
        std::fs::write(folder.join(NAME), "{\"cut o").unwrap();
        let log = AuditLog::start(&folder, Metrics::new().unwrap()).unwrap();
        log.decision(&decision(7));
        let command =
            Command { number: 3, key: decision(7).key, serve: true, groups: vec![1], role: Role::Bus, eta: None };
        log.command(UtcMicros(1_785_412_800_456_000), &command, "asked");
        drop(log);
        let text = std::fs::read_to_string(folder.join(NAME)).unwrap();
        let expected = concat!(
            "{\"cut o\n",
            r#"{"at":"2026-07-30T12:00:00.123Z","set":"us","who":"010203ab","request":7,"role":"bus","asked":"request","#,
            r#""groups":[1],"eta":null,"decided":"watch_other_traffic","why":"not_passed_on"}"#,
            "\n",
            r#"{"at":"2026-07-30T12:00:00.456Z","set":"us","who":"010203ab","request":7,"role":"bus","command":"serve","#,
            r#""number":3,"groups":[1],"controller":"asked"}"#,
            "\n"
        );
        assert_eq!(text, expected);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn old_lines_are_set_aside_and_the_oldest_go() {
        let folder = folder("rotation");
        for number in 0..30 {
            // Each alone, so that none is lost to a full queue.
            let log = AuditLog::start_with(&folder, 700, Metrics::new().unwrap()).unwrap();
            log.decision(&decision(number));
        }
        let mut names: Vec<_> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let [all @ .., _] =
            [NAME, ".1", ".2", ".3", ".4", ""].map(|end| if end == NAME { end.into() } else { format!("{NAME}{end}") });
        assert_eq!(names, all);
        let text: String = names.iter().rev().map(|name| std::fs::read_to_string(folder.join(name)).unwrap()).collect();
        assert!(names.iter().all(|name| folder.join(name).metadata().unwrap().len() <= 700));
        let numbers: Vec<u64> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["request"].as_u64().unwrap())
            .collect();
        let first = *numbers.first().unwrap();
        assert!(first > 0, "the oldest are gone");
        assert_eq!(numbers, (first..30).collect::<Vec<_>>());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
