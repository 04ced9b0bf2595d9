//! VPM of T/CSAE 157-2020: tolls and other payments; the offer of the roadside.
//! Where a number has no unit here, the sources at hand name none.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::vpm_action::{ActionRequest, ActionResponse};
use super::vpm_obu::VSI;
use crate::Octets8;
use crate::UnknownAlternative;
use crate::cn::common::{NodeReferenceID, Position3D, PositionOffsetLLV};
use crate::cn::n4::types::{DDateTime, ReferencePath};
use crate::integer::ExtensibleInteger;
use crate::macros::extensible_sequence;

/// INTEGER (0..127,...).
pub type Extensible127 = ExtensibleInteger<0, 127>;

/// The number of a toll station or gantry.
///
/// ASN.1 `StationOrGantryId`: INTEGER (0..4294967295,...). Source: T/CSAE 157-2020.
pub type StationOrGantryId = ExtensibleInteger<0, 4_294_967_295>;

extensible_sequence! {
    /// VPM: one step of a payment between roadside and vehicle.
    ///
    /// ASN.1 `VehiclePaymentMessage`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehiclePaymentMessage, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `payment`.
        pub payment: Payment,
    }
}

/// Which step it is.
///
/// ASN.1 `payment` of `VehiclePaymentMessage`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum Payment {
    /// `initialzation-request`.
    #[rasn(identifier = "initialzation-request")]
    InitialzationRequest(RST),
    /// `initialzation-response`.
    #[rasn(identifier = "initialzation-response")]
    InitialzationResponse(VSI),
    /// `action-request`.
    #[rasn(identifier = "action-request")]
    ActionRequest(ActionRequest),
    /// `action-response`.
    #[rasn(identifier = "action-response")]
    ActionResponse(ActionResponse),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// The roadside says what can be paid.
    ///
    /// ASN.1 `RST`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RST, additions 0 {
        /// `time`.
        pub time: DDateTime,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `paymentList`: 1 to 16 [`ApplicationParameter`].
        #[rasn(identifier = "paymentList", size("1..=16"))]
        pub payment_list: Vec<ApplicationParameter>,
    }
}

extensible_sequence! {
    /// One thing that can be paid.
    ///
    /// ASN.1 `ApplicationParameter`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ApplicationParameter, additions 0 {
        /// `pid`.
        pub pid: PaymentEntityID,
        /// `paymentInfo`.
        #[rasn(identifier = "paymentInfo")]
        pub payment_info: PaymentInfo,
    }
}

/// What is paid for.
///
/// ASN.1 `PaymentEntityID`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PaymentEntityID {
    /// `system`.
    #[rasn(identifier = "system")]
    System = 0,
    /// `freeflow`.
    #[rasn(identifier = "freeflow")]
    Freeflow = 1,
    /// `enclosed`.
    #[rasn(identifier = "enclosed")]
    Enclosed = 2,
    /// `congestion`.
    #[rasn(identifier = "congestion")]
    Congestion = 3,
    /// `charging`.
    #[rasn(identifier = "charging")]
    Charging = 4,
    /// `parking`.
    #[rasn(identifier = "parking")]
    Parking = 5,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `PaymentInfo`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // The other one is what nobody sends yet.
pub enum PaymentInfo {
    /// `paymentInfoType1`.
    #[rasn(identifier = "paymentInfoType1")]
    PaymentInfoType1(PaymentInfoType1),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `PaymentInfoType1`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PaymentInfoType1, additions 0 {
        /// `tollingNodeInfo`.
        #[rasn(identifier = "tollingNodeInfo")]
        pub tolling_node_info: Option<TollingNodeInfo>,
        /// `tollInfo`.
        #[rasn(identifier = "tollInfo")]
        pub toll_info: Option<TollInfo>,
        /// `serviceInfo`: OCTET STRING (SIZE(1..512)).
        #[rasn(identifier = "serviceInfo", size("1..=512"))]
        pub service_info: Option<OctetString>,
    }
}

extensible_sequence! {
    /// The station or gantry.
    ///
    /// ASN.1 `TollingNodeInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TollingNodeInfo, additions 0 {
        /// `id`: [`StationOrGantryId`].
        pub id: Option<StationOrGantryId>,
        /// `pos`.
        pub pos: Option<Position3D>,
        /// `tollingNodeType`.
        #[rasn(identifier = "tollingNodeType")]
        pub tolling_node_type: Option<TollingNodeType>,
        /// `tollingDirection`.
        #[rasn(identifier = "tollingDirection")]
        pub tolling_direction: Option<TollingDirection>,
    }
}

/// ASN.1 `TollingNodeType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum TollingNodeType {
    /// `entranceStation`.
    #[rasn(identifier = "entranceStation")]
    EntranceStation = 0,
    /// `exitStation`.
    #[rasn(identifier = "exitStation")]
    ExitStation = 1,
    /// `entranceAndExitStation`.
    #[rasn(identifier = "entranceAndExitStation")]
    EntranceAndExitStation = 2,
    /// `gantry`.
    #[rasn(identifier = "gantry")]
    Gantry = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `TollingDirection`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum TollingDirection {
    /// `north`.
    #[rasn(identifier = "north")]
    North = 0,
    /// `northeast`.
    #[rasn(identifier = "northeast")]
    Northeast = 1,
    /// `east`.
    #[rasn(identifier = "east")]
    East = 2,
    /// `southeast`.
    #[rasn(identifier = "southeast")]
    Southeast = 3,
    /// `south`.
    #[rasn(identifier = "south")]
    South = 4,
    /// `southwest`.
    #[rasn(identifier = "southwest")]
    Southwest = 5,
    /// `west`.
    #[rasn(identifier = "west")]
    West = 6,
    /// `northwest`.
    #[rasn(identifier = "northwest")]
    Northwest = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// What it costs, and for which road.
    ///
    /// ASN.1 `TollInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TollInfo, additions 0 {
        /// `price`: INTEGER (0..424967295).
        #[rasn(value("0..=424967295"))]
        pub price: Option<u32>,
        /// `entrancePos`.
        #[rasn(identifier = "entrancePos")]
        pub entrance_pos: Option<PositionOffsetLLV>,
        /// `exitPos`.
        #[rasn(identifier = "exitPos")]
        pub exit_pos: Option<PositionOffsetLLV>,
        /// `tollRoad`: 2 to 256 [`NodeReferenceID`].
        #[rasn(identifier = "tollRoad", size("2..=256"))]
        pub toll_road: Option<Vec<NodeReferenceID>>,
        /// `tollPath`.
        #[rasn(identifier = "tollPath")]
        pub toll_path: Option<ReferencePath>,
        /// `timeBegin`.
        #[rasn(identifier = "timeBegin")]
        pub time_begin: Option<DDateTime>,
        /// `timeEnd`.
        #[rasn(identifier = "timeEnd")]
        pub time_end: Option<DDateTime>,
    }
}
