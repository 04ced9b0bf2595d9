//! What the importers make of their sources: lanes that lead to and from one junction, in metres. Names, numbers and
//! what a source leaves open are given here, for all of them alike.

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::{FRAC_PI_4, FRAC_PI_8, TAU};

use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84, heading_of, wrap_pi};

use super::lines::{centre_line, middle, trim};
use super::{ImportError, Imported, Wish};
use crate::map::geometry::{self, Point};
use crate::map::{Connection, Crosswalk, Link, Maneuver, MapLane, Node, NodeId, SiteMap};

/// One junction and what leads to it and away from it. Metres east and north of the junction.
#[derive(Debug)]
pub(super) struct Plan {
    /// Where zero is: the junction's reference point.
    pub(super) origin: Origin,
    /// What the source calls the junction.
    pub(super) source: String,
    /// Its number, where the source has one that others know it by.
    pub(super) node: Option<NodeId>,
    /// Roads to and from it.
    pub(super) ways: Vec<Way>,
    /// Ways across it.
    pub(super) turns: Vec<Turn>,
    /// Crosswalks.
    pub(super) crosswalks: Vec<Zebra>,
    /// Its lanes are as they should be: nothing is cut off, no point left out.
    pub(super) whole: bool,
    /// It has signals, also where the source names no group.
    pub(super) lit: bool,
    /// What a person should know.
    pub(super) notes: Vec<String>,
}

/// A road to the junction or away from it.
#[derive(Debug)]
pub(super) struct Way {
    /// What the source calls it.
    pub(super) source: String,
    /// True: to the junction.
    pub(super) inbound: bool,
    /// Which place it comes from or goes to; ways with the same one share a node.
    pub(super) far: String,
    /// Where that is, if the source tells.
    pub(super) far_at: Option<Point>,
    /// Its number, where the source has one that others know it by.
    pub(super) far_node: Option<NodeId>,
    /// Lanes, from the left.
    pub(super) lanes: Vec<PlanLane>,
    /// m/s.
    pub(super) speed_limit_mps: Option<f64>,
}

/// A lane.
#[derive(Clone, Debug)]
pub(super) struct PlanLane {
    /// By which turns name it: unique in the plan.
    pub(super) key: String,
    /// Metres.
    pub(super) width_m: f64,
    /// Centre line in travel direction.
    pub(super) line: Vec<Point>,
    /// Who may use it; empty: anyone.
    pub(super) allowed: Vec<Class>,
}

/// A way across the junction.
#[derive(Debug)]
pub(super) struct Turn {
    /// Keys of the lanes that it joins.
    pub(super) from: String,
    pub(super) to: String,
    /// `None`: by its geometry.
    pub(super) maneuver: Option<Maneuver>,
    pub(super) signal_group: Option<u8>,
    /// Its line; `None`: a smooth one.
    pub(super) line: Option<Vec<Point>>,
}

/// A crosswalk.
#[derive(Debug)]
pub(super) struct Zebra {
    pub(super) outline: Vec<Point>,
    pub(super) signal_group: Option<u8>,
}

impl Plan {
    /// An empty plan of a junction.
    pub(super) fn new(origin: Origin, source: impl Into<String>) -> Self {
        Self {
            origin,
            source: source.into(),
            node: None,
            ways: Vec::new(),
            turns: Vec::new(),
            crosswalks: Vec::new(),
            whole: false,
            lit: false,
            notes: Vec::new(),
        }
    }

    /// The map, with everything numbered and named.
    ///
    /// # Errors
    /// No lanes, or more than 254.
    pub(super) fn into_map(mut self, wish: &Wish) -> Result<Imported, ImportError> {
        self.ways.retain(|way| !way.lanes.is_empty());
        for way in self.ways.iter_mut().filter(|_| !self.whole) {
            for lane in &mut way.lanes {
                trim(&mut lane.line, way.inbound, wish.reach_m);
            }
        }
        if self.ways.is_empty() {
            return Err(ImportError::new(format!("{}: no lane leads there or away", self.source)));
        }
        let lanes: usize = self.ways.iter().map(|way| way.lanes.len()).sum();
        if lanes > 254 || self.ways.iter().any(|way| way.lanes.len() > 32) {
            return Err(ImportError::new(format!("{lanes} lanes: MAP can number 254, 32 of one road")));
        }
        let served = self.node.unwrap_or(wish.node);
        self.pair_up();
        let places = self.places(served);
        let frame = SiteFrame::new(self.origin);
        let mut map = SiteMap::default();
        map.nodes.push(Node {
            id: served,
            name: None,
            position: on_ground(&frame, [0.0; 2]),
            served: true,
            source: Some(self.source.clone()),
        });
        map.nodes.extend(places.iter().map(|place| Node {
            id: place.id,
            name: None,
            position: on_ground(&frame, place.at),
            served: false,
            source: Some(place.key.clone()),
        }));
        map.nodes.sort_by_key(|node| node.id);
        let keys = self.links(&mut map, &places, served, &frame);
        self.connections(&mut map, &keys, &frame);
        self.crosswalks(&mut map, &frame);
        self.remark(&map);
        Ok(Imported { map, origin: self.origin, notes: self.notes })
    }

    /// The two carriageways of a road that a source keeps apart come from and go to the same place.
    fn pair_up(&mut self) {
        let heading = |way: &Way| {
            let ends = way.lanes.iter().filter_map(|lane| {
                let from_junction_m = if way.inbound { geometry::length_m(&lane.line) - 40.0 } else { 40.0 };
                geometry::at(&lane.line, from_junction_m).map(|(at, _)| at)
            });
            heading_of(middle(ends.collect::<Vec<_>>().iter()))
        };
        let alone = |ways: &[Way], way: &Way| {
            way.far_node.is_none() && !ways.iter().any(|other| other.far == way.far && other.inbound != way.inbound)
        };
        for index in 0..self.ways.len() {
            let way = &self.ways[index];
            if !way.inbound || !alone(&self.ways, way) {
                continue;
            }
            let off = |other: &Way| wrap_pi(heading(other) - heading(way)).abs();
            let partners = self.ways.iter().enumerate().filter(|(_, other)| !other.inbound && alone(&self.ways, other));
            let nearest = partners.map(|(index, other)| (index, off(other))).min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((partner, _)) = nearest.filter(|(_, off_rad)| off_rad.to_degrees() < 30.0) {
                self.ways[partner].far = self.ways[index].far.clone();
            }
        }
    }

    /// The far ends, clockwise from north, numbered.
    fn places(&mut self, served: NodeId) -> Vec<Place> {
        // China's MAP knows a link by its two nodes, so a second one between the same two needs a node of its own.
        let mut taken = BTreeSet::new();
        for way in &mut self.ways {
            while !taken.insert((way.far.clone(), way.inbound)) {
                way.far.push('\'');
                way.far_node = None;
            }
        }
        let mut places: BTreeMap<&str, Place> = BTreeMap::new();
        for way in &self.ways {
            let ends =
                way.lanes.iter().filter_map(|lane| if way.inbound { lane.line.first() } else { lane.line.last() });
            let end = middle(ends);
            let place = places.entry(&way.far).or_insert_with(|| Place {
                key: way.far.clone(),
                at: way.far_at.unwrap_or(end),
                heading_rad: heading_of(end),
                id: way.far_node.unwrap_or(served),
                name: String::new(),
            });
            if place.id == served {
                place.id = way.far_node.unwrap_or(served);
            }
        }
        let mut places: Vec<Place> = places.into_values().collect();
        // What points north by a hair's breadth to the west is north all the same, and comes first.
        let from_north = |place: &Place| (place.heading_rad + FRAC_PI_8).rem_euclid(TAU);
        places.sort_by(|a, b| from_north(a).total_cmp(&from_north(b)));
        let mut known: BTreeSet<NodeId> = places.iter().map(|place| place.id).chain([served]).collect();
        let mut next = served.id;
        for place in places.iter_mut().filter(|place| place.id == served) {
            let mut id = served;
            while !known.insert(id) {
                next = next.wrapping_add(1);
                id = NodeId { region: served.region, id: next };
            }
            place.id = id;
        }
        let mut names: BTreeMap<String, u32> = BTreeMap::new();
        for place in &mut places {
            let name = compass(place.heading_rad);
            let count = names.entry(name.to_owned()).or_default();
            *count += 1;
            place.name = if *count == 1 { name.to_owned() } else { format!("{name}{count}") };
        }
        places
    }

    /// Links with their lanes; where each lane of the plan went.
    fn links(
        &self,
        map: &mut SiteMap,
        places: &[Place],
        served: NodeId,
        frame: &SiteFrame,
    ) -> BTreeMap<String, (usize, usize)> {
        let mut keys = BTreeMap::new();
        let mut number = 0;
        for place in places {
            let mut ways: Vec<&Way> = self.ways.iter().filter(|way| way.far == place.key).collect();
            ways.sort_by_key(|way| !way.inbound);
            for way in ways {
                let (from, to) = if way.inbound { (place.id, served) } else { (served, place.id) };
                let mut lanes = Vec::new();
                for (index, lane) in way.lanes.iter().enumerate() {
                    keys.insert(lane.key.clone(), (map.links.len(), index));
                    number += 1;
                    lanes.push(MapLane {
                        number: u8::try_from(index + 1).unwrap_or(u8::MAX),
                        intersection_lane: number,
                        width_m: lane.width_m,
                        points: grounded(frame, &lane.line),
                        allowed: lane.allowed.clone(),
                        connections: Vec::new(),
                    });
                }
                map.links.push(Link {
                    id: format!("{}-{}", place.name, if way.inbound { "in" } else { "out" }),
                    from,
                    to,
                    points: grounded(frame, &centre_line(way)),
                    speed_limit_mps: way.speed_limit_mps,
                    lanes,
                    source: Some(way.source.clone()),
                });
            }
        }
        keys
    }

    fn connections(&mut self, map: &mut SiteMap, keys: &BTreeMap<String, (usize, usize)>, frame: &SiteFrame) {
        let lines: BTreeMap<&str, &[Point]> =
            self.ways.iter().flat_map(|way| &way.lanes).map(|lane| (lane.key.as_str(), &lane.line[..])).collect();
        let mut made = BTreeSet::new();
        for turn in &self.turns {
            let (Some(&(link, lane)), Some(&(to_link, to_lane))) = (keys.get(&turn.from), keys.get(&turn.to)) else {
                self.notes
                    .push(format!("left out: the way from {} to {}, which is not in the map", turn.from, turn.to));
                continue;
            };
            let (Some(from), Some(to)) = (lines.get(&*turn.from), lines.get(&*turn.to)) else { continue };
            if !made.insert((&turn.from, &turn.to)) {
                continue;
            }
            let (way_in, way_out) = (geometry::end_direction(from), geometry::start_direction(to));
            let (Some(start), Some(end)) = (from.last(), to.first()) else { continue };
            let line = match &turn.line {
                Some(line) if line.len() >= 2 => line.clone(),
                _ => geometry::bend(*start, way_in, *end, way_out),
            };
            let connection = Connection {
                to_link: map.links[to_link].id.clone(),
                to_lane: map.links[to_link].lanes[to_lane].number,
                maneuver: turn.maneuver.unwrap_or_else(|| maneuver(way_in, way_out)),
                signal_group: turn.signal_group,
                points: grounded(frame, &line),
                confirmed: turn.signal_group.is_none() && !self.lit,
            };
            map.links[link].lanes[lane].connections.push(connection);
        }
    }

    fn crosswalks(&self, map: &mut SiteMap, frame: &SiteFrame) {
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for zebra in &self.crosswalks {
            let name = compass(heading_of(middle(zebra.outline.iter())));
            let count = names.entry(name).or_default();
            *count += 1;
            map.crosswalks.push(Crosswalk {
                id: if *count == 1 { name.to_owned() } else { format!("{name}{count}") },
                polygon: zebra.outline.iter().map(|point| on_ground(frame, *point)).collect(),
                signal_group: zebra.signal_group,
                confirmed: zebra.signal_group.is_none() && !self.lit,
            });
        }
    }

    fn remark(&mut self, map: &SiteMap) {
        let groups = map.signal_groups().len();
        if groups > 0 {
            self.notes.push(format!(
                "{groups} signal groups were taken from the source: compare each with the controller, then take out \"confirmed\": false"
            ));
        }
        if self.lit && groups == 0 {
            self.notes.push(
                "the junction has signals, but the source names no signal groups: write them into the connections"
                    .into(),
            );
        }
        if self.ways.iter().any(|way| way.far_node.is_none()) {
            self.notes
                .push("the numbers of the nodes at the far ends are made up: get them from the road authority".into());
        }
    }
}

/// Where roads come from or go to.
struct Place {
    key: String,
    at: Point,
    heading_rad: f64,
    id: NodeId,
    name: String,
}

/// What one does who arrives in one direction and leaves in another.
pub(super) fn maneuver(way_in: Point, way_out: Point) -> Maneuver {
    let turn_deg = geometry::turn_left_rad(way_in, way_out).to_degrees();
    match turn_deg {
        _ if turn_deg.abs() <= 40.0 => Maneuver::Straight,
        _ if turn_deg.abs() >= 150.0 => Maneuver::UTurn,
        _ if turn_deg > 0.0 => Maneuver::Left,
        _ => Maneuver::Right,
    }
}

fn compass(heading_rad: f64) -> &'static str {
    let names = ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"];
    let sector = ((heading_rad + FRAC_PI_8).rem_euclid(TAU) / FRAC_PI_4).floor();
    names.iter().zip(0u8..).find(|(_, index)| f64::from(*index) >= sector).map_or("north", |(name, _)| name)
}

/// A point on the ground: the map is drawn in two dimensions.
fn on_ground(frame: &SiteFrame, point: Point) -> Wgs84 {
    Wgs84 { ellipsoidal_height_m: 0.0, ..frame.wgs84_from_enu([point[0], point[1], 0.0]) }
}

fn grounded(frame: &SiteFrame, line: &[Point]) -> Vec<Wgs84> {
    line.iter().map(|point| on_ground(frame, *point)).collect()
}
