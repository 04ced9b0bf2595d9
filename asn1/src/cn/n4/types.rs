//! The types of the "new four-cross" dialect (`cn-n4`) that differ on the wire from those of GB/T 31024.3-2019, and those that hold them.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::super::bsm::{
    BrakeSystemStatus, ExteriorLights, GNSSstatus, PathHistoryPoint, PathPrediction, PositionalAccuracy,
    VehicleEmergencyExtensions, VehicleEventFlags,
};
use super::super::common::{
    AccelerationSet4Way, MotionConfidenceSet, NodeReferenceID, Position3D, PositionConfidenceSet, PositionOffsetLLV,
    TransmissionState, VehicleClassification, VehicleSize,
};
use super::super::confidence::TimeConfidence;
use super::super::map::{AllowedManeuvers, Connection, LaneAttributes, Movement, RegulatorySpeedLimit, RoadPoint};
use super::super::rsi::{Description, EventSource, RSITimeDetails, ReferenceLink};
use crate::macros::extensible_sequence;
use crate::{Octets1, Octets8};

extensible_sequence! {
    /// BSM: what a vehicle says about itself.
    ///
    /// ASN.1 `BasicSafetyMessage`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BasicSafetyMessage, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `pos`.
        pub pos: Position3D,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionalAccuracy>,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: Option<PositionConfidenceSet>,
        /// `transmission`.
        pub transmission: TransmissionState,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: u16,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: u16,
        /// `angle`: `SteeringWheelAngle`, INTEGER (-126..127); 1.5 degrees, right is positive; 127 is unavailable.
        #[rasn(value("-126..=127"))]
        pub angle: Option<i8>,
        /// `motionCfd`.
        #[rasn(identifier = "motionCfd")]
        pub motion_cfd: Option<MotionConfidenceSet>,
        /// `accelSet`.
        #[rasn(identifier = "accelSet")]
        pub accel_set: AccelerationSet4Way,
        /// `brakes`.
        pub brakes: BrakeSystemStatus,
        /// `size`.
        pub size: VehicleSize,
        /// `vehicleClass`.
        #[rasn(identifier = "vehicleClass")]
        pub vehicle_class: VehicleClassification,
        /// `safetyExt`.
        #[rasn(identifier = "safetyExt")]
        pub safety_ext: Option<VehicleSafetyExtensions>,
        /// `emergencyExt`.
        #[rasn(identifier = "emergencyExt")]
        pub emergency_ext: Option<VehicleEmergencyExtensions>,
    }
}

extensible_sequence! {
    /// ASN.1 `VehicleSafetyExtensions`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehicleSafetyExtensions, additions 0 {
        /// `events`.
        pub events: Option<VehicleEventFlags>,
        /// `pathHistory`.
        #[rasn(identifier = "pathHistory")]
        pub path_history: Option<PathHistory>,
        /// `pathPrediction`.
        #[rasn(identifier = "pathPrediction")]
        pub path_prediction: Option<PathPrediction>,
        /// `lights`.
        pub lights: Option<ExteriorLights>,
    }
}

extensible_sequence! {
    /// ASN.1 `PathHistory`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
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
    /// A position with time, motion and their accuracies.
    ///
    /// ASN.1 `FullPositionVector`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FullPositionVector, additions 0 {
        /// `utcTime`.
        #[rasn(identifier = "utcTime")]
        pub utc_time: Option<DDateTime>,
        /// `pos`.
        pub pos: Position3D,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `transmission`.
        pub transmission: Option<TransmissionState>,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionConfidenceSet>,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `motionCfd`.
        #[rasn(identifier = "motionCfd")]
        pub motion_cfd: Option<MotionConfidenceSet>,
    }
}

/// A date and time in UTC; every part may be missing.
///
/// ASN.1 `DDateTime`: SEQUENCE. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
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
    /// `offset`: `DTimeOffset`, INTEGER (-840..840); minutes from UTC.
    #[rasn(value("-840..=840"))]
    pub offset: Option<i16>,
}

extensible_sequence! {
    /// MAP: the lanes of the junction and how they connect.
    ///
    /// ASN.1 `MapData`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
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
    /// ASN.1 `Node`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
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
    /// ASN.1 `Link`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
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
        pub link_width: u16,
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
    /// One lane of a link.
    ///
    /// ASN.1 `Lane`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
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
        /// `connectsTo`: 1 to 8 [`Connection`].
        #[rasn(identifier = "connectsTo", size("1..=8"))]
        pub connects_to: Option<Vec<Connection>>,
        /// `speedLimits`: 1 to 9 [`RegulatorySpeedLimit`].
        #[rasn(identifier = "speedLimits", size("1..=9"))]
        pub speed_limits: Option<Vec<RegulatorySpeedLimit>>,
        /// `points`: 2 to 31 [`RoadPoint`].
        #[rasn(size("2..=31"))]
        pub points: Option<Vec<RoadPoint>>,
    }
}

extensible_sequence! {
    /// RSI: events and signs.
    ///
    /// ASN.1 `RoadSideInformation`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoadSideInformation, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `rtes`: 1 to 8 [`RTEData`].
        #[rasn(size("1..=8"))]
        pub rtes: Option<Vec<RTEData>>,
        /// `rtss`: 1 to 16 [`RTSData`].
        #[rasn(size("1..=16"))]
        pub rtss: Option<Vec<RTSData>>,
    }
}

extensible_sequence! {
    /// A road traffic event.
    ///
    /// ASN.1 `RTEData`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTEData, additions 0 {
        /// `rteId`: INTEGER (0..255).
        #[rasn(identifier = "rteId")]
        pub rte_id: u8,
        /// `eventType`: `EventType`, INTEGER (0..65535); GB/T 29100 code.
        #[rasn(identifier = "eventType")]
        pub event_type: u16,
        /// `eventSource`.
        #[rasn(identifier = "eventSource")]
        pub event_source: EventSource,
        /// `eventPos`.
        #[rasn(identifier = "eventPos")]
        pub event_pos: Option<PositionOffsetLLV>,
        /// `eventRadius`: `Radius`, INTEGER (0..65535); 0.1 m.
        #[rasn(identifier = "eventRadius")]
        pub event_radius: Option<u16>,
        /// `description`.
        pub description: Option<Description>,
        /// `timeDetails`.
        #[rasn(identifier = "timeDetails")]
        pub time_details: Option<RSITimeDetails>,
        /// `priority`: `RSIPriority`, OCTET STRING (SIZE(1)); in the top three bits, 0x00 lowest to 0xE0 highest.
        pub priority: Option<Octets1>,
        /// `referencePaths`: 1 to 8 [`ReferencePath`].
        #[rasn(identifier = "referencePaths", size("1..=8"))]
        pub reference_paths: Option<Vec<ReferencePath>>,
        /// `referenceLinks`: 1 to 16 [`ReferenceLink`].
        #[rasn(identifier = "referenceLinks", size("1..=16"))]
        pub reference_links: Option<Vec<ReferenceLink>>,
        /// `eventConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(identifier = "eventConfidence", value("0..=200"))]
        pub event_confidence: Option<u8>,
    }
}

/// The path and its width where an event or sign counts.
///
/// ASN.1 `ReferencePath`: SEQUENCE. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ReferencePath {
    /// `activePath`: 2 to 32 [`PositionOffsetLLV`].
    #[rasn(identifier = "activePath", size("2..=32"))]
    pub active_path: Vec<PositionOffsetLLV>,
    /// `pathRadius`: `Radius`, INTEGER (0..65535); 0.1 m.
    #[rasn(identifier = "pathRadius")]
    pub path_radius: u16,
}

extensible_sequence! {
    /// A road traffic sign.
    ///
    /// ASN.1 `RTSData`: SEQUENCE, extensible. Source: T/CSAE 53-2020 as amended for the 2020 "new four-cross" interoperability events.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RTSData, additions 0 {
        /// `rtsId`: INTEGER (0..255).
        #[rasn(identifier = "rtsId")]
        pub rts_id: u8,
        /// `signType`: `SignType`, INTEGER (0..65535); GB 5768.2 index.
        #[rasn(identifier = "signType")]
        pub sign_type: u16,
        /// `signPos`.
        #[rasn(identifier = "signPos")]
        pub sign_pos: Option<PositionOffsetLLV>,
        /// `description`.
        pub description: Option<Description>,
        /// `timeDetails`.
        #[rasn(identifier = "timeDetails")]
        pub time_details: Option<RSITimeDetails>,
        /// `priority`: `RSIPriority`, OCTET STRING (SIZE(1)); in the top three bits, 0x00 lowest to 0xE0 highest.
        pub priority: Option<Octets1>,
        /// `referencePaths`: 1 to 8 [`ReferencePath`].
        #[rasn(identifier = "referencePaths", size("1..=8"))]
        pub reference_paths: Option<Vec<ReferencePath>>,
        /// `referenceLinks`: 1 to 16 [`ReferenceLink`].
        #[rasn(identifier = "referenceLinks", size("1..=16"))]
        pub reference_links: Option<Vec<ReferenceLink>>,
    }
}
