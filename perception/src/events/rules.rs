//! Rules of one road user: against the lane, standing, slow, fast, on foot; of an animal or a thing on the road.

use super::ledger::Sign;
use super::memory::{Held, Memories, Memory};
use super::pairs::sigma_m;
use super::places::{Road, RoadLane, half_length_m};
use super::{EventKind, EventSettings, Scene};
use crate::detection::{Class, SensorId};
use crate::frames::{inside, unit_from_heading, wrap_pi};
use crate::lanes::{LanePosition, LocatedTrack};
use crate::priors::{has_legs, is_motor_vehicle};
use crate::time::UtcMicros;

/// Less sure of existence or class, nobody is reported.
const EXISTENCE: f64 = 0.8;
const CLASS_PROBABILITY: f64 = 0.7;
/// Angle to the lane from which on one drives against it, and from which on still, radians.
const AGAINST_RAD: f64 = 2.6;
const STILL_AGAINST_RAD: f64 = 2.1;
const DRIVES_MPS: f64 = 2.0;
/// A lane that leads its way is not this near, metres, beyond one standard deviation.
const BESIDE_M: f64 = 0.5;
/// Who drives against the lane has been followed for so long without a jump, seconds.
const FOLLOWED_S: f64 = 2.5;
/// Somebody this slow in front, within this distance, is what one waits for, m/s and metres: not all of a queue are seen.
const CREEPS_MPS: f64 = 2.0;
const WAITS_BEHIND_M: f64 = 100.0;
/// Who stands in the junction this near beyond the end of a lane shuts those out who are in it, metres.
const SHUT_OUT_M: f64 = 15.0;
/// A vehicle that drives as fast as this, this near in front, shows that its lane flows, m/s and metres.
const FLOWS_MPS: f64 = 4.0;
const FLOWS_WITHIN_M: f64 = 50.0;
/// Who has just left the junction may have to wait for people who cross, metres.
const LEAVES_M: f64 = 12.0;
/// The wave of starting runs back through a queue this fast, m/s, and the first takes so long, seconds.
const START_WAVE_MPS: f64 = 4.0;
const REACTION_S: f64 = 5.0;
/// Nobody has stood or crept in front for so long: whoever waited for them has had time to start, seconds.
const CLEAR_S: f64 = 2.0 * REACTION_S;
/// What stands this near to the end of a lane that leads out of the map may wait for what is beyond, metres.
const OUT_OF_MAP_M: f64 = 40.0;
/// Who is faster than this may follow a bicycle that nobody sees, m/s.
const BICYCLE_MPS: f64 = 3.5;
/// Free road in front of one who is slow, and distance to where one must slow down, metres.
const FREE_M: f64 = 40.0;
const UNHURRIED_M: f64 = 60.0;
/// Walking in a lane is this far from where vehicles' lanes end, metres, beyond twice the standard deviation.
const IN_LANE_M: f64 = 0.3;
/// Who is faster may be on a bicycle, whatever detectors call them, m/s.
const RUNS_MPS: f64 = 4.0;
/// As fast as one rides, m/s, and how far off the lane's direction, radians.
const RIDES_MPS: f64 = 2.5;
const ALONG_RAD: f64 = 0.5;
/// Who is this fast across the lane crosses it, m/s.
const CROSSES_MPS: f64 = 0.5;
/// Who is this near to the outline's end of one who queues is in the queue, metres.
const IN_QUEUE_M: f64 = 3.0;
/// With a larger standard deviation, nobody knows whether they walk in the lane or beside it, metres.
const WALKER_SIGMA_M: f64 = 0.5;

/// What is in front of somebody in its lane.
#[derive(Clone, Copy, Debug, Default)]
struct Front {
    /// Somebody stands or creeps there, or did when last seen.
    waits: bool,
    /// How far ahead the nearest is that drives, metres. `None`: nobody near does.
    flows_m: Option<f64>,
}

struct One<'a> {
    now: UtcMicros,
    located: &'a LocatedTrack,
    at: [f64; 2],
    speed_mps: f64,
    sigma_m: f64,
    /// Nearest lane, whoever may use it.
    nearest: Option<(LanePosition, &'a RoadLane)>,
    settings: &'a EventSettings,
}

pub(super) fn look(
    now: UtcMicros,
    scene: &Scene<'_>,
    memories: &mut Memories,
    road: &Road,
    settings: &EventSettings,
    signs: &mut Vec<Sign>,
) {
    for located in scene.tracks.iter().filter(|located| located.track.existence >= EXISTENCE) {
        let track = &located.track;
        let one = One {
            now,
            located,
            at: track.position_enu_m,
            speed_mps: track.speed_mps(),
            sigma_m: sigma_m(located),
            nearest: road.at(track.position_enu_m),
            settings,
        };
        let front = one.front(scene, memories, road);
        let Some(memory) = memories.get_mut(track.id) else { continue };
        if is_motor_vehicle(track.class) {
            signs.extend(one.wrong_way(memory, road));
            signs.extend(one.stopped(scene, memory, road, &front));
            signs.extend(one.slow(scene, memory, road));
            signs.extend(one.speeding(memory, road));
            signs.extend(one.parked(memory));
        } else if has_legs(track.class) {
            signs.extend(one.walks(scene, memory, road));
        } else if track.class == Class::Unknown {
            signs.extend(one.lies(scene, memory, road));
        }
    }
}

impl One<'_> {
    fn sign(&self, kind: EventKind, begins: bool, since: UtcMicros) -> Sign {
        let lane = self.located.lane.as_ref().or(self.nearest.as_ref().map(|(place, _)| place));
        Sign {
            begins,
            lane: lane.map(|place| place.lane.clone()),
            tracks: vec![self.located.track.id],
            confidence: self.located.track.existence,
            ..Sign::new(kind, self.at, since)
        }
    }

    fn is_sure_of_class(&self) -> bool {
        self.located.track.class_probability >= CLASS_PROBABILITY
    }

    fn wrong_way(&self, memory: &mut Memory, road: &Road) -> Option<Sign> {
        let angle_rad = self.nearest.as_ref().filter(|(_, lane)| lane.carriageway).and_then(|(place, _)| {
            let course_rad = self.located.track.course_rad(DRIVES_MPS)?;
            // Where lanes of both directions overlap, or it may be in another one, one of them is right.
            let doubt_m = BESIDE_M + self.sigma_m;
            (!road.leads(self.at, course_rad, doubt_m)).then(|| wrap_pi(course_rad - place.heading_cw_north_rad).abs())
        });
        let against =
            angle_rad.is_some_and(|rad| rad >= AGAINST_RAD) && road.by_camera(self.located) && self.is_sure_of_class();
        let followed = memory.followed_s(self.now) >= FOLLOWED_S;
        let held = memory.wrong_way.hold(against, self.now, self.at);
        let far = |held: &Held| {
            followed
                && held.for_s(self.now) >= self.settings.wrong_way_after_s
                && (held.from[0] - self.at[0]).hypot(held.from[1] - self.at[1]) >= self.settings.wrong_way_travel_m
        };
        if !angle_rad.is_some_and(|rad| rad >= STILL_AGAINST_RAD) {
            return None;
        }
        let since = held.map_or(self.now, |held| held.since);
        let sign = self.sign(EventKind::WrongWay, held.as_ref().is_some_and(far), since);
        Some(Sign { measure: Some(self.speed_mps), ..sign })
    }

    /// What is in front of it in its lane, if it stands in one for vehicles.
    fn front(&self, scene: &Scene<'_>, memories: &Memories, road: &Road) -> Front {
        let mut front = Front::default();
        let Some(place) = &self.located.lane else { return front };
        front.waits = self.is_shut_out(place, scene, road);
        let ahead_m = |lane: &SensorId, offset_m: f64| {
            let ahead_m = offset_m - place.offset_m;
            (*lane == place.lane && ahead_m > 0.5 && ahead_m < WAITS_BEHIND_M).then_some(ahead_m)
        };
        for other in scene.tracks.iter().filter(|other| other.track.id != self.located.track.id) {
            let Some(ahead_m) = other.lane.as_ref().and_then(|theirs| ahead_m(&theirs.lane, theirs.offset_m)) else {
                continue;
            };
            front.waits |= other.track.speed_mps() < CREEPS_MPS;
            // A motorcycle finds its way between those who wait.
            let flows = is_motor_vehicle(other.track.class) && other.track.class != Class::Motorcycle;
            let flows = flows && other.track.speed_mps() > FLOWS_MPS;
            if flows && ahead_m < FLOWS_WITHIN_M {
                front.flows_m = Some(front.flows_m.map_or(ahead_m, |nearest_m: f64| nearest_m.min(ahead_m)));
            }
        }
        front.waits |= memories.hidden().any(|hidden| ahead_m(&hidden.lane, hidden.offset_m).is_some());
        front
    }

    /// Whether somebody stands or creeps between the arms of the junction, across or just beyond the end of its lane: who is the first at
    /// the stop line does not drive into a full junction, whatever the light says.
    fn is_shut_out(&self, place: &LanePosition, scene: &Scene<'_>, road: &Road) -> bool {
        let Some(lane) = road.lane(&place.lane).filter(|lane| lane.leads_on) else { return false };
        let [east, north] = unit_from_heading(place.heading_cw_north_rad);
        place.to_stop_line_m < self.settings.stop_zone_m
            && scene.tracks.iter().any(|other| {
                let track = &other.track;
                let [east_m, north_m] = [0, 1].map(|axis: usize| track.position_enu_m[axis] - self.at[axis]);
                let (ahead_m, aside_m) = (east_m * east + north_m * north, east_m * north - north_m * east);
                let before_it = (0.5..place.to_stop_line_m + SHUT_OUT_M).contains(&ahead_m)
                    && aside_m.abs() < lane.half_width_m + half_length_m(other);
                before_it && other.lane.is_none() && is_motor_vehicle(track.class) && track.speed_mps() < CREEPS_MPS
            })
    }

    /// It stands, and has nothing to wait for: the lane in front of it flows, or is free and leads where nobody gives way.
    fn stopped(&self, scene: &Scene<'_>, memory: &mut Memory, road: &Road, front: &Front) -> Option<Sign> {
        let standing = memory.standing?;
        let stood_s = standing.for_s(self.now);
        // Where there is no lane, between the arms of a junction, one gives way.
        memory.may_wait = stood_s < self.settings.stopped_at_line_after_s;
        let place = self.located.lane.as_ref()?;
        let lane = road.lane(&place.lane).filter(|lane| lane.carriageway)?;
        if front.waits {
            (memory.should_go_at, memory.clear_since) = (None, None);
        } else {
            memory.clear_since.get_or_insert(self.now);
            if let Some(ahead_m) = front.flows_m {
                memory.should_go_at.get_or_insert(self.now.plus_seconds(REACTION_S + ahead_m / START_WAVE_MPS));
            }
        }
        let gives_way = lane.leads_on && place.to_stop_line_m < self.settings.stop_zone_m;
        let light = scene.lights.get(&place.lane);
        let held_up = light.map_or(lane.has_signal, |light| light.stop);
        let beyond = !lane.leads_on && place.to_stop_line_m < OUT_OF_MAP_M;
        memory.may_wait = front.waits || held_up || gives_way || beyond;
        let since_s = |since: Option<UtcMicros>| since.map_or(0.0, |since| self.now.seconds_since(since));
        let passed = !memory.may_wait && since_s(memory.should_go_at) > 0.0 && stood_s >= self.settings.stopped_after_s;
        // For how long it could have gone; `None`: it can't, or nobody knows.
        let free_s = match light {
            _ if front.waits || held_up || beyond => None,
            Some(light) => {
                let wave_s = REACTION_S + place.to_stop_line_m.max(0.0) / START_WAVE_MPS;
                Some(stood_s.min(self.now.seconds_since(light.since) - wave_s))
            }
            // Who may have to give way waits as long as it takes.
            None => (!lane.leads_on).then_some(stood_s),
        };
        let at_line = gives_way || place.offset_m < LEAVES_M;
        let after_s = if at_line { self.settings.stopped_at_line_after_s } else { self.settings.stopped_after_s };
        // Who starts in a queue has stood long, too, and its light has been green for long.
        let clear = since_s(memory.clear_since) >= CLEAR_S && self.speed_mps < self.settings.standing_mps;
        let surely_here = self.is_surely_in(place, lane) && road.by_camera(self.located);
        let begins = clear && surely_here && (passed || free_s.is_some_and(|free_s| free_s >= after_s));
        Some(self.sign(EventKind::StoppedVehicle, begins, standing.since))
    }

    /// Whether it is in the lane, by a standard deviation.
    fn is_surely_in(&self, place: &LanePosition, lane: &RoadLane) -> bool {
        place.lateral_m.abs() + self.sigma_m <= lane.half_width_m
    }

    fn slow(&self, scene: &Scene<'_>, memory: &mut Memory, road: &Road) -> Option<Sign> {
        let place = self.located.lane.as_ref()?;
        let lane = road.lane(&place.lane).filter(|lane| lane.carriageway)?;
        let slow_mps = BICYCLE_MPS.min(self.settings.slow_ratio * lane.limit_mps?);
        let free = || {
            scene.tracks.iter().all(|other| {
                let theirs = other.lane.as_ref().filter(|theirs| theirs.lane == place.lane);
                !theirs.is_some_and(|theirs| {
                    let ahead_m = theirs.offset_m - place.offset_m;
                    ahead_m > 0.5 && ahead_m < FREE_M
                })
            })
        };
        let unhurried = !lane.leads_on || place.to_stop_line_m > UNHURRIED_M;
        // Who has just come round the corner is still gathering speed.
        let under_way = lane.leads_on || place.offset_m > 20.0;
        let crawls = self.speed_mps > self.settings.standing_mps + 1.0 && self.speed_mps < slow_mps;
        let sure = self.located.track.class != Class::Motorcycle && self.is_surely_in(place, lane);
        let held = memory.slow.hold(crawls && sure && unhurried && under_way && free(), self.now, self.at);
        let still = self.speed_mps < 1.3 * slow_mps;
        let begins = held.is_some_and(|held| held.for_s(self.now) >= self.settings.slow_after_s);
        let sign = self.sign(EventKind::SlowVehicle, begins, held.map_or(self.now, |held| held.since));
        still.then_some(Sign { measure: Some(self.speed_mps), ..sign })
    }

    fn speeding(&self, memory: &mut Memory, road: &Road) -> Option<Sign> {
        let place = self.located.lane.as_ref()?;
        let lane_limit_mps = road.lane(&place.lane)?.limit_mps?;
        let travel = memory.travel();
        let least_mps = travel.map(|travel| travel.mps - 2.0 * travel.sigma_mps);
        let fast = least_mps.is_some_and(|mps| mps > self.settings.speeding_ratio * lane_limit_mps);
        let held = memory.speeding.hold(fast, self.now, self.at);
        let still = self.speed_mps > (1.0 + self.settings.speeding_ratio) / 2.0 * lane_limit_mps;
        let over_s = travel.map_or(0.0, |travel| travel.over_s);
        let begins = held.is_some_and(|held| held.for_s(self.now) + over_s >= self.settings.speeding_after_s);
        let since = held.map_or(self.now, |held| held.since.plus_seconds(-over_s));
        let sign = self.sign(EventKind::Speeding, begins, since);
        still.then_some(Sign { measure: Some(self.speed_mps), ..sign })
    }

    fn parked(&self, memory: &Memory) -> Option<Sign> {
        let standing = memory.standing?;
        let lane = self.located.lane.as_ref().or(self.nearest.as_ref().map(|(place, _)| place));
        let here = self.settings.no_stopping.iter().find(|place| {
            inside(&place.polygon_enu_m, self.at) || lane.is_some_and(|lane| place.lanes.contains(&lane.lane))
        })?;
        let after_s = if here.after_s > 0.0 { here.after_s } else { self.settings.parked_after_s };
        Some(self.sign(EventKind::IllegalParking, standing.for_s(self.now) >= after_s, standing.since))
    }

    /// A person or an animal in a lane for vehicles. A dog that is led over a crosswalk is no event either.
    fn walks(&self, scene: &Scene<'_>, memory: &mut Memory, road: &Road) -> Option<Sign> {
        let (place, lane) = self.nearest.as_ref()?;
        let animal = self.located.track.class == Class::Animal;
        let (kind, dwell, after_s) = if animal {
            (EventKind::Animal, &mut memory.strays, self.settings.animal_after_s)
        } else {
            (EventKind::Pedestrian, &mut memory.walks, self.settings.pedestrian_after_s)
        };
        // An animal may graze in a lane far away, where a camera knows little of how far that is.
        let sigma_m = if animal { self.sigma_across_m(place) } else { self.sigma_m };
        let walks = self.is_sure_of_class() && (animal || self.speed_mps < RUNS_MPS);
        let there = lane.carriageway && walks && !road.on_crosswalk(place, self.at);
        let inside = there
            && road.by_camera(self.located)
            && sigma_m <= WALKER_SIGMA_M
            && road.is_carriageway_around(place, self.at, IN_LANE_M + 2.0 * sigma_m)
            && !(animal && self.rides_along(place))
            && (self.crosses(place) || !self.is_in_queue(scene));
        let held = dwell.hold(inside, self.now, self.at);
        let begins = held.is_some_and(|held| held.for_s(self.now) >= after_s);
        let sign = self.sign(kind, begins, held.map_or(self.now, |held| held.since));
        (there && place.lateral_m.abs() <= lane.half_width_m).then_some(sign)
    }

    /// Standard deviation of its place across the lane, metres.
    fn sigma_across_m(&self, place: &LanePosition) -> f64 {
        let [[ee, en], [_, nn]] = self.located.track.cov_position_m2;
        let [east, north] = unit_from_heading(place.heading_cw_north_rad);
        (ee * north * north - 2.0 * en * north * east + nn * east * east).max(0.0).sqrt()
    }

    /// Whether it goes the lane's way as fast as a bicycle: an animal that does is one with a rider, if not a bicycle.
    fn rides_along(&self, place: &LanePosition) -> bool {
        let along = |rad: f64| wrap_pi(rad - place.heading_cw_north_rad).abs() < ALONG_RAD;
        self.located.track.course_rad(RIDES_MPS).is_some_and(along)
    }

    /// Whether it goes across the lane, which nobody does who queues in it.
    fn crosses(&self, place: &LanePosition) -> bool {
        let [lane_east, lane_north] = unit_from_heading(place.heading_cw_north_rad);
        let [east_mps, north_mps] = self.located.track.velocity_enu_mps;
        (east_mps * lane_north - north_mps * lane_east).abs() >= CROSSES_MPS
    }

    /// Whether somebody who drives or rides stands or creeps beside it. What is seen among those who queue is most often a part of one of
    /// them, half hidden.
    fn is_in_queue(&self, scene: &Scene<'_>) -> bool {
        scene.tracks.iter().filter(|other| other.track.id != self.located.track.id).any(|other| {
            let track = &other.track;
            let queues = is_motor_vehicle(track.class) || track.class == Class::Bicycle;
            let [east_m, north_m] = [0, 1].map(|axis: usize| track.position_enu_m[axis] - self.at[axis]);
            let near = east_m.hypot(north_m) < half_length_m(other) + IN_QUEUE_M;
            queues && near && track.speed_mps() < CREEPS_MPS
        })
    }

    /// Something in a lane that does not move, and that a camera sees and has no name for; to a radar everything is unknown.
    fn lies(&self, scene: &Scene<'_>, memory: &mut Memory, road: &Road) -> Option<Sign> {
        let standing = memory.standing?;
        // A vehicle that is half hidden in a queue has no name for a moment.
        let nameless_s = memory.nameless.hold(true, self.now, self.at).map_or(0.0, |held| held.for_s(self.now));
        let (place, lane) = self.nearest.as_ref()?;
        let inside = lane.carriageway && place.lateral_m.abs() + 2.0 * self.sigma_m <= lane.half_width_m;
        let begins = inside
            && road.by_camera(self.located)
            && half_length_m(self.located) < 3.0
            && !self.is_in_queue(scene)
            && nameless_s.min(standing.for_s(self.now)) >= self.settings.debris_after_s;
        lane.carriageway.then(|| self.sign(EventKind::Debris, begins, standing.since))
    }
}
