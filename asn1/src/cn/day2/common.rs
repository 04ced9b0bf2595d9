//! Types that more than one phase-2 message uses.

use alloc::vec::Vec;

use rasn::prelude::*;

use crate::cn::common::{AccelerationSet4Way, PositionConfidenceSet, PositionOffsetLLV};
use crate::cn::confidence::{HeadingConfidence, SpeedConfidence};
use crate::cn::rsi::ReferenceLink;
use crate::macros::bit_string;
use crate::macros::extensible_sequence;

/// The corners of an area.
///
/// ASN.1 `Polygon`: 4 to 32 [`PositionOffsetLLV`]. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(delegate, size("4..=32"))]
pub struct Polygon(pub Vec<PositionOffsetLLV>);

bit_string! {
    /// What a vehicle does, should do or wants to do.
    ///
    /// ASN.1 `DriveBehavior`: BIT STRING (SIZE(14,...)). Source: T/CSAE 157-2020.
    pub struct DriveBehavior: extensible 14 {
        /// Bit 0, `goStraightForward`.
        GO_STRAIGHT_FORWARD = 0,
        /// Bit 1, `laneChangingToLeft`.
        LANE_CHANGING_TO_LEFT = 1,
        /// Bit 2, `laneChangingToRight`.
        LANE_CHANGING_TO_RIGHT = 2,
        /// Bit 3, `rampIn`.
        RAMP_IN = 3,
        /// Bit 4, `rampOut`.
        RAMP_OUT = 4,
        /// Bit 5, `intersectionStraightThrough`.
        INTERSECTION_STRAIGHT_THROUGH = 5,
        /// Bit 6, `intersectionTurnLeft`.
        INTERSECTION_TURN_LEFT = 6,
        /// Bit 7, `intersectionTurnRight`.
        INTERSECTION_TURN_RIGHT = 7,
        /// Bit 8, `intersectionUTurn`.
        INTERSECTION_U_TURN = 8,
        /// Bit 9, `stop-and-go`.
        STOP_AND_GO = 9,
        /// Bit 10, `stop`.
        STOP = 10,
        /// Bit 11, `slow-down`.
        SLOW_DOWN = 11,
        /// Bit 12, `speed-up`.
        SPEED_UP = 12,
        /// Bit 13, `parking`.
        PARKING = 13,
    }
}

extensible_sequence! {
    /// One point of a way that is planned.
    ///
    /// ASN.1 `PathPlanningPoint`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct PathPlanningPoint, additions 0 {
        /// `posInMap`.
        #[rasn(identifier = "posInMap")]
        pub pos_in_map: Option<ReferenceLink>,
        /// `pos`.
        pub pos: PositionOffsetLLV,
        /// `posAccuracy`.
        #[rasn(identifier = "posAccuracy")]
        pub pos_accuracy: Option<PositionConfidenceSet>,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: Option<u16>,
        /// `speedCfd`.
        #[rasn(identifier = "speedCfd")]
        pub speed_cfd: Option<SpeedConfidence>,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: Option<u16>,
        /// `headingCfd`.
        #[rasn(identifier = "headingCfd")]
        pub heading_cfd: Option<HeadingConfidence>,
        /// `accelSet`.
        #[rasn(identifier = "accelSet")]
        pub accel_set: Option<AccelerationSet4Way>,
        /// `acc4WayConfidence`.
        #[rasn(identifier = "acc4WayConfidence")]
        pub acc4_way_confidence: Option<AccSet4WayConfidence>,
        /// `estimatedTime`: `TimeOffset`, INTEGER (1..65535); 10 ms.
        #[rasn(identifier = "estimatedTime", value("1..=65535"))]
        pub estimated_time: Option<u16>,
        /// `timeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(identifier = "timeConfidence", value("0..=200"))]
        pub time_confidence: Option<u8>,
    }
}

/// How sure an [`AccelerationSet4Way`] is.
///
/// ASN.1 `AccSet4WayConfidence`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct AccSet4WayConfidence {
    /// `lonAccConfidence`.
    #[rasn(identifier = "lonAccConfidence")]
    pub lon_acc_confidence: AccConfidence,
    /// `latAccConfidence`.
    #[rasn(identifier = "latAccConfidence")]
    pub lat_acc_confidence: AccConfidence,
    /// `vertAccConfidence`.
    #[rasn(identifier = "vertAccConfidence")]
    pub vert_acc_confidence: AccConfidence,
    /// `yawRateCon`.
    #[rasn(identifier = "yawRateCon")]
    pub yaw_rate_con: AngularVConfidence,
}

/// ASN.1 `AccConfidence`: ENUMERATED. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AccConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec100deg`.
    #[rasn(identifier = "prec100deg")]
    Prec100deg = 1,
    /// `prec10deg`.
    #[rasn(identifier = "prec10deg")]
    Prec10deg = 2,
    /// `prec5deg`.
    #[rasn(identifier = "prec5deg")]
    Prec5deg = 3,
    /// `prec1deg`.
    #[rasn(identifier = "prec1deg")]
    Prec1deg = 4,
    /// `prec0-1deg`.
    #[rasn(identifier = "prec0-1deg")]
    Prec0_1deg = 5,
    /// `prec0-05deg`.
    #[rasn(identifier = "prec0-05deg")]
    Prec0_05deg = 6,
    /// `prec0-01deg`.
    #[rasn(identifier = "prec0-01deg")]
    Prec0_01deg = 7,
}

/// ASN.1 `AngularVConfidence`: ENUMERATED. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
pub enum AngularVConfidence {
    /// `unavailable`.
    #[rasn(identifier = "unavailable")]
    Unavailable = 0,
    /// `prec100deg`.
    #[rasn(identifier = "prec100deg")]
    Prec100deg = 1,
    /// `prec10deg`.
    #[rasn(identifier = "prec10deg")]
    Prec10deg = 2,
    /// `prec5deg`.
    #[rasn(identifier = "prec5deg")]
    Prec5deg = 3,
    /// `prec1deg`.
    #[rasn(identifier = "prec1deg")]
    Prec1deg = 4,
    /// `prec0-1deg`.
    #[rasn(identifier = "prec0-1deg")]
    Prec0_1deg = 5,
    /// `prec0-05deg`.
    #[rasn(identifier = "prec0-05deg")]
    Prec0_05deg = 6,
    /// `prec0-01deg`.
    #[rasn(identifier = "prec0-01deg")]
    Prec0_01deg = 7,
}
