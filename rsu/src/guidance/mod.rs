//! Ways through a parking lot for vehicles that ask (China's VIR with `parking`): who is led to which bay, told in PAM
//! (`docs/ref/parking.md`).
//!
//! Sans-IO. A guide is advice: nothing that is heard is signed, so no bay is kept from anybody for it, and by default nobody
//! is led. The same requests and the same bays give the same guides.

use perception::calibration::Origin;
use perception::detection::SensorId;
use perception::frames::SiteFrame;
use perception::parking::LotState;
use perception::time::UtcMicros;
use serde::Deserialize;

use crate::config::Site;
use crate::map::{CarPark, SiteMap};
use crate::received::Received;

mod lot;
mod read;
mod vehicle;
mod ways;

use lot::GuidedLot;
use read::Listener;
use vehicle::{Ask, Heard, Stands, Vehicle};
use ways::IN_LOT_M;

/// Most vehicles that are kept in mind.
const MOST_VEHICLES: usize = 64;

/// `[parking_guidance]` of `site.toml`: that vehicles are led, and when not.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GuidanceSettings {
    /// Who is not heard again is not led any more after this, seconds.
    pub timeout_s: f64,
    /// Who is farther from every drive is not led, metres.
    pub within_m: f64,
}

impl Default for GuidanceSettings {
    fn default() -> Self {
        Self { timeout_s: 10.0, within_m: 300.0 }
    }
}

impl GuidanceSettings {
    /// Everything that is wrong with it, each with its key.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let keys = [
            ("parking_guidance.timeout_s", self.timeout_s, 1.0..=600.0),
            ("parking_guidance.within_m", self.within_m, 10.0..=2000.0),
        ];
        let wrong = keys.into_iter().filter(|(_, value, range)| !range.contains(value));
        wrong
            .map(|(key, value, range)| (key, format!("is {value}; use {} to {}", range.start(), range.end())))
            .collect()
    }
}

/// Something that became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// In which lot.
    pub lot: SensorId,
    /// `to_bay`, `to_exit`, why there is no guide, or how it ended (`docs/ref/metrics.md`).
    pub what: &'static str,
}

/// The way of one vehicle, to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide<'a> {
    /// What it calls itself.
    pub vehicle: [u8; 8],
    /// Nodes of the lot, in the order of travel, 2 to 32.
    pub way: &'a [u16],
    /// The bay, by its place in the lot; it lies at the last drive. `None`: it wants to leave.
    pub bay: Option<usize>,
}

/// Leads vehicles in the lots of one site.
#[derive(Clone, Debug)]
pub struct Guides {
    settings: GuidanceSettings,
    listener: Listener,
    lots: Vec<GuidedLot>,
    /// In the order in which they first asked.
    vehicles: Vec<Vehicle>,
    outcomes: Vec<Outcome>,
}

impl Guides {
    /// For the lots whose drives the map draws, asked as the unit of this identity.
    pub fn new(settings: GuidanceSettings, map: &SiteMap, origin: Origin, rsu_id: [u8; 8]) -> Self {
        let frame = SiteFrame::new(origin);
        let guided = |park: &CarPark| {
            let lot = map.lots.iter().find(|lot| *lot.id == *park.lot && !park.drives.is_empty())?;
            Some(GuidedLot::new(lot, park, &frame))
        };
        Self {
            lots: map.car_parks.iter().filter_map(guided).collect(),
            listener: Listener { frame, ellipsoidal_height_m: origin.ellipsoidal_height_m, rsu_id },
            settings,
            vehicles: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// As a site wants it. `None`: it does not.
    pub fn of_site(site: &Site) -> Option<Self> {
        let settings = site.parking_guidance.clone()?;
        Some(Self::new(settings, &site.map, site.geometry.origin, site.rsu_id))
    }

    /// A frame as it was received. `None`: no message that asks for a way; else which one it is, or why nothing was taken
    /// from it.
    pub fn receive(&mut self, now: UtcMicros, frame: &Received<'_>) -> Option<Result<&'static str, &'static str>> {
        let heard = self.listener.read(frame)?;
        Some(heard.and_then(|heard| self.hear(now, heard)).map(|()| "VIR"))
    }

    fn hear(&mut self, now: UtcMicros, heard: Heard) -> Result<(), &'static str> {
        let place = |who: [u8; 8]| self.vehicles.iter().position(|vehicle| vehicle.ask.who == who);
        let ask = match heard {
            Heard::Asks(ask) => ask,
            Heard::TakenBack(who) => {
                let index = place(who).ok_or("unknown_request")?;
                self.end(index, "taken_back");
                return Ok(());
            }
        };
        let known = place(ask.who);
        let lot = self.lot_of(&ask, known.and_then(|index| self.vehicles.get(index))).ok_or("too_far")?;
        let new = Vehicle::new(now, lot, ask);
        if let Some(vehicle) = known.and_then(|index| self.vehicles.get_mut(index)) {
            if vehicle.ask.wants == ask.wants && vehicle.lot == lot {
                (vehicle.ask, vehicle.heard_at) = (ask, now);
            } else {
                *vehicle = new;
            }
        } else if self.vehicles.len() < MOST_VEHICLES {
            self.vehicles.push(new);
        } else {
            return Err("table_full");
        }
        Ok(())
    }

    /// The lot that a vehicle is in; else the one that it was led in before; else the nearest that is near enough.
    fn lot_of(&self, ask: &Ask, known: Option<&Vehicle>) -> Option<usize> {
        let away_m = |lot: &GuidedLot| lot.ways.distance_m(ask.at_enu_m);
        let near = self.lots.iter().map(away_m).enumerate().filter(|(_, away_m)| *away_m <= self.settings.within_m);
        let near: Vec<(usize, f64)> = near.collect();
        let (nearest, nearest_m) = near.iter().copied().min_by(|a, b| a.1.total_cmp(&b.1))?;
        let before = known.map(|vehicle| vehicle.lot).filter(|lot| near.iter().any(|(near, _)| near == lot));
        if nearest_m <= IN_LOT_M { Some(nearest) } else { before.or(Some(nearest)) }
    }

    /// Ends what is over and leads who is left, by the lots as they are. `may_be_said`: what else is not told of.
    pub fn advance(&mut self, now: UtcMicros, lots: &[LotState], may_be_said: impl Fn(&LotState) -> bool) {
        let timeout_s = self.settings.timeout_s;
        let over = |vehicle: &Vehicle| match vehicle.ask.until {
            Some(until) if now > until => Some("expired"),
            _ => (now.seconds_since(vehicle.heard_at) > timeout_s).then_some("silent"),
        };
        while let Some((index, why)) = self.vehicles.iter().enumerate().find_map(|(i, one)| Some((i, over(one)?))) {
            self.end(index, why);
        }
        let before: Vec<Stands> = self.vehicles.iter().map(|vehicle| vehicle.stands).collect();
        for (index, lot) in self.lots.iter().enumerate() {
            let state = lots.iter().find(|state| state.id == lot.id && may_be_said(state));
            let vehicles = self.vehicles.iter_mut().filter(|vehicle| vehicle.lot == index);
            match state {
                Some(state) => lot.lead(now, state, vehicles.collect()),
                None => vehicles.for_each(|vehicle| vehicle.settle(Stands::HeldBack, None)),
            }
        }
        let changed = self.vehicles.iter().zip(before).filter(|(vehicle, before)| vehicle.stands != *before);
        let outcomes: Vec<Outcome> =
            changed.filter_map(|(vehicle, _)| self.outcome(vehicle, vehicle.stands.as_str())).collect();
        self.outcomes.extend(outcomes);
    }

    /// Who is led in a lot, in the order in which they asked.
    pub fn of_lot<'a>(&'a self, lot: &SensorId) -> impl Iterator<Item = Guide<'a>> + use<'a> {
        let index = self.lots.iter().position(|guided| guided.id == *lot);
        let led = self.vehicles.iter().filter(move |vehicle| Some(vehicle.lot) == index && !vehicle.way.is_empty());
        led.map(|vehicle| Guide { vehicle: vehicle.ask.who, way: &vehicle.way, bay: vehicle.bay })
    }

    /// What has become of requests since the last call.
    pub fn take_outcomes(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes)
    }

    /// The clock was set: no time that was heard means anything.
    pub fn forget(&mut self) {
        while !self.vehicles.is_empty() {
            self.end(0, "clock_step");
        }
    }

    fn end(&mut self, index: usize, what: &'static str) {
        let vehicle = self.vehicles.remove(index);
        self.outcomes.extend(self.outcome(&vehicle, what));
    }

    fn outcome(&self, vehicle: &Vehicle, what: &'static str) -> Option<Outcome> {
        let lot = self.lots.get(vehicle.lot)?.id.clone();
        Some(Outcome { lot, what })
    }
}

#[cfg(test)]
mod tests;
