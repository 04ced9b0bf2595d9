//! The road as counting needs it: links of lanes, where each is counted, which sensors can see that.

use std::collections::BTreeMap;

use crate::calibration::{Lane, SensorModel, SiteGeometry};
use crate::detection::{Class, SensorId};
use crate::frames::{heading_of, in_field_of_view, wrap_pi};
use crate::lanes::LaneMap;
use crate::section::{self, COUNTING_LINE_M, point_at};

use super::crosswalk::{Crosswalk, RoadCrosswalk};

/// Taken for a lane without a speed limit: 50 km/h, m/s.
const URBAN_LIMIT_MPS: f64 = 13.9;

/// One lane.
#[derive(Clone, Debug)]
pub(super) struct RoadLane {
    pub id: SensorId,
    /// Index of its link.
    pub link: usize,
    /// Where it is counted, metres from its beginning.
    pub line_m: f64,
    /// That place, site ENU, metres.
    line_enu_m: [f64; 2],
    /// The lane's direction there, radians clockwise from true north.
    line_rad: f64,
    pub length_m: f64,
    /// Its end, site ENU, metres, and its direction there, radians clockwise from true north.
    end_enu_m: [f64; 2],
    end_rad: f64,
    /// Where the stretch begins and ends over which density, delay and queues are measured, metres from its beginning.
    pub section_m: [f64; 2],
    pub free_mps: f64,
    /// It leads to the junction.
    pub approach: bool,
    pub signal_group: Option<u32>,
    /// Where it leads; empty: nobody said.
    pub maneuvers: Vec<Turn>,
    /// For people on foot only.
    pub on_foot: bool,
    /// Sensors in whose field of view the counting line lies.
    pub in_view_of: Vec<SensorId>,
}

impl RoadLane {
    /// Vehicles queue in it.
    pub fn queues(&self) -> bool {
        self.approach && !self.on_foot
    }

    /// How far beyond the lane's end a place is, straight on from there, metres.
    pub fn beyond_m(&self, place_enu_m: [f64; 2]) -> f64 {
        let [east_m, north_m] = [0, 1].map(|axis: usize| place_enu_m[axis] - self.end_enu_m[axis]);
        east_m * self.end_rad.sin() + north_m * self.end_rad.cos()
    }

    /// How far it is from an offset before the counting line to a place beyond the lane's end, metres: along the lane to the
    /// line, and straight on from there.
    pub fn way_m(&self, offset_m: f64, place_enu_m: [f64; 2]) -> f64 {
        let [east_m, north_m] = [0, 1].map(|axis: usize| place_enu_m[axis] - self.line_enu_m[axis]);
        (self.line_m - offset_m).max(0.0) + east_m.hypot(north_m)
    }
}

/// Lanes side by side.
#[derive(Clone, Debug)]
pub(super) struct RoadLink {
    pub id: SensorId,
    /// It leads to the junction.
    pub approach: bool,
    /// Directions at its beginning and end, radians clockwise from true north.
    begin_rad: f64,
    end_rad: f64,
}

/// What one does at the junction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Left,
    Straight,
    Right,
    Back,
}

impl Turn {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "left" => Self::Left,
            "straight" => Self::Straight,
            "right" => Self::Right,
            "u_turn" => Self::Back,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Straight => "straight",
            Self::Right => "right",
            Self::Back => "u_turn",
        }
    }

    /// Which way a change of heading is, radians clockwise: up to 45 degrees it is straight on, from 150 on back.
    fn of_angle(clockwise_rad: f64) -> Self {
        let turned_rad = wrap_pi(clockwise_rad);
        match turned_rad.abs() {
            least if least < std::f64::consts::FRAC_PI_4 => Self::Straight,
            most if most > 150_f64.to_radians() => Self::Back,
            _ if turned_rad > 0.0 => Self::Right,
            _ => Self::Left,
        }
    }
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Road {
    pub lanes: Vec<RoadLane>,
    pub links: Vec<RoadLink>,
    pub crosswalks: Vec<RoadCrosswalk>,
    by_id: BTreeMap<SensorId, usize>,
}

impl Road {
    /// Of a site and its crosswalks. Lanes without a centre line are left out.
    pub fn new(site: &SiteGeometry, crosswalks: Vec<Crosswalk>) -> Self {
        let map = LaneMap::new(&site.lanes);
        let crosswalks = crosswalks.into_iter().map(|crosswalk| RoadCrosswalk::new(crosswalk, site)).collect();
        let mut road = Self { crosswalks, ..Self::default() };
        for lane in &site.lanes {
            let (Some(length_m), [first, .., last]) = (map.length_m(&lane.id), lane.centerline_enu_m.as_slice()) else {
                continue;
            };
            let second = lane.centerline_enu_m.get(1).unwrap_or(last);
            let before = lane.centerline_enu_m.iter().rev().nth(1).unwrap_or(first);
            let approach = section::is_approach(site, lane);
            let on_foot = lane.allowed == [Class::Pedestrian];
            // Sidewalks lead to crossings on either side of the road.
            let link = road.link(&lane.id, approach && !on_foot, heading(first, second), heading(before, last));
            let inset_m = COUNTING_LINE_M.min(length_m / 2.0);
            let line_m = if approach { length_m - inset_m } else { inset_m };
            let line_enu_m = point_at(&lane.centerline_enu_m, line_m).unwrap_or(*last);
            road.by_id.insert(lane.id.clone(), road.lanes.len());
            road.lanes.push(RoadLane {
                id: lane.id.clone(),
                link,
                line_m,
                line_enu_m,
                line_rad: heading(&point_at(&lane.centerline_enu_m, line_m - 0.5).unwrap_or(*first), &line_enu_m),
                length_m,
                end_enu_m: *last,
                end_rad: heading(before, last),
                section_m: section::section_m(site, lane),
                free_mps: lane.speed_limit_mps.filter(|limit| *limit > 0.5).unwrap_or(URBAN_LIMIT_MPS),
                approach,
                signal_group: lane.signal_group,
                maneuvers: lane.maneuvers.iter().filter_map(|name| Turn::named(name)).collect(),
                on_foot,
                in_view_of: seen_by(site, lane, line_m),
            });
        }
        road
    }

    /// A link leads to the junction if one of its lanes for vehicles does.
    fn link(&mut self, lane: &SensorId, approach: bool, begin_rad: f64, end_rad: f64) -> usize {
        let name = lane.rsplit_once('/').map_or(&**lane, |(link, _)| link);
        if let Some(index) = self.links.iter().position(|link| &*link.id == name) {
            self.links[index].approach |= approach;
            return index;
        }
        self.links.push(RoadLink { id: name.into(), approach, begin_rad, end_rad });
        self.links.len() - 1
    }

    pub fn lane(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Of a lane and those beside it for the same road users, the one that a place near the counting line is nearest to.
    pub fn lane_beside(&self, lane: usize, position_enu_m: [f64; 2]) -> usize {
        let like = &self.lanes[lane];
        let aside_m = |index: &usize| {
            let other = &self.lanes[*index];
            let [east_m, north_m] = [0, 1].map(|i| position_enu_m[i] - other.line_enu_m[i]);
            (east_m * other.line_rad.cos() - north_m * other.line_rad.sin()).abs()
        };
        let alike = |index: &usize| self.lanes[*index].link == like.link && self.lanes[*index].on_foot == like.on_foot;
        let beside = (0..self.lanes.len()).filter(alike);
        beside.min_by(|a, b| aside_m(a).total_cmp(&aside_m(b))).unwrap_or(lane)
    }

    /// What one does who goes from the end of one link to the beginning of another.
    pub fn turn(&self, from: usize, to: usize) -> Option<Turn> {
        Some(Turn::of_angle(self.links.get(to)?.begin_rad - self.links.get(from)?.end_rad))
    }

    /// The link to which a lane leads, where all of it can only lead to one.
    pub fn only_way(&self, lane: usize) -> Option<usize> {
        let lane = self.lanes.get(lane)?;
        let [turn] = lane.maneuvers.as_slice() else { return None };
        let fits = |to: &usize| !self.links[*to].approach && self.turn(lane.link, *to) == Some(*turn);
        let mut ways = (0..self.links.len()).filter(fits);
        ways.next().filter(|_| ways.next().is_none())
    }
}

fn heading(from: &[f64; 2], to: &[f64; 2]) -> f64 {
    heading_of([to[0] - from[0], to[1] - from[1]])
}

fn seen_by(site: &SiteGeometry, lane: &Lane, at_m: f64) -> Vec<SensorId> {
    let Some(place) = point_at(&lane.centerline_enu_m, at_m) else { return Vec::new() };
    let sees = |sensor: &&SensorModel| in_field_of_view(sensor, place);
    site.sensors.iter().filter(sees).map(|sensor| sensor.id().clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::straight_lane;

    #[test]
    fn turns_by_angle() {
        let turn = |degrees: f64| Turn::of_angle(degrees.to_radians());
        assert_eq!([turn(-30.0), turn(90.0), turn(-80.0)], [Turn::Straight, Turn::Right, Turn::Left]);
        assert_eq!([turn(355.0), turn(-170.0), turn(179.0)], [Turn::Straight, Turn::Back, Turn::Back]);
    }

    #[test]
    fn lines_lie_near_the_junction_and_a_lane_with_one_way_knows_it() {
        let mut into = straight_lane("s_in/1", 100.0);
        into.maneuvers = vec!["straight".into()];
        let mut away = straight_lane("n_out/1", 100.0);
        away.centerline_enu_m = vec![[0.0, 120.0], [0.0, 220.0]];
        let mut east = straight_lane("e_out/1", 100.0);
        east.centerline_enu_m = vec![[10.0, 110.0], [110.0, 110.0]];
        let site = SiteGeometry {
            name: "t".into(),
            origin: crate::calibration::Origin { lat_deg: 0.0, lon_deg: 0.0, ellipsoidal_height_m: 0.0 },
            sensors: vec![],
            lanes: vec![into, away, east],
        };
        let road = Road::new(&site, vec![]);
        assert_eq!([road.lanes[0].line_m, road.lanes[1].line_m], [85.0, 15.0]);
        assert_eq!([road.links[0].approach, road.links[1].approach], [true, false]);
        assert_eq!((road.turn(0, 2), road.only_way(0)), (Some(Turn::Right), Some(1)));
    }
}
