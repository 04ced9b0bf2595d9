//! BSM of the China set: a vehicle about itself.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, MotionConfidenceSet, Position3D, PositionConfidenceSet, PositionOffsetLLV, TransmissionState,
    VehicleClassification, VehicleSize,
};
use super::confidence::TimeConfidence;
use crate::Octets8;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

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

/// The error ellipse of a position.
///
/// ASN.1 `PositionalAccuracy`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionalAccuracy {
    /// `semiMajor`: `SemiMajorAxisAccuracy`, INTEGER (0..255); 0.05 m, one standard deviation; 255 is unavailable.
    #[rasn(identifier = "semiMajor")]
    pub semi_major: u8,
    /// `semiMinor`: `SemiMinorAxisAccuracy`, INTEGER (0..255); 0.05 m, one standard deviation; 255 is unavailable.
    #[rasn(identifier = "semiMinor")]
    pub semi_minor: u8,
    /// `orientation`: `SemiMajorAxisOrientation`, INTEGER (0..65535); 360/65535 degrees clockwise from true north; 65535 is unavailable.
    pub orientation: u16,
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

bit_string! {
    /// ASN.1 `BrakeAppliedStatus`: BIT STRING (SIZE(5)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct BrakeAppliedStatus: fixed 5 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `leftFront`.
        LEFT_FRONT = 1,
        /// Bit 2, `leftRear`.
        LEFT_REAR = 2,
        /// Bit 3, `rightFront`.
        RIGHT_FRONT = 3,
        /// Bit 4, `rightRear`.
        RIGHT_REAR = 4,
    }
}

/// ASN.1 `TractionControlStatus`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TractionControlStatus {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `off`.
    #[rasn(identifier = "off")]
    Off = 1,
    /// `on`.
    #[rasn(identifier = "on")]
    On = 2,
    /// `engaged`.
    #[rasn(identifier = "engaged")]
    Engaged = 3,
}

/// ASN.1 `AntiLockBrakeStatus`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AntiLockBrakeStatus {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `off`.
    #[rasn(identifier = "off")]
    Off = 1,
    /// `on`.
    #[rasn(identifier = "on")]
    On = 2,
    /// `engaged`.
    #[rasn(identifier = "engaged")]
    Engaged = 3,
}

/// ASN.1 `StabilityControlStatus`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum StabilityControlStatus {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `off`.
    #[rasn(identifier = "off")]
    Off = 1,
    /// `on`.
    #[rasn(identifier = "on")]
    On = 2,
    /// `engaged`.
    #[rasn(identifier = "engaged")]
    Engaged = 3,
}

/// ASN.1 `BrakeBoostApplied`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum BrakeBoostApplied {
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

/// ASN.1 `AuxiliaryBrakeStatus`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AuxiliaryBrakeStatus {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `off`.
    #[rasn(identifier = "off")]
    Off = 1,
    /// `on`.
    #[rasn(identifier = "on")]
    On = 2,
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 3,
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

bit_string! {
    /// ASN.1 `VehicleEventFlags`: BIT STRING (SIZE(13,...)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct VehicleEventFlags: extensible 13 {
        /// Bit 0, `eventHazardLights`.
        EVENT_HAZARD_LIGHTS = 0,
        /// Bit 1, `eventStopLineViolation`.
        EVENT_STOP_LINE_VIOLATION = 1,
        /// Bit 2, `eventABSactivated`.
        EVENT_ABS_ACTIVATED = 2,
        /// Bit 3, `eventTractionControlLoss`.
        EVENT_TRACTION_CONTROL_LOSS = 3,
        /// Bit 4, `eventStabilityControlactivated`.
        EVENT_STABILITY_CONTROLACTIVATED = 4,
        /// Bit 5, `eventHazardousMaterials`.
        EVENT_HAZARDOUS_MATERIALS = 5,
        /// Bit 6, `eventReserved1`.
        EVENT_RESERVED1 = 6,
        /// Bit 7, `eventHardBraking`.
        EVENT_HARD_BRAKING = 7,
        /// Bit 8, `eventLightsChanged`.
        EVENT_LIGHTS_CHANGED = 8,
        /// Bit 9, `eventWipersChanged`.
        EVENT_WIPERS_CHANGED = 9,
        /// Bit 10, `eventFlatTire`.
        EVENT_FLAT_TIRE = 10,
        /// Bit 11, `eventDisabledVehicle`.
        EVENT_DISABLED_VEHICLE = 11,
        /// Bit 12, `eventAirBagDeployment`.
        EVENT_AIR_BAG_DEPLOYMENT = 12,
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

bit_string! {
    /// ASN.1 `GNSSstatus`: BIT STRING (SIZE(8)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct GNSSstatus: fixed 8 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `isHealthy`.
        IS_HEALTHY = 1,
        /// Bit 2, `isMonitored`.
        IS_MONITORED = 2,
        /// Bit 3, `baseStationType`.
        BASE_STATION_TYPE = 3,
        /// Bit 4, `aPDOPofUnder5`.
        A_PDOP_OF_UNDER5 = 4,
        /// Bit 5, `inViewOfUnder5`.
        IN_VIEW_OF_UNDER5 = 5,
        /// Bit 6, `localCorrectionsPresent`.
        LOCAL_CORRECTIONS_PRESENT = 6,
        /// Bit 7, `networkCorrectionsPresent`.
        NETWORK_CORRECTIONS_PRESENT = 7,
    }
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

bit_string! {
    /// ASN.1 `ExteriorLights`: BIT STRING (SIZE(9,...)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct ExteriorLights: extensible 9 {
        /// Bit 0, `lowBeamHeadlightsOn`.
        LOW_BEAM_HEADLIGHTS_ON = 0,
        /// Bit 1, `highBeamHeadlightsOn`.
        HIGH_BEAM_HEADLIGHTS_ON = 1,
        /// Bit 2, `leftTurnSignalOn`.
        LEFT_TURN_SIGNAL_ON = 2,
        /// Bit 3, `rightTurnSignalOn`.
        RIGHT_TURN_SIGNAL_ON = 3,
        /// Bit 4, `hazardSignalOn`.
        HAZARD_SIGNAL_ON = 4,
        /// Bit 5, `automaticLightControlOn`.
        AUTOMATIC_LIGHT_CONTROL_ON = 5,
        /// Bit 6, `daytimeRunningLightsOn`.
        DAYTIME_RUNNING_LIGHTS_ON = 6,
        /// Bit 7, `fogLightOn`.
        FOG_LIGHT_ON = 7,
        /// Bit 8, `parkingLightsOn`.
        PARKING_LIGHTS_ON = 8,
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

/// ASN.1 `ResponseType`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ResponseType {
    /// `notInUseOrNotEquipped`.
    #[rasn(identifier = "notInUseOrNotEquipped")]
    NotInUseOrNotEquipped = 0,
    /// `emergency`.
    #[rasn(identifier = "emergency")]
    Emergency = 1,
    /// `nonEmergency`.
    #[rasn(identifier = "nonEmergency")]
    NonEmergency = 2,
    /// `pursuit`.
    #[rasn(identifier = "pursuit")]
    Pursuit = 3,
    /// `stationary`.
    #[rasn(identifier = "stationary")]
    Stationary = 4,
    /// `slowMoving`.
    #[rasn(identifier = "slowMoving")]
    SlowMoving = 5,
    /// `stopAndGoMovement`.
    #[rasn(identifier = "stopAndGoMovement")]
    StopAndGoMovement = 6,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `SirenInUse`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum SirenInUse {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `notInUse`.
    #[rasn(identifier = "notInUse")]
    NotInUse = 1,
    /// `inUse`.
    #[rasn(identifier = "inUse")]
    InUse = 2,
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 3,
}

/// ASN.1 `LightbarInUse`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum LightbarInUse {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `notInUse`.
    #[rasn(identifier = "notInUse")]
    NotInUse = 1,
    /// `inUse`.
    #[rasn(identifier = "inUse")]
    InUse = 2,
    /// `yellowCautionLights`.
    #[rasn(identifier = "yellowCautionLights")]
    YellowCautionLights = 3,
    /// `schooldBusLights`.
    #[rasn(identifier = "schooldBusLights")]
    SchooldBusLights = 4,
    /// `arrowSignsActive`.
    #[rasn(identifier = "arrowSignsActive")]
    ArrowSignsActive = 5,
    /// `slowMovingVehicle`.
    #[rasn(identifier = "slowMovingVehicle")]
    SlowMovingVehicle = 6,
    /// `freqStops`.
    #[rasn(identifier = "freqStops")]
    FreqStops = 7,
}
