//! BSM of the China set: a vehicle about itself.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, MotionConfidenceSet, Position3D, PositionConfidenceSet, PositionOffsetLLV, TransmissionState,
    VehicleClassification, VehicleSize,
};
use super::confidence::TimeConfidence;
use crate::Octets8;
use crate::macros::extensible_sequence;
pub use crate::vehicle_state::{
    AntiLockBrakeStatus, AuxiliaryBrakeStatus, BrakeAppliedStatus, BrakeBoostApplied, ExteriorLights, GNSSstatus,
    LightbarInUse, PositionalAccuracy, ResponseType, SirenInUse, StabilityControlStatus, TractionControlStatus,
    VehicleEventFlags,
};

extensible_sequence! {
    /// BSM: what a vehicle says about itself.
    ///
    /// ASN.1 `BasicSafetyMessage`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BasicSafetyMessage, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `pos`.
        pub pos: Position3D,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: Option<PositionConfidenceSet>,
        /// `transmission`.
        pub transmission: TransmissionState,
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
        pub accel_set: AccelerationSet4Way,
        /// `brakes`.
        pub brakes: BrakeSystemStatus,
        /// `size`.
        pub size: VehicleSize,
        /// `vehicleClass`.
        #[rasn(identifier = "vehicleClass")]
        pub vehicle_class: VehicleClassification,
        /// `safetyExt`.
        #[rasn(identifier = "safetyExt")]
        pub safety_ext: Option<VehicleSafetyExtensions>,
        /// `emergencyExt`.
        #[rasn(identifier = "emergencyExt")]
        pub emergency_ext: Option<VehicleEmergencyExtensions>,
    }
}

/// ASN.1 `BrakeSystemStatus`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct BrakeSystemStatus {
    /// `brakePadel`.
    #[rasn(identifier = "brakePadel")]
    pub brake_padel: Option<BrakePedalStatus>,
    /// `wheelBrakes`.
    #[rasn(identifier = "wheelBrakes")]
    pub wheel_brakes: Option<BrakeAppliedStatus>,
    /// `traction`.
    pub traction: Option<TractionControlStatus>,
    /// `abs`.
    pub abs: Option<AntiLockBrakeStatus>,
    /// `scs`.
    pub scs: Option<StabilityControlStatus>,
    /// `brakeBoost`.
    #[rasn(identifier = "brakeBoost")]
    pub brake_boost: Option<BrakeBoostApplied>,
    /// `auxBrakes`.
    #[rasn(identifier = "auxBrakes")]
    pub aux_brakes: Option<AuxiliaryBrakeStatus>,
}

/// ASN.1 `BrakePedalStatus`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum BrakePedalStatus {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `off`.
    #[rasn(identifier = "off")]
    Off = 1,
    /// `on`.
    #[rasn(identifier = "on")]
    On = 2,
}

extensible_sequence! {
    /// ASN.1 `VehicleSafetyExtensions`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehicleSafetyExtensions, additions 0 {
        /// `events`.
        pub events: Option<VehicleEventFlags>,
        /// `pathHistory`.
        #[rasn(identifier = "pathHistory")]
        pub path_history: Option<PathHistory>,
        /// `pathPrediction`.
        #[rasn(identifier = "pathPrediction")]
        pub path_prediction: Option<PathPrediction>,
        /// `lights`.
        pub lights: Option<ExteriorLights>,
    }
}

extensible_sequence! {
    /// ASN.1 `PathHistory`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PathHistory, additions 0 {
        /// `initialPosition`.
        #[rasn(identifier = "initialPosition")]
        pub initial_position: Option<FullPositionVector>,
        /// `currGNSSstatus`.
        #[rasn(identifier = "currGNSSstatus")]
        pub curr_gnss_status: Option<GNSSstatus>,
        /// `crumbData`: 1 to 23 [`PathHistoryPoint`].
        #[rasn(identifier = "crumbData", size("1..=23"))]
        pub crumb_data: Vec<PathHistoryPoint>,
    }
}

extensible_sequence! {
    /// A position with time, motion and their accuracies.
    ///
    /// ASN.1 `FullPositionVector`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FullPositionVector, additions 0 {
        /// `utcTime`.
        #[rasn(identifier = "utcTime")]
        pub utc_time: Option<DDateTime>,
        /// `pos`.
        pub pos: Position3D,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `transmission`.
        pub transmission: Option<TransmissionState>,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `posConficence`.
        #[rasn(identifier = "posConficence")]
        pub pos_conficence: Option<PositionConfidenceSet>,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `motionCfd`.
        #[rasn(identifier = "motionCfd")]
        pub motion_cfd: Option<MotionConfidenceSet>,
    }
}

/// A date and time in UTC; every part may be missing.
///
/// ASN.1 `DDateTime`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DDateTime {
    /// `year`: `DYear`, INTEGER (0..4095); year of our era, UTC; 0 is unknown.
    #[rasn(value("0..=4095"))]
    pub year: Option<u16>,
    /// `month`: `DMonth`, INTEGER (0..12); 1 to 12; 0 is unknown.
    #[rasn(value("0..=12"))]
    pub month: Option<u8>,
    /// `day`: `DDay`, INTEGER (0..31); 1 to 31; 0 is unknown.
    #[rasn(value("0..=31"))]
    pub day: Option<u8>,
    /// `hour`: `DHour`, INTEGER (0..24); hours, UTC.
    #[rasn(value("0..=24"))]
    pub hour: Option<u8>,
    /// `minute`: `DMinute`, INTEGER (0..60); minutes; 60 is unknown.
    #[rasn(value("0..=60"))]
    pub minute: Option<u8>,
    /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
    pub second: Option<u16>,
    /// `offset`: `DTimeOffset`, INTEGER (-720..721); minutes from UTC.
    #[rasn(value("-720..=721"))]
    pub offset: Option<i16>,
}

extensible_sequence! {
    /// ASN.1 `PathHistoryPoint`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathHistoryPoint, additions 0 {
        /// `llvOffset`.
        #[rasn(identifier = "llvOffset")]
        pub llv_offset: PositionOffsetLLV,
        /// `timeOffset`: `TimeOffset`, INTEGER (1..65535); 0.01 s before the position the path ends in; 65535 is unavailable.
        #[rasn(identifier = "timeOffset", value("1..=65535"))]
        pub time_offset: u16,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionConfidenceSet>,
        /// `heading`: `CoarseHeading`, INTEGER (0..240); 1.5 degrees clockwise from true north; 240 is unavailable.
        #[rasn(value("0..=240"))]
        pub heading: Option<u8>,
    }
}

extensible_sequence! {
    /// ASN.1 `PathPrediction`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathPrediction, additions 0 {
        /// `radiusOfCurve`: `RadiusOfCurvature`, INTEGER (-32767..32767); 0.1 m, right is positive; 32767 is straight.
        #[rasn(identifier = "radiusOfCurve", value("-32767..=32767"))]
        pub radius_of_curve: i16,
        /// `confidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(value("0..=200"))]
        pub confidence: u8,
    }
}

extensible_sequence! {
    /// ASN.1 `VehicleEmergencyExtensions`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct VehicleEmergencyExtensions, additions 0 {
        /// `responseType`.
        #[rasn(identifier = "responseType")]
        pub response_type: Option<ResponseType>,
        /// `sirenUse`.
        #[rasn(identifier = "sirenUse")]
        pub siren_use: Option<SirenInUse>,
        /// `lightsUse`.
        #[rasn(identifier = "lightsUse")]
        pub lights_use: Option<LightbarInUse>,
    }
}
