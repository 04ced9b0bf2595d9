//! `plan`: the fixed-time plan that the lights follow from a moment on, for sites whose signal is such a plan.
//!
//! The lights are not the service's: it says what they do. So a plan is for a change that whoever runs them makes at that
//! moment, and it is refused if the gate would not believe it, alone or on the way from the plan that runs.

use std::path::{Path, PathBuf};

use cloud_bridge::CommandEnd;
use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::not_kept;
use crate::config::{SignalFile, Site};
use crate::durable;
use crate::gate::{Held, SignalGate, SignalLimits};
use crate::map::conflicts::Conflicts;
use crate::signals::fixed_time::{FixedTimePlan, Settings, Stage};
use crate::signals::schedule::Schedule;

/// The file's name in `state_dir`.
pub const NAME: &str = "city-plan.json";
/// The longest cycle that is taken, seconds.
const LONGEST_CYCLE_S: f64 = 3600.0;
/// A plan is played to the gate for at least so long, seconds: one that flickers is seen to.
const LEAST_PLAYED_S: f64 = 30.0;
/// How far ahead a plan may begin, microseconds: a week.
const FARTHEST_US: i64 = 7 * 86_400 * 1_000_000;
/// The rhythm in which the gate hears of lights, microseconds.
const STEP_US: usize = 100_000;

/// The payload, and what is kept of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFrom {
    /// When it takes over, microseconds since 1970 UTC.
    from_us: i64,
    /// Start of the first stage: seconds after 1970-01-01T00:00:00Z, modulo the cycle.
    #[serde(default)]
    offset_s: f64,
    /// The stages in order.
    stage: Vec<Stage>,
}

impl PlanFrom {
    fn from(&self) -> UtcMicros {
        UtcMicros(self.from_us)
    }

    /// The plan, if it says something of exactly the groups of the map.
    fn plan(&self, groups: &[u8]) -> Result<FixedTimePlan, Vec<String>> {
        let settings = Settings { offset_s: self.offset_s, stage: self.stage.clone() };
        let problems = SignalFile::FixedTime(settings.clone()).problems(Some(groups));
        if problems.is_empty() { settings.plan().map_err(|text| vec![text]) } else { Err(problems) }
    }
}

/// The file: it holds only for as long as the site file has the plan that it was made for.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    site_plan: Settings,
    /// The plan that runs, unless it is the site file's, and the one after it.
    plans: Vec<PlanFrom>,
}

/// The plans of a site, and their file.
#[derive(Debug)]
pub struct PlanBook {
    path: PathBuf,
    conflicts: Conflicts,
    limits: SignalLimits,
    kept: Kept,
    schedule: watch::Sender<Schedule>,
}

impl PlanBook {
    /// The site file's plan, and what earlier runs have kept of the city's. `None`: the signal is something else.
    pub fn open(site: &Site) -> Option<Self> {
        let Some(SignalFile::FixedTime(settings)) = &site.signal else { return None };
        let plan = settings.plan().ok()?;
        let path = site.state_dir.join(NAME);
        let kept = Kept { site_plan: settings.clone(), plans: read(&path, settings) };
        let limits = site.limits();
        let conflicts = Conflicts::of(&site.map, &site.geometry.origin, &limits.conflicts);
        let mut schedule = Schedule::new(plan);
        for asked in &kept.plans {
            match asked.plan(conflicts.groups()) {
                Ok(plan) => schedule = schedule.then(asked.from(), plan),
                Err(problems) => tracing::error!(?problems, "a plan that was kept does not fit the map any more"),
            }
        }
        let (schedule, _) = watch::channel(schedule);
        Some(Self { path, conflicts, limits: limits.signal, kept, schedule })
    }

    /// What runs, as it changes.
    pub fn schedule(&self) -> watch::Receiver<Schedule> {
        self.schedule.subscribe()
    }

    /// Keeps a plan, to take over when its time comes.
    pub(super) fn take(&mut self, now: UtcMicros, asked: PlanFrom) -> Result<(), CommandEnd> {
        let bad = |text: String| CommandEnd::rejected("bad_plan").with_detail(text);
        let plan = asked.plan(self.conflicts.groups()).map_err(|problems| bad(problems.join("; ")))?;
        if plan.cycle_s() > LONGEST_CYCLE_S {
            return Err(bad(format!("its cycle is {} s; {LONGEST_CYCLE_S} at most", plan.cycle_s())));
        }
        if asked.from_us > now.0.saturating_add(FARTHEST_US) {
            return Err(CommandEnd::rejected("too_far").with_detail("a plan begins within a week"));
        }
        let schedule = self.schedule.borrow().clone();
        let said_until = now.plus_seconds(schedule.plan_at(now).cycle_s());
        let begins = schedule.change_after(now).map_or(asked.from(), |(change, _)| asked.from().min(*change));
        if begins < said_until {
            let text = "ends of lights up to a cycle ahead have been said already";
            return Err(CommandEnd::rejected("too_soon").with_detail(text));
        }
        let schedule = schedule.only(now).then(asked.from(), plan);
        self.believe(&schedule, asked.from())?;
        let running = self.kept.plans.iter().rfind(|kept| kept.from() <= now).cloned();
        let kept = Kept { site_plan: self.kept.site_plan.clone(), plans: running.into_iter().chain([asked]).collect() };
        let written = serde_json::to_vec(&kept).map_err(std::io::Error::other);
        written.and_then(|text| durable::replace(&self.path, &text)).map_err(|error| not_kept(&error))?;
        self.kept = kept;
        self.schedule.send_replace(schedule);
        Ok(())
    }

    /// Plays it to a gate like the one that stands before the radios.
    fn believe(&self, schedule: &Schedule, from: UtcMicros) -> Result<(), CommandEnd> {
        let gate = || SignalGate::new(self.limits, self.conflicts.clone());
        let plan = schedule.plan_at(from);
        let cycle = |plan: &FixedTimePlan| plan.cycle_s().clamp(LEAST_PLAYED_S, LONGEST_CYCLE_S);
        let (begin, end) =
            (from.plus_seconds(-cycle(schedule.plan_at(UtcMicros(from.0 - 1)))), from.plus_seconds(cycle(plan)));
        // In a rehearsal nothing is held back that the log should tell of.
        tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::default(), || {
            if let Some(held) = first_held(&mut gate(), &Schedule::new(plan.clone()), from, end) {
                return Err(CommandEnd::rejected(held.reason.as_str()).with_detail(in_words(&held)));
            }
            let mut gate = gate();
            // Where the plan that runs is not believed, nothing that is said changes.
            let is_believed = first_held(&mut gate, schedule, begin, from).is_none();
            match first_held(&mut gate, schedule, from, end).filter(|_| is_believed) {
                Some(held) => Err(CommandEnd::rejected("bad_change").with_detail(in_words(&held))),
                None => Ok(()),
            }
        })
    }
}

/// A file that cannot be read is told of once; the next plan begins it anew.
fn read(path: &Path, site_plan: &Settings) -> Vec<PlanFrom> {
    match durable::read_json::<Kept>(path) {
        Ok(Some(kept)) if kept.site_plan == *site_plan => kept.plans,
        Ok(Some(_)) => {
            tracing::warn!(
                "the site file has another plan than the one that the city's took the place of: its own runs"
            );
            Vec::new()
        }
        Ok(None) => Vec::new(),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "the city's plan is not read: the site file's runs");
            Vec::new()
        }
    }
}

fn first_held(gate: &mut SignalGate, schedule: &Schedule, from: UtcMicros, to: UtcMicros) -> Option<Held> {
    (from.0..to.0).step_by(STEP_US).map(UtcMicros).find_map(|at| {
        // What it does not take it holds back as well.
        let _ = gate.hear(at, schedule.state(at));
        gate.say(at).held.into_iter().next()
    })
}

fn in_words(held: &Held) -> String {
    let whose = held.group.map_or_else(String::new, |group| format!("group {group}: "));
    format!("{whose}{}: {}", held.reason.as_str(), held.detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMicros = UtcMicros(1_785_412_800_000_000);

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    /// The demo's site, whose cycle is 56 s, with a folder of its own for state.
    fn site(name: &str) -> (Folder, Site) {
        let folder = std::env::temp_dir().join(format!("lukou-plan-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/demo/site.toml");
        let site = Site { state_dir: folder.clone(), ..Site::load(&demo).unwrap() };
        (Folder(folder), site)
    }

    /// A plan of 60 s; its first stage begins at `from`.
    fn asked(from: UtcMicros) -> PlanFrom {
        let stage = |groups: &[u8]| Stage { groups: groups.to_vec(), green_s: 10.0, yellow_s: 3.0, all_red_s: 2.0 };
        let stage = vec![stage(&[1, 5]), stage(&[2]), stage(&[3, 6]), stage(&[4])];
        PlanFrom { from_us: from.0, offset_s: from.0.rem_euclid(60_000_000) as f64 * 1e-6, stage }
    }

    /// The first beginning of the demo's cycle that is far enough away.
    fn from() -> UtcMicros {
        UtcMicros((NOW.0 / 56_000_000 + 2) * 56_000_000)
    }

    fn why(taken: Result<(), CommandEnd>) -> String {
        format!("{:?}", taken.unwrap_err())
    }

    #[test]
    fn a_plan_takes_over_in_its_time_also_after_a_restart() {
        let (_folder, site) = site("restart");
        let mut book = PlanBook::open(&site).unwrap();
        let before = book.schedule().borrow().clone();
        book.take(NOW, asked(from())).unwrap();
        let wanted = book.schedule().borrow().clone();
        let at = |s: f64| from().plus_seconds(s);
        assert_eq!(wanted.plan_at(at(-0.1)), before.plan_at(NOW));
        assert_eq!(wanted.plan_at(at(0.0)).cycle_s(), 60.0);
        assert_eq!(*PlanBook::open(&site).unwrap().schedule().borrow(), wanted);

        // One that comes later takes over from it, and is what is kept beside it.
        let later = UtcMicros(from().0 + 180_000_000);
        book.take(at(1.0), asked(later)).unwrap();
        let reopened = PlanBook::open(&site).unwrap().schedule().borrow().clone();
        for s in [1.0, 30.0, 179.0, 181.0, 400.0] {
            assert_eq!(reopened.state(at(s)), book.schedule().borrow().state(at(s)));
        }

        // Whoever changes the plan in the site file has the last word.
        let mut changed = site.clone();
        if let Some(SignalFile::FixedTime(settings)) = &mut changed.signal {
            settings.offset_s = 1.0;
        }
        assert_eq!(PlanBook::open(&changed).unwrap().kept.plans, []);
    }

    #[test]
    fn what_the_gate_would_not_believe_is_refused_by_name() {
        let (_folder, site) = site("refused");
        let site = Site { gate: crate::config::GateFile { min_clearance_s: 1.0, ..site.gate.clone() }, ..site };
        let mut book = PlanBook::open(&site).unwrap();
        let mut refused = |change: &dyn Fn(&mut PlanFrom)| {
            let mut plan = asked(from());
            change(&mut plan);
            why(book.take(NOW, plan))
        };
        let reasons = [
            (refused(&|plan| plan.stage[0].groups = vec![1, 3]), "bad_plan", "group 3 is in two stages"),
            (refused(&|plan| plan.stage[3].groups.clear()), "bad_plan", "says nothing of group 4"),
            (refused(&|plan| plan.stage.iter_mut().for_each(|stage| stage.green_s = 1000.0)), "bad_plan", "4020 s"),
            // In the green of the second stage.
            (refused(&|plan| *plan = asked(from().plus_seconds(20.0))), "bad_change", "clearance_skipped"),
            (refused(&|plan| plan.stage[1].all_red_s = 0.0), "clearance_short", "0.1 s after"),
            (refused(&|plan| plan.from_us = NOW.0 + 55_000_000), "too_soon", ""),
            (refused(&|plan| plan.from_us = i64::MAX), "too_far", ""),
        ];
        for (said, reason, detail) in reasons {
            assert!(said.contains(&format!("{reason:?}")), "{reason}: {said}");
            assert!(said.contains(detail), "{detail}: {said}");
        }
        let flickering = refused(&|plan| {
            let short = |stage: &mut Stage| (stage.green_s, stage.yellow_s, stage.all_red_s) = (0.3, 0.3, 0.3);
            plan.stage.iter_mut().for_each(short);
        });
        assert!(flickering.contains("Rejected"), "{flickering}");
        assert!(!site.state_dir.join(NAME).exists(), "nothing is kept");
        let other = Site { signal: None, ..site };
        assert!(PlanBook::open(&other).is_none());
    }
}
