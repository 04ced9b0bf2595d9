//! Where a TIM holds: paths, areas and circles.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{Circle, Extent, HeadingSlice, Position3D, RegionalExtension, RoadSegmentReferenceID};
use super::lanes::{LaneDataAttribute, NodeLLmD64b, NodeListXY};
use crate::UnknownAlternative;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// ASN.1 `GeographicalPath`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GeographicalPath, additions 0 {
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `id`.
        pub id: Option<RoadSegmentReferenceID>,
        /// `anchor`.
        pub anchor: Option<Position3D>,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `directionality`.
        pub directionality: Option<DirectionOfUse>,
        /// `closedPath`: BOOLEAN.
        #[rasn(identifier = "closedPath")]
        pub closed_path: Option<bool>,
        /// `direction`.
        pub direction: Option<HeadingSlice>,
        /// `description`.
        pub description: Option<GeographicalPathDescription>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `DirectionOfUse`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum DirectionOfUse {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `forward`.
    #[rasn(identifier = "forward")]
    Forward = 1,
    /// `reverse`.
    #[rasn(identifier = "reverse")]
    Reverse = 2,
    /// `both`.
    #[rasn(identifier = "both")]
    Both = 3,
}

/// ASN.1 `GeographicalPath.description`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum GeographicalPathDescription {
    /// `path`.
    #[rasn(identifier = "path")]
    Path(OffsetSystem),
    /// `geometry`.
    #[rasn(identifier = "geometry")]
    Geometry(GeometricProjection),
    /// `oldRegion`.
    #[rasn(identifier = "oldRegion")]
    OldRegion(ValidRegion),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

/// ASN.1 `OffsetSystem`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct OffsetSystem {
    /// `scale`: `Zoom`, INTEGER (0..15).
    #[rasn(value("0..=15"))]
    pub scale: Option<u8>,
    /// `offset`.
    pub offset: OffsetSystemOffset,
}

/// ASN.1 `OffsetSystem.offset`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum OffsetSystemOffset {
    /// `xy`.
    #[rasn(identifier = "xy")]
    Xy(NodeListXY),
    /// `ll`.
    #[rasn(identifier = "ll")]
    Ll(NodeListLL),
}

/// ASN.1 `NodeListLL`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum NodeListLL {
    /// `nodes`: 2 to 63 [`NodeLL`].
    #[rasn(identifier = "nodes", size("2..=63"))]
    Nodes(Vec<NodeLL>),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `NodeLL`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NodeLL, additions 0 {
        /// `delta`.
        pub delta: NodeOffsetPointLL,
        /// `attributes`.
        pub attributes: Option<NodeAttributeSetLL>,
    }
}

/// ASN.1 `NodeOffsetPointLL`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum NodeOffsetPointLL {
    /// `node-LL1`.
    #[rasn(identifier = "node-LL1")]
    NodeLL1(NodeLL24B),
    /// `node-LL2`.
    #[rasn(identifier = "node-LL2")]
    NodeLL2(NodeLL28B),
    /// `node-LL3`.
    #[rasn(identifier = "node-LL3")]
    NodeLL3(NodeLL32B),
    /// `node-LL4`.
    #[rasn(identifier = "node-LL4")]
    NodeLL4(NodeLL36B),
    /// `node-LL5`.
    #[rasn(identifier = "node-LL5")]
    NodeLL5(NodeLL44B),
    /// `node-LL6`.
    #[rasn(identifier = "node-LL6")]
    NodeLL6(NodeLL48B),
    /// `node-LatLon`.
    #[rasn(identifier = "node-LatLon")]
    NodeLatLon(NodeLLmD64b),
    /// `regional`.
    #[rasn(identifier = "regional")]
    Regional(RegionalExtension),
}

/// ASN.1 `Node-LL-24B`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLL24B {
    /// `lon`: `OffsetLL-B12`, INTEGER (-2048..2047); 1e-7 degrees.
    #[rasn(value("-2048..=2047"))]
    pub lon: i16,
    /// `lat`: `OffsetLL-B12`, INTEGER (-2048..2047); 1e-7 degrees.
    #[rasn(value("-2048..=2047"))]
    pub lat: i16,
}

/// ASN.1 `Node-LL-28B`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLL28B {
    /// `lon`: `OffsetLL-B14`, INTEGER (-8192..8191); 1e-7 degrees.
    #[rasn(value("-8192..=8191"))]
    pub lon: i16,
    /// `lat`: `OffsetLL-B14`, INTEGER (-8192..8191); 1e-7 degrees.
    #[rasn(value("-8192..=8191"))]
    pub lat: i16,
}

/// ASN.1 `Node-LL-32B`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLL32B {
    /// `lon`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    pub lon: i16,
    /// `lat`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    pub lat: i16,
}

/// ASN.1 `Node-LL-36B`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLL36B {
    /// `lon`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
    #[rasn(value("-131072..=131071"))]
    pub lon: i32,
    /// `lat`: `OffsetLL-B18`, INTEGER (-131072..131071); 1e-7 degrees.
    #[rasn(value("-131072..=131071"))]
    pub lat: i32,
}

/// ASN.1 `Node-LL-44B`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLL44B {
    /// `lon`: `OffsetLL-B22`, INTEGER (-2097152..2097151); 1e-7 degrees.
    #[rasn(value("-2097152..=2097151"))]
    pub lon: i32,
    /// `lat`: `OffsetLL-B22`, INTEGER (-2097152..2097151); 1e-7 degrees.
    #[rasn(value("-2097152..=2097151"))]
    pub lat: i32,
}

/// ASN.1 `Node-LL-48B`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct NodeLL48B {
    /// `lon`: `OffsetLL-B24`, INTEGER (-8388608..8388607); 1e-7 degrees.
    #[rasn(value("-8388608..=8388607"))]
    pub lon: i32,
    /// `lat`: `OffsetLL-B24`, INTEGER (-8388608..8388607); 1e-7 degrees.
    #[rasn(value("-8388608..=8388607"))]
    pub lat: i32,
}

extensible_sequence! {
    /// ASN.1 `NodeAttributeSetLL`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NodeAttributeSetLL, additions 0 {
        /// `localNode`: 1 to 8 [`NodeAttributeLL`].
        #[rasn(identifier = "localNode", size("1..=8"))]
        pub local_node: Option<Vec<NodeAttributeLL>>,
        /// `disabled`: 1 to 8 [`SegmentAttributeLL`].
        #[rasn(size("1..=8"))]
        pub disabled: Option<Vec<SegmentAttributeLL>>,
        /// `enabled`: 1 to 8 [`SegmentAttributeLL`].
        #[rasn(size("1..=8"))]
        pub enabled: Option<Vec<SegmentAttributeLL>>,
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

/// ASN.1 `NodeAttributeLL`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum NodeAttributeLL {
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `SegmentAttributeLL`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum SegmentAttributeLL {
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `GeometricProjection`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GeometricProjection, additions 0 {
        /// `direction`.
        pub direction: HeadingSlice,
        /// `extent`.
        pub extent: Option<Extent>,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `circle`.
        pub circle: Circle,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `ValidRegion`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ValidRegion {
    /// `direction`.
    pub direction: HeadingSlice,
    /// `extent`.
    pub extent: Option<Extent>,
    /// `area`.
    pub area: ValidRegionArea,
}

/// ASN.1 `ValidRegion.area`: CHOICE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum ValidRegionArea {
    /// `shapePointSet`.
    #[rasn(identifier = "shapePointSet")]
    ShapePointSet(ShapePointSet),
    /// `circle`.
    #[rasn(identifier = "circle")]
    Circle(Circle),
    /// `regionPointSet`.
    #[rasn(identifier = "regionPointSet")]
    RegionPointSet(RegionPointSet),
}

extensible_sequence! {
    /// ASN.1 `ShapePointSet`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ShapePointSet, additions 0 {
        /// `anchor`.
        pub anchor: Option<Position3D>,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `directionality`.
        pub directionality: Option<DirectionOfUse>,
        /// `nodeList`.
        #[rasn(identifier = "nodeList")]
        pub node_list: NodeListXY,
    }
}

extensible_sequence! {
    /// ASN.1 `RegionPointSet`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RegionPointSet, additions 0 {
        /// `anchor`.
        pub anchor: Option<Position3D>,
        /// `scale`: `Zoom`, INTEGER (0..15).
        #[rasn(value("0..=15"))]
        pub scale: Option<u8>,
        /// `nodeList`: 1 to 64 [`RegionOffsets`].
        #[rasn(identifier = "nodeList", size("1..=64"))]
        pub node_list: Vec<RegionOffsets>,
    }
}

/// ASN.1 `RegionOffsets`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RegionOffsets {
    /// `xOffset`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    #[rasn(identifier = "xOffset")]
    pub x_offset: i16,
    /// `yOffset`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    #[rasn(identifier = "yOffset")]
    pub y_offset: i16,
    /// `zOffset`: `OffsetLL-B16`, INTEGER (-32768..32767); 1e-7 degrees.
    #[rasn(identifier = "zOffset")]
    pub z_offset: Option<i16>,
}
