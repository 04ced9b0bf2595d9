//! Who asks for signal priority, which SRM and SSM share.

use rasn::prelude::*;

use super::common::RegionalExtension;
use crate::Octets4;
use crate::UnknownAlternative;
use crate::macros::extensible_sequence;

/// ASN.1 `IntersectionAccessPoint`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum IntersectionAccessPoint {
    /// `lane`: `LaneID`, INTEGER (0..255); unique within the intersection; 0 is unknown.
    #[rasn(identifier = "lane")]
    Lane(u8),
    /// `approach`: `ApproachID`, INTEGER (0..15); 0 is not known.
    #[rasn(identifier = "approach", value("0..=15"))]
    Approach(u8),
    /// `connection`: `LaneConnectionID`, INTEGER (0..255).
    #[rasn(identifier = "connection")]
    Connection(u8),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

/// ASN.1 `VehicleID`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum VehicleID {
    /// `entityID`: `TemporaryID`, OCTET STRING (SIZE(4)).
    #[rasn(identifier = "entityID")]
    EntityID(Octets4),
    /// `stationID`: `StationID`, INTEGER (0..4294967295).
    #[rasn(identifier = "stationID")]
    StationID(u32),
}

extensible_sequence! {
    /// ASN.1 `RequestorType`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RequestorType, additions 0 {
        /// `role`.
        pub role: BasicVehicleRole,
        /// `subrole`.
        pub subrole: Option<RequestSubRole>,
        /// `request`.
        pub request: Option<RequestImportanceLevel>,
        /// `iso3883`: `Iso3833VehicleType`, INTEGER (0..100).
        #[rasn(value("0..=100"))]
        pub iso3883: Option<u8>,
        /// `hpmsType`.
        #[rasn(identifier = "hpmsType")]
        pub hpms_type: Option<VehicleType>,
        /// `regional`.
        pub regional: Option<RegionalExtension>,
    }
}

/// ASN.1 `BasicVehicleRole`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum BasicVehicleRole {
    /// `basicVehicle`.
    #[rasn(identifier = "basicVehicle")]
    BasicVehicle = 0,
    /// `publicTransport`.
    #[rasn(identifier = "publicTransport")]
    PublicTransport = 1,
    /// `specialTransport`.
    #[rasn(identifier = "specialTransport")]
    SpecialTransport = 2,
    /// `dangerousGoods`.
    #[rasn(identifier = "dangerousGoods")]
    DangerousGoods = 3,
    /// `roadWork`.
    #[rasn(identifier = "roadWork")]
    RoadWork = 4,
    /// `roadRescue`.
    #[rasn(identifier = "roadRescue")]
    RoadRescue = 5,
    /// `emergency`.
    #[rasn(identifier = "emergency")]
    Emergency = 6,
    /// `safetyCar`.
    #[rasn(identifier = "safetyCar")]
    SafetyCar = 7,
    /// `none-unknown`.
    #[rasn(identifier = "none-unknown")]
    NoneUnknown = 8,
    /// `truck`.
    #[rasn(identifier = "truck")]
    Truck = 9,
    /// `motorcycle`.
    #[rasn(identifier = "motorcycle")]
    Motorcycle = 10,
    /// `roadSideSource`.
    #[rasn(identifier = "roadSideSource")]
    RoadSideSource = 11,
    /// `police`.
    #[rasn(identifier = "police")]
    Police = 12,
    /// `fire`.
    #[rasn(identifier = "fire")]
    Fire = 13,
    /// `ambulance`.
    #[rasn(identifier = "ambulance")]
    Ambulance = 14,
    /// `dot`.
    #[rasn(identifier = "dot")]
    Dot = 15,
    /// `transit`.
    #[rasn(identifier = "transit")]
    Transit = 16,
    /// `slowMoving`.
    #[rasn(identifier = "slowMoving")]
    SlowMoving = 17,
    /// `stopNgo`.
    #[rasn(identifier = "stopNgo")]
    StopNgo = 18,
    /// `cyclist`.
    #[rasn(identifier = "cyclist")]
    Cyclist = 19,
    /// `pedestrian`.
    #[rasn(identifier = "pedestrian")]
    Pedestrian = 20,
    /// `nonMotorized`.
    #[rasn(identifier = "nonMotorized")]
    NonMotorized = 21,
    /// `military`.
    #[rasn(identifier = "military")]
    Military = 22,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `RequestSubRole`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum RequestSubRole {
    /// `requestSubRoleUnKnown`.
    #[rasn(identifier = "requestSubRoleUnKnown")]
    RequestSubRoleUnKnown = 0,
    /// `requestSubRole1`.
    #[rasn(identifier = "requestSubRole1")]
    RequestSubRole1 = 1,
    /// `requestSubRole2`.
    #[rasn(identifier = "requestSubRole2")]
    RequestSubRole2 = 2,
    /// `requestSubRole3`.
    #[rasn(identifier = "requestSubRole3")]
    RequestSubRole3 = 3,
    /// `requestSubRole4`.
    #[rasn(identifier = "requestSubRole4")]
    RequestSubRole4 = 4,
    /// `requestSubRole5`.
    #[rasn(identifier = "requestSubRole5")]
    RequestSubRole5 = 5,
    /// `requestSubRole6`.
    #[rasn(identifier = "requestSubRole6")]
    RequestSubRole6 = 6,
    /// `requestSubRole7`.
    #[rasn(identifier = "requestSubRole7")]
    RequestSubRole7 = 7,
    /// `requestSubRole8`.
    #[rasn(identifier = "requestSubRole8")]
    RequestSubRole8 = 8,
    /// `requestSubRole9`.
    #[rasn(identifier = "requestSubRole9")]
    RequestSubRole9 = 9,
    /// `requestSubRole10`.
    #[rasn(identifier = "requestSubRole10")]
    RequestSubRole10 = 10,
    /// `requestSubRole11`.
    #[rasn(identifier = "requestSubRole11")]
    RequestSubRole11 = 11,
    /// `requestSubRole12`.
    #[rasn(identifier = "requestSubRole12")]
    RequestSubRole12 = 12,
    /// `requestSubRole13`.
    #[rasn(identifier = "requestSubRole13")]
    RequestSubRole13 = 13,
    /// `requestSubRole14`.
    #[rasn(identifier = "requestSubRole14")]
    RequestSubRole14 = 14,
    /// `requestSubRoleReserved`.
    #[rasn(identifier = "requestSubRoleReserved")]
    RequestSubRoleReserved = 15,
}

/// ASN.1 `RequestImportanceLevel`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum RequestImportanceLevel {
    /// `requestImportanceLevelUnKnown`.
    #[rasn(identifier = "requestImportanceLevelUnKnown")]
    RequestImportanceLevelUnKnown = 0,
    /// `requestImportanceLevel1`.
    #[rasn(identifier = "requestImportanceLevel1")]
    RequestImportanceLevel1 = 1,
    /// `requestImportanceLevel2`.
    #[rasn(identifier = "requestImportanceLevel2")]
    RequestImportanceLevel2 = 2,
    /// `requestImportanceLevel3`.
    #[rasn(identifier = "requestImportanceLevel3")]
    RequestImportanceLevel3 = 3,
    /// `requestImportanceLevel4`.
    #[rasn(identifier = "requestImportanceLevel4")]
    RequestImportanceLevel4 = 4,
    /// `requestImportanceLevel5`.
    #[rasn(identifier = "requestImportanceLevel5")]
    RequestImportanceLevel5 = 5,
    /// `requestImportanceLevel6`.
    #[rasn(identifier = "requestImportanceLevel6")]
    RequestImportanceLevel6 = 6,
    /// `requestImportanceLevel7`.
    #[rasn(identifier = "requestImportanceLevel7")]
    RequestImportanceLevel7 = 7,
    /// `requestImportanceLevel8`.
    #[rasn(identifier = "requestImportanceLevel8")]
    RequestImportanceLevel8 = 8,
    /// `requestImportanceLevel9`.
    #[rasn(identifier = "requestImportanceLevel9")]
    RequestImportanceLevel9 = 9,
    /// `requestImportanceLevel10`.
    #[rasn(identifier = "requestImportanceLevel10")]
    RequestImportanceLevel10 = 10,
    /// `requestImportanceLevel11`.
    #[rasn(identifier = "requestImportanceLevel11")]
    RequestImportanceLevel11 = 11,
    /// `requestImportanceLevel12`.
    #[rasn(identifier = "requestImportanceLevel12")]
    RequestImportanceLevel12 = 12,
    /// `requestImportanceLevel13`.
    #[rasn(identifier = "requestImportanceLevel13")]
    RequestImportanceLevel13 = 13,
    /// `requestImportanceLevel14`.
    #[rasn(identifier = "requestImportanceLevel14")]
    RequestImportanceLevel14 = 14,
    /// `requestImportanceReserved`.
    #[rasn(identifier = "requestImportanceReserved")]
    RequestImportanceReserved = 15,
}

/// ASN.1 `VehicleType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum VehicleType {
    /// `none`.
    #[rasn(identifier = "none")]
    None = 0,
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 1,
    /// `special`.
    #[rasn(identifier = "special")]
    Special = 2,
    /// `moto`.
    #[rasn(identifier = "moto")]
    Moto = 3,
    /// `car`.
    #[rasn(identifier = "car")]
    Car = 4,
    /// `carOther`.
    #[rasn(identifier = "carOther")]
    CarOther = 5,
    /// `bus`.
    #[rasn(identifier = "bus")]
    Bus = 6,
    /// `axleCnt2`.
    #[rasn(identifier = "axleCnt2")]
    AxleCnt2 = 7,
    /// `axleCnt3`.
    #[rasn(identifier = "axleCnt3")]
    AxleCnt3 = 8,
    /// `axleCnt4`.
    #[rasn(identifier = "axleCnt4")]
    AxleCnt4 = 9,
    /// `axleCnt4Trailer`.
    #[rasn(identifier = "axleCnt4Trailer")]
    AxleCnt4Trailer = 10,
    /// `axleCnt5Trailer`.
    #[rasn(identifier = "axleCnt5Trailer")]
    AxleCnt5Trailer = 11,
    /// `axleCnt6Trailer`.
    #[rasn(identifier = "axleCnt6Trailer")]
    AxleCnt6Trailer = 12,
    /// `axleCnt5MultiTrailer`.
    #[rasn(identifier = "axleCnt5MultiTrailer")]
    AxleCnt5MultiTrailer = 13,
    /// `axleCnt6MultiTrailer`.
    #[rasn(identifier = "axleCnt6MultiTrailer")]
    AxleCnt6MultiTrailer = 14,
    /// `axleCnt7MultiTrailer`.
    #[rasn(identifier = "axleCnt7MultiTrailer")]
    AxleCnt7MultiTrailer = 15,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
