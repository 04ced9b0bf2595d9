//! What a lane is, and what is to be said of lanes as a whole: spill-back, and [congestion](super::congestion).

use std::collections::{BTreeMap, BTreeSet};

use super::congestion::Crowd;
use super::ledger::Sign;
use super::memory::{Dwell, Memories};
use super::{EventKind, EventSettings, Scene};
use crate::calibration::{Lane, SensorModel, SiteGeometry};
use crate::detection::{Class, SensorId};
use crate::frames::{in_field_of_view, inside, unit_from_heading};
use crate::lanes::{LaneMap, LanePosition, LocatedTrack};
use crate::outline::Outline;
use crate::priors::{class_prior, is_motor_vehicle};
use crate::section::section_m;
use crate::time::UtcMicros;

/// The next vehicle of a queue is at most this far ahead, middle to middle, metres.
const QUEUE_GAP_M: f64 = 20.0;
/// Who is slower is in the queue though it creeps: 5 km/h, m/s.
const QUEUES_MPS: f64 = 1.39;
/// Vehicles of a queue that may spill back.
const QUEUE_LEAST: usize = 3;
/// Where no crosswalk is known, one may be within this of the ends of a lane, metres.
const UNKNOWN_CROSSWALK_M: f64 = 10.0;
/// Two tracks that share this much of the smaller one's ground are of one road user.
const SAME_SHARE: f64 = 0.5;
/// People this far from a crosswalk are still on their way to or from it, metres.
const CROSSWALK_MARGIN_M: f64 = 2.5;

/// One lane, as the rules ask for it.
#[derive(Clone, Debug)]
pub(super) struct RoadLane {
    pub(super) half_width_m: f64,
    pub(super) limit_mps: Option<f64>,
    /// Whether motor vehicles may use it and people on foot may not.
    pub(super) carriageway: bool,
    pub(super) has_signal: bool,
    /// Whether it leads somewhere at its end.
    pub(super) leads_on: bool,
    /// Where the stretch begins and ends that sensors can follow vehicles on, metres from its beginning.
    pub(super) section_m: [f64; 2],
}

/// The road.
#[derive(Clone, Debug)]
pub(super) struct Road {
    map: LaneMap,
    lanes: BTreeMap<SensorId, RoadLane>,
    crosswalks_enu_m: Vec<Vec<[f64; 2]>>,
    sensors: Vec<SensorModel>,
}

impl Road {
    pub(super) fn new(site: &SiteGeometry, crosswalks_enu_m: Vec<Vec<[f64; 2]>>) -> Self {
        let map = LaneMap::new(&site.lanes);
        let lane = |lane: &Lane| (lane.id.clone(), RoadLane::new(site, lane));
        let lanes = site.lanes.iter().map(lane).collect();
        Self { lanes, crosswalks_enu_m, sensors: site.sensors.clone(), map }
    }

    pub(super) fn lane(&self, id: &str) -> Option<&RoadLane> {
        self.lanes.get(id)
    }

    /// The lane at a place, whoever may use it and wherever it leads.
    pub(super) fn at(&self, place_enu_m: [f64; 2]) -> Option<(LanePosition, &RoadLane)> {
        let place = self.map.locate(place_enu_m, None, Class::Unknown)?;
        let lane = self.lanes.get(&place.lane)?;
        Some((place, lane))
    }

    /// Whether a lane at that place, or within `doubt_m` to either side of it, may be driven in that direction.
    pub(super) fn leads(&self, place_enu_m: [f64; 2], heading_cw_north_rad: f64, doubt_m: f64) -> bool {
        let [east, north] = unit_from_heading(heading_cw_north_rad);
        [0.0, doubt_m, -doubt_m].into_iter().any(|right_m| {
            let place = [place_enu_m[0] + right_m * north, place_enu_m[1] - right_m * east];
            self.map.locate(place, Some(heading_cw_north_rad), Class::Unknown).is_some()
        })
    }

    /// Whether it is carriageway so far to the right and to the left of a place in a lane: of that lane, or of one beside it.
    pub(super) fn is_carriageway_around(
        &self,
        place: &LanePosition,
        [east_m, north_m]: [f64; 2],
        reach_m: f64,
    ) -> bool {
        let [east, north] = unit_from_heading(place.heading_cw_north_rad);
        [reach_m, -reach_m].into_iter().all(|right_m| {
            let beside = self.at([east_m + right_m * north, north_m - right_m * east]);
            beside.is_some_and(|(place, lane)| lane.carriageway && place.lateral_m.abs() <= lane.half_width_m)
        })
    }

    /// Whether a camera has measured it lately. Radars alone see mirrored vehicles that drive where none is.
    pub(super) fn by_camera(&self, located: &LocatedTrack) -> bool {
        let camera = |sensor: &&SensorModel| matches!(sensor, SensorModel::Camera(_));
        self.sensors.iter().filter(camera).any(|sensor| located.track.sources.contains(sensor.id()))
    }

    /// Whether people may be there: on a crosswalk, or, where none is known, near the end of a lane.
    pub(super) fn on_crosswalk(&self, place: &LanePosition, [east_m, north_m]: [f64; 2]) -> bool {
        if self.crosswalks_enu_m.is_empty() {
            return place.to_stop_line_m < UNKNOWN_CROSSWALK_M || place.offset_m < UNKNOWN_CROSSWALK_M;
        }
        // A cross of points is enough of a margin for people.
        let near = [[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]];
        let points = near.map(|[e, n]| [east_m + CROSSWALK_MARGIN_M * e, north_m + CROSSWALK_MARGIN_M * n]);
        self.crosswalks_enu_m.iter().any(|outline| points.iter().any(|point| inside(outline, *point)))
    }

    /// Whether a sensor that delivers looks at a place.
    pub(super) fn is_watched(&self, place_enu_m: [f64; 2], live: &[SensorId]) -> bool {
        self.sensors.iter().any(|sensor| live.contains(sensor.id()) && in_field_of_view(sensor, place_enu_m))
    }
}

impl RoadLane {
    /// Whether somebody who is so far along the lane is in its section.
    pub(super) fn is_in_section(&self, (_, offset_m): &(&LocatedTrack, f64)) -> bool {
        let [from_m, to_m] = self.section_m;
        (from_m..=to_m).contains(offset_m)
    }

    fn new(site: &SiteGeometry, lane: &Lane) -> Self {
        let motor = lane.allowed.is_empty() || lane.allowed.iter().any(|class| is_motor_vehicle(*class));
        Self {
            half_width_m: lane.width_m / 2.0,
            limit_mps: lane.speed_limit_mps,
            carriageway: motor && !lane.allowed.contains(&Class::Pedestrian),
            has_signal: lane.signal_group.is_some(),
            leads_on: !lane.maneuvers.is_empty(),
            section_m: section_m(site, lane),
        }
    }
}

/// What is remembered of one lane.
#[derive(Clone, Debug, Default)]
struct LaneMemory {
    spills: Dwell,
    crowd: Crowd,
}

/// Of all lanes.
#[derive(Clone, Debug, Default)]
pub(super) struct LaneMemories {
    lanes: BTreeMap<SensorId, LaneMemory>,
    /// When the picture before was, and who was in it.
    last: Option<(UtcMicros, BTreeSet<u64>)>,
}

impl LaneMemories {
    pub(super) fn look(
        &mut self,
        now: UtcMicros,
        scene: &Scene<'_>,
        memories: &Memories,
        road: &Road,
        settings: &EventSettings,
        signs: &mut Vec<Sign>,
    ) {
        let shown = scene.tracks.iter().map(|located| located.track.id).collect();
        let before = self.last.replace((now, shown));
        let dt_s = before.as_ref().map_or(0.0, |(last, _)| now.seconds_since(*last).clamp(0.0, 1.0));
        // In the first picture everybody is new.
        let is_new = |id: u64| before.as_ref().is_some_and(|(_, shown)| !shown.contains(&id));
        let mut by_lane: BTreeMap<&SensorId, Vec<(&LocatedTrack, f64)>> = BTreeMap::new();
        for located in scene.tracks.iter().filter(|located| is_motor_vehicle(located.track.class)) {
            if let Some(place) = &located.lane {
                by_lane.entry(&place.lane).or_default().push((located, place.offset_m));
            }
        }
        for (id, lane) in road.lanes.iter().filter(|(_, lane)| lane.carriageway) {
            let mut inside = by_lane.remove(id).unwrap_or_default();
            inside.sort_by(|a, b| a.1.total_cmp(&b.1));
            let inside = distinct(inside);
            let memory = self.lanes.entry(id.clone()).or_default();
            memory.spill(now, id, &inside, memories, settings, signs);
            memory.crowd.take(now, dt_s, lane, &inside, is_new, settings.congestion_window_s);
            signs.extend(memory.crowd.sign(now, (id, lane), &inside, settings));
        }
    }
}

impl LaneMemory {
    fn spill(
        &mut self,
        now: UtcMicros,
        id: &SensorId,
        inside: &[(&LocatedTrack, f64)],
        memories: &Memories,
        settings: &EventSettings,
        signs: &mut Vec<Sign>,
    ) {
        let waits = |located: &LocatedTrack| {
            located.track.speed_mps() < QUEUES_MPS || memories.stands_s(located.track.id, now).is_some()
        };
        let mut queue: Vec<&(&LocatedTrack, f64)> = Vec::new();
        for one in inside.iter().filter(|(located, _)| waits(located)) {
            if queue.last().is_some_and(|last| one.1 - last.1 > QUEUE_GAP_M) {
                break;
            }
            queue.push(one);
        }
        let (Some((rear, rear_m)), Some((_, front_m))) = (queue.first(), queue.last()) else {
            self.spills.hold(false, now, [0.0, 0.0]);
            return;
        };
        let rear_end_m = rear_m - half_length_m(rear);
        let place = rear.track.position_enu_m;
        let long = queue.len() >= QUEUE_LEAST;
        let begins = self.spills.hold(long && rear_end_m <= settings.spillback_m, now, place);
        let keeps = long && rear_end_m <= 2.0 * settings.spillback_m;
        if keeps || begins.is_some() {
            signs.push(Sign {
                begins: begins.is_some_and(|held| held.for_s(now) >= settings.spillback_after_s),
                lane: Some(id.clone()),
                key: Some(id.clone()),
                tracks: queue.iter().map(|(located, _)| located.track.id).collect(),
                measure: Some(front_m - rear_m),
                confidence: queue.iter().map(|(located, _)| located.track.existence).fold(1.0, f64::min),
                ..Sign::new(EventKind::QueueSpillback, place, begins.map_or(now, |held| held.since))
            });
        }
    }
}

/// Those who are somebody of their own, from the rear: one who is half hidden may have two tracks.
fn distinct(inside: Vec<(&LocatedTrack, f64)>) -> Vec<(&LocatedTrack, f64)> {
    let mut outlines: Vec<Outline> = Vec::new();
    let is_another = |(located, _): &(&LocatedTrack, f64)| {
        let outline = Outline::of(&located.track);
        let is_another = outlines.iter().rev().all(|other| other.shared(&outline) < SAME_SHARE);
        outlines.extend(is_another.then_some(outline));
        is_another
    };
    inside.into_iter().filter(is_another).collect()
}

/// Half of a road user's length, measured or usual, metres.
pub(super) fn half_length_m(located: &LocatedTrack) -> f64 {
    located.track.length_m.unwrap_or(class_prior(located.track.class).length_m) / 2.0
}
