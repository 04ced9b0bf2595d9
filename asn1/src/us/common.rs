//! Types that more than one SAE J2735 message uses.

use rasn::prelude::*;

use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::Octets4;
use crate::oid::RelativeOid;

/// ASN.1 `IntersectionReferenceID`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct IntersectionReferenceID {
    /// `region`: `RoadRegulatorID`, INTEGER (0..65535); 0 is for tests.
    pub region: Option<u16>,
    /// `id`: `IntersectionID`, INTEGER (0..65535).
    pub id: u16,
}

/// ASN.1 `SpeedConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum SpeedConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec100ms`.
    #[rasn(identifier = "prec100ms")]
    Prec100ms = 1,
    /// `prec10ms`.
    #[rasn(identifier = "prec10ms")]
    Prec10ms = 2,
    /// `prec5ms`.
    #[rasn(identifier = "prec5ms")]
    Prec5ms = 3,
    /// `prec1ms`.
    #[rasn(identifier = "prec1ms")]
    Prec1ms = 4,
    /// `prec0-1ms`.
    #[rasn(identifier = "prec0-1ms")]
    Prec0_1ms = 5,
    /// `prec0-05ms`.
    #[rasn(identifier = "prec0-05ms")]
    Prec0_05ms = 6,
    /// `prec0-01ms`.
    #[rasn(identifier = "prec0-01ms")]
    Prec0_01ms = 7,
}

/// An addition of some region, kept as it came.
///
/// ASN.1 `RegionalExtension`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RegionalExtension {
    /// `regionId`: `REG-EXT-ID-AND-TYPE`, INTEGER (0..255).
    #[rasn(identifier = "regionId")]
    pub region_id: u8,
    /// `regExtValue`: `REG-EXT-ID-AND-TYPE`, open type, kept as its octets.
    #[rasn(identifier = "regExtValue")]
    pub reg_ext_value: Any,
}

/// ASN.1 `RoadAuthorityID`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum RoadAuthorityID {
    /// `fullRdAuthID`: `FullRoadAuthorityID`, OBJECT IDENTIFIER.
    #[rasn(identifier = "fullRdAuthID")]
    FullRdAuthID(ObjectIdentifier),
    /// `relRdAuthID`: `RelativeRoadAuthorityID`, RELATIVE-OID.
    #[rasn(identifier = "relRdAuthID")]
    RelRdAuthID(RelativeOid),
}

extensible_sequence! {
    /// A place in WGS-84.
    ///
    /// ASN.1 `Position3D`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Position3D, additions 0 {
        /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
        #[rasn(value("-900000000..=900000001"))]
        pub lat: i32,
        /// `long`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
        #[rasn(value("-1799999999..=1800000001"))]
        pub long: i32,
        /// `elevation`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
        #[rasn(value("-4096..=61439"))]
        pub elevation: Option<i32>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `RegulatorySpeedLimit`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RegulatorySpeedLimit {
    /// `type`.
    #[rasn(identifier = "type")]
    pub type_: SpeedLimitType,
    /// `speed`: `Velocity`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
    #[rasn(value("0..=8191"))]
    pub speed: u16,
}

/// ASN.1 `SpeedLimitType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
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
}

/// ASN.1 `NodeListXY`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum NodeListXY {
    /// `nodes`: 2 to 63 [`NodeXY`].
    #[rasn(identifier = "nodes", size("2..=63"))]
    Nodes(Vec<NodeXY>),
    /// `computed`.
    #[rasn(identifier = "computed")]
    Computed(ComputedLane),
}

extensible_sequence! {
    /// ASN.1 `NodeXY`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NodeXY, additions 0 {
        /// `delta`.
        pub delta: NodeOffsetPointXY,
        /// `attributes`.
        pub attributes: Option<NodeAttributeSetXY>,
    }
}

/// ASN.1 `NodeOffsetPointXY`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum NodeOffsetPointXY {
    /// `node-XY1`.
    #[rasn(identifier = "node-XY1")]
    NodeXY1(NodeXY20b),
    /// `node-XY2`.
    #[rasn(identifier = "node-XY2")]
    NodeXY2(NodeXY22b),
    /// `node-XY3`.
    #[rasn(identifier = "node-XY3")]
    NodeXY3(NodeXY24b),
    /// `node-XY4`.
    #[rasn(identifier = "node-XY4")]
    NodeXY4(NodeXY26b),
    /// `node-XY5`.
    #[rasn(identifier = "node-XY5")]
    NodeXY5(NodeXY28b),
    /// `node-XY6`.
    #[rasn(identifier = "node-XY6")]
    NodeXY6(NodeXY32b),
    /// `node-LatLon`.
    #[rasn(identifier = "node-LatLon")]
    NodeLatLon(NodeLLmD64b),
    /// `regional`.
    #[rasn(identifier = "regional")]
    Regional(RegionalExtension),
}

/// ASN.1 `Node-XY-20b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeXY20b {
    /// `x`: `Offset-B10`, INTEGER (-512..511); cm.
    #[rasn(value("-512..=511"))]
    pub x: i16,
    /// `y`: `Offset-B10`, INTEGER (-512..511); cm.
    #[rasn(value("-512..=511"))]
    pub y: i16,
}

/// ASN.1 `Node-XY-22b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeXY22b {
    /// `x`: `Offset-B11`, INTEGER (-1024..1023); cm.
    #[rasn(value("-1024..=1023"))]
    pub x: i16,
    /// `y`: `Offset-B11`, INTEGER (-1024..1023); cm.
    #[rasn(value("-1024..=1023"))]
    pub y: i16,
}

/// ASN.1 `Node-XY-24b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeXY24b {
    /// `x`: `Offset-B12`, INTEGER (-2048..2047); cm.
    #[rasn(value("-2048..=2047"))]
    pub x: i16,
    /// `y`: `Offset-B12`, INTEGER (-2048..2047); cm.
    #[rasn(value("-2048..=2047"))]
    pub y: i16,
}

/// ASN.1 `Node-XY-26b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeXY26b {
    /// `x`: `Offset-B13`, INTEGER (-4096..4095); cm.
    #[rasn(value("-4096..=4095"))]
    pub x: i16,
    /// `y`: `Offset-B13`, INTEGER (-4096..4095); cm.
    #[rasn(value("-4096..=4095"))]
    pub y: i16,
}

/// ASN.1 `Node-XY-28b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeXY28b {
    /// `x`: `Offset-B14`, INTEGER (-8192..8191); cm.
    #[rasn(value("-8192..=8191"))]
    pub x: i16,
    /// `y`: `Offset-B14`, INTEGER (-8192..8191); cm.
    #[rasn(value("-8192..=8191"))]
    pub y: i16,
}

/// ASN.1 `Node-XY-32b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeXY32b {
    /// `x`: `Offset-B16`, INTEGER (-32768..32767); cm.
    pub x: i16,
    /// `y`: `Offset-B16`, INTEGER (-32768..32767); cm.
    pub y: i16,
}

/// ASN.1 `Node-LLmD-64b`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLLmD64b {
    /// `lon`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
    #[rasn(value("-1799999999..=1800000001"))]
    pub lon: i32,
    /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
    #[rasn(value("-900000000..=900000001"))]
    pub lat: i32,
}

extensible_sequence! {
    /// ASN.1 `NodeAttributeSetXY`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NodeAttributeSetXY, additions 0 {
        /// `localNode`: 1 to 8 [`NodeAttributeXY`].
        #[rasn(identifier = "localNode", size("1..=8"))]
        pub local_node: Option<Vec<NodeAttributeXY>>,
        /// `disabled`: 1 to 8 [`SegmentAttributeXY`].
        #[rasn(size("1..=8"))]
        pub disabled: Option<Vec<SegmentAttributeXY>>,
        /// `enabled`: 1 to 8 [`SegmentAttributeXY`].
        #[rasn(size("1..=8"))]
        pub enabled: Option<Vec<SegmentAttributeXY>>,
        /// `data`: 1 to 8 [`LaneDataAttribute`].
        #[rasn(size("1..=8"))]
        pub data: Option<Vec<LaneDataAttribute>>,
        /// `dWidth`: `Offset-B10`, INTEGER (-512..511); cm.
        #[rasn(identifier = "dWidth", value("-512..=511"))]
        pub d_width: Option<i16>,
        /// `dElevation`: `Offset-B10`, INTEGER (-512..511); cm.
        #[rasn(identifier = "dElevation", value("-512..=511"))]
        pub d_elevation: Option<i16>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `NodeAttributeXY`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum NodeAttributeXY {
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 0,
    /// `stopLine`.
    #[rasn(identifier = "stopLine")]
    StopLine = 1,
    /// `roundedCapStyleA`.
    #[rasn(identifier = "roundedCapStyleA")]
    RoundedCapStyleA = 2,
    /// `roundedCapStyleB`.
    #[rasn(identifier = "roundedCapStyleB")]
    RoundedCapStyleB = 3,
    /// `mergePoint`.
    #[rasn(identifier = "mergePoint")]
    MergePoint = 4,
    /// `divergePoint`.
    #[rasn(identifier = "divergePoint")]
    DivergePoint = 5,
    /// `downstreamStopLine`.
    #[rasn(identifier = "downstreamStopLine")]
    DownstreamStopLine = 6,
    /// `downstreamStartNode`.
    #[rasn(identifier = "downstreamStartNode")]
    DownstreamStartNode = 7,
    /// `closedToTraffic`.
    #[rasn(identifier = "closedToTraffic")]
    ClosedToTraffic = 8,
    /// `safeIsland`.
    #[rasn(identifier = "safeIsland")]
    SafeIsland = 9,
    /// `curbPresentAtStepOff`.
    #[rasn(identifier = "curbPresentAtStepOff")]
    CurbPresentAtStepOff = 10,
    /// `hydrantPresent`.
    #[rasn(identifier = "hydrantPresent")]
    HydrantPresent = 11,
}

/// ASN.1 `SegmentAttributeXY`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SegmentAttributeXY {
    /// `reserved`.
    #[rasn(identifier = "reserved")]
    Reserved = 0,
    /// `doNotBlock`.
    #[rasn(identifier = "doNotBlock")]
    DoNotBlock = 1,
    /// `whiteLine`.
    #[rasn(identifier = "whiteLine")]
    WhiteLine = 2,
    /// `mergingLaneLeft`.
    #[rasn(identifier = "mergingLaneLeft")]
    MergingLaneLeft = 3,
    /// `mergingLaneRight`.
    #[rasn(identifier = "mergingLaneRight")]
    MergingLaneRight = 4,
    /// `curbOnLeft`.
    #[rasn(identifier = "curbOnLeft")]
    CurbOnLeft = 5,
    /// `curbOnRight`.
    #[rasn(identifier = "curbOnRight")]
    CurbOnRight = 6,
    /// `loadingzoneOnLeft`.
    #[rasn(identifier = "loadingzoneOnLeft")]
    LoadingzoneOnLeft = 7,
    /// `loadingzoneOnRight`.
    #[rasn(identifier = "loadingzoneOnRight")]
    LoadingzoneOnRight = 8,
    /// `turnOutPointOnLeft`.
    #[rasn(identifier = "turnOutPointOnLeft")]
    TurnOutPointOnLeft = 9,
    /// `turnOutPointOnRight`.
    #[rasn(identifier = "turnOutPointOnRight")]
    TurnOutPointOnRight = 10,
    /// `adjacentParkingOnLeft`.
    #[rasn(identifier = "adjacentParkingOnLeft")]
    AdjacentParkingOnLeft = 11,
    /// `adjacentParkingOnRight`.
    #[rasn(identifier = "adjacentParkingOnRight")]
    AdjacentParkingOnRight = 12,
    /// `adjacentBikeLaneOnLeft`.
    #[rasn(identifier = "adjacentBikeLaneOnLeft")]
    AdjacentBikeLaneOnLeft = 13,
    /// `adjacentBikeLaneOnRight`.
    #[rasn(identifier = "adjacentBikeLaneOnRight")]
    AdjacentBikeLaneOnRight = 14,
    /// `sharedBikeLane`.
    #[rasn(identifier = "sharedBikeLane")]
    SharedBikeLane = 15,
    /// `bikeBoxInFront`.
    #[rasn(identifier = "bikeBoxInFront")]
    BikeBoxInFront = 16,
    /// `transitStopOnLeft`.
    #[rasn(identifier = "transitStopOnLeft")]
    TransitStopOnLeft = 17,
    /// `transitStopOnRight`.
    #[rasn(identifier = "transitStopOnRight")]
    TransitStopOnRight = 18,
    /// `transitStopInLane`.
    #[rasn(identifier = "transitStopInLane")]
    TransitStopInLane = 19,
    /// `sharedWithTrackedVehicle`.
    #[rasn(identifier = "sharedWithTrackedVehicle")]
    SharedWithTrackedVehicle = 20,
    /// `safeIsland`.
    #[rasn(identifier = "safeIsland")]
    SafeIsland = 21,
    /// `lowCurbsPresent`.
    #[rasn(identifier = "lowCurbsPresent")]
    LowCurbsPresent = 22,
    /// `rumbleStripPresent`.
    #[rasn(identifier = "rumbleStripPresent")]
    RumbleStripPresent = 23,
    /// `audibleSignalingPresent`.
    #[rasn(identifier = "audibleSignalingPresent")]
    AudibleSignalingPresent = 24,
    /// `adaptiveTimingPresent`.
    #[rasn(identifier = "adaptiveTimingPresent")]
    AdaptiveTimingPresent = 25,
    /// `rfSignalRequestPresent`.
    #[rasn(identifier = "rfSignalRequestPresent")]
    RfSignalRequestPresent = 26,
    /// `partialCurbIntrusion`.
    #[rasn(identifier = "partialCurbIntrusion")]
    PartialCurbIntrusion = 27,
    /// `taperToLeft`.
    #[rasn(identifier = "taperToLeft")]
    TaperToLeft = 28,
    /// `taperToRight`.
    #[rasn(identifier = "taperToRight")]
    TaperToRight = 29,
    /// `taperToCenterLine`.
    #[rasn(identifier = "taperToCenterLine")]
    TaperToCenterLine = 30,
    /// `parallelParking`.
    #[rasn(identifier = "parallelParking")]
    ParallelParking = 31,
    /// `headInParking`.
    #[rasn(identifier = "headInParking")]
    HeadInParking = 32,
    /// `freeParking`.
    #[rasn(identifier = "freeParking")]
    FreeParking = 33,
    /// `timeRestrictionsOnParking`.
    #[rasn(identifier = "timeRestrictionsOnParking")]
    TimeRestrictionsOnParking = 34,
    /// `costToPark`.
    #[rasn(identifier = "costToPark")]
    CostToPark = 35,
    /// `midBlockCurbPresent`.
    #[rasn(identifier = "midBlockCurbPresent")]
    MidBlockCurbPresent = 36,
    /// `unEvenPavementPresent`.
    #[rasn(identifier = "unEvenPavementPresent")]
    UnEvenPavementPresent = 37,
}

/// ASN.1 `LaneDataAttribute`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum LaneDataAttribute {
    /// `pathEndPointAngle`: `DeltaAngle`, INTEGER (-150..150); degrees.
    #[rasn(identifier = "pathEndPointAngle", value("-150..=150"))]
    PathEndPointAngle(i16),
    /// `laneCrownPointCenter`: `RoadwayCrownAngle`, INTEGER (-128..127); 0.3 degrees.
    #[rasn(identifier = "laneCrownPointCenter")]
    LaneCrownPointCenter(i8),
    /// `laneCrownPointLeft`: `RoadwayCrownAngle`, INTEGER (-128..127); 0.3 degrees.
    #[rasn(identifier = "laneCrownPointLeft")]
    LaneCrownPointLeft(i8),
    /// `laneCrownPointRight`: `RoadwayCrownAngle`, INTEGER (-128..127); 0.3 degrees.
    #[rasn(identifier = "laneCrownPointRight")]
    LaneCrownPointRight(i8),
    /// `laneAngle`: `MergeDivergeNodeAngle`, INTEGER (-180..180); 1.5 degrees.
    #[rasn(identifier = "laneAngle", value("-180..=180"))]
    LaneAngle(i16),
    /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
    #[rasn(identifier = "speedLimits", size("1..=9"))]
    SpeedLimits(Vec<RegulatorySpeedLimit>),
    /// `regional`: 1 to 4 [`RegionalExtension`].
    #[rasn(identifier = "regional", size("1..=4"))]
    Regional(Vec<RegionalExtension>),
}

extensible_sequence! {
    /// ASN.1 `ComputedLane`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ComputedLane, additions 0 {
        /// `referenceLaneId`: `LaneID`, INTEGER (0..255); unique within the intersection; 0 is unknown.
        #[rasn(identifier = "referenceLaneId")]
        pub reference_lane_id: u8,
        /// `offsetXaxis`.
        #[rasn(identifier = "offsetXaxis")]
        pub offset_xaxis: ComputedLaneOffsetXaxis,
        /// `offsetYaxis`.
        #[rasn(identifier = "offsetYaxis")]
        pub offset_yaxis: ComputedLaneOffsetYaxis,
        /// `rotateXY`: `Angle`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(identifier = "rotateXY", value("0..=28800"))]
        pub rotate_xy: Option<u16>,
        /// `scaleXaxis`: `Scale-B12`, INTEGER (-2048..2047); 0.05 %.
        #[rasn(identifier = "scaleXaxis", value("-2048..=2047"))]
        pub scale_xaxis: Option<i16>,
        /// `scaleYaxis`: `Scale-B12`, INTEGER (-2048..2047); 0.05 %.
        #[rasn(identifier = "scaleYaxis", value("-2048..=2047"))]
        pub scale_yaxis: Option<i16>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `ComputedLane.offsetXaxis`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum ComputedLaneOffsetXaxis {
    /// `small`: `DrivenLineOffsetSm`, INTEGER (-2047..2047); cm.
    #[rasn(identifier = "small", value("-2047..=2047"))]
    Small(i16),
    /// `large`: `DrivenLineOffsetLg`, INTEGER (-32767..32767); cm.
    #[rasn(identifier = "large", value("-32767..=32767"))]
    Large(i16),
}

/// ASN.1 `ComputedLane.offsetYaxis`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum ComputedLaneOffsetYaxis {
    /// `small`: `DrivenLineOffsetSm`, INTEGER (-2047..2047); cm.
    #[rasn(identifier = "small", value("-2047..=2047"))]
    Small(i16),
    /// `large`: `DrivenLineOffsetLg`, INTEGER (-32767..32767); cm.
    #[rasn(identifier = "large", value("-32767..=32767"))]
    Large(i16),
}

/// ASN.1 `RoadSegmentReferenceID`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RoadSegmentReferenceID {
    /// `region`: `RoadRegulatorID`, INTEGER (0..65535); 0 is for tests.
    pub region: Option<u16>,
    /// `id`: `RoadSegmentID`, INTEGER (0..65535).
    pub id: u16,
}

/// The error ellipse of a position.
///
/// ASN.1 `PositionalAccuracy`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionalAccuracy {
    /// `semiMajor`: `SemiMajorAxisAccuracy`, INTEGER (0..255); 0.05 m, one standard deviation; 255 is unavailable.
    #[rasn(identifier = "semiMajor")]
    pub semi_major: u8,
    /// `semiMinor`: `SemiMinorAxisAccuracy`, INTEGER (0..255); 0.05 m, one standard deviation; 255 is unavailable.
    #[rasn(identifier = "semiMinor")]
    pub semi_minor: u8,
    /// `orientation`: `SemiMajorAxisOrientation`, INTEGER (0..65535); 360/65535 degrees clockwise from true north; 65535 is unavailable.
    pub orientation: u16,
}

/// ASN.1 `TransmissionState`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TransmissionState {
    /// `neutral`.
    #[rasn(identifier = "neutral")]
    Neutral = 0,
    /// `park`.
    #[rasn(identifier = "park")]
    Park = 1,
    /// `forwardGears`.
    #[rasn(identifier = "forwardGears")]
    ForwardGears = 2,
    /// `reverseGears`.
    #[rasn(identifier = "reverseGears")]
    ReverseGears = 3,
    /// `reserved1`.
    #[rasn(identifier = "reserved1")]
    Reserved1 = 4,
    /// `reserved2`.
    #[rasn(identifier = "reserved2")]
    Reserved2 = 5,
    /// `reserved3`.
    #[rasn(identifier = "reserved3")]
    Reserved3 = 6,
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 7,
}

/// Acceleration along three axes, and yaw rate.
///
/// ASN.1 `AccelerationSet4Way`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccelerationSet4Way {
    /// `long`: `Acceleration`, INTEGER (-2000..2001); 0.01 m/s²; 2001 is unavailable.
    #[rasn(value("-2000..=2001"))]
    pub long: i16,
    /// `lat`: `Acceleration`, INTEGER (-2000..2001); 0.01 m/s²; 2001 is unavailable.
    #[rasn(value("-2000..=2001"))]
    pub lat: i16,
    /// `vert`: `VerticalAcceleration`, INTEGER (-127..127); 0.02 g; -127 is unavailable.
    #[rasn(value("-127..=127"))]
    pub vert: i8,
    /// `yaw`: `YawRate`, INTEGER (-32767..32767); 0.01 degrees/s.
    #[rasn(value("-32767..=32767"))]
    pub yaw: i16,
}

/// How large it is.
///
/// ASN.1 `VehicleSize`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VehicleSize {
    /// `width`: `VehicleWidth`, INTEGER (0..1023); cm; 0 is unknown.
    #[rasn(value("0..=1023"))]
    pub width: u16,
    /// `length`: `VehicleLength`, INTEGER (0..4095); cm; 0 is unknown.
    #[rasn(value("0..=4095"))]
    pub length: u16,
}

extensible_sequence! {
    /// A position with time, motion and their accuracies.
    ///
    /// ASN.1 `FullPositionVector`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FullPositionVector, additions 0 {
        /// `utcTime`.
        #[rasn(identifier = "utcTime")]
        pub utc_time: Option<DDateTime>,
        /// `long`: `Longitude`, INTEGER (-1799999999..1800000001); 1e-7 degrees, WGS-84; 1800000001 is unavailable.
        #[rasn(value("-1799999999..=1800000001"))]
        pub long: i32,
        /// `lat`: `Latitude`, INTEGER (-900000000..900000001); 1e-7 degrees, WGS-84; 900000001 is unavailable.
        #[rasn(value("-900000000..=900000001"))]
        pub lat: i32,
        /// `elevation`: `Elevation`, INTEGER (-4096..61439); 0.1 m above the ellipsoid; -4096 is unknown.
        #[rasn(value("-4096..=61439"))]
        pub elevation: Option<i32>,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `speed`.
        pub speed: Option<TransmissionAndSpeed>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: Option<PositionConfidenceSet>,
        /// `speedConfidence`.
        #[rasn(identifier = "speedConfidence")]
        pub speed_confidence: Option<SpeedandHeadingandThrottleConfidence>,
    }
}

/// A date and time in UTC; every part may be missing.
///
/// ASN.1 `DDateTime`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DDateTime {
    /// `year`: `DYear`, INTEGER (0..4095); year of our era, UTC; 0 is unknown.
    #[rasn(value("0..=4095"))]
    pub year: Option<u16>,
    /// `month`: `DMonth`, INTEGER (0..12); 1 to 12; 0 is unknown.
    #[rasn(value("0..=12"))]
    pub month: Option<u8>,
    /// `day`: `DDay`, INTEGER (0..31); 1 to 31; 0 is unknown.
    #[rasn(value("0..=31"))]
    pub day: Option<u8>,
    /// `hour`: `DHour`, INTEGER (0..31); hours, UTC.
    #[rasn(value("0..=31"))]
    pub hour: Option<u8>,
    /// `minute`: `DMinute`, INTEGER (0..60); minutes; 60 is unknown.
    #[rasn(value("0..=60"))]
    pub minute: Option<u8>,
    /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
    pub second: Option<u16>,
    /// `offset`: `DOffset`, INTEGER (-840..840); minutes from UTC.
    #[rasn(value("-840..=840"))]
    pub offset: Option<i16>,
}

/// ASN.1 `TransmissionAndSpeed`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TransmissionAndSpeed {
    /// `transmisson`.
    pub transmisson: TransmissionState,
    /// `speed`: `Velocity`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
    #[rasn(value("0..=8191"))]
    pub speed: u16,
}

/// ASN.1 `TimeConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TimeConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `time-100-000`.
    #[rasn(identifier = "time-100-000")]
    Time100_000 = 1,
    /// `time-050-000`.
    #[rasn(identifier = "time-050-000")]
    Time050_000 = 2,
    /// `time-020-000`.
    #[rasn(identifier = "time-020-000")]
    Time020_000 = 3,
    /// `time-010-000`.
    #[rasn(identifier = "time-010-000")]
    Time010_000 = 4,
    /// `time-002-000`.
    #[rasn(identifier = "time-002-000")]
    Time002_000 = 5,
    /// `time-001-000`.
    #[rasn(identifier = "time-001-000")]
    Time001_000 = 6,
    /// `time-000-500`.
    #[rasn(identifier = "time-000-500")]
    Time000_500 = 7,
    /// `time-000-200`.
    #[rasn(identifier = "time-000-200")]
    Time000_200 = 8,
    /// `time-000-100`.
    #[rasn(identifier = "time-000-100")]
    Time000_100 = 9,
    /// `time-000-050`.
    #[rasn(identifier = "time-000-050")]
    Time000_050 = 10,
    /// `time-000-020`.
    #[rasn(identifier = "time-000-020")]
    Time000_020 = 11,
    /// `time-000-010`.
    #[rasn(identifier = "time-000-010")]
    Time000_010 = 12,
    /// `time-000-005`.
    #[rasn(identifier = "time-000-005")]
    Time000_005 = 13,
    /// `time-000-002`.
    #[rasn(identifier = "time-000-002")]
    Time000_002 = 14,
    /// `time-000-001`.
    #[rasn(identifier = "time-000-001")]
    Time000_001 = 15,
    /// `time-000-000-5`.
    #[rasn(identifier = "time-000-000-5")]
    Time000_000_5 = 16,
    /// `time-000-000-2`.
    #[rasn(identifier = "time-000-000-2")]
    Time000_000_2 = 17,
    /// `time-000-000-1`.
    #[rasn(identifier = "time-000-000-1")]
    Time000_000_1 = 18,
    /// `time-000-000-05`.
    #[rasn(identifier = "time-000-000-05")]
    Time000_000_05 = 19,
    /// `time-000-000-02`.
    #[rasn(identifier = "time-000-000-02")]
    Time000_000_02 = 20,
    /// `time-000-000-01`.
    #[rasn(identifier = "time-000-000-01")]
    Time000_000_01 = 21,
    /// `time-000-000-005`.
    #[rasn(identifier = "time-000-000-005")]
    Time000_000_005 = 22,
    /// `time-000-000-002`.
    #[rasn(identifier = "time-000-000-002")]
    Time000_000_002 = 23,
    /// `time-000-000-001`.
    #[rasn(identifier = "time-000-000-001")]
    Time000_000_001 = 24,
    /// `time-000-000-000-5`.
    #[rasn(identifier = "time-000-000-000-5")]
    Time000_000_000_5 = 25,
    /// `time-000-000-000-2`.
    #[rasn(identifier = "time-000-000-000-2")]
    Time000_000_000_2 = 26,
    /// `time-000-000-000-1`.
    #[rasn(identifier = "time-000-000-000-1")]
    Time000_000_000_1 = 27,
    /// `time-000-000-000-05`.
    #[rasn(identifier = "time-000-000-000-05")]
    Time000_000_000_05 = 28,
    /// `time-000-000-000-02`.
    #[rasn(identifier = "time-000-000-000-02")]
    Time000_000_000_02 = 29,
    /// `time-000-000-000-01`.
    #[rasn(identifier = "time-000-000-000-01")]
    Time000_000_000_01 = 30,
    /// `time-000-000-000-005`.
    #[rasn(identifier = "time-000-000-000-005")]
    Time000_000_000_005 = 31,
    /// `time-000-000-000-002`.
    #[rasn(identifier = "time-000-000-000-002")]
    Time000_000_000_002 = 32,
    /// `time-000-000-000-001`.
    #[rasn(identifier = "time-000-000-000-001")]
    Time000_000_000_001 = 33,
    /// `time-000-000-000-000-5`.
    #[rasn(identifier = "time-000-000-000-000-5")]
    Time000_000_000_000_5 = 34,
    /// `time-000-000-000-000-2`.
    #[rasn(identifier = "time-000-000-000-000-2")]
    Time000_000_000_000_2 = 35,
    /// `time-000-000-000-000-1`.
    #[rasn(identifier = "time-000-000-000-000-1")]
    Time000_000_000_000_1 = 36,
    /// `time-000-000-000-000-05`.
    #[rasn(identifier = "time-000-000-000-000-05")]
    Time000_000_000_000_05 = 37,
    /// `time-000-000-000-000-02`.
    #[rasn(identifier = "time-000-000-000-000-02")]
    Time000_000_000_000_02 = 38,
    /// `time-000-000-000-000-01`.
    #[rasn(identifier = "time-000-000-000-000-01")]
    Time000_000_000_000_01 = 39,
}

/// The 95 % confidence of a position.
///
/// ASN.1 `PositionConfidenceSet`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PositionConfidenceSet {
    /// `pos`.
    pub pos: PositionConfidence,
    /// `elevation`.
    pub elevation: ElevationConfidence,
}

/// ASN.1 `PositionConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum PositionConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `a500m`.
    #[rasn(identifier = "a500m")]
    A500m = 1,
    /// `a200m`.
    #[rasn(identifier = "a200m")]
    A200m = 2,
    /// `a100m`.
    #[rasn(identifier = "a100m")]
    A100m = 3,
    /// `a50m`.
    #[rasn(identifier = "a50m")]
    A50m = 4,
    /// `a20m`.
    #[rasn(identifier = "a20m")]
    A20m = 5,
    /// `a10m`.
    #[rasn(identifier = "a10m")]
    A10m = 6,
    /// `a5m`.
    #[rasn(identifier = "a5m")]
    A5m = 7,
    /// `a2m`.
    #[rasn(identifier = "a2m")]
    A2m = 8,
    /// `a1m`.
    #[rasn(identifier = "a1m")]
    A1m = 9,
    /// `a50cm`.
    #[rasn(identifier = "a50cm")]
    A50cm = 10,
    /// `a20cm`.
    #[rasn(identifier = "a20cm")]
    A20cm = 11,
    /// `a10cm`.
    #[rasn(identifier = "a10cm")]
    A10cm = 12,
    /// `a5cm`.
    #[rasn(identifier = "a5cm")]
    A5cm = 13,
    /// `a2cm`.
    #[rasn(identifier = "a2cm")]
    A2cm = 14,
    /// `a1cm`.
    #[rasn(identifier = "a1cm")]
    A1cm = 15,
}

/// ASN.1 `ElevationConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum ElevationConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `elev-500-00`.
    #[rasn(identifier = "elev-500-00")]
    Elev500_00 = 1,
    /// `elev-200-00`.
    #[rasn(identifier = "elev-200-00")]
    Elev200_00 = 2,
    /// `elev-100-00`.
    #[rasn(identifier = "elev-100-00")]
    Elev100_00 = 3,
    /// `elev-050-00`.
    #[rasn(identifier = "elev-050-00")]
    Elev050_00 = 4,
    /// `elev-020-00`.
    #[rasn(identifier = "elev-020-00")]
    Elev020_00 = 5,
    /// `elev-010-00`.
    #[rasn(identifier = "elev-010-00")]
    Elev010_00 = 6,
    /// `elev-005-00`.
    #[rasn(identifier = "elev-005-00")]
    Elev005_00 = 7,
    /// `elev-002-00`.
    #[rasn(identifier = "elev-002-00")]
    Elev002_00 = 8,
    /// `elev-001-00`.
    #[rasn(identifier = "elev-001-00")]
    Elev001_00 = 9,
    /// `elev-000-50`.
    #[rasn(identifier = "elev-000-50")]
    Elev000_50 = 10,
    /// `elev-000-20`.
    #[rasn(identifier = "elev-000-20")]
    Elev000_20 = 11,
    /// `elev-000-10`.
    #[rasn(identifier = "elev-000-10")]
    Elev000_10 = 12,
    /// `elev-000-05`.
    #[rasn(identifier = "elev-000-05")]
    Elev000_05 = 13,
    /// `elev-000-02`.
    #[rasn(identifier = "elev-000-02")]
    Elev000_02 = 14,
    /// `elev-000-01`.
    #[rasn(identifier = "elev-000-01")]
    Elev000_01 = 15,
}

/// ASN.1 `SpeedandHeadingandThrottleConfidence`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SpeedandHeadingandThrottleConfidence {
    /// `heading`.
    pub heading: HeadingConfidence,
    /// `speed`.
    pub speed: SpeedConfidence,
    /// `throttle`.
    pub throttle: ThrottleConfidence,
}

/// ASN.1 `HeadingConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum HeadingConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec10deg`.
    #[rasn(identifier = "prec10deg")]
    Prec10deg = 1,
    /// `prec05deg`.
    #[rasn(identifier = "prec05deg")]
    Prec05deg = 2,
    /// `prec01deg`.
    #[rasn(identifier = "prec01deg")]
    Prec01deg = 3,
    /// `prec0-1deg`.
    #[rasn(identifier = "prec0-1deg")]
    Prec0_1deg = 4,
    /// `prec0-05deg`.
    #[rasn(identifier = "prec0-05deg")]
    Prec0_05deg = 5,
    /// `prec0-01deg`.
    #[rasn(identifier = "prec0-01deg")]
    Prec0_01deg = 6,
    /// `prec0-0125deg`.
    #[rasn(identifier = "prec0-0125deg")]
    Prec0_0125deg = 7,
}

/// ASN.1 `ThrottleConfidence`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum ThrottleConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec10percent`.
    #[rasn(identifier = "prec10percent")]
    Prec10percent = 1,
    /// `prec1percent`.
    #[rasn(identifier = "prec1percent")]
    Prec1percent = 2,
    /// `prec0-5percent`.
    #[rasn(identifier = "prec0-5percent")]
    Prec0_5percent = 3,
}

bit_string! {
    /// ASN.1 `GNSSstatus`: BIT STRING (SIZE(8)). Source: SAE J2735 2024-09.
    pub struct GNSSstatus: fixed 8 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `isHealthy`.
        IS_HEALTHY = 1,
        /// Bit 2, `isMonitored`.
        IS_MONITORED = 2,
        /// Bit 3, `baseStationType`.
        BASE_STATION_TYPE = 3,
        /// Bit 4, `aPDOPofUnder5`.
        A_PDOP_OF_UNDER5 = 4,
        /// Bit 5, `inViewOfUnder5`.
        IN_VIEW_OF_UNDER5 = 5,
        /// Bit 6, `localCorrectionsPresent`.
        LOCAL_CORRECTIONS_PRESENT = 6,
        /// Bit 7, `networkCorrectionsPresent`.
        NETWORK_CORRECTIONS_PRESENT = 7,
    }
}

/// ASN.1 `IntersectionAccessPoint`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum IntersectionAccessPoint {
    /// `lane`: `LaneID`, INTEGER (0..255); unique within the intersection; 0 is unknown.
    #[rasn(identifier = "lane")]
    Lane(u8),
    /// `approach`: `ApproachID`, INTEGER (0..15); 0 is not known.
    #[rasn(identifier = "approach", value("0..=15"))]
    Approach(u8),
    /// `connection`: `LaneConnectionID`, INTEGER (0..255).
    #[rasn(identifier = "connection")]
    Connection(u8),
}

/// ASN.1 `VehicleID`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum VehicleID {
    /// `entityID`: `TemporaryID`, OCTET STRING (SIZE(4)).
    #[rasn(identifier = "entityID")]
    EntityID(Octets4),
    /// `stationID`: `StationID`, INTEGER (0..4294967295).
    #[rasn(identifier = "stationID")]
    StationID(u32),
}

extensible_sequence! {
    /// ASN.1 `RequestorType`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RequestorType, additions 0 {
        /// `role`.
        pub role: BasicVehicleRole,
        /// `subrole`.
        pub subrole: Option<RequestSubRole>,
        /// `request`.
        pub request: Option<RequestImportanceLevel>,
        /// `iso3883`: `Iso3833VehicleType`, INTEGER (0..100).
        #[rasn(value("0..=100"))]
        pub iso3883: Option<u8>,
        /// `hpmsType`.
        #[rasn(identifier = "hpmsType")]
        pub hpms_type: Option<VehicleType>,
        /// `regional`.
        pub regional: Option<RegionalExtension>,
    }
}

/// ASN.1 `BasicVehicleRole`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum BasicVehicleRole {
    /// `basicVehicle`.
    #[rasn(identifier = "basicVehicle")]
    BasicVehicle = 0,
    /// `publicTransport`.
    #[rasn(identifier = "publicTransport")]
    PublicTransport = 1,
    /// `specialTransport`.
    #[rasn(identifier = "specialTransport")]
    SpecialTransport = 2,
    /// `dangerousGoods`.
    #[rasn(identifier = "dangerousGoods")]
    DangerousGoods = 3,
    /// `roadWork`.
    #[rasn(identifier = "roadWork")]
    RoadWork = 4,
    /// `roadRescue`.
    #[rasn(identifier = "roadRescue")]
    RoadRescue = 5,
    /// `emergency`.
    #[rasn(identifier = "emergency")]
    Emergency = 6,
    /// `safetyCar`.
    #[rasn(identifier = "safetyCar")]
    SafetyCar = 7,
    /// `none-unknown`.
    #[rasn(identifier = "none-unknown")]
    NoneUnknown = 8,
    /// `truck`.
    #[rasn(identifier = "truck")]
    Truck = 9,
    /// `motorcycle`.
    #[rasn(identifier = "motorcycle")]
    Motorcycle = 10,
    /// `roadSideSource`.
    #[rasn(identifier = "roadSideSource")]
    RoadSideSource = 11,
    /// `police`.
    #[rasn(identifier = "police")]
    Police = 12,
    /// `fire`.
    #[rasn(identifier = "fire")]
    Fire = 13,
    /// `ambulance`.
    #[rasn(identifier = "ambulance")]
    Ambulance = 14,
    /// `dot`.
    #[rasn(identifier = "dot")]
    Dot = 15,
    /// `transit`.
    #[rasn(identifier = "transit")]
    Transit = 16,
    /// `slowMoving`.
    #[rasn(identifier = "slowMoving")]
    SlowMoving = 17,
    /// `stopNgo`.
    #[rasn(identifier = "stopNgo")]
    StopNgo = 18,
    /// `cyclist`.
    #[rasn(identifier = "cyclist")]
    Cyclist = 19,
    /// `pedestrian`.
    #[rasn(identifier = "pedestrian")]
    Pedestrian = 20,
    /// `nonMotorized`.
    #[rasn(identifier = "nonMotorized")]
    NonMotorized = 21,
    /// `military`.
    #[rasn(identifier = "military")]
    Military = 22,
}

/// ASN.1 `RequestSubRole`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum RequestSubRole {
    /// `requestSubRoleUnKnown`.
    #[rasn(identifier = "requestSubRoleUnKnown")]
    RequestSubRoleUnKnown = 0,
    /// `requestSubRole1`.
    #[rasn(identifier = "requestSubRole1")]
    RequestSubRole1 = 1,
    /// `requestSubRole2`.
    #[rasn(identifier = "requestSubRole2")]
    RequestSubRole2 = 2,
    /// `requestSubRole3`.
    #[rasn(identifier = "requestSubRole3")]
    RequestSubRole3 = 3,
    /// `requestSubRole4`.
    #[rasn(identifier = "requestSubRole4")]
    RequestSubRole4 = 4,
    /// `requestSubRole5`.
    #[rasn(identifier = "requestSubRole5")]
    RequestSubRole5 = 5,
    /// `requestSubRole6`.
    #[rasn(identifier = "requestSubRole6")]
    RequestSubRole6 = 6,
    /// `requestSubRole7`.
    #[rasn(identifier = "requestSubRole7")]
    RequestSubRole7 = 7,
    /// `requestSubRole8`.
    #[rasn(identifier = "requestSubRole8")]
    RequestSubRole8 = 8,
    /// `requestSubRole9`.
    #[rasn(identifier = "requestSubRole9")]
    RequestSubRole9 = 9,
    /// `requestSubRole10`.
    #[rasn(identifier = "requestSubRole10")]
    RequestSubRole10 = 10,
    /// `requestSubRole11`.
    #[rasn(identifier = "requestSubRole11")]
    RequestSubRole11 = 11,
    /// `requestSubRole12`.
    #[rasn(identifier = "requestSubRole12")]
    RequestSubRole12 = 12,
    /// `requestSubRole13`.
    #[rasn(identifier = "requestSubRole13")]
    RequestSubRole13 = 13,
    /// `requestSubRole14`.
    #[rasn(identifier = "requestSubRole14")]
    RequestSubRole14 = 14,
    /// `requestSubRoleReserved`.
    #[rasn(identifier = "requestSubRoleReserved")]
    RequestSubRoleReserved = 15,
}

/// ASN.1 `RequestImportanceLevel`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum RequestImportanceLevel {
    /// `requestImportanceLevelUnKnown`.
    #[rasn(identifier = "requestImportanceLevelUnKnown")]
    RequestImportanceLevelUnKnown = 0,
    /// `requestImportanceLevel1`.
    #[rasn(identifier = "requestImportanceLevel1")]
    RequestImportanceLevel1 = 1,
    /// `requestImportanceLevel2`.
    #[rasn(identifier = "requestImportanceLevel2")]
    RequestImportanceLevel2 = 2,
    /// `requestImportanceLevel3`.
    #[rasn(identifier = "requestImportanceLevel3")]
    RequestImportanceLevel3 = 3,
    /// `requestImportanceLevel4`.
    #[rasn(identifier = "requestImportanceLevel4")]
    RequestImportanceLevel4 = 4,
    /// `requestImportanceLevel5`.
    #[rasn(identifier = "requestImportanceLevel5")]
    RequestImportanceLevel5 = 5,
    /// `requestImportanceLevel6`.
    #[rasn(identifier = "requestImportanceLevel6")]
    RequestImportanceLevel6 = 6,
    /// `requestImportanceLevel7`.
    #[rasn(identifier = "requestImportanceLevel7")]
    RequestImportanceLevel7 = 7,
    /// `requestImportanceLevel8`.
    #[rasn(identifier = "requestImportanceLevel8")]
    RequestImportanceLevel8 = 8,
    /// `requestImportanceLevel9`.
    #[rasn(identifier = "requestImportanceLevel9")]
    RequestImportanceLevel9 = 9,
    /// `requestImportanceLevel10`.
    #[rasn(identifier = "requestImportanceLevel10")]
    RequestImportanceLevel10 = 10,
    /// `requestImportanceLevel11`.
    #[rasn(identifier = "requestImportanceLevel11")]
    RequestImportanceLevel11 = 11,
    /// `requestImportanceLevel12`.
    #[rasn(identifier = "requestImportanceLevel12")]
    RequestImportanceLevel12 = 12,
    /// `requestImportanceLevel13`.
    #[rasn(identifier = "requestImportanceLevel13")]
    RequestImportanceLevel13 = 13,
    /// `requestImportanceLevel14`.
    #[rasn(identifier = "requestImportanceLevel14")]
    RequestImportanceLevel14 = 14,
    /// `requestImportanceReserved`.
    #[rasn(identifier = "requestImportanceReserved")]
    RequestImportanceReserved = 15,
}

/// ASN.1 `VehicleType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum VehicleType {
    /// `none`.
    #[rasn(identifier = "none")]
    None = 0,
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 1,
    /// `special`.
    #[rasn(identifier = "special")]
    Special = 2,
    /// `moto`.
    #[rasn(identifier = "moto")]
    Moto = 3,
    /// `car`.
    #[rasn(identifier = "car")]
    Car = 4,
    /// `carOther`.
    #[rasn(identifier = "carOther")]
    CarOther = 5,
    /// `bus`.
    #[rasn(identifier = "bus")]
    Bus = 6,
    /// `axleCnt2`.
    #[rasn(identifier = "axleCnt2")]
    AxleCnt2 = 7,
    /// `axleCnt3`.
    #[rasn(identifier = "axleCnt3")]
    AxleCnt3 = 8,
    /// `axleCnt4`.
    #[rasn(identifier = "axleCnt4")]
    AxleCnt4 = 9,
    /// `axleCnt4Trailer`.
    #[rasn(identifier = "axleCnt4Trailer")]
    AxleCnt4Trailer = 10,
    /// `axleCnt5Trailer`.
    #[rasn(identifier = "axleCnt5Trailer")]
    AxleCnt5Trailer = 11,
    /// `axleCnt6Trailer`.
    #[rasn(identifier = "axleCnt6Trailer")]
    AxleCnt6Trailer = 12,
    /// `axleCnt5MultiTrailer`.
    #[rasn(identifier = "axleCnt5MultiTrailer")]
    AxleCnt5MultiTrailer = 13,
    /// `axleCnt6MultiTrailer`.
    #[rasn(identifier = "axleCnt6MultiTrailer")]
    AxleCnt6MultiTrailer = 14,
    /// `axleCnt7MultiTrailer`.
    #[rasn(identifier = "axleCnt7MultiTrailer")]
    AxleCnt7MultiTrailer = 15,
}

bit_string! {
    /// ASN.1 `HeadingSlice`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09.
    pub struct HeadingSlice: fixed 16 {
        /// Bit 0, `from000-0to022-5degrees`.
        FROM000_0TO022_5DEGREES = 0,
        /// Bit 1, `from022-5to045-0degrees`.
        FROM022_5TO045_0DEGREES = 1,
        /// Bit 2, `from045-0to067-5degrees`.
        FROM045_0TO067_5DEGREES = 2,
        /// Bit 3, `from067-5to090-0degrees`.
        FROM067_5TO090_0DEGREES = 3,
        /// Bit 4, `from090-0to112-5degrees`.
        FROM090_0TO112_5DEGREES = 4,
        /// Bit 5, `from112-5to135-0degrees`.
        FROM112_5TO135_0DEGREES = 5,
        /// Bit 6, `from135-0to157-5degrees`.
        FROM135_0TO157_5DEGREES = 6,
        /// Bit 7, `from157-5to180-0degrees`.
        FROM157_5TO180_0DEGREES = 7,
        /// Bit 8, `from180-0to202-5degrees`.
        FROM180_0TO202_5DEGREES = 8,
        /// Bit 9, `from202-5to225-0degrees`.
        FROM202_5TO225_0DEGREES = 9,
        /// Bit 10, `from225-0to247-5degrees`.
        FROM225_0TO247_5DEGREES = 10,
        /// Bit 11, `from247-5to270-0degrees`.
        FROM247_5TO270_0DEGREES = 11,
        /// Bit 12, `from270-0to292-5degrees`.
        FROM270_0TO292_5DEGREES = 12,
        /// Bit 13, `from292-5to315-0degrees`.
        FROM292_5TO315_0DEGREES = 13,
        /// Bit 14, `from315-0to337-5degrees`.
        FROM315_0TO337_5DEGREES = 14,
        /// Bit 15, `from337-5to360-0degrees`.
        FROM337_5TO360_0DEGREES = 15,
    }
}

/// ASN.1 `Extent`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum Extent {
    /// `useInstantlyOnly`.
    #[rasn(identifier = "useInstantlyOnly")]
    UseInstantlyOnly = 0,
    /// `useFor3meters`.
    #[rasn(identifier = "useFor3meters")]
    UseFor3meters = 1,
    /// `useFor10meters`.
    #[rasn(identifier = "useFor10meters")]
    UseFor10meters = 2,
    /// `useFor50meters`.
    #[rasn(identifier = "useFor50meters")]
    UseFor50meters = 3,
    /// `useFor100meters`.
    #[rasn(identifier = "useFor100meters")]
    UseFor100meters = 4,
    /// `useFor500meters`.
    #[rasn(identifier = "useFor500meters")]
    UseFor500meters = 5,
    /// `useFor1000meters`.
    #[rasn(identifier = "useFor1000meters")]
    UseFor1000meters = 6,
    /// `useFor5000meters`.
    #[rasn(identifier = "useFor5000meters")]
    UseFor5000meters = 7,
    /// `useFor10000meters`.
    #[rasn(identifier = "useFor10000meters")]
    UseFor10000meters = 8,
    /// `useFor50000meters`.
    #[rasn(identifier = "useFor50000meters")]
    UseFor50000meters = 9,
    /// `useFor100000meters`.
    #[rasn(identifier = "useFor100000meters")]
    UseFor100000meters = 10,
    /// `useFor500000meters`.
    #[rasn(identifier = "useFor500000meters")]
    UseFor500000meters = 11,
    /// `useFor1000000meters`.
    #[rasn(identifier = "useFor1000000meters")]
    UseFor1000000meters = 12,
    /// `useFor5000000meters`.
    #[rasn(identifier = "useFor5000000meters")]
    UseFor5000000meters = 13,
    /// `useFor10000000meters`.
    #[rasn(identifier = "useFor10000000meters")]
    UseFor10000000meters = 14,
    /// `forever`.
    #[rasn(identifier = "forever")]
    Forever = 15,
}

/// ASN.1 `Circle`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Circle {
    /// `center`.
    pub center: Position3D,
    /// `radius`: `Radius-B12`, INTEGER (0..4095).
    #[rasn(value("0..=4095"))]
    pub radius: u16,
    /// `units`.
    pub units: DistanceUnits,
}

/// ASN.1 `DistanceUnits`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum DistanceUnits {
    /// `centimeter`.
    #[rasn(identifier = "centimeter")]
    Centimeter = 0,
    /// `cm2-5`.
    #[rasn(identifier = "cm2-5")]
    Cm2_5 = 1,
    /// `decimeter`.
    #[rasn(identifier = "decimeter")]
    Decimeter = 2,
    /// `meter`.
    #[rasn(identifier = "meter")]
    Meter = 3,
    /// `kilometer`.
    #[rasn(identifier = "kilometer")]
    Kilometer = 4,
    /// `foot`.
    #[rasn(identifier = "foot")]
    Foot = 5,
    /// `yard`.
    #[rasn(identifier = "yard")]
    Yard = 6,
    /// `mile`.
    #[rasn(identifier = "mile")]
    Mile = 7,
}

extensible_sequence! {
    /// ASN.1 `FrictionInformation`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FrictionInformation, additions 0 {
        /// `roadSurfaceDescription`.
        #[rasn(identifier = "roadSurfaceDescription")]
        pub road_surface_description: DescriptionOfRoadSurface,
        /// `dryOrWet`.
        #[rasn(identifier = "dryOrWet")]
        pub dry_or_wet: Option<RoadSurfaceCondition>,
        /// `roadRoughness`.
        #[rasn(identifier = "roadRoughness")]
        pub road_roughness: Option<RoadRoughness>,
    }
}

/// ASN.1 `DescriptionOfRoadSurface`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum DescriptionOfRoadSurface {
    /// `portlandCement`.
    #[rasn(identifier = "portlandCement")]
    PortlandCement(PortlandCement),
    /// `asphaltOrTar`.
    #[rasn(identifier = "asphaltOrTar")]
    AsphaltOrTar(AsphaltOrTar),
    /// `gravel`.
    #[rasn(identifier = "gravel")]
    Gravel(Gravel),
    /// `grass`.
    #[rasn(identifier = "grass")]
    Grass(Grass),
    /// `cinders`.
    #[rasn(identifier = "cinders")]
    Cinders(Cinders),
    /// `rock`.
    #[rasn(identifier = "rock")]
    Rock(Rock),
    /// `ice`.
    #[rasn(identifier = "ice")]
    Ice(Ice),
    /// `snow`.
    #[rasn(identifier = "snow")]
    Snow(Snow),
}

extensible_sequence! {
    /// ASN.1 `PortlandCement`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PortlandCement, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: PortlandCementType,
    }
}

/// ASN.1 `PortlandCementType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PortlandCementType {
    /// `newSharp`.
    #[rasn(identifier = "newSharp")]
    NewSharp = 0,
    /// `traveled`.
    #[rasn(identifier = "traveled")]
    Traveled = 1,
    /// `trafficPolished`.
    #[rasn(identifier = "trafficPolished")]
    TrafficPolished = 2,
}

extensible_sequence! {
    /// ASN.1 `AsphaltOrTar`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct AsphaltOrTar, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: AsphaltOrTarType,
    }
}

/// ASN.1 `AsphaltOrTarType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AsphaltOrTarType {
    /// `newSharp`.
    #[rasn(identifier = "newSharp")]
    NewSharp = 0,
    /// `traveled`.
    #[rasn(identifier = "traveled")]
    Traveled = 1,
    /// `trafficPolished`.
    #[rasn(identifier = "trafficPolished")]
    TrafficPolished = 2,
    /// `excessTar`.
    #[rasn(identifier = "excessTar")]
    ExcessTar = 3,
}

extensible_sequence! {
    /// ASN.1 `Gravel`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Gravel, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: GravelType,
    }
}

/// ASN.1 `GravelType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum GravelType {
    /// `packedOiled`.
    #[rasn(identifier = "packedOiled")]
    PackedOiled = 0,
    /// `loose`.
    #[rasn(identifier = "loose")]
    Loose = 1,
}

extensible_sequence! {
    /// ASN.1 `Grass`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Grass, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: GrassType,
    }
}

/// ASN.1 `GrassType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum GrassType {
    /// `lessThan30Mph`.
    #[rasn(identifier = "lessThan30Mph")]
    LessThan30Mph = 0,
}

extensible_sequence! {
    /// ASN.1 `Cinders`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Cinders, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: CindersType,
    }
}

/// ASN.1 `CindersType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum CindersType {
    /// `packed`.
    #[rasn(identifier = "packed")]
    Packed = 0,
}

extensible_sequence! {
    /// ASN.1 `Rock`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Rock, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: RockType,
    }
}

/// ASN.1 `RockType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RockType {
    /// `crushed`.
    #[rasn(identifier = "crushed")]
    Crushed = 0,
}

extensible_sequence! {
    /// ASN.1 `Ice`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Ice, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: IceType,
    }
}

/// ASN.1 `IceType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum IceType {
    /// `smooth`.
    #[rasn(identifier = "smooth")]
    Smooth = 0,
}

extensible_sequence! {
    /// ASN.1 `Snow`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Snow, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: SnowType,
    }
}

/// ASN.1 `SnowType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SnowType {
    /// `packed`.
    #[rasn(identifier = "packed")]
    Packed = 0,
    /// `loose`.
    #[rasn(identifier = "loose")]
    Loose = 1,
}

/// ASN.1 `RoadSurfaceCondition`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RoadSurfaceCondition {
    /// `dry`.
    #[rasn(identifier = "dry")]
    Dry = 0,
    /// `wet`.
    #[rasn(identifier = "wet")]
    Wet = 1,
}

extensible_sequence! {
    /// ASN.1 `RoadRoughness`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RoadRoughness, additions 0 {
        /// `meanVerticalVariation`: `MeanVariation`, INTEGER (0..25000).
        #[rasn(identifier = "meanVerticalVariation", value("0..=25000"))]
        pub mean_vertical_variation: u16,
        /// `verticalVariationStdDev`: `VariationStdDev`, INTEGER (0..2500).
        #[rasn(identifier = "verticalVariationStdDev", value("0..=2500"))]
        pub vertical_variation_std_dev: Option<u16>,
        /// `meanHorizontalVariation`: `MeanVariation`, INTEGER (0..25000).
        #[rasn(identifier = "meanHorizontalVariation", value("0..=25000"))]
        pub mean_horizontal_variation: Option<u16>,
        /// `horizontalVariationStdDev`: `VariationStdDev`, INTEGER (0..2500).
        #[rasn(identifier = "horizontalVariationStdDev", value("0..=2500"))]
        pub horizontal_variation_std_dev: Option<u16>,
    }
}

/// ASN.1 `PersonalDeviceUserType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PersonalDeviceUserType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `aPEDESTRIAN`.
    #[rasn(identifier = "aPEDESTRIAN")]
    APEDESTRIAN = 1,
    /// `aPEDALCYCLIST`.
    #[rasn(identifier = "aPEDALCYCLIST")]
    APEDALCYCLIST = 2,
    /// `aPUBLICSAFETYWORKER`.
    #[rasn(identifier = "aPUBLICSAFETYWORKER")]
    APUBLICSAFETYWORKER = 3,
    /// `anANIMAL`.
    #[rasn(identifier = "anANIMAL")]
    AnANIMAL = 4,
}

extensible_sequence! {
    /// ASN.1 `PathHistory`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PathHistory, additions 0 {
        /// `initialPosition`.
        #[rasn(identifier = "initialPosition")]
        pub initial_position: Option<FullPositionVector>,
        /// `currGNSSstatus`.
        #[rasn(identifier = "currGNSSstatus")]
        pub curr_gnss_status: Option<GNSSstatus>,
        /// `crumbData`: 1 to 23 [`PathHistoryPoint`].
        #[rasn(identifier = "crumbData", size("1..=23"))]
        pub crumb_data: Vec<PathHistoryPoint>,
    }
}

extensible_sequence! {
    /// ASN.1 `PathHistoryPoint`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathHistoryPoint, additions 0 {
        /// `latOffset`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
        #[rasn(identifier = "latOffset", value("-131072..=131071"))]
        pub lat_offset: i32,
        /// `lonOffset`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
        #[rasn(identifier = "lonOffset", value("-131072..=131071"))]
        pub lon_offset: i32,
        /// `elevationOffset`: `VertOffset-B12`, INTEGER (-2048..2047); 0.1 m; the most negative value is unavailable.
        #[rasn(identifier = "elevationOffset", value("-2048..=2047"))]
        pub elevation_offset: i16,
        /// `timeOffset`: `TimeOffset`, INTEGER (1..65535); 0.01 s before the position the path ends in; 65535 is unavailable.
        #[rasn(identifier = "timeOffset", value("1..=65535"))]
        pub time_offset: u16,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `heading`: `CoarseHeading`, INTEGER (0..240); 1.5 degrees clockwise from true north; 240 is unavailable.
        #[rasn(value("0..=240"))]
        pub heading: Option<u8>,
    }
}

extensible_sequence! {
    /// ASN.1 `PathPrediction`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathPrediction, additions 0 {
        /// `radiusOfCurve`: `RadiusOfCurvature`, INTEGER (-32767..32767); 0.1 m, right is positive; 32767 is straight.
        #[rasn(identifier = "radiusOfCurve", value("-32767..=32767"))]
        pub radius_of_curve: i16,
        /// `confidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(value("0..=200"))]
        pub confidence: u8,
    }
}

/// ASN.1 `PropelledInformation`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum PropelledInformation {
    /// `human`.
    #[rasn(identifier = "human")]
    Human(HumanPropelledType),
    /// `animal`.
    #[rasn(identifier = "animal")]
    Animal(AnimalPropelledType),
    /// `motor`.
    #[rasn(identifier = "motor")]
    Motor(MotorizedPropelledType),
}

/// ASN.1 `HumanPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum HumanPropelledType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `otherTypes`.
    #[rasn(identifier = "otherTypes")]
    OtherTypes = 1,
    /// `onFoot`.
    #[rasn(identifier = "onFoot")]
    OnFoot = 2,
    /// `skateboard`.
    #[rasn(identifier = "skateboard")]
    Skateboard = 3,
    /// `pushOrKickScooter`.
    #[rasn(identifier = "pushOrKickScooter")]
    PushOrKickScooter = 4,
    /// `wheelchair`.
    #[rasn(identifier = "wheelchair")]
    Wheelchair = 5,
}

/// ASN.1 `AnimalPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AnimalPropelledType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `otherTypes`.
    #[rasn(identifier = "otherTypes")]
    OtherTypes = 1,
    /// `animalMounted`.
    #[rasn(identifier = "animalMounted")]
    AnimalMounted = 2,
    /// `animalDrawnCarriage`.
    #[rasn(identifier = "animalDrawnCarriage")]
    AnimalDrawnCarriage = 3,
}

/// ASN.1 `MotorizedPropelledType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum MotorizedPropelledType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `otherTypes`.
    #[rasn(identifier = "otherTypes")]
    OtherTypes = 1,
    /// `wheelChair`.
    #[rasn(identifier = "wheelChair")]
    WheelChair = 2,
    /// `bicycle`.
    #[rasn(identifier = "bicycle")]
    Bicycle = 3,
    /// `scooter`.
    #[rasn(identifier = "scooter")]
    Scooter = 4,
    /// `selfBalancingDevice`.
    #[rasn(identifier = "selfBalancingDevice")]
    SelfBalancingDevice = 5,
}

/// ASN.1 `Attachment`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum Attachment {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `stroller`.
    #[rasn(identifier = "stroller")]
    Stroller = 1,
    /// `bicycleTrailer`.
    #[rasn(identifier = "bicycleTrailer")]
    BicycleTrailer = 2,
    /// `cart`.
    #[rasn(identifier = "cart")]
    Cart = 3,
    /// `wheelchair`.
    #[rasn(identifier = "wheelchair")]
    Wheelchair = 4,
    /// `otherWalkAssistAttachments`.
    #[rasn(identifier = "otherWalkAssistAttachments")]
    OtherWalkAssistAttachments = 5,
    /// `pet`.
    #[rasn(identifier = "pet")]
    Pet = 6,
}

bit_string! {
    /// ASN.1 `ExteriorLights`: BIT STRING (SIZE(9,...)). Source: SAE J2735 2024-09.
    pub struct ExteriorLights: extensible 9 {
        /// Bit 0, `lowBeamHeadlightsOn`.
        LOW_BEAM_HEADLIGHTS_ON = 0,
        /// Bit 1, `highBeamHeadlightsOn`.
        HIGH_BEAM_HEADLIGHTS_ON = 1,
        /// Bit 2, `leftTurnSignalOn`.
        LEFT_TURN_SIGNAL_ON = 2,
        /// Bit 3, `rightTurnSignalOn`.
        RIGHT_TURN_SIGNAL_ON = 3,
        /// Bit 4, `hazardSignalOn`.
        HAZARD_SIGNAL_ON = 4,
        /// Bit 5, `automaticLightControlOn`.
        AUTOMATIC_LIGHT_CONTROL_ON = 5,
        /// Bit 6, `daytimeRunningLightsOn`.
        DAYTIME_RUNNING_LIGHTS_ON = 6,
        /// Bit 7, `fogLightOn`.
        FOG_LIGHT_ON = 7,
        /// Bit 8, `parkingLightsOn`.
        PARKING_LIGHTS_ON = 8,
    }
}
