//! What a site tells the city, one file per kind, as it stands on the wire in JSON or CBOR.
//!
//! The rules for changing anything here are in `docs/ref/city-data.md`; `city schema` writes the JSON Schema files.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod event;
mod health;
mod parking;
mod safety;
mod signal;
mod traffic;

pub use event::{Ending, Event};
pub use health::{Health, LinkHealth, SensorHealth, Wellness};
pub use parking::{Bay, BayStatus, Counted, Parking, Turnover};
pub use safety::{Conflicts, HardBraking, Safety, Within};
pub use signal::{Aspect, GroupState, Signal};
pub use traffic::{
    ApproachTraffic, CrosswalkTraffic, LaneTraffic, MovementTraffic, SignalArrival, SignalChange, SignalPerformance,
    Traffic,
};

/// The kinds of state; the name is the chunk after the site in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Traffic per lane over a window.
    Traffic,
    /// One parking lot.
    Parking,
    /// How the site itself is.
    Health,
    /// What the lights show.
    Signal,
    /// One event on the road.
    Event,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 5] = [Self::Traffic, Self::Parking, Self::Health, Self::Signal, Self::Event];

    /// The kind's chunk in the key (`traffic`).
    pub fn name(self) -> &'static str {
        match self {
            Self::Traffic => "traffic",
            Self::Parking => "parking",
            Self::Health => "health",
            Self::Signal => "signal",
            Self::Event => "event",
        }
    }

    /// The schema's name and major version, as it stands in each message (`lukou.traffic/1`).
    pub fn schema(self) -> &'static str {
        match self {
            Self::Traffic => "lukou.traffic/1",
            Self::Parking => "lukou.parking/1",
            Self::Health => "lukou.health/1",
            Self::Signal => "lukou.signal/1",
            Self::Event => "lukou.event/1",
        }
    }

    /// Whether no message of it may be lost: it stays in the site's outbox until the city has stored it. What the others say
    /// is said anew within seconds.
    pub fn is_promised(self) -> bool {
        match self {
            Self::Traffic | Self::Parking | Self::Event => true,
            Self::Health | Self::Signal => false,
        }
    }

    /// Whether only the newest of each key counts: it takes the place of an older one that has not arrived. Of the other
    /// promised kinds each message is news for ever.
    pub fn is_superseded(self) -> bool {
        matches!(self, Self::Parking)
    }

    /// The kind whose key chunk is `name`; `None` when this version knows no such kind.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind whose schema (name and major version) is `schema`; `None` when this version can't read it.
    pub fn from_schema(schema: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.schema() == schema)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One kind's content.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    /// Traffic per lane over a window.
    Traffic(Traffic),
    /// One parking lot.
    Parking(Parking),
    /// How the site itself is.
    Health(Health),
    /// What the lights show.
    Signal(Signal),
    /// One event on the road.
    Event(Event),
}

impl State {
    /// Which kind this is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Traffic(_) => Kind::Traffic,
            Self::Parking(_) => Kind::Parking,
            Self::Health(_) => Kind::Health,
            Self::Signal(_) => Kind::Signal,
            Self::Event(_) => Kind::Event,
        }
    }

    /// The key's last chunk, for kinds of which a site has several: the lot, the slot of the event, the length
    /// of longer traffic windows.
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Parking(parking) => Some(&parking.lot),
            Self::Event(event) => Some(&event.slot),
            Self::Traffic(traffic) => match traffic.window_s {
                Some(60) => Some("60"),
                Some(300) => Some("300"),
                Some(900) => Some("900"),
                _ => None,
            },
            Self::Health(_) | Self::Signal(_) => None,
        }
    }

    /// Checks what the types can't say: ranges, sums, finite numbers. The error names the field.
    pub fn check(&self) -> Result<(), InvalidState> {
        match self {
            Self::Traffic(traffic) => traffic.check(),
            Self::Parking(parking) => parking.check(),
            Self::Health(health) => health.check(),
            Self::Signal(signal) => signal.check(),
            Self::Event(event) => event.check(),
        }
    }
}

/// What a site gives to its bridge: content, and the time it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Start of the time that the state is about, microseconds since 1970 UTC.
    pub from_us: i64,
    /// End of that time, microseconds since 1970 UTC; equal to `from_us` for a moment.
    pub to_us: i64,
    /// Whether any of its input was simulated.
    pub simulated: bool,
    /// The content.
    pub state: State,
}

impl Update {
    /// Checks the time and the content.
    pub fn check(&self) -> Result<(), InvalidState> {
        if self.to_us < self.from_us {
            return Err(InvalidState::new("to_us", format!("{} is before from_us, {}", self.to_us, self.from_us)));
        }
        self.state.check()
    }
}

/// One state message as the city gets it: an [`Update`] with its place in the site's sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct StateMessage {
    /// The site's name, as in the key.
    pub site: String,
    /// Number of this message among those of its kind and site: grows, and is never used twice.
    pub seq: u64,
    /// What is said, and of when.
    pub update: Update,
}

/// The wire form: one flat map.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub(crate) struct Wire<B> {
    /// Name and major version of the schema of this message.
    pub schema: String,
    /// The site's name, as in the key.
    pub site: String,
    /// Number of this message among those of its kind and site: grows, and is never used twice. A step of more than one
    /// says that messages were not sent or not received.
    pub seq: u64,
    /// Start of the time that the state is about, microseconds since 1970-01-01T00:00:00Z.
    pub from_us: i64,
    /// End of that time, microseconds since 1970-01-01T00:00:00Z; equal to `from_us` for a moment.
    pub to_us: i64,
    /// Whether any of its input was simulated.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub simulated: bool,
    /// The kind's own fields.
    #[serde(flatten)]
    pub body: B,
}

/// A state that must not be published, or must not be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidState {
    /// Path of the field (`lanes[2].occupancy`).
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl InvalidState {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// `value` is a fraction, 0 to 1.
pub(crate) fn fraction(field: impl Fn() -> String, value: f64) -> Result<(), InvalidState> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(InvalidState::new(field(), format!("{value} is not between 0 and 1")))
}

/// `value` is finite and not negative.
pub(crate) fn not_negative(field: impl Fn() -> String, value: f64) -> Result<(), InvalidState> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(InvalidState::new(field(), format!("{value} is not a number of 0 or more")))
}

/// Latitude and longitude, degrees, in the fields `lat_deg` and `lon_deg`: both or neither, and a place on the earth.
pub(crate) fn on_earth(field: impl Fn(&str) -> String, place_deg: [Option<f64>; 2]) -> Result<(), InvalidState> {
    if place_deg[0].is_some() != place_deg[1].is_some() {
        return Err(InvalidState::new(field("lat_deg"), "and lon_deg: one of them is missing"));
    }
    for ((name, most_deg), degrees) in [("lat_deg", 90.0), ("lon_deg", 180.0)].into_iter().zip(place_deg) {
        if degrees.is_some_and(|degrees| !(-most_deg..=most_deg).contains(&degrees)) {
            return Err(InvalidState::new(
                field(name),
                format!("{degrees:?} is not between -{most_deg} and {most_deg}"),
            ));
        }
    }
    Ok(())
}
