//! What SPAT says of a controller in both families alike.

use rasn::prelude::*;

use crate::macros::bit_string;

bit_string! {
    /// ASN.1 `IntersectionStatusObject`: BIT STRING (SIZE(16)). Source: SAE J2735 2024-09; GB/T 31024.3-2019 / T/CSAE 53-2020.
    pub struct IntersectionStatusObject: fixed 16 {
        /// Bit 0, `manualControlIsEnabled`.
        MANUAL_CONTROL_IS_ENABLED = 0,
        /// Bit 1, `stopTimeIsActivated`.
        STOP_TIME_IS_ACTIVATED = 1,
        /// Bit 2, `failureFlash`.
        FAILURE_FLASH = 2,
        /// Bit 3, `preemptIsActive`.
        PREEMPT_IS_ACTIVE = 3,
        /// Bit 4, `signalPriorityIsActive`.
        SIGNAL_PRIORITY_IS_ACTIVE = 4,
        /// Bit 5, `fixedTimeOperation`.
        FIXED_TIME_OPERATION = 5,
        /// Bit 6, `trafficDependentOperation`.
        TRAFFIC_DEPENDENT_OPERATION = 6,
        /// Bit 7, `standbyOperation`.
        STANDBY_OPERATION = 7,
        /// Bit 8, `failureMode`.
        FAILURE_MODE = 8,
        /// Bit 9, `off`.
        OFF = 9,
        /// Bit 10, `recentMAPmessageUpdate`.
        RECENT_MAP_MESSAGE_UPDATE = 10,
        /// Bit 11, `recentChangeInMAPassignedLanesIDsUsed`.
        RECENT_CHANGE_IN_MAP_ASSIGNED_LANES_IDS_USED = 11,
        /// Bit 12, `noValidMAPisAvailableAtThisTime`.
        NO_VALID_MAP_IS_AVAILABLE_AT_THIS_TIME = 12,
        /// Bit 13, `noValidSPATisAvailableAtThisTime`.
        NO_VALID_SPAT_IS_AVAILABLE_AT_THIS_TIME = 13,
    }
}
