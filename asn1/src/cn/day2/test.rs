//! TEST of T/CSAE 157-2020: octets for trials.

use rasn::prelude::*;

/// TEST: octets for trials.
///
/// ASN.1 `TestMsg`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct TestMsg {
    /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
    #[rasn(identifier = "msgCnt", value("0..=127"))]
    pub msg_cnt: u8,
    /// `userData`: OCTET STRING (SIZE(1..2048)).
    #[rasn(identifier = "userData", size("1..=2048"))]
    pub user_data: OctetString,
}
