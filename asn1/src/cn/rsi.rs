//! RSI of the China set: traffic events and signs.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{NodeReferenceID, Position3D, PositionOffsetLLV};
use super::confidence::TimeConfidence;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::{Octets1, Octets8};

extensible_sequence! {
    /// RSI: events and signs.
    ///
    /// ASN.1 `RoadSideInformation`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoadSideInformation, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `rtes`: 1 to 8 [`RTEData`].
        #[rasn(size("1..=8"))]
        pub rtes: Option<Vec<RTEData>>,
        /// `rtss`: 1 to 16 [`RTSData`].
        #[rasn(size("1..=16"))]
        pub rtss: Option<Vec<RTSData>>,
    }
}

extensible_sequence! {
    /// A road traffic event.
    ///
    /// ASN.1 `RTEData`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTEData, additions 0 {
        /// `rteId`: INTEGER (0..255).
        #[rasn(identifier = "rteId")]
        pub rte_id: u8,
        /// `eventType`: `EventType`, INTEGER (0..65535); GB/T 29100 code.
        #[rasn(identifier = "eventType")]
        pub event_type: u16,
        /// `eventSource`.
        #[rasn(identifier = "eventSource")]
        pub event_source: EventSource,
        /// `eventPos`.
        #[rasn(identifier = "eventPos")]
        pub event_pos: Option<PositionOffsetLLV>,
        /// `eventRadius`: `Radius`, INTEGER (0..65535); 0.1 m.
        #[rasn(identifier = "eventRadius")]
        pub event_radius: Option<u16>,
        /// `description`.
        pub description: Option<Description>,
        /// `timeDetails`.
        #[rasn(identifier = "timeDetails")]
        pub time_details: Option<RSITimeDetails>,
        /// `priority`: `RSIPriority`, OCTET STRING (SIZE(1)); in the top three bits, 0x00 lowest to 0xE0 highest.
        pub priority: Option<Octets1>,
        /// `referencePaths`: 1 to 8 [`ReferencePath`].
        #[rasn(identifier = "referencePaths", size("1..=8"))]
        pub reference_paths: Option<Vec<ReferencePath>>,
        /// `referenceLinks`: 1 to 16 [`ReferenceLink`].
        #[rasn(identifier = "referenceLinks", size("1..=16"))]
        pub reference_links: Option<Vec<ReferenceLink>>,
        /// `eventConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(identifier = "eventConfidence", value("0..=200"))]
        pub event_confidence: Option<u8>,
    }
}

/// ASN.1 `EventSource`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum EventSource {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `police`.
    #[rasn(identifier = "police")]
    Police = 1,
    /// `government`.
    #[rasn(identifier = "government")]
    Government = 2,
    /// `meteorological`.
    #[rasn(identifier = "meteorological")]
    Meteorological = 3,
    /// `internet`.
    #[rasn(identifier = "internet")]
    Internet = 4,
    /// `detection`.
    #[rasn(identifier = "detection")]
    Detection = 5,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// Words: IA5 text, or the octets of GB 2312 text.
///
/// ASN.1 `Description`: CHOICE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum Description {
    /// `textString`: IA5String (SIZE(1..512)).
    #[rasn(identifier = "textString", size("1..=512"))]
    TextString(Ia5String),
    /// `textGB2312`: OCTET STRING (SIZE(2..512)).
    #[rasn(identifier = "textGB2312", size("2..=512"))]
    TextGB2312(OctetString),
}

/// From when until when an event or sign counts.
///
/// ASN.1 `RSITimeDetails`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RSITimeDetails {
    /// `startTime`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
    #[rasn(identifier = "startTime", value("0..=527040"))]
    pub start_time: Option<u32>,
    /// `endTime`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
    #[rasn(identifier = "endTime", value("0..=527040"))]
    pub end_time: Option<u32>,
    /// `endTimeConfidence`.
    #[rasn(identifier = "endTimeConfidence")]
    pub end_time_confidence: Option<TimeConfidence>,
}

/// The path and its width where an event or sign counts.
///
/// ASN.1 `ReferencePath`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ReferencePath {
    /// `activePath`: 1 to 32 [`PositionOffsetLLV`].
    #[rasn(identifier = "activePath", size("1..=32"))]
    pub active_path: Vec<PositionOffsetLLV>,
    /// `pathRadius`: `Radius`, INTEGER (0..65535); 0.1 m.
    #[rasn(identifier = "pathRadius")]
    pub path_radius: u16,
}

/// The link and lanes where an event or sign counts.
///
/// ASN.1 `ReferenceLink`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ReferenceLink {
    /// `upstreamNodeId`.
    #[rasn(identifier = "upstreamNodeId")]
    pub upstream_node_id: NodeReferenceID,
    /// `downstreamNodeId`.
    #[rasn(identifier = "downstreamNodeId")]
    pub downstream_node_id: NodeReferenceID,
    /// `referenceLanes`.
    #[rasn(identifier = "referenceLanes")]
    pub reference_lanes: Option<ReferenceLanes>,
}

bit_string! {
    /// ASN.1 `ReferenceLanes`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct ReferenceLanes: fixed 16 {
        /// Bit 0, `reserved`.
        RESERVED = 0,
        /// Bit 1, `lane1`.
        LANE1 = 1,
        /// Bit 2, `lane2`.
        LANE2 = 2,
        /// Bit 3, `lane3`.
        LANE3 = 3,
        /// Bit 4, `lane4`.
        LANE4 = 4,
        /// Bit 5, `lane5`.
        LANE5 = 5,
        /// Bit 6, `lane6`.
        LANE6 = 6,
        /// Bit 7, `lane7`.
        LANE7 = 7,
        /// Bit 8, `lane8`.
        LANE8 = 8,
        /// Bit 9, `lane9`.
        LANE9 = 9,
        /// Bit 10, `lane10`.
        LANE10 = 10,
        /// Bit 11, `lane11`.
        LANE11 = 11,
        /// Bit 12, `lane12`.
        LANE12 = 12,
        /// Bit 13, `lane13`.
        LANE13 = 13,
        /// Bit 14, `lane14`.
        LANE14 = 14,
        /// Bit 15, `lane15`.
        LANE15 = 15,
    }
}

extensible_sequence! {
    /// A road traffic sign.
    ///
    /// ASN.1 `RTSData`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTSData, additions 0 {
        /// `rtsId`: INTEGER (0..255).
        #[rasn(identifier = "rtsId")]
        pub rts_id: u8,
        /// `signType`: `SignType`, INTEGER (0..65535); GB 5768.2 index.
        #[rasn(identifier = "signType")]
        pub sign_type: u16,
        /// `signPos`.
        #[rasn(identifier = "signPos")]
        pub sign_pos: Option<PositionOffsetLLV>,
        /// `description`.
        pub description: Option<Description>,
        /// `timeDetails`.
        #[rasn(identifier = "timeDetails")]
        pub time_details: Option<RSITimeDetails>,
        /// `priority`: `RSIPriority`, OCTET STRING (SIZE(1)); in the top three bits, 0x00 lowest to 0xE0 highest.
        pub priority: Option<Octets1>,
        /// `referencePaths`: 1 to 8 [`ReferencePath`].
        #[rasn(identifier = "referencePaths", size("1..=8"))]
        pub reference_paths: Option<Vec<ReferencePath>>,
        /// `referenceLinks`: 1 to 16 [`ReferenceLink`].
        #[rasn(identifier = "referenceLinks", size("1..=16"))]
        pub reference_links: Option<Vec<ReferenceLink>>,
    }
}
