//! What the signal controller says, whatever protocol it speaks. One file per source.
//!
//! A [`SignalSource`] is sans-IO: bytes and time in, signal states and bytes to send out. [`runner`] owns the sockets
//! ([`link`]), the retries, the figures and the clock, for all of them alike.

use std::fmt;

use perception::time::UtcMicros;
use serde::{Deserialize, Serialize};

pub mod command;
pub mod countdown;
pub mod crc16;
pub mod fixed_time;
pub mod gat1743;
pub mod gbt20999;
pub mod history;
pub mod j2735_push;
pub mod link;
pub mod nema;
pub mod ntcip1202;
pub mod predict;
pub mod runner;
pub mod schedule;
pub mod snmp;
pub mod stamp;
pub mod tscbm;

use crate::priority::{Command, Refusal as NoPriority};
use link::LinkFile;

/// What a signal group shows; the words are those of the recording format.
pub use sensors::recording::SignalState as Light;

/// One group at one moment. Times are seconds from [`SignalState::captured_at`]; `None` is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupState {
    /// Signal group (China: phase id), 1 to 255.
    pub id: u8,
    /// What it shows.
    pub light: Light,
    /// Of a green: whether conflicting movements are held back. `None`: the controller does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected: Option<bool>,
    /// Earliest end of what it shows, seconds from capture.
    pub min_end_s: Option<f64>,
    /// Latest end, seconds from capture.
    pub max_end_s: Option<f64>,
    /// Likeliest end, seconds from capture.
    pub likely_end_s: Option<f64>,
    /// Probability, 0 to 1, that the end is as predicted: between the earliest and the latest, where the controller names
    /// none of its own. `None`: nothing was predicted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// What comes after, in order, each with how long it lasts, seconds; empty when unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub next: Vec<(Light, f64)>,
}

impl GroupState {
    /// A group of which only the light is known.
    pub fn new(id: u8, light: Light) -> Self {
        Self {
            id,
            light,
            protected: None,
            min_end_s: None,
            max_end_s: None,
            likely_end_s: None,
            confidence: None,
            next: Vec::new(),
        }
    }

    /// Whether anything is known of its end.
    pub fn has_end(&self) -> bool {
        self.min_end_s.or(self.max_end_s).or(self.likely_end_s).is_some()
    }
}

/// How the controller decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Control {
    /// By a plan, whatever the traffic: ends are known.
    FixedTime,
    /// By detectors: ends may change.
    Actuated,
    /// By an optimiser, a centre, or a priority: ends may change.
    Adaptive,
    /// By a hand: ends are not known.
    Manual,
    /// It flashes, on purpose or after a fault.
    Flashing,
    /// All red on purpose.
    AllRed,
    /// Lamps off.
    Off,
}

impl Control {
    const ALL: [Self; 7] =
        [Self::FixedTime, Self::Actuated, Self::Adaptive, Self::Manual, Self::Flashing, Self::AllRed, Self::Off];

    /// The word in recordings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FixedTime => "fixed_time",
            Self::Actuated => "actuated",
            Self::Adaptive => "adaptive",
            Self::Manual => "manual",
            Self::Flashing => "flashing",
            Self::AllRed => "all_red",
            Self::Off => "off",
        }
    }

    /// What a word in a recording means. `None`: none of these.
    pub fn of_str(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|control| control.as_str() == word)
    }
}

/// What the controller said, all groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignalState {
    /// When the controller said it.
    pub captured_at: UtcMicros,
    /// How it decides. `None`: it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// The number of the plan that runs. `None`: it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<u16>,
    /// Groups in ascending order of id.
    pub groups: Vec<GroupState>,
}

impl SignalState {
    /// True if it runs a plan whatever the traffic.
    pub fn is_fixed_time(&self) -> bool {
        self.control == Some(Control::FixedTime)
    }
}

/// One moment by both of the service's clocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// UTC, for what is said of the world.
    pub utc: UtcMicros,
    /// Seconds since the service started, monotonic, for timers.
    pub uptime_s: f64,
}

/// Why a frame, or a part of it, was not taken: a word for metrics, and what exactly was wrong.
pub type Refusal = (&'static str, String);

/// What follows from bytes or time at a source; the runner acts on it and empties it.
#[derive(Debug, Default)]
pub struct Talk {
    /// Frames that were understood.
    pub frames: u64,
    /// Frames, or parts of them, that were not: the reason (a word for metrics), and what exactly was wrong.
    pub refused: Vec<(&'static str, String)>,
    /// New states of the signal, oldest first.
    pub states: Vec<SignalState>,
    /// What to send: a datagram each, or in one stream.
    pub send: Vec<Vec<u8>>,
    /// The controller's word on commands, by their numbers.
    pub words: Vec<(u32, Result<(), NoPriority>)>,
    /// How far the controller's clock was found ahead of ours, seconds.
    pub clock_ahead_s: Option<f64>,
    /// Why the link must be made anew; `None` while it need not.
    pub lost: Option<String>,
}

impl Talk {
    /// Refuses a frame or a part of one.
    pub fn refuse(&mut self, reason: &'static str, text: impl Into<String>) {
        self.refused.push((reason, text.into()));
    }
}

/// A protocol by which a controller tells what it shows. Sans-IO; garbage is refused through [`Talk::refuse`].
pub trait SignalSource: Send + fmt::Debug {
    /// The protocol's name: that of `signal.source` in `site.toml`, and the label in metrics.
    fn name(&self) -> &'static str;

    /// The link is new: forgets what was half heard, says what must be said first.
    fn open(&mut self, _now: Moment, _talk: &mut Talk) {}

    /// Bytes came: one datagram, or any piece of a stream.
    fn receive(&mut self, now: Moment, bytes: &[u8], talk: &mut Talk);

    /// Whether bytes that came may be kept as they are: false where they hold a secret.
    fn may_keep(&self, _bytes: &[u8]) -> bool {
        true
    }

    /// When [`SignalSource::tick`] is due, seconds of uptime; `None`: never.
    fn wake_at_s(&self) -> Option<f64> {
        None
    }

    /// Time has passed.
    fn tick(&mut self, _now: Moment, _talk: &mut Talk) {}

    /// Serve, or let go of, a request for priority; the controller's word comes in [`Talk::words`]. Only where
    /// [`SourceSettings::commands`] says that there is a way.
    fn command(&mut self, _now: Moment, _command: &Command, _talk: &mut Talk) {}

    /// Lets go of everything, and asks for nothing else until the link is opened anew: it is lost, or the service stops.
    fn let_go(&mut self, _now: Moment, _talk: &mut Talk) {}

    /// Whether the controller may still be doing something that it was asked for.
    fn holds(&self, _now: Moment) -> bool {
        false
    }
}

/// Which group of the map is heard from what of the controller, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// Signal group of the map.
    pub group: u8,
    /// As `lamp straight of the entrance at 180°`.
    pub from: String,
}

/// The `[signal]` table of one protocol.
pub trait SourceSettings {
    /// Where the controller is; `None`: there is none to talk to.
    fn link(&self) -> Option<&LinkFile>;

    /// Oldest state that may be said, seconds.
    fn stale_after_s(&self) -> f64;

    /// Each group with what it is heard from, in the order of the file.
    fn mapping(&self) -> Vec<Mapped>;

    /// What may be asked of the controller, in words. `None`: it is only listened to.
    fn commands(&self) -> Option<String> {
        None
    }

    /// The source, or what is wrong with the settings.
    fn source(&self) -> Result<Box<dyn SignalSource>, String>;
}
