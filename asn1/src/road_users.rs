//! Road users and those who report them: the types that the China set took over from SAE J2735 unchanged.

use rasn::prelude::*;

use crate::UnknownAlternative;
use crate::macros::bit_string;

/// ASN.1 `EquipmentType`: ENUMERATED, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum EquipmentType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `rsu`.
    #[rasn(identifier = "rsu")]
    Rsu = 1,
    /// `obu`.
    #[rasn(identifier = "obu")]
    Obu = 2,
    /// `vru`.
    #[rasn(identifier = "vru")]
    Vru = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `PropelledInformation`: CHOICE, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
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
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

/// ASN.1 `HumanPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `AnimalPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `MotorizedPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `Attachment`: ENUMERATED, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `NumberOfParticipantsInCluster`: ENUMERATED, extensible. Source: SAE J2735 2024-09; T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum NumberOfParticipantsInCluster {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `small`.
    #[rasn(identifier = "small")]
    Small = 1,
    /// `medium`.
    #[rasn(identifier = "medium")]
    Medium = 2,
    /// `large`.
    #[rasn(identifier = "large")]
    Large = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

bit_string! {
    /// ASN.1 `PersonalDeviceUsageState`: BIT STRING (SIZE(9,...)). Source: SAE J2735 2024-09; T/CSAE 157-2020.
    pub struct PersonalDeviceUsageState: extensible 9 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `other`.
        OTHER = 1,
        /// Bit 2, `idle`.
        IDLE = 2,
        /// Bit 3, `listeningToAudio`.
        LISTENING_TO_AUDIO = 3,
        /// Bit 4, `typing`.
        TYPING = 4,
        /// Bit 5, `calling`.
        CALLING = 5,
        /// Bit 6, `playingGames`.
        PLAYING_GAMES = 6,
        /// Bit 7, `reading`.
        READING = 7,
        /// Bit 8, `viewing`.
        VIEWING = 8,
    }
}

bit_string! {
    /// ASN.1 `PersonalAssistive`: BIT STRING (SIZE(6,...)). Source: SAE J2735 2024-09; T/CSAE 157-2020.
    pub struct PersonalAssistive: extensible 6 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `otherType`.
        OTHER_TYPE = 1,
        /// Bit 2, `vision`.
        VISION = 2,
        /// Bit 3, `hearing`.
        HEARING = 3,
        /// Bit 4, `movement`.
        MOVEMENT = 4,
        /// Bit 5, `cognition`.
        COGNITION = 5,
    }
}
