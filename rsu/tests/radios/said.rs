//! Messages of one moment at one junction in both message sets, and what a driver makes of them.
//!
//! A lane comes from the south and stops 10 m south of the node. Its light, group 2, is green for 12.3 s more, then
//! yellow. A car drives north 30 m south of the node, 3 m right of the lane.

use asn1::cn::common as cn_common;
use asn1::us::common as us_common;
use asn1::{Dialect, time, units};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;
use rsu::radios::{MessageKind, MessageSet};
use rsu::signals::Light;
use rsu::vehicle::View;

/// How many messages there are.
pub const COUNT: u64 = 6;

const NODE: Origin = Origin { lat_deg: 31.23, lon_deg: 121.47, ellipsoidal_height_m: 0.0 };
const CAR_ENU_M: [f64; 3] = [3.0, -30.0, 0.0];
const LANE_ENU_M: [[f64; 3]; 2] = [[0.0, -100.0, 0.0], [0.0, -10.0, 0.0]];

fn place(enu_m: [f64; 3]) -> Wgs84 {
    SiteFrame::new(NODE).wgs84_from_enu(enu_m)
}

/// All of them.
pub fn everything(now: UtcMicros) -> Vec<(MessageSet, MessageKind, Vec<u8>)> {
    let cn = |kind, frame: asn1::cn::MessageFrame| {
        (MessageSet::Cn, kind, asn1::cn::encode(&frame, Dialect::CnGbt31024_2019).unwrap())
    };
    let us = |kind, frame: asn1::us::MessageFrame| (MessageSet::Us, kind, asn1::us::encode(&frame).unwrap());
    vec![
        cn(MessageKind::Map, cn_map()),
        cn(MessageKind::Spat, cn_spat(now)),
        cn(MessageKind::Rsm, cn_rsm(now)),
        us(MessageKind::Map, us_map()),
        us(MessageKind::Spat, us_spat(now)),
        us(MessageKind::Sdsm, us_sdsm(now)),
    ]
}

/// What the driver must see.
pub fn check(view: &View) {
    let lane = view.lane.as_ref().expect("on a lane");
    assert_eq!((lane.set, lane.region, lane.node, lane.lane.as_str()), ("cn", 0, 7, "south/1"));
    assert!((lane.to_stop_line_m - 40.0).abs() < 0.1, "{lane:?}");
    let light = &lane.lights[0];
    assert_eq!((light.group, light.ways.as_slice(), light.light), (2, &["straight"][..], Light::Green));
    assert_eq!(light.next, Some(Light::Yellow));
    assert!(light.ends_in_s.is_some_and(|ends_in_s| (ends_in_s - 12.3).abs() < 0.11), "{light:?}");
    assert_eq!(view.objects.len(), 2, "one car, said in both sets: {:?}", view.objects);
    for object in &view.objects {
        // 20 m ahead and 3 m to the right of a vehicle 40 m before the stop line.
        assert!((object.distance_m - 20.22).abs() < 0.2, "{object:?}");
        assert!((object.bearing_deg - 8.5).abs() < 0.6, "{object:?}");
        assert_eq!(object.id, 17);
        assert!(object.speed_mps.is_some_and(|speed_mps| (speed_mps - 8.0).abs() < 0.011), "{object:?}");
        assert!(object.heading_cw_north_deg.is_some_and(|heading_deg| heading_deg < 0.0126), "{object:?}");
    }
    assert_eq!(view.objects.iter().find(|object| object.set == "cn").map(|object| object.class), Some("car"));
}

fn cn_node() -> cn_common::NodeReferenceID {
    cn_common::NodeReferenceID { region: Some(0), id: 7 }
}

fn cn_reference() -> cn_common::Position3D {
    let (lat, long) =
        (units::LATITUDE_DEG.to_wire(NODE.lat_deg).unwrap(), units::LONGITUDE_DEG.to_wire(NODE.lon_deg).unwrap());
    cn_common::Position3D { lat, long, elevation: None }
}

fn cn_offset(enu_m: [f64; 3]) -> cn_common::PositionOffsetLLV {
    let place = place(enu_m);
    let (lat, lon) =
        (units::LATITUDE_DEG.to_wire(place.lat_deg).unwrap(), units::LONGITUDE_DEG.to_wire(place.lon_deg).unwrap());
    let difference = cn_common::PositionLL48B { lon: lon - cn_reference().long, lat: lat - cn_reference().lat };
    cn_common::PositionOffsetLLV { offset_ll: cn_common::PositionOffsetLL::PositionLL6(difference), offset_v: None }
}

fn cn_map() -> asn1::cn::MessageFrame {
    use asn1::cn::map::{AllowedManeuvers, ConnectingLane, Connection, Lane, Link, MapData, Node, RoadPoint};
    let connection = Connection {
        remote_intersection: cn_common::NodeReferenceID { region: Some(0), id: 8 },
        connecting_lane: Some(ConnectingLane { lane: 1, maneuver: Some(AllowedManeuvers::MANEUVER_STRAIGHT_ALLOWED) }),
        phase_id: Some(2),
    };
    let lane = Lane {
        lane_id: 1,
        lane_width: Some(350),
        lane_attributes: None,
        maneuvers: None,
        connects_to: Some(vec![connection]),
        speed_limits: None,
        points: Some(LANE_ENU_M.iter().map(|enu_m| RoadPoint { pos_offset: cn_offset(*enu_m) }).collect()),
    };
    let link = Link {
        name: asn1::ia5("south"),
        upstream_node_id: cn_common::NodeReferenceID { region: Some(0), id: 6 },
        speed_limits: None,
        link_width: Some(350),
        points: None,
        movements: None,
        lanes: vec![lane],
    };
    let node = Node { name: None, id: cn_node(), ref_pos: cn_reference(), in_links: Some(vec![link]) };
    asn1::cn::MessageFrame::MapFrame(MapData { msg_cnt: 3, time_stamp: None, nodes: vec![node] })
}

fn cn_spat(now: UtcMicros) -> asn1::cn::MessageFrame {
    use asn1::cn::spat::{
        IntersectionState, IntersectionStatusObject, LightState, Phase, PhaseState, Spat, TimeChangeDetails,
        TimeCountingDown,
    };
    let state = |light, start_s: f64, end_s: f64| PhaseState {
        light,
        timing: Some(TimeChangeDetails::Counting(TimeCountingDown {
            start_time: units::TIME_TO_COME_S.to_wire_clipped(Some(start_s)),
            min_end_time: None,
            max_end_time: None,
            likely_end_time: units::TIME_TO_COME_S.to_wire_clipped(Some(end_s)),
            time_confidence: None,
            next_start_time: None,
            next_duration: None,
        })),
    };
    let phase_states = vec![state(LightState::PermissiveGreen, 0.0, 12.3), state(LightState::Yellow, 12.3, 15.3)];
    let intersection = IntersectionState {
        intersection_id: cn_node(),
        status: IntersectionStatusObject::FIXED_TIME_OPERATION,
        moy: Some(time::minute_of_year(now.0)),
        time_stamp: Some(time::dsecond(now.0)),
        time_confidence: None,
        phases: vec![Phase { id: 2, phase_states }],
    };
    asn1::cn::MessageFrame::SpatFrame(Spat {
        msg_cnt: 4,
        moy: Some(time::minute_of_year(now.0)),
        time_stamp: Some(time::dsecond(now.0)),
        name: None,
        intersections: vec![intersection],
    })
}

fn cn_rsm(now: UtcMicros) -> asn1::cn::MessageFrame {
    use asn1::cn::rsm::{ParticipantData, ParticipantType, RoadsideSafetyMessage, SourceType};
    let participant = |ptc_type, ptc_id, enu_m, speed, classification| ParticipantData {
        ptc_type,
        ptc_id,
        source: SourceType::Integrated,
        id: None,
        sec_mark: time::dsecond(now.0),
        pos: cn_offset(enu_m),
        pos_confidence: cn_common::PositionConfidenceSet { pos: cn_common::PositionConfidence::A1m, elevation: None },
        transmission: None,
        speed,
        heading: 0,
        angle: None,
        motion_cfd: None,
        accel_set: None,
        size: cn_common::VehicleSize { width: 180, length: 450, height: None },
        vehicle_class: Some(cn_common::VehicleClassification { classification, fuel_type: None }),
    };
    let participants = vec![
        participant(ParticipantType::Rsu, 0, [0.0; 3], 0, 0),
        participant(ParticipantType::Motor, 17, CAR_ENU_M, 400, 10),
    ];
    let id = (*b"LUKOU\0\0\x01").into();
    asn1::cn::MessageFrame::RsmFrame(RoadsideSafetyMessage { msg_cnt: 5, id, ref_pos: cn_reference(), participants })
}

fn us_node() -> us_common::IntersectionReferenceID {
    us_common::IntersectionReferenceID { region: Some(0), id: 7 }
}

fn us_reference() -> us_common::Position3D {
    let (lat, long) =
        (units::LATITUDE_DEG.to_wire(NODE.lat_deg).unwrap(), units::LONGITUDE_DEG.to_wire(NODE.lon_deg).unwrap());
    us_common::Position3D { lat, long, elevation: None, regional: None }
}

fn us_map() -> asn1::us::MessageFrame {
    use asn1::us::map::{
        AllowedManeuvers, ConnectingLane, Connection, GenericLane, IntersectionGeometry, LaneAttributes,
        LaneAttributesVehicle, LaneDirection, LaneSharing, LaneTypeAttributes, MapData,
    };
    // From the stop line outwards; the first node from the reference point, the next from the one before it. Centimetres.
    let node = |y| us_common::NodeXY {
        delta: us_common::NodeOffsetPointXY::NodeXY6(us_common::NodeXY32b { x: 0, y }),
        attributes: None,
    };
    let connection = Connection {
        connecting_lane: ConnectingLane { lane: 2, maneuver: Some(AllowedManeuvers::MANEUVER_STRAIGHT_ALLOWED) },
        remote_intersection: None,
        signal_group: Some(2),
        user_class: None,
        connection_id: None,
    };
    let lane = GenericLane {
        lane_id: 1,
        name: None,
        ingress_approach: Some(1),
        egress_approach: None,
        lane_attributes: LaneAttributes {
            directional_use: LaneDirection::INGRESS_PATH,
            shared_with: LaneSharing::EMPTY,
            lane_type: LaneTypeAttributes::Vehicle(LaneAttributesVehicle::EMPTY),
            regional: None,
        },
        maneuvers: None,
        node_list: us_common::NodeListXY::Nodes(vec![node(-1_000), node(-9_000)]),
        connects_to: Some(vec![connection]),
        overlays: None,
        regional: None,
    };
    let geometry = IntersectionGeometry {
        name: None,
        id: us_node(),
        revision: 0,
        ref_point: us_reference(),
        lane_width: Some(350),
        speed_limits: None,
        lane_set: vec![lane],
        preempt_priority_data: None,
        regional: None,
        road_authority_id: None,
    };
    asn1::us::MessageFrame::MapData(MapData {
        time_stamp: None,
        msg_issue_revision: 0,
        layer_type: None,
        layer_id: None,
        intersections: Some(vec![geometry]),
        road_segments: None,
        data_parameters: None,
        restriction_list: None,
        regional: None,
    })
}

fn us_spat(now: UtcMicros) -> asn1::us::MessageFrame {
    use asn1::us::spat::{
        IntersectionState, IntersectionStatusObject, MovementEvent, MovementPhaseState, MovementState, Spat,
        TimeChangeDetails,
    };
    let ends = time::time_mark_in_hour(now.plus_seconds(12.3).0, now.0);
    let timing = TimeChangeDetails {
        start_time: None,
        min_end_time: ends,
        max_end_time: Some(ends),
        likely_time: Some(ends),
        confidence: None,
        next_time: None,
    };
    let event = MovementEvent {
        event_state: MovementPhaseState::PermissiveMovementAllowed,
        timing: Some(timing),
        speeds: None,
        regional: None,
    };
    let state = MovementState {
        movement_name: None,
        signal_group: 2,
        state_time_speed: vec![event],
        maneuver_assist_list: None,
        regional: None,
    };
    let intersection = IntersectionState {
        name: None,
        id: us_node(),
        revision: 0,
        status: IntersectionStatusObject::FIXED_TIME_OPERATION,
        moy: Some(time::minute_of_year(now.0)),
        time_stamp: Some(time::dsecond(now.0)),
        enabled_lanes: None,
        states: vec![state],
        maneuver_assist_list: None,
        regional: None,
        road_authority_id: None,
    };
    asn1::us::MessageFrame::Spat(Spat {
        time_stamp: None,
        name: None,
        intersections: vec![intersection],
        regional: None,
    })
}

fn us_sdsm(now: UtcMicros) -> asn1::us::MessageFrame {
    use asn1::us::sdsm::{
        DetectedObjectCommonData, DetectedObjectData, EquipmentType, ObjectType, PositionOffsetXYZ,
        SensorDataSharingMessage,
    };
    let common = DetectedObjectCommonData {
        obj_type: ObjectType::Vehicle,
        obj_type_cfd: 90,
        object_id: 17,
        measurement_time: 0,
        time_confidence: us_common::TimeConfidence::Unavailable,
        pos: PositionOffsetXYZ { offset_x: 30, offset_y: -300, offset_z: None },
        pos_confidence: us_common::PositionConfidenceSet {
            pos: us_common::PositionConfidence::A1m,
            elevation: us_common::ElevationConfidence::Unavailable,
        },
        speed: 400,
        speed_confidence: us_common::SpeedConfidence::Unavailable,
        speed_z: None,
        speed_confidence_z: None,
        heading: 0,
        heading_conf: us_common::HeadingConfidence::Unavailable,
        accel4way: None,
        acc_cfd_x: None,
        acc_cfd_y: None,
        acc_cfd_z: None,
        acc_cfd_yaw: None,
    };
    let civil = time::civil(now.0);
    asn1::us::MessageFrame::SensorDataSharingMessage(SensorDataSharingMessage {
        msg_cnt: 6,
        source_id: (*b"LUK\x01").into(),
        equipment_type: EquipmentType::Rsu,
        sdsm_time_stamp: us_common::DDateTime {
            year: u16::try_from(civil.year).ok(),
            month: Some(civil.month),
            day: Some(civil.day),
            hour: Some(civil.hour),
            minute: Some(civil.minute),
            second: Some(civil.millisecond),
            offset: None,
        },
        ref_pos: us_reference(),
        ref_pos_xy_conf: us_common::PositionalAccuracy { semi_major: 255, semi_minor: 255, orientation: 65535 },
        ref_pos_el_conf: None,
        objects: vec![DetectedObjectData { det_obj_common: common, det_obj_opt_data: None }],
    })
}
