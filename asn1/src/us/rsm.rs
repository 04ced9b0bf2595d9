//! RSM of SAE J2945/4: hazards and work zones.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{Circle, DDateTime, Position3D, RegulatorySpeedLimit, RoadAuthorityID};
use super::itis::{ResponderGroupAffected, VehicleGroupAffected};
use super::surface::FrictionInformation;
use crate::Octets4;
use crate::UnknownAlternative;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// RSM: hazards and work zones (SAE J2945/4).
    ///
    /// ASN.1 `RoadSafetyMessage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RoadSafetyMessage, additions 0 {
        /// `commonContainer`.
        #[rasn(identifier = "commonContainer")]
        pub common_container: CommonContainer,
        /// `content`: 1 to 4 [`ContentContainer`].
        #[rasn(size("1..=4"))]
        pub content: Vec<ContentContainer>,
    }
}

extensible_sequence! {
    /// ASN.1 `CommonContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CommonContainer, additions 0 {
        /// `eventInfo`.
        #[rasn(identifier = "eventInfo")]
        pub event_info: EventInfo,
        /// `regionInfo`: 1 to 4 [`RegionInfo`].
        #[rasn(identifier = "regionInfo", size("1..=4"))]
        pub region_info: Vec<RegionInfo>,
        /// `crossLinking`.
        #[rasn(identifier = "crossLinking")]
        pub cross_linking: Option<CrossLinking>,
    }
}

extensible_sequence! {
    /// ASN.1 `EventInfo`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventInfo, additions 0 {
        /// `eventID`.
        #[rasn(identifier = "eventID")]
        pub event_id: EventIdentifier,
        /// `eventUpdate`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "eventUpdate", value("0..=127"))]
        pub event_update: u8,
        /// `eventCancellation`: `Activity`, BOOLEAN.
        #[rasn(identifier = "eventCancellation")]
        pub event_cancellation: bool,
        /// `startDateTime`.
        #[rasn(identifier = "startDateTime")]
        pub start_date_time: DDateTime,
        /// `endDateTime`.
        #[rasn(identifier = "endDateTime")]
        pub end_date_time: Option<DDateTime>,
        /// `eventRecurrence`: 1 to 5 [`EventRecurrence`].
        #[rasn(identifier = "eventRecurrence", size("1..=5", extensible))]
        pub event_recurrence: Option<Vec<EventRecurrence>>,
        /// `causeCode`: `ITISgroups`, INTEGER (0..255).
        #[rasn(identifier = "causeCode")]
        pub cause_code: u8,
        /// `subCauseCode`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
        #[rasn(identifier = "subCauseCode")]
        pub sub_cause_code: Option<u16>,
        /// `affectedVehicles`: 1 to 10 [`VehicleGroupAffected`].
        #[rasn(identifier = "affectedVehicles", size("1..=10", extensible))]
        pub affected_vehicles: Option<Vec<VehicleGroupAffected>>,
    }
}

extensible_sequence! {
    /// ASN.1 `EventIdentifier`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EventIdentifier, additions 0 {
        /// `operatorID`.
        #[rasn(identifier = "operatorID")]
        pub operator_id: RoadAuthorityID,
        /// `uniqueID`: `TemporaryID`, OCTET STRING (SIZE(4)).
        #[rasn(identifier = "uniqueID")]
        pub unique_id: Octets4,
    }
}

extensible_sequence! {
    /// ASN.1 `EventRecurrence`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct EventRecurrence, additions 0 {
        /// `startTime`.
        #[rasn(identifier = "startTime")]
        pub start_time: Option<DTime>,
        /// `endTime`.
        #[rasn(identifier = "endTime")]
        pub end_time: Option<DTime>,
        /// `startDate`.
        #[rasn(identifier = "startDate")]
        pub start_date: Option<DDate>,
        /// `endDate`.
        #[rasn(identifier = "endDate")]
        pub end_date: Option<DDate>,
        /// `monday`: BOOLEAN.
        pub monday: bool,
        /// `tuesday`: BOOLEAN.
        pub tuesday: bool,
        /// `wednesday`: BOOLEAN.
        pub wednesday: bool,
        /// `thursday`: BOOLEAN.
        pub thursday: bool,
        /// `friday`: BOOLEAN.
        pub friday: bool,
        /// `saturday`: BOOLEAN.
        pub saturday: bool,
        /// `sunday`: BOOLEAN.
        pub sunday: bool,
        /// `exclusion`: BOOLEAN.
        pub exclusion: Option<bool>,
    }
}

/// ASN.1 `DTime`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DTime {
    /// `hour`: `DHour`, INTEGER (0..31); hours, UTC.
    #[rasn(value("0..=31"))]
    pub hour: u8,
    /// `minute`: `DMinute`, INTEGER (0..60); minutes; 60 is unknown.
    #[rasn(value("0..=60"))]
    pub minute: u8,
    /// `second`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
    pub second: u16,
    /// `offset`: `DOffset`, INTEGER (-840..840); minutes from UTC.
    #[rasn(value("-840..=840"))]
    pub offset: Option<i16>,
}

/// ASN.1 `DDate`: SEQUENCE. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DDate {
    /// `year`: `DYear`, INTEGER (0..4095); year of our era, UTC; 0 is unknown.
    #[rasn(value("0..=4095"))]
    pub year: u16,
    /// `month`: `DMonth`, INTEGER (0..12); 1 to 12; 0 is unknown.
    #[rasn(value("0..=12"))]
    pub month: u8,
    /// `day`: `DDay`, INTEGER (0..31); 1 to 31; 0 is unknown.
    #[rasn(value("0..=31"))]
    pub day: u8,
}

extensible_sequence! {
    /// ASN.1 `RegionInfo`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RegionInfo, additions 0 {
        /// `referencePoint`.
        #[rasn(identifier = "referencePoint")]
        pub reference_point: Position3D,
        /// `locationUncertainty`.
        #[rasn(identifier = "locationUncertainty")]
        pub location_uncertainty: Option<RegionUncertainty>,
        /// `referencePointType`.
        #[rasn(identifier = "referencePointType")]
        pub reference_point_type: Option<ReferencePointType>,
        /// `descriptiveName`: `DescriptiveName`, IA5String (SIZE(1..63)).
        #[rasn(identifier = "descriptiveName", size("1..=63"))]
        pub descriptive_name: Option<Ia5String>,
        /// `scale`: `Zoom`, INTEGER (0..15).
        #[rasn(value("0..=15"))]
        pub scale: Option<u8>,
        /// `approachRegion`.
        #[rasn(identifier = "approachRegion")]
        pub approach_region: Option<AreaType>,
    }
}

/// ASN.1 `RegionUncertainty`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum RegionUncertainty {
    /// `alongPath`.
    #[rasn(identifier = "alongPath")]
    AlongPath(Offset3D),
    /// `inCoordinateFrame`.
    #[rasn(identifier = "inCoordinateFrame")]
    InCoordinateFrame(Offset3D),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `Offset3D`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Offset3D, additions 0 {
        /// `lat-offset`: `LatOffset`, INTEGER (-16384..16383).
        #[rasn(identifier = "lat-offset", value("-16384..=16383"))]
        pub lat_offset: i16,
        /// `long-offset`: `LongOffset`, INTEGER (-16384..16383).
        #[rasn(identifier = "long-offset", value("-16384..=16383"))]
        pub long_offset: i16,
        /// `elev-offset`: `ElevOffset`, INTEGER (-4096..4095).
        #[rasn(identifier = "elev-offset", value("-4096..=4095"))]
        pub elev_offset: Option<i16>,
    }
}

/// ASN.1 `ReferencePointType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ReferencePointType {
    /// `startOfEvent`.
    #[rasn(identifier = "startOfEvent")]
    StartOfEvent = 0,
    /// `arbitrary`.
    #[rasn(identifier = "arbitrary")]
    Arbitrary = 1,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `AreaType`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum AreaType {
    /// `broadRegion`.
    #[rasn(identifier = "broadRegion")]
    BroadRegion(BroadRegion),
    /// `paths`: 1 to 10 [`Path`].
    #[rasn(identifier = "paths", size("1..=10", extensible))]
    Paths(Vec<Path>),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `BroadRegion`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct BroadRegion, additions 0 {
        /// `applicableHeading`.
        #[rasn(identifier = "applicableHeading")]
        pub applicable_heading: ApplicableHeading,
        /// `broadArea`.
        #[rasn(identifier = "broadArea")]
        pub broad_area: BroadRegionArea,
    }
}

extensible_sequence! {
    /// ASN.1 `ApplicableHeading`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ApplicableHeading, additions 0 {
        /// `heading`: `HeadingDeg`, INTEGER (0..359); degrees.
        #[rasn(value("0..=359"))]
        pub heading: u16,
        /// `tolerance`: `Tolerance`, INTEGER (0..180).
        #[rasn(value("0..=180"))]
        pub tolerance: u8,
    }
}

/// ASN.1 `BroadRegionArea`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum BroadRegionArea {
    /// `polygon`: 3 to 63 [`NodePointLLE`].
    #[rasn(identifier = "polygon", size("3..=63"))]
    Polygon(Vec<NodePointLLE>),
    /// `circle`.
    #[rasn(identifier = "circle")]
    Circle(Circle),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

/// ASN.1 `NodePointLLE`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum NodePointLLE {
    /// `node-3Dabsolute`.
    #[rasn(identifier = "node-3Dabsolute")]
    Node3Dabsolute(Position3D),
    /// `node-3Doffset`.
    #[rasn(identifier = "node-3Doffset")]
    Node3Doffset(Offset3D),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `Path`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Path, additions 0 {
        /// `pathWidth`: INTEGER (0..1000).
        #[rasn(identifier = "pathWidth", value("0..=1000"))]
        pub path_width: u16,
        /// `pathPoints`: 2 to 63 [`NodePointLLE`].
        #[rasn(identifier = "pathPoints", size("2..=63", extensible))]
        pub path_points: Vec<NodePointLLE>,
    }
}

extensible_sequence! {
    /// ASN.1 `CrossLinking`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CrossLinking, additions 0 {
        /// `audioLinks`: 1 to 4 [`AudioLink`].
        #[rasn(identifier = "audioLinks", size("1..=4", extensible))]
        pub audio_links: Option<Vec<AudioLink>>,
        /// `visualLink`: 1 to 4 [`VisualLink`].
        #[rasn(identifier = "visualLink", size("1..=4", extensible))]
        pub visual_link: Option<Vec<VisualLink>>,
        /// `rsmLink`: 1 to 4 [`EventIdentifier`].
        #[rasn(identifier = "rsmLink", size("1..=4", extensible))]
        pub rsm_link: Option<Vec<EventIdentifier>>,
    }
}

extensible_sequence! {
    /// ASN.1 `AudioLink`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AudioLink, additions 0 {
        /// `amChannel`: INTEGER (531..1710).
        #[rasn(identifier = "amChannel", value("531..=1710"))]
        pub am_channel: Option<u16>,
        /// `fmChannel`: INTEGER (65800..108009).
        #[rasn(identifier = "fmChannel", value("65800..=108009"))]
        pub fm_channel: Option<u32>,
        /// `satelliteChannel`: INTEGER (1..9999).
        #[rasn(identifier = "satelliteChannel", value("1..=9999"))]
        pub satellite_channel: Option<u16>,
        /// `urlChannel`: IA5String (SIZE(1..500)).
        #[rasn(identifier = "urlChannel", size("1..=500"))]
        pub url_channel: Option<Ia5String>,
    }
}

extensible_sequence! {
    /// ASN.1 `VisualLink`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VisualLink, additions 0 {
        /// `urlLink`: IA5String (SIZE(1..500)).
        #[rasn(identifier = "urlLink", size("1..=500"))]
        pub url_link: Option<Ia5String>,
    }
}

/// ASN.1 `ContentContainer`: CHOICE, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum ContentContainer {
    /// `rszContainer`.
    #[rasn(identifier = "rszContainer")]
    RszContainer(ReducedSpeedZoneContainer),
    /// `laneClosureContainer`.
    #[rasn(identifier = "laneClosureContainer")]
    LaneClosureContainer(LaneClosureContainer),
    /// `curveContainer`.
    #[rasn(identifier = "curveContainer")]
    CurveContainer(CurveContainer),
    /// `dynamicInfoContainer`.
    #[rasn(identifier = "dynamicInfoContainer")]
    DynamicInfoContainer(DynamicInfoContainer),
    /// `incidentsContainer`.
    #[rasn(identifier = "incidentsContainer")]
    IncidentsContainer(IncidentsContainer),
    /// `situationalContainer`.
    #[rasn(identifier = "situationalContainer")]
    SituationalContainer(SituationalContainer),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `ReducedSpeedZoneContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ReducedSpeedZoneContainer, additions 0 {
        /// `speedLimit`.
        #[rasn(identifier = "speedLimit")]
        pub speed_limit: RegulatorySpeedLimit,
        /// `rszRegion`.
        #[rasn(identifier = "rszRegion")]
        pub rsz_region: RegionInfo,
    }
}

extensible_sequence! {
    /// ASN.1 `LaneClosureContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct LaneClosureContainer, additions 0 {
        /// `laneStatus`: 1 to 10 [`LaneInfo`].
        #[rasn(identifier = "laneStatus", size("1..=10", extensible))]
        pub lane_status: Option<Vec<LaneInfo>>,
        /// `laneStatusVaries`: `Activity`, BOOLEAN.
        #[rasn(identifier = "laneStatusVaries")]
        pub lane_status_varies: Option<bool>,
        /// `closureRegion`.
        #[rasn(identifier = "closureRegion")]
        pub closure_region: RegionInfo,
    }
}

extensible_sequence! {
    /// ASN.1 `LaneInfo`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct LaneInfo, additions 0 {
        /// `lanePosition`: `RSMLanePosition`, INTEGER (1..32).
        #[rasn(identifier = "lanePosition", value("1..=32"))]
        pub lane_position: u8,
        /// `laneClosed`: `LaneClosed`, BOOLEAN.
        #[rasn(identifier = "laneClosed")]
        pub lane_closed: bool,
        /// `laneCloseOffset`: `ObstacleDistance`, INTEGER (0..32767).
        #[rasn(identifier = "laneCloseOffset", value("0..=32767"))]
        pub lane_close_offset: Option<u16>,
    }
}

extensible_sequence! {
    /// ASN.1 `CurveContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct CurveContainer, additions 0 {
        /// `advisorySpeed`: `SpeedAdvice`, INTEGER (0..500); 0.1 m/s; 500 is unavailable.
        #[rasn(identifier = "advisorySpeed", value("0..=500"))]
        pub advisory_speed: u16,
        /// `surfaceCondition`.
        #[rasn(identifier = "surfaceCondition")]
        pub surface_condition: Option<FrictionInformation>,
        /// `minRadius`: `Radius`, INTEGER (0..65535); m.
        #[rasn(identifier = "minRadius")]
        pub min_radius: Option<u16>,
        /// `bankAngle`: `BankAngle`, INTEGER (-512..512).
        #[rasn(identifier = "bankAngle", value("-512..=512"))]
        pub bank_angle: Option<i16>,
        /// `curveRegion`.
        #[rasn(identifier = "curveRegion")]
        pub curve_region: Option<RegionInfo>,
    }
}

extensible_sequence! {
    /// ASN.1 `DynamicInfoContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DynamicInfoContainer, additions 0 {
        /// `priority`.
        pub priority: DynamicInfoContainerPriority,
        /// `dmsSignString`: 1 to 12 `ShortString`.
        #[rasn(identifier = "dmsSignString", size("1..=12"))]
        pub dms_sign_string: Vec<ShortString>,
        /// `applicableRegion`.
        #[rasn(identifier = "applicableRegion")]
        pub applicable_region: RegionInfo,
    }
}

/// ASN.1 `DynamicInfoContainer.priority`: ENUMERATED. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum DynamicInfoContainerPriority {
    /// `low-priority`.
    #[rasn(identifier = "low-priority")]
    LowPriority = 0,
    /// `medium-priority`.
    #[rasn(identifier = "medium-priority")]
    MediumPriority = 1,
    /// `high-priority`.
    #[rasn(identifier = "high-priority")]
    HighPriority = 2,
    /// `critical`.
    #[rasn(identifier = "critical")]
    Critical = 3,
}

extensible_sequence! {
    /// ASN.1 `IncidentsContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IncidentsContainer, additions 0 {
        /// `responderType`: 1 to 5 [`ResponderGroupAffected`].
        #[rasn(identifier = "responderType", size("1..=5"))]
        pub responder_type: Option<Vec<ResponderGroupAffected>>,
        /// `incidentLocation`.
        #[rasn(identifier = "incidentLocation")]
        pub incident_location: RegionInfo,
    }
}

extensible_sequence! {
    /// ASN.1 `SituationalContainer`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SituationalContainer, additions 0 {
        /// `obstructions`.
        pub obstructions: Option<Obstructions>,
        /// `visibility`: `NTCIPEssVisibility`, INTEGER (0..1000001).
        #[rasn(value("0..=1000001"))]
        pub visibility: Option<u32>,
        /// `peoplePresent`: `Activity`, BOOLEAN.
        #[rasn(identifier = "peoplePresent")]
        pub people_present: Option<bool>,
        /// `anomalousTraffic`: `Activity`, BOOLEAN.
        #[rasn(identifier = "anomalousTraffic")]
        pub anomalous_traffic: Option<bool>,
        /// `applicableRegion`.
        #[rasn(identifier = "applicableRegion")]
        pub applicable_region: RegionInfo,
    }
}

extensible_sequence! {
    /// ASN.1 `Obstructions`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Obstructions, additions 0 {
        /// `location`.
        pub location: Position3D,
        /// `description`: `ITIScodes`, INTEGER (0..65535); ITIS code (SAE J2540).
        pub description: Option<u16>,
    }
}

/// `ShortString`: IA5String (SIZE(1..20)). Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(delegate, size("1..=20"))]
pub struct ShortString(pub Ia5String);
