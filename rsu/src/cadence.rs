//! When a periodic message is due.
//!
//! A message that tells of something fresh should leave the moment the fresh thing is known, not up to a period
//! later: a cadence locks to the rhythm of its source. When the source falls silent it goes on by itself at its period.

use perception::time::UtcMicros;

/// The rhythm of one message.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    period_s: f64,
    due: UtcMicros,
    locked: bool,
}

impl Cadence {
    /// How early, in periods, a fresh value may fire a locked cadence: room for the source's jitter.
    const EARLY: f64 = 0.25;
    /// How long, in periods, a locked cadence waits beyond its due time for the fresh value.
    const GRACE: f64 = 0.75;

    /// First due at `start`.
    pub fn new(period_s: f64, start: UtcMicros) -> Self {
        Self { period_s, due: start, locked: false }
    }

    /// Something fresh is known now: does the message leave with it?
    pub fn fresh(&mut self, now: UtcMicros) -> bool {
        // Unlocked it fires at once, however soon after the last: a cadence that ran by itself just before its source would
        // otherwise stay just before it, and everything would leave a period late.
        let fires = !self.locked || now >= self.due.plus_seconds(-Self::EARLY * self.period_s);
        if fires {
            // On average once a period however fast the source is, and never two at once after a gap.
            let soonest = now.plus_seconds((1.0 - Self::EARLY) * self.period_s);
            let next = if self.locked { self.due } else { now };
            self.due = next.plus_seconds(self.period_s).max(soonest);
            self.locked = true;
        }
        fires
    }

    /// Nothing fresh, but time has passed: does the message leave with what there is?
    pub fn elapsed(&mut self, now: UtcMicros) -> bool {
        let fires = now >= self.deadline();
        if fires {
            self.due = now.plus_seconds(self.period_s);
            self.locked = false;
        }
        fires
    }

    /// When [`Self::elapsed`] will next be true.
    pub fn deadline(&self) -> UtcMicros {
        if self.locked { self.due.plus_seconds(Self::GRACE * self.period_s) } else { self.due }
    }

    /// The clock was set: begin again from `now`.
    pub fn restart(&mut self, now: UtcMicros) {
        self.due = now;
        self.locked = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a cadence for `seconds` against fresh values at the given times; returns when it fired.
    fn fired_s(fresh_s: &[f64], seconds: f64) -> Vec<f64> {
        let at = |s: f64| UtcMicros(1_000_000_000).plus_seconds(s);
        let mut cadence = Cadence::new(0.1, at(0.0));
        let mut fired = Vec::new();
        let mut fresh = fresh_s.iter().peekable();
        for millisecond in 0..(seconds * 1000.0) as i64 {
            let now_s = millisecond as f64 * 1e-3;
            let is_fresh = fresh.next_if(|s| **s <= now_s).is_some();
            if (is_fresh && cadence.fresh(at(now_s))) || cadence.elapsed(at(now_s)) {
                fired.push(now_s);
            }
        }
        fired
    }

    fn every(period_s: f64, first_s: f64, count: usize) -> Vec<f64> {
        (0..count).map(|i| first_s + i as f64 * period_s).collect()
    }

    #[test]
    fn locks_to_its_source_and_leaves_with_the_fresh_value() {
        let frames = every(0.1, 0.043, 100);
        let fired = fired_s(&frames, 10.0);
        let with_frame = fired.iter().filter(|f| frames.iter().any(|t| (*f - t).abs() < 0.002)).count();
        assert!(with_frame >= 99, "{with_frame} of {}", fired.len());
    }

    #[test]
    fn locks_to_a_source_that_comes_just_after_its_own_ticks() {
        for late_ms in 1..30 {
            let frames = every(0.1, 1.0 + f64::from(late_ms) * 1e-3, 20);
            let fired = fired_s(&frames, 2.9);
            let with_frame = frames.iter().filter(|t| fired.iter().any(|f| (*f - *t).abs() < 0.002)).count();
            assert!(with_frame >= 19, "{late_ms} ms: {with_frame} of 20, {fired:?}");
        }
    }

    #[test]
    fn stays_at_its_rate_when_the_source_is_faster() {
        let fired = fired_s(&every(0.04, 0.0, 250), 10.0);
        assert!((95..=105).contains(&fired.len()), "{}", fired.len());
    }

    #[test]
    fn goes_on_alone_when_the_source_falls_silent() {
        let fired = fired_s(&every(0.1, 0.02, 10), 10.0);
        assert!((98..=102).contains(&fired.len()), "{}", fired.len());
        assert!(fired.windows(2).all(|pair| pair[1] - pair[0] < 0.18));
    }

    #[test]
    fn jitter_of_the_source_does_not_break_the_lock() {
        let frames: Vec<f64> = (0..100).map(|i| 0.03 + i as f64 * 0.1 + f64::from((i * 7 % 5) as u8) * 0.01).collect();
        let fired = fired_s(&frames, 10.0);
        assert!((98..=102).contains(&fired.len()), "{}", fired.len());
    }
}
