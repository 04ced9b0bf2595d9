//! The US set.

use asn1::si::us::bsm::BasicSafetyMessage;
use asn1::si::us::map::{GenericLane, IntersectionGeometry, MapData};
use asn1::si::us::sdsm::{DetectedObjectCommonData, DetectedObjectOptionalData, SensorDataSharingMessage};
use asn1::si::us::spat::{IntersectionState, MovementState, Spat};
use asn1::si::{Position, Si};
use asn1::time;
use asn1::us::MessageFrame;
use asn1::us::common::IntersectionReferenceID;
use asn1::us::map::{AllowedManeuvers, LaneDirection, LaneTypeAttributes};
use asn1::us::sdsm::ObjectType;
use asn1::us::spat::{IntersectionStatusObject, MovementPhaseState};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;

use super::{Content, Group, Lane, Lanes, Lights, Message, Object, Picture};
use crate::map::NodeId;
use crate::radios::{MessageKind, MessageSet};
use crate::signals::Light;

/// `None`: a message that no unit of ours has a name for.
pub(super) fn message(frame: &MessageFrame, now: UtcMicros) -> Option<Message> {
    let (kind, count, said_at, content) = match frame {
        MessageFrame::Spat(spat) => {
            let spat = Spat::from_wire(spat);
            let said = spat.intersections.first().and_then(|first| said_at(&spat, first, now));
            // `revision` is the MAP's, not a count of messages.
            (MessageKind::Spat, None, said, lights(&spat, now))
        }
        MessageFrame::MapData(map) => (MessageKind::Map, None, None, lanes(&MapData::from_wire(map))),
        MessageFrame::SensorDataSharingMessage(sdsm) => {
            let sdsm = SensorDataSharingMessage::from_wire(sdsm);
            // The second of the minute is what matters; the rest of the date only says which minute, and ours is near.
            let said_at = second_near(sdsm.sdsm_time_stamp.second_s, now);
            (MessageKind::Sdsm, Some(sdsm.msg_cnt), said_at, picture(&sdsm, said_at))
        }
        MessageFrame::TravelerInformation(tim) => (MessageKind::Tim, Some(tim.msg_cnt), None, Content::Other),
        MessageFrame::RoadSafetyMessage(_) => (MessageKind::Rsm, None, None, Content::Other),
        MessageFrame::BasicSafetyMessage(bsm) => {
            let core = BasicSafetyMessage::from_wire(bsm).core_data;
            (MessageKind::Bsm, Some(core.msg_cnt), second_near(core.sec_mark_s, now), Content::Other)
        }
        _ => return None,
    };
    Some(Message { set: MessageSet::Us, kind, count, said_at, content })
}

fn second_near(second_s: Option<f64>, now: UtcMicros) -> Option<UtcMicros> {
    time::from_second(second_s?, now.0).map(UtcMicros)
}

fn said_at(spat: &Spat, state: &IntersectionState, now: UtcMicros) -> Option<UtcMicros> {
    let minute = state.moy.or(spat.time_stamp_minute)?;
    time::from_minute_and_second(minute, state.time_stamp_s?, now.0).map(UtcMicros)
}

fn node_id(id: &IntersectionReferenceID) -> NodeId {
    NodeId { region: id.region.unwrap_or(0), id: id.id }
}

fn lights(spat: &Spat, now: UtcMicros) -> Content {
    let one = |state: &IntersectionState| {
        let said_at = said_at(spat, state, now).unwrap_or(now);
        Lights {
            node: node_id(&state.id),
            fixed_time: state.status.contains(IntersectionStatusObject::FIXED_TIME_OPERATION),
            groups: state.states.iter().filter_map(|movement| group(movement, said_at)).collect(),
        }
    };
    Content::Lights(spat.intersections.iter().map(one).collect())
}

fn group(movement: &MovementState, said_at: UtcMicros) -> Option<Group> {
    let event = movement.state_time_speed.first()?;
    // Without a likely end, the earliest is what a driver may count on.
    let end_s = event.timing.and_then(|timing| timing.likely_time_s.or(timing.min_end_time_s));
    let ends_at = end_s.and_then(|end_s| time::from_second_in_hour(end_s, said_at.0)).map(UtcMicros);
    let next = movement.state_time_speed.get(1).map(|event| light(event.event_state));
    Some(Group { id: movement.signal_group, light: light(event.event_state), ends_at, next })
}

fn light(state: MovementPhaseState) -> Light {
    match state {
        MovementPhaseState::Dark => Light::Dark,
        MovementPhaseState::StopThenProceed => Light::FlashingRed,
        MovementPhaseState::StopAndRemain => Light::Red,
        MovementPhaseState::PreMovement => Light::RedYellow,
        MovementPhaseState::PermissiveMovementAllowed | MovementPhaseState::ProtectedMovementAllowed => Light::Green,
        MovementPhaseState::PermissiveClearance | MovementPhaseState::ProtectedClearance => Light::Yellow,
        MovementPhaseState::CautionConflictingTraffic => Light::FlashingYellow,
        _ => Light::Unavailable,
    }
}

fn lanes(map: &MapData) -> Content {
    let one = |geometry: &IntersectionGeometry| Lanes {
        node: node_id(&geometry.id),
        lanes: geometry.lane_set.iter().filter_map(|lane| self::lane(geometry, lane)).collect(),
    };
    Content::Lanes(map.intersections.iter().flatten().map(one).collect())
}

/// Lanes that lead to the junction, crosswalks not among them. Their nodes begin at the stop line, against the travel
/// direction.
fn lane(geometry: &IntersectionGeometry, lane: &GenericLane) -> Option<Lane> {
    if matches!(lane.lane_attributes.lane_type, LaneTypeAttributes::Crosswalk(_)) {
        return None;
    }
    if !lane.lane_attributes.directional_use.contains(LaneDirection::INGRESS_PATH) {
        return None;
    }
    let places = lane.node_list.places(geometry.ref_point.place?, beside)?;
    let points = places.into_iter().rev().map(wgs84).collect();
    let ways = lane
        .connects_to
        .iter()
        .flatten()
        .map(|connection| (connection.connecting_lane.maneuver.map_or("on", maneuver), connection.signal_group));
    Some(Lane { name: lane.lane_id.to_string(), points, ways: ways.collect() })
}

fn maneuver(bits: AllowedManeuvers) -> &'static str {
    match bits {
        bits if bits.contains(AllowedManeuvers::MANEUVER_STRAIGHT_ALLOWED) => "straight",
        bits if bits.contains(AllowedManeuvers::MANEUVER_LEFT_ALLOWED) => "left",
        bits if bits.contains(AllowedManeuvers::MANEUVER_RIGHT_ALLOWED) => "right",
        bits if bits.contains(AllowedManeuvers::MANEUVER_U_TURN_ALLOWED) => "u-turn",
        _ => "on",
    }
}

/// Heights are not looked at.
fn wgs84(place: Position) -> Wgs84 {
    Wgs84 { lat_deg: place.lat_deg, lon_deg: place.lon_deg, ellipsoidal_height_m: 0.0 }
}

/// The place so many metres east and north of another.
fn beside(place: Position, [east_m, north_m]: [f64; 2]) -> Position {
    let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = wgs84(place);
    let frame = SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m });
    let Wgs84 { lat_deg, lon_deg, .. } = frame.wgs84_from_enu([east_m, north_m, 0.0]);
    Position { lat_deg, lon_deg, elevation_m: None }
}

fn picture(sdsm: &SensorDataSharingMessage, said_at: Option<UtcMicros>) -> Content {
    let reference = sdsm.ref_pos.place;
    let objects = sdsm.objects.iter().filter_map(|object| {
        let common = &object.det_obj_common;
        Some(Object {
            id: common.object_id,
            class: class(common, object.det_obj_opt_data.as_ref()),
            place: wgs84(beside(reference?, [common.pos.east_m, common.pos.north_m])),
            speed_mps: common.speed_mps,
            heading_cw_north_deg: common.heading_cw_north_rad.map(f64::to_degrees),
            at: said_at.map(|at| at.plus_seconds(common.measurement_time_s)),
        })
    });
    Content::Picture(Picture { reference: reference.map(wgs84), objects: objects.collect() })
}

fn class(common: &DetectedObjectCommonData, detail: Option<&DetectedObjectOptionalData>) -> &'static str {
    use asn1::us::common::PersonalDeviceUserType;
    match (common.obj_type, detail) {
        (ObjectType::Vehicle, _) => "vehicle",
        (ObjectType::Vru, Some(DetectedObjectOptionalData::DetVRU(vru))) => match vru.basic_type {
            Some(PersonalDeviceUserType::APEDALCYCLIST) => "bicycle",
            Some(PersonalDeviceUserType::APEDESTRIAN) => "pedestrian",
            _ => "person",
        },
        (ObjectType::Vru, _) => "person",
        (ObjectType::Animal, _) => "animal",
        _ => "unknown",
    }
}
