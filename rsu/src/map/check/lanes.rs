//! Lanes against their links, their neighbours, their stop lines and the junction.

use super::{Report, Severity, halfway, lane_id, start};
use crate::map::geometry::{self, Point};
use crate::map::{LaneKind, Link, MapLane, SiteMap, enu2};

/// Farther from the served node than this is doubtful, metres; ten times as far is wrong.
const FAR_M: f64 = 2000.0;
/// The stop line of a lane that leads to the served node is nearer than this, metres.
const STOP_FROM_NODE_M: f64 = 80.0;
/// By how much a lane may come nearer to its link's centre line or go away from it, metres: a turning bay does.
const DRIFT_M: f64 = 4.0;

pub(super) fn look(map: &SiteMap, report: &mut Report) {
    for link in &map.links {
        self::link(map, link, report);
        for lane in &link.lanes {
            self::lane(map, link, lane, report);
        }
        for pair in link.lanes.windows(2) {
            neighbours(link, &pair[0], &pair[1], report);
        }
    }
    stop_lines(map, report);
    far_points(map, report);
}

fn link(map: &SiteMap, link: &Link, report: &mut Report) {
    let line = report.enu(&link.points);
    let place = |id| map.nodes.iter().find(|node| node.id == id).map(|node| enu2(&report.frame, &node.position));
    let (Some(from), Some(to), Some(first), Some(last)) = (place(link.from), place(link.to), line.first(), line.last())
    else {
        return;
    };
    let as_drawn_m = geometry::distance_m(from, *first) + geometry::distance_m(to, *last);
    let turned_m = geometry::distance_m(from, *last) + geometry::distance_m(to, *first);
    if turned_m < as_drawn_m {
        let text = format!("runs against its direction: it is drawn from node {} to node {}", link.to.id, link.from.id);
        report.add(Severity::Wrong, "link", link.id.clone(), Some(*first), text);
    }
    kinks(&line, "link", &link.id, report);
}

fn lane(map: &SiteMap, link: &Link, lane: &MapLane, report: &mut Report) {
    let (id, line, along) = (lane_id(link, lane), report.enu(&lane.points), report.enu(&link.points));
    kinks(&line, "lane", &id, report);
    let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) else { return };
    let (begins, ends) = (geometry::nearest(&along, first), geometry::nearest(&along, last));
    if let (Some(begins), Some(ends)) = (begins, ends) {
        if ends.along_m < begins.along_m {
            report.add(Severity::Wrong, "lane", id.clone(), Some(first), "runs against its link's direction");
        } else {
            drift(&id, &line, &along, report);
        }
    }
    let usual = if lane.kind() == LaneKind::Vehicle { 2.2..=6.0 } else { 0.8..=6.0 };
    if !usual.contains(&lane.width_m) {
        report.add(Severity::Doubtful, "lane", id.clone(), Some(last), format!("is {} m wide", lane.width_m));
    }
    let Some(served) = map.served_nodes().find(|node| node.id == link.to) else { return };
    if lane.connections.is_empty() && lane.kind() == LaneKind::Vehicle {
        report.add(Severity::Doubtful, "lane", id.clone(), Some(last), "leads nowhere: it has no connection");
    }
    let off_m = geometry::distance_m(enu2(&report.frame, &served.position), last);
    if off_m > STOP_FROM_NODE_M {
        let text = format!("ends {off_m:.0} m from the served node: the last point should lie on the stop line");
        report.add(Severity::Doubtful, "lane", id, Some(last), text);
    }
}

/// Corners that no road has: the line turns back on itself, or by more than 60° at one point.
fn kinks(line: &[Point], kind: &str, id: &str, report: &mut Report) {
    for corner in line.windows(3) {
        let (before, after) = (geometry::direction(corner[0], corner[1]), geometry::direction(corner[1], corner[2]));
        let turn_deg = geometry::turn_left_rad(before, after).to_degrees().abs();
        if turn_deg > 60.0 {
            let severity = if turn_deg > 120.0 { Severity::Wrong } else { Severity::Doubtful };
            report.add(severity, kind, id.to_owned(), Some(corner[1]), format!("turns by {turn_deg:.0}° at one point"));
        }
    }
    if geometry::length_m(line) < 1.0 {
        report.add(Severity::Wrong, kind, id.to_owned(), start(line), "is shorter than a metre");
    }
}

/// A lane that does not run beside its link.
fn drift(id: &str, line: &[Point], along: &[Point], report: &mut Report) {
    let length_m = geometry::length_m(line);
    let sides = (0u8..=10).filter_map(|step| {
        let (at, _) = geometry::at(line, length_m * f64::from(step) / 10.0)?;
        let nearest = geometry::nearest(along, at)?;
        // Beyond the link's ends there is nothing to run beside.
        let within = nearest.along_m > 0.5 && nearest.along_m < geometry::length_m(along) - 0.5;
        within.then_some((nearest.left_m, at))
    });
    let sides: Vec<(f64, Point)> = sides.collect();
    let least = sides.iter().min_by(|a, b| a.0.total_cmp(&b.0));
    let most = sides.iter().max_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some(least), Some(most)) = (least, most)
        && most.0 - least.0 > DRIFT_M
    {
        let text = format!("bends away from its link: {:.1} m to its left here, {:.1} m elsewhere", most.0, least.0);
        report.add(Severity::Doubtful, "lane", id.to_owned(), Some(most.1), text);
    }
}

/// Two lanes, the second of which is the one on the right.
fn neighbours(link: &Link, left: &MapLane, right: &MapLane, report: &mut Report) {
    let (left_line, right_line) = (report.enu(&left.points), report.enu(&right.points));
    let id = lane_id(link, right);
    // Where both are: along the shorter, from the end where they lie side by side.
    let (Some(ends), Some(starts)) =
        (left_line.last().zip(right_line.last()), left_line.first().zip(right_line.first()))
    else {
        return;
    };
    let at_end = geometry::distance_m(*ends.0, *ends.1) <= geometry::distance_m(*starts.0, *starts.1);
    let length_m = geometry::length_m(&right_line);
    let half_m = geometry::length_m(&left_line).min(length_m) / 2.0;
    let Some((at, _)) = geometry::at(&right_line, if at_end { length_m - half_m } else { half_m }) else { return };
    let Some(off) = geometry::nearest(&left_line, at) else { return };
    if off.left_m > 0.3 {
        let text = format!("lies to the left of lane {}: numbers run from the left", left.number);
        report.add(Severity::Wrong, "lane", id, Some(at), text);
        return;
    }
    if right.number != left.number + 1 {
        return;
    }
    let apart_m = off.distance_m - (left.width_m + right.width_m) / 2.0;
    let beside = format!("lane {}, {:.1} m to its left,", left.number, off.distance_m);
    if apart_m < -left.width_m.min(right.width_m) / 2.0 {
        report.add(Severity::Wrong, "lane", id, Some(at), format!("{beside} overlaps it by {:.1} m", -apart_m));
    } else if apart_m < -0.4 {
        report.add(Severity::Doubtful, "lane", id, Some(at), format!("{beside} overlaps it by {:.1} m", -apart_m));
    } else if apart_m > 1.5 {
        report.add(Severity::Doubtful, "lane", id, Some(at), format!("{beside} leaves a gap of {apart_m:.1} m"));
    }
}

fn stop_lines(map: &SiteMap, report: &mut Report) {
    for stop in &map.stop_lines {
        let Some(link) = map.link(&stop.link) else { continue };
        let across = report.enu(&stop.points);
        // Lanes end where the stop line crosses them, so one that it does cross ends on it.
        for lane in &link.lanes {
            let line = report.enu(&lane.points);
            let Some(end) = line.last() else { continue };
            let Some(off) = geometry::nearest(&across, *end) else { continue };
            if off.distance_m > 1.0 {
                let severity = if off.distance_m > 10.0 { Severity::Wrong } else { Severity::Doubtful };
                let text =
                    format!("does not reach lane {}, which ends {:.1} m from it", lane_id(link, lane), off.distance_m);
                report.add(severity, "stop_line", stop.link.clone(), halfway(&across), text);
            }
        }
    }
}

fn far_points(map: &SiteMap, report: &mut Report) {
    let centres: Vec<Point> = map.served_nodes().map(|node| enu2(&report.frame, &node.position)).collect();
    if centres.is_empty() {
        return;
    }
    let mut all: Vec<(&str, String, Vec<Point>)> = Vec::new();
    for link in &map.links {
        all.push(("link", link.id.clone(), report.enu(&link.points)));
        all.extend(link.lanes.iter().map(|lane| ("lane", lane_id(link, lane), report.enu(&lane.points))));
    }
    all.extend(
        map.crosswalks.iter().map(|crosswalk| ("crosswalk", crosswalk.id.clone(), report.enu(&crosswalk.polygon))),
    );
    for lot in &map.lots {
        all.extend(lot.bays.iter().map(|bay| ("bay", format!("{}/{}", lot.id, bay.id), bay.polygon_enu_m.clone())));
    }
    for (kind, id, points) in all {
        let off_m = |point: &Point| {
            centres.iter().map(|centre| geometry::distance_m(*centre, *point)).fold(f64::INFINITY, f64::min)
        };
        let Some(farthest) = points.into_iter().max_by(|a, b| off_m(a).total_cmp(&off_m(b))) else { continue };
        let off_m = off_m(&farthest);
        if off_m > FAR_M {
            let severity = if off_m > 10.0 * FAR_M { Severity::Wrong } else { Severity::Doubtful };
            report.add(severity, kind, id, Some(farthest), format!("is {:.1} km from the served node", off_m / 1000.0));
        }
    }
}
