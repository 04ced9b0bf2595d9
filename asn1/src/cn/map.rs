//! MAP of the China set: lanes and connections.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{NodeReferenceID, Position3D, PositionOffsetLLV};
use crate::UnknownAlternative;
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

/// ASN.1 `RegulatorySpeedLimit`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RegulatorySpeedLimit {
    /// `type`.
    #[rasn(identifier = "type")]
    pub type_: SpeedLimitType,
    /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
    #[rasn(value("0..=8191"))]
    pub speed: u16,
}

/// ASN.1 `SpeedLimitType`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SpeedLimitType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `maxSpeedInSchoolZone`.
    #[rasn(identifier = "maxSpeedInSchoolZone")]
    MaxSpeedInSchoolZone = 1,
    /// `maxSpeedInSchoolZoneWhenChildrenArePresent`.
    #[rasn(identifier = "maxSpeedInSchoolZoneWhenChildrenArePresent")]
    MaxSpeedInSchoolZoneWhenChildrenArePresent = 2,
    /// `maxSpeedInConstructionZone`.
    #[rasn(identifier = "maxSpeedInConstructionZone")]
    MaxSpeedInConstructionZone = 3,
    /// `vehicleMinSpeed`.
    #[rasn(identifier = "vehicleMinSpeed")]
    VehicleMinSpeed = 4,
    /// `vehicleMaxSpeed`.
    #[rasn(identifier = "vehicleMaxSpeed")]
    VehicleMaxSpeed = 5,
    /// `vehicleNightMaxSpeed`.
    #[rasn(identifier = "vehicleNightMaxSpeed")]
    VehicleNightMaxSpeed = 6,
    /// `truckMinSpeed`.
    #[rasn(identifier = "truckMinSpeed")]
    TruckMinSpeed = 7,
    /// `truckMaxSpeed`.
    #[rasn(identifier = "truckMaxSpeed")]
    TruckMaxSpeed = 8,
    /// `truckNightMaxSpeed`.
    #[rasn(identifier = "truckNightMaxSpeed")]
    TruckNightMaxSpeed = 9,
    /// `vehiclesWithTrailersMinSpeed`.
    #[rasn(identifier = "vehiclesWithTrailersMinSpeed")]
    VehiclesWithTrailersMinSpeed = 10,
    /// `vehiclesWithTrailersMaxSpeed`.
    #[rasn(identifier = "vehiclesWithTrailersMaxSpeed")]
    VehiclesWithTrailersMaxSpeed = 11,
    /// `vehiclesWithTrailersNightMaxSpeed`.
    #[rasn(identifier = "vehiclesWithTrailersNightMaxSpeed")]
    VehiclesWithTrailersNightMaxSpeed = 12,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
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

bit_string! {
    /// ASN.1 `LaneAttributes-Crosswalk`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesCrosswalk: fixed 16 {
        /// Bit 0, `crosswalkRevocableLane`.
        CROSSWALK_REVOCABLE_LANE = 0,
        /// Bit 1, `bicyleUseAllowed`.
        BICYLE_USE_ALLOWED = 1,
        /// Bit 2, `isXwalkFlyOverLane`.
        IS_XWALK_FLY_OVER_LANE = 2,
        /// Bit 3, `fixedCycleTime`.
        FIXED_CYCLE_TIME = 3,
        /// Bit 4, `biDirectionalCycleTimes`.
        BI_DIRECTIONAL_CYCLE_TIMES = 4,
        /// Bit 5, `hasPushToWalkButton`.
        HAS_PUSH_TO_WALK_BUTTON = 5,
        /// Bit 6, `audioSupport`.
        AUDIO_SUPPORT = 6,
        /// Bit 7, `rfSignalRequestPresent`.
        RF_SIGNAL_REQUEST_PRESENT = 7,
        /// Bit 8, `unsignalizedSegmentsPresent`.
        UNSIGNALIZED_SEGMENTS_PRESENT = 8,
    }
}

bit_string! {
    /// ASN.1 `LaneAttributes-Bike`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesBike: fixed 16 {
        /// Bit 0, `bikeRevocableLane`.
        BIKE_REVOCABLE_LANE = 0,
        /// Bit 1, `pedestrianUseAllowed`.
        PEDESTRIAN_USE_ALLOWED = 1,
        /// Bit 2, `isBikeFlyOverLane`.
        IS_BIKE_FLY_OVER_LANE = 2,
        /// Bit 3, `fixedCycleTime`.
        FIXED_CYCLE_TIME = 3,
        /// Bit 4, `biDirectionalCycleTimes`.
        BI_DIRECTIONAL_CYCLE_TIMES = 4,
        /// Bit 5, `isolatedByBarrier`.
        ISOLATED_BY_BARRIER = 5,
        /// Bit 6, `unsignalizedSegmentsPresent`.
        UNSIGNALIZED_SEGMENTS_PRESENT = 6,
    }
}

bit_string! {
    /// ASN.1 `LaneAttributes-Sidewalk`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesSidewalk: fixed 16 {
        /// Bit 0, `sidewalk-RevocableLane`.
        SIDEWALK_REVOCABLE_LANE = 0,
        /// Bit 1, `bicyleUseAllowed`.
        BICYLE_USE_ALLOWED = 1,
        /// Bit 2, `isSidewalkFlyOverLane`.
        IS_SIDEWALK_FLY_OVER_LANE = 2,
        /// Bit 3, `walkBikes`.
        WALK_BIKES = 3,
    }
}

bit_string! {
    /// ASN.1 `LaneAttributes-Barrier`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesBarrier: fixed 16 {
        /// Bit 0, `median-RevocableLane`.
        MEDIAN_REVOCABLE_LANE = 0,
        /// Bit 1, `median`.
        MEDIAN = 1,
        /// Bit 2, `whiteLineHashing`.
        WHITE_LINE_HASHING = 2,
        /// Bit 3, `stripedLines`.
        STRIPED_LINES = 3,
        /// Bit 4, `doubleStripedLines`.
        DOUBLE_STRIPED_LINES = 4,
        /// Bit 5, `trafficCones`.
        TRAFFIC_CONES = 5,
        /// Bit 6, `constructionBarrier`.
        CONSTRUCTION_BARRIER = 6,
        /// Bit 7, `trafficChannels`.
        TRAFFIC_CHANNELS = 7,
        /// Bit 8, `lowCurbs`.
        LOW_CURBS = 8,
        /// Bit 9, `highCurbs`.
        HIGH_CURBS = 9,
    }
}

bit_string! {
    /// ASN.1 `LaneAttributes-Striping`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesStriping: fixed 16 {
        /// Bit 0, `stripeToConnectingLanesRevocableLane`.
        STRIPE_TO_CONNECTING_LANES_REVOCABLE_LANE = 0,
        /// Bit 1, `stripeDrawOnLeft`.
        STRIPE_DRAW_ON_LEFT = 1,
        /// Bit 2, `stripeDrawOnRight`.
        STRIPE_DRAW_ON_RIGHT = 2,
        /// Bit 3, `stripeToConnectingLanesLeft`.
        STRIPE_TO_CONNECTING_LANES_LEFT = 3,
        /// Bit 4, `stripeToConnectingLanesRight`.
        STRIPE_TO_CONNECTING_LANES_RIGHT = 4,
        /// Bit 5, `stripeToConnectingLanesAhead`.
        STRIPE_TO_CONNECTING_LANES_AHEAD = 5,
    }
}

bit_string! {
    /// ASN.1 `LaneAttributes-TrackedVehicle`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesTrackedVehicle: fixed 16 {
        /// Bit 0, `spec-RevocableLane`.
        SPEC_REVOCABLE_LANE = 0,
        /// Bit 1, `spec-commuterRailRoadTrack`.
        SPEC_COMMUTER_RAIL_ROAD_TRACK = 1,
        /// Bit 2, `spec-lightRailRoadTrack`.
        SPEC_LIGHT_RAIL_ROAD_TRACK = 2,
        /// Bit 3, `spec-heavyRailRoadTrack`.
        SPEC_HEAVY_RAIL_ROAD_TRACK = 3,
        /// Bit 4, `spec-otherRailType`.
        SPEC_OTHER_RAIL_TYPE = 4,
    }
}

bit_string! {
    /// ASN.1 `LaneAttributes-Parking`: BIT STRING (SIZE(16)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct LaneAttributesParking: fixed 16 {
        /// Bit 0, `parkingRevocableLane`.
        PARKING_REVOCABLE_LANE = 0,
        /// Bit 1, `parallelParkingInUse`.
        PARALLEL_PARKING_IN_USE = 1,
        /// Bit 2, `headInParkingInUse`.
        HEAD_IN_PARKING_IN_USE = 2,
        /// Bit 3, `doNotParkZone`.
        DO_NOT_PARK_ZONE = 3,
        /// Bit 4, `parkingForBusUse`.
        PARKING_FOR_BUS_USE = 4,
        /// Bit 5, `parkingForTaxiUse`.
        PARKING_FOR_TAXI_USE = 5,
        /// Bit 6, `noPublicParkingUse`.
        NO_PUBLIC_PARKING_USE = 6,
    }
}

bit_string! {
    /// ASN.1 `AllowedManeuvers`: BIT STRING (SIZE(12)). Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct AllowedManeuvers: fixed 12 {
        /// Bit 0, `maneuverStraightAllowed`.
        MANEUVER_STRAIGHT_ALLOWED = 0,
        /// Bit 1, `maneuverLeftAllowed`.
        MANEUVER_LEFT_ALLOWED = 1,
        /// Bit 2, `maneuverRightAllowed`.
        MANEUVER_RIGHT_ALLOWED = 2,
        /// Bit 3, `maneuverUTurnAllowed`.
        MANEUVER_U_TURN_ALLOWED = 3,
        /// Bit 4, `maneuverLeftTurnOnRedAllowed`.
        MANEUVER_LEFT_TURN_ON_RED_ALLOWED = 4,
        /// Bit 5, `maneuverRightTurnOnRedAllowed`.
        MANEUVER_RIGHT_TURN_ON_RED_ALLOWED = 5,
        /// Bit 6, `maneuverLaneChangeAllowed`.
        MANEUVER_LANE_CHANGE_ALLOWED = 6,
        /// Bit 7, `maneuverNoStoppingAllowed`.
        MANEUVER_NO_STOPPING_ALLOWED = 7,
        /// Bit 8, `yieldAllwaysRequired`.
        YIELD_ALL_WAYS_REQUIRED = 8,
        /// Bit 9, `goWithHalt`.
        GO_WITH_HALT = 9,
        /// Bit 10, `caution`.
        CAUTION = 10,
        /// Bit 11, `reserved1`.
        RESERVED1 = 11,
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

/// ASN.1 `ConnectingLane`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ConnectingLane {
    /// `lane`: `LaneID`, INTEGER (0..255); 1 upwards from left to right; 0 is unknown.
    pub lane: u8,
    /// `maneuver`.
    pub maneuver: Option<AllowedManeuvers>,
}
