//! The messages of phase 2 of the China set.

use asn1::Dialect;
use asn1::cn::common::{NodeReferenceID, PositionOffsetLL};
use asn1::cn::csae157::map::MovementEx;
use asn1::cn::day2::common::DriveBehavior;
use asn1::cn::day2::non_motor::{NonMotorData, PersonalDeviceUserType};
use asn1::cn::day2::pam::{ParkingLock, ParkingSpaceTheta, ParkingType, SlotStatus};
use asn1::cn::day2::ssm_obstacle::ObstacleType;
use asn1::cn::day2::vir::ReqStatus;
use asn1::cn::rsi::ReferenceLink;
use asn1::cn::rsm::{ParticipantType, SourceType};
use asn1::road_users::EquipmentType;
use asn1::si::cn::bsm::{FullPositionVector, PathHistory, PathHistoryPoint};
use asn1::si::cn::common::VehicleSize;
use asn1::si::cn::day2::common::{AccSet4WayConfidence, PathPlanningPoint, Polygon};
use asn1::si::cn::day2::pam::{PAMData, PAMDrive, PAMNode, ParkingLotInfo, ParkingSlot, ParkingSlotPosition};
use asn1::si::cn::day2::psm::PersonalSafetyMessage;
use asn1::si::cn::day2::rsc::{DriveSuggestion, LaneCoordination, RoadsideCoordination, VehicleCoordination};
use asn1::si::cn::day2::rtcm::RTCMcorrections;
use asn1::si::cn::day2::ssm::{DetectedPTCData, SensorSharingMsg};
use asn1::si::cn::day2::ssm_motion::{Attitude, MotorDataExtension, NonMotorDataExtension, TypeRelatedExt};
use asn1::si::cn::day2::ssm_obstacle::{DetectedObstacleData, ObjectSize};
use asn1::si::cn::day2::vir::{DriveRequest, IARData, ReqInfo, ReqSignalPriority, VehIntentionAndRequest};
use asn1::si::cn::map::RoadPoint;
use asn1::si::cn::rsi::ReferencePath;
use asn1::si::cn::rsm::ParticipantData;
use asn1::si::{DateTime, Description, Position, PositionConfidenceSet, PositionalAccuracy, Si};

use crate::support::{both_ways, message, refused};

message!(cn, day2::pam::PAMData, Pam);
message!(cn, day2::psm::PersonalSafetyMessage, Psm);
message!(cn, day2::rsc::RoadsideCoordination, Rsc);
message!(cn, day2::rtcm::RTCMcorrections, Rtcm);
message!(cn, day2::ssm::SensorSharingMsg, Ssm);
message!(cn, day2::vir::VehIntentionAndRequest, Vir);

#[test]
fn pam_both_ways() {
    both_ways::<PAMData>(Dialect::CnCsae157, "PAM.jsonl");
}

#[test]
fn ssm_both_ways() {
    both_ways::<SensorSharingMsg>(Dialect::CnCsae157, "SSM.jsonl");
}

#[test]
fn rsc_both_ways() {
    both_ways::<RoadsideCoordination>(Dialect::CnCsae157, "RSC.jsonl");
}

#[test]
fn vir_both_ways() {
    both_ways::<VehIntentionAndRequest>(Dialect::CnCsae157, "VIR.jsonl");
}

#[test]
fn psm_both_ways() {
    both_ways::<PersonalSafetyMessage>(Dialect::CnCsae157, "PSM.jsonl");
}

#[test]
fn rtcm_both_ways() {
    both_ways::<RTCMcorrections>(Dialect::CnCsae157, "RTCM.jsonl");
}

const HERE: Position = Position { lat_deg: 31.2, lon_deg: 121.5, elevation_m: Some(12.0) };
const THERE: Position = Position { lat_deg: 31.2001, lon_deg: 121.4999, elevation_m: Some(12.5) };
const NOWHERE: Position = Position { lat_deg: 91.0, ..HERE };
const NODE: NodeReferenceID = NodeReferenceID { region: Some(1), id: 2 };
const LINK: ReferenceLink = ReferenceLink { upstream_node_id: NODE, downstream_node_id: NODE, reference_lanes: None };

fn way() -> Vec<PathPlanningPoint> {
    vec![PathPlanningPoint { pos: Some(THERE), ..PathPlanningPoint::default() }]
}

fn path(radius_m: f64) -> ReferencePath {
    ReferencePath { active_path: vec![Some(HERE), Some(THERE)], path_radius_m: radius_m }
}

fn walker() -> NonMotorData {
    NonMotorData {
        basic_type: PersonalDeviceUserType::APEDESTRIAN,
        propulsion: None,
        cluster_size: None,
        attachment: None,
        personal_ext: None,
        road_worker_ext: None,
        personal_req: None,
    }
}

fn history() -> PathHistory {
    let crumb = PathHistoryPoint { llv_offset: Some(THERE), ..PathHistoryPoint::default() };
    PathHistory { initial_position: None, curr_gnss_status: None, crumb_data: vec![crumb] }
}

fn pam() -> PAMData {
    let slot = ParkingSlot {
        slot_id: 1,
        position: Some(ParkingSlotPosition { top_left: Some(THERE), ..ParkingSlotPosition::default() }),
        sign: Some("A1".into()),
        parking_type: ParkingType::ORDINARY,
        status: SlotStatus::Available,
        parking_space_theta: ParkingSpaceTheta::Vertical,
        parking_lock: ParkingLock::Nolock,
    };
    let drive = PAMDrive {
        upstream_pam_node_id: 1,
        drive_id: None,
        twoway_sepration: None,
        speed_limit_mps: Some(5.0 / 3.6),
        height_restriction: Some(22),
        drive_width_m: Some(6.0),
        lane_num: None,
        points: Some(vec![RoadPoint { pos_offset: Some(THERE) }, RoadPoint { pos_offset: Some(HERE) }]),
        movements: None,
        parking_slots: Some(vec![slot]),
    };
    let node = PAMNode { id: 2, ref_pos: Some(HERE), floor: Some(-1), attributes: None, in_drives: Some(vec![drive]) };
    PAMData {
        msg_cnt: 0,
        time_stamp: Some(1),
        parking_lot_info: ParkingLotInfo::default(),
        pam_nodes: vec![node],
        parking_area_guidance: None,
    }
}

#[test]
fn what_pam_can_not_say_is_refused_by_name() {
    fn drive(pam: &mut PAMData) -> &mut PAMDrive {
        &mut pam.pam_nodes[0].in_drives.as_mut().unwrap()[0]
    }
    fn slot(pam: &mut PAMData) -> &mut ParkingSlot {
        &mut drive(pam).parking_slots.as_mut().unwrap()[0]
    }
    let at = |member: &str| format!("pamNodes[0].inDrives[0].{member}");
    refused(pam, "parkingLotInfo.name", |pam| pam.parking_lot_info.name = Some("车库".into()));
    refused(pam, "pamNodes[0].refPos.lat", |pam| pam.pam_nodes[0].ref_pos = Some(NOWHERE));
    refused(pam, &at("speedLimit"), |pam| drive(pam).speed_limit_mps = Some(-1.0));
    refused(pam, &at("driveWidth"), |pam| drive(pam).drive_width_m = Some(400.0));
    refused(pam, &at("points[0].posOffset.lat"), |pam| {
        drive(pam).points = Some(vec![RoadPoint { pos_offset: Some(NOWHERE) }]);
    });
    refused(pam, &at("parkingSlots[0].sign"), |pam| slot(pam).sign = Some("甲".into()));
    refused(pam, &at("parkingSlots[0].position.topRight.lat"), |pam| {
        slot(pam).position = Some(ParkingSlotPosition { top_right: Some(NOWHERE), ..ParkingSlotPosition::default() });
    });
    let wire = pam().to_wire().unwrap();
    let drive = &wire.pam_nodes[0].in_drives.as_ref().unwrap()[0];
    assert_eq!((drive.drive_width, drive.height_restriction), (Some(600), Some(22)));
    assert_eq!(PAMData::from_wire(&wire).pam_nodes[0].in_drives.as_ref().unwrap()[0].drive_width_m, Some(6.0));
}

fn ssm() -> SensorSharingMsg {
    let ptc = ParticipantData {
        ptc_type: ParticipantType::Motor,
        ptc_id: 1,
        source: SourceType::Video,
        id: None,
        sec_mark_s: Some(1.0),
        pos: Some(THERE),
        pos_confidence: PositionConfidenceSet::default(),
        transmission: None,
        speed_mps: Some(10.0),
        heading_cw_north_rad: None,
        angle_rad: None,
        motion_cfd: None,
        accel_set: None,
        size: VehicleSize::default(),
        vehicle_class: None,
    };
    let attitude = Attitude { pitch_rad: 0.1, roll_rad: 0.0, yaw_rad: 3.0 };
    let motor = MotorDataExtension { veh_attitude: Some(attitude), ..MotorDataExtension::default() };
    let participant = DetectedPTCData {
        ptc,
        obj_size_confidence: None,
        detected_ptc_type: None,
        type_confidence: Some(0.9),
        acc4_way_confidence: Some(AccSet4WayConfidence {
            lon_acc_confidence_mps2: Some(0.5),
            yaw_rate_con_radps: Some(1.0_f64.to_radians()),
            ..AccSet4WayConfidence::default()
        }),
        status_duration_s: Some(2.0),
        path_history: Some(history()),
        planning_list: None,
        tracking: None,
        polygon: None,
        type_related_ext: Some(TypeRelatedExt::MotorExt(motor)),
    };
    let obstacle = DetectedObstacleData {
        obs_type: ObstacleType::Rockfall,
        obj_type_confidence: None,
        obs_id: 1,
        source: SourceType::Video,
        sec_mark_s: None,
        pos: Some(THERE),
        pos_confidence: PositionConfidenceSet::default(),
        speed_mps: None,
        speed_cfd_mps: None,
        heading_cw_north_rad: None,
        heading_cfd_rad: None,
        ver_speed_mps: None,
        ver_speed_confidence_mps: None,
        accel_set: None,
        size: ObjectSize { width_m: 0.5, length_m: 1.0, height_m: None },
        obj_size_confidence: None,
        tracking: None,
        polygon: None,
    };
    SensorSharingMsg {
        msg_cnt: 0,
        id: [1; 8].into(),
        equipment_type: EquipmentType::Rsu,
        sec_mark_s: Some(1.0),
        sensor_pos: Some(HERE),
        detected_region: Some(vec![Polygon(vec![Some(HERE); 4])]),
        participants: Some(vec![participant]),
        obstacles: Some(vec![obstacle]),
        rtes: None,
    }
}

fn seen(ssm: &mut SensorSharingMsg) -> &mut DetectedPTCData {
    &mut ssm.participants.as_mut().unwrap()[0]
}

#[test]
fn what_ssm_can_not_say_is_refused_by_name() {
    fn obstacle(ssm: &mut SensorSharingMsg) -> &mut DetectedObstacleData {
        &mut ssm.obstacles.as_mut().unwrap()[0]
    }
    let tilted = |roll_rad| Attitude { pitch_rad: 0.0, roll_rad, yaw_rad: 0.0 };
    refused(ssm, "sensorPos.lat", |ssm| ssm.sensor_pos = Some(NOWHERE));
    refused(ssm, "detectedRegion[0][1].lat", |ssm| {
        ssm.detected_region = Some(vec![Polygon(vec![Some(HERE), Some(NOWHERE)])]);
    });
    refused(ssm, "participants[0].ptc.speed", |ssm| seen(ssm).ptc.speed_mps = Some(200.0));
    refused(ssm, "participants[0].ptc.pos.lat", |ssm| seen(ssm).ptc.pos = Some(NOWHERE));
    refused(ssm, "participants[0].typeConfidence", |ssm| seen(ssm).type_confidence = Some(2.0));
    refused(ssm, "participants[0].statusDuration", |ssm| seen(ssm).status_duration_s = Some(0.0));
    refused(ssm, "participants[0].type-relatedExt.motorExt.vehAttitude.roll", |ssm| {
        let motor = MotorDataExtension { veh_attitude: Some(tilted(2.0)), ..MotorDataExtension::default() };
        seen(ssm).type_related_ext = Some(TypeRelatedExt::MotorExt(motor));
    });
    refused(ssm, "participants[0].type-relatedExt.non-motorExt.overallRadius", |ssm| {
        let other = NonMotorDataExtension { overall_radius_m: 21.0, non_motor_data: walker() };
        seen(ssm).type_related_ext = Some(TypeRelatedExt::NonMotorExt(other));
    });
    refused(ssm, "participants[0].pathHistory.initialPosition.posAccuracy", |ssm| {
        let ellipse = Some(PositionalAccuracy::default());
        let position = FullPositionVector { pos_accuracy: ellipse, ..FullPositionVector::default() };
        seen(ssm).path_history = Some(PathHistory { initial_position: Some(position), ..history() });
    });
    refused(ssm, "obstacles[0].size.length", |ssm| obstacle(ssm).size.length_m = 103.0);
    refused(ssm, "obstacles[0].verSpeed", |ssm| obstacle(ssm).ver_speed_mps = Some(-1.0));
}

#[test]
fn a_road_users_history_is_counted_from_itself_and_its_outline_from_the_sensors() {
    let mut ssm = ssm();
    seen(&mut ssm).polygon = Some(Polygon(vec![Some(THERE); 4]));
    let wire = ssm.to_wire().unwrap();
    let one = &wire.participants.as_ref().unwrap()[0];
    let offset = |offset: PositionOffsetLL| match offset {
        PositionOffsetLL::PositionLL1(offset) => (offset.lon, offset.lat),
        other => panic!("{other:?}"),
    };
    assert_eq!(offset(one.path_history.as_ref().unwrap().crumb_data[0].llv_offset.offset_ll), (0, 0));
    assert_eq!(offset(one.polygon.as_ref().unwrap().0[0].offset_ll), (-1000, 1000));
    assert_eq!(SensorSharingMsg::from_wire(&wire).to_wire(), Ok(wire));
}

fn rsc() -> RoadsideCoordination {
    let vehicle = VehicleCoordination {
        veh_id: [2; 8].into(),
        drive_suggestion: Some(DriveSuggestion {
            suggestion: DriveBehavior::SLOW_DOWN,
            life_time_s: Some(3.0),
            related_link: None,
            related_path: Some(path(2.0)),
        }),
        path_guidance: Some(way()),
        info: None,
    };
    let lane = LaneCoordination {
        target_lane: LINK,
        related_path: None,
        t_begin: Some(DateTime::from_utc_us(1_709_251_198_765_432)),
        t_end: None,
        recommended_speed_mps: Some(10.0),
        recommended_behavior: None,
        info: None,
        description: Some(Description::Text("减速".into())),
    };
    RoadsideCoordination {
        msg_cnt: 0,
        id: [1; 8].into(),
        sec_mark_s: Some(1.0),
        ref_pos: Some(HERE),
        coordinates: Some(vec![vehicle]),
        lane_coordinates: Some(vec![lane]),
    }
}

#[test]
fn what_rsc_can_not_say_is_refused_by_name() {
    fn vehicle(rsc: &mut RoadsideCoordination) -> &mut VehicleCoordination {
        &mut rsc.coordinates.as_mut().unwrap()[0]
    }
    fn lane(rsc: &mut RoadsideCoordination) -> &mut LaneCoordination {
        &mut rsc.lane_coordinates.as_mut().unwrap()[0]
    }
    refused(rsc, "secMark", |rsc| rsc.sec_mark_s = Some(61.0));
    refused(rsc, "coordinates[0].driveSuggestion.lifeTime", |rsc| {
        vehicle(rsc).drive_suggestion.as_mut().unwrap().life_time_s = Some(700.0);
    });
    refused(rsc, "coordinates[0].driveSuggestion.relatedPath.pathRadius", |rsc| {
        vehicle(rsc).drive_suggestion.as_mut().unwrap().related_path = Some(path(-1.0));
    });
    refused(rsc, "coordinates[0].pathGuidance[0].pos.lat", |rsc| {
        vehicle(rsc).path_guidance.as_mut().unwrap()[0].pos = Some(NOWHERE);
    });
    refused(rsc, "coordinates[0].pathGuidance[0].timeConfidence", |rsc| {
        vehicle(rsc).path_guidance.as_mut().unwrap()[0].time_confidence = Some(-0.1);
    });
    refused(rsc, "laneCoordinates[0].recommendedSpeed", |rsc| lane(rsc).recommended_speed_mps = Some(200.0));
    refused(rsc, "laneCoordinates[0].tEnd.second", |rsc| {
        lane(rsc).t_end = Some(DateTime { second_s: Some(-1.0), ..DateTime::default() });
    });
    refused(rsc, "laneCoordinates[0].description.textGB2312", |rsc| {
        lane(rsc).description = Some(Description::Text("😀".into()));
    });
}

fn vir(info: ReqInfo) -> VehIntentionAndRequest {
    let request = DriveRequest {
        req_id: 1,
        status: ReqStatus::Request,
        req_priority: Some(5),
        target_veh: None,
        target_rsu: None,
        info: Some(info),
        life_time_s: None,
    };
    VehIntentionAndRequest {
        msg_cnt: 0,
        id: [1; 8].into(),
        sec_mark_s: Some(1.0),
        ref_pos: Some(HERE),
        int_and_req: IARData { path_planning: Some(way()), reqs: Some(vec![request]), ..IARData::default() },
    }
}

#[test]
fn what_vir_can_not_say_is_refused_by_name() {
    let priority = |arrival_s| {
        ReqInfo::SignalPriority(ReqSignalPriority {
            intersection_id: NODE,
            required_mov: MovementEx { remote_intersection: NODE, phase_id: None, turn_direction: None },
            estimated_arrival_time_s: Some(arrival_s),
            distance_to_intersection: None,
        })
    };
    let good = || vir(priority(7.5));
    refused(good, "intAndReq.reqs[0].reqPriority", |vir| {
        vir.int_and_req.reqs.as_mut().unwrap()[0].req_priority = Some(8)
    });
    refused(good, "intAndReq.reqs[0].info.signalPriority.estimatedArrivalTime", |vir| {
        vir.int_and_req.reqs.as_mut().unwrap()[0].info = Some(priority(-1.0));
    });
    refused(good, "intAndReq.path-Planning[0].speed", |vir| {
        vir.int_and_req.path_planning.as_mut().unwrap()[0].speed_mps = Some(200.0);
    });
    let wire = good().to_wire().unwrap();
    assert_eq!(wire.int_and_req.reqs.as_ref().unwrap()[0].req_priority, Some([0xa0].into()));
    assert_eq!(VehIntentionAndRequest::from_wire(&wire).int_and_req.reqs, good().int_and_req.reqs);
}

fn psm() -> PersonalSafetyMessage {
    PersonalSafetyMessage {
        msg_cnt: 0,
        id: [1; 8].into(),
        sec_mark_s: Some(1.0),
        time_confidence_s: None,
        pos: Some(HERE),
        pos_accuracy: PositionalAccuracy::default(),
        speed_mps: Some(1.2),
        heading_cw_north_rad: None,
        accel_set: None,
        path_history: Some(history()),
        path_planning: Some(way()),
        overall_radius_m: 0.5,
        non_motor_data: walker(),
    }
}

#[test]
fn what_psm_can_not_say_is_refused_by_name() {
    refused(psm, "pos.lat", |psm| psm.pos = Some(NOWHERE));
    refused(psm, "speed", |psm| psm.speed_mps = Some(-1.0));
    refused(psm, "overallRadius", |psm| psm.overall_radius_m = 20.1);
    refused(psm, "pathHistory.crumbData[0].llvOffset.lat", |psm| {
        psm.path_history.as_mut().unwrap().crumb_data[0].llv_offset = Some(NOWHERE);
    });
    refused(psm, "path-Planning[0].heading", |psm| {
        psm.path_planning.as_mut().unwrap()[0].heading_cw_north_rad = Some(f64::NAN);
    });
    let wire = psm().to_wire().unwrap();
    assert_eq!((wire.overall_radius, wire.heading, wire.pos_accuracy.semi_major), (5, 28_800, 255));
}
