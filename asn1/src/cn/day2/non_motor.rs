//! Road users without a motor vehicle around them, which PSM and SSM share.

use rasn::prelude::*;

use crate::macros::bit_string;
use crate::macros::extensible_sequence;
use crate::road_users::{
    Attachment, NumberOfParticipantsInCluster, PersonalAssistive, PersonalDeviceUsageState, PropelledInformation,
};

extensible_sequence! {
    /// What kind of road user it is, and what it is with.
    ///
    /// ASN.1 `Non-motorData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NonMotorData, additions 0 {
        /// `basicType`.
        #[rasn(identifier = "basicType")]
        pub basic_type: PersonalDeviceUserType,
        /// `propulsion`.
        pub propulsion: Option<PropelledInformation>,
        /// `clusterSize`.
        #[rasn(identifier = "clusterSize")]
        pub cluster_size: Option<NumberOfParticipantsInCluster>,
        /// `attachment`.
        pub attachment: Option<Attachment>,
        /// `personalExt`.
        #[rasn(identifier = "personalExt")]
        pub personal_ext: Option<PersonalExtensions>,
        /// `roadWorkerExt`.
        #[rasn(identifier = "roadWorkerExt")]
        pub road_worker_ext: Option<RoadWorkerExtensions>,
        /// `personalReq`.
        #[rasn(identifier = "personalReq")]
        pub personal_req: Option<PersonalRequest>,
    }
}

/// ASN.1 `PersonalDeviceUserType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PersonalDeviceUserType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `aPEDESTRIAN`.
    #[rasn(identifier = "aPEDESTRIAN")]
    APEDESTRIAN = 1,
    /// `aPEDALCYCLIST`.
    #[rasn(identifier = "aPEDALCYCLIST")]
    APEDALCYCLIST = 2,
    /// `aROADWORKER`.
    #[rasn(identifier = "aROADWORKER")]
    AROADWORKER = 3,
    /// `anANIMAL`.
    #[rasn(identifier = "anANIMAL")]
    AnANIMAL = 4,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// What a person does with a device, and what help it needs.
    ///
    /// ASN.1 `PersonalExtensions`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PersonalExtensions, additions 0 {
        /// `useState`.
        #[rasn(identifier = "useState")]
        pub use_state: Option<PersonalDeviceUsageState>,
        /// `assistType`.
        #[rasn(identifier = "assistType")]
        pub assist_type: Option<PersonalAssistive>,
    }
}

extensible_sequence! {
    /// Who works on the road, and at what.
    ///
    /// ASN.1 `RoadWorkerExtensions`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RoadWorkerExtensions, additions 0 {
        /// `workerType`.
        #[rasn(identifier = "workerType")]
        pub worker_type: Option<RoadWorkerType>,
        /// `activityType`.
        #[rasn(identifier = "activityType")]
        pub activity_type: Option<RoadWorkerActivityType>,
    }
}

/// ASN.1 `RoadWorkerType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum RoadWorkerType {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `trafficPolice`.
    #[rasn(identifier = "trafficPolice")]
    TrafficPolice = 1,
    /// `constructionPersonnel`.
    #[rasn(identifier = "constructionPersonnel")]
    ConstructionPersonnel = 2,
    /// `policeOfficers`.
    #[rasn(identifier = "policeOfficers")]
    PoliceOfficers = 3,
    /// `trafficControlPersons`.
    #[rasn(identifier = "trafficControlPersons")]
    TrafficControlPersons = 4,
    /// `railroadCrossingGuards`.
    #[rasn(identifier = "railroadCrossingGuards")]
    RailroadCrossingGuards = 5,
    /// `emergencyOrganizationPersonnel`.
    #[rasn(identifier = "emergencyOrganizationPersonnel")]
    EmergencyOrganizationPersonnel = 6,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

bit_string! {
    /// ASN.1 `RoadWorkerActivityType`: BIT STRING (SIZE(6,...)). Source: T/CSAE 157-2020.
    pub struct RoadWorkerActivityType: extensible 6 {
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

extensible_sequence! {
    /// What a person asks of the traffic.
    ///
    /// ASN.1 `PersonalRequest`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PersonalRequest, additions 0 {
        /// `crossing`.
        pub crossing: Option<PersonalCrossing>,
    }
}

/// ASN.1 `PersonalCrossing`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum PersonalCrossing {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `request`.
    #[rasn(identifier = "request")]
    Request = 1,
    /// `crossing`.
    #[rasn(identifier = "crossing")]
    Crossing = 2,
    /// `finish`.
    #[rasn(identifier = "finish")]
    Finish = 3,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
