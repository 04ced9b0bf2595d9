//! A junction of a SUMO network, or several that one controller runs.

use std::collections::{BTreeMap, BTreeSet};

use perception::detection::Class;
use roxmltree::Document;

use super::plan::{Hub, Plan, PlanLane, Turn, Way, Zebra};
use super::projection::Ground;
use super::sumo_groups::groups;
use super::sumo_net::{Connection, Edge, Lane, Net};
use super::{ImportError, Wish};
use crate::map::Maneuver;
use crate::map::geometry::{self, Point};

pub(super) fn read(text: &str, wish: &Wish) -> Result<Plan, ImportError> {
    let document = Document::parse(text)?;
    let net = Net::read(&document)?;
    let junctions = junctions(&net, wish)?;
    let place = |junction: &str| net.junctions.get(junction).map_or([0.0; 2], |junction| junction.at);
    let first = *junctions.first().ok_or_else(|| ImportError::new("no junction"))?;
    let ground = Ground::around(place(first), net.plane(wish.origin_deg)?, wish.datum)?;
    let groups = groups(&net, &junctions, wish.merge_groups);
    let reader = Reader { net: &net, junctions: &junctions, ground: &ground, reach_m: wish.reach_m, groups };
    let mut plan = Plan::new(ground.origin, name(first));
    for other in &junctions[1..] {
        plan.hubs.push(Hub { source: name(other), node: None, at: ground.point(place(other))? });
    }
    reader.ways(&mut plan)?;
    reader.turns(&mut plan)?;
    reader.crosswalks(&mut plan)?;
    Ok(plan)
}

/// What a junction is called in the map.
fn name(junction: &str) -> String {
    format!("SUMO junction {junction}")
}

/// The junctions that are wanted, each once.
fn junctions<'a>(net: &Net<'a>, wish: &Wish) -> Result<Vec<&'a str>, ImportError> {
    let mut found: Vec<&str> = Vec::new();
    for wanted in &wish.junctions {
        let id = net.junctions.keys().find(|id| *id == wanted);
        let id = *id.ok_or_else(|| ImportError::new(format!("there is no junction {wanted:?}")))?;
        if found.contains(&id) {
            return Err(ImportError::new(format!("junction {wanted:?} is asked for twice")));
        }
        found.push(id);
    }
    if found.is_empty() { Ok(vec![junction(net, wish)?]) } else { Ok(found) }
}

/// The junction that is wanted without its name.
fn junction<'a>(net: &Net<'a>, wish: &Wish) -> Result<&'a str, ImportError> {
    let lit: Vec<_> = net.junctions.iter().filter(|(_, junction)| junction.kind.starts_with("traffic_light")).collect();
    if let Some(at_deg) = wish.at_deg {
        let plane = net.plane(wish.origin_deg)?;
        // Zero at the net's own zero would be far from the place: count from the first junction instead.
        let first = net.junctions.values().next().map_or([0.0; 2], |junction| junction.at);
        let ground = Ground::around(first, plane, wish.datum)?;
        let wanted = ground.place(wish.datum.to_wgs84(at_deg));
        let real = net.junctions.iter().filter(|(_, junction)| junction.incoming > 1 && junction.kind != "internal");
        let mut near = Vec::new();
        for (id, junction) in real {
            near.push((geometry::distance_m(wanted, ground.point(junction.at)?), *id));
        }
        let nearest = near.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).filter(|(distance_m, _)| *distance_m < 200.0);
        return nearest.map(|(_, id)| id).ok_or_else(|| ImportError::new("no junction within 200 m of --at"));
    }
    match lit[..] {
        [(id, _)] => Ok(*id),
        [] => Err(ImportError::new("no junction has a signal: tell which one with --junction ID or --at LAT,LON")),
        _ => {
            let list: Vec<String> =
                lit.iter().map(|(id, junction)| format!("{id} ({} lanes)", junction.incoming)).collect();
            Err(ImportError::new(format!("tell which junction with --junction ID; with a signal: {}", list.join(", "))))
        }
    }
}

struct Reader<'a, 'n> {
    net: &'n Net<'a>,
    junctions: &'n [&'a str],
    ground: &'n Ground,
    reach_m: f64,
    groups: BTreeMap<(&'a str, usize), u8>,
}

/// A lane of the net by its edge and index.
type LaneId<'a> = (&'a str, usize);

impl<'a> Reader<'a, '_> {
    fn ways(&self, plan: &mut Plan) -> Result<(), ImportError> {
        let net = self.net;
        for edge in net.edges.values().filter(|edge| edge.function.is_none()) {
            let (to, from) = (self.hub(edge.to), self.hub(edge.from));
            let inbound = to.is_some();
            let Some(hub) = to.or(from) else { continue };
            let mut lanes: Vec<(usize, &Lane)> =
                edge.lanes.iter().enumerate().filter(|(_, lane)| usable(lane)).collect();
            if !net.left_hand {
                lanes.reverse();
            }
            let left_out = edge.lanes.len() - lanes.len();
            if left_out > 0 {
                plan.notes
                    .push(format!("edge {}: {left_out} lanes only for people on foot or trams left out", edge.id));
            }
            let lanes: Vec<LaneId<'_>> = lanes.into_iter().map(|(index, _)| (edge.id, index)).collect();
            let (mut lines, end) = self.extended(edge, &lanes, inbound)?;
            let mut far = name(if inbound { edge.from } else { edge.to });
            let mut far_at = net.junctions.get(end).map(|junction| self.ground.point(junction.at)).transpose()?;
            if from.xor(to).is_some() && self.hub(end).is_some() {
                // Over several edges to another of the junctions, which has the other half.
                lines.iter_mut().for_each(|line| halve(line, inbound));
                let mut ends = [end, self.junctions[hub]];
                ends.sort_unstable();
                (far, far_at) = (format!("between {} and {}", name(ends[0]), name(ends[1])), None);
            }
            let mut drawn = Vec::new();
            for (id, line) in lanes.iter().zip(lines) {
                let Some(lane) = edge.lanes.get(id.1) else { continue };
                drawn.push(PlanLane { key: key(*id), width_m: lane.width_m, line, allowed: lane.allowed.clone() });
            }
            let speeds = edge.lanes.iter().filter(|lane| usable(lane)).filter_map(|lane| lane.speed_mps);
            plan.ways.push(Way {
                hub,
                source: format!("SUMO edge {}", edge.id),
                inbound,
                far,
                far_at,
                far_node: None,
                lanes: drawn,
                speed_limit_mps: speeds.reduce(f64::max),
            });
        }
        Ok(())
    }

    /// The place of a junction among those that are wanted.
    fn hub(&self, junction: &str) -> Option<usize> {
        self.junctions.iter().position(|id| *id == junction)
    }

    /// The lanes' lines, each led on over the edges before (or after) its own until it is long enough, and where the
    /// longest of them ends.
    fn extended(
        &self,
        edge: &Edge<'a>,
        lanes: &[LaneId<'a>],
        inbound: bool,
    ) -> Result<(Vec<Vec<Point>>, &'a str), ImportError> {
        let mut lines = Vec::new();
        for id in lanes {
            lines.push(self.ground.line(self.shape(*id))?);
        }
        let mut fronts: Vec<Option<LaneId<'a>>> = lanes.iter().copied().map(Some).collect();
        let mut far = if inbound { edge.from } else { edge.to };
        // Nets have loops; no road worth showing has more pieces.
        for _ in 0..50 {
            let steps = self.steps(&fronts, &lines, inbound);
            if steps.iter().all(Option::is_none) {
                break;
            }
            for ((front, line), step) in fronts.iter_mut().zip(&mut lines).zip(steps) {
                *front = step.map(|connection| far_end(connection, inbound));
                let Some(connection) = step else { continue };
                let id = far_end(connection, inbound);
                let piece = self.ground.line(self.shape(id))?;
                let between = self.inside(connection)?;
                // In travel direction.
                *line =
                    if inbound { joined(piece, between, line) } else { joined(std::mem::take(line), between, &piece) };
                if let Some(edge) = self.net.edges.get(id.0) {
                    far = if inbound { edge.from } else { edge.to };
                }
            }
        }
        Ok((lines, far))
    }

    /// Over which connection each lane is led on, if at all. Where a road gets wider, the lane nearest to the one before
    /// takes it, and the others begin there.
    fn steps(
        &self,
        fronts: &[Option<LaneId<'a>>],
        lines: &[Vec<Point>],
        inbound: bool,
    ) -> Vec<Option<&Connection<'a>>> {
        let mut steps: Vec<Option<&Connection<'a>>> = vec![None; fronts.len()];
        let mut taken: BTreeMap<LaneId<'a>, (f64, usize)> = BTreeMap::new();
        for (index, (front, line)) in fronts.iter().zip(lines).enumerate() {
            let Some((edge, lane)) = *front else { continue };
            let at = self.net.edges.get(edge).map_or("", |edge| if inbound { edge.from } else { edge.to });
            let junction = self.net.junctions.get(at);
            let ends_here =
                self.hub(at).is_some() || junction.is_none_or(|junction| junction.kind.starts_with("traffic_light"));
            if ends_here || geometry::length_m(line) >= self.reach_m {
                continue;
            }
            let near = |c: &Connection<'a>| if inbound { (c.to, c.to_lane) } else { (c.from, c.from_lane) };
            let straight = self.net.connections.iter().filter(|connection| {
                let far = self.net.edges.get(far_end(connection, inbound).0);
                near(connection) == (edge, lane)
                    && connection.dir == "s"
                    && far.is_some_and(|edge| edge.function.is_none())
            });
            let straight: Vec<&Connection<'a>> = straight.collect();
            let [connection] = straight[..] else { continue };
            let id = far_end(connection, inbound);
            let own = if inbound { line.first() } else { line.last() };
            let other = self.shape(id);
            let other = if inbound { other.last() } else { other.first() };
            let (Some(own), Some(other)) = (own, other) else { continue };
            let Ok(other) = self.ground.point(*other) else { continue };
            let gap_m = geometry::distance_m(*own, other);
            match taken.get(&id) {
                Some((nearer_m, _)) if *nearer_m <= gap_m => continue,
                Some((_, loser)) => steps[*loser] = None,
                None => {}
            }
            taken.insert(id, (gap_m, index));
            steps[index] = Some(connection);
        }
        // Where a road splits or two join, the lanes stay on the one that most of them are on.
        let mut edges: BTreeMap<&str, usize> = BTreeMap::new();
        for connection in steps.iter().flatten() {
            *edges.entry(far_end(connection, inbound).0).or_default() += 1;
        }
        let most = edges.iter().max_by_key(|(_, lanes)| **lanes).map(|(edge, _)| *edge);
        steps.into_iter().map(|step| step.filter(|step| Some(far_end(step, inbound).0) == most)).collect()
    }

    fn shape(&self, (edge, lane): LaneId<'_>) -> &[Point] {
        self.net.edges.get(edge).and_then(|edge| edge.lanes.get(lane)).map_or(&[], |lane| &lane.shape)
    }

    /// The line of a connection within its junction: its inner lanes, one after the other.
    fn inside(&self, connection: &Connection<'a>) -> Result<Vec<Point>, ImportError> {
        let mut line = Vec::new();
        let mut via = connection.via;
        let mut seen = BTreeSet::new();
        while let Some(id) = via.filter(|id| seen.insert(*id)) {
            if let Some(lane) = self.net.lane(id) {
                line.extend(self.ground.line(&lane.shape)?);
            }
            let next = id.rsplit_once('_').and_then(|(edge, index)| Some((edge, index.parse::<usize>().ok()?)));
            let next = next.and_then(|id| self.net.connections.iter().find(|c| (c.from, c.from_lane) == id));
            via = next.and_then(|connection| connection.via);
        }
        Ok(line)
    }

    fn turns(&self, plan: &mut Plan) -> Result<(), ImportError> {
        for connection in &self.net.connections {
            let (Some(from), Some(to)) = (self.net.edges.get(connection.from), self.net.edges.get(connection.to))
            else {
                continue;
            };
            let of_road = from.function.is_none() && to.function.is_none();
            if !of_road || from.to != to.from || self.hub(to.from).is_none() {
                continue;
            }
            let ends = [from.lanes.get(connection.from_lane), to.lanes.get(connection.to_lane)];
            if !ends.into_iter().flatten().all(usable) {
                continue;
            }
            let mut line = Vec::new();
            line.extend(
                self.shape((connection.from, connection.from_lane))
                    .last()
                    .map(|end| self.ground.point(*end))
                    .transpose()?,
            );
            line.extend(self.inside(connection)?);
            line.extend(
                self.shape((connection.to, connection.to_lane))
                    .first()
                    .map(|end| self.ground.point(*end))
                    .transpose()?,
            );
            line.dedup_by(|a, b| geometry::distance_m(*a, *b) < 0.01);
            plan.turns.push(Turn {
                from: key((connection.from, connection.from_lane)),
                to: key((connection.to, connection.to_lane)),
                maneuver: maneuver(connection.dir),
                signal_group: self.group(connection, &mut plan.notes),
                line: Some(geometry::simplify(&line, 0.02)).filter(|line| line.len() >= 2),
            });
        }
        Ok(())
    }

    fn group(&self, connection: &Connection<'a>, notes: &mut Vec<String>) -> Option<u8> {
        let signal = connection.signal?;
        let group = self.groups.get(&signal).copied();
        if group.is_none() {
            notes.push(format!("link {} of signal {}: MAP has no number for it", signal.1, signal.0));
        }
        group
    }

    fn crosswalks(&self, plan: &mut Plan) -> Result<(), ImportError> {
        let number_of = |edge: &'a str| {
            let (junction, number) = edge.strip_prefix(':')?.rsplit_once("_c")?;
            self.hub(junction).map(|_| number)
        };
        for edge in self.net.edges.values() {
            let is_here = number_of(edge.id).is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
            let Some(lane) = edge.lanes.first().filter(|_| is_here && edge.function == Some("crossing")) else {
                continue;
            };
            let light =
                self.net.connections.iter().find(|connection| connection.to == edge.id && connection.signal.is_some());
            plan.crosswalks.push(Zebra {
                outline: geometry::band(&self.ground.line(&lane.shape)?, lane.width_m),
                signal_group: light.and_then(|connection| self.group(connection, &mut plan.notes)),
            });
        }
        Ok(())
    }
}

/// Keeps the half of a lane at its junction.
fn halve(line: &mut Vec<Point>, inbound: bool) {
    let length_m = geometry::length_m(line);
    let (from_m, to_m) = if inbound { (length_m / 2.0, length_m) } else { (0.0, length_m / 2.0) };
    *line = geometry::part(line, from_m, to_m);
}

/// Two pieces of a lane and what is between them. Where they don't meet, as where a road gets wider, one changes over along a
/// dozen metres, not on the spot.
fn joined(mut before: Vec<Point>, between: Vec<Point>, after: &[Point]) -> Vec<Point> {
    let (Some(end), Some(start)) = (before.last(), after.first()) else { return after.to_vec() };
    let aside = geometry::turn_left_rad(geometry::end_direction(&before), geometry::direction(*end, *start)).abs();
    let apart_m = geometry::distance_m(*end, *start);
    if apart_m < 0.3 || aside * apart_m < 0.5 {
        before.extend(between);
        before.extend(after);
        return before;
    }
    let (before_m, after_m) = (geometry::length_m(&before), geometry::length_m(after));
    let mut line = geometry::part(&before, 0.0, before_m - (before_m / 3.0).min(6.0));
    line.extend(geometry::part(after, (after_m / 3.0).min(6.0), after_m));
    line
}

fn far_end<'a>(connection: &Connection<'a>, inbound: bool) -> LaneId<'a> {
    if inbound { (connection.from, connection.from_lane) } else { (connection.to, connection.to_lane) }
}

/// Lanes for vehicles; pavements and rails are left out.
fn usable(lane: &Lane) -> bool {
    lane.allowed.iter().any(|class| *class != Class::Pedestrian)
}

fn key((edge, lane): LaneId<'_>) -> String {
    format!("{edge}_{lane}")
}

/// What SUMO says of a connection's direction; `None`: nothing useful.
fn maneuver(dir: &str) -> Option<Maneuver> {
    match dir {
        "s" => Some(Maneuver::Straight),
        "l" | "L" => Some(Maneuver::Left),
        "r" | "R" => Some(Maneuver::Right),
        "t" => Some(Maneuver::UTurn),
        _ => None,
    }
}
