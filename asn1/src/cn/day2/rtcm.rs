//! RTCM of T/CSAE 157-2020: corrections for satellite positioning.

use alloc::vec::Vec;

use rasn::prelude::*;

use crate::macros::extensible_sequence;

extensible_sequence! {
    /// RTCM: corrections for satellite positioning.
    ///
    /// ASN.1 `RTCMcorrections`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTCMcorrections, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `corrections`: 1 to 5 [`RTCMmsg`].
        #[rasn(size("1..=5"))]
        pub corrections: Vec<RTCMmsg>,
    }
}

extensible_sequence! {
    /// One RTCM message.
    ///
    /// ASN.1 `RTCMmsg`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTCMmsg, additions 0 {
        /// `rev`.
        pub rev: Option<RTCMRevision>,
        /// `rtcmID`: `RTCM-ID`, INTEGER (0..32767); the RTCM message type.
        #[rasn(identifier = "rtcmID", value("0..=32767"))]
        pub rtcm_id: Option<u16>,
        /// `payload`: `RTCM-Payload`, OCTET STRING (SIZE(1..2047)).
        #[rasn(size("1..=2047"))]
        pub payload: OctetString,
    }
}

/// ASN.1 `RTCM-Revision`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RTCMRevision {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 1,
    /// `rtcmCMR`.
    #[rasn(identifier = "rtcmCMR")]
    RtcmCMR = 2,
    /// `rtcmCMR-Plus`.
    #[rasn(identifier = "rtcmCMR-Plus")]
    RtcmCMRPlus = 3,
    /// `rtcmSAPOS`.
    #[rasn(identifier = "rtcmSAPOS")]
    RtcmSAPOS = 4,
    /// `rtcmSAPOS-Adv`.
    #[rasn(identifier = "rtcmSAPOS-Adv")]
    RtcmSAPOSAdv = 5,
    /// `rtcmRTCA`.
    #[rasn(identifier = "rtcmRTCA")]
    RtcmRTCA = 6,
    /// `rtcmRAW`.
    #[rasn(identifier = "rtcmRAW")]
    RtcmRAW = 7,
    /// `rtcmRINEX`.
    #[rasn(identifier = "rtcmRINEX")]
    RtcmRINEX = 8,
    /// `rtcmSP3`.
    #[rasn(identifier = "rtcmSP3")]
    RtcmSP3 = 9,
    /// `rtcmBINEX`.
    #[rasn(identifier = "rtcmBINEX")]
    RtcmBINEX = 10,
    /// `rtcmRev2-x`.
    #[rasn(identifier = "rtcmRev2-x")]
    RtcmRev2X = 19,
    /// `rtcmRev2-0`.
    #[rasn(identifier = "rtcmRev2-0")]
    RtcmRev2_0 = 20,
    /// `rtcmRev2-1`.
    #[rasn(identifier = "rtcmRev2-1")]
    RtcmRev2_1 = 21,
    /// `rtcmRev2-3`.
    #[rasn(identifier = "rtcmRev2-3")]
    RtcmRev2_3 = 23,
    /// `rtcmRev3-0`.
    #[rasn(identifier = "rtcmRev3-0")]
    RtcmRev3_0 = 30,
    /// `rtcmRev3-1`.
    #[rasn(identifier = "rtcmRev3-1")]
    RtcmRev3_1 = 31,
    /// `rtcmRev3-2`.
    #[rasn(identifier = "rtcmRev3-2")]
    RtcmRev3_2 = 32,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
