//! TIM of SAE J2735 (`asn1::us::tim`): events and notices for vehicles of the US set, one a message.
//!
//! `packetID` is the unit's identity and the event's number, so that a receiver knows the same thing told again.

use asn1::si::us::circle::Circle;
use asn1::si::us::common::Position3D;
use asn1::si::us::tim::{RoadSignID, TravelerDataFrame, TravelerDataFrameMsgId, TravelerInformation};
use asn1::si::us::tim_regions::{
    GeographicalPath, GeographicalPathDescription, GeometricProjection, NodeListLL, OffsetSystem, OffsetSystemOffset,
};
use asn1::si::{Position, Si, text_to_ia5};
use asn1::units::circle_radius_m;
use asn1::us::MessageFrame;
use asn1::us::common::{DistanceUnits, HeadingSlice};
use asn1::us::tim::{
    ITIScodesAndTextElement, ITIScodesAndTextElementItem, MUTCDCode, TravelerDataFrameContent, TravelerInfoType,
};
use asn1::us::tim_regions::DirectionOfUse;
use asn1::{CodecError, time};
use perception::frames::Wgs84;
use perception::time::UtcMicros;

use crate::gate::Told;
use crate::notice::NoticeCode;

/// How far around a place it holds if nobody says so, metres: ours.
pub(super) const RADIUS_M: f64 = 20.0;
/// The width of a path if nobody says so, metres: a lane.
pub(super) const PATH_WIDTH_M: f64 = 3.5;
/// Minutes of `MinutesDuration`; 32000 means for ever.
const LONGEST_MINUTES: f64 = 31_999.0;

/// `None`: not of this set.
pub(super) fn encode(told: &Told, rsu_id: [u8; 8], count: u8, now: UtcMicros) -> Option<Result<Vec<u8>, CodecError>> {
    let NoticeCode::Itis(phrase) = told.code else { return None };
    let [a, b, c, d, e, f, g, h] = rsu_id;
    let tim = TravelerInformation {
        msg_cnt: count,
        time_stamp_minute: Some(time::minute_of_year(now.0)),
        packet_id: Some([a, b, c, d, e, f, g, h, told.number].into()),
        url_b: None,
        data_frames: vec![data_frame(told, phrase)],
        regional: None,
    };
    Some(tim.to_wire().and_then(|wire| asn1::us::encode(&MessageFrame::TravelerInformation(wire))))
}

fn data_frame(told: &Told, phrase: u16) -> TravelerDataFrame {
    let minutes = (told.until.seconds_since(told.from) / 60.0).ceil() + 1.0;
    let sign = RoadSignID {
        position: position(told.place),
        view_angle: HeadingSlice::ALL,
        mutcd_code: Some(MUTCDCode::Warning),
        crc: None,
    };
    TravelerDataFrame {
        do_not_use1: 0,
        frame_type: TravelerInfoType::Advisory,
        msg_id: TravelerDataFrameMsgId::RoadSignID(sign),
        start_year: u16::try_from(time::civil(told.from.0).year).ok(),
        start_time_minute: Some(time::minute_of_year(told.from.0)),
        // The minute in which it begins counts as a whole.
        duration_time_s: minutes.min(LONGEST_MINUTES) * 60.0,
        priority: told.priority,
        do_not_use2: 0,
        regions: vec![region(told)],
        do_not_use3: 0,
        do_not_use4: 0,
        content: TravelerDataFrameContent::Advisory(advisory(phrase, told.text.as_deref())),
        url: None,
        content_new: None,
    }
}

/// The phrase, then the words: notices are checked to be ASCII.
fn advisory(phrase: u16, text: Option<&str>) -> Vec<ITIScodesAndTextElement> {
    let words = text.and_then(|text| text_to_ia5(text).ok()).map(ITIScodesAndTextElementItem::Text);
    std::iter::once(ITIScodesAndTextElementItem::Itis(phrase))
        .chain(words)
        .map(|item| ITIScodesAndTextElement { item })
        .collect()
}

/// Along the path, or around the place.
fn region(told: &Told) -> GeographicalPath {
    let Wgs84 { lat_deg, lon_deg, .. } = told.place;
    let (description, lane_width_m) = if told.path.is_empty() {
        (GeographicalPathDescription::Geometry(around(told)), None)
    } else {
        let places = told.path.iter().map(|place| [place.lat_deg, place.lon_deg]);
        let nodes = NodeListLL::along([lat_deg, lon_deg], places);
        let path = OffsetSystem { scale: None, offset: OffsetSystemOffset::Ll(nodes) };
        (GeographicalPathDescription::Path(path), Some(told.radius_m.map_or(PATH_WIDTH_M, |radius_m| 2.0 * radius_m)))
    };
    GeographicalPath {
        anchor: Some(position(told.place)),
        lane_width_m,
        directionality: Some(DirectionOfUse::Both),
        closed_path: Some(false),
        direction: Some(HeadingSlice::ALL),
        description: Some(description),
        ..GeographicalPath::default()
    }
}

fn around(told: &Told) -> GeometricProjection {
    let radius_m = told.radius_m.unwrap_or(RADIUS_M);
    GeometricProjection {
        direction: HeadingSlice::ALL,
        extent: None,
        lane_width_m: None,
        circle: Circle { center: position(told.place), radius_m, units: circle_units(radius_m) },
        regional: None,
    }
}

/// The finest step of a circle's radius that reaches so far.
pub(super) fn circle_units(radius_m: f64) -> DistanceUnits {
    let fits = |units: &DistanceUnits| circle_radius_m(*units).to_wire(radius_m).is_ok();
    [DistanceUnits::Decimeter, DistanceUnits::Meter].into_iter().find(fits).unwrap_or(DistanceUnits::Kilometer)
}

pub(super) fn position(Wgs84 { lat_deg, lon_deg, .. }: Wgs84) -> Position3D {
    Some(Position { lat_deg, lon_deg, elevation_m: None }).into()
}
