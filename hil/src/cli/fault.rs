//! `hil fault`: a recording with faults put in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use hil::fault::{ClockError, Faults, Liar, Message, Silence, apply};
use mcap::{Channel, Compression, MessageStream, WriteOptions};

/// Arguments of `hil fault`. Times are seconds from the beginning of the recording.
#[derive(Debug, Args)]
#[command(allow_negative_numbers = true)]
pub struct FaultArgs {
    /// The recording to read.
    recording: PathBuf,
    /// The recording to write; must not exist.
    out: PathBuf,
    /// The sensor's clock is fast by this much (slow when negative) and gains DRIFT_PPM.
    #[arg(long, value_name = "SENSOR=SECONDS[,DRIFT_PPM]", value_parser = clock)]
    clock: Vec<(String, ClockError)>,
    /// The sensor's clock is fast by SECONDS from AT_S on.
    #[arg(long, value_name = "SENSOR=AT_S,SECONDS", value_parser = clock_step)]
    clock_step: Vec<(String, ClockError)>,
    /// The sensor really looks this much further to the right than the recording says.
    #[arg(long, value_name = "SENSOR=DEGREES", value_parser = number)]
    yaw: Vec<(String, f64)>,
    /// The camera really looks this much further up than the recording says.
    #[arg(long, value_name = "CAMERA=DEGREES", value_parser = number)]
    pitch: Vec<(String, f64)>,
    /// The sensor says nothing from FROM_S to TO_S.
    #[arg(long, value_name = "SENSOR=FROM_S,TO_S", value_parser = silence)]
    silence: Vec<(String, Silence)>,
    /// The sensor's messages arrive this much later.
    #[arg(long, value_name = "SENSOR=SECONDS", value_parser = number)]
    late: Vec<(String, f64)>,
    /// Share of boxes and radar targets that are left out.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    lose: f64,
    /// Noise added to each edge of each box, pixels.
    #[arg(long, value_name = "SIGMA", default_value_t = 0.0, value_parser = amount)]
    noise_px: f64,
    /// False targets added to a radar scan, on average.
    #[arg(long, value_name = "PER_SCAN", default_value_t = 0.0, value_parser = amount)]
    clutter: f64,
    /// Share of boxes and radar targets that get an absurd value: null, 0, negative, huge.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    nan: f64,
    /// Share of sensor messages that arrive twice.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    duplicate: f64,
    /// Road users lie about themselves: a ghost that stands in the way, a swarm of one device's many names, a third of the
    /// senders shifted by 5 m.
    #[arg(long, value_enum, value_name = "LIE")]
    liar: Vec<Liar>,
    /// The same seed gives the same faults.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Reads, puts the faults in, writes.
///
/// # Errors
/// A file that cannot be read or written, or a sensor that the recording does not have.
pub fn fault(args: FaultArgs) -> anyhow::Result<()> {
    let FaultArgs { recording, out, mut clock, clock_step, yaw, pitch, silence, late, .. } = args;
    clock.extend(clock_step);
    let faults = Faults {
        clocks: clock,
        yaw_deg: yaw,
        pitch_deg: pitch,
        silences: silence,
        late_s: late,
        lose: args.lose,
        noise_px: args.noise_px,
        clutter: args.clutter,
        absurd: args.nan,
        duplicate: args.duplicate,
        liars: args.liar,
        seed: args.seed,
    };
    let (messages, channels) = read(&recording).with_context(|| recording.display().to_string())?;
    let messages = apply(&faults, messages).with_context(|| recording.display().to_string())?;
    write(&out, &messages, &channels).with_context(|| out.display().to_string())
}

type Channels = BTreeMap<String, Arc<Channel<'static>>>;

/// The whole recording, in the order of arrival.
fn read(path: &Path) -> anyhow::Result<(Vec<Message>, Channels)> {
    let bytes = std::fs::read(path)?;
    let (mut messages, mut channels) = (Vec::new(), Channels::new());
    for message in MessageStream::new(&bytes)? {
        let message = message?;
        let topic = message.channel.topic.clone();
        let body = serde_json::from_slice(&message.data)
            .with_context(|| format!("{topic}, message logged at {} ns", message.log_time))?;
        channels.entry(topic.clone()).or_insert(message.channel);
        messages.push(Message { topic, log_time_ns: message.log_time, publish_time_ns: message.publish_time, body });
    }
    messages.sort_by_key(|message| message.log_time_ns);
    Ok((messages, channels))
}

fn write(path: &Path, messages: &[Message], channels: &Channels) -> anyhow::Result<()> {
    let file = File::options().write(true).create_new(true).open(path)?;
    let options = WriteOptions::new().compression(Some(Compression::Zstd)).compression_threads(0);
    let mut writer = options.library(concat!("lukou/", env!("CARGO_PKG_VERSION"))).create(file)?;
    for (sequence, message) in (0..).zip(messages) {
        let channel =
            channels.get(&message.topic).cloned().unwrap_or_else(|| new_channel(&message.topic, channels.len()));
        let (log_time, publish_time) = (message.log_time_ns, message.publish_time_ns);
        let data = Cow::Owned(serde_json::to_vec(&message.body)?);
        writer.write(&mcap::Message { channel, sequence, log_time, publish_time, data })?;
    }
    writer.finish()?;
    Ok(())
}

/// One that the recording did not have: of what is put in.
fn new_channel(topic: &str, others: usize) -> Arc<Channel<'static>> {
    let id = u16::try_from(others).map_or(u16::MAX, |others| others.saturating_add(1000));
    let (message_encoding, metadata) = ("json".to_owned(), BTreeMap::new());
    Arc::new(Channel { id, topic: topic.to_owned(), schema: None, message_encoding, metadata })
}

/// `SENSOR=number[,number]`; names may hold `=` and `,` before the last `=`.
fn named<const MIN: usize, const MAX: usize>(text: &str) -> anyhow::Result<(String, Vec<f64>)> {
    let (sensor, numbers) = text.rsplit_once('=').context("not of the form SENSOR=...")?;
    let numbers = numbers.split(',').map(finite).collect::<anyhow::Result<Vec<f64>>>()?;
    if !(MIN..=MAX).contains(&numbers.len()) || sensor.is_empty() {
        bail!("not as many numbers as asked for");
    }
    Ok((sensor.to_owned(), numbers))
}

fn finite(text: &str) -> anyhow::Result<f64> {
    let value: f64 = text.parse()?;
    if value.is_finite() && value.abs() <= 1e9 { Ok(value) } else { bail!("not a number up to 1e9") }
}

fn clock(text: &str) -> anyhow::Result<(String, ClockError)> {
    let (sensor, numbers) = named::<1, 2>(text)?;
    let drift_ppm = numbers.get(1).copied().unwrap_or_default();
    Ok((sensor, ClockError { fast_s: numbers[0], drift_ppm, from_s: f64::NEG_INFINITY }))
}

fn clock_step(text: &str) -> anyhow::Result<(String, ClockError)> {
    let (sensor, numbers) = named::<2, 2>(text)?;
    Ok((sensor, ClockError { fast_s: numbers[1], drift_ppm: 0.0, from_s: numbers[0] }))
}

fn silence(text: &str) -> anyhow::Result<(String, Silence)> {
    let (sensor, numbers) = named::<2, 2>(text)?;
    Ok((sensor, Silence { from_s: numbers[0], to_s: numbers[1] }))
}

fn number(text: &str) -> anyhow::Result<(String, f64)> {
    let (sensor, numbers) = named::<1, 1>(text)?;
    Ok((sensor, numbers[0]))
}

fn share(text: &str) -> anyhow::Result<f64> {
    let value = finite(text)?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { bail!("not within 0 and 1") }
}

fn amount(text: &str) -> anyhow::Result<f64> {
    let value = finite(text)?;
    if (0.0..=500.0).contains(&value) { Ok(value) } else { bail!("not within 0 and 500") }
}
