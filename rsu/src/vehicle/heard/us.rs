//! The US set.

use asn1::us::MessageFrame;
use asn1::us::common::IntersectionReferenceID;
use asn1::us::map::{AllowedManeuvers, GenericLane, IntersectionGeometry, LaneDirection, MapData};
use asn1::us::sdsm::{DetectedObjectCommonData, DetectedObjectOptionalData, ObjectType, SensorDataSharingMessage};
use asn1::us::spat::{IntersectionState, IntersectionStatusObject, MovementPhaseState, MovementState, Spat};
use perception::time::UtcMicros;

use super::{Content, Group, Lane, Lanes, Lights, Message, Object, Picture, values};
use crate::map::NodeId;
use crate::radios::{MessageKind, MessageSet};
use crate::signals::Light;

/// `None`: a message that no unit of ours has a name for.
pub(super) fn message(frame: &MessageFrame, now: UtcMicros) -> Option<Message> {
    let (kind, count, said_at, content) = match frame {
        MessageFrame::Spat(spat) => {
            let first = spat.intersections.first();
            let said_at = first.and_then(|state| values::said_at(state.moy.or(spat.time_stamp), state.time_stamp, now));
            // `revision` is the MAP's, not a count of messages.
            (MessageKind::Spat, None, said_at, lights(spat, now))
        }
        MessageFrame::MapData(map) => (MessageKind::Map, None, None, lanes(map)),
        MessageFrame::SensorDataSharingMessage(sdsm) => {
            let said_at = sdsm_time(sdsm, now);
            (MessageKind::Sdsm, Some(sdsm.msg_cnt), said_at, picture(sdsm, said_at))
        }
        MessageFrame::BasicSafetyMessage(bsm) => (
            MessageKind::Bsm,
            Some(bsm.core_data.msg_cnt),
            values::second_near(bsm.core_data.sec_mark, now),
            Content::Other,
        ),
        _ => return None,
    };
    Some(Message { set: MessageSet::Us, kind, count, said_at, content })
}

fn node_id(id: &IntersectionReferenceID) -> NodeId {
    NodeId { region: id.region.unwrap_or(0), id: id.id }
}

fn lights(spat: &Spat, now: UtcMicros) -> Content {
    let one = |state: &IntersectionState| {
        let said_at = values::said_at(state.moy.or(spat.time_stamp), state.time_stamp, now).unwrap_or(now);
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
    let ends_at = event.timing.as_ref().and_then(|timing| {
        // Without a likely end, the earliest is what a driver may count on.
        values::in_hour(timing.likely_time.unwrap_or(timing.min_end_time), said_at)
    });
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

/// Lanes that lead to the junction. Their nodes begin at the stop line, against the travel direction.
fn lane(geometry: &IntersectionGeometry, lane: &GenericLane) -> Option<Lane> {
    if !lane.lane_attributes.directional_use.contains(LaneDirection::INGRESS_PATH) {
        return None;
    }
    let mut points = values::us_line(&geometry.ref_point, &lane.node_list)?;
    points.reverse();
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

/// The second of the minute is what matters; the rest of the date only says which minute, and ours is near.
fn sdsm_time(sdsm: &SensorDataSharingMessage, now: UtcMicros) -> Option<UtcMicros> {
    sdsm.sdsm_time_stamp.second.and_then(|second| values::second_near(second, now))
}

fn picture(sdsm: &SensorDataSharingMessage, said_at: Option<UtcMicros>) -> Content {
    let reference = values::place(sdsm.ref_pos.lat, sdsm.ref_pos.long);
    let objects = sdsm.objects.iter().filter_map(|object| {
        let common = &object.det_obj_common;
        Some(Object {
            id: common.object_id,
            class: class(common, object.det_obj_opt_data.as_ref()),
            place: values::offset_place(reference?, common.pos.offset_x, common.pos.offset_y)?,
            speed_mps: values::speed(common.speed),
            heading_cw_north_deg: values::heading(common.heading),
            at: said_at.and_then(|at| {
                asn1::units::MEASUREMENT_TIME_OFFSET_S
                    .from_wire(common.measurement_time)
                    .map(|offset_s| at.plus_seconds(offset_s))
            }),
        })
    });
    Content::Picture(Picture { reference, objects: objects.collect() })
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
