//! What the importers make of their sources: lanes that lead to and from a junction, or several that one controller runs, in
//! metres. Names, numbers and what a source leaves open are given here, for all of them alike.

use std::collections::{BTreeMap, BTreeSet};

use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84, wrap_pi};

use super::arms::{self, Arm, compass, heading_from, numbered};
use super::lines::{centre_line, trim};
use super::{ImportError, Imported, Wish};
use crate::map::geometry::{self, Point};
use crate::map::{Connection, Crosswalk, Link, Maneuver, MapLane, Node, NodeId, SiteMap};

/// Junctions and what leads to them and away from them. Metres east and north of the first.
#[derive(Debug)]
pub(super) struct Plan {
    /// Where zero is: the first junction's reference point.
    pub(super) origin: Origin,
    /// The junctions, one or more.
    pub(super) hubs: Vec<Hub>,
    /// Roads to and from them.
    pub(super) ways: Vec<Way>,
    /// Ways across them.
    pub(super) turns: Vec<Turn>,
    /// Crosswalks.
    pub(super) crosswalks: Vec<Zebra>,
    /// The lanes are as they should be: nothing is cut off, no point left out.
    pub(super) whole: bool,
    /// There are signals, also where the source names no group.
    pub(super) lit: bool,
    /// What a person should know.
    pub(super) notes: Vec<String>,
}

/// A junction that the site will serve.
#[derive(Debug)]
pub(super) struct Hub {
    /// What the source calls it.
    pub(super) source: String,
    /// Its number, where the source has one that others know it by.
    pub(super) node: Option<NodeId>,
    /// Its reference point.
    pub(super) at: Point,
}

/// A road to a junction or away from it.
#[derive(Debug)]
pub(super) struct Way {
    /// Which junction: its place among the hubs. A road from one of them to another is once there, with the one that it leads to.
    pub(super) hub: usize,
    /// What the source calls it.
    pub(super) source: String,
    /// True: to the junction.
    pub(super) inbound: bool,
    /// Which place it comes from or goes to; ways with the same one share a node. It may be another hub, by its source.
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
            hubs: vec![Hub { source: source.into(), node: None, at: [0.0; 2] }],
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
        let hubs: BTreeSet<&str> = self.hubs.iter().map(|hub| &*hub.source).collect();
        // A road from one of the junctions to another is needed up to there.
        for way in self.ways.iter_mut().filter(|way| !self.whole && !hubs.contains(&*way.far)) {
            for lane in &mut way.lanes {
                trim(&mut lane.line, way.inbound, wish.reach_m);
            }
        }
        if let Some(hub) = (0..self.hubs.len()).find(|hub| self.ways.iter().all(|way| way.hub != *hub)) {
            return Err(ImportError::new(format!("{}: no lane leads there or away", self.hubs[hub].source)));
        }
        let lanes: usize = self.ways.iter().map(|way| way.lanes.len()).sum();
        if lanes > 254 || self.ways.iter().any(|way| way.lanes.len() > 32) {
            return Err(ImportError::new(format!("{lanes} lanes: MAP can number 254, 32 of one road")));
        }
        self.pair_up();
        self.keep_apart();
        let nodes = self.nodes(wish);
        let frame = SiteFrame::new(self.origin);
        let mut map = SiteMap::default();
        map.nodes.extend(nodes.iter().map(|(source, (id, at))| Node {
            id: *id,
            name: None,
            position: on_ground(&frame, *at),
            served: self.hubs.iter().any(|hub| hub.source == *source),
            source: Some(source.clone()),
        }));
        map.nodes.sort_by_key(|node| node.id);
        let keys = self.links(&mut map, &nodes, &frame);
        self.connections(&mut map, &keys, &frame);
        self.crosswalks(&mut map, &nodes, &frame);
        self.remark(&map);
        Ok(Imported { map, origin: self.origin, notes: self.notes })
    }

    /// The two carriageways of a road that a source keeps apart come from and go to the same place.
    fn pair_up(&mut self) {
        let heading = |way: &Way, hub: Point| {
            let ends = way.lanes.iter().filter_map(|lane| {
                let from_junction_m = if way.inbound { geometry::length_m(&lane.line) - 40.0 } else { 40.0 };
                geometry::at(&lane.line, from_junction_m).map(|(at, _)| at)
            });
            heading_from(hub, geometry::middle(&ends.collect::<Vec<_>>()))
        };
        let alone = |ways: &[Way], way: &Way| {
            way.far_node.is_none()
                && !self.hubs.iter().any(|hub| hub.source == way.far)
                && !ways.iter().any(|other| other.far == way.far && other.inbound != way.inbound)
        };
        for index in 0..self.ways.len() {
            let way = &self.ways[index];
            if !way.inbound || !alone(&self.ways, way) {
                continue;
            }
            let hub = self.hubs[way.hub].at;
            let off = |other: &Way| wrap_pi(heading(other, hub) - heading(way, hub)).abs();
            let partners = self.ways.iter().enumerate();
            let partners =
                partners.filter(|(_, other)| other.hub == way.hub && !other.inbound && alone(&self.ways, other));
            let nearest = partners.map(|(index, other)| (index, off(other))).min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((partner, _)) = nearest.filter(|(_, off_rad)| off_rad.to_degrees() < 30.0) {
                self.ways[partner].far = self.ways[index].far.clone();
            }
        }
    }

    /// China's MAP knows a link by its two nodes, so a second one between the same two needs a node of its own.
    fn keep_apart(&mut self) {
        let mut taken = BTreeSet::new();
        for way in &mut self.ways {
            while !taken.insert((way.hub, way.far.clone(), way.inbound)) {
                way.far.push('\'');
                way.far_node = None;
            }
        }
    }

    /// The roads of all junctions, each with the junction's place among the hubs.
    fn arms(&self) -> impl Iterator<Item = (usize, Arm<'_>)> {
        let of_hub = |(index, hub): (usize, &Hub)| {
            let ways = self.ways.iter().filter(move |way| way.hub == index);
            arms::of(hub.at, ways).into_iter().map(move |arm| (index, arm))
        };
        self.hubs.iter().enumerate().flat_map(of_hub)
    }

    /// All nodes by what the source calls them: number and place. Those that have no number get one, the junctions first.
    fn nodes(&self, wish: &Wish) -> BTreeMap<String, (NodeId, Point)> {
        let first = self.hubs[0].node.unwrap_or(wish.node);
        let hubs = self.hubs.iter().map(|hub| (&*hub.source, hub.node, hub.at));
        let arms: Vec<Arm<'_>> = self.arms().map(|(_, arm)| arm).collect();
        let all: Vec<_> = hubs.chain(arms.iter().map(|arm| (arm.far, arm.id, arm.at))).collect();
        let mut taken: BTreeSet<NodeId> = all.iter().filter_map(|(_, id, _)| *id).collect();
        let mut nodes = BTreeMap::new();
        let mut next = first;
        for (source, id, at) in all {
            nodes.entry(source.to_owned()).or_insert_with(|| {
                let id = id.unwrap_or_else(|| {
                    while !taken.insert(next) {
                        next.id = next.id.wrapping_add(1);
                    }
                    next
                });
                (id, at)
            });
        }
        nodes
    }

    /// What the names of a junction's roads and crosswalks begin with: nothing where there is one junction.
    fn prefix(&self, hub: usize, nodes: &BTreeMap<String, (NodeId, Point)>) -> String {
        let several = self.hubs.len() > 1;
        nodes.get(&self.hubs[hub].source).filter(|_| several).map_or_else(String::new, |(id, _)| format!("{}-", id.id))
    }

    /// Links with their lanes; where each lane of the plan went.
    fn links(
        &self,
        map: &mut SiteMap,
        nodes: &BTreeMap<String, (NodeId, Point)>,
        frame: &SiteFrame,
    ) -> BTreeMap<String, (usize, usize)> {
        let id = |source: &str| nodes.get(source).map_or_else(NodeId::default, |(id, _)| *id);
        let mut keys = BTreeMap::new();
        let mut number = 0;
        for (hub, arm) in self.arms() {
            let mut ways: Vec<&Way> = self.ways.iter().filter(|way| way.hub == hub && way.far == arm.far).collect();
            ways.sort_by_key(|way| !way.inbound);
            let (here, far, prefix) = (id(&self.hubs[hub].source), id(arm.far), self.prefix(hub, nodes));
            for way in ways {
                let (from, to) = if way.inbound { (far, here) } else { (here, far) };
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
                    id: format!("{prefix}{}-{}", arm.name, if way.inbound { "in" } else { "out" }),
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

    fn crosswalks(&self, map: &mut SiteMap, nodes: &BTreeMap<String, (NodeId, Point)>, frame: &SiteFrame) {
        let mut names: Vec<BTreeMap<&str, u32>> = vec![BTreeMap::new(); self.hubs.len()];
        for zebra in &self.crosswalks {
            let centre = geometry::middle(&zebra.outline);
            let off_m = |hub: &usize| geometry::distance_m(centre, self.hubs[*hub].at);
            let nearest = (0..self.hubs.len()).min_by(|a, b| off_m(a).total_cmp(&off_m(b)));
            let hub = nearest.unwrap_or_default();
            let name = numbered(compass(heading_from(self.hubs[hub].at, centre)), &mut names[hub]);
            map.crosswalks.push(Crosswalk {
                id: format!("{}{name}", self.prefix(hub, nodes)),
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

/// A point on the ground: the map is drawn in two dimensions.
fn on_ground(frame: &SiteFrame, point: Point) -> Wgs84 {
    Wgs84 { ellipsoidal_height_m: 0.0, ..frame.wgs84_from_enu([point[0], point[1], 0.0]) }
}

fn grounded(frame: &SiteFrame, line: &[Point]) -> Vec<Wgs84> {
    line.iter().map(|point| on_ground(frame, *point)).collect()
}
