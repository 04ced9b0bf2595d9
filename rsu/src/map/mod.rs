//! The road as the site knows it: `map.geojson`, WGS-84, one feature kind each (`docs/ref/map.md`), editable in QGIS.
//!
//! A *link* runs from one node to another in travel direction; *lanes* lie on links, numbered from the left; a
//! *connection* leads from the end of a lane across the junction to a lane of another link, under a signal group.

use std::collections::BTreeSet;

use geojson::{FeatureCollection, GeometryValue};
use perception::calibration::{Lane, Origin};
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};
use perception::parking::Lot;
use perception::priors::is_motor_vehicle;
use serde::{Deserialize, Serialize};

pub mod check;
pub mod conflicts;
pub mod gcj02;
pub mod geometry;
pub mod import;
pub mod outline;
pub mod show;

mod lots;
mod parking;
mod read;
mod stop_line;
mod write;

pub use parking::{CarPark, Drive, LotNode, SAME_LINE_M, bay_of_slot, bays_as_lanes, slot_of_bay};
pub use read::Problem;

/// A node's identity: the join key between MAP, SPAT and references.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Road regulator; 0 is for tests.
    pub region: u16,
    /// Number within the region.
    pub id: u16,
}

/// What a connection does at the junction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maneuver {
    /// Straight on.
    Straight,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Back.
    UTurn,
}

impl Maneuver {
    /// The name in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Straight => "straight",
            Self::Left => "left",
            Self::Right => "right",
            Self::UTurn => "u_turn",
        }
    }
}

/// A junction, or the far end of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Identity.
    pub id: NodeId,
    /// Name, if any.
    pub name: Option<String>,
    /// Reference point.
    pub position: Wgs84,
    /// What it was imported from, for people.
    pub source: Option<String>,
    /// True for a junction that this site serves: one or more, all under the site's one controller.
    pub served: bool,
}

/// A stretch of road from one node to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Its name in this file.
    pub id: String,
    /// Where it begins.
    pub from: NodeId,
    /// Where it ends.
    pub to: NodeId,
    /// Centre line in travel direction.
    pub points: Vec<Wgs84>,
    /// Speed limit, m/s.
    pub speed_limit_mps: Option<f64>,
    /// Its lanes, from the left.
    pub lanes: Vec<MapLane>,
    /// What it was imported from, for people.
    pub source: Option<String>,
}

impl Link {
    /// Sum of the lanes' widths, metres.
    pub fn width_m(&self) -> f64 {
        self.lanes.iter().map(|lane| lane.width_m).sum()
    }
}

/// One lane of a link.
#[derive(Clone, Debug, PartialEq)]
pub struct MapLane {
    /// Number in the link, 1 to 254, from the left in travel direction.
    pub number: u8,
    /// Number in the whole map, 1 to 254: J2735 wants lanes unique in an intersection.
    pub intersection_lane: u8,
    /// Width, metres.
    pub width_m: f64,
    /// Centre line in travel direction; the last point is on the stop line.
    pub points: Vec<Wgs84>,
    /// Who may use it; empty: anyone.
    pub allowed: Vec<Class>,
    /// Where it leads.
    pub connections: Vec<Connection>,
}

impl MapLane {
    /// What it is for.
    pub fn kind(&self) -> LaneKind {
        if self.allowed.is_empty() || self.allowed.iter().any(|class| is_motor_vehicle(*class)) {
            LaneKind::Vehicle
        } else if self.allowed.contains(&Class::Bicycle) {
            LaneKind::Bicycle
        } else {
            LaneKind::Foot
        }
    }

    /// Whether it is for buses and nobody else.
    pub fn only_buses(&self) -> bool {
        self.allowed == [Class::Bus]
    }

    /// What it allows at its end, each once.
    pub fn maneuvers(&self) -> BTreeSet<Maneuver> {
        self.connections.iter().map(|connection| connection.maneuver).collect()
    }
}

/// What a lane is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneKind {
    /// Motor vehicles, perhaps with others.
    Vehicle,
    /// Bicycles, perhaps with people on foot.
    Bicycle,
    /// People on foot.
    Foot,
}

/// A way across the junction.
#[derive(Clone, Debug, PartialEq)]
pub struct Connection {
    /// Link that it leads to.
    pub to_link: String,
    /// Lane of that link.
    pub to_lane: u8,
    /// What one does.
    pub maneuver: Maneuver,
    /// The signal group that rules it.
    pub signal_group: Option<u8>,
    /// The path across the junction.
    pub points: Vec<Wgs84>,
    /// False: an import guessed the signal group and nobody has compared it with the controller yet.
    pub confirmed: bool,
}

/// Where the lanes of a link end for those who must stop, when that is before the lanes' own ends.
#[derive(Clone, Debug, PartialEq)]
pub struct StopLine {
    /// The link.
    pub link: String,
    /// Across its lanes.
    pub points: Vec<Wgs84>,
}

/// A crosswalk.
#[derive(Clone, Debug, PartialEq)]
pub struct Crosswalk {
    /// Its name.
    pub id: String,
    /// Outline.
    pub polygon: Vec<Wgs84>,
    /// The group that rules it.
    pub signal_group: Option<u8>,
    /// False: an import guessed the signal group and nobody has compared it with the controller yet.
    pub confirmed: bool,
}

/// The whole map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteMap {
    /// Nodes in ascending order of id.
    pub nodes: Vec<Node>,
    /// Links in the order of the file.
    pub links: Vec<Link>,
    /// Crosswalks.
    pub crosswalks: Vec<Crosswalk>,
    /// Stop lines; a link without one has it where its lanes end.
    pub stop_lines: Vec<StopLine>,
    /// Parking lots with their bays, in ENU.
    pub lots: Vec<Lot>,
    /// What messages say of lots besides their bays: of those that have it.
    pub car_parks: Vec<CarPark>,
    /// Where road users may be reported, ENU east/north, metres; empty: anywhere.
    pub region_enu_m: Vec<[f64; 2]>,
}

impl SiteMap {
    /// Reads GeoJSON. On failure every problem is listed, each with the number of its feature (from 1).
    pub fn parse(text: &str, origin: &Origin) -> Result<Self, Vec<String>> {
        read::parse(text, origin).map_err(|problems| problems.iter().map(Problem::to_string).collect())
    }

    /// The same, with the problems as values.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn parse_or_problems(text: &str, origin: &Origin) -> Result<Self, Vec<Problem>> {
        read::parse(text, origin)
    }

    /// The map as GeoJSON, one feature a line; [`SiteMap::parse`] reads the same map from it.
    pub fn to_geojson(&self, origin: &Origin) -> String {
        write::write(self, origin)
    }

    /// The nodes that this site serves, ascending.
    pub fn served_nodes(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.served)
    }

    /// The first of the nodes that this site serves.
    pub fn served_node(&self) -> Option<&Node> {
        self.served_nodes().next()
    }

    /// Whether a link leads to a node that this site serves.
    pub fn is_inbound(&self, link: &Link) -> bool {
        self.served_nodes().any(|node| node.id == link.to)
    }

    /// Crosswalks at a served node, with their index: each is at the one that is nearest to it.
    pub fn crosswalks_at(&self, node: NodeId) -> impl Iterator<Item = (usize, &Crosswalk)> {
        let nearest = move |crosswalk: &Crosswalk| {
            let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = *crosswalk.polygon.first()?;
            let frame = SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m });
            let distance_m = |node: &Node| {
                let [east_m, north_m] = enu2(&frame, &node.position);
                east_m.hypot(north_m)
            };
            self.served_nodes().min_by(|a, b| distance_m(a).total_cmp(&distance_m(b)))
        };
        let crosswalks = self.crosswalks.iter().enumerate();
        crosswalks.filter(move |(_, crosswalk)| nearest(crosswalk).is_some_and(|nearest| nearest.id == node))
    }

    /// The signal groups at a served node: of the lanes that lead to it, and of its crosswalks.
    pub fn groups_at(&self, node: NodeId) -> BTreeSet<u8> {
        let lanes = self.links.iter().filter(|link| link.to == node).flat_map(|link| &link.lanes);
        let groups = lanes.flat_map(|lane| &lane.connections).filter_map(|connection| connection.signal_group);
        groups.chain(self.crosswalks_at(node).filter_map(|(_, crosswalk)| crosswalk.signal_group)).collect()
    }

    /// The link of a name.
    pub fn link(&self, id: &str) -> Option<&Link> {
        self.links.iter().find(|link| link.id == id)
    }

    /// Whether there is a lane of this name, `<link>/<lane>`.
    pub fn has_lane(&self, name: &str) -> bool {
        let link = name.rsplit_once('/').and_then(|(link, number)| Some((self.link(link)?, number)));
        link.is_some_and(|(link, number)| link.lanes.iter().any(|lane| lane.number.to_string() == number))
    }

    /// All signal groups that the map names, ascending, each once.
    pub fn signal_groups(&self) -> Vec<u8> {
        let lanes = self.links.iter().flat_map(|link| &link.lanes);
        let groups = lanes.flat_map(|lane| &lane.connections).filter_map(|connection| connection.signal_group);
        let crosswalks = self.crosswalks.iter().filter_map(|crosswalk| crosswalk.signal_group);
        groups.chain(crosswalks).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The number of a crosswalk as a lane of the whole map: after those of the vehicles' lanes. `None` past 254.
    pub fn crosswalk_lane(&self, index: usize) -> Option<u8> {
        let lanes: usize = self.links.iter().map(|link| link.lanes.len()).sum();
        u8::try_from(lanes + index + 1).ok().filter(|number| *number < 255)
    }

    /// Whether every signal group was drawn or confirmed by a person.
    pub fn groups_are_confirmed(&self) -> bool {
        let connections = self.links.iter().flat_map(|link| &link.lanes).flat_map(|lane| &lane.connections);
        connections.map(|c| c.confirmed).chain(self.crosswalks.iter().map(|c| c.confirmed)).all(|confirmed| confirmed)
    }

    /// Lanes as perception wants them.
    pub fn lanes_enu(&self, origin: &Origin) -> Vec<Lane> {
        let frame = SiteFrame::new(*origin);
        let mut lanes = Vec::new();
        for link in &self.links {
            for lane in &link.lanes {
                lanes.push(Lane {
                    id: format!("{}/{}", link.id, lane.number).into(),
                    width_m: lane.width_m,
                    centerline_enu_m: lane.points.iter().map(|point| enu2(&frame, point)).collect(),
                    maneuvers: lane.maneuvers().into_iter().map(|m| m.as_str().to_owned()).collect(),
                    signal_group: lane.connections.iter().find_map(|c| c.signal_group).map(u32::from),
                    allowed: lane.allowed.clone(),
                    speed_limit_mps: link.speed_limit_mps,
                });
            }
        }
        lanes
    }
}

/// A point of the map in the site's frame, east and north, metres.
pub fn enu2(frame: &SiteFrame, point: &Wgs84) -> [f64; 2] {
    let enu = frame.enu_from_wgs84(*point);
    [enu[0], enu[1]]
}

/// Where a map that stands alone has its origin: at the served node, or else at the first point of the file.
pub fn origin_of(text: &str) -> Option<Origin> {
    let collection: FeatureCollection = text.parse().ok()?;
    let point = |feature: &geojson::Feature| match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Point { coordinates }) => coordinates.as_slice().get(..2).map(|at| [at[0], at[1]]),
        _ => None,
    };
    let points = || collection.features.iter().filter_map(|feature| Some((feature, point(feature)?)));
    let served = points().find(|(feature, _)| feature.property("served").is_some_and(|served| served == true));
    let (_, [lon_deg, lat_deg]) = served.or_else(|| points().next())?;
    let on_earth = lat_deg.abs() <= 90.0 && lon_deg.abs() <= 180.0;
    on_earth.then_some(Origin { lat_deg, lon_deg, ellipsoidal_height_m: 0.0 })
}
