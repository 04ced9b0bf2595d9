//! Who steps onto a crosswalk, and how long they stood at its kerb before.

use std::collections::BTreeSet;

use crate::calibration::{SensorModel, SiteGeometry};
use crate::detection::SensorId;
use crate::frames::{in_field_of_view, inside, mean};
use crate::time::UtcMicros;

use super::tally::Values;

/// Within this distance of a crosswalk one is at its kerb, metres.
const KERB_M: f64 = 3.0;
/// Slower than this a person stands, m/s.
const STANDS_MPS: f64 = 0.4;
/// Farther in than this one has stepped onto it, metres: who waits at its very edge is not taken for walking.
const STEPPED_M: f64 = 0.5;

/// A crosswalk.
#[derive(Clone, Debug, PartialEq)]
pub struct Crosswalk {
    /// Its name in the map.
    pub id: SensorId,
    /// Outline, site ENU, metres; three corners or more.
    pub outline_enu_m: Vec<[f64; 2]>,
    /// The signal group that rules it.
    pub signal_group: Option<u32>,
}

/// A crosswalk and who can see it.
#[derive(Clone, Debug)]
pub(super) struct RoadCrosswalk {
    pub crosswalk: Crosswalk,
    /// Sensors in whose field of view its middle lies.
    in_view_of: Vec<SensorId>,
}

impl RoadCrosswalk {
    pub fn new(crosswalk: Crosswalk, site: &SiteGeometry) -> Self {
        let middle = mean(crosswalk.outline_enu_m.iter().copied());
        let sees = |sensor: &&SensorModel| middle.is_some_and(|middle| in_field_of_view(sensor, middle));
        let in_view_of = site.sensors.iter().filter(sees).map(|sensor| sensor.id().clone()).collect();
        Self { crosswalk, in_view_of }
    }

    /// Sensors that deliver and see it.
    pub fn watchers(&self, live: &[SensorId]) -> impl Iterator<Item = &SensorId> {
        self.in_view_of.iter().filter(|sensor| live.contains(sensor))
    }

    /// How far from its edge a place is, metres; negative inside.
    fn outside_m(&self, p: [f64; 2]) -> f64 {
        let outline = &self.crosswalk.outline_enu_m;
        let edges = outline.iter().zip(outline.iter().cycle().skip(1));
        let to_edge_m = edges.map(|(a, b)| to_segment_m(p, *a, *b)).fold(f64::INFINITY, f64::min);
        if inside(outline, p) { -to_edge_m } else { to_edge_m }
    }
}

fn to_segment_m(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (ab, ap) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
    let length2 = ab[0] * ab[0] + ab[1] * ab[1];
    let share = if length2 > 0.0 { ((ap[0] * ab[0] + ap[1] * ab[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
    (ap[0] - share * ab[0]).hypot(ap[1] - share * ab[1])
}

/// One crosswalk over a stretch of time.
#[derive(Clone, Debug, Default)]
pub(super) struct CrosswalkTally {
    /// How long each that stepped onto it had stood at its kerb, seconds.
    pub waited_s: Values,
    pub covered_s: f64,
    pub sensors: BTreeSet<SensorId>,
}

impl CrosswalkTally {
    pub fn absorb(&mut self, other: &Self) {
        self.waited_s.absorb(&other.waited_s);
        self.covered_s += other.covered_s;
        self.sensors.extend(other.sensors.iter().cloned());
    }

    /// These looked at it for a while.
    pub fn watch<'a>(&mut self, dt_s: f64, sensors: impl Iterator<Item = &'a SensorId>) {
        let mut watched_s = 0.0;
        for sensor in sensors {
            watched_s = dt_s;
            if !self.sensors.contains(sensor) {
                self.sensors.insert(sensor.clone());
            }
        }
        self.covered_s += watched_s;
    }
}

/// One person's way over crosswalks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Walk {
    at_kerb: bool,
    stands_since: Option<UtcMicros>,
    /// The crosswalk that was stepped onto last, while it is near.
    crossed: Option<usize>,
}

impl Walk {
    /// Takes where somebody is now. The crosswalk that they have stepped onto from its kerb, and how long they had stood
    /// there, seconds: 0 if they walked on.
    pub fn step(
        &mut self,
        at: UtcMicros,
        position_enu_m: [f64; 2],
        speed_mps: f64,
        crosswalks: &[RoadCrosswalk],
    ) -> Option<(usize, f64)> {
        let outside_m = |index: usize| crosswalks[index].outside_m(position_enu_m);
        self.crossed = self.crossed.filter(|crossed| outside_m(*crossed) <= KERB_M);
        // Who has crossed is at the far kerb of that crosswalk, and may wait for the next one.
        let others = (0..crosswalks.len()).filter(|index| Some(*index) != self.crossed);
        let nearest = others.map(|index| (index, outside_m(index))).min_by(|a, b| a.1.total_cmp(&b.1));
        match nearest {
            Some((index, outside_m)) if outside_m < -STEPPED_M => {
                let waited_s = self.stands_since.map_or(0.0, |since| at.seconds_since(since));
                let stepped = self.at_kerb.then_some((index, waited_s));
                *self = Self { crossed: Some(index), ..Self::default() };
                return stepped;
            }
            Some((_, outside_m)) if outside_m <= KERB_M => {
                self.at_kerb = true;
                if speed_mps < STANDS_MPS {
                    self.stands_since.get_or_insert(at);
                }
            }
            _ => (self.at_kerb, self.stands_since) = (false, None),
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crosswalk from the kerb at 0 m to that at 10 m north, and one that begins 4 m east of its far end.
    fn crosswalks() -> Vec<RoadCrosswalk> {
        let of = |outline_enu_m: [[f64; 2]; 4]| RoadCrosswalk {
            crosswalk: Crosswalk { id: "c".into(), outline_enu_m: outline_enu_m.to_vec(), signal_group: None },
            in_view_of: vec![],
        };
        vec![
            of([[-2.0, 0.0], [2.0, 0.0], [2.0, 10.0], [-2.0, 10.0]]),
            of([[4.0, 10.5], [14.0, 10.5], [14.0, 14.5], [4.0, 14.5]]),
        ]
    }

    /// Walks along places at 1 m/s or stands where a place comes again, a second each: who stepped where, after how long.
    fn walk(places: &[[f64; 2]]) -> Vec<(usize, f64)> {
        let (mut walk, mut before) = (Walk::default(), places[0]);
        let step = |(second, place): (i64, &[f64; 2])| {
            let speed_mps = (place[0] - before[0]).hypot(place[1] - before[1]);
            before = *place;
            walk.step(UtcMicros(second * 1_000_000), *place, speed_mps, &crosswalks())
        };
        (0..).zip(places).filter_map(step).collect()
    }

    #[test]
    fn one_waits_from_standing_at_the_kerb_until_stepping_on() {
        // Twenty seconds at the kerb; a tracker's noise puts one over the edge and back.
        let waits = (0..20).map(|k| [0.0, if k % 2 == 0 { -0.1 } else { 0.2 }]);
        let on = (0..14).map(|k| [0.0, f64::from(k) + 0.6]);
        let all: Vec<[f64; 2]> = [[0.0, -3.5], [0.0, -2.5], [0.0, -1.3]].into_iter().chain(waits).chain(on).collect();
        assert_eq!(walk(&all), [(0, 19.0)], "once, though the far kerb is near the crosswalk as well");
    }

    #[test]
    fn who_walks_on_did_not_wait_and_who_turns_away_did_not_cross() {
        let on: Vec<[f64; 2]> = (0..20).map(|k| [0.0, f64::from(k) - 5.0]).collect();
        assert_eq!(walk(&on), [(0, 0.0)]);
        let away: Vec<[f64; 2]> = [[0.0, -1.0]; 30].into_iter().chain((0..5).map(|k| [0.0, -f64::from(k)])).collect();
        assert_eq!(walk(&away), []);
    }

    #[test]
    fn behind_one_crosswalk_one_waits_for_the_next() {
        let over = (0..17).map(|k| [0.0, f64::from(k) - 5.0]);
        let at_next = [[2.5, 12.0]; 11];
        let on = (0..5).map(|k| [5.0 + f64::from(k), 12.0]);
        let all: Vec<[f64; 2]> = over.chain(at_next).chain(on).collect();
        assert_eq!(walk(&all), [(0, 0.0), (1, 10.0)]);
    }

    #[test]
    fn who_is_first_seen_on_it_is_not_counted() {
        assert_eq!(walk(&[[0.0, 4.0], [0.0, 5.0], [0.0, 6.0]]), []);
    }
}
