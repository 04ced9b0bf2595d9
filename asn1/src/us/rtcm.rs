//! RTCM of SAE J2735: corrections for satellite positioning.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{FullPositionVector, RTCMheader, RegionalExtension};
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// `RTCMmessage`: OCTET STRING (SIZE(1..1023)). Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(delegate, size("1..=1023"))]
pub struct RTCMmessage(pub OctetString);
