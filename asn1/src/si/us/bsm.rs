//! BSM in SI units: a vehicle about itself.

use alloc::vec::Vec;

use super::bsm_supplemental::SupplementalVehicleExtensions;
use super::common::VehicleSize;
use super::path::{PathHistory, PathPrediction};
use crate::si::{Acceleration4Way, At, Position, PositionalAccuracy, Si};
use crate::units::{
    ELEVATION_UNKNOWN, HEADING_CW_NORTH_RAD, SECOND_OF_MINUTE_S, SPEED_MPS, STEERING_WHEEL_ANGLE_RAD, heading_to_wire,
    second_to_wire,
};
use crate::us::bsm as wire;
use crate::us::bsm::{BrakeSystemStatus, VehicleEventFlags};
use crate::us::bsm_special::SpecialVehicleExtensions;
use crate::us::common::{ExteriorLights, RegionalExtension, TransmissionState};
use crate::us::part_ii;
use crate::{Any, CodecError, Octets4};

/// BSM: what a vehicle says about itself.
///
/// ASN.1 `BasicSafetyMessage`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct BasicSafetyMessage {
    /// What every one says.
    pub core_data: BSMcoreData,
    /// 1 to 8 additions.
    pub part_ii: Option<Vec<PartIIcontent>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// What every vehicle says of itself. ASN.1 `BSMcoreData`.
#[derive(Clone, Debug, PartialEq)]
pub struct BSMcoreData {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// The vehicle's identity, which it changes from time to time.
    pub id: Octets4,
    /// When it was so: seconds within the UTC minute, 0 to below 61.
    pub sec_mark_s: Option<f64>,
    /// Where it is: `lat`, `long` and `elev`.
    pub place: Option<Position>,
    /// How good that is.
    pub accuracy: PositionalAccuracy,
    /// Gear.
    pub transmission: TransmissionState,
    /// Speed, m/s, 0 to 163.8.
    pub speed_mps: Option<f64>,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Angle of the steering wheel, radians, to the right positive; ±3.3 (189°) stands for that and more.
    pub angle_rad: Option<f64>,
    /// Acceleration and yaw rate.
    pub accel_set: Acceleration4Way,
    /// Brakes.
    pub brakes: BrakeSystemStatus,
    /// How large it is.
    pub size: VehicleSize,
}

/// What has just happened to a vehicle, and where it comes from. ASN.1 `VehicleSafetyExtensions`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VehicleSafetyExtensions {
    /// What has just happened.
    pub events: Option<VehicleEventFlags>,
    /// Where it has been.
    pub path_history: Option<PathHistory>,
    /// Where it will go.
    pub path_prediction: Option<PathPrediction>,
    /// Lights that are on.
    pub lights: Option<ExteriorLights>,
}

impl Si<wire::BasicSafetyMessage> for BasicSafetyMessage {
    fn to_wire(&self) -> Result<wire::BasicSafetyMessage, CodecError> {
        Ok(wire::BasicSafetyMessage {
            core_data: self.core_data.to_wire().at("coreData")?,
            part_ii: self.part_ii.to_wire().at("partII")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::BasicSafetyMessage) -> Self {
        Self {
            core_data: Si::from_wire(&wire.core_data),
            part_ii: Si::from_wire(&wire.part_ii),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::BSMcoreData> for BSMcoreData {
    fn to_wire(&self) -> Result<wire::BSMcoreData, CodecError> {
        let place = Position::to_wire(self.place)?;
        Ok(wire::BSMcoreData {
            msg_cnt: self.msg_cnt,
            id: self.id,
            sec_mark: second_to_wire(self.sec_mark_s).at("secMark")?,
            lat: place.lat,
            long: place.long,
            elev: place.elevation.unwrap_or(ELEVATION_UNKNOWN),
            accuracy: self.accuracy.to_wire().at("accuracy")?,
            transmission: self.transmission,
            speed: SPEED_MPS.to_wire_or_unknown(self.speed_mps).at("speed")?,
            heading: heading_to_wire(self.heading_cw_north_rad).at("heading")?,
            angle: STEERING_WHEEL_ANGLE_RAD.to_wire_or_unknown(self.angle_rad).at("angle")?,
            accel_set: self.accel_set.to_wire().at("accelSet")?,
            brakes: self.brakes,
            size: self.size.to_wire().at("size")?,
        })
    }

    fn from_wire(wire: &wire::BSMcoreData) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            id: wire.id,
            sec_mark_s: SECOND_OF_MINUTE_S.from_wire(wire.sec_mark),
            place: Position::from_wire(wire.lat, wire.long, Some(wire.elev)),
            accuracy: Si::from_wire(&wire.accuracy),
            transmission: wire.transmission,
            speed_mps: SPEED_MPS.from_wire(wire.speed),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire(wire.heading),
            angle_rad: STEERING_WHEEL_ANGLE_RAD.from_wire(wire.angle),
            accel_set: Si::from_wire(&wire.accel_set),
            brakes: wire.brakes,
            size: Si::from_wire(&wire.size),
        }
    }
}

impl Si<wire::VehicleSafetyExtensions> for VehicleSafetyExtensions {
    fn to_wire(&self) -> Result<wire::VehicleSafetyExtensions, CodecError> {
        Ok(wire::VehicleSafetyExtensions {
            events: self.events,
            path_history: self.path_history.to_wire().at("pathHistory")?,
            path_prediction: self.path_prediction.to_wire().at("pathPrediction")?,
            lights: self.lights,
        })
    }

    fn from_wire(wire: &wire::VehicleSafetyExtensions) -> Self {
        Self {
            events: wire.events,
            path_history: Si::from_wire(&wire.path_history),
            path_prediction: Si::from_wire(&wire.path_prediction),
            lights: wire.lights,
        }
    }
}

/// One addition to what every vehicle says. ASN.1 `PartIIcontent`.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // At most eight of them: a box would cost more than it saves.
pub enum PartIIcontent {
    /// `partII-Id` 0: what has just happened, and where it comes from.
    VehicleSafety(VehicleSafetyExtensions),
    /// `partII-Id` 1: what special vehicles say. As on the wire: all of it is codes, but for the trailers that the standard
    /// no longer wants here.
    SpecialVehicle(SpecialVehicleExtensions),
    /// `partII-Id` 2: what is known besides.
    Supplemental(SupplementalVehicleExtensions),
    /// Any other `partII-Id`, 0 to 63, with the octets of its body.
    Other(u16, Any),
}

impl Si<part_ii::PartIIcontent> for PartIIcontent {
    fn to_wire(&self) -> Result<part_ii::PartIIcontent, CodecError> {
        Ok(match self {
            Self::VehicleSafety(body) => part_ii::PartIIcontent::VehicleSafety(body.to_wire().at("partII-Value")?),
            Self::SpecialVehicle(body) => part_ii::PartIIcontent::SpecialVehicle(body.clone()),
            Self::Supplemental(body) => part_ii::PartIIcontent::Supplemental(body.to_wire().at("partII-Value")?),
            Self::Other(id, body) => part_ii::PartIIcontent::Other(*id, body.clone()),
        })
    }

    fn from_wire(wire: &part_ii::PartIIcontent) -> Self {
        match wire {
            part_ii::PartIIcontent::VehicleSafety(body) => Self::VehicleSafety(Si::from_wire(body)),
            part_ii::PartIIcontent::SpecialVehicle(body) => Self::SpecialVehicle(body.clone()),
            part_ii::PartIIcontent::Supplemental(body) => Self::Supplemental(Si::from_wire(body)),
            part_ii::PartIIcontent::Other(id, body) => Self::Other(*id, body.clone()),
        }
    }
}
