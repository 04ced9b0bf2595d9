//! Vulnerable road users, which PSM and SDSM share.

use rasn::prelude::*;

pub use crate::road_users::*;

/// ASN.1 `PersonalDeviceUserType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PersonalDeviceUserType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `aPEDESTRIAN`.
    #[rasn(identifier = "aPEDESTRIAN")]
    APEDESTRIAN = 1,
    /// `aPEDALCYCLIST`.
    #[rasn(identifier = "aPEDALCYCLIST")]
    APEDALCYCLIST = 2,
    /// `aPUBLICSAFETYWORKER`.
    #[rasn(identifier = "aPUBLICSAFETYWORKER")]
    APUBLICSAFETYWORKER = 3,
    /// `anANIMAL`.
    #[rasn(identifier = "anANIMAL")]
    AnANIMAL = 4,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
