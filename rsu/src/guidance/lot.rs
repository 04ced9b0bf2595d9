//! Who is led to which bay of one lot, by the lot as it is.

use std::collections::BTreeSet;

use perception::detection::SensorId;
use perception::frames::{SiteFrame, inside};
use perception::parking::{BayStatus, Lot, LotState};
use perception::time::UtcMicros;

use super::vehicle::{Stands, Vehicle, Wants};
use super::ways::{Way, Ways};
use crate::map::CarPark;
use crate::map::geometry::{self, Point};

/// One PAM has room for as many guides (T/CSAE 157, `parkingAreaGuidance`).
const MOST_GUIDES: usize = 16;
/// A vehicle that says it is so near to a bay stands in it, as far as positioning errs, metres.
const IN_BAY_M: f64 = 1.5;

/// A lot whose drives are drawn.
#[derive(Clone, Debug)]
pub(super) struct GuidedLot {
    pub id: SensorId,
    pub ways: Ways,
    bays: Vec<Vec<Point>>,
}

impl GuidedLot {
    pub fn new(lot: &Lot, park: &CarPark, frame: &SiteFrame) -> Self {
        let bays = lot.bays.iter().map(|bay| bay.polygon_enu_m.clone()).collect();
        Self { id: lot.id.clone(), ways: Ways::new(lot, park, frame), bays }
    }

    /// Leads these vehicles by the lot as it is. Who is led already comes first, and keeps its bay while it can.
    pub fn lead(&self, now: UtcMicros, state: &LotState, vehicles: Vec<&mut Vehicle>) {
        let status = |bay: usize| state.bays.get(bay).map(|bay| bay.status);
        let mut to_lead = Vec::new();
        for vehicle in vehicles {
            match vehicle.bay {
                Some(bay) if status(bay) != Some(BayStatus::Free) && self.is_in(vehicle, bay) => {
                    vehicle.settle(Stands::InItsBay, None);
                }
                bay => {
                    vehicle.bay = bay.filter(|bay| vehicle.may_keep(now, status(*bay)));
                    to_lead.push(vehicle);
                }
            }
        }
        to_lead.sort_by_key(|vehicle| vehicle.way.is_empty());
        let mut held: BTreeSet<usize> = to_lead.iter().filter_map(|vehicle| vehicle.bay).collect();
        for (before, vehicle) in to_lead.into_iter().enumerate() {
            let is_free = |bay: usize| status(bay) == Some(BayStatus::Free) && !held.contains(&bay);
            let found = self.way_for(vehicle, is_free);
            // Who is led already comes first, so that who is not led pushes nobody out.
            let found = if before < MOST_GUIDES { found } else { Err(Stands::TooMany) };
            vehicle.bay = found.as_ref().ok().and_then(|(_, bay)| *bay);
            held.extend(vehicle.bay);
            match found {
                Ok((way, bay)) => vehicle.settle(bay.map_or(Stands::ToExit, Stands::ToBay), Some(way)),
                Err(why) => vehicle.settle(why, None),
            }
        }
    }

    /// To the bay that it has; else to the one that it wished for; else to the one with the shortest way. Or out.
    fn way_for(&self, vehicle: &Vehicle, is_free: impl Fn(usize) -> bool) -> Result<(Way, Option<usize>), Stands> {
        let reach = self.ways.from(vehicle.ask.at_enu_m, vehicle.ask.course);
        let (wished, or_any) = match vehicle.ask.wants {
            Wants::Bay { wished, or_any } => (wished, or_any),
            Wants::Exit if reach.is_inside() => return reach.to_exit().map(|way| (way, None)).ok_or(Stands::NoWay),
            Wants::Exit => return Err(Stands::NotInLot),
        };
        let way = |bay: usize| reach.to_bay(bay).map(|way| (way, Some(bay)));
        let own = vehicle.bay.and_then(way).or_else(|| wished.filter(|bay| is_free(*bay)).and_then(way));
        if let Some(found) = own {
            return Ok(found);
        }
        let free = || (0..self.bays.len()).filter(|bay| (or_any || Some(*bay) == wished) && is_free(*bay));
        if free().next().is_none() {
            return Err(Stands::NoFreeBay);
        }
        free().filter_map(way).min_by(|a, b| a.0.length_m.total_cmp(&b.0.length_m)).ok_or(Stands::NoWay)
    }

    fn is_in(&self, vehicle: &Vehicle, bay: usize) -> bool {
        let Some(outline) = self.bays.get(bay) else { return false };
        let (at, closed) = (vehicle.ask.at_enu_m, [outline.as_slice(), outline.get(..1).unwrap_or_default()].concat());
        inside(outline, at) || geometry::nearest(&closed, at).is_some_and(|found| found.distance_m <= IN_BAY_M)
    }
}
