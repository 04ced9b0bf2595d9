//! What follows from the picture for the road: who is in which lane, what traffic it makes, which bays are taken, what happens
//! that somebody should be told of.
//!
//! Sans-IO, like the pipeline whose stages *locate* and *assess* this is.

use std::collections::BTreeMap;

use perception::calibration::SiteGeometry;
use perception::detection::SensorId;
use perception::events::{Event, EventMonitor, EventSettings, LaneLight, Scene, WaterLevel};
use perception::frames::SiteFrame;
use perception::hindsight::Hindsight;
use perception::lanes::{LaneMap, LocatedTrack};
use perception::parking::{KeptCount, LotState, ParkingMonitor};
use perception::time::UtcMicros;
use perception::track::Track;
use perception::traffic::{Crosswalk, Phase, TrafficCounter, TrafficWindow};

use crate::map::{self, Maneuver, SiteMap, enu2};
use crate::signals::{GroupState, Light, SignalState};

/// One site's view of its own traffic.
#[derive(Debug)]
pub struct Assessor {
    lanes: LaneMap,
    hindsight: Hindsight,
    traffic: TrafficCounter,
    lots: Vec<ParkingMonitor>,
    events: EventMonitor,
    lights: LaneLights,
}

impl Assessor {
    /// For a site; traffic is summed up over windows of `traffic_window_s` seconds and longer.
    pub fn new(geometry: &SiteGeometry, map: Option<&SiteMap>, traffic_window_s: u32, events: EventSettings) -> Self {
        let lots = map.map_or(&[][..], |map| &map.lots);
        let frame = SiteFrame::new(geometry.origin);
        let crosswalks = map.map(|map| crosswalks(map, &frame)).unwrap_or_default();
        let crosswalks_enu_m = crosswalks.iter().map(|crosswalk| crosswalk.outline_enu_m.clone()).collect();
        Self {
            lanes: LaneMap::new(&geometry.lanes),
            hindsight: Hindsight::default(),
            traffic: TrafficCounter::new(geometry, crosswalks, traffic_window_s),
            lots: lots.iter().map(|lot| ParkingMonitor::new(lot, geometry)).collect(),
            events: EventMonitor::new(geometry, crosswalks_enu_m, events),
            lights: LaneLights::new(geometry, map),
        }
    }

    /// Takes the picture at `now`, seen by the sensors `live`; gives it back with everybody's lane.
    pub fn look(&mut self, now: UtcMicros, tracks: Vec<Track>, live: &[SensorId]) -> Vec<LocatedTrack> {
        for lot in &mut self.lots {
            lot.update(now, &tracks, live);
        }
        let tracks = self.lanes.locate_all(tracks);
        let past = self.hindsight.look(now, &tracks);
        self.traffic.update(now, &tracks, live);
        if let Some(past) = &past {
            self.traffic.look_back(now, past);
        }
        let scene = Scene { tracks: &tracks, past: past.as_ref(), live, lights: self.lights.at(now) };
        self.events.look(now, scene);
        tracks
    }

    /// Takes what is believed of the lights.
    pub fn signal(&mut self, now: UtcMicros, state: &SignalState) {
        self.lights.hear(now, state);
        let shown = |group: &GroupState| Some((u32::from(group.id), phase(group.light)?));
        self.traffic.signal(now, &state.groups.iter().filter_map(shown).collect::<Vec<_>>());
    }

    /// Takes how high the water stands.
    ///
    /// # Errors
    /// Why it is not used.
    pub fn water(&mut self, level: WaterLevel) -> Result<(), &'static str> {
        self.events.water(level)
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

    /// The lots' counts, to be kept.
    pub fn lot_counts(&self) -> BTreeMap<SensorId, KeptCount> {
        self.lots.iter().filter_map(|lot| Some((lot.id().clone(), lot.kept_count()?))).collect()
    }

    /// Goes on at `now` from counts that were kept.
    pub fn go_on_counting(&mut self, now: UtcMicros, kept: &BTreeMap<SensorId, KeptCount>) {
        for lot in &mut self.lots {
            if let Some(kept) = kept.get(lot.id()) {
                lot.go_on_counting(now, kept);
            }
        }
    }

    /// Traffic windows that ended by `now`; each is handed out once.
    pub fn take_traffic(&mut self, now: UtcMicros) -> Vec<TrafficWindow> {
        self.traffic.take_finished(now)
    }

    /// Events that began, changed or ended since the last call; how many could not be begun, since there were too many.
    pub fn take_events(&mut self) -> (Vec<Event>, u64) {
        (self.events.take_news(), self.events.take_refused())
    }

    /// Events that last.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.events.active()
    }
}

/// A map's crosswalks as counting needs them.
pub fn crosswalks(map: &SiteMap, frame: &SiteFrame) -> Vec<Crosswalk> {
    let crosswalk = |drawn: &map::Crosswalk| Crosswalk {
        id: drawn.id.as_str().into(),
        outline_enu_m: drawn.polygon.iter().map(|point| enu2(frame, point)).collect(),
        signal_group: drawn.signal_group.map(u32::from),
    };
    map.crosswalks.iter().map(crosswalk).collect()
}

/// What a light means to those who come up to it; `None`: it says nothing.
fn phase(light: Light) -> Option<Phase> {
    match light {
        Light::Green => Some(Phase::Green),
        Light::Yellow => Some(Phase::Yellow),
        Light::Red | Light::RedYellow => Some(Phase::Red),
        Light::FlashingRed | Light::FlashingYellow | Light::Dark | Light::Unavailable => None,
    }
}

/// A light that was not known for so long is forgotten, seconds.
const SILENT_S: f64 = 2.0;

/// From the lights of groups to those of lanes.
#[derive(Debug)]
struct LaneLights {
    /// The groups that rule a lane's ways, right turns aside unless it leads nowhere else.
    groups: Vec<(SensorId, Vec<u8>)>,
    lights: BTreeMap<SensorId, LaneLight>,
    /// When each lane's light was last known.
    known_at: BTreeMap<SensorId, UtcMicros>,
}

impl LaneLights {
    fn new(geometry: &SiteGeometry, map: Option<&SiteMap>) -> Self {
        let drawn = map.into_iter().flat_map(|map| &map.links).flat_map(|link| {
            link.lanes.iter().map(move |lane| {
                let group = |right: bool| {
                    let ways = lane.connections.iter().filter(move |way| (way.maneuver == Maneuver::Right) == right);
                    ways.filter_map(|way| way.signal_group).collect::<Vec<_>>()
                };
                let ahead = group(false);
                let groups = if ahead.is_empty() { group(true) } else { ahead };
                (SensorId::from(format!("{}/{}", link.id, lane.number)), groups)
            })
        });
        let mut groups: Vec<(SensorId, Vec<u8>)> = drawn.filter(|(_, groups)| !groups.is_empty()).collect();
        for lane in &geometry.lanes {
            let group = lane.signal_group.and_then(|group| u8::try_from(group).ok());
            if let Some(group) = group.filter(|_| groups.iter().all(|(known, _)| *known != lane.id)) {
                groups.push((lane.id.clone(), vec![group]));
            }
        }
        Self { groups, lights: BTreeMap::new(), known_at: BTreeMap::new() }
    }

    fn hear(&mut self, now: UtcMicros, state: &SignalState) {
        for (lane, groups) in &self.groups {
            let light = |group: &u8| state.groups.iter().find(|known| known.id == *group).map(|known| known.light);
            let shown: Option<Vec<Phase>> = groups.iter().map(|group| light(group).and_then(phase)).collect();
            // Between two words of a slow controller a light is held back for a moment; it is still the same.
            let Some(shown) = shown else { continue };
            self.known_at.insert(lane.clone(), now);
            let stop = shown.iter().all(|phase| *phase == Phase::Red);
            match self.lights.get_mut(lane) {
                Some(known) if known.stop == stop => {}
                _ => drop(self.lights.insert(lane.clone(), LaneLight { stop, since: now })),
            }
        }
    }

    fn at(&mut self, now: UtcMicros) -> &BTreeMap<SensorId, LaneLight> {
        let known = |at: &UtcMicros| (0.0..=SILENT_S).contains(&now.seconds_since(*at));
        self.lights.retain(|lane, _| self.known_at.get(lane).is_some_and(known));
        &self.lights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_that_is_held_back_for_a_moment_has_not_changed() {
        let geometry: SiteGeometry = serde_json::from_str(
            r#"{"name":"t","origin":{"lat_deg":31.0,"lon_deg":121.0,"ellipsoidal_height_m":5.0},"sensors":[],
            "lanes":[{"id":"n/1","width_m":3.3,"centerline_enu_m":[[0,0],[0,50]],"maneuvers":["straight"],"signal_group":3,
            "allowed":[]}]}"#,
        )
        .expect("a site");
        let mut lights = LaneLights::new(&geometry, None);
        let at = |s: f64| UtcMicros(0).plus_seconds(s);
        let mut say = |s: f64, light| {
            let groups = vec![GroupState::new(3, light)];
            let state = SignalState { captured_at: at(s), control: None, plan: None, groups };
            lights.hear(at(s), &state);
            lights.at(at(s)).get("n/1").map(|light| (light.stop, light.since))
        };
        assert_eq!(say(10.0, Light::Red), Some((true, at(10.0))));
        assert_eq!(say(11.5, Light::Unavailable), Some((true, at(10.0))));
        assert_eq!(say(12.0, Light::Red), Some((true, at(10.0))));
        assert_eq!(say(14.5, Light::Unavailable), None);
        assert_eq!(say(15.0, Light::Red), Some((true, at(15.0))));
    }
}
