//! What happens on the road that somebody should be told of: who drives against the lane, what stands where it should not,
//! who runs a red light.
//!
//! Sans-IO: the picture, the lights of the lanes and the sensors that deliver go in, [`Event`]s come out. Rules look for
//! *signs*, each with its own threshold to begin and a weaker one to go on; the ledger makes incidents of them: one for what
//! belongs together, a bounded number, begun once, ended when it was seen to be over or not seen for too long.
//! Limits and where they come from: [`EventSettings`] and `docs/ref/events.md`.

mod congestion;
mod ledger;
mod light;
mod memory;
mod near;
mod pairs;
mod places;
mod rules;
mod settings;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calibration::SiteGeometry;
use crate::detection::SensorId;
use crate::frames::{SiteFrame, Wgs84};
use crate::hindsight::PastPicture;
use crate::lanes::LocatedTrack;
use crate::time::UtcMicros;

use ledger::{Ledger, Sign};
use memory::Memories;
use near::NearMisses;
use pairs::Pairs;
use places::Road;
pub use settings::{EventSettings, NoStopping, SettingsError, WaterGauge};

/// Incidents are numbered from 0 to below this. The numbers from here to 255 are left to what others want told of, since
/// vehicles hear both as one kind of number (`rteId` of RSI, an octet).
pub const NUMBERS: u8 = 192;

/// What kind of event. The names are those of the configuration, the metrics and the city's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A motor vehicle drives against the direction of its lane.
    WrongWay,
    /// A motor vehicle stands in a lane without a reason to wait.
    StoppedVehicle,
    /// A motor vehicle drives much slower than it may, with nobody in front.
    SlowVehicle,
    /// A motor vehicle drives much faster than it may.
    Speeding,
    /// Somebody walks in a lane for vehicles.
    Pedestrian,
    /// An animal goes or stands in a lane for vehicles.
    Animal,
    /// Something that is no road user lies in a lane.
    Debris,
    /// A standing queue reaches the beginning of its lane.
    QueueSpillback,
    /// A lane has hardly moved for minutes.
    Congestion,
    /// A vehicle crossed the stop line at red and went on.
    RedLightRunning,
    /// Two road users would have met within the time that it takes to react.
    NearMiss,
    /// Two road users stand against each other after one of them stopped abruptly.
    AccidentSuspected,
    /// A vehicle stands where it must not, for too long.
    IllegalParking,
    /// Water stands on the road.
    Flooding,
}

impl EventKind {
    /// All of them, in the order of the type.
    pub const ALL: [Self; 14] = [
        Self::WrongWay,
        Self::StoppedVehicle,
        Self::SlowVehicle,
        Self::Speeding,
        Self::Pedestrian,
        Self::Animal,
        Self::Debris,
        Self::QueueSpillback,
        Self::Congestion,
        Self::RedLightRunning,
        Self::NearMiss,
        Self::AccidentSuspected,
        Self::IllegalParking,
        Self::Flooding,
    ];

    /// The name in configuration, metrics and the city's data.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WrongWay => "wrong_way",
            Self::StoppedVehicle => "stopped_vehicle",
            Self::SlowVehicle => "slow_vehicle",
            Self::Speeding => "speeding",
            Self::Pedestrian => "pedestrian",
            Self::Animal => "animal",
            Self::Debris => "debris",
            Self::QueueSpillback => "queue_spillback",
            Self::Congestion => "congestion",
            Self::RedLightRunning => "red_light_running",
            Self::NearMiss => "near_miss",
            Self::AccidentSuspected => "accident_suspected",
            Self::IllegalParking => "illegal_parking",
            Self::Flooding => "flooding",
        }
    }
}

/// Why an event is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// It was seen to be over.
    Cleared,
    /// Nothing was seen of it for too long: whether it is over is not known.
    Lost,
    /// It was of a moment, and is past.
    Passed,
}

impl Ending {
    /// Its name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cleared => "cleared",
            Self::Lost => "lost",
            Self::Passed => "passed",
        }
    }
}

/// One incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Number of the incident, unique while it lasts; below [`NUMBERS`], used again after all others.
    pub number: u8,
    /// What it is.
    pub kind: EventKind,
    /// Where it was last seen, site ENU east and north, metres.
    pub place_enu_m: [f64; 2],
    /// The same on the earth.
    pub place: Wgs84,
    /// Its lane, `<link>/<lane>`. `None`: in none.
    pub lane: Option<SensorId>,
    /// Evidence: the newest tracks that showed it, at most eight; none for water.
    pub tracks: Vec<u64>,
    /// What is measured of it, in the unit of its kind: speed of a moving vehicle, m/s; length of a queue and depth of water,
    /// metres; time to collision, seconds. `None`: nothing.
    pub measure: Option<f64>,
    /// How sure it is, 0 to 1: the least existence of its evidence.
    pub confidence: f64,
    /// When what it is about began, not when it was recognised.
    pub began_at: UtcMicros,
    /// When it was last seen.
    pub seen_at: UtcMicros,
    /// True while nothing shows it and nothing shows that it is over.
    pub unseen: bool,
    /// When and why it ended. `None`: it lasts.
    pub ended: Option<(UtcMicros, Ending)>,
}

/// What a lane's signal asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneLight {
    /// True: red for every way that it leads, right turns aside. False: some way is free.
    pub stop: bool,
    /// Since when, or since when it is known.
    pub since: UtcMicros,
}

/// How high the water stands at a gauge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WaterLevel {
    /// The gauge's id, as in the settings.
    pub gauge: SensorId,
    /// Depth of the water on the road, metres.
    pub depth_m: f64,
    /// When it was measured.
    pub measured_at: UtcMicros,
}

/// What is to be looked at.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The picture.
    pub tracks: &'a [LocatedTrack],
    /// That of half a second before, when one is due.
    pub past: Option<&'a PastPicture>,
    /// Sensors that deliver.
    pub live: &'a [SensorId],
    /// Lights of the lanes whose signal is known and believed.
    pub lights: &'a BTreeMap<SensorId, LaneLight>,
}

/// Looks for events in one picture after the other.
#[derive(Clone, Debug)]
pub struct EventMonitor {
    settings: EventSettings,
    road: Road,
    frame: SiteFrame,
    memories: Memories,
    lanes: places::LaneMemories,
    pairs: Pairs,
    near_misses: NearMisses,
    water: BTreeMap<SensorId, WaterLevel>,
    ledger: Ledger,
    last: Option<UtcMicros>,
}

/// Time that runs back by more than this, or ahead by more than [`LEAP_S`], was set.
const BACK_S: f64 = 0.5;
const LEAP_S: f64 = 10.0;
/// Most gauges that are listened to.
pub const MOST_GAUGES: usize = 64;

impl EventMonitor {
    /// For a site. `crosswalks_enu_m` are outlines on which people may be, in metres of the site's frame.
    pub fn new(site: &SiteGeometry, crosswalks_enu_m: Vec<Vec<[f64; 2]>>, settings: EventSettings) -> Self {
        Self {
            road: Road::new(site, crosswalks_enu_m),
            frame: SiteFrame::new(site.origin),
            memories: Memories::default(),
            lanes: places::LaneMemories::default(),
            pairs: Pairs::default(),
            near_misses: NearMisses::default(),
            water: BTreeMap::new(),
            ledger: Ledger::default(),
            last: None,
            settings,
        }
    }

    /// Takes a gauge's word.
    ///
    /// # Errors
    /// Why it is not used, as `lukou_dropped_total` counts it.
    pub fn water(&mut self, level: WaterLevel) -> Result<(), &'static str> {
        if !(0.0..=20.0).contains(&level.depth_m) {
            return Err("impossible");
        }
        if !self.settings.gauges.iter().take(MOST_GAUGES).any(|gauge| gauge.id == level.gauge) {
            return Err("unknown_gauge");
        }
        if self.water.get(&level.gauge).is_some_and(|known| known.measured_at > level.measured_at) {
            return Err("out_of_order");
        }
        self.water.insert(level.gauge.clone(), level);
        Ok(())
    }

    /// Takes the picture at `now`.
    pub fn look(&mut self, now: UtcMicros, scene: Scene<'_>) {
        if let Some(last) = self.last {
            let passed_s = now.seconds_since(last);
            if !(-BACK_S..=LEAP_S).contains(&passed_s) {
                self.forget(now);
            } else if passed_s <= 0.0 {
                return;
            }
        }
        self.last = Some(now);
        let mut signs = Vec::new();
        self.memories.remember(now, scene.tracks, &self.settings);
        rules::look(now, &scene, &mut self.memories, &self.road, &self.settings, &mut signs);
        light::look(now, &scene, &mut self.memories, &self.settings, &mut signs);
        self.lanes.look(now, &scene, &self.memories, &self.road, &self.settings, &mut signs);
        self.pairs.look(now, scene.tracks, &self.memories, &self.settings, &mut signs);
        if let Some(past) = scene.past {
            self.near_misses.look(past, &self.settings, &mut signs);
        }
        self.water_signs(now, &mut signs);
        signs.retain(|sign| !self.settings.off.contains(&sign.kind));
        self.ledger.take(now, signs, &scene, &self.road, &self.frame);
    }

    /// Incidents that began, changed or ended since the last call, in that order of time; one that changed is told at most
    /// once a second.
    pub fn take_news(&mut self) -> Vec<Event> {
        self.ledger.take_news()
    }

    /// Incidents that last, in ascending order of their beginning.
    pub fn active(&self) -> impl Iterator<Item = &Event> {
        self.ledger.active()
    }

    /// Signs of incidents that could not be begun, since there were too many, since the last call.
    pub fn take_refused(&mut self) -> u64 {
        self.ledger.take_refused()
    }

    /// The clock was set: nothing is known of how long anything has lasted.
    fn forget(&mut self, now: UtcMicros) {
        self.memories = Memories::default();
        self.lanes = places::LaneMemories::default();
        self.pairs = Pairs::default();
        self.near_misses = NearMisses::default();
        self.water.clear();
        self.ledger.lose_all(now);
    }

    fn water_signs(&mut self, now: UtcMicros, signs: &mut Vec<Sign>) {
        let settings = &self.settings;
        let fresh = |level: &&WaterLevel| {
            (-settings.gauge_silent_s..=settings.gauge_silent_s).contains(&now.seconds_since(level.measured_at))
        };
        for level in self.water.values().filter(fresh) {
            let Some(gauge) = settings.gauges.iter().find(|gauge| gauge.id == level.gauge) else { continue };
            signs.push(Sign {
                begins: level.depth_m >= settings.flooding_depth_m,
                over: level.depth_m < settings.flooding_over_depth_m,
                lane: gauge.lane.clone(),
                key: Some(gauge.id.clone()),
                measure: Some(level.depth_m),
                ..Sign::new(EventKind::Flooding, gauge.place_enu_m, level.measured_at)
            });
        }
    }
}

#[cfg(test)]
mod tests;
