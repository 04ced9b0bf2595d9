//! RSC of T/CSAE 157-2020: what the roadside suggests to vehicles and for lanes.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{DriveBehavior, PathPlanningPoint};
use crate::Octets8;
use crate::cn::common::Position3D;
use crate::cn::n4::types::{DDateTime, ReferencePath};
use crate::cn::rsi::{Description, ReferenceLink};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// RSC: what the roadside suggests to vehicles and for lanes.
    ///
    /// ASN.1 `RoadsideCoordination`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoadsideCoordination, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)); the roadside unit.
        pub id: Octets8,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `coordinates`: 1 to 16 [`VehicleCoordination`].
        #[rasn(size("1..=16"))]
        pub coordinates: Option<Vec<VehicleCoordination>>,
        /// `laneCoordinates`: 1 to 8 [`LaneCoordination`].
        #[rasn(identifier = "laneCoordinates", size("1..=8"))]
        pub lane_coordinates: Option<Vec<LaneCoordination>>,
    }
}

extensible_sequence! {
    /// What is suggested to one vehicle.
    ///
    /// ASN.1 `VehicleCoordination`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehicleCoordination, additions 0 {
        /// `vehId`: OCTET STRING (SIZE(8)); the vehicle.
        #[rasn(identifier = "vehId")]
        pub veh_id: Octets8,
        /// `driveSuggestion`.
        #[rasn(identifier = "driveSuggestion")]
        pub drive_suggestion: Option<DriveSuggestion>,
        /// `pathGuidance`: 1 to 100 [`PathPlanningPoint`].
        #[rasn(identifier = "pathGuidance", size("1..=100"))]
        pub path_guidance: Option<Vec<PathPlanningPoint>>,
        /// `info`.
        pub info: Option<CoordinationInfo>,
    }
}

extensible_sequence! {
    /// What to do, where and for how long.
    ///
    /// ASN.1 `DriveSuggestion`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DriveSuggestion, additions 0 {
        /// `suggestion`.
        pub suggestion: DriveBehavior,
        /// `lifeTime`: `TimeOffset`, INTEGER (1..65535); 10 ms.
        #[rasn(identifier = "lifeTime", value("1..=65535"))]
        pub life_time: Option<u16>,
        /// `relatedLink`.
        #[rasn(identifier = "relatedLink")]
        pub related_link: Option<ReferenceLink>,
        /// `relatedPath`.
        #[rasn(identifier = "relatedPath")]
        pub related_path: Option<ReferencePath>,
    }
}

bit_string! {
    /// What the suggestion is for.
    ///
    /// ASN.1 `CoordinationInfo`: BIT STRING (SIZE(8,...)). Source: T/CSAE 157-2020.
    pub struct CoordinationInfo: extensible 8 {
        /// Bit 0, `cooperativeLaneChanging`.
        COOPERATIVE_LANE_CHANGING = 0,
        /// Bit 1, `cooperativeVehMerging`.
        COOPERATIVE_VEH_MERGING = 1,
        /// Bit 2, `laneChangingAtIntersection`.
        LANE_CHANGING_AT_INTERSECTION = 2,
        /// Bit 3, `no-signalIntersectionPassing`.
        NO_SIGNAL_INTERSECTION_PASSING = 3,
        /// Bit 4, `dynamicLaneManagement`.
        DYNAMIC_LANE_MANAGEMENT = 4,
        /// Bit 5, `laneReservation`.
        LANE_RESERVATION = 5,
        /// Bit 6, `laneRestriction`.
        LANE_RESTRICTION = 6,
        /// Bit 7, `signalPriority`.
        SIGNAL_PRIORITY = 7,
    }
}

extensible_sequence! {
    /// What is suggested to all vehicles of a lane.
    ///
    /// ASN.1 `LaneCoordination`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LaneCoordination, additions 0 {
        /// `targetLane`.
        #[rasn(identifier = "targetLane")]
        pub target_lane: ReferenceLink,
        /// `relatedPath`.
        #[rasn(identifier = "relatedPath")]
        pub related_path: Option<ReferencePath>,
        /// `tBegin`.
        #[rasn(identifier = "tBegin")]
        pub t_begin: Option<DDateTime>,
        /// `tEnd`.
        #[rasn(identifier = "tEnd")]
        pub t_end: Option<DDateTime>,
        /// `recommendedSpeed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(identifier = "recommendedSpeed", value("0..=8191"))]
        pub recommended_speed: Option<u16>,
        /// `recommendedBehavior`.
        #[rasn(identifier = "recommendedBehavior")]
        pub recommended_behavior: Option<DriveBehavior>,
        /// `info`.
        pub info: Option<CoordinationInfo>,
        /// `description`.
        pub description: Option<Description>,
    }
}
