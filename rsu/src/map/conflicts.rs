//! Which signal groups must not have green together, by where their movements lead.
//!
//! Two movements meet where the strips that they sweep touch. Who then gives way is the same in the rules of the road of
//! China (implementing regulation of the Road Traffic Safety Law, article 38: who turns must not hinder who goes straight,
//! nor people on foot) and of the US (UVC 11-202, 11-402): so a turn may have green together with what it gives way to.
//! Everything else that meets is a conflict. Driving is on the right.

use std::collections::{BTreeMap, BTreeSet};

use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84, heading_of, inside, wrap_pi};

use super::{Connection, LaneKind, Link, Maneuver, MapLane, SiteMap, enu2};

/// Who drives keeps to this share of the lane's width, and is not wider than [`VEHICLE_M`].
const LANE_SHARE: f64 = 0.8;
/// Widest vehicle, metres (GB 1589-2016, 2.55; 23 CFR 658.15, 2.6).
const VEHICLE_M: f64 = 2.6;
/// Paths are looked at in steps of this, metres.
const STEP_M: f64 = 0.5;
/// So much of the lanes before and behind a connection belongs to the movement, metres: a crosswalk may lie on them.
const ENTRY_M: f64 = 10.0;
const EXIT_M: f64 = 15.0;
/// A crosswalk met within this share of the connection is the one in front of the stop line.
const NEAR_SHARE: f64 = 0.4;
/// Approaches that differ by less than this are one direction, by more than π less this they are opposed, radians.
const SAME_DIRECTION_RAD: f64 = 0.25 * std::f64::consts::PI;

/// What the green of one group means for the green of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// They do not meet, or only where the other one gives way.
    #[default]
    Free,
    /// The first one gives way to the other: both may have green, and the first one's is permissive.
    GivesWay,
    /// They must not have green together.
    Conflict,
}

/// What a site file says of two groups against the map.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Pairs that conflict, whatever the map says.
    pub conflict: Vec<[u8; 2]>,
    /// Pairs that may have green together, as permissive green.
    pub no_conflict: Vec<[u8; 2]>,
}

/// All groups of a map, each with each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflicts {
    groups: Vec<u8>,
    relations: BTreeMap<(u8, u8), Relation>,
    on_foot: BTreeSet<u8>,
    /// Groups of which the map cannot prove that nobody is in their way.
    unproven: BTreeSet<u8>,
    /// What each group rules, in words.
    movements: BTreeMap<u8, Vec<String>>,
}

impl Conflicts {
    /// From the map's geometry, then what the site file says.
    pub fn of(map: &SiteMap, origin: &Origin, overrides: &Overrides) -> Self {
        let movements = movements(map, &SiteFrame::new(*origin));
        let mut conflicts = Self { groups: map.signal_groups(), ..Self::default() };
        for (index, a) in movements.iter().enumerate() {
            if let Some(group) = a.group {
                conflicts.movements.entry(group).or_default().push(a.name.clone());
                // Whether a turn meets people on foot, only a map with crosswalks can tell.
                if matches!(a.what, What::Vehicle(maneuver) if maneuver != Maneuver::Straight)
                    && map.crosswalks.is_empty()
                {
                    conflicts.unproven.insert(group);
                }
            }
            for b in &movements[index + 1..] {
                let (forth, back) = meeting(a, b);
                conflicts.meet(a, b, forth);
                conflicts.meet(b, a, back);
            }
        }
        let feet = |group: &u8| movements.iter().filter(|m| m.group == Some(*group)).all(|m| m.what == What::Foot);
        conflicts.on_foot = conflicts.groups.iter().copied().filter(feet).collect();
        conflicts.overrule(overrides);
        conflicts
    }

    /// All groups of the map, ascending.
    pub fn groups(&self) -> &[u8] {
        &self.groups
    }

    /// What green of `a` means for green of `b`.
    pub fn relation(&self, a: u8, b: u8) -> Relation {
        self.relations.get(&(a, b)).copied().unwrap_or_default()
    }

    /// Which of `groups` conflict with each other.
    pub fn within(&self, groups: &[u8]) -> Vec<[u8; 2]> {
        let pairs = groups.iter().enumerate().flat_map(|(place, a)| groups[place + 1..].iter().map(move |b| [*a, *b]));
        pairs.filter(|[a, b]| self.relation(*a, *b) == Relation::Conflict).collect()
    }

    /// True if only people on foot obey the group: it has no yellow.
    pub fn is_on_foot(&self, group: u8) -> bool {
        self.on_foot.contains(&group)
    }

    /// True if the map knows everybody who may be in the group's way.
    pub fn is_proven(&self, group: u8) -> bool {
        self.groups.contains(&group) && !self.unproven.contains(&group)
    }

    /// The matrix in words, a line for each group: what it rules, with what it conflicts, to whom it gives way.
    pub fn in_words(&self) -> Vec<String> {
        let with = |a: u8, relation: Relation| {
            let others = self.groups.iter().filter(|b| self.relation(a, **b) == relation).map(u8::to_string);
            others.collect::<Vec<_>>().join(", ")
        };
        let line = |&group: &u8| {
            let rules = self.movements.get(&group).map_or(String::new(), |names| names.join(", "));
            let mut line = format!("group {group} ({rules}): ");
            line += &match with(group, Relation::Conflict).as_str() {
                "" => "conflicts with none".to_owned(),
                others => format!("conflicts with {others}"),
            };
            match with(group, Relation::GivesWay).as_str() {
                "" => {}
                others => line += &format!("; gives way to {others}"),
            }
            if !self.is_proven(group) {
                line += "; the map cannot prove its way free";
            }
            line
        };
        self.groups.iter().map(line).collect()
    }

    fn overrule(&mut self, overrides: &Overrides) {
        let both_ways = |&[a, b]: &[u8; 2]| [(a, b), (b, a)];
        for pair in overrides.no_conflict.iter().flat_map(both_ways) {
            // They may have green together; that nobody is in the way, the map does not say.
            if self.relation(pair.0, pair.1) == Relation::Conflict {
                self.relations.insert(pair, Relation::GivesWay);
            }
        }
        self.relations.extend(overrides.conflict.iter().flat_map(both_ways).map(|pair| (pair, Relation::Conflict)));
    }

    fn meet(&mut self, a: &Movement, b: &Movement, relation: Relation) {
        match (a.group, b.group) {
            (Some(a), Some(b)) if a != b => {
                let known = self.relations.entry((a, b)).or_default();
                *known = relation.max(*known);
            }
            // Who obeys no light may always be there.
            (Some(a), None) if relation != Relation::Free => {
                self.unproven.insert(a);
            }
            // Movements of one group that are in each other's way: its green holds nobody back.
            (Some(a), Some(_)) if relation != Relation::Free => {
                self.unproven.insert(a);
            }
            _ => {}
        }
    }
}

/// What moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Vehicle(Maneuver),
    Foot,
}

/// One way across the junction.
struct Movement {
    name: String,
    group: Option<u8>,
    what: What,
    /// Link and lane that it leaves and those that it leads to; `None`: a crosswalk.
    ways: Option<[(usize, u8); 2]>,
    heading_rad: f64,
    /// The path, or a crosswalk's outline, ENU, metres.
    points: Vec<[f64; 2]>,
    is_area: bool,
    /// Where on the path the connection itself begins, and its length, metres.
    entry_m: f64,
    own_m: f64,
    width_m: f64,
}

fn movements(map: &SiteMap, frame: &SiteFrame) -> Vec<Movement> {
    let mut all = Vec::new();
    for (index, link) in map.links.iter().enumerate() {
        for lane in &link.lanes {
            all.extend(lane.connections.iter().filter_map(|way| movement(map, frame, (index, link), lane, way)));
        }
    }
    all.extend(map.crosswalks.iter().map(|crosswalk| Movement {
        name: format!("crosswalk {}", crosswalk.id),
        group: crosswalk.signal_group,
        what: What::Foot,
        ways: None,
        heading_rad: 0.0,
        points: crosswalk.polygon.iter().map(|point| enu2(frame, point)).collect(),
        is_area: true,
        entry_m: 0.0,
        own_m: 0.0,
        width_m: 0.0,
    }));
    all
}

fn movement(
    map: &SiteMap,
    frame: &SiteFrame,
    (index, link): (usize, &Link),
    lane: &MapLane,
    way: &Connection,
) -> Option<Movement> {
    let to_index = map.links.iter().position(|other| other.id == way.to_link)?;
    let line = |points: &[Wgs84]| -> Vec<[f64; 2]> { points.iter().map(|point| enu2(frame, point)).collect() };
    let exit = map.links[to_index].lanes.iter().find(|lane| lane.number == way.to_lane)?;
    let mut points: Vec<[f64; 2]> = line(&lane.points);
    points.reverse();
    let lane_end: Vec<[f64; 2]> = points.iter().take(2).copied().collect();
    points = upto(&points, ENTRY_M);
    points.reverse();
    let (entry_m, own) = (length_m(&points), line(&way.points));
    points.extend(&own);
    points.extend(upto(&line(&exit.points), EXIT_M));
    let is_foot = lane.kind() == LaneKind::Foot;
    Some(Movement {
        name: format!("{}/{} {}", link.id, lane.number, if is_foot { "on foot" } else { way.maneuver.as_str() }),
        group: way.signal_group,
        what: if is_foot { What::Foot } else { What::Vehicle(way.maneuver) },
        ways: Some([(index, lane.number), (to_index, way.to_lane)]),
        heading_rad: match lane_end[..] {
            [end, before] => heading_of([end[0] - before[0], end[1] - before[1]]),
            _ => 0.0,
        },
        points,
        is_area: false,
        entry_m,
        own_m: length_m(&own),
        width_m: (LANE_SHARE * lane.width_m).min(VEHICLE_M),
    })
}

/// What the first means for the second, and the second for the first.
fn meeting(a: &Movement, b: &Movement) -> (Relation, Relation) {
    use Relation::{Conflict, Free, GivesWay};
    match (a.what, b.what) {
        (What::Foot, What::Foot) => (Free, Free),
        (What::Vehicle(maneuver), What::Foot) => match place_of_meeting(a, b) {
            None => (Free, Free),
            Some(along_m) if gives_way_to_feet(maneuver, (along_m - a.entry_m) / a.own_m) => (GivesWay, Free),
            Some(_) => (Conflict, Conflict),
        },
        (What::Foot, What::Vehicle(_)) => {
            let (forth, back) = meeting(b, a);
            (back, forth)
        }
        (What::Vehicle(of_a), What::Vehicle(of_b)) => {
            let turned_rad = wrap_pi(a.heading_rad - b.heading_rad).abs();
            if !vehicles_meet(a, b, is_opposed(turned_rad)) {
                return (Free, Free);
            }
            let merge = matches!((a.ways, b.ways), (Some([_, to_a]), Some([_, to_b])) if to_a.0 == to_b.0);
            if gives_way(of_a, of_b, turned_rad, merge) {
                (GivesWay, Free)
            } else if gives_way(of_b, of_a, turned_rad, merge) {
                (Free, GivesWay)
            } else {
                (Conflict, Conflict)
            }
        }
    }
}

/// Left turns cross the crosswalk behind the junction with green of both; the one in front of the stop line has its green
/// with the crossing road. Right turns have it with either.
fn gives_way_to_feet(maneuver: Maneuver, along_share: f64) -> bool {
    match maneuver {
        Maneuver::Straight => false,
        Maneuver::Left => along_share > NEAR_SHARE,
        Maneuver::Right | Maneuver::UTurn => true,
    }
}

/// Whether the first gives way to the second, which it meets. `turned_rad`: between their approaches.
fn gives_way(first: Maneuver, second: Maneuver, turned_rad: f64, merge: bool) -> bool {
    use Maneuver::{Left, Right, Straight, UTurn};
    let same_direction = turned_rad < SAME_DIRECTION_RAD;
    let opposed = is_opposed(turned_rad);
    match (first, second) {
        (UTurn, UTurn) => false,
        (UTurn, _) => true,
        (Left, Straight | Right) if opposed => true,
        (Left | Right, Straight) if same_direction => true,
        // Into the road on which the other one already is.
        (Right, Straight) => merge,
        (Right, Left) => merge && !opposed,
        _ => false,
    }
}

fn is_opposed(turned_rad: f64) -> bool {
    turned_rad > std::f64::consts::PI - SAME_DIRECTION_RAD
}

/// Whether two vehicles are in each other's way: their strips touch, or they enter one road from two. Those of one lane part
/// from each other. Those of one approach, or that turn left from opposed ones, run side by side and are drawn too coarsely to
/// be judged by their width: only lines that cross count.
fn vehicles_meet(a: &Movement, b: &Movement, opposed: bool) -> bool {
    let (Some([from_a, to_a]), Some([from_b, to_b])) = (a.ways, b.ways) else { return false };
    if from_a.0 == from_b.0 {
        return from_a != from_b && (to_a == to_b || lines_cross(a, b));
    }
    let both_left = a.what == What::Vehicle(Maneuver::Left) && a.what == b.what;
    to_a.0 == to_b.0 || if opposed && both_left { lines_cross(a, b) } else { place_of_meeting(a, b).is_some() }
}

/// How far along `a`, metres, it first touches `b`.
fn place_of_meeting(a: &Movement, b: &Movement) -> Option<f64> {
    let near_m = if b.is_area { 0.0 } else { 0.5 * (a.width_m + b.width_m) };
    let touches = |point: &[f64; 2]| {
        if b.is_area { inside(&b.points, *point) } else { segments(b).any(|(c, d)| distance_m(*point, c, d) < near_m) }
    };
    sampled(&a.points).into_iter().find(|(_, point)| touches(point)).map(|(along_m, _)| along_m)
}

fn lines_cross(a: &Movement, b: &Movement) -> bool {
    let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
    segments(a).any(|(p, q)| {
        segments(b).any(|(r, s)| side(p, q, r) * side(p, q, s) < 0.0 && side(r, s, p) * side(r, s, q) < 0.0)
    })
}

fn segments(movement: &Movement) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    movement.points.windows(2).map(|pair| (pair[0], pair[1]))
}

fn length_m(points: &[[f64; 2]]) -> f64 {
    points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum()
}

/// Points along a line, [`STEP_M`] apart or closer, each with how far along it is, metres.
fn sampled(points: &[[f64; 2]]) -> Vec<(f64, [f64; 2])> {
    let mut all: Vec<(f64, [f64; 2])> = points.first().map(|first| (0.0, *first)).into_iter().collect();
    let mut along_m = 0.0;
    for pair in points.windows(2) {
        let length_m = length_m(pair);
        // A map is of hundreds of metres; what is longer is looked at in longer steps.
        let steps = (length_m / STEP_M).ceil().clamp(1.0, 10_000.0);
        let mut step = 1.0;
        while step <= steps {
            let share = step / steps;
            let at = [0, 1].map(|axis: usize| pair[0][axis] + share * (pair[1][axis] - pair[0][axis]));
            all.push((along_m + share * length_m, at));
            step += 1.0;
        }
        along_m += length_m;
    }
    all
}

/// The first metres of a line.
fn upto(points: &[[f64; 2]], most_m: f64) -> Vec<[f64; 2]> {
    sampled(points).into_iter().take_while(|(along_m, _)| *along_m <= most_m).map(|(_, point)| point).collect()
}

/// From a point to a stretch of line, metres.
fn distance_m(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let [along, off] = [[b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]];
    let length2 = along[0] * along[0] + along[1] * along[1];
    let share = if length2 > 0.0 { ((along[0] * off[0] + along[1] * off[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (off[0] - share * along[0]).hypot(off[1] - share * along[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const ORIGIN: Origin = Origin { lat_deg: 31.5, lon_deg: 120.3, ellipsoidal_height_m: 0.0 };
    /// Half of the junction, from its middle to a stop line, metres.
    const HALF_M: f64 = 20.0;

    /// Groups of one approach: left, straight, right.
    type Groups = [Option<u8>; 3];

    /// A point given for the approach from the south, on the approach that lies `quarter` turns counter-clockwise of it.
    fn place(quarter: usize, [mut east, mut north]: [f64; 2]) -> Wgs84 {
        for _ in 0..quarter {
            (east, north) = (-north, east);
        }
        SiteFrame::new(ORIGIN).wgs84_from_enu([east, north, 0.0])
    }

    fn feature(kind: &str, mut properties: Value, geometry: &str, coordinates: &Value) -> Value {
        properties["kind"] = kind.into();
        json!({"type": "Feature", "properties": properties, "geometry": {"type": geometry, "coordinates": coordinates}})
    }

    /// Four approaches, 0 from the south, then counter-clockwise (1 from the east, 2 from the north, 3 from the west). Each
    /// has lane 1 for left turns and lane 2 for the rest, and a crosswalk over its leg.
    fn cross(groups: [Groups; 4], walks: [Option<u8>; 4]) -> SiteMap {
        let mut features = vec![feature("node", json!({"id": 1, "served": true}), "Point", &at(place(0, [0.0, 0.0])))];
        for quarter in 0..4 {
            let line = |points: &[[f64; 2]]| points.iter().map(|point| at(place(quarter, *point))).collect::<Value>();
            let far = quarter + 2;
            features.push(feature("node", json!({"id": far}), "Point", &at(place(quarter, [0.0, -90.0]))));
            let [inward, outward] = [format!("in{quarter}"), format!("out{quarter}")];
            for (link, from, to, side, [begin, end]) in
                [(&inward, far, 1, 1.0, [-90.0, -HALF_M]), (&outward, 1, far, -1.0, [-HALF_M, -90.0])]
            {
                let middle = line(&[[side * 3.5, begin], [side * 3.5, end]]);
                features.push(feature("link", json!({"id": link, "from": from, "to": to}), "LineString", &middle));
                for (lane, east) in [(1, 1.75), (2, 5.25)] {
                    let properties = json!({"link": link, "lane": lane, "width_m": 3.5});
                    features.push(feature(
                        "lane",
                        properties,
                        "LineString",
                        &line(&[[side * east, begin], [side * east, end]]),
                    ));
                }
            }
            // Where it leads: to which leg, by which lane, and through which points.
            let ways = [
                ("left", 3, 1, [[1.75, -HALF_M], [1.0, -8.0], [-8.0, 1.0], [-HALF_M, 1.75]]),
                ("straight", 2, 2, [[5.25, -HALF_M], [5.25, -5.0], [5.25, 5.0], [5.25, HALF_M]]),
                ("right", 1, 2, [[5.25, -HALF_M], [6.0, -9.0], [9.0, -6.0], [HALF_M, -5.25]]),
            ];
            for ((maneuver, turn, lane, points), group) in ways.into_iter().zip(groups[quarter]) {
                let properties = json!({
                    "from_link": inward, "from_lane": lane, "to_link": format!("out{}", (quarter + turn) % 4),
                    "to_lane": lane, "maneuver": maneuver, "signal_group": group,
                });
                features.push(feature("connection", properties, "LineString", &line(&points)));
            }
            let ring = line(&[[-8.0, -18.0], [8.0, -18.0], [8.0, -14.0], [-8.0, -14.0], [-8.0, -18.0]]);
            let properties = json!({"id": format!("leg{quarter}"), "signal_group": walks[quarter]});
            features.push(feature("crosswalk", properties, "Polygon", &json!([ring])));
        }
        let text = json!({"type": "FeatureCollection", "features": features}).to_string();
        SiteMap::parse(&text, &ORIGIN).expect("a map")
    }

    fn at(place: Wgs84) -> Value {
        json!([place.lon_deg, place.lat_deg])
    }

    /// The eight phases of NEMA, right turns with the straight ones, crosswalks beside the straight ones (11 to 14).
    fn eight_phases() -> SiteMap {
        let approach = |left, straight| [Some(left), Some(straight), Some(straight)];
        let groups = [approach(5, 2), approach(7, 4), approach(1, 6), approach(3, 8)];
        cross(groups, [Some(14), Some(12), Some(14), Some(12)])
    }

    fn conflicts(map: &SiteMap, overrides: &Overrides) -> Conflicts {
        Conflicts::of(map, &ORIGIN, overrides)
    }

    /// For each group: those it conflicts with, and those it gives way to.
    fn table(conflicts: &Conflicts) -> Vec<(u8, Vec<u8>, Vec<u8>)> {
        let with = |a: u8, relation| -> Vec<u8> {
            conflicts.groups().iter().copied().filter(|b| conflicts.relation(a, *b) == relation).collect()
        };
        let row = |&a: &u8| (a, with(a, Relation::Conflict), with(a, Relation::GivesWay));
        conflicts.groups().iter().map(row).collect()
    }

    #[test]
    fn eight_phases_conflict_as_everybody_knows() {
        let conflicts = conflicts(&eight_phases(), &Overrides::default());
        assert_eq!(
            table(&conflicts),
            [
                // Lefts and straights of the crossing road; a left gives way to those who come towards it, and to those who
                // walk where it leads. The crosswalk that it starts over has its green with the crossing road.
                (1, vec![3, 4, 7, 8, 14], vec![2, 12]),
                (2, vec![3, 4, 7, 8, 14], vec![12]),
                (3, vec![1, 2, 5, 6, 12], vec![4, 14]),
                (4, vec![1, 2, 5, 6, 12], vec![14]),
                (5, vec![3, 4, 7, 8, 14], vec![6, 12]),
                (6, vec![3, 4, 7, 8, 14], vec![12]),
                (7, vec![1, 2, 5, 6, 12], vec![8, 14]),
                (8, vec![1, 2, 5, 6, 12], vec![14]),
                (12, vec![3, 4, 7, 8], vec![]),
                (14, vec![1, 2, 5, 6], vec![]),
            ]
        );
        assert!(conflicts.groups().iter().all(|group| conflicts.is_proven(*group)));
        let on_foot = conflicts.groups().iter().copied().filter(|group| conflicts.is_on_foot(*group));
        assert_eq!(on_foot.collect::<Vec<_>>(), [12, 14]);
        assert_eq!(conflicts.in_words()[0], "group 1 (in2/1 left): conflicts with 3, 4, 7, 8, 14; gives way to 2, 12");
    }

    #[test]
    fn who_obeys_no_light_may_always_be_there() {
        let mut map = eight_phases();
        map.crosswalks[0].signal_group = None;
        let unlit = conflicts(&map, &Overrides::default());
        let proven = |conflicts: &Conflicts| -> Vec<u8> {
            conflicts.groups().iter().copied().filter(|group| conflicts.is_proven(*group)).collect()
        };
        // Leg 0 is where 2 and 5 start, and where 6, 7 and the right turns of 8 lead to.
        assert_eq!(proven(&unlit), [1, 3, 4, 12, 14], "{:?}", unlit.in_words());
        map.crosswalks.clear();
        let unknown = conflicts(&map, &Overrides::default());
        assert_eq!(
            proven(&unknown),
            [0_u8; 0],
            "without crosswalks no turn is proven, and straights share with rights"
        );
    }

    #[test]
    fn one_group_for_a_whole_approach_gives_way_to_the_one_opposite() {
        let approach = |group| [Some(group); 3];
        let map = cross([approach(1), approach(2), approach(1), approach(2)], [None; 4]);
        let conflicts = conflicts(&map, &Overrides::default());
        assert_eq!(table(&conflicts), [(1, vec![2], vec![]), (2, vec![1], vec![])]);
        assert!(!conflicts.is_proven(1), "its lefts and the straights opposite have green together");
    }

    #[test]
    fn a_right_turn_of_its_own_gives_way_to_the_road_that_it_enters() {
        let mut map = eight_phases();
        map.links[0].lanes[1].connections[1].signal_group = Some(9);
        let conflicts = conflicts(&map, &Overrides::default());
        // From the south to the east: with 8 from the west, 1 from the north; 12 walk where it leads, 14 where it starts.
        assert_eq!(table(&conflicts)[8], (9, vec![], vec![8, 12, 14]));
        assert_eq!(conflicts.relation(1, 9), Relation::GivesWay, "a left gives way to it");
    }

    #[test]
    fn opposed_lefts_conflict_only_where_their_lines_cross() {
        let mut map = eight_phases();
        for quarter in [0, 2] {
            map.links[2 * quarter].lanes[0].connections[0].points.splice(1..3, [place(quarter, [1.75, 1.75])]);
        }
        let conflicts = conflicts(&map, &Overrides::default());
        assert_eq!((conflicts.relation(1, 5), conflicts.relation(3, 7)), (Relation::Conflict, Relation::Free));
    }

    #[test]
    fn the_site_file_has_the_last_word() {
        let overrides = Overrides { conflict: vec![[1, 5]], no_conflict: vec![[2, 4]] };
        let conflicts = conflicts(&eight_phases(), &overrides);
        assert_eq!((conflicts.relation(1, 5), conflicts.relation(5, 1)), (Relation::Conflict, Relation::Conflict));
        assert_eq!((conflicts.relation(2, 4), conflicts.relation(4, 2)), (Relation::GivesWay, Relation::GivesWay));
        assert_eq!(conflicts.within(&[1, 2, 4, 5]), [[1, 4], [1, 5], [4, 5]]);
    }

    #[test]
    fn a_map_that_makes_no_sense_is_no_reason_to_stop() {
        let mut map = eight_phases();
        for link in &mut map.links {
            for lane in &mut link.lanes {
                lane.points.truncate(1);
                lane.connections.iter_mut().for_each(|way| way.points.truncate(1));
            }
        }
        map.crosswalks.iter_mut().for_each(|crosswalk| crosswalk.polygon.clear());
        map.links.remove(1);
        assert_eq!(conflicts(&map, &Overrides::default()).groups().len(), 10);
        assert!(conflicts(&SiteMap::default(), &Overrides::default()).in_words().is_empty());
    }
}
