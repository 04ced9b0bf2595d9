//! SPAT in SI units: signal phase and timing.

use alloc::string::String;
use alloc::vec::Vec;

use super::common::{minute_of_year, optional};
use crate::CodecError;
use crate::si::{At, ConfidenceClass, Si, bound_of};
use crate::units::{
    SECOND_OF_MINUTE_S, SPEED_ADVICE_MPS, TIME_MARK_S, second_to_wire, time_mark_to_wire, zone_length_from_wire,
    zone_length_to_wire,
};
use crate::us::common::{IntersectionReferenceID, RegionalExtension, RoadAuthorityID};
use crate::us::spat as wire;
use crate::us::spat::{AdvisorySpeedType, IntersectionStatusObject, MovementPhaseState};

/// SPAT: signal phase and timing.
///
/// ASN.1 `SPAT`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct Spat {
    /// When it was made: minute of the UTC year, 0 to 527039.
    pub time_stamp_minute: Option<u32>,
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// 1 to 32 junctions.
    pub intersections: Vec<IntersectionState>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// The signals of one junction. ASN.1 `IntersectionState`.
#[derive(Clone, Debug, PartialEq)]
pub struct IntersectionState {
    /// A name for people, 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// Which junction.
    pub id: IntersectionReferenceID,
    /// Which edition of the junction's MAP, 0 to 127.
    pub revision: u8,
    /// How the controller runs.
    pub status: IntersectionStatusObject,
    /// When it was so: minute of the UTC year, 0 to 527039.
    pub moy: Option<u32>,
    /// ... and seconds within that minute, 0 to below 61.
    pub time_stamp_s: Option<f64>,
    /// 1 to 16 lanes, of those that are not always, that are open now.
    pub enabled_lanes: Option<Vec<u8>>,
    /// 1 to 255 signal groups.
    pub states: Vec<MovementState>,
    /// 1 to 16 hints for connections, for all signal groups.
    pub maneuver_assist_list: Option<Vec<ConnectionManeuverAssist>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
    /// Whose road it is.
    pub road_authority_id: Option<RoadAuthorityID>,
}

/// The signal of one signal group. ASN.1 `MovementState`.
#[derive(Clone, Debug, PartialEq)]
pub struct MovementState {
    /// A name for people, 1 to 63 characters of ASCII.
    pub movement_name: Option<String>,
    /// Number of the group; 0 is unknown, 255 permanently green.
    pub signal_group: u8,
    /// 1 to 16 states: the one that is, then those to come.
    pub state_time_speed: Vec<MovementEvent>,
    /// 1 to 16 hints for connections.
    pub maneuver_assist_list: Option<Vec<ConnectionManeuverAssist>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// One state of a signal, and from when until when. ASN.1 `MovementEvent`.
#[derive(Clone, Debug, PartialEq)]
pub struct MovementEvent {
    /// The state.
    pub event_state: MovementPhaseState,
    /// Its times.
    pub timing: Option<TimeChangeDetails>,
    /// 1 to 16 speeds that are advised.
    pub speeds: Option<Vec<AdvisorySpeed>>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// When a light changes. All times are seconds within the UTC hour, 0 to below 3600; 3600 stands for an hour or more to come. [`second_in_hour`](crate::time::second_in_hour) and [`from_second_in_hour`](crate::time::from_second_in_hour) convert them. ASN.1 `TimeChangeDetails`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeChangeDetails {
    /// When the state began or will begin.
    pub start_time_s: Option<f64>,
    /// When it ends at the earliest.
    pub min_end_time_s: Option<f64>,
    /// When it ends at the latest.
    pub max_end_time_s: Option<f64>,
    /// When it ends most likely.
    pub likely_time_s: Option<f64>,
    /// How sure that is: index of a probability, 0 the lowest (21 %) to 15 the highest.
    pub confidence: Option<u8>,
    /// When it will begin again.
    pub next_time_s: Option<f64>,
}

/// A speed that is advised. ASN.1 `AdvisorySpeed`.
#[derive(Clone, Debug, PartialEq)]
pub struct AdvisorySpeed {
    /// What for.
    pub type_: AdvisorySpeedType,
    /// m/s, 0 to 49.9.
    pub speed_mps: Option<f64>,
    /// Error of the speed at 95 %, m/s; classes from 0.01 to 100.
    pub confidence_mps: Option<f64>,
    /// How far before the stop line it is advised, metres, 0 to 9999; infinity for "no limit".
    pub distance_m: Option<f64>,
    /// Class of road users that it is for, of those that the MAP defines.
    pub class: Option<u8>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// A hint for one connection. ASN.1 `ConnectionManeuverAssist`.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionManeuverAssist {
    /// Number of the connection.
    pub connection_id: u8,
    /// Length of the queue, metres, 0 to 9999; infinity for "no limit".
    pub queue_length_m: Option<f64>,
    /// Room behind the junction, metres, 0 to 9999; infinity for "no limit".
    pub available_storage_length_m: Option<f64>,
    /// Whether to wait at the stop line.
    pub wait_on_stop: Option<bool>,
    /// Whether somebody on foot or on a bicycle was seen.
    pub ped_bicycle_detect: Option<bool>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

impl Si<wire::Spat> for Spat {
    fn to_wire(&self) -> Result<wire::Spat, CodecError> {
        Ok(wire::Spat {
            time_stamp: self.time_stamp_minute,
            name: self.name.to_wire().at("name")?,
            intersections: self.intersections.to_wire().at("intersections")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::Spat) -> Self {
        Self {
            time_stamp_minute: wire.time_stamp.and_then(minute_of_year),
            name: Si::from_wire(&wire.name),
            intersections: Si::from_wire(&wire.intersections),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::IntersectionState> for IntersectionState {
    fn to_wire(&self) -> Result<wire::IntersectionState, CodecError> {
        Ok(wire::IntersectionState {
            name: self.name.to_wire().at("name")?,
            id: self.id,
            revision: self.revision,
            status: self.status,
            moy: self.moy,
            time_stamp: optional(self.time_stamp_s, second_to_wire).at("timeStamp")?,
            enabled_lanes: self.enabled_lanes.clone(),
            states: self.states.to_wire().at("states")?,
            maneuver_assist_list: self.maneuver_assist_list.to_wire().at("maneuverAssistList")?,
            regional: self.regional.clone(),
            road_authority_id: self.road_authority_id.clone(),
        })
    }

    fn from_wire(wire: &wire::IntersectionState) -> Self {
        Self {
            name: Si::from_wire(&wire.name),
            id: wire.id,
            revision: wire.revision,
            status: wire.status,
            moy: wire.moy.and_then(minute_of_year),
            time_stamp_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.time_stamp),
            enabled_lanes: wire.enabled_lanes.clone(),
            states: Si::from_wire(&wire.states),
            maneuver_assist_list: Si::from_wire(&wire.maneuver_assist_list),
            regional: wire.regional.clone(),
            road_authority_id: wire.road_authority_id.clone(),
        }
    }
}

impl Si<wire::MovementState> for MovementState {
    fn to_wire(&self) -> Result<wire::MovementState, CodecError> {
        Ok(wire::MovementState {
            movement_name: self.movement_name.to_wire().at("movementName")?,
            signal_group: self.signal_group,
            state_time_speed: self.state_time_speed.to_wire().at("state-time-speed")?,
            maneuver_assist_list: self.maneuver_assist_list.to_wire().at("maneuverAssistList")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::MovementState) -> Self {
        Self {
            movement_name: Si::from_wire(&wire.movement_name),
            signal_group: wire.signal_group,
            state_time_speed: Si::from_wire(&wire.state_time_speed),
            maneuver_assist_list: Si::from_wire(&wire.maneuver_assist_list),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::MovementEvent> for MovementEvent {
    fn to_wire(&self) -> Result<wire::MovementEvent, CodecError> {
        Ok(wire::MovementEvent {
            event_state: self.event_state,
            timing: self.timing.to_wire().at("timing")?,
            speeds: self.speeds.to_wire().at("speeds")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::MovementEvent) -> Self {
        Self {
            event_state: wire.event_state,
            timing: Si::from_wire(&wire.timing),
            speeds: Si::from_wire(&wire.speeds),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::TimeChangeDetails> for TimeChangeDetails {
    fn to_wire(&self) -> Result<wire::TimeChangeDetails, CodecError> {
        Ok(wire::TimeChangeDetails {
            start_time: optional(self.start_time_s, time_mark_to_wire).at("startTime")?,
            min_end_time: time_mark_to_wire(self.min_end_time_s).at("minEndTime")?,
            max_end_time: optional(self.max_end_time_s, time_mark_to_wire).at("maxEndTime")?,
            likely_time: optional(self.likely_time_s, time_mark_to_wire).at("likelyTime")?,
            confidence: self.confidence,
            next_time: optional(self.next_time_s, time_mark_to_wire).at("nextTime")?,
        })
    }

    fn from_wire(wire: &wire::TimeChangeDetails) -> Self {
        Self {
            start_time_s: TIME_MARK_S.from_wire_optional(wire.start_time),
            min_end_time_s: TIME_MARK_S.from_wire(wire.min_end_time),
            max_end_time_s: TIME_MARK_S.from_wire_optional(wire.max_end_time),
            likely_time_s: TIME_MARK_S.from_wire_optional(wire.likely_time),
            confidence: wire.confidence,
            next_time_s: TIME_MARK_S.from_wire_optional(wire.next_time),
        }
    }
}

impl Si<wire::AdvisorySpeed> for AdvisorySpeed {
    fn to_wire(&self) -> Result<wire::AdvisorySpeed, CodecError> {
        Ok(wire::AdvisorySpeed {
            type_: self.type_,
            speed: SPEED_ADVICE_MPS.to_wire_optional(self.speed_mps).at("speed")?,
            confidence: ConfidenceClass::of_optional(self.confidence_mps),
            distance: self.distance_m.map(zone_length_to_wire).transpose().at("distance")?,
            class: self.class,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::AdvisorySpeed) -> Self {
        Self {
            type_: wire.type_,
            speed_mps: SPEED_ADVICE_MPS.from_wire_optional(wire.speed),
            confidence_mps: bound_of(wire.confidence),
            distance_m: wire.distance.and_then(zone_length_from_wire),
            class: wire.class,
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::ConnectionManeuverAssist> for ConnectionManeuverAssist {
    fn to_wire(&self) -> Result<wire::ConnectionManeuverAssist, CodecError> {
        Ok(wire::ConnectionManeuverAssist {
            connection_id: self.connection_id,
            queue_length: self.queue_length_m.map(zone_length_to_wire).transpose().at("queueLength")?,
            available_storage_length: self
                .available_storage_length_m
                .map(zone_length_to_wire)
                .transpose()
                .at("availableStorageLength")?,
            wait_on_stop: self.wait_on_stop,
            ped_bicycle_detect: self.ped_bicycle_detect,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::ConnectionManeuverAssist) -> Self {
        Self {
            connection_id: wire.connection_id,
            queue_length_m: wire.queue_length.and_then(zone_length_from_wire),
            available_storage_length_m: wire.available_storage_length.and_then(zone_length_from_wire),
            wait_on_stop: wire.wait_on_stop,
            ped_bicycle_detect: wire.ped_bicycle_detect,
            regional: wire.regional.clone(),
        }
    }
}
