//! From covariance to an error at 95 %, which `asn1::units::confidence` turns into a message's confidence class.

use perception::track::Track;

/// Radius of the 95 % circle, in standard deviations, for two dimensions (Rayleigh).
const RADIUS_95: f64 = 2.447_7;
/// Half-width of the 95 % interval, in standard deviations, for one dimension.
const HALF_WIDTH_95: f64 = 1.96;
/// Below this speed the direction of travel says nothing of where the front points, m/s.
const HEADING_MPS: f64 = 0.1;

/// Of the position, metres.
pub(super) fn position_m(track: &Track) -> Option<f64> {
    Some(RADIUS_95 * major_sigma(track.cov_position_m2))
}

/// Of the speed, m/s.
pub(super) fn speed_mps(track: &Track) -> Option<f64> {
    Some(HALF_WIDTH_95 * major_sigma(track.cov_velocity_m2ps2))
}

/// Of the heading, radians: the direction of travel is as good as the velocity across it.
pub(super) fn heading_rad(track: &Track) -> Option<f64> {
    let [[ee, en], [_, nn]] = track.cov_velocity_m2ps2;
    let speed_mps = track.speed_mps();
    track.heading_cw_north_rad.filter(|_| speed_mps >= HEADING_MPS)?;
    let [east, north] = track.velocity_enu_mps.map(|v| v / speed_mps);
    let across = (north * north * ee - 2.0 * north * east * en + east * east * nn).max(0.0).sqrt();
    Some(HALF_WIDTH_95 * (across / speed_mps).atan())
}

/// Standard deviation along the longer axis of the ellipse.
fn major_sigma([[ee, en], [_, nn]]: [[f64; 2]; 2]) -> f64 {
    let (mean, half) = ((ee + nn) / 2.0, (ee - nn) / 2.0);
    (mean + half.hypot(en)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_axis_counts() {
        assert!((major_sigma([[4.0, 0.0], [0.0, 1.0]]) - 2.0).abs() < 1e-12);
        assert!((major_sigma([[1.0, 0.9], [0.9, 1.0]]) - 1.9_f64.sqrt()).abs() < 1e-12);
    }
}
