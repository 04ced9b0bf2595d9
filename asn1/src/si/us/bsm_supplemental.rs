//! Part II of the BSM with what is known besides, in SI units.

use alloc::vec::Vec;

use crate::CodecError;
use crate::si::{At, Si};
use crate::units::{
    BUMPER_HEIGHT_M, HEADING_CW_NORTH_RAD, PIVOT_OFFSET_M, VEHICLE_HEIGHT_M, VEHICLE_LENGTH_M, VEHICLE_WIDTH_M,
    heading_to_wire,
};
use crate::us::bsm_supplemental as wire;
use crate::us::bsm_supplemental::{
    DisabledVehicle, FHWAVehicleClass, ObstacleDetection, RTCMPackage, SchoolBus, SpeedProfile, VehicleAxles,
    VehicleClassification, WeatherProbe, WeatherReport,
};
use crate::us::common::RegionalExtension;

/// What is known of a vehicle besides. What the standard calls `doNotUse` stays as on the wire. ASN.1 `SupplementalVehicleExtensions`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SupplementalVehicleExtensions {
    /// `BasicVehicleClass`; 0 is unknown.
    pub classification: Option<u8>,
    /// What kind of vehicle, in more detail.
    pub class_details: Option<VehicleClassification>,
    /// Its measures.
    pub vehicle_data: Option<VehicleData>,
    /// Weather, as on the wire: the standard says not to use it.
    pub do_not_use1: Option<WeatherReport>,
    /// Weather, as on the wire: the standard says not to use it.
    pub do_not_use2: Option<WeatherProbe>,
    /// Obstacles, as on the wire: the standard says not to use it.
    pub do_not_use3: Option<ObstacleDetection>,
    /// What is wrong with it.
    pub status: Option<DisabledVehicle>,
    /// Speeds, as on the wire: the standard says not to use it.
    pub do_not_use4: Option<SpeedProfile>,
    /// Corrections for satellite positioning, as on the wire: the standard says not to use it.
    pub do_not_use5: Option<RTCMPackage>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
    /// Vehicle class of the FHWA.
    pub fhwa_vehicle_class: Option<FHWAVehicleClass>,
    /// 1 to 16 trailers.
    pub trailers: Option<Vec<Trailer>>,
    /// What a school bus is doing.
    pub school_bus: Option<SchoolBus>,
}

/// A vehicle's measures. ASN.1 `VehicleData`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct VehicleData {
    /// Metres, 0.05 to 6.35.
    pub height_m: Option<f64>,
    /// How high its bumpers are.
    pub bumpers: Option<BumperHeights>,
    /// `VehicleMass`, 0 to 255, in steps that widen; as on the wire.
    pub mass: Option<u8>,
    /// Weight of a trailer, as on the wire: the standard says not to use it.
    pub do_not_use: Option<u16>,
    /// Whether it pulls a trailer.
    pub trailer_present: Option<bool>,
    /// Where the trailer turns.
    pub pivot_point: Option<PivotPointDescription>,
    /// How many axles it has.
    pub axles: Option<VehicleAxles>,
    /// `LeanAngle`, -90 to 90, presumably degrees; as on the wire.
    pub lean_angle: Option<i8>,
}

/// How high the bumpers are. ASN.1 `BumperHeights`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BumperHeights {
    /// Metres, 0 to 1.27.
    pub front_m: f64,
    /// Metres, 0 to 1.27.
    pub rear_m: f64,
}

/// Where a trailer turns. ASN.1 `PivotPointDescription`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PivotPointDescription {
    /// How far along the middle, metres, -10.24 to 10.23.
    pub pivot_offset_m: f64,
    /// Angle there, radians, any turn; 0 to below a full turn when received.
    pub pivot_angle_rad: Option<f64>,
    /// Whether it turns there at all.
    pub pivots: bool,
}

/// A trailer. ASN.1 `Trailer`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trailer {
    /// Metres, 0.01 to 10.23.
    pub width_m: Option<f64>,
    /// Metres, 0.01 to 40.95.
    pub length_m: Option<f64>,
    /// Metres, 0.05 to 6.35.
    pub height_m: Option<f64>,
    /// `TrailerWeight`, 0 to 64255, presumably kilograms; as on the wire.
    pub weight: Option<u16>,
    /// Where it turns in front.
    pub front_pivot: PivotPointDescription,
    /// Where the next one turns.
    pub rear_pivot: Option<PivotPointDescription>,
    /// How high its bumpers are.
    pub bumpers: Option<BumperHeights>,
    /// How many axles it has.
    pub axles: Option<VehicleAxles>,
}

impl Si<wire::SupplementalVehicleExtensions> for SupplementalVehicleExtensions {
    fn to_wire(&self) -> Result<wire::SupplementalVehicleExtensions, CodecError> {
        Ok(wire::SupplementalVehicleExtensions {
            classification: self.classification,
            class_details: self.class_details.clone(),
            vehicle_data: self.vehicle_data.to_wire().at("vehicleData")?,
            do_not_use1: self.do_not_use1,
            do_not_use2: self.do_not_use2,
            do_not_use3: self.do_not_use3,
            status: self.status,
            do_not_use4: self.do_not_use4.clone(),
            do_not_use5: self.do_not_use5.clone(),
            regional: self.regional.clone(),
            fhwa_vehicle_class: self.fhwa_vehicle_class,
            trailers: self.trailers.to_wire().at("trailers")?,
            school_bus: self.school_bus,
        })
    }

    fn from_wire(wire: &wire::SupplementalVehicleExtensions) -> Self {
        Self {
            classification: wire.classification,
            class_details: wire.class_details.clone(),
            vehicle_data: Si::from_wire(&wire.vehicle_data),
            do_not_use1: wire.do_not_use1,
            do_not_use2: wire.do_not_use2,
            do_not_use3: wire.do_not_use3,
            status: wire.status,
            do_not_use4: wire.do_not_use4.clone(),
            do_not_use5: wire.do_not_use5.clone(),
            regional: wire.regional.clone(),
            fhwa_vehicle_class: wire.fhwa_vehicle_class,
            trailers: Si::from_wire(&wire.trailers),
            school_bus: wire.school_bus,
        }
    }
}

impl Si<wire::VehicleData> for VehicleData {
    fn to_wire(&self) -> Result<wire::VehicleData, CodecError> {
        Ok(wire::VehicleData {
            height: VEHICLE_HEIGHT_M.to_wire_optional(self.height_m).at("height")?,
            bumpers: self.bumpers.to_wire().at("bumpers")?,
            mass: self.mass,
            do_not_use: self.do_not_use,
            trailer_present: self.trailer_present,
            pivot_point: self.pivot_point.to_wire().at("pivotPoint")?,
            axles: self.axles,
            lean_angle: self.lean_angle,
        })
    }

    fn from_wire(wire: &wire::VehicleData) -> Self {
        Self {
            height_m: VEHICLE_HEIGHT_M.from_wire_optional(wire.height),
            bumpers: Si::from_wire(&wire.bumpers),
            mass: wire.mass,
            do_not_use: wire.do_not_use,
            trailer_present: wire.trailer_present,
            pivot_point: Si::from_wire(&wire.pivot_point),
            axles: wire.axles,
            lean_angle: wire.lean_angle,
        }
    }
}

impl Si<wire::BumperHeights> for BumperHeights {
    fn to_wire(&self) -> Result<wire::BumperHeights, CodecError> {
        Ok(wire::BumperHeights {
            front: BUMPER_HEIGHT_M.to_wire(self.front_m).at("front")?,
            rear: BUMPER_HEIGHT_M.to_wire(self.rear_m).at("rear")?,
        })
    }

    fn from_wire(wire: &wire::BumperHeights) -> Self {
        Self { front_m: BUMPER_HEIGHT_M.value(wire.front), rear_m: BUMPER_HEIGHT_M.value(wire.rear) }
    }
}

impl Si<wire::PivotPointDescription> for PivotPointDescription {
    fn to_wire(&self) -> Result<wire::PivotPointDescription, CodecError> {
        Ok(wire::PivotPointDescription {
            pivot_offset: PIVOT_OFFSET_M.to_wire(self.pivot_offset_m).at("pivotOffset")?,
            pivot_angle: heading_to_wire(self.pivot_angle_rad).at("pivotAngle")?,
            pivots: self.pivots,
        })
    }

    fn from_wire(wire: &wire::PivotPointDescription) -> Self {
        Self {
            pivot_offset_m: PIVOT_OFFSET_M.value(wire.pivot_offset),
            pivot_angle_rad: HEADING_CW_NORTH_RAD.from_wire(wire.pivot_angle),
            pivots: wire.pivots,
        }
    }
}

impl Si<wire::Trailer> for Trailer {
    fn to_wire(&self) -> Result<wire::Trailer, CodecError> {
        Ok(wire::Trailer {
            width: VEHICLE_WIDTH_M.to_wire_or_unknown(self.width_m).at("width")?,
            length: VEHICLE_LENGTH_M.to_wire_or_unknown(self.length_m).at("length")?,
            height: VEHICLE_HEIGHT_M.to_wire_optional(self.height_m).at("height")?,
            weight: self.weight,
            front_pivot: self.front_pivot.to_wire().at("frontPivot")?,
            rear_pivot: self.rear_pivot.to_wire().at("rearPivot")?,
            bumpers: self.bumpers.to_wire().at("bumpers")?,
            axles: self.axles,
        })
    }

    fn from_wire(wire: &wire::Trailer) -> Self {
        Self {
            width_m: VEHICLE_WIDTH_M.from_wire(wire.width),
            length_m: VEHICLE_LENGTH_M.from_wire(wire.length),
            height_m: VEHICLE_HEIGHT_M.from_wire_optional(wire.height),
            weight: wire.weight,
            front_pivot: Si::from_wire(&wire.front_pivot),
            rear_pivot: Si::from_wire(&wire.rear_pivot),
            bumpers: Si::from_wire(&wire.bumpers),
            axles: wire.axles,
        }
    }
}
