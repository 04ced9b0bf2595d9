//! From the plane of a source to WGS-84, and from there to the site's east and north.

use perception::calibration::Origin;
use perception::frames::{SiteFrame, Wgs84};
use proj4rs::Proj;

use super::ImportError;
use crate::map::gcj02::Datum;
use crate::map::geometry::Point;

/// A point farther from the junction than this is a mistake, metres.
const FARTHEST_M: f64 = 1e6;

/// How a source's plane coordinates become places.
#[derive(Debug)]
pub(super) enum Plane {
    /// A map projection, as a PROJ string has it, with what was added to its coordinates.
    Projected { from: Box<Proj>, to: Box<Proj>, added: Point },
    /// Metres east and north of a place that the user told.
    Local { frame: Box<SiteFrame>, added: Point },
}

impl Plane {
    /// The plane of a PROJ string whose coordinates were moved by `added`.
    pub(super) fn projected(proj: &str, added: Point) -> Result<Self, ImportError> {
        // Heights are not read, so a geoid's grid isn't needed.
        let plain = |word: &&str| !word.starts_with("+geoidgrids") && !word.starts_with("+vunits");
        let proj = proj.split_whitespace().filter(plain).collect::<Vec<_>>().join(" ");
        let parse = |text: &str| {
            Proj::from_proj_string(text)
                .map(Box::new)
                .map_err(|error| ImportError::new(format!("projection {text:?}: {error}")))
        };
        Ok(Self::Projected { from: parse(&proj)?, to: parse("+proj=longlat +datum=WGS84 +no_defs")?, added })
    }

    /// A plane whose zero, before it was moved by `added`, is at a place.
    pub(super) fn local([lat_deg, lon_deg]: [f64; 2], added: Point) -> Self {
        let frame = SiteFrame::new(Origin { lat_deg, lon_deg, ellipsoidal_height_m: 0.0 });
        Self::Local { frame: Box::new(frame), added }
    }

    /// Latitude and longitude, degrees.
    fn place(&self, point: Point) -> Result<[f64; 2], ImportError> {
        match self {
            Self::Projected { from, to, added } => {
                let mut at = (point[0] - added[0], point[1] - added[1], 0.0);
                if from.is_latlong() {
                    at = (at.0.to_radians(), at.1.to_radians(), 0.0);
                }
                proj4rs::transform::transform(from, to, &mut at)
                    .map_err(|error| ImportError::new(format!("[{}, {}]: {error}", point[0], point[1])))?;
                Ok([at.1.to_degrees(), at.0.to_degrees()])
            }
            Self::Local { frame, added } => {
                let place = frame.wgs84_from_enu([point[0] - added[0], point[1] - added[1], 0.0]);
                Ok([place.lat_deg, place.lon_deg])
            }
        }
    }
}

/// A source's coordinates as metres east and north of the junction.
#[derive(Debug)]
pub(super) struct Ground {
    /// Where zero is.
    pub(super) origin: Origin,
    frame: SiteFrame,
    datum: Datum,
    plane: Plane,
}

impl Ground {
    /// With zero at a point of the source.
    pub(super) fn around(centre: Point, plane: Plane, datum: Datum) -> Result<Self, ImportError> {
        let [lat_deg, lon_deg] = datum.to_wgs84(plane.place(centre)?);
        if !(lat_deg.abs() <= 90.0 && lon_deg.abs() <= 180.0) {
            return Err(ImportError::new(format!("[{}, {}] is nowhere on earth", centre[0], centre[1])));
        }
        let origin = Origin { lat_deg, lon_deg, ellipsoidal_height_m: 0.0 };
        Ok(Self { origin, frame: SiteFrame::new(origin), datum, plane })
    }

    /// East and north of zero, metres.
    pub(super) fn point(&self, point: Point) -> Result<Point, ImportError> {
        let found = self.place(self.datum.to_wgs84(self.plane.place(point)?));
        // Also what is no number is not near.
        let near = found[0].hypot(found[1]) < FARTHEST_M;
        near.then_some(found).ok_or_else(|| ImportError::new(format!("[{}, {}] is nowhere near", point[0], point[1])))
    }

    /// East and north of zero of a place by WGS-84 latitude and longitude, metres.
    pub(super) fn place(&self, [lat_deg, lon_deg]: [f64; 2]) -> Point {
        let ellipsoidal_height_m = self.origin.ellipsoidal_height_m;
        let [east_m, north_m, _] = self.frame.enu_from_wgs84(Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m });
        [east_m, north_m]
    }

    /// The same of a line.
    pub(super) fn line(&self, points: &[Point]) -> Result<Vec<Point>, ImportError> {
        points.iter().map(|point| self.point(*point)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utm_and_transverse_mercator_are_where_they_should_be() {
        // The CN Tower, Toronto: 43°38′33.24″ N 79°23′13.7″ W is 630084 m east, 4833438 m north in zone 17 (Wikipedia,
        // "Universal Transverse Mercator coordinate system").
        let utm = Plane::projected("+proj=utm +zone=17 +ellps=WGS84 +datum=WGS84 +units=m +no_defs", [0.0; 2]).unwrap();
        let [lat, lon] = utm.place([630_084.0, 4_833_438.0]).unwrap();
        assert!((lat - 43.642_567).abs() < 1e-5 && (lon + 79.387_139).abs() < 1e-5, "{lat} {lon}");
        // On the central meridian the northing is the meridian's arc: 5 540 847.042 m to 50° N (Snyder 1987, p. 17).
        let tm =
            Plane::projected("+proj=tmerc +lat_0=0 +lon_0=9 +k=1 +x_0=0 +y_0=0 +datum=WGS84", [10.0, 20.0]).unwrap();
        let [lat, lon] = tm.place([10.0, 5_540_867.042]).unwrap();
        assert!((lat - 50.0).abs() < 1e-6 && (lon - 9.0).abs() < 1e-9, "{lat} {lon}");
        assert!(Plane::projected("+proj=nonsense", [0.0; 2]).is_err());
    }

    #[test]
    fn a_local_plane_counts_from_the_place_told() {
        let ground = Ground::around([100.0, 50.0], Plane::local([31.0, 120.0], [100.0, 50.0]), Datum::Wgs84).unwrap();
        assert!((ground.origin.lat_deg - 31.0).abs() < 1e-12 && (ground.origin.lon_deg - 120.0).abs() < 1e-12);
        let [east, north] = ground.point([130.0, 90.0]).unwrap();
        assert!((east - 30.0).abs() < 1e-3 && (north - 40.0).abs() < 1e-3);
    }
}
