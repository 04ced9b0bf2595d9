//! SRM in SI units: a request for signal priority.

use alloc::string::String;
use alloc::vec::Vec;

use super::common::{Position3D, TransmissionAndSpeed, minute_of_year, optional};
use crate::CodecError;
use crate::si::{At, Si};
use crate::units::{HEADING_CW_NORTH_RAD, SCHEDULE_OFFSET_S, SECOND_OF_MINUTE_S, heading_to_wire, second_to_wire};
use crate::us::common::RegionalExtension;
use crate::us::requestor::{RequestorType, VehicleID};
use crate::us::srm as wire;
use crate::us::srm::{SignalRequest, TransitVehicleOccupancy, TransitVehicleStatus};

/// SRM: a request for signal priority.
///
/// ASN.1 `SignalRequestMessage`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalRequestMessage {
    /// When it was made: minute of the UTC year, 0 to 527039.
    pub time_stamp_minute: Option<u32>,
    /// ... and seconds within that minute, 0 to below 61.
    pub second_s: Option<f64>,
    /// Counts messages, 0 to 127, and wraps.
    pub sequence_number: Option<u8>,
    /// 1 to 32 requests.
    pub requests: Option<Vec<SignalRequestPackage>>,
    /// Who asks.
    pub requestor: RequestorDescription,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// A request, and when it is about. ASN.1 `SignalRequestPackage`.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalRequestPackage {
    /// The request.
    pub request: SignalRequest,
    /// When it will arrive: minute of the UTC year, 0 to 527039.
    pub minute: Option<u32>,
    /// ... and seconds within that minute, 0 to below 61.
    pub second_s: Option<f64>,
    /// How much longer it may take, seconds, 0 to below 61.
    pub duration_s: Option<f64>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// Who asks. ASN.1 `RequestorDescription`.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestorDescription {
    /// Its identity.
    pub id: VehicleID,
    /// What kind of vehicle.
    pub type_: Option<RequestorType>,
    /// Where it is.
    pub position: Option<RequestorPositionVector>,
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Name of its route, 1 to 63 characters of ASCII.
    pub route_name: Option<String>,
    /// What a bus or tram is doing.
    pub transit_status: Option<TransitVehicleStatus>,
    /// How full it is.
    pub transit_occupancy: Option<TransitVehicleOccupancy>,
    /// How far it is from its schedule, seconds; -1210 and 1200 stand for what is beyond.
    pub transit_schedule_s: Option<f64>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// Where the one who asks is. ASN.1 `RequestorPositionVector`.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestorPositionVector {
    /// The place.
    pub position: Position3D,
    /// Heading, radians clockwise from true north, any turn; 0 to below a full turn when received.
    pub heading_cw_north_rad: Option<f64>,
    /// Gear and speed.
    pub speed: Option<TransmissionAndSpeed>,
}

impl Si<wire::SignalRequestMessage> for SignalRequestMessage {
    fn to_wire(&self) -> Result<wire::SignalRequestMessage, CodecError> {
        Ok(wire::SignalRequestMessage {
            time_stamp: self.time_stamp_minute,
            second: second_to_wire(self.second_s).at("second")?,
            sequence_number: self.sequence_number,
            requests: self.requests.to_wire().at("requests")?,
            requestor: self.requestor.to_wire().at("requestor")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::SignalRequestMessage) -> Self {
        Self {
            time_stamp_minute: wire.time_stamp.and_then(minute_of_year),
            second_s: SECOND_OF_MINUTE_S.from_wire(wire.second),
            sequence_number: wire.sequence_number,
            requests: Si::from_wire(&wire.requests),
            requestor: Si::from_wire(&wire.requestor),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::SignalRequestPackage> for SignalRequestPackage {
    fn to_wire(&self) -> Result<wire::SignalRequestPackage, CodecError> {
        Ok(wire::SignalRequestPackage {
            request: self.request.clone(),
            minute: self.minute,
            second: optional(self.second_s, second_to_wire).at("second")?,
            duration: optional(self.duration_s, second_to_wire).at("duration")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::SignalRequestPackage) -> Self {
        Self {
            request: wire.request.clone(),
            minute: wire.minute.and_then(minute_of_year),
            second_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.second),
            duration_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.duration),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::RequestorDescription> for RequestorDescription {
    fn to_wire(&self) -> Result<wire::RequestorDescription, CodecError> {
        Ok(wire::RequestorDescription {
            id: self.id.clone(),
            type_: self.type_.clone(),
            position: self.position.to_wire().at("position")?,
            name: self.name.to_wire().at("name")?,
            route_name: self.route_name.to_wire().at("routeName")?,
            transit_status: self.transit_status,
            transit_occupancy: self.transit_occupancy,
            transit_schedule: SCHEDULE_OFFSET_S.to_wire_optional(self.transit_schedule_s).at("transitSchedule")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::RequestorDescription) -> Self {
        Self {
            id: wire.id.clone(),
            type_: wire.type_.clone(),
            position: Si::from_wire(&wire.position),
            name: Si::from_wire(&wire.name),
            route_name: Si::from_wire(&wire.route_name),
            transit_status: wire.transit_status,
            transit_occupancy: wire.transit_occupancy,
            transit_schedule_s: SCHEDULE_OFFSET_S.from_wire_optional(wire.transit_schedule),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::RequestorPositionVector> for RequestorPositionVector {
    fn to_wire(&self) -> Result<wire::RequestorPositionVector, CodecError> {
        Ok(wire::RequestorPositionVector {
            position: self.position.to_wire().at("position")?,
            heading: optional(self.heading_cw_north_rad, heading_to_wire).at("heading")?,
            speed: self.speed.to_wire().at("speed")?,
        })
    }

    fn from_wire(wire: &wire::RequestorPositionVector) -> Self {
        Self {
            position: Si::from_wire(&wire.position),
            heading_cw_north_rad: HEADING_CW_NORTH_RAD.from_wire_optional(wire.heading),
            speed: Si::from_wire(&wire.speed),
        }
    }
}
