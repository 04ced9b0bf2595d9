//! `msgFrameExt`: a number that says which message follows, and the message as an open type.

use rasn::prelude::*;

use super::clpmm::CLPMM;
use super::pam::PAMData;
use super::psm::PersonalSafetyMessage;
use super::rsc::RoadsideCoordination;
use super::rtcm::RTCMcorrections;
use super::ssm::SensorSharingMsg;
use super::test::TestMsg;
use super::vir::VehIntentionAndRequest;
use super::vpm::VehiclePaymentMessage;
use crate::numbered::numbered;

numbered! {
    /// A message of phase 2, by its type.
    ///
    /// ASN.1 `MessageFrameExt`: SEQUENCE, extensible, of `messageId` and `value`. Source: T/CSAE 157-2020.
    pub enum MessageFrameExt {
        "messageId": 32767, "value", extensible true,
        /// TEST.
        Test(TestMsg) = 0,
        /// RTCM.
        Rtcm(RTCMcorrections) = 10,
        /// RSC.
        Rsc(RoadsideCoordination) = 11,
        /// SSM.
        Ssm(SensorSharingMsg) = 12,
        /// VIR.
        Vir(VehIntentionAndRequest) = 13,
        /// PAM.
        Pam(PAMData) = 14,
        /// PSM.
        Psm(PersonalSafetyMessage) = 15,
        /// CLPMM.
        Clpmm(CLPMM) = 16,
        /// VPM.
        Vpm(VehiclePaymentMessage) = 17,
    }
}

impl MessageFrameExt {
    /// The usual short name, such as `SSM`; `unknown` for a message that this version knows no type of.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Test(_) => "TEST",
            Self::Rtcm(_) => "RTCM",
            Self::Rsc(_) => "RSC",
            Self::Ssm(_) => "SSM",
            Self::Vir(_) => "VIR",
            Self::Pam(_) => "PAM",
            Self::Psm(_) => "PSM",
            Self::Clpmm(_) => "CLPMM",
            Self::Vpm(_) => "VPM",
            Self::Other(..) => "unknown",
        }
    }
}
