//! What the objects of an SDSM have by their kind, in SI units.

use super::common::VehicleSize;
use crate::CodecError;
use crate::si::{At, ConfidenceClass, Si, bound_of};
use crate::units::{
    ATTACHMENT_RADIUS_M, CLASSIFICATION_CONFIDENCE, OBSTACLE_SIZE_M, PITCH_RAD, PITCH_RATE_RADPS, ROLL_RAD,
    ROLL_RATE_RADPS, VEHICLE_HEIGHT_M, YAW_RAD,
};
use crate::us::common::ExteriorLights;
use crate::us::person::{Attachment, PersonalDeviceUserType, PropelledInformation};
use crate::us::sdsm as wire;

/// A vehicle. ASN.1 `DetectedVehicleData`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DetectedVehicleData {
    /// Lights that are on.
    pub lights: Option<ExteriorLights>,
    /// How it is inclined.
    pub veh_attitude: Option<Attitude>,
    /// How good that is.
    pub veh_attitude_confidence: Option<AttitudeConfidence>,
    /// How fast it turns about its axes.
    pub veh_ang_vel: Option<AngularVelocity>,
    /// How good that is.
    pub veh_ang_vel_confidence: Option<AngularVelocityConfidence>,
    /// How large it is.
    pub size: Option<VehicleSize>,
    /// Metres, 0.05 to 6.35.
    pub height_m: Option<f64>,
    /// How good size and height are.
    pub vehicle_size_confidence: Option<SizeConfidence>,
    /// `BasicVehicleClass`; 0 is unknown.
    pub vehicle_class: Option<u8>,
    /// How sure the class is, as a share of 1.
    pub class_conf: Option<f64>,
}

/// How a vehicle is inclined. ASN.1 `Attitude`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Attitude {
    /// Radians, ±π/2.
    pub pitch_rad: f64,
    /// Radians, ±π.
    pub roll_rad: f64,
    /// Radians, ±π.
    pub yaw_rad: f64,
}

/// Errors of the attitude at 95 %, radians; classes from 0.01° to 10°. ASN.1 `AttitudeConfidence`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AttitudeConfidence {
    /// Of the pitch.
    pub pitch_confidence_rad: Option<f64>,
    /// Of the roll.
    pub roll_confidence_rad: Option<f64>,
    /// Of the yaw.
    pub yaw_confidence_rad: Option<f64>,
}

/// How fast a vehicle turns about its axes. ASN.1 `AngularVelocity`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AngularVelocity {
    /// rad/s, ±5.7.
    pub pitch_rate_radps: f64,
    /// rad/s, ±5.7.
    pub roll_rate_radps: f64,
}

/// Errors of the angular velocity at 95 %, rad/s; classes from 0.01°/s to 100°/s. ASN.1 `AngularVelocityConfidence`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AngularVelocityConfidence {
    /// Of the pitch rate.
    pub pitch_rate_confidence_radps: Option<f64>,
    /// Of the roll rate.
    pub roll_rate_confidence_radps: Option<f64>,
}

/// Errors of a size at 95 %, metres; classes from 0.01 to 100. ASN.1 `VehicleSizeConfidence`, `ObstacleSizeConfidence`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SizeConfidence {
    /// Of the width.
    pub width_m: Option<f64>,
    /// Of the length.
    pub length_m: Option<f64>,
    /// Of the height.
    pub height_m: Option<f64>,
}

/// A vulnerable road user. ASN.1 `DetectedVRUData`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DetectedVRUData {
    /// Who it is.
    pub basic_type: Option<PersonalDeviceUserType>,
    /// What moves it.
    pub propulsion: Option<PropelledInformation>,
    /// What it has with it.
    pub attachment: Option<Attachment>,
    /// How far that reaches, metres, 0 to 20.
    pub radius_m: Option<f64>,
}

/// An obstacle. ASN.1 `DetectedObstacleData`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DetectedObstacleData {
    /// How large it is.
    pub obst_size: ObstacleSize,
    /// How good that is.
    pub obst_size_confidence: SizeConfidence,
}

/// How large an obstacle is. ASN.1 `ObstacleSize`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ObstacleSize {
    /// Metres, 0 to 102.3.
    pub width_m: f64,
    /// Metres, 0 to 102.3.
    pub length_m: f64,
    /// Metres, 0 to 102.3.
    pub height_m: Option<f64>,
}

impl Si<wire::DetectedVehicleData> for DetectedVehicleData {
    fn to_wire(&self) -> Result<wire::DetectedVehicleData, CodecError> {
        Ok(wire::DetectedVehicleData {
            lights: self.lights,
            veh_attitude: self.veh_attitude.to_wire().at("vehAttitude")?,
            veh_attitude_confidence: self.veh_attitude_confidence.to_wire().at("vehAttitudeConfidence")?,
            veh_ang_vel: self.veh_ang_vel.to_wire().at("vehAngVel")?,
            veh_ang_vel_confidence: self.veh_ang_vel_confidence.to_wire().at("vehAngVelConfidence")?,
            size: self.size.to_wire().at("size")?,
            height: VEHICLE_HEIGHT_M.to_wire_optional(self.height_m).at("height")?,
            vehicle_size_confidence: self.vehicle_size_confidence.to_wire().at("vehicleSizeConfidence")?,
            vehicle_class: self.vehicle_class,
            class_conf: CLASSIFICATION_CONFIDENCE.to_wire_optional(self.class_conf).at("classConf")?,
        })
    }

    fn from_wire(wire: &wire::DetectedVehicleData) -> Self {
        Self {
            lights: wire.lights,
            veh_attitude: Si::from_wire(&wire.veh_attitude),
            veh_attitude_confidence: Si::from_wire(&wire.veh_attitude_confidence),
            veh_ang_vel: Si::from_wire(&wire.veh_ang_vel),
            veh_ang_vel_confidence: Si::from_wire(&wire.veh_ang_vel_confidence),
            size: Si::from_wire(&wire.size),
            height_m: VEHICLE_HEIGHT_M.from_wire_optional(wire.height),
            vehicle_size_confidence: Si::from_wire(&wire.vehicle_size_confidence),
            vehicle_class: wire.vehicle_class,
            class_conf: CLASSIFICATION_CONFIDENCE.from_wire_optional(wire.class_conf),
        }
    }
}

impl Si<wire::Attitude> for Attitude {
    fn to_wire(&self) -> Result<wire::Attitude, CodecError> {
        Ok(wire::Attitude {
            pitch: PITCH_RAD.to_wire(self.pitch_rad).at("pitch")?,
            roll: ROLL_RAD.to_wire(self.roll_rad).at("roll")?,
            yaw: YAW_RAD.to_wire(self.yaw_rad).at("yaw")?,
        })
    }

    fn from_wire(wire: &wire::Attitude) -> Self {
        Self {
            pitch_rad: PITCH_RAD.value(wire.pitch),
            roll_rad: ROLL_RAD.value(wire.roll),
            yaw_rad: YAW_RAD.value(wire.yaw),
        }
    }
}

impl Si<wire::AttitudeConfidence> for AttitudeConfidence {
    fn to_wire(&self) -> Result<wire::AttitudeConfidence, CodecError> {
        Ok(wire::AttitudeConfidence {
            pitch_confidence: ConfidenceClass::of(self.pitch_confidence_rad),
            roll_confidence: ConfidenceClass::of(self.roll_confidence_rad),
            yaw_confidence: ConfidenceClass::of(self.yaw_confidence_rad),
        })
    }

    fn from_wire(wire: &wire::AttitudeConfidence) -> Self {
        Self {
            pitch_confidence_rad: wire.pitch_confidence.bound(),
            roll_confidence_rad: wire.roll_confidence.bound(),
            yaw_confidence_rad: wire.yaw_confidence.bound(),
        }
    }
}

impl Si<wire::AngularVelocity> for AngularVelocity {
    fn to_wire(&self) -> Result<wire::AngularVelocity, CodecError> {
        Ok(wire::AngularVelocity {
            pitch_rate: PITCH_RATE_RADPS.to_wire(self.pitch_rate_radps).at("pitchRate")?,
            roll_rate: ROLL_RATE_RADPS.to_wire(self.roll_rate_radps).at("rollRate")?,
        })
    }

    fn from_wire(wire: &wire::AngularVelocity) -> Self {
        Self {
            pitch_rate_radps: PITCH_RATE_RADPS.value(wire.pitch_rate),
            roll_rate_radps: ROLL_RATE_RADPS.value(wire.roll_rate),
        }
    }
}

impl Si<wire::AngularVelocityConfidence> for AngularVelocityConfidence {
    fn to_wire(&self) -> Result<wire::AngularVelocityConfidence, CodecError> {
        Ok(wire::AngularVelocityConfidence {
            pitch_rate_confidence: ConfidenceClass::of_optional(self.pitch_rate_confidence_radps),
            roll_rate_confidence: ConfidenceClass::of_optional(self.roll_rate_confidence_radps),
        })
    }

    fn from_wire(wire: &wire::AngularVelocityConfidence) -> Self {
        Self {
            pitch_rate_confidence_radps: bound_of(wire.pitch_rate_confidence),
            roll_rate_confidence_radps: bound_of(wire.roll_rate_confidence),
        }
    }
}

impl Si<wire::VehicleSizeConfidence> for SizeConfidence {
    fn to_wire(&self) -> Result<wire::VehicleSizeConfidence, CodecError> {
        Ok(wire::VehicleSizeConfidence {
            vehicle_width_confidence: ConfidenceClass::of(self.width_m),
            vehicle_length_confidence: ConfidenceClass::of(self.length_m),
            vehicle_height_confidence: ConfidenceClass::of_optional(self.height_m),
        })
    }

    fn from_wire(wire: &wire::VehicleSizeConfidence) -> Self {
        Self {
            width_m: wire.vehicle_width_confidence.bound(),
            length_m: wire.vehicle_length_confidence.bound(),
            height_m: bound_of(wire.vehicle_height_confidence),
        }
    }
}

impl Si<wire::DetectedVRUData> for DetectedVRUData {
    fn to_wire(&self) -> Result<wire::DetectedVRUData, CodecError> {
        Ok(wire::DetectedVRUData {
            basic_type: self.basic_type,
            propulsion: self.propulsion.clone(),
            attachment: self.attachment,
            radius: ATTACHMENT_RADIUS_M.to_wire_optional(self.radius_m).at("radius")?,
        })
    }

    fn from_wire(wire: &wire::DetectedVRUData) -> Self {
        Self {
            basic_type: wire.basic_type,
            propulsion: wire.propulsion.clone(),
            attachment: wire.attachment,
            radius_m: ATTACHMENT_RADIUS_M.from_wire_optional(wire.radius),
        }
    }
}

impl Si<wire::DetectedObstacleData> for DetectedObstacleData {
    fn to_wire(&self) -> Result<wire::DetectedObstacleData, CodecError> {
        Ok(wire::DetectedObstacleData {
            obst_size: self.obst_size.to_wire().at("obstSize")?,
            obst_size_confidence: self.obst_size_confidence.to_wire().at("obstSizeConfidence")?,
        })
    }

    fn from_wire(wire: &wire::DetectedObstacleData) -> Self {
        Self {
            obst_size: Si::from_wire(&wire.obst_size),
            obst_size_confidence: Si::from_wire(&wire.obst_size_confidence),
        }
    }
}

impl Si<wire::ObstacleSize> for ObstacleSize {
    fn to_wire(&self) -> Result<wire::ObstacleSize, CodecError> {
        Ok(wire::ObstacleSize {
            width: OBSTACLE_SIZE_M.to_wire(self.width_m).at("width")?,
            length: OBSTACLE_SIZE_M.to_wire(self.length_m).at("length")?,
            height: OBSTACLE_SIZE_M.to_wire_optional(self.height_m).at("height")?,
        })
    }

    fn from_wire(wire: &wire::ObstacleSize) -> Self {
        Self {
            width_m: OBSTACLE_SIZE_M.value(wire.width),
            length_m: OBSTACLE_SIZE_M.value(wire.length),
            height_m: OBSTACLE_SIZE_M.from_wire_optional(wire.height),
        }
    }
}

impl Si<wire::ObstacleSizeConfidence> for SizeConfidence {
    fn to_wire(&self) -> Result<wire::ObstacleSizeConfidence, CodecError> {
        Ok(wire::ObstacleSizeConfidence {
            width_confidence: ConfidenceClass::of(self.width_m),
            length_confidence: ConfidenceClass::of(self.length_m),
            height_confidence: ConfidenceClass::of_optional(self.height_m),
        })
    }

    fn from_wire(wire: &wire::ObstacleSizeConfidence) -> Self {
        Self {
            width_m: wire.width_confidence.bound(),
            length_m: wire.length_confidence.bound(),
            height_m: bound_of(wire.height_confidence),
        }
    }
}
