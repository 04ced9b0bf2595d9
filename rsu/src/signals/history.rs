//! How long lights lasted: what a prediction is made from, and what survives a restart.

use std::collections::{BTreeMap, VecDeque};

use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};

use super::Light;

/// Name and version of the file's shape.
pub const HISTORY_SCHEMA: &str = "lukou.signal-history/1";
/// Durations kept for each group, light, plan and hour, and for the last ones of any hour.
const KEPT: usize = 64;
/// Most lists of durations: 16 groups with three lights, 24 hours and three plans.
const MOST_LISTS: usize = 4096;
const DAY_US: i64 = 86_400_000_000;
const HOUR_US: i64 = 3_600_000_000;

/// A light whose end is worth predicting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Stop.
    Red,
    /// Red and yellow together.
    RedYellow,
    /// Go.
    Green,
    /// Clearance.
    Yellow,
}

impl Kind {
    /// That of a light; `None`: its end is not predicted.
    pub fn of(light: Light) -> Option<Self> {
        match light {
            Light::Red => Some(Self::Red),
            Light::RedYellow => Some(Self::RedYellow),
            Light::Green => Some(Self::Green),
            Light::Yellow => Some(Self::Yellow),
            Light::FlashingRed | Light::FlashingYellow | Light::Dark | Light::Unavailable => None,
        }
    }

    /// The label in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::RedYellow => "red_yellow",
            Self::Green => "green",
            Self::Yellow => "yellow",
        }
    }
}

/// The last durations of one kind, oldest first, in tenths of a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Durations(VecDeque<u16>);

impl Durations {
    fn push(&mut self, tenths: u16) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(tenths);
    }

    /// In seconds.
    pub(super) fn iter_s(&self) -> impl Iterator<Item = f64> + '_ {
        self.0.iter().map(|tenths| f64::from(*tenths) / 10.0)
    }
}

/// Which durations belong together. `hour`: of the UTC day, 0 to 23; `None`: the last ones, of any hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    group: u8,
    kind: Kind,
    plan: Option<u16>,
    hour: Option<u8>,
}

/// How long the lights of a site lasted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    durations: BTreeMap<Key, Durations>,
    /// What the interval must leave out for what is said to come true, by group and light, and for what is surer than 80 %.
    missed: BTreeMap<(u8, Kind, bool), f64>,
}

impl History {
    /// From what [`History::to_json`] wrote. What is of another version, or none, is an error; too much of it is left out.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_json(text: &str) -> Result<Self, String> {
        let file: HistoryFile = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if file.schema != HISTORY_SCHEMA {
            return Err(format!("is {:?}, this program reads {HISTORY_SCHEMA}", file.schema));
        }
        let mut history = Self::default();
        for HistoryEntry { group, light, plan, hour, tenths } in file.durations.into_iter().take(MOST_LISTS) {
            if hour.is_some_and(|hour| hour > 23) {
                return Err(format!("hour {} of group {group}", hour.unwrap_or_default()));
            }
            let durations = history.durations.entry(Key { group, kind: light, plan, hour }).or_default();
            tenths.into_iter().for_each(|tenths| durations.push(tenths));
        }
        let missed = file.missed.into_iter().filter(|missed| (0.0..=1.0).contains(&missed.share));
        history.missed = missed.map(|missed| ((missed.group, missed.light, missed.sure), missed.share)).collect();
        Ok(history)
    }

    /// True if nothing has been learnt.
    pub fn is_empty(&self) -> bool {
        self.durations.is_empty()
    }

    /// For a file.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let durations = self.durations.iter().map(|(key, durations)| HistoryEntry {
            group: key.group,
            light: key.kind,
            plan: key.plan,
            hour: key.hour,
            tenths: durations.0.iter().copied().collect(),
        });
        let missed = self.missed.iter().map(|(&(group, light, sure), &share)| Missed { group, light, sure, share });
        serde_json::to_string(&HistoryFile {
            schema: HISTORY_SCHEMA.to_owned(),
            durations: durations.collect(),
            missed: missed.collect(),
        })
    }

    /// A light that began at `since` has lasted so long, seconds.
    pub(super) fn learn(&mut self, group: u8, kind: Kind, plan: Option<u16>, since: UtcMicros, lasted_s: f64) {
        let tenths = (lasted_s * 10.0).round();
        if !(0.0..=f64::from(u16::MAX)).contains(&tenths) {
            return;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range, see above")]
        let tenths = tenths as u16;
        for hour in [None, Some(hour(since))] {
            let key = Key { group, kind, plan, hour };
            if self.durations.len() < MOST_LISTS || self.durations.contains_key(&key) {
                self.durations.entry(key).or_default().push(tenths);
            }
        }
    }

    /// Durations to predict from, the best first: those of the hour, then the last ones.
    pub(super) fn of(
        &self,
        group: u8,
        kind: Kind,
        plan: Option<u16>,
        since: UtcMicros,
    ) -> impl Iterator<Item = &Durations> {
        let hours = [Some(hour(since)), None];
        hours.into_iter().filter_map(move |hour| self.durations.get(&Key { group, kind, plan, hour }))
    }

    pub(super) fn missed(&self, group: u8, kind: Kind, sure: bool) -> Option<f64> {
        self.missed.get(&(group, kind, sure)).copied()
    }

    pub(super) fn missed_mut(&mut self, group: u8, kind: Kind, sure: bool, first: f64) -> &mut f64 {
        self.missed.entry((group, kind, sure)).or_insert(first)
    }
}

fn hour(at: UtcMicros) -> u8 {
    u8::try_from(at.0.rem_euclid(DAY_US) / HOUR_US).unwrap_or_default()
}

#[derive(Serialize, Deserialize)]
struct HistoryFile {
    schema: String,
    durations: Vec<HistoryEntry>,
    missed: Vec<Missed>,
}

#[derive(Serialize, Deserialize)]
struct HistoryEntry {
    group: u8,
    light: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hour: Option<u8>,
    tenths: Vec<u16>,
}

#[derive(Serialize, Deserialize)]
struct Missed {
    group: u8,
    light: Kind,
    sure: bool,
    share: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learnt() -> History {
        let mut history = History::default();
        for minute in 0..200 {
            let since = UtcMicros(minute * 60_000_000);
            history.learn(3, Kind::Green, Some(2), since, 10.0 + minute as f64);
        }
        *history.missed_mut(3, Kind::Green, false, 0.2) = 0.25;
        history
    }

    fn durations(history: &History, minute: i64, plan: Option<u16>) -> Vec<Vec<f64>> {
        let lists = history.of(3, Kind::Green, plan, UtcMicros(minute * 60_000_000));
        lists.map(|list| list.iter_s().collect()).collect()
    }

    #[test]
    fn the_hour_comes_before_the_last_ones_and_plans_are_apart() {
        let history = learnt();
        let [hour, last] = &durations(&history, 61, Some(2))[..] else { panic!("two lists") };
        assert_eq!((hour.len(), hour[0], hour[59]), (60, 70.0, 129.0));
        assert_eq!((last.len(), last[0], last[63]), (KEPT, 146.0, 209.0), "the oldest give way");
        assert!(durations(&history, 61, Some(1)).is_empty());
        assert_eq!(durations(&history, 24 * 60 + 1, Some(2))[0].len(), 60, "the same hour of another day");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let history = learnt();
        let text = history.to_json().expect("writable");
        assert_eq!(History::from_json(&text), Ok(history));
    }

    #[test]
    fn what_is_no_history_is_refused_and_never_trusted() {
        let entry = |inner: &str| format!(r#"{{"schema":"lukou.signal-history/1","durations":[{inner}],"missed":[]}}"#);
        for text in [
            String::new(),
            "[]".into(),
            r#"{"schema":"lukou.signal-history/2","durations":[],"missed":[]}"#.into(),
            entry(r#"{"group":1,"light":"green","hour":24,"tenths":[1]}"#),
            entry(r#"{"group":256,"light":"green","tenths":[1]}"#),
            entry(r#"{"group":1,"light":"blue","tenths":[1]}"#),
            entry(r#"{"group":1,"light":"red","tenths":[-1]}"#),
        ] {
            assert!(History::from_json(&text).is_err(), "{text}");
        }
        let many = format!("[{}]", vec!["7"; 10_000].join(","));
        let history = History::from_json(&entry(&format!(r#"{{"group":3,"light":"green","tenths":{many}}}"#)));
        assert_eq!(durations(&history.expect("readable"), 0, None)[0].len(), KEPT, "bounded whatever the file says");
        let mut full = History::default();
        for plan in 0..u16::MAX {
            full.learn(1, Kind::Red, Some(plan), UtcMicros(0), 1.0);
        }
        assert!(full.durations.len() <= MOST_LISTS);
    }
}
