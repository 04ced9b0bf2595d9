//! What MAP says of lanes in both families alike: the bit strings that the China set took over from SAE J2735 unchanged.

use rasn::prelude::*;

use crate::macros::bit_string;

bit_string! {
    /// ASN.1 `LaneAttributes-Crosswalk`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `LaneAttributes-Bike`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `LaneAttributes-Sidewalk`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `LaneAttributes-Barrier`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `LaneAttributes-Striping`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `LaneAttributes-TrackedVehicle`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `LaneAttributes-Parking`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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
    /// ASN.1 `AllowedManeuvers`: BIT STRING (SIZE(12)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `SpeedLimitType`: ENUMERATED, extensible. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `RegulatorySpeedLimit`: SEQUENCE. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
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

/// ASN.1 `ConnectingLane`: SEQUENCE. Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ConnectingLane {
    /// `lane`: `LaneID`, INTEGER (0..255); 1 upwards from left to right; 0 is unknown.
    pub lane: u8,
    /// `maneuver`.
    pub maneuver: Option<AllowedManeuvers>,
}
