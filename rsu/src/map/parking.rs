//! The parking part of the map file: lots, bays, gates, and the drives of lots that PAM tells of.

use std::collections::BTreeMap;

use geojson::{Feature, GeometryValue};
use perception::calibration::Lane;
use perception::frames::{SiteFrame, Wgs84};
use perception::parking::{Bay, Gate, Lot};
use serde::Deserialize;
use serde_json::json;

use super::read::{line, point, polygon, properties};
use super::write::{feature, place, put};
use super::{SiteMap, enu2, geometry};

/// The kinds of features that are read here.
pub(super) const KINDS: [&str; 5] = ["lot", "bay", "gate", "lot_node", "drive"];

/// Drives as near as this to each other are on one line, metres.
pub const SAME_LINE_M: f64 = 0.1;

/// What PAM tells of a lot besides its bays (T/CSAE 157-2020, `PAMData`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CarPark {
    /// The lot in the map file.
    pub lot: String,
    /// Its number in messages; `None`: not told.
    pub number: Option<u16>,
    /// Places where drives begin, meet and end.
    pub nodes: Vec<LotNode>,
    /// Drives, each from one of those places to another.
    pub drives: Vec<Drive>,
}

impl CarPark {
    /// The drives that a bay lies at: the one that it is nearest to, of several the one that was drawn first, and then the
    /// same drive's other direction, if it has one. None: there are no drives.
    pub fn beside(&self, bay: &Bay, frame: &SiteFrame) -> Vec<&Drive> {
        let middle = geometry::middle(&bay.polygon_enu_m);
        let distance_m =
            |drive: &Drive| geometry::nearest(&drive.line_enu_m(frame), middle).map(|found| found.distance_m);
        let near: Vec<(f64, &Drive)> =
            self.drives.iter().filter_map(|drive| Some((distance_m(drive)?, drive))).collect();
        let least_m = near.iter().fold(f64::INFINITY, |least_m, (distance_m, _)| least_m.min(*distance_m));
        let nearest =
            || near.iter().filter(|(distance_m, _)| *distance_m <= least_m + SAME_LINE_M).map(|(_, drive)| *drive);
        let Some(first) = nearest().next() else { return Vec::new() };
        let back = nearest().filter(|drive| (drive.from, drive.to) == (first.to, first.from));
        std::iter::once(first).chain(back).collect()
    }

    /// Where one may drive on from the end of a drive. One turns back only where nothing else is left: at a dead end.
    pub fn onward(&self, drive: &Drive) -> Vec<&Drive> {
        let (back, on): (Vec<&Drive>, Vec<&Drive>) =
            self.drives.iter().filter(|other| other.from == drive.to).partition(|other| other.to == drive.from);
        let leads_out = self.nodes.iter().any(|node| node.id == drive.to && node.exit);
        if on.is_empty() && !leads_out { back } else { on }
    }
}

/// The number of a bay in messages: its place among the bays of its lot, from 1. `None`: past 65535.
pub fn slot_of_bay(bay: usize) -> Option<u16> {
    u16::try_from(bay.checked_add(1)?).ok()
}

/// The bay that a message means by a number; 0 is none.
pub fn bay_of_slot(slot: u16) -> Option<usize> {
    usize::from(slot).checked_sub(1)
}

/// A place in a lot.
#[derive(Clone, Debug, PartialEq)]
pub struct LotNode {
    /// Unique in the lot.
    pub id: u16,
    /// Where it is.
    pub position: Wgs84,
    /// One drives in here.
    pub entrance: bool,
    /// One drives out here.
    pub exit: bool,
}

/// A drive of a lot, in one direction.
#[derive(Clone, Debug, PartialEq)]
pub struct Drive {
    /// Unique in the lot.
    pub id: u8,
    /// The node where it begins.
    pub from: u16,
    /// The node where it ends.
    pub to: u16,
    /// Its centre line in the direction of travel.
    pub points: Vec<Wgs84>,
    /// Width, metres.
    pub width_m: Option<f64>,
    /// Speed limit, m/s.
    pub speed_limit_mps: Option<f64>,
}

impl Drive {
    /// Its centre line in the site's frame.
    pub fn line_enu_m(&self, frame: &SiteFrame) -> Vec<[f64; 2]> {
        self.points.iter().map(|point| enu2(frame, point)).collect()
    }
}

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
pub(super) struct Lots(BTreeMap<String, (Lot, CarPark)>);

impl Lots {
    pub(super) fn feature(&mut self, kind: &str, feature: &Feature, frame: &SiteFrame) -> Result<(), String> {
        match kind {
            "lot" => self.lot(properties(feature)?),
            "bay" => self.bay(properties(feature)?, feature, frame),
            "gate" => self.gate(properties(feature)?, feature, frame),
            "lot_node" => self.node(properties(feature)?, feature),
            _ => self.drive(properties(feature)?, feature),
        }
    }

    fn named(&mut self, id: &str) -> Result<&mut (Lot, CarPark), String> {
        name("lot", id)?;
        Ok(self.0.entry(id.to_owned()).or_insert_with(|| {
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
        let (lot, park) = self.named(&read.lot)?;
        (lot.capacity, lot.max_stay_s, park.number) = (read.capacity, read.max_stay_s, read.number);
        lot.name = read.name.unwrap_or(read.lot);
        Ok(())
    }

    fn bay(&mut self, read: BayProperties, feature: &Feature, frame: &SiteFrame) -> Result<(), String> {
        name("bay", &read.bay)?;
        stay(read.max_stay_s)?;
        let polygon_enu_m = polygon(feature)?.iter().map(|point| enu2(frame, point)).collect();
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
        if (b[0] - a[0]).hypot(b[1] - a[1]) < 1.0 {
            return Err("its line must be 1 m or longer".into());
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

    fn drive(&mut self, read: DriveProperties, feature: &Feature) -> Result<(), String> {
        let points = line(feature)?;
        if points.len() > 31 {
            return Err("its line has more than 31 points".into());
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
        let (lots, mut parks): (Vec<Lot>, Vec<CarPark>) = self.0.into_values().unzip();
        let mut problems = Vec::new();
        for park in &parks {
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
        parks.retain(|park| !park.nodes.is_empty() || park.number.is_some());
        (lots, parks, problems)
    }
}

/// The bays of a map as lanes along their long sides, for the tracker: so it knows how a vehicle lies that stands in one.
pub fn bays_as_lanes(map: &SiteMap) -> Vec<Lane> {
    let bays = map.lots.iter().flat_map(|lot| lot.bays.iter().map(move |bay| (lot, bay)));
    let along = |(lot, bay): (&Lot, &Bay)| {
        let ([from, to], width_m) = geometry::axis(&bay.polygon_enu_m)?;
        Some(Lane {
            id: format!("{}/{}", lot.id, bay.id).into(),
            width_m,
            centerline_enu_m: vec![from, to],
            maneuvers: Vec::new(),
            signal_group: None,
            allowed: Vec::new(),
            speed_limit_mps: None,
        })
    };
    bays.filter_map(along).collect()
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

/// The features of all lots; `outline` makes a ring of ENU points.
pub(super) fn write(
    lots: &[Lot],
    parks: &[CarPark],
    on_ground: impl Fn(&[f64; 2]) -> Wgs84,
    outline: impl Fn(&[[f64; 2]]) -> serde_json::Value,
) -> Vec<String> {
    let mut features = Vec::new();
    let line = |points: &[Wgs84]| points.iter().map(place).collect::<serde_json::Value>();
    for lot in lots {
        let park = parks.iter().find(|park| *park.lot == *lot.id);
        let number = park.and_then(|park| park.number);
        if lot.name != *lot.id || lot.capacity.is_some() || lot.max_stay_s.is_some() || number.is_some() {
            let mut properties = json!({"kind": "lot", "lot": *lot.id});
            put(&mut properties, "name", (lot.name != *lot.id).then_some(&*lot.name));
            put(&mut properties, "capacity", lot.capacity);
            put(&mut properties, "max_stay_s", lot.max_stay_s);
            put(&mut properties, "number", number);
            let at = lot.bays.first().and_then(|bay| bay.polygon_enu_m.first());
            let at = at.or(lot.gates.first().map(|gate| &gate.line_enu_m[0])).copied().unwrap_or_default();
            features.push(feature(&properties, "Point", &place(&on_ground(&at))));
        }
        for bay in &lot.bays {
            let mut properties = json!({"kind": "bay", "lot": *lot.id, "bay": *bay.id});
            put(&mut properties, "max_stay_s", bay.max_stay_s);
            features.push(feature(&properties, "Polygon", &outline(&bay.polygon_enu_m)));
        }
        for gate in &lot.gates {
            let properties = json!({"kind": "gate", "lot": *lot.id, "gate": *gate.id});
            let points = gate.line_enu_m.each_ref().map(&on_ground);
            features.push(feature(&properties, "LineString", &line(&points)));
        }
        for node in park.map_or(&[][..], |park| &park.nodes) {
            let mut properties = json!({"kind": "lot_node", "lot": *lot.id, "id": node.id});
            put(&mut properties, "entrance", node.entrance.then_some(true));
            put(&mut properties, "exit", node.exit.then_some(true));
            features.push(feature(&properties, "Point", &place(&node.position)));
        }
        for drive in park.map_or(&[][..], |park| &park.drives) {
            let mut properties = json!({
                "kind": "drive", "lot": *lot.id, "drive": drive.id, "from": drive.from, "to": drive.to,
            });
            put(&mut properties, "width_m", drive.width_m);
            put(&mut properties, "speed_limit_mps", drive.speed_limit_mps);
            features.push(feature(&properties, "LineString", &line(&drive.points)));
        }
    }
    features
}
