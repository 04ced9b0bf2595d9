//! Types that more than one China message uses.

use rasn::prelude::*;

pub use super::confidence::*;
use crate::macros::decode_by_place;
use crate::macros::extensible_sequence;
pub use crate::vehicle_state::{AccelerationSet4Way, TransmissionState};

/// A place in WGS-84.
///
/// ASN.1 `Position3D`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Position3D {
    /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
    #[rasn(value("-900000000..=900000001"))]
    pub lat: i32,
    /// `long`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
    #[rasn(value("-1799999999..=1800000001"))]
    pub long: i32,
    /// `elevation`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
    #[rasn(value("-4096..=61439"))]
    pub elevation: Option<i32>,
}

/// The 95 % confidence of a position.
///
/// ASN.1 `PositionConfidenceSet`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionConfidenceSet {
    /// `pos`.
    pub pos: PositionConfidence,
    /// `elevation`.
    pub elevation: Option<ElevationConfidence>,
}

/// ASN.1 `MotionConfidenceSet`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct MotionConfidenceSet {
    /// `speedCfd`.
    #[rasn(identifier = "speedCfd")]
    pub speed_cfd: Option<SpeedConfidence>,
    /// `headingCfd`.
    #[rasn(identifier = "headingCfd")]
    pub heading_cfd: Option<HeadingConfidence>,
    /// `steerCfd`.
    #[rasn(identifier = "steerCfd")]
    pub steer_cfd: Option<SteeringWheelAngleConfidence>,
}

/// How large it is.
///
/// ASN.1 `VehicleSize`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VehicleSize {
    /// `width`: `VehicleWidth`, INTEGER (0..1023); cm; 0 is unknown.
    #[rasn(value("0..=1023"))]
    pub width: u16,
    /// `length`: `VehicleLength`, INTEGER (0..4095); cm; 0 is unknown.
    #[rasn(value("0..=4095"))]
    pub length: u16,
    /// `height`: `VehicleHeight`, INTEGER (0..127); 5 cm; 0 is unknown.
    #[rasn(value("0..=127"))]
    pub height: Option<u8>,
}

extensible_sequence! {
    /// ASN.1 `VehicleClassification`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct VehicleClassification, additions 0 {
        /// `classification`: `BasicVehicleClass`, INTEGER (0..255); 0 is unknown.
        pub classification: u8,
        /// `fuelType`: `FuelType`, INTEGER (0..15); 0 is unknown.
        #[rasn(identifier = "fuelType", value("0..=15"))]
        pub fuel_type: Option<u8>,
    }
}

/// A horizontal and vertical offset from a reference position.
///
/// ASN.1 `PositionOffsetLLV`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionOffsetLLV {
    /// `offsetLL`.
    #[rasn(identifier = "offsetLL")]
    pub offset_ll: PositionOffsetLL,
    /// `offsetV`.
    #[rasn(identifier = "offsetV")]
    pub offset_v: Option<VerticalOffset>,
}

/// An offset from a reference position, longitude before latitude; the smallest one that fits is sent.
///
/// ASN.1 `PositionOffsetLL`: CHOICE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum PositionOffsetLL {
    /// `position-LL1`.
    #[rasn(identifier = "position-LL1")]
    PositionLL1(PositionLL24B),
    /// `position-LL2`.
    #[rasn(identifier = "position-LL2")]
    PositionLL2(PositionLL28B),
    /// `position-LL3`.
    #[rasn(identifier = "position-LL3")]
    PositionLL3(PositionLL32B),
    /// `position-LL4`.
    #[rasn(identifier = "position-LL4")]
    PositionLL4(PositionLL36B),
    /// `position-LL5`.
    #[rasn(identifier = "position-LL5")]
    PositionLL5(PositionLL44B),
    /// `position-LL6`.
    #[rasn(identifier = "position-LL6")]
    PositionLL6(PositionLL48B),
    /// `position-LatLon`.
    #[rasn(identifier = "position-LatLon")]
    PositionLatLon(PositionLLmD64b),
}

decode_by_place! {
    PositionOffsetLL {
        0 => PositionLL1,
        1 => PositionLL2,
        2 => PositionLL3,
        3 => PositionLL4,
        4 => PositionLL5,
        5 => PositionLL6,
        6 => PositionLatLon,
    }
}

/// ASN.1 `Position-LL-24B`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLL24B {
    /// `lon`: `OffsetLL-B12`, INTEGER (-2048..2047); 1e-7 degrees.
    #[rasn(value("-2048..=2047"))]
    pub lon: i16,
    /// `lat`: `OffsetLL-B12`, INTEGER (-2048..2047); 1e-7 degrees.
    #[rasn(value("-2048..=2047"))]
    pub lat: i16,
}

/// ASN.1 `Position-LL-28B`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLL28B {
    /// `lon`: `OffsetLL-B14`, INTEGER (-8192..8191); 1e-7 degrees.
    #[rasn(value("-8192..=8191"))]
    pub lon: i16,
    /// `lat`: `OffsetLL-B14`, INTEGER (-8192..8191); 1e-7 degrees.
    #[rasn(value("-8192..=8191"))]
    pub lat: i16,
}

/// ASN.1 `Position-LL-32B`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLL32B {
    /// `lon`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    pub lon: i16,
    /// `lat`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    pub lat: i16,
}

/// ASN.1 `Position-LL-36B`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLL36B {
    /// `lon`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
    #[rasn(value("-131072..=131071"))]
    pub lon: i32,
    /// `lat`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
    #[rasn(value("-131072..=131071"))]
    pub lat: i32,
}

/// ASN.1 `Position-LL-44B`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLL44B {
    /// `lon`: `OffsetLL-B22`, INTEGER (-2097152..2097151); 1e-7 degrees.
    #[rasn(value("-2097152..=2097151"))]
    pub lon: i32,
    /// `lat`: `OffsetLL-B22`, INTEGER (-2097152..2097151); 1e-7 degrees.
    #[rasn(value("-2097152..=2097151"))]
    pub lat: i32,
}

/// ASN.1 `Position-LL-48B`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLL48B {
    /// `lon`: `OffsetLL-B24`, INTEGER (-8388608..8388607); 1e-7 degrees.
    #[rasn(value("-8388608..=8388607"))]
    pub lon: i32,
    /// `lat`: `OffsetLL-B24`, INTEGER (-8388608..8388607); 1e-7 degrees.
    #[rasn(value("-8388608..=8388607"))]
    pub lat: i32,
}

/// ASN.1 `Position-LLmD-64b`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionLLmD64b {
    /// `lon`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
    #[rasn(value("-1799999999..=1800000001"))]
    pub lon: i32,
    /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
    #[rasn(value("-900000000..=900000001"))]
    pub lat: i32,
}

/// A height difference, or an absolute height.
///
/// ASN.1 `VerticalOffset`: CHOICE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum VerticalOffset {
    /// `offset1`: `VertOffset-B07`, INTEGER (-64..63); 0.1 m; the most negative value is unavailable.
    #[rasn(identifier = "offset1", value("-64..=63"))]
    Offset1(i8),
    /// `offset2`: `VertOffset-B08`, INTEGER (-128..127); 0.1 m; the most negative value is unavailable.
    #[rasn(identifier = "offset2")]
    Offset2(i8),
    /// `offset3`: `VertOffset-B09`, INTEGER (-256..255); 0.1 m; the most negative value is unavailable.
    #[rasn(identifier = "offset3", value("-256..=255"))]
    Offset3(i16),
    /// `offset4`: `VertOffset-B10`, INTEGER (-512..511); 0.1 m; the most negative value is unavailable.
    #[rasn(identifier = "offset4", value("-512..=511"))]
    Offset4(i16),
    /// `offset5`: `VertOffset-B11`, INTEGER (-1024..1023); 0.1 m; the most negative value is unavailable.
    #[rasn(identifier = "offset5", value("-1024..=1023"))]
    Offset5(i16),
    /// `offset6`: `VertOffset-B12`, INTEGER (-2048..2047); 0.1 m; the most negative value is unavailable.
    #[rasn(identifier = "offset6", value("-2048..=2047"))]
    Offset6(i16),
    /// `elevation`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
    #[rasn(identifier = "elevation", value("-4096..=61439"))]
    Elevation(i32),
}

decode_by_place! {
    VerticalOffset {
        0 => Offset1(-64..=63),
        1 => Offset2,
        2 => Offset3(-256..=255),
        3 => Offset4(-512..=511),
        4 => Offset5(-1024..=1023),
        5 => Offset6(-2048..=2047),
        6 => Elevation(-4096..=61439),
    }
}

/// The region and number that name a junction in MAP, SPAT and RSI alike.
///
/// ASN.1 `NodeReferenceID`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeReferenceID {
    /// `region`: `RoadRegulatorID`, INTEGER (0..65535); 0 is for tests.
    pub region: Option<u16>,
    /// `id`: `NodeID`, INTEGER (0..65535).
    pub id: u16,
}
