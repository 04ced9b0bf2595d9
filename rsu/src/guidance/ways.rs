//! The drives of a lot as a network: the shortest ways from where a vehicle is to a bay or out.

use perception::frames::SiteFrame;
use perception::parking::{Bay, Lot};

use crate::map::geometry::{self, Point};
use crate::map::{CarPark, Drive, LotNode, SAME_LINE_M};

/// Who is as near to a drive's centre line is in the lot: half of a wide drive, and a bay's depth, metres.
pub(super) const IN_LOT_M: f64 = 10.0;
/// A vehicle need not go round again for a bay that it is beside, or has just passed as far as positioning errs, metres.
const BESIDE_M: f64 = 5.0;
/// One that drives within 120° of a drive's direction goes along it; of two directions on one line the other is out.
const LEAST_COS: f64 = -0.5;
/// `drivePath` has room for as many nodes (T/CSAE 157, `ParkingGuide`).
const MOST_NODES: usize = 32;

/// The drives of one lot and its bays along them.
#[derive(Clone, Debug)]
pub(super) struct Ways {
    drives: Vec<Stretch>,
    /// Of each bay: at which drives it lies, and how far along them, metres.
    bays: Vec<Vec<(usize, f64)>>,
}

#[derive(Clone, Debug)]
struct Stretch {
    from: u16,
    to: u16,
    line: Vec<Point>,
    length_m: f64,
    comes_in: bool,
    leads_out: bool,
    onward: Vec<usize>,
}

/// A way along drives.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way {
    /// From the node behind the vehicle, or the entrance, to that where the last drive ends: two or more.
    pub nodes: Vec<u16>,
    /// From the vehicle to where it is going, metres.
    pub length_m: f64,
}

/// Every way from one place.
#[derive(Clone, Debug)]
pub(super) struct Reach<'a> {
    ways: &'a Ways,
    /// The drives that the vehicle may be on and how far along it is, metres; none: it is outside.
    on: Vec<(usize, f64)>,
    /// Of each drive: how far it is to its beginning, metres, and by which drive; by none: one comes in there.
    begins: Vec<Option<(f64, Option<usize>)>>,
}

impl Ways {
    pub fn new(lot: &Lot, park: &CarPark, frame: &SiteFrame) -> Self {
        let is = |id: u16, what: fn(&LotNode) -> bool| park.nodes.iter().any(|node| node.id == id && what(node));
        let index = |id: u8| park.drives.iter().position(|drive| drive.id == id);
        let stretch = |drive: &Drive| {
            let line = drive.line_enu_m(frame);
            Stretch {
                from: drive.from,
                to: drive.to,
                length_m: geometry::length_m(&line),
                line,
                comes_in: is(drive.from, |node| node.entrance),
                leads_out: is(drive.to, |node| node.exit),
                onward: park.onward(drive).into_iter().filter_map(|onward| index(onward.id)).collect(),
            }
        };
        let drives: Vec<Stretch> = park.drives.iter().map(stretch).collect();
        let along = |bay: &Bay| {
            let at = geometry::middle(&bay.polygon_enu_m);
            let beside = park.beside(bay, frame).into_iter().filter_map(|drive| index(drive.id));
            beside.filter_map(|drive| Some((drive, geometry::nearest(&drives.get(drive)?.line, at)?.along_m))).collect()
        };
        let bays = lot.bays.iter().map(along).collect();
        Self { drives, bays }
    }

    /// How far a place is from the nearest drive, metres.
    pub fn distance_m(&self, at: Point) -> f64 {
        let all = self.drives.iter().filter_map(|drive| geometry::nearest(&drive.line, at));
        all.fold(f64::INFINITY, |least_m, found| least_m.min(found.distance_m))
    }

    /// All ways from a place, of a vehicle that drives in a direction (a unit vector) if that is known.
    pub fn from(&self, at: Point, course: Option<Point>) -> Reach<'_> {
        let on = self.on(at, course);
        let mut reach = Reach { ways: self, begins: vec![None; self.drives.len()], on };
        if reach.on.is_empty() {
            for (index, drive) in self.drives.iter().enumerate().filter(|(_, drive)| drive.comes_in) {
                let to_it_m = drive.line.first().map_or(0.0, |entrance| geometry::distance_m(at, *entrance));
                reach.begin(index, to_it_m, None);
            }
        }
        for (index, along_m) in reach.on.clone() {
            reach.go_on(index, -along_m);
        }
        reach.settle();
        reach
    }

    fn on(&self, at: Point, course: Option<Point>) -> Vec<(usize, f64)> {
        let found = |(index, drive): (usize, &Stretch)| Some((index, geometry::nearest(&drive.line, at)?));
        let near: Vec<_> = self.drives.iter().enumerate().filter_map(found).collect();
        let least_m = near.iter().fold(IN_LOT_M, |least_m, (_, found)| least_m.min(found.distance_m));
        let near = near.into_iter().filter(|(_, found)| found.distance_m <= (least_m + SAME_LINE_M).min(IN_LOT_M));
        let on: Vec<(usize, f64)> = near.map(|(index, found)| (index, found.along_m)).collect();
        let goes_along = |(index, along_m): &(usize, f64)| {
            let way = self.drives.get(*index).and_then(|drive| geometry::at(&drive.line, *along_m));
            way.zip(course).is_none_or(|((_, way), course)| way[0] * course[0] + way[1] * course[1] >= LEAST_COS)
        };
        let along: Vec<(usize, f64)> = on.iter().copied().filter(goes_along).collect();
        if along.is_empty() { on } else { along }
    }
}

impl Reach<'_> {
    /// Whether the vehicle is in the lot.
    pub fn is_inside(&self) -> bool {
        !self.on.is_empty()
    }

    /// The shortest way to a bay.
    pub fn to_bay(&self, bay: usize) -> Option<Way> {
        let places = self.ways.bays.get(bay)?.iter();
        self.shortest(places.map(|(drive, along_m)| (*drive, *along_m)))
    }

    /// The shortest way to where one drives out.
    pub fn to_exit(&self) -> Option<Way> {
        let exits = self.ways.drives.iter().enumerate().filter(|(_, drive)| drive.leads_out);
        self.shortest(exits.map(|(index, drive)| (index, drive.length_m)))
    }

    /// To the nearest of several places along drives; of equally near ones the first.
    fn shortest(&self, places: impl Iterator<Item = (usize, f64)>) -> Option<Way> {
        let ways = places.filter_map(|(drive, along_m)| self.to(drive, along_m));
        ways.min_by(|a, b| a.length_m.total_cmp(&b.length_m))
    }

    fn to(&self, drive: usize, along_m: f64) -> Option<Way> {
        let last = self.ways.drives.get(drive)?;
        let mut nodes = vec![last.to, last.from];
        let ahead_m = self.on.iter().find(|(on, _)| *on == drive).map(|(_, at_m)| along_m - at_m);
        let length_m = if let Some(ahead_m) = ahead_m.filter(|ahead_m| *ahead_m >= -BESIDE_M) {
            ahead_m.max(0.0)
        } else {
            let (begins_m, mut by) = (*self.begins.get(drive)?)?;
            while let Some(before) = by {
                nodes.push(self.ways.drives.get(before)?.from);
                // Whoever is on a drive goes on from there: to drive round to its beginning is never shorter.
                let starts_here = self.on.iter().any(|(on, _)| *on == before);
                by = self.begins.get(before)?.and_then(|(_, by)| by).filter(|_| !starts_here);
                if nodes.len() > MOST_NODES {
                    return None;
                }
            }
            begins_m + along_m
        };
        nodes.reverse();
        Some(Way { nodes, length_m })
    }

    /// Dijkstra's: the nearest beginning that is left goes on to others.
    fn settle(&mut self) {
        let mut open: Vec<usize> = (0..self.begins.len()).collect();
        loop {
            let begun =
                open.iter().enumerate().filter_map(|(at, drive)| Some((at, *drive, (*self.begins.get(*drive)?)?.0)));
            let Some((at, drive, begins_m)) = begun.min_by(|a, b| a.2.total_cmp(&b.2)) else { return };
            open.remove(at);
            self.go_on(drive, begins_m);
        }
    }

    /// From a drive's beginning, so far away, to those that one may go on by.
    fn go_on(&mut self, drive: usize, begins_m: f64) {
        let ways = self.ways;
        let Some(stretch) = ways.drives.get(drive) else { return };
        for onward in &stretch.onward {
            self.begin(*onward, begins_m + stretch.length_m, Some(drive));
        }
    }

    fn begin(&mut self, drive: usize, begins_m: f64, by: Option<usize>) {
        if let Some(begins) = self.begins.get_mut(drive)
            && begins.is_none_or(|(least_m, _)| begins_m < least_m)
        {
            *begins = Some((begins_m, by));
        }
    }
}
