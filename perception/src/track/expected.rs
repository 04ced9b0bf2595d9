//! A track where it should be when a scan was captured.

use nalgebra::Matrix2;

use super::camera::ExpectedBox;
use super::motion::Gaussian;
use crate::detection::Class;

/// A track where it should be when a scan was captured, in that sensor's eyes.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// Index in the tracker's list.
    pub track: usize,
    pub state: Gaussian,
    pub heading: Option<f64>,
    /// Variance of the heading, rad².
    pub heading_var_rad2: f64,
    pub size_m: [f64; 3],
    pub class: Class,
    /// What not knowing its shape adds to the uncertainty of where its outline is, m².
    pub shape_cov_m2: Matrix2<f64>,
    /// Added to each pair's cost: doubtful tracks take what sure ones leave.
    pub handicap: f64,
    /// How it should look, for cameras.
    pub picture: Option<ExpectedBox>,
    /// Share of its picture that others hide, 0 to 1.
    pub covered: f64,
    /// Share of the times that this sensor should report it, 0 to 1.
    pub detection_probability: f64,
    /// Least cost of the radar returns that chose it.
    pub least_cost: f64,
    /// How many measurements of the scan may be of it.
    pub candidates: usize,
}
