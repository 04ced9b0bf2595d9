//! The unit itself: frames in, views and a summary out. Sans-IO.

use std::collections::BTreeMap;

use asn1::Dialect;
use perception::time::UtcMicros;

use super::checks::{self, Fault};
use super::geometry::{OnLane, Plane, before_stop_line};
use super::heard::{self, CarPark, Content, HeardError, Lane, Lanes, Lights, Message, Object};
use super::summary::{ErrorSummary, MessageSummary, Summary, Tally};
use super::view::{HeardView, LaneView, LightView, LotView, ObjectView, View};
use super::{Pose, Via};
use crate::map::NodeId;
use crate::radios::{MessageKind, MessageSet};

/// Without a pose of its own the vehicle stands so far before a stop line, metres.
const DEFAULT_BACK_M: f64 = 40.0;
/// Road users and lights that nobody repeats are forgotten after, seconds.
const FORGET_S: f64 = 1.0;
/// Parking lots that nobody repeats, likewise: they are told once a second.
const FORGET_LOTS_S: f64 = 5.0;
/// Most parking lots that are kept in mind.
const MAX_LOTS: usize = 64;
/// Most road users that are kept in mind: more than any site can say in a second.
const MAX_OBJECTS: usize = 4096;
/// Most junctions that are kept in mind.
const MAX_JUNCTIONS: usize = 256;

/// What the vehicle is told from outside.
#[derive(Clone, Debug)]
pub struct ObuSettings {
    /// Edition of the China set.
    pub cn: Dialect,
    /// Edition of the US set.
    pub us: Dialect,
    /// Where the vehicle is; `None`: 40 m before the stop line of the first lane that has a light.
    pub pose: Option<Pose>,
    /// The radios that must deliver.
    pub radios: Vec<Via>,
}

impl Default for ObuSettings {
    fn default() -> Self {
        Self { cn: Dialect::CnGbt31024_2019, us: Dialect::UsJ27352024, pose: None, radios: vec![Via::Pc5] }
    }
}

/// Centre lines so near are of one lane, metres.
const SAME_LANE_M: f64 = 0.5;

type Junction = (&'static str, NodeId);

/// A virtual on-board unit.
#[derive(Debug)]
pub struct Obu {
    settings: ObuSettings,
    lights: BTreeMap<Junction, (UtcMicros, Lights)>,
    lanes: BTreeMap<Junction, Lanes>,
    objects: BTreeMap<(&'static str, u16), (UtcMicros, Object)>,
    car_parks: BTreeMap<Option<u16>, (UtcMicros, CarPark)>,
    tallies: BTreeMap<(Via, &'static str, MessageKind), Tally>,
    errors: BTreeMap<Via, ErrorSummary>,
    faults: BTreeMap<Fault, ErrorSummary>,
    last_fault: Option<String>,
    began_at: Option<UtcMicros>,
    viewed_at: Option<UtcMicros>,
}

impl Obu {
    /// A unit that has heard nothing yet.
    pub fn new(settings: ObuSettings) -> Self {
        Self {
            settings,
            lights: BTreeMap::new(),
            lanes: BTreeMap::new(),
            objects: BTreeMap::new(),
            car_parks: BTreeMap::new(),
            tallies: BTreeMap::new(),
            errors: BTreeMap::new(),
            faults: BTreeMap::new(),
            last_fault: None,
            began_at: None,
            viewed_at: None,
        }
    }

    /// Starts the count of seconds; without it, the first frame or view does.
    pub fn begin(&mut self, now: UtcMicros) {
        self.began_at.get_or_insert(now);
    }

    /// Takes a frame that came by a radio at `now`, and says what it was. `None`: decoded, and of no use to this unit.
    /// The error has been counted.
    pub fn receive(
        &mut self,
        now: UtcMicros,
        via: Via,
        frame: &[u8],
    ) -> Result<Option<(MessageSet, MessageKind)>, HeardError> {
        self.begin(now);
        let message = heard::understand(frame, now, self.settings.cn, self.settings.us)
            .inspect_err(|error| self.errors.entry(via).or_default().note(error.to_string()))?;
        let Some(message) = message else { return Ok(None) };
        let (set, kind) = (message.set, message.kind);
        let latency_us = message.said_at.map(|said_at| now.0 - said_at.0);
        self.tallies.entry((via, set.as_str(), kind)).or_default().note(message.count, now.0, latency_us);
        self.check_and_keep(message, now);
        Ok(Some((set, kind)))
    }

    /// Messages understood so far.
    pub fn received(&self) -> u64 {
        self.tallies.values().map(|tally| tally.received).sum()
    }

    fn fault(&mut self, message: &str, (fault, detail): (Fault, String)) {
        let text = format!("{message}: {detail}");
        self.last_fault = Some(format!("{}: {text}", fault.as_str()));
        self.faults.entry(fault).or_default().note(text);
    }

    fn check_and_keep(&mut self, message: Message, now: UtcMicros) {
        let set = message.set.as_str();
        let name = format!("{set} {}", message.kind.as_str());
        if let Some(found) = message.said_at.and_then(|said_at| checks::age(said_at, now)) {
            self.fault(&name, found);
        }
        match message.content {
            Content::Lights(all) => {
                for lights in all {
                    self.keep_lights(&name, (set, lights.node), (message.said_at.unwrap_or(now), lights));
                }
            }
            Content::Lanes(all) => {
                for lanes in all {
                    if self.lanes.len() < MAX_JUNCTIONS || self.lanes.contains_key(&(set, lanes.node)) {
                        self.lanes.insert((set, lanes.node), lanes);
                    }
                }
            }
            Content::Picture(picture) => {
                for found in checks::picture(&picture) {
                    self.fault(&name, found);
                }
                self.objects.retain(|_, (at, _)| now.seconds_since(*at) <= FORGET_S);
                for object in picture.objects {
                    if self.objects.len() < MAX_OBJECTS {
                        self.objects.insert((set, object.id), (now, object));
                    }
                }
            }
            Content::CarPark(park) => {
                for found in checks::guides(&park) {
                    self.fault(&name, found);
                }
                self.car_parks.retain(|_, (at, _)| now.seconds_since(*at) <= FORGET_LOTS_S);
                if self.car_parks.len() < MAX_LOTS {
                    self.car_parks.insert(park.id, (now, park));
                }
            }
            Content::Other => {}
        }
    }

    fn keep_lights(&mut self, name: &str, junction: Junction, lights: (UtcMicros, Lights)) {
        let mut found = Vec::new();
        if self.lanes.keys().any(|(set, _)| *set == junction.0) {
            found = checks::lights_and_lanes(&lights.1, self.lanes.get(&junction));
        }
        let before = self.lights.get(&junction);
        found.extend(before.map(|before| checks::countdowns(before, &lights)).unwrap_or_default());
        // The same message by the other radio, or an overtaken one, is no news.
        let news = before.is_none_or(|before| lights.0 > before.0 || before.0.seconds_since(lights.0) > 60.0);
        if news && (before.is_some() || self.lights.len() < MAX_JUNCTIONS) {
            self.lights.insert(junction, lights);
        }
        for found in found {
            self.fault(name, found);
        }
    }

    /// What the driver sees now. Counts rates from one view to the next.
    pub fn view(&mut self, now: UtcMicros) -> View {
        self.begin(now);
        let pose = self.settings.pose.or_else(|| self.default_pose());
        let plane = pose.as_ref().map(Plane::around);
        let mut objects: Vec<ObjectView> = plane.iter().flat_map(|plane| self.objects_from(plane, now)).collect();
        objects.sort_by(|a, b| a.distance_m.total_cmp(&b.distance_m));
        let lane = plane.as_ref().and_then(|plane| self.lane_view(plane, now));
        let elapsed_s = self.viewed_at.or(self.began_at).map_or(0.0, |at| now.seconds_since(at));
        let heard = self.tallies.iter_mut().map(|((via, set, kind), tally)| HeardView {
            radio: via.as_str(),
            set,
            message: kind.as_str(),
            rate_hz: if elapsed_s > 0.0 { std::mem::take(&mut tally.since_view) as f64 / elapsed_s } else { 0.0 },
            lost: tally.numbered.then_some(tally.lost),
        });
        let heard = heard.collect();
        self.viewed_at = Some(now);
        let faults = self.faults.values().chain(self.errors.values()).map(|fault| fault.count).sum();
        let lots = self.car_parks.values().filter(|(at, _)| now.seconds_since(*at) <= FORGET_LOTS_S);
        let lots = lots.map(|(_, park)| LotView {
            lot: park.id,
            free: park.slots.iter().filter(|slot| slot.is_free).count(),
            slots: park.slots.len(),
            guides: park.guides.clone(),
        });
        let lots = lots.collect();
        View { at_us: now.0, pose, lane, objects, lots, heard, faults, last_fault: self.last_fault.clone() }
    }

    fn default_pose(&self) -> Option<Pose> {
        let lit = |lane: &&Lane| lane.ways.iter().any(|(_, group)| group.is_some());
        let mut lanes = self.lanes.values().flat_map(|lanes| &lanes.lanes).filter(lit);
        lanes.find_map(|lane| before_stop_line(&lane.points, DEFAULT_BACK_M))
    }

    fn objects_from(&self, plane: &Plane, now: UtcMicros) -> Vec<ObjectView> {
        let fresh = self.objects.iter().filter(|(_, (heard_at, _))| now.seconds_since(*heard_at) <= FORGET_S);
        fresh
            .map(|((set, id), (_, object))| {
                let (distance_m, bearing_deg) = plane.distance_and_bearing(&object.place);
                ObjectView {
                    set,
                    id: *id,
                    class: object.class,
                    distance_m,
                    bearing_deg,
                    speed_mps: object.speed_mps,
                    heading_cw_north_deg: object.heading_cw_north_deg,
                    age_s: object.at.map(|at| now.seconds_since(at)),
                }
            })
            .collect()
    }

    /// The lane whose centre is nearest; of one lane that both sets tell, the China set's.
    fn lane_view(&self, plane: &Plane, now: UtcMicros) -> Option<LaneView> {
        let mut best: Option<(OnLane, Junction, &Lane)> = None;
        for (junction, lanes) in &self.lanes {
            for lane in &lanes.lanes {
                let Some(on_lane) = plane.on_lane(&lane.points) else { continue };
                if best.is_none_or(|(best, ..)| on_lane.off_centre_m + SAME_LANE_M < best.off_centre_m) {
                    best = Some((on_lane, *junction, lane));
                }
            }
        }
        let (on_lane, junction, lane) = best?;
        Some(LaneView {
            set: junction.0,
            region: junction.1.region,
            node: junction.1.id,
            lane: lane.name.clone(),
            to_stop_line_m: on_lane.to_stop_line_m,
            lights: self.lights_of(lane, junction, now),
        })
    }

    fn lights_of(&self, lane: &Lane, junction: Junction, now: UtcMicros) -> Vec<LightView> {
        let fresh = |said_at: UtcMicros| now.seconds_since(said_at) <= FORGET_S;
        let Some((_, lights)) = self.lights.get(&junction).filter(|(said_at, _)| fresh(*said_at)) else {
            return Vec::new();
        };
        let mut views: Vec<LightView> = Vec::new();
        for (way, id) in &lane.ways {
            let Some(group) = lights.groups.iter().find(|group| Some(group.id) == *id) else { continue };
            match views.iter_mut().find(|view| view.group == group.id) {
                Some(view) if view.ways.contains(way) => {}
                Some(view) => view.ways.push(way),
                None => views.push(LightView {
                    group: group.id,
                    ways: vec![way],
                    light: group.light,
                    ends_in_s: group.ends_at.map(|ends_at| ends_at.seconds_since(now).max(0.0)),
                    next: group.next,
                }),
            }
        }
        views
    }

    /// The whole run up to `now`.
    pub fn summary(&self, now: UtcMicros) -> Summary {
        let messages: Vec<MessageSummary> = self
            .tallies
            .iter()
            .map(|((via, set, kind), tally)| MessageSummary {
                radio: via.as_str(),
                set,
                message: kind.as_str(),
                received: tally.received,
                rate_hz: tally.rate_hz(),
                lost: tally.numbered.then_some(tally.lost),
                duplicates: tally.duplicates,
                late: tally.late,
                latency_ms: tally.median_latency_ms(),
            })
            .collect();
        let missing: Vec<String> = self.settings.radios.iter().flat_map(|via| self.missing(*via)).collect();
        Summary {
            seconds: self.began_at.map_or(0.0, |began_at| now.seconds_since(began_at)),
            ok: missing.is_empty(),
            missing,
            messages,
            errors: self.errors.iter().map(|(via, error)| (via.as_str(), error.clone())).collect(),
            faults: self.faults.iter().map(|(fault, error)| (fault.as_str(), error.clone())).collect(),
        }
    }

    /// What a radio did not bring. One family must be complete.
    fn missing(&self, via: Via) -> Vec<String> {
        let came = |set: MessageSet, kind| self.tallies.contains_key(&(via, set.as_str(), kind));
        let lacks = |set: MessageSet, picture: MessageKind| -> Vec<&str> {
            let needed = [MessageKind::Spat, MessageKind::Map, picture];
            needed.into_iter().filter(|kind| !came(set, *kind)).map(MessageKind::as_str).collect()
        };
        let (cn, us) = (lacks(MessageSet::Cn, MessageKind::Rsm), lacks(MessageSet::Us, MessageKind::Sdsm));
        let fewest = if us.len() < cn.len() { us } else { cn };
        let mut missing = Vec::new();
        if !fewest.is_empty() {
            missing.push(format!("{}: no {} came", via.as_str(), fewest.join(", no ")));
        }
        if let Some(error) = self.errors.get(&via) {
            missing.push(format!("{}: {} frames did not decode, the last: {}", via.as_str(), error.count, error.last));
        }
        missing
    }
}
