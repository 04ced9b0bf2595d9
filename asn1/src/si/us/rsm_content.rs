//! What an RSM tells by the kind of hazard, in SI units.

use alloc::vec::Vec;

use super::common::{Position3D, RegulatorySpeedLimit};
use super::rsm_regions::RegionInfo;
use crate::CodecError;
use crate::UnknownAlternative;
use crate::si::{At, Si};
use crate::units::{CURVE_RADIUS_M, OBSTACLE_DISTANCE_M, SPEED_ADVICE_MPS, VISIBILITY_M};
use crate::us::itis::ResponderGroupAffected;
use crate::us::rsm as wire;
use crate::us::rsm::{DynamicInfoContainerPriority, ShortString};
use crate::us::surface::FrictionInformation;

/// What kind of hazard, and where. ASN.1 `ContentContainer`.
#[derive(Clone, Debug, PartialEq)]
pub enum ContentContainer {
    /// `rszContainer`: a lower speed limit.
    RszContainer(ReducedSpeedZoneContainer),
    /// `laneClosureContainer`: closed lanes.
    LaneClosureContainer(LaneClosureContainer),
    /// `curveContainer`: a curve.
    CurveContainer(CurveContainer),
    /// `dynamicInfoContainer`: what a sign shows.
    DynamicInfoContainer(DynamicInfoContainer),
    /// `incidentsContainer`: an incident.
    IncidentsContainer(IncidentsContainer),
    /// `situationalContainer`: a situation.
    SituationalContainer(SituationalContainer),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// A lower speed limit. ASN.1 `ReducedSpeedZoneContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct ReducedSpeedZoneContainer {
    /// The limit.
    pub speed_limit: RegulatorySpeedLimit,
    /// Where it holds.
    pub rsz_region: RegionInfo,
}

/// Closed lanes. ASN.1 `LaneClosureContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneClosureContainer {
    /// 1 to 10 lanes.
    pub lane_status: Option<Vec<LaneInfo>>,
    /// Whether that changes along the way.
    pub lane_status_varies: Option<bool>,
    /// Where.
    pub closure_region: RegionInfo,
}

/// One lane. ASN.1 `LaneInfo`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LaneInfo {
    /// Which one, 1 to 32.
    pub lane_position: u8,
    /// Whether it is closed.
    pub lane_closed: bool,
    /// How far on, metres, 0 to 32767.
    pub lane_close_offset_m: Option<f64>,
}

/// A curve. ASN.1 `CurveContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveContainer {
    /// The speed that is advised, m/s, 0 to 49.9.
    pub advisory_speed_mps: Option<f64>,
    /// What the road surface is like, as on the wire.
    pub surface_condition: Option<FrictionInformation>,
    /// The tightest radius, metres, 0 to 65535.
    pub min_radius_m: Option<f64>,
    /// `BankAngle`, -512 to 512, as on the wire: the unit is not known here.
    pub bank_angle: Option<i16>,
    /// Where.
    pub curve_region: Option<RegionInfo>,
}

/// What a sign shows. ASN.1 `DynamicInfoContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct DynamicInfoContainer {
    /// How urgent.
    pub priority: DynamicInfoContainerPriority,
    /// 1 to 12 lines of 1 to 20 characters, as on the wire.
    pub dms_sign_string: Vec<ShortString>,
    /// Where it holds.
    pub applicable_region: RegionInfo,
}

/// An incident. ASN.1 `IncidentsContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentsContainer {
    /// 1 to 5 kinds of helpers.
    pub responder_type: Option<Vec<ResponderGroupAffected>>,
    /// Where.
    pub incident_location: RegionInfo,
}

/// A situation. ASN.1 `SituationalContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct SituationalContainer {
    /// What is in the way.
    pub obstructions: Option<Obstructions>,
    /// How far one can see, metres, 0 to 100000.
    pub visibility_m: Option<f64>,
    /// Whether there are people.
    pub people_present: Option<bool>,
    /// Whether the traffic is unusual.
    pub anomalous_traffic: Option<bool>,
    /// Where.
    pub applicable_region: RegionInfo,
}

/// What is in the way. ASN.1 `Obstructions`.
#[derive(Clone, Debug, PartialEq)]
pub struct Obstructions {
    /// Where.
    pub location: Position3D,
    /// What: ITIS code (SAE J2540).
    pub description: Option<u16>,
}

impl Si<wire::ContentContainer> for ContentContainer {
    fn to_wire(&self) -> Result<wire::ContentContainer, CodecError> {
        Ok(match self {
            Self::RszContainer(value) => wire::ContentContainer::RszContainer(value.to_wire().at("rszContainer")?),
            Self::LaneClosureContainer(value) => {
                wire::ContentContainer::LaneClosureContainer(value.to_wire().at("laneClosureContainer")?)
            }
            Self::CurveContainer(value) => {
                wire::ContentContainer::CurveContainer(value.to_wire().at("curveContainer")?)
            }
            Self::DynamicInfoContainer(value) => {
                wire::ContentContainer::DynamicInfoContainer(value.to_wire().at("dynamicInfoContainer")?)
            }
            Self::IncidentsContainer(value) => {
                wire::ContentContainer::IncidentsContainer(value.to_wire().at("incidentsContainer")?)
            }
            Self::SituationalContainer(value) => {
                wire::ContentContainer::SituationalContainer(value.to_wire().at("situationalContainer")?)
            }
            Self::UnknownAlternative(other) => wire::ContentContainer::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::ContentContainer) -> Self {
        match wire {
            wire::ContentContainer::RszContainer(value) => Self::RszContainer(Si::from_wire(value)),
            wire::ContentContainer::LaneClosureContainer(value) => Self::LaneClosureContainer(Si::from_wire(value)),
            wire::ContentContainer::CurveContainer(value) => Self::CurveContainer(Si::from_wire(value)),
            wire::ContentContainer::DynamicInfoContainer(value) => Self::DynamicInfoContainer(Si::from_wire(value)),
            wire::ContentContainer::IncidentsContainer(value) => Self::IncidentsContainer(Si::from_wire(value)),
            wire::ContentContainer::SituationalContainer(value) => Self::SituationalContainer(Si::from_wire(value)),
            wire::ContentContainer::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::ReducedSpeedZoneContainer> for ReducedSpeedZoneContainer {
    fn to_wire(&self) -> Result<wire::ReducedSpeedZoneContainer, CodecError> {
        Ok(wire::ReducedSpeedZoneContainer {
            speed_limit: self.speed_limit.to_wire().at("speedLimit")?,
            rsz_region: self.rsz_region.to_wire().at("rszRegion")?,
        })
    }

    fn from_wire(wire: &wire::ReducedSpeedZoneContainer) -> Self {
        Self { speed_limit: Si::from_wire(&wire.speed_limit), rsz_region: Si::from_wire(&wire.rsz_region) }
    }
}

impl Si<wire::LaneClosureContainer> for LaneClosureContainer {
    fn to_wire(&self) -> Result<wire::LaneClosureContainer, CodecError> {
        Ok(wire::LaneClosureContainer {
            lane_status: self.lane_status.to_wire().at("laneStatus")?,
            lane_status_varies: self.lane_status_varies,
            closure_region: self.closure_region.to_wire().at("closureRegion")?,
        })
    }

    fn from_wire(wire: &wire::LaneClosureContainer) -> Self {
        Self {
            lane_status: Si::from_wire(&wire.lane_status),
            lane_status_varies: wire.lane_status_varies,
            closure_region: Si::from_wire(&wire.closure_region),
        }
    }
}

impl Si<wire::LaneInfo> for LaneInfo {
    fn to_wire(&self) -> Result<wire::LaneInfo, CodecError> {
        Ok(wire::LaneInfo {
            lane_position: self.lane_position,
            lane_closed: self.lane_closed,
            lane_close_offset: OBSTACLE_DISTANCE_M.to_wire_optional(self.lane_close_offset_m).at("laneCloseOffset")?,
        })
    }

    fn from_wire(wire: &wire::LaneInfo) -> Self {
        Self {
            lane_position: wire.lane_position,
            lane_closed: wire.lane_closed,
            lane_close_offset_m: OBSTACLE_DISTANCE_M.from_wire_optional(wire.lane_close_offset),
        }
    }
}

impl Si<wire::CurveContainer> for CurveContainer {
    fn to_wire(&self) -> Result<wire::CurveContainer, CodecError> {
        Ok(wire::CurveContainer {
            advisory_speed: SPEED_ADVICE_MPS.to_wire_or_unknown(self.advisory_speed_mps).at("advisorySpeed")?,
            surface_condition: self.surface_condition.clone(),
            min_radius: CURVE_RADIUS_M.to_wire_optional(self.min_radius_m).at("minRadius")?,
            bank_angle: self.bank_angle,
            curve_region: self.curve_region.to_wire().at("curveRegion")?,
        })
    }

    fn from_wire(wire: &wire::CurveContainer) -> Self {
        Self {
            advisory_speed_mps: SPEED_ADVICE_MPS.from_wire(wire.advisory_speed),
            surface_condition: wire.surface_condition.clone(),
            min_radius_m: CURVE_RADIUS_M.from_wire_optional(wire.min_radius),
            bank_angle: wire.bank_angle,
            curve_region: Si::from_wire(&wire.curve_region),
        }
    }
}

impl Si<wire::DynamicInfoContainer> for DynamicInfoContainer {
    fn to_wire(&self) -> Result<wire::DynamicInfoContainer, CodecError> {
        Ok(wire::DynamicInfoContainer {
            priority: self.priority,
            dms_sign_string: self.dms_sign_string.clone(),
            applicable_region: self.applicable_region.to_wire().at("applicableRegion")?,
        })
    }

    fn from_wire(wire: &wire::DynamicInfoContainer) -> Self {
        Self {
            priority: wire.priority,
            dms_sign_string: wire.dms_sign_string.clone(),
            applicable_region: Si::from_wire(&wire.applicable_region),
        }
    }
}

impl Si<wire::IncidentsContainer> for IncidentsContainer {
    fn to_wire(&self) -> Result<wire::IncidentsContainer, CodecError> {
        Ok(wire::IncidentsContainer {
            responder_type: self.responder_type.clone(),
            incident_location: self.incident_location.to_wire().at("incidentLocation")?,
        })
    }

    fn from_wire(wire: &wire::IncidentsContainer) -> Self {
        Self { responder_type: wire.responder_type.clone(), incident_location: Si::from_wire(&wire.incident_location) }
    }
}

impl Si<wire::SituationalContainer> for SituationalContainer {
    fn to_wire(&self) -> Result<wire::SituationalContainer, CodecError> {
        Ok(wire::SituationalContainer {
            obstructions: self.obstructions.to_wire().at("obstructions")?,
            visibility: VISIBILITY_M.to_wire_optional(self.visibility_m).at("visibility")?,
            people_present: self.people_present,
            anomalous_traffic: self.anomalous_traffic,
            applicable_region: self.applicable_region.to_wire().at("applicableRegion")?,
        })
    }

    fn from_wire(wire: &wire::SituationalContainer) -> Self {
        Self {
            obstructions: Si::from_wire(&wire.obstructions),
            visibility_m: VISIBILITY_M.from_wire_optional(wire.visibility),
            people_present: wire.people_present,
            anomalous_traffic: wire.anomalous_traffic,
            applicable_region: Si::from_wire(&wire.applicable_region),
        }
    }
}

impl Si<wire::Obstructions> for Obstructions {
    fn to_wire(&self) -> Result<wire::Obstructions, CodecError> {
        Ok(wire::Obstructions { location: self.location.to_wire().at("location")?, description: self.description })
    }

    fn from_wire(wire: &wire::Obstructions) -> Self {
        Self { location: Si::from_wire(&wire.location), description: wire.description }
    }
}
