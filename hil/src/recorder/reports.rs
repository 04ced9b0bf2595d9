//! Equipped road users: what they say of themselves, with the errors of a satellite receiver.
//!
//! The position's error is a bias that wanders (a Gauss–Markov process on each axis) and some white noise. Its size is what
//! SAE J2945/1 asks for; a minute is where the autocorrelation of a receiver's error bends in D. L. Wilson's measurements
//! ("GPS horizontal position accuracy: correlation of errors").

use std::collections::BTreeMap;

use anyhow::Context;
use fastrand::Rng;
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::SiteFrame;
use perception::time::UtcMicros;
use sensors::recording::{Item, Recorded};

use super::traffic::{RoadUser, Traffic};
use crate::noise::normal;
use crate::said::{Family, Said, hex};

/// Messages a second: of BSM in both sets, and here of PSM too.
const PERIOD_S: f64 = 0.1;
/// Standard deviations of the bias and of the white noise along each axis, metres; time constant of the bias, seconds.
const BIAS_SIGMA_M: f64 = 1.5;
const BIAS_MEMORY_S: f64 = 60.0;
const WHITE_SIGMA_M: f64 = 0.3;
/// Of speed, m/s, and of heading, radians.
const SPEED_SIGMA_MPS: f64 = 0.1;
const HEADING_SIGMA_RAD: f64 = 0.026;
/// From measurement to arrival: least and mean of the rest, seconds; and how many never come.
const LATENCY_S: [f64; 2] = [0.03, 0.015];
const LOST: f64 = 0.05;
/// How long a sender keeps its name, seconds (SAE J2945/1: five minutes).
const NAME_S: f64 = 300.0;

/// Which road users say something.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Equipped {
    /// Share of them, 0 to 1.
    pub share: f64,
    /// In which set.
    pub family: Family,
}

struct Device {
    random: Rng,
    due_s: f64,
    bias_m: [f64; 2],
    count: u8,
    name: [u8; 8],
    renamed_s: f64,
    heading_rad: Option<f64>,
}

/// What the equipped ones say from the traffic's first step to its last, in the order of arrival.
///
/// # Errors
/// A place or size that no message can say.
pub fn said(
    equipped: Equipped,
    origin: Origin,
    traffic: &Traffic,
    seed: u64,
    start: UtcMicros,
) -> anyhow::Result<Vec<Recorded>> {
    let Some((first_s, _)) = traffic.steps().first() else { return Ok(Vec::new()) };
    let frame = SiteFrame::new(origin);
    let mut devices: BTreeMap<u64, Option<Device>> = BTreeMap::new();
    let mut list = Vec::new();
    for pair in traffic.steps().windows(2) {
        let [(from_s, users), (to_s, _)] = pair else { continue };
        for user in users.iter().filter(|user| user.class != Class::Animal) {
            let device = devices.entry(user.id).or_insert_with(|| Device::of(equipped, user.id, seed, *from_s));
            let Some(device) = device else { continue };
            while device.due_s < *to_s {
                let at_s = device.due_s;
                device.due_s += PERIOD_S;
                let Some(here) = traffic.at(at_s).into_iter().find(|other| other.id == user.id) else { continue };
                // To the millisecond, as messages say it.
                let at = UtcMicros(start.plus_seconds(at_s - first_s).0 / 1000 * 1000);
                let said = device.say(&here, at_s, at, &frame);
                let octets = said.encode(equipped.family).with_context(|| format!("road user {}", user.id))?;
                let latency_s = LATENCY_S[0] - LATENCY_S[1] * (1.0 - device.random.f64()).ln();
                if device.random.f64() >= LOST {
                    let arrived_at = at.plus_seconds(latency_s);
                    let item = Item::V2xReceived { radio: "pc5".to_owned(), hex: hex(&octets) };
                    list.push(Recorded { arrived_at, captured_at: at, item });
                }
            }
        }
    }
    list.sort_by_key(|recorded| recorded.arrived_at);
    Ok(list)
}

impl Device {
    fn of(equipped: Equipped, id: u64, seed: u64, now_s: f64) -> Option<Self> {
        let mut random = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9).wrapping_add(id));
        (random.f64() < equipped.share).then(|| Self {
            due_s: now_s + PERIOD_S * random.f64(),
            bias_m: [0; 2].map(|_| BIAS_SIGMA_M * normal(&mut random)),
            count: random.u8(0..128),
            name: random.u64(..).to_be_bytes(),
            renamed_s: now_s - NAME_S * random.f64(),
            heading_rad: None,
            random,
        })
    }

    fn say(&mut self, user: &RoadUser, at_s: f64, at: UtcMicros, frame: &SiteFrame) -> Said {
        if at_s - self.renamed_s > NAME_S {
            (self.name, self.renamed_s) = (self.random.u64(..).to_be_bytes(), at_s);
        }
        self.count = (self.count + 1) % 128;
        let kept = (-PERIOD_S / BIAS_MEMORY_S).exp();
        let fresh_m = BIAS_SIGMA_M * (1.0 - kept * kept).sqrt();
        for bias in &mut self.bias_m {
            *bias = kept * *bias + fresh_m * normal(&mut self.random);
        }
        let [east, north] = [0, 1].map(|axis: usize| {
            user.cuboid.position_enu_m[axis] + self.bias_m[axis] + WHITE_SIGMA_M * normal(&mut self.random)
        });
        let place = frame.wgs84_from_enu([east, north, 0.0]);
        // Who stands keeps the heading with which it came.
        let measured = user.cuboid.heading_cw_north_rad + HEADING_SIGMA_RAD * normal(&mut self.random);
        let heading = if user.speed_mps > 1.0 { measured } else { self.heading_rad.unwrap_or(measured) };
        self.heading_rad = Some(heading);
        Said {
            id: self.name,
            count: self.count,
            at_us: at.0,
            place: [place.lat_deg, place.lon_deg],
            sigma_m: BIAS_SIGMA_M,
            speed_mps: (user.speed_mps + SPEED_SIGMA_MPS * normal(&mut self.random)).max(0.0),
            heading_cw_north_rad: heading,
            size_m: user.cuboid.size_m,
            class: if user.class == Class::Unknown { Class::Car } else { user.class },
        }
    }
}
