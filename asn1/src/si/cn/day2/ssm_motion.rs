//! What SSM knows of road users of one kind, in SI units.

use crate::CodecError;
use crate::UnknownAlternative;
use crate::cn::bsm::ExteriorLights;
use crate::cn::day2::non_motor::NonMotorData;
use crate::cn::day2::ssm as wire;
use crate::si::{At, ConfidenceClass, Si};
use crate::units::{
    OVERALL_RADIUS_M, PITCH_RAD, PITCH_RATE_RADPS, ROLL_CN_RAD, ROLL_RATE_RADPS, YAW_RAD, YAW_RATE_RADPS,
};

/// What is known of a road user of this kind.
///
/// ASN.1 `type-relatedExt` of `DetectedPTCData`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub enum TypeRelatedExt {
    /// Of a motor vehicle.
    MotorExt(MotorDataExtension),
    /// Of another road user.
    NonMotorExt(NonMotorDataExtension),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// What is known of a motor vehicle.
///
/// ASN.1 `MotorDataExtension`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MotorDataExtension {
    /// Which lights are on.
    pub lights: Option<ExteriorLights>,
    /// How it is turned in space.
    pub veh_attitude: Option<Attitude>,
    /// How good that is.
    pub veh_attitude_confidence: Option<AttitudeConfidence>,
    /// How fast that changes.
    pub veh_ang_vel: Option<AngularVelocity>,
    /// How good that is.
    pub veh_ang_vel_confidence: Option<AngularVelocityConfidence>,
}

/// How it is turned in space.
///
/// ASN.1 `Attitude`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Attitude {
    /// Radians, ±π/2.
    pub pitch_rad: f64,
    /// Radians, ±π/2.
    pub roll_rad: f64,
    /// Radians, ±π.
    pub yaw_rad: f64,
}

/// How good an [`Attitude`] is in 95 % of cases.
///
/// ASN.1 `AttitudeConfidence`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AttitudeConfidence {
    /// Error of the pitch, radians; classes from 0.01° to 10°.
    pub pitch_confidence_rad: Option<f64>,
    /// Error of the roll, radians; classes from 0.01° to 10°.
    pub roll_rate_confidence_rad: Option<f64>,
    /// Error of the yaw, radians; classes from 0.01° to 10°.
    pub yaw_rate_rad: Option<f64>,
}

/// How fast the attitude changes.
///
/// ASN.1 `AngularVelocity`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AngularVelocity {
    /// Rad/s, ±5.7.
    pub pitch_rate_radps: f64,
    /// Rad/s, ±5.7.
    pub roll_rate_radps: f64,
    /// Rad/s, ±5.7.
    pub yaw_rate_radps: f64,
}

/// How good an [`AngularVelocity`] is in 95 % of cases.
///
/// ASN.1 `AngularVelocityConfidence`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AngularVelocityConfidence {
    /// Error of the pitch rate, rad/s; classes from 0.01°/s to 100°/s.
    pub pitch_rate_radps: Option<f64>,
    /// Error of the roll rate, rad/s; classes from 0.01°/s to 100°/s.
    pub roll_rate_radps: Option<f64>,
    /// Error of the yaw rate, rad/s; classes from 0.01°/s to 100°/s.
    pub yaw_rate_radps: Option<f64>,
}

/// What is known of a road user without motor vehicle.
///
/// ASN.1 `Non-motorDataExtension`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct NonMotorDataExtension {
    /// How far it reaches around its place, metres, 0 to 20.
    pub overall_radius_m: f64,
    /// What kind of road user, and what it is with.
    pub non_motor_data: NonMotorData,
}

impl Si<wire::TypeRelatedExt> for TypeRelatedExt {
    fn to_wire(&self) -> Result<wire::TypeRelatedExt, CodecError> {
        Ok(match self {
            Self::MotorExt(motor) => wire::TypeRelatedExt::MotorExt(motor.to_wire().at("motorExt")?),
            Self::NonMotorExt(other) => wire::TypeRelatedExt::NonMotorExt(other.to_wire().at("non-motorExt")?),
            Self::UnknownAlternative(other) => wire::TypeRelatedExt::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::TypeRelatedExt) -> Self {
        match wire {
            wire::TypeRelatedExt::MotorExt(motor) => Self::MotorExt(Si::from_wire(motor)),
            wire::TypeRelatedExt::NonMotorExt(other) => Self::NonMotorExt(Si::from_wire(other)),
            wire::TypeRelatedExt::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::MotorDataExtension> for MotorDataExtension {
    fn to_wire(&self) -> Result<wire::MotorDataExtension, CodecError> {
        Ok(wire::MotorDataExtension {
            lights: self.lights,
            veh_attitude: self.veh_attitude.to_wire().at("vehAttitude")?,
            veh_attitude_confidence: self.veh_attitude_confidence.to_wire().at("vehAttitudeConfidence")?,
            veh_ang_vel: self.veh_ang_vel.to_wire().at("vehAngVel")?,
            veh_ang_vel_confidence: self.veh_ang_vel_confidence.to_wire().at("vehAngVelConfidence")?,
        })
    }

    fn from_wire(wire: &wire::MotorDataExtension) -> Self {
        Self {
            lights: wire.lights,
            veh_attitude: Si::from_wire(&wire.veh_attitude),
            veh_attitude_confidence: Si::from_wire(&wire.veh_attitude_confidence),
            veh_ang_vel: Si::from_wire(&wire.veh_ang_vel),
            veh_ang_vel_confidence: Si::from_wire(&wire.veh_ang_vel_confidence),
        }
    }
}

impl Si<wire::Attitude> for Attitude {
    fn to_wire(&self) -> Result<wire::Attitude, CodecError> {
        Ok(wire::Attitude {
            pitch: PITCH_RAD.to_wire(self.pitch_rad).at("pitch")?,
            roll: ROLL_CN_RAD.to_wire(self.roll_rad).at("roll")?,
            yaw: YAW_RAD.to_wire(self.yaw_rad).at("yaw")?,
        })
    }

    fn from_wire(wire: &wire::Attitude) -> Self {
        Self {
            pitch_rad: PITCH_RAD.value(wire.pitch),
            roll_rad: ROLL_CN_RAD.value(wire.roll),
            yaw_rad: YAW_RAD.value(wire.yaw),
        }
    }
}

impl Si<wire::AttitudeConfidence> for AttitudeConfidence {
    fn to_wire(&self) -> Result<wire::AttitudeConfidence, CodecError> {
        Ok(wire::AttitudeConfidence {
            pitch_confidence: ConfidenceClass::of(self.pitch_confidence_rad),
            roll_rate_confidence: ConfidenceClass::of(self.roll_rate_confidence_rad),
            yaw_rate: ConfidenceClass::of(self.yaw_rate_rad),
        })
    }

    fn from_wire(wire: &wire::AttitudeConfidence) -> Self {
        Self {
            pitch_confidence_rad: wire.pitch_confidence.bound(),
            roll_rate_confidence_rad: wire.roll_rate_confidence.bound(),
            yaw_rate_rad: wire.yaw_rate.bound(),
        }
    }
}

impl Si<wire::AngularVelocity> for AngularVelocity {
    fn to_wire(&self) -> Result<wire::AngularVelocity, CodecError> {
        Ok(wire::AngularVelocity {
            pitch_rate: PITCH_RATE_RADPS.to_wire(self.pitch_rate_radps).at("pitchRate")?,
            roll_rate: ROLL_RATE_RADPS.to_wire(self.roll_rate_radps).at("rollRate")?,
            yaw_rate: YAW_RATE_RADPS.to_wire(self.yaw_rate_radps).at("yawRate")?,
        })
    }

    fn from_wire(wire: &wire::AngularVelocity) -> Self {
        Self {
            pitch_rate_radps: PITCH_RATE_RADPS.value(wire.pitch_rate),
            roll_rate_radps: ROLL_RATE_RADPS.value(wire.roll_rate),
            yaw_rate_radps: YAW_RATE_RADPS.value(wire.yaw_rate),
        }
    }
}

impl Si<wire::AngularVelocityConfidence> for AngularVelocityConfidence {
    fn to_wire(&self) -> Result<wire::AngularVelocityConfidence, CodecError> {
        Ok(wire::AngularVelocityConfidence {
            pitch_rate: ConfidenceClass::of(self.pitch_rate_radps),
            roll_rate: ConfidenceClass::of(self.roll_rate_radps),
            yaw_rate: ConfidenceClass::of(self.yaw_rate_radps),
        })
    }

    fn from_wire(wire: &wire::AngularVelocityConfidence) -> Self {
        Self {
            pitch_rate_radps: wire.pitch_rate.bound(),
            roll_rate_radps: wire.roll_rate.bound(),
            yaw_rate_radps: wire.yaw_rate.bound(),
        }
    }
}

impl Si<wire::NonMotorDataExtension> for NonMotorDataExtension {
    fn to_wire(&self) -> Result<wire::NonMotorDataExtension, CodecError> {
        let overall_radius = OVERALL_RADIUS_M.to_wire(self.overall_radius_m).at("overallRadius")?;
        Ok(wire::NonMotorDataExtension { overall_radius, non_motor_data: self.non_motor_data.clone() })
    }

    fn from_wire(wire: &wire::NonMotorDataExtension) -> Self {
        Self {
            overall_radius_m: OVERALL_RADIUS_M.value(wire.overall_radius),
            non_motor_data: wire.non_motor_data.clone(),
        }
    }
}
