//! SPAT in SI units: signal phase and timing.

use alloc::string::String;
use alloc::vec::Vec;

use super::common::{minute, name_to_wire};
use crate::CodecError;
use crate::UnknownAlternative;
use crate::cn::common::NodeReferenceID;
use crate::cn::spat as wire;
use crate::cn::spat::{IntersectionStatusObject, LightState};
use crate::si::{At, ConfidenceClass, Si, bound_of, ia5_text};
use crate::units::{CONFIDENCE, SECOND_OF_HOUR_CN_S, SECOND_OF_MINUTE_S, TIME_TO_COME_S, second_to_wire_optional};

/// SPAT: signal phase and timing.
///
/// ASN.1 `SPAT`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct Spat {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// When it was said: minutes since the start of the UTC year, 0 to 527039.
    pub moy: Option<u32>,
    /// When it was said: seconds within the UTC minute, 0 to below 61.
    pub time_stamp_s: Option<f64>,
    /// For people: 1 to 63 characters of ASCII.
    pub name: Option<String>,
    /// 1 to 32 junctions.
    pub intersections: Vec<IntersectionState>,
}

/// The signals of one junction.
///
/// ASN.1 `IntersectionState`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct IntersectionState {
    /// Which junction.
    pub intersection_id: NodeReferenceID,
    /// How the controller runs.
    pub status: IntersectionStatusObject,
    /// When it was so: minutes since the start of the UTC year, 0 to 527039.
    pub moy: Option<u32>,
    /// When it was so: seconds within the UTC minute, 0 to below 61.
    pub time_stamp_s: Option<f64>,
    /// Error of that time, seconds; classes from 1e-11 to 100.
    pub time_confidence_s: Option<f64>,
    /// 1 to 16 phases.
    pub phases: Vec<Phase>,
}

/// One signal phase: its present state and those to come.
///
/// ASN.1 `Phase`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Which phase; 0 is none.
    pub id: u8,
    /// 1 to 16 states.
    pub phase_states: Vec<PhaseState>,
}

/// A light, and from when until when.
///
/// ASN.1 `PhaseState`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseState {
    /// What it shows.
    pub light: LightState,
    /// From when until when.
    pub timing: Option<TimeChangeDetails>,
}

/// When a light changes.
///
/// ASN.1 `TimeChangeDetails`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub enum TimeChangeDetails {
    /// Counted from when the message was said.
    Counting(TimeCountingDown),
    /// By the clock.
    UtcTiming(UTCTiming),
    /// One of a later edition, as it came.
    UnknownAlternative(UnknownAlternative),
}

/// Times counted from when the message was said, seconds; 3600 stands for an hour and more, and what has passed is sent as 0.
///
/// ASN.1 `TimeCountingDown`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TimeCountingDown {
    /// Until the state begins, seconds; 0 while it is on.
    pub start_time_s: Option<f64>,
    /// Until it ends at the earliest, seconds.
    pub min_end_time_s: Option<f64>,
    /// Until it ends at the latest, seconds.
    pub max_end_time_s: Option<f64>,
    /// Until it is likeliest to end, seconds.
    pub likely_end_time_s: Option<f64>,
    /// How sure the likeliest end is, as a share of 1.
    pub time_confidence: Option<f64>,
    /// Until the state begins again, seconds.
    pub next_start_time_s: Option<f64>,
    /// How long it will last then, seconds.
    pub next_duration_s: Option<f64>,
}

/// Times by the clock: seconds within the UTC hour, 0 to below 3600; 3600 stands for what is more than an hour away.
///
/// ASN.1 `UTCTiming`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UTCTiming {
    /// When the state begins, seconds within the UTC hour.
    pub start_utc_time_s: Option<f64>,
    /// When it ends at the earliest, seconds within the UTC hour.
    pub min_end_utc_time_s: Option<f64>,
    /// When it ends at the latest, seconds within the UTC hour.
    pub max_end_utc_time_s: Option<f64>,
    /// When it is likeliest to end, seconds within the UTC hour.
    pub likely_end_utc_time_s: Option<f64>,
    /// How sure the likeliest end is, as a share of 1.
    pub time_confidence: Option<f64>,
    /// When the state begins again, seconds within the UTC hour.
    pub next_start_utc_time_s: Option<f64>,
    /// When it ends then, seconds within the UTC hour.
    pub next_end_utc_time_s: Option<f64>,
}

impl Si<wire::Spat> for Spat {
    fn to_wire(&self) -> Result<wire::Spat, CodecError> {
        Ok(wire::Spat {
            msg_cnt: self.msg_cnt,
            moy: self.moy,
            time_stamp: second_to_wire_optional(self.time_stamp_s).at("timeStamp")?,
            name: name_to_wire(self.name.as_deref()).at("name")?,
            intersections: self.intersections.to_wire().at("intersections")?,
        })
    }

    fn from_wire(wire: &wire::Spat) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            moy: minute(wire.moy),
            time_stamp_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.time_stamp),
            name: wire.name.as_ref().map(ia5_text),
            intersections: Si::from_wire(&wire.intersections),
        }
    }
}

impl Si<wire::IntersectionState> for IntersectionState {
    fn to_wire(&self) -> Result<wire::IntersectionState, CodecError> {
        Ok(wire::IntersectionState {
            intersection_id: self.intersection_id,
            status: self.status,
            moy: self.moy,
            time_stamp: second_to_wire_optional(self.time_stamp_s).at("timeStamp")?,
            time_confidence: ConfidenceClass::of_optional(self.time_confidence_s),
            phases: self.phases.to_wire().at("phases")?,
        })
    }

    fn from_wire(wire: &wire::IntersectionState) -> Self {
        Self {
            intersection_id: wire.intersection_id,
            status: wire.status,
            moy: minute(wire.moy),
            time_stamp_s: SECOND_OF_MINUTE_S.from_wire_optional(wire.time_stamp),
            time_confidence_s: bound_of(wire.time_confidence),
            phases: Si::from_wire(&wire.phases),
        }
    }
}

impl Si<wire::Phase> for Phase {
    fn to_wire(&self) -> Result<wire::Phase, CodecError> {
        Ok(wire::Phase { id: self.id, phase_states: self.phase_states.to_wire().at("phaseStates")? })
    }

    fn from_wire(wire: &wire::Phase) -> Self {
        Self { id: wire.id, phase_states: Si::from_wire(&wire.phase_states) }
    }
}

impl Si<wire::PhaseState> for PhaseState {
    fn to_wire(&self) -> Result<wire::PhaseState, CodecError> {
        Ok(wire::PhaseState { light: self.light, timing: self.timing.to_wire().at("timing")? })
    }

    fn from_wire(wire: &wire::PhaseState) -> Self {
        Self { light: wire.light, timing: Si::from_wire(&wire.timing) }
    }
}

impl Si<wire::TimeChangeDetails> for TimeChangeDetails {
    fn to_wire(&self) -> Result<wire::TimeChangeDetails, CodecError> {
        Ok(match self {
            Self::Counting(times) => wire::TimeChangeDetails::Counting(times.to_wire().at("counting")?),
            Self::UtcTiming(times) => wire::TimeChangeDetails::UtcTiming(times.to_wire().at("utcTiming")?),
            Self::UnknownAlternative(other) => wire::TimeChangeDetails::UnknownAlternative(other.clone()),
        })
    }

    fn from_wire(wire: &wire::TimeChangeDetails) -> Self {
        match wire {
            wire::TimeChangeDetails::Counting(times) => Self::Counting(Si::from_wire(times)),
            wire::TimeChangeDetails::UtcTiming(times) => Self::UtcTiming(Si::from_wire(times)),
            wire::TimeChangeDetails::UnknownAlternative(other) => Self::UnknownAlternative(other.clone()),
        }
    }
}

impl Si<wire::TimeCountingDown> for TimeCountingDown {
    fn to_wire(&self) -> Result<wire::TimeCountingDown, CodecError> {
        let scale = TIME_TO_COME_S;
        Ok(wire::TimeCountingDown {
            start_time: scale.to_wire_or_unknown(self.start_time_s).at("startTime")?,
            min_end_time: scale.to_wire_optional(self.min_end_time_s).at("minEndTime")?,
            max_end_time: scale.to_wire_optional(self.max_end_time_s).at("maxEndTime")?,
            likely_end_time: scale.to_wire_or_unknown(self.likely_end_time_s).at("likelyEndTime")?,
            time_confidence: CONFIDENCE.to_wire_optional(self.time_confidence).at("timeConfidence")?,
            next_start_time: scale.to_wire_optional(self.next_start_time_s).at("nextStartTime")?,
            next_duration: scale.to_wire_optional(self.next_duration_s).at("nextDuration")?,
        })
    }

    fn from_wire(wire: &wire::TimeCountingDown) -> Self {
        let scale = TIME_TO_COME_S;
        Self {
            start_time_s: scale.from_wire(wire.start_time),
            min_end_time_s: scale.from_wire_optional(wire.min_end_time),
            max_end_time_s: scale.from_wire_optional(wire.max_end_time),
            likely_end_time_s: scale.from_wire(wire.likely_end_time),
            time_confidence: CONFIDENCE.from_wire_optional(wire.time_confidence),
            next_start_time_s: scale.from_wire_optional(wire.next_start_time),
            next_duration_s: scale.from_wire_optional(wire.next_duration),
        }
    }
}

impl Si<wire::UTCTiming> for UTCTiming {
    fn to_wire(&self) -> Result<wire::UTCTiming, CodecError> {
        let scale = SECOND_OF_HOUR_CN_S;
        Ok(wire::UTCTiming {
            start_utc_time: scale.to_wire_or_unknown(self.start_utc_time_s).at("startUTCTime")?,
            min_end_utc_time: scale.to_wire_optional(self.min_end_utc_time_s).at("minEndUTCTime")?,
            max_end_utc_time: scale.to_wire_optional(self.max_end_utc_time_s).at("maxEndUTCTime")?,
            likely_end_utc_time: scale.to_wire_or_unknown(self.likely_end_utc_time_s).at("likelyEndUTCTime")?,
            time_confidence: CONFIDENCE.to_wire_optional(self.time_confidence).at("timeConfidence")?,
            next_start_utc_time: scale.to_wire_optional(self.next_start_utc_time_s).at("nextStartUTCTime")?,
            next_end_utc_time: scale.to_wire_optional(self.next_end_utc_time_s).at("nextEndUTCTime")?,
        })
    }

    fn from_wire(wire: &wire::UTCTiming) -> Self {
        let scale = SECOND_OF_HOUR_CN_S;
        Self {
            start_utc_time_s: scale.from_wire(wire.start_utc_time),
            min_end_utc_time_s: scale.from_wire_optional(wire.min_end_utc_time),
            max_end_utc_time_s: scale.from_wire_optional(wire.max_end_utc_time),
            likely_end_utc_time_s: scale.from_wire(wire.likely_end_utc_time),
            time_confidence: CONFIDENCE.from_wire_optional(wire.time_confidence),
            next_start_utc_time_s: scale.from_wire_optional(wire.next_start_utc_time),
            next_end_utc_time_s: scale.from_wire_optional(wire.next_end_utc_time),
        }
    }
}
