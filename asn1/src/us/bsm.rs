//! BSM of SAE J2735: a vehicle about itself.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, ExteriorLights, PathHistory, PathPrediction, PositionalAccuracy, RegionalExtension,
    TransmissionState, VehicleSize,
};
use super::part_ii::PartIIcontent;
use crate::Octets4;
use crate::macros::extensible_sequence;
pub use crate::vehicle_state::{
    AntiLockBrakeStatus, AuxiliaryBrakeStatus, BrakeAppliedStatus, BrakeBoostApplied, StabilityControlStatus,
    TractionControlStatus, VehicleEventFlags,
};

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
