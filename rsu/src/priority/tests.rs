//! Situations and what the arbiter makes of them, on the demo's junction: straight on from north and south is group 1, left
//! from there 2; from east and west 3 and 4. All conflict.

use std::collections::BTreeMap;

use asn1::us::requestor::{BasicVehicleRole, IntersectionAccessPoint};
use perception::calibration::Origin;

use super::*;
use crate::signals::GroupState;

const NOW: UtcMicros = UtcMicros(1_785_412_800_000_000);
const SETS: Edition = Edition {
    cn: Some(asn1::Dialect::CnN4),
    us: Some(asn1::Dialect::UsJ27352024),
    rsu_id: [7; 8],
    map_max_octets: 2000,
};

fn map() -> SiteMap {
    let origin = Origin { lat_deg: 31.4912, lon_deg: 120.3119, ellipsoidal_height_m: 8.0 };
    SiteMap::parse(include_str!("../../../deploy/demo/map.geojson"), &origin).unwrap()
}

fn open_policy() -> Policy {
    Policy {
        allow: vec![Role::Emergency, Role::EmergencyLogistics, Role::Bus],
        trust_unlisted: true,
        ..Policy::default()
    }
}

fn passing() -> Policy {
    Policy { pass_to_controller: true, ..open_policy() }
}

/// Who asks by these: 1 to 9 with the role that is said.
const BUS: Option<BasicVehicleRole> = Some(BasicVehicleRole::Transit);
const AMBULANCE: Option<BasicVehicleRole> = Some(BasicVehicleRole::Ambulance);

struct Bench {
    arbiter: Arbiter,
    map: SiteMap,
    now: UtcMicros,
    events: Vec<Event>,
}

impl Bench {
    fn new(policy: Policy) -> Self {
        let map = map();
        let mut arbiter = Arbiter::new(policy, &map, SETS).unwrap();
        arbiter.signal(&signal(Light::Red));
        Self { arbiter, map, now: NOW, events: Vec::new() }
    }

    fn lane(&self, link: &str, number: u8) -> IntersectionAccessPoint {
        let lane = self.map.link(link).unwrap().lanes.iter().find(|lane| lane.number == number).unwrap();
        IntersectionAccessPoint::Lane(lane.intersection_lane)
    }

    /// Straight on from the link, arriving in so many seconds.
    fn ask(&self, who: u8, role: Option<BasicVehicleRole>, link: &str, eta_s: f64) -> Ask {
        Ask {
            key: key(who),
            node: self.map.served_node().unwrap().id,
            asked: Asked::Request,
            movement: Movement::Us { inbound: self.lane(link, 2), outbound: None },
            us_role: role,
            sequence: 1,
            eta: Some(self.now.plus_seconds(eta_s)),
            duration_s: None,
            until: None,
        }
    }

    fn hear(&mut self, ask: Ask) -> &mut Self {
        self.arbiter.hear(self.now, ask).unwrap();
        self.after(0.0)
    }

    fn after(&mut self, seconds: f64) -> &mut Self {
        self.now = self.now.plus_seconds(seconds);
        self.arbiter.advance(self.now, |a, b| a != b);
        self.events.extend(self.arbiter.take_events());
        self
    }

    /// The controller's word on the newest command to serve.
    fn controller(&mut self, word: Result<(), Refusal>) -> &mut Self {
        let number = self.commands().iter().rev().find_map(|(number, serve, _)| serve.then_some(*number)).unwrap();
        self.arbiter.controller_said(number, word);
        self.after(0.0)
    }

    fn commands(&self) -> Vec<(u32, bool, u8)> {
        let command = |event: &Event| match event {
            Event::Command(command) => Some((command.number, command.serve, command.groups[0])),
            Event::Decided(_) => None,
        };
        self.events.iter().filter_map(command).collect()
    }

    /// The last that was decided on a request.
    fn last(&self, who: u8) -> Why {
        let decided = |event: &Event| match event {
            Event::Decided(decision) if decision.key == key(who) => Some(decision.why),
            _ => None,
        };
        self.events.iter().rev().find_map(decided).unwrap()
    }
}

fn key(who: u8) -> Key {
    Key { who: Requester::Entity([0, 0, 0, who]), number: 1 }
}

fn signal(light: Light) -> SignalState {
    let group = |id| GroupState::new(id, light);
    SignalState { captured_at: NOW, control: None, plan: None, groups: (1..=6).map(group).collect() }
}

/// What becomes of one that asks alone.
fn alone(policy: Policy, role: Option<BasicVehicleRole>, change: impl Fn(&Bench, &mut Ask)) -> Why {
    let mut bench = Bench::new(policy);
    let mut ask = bench.ask(1, role, "north-in", 20.0);
    change(&bench, &mut ask);
    bench.hear(ask).last(1)
}

#[test]
fn each_of_several_junctions_is_asked_for_its_own_groups() {
    let mut map = map();
    let (here, north) = (map.served_node().unwrap().id, map.link("north-out").unwrap().to);
    map.nodes.iter_mut().filter(|node| node.id == north).for_each(|node| node.served = true);
    let back = map.link("north-in").unwrap().lanes[0].connections[0].clone();
    let link = map.links.iter_mut().find(|link| link.id == "north-out").unwrap();
    link.lanes[0].connections.push(crate::map::Connection {
        to_link: "north-in".into(),
        signal_group: Some(5),
        ..back
    });
    let lane = IntersectionAccessPoint::Lane(link.lanes[0].intersection_lane);
    let junction = Junction::new(&map, SETS).unwrap();
    assert_eq!([here, north].map(|node| junction.node(Some(node.region), node.id)), [Some(here), Some(north)]);
    assert_eq!((junction.node(Some(here.region + 1), here.id), junction.node(None, 999)), (None, None));
    let movement = Movement::Us { inbound: lane, outbound: None };
    assert_eq!((junction.groups(north, &movement), junction.groups(here, &movement)), (vec![5], vec![]));
}

#[test]
fn who_asks_alone() {
    let listed = |role| Policy {
        allow: vec![Role::EmergencyLogistics],
        vehicles: vec![Vehicle { id: "00000001".into(), role }],
        ..Policy::default()
    };
    let buses_only = || Policy { allow: vec![Role::Bus], ..open_policy() };
    let same = |_: &Bench, _: &mut Ask| {};
    let table: [(Why, Status, Why); 12] = [
        (alone(Policy::default(), AMBULANCE, same), Status::Rejected, Why::NotListed),
        (alone(open_policy(), None, same), Status::Rejected, Why::RoleUnknown),
        (alone(open_policy(), Some(BasicVehicleRole::Truck), same), Status::Rejected, Why::RoleUnknown),
        (alone(buses_only(), AMBULANCE, same), Status::Rejected, Why::RoleNotAllowed),
        // What the site says of a vehicle goes before what it says itself.
        (alone(listed(Role::EmergencyLogistics), BUS, same), Status::WatchOtherTraffic, Why::NotPassedOn),
        (alone(listed(Role::Bus), AMBULANCE, same), Status::Rejected, Why::RoleNotAllowed),
        (
            alone(open_policy(), BUS, |_, ask| {
                ask.movement = Movement::Us { inbound: IntersectionAccessPoint::Lane(250), outbound: None };
            }),
            Status::Rejected,
            Why::NoSignalGroup,
        ),
        (
            // From the north, to anywhere: straight on is group 1, left 2.
            alone(open_policy(), BUS, |_, ask| {
                ask.movement = Movement::Us { inbound: IntersectionAccessPoint::Approach(1), outbound: None };
            }),
            Status::Rejected,
            Why::Ambiguous,
        ),
        (
            alone(open_policy(), BUS, |bench, ask| {
                let outbound = Some(bench.lane("east-out", 1));
                ask.movement = Movement::Us { inbound: IntersectionAccessPoint::Approach(1), outbound };
            }),
            Status::WatchOtherTraffic,
            Why::NotPassedOn,
        ),
        (
            alone(open_policy(), BUS, |bench, ask| ask.eta = Some(bench.now.plus_seconds(61.0))),
            Status::Requested,
            Why::Early,
        ),
        (alone(open_policy(), BUS, |_, ask| ask.eta = None), Status::WatchOtherTraffic, Why::NotPassedOn),
        (alone(passing(), BUS, same), Status::Processing, Why::ControllerAsked),
    ];
    for (row, (found, status, why)) in table.into_iter().enumerate() {
        assert_eq!((found, found.status()), (why, Some(status)), "row {row}");
    }
}

#[test]
fn a_group_that_nobody_vouches_for_is_promised_to_nobody() {
    for light in [Light::Unavailable, Light::Dark, Light::FlashingYellow] {
        let mut bench = Bench::new(passing());
        bench.arbiter.signal(&signal(light));
        let ask = bench.ask(1, BUS, "north-in", 5.0);
        assert_eq!(bench.hear(ask).last(1), Why::SignalUnknown, "{light:?}");
        assert_eq!(bench.commands(), []);
    }
}

#[test]
fn granted_is_the_controllers_word() {
    for (word, why) in [
        (Ok(()), Why::ControllerTook),
        (Err(Refusal::Refused), Why::ControllerRefused),
        (Err(Refusal::NotSupported), Why::NotSupported),
        (Err(Refusal::Silent), Why::ControllerSilent),
    ] {
        let mut bench = Bench::new(passing());
        let ask = bench.ask(1, BUS, "north-in", 5.0);
        bench.hear(ask).controller(word);
        assert_eq!(bench.last(1), why);
        bench.arbiter.controller_said(99, Ok(()));
        assert_eq!(bench.after(0.1).last(1), why, "a word on no command");
        assert_eq!(bench.commands(), [(1, true, 1)]);
    }
}

#[test]
fn the_higher_role_goes_first_and_the_controller_lets_go_before_it_is_asked() {
    let mut bench = Bench::new(passing());
    let bus = bench.ask(1, BUS, "north-in", 5.0);
    bench.hear(bus.clone()).controller(Ok(()));
    let ambulance = bench.ask(2, AMBULANCE, "east-in", 30.0);
    bench.hear(ambulance);
    assert_eq!((bench.last(1), bench.last(2)), (Why::Waits, Why::ControllerAsked));
    assert_eq!(bench.commands(), [(1, true, 1), (1, false, 1), (2, true, 3)]);
    // When it is through, the bus has its turn again: it was not served out.
    bench.controller(Ok(()));
    let cancel = Ask { asked: Asked::Cancel, ..bench.ask(2, AMBULANCE, "east-in", 30.0) };
    bench.hear(cancel);
    assert_eq!((bench.last(1), bench.last(2)), (Why::ControllerAsked, Why::Cancelled));
}

#[test]
fn among_equals_the_earlier_goes_first_unless_the_controller_was_asked() {
    for (policy, first) in [(open_policy(), 2), (passing(), 1)] {
        let mut bench = Bench::new(policy);
        let (late, soon) = (bench.ask(1, BUS, "north-in", 20.0), bench.ask(2, BUS, "east-in", 10.0));
        bench.hear(late).hear(soon);
        assert!(bench.last(first).holds());
        assert_eq!(bench.last(3 - first), Why::Waits);
    }
    let mut bench = Bench::new(Policy { max_concurrent: 1, ..open_policy() });
    let (late, soon) = (bench.ask(1, BUS, "north-in", 20.0), bench.ask(2, BUS, "south-in", 10.0));
    bench.hear(late).hear(soon);
    assert_eq!((bench.last(1), bench.last(2)), (Why::TooManyAtOnce, Why::NotPassedOn), "though the group is one");
}

#[test]
fn a_group_that_has_served_rests_but_not_for_an_ambulance() {
    let mut bench = Bench::new(passing());
    let bus = bench.ask(1, BUS, "north-in", 5.0);
    bench.hear(bus.clone()).controller(Ok(()));
    bench.hear(Ask { asked: Asked::Cancel, ..bus });
    let next = bench.ask(2, BUS, "south-in", 20.0);
    bench.hear(next.clone());
    assert_eq!((bench.last(2), bench.last(2).status()), (Why::ServedLately, Some(Status::ReserviceLocked)));
    let ambulance = bench.ask(3, AMBULANCE, "south-in", 20.0);
    assert_eq!(bench.hear(ambulance.clone()).last(3), Why::ControllerAsked);
    bench.hear(Ask { asked: Asked::Cancel, ..ambulance });
    for _ in 0..7 {
        bench.after(9.0);
        let again = Ask { asked: Asked::Update, eta: Some(bench.now), ..next.clone() };
        bench.hear(again);
    }
    assert_eq!(bench.last(2), Why::ControllerAsked, "after a minute");
}

#[test]
fn nobody_goes_first_for_ever() {
    let mut bench = Bench::new(passing());
    let ask = bench.ask(1, BUS, "north-in", 5.0);
    bench.hear(ask.clone()).controller(Ok(()));
    for _ in 0..14 {
        bench.after(9.0);
        let again = Ask { asked: Asked::Update, eta: Some(bench.now), ..ask.clone() };
        bench.hear(again);
    }
    assert_eq!((bench.last(1), bench.last(1).status()), (Why::PresentTooLong, Some(Status::MaxPresence)));
    assert_eq!(bench.commands(), [(1, true, 1), (1, false, 1)]);
}

#[test]
fn requests_end() {
    type Change = fn(&mut Ask, UtcMicros);
    let table: [(Change, f64, Option<Why>); 6] = [
        (|_, _| {}, 9.9, None),
        (|_, _| {}, 10.1, Some(Why::Silent)),
        (|ask, now| ask.eta = Some(now.plus_seconds(-5.0)), 5.1, Some(Why::Passed)),
        (|ask, now| (ask.eta, ask.duration_s) = (Some(now.plus_seconds(-5.0)), Some(3.0)), 5.1, None),
        (|ask, now| ask.until = Some(now.plus_seconds(2.0)), 1.9, None),
        (|ask, now| ask.until = Some(now.plus_seconds(2.0)), 2.1, Some(Why::Expired)),
    ];
    for (row, (change, seconds, end)) in table.into_iter().enumerate() {
        let mut bench = Bench::new(open_policy());
        let mut ask = bench.ask(1, BUS, "north-in", 5.0);
        change(&mut ask, bench.now);
        bench.hear(ask.clone()).after(seconds);
        assert_eq!(bench.last(1), end.unwrap_or(Why::NotPassedOn), "row {row}");
        assert_eq!(bench.arbiter.entries.is_empty(), end.is_some(), "row {row}");
        if matches!(end, Some(Why::Passed | Why::Expired)) {
            assert_eq!(bench.arbiter.hear(bench.now, ask), Err("passed"), "row {row}: it does not come back");
        }
    }
    let mut bench = Bench::new(passing());
    let ask = bench.ask(1, BUS, "north-in", 5.0);
    bench.hear(ask.clone());
    bench.arbiter.forget(bench.now);
    assert_eq!(bench.after(0.0).last(1), Why::ClockStep);
    assert_eq!(bench.commands(), [(1, true, 1), (1, false, 1)]);
    let cancel = Ask { asked: Asked::Cancel, ..ask };
    assert_eq!(bench.arbiter.hear(bench.now, cancel), Err("unknown_request"));
}

#[test]
fn the_same_again_decides_nothing_and_another_way_asks_anew() {
    let mut bench = Bench::new(passing());
    let ask = bench.ask(1, BUS, "north-in", 20.0);
    bench.hear(ask.clone()).controller(Ok(()));
    let before = bench.events.len();
    bench.hear(ask.clone()).hear(Ask { asked: Asked::Update, sequence: 2, ..ask.clone() });
    assert_eq!(bench.events.len(), before);
    let movement = Movement::Us { inbound: bench.lane("north-in", 1), outbound: None };
    bench.hear(Ask { movement, ..ask });
    assert_eq!(bench.commands(), [(1, true, 1), (1, false, 1), (2, true, 2)]);
}

#[test]
fn strangers_keep_nobody_out() {
    let vehicles = vec![Vehicle { id: "000000FA".into(), role: Role::Bus }];
    let mut bench = Bench::new(Policy { vehicles, trust_unlisted: false, ..open_policy() });
    for who in 0..40 {
        let ask = bench.ask(who, AMBULANCE, "north-in", 5.0);
        let heard = bench.arbiter.hear(bench.now, ask);
        assert_eq!(heard, if usize::from(who) < MOST_REQUESTS { Ok(()) } else { Err("table_full") });
    }
    let bus = bench.ask(0xfa, BUS, "north-in", 20.0);
    bench.hear(bus);
    assert_eq!((bench.last(0xfa), bench.arbiter.entries.len()), (Why::NotPassedOn, MOST_REQUESTS));
    assert!(bench.events.iter().any(|e| matches!(e, Event::Decided(decision) if decision.why == Why::CrowdedOut)));
}

#[test]
fn answers_leave_at_a_change_and_once_a_second() {
    let mut bench = Bench::new(open_policy());
    assert_eq!(bench.arbiter.answer_at(), None);
    let ask = bench.ask(1, BUS, "north-in", 20.0);
    bench.hear(ask.clone());
    let mut said = Vec::new();
    for step in 0..30 {
        bench.after(0.05);
        if step == 3 {
            bench.hear(Ask { key: key(2), ..ask.clone() });
        }
        if let Some(answers) = bench.arbiter.answers_due(bench.now) {
            said.push((step, answers.revision, answers.requests.len()));
        }
    }
    assert_eq!(said, [(0, 1, 1), (3, 2, 2), (21, 2, 2)]);
}

/// Whatever is asked, said and lost: no two that conflict go first, and the controller is never asked for both.
#[test]
fn no_two_that_conflict_go_first() {
    let mut random = fastrand::Rng::with_seed(20999);
    let conflicts = |a: u8, b: u8| a != b && !matches!((a.min(b), a.max(b)), (1, 2) | (3, 4));
    let mut bench = Bench::new(Policy { max_concurrent: 3, min_interval_s: 2.0, max_presence_s: 6.0, ..passing() });
    let (mut open, mut most, mut granted) = (BTreeMap::new(), 0, 0);
    for _ in 0..20_000 {
        let word = *random.choice(&[Ok(()), Ok(()), Err(Refusal::Refused)]).unwrap();
        if let Some(number) = random.choice(open.keys().copied().collect::<Vec<u32>>()) {
            bench.arbiter.controller_said(number, word);
            if word.is_err() {
                open.remove(&number);
            }
        }
        let links = ["north-in", "east-in", "south-in", "west-in"];
        let role = random.choice([BUS, AMBULANCE, None]).unwrap();
        let mut ask = bench.ask(random.u8(0..12), role, random.choice(links).unwrap(), random.f64() * 90.0 - 5.0);
        if random.bool() {
            ask.movement = Movement::Us { inbound: bench.lane(random.choice(links).unwrap(), 1), outbound: None };
        }
        if random.u8(0..4) == 0 {
            ask.asked = Asked::Cancel;
        }
        let _ = bench.arbiter.hear(bench.now, ask);
        bench.now = bench.now.plus_seconds(random.f64() * 0.5);
        bench.arbiter.advance(bench.now, conflicts);
        for event in bench.arbiter.take_events() {
            let Event::Command(command) = event else { continue };
            if command.serve {
                let clash = |groups: &Vec<u8>| groups.iter().any(|a| command.groups.iter().any(|b| conflicts(*a, *b)));
                assert!(!open.values().any(clash), "{command:?} beside {open:?}");
                assert_eq!(open.insert(command.number, command.groups), None);
            } else {
                assert!(open.remove(&command.number).is_some(), "let go of what was not asked: {command:?}");
            }
        }
        let ahead: Vec<&Request> =
            bench.arbiter.entries.iter().map(|entry| &entry.request).filter(|r| r.why.holds()).collect();
        for (index, one) in ahead.iter().enumerate() {
            for other in &ahead[..index] {
                assert!(!one.groups.iter().any(|a| other.groups.iter().any(|b| conflicts(*a, *b))), "{ahead:?}");
            }
        }
        assert!(ahead.len() <= 3 && bench.arbiter.entries.len() <= MOST_REQUESTS);
        most = most.max(ahead.len());
        granted += ahead.iter().filter(|request| request.why == Why::ControllerTook).count();
    }
    assert!(most == 3 && granted > 1000, "{most} {granted}");
}
