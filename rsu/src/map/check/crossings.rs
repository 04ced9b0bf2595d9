//! Connections: whether they meet their lanes, who they lead where, and what they run across.

use perception::detection::Class;

use super::{Report, Severity, connection_id, lane_id};
use crate::map::geometry::{self, Point};
use crate::map::{Connection, Link, MapLane, SiteMap};

/// Farther from its lane than this is doubtful, metres.
const GAP_M: f64 = 1.0;
/// Farther than this is wrong, metres.
const WIDE_GAP_M: f64 = 3.0;

pub(super) fn look(map: &SiteMap, report: &mut Report) {
    let lanes: Vec<(&Link, &MapLane, Vec<Point>)> = map
        .links
        .iter()
        .flat_map(|link| link.lanes.iter().map(move |lane| (link, lane)))
        .map(|(link, lane)| (link, lane, report.enu(&lane.points)))
        .collect();
    for (link, lane, line) in &lanes {
        for connection in &lane.connections {
            let to =
                lanes.iter().find(|(to, lane, _)| to.id == connection.to_link && lane.number == connection.to_lane);
            let Some(to) = to else { continue };
            ends(link, lane, line, connection, to, report);
            classes(link, lane, connection, to, report);
            across(link, lane, connection, &lanes, report);
        }
    }
}

fn ends(
    link: &Link,
    lane: &MapLane,
    line: &[Point],
    connection: &Connection,
    (to_link, to_lane, to_line): &(&Link, &MapLane, Vec<Point>),
    report: &mut Report,
) {
    let id = connection_id(link, lane, connection);
    let way = report.enu(&connection.points);
    let (from, to) = (lane_id(link, lane), lane_id(to_link, to_lane));
    for (end, wanted, what) in [
        (way.first(), line.last(), format!("begins {{}} from the end of lane {from}")),
        (way.last(), to_line.first(), format!("ends {{}} from the beginning of lane {to}")),
    ] {
        let (Some(end), Some(wanted)) = (end, wanted) else { continue };
        let gap_m = geometry::distance_m(*end, *wanted);
        if gap_m > GAP_M {
            let severity = if gap_m > WIDE_GAP_M { Severity::Wrong } else { Severity::Doubtful };
            report.add(severity, "connection", id.clone(), Some(*end), what.replace("{}", &format!("{gap_m:.1} m")));
        }
    }
    if link.to != to_link.from {
        let text = format!(
            "link {:?} ends at node {}, but {:?} begins at node {}",
            link.id, link.to.id, to_link.id, to_link.from.id
        );
        report.add(Severity::Wrong, "connection", id, way.first().copied(), text);
    }
}

/// Somebody must be allowed at both ends.
fn classes(
    link: &Link,
    lane: &MapLane,
    connection: &Connection,
    (to_link, to_lane, _): &(&Link, &MapLane, Vec<Point>),
    report: &mut Report,
) {
    let allows = |lane: &MapLane, class: Class| lane.allowed.is_empty() || lane.allowed.contains(&class);
    if !Class::ALL.into_iter().any(|class| allows(lane, class) && allows(to_lane, class)) {
        let at = report.enu(&connection.points).last().copied();
        let text = format!(
            "leads to lane {}, where nobody may go who may use {}",
            lane_id(to_link, to_lane),
            lane_id(link, lane)
        );
        report.add(Severity::Wrong, "connection", connection_id(link, lane, connection), at, text);
    }
}

/// Other lanes that it runs over: inside a junction there are none.
fn across(
    link: &Link,
    lane: &MapLane,
    connection: &Connection,
    lanes: &[(&Link, &MapLane, Vec<Point>)],
    report: &mut Report,
) {
    let way = report.enu(&connection.points);
    for (other_link, other, line) in lanes {
        let own = (other_link.id == link.id && other.number == lane.number)
            || (other_link.id == connection.to_link && other.number == connection.to_lane);
        let Some((_, along_m, at)) = geometry::crossing(&way, line).filter(|_| !own) else { continue };
        // At a lane's very end they touch where ways split or meet.
        if along_m < 1.0 || along_m > geometry::length_m(line) - 1.0 {
            continue;
        }
        let (severity, word) = if other.kind() == lane.kind() {
            (Severity::Doubtful, "")
        } else {
            (Severity::Wrong, ", which is for others")
        };
        let text = format!("runs across lane {}{word}", lane_id(other_link, other));
        report.add(severity, "connection", connection_id(link, lane, connection), Some(at), text);
    }
}
