//! MAP in SI units: lanes and connections.

use alloc::string::String;
use alloc::vec::Vec;

use super::common::{minute, name_to_wire, offset_from_wire, offset_to_wire};
use crate::CodecError;
use crate::cn::common::{NodeReferenceID, Position3D};
use crate::cn::map as wire;
use crate::cn::map::{AllowedManeuvers, Connection, LaneAttributes, Movement, SpeedLimitType};
use crate::si::{At, Position, Si, each, ia5_text};
use crate::units::{LANE_WIDTH_M, SPEED_MPS};

/// MAP: the lanes of the junction and how they connect.
///
/// ASN.1 `MapData`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct MapData {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// When it was said: minutes since the start of the UTC year, 0 to 527039.
    pub time_stamp: Option<u32>,
    /// 1 to 63 junctions.
    pub nodes: Vec<Node>,
}

/// One junction.
///
/// ASN.1 `Node`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// For people: 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Which junction.
    pub id: NodeReferenceID,
    /// Where it is, and from where the points of its links and lanes are counted on the wire.
    pub ref_pos: Option<Position>,
    /// 1 to 32 roads that lead here.
    pub in_links: Option<Vec<Link>>,
}

/// A road from one junction to the next, with its lanes.
///
/// ASN.1 `Link`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// For people: 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Where it comes from.
    pub upstream_node_id: NodeReferenceID,
    /// 1 to 9 limits.
    pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
    /// Width of all lanes, metres, 0 to 327.67; `cn-n4` can't leave it out.
    pub link_width_m: Option<f64>,
    /// The centre line, in the direction of travel: 2 to 31 points.
    pub points: Option<Vec<RoadPoint>>,
    /// Where it leads to: 1 to 32.
    pub movements: Option<Vec<Movement>>,
    /// 1 to 32 lanes.
    pub lanes: Vec<Lane>,
}

/// How fast one may go.
///
/// ASN.1 `RegulatorySpeedLimit`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegulatorySpeedLimit {
    /// For whom and when.
    pub type_: SpeedLimitType,
    /// Metres a second, 0 to 163.8.
    pub speed_mps: Option<f64>,
}

/// A point of a line.
///
/// ASN.1 `RoadPoint`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoadPoint {
    /// Where it is; on the wire counted from the junction's place.
    pub pos_offset: Option<Position>,
}

/// One lane of a link.
///
/// ASN.1 `Lane`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// 1 upwards from left to right; 0 is unknown.
    pub lane_id: u8,
    /// Metres, 0 to 327.67.
    pub lane_width_m: Option<f64>,
    /// For whom it is.
    pub lane_attributes: Option<LaneAttributes>,
    /// What one may do at its end.
    pub maneuvers: Option<AllowedManeuvers>,
    /// Where it leads to: 1 to 16, in `cn-n4` to 8.
    pub connects_to: Option<Vec<Connection>>,
    /// 1 to 9 limits.
    pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
    /// The centre line, in the direction of travel: 2 to 31 points.
    pub points: Option<Vec<RoadPoint>>,
}

impl Si<wire::MapData> for MapData {
    fn to_wire(&self) -> Result<wire::MapData, CodecError> {
        Ok(wire::MapData {
            msg_cnt: self.msg_cnt,
            time_stamp: self.time_stamp,
            nodes: self.nodes.to_wire().at("nodes")?,
        })
    }

    fn from_wire(wire: &wire::MapData) -> Self {
        Self { msg_cnt: wire.msg_cnt, time_stamp: minute(wire.time_stamp), nodes: Si::from_wire(&wire.nodes) }
    }
}

impl Si<wire::Node> for Node {
    fn to_wire(&self) -> Result<wire::Node, CodecError> {
        let ref_pos = self.ref_pos.to_wire().at("refPos")?;
        let in_links = self.in_links.as_deref().map(|links| each(links, |link| link.to_wire(&ref_pos)));
        Ok(wire::Node {
            name: name_to_wire(self.name.as_deref()).at("name")?,
            id: self.id,
            ref_pos,
            in_links: in_links.transpose().at("inLinks")?,
        })
    }

    fn from_wire(wire: &wire::Node) -> Self {
        let in_links = wire.in_links.as_ref();
        Self {
            name: wire.name.as_ref().map(ia5_text),
            id: wire.id,
            ref_pos: Si::from_wire(&wire.ref_pos),
            in_links: in_links.map(|links| links.iter().map(|link| Link::from_wire(link, &wire.ref_pos)).collect()),
        }
    }
}

impl Link {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::Link, CodecError> {
        Ok(wire::Link {
            name: name_to_wire(self.name.as_deref()).at("name")?,
            upstream_node_id: self.upstream_node_id,
            speed_limits: self.speed_limits.to_wire().at("speedLimits")?,
            link_width: LANE_WIDTH_M.to_wire_optional(self.link_width_m).at("linkWidth")?,
            points: points_to_wire(self.points.as_deref(), ref_pos).at("points")?,
            movements: self.movements.clone(),
            lanes: each(&self.lanes, |lane| lane.to_wire(ref_pos)).at("lanes")?,
        })
    }

    fn from_wire(wire: &wire::Link, ref_pos: &Position3D) -> Self {
        Self {
            name: wire.name.as_ref().map(ia5_text),
            upstream_node_id: wire.upstream_node_id,
            speed_limits: Si::from_wire(&wire.speed_limits),
            link_width_m: LANE_WIDTH_M.from_wire_optional(wire.link_width),
            points: points_from_wire(wire.points.as_deref(), ref_pos),
            movements: wire.movements.clone(),
            lanes: wire.lanes.iter().map(|lane| Lane::from_wire(lane, ref_pos)).collect(),
        }
    }
}

impl Si<wire::RegulatorySpeedLimit> for RegulatorySpeedLimit {
    fn to_wire(&self) -> Result<wire::RegulatorySpeedLimit, CodecError> {
        let speed = SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?;
        Ok(wire::RegulatorySpeedLimit { type_: self.type_, speed })
    }

    fn from_wire(wire: &wire::RegulatorySpeedLimit) -> Self {
        Self { type_: wire.type_, speed_mps: SPEED_MPS.from_wire(wire.speed) }
    }
}

impl Lane {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::Lane, CodecError> {
        Ok(wire::Lane {
            lane_id: self.lane_id,
            lane_width: LANE_WIDTH_M.to_wire_optional(self.lane_width_m).at("laneWidth")?,
            lane_attributes: self.lane_attributes.clone(),
            maneuvers: self.maneuvers,
            connects_to: self.connects_to.clone(),
            speed_limits: self.speed_limits.to_wire().at("speedLimits")?,
            points: points_to_wire(self.points.as_deref(), ref_pos).at("points")?,
        })
    }

    fn from_wire(wire: &wire::Lane, ref_pos: &Position3D) -> Self {
        Self {
            lane_id: wire.lane_id,
            lane_width_m: LANE_WIDTH_M.from_wire_optional(wire.lane_width),
            lane_attributes: wire.lane_attributes.clone(),
            maneuvers: wire.maneuvers,
            connects_to: wire.connects_to.clone(),
            speed_limits: Si::from_wire(&wire.speed_limits),
            points: points_from_wire(wire.points.as_deref(), ref_pos),
        }
    }
}

pub(super) fn points_to_wire(
    points: Option<&[RoadPoint]>,
    ref_pos: &Position3D,
) -> Result<Option<Vec<wire::RoadPoint>>, CodecError> {
    let point = |point: &RoadPoint| {
        let pos_offset = offset_to_wire(point.pos_offset, ref_pos).at("posOffset")?;
        Ok(wire::RoadPoint { pos_offset })
    };
    points.map(|points| each(points, point)).transpose()
}

pub(super) fn points_from_wire(points: Option<&[wire::RoadPoint]>, ref_pos: &Position3D) -> Option<Vec<RoadPoint>> {
    let point = |point: &wire::RoadPoint| RoadPoint { pos_offset: offset_from_wire(&point.pos_offset, ref_pos) };
    points.map(|points| points.iter().map(point).collect())
}
