//! The "new four-cross" dialect (`cn-n4`): the types that differ on the wire, and how they map to those of
//! GB/T 31024.3-2019 that the rest of the program works with.

mod convert;
pub mod types;

use rasn::prelude::*;

pub(crate) use convert::{event_from_gbt, event_to_gbt, history_from_gbt, history_to_gbt, path_from_gbt, path_to_gbt};

use super::rsm::RoadsideSafetyMessage;
use super::spat::Spat;
use types::{BasicSafetyMessage, MapData, RoadSideInformation};

/// Any message, in the types of this dialect; RSM and SPAT are the same in both.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // One frame at a time: a box would cost more than it saves.
pub enum MessageFrame {
    /// `bsmFrame`.
    #[rasn(identifier = "bsmFrame")]
    BsmFrame(BasicSafetyMessage),
    /// `mapFrame`.
    #[rasn(identifier = "mapFrame")]
    MapFrame(MapData),
    /// `rsmFrame`.
    #[rasn(identifier = "rsmFrame")]
    RsmFrame(RoadsideSafetyMessage),
    /// `spatFrame`.
    #[rasn(identifier = "spatFrame")]
    SpatFrame(Spat),
    /// `rsiFrame`.
    #[rasn(identifier = "rsiFrame")]
    RsiFrame(RoadSideInformation),
}
