//! A place in WGS-84.

use super::At;
use crate::CodecError;
use crate::units::{ELEVATION_M, LATITUDE_DEG, LONGITUDE_DEG};

/// A place in WGS-84. Where only one of latitude and longitude is known there is no place: `Option<Position>` is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Latitude, degrees, -90 to 90, north positive.
    pub lat_deg: f64,
    /// Longitude, degrees, above -180 to 180, east positive.
    pub lon_deg: f64,
    /// Height above the ellipsoid, metres, -409.5 to 6143.9.
    pub elevation_m: Option<f64>,
}

/// `Latitude`, `Longitude` and `Elevation` of a place on the wire; what is not known says so, or is missing.
pub(crate) struct WirePosition {
    pub(crate) lat: i32,
    pub(crate) long: i32,
    pub(crate) elevation: Option<i32>,
}

impl Position {
    /// # Errors
    /// When the place is outside the wire's range, at `lat`, `long` or `elevation`.
    pub(crate) fn to_wire(place: Option<Self>) -> Result<WirePosition, CodecError> {
        Ok(WirePosition {
            lat: LATITUDE_DEG.to_wire_or_unknown(place.map(|place| place.lat_deg)).at("lat")?,
            long: LONGITUDE_DEG.to_wire_or_unknown(place.map(|place| place.lon_deg)).at("long")?,
            elevation: ELEVATION_M.to_wire_optional(place.and_then(|place| place.elevation_m)).at("elevation")?,
        })
    }

    pub(crate) fn from_wire(lat: i32, long: i32, elevation: Option<i32>) -> Option<Self> {
        Some(Self {
            lat_deg: LATITUDE_DEG.from_wire(lat)?,
            lon_deg: LONGITUDE_DEG.from_wire(long)?,
            elevation_m: ELEVATION_M.from_wire_optional(elevation),
        })
    }
}
