//! What one group has shown so far, and whether it is believed.

use perception::time::UtcMicros;

use super::countdown::{Countdown, is_impossible};
use super::{Reason, SignalLimits};
use crate::signals::{GroupState, Light};

/// A lamp that is seen to change and change again within this, flickers, seconds.
const FLICKER_S: f64 = 0.8;
/// No yellow lasts longer, seconds: 3 to 6 in the US (MUTCD 2023, 4F.17), 3 to 5 in China (GB 14886-2016).
const LONGEST_YELLOW_S: f64 = 10.0;

/// Something that is not believed for a while.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    pub(super) reason: Reason,
    pub(super) detail: String,
    until: UtcMicros,
}

impl Hold {
    pub(super) fn new(reason: Reason, detail: String, until: UtcMicros) -> Self {
        Self { reason, detail, until }
    }

    pub(super) fn is_on(&self, now: UtcMicros) -> bool {
        now <= self.until
    }
}

/// One group.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    light: Light,
    since: UtcMicros,
    /// Whether the light was seen to begin.
    began_seen: bool,
    countdown: Option<Countdown>,
    /// Its light is not believed.
    pub(super) hold: Option<Hold>,
    /// Its times are not.
    pub(super) times_hold: Option<Hold>,
}

/// What is asked of a group besides its own word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules<'a> {
    pub(super) limits: &'a SignalLimits,
    /// Only people on foot obey it.
    pub(super) on_foot: bool,
    /// The controller does not decide as it goes.
    pub(super) strict: bool,
}

impl Watch {
    pub(super) fn new(at: UtcMicros, group: &GroupState, rules: Rules<'_>) -> Self {
        let mut watch =
            Self { light: group.light, since: at, began_seen: false, countdown: None, hold: None, times_hold: None };
        watch.count(at, group, rules);
        watch
    }

    /// Words are missing: what came between was not seen.
    pub(super) fn lose_sight(&mut self, at: UtcMicros, group: &GroupState, rules: Rules<'_>) {
        let seen = Self::new(at, group, rules);
        let (hold, times_hold) = (self.hold.take(), seen.times_hold.clone().or(self.times_hold.take()));
        *self = Self { hold, times_hold, ..seen };
    }

    /// The next word.
    pub(super) fn follow(&mut self, at: UtcMicros, group: &GroupState, rules: Rules<'_>) {
        let lasted_s = at.seconds_since(self.since);
        if group.light != self.light {
            if self.began_seen && lasted_s < FLICKER_S {
                let detail = format!("{} for {lasted_s:.1} s", word(self.light));
                self.distrust(at, Reason::StateFlicker, detail, rules);
            } else if rules.limits.require_yellow && !rules.on_foot && skips_clearance(self.light, group.light) {
                let detail = format!("{} after {}", word(group.light), word(self.light));
                self.distrust(at, Reason::ClearanceSkipped, detail, rules);
            }
            (self.light, self.since, self.began_seen, self.countdown) = (group.light, at, true, None);
        } else if self.light == Light::Yellow && !rules.on_foot && lasted_s > LONGEST_YELLOW_S {
            self.distrust(at, Reason::YellowStuck, format!("yellow for {lasted_s:.0} s"), rules);
        }
        self.count(at, group, rules);
    }

    /// `Some(true)`: its countdown stands still. `None`: it has none that must run.
    pub(super) fn stands_still(&self, at: UtcMicros, tolerance_s: f64) -> Option<bool> {
        self.countdown.as_ref().map(|countdown| countdown.stands_still(at, tolerance_s))
    }

    pub(super) fn distrust(&mut self, at: UtcMicros, reason: Reason, detail: String, rules: Rules<'_>) {
        self.hold = Some(Hold::new(reason, detail, at.plus_seconds(rules.limits.recover_s)));
    }

    pub(super) fn distrust_times(&mut self, at: UtcMicros, reason: Reason, detail: String, limits: &SignalLimits) {
        self.times_hold = Some(Hold::new(reason, detail, at.plus_seconds(limits.recover_s)));
    }

    fn count(&mut self, at: UtcMicros, group: &GroupState, rules: Rules<'_>) {
        let tolerance_s = rules.limits.countdown_tolerance_s;
        let wrong = if is_impossible(group, tolerance_s) {
            self.countdown = None;
            Some(Reason::CountdownImpossible)
        } else if let Some(countdown) = &mut self.countdown {
            countdown.follow(at, group, tolerance_s)
        } else {
            self.countdown = Countdown::new(at, group, rules.strict);
            None
        };
        if let Some(reason) = wrong {
            let [min, likely, max] = [group.min_end_s, group.likely_end_s, group.max_end_s].map(seconds);
            let detail =
                format!("{} ends in {min} at the earliest, {likely} likely, {max} at the latest", word(self.light));
            self.distrust_times(at, reason, detail, rules.limits);
        }
    }
}

/// Green is over only after yellow, and comes back only after red.
fn skips_clearance(from: Light, to: Light) -> bool {
    matches!(
        (from, to),
        (Light::Green, Light::Red | Light::RedYellow) | (Light::Yellow, Light::Green | Light::RedYellow)
    )
}

/// The light, for people.
pub(super) fn word(light: Light) -> &'static str {
    match light {
        Light::Red => "red",
        Light::Yellow => "yellow",
        Light::Green => "green",
        Light::RedYellow => "red and yellow",
        Light::FlashingRed => "flashing red",
        Light::FlashingYellow => "flashing yellow",
        Light::Dark => "dark",
        Light::Unavailable => "unavailable",
    }
}

fn seconds(end_s: Option<f64>) -> String {
    end_s.map_or_else(|| "unknown".to_owned(), |end_s| format!("{end_s:.1} s"))
}
