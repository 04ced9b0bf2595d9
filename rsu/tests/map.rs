//! Maps from other people's formats, what is found wrong in one, and what is broadcast of it. All sources are made up here.
#![expect(clippy::unwrap_used, reason = "this file is a test as a whole")]

use std::fmt::Write as _;
use std::process::Command;

use asn1::Dialect;
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;
use proptest::prelude::*;
use rsu::map::check::{Against, Finding, Severity, check};
use rsu::map::gcj02::{Datum, gcj02_from_wgs84};
use rsu::map::geometry::distance_m;
use rsu::map::import::{Format, Imported, Wish, import};
use rsu::map::show::Scene;
use rsu::map::{Link, Maneuver, MapLane, SiteMap, enu2, origin_of};
use rsu::messages::encode_map;

const ALL: [Dialect; 4] = [Dialect::CnGbt31024_2019, Dialect::CnN4, Dialect::CnCsae157, Dialect::UsJ27352024];
const HERE: [f64; 2] = [31.49, 120.31];

/// A junction of `arms` roads with `ins` lanes in and `outs` lanes out, of a SUMO net without projection. Each lane in leads to
/// the road opposite; links of the signal are counted through.
fn sumo_star(arms: usize, ins: usize, outs: usize) -> String {
    let mut net = String::from(
        "<?xml version=\"1.0\"?>\n<!-- made with --nothing -->\n<net><location netOffset=\"500.00,500.00\"/>\n",
    );
    let mut connections = String::new();
    let mut link = 0;
    for arm in 0..arms {
        let angle = arm as f64 * std::f64::consts::TAU / arms as f64;
        let (sin, cos) = angle.sin_cos();
        // Along the arm and to the left of who drives away.
        let at = |along: f64, left: f64| {
            format!("{:.3},{:.3}", 500.0 + along * cos - left * sin, 500.0 + along * sin + left * cos)
        };
        for (id, from, to, lanes, inbound) in [("in", "far", "J", ins, true), ("out", "J", "far", outs, false)] {
            let (from, to) = (
                if from == "J" { "J".into() } else { format!("far{arm}") },
                if to == "J" { "J".into() } else { format!("far{arm}") },
            );
            writeln!(net, "<edge id=\"{id}{arm}\" from=\"{from}\" to=\"{to}\">").unwrap();
            for lane in 0..lanes {
                // Index 0 is the rightmost; who drives in has the arm's left on the right.
                let inner = (lanes - 1 - lane) as f64 * 3.2 + 2.0;
                let left = if inbound { inner } else { -inner };
                let (far, near) = (at(140.0, left), at(40.0, left));
                let shape = if inbound { format!("{far} {near}") } else { format!("{near} {far}") };
                writeln!(net, "<lane id=\"{id}{arm}_{lane}\" index=\"{lane}\" speed=\"13.89\" disallow=\"pedestrian\" shape=\"{shape}\"/>").unwrap();
            }
            net.push_str("</edge>\n");
        }
        for lane in 0..ins {
            let to = (arm + arms / 2) % arms;
            let to_lane = lane.min(outs - 1);
            writeln!(connections, "<connection from=\"in{arm}\" to=\"out{to}\" fromLane=\"{lane}\" toLane=\"{to_lane}\" tl=\"J\" linkIndex=\"{}\" dir=\"s\"/>", link % 32).unwrap();
            link += 1;
        }
        writeln!(
            net,
            "<junction id=\"far{arm}\" type=\"dead_end\" x=\"{}\" y=\"{}\" incLanes=\"out{arm}_0\"/>",
            500.0 + 140.0 * cos,
            500.0 + 140.0 * sin
        )
        .unwrap();
    }
    net.push_str("<junction id=\"J\" type=\"traffic_light\" x=\"500\" y=\"500\" incLanes=\"in0_0 in1_0\"/>\n");
    net + &connections + "</net>"
}

fn imported(source: &str, format: Format, wish: &Wish) -> Imported {
    import(source.as_bytes(), format, wish).unwrap()
}

fn star(arms: usize, ins: usize, outs: usize) -> Imported {
    imported(&sumo_star(arms, ins, outs), Format::Sumo, &Wish { origin_deg: Some(HERE), ..Wish::default() })
}

fn findings(text: &str) -> Vec<Finding> {
    check(text, &Against { other: None, max_octets: 2000, groups: None })
}

fn wrong(text: &str) -> Vec<String> {
    let wrong = findings(text).into_iter().filter(|finding| finding.severity == Severity::Wrong);
    wrong.map(|finding| format!("{} {}: {}", finding.kind, finding.id, finding.text)).collect()
}

fn demo() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/demo/map.geojson")).unwrap()
}

fn metres(a: &Wgs84, b: &Wgs84) -> f64 {
    let frame = SiteFrame::new(Origin { lat_deg: a.lat_deg, lon_deg: a.lon_deg, ellipsoidal_height_m: 0.0 });
    let [east, north] = enu2(&frame, &Wgs84 { ellipsoidal_height_m: 0.0, ..*b });
    east.hypot(north)
}

#[path = "map/several.rs"]
mod several;

#[test]
fn a_sumo_junction_becomes_a_map_with_numbers_from_the_left_and_unconfirmed_groups() {
    let made = star(4, 2, 1);
    let map = &made.map;
    let names: Vec<&str> = map.links.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(names, ["north-in", "north-out", "east-in", "east-out", "south-in", "south-out", "west-in", "west-out"]);
    let south = map.link("south-in").unwrap();
    let frame = SiteFrame::new(made.origin);
    // Who comes from the south on the inner lane is 2 m right of the middle, on the outer 5.2 m.
    for (lane, (number, east_m)) in south.lanes.iter().zip([(1, 2.0), (2, 5.2)]) {
        let [end_east_m, end_north_m] = enu2(&frame, lane.points.last().unwrap());
        assert_eq!(lane.number, number);
        assert!((end_east_m - east_m).abs() < 1e-3 && (end_north_m + 40.0).abs() < 1e-3, "{end_east_m} {end_north_m}");
        assert_eq!(lane.allowed, [Class::Bicycle, Class::Motorcycle, Class::Car, Class::Van, Class::Truck, Class::Bus]);
    }
    let [way] = &south.lanes[0].connections[..] else { panic!("one way") };
    assert_eq!((way.to_link.as_str(), way.maneuver), ("north-out", Maneuver::Straight));
    // Arm 3, its lane with index 1: the eighth link of the signal.
    assert_eq!((way.signal_group, way.confirmed), (Some(8), false));
    assert!(made.notes.iter().any(|note| note.contains("8 signal groups")), "{:?}", made.notes);
    let text = map.to_geojson(&made.origin);
    assert_eq!(wrong(&text), Vec::<String>::new());
    let unconfirmed =
        findings(&text).into_iter().filter(|finding| finding.text.contains("comes from an import")).count();
    assert_eq!(unconfirmed, 8);
    assert!(findings(&text.replace(", \"confirmed\": false", "")).is_empty(), "a person has taken them out");
}

#[test]
fn a_large_junction_is_broadcast_in_parts_and_drawn() {
    let made = star(8, 5, 3);
    let lanes: usize = made.map.links.iter().map(|link| link.lanes.len()).sum();
    assert_eq!((lanes, made.map.signal_groups().len()), (64, 32));
    for dialect in ALL {
        let parts = encode_map(&made.map, dialect, 1000, 0, UtcMicros(0)).unwrap();
        assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= 1000), "{dialect}: {}", parts.len());
        same_map(&made.map, &read_back(&parts, dialect), dialect);
    }
    let scene = Scene::new(&made.map, &made.origin, 1600, None);
    let svg = scene.to_svg();
    assert!(svg.contains(">#64</text>") && svg.contains(">north-in</text>") && svg.ends_with("</svg>\n"));
    let png = scene.to_png().unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 1600, "wide");
}

fn read_back(parts: &[Vec<u8>], dialect: Dialect) -> SiteMap {
    let hex: Vec<String> = parts.iter().map(|part| rsu::cli::codec::hex(part)).collect();
    imported(&hex.join("\n"), Format::Message, &Wish { dialect, ..Wish::default() }).map
}

/// The lanes of the served node as sorted by where they are: the messages don't carry the links' names.
fn lanes(map: &SiteMap) -> Vec<(&Link, &MapLane)> {
    let node = map.served_node().unwrap().id;
    let mut lanes: Vec<_> = map
        .links
        .iter()
        .filter(|link| link.to == node || link.from == node)
        .flat_map(|link| link.lanes.iter().map(move |lane| (link, lane)))
        .collect();
    lanes.sort_by_key(|(_, lane)| lane.intersection_lane);
    lanes
}

/// Whether the map read back has the same lanes within 5 cm, with the same ways, manoeuvres and groups.
fn same_map(meant: &SiteMap, told: &SiteMap, dialect: Dialect) {
    let (meant_lanes, told_lanes) = (lanes(meant), lanes(told));
    assert_eq!(meant_lanes.len(), told_lanes.len(), "{dialect}");
    let node = meant.served_node().unwrap();
    assert_eq!(node.id, told.served_node().unwrap().id, "{dialect}");
    for (link, lane) in meant_lanes {
        let inbound = link.to == node.id;
        let ends = |lane: &MapLane| [lane.points[0], lane.points[lane.points.len() - 1]];
        let is_it = |(other_link, other): &&(&Link, &MapLane)| {
            let is_in = other_link.to == node.id;
            is_in == inbound && ends(lane).iter().zip(&ends(other)).all(|(a, b)| metres(a, b) < 0.05)
        };
        let (_, other) =
            told_lanes.iter().find(is_it).unwrap_or_else(|| panic!("{dialect}: lane {}/{}", link.id, lane.number));
        assert_eq!(lane.number, other.number, "{dialect}: {}", link.id);
        assert!((lane.width_m - other.width_m).abs() < 0.0051, "{dialect}: {} {}", lane.width_m, other.width_m);
        for point in &lane.points {
            let off_m = other.points.iter().map(|told| metres(point, told)).fold(f64::INFINITY, f64::min);
            assert!(off_m < 0.05, "{dialect}: {}/{}: {off_m}", link.id, lane.number);
        }
        if inbound {
            let ways = |lane: &MapLane| {
                let mut ways: Vec<_> = lane.connections.iter().map(|way| (way.maneuver, way.signal_group)).collect();
                ways.sort_unstable();
                ways
            };
            assert_eq!(ways(lane), ways(other), "{dialect}: {}/{}", link.id, lane.number);
        }
    }
}

#[test]
fn the_demo_map_survives_being_broadcast_crosswalks_too() {
    let text = demo();
    let map = SiteMap::parse(&text, &origin_of(&text).unwrap()).unwrap();
    for dialect in ALL {
        let parts = encode_map(&map, dialect, 2000, 0, UtcMicros(0)).unwrap();
        assert_eq!(parts.len(), 1, "{dialect}");
        let told = read_back(&parts, dialect);
        same_map(&map, &told, dialect);
        let groups = |map: &SiteMap| map.crosswalks.iter().map(|crosswalk| crosswalk.signal_group).collect::<Vec<_>>();
        // China's MAP has no place for crosswalks.
        assert_eq!(groups(&told), if dialect.is_us() { groups(&map) } else { Vec::new() });
        for (meant, told) in map.crosswalks.iter().zip(&told.crosswalks) {
            for point in &meant.polygon {
                let off_m = told.polygon.iter().map(|told| metres(point, told)).fold(f64::INFINITY, f64::min);
                assert!(off_m < 0.05, "{dialect}: {}: {off_m}", meant.id);
            }
        }
    }
}

#[test]
fn writing_and_reading_a_map_changes_nothing() {
    let text = demo();
    let origin = origin_of(&text).unwrap();
    let map = SiteMap::parse(&text, &origin).unwrap();
    let again = SiteMap::parse(&map.to_geojson(&origin), &origin).unwrap();
    assert_eq!(map.to_geojson(&origin), again.to_geojson(&origin));
    assert_eq!((map.links, map.crosswalks, map.nodes), (again.links, again.crosswalks, again.nodes));
}

#[test]
fn a_stop_line_ends_the_lanes_that_it_crosses() {
    let text = demo();
    let origin = origin_of(&text).unwrap();
    let before = SiteMap::parse(&text, &origin).unwrap();
    // 2 m before the ends of the northern lanes, a little south of 31.491723.
    let stop = r#"{"type": "Feature", "properties": {"kind": "stop_line", "link": "north-in"}, "geometry": {"type": "LineString",
        "coordinates": [[120.31246, 31.491723], [120.31253, 31.491723]]}},"#;
    let with_stop = text.replacen("{\"type\": \"Feature\"", &format!("{stop}\n{{\"type\": \"Feature\""), 1);
    let after = SiteMap::parse(&with_stop, &origin).unwrap();
    for (before, after) in before.link("north-in").unwrap().lanes.iter().zip(&after.link("north-in").unwrap().lanes) {
        let end = after.points.last().unwrap();
        assert!((end.lat_deg - 31.491_723).abs() < 1e-8, "{end:?}");
        assert!((metres(end, before.points.last().unwrap()) - 2.0).abs() < 0.03);
        for (before, after) in before.connections.iter().zip(&after.connections) {
            assert_eq!(after.points[0], *end);
            assert_eq!(after.points[1..], before.points, "the way across goes on as it did");
        }
    }
    assert_eq!(after.link("south-in"), before.link("south-in"));
    assert_eq!(findings(&with_stop), []);
    let far = with_stop
        .replace("31.491723", "31.491923")
        .replace("120.31246,", "120.31306,")
        .replace("120.31253,", "120.31316,");
    let found = findings(&far);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found.iter().all(|f| f.severity == Severity::Wrong && f.kind == "stop_line" && f.feature == Some(1)),
        "{found:?}"
    );
}

#[test]
fn what_is_wrong_is_found_and_placed() {
    let text = demo();
    assert_eq!(findings(&text), []);
    let one = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        wrong(&text.replacen(from, to, 1))
    };
    let says =
        |found: &[String], what: &str| assert!(found.iter().any(|text| text.contains(what)), "{what}: {found:?}");
    says(&one(r#""from": 2, "to": 1"#, r#""from": 1, "to": 2"#), "runs against its direction");
    says(&one(r#""from": 2, "to": 1"#, r#""from": 3, "to": 1"#), "China's MAP has one link for two nodes");
    says(&one(r#""served": true"#, r#""served": false"#), "at least one node must have");
    says(
        &one(r#""to_link": "east-out", "to_lane": 1"#, r#""to_link": "east-out", "to_lane": 2"#),
        "from the beginning of lane east-out/2",
    );
    says(&one(r#""lane": 1, "width_m": 3.5"#, r#""lane": 1, "width_m": 9.0"#), "overlaps it by");
    let both = text
        .replacen(
            r#""link": "east-out", "lane": 1, "width_m": 3.5"#,
            r#""link": "east-out", "lane": 1, "width_m": 3.5, "allowed": ["bicycle"]"#,
            1,
        )
        .replacen(
            r#""link": "north-in", "lane": 1, "width_m": 3.5"#,
            r#""link": "north-in", "lane": 1, "width_m": 3.5, "allowed": ["bus"]"#,
            1,
        );
    says(&wrong(&both), "connection north-in/1 to east-out/1: leads to lane east-out/1, where nobody may go");
    // A line that turns back, with the place of the corner.
    let bent = text.replacen(
        "[120.312513092, 31.492372457], [120.31251309, 31.492011701]",
        "[120.312513092, 31.492372457], [120.31251309, 31.491711701], [120.31251309, 31.492011701]",
        1,
    );
    let kink = findings(&bent).into_iter().find(|finding| finding.text.contains("turns by 180°")).unwrap();
    assert_eq!(
        (kink.severity, kink.feature, kink.kind.as_str(), kink.id.as_str()),
        (Severity::Wrong, Some(7), "lane", "north-in/1")
    );
    assert_eq!(kink.at_deg, Some([31.491_711_7, 120.312_513_1]));
    // The same connection once more.
    let line = text.lines().find(|line| line.contains(r#""kind": "connection""#)).unwrap();
    says(&wrong(&text.replacen(line, &format!("{line}\n{line}"), 1)), "is there already: feature");
    // Numbers from the right.
    let swapped = text.replace(r#""link": "north-in", "lane": 1"#, r#""link": "north-in", "lane": 9"#);
    says(
        &wrong(
            &swapped
                .replace(r#""from_link": "north-in", "from_lane": 1"#, r#""from_link": "north-in", "from_lane": 9"#),
        ),
        "numbers run from the left",
    );
    // Groups.
    let groups = check(&text, &Against { other: None, max_octets: 2000, groups: Some(&[1, 2, 3, 4, 5, 7]) });
    let groups: Vec<(Severity, &str)> =
        groups.iter().map(|finding| (finding.severity, finding.text.as_str())).collect();
    assert_eq!(
        groups,
        [
            (Severity::Wrong, "signal group 6 is none of the controller's"),
            (Severity::Doubtful, "signal group 7 of the controller rules no lane and no crosswalk"),
        ]
    );
    // What no message has room for.
    let small = check(&text, &Against { other: None, max_octets: 40, groups: None });
    assert_eq!(small.iter().filter(|finding| finding.text.contains("cannot be divided")).count(), 4, "{small:?}");
    assert!(wrong("{").len() == 1 && wrong("").len() == 1);
}

#[test]
fn a_shifted_map_is_told_from_one_that_is_not() {
    let text = demo();
    let made = star(4, 2, 1);
    let straight = made.map.to_geojson(&made.origin);
    let shifted_origin = gcj02_from_wgs84(HERE);
    let shifted =
        imported(&sumo_star(4, 2, 1), Format::Sumo, &Wish { origin_deg: Some(shifted_origin), ..Wish::default() });
    let shifted = shifted.map.to_geojson(&shifted.origin);
    let against = |map: &str, other: &str| {
        let all = check(map, &Against { other: Some(other), max_octets: 2000, groups: None });
        let whole = all.into_iter().filter(|finding| finding.feature.is_none());
        whole.map(|finding| (finding.severity, finding.text)).collect::<Vec<_>>()
    };
    let [(Severity::Wrong, said)] = &against(&shifted, &straight)[..] else {
        panic!("{:?}", against(&shifted, &straight))
    };
    assert!(said.contains("just as GCJ-02 is off WGS-84: its junction is at 31.4900"), "{said}");
    let [(Severity::Doubtful, said)] = &against(&straight, &shifted)[..] else { panic!("one") };
    assert!(said.contains("it is the other that is shifted"), "{said}");
    assert_eq!(against(&straight, &straight), []);
    assert!(
        against(&straight, &text)[0].1.contains("is of another junction")
            || against(&straight, &text)[0].1.contains("off the other one")
    );
    // Imported with the flag it is where it belongs.
    let back = imported(
        &sumo_star(4, 2, 1),
        Format::Sumo,
        &Wish { origin_deg: Some(shifted_origin), datum: Datum::Gcj02, ..Wish::default() },
    );
    assert!(
        (back.origin.lat_deg - HERE[0]).abs() < 1e-8 && (back.origin.lon_deg - HERE[1]).abs() < 1e-8,
        "{:?}",
        back.origin
    );
}

/// A crossing of a street of four lanes (west to east) with a one-way street from south to north, with signals.
const OSM: &str = r#"<osm version="0.6">
  <node id="1" lat="31.4900" lon="120.3100"><tag k="highway" v="traffic_signals"/></node>
  <node id="2" lat="31.4900" lon="120.3079"/> <node id="3" lat="31.4900" lon="120.3121"/>
  <node id="4" lat="31.4882" lon="120.3100"/> <node id="5" lat="31.4918" lon="120.3100"/>
  <node id="6" lat="31.4900" lon="120.3102"><tag k="highway" v="crossing"/></node>
  <way id="10"><nd ref="2"/><nd ref="1"/><nd ref="6"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="lanes" v="4"/>
    <tag k="turn:lanes:forward" v="left|through;right"/><tag k="maxspeed" v="60"/></way>
  <way id="11"><nd ref="4"/><nd ref="1"/><nd ref="5"/><tag k="highway" v="residential"/><tag k="oneway" v="yes"/><tag k="lanes" v="2"/></way>
  <way id="12"><nd ref="1"/><nd ref="5"/><tag k="highway" v="footway"/></way>
</osm>"#;

#[test]
fn an_osm_junction_gets_its_lanes_from_the_tags() {
    let made = imported(OSM, Format::Osm, &Wish::default());
    let map = &made.map;
    let lanes: Vec<(&str, usize)> = map.links.iter().map(|link| (link.id.as_str(), link.lanes.len())).collect();
    assert_eq!(
        lanes,
        [("north-out", 2), ("east-in", 2), ("east-out", 2), ("south-in", 2), ("west-in", 2), ("west-out", 2)]
    );
    let frame = SiteFrame::new(made.origin);
    let west = map.link("west-in").unwrap();
    assert!((west.speed_limit_mps.unwrap() - 60.0 / 3.6).abs() < 1e-9);
    // Who comes from the west has the oncoming lanes on the left: 1.625 m and 4.875 m south of the line.
    for (lane, south_m) in west.lanes.iter().zip([1.625, 4.875]) {
        let [_, north_m] = enu2(&frame, lane.points.last().unwrap());
        assert!((north_m + south_m).abs() < 0.01, "{north_m}");
    }
    let ways = |link: &str, lane: usize| {
        let ways = map.link(link).unwrap().lanes[lane].connections.iter();
        ways.map(|way| (format!("{}/{}", way.to_link, way.to_lane), way.maneuver)).collect::<Vec<_>>()
    };
    let way = |to: &str, maneuver| (to.to_owned(), maneuver);
    assert_eq!(ways("west-in", 0), [way("north-out/1", Maneuver::Left)]);
    // There is no way to the right: the street to the south comes from there.
    assert_eq!(ways("west-in", 1), [way("east-out/2", Maneuver::Straight)]);
    assert_eq!(ways("south-in", 0), [way("west-out/1", Maneuver::Left), way("north-out/1", Maneuver::Straight)]);
    assert_eq!(ways("south-in", 1), [way("north-out/2", Maneuver::Straight), way("east-out/2", Maneuver::Right)]);
    // The stop line lies before the crossing, the others behind the width of the road that crosses.
    let stop_m = |link: &str| {
        let [east, north] = enu2(&frame, map.link(link).unwrap().lanes[0].points.last().unwrap());
        if link.starts_with("east") { east } else { -north }
    };
    assert!((stop_m("east-in") - (18.99 + 5.0)).abs() < 0.1, "{}", stop_m("east-in"));
    assert!((stop_m("south-in") - (6.5 + 4.0)).abs() < 0.1, "{}", stop_m("south-in"));
    assert_eq!(map.crosswalks.iter().map(|crosswalk| crosswalk.id.as_str()).collect::<Vec<_>>(), ["east"]);
    assert!(!map.groups_are_confirmed() && map.signal_groups().is_empty(), "it has signals, and nobody said which");
    assert_eq!(wrong(&map.to_geojson(&made.origin)), Vec::<String>::new());
    let errors = |source: &str, wish: &Wish| import(source.as_bytes(), Format::Osm, wish).unwrap_err().to_string();
    assert!(errors(OSM, &Wish { junctions: vec!["7".into()], ..Wish::default() }).contains("no road leads to a node"));
    assert!(errors("<osm>", &Wish::default()).contains("not well-formed"));
    assert!(errors("\u{1}\u{2}garbage", &Wish::default()).contains("neither .osm nor .pbf"));
}

/// The same with a dual carriageway, 22 m apart, across a street of four lanes.
const DUAL: &str = r#"<osm version="0.6">
  <node id="1" lat="31.4900" lon="120.3100"><tag k="highway" v="traffic_signals"/></node>
  <node id="2" lat="31.4900" lon="120.3079"/> <node id="3" lat="31.4900" lon="120.3121"/>
  <node id="4" lat="31.4882" lon="120.3100"/> <node id="5" lat="31.4918" lon="120.3100"/>
  <node id="21" lat="31.4902" lon="120.3100"/> <node id="22" lat="31.4902" lon="120.3079"/> <node id="23" lat="31.4902" lon="120.3121"/>
  <way id="10"><nd ref="2"/><nd ref="1"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="lanes" v="3"/><tag k="oneway" v="yes"/>
    <tag k="turn:lanes" v="left|through|through;right"/></way>
  <way id="13"><nd ref="23"/><nd ref="21"/><nd ref="22"/><tag k="highway" v="primary"/><tag k="lanes" v="3"/><tag k="oneway" v="yes"/></way>
  <way id="11"><nd ref="4"/><nd ref="1"/><nd ref="21"/><nd ref="5"/><tag k="highway" v="secondary"/><tag k="lanes" v="4"/></way>
</osm>"#;

#[test]
fn the_crossings_of_a_dual_carriageway_are_one_junction() {
    let made = imported(DUAL, Format::Osm, &Wish { junctions: vec!["1".into()], ..Wish::default() });
    let map = &made.map;
    let lanes: Vec<(&str, usize)> = map.links.iter().map(|link| (link.id.as_str(), link.lanes.len())).collect();
    let roads = ["north-in", "north-out", "east-in", "east-out", "south-in", "south-out", "west-in", "west-out"];
    assert_eq!(
        lanes,
        roads.map(|road| (road, if road.starts_with("east") || road.starts_with("west") { 3 } else { 2 }))
    );
    assert_eq!(map.link("east-in").unwrap().from, map.link("east-out").unwrap().to, "both carriageways, one node");
    let west = &map.link("west-in").unwrap().lanes;
    let ways =
        west.iter().map(|lane| lane.connections.iter().map(|way| format!("{}/{}", way.to_link, way.to_lane)).collect());
    let ways: Vec<Vec<String>> = ways.collect();
    assert_eq!(ways, [vec!["north-out/1"], vec!["east-out/2"], vec!["east-out/3", "south-out/2"]]);
    assert_eq!(wrong(&map.to_geojson(&made.origin)), Vec::<String>::new());
}

/// A field of a protocol buffer whose value has a length.
fn field(number: u8, value: &[u8]) -> Vec<u8> {
    [&[(number << 3) | 2][..], &varint(value.len() as u64), value].concat()
}

/// A field that is a number.
fn number(number: u8, value: u64) -> Vec<u8> {
    [&[number << 3][..], &varint(value)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    while value >= 0x80 {
        octets.push(((value & 0x7f) as u8) | 0x80);
        value >>= 7;
    }
    octets.push(value as u8);
    octets
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// The same as PBF: a header and one block, uncompressed.
fn pbf_of(osm: &str) -> Vec<u8> {
    let document = roxmltree::Document::parse(osm).unwrap();
    let mut words = vec![String::new()];
    let mut word = |text: &str| {
        let known = words.iter().position(|word| word == text);
        known.unwrap_or_else(|| {
            words.push(text.to_owned());
            words.len() - 1
        }) as u64
    };
    let mut group = Vec::new();
    for element in document.root_element().children().filter(roxmltree::Node::is_element) {
        let id: i64 = element.attribute("id").unwrap().parse().unwrap();
        let tags: Vec<_> = element.children().filter(|child| child.has_tag_name("tag")).collect();
        let mut packed =
            |name: &str| tags.iter().flat_map(|tag| varint(word(tag.attribute(name).unwrap()))).collect::<Vec<u8>>();
        let (keys, values) = (field(2, &packed("k")), field(3, &packed("v")));
        if element.has_tag_name("node") {
            let steps =
                |name: &str| zigzag((element.attribute(name).unwrap().parse::<f64>().unwrap() * 1e7).round() as i64);
            let node = [number(1, zigzag(id)), keys, values, number(8, steps("lat")), number(9, steps("lon"))].concat();
            group.extend(field(1, &node));
        } else {
            let mut before = 0;
            let refs = element.children().filter_map(|nd| nd.attribute("ref")?.parse::<i64>().ok()).flat_map(|to| {
                let step = varint(zigzag(to - before));
                before = to;
                step
            });
            let refs: Vec<u8> = refs.collect();
            group.extend(field(3, &[number(1, id as u64), keys, values, field(8, &refs)].concat()));
        }
    }
    let table: Vec<u8> = words.iter().flat_map(|word| field(1, word.as_bytes())).collect();
    let blob = |kind: &str, content: &[u8]| {
        let blob = [field(1, content), number(2, content.len() as u64)].concat();
        let header = [field(1, kind.as_bytes()), number(3, blob.len() as u64)].concat();
        [&(header.len() as u32).to_be_bytes()[..], &header, &blob].concat()
    };
    let block = [field(1, &table), field(2, &group)].concat();
    [blob("OSMHeader", &field(4, b"OsmSchema-V0.6")), blob("OSMData", &block)].concat()
}

#[test]
fn pbf_says_the_same_as_xml() {
    let (from_xml, from_pbf) =
        (imported(OSM, Format::Osm, &Wish::default()), import(&pbf_of(OSM), Format::Osm, &Wish::default()).unwrap());
    assert_eq!(from_xml.map.links.len(), from_pbf.map.links.len());
    for (a, b) in from_xml.map.links.iter().zip(&from_pbf.map.links) {
        assert_eq!((&a.id, a.lanes.len(), a.speed_limit_mps), (&b.id, b.lanes.len(), b.speed_limit_mps));
        for (a, b) in a.lanes.iter().zip(&b.lanes) {
            assert!(a.points.iter().zip(&b.points).all(|(a, b)| metres(a, b) < 1e-3));
            assert_eq!(a.maneuvers(), b.maneuvers());
        }
    }
    let cut = pbf_of(OSM);
    for end in (0..cut.len()).step_by(13) {
        let _ = import(&cut[..end], Format::Osm, &Wish::default());
    }
}

/// A road from west to east through a junction, and a bend from the west to the north under a signal.
const OPENDRIVE: &str = r#"<OpenDRIVE><header><geoReference><![CDATA[+proj=tmerc +lat_0=31.49 +lon_0=120.31 +k=1 +x_0=0 +y_0=0 +datum=WGS84]]></geoReference></header>
ROADS
<controller id="5"><control signalId="s1"/></controller>
<junction id="9"><connection id="0" incomingRoad="1" connectingRoad="10" contactPoint="start"><laneLink from="-1" to="-1"/></connection>
<connection id="1" incomingRoad="1" connectingRoad="11" contactPoint="start"><laneLink from="-1" to="-1"/></connection>
<controller id="5"/></junction></OpenDRIVE>"#;

fn opendrive() -> String {
    let lanes = |left: bool, link: &str| {
        let lane = |id: i32| {
            format!(
                "<lane id=\"{id}\" type=\"driving\"><link>{link}</link><width sOffset=\"0\" a=\"3.5\" b=\"0\" c=\"0\" d=\"0\"/></lane>"
            )
        };
        let left = if left { format!("<left>{}</left>", lane(1)) } else { String::new() };
        format!(
            "<lanes><laneSection s=\"0\">{left}<center><lane id=\"0\"/></center><right>{}</right></laneSection></lanes>",
            lane(-1)
        )
    };
    let road = |id: u32, junction: &str, link: &str, plan: &str, length: f64, lanes: &str, rest: &str| {
        format!(
            "<road id=\"{id}\" length=\"{length}\" junction=\"{junction}\"><link>{link}</link><planView>{plan}</planView>{lanes}{rest}</road>\n"
        )
    };
    let line = |x: f64, y: f64, hdg: f64, length: f64| {
        format!("<geometry s=\"0\" x=\"{x}\" y=\"{y}\" hdg=\"{hdg}\" length=\"{length}\"><line/></geometry>")
    };
    let at_junction = |end: &str| format!("<{end} elementType=\"junction\" elementId=\"9\"/>");
    let between = |to: u32| {
        format!(
            "<predecessor elementType=\"road\" elementId=\"1\" contactPoint=\"end\"/><successor elementType=\"road\" elementId=\"{to}\" contactPoint=\"start\"/>"
        )
    };
    let through = "<predecessor id=\"-1\"/><successor id=\"-1\"/>";
    let quarter = std::f64::consts::FRAC_PI_2;
    let bend = format!(
        "<geometry s=\"0\" x=\"-20\" y=\"0\" hdg=\"0\" length=\"{}\"><arc curvature=\"0.05\"/></geometry>",
        20.0 * quarter
    );
    let signal = "<signals><signal id=\"s1\" s=\"1\" t=\"0\" dynamic=\"yes\" type=\"1000001\"/></signals>";
    let roads = [
        road(1, "-1", &at_junction("successor"), &line(-120.0, 0.0, 0.0, 100.0), 100.0, &lanes(true, ""), ""),
        road(2, "-1", &at_junction("predecessor"), &line(20.0, 0.0, 0.0, 100.0), 100.0, &lanes(true, ""), ""),
        road(3, "-1", &at_junction("predecessor"), &line(0.0, 20.0, quarter, 100.0), 100.0, &lanes(false, ""), ""),
        road(10, "9", &between(2), &line(-20.0, 0.0, 0.0, 40.0), 40.0, &lanes(false, through), ""),
        road(11, "9", &between(3), &bend, 20.0 * quarter, &lanes(false, through), signal),
    ];
    OPENDRIVE.replace("ROADS", &roads.concat())
}

#[test]
fn an_opendrive_junction_keeps_its_curves_and_its_signals() {
    let made = imported(&opendrive(), Format::Opendrive, &Wish::default());
    let map = &made.map;
    let lanes: Vec<(&str, usize)> = map.links.iter().map(|link| (link.id.as_str(), link.lanes.len())).collect();
    assert_eq!(lanes, [("north-out", 1), ("east-in", 1), ("east-out", 1), ("west-in", 1), ("west-out", 1)]);
    let frame = SiteFrame::new(Origin { lat_deg: 31.49, lon_deg: 120.31, ellipsoidal_height_m: 0.0 });
    let enu = |points: &[Wgs84]| points.iter().map(|point| enu2(&frame, point)).collect::<Vec<_>>();
    let near = |a: [f64; 2], b: [f64; 2]| assert!(distance_m(a, b) < 0.01, "{a:?} {b:?}");
    let west = enu(&map.link("west-in").unwrap().lanes[0].points);
    near(west[0], [-120.0, -1.75]);
    near(west[west.len() - 1], [-20.0, -1.75]);
    let ways = &map.link("west-in").unwrap().lanes[0].connections;
    let told: Vec<_> =
        ways.iter().map(|way| (way.to_link.as_str(), way.maneuver, way.signal_group, way.confirmed)).collect();
    assert_eq!(told, [("east-out", Maneuver::Straight, None, true), ("north-out", Maneuver::Left, Some(5), false)]);
    // The outer lane of the bend: a circle of 21.75 m around (-20, 20).
    let bend = enu(&ways[1].points);
    near(bend[0], [-20.0, -1.75]);
    near(bend[bend.len() - 1], [1.75, 20.0]);
    assert!(bend.len() > 5 && bend.iter().all(|point| (distance_m(*point, [-20.0, 20.0]) - 21.75).abs() < 0.03));
    assert_eq!(wrong(&map.to_geojson(&made.origin)), Vec::<String>::new());
    let broken = import(b"<OpenDRIVE><road id='1'/></OpenDRIVE>", Format::Opendrive, &Wish::default());
    assert!(broken.unwrap_err().to_string().contains("has no lanes"));
}

#[test]
fn nothing_that_is_read_can_panic() {
    let sources = [(sumo_star(2, 1, 1), Format::Sumo), (OSM.to_owned(), Format::Osm), (opendrive(), Format::Opendrive)];
    let wish = Wish { origin_deg: Some(HERE), ..Wish::default() };
    for (source, format) in &sources {
        assert!(import(source.as_bytes(), *format, &wish).is_ok());
        // A file cut off, and one with each number in turn made nonsense of.
        for end in (0..source.len()).step_by(97) {
            let _ = import(&source.as_bytes()[..end], *format, &wish);
        }
        for (at, _) in source.match_indices("=\"").step_by(3) {
            for nonsense in ["-1", "NaN", "1e308", "", "99999999999999999999"] {
                let end = at + 2 + source[at + 2..].find('"').unwrap();
                let changed = format!("{}{nonsense}{}", &source[..at + 2], &source[end..]);
                let _ =
                    import(changed.as_bytes(), *format, &wish).map(|made| findings(&made.map.to_geojson(&made.origin)));
            }
        }
    }
    for hex in ["00", "0012ff", "zz", "ffffffffffffffff"] {
        for dialect in ALL {
            assert!(import(hex.as_bytes(), Format::Message, &Wish { dialect, ..Wish::default() }).is_err());
        }
    }
}

#[test]
fn the_command_line_exits_1_for_what_is_wrong() {
    let folder = std::env::temp_dir().join(format!("lukou-map-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).display().to_string();
    std::fs::write(path("star.net.xml"), sumo_star(4, 2, 1)).unwrap();
    let rsu = |args: &[&str]| Command::new(env!("CARGO_BIN_EXE_rsu")).args(args).output().unwrap();
    let made =
        rsu(&["map", "import", &path("star.net.xml"), "--origin", "31.49,120.31", "--out", &path("map.geojson")]);
    assert!(made.status.success(), "{made:?}");
    let checked = rsu(&["map", "check", &path("map.geojson"), "--json"]);
    let said: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert!(
        checked.status.success() && said["ok"] == true && said["findings"].as_array().unwrap().len() == 8,
        "{said}"
    );
    let text = std::fs::read_to_string(path("map.geojson")).unwrap();
    std::fs::write(path("bad.geojson"), text.replacen("\"served\": true", "\"served\": false", 1)).unwrap();
    let bad = rsu(&["map", "check", &path("bad.geojson")]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stdout).contains("at least one node must have"), "{bad:?}");
    let encoded = rsu(&["map", "encode", &path("map.geojson"), "--dialect", "us-j2735-2024"]);
    let hex = String::from_utf8(encoded.stdout).unwrap();
    let decoded = rsu(&["codec", "decode", "--dialect", "us-j2735-2024", hex.trim()]);
    assert!(decoded.status.success() && String::from_utf8_lossy(&decoded.stdout).contains("laneSet"));
    let shown = rsu(&[
        "map",
        "show",
        &path("map.geojson"),
        "--svg",
        &path("map.svg"),
        "--png",
        &path("map.png"),
        "--width",
        "400",
    ]);
    assert!(shown.status.success() && std::fs::metadata(path("map.png")).unwrap().len() > 1000, "{shown:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A junction with lanes of any shape: 1 to 4 of its roads with up to 3 lanes drawn anew, of up to 25 points each.
fn any_map() -> impl Strategy<Value = SiteMap> {
    let lane = (2.0..6.0f64, prop::collection::vec((-1.0..1.0f64, 2.0..12.0f64), 1..25));
    let road = prop::collection::vec(lane, 1..4);
    (prop::collection::vec(road, 1..5), -60.0..60.0f64, -170.0..170.0f64).prop_map(|(roads, lat, lon)| {
        let mut made = star(4, 4, 1);
        let frame = SiteFrame::new(Origin { lat_deg: lat, lon_deg: lon, ellipsoidal_height_m: 0.0 });
        let here = SiteFrame::new(made.origin);
        let moved = |point: &Wgs84| {
            let [east, north] = enu2(&here, point);
            Wgs84 { ellipsoidal_height_m: 0.0, ..frame.wgs84_from_enu([east, north, 0.0]) }
        };
        let inbound = made.map.links.iter_mut().filter(|link| link.to.id == 1);
        for (link, road) in inbound.zip(&roads) {
            for (lane, (width_m, wiggles)) in link.lanes.iter_mut().zip(road) {
                lane.width_m = (width_m * 100.0).round() / 100.0;
                // Outwards from the stop line, a few metres further and to the side each time.
                let end = enu2(&here, lane.points.last().unwrap());
                let length = end[0].hypot(end[1]);
                let (out, mut along) = ([end[0] / length, end[1] / length], 0.0);
                let mut points = vec![end];
                for (side, step) in wiggles {
                    along += step;
                    points.push([end[0] + out[0] * along - out[1] * side, end[1] + out[1] * along + out[0] * side]);
                }
                points.reverse();
                lane.points = points.iter().map(|point| here.wgs84_from_enu([point[0], point[1], 0.0])).collect();
            }
        }
        for node in &mut made.map.nodes {
            node.position = moved(&node.position);
        }
        for link in &mut made.map.links {
            link.points = link.points.iter().map(moved).collect();
            for lane in &mut link.lanes {
                lane.points = lane.points.iter().map(moved).collect();
            }
        }
        made.map
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_broadcast_is_the_map_to_five_centimetres(map in any_map(), max_octets in 300usize..2300) {
        for dialect in ALL {
            let parts = encode_map(&map, dialect, max_octets, 0, UtcMicros(0)).unwrap();
            same_map(&map, &read_back(&parts, dialect), dialect);
        }
    }
}
