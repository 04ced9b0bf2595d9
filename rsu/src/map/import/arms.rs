//! The roads of a junction in order and by name: clockwise from north, called by the compass.

use std::collections::BTreeMap;
use std::f64::consts::{FRAC_PI_4, FRAC_PI_8, TAU};

use perception::frames::heading_of;

use super::plan::Way;
use crate::map::NodeId;
use crate::map::geometry::{Point, middle};

/// A road of a junction, in one or both directions.
pub(super) struct Arm<'a> {
    /// Where it comes from or goes to, as ways say it.
    pub(super) far: &'a str,
    /// Where that is, metres.
    pub(super) at: Point,
    /// The number of that node, where the source has one.
    pub(super) id: Option<NodeId>,
    /// `north`, `north2`, …
    pub(super) name: String,
    heading_rad: f64,
}

/// The roads of a junction at this place that these ways are, clockwise from north.
pub(super) fn of<'a>(at: Point, ways: impl Iterator<Item = &'a Way>) -> Vec<Arm<'a>> {
    let mut arms: BTreeMap<&str, Arm<'_>> = BTreeMap::new();
    for way in ways {
        let ends = way.lanes.iter().filter_map(|lane| if way.inbound { lane.line.first() } else { lane.line.last() });
        let end = middle(ends);
        let arm = arms.entry(&way.far).or_insert_with(|| Arm {
            far: &way.far,
            at: way.far_at.unwrap_or(end),
            id: None,
            name: String::new(),
            heading_rad: heading_from(at, end),
        });
        arm.id = arm.id.or(way.far_node);
    }
    let mut arms: Vec<Arm<'_>> = arms.into_values().collect();
    // What points north by a hair's breadth to the west is north all the same, and comes first.
    let from_north = |arm: &Arm<'_>| (arm.heading_rad + FRAC_PI_8).rem_euclid(TAU);
    arms.sort_by(|a, b| from_north(a).total_cmp(&from_north(b)));
    let mut names: BTreeMap<&str, u32> = BTreeMap::new();
    for arm in &mut arms {
        arm.name = numbered(compass(arm.heading_rad), &mut names);
    }
    arms
}

/// The heading of a place as seen from another.
pub(super) fn heading_from(from: Point, to: Point) -> f64 {
    heading_of([to[0] - from[0], to[1] - from[1]])
}

/// A name, with its number from the second of that name on.
pub(super) fn numbered<'a>(name: &'a str, names: &mut BTreeMap<&'a str, u32>) -> String {
    let count = names.entry(name).or_default();
    *count += 1;
    if *count == 1 { name.to_owned() } else { format!("{name}{count}") }
}

/// The direction in a word.
pub(super) fn compass(heading_rad: f64) -> &'static str {
    let names = ["north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest"];
    let sector = ((heading_rad + FRAC_PI_8).rem_euclid(TAU) / FRAC_PI_4).floor();
    names.iter().zip(0u8..).find(|(_, index)| f64::from(*index) >= sector).map_or("north", |(name, _)| name)
}
