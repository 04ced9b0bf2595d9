//! What vehicles and people say of themselves (BSM, PSM, VIR): from a frame that was received to a self-report in the
//! site's frame. Nothing is verified: who fuses this must not rely on it.

use asn1::Dialect;
use asn1::si::PositionalAccuracy;
use perception::calibration::Origin;
use perception::detection::{Class, SelfReport, SenderId};
use perception::frames::{SiteFrame, Wgs84, unit_from_heading};

use crate::radios::MessageSet;
use crate::received::{Received, Unread};

mod cn;
mod us;

/// Farther away than a radio reaches, metres from the site's origin.
const FARTHEST_M: f64 = 2000.0;
/// A class of confidence bounds 95 %: standard deviations within that, of a place and of one number.
const RADIUS_95: f64 = 2.447_7;
const HALF_WIDTH_95: f64 = 1.96;

/// What a message says, as it says it.
#[derive(Clone, Debug)]
struct Said {
    /// `BSM`, `PSM`, `VIR`.
    message: &'static str,
    sender: Option<SenderId>,
    /// Within the UTC minute.
    second_s: Option<f64>,
    /// Latitude and longitude, degrees.
    place: Option<[f64; 2]>,
    cov_position_m2: Option<[[f64; 2]; 2]>,
    speed_mps: Option<f64>,
    speed_sigma_mps: Option<f64>,
    heading_cw_north_rad: Option<f64>,
    heading_sigma_rad: Option<f64>,
    size_m: [Option<f64>; 3],
    class: Class,
}

/// Reads the frames that arrive at one site.
#[derive(Clone, Debug)]
pub struct ReportReader {
    frame: SiteFrame,
    up_m: f64,
    cn: Option<Dialect>,
    us: Option<Dialect>,
}

impl ReportReader {
    /// For a site and the dialects that its vehicles speak; a set without one is refused.
    pub fn new(origin: Origin, cn: Option<Dialect>, us: Option<Dialect>) -> Self {
        Self { frame: SiteFrame::new(origin), up_m: origin.ellipsoidal_height_m, cn, us }
    }

    /// Which message it is, and the report in it.
    ///
    /// # Errors
    /// Why there is none.
    pub fn read(&self, frame: &Received<'_>) -> Result<(&'static str, SelfReport), Unread> {
        let said = match (frame.set(), self.cn, self.us) {
            (MessageSet::Cn, Some(dialect), _) => cn::said(frame.cn(dialect)?)?,
            (MessageSet::Us, _, Some(_)) => us::said(frame.us()?)?,
            _ => return Err(Unread::WrongSet),
        };
        let captured_at = frame.moment(said.second_s)?;
        let [lat_deg, lon_deg] = said.place.ok_or(Unread::NoPosition)?;
        let [east, north, _] = self.frame.enu_from_wgs84(Wgs84 { lat_deg, lon_deg, ellipsoidal_height_m: self.up_m });
        if east.hypot(north) > FARTHEST_M {
            return Err(Unread::TooFar);
        }
        let report = SelfReport {
            sender: said.sender.ok_or(Unread::Undecodable)?,
            captured_at,
            position_enu_m: [east, north],
            cov_position_m2: said.cov_position_m2,
            speed_mps: said.speed_mps,
            speed_sigma_mps: said.speed_sigma_mps,
            heading_cw_north_rad: said.heading_cw_north_rad,
            heading_sigma_rad: said.heading_sigma_rad,
            size_m: said.size_m,
            class: said.class,
        };
        Ok((said.message, report))
    }
}

/// An error ellipse at one standard deviation as a covariance, m². `None`: its axes are unknown.
fn covariance_m2(accuracy: &PositionalAccuracy) -> Option<[[f64; 2]; 2]> {
    let (major, minor) = (accuracy.semi_major_m?.powi(2), accuracy.semi_minor_m?.powi(2));
    let Some(orientation) = accuracy.orientation_cw_north_rad else {
        return Some([[major.max(minor), 0.0], [0.0, major.max(minor)]]);
    };
    let [east, north] = unit_from_heading(orientation);
    let mixed = (major - minor) * east * north;
    let along = |own: f64, other: f64| major * own * own + minor * other * other;
    Some([[along(east, north), mixed], [mixed, along(north, east)]])
}

/// A place that is right within this radius in 95 % of cases, as a covariance, m².
fn circle_m2(radius_95_m: f64) -> [[f64; 2]; 2] {
    let variance = (radius_95_m / RADIUS_95).powi(2);
    [[variance, 0.0], [0.0, variance]]
}

/// `BasicVehicleClass` of SAE J2735, which T/CSAE 53 took over: by its tens, as our own messages say it.
fn class_of(basic_vehicle_class: u8) -> Class {
    match basic_vehicle_class {
        10..=19 => Class::Car,
        20..=24 => Class::Van,
        25..=39 => Class::Truck,
        40..=49 => Class::Motorcycle,
        50..=59 => Class::Bus,
        _ => Class::Unknown,
    }
}

/// What a vehicle that does not say what it is must be by its length and width, metres.
fn class_of_size(length_m: Option<f64>, width_m: Option<f64>) -> Class {
    match (length_m, width_m) {
        (Some(length_m), Some(width_m)) if width_m < 1.2 && length_m < 3.0 => Class::Motorcycle,
        (Some(length_m), Some(width_m)) if width_m < 2.1 && length_m < 5.2 => Class::Car,
        _ => Class::Unknown,
    }
}

/// Speed of who may go backwards: heading is where the front points, and speed has no sign.
fn forward_speed_mps(speed_mps: Option<f64>, gear: asn1::us::common::TransmissionState) -> Option<f64> {
    let backwards = gear == asn1::us::common::TransmissionState::ReverseGears;
    speed_mps.filter(|speed_mps| !backwards || *speed_mps < 0.1)
}

#[cfg(test)]
mod tests;
