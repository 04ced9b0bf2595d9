//! SSM of SAE J2735 (`asn1::us::ssm`): how requests for priority stand.

use std::collections::BTreeMap;

use asn1::si::Si;
use asn1::si::us::ssm::{SignalStatus, SignalStatusMessage, SignalStatusPackage};
use asn1::us::MessageFrame;
use asn1::us::common::IntersectionReferenceID;
use asn1::us::requestor::VehicleID;
use asn1::us::ssm::{PrioritizationResponseStatus, SignalRequesterInfo};
use asn1::{CodecError, time};
use perception::time::UtcMicros;

use crate::map::NodeId;
use crate::priority::{Answers, Movement, Request, Requester, Status};

/// `None`: nobody of this set asks.
pub(super) fn encode(
    answers: &Answers<'_>,
    now: UtcMicros,
    mut count: impl FnMut() -> u8,
) -> Option<Result<Vec<u8>, CodecError>> {
    let mut status: BTreeMap<NodeId, SignalStatus> = BTreeMap::new();
    for (node, package) in answers.requests.iter().filter_map(|entry| package(&entry.request)) {
        let of_node = status.entry(node).or_insert_with(|| SignalStatus {
            sequence_number: answers.revision,
            id: IntersectionReferenceID { region: Some(node.region), id: node.id },
            sig_status: Vec::new(),
            regional: None,
        });
        of_node.sig_status.push(package);
    }
    if status.is_empty() {
        return None;
    }
    let ssm = SignalStatusMessage {
        time_stamp_minute: Some(time::minute_of_year(now.0)),
        second_s: Some(time::second_of_minute_s(now.0)),
        sequence_number: Some(count()),
        status: status.into_values().collect(),
        regional: None,
    };
    Some(ssm.to_wire().and_then(|wire| asn1::us::encode(&MessageFrame::SignalStatus(wire))))
}

/// With the junction that it is for. `None`: of the other set, or ended.
fn package(request: &Request) -> Option<(NodeId, SignalStatusPackage)> {
    let id = match request.ask.key.who {
        Requester::Entity(id) => VehicleID::EntityID(id.into()),
        Requester::Station(number) => VehicleID::StationID(number),
        Requester::Cn(_) => return None,
    };
    let Movement::Us { inbound, outbound } = &request.ask.movement else { return None };
    let requester = SignalRequesterInfo {
        id,
        request: request.ask.key.number,
        sequence_number: request.ask.sequence,
        role: request.ask.us_role,
        type_data: None,
    };
    let eta = request.ask.eta;
    let package = SignalStatusPackage {
        requester: Some(requester),
        inbound_on: inbound.clone(),
        outbound_on: outbound.clone(),
        minute: eta.map(|eta| time::minute_of_year(eta.0)),
        second_s: eta.map(|eta| time::second_of_minute_s(eta.0)),
        duration_s: request.ask.duration_s,
        status: status(request.why.status()?),
        regional: None,
    };
    Some((request.ask.node, package))
}

fn status(status: Status) -> PrioritizationResponseStatus {
    match status {
        Status::Requested => PrioritizationResponseStatus::Requested,
        Status::Processing => PrioritizationResponseStatus::Processing,
        Status::WatchOtherTraffic => PrioritizationResponseStatus::WatchOtherTraffic,
        Status::Granted => PrioritizationResponseStatus::Granted,
        Status::Rejected => PrioritizationResponseStatus::Rejected,
        Status::MaxPresence => PrioritizationResponseStatus::MaxPresence,
        Status::ReserviceLocked => PrioritizationResponseStatus::ReserviceLocked,
    }
}
