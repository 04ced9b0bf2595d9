//! Where an RSM holds, in SI units.

use alloc::string::String;
use alloc::vec::Vec;

use super::circle::Circle;
use super::common::Position3D;
use crate::CodecError;
use crate::UnknownAlternative;
use crate::si::{At, Si};
use crate::units::{HEADING_DEG_CW_NORTH_RAD, HEADING_TOLERANCE_RAD, turn_to_wire};
use crate::us::rsm as wire;
use crate::us::rsm::{Offset3D, ReferencePointType, RegionUncertainty};

/// A place that an RSM is about. ASN.1 `RegionInfo`.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionInfo {
    /// The place from which offsets are counted.
    pub reference_point: Position3D,
    /// How good it is, as on the wire, for want of the unit of [`Offset3D`].
    pub location_uncertainty: Option<RegionUncertainty>,
    /// What that place is.
    pub reference_point_type: Option<ReferencePointType>,
    /// A name for people, 1 to 63 characters of ASCII.
    pub descriptive_name: Option<String>,
    /// `Zoom`, 0 to 15: offsets are to be multiplied by two to its power (from memory, not confirmed).
    pub scale: Option<u8>,
    /// The way there.
    pub approach_region: Option<AreaType>,
}

/// A place. ASN.1 `AreaType`.
#[derive(Clone, Debug, PartialEq)]
pub enum AreaType {
    /// `broadRegion`: an area.
    BroadRegion(BroadRegion),
    /// `paths`: 1 to 10 lines.
    Paths(Vec<Path>),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// An area. ASN.1 `BroadRegion`.
#[derive(Clone, Debug, PartialEq)]
pub struct BroadRegion {
    /// For which headings.
    pub applicable_heading: ApplicableHeading,
    /// The area itself.
    pub broad_area: BroadRegionArea,
}

/// For which headings something holds. ASN.1 `ApplicableHeading`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ApplicableHeading {
    /// The heading, radians clockwise from true north, any turn, to the degree; 0 to below a full turn when received.
    pub heading_cw_north_rad: f64,
    /// How much to either side, radians, 0 to π.
    pub tolerance_rad: f64,
}

/// An area. ASN.1 `BroadRegionArea`.
#[derive(Clone, Debug, PartialEq)]
pub enum BroadRegionArea {
    /// `polygon`: 3 to 63 corners.
    Polygon(Vec<NodePointLLE>),
    /// `circle`: a circle.
    Circle(Circle),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// A point of a line. ASN.1 `NodePointLLE`.
#[derive(Clone, Debug, PartialEq)]
pub enum NodePointLLE {
    /// `node-3Dabsolute`: its place.
    Node3Dabsolute(Position3D),
    /// `node-3Doffset`: how far it is from the point before, as on the wire: the unit is not known here.
    Node3Doffset(Offset3D),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// A line with a width. ASN.1 `Path`.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// `pathWidth`, 0 to 1000, as on the wire: the unit is not known here.
    pub path_width: u16,
    /// 2 to 63 points.
    pub path_points: Vec<NodePointLLE>,
}

impl Si<wire::RegionInfo> for RegionInfo {
    fn to_wire(&self) -> Result<wire::RegionInfo, CodecError> {
        Ok(wire::RegionInfo {
            reference_point: self.reference_point.to_wire().at("referencePoint")?,
            location_uncertainty: self.location_uncertainty.clone(),
            reference_point_type: self.reference_point_type,
            descriptive_name: self.descriptive_name.to_wire().at("descriptiveName")?,
            scale: self.scale,
            approach_region: self.approach_region.to_wire().at("approachRegion")?,
        })
    }

    fn from_wire(wire: &wire::RegionInfo) -> Self {
        Self {
            reference_point: Si::from_wire(&wire.reference_point),
            location_uncertainty: wire.location_uncertainty.clone(),
            reference_point_type: wire.reference_point_type,
            descriptive_name: Si::from_wire(&wire.descriptive_name),
            scale: wire.scale,
            approach_region: Si::from_wire(&wire.approach_region),
        }
    }
}

impl Si<wire::AreaType> for AreaType {
    fn to_wire(&self) -> Result<wire::AreaType, CodecError> {
        Ok(match self {
            Self::BroadRegion(value) => wire::AreaType::BroadRegion(value.to_wire().at("broadRegion")?),
            Self::Paths(value) => wire::AreaType::Paths(value.to_wire().at("paths")?),
            Self::UnknownAlternative(other) => wire::AreaType::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::AreaType) -> Self {
        match wire {
            wire::AreaType::BroadRegion(value) => Self::BroadRegion(Si::from_wire(value)),
            wire::AreaType::Paths(value) => Self::Paths(Si::from_wire(value)),
            wire::AreaType::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::BroadRegion> for BroadRegion {
    fn to_wire(&self) -> Result<wire::BroadRegion, CodecError> {
        Ok(wire::BroadRegion {
            applicable_heading: self.applicable_heading.to_wire().at("applicableHeading")?,
            broad_area: self.broad_area.to_wire().at("broadArea")?,
        })
    }

    fn from_wire(wire: &wire::BroadRegion) -> Self {
        Self {
            applicable_heading: Si::from_wire(&wire.applicable_heading),
            broad_area: Si::from_wire(&wire.broad_area),
        }
    }
}

impl Si<wire::ApplicableHeading> for ApplicableHeading {
    fn to_wire(&self) -> Result<wire::ApplicableHeading, CodecError> {
        Ok(wire::ApplicableHeading {
            heading: turn_to_wire(&HEADING_DEG_CW_NORTH_RAD, self.heading_cw_north_rad).at("heading")?,
            tolerance: HEADING_TOLERANCE_RAD.to_wire(self.tolerance_rad).at("tolerance")?,
        })
    }

    fn from_wire(wire: &wire::ApplicableHeading) -> Self {
        Self {
            heading_cw_north_rad: HEADING_DEG_CW_NORTH_RAD.value(wire.heading),
            tolerance_rad: HEADING_TOLERANCE_RAD.value(wire.tolerance),
        }
    }
}

impl Si<wire::BroadRegionArea> for BroadRegionArea {
    fn to_wire(&self) -> Result<wire::BroadRegionArea, CodecError> {
        Ok(match self {
            Self::Polygon(value) => wire::BroadRegionArea::Polygon(value.to_wire().at("polygon")?),
            Self::Circle(value) => wire::BroadRegionArea::Circle(value.to_wire().at("circle")?),
            Self::UnknownAlternative(other) => wire::BroadRegionArea::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::BroadRegionArea) -> Self {
        match wire {
            wire::BroadRegionArea::Polygon(value) => Self::Polygon(Si::from_wire(value)),
            wire::BroadRegionArea::Circle(value) => Self::Circle(Si::from_wire(value)),
            wire::BroadRegionArea::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::NodePointLLE> for NodePointLLE {
    fn to_wire(&self) -> Result<wire::NodePointLLE, CodecError> {
        Ok(match self {
            Self::Node3Dabsolute(value) => wire::NodePointLLE::Node3Dabsolute(value.to_wire().at("node-3Dabsolute")?),
            Self::Node3Doffset(value) => wire::NodePointLLE::Node3Doffset(*value),
            Self::UnknownAlternative(other) => wire::NodePointLLE::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::NodePointLLE) -> Self {
        match wire {
            wire::NodePointLLE::Node3Dabsolute(value) => Self::Node3Dabsolute(Si::from_wire(value)),
            wire::NodePointLLE::Node3Doffset(value) => Self::Node3Doffset(*value),
            wire::NodePointLLE::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::Path> for Path {
    fn to_wire(&self) -> Result<wire::Path, CodecError> {
        Ok(wire::Path { path_width: self.path_width, path_points: self.path_points.to_wire().at("pathPoints")? })
    }

    fn from_wire(wire: &wire::Path) -> Self {
        Self { path_width: wire.path_width, path_points: Si::from_wire(&wire.path_points) }
    }
}
