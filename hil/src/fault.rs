//! Faults put into a recording: wrong clocks, a turned camera, silence, losses, noise, clutter, late and repeated
//! messages, absurd values.
//!
//! Sans-IO and deterministic: messages in, messages out, and the same seed gives the same faults. The truth stays as it
//! is, but for `seen_2s`: a scorer must not ask for what no sensor says any longer.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use fastrand::Rng;
use perception::calibration::{SensorModel, SiteGeometry};
use serde_json::Value;

use crate::noise::{normal, poisson};

mod liars;
mod seen;
mod sensors;

pub use liars::Liar;

/// One message of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its channel, as `/sensor/cam-1/detections`.
    pub topic: String,
    /// Arrival at the edge, ns since the Unix epoch.
    pub log_time_ns: u64,
    /// Capture, by the clock of who captured it, ns since the Unix epoch.
    pub publish_time_ns: u64,
    /// The body.
    pub body: Value,
}

impl Message {
    /// The sensor that sent it; `None` for everything else (`/site`, `/signal`, `/truth`).
    fn sensor(&self) -> Option<&str> {
        Some(self.topic.strip_prefix("/sensor/")?.rsplit_once('/')?.0)
    }

    fn captured_at_us(&self) -> Option<i64> {
        self.body.get("captured_at_us")?.as_i64()
    }

    /// Its boxes or targets.
    fn detections(&mut self) -> Option<&mut Vec<Value>> {
        let list = match self.topic.rsplit_once('/')?.1 {
            "detections" => "boxes",
            "targets" => "targets",
            _ => return None,
        };
        self.body.get_mut(list)?.as_array_mut()
    }

    fn is_radar_scan(&self) -> bool {
        self.topic.ends_with("/targets")
    }
}

/// A clock that is wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClockError {
    /// Seconds by which it is fast.
    pub fast_s: f64,
    /// Millionths by which it gains, from the beginning of the recording.
    pub drift_ppm: f64,
    /// When it was set wrong, seconds from the beginning of the recording.
    pub from_s: f64,
}

/// From when to when a sensor says nothing, seconds from the beginning of the recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Silence {
    /// First silent moment.
    pub from_s: f64,
    /// First moment at which it speaks again.
    pub to_s: f64,
}

/// Which faults; sensors by their names. The default is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Clocks that are wrong; several of a sensor add up.
    pub clocks: Vec<(String, ClockError)>,
    /// The sensor really looks this much further to the right than the site says, degrees.
    pub yaw_deg: Vec<(String, f64)>,
    /// The camera really looks this much further up than the site says, degrees.
    pub pitch_deg: Vec<(String, f64)>,
    /// Sensors that say nothing for a while.
    pub silences: Vec<(String, Silence)>,
    /// The sensor's messages arrive this much later, seconds.
    pub late_s: Vec<(String, f64)>,
    /// Share of boxes and targets that are left out.
    pub lose: f64,
    /// Standard deviation added to each edge of each box, pixels.
    pub noise_px: f64,
    /// False targets a radar scan, on average.
    pub clutter: f64,
    /// Share of boxes and targets that get an absurd value.
    pub absurd: f64,
    /// Share of sensor messages that arrive twice.
    pub duplicate: f64,
    /// Lies that road users tell of themselves.
    pub liars: Vec<Liar>,
    /// The same seed gives the same faults.
    pub seed: u64,
}

/// Puts the faults in. `messages` are in the order of arrival, and so is what comes back.
///
/// # Errors
/// No `/site` that can be read, or a sensor that it does not have.
pub fn apply(faults: &Faults, mut messages: Vec<Message>) -> anyhow::Result<Vec<Message>> {
    let site = messages.iter().find(|message| message.topic == "/site").context("the recording has no /site")?;
    let site: SiteGeometry = serde_json::from_value(site.body.clone()).context("/site")?;
    faults.check_names(&site)?;
    let began_ns = messages.iter().map(|message| message.log_time_ns).min().unwrap_or_default();

    let before = faults.removes().then(|| seen::sightings(&site, &messages));
    silence(&faults.silences, began_ns, &mut messages);
    lose(faults.lose, &mut faults.random(1), &mut messages);
    absurd(faults.absurd, &mut faults.random(2), &mut messages);
    if let Some(before) = before {
        let after = seen::sightings(&site, &messages);
        seen::reduce(&before, &after, &mut messages);
    }
    sensors::noise(faults.noise_px, &mut faults.random(3), &mut messages);
    sensors::clutter(faults.clutter, &site, &mut faults.random(4), &mut messages);
    for message in messages.iter_mut().filter(|message| message.topic == "/site") {
        sensors::turn(faults, &mut message.body)?;
    }
    wrong_clocks(&faults.clocks, began_ns, &mut messages);
    late(&faults.late_s, &mut messages);
    liars::lie(&faults.liars, &site, &mut faults.random(6), &mut messages)?;
    duplicate(faults.duplicate, &mut faults.random(5), &mut messages);
    messages.sort_by_key(|message| message.log_time_ns);
    Ok(messages)
}

impl Faults {
    /// Whether something that a sensor said may be missing afterwards.
    fn removes(&self) -> bool {
        self.lose > 0.0 || self.absurd > 0.0 || !self.silences.is_empty()
    }

    /// One fault's own random numbers: another fault beside it does not change them.
    fn random(&self, fault: u64) -> Rng {
        Rng::with_seed(self.seed.wrapping_mul(64).wrapping_add(fault))
    }

    fn check_names(&self, site: &SiteGeometry) -> anyhow::Result<()> {
        let known: BTreeMap<&str, &SensorModel> = site.sensors.iter().map(|sensor| (&**sensor.id(), sensor)).collect();
        let clocks = self.clocks.iter().map(|(id, _)| id);
        let silences = self.silences.iter().map(|(id, _)| id);
        let others = self.yaw_deg.iter().chain(&self.pitch_deg).chain(&self.late_s).map(|(id, _)| id);
        for id in clocks.chain(silences).chain(others) {
            if !known.contains_key(&**id) {
                let names: Vec<&str> = known.keys().copied().collect();
                bail!("the recording has no sensor `{id}`, but {}", names.join(", "));
            }
        }
        for (id, _) in &self.pitch_deg {
            if matches!(known.get(&**id), Some(SensorModel::Radar(_))) {
                bail!("`{id}` is a radar: its pitch is not part of the site");
            }
        }
        Ok(())
    }
}

/// Seconds from the beginning of the recording to the capture.
fn since_s(began_ns: u64, message: &Message) -> Option<f64> {
    let began_us = i64::try_from(began_ns / 1000).ok()?;
    Some(message.captured_at_us()?.saturating_sub(began_us) as f64 * 1e-6)
}

fn of<'a, T>(list: &'a [(String, T)], message: &Message) -> impl Iterator<Item = &'a T> {
    let sensor = message.sensor().map(str::to_owned);
    list.iter().filter(move |(id, _)| Some(id) == sensor.as_ref()).map(|(_, value)| value)
}

fn silence(silences: &[(String, Silence)], began_ns: u64, messages: &mut Vec<Message>) {
    messages.retain(|message| {
        let Some(at_s) = since_s(began_ns, message) else { return true };
        !of(silences, message).any(|silence| (silence.from_s..silence.to_s).contains(&at_s))
    });
}

fn lose(share: f64, random: &mut Rng, messages: &mut [Message]) {
    for detections in messages.iter_mut().filter_map(Message::detections) {
        detections.retain(|_| random.f64() >= share);
    }
}

/// JSON has no NaN; these are what broken firmware writes instead, and what breaks arithmetic.
fn absurd(share: f64, random: &mut Rng, messages: &mut [Message]) {
    const VALUES: [Option<f64>; 6] = [None, Some(1e300), Some(-1e300), Some(-1.0), Some(0.0), Some(1e9)];
    for detection in messages.iter_mut().filter_map(Message::detections).flatten() {
        if random.f64() >= share {
            continue;
        }
        let Some(fields) = detection.as_object_mut() else { continue };
        let numbers: Vec<&mut Value> = fields.values_mut().filter(|value| value.is_number()).collect();
        if let Some(value) = random.choice(numbers) {
            *value = random.choice(VALUES).flatten().map_or(Value::Null, Value::from);
        }
    }
}

fn wrong_clocks(clocks: &[(String, ClockError)], began_ns: u64, messages: &mut [Message]) {
    for message in messages {
        let Some(at_s) = since_s(began_ns, message) else { continue };
        let errors = of(clocks, message).filter(|clock| at_s >= clock.from_s);
        let fast_s: f64 = errors.map(|clock| clock.fast_s + clock.drift_ppm * 1e-6 * at_s).sum();
        // Whole microseconds, so that the body and the header say the same.
        let fast_us = (fast_s * 1e6).round() as i64;
        if let Some(captured_at_us) = message.captured_at_us() {
            message.body["captured_at_us"] = captured_at_us.saturating_add(fast_us).into();
            message.publish_time_ns = message.publish_time_ns.saturating_add_signed(fast_us.saturating_mul(1000));
        }
    }
}

fn late(late_s: &[(String, f64)], messages: &mut [Message]) {
    for message in messages {
        let more_s: f64 = of(late_s, message).sum();
        message.log_time_ns = message.log_time_ns.saturating_add_signed((more_s * 1e9).round() as i64);
    }
}

/// A copy comes 1 to 50 ms after the message: a switch that repeats, a driver that retries.
fn duplicate(share: f64, random: &mut Rng, messages: &mut Vec<Message>) {
    let mut copies = Vec::new();
    for message in messages.iter().filter(|message| message.sensor().is_some()) {
        if random.f64() < share {
            let log_time_ns = message.log_time_ns.saturating_add(random.u64(1_000_000..50_000_000));
            copies.push(Message { log_time_ns, ..message.clone() });
        }
    }
    messages.append(&mut copies);
}
