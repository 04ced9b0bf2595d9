//! `rsu codec bench`: what decoding and encoding cost, message type by message type, on one thread.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use asn1::{CodecError, Dialect};
use serde::{Deserialize, Serialize};

use super::{allocations, codec};
use crate::clock::Stopwatch;

/// Random but valid messages of every type, three sizes each.
const EMBEDDED: &str = include_str!("bench_vectors.jsonl");

/// Arguments of `rsu codec bench`.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// Message set and edition.
    #[arg(long, value_name = "D", default_value_t = Dialect::default())]
    dialect: Dialect,
    /// Messages to measure with, one {"hex":…} a line.
    #[arg(long, value_name = "FILE")]
    vectors: Option<PathBuf>,
    /// How long to measure, all message types together, seconds.
    #[arg(long, value_name = "S", default_value_t = 5.0)]
    seconds: f64,
    /// One JSON object a message type instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Vector {
    dialect: Option<String>,
    hex: String,
}

/// A message in the codec's own types.
enum Frame {
    Cn(asn1::cn::MessageFrame),
    Us(asn1::us::MessageFrame),
}

impl Frame {
    fn decode(dialect: Dialect, octets: &[u8]) -> Result<Self, CodecError> {
        match dialect {
            Dialect::UsJ27352024 => asn1::us::decode(octets).map(Self::Us),
            dialect => asn1::cn::decode(octets, dialect).map(Self::Cn),
        }
    }

    /// Into a buffer that is used again, as a radio does that sends ten times a second.
    fn encode_into(&self, dialect: Dialect, octets: &mut Vec<u8>) -> Result<(), CodecError> {
        match self {
            Self::Cn(frame) => asn1::cn::encode_into(frame, dialect, octets),
            Self::Us(frame) => asn1::us::encode_into(frame, octets),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Cn(frame) => frame.name(),
            Self::Us(frame) => frame.name(),
        }
    }
}

/// The figures of one direction.
#[derive(Debug, Serialize)]
struct Figures {
    messages_per_s: f64,
    ns_per_message: f64,
    /// Absent where the allocator does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    allocations_per_message: Option<f64>,
}

/// The figures of one message type.
#[derive(Debug, Serialize)]
struct Row {
    dialect: String,
    message: &'static str,
    vectors: usize,
    mean_octets: f64,
    decode: Figures,
    encode: Figures,
}

/// Measures and prints; an error names the vector that is not one.
pub fn run(args: BenchArgs) -> anyhow::Result<ExitCode> {
    if !(args.seconds > 0.0 && args.seconds <= 3600.0) {
        bail!("--seconds {}: from above 0 to 3600", args.seconds);
    }
    let by_message = read(&args)?;
    if by_message.is_empty() {
        bail!("no messages of {} to measure with; give some with --vectors FILE", args.dialect);
    }
    let budget_s = args.seconds / (2 * by_message.len()) as f64;
    let mut out = std::io::stdout().lock();
    if !args.json {
        writeln!(
            out,
            "{:<8}{:>8}{:>30}{:>10}{:>30}{:>10}",
            "", "octets", "decode: messages/s and ns", "allocs", "encode: messages/s and ns", "allocs"
        )?;
    }
    for (message, vectors) in &by_message {
        let row = measure(args.dialect, message, vectors, budget_s)?;
        if args.json {
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        } else {
            let Row { decode, encode, .. } = &row;
            writeln!(out, "{message:<8}{:>8.0}{}{}", row.mean_octets, columns(decode), columns(encode))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn columns(figures: &Figures) -> String {
    let allocations = figures.allocations_per_message.map_or("?".to_owned(), |count| format!("{count:.1}"));
    format!("{:>18.0}{:>12.0}{allocations:>10}", figures.messages_per_s, figures.ns_per_message)
}

type Vectors = Vec<(Vec<u8>, Frame)>;

fn read(args: &BenchArgs) -> anyhow::Result<BTreeMap<&'static str, Vectors>> {
    let (source, text) = match &args.vectors {
        Some(path) => {
            (path.display().to_string(), std::fs::read_to_string(path).with_context(|| path.display().to_string())?)
        }
        None => ("the embedded set".to_owned(), EMBEDDED.to_owned()),
    };
    let mut by_message: BTreeMap<_, Vectors> = BTreeMap::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("{source}, line {}", index + 1);
        let vector: Vector = serde_json::from_str(line).with_context(place)?;
        if vector.dialect.is_some_and(|dialect| dialect != args.dialect.name()) {
            continue;
        }
        let octets = codec::unhex(vector.hex.as_bytes()).with_context(place)?;
        let frame = Frame::decode(args.dialect, &octets).with_context(place)?;
        by_message.entry(frame.name()).or_default().push((octets, frame));
    }
    Ok(by_message)
}

fn measure(dialect: Dialect, message: &'static str, vectors: &Vectors, budget_s: f64) -> anyhow::Result<Row> {
    let decode = time(vectors, budget_s, |(octets, _)| Frame::decode(dialect, black_box(octets)).map(drop))?;
    let mut buffer = Vec::new();
    let encode = time(vectors, budget_s, |(_, frame)| {
        black_box(frame).encode_into(dialect, &mut buffer)?;
        black_box(&buffer);
        Ok(())
    })?;
    let octets: usize = vectors.iter().map(|(octets, _)| octets.len()).sum();
    let mean_octets = octets as f64 / vectors.len() as f64;
    Ok(Row { dialect: dialect.to_string(), message, vectors: vectors.len(), mean_octets, decode, encode })
}

/// Works on all vectors in turn until the time is up. The clock is read once a round of at least a thousand messages.
fn time(
    vectors: &Vectors,
    budget_s: f64,
    mut work: impl FnMut(&(Vec<u8>, Frame)) -> Result<(), CodecError>,
) -> anyhow::Result<Figures> {
    // The first round only warms up: buffers grow to their size.
    vectors.iter().try_for_each(&mut work)?;
    let before = allocations::of_this_thread();
    vectors.iter().try_for_each(&mut work)?;
    let allocations = (allocations::of_this_thread() - before) as f64 / vectors.len() as f64;
    let rounds = 1000_usize.div_ceil(vectors.len());
    let (stopwatch, mut messages) = (Stopwatch::start(), 0_u64);
    loop {
        for _ in 0..rounds {
            vectors.iter().try_for_each(&mut work)?;
        }
        messages += (rounds * vectors.len()) as u64;
        let seconds = stopwatch.seconds();
        if seconds >= budget_s {
            return Ok(Figures {
                messages_per_s: messages as f64 / seconds,
                ns_per_message: seconds * 1e9 / messages as f64,
                allocations_per_message: counts().then_some(allocations),
            });
        }
    }
}

/// Whether allocations are counted in this program.
fn counts() -> bool {
    let before = allocations::of_this_thread();
    drop(black_box(Box::new(0_u8)));
    allocations::of_this_thread() != before
}
