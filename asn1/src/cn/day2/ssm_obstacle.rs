//! SSM of T/CSAE 157-2020: obstacles that were seen.
//! Where a number has no unit here, the sources at hand name none.

use rasn::prelude::*;

use super::common::Polygon;
use crate::cn::common::{AccelerationSet4Way, PositionConfidenceSet, PositionOffsetLLV};
use crate::cn::confidence::{HeadingConfidence, SizeValueConfidence, SpeedConfidence};
use crate::cn::rsm::SourceType;
use crate::macros::extensible_sequence;

/// How sure a size is.
///
/// ASN.1 `ObjectSizeConfidence`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ObjectSizeConfidence {
    /// `widthConf`.
    #[rasn(identifier = "widthConf")]
    pub width_conf: SizeValueConfidence,
    /// `lengthConf`.
    #[rasn(identifier = "lengthConf")]
    pub length_conf: SizeValueConfidence,
    /// `heightConf`.
    #[rasn(identifier = "heightConf")]
    pub height_conf: Option<SizeValueConfidence>,
}

extensible_sequence! {
    /// One obstacle that was seen.
    ///
    /// ASN.1 `DetectedObstacleData`: SEQUENCE, extensible. Source: T/CSAE 157-2020.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct DetectedObstacleData, additions 0 {
        /// `obsType`.
        #[rasn(identifier = "obsType")]
        pub obs_type: ObstacleType,
        /// `objTypeConfidence`: `Confidence`, INTEGER (0..200); 0.5 %.
        #[rasn(identifier = "objTypeConfidence", value("0..=200"))]
        pub obj_type_confidence: Option<u8>,
        /// `obsId`: INTEGER (0..65535).
        #[rasn(identifier = "obsId")]
        pub obs_id: u16,
        /// `source`.
        pub source: SourceType,
        /// `secMark`: `DSecond`, INTEGER (0..65535); milliseconds within the UTC minute; 60000 to 60999 is a leap second, 65535 is unavailable.
        #[rasn(identifier = "secMark")]
        pub sec_mark: u16,
        /// `pos`.
        pub pos: PositionOffsetLLV,
        /// `posConfidence`.
        #[rasn(identifier = "posConfidence")]
        pub pos_confidence: PositionConfidenceSet,
        /// `speed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(value("0..=8191"))]
        pub speed: u16,
        /// `speedCfd`.
        #[rasn(identifier = "speedCfd")]
        pub speed_cfd: Option<SpeedConfidence>,
        /// `heading`: `Heading`, INTEGER (0..28800); 0.0125 degrees clockwise from true north; 28800 is unavailable.
        #[rasn(value("0..=28800"))]
        pub heading: u16,
        /// `headingCfd`.
        #[rasn(identifier = "headingCfd")]
        pub heading_cfd: Option<HeadingConfidence>,
        /// `verSpeed`: `Speed`, INTEGER (0..8191); 0.02 m/s; 8191 is unavailable.
        #[rasn(identifier = "verSpeed", value("0..=8191"))]
        pub ver_speed: Option<u16>,
        /// `verSpeedConfidence`.
        #[rasn(identifier = "verSpeedConfidence")]
        pub ver_speed_confidence: Option<SpeedConfidence>,
        /// `accelSet`.
        #[rasn(identifier = "accelSet")]
        pub accel_set: Option<AccelerationSet4Way>,
        /// `size`.
        pub size: ObjectSize,
        /// `objSizeConfidence`.
        #[rasn(identifier = "objSizeConfidence")]
        pub obj_size_confidence: Option<ObjectSizeConfidence>,
        /// `tracking`: INTEGER (1..65535).
        #[rasn(value("1..=65535"))]
        pub tracking: Option<u16>,
        /// `polygon`.
        pub polygon: Option<Polygon>,
    }
}

/// ASN.1 `ObstacleType`: ENUMERATED, extensible. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq, Hash)]
#[rasn(enumerated)]
#[non_exhaustive]
pub enum ObstacleType {
    /// `unknown`.
    #[rasn(identifier = "unknown")]
    Unknown = 0,
    /// `rockfall`.
    #[rasn(identifier = "rockfall")]
    Rockfall = 1,
    /// `landslide`.
    #[rasn(identifier = "landslide")]
    Landslide = 2,
    /// `animal-intrusion`.
    #[rasn(identifier = "animal-intrusion")]
    AnimalIntrusion = 3,
    /// `liquid-spill`.
    #[rasn(identifier = "liquid-spill")]
    LiquidSpill = 4,
    /// `goods-scattered`.
    #[rasn(identifier = "goods-scattered")]
    GoodsScattered = 5,
    /// `trafficcone`.
    #[rasn(identifier = "trafficcone")]
    Trafficcone = 6,
    /// `safety-triangle`.
    #[rasn(identifier = "safety-triangle")]
    SafetyTriangle = 7,
    /// `traffic-roadblock`.
    #[rasn(identifier = "traffic-roadblock")]
    TrafficRoadblock = 8,
    /// `inspection-shaft-without-cover`.
    #[rasn(identifier = "inspection-shaft-without-cover")]
    InspectionShaftWithoutCover = 9,
    /// `unknown-fragments`.
    #[rasn(identifier = "unknown-fragments")]
    UnknownFragments = 10,
    /// `unknown-hard-object`.
    #[rasn(identifier = "unknown-hard-object")]
    UnknownHardObject = 11,
    /// `unknown-soft-object`.
    #[rasn(identifier = "unknown-soft-object")]
    UnknownSoftObject = 12,
    /// One of a later edition. Which one is not kept, so it can not be sent.
    #[rasn(extension_addition, identifier = "unlisted")]
    Unlisted,
}

/// ASN.1 `ObjectSize`: SEQUENCE. Source: T/CSAE 157-2020.
#[derive(AsnType, Clone, Copy, Debug, Decode, Encode, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct ObjectSize {
    /// `width`: `SizeValue`, INTEGER (0..1023); 0.1 m.
    #[rasn(value("0..=1023"))]
    pub width: u16,
    /// `length`: `SizeValue`, INTEGER (0..1023); 0.1 m.
    #[rasn(value("0..=1023"))]
    pub length: u16,
    /// `height`: `SizeValue`, INTEGER (0..1023); 0.1 m.
    #[rasn(value("0..=1023"))]
    pub height: Option<u16>,
}
