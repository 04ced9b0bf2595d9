//! What MAP of both families has in common: lines within the number of points that fit, and a map in as many messages as
//! its size asks for.

use asn1::CodecError;
use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};

use crate::map::{enu2, geometry};

/// The line by at most so many points: all of them, or those that it can least do without.
pub(super) fn fitted(line: &[Wgs84], most: usize) -> Vec<Wgs84> {
    let Some(first) = line.first().filter(|_| line.len() > most) else { return line.to_vec() };
    let Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m } = *first;
    let frame = SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m });
    let flat: Vec<_> = line.iter().map(|point| enu2(&frame, point)).collect();
    let mut tolerance_m = 0.01;
    let mut kept = geometry::simplified(&flat, tolerance_m);
    while kept.len() > most {
        tolerance_m *= 1.5;
        kept = geometry::simplified(&flat, tolerance_m);
    }
    kept.into_iter().filter_map(|index| line.get(index).copied()).collect()
}

/// Divides a map's pieces, in their order, into as few parts as keep within `max_octets`. Pieces of one group (an approach,
/// a node) stay together unless the group alone is too large. A single piece that is too large is a part of its own.
///
/// # Errors
/// What the encoder says of a piece that it refuses by itself.
pub(super) fn divide<T: Clone>(
    groups: Vec<Vec<T>>,
    max_octets: usize,
    encode: impl Fn(&[T]) -> Result<Vec<u8>, CodecError>,
) -> Result<Vec<Vec<T>>, CodecError> {
    // A list that is too long for the message is an error of the encoder: as good a reason to divide as its size.
    let fits = |pieces: &[T]| encode(pieces).is_ok_and(|octets| octets.len() <= max_octets);
    let all: Vec<T> = groups.iter().flatten().cloned().collect();
    if fits(&all) {
        return Ok(vec![all]);
    }
    let apart =
        |group: Vec<T>| if fits(&group) { vec![group] } else { group.into_iter().map(|piece| vec![piece]).collect() };
    let mut parts: Vec<Vec<T>> = Vec::new();
    for group in groups.into_iter().flat_map(apart) {
        if let Some(last) = parts.last_mut() {
            let together: Vec<T> = last.iter().chain(&group).cloned().collect();
            if fits(&together) {
                *last = together;
                continue;
            }
        }
        encode(&group)?;
        parts.push(group);
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many octets as the pieces say, and no piece of 99.
    fn encode(pieces: &[usize]) -> Result<Vec<u8>, CodecError> {
        if pieces.contains(&99) { Err(CodecError::new("refused")) } else { Ok(vec![0; pieces.iter().sum()]) }
    }

    #[test]
    fn a_map_is_divided_between_its_groups_and_within_one_only_where_it_must() {
        let parts = |groups: &[&[usize]]| divide(groups.iter().map(|group| group.to_vec()).collect(), 10, encode);
        assert_eq!(parts(&[&[1, 2], &[3]]), Ok(vec![vec![1, 2, 3]]));
        assert_eq!(parts(&[&[4, 4], &[4, 4], &[1]]), Ok(vec![vec![4, 4], vec![4, 4, 1]]));
        assert_eq!(parts(&[&[6, 6, 3], &[1]]), Ok(vec![vec![6], vec![6, 3, 1]]));
        assert_eq!(parts(&[&[30], &[1]]), Ok(vec![vec![30], vec![1]]), "too large, and said to be so by its size");
        assert_eq!(parts(&[&[99], &[1]]), Err(CodecError::new("refused")));
    }

    #[test]
    fn a_line_with_too_many_points_keeps_its_corners() {
        let point = |i: u32| Wgs84 {
            lat_deg: 31.0 + if i == 50 { 1e-4 } else { 0.0 },
            lon_deg: 120.0 + f64::from(i) * 1e-5,
            ellipsoidal_height_m: 0.0,
        };
        let line: Vec<Wgs84> = (0..100).map(point).collect();
        let kept = fitted(&line, 31);
        assert!(kept.len() <= 31 && kept.contains(&line[50]) && kept.contains(&line[99]), "{}", kept.len());
        assert_eq!(fitted(&line[..20], 31), line[..20]);
    }
}
