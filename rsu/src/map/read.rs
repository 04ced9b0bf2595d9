//! GeoJSON to [`SiteMap`], or to everything that is wrong with it.

use std::fmt;

use geojson::{Feature, FeatureCollection, GeometryValue};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::lots::{self, Lots};
use super::{
    Connection, Crosswalk, Link, Maneuver, MapLane, Node, NodeId, SiteMap, StopLine, enu2, outline, stop_line,
};

/// What is wrong with a map file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Number of the feature in the file, from 1; `None` when it is about the file as a whole.
    pub feature: Option<usize>,
    /// The feature's kind, where it has one.
    pub kind: String,
    /// What is wrong.
    pub text: String,
}

impl Problem {
    fn of_file(text: impl Into<String>) -> Self {
        Self { feature: None, kind: String::new(), text: text.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.feature, self.kind.as_str()) {
            (Some(number), "") => write!(f, "feature {number}: {}", self.text),
            (Some(number), kind) => write!(f, "feature {number} ({kind}): {}", self.text),
            (None, _) => f.write_str(&self.text),
        }
    }
}

pub(super) fn parse(text: &str, origin: &Origin) -> Result<SiteMap, Vec<Problem>> {
    let collection: FeatureCollection =
        text.parse().map_err(|error: geojson::Error| vec![Problem::of_file(error.to_string())])?;
    let mut reader = Reader {
        frame: SiteFrame::new(*origin),
        map: SiteMap::default(),
        lots: Lots::default(),
        connections: Vec::new(),
    };
    let mut problems = Vec::new();
    // Lanes name links and connections name lanes, whatever the order in the file: simplest kinds first.
    let first = [&["node", "link", "crosswalk", "region"][..], &lots::KINDS].concat();
    for kinds in [&first[..], &["lane"], &["connection", "stop_line"]] {
        for (index, feature) in collection.features.iter().enumerate() {
            let kind = feature.property("kind").and_then(|kind| kind.as_str()).unwrap_or("");
            if kinds.contains(&kind) {
                reader.feature(kind, feature).unwrap_or_else(|text| {
                    problems.push(Problem { feature: Some(index + 1), kind: kind.to_owned(), text });
                });
            }
        }
    }
    let known = [&first[..], &["lane", "connection", "stop_line"]].concat();
    for (index, feature) in collection.features.iter().enumerate() {
        let kind = feature.property("kind").and_then(|kind| kind.as_str()).unwrap_or("");
        if !known.contains(&kind) {
            let text = format!("kind {kind:?} is none of {}", known.join(", "));
            problems.push(Problem { feature: Some(index + 1), kind: String::new(), text });
        }
    }
    let map = reader.finish(&mut problems);
    if problems.is_empty() { Ok(map) } else { Err(problems) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeProperties {
    #[serde(default)]
    region: u16,
    id: u16,
    name: Option<String>,
    #[serde(default)]
    served: bool,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkProperties {
    id: String,
    from: u16,
    to: u16,
    #[serde(default)]
    region: u16,
    speed_limit_mps: Option<f64>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LaneProperties {
    link: String,
    lane: u8,
    width_m: f64,
    #[serde(default)]
    allowed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionProperties {
    from_link: String,
    from_lane: u8,
    to_link: String,
    to_lane: u8,
    maneuver: Maneuver,
    signal_group: Option<u8>,
    #[serde(default = "yes")]
    confirmed: bool,
}

/// A group that a person wrote down needs no confirmation.
fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StopLineProperties {
    link: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CrosswalkProperties {
    id: String,
    signal_group: Option<u8>,
    #[serde(default = "yes")]
    confirmed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegionProperties {}

/// A connection as read, and the lane that it leaves.
struct LooseConnection {
    from_link: String,
    from_lane: u8,
    connection: Connection,
}

struct Reader {
    frame: SiteFrame,
    map: SiteMap,
    lots: Lots,
    connections: Vec<LooseConnection>,
}

impl Reader {
    fn feature(&mut self, kind: &str, feature: &Feature) -> Result<(), String> {
        match kind {
            "node" => self.node(properties(feature)?, feature),
            "link" => self.link(properties(feature)?, feature),
            "lane" => self.lane(properties(feature)?, feature),
            "connection" => self.connection(properties(feature)?, feature),
            "crosswalk" => {
                let CrosswalkProperties { id, signal_group, confirmed } = properties(feature)?;
                if signal_group == Some(0) {
                    return Err("signal_group 0 is reserved".into());
                }
                if self.map.crosswalks.iter().any(|other| other.id == id) {
                    return Err(format!("crosswalk {id:?} is there twice"));
                }
                self.map.crosswalks.push(Crosswalk { id, polygon: polygon(feature)?, signal_group, confirmed });
                Ok(())
            }
            "stop_line" => self.stop_line(properties(feature)?, feature),
            kind if lots::KINDS.contains(&kind) => self.lots.feature(kind, feature, &self.frame),
            _ => {
                let RegionProperties {} = properties(feature)?;
                if !self.map.region_enu_m.is_empty() {
                    return Err("there is a region already".into());
                }
                self.map.region_enu_m = outline_enu_m(feature, &self.frame)?;
                Ok(())
            }
        }
    }

    fn node(&mut self, node: NodeProperties, feature: &Feature) -> Result<(), String> {
        let position = match feature.geometry.as_ref().map(|geometry| &geometry.value) {
            Some(GeometryValue::Point { coordinates }) => point(coordinates.as_slice())?,
            _ => return Err("its geometry must be a Point".into()),
        };
        let id = NodeId { region: node.region, id: node.id };
        if self.map.nodes.iter().any(|other| other.id == id) {
            return Err(format!("node {} of region {} is there twice", id.id, id.region));
        }
        self.map.nodes.push(Node { id, name: node.name, position, served: node.served, source: node.source });
        Ok(())
    }

    fn link(&mut self, link: LinkProperties, feature: &Feature) -> Result<(), String> {
        if self.map.link(&link.id).is_some() {
            return Err(format!("link {:?} is there twice", link.id));
        }
        if link.id.contains('/') || link.id.is_empty() {
            return Err(format!("link id {:?} must not be empty nor contain '/'", link.id));
        }
        let id = |id| NodeId { region: link.region, id };
        self.map.links.push(Link {
            from: id(link.from),
            to: id(link.to),
            points: line(feature)?,
            speed_limit_mps: link.speed_limit_mps,
            lanes: Vec::new(),
            source: link.source,
            id: link.id,
        });
        Ok(())
    }

    fn lane(&mut self, lane: LaneProperties, feature: &Feature) -> Result<(), String> {
        if !(lane.width_m > 0.5 && lane.width_m < 20.0) {
            return Err(format!("width_m {} is not a lane's", lane.width_m));
        }
        let number = lane.lane;
        if number == 0 || number == 255 {
            return Err(format!("lane {number}: numbers 0 and 255 are reserved"));
        }
        let taken: usize = self.map.links.iter().map(|link| link.lanes.len()).sum();
        let intersection_lane = u8::try_from(taken + 1).ok().filter(|n| *n < 255).ok_or("more than 254 lanes")?;
        let points = line(feature)?;
        let link = self.map.links.iter_mut().find(|link| link.id == lane.link);
        let link = link.ok_or_else(|| format!("there is no link {:?}", lane.link))?;
        if link.lanes.iter().any(|other| other.number == number) {
            return Err(format!("lane {}/{number} is there twice", lane.link));
        }
        let (width_m, allowed) = (lane.width_m, classes(&lane.allowed)?);
        link.lanes.push(MapLane { number, intersection_lane, width_m, points, allowed, connections: Vec::new() });
        link.lanes.sort_by_key(|lane| lane.number);
        Ok(())
    }

    fn connection(&mut self, c: ConnectionProperties, feature: &Feature) -> Result<(), String> {
        if c.signal_group == Some(0) {
            return Err("signal_group 0 is reserved".into());
        }
        for (link, number) in [(&c.from_link, c.from_lane), (&c.to_link, c.to_lane)] {
            let lanes = self.map.link(link).map(|link| &link.lanes);
            if !lanes.is_some_and(|lanes| lanes.iter().any(|lane| lane.number == number)) {
                return Err(format!("there is no lane {link}/{number}"));
            }
        }
        let connection = Connection {
            to_link: c.to_link,
            to_lane: c.to_lane,
            maneuver: c.maneuver,
            signal_group: c.signal_group,
            points: line(feature)?,
            confirmed: c.confirmed,
        };
        self.connections.push(LooseConnection { from_link: c.from_link, from_lane: c.from_lane, connection });
        Ok(())
    }

    fn stop_line(&mut self, StopLineProperties { link }: StopLineProperties, feature: &Feature) -> Result<(), String> {
        if self.map.link(&link).is_none() {
            return Err(format!("there is no link {link:?}"));
        }
        self.map.stop_lines.push(StopLine { link, points: line(feature)? });
        Ok(())
    }

    fn finish(mut self, problems: &mut Vec<Problem>) -> SiteMap {
        for loose in self.connections {
            let link = self.map.links.iter_mut().find(|link| link.id == loose.from_link);
            let lane = link.and_then(|link| link.lanes.iter_mut().find(|lane| lane.number == loose.from_lane));
            if let Some(lane) = lane {
                lane.connections.push(loose.connection);
            }
        }
        for index in 0..self.map.stop_lines.len() {
            stop_line::cut(&mut self.map, index, &self.frame);
        }
        for link in &self.map.links {
            for id in [link.from, link.to] {
                if !self.map.nodes.iter().any(|node| node.id == id) {
                    let text = format!("link {:?}: there is no node {} in region {}", link.id, id.id, id.region);
                    problems.push(Problem::of_file(text));
                }
            }
            if link.lanes.is_empty() {
                problems.push(Problem::of_file(format!("link {:?} has no lane", link.id)));
            }
        }
        if self.map.served_node().is_none() {
            problems.push(Problem::of_file("at least one node must have \"served\": true"));
        }
        self.map.nodes.sort_by_key(|node| node.id);
        let (lots, car_parks, wrong) = self.lots.finish();
        problems.extend(wrong.into_iter().map(Problem::of_file));
        (self.map.lots, self.map.car_parks) = (lots, car_parks);
        self.map
    }
}

fn classes(names: &[String]) -> Result<Vec<Class>, String> {
    let class = |name: &String| {
        let known = Class::ALL.into_iter().find(|class| class.as_str() == name && class.is_road_user());
        known.ok_or_else(|| format!("allowed: {name:?} is no class of road users"))
    };
    names.iter().map(class).collect()
}

pub(super) fn properties<T: DeserializeOwned>(feature: &Feature) -> Result<T, String> {
    let mut properties = feature.properties.clone().unwrap_or_default();
    properties.remove("kind");
    // Editors of GeoJSON write every column for every feature: null is absent.
    properties.retain(|_, value| !value.is_null());
    serde_json::from_value(properties.into()).map_err(|error| error.to_string())
}

pub(super) fn line(feature: &Feature) -> Result<Vec<Wgs84>, String> {
    match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::LineString { coordinates }) if coordinates.len() >= 2 => {
            coordinates.iter().map(|coordinate| point(coordinate.as_slice())).collect()
        }
        _ => Err("its geometry must be a LineString of two points or more".into()),
    }
}

pub(super) fn polygon(feature: &Feature) -> Result<Vec<Wgs84>, String> {
    match feature.geometry.as_ref().map(|geometry| &geometry.value) {
        Some(GeometryValue::Polygon { coordinates }) if coordinates.first().is_some_and(|ring| ring.len() >= 4) => {
            let ring = &coordinates[0];
            if ring.first() != ring.last() {
                return Err("its ring must end at the point where it begins".into());
            }
            // GeoJSON closes its rings; ours are open.
            ring[..ring.len() - 1].iter().map(|coordinate| point(coordinate.as_slice())).collect()
        }
        _ => Err("its geometry must be a Polygon".into()),
    }
}

/// A polygon that encloses something and does not cross itself, in the site's frame, metres.
pub(super) fn outline_enu_m(feature: &Feature, frame: &SiteFrame) -> Result<Vec<[f64; 2]>, String> {
    let outline_enu_m: Vec<[f64; 2]> = polygon(feature)?.iter().map(|point| enu2(frame, point)).collect();
    match outline::fault(&outline_enu_m) {
        Some(text) => Err(format!("its outline {text}")),
        None => Ok(outline_enu_m),
    }
}

/// GeoJSON is longitude first, RFC 7946 §3.1.1.
pub(super) fn point(coordinates: &[f64]) -> Result<Wgs84, String> {
    let (lon_deg, lat_deg) = match coordinates {
        [lon, lat, ..] => (*lon, *lat),
        _ => return Err("a position needs longitude and latitude".into()),
    };
    if !(-180.0..=180.0).contains(&lon_deg) || !(-90.0..=90.0).contains(&lat_deg) {
        return Err(format!("[{lon_deg}, {lat_deg}] is not longitude, latitude in degrees"));
    }
    let height_m = coordinates.get(2).copied().unwrap_or(0.0);
    if !(-1000.0..=10_000.0).contains(&height_m) {
        return Err(format!("a height of {height_m} m is not on the ground"));
    }
    Ok(Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m: height_m })
}
