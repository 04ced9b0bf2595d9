//! What to send, and what it says: from the picture, the signal and the map to encoded messages. One file per message.

use std::collections::BTreeSet;
use std::sync::Arc;

use asn1::{Dialect, ObjectIdentifier};
use perception::calibration::{Origin, SensorModel, SiteGeometry};
use perception::detection::SensorId;
use perception::frames::SiteFrame;
use perception::parking::LotState;
use perception::time::UtcMicros;
use perception::track::{Track, V2X};

use crate::gate::{Reason, Told, lot_may_be_said};
use crate::guidance::{Guide, Guides};
use crate::map::{NodeId, SiteMap};
use crate::notice::Timing;
use crate::priority::Answers;
use crate::radios::{MessageKind, MessageSet, Transmission};
use crate::signals::{GroupState, SignalState};

mod cn_map;
mod cn_pam;
mod cn_rsc;
mod cn_rsi;
mod cn_rsm;
mod cn_spat;
mod confidence;
mod map_parts;
mod participants;
mod signal_words;
mod us_map;
mod us_rsm;
mod us_sdsm;
mod us_spat;
mod us_ssm;
mod us_tim;

use participants::ParticipantIds;
pub(crate) use us_map::approach as us_approach;
use us_rsm::RoadSafety;

/// How long a message may wait for a radio: it is worthless once its successor is due.
const SPAT_VALID_S: f64 = 0.1;
const OBJECTS_VALID_S: f64 = 0.1;
const MAP_VALID_S: f64 = 1.0;
const ANSWERS_VALID_S: f64 = 0.5;
const PAM_VALID_S: f64 = 1.0;

/// What goes on the air.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// China dialect, if any.
    pub cn: Option<Dialect>,
    /// US dialect, if any.
    pub us: Option<Dialect>,
    /// The unit's identity: 8 octets for China, the last 4 of them for the US.
    pub rsu_id: [u8; 8],
    /// The most octets of a MAP message; a larger map is divided.
    pub map_max_octets: u16,
}

/// Under the 2302 octets that deployed units carry as one packet, with room for a signature and its certificate.
pub const MAP_MAX_OCTETS: u16 = 2000;

/// MAP of a map in one dialect, in as many messages as its size asks for. `count` is the first message's `msgCnt` (China).
///
/// # Errors
/// What the messages cannot say.
pub fn encode_map(
    map: &SiteMap,
    dialect: Dialect,
    max_octets: usize,
    count: u8,
    now: UtcMicros,
) -> Result<Vec<Vec<u8>>, asn1::CodecError> {
    let mut counts = MessageCount(count & 0x7f);
    match dialect {
        Dialect::UsJ27352024 => us_map::encode(map, max_octets, now),
        _ => cn_map::encode(map, dialect, max_octets, || counts.next(), now),
    }
}

/// Who is to be told of, and how young the knowledge is.
#[derive(Debug)]
pub struct ObjectPicture<'a> {
    /// What passed the gate.
    pub tracks: &'a [&'a Track],
    /// Capture of the newest camera frame in it, if no message has told of that frame before.
    pub captured_at: Option<UtcMicros>,
    /// When that frame's detections arrived, likewise.
    pub arrived_at: Option<UtcMicros>,
}

/// Why a message could not be made.
#[derive(Debug, thiserror::Error)]
enum ComposeError {
    /// A value that the message cannot say.
    #[error(transparent)]
    Range(#[from] asn1::units::OutOfRange),
    /// The encoder refused.
    #[error(transparent)]
    Codec(#[from] asn1::CodecError),
}

/// A message ready for the radios, or which one could not be made and why.
pub type Composed = Result<Transmission, (MessageKind, Reason)>;

/// Network layer identity of a message.
#[derive(Clone, Copy)]
struct Application {
    /// AID (China, `docs/standards.md`: YD/T 3707) or PSID (US).
    id: u32,
    /// China priority, 0–255.
    priority: u8,
}

/// China AIDs and priorities (facts of deployed units; YD/T 3707-2020, YD/T 3709-2020).
const CN_MAP: Application = Application { id: 3618, priority: 16 };
const CN_SPAT: Application = Application { id: 3619, priority: 176 };
/// RSI: static, semi-static, dynamic.
const CN_RSI: [Application; 3] = [
    Application { id: 3620, priority: 48 },
    Application { id: 3621, priority: 80 },
    Application { id: 3622, priority: 112 },
];
const CN_RSM: Application = Application { id: 3623, priority: 208 };
/// US PSIDs as deployed: SPAT and MAP 0x82, SDSM 0x90 (IEEE 1609.12 and RSU configurations in the field).
const US_MAP: Application = Application { id: 0x82, priority: 16 };
const US_SPAT: Application = Application { id: 0x82, priority: 176 };
const US_SDSM: Application = Application { id: 0x90, priority: 208 };
/// As deployed (RSU configurations in the field); the priority is ours, that of China's dynamic RSI.
const US_TIM: Application = Application { id: 0x83, priority: 112 };
/// That of TIM, as one maker's radios have it by default (J2945/4 was not at hand, and no register names it); the priority is TIM's.
const US_RSM: Application = US_TIM;
/// 0xE0000015 as it goes over the air.
const US_SSM: Application = Application { id: 0x20_4095, priority: 176 };
/// No source names the priority of China's messages of phase 2: that of SPAT, which answers belong to.
const CN_RSC_PRIORITY: u8 = 176;
/// Nor that of PAM: that of MAP, which lots are like.
const CN_PAM_PRIORITY: u8 = 16;

/// Makes messages; counts them; knows what it called whom.
#[derive(Debug)]
pub struct Composer {
    edition: Edition,
    frame: SiteFrame,
    origin: Origin,
    map: Option<SiteMap>,
    cameras: Vec<SensorId>,
    participants: ParticipantIds,
    pam_aid: Option<u32>,
    road_safety: Option<RoadSafety>,
    counts: Counts,
}

/// `msgCnt` of each message: 0 to 127, wraps.
#[derive(Debug, Default)]
struct Counts {
    cn_spat: MessageCount,
    cn_map: MessageCount,
    cn_rsm: MessageCount,
    us_sdsm: MessageCount,
    us_ssm: MessageCount,
    us_tim: MessageCount,
    cn_rsc: MessageCount,
    cn_pam: MessageCount,
    cn_rsi: MessageCount,
}

/// A `MsgCount`, INTEGER (0..127).
#[derive(Debug, Default)]
struct MessageCount(u8);

impl MessageCount {
    fn next(&mut self) -> u8 {
        let count = self.0;
        self.0 = (count + 1) & 0x7f;
        count
    }
}

impl Composer {
    /// With nothing said so far.
    pub fn new(edition: Edition, geometry: &SiteGeometry, map: Option<SiteMap>) -> Self {
        let camera = |sensor: &SensorModel| matches!(sensor, SensorModel::Camera(_)).then(|| sensor.id().clone());
        Self {
            edition,
            frame: SiteFrame::new(geometry.origin),
            origin: geometry.origin,
            map,
            cameras: geometry.sensors.iter().filter_map(camera).collect(),
            participants: ParticipantIds::default(),
            pam_aid: None,
            road_safety: None,
            counts: Counts::default(),
        }
    }

    /// The same, and it tells of parking lots under this AID; `None`: it does not.
    pub fn with_pam(self, pam_aid: Option<u32>) -> Self {
        Self { pam_aid, ..self }
    }

    /// The same, and it tells of events and notices in RSM of the US set, too, as this authority's; `None`: it does not.
    pub fn with_road_authority(self, authority: Option<ObjectIdentifier>) -> Self {
        let of = |authority| RoadSafety::new(authority, self.edition.rsu_id, self.frame.clone());
        Self { road_safety: authority.map(of), ..self }
    }

    /// Whether the gate lets this be said of one of the map's lots.
    ///
    /// # Errors
    /// Why not.
    pub fn may_tell_of(&self, now: UtcMicros, state: &LotState) -> Result<(), Reason> {
        let map = self.map.as_ref().ok_or(Reason::ParkingInconsistent)?;
        let lot = map.lots.iter().find(|lot| lot.id == state.id).ok_or(Reason::ParkingInconsistent)?;
        lot_may_be_said(now, lot, state, &map.region_enu_m)
    }

    /// PAM (China) of each lot whose drives the map draws, with the ways of those whom `guides` leads.
    pub fn parking(&mut self, now: UtcMicros, lots: &[LotState], guides: Option<&Guides>) -> Vec<Composed> {
        let (Some(id), Some(map), Some(_)) = (self.pam_aid, &self.map, self.edition.cn) else { return Vec::new() };
        let mut composed = Vec::new();
        for park in map.car_parks.iter().filter(|park| !park.nodes.is_empty()) {
            let lot = map.lots.iter().find(|lot| *lot.id == *park.lot);
            let state = lots.iter().find(|state| *state.id == *park.lot);
            let (Some(lot), Some(state)) = (lot, state) else { continue };
            if let Err(reason) = self.may_tell_of(now, state) {
                composed.push(Err((MessageKind::Pam, reason)));
                continue;
            }
            let drawn = cn_pam::Drawn { lot, park, frame: &self.frame };
            let guides: Vec<Guide<'_>> = guides.into_iter().flat_map(|guides| guides.of_lot(&lot.id)).collect();
            let encoded = cn_pam::encode(&drawn, state, &guides, self.counts.cn_pam.next(), now);
            let application = Application { id, priority: CN_PAM_PRIORITY };
            composed.push(finish(MessageSet::Cn, MessageKind::Pam, application, encoded, now, PAM_VALID_S));
        }
        composed
    }

    /// MAP in each family; nothing without a map.
    pub fn map(&mut self, now: UtcMicros) -> Vec<Composed> {
        let Some(map) = &self.map else { return Vec::new() };
        let mut composed = Vec::new();
        let max_octets = usize::from(self.edition.map_max_octets);
        if let Some(dialect) = self.edition.cn {
            let parts = cn_map::encode(map, dialect, max_octets, || self.counts.cn_map.next(), now);
            composed.extend(finish_all(MessageSet::Cn, MessageKind::Map, CN_MAP, parts, now, MAP_VALID_S));
        }
        if self.edition.us.is_some() {
            let parts = us_map::encode(map, max_octets, now);
            composed.extend(finish_all(MessageSet::Us, MessageKind::Map, US_MAP, parts, now, MAP_VALID_S));
        }
        composed
    }

    /// SPAT in each family.
    pub fn spat(&mut self, now: UtcMicros, state: &SignalState) -> Vec<Composed> {
        let nodes = self.nodes(state);
        let mut composed = Vec::new();
        if let Some(dialect) = self.edition.cn {
            let encoded = cn_spat::encode(state, &nodes, dialect, self.counts.cn_spat.next(), now);
            composed.push(finish(MessageSet::Cn, MessageKind::Spat, CN_SPAT, encoded, now, SPAT_VALID_S));
        }
        if self.edition.us.is_some() {
            let encoded = us_spat::encode(state, &nodes, now);
            composed.push(finish(MessageSet::Us, MessageKind::Spat, US_SPAT, encoded, now, SPAT_VALID_S));
        }
        composed
    }

    /// Each served node that has groups, with them. What is no other's goes with the first, as all does where there is but one.
    fn nodes<'a>(&self, state: &'a SignalState) -> Vec<(NodeId, Vec<&'a GroupState>)> {
        let served =
            self.map.iter().flat_map(|map| map.served_nodes().map(move |node| (node.id, map.groups_at(node.id))));
        let mut served: Vec<(NodeId, BTreeSet<u8>)> = served.collect();
        if served.is_empty() {
            served.push(Default::default());
        }
        let of_others: BTreeSet<u8> = served.iter().skip(1).flat_map(|(_, groups)| groups).copied().collect();
        if let Some((_, of_first)) = served.first_mut() {
            of_first.extend(state.groups.iter().map(|group| group.id).filter(|id| !of_others.contains(id)));
        }
        let of_state = |groups: &BTreeSet<u8>| state.groups.iter().filter(|group| groups.contains(&group.id)).collect();
        let said = served.iter().map(|(id, groups)| (*id, of_state(groups)));
        said.filter(|(_, groups): &(NodeId, Vec<_>)| !groups.is_empty()).collect()
    }

    /// The picture of road users: RSM (China), SDSM (US).
    pub fn objects(&mut self, now: UtcMicros, picture: &ObjectPicture<'_>) -> Vec<Composed> {
        let named = self.named(now, picture.tracks);
        let mut composed = Vec::new();
        if let Some(dialect) = self.edition.cn {
            let sender = cn_rsm::Sender { id: self.edition.rsu_id, origin: &self.origin, frame: &self.frame };
            for encoded in cn_rsm::encode(&named, &sender, dialect, now, || self.counts.cn_rsm.next()) {
                composed.push(finish(MessageSet::Cn, MessageKind::Rsm, CN_RSM, encoded, now, OBJECTS_VALID_S));
            }
        }
        if self.edition.us.is_some() {
            let [_, _, _, _, id @ ..] = self.edition.rsu_id;
            for encoded in us_sdsm::encode(&named, id, &self.origin, now, || self.counts.us_sdsm.next()) {
                composed.push(finish(MessageSet::Us, MessageKind::Sdsm, US_SDSM, encoded, now, OBJECTS_VALID_S));
            }
        }
        for transmission in composed.iter_mut().flatten() {
            transmission.captured_at = picture.captured_at;
            transmission.arrived_at = picture.arrived_at;
        }
        composed
    }

    /// Answers to those who ask for priority: RSC (China), SSM (US), each to those of its set.
    pub fn answers(&mut self, now: UtcMicros, answers: &Answers<'_>) -> Vec<Composed> {
        let mut composed = Vec::new();
        if self.edition.cn.is_some() {
            let application = || Application { id: answers.rsc_aid, priority: CN_RSC_PRIORITY };
            let sender = cn_rsm::Sender { id: self.edition.rsu_id, origin: &self.origin, frame: &self.frame };
            for encoded in cn_rsc::encode(answers.requests, &sender, now, || self.counts.cn_rsc.next()) {
                composed.push(finish(MessageSet::Cn, MessageKind::Rsc, application(), encoded, now, ANSWERS_VALID_S));
            }
        }
        if self.edition.us.is_some()
            && let Some(encoded) = us_ssm::encode(answers, now, || self.counts.us_ssm.next())
        {
            composed.push(finish(MessageSet::Us, MessageKind::Ssm, US_SSM, encoded, now, ANSWERS_VALID_S));
        }
        composed
    }

    /// Whose vehicles are spoken to.
    pub fn sets(&self) -> impl Iterator<Item = MessageSet> + use<> {
        let Edition { cn, us, .. } = self.edition;
        [cn.map(|_| MessageSet::Cn), us.map(|_| MessageSet::Us)].into_iter().flatten()
    }

    /// Events and signs of one timing: RSI (China), TIM and RSM (US). `valid_s`: until its successor is due.
    pub fn information(
        &mut self,
        now: UtcMicros,
        set: MessageSet,
        timing: Timing,
        told: &[Told],
        valid_s: f64,
    ) -> Vec<Composed> {
        match (set, self.edition.cn) {
            (MessageSet::Cn, Some(dialect)) => {
                let [fixed, semi, dynamic] = CN_RSI;
                let application = || match timing {
                    Timing::Static => fixed,
                    Timing::SemiStatic => semi,
                    Timing::Dynamic => dynamic,
                };
                let sender = cn_rsm::Sender { id: self.edition.rsu_id, origin: &self.origin, frame: &self.frame };
                let count = || self.counts.cn_rsi.next();
                let messages = cn_rsi::encode(told, self.map.as_ref(), &sender, dialect, now, count).into_iter();
                messages.map(|encoded| finish(set, MessageKind::Rsi, application(), encoded, now, valid_s)).collect()
            }
            (MessageSet::Cn, None) => Vec::new(),
            (MessageSet::Us, _) => {
                let count = &mut self.counts.us_tim;
                let one = |told| us_tim::encode(told, self.edition.rsu_id, count.next(), now);
                let messages = told.iter().filter_map(one);
                let tims = messages.map(|encoded| finish(set, MessageKind::Tim, US_TIM, encoded, now, valid_s));
                let rsms = self.road_safety.iter_mut().flat_map(|safety| safety.encode(now, timing, told));
                tims.chain(rsms.map(|encoded| finish(set, MessageKind::Rsm, US_RSM, encoded, now, valid_s))).collect()
            }
        }
    }

    /// Which message tells of objects on this site; where both families are on the air, China's stands for both.
    pub fn object_kind(&self) -> MessageKind {
        if self.edition.cn.is_some() { MessageKind::Rsm } else { MessageKind::Sdsm }
    }

    fn named<'a>(&mut self, now: UtcMicros, tracks: &[&'a Track]) -> Vec<Named<'a>> {
        let cameras = &self.cameras;
        let seen_by = |track: &Track| SeenBy {
            sensors: track.sources.iter().filter(|source| &***source != V2X).count(),
            itself: track.sources.iter().any(|source| &**source == V2X),
            camera: track.sources.iter().any(|source| cameras.contains(source)),
        };
        self.participants
            .numbers(now, tracks)
            .map(|(number, track)| Named { number, track, seen_by: seen_by(track) })
            .collect()
    }
}

fn finish(
    set: MessageSet,
    kind: MessageKind,
    application: Application,
    encoded: Result<Vec<u8>, impl Into<ComposeError>>,
    now: UtcMicros,
    valid_s: f64,
) -> Composed {
    let payload: Arc<[u8]> = encoded
        .map_err(|error| {
            let error: ComposeError = error.into();
            tracing::warn!(message = kind.as_str(), set = set.as_str(), %error, "not encodable");
            (kind, Reason::NotEncodable)
        })?
        .into();
    Ok(Transmission {
        set,
        kind,
        payload,
        application_id: application.id,
        priority: application.priority,
        captured_at: None,
        arrived_at: None,
        valid_until: now.plus_seconds(valid_s),
    })
}

/// The same of a message in several parts, or of the failure to make any.
fn finish_all(
    set: MessageSet,
    kind: MessageKind,
    application: Application,
    parts: Result<Vec<Vec<u8>>, asn1::CodecError>,
    now: UtcMicros,
    valid_s: f64,
) -> Vec<Composed> {
    match parts {
        Ok(parts) => {
            let part = |part| finish(set, kind, application, Ok::<_, asn1::CodecError>(part), now, valid_s);
            parts.into_iter().map(part).collect()
        }
        Err(error) => vec![finish(set, kind, application, Err(error), now, valid_s)],
    }
}

/// A track, the number by which messages call it, and what saw it.
#[derive(Clone, Copy, Debug)]
struct Named<'a> {
    number: u16,
    track: &'a Track,
    seen_by: SeenBy,
}

/// How many sensors saw a road user lately, and whether a camera was among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SeenBy {
    sensors: usize,
    /// Whether it tells of itself.
    itself: bool,
    camera: bool,
}
