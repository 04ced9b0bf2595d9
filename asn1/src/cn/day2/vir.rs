//! VIR of T/CSAE 157-2020: what a vehicle is about to do, and what it asks for.
//! Where a number has no unit here, the sources at hand name none.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{DriveBehavior, PathPlanningPoint};
use super::pam::ParkingType;
use crate::UnknownAlternative;
use crate::cn::common::{NodeReferenceID, Position3D, VehicleClassification};
use crate::cn::csae157::map::MovementEx;
use crate::cn::n4::types::{DDateTime, ReferencePath};
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::{Octets1, Octets8};

extensible_sequence! {
    /// VIR: what a vehicle is about to do, and what it asks for.
    ///
    /// ASN.1 `VehIntentionAndRequest`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehIntentionAndRequest, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)); the vehicle.
        pub id: Octets8,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `refPos`.
        #[rasn(identifier = "refPos")]
        pub ref_pos: Position3D,
        /// `intAndReq`.
        #[rasn(identifier = "intAndReq")]
        pub int_and_req: IARData,
    }
}

extensible_sequence! {
    /// The intention and the requests.
    ///
    /// ASN.1 `IARData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IARData, additions 0 {
        /// `currentPos`.
        #[rasn(identifier = "currentPos")]
        pub current_pos: Option<PathPlanningPoint>,
        /// `path-Planning`: 1 to 100 [`PathPlanningPoint`].
        #[rasn(identifier = "path-Planning", size("1..=100"))]
        pub path_planning: Option<Vec<PathPlanningPoint>>,
        /// `currentBehavior`.
        #[rasn(identifier = "currentBehavior")]
        pub current_behavior: Option<DriveBehavior>,
        /// `reqs`: 1 to 8 [`DriveRequest`].
        #[rasn(size("1..=8"))]
        pub reqs: Option<Vec<DriveRequest>>,
    }
}

extensible_sequence! {
    /// One request to vehicles or to the roadside.
    ///
    /// ASN.1 `DriveRequest`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DriveRequest, additions 0 {
        /// `reqID`: INTEGER (0..255).
        #[rasn(identifier = "reqID")]
        pub req_id: u8,
        /// `status`.
        pub status: ReqStatus,
        /// `reqPriority`: OCTET STRING (SIZE(1)); in the top three bits, 0x00 lowest to 0xE0 highest.
        #[rasn(identifier = "reqPriority")]
        pub req_priority: Option<Octets1>,
        /// `targetVeh`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "targetVeh")]
        pub target_veh: Option<Octets8>,
        /// `targetRSU`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "targetRSU")]
        pub target_rsu: Option<Octets8>,
        /// `info`.
        pub info: Option<ReqInfo>,
        /// `lifeTime`: `TimeOffset`, INTEGER (1..65535); 10 ms.
        #[rasn(identifier = "lifeTime", value("1..=65535"))]
        pub life_time: Option<u16>,
    }
}

/// ASN.1 `ReqStatus`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ReqStatus {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `request`.
    #[rasn(identifier = "request")]
    Request = 1,
    /// `comfirmed`.
    #[rasn(identifier = "comfirmed")]
    Comfirmed = 2,
    /// `cancel`.
    #[rasn(identifier = "cancel")]
    Cancel = 3,
    /// `complete`.
    #[rasn(identifier = "complete")]
    Complete = 4,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// What is asked for.
///
/// ASN.1 `ReqInfo`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum ReqInfo {
    /// `laneChange`.
    #[rasn(identifier = "laneChange")]
    LaneChange(ReqLaneChange),
    /// `clearTheWay`.
    #[rasn(identifier = "clearTheWay")]
    ClearTheWay(ReqClearTheWay),
    /// `signalPriority`.
    #[rasn(identifier = "signalPriority")]
    SignalPriority(ReqSignalPriority),
    /// `sensorSharing`.
    #[rasn(identifier = "sensorSharing")]
    SensorSharing(ReqSensorSharing),
    /// `parking`.
    #[rasn(identifier = "parking")]
    Parking(ReqParkingArea),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// To let the vehicle into a lane.
    ///
    /// ASN.1 `Req-LaneChange`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ReqLaneChange, additions 0 {
        /// `upstreamNode`.
        #[rasn(identifier = "upstreamNode")]
        pub upstream_node: NodeReferenceID,
        /// `downstreamNode`.
        #[rasn(identifier = "downstreamNode")]
        pub downstream_node: NodeReferenceID,
        /// `targetLane`: `LaneID`, INTEGER (0..255); 1 upwards from left to right; 0 is unknown.
        #[rasn(identifier = "targetLane")]
        pub target_lane: u8,
    }
}

extensible_sequence! {
    /// To clear a lane.
    ///
    /// ASN.1 `Req-ClearTheWay`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReqClearTheWay, additions 0 {
        /// `upstreamNode`.
        #[rasn(identifier = "upstreamNode")]
        pub upstream_node: NodeReferenceID,
        /// `downstreamNode`.
        #[rasn(identifier = "downstreamNode")]
        pub downstream_node: NodeReferenceID,
        /// `targetLane`: `LaneID`, INTEGER (0..255); 1 upwards from left to right; 0 is unknown.
        #[rasn(identifier = "targetLane")]
        pub target_lane: u8,
        /// `relatedPath`.
        #[rasn(identifier = "relatedPath")]
        pub related_path: Option<ReferencePath>,
        /// `tBegin`.
        #[rasn(identifier = "tBegin")]
        pub t_begin: Option<DDateTime>,
        /// `tEnd`.
        #[rasn(identifier = "tEnd")]
        pub t_end: Option<DDateTime>,
    }
}

extensible_sequence! {
    /// To get green.
    ///
    /// ASN.1 `Req-SignalPriority`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ReqSignalPriority, additions 0 {
        /// `intersectionId`.
        #[rasn(identifier = "intersectionId")]
        pub intersection_id: NodeReferenceID,
        /// `requiredMov`.
        #[rasn(identifier = "requiredMov")]
        pub required_mov: MovementEx,
        /// `estimatedArrivalTime`: `TimeOffset`, INTEGER (1..65535); 10 ms.
        #[rasn(identifier = "estimatedArrivalTime", value("1..=65535"))]
        pub estimated_arrival_time: Option<u16>,
        /// `distance2Intersection`: INTEGER (0..10000).
        #[rasn(identifier = "distance2Intersection", value("0..=10000"))]
        pub distance_to_intersection: Option<u16>,
    }
}

extensible_sequence! {
    /// To be told what is seen along paths.
    ///
    /// ASN.1 `Req-SensorSharing`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReqSensorSharing, additions 0 {
        /// `detectArea`: 1 to 8 [`ReferencePath`].
        #[rasn(identifier = "detectArea", size("1..=8"))]
        pub detect_area: Vec<ReferencePath>,
    }
}

extensible_sequence! {
    /// To use a car park.
    ///
    /// ASN.1 `Req-ParkingArea`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ReqParkingArea, additions 0 {
        /// `vehicleClass`.
        #[rasn(identifier = "vehicleClass")]
        pub vehicle_class: VehicleClassification,
        /// `req`.
        pub req: ParkingRequest,
        /// `parkingType`.
        #[rasn(identifier = "parkingType")]
        pub parking_type: Option<ParkingType>,
        /// `expectedParkingSlotID`: INTEGER (0..65535).
        #[rasn(identifier = "expectedParkingSlotID")]
        pub expected_parking_slot_id: Option<u16>,
    }
}

bit_string! {
    /// ASN.1 `ParkingRequest`: BIT STRING (SIZE(12,...)). Source: T/CSAE 157-2020.
    pub struct ParkingRequest: extensible 12 {
        /// Bit 0, `enter`.
        ENTER = 0,
        /// Bit 1, `exit`.
        EXIT = 1,
        /// Bit 2, `park`.
        PARK = 2,
        /// Bit 3, `pay`.
        PAY = 3,
        /// Bit 4, `unloadPassenger`.
        UNLOAD_PASSENGER = 4,
        /// Bit 5, `pickupPassenger`.
        PICKUP_PASSENGER = 5,
        /// Bit 6, `unloadCargo`.
        UNLOAD_CARGO = 6,
        /// Bit 7, `loadCargo`.
        LOAD_CARGO = 7,
        /// Bit 8, `reserved1`.
        RESERVED1 = 8,
        /// Bit 9, `reverved2`.
        REVERVED2 = 9,
        /// Bit 10, `reserved3`.
        RESERVED3 = 10,
        /// Bit 11, `reverved4`.
        REVERVED4 = 11,
    }
}
