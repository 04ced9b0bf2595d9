//! VIR in SI units: what a vehicle is about to do, and what it asks for.

use alloc::vec::Vec;

use super::common::PathPlanningPoint;
use crate::UnknownAlternative;
use crate::cn::common::{NodeReferenceID, Position3D};
use crate::cn::csae157::map::MovementEx;
use crate::cn::day2::common::DriveBehavior;
use crate::cn::day2::vir as wire;
use crate::cn::day2::vir::{ReqLaneChange, ReqParkingArea, ReqStatus};
use crate::si::cn::common::{priority_from_wire, priority_to_wire};
use crate::si::cn::rsi::ReferencePath;
use crate::si::{At, DateTime, Position, Si, each};
use crate::units::{SECOND_OF_MINUTE_S, TIME_OFFSET_S, second_to_wire};
use crate::{CodecError, Octets8};

/// VIR: what a vehicle is about to do, and what it asks for.
///
/// ASN.1 `VehIntentionAndRequest`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct VehIntentionAndRequest {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The vehicle's identity.
    pub id: Octets8,
    /// When it was said: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// From where places are counted on the wire.
    pub ref_pos: Option<Position>,
    /// The intention and the requests.
    pub int_and_req: IARData,
}

/// The intention and the requests.
///
/// ASN.1 `IARData`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IARData {
    /// Where it is.
    pub current_pos: Option<PathPlanningPoint>,
    /// The way it means to take: 1 to 100 points.
    pub path_planning: Option<Vec<PathPlanningPoint>>,
    /// What it does.
    pub current_behavior: Option<DriveBehavior>,
    /// 1 to 8 requests.
    pub reqs: Option<Vec<DriveRequest>>,
}

/// One request to vehicles or to the roadside.
///
/// ASN.1 `DriveRequest`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct DriveRequest {
    /// Which request.
    pub req_id: u8,
    /// How far it has come.
    pub status: ReqStatus,
    /// 0 lowest to 7 highest.
    pub req_priority: Option<u8>,
    /// The vehicle that is asked.
    pub target_veh: Option<Octets8>,
    /// The roadside unit that is asked.
    pub target_rsu: Option<Octets8>,
    /// What for.
    pub info: Option<ReqInfo>,
    /// For how long, seconds, 0.01 to 655.34.
    pub life_time_s: Option<f64>,
}

/// What is asked for.
///
/// ASN.1 `ReqInfo`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub enum ReqInfo {
    /// To let the vehicle into a lane.
    LaneChange(ReqLaneChange),
    /// To clear a lane.
    ClearTheWay(ReqClearTheWay),
    /// To get green.
    SignalPriority(ReqSignalPriority),
    /// To be told what is seen along paths.
    SensorSharing(ReqSensorSharing),
    /// To use a car park.
    Parking(ReqParkingArea),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// To clear a lane.
///
/// ASN.1 `Req-ClearTheWay`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct ReqClearTheWay {
    /// Where the link comes from.
    pub upstream_node: NodeReferenceID,
    /// Where it leads to.
    pub downstream_node: NodeReferenceID,
    /// Which lane, 1 upwards from left to right; 0 is unknown.
    pub target_lane: u8,
    /// Along which path.
    pub related_path: Option<ReferencePath>,
    /// From when on.
    pub t_begin: Option<DateTime>,
    /// Until when.
    pub t_end: Option<DateTime>,
}

/// To get green.
///
/// ASN.1 `Req-SignalPriority`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReqSignalPriority {
    /// Which junction.
    pub intersection_id: NodeReferenceID,
    /// For which movement.
    pub required_mov: MovementEx,
    /// How long until it is there, seconds, 0.01 to 655.34.
    pub estimated_arrival_time_s: Option<f64>,
    /// How far it is from there, 0 to 10000, as on the wire: the sources at hand name no unit.
    pub distance_to_intersection: Option<u16>,
}

/// To be told what is seen along paths.
///
/// ASN.1 `Req-SensorSharing`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct ReqSensorSharing {
    /// 1 to 8 paths.
    pub detect_area: Vec<ReferencePath>,
}

impl Si<wire::VehIntentionAndRequest> for VehIntentionAndRequest {
    fn to_wire(&self) -> Result<wire::VehIntentionAndRequest, CodecError> {
        let ref_pos = self.ref_pos.to_wire().at("refPos")?;
        Ok(wire::VehIntentionAndRequest {
            msg_cnt: self.msg_cnt,
            id: self.id,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            ref_pos,
            int_and_req: self.int_and_req.to_wire(&ref_pos).at("intAndReq")?,
        })
    }

    fn from_wire(wire: &wire::VehIntentionAndRequest) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            ref_pos: Si::from_wire(&wire.ref_pos),
            int_and_req: IARData::from_wire(&wire.int_and_req, &wire.ref_pos),
        }
    }
}

impl IARData {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::IARData, CodecError> {
        let way = PathPlanningPoint::way_to_wire(self.path_planning.as_deref(), ref_pos);
        let reqs = self.reqs.as_deref().map(|reqs| each(reqs, |req| req.to_wire(ref_pos)));
        Ok(wire::IARData {
            current_pos: self.current_pos.map(|point| point.to_wire(ref_pos)).transpose().at("currentPos")?,
            path_planning: way.at("path-Planning")?,
            current_behavior: self.current_behavior,
            reqs: reqs.transpose().at("reqs")?,
        })
    }

    fn from_wire(wire: &wire::IARData, ref_pos: &Position3D) -> Self {
        let req = |req: &wire::DriveRequest| DriveRequest::from_wire(req, ref_pos);
        Self {
            current_pos: wire.current_pos.map(|point| PathPlanningPoint::from_wire(&point, ref_pos)),
            path_planning: PathPlanningPoint::way_from_wire(wire.path_planning.as_deref(), ref_pos),
            current_behavior: wire.current_behavior,
            reqs: wire.reqs.as_ref().map(|reqs| reqs.iter().map(req).collect()),
        }
    }
}

impl DriveRequest {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::DriveRequest, CodecError> {
        Ok(wire::DriveRequest {
            req_id: self.req_id,
            status: self.status,
            req_priority: priority_to_wire(self.req_priority).at("reqPriority")?,
            target_veh: self.target_veh,
            target_rsu: self.target_rsu,
            info: self.info.as_ref().map(|info| info.to_wire(ref_pos)).transpose().at("info")?,
            life_time: TIME_OFFSET_S.to_wire_optional(self.life_time_s).at("lifeTime")?,
        })
    }

    fn from_wire(wire: &wire::DriveRequest, ref_pos: &Position3D) -> Self {
        Self {
            req_id: wire.req_id,
            status: wire.status,
            req_priority: priority_from_wire(wire.req_priority),
            target_veh: wire.target_veh,
            target_rsu: wire.target_rsu,
            info: wire.info.as_ref().map(|info| ReqInfo::from_wire(info, ref_pos)),
            life_time_s: TIME_OFFSET_S.from_wire_optional(wire.life_time),
        }
    }
}

impl ReqInfo {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::ReqInfo, CodecError> {
        Ok(match self {
            Self::LaneChange(request) => wire::ReqInfo::LaneChange(*request),
            Self::ClearTheWay(request) => wire::ReqInfo::ClearTheWay(request.to_wire(ref_pos).at("clearTheWay")?),
            Self::SignalPriority(request) => wire::ReqInfo::SignalPriority(request.to_wire().at("signalPriority")?),
            Self::SensorSharing(request) => wire::ReqInfo::SensorSharing(request.to_wire(ref_pos).at("sensorSharing")?),
            Self::Parking(request) => wire::ReqInfo::Parking(*request),
            Self::UnknownAlternative(other) => wire::ReqInfo::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::ReqInfo, ref_pos: &Position3D) -> Self {
        match wire {
            wire::ReqInfo::LaneChange(request) => Self::LaneChange(*request),
            wire::ReqInfo::ClearTheWay(request) => Self::ClearTheWay(ReqClearTheWay::from_wire(request, ref_pos)),
            wire::ReqInfo::SignalPriority(request) => Self::SignalPriority(Si::from_wire(request)),
            wire::ReqInfo::SensorSharing(request) => Self::SensorSharing(ReqSensorSharing::from_wire(request, ref_pos)),
            wire::ReqInfo::Parking(request) => Self::Parking(*request),
            wire::ReqInfo::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl ReqClearTheWay {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::ReqClearTheWay, CodecError> {
        Ok(wire::ReqClearTheWay {
            upstream_node: self.upstream_node,
            downstream_node: self.downstream_node,
            target_lane: self.target_lane,
            related_path: ReferencePath::optional_to_n4(self.related_path.as_ref(), ref_pos).at("relatedPath")?,
            t_begin: self.t_begin.to_wire().at("tBegin")?,
            t_end: self.t_end.to_wire().at("tEnd")?,
        })
    }

    fn from_wire(wire: &wire::ReqClearTheWay, ref_pos: &Position3D) -> Self {
        Self {
            upstream_node: wire.upstream_node,
            downstream_node: wire.downstream_node,
            target_lane: wire.target_lane,
            related_path: wire.related_path.as_ref().map(|path| ReferencePath::from_n4(path, ref_pos)),
            t_begin: Si::from_wire(&wire.t_begin),
            t_end: Si::from_wire(&wire.t_end),
        }
    }
}

impl Si<wire::ReqSignalPriority> for ReqSignalPriority {
    fn to_wire(&self) -> Result<wire::ReqSignalPriority, CodecError> {
        let arrival = TIME_OFFSET_S.to_wire_optional(self.estimated_arrival_time_s);
        Ok(wire::ReqSignalPriority {
            intersection_id: self.intersection_id,
            required_mov: self.required_mov,
            estimated_arrival_time: arrival.at("estimatedArrivalTime")?,
            distance_to_intersection: self.distance_to_intersection,
        })
    }

    fn from_wire(wire: &wire::ReqSignalPriority) -> Self {
        Self {
            intersection_id: wire.intersection_id,
            required_mov: wire.required_mov,
            estimated_arrival_time_s: TIME_OFFSET_S.from_wire_optional(wire.estimated_arrival_time),
            distance_to_intersection: wire.distance_to_intersection,
        }
    }
}

impl ReqSensorSharing {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::ReqSensorSharing, CodecError> {
        Ok(wire::ReqSensorSharing {
            detect_area: each(&self.detect_area, |path| path.to_n4(ref_pos)).at("detectArea")?,
        })
    }

    fn from_wire(wire: &wire::ReqSensorSharing, ref_pos: &Position3D) -> Self {
        Self { detect_area: wire.detect_area.iter().map(|path| ReferencePath::from_n4(path, ref_pos)).collect() }
    }
}
