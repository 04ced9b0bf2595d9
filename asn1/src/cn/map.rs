//! MAP of the China set: lanes and connections.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{NodeReferenceID, Position3D, PositionOffsetLLV};
use crate::UnknownAlternative;
pub use crate::lane_attributes::{
    AllowedManeuvers, ConnectingLane, LaneAttributesBarrier, LaneAttributesBike, LaneAttributesCrosswalk,
    LaneAttributesParking, LaneAttributesSidewalk, LaneAttributesStriping, LaneAttributesTrackedVehicle,
    RegulatorySpeedLimit, SpeedLimitType,
};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// MAP: the lanes of the junction and how they connect.
    ///
    /// ASN.1 `MapData`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MapData, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `nodes`: 1 to 63 [`Node`].
        #[rasn(size("1..=63"))]
        pub nodes: Vec<Node>,
    }
}

extensible_sequence! {
    /// One junction.
    ///
    /// ASN.1 `Node`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Node, additions 0 {
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `id`.
        pub id: NodeReferenceID,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `inLinks`: 1 to 32 [`Link`].
        #[rasn(identifier = "inLinks", size("1..=32"))]
        pub in_links: Option<Vec<Link>>,
    }
}

extensible_sequence! {
    /// A road from one junction to the next, with its lanes.
    ///
    /// ASN.1 `Link`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Link, additions 0 {
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `upstreamNodeId`.
        #[rasn(identifier = "upstreamNodeId")]
        pub upstream_node_id: NodeReferenceID,
        /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
        #[rasn(identifier = "speedLimits", size("1..=9"))]
        pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
        /// `linkWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "linkWidth", value("0..=32767"))]
        pub link_width: Option<u16>,
        /// `points`: 2 to 31 [`RoadPoint`].
        #[rasn(size("2..=31"))]
        pub points: Option<Vec<RoadPoint>>,
        /// `movements`: 1 to 32 [`Movement`].
        #[rasn(size("1..=32"))]
        pub movements: Option<Vec<Movement>>,
        /// `lanes`: 1 to 32 [`Lane`].
        #[rasn(size("1..=32"))]
        pub lanes: Vec<Lane>,
    }
}

extensible_sequence! {
    /// ASN.1 `RoadPoint`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RoadPoint, additions 0 {
        /// `posOffset`.
        #[rasn(identifier = "posOffset")]
        pub pos_offset: PositionOffsetLLV,
    }
}

/// Where a link leads to, and by which phase.
///
/// ASN.1 `Movement`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Movement {
    /// `remoteIntersection`.
    #[rasn(identifier = "remoteIntersection")]
    pub remote_intersection: NodeReferenceID,
    /// `phaseId`: `PhaseID`, INTEGER (0..255); the signal phase; 0 is none.
    #[rasn(identifier = "phaseId")]
    pub phase_id: Option<u8>,
}

extensible_sequence! {
    /// One lane of a link.
    ///
    /// ASN.1 `Lane`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Lane, additions 0 {
        /// `laneID`: `LaneID`, INTEGER (0..255); 1 upwards from left to right; 0 is unknown.
        #[rasn(identifier = "laneID")]
        pub lane_id: u8,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `laneAttributes`.
        #[rasn(identifier = "laneAttributes")]
        pub lane_attributes: Option<LaneAttributes>,
        /// `maneuvers`.
        pub maneuvers: Option<AllowedManeuvers>,
        /// `connectsTo`: 1 to 16 [`Connection`].
        #[rasn(identifier = "connectsTo", size("1..=16"))]
        pub connects_to: Option<Vec<Connection>>,
        /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
        #[rasn(identifier = "speedLimits", size("1..=9"))]
        pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
        /// `points`: 2 to 31 [`RoadPoint`].
        #[rasn(size("2..=31"))]
        pub points: Option<Vec<RoadPoint>>,
    }
}

/// ASN.1 `LaneAttributes`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LaneAttributes {
    /// `shareWith`.
    #[rasn(identifier = "shareWith")]
    pub share_with: Option<LaneSharing>,
    /// `laneType`.
    #[rasn(identifier = "laneType")]
    pub lane_type: LaneTypeAttributes,
}

bit_string! {
    /// ASN.1 `LaneSharing`: BIT STRING (SIZE(10)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneSharing: fixed 10 {
        /// Bit 0, `overlappingLaneDescriptionProvided`.
        OVERLAPPING_LANE_DESCRIPTION_PROVIDED = 0,
        /// Bit 1, `multipleLanesTreatedAsOneLane`.
        MULTIPLE_LANES_TREATED_AS_ONE_LANE = 1,
        /// Bit 2, `otherNonMotorizedTrafficTypes`.
        OTHER_NON_MOTORIZED_TRAFFIC_TYPES = 2,
        /// Bit 3, `individualMotorizedVehicleTraffic`.
        INDIVIDUAL_MOTORIZED_VEHICLE_TRAFFIC = 3,
        /// Bit 4, `busVehicleTraffic`.
        BUS_VEHICLE_TRAFFIC = 4,
        /// Bit 5, `taxiVehicleTraffic`.
        TAXI_VEHICLE_TRAFFIC = 5,
        /// Bit 6, `pedestriansTraffic`.
        PEDESTRIANS_TRAFFIC = 6,
        /// Bit 7, `cyclistVehicleTraffic`.
        CYCLIST_VEHICLE_TRAFFIC = 7,
        /// Bit 8, `trackedVehicleTraffic`.
        TRACKED_VEHICLE_TRAFFIC = 8,
        /// Bit 9, `pedestrianTraffic`.
        PEDESTRIAN_TRAFFIC = 9,
    }
}

/// ASN.1 `LaneTypeAttributes`: CHOICE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum LaneTypeAttributes {
    /// `vehicle`.
    #[rasn(identifier = "vehicle")]
    Vehicle(LaneAttributesVehicle),
    /// `crosswalk`.
    #[rasn(identifier = "crosswalk")]
    Crosswalk(LaneAttributesCrosswalk),
    /// `bikeLane`.
    #[rasn(identifier = "bikeLane")]
    BikeLane(LaneAttributesBike),
    /// `sidewalk`.
    #[rasn(identifier = "sidewalk")]
    Sidewalk(LaneAttributesSidewalk),
    /// `median`.
    #[rasn(identifier = "median")]
    Median(LaneAttributesBarrier),
    /// `striping`.
    #[rasn(identifier = "striping")]
    Striping(LaneAttributesStriping),
    /// `trackedVehicle`.
    #[rasn(identifier = "trackedVehicle")]
    TrackedVehicle(LaneAttributesTrackedVehicle),
    /// `parking`.
    #[rasn(identifier = "parking")]
    Parking(LaneAttributesParking),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

bit_string! {
    /// ASN.1 `LaneAttributes-Vehicle`: BIT STRING (SIZE(8,...)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesVehicle: extensible 8 {
        /// Bit 0, `isVehicleRevocableLane`.
        IS_VEHICLE_REVOCABLE_LANE = 0,
        /// Bit 1, `isVehicleFlyOverLane`.
        IS_VEHICLE_FLY_OVER_LANE = 1,
        /// Bit 1 in T/CSAE 157-2020, `isRampLane`.
        IS_RAMP_LANE = 1,
        /// Bit 2, `hovLaneUseOnly`.
        HOV_LANE_USE_ONLY = 2,
        /// Bit 3, `restrictedToBusUse`.
        RESTRICTED_TO_BUS_USE = 3,
        /// Bit 4, `restrictedToTaxiUse`.
        RESTRICTED_TO_TAXI_USE = 4,
        /// Bit 5, `restrictedFromPublicUse`.
        RESTRICTED_FROM_PUBLIC_USE = 5,
        /// Bit 6, `hasIRbeaconCoverage`.
        HAS_IR_BEACON_COVERAGE = 6,
        /// Bit 6 in T/CSAE 157-2020, `emergencyLane`.
        EMERGENCY_LANE = 6,
        /// Bit 7, `permissionOnRequest`.
        PERMISSION_ON_REQUEST = 7,
    }
}

/// Where a lane leads to, and by which phase.
///
/// ASN.1 `Connection`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Connection {
    /// `remoteIntersection`.
    #[rasn(identifier = "remoteIntersection")]
    pub remote_intersection: NodeReferenceID,
    /// `connectingLane`.
    #[rasn(identifier = "connectingLane")]
    pub connecting_lane: Option<ConnectingLane>,
    /// `phaseId`: `PhaseID`, INTEGER (0..255); the signal phase; 0 is none.
    #[rasn(identifier = "phaseId")]
    pub phase_id: Option<u8>,
}
