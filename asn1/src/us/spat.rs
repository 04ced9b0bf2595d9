//! SPAT of SAE J2735: signal phase and timing.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{IntersectionReferenceID, RegionalExtension, RoadAuthorityID};
use super::confidence::SpeedConfidence;
pub use crate::intersection_status::IntersectionStatusObject;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// SPAT: signal phase and timing.
    ///
    /// ASN.1 `SPAT`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Spat, additions 0 {
        /// `timeStamp`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(identifier = "timeStamp", value("0..=527040"))]
        pub time_stamp: Option<u32>,
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `intersections`: 1 to 32 [`IntersectionState`].
        #[rasn(size("1..=32"))]
        pub intersections: Vec<IntersectionState>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// The signals of one junction.
    ///
    /// ASN.1 `IntersectionState`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IntersectionState, additions 1 {
        /// `name`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(size("1..=63"))]
        pub name: Option<Ia5String>,
        /// `id`.
        pub id: IntersectionReferenceID,
        /// `revision`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(value("0..=127"))]
        pub revision: u8,
        /// `status`.
        pub status: IntersectionStatusObject,
        /// `moy`: `MinuteOfTheYear`, INTEGER (0..527040); minutes since the start of the UTC year; 527040 is invalid.
        #[rasn(value("0..=527040"))]
        pub moy: Option<u32>,
        /// `timeStamp`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "timeStamp")]
        pub time_stamp: Option<u16>,
        /// `enabledLanes`: 1 to 16 `LaneID`; unique within the intersection; 0 is unknown.
        #[rasn(identifier = "enabledLanes", size("1..=16"))]
        pub enabled_lanes: Option<Vec<u8>>,
        /// `states`: 1 to 255 [`MovementState`].
        #[rasn(size("1..=255"))]
        pub states: Vec<MovementState>,
        /// `maneuverAssistList`: 1 to 16 [`ConnectionManeuverAssist`].
        #[rasn(identifier = "maneuverAssistList", size("1..=16"))]
        pub maneuver_assist_list: Option<Vec<ConnectionManeuverAssist>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
        /// `roadAuthorityID`.
        #[rasn(extension_addition, identifier = "roadAuthorityID")]
        pub road_authority_id: Option<RoadAuthorityID>,
    }
}

extensible_sequence! {
    /// The signal of one signal group.
    ///
    /// ASN.1 `MovementState`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MovementState, additions 0 {
        /// `movementName`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(identifier = "movementName", size("1..=63"))]
        pub movement_name: Option<Ia5String>,
        /// `signalGroup`: `SignalGroupID`, INTEGER (0..255); 0 is unknown, 255 permanently green.
        #[rasn(identifier = "signalGroup")]
        pub signal_group: u8,
        /// `state-time-speed`: 1 to 16 [`MovementEvent`].
        #[rasn(identifier = "state-time-speed", size("1..=16"))]
        pub state_time_speed: Vec<MovementEvent>,
        /// `maneuverAssistList`: 1 to 16 [`ConnectionManeuverAssist`].
        #[rasn(identifier = "maneuverAssistList", size("1..=16"))]
        pub maneuver_assist_list: Option<Vec<ConnectionManeuverAssist>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

extensible_sequence! {
    /// One state of a signal, and from when until when.
    ///
    /// ASN.1 `MovementEvent`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct MovementEvent, additions 0 {
        /// `eventState`.
        #[rasn(identifier = "eventState")]
        pub event_state: MovementPhaseState,
        /// `timing`.
        pub timing: Option<TimeChangeDetails>,
        /// `speeds`: 1 to 16 [`AdvisorySpeed`].
        #[rasn(size("1..=16"))]
        pub speeds: Option<Vec<AdvisorySpeed>>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `MovementPhaseState`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum MovementPhaseState {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `dark`.
    #[rasn(identifier = "dark")]
    Dark = 1,
    /// `stop-Then-Proceed`.
    #[rasn(identifier = "stop-Then-Proceed")]
    StopThenProceed = 2,
    /// `stop-And-Remain`.
    #[rasn(identifier = "stop-And-Remain")]
    StopAndRemain = 3,
    /// `pre-Movement`.
    #[rasn(identifier = "pre-Movement")]
    PreMovement = 4,
    /// `permissive-Movement-Allowed`.
    #[rasn(identifier = "permissive-Movement-Allowed")]
    PermissiveMovementAllowed = 5,
    /// `protected-Movement-Allowed`.
    #[rasn(identifier = "protected-Movement-Allowed")]
    ProtectedMovementAllowed = 6,
    /// `permissive-clearance`.
    #[rasn(identifier = "permissive-clearance")]
    PermissiveClearance = 7,
    /// `protected-clearance`.
    #[rasn(identifier = "protected-clearance")]
    ProtectedClearance = 8,
    /// `caution-Conflicting-Traffic`.
    #[rasn(identifier = "caution-Conflicting-Traffic")]
    CautionConflictingTraffic = 9,
}

/// When a light changes.
///
/// ASN.1 `TimeChangeDetails`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TimeChangeDetails {
    /// `startTime`: `TimeMark`, INTEGER (0..36111); 0.1 s within the UTC hour; 36000 is more than an hour away, 36111 is unknown.
    #[rasn(identifier = "startTime", value("0..=36111"))]
    pub start_time: Option<u16>,
    /// `minEndTime`: `TimeMark`, INTEGER (0..36111); 0.1 s within the UTC hour; 36000 is more than an hour away, 36111 is unknown.
    #[rasn(identifier = "minEndTime", value("0..=36111"))]
    pub min_end_time: u16,
    /// `maxEndTime`: `TimeMark`, INTEGER (0..36111); 0.1 s within the UTC hour; 36000 is more than an hour away, 36111 is unknown.
    #[rasn(identifier = "maxEndTime", value("0..=36111"))]
    pub max_end_time: Option<u16>,
    /// `likelyTime`: `TimeMark`, INTEGER (0..36111); 0.1 s within the UTC hour; 36000 is more than an hour away, 36111 is unknown.
    #[rasn(identifier = "likelyTime", value("0..=36111"))]
    pub likely_time: Option<u16>,
    /// `confidence`: `TimeIntervalConfidence`, INTEGER (0..15); index of a probability, 0 is the lowest (21 %), 15 is the highest (98 %).
    #[rasn(value("0..=15"))]
    pub confidence: Option<u8>,
    /// `nextTime`: `TimeMark`, INTEGER (0..36111); 0.1 s within the UTC hour; 36000 is more than an hour away, 36111 is unknown.
    #[rasn(identifier = "nextTime", value("0..=36111"))]
    pub next_time: Option<u16>,
}

extensible_sequence! {
    /// ASN.1 `AdvisorySpeed`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AdvisorySpeed, additions 0 {
        /// `type`.
        #[rasn(identifier = "type")]
        pub type_: AdvisorySpeedType,
        /// `speed`: `SpeedAdvice`, INTEGER (0..500); 0.1 m/s; 500 is unavailable.
        #[rasn(value("0..=500"))]
        pub speed: Option<u16>,
        /// `confidence`.
        pub confidence: Option<SpeedConfidence>,
        /// `distance`: `ZoneLength`, INTEGER (0..10000); m; 10000 is unlimited.
        #[rasn(value("0..=10000"))]
        pub distance: Option<u16>,
        /// `class`: `RestrictionClassID`, INTEGER (0..255).
        pub class: Option<u8>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `AdvisorySpeedType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AdvisorySpeedType {
    /// `none`.
    #[rasn(identifier = "none")]
    None = 0,
    /// `greenwave`.
    #[rasn(identifier = "greenwave")]
    Greenwave = 1,
    /// `ecoDrive`.
    #[rasn(identifier = "ecoDrive")]
    EcoDrive = 2,
    /// `transit`.
    #[rasn(identifier = "transit")]
    Transit = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// ASN.1 `ConnectionManeuverAssist`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ConnectionManeuverAssist, additions 0 {
        /// `connectionID`: `LaneConnectionID`, INTEGER (0..255).
        #[rasn(identifier = "connectionID")]
        pub connection_id: u8,
        /// `queueLength`: `ZoneLength`, INTEGER (0..10000); m; 10000 is unlimited.
        #[rasn(identifier = "queueLength", value("0..=10000"))]
        pub queue_length: Option<u16>,
        /// `availableStorageLength`: `ZoneLength`, INTEGER (0..10000); m; 10000 is unlimited.
        #[rasn(identifier = "availableStorageLength", value("0..=10000"))]
        pub available_storage_length: Option<u16>,
        /// `waitOnStop`: `WaitOnStopline`, BOOLEAN.
        #[rasn(identifier = "waitOnStop")]
        pub wait_on_stop: Option<bool>,
        /// `pedBicycleDetect`: `PedestrianBicycleDetect`, BOOLEAN.
        #[rasn(identifier = "pedBicycleDetect")]
        pub ped_bicycle_detect: Option<bool>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}
