//! The parking part of the map file: lots, bays, gates, and the drives of lots that PAM tells of.

use perception::calibration::Lane;
use perception::frames::{SiteFrame, Wgs84};
use perception::parking::{Bay, Lot};
use serde_json::json;

use super::write::{feature, place, put};
use super::{SiteMap, enu2, geometry};

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
