//! RSC of T/CSAE 157 (`asn1::cn::day2::rsc`): answers to vehicles that ask for priority.
//!
//! The message has no word for a refusal. Each vehicle that asks is named with the reason *signal priority*; what to do, the
//! movement across the junction, is suggested only to one whose request the controller has taken.

use asn1::cn::MessageFrame;
use asn1::cn::day2::MessageFrameExt;
use asn1::cn::day2::common::DriveBehavior;
use asn1::cn::day2::rsc::CoordinationInfo;
use asn1::si::cn::day2::rsc::{DriveSuggestion, RoadsideCoordination, VehicleCoordination};
use asn1::si::{Position, Si};
use asn1::{CodecError, Dialect, time};
use perception::time::UtcMicros;

use super::cn_rsm::Sender;
use crate::map::Maneuver;
use crate::priority::{Entry, Movement, Request, Requester, Status};

/// Vehicles of one message.
const MOST_VEHICLES: usize = 16;

/// As many messages as it takes; none if nobody of this set asks.
pub(super) fn encode(
    requests: &[Entry],
    sender: &Sender<'_>,
    now: UtcMicros,
    mut count: impl FnMut() -> u8,
) -> Vec<Result<Vec<u8>, CodecError>> {
    let vehicles: Vec<_> = requests.iter().filter_map(|entry| vehicle(&entry.request, now)).collect();
    let message = |vehicles: &[VehicleCoordination]| {
        let origin = sender.origin;
        let rsc = RoadsideCoordination {
            msg_cnt: count(),
            id: sender.id.into(),
            sec_mark_s: Some(time::second_of_minute_s(now.0)),
            ref_pos: Some(Position { lat_deg: origin.lat_deg, lon_deg: origin.lon_deg, elevation_m: None }),
            coordinates: Some(vehicles.to_vec()),
            lane_coordinates: None,
        };
        let frame = MessageFrame::MsgFrameExt(MessageFrameExt::Rsc(rsc.to_wire()?));
        asn1::cn::encode(&frame, Dialect::CnCsae157)
    };
    vehicles.chunks(MOST_VEHICLES).map(message).collect()
}

/// `None`: of the other set.
fn vehicle(request: &Request, now: UtcMicros) -> Option<VehicleCoordination> {
    let (Requester::Cn(id), Movement::Cn { maneuver, .. }) = (request.ask.key.who, &request.ask.movement) else {
        return None;
    };
    let granted = request.why.status() == Some(Status::Granted);
    let drive_suggestion = maneuver.filter(|_| granted).map(|maneuver| DriveSuggestion {
        suggestion: behavior(maneuver),
        life_time_s: request.ask.until.map(|until| until.seconds_since(now).clamp(0.01, 655.34)),
        related_link: None,
        related_path: None,
    });
    let info = Some(CoordinationInfo::SIGNAL_PRIORITY);
    Some(VehicleCoordination { veh_id: id.into(), drive_suggestion, path_guidance: None, info })
}

fn behavior(maneuver: Maneuver) -> DriveBehavior {
    match maneuver {
        Maneuver::Straight => DriveBehavior::INTERSECTION_STRAIGHT_THROUGH,
        Maneuver::Left => DriveBehavior::INTERSECTION_TURN_LEFT,
        Maneuver::Right => DriveBehavior::INTERSECTION_TURN_RIGHT,
        Maneuver::UTurn => DriveBehavior::INTERSECTION_U_TURN,
    }
}
