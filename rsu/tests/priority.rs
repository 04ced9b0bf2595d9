//! Requests for signal priority as bytes, and what becomes of them: answers as bytes, commands, lines in the audit log.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::net::UdpSocket;
use std::time::Duration;

use asn1::cn::day2::common::DriveBehavior;
use asn1::cn::day2::rsc::CoordinationInfo;
use asn1::cn::day2::vir::ReqStatus;
use asn1::time;
use asn1::transport::{dsmp, wsmp};
use asn1::us::common::IntersectionReferenceID;
use asn1::us::requestor::{BasicVehicleRole, VehicleID};
use asn1::us::srm::PriorityRequestType;
use asn1::us::ssm::PrioritizationResponseStatus;
use perception::time::UtcMicros;
use rsu::config::{RadioFile, ReceiverFile, Site};
use rsu::messages::Edition;
use rsu::pipeline::{Input, Output};
use rsu::priority::{Arbiter, Policy, Role, Vehicle};
use rsu::radios::{MessageKind, MessageSet, Transmission};
use rsu::run::Service;
use serde_json::Value;

#[path = "support/requests.rs"]
mod requests;
mod support;
use requests::{AMBULANCE, BUS, lane, rsc, srm, ssm, vir};
use support::{Folder, START, Sim, demo_site, pipeline};

/// Longer than any of it takes; who waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

fn policy(pass_to_controller: bool) -> Policy {
    let vehicles = vec![
        Vehicle { id: "a102030405060708".into(), role: Role::Emergency },
        Vehicle { id: "b1020304".into(), role: Role::Bus },
    ];
    Policy { allow: vec![Role::Emergency, Role::Bus], vehicles, pass_to_controller, ..Policy::default() }
}

fn site_edition(site: &Site) -> Edition {
    Edition { cn: site.cn, us: site.us, rsu_id: site.rsu_id, map_max_octets: site.map_max_octets }
}

fn sim(site: &Site, policy: Policy) -> Sim {
    let arbiter = Arbiter::new(policy, &site.map, site_edition(site));
    assert!(arbiter.is_some(), "the demo serves a junction");
    Sim::of(pipeline(site, START).with_priority(arbiter))
}

fn received(frame: Vec<u8>) -> Input {
    Input::Received { receiver: "obu".into(), frame: frame.into() }
}

/// The demo's controller speaks ten times a second; `more` says what else arrives.
fn run(sim: &mut Sim, site: &Site, for_ms: i64, mut more: impl FnMut(i64, UtcMicros, &mut Vec<Input>)) {
    let plan = site.fixed_time_plan().unwrap();
    sim.run(for_ms, |ms, now, arrived| {
        if ms % 100 == 0 {
            arrived.push(Input::Signal(plan.state(now)));
        }
        more(ms, now, arrived);
    });
}

/// A vehicle of the site's editions decodes it, and has no use for it.
fn is_understood(site: &Site, now: UtcMicros, sent: &Transmission) {
    let frame = rsu::radios::network_frame(sent).unwrap();
    let heard = rsu::vehicle::heard::understand(&frame, now, site.cn.unwrap(), site.us.unwrap());
    assert!(heard.unwrap().is_none());
}

/// When each status was first said after another.
fn statuses(sent: &[(i64, UtcMicros, &Transmission)]) -> Vec<(i64, PrioritizationResponseStatus)> {
    let mut changes: Vec<(i64, PrioritizationResponseStatus)> = Vec::new();
    for (ms, _, sent) in sent {
        let status = ssm(&sent.payload).status[0].sig_status[0].status;
        if changes.last().is_none_or(|(_, last)| *last != status) {
            changes.push((*ms, status));
        }
    }
    changes
}

#[test]
fn a_bus_that_asks_is_answered_at_once_and_once_a_second_until_it_cancels() {
    let site = demo_site();
    let mut sim = sim(&site, policy(false));
    run(&mut sim, &site, 8000, |ms, now, arrived| match ms {
        1005 | 3005 => {
            let kind = if ms == 1005 {
                PriorityRequestType::PriorityRequest
            } else {
                PriorityRequestType::PriorityRequestUpdate
            };
            arrived.push(received(srm(&site, now, BUS, kind)));
        }
        6005 => arrived.push(received(srm(&site, now, BUS, PriorityRequestType::PriorityCancellation))),
        _ => {}
    });
    let sent = sim.sent(MessageSet::Us, MessageKind::Ssm);
    let ms = sim.sent_ms(MessageSet::Us, MessageKind::Ssm);
    assert!(ms[0] == 1005 && ms.last().unwrap() < &6005, "{ms:?}");
    assert!(ms.windows(2).all(|pair| pair[1] - pair[0] <= 1000), "{ms:?}");
    assert_eq!(statuses(&sent), [(1005, PrioritizationResponseStatus::WatchOtherTraffic)]);

    let (_, now, first) = sent[0];
    assert_eq!((first.application_id, first.set), (0x20_4095, MessageSet::Us));
    is_understood(&site, now, first);
    let said = ssm(&first.payload);
    assert_eq!((said.second_s, said.sequence_number), (Some(time::second_of_minute_s(now.0)), Some(0)));
    let [junction] = &*said.status else { panic!("one junction: {said:?}") };
    let [answer] = &*junction.sig_status else { panic!("one request: {said:?}") };
    let id = site.map.served_node().unwrap().id;
    assert_eq!(junction.id, IntersectionReferenceID { region: Some(id.region), id: id.id });
    let requester = answer.requester.as_ref().unwrap();
    assert_eq!((&requester.id, requester.request), (&VehicleID::EntityID(BUS.into()), 9));
    assert_eq!((requester.sequence_number, requester.role), (77, Some(BasicVehicleRole::Transit)));
    assert_eq!(answer.inbound_on, lane(&site, "north-in", 2));
    assert_eq!(answer.outbound_on, Some(lane(&site, "south-out", 2)));
    let eta = now.plus_seconds(12.0);
    assert_eq!(answer.minute, Some(time::minute_of_year(eta.0)));
    assert_eq!((answer.second_s, answer.duration_s), (Some(time::second_of_minute_s(eta.0)), Some(4.0)));
    let numbers: Vec<u8> = sent.iter().map(|(_, _, sent)| ssm(&sent.payload).sequence_number.unwrap()).collect();
    assert_eq!(numbers, (0..).take(numbers.len()).collect::<Vec<u8>>());
    let changes: Vec<u8> = sent.iter().map(|(_, _, sent)| ssm(&sent.payload).status[0].sequence_number).collect();
    assert!(changes.iter().all(|change| *change == changes[0]), "nothing changed: {changes:?}");

    let decided: Vec<&str> = sim
        .said
        .iter()
        .filter_map(|said| match &said.output {
            Output::Priority(decision) => Some(decision.why.as_str()),
            Output::Command(command) => panic!("{command:?}"),
            _ => None,
        })
        .collect();
    assert_eq!(decided, ["early", "not_passed_on", "cancelled"]);
    assert!(sim.sent(MessageSet::Cn, MessageKind::Rsc).is_empty(), "nobody asked in that set");
}

#[test]
fn an_ambulance_of_the_other_set_goes_first_and_is_told_on_the_controllers_word() {
    let site = demo_site();
    let mut sim = sim(&site, policy(true));
    run(&mut sim, &site, 6000, |ms, now, arrived| match ms {
        1005 => arrived.push(received(srm(&site, now, BUS, PriorityRequestType::PriorityRequest))),
        1205 => arrived.push(Input::Commanded { number: 1, word: Ok(()) }),
        2005 => {
            let said = vir(&site, now, AMBULANCE, ReqStatus::Request);
            arrived.push(received(dsmp::Frame::new(24, &said).encode().unwrap()));
        }
        2505 => arrived.push(Input::Commanded { number: 2, word: Ok(()) }),
        4005 => arrived.push(received(vir(&site, now, AMBULANCE, ReqStatus::Complete))),
        _ => {}
    });
    use PrioritizationResponseStatus::{Granted, Processing};
    let ssm = statuses(&sim.sent(MessageSet::Us, MessageKind::Ssm));
    assert_eq!(ssm, [(1005, Processing), (1205, Granted), (2005, Processing)], "then it has to wait");

    let sent = sim.sent(MessageSet::Cn, MessageKind::Rsc);
    assert!(sent.iter().all(|(ms, _, sent)| (2005..4005).contains(ms) && sent.application_id == 21));
    let mut suggested = Vec::new();
    for (ms, now, sent) in &sent {
        is_understood(&site, *now, sent);
        let said = rsc(&sent.payload);
        assert_eq!((said.id, said.sec_mark_s), (site.rsu_id.into(), Some(time::second_of_minute_s(now.0))));
        let [vehicle] = &*said.coordinates.unwrap() else { panic!("one vehicle") };
        assert_eq!((vehicle.veh_id, vehicle.info), (AMBULANCE.into(), Some(CoordinationInfo::SIGNAL_PRIORITY)));
        let suggestion = vehicle.drive_suggestion.as_ref();
        assert_eq!(suggestion.is_some(), *ms >= 2505, "only what the controller has taken: {ms}");
        suggested.extend(suggestion.map(|suggestion| (suggestion.suggestion, suggestion.life_time_s)));
    }
    assert_eq!(suggested[0], (DriveBehavior::INTERSECTION_TURN_LEFT, Some(29.5)));

    let commands: Vec<(i64, u32, bool, Vec<u8>)> = sim
        .said
        .iter()
        .filter_map(|said| match &said.output {
            Output::Command(command) => Some((said.ms, command.number, command.serve, command.groups.clone())),
            _ => None,
        })
        .collect();
    let expected =
        [(1005, 1, true, 1), (2005, 1, false, 1), (2005, 2, true, 2), (4005, 2, false, 2), (4005, 3, true, 1)];
    assert_eq!(commands, expected.map(|(ms, number, serve, group)| (ms, number, serve, vec![group])));
}

#[test]
fn garbage_asks_for_nothing() {
    let site = demo_site();
    let mut sim = sim(&site, Policy { trust_unlisted: true, ..policy(false) });
    let mut random = fastrand::Rng::with_seed(157);
    let mut wrong = 0;
    run(&mut sim, &site, 1000, |ms, now, arrived| {
        if ms < 300 {
            return;
        }
        let whole = if ms % 2 == 0 {
            srm(&site, now, BUS, PriorityRequestType::PriorityRequest)
        } else {
            vir(&site, now, AMBULANCE, ReqStatus::Request)
        };
        let mut octets = whole.clone();
        octets.truncate(random.usize(0..whole.len()));
        wrong += 1;
        arrived.push(received(octets));
        // A minute of the year or of the day that is not near, and another junction.
        arrived.push(received(srm(&site, now.plus_seconds(-3.0), BUS, PriorityRequestType::PriorityRequest)));
        arrived.push(received(srm(&site, now.plus_seconds(3.0), BUS, PriorityRequestType::PriorityRequest)));
        // Bits that are wrong may still ask for something; they must not do more than that.
        let mut flipped = whole;
        let at = random.usize(2..flipped.len());
        flipped[at] ^= 1 << random.u8(0..8);
        arrived.push(received(flipped));
    });
    let mut outcomes = std::collections::BTreeMap::new();
    for said in &sim.said {
        if let Output::Received { outcome, .. } = said.output {
            *outcomes.entry(outcome.unwrap_or_else(|reason| reason)).or_insert(0) += 1;
        }
    }
    assert_eq!(outcomes.values().sum::<i32>(), 4 * wrong);
    assert!(
        outcomes["undecodable"] > 300 && outcomes["too_old"] >= wrong && outcomes["future"] >= wrong,
        "{outcomes:?}"
    );
    for (_, _, sent) in sim.sent(MessageSet::Us, MessageKind::Ssm) {
        ssm(&sent.payload);
    }
}

#[test]
fn a_set_that_the_site_does_not_speak_is_not_heard() {
    let site = Site { us: None, ..demo_site() };
    let mut sim = sim(&site, policy(false));
    run(&mut sim, &site, 500, |ms, now, arrived| {
        if ms == 100 {
            arrived.push(received(srm(&site, now, BUS, PriorityRequestType::PriorityRequest)));
        }
    });
    let outcomes = sim.said.iter().filter_map(|said| match said.output {
        Output::Received { outcome, .. } => Some(outcome),
        Output::Priority(_) => panic!("{said:?}"),
        _ => None,
    });
    assert_eq!(outcomes.collect::<Vec<_>>(), [Err("wrong_set")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_answers_on_the_air_and_keeps_a_log() {
    let folder = Folder::new("priority");
    let radio = UdpSocket::bind("127.0.0.1:0").unwrap();
    radio.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut site = demo_site();
    site.cameras.clear();
    site.radars.clear();
    site.geometry.sensors.clear();
    (site.detector, site.cloud) = (None, None);
    site.radios = vec![RadioFile::Pc5Udp { id: "ear".into(), to: radio.local_addr().unwrap() }];
    site.receivers = vec![ReceiverFile { id: "obu".into(), listen: "127.0.0.1:0".parse().unwrap(), from: Vec::new() }];
    site.console_listen = "127.0.0.1:0".parse().unwrap();
    site.state_dir = folder.join("state");
    site.priority = Some(policy(true));
    let service = Service::start(&site, None).await.unwrap();
    let to = service.receivers.addresses()[0];

    // The plan is a plan: it cannot be asked. The stranger, and the bus beside it, hear so.
    let stranger = [0xcc; 4];
    let mut answered = false;
    while !answered {
        let mut buffer = vec![0; 2304];
        let length = radio.recv(&mut buffer).unwrap();
        let now = service.clock.now();
        if service.metrics.render().unwrap().contains("outcome=\"watch_other_traffic\"") {
            answered = wsmp::Frame::decode(&buffer[..length]).is_ok_and(|frame| {
                frame.psid == 0x20_4095 && {
                    let status = |package: &asn1::si::us::ssm::SignalStatusPackage| package.status;
                    let said: Vec<_> = ssm(frame.data).status[0].sig_status.iter().map(status).collect();
                    said == [PrioritizationResponseStatus::Rejected, PrioritizationResponseStatus::WatchOtherTraffic]
                }
            });
        } else {
            for who in [stranger, BUS] {
                let octets = srm(&site, now, who, PriorityRequestType::PriorityRequest);
                radio.send_to(&wsmp::Frame::new(0x20_4096, &octets).encode().unwrap(), to).unwrap();
            }
        }
    }
    let metrics = service.metrics.render().unwrap();
    for figure in [
        "lukou_priority_requests_total{outcome=\"rejected\",role=\"bus\"} 1\n",
        "lukou_priority_requests_total{outcome=\"watch_other_traffic\",role=\"bus\"} 1\n",
    ] {
        assert!(metrics.contains(figure), "no {figure} in {metrics}");
    }
    service.stop().await;

    let log = std::fs::read_to_string(folder.join("state").join(rsu::audit::NAME)).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |who: &str| {
        let lines = lines.iter().filter(|line| line["who"] == who && line["request"] == 9 && line["set"] == "us");
        lines
            .map(|line| ["decided", "why", "command", "controller"].map(|key| line[key].as_str().unwrap_or("-")))
            .collect::<Vec<_>>()
    };
    assert_eq!(of("cccccccc"), [["requested", "early", "-", "-"], ["rejected", "not_listed", "-", "-"]]);
    let bus = [
        ["requested", "early", "-", "-"],
        ["processing", "controller_asked", "-", "-"],
        ["-", "-", "serve", "not_supported_by_this_source"],
        ["watch_other_traffic", "not_supported_by_this_source", "-", "-"],
    ];
    let mut found = of("b1020304");
    // If it asked before the plan had spoken.
    found.retain(|line| line[1] != "signal_unknown");
    assert_eq!(found, bus);
    let first = &lines[0];
    assert!(first["at"].as_str().unwrap().ends_with('Z') && first["asked"] == "request", "{first}");
}
