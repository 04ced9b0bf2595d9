//! MAP of SAE J2735 (`asn1::us::map`): the served intersection, its lanes and connections.

use asn1::units::{self, OutOfRange};
use asn1::us::MessageFrame;
use asn1::us::common::{IntersectionReferenceID, NodeListXY, NodeXY, Position3D, RegulatorySpeedLimit, SpeedLimitType};
use asn1::us::map::{
    AllowedManeuvers, ConnectingLane, Connection, GenericLane, IntersectionGeometry, LaneAttributes,
    LaneAttributesBike, LaneAttributesSidewalk, LaneAttributesVehicle, LaneDirection, LaneSharing, LaneTypeAttributes,
    LayerType, MapData,
};
use asn1::{CodecError, time};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;

use super::{ComposeError, offsets};
use crate::map::{self, LaneKind, Maneuver, NodeId, SiteMap};

pub(super) fn encode(map: &SiteMap, now: UtcMicros) -> Result<Vec<u8>, ComposeError> {
    let node = map.served_node().ok_or_else(|| CodecError::at("intersections", "no node of the map is served"))?;
    let center = Center::new(node.position);
    let mut lane_set = Vec::new();
    for link in map.links.iter().filter(|link| link.to == node.id || link.from == node.id) {
        for lane in &link.lanes {
            lane_set.push(self::lane(map, node.id, link, lane, &center)?);
        }
    }
    let intersection = IntersectionGeometry {
        name: None,
        id: reference(node.id),
        revision: 0,
        ref_point: Position3D {
            lat: units::LATITUDE_DEG.to_wire(node.position.lat_deg)?,
            long: units::LONGITUDE_DEG.to_wire(node.position.lon_deg)?,
            elevation: None,
            regional: None,
        },
        lane_width: None,
        speed_limits: speed_limits(map, node.id)?,
        lane_set,
        preempt_priority_data: None,
        regional: None,
        road_authority_id: None,
    };
    let data = MapData {
        time_stamp: Some(time::minute_of_year(now.0)),
        msg_issue_revision: 0,
        layer_type: Some(LayerType::IntersectionData),
        layer_id: None,
        intersections: Some(vec![intersection]),
        road_segments: None,
        data_parameters: None,
        restriction_list: None,
        regional: None,
    };
    Ok(asn1::us::encode(&MessageFrame::MapData(data))?)
}

/// The reference point, and centimetres east and north of it.
struct Center(SiteFrame);

impl Center {
    fn new(place: Wgs84) -> Self {
        let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = place;
        Self(SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m }))
    }

    /// The first node is from the reference point, each further one from the node before it; rounding is carried along,
    /// so that a long lane does not drift.
    fn nodes(&self, points: impl Iterator<Item = Wgs84>) -> Result<Vec<NodeXY>, ComposeError> {
        let mut previous_cm = [0_i64; 2];
        points
            .map(|point| {
                let [east_m, north_m, _] = self.0.enu_from_wgs84(point);
                let at_cm = [east_m, north_m].map(|m| (m * 100.0).round() as i64);
                let delta = offsets::us_cm(at_cm[0] - previous_cm[0], at_cm[1] - previous_cm[1])
                    .ok_or_else(|| CodecError::at("nodeList", "two points of a lane are over 327 m apart"))?;
                previous_cm = at_cm;
                Ok(NodeXY { delta, attributes: None })
            })
            .collect()
    }
}

fn lane(
    map: &SiteMap,
    node: NodeId,
    link: &map::Link,
    lane: &map::MapLane,
    center: &Center,
) -> Result<GenericLane, ComposeError> {
    let ingress = link.to == node;
    let connects_to: Vec<Connection> = if ingress {
        lane.connections.iter().filter_map(|connection| self::connection(map, connection)).collect()
    } else {
        Vec::new()
    };
    // J2735 lanes begin at the intersection, whichever way one drives.
    let nodes = if ingress {
        center.nodes(lane.points.iter().rev().copied())?
    } else {
        center.nodes(lane.points.iter().copied())?
    };
    Ok(GenericLane {
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
        node_list: NodeListXY::Nodes(nodes),
        connects_to: (!connects_to.is_empty()).then_some(connects_to),
        overlays: None,
        regional: None,
    })
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
fn speed_limits(map: &SiteMap, node: NodeId) -> Result<Option<Vec<RegulatorySpeedLimit>>, OutOfRange> {
    let mut limits = map.links.iter().filter(|link| link.to == node).map(|link| link.speed_limit_mps);
    let first = limits.next().flatten();
    match first.filter(|first| limits.all(|limit| limit == Some(*first))) {
        Some(limit_mps) => Ok(Some(vec![RegulatorySpeedLimit {
            type_: SpeedLimitType::VehicleMaxSpeed,
            speed: units::SPEED_MPS.to_wire(limit_mps)?,
        }])),
        None => Ok(None),
    }
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
