//! What MAP cannot carry.

use asn1::Dialect;
use perception::time::UtcMicros;

use super::{Report, Severity, lane_id, start};
use crate::map::{SiteMap, enu2};
use crate::messages::encode_map;

/// The most points of a lane that China's MAP has room for, and the US one.
const POINTS: [(usize, &str); 2] = [(31, "China's MAP"), (63, "the US MAP")];
/// The most phases of a node that China's SPAT has room for.
const CN_PHASES: usize = 16;
/// A line is told to within this, metres.
const EXACT_M: f64 = 0.05;

pub(super) fn look(map: &SiteMap, max_octets: usize, report: &mut Report) {
    for link in &map.links {
        for lane in &link.lanes {
            let line = report.enu(&lane.points);
            let needed = crate::map::geometry::simplified(&line, EXACT_M).len();
            for (most, message) in POINTS {
                if needed > most {
                    let text =
                        format!("needs {needed} points; {message} has room for {most}, so it is told less exactly");
                    report.add(Severity::Doubtful, "lane", lane_id(link, lane), start(&line), text);
                }
            }
        }
    }
    for node in map.served_nodes() {
        let groups = map.groups_at(node.id).len();
        if groups > CN_PHASES {
            let text = format!("has {groups} signal groups; China's SPAT has room for {CN_PHASES}, so it is not sent");
            let at = enu2(&report.frame, &node.position);
            report.add(Severity::Doubtful, "node", node.id.id.to_string(), Some(at), text);
        }
    }
    let unnumbered = map.crosswalks.iter().enumerate().filter(|(index, _)| map.crosswalk_lane(*index).is_none());
    for (_, crosswalk) in unnumbered {
        let text = "is not in the US MAP: its lanes and crosswalks have 254 numbers";
        report.add(Severity::Doubtful, "crosswalk", crosswalk.id.clone(), start(&report.enu(&crosswalk.polygon)), text);
    }
    for dialect in [Dialect::CnGbt31024_2019, Dialect::CnN4, Dialect::CnCsae157, Dialect::UsJ27352024] {
        match encode_map(map, dialect, max_octets, 0, UtcMicros(0)) {
            Err(error) => {
                let text = format!("{dialect}: MAP cannot be encoded: {error}");
                report.add(Severity::Wrong, "", String::new(), None, text);
            }
            Ok(parts) => {
                let longest = parts.iter().map(Vec::len).max().unwrap_or(0);
                if longest > max_octets {
                    let text = format!(
                        "{dialect}: a part of MAP that cannot be divided has {longest} octets, more than {max_octets}"
                    );
                    report.add(Severity::Wrong, "", String::new(), None, text);
                }
            }
        }
    }
}
