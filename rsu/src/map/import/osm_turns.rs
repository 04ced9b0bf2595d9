//! Which lane of OpenStreetMap leads where: by `turn:lanes`, or by custom where it is not told.

use super::osm::{Arm, key, lanes_to};
use super::osm_ways::Heading;
use super::plan::{Plan, Turn};
use crate::map::Maneuver;
use crate::map::geometry;

/// Connects the lanes of all arms.
pub(super) fn connect(arms: &[Arm], plan: &mut Plan) {
    for arm in arms {
        for (heading, maneuver) in [
            (Heading::Left, Maneuver::Left),
            (Heading::Through, Maneuver::Straight),
            (Heading::Right, Maneuver::Right),
            (Heading::Back, Maneuver::UTurn),
        ] {
            let Some(to) = target(arms, arm, heading) else { continue };
            let from = lanes(arms, arm, heading);
            let out = to.road.forward.len();
            for (index, lane) in from.iter().enumerate() {
                // Left turns keep to the left, right turns to the right. Straight on keeps its place where as many lanes go on
                // as come; otherwise it is counted from the left.
                let to_lane = match heading {
                    Heading::Through if out == arm.road.backward.len() => *lane,
                    Heading::Right => (out + index).saturating_sub(from.len()),
                    _ => index.min(out.saturating_sub(1)),
                };
                plan.turns.push(Turn {
                    from: key(arm.index, true, *lane),
                    to: key(to.index, false, to_lane),
                    maneuver: Some(maneuver),
                    signal_group: None,
                    line: None,
                });
            }
        }
    }
}

/// Where one comes out who turns so: the arm whose direction fits best, if one does.
fn target<'a>(arms: &'a [Arm], from: &Arm, heading: Heading) -> Option<&'a Arm> {
    let inwards = [-from.outwards[0], -from.outwards[1]];
    let wanted_deg: f64 = match heading {
        Heading::Left => 90.0,
        Heading::Through => 0.0,
        Heading::Right => -90.0,
        Heading::Back => return arms.iter().find(|arm| arm.index == from.index && !arm.road.forward.is_empty()),
    };
    let others = arms.iter().filter(|arm| arm.index != from.index && !arm.road.forward.is_empty());
    let off = |arm: &Arm| (geometry::turn_left_rad(inwards, arm.outwards).to_degrees() - wanted_deg).abs();
    let best = others.map(|arm| (arm, off(arm))).min_by(|a, b| a.1.total_cmp(&b.1));
    // Between straight on and a turn, half way; a sharp turn is one up to the way back, which on a dual carriageway is
    // another arm.
    best.filter(|(_, off_deg)| *off_deg <= if heading == Heading::Through { 45.0 } else { 55.0 }).map(|(arm, _)| arm)
}

/// The lanes that lead so. Where no tag tells: all lanes go straight on, the outermost also turn.
fn lanes(arms: &[Arm], arm: &Arm, heading: Heading) -> Vec<usize> {
    let told = arm.road.backward.iter().any(|headings| !headings.is_empty());
    if told {
        return lanes_to(arm, heading);
    }
    let last = arm.road.backward.len().checked_sub(1);
    let on = target(arms, arm, Heading::Through).is_some();
    match (heading, last) {
        (Heading::Back, _) | (_, None) => Vec::new(),
        (Heading::Through, Some(last)) => (0..=last).collect(),
        // At a T every lane must turn: the left half to the left.
        (Heading::Left, Some(last)) if !on && target(arms, arm, Heading::Right).is_some() => (0..=last / 2).collect(),
        (Heading::Left | Heading::Right, Some(last)) if !on => {
            let from = if heading == Heading::Right && target(arms, arm, Heading::Left).is_some() {
                last.div_ceil(2)
            } else {
                0
            };
            (from..=last).collect()
        }
        (Heading::Left, Some(_)) => vec![0],
        (Heading::Right, Some(last)) => vec![last],
    }
}
