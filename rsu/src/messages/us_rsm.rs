//! RSM of SAE J2945/4 (`asn1::us::rsm`): events and notices for vehicles of the US set, one a message, beside TIM, if the site
//! names the authority of its road.
//!
//! The standard was not at hand. As public programs have it, `causeCode` is the group of the ITIS phrase, its upper octet,
//! and `subCauseCode` the phrase. Which content goes with which group is ours.

use std::collections::BTreeMap;

use asn1::si::us::circle::Circle;
use asn1::si::us::rsm::{
    ApplicableHeading, AreaType, BroadRegion, BroadRegionArea, CommonContainer, ContentContainer, DynamicInfoContainer,
    EventInfo, IncidentsContainer, LaneClosureContainer, NodePointLLE, Obstructions, RegionInfo, RoadSafetyMessage,
    SituationalContainer,
};
use asn1::si::{DateTime, Si, text_to_ia5};
use asn1::us::MessageFrame;
use asn1::us::common::RoadAuthorityID;
use asn1::us::rsm::{DynamicInfoContainerPriority, EventIdentifier, ReferencePointType, ShortString};
use asn1::{CodecError, ObjectIdentifier};
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;

use super::map_parts::fitted;
use super::us_tim::{PATH_WIDTH_M, RADIUS_M, circle_units, position};
use crate::gate::Told;
use crate::map::{enu2, geometry};
use crate::notice::{NoticeCode, Place, Timing};

/// Groups of ITIS phrases (SAE J2540).
const TRAFFIC: u16 = 1;
const ACCIDENTS: u16 = 2;
const CLOSURES: u16 = 3;
const OBSTRUCTIONS: u16 = 5;
const UNUSUAL_DRIVING: u16 = 7;
/// Of them, people on the road.
const PEOPLE: u16 = 1286;
/// How often it is said that something is over: a radio loses some.
const FAREWELLS: u8 = 5;
/// Letters of a line of a sign, and lines.
const LINE: usize = 20;
const LINES: usize = 12;
/// Points of a way whose both edges fit into the 63 corners of an area.
const MOST_POINTS: usize = 31;

/// Tells of events and notices, and of their end.
#[derive(Debug)]
pub(super) struct RoadSafety {
    authority: ObjectIdentifier,
    /// The unit's part of an event's identity.
    unit: [u8; 3],
    frame: SiteFrame,
    said: BTreeMap<(Timing, u8), Said>,
}

#[derive(Debug)]
struct Said {
    told: Told,
    update: u8,
    farewells: u8,
}

impl RoadSafety {
    pub(super) fn new(authority: ObjectIdentifier, rsu_id: [u8; 8], frame: SiteFrame) -> Self {
        let [.., a, b, c] = rsu_id;
        Self { authority, unit: [a, b, c], frame, said: BTreeMap::new() }
    }

    /// Of all that is told of one timing now, and of what of it no longer is.
    pub(super) fn encode(&mut self, now: UtcMicros, timing: Timing, told: &[Told]) -> Vec<Result<Vec<u8>, CodecError>> {
        for told in told {
            self.said.entry((timing, told.number)).and_modify(|said| said.hear(told)).or_insert_with(|| Said {
                told: told.clone(),
                update: 0,
                farewells: 0,
            });
        }
        for (_, said) in self.said.iter_mut().filter(|((of, _), _)| *of == timing) {
            if told.iter().all(|told| told.number != said.told.number) {
                said.end(now);
            }
        }
        let messages = self.said.iter().filter(|((of, _), _)| *of == timing).filter_map(|(_, said)| self.message(said));
        let messages =
            messages.map(|rsm| rsm.to_wire().and_then(|wire| asn1::us::encode(&MessageFrame::RoadSafetyMessage(wire))));
        let messages = messages.collect();
        self.said.retain(|_, said| said.farewells < FAREWELLS);
        messages
    }

    /// `None`: not of this set.
    fn message(&self, said: &Said) -> Option<RoadSafetyMessage> {
        let told = &said.told;
        let NoticeCode::Itis(phrase) = told.code else { return None };
        let [a, b, c] = self.unit;
        let region = self.region(told);
        let event_info = EventInfo {
            event_id: EventIdentifier {
                operator_id: RoadAuthorityID::FullRdAuthID(self.authority.clone()),
                unique_id: [a, b, c, told.number].into(),
            },
            event_update: said.update,
            event_cancellation: said.farewells > 0,
            start_date_time: DateTime::from_utc_us(told.from.0),
            end_date_time: Some(DateTime::from_utc_us(told.until.0)),
            event_recurrence: None,
            cause_code: (phrase >> 8) as u8,
            sub_cause_code: Some(phrase),
            affected_vehicles: None,
        };
        Some(RoadSafetyMessage {
            content: content(told, phrase, &region),
            common_container: CommonContainer { event_info, region_info: vec![region], cross_linking: None },
        })
    }

    fn region(&self, told: &Told) -> RegionInfo {
        let broad_area = if told.path.is_empty() { around(told) } else { self.along(told) };
        let every_way = ApplicableHeading { heading_cw_north_rad: 0.0, tolerance_rad: std::f64::consts::PI };
        RegionInfo {
            reference_point: position(told.place),
            location_uncertainty: None,
            reference_point_type: Some(ReferencePointType::StartOfEvent),
            descriptive_name: None,
            scale: None,
            approach_region: Some(AreaType::BroadRegion(BroadRegion { applicable_heading: every_way, broad_area })),
        }
    }

    /// The way with its width as an area, up one edge and down the other: of `Path` the unit of the width is not known.
    fn along(&self, told: &Told) -> BroadRegionArea {
        let half_m = told.radius_m.unwrap_or(0.5 * PATH_WIDTH_M);
        let places = told.path.iter().map(|Place { lat_deg, lon_deg }| Wgs84 {
            lat_deg: *lat_deg,
            lon_deg: *lon_deg,
            ellipsoidal_height_m: 0.0,
        });
        let way = fitted(&places.collect::<Vec<_>>(), MOST_POINTS);
        let way: Vec<_> = way.iter().map(|place| enu2(&self.frame, place)).collect();
        let [left, right] = [half_m, -half_m].map(|left_m| geometry::offset(&way, left_m));
        let corner = |[east, north]: [f64; 2]| {
            NodePointLLE::Node3Dabsolute(position(self.frame.wgs84_from_enu([east, north, 0.0])))
        };
        BroadRegionArea::Polygon(right.into_iter().chain(left.into_iter().rev()).map(corner).collect())
    }
}

impl Said {
    /// The same thing, told again: `eventUpdate` counts when more than its end and how sure it is have changed.
    fn hear(&mut self, told: &Told) {
        let before = Told { until: told.until, confidence: told.confidence, ..self.told.clone() };
        if before != *told || self.farewells > 0 {
            self.update = (self.update + 1) & 0x7f;
        }
        (self.told, self.farewells) = (told.clone(), 0);
    }

    fn end(&mut self, now: UtcMicros) {
        if self.farewells == 0 {
            self.update = (self.update + 1) & 0x7f;
            self.told.until = self.told.until.min(now);
        }
        self.farewells += 1;
    }
}

fn content(told: &Told, phrase: u16, region: &RegionInfo) -> Vec<ContentContainer> {
    let what = match phrase >> 8 {
        ACCIDENTS => ContentContainer::IncidentsContainer(IncidentsContainer {
            responder_type: None,
            incident_location: region.clone(),
        }),
        CLOSURES => ContentContainer::LaneClosureContainer(LaneClosureContainer {
            lane_status: None,
            lane_status_varies: None,
            closure_region: region.clone(),
        }),
        group => ContentContainer::SituationalContainer(SituationalContainer {
            obstructions: (group == OBSTRUCTIONS)
                .then(|| Obstructions { location: position(told.place), description: Some(phrase) }),
            visibility_m: None,
            people_present: (phrase == PEOPLE).then_some(true),
            anomalous_traffic: matches!(group, TRAFFIC | UNUSUAL_DRIVING).then_some(true),
            applicable_region: region.clone(),
        }),
    };
    let lines = told.text.as_deref().map(lines).filter(|lines| !lines.is_empty());
    let sign = lines.map(|lines| {
        ContentContainer::DynamicInfoContainer(DynamicInfoContainer {
            priority: match told.priority {
                0 | 1 => DynamicInfoContainerPriority::LowPriority,
                2 | 3 => DynamicInfoContainerPriority::MediumPriority,
                4 | 5 => DynamicInfoContainerPriority::HighPriority,
                _ => DynamicInfoContainerPriority::Critical,
            },
            dms_sign_string: lines,
            applicable_region: region.clone(),
        })
    });
    std::iter::once(what).chain(sign).collect()
}

/// Words as lines of a sign; notices are checked to be ASCII.
fn lines(text: &str) -> Vec<ShortString> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.extend(word.as_bytes().chunks(LINE).map(|part| String::from_utf8_lossy(part).into_owned())),
        }
    }
    lines.iter().take(LINES).filter_map(|line| text_to_ia5(line).ok()).map(ShortString).collect()
}

fn around(told: &Told) -> BroadRegionArea {
    let radius_m = told.radius_m.unwrap_or(RADIUS_M);
    BroadRegionArea::Circle(Circle { center: position(told.place), radius_m, units: circle_units(radius_m) })
}
