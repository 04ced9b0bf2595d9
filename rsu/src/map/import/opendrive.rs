//! A junction of OpenDRIVE (`.xodr`).

use std::collections::BTreeMap;

use perception::detection::Class;
use roxmltree::{Document, Node};

use super::opendrive_road::{Road, Target, child, number, text};
use super::plan::{Plan, PlanLane, Turn, Way};
use super::projection::{Ground, Plane};
use super::{ImportError, Wish};
use crate::map::geometry::{self, Point};

pub(super) fn read(source: &str, wish: &Wish) -> Result<Plan, ImportError> {
    let document = Document::parse(source)?;
    let root = document.root_element();
    if !root.has_tag_name("OpenDRIVE") {
        return Err(ImportError::new(format!("the root is <{}>, not <OpenDRIVE>", root.tag_name().name())));
    }
    let mut roads = BTreeMap::new();
    for road in root.children().filter(|child| child.has_tag_name("road")) {
        let road = Road::read(road)?;
        roads.insert(road.id, road);
    }
    let file = File { root, roads };
    let junction = file.junction(wish)?;
    file.plan(junction, wish)
}

struct File<'a> {
    root: Node<'a, 'a>,
    roads: BTreeMap<&'a str, Road<'a>>,
}

/// A lane where it meets the junction: road, whether at the road's end, number.
type Mouth<'a> = (&'a str, bool, i32);

impl<'a> File<'a> {
    fn junction(&self, wish: &Wish) -> Result<Node<'a, 'a>, ImportError> {
        let junctions: Vec<Node<'a, 'a>> =
            self.root.children().filter(|child| child.has_tag_name("junction")).collect();
        if let Some(wanted) = wish.junctions.first() {
            let found = junctions.into_iter().find(|junction| junction.attribute("id") == Some(wanted));
            return found.ok_or_else(|| ImportError::new(format!("there is no junction {wanted:?}")));
        }
        if let Some(at_deg) = wish.at_deg {
            let mut best: Option<(f64, Node<'a, 'a>)> = None;
            for junction in junctions {
                let Some(centre) = self.centre(junction) else { continue };
                let ground = Ground::around(centre, self.plane(wish)?, wish.datum)?;
                let off = ground.place(wish.datum.to_wgs84(at_deg));
                let off_m = off[0].hypot(off[1]);
                if best.is_none_or(|(best_m, _)| off_m < best_m) {
                    best = Some((off_m, junction));
                }
            }
            let near = best.filter(|(off_m, _)| *off_m < 200.0).map(|(_, junction)| junction);
            return near.ok_or_else(|| ImportError::new("no junction within 200 m of --at"));
        }
        match junctions[..] {
            [junction] => Ok(junction),
            _ => {
                let ids: Vec<&str> =
                    junctions.iter().filter_map(|junction| junction.attribute("id")).take(50).collect();
                Err(ImportError::new(format!(
                    "tell which junction with --junction ID or --at LAT,LON: {}",
                    ids.join(", ")
                )))
            }
        }
    }

    fn plane(&self, wish: &Wish) -> Result<Plane, ImportError> {
        let header = child(self.root, "header");
        let reference = header.and_then(|header| child(header, "geoReference")).and_then(|reference| reference.text());
        let offset = header.and_then(|header| child(header, "offset"));
        let moved = |name| offset.map_or(0.0, |offset| number(offset, name).unwrap_or(0.0));
        // Inner coordinates are the projected ones less the offset.
        let added = [-moved("x"), -moved("y")];
        if moved("hdg") != 0.0 {
            return Err(ImportError::new("the header turns the plane (offset hdg), which is not read"));
        }
        match (reference.filter(|reference| reference.contains("+proj")), wish.origin_deg) {
            (Some(reference), _) => Plane::projected(reference, added),
            (None, Some(origin)) => Ok(Plane::local(origin, added)),
            (None, None) => {
                Err(ImportError::new("no geoReference with a PROJ string: tell where 0,0 is with --origin LAT,LON"))
            }
        }
    }

    /// The middle of the ways across.
    fn centre(&self, junction: Node<'a, 'a>) -> Option<Point> {
        let id = junction.attribute("id")?;
        let inner = self.roads.values().filter(|road| road.junction == Some(id));
        let points: Vec<Point> = inner
            .filter_map(|road| {
                let lane = *road.section_at(false)?.lanes.keys().next()?;
                let line = road.lane_from(false, lane).0;
                geometry::at(&line, geometry::length_m(&line) / 2.0).map(|(at, _)| at)
            })
            .collect();
        let count = points.iter().fold(0.0, |count, _| count + 1.0);
        let sum = points.iter().fold([0.0; 2], |sum, point| [sum[0] + point[0], sum[1] + point[1]]);
        (count > 0.0).then(|| [sum[0] / count, sum[1] / count])
    }

    fn plan(&self, junction: Node<'a, 'a>, wish: &Wish) -> Result<Plan, ImportError> {
        let id = text(junction, "id")?;
        let centre = self.centre(junction).ok_or_else(|| ImportError::new(format!("junction {id} has no roads")))?;
        let ground = Ground::around(centre, self.plane(wish)?, wish.datum)?;
        let mut plan = Plan::new(ground.origin, format!("OpenDRIVE junction {id}"));
        for road in self.roads.values().filter(|road| road.junction.is_none()) {
            for end in [false, true] {
                if matches!(road.links[usize::from(end)], Some(Target::Junction(other)) if other == id) {
                    self.ways(road, end, &ground, wish, &mut plan)?;
                }
            }
        }
        let groups = self.groups(junction, &mut plan.notes);
        for connection in junction.children().filter(|child| child.has_tag_name("connection")) {
            self.turns(connection, id, &ground, &groups, &mut plan)?;
        }
        plan.notes.push("crosswalks of OpenDRIVE (objects) are not read".into());
        Ok(plan)
    }

    /// The lanes of a road's end, both ways.
    fn ways(
        &self,
        road: &Road<'a>,
        end: bool,
        ground: &Ground,
        wish: &Wish,
        plan: &mut Plan,
    ) -> Result<(), ImportError> {
        let Some(section) = road.section_at(end) else { return Ok(()) };
        for inbound in [true, false] {
            let mut lanes = Vec::new();
            for (number, lane) in &section.lanes {
                let Some(allowed) = allowed(&lane.kind) else { continue };
                if (road.runs_forward(*number) == end) != inbound {
                    continue;
                }
                let (line, width_m) = self.lane_line(road, end, *number, wish.reach_m);
                if line.len() >= 2 && width_m > 0.5 {
                    let key = key((road.id, end, *number));
                    lanes.push((*number, PlanLane { key, width_m, line: ground.line(&line)?, allowed }));
                }
            }
            // In the road's direction lanes are numbered from its left, greatest first; against it, the other way round.
            lanes.sort_by_key(|(number, _)| if inbound == end { -number } else { *number });
            plan.ways.push(Way {
                hub: 0,
                source: format!("OpenDRIVE road {}", road.id),
                inbound,
                far: format!("OpenDRIVE road {} {}", road.id, if end { "end" } else { "start" }),
                far_at: None,
                far_node: None,
                lanes: lanes.into_iter().map(|(_, lane)| lane).collect(),
                speed_limit_mps: road.speed_mps,
            });
        }
        Ok(())
    }

    /// A lane from the junction on over as many roads as it takes, in travel direction, and its width at the junction.
    fn lane_line(&self, road: &Road<'a>, end: bool, lane: i32, reach_m: f64) -> (Vec<Point>, f64) {
        let inbound = road.runs_forward(lane) == end;
        let (mut line, width_m, mut through) = road.lane_from(end, lane);
        let (mut here, mut end) = (road, end);
        for _ in 0..20 {
            let (Some(number), Some(Target::Road(next, at_end))) = (through, here.links[usize::from(!end)]) else {
                break;
            };
            let Some(next) = self.roads.get(next).filter(|next| next.junction.is_none()) else { break };
            if geometry::length_m(&line) >= reach_m {
                break;
            }
            let (mut more, _, on) = next.lane_from(at_end, number);
            if inbound {
                more.append(&mut line);
                line = more;
            } else {
                line.append(&mut more);
            }
            (here, end, through) = (next, at_end, on);
        }
        (line, width_m)
    }

    /// Signal groups by the controllers of the junction, or by the signals themselves where none controls them.
    fn groups(&self, junction: Node<'a, 'a>, notes: &mut Vec<String>) -> BTreeMap<&'a str, u8> {
        let named = |node: &Node<'a, 'a>| node.has_tag_name("controller");
        let wanted: Vec<&str> = junction.children().filter(named).filter_map(|node| node.attribute("id")).collect();
        let mut groups = BTreeMap::new();
        let mut next = 0u8;
        for controller in self.root.children().filter(named) {
            let Some(id) = controller.attribute("id").filter(|id| wanted.is_empty() || wanted.contains(id)) else {
                continue;
            };
            let told = id.parse::<u8>().ok().filter(|group| *group > 0 && !groups.values().any(|other| other == group));
            let Some(group) = told.or_else(|| (1..=u8::MAX).find(|group| !groups.values().any(|other| other == group)))
            else {
                notes.push(format!("controller {id}: MAP has no number left for its group"));
                continue;
            };
            next = next.max(group);
            let controls = controller.children().filter(|child| child.has_tag_name("control"));
            groups.extend(controls.filter_map(|control| Some((control.attribute("signalId")?, group))));
        }
        groups
    }

    fn turns(
        &self,
        connection: Node<'a, 'a>,
        junction: &str,
        ground: &Ground,
        groups: &BTreeMap<&'a str, u8>,
        plan: &mut Plan,
    ) -> Result<(), ImportError> {
        let (incoming, connecting) = (connection.attribute("incomingRoad"), connection.attribute("connectingRoad"));
        let roads = incoming.and_then(|id| self.roads.get(id)).zip(connecting.and_then(|id| self.roads.get(id)));
        let Some((incoming, inner)) = roads else {
            plan.notes.push("a connection without its roads left out".into());
            return Ok(());
        };
        let at_end = connection.attribute("contactPoint") == Some("end");
        let meets =
            |end: bool| matches!(incoming.links[usize::from(end)], Some(Target::Junction(id)) if id == junction);
        let incoming_end = if meets(true) && meets(false) { !at_end } else { meets(true) };
        let Some(Target::Road(out, out_end)) = inner.links[usize::from(!at_end)] else { return Ok(()) };
        for link in connection.children().filter(|child| child.has_tag_name("laneLink")) {
            let lane = |name| text(link, name)?.parse::<i32>().map_err(|_| ImportError::new("laneLink: not a number"));
            let (from, to) = (lane("from")?, lane("to")?);
            // Traffic must come in on the one and go on over the other.
            if incoming.runs_forward(from) != incoming_end || inner.runs_forward(to) == at_end {
                continue;
            }
            let kind = inner
                .section_at(at_end)
                .and_then(|section| section.lanes.get(&to))
                .and_then(|lane| allowed(&lane.kind));
            let (line, _, Some(leaving)) = inner.lane_from(at_end, to) else { continue };
            if kind.is_none() {
                continue;
            }
            let valid = |(id, lanes): &(&'a str, Option<(i32, i32)>), lane: i32| {
                lanes.is_none_or(|(from, to)| (from..=to).contains(&lane)).then(|| groups.get(id).copied()).flatten()
            };
            let own = inner.signals.iter().find_map(|signal| valid(signal, to));
            let group = own.or_else(|| incoming.signals.iter().find_map(|signal| valid(signal, from)));
            let line = ground.line(&line)?;
            plan.turns.push(Turn {
                from: key((incoming.id, incoming_end, from)),
                to: key((out, out_end, leaving)),
                maneuver: None,
                signal_group: group,
                line: Some(geometry::simplify(&geometry::thin(&line, 0.25), 0.02)),
            });
        }
        Ok(())
    }
}

fn key((road, end, lane): Mouth<'_>) -> String {
    format!("{road} {} {lane}", if end { "end" } else { "start" })
}

/// Who may use a lane of a type; `None`: nobody who matters here.
fn allowed(kind: &str) -> Option<Vec<Class>> {
    match kind {
        "driving" | "bidirectional" | "entry" | "exit" | "onRamp" | "offRamp" | "connectingRamp" | "slipLane" => {
            Some(Vec::new())
        }
        "biking" => Some(vec![Class::Bicycle]),
        "bus" => Some(vec![Class::Bus]),
        _ => None,
    }
}
