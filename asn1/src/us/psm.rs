//! PSM of SAE J2735: a vulnerable road user about itself.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::{
    AccelerationSet4Way, PathHistory, PathPrediction, Position3D, PositionalAccuracy, RegionalExtension,
};
use super::person::{Attachment, PersonalDeviceUserType, PropelledInformation};
use crate::Octets4;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;
pub use crate::road_users::{NumberOfParticipantsInCluster, PersonalAssistive, PersonalDeviceUsageState};

extensible_sequence! {
    /// PSM: what a vulnerable road user says about itself.
    ///
    /// ASN.1 `PersonalSafetyMessage`: SEQUENCE, extensible. Source: SAE J2735 2024-09.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PersonalSafetyMessage, additions 0 {
        /// `basicType`.
        #[rasn(identifier = "basicType")]
        pub basic_type: PersonalDeviceUserType,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: `TemporaryID`, OCTET STRING (SIZE(4)).
        pub id: Octets4,
        /// `position`.
        pub position: Position3D,
        /// `accuracy`.
        pub accuracy: PositionalAccuracy,
        /// `speed`: `Velocity`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: u16,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: u16,
        /// `accelSet`.
        #[rasn(identifier = "accelSet")]
        pub accel_set: Option<AccelerationSet4Way>,
        /// `pathHistory`.
        #[rasn(identifier = "pathHistory")]
        pub path_history: Option<PathHistory>,
        /// `pathPrediction`.
        #[rasn(identifier = "pathPrediction")]
        pub path_prediction: Option<PathPrediction>,
        /// `propulsion`.
        pub propulsion: Option<PropelledInformation>,
        /// `useState`.
        #[rasn(identifier = "useState")]
        pub use_state: Option<PersonalDeviceUsageState>,
        /// `crossRequest`: `PersonalCrossingRequest`, BOOLEAN.
        #[rasn(identifier = "crossRequest")]
        pub cross_request: Option<bool>,
        /// `crossState`: `PersonalCrossingInProgress`, BOOLEAN.
        #[rasn(identifier = "crossState")]
        pub cross_state: Option<bool>,
        /// `clusterSize`.
        #[rasn(identifier = "clusterSize")]
        pub cluster_size: Option<NumberOfParticipantsInCluster>,
        /// `clusterRadius`: `PersonalClusterRadius`, INTEGER (0..100).
        #[rasn(identifier = "clusterRadius", value("0..=100"))]
        pub cluster_radius: Option<u8>,
        /// `eventResponderType`.
        #[rasn(identifier = "eventResponderType")]
        pub event_responder_type: Option<PublicSafetyEventResponderWorkerType>,
        /// `activityType`.
        #[rasn(identifier = "activityType")]
        pub activity_type: Option<PublicSafetyAndRoadWorkerActivity>,
        /// `activitySubType`.
        #[rasn(identifier = "activitySubType")]
        pub activity_sub_type: Option<PublicSafetyDirectingTrafficSubType>,
        /// `assistType`.
        #[rasn(identifier = "assistType")]
        pub assist_type: Option<PersonalAssistive>,
        /// `sizing`.
        pub sizing: Option<UserSizeAndBehaviour>,
        /// `attachment`.
        pub attachment: Option<Attachment>,
        /// `attachmentRadius`: `AttachmentRadius`, INTEGER (0..200); 0.1 m.
        #[rasn(identifier = "attachmentRadius", value("0..=200"))]
        pub attachment_radius: Option<u8>,
        /// `animalType`.
        #[rasn(identifier = "animalType")]
        pub animal_type: Option<AnimalType>,
        /// `regional`: 1 to 4 [`RegionalExtension`].
        #[rasn(size("1..=4"))]
        pub regional: Option<Vec<RegionalExtension>>,
    }
}

/// ASN.1 `PublicSafetyEventResponderWorkerType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PublicSafetyEventResponderWorkerType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `towOperater`.
    #[rasn(identifier = "towOperater")]
    TowOperater = 1,
    /// `fireAndEMSWorker`.
    #[rasn(identifier = "fireAndEMSWorker")]
    FireAndEMSWorker = 2,
    /// `aDOTWorker`.
    #[rasn(identifier = "aDOTWorker")]
    ADOTWorker = 3,
    /// `lawEnforcement`.
    #[rasn(identifier = "lawEnforcement")]
    LawEnforcement = 4,
    /// `hazmatResponder`.
    #[rasn(identifier = "hazmatResponder")]
    HazmatResponder = 5,
    /// `animalControlWorker`.
    #[rasn(identifier = "animalControlWorker")]
    AnimalControlWorker = 6,
    /// `otherPersonnel`.
    #[rasn(identifier = "otherPersonnel")]
    OtherPersonnel = 7,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

bit_string! {
    /// ASN.1 `PublicSafetyAndRoadWorkerActivity`: BIT STRING (SIZE(6,...)). Source: SAE J2735 2024-09.
    pub struct PublicSafetyAndRoadWorkerActivity: extensible 6 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `workingOnRoad`.
        WORKING_ON_ROAD = 1,
        /// Bit 2, `settingUpClosures`.
        SETTING_UP_CLOSURES = 2,
        /// Bit 3, `respondingToEvents`.
        RESPONDING_TO_EVENTS = 3,
        /// Bit 4, `directingTraffic`.
        DIRECTING_TRAFFIC = 4,
        /// Bit 5, `otherActivities`.
        OTHER_ACTIVITIES = 5,
    }
}

bit_string! {
    /// ASN.1 `PublicSafetyDirectingTrafficSubType`: BIT STRING (SIZE(7,...)). Source: SAE J2735 2024-09.
    pub struct PublicSafetyDirectingTrafficSubType: extensible 7 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `policeAndTrafficOfficers`.
        POLICE_AND_TRAFFIC_OFFICERS = 1,
        /// Bit 2, `trafficControlPersons`.
        TRAFFIC_CONTROL_PERSONS = 2,
        /// Bit 3, `railroadCrossingGuards`.
        RAILROAD_CROSSING_GUARDS = 3,
        /// Bit 4, `civilDefenseNationalGuardMilitaryPolice`.
        CIVIL_DEFENSE_NATIONAL_GUARD_MILITARY_POLICE = 4,
        /// Bit 5, `emergencyOrganizationPersonnel`.
        EMERGENCY_ORGANIZATION_PERSONNEL = 5,
        /// Bit 6, `highwayServiceVehiclePersonnel`.
        HIGHWAY_SERVICE_VEHICLE_PERSONNEL = 6,
    }
}

bit_string! {
    /// ASN.1 `UserSizeAndBehaviour`: BIT STRING (SIZE(5,...)). Source: SAE J2735 2024-09.
    pub struct UserSizeAndBehaviour: extensible 5 {
        /// Bit 0, `unavailable`.
        UNAVAILABLE = 0,
        /// Bit 1, `smallStature`.
        SMALL_STATURE = 1,
        /// Bit 2, `largeStature`.
        LARGE_STATURE = 2,
        /// Bit 3, `erraticMoving`.
        ERRATIC_MOVING = 3,
        /// Bit 4, `slowMoving`.
        SLOW_MOVING = 4,
    }
}

/// ASN.1 `AnimalType`: ENUMERATED, extensible. Source: SAE J2735 2024-09.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum AnimalType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `serviceUse`.
    #[rasn(identifier = "serviceUse")]
    ServiceUse = 1,
    /// `pet`.
    #[rasn(identifier = "pet")]
    Pet = 2,
    /// `farm`.
    #[rasn(identifier = "farm")]
    Farm = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
