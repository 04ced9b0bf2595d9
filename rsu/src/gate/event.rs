//! May this event or sign be told of?

use std::collections::{BTreeMap, BTreeSet};

use asn1::cn::rsi::EventSource;
use perception::detection::SensorId;
use perception::events::{Event, EventKind};
use perception::frames::{SiteFrame, Wgs84, inside};
use perception::time::UtcMicros;
use serde::Deserialize;

use super::Reason;
use crate::notice::{Notice, NoticeCode, Place, Timing};
use crate::radios::MessageSet;

/// A notice from further away than this is not this site's, metres.
const FAR_M: f64 = 5000.0;
/// What was seen is told as lasting for so long, seconds: until it is told again.
const SEEN_HOLDS_S: f64 = 60.0;
/// A reason for which nothing was held back for so long is news when it comes again, seconds.
const QUIET_S: f64 = 60.0;

/// Which codes go on the air, and which of what is seen. `site.toml`: `[event_codes]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventCodes {
    /// The kinds of what is seen that go on the air; none unless the site names them, since none is sure enough everywhere.
    /// What the city wants told goes out in any case.
    pub broadcast: BTreeSet<EventKind>,
    /// Code of GB/T 29100 by kind of event, in place of the built-in one; 0: it is not broadcast.
    pub cn: BTreeMap<EventKind, u16>,
    /// Phrase of ITIS (SAE J2540) likewise.
    pub us: BTreeMap<EventKind, u16>,
    /// Codes of events that notices may have besides those known.
    pub more_events: BTreeSet<u16>,
    /// Signs (GB 5768.2) that notices may have besides those known.
    pub more_signs: BTreeSet<u16>,
    /// Phrases of ITIS that notices may have besides those known.
    pub more_itis: BTreeSet<u16>,
    /// What is less sure is not broadcast, 0 to 1.
    pub least_confidence: f64,
}

impl Default for EventCodes {
    fn default() -> Self {
        Self {
            broadcast: BTreeSet::new(),
            cn: BTreeMap::new(),
            us: BTreeMap::new(),
            more_events: BTreeSet::new(),
            more_signs: BTreeSet::new(),
            more_itis: BTreeSet::new(),
            least_confidence: 0.5,
        }
    }
}

/// Event types of GB/T 29100 that are known from published profiles: class times 100 plus number.
const EVENTS: [u16; 22] =
    [202, 205, 301, 302, 304, 305, 308, 311, 399, 401, 405, 406, 407, 408, 409, 707, 901, 902, 903, 904, 905, 906];
/// Signs of GB 5768.2 likewise: works, speed limit, crosswalk.
const SIGNS: [u16; 3] = [38, 85, 114];
/// Phrases of ITIS that public programs agree on: accidents and stalled vehicles, closures, works, obstructions, wrong ways and
/// emergency vehicles, signals out of order, a speed limit.
const ITIS: [u16; 26] = [
    513, 531, 532, 533, 534, 769, 770, 771, 775, 776, 777, 778, 1025, 1028, 1036, 1281, 1282, 1284, 1286, 1290, 1300,
    1301, 1793, 1796, 2313, 2564,
];

impl EventCodes {
    /// The code on the air of this set; `None`: this kind is not broadcast. Not built in: what no code is known of, and for
    /// China accidents (101 is not certain).
    pub fn of(&self, kind: EventKind, set: MessageSet) -> Option<NoticeCode> {
        self.broadcast.get(&kind)?;
        let (own, built_in) = match set {
            MessageSet::Cn => (&self.cn, gbt29100(kind)),
            MessageSet::Us => (&self.us, itis(kind)),
        };
        let code = own.get(&kind).copied().or(built_in).filter(|code| *code != 0)?;
        Some(match set {
            MessageSet::Cn => NoticeCode::Event(code),
            MessageSet::Us => NoticeCode::Itis(code),
        })
    }

    fn knows(&self, code: NoticeCode) -> bool {
        match code {
            NoticeCode::Event(code) => {
                code != 0
                    && (EVENTS.contains(&code)
                        || self.more_events.contains(&code)
                        || self.cn.values().any(|known| *known == code))
            }
            NoticeCode::Sign(sign) => SIGNS.contains(&sign) || self.more_signs.contains(&sign),
            NoticeCode::Itis(phrase) => ITIS.contains(&phrase) || self.more_itis.contains(&phrase),
        }
    }
}

/// Event type of GB/T 29100.
fn gbt29100(kind: EventKind) -> Option<u16> {
    Some(match kind {
        EventKind::WrongWay => 904,
        EventKind::StoppedVehicle | EventKind::IllegalParking => 903,
        EventKind::SlowVehicle => 902,
        EventKind::Speeding => 901,
        EventKind::Pedestrian => 405,
        EventKind::Animal => 406,
        EventKind::Debris => 401,
        EventKind::QueueSpillback | EventKind::Congestion => 707,
        EventKind::Flooding => 407,
        EventKind::RedLightRunning | EventKind::NearMiss | EventKind::AccidentSuspected => return None,
    })
}

/// Phrase of ITIS (SAE J2540), as public programs list them.
fn itis(kind: EventKind) -> Option<u16> {
    Some(match kind {
        EventKind::WrongWay => 1793,
        EventKind::StoppedVehicle => 532,
        EventKind::AccidentSuspected => 513,
        EventKind::Pedestrian => 1286,
        EventKind::Animal => 1290,
        EventKind::Debris => 1284,
        EventKind::Flooding => 1301,
        EventKind::SlowVehicle
        | EventKind::Speeding
        | EventKind::IllegalParking
        | EventKind::QueueSpillback
        | EventKind::Congestion
        | EventKind::RedLightRunning
        | EventKind::NearMiss => return None,
    })
}

/// An event or sign on its way to the air.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its number: of what was seen that of the event, of notices their own.
    pub number: u8,
    /// What it is.
    pub code: NoticeCode,
    /// How often it is said.
    pub timing: Timing,
    /// Who says so.
    pub source: EventSource,
    /// Where.
    pub place: Wgs84,
    /// How far around, metres.
    pub radius_m: Option<f64>,
    /// Along which way.
    pub path: Vec<Place>,
    /// In which lanes.
    pub lanes: Vec<SensorId>,
    /// From when on.
    pub from: UtcMicros,
    /// Until when.
    pub until: UtcMicros,
    /// 0 lowest to 7 highest.
    pub priority: u8,
    /// How sure, 0 to 1. `None`: not known.
    pub confidence: Option<f64>,
    /// In words.
    pub text: Option<String>,
}

impl Told {
    /// Of what was seen. What is unseen for a while is told as half as sure.
    fn of_event(now: UtcMicros, event: &Event, code: NoticeCode) -> Self {
        let (timing, priority, radius_m) = manner(event.kind);
        Self {
            number: event.number,
            code,
            timing,
            source: EventSource::Detection,
            place: event.place,
            radius_m: Some(radius_m),
            path: Vec::new(),
            lanes: event.lane.iter().cloned().collect(),
            from: event.began_at,
            until: now.plus_seconds(SEEN_HOLDS_S),
            priority,
            confidence: Some(event.confidence * if event.unseen { 0.5 } else { 1.0 }),
            text: None,
        }
    }

    fn of_notice(number: u8, notice: &Notice) -> Self {
        let Place { lat_deg, lon_deg } = notice.place;
        Self {
            number,
            code: notice.code,
            timing: notice.timing,
            source: EventSource::Government,
            place: Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m: 0.0 },
            radius_m: notice.radius_m,
            path: notice.path.clone(),
            lanes: notice.lanes.clone(),
            from: UtcMicros(notice.from_us),
            until: UtcMicros(notice.until_us),
            priority: notice.priority,
            confidence: None,
            text: notice.text.clone(),
        }
    }
}

/// How often a kind is said, how urgent it is, 0 to 7, and how far around it counts, metres. Urgency and radius are ours.
fn manner(kind: EventKind) -> (Timing, u8, f64) {
    match kind {
        EventKind::WrongWay => (Timing::Dynamic, 7, 30.0),
        EventKind::Pedestrian | EventKind::Animal | EventKind::NearMiss | EventKind::RedLightRunning => {
            (Timing::Dynamic, 6, 10.0)
        }
        EventKind::SlowVehicle | EventKind::Speeding => (Timing::Dynamic, 4, 20.0),
        EventKind::Debris => (Timing::Dynamic, 6, 5.0),
        EventKind::AccidentSuspected => (Timing::SemiStatic, 7, 15.0),
        EventKind::StoppedVehicle => (Timing::SemiStatic, 5, 10.0),
        EventKind::IllegalParking => (Timing::SemiStatic, 3, 10.0),
        EventKind::QueueSpillback | EventKind::Congestion => (Timing::SemiStatic, 4, 50.0),
        EventKind::Flooding => (Timing::SemiStatic, 6, 20.0),
    }
}

/// The gate for events and signs.
#[derive(Clone, Debug)]
pub struct EventGate {
    codes: EventCodes,
    frame: SiteFrame,
    region_enu_m: Vec<[f64; 2]>,
    /// Reasons that the log has, and when they last held.
    told: BTreeMap<Reason, UtcMicros>,
}

impl EventGate {
    /// `region_enu_m`: where what is seen may be said; empty: anywhere.
    pub fn new(codes: EventCodes, frame: SiteFrame, region_enu_m: Vec<[f64; 2]>) -> Self {
        Self { codes, frame, region_enu_m, told: BTreeMap::new() }
    }

    /// Those of a kind of timing that may be said now to vehicles of this set; why each of the others may not. Kinds of events
    /// that have no code are meant for the city, and not counted.
    pub fn pass<'a>(
        &mut self,
        now: UtcMicros,
        set: MessageSet,
        timing: Timing,
        events: impl Iterator<Item = &'a Event>,
        notices: impl Iterator<Item = (u8, &'a Notice)>,
        held: &mut Vec<Reason>,
    ) -> Vec<Told> {
        let seen = events.filter(|event| manner(event.kind).0 == timing);
        let seen = seen.filter_map(|event| Some(Told::of_event(now, event, self.codes.of(event.kind, set)?)));
        let wanted = notices.filter(|(_, notice)| notice.timing == timing && notice.code.set() == set);
        let mut said = Vec::new();
        for told in seen.chain(wanted.map(|(number, notice)| Told::of_notice(number, notice))) {
            match self.judge(now, &told) {
                Ok(()) => said.push(told),
                Err(reason) => held.push(reason),
            }
        }
        self.log(now, held);
        said
    }

    /// Whether a notice may be said once its time has come.
    ///
    /// # Errors
    /// Why it would be held back.
    pub fn may_be_told(&self, notice: &Notice) -> Result<(), Reason> {
        self.judge(UtcMicros(notice.from_us), &Told::of_notice(0, notice))
    }

    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "a comparison with NaN must hold it back")]
    fn judge(&self, now: UtcMicros, told: &Told) -> Result<(), Reason> {
        if !(told.from <= now && now < told.until) {
            return Err(Reason::OutsideTimeWindow);
        }
        let seen = told.source == EventSource::Detection;
        if !seen && !self.codes.knows(told.code) {
            return Err(Reason::CodeUnknown);
        }
        if told.confidence.is_some_and(|share| !(share >= self.codes.least_confidence)) {
            return Err(Reason::EventUnsure);
        }
        let [east_m, north_m, _] = self.frame.enu_from_wgs84(told.place);
        let here = if seen && !self.region_enu_m.is_empty() {
            inside(&self.region_enu_m, [east_m, north_m])
        } else {
            east_m.hypot(north_m) <= FAR_M
        };
        if here { Ok(()) } else { Err(Reason::OutsideRegion) }
    }

    fn log(&mut self, now: UtcMicros, held: &[Reason]) {
        self.told.retain(|_, last| (0.0..=QUIET_S).contains(&now.seconds_since(*last)));
        for &reason in held {
            if self.told.insert(reason, now).is_none() {
                tracing::info!(reason = reason.as_str(), "events or signs are held back: {}", reason.in_words());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perception::calibration::Origin;

    const NOW: UtcMicros = UtcMicros(1_800_000_000_000_000);
    const ORIGIN: Origin = Origin { lat_deg: 30.0, lon_deg: 114.0, ellipsoidal_height_m: 0.0 };

    fn event(kind: EventKind, place_enu_m: [f64; 2]) -> Event {
        let frame = SiteFrame::new(ORIGIN);
        Event {
            number: 3,
            kind,
            place_enu_m,
            place: frame.wgs84_from_enu([place_enu_m[0], place_enu_m[1], 0.0]),
            lane: None,
            tracks: vec![1],
            measure: None,
            confidence: 0.9,
            began_at: NOW.plus_seconds(-5.0),
            seen_at: NOW,
            unseen: false,
            ended: None,
        }
    }

    fn notice(code: NoticeCode) -> Notice {
        Notice {
            id: "a".into(),
            code,
            timing: Timing::Dynamic,
            place: Place { lat_deg: 30.0, lon_deg: 114.0 },
            radius_m: None,
            path: vec![],
            lanes: vec![],
            from_us: NOW.0,
            until_us: NOW.0 + 1,
            priority: 0,
            text: None,
        }
    }

    fn pass(events: &[Event], notices: &[Notice]) -> (Vec<NoticeCode>, Vec<Reason>) {
        let region = vec![[-100.0, -100.0], [100.0, -100.0], [100.0, 100.0], [-100.0, 100.0]];
        let broadcast = BTreeSet::from([EventKind::WrongWay, EventKind::NearMiss]);
        let codes = EventCodes { broadcast, ..EventCodes::default() };
        let mut gate = EventGate::new(codes, SiteFrame::new(ORIGIN), region);
        let mut held = Vec::new();
        let notices = || notices.iter().map(|n| (1, n));
        let mut said = gate.pass(NOW, MessageSet::Cn, Timing::Dynamic, events.iter(), notices(), &mut held);
        said.extend(gate.pass(NOW, MessageSet::Us, Timing::Dynamic, [].iter(), notices(), &mut held));
        (said.into_iter().map(|told| told.code).collect(), held)
    }

    #[test]
    fn only_what_the_site_names_goes_on_the_air() {
        assert_eq!(EventCodes::default().of(EventKind::Pedestrian, MessageSet::Cn), None);
        let codes = EventCodes { broadcast: BTreeSet::from([EventKind::Pedestrian]), ..EventCodes::default() };
        assert_eq!(codes.of(EventKind::Pedestrian, MessageSet::Cn), Some(NoticeCode::Event(405)));
        assert_eq!(codes.of(EventKind::Pedestrian, MessageSet::Us), Some(NoticeCode::Itis(1286)));
        assert_eq!(codes.of(EventKind::Debris, MessageSet::Cn), None);
        let animals = EventCodes { broadcast: BTreeSet::from([EventKind::Animal]), ..EventCodes::default() };
        for (set, code) in [(MessageSet::Cn, NoticeCode::Event(406)), (MessageSet::Us, NoticeCode::Itis(1290))] {
            assert_eq!(animals.of(EventKind::Animal, set), Some(code));
            assert!(animals.knows(code));
        }
        let codes = EventCodes { us: BTreeMap::from([(EventKind::Pedestrian, 0)]), ..codes };
        assert_eq!(codes.of(EventKind::Pedestrian, MessageSet::Us), None, "switched off");
    }

    #[test]
    fn each_is_held_back_for_its_reason() {
        let wrong = |place| event(EventKind::WrongWay, place);
        assert_eq!(pass(&[wrong([0.0, 0.0])], &[]), (vec![NoticeCode::Event(904)], vec![]));
        assert_eq!(pass(&[wrong([101.0, 0.0])], &[]), (vec![], vec![Reason::OutsideRegion]));
        assert_eq!(pass(&[event(EventKind::NearMiss, [0.0, 0.0])], &[]), (vec![], vec![]), "for the city only");
        let unseen = Event { unseen: true, ..wrong([0.0, 0.0]) };
        assert_eq!(pass(&[unseen], &[]), (vec![], vec![Reason::EventUnsure]), "half of 0.9");
        let works = notice(NoticeCode::Sign(38));
        assert_eq!(pass(&[], std::slice::from_ref(&works)), (vec![NoticeCode::Sign(38)], vec![]));
        let closed = notice(NoticeCode::Itis(769));
        assert_eq!(pass(&[], std::slice::from_ref(&closed)), (vec![NoticeCode::Itis(769)], vec![]), "once, to its own");
        assert_eq!(pass(&[], &[notice(NoticeCode::Itis(1))]), (vec![], vec![Reason::CodeUnknown]));
        assert_eq!(pass(&[], &[notice(NoticeCode::Event(0))]), (vec![], vec![Reason::CodeUnknown]));
        assert_eq!(pass(&[], &[notice(NoticeCode::Sign(9999))]), (vec![], vec![Reason::CodeUnknown]));
        let early = Notice { from_us: NOW.0 + 1, until_us: NOW.0 + 2, ..works.clone() };
        assert_eq!(pass(&[], &[early]), (vec![], vec![Reason::OutsideTimeWindow]));
        let far = Notice { place: Place { lat_deg: 30.1, lon_deg: 114.0 }, ..works };
        assert_eq!(pass(&[], &[far]), (vec![], vec![Reason::OutsideRegion]));
    }
}
