//! Types that more than one China message uses.

use rasn::prelude::*;

use crate::macros::extensible_sequence;

/// ASN.1 `TimeConfidence`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TimeConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `time-100-000`.
    #[rasn(identifier = "time-100-000")]
    Time100_000 = 1,
    /// `time-050-000`.
    #[rasn(identifier = "time-050-000")]
    Time050_000 = 2,
    /// `time-020-000`.
    #[rasn(identifier = "time-020-000")]
    Time020_000 = 3,
    /// `time-010-000`.
    #[rasn(identifier = "time-010-000")]
    Time010_000 = 4,
    /// `time-002-000`.
    #[rasn(identifier = "time-002-000")]
    Time002_000 = 5,
    /// `time-001-000`.
    #[rasn(identifier = "time-001-000")]
    Time001_000 = 6,
    /// `time-000-500`.
    #[rasn(identifier = "time-000-500")]
    Time000_500 = 7,
    /// `time-000-200`.
    #[rasn(identifier = "time-000-200")]
    Time000_200 = 8,
    /// `time-000-100`.
    #[rasn(identifier = "time-000-100")]
    Time000_100 = 9,
    /// `time-000-050`.
    #[rasn(identifier = "time-000-050")]
    Time000_050 = 10,
    /// `time-000-020`.
    #[rasn(identifier = "time-000-020")]
    Time000_020 = 11,
    /// `time-000-010`.
    #[rasn(identifier = "time-000-010")]
    Time000_010 = 12,
    /// `time-000-005`.
    #[rasn(identifier = "time-000-005")]
    Time000_005 = 13,
    /// `time-000-002`.
    #[rasn(identifier = "time-000-002")]
    Time000_002 = 14,
    /// `time-000-001`.
    #[rasn(identifier = "time-000-001")]
    Time000_001 = 15,
    /// `time-000-000-5`.
    #[rasn(identifier = "time-000-000-5")]
    Time000_000_5 = 16,
    /// `time-000-000-2`.
    #[rasn(identifier = "time-000-000-2")]
    Time000_000_2 = 17,
    /// `time-000-000-1`.
    #[rasn(identifier = "time-000-000-1")]
    Time000_000_1 = 18,
    /// `time-000-000-05`.
    #[rasn(identifier = "time-000-000-05")]
    Time000_000_05 = 19,
    /// `time-000-000-02`.
    #[rasn(identifier = "time-000-000-02")]
    Time000_000_02 = 20,
    /// `time-000-000-01`.
    #[rasn(identifier = "time-000-000-01")]
    Time000_000_01 = 21,
    /// `time-000-000-005`.
    #[rasn(identifier = "time-000-000-005")]
    Time000_000_005 = 22,
    /// `time-000-000-002`.
    #[rasn(identifier = "time-000-000-002")]
    Time000_000_002 = 23,
    /// `time-000-000-001`.
    #[rasn(identifier = "time-000-000-001")]
    Time000_000_001 = 24,
    /// `time-000-000-000-5`.
    #[rasn(identifier = "time-000-000-000-5")]
    Time000_000_000_5 = 25,
    /// `time-000-000-000-2`.
    #[rasn(identifier = "time-000-000-000-2")]
    Time000_000_000_2 = 26,
    /// `time-000-000-000-1`.
    #[rasn(identifier = "time-000-000-000-1")]
    Time000_000_000_1 = 27,
    /// `time-000-000-000-05`.
    #[rasn(identifier = "time-000-000-000-05")]
    Time000_000_000_05 = 28,
    /// `time-000-000-000-02`.
    #[rasn(identifier = "time-000-000-000-02")]
    Time000_000_000_02 = 29,
    /// `time-000-000-000-01`.
    #[rasn(identifier = "time-000-000-000-01")]
    Time000_000_000_01 = 30,
    /// `time-000-000-000-005`.
    #[rasn(identifier = "time-000-000-000-005")]
    Time000_000_000_005 = 31,
    /// `time-000-000-000-002`.
    #[rasn(identifier = "time-000-000-000-002")]
    Time000_000_000_002 = 32,
    /// `time-000-000-000-001`.
    #[rasn(identifier = "time-000-000-000-001")]
    Time000_000_000_001 = 33,
    /// `time-000-000-000-000-5`.
    #[rasn(identifier = "time-000-000-000-000-5")]
    Time000_000_000_000_5 = 34,
    /// `time-000-000-000-000-2`.
    #[rasn(identifier = "time-000-000-000-000-2")]
    Time000_000_000_000_2 = 35,
    /// `time-000-000-000-000-1`.
    #[rasn(identifier = "time-000-000-000-000-1")]
    Time000_000_000_000_1 = 36,
    /// `time-000-000-000-000-05`.
    #[rasn(identifier = "time-000-000-000-000-05")]
    Time000_000_000_000_05 = 37,
    /// `time-000-000-000-000-02`.
    #[rasn(identifier = "time-000-000-000-000-02")]
    Time000_000_000_000_02 = 38,
    /// `time-000-000-000-000-01`.
    #[rasn(identifier = "time-000-000-000-000-01")]
    Time000_000_000_000_01 = 39,
}

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

/// ASN.1 `PositionConfidence`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum PositionConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `a500m`.
    #[rasn(identifier = "a500m")]
    A500m = 1,
    /// `a200m`.
    #[rasn(identifier = "a200m")]
    A200m = 2,
    /// `a100m`.
    #[rasn(identifier = "a100m")]
    A100m = 3,
    /// `a50m`.
    #[rasn(identifier = "a50m")]
    A50m = 4,
    /// `a20m`.
    #[rasn(identifier = "a20m")]
    A20m = 5,
    /// `a10m`.
    #[rasn(identifier = "a10m")]
    A10m = 6,
    /// `a5m`.
    #[rasn(identifier = "a5m")]
    A5m = 7,
    /// `a2m`.
    #[rasn(identifier = "a2m")]
    A2m = 8,
    /// `a1m`.
    #[rasn(identifier = "a1m")]
    A1m = 9,
    /// `a50cm`.
    #[rasn(identifier = "a50cm")]
    A50cm = 10,
    /// `a20cm`.
    #[rasn(identifier = "a20cm")]
    A20cm = 11,
    /// `a10cm`.
    #[rasn(identifier = "a10cm")]
    A10cm = 12,
    /// `a5cm`.
    #[rasn(identifier = "a5cm")]
    A5cm = 13,
    /// `a2cm`.
    #[rasn(identifier = "a2cm")]
    A2cm = 14,
    /// `a1cm`.
    #[rasn(identifier = "a1cm")]
    A1cm = 15,
}

/// ASN.1 `ElevationConfidence`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum ElevationConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `elev-500-00`.
    #[rasn(identifier = "elev-500-00")]
    Elev500_00 = 1,
    /// `elev-200-00`.
    #[rasn(identifier = "elev-200-00")]
    Elev200_00 = 2,
    /// `elev-100-00`.
    #[rasn(identifier = "elev-100-00")]
    Elev100_00 = 3,
    /// `elev-050-00`.
    #[rasn(identifier = "elev-050-00")]
    Elev050_00 = 4,
    /// `elev-020-00`.
    #[rasn(identifier = "elev-020-00")]
    Elev020_00 = 5,
    /// `elev-010-00`.
    #[rasn(identifier = "elev-010-00")]
    Elev010_00 = 6,
    /// `elev-005-00`.
    #[rasn(identifier = "elev-005-00")]
    Elev005_00 = 7,
    /// `elev-002-00`.
    #[rasn(identifier = "elev-002-00")]
    Elev002_00 = 8,
    /// `elev-001-00`.
    #[rasn(identifier = "elev-001-00")]
    Elev001_00 = 9,
    /// `elev-000-50`.
    #[rasn(identifier = "elev-000-50")]
    Elev000_50 = 10,
    /// `elev-000-20`.
    #[rasn(identifier = "elev-000-20")]
    Elev000_20 = 11,
    /// `elev-000-10`.
    #[rasn(identifier = "elev-000-10")]
    Elev000_10 = 12,
    /// `elev-000-05`.
    #[rasn(identifier = "elev-000-05")]
    Elev000_05 = 13,
    /// `elev-000-02`.
    #[rasn(identifier = "elev-000-02")]
    Elev000_02 = 14,
    /// `elev-000-01`.
    #[rasn(identifier = "elev-000-01")]
    Elev000_01 = 15,
}

/// ASN.1 `TransmissionState`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `SpeedConfidence`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum SpeedConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec100ms`.
    #[rasn(identifier = "prec100ms")]
    Prec100ms = 1,
    /// `prec10ms`.
    #[rasn(identifier = "prec10ms")]
    Prec10ms = 2,
    /// `prec5ms`.
    #[rasn(identifier = "prec5ms")]
    Prec5ms = 3,
    /// `prec1ms`.
    #[rasn(identifier = "prec1ms")]
    Prec1ms = 4,
    /// `prec0-1ms`.
    #[rasn(identifier = "prec0-1ms")]
    Prec0_1ms = 5,
    /// `prec0-05ms`.
    #[rasn(identifier = "prec0-05ms")]
    Prec0_05ms = 6,
    /// `prec0-01ms`.
    #[rasn(identifier = "prec0-01ms")]
    Prec0_01ms = 7,
}

/// ASN.1 `HeadingConfidence`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum HeadingConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec10deg`.
    #[rasn(identifier = "prec10deg")]
    Prec10deg = 1,
    /// `prec05deg`.
    #[rasn(identifier = "prec05deg")]
    Prec05deg = 2,
    /// `prec01deg`.
    #[rasn(identifier = "prec01deg")]
    Prec01deg = 3,
    /// `prec0-1deg`.
    #[rasn(identifier = "prec0-1deg")]
    Prec0_1deg = 4,
    /// `prec0-05deg`.
    #[rasn(identifier = "prec0-05deg")]
    Prec0_05deg = 5,
    /// `prec0-01deg`.
    #[rasn(identifier = "prec0-01deg")]
    Prec0_01deg = 6,
    /// `prec0-0125deg`.
    #[rasn(identifier = "prec0-0125deg")]
    Prec0_0125deg = 7,
}

/// ASN.1 `SteeringWheelAngleConfidence`: ENUMERATED. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum SteeringWheelAngleConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec2deg`.
    #[rasn(identifier = "prec2deg")]
    Prec2deg = 1,
    /// `prec1deg`.
    #[rasn(identifier = "prec1deg")]
    Prec1deg = 2,
    /// `prec0-02deg`.
    #[rasn(identifier = "prec0-02deg")]
    Prec0_02deg = 3,
}

/// Acceleration along three axes, and yaw rate.
///
/// ASN.1 `AccelerationSet4Way`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
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
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
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
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
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
