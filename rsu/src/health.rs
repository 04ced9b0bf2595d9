//! How the service is: one word per component with the reason, for `/healthz`, `/readyz` and the city.
//!
//! *Alive* means that the thread that owns the pipeline still goes round. *Ready* means that the first broadcast went
//! out and that nothing that the site asks for has failed. A component that only limps (degraded) does not make the
//! service unready: it still serves the vehicles.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// A pipeline that has not gone round for so long is taken for stuck, seconds. It goes round at least ten times a second.
pub const TICK_TIMEOUT_S: f64 = 3.0;
/// [`Health::last_tick_us`] before the first tick.
const NEVER: i64 = i64::MIN;

/// How a component, or the whole, is. In ascending order of trouble.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Does what it is there for.
    #[default]
    Ok,
    /// Works, with losses that the reason names.
    Degraded,
    /// Does not work, or was not heard from yet.
    Failed,
}

impl Level {
    /// `ok`, `degraded` or `failed`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
        }
    }
}

/// A part of the service, or something outside that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Its name: a sensor's, a radio's, or `city`.
    pub id: String,
    /// How it is.
    pub level: Level,
    /// Why; empty while it is well.
    pub reason: String,
}

/// Shared by everybody who knows how something is and everybody who must tell. Cheap to write: one short lock.
#[derive(Debug)]
pub struct Health {
    /// Uptime at the pipeline's newest round, microseconds.
    last_tick_us: AtomicI64,
    first_broadcast: AtomicBool,
    components: Mutex<BTreeMap<String, (Level, String)>>,
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

impl Health {
    /// Nothing known yet: neither alive nor ready.
    pub fn new() -> Self {
        Self {
            last_tick_us: AtomicI64::new(NEVER),
            first_broadcast: AtomicBool::new(false),
            components: Mutex::new(BTreeMap::new()),
        }
    }

    /// Says that the site has this component: until [`Health::set`] tells otherwise it counts as failed.
    pub fn expect(&self, id: &str) {
        self.lock().entry(id.to_owned()).or_insert_with(|| (Level::Failed, "not heard from yet".into()));
    }

    /// How a component is now, and why if it is not well.
    pub fn set(&self, id: &str, level: Level, reason: &str) {
        let mut components = self.lock();
        match components.get_mut(id) {
            // Mostly nothing changed: then nothing is allocated.
            Some((old_level, old_reason)) if *old_level == level && old_reason == reason => {}
            Some(component) => *component = (level, reason.to_owned()),
            None => {
                components.insert(id.to_owned(), (level, reason.to_owned()));
            }
        }
    }

    /// A component that was in trouble is well again; one that was never told of is not told of now.
    pub fn recover(&self, id: &str) {
        if let Some(component) = self.lock().get_mut(id) {
            *component = (Level::Ok, String::new());
        }
    }

    /// The pipeline went round once more. `uptime_s` is [`crate::clock::Clock::uptime_s`]: it never jumps.
    pub fn tick(&self, uptime_s: f64) {
        self.last_tick_us.store(micros(uptime_s), Ordering::Relaxed);
    }

    /// Seconds since the pipeline last went round; `None`: it never did.
    pub fn tick_age_s(&self, uptime_s: f64) -> Option<f64> {
        match self.last_tick_us.load(Ordering::Relaxed) {
            NEVER => None,
            last_us => Some(micros(uptime_s).saturating_sub(last_us).max(0) as f64 * 1e-6),
        }
    }

    /// True while the pipeline goes round.
    pub fn is_alive(&self, uptime_s: f64) -> bool {
        self.tick_age_s(uptime_s).is_some_and(|age_s| age_s <= TICK_TIMEOUT_S)
    }

    /// A message went out to the vehicles.
    pub fn broadcast_went_out(&self) {
        self.first_broadcast.store(true, Ordering::Relaxed);
    }

    /// All components in alphabetical order.
    pub fn components(&self) -> Vec<Component> {
        let component = |(id, (level, reason)): (&String, &(Level, String))| Component {
            id: id.clone(),
            level: *level,
            reason: reason.clone(),
        };
        self.lock().iter().map(component).collect()
    }

    /// Why the service is not ready, one sentence each; empty: it is.
    pub fn unready_reasons(&self, uptime_s: f64) -> Vec<String> {
        self.unready_reasons_but(uptime_s, &[])
    }

    /// The same, where these components may have failed.
    pub fn unready_reasons_but(&self, uptime_s: f64, troubled: &[String]) -> Vec<String> {
        let mut reasons = Vec::new();
        match self.tick_age_s(uptime_s) {
            None => reasons.push("the pipeline has not started".to_owned()),
            Some(age_s) if age_s > TICK_TIMEOUT_S => {
                reasons.push(format!("the pipeline has not gone round for {age_s:.1} s"));
            }
            Some(_) => {}
        }
        if !self.first_broadcast.load(Ordering::Relaxed) {
            reasons.push("nothing has been broadcast yet".to_owned());
        }
        let failed = |(id, (level, _)): &(&String, &(Level, String))| *level == Level::Failed && !troubled.contains(id);
        for (id, (_, reason)) in self.lock().iter().filter(failed) {
            reasons.push(format!("{id} has failed: {reason}"));
        }
        reasons
    }

    /// The whole in one word: failed when the pipeline is stuck, degraded when any component is not well.
    pub fn overall(&self, uptime_s: f64) -> Level {
        if !self.is_alive(uptime_s) {
            return Level::Failed;
        }
        let unwell = self.lock().values().any(|(level, _)| *level != Level::Ok);
        if unwell || !self.first_broadcast.load(Ordering::Relaxed) { Level::Degraded } else { Level::Ok }
    }

    /// A thread that panicked while it held the lock left a whole map behind: every change to it is one step.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, (Level, String)>> {
        self.components.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Saturates, and takes NaN for 0, as `as` does.
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_alive_only_while_the_pipeline_goes_round() {
        let health = Health::new();
        assert!(!health.is_alive(0.0));
        assert_eq!(health.overall(0.0), Level::Failed);
        health.tick(10.0);
        assert!(health.is_alive(10.0 + TICK_TIMEOUT_S - 0.01));
        assert!(!health.is_alive(10.0 + TICK_TIMEOUT_S + 0.01));
        assert_eq!(health.unready_reasons(15.0)[0], "the pipeline has not gone round for 5.0 s");
    }

    #[test]
    fn is_ready_once_it_broadcasts_and_nothing_has_failed() {
        let health = Health::new();
        health.tick(1.0);
        health.expect("cam-n");
        assert_eq!(
            health.unready_reasons(1.0),
            ["nothing has been broadcast yet", "cam-n has failed: not heard from yet"]
        );
        health.broadcast_went_out();
        health.set("cam-n", Level::Degraded, "3 of 10 frames a second");
        assert_eq!(health.unready_reasons(1.0), [""; 0]);
        assert_eq!(health.overall(1.0), Level::Degraded);
        health.set("cam-n", Level::Ok, "");
        assert_eq!(health.overall(1.0), Level::Ok);
        health.set("cam-n", Level::Failed, "connection refused");
        assert_eq!(health.unready_reasons(1.0), ["cam-n has failed: connection refused"]);
        health.recover("cam-n");
        health.recover("cam-s");
        assert_eq!(health.components().len(), 1, "nobody spoke of cam-s");
        health.set("cam-n", Level::Failed, "connection refused");
        assert_eq!(health.overall(1.0), Level::Degraded);
    }

    #[test]
    fn what_is_known_already_is_not_forgotten_when_it_is_expected() {
        let health = Health::new();
        health.set("city", Level::Ok, "");
        health.expect("city");
        let city = Component { id: "city".into(), level: Level::Ok, reason: String::new() };
        assert_eq!(health.components(), [city]);
    }
}
