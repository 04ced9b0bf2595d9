//! Incidents: what belongs together, once begun, until it is over.

use std::collections::VecDeque;

use super::places::Road;
use super::{Ending, Event, EventKind, NUMBERS, Scene};
use crate::detection::SensorId;
use crate::frames::SiteFrame;
use crate::time::UtcMicros;

/// Incidents that last at a time, at most.
const MOST_ACTIVE: usize = 64;
/// News that nobody takes, at most; the oldest go.
const MOST_NEWS: usize = 1024;
/// Tracks that are evidence of one incident, at most.
const MOST_TRACKS: usize = 8;
/// An incident that changed is told this often, seconds, if it moved this far, metres.
const UPDATE_S: f64 = 1.0;
const MOVED_M: f64 = 1.0;
/// Another one that drives over a place shows that nothing stands there: this near, metres, this fast, m/s.
const OVER_IT_M: f64 = 1.2;
const OVER_IT_MPS: f64 = 3.0;

/// What a rule saw in one picture.
#[derive(Clone, Debug)]
pub(super) struct Sign {
    pub(super) kind: EventKind,
    /// Whether it is enough to begin an incident; otherwise it only goes on.
    pub(super) begins: bool,
    /// Whether it shows that the incident is over.
    pub(super) over: bool,
    pub(super) place_enu_m: [f64; 2],
    pub(super) lane: Option<SensorId>,
    /// What there is only one of: a lane's queue, a gauge's water.
    pub(super) key: Option<SensorId>,
    pub(super) tracks: Vec<u64>,
    pub(super) measure: Option<f64>,
    pub(super) confidence: f64,
    pub(super) since: UtcMicros,
}

impl Sign {
    pub(super) fn new(kind: EventKind, place_enu_m: [f64; 2], since: UtcMicros) -> Self {
        Self {
            kind,
            begins: true,
            over: false,
            place_enu_m,
            lane: None,
            key: None,
            tracks: Vec::new(),
            measure: None,
            confidence: 1.0,
            since,
        }
    }
}

/// How incidents of a kind end, and which are one.
struct Manner {
    /// Seen without its sign for so long, it is over, seconds.
    over_s: f64,
    /// Not seen at all for so long, it is given up, seconds.
    unseen_s: f64,
    /// Signs that begin within this distance are of one incident, metres.
    merge_m: f64,
    /// It is of a moment: `over_s` later it is past.
    moment: bool,
    /// It stands where it is: who drives over the place shows that it is gone.
    stands: bool,
}

fn manner(kind: EventKind) -> Manner {
    let of = |over_s, unseen_s, merge_m| Manner { over_s, unseen_s, merge_m, moment: false, stands: false };
    let stands = |over_s, unseen_s, merge_m| Manner { stands: true, ..of(over_s, unseen_s, merge_m) };
    let moment = |over_s, merge_m| Manner { moment: true, ..of(over_s, over_s, merge_m) };
    match kind {
        EventKind::WrongWay => of(2.0, 10.0, 15.0),
        EventKind::StoppedVehicle => stands(3.0, 60.0, 4.0),
        EventKind::SlowVehicle => of(3.0, 10.0, 5.0),
        EventKind::Speeding => of(2.0, 3.0, 0.0),
        EventKind::Pedestrian => of(2.0, 10.0, 5.0),
        // A herd is one.
        EventKind::Animal => of(2.0, 10.0, 10.0),
        EventKind::Debris => stands(5.0, 60.0, 3.0),
        EventKind::QueueSpillback => of(8.0, 30.0, 0.0),
        EventKind::Congestion => of(30.0, 60.0, 0.0),
        EventKind::RedLightRunning => moment(10.0, 0.0),
        EventKind::NearMiss => moment(10.0, 5.0),
        EventKind::AccidentSuspected => stands(10.0, 300.0, 8.0),
        EventKind::IllegalParking => stands(5.0, 120.0, 3.0),
        EventKind::Flooding => of(0.0, 600.0, 0.0),
    }
}

/// One incident, and what is known of its end.
#[derive(Clone, Debug)]
struct Incident {
    event: Event,
    key: Option<SensorId>,
    /// Since when it has been seen without its sign.
    absent_since: Option<UtcMicros>,
    told_at: UtcMicros,
    told_place: [f64; 2],
    told_unseen: bool,
}

/// All incidents.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    active: Vec<Incident>,
    news: VecDeque<Event>,
    next: u8,
    refused: u64,
}

impl Ledger {
    pub(super) fn take(&mut self, now: UtcMicros, signs: Vec<Sign>, scene: &Scene<'_>, road: &Road, frame: &SiteFrame) {
        for sign in signs {
            let full = self.active.len() >= MOST_ACTIVE;
            match self.active.iter_mut().find(|incident| incident.is_shown_by(&sign)) {
                Some(incident) => incident.go_on(now, sign, frame),
                None if !sign.begins || sign.over => {}
                None if full => self.refused += 1,
                None => self.begin(now, sign, frame),
            }
        }
        for incident in &mut self.active {
            incident.look_for_end(now, scene, road);
        }
        self.tell(now);
    }

    fn begin(&mut self, now: UtcMicros, sign: Sign, frame: &SiteFrame) {
        // At most 64 last, so one of the numbers is free.
        while self.active.iter().any(|incident| incident.event.number == self.next) {
            self.next = (self.next + 1) % NUMBERS;
        }
        let mut incident = Incident::new(self.next, now, &sign, frame);
        self.next = (self.next + 1) % NUMBERS;
        incident.go_on(now, sign, frame);
        self.announce(incident.event.clone());
        self.active.push(incident);
    }

    fn tell(&mut self, now: UtcMicros) {
        let mut news = Vec::new();
        self.active.retain_mut(|incident| {
            let over = incident.event.ended.is_some();
            if over || incident.has_changed(now) {
                (incident.told_at, incident.told_place) = (now, incident.event.place_enu_m);
                incident.told_unseen = incident.event.unseen;
                news.push(incident.event.clone());
            }
            !over
        });
        news.into_iter().for_each(|event| self.announce(event));
    }

    fn announce(&mut self, event: Event) {
        if self.news.len() >= MOST_NEWS {
            self.news.pop_front();
        }
        self.news.push_back(event);
    }

    pub(super) fn lose_all(&mut self, now: UtcMicros) {
        for incident in &mut self.active {
            incident.event.ended = Some((now, Ending::Lost));
        }
        self.tell(now);
    }

    pub(super) fn take_news(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.news).into()
    }

    pub(super) fn active(&self) -> impl Iterator<Item = &Event> {
        self.active.iter().map(|incident| &incident.event)
    }

    pub(super) fn take_refused(&mut self) -> u64 {
        std::mem::take(&mut self.refused)
    }
}

impl Incident {
    fn new(number: u8, now: UtcMicros, sign: &Sign, frame: &SiteFrame) -> Self {
        let [east_m, north_m] = sign.place_enu_m;
        let event = Event {
            number,
            kind: sign.kind,
            place_enu_m: sign.place_enu_m,
            place: frame.wgs84_from_enu([east_m, north_m, 0.0]),
            lane: None,
            tracks: Vec::new(),
            measure: None,
            confidence: 0.0,
            began_at: sign.since,
            seen_at: now,
            unseen: false,
            ended: None,
        };
        let told_place = sign.place_enu_m;
        Self { event, key: sign.key.clone(), absent_since: None, told_at: now, told_place, told_unseen: false }
    }

    fn is_shown_by(&self, sign: &Sign) -> bool {
        if self.event.kind != sign.kind {
            return false;
        }
        if sign.key.is_some() || self.key.is_some() {
            return sign.key == self.key;
        }
        let [east_m, north_m] = [0, 1].map(|axis: usize| self.event.place_enu_m[axis] - sign.place_enu_m[axis]);
        // A weak sign near by is of another one; only its own tracks keep an incident.
        let near = sign.begins && east_m.hypot(north_m) < manner(sign.kind).merge_m;
        near || sign.tracks.iter().any(|track| self.event.tracks.contains(track))
    }

    fn go_on(&mut self, now: UtcMicros, sign: Sign, frame: &SiteFrame) {
        let event = &mut self.event;
        if sign.over {
            event.ended = Some((now, Ending::Cleared));
            return;
        }
        let [east_m, north_m] = sign.place_enu_m;
        event.place_enu_m = sign.place_enu_m;
        event.place = frame.wgs84_from_enu([east_m, north_m, 0.0]);
        event.lane = sign.lane.or(event.lane.take());
        event.measure = sign.measure.or(event.measure);
        event.confidence = sign.confidence;
        event.seen_at = now;
        event.unseen = false;
        event.tracks.retain(|track| !sign.tracks.contains(track));
        event.tracks.splice(..0, sign.tracks.iter().copied());
        event.tracks.truncate(MOST_TRACKS);
        self.absent_since = None;
    }

    fn look_for_end(&mut self, now: UtcMicros, scene: &Scene<'_>, road: &Road) {
        let event = &mut self.event;
        let manner = manner(event.kind);
        let silent_s = now.seconds_since(event.seen_at);
        if event.ended.is_some() || silent_s <= 0.0 {
            return;
        }
        if manner.moment {
            event.ended = (silent_s >= manner.over_s).then_some((now, Ending::Passed));
            return;
        }
        let driven_over = manner.stands
            && scene.tracks.iter().any(|located| {
                let track = &located.track;
                let [east_m, north_m] = [0, 1].map(|axis: usize| track.position_enu_m[axis] - event.place_enu_m[axis]);
                let other = !event.tracks.contains(&track.id);
                other && track.speed_mps() > OVER_IT_MPS && east_m.hypot(north_m) < OVER_IT_M
            });
        // A queue or a jam that nobody is in is over where somebody looks; what one track showed, that track shows.
        let shown = scene.tracks.iter().any(|located| event.tracks.contains(&located.track.id));
        let of_a_lane = matches!(event.kind, EventKind::QueueSpillback | EventKind::Congestion);
        let seen = if of_a_lane { road.is_watched(event.place_enu_m, scene.live) } else { shown };
        if driven_over {
            event.ended = Some((now, Ending::Cleared));
        } else if seen {
            event.unseen = false;
            let since = *self.absent_since.get_or_insert(now);
            if now.seconds_since(since) >= manner.over_s {
                event.ended = Some((now, Ending::Cleared));
            }
        } else {
            event.unseen = true;
            self.absent_since = None;
            event.ended = (silent_s >= manner.unseen_s).then_some((now, Ending::Lost));
        }
    }

    fn has_changed(&self, now: UtcMicros) -> bool {
        let [east_m, north_m] = [0, 1].map(|axis: usize| self.event.place_enu_m[axis] - self.told_place[axis]);
        let changed = self.event.unseen != self.told_unseen || east_m.hypot(north_m) > MOVED_M;
        changed && now.seconds_since(self.told_at) >= UPDATE_S
    }
}
