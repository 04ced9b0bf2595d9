//! A site in a process of its own, that says what it has on the disk until somebody kills it.
//!
//! A test's own program is the child: it runs [`run`] in an ignored test of the name `child_site`, which each file that uses
//! this has.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

use cloud_bridge::{Bridge, BridgeConfig, Kind, LinkMode, State, Update};

use super::{PATIENCE, event, link, parking, traffic};

/// How the child spends its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habit {
    /// Goes on publishing.
    Steady,
    /// Opens its bridge, publishes a little, closes it, and again: most of its time goes into what begins and ends a run.
    Restless,
}

/// Messages on the disk by kind and number, and what each says.
pub type Saved = BTreeMap<(Kind, u64), u32>;

/// The running child; killed with the value.
pub struct Child {
    process: std::process::Child,
    /// What it says, until it ends.
    lines: mpsc::Receiver<String>,
    heard: Vec<String>,
}

/// What a killed child had said.
#[derive(Debug)]
pub struct Said {
    pub saved: Saved,
    /// What it was about to do: `opening`, `publishing` or `closing`; `starting` before it said anything.
    pub doing: String,
}

impl Child {
    /// Connects to `endpoint` in this mode and keeps its outbox in `dir`. Its updates say `first`, `first + 1`, …
    pub fn start(mode: LinkMode, endpoint: &str, dir: &Path, habit: Habit, first: u32) -> Self {
        let mode = if mode == LinkMode::Client { "client" } else { "peer" };
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_site", "--ignored", "--nocapture"])
            .env("LUKOU_CHILD", format!("{mode} {endpoint} {} {habit:?} {first}", dir.display()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap()).lines();
        // A line is one write, and its end shows that it is whole.
        let whole = |line: String| line.strip_suffix(" .").map(str::to_owned);
        let (tell, lines) = mpsc::channel();
        std::thread::spawn(move || said.map_while(Result::ok).filter_map(whole).try_for_each(|line| tell.send(line)));
        Self { process, lines, heard: Vec::new() }
    }

    /// Waits until it has said so many lines: however fast the machine is, it has come as far then.
    pub fn has_said(&mut self, lines: usize) {
        while self.heard.len() < lines {
            self.heard.push(self.lines.recv_timeout(PATIENCE).expect("the child goes on"));
        }
    }

    /// SIGKILL.
    pub fn kill(mut self) -> Said {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let mut said = Said { saved: Saved::new(), doing: "starting".to_owned() };
        self.heard.extend(self.lines.iter());
        for line in &self.heard {
            let words: Vec<&str> = line.split_whitespace().collect();
            // Before the first line stands what the test's program says of itself.
            match words[..] {
                [.., "saved", kind, seq, n] => {
                    let name = (Kind::from_name(kind).unwrap(), seq.parse().unwrap());
                    assert_eq!(said.saved.insert(name, n.parse().unwrap()), None, "no number comes twice");
                }
                [.., doing] => doing.clone_into(&mut said.doing),
                [] => {}
            }
        }
        said
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The number of the newest state of the child's lot among these. Of a lot it alone has to arrive, and it may be newer than the child
/// could say before it was killed: what is on the disk has then taken the place of what it said.
pub fn newest_lot<T>(messages: &BTreeMap<(Kind, u64), T>) -> Option<u64> {
    messages.keys().filter(|(kind, _)| *kind == Kind::Parking).map(|&(_, seq)| seq).max()
}

/// What an update of the child says.
pub fn number(update: &Update) -> Option<u32> {
    match &update.state {
        State::Traffic(traffic) => Some(traffic.lanes[0].vehicles),
        State::Parking(parking) => parking.name.parse().ok(),
        State::Event(event) => event.event.parse().ok(),
        _ => None,
    }
}

/// Of each kind that is promised one that says `n`.
fn updates(n: u32) -> [Update; 3] {
    let mut lot = parking("p1");
    if let State::Parking(parking) = &mut lot.state {
        parking.name = n.to_string();
    }
    [traffic(n), event(n), lot]
}

/// The child's own side; returns at once where nobody has started it as a child.
pub async fn run() {
    let Ok(told) = std::env::var("LUKOU_CHILD") else { return };
    let [mode, endpoint, dir, habit, first] = told.split(' ').collect::<Vec<_>>()[..] else { panic!("{told:?}") };
    let mode = if mode == "client" { LinkMode::Client } else { LinkMode::Peer };
    let config = BridgeConfig { link: link(mode, &[], &[endpoint]), ..BridgeConfig::new("demo", "vtest", dir) };
    let mut n: u32 = first.parse().unwrap();
    loop {
        println!("opening .");
        let bridge = Bridge::open(config.clone()).await.unwrap();
        println!("publishing .");
        for _ in 0..if habit == "Restless" { 3 } else { u32::MAX } {
            let numbers = updates(n).map(|update| (update.state.kind(), bridge.publish(update).unwrap()));
            bridge.saved().await;
            for (kind, seq) in numbers {
                println!("saved {kind} {seq} {n} .");
            }
            n += 1;
        }
        println!("closing .");
        bridge.close().await;
    }
}
