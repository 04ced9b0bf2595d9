//! VPM of T/CSAE 157-2020: what is read from and written to the vehicle's unit.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::vpm::PaymentEntityID;
use super::vpm_obu::TollingPos;
use crate::UnknownAlternative;
use crate::cn::n4::types::DDateTime;
use crate::macros::extensible_sequence;
use crate::{Octets1, Octets3, Octets4, Octets6, Octets7, Octets8, Octets127};

extensible_sequence! {
    /// One thing to do.
    ///
    /// ASN.1 `Action-Request`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ActionRequest, additions 0 {
        /// `time`.
        pub time: DDateTime,
        /// `mode`.
        pub mode: bool,
        /// `sourceId`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "sourceId")]
        pub source_id: Octets8,
        /// `targetId`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "targetId")]
        pub target_id: Option<Octets8>,
        /// `paymentEntityId`.
        #[rasn(identifier = "paymentEntityId")]
        pub payment_entity_id: PaymentEntityID,
        /// `actionParameter`.
        #[rasn(identifier = "actionParameter")]
        pub action_parameter: TransInfo,
        /// `accessCredentials`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "accessCredentials")]
        pub access_credentials: Option<Octets8>,
    }
}

/// What is to be done, or was.
///
/// ASN.1 `TransInfo`: CHOICE, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TransInfo {
    /// `getTollDataRq`.
    #[rasn(identifier = "getTollDataRq")]
    GetTollDataRq(GetTollDataRq),
    /// `getTollDataRs`.
    #[rasn(identifier = "getTollDataRs")]
    GetTollDataRs(GetTollDataRs),
    /// `getSecureRq`.
    #[rasn(identifier = "getSecureRq")]
    GetSecureRq(GetSecureRq),
    /// `getSecureRs`.
    #[rasn(identifier = "getSecureRs")]
    GetSecureRs(GetSecureRs),
    /// `setTollDataRq`.
    #[rasn(identifier = "setTollDataRq")]
    SetTollDataRq(SetTollDataRq),
    /// `setTollDataRs`.
    #[rasn(identifier = "setTollDataRs")]
    SetTollDataRs(SetTollDataRs),
    /// `transferChannelRq`.
    #[rasn(identifier = "transferChannelRq")]
    TransferChannelRq(ChannelRq),
    /// `transferChannelRs`.
    #[rasn(identifier = "transferChannelRs")]
    TransferChannelRs(ChannelRs),
    /// `setMMIRq`.
    #[rasn(identifier = "setMMIRq")]
    SetMMIRq(SetMMIRq),
    /// One of a later edition, as it came.
    #[rasn(extension_addition, identifier = "unknownAlternative")]
    UnknownAlternative(UnknownAlternative),
}

extensible_sequence! {
    /// ASN.1 `GetTollDataRq`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GetTollDataRq, additions 0 {
        /// `vehicleInfo`.
        #[rasn(identifier = "vehicleInfo")]
        pub vehicle_info: RangeOfFile,
        /// `tollInfo`.
        #[rasn(identifier = "tollInfo")]
        pub toll_info: Option<RangeOfFile>,
        /// `keyIdForAC`: INTEGER (0..255).
        #[rasn(identifier = "keyIdForAC")]
        pub key_id_for_ac: Option<u8>,
    }
}

/// A part of a file.
///
/// ASN.1 `RangeOfFile`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RangeOfFile {
    /// `offset`: INTEGER (0..32767).
    #[rasn(value("0..=32767"))]
    pub offset: u16,
    /// `length`: INTEGER (0..127).
    #[rasn(value("0..=127"))]
    pub length: u8,
}

extensible_sequence! {
    /// ASN.1 `GetTollDataRs`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct GetTollDataRs, additions 0 {
        /// `vehicleInfo`: `File`, OCTET STRING (SIZE(127)).
        #[rasn(identifier = "vehicleInfo")]
        pub vehicle_info: Octets127,
        /// `tollInfo`: `File`, OCTET STRING (SIZE(127)).
        #[rasn(identifier = "tollInfo")]
        pub toll_info: Option<Octets127>,
    }
}

extensible_sequence! {
    /// ASN.1 `GetSecureRq`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GetSecureRq, additions 0 {
        /// `vehicleInfo`.
        #[rasn(identifier = "vehicleInfo")]
        pub vehicle_info: RangeOfFile,
        /// `rndRsuForAuthen`: `RandStr8`, OCTET STRING (SIZE(8)); a random string.
        #[rasn(identifier = "rndRsuForAuthen")]
        pub rnd_rsu_for_authen: Octets8,
        /// `keyIdForAuthen`: INTEGER (0..255).
        #[rasn(identifier = "keyIdForAuthen")]
        pub key_id_for_authen: u8,
        /// `keyIdForEncrypt`: INTEGER (0..255).
        #[rasn(identifier = "keyIdForEncrypt")]
        pub key_id_for_encrypt: Option<u8>,
    }
}

extensible_sequence! {
    /// ASN.1 `GetSecureRs`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct GetSecureRs, additions 0 {
        /// `file`.
        pub file: RangeOfFile,
        /// `authenticator`: OCTET STRING (SIZE(8)).
        pub authenticator: Octets8,
    }
}

extensible_sequence! {
    /// ASN.1 `SetTollDataRq`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetTollDataRq, additions 0 {
        /// `rndRSU`: `RandStr8`, OCTET STRING (SIZE(8)); a random string.
        #[rasn(identifier = "rndRSU")]
        pub rnd_rsu: Option<Octets8>,
        /// `transPara`.
        #[rasn(identifier = "transPara")]
        pub trans_para: Option<TransPara>,
        /// `tollInfo`.
        #[rasn(identifier = "tollInfo")]
        pub toll_info: Option<PartOfFile>,
        /// `tollingPos`.
        #[rasn(identifier = "tollingPos")]
        pub tolling_pos: Option<TollingPos>,
        /// `keyIdForAuthen`: INTEGER (0..255).
        #[rasn(identifier = "keyIdForAuthen")]
        pub key_id_for_authen: Option<u8>,
    }
}

/// The payment, as it is written to the unit.
///
/// ASN.1 `TransPara`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TransPara {
    /// `transAmount`: OCTET STRING (SIZE(4)).
    #[rasn(identifier = "transAmount")]
    pub trans_amount: Octets4,
    /// `transType`: OCTET STRING (SIZE(1)).
    #[rasn(identifier = "transType")]
    pub trans_type: Octets1,
    /// `terminalID`: OCTET STRING (SIZE(6)).
    #[rasn(identifier = "terminalID")]
    pub terminal_id: Octets6,
    /// `transSN`: OCTET STRING (SIZE(4)).
    #[rasn(identifier = "transSN")]
    pub trans_sn: Octets4,
    /// `transTime`: OCTET STRING (SIZE(7)).
    #[rasn(identifier = "transTime")]
    pub trans_time: Octets7,
    /// `transStationID`: OCTET STRING (SIZE(3)).
    #[rasn(identifier = "transStationID")]
    pub trans_station_id: Octets3,
}

/// A part of a file with what to write there.
///
/// ASN.1 `PartOfFile`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PartOfFile {
    /// `offset`: INTEGER (0..32767).
    #[rasn(value("0..=32767"))]
    pub offset: u16,
    /// `length`: INTEGER (0..127).
    #[rasn(value("0..=127"))]
    pub length: u8,
    /// `fileContent`: `File`, OCTET STRING (SIZE(127)).
    #[rasn(identifier = "fileContent")]
    pub file_content: Octets127,
}

extensible_sequence! {
    /// ASN.1 `SetTollDataRs`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SetTollDataRs, additions 0 {
        /// `tacInfo`: OCTET STRING (SIZE(4)).
        #[rasn(identifier = "tacInfo")]
        pub tac_info: Option<Octets4>,
        /// `authenticator`: OCTET STRING (SIZE(8)).
        pub authenticator: Option<Octets8>,
        /// `accountInfo`.
        #[rasn(identifier = "accountInfo")]
        pub account_info: Option<AccountInfo>,
        /// `transCredential`.
        #[rasn(identifier = "transCredential")]
        pub trans_credential: Option<TransCredential>,
    }
}

extensible_sequence! {
    /// ASN.1 `AccountInfo`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccountInfo, additions 0 {
        /// `account`: OCTET STRING (SIZE(2..32)).
        #[rasn(size("2..=32"))]
        pub account: OctetString,
    }
}

extensible_sequence! {
    /// ASN.1 `TransCredential`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct TransCredential, additions 0 {
        /// `tc`: OCTET STRING (SIZE(32,...)).
        #[rasn(size("32", extensible))]
        pub tc: OctetString,
    }
}

extensible_sequence! {
    /// Commands for a part of the unit.
    ///
    /// ASN.1 `ChannelRq`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ChannelRq, additions 0 {
        /// `channelid`.
        #[rasn(identifier = "channelid")]
        pub channel_id: ChannelID,
        /// `apdu`: any number of OCTET STRING (SIZE(127)); one command each.
        pub apdu: Vec<Octets127>,
    }
}

/// ASN.1 `ChannelID`: ENUMERATED. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum ChannelID {
    /// `obu`.
    #[rasn(identifier = "obu")]
    Obu = 0,
    /// `esam`.
    #[rasn(identifier = "esam")]
    Esam = 1,
    /// `icc`.
    #[rasn(identifier = "icc")]
    Icc = 2,
    /// `hmi`.
    #[rasn(identifier = "hmi")]
    Hmi = 3,
    /// `beeper`.
    #[rasn(identifier = "beeper")]
    Beeper = 4,
}

extensible_sequence! {
    /// The answers of a part of the unit.
    ///
    /// ASN.1 `ChannelRs`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ChannelRs, additions 0 {
        /// `channelid`.
        #[rasn(identifier = "channelid")]
        pub channel_id: ChannelID,
        /// `apdu`: any number of OCTET STRING (SIZE(127)); one answer each.
        pub apdu: Vec<Octets127>,
    }
}

extensible_sequence! {
    /// What to show to the driver.
    ///
    /// ASN.1 `SetMMIRq`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct SetMMIRq, additions 0 {
        /// `toll`.
        pub toll: TollResult,
    }
}

/// ASN.1 `TollResult`: ENUMERATED. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum TollResult {
    /// `ok`.
    #[rasn(identifier = "ok")]
    Ok = 0,
    /// `nok`.
    #[rasn(identifier = "nok")]
    Nok = 1,
    /// `contactOperator`.
    #[rasn(identifier = "contactOperator")]
    ContactOperator = 2,
}

extensible_sequence! {
    /// What came of it.
    ///
    /// ASN.1 `Action-Response`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct ActionResponse, additions 0 {
        /// `time`.
        pub time: DDateTime,
        /// `sourceId`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "sourceId")]
        pub source_id: Octets8,
        /// `targetId`: OCTET STRING (SIZE(8)).
        #[rasn(identifier = "targetId")]
        pub target_id: Option<Octets8>,
        /// `paymentEntityId`.
        #[rasn(identifier = "paymentEntityId")]
        pub payment_entity_id: PaymentEntityID,
        /// `responseParameter`.
        #[rasn(identifier = "responseParameter")]
        pub response_parameter: Option<TransInfo>,
        /// `ret`.
        pub ret: ReturnStatus,
    }
}

/// ASN.1 `ReturnStatus`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ReturnStatus {
    /// `noError`.
    #[rasn(identifier = "noError")]
    NoError = 0,
    /// `accessDenied`.
    #[rasn(identifier = "accessDenied")]
    AccessDenied = 1,
    /// `argumnetError`.
    #[rasn(identifier = "argumnetError")]
    ArgumnetError = 2,
    /// `complexityLimitation`.
    #[rasn(identifier = "complexityLimitation")]
    ComplexityLimitation = 3,
    /// `processingFailure`.
    #[rasn(identifier = "processingFailure")]
    ProcessingFailure = 4,
    /// `processing`.
    #[rasn(identifier = "processing")]
    Processing = 5,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}
