//! The messages that are raced: a junction of 16 phases and a picture of 16 road users, as a roadside unit says them and with
//! every optional member.

use asn1::Octets8;
use asn1::cn::MessageFrame;
use asn1::cn::common::*;
use asn1::cn::rsm::{ParticipantData, ParticipantType, RoadsideSafetyMessage, SourceType};
use asn1::cn::spat::{
    IntersectionState, IntersectionStatusObject, LightState, Phase, PhaseState, Spat, TimeChangeDetails,
    TimeCountingDown,
};

/// Name and message, in the order in which they are shown.
pub fn all() -> [(&'static str, MessageFrame); 4] {
    [("SPAT-16", spat(false)), ("SPAT-16-full", spat(true)), ("RSM-16", rsm(false)), ("RSM-16-full", rsm(true))]
}

/// 16 phases, each now and twice to come: bounds for what is on, start and end for the others; `full` says all it can.
fn spat(full: bool) -> MessageFrame {
    let intersection = IntersectionState {
        intersection_id: NodeReferenceID { region: Some(4401), id: 17 },
        status: IntersectionStatusObject::TRAFFIC_DEPENDENT_OPERATION,
        moy: Some(301_234),
        time_stamp: Some(42_100),
        time_confidence: full.then_some(TimeConfidence::Time000_001),
        phases: (1..=16).map(|id| phase(id, full)).collect(),
    };
    MessageFrame::SpatFrame(Spat {
        msg_cnt: 77,
        moy: Some(301_234),
        time_stamp: Some(42_100),
        name: None,
        intersections: vec![intersection],
    })
}

fn phase(id: u8, full: bool) -> Phase {
    let mut start = 0;
    let mut phase_states = Vec::new();
    for light in [LightState::PermissiveGreen, LightState::Yellow, LightState::Red] {
        let end = start + 30 + u16::from(id) * 17;
        let bounds = full || start == 0;
        phase_states.push(PhaseState {
            light,
            timing: Some(TimeChangeDetails::Counting(TimeCountingDown {
                start_time: start,
                min_end_time: bounds.then_some(end - 20),
                max_end_time: bounds.then_some(end + 150),
                likely_end_time: end,
                time_confidence: full.then_some(180),
                next_start_time: full.then_some(end + 600),
                next_duration: full.then_some(250),
            })),
        });
        start = end;
    }
    Phase { id, phase_states }
}

fn rsm(full: bool) -> MessageFrame {
    MessageFrame::RsmFrame(RoadsideSafetyMessage {
        msg_cnt: 78,
        id: Octets8::from(*b"lukou001"),
        ref_pos: Position3D { lat: 231_234_567, long: 1_133_456_789, elevation: Some(152) },
        participants: (1..=16).map(|number| participant(number, full)).collect(),
    })
}

/// Cars, bicycles and people in turn, 25 to 400 m from the reference.
fn participant(number: u16, full: bool) -> ParticipantData {
    let motor = !number.is_multiple_of(3);
    let metres = i32::from(number) * 25;
    ParticipantData {
        ptc_type: match number % 6 {
            0 => ParticipantType::Pedestrian,
            3 => ParticipantType::NonMotor,
            _ => ParticipantType::Motor,
        },
        ptc_id: number * 40,
        source: if motor { SourceType::Integrated } else { SourceType::Video },
        id: full.then(|| Octets8::from(*b"vehicle1")),
        sec_mark: 42_100,
        pos: PositionOffsetLLV { offset_ll: offset(metres), offset_v: full.then_some(VerticalOffset::Offset2(-12)) },
        pos_confidence: PositionConfidenceSet {
            pos: PositionConfidence::A50cm,
            elevation: full.then_some(ElevationConfidence::Elev001_00),
        },
        transmission: full.then_some(TransmissionState::ForwardGears),
        speed: 55 * number,
        heading: 1700 * number,
        angle: full.then_some(-3),
        motion_cfd: Some(MotionConfidenceSet {
            speed_cfd: Some(SpeedConfidence::Prec1ms),
            heading_cfd: Some(HeadingConfidence::Prec05deg),
            steer_cfd: full.then_some(SteeringWheelAngleConfidence::Prec2deg),
        }),
        accel_set: full.then_some(AccelerationSet4Way { long: -150, lat: 20, vert: 0, yaw: 321 }),
        size: VehicleSize { width: 60 + number, length: 170 + number, height: Some(30) },
        vehicle_class: (full || motor)
            .then(|| VehicleClassification { classification: 10, fuel_type: full.then_some(2) }),
    }
}

/// So far to the north-west, in the smallest form that holds it, as a sender chooses it.
fn offset(metres: i32) -> PositionOffsetLL {
    let (lon, lat) = (-metres * 97, metres * 90);
    match (i16::try_from(lon), i16::try_from(lat)) {
        (Ok(lon @ -8192..), Ok(lat @ ..=8191)) => PositionOffsetLL::PositionLL2(PositionLL28B { lon, lat }),
        (Ok(lon), Ok(lat)) => PositionOffsetLL::PositionLL3(PositionLL32B { lon, lat }),
        _ => PositionOffsetLL::PositionLL4(PositionLL36B { lon, lat }),
    }
}

/// What `peer_digest` of a peer makes of the same message.
pub fn digest(frame: &MessageFrame) -> u64 {
    let mut digest = 0_u64;
    // Two's complement on both sides: a sign is carried over, not lost.
    let mut mix = |value: i64| digest = digest.wrapping_mul(31).wrapping_add(value.cast_unsigned());
    match frame {
        MessageFrame::SpatFrame(spat) => {
            mix(spat.msg_cnt.into());
            for phase in spat.intersections.iter().flat_map(|intersection| &intersection.phases) {
                mix(phase.id.into());
                for state in &phase.phase_states {
                    mix(state.light as i64);
                    if let Some(TimeChangeDetails::Counting(times)) = state.timing {
                        mix(times.start_time.into());
                        mix(times.likely_end_time.into());
                    }
                }
            }
        }
        MessageFrame::RsmFrame(rsm) => {
            mix(rsm.msg_cnt.into());
            mix(rsm.ref_pos.lat.into());
            mix(rsm.ref_pos.long.into());
            for user in &rsm.participants {
                mix(user.ptc_type as i64);
                mix(user.ptc_id.into());
                mix(user.speed.into());
                mix(user.heading.into());
                mix(user.size.length.into());
            }
        }
        _ => {}
    }
    digest
}
