//! RSC in SI units: what the roadside suggests to vehicles and for lanes.

use alloc::vec::Vec;

use super::common::PathPlanningPoint;
use crate::cn::common::Position3D;
use crate::cn::day2::common::DriveBehavior;
use crate::cn::day2::rsc as wire;
use crate::cn::day2::rsc::CoordinationInfo;
use crate::cn::rsi::ReferenceLink;
use crate::si::cn::rsi::ReferencePath;
use crate::si::{At, DateTime, Description, Position, Si, each};
use crate::units::{SECOND_OF_MINUTE_S, SPEED_MPS, TIME_OFFSET_S, second_to_wire};
use crate::{CodecError, Octets8};

/// RSC: what the roadside suggests to vehicles and for lanes.
///
/// ASN.1 `RoadsideCoordination`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadsideCoordination {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The roadside unit's identity.
    pub id: Octets8,
    /// When it was said: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// From where places are counted on the wire.
    pub ref_pos: Option<Position>,
    /// To 1 to 16 vehicles.
    pub coordinates: Option<Vec<VehicleCoordination>>,
    /// For 1 to 8 lanes.
    pub lane_coordinates: Option<Vec<LaneCoordination>>,
}

/// What is suggested to one vehicle.
///
/// ASN.1 `VehicleCoordination`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct VehicleCoordination {
    /// Which vehicle.
    pub veh_id: Octets8,
    /// What to do.
    pub drive_suggestion: Option<DriveSuggestion>,
    /// Which way to take: 1 to 100 points.
    pub path_guidance: Option<Vec<PathPlanningPoint>>,
    /// What for.
    pub info: Option<CoordinationInfo>,
}

/// What to do, where and for how long.
///
/// ASN.1 `DriveSuggestion`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct DriveSuggestion {
    /// What to do.
    pub suggestion: DriveBehavior,
    /// For how long, seconds, 0.01 to 655.34.
    pub life_time_s: Option<f64>,
    /// On which link and lanes.
    pub related_link: Option<ReferenceLink>,
    /// Along which path.
    pub related_path: Option<ReferencePath>,
}

/// What is suggested to all vehicles of a lane.
///
/// ASN.1 `LaneCoordination`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneCoordination {
    /// Which link and lanes.
    pub target_lane: ReferenceLink,
    /// Along which path.
    pub related_path: Option<ReferencePath>,
    /// From when on.
    pub t_begin: Option<DateTime>,
    /// Until when.
    pub t_end: Option<DateTime>,
    /// How fast to go, m/s, 0 to 163.8.
    pub recommended_speed_mps: Option<f64>,
    /// What to do.
    pub recommended_behavior: Option<DriveBehavior>,
    /// What for.
    pub info: Option<CoordinationInfo>,
    /// In words.
    pub description: Option<Description>,
}

impl Si<wire::RoadsideCoordination> for RoadsideCoordination {
    fn to_wire(&self) -> Result<wire::RoadsideCoordination, CodecError> {
        let ref_pos = self.ref_pos.to_wire().at("refPos")?;
        let vehicles = self.coordinates.as_deref().map(|all| each(all, |one| one.to_wire(&ref_pos)));
        let lanes = self.lane_coordinates.as_deref().map(|all| each(all, |one| one.to_wire(&ref_pos)));
        Ok(wire::RoadsideCoordination {
            msg_cnt: self.msg_cnt,
            id: self.id,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            ref_pos,
            coordinates: vehicles.transpose().at("coordinates")?,
            lane_coordinates: lanes.transpose().at("laneCoordinates")?,
        })
    }

    fn from_wire(wire: &wire::RoadsideCoordination) -> Self {
        let ref_pos = &wire.ref_pos;
        let vehicle = |one: &wire::VehicleCoordination| VehicleCoordination::from_wire(one, ref_pos);
        let lane = |one: &wire::LaneCoordination| LaneCoordination::from_wire(one, ref_pos);
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            ref_pos: Si::from_wire(ref_pos),
            coordinates: wire.coordinates.as_ref().map(|all| all.iter().map(vehicle).collect()),
            lane_coordinates: wire.lane_coordinates.as_ref().map(|all| all.iter().map(lane).collect()),
        }
    }
}

impl VehicleCoordination {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::VehicleCoordination, CodecError> {
        let suggestion = self.drive_suggestion.as_ref().map(|suggestion| suggestion.to_wire(ref_pos));
        let way = PathPlanningPoint::way_to_wire(self.path_guidance.as_deref(), ref_pos);
        Ok(wire::VehicleCoordination {
            veh_id: self.veh_id,
            drive_suggestion: suggestion.transpose().at("driveSuggestion")?,
            path_guidance: way.at("pathGuidance")?,
            info: self.info,
        })
    }

    fn from_wire(wire: &wire::VehicleCoordination, ref_pos: &Position3D) -> Self {
        let suggestion = wire.drive_suggestion.as_ref();
        Self {
            veh_id: wire.veh_id,
            drive_suggestion: suggestion.map(|suggestion| DriveSuggestion::from_wire(suggestion, ref_pos)),
            path_guidance: PathPlanningPoint::way_from_wire(wire.path_guidance.as_deref(), ref_pos),
            info: wire.info,
        }
    }
}

impl DriveSuggestion {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::DriveSuggestion, CodecError> {
        Ok(wire::DriveSuggestion {
            suggestion: self.suggestion,
            life_time: TIME_OFFSET_S.to_wire_optional(self.life_time_s).at("lifeTime")?,
            related_link: self.related_link,
            related_path: ReferencePath::optional_to_n4(self.related_path.as_ref(), ref_pos).at("relatedPath")?,
        })
    }

    fn from_wire(wire: &wire::DriveSuggestion, ref_pos: &Position3D) -> Self {
        Self {
            suggestion: wire.suggestion,
            life_time_s: TIME_OFFSET_S.from_wire_optional(wire.life_time),
            related_link: wire.related_link,
            related_path: wire.related_path.as_ref().map(|path| ReferencePath::from_n4(path, ref_pos)),
        }
    }
}

impl LaneCoordination {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::LaneCoordination, CodecError> {
        Ok(wire::LaneCoordination {
            target_lane: self.target_lane,
            related_path: ReferencePath::optional_to_n4(self.related_path.as_ref(), ref_pos).at("relatedPath")?,
            t_begin: self.t_begin.to_wire().at("tBegin")?,
            t_end: self.t_end.to_wire().at("tEnd")?,
            recommended_speed: SPEED_MPS.to_wire_optional(self.recommended_speed_mps).at("recommendedSpeed")?,
            recommended_behavior: self.recommended_behavior,
            info: self.info,
            description: self.description.to_wire().at("description")?,
        })
    }

    fn from_wire(wire: &wire::LaneCoordination, ref_pos: &Position3D) -> Self {
        Self {
            target_lane: wire.target_lane,
            related_path: wire.related_path.as_ref().map(|path| ReferencePath::from_n4(path, ref_pos)),
            t_begin: Si::from_wire(&wire.t_begin),
            t_end: Si::from_wire(&wire.t_end),
            recommended_speed_mps: SPEED_MPS.from_wire_optional(wire.recommended_speed),
            recommended_behavior: wire.recommended_behavior,
            info: wire.info,
            description: Si::from_wire(&wire.description),
        }
    }
}
