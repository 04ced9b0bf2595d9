//! Between the types of `cn-csae157` and those of GB/T 31024.3-2019, by way of `cn-n4`: only what the latter lacks is left out.

use alloc::vec::Vec;

use super::MessageFrame;
use super::map::{MapData, Node};
use super::rsi::{RTSData, RoadSideInformation};
use crate::cn::n4::{self, types};
use crate::{CodecError, cn};

impl From<MessageFrame> for cn::MessageFrame {
    fn from(frame: MessageFrame) -> Self {
        match frame {
            MessageFrame::BsmFrame(message) => n4::MessageFrame::BsmFrame(message).into(),
            MessageFrame::MapFrame(message) => n4::MessageFrame::MapFrame(map_to_n4(message)).into(),
            MessageFrame::RsmFrame(message) => Self::RsmFrame(message),
            MessageFrame::SpatFrame(message) => Self::SpatFrame(message),
            MessageFrame::RsiFrame(message) => n4::MessageFrame::RsiFrame(rsi_to_n4(message)).into(),
            MessageFrame::MsgFrameExt(message) => Self::MsgFrameExt(message),
        }
    }
}

impl TryFrom<&cn::MessageFrame> for MessageFrame {
    type Error = CodecError;

    fn try_from(frame: &cn::MessageFrame) -> Result<Self, CodecError> {
        if let cn::MessageFrame::MsgFrameExt(message) = frame {
            return Ok(Self::MsgFrameExt(message.clone()));
        }
        Ok(match n4::MessageFrame::try_from(frame)? {
            n4::MessageFrame::BsmFrame(message) => Self::BsmFrame(message),
            n4::MessageFrame::MapFrame(message) => Self::MapFrame(map_from_n4(message)),
            n4::MessageFrame::RsmFrame(message) => Self::RsmFrame(message),
            n4::MessageFrame::SpatFrame(message) => Self::SpatFrame(message),
            n4::MessageFrame::RsiFrame(message) => Self::RsiFrame(rsi_from_n4(message)),
        })
    }
}

fn map_to_n4(m: MapData) -> types::MapData {
    let node = |n: Node| types::Node { name: n.name, id: n.id, ref_pos: n.ref_pos, in_links: n.in_links };
    types::MapData { msg_cnt: m.msg_cnt, time_stamp: m.time_stamp, nodes: m.nodes.into_iter().map(node).collect() }
}

fn map_from_n4(m: types::MapData) -> MapData {
    let node = |n: types::Node| Node {
        name: n.name,
        id: n.id,
        ref_pos: n.ref_pos,
        in_links: n.in_links,
        in_links_ex: None,
        prohibitedzone: None,
    };
    MapData { msg_cnt: m.msg_cnt, time_stamp: m.time_stamp, nodes: m.nodes.into_iter().map(node).collect() }
}

fn rsi_to_n4(m: RoadSideInformation) -> types::RoadSideInformation {
    let sign = |s: RTSData| types::RTSData {
        rts_id: s.rts_id,
        sign_type: s.sign_type,
        sign_pos: s.sign_pos,
        description: s.description,
        time_details: s.time_details,
        priority: s.priority,
        reference_paths: s.reference_paths,
        reference_links: s.reference_links,
    };
    let signs = |signs: Vec<RTSData>| signs.into_iter().map(sign).collect();
    types::RoadSideInformation {
        msg_cnt: m.msg_cnt,
        moy: m.moy,
        id: m.id,
        ref_pos: m.ref_pos,
        rtes: m.rtes,
        rtss: m.rtss.map(signs),
    }
}

fn rsi_from_n4(m: types::RoadSideInformation) -> RoadSideInformation {
    let sign = |s: types::RTSData| RTSData {
        rts_id: s.rts_id,
        sign_type: s.sign_type,
        sign_pos: s.sign_pos,
        description: s.description,
        time_details: s.time_details,
        priority: s.priority,
        reference_paths: s.reference_paths,
        reference_links: s.reference_links,
        auxiliary_sign: None,
    };
    let signs = |signs: Vec<types::RTSData>| signs.into_iter().map(sign).collect();
    RoadSideInformation {
        msg_cnt: m.msg_cnt,
        moy: m.moy,
        id: m.id,
        ref_pos: m.ref_pos,
        rtes: m.rtes,
        rtss: m.rtss.map(signs),
    }
}
