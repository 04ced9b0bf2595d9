//! What the road surface is like, which TIM and RSM share.

use rasn::prelude::*;

use crate::UnknownAlternative;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// ASN.1 `FrictionInformation`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct FrictionInformation, additions 0 {
        /// `roadSurfaceDescription`.
        #[rasn(identifier = "roadSurfaceDescription")]
        pub road_surface_description: DescriptionOfRoadSurface,
        /// `dryOrWet`.
        #[rasn(identifier = "dryOrWet")]
        pub dry_or_wet: Option<RoadSurfaceCondition>,
        /// `roadRoughness`.
        #[rasn(identifier = "roadRoughness")]
        pub road_roughness: Option<RoadRoughness>,
    }
}

/// ASN.1 `DescriptionOfRoadSurface`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum DescriptionOfRoadSurface {
    /// `portlandCement`.
    #[rasn(identifier = "portlandCement")]
    PortlandCement(PortlandCement),
    /// `asphaltOrTar`.
    #[rasn(identifier = "asphaltOrTar")]
    AsphaltOrTar(AsphaltOrTar),
    /// `gravel`.
    #[rasn(identifier = "gravel")]
    Gravel(Gravel),
    /// `grass`.
    #[rasn(identifier = "grass")]
    Grass(Grass),
    /// `cinders`.
    #[rasn(identifier = "cinders")]
    Cinders(Cinders),
    /// `rock`.
    #[rasn(identifier = "rock")]
    Rock(Rock),
    /// `ice`.
    #[rasn(identifier = "ice")]
    Ice(Ice),
    /// `snow`.
    #[rasn(identifier = "snow")]
    Snow(Snow),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `PortlandCement`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PortlandCement, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: PortlandCementType,
    }
}

/// ASN.1 `PortlandCementType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PortlandCementType {
    /// `newSharp`.
    #[rasn(identifier = "newSharp")]
    NewSharp = 0,
    /// `traveled`.
    #[rasn(identifier = "traveled")]
    Traveled = 1,
    /// `trafficPolished`.
    #[rasn(identifier = "trafficPolished")]
    TrafficPolished = 2,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `AsphaltOrTar`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AsphaltOrTar, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: AsphaltOrTarType,
    }
}

/// ASN.1 `AsphaltOrTarType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AsphaltOrTarType {
    /// `newSharp`.
    #[rasn(identifier = "newSharp")]
    NewSharp = 0,
    /// `traveled`.
    #[rasn(identifier = "traveled")]
    Traveled = 1,
    /// `trafficPolished`.
    #[rasn(identifier = "trafficPolished")]
    TrafficPolished = 2,
    /// `excessTar`.
    #[rasn(identifier = "excessTar")]
    ExcessTar = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Gravel`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Gravel, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: GravelType,
    }
}

/// ASN.1 `GravelType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum GravelType {
    /// `packedOiled`.
    #[rasn(identifier = "packedOiled")]
    PackedOiled = 0,
    /// `loose`.
    #[rasn(identifier = "loose")]
    Loose = 1,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Grass`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Grass, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: GrassType,
    }
}

/// ASN.1 `GrassType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum GrassType {
    /// `lessThan30Mph`.
    #[rasn(identifier = "lessThan30Mph")]
    LessThan30Mph = 0,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Cinders`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Cinders, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: CindersType,
    }
}

/// ASN.1 `CindersType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum CindersType {
    /// `packed`.
    #[rasn(identifier = "packed")]
    Packed = 0,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Rock`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Rock, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: RockType,
    }
}

/// ASN.1 `RockType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RockType {
    /// `crushed`.
    #[rasn(identifier = "crushed")]
    Crushed = 0,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Ice`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Ice, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: IceType,
    }
}

/// ASN.1 `IceType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum IceType {
    /// `smooth`.
    #[rasn(identifier = "smooth")]
    Smooth = 0,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `Snow`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Snow, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: SnowType,
    }
}

/// ASN.1 `SnowType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SnowType {
    /// `packed`.
    #[rasn(identifier = "packed")]
    Packed = 0,
    /// `loose`.
    #[rasn(identifier = "loose")]
    Loose = 1,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `RoadSurfaceCondition`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RoadSurfaceCondition {
    /// `dry`.
    #[rasn(identifier = "dry")]
    Dry = 0,
    /// `wet`.
    #[rasn(identifier = "wet")]
    Wet = 1,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `RoadRoughness`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RoadRoughness, additions 0 {
        /// `meanVerticalVariation`: `MeanVariation`, INTEGER (0..25000).
        #[rasn(identifier = "meanVerticalVariation", value("0..=25000"))]
        pub mean_vertical_variation: u16,
        /// `verticalVariationStdDev`: `VariationStdDev`, INTEGER (0..2500).
        #[rasn(identifier = "verticalVariationStdDev", value("0..=2500"))]
        pub vertical_variation_std_dev: Option<u16>,
        /// `meanHorizontalVariation`: `MeanVariation`, INTEGER (0..25000).
        #[rasn(identifier = "meanHorizontalVariation", value("0..=25000"))]
        pub mean_horizontal_variation: Option<u16>,
        /// `horizontalVariationStdDev`: `VariationStdDev`, INTEGER (0..2500).
        #[rasn(identifier = "horizontalVariationStdDev", value("0..=2500"))]
        pub horizontal_variation_std_dev: Option<u16>,
    }
}
