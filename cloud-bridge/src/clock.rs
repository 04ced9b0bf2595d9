//! The only reader of time in this crate.

#![expect(
    clippy::disallowed_methods,
    reason = "the link's one reader of clocks; what decides gets time as an argument"
)]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since the link was opened; no step of the system's clock moves it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Monotonic(Instant);

impl Monotonic {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// What the system's clock says, microseconds since 1970 UTC. It may step.
pub(crate) fn utc_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
