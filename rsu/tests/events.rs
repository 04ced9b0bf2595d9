//! Events and notices on their way to the air, in simulated time.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::net::UdpSocket;

use asn1::cn::MessageFrame;
use asn1::si::Si;
use asn1::si::cn::rsi::RoadSideInformation;
use asn1::si::us::nodes::NodeOffsetPointLL;
use asn1::si::us::rsm::{AreaType, BroadRegionArea, ContentContainer, NodePointLLE, RoadSafetyMessage};
use asn1::si::us::tim::{TravelerDataFrame, TravelerInformation};
use asn1::si::us::tim_regions::{GeographicalPathDescription, NodeListLL, OffsetSystemOffset};
use asn1::us::tim::{ITIScodesAndTextElementItem, TravelerDataFrameContent};
use asn1::{Dialect, us};
use perception::events::{EventKind, WaterGauge, WaterLevel};
use perception::time::UtcMicros;
use rsu::config::{ReceiverFile, Site};
use rsu::gate::Reason;
use rsu::notice::{Notice, NoticeCode, Place, Timing};
use rsu::pipeline::{Input, Output};
use rsu::radios::{MessageKind, MessageSet};
use rsu::run::Service;

mod support;
use support::{Folder, Sim, demo_site, quiet_site};

fn works(site: &rsu::config::Site, now: UtcMicros) -> Notice {
    let origin = site.geometry.origin;
    let at = |step: f64| Place { lat_deg: origin.lat_deg + step * 1e-4, lon_deg: origin.lon_deg };
    let link = &site.map.links[0];
    Notice {
        id: "works-7".into(),
        code: NoticeCode::Sign(38),
        timing: Timing::SemiStatic,
        place: at(1.0),
        radius_m: None,
        path: vec![at(1.0), at(2.0)],
        lanes: vec![format!("{}/{}", link.id, link.lanes[0].number).into()],
        from_us: now.0 + 1_000_000,
        until_us: now.0 + 6_000_000,
        priority: 4,
        text: Some("道路施工".into()),
    }
}

fn rsi(sim: &Sim, site: &rsu::config::Site) -> Vec<(i64, u32, RoadSideInformation)> {
    let sent = sim.sent(MessageSet::Cn, MessageKind::Rsi);
    let read = |(ms, _, sent): (i64, UtcMicros, &rsu::radios::Transmission)| {
        let MessageFrame::RsiFrame(rsi) = asn1::cn::decode(&sent.payload, site.cn.unwrap()).unwrap() else {
            panic!("no RSI")
        };
        (ms, sent.application_id, RoadSideInformation::from_wire(&rsi))
    };
    sent.into_iter().map(read).collect()
}

#[test]
fn a_notice_is_said_in_its_time_at_its_pace_and_no_longer() {
    let site = demo_site();
    let mut sim = Sim::new(&site);
    sim.run(10_000, |ms, now, arrived| {
        if ms == 50 {
            arrived.push(Input::Notice(works(&site, now)));
        }
        if ms == 60 {
            arrived.push(Input::Notice(Notice { priority: 9, ..works(&site, now) }));
        }
    });
    let said = rsi(&sim, &site);
    assert_eq!(said.len(), 10, "5 s at two a second");
    assert!(said.iter().all(|(ms, aid, _)| (1050..6100).contains(ms) && *aid == 3621));
    let (_, _, first) = &said[0];
    let sign = &first.rtss.as_ref().unwrap()[0];
    assert_eq!((first.rtes.as_ref(), sign.sign_type, sign.priority), (None, 38, Some(4)));
    assert_eq!(sign.description.as_ref().unwrap().text(), "道路施工");
    assert_eq!(sign.reference_paths.as_ref().unwrap()[0].active_path.len(), 2);
    let link = sign.reference_links.as_ref().unwrap()[0];
    assert_eq!(link.upstream_node_id.id, site.map.links[0].from.id);
    let position = sign.sign_pos.unwrap();
    assert!((position.lat_deg - site.geometry.origin.lat_deg - 1e-4).abs() < 2e-7);
    let outcomes: Vec<_> = sim
        .said
        .iter()
        .filter_map(|said| match &said.output {
            Output::Notice { outcome, .. } => Some(*outcome),
            _ => None,
        })
        .collect();
    assert_eq!(outcomes, [Ok(()), Err("bad_priority")]);
    let held = sim.said.iter().filter(|said| {
        matches!(said.output, Output::Suppressed { message: MessageKind::Rsi, reason: Reason::OutsideTimeWindow })
    });
    assert_eq!(held.count(), 2, "it came a second early");
}

fn tim(sim: &Sim) -> Vec<(i64, u32, TravelerInformation)> {
    let read = |(ms, _, sent): (i64, UtcMicros, &rsu::radios::Transmission)| {
        let us::MessageFrame::TravelerInformation(tim) = us::decode(&sent.payload).unwrap() else { panic!("no TIM") };
        (ms, sent.application_id, TravelerInformation::from_wire(&tim))
    };
    sim.sent(MessageSet::Us, MessageKind::Tim).into_iter().map(read).collect()
}

#[test]
fn vehicles_of_the_us_set_are_told_in_their_own_words() {
    let mut site = demo_site();
    site.us = Some(Dialect::UsJ27352024);
    site.event_codes.broadcast.insert(EventKind::Flooding);
    site.events.gauges.push(WaterGauge { id: "dip".into(), place_enu_m: [0.0, 0.0], lane: None });
    let mut sim = Sim::new(&site);
    sim.run(4_000, |ms, now, arrived| {
        if ms == 50 {
            let text = Some("ROAD WORK, KEEP LEFT".into());
            arrived.push(Input::Notice(Notice { code: NoticeCode::Itis(1025), text, ..works(&site, now) }));
        }
        if ms % 1000 == 5 {
            arrived.push(Input::Water(WaterLevel { gauge: "dip".into(), depth_m: 0.2, measured_at: now }));
        }
    });
    let said = tim(&sim);
    assert!(said.iter().all(|(_, psid, _)| *psid == 0x83));
    assert!(
        rsi(&sim, &site).iter().all(|(_, _, rsi)| rsi.rtss.is_none()),
        "a phrase of ITIS is not for China's vehicles"
    );
    let about = |phrase: u16| {
        let item = |frame: &TravelerDataFrame| match &frame.content {
            TravelerDataFrameContent::Advisory(items) => items[0].item.clone(),
            _ => panic!("no advisory"),
        };
        let of = move |(ms, _, tim): &(i64, u32, TravelerInformation)| {
            (item(&tim.data_frames[0]) == ITIScodesAndTextElementItem::Itis(phrase)).then(|| (*ms, tim.clone()))
        };
        said.iter().filter_map(of).collect::<Vec<_>>()
    };
    let works = about(1025);
    assert_eq!(works.len(), 5, "from 1.05 s to 4 s, every half second");
    assert!(works.iter().all(|(ms, tim)| *ms >= 1050 && tim.packet_id == works[0].1.packet_id));
    let frame = &works[0].1.data_frames[0];
    assert_eq!((frame.priority, frame.duration_time_s), (4, 120.0), "5 s, in whole minutes");
    let TravelerDataFrameContent::Advisory(items) = &frame.content else { panic!("no advisory") };
    assert_eq!(items[1].item, ITIScodesAndTextElementItem::Text("ROAD WORK, KEEP LEFT".try_into().unwrap()));
    let Some(GeographicalPathDescription::Path(path)) = &frame.regions[0].description else { panic!("no path") };
    let OffsetSystemOffset::Ll(NodeListLL::Nodes(nodes)) = &path.offset else { panic!("no nodes") };
    let NodeOffsetPointLL::Offset { lat_deg, lon_deg } = nodes[1].delta else { panic!("no offset") };
    assert!((lat_deg - 1e-4).abs() < 2e-7 && lon_deg == 0.0, "from the first to the second");
    let flood = about(1301);
    assert!((7..=8).contains(&flood.len()), "4 s at two a second: {}", flood.len());
    assert_ne!(flood[0].1.packet_id, works[0].1.packet_id);
    let region = &flood[0].1.data_frames[0].regions[0];
    let Some(GeographicalPathDescription::Geometry(around)) = &region.description else { panic!("no circle") };
    assert_eq!(around.circle.radius_m, 20.0);
}

/// When it was said, and what.
fn rsm(sim: &Sim) -> Vec<(i64, RoadSafetyMessage)> {
    let read = |(ms, _, sent): (i64, UtcMicros, &rsu::radios::Transmission)| {
        assert_eq!(sent.application_id, 0x83);
        let us::MessageFrame::RoadSafetyMessage(rsm) = us::decode(&sent.payload).unwrap() else { panic!("no RSM") };
        (ms, RoadSafetyMessage::from_wire(&rsm))
    };
    sim.sent(MessageSet::Us, MessageKind::Rsm).into_iter().map(read).collect()
}

#[test]
fn a_site_that_names_its_road_authority_says_it_in_rsm_too_until_it_is_over() {
    let mut site = demo_site();
    site.us = Some(Dialect::UsJ27352024);
    let sim_of = |site: &Site| {
        let mut sim = Sim::new(site);
        sim.run(9_000, |ms, now, arrived| {
            if ms == 50 {
                let text = Some("ROAD WORK, KEEP LEFT EVERYBODY".into());
                arrived.push(Input::Notice(Notice { code: NoticeCode::Itis(1025), text, ..works(site, now) }));
            }
        });
        sim
    };
    assert!(rsm(&sim_of(&site)).is_empty(), "nobody's");
    site.road_authority = asn1::ObjectIdentifier::new(vec![1, 3, 6, 1, 4, 1, 32473]);
    let sim = sim_of(&site);
    let said = rsm(&sim);
    assert_eq!(said.len(), tim(&sim).len() + 5, "as often as TIM, and then that it is over");
    let info = |(_, rsm): &(i64, RoadSafetyMessage)| rsm.common_container.event_info.clone();
    let (first, last) = (info(&said[0]), info(said.last().unwrap()));
    assert_eq!((first.cause_code, first.sub_cause_code), (4, Some(1025)), "road work");
    assert_eq!((first.event_update, first.event_cancellation), (0, false));
    assert_eq!((last.event_update, last.event_cancellation), (1, true));
    assert!(said.iter().all(|one| info(one).event_id == first.event_id));
    let (held, over): (Vec<_>, Vec<_>) = said.iter().partition(|one| !info(one).event_cancellation);
    assert!(
        held.iter().all(|(ms, _)| (1050..6100).contains(ms)) && over.iter().all(|(ms, _)| (6000..9000).contains(ms))
    );
    let rsm = &said[0].1;
    let [ContentContainer::SituationalContainer(_), ContentContainer::DynamicInfoContainer(sign)] = &rsm.content[..]
    else {
        panic!("{:?}", rsm.content)
    };
    let lines: Vec<_> = sign.dms_sign_string.iter().map(|line| line.0.to_string()).collect();
    assert_eq!(lines, ["ROAD WORK, KEEP LEFT", "EVERYBODY"]);
    let Some(AreaType::BroadRegion(region)) = &rsm.common_container.region_info[0].approach_region else { panic!() };
    let BroadRegionArea::Polygon(corners) = &region.broad_area else { panic!("{region:?}") };
    let metres = |corner: &NodePointLLE| match corner {
        NodePointLLE::Node3Dabsolute(at) => {
            let at = at.place.unwrap();
            let origin = site.geometry.origin;
            [
                (at.lon_deg - origin.lon_deg) * 111_320.0 * origin.lat_deg.to_radians().cos(),
                (at.lat_deg - origin.lat_deg) * 111_000.0,
            ]
        }
        other => panic!("{other:?}"),
    };
    let corners: Vec<_> = corners.iter().map(metres).collect();
    let width_m = corners[0][0] - corners[3][0];
    assert!(corners.len() == 4 && (width_m - 3.5).abs() < 0.05, "a lane's width along the way north: {corners:?}");
}

/// A service that hears of the gauge `dip` and of nothing else, and the socket by which that speaks.
async fn service_with_a_gauge(folder: &Folder) -> (Service, UdpSocket) {
    let mut site = quiet_site(folder);
    site.radars.clear();
    site.geometry.sensors.clear();
    site.events.gauges.push(WaterGauge { id: "dip".into(), place_enu_m: [0.0, 0.0], lane: None });
    site.water = vec![ReceiverFile { id: "g".into(), listen: "127.0.0.1:0".parse().unwrap(), from: Vec::new() }];
    (Service::start(&site, None).await.unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gauge_that_speaks_over_udp_is_heard() {
    let folder = Folder::new("events-gauge");
    let (service, gauge) = service_with_a_gauge(&folder).await;
    for word in ["nonsense", r#"{"gauge": "pond", "depth_m": 1}"#, r#"{"gauge": "dip", "depth_m": 0.25}"#] {
        gauge.send_to(word.as_bytes(), service.receivers.addresses()[0]).unwrap();
    }
    let figures = || service.metrics.render().unwrap();
    while !figures().contains("lukou_water_depth_m{gauge=\"dip\"} 0.25\n") {
        assert!(service.clock.uptime_s() < 60.0, "in vain: {}", figures());
        tokio::task::yield_now().await;
    }
    let figures = figures();
    for figure in [
        "lukou_dropped_total{reason=\"malformed\",where=\"water g\"} 1\n",
        "lukou_dropped_total{reason=\"unknown_gauge\",where=\"water\"} 1\n",
    ] {
        assert!(figures.contains(figure), "no {figure} in {figures}");
    }
    assert!(!figures.contains("pond"), "only gauges of the site are figures");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn water_that_rises_and_falls_is_one_event_each_time() {
    let folder = Folder::new("events-flood");
    let (service, gauge) = service_with_a_gauge(&folder).await;
    let wait_until = async |what: &dyn Fn() -> bool| {
        while !what() {
            assert!(service.clock.uptime_s() < 120.0, "in vain");
            tokio::task::yield_now().await;
        }
    };
    let shown = || service.feed.latest().map(|published| published.json());
    // Three showers: to 0.25 m, to 0.12 m, which is no event, and to 0.2 m; waves of 2 cm on the water.
    let shower = |most_m: f64| [0.3, 0.6, 1.0, 1.0, 0.8, 0.6, 0.4, 0.2].map(|share| share * most_m);
    let depths = [0.25, 0.12, 0.2].map(shower).concat();
    for (depth_m, wave_m) in depths.into_iter().flat_map(|depth_m| [(depth_m, 0.02), (depth_m, -0.02)]) {
        let depth_m = ((depth_m + wave_m).max(0.0) * 1000.0).round() / 1000.0;
        let word = format!(r#"{{"gauge": "dip", "depth_m": {depth_m}}}"#);
        gauge.send_to(word.as_bytes(), service.receivers.addresses()[0]).unwrap();
        let heard = format!("lukou_water_depth_m{{gauge=\"dip\"}} {depth_m}\n");
        wait_until(&|| service.metrics.render().unwrap().contains(&heard)).await;
        // Two pictures later it has been looked at.
        for _ in 0..2 {
            let before = shown();
            wait_until(&|| shown() != before).await;
        }
    }
    let figures = service.metrics.render().unwrap();
    let told = "lukou_events_total{ending=\"cleared\",kind=\"flooding\"} 2\n";
    assert!(figures.contains(told), "{figures}");
    service.stop().await;
}

#[test]
fn water_is_said_from_one_depth_to_another_and_told_to_the_city() {
    let mut site = demo_site();
    site.event_codes.broadcast.insert(EventKind::Flooding);
    site.events.gauges.push(WaterGauge { id: "dip".into(), place_enu_m: [0.0, 0.0], lane: None });
    let mut sim = Sim::new(&site);
    sim.run(10_000, |ms, now, arrived| {
        if ms % 1000 == 5 {
            let depth_m = if (2000..6000).contains(&ms) { 0.2 } else { 0.05 };
            let level = WaterLevel { gauge: "dip".into(), depth_m, measured_at: now };
            arrived.push(Input::Water(WaterLevel { gauge: "nowhere".into(), ..level.clone() }));
            arrived.push(Input::Water(level));
        }
    });
    let said = rsi(&sim, &site);
    assert!((8..=9).contains(&said.len()), "4 s at two a second: {}", said.len());
    let (_, aid, first) = &said[0];
    let event = &first.rtes.as_ref().unwrap()[0];
    assert_eq!((*aid, first.rtss.as_ref(), event.event_type), (3621, None, 407));
    assert_eq!(event.event_source, asn1::cn::rsi::EventSource::Detection);
    assert_eq!(event.event_confidence, Some(1.0));
    let told: Vec<_> = sim
        .said
        .iter()
        .filter_map(|said| match &said.output {
            Output::Events(events) => Some(events.iter().map(|event| (event.kind, event.ended.is_some()))),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(told, [(EventKind::Flooding, false), (EventKind::Flooding, true)]);
    assert_eq!(sim.dropped("water", "unknown_gauge"), 10);
}
