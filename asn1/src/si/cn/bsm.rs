//! BSM in SI units: a vehicle about itself.

use alloc::vec::Vec;

use super::common::{MotionConfidenceSet, VehicleSize, offset_from_wire, offset_to_wire};
use crate::cn::bsm as wire;
use crate::cn::bsm::{BrakeSystemStatus, ExteriorLights, GNSSstatus, VehicleEmergencyExtensions, VehicleEventFlags};
use crate::cn::common::{Position3D, TransmissionState, VehicleClassification};
use crate::cn::n4;
use crate::si::{
    Acceleration4Way, At, ConfidenceClass, DateTime, Position, PositionConfidenceSet, PositionalAccuracy, Si, bound_of,
    each,
};
use crate::units::{
    COARSE_HEADING_CW_NORTH_RAD, CONFIDENCE, HEADING_CW_NORTH_RAD, RADIUS_OF_CURVATURE_M, SECOND_OF_MINUTE_S,
    SPEED_MPS, STEERING_WHEEL_ANGLE_RAD, TIME_OFFSET_S, heading_to_wire, heading_to_wire_optional, second_to_wire,
    turn_to_wire,
};
use crate::{CodecError, Octets8};

/// BSM: what a vehicle says about itself.
///
/// ASN.1 `BasicSafetyMessage`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct BasicSafetyMessage {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The vehicle's identity.
    pub id: Octets8,
    /// When it was so: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Error of that time, seconds; classes from 1e-11 to 100.
    pub time_confidence_s: Option<f64>,
    /// Where it is.
    pub pos: Option<Position>,
    /// How good that is, at one standard deviation.
    pub pos_accuracy: Option<PositionalAccuracy>,
    /// How good that is, at 95 %.
    pub pos_confidence: Option<PositionConfidenceSet>,
    /// Gear.
    pub transmission: TransmissionState,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Angle of the steering wheel, radians, to the right positive; ±3.3 (189°) stands for that and more.
    pub angle_rad: Option<f64>,
    /// How good the motion is.
    pub motion_cfd: Option<MotionConfidenceSet>,
    /// Acceleration and yaw rate.
    pub accel_set: Acceleration4Way,
    /// What the brakes do.
    pub brakes: BrakeSystemStatus,
    /// How large it is.
    pub size: VehicleSize,
    /// What kind of vehicle, and what drives it.
    pub vehicle_class: VehicleClassification,
    /// What it does, did and will do.
    pub safety_ext: Option<VehicleSafetyExtensions>,
    /// Of a vehicle on an errand.
    pub emergency_ext: Option<VehicleEmergencyExtensions>,
}

/// What a vehicle does, did and will do.
///
/// ASN.1 `VehicleSafetyExtensions`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VehicleSafetyExtensions {
    /// What happened to it.
    pub events: Option<VehicleEventFlags>,
    /// Where it was.
    pub path_history: Option<PathHistory>,
    /// Where it goes.
    pub path_prediction: Option<PathPrediction>,
    /// Which lights are on.
    pub lights: Option<ExteriorLights>,
}

/// Where it was.
///
/// ASN.1 `PathHistory`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct PathHistory {
    /// From where the points are counted on the wire; without it, from where the road user is. (SAE J2735 has it so; of
    /// the China set not confirmed.)
    pub initial_position: Option<FullPositionVector>,
    /// How satellite positioning was then.
    pub curr_gnss_status: Option<GNSSstatus>,
    /// 1 to 23 points, the newest first.
    pub crumb_data: Vec<PathHistoryPoint>,
}

/// A position with time, motion and their accuracies.
///
/// ASN.1 `FullPositionVector`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FullPositionVector {
    /// When.
    pub utc_time: Option<DateTime>,
    /// Where.
    pub pos: Option<Position>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Gear.
    pub transmission: Option<TransmissionState>,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// How good the place is, at one standard deviation; `cn-n4` can't say it.
    pub pos_accuracy: Option<PositionalAccuracy>,
    /// How good the place is, at 95 %.
    pub pos_conficence: Option<PositionConfidenceSet>,
    /// Error of the time, seconds; classes from 1e-11 to 100.
    pub time_confidence_s: Option<f64>,
    /// How good the motion is.
    pub motion_cfd: Option<MotionConfidenceSet>,
}

/// Where it was at one moment.
///
/// ASN.1 `PathHistoryPoint`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PathHistoryPoint {
    /// The place; on the wire counted from where the path ends.
    pub llv_offset: Option<Position>,
    /// How long before the path's end, seconds, 0.01 to 655.34.
    pub time_offset_s: Option<f64>,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// How good the place is.
    pub pos_accuracy: Option<PositionConfidenceSet>,
    /// Heading, radians clockwise from true north, any turn; in steps of 1.5°.
    pub heading_cw_north_rad: Option<f64>,
}

/// Where it goes.
///
/// ASN.1 `PathPrediction`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PathPrediction {
    /// Radius of the curve, metres, to the right positive, ±3276.6; `None` is straight ahead.
    pub radius_of_curve_m: Option<f64>,
    /// How sure that is, as a share of 1.
    pub confidence: f64,
}

impl Si<wire::BasicSafetyMessage> for BasicSafetyMessage {
    fn to_wire(&self) -> Result<wire::BasicSafetyMessage, CodecError> {
        let pos = self.pos.to_wire().at("pos")?;
        let safety_ext = self.safety_ext.as_ref().map(|ext| ext.to_wire(&pos));
        Ok(wire::BasicSafetyMessage {
            msg_cnt: self.msg_cnt,
            id: self.id,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            time_confidence: ConfidenceClass::of_optional(self.time_confidence_s),
            pos,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            pos_confidence: self.pos_confidence.to_wire().at("posConfidence")?,
            transmission: self.transmission,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            angle: STEERING_WHEEL_ANGLE_RAD.to_wire_optional(self.angle_rad).at("angle")?,
            motion_cfd: self.motion_cfd.to_wire().at("motionCfd")?,
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            brakes: self.brakes,
            size: self.size.to_wire().at("size")?,
            vehicle_class: self.vehicle_class,
            safety_ext: safety_ext.transpose().at("safetyExt")?,
            emergency_ext: self.emergency_ext,
        })
    }

    fn from_wire(wire: &wire::BasicSafetyMessage) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            time_confidence_s: bound_of(wire.time_confidence),
            pos: Si::from_wire(&wire.pos),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            pos_confidence: Si::from_wire(&wire.pos_confidence),
            transmission: wire.transmission,
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            angle_rad: STEERING_WHEEL_ANGLE_RAD.from_wire_optional(wire.angle),
            motion_cfd: Si::from_wire(&wire.motion_cfd),
            accel_set: Si::from_wire(&wire.accel_set),
            brakes: wire.brakes,
            size: Si::from_wire(&wire.size),
            vehicle_class: wire.vehicle_class,
            safety_ext: wire.safety_ext.as_ref().map(|ext| VehicleSafetyExtensions::from_wire(ext, &wire.pos)),
            emergency_ext: wire.emergency_ext,
        }
    }
}

impl VehicleSafetyExtensions {
    fn to_wire(&self, pos: &Position3D) -> Result<wire::VehicleSafetyExtensions, CodecError> {
        let path_history = self.path_history.as_ref().map(|history| history.to_wire(pos));
        Ok(wire::VehicleSafetyExtensions {
            events: self.events,
            path_history: path_history.transpose().at("pathHistory")?,
            path_prediction: self.path_prediction.to_wire().at("pathPrediction")?,
            lights: self.lights,
        })
    }

    fn from_wire(wire: &wire::VehicleSafetyExtensions, pos: &Position3D) -> Self {
        Self {
            events: wire.events,
            path_history: wire.path_history.as_ref().map(|history| PathHistory::from_wire(history, pos)),
            path_prediction: Si::from_wire(&wire.path_prediction),
            lights: wire.lights,
        }
    }
}

impl PathHistory {
    /// `pos` is where the road user is.
    fn to_wire(&self, pos: &Position3D) -> Result<wire::PathHistory, CodecError> {
        let initial_position: Option<wire::FullPositionVector> =
            self.initial_position.to_wire().at("initialPosition")?;
        let end = initial_position.map_or(*pos, |position| position.pos);
        Ok(wire::PathHistory {
            initial_position,
            curr_gnss_status: self.curr_gnss_status,
            crumb_data: each(&self.crumb_data, |point| point.to_wire(&end)).at("crumbData")?,
        })
    }

    fn from_wire(wire: &wire::PathHistory, pos: &Position3D) -> Self {
        let end = wire.initial_position.map_or(*pos, |position| position.pos);
        Self {
            initial_position: Si::from_wire(&wire.initial_position),
            curr_gnss_status: wire.curr_gnss_status,
            crumb_data: wire.crumb_data.iter().map(|point| PathHistoryPoint::from_wire(point, &end)).collect(),
        }
    }

    /// As messages of phase 2 have it; `pos` is where the road user is.
    pub(super) fn optional_to_n4(
        history: Option<&Self>,
        pos: &Position3D,
    ) -> Result<Option<n4::types::PathHistory>, CodecError> {
        let history = history.map(|history| history.to_wire(pos)).transpose()?;
        history.as_ref().map(n4::history_from_gbt).transpose()
    }

    pub(super) fn from_n4(wire: &n4::types::PathHistory, pos: &Position3D) -> Self {
        Self::from_wire(&n4::history_to_gbt(wire), pos)
    }
}

impl Si<wire::FullPositionVector> for FullPositionVector {
    fn to_wire(&self) -> Result<wire::FullPositionVector, CodecError> {
        Ok(wire::FullPositionVector {
            utc_time: self.utc_time.to_wire().at("utcTime")?,
            pos: self.pos.to_wire().at("pos")?,
            heading: heading_to_wire_optional(self.heading_cw_north_rad).at("heading")?,
            transmission: self.transmission,
            speed: SPEED_MPS.to_wire_optional(self.speed_mps).at("speed")?,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            pos_conficence: self.pos_conficence.to_wire().at("posConficence")?,
            time_confidence: ConfidenceClass::of_optional(self.time_confidence_s),
            motion_cfd: self.motion_cfd.to_wire().at("motionCfd")?,
        })
    }

    fn from_wire(wire: &wire::FullPositionVector) -> Self {
        Self {
            utc_time: Si::from_wire(&wire.utc_time),
            pos: Si::from_wire(&wire.pos),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire_optional(wire.heading),
            transmission: wire.transmission,
            speed_mps: SPEED_MPS.from_wire_optional(wire.speed),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            pos_conficence: Si::from_wire(&wire.pos_conficence),
            time_confidence_s: bound_of(wire.time_confidence),
            motion_cfd: Si::from_wire(&wire.motion_cfd),
        }
    }
}

impl PathHistoryPoint {
    fn to_wire(self, end: &Position3D) -> Result<wire::PathHistoryPoint, CodecError> {
        let heading = self.heading_cw_north_rad.map(|heading| turn_to_wire(&COARSE_HEADING_CW_NORTH_RAD, heading));
        Ok(wire::PathHistoryPoint {
            llv_offset: offset_to_wire(self.llv_offset, end).at("llvOffset")?,
            time_offset: TIME_OFFSET_S.to_wire_or_unknown(self.time_offset_s).at("timeOffset")?,
            speed: SPEED_MPS.to_wire_optional(self.speed_mps).at("speed")?,
            pos_accuracy: self.pos_accuracy.to_wire().at("posAccuracy")?,
            heading: heading.transpose().at("heading")?,
        })
    }

    fn from_wire(wire: &wire::PathHistoryPoint, end: &Position3D) -> Self {
        Self {
            llv_offset: offset_from_wire(&wire.llv_offset, end),
            time_offset_s: TIME_OFFSET_S.from_wire(wire.time_offset),
            speed_mps: SPEED_MPS.from_wire_optional(wire.speed),
            pos_accuracy: Si::from_wire(&wire.pos_accuracy),
            heading_cw_north_rad: COARSE_HEADING_CW_NORTH_RAD.from_wire_optional(wire.heading),
        }
    }
}

impl Si<wire::PathPrediction> for PathPrediction {
    fn to_wire(&self) -> Result<wire::PathPrediction, CodecError> {
        let radius_of_curve = RADIUS_OF_CURVATURE_M.to_wire_or_unknown(self.radius_of_curve_m);
        Ok(wire::PathPrediction {
            radius_of_curve: radius_of_curve.at("radiusOfCurve")?,
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
