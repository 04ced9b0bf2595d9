//! How sure a value is, in classes: the enumerations that the China set took over from SAE J2735 unchanged.

use rasn::prelude::*;

/// ASN.1 `TimeConfidence`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `PositionConfidence`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `ElevationConfidence`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `SpeedConfidence`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `HeadingConfidence`: ENUMERATED. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `SizeValueConfidence`: ENUMERATED. Source: SAE J2735 2024-09; T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum SizeValueConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `size-100-00`.
    #[rasn(identifier = "size-100-00")]
    Size100_00 = 1,
    /// `size-050-00`.
    #[rasn(identifier = "size-050-00")]
    Size050_00 = 2,
    /// `size-020-00`.
    #[rasn(identifier = "size-020-00")]
    Size020_00 = 3,
    /// `size-010-00`.
    #[rasn(identifier = "size-010-00")]
    Size010_00 = 4,
    /// `size-005-00`.
    #[rasn(identifier = "size-005-00")]
    Size005_00 = 5,
    /// `size-002-00`.
    #[rasn(identifier = "size-002-00")]
    Size002_00 = 6,
    /// `size-001-00`.
    #[rasn(identifier = "size-001-00")]
    Size001_00 = 7,
    /// `size-000-50`.
    #[rasn(identifier = "size-000-50")]
    Size000_50 = 8,
    /// `size-000-20`.
    #[rasn(identifier = "size-000-20")]
    Size000_20 = 9,
    /// `size-000-10`.
    #[rasn(identifier = "size-000-10")]
    Size000_10 = 10,
    /// `size-000-05`.
    #[rasn(identifier = "size-000-05")]
    Size000_05 = 11,
    /// `size-000-02`.
    #[rasn(identifier = "size-000-02")]
    Size000_02 = 12,
    /// `size-000-01`.
    #[rasn(identifier = "size-000-01")]
    Size000_01 = 13,
}
