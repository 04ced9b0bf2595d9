//! RSM of SAE J2945/4 in SI units: hazards and work zones.

use alloc::vec::Vec;

pub use super::rsm_content::*;
pub use super::rsm_regions::*;
use crate::CodecError;
use crate::si::common::{HOUR_UNKNOWN_US as HOUR_UNKNOWN, MINUTE_UNKNOWN};
use crate::si::{At, DateTime, Si};
use crate::units::{SECOND_OF_MINUTE_S, UTC_OFFSET_S, second_to_wire};
use crate::us::itis::VehicleGroupAffected;
use crate::us::rsm as wire;
use crate::us::rsm::{CrossLinking, EventIdentifier};

/// RSM: hazards and work zones.
///
/// ASN.1 `RoadSafetyMessage`. Source: SAE J2735 2024-09, SAE J2945/4.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadSafetyMessage {
    /// What every one says.
    pub common_container: CommonContainer,
    /// 1 to 4 kinds of it.
    pub content: Vec<ContentContainer>,
}

/// What every RSM says. ASN.1 `CommonContainer`.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonContainer {
    /// What, and when.
    pub event_info: EventInfo,
    /// 1 to 4 places.
    pub region_info: Vec<RegionInfo>,
    /// Where there is more, as on the wire.
    pub cross_linking: Option<CrossLinking>,
}

/// What is going on, and when. ASN.1 `EventInfo`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventInfo {
    /// Identity of it.
    pub event_id: EventIdentifier,
    /// Counts changes, 0 to 127, and wraps.
    pub event_update: u8,
    /// Whether it is over.
    pub event_cancellation: bool,
    /// When it begins.
    pub start_date_time: DateTime,
    /// When it ends.
    pub end_date_time: Option<DateTime>,
    /// 1 to 5 times at which it comes again.
    pub event_recurrence: Option<Vec<EventRecurrence>>,
    /// What it is: group of ITIS codes (SAE J2540).
    pub cause_code: u8,
    /// What it is: ITIS code (SAE J2540).
    pub sub_cause_code: Option<u16>,
    /// 1 to 10 kinds of vehicles that it is about.
    pub affected_vehicles: Option<Vec<VehicleGroupAffected>>,
}

/// When something comes again. ASN.1 `EventRecurrence`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventRecurrence {
    /// From this time of the day on.
    pub start_time: Option<Time>,
    /// Up to this time of the day.
    pub end_time: Option<Time>,
    /// From this day on.
    pub start_date: Option<Date>,
    /// Up to this day.
    pub end_date: Option<Date>,
    /// On Mondays.
    pub monday: bool,
    /// On Tuesdays.
    pub tuesday: bool,
    /// On Wednesdays.
    pub wednesday: bool,
    /// On Thursdays.
    pub thursday: bool,
    /// On Fridays.
    pub friday: bool,
    /// On Saturdays.
    pub saturday: bool,
    /// On Sundays.
    pub sunday: bool,
    /// Whether it comes at all other times instead.
    pub exclusion: Option<bool>,
}

/// A time of the day in UTC; every part may be unknown. ASN.1 `DTime`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Time {
    /// 0 to 23; 24 to 30 for hours after midnight of the day before.
    pub hour: Option<u8>,
    /// 0 to 59.
    pub minute: Option<u8>,
    /// Seconds within the minute, 0 to below 61.
    pub second_s: Option<f64>,
    /// Local time less UTC, seconds, ±50400 in whole minutes.
    pub offset_s: Option<f64>,
}

/// A day; every part may be unknown. ASN.1 `DDate`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Date {
    /// Year of our era, 1 to 4095.
    pub year: Option<u16>,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
}

impl Si<wire::RoadSafetyMessage> for RoadSafetyMessage {
    fn to_wire(&self) -> Result<wire::RoadSafetyMessage, CodecError> {
        Ok(wire::RoadSafetyMessage {
            common_container: self.common_container.to_wire().at("commonContainer")?,
            content: self.content.to_wire().at("content")?,
        })
    }

    fn from_wire(wire: &wire::RoadSafetyMessage) -> Self {
        Self { common_container: Si::from_wire(&wire.common_container), content: Si::from_wire(&wire.content) }
    }
}

impl Si<wire::CommonContainer> for CommonContainer {
    fn to_wire(&self) -> Result<wire::CommonContainer, CodecError> {
        Ok(wire::CommonContainer {
            event_info: self.event_info.to_wire().at("eventInfo")?,
            region_info: self.region_info.to_wire().at("regionInfo")?,
            cross_linking: self.cross_linking.clone(),
        })
    }

    fn from_wire(wire: &wire::CommonContainer) -> Self {
        Self {
            event_info: Si::from_wire(&wire.event_info),
            region_info: Si::from_wire(&wire.region_info),
            cross_linking: wire.cross_linking.clone(),
        }
    }
}

impl Si<wire::EventInfo> for EventInfo {
    fn to_wire(&self) -> Result<wire::EventInfo, CodecError> {
        Ok(wire::EventInfo {
            event_id: self.event_id.clone(),
            event_update: self.event_update,
            event_cancellation: self.event_cancellation,
            start_date_time: self.start_date_time.to_wire().at("startDateTime")?,
            end_date_time: self.end_date_time.to_wire().at("endDateTime")?,
            event_recurrence: self.event_recurrence.to_wire().at("eventRecurrence")?,
            cause_code: self.cause_code,
            sub_cause_code: self.sub_cause_code,
            affected_vehicles: self.affected_vehicles.clone(),
        })
    }

    fn from_wire(wire: &wire::EventInfo) -> Self {
        Self {
            event_id: wire.event_id.clone(),
            event_update: wire.event_update,
            event_cancellation: wire.event_cancellation,
            start_date_time: Si::from_wire(&wire.start_date_time),
            end_date_time: Si::from_wire(&wire.end_date_time),
            event_recurrence: Si::from_wire(&wire.event_recurrence),
            cause_code: wire.cause_code,
            sub_cause_code: wire.sub_cause_code,
            affected_vehicles: wire.affected_vehicles.clone(),
        }
    }
}

impl Si<wire::EventRecurrence> for EventRecurrence {
    fn to_wire(&self) -> Result<wire::EventRecurrence, CodecError> {
        Ok(wire::EventRecurrence {
            start_time: self.start_time.to_wire().at("startTime")?,
            end_time: self.end_time.to_wire().at("endTime")?,
            start_date: self.start_date.to_wire().at("startDate")?,
            end_date: self.end_date.to_wire().at("endDate")?,
            monday: self.monday,
            tuesday: self.tuesday,
            wednesday: self.wednesday,
            thursday: self.thursday,
            friday: self.friday,
            saturday: self.saturday,
            sunday: self.sunday,
            exclusion: self.exclusion,
        })
    }

    fn from_wire(wire: &wire::EventRecurrence) -> Self {
        Self {
            start_time: Si::from_wire(&wire.start_time),
            end_time: Si::from_wire(&wire.end_time),
            start_date: Si::from_wire(&wire.start_date),
            end_date: Si::from_wire(&wire.end_date),
            monday: wire.monday,
            tuesday: wire.tuesday,
            wednesday: wire.wednesday,
            thursday: wire.thursday,
            friday: wire.friday,
            saturday: wire.saturday,
            sunday: wire.sunday,
            exclusion: wire.exclusion,
        }
    }
}

impl Si<wire::DTime> for Time {
    fn to_wire(&self) -> Result<wire::DTime, CodecError> {
        Ok(wire::DTime {
            hour: self.hour.unwrap_or(HOUR_UNKNOWN),
            minute: self.minute.unwrap_or(MINUTE_UNKNOWN),
            second: second_to_wire(self.second_s).at("second")?,
            offset: UTC_OFFSET_S.to_wire_optional(self.offset_s).at("offset")?,
        })
    }

    fn from_wire(wire: &wire::DTime) -> Self {
        Self {
            hour: Some(wire.hour).filter(|hour| *hour != HOUR_UNKNOWN),
            minute: Some(wire.minute).filter(|minute| *minute != MINUTE_UNKNOWN),
            second_s: SECOND_OF_MINUTE_S.from_wire(wire.second),
            offset_s: UTC_OFFSET_S.from_wire_optional(wire.offset),
        }
    }
}

impl Si<wire::DDate> for Date {
    fn to_wire(&self) -> Result<wire::DDate, CodecError> {
        Ok(wire::DDate { year: self.year.unwrap_or(0), month: self.month.unwrap_or(0), day: self.day.unwrap_or(0) })
    }

    fn from_wire(wire: &wire::DDate) -> Self {
        Self {
            year: Some(wire.year).filter(|year| *year != 0),
            month: Some(wire.month).filter(|month| *month != 0),
            day: Some(wire.day).filter(|day| *day != 0),
        }
    }
}
