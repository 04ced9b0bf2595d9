//! `cargo bench --workspace --bench codec`: what decoding and encoding a message costs, beside codecs that are not ours.
//!
//! First the table: 16-phase SPATs and 16-participant RSMs, each codec in turn, and how many times as long as ours it takes.
//! Then criterion: the same, and one message of every type in every dialect. With `-- --json` only the table, a line a
//! figure. The peers come from `.ci/setup bench`; without them ours and rasn run alone.

#![allow(clippy::unwrap_used, reason = "a bench that can not run has failed")]

mod messages;
mod peers;
mod race;
mod without_markers;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use asn1::{Dialect, cn, us};
use criterion::{Criterion, Throughput};
use peers::{Held, Peer};
use race::{Contender, Figures};
use serde_json::{Value, json};

/// The dialect of the messages that are raced.
const RACED: Dialect = Dialect::CnGbt31024_2019;
const ROUNDS: usize = 400;

/// Our encoder, as a caller in a hurry uses it.
fn encode_into(frame: &cn::MessageFrame, dialect: Dialect, octets: &mut Vec<u8>) {
    cn::encode_into(frame, dialect, octets).unwrap();
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    // `cargo test --benches` only asks whether it runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { ROUNDS } else { 3 };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let peers = peers::load(&root.join("target/peers"));
    if peers.is_empty() {
        eprintln!("the peers are missing (asn1c, asn1tools); to get them: .ci/setup bench");
    }
    let raced = messages::all().map(|(name, frame)| Raced::new(name, frame));
    for message in &raced {
        peers.iter().for_each(|peer| message.check(peer));
    }
    race_all(&raced, &peers, rounds, json);
    if !json {
        criterion(&raced, &peers);
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Decode,
    Encode,
}

impl Direction {
    const BOTH: [Self; 2] = [Self::Decode, Self::Encode];

    fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Encode => "encode",
        }
    }
}

/// A message that all codecs are given.
struct Raced {
    name: &'static str,
    frame: cn::MessageFrame,
    octets: Vec<u8>,
}

impl Raced {
    fn new(name: &'static str, frame: cn::MessageFrame) -> Self {
        let octets = cn::encode(&frame, RACED).unwrap();
        assert_eq!(cn::decode(&octets, RACED).as_ref(), Ok(&frame), "{name}");
        Self { name, frame, octets }
    }

    fn octets_for(&self, peer: &Peer) -> Vec<u8> {
        if peer.has_markers() { self.octets.clone() } else { without_markers::without_markers(&self.octets) }
    }

    /// Whoever is timed must read the values that we wrote, and write the bits that it read.
    fn check(&self, peer: &Rc<Peer>) {
        let octets = self.octets_for(peer);
        let mut held = Held::new(peer);
        held.decode(&octets);
        assert_eq!(held.digest(), messages::digest(&self.frame), "{} reads another {}", peer.name, self.name);
        assert_eq!(held.encode(), octets, "{} writes another {}", peer.name, self.name);
        held.release();
    }

    /// Ours first. Decoding includes giving the memory back, in every codec.
    fn contenders(&self, direction: Direction, peers: &[Rc<Peer>]) -> Vec<Contender> {
        let (frame, octets) = (self.frame.clone(), self.octets.clone());
        let (same_frame, same_octets) = (frame.clone(), octets.clone());
        let mut contenders = match direction {
            Direction::Decode => vec![
                Contender::new("ours", move || drop(black_box(cn::decode(black_box(&octets), RACED).unwrap()))),
                Contender::new("rasn", move || {
                    drop(black_box(rasn::uper::decode::<cn::MessageFrame>(black_box(&same_octets)).unwrap()));
                }),
            ],
            Direction::Encode => {
                let mut out = Vec::new();
                vec![
                    Contender::new("ours", move || {
                        encode_into(black_box(&frame), RACED, &mut out);
                        black_box(&out);
                    }),
                    Contender::new("rasn", move || {
                        drop(black_box(rasn::uper::encode(black_box(&same_frame)).unwrap()));
                    }),
                ]
            }
        };
        contenders.extend(peers.iter().map(|peer| {
            let octets = self.octets_for(peer);
            let mut held = Held::new(peer);
            match direction {
                Direction::Decode => Contender::new(&peer.name, move || {
                    held.decode(black_box(&octets));
                    held.release();
                }),
                Direction::Encode => {
                    held.decode(&octets);
                    Contender::new(&peer.name, move || {
                        black_box(held.encode());
                    })
                }
            }
        }));
        contenders
    }
}

fn race_all(raced: &[Raced], peers: &[Rc<Peer>], rounds: usize, json: bool) {
    if !json {
        println!(
            "{:<14}{:>7}  {:<8}{:<14}{:>10}{:>10}{:>10}",
            "message", "octets", "", "codec", "min ns", "median", "x ours"
        );
    }
    for message in raced {
        for direction in Direction::BOTH {
            for figures in race::race(&mut message.contenders(direction, peers), rounds) {
                println!(
                    "{}",
                    if json { line(message, direction, &figures) } else { row(message, direction, &figures) }
                );
            }
        }
    }
}

fn row(message: &Raced, direction: Direction, figures: &Figures) -> String {
    let Figures { name, min_ns, median_ns, ratio } = figures;
    let (octets, direction) = (message.octets.len(), direction.name());
    format!("{:<14}{octets:>7}  {direction:<8}{name:<14}{min_ns:>10.0}{median_ns:>10.0}{ratio:>10.2}", message.name)
}

fn line(message: &Raced, direction: Direction, figures: &Figures) -> String {
    json!({
        "message": message.name, "octets": message.octets.len(), "direction": direction.name(), "codec": figures.name,
        "min_ns": figures.min_ns, "median_ns": figures.median_ns, "times_ours": figures.ratio,
    })
    .to_string()
}

/// Many short measurements: the table above is the careful one.
fn criterion(raced: &[Raced], peers: &[Rc<Peer>]) {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
        .nresamples(2000)
        .configure_from_args();
    for message in raced {
        for direction in Direction::BOTH {
            let group = format!("{} {}", message.name, direction.name());
            measure(&mut criterion, &group, message.octets.len(), message.contenders(direction, peers));
        }
    }
    for dialect in Dialect::ALL {
        for (name, octets) in vectors(dialect) {
            measure(&mut criterion, dialect.name(), octets.len(), of_dialect(dialect, &name, &octets));
        }
    }
    criterion.final_summary();
}

fn measure(criterion: &mut Criterion, group: &str, octets: usize, contenders: Vec<Contender>) {
    let mut group = criterion.benchmark_group(group);
    group.throughput(Throughput::Bytes(octets as u64));
    for mut contender in contenders {
        let name = contender.name.clone();
        group.bench_function(name, |bencher| bencher.iter_custom(|times| contender.time(times)));
    }
    group.finish();
}

/// Ours alone, both directions.
fn of_dialect(dialect: Dialect, name: &str, octets: &[u8]) -> Vec<Contender> {
    let (decode, encode) = (format!("{name} decode"), format!("{name} encode"));
    let octets = octets.to_owned();
    if dialect.is_us() {
        let frame = us::decode(&octets).unwrap();
        return vec![
            Contender::new(decode, move || drop(black_box(us::decode(black_box(&octets)).unwrap()))),
            Contender::new(encode, move || drop(black_box(us::encode(black_box(&frame)).unwrap()))),
        ];
    }
    let frame = cn::decode(&octets, dialect).unwrap();
    let mut out = Vec::new();
    vec![
        Contender::new(decode, move || drop(black_box(cn::decode(black_box(&octets), dialect).unwrap()))),
        Contender::new(encode, move || {
            encode_into(black_box(&frame), dialect, &mut out);
            black_box(&out);
        }),
    ]
}

/// Of each message type of the test vectors the one of middle size; none for a dialect that has no vectors of its own.
fn vectors(dialect: Dialect) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(dialect.name());
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let middle = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut all: Vec<Vec<u8>> = text.lines().map(octets_of).collect();
        all.sort_by_key(Vec::len);
        (file.file_stem().unwrap().to_string_lossy().into_owned(), all.swap_remove(all.len() / 2))
    };
    files.into_iter().map(middle).collect()
}

fn octets_of(line: &str) -> Vec<u8> {
    let line: Value = serde_json::from_str(line).unwrap();
    let digits = line["hex"].as_str().unwrap().as_bytes().chunks_exact(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
