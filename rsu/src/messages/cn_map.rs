//! MAP of the China set (`asn1::cn::map`): every node that a link of the site ends at, with its incoming links.

use asn1::cn::MessageFrame;
use asn1::cn::common::{NodeReferenceID, Position3D, PositionOffsetLLV};
use asn1::cn::map::{
    AllowedManeuvers, ConnectingLane, Connection, Lane, LaneAttributes, LaneAttributesBike, LaneAttributesSidewalk,
    LaneAttributesVehicle, LaneTypeAttributes, Link, MapData, Movement, Node, RegulatorySpeedLimit, RoadPoint,
    SpeedLimitType,
};
use asn1::units::{self, OutOfRange};
use asn1::{Dialect, Ia5String, time};
use perception::frames::Wgs84;
use perception::time::UtcMicros;

use super::{ComposeError, offsets};
use crate::map::{self, LaneKind, Maneuver, NodeId, SiteMap};

pub(super) fn encode(map: &SiteMap, dialect: Dialect, count: u8, now: UtcMicros) -> Result<Vec<u8>, ComposeError> {
    let nodes = map.nodes.iter().map(|node| self::node(map, node)).collect::<Result<_, _>>()?;
    let data = MapData { msg_cnt: count, time_stamp: Some(time::minute_of_year(now.0)), nodes };
    Ok(asn1::cn::encode(&MessageFrame::MapFrame(data), dialect)?)
}

fn node(map: &SiteMap, node: &map::Node) -> Result<Node, OutOfRange> {
    let ref_pos = Position3D {
        lat: units::LATITUDE_DEG.to_wire(node.position.lat_deg)?,
        long: units::LONGITUDE_DEG.to_wire(node.position.lon_deg)?,
        // The map is drawn in two dimensions; the heights in GeoJSON, where there are any, are not surveyed ones.
        elevation: None,
    };
    let incoming: Vec<&map::Link> = map.links.iter().filter(|link| link.to == node.id).collect();
    let links: Vec<Link> = incoming.iter().map(|link| self::link(map, link, &ref_pos)).collect::<Result<_, _>>()?;
    Ok(Node {
        name: node.name.as_deref().and_then(ia5),
        id: reference(node.id),
        ref_pos,
        in_links: (!links.is_empty()).then_some(links),
    })
}

/// A name that the message can carry: IA5, 63 characters; another is left out rather than mangled.
fn ia5(name: &str) -> Option<Ia5String> {
    (1..=63).contains(&name.len()).then(|| asn1::ia5(name)).flatten()
}

fn link(map: &SiteMap, link: &map::Link, ref_pos: &Position3D) -> Result<Link, OutOfRange> {
    let speed_limits = link.speed_limit_mps.map(|limit_mps| {
        Ok::<_, OutOfRange>(vec![RegulatorySpeedLimit {
            type_: SpeedLimitType::VehicleMaxSpeed,
            speed: units::SPEED_MPS.to_wire(limit_mps)?,
        }])
    });
    let lanes = link.lanes.iter().map(|lane| self::lane(map, lane, ref_pos)).collect::<Result<_, _>>()?;
    let movements = movements(map, link);
    Ok(Link {
        name: ia5(&link.id),
        upstream_node_id: reference(link.from),
        speed_limits: speed_limits.transpose()?,
        link_width: Some(units::LANE_WIDTH_M.to_wire(link.width_m())?),
        points: Some(points(&link.points, ref_pos)?),
        movements: (!movements.is_empty()).then_some(movements),
        lanes,
    })
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

fn lane(map: &SiteMap, lane: &map::MapLane, ref_pos: &Position3D) -> Result<Lane, OutOfRange> {
    let connects_to: Vec<Connection> =
        lane.connections.iter().filter_map(|connection| self::connection(map, connection)).collect();
    Ok(Lane {
        lane_id: lane.number,
        lane_width: Some(units::LANE_WIDTH_M.to_wire(lane.width_m)?),
        lane_attributes: Some(LaneAttributes {
            share_with: None,
            lane_type: match lane.kind() {
                LaneKind::Vehicle => LaneTypeAttributes::Vehicle(LaneAttributesVehicle::EMPTY),
                LaneKind::Bicycle => LaneTypeAttributes::BikeLane(LaneAttributesBike::EMPTY),
                LaneKind::Foot => LaneTypeAttributes::Sidewalk(LaneAttributesSidewalk::EMPTY),
            },
        }),
        maneuvers: (!connects_to.is_empty()).then(|| {
            lane.maneuvers().into_iter().fold(AllowedManeuvers::EMPTY, |all, maneuver| all | self::maneuver(maneuver))
        }),
        connects_to: (!connects_to.is_empty()).then_some(connects_to),
        speed_limits: None,
        points: Some(points(&lane.points, ref_pos)?),
    })
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

fn points(line: &[Wgs84], ref_pos: &Position3D) -> Result<Vec<RoadPoint>, OutOfRange> {
    line.iter()
        .map(|point| {
            let (lat, lon) =
                (units::LATITUDE_DEG.to_wire(point.lat_deg)?, units::LONGITUDE_DEG.to_wire(point.lon_deg)?);
            let offset_ll = offsets::cn(ref_pos.lat, ref_pos.long, lat, lon);
            Ok(RoadPoint { pos_offset: PositionOffsetLLV { offset_ll, offset_v: None } })
        })
        .collect()
}

fn reference(id: NodeId) -> NodeReferenceID {
    NodeReferenceID { region: Some(id.region), id: id.id }
}
