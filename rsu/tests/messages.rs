//! What is broadcast, read back: it means what went in, in every dialect, within the message's own resolution.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::collections::BTreeSet;

use asn1::cn::spat::{LightState, TimeChangeDetails};
use asn1::us::common::{NodeListXY, NodeXY};
use asn1::us::map::{GenericLane, LaneDirection, LaneTypeAttributes};
use asn1::us::spat::MovementPhaseState;
use asn1::{Dialect, units};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;
use perception::track::Track;
use rsu::config::Site;
use rsu::map::{Connection, Maneuver};
use rsu::messages::{Composed, Composer, Edition, ObjectPicture};
use rsu::radios::{MessageKind, MessageSet, Transmission};
use rsu::signals::{GroupState, Light, SignalState};
use rsu::vehicle::heard::{Content, understand};

mod support;
use support::{START, demo_site, offset_1e7deg};

const CN: [Dialect; 3] = [Dialect::CnGbt31024_2019, Dialect::CnN4, Dialect::CnCsae157];
const US: Dialect = Dialect::UsJ27352024;

fn composer(site: &Site, cn: Dialect) -> Composer {
    let edition = Edition { cn: Some(cn), us: Some(US), rsu_id: site.rsu_id, map_max_octets: site.map_max_octets };
    Composer::new(edition, &site.geometry, Some(site.map.clone()))
}

fn of(set: MessageSet, composed: &[Composed]) -> Vec<&Transmission> {
    let sent = composed.iter().map(|composed| composed.as_ref().expect("encodable"));
    sent.filter(|sent| sent.set == set).collect()
}

fn cn(sent: &Transmission, dialect: Dialect) -> asn1::cn::MessageFrame {
    asn1::cn::decode(&sent.payload, dialect).unwrap()
}

fn us(sent: &Transmission) -> asn1::us::MessageFrame {
    asn1::us::decode(&sent.payload).unwrap()
}

fn metres_between(a: &Wgs84, b: &Wgs84) -> f64 {
    let flat = |p: &Wgs84| Wgs84 { ellipsoidal_height_m: 0.0, ..*p };
    let origin = Origin { lat_deg: a.lat_deg, lon_deg: a.lon_deg, ellipsoidal_height_m: 0.0 };
    let [east, north, _] = SiteFrame::new(origin).enu_from_wgs84(flat(b));
    east.hypot(north)
}

fn place_1e7deg(lat: i64, lon: i64) -> Wgs84 {
    Wgs84 { lat_deg: lat as f64 * 1e-7, lon_deg: lon as f64 * 1e-7, ellipsoidal_height_m: 0.0 }
}

/// The bit of a manoeuvre in `AllowedManeuvers`, the same in both families.
fn maneuver_bit(maneuver: Maneuver) -> usize {
    match maneuver {
        Maneuver::Straight => 0,
        Maneuver::Left => 1,
        Maneuver::Right => 2,
        Maneuver::UTurn => 3,
    }
}

#[test]
fn the_china_map_is_the_map() {
    let site = demo_site();
    for dialect in CN {
        let composed = composer(&site, dialect).map(START);
        let [sent] = of(MessageSet::Cn, &composed)[..] else { panic!("one MAP") };
        assert_eq!(sent.kind, MessageKind::Map);
        let asn1::cn::MessageFrame::MapFrame(said) = cn(sent, dialect) else { panic!("{dialect}: not a MAP") };
        assert_eq!(said.time_stamp, Some(asn1::time::minute_of_year(START.0)));
        let mut links = 0;
        for node in &said.nodes {
            let meant = site.map.nodes.iter().find(|meant| meant.id.id == node.id.id).expect("a node of the map");
            let reference = place_1e7deg(node.ref_pos.lat.into(), node.ref_pos.long.into());
            assert!(metres_between(&reference, &meant.position) < 0.01);
            for link in node.in_links.iter().flatten() {
                links += 1;
                let name = String::from_utf8(link.name.as_ref().unwrap().as_iso646_bytes().to_vec()).unwrap();
                let meant = site.map.link(&name).expect("a link of the map");
                assert_eq!((meant.to.id, meant.from.id), (node.id.id, link.upstream_node_id.id), "{name}");
                assert_eq!(link.lanes.len(), meant.lanes.len(), "{name}");
                let limit = link.speed_limits.as_ref().map(|limits| f64::from(limits[0].speed) * 0.02);
                assert!((limit.unwrap() - meant.speed_limit_mps.unwrap()).abs() <= 0.01, "{name}: {limit:?}");
                let phases: BTreeSet<_> =
                    link.movements.iter().flatten().map(|m| (m.remote_intersection.id, m.phase_id)).collect();
                let meant_phases: BTreeSet<_> = meant
                    .lanes
                    .iter()
                    .flat_map(|lane| &lane.connections)
                    .map(|c| (site.map.link(&c.to_link).unwrap().to.id, c.signal_group))
                    .collect();
                assert_eq!(phases, meant_phases, "{name}");
                for (lane, meant) in link.lanes.iter().zip(&meant.lanes) {
                    assert_eq!(lane.lane_id, meant.number);
                    assert!((f64::from(lane.lane_width.unwrap()) * 0.01 - meant.width_m).abs() < 0.0051);
                    let points = lane.points.as_ref().unwrap();
                    assert_eq!(points.len(), meant.points.len(), "{name}/{}", meant.number);
                    for (point, meant) in points.iter().zip(&meant.points) {
                        let (lat, lon) = offset_1e7deg(&point.pos_offset.offset_ll);
                        let place = place_1e7deg(i64::from(node.ref_pos.lat) + lat, i64::from(node.ref_pos.long) + lon);
                        assert!(metres_between(&place, meant) < 0.05, "{name}: {}", metres_between(&place, meant));
                    }
                    let ways: Vec<_> = lane
                        .connects_to
                        .iter()
                        .flatten()
                        .map(|c| {
                            let to = c.connecting_lane.unwrap();
                            (c.remote_intersection.id, to.lane, to.maneuver.unwrap(), c.phase_id)
                        })
                        .collect();
                    let meant_ways: Vec<_> = meant
                        .connections
                        .iter()
                        .map(|c| {
                            (
                                site.map.link(&c.to_link).unwrap().to.id,
                                c.to_lane,
                                cn_maneuver(c.maneuver),
                                c.signal_group,
                            )
                        })
                        .collect();
                    assert_eq!(ways, meant_ways, "{name}/{}", meant.number);
                }
            }
        }
        assert_eq!((said.nodes.len(), links), (site.map.nodes.len(), site.map.links.len()), "{dialect}");
    }
}

fn cn_maneuver(maneuver: Maneuver) -> asn1::cn::map::AllowedManeuvers {
    use asn1::cn::map::AllowedManeuvers as A;
    [A::MANEUVER_STRAIGHT_ALLOWED, A::MANEUVER_LEFT_ALLOWED, A::MANEUVER_RIGHT_ALLOWED, A::MANEUVER_U_TURN_ALLOWED]
        [maneuver_bit(maneuver)]
}

fn us_maneuver(maneuver: Maneuver) -> asn1::us::map::AllowedManeuvers {
    use asn1::us::map::AllowedManeuvers as A;
    [A::MANEUVER_STRAIGHT_ALLOWED, A::MANEUVER_LEFT_ALLOWED, A::MANEUVER_RIGHT_ALLOWED, A::MANEUVER_U_TURN_ALLOWED]
        [maneuver_bit(maneuver)]
}

fn step_m(node: &NodeXY) -> [f64; 2] {
    use asn1::us::common::NodeOffsetPointXY as N;
    let (x, y) = match &node.delta {
        N::NodeXY1(n) => (n.x, n.y),
        N::NodeXY2(n) => (n.x, n.y),
        N::NodeXY3(n) => (n.x, n.y),
        N::NodeXY4(n) => (n.x, n.y),
        N::NodeXY5(n) => (n.x, n.y),
        N::NodeXY6(n) => (n.x, n.y),
        other => panic!("{other:?}"),
    };
    [f64::from(x) * 0.01, f64::from(y) * 0.01]
}

#[test]
fn the_us_map_is_the_map() {
    let site = demo_site();
    let composed = composer(&site, Dialect::default()).map(START);
    let [sent] = of(MessageSet::Us, &composed)[..] else { panic!("one MAP") };
    let asn1::us::MessageFrame::MapData(said) = us(sent) else { panic!("not a MAP") };
    let [junction] = &said.intersections.unwrap()[..] else { panic!("one junction") };
    let node = site.map.served_node().unwrap();
    assert_eq!((junction.id.region, junction.id.id), (Some(node.id.region), node.id.id));
    let reference = place_1e7deg(junction.ref_point.lat.into(), junction.ref_point.long.into());
    assert!(metres_between(&reference, &node.position) < 0.01);
    let origin = Origin { lat_deg: reference.lat_deg, lon_deg: reference.lon_deg, ellipsoidal_height_m: 0.0 };
    let frame = SiteFrame::new(origin);
    let meant_lanes: Vec<_> =
        site.map.links.iter().flat_map(|link| link.lanes.iter().map(move |lane| (link, lane))).collect();
    let is_crosswalk = |lane: &GenericLane| matches!(lane.lane_attributes.lane_type, LaneTypeAttributes::Crosswalk(_));
    let (crosswalks, lanes): (Vec<_>, Vec<_>) = junction.lane_set.iter().partition(|lane| is_crosswalk(lane));
    let told =
        crosswalks.iter().map(|lane| lane.connects_to.as_ref().and_then(|connections| connections[0].signal_group));
    let meant = site.map.crosswalks.iter().map(|crosswalk| crosswalk.signal_group);
    assert_eq!(told.collect::<Vec<_>>(), meant.collect::<Vec<_>>(), "each crosswalk under its group");
    assert_eq!(lanes.len(), meant_lanes.len());
    for lane in lanes {
        let (link, meant) =
            meant_lanes.iter().find(|(_, meant)| meant.intersection_lane == lane.lane_id).expect("a lane of the map");
        let ingress = link.to == node.id;
        let direction = if ingress { LaneDirection::INGRESS_PATH } else { LaneDirection::EGRESS_PATH };
        assert_eq!(lane.lane_attributes.directional_use, direction);
        assert_eq!((lane.ingress_approach.is_some(), lane.egress_approach.is_some()), (ingress, !ingress));
        let NodeListXY::Nodes(nodes) = &lane.node_list else { panic!("computed") };
        assert_eq!(nodes.len(), meant.points.len());
        let mut at_m = [0.0; 2];
        for index in 0..nodes.len() {
            let step = step_m(&nodes[index]);
            at_m = [at_m[0] + step[0], at_m[1] + step[1]];
            // The first node is at the stop line, whichever way one drives.
            let point = &meant.points[if ingress { nodes.len() - 1 - index } else { index }];
            let [east, north, _] = frame.enu_from_wgs84(Wgs84 { ellipsoidal_height_m: 0.0, ..*point });
            let error_m = (at_m[0] - east).hypot(at_m[1] - north);
            assert!(error_m < 0.05, "lane {} node {index}: {error_m} m", lane.lane_id);
        }
        let ways: Vec<_> = lane
            .connects_to
            .iter()
            .flatten()
            .map(|c| (c.connecting_lane.lane, c.connecting_lane.maneuver.unwrap(), c.signal_group))
            .collect();
        let meant_ways: Vec<_> = meant
            .connections
            .iter()
            .map(|c| {
                let to = &site.map.link(&c.to_link).unwrap().lanes;
                let to = to.iter().find(|to| to.number == c.to_lane).unwrap();
                (to.intersection_lane, us_maneuver(c.maneuver), c.signal_group)
            })
            .collect();
        assert_eq!(ways, meant_ways, "lane {}", lane.lane_id);
    }
}

/// Moments over a cycle and around the turn of an hour and of a year, each with the age of the controller's word.
fn moments() -> Vec<(UtcMicros, f64)> {
    let new_year = UtcMicros(1_798_761_600_000_000);
    let from = [START, START.plus_seconds(-25.0), new_year.plus_seconds(-30.0)];
    let steps = (0..130).map(|i| f64::from(i) * 0.437);
    steps.flat_map(|s| from.map(|from| from.plus_seconds(s))).zip([0.0, 0.05, 0.2].into_iter().cycle()).collect()
}

fn light_cn(light: Light) -> LightState {
    match light {
        Light::Green => LightState::PermissiveGreen,
        Light::Yellow => LightState::Yellow,
        Light::Red => LightState::Red,
        other => panic!("{other:?} is not in the plan"),
    }
}

#[test]
fn china_lights_count_down_to_the_moment_of_the_change() {
    let site = demo_site();
    let plan = site.fixed_time_plan().unwrap();
    for dialect in CN {
        for (now, age_s) in moments() {
            let state = plan.state(now.plus_seconds(-age_s));
            let composed = composer(&site, dialect).spat(now, &state);
            let [sent] = of(MessageSet::Cn, &composed)[..] else { panic!("one SPAT") };
            let asn1::cn::MessageFrame::SpatFrame(said) = cn(sent, dialect) else { panic!("not a SPAT") };
            let junction = &said.intersections[0];
            assert_eq!(junction.intersection_id.id, site.map.served_node().unwrap().id.id);
            let told_us =
                asn1::time::from_minute_of_year(junction.moy.unwrap(), junction.time_stamp.unwrap(), now.0).unwrap();
            assert_eq!(told_us, now.0.div_euclid(1000) * 1000, "said when it was said");
            assert_eq!(junction.phases.len(), state.groups.len());
            for (phase, meant) in junction.phases.iter().zip(&state.groups) {
                assert_eq!(phase.id, meant.id);
                assert_eq!(phase.phase_states[0].light, light_cn(meant.light));
                let mut ends_s = meant.likely_end_s.unwrap() - age_s;
                let mut starts_s = 0.0;
                let followed: Vec<Light> = meant.next.iter().map(|(light, _)| *light).collect();
                let told: Vec<LightState> = phase.phase_states[1..].iter().map(|state| state.light).collect();
                assert_eq!(told, followed.into_iter().map(light_cn).collect::<Vec<_>>());
                for (index, told) in phase.phase_states.iter().enumerate() {
                    let Some(TimeChangeDetails::Counting(counting)) = told.timing else { panic!("no countdown") };
                    let near = |mark: u16, s: f64| (f64::from(mark) * 0.1 - s.max(0.0)).abs() <= 0.0501;
                    assert!(near(counting.start_time, starts_s), "{now:?} {phase:?}");
                    assert!(near(counting.likely_end_time, ends_s), "{now:?} {ends_s} {phase:?}");
                    starts_s = ends_s;
                    ends_s += meant.next.get(index).map_or(0.0, |(_, lasts_s)| *lasts_s);
                }
            }
        }
    }
}

#[test]
fn us_lights_name_the_tenth_of_the_utc_hour_in_which_they_change() {
    let site = demo_site();
    let plan = site.fixed_time_plan().unwrap();
    for (now, age_s) in moments() {
        let state = plan.state(now.plus_seconds(-age_s));
        let composed = composer(&site, Dialect::default()).spat(now, &state);
        let [sent] = of(MessageSet::Us, &composed)[..] else { panic!("one SPAT") };
        let asn1::us::MessageFrame::Spat(said) = us(sent) else { panic!("not a SPAT") };
        let junction = &said.intersections[0];
        assert_eq!(junction.moy, Some(asn1::time::minute_of_year(now.0)));
        assert_eq!(junction.time_stamp, Some((now.0.rem_euclid(60_000_000) / 1000) as u16));
        assert_eq!(junction.states.len(), state.groups.len());
        for (told, meant) in junction.states.iter().zip(&state.groups) {
            assert_eq!(told.signal_group, meant.id);
            let event = &told.state_time_speed[0];
            let light = match meant.light {
                Light::Green => MovementPhaseState::PermissiveMovementAllowed,
                Light::Yellow => MovementPhaseState::PermissiveClearance,
                _ => MovementPhaseState::StopAndRemain,
            };
            assert_eq!(event.event_state, light);
            let change_us = state.captured_at.plus_seconds(meant.likely_end_s.unwrap()).0;
            let tenth = (change_us.rem_euclid(3_600_000_000) / 100_000) as u16;
            let timing = event.timing.unwrap();
            assert_eq!(
                (timing.likely_time, timing.min_end_time, timing.max_end_time),
                (Some(tenth), tenth, Some(tenth)),
                "{now:?}"
            );
        }
    }
}

#[test]
fn each_of_several_junctions_has_its_own_groups_in_spat() {
    let mut site = demo_site();
    // The next node to the north is served too: who comes there may turn under group 2.
    let north = site.map.link("north-out").unwrap().to;
    site.map.nodes.iter_mut().filter(|node| node.id == north).for_each(|node| node.served = true);
    let link = site.map.links.iter_mut().find(|link| link.id == "north-out").unwrap();
    link.lanes[0].connections.push(Connection {
        to_link: "north-in".into(),
        to_lane: 1,
        maneuver: Maneuver::UTurn,
        signal_group: Some(2),
        points: Vec::new(),
        confirmed: true,
    });
    let groups = (1..=6).map(|id| GroupState::new(id, Light::Red)).collect();
    let state = SignalState { captured_at: START, control: None, plan: None, groups };
    for sent in composer(&site, Dialect::default()).spat(START, &state) {
        let frame = rsu::radios::network_frame(&sent.unwrap()).unwrap();
        let heard = understand(&frame, START, Dialect::default(), Dialect::UsJ27352024).unwrap().unwrap();
        let Content::Lights(junctions) = heard.content else { panic!("no SPAT") };
        let told: Vec<(u16, Vec<u8>)> = junctions
            .iter()
            .map(|junction| (junction.node.id, junction.groups.iter().map(|group| group.id).collect()))
            .collect();
        let of = |id| if id == north { vec![2] } else { vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(told, site.map.served_nodes().map(|node| (node.id.id, of(node.id))).collect::<Vec<_>>());
    }
}

#[test]
fn what_nobody_knows_is_said_as_unknown() {
    let site = demo_site();
    let group =
        |id, light, min_end_s, likely_end_s| GroupState { min_end_s, likely_end_s, ..GroupState::new(id, light) };
    let groups = vec![
        group(1, Light::Unavailable, None, None),
        group(2, Light::Green, None, None),
        group(3, Light::Red, None, Some(4000.0)),
        group(4, Light::Green, None, Some(5.0)),
        group(5, Light::Green, Some(3.0), None),
    ];
    let state = SignalState { captured_at: START, control: None, plan: None, groups };
    let composed = composer(&site, Dialect::default()).spat(START, &state);
    let asn1::cn::MessageFrame::SpatFrame(said) = cn(of(MessageSet::Cn, &composed)[0], Dialect::default()) else {
        panic!("not a SPAT")
    };
    let told: Vec<_> = said.intersections[0]
        .phases
        .iter()
        .map(|phase| match phase.phase_states[0].timing {
            Some(TimeChangeDetails::Counting(c)) => Some((c.likely_end_time, c.min_end_time)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [None, None, Some((36_000, None)), Some((50, None)), Some((36_001, Some(30)))]);
    let asn1::us::MessageFrame::Spat(said) = us(of(MessageSet::Us, &composed)[0]) else { panic!("not a SPAT") };
    let told: Vec<_> = said.intersections[0]
        .states
        .iter()
        .map(|state| state.state_time_speed[0].timing.map(|t| (t.likely_time, t.min_end_time, t.max_end_time)))
        .collect();
    let unknown = asn1::time::TIME_MARK_UNKNOWN_US;
    let ends = [(Some(36_000), unknown, None), (Some(50), unknown, None), (None, 30, None)];
    assert_eq!(told, [None, None, Some(ends[0]), Some(ends[1]), Some(ends[2])]);
}

fn track(id: u64, class: Class, position_enu_m: [f64; 2], velocity_enu_mps: [f64; 2]) -> Track {
    let [ve, vn] = velocity_enu_mps;
    Track {
        id,
        class,
        class_probability: 0.9,
        position_enu_m,
        cov_position_m2: [[0.09, 0.02], [0.02, 0.04]],
        velocity_enu_mps,
        cov_velocity_m2ps2: [[0.01, 0.0], [0.0, 0.02]],
        heading_cw_north_rad: (ve.hypot(vn) > 0.1).then(|| ve.atan2(vn).rem_euclid(std::f64::consts::TAU)),
        length_m: Some(4.537),
        width_m: Some(1.823),
        height_m: Some(1.51),
        existence: 0.99,
        sources: vec!["cam-plaza".into()],
        measured_at: START,
        born_at: START,
    }
}

fn tracks() -> Vec<Track> {
    vec![
        track(7, Class::Car, [63.337, 41.123], [3.3, 9.7]),
        track(8, Class::Truck, [-120.004, 88.5], [-13.9, 0.001]),
        track(9, Class::Pedestrian, [-5.55, -2.25], [0.0, -1.234]),
        track(10, Class::Bicycle, [0.0, 0.0], [0.0, 4.99]),
        track(11, Class::Bus, [290.0, -310.0], [0.0, 0.0]),
        track(12, Class::Unknown, [12.0, 12.0], [-1e-9, 12.0]),
        track(13, Class::Animal, [-12.0, 12.0], [1.0, 0.0]),
    ]
}

/// The largest error of a rounded angle, radians, and the angle between two directions.
fn angle_between(a_rad: f64, b_rad: f64) -> f64 {
    let d = (a_rad - b_rad).rem_euclid(std::f64::consts::TAU);
    d.min(std::f64::consts::TAU - d)
}

#[test]
fn an_rsm_says_where_everybody_is_to_the_centimetre() {
    use asn1::cn::rsm::ParticipantType as P;
    let site = demo_site();
    let (tracks, now) = (tracks(), START.plus_seconds(12.345));
    let frame = SiteFrame::new(site.geometry.origin);
    for dialect in CN {
        let refs: Vec<&Track> = tracks.iter().collect();
        let picture = ObjectPicture { tracks: &refs, captured_at: None, arrived_at: None };
        let composed = composer(&site, dialect).objects(now, &picture);
        let [sent] = of(MessageSet::Cn, &composed)[..] else { panic!("one RSM") };
        let asn1::cn::MessageFrame::RsmFrame(said) = cn(sent, dialect) else { panic!("{dialect}: not an RSM") };
        assert_eq!(said.id.as_slice(), site.rsu_id);
        assert_eq!((said.participants[0].ptc_id, said.participants[0].ptc_type), (0, P::Rsu));
        assert_eq!(offset_1e7deg(&said.participants[0].pos.offset_ll), (0, 0));
        assert_eq!(said.participants.len(), tracks.len() + 1);
        for (told, meant) in said.participants[1..].iter().zip(&tracks) {
            let (lat, lon) = offset_1e7deg(&told.pos.offset_ll);
            let place = place_1e7deg(i64::from(said.ref_pos.lat) + lat, i64::from(said.ref_pos.long) + lon);
            let [east, north] = meant.position_enu_m;
            let meant_place = frame.wgs84_from_enu([east, north, 0.0]);
            assert!(metres_between(&place, &meant_place) < 0.01, "{}", metres_between(&place, &meant_place));
            let speed_mps = units::SPEED_MPS.from_wire(told.speed).unwrap();
            assert!((speed_mps - meant.speed_mps()).abs() <= 0.0101, "{speed_mps} {meant:?}");
            match (units::HEADING_CW_NORTH_RAD.from_wire(told.heading), meant.heading_cw_north_rad) {
                (Some(told), Some(meant)) => assert!(angle_between(told, meant).to_degrees() <= 0.0063),
                (told, meant) => assert_eq!(told, meant),
            }
            assert_eq!(told.sec_mark, 12_345);
            assert_eq!((told.size.length, told.size.width, told.size.height), (454, 182, Some(30)));
            // 95 % circle of a 0.31 m standard deviation: 0.77 m, which is within a metre and not within half of one.
            assert_eq!(told.pos_confidence.pos, asn1::cn::common::PositionConfidence::A1m);
        }
        let types: Vec<_> = said.participants[1..].iter().map(|told| told.ptc_type).collect();
        assert_eq!(types, [P::Motor, P::Motor, P::Pedestrian, P::NonMotor, P::Motor, P::Unknown, P::Unknown]);
    }
}

#[test]
fn an_sdsm_says_the_same_to_the_decimetre() {
    use asn1::us::sdsm::{DetectedObjectOptionalData as D, ObjectType as O};
    let site = demo_site();
    let (tracks, now) = (tracks(), START.plus_seconds(12.345));
    let refs: Vec<&Track> = tracks.iter().collect();
    let picture = ObjectPicture { tracks: &refs, captured_at: None, arrived_at: None };
    let composed = composer(&site, Dialect::default()).objects(now, &picture);
    let [sent] = of(MessageSet::Us, &composed)[..] else { panic!("one SDSM") };
    let asn1::us::MessageFrame::SensorDataSharingMessage(said) = us(sent) else { panic!("not an SDSM") };
    assert_eq!(said.source_id.as_slice(), &site.rsu_id[4..]);
    let at = said.sdsm_time_stamp;
    assert_eq!((at.year, at.month, at.day, at.hour), (Some(2026), Some(7), Some(30), Some(12)));
    assert_eq!((at.minute, at.second), (Some(0), Some(12_345)));
    let reference = place_1e7deg(said.ref_pos.lat.into(), said.ref_pos.long.into());
    assert!(metres_between(&reference, &Wgs84::from(site.geometry.origin)) < 0.01);
    assert_eq!(said.objects.len(), tracks.len());
    for (told, meant) in said.objects.iter().zip(&tracks) {
        let common = &told.det_obj_common;
        let [east, north] = meant.position_enu_m;
        assert!((f64::from(common.pos.offset_x) * 0.1 - east).abs() <= 0.0501, "{common:?}");
        assert!((f64::from(common.pos.offset_y) * 0.1 - north).abs() <= 0.0501, "{common:?}");
        let speed_mps = units::SPEED_MPS.from_wire(common.speed).unwrap();
        assert!((speed_mps - meant.speed_mps()).abs() <= 0.0101);
        match (units::HEADING_CW_NORTH_RAD.from_wire(common.heading), meant.heading_cw_north_rad) {
            (Some(told), Some(meant)) => assert!(angle_between(told, meant).to_degrees() <= 0.0063),
            (told, meant) => assert_eq!(told, meant),
        }
        assert_eq!((common.measurement_time, common.obj_type_cfd), (0, 90));
    }
    let types: Vec<_> = said.objects.iter().map(|told| told.det_obj_common.obj_type).collect();
    assert_eq!(types, [O::Vehicle, O::Vehicle, O::Vru, O::Vru, O::Vehicle, O::Unknown, O::Animal]);
    let Some(D::DetVeh(car)) = said.objects[0].det_obj_opt_data else { panic!("a car has a size") };
    assert_eq!(car.size.map(|size| (size.length, size.width)), Some((454, 182)));
    // One road user has one number, whoever asks.
    let asn1::cn::MessageFrame::RsmFrame(rsm) = cn(of(MessageSet::Cn, &composed)[0], Dialect::default()) else {
        panic!("not an RSM")
    };
    let numbers: Vec<u16> = rsm.participants[1..].iter().map(|told| told.ptc_id).collect();
    assert_eq!(numbers, said.objects.iter().map(|told| told.det_obj_common.object_id).collect::<Vec<_>>());
}

#[test]
fn more_than_a_message_holds_goes_into_several() {
    let site = demo_site();
    let many: Vec<Track> = (0..100).map(|i| track(i, Class::Car, [i as f64, -(i as f64)], [5.0, 0.0])).collect();
    let refs: Vec<&Track> = many.iter().collect();
    let picture = ObjectPicture { tracks: &refs, captured_at: Some(START), arrived_at: Some(START) };
    let composed = composer(&site, Dialect::default()).objects(START, &picture);
    let rsm = of(MessageSet::Cn, &composed);
    assert_eq!(rsm.len(), 7, "100 in fifteens");
    assert_eq!(of(MessageSet::Us, &composed).len(), 3, "100 in forties");
    for sent in composed.iter().flatten() {
        assert!(sent.payload.len() <= 1400, "{:?} of {} octets fits no frame", sent.kind, sent.payload.len());
    }
}
