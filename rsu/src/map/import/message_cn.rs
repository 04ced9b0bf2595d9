//! A node of the China set's MAP.

use std::collections::BTreeMap;

use asn1::cn::common::NodeReferenceID;
use asn1::cn::map::{LaneAttributesVehicle, LaneTypeAttributes, SpeedLimitType};
use asn1::si::cn::map::{Lane, Link, MapData, Node, RoadPoint};
use perception::detection::Class;

use super::message::{USUAL_WIDTH_M, ground, is_wanted, maneuver, point};
use super::plan::{Plan, PlanLane, Turn, Way};
use super::projection::Ground;
use super::{ImportError, Wish};
use crate::map::NodeId;
use crate::map::geometry::{self, Point};

fn id(reference: NodeReferenceID) -> NodeId {
    NodeId { region: reference.region.unwrap_or(0), id: reference.id }
}

fn name(id: NodeId) -> String {
    format!("CSAE node {}/{}", id.region, id.id)
}

pub(super) fn node(maps: Vec<MapData>, wish: &Wish) -> Result<Plan, ImportError> {
    let mut nodes: BTreeMap<NodeId, Node> = BTreeMap::new();
    for node in maps.into_iter().flat_map(|map| map.nodes) {
        match nodes.get_mut(&id(node.id)) {
            Some(known) => known.in_links.get_or_insert_default().extend(node.in_links.unwrap_or_default()),
            None => drop(nodes.insert(id(node.id), node)),
        }
    }
    let turns = |node: &Node| {
        let lanes = node.in_links.iter().flatten().flat_map(|link| &link.lanes);
        lanes.map(|lane| lane.connects_to.as_ref().map_or(0, Vec::len)).sum::<usize>()
    };
    let wanted = nodes.values().filter(|node| is_wanted(wish, id(node.id)));
    let served =
        wanted.max_by_key(|node| turns(node)).ok_or_else(|| ImportError::new("no such node in the messages"))?;
    let here = id(served.id);
    let reference = served.ref_pos.ok_or_else(|| ImportError::new("the node's place is unknown"))?;
    let ground = ground(reference, wish)?;
    let mut plan = Plan::new(ground.origin, name(here));
    plan.hubs[0].node = Some(here);
    plan.whole = true;
    let mut reader = Reader { nodes: &nodes, ground: &ground, wish, plan };
    for link in served.in_links.iter().flatten() {
        reader.link(link, id(link.upstream_node_id), true);
    }
    for node in nodes.values() {
        let from_here = |link: &&Link| id(link.upstream_node_id) == here;
        for link in node.in_links.iter().flatten().filter(from_here) {
            reader.link(link, id(node.id), false);
        }
    }
    Ok(reader.plan)
}

struct Reader<'a> {
    nodes: &'a BTreeMap<NodeId, Node>,
    ground: &'a Ground,
    wish: &'a Wish,
    plan: Plan,
}

impl Reader<'_> {
    fn link(&mut self, link: &Link, far: NodeId, inbound: bool) {
        let direction = if inbound { "in" } else { "out" };
        let mut lanes: Vec<(u8, PlanLane)> = Vec::new();
        for lane in &link.lanes {
            let key = key(far, inbound, lane.lane_id);
            let Some(line) = self.lane_line(link, lane) else {
                self.plan.notes.push(format!(
                    "lane {} {direction} {} left out: it has no line",
                    lane.lane_id,
                    name(far)
                ));
                continue;
            };
            if lanes.iter().any(|(number, _)| *number == lane.lane_id) {
                continue;
            }
            self.turns(lane, &key, inbound);
            let width_m = lane.lane_width_m.unwrap_or(USUAL_WIDTH_M);
            lanes.push((lane.lane_id, PlanLane { key, width_m, line, allowed: allowed(lane) }));
        }
        lanes.sort_by_key(|(number, _)| *number);
        let limits = link.speed_limits.iter().flatten();
        let limit =
            limits.filter(|limit| limit.type_ == SpeedLimitType::VehicleMaxSpeed).find_map(|limit| limit.speed_mps);
        self.plan.ways.push(Way {
            hub: 0,
            source: link
                .name
                .clone()
                .map_or_else(|| format!("{} {direction}", name(far)), |name| format!("CSAE link {name}")),
            inbound,
            far: name(far),
            far_at: self
                .nodes
                .get(&far)
                .and_then(|node| node.ref_pos)
                .map(|place| point(self.ground, self.wish, &place)),
            far_node: Some(far),
            lanes: lanes.into_iter().map(|(_, lane)| lane).collect(),
            speed_limit_mps: limit,
        });
    }

    fn turns(&mut self, lane: &Lane, from: &str, inbound: bool) {
        for connection in lane.connects_to.iter().flatten().filter(|_| inbound) {
            let Some(to) = connection.connecting_lane else {
                self.plan.notes.push(format!("{from}: a connection without a lane left out"));
                continue;
            };
            self.plan.turns.push(Turn {
                from: from.to_owned(),
                to: key(id(connection.remote_intersection), false, to.lane),
                maneuver: to.maneuver.and_then(maneuver),
                signal_group: connection.phase_id.filter(|phase| *phase > 0),
                line: None,
            });
        }
    }

    /// Its own line, or the link's moved to where the lane lies among the others.
    fn lane_line(&self, link: &Link, lane: &Lane) -> Option<Vec<Point>> {
        if let Some(line) = self.line(lane.points.as_deref()) {
            return Some(line);
        }
        let width_m = |lane: &Lane| lane.lane_width_m.unwrap_or(USUAL_WIDTH_M);
        let all_m: f64 = link.lanes.iter().map(width_m).sum();
        let before_m: f64 = link.lanes.iter().filter(|other| other.lane_id < lane.lane_id).map(width_m).sum();
        let line = self.line(link.points.as_deref())?;
        Some(geometry::offset(&line, all_m / 2.0 - before_m - width_m(lane) / 2.0))
    }

    fn line(&self, points: Option<&[RoadPoint]>) -> Option<Vec<Point>> {
        let points: Option<Vec<Point>> =
            points?.iter().map(|at| Some(point(self.ground, self.wish, &at.pos_offset?))).collect();
        points.filter(|points| points.len() >= 2)
    }
}

fn key(far: NodeId, inbound: bool, lane: u8) -> String {
    format!("{}/{} {} {lane}", far.region, far.id, if inbound { "in" } else { "out" })
}

fn allowed(lane: &Lane) -> Vec<Class> {
    match lane.lane_attributes.as_ref().map(|attributes| &attributes.lane_type) {
        Some(LaneTypeAttributes::Vehicle(bits)) if bits.contains(LaneAttributesVehicle::RESTRICTED_TO_BUS_USE) => {
            vec![Class::Bus]
        }
        Some(LaneTypeAttributes::BikeLane(_)) => vec![Class::Bicycle],
        Some(LaneTypeAttributes::Sidewalk(_) | LaneTypeAttributes::Crosswalk(_)) => vec![Class::Pedestrian],
        _ => Vec::new(),
    }
}
