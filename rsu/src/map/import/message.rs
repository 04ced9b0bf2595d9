//! A junction as MAP tells it: J2735 or CSAE, in hex, one message a line; the parts of a divided map together.

use std::collections::BTreeSet;

use asn1::si::us::lanes::NodeListXY;
use asn1::si::us::map::{GenericLane, IntersectionGeometry};
use asn1::si::{Position, Si, cn, us};
use asn1::us::map::{AllowedManeuvers, LaneAttributesVehicle, LaneDirection, LaneTypeAttributes};
use asn1::{cn as cn_wire, us as us_wire};
use perception::calibration::Origin;
use perception::detection::Class;
use perception::frames::{SiteFrame, Wgs84};

use super::message_cn;
use super::plan::{Plan, PlanLane, Turn, Way, Zebra};
use super::projection::{Ground, Plane};
use super::{ImportError, Wish};
use crate::cli::codec::unhex;
use crate::map::geometry::{self, Point};
use crate::map::{Maneuver, NodeId};

/// The width of a lane of which no message says it, metres.
pub(super) const USUAL_WIDTH_M: f64 = 3.5;

pub(super) fn read(text: &str, wish: &Wish) -> Result<Plan, ImportError> {
    let mut american: Vec<us::map::MapData> = Vec::new();
    let mut chinese: Vec<cn::map::MapData> = Vec::new();
    let lines = text.lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty());
    for (line, number) in lines {
        let at_line = |error: asn1::CodecError| ImportError::new(format!("line {number}: {error}"));
        let octets = unhex(line.as_bytes()).map_err(at_line)?;
        if wish.dialect.is_us() {
            match us_wire::decode(&octets).map_err(at_line)? {
                us_wire::MessageFrame::MapData(map) => american.push(Si::from_wire(&map)),
                _ => return Err(ImportError::new(format!("line {number}: not a MAP"))),
            }
        } else {
            match cn_wire::decode(&octets, wish.dialect).map_err(at_line)? {
                cn_wire::MessageFrame::MapFrame(map) => chinese.push(Si::from_wire(&map)),
                _ => return Err(ImportError::new(format!("line {number}: not a MAP"))),
            }
        }
    }
    if wish.dialect.is_us() { intersection(american, wish) } else { message_cn::node(chinese, wish) }
}

/// A wish for a junction by its number: `id` or `region/id`.
pub(super) fn is_wanted(wish: &Wish, id: NodeId) -> bool {
    wish.junctions
        .first()
        .is_none_or(|wanted| *wanted == id.id.to_string() || *wanted == format!("{}/{}", id.region, id.id))
}

/// Metres around a place of a message.
pub(super) fn ground(place: Position, wish: &Wish) -> Result<Ground, ImportError> {
    // The datum's conversion belongs to the reference point too.
    let at = wish.datum.to_wgs84([place.lat_deg, place.lon_deg]);
    Ground::around([0.0; 2], Plane::local(at, [0.0; 2]), crate::map::gcj02::Datum::Wgs84)
}

/// A place of a message in metres.
pub(super) fn point(ground: &Ground, wish: &Wish, place: &Position) -> Point {
    ground.place(wish.datum.to_wgs84([place.lat_deg, place.lon_deg]))
}

fn intersection(maps: Vec<us::map::MapData>, wish: &Wish) -> Result<Plan, ImportError> {
    let id = |geometry: &IntersectionGeometry| NodeId { region: geometry.id.region.unwrap_or(0), id: geometry.id.id };
    let all = maps.into_iter().flat_map(|map| map.intersections.unwrap_or_default());
    let mut parts = all.filter(|geometry| is_wanted(wish, id(geometry)));
    let mut geometry = parts.next().ok_or_else(|| ImportError::new("no such intersection in the messages"))?;
    let mut others = Vec::new();
    for part in parts {
        if id(&part) == id(&geometry) {
            geometry.lane_set.extend(part.lane_set);
        } else {
            others.push(id(&part).id.to_string());
        }
    }
    let reference = geometry.ref_point.place.ok_or_else(|| ImportError::new("the reference point is unknown"))?;
    let ground = ground(reference, wish)?;
    let mut plan = Plan::new(ground.origin, format!("J2735 intersection {}", geometry.id.id));
    plan.hubs[0].node = Some(id(&geometry));
    plan.whole = true;
    if !others.is_empty() {
        plan.notes.push(format!("left out: intersections {}; choose with --junction", others.join(", ")));
    }
    let mut seen = BTreeSet::new();
    let mut reader = Reader { geometry: &geometry, reference, ground: &ground, wish, groups: Vec::new() };
    for lane in &geometry.lane_set {
        if !seen.insert(lane.lane_id) {
            continue;
        }
        if let Err(reason) = reader.lane(lane, &mut plan) {
            plan.notes.push(format!("lane {} left out: {reason}", lane.lane_id));
        }
    }
    plan.ways = reader.groups.into_iter().map(|(_, way)| way).collect();
    for way in &mut plan.ways {
        from_the_left(way);
    }
    Ok(plan)
}

/// Which lanes belong to one way: those of an approach, or that come from one direction where no approach is told.
#[derive(PartialEq)]
enum Group {
    Approach(u8, bool),
    Alone(u8),
}

struct Reader<'a> {
    geometry: &'a IntersectionGeometry,
    reference: Position,
    ground: &'a Ground,
    wish: &'a Wish,
    groups: Vec<(Group, Way)>,
}

impl Reader<'_> {
    fn lane(&mut self, lane: &GenericLane, plan: &mut Plan) -> Result<(), String> {
        let places =
            lane.node_list.places(self.reference, beside).ok_or("its line is computed from another, or regional")?;
        let mut line: Vec<Point> = places.iter().map(|place| point(self.ground, self.wish, place)).collect();
        if line.len() < 2 {
            return Err("it has no line".into());
        }
        let width_m = self.geometry.lane_width_m.unwrap_or(USUAL_WIDTH_M) + wider_m(&lane.node_list);
        let allowed = match &lane.lane_attributes.lane_type {
            LaneTypeAttributes::Crosswalk(_) => {
                let light = lane.connects_to.iter().flatten().find_map(|connection| connection.signal_group);
                let outline = geometry::band(&line, width_m);
                plan.crosswalks.push(Zebra { outline, signal_group: light.filter(|group| *group > 0) });
                return Ok(());
            }
            LaneTypeAttributes::Vehicle(bits) if bits.contains(LaneAttributesVehicle::RESTRICTED_TO_BUS_USE) => {
                vec![Class::Bus]
            }
            LaneTypeAttributes::Vehicle(_) => Vec::new(),
            LaneTypeAttributes::BikeLane(_) => vec![Class::Bicycle],
            LaneTypeAttributes::Sidewalk(_) => vec![Class::Pedestrian],
            _ => return Err("it is for nobody who drives, rides or walks".into()),
        };
        let use_ = lane.lane_attributes.directional_use;
        let inbound = use_.contains(LaneDirection::INGRESS_PATH);
        if !inbound && !use_.contains(LaneDirection::EGRESS_PATH) {
            return Err("it leads neither in nor out".into());
        }
        // Its nodes begin at the junction, whichever way one drives.
        if inbound {
            line.reverse();
        }
        let key = lane.lane_id.to_string();
        for connection in lane.connects_to.iter().flatten() {
            plan.turns.push(Turn {
                from: key.clone(),
                to: connection.connecting_lane.lane.to_string(),
                maneuver: connection.connecting_lane.maneuver.and_then(maneuver),
                signal_group: connection.signal_group.filter(|group| *group > 0),
                line: None,
            });
        }
        let approach = if inbound { lane.ingress_approach } else { lane.egress_approach };
        let group = match approach.filter(|number| *number > 0) {
            Some(number) => Group::Approach(number, inbound),
            None => Group::Alone(lane.lane_id),
        };
        self.add(group, inbound, PlanLane { key, width_m, line, allowed });
        Ok(())
    }

    fn add(&mut self, group: Group, inbound: bool, lane: PlanLane) {
        if let Some((_, way)) = self.groups.iter_mut().find(|(other, _)| *other == group) {
            way.lanes.push(lane);
            return;
        }
        let name = match group {
            Group::Approach(number, _) => format!("approach {number}"),
            Group::Alone(number) => format!("lane {number}"),
        };
        let limits = self.geometry.speed_limits.iter().flatten();
        let limit = limits.filter(|limit| limit.type_ == us_wire::common::SpeedLimitType::VehicleMaxSpeed);
        let way = Way {
            hub: 0,
            source: format!("J2735 {name}"),
            inbound,
            // In and out are told apart: whose numbers go together is seen from where they lie.
            far: format!("J2735 {name} {}", if inbound { "in" } else { "out" }),
            far_at: None,
            far_node: None,
            lanes: vec![lane],
            speed_limit_mps: limit.filter_map(|limit| limit.speed_mps).next(),
        };
        self.groups.push((group, way));
    }
}

/// How much wider than usual the lane is at its first node, metres.
fn wider_m(list: &NodeListXY) -> f64 {
    let NodeListXY::Nodes(nodes) = list else { return 0.0 };
    nodes.first().and_then(|node| node.attributes.as_ref()?.d_width_m).unwrap_or(0.0)
}

/// What `AllowedManeuvers` allows first of straight, left, right, back.
pub(super) fn maneuver(bits: AllowedManeuvers) -> Option<Maneuver> {
    [
        (AllowedManeuvers::MANEUVER_STRAIGHT_ALLOWED, Maneuver::Straight),
        (AllowedManeuvers::MANEUVER_LEFT_ALLOWED, Maneuver::Left),
        (AllowedManeuvers::MANEUVER_RIGHT_ALLOWED, Maneuver::Right),
        (AllowedManeuvers::MANEUVER_U_TURN_ALLOWED, Maneuver::UTurn),
    ]
    .into_iter()
    .find_map(|(bit, maneuver)| bits.contains(bit).then_some(maneuver))
}

/// Puts a way's lanes in order from the left, as seen in travel direction at the junction.
fn from_the_left(way: &mut Way) {
    let inbound = way.inbound;
    let mouth = |lane: &PlanLane| if inbound { lane.line.last().copied() } else { lane.line.first().copied() };
    let Some(first) = way.lanes.first() else { return };
    let ahead = if inbound { geometry::end_direction(&first.line) } else { geometry::start_direction(&first.line) };
    let left_m = |lane: &PlanLane| mouth(lane).map_or(0.0, |at| ahead[0] * at[1] - ahead[1] * at[0]);
    way.lanes.sort_by(|a, b| left_m(b).total_cmp(&left_m(a)));
}

/// The place so many metres east and north of another.
fn beside(place: Position, [east_m, north_m]: [f64; 2]) -> Position {
    let frame = SiteFrame::new(Origin { lat_deg: place.lat_deg, lon_deg: place.lon_deg, ellipsoidal_height_m: 0.0 });
    let Wgs84 { lat_deg, lon_deg, .. } = frame.wgs84_from_enu([east_m, north_m, 0.0]);
    Position { lat_deg, lon_deg, elevation_m: None }
}
