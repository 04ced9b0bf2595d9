//! SSM of SAE J2735: how requests for signal priority stand.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{IntersectionReferenceID, RegionalExtension};
use super::requestor::{BasicVehicleRole, IntersectionAccessPoint, RequestorType, VehicleID};
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// SSM: how signal priority requests stand.
    ///
    /// ASN.1 `SignalStatusMessage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalStatusMessage, additions 0 {
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        pub second: u16,
        /// `sequenceNumber`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "sequenceNumber", value("0..=127"))]
        pub sequence_number: Option<u8>,
        /// `status`: 1 to 32 [`SignalStatus`].
        #[rasn(size("1..=32"))]
        pub status: Vec<SignalStatus>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `SignalStatus`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalStatus, additions 0 {
        /// `sequenceNumber`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "sequenceNumber", value("0..=127"))]
        pub sequence_number: u8,
        /// `id`.
        pub id: IntersectionReferenceID,
        /// `sigStatus`: 1 to 32 [`SignalStatusPackage`].
        #[rasn(identifier = "sigStatus", size("1..=32"))]
        pub sig_status: Vec<SignalStatusPackage>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `SignalStatusPackage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalStatusPackage, additions 0 {
        /// `requester`.
        pub requester: Option<SignalRequesterInfo>,
        /// `inboundOn`.
        #[rasn(identifier = "inboundOn")]
        pub inbound_on: IntersectionAccessPoint,
        /// `outboundOn`.
        #[rasn(identifier = "outboundOn")]
        pub outbound_on: Option<IntersectionAccessPoint>,
        /// `minute`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub minute: Option<u32>,
        /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        pub second: Option<u16>,
        /// `duration`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        pub duration: Option<u16>,
        /// `status`.
        pub status: PrioritizationResponseStatus,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `SignalRequesterInfo`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalRequesterInfo, additions 0 {
        /// `id`.
        pub id: VehicleID,
        /// `request`: `RequestID`, INTEGER (0..255).
        pub request: u8,
        /// `sequenceNumber`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "sequenceNumber", value("0..=127"))]
        pub sequence_number: u8,
        /// `role`.
        pub role: Option<BasicVehicleRole>,
        /// `typeData`.
        #[rasn(identifier = "typeData")]
        pub type_data: Option<RequestorType>,
    }
}

/// ASN.1 `PrioritizationResponseStatus`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PrioritizationResponseStatus {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `requested`.
    #[rasn(identifier = "requested")]
    Requested = 1,
    /// `processing`.
    #[rasn(identifier = "processing")]
    Processing = 2,
    /// `watchOtherTraffic`.
    #[rasn(identifier = "watchOtherTraffic")]
    WatchOtherTraffic = 3,
    /// `granted`.
    #[rasn(identifier = "granted")]
    Granted = 4,
    /// `rejected`.
    #[rasn(identifier = "rejected")]
    Rejected = 5,
    /// `maxPresence`.
    #[rasn(identifier = "maxPresence")]
    MaxPresence = 6,
    /// `reserviceLocked`.
    #[rasn(identifier = "reserviceLocked")]
    ReserviceLocked = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
