//! SDSM of SAE J3224: the objects that a station sees.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, DDateTime, ExteriorLights, Position3D, PositionConfidenceSet, PositionalAccuracy, VehicleSize,
};
use super::confidence::{ElevationConfidence, HeadingConfidence, SpeedConfidence, TimeConfidence};
use super::person::{Attachment, PersonalDeviceUserType, PropelledInformation};
use crate::Octets4;
pub use crate::confidence::SizeValueConfidence;
use crate::macros::extensible_sequence;
pub use crate::road_users::EquipmentType;

/// SDSM: the objects that a station sees (SAE J3224).
///
/// ASN.1 `SensorDataSharingMessage`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SensorDataSharingMessage {
    /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
    #[rasn(identifier = "msgCnt", value("0..=127"))]
    pub msg_cnt: u8,
    /// `sourceID`: `TemporaryID`, OCTET STRING (SIZE(4)).
    #[rasn(identifier = "sourceID")]
    pub source_id: Octets4,
    /// `equipmentType`.
    #[rasn(identifier = "equipmentType")]
    pub equipment_type: EquipmentType,
    /// `sDSMTimeStamp`.
    #[rasn(identifier = "sDSMTimeStamp")]
    pub sdsm_time_stamp: DDateTime,
    /// `refPos`.
    #[rasn(identifier = "refPos")]
    pub ref_pos: Position3D,
    /// `refPosXYConf`.
    #[rasn(identifier = "refPosXYConf")]
    pub ref_pos_xy_conf: PositionalAccuracy,
    /// `refPosElConf`.
    #[rasn(identifier = "refPosElConf")]
    pub ref_pos_el_conf: Option<ElevationConfidence>,
    /// `objects`: 1 to 256 [`DetectedObjectData`].
    #[rasn(size("1..=256"))]
    pub objects: Vec<DetectedObjectData>,
}

/// One object seen.
///
/// ASN.1 `DetectedObjectData`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DetectedObjectData {
    /// `detObjCommon`.
    #[rasn(identifier = "detObjCommon")]
    pub det_obj_common: DetectedObjectCommonData,
    /// `detObjOptData`.
    #[rasn(identifier = "detObjOptData")]
    pub det_obj_opt_data: Option<DetectedObjectOptionalData>,
}

extensible_sequence! {
    /// What every object seen has.
    ///
    /// ASN.1 `DetectedObjectCommonData`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct DetectedObjectCommonData, additions 0 {
        /// `objType`.
        #[rasn(identifier = "objType")]
        pub obj_type: ObjectType,
        /// `objTypeCfd`: `ClassificationConfidence`, INTEGER (0..101); %; 101 is unavailable.
        #[rasn(identifier = "objTypeCfd", value("0..=101"))]
        pub obj_type_cfd: u8,
        /// `objectID`: `ObjectID`, INTEGER (0..65535).
        #[rasn(identifier = "objectID")]
        pub object_id: u16,
        /// `measurementTime`: `MeasurementTimeOffset`, INTEGER (-1500..1500); ms from the message time.
        #[rasn(identifier = "measurementTime", value("-1500..=1500"))]
        pub measurement_time: i16,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: TimeConfidence,
        /// `pos`.
        pub pos: PositionOffsetXYZ,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: PositionConfidenceSet,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: u16,
        /// `speedConfidence`.
        #[rasn(identifier = "speedConfidence")]
        pub speed_confidence: SpeedConfidence,
        /// `speedZ`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(identifier = "speedZ", value("0..=8191"))]
        pub speed_z: Option<u16>,
        /// `speedConfidenceZ`.
        #[rasn(identifier = "speedConfidenceZ")]
        pub speed_confidence_z: Option<SpeedConfidence>,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: u16,
        /// `headingConf`.
        #[rasn(identifier = "headingConf")]
        pub heading_conf: HeadingConfidence,
        /// `accel4way`.
        pub accel4way: Option<AccelerationSet4Way>,
        /// `accCfdX`.
        #[rasn(identifier = "accCfdX")]
        pub acc_cfd_x: Option<AccelerationConfidence>,
        /// `accCfdY`.
        #[rasn(identifier = "accCfdY")]
        pub acc_cfd_y: Option<AccelerationConfidence>,
        /// `accCfdZ`.
        #[rasn(identifier = "accCfdZ")]
        pub acc_cfd_z: Option<AccelerationConfidence>,
        /// `accCfdYaw`.
        #[rasn(identifier = "accCfdYaw")]
        pub acc_cfd_yaw: Option<YawRateConfidence>,
    }
}

/// ASN.1 `ObjectType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ObjectType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `vehicle`.
    #[rasn(identifier = "vehicle")]
    Vehicle = 1,
    /// `vru`.
    #[rasn(identifier = "vru")]
    Vru = 2,
    /// `animal`.
    #[rasn(identifier = "animal")]
    Animal = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// An offset from the reference position: x to the east, y to the north, z upwards.
///
/// ASN.1 `PositionOffsetXYZ`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionOffsetXYZ {
    /// `offsetX`: `ObjectDistance`, INTEGER (-32767..32767); 0.1 m from the reference position.
    #[rasn(identifier = "offsetX", value("-32767..=32767"))]
    pub offset_x: i16,
    /// `offsetY`: `ObjectDistance`, INTEGER (-32767..32767); 0.1 m from the reference position.
    #[rasn(identifier = "offsetY", value("-32767..=32767"))]
    pub offset_y: i16,
    /// `offsetZ`: `ObjectDistance`, INTEGER (-32767..32767); 0.1 m from the reference position.
    #[rasn(identifier = "offsetZ", value("-32767..=32767"))]
    pub offset_z: Option<i16>,
}

/// ASN.1 `AccelerationConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AccelerationConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `accl-100-00`.
    #[rasn(identifier = "accl-100-00")]
    Accl100_00 = 1,
    /// `accl-010-00`.
    #[rasn(identifier = "accl-010-00")]
    Accl010_00 = 2,
    /// `accl-005-00`.
    #[rasn(identifier = "accl-005-00")]
    Accl005_00 = 3,
    /// `accl-001-00`.
    #[rasn(identifier = "accl-001-00")]
    Accl001_00 = 4,
    /// `accl-000-10`.
    #[rasn(identifier = "accl-000-10")]
    Accl000_10 = 5,
    /// `accl-000-05`.
    #[rasn(identifier = "accl-000-05")]
    Accl000_05 = 6,
    /// `accl-000-01`.
    #[rasn(identifier = "accl-000-01")]
    Accl000_01 = 7,
}

/// ASN.1 `YawRateConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum YawRateConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `degSec-100-00`.
    #[rasn(identifier = "degSec-100-00")]
    DegSec100_00 = 1,
    /// `degSec-010-00`.
    #[rasn(identifier = "degSec-010-00")]
    DegSec010_00 = 2,
    /// `degSec-005-00`.
    #[rasn(identifier = "degSec-005-00")]
    DegSec005_00 = 3,
    /// `degSec-001-00`.
    #[rasn(identifier = "degSec-001-00")]
    DegSec001_00 = 4,
    /// `degSec-000-10`.
    #[rasn(identifier = "degSec-000-10")]
    DegSec000_10 = 5,
    /// `degSec-000-05`.
    #[rasn(identifier = "degSec-000-05")]
    DegSec000_05 = 6,
    /// `degSec-000-01`.
    #[rasn(identifier = "degSec-000-01")]
    DegSec000_01 = 7,
}

/// ASN.1 `DetectedObjectOptionalData`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum DetectedObjectOptionalData {
    /// `detVeh`.
    #[rasn(identifier = "detVeh")]
    DetVeh(DetectedVehicleData),
    /// `detVRU`.
    #[rasn(identifier = "detVRU")]
    DetVRU(DetectedVRUData),
    /// `detObst`.
    #[rasn(identifier = "detObst")]
    DetObst(DetectedObstacleData),
}

extensible_sequence! {
    /// ASN.1 `DetectedVehicleData`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct DetectedVehicleData, additions 0 {
        /// `lights`.
        pub lights: Option<ExteriorLights>,
        /// `vehAttitude`.
        #[rasn(identifier = "vehAttitude")]
        pub veh_attitude: Option<Attitude>,
        /// `vehAttitudeConfidence`.
        #[rasn(identifier = "vehAttitudeConfidence")]
        pub veh_attitude_confidence: Option<AttitudeConfidence>,
        /// `vehAngVel`.
        #[rasn(identifier = "vehAngVel")]
        pub veh_ang_vel: Option<AngularVelocity>,
        /// `vehAngVelConfidence`.
        #[rasn(identifier = "vehAngVelConfidence")]
        pub veh_ang_vel_confidence: Option<AngularVelocityConfidence>,
        /// `size`.
        pub size: Option<VehicleSize>,
        /// `height`: `VehicleHeight`, INTEGER (0..127); 5 cm; 0 is unknown.
        #[rasn(value("0..=127"))]
        pub height: Option<u8>,
        /// `vehicleSizeConfidence`.
        #[rasn(identifier = "vehicleSizeConfidence")]
        pub vehicle_size_confidence: Option<VehicleSizeConfidence>,
        /// `vehicleClass`: `BasicVehicleClass`, INTEGER (0..255); 0 is unknown.
        #[rasn(identifier = "vehicleClass")]
        pub vehicle_class: Option<u8>,
        /// `classConf`: `ClassificationConfidence`, INTEGER (0..101); %; 101 is unavailable.
        #[rasn(identifier = "classConf", value("0..=101"))]
        pub class_conf: Option<u8>,
    }
}

/// ASN.1 `Attitude`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Attitude {
    /// `pitch`: `PitchDetected`, INTEGER (-7200..7200); 0.0125 degrees.
    #[rasn(value("-7200..=7200"))]
    pub pitch: i16,
    /// `roll`: `RollDetected`, INTEGER (-14400..14400); 0.0125 degrees.
    #[rasn(value("-14400..=14400"))]
    pub roll: i16,
    /// `yaw`: `YawDetected`, INTEGER (-14400..14400); 0.0125 degrees.
    #[rasn(value("-14400..=14400"))]
    pub yaw: i16,
}

/// ASN.1 `AttitudeConfidence`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AttitudeConfidence {
    /// `pitchConfidence`.
    #[rasn(identifier = "pitchConfidence")]
    pub pitch_confidence: HeadingConfidence,
    /// `rollConfidence`.
    #[rasn(identifier = "rollConfidence")]
    pub roll_confidence: HeadingConfidence,
    /// `yawConfidence`.
    #[rasn(identifier = "yawConfidence")]
    pub yaw_confidence: HeadingConfidence,
}

/// ASN.1 `AngularVelocity`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AngularVelocity {
    /// `pitchRate`: `PitchRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(identifier = "pitchRate", value("-32767..=32767"))]
    pub pitch_rate: i16,
    /// `rollRate`: `RollRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(identifier = "rollRate", value("-32767..=32767"))]
    pub roll_rate: i16,
}

/// ASN.1 `AngularVelocityConfidence`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AngularVelocityConfidence {
    /// `pitchRateConfidence`.
    #[rasn(identifier = "pitchRateConfidence")]
    pub pitch_rate_confidence: Option<PitchRateConfidence>,
    /// `rollRateConfidence`.
    #[rasn(identifier = "rollRateConfidence")]
    pub roll_rate_confidence: Option<RollRateConfidence>,
}

/// ASN.1 `PitchRateConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum PitchRateConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `degSec-100-00`.
    #[rasn(identifier = "degSec-100-00")]
    DegSec100_00 = 1,
    /// `degSec-010-00`.
    #[rasn(identifier = "degSec-010-00")]
    DegSec010_00 = 2,
    /// `degSec-005-00`.
    #[rasn(identifier = "degSec-005-00")]
    DegSec005_00 = 3,
    /// `degSec-001-00`.
    #[rasn(identifier = "degSec-001-00")]
    DegSec001_00 = 4,
    /// `degSec-000-10`.
    #[rasn(identifier = "degSec-000-10")]
    DegSec000_10 = 5,
    /// `degSec-000-05`.
    #[rasn(identifier = "degSec-000-05")]
    DegSec000_05 = 6,
    /// `degSec-000-01`.
    #[rasn(identifier = "degSec-000-01")]
    DegSec000_01 = 7,
}

/// ASN.1 `RollRateConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum RollRateConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `degSec-100-00`.
    #[rasn(identifier = "degSec-100-00")]
    DegSec100_00 = 1,
    /// `degSec-010-00`.
    #[rasn(identifier = "degSec-010-00")]
    DegSec010_00 = 2,
    /// `degSec-005-00`.
    #[rasn(identifier = "degSec-005-00")]
    DegSec005_00 = 3,
    /// `degSec-001-00`.
    #[rasn(identifier = "degSec-001-00")]
    DegSec001_00 = 4,
    /// `degSec-000-10`.
    #[rasn(identifier = "degSec-000-10")]
    DegSec000_10 = 5,
    /// `degSec-000-05`.
    #[rasn(identifier = "degSec-000-05")]
    DegSec000_05 = 6,
    /// `degSec-000-01`.
    #[rasn(identifier = "degSec-000-01")]
    DegSec000_01 = 7,
}

/// ASN.1 `VehicleSizeConfidence`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VehicleSizeConfidence {
    /// `vehicleWidthConfidence`.
    #[rasn(identifier = "vehicleWidthConfidence")]
    pub vehicle_width_confidence: SizeValueConfidence,
    /// `vehicleLengthConfidence`.
    #[rasn(identifier = "vehicleLengthConfidence")]
    pub vehicle_length_confidence: SizeValueConfidence,
    /// `vehicleHeightConfidence`.
    #[rasn(identifier = "vehicleHeightConfidence")]
    pub vehicle_height_confidence: Option<SizeValueConfidence>,
}

/// ASN.1 `DetectedVRUData`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DetectedVRUData {
    /// `basicType`.
    #[rasn(identifier = "basicType")]
    pub basic_type: Option<PersonalDeviceUserType>,
    /// `propulsion`.
    pub propulsion: Option<PropelledInformation>,
    /// `attachment`.
    pub attachment: Option<Attachment>,
    /// `radius`: `AttachmentRadius`, INTEGER (0..200); 0.1 m.
    #[rasn(value("0..=200"))]
    pub radius: Option<u8>,
}

/// ASN.1 `DetectedObstacleData`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DetectedObstacleData {
    /// `obstSize`.
    #[rasn(identifier = "obstSize")]
    pub obst_size: ObstacleSize,
    /// `obstSizeConfidence`.
    #[rasn(identifier = "obstSizeConfidence")]
    pub obst_size_confidence: ObstacleSizeConfidence,
}

/// ASN.1 `ObstacleSize`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ObstacleSize {
    /// `width`: `SizeValue`, INTEGER (0..1023); 0.1 m.
    #[rasn(value("0..=1023"))]
    pub width: u16,
    /// `length`: `SizeValue`, INTEGER (0..1023); 0.1 m.
    #[rasn(value("0..=1023"))]
    pub length: u16,
    /// `height`: `SizeValue`, INTEGER (0..1023); 0.1 m.
    #[rasn(value("0..=1023"))]
    pub height: Option<u16>,
}

/// ASN.1 `ObstacleSizeConfidence`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ObstacleSizeConfidence {
    /// `widthConfidence`.
    #[rasn(identifier = "widthConfidence")]
    pub width_confidence: SizeValueConfidence,
    /// `lengthConfidence`.
    #[rasn(identifier = "lengthConfidence")]
    pub length_confidence: SizeValueConfidence,
    /// `heightConfidence`.
    #[rasn(identifier = "heightConfidence")]
    pub height_confidence: Option<SizeValueConfidence>,
}
