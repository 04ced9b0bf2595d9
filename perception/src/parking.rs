//! Parking: which bays of a lot are taken, free, or out of sight.

use serde::{Deserialize, Serialize};

use crate::calibration::{SensorModel, SiteGeometry};
use crate::detection::SensorId;
use crate::frames::{in_field_of_view, inside};
use crate::priors::is_motor_vehicle;
use crate::time::UtcMicros;
use crate::track::Track;

/// One parking bay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bay {
    /// Unique in the lot.
    pub id: SensorId,
    /// Outline, site ENU, metres; three corners or more.
    pub polygon_enu_m: Vec<[f64; 2]>,
}

/// A parking lot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lot {
    /// Unique in the site.
    pub id: SensorId,
    /// What people call it.
    pub name: String,
    /// Its bays.
    pub bays: Vec<Bay>,
}

/// Whether a bay is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BayStatus {
    /// Nobody can see it.
    Unknown,
    /// Seen, and empty.
    Free,
    /// A vehicle stands in it.
    Occupied,
}

/// One bay's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BayState {
    /// The bay.
    pub id: SensorId,
    /// Its status.
    pub status: BayStatus,
    /// Since when.
    pub since: UtcMicros,
}

/// A lot's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LotState {
    /// The lot.
    pub id: SensorId,
    /// What people call it.
    pub name: String,
    /// How many bays are free.
    pub free: u32,
    /// How many are taken.
    pub occupied: u32,
    /// How many are out of sight.
    pub unknown: u32,
    /// Each bay, in the lot's order.
    pub bays: Vec<BayState>,
}

/// How long a vehicle must stand before a bay is taken, seconds.
const TAKEN_AFTER_S: f64 = 2.0;
/// How long a bay must be seen empty before it is free, seconds.
const FREE_AFTER_S: f64 = 4.0;
/// How long a bay must be out of sight before its state is unknown, seconds.
const UNKNOWN_AFTER_S: f64 = 10.0;
/// Faster than this a vehicle only passes, m/s.
const STANDING_MPS: f64 = 0.7;

#[derive(Clone, Debug)]
struct Watched {
    state: BayState,
    polygon: Vec<[f64; 2]>,
    /// Sensors in whose field of view the bay's middle lies.
    in_view_of: Vec<SensorId>,
    /// What it looks like at the moment, and since when.
    looks: BayStatus,
    looks_since: UtcMicros,
}

/// Watches one lot.
#[derive(Clone, Debug)]
pub struct ParkingMonitor {
    lot_id: SensorId,
    name: String,
    bays: Vec<Watched>,
    last: Option<UtcMicros>,
}

impl ParkingMonitor {
    /// For a lot of a site; which sensors can see each bay follows from their geometry.
    pub fn new(lot: &Lot, site: &SiteGeometry) -> Self {
        let watch = |bay: &Bay| Watched {
            state: BayState { id: bay.id.clone(), status: BayStatus::Unknown, since: UtcMicros(0) },
            in_view_of: site
                .sensors
                .iter()
                .filter(|sensor| sees(sensor, middle(bay)))
                .map(|s| s.id().clone())
                .collect(),
            polygon: bay.polygon_enu_m.clone(),
            looks: BayStatus::Unknown,
            looks_since: UtcMicros(0),
        };
        Self { lot_id: lot.id.clone(), name: lot.name.clone(), bays: lot.bays.iter().map(watch).collect(), last: None }
    }

    /// Takes the picture of a time and the names of the sensors that deliver.
    pub fn update(&mut self, at: UtcMicros, tracks: &[Track], live: &[SensorId]) {
        let stepped_back = self.last.is_some_and(|last| last.seconds_since(at) > 1.0);
        let first = self.last.is_none();
        self.last = Some(at);
        for bay in &mut self.bays {
            if stepped_back || first {
                bay.looks_since = at;
                bay.state.since = at;
            }
            let looks = bay.look(tracks, live);
            if looks != bay.looks {
                bay.looks = looks;
                bay.looks_since = at;
            }
            let held_s = at.seconds_since(bay.looks_since);
            let needed_s = match looks {
                BayStatus::Occupied => TAKEN_AFTER_S,
                BayStatus::Free => FREE_AFTER_S,
                BayStatus::Unknown => UNKNOWN_AFTER_S,
            };
            if looks != bay.state.status && held_s >= needed_s {
                bay.state.status = looks;
                bay.state.since = bay.looks_since;
            }
        }
    }

    /// The lot as it is.
    pub fn state(&self) -> LotState {
        let count = |status| {
            let n = self.bays.iter().filter(|bay| bay.state.status == status).count();
            u32::try_from(n).unwrap_or(u32::MAX)
        };
        LotState {
            id: self.lot_id.clone(),
            name: self.name.clone(),
            free: count(BayStatus::Free),
            occupied: count(BayStatus::Occupied),
            unknown: count(BayStatus::Unknown),
            bays: self.bays.iter().map(|bay| bay.state.clone()).collect(),
        }
    }
}

impl Watched {
    fn look(&self, tracks: &[Track], live: &[SensorId]) -> BayStatus {
        let stands = |track: &Track| is_motor_vehicle(track.class) && track.speed_mps() < STANDING_MPS;
        if tracks.iter().any(|track| stands(track) && inside(&self.polygon, track.position_enu_m)) {
            BayStatus::Occupied
        } else if self.in_view_of.iter().any(|sensor| live.contains(sensor)) {
            BayStatus::Free
        } else {
            BayStatus::Unknown
        }
    }
}

fn middle(bay: &Bay) -> [f64; 2] {
    let n = bay.polygon_enu_m.len().max(1) as f64;
    [0, 1].map(|axis: usize| bay.polygon_enu_m.iter().map(|corner| corner[axis]).sum::<f64>() / n)
}

/// Only cameras tell an empty bay from one with a parked, and so to a radar silent, vehicle.
fn sees(sensor: &SensorModel, at: [f64; 2]) -> bool {
    matches!(sensor, SensorModel::Camera(_)) && in_field_of_view(sensor, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::track_at;

    fn monitor() -> ParkingMonitor {
        let site: SiteGeometry = serde_json::from_str(
            r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[
            {"id":"c","kind":"camera","width_px":640,"height_px":480,"k":[500,500,320,240],
             "position_enu_m":[0,0,6],"enu_from_camera":[1,0,0,0,0,1,0,-1,0]}]}"#,
        )
        .expect("well-formed");
        let bay = |id: &str, east: f64, north: f64| Bay {
            id: id.into(),
            polygon_enu_m: vec![[east, north], [east + 2.5, north], [east + 2.5, north + 5.0], [east, north + 5.0]],
        };
        let bays = vec![bay("1", 0.0, 30.0), bay("2", 3.0, 30.0), bay("behind", 0.0, -30.0)];
        ParkingMonitor::new(&Lot { id: "p".into(), name: "P".into(), bays }, &site)
    }

    fn statuses(monitor: &ParkingMonitor) -> Vec<BayStatus> {
        monitor.state().bays.iter().map(|bay| bay.status).collect()
    }

    #[test]
    fn a_bay_is_taken_by_what_stands_free_when_seen_empty_and_unknown_when_unseen() {
        use BayStatus::{Free, Occupied, Unknown};
        let (mut monitor, live): (_, [SensorId; 1]) = (monitor(), ["c".into()]);
        let parked = [track_at(1, [1.0, 32.0], [0.0, 0.0])];
        let mut run = |from_s: i64, to_s: i64, tracks: &[Track], live: &[SensorId]| {
            for s in from_s..to_s {
                monitor.update(UtcMicros(s * 1_000_000), tracks, live);
            }
            statuses(&monitor)
        };
        assert_eq!(run(0, 2, &parked, &live), [Unknown, Unknown, Unknown]);
        assert_eq!(run(2, 6, &parked, &live), [Occupied, Free, Unknown]);
        assert_eq!(run(6, 8, &[], &live), [Occupied, Free, Unknown], "a moment without its track changes nothing");
        assert_eq!(run(8, 12, &[], &live), [Free, Free, Unknown]);
        assert_eq!(run(12, 20, &[], &[]), [Free, Free, Unknown]);
        assert_eq!(run(20, 24, &[], &[]), [Unknown, Unknown, Unknown], "the camera is gone");
        let state = monitor.state();
        assert_eq!((state.free, state.occupied, state.unknown), (0, 0, 3));
        assert_eq!(state.bays[0].since, UtcMicros(12_000_000));
    }

    #[test]
    fn driving_through_takes_no_bay() {
        let (mut monitor, live): (_, [SensorId; 1]) = (monitor(), ["c".into()]);
        for s in 0..8 {
            monitor.update(UtcMicros(s * 1_000_000), &[track_at(1, [1.0, 32.0], [0.0, 5.0])], &live);
        }
        assert_eq!(statuses(&monitor)[0], BayStatus::Free);
    }
}
