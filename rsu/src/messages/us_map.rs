//! MAP of SAE J2735 (`asn1::us::map`): the served intersection, its lanes and connections.

use asn1::si::us::common::{Position3D, RegulatorySpeedLimit};
use asn1::si::us::lanes::NodeListXY;
use asn1::si::us::map::{GenericLane, IntersectionGeometry, MapData};
use asn1::si::{Position, Si};
use asn1::us::MessageFrame;
use asn1::us::common::{IntersectionReferenceID, SpeedLimitType};
use asn1::us::map::{
    AllowedManeuvers, ConnectingLane, Connection, LaneAttributes, LaneAttributesBike, LaneAttributesSidewalk,
    LaneAttributesVehicle, LaneDirection, LaneSharing, LaneTypeAttributes, LayerType,
};
use asn1::{CodecError, time};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;

use crate::map::{self, LaneKind, Maneuver, NodeId, SiteMap};

pub(super) fn encode(map: &SiteMap, now: UtcMicros) -> Result<Vec<u8>, CodecError> {
    let node = map.served_node().ok_or_else(|| CodecError::at("intersections", "no node of the map is served"))?;
    let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = node.position;
    let center = SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m });
    let links = map.links.iter().filter(|link| link.to == node.id || link.from == node.id);
    let lanes = links.flat_map(|link| link.lanes.iter().map(move |lane| (link, lane)));
    let intersection = IntersectionGeometry {
        name: None,
        id: reference(node.id),
        revision: 0,
        ref_point: Position3D::from(Some(Position { lat_deg, lon_deg, elevation_m: None })),
        lane_width_m: None,
        speed_limits: speed_limits(map, node.id),
        lane_set: lanes.map(|(link, lane)| self::lane(map, node.id, link, lane, &center)).collect(),
        preempt_priority_data: None,
        regional: None,
        road_authority_id: None,
    };
    let data = MapData {
        time_stamp_minute: Some(time::minute_of_year(now.0)),
        msg_issue_revision: 0,
        layer_type: Some(LayerType::IntersectionData),
        layer_id: None,
        intersections: Some(vec![intersection]),
        road_segments: None,
        data_parameters: None,
        restriction_list: None,
        regional: None,
    };
    asn1::us::encode(&MessageFrame::MapData(data.to_wire()?))
}

/// A lane's centre line by its points, counted from the reference point.
fn line<'a>(center: &SiteFrame, points: impl Iterator<Item = &'a Wgs84>) -> NodeListXY {
    NodeListXY::along(points.map(|point| {
        let [east_m, north_m, _] = center.enu_from_wgs84(*point);
        [east_m, north_m]
    }))
}

fn lane(map: &SiteMap, node: NodeId, link: &map::Link, lane: &map::MapLane, center: &SiteFrame) -> GenericLane {
    let ingress = link.to == node;
    let connects_to: Vec<Connection> = if ingress {
        lane.connections.iter().filter_map(|connection| self::connection(map, connection)).collect()
    } else {
        Vec::new()
    };
    // J2735 lanes begin at the intersection, whichever way one drives.
    let node_list = if ingress { line(center, lane.points.iter().rev()) } else { line(center, lane.points.iter()) };
    GenericLane {
        lane_id: lane.intersection_lane,
        name: None,
        ingress_approach: if ingress { approach(map, node, link) } else { None },
        egress_approach: if ingress { None } else { approach(map, node, link) },
        lane_attributes: LaneAttributes {
            directional_use: if ingress { LaneDirection::INGRESS_PATH } else { LaneDirection::EGRESS_PATH },
            shared_with: LaneSharing::EMPTY,
            lane_type: match lane.kind() {
                LaneKind::Vehicle => LaneTypeAttributes::Vehicle(LaneAttributesVehicle::EMPTY),
                LaneKind::Bicycle => LaneTypeAttributes::BikeLane(LaneAttributesBike::EMPTY),
                LaneKind::Foot => LaneTypeAttributes::Sidewalk(LaneAttributesSidewalk::EMPTY),
            },
            regional: None,
        },
        maneuvers: (!connects_to.is_empty()).then(|| {
            lane.maneuvers().into_iter().fold(AllowedManeuvers::EMPTY, |all, maneuver| all | self::maneuver(maneuver))
        }),
        node_list,
        connects_to: (!connects_to.is_empty()).then_some(connects_to),
        overlays: None,
        regional: None,
    }
}

/// Approaches are numbered by the node at the far end, in the order of the map, from 1; past 15 they have no number.
fn approach(map: &SiteMap, node: NodeId, link: &map::Link) -> Option<u8> {
    let far = if link.to == node { link.from } else { link.to };
    let index = map.nodes.iter().filter(|other| other.id != node).position(|other| other.id == far)?;
    u8::try_from(index + 1).ok().filter(|number| *number <= 15)
}

fn connection(map: &SiteMap, connection: &map::Connection) -> Option<Connection> {
    let to = map.link(&connection.to_link)?.lanes.iter().find(|lane| lane.number == connection.to_lane)?;
    Some(Connection {
        connecting_lane: ConnectingLane { lane: to.intersection_lane, maneuver: Some(maneuver(connection.maneuver)) },
        remote_intersection: None,
        signal_group: connection.signal_group,
        user_class: None,
        connection_id: None,
    })
}

/// One limit for the intersection, where all its approaches have the same.
fn speed_limits(map: &SiteMap, node: NodeId) -> Option<Vec<RegulatorySpeedLimit>> {
    let mut limits = map.links.iter().filter(|link| link.to == node).map(|link| link.speed_limit_mps);
    let first = limits.next().flatten()?;
    let limit = RegulatorySpeedLimit { type_: SpeedLimitType::VehicleMaxSpeed, speed_mps: Some(first) };
    limits.all(|limit| limit == Some(first)).then(|| vec![limit])
}

fn maneuver(maneuver: Maneuver) -> AllowedManeuvers {
    match maneuver {
        Maneuver::Straight => AllowedManeuvers::MANEUVER_STRAIGHT_ALLOWED,
        Maneuver::Left => AllowedManeuvers::MANEUVER_LEFT_ALLOWED,
        Maneuver::Right => AllowedManeuvers::MANEUVER_RIGHT_ALLOWED,
        Maneuver::UTurn => AllowedManeuvers::MANEUVER_U_TURN_ALLOWED,
    }
}

fn reference(id: NodeId) -> IntersectionReferenceID {
    IntersectionReferenceID { region: Some(id.region), id: id.id }
}
