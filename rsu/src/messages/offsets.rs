//! Offsets in the smallest form that holds them.

use asn1::us::common::{NodeOffsetPointXY, NodeXY20b, NodeXY22b, NodeXY24b, NodeXY26b, NodeXY28b, NodeXY32b};

/// A step of a US lane, centimetres east and north; `None` when it is over 327 m and needs another node between.
pub(super) fn us_cm(x: i64, y: i64) -> Option<NodeOffsetPointXY> {
    let (x, y) = (i16::try_from(x).ok()?, i16::try_from(y).ok()?);
    let fits = |bits: u32| [x, y].iter().all(|d| (-(1_i32 << (bits - 1))..1 << (bits - 1)).contains(&i32::from(*d)));
    Some(if fits(10) {
        NodeOffsetPointXY::NodeXY1(NodeXY20b { x, y })
    } else if fits(11) {
        NodeOffsetPointXY::NodeXY2(NodeXY22b { x, y })
    } else if fits(12) {
        NodeOffsetPointXY::NodeXY3(NodeXY24b { x, y })
    } else if fits(13) {
        NodeOffsetPointXY::NodeXY4(NodeXY26b { x, y })
    } else if fits(14) {
        NodeOffsetPointXY::NodeXY5(NodeXY28b { x, y })
    } else {
        NodeOffsetPointXY::NodeXY6(NodeXY32b { x, y })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_of_a_us_lane_takes_the_smallest_form() {
        assert!(matches!(us_cm(511, -512), Some(NodeOffsetPointXY::NodeXY1(_))));
        assert!(matches!(us_cm(512, 0), Some(NodeOffsetPointXY::NodeXY2(_))));
        assert!(matches!(us_cm(0, 32_767), Some(NodeOffsetPointXY::NodeXY6(_))));
        assert!(us_cm(0, 32_768).is_none());
    }
}
