//! How sure a value is, in classes.

use rasn::prelude::*;

pub use crate::confidence::*;

/// ASN.1 `ThrottleConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum ThrottleConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec10percent`.
    #[rasn(identifier = "prec10percent")]
    Prec10percent = 1,
    /// `prec1percent`.
    #[rasn(identifier = "prec1percent")]
    Prec1percent = 2,
    /// `prec0-5percent`.
    #[rasn(identifier = "prec0-5percent")]
    Prec0_5percent = 3,
}
