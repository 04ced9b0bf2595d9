//! What is wrong or doubtful in a map, and where: `rsu map check`.
//!
//! *Wrong* is what would mislead a vehicle or cannot be broadcast; *doubtful* is what is sometimes right.

use std::collections::BTreeMap;

use geojson::{Feature, FeatureCollection, GeometryValue};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use serde::Serialize;

use super::geometry::{self, Point};
use super::{Crosswalk, Link, MapLane, SiteMap, enu2, origin_of};

mod against;
mod crossings;
mod lanes;
mod sent;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It must be mended.
    Wrong,
    /// Somebody should look.
    Doubtful,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Number of the feature in the file, from 1; `None`: the file as a whole.
    pub feature: Option<usize>,
    /// The feature's kind; empty for the file as a whole.
    pub kind: String,
    /// The feature's own name, as far as its kind has one: `north-in/2`.
    pub id: String,
    /// Where: WGS-84 latitude and longitude, degrees.
    pub at_deg: Option<[f64; 2]>,
    /// What is the matter.
    pub text: String,
}

/// What to compare a map with.
#[derive(Clone, Debug)]
pub struct Against<'a> {
    /// Another map of the same junction, from another source, as GeoJSON.
    pub other: Option<&'a str>,
    /// The most octets that a MAP message may have.
    pub max_octets: usize,
    /// The signal groups that the controller has, if they are known.
    pub groups: Option<&'a [u8]>,
}

/// Looks through a map file. Worst first, then in the order of the file.
pub fn check(text: &str, against: &Against<'_>) -> Vec<Finding> {
    let index = Index::new(text);
    let origin = origin_of(text).unwrap_or(Origin { lat_deg: 0.0, lon_deg: 0.0, ellipsoidal_height_m: 0.0 });
    let map = match SiteMap::parse_or_problems(text, &origin) {
        Ok(map) => map,
        Err(problems) => {
            let finding = |problem: super::Problem| {
                let place =
                    problem.feature.and_then(|number| index.places.get(number.checked_sub(1)?).cloned().flatten());
                Finding {
                    severity: Severity::Wrong,
                    feature: problem.feature,
                    id: problem.feature.map(|number| index.name(number)).unwrap_or_default(),
                    kind: problem.kind,
                    at_deg: place,
                    text: problem.text,
                }
            };
            return problems.into_iter().map(finding).collect();
        }
    };
    let mut report = Report { index, frame: SiteFrame::new(origin), findings: Vec::new() };
    report.files(&map, against);
    lanes::look(&map, &mut report);
    crossings::look(&map, &mut report);
    sent::look(&map, against.max_octets, &mut report);
    if let Some(other) = against.other {
        against::look(&map, other, &mut report);
    }
    report.findings.sort_by_key(|finding| (finding.severity, finding.feature));
    report.findings
}

/// Which feature of the file something is.
#[derive(Debug, Default)]
struct Index {
    numbers: BTreeMap<(String, String), usize>,
    names: Vec<String>,
    places: Vec<Option<[f64; 2]>>,
    doubles: Vec<(String, String, usize, usize)>,
}

impl Index {
    fn new(text: &str) -> Self {
        let mut index = Self::default();
        let Ok(collection) = text.parse::<FeatureCollection>() else { return index };
        for (feature, number) in collection.features.iter().zip(1..) {
            let kind = feature.property("kind").and_then(|kind| kind.as_str()).unwrap_or("").to_owned();
            let name = name_of(&kind, feature);
            index.places.push(first_place(feature));
            index.names.push(name.clone());
            // Parsing finds doubles of all other kinds.
            match index.numbers.get(&(kind.clone(), name.clone())) {
                Some(first) if kind == "connection" => index.doubles.push((kind, name, *first, number)),
                Some(_) => {}
                None => drop(index.numbers.insert((kind, name), number)),
            }
        }
        index
    }

    fn name(&self, number: usize) -> String {
        number.checked_sub(1).and_then(|index| self.names.get(index)).cloned().unwrap_or_default()
    }
}

fn name_of(kind: &str, feature: &Feature) -> String {
    let text = |key: &str| match feature.property(key) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Null) | None => "0".to_owned(),
        Some(other) => other.to_string(),
    };
    match kind {
        "node" => format!("{}/{}", text("region"), text("id")),
        "link" | "crosswalk" => text("id"),
        "lane" => format!("{}/{}", text("link"), text("lane")),
        "stop_line" => text("link"),
        "connection" => {
            format!("{}/{} to {}/{}", text("from_link"), text("from_lane"), text("to_link"), text("to_lane"))
        }
        "bay" => format!("{}/{}", text("lot"), text("bay")),
        _ => String::new(),
    }
}

fn first_place(feature: &Feature) -> Option<[f64; 2]> {
    let position = match &feature.geometry.as_ref()?.value {
        GeometryValue::Point { coordinates } => coordinates.as_slice(),
        GeometryValue::LineString { coordinates } => coordinates.first()?.as_slice(),
        GeometryValue::Polygon { coordinates } => coordinates.first()?.first()?.as_slice(),
        _ => return None,
    };
    Some([*position.get(1)?, *position.first()?])
}

/// What has been found so far.
struct Report {
    index: Index,
    frame: SiteFrame,
    findings: Vec<Finding>,
}

impl Report {
    fn enu(&self, points: &[Wgs84]) -> Vec<Point> {
        points.iter().map(|point| enu2(&self.frame, point)).collect()
    }

    fn add(&mut self, severity: Severity, kind: &str, id: String, at: Option<Point>, text: impl Into<String>) {
        let feature = self.index.numbers.get(&(kind.to_owned(), id.clone())).copied();
        let at_deg = at.map(|[east_m, north_m]| {
            let place = self.frame.wgs84_from_enu([east_m, north_m, 0.0]);
            [place.lat_deg, place.lon_deg].map(|deg| (deg * 1e7).round() / 1e7)
        });
        self.findings.push(Finding { severity, feature, kind: kind.to_owned(), id, at_deg, text: text.into() });
    }

    /// Numbers and names.
    fn files(&mut self, map: &SiteMap, against: &Against<'_>) {
        for (kind, name, first, number) in std::mem::take(&mut self.index.doubles) {
            self.findings.push(Finding {
                severity: Severity::Wrong,
                feature: Some(number),
                at_deg: self.index.places.get(number - 1).copied().flatten(),
                kind,
                id: name,
                text: format!("is there already: feature {first}"),
            });
        }
        for (index, link) in map.links.iter().enumerate() {
            let same = |other: &&Link| (other.from, other.to) == (link.from, link.to);
            if let Some(first) = map.links.iter().take(index).find(same) {
                let text = format!(
                    "runs from node {} to node {}, as {:?} does: China's MAP has one link for two nodes",
                    link.from.id, link.to.id, first.id
                );
                self.add(Severity::Wrong, "link", link.id.clone(), start(&self.enu(&link.points)), text);
            }
        }
        for node in &map.nodes {
            if !map.links.iter().any(|link| link.from == node.id || link.to == node.id) {
                let (id, at) = (format!("{}/{}", node.id.region, node.id.id), enu2(&self.frame, &node.position));
                self.add(Severity::Doubtful, "node", id, Some(at), "no link begins or ends here");
            }
        }
        self.groups(map, against.groups);
    }

    fn groups(&mut self, map: &SiteMap, controller: Option<&[u8]>) {
        let in_map = map.signal_groups();
        for link in &map.links {
            for lane in &link.lanes {
                for connection in lane.connections.iter().filter(|connection| !connection.confirmed) {
                    let at = start(&self.enu(&connection.points));
                    self.unconfirmed("connection", connection_id(link, lane, connection), at, connection.signal_group);
                }
            }
        }
        for Crosswalk { id, polygon, signal_group, confirmed } in &map.crosswalks {
            if !confirmed {
                self.unconfirmed("crosswalk", id.clone(), start(&self.enu(polygon)), *signal_group);
            }
        }
        let controller = controller.map(<[u8]>::to_vec).unwrap_or_default();
        for group in controller.iter().filter(|group| !in_map.contains(group)) {
            let text = format!("signal group {group} of the controller rules no lane and no crosswalk");
            self.add(Severity::Doubtful, "", String::new(), None, text);
        }
        if !controller.is_empty() {
            for group in in_map.iter().filter(|group| !controller.contains(group)) {
                let text = format!("signal group {group} is none of the controller's");
                self.add(Severity::Wrong, "", String::new(), None, text);
            }
        }
        let missing: Vec<String> = (1..in_map.last().copied().unwrap_or(0))
            .filter(|group| !in_map.contains(group) && !controller.contains(group))
            .map(|group| group.to_string())
            .collect();
        if !missing.is_empty() && controller.is_empty() {
            let (some, more) =
                (missing.get(..10).unwrap_or(&missing), if missing.len() > 10 { " and more" } else { "" });
            let text =
                format!("signal groups {}{more} have neither lane nor crosswalk; are they there?", some.join(", "));
            self.add(Severity::Doubtful, "", String::new(), None, text);
        }
    }

    fn unconfirmed(&mut self, kind: &str, id: String, at: Option<Point>, group: Option<u8>) {
        let text = match group {
            Some(group) => format!(
                "signal group {group} comes from an import: compare it with the controller, then take out \"confirmed\": false"
            ),
            None => "is not confirmed to have no signal group".to_owned(),
        };
        self.add(Severity::Doubtful, kind, id, at, text);
    }
}

fn lane_id(link: &Link, lane: &MapLane) -> String {
    format!("{}/{}", link.id, lane.number)
}

fn connection_id(link: &Link, lane: &MapLane, connection: &super::Connection) -> String {
    format!("{}/{} to {}/{}", link.id, lane.number, connection.to_link, connection.to_lane)
}

fn start(line: &[Point]) -> Option<Point> {
    line.first().copied()
}

/// The median of some numbers.
fn median(mut numbers: Vec<f64>) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

/// The middle of a line.
fn halfway(line: &[Point]) -> Option<Point> {
    geometry::at(line, geometry::length_m(line) / 2.0).map(|(at, _)| at)
}
