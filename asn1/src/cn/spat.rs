//! SPAT of the China set: signal phase and timing.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::NodeReferenceID;
use super::confidence::TimeConfidence;
use crate::UnknownAlternative;
pub use crate::intersection_status::IntersectionStatusObject;
use crate::macros::{decode_by_place, decode_in_place, extensible_sequence};

extensible_sequence! {
    /// SPAT: signal phase and timing.
    ///
    /// ASN.1 `SPAT`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Spat, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `timeStamp`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "timeStamp")]
        pub time_stamp: Option<u16>,
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `intersections`: 1 to 32 [`IntersectionState`].
        #[rasn(size("1..=32"))]
        pub intersections: Vec<IntersectionState>,
    }
}

extensible_sequence! {
    /// The signals of one junction.
    ///
    /// ASN.1 `IntersectionState`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IntersectionState, additions 0 {
        /// `intersectionId`.
        #[rasn(identifier = "intersectionId")]
        pub intersection_id: NodeReferenceID,
        /// `status`.
        pub status: IntersectionStatusObject,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `timeStamp`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "timeStamp")]
        pub time_stamp: Option<u16>,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `phases`: 1 to 16 [`Phase`].
        #[rasn(size("1..=16"))]
        pub phases: Vec<Phase>,
    }
}

/// One signal phase: its present state and those to come.
///
/// ASN.1 `Phase`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Phase {
    /// `id`: `PhaseID`, INTEGER (0..255); the signal phase; 0 is none.
    pub id: u8,
    /// `phaseStates`: 1 to 16 [`PhaseState`].
    #[rasn(identifier = "phaseStates", size("1..=16"))]
    pub phase_states: Vec<PhaseState>,
}

extensible_sequence! {
    /// A light, and from when until when.
    ///
    /// ASN.1 `PhaseState`: SEQUENCE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PhaseState, additions 0 {
        /// `light`.
        pub light: LightState,
        /// `timing`.
        pub timing: Option<TimeChangeDetails>,
    }
}

/// What the light shows.
///
/// ASN.1 `LightState`: ENUMERATED, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum LightState {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `dark`.
    #[rasn(identifier = "dark")]
    Dark = 1,
    /// `flashing-red`.
    #[rasn(identifier = "flashing-red")]
    FlashingRed = 2,
    /// `red`.
    #[rasn(identifier = "red")]
    Red = 3,
    /// `flashing-green`.
    #[rasn(identifier = "flashing-green")]
    FlashingGreen = 4,
    /// `permissive-green`.
    #[rasn(identifier = "permissive-green")]
    PermissiveGreen = 5,
    /// `protected-green`.
    #[rasn(identifier = "protected-green")]
    ProtectedGreen = 6,
    /// `yellow`.
    #[rasn(identifier = "yellow")]
    Yellow = 7,
    /// `flashing-yellow`.
    #[rasn(identifier = "flashing-yellow")]
    FlashingYellow = 8,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// When a light changes.
///
/// ASN.1 `TimeChangeDetails`: CHOICE, extensible. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Debug, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TimeChangeDetails {
    /// `counting`.
    #[rasn(identifier = "counting")]
    Counting(TimeCountingDown),
    /// `utcTiming`.
    #[rasn(identifier = "utcTiming")]
    UtcTiming(UTCTiming),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

decode_by_place! {
    TimeChangeDetails {
        0 => Counting,
        1 => UtcTiming,
        2 => UnknownAlternative,
    }
}

/// Times counted from now.
///
/// ASN.1 `TimeCountingDown`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TimeCountingDown {
    /// `startTime`: `TimeMark`, INTEGER (0..36001); 0.1 s from now, 0 while the state is on.
    #[rasn(identifier = "startTime", value("0..=36001"))]
    pub start_time: u16,
    /// `minEndTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "minEndTime", value("0..=36001"))]
    pub min_end_time: Option<u16>,
    /// `maxEndTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "maxEndTime", value("0..=36001"))]
    pub max_end_time: Option<u16>,
    /// `likelyEndTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "likelyEndTime", value("0..=36001"))]
    pub likely_end_time: u16,
    /// `timeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
    #[rasn(identifier = "timeConfidence", value("0..=200"))]
    pub time_confidence: Option<u8>,
    /// `nextStartTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextStartTime", value("0..=36001"))]
    pub next_start_time: Option<u16>,
    /// `nextDuration`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextDuration", value("0..=36001"))]
    pub next_duration: Option<u16>,
}

decode_in_place! {
    TimeCountingDown, members 7 {
        0 => start_time in 0..=36001,
        1 => min_end_time in 0..=36001,
        2 => max_end_time in 0..=36001,
        3 => likely_end_time in 0..=36001,
        4 => time_confidence in 0..=200,
        5 => next_start_time in 0..=36001,
        6 => next_duration in 0..=36001,
    }
}

/// Times as tenths of a second within the UTC hour.
///
/// ASN.1 `UTCTiming`: SEQUENCE. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(AsnType, Clone, Copy, Debug, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct UTCTiming {
    /// `startUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "startUTCTime", value("0..=36001"))]
    pub start_utc_time: u16,
    /// `minEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "minEndUTCTime", value("0..=36001"))]
    pub min_end_utc_time: Option<u16>,
    /// `maxEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "maxEndUTCTime", value("0..=36001"))]
    pub max_end_utc_time: Option<u16>,
    /// `likelyEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "likelyEndUTCTime", value("0..=36001"))]
    pub likely_end_utc_time: u16,
    /// `timeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
    #[rasn(identifier = "timeConfidence", value("0..=200"))]
    pub time_confidence: Option<u8>,
    /// `nextStartUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextStartUTCTime", value("0..=36001"))]
    pub next_start_utc_time: Option<u16>,
    /// `nextEndUTCTime`: `TimeMark`, INTEGER (0..36001); 0.1 s; 36000 is more than an hour, 36001 is undefined.
    #[rasn(identifier = "nextEndUTCTime", value("0..=36001"))]
    pub next_end_utc_time: Option<u16>,
}

decode_in_place! {
    UTCTiming, members 7 {
        0 => start_utc_time in 0..=36001,
        1 => min_end_utc_time in 0..=36001,
        2 => max_end_utc_time in 0..=36001,
        3 => likely_end_utc_time in 0..=36001,
        4 => time_confidence in 0..=200,
        5 => next_start_utc_time in 0..=36001,
        6 => next_end_utc_time in 0..=36001,
    }
}
