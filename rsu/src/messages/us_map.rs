//! MAP of SAE J2735 (`asn1::us::map`): the served intersections, their lanes, connections and crosswalks.

use asn1::si::us::common::{Position3D, RegulatorySpeedLimit};
use asn1::si::us::lanes::{NodeAttributeSetXY, NodeListXY};
use asn1::si::us::map::{GenericLane, IntersectionGeometry, MapData};
use asn1::si::us::nodes::NodeOffsetPointXY;
use asn1::si::{Position, Si};
use asn1::us::MessageFrame;
use asn1::us::common::{IntersectionReferenceID, SpeedLimitType};
use asn1::us::map::{
    AllowedManeuvers, ConnectingLane, Connection, LaneAttributes, LaneAttributesBike, LaneAttributesCrosswalk,
    LaneAttributesSidewalk, LaneAttributesVehicle, LaneDirection, LaneSharing, LaneTypeAttributes, LayerType,
};
use asn1::{CodecError, time};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;

use super::map_parts::{divide, fitted};
use crate::map::{self, LaneKind, Maneuver, NodeId, SiteMap, geometry};

/// The most nodes of a line, `NodeSetXY`.
const MAX_NODES: usize = 63;

/// The map in as few messages as the size allows, each with whole approaches of the intersections, or with some lanes
/// of an approach that is too large by itself. A lane has the same number in whichever message it comes; one that leads from one
/// intersection to another is in both.
pub(super) fn encode(map: &SiteMap, max_octets: usize, now: UtcMicros) -> Result<Vec<Vec<u8>>, CodecError> {
    let width_m = usual_width_m(map);
    let drawing = |node: &map::Node| Drawing { map, node: node.id, center: Center::new(&node.position), width_m };
    let drawings: Vec<Drawing<'_>> = map.served_nodes().map(drawing).collect();
    if drawings.is_empty() {
        return Err(CodecError::at("intersections", "no node of the map is served"));
    }
    let groups: Vec<Vec<Piece>> = drawings.iter().enumerate().flat_map(|(at, drawing)| drawing.groups(at)).collect();
    let message = |pieces: &[Piece], layer_id: Option<u8>| {
        let of =
            |at: usize| pieces.iter().filter(|piece| piece.0 == at).map(|piece| piece.1.clone()).collect::<Vec<_>>();
        let lanes =
            drawings.iter().enumerate().map(|(at, drawing)| (drawing, of(at))).filter(|(_, lanes)| !lanes.is_empty());
        self::message(lanes.map(|(drawing, lanes)| drawing.intersection(lanes)).collect(), layer_id, now)
    };
    let parts = divide(groups, max_octets, |pieces| message(pieces, Some(0)))?;
    if let [pieces] = &parts[..] {
        return Ok(vec![message(pieces, None)?]);
    }
    let layer_id = |index: usize| layer_id(index, parts.len());
    parts.iter().enumerate().map(|(index, pieces)| message(pieces, layer_id(index))).collect()
}

/// A lane, and of which of the intersections.
type Piece = (usize, GenericLane);

fn message(
    intersections: Vec<IntersectionGeometry>,
    layer_id: Option<u8>,
    now: UtcMicros,
) -> Result<Vec<u8>, CodecError> {
    let data = MapData {
        time_stamp_minute: Some(time::minute_of_year(now.0)),
        msg_issue_revision: 0,
        layer_type: Some(LayerType::IntersectionData),
        layer_id,
        intersections: Some(intersections),
        road_segments: None,
        data_parameters: None,
        restriction_list: None,
        regional: None,
    };
    asn1::us::encode(&MessageFrame::MapData(data.to_wire()?))
}

/// Which part of how many: the number of parts as the tens, the part's own number, from 1, as the ones. That is how European
/// profiles write it; J2735 itself only says that it tells parts apart. Ten parts and more are only numbered.
fn layer_id(index: usize, parts: usize) -> Option<u8> {
    let number = if parts < 10 { parts * 10 + index + 1 } else { index + 1 };
    u8::try_from(number).ok().filter(|id| *id <= 100)
}

/// The width that most lanes have, metres, rounded to centimetres.
fn usual_width_m(map: &SiteMap) -> Option<f64> {
    let mut widths_cm: Vec<f64> =
        map.links.iter().flat_map(|link| &link.lanes).map(|lane| (lane.width_m * 100.0).round()).collect();
    widths_cm.sort_by(f64::total_cmp);
    let most = widths_cm.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
    most.first().map(|cm| cm / 100.0)
}

/// The reference point, and metres east and north of it.
struct Center {
    place: Wgs84,
    frame: SiteFrame,
}

impl Center {
    fn new(place: &Wgs84) -> Self {
        let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = *place;
        Self { place: *place, frame: SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m }) }
    }

    fn east_north_m(&self, point: &Wgs84) -> [f64; 2] {
        let [east_m, north_m, _] = self.frame.enu_from_wgs84(*point);
        [east_m, north_m]
    }

    /// A line by its points: each as its offset from the one before, and what is farther than an offset reaches as a place.
    fn line<'a>(&self, points: impl Iterator<Item = &'a Wgs84>) -> NodeListXY {
        let points: Vec<Wgs84> = fitted(&points.copied().collect::<Vec<_>>(), MAX_NODES);
        let mut list = NodeListXY::along(points.iter().map(|point| self.east_north_m(point)));
        if let NodeListXY::Nodes(nodes) = &mut list {
            for (node, Wgs84 { lat_deg, lon_deg, .. }) in nodes.iter_mut().zip(&points) {
                let NodeOffsetPointXY::Offset { east_m, north_m } = node.delta else { continue };
                if east_m.abs().max(north_m.abs()) > REACH_M {
                    let place = Position { lat_deg: *lat_deg, lon_deg: *lon_deg, elevation_m: None };
                    node.delta = NodeOffsetPointXY::Place(Some(place));
                }
            }
        }
        list
    }
}

/// How far the widest offset reaches, metres.
const REACH_M: f64 = 327.67;

/// What a lane's description needs besides the lane.
struct Drawing<'a> {
    map: &'a SiteMap,
    node: NodeId,
    center: Center,
    width_m: Option<f64>,
}

impl Drawing<'_> {
    /// Lanes that should stay together: of the road to one other node; crosswalks. `at`: which of the intersections it is.
    fn groups(&self, at: usize) -> Vec<Vec<Piece>> {
        let mut groups: Vec<(NodeId, Vec<Piece>)> = Vec::new();
        for link in self.map.links.iter().filter(|link| link.to == self.node || link.from == self.node) {
            let far = if link.to == self.node { link.from } else { link.to };
            let lanes = link.lanes.iter().map(|lane| (at, self.lane(link, lane)));
            match groups.iter_mut().find(|(other, _)| *other == far) {
                Some((_, group)) => group.extend(lanes),
                None => groups.push((far, lanes.collect())),
            }
        }
        let crosswalks = self.map.crosswalks_at(self.node).filter_map(|(index, _)| Some((at, self.crosswalk(index)?)));
        let groups = groups.into_iter().map(|(_, lanes)| lanes).chain([crosswalks.collect()]);
        groups.filter(|lanes| !lanes.is_empty()).collect()
    }

    fn intersection(&self, lane_set: Vec<GenericLane>) -> IntersectionGeometry {
        let Wgs84 { lat_deg, lon_deg, .. } = self.center.place;
        IntersectionGeometry {
            name: None,
            id: reference(self.node),
            revision: 0,
            ref_point: Position3D::from(Some(Position { lat_deg, lon_deg, elevation_m: None })),
            lane_width_m: self.width_m,
            speed_limits: speed_limits(self.map, self.node),
            lane_set,
            preempt_priority_data: None,
            regional: None,
            road_authority_id: None,
        }
    }

    /// The line with the lane's width, where that is not the usual one, said at its first node.
    fn node_list<'p>(&self, points: impl Iterator<Item = &'p Wgs84>, width_m: f64) -> NodeListXY {
        let mut list = self.center.line(points);
        let wider_m = self.width_m.map(|usual_m| ((width_m - usual_m) * 100.0).round() / 100.0);
        // What a node can say: 5.12 m narrower to 5.11 m wider. A crosswalk that is wider still is told as wide as that.
        let wider_m = wider_m.filter(|wider_m| *wider_m != 0.0).map(|wider_m| wider_m.clamp(-5.12, 5.11));
        if let (NodeListXY::Nodes(nodes), Some(wider_m)) = (&mut list, wider_m)
            && let Some(first) = nodes.first_mut()
        {
            first.attributes = Some(NodeAttributeSetXY { d_width_m: Some(wider_m), ..NodeAttributeSetXY::default() });
        }
        list
    }

    fn lane(&self, link: &map::Link, lane: &map::MapLane) -> GenericLane {
        let (map, node) = (self.map, self.node);
        let ingress = link.to == node;
        let connects_to: Vec<Connection> = if ingress {
            lane.connections.iter().filter_map(|connection| self::connection(map, connection)).collect()
        } else {
            Vec::new()
        };
        // J2735 lanes begin at the intersection, whichever way one drives.
        let node_list = if ingress {
            self.node_list(lane.points.iter().rev(), lane.width_m)
        } else {
            self.node_list(lane.points.iter(), lane.width_m)
        };
        GenericLane {
            lane_id: lane.intersection_lane,
            name: None,
            ingress_approach: if ingress { approach(map, node, link) } else { None },
            egress_approach: if ingress { None } else { approach(map, node, link) },
            lane_attributes: LaneAttributes {
                directional_use: if ingress { LaneDirection::INGRESS_PATH } else { LaneDirection::EGRESS_PATH },
                shared_with: LaneSharing::EMPTY,
                lane_type: match lane.kind() {
                    LaneKind::Vehicle if lane.only_buses() => {
                        LaneTypeAttributes::Vehicle(LaneAttributesVehicle::RESTRICTED_TO_BUS_USE)
                    }
                    LaneKind::Vehicle => LaneTypeAttributes::Vehicle(LaneAttributesVehicle::EMPTY),
                    LaneKind::Bicycle => LaneTypeAttributes::BikeLane(LaneAttributesBike::EMPTY),
                    LaneKind::Foot => LaneTypeAttributes::Sidewalk(LaneAttributesSidewalk::EMPTY),
                },
                regional: None,
            },
            maneuvers: (!connects_to.is_empty()).then(|| {
                lane.maneuvers()
                    .into_iter()
                    .fold(AllowedManeuvers::EMPTY, |all, maneuver| all | self::maneuver(maneuver))
            }),
            node_list,
            connects_to: (!connects_to.is_empty()).then_some(connects_to),
            overlays: None,
            regional: None,
        }
    }

    /// A crosswalk as a lane along its middle, walked both ways. J2735 hangs a signal group on a connection; the pavements
    /// that it would lead to are not in the map, so it names itself.
    fn crosswalk(&self, index: usize) -> Option<GenericLane> {
        let lane_id = self.map.crosswalk_lane(index)?;
        let crosswalk = self.map.crosswalks.get(index)?;
        let outline: Vec<[f64; 2]> = crosswalk.polygon.iter().map(|point| self.center.east_north_m(point)).collect();
        let (line, width_m) = geometry::axis(&outline)?;
        let line = line.map(|[east_m, north_m]| self.center.frame.wgs84_from_enu([east_m, north_m, 0.0]));
        let connection = |group| Connection {
            connecting_lane: ConnectingLane { lane: lane_id, maneuver: None },
            remote_intersection: None,
            signal_group: Some(group),
            user_class: None,
            connection_id: None,
        };
        Some(GenericLane {
            lane_id,
            name: None,
            ingress_approach: None,
            egress_approach: None,
            lane_attributes: LaneAttributes {
                directional_use: LaneDirection::INGRESS_PATH | LaneDirection::EGRESS_PATH,
                shared_with: LaneSharing::PEDESTRIANS_TRAFFIC,
                lane_type: LaneTypeAttributes::Crosswalk(LaneAttributesCrosswalk::EMPTY),
                regional: None,
            },
            maneuvers: None,
            node_list: self.node_list(line.iter(), width_m),
            connects_to: crosswalk.signal_group.map(|group| vec![connection(group)]),
            overlays: None,
            regional: None,
        })
    }
}

/// Approaches are numbered by the node at the far end, of those that a link joins to this one in the order of the map, from 1; past
/// 15 they have no number.
pub(crate) fn approach(map: &SiteMap, node: NodeId, link: &map::Link) -> Option<u8> {
    let far = if link.to == node { link.from } else { link.to };
    let joined =
        |other: &&map::Node| map.links.iter().any(|l| [(l.from, l.to), (l.to, l.from)].contains(&(other.id, node)));
    let index = map.nodes.iter().filter(joined).position(|other| other.id == far)?;
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
