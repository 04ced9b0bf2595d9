//! A map against another of the same junction: is one of them in GCJ-02 or BD-09?

use super::{Report, Severity, median};
use crate::map::gcj02::{Datum, bd09_from_gcj02, gcj02_from_wgs84};
use crate::map::{NodeId, SiteMap, origin_of};

/// From WGS-84 latitude and longitude to what a map shifted in this way has, degrees.
type Shift = fn([f64; 2]) -> [f64; 2];

/// Two surveys of one junction differ by less than this, metres.
const SAME_M: f64 = 15.0;
/// Maps farther apart than this are of different junctions, metres.
const OTHER_PLACE_M: f64 = 3000.0;

/// Median latitude and longitude of where lanes begin and end, degrees: whatever else two sources draw differently, the
/// junction is in the middle of it.
fn middle_deg(map: &SiteMap) -> Option<[f64; 2]> {
    let lanes = map.links.iter().flat_map(|link| link.lanes.iter().map(move |lane| (link, lane)));
    let is_served = |id: NodeId| map.served_nodes().any(|node| node.id == id);
    let at_junction = lanes.filter_map(|(link, lane)| {
        if is_served(link.to) { lane.points.last() } else { lane.points.first().filter(|_| is_served(link.from)) }
    });
    let points: Vec<_> = at_junction.collect();
    let median = |part: fn(&perception::frames::Wgs84) -> f64| median(points.iter().map(|point| part(point)).collect());
    Some([median(|point| point.lat_deg)?, median(|point| point.lon_deg)?])
}

fn metres([lat_a, lon_a]: [f64; 2], [lat_b, lon_b]: [f64; 2]) -> f64 {
    // A degree of latitude is 111 km: near enough to tell 15 m from 50.
    let north_m = (lat_b - lat_a) * 111_200.0;
    north_m.hypot((lon_b - lon_a) * 111_320.0 * lat_a.to_radians().cos())
}

pub(super) fn look(map: &SiteMap, other: &str, report: &mut Report) {
    let other = origin_of(other).and_then(|origin| SiteMap::parse(other, &origin).ok());
    let (Some(here), Some(there)) = (middle_deg(map), other.as_ref().and_then(middle_deg)) else {
        report.add(
            Severity::Doubtful,
            "",
            String::new(),
            None,
            "the other map cannot be compared: it is no map itself",
        );
        return;
    };
    let off_m = metres(here, there);
    if off_m <= SAME_M {
        return;
    }
    let shifts: [(&str, Shift); 2] =
        [("GCJ-02", gcj02_from_wgs84), ("BD-09", |place| bd09_from_gcj02(gcj02_from_wgs84(place)))];
    for (name, shift) in shifts {
        if metres(shift(there), here) <= SAME_M {
            let back = if name == "BD-09" { Datum::Bd09 } else { Datum::Gcj02 };
            let [lat, lon] = back.to_wgs84(here);
            let text = format!(
                "the whole map is {off_m:.0} m off the other one, just as {name} is off WGS-84: its junction is at {lat:.6}, {lon:.6}; import it with --{}",
                if back == Datum::Bd09 { "bd09" } else { "gcj02" }
            );
            report.add(Severity::Wrong, "", String::new(), Some([0.0, 0.0]), text);
            return;
        }
        if metres(shift(here), there) <= SAME_M {
            let text = format!(
                "the other map is {off_m:.0} m off this one, just as {name} is off WGS-84: it is the other that is shifted"
            );
            report.add(Severity::Doubtful, "", String::new(), Some([0.0, 0.0]), text);
            return;
        }
    }
    let text = if off_m > OTHER_PLACE_M {
        format!("the other map is {:.1} km away: it is of another junction", off_m / 1000.0)
    } else {
        format!("the whole map is {off_m:.0} m off the other one")
    };
    report.add(Severity::Doubtful, "", String::new(), Some([0.0, 0.0]), text);
}
