//! A junction of OpenStreetMap, from `.osm` XML or `.pbf`.
//!
//! OpenStreetMap draws roads as lines: where its lanes run, where they stop and how they connect is worked out here from
//! tags, and is as good as those.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use osmpbf::{Element, ElementReader};
use roxmltree::{Document, Node};

use super::osm_turns;
use super::osm_ways::{Carriageway, Heading, Tags, is_road};
use super::plan::{Plan, PlanLane, Way, Zebra};
use super::projection::{Ground, Plane};
use super::{ImportError, Wish};
use crate::map::gcj02::Datum;
use crate::map::geometry::{self, Point};

/// Crossings of roads nearer to each other than this are one junction, metres: the four of two dual carriageways.
const JOIN_M: f64 = 32.0;
/// A stop line is so far before a crossing for people on foot, metres.
const BEFORE_CROSSING_M: f64 = 3.0;
/// Width of a crossing for people on foot, metres.
const CROSSING_WIDTH_M: f64 = 4.0;

/// What is read of a file: roads, and the nodes on them.
#[derive(Debug, Default)]
struct Data {
    nodes: BTreeMap<i64, ([f64; 2], Tags)>,
    ways: BTreeMap<i64, (Vec<i64>, Tags)>,
}

pub(super) fn read(source: &[u8], wish: &Wish) -> Result<Plan, ImportError> {
    let data = if source.first().is_some_and(|first| *first == b'<' || first.is_ascii_whitespace() || *first == 0xef) {
        read_xml(std::str::from_utf8(source).map_err(|error| ImportError::new(format!("not UTF-8: {error}")))?)?
    } else {
        read_pbf(source)?
    };
    let roads = Roads::new(data, wish)?;
    roads.plan(wish)
}

fn read_xml(text: &str) -> Result<Data, ImportError> {
    let document = Document::parse(text)?;
    let mut data = Data::default();
    let tags = |element: Node<'_, '_>| -> Tags {
        let tags = element.children().filter(|child| child.has_tag_name("tag"));
        tags.filter_map(|tag| Some((tag.attribute("k")?.to_owned(), tag.attribute("v")?.to_owned()))).collect()
    };
    for element in document.root_element().children() {
        let id = element.attribute("id").and_then(|id| id.parse::<i64>().ok());
        match (element.tag_name().name(), id) {
            ("node", Some(id)) => {
                let degrees = |name| {
                    let number = element.attribute(name)?.parse::<f64>().ok();
                    number.filter(|degrees| degrees.abs() <= 180.0)
                };
                if let (Some(lat), Some(lon)) = (degrees("lat"), degrees("lon")) {
                    data.nodes.insert(id, ([lat, lon], tags(element)));
                }
            }
            ("way", Some(id)) => {
                let tags = tags(element);
                if is_road(&tags) {
                    let nodes = element.children().filter(|child| child.has_tag_name("nd"));
                    let nodes = nodes.filter_map(|nd| nd.attribute("ref")?.parse().ok()).collect();
                    data.ways.insert(id, (nodes, tags));
                }
            }
            _ => {}
        }
    }
    Ok(data)
}

fn read_pbf(source: &[u8]) -> Result<Data, ImportError> {
    let broken = |error: osmpbf::Error| ImportError::new(format!("neither .osm nor .pbf: {error}"));
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    let mut data = Data::default();
    let ways = |element: Element<'_>| {
        if let Element::Way(way) = element {
            let tags: Tags = way.tags().map(owned).collect();
            if is_road(&tags) {
                data.ways.insert(way.id(), (way.refs().collect(), tags));
            }
        }
    };
    ElementReader::new(Cursor::new(source)).for_each(ways).map_err(broken)?;
    // The nodes of a country don't fit in memory; those of its roads around here do.
    let needed: BTreeSet<i64> = data.ways.values().flat_map(|(nodes, _)| nodes).copied().collect();
    let nodes = |element: Element<'_>| match element {
        Element::Node(node) if needed.contains(&node.id()) => {
            data.nodes.insert(node.id(), ([node.lat(), node.lon()], node.tags().map(owned).collect()));
        }
        Element::DenseNode(node) if needed.contains(&node.id()) => {
            data.nodes.insert(node.id(), ([node.lat(), node.lon()], node.tags().map(owned).collect()));
        }
        _ => {}
    };
    ElementReader::new(Cursor::new(source)).for_each(nodes).map_err(broken)?;
    Ok(data)
}

/// A piece of a way from one of its nodes to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    way: i64,
    to: i64,
    /// In the way's own direction.
    forward: bool,
}

/// Roads as a graph, in metres around the junction.
struct Roads {
    data: Data,
    at: BTreeMap<i64, Point>,
    steps: BTreeMap<i64, Vec<Step>>,
    junction: i64,
    cluster: BTreeSet<i64>,
    ground: Ground,
}

/// A road as it leads away from the junction.
pub(super) struct Arm {
    /// Its line from the junction outwards.
    line: Vec<Point>,
    /// As one sees it who drives away.
    pub(super) road: Carriageway,
    /// Where its lanes end, metres from the beginning of the line.
    setback_m: f64,
    crossing_m: Option<f64>,
    /// Its direction, outwards.
    pub(super) outwards: Point,
    pub(super) index: usize,
}

impl Roads {
    fn new(data: Data, wish: &Wish) -> Result<Self, ImportError> {
        let mut steps: BTreeMap<i64, Vec<Step>> = BTreeMap::new();
        for (way, (nodes, _)) in &data.ways {
            for pair in nodes.windows(2).filter(|pair| pair.iter().all(|node| data.nodes.contains_key(node))) {
                steps.entry(pair[0]).or_default().push(Step { way: *way, to: pair[1], forward: true });
                steps.entry(pair[1]).or_default().push(Step { way: *way, to: pair[0], forward: false });
            }
        }
        let junction = junction(&data, &steps, wish)?;
        let (place, _) = data.nodes.get(&junction).ok_or_else(|| ImportError::new("the junction has no place"))?;
        let first = Ground::around([0.0; 2], Plane::local(wish.datum.to_wgs84(*place), [0.0; 2]), Datum::Wgs84)?;
        let metres = |ground: &Ground| -> BTreeMap<i64, Point> {
            data.nodes.iter().map(|(id, (place, _))| (*id, ground.place(wish.datum.to_wgs84(*place)))).collect()
        };
        let cluster = cluster(&steps, &metres(&first), junction);
        let points: Vec<[f64; 2]> =
            cluster.iter().filter_map(|id| data.nodes.get(id)).map(|(place, _)| *place).collect();
        let count = points.len().max(1) as f64;
        let centre = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / count);
        let ground = Ground::around([0.0; 2], Plane::local(wish.datum.to_wgs84(centre), [0.0; 2]), Datum::Wgs84)?;
        Ok(Self { at: metres(&ground), data, steps, junction, cluster, ground })
    }

    fn plan(&self, wish: &Wish) -> Result<Plan, ImportError> {
        let mut plan = Plan::new(self.ground.origin, format!("OSM node {}", self.junction));
        plan.lit = self.cluster.iter().any(|id| self.tag(*id, "highway") == Some("traffic_signals"));
        let mut arms: Vec<Arm> = Vec::new();
        for (from, step) in self.exits() {
            let index = arms.len();
            let line = self.walk(from, step, wish.reach_m + 30.0);
            let (_, tags) = self.data.ways.get(&step.way).ok_or_else(|| ImportError::new("a way is missing"))?;
            let road = Carriageway::of(tags);
            let road = if step.forward { road } else { road.turned() };
            let outwards = geometry::at(&line, 20.0)
                .zip(line.first())
                .map_or([1.0, 0.0], |((at, _), start)| geometry::direction(*start, at));
            plan.lit |= self.lit_nearby(from, step);
            let crossing_m = self.crossing_m(from, step);
            arms.push(Arm { line, road, setback_m: 0.0, crossing_m, outwards, index });
        }
        let widest_m = |index: usize| {
            let others = arms.iter().filter(|arm| arm.index != index).filter(|arm| {
                let turn = geometry::turn_left_rad(arms[index].outwards, arm.outwards).abs();
                (0.7..2.4).contains(&turn)
            });
            others.map(|arm| arm.road.width_m() / 2.0).fold(0.0, f64::max)
        };
        let setbacks: Vec<f64> = (0..arms.len()).map(|index| (widest_m(index) + 4.0).clamp(5.0, 25.0)).collect();
        for (arm, setback_m) in arms.iter_mut().zip(setbacks) {
            arm.setback_m =
                arm.crossing_m.map_or(setback_m, |crossing_m| crossing_m + BEFORE_CROSSING_M + CROSSING_WIDTH_M / 2.0);
        }
        for arm in &arms {
            self.ways(arm, wish, &mut plan);
        }
        osm_turns::connect(&arms, &mut plan);
        plan.notes.push(
            "lanes, stop lines and turns were worked out from OpenStreetMap's tags: compare them with the road".into(),
        );
        plan.notes.push("turn restrictions, bus and bicycle lanes of OpenStreetMap are not read".into());
        Ok(plan)
    }

    fn tag(&self, node: i64, key: &str) -> Option<&str> {
        self.data.nodes.get(&node)?.1.get(key).map(String::as_str)
    }

    /// The steps that lead out of the junction, and from which of its nodes.
    fn exits(&self) -> Vec<(i64, Step)> {
        let from =
            self.cluster.iter().flat_map(|id| self.steps.get(id).into_iter().flatten().map(move |step| (*id, *step)));
        // A way between two nodes of the junction has nodes of its own that are not in it.
        from.filter(|(id, step)| !self.cluster.contains(&step.to) && !self.leads_back(*id, *step)).collect()
    }

    /// Whether a way leads to another node of the junction without leaving it.
    fn leads_back(&self, from: i64, step: Step) -> bool {
        let (mut before, mut here) = (from, step.to);
        let mut length_m = self.length_m(from, step.to);
        while length_m < 2.0 * JOIN_M {
            if self.cluster.contains(&here) {
                return true;
            }
            let next: Vec<&Step> =
                self.steps.get(&here).into_iter().flatten().filter(|next| next.to != before).collect();
            let [next] = next[..] else { return false };
            length_m += self.length_m(here, next.to);
            (before, here) = (here, next.to);
        }
        false
    }

    fn length_m(&self, a: i64, b: i64) -> f64 {
        match (self.at.get(&a), self.at.get(&b)) {
            (Some(a), Some(b)) => geometry::distance_m(*a, *b),
            _ => 0.0,
        }
    }

    /// Nodes of a road from the junction outwards, and how far each is from it.
    fn nodes_along(&self, from: i64, step: Step, reach_m: f64) -> Vec<(i64, f64)> {
        let mut nodes = vec![(from, 0.0)];
        let (mut before, mut here, mut way) = (from, step.to, step.way);
        let mut length_m = self.length_m(from, here);
        nodes.push((here, length_m));
        while length_m < reach_m && nodes.len() < 1000 && self.tag(here, "highway") != Some("traffic_signals") {
            let name = |way: i64| self.data.ways.get(&way).and_then(|(_, tags)| tags.get("name"));
            let mut next: Vec<&Step> =
                self.steps.get(&here).into_iter().flatten().filter(|next| next.to != before).collect();
            if next.len() > 1 {
                next.retain(|next| next.way == way || (name(way).is_some() && name(next.way) == name(way)));
            }
            let [next] = next[..] else { break };
            length_m += self.length_m(here, next.to);
            (before, here, way) = (here, next.to, next.way);
            nodes.push((here, length_m));
        }
        nodes
    }

    fn walk(&self, from: i64, step: Step, reach_m: f64) -> Vec<Point> {
        self.nodes_along(from, step, reach_m).into_iter().filter_map(|(id, _)| self.at.get(&id).copied()).collect()
    }

    fn crossing_m(&self, from: i64, step: Step) -> Option<f64> {
        let near = self.nodes_along(from, step, JOIN_M).into_iter().take_while(|(_, along_m)| *along_m < JOIN_M);
        near.skip(1)
            .find(|(id, _)| self.tag(*id, "highway") == Some("crossing") || self.tag(*id, "crossing").is_some())
            .map(|(_, m)| m)
    }

    /// Signals are often drawn at the stop lines, not in the middle.
    fn lit_nearby(&self, from: i64, step: Step) -> bool {
        let near = self.nodes_along(from, step, JOIN_M).into_iter().take_while(|(_, along_m)| *along_m < JOIN_M);
        near.skip(1).any(|(id, _)| self.tag(id, "highway") == Some("traffic_signals"))
    }

    fn ways(&self, arm: &Arm, wish: &Wish, plan: &mut Plan) {
        let length_m = geometry::length_m(&arm.line);
        if length_m < arm.setback_m + 5.0 {
            plan.notes.push(format!(
                "the road towards {:.0} m east, {:.0} m north is too short and left out",
                arm.outwards[0] * 20.0,
                arm.outwards[1] * 20.0
            ));
            return;
        }
        let outbound = geometry::part(&arm.line, arm.setback_m, length_m);
        let inbound: Vec<Point> = outbound.iter().rev().copied().collect();
        for (inwards, line, own, other) in [
            (true, &inbound, &arm.road.backward, &arm.road.forward),
            (false, &outbound, &arm.road.forward, &arm.road.backward),
        ] {
            let lanes = own.iter().enumerate().map(|(lane, _)| PlanLane {
                key: key(arm.index, inwards, lane),
                width_m: arm.road.lane_width_m,
                line: geometry::offset(line, left_m(arm, lane, other.len(), wish.left_hand)),
                allowed: Vec::new(),
            });
            plan.ways.push(Way {
                hub: 0,
                source: format!("OSM way from node {}", self.junction),
                inbound: inwards,
                far: format!("OSM arm {}", arm.index),
                far_at: None,
                far_node: None,
                lanes: lanes.collect(),
                speed_limit_mps: arm.road.speed_limit_mps,
            });
        }
        if let Some((at, way)) = arm.crossing_m.and_then(|along_m| geometry::at(&arm.line, along_m)) {
            let half_m = arm.road.width_m() / 2.0 + 0.5;
            let across = [geometry::beside(at, way, 0.0, half_m), geometry::beside(at, way, 0.0, -half_m)];
            plan.crosswalks.push(Zebra { outline: geometry::band(&across, CROSSING_WIDTH_M), signal_group: None });
        }
    }
}

/// How far to the left of the road's line a lane runs, metres, in its own direction of travel: OpenStreetMap draws the line
/// in the middle of all lanes.
fn left_m(arm: &Arm, lane: usize, oncoming: usize, left_hand: bool) -> f64 {
    let width_m = arm.road.lane_width_m;
    let before = if left_hand { lane } else { oncoming + lane };
    arm.road.width_m() / 2.0 - (before as f64 + 0.5) * width_m
}

/// The key of a lane of an arm.
pub(super) fn key(arm: usize, inbound: bool, lane: usize) -> String {
    format!("{arm} {} {lane}", if inbound { "in" } else { "out" })
}

fn junction(data: &Data, steps: &BTreeMap<i64, Vec<Step>>, wish: &Wish) -> Result<i64, ImportError> {
    if let Some(wanted) = wish.junctions.first() {
        let id = wanted.parse::<i64>().ok().filter(|id| steps.contains_key(id));
        return id.ok_or_else(|| ImportError::new(format!("no road leads to a node {wanted:?}")));
    }
    let real = || steps.iter().filter(|(_, steps)| steps.len() > 2).map(|(id, _)| *id);
    if let Some(at) = wish.at_deg {
        let metres = |id: i64| {
            let ([lat, lon], _) = data.nodes.get(&id)?;
            Some(((lat - at[0]) * 111_200.0).hypot((lon - at[1]) * 111_320.0 * at[0].to_radians().cos()))
        };
        let near = real().filter_map(|id| Some((id, metres(id)?))).min_by(|a, b| a.1.total_cmp(&b.1));
        return near
            .filter(|(_, m)| *m < 100.0)
            .map(|(id, _)| id)
            .ok_or_else(|| ImportError::new("no junction within 100 m of --at"));
    }
    let lit = |id: &i64| {
        data.nodes.get(id).and_then(|(_, tags)| tags.get("highway")).is_some_and(|highway| highway == "traffic_signals")
    };
    let lit: Vec<i64> = real().filter(lit).collect();
    match lit[..] {
        [id] => Ok(id),
        [] => Err(ImportError::new("no junction has a signal: tell which one with --junction NODE or --at LAT,LON")),
        _ => {
            let told = |id: &i64| {
                let ([lat, lon], _) = data.nodes.get(id)?;
                Some(format!("{id} (at {lat:.5},{lon:.5})"))
            };
            let list: Vec<String> = lit.iter().filter_map(told).collect();
            Err(ImportError::new(format!(
                "tell which junction with --junction NODE; with a signal: {}",
                list.join(", ")
            )))
        }
    }
}

/// The junction's nodes: it, and the crossings of roads that are within reach over roads without leaving its surroundings.
fn cluster(steps: &BTreeMap<i64, Vec<Step>>, at: &BTreeMap<i64, Point>, junction: i64) -> BTreeSet<i64> {
    let near = |id: &i64| at.get(id).is_some_and(|point| point[0].hypot(point[1]) < JOIN_M);
    let mut seen = BTreeSet::from([junction]);
    let mut open = vec![junction];
    while let Some(id) = open.pop() {
        let next = steps.get(&id).into_iter().flatten().map(|step| step.to).filter(near);
        open.extend(next.filter(|id| seen.insert(*id)));
    }
    seen.retain(|id| *id == junction || steps.get(id).is_some_and(|steps| steps.len() > 2));
    seen
}

/// Lanes that lead the ways of `heading`, with their numbers.
pub(super) fn lanes_to(arm: &Arm, heading: Heading) -> Vec<usize> {
    let lanes = arm.road.backward.iter().enumerate();
    lanes.filter(|(_, headings)| headings.contains(&heading)).map(|(lane, _)| lane).collect()
}
