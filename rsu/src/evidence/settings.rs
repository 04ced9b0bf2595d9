//! `[evidence]` of `site.toml`.

use std::collections::BTreeSet;

use perception::events::EventKind;
use serde::Deserialize;

/// How much is kept around an event, and of which.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceSettings {
    /// Kinds of events that get a file.
    pub kinds: BTreeSet<EventKind>,
    /// The site allows pictures: one of each camera so often, seconds. Absent: there are none.
    pub picture_every_s: Option<f64>,
    /// How long before an event began, seconds: a replay has to find the road users first.
    pub before_s: f64,
    /// How long after it ended, seconds.
    pub after_s: f64,
    /// The longest file, seconds; so much is remembered, too.
    pub longest_s: f64,
    /// What is remembered takes no more memory than this, bytes.
    pub memory_bytes: usize,
    /// All files together take no more than this, bytes; the oldest go first.
    pub max_bytes: u64,
    /// Older files go, seconds.
    pub max_age_s: f64,
}

impl Default for EvidenceSettings {
    fn default() -> Self {
        Self {
            kinds: EventKind::ALL.into(),
            picture_every_s: None,
            before_s: 30.0,
            after_s: 10.0,
            longest_s: 300.0,
            memory_bytes: 64 << 20,
            max_bytes: 1 << 30,
            max_age_s: 30.0 * 86_400.0,
        }
    }
}

impl EvidenceSettings {
    /// Everything that cannot be: the key, and what is wrong with it.
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut check = |key, value: f64, least: f64, most: f64| {
            if !(least..=most).contains(&value) {
                found.push((key, format!("is {value}; {least} to {most}")));
            }
        };
        check("evidence.picture_every_s", self.picture_every_s.unwrap_or(1.0), 0.2, 60.0);
        check("evidence.before_s", self.before_s, 0.0, 600.0);
        check("evidence.after_s", self.after_s, 0.0, 600.0);
        check("evidence.longest_s", self.longest_s, self.before_s + self.after_s, 3600.0);
        check("evidence.memory_bytes", self.memory_bytes as f64, 1e6, 4e9);
        check("evidence.max_bytes", self.max_bytes as f64, 1e6, 1e13);
        check("evidence.max_age_s", self.max_age_s, 60.0, 3e8);
        found
    }
}
