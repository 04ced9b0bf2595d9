//! MAP in SI units: the lanes of junctions and how they connect.

use alloc::string::String;
use alloc::vec::Vec;

use super::common::{Position3D, RegulatorySpeedLimit, minute_of_year};
use super::lanes::NodeListXY;
use crate::CodecError;
use crate::si::{At, Si};
use crate::units::LANE_WIDTH_M;
use crate::us::common::{IntersectionReferenceID, RegionalExtension, RoadAuthorityID, RoadSegmentReferenceID};
use crate::us::map as wire;
use crate::us::map::{
    AllowedManeuvers, Connection, LaneAttributes, LayerType, RestrictionClassAssignment, SignalControlZone,
};

/// MAP: the lanes of junctions and how they connect.
///
/// ASN.1 `MapData`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct MapData {
    /// When it was made: minute of the UTC year, 0 to 527039.
    pub time_stamp_minute: Option<u32>,
    /// Counts editions, 0 to 127, and wraps.
    pub msg_issue_revision: u8,
    /// What kind of map.
    pub layer_type: Option<LayerType>,
    /// Which part of it, 0 to 100.
    pub layer_id: Option<u8>,
    /// 1 to 32 junctions.
    pub intersections: Option<Vec<IntersectionGeometry>>,
    /// 1 to 32 stretches of road.
    pub road_segments: Option<Vec<RoadSegment>>,
    /// Where it comes from.
    pub data_parameters: Option<DataParameters>,
    /// 1 to 254 classes of road users, by which other members and messages name them.
    pub restriction_list: Option<Vec<RestrictionClassAssignment>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// One junction. ASN.1 `IntersectionGeometry`.
#[derive(Clone, Debug, PartialEq)]
pub struct IntersectionGeometry {
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Which junction.
    pub id: IntersectionReferenceID,
    /// Counts editions of it, 0 to 127, and wraps.
    pub revision: u8,
    /// The place from which the nodes of its lanes are counted.
    pub ref_point: Position3D,
    /// Width of its lanes, metres, 0 to 327.67.
    pub lane_width_m: Option<f64>,
    /// 1 to 9 speed limits.
    pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
    /// 1 to 255 lanes.
    pub lane_set: Vec<GenericLane>,
    /// 1 to 32 zones where priority is given, each as some region writes it.
    pub preempt_priority_data: Option<Vec<SignalControlZone>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
    /// Whose road it is.
    pub road_authority_id: Option<RoadAuthorityID>,
}

/// One lane. ASN.1 `GenericLane`.
#[derive(Clone, Debug, PartialEq)]
pub struct GenericLane {
    /// Number of it in the junction; 0 is unknown.
    pub lane_id: u8,
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// The approach that it leads in by, 0 to 15; 0 is unknown.
    pub ingress_approach: Option<u8>,
    /// The approach that it leads out by, 0 to 15; 0 is unknown.
    pub egress_approach: Option<u8>,
    /// What kind of lane.
    pub lane_attributes: LaneAttributes,
    /// What may be done at its end.
    pub maneuvers: Option<AllowedManeuvers>,
    /// Its centre line, from the stop line on.
    pub node_list: NodeListXY,
    /// 1 to 16 lanes that it leads to.
    pub connects_to: Option<Vec<Connection>>,
    /// 1 to 5 lanes that it lies over.
    pub overlays: Option<Vec<u8>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// A stretch of road. ASN.1 `RoadSegment`.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadSegment {
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Which stretch.
    pub id: RoadSegmentReferenceID,
    /// Counts editions of it, 0 to 127, and wraps.
    pub revision: u8,
    /// The place from which the nodes of its lanes are counted.
    pub ref_point: Position3D,
    /// Width of its lanes, metres, 0 to 327.67.
    pub lane_width_m: Option<f64>,
    /// 1 to 9 speed limits.
    pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
    /// 1 to 255 lanes.
    pub road_lane_set: Vec<GenericLane>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// Where a map comes from; each 1 to 255 characters of ASCII. ASN.1 `DataParameters`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataParameters {
    /// How it was made.
    pub process_method: Option<String>,
    /// Who made it.
    pub process_agency: Option<String>,
    /// When it was last checked.
    pub last_checked_date: Option<String>,
    /// The geoid behind its heights.
    pub geoid_used: Option<String>,
}

impl Si<wire::MapData> for MapData {
    fn to_wire(&self) -> Result<wire::MapData, CodecError> {
        Ok(wire::MapData {
            time_stamp: self.time_stamp_minute,
            msg_issue_revision: self.msg_issue_revision,
            layer_type: self.layer_type,
            layer_id: self.layer_id,
            intersections: self.intersections.to_wire().at("intersections")?,
            road_segments: self.road_segments.to_wire().at("roadSegments")?,
            data_parameters: self.data_parameters.to_wire().at("dataParameters")?,
            restriction_list: self.restriction_list.clone(),
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::MapData) -> Self {
        Self {
            time_stamp_minute: wire.time_stamp.and_then(minute_of_year),
            msg_issue_revision: wire.msg_issue_revision,
            layer_type: wire.layer_type,
            layer_id: wire.layer_id,
            intersections: Si::from_wire(&wire.intersections),
            road_segments: Si::from_wire(&wire.road_segments),
            data_parameters: Si::from_wire(&wire.data_parameters),
            restriction_list: wire.restriction_list.clone(),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::IntersectionGeometry> for IntersectionGeometry {
    fn to_wire(&self) -> Result<wire::IntersectionGeometry, CodecError> {
        Ok(wire::IntersectionGeometry {
            name: self.name.to_wire().at("name")?,
            id: self.id,
            revision: self.revision,
            ref_point: self.ref_point.to_wire().at("refPoint")?,
            lane_width: LANE_WIDTH_M.to_wire_optional(self.lane_width_m).at("laneWidth")?,
            speed_limits: self.speed_limits.to_wire().at("speedLimits")?,
            lane_set: self.lane_set.to_wire().at("laneSet")?,
            preempt_priority_data: self.preempt_priority_data.clone(),
            regional: self.regional.clone(),
            road_authority_id: self.road_authority_id.clone(),
        })
    }

    fn from_wire(wire: &wire::IntersectionGeometry) -> Self {
        Self {
            name: Si::from_wire(&wire.name),
            id: wire.id,
            revision: wire.revision,
            ref_point: Si::from_wire(&wire.ref_point),
            lane_width_m: LANE_WIDTH_M.from_wire_optional(wire.lane_width),
            speed_limits: Si::from_wire(&wire.speed_limits),
            lane_set: Si::from_wire(&wire.lane_set),
            preempt_priority_data: wire.preempt_priority_data.clone(),
            regional: wire.regional.clone(),
            road_authority_id: wire.road_authority_id.clone(),
        }
    }
}

impl Si<wire::GenericLane> for GenericLane {
    fn to_wire(&self) -> Result<wire::GenericLane, CodecError> {
        Ok(wire::GenericLane {
            lane_id: self.lane_id,
            name: self.name.to_wire().at("name")?,
            ingress_approach: self.ingress_approach,
            egress_approach: self.egress_approach,
            lane_attributes: self.lane_attributes.clone(),
            maneuvers: self.maneuvers,
            node_list: self.node_list.to_wire().at("nodeList")?,
            connects_to: self.connects_to.clone(),
            overlays: self.overlays.clone(),
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::GenericLane) -> Self {
        Self {
            lane_id: wire.lane_id,
            name: Si::from_wire(&wire.name),
            ingress_approach: wire.ingress_approach,
            egress_approach: wire.egress_approach,
            lane_attributes: wire.lane_attributes.clone(),
            maneuvers: wire.maneuvers,
            node_list: Si::from_wire(&wire.node_list),
            connects_to: wire.connects_to.clone(),
            overlays: wire.overlays.clone(),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::RoadSegment> for RoadSegment {
    fn to_wire(&self) -> Result<wire::RoadSegment, CodecError> {
        Ok(wire::RoadSegment {
            name: self.name.to_wire().at("name")?,
            id: self.id,
            revision: self.revision,
            ref_point: self.ref_point.to_wire().at("refPoint")?,
            lane_width: LANE_WIDTH_M.to_wire_optional(self.lane_width_m).at("laneWidth")?,
            speed_limits: self.speed_limits.to_wire().at("speedLimits")?,
            road_lane_set: self.road_lane_set.to_wire().at("roadLaneSet")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::RoadSegment) -> Self {
        Self {
            name: Si::from_wire(&wire.name),
            id: wire.id,
            revision: wire.revision,
            ref_point: Si::from_wire(&wire.ref_point),
            lane_width_m: LANE_WIDTH_M.from_wire_optional(wire.lane_width),
            speed_limits: Si::from_wire(&wire.speed_limits),
            road_lane_set: Si::from_wire(&wire.road_lane_set),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::DataParameters> for DataParameters {
    fn to_wire(&self) -> Result<wire::DataParameters, CodecError> {
        Ok(wire::DataParameters {
            process_method: self.process_method.to_wire().at("processMethod")?,
            process_agency: self.process_agency.to_wire().at("processAgency")?,
            last_checked_date: self.last_checked_date.to_wire().at("lastCheckedDate")?,
            geoid_used: self.geoid_used.to_wire().at("geoidUsed")?,
        })
    }

    fn from_wire(wire: &wire::DataParameters) -> Self {
        Self {
            process_method: Si::from_wire(&wire.process_method),
            process_agency: Si::from_wire(&wire.process_agency),
            last_checked_date: Si::from_wire(&wire.last_checked_date),
            geoid_used: Si::from_wire(&wire.geoid_used),
        }
    }
}
