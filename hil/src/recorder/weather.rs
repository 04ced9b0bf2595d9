//! What the weather and the hour do to the sensors. The clear-weather figures give about the same detection rates, box
//! errors, scores and radar returns as the recordings of simulated traffic have; night and rain are worse by judgement.

use clap::ValueEnum;

/// Weather or hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Weather {
    /// Day, dry.
    #[default]
    Clear,
    /// Dark, dry: cameras see less, worse, and lamps for things.
    Night,
    /// Day, heavy rain: radars see less far and drops, cameras less.
    Rain,
}

/// What it means to a camera's detector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct CameraConditions {
    /// Size (square root of the box's area) at which half of the objects are found, pixels.
    pub(super) half_px: f64,
    /// Share that is found of what is big and in full view.
    pub(super) most: f64,
    /// Multiplies the noise of the box's edges.
    pub(super) noise: f64,
    /// Added to the scores.
    pub(super) score: f64,
    /// False boxes that appear in a second.
    pub(super) false_per_s: f64,
}

/// What it means to a radar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RadarConditions {
    /// Added to every echo, dB.
    pub(super) gain_db: f64,
    /// False targets in a scan, on average, besides things that stand there.
    pub(super) clutter: f64,
}

impl Weather {
    pub(super) fn camera(self) -> CameraConditions {
        let [half_px, most, noise, score, false_per_s] = match self {
            Self::Clear => [22.0, 0.955, 1.0, 0.0, 1.0],
            Self::Night => [30.0, 0.88, 1.5, -0.12, 2.0],
            Self::Rain => [27.0, 0.90, 1.3, -0.07, 1.5],
        };
        CameraConditions { half_px, most, noise, score, false_per_s }
    }

    pub(super) fn radar(self) -> RadarConditions {
        match self {
            Self::Clear | Self::Night => RadarConditions { gain_db: 0.0, clutter: 1.0 },
            Self::Rain => RadarConditions { gain_db: -7.0, clutter: 7.0 },
        }
    }
}
