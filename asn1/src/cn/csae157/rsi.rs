//! What RSI of T/CSAE 157-2020 adds to a sign: the plate below it.

use alloc::vec::Vec;

use rasn::prelude::*;

use crate::cn::common::{Position3D, PositionOffsetLLV};
use crate::cn::n4::types::{RTEData, ReferencePath};
use crate::cn::rsi::{Description, RSITimeDetails, ReferenceLink};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::{Octets1, Octets8};

extensible_sequence! {
    /// RSI: events and signs.
    ///
    /// ASN.1 `RoadSideInformation`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
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
    /// A road traffic sign.
    ///
    /// ASN.1 `RTSData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTSData, additions 1 {
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
        /// `auxiliarySign`.
        #[rasn(extension_addition, identifier = "auxiliarySign")]
        pub auxiliary_sign: Option<AuxiliarySign>,
    }
}

extensible_sequence! {
    /// The plate below a sign.
    ///
    /// ASN.1 `AuxiliarySign`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AuxiliarySign, additions 0 {
        /// `signWithVehicleType`.
        #[rasn(identifier = "signWithVehicleType")]
        pub sign_with_vehicle_type: Option<AuxiliarySignVehicleType>,
        /// `signDirection`.
        #[rasn(identifier = "signDirection")]
        pub sign_direction: Option<AuxiliarySignDirection>,
    }
}

bit_string! {
    /// The vehicles that the sign is for.
    ///
    /// ASN.1 `AuxiliarySignVehicleType`: BIT STRING (SIZE(5,...)). Source: T/CSAE 157-2020.
    pub struct AuxiliarySignVehicleType: extensible 5 {
        /// Bit 0, `restrictedFromBus`.
        RESTRICTED_FROM_BUS = 0,
        /// Bit 1, `vehicle`.
        VEHICLE = 1,
        /// Bit 2, `truck`.
        TRUCK = 2,
        /// Bit 3, `tractor`.
        TRACTOR = 3,
        /// Bit 4, `private`.
        PRIVATE = 4,
    }
}

/// The direction that the sign is for.
///
/// ASN.1 `AuxiliarySignDirection`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AuxiliarySignDirection {
    /// `straight`.
    #[rasn(identifier = "straight")]
    Straight = 0,
    /// `leftAndRight`.
    #[rasn(identifier = "leftAndRight")]
    LeftAndRight = 1,
    /// `right`.
    #[rasn(identifier = "right")]
    Right = 2,
    /// `left`.
    #[rasn(identifier = "left")]
    Left = 3,
    /// `leftFrontTurn`.
    #[rasn(identifier = "leftFrontTurn")]
    LeftFrontTurn = 4,
    /// `rightFronTurn`.
    #[rasn(identifier = "rightFronTurn")]
    RightFronTurn = 5,
    /// `rightRearTurn`.
    #[rasn(identifier = "rightRearTurn")]
    RightRearTurn = 6,
    /// `leftRearTurn`.
    #[rasn(identifier = "leftRearTurn")]
    LeftRearTurn = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
