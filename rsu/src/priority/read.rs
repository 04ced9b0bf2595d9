//! Requests in messages as they are received: SRM (US), VIR (China).

use asn1::cn::csae157::map::Maneuver as Turn;
use asn1::cn::day2::vir::ReqStatus;
use asn1::si::Si;
use asn1::si::cn::day2::vir::{DriveRequest, ReqInfo, VehIntentionAndRequest};
use asn1::si::us::srm::{SignalRequestMessage, SignalRequestPackage};
use asn1::us;
use asn1::us::requestor::VehicleID;
use asn1::us::srm::PriorityRequestType;
use perception::time::UtcMicros;

use super::junction::Junction;
use super::request::{Ask, Asked, Key, Movement, Requester};
use crate::map::{Maneuver, NodeId};
use crate::radios::MessageSet;
use crate::received::{Received, Unread};

/// `DSRCmsgID` of SRM: the second octet of its frames.
const SRM: u8 = 29;

/// The requests to this junction in a message, and which message it is. `None`: not one that asks.
pub(super) fn read(junction: &Junction, frame: &Received<'_>) -> Option<Result<(&'static str, Vec<Ask>), Unread>> {
    match frame.set() {
        MessageSet::Us if frame.payload().get(1) != Some(&SRM) => None,
        MessageSet::Us if !junction.speaks(MessageSet::Us) => Some(Err(Unread::WrongSet)),
        MessageSet::Us => Some(of_us(junction, frame).map(|asks| ("SRM", asks))),
        MessageSet::Cn => match frame.vir()? {
            Ok(_) if !junction.speaks(MessageSet::Cn) => Some(Err(Unread::WrongSet)),
            Ok(vir) => of_cn(junction, frame, vir).map(|asks| asks.map(|asks| ("VIR", asks))),
            Err(unread) => Some(Err(unread)),
        },
    }
}

fn of_us(junction: &Junction, frame: &Received<'_>) -> Result<Vec<Ask>, Unread> {
    let us::MessageFrame::SignalRequest(srm) = frame.us()? else { return Err(Unread::Undecodable) };
    let srm = SignalRequestMessage::from_wire(srm);
    frame.moment(srm.second_s)?;
    let who = match &srm.requestor.id {
        VehicleID::EntityID(id) => Requester::Entity(**id),
        VehicleID::StationID(number) => Requester::Station(*number),
    };
    let requests = srm.requests.iter().flatten();
    let here = requests.filter_map(|package| {
        let node = junction.node(package.request.id.region, package.request.id.id)?;
        us_ask(&srm, package, node, who, frame.arrived_at)
    });
    Ok(here.collect())
}

/// `None`: of a kind that is none of the edition's.
fn us_ask(
    srm: &SignalRequestMessage,
    package: &SignalRequestPackage,
    node: NodeId,
    who: Requester,
    arrived_at: UtcMicros,
) -> Option<Ask> {
    let request = &package.request;
    let eta = match (package.minute, package.second_s) {
        (Some(minute), second_s) => asn1::time::from_minute_and_second(minute, second_s.unwrap_or(0.0), arrived_at.0),
        (None, Some(second_s)) => asn1::time::from_second(second_s, arrived_at.0),
        (None, None) => None,
    };
    Some(Ask {
        key: Key { who, number: request.request_id },
        node,
        asked: match request.request_type {
            PriorityRequestType::PriorityRequest => Asked::Request,
            PriorityRequestType::PriorityRequestUpdate => Asked::Update,
            PriorityRequestType::PriorityCancellation => Asked::Cancel,
            _ => return None,
        },
        movement: Movement::Us { inbound: request.in_bound_lane.clone(), outbound: request.out_bound_lane.clone() },
        us_role: srm.requestor.type_.as_ref().map(|kind| kind.role),
        sequence: srm.sequence_number.unwrap_or(0),
        eta: eta.map(UtcMicros),
        duration_s: package.duration_s,
        until: None,
    })
}

/// `None`: one that does not ask for a signal.
fn of_cn(junction: &Junction, frame: &Received<'_>, vir: &VehIntentionAndRequest) -> Option<Result<Vec<Ask>, Unread>> {
    let requests = vir.int_and_req.reqs.as_deref().unwrap_or_default();
    if !requests.iter().any(|request| matches!(request.info, Some(ReqInfo::SignalPriority(_)))) {
        return None;
    }
    let who = Requester::Cn(*vir.id);
    let asks = |said_at| requests.iter().filter_map(|request| cn_ask(junction, request, who, said_at)).collect();
    Some(frame.moment(vir.sec_mark_s).map(asks))
}

/// `None`: not for a signal, or not to us.
fn cn_ask(junction: &Junction, request: &DriveRequest, who: Requester, said_at: UtcMicros) -> Option<Ask> {
    let Some(ReqInfo::SignalPriority(wanted)) = &request.info else { return None };
    let node = junction.node(wanted.intersection_id.region, wanted.intersection_id.id)?;
    if !junction.is_asked(request.target_rsu.map(|rsu| *rsu)) {
        return None;
    }
    Some(Ask {
        key: Key { who, number: request.req_id },
        node,
        asked: match request.status {
            ReqStatus::Request => Asked::Request,
            ReqStatus::Comfirmed => Asked::Update,
            ReqStatus::Cancel | ReqStatus::Complete => Asked::Cancel,
            _ => return None,
        },
        movement: Movement::Cn {
            to: wanted.required_mov.remote_intersection,
            // 0 is none.
            phase: wanted.required_mov.phase_id.filter(|phase| *phase != 0),
            maneuver: wanted.required_mov.turn_direction.and_then(maneuver),
        },
        us_role: None,
        sequence: 0,
        eta: wanted.estimated_arrival_time_s.map(|eta_s| said_at.plus_seconds(eta_s)),
        duration_s: None,
        until: request.life_time_s.map(|life_s| said_at.plus_seconds(life_s)),
    })
}

fn maneuver(turn: Turn) -> Option<Maneuver> {
    match turn {
        Turn::ManeuverStraight => Some(Maneuver::Straight),
        Turn::ManeuverLeftTurn => Some(Maneuver::Left),
        Turn::ManeuverRightTurn => Some(Maneuver::Right),
        Turn::ManeuverUTurn => Some(Maneuver::UTurn),
        _ => None,
    }
}
