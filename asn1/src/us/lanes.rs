//! The geometry and attributes of lanes, which MAP and TIM share.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{RegionalExtension, RegulatorySpeedLimit};
use crate::UnknownAlternative;
use crate::macros::extensible_sequence;

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
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
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
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
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
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
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
