//! Vulnerable road users, which PSM and SDSM share.

use rasn::prelude::*;

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
}

/// ASN.1 `PropelledInformation`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum PropelledInformation {
    /// `human`.
    #[rasn(identifier = "human")]
    Human(HumanPropelledType),
    /// `animal`.
    #[rasn(identifier = "animal")]
    Animal(AnimalPropelledType),
    /// `motor`.
    #[rasn(identifier = "motor")]
    Motor(MotorizedPropelledType),
}

/// ASN.1 `HumanPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum HumanPropelledType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `otherTypes`.
    #[rasn(identifier = "otherTypes")]
    OtherTypes = 1,
    /// `onFoot`.
    #[rasn(identifier = "onFoot")]
    OnFoot = 2,
    /// `skateboard`.
    #[rasn(identifier = "skateboard")]
    Skateboard = 3,
    /// `pushOrKickScooter`.
    #[rasn(identifier = "pushOrKickScooter")]
    PushOrKickScooter = 4,
    /// `wheelchair`.
    #[rasn(identifier = "wheelchair")]
    Wheelchair = 5,
}

/// ASN.1 `AnimalPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AnimalPropelledType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `otherTypes`.
    #[rasn(identifier = "otherTypes")]
    OtherTypes = 1,
    /// `animalMounted`.
    #[rasn(identifier = "animalMounted")]
    AnimalMounted = 2,
    /// `animalDrawnCarriage`.
    #[rasn(identifier = "animalDrawnCarriage")]
    AnimalDrawnCarriage = 3,
}

/// ASN.1 `MotorizedPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum MotorizedPropelledType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `otherTypes`.
    #[rasn(identifier = "otherTypes")]
    OtherTypes = 1,
    /// `wheelChair`.
    #[rasn(identifier = "wheelChair")]
    WheelChair = 2,
    /// `bicycle`.
    #[rasn(identifier = "bicycle")]
    Bicycle = 3,
    /// `scooter`.
    #[rasn(identifier = "scooter")]
    Scooter = 4,
    /// `selfBalancingDevice`.
    #[rasn(identifier = "selfBalancingDevice")]
    SelfBalancingDevice = 5,
}

/// ASN.1 `Attachment`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum Attachment {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `stroller`.
    #[rasn(identifier = "stroller")]
    Stroller = 1,
    /// `bicycleTrailer`.
    #[rasn(identifier = "bicycleTrailer")]
    BicycleTrailer = 2,
    /// `cart`.
    #[rasn(identifier = "cart")]
    Cart = 3,
    /// `wheelchair`.
    #[rasn(identifier = "wheelchair")]
    Wheelchair = 4,
    /// `otherWalkAssistAttachments`.
    #[rasn(identifier = "otherWalkAssistAttachments")]
    OtherWalkAssistAttachments = 5,
    /// `pet`.
    #[rasn(identifier = "pet")]
    Pet = 6,
}
