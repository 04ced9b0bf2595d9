//! CLPMM (also PMM) of T/CSAE 157-2020: vehicles that drive as a platoon.

use alloc::vec::Vec;

use rasn::prelude::*;

use crate::macros::extensible_sequence;
use crate::{Octets8, Octets17};

extensible_sequence! {
    /// CLPMM: what a vehicle of a platoon says about the platoon.
    ///
    /// ASN.1 `CLPMM`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CLPMM, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `pid`: OCTET STRING (SIZE(17)); the platoon.
        pub pid: Octets17,
        /// `role`.
        pub role: RoleInPlatooning,
        /// `status`.
        pub status: StatusInPlatooning,
        /// `leadingExt`.
        #[rasn(identifier = "leadingExt")]
        pub leading_ext: Option<MemberManagement>,
    }
}

/// ASN.1 `RoleInPlatooning`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RoleInPlatooning {
    /// `leader`.
    #[rasn(identifier = "leader")]
    Leader = 0,
    /// `follower`.
    #[rasn(identifier = "follower")]
    Follower = 1,
    /// `tail`.
    #[rasn(identifier = "tail")]
    Tail = 2,
    /// `free-vehicle`.
    #[rasn(identifier = "free-vehicle")]
    FreeVehicle = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `StatusInPlatooning`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum StatusInPlatooning {
    /// `navigating`.
    #[rasn(identifier = "navigating")]
    Navigating = 0,
    /// `beginToDissmiss`.
    #[rasn(identifier = "beginToDissmiss")]
    BeginToDissmiss = 1,
    /// `askForJoining`.
    #[rasn(identifier = "askForJoining")]
    AskForJoining = 2,
    /// `joining`.
    #[rasn(identifier = "joining")]
    Joining = 3,
    /// `following`.
    #[rasn(identifier = "following")]
    Following = 4,
    /// `askForLeaving`.
    #[rasn(identifier = "askForLeaving")]
    AskForLeaving = 5,
    /// `leaving`.
    #[rasn(identifier = "leaving")]
    Leaving = 6,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// What the leader says: who belongs to the platoon, comes and goes.
    ///
    /// ASN.1 `MemberManagement`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MemberManagement, additions 0 {
        /// `memberList`: 1 to 32 [`MemberNode`].
        #[rasn(identifier = "memberList", size("1..=32"))]
        pub member_list: Vec<MemberNode>,
        /// `joiningList`: 1 to 32 [`MemberNode`].
        #[rasn(identifier = "joiningList", size("1..=32"))]
        pub joining_list: Option<Vec<MemberNode>>,
        /// `leavingList`: 1 to 32 [`MemberNode`].
        #[rasn(identifier = "leavingList", size("1..=32"))]
        pub leaving_list: Option<Vec<MemberNode>>,
        /// `capacity`: INTEGER (1..32); vehicles.
        #[rasn(value("1..=32"))]
        pub capacity: u8,
        /// `openToJoin`.
        #[rasn(identifier = "openToJoin")]
        pub open_to_join: bool,
    }
}

extensible_sequence! {
    /// A vehicle of the platoon.
    ///
    /// ASN.1 `MemberNode`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MemberNode, additions 0 {
        /// `vid`: OCTET STRING (SIZE(8)); the vehicle.
        pub vid: Octets8,
    }
}
