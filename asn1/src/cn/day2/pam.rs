//! PAM of T/CSAE 157-2020: a car park, its drives and slots, and the way to a slot.
//! Where a number has no unit here, the sources at hand name none.

use alloc::vec::Vec;

use rasn::prelude::*;

use crate::Octets8;
use crate::cn::common::{Position3D, PositionOffsetLLV};
use crate::cn::map::RoadPoint;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

bit_string! {
    /// ASN.1 `ParkingType`: BIT STRING (SIZE(10,...)). Source: T/CSAE 157-2020.
    pub struct ParkingType: extensible 10 {
        /// Bit 0, `unknown`.
        UNKNOWN = 0,
        /// Bit 1, `ordinary`.
        ORDINARY = 1,
        /// Bit 2, `disabled`.
        DISABLED = 2,
        /// Bit 3, `mini`.
        MINI = 3,
        /// Bit 4, `attached`.
        ATTACHED = 4,
        /// Bit 5, `charging`.
        CHARGING = 5,
        /// Bit 6, `stereo`.
        STEREO = 6,
        /// Bit 7, `lady`.
        LADY = 7,
        /// Bit 8, `extended`.
        EXTENDED = 8,
        /// Bit 9, `private`.
        PRIVATE = 9,
    }
}

extensible_sequence! {
    /// PAM: a car park, its drives and slots, and the way to a slot.
    ///
    /// ASN.1 `PAMData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PAMData, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `parkingLotInfo`.
        #[rasn(identifier = "parkingLotInfo")]
        pub parking_lot_info: ParkingLotInfo,
        /// `pamNodes`: 1 to 63 [`PAMNode`].
        #[rasn(identifier = "pamNodes", size("1..=63"))]
        pub pam_nodes: Vec<PAMNode>,
        /// `parkingAreaGuidance`: 1 to 16 [`ParkingGuide`].
        #[rasn(identifier = "parkingAreaGuidance", size("1..=16"))]
        pub parking_area_guidance: Option<Vec<ParkingGuide>>,
    }
}

extensible_sequence! {
    /// The car park as a whole.
    ///
    /// ASN.1 `ParkingLotInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParkingLotInfo, additions 0 {
        /// `id`: INTEGER (0..65535); the car park.
        pub id: Option<u16>,
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `number`: INTEGER (0..65535).
        pub number: Option<u16>,
        /// `buildingLayerNum`: INTEGER (0..256).
        #[rasn(identifier = "buildingLayerNum", value("0..=256"))]
        pub building_layer_num: Option<u16>,
        /// `avpType`.
        #[rasn(identifier = "avpType")]
        pub avp_type: Option<AVPType>,
    }
}

/// How far the car park supports automated valet parking.
///
/// ASN.1 `AVPType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AVPType {
    /// `p0`.
    #[rasn(identifier = "p0")]
    P0 = 0,
    /// `p1`.
    #[rasn(identifier = "p1")]
    P1 = 1,
    /// `p2`.
    #[rasn(identifier = "p2")]
    P2 = 2,
    /// `p3`.
    #[rasn(identifier = "p3")]
    P3 = 3,
    /// `p4`.
    #[rasn(identifier = "p4")]
    P4 = 4,
    /// `p5`.
    #[rasn(identifier = "p5")]
    P5 = 5,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// A place where drives of a car park meet.
    ///
    /// ASN.1 `PAMNode`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PAMNode, additions 0 {
        /// `id`: `PAMNodeID`, INTEGER (0..65535).
        pub id: u16,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `floor`: INTEGER (-128..128).
        #[rasn(value("-128..=128"))]
        pub floor: Option<i16>,
        /// `attributes`.
        pub attributes: Option<PAMNodeAttributes>,
        /// `inDrives`: 1 to 63 [`PAMDrive`].
        #[rasn(identifier = "inDrives", size("1..=63"))]
        pub in_drives: Option<Vec<PAMDrive>>,
    }
}

bit_string! {
    /// ASN.1 `PAMNodeAttributes`: BIT STRING (SIZE(8,...)). Source: T/CSAE 157-2020.
    pub struct PAMNodeAttributes: extensible 8 {
        /// Bit 0, `entrance`.
        ENTRANCE = 0,
        /// Bit 1, `exit`.
        EXIT = 1,
        /// Bit 2, `toUpstair`.
        TO_UPSTAIR = 2,
        /// Bit 3, `toDownstair`.
        TO_DOWNSTAIR = 3,
        /// Bit 4, `etc`.
        ETC = 4,
        /// Bit 5, `mtc`.
        MTC = 5,
        /// Bit 6, `passAfterPayment`.
        PASS_AFTER_PAYMENT = 6,
        /// Bit 7, `blocked`.
        BLOCKED = 7,
    }
}

extensible_sequence! {
    /// A drive from one node of a car park to the next.
    ///
    /// ASN.1 `PAMDrive`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PAMDrive, additions 0 {
        /// `upstreamPAMNodeId`: `PAMNodeID`, INTEGER (0..65535).
        #[rasn(identifier = "upstreamPAMNodeId")]
        pub upstream_pam_node_id: u16,
        /// `driveID`: INTEGER (0..255).
        #[rasn(identifier = "driveID")]
        pub drive_id: Option<u8>,
        /// `twowaySepration`.
        #[rasn(identifier = "twowaySepration")]
        pub twoway_sepration: Option<bool>,
        /// `speedLimit`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(identifier = "speedLimit", value("0..=8191"))]
        pub speed_limit: Option<u16>,
        /// `heightRestriction`: INTEGER (0..100).
        #[rasn(identifier = "heightRestriction", value("0..=100"))]
        pub height_restriction: Option<u8>,
        /// `driveWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "driveWidth", value("0..=32767"))]
        pub drive_width: Option<u16>,
        /// `laneNum`: INTEGER (0..100).
        #[rasn(identifier = "laneNum", value("0..=100"))]
        pub lane_num: Option<u8>,
        /// `points`: 2 to 31 [`RoadPoint`].
        #[rasn(size("2..=31"))]
        pub points: Option<Vec<RoadPoint>>,
        /// `movements`: 1 to 32 `PAMNodeID`, INTEGER (0..65535).
        #[rasn(size("1..=32"))]
        pub movements: Option<Vec<u16>>,
        /// `parkingSlots`: 1 to 256 [`ParkingSlot`].
        #[rasn(identifier = "parkingSlots", size("1..=256"))]
        pub parking_slots: Option<Vec<ParkingSlot>>,
    }
}

extensible_sequence! {
    /// One slot along a drive.
    ///
    /// ASN.1 `ParkingSlot`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParkingSlot, additions 0 {
        /// `slotID`: INTEGER (0..65535).
        #[rasn(identifier = "slotID")]
        pub slot_id: u16,
        /// `position`.
        pub position: Option<ParkingSlotPosition>,
        /// `sign`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub sign: Option<Ia5String>,
        /// `parkingType`.
        #[rasn(identifier = "parkingType")]
        pub parking_type: ParkingType,
        /// `status`.
        pub status: SlotStatus,
        /// `parkingSpaceTheta`.
        #[rasn(identifier = "parkingSpaceTheta")]
        pub parking_space_theta: ParkingSpaceTheta,
        /// `parkingLock`.
        #[rasn(identifier = "parkingLock")]
        pub parking_lock: ParkingLock,
    }
}

/// Three corners of a slot.
///
/// ASN.1 `ParkingSlotPosition`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ParkingSlotPosition {
    /// `topLeft`.
    #[rasn(identifier = "topLeft")]
    pub top_left: PositionOffsetLLV,
    /// `topRight`.
    #[rasn(identifier = "topRight")]
    pub top_right: PositionOffsetLLV,
    /// `bottomLeft`.
    #[rasn(identifier = "bottomLeft")]
    pub bottom_left: PositionOffsetLLV,
}

/// ASN.1 `SlotStatus`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SlotStatus {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `available`.
    #[rasn(identifier = "available")]
    Available = 1,
    /// `occupied`.
    #[rasn(identifier = "occupied")]
    Occupied = 2,
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// How the slot lies to the drive.
///
/// ASN.1 `ParkingSpaceTheta`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ParkingSpaceTheta {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `vertical`.
    #[rasn(identifier = "vertical")]
    Vertical = 1,
    /// `side`.
    #[rasn(identifier = "side")]
    Side = 2,
    /// `oblique`.
    #[rasn(identifier = "oblique")]
    Oblique = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `ParkingLock`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ParkingLock {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `nolock`.
    #[rasn(identifier = "nolock")]
    Nolock = 1,
    /// `locked`.
    #[rasn(identifier = "locked")]
    Locked = 2,
    /// `unlocked`.
    #[rasn(identifier = "unlocked")]
    Unlocked = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// The way of one vehicle to its slot.
    ///
    /// ASN.1 `ParkingGuide`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ParkingGuide, additions 0 {
        /// `vehId`: OCTET STRING (SIZE(8)); the vehicle.
        #[rasn(identifier = "vehId")]
        pub veh_id: Octets8,
        /// `drivePath`: 1 to 32 `PAMNodeID`, INTEGER (0..65535).
        #[rasn(identifier = "drivePath", size("1..=32"))]
        pub drive_path: Vec<u16>,
        /// `targetParkingSlot`: INTEGER (0..65535).
        #[rasn(identifier = "targetParkingSlot")]
        pub target_parking_slot: Option<u16>,
    }
}
