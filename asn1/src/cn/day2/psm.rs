//! PSM of T/CSAE 157-2020: what a person on the road says about itself.

use alloc::vec::Vec;

use rasn::prelude::*;

use super::common::PathPlanningPoint;
use super::non_motor::NonMotorData;
use crate::Octets8;
use crate::cn::bsm::PositionalAccuracy;
use crate::cn::common::{AccelerationSet4Way, Position3D};
use crate::cn::confidence::TimeConfidence;
use crate::cn::n4::types::PathHistory;
use crate::macros::extensible_sequence;

extensible_sequence! {
    /// PSM: what a person on the road says about itself.
    ///
    /// ASN.1 `PersonalSafetyMessage`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PersonalSafetyMessage, additions 0 {
        /// `msgCnt`: `MsgCount`, INTEGER (0..127); counts messages and wraps after 127.
        #[rasn(identifier = "msgCnt", value("0..=127"))]
        pub msg_cnt: u8,
        /// `id`: OCTET STRING (SIZE(8)).
        pub id: Octets8,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `timeConfidence`.
        #[rasn(identifier = "timeConfidence")]
        pub time_confidence: Option<TimeConfidence>,
        /// `pos`.
        pub pos: Position3D,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: PositionalAccuracy,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
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
        /// `path-Planning`: 1 to 100 [`PathPlanningPoint`].
        #[rasn(identifier = "path-Planning", size("1..=100"))]
        pub path_planning: Option<Vec<PathPlanningPoint>>,
        /// `overallRadius`: INTEGER (0..200); 0.1 m.
        #[rasn(identifier = "overallRadius", value("0..=200"))]
        pub overall_radius: u8,
        /// `non-motorData`.
        #[rasn(identifier = "non-motorData")]
        pub non_motor_data: NonMotorData,
    }
}
