//! Groups that more than one US message has.

use alloc::vec::Vec;

use crate::CodecError;
use crate::si::{At, Position, Si};
use crate::time::MINUTE_OF_YEAR_UNKNOWN;
use crate::units::{OutOfRange, SPEED_MPS, VEHICLE_LENGTH_M, VEHICLE_WIDTH_M};
use crate::us::common as wire;
use crate::us::common::{RegionalExtension, SpeedLimitType, TransmissionState};

/// A place with what a region adds to it. ASN.1 `Position3D`; `Option<`[`Position`]`>` converts into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position3D {
    /// The place.
    pub place: Option<Position>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

impl From<Option<Position>> for Position3D {
    fn from(place: Option<Position>) -> Self {
        Self { place, regional: None }
    }
}

impl Si<wire::Position3D> for Position3D {
    fn to_wire(&self) -> Result<wire::Position3D, CodecError> {
        let place = Position::to_wire(self.place)?;
        let regional = self.regional.clone();
        Ok(wire::Position3D { lat: place.lat, long: place.long, elevation: place.elevation, regional })
    }

    fn from_wire(wire: &wire::Position3D) -> Self {
        Self { place: Position::from_wire(wire.lat, wire.long, wire.elevation), regional: wire.regional.clone() }
    }
}

/// How large it is. ASN.1 `VehicleSize`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VehicleSize {
    /// Metres, 0.01 to 10.23.
    pub width_m: Option<f64>,
    /// Metres, 0.01 to 40.95.
    pub length_m: Option<f64>,
}

impl Si<wire::VehicleSize> for VehicleSize {
    fn to_wire(&self) -> Result<wire::VehicleSize, CodecError> {
        Ok(wire::VehicleSize {
            width: VEHICLE_WIDTH_M.to_wire_or_unknown(self.width_m).at("width")?,
            length: VEHICLE_LENGTH_M.to_wire_or_unknown(self.length_m).at("length")?,
        })
    }

    fn from_wire(wire: &wire::VehicleSize) -> Self {
        Self { width_m: VEHICLE_WIDTH_M.from_wire(wire.width), length_m: VEHICLE_LENGTH_M.from_wire(wire.length) }
    }
}

/// A speed limit. ASN.1 `RegulatorySpeedLimit`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegulatorySpeedLimit {
    /// What it is for.
    pub type_: SpeedLimitType,
    /// m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
}

impl Si<wire::RegulatorySpeedLimit> for RegulatorySpeedLimit {
    fn to_wire(&self) -> Result<wire::RegulatorySpeedLimit, CodecError> {
        let speed = SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?;
        Ok(wire::RegulatorySpeedLimit { type_: self.type_, speed })
    }

    fn from_wire(wire: &wire::RegulatorySpeedLimit) -> Self {
        Self { type_: wire.type_, speed_mps: SPEED_MPS.from_wire(wire.speed) }
    }
}

/// Gear and speed. ASN.1 `TransmissionAndSpeed`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransmissionAndSpeed {
    /// Gear; spelt as in the standard.
    pub transmisson: TransmissionState,
    /// m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
}

impl Si<wire::TransmissionAndSpeed> for TransmissionAndSpeed {
    fn to_wire(&self) -> Result<wire::TransmissionAndSpeed, CodecError> {
        let speed = SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?;
        Ok(wire::TransmissionAndSpeed { transmisson: self.transmisson, speed })
    }

    fn from_wire(wire: &wire::TransmissionAndSpeed) -> Self {
        Self { transmisson: wire.transmisson, speed_mps: SPEED_MPS.from_wire(wire.speed) }
    }
}

/// What `MinuteOfTheYear` says.
pub(super) fn minute_of_year(wire: u32) -> Option<u32> {
    Some(wire).filter(|minute| *minute < MINUTE_OF_YEAR_UNKNOWN)
}

/// A member that may be missing, by a conversion that has a word for "unknown".
pub(super) fn optional<W>(
    value: Option<f64>,
    to_wire: impl Fn(Option<f64>) -> Result<W, OutOfRange>,
) -> Result<Option<W>, OutOfRange> {
    value.map(|value| to_wire(Some(value))).transpose()
}
