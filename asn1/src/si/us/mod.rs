//! Messages of the US set in SI units; how they are written is told in [the module above](super).
//!
//! Enumerations, bit strings and groups of the wire that hold no quantity are used as they are, as is what the standard
//! calls `doNotUse`, and what has a unit that is not known here; each such member says so.
//!
//! Nodes of lines and points of a path driven stay offsets, from what their rustdoc says: a line may count from a place that
//! another message tells. [`lanes::NodeListXY::along`] and [`places`](lanes::NodeListXY::places) go from places to nodes and
//! back, [`path::PathHistoryPoint::place`] gives a point's place. A time that has no end and a length that has no limit are
//! infinite.

pub mod bsm;
pub mod bsm_supplemental;
pub mod circle;
pub mod common;
pub mod lanes;
pub mod map;
pub mod nodes;
pub mod path;
pub mod psm;
pub mod rsm;
mod rsm_content;
mod rsm_regions;
pub mod sdsm;
mod sdsm_kinds;
pub mod spat;
pub mod srm;
pub mod ssm;
pub mod tim;
pub mod tim_regions;
