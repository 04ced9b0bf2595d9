//! SDSM in SI units: the objects that a station sees.

use alloc::vec::Vec;

use super::common::Position3D;
pub use super::sdsm_kinds::*;
use crate::si::{
    Acceleration4Way, At, ConfidenceClass, DateTime, PositionConfidenceSet, PositionalAccuracy, Si, bound_of,
};
use crate::units::{
    CLASSIFICATION_CONFIDENCE, HEADING_CW_NORTH_RAD, MEASUREMENT_TIME_OFFSET_S, OBJECT_DISTANCE_M, SPEED_MPS,
    heading_to_wire,
};
use crate::us::sdsm as wire;
use crate::us::sdsm::{EquipmentType, ObjectType};
use crate::{CodecError, Octets4};

/// SDSM: the objects that a station sees.
///
/// ASN.1 `SensorDataSharingMessage`. Source: SAE J2735 2024-09, SAE J3224.
#[derive(Clone, Debug, PartialEq)]
pub struct SensorDataSharingMessage {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The station's identity.
    pub source_id: Octets4,
    /// What kind of station.
    pub equipment_type: EquipmentType,
    /// The moment from which the objects' times are counted.
    pub sdsm_time_stamp: DateTime,
    /// The place from which the objects' places are counted.
    pub ref_pos: Position3D,
    /// How good that is, horizontally.
    pub ref_pos_xy_conf: PositionalAccuracy,
    /// Error of its height at 95 %, metres; classes from 0.01 to 500.
    pub ref_pos_el_conf_m: Option<f64>,
    /// 1 to 256 objects.
    pub objects: Vec<DetectedObjectData>,
}

/// One object seen. ASN.1 `DetectedObjectData`.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectedObjectData {
    /// What every object has.
    pub det_obj_common: DetectedObjectCommonData,
    /// What objects of its kind have.
    pub det_obj_opt_data: Option<DetectedObjectOptionalData>,
}

/// What every object seen has. ASN.1 `DetectedObjectCommonData`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectedObjectCommonData {
    /// What kind of object.
    pub obj_type: ObjectType,
    /// How sure that is, as a share of 1.
    pub obj_type_cfd: Option<f64>,
    /// Number that the station gave it.
    pub object_id: u16,
    /// When it was there, seconds after the message's time, ±1.5.
    pub measurement_time_s: f64,
    /// Error of that at 95 %, seconds; classes from 1e-11 to 100.
    pub time_confidence_s: Option<f64>,
    /// Where it is, from the reference position.
    pub pos: PositionOffsetXYZ,
    /// How good that is.
    pub pos_confidence: PositionConfidenceSet,
    /// Horizontal speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Error of the speed at 95 %, m/s; classes from 0.01 to 100.
    pub speed_confidence_mps: Option<f64>,
    /// Vertical speed, m/s, 0 to 163.8.
    pub speed_z_mps: Option<f64>,
    /// Error of the vertical speed at 95 %, m/s; classes from 0.01 to 100.
    pub speed_confidence_z_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Error of the heading at 95 %, radians; classes from 0.01° to 10°.
    pub heading_conf_rad: Option<f64>,
    /// Acceleration and yaw rate.
    pub accel4way: Option<Acceleration4Way>,
    /// Error of the acceleration along x at 95 %, m/s²; classes from 0.01 to 100.
    pub acc_cfd_x_mps2: Option<f64>,
    /// Error of the acceleration along y at 95 %, m/s²; classes from 0.01 to 100.
    pub acc_cfd_y_mps2: Option<f64>,
    /// Error of the acceleration along z at 95 %, m/s²; classes from 0.01 to 100.
    pub acc_cfd_z_mps2: Option<f64>,
    /// Error of the yaw rate at 95 %, rad/s; classes from 0.01°/s to 100°/s.
    pub acc_cfd_yaw_radps: Option<f64>,
}

/// An offset from the reference position. ASN.1 `PositionOffsetXYZ`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PositionOffsetXYZ {
    /// To the east, metres, ±3276.7.
    pub east_m: f64,
    /// To the north, metres, ±3276.7.
    pub north_m: f64,
    /// Upwards, metres, ±3276.7.
    pub up_m: Option<f64>,
}

/// What objects of one kind have. ASN.1 `DetectedObjectOptionalData`.
#[derive(Clone, Debug, PartialEq)]
pub enum DetectedObjectOptionalData {
    /// `detVeh`: a vehicle.
    DetVeh(DetectedVehicleData),
    /// `detVRU`: a vulnerable road user.
    DetVRU(DetectedVRUData),
    /// `detObst`: an obstacle.
    DetObst(DetectedObstacleData),
}

impl Si<wire::SensorDataSharingMessage> for SensorDataSharingMessage {
    fn to_wire(&self) -> Result<wire::SensorDataSharingMessage, CodecError> {
        Ok(wire::SensorDataSharingMessage {
            msg_cnt: self.msg_cnt,
            source_id: self.source_id,
            equipment_type: self.equipment_type,
            sdsm_time_stamp: self.sdsm_time_stamp.to_wire().at("sDSMTimeStamp")?,
            ref_pos: self.ref_pos.to_wire().at("refPos")?,
            ref_pos_xy_conf: self.ref_pos_xy_conf.to_wire().at("refPosXYConf")?,
            ref_pos_el_conf: ConfidenceClass::of_optional(self.ref_pos_el_conf_m),
            objects: self.objects.to_wire().at("objects")?,
        })
    }

    fn from_wire(wire: &wire::SensorDataSharingMessage) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            source_id: wire.source_id,
            equipment_type: wire.equipment_type,
            sdsm_time_stamp: Si::from_wire(&wire.sdsm_time_stamp),
            ref_pos: Si::from_wire(&wire.ref_pos),
            ref_pos_xy_conf: Si::from_wire(&wire.ref_pos_xy_conf),
            ref_pos_el_conf_m: bound_of(wire.ref_pos_el_conf),
            objects: Si::from_wire(&wire.objects),
        }
    }
}

impl Si<wire::DetectedObjectData> for DetectedObjectData {
    fn to_wire(&self) -> Result<wire::DetectedObjectData, CodecError> {
        Ok(wire::DetectedObjectData {
            det_obj_common: self.det_obj_common.to_wire().at("detObjCommon")?,
            det_obj_opt_data: self.det_obj_opt_data.to_wire().at("detObjOptData")?,
        })
    }

    fn from_wire(wire: &wire::DetectedObjectData) -> Self {
        Self {
            det_obj_common: Si::from_wire(&wire.det_obj_common),
            det_obj_opt_data: Si::from_wire(&wire.det_obj_opt_data),
        }
    }
}

impl Si<wire::DetectedObjectCommonData> for DetectedObjectCommonData {
    fn to_wire(&self) -> Result<wire::DetectedObjectCommonData, CodecError> {
        Ok(wire::DetectedObjectCommonData {
            obj_type: self.obj_type,
            obj_type_cfd: CLASSIFICATION_CONFIDENCE.to_wire_or_unknown(self.obj_type_cfd).at("objTypeCfd")?,
            object_id: self.object_id,
            measurement_time: MEASUREMENT_TIME_OFFSET_S.to_wire(self.measurement_time_s).at("measurementTime")?,
            time_confidence: ConfidenceClass::of(self.time_confidence_s),
            pos: self.pos.to_wire().at("pos")?,
            pos_confidence: self.pos_confidence.to_wire().at("posConfidence")?,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            speed_confidence: ConfidenceClass::of(self.speed_confidence_mps),
            speed_z: SPEED_MPS.to_wire_optional(self.speed_z_mps).at("speedZ")?,
            speed_confidence_z: ConfidenceClass::of_optional(self.speed_confidence_z_mps),
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            heading_conf: ConfidenceClass::of(self.heading_conf_rad),
            accel4way: self.accel4way.to_wire().at("accel4way")?,
            acc_cfd_x: ConfidenceClass::of_optional(self.acc_cfd_x_mps2),
            acc_cfd_y: ConfidenceClass::of_optional(self.acc_cfd_y_mps2),
            acc_cfd_z: ConfidenceClass::of_optional(self.acc_cfd_z_mps2),
            acc_cfd_yaw: ConfidenceClass::of_optional(self.acc_cfd_yaw_radps),
        })
    }

    fn from_wire(wire: &wire::DetectedObjectCommonData) -> Self {
        Self {
            obj_type: wire.obj_type,
            obj_type_cfd: CLASSIFICATION_CONFIDENCE.from_wire(wire.obj_type_cfd),
            object_id: wire.object_id,
            measurement_time_s: MEASUREMENT_TIME_OFFSET_S.value(wire.measurement_time),
            time_confidence_s: wire.time_confidence.bound(),
            pos: Si::from_wire(&wire.pos),
            pos_confidence: Si::from_wire(&wire.pos_confidence),
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            speed_confidence_mps: wire.speed_confidence.bound(),
            speed_z_mps: SPEED_MPS.from_wire_optional(wire.speed_z),
            speed_confidence_z_mps: bound_of(wire.speed_confidence_z),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            heading_conf_rad: wire.heading_conf.bound(),
            accel4way: Si::from_wire(&wire.accel4way),
            acc_cfd_x_mps2: bound_of(wire.acc_cfd_x),
            acc_cfd_y_mps2: bound_of(wire.acc_cfd_y),
            acc_cfd_z_mps2: bound_of(wire.acc_cfd_z),
            acc_cfd_yaw_radps: bound_of(wire.acc_cfd_yaw),
        }
    }
}

impl Si<wire::PositionOffsetXYZ> for PositionOffsetXYZ {
    fn to_wire(&self) -> Result<wire::PositionOffsetXYZ, CodecError> {
        Ok(wire::PositionOffsetXYZ {
            offset_x: OBJECT_DISTANCE_M.to_wire(self.east_m).at("offsetX")?,
            offset_y: OBJECT_DISTANCE_M.to_wire(self.north_m).at("offsetY")?,
            offset_z: OBJECT_DISTANCE_M.to_wire_optional(self.up_m).at("offsetZ")?,
        })
    }

    fn from_wire(wire: &wire::PositionOffsetXYZ) -> Self {
        Self {
            east_m: OBJECT_DISTANCE_M.value(wire.offset_x),
            north_m: OBJECT_DISTANCE_M.value(wire.offset_y),
            up_m: OBJECT_DISTANCE_M.from_wire_optional(wire.offset_z),
        }
    }
}

impl Si<wire::DetectedObjectOptionalData> for DetectedObjectOptionalData {
    fn to_wire(&self) -> Result<wire::DetectedObjectOptionalData, CodecError> {
        Ok(match self {
            Self::DetVeh(vehicle) => wire::DetectedObjectOptionalData::DetVeh(vehicle.to_wire().at("detVeh")?),
            Self::DetVRU(person) => wire::DetectedObjectOptionalData::DetVRU(person.to_wire().at("detVRU")?),
            Self::DetObst(obstacle) => wire::DetectedObjectOptionalData::DetObst(obstacle.to_wire().at("detObst")?),
        })
    }

    fn from_wire(wire: &wire::DetectedObjectOptionalData) -> Self {
        match wire {
            wire::DetectedObjectOptionalData::DetVeh(vehicle) => Self::DetVeh(Si::from_wire(vehicle)),
            wire::DetectedObjectOptionalData::DetVRU(person) => Self::DetVRU(Si::from_wire(person)),
            wire::DetectedObjectOptionalData::DetObst(obstacle) => Self::DetObst(Si::from_wire(obstacle)),
        }
    }
}
