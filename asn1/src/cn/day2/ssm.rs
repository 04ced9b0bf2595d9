//! SSM of T/CSAE 157-2020: what sensors of a vehicle or of the roadside see.
//! Where a number has no unit here, the sources at hand name none.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{AccSet4WayConfidence, AngularVConfidence, DriveBehavior, PathPlanningPoint, Polygon};
use super::non_motor::NonMotorData;
use super::ssm_obstacle::{DetectedObstacleData, ObjectSizeConfidence};
use crate::Octets8;
use crate::UnknownAlternative;
use crate::cn::bsm::ExteriorLights;
use crate::cn::common::Position3D;
use crate::cn::confidence::HeadingConfidence;
use crate::cn::n4::types::{PathHistory, RTEData};
use crate::cn::rsm::ParticipantData;
use crate::macros::extensible_sequence;
use crate::road_users::EquipmentType;

extensible_sequence! {
    /// SSM: what sensors of a vehicle or of the roadside see.
    ///
    /// ASN.1 `SensorSharingMsg`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SensorSharingMsg, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `equipmentType`.
        #[rasn(identifier = "equipmentType")]
        pub equipment_type: EquipmentType,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `sensorPos`.
        #[rasn(identifier = "sensorPos")]
        pub sensor_pos: Position3D,
        /// `detectedRegion`: 1 to 8 [`Polygon`].
        #[rasn(identifier = "detectedRegion", size("1..=8"))]
        pub detected_region: Option<Vec<Polygon>>,
        /// `participants`: 1 to 512 [`DetectedPTCData`].
        #[rasn(size("1..=512"))]
        pub participants: Option<Vec<DetectedPTCData>>,
        /// `obstacles`: 1 to 64 [`DetectedObstacleData`].
        #[rasn(size("1..=64"))]
        pub obstacles: Option<Vec<DetectedObstacleData>>,
        /// `rtes`: 1 to 8 [`RTEData`].
        #[rasn(size("1..=8"))]
        pub rtes: Option<Vec<RTEData>>,
    }
}

extensible_sequence! {
    /// One road user that was seen.
    ///
    /// ASN.1 `DetectedPTCData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DetectedPTCData, additions 0 {
        /// `ptc`.
        pub ptc: ParticipantData,
        /// `objSizeConfidence`.
        #[rasn(identifier = "objSizeConfidence")]
        pub obj_size_confidence: Option<ObjectSizeConfidence>,
        /// `detectedPTCType`.
        #[rasn(identifier = "detectedPTCType")]
        pub detected_ptc_type: Option<DetectedPTCType>,
        /// `typeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(identifier = "typeConfidence", value("0..=200"))]
        pub type_confidence: Option<u8>,
        /// `acc4WayConfidence`.
        #[rasn(identifier = "acc4WayConfidence")]
        pub acc4_way_confidence: Option<AccSet4WayConfidence>,
        /// `statusDuration`: `TimeOffset`, INTEGER (1..65535); 10 ms.
        #[rasn(identifier = "statusDuration", value("1..=65535"))]
        pub status_duration: Option<u16>,
        /// `pathHistory`.
        #[rasn(identifier = "pathHistory")]
        pub path_history: Option<PathHistory>,
        /// `planningList`: 1 to 8 [`Planning`].
        #[rasn(identifier = "planningList", size("1..=8"))]
        pub planning_list: Option<Vec<Planning>>,
        /// `tracking`: INTEGER (1..65535).
        #[rasn(value("1..=65535"))]
        pub tracking: Option<u16>,
        /// `polygon`.
        pub polygon: Option<Polygon>,
        /// `type-relatedExt`.
        #[rasn(identifier = "type-relatedExt")]
        pub type_related_ext: Option<TypeRelatedExt>,
    }
}

/// ASN.1 `DetectedPTCType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum DetectedPTCType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `unknown-movable`.
    #[rasn(identifier = "unknown-movable")]
    UnknownMovable = 1,
    /// `unknown-unmovable`.
    #[rasn(identifier = "unknown-unmovable")]
    UnknownUnmovable = 2,
    /// `car`.
    #[rasn(identifier = "car")]
    Car = 3,
    /// `van`.
    #[rasn(identifier = "van")]
    Van = 4,
    /// `truck`.
    #[rasn(identifier = "truck")]
    Truck = 5,
    /// `bus`.
    #[rasn(identifier = "bus")]
    Bus = 6,
    /// `cyclist`.
    #[rasn(identifier = "cyclist")]
    Cyclist = 7,
    /// `motorcyclist`.
    #[rasn(identifier = "motorcyclist")]
    Motorcyclist = 8,
    /// `tricyclist`.
    #[rasn(identifier = "tricyclist")]
    Tricyclist = 9,
    /// `pedestrian`.
    #[rasn(identifier = "pedestrian")]
    Pedestrian = 10,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// What a road user is expected to do.
    ///
    /// ASN.1 `Planning`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Planning, additions 0 {
        /// `duration`: `PlanningDuration`, INTEGER (0..600).
        #[rasn(value("0..=600"))]
        pub duration: Option<u16>,
        /// `planConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(identifier = "planConfidence", value("0..=200"))]
        pub plan_confidence: Option<u8>,
        /// `drivingBehavior`.
        #[rasn(identifier = "drivingBehavior")]
        pub driving_behavior: Option<DriveBehavior>,
        /// `pathPlanning`: 1 to 100 [`PathPlanningPoint`].
        #[rasn(identifier = "pathPlanning", size("1..=100"))]
        pub path_planning: Option<Vec<PathPlanningPoint>>,
    }
}

/// What is known of a road user of this kind.
///
/// ASN.1 `type-relatedExt` of `DetectedPTCData`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TypeRelatedExt {
    /// `motorExt`.
    #[rasn(identifier = "motorExt")]
    MotorExt(MotorDataExtension),
    /// `non-motorExt`.
    #[rasn(identifier = "non-motorExt")]
    NonMotorExt(NonMotorDataExtension),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// What is known of a motor vehicle.
    ///
    /// ASN.1 `MotorDataExtension`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MotorDataExtension, additions 0 {
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
    }
}

/// ASN.1 `Attitude`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Attitude {
    /// `pitch`: `Pitch`, INTEGER (-7200..7200); 0.0125 degrees.
    #[rasn(value("-7200..=7200"))]
    pub pitch: i16,
    /// `roll`: `Roll`, INTEGER (-7200..7200); 0.0125 degrees.
    #[rasn(value("-7200..=7200"))]
    pub roll: i16,
    /// `yaw`: `Yaw`, INTEGER (-14400..14400); 0.0125 degrees.
    #[rasn(value("-14400..=14400"))]
    pub yaw: i16,
}

/// How sure an [`Attitude`] is.
///
/// ASN.1 `AttitudeConfidence`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AttitudeConfidence {
    /// `pitchConfidence`.
    #[rasn(identifier = "pitchConfidence")]
    pub pitch_confidence: HeadingConfidence,
    /// `rollRateConfidence`.
    #[rasn(identifier = "rollRateConfidence")]
    pub roll_rate_confidence: HeadingConfidence,
    /// `yawRate`.
    #[rasn(identifier = "yawRate")]
    pub yaw_rate: HeadingConfidence,
}

/// How fast the attitude changes.
///
/// ASN.1 `AngularVelocity`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AngularVelocity {
    /// `pitchRate`: `PitchRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(identifier = "pitchRate", value("-32767..=32767"))]
    pub pitch_rate: i16,
    /// `rollRate`: `RollRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(identifier = "rollRate", value("-32767..=32767"))]
    pub roll_rate: i16,
    /// `yawRate`: `YawRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(identifier = "yawRate", value("-32767..=32767"))]
    pub yaw_rate: i16,
}

/// How sure an [`AngularVelocity`] is.
///
/// ASN.1 `AngularVelocityConfidence`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AngularVelocityConfidence {
    /// `pitchRate`.
    #[rasn(identifier = "pitchRate")]
    pub pitch_rate: AngularVConfidence,
    /// `rollRate`.
    #[rasn(identifier = "rollRate")]
    pub roll_rate: AngularVConfidence,
    /// `yawRate`.
    #[rasn(identifier = "yawRate")]
    pub yaw_rate: AngularVConfidence,
}

extensible_sequence! {
    /// What is known of a road user without motor vehicle.
    ///
    /// ASN.1 `Non-motorDataExtension`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NonMotorDataExtension, additions 0 {
        /// `overallRadius`: INTEGER (0..200); 0.1 m.
        #[rasn(identifier = "overallRadius", value("0..=200"))]
        pub overall_radius: u8,
        /// `non-motorData`.
        #[rasn(identifier = "non-motorData")]
        pub non_motor_data: NonMotorData,
    }
}
