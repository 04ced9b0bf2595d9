//! Where a TIM holds, in SI units: paths, areas and circles.

use alloc::string::String;
use alloc::vec::Vec;

use super::circle::Circle;
use super::common::Position3D;
use super::lanes::{LaneDataAttribute, NodeListXY};
use super::nodes::NodeOffsetPointLL;
use crate::CodecError;
use crate::UnknownAlternative;
use crate::si::{At, Si};
use crate::units::{LANE_CHANGE_M, LANE_WIDTH_M};
use crate::us::common::{Extent, HeadingSlice, RegionalExtension, RoadSegmentReferenceID};
use crate::us::tim_regions as wire;
use crate::us::tim_regions::{DirectionOfUse, NodeAttributeLL, RegionOffsets, SegmentAttributeLL};

/// A place where something holds. ASN.1 `GeographicalPath`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeographicalPath {
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Which stretch of road.
    pub id: Option<RoadSegmentReferenceID>,
    /// The place from which its nodes are counted.
    pub anchor: Option<Position3D>,
    /// Width of the path, metres, 0 to 327.67.
    pub lane_width_m: Option<f64>,
    /// For which direction along its nodes.
    pub directionality: Option<DirectionOfUse>,
    /// Whether its nodes go round an area.
    pub closed_path: Option<bool>,
    /// For which headings.
    pub direction: Option<HeadingSlice>,
    /// The place itself.
    pub description: Option<GeographicalPathDescription>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// What a place looks like. ASN.1 `GeographicalPath.description`.
#[derive(Clone, Debug, PartialEq)]
pub enum GeographicalPathDescription {
    /// `path`: a line, or round an area.
    Path(OffsetSystem),
    /// `geometry`: a circle.
    Geometry(GeometricProjection),
    /// `oldRegion`: a place as earlier editions said it.
    OldRegion(ValidRegion),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// A line by its nodes. ASN.1 `OffsetSystem`.
#[derive(Clone, Debug, PartialEq)]
pub struct OffsetSystem {
    /// `Zoom`, 0 to 15: offsets are to be multiplied by two to its power (from memory, not confirmed); those given here are not.
    pub scale: Option<u8>,
    /// The nodes.
    pub offset: OffsetSystemOffset,
}

/// The nodes of a line. ASN.1 `OffsetSystem.offset`.
#[derive(Clone, Debug, PartialEq)]
pub enum OffsetSystemOffset {
    /// `xy`: in metres.
    Xy(NodeListXY),
    /// `ll`: in degrees.
    Ll(NodeListLL),
}

/// The nodes of a line, in degrees. ASN.1 `NodeListLL`.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeListLL {
    /// `nodes`: 2 to 63 nodes.
    Nodes(Vec<NodeLL>),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// A node of a line. ASN.1 `NodeLL`.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeLL {
    /// Where it is.
    pub delta: NodeOffsetPointLL,
    /// What begins, ends or changes there.
    pub attributes: Option<NodeAttributeSetLL>,
}

/// What begins, ends or changes at a node. ASN.1 `NodeAttributeSetLL`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeAttributeSetLL {
    /// 1 to 8 things that are at the node.
    pub local_node: Option<Vec<NodeAttributeLL>>,
    /// 1 to 8 things that end here.
    pub disabled: Option<Vec<SegmentAttributeLL>>,
    /// 1 to 8 things that begin here.
    pub enabled: Option<Vec<SegmentAttributeLL>>,
    /// 1 to 8 quantities.
    pub data: Option<Vec<LaneDataAttribute>>,
    /// How much wider the lane is from here, metres, -5.12 to 5.11.
    pub d_width_m: Option<f64>,
    /// How much higher it is here, metres, -5.12 to 5.11.
    pub d_elevation_m: Option<f64>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// A circle where something holds. ASN.1 `GeometricProjection`.
#[derive(Clone, Debug, PartialEq)]
pub struct GeometricProjection {
    /// For which headings.
    pub direction: HeadingSlice,
    /// How far along the road.
    pub extent: Option<Extent>,
    /// Width of lanes, metres, 0 to 327.67.
    pub lane_width_m: Option<f64>,
    /// The circle.
    pub circle: Circle,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// A place as earlier editions said it. ASN.1 `ValidRegion`.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidRegion {
    /// For which headings.
    pub direction: HeadingSlice,
    /// How far along the road.
    pub extent: Option<Extent>,
    /// The place itself.
    pub area: ValidRegionArea,
}

/// A place as earlier editions said it. ASN.1 `ValidRegion.area`.
#[derive(Clone, Debug, PartialEq)]
pub enum ValidRegionArea {
    /// `shapePointSet`: a line.
    ShapePointSet(ShapePointSet),
    /// `circle`: a circle.
    Circle(Circle),
    /// `regionPointSet`: round an area.
    RegionPointSet(RegionPointSet),
}

/// A line. ASN.1 `ShapePointSet`.
#[derive(Clone, Debug, PartialEq)]
pub struct ShapePointSet {
    /// The place from which its nodes are counted.
    pub anchor: Option<Position3D>,
    /// Its width, metres, 0 to 327.67.
    pub lane_width_m: Option<f64>,
    /// For which direction along its nodes.
    pub directionality: Option<DirectionOfUse>,
    /// Its nodes.
    pub node_list: NodeListXY,
}

/// Round an area. ASN.1 `RegionPointSet`.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionPointSet {
    /// The place from which its nodes are counted.
    pub anchor: Option<Position3D>,
    /// `Zoom`, 0 to 15.
    pub scale: Option<u8>,
    /// 1 to 64 nodes, as on the wire: what a step of each axis is depends on the edition.
    pub node_list: Vec<RegionOffsets>,
}

impl Si<wire::GeographicalPath> for GeographicalPath {
    fn to_wire(&self) -> Result<wire::GeographicalPath, CodecError> {
        Ok(wire::GeographicalPath {
            name: self.name.to_wire().at("name")?,
            id: self.id,
            anchor: self.anchor.to_wire().at("anchor")?,
            lane_width: LANE_WIDTH_M.to_wire_optional(self.lane_width_m).at("laneWidth")?,
            directionality: self.directionality,
            closed_path: self.closed_path,
            direction: self.direction,
            description: self.description.to_wire().at("description")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::GeographicalPath) -> Self {
        Self {
            name: Si::from_wire(&wire.name),
            id: wire.id,
            anchor: Si::from_wire(&wire.anchor),
            lane_width_m: LANE_WIDTH_M.from_wire_optional(wire.lane_width),
            directionality: wire.directionality,
            closed_path: wire.closed_path,
            direction: wire.direction,
            description: Si::from_wire(&wire.description),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::GeographicalPathDescription> for GeographicalPathDescription {
    fn to_wire(&self) -> Result<wire::GeographicalPathDescription, CodecError> {
        Ok(match self {
            Self::Path(value) => wire::GeographicalPathDescription::Path(value.to_wire().at("path")?),
            Self::Geometry(value) => wire::GeographicalPathDescription::Geometry(value.to_wire().at("geometry")?),
            Self::OldRegion(value) => wire::GeographicalPathDescription::OldRegion(value.to_wire().at("oldRegion")?),
            Self::UnknownAlternative(other) => wire::GeographicalPathDescription::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::GeographicalPathDescription) -> Self {
        match wire {
            wire::GeographicalPathDescription::Path(value) => Self::Path(Si::from_wire(value)),
            wire::GeographicalPathDescription::Geometry(value) => Self::Geometry(Si::from_wire(value)),
            wire::GeographicalPathDescription::OldRegion(value) => Self::OldRegion(Si::from_wire(value)),
            wire::GeographicalPathDescription::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::OffsetSystem> for OffsetSystem {
    fn to_wire(&self) -> Result<wire::OffsetSystem, CodecError> {
        Ok(wire::OffsetSystem { scale: self.scale, offset: self.offset.to_wire().at("offset")? })
    }

    fn from_wire(wire: &wire::OffsetSystem) -> Self {
        Self { scale: wire.scale, offset: Si::from_wire(&wire.offset) }
    }
}

impl Si<wire::OffsetSystemOffset> for OffsetSystemOffset {
    fn to_wire(&self) -> Result<wire::OffsetSystemOffset, CodecError> {
        Ok(match self {
            Self::Xy(value) => wire::OffsetSystemOffset::Xy(value.to_wire().at("xy")?),
            Self::Ll(value) => wire::OffsetSystemOffset::Ll(value.to_wire().at("ll")?),
        })
    }

    fn from_wire(wire: &wire::OffsetSystemOffset) -> Self {
        match wire {
            wire::OffsetSystemOffset::Xy(value) => Self::Xy(Si::from_wire(value)),
            wire::OffsetSystemOffset::Ll(value) => Self::Ll(Si::from_wire(value)),
        }
    }
}

impl Si<wire::NodeListLL> for NodeListLL {
    fn to_wire(&self) -> Result<wire::NodeListLL, CodecError> {
        Ok(match self {
            Self::Nodes(value) => wire::NodeListLL::Nodes(value.to_wire().at("nodes")?),
            Self::UnknownAlternative(other) => wire::NodeListLL::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::NodeListLL) -> Self {
        match wire {
            wire::NodeListLL::Nodes(value) => Self::Nodes(Si::from_wire(value)),
            wire::NodeListLL::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::NodeLL> for NodeLL {
    fn to_wire(&self) -> Result<wire::NodeLL, CodecError> {
        Ok(wire::NodeLL {
            delta: self.delta.to_wire().at("delta")?,
            attributes: self.attributes.to_wire().at("attributes")?,
        })
    }

    fn from_wire(wire: &wire::NodeLL) -> Self {
        Self { delta: Si::from_wire(&wire.delta), attributes: Si::from_wire(&wire.attributes) }
    }
}

impl Si<wire::NodeAttributeSetLL> for NodeAttributeSetLL {
    fn to_wire(&self) -> Result<wire::NodeAttributeSetLL, CodecError> {
        Ok(wire::NodeAttributeSetLL {
            local_node: self.local_node.clone(),
            disabled: self.disabled.clone(),
            enabled: self.enabled.clone(),
            data: self.data.to_wire().at("data")?,
            d_width: LANE_CHANGE_M.to_wire_optional(self.d_width_m).at("dWidth")?,
            d_elevation: LANE_CHANGE_M.to_wire_optional(self.d_elevation_m).at("dElevation")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::NodeAttributeSetLL) -> Self {
        Self {
            local_node: wire.local_node.clone(),
            disabled: wire.disabled.clone(),
            enabled: wire.enabled.clone(),
            data: Si::from_wire(&wire.data),
            d_width_m: LANE_CHANGE_M.from_wire_optional(wire.d_width),
            d_elevation_m: LANE_CHANGE_M.from_wire_optional(wire.d_elevation),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::GeometricProjection> for GeometricProjection {
    fn to_wire(&self) -> Result<wire::GeometricProjection, CodecError> {
        Ok(wire::GeometricProjection {
            direction: self.direction,
            extent: self.extent,
            lane_width: LANE_WIDTH_M.to_wire_optional(self.lane_width_m).at("laneWidth")?,
            circle: self.circle.to_wire().at("circle")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::GeometricProjection) -> Self {
        Self {
            direction: wire.direction,
            extent: wire.extent,
            lane_width_m: LANE_WIDTH_M.from_wire_optional(wire.lane_width),
            circle: Si::from_wire(&wire.circle),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::ValidRegion> for ValidRegion {
    fn to_wire(&self) -> Result<wire::ValidRegion, CodecError> {
        Ok(wire::ValidRegion { direction: self.direction, extent: self.extent, area: self.area.to_wire().at("area")? })
    }

    fn from_wire(wire: &wire::ValidRegion) -> Self {
        Self { direction: wire.direction, extent: wire.extent, area: Si::from_wire(&wire.area) }
    }
}

impl Si<wire::ValidRegionArea> for ValidRegionArea {
    fn to_wire(&self) -> Result<wire::ValidRegionArea, CodecError> {
        Ok(match self {
            Self::ShapePointSet(value) => wire::ValidRegionArea::ShapePointSet(value.to_wire().at("shapePointSet")?),
            Self::Circle(value) => wire::ValidRegionArea::Circle(value.to_wire().at("circle")?),
            Self::RegionPointSet(value) => wire::ValidRegionArea::RegionPointSet(value.to_wire().at("regionPointSet")?),
        })
    }

    fn from_wire(wire: &wire::ValidRegionArea) -> Self {
        match wire {
            wire::ValidRegionArea::ShapePointSet(value) => Self::ShapePointSet(Si::from_wire(value)),
            wire::ValidRegionArea::Circle(value) => Self::Circle(Si::from_wire(value)),
            wire::ValidRegionArea::RegionPointSet(value) => Self::RegionPointSet(Si::from_wire(value)),
        }
    }
}

impl Si<wire::ShapePointSet> for ShapePointSet {
    fn to_wire(&self) -> Result<wire::ShapePointSet, CodecError> {
        Ok(wire::ShapePointSet {
            anchor: self.anchor.to_wire().at("anchor")?,
            lane_width: LANE_WIDTH_M.to_wire_optional(self.lane_width_m).at("laneWidth")?,
            directionality: self.directionality,
            node_list: self.node_list.to_wire().at("nodeList")?,
        })
    }

    fn from_wire(wire: &wire::ShapePointSet) -> Self {
        Self {
            anchor: Si::from_wire(&wire.anchor),
            lane_width_m: LANE_WIDTH_M.from_wire_optional(wire.lane_width),
            directionality: wire.directionality,
            node_list: Si::from_wire(&wire.node_list),
        }
    }
}

impl Si<wire::RegionPointSet> for RegionPointSet {
    fn to_wire(&self) -> Result<wire::RegionPointSet, CodecError> {
        Ok(wire::RegionPointSet {
            anchor: self.anchor.to_wire().at("anchor")?,
            scale: self.scale,
            node_list: self.node_list.clone(),
        })
    }

    fn from_wire(wire: &wire::RegionPointSet) -> Self {
        Self { anchor: Si::from_wire(&wire.anchor), scale: wire.scale, node_list: wire.node_list.clone() }
    }
}
