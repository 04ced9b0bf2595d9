//! Groups that more than one message of phase 2 has.

use alloc::vec::Vec;

use crate::CodecError;
use crate::cn::common::Position3D;
use crate::cn::day2::common as wire;
use crate::cn::rsi::ReferenceLink;
use crate::si::cn::common::{offset_from_wire, offset_to_wire};
use crate::si::{Acceleration4Way, At, ConfidenceClass, Position, PositionConfidenceSet, Si, bound_of, each};
use crate::units::{CONFIDENCE, HEADING_CW_NORTH_RAD, SPEED_MPS, TIME_OFFSET_S, heading_to_wire_optional};

/// The corners of an area. ASN.1 `Polygon`.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon(
    /// 4 to 32 places; on the wire counted from the message's reference position.
    pub Vec<Option<Position>>,
);

/// One point of a way that is planned.
///
/// ASN.1 `PathPlanningPoint`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PathPlanningPoint {
    /// The link and lanes it is on.
    pub pos_in_map: Option<ReferenceLink>,
    /// Where it is; on the wire counted from the message's reference position.
    pub pos: Option<Position>,
    /// How good that is.
    pub pos_accuracy: Option<PositionConfidenceSet>,
    /// Speed there, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Error of the speed, m/s; classes from 0.01 to 100.
    pub speed_cfd_mps: Option<f64>,
    /// Heading there, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Error of the heading, radians; classes from 0.01° to 10°.
    pub heading_cfd_rad: Option<f64>,
    /// Acceleration and yaw rate there.
    pub accel_set: Option<Acceleration4Way>,
    /// How good those are.
    pub acc4_way_confidence: Option<AccSet4WayConfidence>,
    /// How long until it is there, seconds, 0.01 to 655.34.
    pub estimated_time_s: Option<f64>,
    /// How sure that time is, as a share of 1.
    pub time_confidence: Option<f64>,
}

/// How good acceleration and yaw rate are in 95 % of cases.
///
/// ASN.1 `AccSet4WayConfidence`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AccSet4WayConfidence {
    /// Along the vehicle, m/s²; classes from 0.01 to 100.
    pub lon_acc_confidence_mps2: Option<f64>,
    /// Across it, m/s²; classes from 0.01 to 100.
    pub lat_acc_confidence_mps2: Option<f64>,
    /// Upwards, m/s²; classes from 0.01 to 100.
    pub vert_acc_confidence_mps2: Option<f64>,
    /// Yaw rate, rad/s; classes from 0.01°/s to 100°/s.
    pub yaw_rate_con_radps: Option<f64>,
}

impl Polygon {
    pub(super) fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::Polygon, CodecError> {
        each(&self.0, |place| offset_to_wire(*place, ref_pos)).map(wire::Polygon)
    }

    pub(super) fn from_wire(wire: &wire::Polygon, ref_pos: &Position3D) -> Self {
        Self(wire.0.iter().map(|offset| offset_from_wire(offset, ref_pos)).collect())
    }
}

impl PathPlanningPoint {
    pub(super) fn to_wire(self, ref_pos: &Position3D) -> Result<wire::PathPlanningPoint, CodecError> {
        Ok(wire::PathPlanningPoint {
            pos_in_map: self.pos_in_map,
            pos: offset_to_wire(self.pos, ref_pos).at("pos")?,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            speed: SPEED_MPS.to_wire_optional(self.speed_mps).at("speed")?,
            speed_cfd: ConfidenceClass::of_optional(self.speed_cfd_mps),
            heading: heading_to_wire_optional(self.heading_cw_north_rad).at("heading")?,
            heading_cfd: ConfidenceClass::of_optional(self.heading_cfd_rad),
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            acc4_way_confidence: self.acc4_way_confidence.to_wire().at("acc4WayConfidence")?,
            estimated_time: TIME_OFFSET_S.to_wire_optional(self.estimated_time_s).at("estimatedTime")?,
            time_confidence: CONFIDENCE.to_wire_optional(self.time_confidence).at("timeConfidence")?,
        })
    }

    pub(super) fn from_wire(wire: &wire::PathPlanningPoint, ref_pos: &Position3D) -> Self {
        Self {
            pos_in_map: wire.pos_in_map,
            pos: offset_from_wire(&wire.pos, ref_pos),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            speed_mps: SPEED_MPS.from_wire_optional(wire.speed),
            speed_cfd_mps: bound_of(wire.speed_cfd),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire_optional(wire.heading),
            heading_cfd_rad: bound_of(wire.heading_cfd),
            accel_set: Si::from_wire(&wire.accel_set),
            acc4_way_confidence: Si::from_wire(&wire.acc4_way_confidence),
            estimated_time_s: TIME_OFFSET_S.from_wire_optional(wire.estimated_time),
            time_confidence: CONFIDENCE.from_wire_optional(wire.time_confidence),
        }
    }

    /// A way that may be missing.
    pub(super) fn way_to_wire(
        way: Option<&[Self]>,
        ref_pos: &Position3D,
    ) -> Result<Option<Vec<wire::PathPlanningPoint>>, CodecError> {
        way.map(|points| each(points, |point| point.to_wire(ref_pos))).transpose()
    }

    pub(super) fn way_from_wire(way: Option<&[wire::PathPlanningPoint]>, ref_pos: &Position3D) -> Option<Vec<Self>> {
        way.map(|points| points.iter().map(|point| Self::from_wire(point, ref_pos)).collect())
    }
}

impl Si<wire::AccSet4WayConfidence> for AccSet4WayConfidence {
    fn to_wire(&self) -> Result<wire::AccSet4WayConfidence, CodecError> {
        Ok(wire::AccSet4WayConfidence {
            lon_acc_confidence: ConfidenceClass::of(self.lon_acc_confidence_mps2),
            lat_acc_confidence: ConfidenceClass::of(self.lat_acc_confidence_mps2),
            vert_acc_confidence: ConfidenceClass::of(self.vert_acc_confidence_mps2),
            yaw_rate_con: ConfidenceClass::of(self.yaw_rate_con_radps),
        })
    }

    fn from_wire(wire: &wire::AccSet4WayConfidence) -> Self {
        Self {
            lon_acc_confidence_mps2: wire.lon_acc_confidence.bound(),
            lat_acc_confidence_mps2: wire.lat_acc_confidence.bound(),
            vert_acc_confidence_mps2: wire.vert_acc_confidence.bound(),
            yaw_rate_con_radps: wire.yaw_rate_con.bound(),
        }
    }
}
