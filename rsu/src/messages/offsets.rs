//! Offsets in the smallest form that holds them.

use asn1::cn::common::{
    PositionLL24B, PositionLL28B, PositionLL32B, PositionLL36B, PositionLL44B, PositionLL48B, PositionLLmD64b,
    PositionOffsetLL,
};
use asn1::us::common::{NodeOffsetPointXY, NodeXY20b, NodeXY22b, NodeXY24b, NodeXY26b, NodeXY28b, NodeXY32b};

/// A place of the China set as an offset from a reference place; all in 1e-7 degrees.
pub(super) fn cn(ref_lat: i32, ref_lon: i32, lat: i32, lon: i32) -> PositionOffsetLL {
    let (d_lat, d_lon) = (i64::from(lat) - i64::from(ref_lat), i64::from(lon) - i64::from(ref_lon));
    let fits = |bits: u32| [d_lat, d_lon].iter().all(|d| (-(1_i64 << (bits - 1))..1 << (bits - 1)).contains(d));
    // `fits` has checked the range: none of these conversions loses anything.
    let narrow = || (d_lon as i16, d_lat as i16);
    let wide = || (d_lon as i32, d_lat as i32);
    let ((lon16, lat16), (lon32, lat32)) = (narrow(), wide());
    if fits(12) {
        PositionOffsetLL::PositionLL1(PositionLL24B { lon: lon16, lat: lat16 })
    } else if fits(14) {
        PositionOffsetLL::PositionLL2(PositionLL28B { lon: lon16, lat: lat16 })
    } else if fits(16) {
        PositionOffsetLL::PositionLL3(PositionLL32B { lon: lon16, lat: lat16 })
    } else if fits(18) {
        PositionOffsetLL::PositionLL4(PositionLL36B { lon: lon32, lat: lat32 })
    } else if fits(22) {
        PositionOffsetLL::PositionLL5(PositionLL44B { lon: lon32, lat: lat32 })
    } else if fits(24) {
        PositionOffsetLL::PositionLL6(PositionLL48B { lon: lon32, lat: lat32 })
    } else {
        PositionOffsetLL::PositionLatLon(PositionLLmD64b { lon, lat })
    }
}

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
    fn the_smallest_form_that_fits_is_taken() {
        let form = |d: i32| match cn(300_000_000, 1_200_000_000, 300_000_000 + d, 1_200_000_000) {
            PositionOffsetLL::PositionLL1(_) => 1,
            PositionOffsetLL::PositionLL2(_) => 2,
            PositionOffsetLL::PositionLL3(_) => 3,
            PositionOffsetLL::PositionLL4(_) => 4,
            PositionOffsetLL::PositionLL5(_) => 5,
            PositionOffsetLL::PositionLL6(_) => 6,
            PositionOffsetLL::PositionLatLon(_) => 7,
        };
        let edges =
            [2047, 2048, 8191, 8192, 32767, 32768, 131_071, 131_072, 2_097_151, 2_097_152, 8_388_607, 8_388_608];
        assert_eq!(edges.map(form), [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7]);
        assert_eq!([-2048, -2049].map(form), [1, 2]);
        let offset = cn(1, 2, -4, 9);
        assert_eq!(offset, PositionOffsetLL::PositionLL1(PositionLL24B { lon: 7, lat: -5 }), "longitude comes first");
    }

    #[test]
    fn a_step_of_a_us_lane_takes_the_smallest_form_too() {
        assert!(matches!(us_cm(511, -512), Some(NodeOffsetPointXY::NodeXY1(_))));
        assert!(matches!(us_cm(512, 0), Some(NodeOffsetPointXY::NodeXY2(_))));
        assert!(matches!(us_cm(0, 32_767), Some(NodeOffsetPointXY::NodeXY6(_))));
        assert!(us_cm(0, 32_768).is_none());
    }
}
