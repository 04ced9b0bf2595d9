//! MAP of SAE J2735: lanes and connections.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    IntersectionReferenceID, Position3D, RegionalExtension, RegulatorySpeedLimit, RoadAuthorityID,
    RoadSegmentReferenceID,
};
use super::lanes::NodeListXY;
use crate::UnknownAlternative;
pub use crate::lane_attributes::{
    AllowedManeuvers, ConnectingLane, LaneAttributesBarrier, LaneAttributesBike, LaneAttributesCrosswalk,
    LaneAttributesParking, LaneAttributesSidewalk, LaneAttributesStriping, LaneAttributesTrackedVehicle,
};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// MAP: the lanes of the junction and how they connect.
    ///
    /// ASN.1 `MapData`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MapData, additions 0 {
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `msgIssueRevision`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgIssueRevision", value("0..=127"))]
        pub msg_issue_revision: u8,
        /// `layerType`.
        #[rasn(identifier = "layerType")]
        pub layer_type: Option<LayerType>,
        /// `layerID`: `LayerID`, INTEGER (0..100).
        #[rasn(identifier = "layerID", value("0..=100"))]
        pub layer_id: Option<u8>,
        /// `intersections`: 1 to 32 [`IntersectionGeometry`].
        #[rasn(size("1..=32"))]
        pub intersections: Option<Vec<IntersectionGeometry>>,
        /// `roadSegments`: 1 to 32 [`RoadSegment`].
        #[rasn(identifier = "roadSegments", size("1..=32"))]
        pub road_segments: Option<Vec<RoadSegment>>,
        /// `dataParameters`.
        #[rasn(identifier = "dataParameters")]
        pub data_parameters: Option<DataParameters>,
        /// `restrictionList`: 1 to 254 [`RestrictionClassAssignment`].
        #[rasn(identifier = "restrictionList", size("1..=254"))]
        pub restriction_list: Option<Vec<RestrictionClassAssignment>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `LayerType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum LayerType {
    /// `none`.
    #[rasn(identifier = "none")]
    None = 0,
    /// `mixedContent`.
    #[rasn(identifier = "mixedContent")]
    MixedContent = 1,
    /// `generalMapData`.
    #[rasn(identifier = "generalMapData")]
    GeneralMapData = 2,
    /// `intersectionData`.
    #[rasn(identifier = "intersectionData")]
    IntersectionData = 3,
    /// `curveData`.
    #[rasn(identifier = "curveData")]
    CurveData = 4,
    /// `roadwaySectionData`.
    #[rasn(identifier = "roadwaySectionData")]
    RoadwaySectionData = 5,
    /// `parkingAreaData`.
    #[rasn(identifier = "parkingAreaData")]
    ParkingAreaData = 6,
    /// `sharedLaneData`.
    #[rasn(identifier = "sharedLaneData")]
    SharedLaneData = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// One junction.
    ///
    /// ASN.1 `IntersectionGeometry`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IntersectionGeometry, additions 1 {
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `id`.
        pub id: IntersectionReferenceID,
        /// `revision`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(value("0..=127"))]
        pub revision: u8,
        /// `refPoint`.
        #[rasn(identifier = "refPoint")]
        pub ref_point: Position3D,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
        #[rasn(identifier = "speedLimits", size("1..=9"))]
        pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
        /// `laneSet`: 1 to 255 [`GenericLane`].
        #[rasn(identifier = "laneSet", size("1..=255"))]
        pub lane_set: Vec<GenericLane>,
        /// `preemptPriorityData`: 1 to 32 [`SignalControlZone`].
        #[rasn(identifier = "preemptPriorityData", size("1..=32"))]
        pub preempt_priority_data: Option<Vec<SignalControlZone>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
        /// `roadAuthorityID`.
        #[rasn(extension_addition, identifier = "roadAuthorityID")]
        pub road_authority_id: Option<RoadAuthorityID>,
    }
}

extensible_sequence! {
    /// One lane.
    ///
    /// ASN.1 `GenericLane`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GenericLane, additions 0 {
        /// `laneID`: `LaneID`, INTEGER (0..255); unique within the intersection; 0 is unknown.
        #[rasn(identifier = "laneID")]
        pub lane_id: u8,
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `ingressApproach`: `ApproachID`, INTEGER (0..15); 0 is not known.
        #[rasn(identifier = "ingressApproach", value("0..=15"))]
        pub ingress_approach: Option<u8>,
        /// `egressApproach`: `ApproachID`, INTEGER (0..15); 0 is not known.
        #[rasn(identifier = "egressApproach", value("0..=15"))]
        pub egress_approach: Option<u8>,
        /// `laneAttributes`.
        #[rasn(identifier = "laneAttributes")]
        pub lane_attributes: LaneAttributes,
        /// `maneuvers`.
        pub maneuvers: Option<AllowedManeuvers>,
        /// `nodeList`.
        #[rasn(identifier = "nodeList")]
        pub node_list: NodeListXY,
        /// `connectsTo`: 1 to 16 [`Connection`].
        #[rasn(identifier = "connectsTo", size("1..=16"))]
        pub connects_to: Option<Vec<Connection>>,
        /// `overlays`: 1 to 5 `LaneID`; unique within the intersection; 0 is unknown.
        #[rasn(size("1..=5"))]
        pub overlays: Option<Vec<u8>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `LaneAttributes`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LaneAttributes {
    /// `directionalUse`.
    #[rasn(identifier = "directionalUse")]
    pub directional_use: LaneDirection,
    /// `sharedWith`.
    #[rasn(identifier = "sharedWith")]
    pub shared_with: LaneSharing,
    /// `laneType`.
    #[rasn(identifier = "laneType")]
    pub lane_type: LaneTypeAttributes,
    /// `regional`.
    pub regional: Option<RegionalExtension>,
}

bit_string! {
    /// ASN.1 `LaneDirection`: BIT STRING (SIZE(2)). Source: SAE J2735 2024-09.
    pub struct LaneDirection: fixed 2 {
        /// Bit 0, `ingressPath`.
        INGRESS_PATH = 0,
        /// Bit 1, `egressPath`.
        EGRESS_PATH = 1,
    }
}

bit_string! {
    /// ASN.1 `LaneSharing`: BIT STRING (SIZE(10)). Source: SAE J2735 2024-09.
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
        /// Bit 9, `reserved`.
        RESERVED = 9,
    }
}

/// ASN.1 `LaneTypeAttributes`: CHOICE, extensible. Source: SAE J2735 2024-09.
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
    /// ASN.1 `LaneAttributes-Vehicle`: BIT STRING (SIZE(8,...)). Source: SAE J2735 2024-09.
    pub struct LaneAttributesVehicle: extensible 8 {
        /// Bit 0, `isVehicleRevocableLane`.
        IS_VEHICLE_REVOCABLE_LANE = 0,
        /// Bit 1, `isVehicleFlyOverLane`.
        IS_VEHICLE_FLY_OVER_LANE = 1,
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
        /// Bit 7, `permissionOnRequest`.
        PERMISSION_ON_REQUEST = 7,
    }
}

/// Where a lane leads to, and by which phase.
///
/// ASN.1 `Connection`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Connection {
    /// `connectingLane`.
    #[rasn(identifier = "connectingLane")]
    pub connecting_lane: ConnectingLane,
    /// `remoteIntersection`.
    #[rasn(identifier = "remoteIntersection")]
    pub remote_intersection: Option<IntersectionReferenceID>,
    /// `signalGroup`: `SignalGroupID`, INTEGER (0..255); 0 is unknown, 255 permanently green.
    #[rasn(identifier = "signalGroup")]
    pub signal_group: Option<u8>,
    /// `userClass`: `RestrictionClassID`, INTEGER (0..255).
    #[rasn(identifier = "userClass")]
    pub user_class: Option<u8>,
    /// `connectionID`: `LaneConnectionID`, INTEGER (0..255).
    #[rasn(identifier = "connectionID")]
    pub connection_id: Option<u8>,
}

extensible_sequence! {
    /// ASN.1 `SignalControlZone`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SignalControlZone, additions 0 {
        /// `zone`.
        pub zone: RegionalExtension,
    }
}

extensible_sequence! {
    /// ASN.1 `RoadSegment`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoadSegment, additions 0 {
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `id`.
        pub id: RoadSegmentReferenceID,
        /// `revision`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(value("0..=127"))]
        pub revision: u8,
        /// `refPoint`.
        #[rasn(identifier = "refPoint")]
        pub ref_point: Position3D,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
        #[rasn(identifier = "speedLimits", size("1..=9"))]
        pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
        /// `roadLaneSet`: 1 to 255 [`GenericLane`].
        #[rasn(identifier = "roadLaneSet", size("1..=255"))]
        pub road_lane_set: Vec<GenericLane>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// ASN.1 `DataParameters`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DataParameters, additions 0 {
        /// `processMethod`: IA5String (SIZE(1..255)).
        #[rasn(identifier = "processMethod", size("1..=255"))]
        pub process_method: Option<Ia5String>,
        /// `processAgency`: IA5String (SIZE(1..255)).
        #[rasn(identifier = "processAgency", size("1..=255"))]
        pub process_agency: Option<Ia5String>,
        /// `lastCheckedDate`: IA5String (SIZE(1..255)).
        #[rasn(identifier = "lastCheckedDate", size("1..=255"))]
        pub last_checked_date: Option<Ia5String>,
        /// `geoidUsed`: IA5String (SIZE(1..255)).
        #[rasn(identifier = "geoidUsed", size("1..=255"))]
        pub geoid_used: Option<Ia5String>,
    }
}

/// ASN.1 `RestrictionClassAssignment`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RestrictionClassAssignment {
    /// `id`: `RestrictionClassID`, INTEGER (0..255).
    pub id: u8,
    /// `users`: 1 to 16 [`RestrictionUserType`].
    #[rasn(size("1..=16"))]
    pub users: Vec<RestrictionUserType>,
}

/// ASN.1 `RestrictionUserType`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum RestrictionUserType {
    /// `basicType`.
    #[rasn(identifier = "basicType")]
    BasicType(RestrictionAppliesTo),
    /// `regional`: 1 to 4 [`RegionalExtension`].
    #[rasn(identifier = "regional", size("1..=4"))]
    Regional(Vec<RegionalExtension>),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

/// ASN.1 `RestrictionAppliesTo`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RestrictionAppliesTo {
    /// `none`.
    #[rasn(identifier = "none")]
    None = 0,
    /// `equippedTransit`.
    #[rasn(identifier = "equippedTransit")]
    EquippedTransit = 1,
    /// `equippedTaxis`.
    #[rasn(identifier = "equippedTaxis")]
    EquippedTaxis = 2,
    /// `equippedOther`.
    #[rasn(identifier = "equippedOther")]
    EquippedOther = 3,
    /// `emissionCompliant`.
    #[rasn(identifier = "emissionCompliant")]
    EmissionCompliant = 4,
    /// `equippedBicycle`.
    #[rasn(identifier = "equippedBicycle")]
    EquippedBicycle = 5,
    /// `weightCompliant`.
    #[rasn(identifier = "weightCompliant")]
    WeightCompliant = 6,
    /// `heightCompliant`.
    #[rasn(identifier = "heightCompliant")]
    HeightCompliant = 7,
    /// `pedestrians`.
    #[rasn(identifier = "pedestrians")]
    Pedestrians = 8,
    /// `slowMovingPersons`.
    #[rasn(identifier = "slowMovingPersons")]
    SlowMovingPersons = 9,
    /// `wheelchairUsers`.
    #[rasn(identifier = "wheelchairUsers")]
    WheelchairUsers = 10,
    /// `visualDisabilities`.
    #[rasn(identifier = "visualDisabilities")]
    VisualDisabilities = 11,
    /// `audioDisabilities`.
    #[rasn(identifier = "audioDisabilities")]
    AudioDisabilities = 12,
    /// `otherUnknownDisabilities`.
    #[rasn(identifier = "otherUnknownDisabilities")]
    OtherUnknownDisabilities = 13,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
