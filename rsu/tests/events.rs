//! Events and notices on their way to the air, in simulated time.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use asn1::cn::MessageFrame;
use asn1::si::Si;
use asn1::si::cn::rsi::RoadSideInformation;
use perception::events::{EventKind, WaterGauge, WaterLevel};
use perception::time::UtcMicros;
use rsu::gate::Reason;
use rsu::notice::{Notice, NoticeCode, Place, Timing};
use rsu::pipeline::{Input, Output};
use rsu::radios::{MessageKind, MessageSet};

mod support;
use support::{Sim, demo_site};

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
