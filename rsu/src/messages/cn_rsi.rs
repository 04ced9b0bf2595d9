//! RSI: events and signs for vehicles of the China set (`asn1::cn::rsi`).
//!
//! One message holds events and signs of one timing only, at most 8 and 16; more go into further messages.

use asn1::cn::MessageFrame;
use asn1::cn::common::NodeReferenceID;
use asn1::cn::rsi::{ReferenceLanes, ReferenceLink};
use asn1::si::cn::rsi::{RSITimeDetails, RTEData, RTSData, ReferencePath, RoadSideInformation};
use asn1::si::{Description, Position, Si};
use asn1::{CodecError, Dialect, time};
use perception::detection::SensorId;
use perception::time::UtcMicros;

use super::cn_rsm::Sender;
use crate::gate::Told;
use crate::map::{NodeId, SiteMap};
use crate::notice::{NoticeCode, Place};

const MOST_EVENTS: usize = 8;
const MOST_SIGNS: usize = 16;
/// Half of a lane and a little: how far from a path it holds if nobody says so, metres.
const PATH_RADIUS_M: f64 = 5.0;
/// Description of up to 512 octets in each of 8 events is more than a packet takes: with words, one a message.
const MOST_WITH_TEXT: usize = 1;

/// As many messages as it takes; none if there is nothing to tell.
pub(super) fn encode(
    told: &[Told],
    map: Option<&SiteMap>,
    sender: &Sender<'_>,
    dialect: Dialect,
    now: UtcMicros,
    mut count: impl FnMut() -> u8,
) -> Vec<Result<Vec<u8>, CodecError>> {
    let mut messages = Vec::new();
    let mut message = |events: &[&Told]| {
        let origin = sender.origin;
        let rtes: Vec<RTEData> = events.iter().filter_map(|told| event(told, map)).collect();
        let rtss: Vec<RTSData> = events.iter().filter_map(|told| sign(told, map)).collect();
        let rsi = RoadSideInformation {
            msg_cnt: count(),
            moy: Some(time::minute_of_year(now.0)),
            id: sender.id.into(),
            ref_pos: Some(Position {
                lat_deg: origin.lat_deg,
                lon_deg: origin.lon_deg,
                elevation_m: Some(origin.ellipsoidal_height_m),
            }),
            rtes: (!rtes.is_empty()).then_some(rtes),
            rtss: (!rtss.is_empty()).then_some(rtss),
        };
        asn1::cn::encode(&MessageFrame::RsiFrame(rsi.to_wire()?), dialect)
    };
    for (is_event, most) in [(true, MOST_EVENTS), (false, MOST_SIGNS)] {
        for (with_text, most) in [(false, most), (true, MOST_WITH_TEXT)] {
            let of = |told: &&Told| {
                matches!(told.code, NoticeCode::Event(_)) == is_event && told.text.is_some() == with_text
            };
            let these: Vec<&Told> = told.iter().filter(of).collect();
            messages.extend(these.chunks(most).map(&mut message));
        }
    }
    messages
}

fn event(told: &Told, map: Option<&SiteMap>) -> Option<RTEData> {
    let NoticeCode::Event(event_type) = told.code else { return None };
    Some(RTEData {
        rte_id: told.number,
        event_type,
        event_source: told.source,
        event_pos: Some(position(told.place.lat_deg, told.place.lon_deg)),
        event_radius_m: told.radius_m,
        description: told.text.clone().map(Description::Text),
        time_details: Some(window(told)),
        priority: Some(told.priority),
        reference_paths: path(told),
        reference_links: links(&told.lanes, map),
        event_confidence: told.confidence,
    })
}

fn sign(told: &Told, map: Option<&SiteMap>) -> Option<RTSData> {
    let NoticeCode::Sign(sign_type) = told.code else { return None };
    Some(RTSData {
        rts_id: told.number,
        sign_type,
        sign_pos: Some(position(told.place.lat_deg, told.place.lon_deg)),
        description: told.text.clone().map(Description::Text),
        time_details: Some(window(told)),
        priority: Some(told.priority),
        reference_paths: path(told),
        reference_links: links(&told.lanes, map),
    })
}

fn position(lat_deg: f64, lon_deg: f64) -> Position {
    Position { lat_deg, lon_deg, elevation_m: None }
}

/// A minute counts as a whole: the end is the first minute that is past it.
fn window(told: &Told) -> RSITimeDetails {
    RSITimeDetails {
        start_time: Some(time::minute_of_year(told.from.0)),
        end_time: Some(time::minute_of_year(told.until.plus_seconds(59.999_999).0)),
        end_time_confidence_s: None,
    }
}

fn path(told: &Told) -> Option<Vec<ReferencePath>> {
    let point = |Place { lat_deg, lon_deg }: &Place| Some(position(*lat_deg, *lon_deg));
    let active_path: Vec<_> = told.path.iter().map(point).collect();
    let path_radius_m = told.radius_m.unwrap_or(PATH_RADIUS_M);
    (!active_path.is_empty()).then(|| vec![ReferencePath { active_path, path_radius_m }])
}

/// The links of the lanes, each once, with its lanes. Lanes that the map does not have, or numbered beyond 15, are left out.
fn links(lanes: &[SensorId], map: Option<&SiteMap>) -> Option<Vec<ReferenceLink>> {
    let mut found: Vec<(&str, ReferenceLink)> = Vec::new();
    for lane in lanes {
        let Some((name, number)) = lane.rsplit_once('/') else { continue };
        let (Some(link), Some(bit)) = (map.and_then(|map| map.link(name)), lane_bit(number)) else { continue };
        match found.iter_mut().find(|(other, _)| *other == name) {
            Some((_, known)) => known.reference_lanes = known.reference_lanes.map(|lanes| lanes.with(bit)),
            None => {
                let [upstream_node_id, downstream_node_id] = [link.from, link.to].map(node);
                let reference_lanes = Some(bit);
                found.push((name, ReferenceLink { upstream_node_id, downstream_node_id, reference_lanes }));
            }
        }
    }
    (!found.is_empty()).then(|| found.into_iter().map(|(_, link)| link).take(16).collect())
}

fn node(id: NodeId) -> NodeReferenceID {
    NodeReferenceID { region: Some(id.region), id: id.id }
}

fn lane_bit(number: &str) -> Option<ReferenceLanes> {
    const LANES: [ReferenceLanes; 15] = [
        ReferenceLanes::LANE1,
        ReferenceLanes::LANE2,
        ReferenceLanes::LANE3,
        ReferenceLanes::LANE4,
        ReferenceLanes::LANE5,
        ReferenceLanes::LANE6,
        ReferenceLanes::LANE7,
        ReferenceLanes::LANE8,
        ReferenceLanes::LANE9,
        ReferenceLanes::LANE10,
        ReferenceLanes::LANE11,
        ReferenceLanes::LANE12,
        ReferenceLanes::LANE13,
        ReferenceLanes::LANE14,
        ReferenceLanes::LANE15,
    ];
    LANES.get(number.parse::<usize>().ok()?.checked_sub(1)?).copied()
}
