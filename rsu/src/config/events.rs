//! What is wrong with `[events]`: limits out of range, places and gauges that are none.

use perception::events::{EventSettings, MOST_GAUGES, SettingsError};

use crate::map::{SiteMap, outline};

/// What is farther off is not at this site, metres.
const FARTHEST_M: f64 = 10_000.0;

/// All of it: the key, and what is wrong there.
pub(super) fn problems(events: &EventSettings, map: Option<&SiteMap>) -> Vec<(String, String)> {
    let out_of_range =
        |SettingsError { key, value, least, most }| (format!("events.{key}"), format!("is {value}; {least} to {most}"));
    let mut found: Vec<_> = events.problems().into_iter().map(out_of_range).collect();
    let is_unknown = |lane: &str| map.is_some_and(|map| !map.has_lane(lane));
    let no_lane = |lane: &str| format!("names the lane {lane:?}, which the map does not have");
    for (place, number) in events.no_stopping.iter().zip(1..) {
        let key = format!("events.no_stopping {number}");
        if place.polygon_enu_m.is_empty() && place.lanes.is_empty() {
            found.push((key.clone(), "has neither polygon_enu_m nor lanes".into()));
        }
        let fault = (!place.polygon_enu_m.is_empty()).then(|| outline::fault(&place.polygon_enu_m)).flatten();
        found.extend(fault.map(|text| (format!("{key} polygon_enu_m"), text)));
        let unknown = place.lanes.iter().filter(|lane| is_unknown(lane));
        found.extend(unknown.map(|lane| (key.clone(), no_lane(lane))));
    }
    for (index, gauge) in events.gauges.iter().enumerate() {
        let key = format!("events.gauges {:?}", gauge.id);
        if events.gauges.iter().take(index).any(|other| other.id == gauge.id) {
            found.push((key.clone(), "is there twice".into()));
        }
        if !gauge.place_enu_m.iter().all(|metres| metres.abs() <= FARTHEST_M) {
            found.push((key.clone(), format!("place_enu_m is {:?}; within {FARTHEST_M} m", gauge.place_enu_m)));
        }
        found.extend(gauge.lane.iter().filter(|lane| is_unknown(lane)).map(|lane| (key.clone(), no_lane(lane))));
    }
    if events.gauges.len() > MOST_GAUGES {
        found.push(("events.gauges".into(), format!("are {}; {MOST_GAUGES} at most", events.gauges.len())));
    }
    found
}
