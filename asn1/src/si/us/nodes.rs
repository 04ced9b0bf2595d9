//! Where the nodes of lines are: as offsets, or as places.

use alloc::vec::Vec;

use super::lanes::{NodeListXY, NodeXY};
use super::tim_regions::{NodeLL, NodeListLL};
use crate::CodecError;
use crate::si::{At, Position, Si};
use crate::units::{NODE_OFFSET_DEG, NODE_OFFSET_M};
use crate::us::common::RegionalExtension;
use crate::us::lanes::{NodeLLmD64b, NodeXY20b, NodeXY22b, NodeXY24b, NodeXY26b, NodeXY28b, NodeXY32b};
use crate::us::tim_regions::{NodeLL24B, NodeLL28B, NodeLL32B, NodeLL36B, NodeLL44B, NodeLL48B};
use crate::us::{lanes, tim_regions};

/// Where a node is. ASN.1 `NodeOffsetPointXY`.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeOffsetPointXY {
    /// `node-XY1` to `node-XY6`, the smallest that fits: an offset from the node before, the first from the reference point.
    Offset {
        /// To the east, metres, -327.68 to 327.67.
        east_m: f64,
        /// To the north, metres, -327.68 to 327.67.
        north_m: f64,
    },
    /// `node-LatLon`: a place, whose height is not told.
    Place(Option<Position>),
    /// `regional`: what some region says, kept as it came.
    Regional(RegionalExtension),
}

/// Where a node is. ASN.1 `NodeOffsetPointLL`.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeOffsetPointLL {
    /// `node-LL1` to `node-LL6`, the smallest that fits: an offset from the node before, the first from the anchor.
    Offset {
        /// To the north, degrees, ±0.8388607.
        lat_deg: f64,
        /// To the east, degrees, ±0.8388607.
        lon_deg: f64,
    },
    /// `node-LatLon`: a place, whose height is not told.
    Place(Option<Position>),
    /// `regional`: what some region says, kept as it came.
    Regional(RegionalExtension),
}

impl NodeListXY {
    /// A line by its points, metres east and north of the reference point. Each is rounded to the wire's step before the
    /// offset from it to the next is taken, so that a long line does not drift.
    pub fn along(points_m: impl IntoIterator<Item = [f64; 2]>) -> Self {
        let mut previous = [0.0; 2];
        let node = |point_m: [f64; 2]| {
            let steps = point_m.map(|part_m| libm::round(part_m / NODE_OFFSET_M.step));
            let [east_m, north_m] = [0, 1].map(|axis| (steps[axis] - previous[axis]) * NODE_OFFSET_M.step);
            previous = steps;
            NodeXY { delta: NodeOffsetPointXY::Offset { east_m, north_m }, attributes: None }
        };
        Self::Nodes(points_m.into_iter().map(node).collect())
    }

    /// The places of the line's nodes. `beside` gives the place so many metres east and north of another. `None` when the
    /// line is computed from another one, or one of its nodes is in a regional form or unknown.
    pub fn places(
        &self,
        reference: Position,
        beside: impl Fn(Position, [f64; 2]) -> Position,
    ) -> Option<Vec<Position>> {
        let Self::Nodes(nodes) = self else { return None };
        let mut here = reference;
        let mut next = |node: &NodeXY| {
            here = match &node.delta {
                NodeOffsetPointXY::Offset { east_m, north_m } => beside(here, [*east_m, *north_m]),
                NodeOffsetPointXY::Place(place) => (*place)?,
                NodeOffsetPointXY::Regional(_) => return None,
            };
            Some(here)
        };
        nodes.iter().map(&mut next).collect()
    }
}

impl NodeListLL {
    /// A line by its places, degrees north and east; the first is counted from the anchor. Rounded as [`NodeListXY::along`] does.
    pub fn along(anchor_deg: [f64; 2], places_deg: impl IntoIterator<Item = [f64; 2]>) -> Self {
        let steps = |place_deg: [f64; 2]| place_deg.map(|part_deg| libm::round(part_deg / NODE_OFFSET_DEG.step));
        let mut previous = steps(anchor_deg);
        let node = |place_deg: [f64; 2]| {
            let here = steps(place_deg);
            let [lat_deg, lon_deg] = [0, 1].map(|axis| (here[axis] - previous[axis]) * NODE_OFFSET_DEG.step);
            previous = here;
            NodeLL { delta: NodeOffsetPointLL::Offset { lat_deg, lon_deg }, attributes: None }
        };
        Self::Nodes(places_deg.into_iter().map(node).collect())
    }
}

impl Si<lanes::NodeOffsetPointXY> for NodeOffsetPointXY {
    fn to_wire(&self) -> Result<lanes::NodeOffsetPointXY, CodecError> {
        use lanes::NodeOffsetPointXY as Wire;
        let (east_m, north_m) = match self {
            Self::Offset { east_m, north_m } => (*east_m, *north_m),
            Self::Place(place) => return Ok(Wire::NodeLatLon(absolute(*place).at("node-LatLon")?)),
            Self::Regional(extension) => return Ok(Wire::Regional(extension.clone())),
        };
        let (x, y) = (NODE_OFFSET_M.to_wire(east_m).at("x")?, NODE_OFFSET_M.to_wire(north_m).at("y")?);
        let fits = |bits| fit(bits, x.into(), y.into());
        Ok(match () {
            () if fits(10) => Wire::NodeXY1(NodeXY20b { x, y }),
            () if fits(11) => Wire::NodeXY2(NodeXY22b { x, y }),
            () if fits(12) => Wire::NodeXY3(NodeXY24b { x, y }),
            () if fits(13) => Wire::NodeXY4(NodeXY26b { x, y }),
            () if fits(14) => Wire::NodeXY5(NodeXY28b { x, y }),
            () => Wire::NodeXY6(NodeXY32b { x, y }),
        })
    }

    fn from_wire(wire: &lanes::NodeOffsetPointXY) -> Self {
        use lanes::NodeOffsetPointXY as Wire;
        let (x, y) = match wire {
            Wire::NodeXY1(NodeXY20b { x, y })
            | Wire::NodeXY2(NodeXY22b { x, y })
            | Wire::NodeXY3(NodeXY24b { x, y })
            | Wire::NodeXY4(NodeXY26b { x, y })
            | Wire::NodeXY5(NodeXY28b { x, y })
            | Wire::NodeXY6(NodeXY32b { x, y }) => (*x, *y),
            Wire::NodeLatLon(place) => return Self::Place(Position::from_wire(place.lat, place.lon, None)),
            Wire::Regional(extension) => return Self::Regional(extension.clone()),
        };
        Self::Offset { east_m: NODE_OFFSET_M.value(x), north_m: NODE_OFFSET_M.value(y) }
    }
}

impl Si<tim_regions::NodeOffsetPointLL> for NodeOffsetPointLL {
    fn to_wire(&self) -> Result<tim_regions::NodeOffsetPointLL, CodecError> {
        use tim_regions::NodeOffsetPointLL as Wire;
        let (lat_deg, lon_deg) = match self {
            Self::Offset { lat_deg, lon_deg } => (*lat_deg, *lon_deg),
            Self::Place(place) => return Ok(Wire::NodeLatLon(absolute(*place).at("node-LatLon")?)),
            Self::Regional(extension) => return Ok(Wire::Regional(extension.clone())),
        };
        let (lat, lon) = (NODE_OFFSET_DEG.to_wire(lat_deg).at("lat")?, NODE_OFFSET_DEG.to_wire(lon_deg).at("lon")?);
        let fits = |bits| fit(bits, lat, lon);
        Ok(match (i16::try_from(lat), i16::try_from(lon)) {
            (Ok(lat), Ok(lon)) if fits(12) => Wire::NodeLL1(NodeLL24B { lon, lat }),
            (Ok(lat), Ok(lon)) if fits(14) => Wire::NodeLL2(NodeLL28B { lon, lat }),
            (Ok(lat), Ok(lon)) => Wire::NodeLL3(NodeLL32B { lon, lat }),
            _ if fits(18) => Wire::NodeLL4(NodeLL36B { lon, lat }),
            _ if fits(22) => Wire::NodeLL5(NodeLL44B { lon, lat }),
            _ => Wire::NodeLL6(NodeLL48B { lon, lat }),
        })
    }

    fn from_wire(wire: &tim_regions::NodeOffsetPointLL) -> Self {
        use tim_regions::NodeOffsetPointLL as Wire;
        let (lat, lon) = match wire {
            Wire::NodeLL1(NodeLL24B { lon, lat })
            | Wire::NodeLL2(NodeLL28B { lon, lat })
            | Wire::NodeLL3(NodeLL32B { lon, lat }) => (i32::from(*lat), i32::from(*lon)),
            Wire::NodeLL4(NodeLL36B { lon, lat })
            | Wire::NodeLL5(NodeLL44B { lon, lat })
            | Wire::NodeLL6(NodeLL48B { lon, lat }) => (*lat, *lon),
            Wire::NodeLatLon(place) => return Self::Place(Position::from_wire(place.lat, place.lon, None)),
            Wire::Regional(extension) => return Self::Regional(extension.clone()),
        };
        Self::Offset { lat_deg: NODE_OFFSET_DEG.value(lat), lon_deg: NODE_OFFSET_DEG.value(lon) }
    }
}

fn absolute(place: Option<Position>) -> Result<NodeLLmD64b, CodecError> {
    let place = Position::to_wire(place)?;
    Ok(NodeLLmD64b { lon: place.long, lat: place.lat })
}

/// Whether both fit into two's complement of so many bits.
fn fit(bits: u32, a: i32, b: i32) -> bool {
    [a, b].iter().all(|part| (-(1 << (bits - 1))..1 << (bits - 1)).contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(east_m: f64, north_m: f64) -> lanes::NodeOffsetPointXY {
        NodeOffsetPointXY::Offset { east_m, north_m }.to_wire().unwrap()
    }

    #[test]
    fn a_node_takes_the_smallest_form_that_fits() {
        let form = |north_m: f64| match sent(0.0, north_m) {
            lanes::NodeOffsetPointXY::NodeXY1(_) => 1,
            lanes::NodeOffsetPointXY::NodeXY2(_) => 2,
            lanes::NodeOffsetPointXY::NodeXY3(_) => 3,
            lanes::NodeOffsetPointXY::NodeXY4(_) => 4,
            lanes::NodeOffsetPointXY::NodeXY5(_) => 5,
            lanes::NodeOffsetPointXY::NodeXY6(_) => 6,
            other => panic!("{other:?}"),
        };
        let edges_m = [5.11, 5.12, 10.23, 10.24, 20.47, 20.48, 40.95, 40.96, 81.91, 81.92, 327.67];
        assert_eq!(edges_m.map(form), [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
        assert_eq!([-5.12, -5.13, -327.68].map(form), [1, 2, 6]);
        let too_far = NodeOffsetPointXY::Offset { east_m: 0.0, north_m: 327.68 }.to_wire().unwrap_err();
        assert_eq!(too_far.at, "y");
        let degrees = |lon_deg| NodeOffsetPointLL::Offset { lat_deg: 0.0, lon_deg }.to_wire();
        assert!(matches!(
            degrees(-0.0002048),
            Ok(tim_regions::NodeOffsetPointLL::NodeLL1(NodeLL24B { lon: -2048, .. }))
        ));
        assert!(matches!(degrees(0.0002048), Ok(tim_regions::NodeOffsetPointLL::NodeLL2(_))));
        assert!(matches!(degrees(0.0032768), Ok(tim_regions::NodeOffsetPointLL::NodeLL4(_))));
        assert!(matches!(degrees(0.8388607), Ok(tim_regions::NodeOffsetPointLL::NodeLL6(_))));
        assert!(degrees(0.8388608).is_err());
    }

    #[test]
    fn a_line_does_not_drift_and_is_found_again() {
        // Steps of 1.004 m, of which each alone would round to 1.00 m.
        let line = NodeListXY::along((1..=50_u8).map(|step| [f64::from(step) * 1.004, 0.0]));
        let flat = |from: Position, [east_m, north_m]: [f64; 2]| Position {
            lat_deg: from.lat_deg + north_m * 1e-5,
            lon_deg: from.lon_deg + east_m * 1e-5,
            ..from
        };
        let reference = Position { lat_deg: 42.0, lon_deg: -83.0, elevation_m: None };
        let received: NodeListXY = Si::from_wire(&line.to_wire().unwrap());
        let places = received.places(reference, flat).unwrap();
        let end_m = (places.last().unwrap().lon_deg - reference.lon_deg) * 1e5;
        assert!((end_m - 50.2).abs() < 0.005, "{end_m}");

        let NodeListXY::Nodes(mut nodes) = line else { panic!("no nodes") };
        nodes[1].delta = NodeOffsetPointXY::Place(Some(reference));
        let back_there = NodeListXY::Nodes(nodes.clone()).places(reference, flat).unwrap();
        assert_eq!(back_there[1], reference);
        nodes[1].delta = NodeOffsetPointXY::Place(None);
        assert_eq!(NodeListXY::Nodes(nodes).places(reference, flat), None);
    }
}
