//! RTCM of SAE J2735: corrections for satellite positioning.

use rasn::prelude::*;

use super::common::{FullPositionVector, GNSSstatus, RegionalExtension};
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// RTCM: corrections for satellite positioning.
    ///
    /// ASN.1 `RTCMcorrections`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTCMcorrections, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `rev`.
        pub rev: RTCMRevision,
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `anchorPoint`.
        #[rasn(identifier = "anchorPoint")]
        pub anchor_point: Option<FullPositionVector>,
        /// `rtcmHeader`.
        #[rasn(identifier = "rtcmHeader")]
        pub rtcm_header: Option<RTCMheader>,
        /// `msgs`: 1 to 5 `RTCMmessage`.
        #[rasn(size("1..=5"))]
        pub msgs: Vec<RTCMmessage>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `RTCM-Revision`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RTCMRevision {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `rtcmRev2`.
    #[rasn(identifier = "rtcmRev2")]
    RtcmRev2 = 1,
    /// `rtcmRev3`.
    #[rasn(identifier = "rtcmRev3")]
    RtcmRev3 = 2,
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 3,
}

/// ASN.1 `RTCMheader`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RTCMheader {
    /// `status`.
    pub status: GNSSstatus,
    /// `offsetSet`.
    #[rasn(identifier = "offsetSet")]
    pub offset_set: AntennaOffsetSet,
}

/// ASN.1 `AntennaOffsetSet`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AntennaOffsetSet {
    /// `antOffsetX`: `Offset-B12`, INTEGER (-2048..2047); cm.
    #[rasn(identifier = "antOffsetX", value("-2048..=2047"))]
    pub ant_offset_x: i16,
    /// `antOffsetY`: `Offset-B09`, INTEGER (-256..255); cm.
    #[rasn(identifier = "antOffsetY", value("-256..=255"))]
    pub ant_offset_y: i16,
    /// `antOffsetZ`: `Offset-B10`, INTEGER (-512..511); cm.
    #[rasn(identifier = "antOffsetZ", value("-512..=511"))]
    pub ant_offset_z: i16,
}

/// `RTCMmessage`: OCTET STRING (SIZE(1..1023)). Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(delegate, size("1..=1023"))]
pub struct RTCMmessage(pub OctetString);
