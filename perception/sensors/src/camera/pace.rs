//! Playing a file at its own speed, by a clock that may be stepped.

use perception::time::UtcMicros;

use crate::Now;
use crate::stop::StopSignal;

/// A frame this late, or early beyond its own interval, means that the clock was stepped or the box is too slow: the
/// file's time line is moved rather than raced after or waited for.
const TOLERANCE_S: f64 = 0.5;
/// The interval that is assumed between the last frame of a file and the first when it begins again.
const ASSUMED_INTERVAL_S: f64 = 0.1;

/// The line between the file's time stamps and UTC.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The last frame's time stamp, and when it was due.
    last: Option<(f64, UtcMicros)>,
    /// The interval between the last two frames of a file.
    interval_s: Option<f64>,
    starts: bool,
}

impl Pace {
    /// The next frame is the first of the file, again or for the first time.
    pub(super) fn begin_stream(&mut self) {
        self.starts = true;
    }

    /// When the frame with this time stamp is due.
    fn due(&mut self, position_s: f64, now: UtcMicros) -> UtcMicros {
        let starts = std::mem::take(&mut self.starts);
        let (last_position_s, last_due) = match self.last {
            None => return self.settle(position_s, now),
            Some(last) => last,
        };
        let interval_s = if starts {
            self.interval_s.unwrap_or(ASSUMED_INTERVAL_S)
        } else {
            // Time stamps that stand still or run back tell nothing.
            let interval_s = position_s - last_position_s;
            let interval_s = if interval_s > 0.0 { interval_s } else { self.interval_s.unwrap_or(ASSUMED_INTERVAL_S) };
            self.interval_s = Some(interval_s);
            interval_s
        };
        let due = last_due.plus_seconds(interval_s);
        let early_s = due.seconds_since(now);
        let on_time = early_s > -TOLERANCE_S && early_s < interval_s + TOLERANCE_S;
        self.settle(position_s, if on_time { due } else { now })
    }

    fn settle(&mut self, position_s: f64, due: UtcMicros) -> UtcMicros {
        self.last = Some((position_s, due));
        due
    }

    /// Waits until the frame is due and says when that is. `None`: told to stop.
    pub(super) fn wait_for(&mut self, position_s: f64, now: &Now, stop: &StopSignal) -> Option<UtcMicros> {
        let asked_at = now();
        let due = self.due(position_s, asked_at);
        // Waited for by duration, not until a time of day: a clock stepped meanwhile shows at the next frame.
        let stopped = stop.wait(due.seconds_since(asked_at));
        (!stopped).then_some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UtcMicros = UtcMicros(1_000_000_000);

    #[test]
    fn frames_are_due_by_their_time_stamps_from_the_first_one_on_and_over_the_files_end() {
        let mut pace = Pace::default();
        pace.begin_stream();
        assert_eq!(pace.due(0.2, START), START);
        assert_eq!(pace.due(0.3, START.plus_seconds(0.02)), START.plus_seconds(0.1));
        assert_eq!(pace.due(0.5, START.plus_seconds(0.12)), START.plus_seconds(0.3));
        pace.begin_stream();
        assert_eq!(pace.due(0.2, START.plus_seconds(0.31)), START.plus_seconds(0.5));
        assert_eq!(pace.due(0.3, START.plus_seconds(0.5)), START.plus_seconds(0.6));
    }

    #[test]
    fn a_stepped_clock_or_a_slow_box_moves_the_time_line_at_once() {
        for step_s in [-3600.0, 3600.0, 0.7] {
            let mut pace = Pace::default();
            pace.begin_stream();
            pace.due(0.0, START);
            let stepped = START.plus_seconds(step_s);
            assert_eq!(pace.due(0.1, stepped), stepped);
            assert_eq!(pace.due(0.2, stepped.plus_seconds(0.03)), stepped.plus_seconds(0.1));
        }
    }

    #[test]
    fn time_stamps_that_stand_still_do_not_stop_the_film() {
        let mut pace = Pace::default();
        pace.begin_stream();
        pace.due(0.0, START);
        pace.due(0.04, START);
        assert_eq!(pace.due(0.0, START.plus_seconds(0.05)), START.plus_seconds(0.08));
    }
}
