//! Road users that lie about themselves: messages that nobody sent who is there, and places that are not right.

use std::collections::BTreeMap;

use asn1::Dialect;
use asn1::cn::day2::MessageFrameExt;
use clap::ValueEnum;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};
use serde_json::json;

use super::*;
use crate::said::{Family, Said, hex};

/// A way of lying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Liar {
    /// A car that is not there stands where somebody drove before.
    Ghost,
    /// One device in twenty names: cars that drive through each other along one way.
    Swarm,
    /// Every third sender is 5 m to the east of where it is.
    Shift,
}

/// How often a liar speaks, and how long that takes to arrive, seconds.
const PERIOD_S: f64 = 0.1;
const LATENCY_S: f64 = 0.03;
/// Names in a swarm, and how far apart its cars are said to be, metres.
const NAMES: u8 = 20;
const APART_M: f64 = 4.0;
const SHIFT_M: f64 = 5.0;
/// Every so many-th sender is shifted.
const SHIFTED: u64 = 3;
const CAR_M: [f64; 3] = [4.5, 1.8, 1.5];

/// Puts the lies in.
pub(super) fn lie(
    liars: &[Liar],
    site: &SiteGeometry,
    random: &mut Rng,
    messages: &mut Vec<Message>,
) -> anyhow::Result<()> {
    let frame = SiteFrame::new(site.origin);
    for liar in liars {
        match liar {
            Liar::Shift => shift(&frame, messages),
            Liar::Ghost => say(&way(messages, random), 1, 0.0, &frame, random, messages)?,
            Liar::Swarm => say(&way(messages, random), NAMES, 10.0, &frame, random, messages)?,
        }
    }
    Ok(())
}

/// Where a vehicle of the truth drove: places at least a metre apart, east and north.
fn way(messages: &[Message], random: &mut Rng) -> Vec<[f64; 2]> {
    let mut ways: BTreeMap<u64, Vec<[f64; 2]>> = BTreeMap::new();
    for truth in messages.iter().filter(|message| message.topic == "/truth") {
        for object in truth.body.get("objects").and_then(Value::as_array).into_iter().flatten() {
            let read = |name: &str| object.get(name).and_then(Value::as_f64);
            let (Some(id), Some(east), Some(north)) =
                (object.get("id").and_then(Value::as_u64), read("east_m"), read("north_m"))
            else {
                continue;
            };
            let way = ways.entry(id).or_default();
            let car = object.get("class").and_then(Value::as_str) == Some("car");
            if car && way.last().is_none_or(|[e, n]| (e - east).hypot(n - north) > 1.0) {
                way.push([east, north]);
            }
        }
    }
    let long: Vec<Vec<[f64; 2]>> = ways.into_values().filter(|way| way.len() > 40).collect();
    random.choice(long).unwrap_or_else(|| (0..100).map(|step| [0.0, f64::from(step)]).collect())
}

/// Messages of so many cars along a way, `speed_mps` fast; one that stands does so in the middle of it.
fn say(
    way: &[[f64; 2]],
    names: u8,
    speed_mps: f64,
    frame: &SiteFrame,
    random: &mut Rng,
    messages: &mut Vec<Message>,
) -> anyhow::Result<()> {
    let times = messages.iter().filter_map(Message::captured_at_us);
    let (Some(from_us), Some(to_us)) = (times.clone().min(), times.max()) else { return Ok(()) };
    let steps = ((to_us - from_us) as f64 * 1e-6 / PERIOD_S) as u32;
    let mut said = Vec::new();
    for name in 0..names {
        let (id, phase_us) = (random.u64(..).to_be_bytes(), random.i64(0..100) * 1000);
        for step in 0..steps {
            let passed_s = f64::from(step) * PERIOD_S;
            let along_m = 0.5 * way.len() as f64 + speed_mps * passed_s - APART_M * f64::from(name);
            let index = along_m.rem_euclid((way.len() - 1).max(1) as f64);
            let (Some(here), Some(next)) = (way.get(index as usize), way.get(index as usize + 1)) else { continue };
            let share = index.fract();
            let place = [0, 1].map(|axis: usize| here[axis] + share * (next[axis] - here[axis]));
            let ahead = [next[0] - here[0], next[1] - here[1]];
            // To the millisecond, as messages say it.
            let at_us = (from_us + (passed_s * 1e6).round() as i64 + phase_us) / 1000 * 1000;
            let wgs = frame.wgs84_from_enu([place[0], place[1], 0.0]);
            let words = Said {
                id,
                count: u8::try_from(step % 128)?,
                at_us,
                place: [wgs.lat_deg, wgs.lon_deg],
                sigma_m: 1.0,
                speed_mps,
                heading_cw_north_rad: perception::frames::heading_of(ahead),
                size_m: CAR_M,
                class: Class::Car,
            };
            said.push(message(at_us, &words.encode(Family::Cn)?));
        }
    }
    messages.append(&mut said);
    Ok(())
}

fn message(at_us: i64, octets: &[u8]) -> Message {
    let ns = u64::try_from(at_us).unwrap_or_default().saturating_mul(1000);
    Message {
        topic: "/v2x/rx".to_owned(),
        log_time_ns: ns.saturating_add_signed((LATENCY_S * 1e9) as i64),
        publish_time_ns: ns,
        body: json!({"captured_at_us": at_us, "radio": "pc5", "hex": hex(octets)}),
    }
}

/// Moves what every third sender says of its place.
fn shift(frame: &SiteFrame, messages: &mut [Message]) {
    let east = frame.wgs84_from_enu([SHIFT_M, 0.0, 0.0]);
    let here = frame.wgs84_from_enu([0.0; 3]);
    let steps = |from: &Wgs84, to: &Wgs84| (((to.lon_deg - from.lon_deg) * 1e7).round()) as i32;
    let add = steps(&here, &east);
    for message in messages.iter_mut().filter(|message| message.topic == "/v2x/rx") {
        let Some(text) = message.body.get("hex").and_then(Value::as_str) else { continue };
        let octets: Vec<u8> = (0..text.len() / 2)
            .filter_map(|index| u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok())
            .collect();
        if let Some(shifted) = shifted(&octets, add) {
            message.body["hex"] = hex(&shifted).into();
        }
    }
}

/// `None`: no BSM or PSM, or not of a sender that is shifted.
fn shifted(octets: &[u8], add: i32) -> Option<Vec<u8>> {
    let lies = |id: &[u8]| id.iter().map(|octet| u64::from(*octet)).sum::<u64>().is_multiple_of(SHIFTED);
    if let Ok(asn1::us::MessageFrame::BasicSafetyMessage(mut bsm)) = asn1::us::decode(octets) {
        bsm.core_data.long = bsm.core_data.long.saturating_add(add);
        let frame = asn1::us::MessageFrame::BasicSafetyMessage(bsm.clone());
        return lies(&bsm.core_data.id[..]).then(|| asn1::us::encode(&frame).ok()).flatten();
    }
    match asn1::cn::decode(octets, Dialect::CnGbt31024_2019).or_else(|_| asn1::cn::decode(octets, Dialect::CnCsae157)) {
        Ok(asn1::cn::MessageFrame::BsmFrame(mut bsm)) if lies(&bsm.id[..]) => {
            bsm.pos.long = bsm.pos.long.saturating_add(add);
            asn1::cn::encode(&asn1::cn::MessageFrame::BsmFrame(bsm), Dialect::CnGbt31024_2019).ok()
        }
        Ok(asn1::cn::MessageFrame::MsgFrameExt(MessageFrameExt::Psm(mut psm))) if lies(&psm.id[..]) => {
            psm.pos.long = psm.pos.long.saturating_add(add);
            let frame = asn1::cn::MessageFrame::MsgFrameExt(MessageFrameExt::Psm(psm));
            asn1::cn::encode(&frame, Dialect::CnCsae157).ok()
        }
        _ => None,
    }
}
