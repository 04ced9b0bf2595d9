//! What `rsu replay` writes: one JSON object a line.

use cloud_bridge::schema::Traffic;
use perception::detection::{Class, recorded_class};
use perception::events::Event;
use perception::lanes::LocatedTrack;
use perception::parking::LotState;
use perception::time::UtcMicros;
use perception::traffic::TrafficWindow;
use serde::Serialize;

use crate::city;
use crate::cli::codec::hex;
use crate::pipeline::Picture;
use crate::radios::Transmission;

/// A picture, in a line of `--tracks`.
#[derive(Serialize)]
pub(super) struct TracksLine<'a> {
    t_us: i64,
    sent_at_us: i64,
    tracks: Vec<TrackLine<'a>>,
}

#[derive(Serialize)]
struct TrackLine<'a> {
    id: u64,
    #[serde(flatten, serialize_with = "recorded_class::serialize")]
    class: Class,
    east_m: f64,
    north_m: f64,
    vel_east_mps: f64,
    vel_north_mps: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading_rad: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    length_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    width_m: Option<f64>,
    cov_position_m2: [[f64; 2]; 2],
    existence: f64,
    sources: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lane: Option<&'a str>,
}

impl<'a> TracksLine<'a> {
    pub(super) fn new(picture: &'a Picture, now: UtcMicros) -> Self {
        Self { t_us: picture.at.0, sent_at_us: now.0, tracks: picture.tracks.iter().map(TrackLine::new).collect() }
    }
}

impl<'a> TrackLine<'a> {
    fn new(located: &'a LocatedTrack) -> Self {
        let track = &located.track;
        Self {
            id: track.id,
            class: track.class,
            east_m: track.position_enu_m[0],
            north_m: track.position_enu_m[1],
            vel_east_mps: track.velocity_enu_mps[0],
            vel_north_mps: track.velocity_enu_mps[1],
            heading_rad: track.heading_cw_north_rad,
            length_m: track.length_m,
            width_m: track.width_m,
            cov_position_m2: track.cov_position_m2,
            existence: track.existence,
            sources: track.sources.iter().map(|source| &**source).collect(),
            lane: located.lane.as_ref().map(|place| &*place.lane),
        }
    }
}

/// A lot as `perception::parking::LotState` has it, at `t_us`.
#[derive(Serialize)]
pub(super) struct ParkingLine<'a> {
    pub(super) t_us: i64,
    #[serde(flatten)]
    pub(super) lot: &'a LotState,
}

/// What the city gets, but for site and sequence number.
#[derive(Serialize)]
pub(super) struct TrafficLine {
    from_us: i64,
    to_us: i64,
    #[serde(flatten)]
    traffic: Traffic,
}

impl TrafficLine {
    pub(super) fn new(window: &TrafficWindow) -> Self {
        Self { from_us: window.from.0, to_us: window.to.0, traffic: city::traffic_of(window) }
    }
}

/// A message, in a line of `--messages`.
#[derive(Serialize)]
pub(super) struct MessageLine {
    t_us: i64,
    message: &'static str,
    set: &'static str,
    hex: String,
}

impl MessageLine {
    pub(super) fn new(transmission: &Transmission, now: UtcMicros) -> Self {
        Self {
            t_us: now.0,
            message: transmission.kind.as_str(),
            set: transmission.set.as_str(),
            hex: hex(&transmission.payload),
        }
    }
}

/// An event, in a line of `--events`.
#[derive(Serialize)]
pub(super) struct EventLine<'a> {
    t_us: i64,
    number: u8,
    kind: &'static str,
    began_at_us: i64,
    east_m: f64,
    north_m: f64,
    lane: Option<&'a str>,
    tracks: &'a [u64],
    measure: Option<f64>,
    confidence: f64,
    unseen: bool,
    ended: Option<perception::events::Ending>,
}

impl<'a> EventLine<'a> {
    pub(super) fn new(event: &'a Event, now: UtcMicros) -> Self {
        Self {
            t_us: now.0,
            number: event.number,
            kind: event.kind.as_str(),
            began_at_us: event.began_at.0,
            east_m: event.place_enu_m[0],
            north_m: event.place_enu_m[1],
            lane: event.lane.as_deref(),
            tracks: &event.tracks,
            measure: event.measure,
            confidence: event.confidence,
            unseen: event.unseen,
            ended: event.ended.map(|(_, ending)| ending),
        }
    }
}
