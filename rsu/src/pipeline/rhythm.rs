//! When everything periodic is due, and that all of it begins anew when the clock was set.

use perception::time::UtcMicros;

use crate::cadence::Cadence;
use crate::notice::Timing;

const SPAT_PERIOD_S: f64 = 0.1;
const OBJECTS_PERIOD_S: f64 = 0.1;
const MAP_PERIOD_S: f64 = 1.0;
const PARKING_PERIOD_S: f64 = 1.0;
const SENSORS_PERIOD_S: f64 = 1.0;
/// RSI by what it holds.
const INFORMATION_PERIODS_S: [(Timing, f64); 3] =
    [(Timing::Dynamic, 0.1), (Timing::SemiStatic, 0.5), (Timing::Static, 1.0)];
/// Time that jumps by more than this, or runs back by more than [`CLOCK_BACK_S`], was set: rhythms begin anew.
const CLOCK_FORWARD_S: f64 = 5.0;
const CLOCK_BACK_S: f64 = 0.5;

/// The rhythms of one site.
#[derive(Debug)]
pub(super) struct Rhythm {
    pub(super) spat: Cadence,
    pub(super) objects: Cadence,
    pub(super) map: Cadence,
    pub(super) parking: Cadence,
    pub(super) sensors: Cadence,
    information: [Cadence; 3],
    picture_due: UtcMicros,
    last_now: UtcMicros,
}

impl Rhythm {
    pub(super) fn new(start: UtcMicros) -> Self {
        Self {
            spat: Cadence::new(SPAT_PERIOD_S, start),
            objects: Cadence::new(OBJECTS_PERIOD_S, start),
            map: Cadence::new(MAP_PERIOD_S, start),
            parking: Cadence::new(PARKING_PERIOD_S, start),
            sensors: Cadence::new(SENSORS_PERIOD_S, start),
            information: INFORMATION_PERIODS_S.map(|(_, period_s)| Cadence::new(period_s, start)),
            picture_due: start,
            last_now: start,
        }
    }

    /// Takes the time of an input. True: the clock was set, and all rhythms begin anew.
    pub(super) fn was_set(&mut self, now: UtcMicros) -> bool {
        let passed_s = now.seconds_since(self.last_now);
        let was_set = !(-CLOCK_BACK_S..=CLOCK_FORWARD_S).contains(&passed_s);
        if was_set {
            *self = Self::new(now);
        }
        self.last_now = now;
        was_set
    }

    /// The time of the newest input.
    pub(super) fn last_now(&self) -> UtcMicros {
        self.last_now
    }

    /// When the first of them is due.
    pub(super) fn deadline(&self) -> UtcMicros {
        let all = [&self.spat, &self.objects, &self.map, &self.parking, &self.sensors];
        all.into_iter().chain(&self.information).fold(self.picture_due, |least, cadence| least.min(cadence.deadline()))
    }

    /// Kinds of RSI and TIM that are due, and how often each is.
    pub(super) fn information_due(&mut self, now: UtcMicros) -> Vec<(Timing, f64)> {
        let all = INFORMATION_PERIODS_S.into_iter().zip(&mut self.information);
        all.filter_map(|(kind, cadence)| cadence.elapsed(now).then_some(kind)).collect()
    }

    /// Whether the picture is to be looked at, though no message of objects is due.
    pub(super) fn picture_elapsed(&self, now: UtcMicros) -> bool {
        now >= self.picture_due
    }

    /// The picture was looked at.
    pub(super) fn picture_seen(&mut self, now: UtcMicros) {
        self.picture_due = now.plus_seconds(OBJECTS_PERIOD_S);
    }
}
