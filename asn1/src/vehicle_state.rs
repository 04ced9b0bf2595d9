//! What vehicles say of themselves in both families alike: the types of BSM that the China set took over from SAE J2735
//! unchanged.

use rasn::prelude::*;

use crate::macros::bit_string;

/// ASN.1 `TransmissionState`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TransmissionState {
    /// `neutral`.
    #[rasn(identifier = "neutral")]
    Neutral = 0,
    /// `park`.
    #[rasn(identifier = "park")]
    Park = 1,
    /// `forwardGears`.
    #[rasn(identifier = "forwardGears")]
    ForwardGears = 2,
    /// `reverseGears`.
    #[rasn(identifier = "reverseGears")]
    ReverseGears = 3,
    /// `reserved1`.
    #[rasn(identifier = "reserved1")]
    Reserved1 = 4,
    /// `reserved2`.
    #[rasn(identifier = "reserved2")]
    Reserved2 = 5,
    /// `reserved3`.
    #[rasn(identifier = "reserved3")]
    Reserved3 = 6,
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 7,
}

/// Acceleration along three axes, and yaw rate.
///
/// ASN.1 `AccelerationSet4Way`: SEQUENCE. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccelerationSet4Way {
    /// `long`: `Acceleration`, INTEGER (-2000..2001); 0.01 m/s²; 2001 is unavailable.
    #[rasn(value("-2000..=2001"))]
    pub long: i16,
    /// `lat`: `Acceleration`, INTEGER (-2000..2001); 0.01 m/s²; 2001 is unavailable.
    #[rasn(value("-2000..=2001"))]
    pub lat: i16,
    /// `vert`: `VerticalAcceleration`, INTEGER (-127..127); 0.02 g; -127 is unavailable.
    #[rasn(value("-127..=127"))]
    pub vert: i8,
    /// `yaw`: `YawRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(value("-32767..=32767"))]
    pub yaw: i16,
}

/// The error ellipse of a position.
///
/// ASN.1 `PositionalAccuracy`: SEQUENCE. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

bit_string! {
    /// ASN.1 `BrakeAppliedStatus`: BIT STRING (SIZE(5)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `TractionControlStatus`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `AntiLockBrakeStatus`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `StabilityControlStatus`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `BrakeBoostApplied`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `AuxiliaryBrakeStatus`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

bit_string! {
    /// ASN.1 `VehicleEventFlags`: BIT STRING (SIZE(13,...)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

bit_string! {
    /// ASN.1 `GNSSstatus`: BIT STRING (SIZE(8)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

bit_string! {
    /// ASN.1 `ExteriorLights`: BIT STRING (SIZE(9,...)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `ResponseType`: ENUMERATED, extensible. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `SirenInUse`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `LightbarInUse`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
