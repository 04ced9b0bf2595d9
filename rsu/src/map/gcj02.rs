//! GCJ-02 and BD-09, the shifted coordinates of Chinese consumer maps, to WGS-84.
//!
//! GCJ-02 is published as no formula; the one here is the one that everybody uses (first seen in the "EvilTransform"
//! sources of 2013), which agrees with those maps to a metre or so. The inverse is exact against that formula.

/// Which coordinates a source has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Datum {
    /// WGS-84: nothing to do.
    #[default]
    Wgs84,
    /// GCJ-02: Amap, Tencent and others in China.
    Gcj02,
    /// BD-09: Baidu.
    Bd09,
}

impl Datum {
    /// WGS-84 latitude and longitude of a place in these coordinates, degrees.
    pub fn to_wgs84(self, at_deg: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Wgs84 => at_deg,
            Self::Gcj02 => inverse(gcj02_from_wgs84, at_deg),
            Self::Bd09 => inverse(gcj02_from_wgs84, inverse(bd09_from_gcj02, at_deg)),
        }
    }
}

/// Semi-major axis of the Krasovsky ellipsoid as the formula has it, metres.
const A_M: f64 = 6_378_245.0;
/// Its squared eccentricity, likewise.
const E2: f64 = 0.006_693_421_622_965_943;

/// GCJ-02 latitude and longitude of a WGS-84 place, degrees; outside of China's bounding box the place itself.
pub fn gcj02_from_wgs84([lat_deg, lon_deg]: [f64; 2]) -> [f64; 2] {
    if !(0.8293..=55.8271).contains(&lat_deg) || !(72.004..=137.8347).contains(&lon_deg) {
        return [lat_deg, lon_deg];
    }
    let (x, y) = (lon_deg - 105.0, lat_deg - 35.0);
    let wave = |turns: f64| (turns * std::f64::consts::PI).sin();
    let both = (20.0 * wave(6.0 * x) + 20.0 * wave(2.0 * x)) * 2.0 / 3.0;
    let root = x.abs().sqrt();
    let north_m = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + both
        + (20.0 * wave(y) + 40.0 * wave(y / 3.0)) * 2.0 / 3.0
        + (160.0 * wave(y / 12.0) + 320.0 * wave(y / 30.0)) * 2.0 / 3.0;
    let east_m = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + both
        + (20.0 * wave(x) + 40.0 * wave(x / 3.0)) * 2.0 / 3.0
        + (150.0 * wave(x / 12.0) + 300.0 * wave(x / 30.0)) * 2.0 / 3.0;
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let w = 1.0 - E2 * sin * sin;
    [
        lat_deg + (north_m / (A_M * (1.0 - E2) / (w * w.sqrt()))).to_degrees(),
        lon_deg + (east_m / (A_M / w.sqrt() * cos)).to_degrees(),
    ]
}

/// BD-09 latitude and longitude of a GCJ-02 place, degrees.
pub fn bd09_from_gcj02([lat_deg, lon_deg]: [f64; 2]) -> [f64; 2] {
    let turn = std::f64::consts::PI * 3000.0 / 180.0;
    let length = lon_deg.hypot(lat_deg) + 0.000_02 * (lat_deg * turn).sin();
    let angle = lat_deg.atan2(lon_deg) + 0.000_003 * (lon_deg * turn).cos();
    [length * angle.sin() + 0.006, length * angle.cos() + 0.0065]
}

/// What a shift leads to `shifted`: by fixed-point iteration, for the shifts change slowly from place to place.
fn inverse(shift: impl Fn([f64; 2]) -> [f64; 2], shifted: [f64; 2]) -> [f64; 2] {
    let mut place = shifted;
    for _ in 0..30 {
        let there = shift(place);
        let off = [shifted[0] - there[0], shifted[1] - there[1]];
        place = [place[0] + off[0], place[1] + off[1]];
        // A tenth of a millimetre.
        if off[0].abs() < 1e-9 && off[1].abs() < 1e-9 {
            break;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metres([lat_a, lon_a]: [f64; 2], [lat_b, lon_b]: [f64; 2]) -> f64 {
        let north_m = (lat_b - lat_a) * 111_320.0;
        north_m.hypot((lon_b - lon_a) * 111_320.0 * lat_a.to_radians().cos())
    }

    #[test]
    fn the_inverse_is_exact_over_the_whole_country() {
        for lat in (2..=54).step_by(2) {
            for lon in (74..=136).step_by(2) {
                let place = [f64::from(lat) + 0.1234, f64::from(lon) + 0.5678];
                let gcj02 = gcj02_from_wgs84(place);
                assert!((20.0..1000.0).contains(&metres(place, gcj02)), "{place:?}: {}", metres(place, gcj02));
                assert!(metres(place, Datum::Gcj02.to_wgs84(gcj02)) < 0.001, "{place:?}");
                assert!(metres(place, Datum::Bd09.to_wgs84(bd09_from_gcj02(gcj02))) < 0.001, "{place:?}");
            }
        }
    }

    #[test]
    fn the_formula_is_the_one_that_others_use() {
        // The examples in the documentation of the JavaScript library `coordtransform`.
        let gcj02 = gcj02_from_wgs84([39.915, 116.404]);
        assert!(metres(gcj02, [39.916_404_281_501_64, 116.410_244_499_169_38]) < 1e-6, "{gcj02:?}");
        let bd09 = bd09_from_gcj02([39.915, 116.404]);
        assert!(metres(bd09, [39.921_336_993_510_21, 116.410_369_493_710_29]) < 1e-6, "{bd09:?}");
    }

    #[test]
    fn abroad_nothing_is_shifted() {
        let munich = [48.137, 11.575];
        assert_eq!(gcj02_from_wgs84(munich), munich);
        assert_eq!(Datum::Gcj02.to_wgs84(munich), munich);
        assert_eq!(Datum::Wgs84.to_wgs84([30.0, 120.0]), [30.0, 120.0]);
    }
}
