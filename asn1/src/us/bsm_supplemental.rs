//! Part II of the BSM with what is known besides.
//!
//! The additions of the 2024 edition (`fhwaVehicleClass`, `trailers`, `schoolBus`, and those of `VehicleData`) are read off
//! encodings on which independent codecs agree. Members and their order are sure; the names of their types, the bounds of
//! axle counts and of the list of trailers, and the vehicle classes 4, 8 and 11 are not.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{DDateTime, RTCMheader, RegionalExtension};
use super::itis::{ResponderGroupAffected, VehicleGroupAffected};
use super::itis_incidents::{GenericLocations, IncidentResponseEquipment};
use super::requestor::{BasicVehicleRole, VehicleType};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

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
    /// ASN.1 `SupplementalVehicleExtensions`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SupplementalVehicleExtensions, additions 3 {
        /// `classification`: `BasicVehicleClass`, INTEGER (0..255); 0 is unknown.
        pub classification: Option<u8>,
        /// `classDetails`.
        #[rasn(identifier = "classDetails")]
        pub class_details: Option<VehicleClassification>,
        /// `vehicleData`.
        #[rasn(identifier = "vehicleData")]
        pub vehicle_data: Option<VehicleData>,
        /// `doNotUse1`.
        #[rasn(identifier = "doNotUse1")]
        pub do_not_use1: Option<WeatherReport>,
        /// `doNotUse2`.
        #[rasn(identifier = "doNotUse2")]
        pub do_not_use2: Option<WeatherProbe>,
        /// `doNotUse3`.
        #[rasn(identifier = "doNotUse3")]
        pub do_not_use3: Option<ObstacleDetection>,
        /// `status`.
        pub status: Option<DisabledVehicle>,
        /// `doNotUse4`.
        #[rasn(identifier = "doNotUse4")]
        pub do_not_use4: Option<SpeedProfile>,
        /// `doNotUse5`.
        #[rasn(identifier = "doNotUse5")]
        pub do_not_use5: Option<RTCMPackage>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
        /// `fhwaVehicleClass`.
        #[rasn(extension_addition, identifier = "fhwaVehicleClass")]
        pub fhwa_vehicle_class: Option<FHWAVehicleClass>,
        /// `trailers`: 1 to 16 [`Trailer`].
        #[rasn(extension_addition, size("1..=16"))]
        pub trailers: Option<Vec<Trailer>>,
        /// `schoolBus`.
        #[rasn(extension_addition, identifier = "schoolBus")]
        pub school_bus: Option<SchoolBus>,
    }
}

extensible_sequence! {
    /// ASN.1 `VehicleClassification`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehicleClassification, additions 0 {
        /// `keyType`: `BasicVehicleClass`, INTEGER (0..255); 0 is unknown.
        #[rasn(identifier = "keyType")]
        pub key_type: Option<u8>,
        /// `role`.
        pub role: Option<BasicVehicleRole>,
        /// `iso3883`: `Iso3833VehicleType`, INTEGER (0..100).
        #[rasn(value("0..=100"))]
        pub iso3883: Option<u8>,
        /// `hpmsType`.
        #[rasn(identifier = "hpmsType")]
        pub hpms_type: Option<VehicleType>,
        /// `vehicleType`.
        #[rasn(identifier = "vehicleType")]
        pub vehicle_type: Option<VehicleGroupAffected>,
        /// `responseEquip`.
        #[rasn(identifier = "responseEquip")]
        pub response_equip: Option<IncidentResponseEquipment>,
        /// `responderType`.
        #[rasn(identifier = "responderType")]
        pub responder_type: Option<ResponderGroupAffected>,
        /// `fuelType`: `FuelType`, INTEGER (0..15); 0 is unknown.
        #[rasn(identifier = "fuelType", value("0..=15"))]
        pub fuel_type: Option<u8>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `VehicleData`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct VehicleData, additions 4 {
        /// `height`: `VehicleHeight`, INTEGER (0..127); 5 cm; 0 is unknown.
        #[rasn(value("0..=127"))]
        pub height: Option<u8>,
        /// `bumpers`.
        pub bumpers: Option<BumperHeights>,
        /// `mass`: `VehicleMass`, INTEGER (0..255).
        pub mass: Option<u8>,
        /// `doNotUse`: `TrailerWeight`, INTEGER (0..64255).
        #[rasn(identifier = "doNotUse", value("0..=64255"))]
        pub do_not_use: Option<u16>,
        /// `trailerPresent`: `TrailerPresent`, BOOLEAN.
        #[rasn(extension_addition, identifier = "trailerPresent")]
        pub trailer_present: Option<bool>,
        /// `pivotPoint`.
        #[rasn(extension_addition, identifier = "pivotPoint")]
        pub pivot_point: Option<PivotPointDescription>,
        /// `axles`.
        #[rasn(extension_addition)]
        pub axles: Option<VehicleAxles>,
        /// `leanAngle`: `LeanAngle`, INTEGER (-90..90).
        #[rasn(extension_addition, identifier = "leanAngle", value("-90..=90"))]
        pub lean_angle: Option<i8>,
    }
}

extensible_sequence! {
    /// ASN.1 `WeatherReport`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct WeatherReport, additions 0 {
        /// `isRaining`.
        #[rasn(identifier = "isRaining")]
        pub is_raining: EssPrecipYesNo,
        /// `rainRate`: `EssPrecipRate`, INTEGER (0..65535).
        #[rasn(identifier = "rainRate")]
        pub rain_rate: Option<u16>,
        /// `precipSituation`.
        #[rasn(identifier = "precipSituation")]
        pub precip_situation: Option<EssPrecipSituation>,
        /// `solarRadiation`: `EssSolarRadiation`, INTEGER (0..65535).
        #[rasn(identifier = "solarRadiation")]
        pub solar_radiation: Option<u16>,
        /// `friction`: `EssMobileFriction`, INTEGER (0..101).
        #[rasn(value("0..=101"))]
        pub friction: Option<u8>,
        /// `roadFriction`: `CoefficientOfFriction`, INTEGER (0..50).
        #[rasn(identifier = "roadFriction", value("0..=50"))]
        pub road_friction: Option<u8>,
    }
}

/// ASN.1 `EssPrecipYesNo`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum EssPrecipYesNo {
    /// `precip`.
    #[rasn(identifier = "precip")]
    Precip = 1,
    /// `noPrecip`.
    #[rasn(identifier = "noPrecip")]
    NoPrecip = 2,
    /// `error`.
    #[rasn(identifier = "error")]
    Error = 3,
}

/// ASN.1 `EssPrecipSituation`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum EssPrecipSituation {
    /// `other`.
    #[rasn(identifier = "other")]
    Other = 1,
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 2,
    /// `noPrecipitation`.
    #[rasn(identifier = "noPrecipitation")]
    NoPrecipitation = 3,
    /// `unidentifiedSlight`.
    #[rasn(identifier = "unidentifiedSlight")]
    UnidentifiedSlight = 4,
    /// `unidentifiedModerate`.
    #[rasn(identifier = "unidentifiedModerate")]
    UnidentifiedModerate = 5,
    /// `unidentifiedHeavy`.
    #[rasn(identifier = "unidentifiedHeavy")]
    UnidentifiedHeavy = 6,
    /// `snowSlight`.
    #[rasn(identifier = "snowSlight")]
    SnowSlight = 7,
    /// `snowModerate`.
    #[rasn(identifier = "snowModerate")]
    SnowModerate = 8,
    /// `snowHeavy`.
    #[rasn(identifier = "snowHeavy")]
    SnowHeavy = 9,
    /// `rainSlight`.
    #[rasn(identifier = "rainSlight")]
    RainSlight = 10,
    /// `rainModerate`.
    #[rasn(identifier = "rainModerate")]
    RainModerate = 11,
    /// `rainHeavy`.
    #[rasn(identifier = "rainHeavy")]
    RainHeavy = 12,
    /// `frozenPrecipitationSlight`.
    #[rasn(identifier = "frozenPrecipitationSlight")]
    FrozenPrecipitationSlight = 13,
    /// `frozenPrecipitationModerate`.
    #[rasn(identifier = "frozenPrecipitationModerate")]
    FrozenPrecipitationModerate = 14,
    /// `frozenPrecipitationHeavy`.
    #[rasn(identifier = "frozenPrecipitationHeavy")]
    FrozenPrecipitationHeavy = 15,
}

extensible_sequence! {
    /// ASN.1 `WeatherProbe`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct WeatherProbe, additions 0 {
        /// `airTemp`: `AmbientAirTemperature`, INTEGER (0..191).
        #[rasn(identifier = "airTemp", value("0..=191"))]
        pub air_temp: Option<u8>,
        /// `airPressure`: `AmbientAirPressure`, INTEGER (0..255).
        #[rasn(identifier = "airPressure")]
        pub air_pressure: Option<u8>,
        /// `rainRates`.
        #[rasn(identifier = "rainRates")]
        pub rain_rates: Option<WiperSet>,
    }
}

/// ASN.1 `WiperSet`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct WiperSet {
    /// `statusFront`.
    #[rasn(identifier = "statusFront")]
    pub status_front: WiperStatus,
    /// `rateFront`: `WiperRate`, INTEGER (0..127).
    #[rasn(identifier = "rateFront", value("0..=127"))]
    pub rate_front: u8,
    /// `statusRear`.
    #[rasn(identifier = "statusRear")]
    pub status_rear: Option<WiperStatus>,
    /// `rateRear`: `WiperRate`, INTEGER (0..127).
    #[rasn(identifier = "rateRear", value("0..=127"))]
    pub rate_rear: Option<u8>,
}

/// ASN.1 `WiperStatus`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum WiperStatus {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `off`.
    #[rasn(identifier = "off")]
    Off = 1,
    /// `intermittent`.
    #[rasn(identifier = "intermittent")]
    Intermittent = 2,
    /// `low`.
    #[rasn(identifier = "low")]
    Low = 3,
    /// `high`.
    #[rasn(identifier = "high")]
    High = 4,
    /// `washerInUse`.
    #[rasn(identifier = "washerInUse")]
    WasherInUse = 5,
    /// `automaticPresent`.
    #[rasn(identifier = "automaticPresent")]
    AutomaticPresent = 6,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `ObstacleDetection`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ObstacleDetection, additions 0 {
        /// `obDist`: `ObstacleDistance`, INTEGER (0..32767).
        #[rasn(identifier = "obDist", value("0..=32767"))]
        pub ob_dist: u16,
        /// `obDirect`: `ObstacleDirection`, INTEGER (0..28800).
        #[rasn(identifier = "obDirect", value("0..=28800"))]
        pub ob_direct: u16,
        /// `description`: `ITIScodes`, INTEGER (523..541); ITIS code (SAE J2540).
        #[rasn(value("523..=541"))]
        pub description: Option<u16>,
        /// `locationDetails`.
        #[rasn(identifier = "locationDetails")]
        pub location_details: Option<GenericLocations>,
        /// `dateTime`.
        #[rasn(identifier = "dateTime")]
        pub date_time: DDateTime,
        /// `vertEvent`.
        #[rasn(identifier = "vertEvent")]
        pub vert_event: Option<VerticalAccelerationThreshold>,
    }
}

bit_string! {
    /// ASN.1 `VerticalAccelerationThreshold`: BIT STRING (SIZE(5)). Source: SAE J2735 2024-09.
    pub struct VerticalAccelerationThreshold: fixed 5 {
        /// Bit 0, `notEquipped`.
        NOT_EQUIPPED = 0,
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

extensible_sequence! {
    /// ASN.1 `DisabledVehicle`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct DisabledVehicle, additions 0 {
        /// `statusDetails`: `ITIScodes`, INTEGER (523..541); ITIS code (SAE J2540).
        #[rasn(identifier = "statusDetails", value("523..=541"))]
        pub status_details: u16,
        /// `locationDetails`.
        #[rasn(identifier = "locationDetails")]
        pub location_details: Option<GenericLocations>,
    }
}

extensible_sequence! {
    /// ASN.1 `SpeedProfile`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SpeedProfile, additions 0 {
        /// `speedReports`: 1 to 20 `GrossSpeed`.
        #[rasn(identifier = "speedReports", size("1..=20"))]
        pub speed_reports: Vec<GrossSpeed>,
    }
}

extensible_sequence! {
    /// ASN.1 `RTCMPackage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTCMPackage, additions 0 {
        /// `rtcmHeader`.
        #[rasn(identifier = "rtcmHeader")]
        pub rtcm_header: Option<RTCMheader>,
        /// `msgs`: 1 to 5 `RTCMmessage`.
        #[rasn(size("1..=5"))]
        pub msgs: Vec<RTCMmessage>,
    }
}

/// ASN.1 `FHWAVehicleClass`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum FHWAVehicleClass {
    /// `motorcycles`.
    #[rasn(identifier = "motorcycles")]
    Motorcycles = 0,
    /// `passengerCars`.
    #[rasn(identifier = "passengerCars")]
    PassengerCars = 1,
    /// `other2axle4tireSingleUnitVehs`.
    #[rasn(identifier = "other2axle4tireSingleUnitVehs")]
    Other2axle4tireSingleUnitVehs = 2,
    /// `buses`.
    #[rasn(identifier = "buses")]
    Buses = 3,
    /// `twoAxle6tireSingleUnitTrucks`.
    #[rasn(identifier = "twoAxle6tireSingleUnitTrucks")]
    TwoAxle6tireSingleUnitTrucks = 4,
    /// `threeAxleSingleUnitTrucks`.
    #[rasn(identifier = "threeAxleSingleUnitTrucks")]
    ThreeAxleSingleUnitTrucks = 5,
    /// `fourOrMoreAxleSingleUnitTrucks`.
    #[rasn(identifier = "fourOrMoreAxleSingleUnitTrucks")]
    FourOrMoreAxleSingleUnitTrucks = 6,
    /// `fourOrFewerAxleSingleTrailerTrucks`.
    #[rasn(identifier = "fourOrFewerAxleSingleTrailerTrucks")]
    FourOrFewerAxleSingleTrailerTrucks = 7,
    /// `fiveAxleSingleTrailerTrucks`.
    #[rasn(identifier = "fiveAxleSingleTrailerTrucks")]
    FiveAxleSingleTrailerTrucks = 8,
    /// `sixOrMoreAxleSingleTrailerTrucks`.
    #[rasn(identifier = "sixOrMoreAxleSingleTrailerTrucks")]
    SixOrMoreAxleSingleTrailerTrucks = 9,
    /// `fiveOrFewerAxleMultiTrailerTrucks`.
    #[rasn(identifier = "fiveOrFewerAxleMultiTrailerTrucks")]
    FiveOrFewerAxleMultiTrailerTrucks = 10,
    /// `sixAxleMultiTrailerTrucks`.
    #[rasn(identifier = "sixAxleMultiTrailerTrucks")]
    SixAxleMultiTrailerTrucks = 11,
    /// `sevenOrMoreAxleMultiTrailerTrucks`.
    #[rasn(identifier = "sevenOrMoreAxleMultiTrailerTrucks")]
    SevenOrMoreAxleMultiTrailerTrucks = 12,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Trailer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Trailer, additions 0 {
        /// `width`: `VehicleWidth`, INTEGER (0..1023); cm; 0 is unknown.
        #[rasn(value("0..=1023"))]
        pub width: u16,
        /// `length`: `VehicleLength`, INTEGER (0..4095); cm; 0 is unknown.
        #[rasn(value("0..=4095"))]
        pub length: u16,
        /// `height`: `VehicleHeight`, INTEGER (0..127); 5 cm; 0 is unknown.
        #[rasn(value("0..=127"))]
        pub height: Option<u8>,
        /// `weight`: `TrailerWeight`, INTEGER (0..64255).
        #[rasn(value("0..=64255"))]
        pub weight: Option<u16>,
        /// `frontPivot`.
        #[rasn(identifier = "frontPivot")]
        pub front_pivot: PivotPointDescription,
        /// `rearPivot`.
        #[rasn(identifier = "rearPivot")]
        pub rear_pivot: Option<PivotPointDescription>,
        /// `bumpers`.
        pub bumpers: Option<BumperHeights>,
        /// `axles`.
        pub axles: Option<VehicleAxles>,
    }
}

extensible_sequence! {
    /// ASN.1 `VehicleAxles`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct VehicleAxles, additions 0 {
        /// `totalAxles`: `TotalAxles`, INTEGER (1..32).
        #[rasn(identifier = "totalAxles", value("1..=32"))]
        pub total_axles: u8,
        /// `frontAxles`: `Axles`, INTEGER (0..31).
        #[rasn(identifier = "frontAxles", value("0..=31"))]
        pub front_axles: Option<u8>,
        /// `rearAxles`: `Axles`, INTEGER (0..31).
        #[rasn(identifier = "rearAxles", value("0..=31"))]
        pub rear_axles: Option<u8>,
    }
}

extensible_sequence! {
    /// ASN.1 `SchoolBus`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SchoolBus, additions 0 {
        /// `flashingAmberLights`: BOOLEAN.
        #[rasn(identifier = "flashingAmberLights")]
        pub flashing_amber_lights: bool,
        /// `flashingRedLights`: BOOLEAN.
        #[rasn(identifier = "flashingRedLights")]
        pub flashing_red_lights: bool,
        /// `studentsCrossingFront`: BOOLEAN.
        #[rasn(identifier = "studentsCrossingFront")]
        pub students_crossing_front: Option<bool>,
        /// `studentsCrossingBehind`: BOOLEAN.
        #[rasn(identifier = "studentsCrossingBehind")]
        pub students_crossing_behind: Option<bool>,
        /// `studentsLoading`: BOOLEAN.
        #[rasn(identifier = "studentsLoading")]
        pub students_loading: Option<bool>,
        /// `studentsUnloading`: BOOLEAN.
        #[rasn(identifier = "studentsUnloading")]
        pub students_unloading: Option<bool>,
        /// `wheelchairLiftInUse`: BOOLEAN.
        #[rasn(identifier = "wheelchairLiftInUse")]
        pub wheelchair_lift_in_use: Option<bool>,
        /// `emergencyExitOpen`: BOOLEAN.
        #[rasn(identifier = "emergencyExitOpen")]
        pub emergency_exit_open: Option<bool>,
        /// `emergencyRequestMedical`: BOOLEAN.
        #[rasn(identifier = "emergencyRequestMedical")]
        pub emergency_request_medical: Option<bool>,
        /// `emergencyRequestFire`: BOOLEAN.
        #[rasn(identifier = "emergencyRequestFire")]
        pub emergency_request_fire: Option<bool>,
        /// `emergencyRequestPolice`: BOOLEAN.
        #[rasn(identifier = "emergencyRequestPolice")]
        pub emergency_request_police: Option<bool>,
    }
}

/// `GrossSpeed`: INTEGER (0..31). Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(delegate, value("0..=31"))]
pub struct GrossSpeed(pub u8);

/// `RTCMmessage`: OCTET STRING (SIZE(1..1023)). Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(delegate, size("1..=1023"))]
pub struct RTCMmessage(pub OctetString);
