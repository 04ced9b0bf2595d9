//! Between the types of `cn-n4` and those of GB/T 31024.3-2019.
//!
//! From here to there nothing is lost: `posAccuracy` of a full position, which is a confidence set in this dialect, is
//! `posConfidence` there. The other way a message may hold what this dialect can't say, and then it is refused.

use alloc::format;
use alloc::vec::Vec;

use super::types::{
    BasicSafetyMessage, DDateTime, FullPositionVector, Lane, Link, MapData, Node, PathHistory, RTEData, RTSData,
    ReferencePath, RoadSideInformation, VehicleSafetyExtensions,
};
use crate::cn::frame::not_of;
use crate::cn::{self, bsm, map, rsi};
use crate::{CodecError, Dialect};

/// A struct of the one family from one of the other: the members named alone are cloned, the others computed.
macro_rules! convert {
    ($from:ident => $($to:ident)::+ { $($same:ident),* $(; $($field:ident: $value:expr),*)? }) => {
        $($to)::+ { $($same: $from.$same.clone(),)* $($($field: $value,)*)? }
    };
}

impl From<super::MessageFrame> for cn::MessageFrame {
    fn from(frame: super::MessageFrame) -> Self {
        match frame {
            super::MessageFrame::BsmFrame(message) => Self::BsmFrame(bsm_to_gbt(&message)),
            super::MessageFrame::MapFrame(message) => Self::MapFrame(map_to_gbt(&message)),
            super::MessageFrame::RsmFrame(message) => Self::RsmFrame(message),
            super::MessageFrame::SpatFrame(message) => Self::SpatFrame(message),
            super::MessageFrame::RsiFrame(message) => Self::RsiFrame(rsi_to_gbt(&message)),
        }
    }
}

impl TryFrom<&cn::MessageFrame> for super::MessageFrame {
    type Error = CodecError;

    fn try_from(frame: &cn::MessageFrame) -> Result<Self, CodecError> {
        Ok(match frame {
            cn::MessageFrame::BsmFrame(message) => Self::BsmFrame(bsm_from_gbt(message)?),
            cn::MessageFrame::MapFrame(message) => Self::MapFrame(map_from_gbt(message)?),
            cn::MessageFrame::RsmFrame(message) => Self::RsmFrame(message.clone()),
            cn::MessageFrame::SpatFrame(message) => Self::SpatFrame(message.clone()),
            cn::MessageFrame::RsiFrame(message) => Self::RsiFrame(rsi_from_gbt(message)),
            cn::MessageFrame::MsgFrameExt(message) => return Err(not_of(Dialect::CnN4, message)),
        })
    }
}

fn bsm_to_gbt(m: &BasicSafetyMessage) -> bsm::BasicSafetyMessage {
    convert!(m => bsm::BasicSafetyMessage {
        msg_cnt, id, sec_mark, time_confidence, pos, pos_accuracy, pos_confidence, transmission, speed, heading, angle,
        motion_cfd, accel_set, brakes, size, vehicle_class, emergency_ext;
        safety_ext: m.safety_ext.as_ref().map(|e| convert!(e => bsm::VehicleSafetyExtensions {
            events, path_prediction, lights;
            path_history: e.path_history.as_ref().map(history_to_gbt)
        }))
    })
}

pub(crate) fn history_to_gbt(h: &PathHistory) -> bsm::PathHistory {
    convert!(h => bsm::PathHistory {
        curr_gnss_status, crumb_data;
        initial_position: h.initial_position.as_ref().map(position_to_gbt)
    })
}

fn bsm_from_gbt(m: &bsm::BasicSafetyMessage) -> Result<BasicSafetyMessage, CodecError> {
    let extensions = |e: &bsm::VehicleSafetyExtensions| -> Result<VehicleSafetyExtensions, CodecError> {
        let history = e.path_history.as_ref().map(history_from_gbt).transpose();
        let history = history.map_err(|error| error.within("bsmFrame.safetyExt.pathHistory", 0))?;
        Ok(convert!(e => VehicleSafetyExtensions { events, path_prediction, lights; path_history: history }))
    };
    let safety_ext = m.safety_ext.as_ref().map(extensions).transpose()?;
    Ok(convert!(m => BasicSafetyMessage {
        msg_cnt, id, sec_mark, time_confidence, pos, pos_accuracy, pos_confidence, transmission, speed, heading, angle,
        motion_cfd, accel_set, brakes, size, vehicle_class, emergency_ext;
        safety_ext: safety_ext
    }))
}

/// Errors are at members of the history.
pub(crate) fn history_from_gbt(h: &bsm::PathHistory) -> Result<PathHistory, CodecError> {
    let position = |p: &bsm::FullPositionVector| -> Result<FullPositionVector, CodecError> {
        if p.pos_accuracy.is_some() {
            let at = "initialPosition.posAccuracy";
            return Err(CodecError::at(at, "cn-n4 and cn-csae157 have no error ellipse here"));
        }
        Ok(convert!(p => FullPositionVector {
            pos, heading, transmission, speed, time_confidence, motion_cfd;
            utc_time: p.utc_time.as_ref().map(|t| convert!(t => DDateTime {
                year, month, day, hour, minute, second, offset
            })),
            pos_accuracy: p.pos_conficence
        }))
    };
    let initial_position = h.initial_position.as_ref().map(position).transpose()?;
    Ok(convert!(h => PathHistory { curr_gnss_status, crumb_data; initial_position: initial_position }))
}

fn position_to_gbt(p: &FullPositionVector) -> bsm::FullPositionVector {
    convert!(p => bsm::FullPositionVector {
        pos, heading, transmission, speed, time_confidence, motion_cfd;
        utc_time: p.utc_time.as_ref().map(|t| convert!(t => bsm::DDateTime {
            year, month, day, hour, minute, second, offset
        })),
        pos_accuracy: None,
        pos_conficence: p.pos_accuracy
    })
}

fn map_to_gbt(m: &MapData) -> map::MapData {
    let lane = |l: &Lane| {
        convert!(l => map::Lane {
            lane_id, lane_width, lane_attributes, maneuvers, connects_to, speed_limits, points
        })
    };
    let link = |l: &Link| {
        convert!(l => map::Link {
            name, upstream_node_id, speed_limits, points, movements;
            link_width: Some(l.link_width),
            lanes: l.lanes.iter().map(lane).collect()
        })
    };
    let node = |n: &Node| {
        convert!(n => map::Node {
            name, id, ref_pos;
            in_links: n.in_links.as_ref().map(|links| links.iter().map(link).collect())
        })
    };
    convert!(m => map::MapData { msg_cnt, time_stamp; nodes: m.nodes.iter().map(node).collect() })
}

fn map_from_gbt(m: &map::MapData) -> Result<MapData, CodecError> {
    let nodes =
        m.nodes.iter().enumerate().map(|(index, node)| {
            node_from_gbt(node).map_err(|error| error.within(&format!("mapFrame.nodes[{index}]"), 0))
        });
    let nodes = nodes.collect::<Result<_, _>>()?;
    Ok(convert!(m => MapData { msg_cnt, time_stamp; nodes: nodes }))
}

fn node_from_gbt(n: &map::Node) -> Result<Node, CodecError> {
    let lane = |l: &map::Lane| convert!(l => Lane { lane_id, lane_width, lane_attributes, maneuvers, connects_to, speed_limits, points });
    let link = |(index, l): (usize, &map::Link)| {
        let missing =
            || CodecError::at(format!("inLinks[{index}].linkWidth"), "cn-n4 and cn-csae157 can't leave it out");
        let link_width = l.link_width.ok_or_else(missing)?;
        Ok(convert!(l => Link {
            name, upstream_node_id, speed_limits, points, movements;
            link_width: link_width,
            lanes: l.lanes.iter().map(lane).collect()
        }))
    };
    let links = |links: &Vec<map::Link>| links.iter().enumerate().map(link).collect::<Result<Vec<_>, CodecError>>();
    let in_links = n.in_links.as_ref().map(links).transpose()?;
    Ok(convert!(n => Node { name, id, ref_pos; in_links: in_links }))
}

fn rsi_to_gbt(m: &RoadSideInformation) -> rsi::RoadSideInformation {
    convert!(m => rsi::RoadSideInformation {
        msg_cnt, moy, id, ref_pos;
        rtes: m.rtes.as_ref().map(|events| events.iter().map(event_to_gbt).collect()),
        rtss: m.rtss.as_ref().map(|signs| signs.iter().map(sign_to_gbt).collect())
    })
}

pub(crate) fn event_to_gbt(e: &RTEData) -> rsi::RTEData {
    convert!(e => rsi::RTEData {
        rte_id, event_type, event_source, event_pos, event_radius, description, time_details, priority,
        reference_links, event_confidence;
        reference_paths: e.reference_paths.as_ref().map(|paths| paths.iter().map(path_to_gbt).collect())
    })
}

fn sign_to_gbt(s: &RTSData) -> rsi::RTSData {
    convert!(s => rsi::RTSData {
        rts_id, sign_type, sign_pos, description, time_details, priority, reference_links;
        reference_paths: s.reference_paths.as_ref().map(|paths| paths.iter().map(path_to_gbt).collect())
    })
}

pub(crate) fn path_to_gbt(p: &ReferencePath) -> rsi::ReferencePath {
    convert!(p => rsi::ReferencePath { active_path, path_radius })
}

fn rsi_from_gbt(m: &rsi::RoadSideInformation) -> RoadSideInformation {
    convert!(m => RoadSideInformation {
        msg_cnt, moy, id, ref_pos;
        rtes: m.rtes.as_ref().map(|events| events.iter().map(event_from_gbt).collect()),
        rtss: m.rtss.as_ref().map(|signs| signs.iter().map(sign_from_gbt).collect())
    })
}

pub(crate) fn event_from_gbt(e: &rsi::RTEData) -> RTEData {
    convert!(e => RTEData {
        rte_id, event_type, event_source, event_pos, event_radius, description, time_details, priority,
        reference_links, event_confidence;
        reference_paths: e.reference_paths.as_ref().map(|paths| paths.iter().map(path_from_gbt).collect())
    })
}

fn sign_from_gbt(s: &rsi::RTSData) -> RTSData {
    convert!(s => RTSData {
        rts_id, sign_type, sign_pos, description, time_details, priority, reference_links;
        reference_paths: s.reference_paths.as_ref().map(|paths| paths.iter().map(path_from_gbt).collect())
    })
}

/// A path of one point, which this dialect forbids, is refused when it is encoded.
pub(crate) fn path_from_gbt(p: &rsi::ReferencePath) -> ReferencePath {
    convert!(p => ReferencePath { active_path, path_radius })
}
