//! What the city wants told: road works, a closure, a speed limit, a corridor for an emergency vehicle.
//!
//! A notice comes as a command, is checked, and goes out like what the site itself has seen, after the same gate. What is kept of
//! it across restarts is in [`crate::commands`].

use perception::detection::SensorId;
use perception::events::NUMBERS;
use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};

use crate::radios::MessageSet;

/// How often it is said (GB/T 31024.3 tells three kinds of RSI apart; one message holds one kind only).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// It moves or is new: every 100 ms.
    Dynamic,
    /// It lasts for minutes or hours: every 500 ms.
    SemiStatic,
    /// It lasts for days: every second.
    Static,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// An event, by its code of GB/T 29100.
    Event(u16),
    /// A sign, by its index in GB 5768.2.
    Sign(u16),
    /// A phrase of ITIS (SAE J2540), for vehicles of the US set.
    Itis(u16),
}

impl NoticeCode {
    /// Whose vehicles know it.
    pub fn set(self) -> MessageSet {
        match self {
            Self::Event(_) | Self::Sign(_) => MessageSet::Cn,
            Self::Itis(_) => MessageSet::Us,
        }
    }
}

/// A place on the earth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Degrees north.
    pub lat_deg: f64,
    /// Degrees east.
    pub lon_deg: f64,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The city's name for it; another notice with the same name takes its place.
    pub id: String,
    /// What it is.
    pub code: NoticeCode,
    /// How often it is said.
    pub timing: Timing,
    /// Where.
    pub place: Place,
    /// How far around, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_m: Option<f64>,
    /// The way along which it holds, two places or more, at most 32; empty: around the place only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Place>,
    /// Lanes of the map where it holds, `<link>/<lane>`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lanes: Vec<SensorId>,
    /// From when on, microseconds since 1970 UTC.
    pub from_us: i64,
    /// Until when. In the past: it is withdrawn.
    pub until_us: i64,
    /// 0 lowest to 7 highest.
    #[serde(default)]
    pub priority: u8,
    /// In words: of ASCII and GB 2312, with an ITIS phrase of ASCII alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Notices that are kept, at most.
const MOST: usize = 64;
/// The longest that one may hold: half of what a minute of the year can tell from the past.
const LONGEST_US: i64 = 180 * 86_400 * 1_000_000;
const MOST_PATH: usize = 32;
/// Octets of a description (China), characters of a text (US).
const MOST_TEXT: usize = 512;
const MOST_ASCII: usize = 500;

impl Notice {
    /// Checks what the types can't say.
    ///
    /// # Errors
    /// What is wrong, by name.
    pub fn check(&self) -> Result<(), &'static str> {
        let on_earth = |place: &Place| place.lat_deg.abs() <= 90.0 && place.lon_deg.abs() <= 180.0;
        if self.id.is_empty() || self.id.len() > 64 {
            return Err("bad_id");
        }
        if !on_earth(&self.place) || !self.path.iter().all(on_earth) {
            return Err("bad_place");
        }
        if self.path.len() == 1 || self.path.len() > MOST_PATH {
            return Err("bad_path");
        }
        if self.radius_m.is_some_and(|metres| !(0.0..=6553.5).contains(&metres)) {
            return Err("bad_radius");
        }
        if self.lanes.len() > 16 {
            return Err("too_many_lanes");
        }
        if self.until_us < self.from_us || self.until_us.saturating_sub(self.from_us) > LONGEST_US {
            return Err("bad_time_window");
        }
        if self.priority > 7 {
            return Err("bad_priority");
        }
        let text_fits = |text: &String| {
            let fits = match self.code.set() {
                MessageSet::Cn => asn1::si::gb2312(text).is_ok_and(|octets| octets.len() <= MOST_TEXT),
                MessageSet::Us => text.is_ascii() && text.len() <= MOST_ASCII,
            };
            fits && !text.is_empty()
        };
        if !self.text.as_ref().is_none_or(text_fits) {
            return Err("bad_text");
        }
        Ok(())
    }
}

/// The notices that hold, or will.
#[derive(Clone, Debug, Default)]
pub struct Notices(Vec<(u8, Notice)>);

impl Notices {
    /// Takes one; one whose end is past withdraws that of its name.
    ///
    /// # Errors
    /// Why it is not taken, as the answer to the command says it.
    pub fn take(&mut self, now: UtcMicros, notice: Notice) -> Result<(), &'static str> {
        notice.check()?;
        self.forget_past(now);
        let place = self.0.iter().position(|(_, kept)| kept.id == notice.id);
        if notice.until_us <= now.0 {
            // Withdrawn; or it never was there.
            place.map(|place| self.0.remove(place));
            return Ok(());
        }
        let full = self.0.len() >= MOST;
        match place.and_then(|place| self.0.get_mut(place)) {
            Some((_, kept)) => *kept = notice,
            None if full => return Err("too_many_notices"),
            None => {
                // Vehicles hear notices and what was seen under one kind of number: those from here on are the notices'.
                let free = (NUMBERS..=u8::MAX).find(|number| self.0.iter().all(|(taken, _)| taken != number));
                self.0.push((free.unwrap_or_default(), notice));
            }
        }
        Ok(())
    }

    /// All that are not past, each with a number that is its own while it is kept.
    pub fn kept(&mut self, now: UtcMicros) -> impl Iterator<Item = (u8, &Notice)> {
        self.forget_past(now);
        self.0.iter().map(|(number, notice)| (*number, notice))
    }

    fn forget_past(&mut self, now: UtcMicros) {
        self.0.retain(|(_, notice)| notice.until_us > now.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UtcMicros = UtcMicros(1_800_000_000_000_000);

    fn works(id: &str, until_s: i64) -> Notice {
        let text = format!(
            r#"{{"id":"{id}","code":{{"sign":38}},"timing":"semi_static","place":{{"lat_deg":30.0,"lon_deg":114.0}},
            "from_us":{},"until_us":{},"text":"施工"}}"#,
            NOW.0 - 1_000_000,
            NOW.0 + until_s * 1_000_000
        );
        serde_json::from_str(&text).expect("well-formed")
    }

    #[test]
    fn notices_are_replaced_withdrawn_forgotten_and_bounded() {
        let mut notices = Notices::default();
        for number in 0..64 {
            assert_eq!(notices.take(NOW, works(&format!("n{number}"), 60)), Ok(()));
        }
        assert_eq!(notices.take(NOW, works("one more", 60)), Err("too_many_notices"));
        assert_eq!(notices.take(NOW, works("n5", 120)), Ok(()), "the same again");
        assert_eq!(notices.take(NOW, works("n6", 0)), Ok(()), "withdrawn");
        assert_eq!(notices.kept(NOW).count(), 63);
        let left: Vec<_> = notices.kept(NOW.plus_seconds(60.0)).map(|(n, notice)| (n, notice.id.clone())).collect();
        assert_eq!(left, [(NUMBERS + 5, "n5".to_owned())]);
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let bad = |change: fn(&mut Notice)| {
            let mut notice = works("a", 60);
            change(&mut notice);
            notice.check()
        };
        assert_eq!(bad(|_| {}), Ok(()));
        assert_eq!(bad(|notice| notice.place.lat_deg = f64::NAN), Err("bad_place"));
        assert_eq!(bad(|notice| notice.radius_m = Some(f64::INFINITY)), Err("bad_radius"));
        assert_eq!(bad(|notice| notice.path = vec![notice.place]), Err("bad_path"));
        assert_eq!(bad(|notice| notice.until_us = i64::MAX), Err("bad_time_window"));
        assert_eq!(bad(|notice| notice.until_us = i64::MIN), Err("bad_time_window"));
        assert_eq!(bad(|notice| notice.priority = 8), Err("bad_priority"));
        assert_eq!(bad(|notice| notice.text = Some("🚧".into())), Err("bad_text"));
        assert_eq!(bad(|notice| notice.text = Some("施".repeat(257))), Err("bad_text"));
        assert_eq!(bad(|notice| notice.code = NoticeCode::Itis(1025)), Err("bad_text"), "no Chinese in a TIM");
        assert!(serde_json::from_str::<Notice>(r#"{"id":"a","surprise":1}"#).is_err());
    }
}
