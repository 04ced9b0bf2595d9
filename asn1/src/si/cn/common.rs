//! Groups that more than one China message has.

pub use super::offset::{offset_from_wire, offset_to_wire};
use crate::cn::common as wire;
use crate::si::{At, ConfidenceClass, DateTime, Position, Si, bound_of, text_to_ia5};
use crate::time::MINUTE_OF_YEAR_UNKNOWN;
use crate::units::{OutOfRange, VEHICLE_HEIGHT_M, VEHICLE_LENGTH_M, VEHICLE_WIDTH_M};
use crate::{CodecError, Ia5String, Octets1, cn, us};

/// A `MinuteOfTheYear`; `None` also when it says "unknown".
pub(super) fn minute(minute_of_year: Option<u32>) -> Option<u32> {
    minute_of_year.filter(|minute| *minute != MINUTE_OF_YEAR_UNKNOWN)
}

/// A `DescriptiveName` that may be missing.
pub(super) fn name_to_wire(name: Option<&str>) -> Result<Option<Ia5String>, CodecError> {
    name.map(text_to_ia5).transpose()
}

/// As [`offset_to_wire`], for a member that may be missing: missing when the place is unknown.
pub(super) fn optional_offset_to_wire(
    place: Option<Position>,
    reference: &wire::Position3D,
) -> Result<Option<wire::PositionOffsetLLV>, CodecError> {
    place.map(|place| offset_to_wire(Some(place), reference)).transpose()
}

/// `RSIPriority`: 0 lowest to 7 highest, in the top three bits of its octet; the others are reserved, and sent as 0.
pub(super) fn priority_to_wire(priority: Option<u8>) -> Result<Option<Octets1>, OutOfRange> {
    let octet = |priority: u8| match priority {
        0..=7 => Ok(Octets1::from([priority << 5])),
        _ => Err(OutOfRange { quantity: "priority", value: priority.into(), min: 0.0, max: 7.0 }),
    };
    priority.map(octet).transpose()
}

pub(super) fn priority_from_wire(wire: Option<Octets1>) -> Option<u8> {
    wire.and_then(|octet| octet.first().map(|octet| octet >> 5))
}

/// `DTimeOffset` that says "unknown": its range ends with one more than half a day. (By the way that other elements have
/// it; not confirmed.)
const OFFSET_UNKNOWN: i16 = 721;

/// With the same members as in the US set.
macro_rules! dates {
    ($($wire:path: $offset_unknown:expr),+) => {$(
        impl Si<$wire> for DateTime {
            fn to_wire(&self) -> Result<$wire, CodecError> {
                use $wire as Wire;
                let us::common::DDateTime { year, month, day, hour, minute, second, offset } = self.to_wire()?;
                Ok(Wire { year, month, day, hour, minute, second, offset })
            }

            fn from_wire(wire: &$wire) -> Self {
                use $wire as Wire;
                let Wire { year, month, day, hour, minute, second, offset } = *wire;
                let offset = offset.filter(|offset| Some(*offset) != $offset_unknown);
                Si::from_wire(&us::common::DDateTime { year, month, day, hour, minute, second, offset })
            }
        }
    )+};
}

dates!(cn::bsm::DDateTime: Some(OFFSET_UNKNOWN), cn::n4::types::DDateTime: None);

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
