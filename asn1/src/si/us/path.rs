//! Where somebody has been and will be, in SI units, which BSM and PSM share.

use alloc::vec::Vec;

use super::common::{TransmissionAndSpeed, optional};
use crate::CodecError;
use crate::si::{At, ConfidenceClass, DateTime, Position, PositionConfidenceSet, PositionalAccuracy, Si, bound_of};
use crate::units::{
    COARSE_HEADING_CW_NORTH_RAD, CONFIDENCE, HEADING_CW_NORTH_RAD, PATH_OFFSET_DEG, RADIUS_OF_CURVATURE_M, SPEED_MPS,
    TIME_OFFSET_S, VERTICAL_OFFSET_M, heading_to_wire, turn_to_wire,
};
use crate::us::common as wire;
use crate::us::common::GNSSstatus;

/// Where somebody has been. ASN.1 `PathHistory`.
#[derive(Clone, Debug, PartialEq)]
pub struct PathHistory {
    /// The place from which the points count; if missing, the sender's.
    pub initial_position: Option<FullPositionVector>,
    /// How its satellite receiver fares.
    pub curr_gnss_status: Option<GNSSstatus>,
    /// 1 to 23 points.
    pub crumb_data: Vec<PathHistoryPoint>,
}

/// Where somebody was. That offsets count from the newest place, and not from point to point, is from memory, not confirmed. ASN.1 `PathHistoryPoint`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathHistoryPoint {
    /// Degrees to the north; ±0.0131071 stands for that and more.
    pub lat_offset_deg: Option<f64>,
    /// Degrees to the east; ±0.0131071 stands for that and more.
    pub lon_offset_deg: Option<f64>,
    /// Metres up, ±204.7.
    pub elevation_offset_m: Option<f64>,
    /// How long before, seconds, 0.01 to 655.34.
    pub time_offset_s: Option<f64>,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// How good the place is.
    pub pos_accuracy: Option<PositionalAccuracy>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
}

/// Where somebody will go. ASN.1 `PathPrediction`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathPrediction {
    /// Radius of the curve driven, metres, to the right positive, ±3276.6; `None` for straight on.
    pub radius_of_curve_m: Option<f64>,
    /// How sure that is, as a share of 1.
    pub confidence: f64,
}

/// A place with time and motion, and how good they are. ASN.1 `FullPositionVector`.
#[derive(Clone, Debug, PartialEq)]
pub struct FullPositionVector {
    /// When.
    pub utc_time: Option<DateTime>,
    /// Where.
    pub place: Option<Position>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Gear and speed.
    pub speed: Option<TransmissionAndSpeed>,
    /// How good the place is.
    pub pos_accuracy: Option<PositionalAccuracy>,
    /// Error of the time at 95 %, seconds; classes from 1e-11 to 100.
    pub time_confidence_s: Option<f64>,
    /// Error of the place at 95 %.
    pub pos_confidence: Option<PositionConfidenceSet>,
    /// Error of the motion at 95 %.
    pub speed_confidence: Option<SpeedandHeadingandThrottleConfidence>,
}

/// Errors of the motion at 95 %. ASN.1 `SpeedandHeadingandThrottleConfidence`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SpeedandHeadingandThrottleConfidence {
    /// Of the heading, radians; classes from 0.01° to 10°.
    pub heading_rad: Option<f64>,
    /// Of the speed, m/s; classes from 0.01 to 100.
    pub speed_mps: Option<f64>,
    /// Of the throttle, as a share of 1; classes from 0.005 to 0.1.
    pub throttle: Option<f64>,
}

impl Si<wire::PathHistory> for PathHistory {
    fn to_wire(&self) -> Result<wire::PathHistory, CodecError> {
        Ok(wire::PathHistory {
            initial_position: self.initial_position.to_wire().at("initialPosition")?,
            curr_gnss_status: self.curr_gnss_status,
            crumb_data: self.crumb_data.to_wire().at("crumbData")?,
        })
    }

    fn from_wire(wire: &wire::PathHistory) -> Self {
        Self {
            initial_position: Si::from_wire(&wire.initial_position),
            curr_gnss_status: wire.curr_gnss_status,
            crumb_data: Si::from_wire(&wire.crumb_data),
        }
    }
}

impl Si<wire::PathHistoryPoint> for PathHistoryPoint {
    fn to_wire(&self) -> Result<wire::PathHistoryPoint, CodecError> {
        Ok(wire::PathHistoryPoint {
            lat_offset: PATH_OFFSET_DEG.to_wire_or_unknown(self.lat_offset_deg).at("latOffset")?,
            lon_offset: PATH_OFFSET_DEG.to_wire_or_unknown(self.lon_offset_deg).at("lonOffset")?,
            elevation_offset: VERTICAL_OFFSET_M.to_wire_or_unknown(self.elevation_offset_m).at("elevationOffset")?,
            time_offset: TIME_OFFSET_S.to_wire_or_unknown(self.time_offset_s).at("timeOffset")?,
            speed: SPEED_MPS.to_wire_optional(self.speed_mps).at("speed")?,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            heading: self
                .heading_cw_north_rad
                .map(|angle| turn_to_wire(&COARSE_HEADING_CW_NORTH_RAD, angle))
                .transpose()
                .at("heading")?,
        })
    }

    fn from_wire(wire: &wire::PathHistoryPoint) -> Self {
        Self {
            lat_offset_deg: PATH_OFFSET_DEG.from_wire(wire.lat_offset),
            lon_offset_deg: PATH_OFFSET_DEG.from_wire(wire.lon_offset),
            elevation_offset_m: VERTICAL_OFFSET_M.from_wire(wire.elevation_offset),
            time_offset_s: TIME_OFFSET_S.from_wire(wire.time_offset),
            speed_mps: SPEED_MPS.from_wire_optional(wire.speed),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            heading_cw_north_rad: COARSE_HEADING_CW_NORTH_RAD.from_wire_optional(wire.heading),
        }
    }
}

impl Si<wire::PathPrediction> for PathPrediction {
    fn to_wire(&self) -> Result<wire::PathPrediction, CodecError> {
        Ok(wire::PathPrediction {
            radius_of_curve: RADIUS_OF_CURVATURE_M.to_wire_or_unknown(self.radius_of_curve_m).at("radiusOfCurve")?,
            confidence: CONFIDENCE.to_wire(self.confidence).at("confidence")?,
        })
    }

    fn from_wire(wire: &wire::PathPrediction) -> Self {
        Self {
            radius_of_curve_m: RADIUS_OF_CURVATURE_M.from_wire(wire.radius_of_curve),
            confidence: CONFIDENCE.value(wire.confidence),
        }
    }
}

impl Si<wire::FullPositionVector> for FullPositionVector {
    fn to_wire(&self) -> Result<wire::FullPositionVector, CodecError> {
        let place = Position::to_wire(self.place)?;
        Ok(wire::FullPositionVector {
            utc_time: self.utc_time.to_wire().at("utcTime")?,
            lat: place.lat,
            long: place.long,
            elevation: place.elevation,
            heading: optional(self.heading_cw_north_rad, heading_to_wire).at("heading")?,
            speed: self.speed.to_wire().at("speed")?,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            time_confidence: ConfidenceClass::of_optional(self.time_confidence_s),
            pos_confidence: self.pos_confidence.to_wire().at("posConfidence")?,
            speed_confidence: self.speed_confidence.to_wire().at("speedConfidence")?,
        })
    }

    fn from_wire(wire: &wire::FullPositionVector) -> Self {
        Self {
            utc_time: Si::from_wire(&wire.utc_time),
            place: Position::from_wire(wire.lat, wire.long, wire.elevation),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire_optional(wire.heading),
            speed: Si::from_wire(&wire.speed),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            time_confidence_s: bound_of(wire.time_confidence),
            pos_confidence: Si::from_wire(&wire.pos_confidence),
            speed_confidence: Si::from_wire(&wire.speed_confidence),
        }
    }
}

impl Si<wire::SpeedandHeadingandThrottleConfidence> for SpeedandHeadingandThrottleConfidence {
    fn to_wire(&self) -> Result<wire::SpeedandHeadingandThrottleConfidence, CodecError> {
        Ok(wire::SpeedandHeadingandThrottleConfidence {
            heading: ConfidenceClass::of(self.heading_rad),
            speed: ConfidenceClass::of(self.speed_mps),
            throttle: ConfidenceClass::of(self.throttle),
        })
    }

    fn from_wire(wire: &wire::SpeedandHeadingandThrottleConfidence) -> Self {
        Self { heading_rad: wire.heading.bound(), speed_mps: wire.speed.bound(), throttle: wire.throttle.bound() }
    }
}

impl PathHistoryPoint {
    /// The place, when offsets count from `newest`; `None` when one of them is unknown. Its height is known when both are.
    pub fn place(&self, newest: Position) -> Option<Position> {
        let height = |elevation_m| Some(elevation_m? + self.elevation_offset_m?);
        Some(Position {
            lat_deg: newest.lat_deg + self.lat_offset_deg?,
            lon_deg: newest.lon_deg + self.lon_offset_deg?,
            elevation_m: height(newest.elevation_m),
        })
    }
}
