//! The China set.

use asn1::cn::MessageFrame;
use asn1::cn::common::NodeReferenceID;
use asn1::cn::day2::MessageFrameExt;
use asn1::cn::day2::pam::{PAMData, ParkingGuide, SlotStatus};
use asn1::cn::map::AllowedManeuvers;
use asn1::cn::rsm::ParticipantType;
use asn1::cn::spat::{IntersectionStatusObject, LightState};
use asn1::si::cn::bsm::BasicSafetyMessage;
use asn1::si::cn::map::{Link, MapData, Node};
use asn1::si::cn::rsm::{ParticipantData, RoadsideSafetyMessage};
use asn1::si::cn::spat::{IntersectionState, Phase, Spat, TimeChangeDetails};
use asn1::si::{Position, Si};
use asn1::time;
use perception::frames::Wgs84;
use perception::time::UtcMicros;

use super::{CarPark, Content, Group, Guide, Lane, Lanes, Lights, Message, Object, Picture, Slot};
use crate::map::NodeId;
use crate::radios::{MessageKind, MessageSet};
use crate::signals::Light;

/// `None`: a message that is of no use to this unit.
pub(super) fn message(frame: &MessageFrame, now: UtcMicros) -> Option<Message> {
    let (kind, count, said_at, content) = match frame {
        MessageFrame::SpatFrame(spat) => {
            let spat = Spat::from_wire(spat);
            let said_at = said_at(spat.moy, spat.time_stamp_s, now);
            (MessageKind::Spat, spat.msg_cnt, said_at, lights(&spat, said_at, now))
        }
        MessageFrame::MapFrame(map) => (MessageKind::Map, map.msg_cnt, None, lanes(&MapData::from_wire(map))),
        MessageFrame::RsmFrame(rsm) => {
            let rsm = RoadsideSafetyMessage::from_wire(rsm);
            let said_at = rsm.participants.iter().find_map(|participant| second_near(participant.sec_mark_s, now));
            (MessageKind::Rsm, rsm.msg_cnt, said_at, picture(&rsm, now))
        }
        MessageFrame::RsiFrame(rsi) => (MessageKind::Rsi, rsi.msg_cnt, None, Content::Other),
        MessageFrame::BsmFrame(bsm) => {
            let bsm = BasicSafetyMessage::from_wire(bsm);
            (MessageKind::Bsm, bsm.msg_cnt, second_near(bsm.sec_mark_s, now), Content::Other)
        }
        MessageFrame::MsgFrameExt(MessageFrameExt::Pam(pam)) => {
            (MessageKind::Pam, pam.msg_cnt, None, Content::CarPark(car_park(pam)))
        }
        _ => return None,
    };
    Some(Message { set: MessageSet::Cn, kind, count: Some(count), said_at, content })
}

/// The moment that minute of the year and second of the minute tell.
fn said_at(minute: Option<u32>, second_s: Option<f64>, near: UtcMicros) -> Option<UtcMicros> {
    time::from_minute_and_second(minute?, second_s?, near.0).map(UtcMicros)
}

/// The moment nearest to `near` that has this second of the minute.
fn second_near(second_s: Option<f64>, near: UtcMicros) -> Option<UtcMicros> {
    time::from_second(second_s?, near.0).map(UtcMicros)
}

/// The moment nearest to `near` that has this second of the hour.
fn in_hour(second_s: Option<f64>, near: UtcMicros) -> Option<UtcMicros> {
    time::from_second_in_hour(second_s?, near.0).map(UtcMicros)
}

/// On the level of the ellipsoid, as the map that is drawn from it.
fn place(place: Position) -> Wgs84 {
    Wgs84 { lat_deg: place.lat_deg, lon_deg: place.lon_deg, ellipsoidal_height_m: 0.0 }
}

fn node_id(id: &NodeReferenceID) -> NodeId {
    NodeId { region: id.region.unwrap_or(0), id: id.id }
}

fn lights(spat: &Spat, said_at: Option<UtcMicros>, now: UtcMicros) -> Content {
    let one = |state: &IntersectionState| {
        let said_at = self::said_at(state.moy, state.time_stamp_s, now).or(said_at).unwrap_or(now);
        Lights {
            node: node_id(&state.intersection_id),
            fixed_time: state.status.contains(IntersectionStatusObject::FIXED_TIME_OPERATION),
            groups: state.phases.iter().filter_map(|phase| group(phase, said_at)).collect(),
        }
    };
    Content::Lights(spat.intersections.iter().map(one).collect())
}

/// The state that runs now is the one that began already: its `startTime` is 0, or it does not say.
fn group(phase: &Phase, said_at: UtcMicros) -> Option<Group> {
    let running = |timing: &Option<TimeChangeDetails>| match timing {
        Some(TimeChangeDetails::Counting(counting)) => counting.start_time_s == Some(0.0),
        Some(TimeChangeDetails::UtcTiming(utc)) => {
            in_hour(utc.start_utc_time_s, said_at).is_none_or(|start| start <= said_at)
        }
        _ => true,
    };
    let index = phase.phase_states.iter().position(|state| running(&state.timing)).unwrap_or(0);
    let state = phase.phase_states.get(index)?;
    let ends_at = match &state.timing {
        Some(TimeChangeDetails::Counting(counting)) => {
            // An hour stands for all that is longer.
            let left_s = counting.likely_end_time_s.filter(|left_s| *left_s < 3600.0);
            left_s.map(|left_s| said_at.plus_seconds(left_s))
        }
        Some(TimeChangeDetails::UtcTiming(utc)) => in_hour(utc.likely_end_utc_time_s, said_at),
        _ => None,
    };
    let next = phase.phase_states.get(index + 1).map(|state| light(state.light));
    Some(Group { id: phase.id, light: light(state.light), ends_at, next })
}

fn light(light: LightState) -> Light {
    match light {
        LightState::Dark => Light::Dark,
        LightState::FlashingRed => Light::FlashingRed,
        LightState::Red => Light::Red,
        // Green that is about to end: a driver may still go.
        LightState::FlashingGreen | LightState::PermissiveGreen | LightState::ProtectedGreen => Light::Green,
        LightState::Yellow => Light::Yellow,
        LightState::FlashingYellow => Light::FlashingYellow,
        _ => Light::Unavailable,
    }
}

fn lanes(map: &MapData) -> Content {
    let one = |node: &Node| Lanes {
        node: node_id(&node.id),
        lanes: node.in_links.iter().flatten().flat_map(link_lanes).collect(),
    };
    Content::Lanes(map.nodes.iter().map(one).collect())
}

fn link_lanes(link: &Link) -> Vec<Lane> {
    let name = link.name.clone().unwrap_or_else(|| format!("from {}", link.upstream_node_id.id));
    let lane = |lane: &asn1::si::cn::map::Lane| {
        // A lane without points of its own follows its link.
        let points = lane.points.as_ref().or(link.points.as_ref())?;
        Some(Lane {
            name: format!("{name}/{}", lane.lane_id),
            points: points.iter().filter_map(|point| point.pos_offset.map(place)).collect(),
            ways: lane
                .connects_to
                .iter()
                .flatten()
                .map(|connection| {
                    let maneuver = connection.connecting_lane.as_ref().and_then(|lane| lane.maneuver);
                    (maneuver.map_or("on", self::maneuver), connection.phase_id.filter(|id| *id != 0))
                })
                .collect(),
        })
    };
    link.lanes.iter().filter_map(lane).collect()
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

fn picture(rsm: &RoadsideSafetyMessage, now: UtcMicros) -> Content {
    let one = |participant: &ParticipantData| {
        Some(Object {
            id: participant.ptc_id,
            class: class(participant),
            place: participant.pos.map(place)?,
            speed_mps: participant.speed_mps,
            heading_cw_north_deg: participant.heading_cw_north_rad.map(f64::to_degrees),
            at: second_near(participant.sec_mark_s, now),
        })
    };
    // Number 0 is the roadside unit itself.
    let others = rsm.participants.iter().filter(|participant| participant.ptc_id != 0);
    Content::Picture(Picture { reference: rsm.ref_pos.map(place), objects: others.filter_map(one).collect() })
}

fn car_park(pam: &PAMData) -> CarPark {
    let drives =
        || pam.pam_nodes.iter().flat_map(|node| node.in_drives.iter().flatten().map(move |drive| (node.id, drive)));
    let slots = drives().flat_map(|(to, drive)| {
        drive.parking_slots.iter().flatten().map(move |slot| Slot {
            id: slot.slot_id,
            drive: (drive.upstream_pam_node_id, to),
            is_free: slot.status == SlotStatus::Available,
        })
    });
    let guide = |guide: &ParkingGuide| Guide {
        vehicle: guide.veh_id.iter().map(|octet| format!("{octet:02x}")).collect(),
        way: guide.drive_path.clone(),
        slot: guide.target_parking_slot,
    };
    CarPark {
        id: pam.parking_lot_info.id,
        drives: drives().map(|(to, drive)| (drive.upstream_pam_node_id, to)).collect(),
        slots: slots.collect(),
        guides: pam.parking_area_guidance.iter().flatten().map(guide).collect(),
    }
}

/// `BasicVehicleClass` in its tens: 10 cars, 20 light trucks, 25 trucks, 40 motorcycles, 50 buses.
fn class(participant: &ParticipantData) -> &'static str {
    let vehicle = participant.vehicle_class.as_ref().map(|class| class.classification);
    match (participant.ptc_type, vehicle) {
        (ParticipantType::Pedestrian, _) => "pedestrian",
        (ParticipantType::NonMotor, _) => "bicycle",
        (ParticipantType::Rsu, _) => "roadside unit",
        (ParticipantType::Motor, Some(10..=19)) => "car",
        (ParticipantType::Motor, Some(20..=24)) => "van",
        (ParticipantType::Motor, Some(25..=39)) => "truck",
        (ParticipantType::Motor, Some(40..=49)) => "motorcycle",
        (ParticipantType::Motor, Some(50..=59)) => "bus",
        (ParticipantType::Motor, _) => "vehicle",
        _ => "unknown",
    }
}
