//! Wire values as SI values. What the integers mean is in [`asn1::units`] and [`asn1::time`].

use asn1::us::common::{NodeListXY, NodeOffsetPointXY, Position3D};
use asn1::{time, units};
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use perception::time::UtcMicros;

pub(super) fn place(lat: i32, long: i32) -> Option<Wgs84> {
    let (lat_deg, lon_deg) = (units::LATITUDE_DEG.from_wire(lat)?, units::LONGITUDE_DEG.from_wire(long)?);
    Some(Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m: 0.0 })
}

pub(super) fn speed(wire: u16) -> Option<f64> {
    units::SPEED_MPS.from_wire(wire)
}

pub(super) fn heading(wire: u16) -> Option<f64> {
    units::HEADING_CW_NORTH_RAD.from_wire(wire).map(f64::to_degrees)
}

/// A place so many tenths of a metre east and north of another.
pub(super) fn offset_place(reference: Wgs84, offset_x: i16, offset_y: i16) -> Option<Wgs84> {
    let metres = |wire| units::OBJECT_DISTANCE_M.from_wire(wire);
    Some(east_north_of(reference, metres(offset_x)?, metres(offset_y)?))
}

fn east_north_of(reference: Wgs84, east_m: f64, north_m: f64) -> Wgs84 {
    let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = reference;
    SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m }).wgs84_from_enu([east_m, north_m, 0.0])
}

/// The points of a lane, each from the one before it, the first from the reference point. `None` when the lane is
/// computed from another one, or a node is in a regional form.
pub(super) fn us_line(reference: &Position3D, nodes: &NodeListXY) -> Option<Vec<Wgs84>> {
    let NodeListXY::Nodes(nodes) = nodes else { return None };
    let mut here = place(reference.lat, reference.long)?;
    let mut points = Vec::with_capacity(nodes.len());
    for node in nodes {
        let (x, y) = match &node.delta {
            NodeOffsetPointXY::NodeXY1(xy) => (xy.x, xy.y),
            NodeOffsetPointXY::NodeXY2(xy) => (xy.x, xy.y),
            NodeOffsetPointXY::NodeXY3(xy) => (xy.x, xy.y),
            NodeOffsetPointXY::NodeXY4(xy) => (xy.x, xy.y),
            NodeOffsetPointXY::NodeXY5(xy) => (xy.x, xy.y),
            NodeOffsetPointXY::NodeXY6(xy) => (xy.x, xy.y),
            NodeOffsetPointXY::NodeLatLon(ll) => {
                here = place(ll.lat, ll.lon)?;
                points.push(here);
                continue;
            }
            NodeOffsetPointXY::Regional(_) => return None,
        };
        let metres = |wire| units::NODE_OFFSET_M.from_wire(wire);
        here = east_north_of(here, metres(x)?, metres(y)?);
        points.push(here);
    }
    Some(points)
}

/// The moment that minute of the year and millisecond of the minute tell.
pub(super) fn said_at(minute: Option<u32>, millisecond: Option<u16>, near: UtcMicros) -> Option<UtcMicros> {
    time::from_minute_of_year(minute?, millisecond?, near.0).map(UtcMicros)
}

/// The moment nearest to `near` that has this millisecond of the minute.
pub(super) fn second_near(millisecond: u16, near: UtcMicros) -> Option<UtcMicros> {
    time::from_dsecond(millisecond, near.0).map(UtcMicros)
}

/// The moment nearest to `near` that has this tenth of a second of the hour.
pub(super) fn in_hour(mark: u16, near: UtcMicros) -> Option<UtcMicros> {
    time::from_time_mark_in_hour(mark, near.0).map(UtcMicros)
}
