//! Faults of what sensors measure and of what the site says about them.

use nalgebra::{Matrix3, Rotation3, Vector3};
use perception::calibration::RadarModel;
use serde_json::json;

use super::*;

/// Moves each edge of each box on its own.
pub(super) fn noise(sigma_px: f64, random: &mut Rng, messages: &mut [Message]) {
    if sigma_px <= 0.0 {
        return;
    }
    for message in messages.iter_mut().filter(|message| !message.is_radar_scan()) {
        for found in message.detections().into_iter().flatten() {
            let read = |name: &str| found.get(name).and_then(Value::as_f64);
            let (Some(x), Some(y), Some(w), Some(h)) = (read("x_px"), read("y_px"), read("w_px"), read("h_px")) else {
                continue;
            };
            let [left, top, right, bottom] = [x, y, x + w, y + h].map(|edge| edge + sigma_px * normal(random));
            found["x_px"] = left.into();
            found["y_px"] = top.into();
            found["w_px"] = (right - left).max(1.0).into();
            found["h_px"] = (bottom - top).max(1.0).into();
        }
    }
}

/// Adds false targets all over a radar's field: half of them still, as rain on the road, half with some speed.
pub(super) fn clutter(per_scan: f64, site: &SiteGeometry, random: &mut Rng, messages: &mut [Message]) {
    for message in messages.iter_mut().filter(|message| message.is_radar_scan()) {
        let radar = site.sensors.iter().find_map(|sensor| match sensor {
            SensorModel::Radar(radar) if Some(&*radar.id) == message.sensor() => Some(radar),
            _ => None,
        });
        let (Some(radar), Some(targets)) = (radar, message.detections()) else { continue };
        targets.extend((0..poisson(per_scan, random)).map(|_| false_target(radar, random)));
    }
}

fn false_target(radar: &RadarModel, random: &mut Rng) -> Value {
    let spread_mps = if random.bool() { 0.3 } else { 4.0 };
    json!({
        "range_m": 3.0 + (radar.max_range_m - 3.0) * random.f64(),
        "azimuth_rad": radar.fov_rad * (random.f64() - 0.5),
        "range_rate_mps": spread_mps * normal(random),
        "rcs_dbsm": -8.0 + 4.0 * normal(random),
    })
}

/// Turns what the site says, the other way round from what is asked: the sensor then looks further than it says.
pub(super) fn turn(faults: &Faults, site: &mut Value) -> anyhow::Result<()> {
    let sensors = site.get_mut("sensors").and_then(Value::as_array_mut).context("/site: no sensors")?;
    for sensor in sensors {
        let id = sensor.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let sum = |list: &[(String, f64)]| -> f64 { list.iter().filter(|(of, _)| *of == id).map(|(_, deg)| deg).sum() };
        let (yaw_rad, pitch_rad) = (sum(&faults.yaw_deg).to_radians(), sum(&faults.pitch_deg).to_radians());
        if yaw_rad == 0.0 && pitch_rad == 0.0 {
            continue;
        }
        if let Some(boresight_rad) = sensor.get("boresight_azimuth_rad").and_then(Value::as_f64) {
            sensor["boresight_azimuth_rad"] = (boresight_rad - yaw_rad).into();
            continue;
        }
        let rows: [f64; 9] = serde_json::from_value(sensor["enu_from_camera"].clone()).context(id)?;
        // Counter-clockwise about the vertical; then about the camera's own x axis, which lowers its look.
        let turned = Rotation3::from_axis_angle(&Vector3::z_axis(), yaw_rad).matrix()
            * Matrix3::from_row_slice(&rows)
            * Rotation3::from_axis_angle(&Vector3::x_axis(), -pitch_rad).matrix();
        sensor["enu_from_camera"] = json!(turned.transpose().as_slice());
    }
    Ok(())
}
