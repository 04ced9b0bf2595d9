//! SSM in SI units: what sensors of a vehicle or of the roadside see.

use alloc::vec::Vec;

use super::common::{AccSet4WayConfidence, PathPlanningPoint, Polygon};
use super::ssm_motion::TypeRelatedExt;
use super::ssm_obstacle::{DetectedObstacleData, ObjectSizeConfidence};
use crate::cn::common::Position3D;
use crate::cn::day2::common::DriveBehavior;
use crate::cn::day2::ssm as wire;
use crate::cn::day2::ssm::DetectedPTCType;
use crate::road_users::EquipmentType;
use crate::si::cn::bsm::PathHistory;
use crate::si::cn::rsi::RTEData;
use crate::si::cn::rsm::ParticipantData;
use crate::si::{At, Position, Si, each};
use crate::units::{CONFIDENCE, SECOND_OF_MINUTE_S, TIME_OFFSET_S, second_to_wire};
use crate::{CodecError, Octets8};

/// SSM: what sensors of a vehicle or of the roadside see.
///
/// ASN.1 `SensorSharingMsg`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorSharingMsg {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// Who sees it.
    pub id: Octets8,
    /// What that is.
    pub equipment_type: EquipmentType,
    /// When it was said: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Where the sensors are, and from where places are counted on the wire.
    pub sensor_pos: Option<Position>,
    /// 1 to 8 areas that they see.
    pub detected_region: Option<Vec<Polygon>>,
    /// 1 to 512 road users.
    pub participants: Option<Vec<DetectedPTCData>>,
    /// 1 to 64 obstacles.
    pub obstacles: Option<Vec<DetectedObstacleData>>,
    /// 1 to 8 events.
    pub rtes: Option<Vec<RTEData>>,
}

/// One road user that was seen.
///
/// ASN.1 `DetectedPTCData`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectedPTCData {
    /// What RSM says of it.
    pub ptc: ParticipantData,
    /// How good its size is.
    pub obj_size_confidence: Option<ObjectSizeConfidence>,
    /// What it is.
    pub detected_ptc_type: Option<DetectedPTCType>,
    /// How sure that is, as a share of 1.
    pub type_confidence: Option<f64>,
    /// How good acceleration and yaw rate are.
    pub acc4_way_confidence: Option<AccSet4WayConfidence>,
    /// For how long it has done what it does, seconds, 0.01 to 655.34.
    pub status_duration_s: Option<f64>,
    /// Where it was. Its points are taken to be counted from where the road user is, as in BSM (not confirmed).
    pub path_history: Option<PathHistory>,
    /// 1 to 8 things that it may do.
    pub planning_list: Option<Vec<Planning>>,
    /// For how long it has been tracked, 1 to 65535, as on the wire: the sources at hand name no unit.
    pub tracking: Option<u16>,
    /// Its outline.
    pub polygon: Option<Polygon>,
    /// What is known of a road user of this kind.
    pub type_related_ext: Option<TypeRelatedExt>,
}

/// What a road user is expected to do.
///
/// ASN.1 `Planning`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Planning {
    /// For how long, 0 to 600, as on the wire: the sources at hand name no unit.
    pub duration: Option<u16>,
    /// How sure that is, as a share of 1.
    pub plan_confidence: Option<f64>,
    /// What it will do.
    pub driving_behavior: Option<DriveBehavior>,
    /// The way it will take: 1 to 100 points.
    pub path_planning: Option<Vec<PathPlanningPoint>>,
}

impl Si<wire::SensorSharingMsg> for SensorSharingMsg {
    fn to_wire(&self) -> Result<wire::SensorSharingMsg, CodecError> {
        let sensor_pos = self.sensor_pos.to_wire().at("sensorPos")?;
        let here = &sensor_pos;
        let regions = self.detected_region.as_deref().map(|all| each(all, |one| one.to_wire(here)));
        let participants = self.participants.as_deref().map(|all| each(all, |one| one.to_wire(here)));
        let obstacles = self.obstacles.as_deref().map(|all| each(all, |one| one.to_wire(here)));
        let events = self.rtes.as_deref().map(|all| each(all, |one| one.to_n4(here)));
        Ok(wire::SensorSharingMsg {
            msg_cnt: self.msg_cnt,
            id: self.id,
            equipment_type: self.equipment_type,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            sensor_pos,
            detected_region: regions.transpose().at("detectedRegion")?,
            participants: participants.transpose().at("participants")?,
            obstacles: obstacles.transpose().at("obstacles")?,
            rtes: events.transpose().at("rtes")?,
        })
    }

    fn from_wire(wire: &wire::SensorSharingMsg) -> Self {
        let here = &wire.sensor_pos;
        let region = |one| Polygon::from_wire(one, here);
        let participant = |one| DetectedPTCData::from_wire(one, here);
        let obstacle = |one| DetectedObstacleData::from_wire(one, here);
        let event = |one| RTEData::from_n4(one, here);
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            equipment_type: wire.equipment_type,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            sensor_pos: Si::from_wire(here),
            detected_region: wire.detected_region.as_ref().map(|all| all.iter().map(region).collect()),
            participants: wire.participants.as_ref().map(|all| all.iter().map(participant).collect()),
            obstacles: wire.obstacles.as_ref().map(|all| all.iter().map(obstacle).collect()),
            rtes: wire.rtes.as_ref().map(|all| all.iter().map(event).collect()),
        }
    }
}

impl DetectedPTCData {
    fn to_wire(&self, sensor_pos: &Position3D) -> Result<wire::DetectedPTCData, CodecError> {
        let its_place = self.ptc.pos.to_wire().at("ptc.pos")?;
        let plans = self.planning_list.as_deref().map(|all| each(all, |one| one.to_wire(sensor_pos)));
        Ok(wire::DetectedPTCData {
            ptc: self.ptc.to_wire(sensor_pos).at("ptc")?,
            obj_size_confidence: self.obj_size_confidence.to_wire().at("objSizeConfidence")?,
            detected_ptc_type: self.detected_ptc_type,
            type_confidence: CONFIDENCE.to_wire_optional(self.type_confidence).at("typeConfidence")?,
            acc4_way_confidence: self.acc4_way_confidence.to_wire().at("acc4WayConfidence")?,
            status_duration: TIME_OFFSET_S.to_wire_optional(self.status_duration_s).at("statusDuration")?,
            path_history: PathHistory::optional_to_n4(self.path_history.as_ref(), &its_place).at("pathHistory")?,
            planning_list: plans.transpose().at("planningList")?,
            tracking: self.tracking,
            polygon: self.polygon.as_ref().map(|corners| corners.to_wire(sensor_pos)).transpose().at("polygon")?,
            type_related_ext: self.type_related_ext.to_wire().at("type-relatedExt")?,
        })
    }

    fn from_wire(wire: &wire::DetectedPTCData, sensor_pos: &Position3D) -> Self {
        let ptc = ParticipantData::from_wire(&wire.ptc, sensor_pos);
        // A place that came from the wire can be said there.
        let history = wire.path_history.as_ref().zip(ptc.pos.to_wire().ok());
        let plan = |one| Planning::from_wire(one, sensor_pos);
        Self {
            ptc,
            obj_size_confidence: Si::from_wire(&wire.obj_size_confidence),
            detected_ptc_type: wire.detected_ptc_type,
            type_confidence: CONFIDENCE.from_wire_optional(wire.type_confidence),
            acc4_way_confidence: Si::from_wire(&wire.acc4_way_confidence),
            status_duration_s: TIME_OFFSET_S.from_wire_optional(wire.status_duration),
            path_history: history.map(|(history, its_place)| PathHistory::from_n4(history, &its_place)),
            planning_list: wire.planning_list.as_ref().map(|all| all.iter().map(plan).collect()),
            tracking: wire.tracking,
            polygon: wire.polygon.as_ref().map(|corners| Polygon::from_wire(corners, sensor_pos)),
            type_related_ext: Si::from_wire(&wire.type_related_ext),
        }
    }
}

impl Planning {
    fn to_wire(&self, sensor_pos: &Position3D) -> Result<wire::Planning, CodecError> {
        let way = PathPlanningPoint::way_to_wire(self.path_planning.as_deref(), sensor_pos);
        Ok(wire::Planning {
            duration: self.duration,
            plan_confidence: CONFIDENCE.to_wire_optional(self.plan_confidence).at("planConfidence")?,
            driving_behavior: self.driving_behavior,
            path_planning: way.at("pathPlanning")?,
        })
    }

    fn from_wire(wire: &wire::Planning, sensor_pos: &Position3D) -> Self {
        Self {
            duration: wire.duration,
            plan_confidence: CONFIDENCE.from_wire_optional(wire.plan_confidence),
            driving_behavior: wire.driving_behavior,
            path_planning: PathPlanningPoint::way_from_wire(wire.path_planning.as_deref(), sensor_pos),
        }
    }
}
