//! Which signal groups serve a movement, from the map.

use asn1::cn::common::NodeReferenceID;
use asn1::us::requestor::IntersectionAccessPoint;

use super::request::Movement;
use crate::map::{LaneKind, Maneuver, NodeId, SiteMap};
use crate::messages::{Edition, us_approach};
use crate::radios::MessageSet;

/// The served junctions as requests see them.
#[derive(Clone, Debug)]
pub struct Junction {
    nodes: Vec<NodeId>,
    edition: Edition,
    ways: Vec<Way>,
}

/// One way across, for vehicles.
#[derive(Clone, Debug)]
struct Way {
    node: NodeId,
    lane: u8,
    approach: Option<u8>,
    to_lane: u8,
    to_approach: Option<u8>,
    to: NodeId,
    maneuver: Maneuver,
    group: Option<u8>,
}

impl Junction {
    /// What the map's site serves, asked in these sets and as the unit of this identity. `None`: it serves none.
    pub fn new(map: &SiteMap, edition: Edition) -> Option<Self> {
        let nodes: Vec<NodeId> = map.served_nodes().map(|node| node.id).collect();
        let mut ways = Vec::new();
        for link in map.links.iter().filter(|link| nodes.contains(&link.to)) {
            let node = link.to;
            for lane in link.lanes.iter().filter(|lane| lane.kind() == LaneKind::Vehicle) {
                for connection in &lane.connections {
                    let Some(out) = map.link(&connection.to_link) else { continue };
                    let Some(to_lane) = out.lanes.iter().find(|lane| lane.number == connection.to_lane) else {
                        continue;
                    };
                    ways.push(Way {
                        node,
                        lane: lane.intersection_lane,
                        approach: us_approach(map, node, link),
                        to_lane: to_lane.intersection_lane,
                        to_approach: us_approach(map, node, out),
                        to: out.to,
                        maneuver: connection.maneuver,
                        group: connection.signal_group,
                    });
                }
            }
        }
        (!nodes.is_empty()).then_some(Self { nodes, edition, ways })
    }

    /// Whether the site speaks this set: in another it could not answer.
    pub fn speaks(&self, set: MessageSet) -> bool {
        match set {
            MessageSet::Cn => self.edition.cn.is_some(),
            MessageSet::Us => self.edition.us.is_some(),
        }
    }

    /// The node that a reference means, if it is one of ours; one without a region may.
    pub fn node(&self, region: Option<u16>, id: u16) -> Option<NodeId> {
        let is_meant = |node: &&NodeId| id == node.id && region.is_none_or(|region| region == node.region);
        self.nodes.iter().find(is_meant).copied()
    }

    /// Whether a request to this roadside unit, or to any, is for this one.
    pub fn is_asked(&self, rsu: Option<[u8; 8]>) -> bool {
        rsu.is_none_or(|rsu| rsu == self.edition.rsu_id)
    }

    /// The groups that a movement at a node needs, ascending, each once; none if the map has no signal for it.
    pub fn groups(&self, node: NodeId, movement: &Movement) -> Vec<u8> {
        let ways = self.ways.iter().filter(|way| way.node == node).filter(|way| match movement {
            Movement::Us { inbound, outbound } => {
                is_at(inbound, way.lane, way.approach)
                    && outbound.as_ref().is_none_or(|out| is_at(out, way.to_lane, way.to_approach))
            }
            Movement::Cn { to, phase, maneuver } => {
                is_node(to, way.to)
                    && maneuver.is_none_or(|maneuver| maneuver == way.maneuver)
                    && phase.is_none_or(|phase| way.group == Some(phase))
            }
        });
        let mut groups: Vec<u8> = ways.filter_map(|way| way.group).collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }
}

/// Connections have no numbers in our MAP: who names one means another map.
fn is_at(point: &IntersectionAccessPoint, lane: u8, approach: Option<u8>) -> bool {
    match point {
        IntersectionAccessPoint::Lane(number) => *number == lane,
        IntersectionAccessPoint::Approach(number) => Some(*number) == approach,
        _ => false,
    }
}

fn is_node(reference: &NodeReferenceID, node: NodeId) -> bool {
    reference.id == node.id && reference.region.is_none_or(|region| region == node.region)
}
