//! Lots on a plane whose origin is that of the site: nodes and bays are where the tests say, metres east and north.

use std::collections::BTreeSet;

use perception::frames::Wgs84;
use perception::parking::{Bay, BayState, BayStatus, Lot, Turnover};
use proptest::prelude::*;

use super::vehicle::Wants;
use super::*;
use crate::map::geometry::{self, Point};
use crate::map::{Drive, LotNode};

const ORIGIN: Origin = Origin { lat_deg: 31.0, lon_deg: 121.0, ellipsoidal_height_m: 10.0 };
const START: UtcMicros = UtcMicros(1_800_000_000_000_000);
const OURS: [u8; 8] = *b"LUKOU\0\0\x01";

/// Number, place, whether one drives in or out here.
type Node = (u16, Point, bool, bool);

fn on_earth([east, north]: Point) -> Wgs84 {
    SiteFrame::new(ORIGIN).wgs84_from_enu([east, north, 0.0])
}

/// A map of one lot; drives are straight, in the order of their numbers.
fn map(nodes: &[Node], drives: &[(u16, u16)], bays: &[Point]) -> SiteMap {
    let place = |id: u16| nodes.iter().find(|node| node.0 == id).expect("drawn").1;
    let node = |&(id, at, entrance, exit): &Node| LotNode { id, position: on_earth(at), entrance, exit };
    let drive = |(index, &(from, to)): (usize, &(u16, u16))| Drive {
        id: u8::try_from(index + 1).expect("few"),
        from,
        to,
        points: vec![on_earth(place(from)), on_earth(place(to))],
        width_m: None,
        speed_limit_mps: None,
    };
    let park = CarPark {
        lot: "p".into(),
        number: Some(1),
        nodes: nodes.iter().map(node).collect(),
        drives: drives.iter().enumerate().map(drive).collect(),
    };
    let bay = |(index, &[east, north]): (usize, &Point)| {
        let corners = [[-1.25, -2.5], [1.25, -2.5], [1.25, 2.5], [-1.25, 2.5]];
        let polygon_enu_m = corners.map(|[e, n]| [east + e, north + n]).to_vec();
        Bay { id: format!("{index}").as_str().into(), polygon_enu_m, max_stay_s: None }
    };
    let bays = bays.iter().enumerate().map(bay).collect();
    let lot = Lot { id: "p".into(), name: "p".into(), bays, capacity: None, max_stay_s: None, gates: Vec::new() };
    SiteMap { lots: vec![lot], car_parks: vec![park], ..SiteMap::default() }
}

/// One way round a block: in at 1, out at 5. Bays 0 and 1 lie along the first side, 2 and 3 along the third.
///
/// ```text
///  4 <- 3      40 m
///  v    ^
///  1 -> 2, 5   0 m
/// ```
fn block() -> SiteMap {
    let nodes = [
        (1, [0.0, 0.0], true, false),
        (2, [60.0, 0.0], false, false),
        (3, [60.0, 40.0], false, false),
        (4, [0.0, 40.0], false, false),
        (5, [90.0, 0.0], false, true),
    ];
    let drives = [(1, 2), (2, 3), (3, 4), (4, 1), (2, 5)];
    map(&nodes, &drives, &[[20.0, 6.0], [40.0, 6.0], [40.0, 46.0], [20.0, 46.0]])
}

/// Both ways along a drive that ends at a wall: in and out at 1. The first direction that is drawn leads out.
fn dead_end() -> SiteMap {
    let nodes = [(1, [0.0, 0.0], true, true), (2, [60.0, 0.0], false, false)];
    map(&nodes, &[(2, 1), (1, 2)], &[[20.0, 6.0], [40.0, 6.0]])
}

fn guides(map: &SiteMap) -> Guides {
    Guides::new(GuidanceSettings::default(), map, ORIGIN, OURS)
}

fn state(statuses: &[BayStatus]) -> [LotState; 1] {
    let count = |status| u32::try_from(statuses.iter().filter(|is| **is == status).count()).expect("few");
    let bay = |(index, status): (usize, &BayStatus)| BayState {
        id: format!("{index}").as_str().into(),
        middle_enu_m: [0.0; 2],
        status: *status,
        since: START,
        change_seen: true,
        confidence: 0.98,
        hidden: false,
        sensors: Vec::new(),
        overstay_s: None,
    };
    [LotState {
        id: "p".into(),
        name: "p".into(),
        middle_enu_m: None,
        at: Some(START),
        free: count(BayStatus::Free),
        occupied: count(BayStatus::Occupied),
        unknown: count(BayStatus::Unknown),
        capacity: None,
        bays: statuses.iter().enumerate().map(bay).collect(),
        turnover: Turnover::default(),
        counted: None,
    }]
}

fn all(status: BayStatus) -> [LotState; 1] {
    state(&[status; 4])
}

const ANY: Wants = Wants::Bay { wished: None, or_any: true };
const OUTSIDE: Point = [-50.0, 0.0];

fn ask(number: u8, wants: Wants, at_enu_m: Point) -> Ask {
    Ask { who: [number; 8], wants, at_enu_m, course: None, until: None }
}

/// A site's guides and its clock.
struct Led {
    guides: Guides,
    now: UtcMicros,
}

impl Led {
    fn of(map: &SiteMap) -> Self {
        Self { guides: guides(map), now: START }
    }

    fn ask(&mut self, number: u8, wants: Wants, at: Point) -> Result<(), &'static str> {
        self.guides.hear(self.now, Heard::Asks(ask(number, wants, at)))
    }

    /// A second later: who is led, by which way, to which bay.
    fn told(&mut self, lots: &[LotState]) -> Vec<(u8, Vec<u16>, Option<usize>)> {
        self.now = self.now.plus_seconds(1.0);
        self.guides.advance(self.now, lots, |_| true);
        self.guides.of_lot(&"p".into()).map(|guide| (guide.vehicle[0], guide.way.to_vec(), guide.bay)).collect()
    }

    fn outcomes(&mut self) -> Vec<&'static str> {
        self.guides.take_outcomes().iter().map(|outcome| outcome.what).collect()
    }
}

#[test]
fn who_asks_is_led_to_the_nearest_bay_that_is_free_and_nobody_elses() {
    use BayStatus::{Free, Occupied, Unknown};
    let mut lot = Led::of(&block());
    lot.ask(1, ANY, OUTSIDE).unwrap();
    lot.ask(2, ANY, OUTSIDE).unwrap();
    lot.ask(3, ANY, OUTSIDE).unwrap();
    let told = lot.told(&state(&[Occupied, Free, Unknown, Free]));
    assert_eq!(told, [(1, vec![1, 2], Some(1)), (2, vec![1, 2, 3, 4], Some(3))]);
    assert_eq!(lot.outcomes(), ["to_bay", "to_bay", "no_free_bay"]);
}

#[test]
fn a_bay_that_is_wished_for_is_given_if_it_is_free() {
    use BayStatus::{Free, Occupied};
    let mut lot = Led::of(&block());
    let wish = |wished, or_any| Wants::Bay { wished: Some(wished), or_any };
    lot.ask(1, wish(3, true), OUTSIDE).unwrap();
    lot.ask(2, wish(3, true), OUTSIDE).unwrap();
    lot.ask(3, wish(2, false), OUTSIDE).unwrap();
    lot.ask(4, wish(70, true), OUTSIDE).unwrap();
    let told = lot.told(&state(&[Free, Free, Occupied, Free]));
    let bays: Vec<_> = told.iter().map(|(number, _, bay)| (*number, *bay)).collect();
    assert_eq!(bays, [(1, Some(3)), (2, Some(0)), (4, Some(1))]);
}

#[test]
fn the_way_begins_with_the_drive_that_it_is_on() {
    let mut lot = Led::of(&block());
    lot.ask(1, Wants::Bay { wished: Some(1), or_any: false }, [10.0, 1.0]).unwrap();
    assert_eq!(lot.told(&all(BayStatus::Free)), [(1, vec![1, 2], Some(1))]);
    // Past it: round the block, and the drive again.
    lot.ask(1, Wants::Bay { wished: Some(1), or_any: false }, [55.0, 1.0]).unwrap();
    assert_eq!(lot.told(&all(BayStatus::Free)), [(1, vec![1, 2, 3, 4, 1, 2], Some(1))]);
    lot.ask(1, Wants::Exit, [40.0, 46.0]).unwrap();
    assert_eq!(lot.told(&all(BayStatus::Free)), [(1, vec![3, 4, 1, 2, 5], None)]);
    lot.ask(1, Wants::Exit, OUTSIDE).unwrap();
    assert_eq!(lot.told(&all(BayStatus::Free)), []);
    assert_eq!(lot.outcomes(), ["to_bay", "to_exit", "not_in_lot"]);
}

#[test]
fn a_bay_at_a_drive_with_two_directions_is_reached_by_either() {
    let map = dead_end();
    let mut lot = Led::of(&map);
    lot.ask(1, Wants::Bay { wished: Some(1), or_any: false }, OUTSIDE).unwrap();
    // It has driven past; at the wall one turns back.
    lot.ask(2, Wants::Bay { wished: Some(0), or_any: false }, [50.0, 0.0]).unwrap();
    lot.ask(3, Wants::Exit, [40.0, 6.0]).unwrap();
    let told = lot.told(&all(BayStatus::Free));
    assert_eq!(told, [(1, vec![1, 2], Some(1)), (2, vec![2, 1], Some(0)), (3, vec![2, 1], None)]);
    let east = Ask { course: Some([1.0, 0.0]), ..ask(2, Wants::Bay { wished: Some(0), or_any: false }, [50.0, 0.0]) };
    lot.guides.hear(lot.now, Heard::Asks(east)).unwrap();
    assert_eq!(lot.told(&all(BayStatus::Free))[1], (2, vec![1, 2, 1], Some(0)));
    // Nobody turns back where one drives out.
    let west = Ask { course: Some([-1.0, 0.0]), ..ask(2, Wants::Bay { wished: Some(1), or_any: false }, [5.0, 0.0]) };
    lot.guides.hear(lot.now, Heard::Asks(west)).unwrap();
    lot.outcomes();
    lot.told(&all(BayStatus::Free));
    assert_eq!(lot.outcomes(), ["no_free_bay"], "it is the first one's");
    lot.guides.hear(lot.now, Heard::TakenBack([1; 8])).unwrap();
    lot.told(&all(BayStatus::Free));
    assert_eq!(lot.outcomes(), ["taken_back", "no_way"]);
}

#[test]
fn a_vehicle_keeps_its_bay_until_somebody_else_has_it() {
    use BayStatus::{Free, Occupied, Unknown};
    let mut lot = Led::of(&block());
    lot.ask(1, ANY, OUTSIDE).unwrap();
    assert_eq!(lot.told(&state(&[Occupied, Free, Free, Free]))[0].2, Some(1));
    assert_eq!(lot.told(&all(Free))[0].2, Some(1), "a nearer one changes nothing");
    assert_eq!(lot.told(&state(&[Free, Occupied, Free, Free]))[0].2, Some(0), "another vehicle stands there");
    for second in 0..40 {
        let heard = lot.ask(1, ANY, [5.0, 0.0]);
        let bay = lot.told(&state(&[Unknown, Free, Occupied, Free]))[0].2;
        assert_eq!((heard, bay), (Ok(()), Some(usize::from(second > 30))), "after {second} s");
    }
    // It turns in, and is seen there: it has arrived, and asks on.
    lot.ask(1, ANY, [40.5, 5.0]).unwrap();
    assert_eq!(lot.told(&all(Free)), [(1, vec![1, 2], Some(1))]);
    assert_eq!(lot.told(&state(&[Free, Occupied, Free, Free])), []);
    assert_eq!(lot.outcomes(), ["to_bay", "to_bay", "to_bay", "in_its_bay"]);
}

#[test]
fn a_lot_that_is_not_told_of_leads_nobody() {
    let mut lot = Led::of(&block());
    lot.ask(1, Wants::Bay { wished: Some(2), or_any: true }, OUTSIDE).unwrap();
    assert_eq!(lot.told(&all(BayStatus::Free)).len(), 1);
    lot.guides.advance(lot.now, &all(BayStatus::Free), |_| false);
    assert_eq!(lot.guides.of_lot(&"p".into()).count(), 0);
    assert_eq!(lot.told(&[]), []);
    assert_eq!(lot.told(&all(BayStatus::Free))[0].2, Some(2), "the same again");
    assert_eq!(lot.outcomes(), ["to_bay", "held_back", "to_bay"]);
}

#[test]
fn a_message_has_room_for_sixteen_and_the_table_for_sixty_four() {
    let bays: Vec<Point> = (0..20).map(|index| [f64::from(index) * 2.5 + 5.0, 6.0]).collect();
    let nodes = [(1, [0.0, 0.0], true, false), (2, [60.0, 0.0], false, true)];
    let mut lot = Led::of(&map(&nodes, &[(1, 2)], &bays));
    for number in 0..64 {
        lot.ask(number, if number < 30 { ANY } else { Wants::Exit }, [1.0, 0.0]).unwrap();
    }
    assert_eq!(lot.ask(99, ANY, OUTSIDE), Err("table_full"));
    let free = state(&[BayStatus::Free; 20]);
    let told = lot.told(&free);
    assert_eq!(told.len(), 16);
    assert_eq!(lot.outcomes().iter().filter(|what| **what == "too_many").count(), 48);
    assert_eq!(lot.told(&free), told, "and they stay the same");
    lot.guides.hear(lot.now, Heard::TakenBack([3; 8])).unwrap();
    assert_eq!(lot.told(&free).iter().map(|(number, ..)| *number).max(), Some(16), "the next has its place");
}

#[test]
fn who_is_silent_takes_it_back_or_wants_it_no_longer_is_not_led() {
    let mut lot = Led::of(&block());
    let expires = Ask { until: Some(START.plus_seconds(3.5)), ..ask(1, ANY, OUTSIDE) };
    lot.guides.hear(START, Heard::Asks(expires)).unwrap();
    lot.ask(2, ANY, OUTSIDE).unwrap();
    lot.ask(3, ANY, OUTSIDE).unwrap();
    let led: Vec<usize> = (0..12)
        .map(|second| {
            if second < 4 {
                lot.ask(3, ANY, OUTSIDE).unwrap();
            }
            lot.told(&all(BayStatus::Free)).len()
        })
        .collect();
    assert_eq!(led, [3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1]);
    lot.ask(4, ANY, OUTSIDE).unwrap();
    lot.guides.forget();
    assert_eq!(lot.told(&all(BayStatus::Free)), []);
    assert_eq!(lot.outcomes()[3..], ["expired", "silent", "clock_step", "clock_step"]);
    assert_eq!(lot.guides.hear(lot.now, Heard::TakenBack([4; 8])), Err("unknown_request"));
    assert_eq!(lot.ask(5, ANY, [-301.0, 0.0]), Err("too_far"));
}

/// It follows drives, begins where the vehicle is or at an entrance, and ends at its bay or at an exit.
fn is_sound(map: &SiteMap, guide: &Guide<'_>, at: Point) -> Result<(), TestCaseError> {
    let (park, frame) = (&map.car_parks[0], SiteFrame::new(ORIGIN));
    let steps: Vec<(u16, u16)> = guide.way.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let is_drive = |step: &&(u16, u16)| park.drives.iter().any(|drive| (drive.from, drive.to) == **step);
    prop_assert!((2..=32).contains(&guide.way.len()), "{guide:?}");
    prop_assert_eq!(steps.iter().find(|step| !is_drive(step)), None, "{:?}", guide);
    let is_entrance = park.nodes.iter().any(|node| node.id == guide.way[0] && node.entrance);
    let near = |drive: &&Drive| {
        let line = drive.line_enu_m(&frame);
        geometry::nearest(&line, at).is_some_and(|found| found.distance_m <= IN_LOT_M)
    };
    let is_on = park.drives.iter().filter(near).any(|drive| (drive.from, drive.to) == steps[0]);
    prop_assert!(is_on || is_entrance, "{guide:?}");
    let (_, end) = *steps.last().expect("two nodes or more");
    let ends_well = match guide.bay {
        Some(bay) => {
            let beside = park.beside(&map.lots[0].bays[bay], &frame);
            beside.iter().any(|drive| Some(&(drive.from, drive.to)) == steps.last())
        }
        None => park.nodes.iter().any(|node| node.id == end && node.exit),
    };
    prop_assert!(ends_well, "{guide:?}");
    Ok(())
}

proptest! {
    #[test]
    fn ways_follow_drives_to_bays_of_their_own(
        places in proptest::collection::vec((0.0..100.0, 0.0..100.0, any::<bool>(), any::<bool>()), 2..9),
        drives in proptest::collection::vec((0_u16..9, 0_u16..9), 1..24),
        bays in proptest::collection::vec((0.0..100.0, 0.0..100.0, 0_usize..3), 1..12),
        vehicles in proptest::collection::vec((-50.0..150.0, -50.0..150.0, 0_usize..14, 0..3), 1..24),
    ) {
        let nodes: Vec<Node> = places.iter().zip(0..).map(|((e, n, enter, exit), id)| (id, [*e, *n], *enter, *exit)).collect();
        let count = u16::try_from(nodes.len()).expect("few");
        let drives: Vec<(u16, u16)> = drives.iter().map(|(from, to)| (from % count, to % count)).filter(|(a, b)| a != b).collect();
        let map = map(&nodes, &drives, &bays.iter().map(|(e, n, _)| [*e, *n]).collect::<Vec<_>>());
        let statuses = [BayStatus::Free, BayStatus::Free, BayStatus::Occupied];
        let mut statuses: Vec<BayStatus> = bays.iter().map(|(.., status)| statuses[*status]).collect();
        let mut lot = Led::of(&map);
        for round in 0..3_usize {
            for (number, (e, n, wished, wants)) in (0..).zip(&vehicles) {
                let wants = match wants {
                    0 => Wants::Exit,
                    1 => ANY,
                    _ => Wants::Bay { wished: Some(*wished), or_any: round != 1 },
                };
                let _ = lot.ask(number, wants, [*e, *n + round as f64]);
            }
            let told = lot.told(&state(&statuses));
            let taken: Vec<usize> = told.iter().filter_map(|(.., bay)| *bay).collect();
            prop_assert_eq!(taken.len(), taken.iter().collect::<BTreeSet<_>>().len(), "one bay, one vehicle");
            prop_assert!(told.len() <= 16);
            for guide in lot.guides.of_lot(&"p".into()) {
                let (e, n, ..) = vehicles[usize::from(guide.vehicle[0])];
                is_sound(&map, &guide, [e, n + round as f64])?;
                prop_assert!(guide.bay.is_none_or(|bay| statuses[bay] == BayStatus::Free));
            }
            statuses.rotate_left(1);
        }
    }

    /// Against the shortest of all ways, found by going over all drives as often as there are drives.
    #[test]
    fn no_way_is_shorter(
        places in proptest::collection::vec((0.0..100.0, 0.0..100.0, any::<bool>()), 2..7),
        drives in proptest::collection::vec((0_u16..7, 0_u16..7), 1..14),
    ) {
        let nodes: Vec<Node> = places.iter().zip(0..).map(|((e, n, enter), id)| (id, [*e, *n], *enter, id == 0)).collect();
        let count = u16::try_from(nodes.len()).expect("few");
        let drives: Vec<(u16, u16)> = drives.iter().map(|(from, to)| (from % count, to % count)).filter(|(a, b)| a != b).collect();
        let map = map(&nodes, &drives, &[]);
        let (park, frame) = (&map.car_parks[0], SiteFrame::new(ORIGIN));
        let lines: Vec<Vec<Point>> = park.drives.iter().map(|drive| drive.line_enu_m(&frame)).collect();
        let enters = |drive: &Drive| nodes.iter().any(|node| node.0 == drive.from && node.2);
        let at = [-500.0, 0.0];
        let mut ends_m: Vec<f64> = park.drives.iter().zip(&lines)
            .map(|(drive, line)| if enters(drive) {
                geometry::distance_m(at, line[0]) + geometry::length_m(line)
            } else { f64::INFINITY })
            .collect();
        for _ in 0..park.drives.len() {
            for (index, drive) in park.drives.iter().enumerate() {
                for onward in park.onward(drive) {
                    let other = park.drives.iter().position(|other| other.id == onward.id).expect("drawn");
                    ends_m[other] = ends_m[other].min(ends_m[index] + geometry::length_m(&lines[other]));
                }
            }
        }
        let out = park.drives.iter().zip(&ends_m).filter(|(drive, _)| drive.to == 0).map(|(_, end_m)| *end_m);
        let least_m = out.fold(f64::INFINITY, f64::min);
        let found = ways::Ways::new(&map.lots[0], park, &frame).from(at, None).to_exit();
        let found_m = found.map_or(f64::INFINITY, |way| way.length_m);
        prop_assert!(found_m == least_m || (found_m - least_m).abs() < 1e-6, "{} {}", found_m, least_m);
    }
}
