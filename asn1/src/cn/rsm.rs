//! RSM of the China set: the participants that the roadside sees.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, MotionConfidenceSet, Position3D, PositionConfidenceSet, PositionOffsetLLV, TransmissionState,
    VehicleClassification, VehicleSize,
};
use crate::Octets8;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// RSM: the participants that the roadside sees.
    ///
    /// ASN.1 `RoadsideSafetyMessage`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoadsideSafetyMessage, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `participants`: 1 to 16 [`ParticipantData`].
        #[rasn(size("1..=16"))]
        pub participants: Vec<ParticipantData>,
    }
}

extensible_sequence! {
    /// One road user seen by the roadside.
    ///
    /// ASN.1 `ParticipantData`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParticipantData, additions 0 {
        /// `ptcType`.
        #[rasn(identifier = "ptcType")]
        pub ptc_type: ParticipantType,
        /// `ptcId`: INTEGER (0..65535); 0 is the roadside unit itself.
        #[rasn(identifier = "ptcId")]
        pub ptc_id: u16,
        /// `source`.
        pub source: SourceType,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Option<Octets8>,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `pos`.
        pub pos: PositionOffsetLLV,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: PositionConfidenceSet,
        /// `transmission`.
        pub transmission: Option<TransmissionState>,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: u16,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: u16,
        /// `angle`: `SteeringWheelAngle`, INTEGER (-126..127); 1.5 degrees, right is positive; 127 is unavailable.
        #[rasn(value("-126..=127"))]
        pub angle: Option<i8>,
        /// `motionCfd`.
        #[rasn(identifier = "motionCfd")]
        pub motion_cfd: Option<MotionConfidenceSet>,
        /// `accelSet`.
        #[rasn(identifier = "accelSet")]
        pub accel_set: Option<AccelerationSet4Way>,
        /// `size`.
        pub size: VehicleSize,
        /// `vehicleClass`.
        #[rasn(identifier = "vehicleClass")]
        pub vehicle_class: Option<VehicleClassification>,
    }
}

/// ASN.1 `ParticipantType`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ParticipantType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `motor`.
    #[rasn(identifier = "motor")]
    Motor = 1,
    /// `non-motor`.
    #[rasn(identifier = "non-motor")]
    NonMotor = 2,
    /// `pedestrian`.
    #[rasn(identifier = "pedestrian")]
    Pedestrian = 3,
    /// `rsu`.
    #[rasn(identifier = "rsu")]
    Rsu = 4,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `SourceType`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SourceType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `selfinfo`.
    #[rasn(identifier = "selfinfo")]
    Selfinfo = 1,
    /// `v2x`.
    #[rasn(identifier = "v2x")]
    V2x = 2,
    /// `video`.
    #[rasn(identifier = "video")]
    Video = 3,
    /// `microwaveRadar`.
    #[rasn(identifier = "microwaveRadar")]
    MicrowaveRadar = 4,
    /// `loop`.
    #[rasn(identifier = "loop")]
    Loop = 5,
    /// `lidar`.
    #[rasn(identifier = "lidar")]
    Lidar = 6,
    /// `integrated`.
    #[rasn(identifier = "integrated")]
    Integrated = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
