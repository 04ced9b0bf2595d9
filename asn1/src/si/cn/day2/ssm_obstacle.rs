//! Obstacles of SSM in SI units.

use super::common::Polygon;
use crate::CodecError;
use crate::cn::common::Position3D;
use crate::cn::day2::ssm_obstacle as wire;
use crate::cn::day2::ssm_obstacle::ObstacleType;
use crate::cn::rsm::SourceType;
use crate::si::cn::common::{offset_from_wire, offset_to_wire};
use crate::si::{Acceleration4Way, At, ConfidenceClass, Position, PositionConfidenceSet, Si, bound_of};
use crate::units::{
    CONFIDENCE, HEADING_CW_NORTH_RAD, OBSTACLE_SIZE_M, SECOND_OF_MINUTE_S, SPEED_MPS, heading_to_wire, second_to_wire,
};

/// One obstacle that was seen.
///
/// ASN.1 `DetectedObstacleData`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectedObstacleData {
    /// What it is.
    pub obs_type: ObstacleType,
    /// How sure that is, as a share of 1.
    pub obj_type_confidence: Option<f64>,
    /// Number that the sender gave it.
    pub obs_id: u16,
    /// What saw it.
    pub source: SourceType,
    /// When it was there: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Where it is.
    pub pos: Option<Position>,
    /// How good that is.
    pub pos_confidence: PositionConfidenceSet,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Error of the speed, m/s; classes from 0.01 to 100.
    pub speed_cfd_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Error of the heading, radians; classes from 0.01° to 10°.
    pub heading_cfd_rad: Option<f64>,
    /// Vertical speed, m/s, 0 to 163.8.
    pub ver_speed_mps: Option<f64>,
    /// Error of the vertical speed, m/s; classes from 0.01 to 100.
    pub ver_speed_confidence_mps: Option<f64>,
    /// Acceleration and yaw rate.
    pub accel_set: Option<Acceleration4Way>,
    /// How large it is.
    pub size: ObjectSize,
    /// How good that is.
    pub obj_size_confidence: Option<ObjectSizeConfidence>,
    /// For how long it has been tracked, 1 to 65535, as on the wire: the sources at hand name no unit.
    pub tracking: Option<u16>,
    /// Its outline.
    pub polygon: Option<Polygon>,
}

/// How large it is.
///
/// ASN.1 `ObjectSize`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObjectSize {
    /// Metres, 0 to 102.3.
    pub width_m: f64,
    /// Metres, 0 to 102.3.
    pub length_m: f64,
    /// Metres, 0 to 102.3.
    pub height_m: Option<f64>,
}

/// How good a size is in 95 % of cases.
///
/// ASN.1 `ObjectSizeConfidence`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObjectSizeConfidence {
    /// Error of the width, metres; classes from 0.01 to 100.
    pub width_conf_m: Option<f64>,
    /// Error of the length, metres; classes from 0.01 to 100.
    pub length_conf_m: Option<f64>,
    /// Error of the height, metres; classes from 0.01 to 100.
    pub height_conf_m: Option<f64>,
}

impl DetectedObstacleData {
    pub(super) fn to_wire(&self, sensor_pos: &Position3D) -> Result<wire::DetectedObstacleData, CodecError> {
        Ok(wire::DetectedObstacleData {
            obs_type: self.obs_type,
            obj_type_confidence: CONFIDENCE.to_wire_optional(self.obj_type_confidence).at("objTypeConfidence")?,
            obs_id: self.obs_id,
            source: self.source,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            pos: offset_to_wire(self.pos, sensor_pos).at("pos")?,
            pos_confidence: self.pos_confidence.to_wire().at("posConfidence")?,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            speed_cfd: ConfidenceClass::of_optional(self.speed_cfd_mps),
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            heading_cfd: ConfidenceClass::of_optional(self.heading_cfd_rad),
            ver_speed: SPEED_MPS.to_wire_optional(self.ver_speed_mps).at("verSpeed")?,
            ver_speed_confidence: ConfidenceClass::of_optional(self.ver_speed_confidence_mps),
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            size: self.size.to_wire().at("size")?,
            obj_size_confidence: self.obj_size_confidence.to_wire().at("objSizeConfidence")?,
            tracking: self.tracking,
            polygon: self.polygon.as_ref().map(|corners| corners.to_wire(sensor_pos)).transpose().at("polygon")?,
        })
    }

    pub(super) fn from_wire(wire: &wire::DetectedObstacleData, sensor_pos: &Position3D) -> Self {
        Self {
            obs_type: wire.obs_type,
            obj_type_confidence: CONFIDENCE.from_wire_optional(wire.obj_type_confidence),
            obs_id: wire.obs_id,
            source: wire.source,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            pos: offset_from_wire(&wire.pos, sensor_pos),
            pos_confidence: Si::from_wire(&wire.pos_confidence),
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            speed_cfd_mps: bound_of(wire.speed_cfd),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            heading_cfd_rad: bound_of(wire.heading_cfd),
            ver_speed_mps: SPEED_MPS.from_wire_optional(wire.ver_speed),
            ver_speed_confidence_mps: bound_of(wire.ver_speed_confidence),
            accel_set: Si::from_wire(&wire.accel_set),
            size: Si::from_wire(&wire.size),
            obj_size_confidence: Si::from_wire(&wire.obj_size_confidence),
            tracking: wire.tracking,
            polygon: wire.polygon.as_ref().map(|corners| Polygon::from_wire(corners, sensor_pos)),
        }
    }
}

impl Si<wire::ObjectSize> for ObjectSize {
    fn to_wire(&self) -> Result<wire::ObjectSize, CodecError> {
        Ok(wire::ObjectSize {
            width: OBSTACLE_SIZE_M.to_wire(self.width_m).at("width")?,
            length: OBSTACLE_SIZE_M.to_wire(self.length_m).at("length")?,
            height: OBSTACLE_SIZE_M.to_wire_optional(self.height_m).at("height")?,
        })
    }

    fn from_wire(wire: &wire::ObjectSize) -> Self {
        Self {
            width_m: OBSTACLE_SIZE_M.value(wire.width),
            length_m: OBSTACLE_SIZE_M.value(wire.length),
            height_m: OBSTACLE_SIZE_M.from_wire_optional(wire.height),
        }
    }
}

impl Si<wire::ObjectSizeConfidence> for ObjectSizeConfidence {
    fn to_wire(&self) -> Result<wire::ObjectSizeConfidence, CodecError> {
        Ok(wire::ObjectSizeConfidence {
            width_conf: ConfidenceClass::of(self.width_conf_m),
            length_conf: ConfidenceClass::of(self.length_conf_m),
            height_conf: ConfidenceClass::of_optional(self.height_conf_m),
        })
    }

    fn from_wire(wire: &wire::ObjectSizeConfidence) -> Self {
        Self {
            width_conf_m: wire.width_conf.bound(),
            length_conf_m: wire.length_conf.bound(),
            height_conf_m: bound_of(wire.height_conf),
        }
    }
}
