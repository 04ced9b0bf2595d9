//! Where a controller's own time stamp lies on our clock.
//!
//! The message that took the shortest way of late tells how the two clocks differ, but for that way. If its stamp is about as
//! old as a message can be, the controller's clock is right, and each stamp is believed as it stands. Otherwise it is off, or
//! counts local time: then only differences count, and each message is as old as its way was longer than the shortest.

use perception::time::UtcMicros;

/// A clock is right when its stamp is at most this much older than the arrival, microseconds: what a message may be late
/// before it is of no use anyway.
const LATEST_US: i64 = 300_000;
/// ... and at most this much younger, microseconds: two clocks that are both kept by NTP.
const EARLIEST_US: i64 = -100_000;
/// Stamps that are later by more than this, microseconds, message after message, are of a clock that was set back.
const SET_US: i64 = 1_000_000;
/// How many in a row show that.
const SET_AFTER: u8 = 10;
/// How much the shortest way may grow from message to message, microseconds, so that a slow clock is followed: at 10 a
/// second 1000 ppm.
const CREEP_US: i64 = 100;

/// The length of a day, microseconds.
pub const DAY_US: i64 = 86_400_000_000;
/// The length of an hour, microseconds.
pub const HOUR_US: i64 = 3_600_000_000;

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct StampClock {
    shortest_us: Option<i64>,
    /// Messages in a row that were late by [`SET_US`].
    very_late: u8,
    newest: Option<UtcMicros>,
}

/// A stamp on our clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// When the state was so, never after it arrived.
    pub at: UtcMicros,
    /// Whether the controller's clock is off.
    pub clock_off: bool,
    /// Whether a newer one came before it.
    pub overtaken: bool,
}

impl StampClock {
    /// Places a stamp that is `age_us` older than its arrival.
    pub fn place(&mut self, arrived_at: UtcMicros, age_us: i64) -> Placed {
        let shortest_us = self.shortest_way_us(age_us);
        let clock_off = !(EARLIEST_US..=LATEST_US).contains(&shortest_us);
        let late_us = if clock_off { age_us.saturating_sub(shortest_us) } else { age_us.max(0) };
        let at = UtcMicros(arrived_at.0.saturating_sub(late_us));
        // A newest one that is far ahead is of a clock, theirs or ours, that was set since.
        let ahead_us = self.newest.map_or(0, |newest| newest.0.saturating_sub(at.0));
        let overtaken = (1..SET_US).contains(&ahead_us);
        if !overtaken {
            self.newest = Some(at);
        }
        Placed { at, clock_off, overtaken }
    }

    fn shortest_way_us(&mut self, age_us: i64) -> i64 {
        let known_us = self.shortest_us.map_or(age_us, |shortest_us| shortest_us.saturating_add(CREEP_US));
        let is_very_late = age_us.saturating_sub(known_us) >= SET_US;
        self.very_late = if is_very_late { self.very_late + 1 } else { 0 };
        let shortest_us = if self.very_late >= SET_AFTER { age_us } else { age_us.min(known_us) };
        if shortest_us == age_us {
            self.very_late = 0;
        }
        self.shortest_us = Some(shortest_us);
        shortest_us
    }
}

/// How much older than its arrival a moment of the period (day, hour) is that the controller tells without saying which:
/// microseconds, in the half period to either side.
pub fn age_within_us(arrived_at: UtcMicros, within_us: i64, period_us: i64) -> i64 {
    let age_us = (arrived_at.0.rem_euclid(period_us) - within_us).rem_euclid(period_us);
    if age_us > period_us / 2 { age_us - period_us } else { age_us }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMicros = UtcMicros(1_700_000_000_000_000);

    fn placed(clock: &mut StampClock, arrived_at: UtcMicros, age_us: i64) -> (i64, bool, bool) {
        let Placed { at, clock_off, overtaken } = clock.place(arrived_at, age_us);
        (arrived_at.0 - at.0, clock_off, overtaken)
    }

    #[test]
    fn a_right_clock_is_believed() {
        let mut clock = StampClock::default();
        assert_eq!(placed(&mut clock, NOW, 40_000), (40_000, false, false));
        assert_eq!(placed(&mut clock, NOW.plus_seconds(0.1), -40_000), (0, false, false));
        // However late one is.
        assert_eq!(placed(&mut clock, NOW.plus_seconds(0.6), 450_000), (450_000, false, false));
        assert_eq!(placed(&mut clock, NOW.plus_seconds(6.0), 5_000_000), (5_000_000, false, false));
    }

    #[test]
    fn a_clock_that_is_off_tells_differences() {
        let mut clock = StampClock::default();
        let hours_us = 5 * HOUR_US;
        let ages =
            [(0.0, hours_us + 20_000), (0.1, hours_us + 70_000), (0.2, hours_us + 10_000), (0.3, hours_us + 30_000)];
        let late = ages.map(|(at_s, age_us)| placed(&mut clock, NOW.plus_seconds(at_s), age_us));
        assert_eq!(late, [0, 49_900, 0, 19_900].map(|late_us| (late_us, true, false)));
        // Set ahead by an hour: at once the shortest way.
        assert_eq!(placed(&mut clock, NOW.plus_seconds(0.4), hours_us - HOUR_US), (0, true, false));
        // Set back: believed when it stays so, and late until then.
        let back: Vec<i64> =
            (0..11).map(|step| placed(&mut clock, NOW.plus_seconds(0.5 + 0.1 * f64::from(step)), hours_us).0).collect();
        assert!(back[..9].iter().all(|late_us| *late_us > HOUR_US - 10_000), "{back:?}");
        assert_eq!(back[9..], [0, 0]);
    }

    #[test]
    fn what_is_overtaken_is_told() {
        let mut clock = StampClock::default();
        assert_eq!(placed(&mut clock, NOW, 0), (0, false, false));
        assert_eq!(placed(&mut clock, NOW.plus_seconds(0.01), 100_000), (100_000, false, true));
        // Our clock was set back: nothing is overtaken.
        assert_eq!(placed(&mut clock, NOW.plus_seconds(-3600.0), 0), (0, false, false));
    }

    #[test]
    fn ages_cross_midnight() {
        let midnight = UtcMicros(NOW.0 - NOW.0.rem_euclid(DAY_US));
        assert_eq!(age_within_us(UtcMicros(midnight.0 + 20_000), DAY_US - 30_000, DAY_US), 50_000);
        assert_eq!(age_within_us(UtcMicros(midnight.0 - 20_000), 10_000, DAY_US), -30_000);
        assert_eq!(age_within_us(UtcMicros(-20_000), DAY_US - 30_000, DAY_US), 10_000);
    }

    #[test]
    fn no_age_overflows() {
        let mut clock = StampClock::default();
        for age_us in [i64::MAX, i64::MIN, 0, i64::MIN, i64::MAX] {
            assert!(clock.place(NOW, age_us).at <= NOW);
        }
    }
}
