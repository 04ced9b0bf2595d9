//! RSI in SI units: traffic events and signs.

use alloc::vec::Vec;

use super::common::{
    minute, offset_from_wire, offset_to_wire, optional_offset_to_wire, priority_from_wire, priority_to_wire,
};
use crate::cn::common::Position3D;
use crate::cn::n4;
use crate::cn::rsi as wire;
use crate::cn::rsi::{EventSource, ReferenceLink};
use crate::si::{At, ConfidenceClass, Description, Position, Si, bound_of, each};
use crate::units::{CONFIDENCE, RADIUS_M};
use crate::{CodecError, Octets8};

/// RSI: events and signs.
///
/// ASN.1 `RoadSideInformation`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct RoadSideInformation {
    /// Counts messages, 0 to 127, and wraps.
    pub msg_cnt: u8,
    /// When it was said: minutes since the start of the UTC year, 0 to 527039.
    pub moy: Option<u32>,
    /// The roadside unit's identity.
    pub id: Octets8,
    /// From where the places of events and signs are counted on the wire.
    pub ref_pos: Option<Position>,
    /// 1 to 8 events.
    pub rtes: Option<Vec<RTEData>>,
    /// 1 to 16 signs.
    pub rtss: Option<Vec<RTSData>>,
}

/// A road traffic event.
///
/// ASN.1 `RTEData`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct RTEData {
    /// Number that the roadside unit gave it.
    pub rte_id: u8,
    /// What happened, as a code of GB/T 29100.
    pub event_type: u16,
    /// Who says so.
    pub event_source: EventSource,
    /// Where it is.
    pub event_pos: Option<Position>,
    /// How far around it counts, metres, 0 to 6553.5.
    pub event_radius_m: Option<f64>,
    /// In words.
    pub description: Option<Description>,
    /// From when until when.
    pub time_details: Option<RSITimeDetails>,
    /// 0 lowest to 7 highest.
    pub priority: Option<u8>,
    /// 1 to 8 paths along which it counts.
    pub reference_paths: Option<Vec<ReferencePath>>,
    /// 1 to 16 links and lanes where it counts.
    pub reference_links: Option<Vec<ReferenceLink>>,
    /// How sure it is, as a share of 1.
    pub event_confidence: Option<f64>,
}

/// A road traffic sign.
///
/// ASN.1 `RTSData`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct RTSData {
    /// Number that the roadside unit gave it.
    pub rts_id: u8,
    /// Which sign, as an index of GB 5768.2.
    pub sign_type: u16,
    /// Where it is.
    pub sign_pos: Option<Position>,
    /// In words.
    pub description: Option<Description>,
    /// From when until when.
    pub time_details: Option<RSITimeDetails>,
    /// 0 lowest to 7 highest.
    pub priority: Option<u8>,
    /// 1 to 8 paths along which it counts.
    pub reference_paths: Option<Vec<ReferencePath>>,
    /// 1 to 16 links and lanes where it counts.
    pub reference_links: Option<Vec<ReferenceLink>>,
}

/// From when until when an event or sign counts, in minutes since the start of the UTC year, 0 to 527039.
///
/// ASN.1 `RSITimeDetails`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RSITimeDetails {
    /// From this minute of the year on.
    pub start_time: Option<u32>,
    /// Until this minute of the year.
    pub end_time: Option<u32>,
    /// Error of the end, seconds; classes from 1e-11 to 100.
    pub end_time_confidence_s: Option<f64>,
}

/// The path and its width where an event or sign counts.
///
/// ASN.1 `ReferencePath`. Source: GB/T 31024.3-2019 / T/CSAE 53-2020.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferencePath {
    /// 1 to 32 places, in `cn-n4` at least 2.
    pub active_path: Vec<Option<Position>>,
    /// How far from the path it counts, metres, 0 to 6553.5.
    pub path_radius_m: f64,
}

impl Si<wire::RoadSideInformation> for RoadSideInformation {
    fn to_wire(&self) -> Result<wire::RoadSideInformation, CodecError> {
        let ref_pos = self.ref_pos.to_wire().at("refPos")?;
        let events = self.rtes.as_deref().map(|events| each(events, |event| event.to_wire(&ref_pos)));
        let signs = self.rtss.as_deref().map(|signs| each(signs, |sign| sign.to_wire(&ref_pos)));
        Ok(wire::RoadSideInformation {
            msg_cnt: self.msg_cnt,
            moy: self.moy,
            id: self.id,
            ref_pos,
            rtes: events.transpose().at("rtes")?,
            rtss: signs.transpose().at("rtss")?,
        })
    }

    fn from_wire(wire: &wire::RoadSideInformation) -> Self {
        let ref_pos = &wire.ref_pos;
        let (events, signs) = (wire.rtes.as_ref(), wire.rtss.as_ref());
        Self {
            msg_cnt: wire.msg_cnt,
            moy: minute(wire.moy),
            id: wire.id,
            ref_pos: Si::from_wire(ref_pos),
            rtes: events.map(|events| events.iter().map(|event| RTEData::from_wire(event, ref_pos)).collect()),
            rtss: signs.map(|signs| signs.iter().map(|sign| RTSData::from_wire(sign, ref_pos)).collect()),
        }
    }
}

impl RTEData {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::RTEData, CodecError> {
        Ok(wire::RTEData {
            rte_id: self.rte_id,
            event_type: self.event_type,
            event_source: self.event_source,
            event_pos: optional_offset_to_wire(self.event_pos, ref_pos).at("eventPos")?,
            event_radius: RADIUS_M.to_wire_optional(self.event_radius_m).at("eventRadius")?,
            description: self.description.to_wire().at("description")?,
            time_details: self.time_details.to_wire().at("timeDetails")?,
            priority: priority_to_wire(self.priority).at("priority")?,
            reference_paths: paths_to_wire(self.reference_paths.as_deref(), ref_pos).at("referencePaths")?,
            reference_links: self.reference_links.clone(),
            event_confidence: CONFIDENCE.to_wire_optional(self.event_confidence).at("eventConfidence")?,
        })
    }

    fn from_wire(wire: &wire::RTEData, ref_pos: &Position3D) -> Self {
        Self {
            rte_id: wire.rte_id,
            event_type: wire.event_type,
            event_source: wire.event_source,
            event_pos: wire.event_pos.and_then(|offset| offset_from_wire(&offset, ref_pos)),
            event_radius_m: RADIUS_M.from_wire_optional(wire.event_radius),
            description: Si::from_wire(&wire.description),
            time_details: Si::from_wire(&wire.time_details),
            priority: priority_from_wire(wire.priority),
            reference_paths: paths_from_wire(wire.reference_paths.as_deref(), ref_pos),
            reference_links: wire.reference_links.clone(),
            event_confidence: CONFIDENCE.from_wire_optional(wire.event_confidence),
        }
    }

    /// As messages of phase 2 have it.
    pub(super) fn to_n4(&self, ref_pos: &Position3D) -> Result<n4::types::RTEData, CodecError> {
        self.to_wire(ref_pos).map(|event| n4::event_from_gbt(&event))
    }

    pub(super) fn from_n4(wire: &n4::types::RTEData, ref_pos: &Position3D) -> Self {
        Self::from_wire(&n4::event_to_gbt(wire), ref_pos)
    }
}

impl RTSData {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::RTSData, CodecError> {
        Ok(wire::RTSData {
            rts_id: self.rts_id,
            sign_type: self.sign_type,
            sign_pos: optional_offset_to_wire(self.sign_pos, ref_pos).at("signPos")?,
            description: self.description.to_wire().at("description")?,
            time_details: self.time_details.to_wire().at("timeDetails")?,
            priority: priority_to_wire(self.priority).at("priority")?,
            reference_paths: paths_to_wire(self.reference_paths.as_deref(), ref_pos).at("referencePaths")?,
            reference_links: self.reference_links.clone(),
        })
    }

    fn from_wire(wire: &wire::RTSData, ref_pos: &Position3D) -> Self {
        Self {
            rts_id: wire.rts_id,
            sign_type: wire.sign_type,
            sign_pos: wire.sign_pos.and_then(|offset| offset_from_wire(&offset, ref_pos)),
            description: Si::from_wire(&wire.description),
            time_details: Si::from_wire(&wire.time_details),
            priority: priority_from_wire(wire.priority),
            reference_paths: paths_from_wire(wire.reference_paths.as_deref(), ref_pos),
            reference_links: wire.reference_links.clone(),
        }
    }
}

impl Si<wire::RSITimeDetails> for RSITimeDetails {
    fn to_wire(&self) -> Result<wire::RSITimeDetails, CodecError> {
        Ok(wire::RSITimeDetails {
            start_time: self.start_time,
            end_time: self.end_time,
            end_time_confidence: ConfidenceClass::of_optional(self.end_time_confidence_s),
        })
    }

    fn from_wire(wire: &wire::RSITimeDetails) -> Self {
        Self {
            start_time: minute(wire.start_time),
            end_time: minute(wire.end_time),
            end_time_confidence_s: bound_of(wire.end_time_confidence),
        }
    }
}

impl ReferencePath {
    fn to_wire(&self, ref_pos: &Position3D) -> Result<wire::ReferencePath, CodecError> {
        Ok(wire::ReferencePath {
            active_path: each(&self.active_path, |place| offset_to_wire(*place, ref_pos)).at("activePath")?,
            path_radius: RADIUS_M.to_wire(self.path_radius_m).at("pathRadius")?,
        })
    }

    fn from_wire(wire: &wire::ReferencePath, ref_pos: &Position3D) -> Self {
        Self {
            active_path: wire.active_path.iter().map(|offset| offset_from_wire(offset, ref_pos)).collect(),
            path_radius_m: RADIUS_M.value(wire.path_radius),
        }
    }

    /// As messages of phase 2 have it.
    pub(super) fn to_n4(&self, ref_pos: &Position3D) -> Result<n4::types::ReferencePath, CodecError> {
        self.to_wire(ref_pos).map(|path| n4::path_from_gbt(&path))
    }

    pub(super) fn from_n4(wire: &n4::types::ReferencePath, ref_pos: &Position3D) -> Self {
        Self::from_wire(&n4::path_to_gbt(wire), ref_pos)
    }

    pub(super) fn optional_to_n4(
        path: Option<&Self>,
        ref_pos: &Position3D,
    ) -> Result<Option<n4::types::ReferencePath>, CodecError> {
        path.map(|path| path.to_n4(ref_pos)).transpose()
    }
}

fn paths_to_wire(
    paths: Option<&[ReferencePath]>,
    ref_pos: &Position3D,
) -> Result<Option<Vec<wire::ReferencePath>>, CodecError> {
    paths.map(|paths| each(paths, |path| path.to_wire(ref_pos))).transpose()
}

fn paths_from_wire(paths: Option<&[wire::ReferencePath]>, ref_pos: &Position3D) -> Option<Vec<ReferencePath>> {
    paths.map(|paths| paths.iter().map(|path| ReferencePath::from_wire(path, ref_pos)).collect())
}
