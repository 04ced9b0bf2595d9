//! Lots, bays, gates and drives of the map file as they are read, and what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use geojson::{Feature, GeometryValue};
use perception::frames::{SiteFrame, area_m2, inside};
use perception::parking::{Bay, Gate, Lot};
use serde::Deserialize;

use super::parking::{CarPark, Drive, LotNode};
use super::read::{line, outline_enu_m, point, properties};
use super::{enu2, geometry};

/// The kinds of features that are read here.
pub(super) const KINDS: [&str; 5] = ["lot", "bay", "gate", "lot_node", "drive"];

/// What a bay may enclose, square metres, from a motorcycle's to a road train's; and how long a gate may be, metres.
const BAY_M2: std::ops::RangeInclusive<f64> = 0.5..=300.0;
const GATE_M: std::ops::RangeInclusive<f64> = 1.0..=100.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LotProperties {
    lot: String,
    name: Option<String>,
    number: Option<u16>,
    capacity: Option<u32>,
    max_stay_s: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BayProperties {
    lot: String,
    bay: String,
    max_stay_s: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GateProperties {
    lot: String,
    gate: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeProperties {
    lot: String,
    id: u16,
    #[serde(default)]
    entrance: bool,
    #[serde(default)]
    exit: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DriveProperties {
    lot: String,
    drive: u8,
    from: u16,
    to: u16,
    width_m: Option<f64>,
    speed_limit_mps: Option<f64>,
}

/// Lots as they are read, in the order of their names.
#[derive(Default)]
pub(super) struct Lots {
    lots: BTreeMap<String, (Lot, CarPark)>,
    /// Those that have had a feature of their own.
    described: BTreeSet<String>,
}

impl Lots {
    pub(super) fn feature(&mut self, kind: &str, feature: &Feature, frame: &SiteFrame) -> Result<(), String> {
        match kind {
            "lot" => self.lot(properties(feature)?),
            "bay" => self.bay(properties(feature)?, feature, frame),
            "gate" => self.gate(properties(feature)?, feature, frame),
            "lot_node" => self.node(properties(feature)?, feature),
            _ => self.drive(properties(feature)?, feature, frame),
        }
    }

    fn named(&mut self, id: &str) -> Result<&mut (Lot, CarPark), String> {
        name("lot", id)?;
        Ok(self.lots.entry(id.to_owned()).or_insert_with(|| {
            let lot = Lot {
                id: id.into(),
                name: id.to_owned(),
                bays: Vec::new(),
                capacity: None,
                max_stay_s: None,
                gates: Vec::new(),
            };
            (lot, CarPark { lot: id.to_owned(), ..CarPark::default() })
        }))
    }

    fn lot(&mut self, read: LotProperties) -> Result<(), String> {
        stay(read.max_stay_s)?;
        if read.capacity.is_some_and(|most| most == 0 || most > 65_535) {
            return Err("capacity must be 1 to 65535".into());
        }
        if !self.described.insert(read.lot.clone()) {
            return Err(format!("lot {} is there twice", read.lot));
        }
        let (lot, park) = self.named(&read.lot)?;
        (lot.capacity, lot.max_stay_s, park.number) = (read.capacity, read.max_stay_s, read.number);
        lot.name = read.name.unwrap_or(read.lot);
        Ok(())
    }

    fn bay(&mut self, read: BayProperties, feature: &Feature, frame: &SiteFrame) -> Result<(), String> {
        name("bay", &read.bay)?;
        stay(read.max_stay_s)?;
        let polygon_enu_m = outline_enu_m(feature, frame)?;
        let area_m2 = area_m2(&polygon_enu_m);
        if !BAY_M2.contains(&area_m2) {
            let (least, most) = (BAY_M2.start(), BAY_M2.end());
            return Err(format!("its outline encloses {area_m2:.1} m²; a bay has {least} to {most}"));
        }
        let (lot, _) = self.named(&read.lot)?;
        if lot.bays.iter().any(|other| *other.id == *read.bay) {
            return Err(format!("bay {} of lot {} is there twice", read.bay, read.lot));
        }
        lot.bays.push(Bay { id: read.bay.into(), polygon_enu_m, max_stay_s: read.max_stay_s });
        Ok(())
    }

    fn gate(&mut self, read: GateProperties, feature: &Feature, frame: &SiteFrame) -> Result<(), String> {
        name("gate", &read.gate)?;
        let points: Vec<[f64; 2]> = line(feature)?.iter().map(|point| enu2(frame, point)).collect();
        let [a, b] = points[..] else { return Err("its line must have two points".into()) };
        let length_m = geometry::distance_m(a, b);
        if !GATE_M.contains(&length_m) {
            let (least, most) = (GATE_M.start(), GATE_M.end());
            return Err(format!("its line is {length_m:.1} m long; a gate is {least} to {most}"));
        }
        let (lot, _) = self.named(&read.lot)?;
        if lot.gates.iter().any(|other| *other.id == *read.gate) {
            return Err(format!("gate {} of lot {} is there twice", read.gate, read.lot));
        }
        lot.gates.push(Gate { id: read.gate.into(), line_enu_m: [a, b] });
        Ok(())
    }

    fn node(&mut self, read: NodeProperties, feature: &Feature) -> Result<(), String> {
        let position = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
            Some(GeometryValue::Point { coordinates }) => point(coordinates.as_slice())?,
            _ => return Err("its geometry must be a Point".into()),
        };
        let (_, park) = self.named(&read.lot)?;
        if park.nodes.iter().any(|other| other.id == read.id) {
            return Err(format!("node {} of lot {} is there twice", read.id, read.lot));
        }
        park.nodes.push(LotNode { id: read.id, position, entrance: read.entrance, exit: read.exit });
        Ok(())
    }

    fn drive(&mut self, read: DriveProperties, feature: &Feature, frame: &SiteFrame) -> Result<(), String> {
        let points = line(feature)?;
        if points.len() > 31 {
            return Err("its line has more than 31 points".into());
        }
        let along: Vec<[f64; 2]> = points.iter().map(|point| enu2(frame, point)).collect();
        if geometry::length_m(&along) < 0.1 {
            return Err("its line must be longer than 0.1 m".into());
        }
        for (key, value, most) in [("width_m", read.width_m, 50.0), ("speed_limit_mps", read.speed_limit_mps, 70.0)] {
            if value.is_some_and(|value| !(value > 0.0 && value <= most)) {
                return Err(format!("{key} must be more than 0 and at most {most}"));
            }
        }
        let (_, park) = self.named(&read.lot)?;
        if park.drives.iter().any(|other| other.id == read.drive) {
            return Err(format!("drive {} of lot {} is there twice", read.drive, read.lot));
        }
        let DriveProperties { drive: id, from, to, width_m, speed_limit_mps, .. } = read;
        park.drives.push(Drive { id, from, to, points, width_m, speed_limit_mps });
        Ok(())
    }

    /// Lots, those of which drives are drawn, and what is wrong with them as a whole.
    pub(super) fn finish(self) -> (Vec<Lot>, Vec<CarPark>, Vec<String>) {
        let (lots, mut parks): (Vec<Lot>, Vec<CarPark>) = self.lots.into_values().unzip();
        let mut problems = Vec::new();
        for (index, park) in parks.iter().enumerate() {
            let same = |other: &&CarPark| park.number.is_some() && other.number == park.number;
            if let Some(other) = parks.iter().take(index).find(same) {
                problems.push(format!("lots {} and {} have the same number", other.lot, park.lot));
            }
            for drive in &park.drives {
                for id in [drive.from, drive.to] {
                    if !park.nodes.iter().any(|node| node.id == id) {
                        problems.push(format!("drive {} of lot {}: there is no lot_node {id}", drive.id, park.lot));
                    }
                }
            }
            if park.nodes.len() > 63 {
                problems.push(format!("lot {} has more than 63 nodes", park.lot));
            }
        }
        for lot in &lots {
            let bays = u32::try_from(lot.bays.len()).unwrap_or(u32::MAX);
            if lot.capacity.is_some_and(|most| most < bays) {
                problems.push(format!("lot {} has more bays than its capacity", lot.id));
            }
            if lot.bays.is_empty() && (lot.gates.is_empty() || lot.capacity.is_none()) {
                problems.push(format!("lot {} has no bay, nor a gate and a capacity", lot.id));
            }
        }
        problems.extend(bays_on_bays(&lots));
        parks.retain(|park| !park.nodes.is_empty() || park.number.is_some());
        (lots, parks, problems)
    }
}

/// Bays drawn twice under different names: a vehicle would take both.
fn bays_on_bays(lots: &[Lot]) -> Vec<String> {
    let bays: Vec<(&Lot, &Bay)> = lots.iter().flat_map(|lot| lot.bays.iter().map(move |bay| (lot, bay))).collect();
    let lies_on = |bay: &Bay, other: &Bay| inside(&other.polygon_enu_m, geometry::middle(&bay.polygon_enu_m));
    let found = bays.iter().enumerate().filter_map(|(index, (lot, bay))| {
        let mut before = bays.iter().take(index);
        let (other_lot, other) = before.find(|(_, other)| lies_on(bay, other) || lies_on(other, bay))?;
        Some(format!("bay {} of lot {} lies on bay {} of lot {}", bay.id, lot.id, other.id, other_lot.id))
    });
    found.collect()
}

fn name(key: &'static str, name: &str) -> Result<(), String> {
    cloud_bridge::check_name(key, name).map_err(|error| error.to_string())
}

fn stay(max_stay_s: Option<f64>) -> Result<(), String> {
    match max_stay_s {
        Some(stay_s) if !(stay_s > 0.0 && stay_s <= 3.2e7) => Err(format!("max_stay_s {stay_s} is no time to stay")),
        _ => Ok(()),
    }
}
