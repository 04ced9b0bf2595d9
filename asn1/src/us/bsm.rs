//! BSM of SAE J2735: a vehicle about itself.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, ExteriorLights, PathHistory, PathPrediction, PositionalAccuracy, RegionalExtension,
    TransmissionState, VehicleSize,
};
use super::part_ii::PartIIcontent;
use crate::Octets4;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// BSM: what a vehicle says about itself.
    ///
    /// ASN.1 `BasicSafetyMessage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BasicSafetyMessage, additions 0 {
        /// `coreData`.
        #[rasn(identifier = "coreData")]
        pub core_data: BSMcoreData,
        /// `partII`: 1 to 8 [`PartIIcontent`].
        #[rasn(identifier = "partII", size("1..=8"))]
        pub part_ii: Option<Vec<PartIIcontent>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `BSMcoreData`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct BSMcoreData {
    /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
    #[rasn(identifier = "msgCnt", value("0..=127"))]
    pub msg_cnt: u8,
    /// `id`: `TemporaryID`, OCTET STRING (SIZE(4)).
    pub id: Octets4,
    /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
    #[rasn(identifier = "secMark")]
    pub sec_mark: u16,
    /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
    #[rasn(value("-900000000..=900000001"))]
    pub lat: i32,
    /// `long`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
    #[rasn(value("-1799999999..=1800000001"))]
    pub long: i32,
    /// `elev`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
    #[rasn(value("-4096..=61439"))]
    pub elev: i32,
    /// `accuracy`.
    pub accuracy: PositionalAccuracy,
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
    pub angle: i8,
    /// `accelSet`.
    #[rasn(identifier = "accelSet")]
    pub accel_set: AccelerationSet4Way,
    /// `brakes`.
    pub brakes: BrakeSystemStatus,
    /// `size`.
    pub size: VehicleSize,
}

/// ASN.1 `BrakeSystemStatus`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct BrakeSystemStatus {
    /// `wheelBrakes`.
    #[rasn(identifier = "wheelBrakes")]
    pub wheel_brakes: BrakeAppliedStatus,
    /// `traction`.
    pub traction: TractionControlStatus,
    /// `abs`.
    pub abs: AntiLockBrakeStatus,
    /// `scs`.
    pub scs: StabilityControlStatus,
    /// `brakeBoost`.
    #[rasn(identifier = "brakeBoost")]
    pub brake_boost: BrakeBoostApplied,
    /// `auxBrakes`.
    #[rasn(identifier = "auxBrakes")]
    pub aux_brakes: AuxiliaryBrakeStatus,
}

bit_string! {
    /// ASN.1 `BrakeAppliedStatus`: BIT STRING (SIZE(5)). Source: SAE J2735 2024-09.
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

/// ASN.1 `TractionControlStatus`: ENUMERATED. Source: SAE J2735 2024-09.
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

/// ASN.1 `AntiLockBrakeStatus`: ENUMERATED. Source: SAE J2735 2024-09.
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

/// ASN.1 `StabilityControlStatus`: ENUMERATED. Source: SAE J2735 2024-09.
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

/// ASN.1 `BrakeBoostApplied`: ENUMERATED. Source: SAE J2735 2024-09.
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

/// ASN.1 `AuxiliaryBrakeStatus`: ENUMERATED. Source: SAE J2735 2024-09.
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
    /// ASN.1 `VehicleSafetyExtensions`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
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
    /// ASN.1 `VehicleEventFlags`: BIT STRING (SIZE(13,...)). Source: SAE J2735 2024-09.
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
