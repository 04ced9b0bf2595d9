//! VPM of T/CSAE 157-2020: the vehicle's answer to an offer, with what its unit holds.
//! Where a number has no unit here, the sources at hand name none.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::vpm::{Extensible127, PaymentEntityID, StationOrGantryId};
use crate::UnknownAlternative;
use crate::cn::common::Position3D;
use crate::cn::n4::types::DDateTime;
use crate::macros::extensible_sequence;
use crate::{Octets2, Octets4, Octets8, Octets12, Octets16, Octets64};

extensible_sequence! {
    /// The vehicle answers with what it holds.
    ///
    /// ASN.1 `VSI`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VSI, additions 0 {
        /// `time`.
        pub time: DDateTime,
        /// `obuId`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "obuId")]
        pub obu_id: Octets8,
        /// `targetId`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "targetId")]
        pub target_id: Option<Octets8>,
        /// `obuInfo`.
        #[rasn(identifier = "obuInfo")]
        pub obu_info: Option<OBUInfo>,
        /// `vpapplicationList`: 1 to 16 [`VPApplicationParameter`].
        #[rasn(identifier = "vpapplicationList", size("1..=16"))]
        pub vp_application_list: Option<Vec<VPApplicationParameter>>,
        /// `rndOBU`: `RandStr8`, OCTET STRING (SIZE(8)); a random string.
        #[rasn(identifier = "rndOBU")]
        pub rnd_obu: Option<Octets8>,
    }
}

extensible_sequence! {
    /// What unit the vehicle has.
    ///
    /// ASN.1 `OBUInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OBUInfo, additions 0 {
        /// `obuType`.
        #[rasn(identifier = "obuType")]
        pub obu_type: OBUType,
        /// `obuMotionStatus`.
        #[rasn(identifier = "obuMotionStatus")]
        pub obu_motion_status: Option<OBUMotionStatus>,
    }
}

/// ASN.1 `OBUType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum OBUType {
    /// `oemObu`.
    #[rasn(identifier = "oemObu")]
    OemObu = 0,
    /// `aftermarketObu`.
    #[rasn(identifier = "aftermarketObu")]
    AftermarketObu = 1,
    /// `mobilePhone`.
    #[rasn(identifier = "mobilePhone")]
    MobilePhone = 2,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// Where the vehicle is and how it moves.
    ///
    /// ASN.1 `OBUMotionStatus`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OBUMotionStatus, additions 0 {
        /// `pos`.
        pub pos: Option<Position3D>,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
    }
}

extensible_sequence! {
    /// What the vehicle holds for one thing that can be paid.
    ///
    /// ASN.1 `VPApplicationParameter`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VPApplicationParameter, additions 0 {
        /// `pid`.
        pub pid: PaymentEntityID,
        /// `obuPaymentInfo`.
        #[rasn(identifier = "obuPaymentInfo")]
        pub obu_payment_info: OBUPaymentInfo,
    }
}

/// ASN.1 `OBUPaymentInfo`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // The other one is what nobody sends yet.
pub enum OBUPaymentInfo {
    /// `obuPaymentInfoType1`.
    #[rasn(identifier = "obuPaymentInfoType1")]
    ObuPaymentInfoType1(OBUPaymentInfoType1),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `OBUPaymentInfoType1`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct OBUPaymentInfoType1, additions 0 {
        /// `equipmentClass`.
        #[rasn(identifier = "equipmentClass")]
        pub equipment_class: Option<EquipmentClass>,
        /// `gbiCCInfo`.
        #[rasn(identifier = "gbiCCInfo")]
        pub gbi_cc_info: Option<GBICCInfo>,
        /// `sysInfo`.
        #[rasn(identifier = "sysInfo")]
        pub sys_info: Option<SysInfo>,
        /// `vehicleInfo`.
        #[rasn(identifier = "vehicleInfo")]
        pub vehicle_info: Option<VehicleInfo>,
        /// `passedSitesInfo`.
        #[rasn(identifier = "passedSitesInfo")]
        pub passed_sites_info: Option<PassedSitesInfo>,
    }
}

/// ASN.1 `EquipmentClass`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum EquipmentClass {
    /// `onechipOBU`.
    #[rasn(identifier = "onechipOBU")]
    OnechipOBU = 0,
    /// `iccOBU`.
    #[rasn(identifier = "iccOBU")]
    IccOBU = 1,
    /// `cpcOBU`.
    #[rasn(identifier = "cpcOBU")]
    CpcOBU = 2,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

extensible_sequence! {
    /// What is on the card in the vehicle's unit.
    ///
    /// ASN.1 `GBICCInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GBICCInfo, additions 0 {
        /// `iccIssueInfo`: OCTET STRING (SIZE(0..127,...)).
        #[rasn(identifier = "iccIssueInfo", size("0..=127", extensible))]
        pub icc_issue_info: OctetString,
        /// `iccUniTollInfo`: OCTET STRING (SIZE(0..127,...)).
        #[rasn(identifier = "iccUniTollInfo", size("0..=127", extensible))]
        pub icc_uni_toll_info: OctetString,
        /// `iccBalance`: OCTET STRING (SIZE(0..127,...)).
        #[rasn(identifier = "iccBalance", size("0..=127", extensible))]
        pub icc_balance: OctetString,
    }
}

extensible_sequence! {
    /// The contract in the vehicle's unit.
    ///
    /// ASN.1 `SysInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SysInfo, additions 0 {
        /// `contractProvider`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "contractProvider")]
        pub contract_provider: Octets8,
        /// `contractType`: INTEGER (0..127,...).
        #[rasn(identifier = "contractType")]
        pub contract_type: Extensible127,
        /// `contractVersion`: INTEGER (0..127,...).
        #[rasn(identifier = "contractVersion")]
        pub contract_version: Extensible127,
        /// `contractSerialNumer`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "contractSerialNumer")]
        pub contract_serial_numer: Octets8,
        /// `contractSignedDate`.
        #[rasn(identifier = "contractSignedDate")]
        pub contract_signed_date: Date,
        /// `contractExpiredDate`.
        #[rasn(identifier = "contractExpiredDate")]
        pub contract_expired_date: Date,
        /// `reserved`: OCTET STRING (SIZE(64)).
        pub reserved: Octets64,
    }
}

/// A day.
///
/// ASN.1 `Date`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct Date {
    /// `year`: `DYear`, INTEGER (0..4095); year of our era; 0 is unknown.
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
    /// The vehicle, as registered with its unit.
    ///
    /// ASN.1 `VehicleInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct VehicleInfo, additions 0 {
        /// `vehicleLicencePlateNumber`: OCTET STRING (SIZE(12)).
        #[rasn(identifier = "vehicleLicencePlateNumber")]
        pub vehicle_licence_plate_number: Octets12,
        /// `vehicleLicencePlateColor`: OCTET STRING (SIZE(2)).
        #[rasn(identifier = "vehicleLicencePlateColor")]
        pub vehicle_licence_plate_color: Octets2,
        /// `vehicleTollingClass`: INTEGER (0..127,...).
        #[rasn(identifier = "vehicleTollingClass")]
        pub vehicle_tolling_class: Extensible127,
        /// `vehicleUserType`: INTEGER (0..127,...).
        #[rasn(identifier = "vehicleUserType")]
        pub vehicle_user_type: Extensible127,
        /// `vehicleDimensions`.
        #[rasn(identifier = "vehicleDimensions")]
        pub vehicle_dimensions: VehicleDimensions,
        /// `vehicleWheels`: INTEGER (0..127).
        #[rasn(identifier = "vehicleWheels", value("0..=127"))]
        pub vehicle_wheels: u8,
        /// `vehicleAxles`: INTEGER (0..127).
        #[rasn(identifier = "vehicleAxles", value("0..=127"))]
        pub vehicle_axles: u8,
        /// `vehicleWheelBases`: INTEGER (0..65535).
        #[rasn(identifier = "vehicleWheelBases")]
        pub vehicle_wheel_bases: u16,
        /// `vehicleWeightLimits`: INTEGER (0..16777215).
        #[rasn(identifier = "vehicleWeightLimits", value("0..=16777215"))]
        pub vehicle_weight_limits: u32,
        /// `vehicleSpecificInformation`: OCTET STRING (SIZE(16)).
        #[rasn(identifier = "vehicleSpecificInformation")]
        pub vehicle_specific_information: Octets16,
        /// `vehicleEngineNumber`: OCTET STRING (SIZE(16)).
        #[rasn(identifier = "vehicleEngineNumber")]
        pub vehicle_engine_number: Octets16,
        /// `description`: OCTET STRING (SIZE(1..256)).
        #[rasn(size("1..=256"))]
        pub description: Option<OctetString>,
    }
}

extensible_sequence! {
    /// How large the vehicle is.
    ///
    /// ASN.1 `VehicleDimensions`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct VehicleDimensions, additions 0 {
        /// `vehicleLength`: INTEGER (0..65535).
        #[rasn(identifier = "vehicleLength")]
        pub vehicle_length: u16,
        /// `vehicleWidth`: INTEGER (0..255).
        #[rasn(identifier = "vehicleWidth")]
        pub vehicle_width: u8,
        /// `vehicleHeigth`: INTEGER (0..255).
        #[rasn(identifier = "vehicleHeigth")]
        pub vehicle_heigth: u8,
    }
}

extensible_sequence! {
    /// Where the vehicle entered and what it passed.
    ///
    /// ASN.1 `PassedSitesInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PassedSitesInfo, additions 0 {
        /// `entranceInfo`.
        #[rasn(identifier = "entranceInfo")]
        pub entrance_info: Option<PassedPos>,
        /// `passedPos`: 2 to 512 [`PassedPos`].
        #[rasn(identifier = "passedPos", size("2..=512"))]
        pub passed_pos: Option<Vec<PassedPos>>,
    }
}

extensible_sequence! {
    /// One station or gantry passed.
    ///
    /// ASN.1 `PassedPos`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PassedPos, additions 0 {
        /// `tollingPos`.
        #[rasn(identifier = "tollingPos")]
        pub tolling_pos: TollingPos,
        /// `tollingTime`.
        #[rasn(identifier = "tollingTime")]
        pub tolling_time: DDateTime,
        /// `tollingAmount`: OCTET STRING (SIZE(4)).
        #[rasn(identifier = "tollingAmount")]
        pub tolling_amount: Option<Octets4>,
    }
}

extensible_sequence! {
    /// A station or gantry, and where it is.
    ///
    /// ASN.1 `TollingPos`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct TollingPos, additions 0 {
        /// `id`: [`StationOrGantryId`].
        pub id: StationOrGantryId,
        /// `pos`.
        pub pos: Option<Position3D>,
    }
}
