//! Several junctions that one controller runs, of a SUMO net made up here: two, 80 m apart, each with three roads of its own.

use std::collections::BTreeSet;

use super::*;

/// Lanes of each road to a junction and away from it; between the two there are as many as lead in.
const INS: usize = 4;
const OUTS: usize = 6;
const A: [f64; 2] = [500.0, 500.0];
const B: [f64; 2] = [580.0, 500.0];

struct Road {
    id: String,
    from: String,
    to: String,
    begin: [f64; 2],
    end: [f64; 2],
    lanes: usize,
}

impl Road {
    /// Its edge, lanes to the right of the line from begin to end.
    fn edge(&self) -> String {
        let Self { id, from, to, begin, end, lanes } = self;
        let length = (end[0] - begin[0]).hypot(end[1] - begin[1]);
        let right = [(end[1] - begin[1]) / length, (begin[0] - end[0]) / length];
        let mut edge = format!("<edge id=\"{id}\" from=\"{from}\" to=\"{to}\">\n");
        for lane in 0..*lanes {
            // Index 0 is the rightmost.
            let aside = 2.0 + 3.2 * (lanes - 1 - lane) as f64;
            let [begin, end] =
                [begin, end].map(|at| format!("{:.3},{:.3}", at[0] + aside * right[0], at[1] + aside * right[1]));
            writeln!(edge, "<lane id=\"{id}_{lane}\" index=\"{lane}\" speed=\"13.89\" disallow=\"pedestrian\" shape=\"{begin} {end}\"/>").unwrap();
        }
        edge + "</edge>\n"
    }
}

fn junction(id: &str, kind: &str, at: [f64; 2]) -> String {
    format!("<junction id=\"{id}\" type=\"{kind}\" x=\"{}\" y=\"{}\"/>\n", at[0], at[1])
}

/// Each lane of an edge to the same of another. `signal`: its name and the first link.
fn connected(from: &str, to: &str, signal: Option<(&str, usize)>) -> String {
    let light =
        |lane| signal.map_or_else(String::new, |(id, first)| format!(" tl=\"{id}\" linkIndex=\"{}\"", first + lane));
    let one = |lane: usize| {
        let light = light(lane);
        format!("<connection from=\"{from}\" to=\"{to}\" fromLane=\"{lane}\" toLane=\"{lane}\"{light} dir=\"s\"/>\n")
    };
    (0..INS).map(one).collect()
}

/// A net of the two. The road between them is one edge in each direction, or two with a bend's junction in the middle.
fn net(between: usize) -> String {
    let (mut roads, mut rest) = (Vec::new(), String::new());
    for (name, at, outer) in [("A", A, -1.0), ("B", B, 1.0)] {
        rest += &junction(name, "traffic_light", at);
        for (arm, way) in [[0.0, 1.0], [0.0, -1.0], [outer, 0.0]].into_iter().enumerate() {
            let [far, near] = [140.0, 20.0].map(|along| [at[0] + along * way[0], at[1] + along * way[1]]);
            let end = format!("{name}{arm}");
            rest += &junction(&end, "dead_end", far);
            let (from, to) = (end.clone(), name.to_owned());
            roads.push(Road { id: format!("in{end}"), from, to, begin: far, end: near, lanes: INS });
            let (from, to) = (name.to_owned(), end.clone());
            roads.push(Road { id: format!("out{end}"), from, to, begin: near, end: far, lanes: OUTS });
        }
    }
    let last = between - 1;
    for (from, to, x, length) in [("A", "B", 520.0, 40.0), ("B", "A", 560.0, -40.0)] {
        let middle = [540.0, 500.0];
        let place = |piece: usize| [x + length * piece as f64 / between as f64, 500.0];
        let name = |piece: usize| {
            if piece == 0 {
                from
            } else if piece == between {
                to
            } else {
                "M"
            }
        };
        for piece in 0..between {
            let id = format!("{from}{to}{piece}");
            let (from, to) = (name(piece).to_owned(), name(piece + 1).to_owned());
            roads.push(Road { id, from, to, begin: place(piece), end: place(piece + 1), lanes: INS });
        }
        if between > 1 {
            rest += &junction("M", "priority", middle);
            rest += &connected(&format!("{from}{to}0"), &format!("{from}{to}1"), None);
        }
        // Straight on at the one that the road comes from.
        let (signal, other) = (format!("T{from}"), format!("{to}{from}{last}"));
        let ways = [(0, 1), (1, 0)].map(|(a, b)| (format!("in{from}{a}"), format!("out{from}{b}")));
        let through = [(format!("in{from}2"), format!("{from}{to}0")), (other, format!("out{from}2"))];
        for (index, (a, b)) in ways.into_iter().chain(through).enumerate() {
            rest += &connected(&a, &b, Some((&signal, index * INS)));
        }
    }
    let edges: String = roads.iter().map(Road::edge).collect();
    format!("<net><location netOffset=\"500.00,500.00\"/>\n{edges}{rest}</net>")
}

fn both(between: usize) -> Imported {
    let junctions = vec!["A".to_owned(), "B".to_owned()];
    imported(&net(between), Format::Sumo, &Wish { junctions, origin_deg: Some(HERE), ..Wish::default() })
}

fn served(map: &SiteMap) -> Vec<u16> {
    map.served_nodes().map(|node| node.id.id).collect()
}

#[test]
fn two_junctions_become_one_map_with_a_link_between_them_and_groups_of_their_own() {
    let made = both(1);
    let map = &made.map;
    let lanes: usize = map.links.iter().map(|link| link.lanes.len()).sum();
    assert_eq!((served(map), map.nodes.len(), lanes, map.signal_groups().len()), (vec![1, 2], 8, 68, 32));
    let [of_a, of_b] = [0, 1].map(|index| map.groups_at(map.served_nodes().nth(index).unwrap().id));
    assert_eq!((of_a, of_b), ((1..=16).collect::<BTreeSet<u8>>(), (17..=32).collect()));
    let ends = |id: &str| map.link(id).map(|link| (link.from.id, link.to.id));
    assert_eq!((ends("2-west-in"), ends("1-east-in")), (Some((1, 2)), Some((2, 1))));
    assert_eq!((ends("1-east-out"), ends("2-west-out")), (None, None), "the same road");
    assert!(ends("1-north-in").is_some() && ends("2-east-out").is_some());
    // From A's west over the road between them.
    let way = &map.link("1-west-in").unwrap().lanes[0].connections[0];
    assert_eq!((&*way.to_link, way.signal_group), ("2-west-in", Some(12)));
    assert_eq!(wrong(&map.to_geojson(&made.origin)), Vec::<String>::new());
}

#[test]
fn a_road_of_several_edges_between_two_junctions_is_cut_in_the_middle() {
    let map = both(2).map;
    let (from, to) = (map.link("1-east-out").unwrap(), map.link("2-west-in").unwrap());
    assert_eq!(from.to, to.from, "they meet at a node of their own");
    for (out, into) in from.lanes.iter().zip(&to.lanes) {
        assert!(metres(out.points.last().unwrap(), into.points.first().unwrap()) < 0.05);
    }
}

#[test]
fn what_is_broadcast_of_two_junctions_is_each_of_them() {
    let made = both(1);
    for dialect in ALL {
        let parts = encode_map(&made.map, dialect, 1000, 0, UtcMicros(0)).unwrap();
        assert!(parts.len() > 1 && parts.iter().all(|part| part.len() <= 1000), "{dialect}: {}", parts.len());
        let hex: Vec<String> = parts.iter().map(|part| rsu::cli::codec::hex(part)).collect();
        for node in served(&made.map) {
            let wish = Wish { dialect, junctions: vec![node.to_string()], ..Wish::default() };
            let told = imported(&hex.join("\n"), Format::Message, &wish).map;
            let mut meant = made.map.clone();
            meant.nodes.iter_mut().for_each(|other| other.served = other.id.id == node);
            same_map(&meant, &told, dialect);
        }
    }
    let svg = Scene::new(&made.map, &made.origin, 1600, None).to_svg();
    assert!(svg.contains(">node 1</text>") && svg.contains(">node 2</text>") && svg.contains(">#68</text>"));
}

#[test]
fn junctions_that_cannot_be_taken_together_are_refused() {
    let error = |source: &str, format, junctions: &[&str]| {
        let junctions = junctions.iter().map(|id| (*id).to_owned()).collect();
        import(source.as_bytes(), format, &Wish { junctions, origin_deg: Some(HERE), ..Wish::default() })
            .unwrap_err()
            .to_string()
    };
    assert!(error(&net(1), Format::Sumo, &["A", "A"]).contains("twice"));
    assert!(error(&net(1), Format::Sumo, &["A", "C"]).contains("there is no junction \"C\""));
    assert!(error("", Format::Osm, &["1", "2"]).contains("SUMO nets only"));
}
