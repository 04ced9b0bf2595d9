//! The geometry of lanes in SI units, which MAP and TIM share.

use alloc::vec::Vec;

use super::common::{RegulatorySpeedLimit, optional};
use super::nodes::NodeOffsetPointXY;
use crate::CodecError;
use crate::UnknownAlternative;
use crate::si::{At, Si};
use crate::units::{
    DRIVEN_LINE_OFFSET_M, HEADING_CW_NORTH_RAD, LANE_ANGLE_CW_NORTH_RAD, LANE_CHANGE_M, OutOfRange, PATH_END_ANGLE_RAD,
    ROADWAY_CROWN_RAD, SCALE_CHANGE, heading_to_wire,
};
use crate::us::common::RegionalExtension;
use crate::us::lanes as wire;
use crate::us::lanes::{NodeAttributeXY, SegmentAttributeXY};

/// The centre line of a lane. ASN.1 `NodeListXY`.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeListXY {
    /// `nodes`: 2 to 63 nodes.
    Nodes(Vec<NodeXY>),
    /// `computed`: that of another lane, moved.
    Computed(ComputedLane),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// A node of a line. ASN.1 `NodeXY`.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeXY {
    /// Where it is.
    pub delta: NodeOffsetPointXY,
    /// What begins, ends or changes there.
    pub attributes: Option<NodeAttributeSetXY>,
}

/// What begins, ends or changes at a node. ASN.1 `NodeAttributeSetXY`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeAttributeSetXY {
    /// 1 to 8 things that are at the node.
    pub local_node: Option<Vec<NodeAttributeXY>>,
    /// 1 to 8 things that end here.
    pub disabled: Option<Vec<SegmentAttributeXY>>,
    /// 1 to 8 things that begin here.
    pub enabled: Option<Vec<SegmentAttributeXY>>,
    /// 1 to 8 quantities.
    pub data: Option<Vec<LaneDataAttribute>>,
    /// How much wider the lane is from here, metres, -5.12 to 5.11.
    pub d_width_m: Option<f64>,
    /// How much higher it is here, metres, -5.12 to 5.11.
    pub d_elevation_m: Option<f64>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// A quantity that a lane has from a node on. ASN.1 `LaneDataAttribute`.
#[derive(Clone, Debug, PartialEq)]
pub enum LaneDataAttribute {
    /// `pathEndPointAngle`: angle of the end of the lane to its direction, radians, ±150°.
    PathEndPointAngle(f64),
    /// `laneCrownPointCenter`: slope across the lane at its middle, radians, ±38.1°.
    LaneCrownPointCenter(Option<f64>),
    /// `laneCrownPointLeft`: ... at its left edge.
    LaneCrownPointLeft(Option<f64>),
    /// `laneCrownPointRight`: ... at its right edge.
    LaneCrownPointRight(Option<f64>),
    /// `laneAngle`: direction of a lane that joins or leaves here, radians clockwise from true north, -268.5° to 270°.
    LaneAngle(Option<f64>),
    /// `speedLimits`: 1 to 9 speed limits.
    SpeedLimits(Vec<RegulatorySpeedLimit>),
    /// `regional`: what some region says, kept as it came.
    Regional(Vec<RegionalExtension>),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// The line of another lane, moved. ASN.1 `ComputedLane`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComputedLane {
    /// Number of that lane.
    pub reference_lane_id: u8,
    /// Across, metres, ±327.67.
    pub offset_xaxis_m: f64,
    /// Along, metres, ±327.67.
    pub offset_yaxis_m: f64,
    /// Turned by, radians clockwise, any turn; 0 to below a full turn when received.
    pub rotate_xy_rad: Option<f64>,
    /// What is added to its scale of 1 across, -1.024 to 1.0235.
    pub scale_xaxis_change: Option<f64>,
    /// ... along.
    pub scale_yaxis_change: Option<f64>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

impl Si<wire::NodeListXY> for NodeListXY {
    fn to_wire(&self) -> Result<wire::NodeListXY, CodecError> {
        Ok(match self {
            Self::Nodes(value) => wire::NodeListXY::Nodes(value.to_wire().at("nodes")?),
            Self::Computed(value) => wire::NodeListXY::Computed(value.to_wire().at("computed")?),
            Self::UnknownAlternative(other) => wire::NodeListXY::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::NodeListXY) -> Self {
        match wire {
            wire::NodeListXY::Nodes(value) => Self::Nodes(Si::from_wire(value)),
            wire::NodeListXY::Computed(value) => Self::Computed(Si::from_wire(value)),
            wire::NodeListXY::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::NodeXY> for NodeXY {
    fn to_wire(&self) -> Result<wire::NodeXY, CodecError> {
        Ok(wire::NodeXY {
            delta: self.delta.to_wire().at("delta")?,
            attributes: self.attributes.to_wire().at("attributes")?,
        })
    }

    fn from_wire(wire: &wire::NodeXY) -> Self {
        Self { delta: Si::from_wire(&wire.delta), attributes: Si::from_wire(&wire.attributes) }
    }
}

impl Si<wire::NodeAttributeSetXY> for NodeAttributeSetXY {
    fn to_wire(&self) -> Result<wire::NodeAttributeSetXY, CodecError> {
        Ok(wire::NodeAttributeSetXY {
            local_node: self.local_node.clone(),
            disabled: self.disabled.clone(),
            enabled: self.enabled.clone(),
            data: self.data.to_wire().at("data")?,
            d_width: LANE_CHANGE_M.to_wire_optional(self.d_width_m).at("dWidth")?,
            d_elevation: LANE_CHANGE_M.to_wire_optional(self.d_elevation_m).at("dElevation")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::NodeAttributeSetXY) -> Self {
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

impl Si<wire::LaneDataAttribute> for LaneDataAttribute {
    fn to_wire(&self) -> Result<wire::LaneDataAttribute, CodecError> {
        Ok(match self {
            Self::PathEndPointAngle(value) => {
                wire::LaneDataAttribute::PathEndPointAngle(PATH_END_ANGLE_RAD.to_wire(*value).at("pathEndPointAngle")?)
            }
            Self::LaneCrownPointCenter(value) => wire::LaneDataAttribute::LaneCrownPointCenter(
                ROADWAY_CROWN_RAD.to_wire_or_unknown(*value).at("laneCrownPointCenter")?,
            ),
            Self::LaneCrownPointLeft(value) => wire::LaneDataAttribute::LaneCrownPointLeft(
                ROADWAY_CROWN_RAD.to_wire_or_unknown(*value).at("laneCrownPointLeft")?,
            ),
            Self::LaneCrownPointRight(value) => wire::LaneDataAttribute::LaneCrownPointRight(
                ROADWAY_CROWN_RAD.to_wire_or_unknown(*value).at("laneCrownPointRight")?,
            ),
            Self::LaneAngle(value) => {
                wire::LaneDataAttribute::LaneAngle(LANE_ANGLE_CW_NORTH_RAD.to_wire_or_unknown(*value).at("laneAngle")?)
            }
            Self::SpeedLimits(value) => wire::LaneDataAttribute::SpeedLimits(value.to_wire().at("speedLimits")?),
            Self::Regional(value) => wire::LaneDataAttribute::Regional(value.clone()),
            Self::UnknownAlternative(other) => wire::LaneDataAttribute::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::LaneDataAttribute) -> Self {
        match wire {
            wire::LaneDataAttribute::PathEndPointAngle(value) => {
                Self::PathEndPointAngle(PATH_END_ANGLE_RAD.value(*value))
            }
            wire::LaneDataAttribute::LaneCrownPointCenter(value) => {
                Self::LaneCrownPointCenter(ROADWAY_CROWN_RAD.from_wire(*value))
            }
            wire::LaneDataAttribute::LaneCrownPointLeft(value) => {
                Self::LaneCrownPointLeft(ROADWAY_CROWN_RAD.from_wire(*value))
            }
            wire::LaneDataAttribute::LaneCrownPointRight(value) => {
                Self::LaneCrownPointRight(ROADWAY_CROWN_RAD.from_wire(*value))
            }
            wire::LaneDataAttribute::LaneAngle(value) => Self::LaneAngle(LANE_ANGLE_CW_NORTH_RAD.from_wire(*value)),
            wire::LaneDataAttribute::SpeedLimits(value) => Self::SpeedLimits(Si::from_wire(value)),
            wire::LaneDataAttribute::Regional(value) => Self::Regional(value.clone()),
            wire::LaneDataAttribute::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::ComputedLane> for ComputedLane {
    fn to_wire(&self) -> Result<wire::ComputedLane, CodecError> {
        Ok(wire::ComputedLane {
            reference_lane_id: self.reference_lane_id,
            offset_xaxis: offset_xaxis(self.offset_xaxis_m).at("offsetXaxis")?,
            offset_yaxis: offset_yaxis(self.offset_yaxis_m).at("offsetYaxis")?,
            rotate_xy: optional(self.rotate_xy_rad, heading_to_wire).at("rotateXY")?,
            scale_xaxis: SCALE_CHANGE.to_wire_optional(self.scale_xaxis_change).at("scaleXaxis")?,
            scale_yaxis: SCALE_CHANGE.to_wire_optional(self.scale_yaxis_change).at("scaleYaxis")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::ComputedLane) -> Self {
        Self {
            reference_lane_id: wire.reference_lane_id,
            offset_xaxis_m: offset_xaxis_m(wire.offset_xaxis),
            offset_yaxis_m: offset_yaxis_m(wire.offset_yaxis),
            rotate_xy_rad: HEADING_CW_NORTH_RAD.from_wire_optional(wire.rotate_xy),
            scale_xaxis_change: SCALE_CHANGE.from_wire_optional(wire.scale_xaxis),
            scale_yaxis_change: SCALE_CHANGE.from_wire_optional(wire.scale_yaxis),
            regional: wire.regional.clone(),
        }
    }
}

/// The offsets of a computed lane, in the smaller form where it fits.
macro_rules! driven_line_offset {
    ($to_wire:ident, $from_wire:ident, $choice:ident) => {
        fn $to_wire(offset_m: f64) -> Result<wire::$choice, OutOfRange> {
            let offset = DRIVEN_LINE_OFFSET_M.to_wire(offset_m)?;
            Ok(if offset.unsigned_abs() <= SMALL { wire::$choice::Small(offset) } else { wire::$choice::Large(offset) })
        }

        fn $from_wire(wire: wire::$choice) -> f64 {
            match wire {
                wire::$choice::Small(offset) | wire::$choice::Large(offset) => DRIVEN_LINE_OFFSET_M.value(offset),
            }
        }
    };
}

/// The most that `DrivenLineOffsetSm` says.
const SMALL: u16 = 2047;

driven_line_offset!(offset_xaxis, offset_xaxis_m, ComputedLaneOffsetXaxis);
driven_line_offset!(offset_yaxis, offset_yaxis_m, ComputedLaneOffsetYaxis);
