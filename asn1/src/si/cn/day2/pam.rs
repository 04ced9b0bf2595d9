//! PAM in SI units: a car park, its drives and slots, and the way to a slot.

use alloc::string::String;
use alloc::vec::Vec;

use crate::CodecError;
use crate::cn::common::Position3D;
use crate::cn::day2::pam as wire;
use crate::cn::day2::pam::{
    AVPType, PAMNodeAttributes, ParkingGuide, ParkingLock, ParkingSpaceTheta, ParkingType, SlotStatus,
};
use crate::si::cn::common::{minute, name_to_wire, offset_from_wire, offset_to_wire};
use crate::si::cn::map::{RoadPoint, points_from_wire, points_to_wire};
use crate::si::{At, Position, Si, each, ia5_text};
use crate::units::{LANE_WIDTH_M, SPEED_MPS};

/// PAM: a car park, its drives and slots, and the way to a slot.
///
/// ASN.1 `PAMData`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct PAMData {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// When it was said: minutes since the start of the UTC year, 0 to 527039.
    pub time_stamp: Option<u32>,
    /// The car park as a whole.
    pub parking_lot_info: ParkingLotInfo,
    /// 1 to 63 places where drives meet.
    pub pam_nodes: Vec<PAMNode>,
    /// The ways of 1 to 16 vehicles.
    pub parking_area_guidance: Option<Vec<ParkingGuide>>,
}

/// The car park as a whole.
///
/// ASN.1 `ParkingLotInfo`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ParkingLotInfo {
    /// Which car park.
    pub id: Option<u16>,
    /// For people: 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// How many slots.
    pub number: Option<u16>,
    /// How many floors, 0 to 256.
    pub building_layer_num: Option<u16>,
    /// How far it supports automated valet parking.
    pub avp_type: Option<AVPType>,
}

/// A place where drives of a car park meet.
///
/// ASN.1 `PAMNode`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct PAMNode {
    /// Which place.
    pub id: u16,
    /// Where it is, and from where the points of its drives and slots are counted on the wire.
    pub ref_pos: Option<Position>,
    /// Floor, -128 to 128.
    pub floor: Option<i16>,
    /// What is there.
    pub attributes: Option<PAMNodeAttributes>,
    /// 1 to 63 drives that lead here.
    pub in_drives: Option<Vec<PAMDrive>>,
}

/// A drive from one node of a car park to the next.
///
/// ASN.1 `PAMDrive`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct PAMDrive {
    /// Where it comes from.
    pub upstream_pam_node_id: u16,
    /// Which drive.
    pub drive_id: Option<u8>,
    /// Whether its two directions are kept apart.
    pub twoway_sepration: Option<bool>,
    /// How fast one may go, m/s, 0 to 163.8.
    pub speed_limit_mps: Option<f64>,
    /// How high a vehicle may be, 0 to 100, as on the wire: the sources at hand name no unit.
    pub height_restriction: Option<u8>,
    /// Metres, 0 to 327.67.
    pub drive_width_m: Option<f64>,
    /// How many lanes, 0 to 100.
    pub lane_num: Option<u8>,
    /// The centre line, in the direction of travel: 2 to 31 points.
    pub points: Option<Vec<RoadPoint>>,
    /// 1 to 32 nodes that it leads to.
    pub movements: Option<Vec<u16>>,
    /// 1 to 256 slots along it.
    pub parking_slots: Option<Vec<ParkingSlot>>,
}

/// One slot along a drive.
///
/// ASN.1 `ParkingSlot`. Source: T/CSAE 157-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct ParkingSlot {
    /// Which slot.
    pub slot_id: u16,
    /// Where it is.
    pub position: Option<ParkingSlotPosition>,
    /// What is written on it: 1 to 63 characters of ASCII.
    pub sign: Option<String>,
    /// For whom or what.
    pub parking_type: ParkingType,
    /// Whether it is free.
    pub status: SlotStatus,
    /// How it lies to the drive.
    pub parking_space_theta: ParkingSpaceTheta,
    /// Whether it is locked.
    pub parking_lock: ParkingLock,
}

/// Three corners of a slot.
///
/// ASN.1 `ParkingSlotPosition`. Source: T/CSAE 157-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ParkingSlotPosition {
    /// Top left.
    pub top_left: Option<Position>,
    /// Top right.
    pub top_right: Option<Position>,
    /// Bottom left.
    pub bottom_left: Option<Position>,
}

impl Si<wire::PAMData> for PAMData {
    fn to_wire(&self) -> Result<wire::PAMData, CodecError> {
        Ok(wire::PAMData {
            msg_cnt: self.msg_cnt,
            time_stamp: self.time_stamp,
            parking_lot_info: self.parking_lot_info.to_wire().at("parkingLotInfo")?,
            pam_nodes: self.pam_nodes.to_wire().at("pamNodes")?,
            parking_area_guidance: self.parking_area_guidance.clone(),
        })
    }

    fn from_wire(wire: &wire::PAMData) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            time_stamp: minute(wire.time_stamp),
            parking_lot_info: Si::from_wire(&wire.parking_lot_info),
            pam_nodes: Si::from_wire(&wire.pam_nodes),
            parking_area_guidance: wire.parking_area_guidance.clone(),
        }
    }
}

impl Si<wire::ParkingLotInfo> for ParkingLotInfo {
    fn to_wire(&self) -> Result<wire::ParkingLotInfo, CodecError> {
        Ok(wire::ParkingLotInfo {
            id: self.id,
            name: name_to_wire(self.name.as_deref()).at("name")?,
            number: self.number,
            building_layer_num: self.building_layer_num,
            avp_type: self.avp_type,
        })
    }

    fn from_wire(wire: &wire::ParkingLotInfo) -> Self {
        Self {
            id: wire.id,
            name: wire.name.as_ref().map(ia5_text),
            number: wire.number,
            building_layer_num: wire.building_layer_num,
            avp_type: wire.avp_type,
        }
    }
}

impl Si<wire::PAMNode> for PAMNode {
    fn to_wire(&self) -> Result<wire::PAMNode, CodecError> {
        let ref_pos = self.ref_pos.to_wire().at("refPos")?;
        let in_drives = self.in_drives.as_deref().map(|drives| each(drives, |drive| drive.to_wire(&ref_pos)));
        Ok(wire::PAMNode {
            id: self.id,
            ref_pos,
            floor: self.floor,
            attributes: self.attributes,
            in_drives: in_drives.transpose().at("inDrives")?,
        })
    }

    fn from_wire(wire: &wire::PAMNode) -> Self {
        let drive = |drive: &wire::PAMDrive| PAMDrive::from_wire(drive, &wire.ref_pos);
        Self {
            id: wire.id,
            ref_pos: Si::from_wire(&wire.ref_pos),
            floor: wire.floor,
            attributes: wire.attributes,
            in_drives: wire.in_drives.as_ref().map(|drives| drives.iter().map(drive).collect()),
        }
    }
}

impl PAMDrive {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::PAMDrive, CodecError> {
        let slots = self.parking_slots.as_deref().map(|slots| each(slots, |slot| slot.to_wire(ref_pos)));
        Ok(wire::PAMDrive {
            upstream_pam_node_id: self.upstream_pam_node_id,
            drive_id: self.drive_id,
            twoway_sepration: self.twoway_sepration,
            speed_limit: SPEED_MPS.to_wire_optional(self.speed_limit_mps).at("speedLimit")?,
            height_restriction: self.height_restriction,
            drive_width: LANE_WIDTH_M.to_wire_optional(self.drive_width_m).at("driveWidth")?,
            lane_num: self.lane_num,
            points: points_to_wire(self.points.as_deref(), ref_pos).at("points")?,
            movements: self.movements.clone(),
            parking_slots: slots.transpose().at("parkingSlots")?,
        })
    }

    fn from_wire(wire: &wire::PAMDrive, ref_pos: &Position3D) -> Self {
        let slot = |slot: &wire::ParkingSlot| ParkingSlot::from_wire(slot, ref_pos);
        Self {
            upstream_pam_node_id: wire.upstream_pam_node_id,
            drive_id: wire.drive_id,
            twoway_sepration: wire.twoway_sepration,
            speed_limit_mps: SPEED_MPS.from_wire_optional(wire.speed_limit),
            height_restriction: wire.height_restriction,
            drive_width_m: LANE_WIDTH_M.from_wire_optional(wire.drive_width),
            lane_num: wire.lane_num,
            points: points_from_wire(wire.points.as_deref(), ref_pos),
            movements: wire.movements.clone(),
            parking_slots: wire.parking_slots.as_ref().map(|slots| slots.iter().map(slot).collect()),
        }
    }
}

impl ParkingSlot {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::ParkingSlot, CodecError> {
        Ok(wire::ParkingSlot {
            slot_id: self.slot_id,
            position: self.position.map(|corners| corners.to_wire(ref_pos)).transpose().at("position")?,
            sign: name_to_wire(self.sign.as_deref()).at("sign")?,
            parking_type: self.parking_type,
            status: self.status,
            parking_space_theta: self.parking_space_theta,
            parking_lock: self.parking_lock,
        })
    }

    fn from_wire(wire: &wire::ParkingSlot, ref_pos: &Position3D) -> Self {
        Self {
            slot_id: wire.slot_id,
            position: wire.position.map(|corners| ParkingSlotPosition::from_wire(&corners, ref_pos)),
            sign: wire.sign.as_ref().map(ia5_text),
            parking_type: wire.parking_type,
            status: wire.status,
            parking_space_theta: wire.parking_space_theta,
            parking_lock: wire.parking_lock,
        }
    }
}

impl ParkingSlotPosition {
    fn to_wire(self, ref_pos: &Position3D) -> Result<wire::ParkingSlotPosition, CodecError> {
        Ok(wire::ParkingSlotPosition {
            top_left: offset_to_wire(self.top_left, ref_pos).at("topLeft")?,
            top_right: offset_to_wire(self.top_right, ref_pos).at("topRight")?,
            bottom_left: offset_to_wire(self.bottom_left, ref_pos).at("bottomLeft")?,
        })
    }

    fn from_wire(wire: &wire::ParkingSlotPosition, ref_pos: &Position3D) -> Self {
        Self {
            top_left: offset_from_wire(&wire.top_left, ref_pos),
            top_right: offset_from_wire(&wire.top_right, ref_pos),
            bottom_left: offset_from_wire(&wire.bottom_left, ref_pos),
        }
    }
}
