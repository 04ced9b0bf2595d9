//! What is particular to messages of the US set, SDSM aside.

use std::f64::consts::{FRAC_PI_2, PI};

use asn1::si::us::circle::Circle;
use asn1::si::us::common::{Position3D, RegulatorySpeedLimit};
use asn1::si::us::lanes::{LaneDataAttribute, NodeListXY};
use asn1::si::us::nodes::NodeOffsetPointXY;
use asn1::si::us::{bsm, map, path, psm, rsm, spat, srm, ssm, tim, tim_regions};
use asn1::si::{Position, Si};
use asn1::us::common::SpeedLimitType;
use asn1::{Dialect, units};

use crate::support::{Message, refused, vectors};

const US: Dialect = Dialect::UsJ27352024;

/// The first vector that is as it must be for a test to mean anything.
fn example<M: Message>(file: &str, fits: impl Fn(&mut M) -> bool) -> M {
    let all = vectors(US, file).into_iter().filter_map(|octets| M::read(US, &octets));
    all.map(|wire| M::from_wire(&wire)).find_map(|mut si| fits(&mut si).then_some(si)).expect("such a vector")
}

const FAR: Option<Position> = Some(Position { lat_deg: 91.0, lon_deg: 0.0, elevation_m: None });

fn timing(spat: &mut spat::Spat) -> Option<&mut spat::TimeChangeDetails> {
    let state = spat.intersections.first_mut()?.states.first_mut()?;
    state.state_time_speed.first_mut()?.timing.as_mut()
}

#[test]
fn of_spat_what_can_not_be_said_is_refused_by_name() {
    let good = || example("SPAT.jsonl", |spat| timing(spat).is_some());
    let there = "intersections[0].states[0].state-time-speed[0]";
    refused(good, &format!("{there}.timing.likelyTime"), |spat| timing(spat).unwrap().likely_time_s = Some(3600.1));
    refused(good, &format!("{there}.timing.minEndTime"), |spat| timing(spat).unwrap().min_end_time_s = Some(-0.1));
    refused(good, "intersections[0].timeStamp", |spat| spat.intersections[0].time_stamp_s = Some(61.0));
    refused(good, "name", |spat| spat.name = Some("路口".into()));
}

#[test]
fn the_end_of_the_hour_does_not_become_an_hour_or_more() {
    let said = |second_s| {
        let times = spat::TimeChangeDetails { min_end_time_s: second_s, ..spat::TimeChangeDetails::default() };
        times.to_wire().unwrap()
    };
    let marks = [Some(3599.99), Some(3600.0), Some(0.04), None].map(|second_s| said(second_s).min_end_time);
    assert_eq!(marks, [35_999, 36_000, 0, 36_111]);
    assert_eq!((said(None).likely_time, said(None).start_time), (None, None));
    // 36001 said "unknown" before the 2020 edition.
    let of_2016 = asn1::us::spat::TimeChangeDetails { likely_time: Some(36_001), ..said(None) };
    assert_eq!(spat::TimeChangeDetails::from_wire(&of_2016).likely_time_s, None);
}

#[test]
fn no_limit_is_infinity() {
    assert_eq!(units::zone_length_to_wire(f64::INFINITY), Ok(10_000));
    assert_eq!(units::zone_length_from_wire(10_000), Some(f64::INFINITY));
    assert_eq!(units::minutes_duration_to_wire(f64::INFINITY), Ok(32_000));
    assert_eq!(units::minutes_duration_from_wire(90), 5400.0);
    for beyond in [-1.0, 10_000.0, f64::NAN, f64::NEG_INFINITY] {
        assert!(units::zone_length_to_wire(beyond).is_err(), "{beyond}");
    }
}

fn first_node(map: &mut map::MapData) -> Option<&mut NodeOffsetPointXY> {
    let lane = map.intersections.as_mut()?.first_mut()?.lane_set.first_mut()?;
    let NodeListXY::Nodes(nodes) = &mut lane.node_list else { return None };
    Some(&mut nodes.first_mut()?.delta)
}

#[test]
fn of_map_what_can_not_be_said_is_refused_by_name() {
    let good = || example("MAP.jsonl", |map| first_node(map).is_some());
    refused(good, "intersections[0].laneSet[0].nodeList.nodes[0].delta.x", |map| {
        *first_node(map).unwrap() = NodeOffsetPointXY::Offset { east_m: 327.68, north_m: 0.0 };
    });
    refused(good, "intersections[0].laneSet[0].nodeList.nodes[0].delta.node-LatLon.lat", |map| {
        *first_node(map).unwrap() = NodeOffsetPointXY::Place(FAR);
    });
    refused(good, "intersections[0].refPoint.lat", |map| {
        map.intersections.as_mut().unwrap()[0].ref_point = Position3D::from(FAR);
    });
    refused(good, "intersections[0].speedLimits[0].speed", |map| {
        let limit = RegulatorySpeedLimit { type_: SpeedLimitType::VehicleMaxSpeed, speed_mps: Some(200.0) };
        map.intersections.as_mut().unwrap()[0].speed_limits = Some(vec![limit]);
    });
}

#[test]
fn angles_of_lanes_are_radians() {
    use asn1::us::lanes::LaneDataAttribute as Wire;
    let crown = LaneDataAttribute::from_wire(&Wire::LaneCrownPointLeft(100));
    assert_eq!(crown, LaneDataAttribute::LaneCrownPointLeft(Some(100.0 * 0.3_f64.to_radians())));
    assert_eq!(
        LaneDataAttribute::from_wire(&Wire::LaneCrownPointCenter(-128)),
        LaneDataAttribute::LaneCrownPointCenter(None)
    );
    assert_eq!(LaneDataAttribute::LaneAngle(Some(FRAC_PI_2)).to_wire(), Ok(Wire::LaneAngle(60)));
    assert_eq!(LaneDataAttribute::LaneAngle(None).to_wire(), Ok(Wire::LaneAngle(-180)));
}

fn history(bsm: &mut bsm::BasicSafetyMessage) -> Option<&mut path::PathHistory> {
    match bsm.part_ii.as_mut()?.get_mut(1)? {
        bsm::PartIIcontent::VehicleSafety(body) => body.path_history.as_mut(),
        _ => None,
    }
}

#[test]
fn of_bsm_what_can_not_be_said_is_refused_by_name() {
    let good = || example("BSM.jsonl", |bsm| history(bsm).is_some());
    refused(good, "coreData.lat", |bsm| bsm.core_data.place = FAR);
    refused(good, "coreData.secMark", |bsm| bsm.core_data.sec_mark_s = Some(-1.0));
    refused(good, "coreData.accelSet.yaw", |bsm| bsm.core_data.accel_set.yaw_radps = PI * 2.0);
    refused(good, "partII[1].partII-Value.pathHistory.crumbData[0].timeOffset", |bsm| {
        history(bsm).unwrap().crumb_data[0].time_offset_s = Some(0.0);
    });
}

#[test]
fn a_path_driven_is_found_from_where_it_ended() {
    let mut bsm = example("BSM.jsonl", |bsm| history(bsm).is_some());
    let newest = Position { lat_deg: 42.0, lon_deg: -83.0, elevation_m: Some(200.0) };
    let mut point = history(&mut bsm).unwrap().crumb_data[0];
    (point.lat_offset_deg, point.lon_offset_deg, point.elevation_offset_m) = (Some(-0.001), Some(0.002), None);
    let place = point.place(newest).unwrap();
    assert!((place.lat_deg - 41.999).abs() < 1e-12 && (place.lon_deg + 82.998).abs() < 1e-12);
    assert_eq!(place.elevation_m, None);
    // What lies farther than the wire reaches is sent as its end, and what is unknown has a word of its own.
    point.lat_offset_deg = Some(-1.0);
    assert_eq!(point.to_wire().map(|wire| wire.lat_offset), Ok(-131_071));
    point.lat_offset_deg = None;
    assert_eq!(point.to_wire().map(|wire| wire.lat_offset), Ok(-131_072));
    assert_eq!(point.place(newest), None);
}

#[test]
fn of_psm_what_can_not_be_said_is_refused_by_name() {
    let good = || example("PSM.jsonl", |_: &mut psm::PersonalSafetyMessage| true);
    refused(good, "position.lat", |psm| psm.position = Position3D::from(FAR));
    refused(good, "clusterRadius", |psm| psm.cluster_radius_m = Some(101.0));
    refused(good, "attachmentRadius", |psm| psm.attachment_radius_m = Some(20.1));
    refused(good, "speed", |psm| psm.speed_mps = Some(-1.0));
}

#[test]
fn of_srm_and_ssm_what_can_not_be_said_is_refused_by_name() {
    let good = || example("SRM.jsonl", |srm: &mut srm::SignalRequestMessage| srm.requests.is_some());
    refused(good, "second", |srm| srm.second_s = Some(61.0));
    refused(good, "requests[0].duration", |srm| srm.requests.as_mut().unwrap()[0].duration_s = Some(-1.0));
    refused(good, "requestor.transitSchedule", |srm| srm.requestor.transit_schedule_s = Some(f64::NAN));
    let mut late = good();
    late.requestor.transit_schedule_s = Some(7200.0);
    assert_eq!(late.to_wire().map(|wire| wire.requestor.transit_schedule), Ok(Some(120)));

    let good = || example("SSM.jsonl", |_: &mut ssm::SignalStatusMessage| true);
    refused(good, "status[0].sigStatus[0].second", |ssm| ssm.status[0].sig_status[0].second_s = Some(99.0));
}

fn circle(tim: &mut tim::TravelerInformation) -> Option<&mut Circle> {
    match &mut tim.data_frames.first_mut()?.regions.first_mut()?.description {
        Some(tim_regions::GeographicalPathDescription::Geometry(geometry)) => Some(&mut geometry.circle),
        _ => None,
    }
}

#[test]
fn of_tim_what_can_not_be_said_is_refused_by_name() {
    let good = || example("TIM.jsonl", |tim: &mut tim::TravelerInformation| circle(tim).is_some());
    refused(good, "dataFrames[0].durationTime", |tim| tim.data_frames[0].duration_time_s = 60.0 * 32_000.0);
    refused(good, "dataFrames[0].regions[0].laneWidth", |tim| tim.data_frames[0].regions[0].lane_width_m = Some(-1.0));
    refused(good, "dataFrames[0].regions[0].description.geometry.circle.radius", |tim| {
        circle(tim).unwrap().radius_m = 1e9;
    });
    refused(good, "urlB", |tim| tim.url_b = Some("网".into()));
}

#[test]
fn a_circle_is_in_metres_whatever_the_wire_counts() {
    use asn1::us::common::DistanceUnits;
    for (unit, metres) in
        [(DistanceUnits::Foot, 3.048), (DistanceUnits::Kilometer, 10_000.0), (DistanceUnits::Cm2_5, 0.25)]
    {
        assert!((units::circle_radius_m(unit).value(10) - metres).abs() < 1e-9);
        assert_eq!(units::circle_radius_m(unit).to_wire(metres), Ok(10));
    }
}

#[test]
fn of_rsm_what_can_not_be_said_is_refused_by_name() {
    let good = || example("RSM.jsonl", |_: &mut rsm::RoadSafetyMessage| true);
    refused(good, "commonContainer.eventInfo.startDateTime.second", |rsm| {
        rsm.common_container.event_info.start_date_time.second_s = Some(-1.0);
    });
    refused(good, "commonContainer.regionInfo[0].referencePoint.lat", |rsm| {
        rsm.common_container.region_info[0].reference_point = Position3D::from(FAR);
    });
    let heading = |heading_cw_north_rad| rsm::ApplicableHeading { heading_cw_north_rad, tolerance_rad: PI / 4.0 };
    let wire = heading(-FRAC_PI_2).to_wire().unwrap();
    assert_eq!((wire.heading, wire.tolerance), (270, 45));
    assert_eq!(heading(359.7_f64.to_radians()).to_wire().map(|wire| wire.heading), Ok(0));
}
