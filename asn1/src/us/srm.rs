//! SRM of SAE J2735: a request for signal priority.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{IntersectionReferenceID, Position3D, RegionalExtension, TransmissionAndSpeed};
use super::requestor::{IntersectionAccessPoint, RequestorType, VehicleID};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// SRM: a request for signal priority.
    ///
    /// ASN.1 `SignalRequestMessage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalRequestMessage, additions 0 {
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        pub second: u16,
        /// `sequenceNumber`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "sequenceNumber", value("0..=127"))]
        pub sequence_number: Option<u8>,
        /// `requests`: 1 to 32 [`SignalRequestPackage`].
        #[rasn(size("1..=32"))]
        pub requests: Option<Vec<SignalRequestPackage>>,
        /// `requestor`.
        pub requestor: RequestorDescription,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `SignalRequestPackage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalRequestPackage, additions 0 {
        /// `request`.
        pub request: SignalRequest,
        /// `minute`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub minute: Option<u32>,
        /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        pub second: Option<u16>,
        /// `duration`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        pub duration: Option<u16>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `SignalRequest`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalRequest, additions 0 {
        /// `id`.
        pub id: IntersectionReferenceID,
        /// `requestID`: `RequestID`, INTEGER (0..255).
        #[rasn(identifier = "requestID")]
        pub request_id: u8,
        /// `requestType`.
        #[rasn(identifier = "requestType")]
        pub request_type: PriorityRequestType,
        /// `inBoundLane`.
        #[rasn(identifier = "inBoundLane")]
        pub in_bound_lane: IntersectionAccessPoint,
        /// `outBoundLane`.
        #[rasn(identifier = "outBoundLane")]
        pub out_bound_lane: Option<IntersectionAccessPoint>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `PriorityRequestType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PriorityRequestType {
    /// `priorityRequestTypeReserved`.
    #[rasn(identifier = "priorityRequestTypeReserved")]
    PriorityRequestTypeReserved = 0,
    /// `priorityRequest`.
    #[rasn(identifier = "priorityRequest")]
    PriorityRequest = 1,
    /// `priorityRequestUpdate`.
    #[rasn(identifier = "priorityRequestUpdate")]
    PriorityRequestUpdate = 2,
    /// `priorityCancellation`.
    #[rasn(identifier = "priorityCancellation")]
    PriorityCancellation = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `RequestorDescription`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RequestorDescription, additions 0 {
        /// `id`.
        pub id: VehicleID,
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: Option<RequestorType>,
        /// `position`.
        pub position: Option<RequestorPositionVector>,
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `routeName`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(identifier = "routeName", size("1..=63"))]
        pub route_name: Option<Ia5String>,
        /// `transitStatus`.
        #[rasn(identifier = "transitStatus")]
        pub transit_status: Option<TransitVehicleStatus>,
        /// `transitOccupancy`.
        #[rasn(identifier = "transitOccupancy")]
        pub transit_occupancy: Option<TransitVehicleOccupancy>,
        /// `transitSchedule`: `DeltaTime`, INTEGER (-122..121).
        #[rasn(identifier = "transitSchedule", value("-122..=121"))]
        pub transit_schedule: Option<i8>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `RequestorPositionVector`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RequestorPositionVector, additions 0 {
        /// `position`.
        pub position: Position3D,
        /// `heading`: `Angle`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `speed`.
        pub speed: Option<TransmissionAndSpeed>,
    }
}

bit_string! {
    /// ASN.1 `TransitVehicleStatus`: BIT STRING (SIZE(8)). Source: SAE J2735 2024-09.
    pub struct TransitVehicleStatus: fixed 8 {
        /// Bit 0, `loading`.
        LOADING = 0,
        /// Bit 1, `anADAuse`.
        AN_AD_AUSE = 1,
        /// Bit 2, `aBikeLoad`.
        A_BIKE_LOAD = 2,
        /// Bit 3, `doorOpen`.
        DOOR_OPEN = 3,
        /// Bit 4, `charging`.
        CHARGING = 4,
        /// Bit 5, `atStopLine`.
        AT_STOP_LINE = 5,
    }
}

/// ASN.1 `TransitVehicleOccupancy`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TransitVehicleOccupancy {
    /// `occupancyUnknown`.
    #[rasn(identifier = "occupancyUnknown")]
    OccupancyUnknown = 0,
    /// `occupancyEmpty`.
    #[rasn(identifier = "occupancyEmpty")]
    OccupancyEmpty = 1,
    /// `occupancyVeryLow`.
    #[rasn(identifier = "occupancyVeryLow")]
    OccupancyVeryLow = 2,
    /// `occupancyLow`.
    #[rasn(identifier = "occupancyLow")]
    OccupancyLow = 3,
    /// `occupancyMed`.
    #[rasn(identifier = "occupancyMed")]
    OccupancyMed = 4,
    /// `occupancyHigh`.
    #[rasn(identifier = "occupancyHigh")]
    OccupancyHigh = 5,
    /// `occupancyNearlyFull`.
    #[rasn(identifier = "occupancyNearlyFull")]
    OccupancyNearlyFull = 6,
    /// `occupancyFull`.
    #[rasn(identifier = "occupancyFull")]
    OccupancyFull = 7,
}
