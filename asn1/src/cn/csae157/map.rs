//! What MAP of T/CSAE 157-2020 adds to a junction: links by section, lanes by reference line, and zones not to be entered.
//! Where a number has no unit here, the sources at hand name none.

use alloc::vec::Vec;

use rasn::prelude::*;

use crate::cn::common::{NodeReferenceID, Position3D};
use crate::cn::day2::common::Polygon;
use crate::cn::map::{AllowedManeuvers, LaneAttributes, RegulatorySpeedLimit, RoadPoint};
use crate::cn::n4::types::Link;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// MAP: the lanes of the junction and how they connect.
    ///
    /// ASN.1 `MapData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MapData, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `nodes`: 1 to 32 [`Node`].
        #[rasn(size("1..=32"))]
        pub nodes: Vec<Node>,
    }
}

extensible_sequence! {
    /// One junction.
    ///
    /// ASN.1 `Node`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Node, additions 2 {
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
        /// `inLinks-ex`: 1 to 32 [`LinkEx`].
        #[rasn(extension_addition, identifier = "inLinks-ex", size("1..=32"))]
        pub in_links_ex: Option<Vec<LinkEx>>,
        /// `prohibitedzone`.
        #[rasn(extension_addition)]
        pub prohibitedzone: Option<ProhibitedZone>,
    }
}

extensible_sequence! {
    /// A road from one junction to the next, by sections.
    ///
    /// ASN.1 `LinkEx`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LinkEx, additions 0 {
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
        /// `refLine`: 2 to 31 [`RoadPoint`]; the reference line.
        #[rasn(identifier = "refLine", size("2..=31"))]
        pub ref_line: Option<Vec<RoadPoint>>,
        /// `movements-ex`: 1 to 32 [`MovementEx`].
        #[rasn(identifier = "movements-ex", size("1..=32"))]
        pub movements_ex: Option<Vec<MovementEx>>,
        /// `sections`: 1 to 16 [`Section`].
        #[rasn(size("1..=16"))]
        pub sections: Vec<Section>,
    }
}

extensible_sequence! {
    /// Where a link leads to, by which phase and turn.
    ///
    /// ASN.1 `MovementEx`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct MovementEx, additions 0 {
        /// `remoteIntersection`.
        #[rasn(identifier = "remoteIntersection")]
        pub remote_intersection: NodeReferenceID,
        /// `phaseId`: `PhaseID`, INTEGER (0..255); the signal phase; 0 is none.
        #[rasn(identifier = "phaseId")]
        pub phase_id: Option<u8>,
        /// `turn-direction`.
        #[rasn(identifier = "turn-direction")]
        pub turn_direction: Option<Maneuver>,
    }
}

/// ASN.1 `Maneuver`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum Maneuver {
    /// `maneuverStraight`.
    #[rasn(identifier = "maneuverStraight")]
    ManeuverStraight = 0,
    /// `maneuverLeftTurn`.
    #[rasn(identifier = "maneuverLeftTurn")]
    ManeuverLeftTurn = 1,
    /// `maneuverRightTurn`.
    #[rasn(identifier = "maneuverRightTurn")]
    ManeuverRightTurn = 2,
    /// `maneuverUTurn`.
    #[rasn(identifier = "maneuverUTurn")]
    ManeuverUTurn = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// A stretch of a link on which the lanes stay the same.
    ///
    /// ASN.1 `Section`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Section, additions 0 {
        /// `secId`: `SectionId`, INTEGER (1..63).
        #[rasn(identifier = "secId", value("1..=63"))]
        pub sec_id: u8,
        /// `lanes`: 1 to 32 [`LaneEx`].
        #[rasn(size("1..=32"))]
        pub lanes: Vec<LaneEx>,
    }
}

extensible_sequence! {
    /// One lane of a section, along the link's reference line.
    ///
    /// ASN.1 `LaneEx`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LaneEx, additions 0 {
        /// `laneRefID`: `LaneRefID`, INTEGER (-31..31).
        #[rasn(identifier = "laneRefID", value("-31..=31"))]
        pub lane_ref_id: i8,
        /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
        #[rasn(identifier = "laneWidth", value("0..=32767"))]
        pub lane_width: Option<u16>,
        /// `laneAttributes`.
        #[rasn(identifier = "laneAttributes")]
        pub lane_attributes: Option<LaneAttributes>,
        /// `maneuvers`.
        pub maneuvers: Option<AllowedManeuvers>,
        /// `connectsTo-ex`: 1 to 32 [`ConnectionEx`].
        #[rasn(identifier = "connectsTo-ex", size("1..=32"))]
        pub connects_to_ex: Option<Vec<ConnectionEx>>,
        /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
        #[rasn(identifier = "speedLimits", size("1..=9"))]
        pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
        /// `st-points`: 2 to 63 [`STPoint`].
        #[rasn(identifier = "st-points", size("2..=63"))]
        pub st_points: Option<Vec<STPoint>>,
        /// `laneLineType`.
        #[rasn(identifier = "laneLineType")]
        pub lane_line_type: Option<LaneLineType>,
    }
}

extensible_sequence! {
    /// Where a lane leads to.
    ///
    /// ASN.1 `ConnectionEx`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ConnectionEx, additions 0 {
        /// `remoteIntersection`.
        #[rasn(identifier = "remoteIntersection")]
        pub remote_intersection: NodeReferenceID,
        /// `swl`.
        pub swl: Option<SignalWaitingLane>,
        /// `connectingLane`: 1 to 16 [`ConnectingLaneEx`].
        #[rasn(identifier = "connectingLane", size("1..=16"))]
        pub connecting_lane: Option<Vec<ConnectingLaneEx>>,
        /// `phaseId`: `PhaseID`, INTEGER (0..255); the signal phase; 0 is none.
        #[rasn(identifier = "phaseId")]
        pub phase_id: Option<u8>,
        /// `turn-direction`.
        #[rasn(identifier = "turn-direction")]
        pub turn_direction: Option<Maneuver>,
    }
}

/// Where vehicles wait inside the junction, and the phases at which they may drive up to there.
///
/// ASN.1 `SignalWaitingLane`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SignalWaitingLane {
    /// `laneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
    #[rasn(identifier = "laneWidth", value("0..=32767"))]
    pub lane_width: u16,
    /// `points`: 2 to 31 [`RoadPoint`].
    #[rasn(size("2..=31"))]
    pub points: Vec<RoadPoint>,
    /// `allowedPhaseIds`: 1 to 7 `PhaseID`, INTEGER (0..255).
    #[rasn(identifier = "allowedPhaseIds", size("1..=7"))]
    pub allowed_phase_ids: Option<Vec<u8>>,
}

/// The lane behind the junction, and the way to it.
///
/// ASN.1 `ConnectingLaneEx`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ConnectingLaneEx {
    /// `target-section`: `SectionId`, INTEGER (1..63).
    #[rasn(identifier = "target-section", value("1..=63"))]
    pub target_section: u8,
    /// `target-lane`: `LaneRefID`, INTEGER (-31..31).
    #[rasn(identifier = "target-lane", value("-31..=31"))]
    pub target_lane: i8,
    /// `connectingLaneWidth`: `LaneWidth`, INTEGER (0..32767); cm.
    #[rasn(identifier = "connectingLaneWidth", value("0..=32767"))]
    pub connecting_lane_width: Option<u16>,
    /// `connectingLanePoints`: 2 to 31 [`RoadPoint`].
    #[rasn(identifier = "connectingLanePoints", size("2..=31"))]
    pub connecting_lane_points: Option<Vec<RoadPoint>>,
    /// `isolatedConnectingLane`: BOOLEAN; whether barriers separate it.
    #[rasn(identifier = "isolatedConnectingLane")]
    pub isolated_connecting_lane: Option<bool>,
}

extensible_sequence! {
    /// A point along and across a reference line.
    ///
    /// ASN.1 `ST-Point`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct STPoint, additions 0 {
        /// `s-axis`: INTEGER (-1024..65535); along the reference line.
        #[rasn(identifier = "s-axis", value("-1024..=65535"))]
        pub s_axis: i32,
        /// `t-axis`: INTEGER (-32768..32767); across the reference line.
        #[rasn(identifier = "t-axis")]
        pub t_axis: i16,
    }
}

/// The marking on either side of a lane.
///
/// ASN.1 `LaneLineType`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct LaneLineType {
    /// `leftLaneLine`.
    #[rasn(identifier = "leftLaneLine")]
    pub left_lane_line: DottedSolidMarkingLineType,
    /// `rightLaneLine`.
    #[rasn(identifier = "rightLaneLine")]
    pub right_lane_line: DottedSolidMarkingLineType,
}

/// ASN.1 `Dotted-SolidMarkingLineType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum DottedSolidMarkingLineType {
    /// `whiteDottedLine`.
    #[rasn(identifier = "whiteDottedLine")]
    WhiteDottedLine = 0,
    /// `whiteSolidLine`.
    #[rasn(identifier = "whiteSolidLine")]
    WhiteSolidLine = 1,
    /// `yellowDottedLine`.
    #[rasn(identifier = "yellowDottedLine")]
    YellowDottedLine = 2,
    /// `yellowSolidLine`.
    #[rasn(identifier = "yellowSolidLine")]
    YellowSolidLine = 3,
    /// `whiteDotted-solidLine`.
    #[rasn(identifier = "whiteDotted-solidLine")]
    WhiteDottedSolidLine = 4,
    /// `whiteSotted-dottedLine`.
    #[rasn(identifier = "whiteSotted-dottedLine")]
    WhiteSottedDottedLine = 5,
    /// `yellowDotted-solidLine`.
    #[rasn(identifier = "yellowDotted-solidLine")]
    YellowDottedSolidLine = 6,
    /// `yellowSotted-dottedLine`.
    #[rasn(identifier = "yellowSotted-dottedLine")]
    YellowSottedDottedLine = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// Where in a junction not to drive.
    ///
    /// ASN.1 `ProhibitedZone`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ProhibitedZone, additions 0 {
        /// `centralCircleProhibitedZone`.
        #[rasn(identifier = "centralCircleProhibitedZone")]
        pub central_circle_prohibited_zone: Option<Polygon>,
        /// `non-motorVehicleProhibitedZones`: 1 to 16 [`Polygon`].
        #[rasn(identifier = "non-motorVehicleProhibitedZones", size("1..=16"))]
        pub non_motor_vehicle_prohibited_zones: Option<Vec<Polygon>>,
        /// `gridLineMarkingProhibitedZones`: 2 to 16 [`Polygon`].
        #[rasn(identifier = "gridLineMarkingProhibitedZones", size("2..=16"))]
        pub grid_line_marking_prohibited_zones: Option<Vec<Polygon>>,
    }
}
