//! Circles in SI units, which TIM and RSM share.

use super::common::Position3D;
use crate::CodecError;
use crate::si::{At, Si};
use crate::units::circle_radius_m;
use crate::us::common as wire;
use crate::us::common::DistanceUnits;

/// A circle. ASN.1 `Circle`.
#[derive(Clone, Debug, PartialEq)]
pub struct Circle {
    /// Its middle.
    pub center: Position3D,
    /// Its radius, metres, 0 to 4095 steps of `units`.
    pub radius_m: f64,
    /// The step of the radius on the wire.
    pub units: DistanceUnits,
}

impl Si<wire::Circle> for Circle {
    fn to_wire(&self) -> Result<wire::Circle, CodecError> {
        Ok(wire::Circle {
            center: self.center.to_wire().at("center")?,
            radius: circle_radius_m(self.units).to_wire(self.radius_m).at("radius")?,
            units: self.units,
        })
    }

    fn from_wire(wire: &wire::Circle) -> Self {
        Self {
            center: Si::from_wire(&wire.center),
            radius_m: circle_radius_m(wire.units).value(wire.radius),
            units: wire.units,
        }
    }
}
