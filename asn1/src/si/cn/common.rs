//! Groups that more than one China message has.

pub use super::offset::{offset_from_wire, offset_to_wire};
use crate::CodecError;
use crate::cn::common as wire;
use crate::si::{At, ConfidenceClass, Position, Si, bound_of};
use crate::units::{VEHICLE_HEIGHT_M, VEHICLE_LENGTH_M, VEHICLE_WIDTH_M};

impl Si<wire::Position3D> for Option<Position> {
    fn to_wire(&self) -> Result<wire::Position3D, CodecError> {
        let place = Position::to_wire(*self)?;
        Ok(wire::Position3D { lat: place.lat, long: place.long, elevation: place.elevation })
    }

    fn from_wire(wire: &wire::Position3D) -> Self {
        Position::from_wire(wire.lat, wire.long, wire.elevation)
    }
}

/// How good the motion is in 95 % of cases. ASN.1 `MotionConfidenceSet`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MotionConfidenceSet {
    /// Error of the speed, m/s; classes from 0.01 to 100.
    pub speed_cfd_mps: Option<f64>,
    /// Error of the heading, radians; classes from 0.01° to 10°.
    pub heading_cfd_rad: Option<f64>,
    /// Error of the steering wheel's angle, radians; classes 0.02°, 1° and 2°.
    pub steer_cfd_rad: Option<f64>,
}

impl Si<wire::MotionConfidenceSet> for MotionConfidenceSet {
    fn to_wire(&self) -> Result<wire::MotionConfidenceSet, CodecError> {
        Ok(wire::MotionConfidenceSet {
            speed_cfd: ConfidenceClass::of_optional(self.speed_cfd_mps),
            heading_cfd: ConfidenceClass::of_optional(self.heading_cfd_rad),
            steer_cfd: ConfidenceClass::of_optional(self.steer_cfd_rad),
        })
    }

    fn from_wire(wire: &wire::MotionConfidenceSet) -> Self {
        Self {
            speed_cfd_mps: bound_of(wire.speed_cfd),
            heading_cfd_rad: bound_of(wire.heading_cfd),
            steer_cfd_rad: bound_of(wire.steer_cfd),
        }
    }
}

/// How large it is. ASN.1 `VehicleSize`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VehicleSize {
    /// Metres, 0.01 to 10.23.
    pub width_m: Option<f64>,
    /// Metres, 0.01 to 40.95.
    pub length_m: Option<f64>,
    /// Metres, 0.05 to 6.35.
    pub height_m: Option<f64>,
}

impl Si<wire::VehicleSize> for VehicleSize {
    fn to_wire(&self) -> Result<wire::VehicleSize, CodecError> {
        Ok(wire::VehicleSize {
            width: VEHICLE_WIDTH_M.to_wire_or_unknown(self.width_m).at("width")?,
            length: VEHICLE_LENGTH_M.to_wire_or_unknown(self.length_m).at("length")?,
            height: VEHICLE_HEIGHT_M.to_wire_optional(self.height_m).at("height")?,
        })
    }

    fn from_wire(wire: &wire::VehicleSize) -> Self {
        Self {
            width_m: VEHICLE_WIDTH_M.from_wire(wire.width),
            length_m: VEHICLE_LENGTH_M.from_wire(wire.length),
            height_m: VEHICLE_HEIGHT_M.from_wire_optional(wire.height),
        }
    }
}
