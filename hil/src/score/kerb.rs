//! How long people really waited at crosswalks, from a recording's ground truth: the other side of the service's pedestrian
//! delay (`docs/ref/traffic.md`).
//!
//! Nothing of the service's counting is used: it looks at whole ways, finds each step onto a crosswalk, and goes back from there.

use std::collections::BTreeMap;

use perception::frames::inside;
use perception::traffic::Crosswalk;

use super::truth::{TruthFrame, TruthObject};

/// As `docs/ref/traffic.md` has them: the kerb reaches so far, a person stands below this speed, and has stepped on so far in.
const KERB_M: f64 = 3.0;
const STANDS_MPS: f64 = 0.4;
const STEPPED_M: f64 = 0.5;

/// One crosswalk over one window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CrosswalkTruth {
    /// How many stepped onto it from a kerb.
    pub pedestrians: u32,
    /// Sum of the times that they had stood there, seconds.
    pub waited_s: f64,
    /// The longest of these, seconds.
    pub longest_s: f64,
}

/// By the begin of the window, microseconds, and the crosswalk's name.
pub type KerbTruth = BTreeMap<i64, BTreeMap<String, CrosswalkTruth>>;

/// Sums up the truth over windows of `window_s` seconds, aligned to UTC.
pub fn kerb_truth(crosswalks: &[Crosswalk], frames: &[TruthFrame], window_s: u32) -> KerbTruth {
    let window_us = i64::from(window_s.max(1)) * 1_000_000;
    let mut ways: BTreeMap<u64, Vec<(i64, &TruthObject)>> = BTreeMap::new();
    for frame in frames {
        for object in frame.objects.iter().filter(|object| object.class == "pedestrian") {
            ways.entry(object.id).or_default().push((frame.t_us, object));
        }
    }
    let mut windows = KerbTruth::new();
    for way in ways.values() {
        let depth = |crosswalk: &Crosswalk, object: &TruthObject| {
            depth_m(&crosswalk.outline_enu_m, [object.east_m, object.north_m])
        };
        let along = |crosswalk| way.iter().map(|(_, object)| depth(crosswalk, object)).collect();
        let depths: Vec<Vec<f64>> = crosswalks.iter().map(along).collect();
        for (step, crosswalk) in steps(&depths) {
            let Some(waited_s) = waited_s(way, &depths, step, crosswalk) else { continue };
            let t_us = way[step].0;
            let window = windows.entry(t_us.div_euclid(window_us) * window_us).or_default();
            let tally = window.entry(crosswalks[crosswalk].id.to_string()).or_default();
            tally.pedestrians += 1;
            tally.waited_s += waited_s;
            tally.longest_s = tally.longest_s.max(waited_s);
        }
    }
    windows
}

/// The places of a way at which one is first on a crosswalk, having been away from it before.
fn steps(depths: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let mut steps = Vec::new();
    for (crosswalk, depths) in depths.iter().enumerate() {
        let mut was_away = true;
        for (step, depth_m) in depths.iter().enumerate() {
            if was_away && *depth_m > STEPPED_M {
                steps.push((step, crosswalk));
                was_away = false;
            }
            was_away |= *depth_m < -KERB_M;
        }
    }
    steps
}

/// Since when one had stood when one stepped onto a crosswalk, back to where one came to a kerb, or left another crosswalk.
/// `None`: one was on it from the beginning.
fn waited_s(way: &[(i64, &TruthObject)], depths: &[Vec<f64>], step: usize, crosswalk: usize) -> Option<f64> {
    let on = |at: usize| (0..depths.len()).find(|index| depths[*index][at] > STEPPED_M);
    let left = (0..step).rev().find_map(|at| Some((at, on(at)?)));
    let (from, crossed) =
        left.map_or((0, None), |(at, index)| (at + 1, Some(index).filter(|index| *index != crosswalk)));
    let at_kerb = |at: &usize| (0..depths.len()).any(|index| Some(index) != crossed && depths[index][*at] >= -KERB_M);
    let kerb: Vec<usize> = (from..step).rev().take_while(at_kerb).collect();
    kerb.first()?;
    let stood = kerb.iter().rev().find(|at| way[**at].1.speed_mps.is_some_and(|speed_mps| speed_mps < STANDS_MPS));
    Some(stood.map_or(0.0, |since| (way[step].0 - way[*since].0) as f64 * 1e-6))
}

/// How far inside an outline a place is, metres; negative outside.
fn depth_m(outline: &[[f64; 2]], [e, n]: [f64; 2]) -> f64 {
    let to_edge_m = outline.iter().zip(outline.iter().cycle().skip(1)).map(|([ae, an], [be, bn])| {
        let (de, dn) = (be - ae, bn - an);
        let along = (((e - ae) * de + (n - an) * dn) / (de * de + dn * dn).max(1e-9)).clamp(0.0, 1.0);
        (ae + along * de - e).hypot(an + along * dn - n)
    });
    let least_m = to_edge_m.fold(f64::INFINITY, f64::min);
    if inside(outline, [e, n]) { least_m } else { -least_m }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_waits_from_standing_at_the_kerb_until_stepping_on() {
        let crosswalk = Crosswalk {
            id: "c".into(),
            outline_enu_m: vec![[-2.0, 0.0], [2.0, 0.0], [2.0, 10.0], [-2.0, 10.0]],
            signal_group: None,
        };
        // From 5 m before it to 1 m before it, five seconds there, and on to the other side, where one stands again.
        let north = (-5..=-1).chain([-1; 5]).chain(0..12).chain([11; 20]).map(f64::from);
        let north: Vec<f64> = north.collect();
        let frame = |(second, north_m): (i64, &f64)| TruthFrame {
            t_us: second * 1_000_000,
            objects: vec![TruthObject {
                id: 1,
                class: "pedestrian".into(),
                east_m: 0.0,
                north_m: *north_m,
                speed_mps: Some(if second > 0 { north_m - north[second as usize - 1] } else { 1.0 }),
                heading_cw_north_rad: Some(0.0),
                length_m: None,
                width_m: None,
                seen_2s: None,
            }],
        };
        let frames: Vec<TruthFrame> = (0..).zip(&north).map(frame).collect();
        let truth = kerb_truth(&[crosswalk], &frames, 60);
        // Standing from 5 s on, a metre on it at 11 s.
        assert_eq!(truth[&0]["c"], CrosswalkTruth { pedestrians: 1, waited_s: 6.0, longest_s: 6.0 });
    }
}
