//! TIM of SAE J2735: traveller information.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{HeadingSlice, Position3D, RegionalExtension};
use super::surface::FrictionInformation;
use super::tim_regions::GeographicalPath;
use crate::UnknownAlternative;
use crate::macros::extensible_sequence;
use crate::{Octets2, Octets9};

extensible_sequence! {
    /// TIM: what travellers should know.
    ///
    /// ASN.1 `TravelerInformation`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TravelerInformation, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `packetID`: `UniqueMSGID`, OCTET STRING (SIZE(9)).
        #[rasn(identifier = "packetID")]
        pub packet_id: Option<Octets9>,
        /// `urlB`: `URL-Base`, IA5String (SIZE(1..45)).
        #[rasn(identifier = "urlB", size("1..=45"))]
        pub url_b: Option<Ia5String>,
        /// `dataFrames`: 1 to 8 [`TravelerDataFrame`].
        #[rasn(identifier = "dataFrames", size("1..=8"))]
        pub data_frames: Vec<TravelerDataFrame>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `TravelerDataFrame`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TravelerDataFrame, additions 1 {
        /// `doNotUse1`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse1", value("0..=31"))]
        pub do_not_use1: u8,
        /// `frameType`.
        #[rasn(identifier = "frameType")]
        pub frame_type: TravelerInfoType,
        /// `msgId`.
        #[rasn(identifier = "msgId")]
        pub msg_id: TravelerDataFrameMsgId,
        /// `startYear`: `DYear`, INTEGER (0..4095); year of our era, UTC; 0 is unknown.
        #[rasn(identifier = "startYear", value("0..=4095"))]
        pub start_year: Option<u16>,
        /// `startTime`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "startTime", value("0..=527040"))]
        pub start_time: u32,
        /// `durationTime`: `MinutesDuration`, INTEGER (0..32000).
        #[rasn(identifier = "durationTime", value("0..=32000"))]
        pub duration_time: u16,
        /// `priority`: `SignPriority`, INTEGER (0..7).
        #[rasn(value("0..=7"))]
        pub priority: u8,
        /// `doNotUse2`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse2", value("0..=31"))]
        pub do_not_use2: u8,
        /// `regions`: 1 to 16 [`GeographicalPath`].
        #[rasn(size("1..=16"))]
        pub regions: Vec<GeographicalPath>,
        /// `doNotUse3`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse3", value("0..=31"))]
        pub do_not_use3: u8,
        /// `doNotUse4`: `SSPindex`, INTEGER (0..31).
        #[rasn(identifier = "doNotUse4", value("0..=31"))]
        pub do_not_use4: u8,
        /// `content`.
        pub content: TravelerDataFrameContent,
        /// `url`: `URL-Short`, IA5String (SIZE(1..15)).
        #[rasn(size("1..=15"))]
        pub url: Option<Ia5String>,
        /// `contentNew`.
        #[rasn(extension_addition, identifier = "contentNew")]
        pub content_new: Option<TravelerDataFrameNewPartIIIContent>,
    }
}

/// ASN.1 `TravelerInfoType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum TravelerInfoType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `advisory`.
    #[rasn(identifier = "advisory")]
    Advisory = 1,
    /// `roadSignage`.
    #[rasn(identifier = "roadSignage")]
    RoadSignage = 2,
    /// `commercialSignage`.
    #[rasn(identifier = "commercialSignage")]
    CommercialSignage = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `TravelerDataFrame.msgId`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum TravelerDataFrameMsgId {
    /// `furtherInfoID`: `FurtherInfoID`, OCTET STRING (SIZE(2)).
    #[rasn(identifier = "furtherInfoID")]
    FurtherInfoID(Octets2),
    /// `roadSignID`.
    #[rasn(identifier = "roadSignID")]
    RoadSignID(RoadSignID),
}

/// ASN.1 `RoadSignID`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RoadSignID {
    /// `position`.
    pub position: Position3D,
    /// `viewAngle`.
    #[rasn(identifier = "viewAngle")]
    pub view_angle: HeadingSlice,
    /// `mutcdCode`.
    #[rasn(identifier = "mutcdCode")]
    pub mutcd_code: Option<MUTCDCode>,
    /// `crc`: `MsgCRC`, OCTET STRING (SIZE(2)).
    pub crc: Option<Octets2>,
}

/// ASN.1 `MUTCDCode`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum MUTCDCode {
    /// `none`.
    #[rasn(identifier = "none")]
    None = 0,
    /// `regulatory`.
    #[rasn(identifier = "regulatory")]
    Regulatory = 1,
    /// `warning`.
    #[rasn(identifier = "warning")]
    Warning = 2,
    /// `maintenance`.
    #[rasn(identifier = "maintenance")]
    Maintenance = 3,
    /// `motoristService`.
    #[rasn(identifier = "motoristService")]
    MotoristService = 4,
    /// `guide`.
    #[rasn(identifier = "guide")]
    Guide = 5,
    /// `rec`.
    #[rasn(identifier = "rec")]
    Rec = 6,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `TravelerDataFrame.content`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum TravelerDataFrameContent {
    /// `advisory`: 1 to 100 [`ITIScodesAndTextElement`].
    #[rasn(identifier = "advisory", size("1..=100"))]
    Advisory(Vec<ITIScodesAndTextElement>),
    /// `workZone`: 1 to 16 [`WorkZoneElement`].
    #[rasn(identifier = "workZone", size("1..=16"))]
    WorkZone(Vec<WorkZoneElement>),
    /// `genericSign`: 1 to 16 [`GenericSignageElement`].
    #[rasn(identifier = "genericSign", size("1..=16"))]
    GenericSign(Vec<GenericSignageElement>),
    /// `speedLimit`: 1 to 16 [`SpeedLimitElement`].
    #[rasn(identifier = "speedLimit", size("1..=16"))]
    SpeedLimit(Vec<SpeedLimitElement>),
    /// `exitService`: 1 to 16 [`ExitServiceElement`].
    #[rasn(identifier = "exitService", size("1..=16"))]
    ExitService(Vec<ExitServiceElement>),
}

/// ASN.1 `ITIScodesAndText[]`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ITIScodesAndTextElement {
    /// `item`.
    pub item: ITIScodesAndTextElementItem,
}

/// ASN.1 `ITIScodesAndText[].item`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum ITIScodesAndTextElementItem {
    /// `itis`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
    #[rasn(identifier = "itis")]
    Itis(u16),
    /// `text`: `ITIStext`, IA5String (SIZE(1..500)).
    #[rasn(identifier = "text", size("1..=500"))]
    Text(Ia5String),
}

/// ASN.1 `WorkZone[]`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct WorkZoneElement {
    /// `item`.
    pub item: WorkZoneElementItem,
}

/// ASN.1 `WorkZone[].item`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum WorkZoneElementItem {
    /// `itis`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
    #[rasn(identifier = "itis")]
    Itis(u16),
    /// `text`: `ITIStextPhrase`, IA5String (SIZE(1..16)).
    #[rasn(identifier = "text", size("1..=16"))]
    Text(Ia5String),
}

/// ASN.1 `GenericSignage[]`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct GenericSignageElement {
    /// `item`.
    pub item: GenericSignageElementItem,
}

/// ASN.1 `GenericSignage[].item`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum GenericSignageElementItem {
    /// `itis`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
    #[rasn(identifier = "itis")]
    Itis(u16),
    /// `text`: `ITIStextPhrase`, IA5String (SIZE(1..16)).
    #[rasn(identifier = "text", size("1..=16"))]
    Text(Ia5String),
}

/// ASN.1 `SpeedLimit[]`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SpeedLimitElement {
    /// `item`.
    pub item: SpeedLimitElementItem,
}

/// ASN.1 `SpeedLimit[].item`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum SpeedLimitElementItem {
    /// `itis`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
    #[rasn(identifier = "itis")]
    Itis(u16),
    /// `text`: `ITIStextPhrase`, IA5String (SIZE(1..16)).
    #[rasn(identifier = "text", size("1..=16"))]
    Text(Ia5String),
}

/// ASN.1 `ExitService[]`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ExitServiceElement {
    /// `item`.
    pub item: ExitServiceElementItem,
}

/// ASN.1 `ExitService[].item`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum ExitServiceElementItem {
    /// `itis`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
    #[rasn(identifier = "itis")]
    Itis(u16),
    /// `text`: `ITIStextPhrase`, IA5String (SIZE(1..16)).
    #[rasn(identifier = "text", size("1..=16"))]
    Text(Ia5String),
}

/// ASN.1 `TravelerDataFrameNewPartIIIContent`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TravelerDataFrameNewPartIIIContent {
    /// `frictionInfo`.
    #[rasn(identifier = "frictionInfo")]
    FrictionInfo(FrictionInformation),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}
