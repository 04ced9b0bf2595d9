//! Types that more than one SAE J2735 message uses.

use alloc::vec::Vec;

use rasn::prelude::*;

pub use super::confidence::*;
pub use super::itis::*;
pub use super::lanes::*;
pub use super::person::*;
pub use super::requestor::*;
pub use super::surface::*;
use crate::UnknownAlternative;
pub use crate::lane_attributes::{RegulatorySpeedLimit, SpeedLimitType};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::oid::RelativeOid;
pub use crate::vehicle_state::{
    AccelerationSet4Way, ExteriorLights, GNSSstatus, PositionalAccuracy, TransmissionState,
};

/// ASN.1 `IntersectionReferenceID`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct IntersectionReferenceID {
    /// `region`: `RoadRegulatorID`, INTEGER (0..65535); 0 is for tests.
    pub region: Option<u16>,
    /// `id`: `IntersectionID`, INTEGER (0..65535).
    pub id: u16,
}

/// An addition of some region, kept as it came.
///
/// ASN.1 `RegionalExtension`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RegionalExtension {
    /// `regionId`: `REG-EXT-ID-AND-TYPE`, INTEGER (0..255).
    #[rasn(identifier = "regionId")]
    pub region_id: u8,
    /// `regExtValue`: `REG-EXT-ID-AND-TYPE`, open type, kept as its octets.
    #[rasn(identifier = "regExtValue")]
    pub reg_ext_value: Any,
}

/// ASN.1 `RoadAuthorityID`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum RoadAuthorityID {
    /// `fullRdAuthID`: `FullRoadAuthorityID`, OBJECT IDENTIFIER.
    #[rasn(identifier = "fullRdAuthID")]
    FullRdAuthID(ObjectIdentifier),
    /// `relRdAuthID`: `RelativeRoadAuthorityID`, RELATIVE-OID.
    #[rasn(identifier = "relRdAuthID")]
    RelRdAuthID(RelativeOid),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// A place in WGS-84.
    ///
    /// ASN.1 `Position3D`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Position3D, additions 0 {
        /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
        #[rasn(value("-900000000..=900000001"))]
        pub lat: i32,
        /// `long`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
        #[rasn(value("-1799999999..=1800000001"))]
        pub long: i32,
        /// `elevation`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
        #[rasn(value("-4096..=61439"))]
        pub elevation: Option<i32>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `RoadSegmentReferenceID`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RoadSegmentReferenceID {
    /// `region`: `RoadRegulatorID`, INTEGER (0..65535); 0 is for tests.
    pub region: Option<u16>,
    /// `id`: `RoadSegmentID`, INTEGER (0..65535).
    pub id: u16,
}

/// How large it is.
///
/// ASN.1 `VehicleSize`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VehicleSize {
    /// `width`: `VehicleWidth`, INTEGER (0..1023); cm; 0 is unknown.
    #[rasn(value("0..=1023"))]
    pub width: u16,
    /// `length`: `VehicleLength`, INTEGER (0..4095); cm; 0 is unknown.
    #[rasn(value("0..=4095"))]
    pub length: u16,
}

extensible_sequence! {
    /// A position with time, motion and their accuracies.
    ///
    /// ASN.1 `FullPositionVector`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FullPositionVector, additions 0 {
        /// `utcTime`.
        #[rasn(identifier = "utcTime")]
        pub utc_time: Option<DDateTime>,
        /// `long`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
        #[rasn(value("-1799999999..=1800000001"))]
        pub long: i32,
        /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
        #[rasn(value("-900000000..=900000001"))]
        pub lat: i32,
        /// `elevation`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
        #[rasn(value("-4096..=61439"))]
        pub elevation: Option<i32>,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `speed`.
        pub speed: Option<TransmissionAndSpeed>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: Option<PositionConfidenceSet>,
        /// `speedConfidence`.
        #[rasn(identifier = "speedConfidence")]
        pub speed_confidence: Option<SpeedandHeadingandThrottleConfidence>,
    }
}

/// A date and time in UTC; every part may be missing.
///
/// ASN.1 `DDateTime`: SEQUENCE. Source: SAE J2735 2024-09.
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
    /// `hour`: `DHour`, INTEGER (0..31); hours, UTC.
    #[rasn(value("0..=31"))]
    pub hour: Option<u8>,
    /// `minute`: `DMinute`, INTEGER (0..60); minutes; 60 is unknown.
    #[rasn(value("0..=60"))]
    pub minute: Option<u8>,
    /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
    pub second: Option<u16>,
    /// `offset`: `DOffset`, INTEGER (-840..840); minutes from UTC.
    #[rasn(value("-840..=840"))]
    pub offset: Option<i16>,
}

/// ASN.1 `TransmissionAndSpeed`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TransmissionAndSpeed {
    /// `transmisson`.
    pub transmisson: TransmissionState,
    /// `speed`: `Velocity`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
    #[rasn(value("0..=8191"))]
    pub speed: u16,
}

/// The 95 % confidence of a position.
///
/// ASN.1 `PositionConfidenceSet`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionConfidenceSet {
    /// `pos`.
    pub pos: PositionConfidence,
    /// `elevation`.
    pub elevation: ElevationConfidence,
}

/// ASN.1 `SpeedandHeadingandThrottleConfidence`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SpeedandHeadingandThrottleConfidence {
    /// `heading`.
    pub heading: HeadingConfidence,
    /// `speed`.
    pub speed: SpeedConfidence,
    /// `throttle`.
    pub throttle: ThrottleConfidence,
}

/// ASN.1 `RTCMheader`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RTCMheader {
    /// `status`.
    pub status: GNSSstatus,
    /// `offsetSet`.
    #[rasn(identifier = "offsetSet")]
    pub offset_set: AntennaOffsetSet,
}

/// ASN.1 `AntennaOffsetSet`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AntennaOffsetSet {
    /// `antOffsetX`: `Offset-B12`, INTEGER (-2048..2047); cm.
    #[rasn(identifier = "antOffsetX", value("-2048..=2047"))]
    pub ant_offset_x: i16,
    /// `antOffsetY`: `Offset-B09`, INTEGER (-256..255); cm.
    #[rasn(identifier = "antOffsetY", value("-256..=255"))]
    pub ant_offset_y: i16,
    /// `antOffsetZ`: `Offset-B10`, INTEGER (-512..511); cm.
    #[rasn(identifier = "antOffsetZ", value("-512..=511"))]
    pub ant_offset_z: i16,
}

bit_string! {
    /// ASN.1 `HeadingSlice`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09.
    pub struct HeadingSlice: fixed 16 {
        /// Bit 0, `from000-0to022-5degrees`.
        FROM000_0TO022_5DEGREES = 0,
        /// Bit 1, `from022-5to045-0degrees`.
        FROM022_5TO045_0DEGREES = 1,
        /// Bit 2, `from045-0to067-5degrees`.
        FROM045_0TO067_5DEGREES = 2,
        /// Bit 3, `from067-5to090-0degrees`.
        FROM067_5TO090_0DEGREES = 3,
        /// Bit 4, `from090-0to112-5degrees`.
        FROM090_0TO112_5DEGREES = 4,
        /// Bit 5, `from112-5to135-0degrees`.
        FROM112_5TO135_0DEGREES = 5,
        /// Bit 6, `from135-0to157-5degrees`.
        FROM135_0TO157_5DEGREES = 6,
        /// Bit 7, `from157-5to180-0degrees`.
        FROM157_5TO180_0DEGREES = 7,
        /// Bit 8, `from180-0to202-5degrees`.
        FROM180_0TO202_5DEGREES = 8,
        /// Bit 9, `from202-5to225-0degrees`.
        FROM202_5TO225_0DEGREES = 9,
        /// Bit 10, `from225-0to247-5degrees`.
        FROM225_0TO247_5DEGREES = 10,
        /// Bit 11, `from247-5to270-0degrees`.
        FROM247_5TO270_0DEGREES = 11,
        /// Bit 12, `from270-0to292-5degrees`.
        FROM270_0TO292_5DEGREES = 12,
        /// Bit 13, `from292-5to315-0degrees`.
        FROM292_5TO315_0DEGREES = 13,
        /// Bit 14, `from315-0to337-5degrees`.
        FROM315_0TO337_5DEGREES = 14,
        /// Bit 15, `from337-5to360-0degrees`.
        FROM337_5TO360_0DEGREES = 15,
    }
}

/// ASN.1 `Extent`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum Extent {
    /// `useInstantlyOnly`.
    #[rasn(identifier = "useInstantlyOnly")]
    UseInstantlyOnly = 0,
    /// `useFor3meters`.
    #[rasn(identifier = "useFor3meters")]
    UseFor3meters = 1,
    /// `useFor10meters`.
    #[rasn(identifier = "useFor10meters")]
    UseFor10meters = 2,
    /// `useFor50meters`.
    #[rasn(identifier = "useFor50meters")]
    UseFor50meters = 3,
    /// `useFor100meters`.
    #[rasn(identifier = "useFor100meters")]
    UseFor100meters = 4,
    /// `useFor500meters`.
    #[rasn(identifier = "useFor500meters")]
    UseFor500meters = 5,
    /// `useFor1000meters`.
    #[rasn(identifier = "useFor1000meters")]
    UseFor1000meters = 6,
    /// `useFor5000meters`.
    #[rasn(identifier = "useFor5000meters")]
    UseFor5000meters = 7,
    /// `useFor10000meters`.
    #[rasn(identifier = "useFor10000meters")]
    UseFor10000meters = 8,
    /// `useFor50000meters`.
    #[rasn(identifier = "useFor50000meters")]
    UseFor50000meters = 9,
    /// `useFor100000meters`.
    #[rasn(identifier = "useFor100000meters")]
    UseFor100000meters = 10,
    /// `useFor500000meters`.
    #[rasn(identifier = "useFor500000meters")]
    UseFor500000meters = 11,
    /// `useFor1000000meters`.
    #[rasn(identifier = "useFor1000000meters")]
    UseFor1000000meters = 12,
    /// `useFor5000000meters`.
    #[rasn(identifier = "useFor5000000meters")]
    UseFor5000000meters = 13,
    /// `useFor10000000meters`.
    #[rasn(identifier = "useFor10000000meters")]
    UseFor10000000meters = 14,
    /// `forever`.
    #[rasn(identifier = "forever")]
    Forever = 15,
}

/// ASN.1 `Circle`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Circle {
    /// `center`.
    pub center: Position3D,
    /// `radius`: `Radius-B12`, INTEGER (0..4095).
    #[rasn(value("0..=4095"))]
    pub radius: u16,
    /// `units`.
    pub units: DistanceUnits,
}

/// ASN.1 `DistanceUnits`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum DistanceUnits {
    /// `centimeter`.
    #[rasn(identifier = "centimeter")]
    Centimeter = 0,
    /// `cm2-5`.
    #[rasn(identifier = "cm2-5")]
    Cm2_5 = 1,
    /// `decimeter`.
    #[rasn(identifier = "decimeter")]
    Decimeter = 2,
    /// `meter`.
    #[rasn(identifier = "meter")]
    Meter = 3,
    /// `kilometer`.
    #[rasn(identifier = "kilometer")]
    Kilometer = 4,
    /// `foot`.
    #[rasn(identifier = "foot")]
    Foot = 5,
    /// `yard`.
    #[rasn(identifier = "yard")]
    Yard = 6,
    /// `mile`.
    #[rasn(identifier = "mile")]
    Mile = 7,
}

extensible_sequence! {
    /// ASN.1 `PathHistory`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
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
    /// ASN.1 `PathHistoryPoint`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathHistoryPoint, additions 0 {
        /// `latOffset`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
        #[rasn(identifier = "latOffset", value("-131072..=131071"))]
        pub lat_offset: i32,
        /// `lonOffset`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
        #[rasn(identifier = "lonOffset", value("-131072..=131071"))]
        pub lon_offset: i32,
        /// `elevationOffset`: `VertOffset-B12`, INTEGER (-2048..2047); 0.1 m; the most negative value is unavailable.
        #[rasn(identifier = "elevationOffset", value("-2048..=2047"))]
        pub elevation_offset: i16,
        /// `timeOffset`: `TimeOffset`, INTEGER (1..65535); 0.01 s before the position the path ends in; 65535 is unavailable.
        #[rasn(identifier = "timeOffset", value("1..=65535"))]
        pub time_offset: u16,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `heading`: `CoarseHeading`, INTEGER (0..240); 1.5 degrees clockwise from true north; 240 is unavailable.
        #[rasn(value("0..=240"))]
        pub heading: Option<u8>,
    }
}

extensible_sequence! {
    /// ASN.1 `PathPrediction`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
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
