//! May this be said of a lot? Only of what was looked at lately, adds up, and lies where the site may report.

use perception::frames::inside;
use perception::parking::{BayStatus, Lot, LotState};
use perception::time::UtcMicros;

use super::Reason;

/// A lot that was not looked at for longer is not told of, seconds.
const OLDEST_S: f64 = 2.0;

/// Why a lot is not told of; `region`: where this site may report, empty: anywhere.
pub fn lot_may_be_said(now: UtcMicros, lot: &Lot, state: &LotState, region: &[[f64; 2]]) -> Result<(), Reason> {
    let is_fresh = state.at.is_some_and(|at| (-OLDEST_S..=OLDEST_S).contains(&now.seconds_since(at)));
    if !is_fresh {
        return Err(Reason::ParkingStale);
    }
    let count = |status| state.bays.iter().filter(|bay| bay.status == status).count();
    let adds_up =
        [(BayStatus::Free, state.free), (BayStatus::Occupied, state.occupied), (BayStatus::Unknown, state.unknown)]
            .into_iter()
            .all(|(status, told)| u32::try_from(count(status)) == Ok(told));
    let are_the_maps = state.bays.iter().map(|bay| &bay.id).eq(lot.bays.iter().map(|bay| &bay.id));
    if !adds_up || !are_the_maps {
        return Err(Reason::ParkingInconsistent);
    }
    let outside = |point: &[f64; 2]| !region.is_empty() && !inside(region, *point);
    match lot.bays.iter().flat_map(|bay| &bay.polygon_enu_m).any(outside) {
        true => Err(Reason::OutsideRegion),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use perception::calibration::SiteGeometry;
    use perception::parking::{Bay, ParkingMonitor};

    use super::*;

    #[test]
    fn a_lot_is_said_while_it_is_looked_at_adds_up_and_lies_in_the_region() {
        let square = |east: f64| vec![[east, 0.0], [east + 3.0, 0.0], [east + 3.0, 5.0], [east, 5.0]];
        let bay = |id: &str, east| Bay { id: id.into(), polygon_enu_m: square(east), max_stay_s: None };
        let bays = vec![bay("a", 0.0), bay("b", 3.0)];
        let lot = Lot { id: "p".into(), name: "p".into(), bays, capacity: None, max_stay_s: None, gates: vec![] };
        let geometry: SiteGeometry = serde_json::from_str(
            r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[]}"#,
        )
        .expect("well-formed");
        let mut monitor = ParkingMonitor::new(&lot, &geometry);
        let (now, region) = (UtcMicros(9_000_000), [[-1.0, -1.0], [7.0, -1.0], [7.0, 6.0], [-1.0, 6.0]]);
        assert_eq!(lot_may_be_said(now, &lot, &monitor.state(), &[]), Err(Reason::ParkingStale), "never looked at");
        monitor.update(now, &[], &[]);
        let state = monitor.state();
        assert_eq!(lot_may_be_said(now.plus_seconds(2.0), &lot, &state, &region), Ok(()));
        assert_eq!(lot_may_be_said(now.plus_seconds(2.1), &lot, &state, &region), Err(Reason::ParkingStale));
        assert_eq!(lot_may_be_said(now, &lot, &state, &region[..3]), Err(Reason::OutsideRegion));
        let wrong = LotState { free: 1, ..state.clone() };
        assert_eq!(lot_may_be_said(now, &lot, &wrong, &[]), Err(Reason::ParkingInconsistent));
        let mut renamed = lot;
        renamed.bays.swap(0, 1);
        assert_eq!(lot_may_be_said(now, &renamed, &state, &[]), Err(Reason::ParkingInconsistent));
    }
}
