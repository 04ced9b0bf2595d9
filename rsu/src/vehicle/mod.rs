//! A virtual on-board unit: what a vehicle makes of the messages that the roadside sends.
//!
//! [`Obu`] is sans-IO: frames go in with the time of their arrival, a [`View`] for the driver and a [`Summary`] for
//! the installer come out. [`links`] are the sockets around it. It reads the wire on its own, with nothing from the
//! sending side but the codec, so that it can find that side's mistakes.

pub mod checks;
pub mod geometry;
pub mod heard;
pub mod links;
pub mod obu;
pub mod summary;
pub mod text;
pub mod view;

pub use checks::Fault;
pub use obu::{Obu, ObuSettings};
pub use summary::Summary;
pub use view::View;

use serde::{Deserialize, Serialize};

/// By which radio a frame came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The sidelink, as UDP datagrams from an on-board radio.
    Pc5,
    /// 5G, as QUIC datagrams.
    Uu,
}

impl Via {
    /// `pc5` or `uu`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pc5 => "pc5",
            Self::Uu => "uu",
        }
    }
}

/// Where the vehicle is and where it looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Pose {
    /// Latitude, degrees north.
    pub lat_deg: f64,
    /// Longitude, degrees east.
    pub lon_deg: f64,
    /// Degrees clockwise from true north.
    pub heading_cw_north_deg: f64,
}
