//! SSM in SI units: how requests for signal priority stand.

use alloc::vec::Vec;

use super::common::{minute_of_year, optional};
use crate::CodecError;
use crate::si::{At, Si};
use crate::units::{SECOND_OF_MINUTE_S, second_to_wire};
use crate::us::common::{IntersectionReferenceID, RegionalExtension};
use crate::us::requestor::IntersectionAccessPoint;
use crate::us::ssm as wire;
use crate::us::ssm::{PrioritizationResponseStatus, SignalRequesterInfo};

/// SSM: how requests for signal priority stand.
///
/// ASN.1 `SignalStatusMessage`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalStatusMessage {
    /// When it was made: minute of the UTC year, 0 to 527039.
    pub time_stamp_minute: Option<u32>,
    /// ... and seconds within that minute, 0 to below 61.
    pub second_s: Option<f64>,
    /// Counts messages, 0 to 127, and wraps.
    pub sequence_number: Option<u8>,
    /// 1 to 32 junctions.
    pub status: Vec<SignalStatus>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// How requests stand at one junction. ASN.1 `SignalStatus`.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalStatus {
    /// Counts changes, 0 to 127, and wraps.
    pub sequence_number: u8,
    /// Which junction.
    pub id: IntersectionReferenceID,
    /// 1 to 32 requests.
    pub sig_status: Vec<SignalStatusPackage>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// How one request stands. ASN.1 `SignalStatusPackage`.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalStatusPackage {
    /// Who asked.
    pub requester: Option<SignalRequesterInfo>,
    /// Where it comes in.
    pub inbound_on: IntersectionAccessPoint,
    /// Where it goes out.
    pub outbound_on: Option<IntersectionAccessPoint>,
    /// When it will arrive: minute of the UTC year, 0 to 527039.
    pub minute: Option<u32>,
    /// ... and seconds within that minute, 0 to below 61.
    pub second_s: Option<f64>,
    /// How much longer it may take, seconds, 0 to below 61.
    pub duration_s: Option<f64>,
    /// How it stands.
    pub status: PrioritizationResponseStatus,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

impl Si<wire::SignalStatusMessage> for SignalStatusMessage {
    fn to_wire(&self) -> Result<wire::SignalStatusMessage, CodecError> {
        Ok(wire::SignalStatusMessage {
            time_stamp: self.time_stamp_minute,
            second: second_to_wire(self.second_s).at("second")?,
            sequence_number: self.sequence_number,
            status: self.status.to_wire().at("status")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::SignalStatusMessage) -> Self {
        Self {
            time_stamp_minute: wire.time_stamp.and_then(minute_of_year),
            second_s: SECOND_OF_MINUTE_S.from_wire(wire.second),
            sequence_number: wire.sequence_number,
            status: Si::from_wire(&wire.status),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::SignalStatus> for SignalStatus {
    fn to_wire(&self) -> Result<wire::SignalStatus, CodecError> {
        Ok(wire::SignalStatus {
            sequence_number: self.sequence_number,
            id: self.id,
            sig_status: self.sig_status.to_wire().at("sigStatus")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::SignalStatus) -> Self {
        Self {
            sequence_number: wire.sequence_number,
            id: wire.id,
            sig_status: Si::from_wire(&wire.sig_status),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::SignalStatusPackage> for SignalStatusPackage {
    fn to_wire(&self) -> Result<wire::SignalStatusPackage, CodecError> {
        Ok(wire::SignalStatusPackage {
            requester: self.requester.clone(),
            inbound_on: self.inbound_on.clone(),
            outbound_on: self.outbound_on.clone(),
            minute: self.minute,
            second: optional(self.second_s, second_to_wire).at("second")?,
            duration: optional(self.duration_s, second_to_wire).at("duration")?,
            status: self.status,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::SignalStatusPackage) -> Self {
        Self {
            requester: wire.requester.clone(),
            inbound_on: wire.inbound_on.clone(),
            outbound_on: wire.outbound_on.clone(),
            minute: wire.minute.and_then(minute_of_year),
            second_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.second),
            duration_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.duration),
            status: wire.status,
            regional: wire.regional.clone(),
        }
    }
}
