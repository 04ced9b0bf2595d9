//! What follows from the picture for the road: who is in which lane, what traffic it makes, which bays are taken.
//!
//! Sans-IO, like the pipeline whose stages *locate* and *assess* this is.

use perception::calibration::SiteGeometry;
use perception::detection::SensorId;
use perception::lanes::{LaneMap, LocatedTrack};
use perception::parking::{LotState, ParkingMonitor};
use perception::time::UtcMicros;
use perception::track::Track;
use perception::traffic::{LaneWindow, TrafficCounter};

use crate::map::SiteMap;

/// One site's view of its own traffic.
#[derive(Debug)]
pub struct Assessor {
    lanes: LaneMap,
    traffic: TrafficCounter,
    lots: Vec<ParkingMonitor>,
}

impl Assessor {
    /// For a site; traffic is summed up over windows of `traffic_window_s` seconds.
    pub fn new(geometry: &SiteGeometry, map: Option<&SiteMap>, traffic_window_s: u32) -> Self {
        let lots = map.map_or(&[][..], |map| &map.lots);
        Self {
            lanes: LaneMap::new(&geometry.lanes),
            traffic: TrafficCounter::new(geometry, traffic_window_s),
            lots: lots.iter().map(|lot| ParkingMonitor::new(lot, geometry)).collect(),
        }
    }

    /// Takes the picture at `now`, seen by the sensors `live`; gives it back with everybody's lane.
    pub fn look(&mut self, now: UtcMicros, tracks: Vec<Track>, live: &[SensorId]) -> Vec<LocatedTrack> {
        for lot in &mut self.lots {
            lot.update(now, &tracks, live);
        }
        let tracks = self.lanes.locate_all(tracks);
        self.traffic.update(now, &tracks, live);
        tracks
    }

    /// Every lot as it is.
    pub fn lots(&self) -> Vec<LotState> {
        self.lots.iter().map(ParkingMonitor::state).collect()
    }

    /// Somebody has counted the vehicles in a lot; false: there is no such lot.
    pub fn set_lot_count(&mut self, lot: &SensorId, vehicles: u32) -> bool {
        let found = self.lots.iter_mut().find(|monitor| monitor.id() == lot);
        found.map(|monitor| monitor.set_count(vehicles)).is_some()
    }

    /// Traffic windows that ended by `now`; each is handed out once.
    pub fn take_traffic(&mut self, now: UtcMicros) -> Vec<LaneWindow> {
        self.traffic.take_finished(now)
    }
}
