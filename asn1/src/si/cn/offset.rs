//! Places as offsets from a reference place, in the smallest form that holds them.

use crate::CodecError;
use crate::cn::common::{
    Position3D, PositionLL24B, PositionLL28B, PositionLL32B, PositionLL36B, PositionLL44B, PositionLL48B,
    PositionLLmD64b, PositionOffsetLL, PositionOffsetLLV, VerticalOffset,
};
use crate::si::Position;
use crate::units::ELEVATION_M;

/// A place as its offset from a reference place, in the smallest form that fits. What is farther than the widest offset
/// (0.84°, 204.7 m of height) is told absolutely, and so is every place when the reference is unknown.
///
/// Both places are rounded to the wire's steps before they are subtracted, so that the errors don't add up.
///
/// # Errors
/// When the place is outside the wire's range, at `lat`, `long` or `elevation`.
pub fn offset_to_wire(place: Option<Position>, reference: &Position3D) -> Result<PositionOffsetLLV, CodecError> {
    let place = Position::to_wire(place)?;
    Ok(PositionOffsetLLV {
        offset_ll: horizontal((place.lat, place.long), (reference.lat, reference.long)),
        offset_v: place.elevation.map(|elevation| vertical(elevation, reference.elevation)),
    })
}

/// The place that an offset tells. `None` when it says "unknown", leads off the globe, or counts from an unknown place;
/// likewise its height.
pub fn offset_from_wire(offset: &PositionOffsetLLV, reference: &Position3D) -> Option<Position> {
    let from_reference = |lat: i32, lon: i32| {
        let reference = Some((reference.lat, reference.long)).filter(|place| is_known(*place))?;
        Some((reference.0.checked_add(lat)?, reference.1.checked_add(lon)?))
    };
    let (lat, long) = match offset.offset_ll {
        PositionOffsetLL::PositionLL1(ll) => from_reference(ll.lat.into(), ll.lon.into())?,
        PositionOffsetLL::PositionLL2(ll) => from_reference(ll.lat.into(), ll.lon.into())?,
        PositionOffsetLL::PositionLL3(ll) => from_reference(ll.lat.into(), ll.lon.into())?,
        PositionOffsetLL::PositionLL4(ll) => from_reference(ll.lat, ll.lon)?,
        PositionOffsetLL::PositionLL5(ll) => from_reference(ll.lat, ll.lon)?,
        PositionOffsetLL::PositionLL6(ll) => from_reference(ll.lat, ll.lon)?,
        PositionOffsetLL::PositionLatLon(ll) => (ll.lat, ll.lon),
    };
    let elevation = offset.offset_v.and_then(|offset| elevation(offset, reference.elevation));
    Position::from_wire(lat, long, elevation)
}

fn is_known((lat, long): (i32, i32)) -> bool {
    Position::from_wire(lat, long, None).is_some()
}

/// Latitude and longitude, 1e-7 degrees.
fn horizontal(place: (i32, i32), reference: (i32, i32)) -> PositionOffsetLL {
    let difference = || {
        (is_known(place) && is_known(reference)).then_some(())?;
        Some((place.0.checked_sub(reference.0)?, place.1.checked_sub(reference.1)?))
    };
    let absolute = PositionOffsetLL::PositionLatLon(PositionLLmD64b { lat: place.0, lon: place.1 });
    difference().and_then(|(lat, lon)| smallest(lat, lon)).unwrap_or(absolute)
}

fn smallest(lat: i32, lon: i32) -> Option<PositionOffsetLL> {
    let fits = |bits: u32| [lat, lon].iter().all(|part| (-(1 << (bits - 1))..1 << (bits - 1)).contains(part));
    Some(match (i16::try_from(lat), i16::try_from(lon)) {
        (Ok(lat), Ok(lon)) if fits(12) => PositionOffsetLL::PositionLL1(PositionLL24B { lon, lat }),
        (Ok(lat), Ok(lon)) if fits(14) => PositionOffsetLL::PositionLL2(PositionLL28B { lon, lat }),
        (Ok(lat), Ok(lon)) => PositionOffsetLL::PositionLL3(PositionLL32B { lon, lat }),
        _ if fits(18) => PositionOffsetLL::PositionLL4(PositionLL36B { lon, lat }),
        _ if fits(22) => PositionOffsetLL::PositionLL5(PositionLL44B { lon, lat }),
        _ if fits(24) => PositionOffsetLL::PositionLL6(PositionLL48B { lon, lat }),
        _ => return None,
    })
}

/// Heights, 0.1 m. The most negative integer of each form says "unknown", so each reaches as far down as up.
fn vertical(elevation: i32, reference: Option<i32>) -> VerticalOffset {
    let difference = reference
        .filter(|reference| ELEVATION_M.from_wire(*reference).is_some())
        .and_then(|reference| i16::try_from(elevation.checked_sub(reference)?).ok());
    let Some(offset) = difference else { return VerticalOffset::Elevation(elevation) };
    let fits = |bits: u32| offset.unsigned_abs() < 1 << (bits - 1);
    match i8::try_from(offset) {
        Ok(offset) if fits(7) => VerticalOffset::Offset1(offset),
        Ok(offset) if fits(8) => VerticalOffset::Offset2(offset),
        _ if fits(9) => VerticalOffset::Offset3(offset),
        _ if fits(10) => VerticalOffset::Offset4(offset),
        _ if fits(11) => VerticalOffset::Offset5(offset),
        _ if fits(12) => VerticalOffset::Offset6(offset),
        _ => VerticalOffset::Elevation(elevation),
    }
}

fn elevation(offset: VerticalOffset, reference: Option<i32>) -> Option<i32> {
    let (offset, unknown) = match offset {
        VerticalOffset::Offset1(offset) => (i32::from(offset), -64),
        VerticalOffset::Offset2(offset) => (i32::from(offset), -128),
        VerticalOffset::Offset3(offset) => (i32::from(offset), -256),
        VerticalOffset::Offset4(offset) => (i32::from(offset), -512),
        VerticalOffset::Offset5(offset) => (i32::from(offset), -1024),
        VerticalOffset::Offset6(offset) => (i32::from(offset), -2048),
        VerticalOffset::Elevation(elevation) => return Some(elevation),
    };
    let reference = reference.filter(|reference| ELEVATION_M.from_wire(*reference).is_some())?;
    Some(offset).filter(|offset| *offset != unknown)?.checked_add(reference)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: Position3D = Position3D { lat: 300_000_000, long: 1_200_000_000, elevation: Some(50) };

    fn place(lat: i32, long: i32, elevation: i32) -> Option<Position> {
        Position::from_wire(lat, long, Some(elevation))
    }

    #[test]
    fn the_smallest_form_that_fits_is_taken() {
        let form = |d: i32| match offset_to_wire(place(300_000_000 + d, 1_200_000_000, 50), &REFERENCE) {
            Ok(offset) => match offset.offset_ll {
                PositionOffsetLL::PositionLL1(_) => 1,
                PositionOffsetLL::PositionLL2(_) => 2,
                PositionOffsetLL::PositionLL3(_) => 3,
                PositionOffsetLL::PositionLL4(_) => 4,
                PositionOffsetLL::PositionLL5(_) => 5,
                PositionOffsetLL::PositionLL6(_) => 6,
                PositionOffsetLL::PositionLatLon(_) => 7,
            },
            Err(_) => 0,
        };
        let edges =
            [2047, 2048, 8191, 8192, 32767, 32768, 131_071, 131_072, 2_097_151, 2_097_152, 8_388_607, 8_388_608];
        assert_eq!(edges.map(form), [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7]);
        assert_eq!([-2048, -2049].map(form), [1, 2]);
        let offset = horizontal((-4, 9), (1, 2));
        assert_eq!(offset, PositionOffsetLL::PositionLL1(PositionLL24B { lon: 7, lat: -5 }), "longitude comes first");
    }

    #[test]
    fn so_is_the_smallest_height_and_unknown_is_not_mistaken_for_a_depth() {
        for (difference, form) in [
            (63, VerticalOffset::Offset1(63)),
            (-63, VerticalOffset::Offset1(-63)),
            (-64, VerticalOffset::Offset2(-64)),
            (-128, VerticalOffset::Offset3(-128)),
            (256, VerticalOffset::Offset4(256)),
            (-512, VerticalOffset::Offset5(-512)),
            (-2047, VerticalOffset::Offset6(-2047)),
            (-2048, VerticalOffset::Elevation(-1998)),
            (2048, VerticalOffset::Elevation(2098)),
        ] {
            assert_eq!(vertical(50 + difference, Some(50)), form);
            assert_eq!(elevation(form, Some(50)), Some(50 + difference));
        }
        assert_eq!(elevation(VerticalOffset::Offset1(-64), Some(50)), None);
    }

    #[test]
    fn every_form_tells_the_place_again() {
        for d in [0, 5_000, -30_000, 100_000, -2_000_000, 8_000_000, 200_000_000] {
            let there = place(300_000_000 + d, 1_200_000_000 - d, 1234);
            let offset = offset_to_wire(there, &REFERENCE).unwrap();
            assert_eq!(offset_from_wire(&offset, &REFERENCE), there);
        }
    }

    #[test]
    fn unknown_places_stay_unknown() {
        let offset = offset_to_wire(None, &REFERENCE).unwrap();
        let unknown = PositionLLmD64b { lon: 1_800_000_001, lat: 900_000_001 };
        assert_eq!(offset.offset_ll, PositionOffsetLL::PositionLatLon(unknown));
        assert_eq!(offset_from_wire(&offset, &REFERENCE), None);

        let nowhere = Position3D { lat: 900_000_001, long: 1_800_000_001, elevation: None };
        let there = place(1, 2, 3);
        let absolute = offset_to_wire(there, &nowhere).unwrap();
        assert_eq!(offset_from_wire(&absolute, &nowhere), there);
        let relative = offset_to_wire(there, &Position3D { lat: 0, long: 0, elevation: Some(0) }).unwrap();
        assert_eq!(offset_from_wire(&relative, &nowhere), None);
    }
}
