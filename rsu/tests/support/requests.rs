//! Requests for priority and for a way through a lot as vehicles send them, and the answers as they read them. The bench's
//! tests share this file.
#![allow(dead_code, reason = "each test takes what it needs")]

use asn1::cn::common::{NodeReferenceID, VehicleClassification};
use asn1::cn::csae157::map::{Maneuver as Turn, MovementEx};
use asn1::cn::day2::MessageFrameExt;
use asn1::cn::day2::pam::{PAMData, ParkingType};
use asn1::cn::day2::vir::{ParkingRequest, ReqParkingArea, ReqStatus};
use asn1::si::cn::day2::rsc::RoadsideCoordination;
use asn1::si::cn::day2::vir::{DriveRequest, IARData, ReqInfo, ReqSignalPriority, VehIntentionAndRequest};
use asn1::si::us::srm::{RequestorDescription, SignalRequestMessage, SignalRequestPackage};
use asn1::si::us::ssm::SignalStatusMessage;
use asn1::si::{Position, Si};
use asn1::us::common::IntersectionReferenceID;
use asn1::us::requestor::{BasicVehicleRole, IntersectionAccessPoint, RequestorType, VehicleID};
use asn1::us::srm::{PriorityRequestType, SignalRequest};
use asn1::{Dialect, time};
use perception::time::UtcMicros;
use rsu::config::Site;

/// `a102030405060708` in `site.toml`.
pub const AMBULANCE: [u8; 8] = [0xa1, 2, 3, 4, 5, 6, 7, 8];
/// `b1020304` in `site.toml`.
pub const BUS: [u8; 4] = [0xb1, 2, 3, 4];

/// A lane of a link as the US set names it.
pub fn lane(site: &Site, link: &str, number: u8) -> IntersectionAccessPoint {
    let lane = site.map.link(link).unwrap().lanes.iter().find(|lane| lane.number == number).unwrap();
    IntersectionAccessPoint::Lane(lane.intersection_lane)
}

/// A bus from the north that goes straight on and arrives in 12 s.
pub fn srm(site: &Site, now: UtcMicros, who: [u8; 4], request_type: PriorityRequestType) -> Vec<u8> {
    let eta = now.plus_seconds(12.0);
    let request = SignalRequest {
        id: IntersectionReferenceID { region: None, id: site.map.served_node().unwrap().id.id },
        request_id: 9,
        request_type,
        in_bound_lane: lane(site, "north-in", 2),
        out_bound_lane: Some(lane(site, "south-out", 2)),
        regional: None,
    };
    let package = SignalRequestPackage {
        request,
        minute: Some(time::minute_of_year(eta.0)),
        second_s: Some(time::second_of_minute_s(eta.0)),
        duration_s: Some(4.0),
        regional: None,
    };
    let kind = RequestorType {
        role: BasicVehicleRole::Transit,
        subrole: None,
        request: None,
        iso3883: None,
        hpms_type: None,
        regional: None,
    };
    let srm = SignalRequestMessage {
        time_stamp_minute: None,
        second_s: Some(time::second_of_minute_s(now.0)),
        sequence_number: Some(77),
        requests: Some(vec![package]),
        requestor: RequestorDescription {
            id: VehicleID::EntityID(who.into()),
            type_: Some(kind),
            position: None,
            name: None,
            route_name: None,
            transit_status: None,
            transit_occupancy: None,
            transit_schedule_s: None,
            regional: None,
        },
        regional: None,
    };
    asn1::us::encode(&asn1::us::MessageFrame::SignalRequest(srm.to_wire().unwrap())).unwrap()
}

/// Somebody who turns left to the node at the end of the east link (from the north: group 2), and arrives in 8 s.
pub fn vir(site: &Site, now: UtcMicros, who: [u8; 8], status: ReqStatus) -> Vec<u8> {
    let node = |id: rsu::map::NodeId| NodeReferenceID { region: Some(id.region), id: id.id };
    let wanted = ReqSignalPriority {
        intersection_id: node(site.map.served_node().unwrap().id),
        required_mov: MovementEx {
            remote_intersection: node(site.map.link("east-out").unwrap().to),
            phase_id: None,
            turn_direction: Some(Turn::ManeuverLeftTurn),
        },
        estimated_arrival_time_s: Some(8.0),
        distance_to_intersection: None,
    };
    let mut asking = asking(now, who, [31.4925, 120.3125], ReqInfo::SignalPriority(wanted));
    for request in asking.int_and_req.reqs.iter_mut().flatten() {
        request.status = status;
        request.target_rsu = Some(site.rsu_id.into());
        request.life_time_s = Some(30.0);
    }
    vir_octets(&asking)
}

/// Somebody at this latitude and longitude who asks any roadside unit for something.
pub fn asking(now: UtcMicros, who: [u8; 8], place: [f64; 2], wanted: ReqInfo) -> VehIntentionAndRequest {
    let request = DriveRequest {
        req_id: 3,
        status: ReqStatus::Request,
        req_priority: Some(7),
        target_veh: None,
        target_rsu: None,
        info: Some(wanted),
        life_time_s: None,
    };
    VehIntentionAndRequest {
        msg_cnt: 5,
        id: who.into(),
        sec_mark_s: Some(time::second_of_minute_s(now.0)),
        ref_pos: Some(Position { lat_deg: place[0], lon_deg: place[1], elevation_m: None }),
        int_and_req: IARData { reqs: Some(vec![request]), ..IARData::default() },
    }
}

/// What a car wants of a parking lot: perhaps a bay of a kind, perhaps one by its number.
pub fn parking(req: ParkingRequest, parking_type: Option<ParkingType>, slot: Option<u16>) -> ReqInfo {
    let vehicle_class = VehicleClassification { classification: 10, fuel_type: None };
    ReqInfo::Parking(ReqParkingArea { vehicle_class, req, parking_type, expected_parking_slot_id: slot })
}

/// As it goes over the air.
pub fn vir_octets(vir: &VehIntentionAndRequest) -> Vec<u8> {
    let frame = asn1::cn::MessageFrame::MsgFrameExt(MessageFrameExt::Vir(vir.to_wire().unwrap()));
    asn1::cn::encode(&frame, Dialect::CnCsae157).unwrap()
}

/// What a PAM says.
pub fn pam(octets: &[u8]) -> PAMData {
    match asn1::cn::decode(octets, Dialect::CnCsae157) {
        Ok(asn1::cn::MessageFrame::MsgFrameExt(MessageFrameExt::Pam(pam))) => pam,
        other => panic!("not a PAM: {other:?}"),
    }
}

/// What an SSM says.
pub fn ssm(octets: &[u8]) -> SignalStatusMessage {
    match asn1::us::decode(octets) {
        Ok(asn1::us::MessageFrame::SignalStatus(ssm)) => SignalStatusMessage::from_wire(&ssm),
        other => panic!("not an SSM: {other:?}"),
    }
}

/// What an RSC says.
pub fn rsc(octets: &[u8]) -> RoadsideCoordination {
    match asn1::cn::decode(octets, Dialect::CnCsae157) {
        Ok(asn1::cn::MessageFrame::MsgFrameExt(MessageFrameExt::Rsc(rsc))) => RoadsideCoordination::from_wire(&rsc),
        other => panic!("not an RSC: {other:?}"),
    }
}
