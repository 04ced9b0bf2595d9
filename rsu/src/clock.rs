//! The only reader of system time.
//!
//! The service's time is UTC carried by the monotonic clock: it never runs backwards by itself. Once a second
//! [`Clock::discipline`] compares it with the system's UTC: small differences are slewed away, large ones (the
//! system's clock was set) are adopted at once and counted, because a wrong UTC in a SPAT is worse than a jump.
#![expect(clippy::disallowed_methods, reason = "this is the one place that reads the clocks")]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use perception::time::UtcMicros;

/// Differences beyond this are steps, not drift. One second: NTP and PTP keep a healthy box within milliseconds.
const STEP_US: i64 = 1_000_000;
/// How much one call of [`Clock::discipline`] may slew, microseconds; at 1 Hz this is 500 ppm, NTP's own limit.
const SLEW_US: i64 = 500;

/// UTC that moves with the monotonic clock.
#[derive(Debug)]
pub struct Clock {
    started: Instant,
    utc_at_start_us: AtomicI64,
    steps: AtomicU64,
}

impl Clock {
    /// A clock that agrees with the system's UTC now.
    pub fn new() -> Self {
        Self { started: Instant::now(), utc_at_start_us: AtomicI64::new(system_utc_us()), steps: AtomicU64::new(0) }
    }

    /// Now, UTC.
    pub fn now(&self) -> UtcMicros {
        UtcMicros(self.utc_at_start_us.load(Ordering::Relaxed) + self.uptime_us())
    }

    /// When the clock was made, for timers that count from there.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Seconds since the clock was made; monotonic.
    pub fn uptime_s(&self) -> f64 {
        self.uptime_us() as f64 * 1e-6
    }

    /// Pulls the service's time towards the system's UTC. Returns the difference found, seconds (system − service).
    pub fn discipline(&self) -> f64 {
        let difference_us = system_utc_us() - self.now().0;
        let correction_us = if difference_us.abs() > STEP_US {
            self.steps.fetch_add(1, Ordering::Relaxed);
            difference_us
        } else {
            difference_us.clamp(-SLEW_US, SLEW_US)
        };
        self.utc_at_start_us.fetch_add(correction_us, Ordering::Relaxed);
        difference_us as f64 * 1e-6
    }

    /// How often the system's clock was found to have been set.
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    fn uptime_us(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX)
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

fn system_utc_us() -> i64 {
    // Before 1970 or after the year 294,000 there is no sensible answer; the ends of the range are honest ones.
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_micros()).map_or(i64::MIN, |us| -us),
    }
}

/// Seconds that a piece of work took, for the histograms.
#[derive(Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
