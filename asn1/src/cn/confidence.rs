//! How sure a value is, in classes.

use rasn::prelude::*;

pub use crate::confidence::*;

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
