//! SPAT, MAP, RSI and BSM of the China set: what can't be said, and what is easily mistaken.

use asn1::Dialect;
use asn1::cn::bsm as bsm_wire;
use asn1::cn::common::{NodeReferenceID, PositionOffsetLL, TransmissionState, VehicleClassification};
use asn1::cn::map::SpeedLimitType;
use asn1::cn::rsi::{self as rsi_wire, EventSource};
use asn1::cn::spat::{self as spat_wire, IntersectionStatusObject, LightState};
use asn1::si::cn::bsm::{
    BasicSafetyMessage, FullPositionVector, PathHistory, PathHistoryPoint, PathPrediction, VehicleSafetyExtensions,
};
use asn1::si::cn::common::VehicleSize;
use asn1::si::cn::map::{Lane, Link, MapData, Node, RegulatorySpeedLimit, RoadPoint};
use asn1::si::cn::rsi::{RSITimeDetails, RTEData, RTSData, ReferencePath, RoadSideInformation};
use asn1::si::cn::spat::{IntersectionState, Phase, PhaseState, Spat, TimeChangeDetails, TimeCountingDown, UTCTiming};
use asn1::si::{Acceleration4Way, DateTime, Description, Position, Si};

use crate::support::{Message, refused};

const HERE: Position = Position { lat_deg: 31.2, lon_deg: 121.5, elevation_m: Some(12.0) };
const THERE: Position = Position { lat_deg: 31.2001, lon_deg: 121.4999, elevation_m: Some(12.5) };
const NOWHERE: Position = Position { lat_deg: 91.0, ..HERE };
const NODE: NodeReferenceID = NodeReferenceID { region: Some(1), id: 2 };

/// What a receiver makes of it.
fn heard<M: Message>(message: &M) -> M {
    let octets = M::write(Dialect::CnGbt31024_2019, message.to_wire().unwrap()).unwrap();
    M::from_wire(&M::read(Dialect::CnGbt31024_2019, &octets).unwrap())
}

fn spat(timing: Option<TimeChangeDetails>) -> Spat {
    let phase = Phase { id: 1, phase_states: vec![PhaseState { light: LightState::Red, timing }] };
    let junction = IntersectionState {
        intersection_id: NODE,
        status: IntersectionStatusObject::EMPTY,
        moy: None,
        time_stamp_s: None,
        time_confidence_s: None,
        phases: vec![phase],
    };
    Spat { msg_cnt: 0, moy: Some(1), time_stamp_s: Some(2.5), name: None, intersections: vec![junction] }
}

fn counting(spat: &mut Spat) -> &mut TimeCountingDown {
    match &mut spat.intersections[0].phases[0].phase_states[0].timing {
        Some(TimeChangeDetails::Counting(times)) => times,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_spat_can_not_say_is_refused_by_name() {
    let good = || spat(Some(TimeChangeDetails::Counting(TimeCountingDown::default())));
    let state = "intersections[0].phases[0].phaseStates[0].timing.counting";
    refused(good, "timeStamp", |spat| spat.time_stamp_s = Some(61.0));
    refused(good, "name", |spat| spat.name = Some("路口".into()));
    refused(good, "intersections[0].timeStamp", |spat| spat.intersections[0].time_stamp_s = Some(-1.0));
    refused(good, &format!("{state}.minEndTime"), |spat| counting(spat).min_end_time_s = Some(f64::NAN));
    refused(good, &format!("{state}.timeConfidence"), |spat| counting(spat).time_confidence = Some(1.1));
    let by_the_clock = || spat(Some(TimeChangeDetails::UtcTiming(UTCTiming::default())));
    for impossible in [-0.1, 3600.1] {
        refused(by_the_clock, "intersections[0].phases[0].phaseStates[0].timing.utcTiming.likelyEndUTCTime", |spat| {
            let times = UTCTiming { likely_end_utc_time_s: Some(impossible), ..UTCTiming::default() };
            spat.intersections[0].phases[0].phase_states[0].timing = Some(TimeChangeDetails::UtcTiming(times));
        });
    }
}

#[test]
fn times_of_a_light_are_as_their_form_counts_them() {
    let times = TimeCountingDown {
        start_time_s: Some(-3.0),
        max_end_time_s: Some(4000.0),
        likely_end_time_s: Some(12.34),
        ..TimeCountingDown::default()
    };
    let sent = spat(Some(TimeChangeDetails::Counting(times))).to_wire().unwrap();
    let Some(spat_wire::TimeChangeDetails::Counting(wire)) = sent.intersections[0].phases[0].phase_states[0].timing
    else {
        panic!("{sent:?}")
    };
    // What has passed is now, an hour and more is the end, what is unknown is said to be or left out.
    assert_eq!((wire.start_time, wire.max_end_time, wire.likely_end_time), (0, Some(36_000), 123));
    assert_eq!((wire.min_end_time, wire.next_duration), (None, None));
    let unknown = heard(&spat(Some(TimeChangeDetails::Counting(TimeCountingDown::default()))));
    assert_eq!(unknown, spat(Some(TimeChangeDetails::Counting(TimeCountingDown::default()))));

    let by_the_clock = UTCTiming { start_utc_time_s: Some(3599.9), ..UTCTiming::default() };
    let sent = spat(Some(TimeChangeDetails::UtcTiming(by_the_clock)));
    assert_eq!(heard(&sent), sent);
    let unknown = spat_wire::Spat { moy: Some(527_040), time_stamp: Some(65_535), ..sent.to_wire().unwrap() };
    assert_eq!((Spat::from_wire(&unknown).moy, Spat::from_wire(&unknown).time_stamp_s), (None, None));
}

fn map() -> MapData {
    let points = || Some(vec![RoadPoint { pos_offset: Some(THERE) }, RoadPoint { pos_offset: Some(HERE) }]);
    let limit = RegulatorySpeedLimit { type_: SpeedLimitType::VehicleMaxSpeed, speed_mps: Some(60.0 / 3.6) };
    let lane = Lane {
        lane_id: 1,
        lane_width_m: Some(3.5),
        lane_attributes: None,
        maneuvers: None,
        connects_to: None,
        speed_limits: None,
        points: points(),
    };
    let link = Link {
        name: Some("north".into()),
        upstream_node_id: NODE,
        speed_limits: Some(vec![limit]),
        link_width_m: Some(7.0),
        points: points(),
        movements: None,
        lanes: vec![lane],
    };
    let node = Node { name: None, id: NODE, ref_pos: Some(HERE), in_links: Some(vec![link]) };
    MapData { msg_cnt: 0, time_stamp: Some(3), nodes: vec![node] }
}

#[test]
fn what_map_can_not_say_is_refused_by_name() {
    fn link(map: &mut MapData) -> &mut Link {
        &mut map.nodes[0].in_links.as_mut().unwrap()[0]
    }
    let far = || Some(vec![RoadPoint { pos_offset: Some(HERE) }, RoadPoint { pos_offset: Some(NOWHERE) }]);
    refused(map, "nodes[0].refPos.lat", |map| map.nodes[0].ref_pos = Some(NOWHERE));
    refused(map, "nodes[0].name", |map| map.nodes[0].name = Some("é".into()));
    refused(map, "nodes[0].inLinks[0].name", |map| link(map).name = Some("北".into()));
    refused(map, "nodes[0].inLinks[0].linkWidth", |map| link(map).link_width_m = Some(400.0));
    refused(map, "nodes[0].inLinks[0].points[1].posOffset.lat", |map| link(map).points = far());
    refused(map, "nodes[0].inLinks[0].lanes[0].laneWidth", |map| link(map).lanes[0].lane_width_m = Some(-1.0));
    refused(map, "nodes[0].inLinks[0].lanes[0].points[1].posOffset.lat", |map| link(map).lanes[0].points = far());
    refused(map, "nodes[0].inLinks[0].speedLimits[0].speed", |map| {
        link(map).speed_limits =
            Some(vec![RegulatorySpeedLimit { type_: SpeedLimitType::Unknown, speed_mps: Some(-1.0) }]);
    });
}

#[test]
fn the_points_of_a_map_are_places_in_the_smallest_offsets() {
    let wire = map().to_wire().unwrap();
    let link = &wire.nodes[0].in_links.as_ref().unwrap()[0];
    let forms = link.points.as_ref().unwrap().iter().map(|point| point.pos_offset.offset_ll);
    assert!(forms.into_iter().all(|form| matches!(form, PositionOffsetLL::PositionLL1(_))), "{link:?}");
    assert_eq!((link.link_width, link.lanes[0].lane_width), (Some(700), Some(350)));
    let back = heard(&map());
    let points = back.nodes[0].in_links.as_ref().unwrap()[0].lanes[0].points.as_ref().unwrap();
    let there = points[0].pos_offset.unwrap();
    assert!((there.lat_deg - THERE.lat_deg).abs() < 1e-9 && (there.lon_deg - THERE.lon_deg).abs() < 1e-9);
}

fn rsi() -> RoadSideInformation {
    let path = || Some(vec![ReferencePath { active_path: vec![Some(HERE), Some(THERE)], path_radius_m: 5.0 }]);
    let event = RTEData {
        rte_id: 1,
        event_type: 401,
        event_source: EventSource::Detection,
        event_pos: Some(THERE),
        event_radius_m: Some(30.0),
        description: Some(Description::Text("前方施工".into())),
        time_details: Some(RSITimeDetails { start_time: Some(7), end_time: None, end_time_confidence_s: Some(1.0) }),
        priority: Some(7),
        reference_paths: path(),
        reference_links: None,
        event_confidence: Some(0.9),
    };
    let sign = RTSData {
        rts_id: 2,
        sign_type: 38,
        sign_pos: None,
        description: None,
        time_details: None,
        priority: None,
        reference_paths: path(),
        reference_links: None,
    };
    let (rtes, rtss) = (Some(vec![event]), Some(vec![sign]));
    RoadSideInformation { msg_cnt: 0, moy: None, id: [1; 8].into(), ref_pos: Some(HERE), rtes, rtss }
}

#[test]
fn what_rsi_can_not_say_is_refused_by_name() {
    fn event(rsi: &mut RoadSideInformation) -> &mut RTEData {
        &mut rsi.rtes.as_mut().unwrap()[0]
    }
    fn sign(rsi: &mut RoadSideInformation) -> &mut RTSData {
        &mut rsi.rtss.as_mut().unwrap()[0]
    }
    let emoji = || Some(Description::Text("😀".into()));
    let path = |place, radius_m| Some(vec![ReferencePath { active_path: vec![place], path_radius_m: radius_m }]);
    refused(rsi, "refPos.lat", |rsi| rsi.ref_pos = Some(NOWHERE));
    refused(rsi, "rtes[0].eventPos.lat", |rsi| event(rsi).event_pos = Some(NOWHERE));
    refused(rsi, "rtes[0].eventRadius", |rsi| event(rsi).event_radius_m = Some(7000.0));
    refused(rsi, "rtes[0].description.textGB2312", |rsi| event(rsi).description = emoji());
    refused(rsi, "rtes[0].priority", |rsi| event(rsi).priority = Some(8));
    refused(rsi, "rtes[0].eventConfidence", |rsi| event(rsi).event_confidence = Some(1.01));
    refused(rsi, "rtes[0].referencePaths[0].activePath[0].lat", |rsi| {
        event(rsi).reference_paths = path(Some(NOWHERE), 1.0);
    });
    refused(rsi, "rtss[0].signPos.lat", |rsi| sign(rsi).sign_pos = Some(NOWHERE));
    refused(rsi, "rtss[0].description.textGB2312", |rsi| sign(rsi).description = emoji());
    refused(rsi, "rtss[0].priority", |rsi| sign(rsi).priority = Some(255));
    refused(rsi, "rtss[0].referencePaths[0].pathRadius", |rsi| sign(rsi).reference_paths = path(None, -1.0));
}

#[test]
fn a_priority_is_the_top_of_its_octet_and_an_unknown_place_is_left_out() {
    let wire = rsi().to_wire().unwrap();
    let event = &wire.rtes.as_ref().unwrap()[0];
    assert_eq!(event.priority, Some([0xe0].into()));
    assert_eq!((event.event_radius, event.event_confidence), (Some(300), Some(180)));
    assert_eq!(wire.rtss.as_ref().unwrap()[0].sign_pos, None);
    let reserved = rsi_wire::RTEData { priority: Some([0x5f].into()), ..event.clone() };
    let wire = rsi_wire::RoadSideInformation { rtes: Some(vec![reserved]), ..wire };
    assert_eq!(RoadSideInformation::from_wire(&wire).rtes.unwrap()[0].priority, Some(2));
    assert_eq!(heard(&rsi()).rtes.unwrap()[0].description, rsi().rtes.unwrap()[0].description);
}

fn bsm() -> BasicSafetyMessage {
    let crumb = PathHistoryPoint { llv_offset: Some(THERE), time_offset_s: Some(1.0), ..PathHistoryPoint::default() };
    let history = PathHistory {
        initial_position: Some(FullPositionVector { pos: Some(THERE), ..FullPositionVector::default() }),
        curr_gnss_status: None,
        crumb_data: vec![crumb],
    };
    let ext = VehicleSafetyExtensions {
        path_history: Some(history),
        path_prediction: Some(PathPrediction { radius_of_curve_m: None, confidence: 0.5 }),
        ..VehicleSafetyExtensions::default()
    };
    BasicSafetyMessage {
        msg_cnt: 0,
        id: [1; 8].into(),
        sec_mark_s: Some(59.999),
        time_confidence_s: None,
        pos: Some(HERE),
        pos_accuracy: None,
        pos_confidence: None,
        transmission: TransmissionState::Unavailable,
        speed_mps: Some(13.88),
        heading_cw_north_rad: Some(-0.1),
        angle_rad: Some(10.0),
        motion_cfd: None,
        accel_set: Acceleration4Way::default(),
        brakes: bsm_wire::BrakeSystemStatus {
            brake_padel: None,
            wheel_brakes: None,
            traction: None,
            abs: None,
            scs: None,
            brake_boost: None,
            aux_brakes: None,
        },
        size: VehicleSize { width_m: Some(1.8), length_m: Some(4.5), height_m: None },
        vehicle_class: VehicleClassification { classification: 10, fuel_type: None },
        safety_ext: Some(ext),
        emergency_ext: None,
    }
}

fn history(bsm: &mut BasicSafetyMessage) -> &mut PathHistory {
    bsm.safety_ext.as_mut().unwrap().path_history.as_mut().unwrap()
}

#[test]
fn what_bsm_can_not_say_is_refused_by_name() {
    let initial = "safetyExt.pathHistory.initialPosition";
    let crumb = "safetyExt.pathHistory.crumbData[0]";
    let position = |position| Some(FullPositionVector { pos: Some(THERE), ..position });
    let none = FullPositionVector::default();
    refused(bsm, "secMark", |bsm| bsm.sec_mark_s = Some(61.0));
    refused(bsm, "pos.lat", |bsm| bsm.pos = Some(NOWHERE));
    refused(bsm, "speed", |bsm| bsm.speed_mps = Some(-1.0));
    refused(bsm, "heading", |bsm| bsm.heading_cw_north_rad = Some(f64::INFINITY));
    refused(bsm, "accelSet.yaw", |bsm| bsm.accel_set.yaw_radps = 6.0);
    refused(bsm, "size.width", |bsm| bsm.size.width_m = Some(11.0));
    refused(bsm, &format!("{initial}.speed"), |bsm| {
        history(bsm).initial_position = position(FullPositionVector { speed_mps: Some(200.0), ..none });
    });
    refused(bsm, &format!("{initial}.utcTime.offset"), |bsm| {
        let time = DateTime { offset_s: Some(1e6), ..DateTime::default() };
        history(bsm).initial_position = position(FullPositionVector { utc_time: Some(time), ..none });
    });
    refused(bsm, &format!("{crumb}.llvOffset.lat"), |bsm| history(bsm).crumb_data[0].llv_offset = Some(NOWHERE));
    refused(bsm, &format!("{crumb}.timeOffset"), |bsm| history(bsm).crumb_data[0].time_offset_s = Some(0.0));
    refused(bsm, "safetyExt.pathPrediction.confidence", |bsm| {
        bsm.safety_ext.as_mut().unwrap().path_prediction =
            Some(PathPrediction { radius_of_curve_m: None, confidence: 2.0 });
    });
}

#[test]
fn a_path_is_counted_from_where_it_ends() {
    let crumb = |bsm: &BasicSafetyMessage| {
        let wire = bsm.to_wire().unwrap().safety_ext.unwrap().path_history.unwrap();
        match wire.crumb_data[0].llv_offset.offset_ll {
            PositionOffsetLL::PositionLL1(offset) => (offset.lon, offset.lat),
            other => panic!("{other:?}"),
        }
    };
    let mut bsm = bsm();
    assert_eq!(crumb(&bsm), (0, 0));
    history(&mut bsm).initial_position = None;
    assert_eq!(crumb(&bsm), (-1000, 1000));
}

#[test]
fn what_bsm_has_integers_of_its_own_for() {
    let wire = bsm().to_wire().unwrap();
    let prediction = wire.safety_ext.as_ref().unwrap().path_prediction.unwrap();
    assert_eq!((prediction.radius_of_curve, prediction.confidence), (32_767, 100));
    // 189° and more of the steering wheel.
    assert_eq!((wire.angle, wire.sec_mark), (Some(126), 59_999));
    assert_eq!((wire.accel_set.long, wire.accel_set.vert), (2001, -127));
    let nothing = BasicSafetyMessage {
        sec_mark_s: None,
        pos: None,
        speed_mps: None,
        heading_cw_north_rad: None,
        size: VehicleSize::default(),
        ..bsm()
    };
    let wire = nothing.to_wire().unwrap();
    assert_eq!((wire.sec_mark, wire.speed, wire.heading), (65_535, 8191, 28_800));
    assert_eq!((wire.pos.lat, wire.pos.long, wire.size.width), (900_000_001, 1_800_000_001, 0));
}
