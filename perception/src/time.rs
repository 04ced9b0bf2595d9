//! One kind of time inside the service: microseconds since the Unix epoch, UTC.

use serde::{Deserialize, Serialize};

/// A moment in UTC, integer microseconds since 1970-01-01T00:00:00Z (leap seconds not counted, as in POSIX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UtcMicros(pub i64);

impl UtcMicros {
    /// Seconds from `earlier` to `self`; negative when `self` is the earlier one.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 * 1e-6
    }

    /// The moment `seconds` later (earlier when negative), to the nearest microsecond; saturates at the ends of time.
    pub fn plus_seconds(self, seconds: f64) -> Self {
        Self(self.0.saturating_add((seconds * 1e6).round() as i64))
    }
}
