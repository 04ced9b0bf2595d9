//! Part II of the BSM for special vehicles.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::bsm_supplemental::{BumperHeights, PivotPointDescription};
use super::common::{Extent, HeadingSlice, RegionalExtension};
use super::lanes::NodeXY24b;
use crate::Octets1;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
pub use crate::vehicle_state::{LightbarInUse, ResponseType, SirenInUse};

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
