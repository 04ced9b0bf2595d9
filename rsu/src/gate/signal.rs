//! What may be said of the lights. Every word of the controller is heard, since a lie may be in the step from one to the next.

use std::collections::BTreeMap;

use perception::time::UtcMicros;

use super::Reason;
use super::watch::{Hold, Rules, Watch, word};
use crate::map::conflicts::{Conflicts, Relation};
use crate::signals::{Control, GroupState, Light, SignalState};

/// The controller's clock may be this far ahead, seconds.
const AHEAD_S: f64 = 0.3;
/// Words further apart than this, or than what is stale, have a gap between them in which a light may have changed, seconds.
const GAP_S: f64 = 1.0;

/// The latest end may have passed by this without a change of the light, seconds: the change is still on its way.
const OVERRUN_S: f64 = 0.5;

/// The limits. Defaults are those of a 10 Hz signal source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SignalLimits {
    /// Oldest signal state that may be said, seconds.
    pub age_s: f64,
    /// How long what lied must be consistent until it is believed again, seconds.
    pub recover_s: f64,
    /// How long a group must have been red before one that it conflicts with turns green, seconds; 0: not looked at.
    pub min_clearance_s: f64,
    /// How far a promised end may shift, seconds: a countdown of whole seconds is off by one.
    pub countdown_tolerance_s: f64,
    /// Whether the greens of vehicles end with yellow.
    pub require_yellow: bool,
    /// Whether a green is said as protected where the map proves it.
    pub say_protected: bool,
}

impl Default for SignalLimits {
    fn default() -> Self {
        Self {
            age_s: 0.3,
            recover_s: 5.0,
            min_clearance_s: 0.0,
            countdown_tolerance_s: 1.5,
            require_yellow: true,
            say_protected: true,
        }
    }
}

/// Something that was not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of which group; `None`: of all.
    pub group: Option<u8>,
    /// Why.
    pub reason: Reason,
    /// What exactly, for people; may be empty.
    pub detail: String,
}

/// What may be said, and what may not.
#[derive(Clone, Debug, PartialEq)]
pub struct SaidSignal {
    /// Exactly the groups of the MAP; those that nobody vouches for are *unavailable*.
    pub state: SignalState,
    /// What is missing in it.
    pub held: Vec<Held>,
}

impl SaidSignal {
    /// Why something of a group was not said.
    pub fn of_group(&self, id: u8) -> Option<&Held> {
        self.held.iter().find(|held| held.group.is_none_or(|group| group == id))
    }

    /// Groups whose times are withheld.
    pub fn without_times(&self) -> Vec<u8> {
        self.held.iter().filter(|held| held.reason.is_of_times()).filter_map(|held| held.group).collect()
    }
}

/// The gate for the signal of one node.
#[derive(Clone, Debug)]
pub struct SignalGate {
    limits: SignalLimits,
    conflicts: Conflicts,
    newest: Option<SignalState>,
    /// The newest word that was not taken.
    refused: Option<(UtcMicros, Reason)>,
    watches: BTreeMap<u8, Watch>,
    last_in_use: BTreeMap<u8, UtcMicros>,
    hold: Option<Hold>,
    told: Vec<(Option<u8>, Reason)>,
}

impl SignalGate {
    /// With nothing heard. Without groups in `conflicts` (a replayed recording) the controller's own are said.
    pub fn new(limits: SignalLimits, conflicts: Conflicts) -> Self {
        Self {
            // A word may be said while it is fresh: for so long at least it must be remembered what was wrong with it.
            limits: SignalLimits { recover_s: limits.recover_s.max(limits.age_s), ..limits },
            conflicts,
            newest: None,
            refused: None,
            watches: BTreeMap::new(),
            last_in_use: BTreeMap::new(),
            hold: None,
            told: Vec::new(),
        }
    }

    /// Whether two groups may not be green together, or the map does not know one of them.
    pub fn may_not_go_together(&self, a: u8, b: u8) -> bool {
        let known = |group| self.conflicts.groups().contains(&group);
        a != b && (!known(a) || !known(b) || self.conflicts.relation(a, b) == Relation::Conflict)
    }

    /// A word of the controller.
    ///
    /// # Errors
    /// Why it is not taken; what was heard before goes on being true until it is stale.
    pub fn hear(&mut self, now: UtcMicros, state: SignalState) -> Result<(), Reason> {
        if let Err(reason) = self.admit(now, &state) {
            self.refused = Some((now, reason));
            return Err(reason);
        }
        let gap_s =
            self.newest.as_ref().map_or(f64::INFINITY, |last| state.captured_at.seconds_since(last.captured_at));
        let in_sight = gap_s <= self.limits.age_s.max(GAP_S);
        self.clearances(&state, in_sight);
        self.follow(&state, in_sight);
        self.conflicts_in(&state);
        self.contradictions(&state);
        self.stands_still(&state);
        self.newest = Some(state);
        Ok(())
    }

    /// What may be said now.
    pub fn say(&mut self, now: UtcMicros) -> SaidSignal {
        let mut held = Vec::new();
        let fresh = self.fresh(now, &mut held);
        let said = self.newest.as_ref();
        let known: Vec<u8> = match self.conflicts.groups() {
            [] => said.map_or(Vec::new(), |state| state.groups.iter().map(|group| group.id).collect()),
            groups => groups.to_vec(),
        };
        let spoken = fresh.map_or(&[][..], |state| &state.groups);
        let of_group = |group, reason, detail| Held { group: Some(group), reason, detail };
        let strangers = spoken.iter().filter(|group| !known.contains(&group.id));
        held.extend(strangers.map(|group| of_group(group.id, Reason::GroupNotInMap, String::new())));
        let mut groups = Vec::with_capacity(known.len());
        for id in known {
            let Some(group) = spoken.iter().find(|group| group.id == id) else {
                if fresh.is_some() {
                    held.push(of_group(id, Reason::GroupSilent, String::new()));
                }
                groups.push(GroupState::new(id, Light::Unavailable));
                continue;
            };
            groups.push(self.group(now, group, spoken, &mut held));
        }
        let state = SignalState {
            captured_at: said.map_or(now, |state| state.captured_at),
            control: said.and_then(|state| state.control),
            plan: said.and_then(|state| state.plan),
            groups,
        };
        let state = self.with_right_of_way(state);
        self.log(&held);
        SaidSignal { state, held }
    }

    fn admit(&mut self, now: UtcMicros, state: &SignalState) -> Result<(), Reason> {
        let age_s = now.seconds_since(state.captured_at);
        if age_s < -AHEAD_S {
            return Err(Reason::SignalFuture);
        }
        // Our own clock was set back: what was heard by the old time says nothing of now.
        if self.newest.as_ref().is_some_and(|last| last.captured_at.seconds_since(now) > AHEAD_S) {
            *self = Self { told: std::mem::take(&mut self.told), ..Self::new(self.limits, self.conflicts.clone()) };
        }
        if let Some(last) = &self.newest {
            match state.captured_at.cmp(&last.captured_at) {
                std::cmp::Ordering::Less => return Err(Reason::SignalReplayed),
                std::cmp::Ordering::Equal => return Err(Reason::SignalFrozen),
                std::cmp::Ordering::Greater => {}
            }
        }
        if age_s > self.limits.age_s { Err(Reason::SignalStale) } else { Ok(()) }
    }

    fn follow(&mut self, state: &SignalState, in_sight: bool) {
        let (limits, at) = (self.limits, state.captured_at);
        // Of a controller that does not say how it decides, an end that it names is a promise.
        let strict = matches!(state.control, None | Some(Control::FixedTime));
        self.watches.retain(|id, _| state.groups.iter().any(|group| group.id == *id));
        for (index, group) in state.groups.iter().enumerate() {
            let rules = Rules { limits: &limits, on_foot: self.conflicts.is_on_foot(group.id), strict };
            if let Some(other) = state.groups[..index].iter().find(|other| other.id == group.id) {
                if let Some(watch) = self.watches.get_mut(&group.id).filter(|_| other != group) {
                    let detail = format!("{} and {}", word(other.light), word(group.light));
                    watch.distrust(at, Reason::GroupTwice, detail, rules);
                }
                continue;
            }
            match self.watches.get_mut(&group.id) {
                Some(watch) if in_sight => watch.follow(at, group, rules),
                Some(watch) => watch.lose_sight(at, group, rules),
                None => drop(self.watches.insert(group.id, Watch::new(at, group, rules))),
            }
        }
    }

    /// Two groups in use that must not be make the whole node doubtful: nobody knows which of them lies.
    fn conflicts_in(&mut self, state: &SignalState) {
        for (index, a) in state.groups.iter().enumerate() {
            for b in &state.groups[index + 1..] {
                if in_use(a.light)
                    && in_use(b.light)
                    && !(is_flashing(a.light) && is_flashing(b.light))
                    && self.conflicts.relation(a.id, b.id) == Relation::Conflict
                {
                    let detail = format!("group {} is {}, group {} {}", a.id, word(a.light), b.id, word(b.light));
                    self.distrust(state.captured_at, Reason::Conflict, detail);
                }
            }
        }
    }

    fn clearances(&mut self, state: &SignalState, in_sight: bool) {
        let at = state.captured_at;
        let before = self.newest.as_ref().filter(|_| in_sight && self.limits.min_clearance_s > 0.0);
        let was_in_use = |id: u8| before.is_none_or(|last| last.groups.iter().any(|g| g.id == id && in_use(g.light)));
        let mut short = None;
        for group in state.groups.iter().filter(|group| group.light == Light::Green && !was_in_use(group.id)) {
            for (other, last) in &self.last_in_use {
                let red_s = at.seconds_since(*last);
                if self.conflicts.relation(group.id, *other) == Relation::Conflict
                    && red_s < self.limits.min_clearance_s
                {
                    short = Some(format!("group {} is green {red_s:.1} s after group {other} was in use", group.id));
                }
            }
        }
        if let Some(detail) = short {
            self.distrust(at, Reason::ClearanceShort, detail);
        }
        self.last_in_use.extend(state.groups.iter().filter(|group| in_use(group.light)).map(|group| (group.id, at)));
    }

    /// A red cannot end before the green that it waits for can. Of a countdown that is wrong by itself, nothing follows.
    fn contradictions(&mut self, state: &SignalState) {
        let at = state.captured_at;
        let believed = |group: &&GroupState| {
            let doubt = self.watches.get(&group.id).and_then(|watch| watch.times_hold.as_ref());
            doubt.is_none_or(|doubt| doubt.reason == Reason::CountdownContradiction || !doubt.is_on(at))
        };
        let of_light = |light| state.groups.iter().filter(move |group| group.light == light).filter(believed);
        let mut found = Vec::new();
        for red in of_light(Light::Red) {
            for green in of_light(Light::Green) {
                let Some((red_s, green_s)) = red.max_end_s.zip(green.min_end_s) else { continue };
                if red_s + self.limits.countdown_tolerance_s < green_s
                    && self.conflicts.relation(red.id, green.id) == Relation::Conflict
                {
                    let red_ends = format!("red of group {} ends in {red_s:.1} s at the latest", red.id);
                    let green_ends = format!("green of group {} in {green_s:.1} s at the earliest", green.id);
                    found.push(([red.id, green.id], format!("{red_ends}, {green_ends}")));
                }
            }
        }
        for (groups, detail) in found {
            for id in groups {
                if let Some(watch) = self.watches.get_mut(&id) {
                    watch.distrust_times(at, Reason::CountdownContradiction, detail.clone(), &self.limits);
                }
            }
        }
    }

    /// One countdown that stands still is a fault of that group; all of them are an old word said again and again.
    fn stands_still(&mut self, state: &SignalState) {
        let tolerance_s = self.limits.countdown_tolerance_s;
        let mut all =
            self.watches.values().filter_map(|watch| watch.stands_still(state.captured_at, tolerance_s)).peekable();
        if all.peek().is_some() && all.all(|still| still) {
            self.distrust(state.captured_at, Reason::SignalFrozen, "no countdown moves".into());
        }
    }

    fn distrust(&mut self, at: UtcMicros, reason: Reason, detail: String) {
        self.hold = Some(Hold::new(reason, detail, at.plus_seconds(self.limits.recover_s)));
    }

    /// The newest word if it may be said at all.
    fn fresh(&self, now: UtcMicros, held: &mut Vec<Held>) -> Option<&SignalState> {
        let of_all = |reason, detail: &str| Held { group: None, reason, detail: detail.to_owned() };
        let refused = self.refused.filter(|(at, _)| (0.0..=self.limits.age_s).contains(&now.seconds_since(*at)));
        let newest = self
            .newest
            .as_ref()
            .filter(|state| (-AHEAD_S..=self.limits.age_s).contains(&now.seconds_since(state.captured_at)));
        let Some(newest) = newest else {
            let nothing = if self.newest.is_some() { Reason::SignalStale } else { Reason::SignalNone };
            held.push(of_all(refused.map_or(nothing, |(_, reason)| reason), ""));
            return None;
        };
        if let Some(hold) = self.hold.as_ref().filter(|hold| hold.is_on(now)) {
            held.push(of_all(hold.reason, &hold.detail));
            return None;
        }
        Some(newest)
    }

    /// One group as it may be said; `spoken`: all groups of the same word.
    fn group(&self, now: UtcMicros, group: &GroupState, spoken: &[GroupState], held: &mut Vec<Held>) -> GroupState {
        let mut hold = |reason, detail| held.push(Held { group: Some(group.id), reason, detail });
        let watch = self.watches.get(&group.id);
        if let Some(doubt) = watch.and_then(|watch| watch.hold.as_ref()).filter(|doubt| doubt.is_on(now)) {
            hold(doubt.reason, doubt.detail.clone());
            return GroupState::new(group.id, Light::Unavailable);
        }
        if group.light == Light::Dark && spoken.iter().any(|other| matches!(other.light, Light::Green | Light::Yellow))
        {
            hold(Reason::GroupDark, "its lamps are off while others run".into());
            return GroupState::new(group.id, Light::Unavailable);
        }
        if group.light == Light::Unavailable {
            return GroupState::new(group.id, Light::Unavailable);
        }
        let mut said = group.clone();
        if let Some(doubt) = watch.and_then(|watch| watch.times_hold.as_ref()).filter(|doubt| doubt.is_on(now)) {
            hold(doubt.reason, doubt.detail.clone());
            without_times(&mut said);
        }
        // What is left of a time that was said with an older word goes on running while the next one is awaited.
        let age_s = now.seconds_since(self.newest.as_ref().map_or(now, |state| state.captured_at));
        let latest_s = said.max_end_s.or(said.likely_end_s);
        if let Some(over_s) = latest_s.map(|end_s| age_s - end_s).filter(|s| *s > OVERRUN_S) {
            hold(Reason::CountdownOverrun, format!("{} for {over_s:.1} s past its latest end", word(group.light)));
            without_times(&mut said);
        }
        said.next.retain(|(_, lasts_s)| lasts_s.is_finite() && *lasts_s >= 0.0);
        said
    }

    /// A green is protected if the map proves that whoever it gives way to is held back.
    fn with_right_of_way(&self, mut state: SignalState) -> SignalState {
        let lights: Vec<(u8, Light)> = state.groups.iter().map(|group| (group.id, group.light)).collect();
        for group in state.groups.iter_mut().filter(|group| matches!(group.light, Light::Green | Light::Yellow)) {
            let must_give_way = || {
                lights.iter().any(|(other, light)| {
                    *light != Light::Red && self.conflicts.relation(group.id, *other) == Relation::GivesWay
                })
            };
            let proven = self.limits.say_protected && self.conflicts.is_proven(group.id) && !must_give_way();
            group.protected = Some(proven && group.protected != Some(false));
        }
        state
    }

    /// One line for each change.
    fn log(&mut self, held: &[Held]) {
        for held in held.iter().filter(|held| !self.told.contains(&(held.group, held.reason))) {
            let Held { group, reason, detail } = held;
            let whose = group.map_or_else(|| "all signal groups".to_owned(), |id| format!("signal group {id}"));
            let how = if reason.is_of_times() { "said without times" } else { "said as unavailable" };
            let how = if *reason == Reason::GroupNotInMap { "not said" } else { how };
            tracing::warn!(reason = reason.as_str(), "{whose}: {how}: {} ({detail})", reason.in_words());
        }
        let now: Vec<_> = held.iter().map(|held| (held.group, held.reason)).collect();
        for (group, reason) in self.told.iter().filter(|told| !now.contains(told)) {
            let whose = group.map_or_else(|| "all signal groups".to_owned(), |id| format!("signal group {id}"));
            tracing::info!(reason = reason.as_str(), "{whose}: no longer held back for that reason");
        }
        self.told = now;
    }
}

/// Whether somebody may be on the way under this light.
fn in_use(light: Light) -> bool {
    matches!(light, Light::Green | Light::Yellow | Light::RedYellow | Light::FlashingYellow)
}

fn is_flashing(light: Light) -> bool {
    light == Light::FlashingYellow
}

fn without_times(group: &mut GroupState) {
    (group.min_end_s, group.max_end_s, group.likely_end_s) = (None, None, None);
    group.next.clear();
}
