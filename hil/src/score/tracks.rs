//! The pictures that `rsu replay --tracks` writes: one JSON object a line.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;

use super::{ReadError, class, each_once, unknown};

/// What was said to be there at one time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PictureFrame {
    /// The time for which it is valid, microseconds since the Unix epoch, UTC.
    pub t_us: i64,
    /// No id stands twice.
    pub tracks: Vec<Track>,
}

/// One track of a picture, in the site's ENU frame.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Track {
    /// The same for as long as it is believed to be the same object.
    pub id: u64,
    /// As in the recording: `car`, `pedestrian`, … or `unknown`.
    #[serde(default = "unknown", deserialize_with = "class")]
    pub class: String,
    /// Metres east of the site's origin.
    pub east_m: f64,
    /// Metres north of the site's origin.
    pub north_m: f64,
    /// m/s. `None`: unknown.
    pub vel_east_mps: Option<f64>,
    /// m/s. `None`: unknown.
    pub vel_north_mps: Option<f64>,
    /// Clockwise from true north, radians. `None`: unknown.
    #[serde(rename = "heading_rad")]
    pub heading_cw_north_rad: Option<f64>,
    /// Covariance of (east, north), m². `None`: unknown.
    pub cov_position_m2: Option<[[f64; 2]; 2]>,
}

impl From<&perception::track::Track> for Track {
    fn from(track: &perception::track::Track) -> Self {
        Self {
            id: track.id,
            class: track.class.as_str().to_owned(),
            east_m: track.position_enu_m[0],
            north_m: track.position_enu_m[1],
            vel_east_mps: Some(track.velocity_enu_mps[0]),
            vel_north_mps: Some(track.velocity_enu_mps[1]),
            heading_cw_north_rad: track.heading_cw_north_rad,
            cov_position_m2: Some(track.cov_position_m2),
        }
    }
}

/// Reads pictures. Empty lines and fields that are not ours are passed over.
///
/// # Errors
///
/// A file that cannot be read; a line that is not a picture, or names a track twice.
pub fn read_tracks(path: &Path) -> Result<Vec<PictureFrame>, ReadError> {
    let io = |reason| ReadError::Io { path: path.to_owned(), reason };
    let mut pictures = Vec::new();
    for (line, text) in (1..).zip(BufReader::new(File::open(path).map_err(io)?).lines()) {
        let text = text.map_err(io)?;
        if text.trim().is_empty() {
            continue;
        }
        let picture = serde_json::from_str(&text).and_then(|picture: PictureFrame| {
            each_once(picture.tracks.iter().map(|track| track.id))?;
            Ok(picture)
        });
        pictures.push(picture.map_err(|reason| ReadError::Line { path: path.to_owned(), line, reason })?);
    }
    Ok(pictures)
}
