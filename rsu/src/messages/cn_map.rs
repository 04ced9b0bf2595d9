//! MAP of the China set (`asn1::cn::map`): every node that a link of the site ends at, with its incoming links.

use asn1::cn::MessageFrame;
use asn1::cn::common::NodeReferenceID;
use asn1::cn::map::{
    AllowedManeuvers, ConnectingLane, Connection, LaneAttributes, LaneAttributesBike, LaneAttributesSidewalk,
    LaneAttributesVehicle, LaneTypeAttributes, Movement, SpeedLimitType,
};
use asn1::si::cn::map::{Lane, Link, MapData, Node, RegulatorySpeedLimit, RoadPoint};
use asn1::si::{Position, Si};
use asn1::{CodecError, Dialect, time};
use perception::frames::Wgs84;
use perception::time::UtcMicros;

use super::map_parts::{divide, fitted};
use crate::map::{self, LaneKind, Maneuver, NodeId, SiteMap};

/// A link that leads to a node, or a node to which none leads.
type Piece<'a> = (&'a map::Node, Option<&'a map::Link>);

/// The nodes that one message has room for; T/CSAE 53-2017's and 157's say 32, the later one 63.
fn most_nodes(dialect: Dialect) -> usize {
    if dialect == Dialect::CnGbt31024_2019 { 63 } else { 32 }
}

/// The map in as few messages as the size allows, each with some of the nodes, or with some of the links to a node.
/// Crosswalks are not in it: the China set's MAP has no place for them but as lanes of a link, which they are not.
pub(super) fn encode(
    map: &SiteMap,
    dialect: Dialect,
    max_octets: usize,
    mut count: impl FnMut() -> u8,
    now: UtcMicros,
) -> Result<Vec<Vec<u8>>, CodecError> {
    let incoming = |node: &map::Node| map.links.iter().filter(|link| link.to == node.id).map(Some).collect::<Vec<_>>();
    let pieces = |node| {
        let links = incoming(node);
        let links = if links.is_empty() { vec![None] } else { links };
        links.into_iter().map(move |link| (node, link)).collect()
    };
    let groups: Vec<Vec<Piece<'_>>> = map.nodes.iter().map(pieces).collect();
    let message = |pieces: &[Piece<'_>], count: u8| {
        let mut nodes: Vec<Node> = Vec::new();
        for (index, (node, link)) in pieces.iter().enumerate() {
            if index.checked_sub(1).is_none_or(|before| pieces[before].0.id != node.id) {
                nodes.push(self::node(node));
            }
            if let (Some(node), Some(link)) = (nodes.last_mut(), link) {
                node.in_links.get_or_insert_default().push(self::link(map, link));
            }
        }
        if nodes.len() > most_nodes(dialect) {
            return Err(CodecError::at("nodes", format!("{} of them", nodes.len())));
        }
        let data = MapData { msg_cnt: count, time_stamp: Some(time::minute_of_year(now.0)), nodes };
        asn1::cn::encode(&MessageFrame::MapFrame(data.to_wire()?), dialect)
    };
    let parts = divide(groups, max_octets, |pieces| message(pieces, 0))?;
    parts.iter().map(|pieces| message(pieces, count())).collect()
}

fn node(node: &map::Node) -> Node {
    Node {
        name: node.name.as_deref().and_then(ia5),
        id: reference(node.id),
        ref_pos: Some(place(&node.position)),
        in_links: None,
    }
}

/// The map is drawn in two dimensions; the heights in GeoJSON, where there are any, are not surveyed ones.
fn place(place: &Wgs84) -> Position {
    Position { lat_deg: place.lat_deg, lon_deg: place.lon_deg, elevation_m: None }
}

/// A name that the message can carry: IA5, 63 characters; another is left out rather than mangled.
fn ia5(name: &str) -> Option<String> {
    ((1..=63).contains(&name.len()) && name.is_ascii()).then(|| name.to_owned())
}

/// A list that the message leaves out rather than say that there is nothing in it.
fn unless_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

fn link(map: &SiteMap, link: &map::Link) -> Link {
    let limit =
        |limit_mps| vec![RegulatorySpeedLimit { type_: SpeedLimitType::VehicleMaxSpeed, speed_mps: Some(limit_mps) }];
    Link {
        name: ia5(&link.id),
        upstream_node_id: reference(link.from),
        speed_limits: link.speed_limit_mps.map(limit),
        link_width_m: Some(link.width_m()),
        points: Some(points(&link.points)),
        movements: unless_empty(movements(map, link)),
        lanes: link.lanes.iter().map(|lane| self::lane(map, lane)).collect(),
    }
}

/// Where the link leads, each downstream node and phase once, in the order of the lanes.
fn movements(map: &SiteMap, link: &map::Link) -> Vec<Movement> {
    let mut movements: Vec<Movement> = Vec::new();
    for connection in link.lanes.iter().flat_map(|lane| &lane.connections) {
        let Some(to) = map.link(&connection.to_link) else { continue };
        let movement = Movement { remote_intersection: reference(to.to), phase_id: connection.signal_group };
        if !movements.contains(&movement) {
            movements.push(movement);
        }
    }
    movements
}

fn lane(map: &SiteMap, lane: &map::MapLane) -> Lane {
    let connects_to: Vec<Connection> =
        lane.connections.iter().filter_map(|connection| self::connection(map, connection)).collect();
    Lane {
        lane_id: lane.number,
        lane_width_m: Some(lane.width_m),
        lane_attributes: Some(LaneAttributes {
            share_with: None,
            lane_type: match lane.kind() {
                LaneKind::Vehicle if lane.only_buses() => {
                    LaneTypeAttributes::Vehicle(LaneAttributesVehicle::RESTRICTED_TO_BUS_USE)
                }
                LaneKind::Vehicle => LaneTypeAttributes::Vehicle(LaneAttributesVehicle::EMPTY),
                LaneKind::Bicycle => LaneTypeAttributes::BikeLane(LaneAttributesBike::EMPTY),
                LaneKind::Foot => LaneTypeAttributes::Sidewalk(LaneAttributesSidewalk::EMPTY),
            },
        }),
        maneuvers: (!connects_to.is_empty()).then(|| {
            lane.maneuvers().into_iter().fold(AllowedManeuvers::EMPTY, |all, maneuver| all | self::maneuver(maneuver))
        }),
        connects_to: unless_empty(connects_to),
        speed_limits: None,
        points: Some(points(&lane.points)),
    }
}

fn connection(map: &SiteMap, connection: &map::Connection) -> Option<Connection> {
    Some(Connection {
        remote_intersection: reference(map.link(&connection.to_link)?.to),
        connecting_lane: Some(ConnectingLane {
            lane: connection.to_lane,
            maneuver: Some(maneuver(connection.maneuver)),
        }),
        phase_id: connection.signal_group,
    })
}

fn maneuver(maneuver: Maneuver) -> AllowedManeuvers {
    match maneuver {
        Maneuver::Straight => AllowedManeuvers::MANEUVER_STRAIGHT_ALLOWED,
        Maneuver::Left => AllowedManeuvers::MANEUVER_LEFT_ALLOWED,
        Maneuver::Right => AllowedManeuvers::MANEUVER_RIGHT_ALLOWED,
        Maneuver::UTurn => AllowedManeuvers::MANEUVER_U_TURN_ALLOWED,
    }
}

/// The most points of a line, `PointList`.
const MAX_POINTS: usize = 31;

fn points(line: &[Wgs84]) -> Vec<RoadPoint> {
    fitted(line, MAX_POINTS).iter().map(|point| RoadPoint { pos_offset: Some(place(point)) }).collect()
}

fn reference(id: NodeId) -> NodeReferenceID {
    NodeReferenceID { region: Some(id.region), id: id.id }
}
