//! BSM of SAE J2735: a vehicle about itself.

use rasn::prelude::*;

use super::common::{AccelerationSet4Way, Extent, ExteriorLights, HeadingSlice, NodeXY24b, PathHistory, PathPrediction, PositionalAccuracy, RegionalExtension, TransmissionState, VehicleSize};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::{Octets1, Octets4};
use super::part_ii::PartIIcontent;

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

extensible_sequence! {
    /// ASN.1 `SpecialVehicleExtensions`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SpecialVehicleExtensions, additions 0 {
        /// `vehicleAlerts`.
        #[rasn(identifier = "vehicleAlerts")]
        pub vehicle_alerts: Option<EmergencyDetails>,
        /// `description`.
        pub description: Option<EventDescription>,
        /// `doNotUse`.
        #[rasn(identifier = "doNotUse")]
        pub do_not_use: Option<TrailerData>,
    }
}

extensible_sequence! {
    /// ASN.1 `EmergencyDetails`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct EmergencyDetails, additions 0 {
        /// `doNotUse`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse", value("0..=31"))]
        pub do_not_use: u8,
        /// `sirenUse`.
        #[rasn(identifier = "sirenUse")]
        pub siren_use: SirenInUse,
        /// `lightsUse`.
        #[rasn(identifier = "lightsUse")]
        pub lights_use: LightbarInUse,
        /// `multi`.
        pub multi: MultiVehicleResponse,
        /// `events`.
        pub events: Option<PrivilegedEvents>,
        /// `responseType`.
        #[rasn(identifier = "responseType")]
        pub response_type: Option<ResponseType>,
    }
}

/// ASN.1 `SirenInUse`: ENUMERATED. Source: SAE J2735 2024-09.
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

/// ASN.1 `LightbarInUse`: ENUMERATED. Source: SAE J2735 2024-09.
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

/// ASN.1 `MultiVehicleResponse`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum MultiVehicleResponse {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `singleVehicle`.
    #[rasn(identifier = "singleVehicle")]
    SingleVehicle = 1,
    /// `multiVehicle`.
    #[rasn(identifier = "multiVehicle")]
    MultiVehicle = 2,
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 3,
}

extensible_sequence! {
    /// ASN.1 `PrivilegedEvents`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PrivilegedEvents, additions 0 {
        /// `doNotUse`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse", value("0..=31"))]
        pub do_not_use: u8,
        /// `event`.
        pub event: PrivilegedEventFlags,
    }
}

bit_string! {
    /// ASN.1 `PrivilegedEventFlags`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09.
    pub struct PrivilegedEventFlags: fixed 16 {
        /// Bit 0, `peUnavailable`.
        PE_UNAVAILABLE = 0,
        /// Bit 1, `peEmergencyResponse`.
        PE_EMERGENCY_RESPONSE = 1,
        /// Bit 2, `peEmergencyLightsActive`.
        PE_EMERGENCY_LIGHTS_ACTIVE = 2,
        /// Bit 3, `peEmergencySoundActive`.
        PE_EMERGENCY_SOUND_ACTIVE = 3,
        /// Bit 4, `peNonEmergencyLightsActive`.
        PE_NON_EMERGENCY_LIGHTS_ACTIVE = 4,
        /// Bit 5, `peNonEmergencySoundActive`.
        PE_NON_EMERGENCY_SOUND_ACTIVE = 5,
    }
}

/// ASN.1 `ResponseType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
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
}

extensible_sequence! {
    /// ASN.1 `EventDescription`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventDescription, additions 0 {
        /// `typeEvent`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
        #[rasn(identifier = "typeEvent")]
        pub type_event: u16,
        /// `description`: 1 to 8 `ITIScodes`; ITIS code (SAE J2540).
        #[rasn(size("1..=8"))]
        pub description: Option<Vec<u16>>,
        /// `priority`: `Priority`, OCTET STRING (SIZE(1)).
        pub priority: Option<Octets1>,
        /// `heading`.
        pub heading: Option<HeadingSlice>,
        /// `extent`.
        pub extent: Option<Extent>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `TrailerData`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TrailerData, additions 0 {
        /// `doNotUse`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse", value("0..=31"))]
        pub do_not_use: u8,
        /// `connection`.
        pub connection: PivotPointDescription,
        /// `units`: 1 to 8 [`TrailerUnitDescription`].
        #[rasn(size("1..=8"))]
        pub units: Vec<TrailerUnitDescription>,
    }
}

extensible_sequence! {
    /// ASN.1 `PivotPointDescription`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PivotPointDescription, additions 0 {
        /// `pivotOffset`: `Offset-B11`, INTEGER (-1024..1023); cm.
        #[rasn(identifier = "pivotOffset", value("-1024..=1023"))]
        pub pivot_offset: i16,
        /// `pivotAngle`: `Angle`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(identifier = "pivotAngle", value("0..=28800"))]
        pub pivot_angle: u16,
        /// `pivots`: `PivotingAllowed`, BOOLEAN.
        pub pivots: bool,
    }
}

extensible_sequence! {
    /// ASN.1 `TrailerUnitDescription`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TrailerUnitDescription, additions 0 {
        /// `isDolly`: `IsDolly`, BOOLEAN.
        #[rasn(identifier = "isDolly")]
        pub is_dolly: bool,
        /// `width`: `VehicleWidth`, INTEGER (0..1023); cm; 0 is unknown.
        #[rasn(value("0..=1023"))]
        pub width: u16,
        /// `length`: `VehicleLength`, INTEGER (0..4095); cm; 0 is unknown.
        #[rasn(value("0..=4095"))]
        pub length: u16,
        /// `height`: `VehicleHeight`, INTEGER (0..127); 5 cm; 0 is unknown.
        #[rasn(value("0..=127"))]
        pub height: Option<u8>,
        /// `mass`: `TrailerMass`, INTEGER (0..255).
        pub mass: Option<u8>,
        /// `bumperHeights`.
        #[rasn(identifier = "bumperHeights")]
        pub bumper_heights: Option<BumperHeights>,
        /// `centerOfGravity`: `VehicleHeight`, INTEGER (0..127); 5 cm; 0 is unknown.
        #[rasn(identifier = "centerOfGravity", value("0..=127"))]
        pub center_of_gravity: Option<u8>,
        /// `frontPivot`.
        #[rasn(identifier = "frontPivot")]
        pub front_pivot: PivotPointDescription,
        /// `rearPivot`.
        #[rasn(identifier = "rearPivot")]
        pub rear_pivot: Option<PivotPointDescription>,
        /// `rearWheelOffset`: `Offset-B12`, INTEGER (-2048..2047); cm.
        #[rasn(identifier = "rearWheelOffset", value("-2048..=2047"))]
        pub rear_wheel_offset: Option<i16>,
        /// `positionOffset`.
        #[rasn(identifier = "positionOffset")]
        pub position_offset: NodeXY24b,
        /// `elevationOffset`: `VertOffset-B07`, INTEGER (-64..63); 0.1 m; the most negative value is unavailable.
        #[rasn(identifier = "elevationOffset", value("-64..=63"))]
        pub elevation_offset: Option<i8>,
        /// `crumbData`: 1 to 23 [`TrailerHistoryPoint`].
        #[rasn(identifier = "crumbData", size("1..=23"))]
        pub crumb_data: Option<Vec<TrailerHistoryPoint>>,
    }
}

/// ASN.1 `BumperHeights`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct BumperHeights {
    /// `front`: `BumperHeight`, INTEGER (0..127); cm.
    #[rasn(value("0..=127"))]
    pub front: u8,
    /// `rear`: `BumperHeight`, INTEGER (0..127); cm.
    #[rasn(value("0..=127"))]
    pub rear: u8,
}

extensible_sequence! {
    /// ASN.1 `TrailerHistoryPoint`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TrailerHistoryPoint, additions 0 {
        /// `pivotAngle`: `Angle`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(identifier = "pivotAngle", value("0..=28800"))]
        pub pivot_angle: u16,
        /// `timeOffset`: `TimeOffset`, INTEGER (1..65535); 0.01 s before the position the path ends in; 65535 is unavailable.
        #[rasn(identifier = "timeOffset", value("1..=65535"))]
        pub time_offset: u16,
        /// `positionOffset`.
        #[rasn(identifier = "positionOffset")]
        pub position_offset: NodeXY24b,
        /// `elevationOffset`: `VertOffset-B07`, INTEGER (-64..63); 0.1 m; the most negative value is unavailable.
        #[rasn(identifier = "elevationOffset", value("-64..=63"))]
        pub elevation_offset: Option<i8>,
        /// `heading`: `CoarseHeading`, INTEGER (0..240); 1.5 degrees clockwise from true north; 240 is unavailable.
        #[rasn(value("0..=240"))]
        pub heading: Option<u8>,
    }
}
