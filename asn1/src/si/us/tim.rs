//! TIM in SI units: what travellers should know.

use alloc::string::String;
use alloc::vec::Vec;

use super::common::{Position3D, minute_of_year};
use super::tim_regions::GeographicalPath;
use crate::si::{At, Si};
use crate::time::MINUTE_OF_YEAR_UNKNOWN;
use crate::units::{minutes_duration_from_wire, minutes_duration_to_wire};
use crate::us::common::{HeadingSlice, RegionalExtension};
use crate::us::tim as wire;
use crate::us::tim::{MUTCDCode, TravelerDataFrameContent, TravelerDataFrameNewPartIIIContent, TravelerInfoType};
use crate::{CodecError, Octets2, Octets9};

/// TIM: what travellers should know.
///
/// ASN.1 `TravelerInformation`. Source: SAE J2735 2024-09.
#[derive(Clone, Debug, PartialEq)]
pub struct TravelerInformation {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// When it was made: minute of the UTC year, 0 to 527039.
    pub time_stamp_minute: Option<u32>,
    /// Identity of the message.
    pub packet_id: Option<Octets9>,
    /// The beginning of addresses in it, 1 to 45 characters of ASCII.
    pub url_b: Option<String>,
    /// 1 to 8 pieces of information.
    pub data_frames: Vec<TravelerDataFrame>,
    /// Additions of some region, kept as they came.
    pub regional: Option<Vec<RegionalExtension>>,
}

/// One piece of information. ASN.1 `TravelerDataFrame`.
#[derive(Clone, Debug, PartialEq)]
pub struct TravelerDataFrame {
    /// As on the wire: the standard says not to use it.
    pub do_not_use1: u8,
    /// What kind of information.
    pub frame_type: TravelerInfoType,
    /// Which sign it is, or where there is more.
    pub msg_id: TravelerDataFrameMsgId,
    /// Year of our era from which on it holds, UTC, 1 to 4095.
    pub start_year: Option<u16>,
    /// When it begins to hold: minute of the UTC year, 0 to 527039.
    pub start_time_minute: Option<u32>,
    /// How long it holds, seconds, to the minute; infinity for "for ever".
    pub duration_time_s: f64,
    /// How urgent, 0 to 7; 7 is the most urgent.
    pub priority: u8,
    /// As on the wire: the standard says not to use it.
    pub do_not_use2: u8,
    /// 1 to 16 places where it holds.
    pub regions: Vec<GeographicalPath>,
    /// As on the wire: the standard says not to use it.
    pub do_not_use3: u8,
    /// As on the wire: the standard says not to use it.
    pub do_not_use4: u8,
    /// The information, as codes (SAE J2540) and text, as on the wire.
    pub content: TravelerDataFrameContent,
    /// The end of an address where there is more, 1 to 15 characters of ASCII.
    pub url: Option<String>,
    /// What the road surface is like, as on the wire.
    pub content_new: Option<TravelerDataFrameNewPartIIIContent>,
}

/// Which sign it is, or where there is more. ASN.1 `TravelerDataFrame.msgId`.
#[derive(Clone, Debug, PartialEq)]
pub enum TravelerDataFrameMsgId {
    /// `furtherInfoID`: identity of a message that says more.
    FurtherInfoID(Octets2),
    /// `roadSignID`: a sign.
    RoadSignID(RoadSignID),
}

/// A sign at the road. ASN.1 `RoadSignID`.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadSignID {
    /// Where it stands.
    pub position: Position3D,
    /// From where it is seen.
    pub view_angle: HeadingSlice,
    /// What kind of sign.
    pub mutcd_code: Option<MUTCDCode>,
    /// Its checksum.
    pub crc: Option<Octets2>,
}

impl Si<wire::TravelerInformation> for TravelerInformation {
    fn to_wire(&self) -> Result<wire::TravelerInformation, CodecError> {
        Ok(wire::TravelerInformation {
            msg_cnt: self.msg_cnt,
            time_stamp: self.time_stamp_minute,
            packet_id: self.packet_id,
            url_b: self.url_b.to_wire().at("urlB")?,
            data_frames: self.data_frames.to_wire().at("dataFrames")?,
            regional: self.regional.clone(),
        })
    }

    fn from_wire(wire: &wire::TravelerInformation) -> Self {
        Self {
            msg_cnt: wire.msg_cnt,
            time_stamp_minute: wire.time_stamp.and_then(minute_of_year),
            packet_id: wire.packet_id,
            url_b: Si::from_wire(&wire.url_b),
            data_frames: Si::from_wire(&wire.data_frames),
            regional: wire.regional.clone(),
        }
    }
}

impl Si<wire::TravelerDataFrame> for TravelerDataFrame {
    fn to_wire(&self) -> Result<wire::TravelerDataFrame, CodecError> {
        Ok(wire::TravelerDataFrame {
            do_not_use1: self.do_not_use1,
            frame_type: self.frame_type,
            msg_id: self.msg_id.to_wire().at("msgId")?,
            start_year: self.start_year,
            start_time: self.start_time_minute.unwrap_or(MINUTE_OF_YEAR_UNKNOWN),
            duration_time: minutes_duration_to_wire(self.duration_time_s).at("durationTime")?,
            priority: self.priority,
            do_not_use2: self.do_not_use2,
            regions: self.regions.to_wire().at("regions")?,
            do_not_use3: self.do_not_use3,
            do_not_use4: self.do_not_use4,
            content: self.content.clone(),
            url: self.url.to_wire().at("url")?,
            content_new: self.content_new.clone(),
        })
    }

    fn from_wire(wire: &wire::TravelerDataFrame) -> Self {
        Self {
            do_not_use1: wire.do_not_use1,
            frame_type: wire.frame_type,
            msg_id: Si::from_wire(&wire.msg_id),
            start_year: wire.start_year.filter(|year| *year != 0),
            start_time_minute: minute_of_year(wire.start_time),
            duration_time_s: minutes_duration_from_wire(wire.duration_time),
            priority: wire.priority,
            do_not_use2: wire.do_not_use2,
            regions: Si::from_wire(&wire.regions),
            do_not_use3: wire.do_not_use3,
            do_not_use4: wire.do_not_use4,
            content: wire.content.clone(),
            url: Si::from_wire(&wire.url),
            content_new: wire.content_new.clone(),
        }
    }
}

impl Si<wire::TravelerDataFrameMsgId> for TravelerDataFrameMsgId {
    fn to_wire(&self) -> Result<wire::TravelerDataFrameMsgId, CodecError> {
        Ok(match self {
            Self::FurtherInfoID(value) => wire::TravelerDataFrameMsgId::FurtherInfoID(*value),
            Self::RoadSignID(value) => wire::TravelerDataFrameMsgId::RoadSignID(value.to_wire().at("roadSignID")?),
        })
    }

    fn from_wire(wire: &wire::TravelerDataFrameMsgId) -> Self {
        match wire {
            wire::TravelerDataFrameMsgId::FurtherInfoID(value) => Self::FurtherInfoID(*value),
            wire::TravelerDataFrameMsgId::RoadSignID(value) => Self::RoadSignID(Si::from_wire(value)),
        }
    }
}

impl Si<wire::RoadSignID> for RoadSignID {
    fn to_wire(&self) -> Result<wire::RoadSignID, CodecError> {
        Ok(wire::RoadSignID {
            position: self.position.to_wire().at("position")?,
            view_angle: self.view_angle,
            mutcd_code: self.mutcd_code,
            crc: self.crc,
        })
    }

    fn from_wire(wire: &wire::RoadSignID) -> Self {
        Self {
            position: Si::from_wire(&wire.position),
            view_angle: wire.view_angle,
            mutcd_code: wire.mutcd_code,
            crc: wire.crc,
        }
    }
}
