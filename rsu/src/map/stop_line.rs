//! Lanes end where a stop line of their link crosses them.

use perception::frames::{SiteFrame, Wgs84};

use super::{SiteMap, enu2, geometry};

/// Ends each lane of the stop line's link where the stop line crosses it; what is cut off belongs to its connections.
pub(super) fn cut(map: &mut SiteMap, index: usize, frame: &SiteFrame) {
    let enu = |points: &[Wgs84]| points.iter().map(|point| enu2(frame, point)).collect::<Vec<_>>();
    let stop = &map.stop_lines[index];
    let across = enu(&stop.points);
    let Some(link) = map.links.iter_mut().find(|link| link.id == stop.link) else { return };
    for lane in &mut link.lanes {
        let line = enu(&lane.points);
        let Some((along_m, _, at)) = geometry::crossing(&line, &across) else { continue };
        let left_m = geometry::length_m(&line) - along_m;
        if left_m < 0.05 || along_m < 1.0 {
            continue;
        }
        let kept = lane.points.iter().zip(&line).take_while({
            let mut so_far_m = 0.0;
            let mut previous = line[0];
            move |(_, point)| {
                so_far_m += geometry::distance_m(previous, **point);
                previous = **point;
                so_far_m < along_m - 0.01
            }
        });
        let kept: Vec<Wgs84> = kept.map(|(point, _)| *point).collect();
        let height_m = lane.points[kept.len()..].first().map_or(0.0, |point| point.ellipsoidal_height_m);
        let up_m = frame.enu_from_wgs84(lane.points[0])[2];
        let end = Wgs84 { ellipsoidal_height_m: height_m, ..frame.wgs84_from_enu([at[0], at[1], up_m]) };
        let rest = lane.points.split_off(kept.len());
        lane.points.push(end);
        for connection in &mut lane.connections {
            let way = std::iter::once(end).chain(rest[..rest.len() - 1].iter().copied());
            connection.points.splice(0..0, way);
        }
    }
}
