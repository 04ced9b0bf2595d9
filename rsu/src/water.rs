//! Water gauges: what one says in a datagram (`docs/ref/events.md`).

use perception::detection::SensorId;
use perception::events::WaterLevel;
use perception::time::UtcMicros;
use serde::Deserialize;

/// A gauge's clock may be this far ahead of ours, seconds: a word from later would take the place of all before it.
const AHEAD_S: f64 = 5.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    gauge: SensorId,
    depth_m: f64,
    /// Absent: as it comes.
    measured_at_us: Option<i64>,
}

/// A gauge's word, JSON: `{"gauge": "dip", "depth_m": 0.12, "measured_at_us": 1785412800000000}`.
///
/// # Errors
/// Why it is not taken, as `lukou_dropped_total` counts it.
pub fn read(datagram: &[u8], arrived_at: UtcMicros) -> Result<WaterLevel, &'static str> {
    let Word { gauge, depth_m, measured_at_us } = serde_json::from_slice(datagram).map_err(|_| "malformed")?;
    let measured_at = measured_at_us.map_or(arrived_at, UtcMicros);
    if measured_at.0 > arrived_at.plus_seconds(AHEAD_S).0 {
        return Err("future");
    }
    Ok(WaterLevel { gauge, depth_m, measured_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMicros = UtcMicros(1_785_412_800_000_000);

    #[test]
    fn a_word_is_read_with_its_time_or_without() {
        let level = |measured_at| WaterLevel { gauge: "dip".into(), depth_m: 0.12, measured_at };
        assert_eq!(read(br#"{"gauge": "dip", "depth_m": 0.12}"#, NOW), Ok(level(NOW)));
        let said = br#"{"gauge": "dip", "depth_m": 0.12, "measured_at_us": 1785412799000000}"#;
        assert_eq!(read(said, NOW), Ok(level(NOW.plus_seconds(-1.0))));
        assert_eq!(read(said, NOW.plus_seconds(-7.0)), Err("future"));
        for cut in 0..said.len() {
            assert_eq!(read(&said[..cut], NOW), Err("malformed"));
        }
        assert_eq!(read(br#"{"gauge": "dip", "depth_m": 0.12, "depth_cm": 12}"#, NOW), Err("malformed"));
    }
}
